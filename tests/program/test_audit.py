"""Promised: compare --audit-streams says of two traced runs whether all draws that they have in common are equal, by
element and purpose, in text and JSON, and by its exit code; a stage that has nothing to do with the rest changes none
of them, another seed changes them. Shown: small traced runs of the program.
"""

import os

from program import MET, USAGE, ProgramTest, main

DIFFERS = 1
SCENARIO = """understudy: 1
scenario: shop
twin:
  stages:
    server: {reads: jobs, workers: 2, service: exponential(mean 1s), failure: 10%, retry: {times: 2, backoff: 2s}}
load: {jobs: {arrivals: poisson(1/s)}}
run: {length: 20min, warm_up: 0s, replications: 3, seed: 7}
"""
WITH_ANOTHER = SCENARIO.replace("load: {", "    audit_log: {reads: clicks, workers: 1, service: exponential(mean 1s)}\n"
                                           "load: {clicks: {arrivals: poisson(0.5/s)}, ")


class Audit(ProgramTest):
    def traced(self, name, text=SCENARIO, *words):
        self.write("s.yaml", text)
        self.call("run", "s.yaml", "--trace=all", "--out", name, *words, code=MET)
        return name

    def test_an_unrelated_stage_changes_no_draw(self):
        a, b = self.traced("a.h5"), self.traced("b.h5", WITH_ANOTHER)
        text = self.call("compare", a, b, "--audit-streams", code=MET).stdout.decode()
        self.assertRegex(text, r"\Aa.h5, b.h5: all \d+ draws with the same address are equal\n"
                               r"of 3 replications \(1 to 3\)\nonly in b.h5: audit_log, clicks\n")
        document = self.json_of(self.call("compare", a, b, "--audit-streams", "--json", code=MET))
        self.assertTrue(document["agrees"])
        self.assertGreater(document["equal"], 5000)
        self.assertEqual((document["different"], document["replications"]), (0, [1, 2, 3]))
        self.assertEqual([run["elements_only_here"] for run in document["runs"]], [[], ["audit_log", "clicks"]])
        alone = {stream["element"] for stream in document["streams"] if stream["only_second"] > 0}
        self.assertEqual(alone, {"audit_log", "clicks"})
        self.assertEqual(sum(stream["only_first"] for stream in document["streams"]), 0)
        purposes = {(stream["element"], stream["purpose"]) for stream in document["streams"]}
        self.assertLessEqual({("server", "service"), ("server", "failure"), ("jobs", "arrival")}, purposes)

    def test_what_differs_is_shown(self):
        a, b = self.traced("a.h5"), self.traced("b.h5", SCENARIO, "--set", "server.service=exponential(mean 2s)")
        done = self.call("compare", a, b, "--audit-streams", code=DIFFERS)
        text = done.stdout.decode()
        self.assertRegex(text, r"\Aa.h5, b.h5: \d+ of \d+ draws with the same address differ\n")
        self.assertRegex(text, r"(?m)^  server service +0 +[1-9]\d* ")
        self.assertRegex(text, r"(?m)^  replication 1, server service, item [0-9a-f]+: \S+ and \S+$")
        self.assertIn("The first 10 that differ", text)
        document = self.json_of(self.call("compare", a, b, "--audit-streams", "--json", code=DIFFERS))
        self.assertEqual({stream["element"] for stream in document["streams"] if stream["different"]}, {"server"})
        self.assertEqual(len(document["differences"]), 10)
        first = document["differences"][0]
        self.assertAlmostEqual(first["second"], 2 * first["first"], places=9)
        self.assertRegex(first["item"], r"\A[0-9a-f]{16}\Z")
        self.assertEqual(done.stdout, self.call("compare", a, b, "--audit-streams", code=DIFFERS).stdout)

    def test_another_seed(self):
        a, b = self.traced("a.h5"), self.traced("b.h5", SCENARIO, "--seed", "8")
        document = self.json_of(self.call("compare", a, b, "--audit-streams", "--json", code=DIFFERS))
        equal = {stream["purpose"] for stream in document["streams"] if stream["equal"] > 0}
        # Chances come out the same now and then, constants always.
        self.assertLessEqual(equal, {"failure", "backoff"})

    def test_replications_of_one_alone(self):
        a = self.traced("a.h5")
        self.write("s.yaml", SCENARIO)
        self.call("run", "s.yaml", "--trace", "--out", "b.h5", code=MET)
        text = self.call("compare", a, "b.h5", "--audit-streams", code=MET).stdout.decode()
        self.assertIn("of replication 1; 2 replications (2 to 3) traced in a.h5 alone\n", text)

    def test_lines_fit_the_terminal(self):
        self.write("s.yaml", SCENARIO.replace("server", "a_rather_long_name_of_a_stage_that_serves"))
        for name, seed in ("a-rather-long-name-of-a-result.h5", 1), ("b.h5", 2):
            self.call("run", "s.yaml", "--trace", "--out", name, "--seed", seed, code=MET)
        text = self.call("compare", "a-rather-long-name-of-a-result.h5", "b.h5", "--audit-streams", "--all",
                         code=DIFFERS, env={**os.environ, "COLUMNS": "80"}).stdout.decode()
        for line in text.split("\nThe first")[0].splitlines():
            self.assertLessEqual(len(line), 90, line)

    def test_what_cannot_be_audited_is_refused(self):
        a = self.traced("a.h5")
        self.call("run", "s.yaml", "--out", "b.h5", code=MET)
        for words, why in (((a, "b.h5"), b"b.h5: holds no trace"), ((a, a, a), b"takes two result files"),
                           ((a, "s.yaml"), b"s.yaml"), ((a, "nowhere.h5"), b"no such file"),
                           ((a, a, "--independent"), b"--independent is of measures")):
            with self.subTest(words=words):
                self.assertIn(why, self.call("compare", *words, "--audit-streams", code=USAGE).stderr)


if __name__ == "__main__":
    main()
