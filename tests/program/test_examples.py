"""Promised: every scenario of the language's examples runs and means something, and every study of them is sound. Shown: each validates without an error and
runs, shortened; all that it promises has an estimate or says why not; those that are not there are skipped. The examples lie
beside the project (../shared/language/examples).
"""

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


    def test_each_study_is_sound(self):
        if not EXAMPLES.is_dir():
            self.skipTest("../shared/language/examples is not there")
        studies = [path for path in sorted(EXAMPLES.glob("*.yaml")) if "\nstudy:" in path.read_text()]
        self.assertGreaterEqual(len(studies), 4)
        for path in studies:
            with self.subTest(example=path.name):
                self.call("validate", path, code=MET)
        # One of them as far as a few replications lead: what it costs, and what it is not sure of.
        done = self.call("capacity", EXAMPLES / "20-study-capacity.yaml", "-n", "30", "--json")
        self.assertIn(done.returncode, (MET, INCONCLUSIVE), done.stderr.decode())
        answer = self.json_of(done)
        self.assertEqual(answer["cost_unit"], "EUR/h")
        self.assertGreater(answer["certificate"][0]["cost"], 0)


if __name__ == "__main__":
    main()
