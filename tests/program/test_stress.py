"""Promised: stress takes a scenario or a study, in text and JSON; capacity gives the same of a study; exit codes say the
verdict; mistakes are told at their place before anything runs. A disturbance that is not survived is the verdict. The answer and
latencies are kept in files.
Shown: the program on a small queue.
"""

import json
import unittest

from program import MET, USAGE, VIOLATED, ProgramTest, main

try:
    import h5py
except ImportError:
    h5py = None

BASE = """understudy: 1
scenario: desk
twin:
  stages:
    desk: {reads: calls, workers: 2, service: exponential(mean 1s)}
load: {calls: {arrivals: poisson(0.8/s)}}
run: {length: 20min, warm_up: 1min, replications: 6, seed: 7}
objectives: [avg latency(desk) < 2s]
"""
STUDY = """understudy: 1
study: how-far
base: desk.yaml
method: breaking_point
subject_to: [all objectives]
vary: {load: 1x..2.5x step 0.25x}
disturb:
  surge: {at: 10min, for: 30s, set: load, to: 4x}
recovered: waiting(desk) < 5
growth: {rate: 3% per month, start: 2026-06-01}
"""


class Stress(ProgramTest):
    def setUp(self):
        super().setUp()
        self.write("desk.yaml", BASE)
        self.write("study.yaml", STUDY)

    def test_a_scenario_in_text_and_json(self):
        text = self.call("stress", "desk.yaml").stdout.decode()
        for part in ("desk: met", "Breaking point", "Knee", "What would help", "desk twice as fast", "by active periods",
                     "longest active: desk"):
            self.assertIn(part, text)
        self.assertTrue(all(len(line) <= 80 for line in text.splitlines()), text)
        document = json.loads(self.call("stress", "desk.yaml", "--json").stdout)
        self.assertEqual(document["factor"], "load")
        # M/M/2 takes 2 s at sqrt(2)/s, which is 1.768 times as much.
        self.assertLessEqual(float(document["breaking_point"]["holds_at"][:-1]), 1.768)
        self.assertGreaterEqual(float(document["breaking_point"]["breaks_at"][:-1]), 1.768)
        self.assertEqual(document["bottlenecks"]["fixed"]["set"], "desk.speed=2")

    def test_a_study_is_the_same_for_capacity(self):
        once = self.call("stress", "study.yaml", "--json")
        self.assertEqual(once.stdout, self.call("capacity", "study.yaml", "--json").stdout)
        document = json.loads(once.stdout)
        self.assertEqual(document["breaking_point"]["holds_at"], "1.75x")
        self.assertEqual(document["breaking_point"]["breaks_at"], "2x")
        # ln 1.75 / ln 1.03 is 18.93 months, ln 2 / ln 1.03 is 23.45.
        self.assertEqual(document["breaking_point"]["holds_until"][:7], "2027-12")
        self.assertEqual(document["breaking_point"]["breaks_by"][:7], "2028-05")
        surge = document["disturbances"][0]
        self.assertEqual(surge["name"], "surge")
        self.assertGreater(surge["peak"]["estimate"], surge["peak_without"]["estimate"])
        self.assertEqual(surge["drained_s"]["seen"], 6)
        # Whatever the options.
        for words in (["-n", "40"], ["-n", "40", "--no-formulas"], ["--set", "desk.workers=3", "--seed", "8"]):
            once = self.call("stress", "study.yaml", "--json", *words)
            self.assertEqual(once.stdout, self.call("capacity", "study.yaml", "--json", *words).stdout)
            if "-n" in words:
                self.assertLessEqual(json.loads(once.stdout)["runs"], 40)
        text = self.call("stress", "study.yaml").stdout.decode()
        self.assertIn("Disturbance surge: at 10 min for 30 s", text)
        self.assertTrue(all(len(line) <= 80 for line in text.splitlines()), text)

    def test_a_disturbance_that_is_not_survived_is_the_verdict(self):
        self.write("study.yaml", STUDY.replace("surge: {at: 10min, for: 30s, set: load, to: 4x}", "dead: {at: 10min, fail: desk}"))
        document = json.loads(self.call("stress", "study.yaml", "--json", code=VIOLATED).stdout)
        self.assertEqual(document["breaking_point"]["holds_at"], "1.75x")
        self.assertEqual(document["verdict"], "violated")
        self.assertIn("'dead' is not survived", document["explanation"])
        dead = document["disturbances"][0]
        self.assertEqual(dead["survived"], "violated")
        self.assertEqual(dead["kept_again_s"]["seen"], 0)
        self.assertEqual(dead["drained_s"]["seen"], 0)
        # 0.8/s in 10 min.
        self.assertGreater(dead["left_more"]["estimate"], 400)
        self.assertEqual(dead["objectives"][0]["verdict"], "violated")
        text = self.call("stress", "study.yaml", code=VIOLATED).stdout.decode()
        self.assertIn("survived        no: not well again by the end of the run in 6 of 6", text)
        self.assertIn("kept again      in none of 6 replications", text)
        self.assertTrue(all(len(line) <= 80 for line in text.splitlines()), text)

    def test_what_breaks_at_each_level_is_shown(self):
        text = self.call("stress", "study.yaml").stdout.decode()
        table = text.split("What breaks\n")[1].split("\n\n")[0]
        self.assertRegex(table, r"avg latency\(desk\) < 2s +2x +violated +\d")
        self.assertRegex(table, r"\n +2.5x +violated +\d")

    def test_the_picture_says_what_is_raised(self):
        self.assertIn("p(95) latency() against load\n", self.call("stress", "desk.yaml").stdout.decode())
        self.write("study.yaml", STUDY.split("vary")[0] + "vary: {desk.workers: [4, 3, 2, 1]}\n")
        text = self.call("stress", "study.yaml", "--set", "calls.arrivals=poisson(1.2/s)", "--no-formulas").stdout.decode()
        self.assertIn("p(95) latency() against desk.workers\n", text)
        self.assertNotIn("against load", text)

    @unittest.skipIf(h5py is None, "python3-h5py is not installed")
    def test_the_answer_is_kept_with_what_it_stands_on(self):
        printed = self.call("stress", "study.yaml", "--json", "--out", "s.h5").stdout
        with h5py.File(self.folder / "s.h5") as file:
            self.assertEqual(file.attrs["answer"].encode(), printed)
            levels = [one[0] for one in file["settings/value"].asstr()[:].tolist()]
            document = json.loads(printed)
            simulated = {one["value"]: one["replications"] for one in document["levels"] if one["replications"]}
            self.assertEqual(sorted(levels), sorted(simulated))
            for level, number in simulated.items():
                self.assertEqual(int((file["replications/setting"][:] == levels.index(level)).sum()), number)
            self.assertIn("avg latency(desk) < 2s", file["probes/text"].asstr()[:])
        # Of a scenario all loads are what varies; the answer is the same as without a file.
        printed = self.call("stress", "desk.yaml", "--json", "--out", "d.h5").stdout
        self.assertEqual(printed, self.call("stress", "desk.yaml", "--json").stdout)
        with h5py.File(self.folder / "d.h5") as file:
            self.assertEqual(list(file["factors/path"].asstr()[:]), ["load"])
        self.assertIn(b"desk.yaml", self.call("stress", "desk.yaml", "--out", "desk.yaml", code=USAGE).stderr)

    def test_the_answer_is_drawn_as_a_page(self):
        self.write("study.yaml", STUDY.replace("recovered", "  dead: {at: 10min, fail: desk}\nrecovered"))
        for name, code in ("desk", MET), ("study", VIOLATED):
            text = self.call("stress", f"{name}.yaml", "--out", f"{name}.h5", code=code).stdout
            self.assertEqual(self.call("report", f"{name}.h5", "--text").stdout, text)
            self.assertEqual(self.call("report", f"{name}.h5", "--json").stdout, self.call("stress", f"{name}.yaml", "--json", code=code).stdout)
            self.assertEqual(self.call("report", f"{name}.h5").stdout.decode(), f"wrote {name}.html\n")
            self.call("report", f"{name}.h5", "--out", "again.html")
            self.assertEqual((self.folder / "again.html").read_bytes(), (self.folder / f"{name}.html").read_bytes())
        self.call("capacity", "study.yaml", "--out", "capacity.h5", code=VIOLATED)
        self.call("report", "capacity.h5")
        self.assertEqual((self.folder / "capacity.html").read_bytes(), (self.folder / "study.html").read_bytes())
        desk, study = ((self.folder / f"{name}.html").read_text() for name in ("desk", "study"))
        for part in ("It holds with load at ", "First to break: ", "Knee: ", "one more worker (2 to 3)", "Then, with desk twice as fast",
                     "avg utilisation(desk)", "limit 2 s"):
            self.assertIn(part, desk)
        for part in ("At 3% per month it breaks between 2027-12", "surge: at 10 min for 30 s", "dead: at 10 min", "not survived",
                     "1 of 2"):
            self.assertIn(part, study)
        for page in desk, study:
            self.assertLess(len(page), 200_000)
            for loaded in ("<script", "src=", "<link", "@import", "url(", "http"):
                self.assertNotIn(loaded, page)

    @unittest.skipIf(h5py is None, "python3-h5py is not installed")
    def test_what_no_page_can_be_made_of_is_refused(self):
        self.call("stress", "study.yaml", "--out", "s.h5")
        self.assertIn(b"s.h5: is the answer of a study", self.call("report", "s.h5", "--hlog", code=USAGE).stderr)
        self.assertIn(b"s.h5: is the answer of a study", self.call("trace", "s.h5", code=USAGE).stderr)
        # Damaged on the way.
        whole = (self.folder / "s.h5").read_bytes()
        (self.folder / "cut.h5").write_bytes(whole[: len(whole) // 2])
        (self.folder / "flipped.h5").write_bytes(whole[:5000] + bytes([whole[5000] ^ 1]) + whole[5001:])
        for name in "cut.h5", "flipped.h5":
            self.assertIn(name.encode() + b": ", self.call("report", name, code=USAGE).stderr)
            self.assertFalse((self.folder / name).with_suffix(".html").exists())
        # Altered by hand, whose seal is gone.
        document = json.loads(self.call("report", "s.h5", "--json").stdout)
        for name, alter, said in (
            ("level", lambda: document["breaking_point"].update(breaks_at="9x"), b"'9x' of 'breaks_at' is no level"),
            ("verdict", lambda: document.update(verdict="fine"), b"'fine' is no verdict"),
            ("levels", lambda: document.pop("levels"), b"levels"),
        ):
            with self.subTest(name=name):
                alter()
                (self.folder / "altered.h5").write_bytes(whole)
                with h5py.File(self.folder / "altered.h5", "a") as file:
                    file.attrs["answer"] = json.dumps(document)
                error = self.call("report", "altered.h5", code=USAGE).stderr
                self.assertIn(b"altered.h5: is a damaged result file: its answer is none to a study of method breaking_point: ", error)
                self.assertIn(said, error)
                document = json.loads(self.call("report", "s.h5", "--json").stdout)
        with h5py.File(self.folder / "altered.h5", "a") as file:
            file.attrs["format_version"] = 2
        self.assertIn(b"use a newer one", self.call("report", "altered.h5", code=USAGE).stderr)

    def test_latencies_of_levels_and_disturbances_as_histograms(self):
        printed = self.call("stress", "study.yaml", "--json", "--hlog", "s.hlog").stdout
        self.assertEqual(printed, self.call("stress", "study.yaml", "--json").stdout)
        document = json.loads(printed)
        lines = (self.folder / "s.hlog").read_text().splitlines()
        self.assertEqual(lines[1], "#[Histogram log format version 1.3]")
        tags = {line.split(",")[0][len("Tag="):] for line in lines if line.startswith("Tag=")}
        for level in document["levels"]:
            if level["replications"]:
                self.assertIn(f"load={level['value']}/latency()", tags)
        self.assertIn("surge/latency()", tags)
        self.assertIn("surge/latency(desk)", tags)
        # The greatest latency of a line is no less than the 99th percentile of its level.
        for level in document["levels"]:
            if not level["replications"]:
                continue
            worst = max(float(line.split(",")[3]) for line in lines if line.startswith(f"Tag=load={level['value']}/latency(),"))
            p99 = next(one["estimate"] for one in level["metrics"] if one["name"] == "p(99) latency()")
            self.assertGreater(worst / 1000, p99)

    def test_histograms_are_those_of_the_replications_that_levels_have_run(self):
        printed = json.loads(self.call("stress", "study.yaml", "--json", "--hlog", "s.hlog").stdout)
        log = (self.folder / "s.hlog").read_text()
        lines = [line for line in log.splitlines() if line.startswith("Tag=load=")]
        runs = []
        for level in printed["levels"]:
            if level["replications"]:
                self.call("run", "desk.yaml", "--set", f"load={level['value']}", "-n", str(level["replications"]), "--out", "l.h5", code=None)
                told = self.call("report", "l.h5", "--hlog").stdout.decode()
                runs += [line.replace("Tag=", f"Tag=load={level['value']}/") for line in told.splitlines() if line.startswith("Tag=")]
        self.assertGreater(len(lines), 30)
        self.assertEqual(lines, runs)
        self.call("stress", "study.yaml", "--hlog", "one.hlog", "--threads", "1")
        self.assertEqual((self.folder / "one.hlog").read_text(), log)

    def test_series_over_time(self):
        document = json.loads(self.call("stress", "study.yaml", "--json").stdout)
        for level in document["levels"]:
            if not level["replications"]:
                self.assertNotIn("series", level)
                continue
            self.assertEqual([(one["name"], one["unit"], one["stretch_s"], len(one["means"])) for one in level["series"]],
                             [("waiting", "items", 24, 50)])
        self.call("stress", "study.yaml", "--out", "s.h5")
        self.call("report", "s.h5")
        self.assertIn('id="over-time"', (self.folder / "s.html").read_text())

    def test_what_does_not_hold_is_lowered(self):
        document = json.loads(self.call("stress", "desk.yaml", "--set", "calls.arrivals=poisson(1.6/s)", "--json", code=VIOLATED).stdout)
        self.assertLess(float(document["breaking_point"]["holds_at"][:-1]), 1)

    def test_mistakes(self):
        self.write("study.yaml", STUDY.replace("set: load, to: 4x", "fail: dsk").replace("waiting(desk)", "waiting(dsk)"))
        self.assertEqual(self.call("stress", "study.yaml", code=USAGE).stderr.decode(),
                         "study.yaml:8:38: error: nothing is called 'dsk'; did you mean 'desk'?\n"
                         "study.yaml:9:12: error: nothing is called 'dsk'; did you mean 'desk'?\n")
        self.write("study.yaml", STUDY.replace("at: 10min", "at: 20min"))
        self.assertEqual(self.call("stress", "study.yaml", code=USAGE).stderr.decode(),
                         "study.yaml:8:15: error: 'surge' comes after the end of the run, which is 20min long; let it "
                         "happen earlier, or make the run longer: 'run: {length: ...}'\n")
        self.write("study.yaml", STUDY.replace("breaking_point", "sobol"))
        self.assertIn(b"'sobol' does not use 'disturb'", self.call("stress", "study.yaml", code=USAGE).stderr)
        self.write("desk.yaml", BASE.split("objectives")[0])
        self.assertIn(b"nothing has to hold", self.call("stress", "desk.yaml", code=USAGE).stderr)
        self.assertIn(b"stress needs a scenario", self.call("stress", code=USAGE).stderr)


if __name__ == "__main__":
    main()
