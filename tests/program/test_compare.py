"""Promised: compare holds finished runs against each other without running anything, in pairs where their seeds are the
same; says what differs, in text and JSON; refuses what it cannot compare.
Shown: small runs of the program, and their comparisons.
"""

import json

from program import USAGE, ProgramTest, main

SCENARIO = """understudy: 1
scenario: shop
twin: {stages: {server: {reads: jobs, workers: 1, service: exponential(mean 1s)}}}
load: {jobs: {arrivals: poisson(0.5/s)}}
run: {length: 1h, warm_up: 5min, replications: 10, seed: 7}
objectives: [avg wait(server) < 2s]
"""


class Compare(ProgramTest):
    def result(self, name, *words):
        self.write("shop.yaml", SCENARIO)
        self.call("run", "shop.yaml", "--out", name, *words, code=None)
        return name

    def test_a_change_is_seen_in_pairs(self):
        a, b = self.result("a.h5"), self.result("b.h5", "--set", "server.service=exponential(mean 0.9s)")
        text = " ".join(self.call("compare", a, b).stdout.decode().split())
        self.assertIn("10 replications each in pairs, under the same random numbers (seed 7); 95 % confidence", text)
        self.assertIn("avg wait(server)", text)
        self.assertIn(": lower, better", text)
        document = json.loads(self.call("compare", a, b, "--json").stdout)
        self.assertTrue(document["paired"])
        wait = next(one for one in document["measures"] if one["name"] == "avg wait(server)")
        difference = wait["differences"][0]
        self.assertEqual(difference["order"], "lower")
        self.assertLess(difference["low"], difference["difference"])
        self.assertLess(difference["high"], 0)
        self.assertGreater(difference["variance_ratio"], 2)
        self.assertAlmostEqual(difference["difference"], wait["estimates"][1] - wait["estimates"][0], places=9)
        self.assertEqual(wait["standings"], [])

    def test_the_same_run_differs_nowhere(self):
        a, b = self.result("a.h5", "--threads", "1"), self.result("b.h5", "--threads", "2")
        text = self.call("compare", a, b).stdout.decode()
        self.assertRegex(text, r"(?m)^0 measures differ, \d+ the same to the last digit, 0 undecided; --all shows them$")
        self.assertIn("the same", self.call("compare", a, b, "--all").stdout.decode())

    def test_three_runs_stand_beside_the_best(self):
        files = [self.result(f"{name}.h5", "--set", f"server.service=exponential(mean {mean}s)")
                 for name, mean in (("a", 1), ("b", 0.7), ("c", 0.9))]
        document = json.loads(self.call("compare", *files, "--measure", "avg wait(server)", "--json").stdout)
        self.assertEqual([one["name"] for one in document["measures"]], ["avg wait(server)"])
        self.assertEqual([one["place"] for one in document["measures"][0]["standings"]], ["not best", "best", "not best"])
        self.assertIn("best", self.call("compare", *files).stdout.decode())

    def test_a_measure_that_is_not_there(self):
        a, b = self.result("a.h5"), self.result("b.h5", "--seed", "8")
        for wrong, meant in ("avg wiat(server)", "avg wait(server)"), ("wait(server)", "avg wait(server)"), ("mean latency()", "avg latency()"):
            said = self.call("compare", a, b, "--measure", wrong, code=USAGE).stderr.decode()
            self.assertIn(f"a.h5 has no measure '{wrong}'; did you mean '{meant}'?", said)
        self.assertNotIn("did you mean", self.call("compare", a, b, "--measure", "x", code=USAGE).stderr.decode())

    def test_other_seeds_are_independent(self):
        a, b = self.result("a.h5"), self.result("b.h5", "--seed", "8")
        self.assertIn("as independent samples: the seeds differ: 7 and 8", self.call("compare", a, b).stdout.decode())
        self.assertIn("as independent samples: as asked",
                      self.call("compare", a, a, "--independent").stdout.decode())

    def test_lines_fit_the_terminal(self):
        a, b = self.result("a-rather-long-name-of-a-result.h5"), self.result("b.h5", "--seed", "8")
        for line in self.call("compare", a, b, "--all").stdout.decode().splitlines():
            self.assertLessEqual(len(line), 100, line)

    def test_what_cannot_be_compared_is_refused(self):
        a = self.result("a.h5")
        self.assertIn(b"compare needs two result files or more", self.call("compare", a, code=USAGE).stderr)
        self.assertIn(b"nowhere.h5", self.call("compare", a, "nowhere.h5", code=USAGE).stderr)
        self.assertIn(b"shop.yaml", self.call("compare", a, "shop.yaml", code=USAGE).stderr)
        self.assertIn(b"a.h5 has no measure 'avg wiat(server)'",
                      self.call("compare", a, a, "--measure", "avg wiat(server)", code=USAGE).stderr)
        self.assertIn(b"--confidence is a share between 0% and 100%",
                      self.call("compare", a, a, "--confidence", "0.99", code=USAGE).stderr)


main()
