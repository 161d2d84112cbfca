"""Promised: exit codes say the verdict or that usage or input is wrong; every verb has help with an example; unknown
words are refused with the nearest known one; nothing is printed to the wrong stream. Shown: by calling the program.
"""

import os
import unittest

from program import INCONCLUSIVE, MET, USAGE, VIOLATED, ProgramTest, main, mm1

VERBS = ["init", "validate", "run", "replay", "report", "trace", "schema"]


class ExitCodes(ProgramTest):
    def verdict(self, limit, **how):
        done = self.call("run", self.write("s.yaml", mm1(limit, **how)), "--json")
        return done.returncode, self.json_of(done)

    def test_met(self):
        code, result = self.verdict("avg wait(server) < 60s")
        self.assertEqual((code, result["verdict"], result["reason"]), (MET, "met", "none"))

    def test_violated(self):
        code, result = self.verdict("avg wait(server) < 1s")
        self.assertEqual((code, result["verdict"], result["reason"]), (VIOLATED, "violated", "limit"))

    def test_inconclusive_for_want_of_precision(self):
        code, result = self.verdict("avg wait(server) < 4s", length="20min", warm_up="1min", replications=5)
        self.assertEqual((code, result["verdict"], result["reason"]), (INCONCLUSIVE, "inconclusive", "precision"))

    def test_inconclusive_for_want_of_data(self):
        # Nothing arrives within the run.
        code, result = self.verdict("avg wait(server) < 4s", length="1ms", warm_up="0s")
        self.assertEqual((code, result["verdict"], result["reason"]), (INCONCLUSIVE, "inconclusive", "data"))

    def test_no_steady_state_is_no_promise(self):
        text = mm1("avg wait(server) < 60min").replace("poisson(0.8/s)", "poisson(1.2/s)")
        done = self.call("run", self.write("s.yaml", text), "--json", code=INCONCLUSIVE)
        self.assertEqual(self.json_of(done)["reason"], "unstable")
        self.assertIn(b"grows without end", done.stderr)

    def test_nothing_promised_is_met(self):
        text = mm1().replace("objectives: [avg wait(server) < 60s]\n", "")
        self.call("run", self.write("s.yaml", text), code=MET)

    def test_wrong_usage_and_input(self):
        scenario = self.write("s.yaml", mm1())
        for words in (["walk"], [], ["run"], ["run", "no-such-file.yaml"], ["run", scenario, "--replication", "x"],
                      ["run", scenario, "--tread", "2"], ["run", scenario, "--trace"], ["run", scenario, "extra"],
                      ["run", scenario, "--seed", "-1"], ["run", scenario, "--threads", "two"],
                      ["run", scenario, "--set", "server.worker=2"], ["run", scenario, "--replications", "0"],
                      ["run", scenario, "--trace", "some", "--out", "r.h5"], ["validate"], ["report"], ["trace"],
                      ["report", scenario], ["trace", scenario], ["replay"], ["replay", "no-such-log"], ["init", "1x"],
                      ["run", self.write("empty.yaml", "")], ["run", self.folder]):
            with self.subTest(words=words):
                done = self.call(*words, code=USAGE)
                if words:
                    self.assertEqual(done.stdout, b"")
                    self.assertIn(b"error: ", done.stderr)
                self.assertFalse((self.folder / "r.h5").exists())

    def test_output_that_cannot_be_written(self):
        if not os.path.exists("/dev/full"):
            self.skipTest("this system has no /dev/full")
        scenario = self.write("s.yaml", mm1(replications=3))
        with open("/dev/full", "wb") as full:
            done = self.call("run", scenario, "--json", code=USAGE, stdout=full)
        self.assertIn(b"could not be written", done.stderr)


class Help(ProgramTest):
    def test_every_verb_has_help_with_an_example(self):
        for verb in VERBS:
            with self.subTest(verb=verb):
                for words in ([verb, "--help"], [verb, "-h"], ["help", verb]):
                    done = self.call(*words, code=MET)
                    self.assertEqual(done.stderr, b"")
                    text = done.stdout.decode()
                    self.assertTrue(text.startswith(f"Usage: understudy {verb}"))
                    example = text.split("Example:\n", 1)[1].strip()
                    self.assertTrue(example.startswith(f"understudy {verb}"), example)

    def test_the_program_lists_exactly_its_verbs(self):
        text = self.call("--help", code=MET).stdout.decode()
        listed = [line.split()[0] for line in text.split("Commands:\n", 1)[1].split("\n\n", 1)[0].splitlines()]
        self.assertEqual(listed, VERBS)
        for code in "0 met", "2 bad usage or input", "3 violated", "4 inconclusive":
            self.assertIn(code, text)

    def test_version(self):
        self.assertRegex(self.call("--version", code=MET).stdout.decode(), r"^understudy \d+\.\d+\.\d+\n$")

    def test_unknown_words_name_the_nearest(self):
        scenario = self.write("s.yaml", mm1())
        self.assertIn(b"did you mean 'run'", self.call("rum", code=USAGE).stderr)
        self.assertIn(b"did you mean '--replications'", self.call("run", scenario, "--replicatons=2", code=USAGE).stderr)

    def test_options_of_every_verb_are_refused_if_unknown(self):
        for verb in VERBS:
            with self.subTest(verb=verb):
                done = self.call(verb, "--no-such-option", code=USAGE)
                self.assertIn(b"unknown option", done.stderr)
                self.assertIn(b"--help", done.stderr)


class Init(ProgramTest):
    def test_what_init_writes_runs(self):
        self.call("init", "mine", code=MET)
        self.call("validate", "mine.yaml", code=MET)
        done = self.call("run", "mine.yaml", "--json", "--replications", 3)
        self.assertEqual(self.json_of(done)["scenario"], "mine")
        self.assertIn(done.returncode, (MET, VIOLATED, INCONCLUSIVE))

    def test_init_replaces_nothing_unless_told_to(self):
        path = self.write("mine.yaml", "mine\n")
        self.assertIn(b"--force", self.call("init", "mine", code=USAGE).stderr)
        self.assertEqual(path.read_text(), "mine\n")
        self.call("init", "mine", "--force", code=MET)
        self.assertIn("understudy: 1", path.read_text())


class Overrides(ProgramTest):
    def test_options_and_set_change_the_run(self):
        scenario = self.write("s.yaml", mm1())
        one = self.json_of(self.call("run", scenario, "--json", "--seed", 5, "--replications", 3))
        self.assertEqual((one["seed"], one["replications"]), (5, 3))
        two = self.json_of(self.call("run", scenario, "--json", "--set", "run.seed=5", "--set", "run.replications=3"))
        self.assertEqual(one["fingerprint"], two["fingerprint"])
        more = self.json_of(self.call("run", scenario, "--json", "--seed", 5, "--replications", 3, "--set",
                                      "server.workers=2"))
        self.assertNotEqual(one["fingerprint"], more["fingerprint"])


if __name__ == "__main__":
    main()
