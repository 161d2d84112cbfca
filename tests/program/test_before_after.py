"""Promised: from a recording of one platform, `replay --storage` predicts the makespan of another, with an interval that
holds it, beside what dumber ways say; a change that does nothing is called within the noise. Shown: both platforms are
simulated, and the log of one is given to `replay`.
"""

import csv
import io
import json
import unittest

from program import MET, USAGE, ProgramTest, main

# A hundred tasks of three to a node write through a server; then they read, and work.
PLATFORM = """understudy: 1
scenario: truth
twin:
  pools:
    cluster: {{workers: {nodes}, cores: 3, network: {network}}}
    storage: {{bandwidth: {network}{grows}}}
  pipelines:
    workflow:
      schedule: once
      tasks:
{tasks}
run: {{until: empty, replications: 1, seed: 1}}
"""
WORK, READ, WRITE = 20, 2.5e9, 1.5e9


def platform(nodes, network="1Gbit/s", grows=""):
    tasks = []
    for i in range(60):
        tasks.append(f"        write_{i:02}: {{runs_on: {{cluster: {{cores: 1}}}}, service: 5s, "
                     f"transfers: {{over: storage, out: {WRITE:.0f}B}}}}")
        tasks.append(f"        sort_{i:02}: {{after: write_{i:02}, runs_on: {{cluster: {{cores: 1}}}}, service: {WORK}s, "
                     f"transfers: {{over: storage, in: {READ:.0f}B}}}}")
    return PLATFORM.format(nodes=nodes, network=network, grows=grows, tasks="\n".join(tasks))


class BeforeAndAfter(ProgramTest):
    def recording(self, name, scenario):
        """The log of a run as a table with what Nextflow tells, and its makespan."""
        self.call("run", self.write(f"{name}.yaml", scenario), "--out", f"{name}.h5", "--trace", code=MET)
        self.call("trace", f"{name}.h5", "--format", "csv", "--out", f"{name}.trace.csv", code=MET)
        rows = list(csv.DictReader(io.StringIO((self.folder / f"{name}.trace.csv").read_text())))
        lines, last = ["id,process,node,submitted_ns,started_ns,completed_ns,realtime_ns,cpus,cpu_percent,parents"], 0
        for row in rows:
            task = row["element"].split(".")[-1]
            if task == "workflow" or not row["start_ns"]:
                continue
            start, end = int(row["start_ns"]), int(row["complete_ns"])
            last = max(last, end)
            sorts = task.startswith("sort")
            # Reading is within the time that it ran, writing behind it.
            ran = end - start if sorts else 5_000_000_000
            busy = 100 * WORK * 1e9 / ran if sorts else 100
            parent = task.replace("sort", "write") if sorts else ""
            lines.append(f"{task},{task[:-3]},n{row['worker']},{row['enter_ns']},{start},{end},{ran},1,{busy},{parent}")
        return self.write(f"{name}.csv", "\n".join(lines) + "\n"), last * 1e-9

    def predict(self, log, *words):
        return json.loads(self.call("replay", log, "--json", *words, code=MET).stdout)["prediction"]

    def test_more_nodes_on_a_server(self):
        log, one = self.recording("one", platform(1))
        beside, _ = self.recording("two", platform(2))
        _, four = self.recording("four", platform(4))
        its = self.predict(log, "--storage", "server", "--set", "cluster.workers=4", "--beside", beside)
        self.assertAlmostEqual(its["recorded_s"] / one, 1, delta=1e-6)
        self.assertLess(abs(its["self_replay_error"]), 0.05)
        self.assertLess(abs(its["predicted_s"] / four - 1), 0.05)
        self.assertLessEqual(its["low_s"], four)
        self.assertGreaterEqual(its["high_s"], four)
        self.assertAlmostEqual(its["baselines"]["linear_s"], one / 4, delta=1e-6 * one)
        self.assertEqual(its["baselines"]["no_change_s"], its["recorded_s"])
        self.assertIn("amdahl_s", its["baselines"])
        # All dumber ways are further off.
        self.assertGreater(abs(its["baselines"]["linear_s"] / four - 1), 0.2)

    def test_a_faster_network(self):
        log, _ = self.recording("slow", platform(4))
        _, fast = self.recording("fast", platform(4, "2Gbit/s"))
        its = self.predict(log, "--storage", "server", "--set", "cluster.network=2Gbit/s", "--set",
                           "storage.bandwidth=2Gbit/s")
        self.assertLess(abs(its["predicted_s"] / fast - 1), 0.05)

    def test_storage_that_grows(self):
        grows = ", grows: {with: cluster, to: 3.5}"
        log, _ = self.recording("one", platform(1, grows=grows))
        _, four = self.recording("four", platform(4, grows=grows))
        its = self.predict(log, "--storage", "distributed", "--set", "cluster.workers=4")
        self.assertLess(abs(its["predicted_s"] / four - 1), 0.05)
        self.assertEqual(its["swept"][0]["central"], 3.5)
        self.assertLess(its["swept"][0]["at_high_s"], its["swept"][0]["at_low_s"])

    def test_a_change_that_does_nothing(self):
        log, _ = self.recording("one", platform(1))
        its = self.predict(log, "--storage", "server", "--set", "cluster.memory=1TiB")
        self.assertTrue(its["within_noise"])
        text = self.call("replay", log, "--storage", "server", "--set", "cluster.memory=1TiB", code=MET).stdout.decode()
        self.assertIn("within the noise", text)
        self.assertIn("What makes the interval as wide", text)

    def test_the_saved_twin_takes_a_change(self):
        log, _ = self.recording("one", platform(1))
        self.call("replay", log, "--storage", "server", "--save-twin", "twin.yaml", code=MET)
        change = self.write("change.yaml", "understudy: 1\nchange: more\nbase: twin.yaml\nreason: r\nedits:\n"
                                           "  - {set: cluster.workers, to: 4}\n  - {set: storage.bandwidth, to: 2Gbit/s}\n")
        self.call("run", "twin.yaml", "--change", change, code=MET)

    def test_what_cannot_be_heeded(self):
        log = self.write("t.csv", "id,started_s,completed_s\na,0,10\nb,10,20\n")
        for words, says in ((["--storage", "nfs"], "'none', 'server' or 'distributed'"),
                            (["--network", "1Gbit/s"], "add --storage"),
                            (["--storage", "server", "--repeat", log], "say what is to change"),
                            (["--storage", "server", "--network", "fast"], "--network fast"),
                            (["--storage", "server"], "cannot be replayed with --storage")):
            with self.subTest(words=words):
                self.assertIn(says, self.call("replay", log, *words, code=USAGE).stderr.decode())


if __name__ == "__main__":
    main()
