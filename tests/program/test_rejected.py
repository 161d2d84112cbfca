"""Promised: the program says of a bad scenario exactly what its reader says, every error at once, with exit code 2,
and starts nothing. Shown: `validate` and `run` on every file of tests/rejected.
"""

import unittest

from program import MET, SOURCES, USAGE, ProgramTest, main

REJECTED = SOURCES / "tests" / "rejected"


class Rejected(ProgramTest):
    def test_validate_says_what_is_expected(self):
        files = sorted(REJECTED.glob("*.yaml"))
        self.assertGreaterEqual(len(files), 45)
        for file in files:
            with self.subTest(file=file.name):
                expected = file.with_suffix(".expected").read_text()
                done = self.call("validate", file.name, cwd=REJECTED)
                said = done.stderr.decode()
                if ": error: " in expected:
                    self.assertEqual(said, expected)
                    self.assertEqual(done.returncode, USAGE)
                    self.assertEqual(done.stdout, b"")
                else:
                    # Warnings only: what the traffic equations find may be said besides.
                    self.assertTrue(said.startswith(expected), said)
                    self.assertEqual(done.returncode, MET)

    def test_run_starts_nothing_and_touches_nothing(self):
        out = self.write("r.h5", "what was there before")
        for file in sorted(REJECTED.glob("*.yaml")):
            if ": error: " not in file.with_suffix(".expected").read_text():
                continue
            with self.subTest(file=file.name):
                done = self.call("run", file.name, "--out", out, "--trace", cwd=REJECTED, code=USAGE)
                self.assertEqual(done.stdout, b"")
                self.assertEqual(out.read_text(), "what was there before")
                self.assertEqual(sorted(p.name for p in self.folder.iterdir()), ["r.h5"])

    def test_an_action_that_nothing_would_heed(self):
        file = self.write("s.yaml", """understudy: 1
scenario: sample
twin: {stages: {open: {reads: jobs}, held: {reads: open, workers: 1, service: 1s}}}
load: {jobs: {arrivals: poisson(0.5/s)}}
actions: [{at: 1min, set: held.failure, to: 10%}, {at: 1min, set: open.failure, to: 10%}]
run: {length: 1h}
""")
        said = self.call("run", file, code=USAGE).stderr.decode()
        self.assertEqual(said.count("error"), 1)
        self.assertIn("nothing is tried at 'open' that could fail; give it a service and workers", said)

    def test_all_files_of_one_call_are_checked(self):
        done = self.call("validate", "cycle.yaml", "no_such_file.yaml", "own_loop.yaml", cwd=REJECTED, code=USAGE)
        for name in "cycle.yaml", "no_such_file.yaml", "own_loop.yaml":
            self.assertIn(name + ":", done.stderr.decode())

    def test_an_override_is_checked_like_the_file(self):
        scenario = SOURCES / "scenarios" / "orders-nightly" / "scenario.yaml"
        done = self.call("validate", scenario, "--set", "spark.workrs=3", code=USAGE)
        self.assertIn(b"workrs", done.stderr)
        self.call("validate", scenario, "--set", "spark.workers=7", code=USAGE)  # the report needs eight


if __name__ == "__main__":
    main()
