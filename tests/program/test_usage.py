"""Promised: exit codes say the verdict or that usage or input is wrong; every verb has help with an example; unknown
words are refused with the nearest known one; nothing is printed to the wrong stream. Shown: by calling the program.
"""

import json
import os
import re
import unittest
from urllib.parse import unquote

import h5py

from program import INCONCLUSIVE, MET, USAGE, VIOLATED, SMALL, ProgramTest, main, mm1

VERBS = ["init", "validate", "run", "compare", "rehearse", "sensitivity", "capacity", "merge", "stress", "replay", "calibrate", "graph", "import", "report", "trace", "twin", "change", "verify", "config", "schema", "template"]


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
        code, result = self.verdict("avg wait(server) < 4s", length="1h", warm_up="5min", replications=5)
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
        scenario = self.write("s.yaml", text)
        self.assertIn("mm1: no objectives\n", self.call("run", scenario, code=MET).stdout.decode())
        result = self.json_of(self.call("run", scenario, "--json", "--out", "r.h5", code=MET))
        self.assertEqual((result["verdict"], result["reason"]), ("met", "no_objectives"))
        again = self.json_of(self.call("report", "r.h5", "--json", code=MET))
        self.assertEqual(again["reason"], "no_objectives")

    def test_nothing_promised_of_a_system_that_cannot_keep_up_is_said_so(self):
        text = mm1(replications=3).replace("objectives: [avg wait(server) < 60s]\n", "")
        done = self.call("run", self.write("s.yaml", text.replace("poisson(0.8/s)", "poisson(1.2/s)")), code=MET)
        self.assertIn("mm1: no objectives, more work arrives than can be done\n", done.stdout.decode())

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
        # Many numbers do not fit into the buffer that is written at the end; a verdict that nobody read is none.
        large = self.write("large.yaml", SMALL.replace("replications: 6", "replications: 2"))
        violated = self.write("violated.yaml", mm1("avg wait(server) < 1s", replications=3))
        for words in (["run", scenario], ["run", scenario, "--json"], ["run", large, "--json"], ["run", violated],
                      ["run", violated, "--json"], ["schema"]):
            with self.subTest(words=words), open("/dev/full", "wb") as full:
                done = self.call(*words, code=USAGE, stdout=full)
                self.assertIn(b"could not be written", done.stderr)

    def test_a_trace_that_cannot_be_written(self):
        if not os.path.exists("/dev/full"):
            self.skipTest("this system has no /dev/full")
        self.call("run", self.write("s.yaml", mm1(replications=1)), "--out", "r.h5", "--trace")
        for form in "csv", "nextflow":
            with self.subTest(form=form), open("/dev/full", "wb") as full:
                done = self.call("trace", "r.h5", "--format", form, code=USAGE, stdout=full)
                self.assertIn(b"could not be written", done.stderr)

    def test_an_output_may_be_stdout(self):
        self.call("run", self.write("s.yaml", mm1(replications=1)), "--out", "r.h5", "--trace")
        self.assertEqual(self.call("trace", "r.h5", "--out", "/dev/stdout", code=MET).stdout,
                         self.call("trace", "r.h5", code=MET).stdout)
        self.assertEqual(self.call("schema", "--out", "/dev/stdout", code=MET).stdout, self.call("schema", code=MET).stdout)

    def test_the_schema_of_what_a_verb_prints(self):
        whole = json.loads(self.call("schema", "output", code=MET).stdout)
        for verb in "graph path", "replay", "capacity":
            one = json.loads(self.call("schema", "output", "--of", verb, code=MET).stdout)
            referred = {unquote(name) for name in re.findall(r'"#/definitions/([^"]+)"', json.dumps(one))}
            self.assertEqual(set(one["definitions"]), referred)
            for name, schema in one["definitions"].items():
                self.assertEqual(schema, whole["definitions"][name])
        self.assertIn(b"'nothing' prints no JSON; calibrate, capacity,", self.call("schema", "output", "--of", "nothing", code=USAGE).stderr)
        self.assertIn(b"--of goes with 'schema output'", self.call("schema", "--of", "run", code=USAGE).stderr)

    def test_numbers_out_of_range_are_refused_with_the_range(self):
        scenario = self.write("s.yaml", mm1(replications=2))
        for words, said in ((["--seed", "-1"], "--seed is a whole number from 0 to 9223372036854775806, not '-1'"),
                            (["--seed=-1"], "not '-1'"), (["--seed", "1.5"], "not '1.5'"),
                            (["--seed", "9223372036854775807"], "not '9223372036854775807'"),
                            (["--threads", "0"], "--threads is a whole number from 1 to 1024, not '0'"),
                            (["--threads", "-2"], "not '-2'"), (["--threads", "1025"], "not '1025'")):
            with self.subTest(words=words):
                self.assertIn(said, self.call("run", scenario, *words, code=USAGE).stderr.decode())
        result = self.json_of(self.call("run", scenario, "--seed", "9223372036854775806", "--json"))
        self.assertEqual(result["seed"], 2 ** 63 - 2)

    def test_the_size_of_a_trace_is_read_at_a_glance(self):
        scenario = self.write("s.yaml", mm1(length="100d", replications=2))
        for limit in "10MB", "3MiB", "0.001GiB", "200000B":
            with self.subTest(limit=limit):
                done = self.call("run", scenario, "--trace", "--out", "r.h5", "--trace-limit", limit, code=USAGE)
                unit = "[KMG]iB" if "i" in limit else "[kMG]?B"
                self.assertRegex(done.stderr.decode(),
                                 rf"about [0-9]{{1,3}}(\.[0-9])?{unit}, more than --trace-limit {limit};")

    def test_a_limit_for_a_trace_that_nobody_asked_for(self):
        done = self.call("run", self.write("s.yaml", mm1()), "--trace-limit", "1MB", code=USAGE)
        self.assertIn("--trace-limit needs --trace", done.stderr.decode())

    def test_compression_of_a_trace(self):
        scenario = self.write("s.yaml", mm1())
        self.assertIn("--trace-compression needs --trace",
                      self.call("run", scenario, "--trace-compression", "none", code=USAGE).stderr.decode())
        self.assertIn("--trace-compression is 'deflate' or 'none', not 'zip'",
                      self.call("run", scenario, "--trace", "--out", "r.h5", "--trace-compression", "zip",
                                code=USAGE).stderr.decode())
        for kind in "deflate", "none":
            self.call("run", scenario, "--trace", "--out", f"{kind}.h5", "--trace-compression", kind)
        rows = [self.call("trace", f"{kind}.h5").stdout for kind in ("deflate", "none")]
        self.assertEqual(rows[0], rows[1])
        self.assertGreater(len(rows[0].splitlines()), 100)

    def test_a_file_of_another_kind_is_named_with_the_verb_for_it(self):
        scenario = self.write("s.yaml", "# a comment\n" + mm1())
        self.assertIn("is a scenario, not a log; use understudy run", self.call("replay", scenario, code=USAGE).stderr.decode())
        trace = "task_id,process,name,status,submit,start,complete\n1,A,A (x),COMPLETED,1,2,3\n"
        for text, kind in ((trace, "a Nextflow trace"), ("# ninja log v5\n0\t5\t0\ta.o\tx\n", "a ninja log"),
                           ("job,begin,end\na,1,2\n", "a table of tasks"), ("colour,taste\nred,sweet\n", "a table")):
            for verb in "run", "validate":
                with self.subTest(kind=kind, verb=verb):
                    done = self.call(verb, self.write("log.csv", text), code=USAGE)
                    self.assertIn(f"is {kind}, not a scenario; use understudy replay", done.stderr.decode())

    def test_other_files_of_the_language_are_named(self):
        change = self.write("c.yaml", "understudy: 1\nchange: x\nedits: [{set: a.workers, to: 1}]\n")
        self.assertIn("this is a change, not a scenario; understudy rehearse takes it",
                      self.call("run", change, code=USAGE).stderr.decode())
        policy = self.write("p.yaml", "understudy: 1\npolicy: x\n")
        self.assertIn("this is a policy, not a scenario; understudy validate takes it",
                      self.call("run", policy, code=USAGE).stderr.decode())
        self.call("validate", policy, code=MET)
        for verb in "run", "validate":
            with self.subTest(verb=verb):
                done = self.call(verb, self.write("x.yaml", "understudy: 1\ntemplate: x\n"), code=USAGE)
                self.assertIn("this is a template, not a scenario; a scenario has instances of it" if verb == "run" else
                              "x.yaml:1:1: error: a template needs 'twin'", done.stderr.decode())


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

    def test_init_twice_is_no_error(self):
        self.call("init", "mine", code=MET)
        self.assertIn(b"as it was", self.call("init", "mine", code=MET).stdout)


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
        self.assertEqual((one["set"], more["set"]), ([], ["server.workers=2"]))

    def test_what_was_set_is_said_everywhere(self):
        scenario = self.write("s.yaml", mm1(replications=3))
        words = ["--set", "server.workers=2", "--set", "run.length=1h"]
        for more in [], ["--trace"]:
            with self.subTest(more=more):
                done = self.call("run", scenario, *words, "--out", "r.h5", *more, code=MET)
                self.assertIn("\nset server.workers=2, run.length=1h\n", done.stdout.decode())
                self.assertEqual(self.json_of(self.call("report", "r.h5", "--json"))["set"],
                                 ["server.workers=2", "run.length=1h"])
                with h5py.File(self.folder / "r.h5") as file:
                    self.assertEqual(file.attrs["set"], "server.workers=2\nrun.length=1h")
                self.call("report", "r.h5", "--out", "r.html", code=MET)
                self.assertIn("server.workers=2, run.length=1h", (self.folder / "r.html").read_text())

    def test_actions_are_said_to_be_missing_from_what_is_expected(self):
        done = self.call("run", self.write("s.yaml", SMALL), "--replications", 2)
        self.assertIn("what is expected leaves the actions out", done.stdout.decode())
        done = self.call("run", self.write("s.yaml", mm1(replications=2)))
        self.assertNotIn("actions", done.stdout.decode())

    def test_runs_and_tasks_are_counted_as_such(self):
        text = SMALL.replace("measures:\n", "measures:\n  - total completed(report.build)\n")
        units = {m["name"]: m["unit"] for m in self.json_of(self.call("run", self.write("s.yaml", text), "--replications",
                                                                      2, "--json"))["metrics"]}
        self.assertEqual(units["total completed(report)"], "runs")
        self.assertEqual(units["total failed(report)"], "runs")
        self.assertEqual(units["total completed(report.build)"], "tasks")
        self.assertEqual(units["rate completed(clean)"], "items/s")


if __name__ == "__main__":
    main()
