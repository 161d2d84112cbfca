"""Promised: a scenario runs on from its state; a snapshot of it is a scenario that goes on; of a twin it is a version, whose
state can be restored and is shown by diff; a forecast says what will be seen, the same for any number of threads, with the
exit code of its verdict; what is refused is said in one line, and nothing is written.
Shown: by calling the program.
"""

import json
import os
import unittest

from program import INCONCLUSIVE, MET, USAGE, VIOLATED, ProgramTest, main

STALE = 5

SIGNED = {"UNDERSTUDY_AUTHOR": "ana@example", "SOURCE_DATE_EPOCH": "1773032400"}

LINE = """understudy: 1
scenario: line
twin:
  stages:
    server: {reads: jobs, workers: 1, service: 1min}
  state:
    server: {waiting: 100}
load:
  jobs: {arrivals: every 10min}
run: {length: 10h, replications: 2}
objectives: [at end waiting(server) < 47]
"""

NIGHT = """understudy: 1
scenario: night
twin:
  pools: {crew: {workers: 2}}
  stages:
    clean: {reads: files, runs_on: crew, service: exponential(mean 5min), failure: 10%, retry: {times: 2, backoff: 3min}}
  pipelines:
    nightly:
      schedule: every 6h
      tasks:
        fetch: {runs_on: crew, service: lognormal(mean 1h cv 0.3)}
        check: {after: fetch, runs_on: crew, service: exponential(mean 20min)}
load:
  files: {arrivals: poisson(15/h), size: exponential(mean 1GB)}
run: {length: 12h, replications: 2}
"""


class State(ProgramTest):
    def setUp(self):
        super().setUp()
        os.environ.pop("UNDERSTUDY_STORE", None)
        os.environ.update(SIGNED)
        self.write("line.yaml", LINE)
        self.write("night.yaml", NIGHT)

    def said(self, *words, code=MET):
        return self.call(*words, code=code).stdout.decode()

    def error(self, *words, code=USAGE):
        done = self.call(*words, code=code)
        self.assertEqual(done.stdout, b"")
        return done.stderr.decode()

    def test_a_run_goes_on_from_its_state_and_from_a_snapshot(self):
        def waiting(file):
            result = json.loads(self.said("run", file, "--json", "--set", "run.length=1h"))
            return [objective["estimate"] for objective in result["objectives"]]
        self.said("twin", "snapshot", "line.yaml", "--at", "30min", "--out", "later.yaml")
        later = (self.folder / "later.yaml").read_text()
        self.assertIn("as_of: 30min", later)
        self.assertEqual(waiting("line.yaml"), waiting("later.yaml"))
        self.assertEqual(self.said("twin", "snapshot", "line.yaml", "--at", "30min"), later)
        # A snapshot of what goes on is the snapshot of the whole.
        self.assertEqual(self.said("twin", "snapshot", "later.yaml", "--at", "60min"),
                         self.said("twin", "snapshot", "line.yaml", "--at", "60min"))
        self.said("validate", "later.yaml")

    def test_snapshots_of_random_runs_are_read_again(self):
        text = self.said("twin", "snapshot", "night.yaml", "--at", "6h20min", "--seed", "4")
        for word in ("working", "served", "runs", "clean:", "nightly:", "size"):
            self.assertIn(word, text)
        self.write("from.yaml", text)
        self.said("run", "from.yaml")
        self.assertNotEqual(text, self.said("twin", "snapshot", "night.yaml", "--at", "6h20min", "--seed", "4",
                                            "--replication", "2"))

    def test_states_are_versions(self):
        self.said("twin", "create", "line", "line.yaml")
        done = json.loads(self.said("twin", "snapshot", "line", "--at", "30min", "--description", "half past",
                                    "--json"))
        self.assertEqual((done["version"], done["added"], done["reason"]), ("line@2", True, "half past"))
        self.assertIn("state", self.said("twin", "diff", "line@1", "line@2"))
        again = json.loads(self.said("twin", "snapshot", "line@1", "--at", "30min", "--json"))
        self.assertFalse(again["added"])
        self.assertIn("line@3", self.said("twin", "restore", "line", "line@1"))
        self.assertIn("no differences", self.said("twin", "diff", "line@1", "line@3"))
        self.assertIn("line@3: nothing new", self.said("twin", "restore", "line", "line@1"))
        self.said("twin", "snapshot", "line@2", "--at", "2h", "--out", "two.yaml")
        self.assertIn("as_of: 2h", (self.folder / "two.yaml").read_text())
        self.said("twin", "verify")
        self.assertIn("another twin", self.error("twin", "restore", "line", "other@1"))

    def test_a_snapshot_takes_back_nothing_that_others_have_kept(self):
        self.said("twin", "create", "line", "line.yaml")
        self.said("twin", "snapshot", "line", "--at", "10min")
        # What differs in the state alone is the same twin.
        self.assertIn("line@3: kept", self.said("twin", "snapshot", "line@1", "--at", "30min"))
        self.write("five.yaml", LINE.replace("workers: 1", "workers: 5"))
        self.said("twin", "update", "line", "five.yaml")
        self.assertEqual(self.error("twin", "snapshot", "line@3", "--at", "1h", code=STALE),
                         "understudy: error: line@3 is not the latest version any more: line@4 is, and would be lost; what moved: "
                         "stage server (workers 1 -> 5); take the snapshot of line@4, or write it to a file with --out\n")
        self.said("twin", "snapshot", "line@3", "--at", "1h", "--out", "of-three.yaml")
        self.assertIn("line@5: kept", self.said("twin", "snapshot", "line", "--at", "1h"))
        self.assertIn("workers: 5", self.said("twin", "export", "line"))
        self.assertEqual(self.said("twin", "snapshot", "line", "--at", "1h"), "line@5: nothing new, this version holds the same\n")

    def test_states_are_told_by_how_much_there_is(self):
        self.said("twin", "create", "line", "line.yaml")
        self.said("twin", "snapshot", "line", "--at", "30min")
        shown = self.said("twin", "show", "line@2")
        self.assertIn("  as of     30min\n\n  element  waiting  working  retrying  runs  newest\n  server   72       1", shown)
        told = json.loads(self.said("twin", "show", "line@2", "--json"))
        self.assertEqual((told["as_of_s"], [s["waiting"] for s in told["state"] if s["name"] == "server"]), (1800, [72]))
        differs = self.said("twin", "diff", "line@1", "line@2")
        self.assertIn("\nstate\n  element  waiting    working  retrying  runs  newest\n  server   100 -> 72  0 -> 1", differs)
        self.assertLess(max(len(line) for line in differs.splitlines()), 100)
        states = json.loads(self.said("twin", "diff", "line@1", "line@2", "--json"))["state"]
        self.assertEqual([(s["name"], s["before"]["waiting"], s["now"]["waiting"]) for s in states if s["name"] == "server"],
                         [("server", 100, 72)])

    def test_an_update_keeps_the_state(self):
        bare = LINE.replace("  state:\n    server: {waiting: 100}\n", "")
        self.said("twin", "create", "line", self.write("bare.yaml", bare))
        self.said("twin", "snapshot", "line", "--at", "30min")
        five = self.write("five.yaml", bare.replace("workers: 1", "workers: 5"))
        done = self.call("twin", "update", "line", five, code=MET)
        self.assertEqual(done.stderr.decode(), "understudy: note: it goes on from the state of line@2, as of 30min; 'state: {}' in the "
                         "file begins without one\n")
        shown = self.said("twin", "diff", "line@2", "line@3")
        self.assertIn("~ workers: 1 -> 5\n\n0 added, 0 removed, 1 changed", shown)
        self.assertIn("line@3: nothing new", self.said("twin", "update", "line", five))
        self.assertIn("from 0h30 ", self.said("twin", "forecast", "line", "--for", "1h", "-n", "39"))
        # What the file says of it, counts.
        done = self.call("twin", "update", "line", self.write("none.yaml", bare.replace("  stages:", "  state: {}\n  stages:")), code=MET)
        self.assertEqual(done.stderr, b"")
        self.assertNotIn("as_of", self.said("twin", "export", "line"))
        self.said("twin", "update", "line", "line.yaml")
        self.assertIn("no differences", self.said("twin", "diff", "line", "line.yaml"))
        self.said("twin", "snapshot", "line", "--at", "5h")
        self.assertIn("line as it would be", self.error("twin", "update", "line", self.write("short.yaml", bare.replace("10h", "4h"))))

    def test_forecasts(self):
        words = ("twin", "forecast", "line.yaml", "--for", "1h", "--replications", "39")
        self.assertIn("prediction intervals", self.said(*words))
        found = json.loads(self.said(*words, "--json"))
        self.assertEqual((found["verdict"], found["coverage"], found["futures"]), ("met", 0.95, 39))
        self.assertEqual(found["objectives"][0]["holds"], 39)
        self.assertEqual([b["low"] for b in found["backlogs"]], [b["high"] for b in found["backlogs"]])
        self.assertIn("violated", self.said("twin", "forecast", "line.yaml", "--for", "15min", code=VIOLATED))
        random = ("twin", "forecast", "night.yaml", "--for", "5h", "--replications", "60", "--json")
        self.assertEqual(self.said(*random, "--threads", "1"), self.said(*random, "--threads", "2"))
        nightly = json.loads(self.said(*random))["pipelines"][0]
        self.assertLess(nightly["low"], nightly["middle"])

    def test_what_is_refused(self):
        for words, what in [
                (("snapshot", "line.yaml"), "needs to know when"),
                (("snapshot", "line.yaml", "--at", "11h"), "the run is over at 10h"),
                (("snapshot", "line.yaml", "--at", "0s"), "name a later instant"),
                (("snapshot", "line.yaml", "--at", "soon"), "--at soon"),
                (("snapshot", "line.yaml", "--at", "1h", "--reason", "why"), "twin create keeps it"),
                (("snapshot", "line.yaml", "--at", "1h", "--out", "line.yaml"), "line.yaml"),
                (("forecast", "line.yaml"), "--for 8h"),
                (("forecast", "line.yaml", "--for", "0s"), "looks at nothing"),
                (("forecast", "line.yaml", "--for", "1h", "-n", "10"), "39"),
                (("restore", "line"), "needs a twin and a version")]:
            with self.subTest(words=words):
                self.assertIn(what, self.error("twin", *words))
        self.assertEqual((self.folder / "line.yaml").read_text(), LINE)

    def test_what_a_state_cannot_hold_is_told_and_stays_with_it(self):
        self.write("spans.yaml", LINE.replace("workers: 1,", "workers: 1, window: {size: 30min, every: 10min},")
                   .replace("  state:\n    server: {waiting: 100}\n", ""))
        what = "items that gather in windows that overlap, at 'server'"
        done = self.call("twin", "snapshot", "spans.yaml", "--at", "35min", "--out", "from.yaml", code=MET)
        self.assertIn("not in the state: ", done.stderr.decode())
        self.assertIn(what, done.stderr.decode())
        self.assertIn("missing", (self.folder / "from.yaml").read_text())
        self.said("twin", "create", "spans", "spans.yaml")
        self.call("twin", "snapshot", "spans", "--at", "35min", code=MET)
        for twin in ("from.yaml", "spans"):
            with self.subTest(twin=twin):
                words = ("twin", "forecast", twin, "--for", "1h", "--replications", "39")
                self.assertIn(what, self.said(*words, code=INCONCLUSIVE))
                found = json.loads(self.said(*words, "--json", code=INCONCLUSIVE))
                self.assertIn(what, found["missing"][0]["what"])
                self.assertEqual(found["objectives"][0]["reason"], "state")
                self.assertEqual(found["objectives"][0]["missing_of"], ["server"])
        # A run warns of it.
        ran = json.loads(self.call("run", "from.yaml", "--json").stdout)
        self.assertTrue(any(what in warning for warning in ran["warnings"]))


if __name__ == "__main__":
    main()
