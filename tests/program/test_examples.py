"""Promised: every scenario of the language's examples runs and means something. Shown: each validates without an error and
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


if __name__ == "__main__":
    main()
