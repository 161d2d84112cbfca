"""Promised: a result is a plain HDF5 file that h5py reads without us: metrics by replication, series, traces column by
column, and where it all comes from. Shown: by reading one and recomputing from it what the JSON document says.
"""

import math
import unittest

from program import ProgramTest, SMALL, main

try:
    import h5py
except ImportError:
    h5py = None


@unittest.skipIf(h5py is None, "python3-h5py is not installed")
class Result(ProgramTest):
    def setUp(self):
        super().setUp()
        self.scenario = self.write("s.yaml", SMALL)
        self.document = self.json_of(self.call("run", self.scenario, "--json", "--out", "r.h5", "--trace", "all"))
        self.file = h5py.File(self.folder / "r.h5", "r")
        self.addCleanup(self.file.close)

    @staticmethod
    def texts(dataset):
        return [text.decode() for text in dataset[:]]

    def test_metrics(self):
        metrics = self.file["metrics"]
        names = self.texts(metrics["name"])
        self.assertEqual(names, [m["name"] for m in self.document["metrics"]])
        for i, metric in enumerate(self.document["metrics"]):
            # Too few may lie beyond a quantile for an interval: then it has no ends.
            for key, without in ("estimate", None), ("low", -math.inf), ("high", math.inf):
                self.assertEqual(metrics[key][i], metric.get(key, without))
            self.assertEqual(self.texts(metrics["unit"])[i], metric["unit"])
        values = metrics["by_replication"][:]
        self.assertEqual(values.shape, (6, len(names)))
        # A level's mean is that of the replications; a mean of items is that of all items.
        level = next(i for i, name in enumerate(names) if name.startswith("avg present"))
        self.assertAlmostEqual(values[:, level].mean(), self.document["metrics"][level]["estimate"])

    def test_provenance(self):
        attributes = self.file.attrs
        self.assertEqual(attributes["seed"], 42)
        self.assertEqual(attributes["replications"], 6)
        self.assertEqual(attributes["fingerprint"], self.document["fingerprint"])
        self.assertIn("scenario: small", attributes["scenario_text"])
        names = " ".join(attributes)
        for other in "thread", "path", "host", "user", "date":
            self.assertNotIn(other, names)

    def test_origins(self):
        """Every value that is not the language's own, as `config show` tells it; of the scenario itself neither name nor place, and
        other files from its folder on, wherever the command is given."""
        folder = self.folder / "here"
        folder.mkdir()
        (folder / "s.yaml").write_text(SMALL.replace("scenario: small\n", "scenario: small\ndescription: |\n  two\n  lines\n"))
        change = self.write("more.yaml", """understudy: 1
change: more
kind: capacity
base: small
edits: [{set: crew.workers, to: 5}]
""")
        rest = "--change", change, "--set", "run.replications=2"
        self.call("run", folder / "s.yaml", *rest, "--out", "o.h5")
        with h5py.File(self.folder / "o.h5", "r") as file:
            rows = [line.split("\t") for line in file.attrs["origins"].splitlines()]
        settings = self.json_of(self.call("config", "show", folder / "s.yaml", *rest, "--json"))["settings"]
        own = str(folder / "s.yaml") + ":"
        shown = [[one["path"], one["value"].replace("\n", " "),
                  "scenario" if one["origin"].startswith(own) else one["origin"].replace(str(change), "../more.yaml")]
                 for one in settings if one["origin"] != "default"]
        self.assertEqual(rows, shown)
        origins = {path: (value, origin) for path, value, origin in rows}
        self.assertEqual(origins["run.replications"], ("2", "--set run.replications=2"))
        self.assertEqual(origins["crew.workers"][0], "5")
        self.assertIn("more.yaml:5:", origins["crew.workers"][1])
        self.assertEqual(origins["description"], ("two lines ", "scenario"))

    def test_series(self):
        series = self.file["series"]
        times, values = series["time_s"][:], series["values"][:]
        self.assertEqual(values.shape, (len(series["name"]), 6, len(times)))
        self.assertTrue((times[1:] > times[:-1]).all())
        i = self.texts(series["name"]).index("utilisation(crew)")
        self.assertTrue(((values[i] >= 0) & (values[i] <= 1)).all())

    def test_traces_say_what_the_metrics_say(self):
        traces = self.file["traces"]
        kinds = self.texts(traces["event_names"])
        elements = self.texts(traces["elements/name"])
        for number in range(1, 7):
            trace = traces[str(number)]
            self.assertEqual(trace.attrs["complete"], 1)
            times, events = trace["time_ns"][:], trace["event"][:]
            self.assertTrue((times[1:] >= times[:-1]).all())
            self.assertLessEqual(times[-1], 8 * 3600 * 10**9)
            for column in "item", "element", "attempt", "worker", "value":
                self.assertEqual(len(trace[column]), len(times))
            # Runs that end after the warm-up are what `total completed(report)` counts.
            ends = (events == kinds.index("end")) & (trace["element"][:] == elements.index("report"))
            after = ends & (times > 3600 * 10**9) & (trace["value"][:] == 1)
            names = self.texts(self.file["metrics/name"])
            counted = self.file["metrics/by_replication"][number - 1, names.index("total completed(report)")]
            self.assertEqual(after.sum(), counted)

    def test_five_lines_plot_a_series(self):
        # The shape that documentation shows: one line a replication, or their mean.
        series = self.file["series"]
        i = self.texts(series["name"]).index("present()")
        mean = series["values"][i].mean(axis=0)
        self.assertEqual(len(mean), len(series["time_s"]))


if __name__ == "__main__":
    main()
