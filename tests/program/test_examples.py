"""Promised: every scenario of the language's examples runs and means something, and so does every study of them. Shown: each
validates without an error and runs, shortened; all that it promises has an estimate or says why not; studies answer what they
ask; those that are not there are skipped. The examples lie beside the project (../shared/language/examples).
"""

import shutil
import unittest

from program import INCONCLUSIVE, MET, SOURCES, VIOLATED, ProgramTest, main

EXAMPLES = SOURCES / ".." / "shared" / "language" / "examples"
# As long as it takes for something to come out of each, and no longer; else two hours.
SHORT = {"01": "20min", "02": "2d", "05": "2d", "06": "12min", "09": "3d"}


class Examples(ProgramTest):
    def test_each_runs(self):
        if not EXAMPLES.is_dir():
            self.skipTest("../shared/language/examples is not there")
        scenarios = [path for path in sorted(EXAMPLES.glob("*.yaml")) if "\nscenario:" in path.read_text()]
        self.assertGreaterEqual(len(scenarios), 10)
        for path in scenarios:
            with self.subTest(example=path.name):
                self.call("validate", path, code=MET)
                done = self.call("run", path, "--set", f"run.length={SHORT.get(path.name[:2], '2h')}", "--set",
                                 "run.warm_up=0s", "--set", "run.replications=2", "--json")
                self.assertIn(done.returncode, (MET, VIOLATED, INCONCLUSIVE), done.stderr.decode())
                result = self.json_of(done)
                self.assertNotEqual(result["verdict"], "interrupted")
                completed = [m["estimate"] for m in result["metrics"] if m["name"].startswith(("rate completed(", "total completed("))]
                self.assertGreater(max(value or 0 for value in completed), 0)

    def answer_of(self, *command):
        done = self.call(*command, "--json")
        self.assertIn(done.returncode, (MET, VIOLATED, INCONCLUSIVE), done.stderr.decode())
        return self.json_of(done)

    def test_each_study_is_sound(self):
        if not EXAMPLES.is_dir():
            self.skipTest("../shared/language/examples is not there")
        studies = [path for path in sorted(EXAMPLES.glob("*.yaml")) if "\nstudy:" in path.read_text()]
        self.assertGreaterEqual(len(studies), 4)
        for path in studies:
            with self.subTest(example=path.name):
                self.call("validate", path, code=MET)

    # Each as far as a few short replications lead.
    def test_the_cheapest_is_looked_for(self):
        if not EXAMPLES.is_dir():
            self.skipTest("../shared/language/examples is not there")
        answer = self.answer_of("capacity", EXAMPLES / "20-study-capacity.yaml", "-n", "30")
        self.assertEqual(answer["cost_unit"], "EUR/h")
        self.assertGreater(answer["certificate"][0]["cost"], 0)

    def test_load_is_raised_and_disturbed(self):
        if not EXAMPLES.is_dir():
            self.skipTest("../shared/language/examples is not there")
        study = (EXAMPLES / "21-study-stress.yaml").read_text()
        for old, new in {"at: 2h": "at: 3min", "for: 10min": "for: 1min", "for: 15min": "for: 1min", "for: 5min": "for: 1min",
                         "for: 30min": "for: 1min", "step 0.25x": "step 1x",
                         "length: 4h, replications: 40, precision: 3%": "length: 10min, replications: 2"}.items():
            self.assertIn(old, study)
            study = study.replace(old, new)
        path = self.write("study.yaml", study)
        shutil.copy(EXAMPLES / "03-api-ingestion.yaml", path.parent)
        answer = self.answer_of("stress", path)
        self.assertEqual(answer["levels"][0]["value"], "1x")
        self.assertEqual([one["name"] for one in answer["disturbances"]],
                         ["surge", "vendor_outage", "poison_batch", "lost_workers"])

    def test_growth_is_followed(self):
        if not EXAMPLES.is_dir():
            self.skipTest("../shared/language/examples is not there")
        answer = self.answer_of("stress", EXAMPLES / "24-study-growth.yaml", "-n", "400", "--set", "run.length=5min",
                                "--set", "run.warm_up=0s")
        self.assertEqual(answer["breaking_point"]["growth"], "3% per month")
        self.assertGreaterEqual(len(answer["levels"]), 2)
        self.assertGreater(answer["runs"], 0)

    def test_what_moves_the_answer_is_ranked(self):
        if not EXAMPLES.is_dir():
            self.skipTest("../shared/language/examples is not there")
        answer = self.answer_of("capacity", EXAMPLES / "25-study-sensitivity.yaml", "-n", "300", "--set",
                                "run.length=10min", "--set", "run.warm_up=1min")
        self.assertEqual(answer["replications"], 300)
        first = answer["measures"][0]
        shares = {factor["factor"]: factor["total"]["value"] for factor in first["factors"]}
        self.assertEqual(set(shares), {"acme.work.mean", "acme.work.cv", "gateway.timeout"})
        # Calls of seconds hardly meet a timeout of a minute.
        self.assertLess(shares["gateway.timeout"], shares["acme.work.mean"])


if __name__ == "__main__":
    main()
