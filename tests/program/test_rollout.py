"""Promised: rehearse of a change with a canary or a switch tells how often its rule stops and passes candidates, in JSON, in
a table of 80 columns, in Markdown and by its exit code; what has no two sides, or cannot be guarded, is told where it is
written, all at once, and nothing is started.
Shown: by calling the program on twins whose candidates are told apart for sure.
"""

import unittest

from program import MET, USAGE, VIOLATED, ProgramTest, main

BASE = """understudy: 1
scenario: shop
twin:
  pools: {spark: {workers: 4}}
  stages:
    enrich: {reads: clicks, workers: 40, service: 100ms}
    store: {reads: enrich, runs_on: spark, service: 10ms}
    last: {reads: store, workers: 1, service: 1ms, queue: {capacity: 9, full: block}}
load: {clicks: {arrivals: every 100ms}}
run: {length: 10min, warm_up: 1min, replications: 4}
"""


def change(rollout, edits="{set: enrich.service, to: 95ms}", more=""):
    return f"""understudy: 1
change: faster
base: base.yaml
edits: [{edits}]
accept: [increase avg latency(enrich) <= 0s]
rollout: {rollout}
{more}"""


STEPS = ("{canary: [25%, 100%], bake: 1min, guards: [increase avg latency(enrich) < 20%], "
         "worse: [{set: enrich.service, to: 2x}]}")
BACK = """rollback:
  rehearse: {at: 5min, set: enrich.failure, to: 50%}
  detect: 1min
  steps: [{do: back}]
  until: waiting(enrich) < 1
"""


class Rollout(ProgramTest):
    def rehearse(self, *words, code=MET):
        return self.call("rehearse", "change.yaml", "--replications", "4", *words, code=code, cwd=self.folder)

    def refused(self, *expected):
        done = self.rehearse(code=USAGE)
        self.assertEqual(done.stdout, b"")
        said = done.stderr.decode()
        self.assertEqual(len(said.splitlines()), len(expected), said)
        for text, line in zip(expected, said.splitlines()):
            self.assertIn(text, line)
        self.assertEqual(self.call("validate", "change.yaml", code=USAGE, cwd=self.folder).stderr.decode(), said)

    def setUp(self):
        super().setUp()
        self.write("base.yaml", BASE)

    def test_without_a_bad_candidate_false_passes_are_unknown(self):
        self.write("change.yaml", change("{canary: [50%, 100%], bake: 1min, guards: [avg utilisation(enrich) < 100%]}"))
        canary = self.json_of(self.rehearse("--json", code=None))["rollout"]
        self.assertEqual(canary["warnings"],
                         ["no bad candidate was tried, so nobody knows how often these steps let one through: say what would "
                          "be one, such as 'worse: [{set: enrich.service, to: 1.5x}]'"])
        self.write("change.yaml", change(STEPS))
        self.assertEqual(self.json_of(self.rehearse("--json", code=None))["rollout"]["warnings"], [])

    def test_it_never_goes_in(self):
        self.write("change.yaml", change("{at: 3h}"))
        self.refused("change.yaml:6:1: error: rollout: the change goes in after the end of the run; let it go in earlier")
        checks = self.json_of(self.call("change", "validate", "change.yaml", "--json", code=VIOLATED))["checks"]
        self.assertIn(("rollout", "failed", "change.yaml:6:1"),
                      [(check["name"], check["status"], check.get("place")) for check in checks])

    def test_for_sure(self):
        # Four simulations tell little: at most half of them is allowed, and that is not shown.
        self.write("change.yaml", change(STEPS.replace("worse", "false_stop: 99%, false_pass: 99%, worse")))
        answer = self.json_of(self.rehearse("--json", code=None))
        rollout = answer["rollout"]
        self.assertEqual([case["candidate"] for case in rollout["cases"]], ["same", "change", "bad"])
        same, as_it_is, bad = rollout["cases"]
        self.assertEqual((same["passed"], as_it_is["passed"], bad["passed"]), (4, 4, 0))
        self.assertEqual((same["verdict"], bad["verdict"]), ("met", "met"))
        self.assertEqual(bad["stopped_at"], [4, 0])
        self.assertEqual(bad["stopped_after_s"]["estimate"], 60)
        self.assertEqual(same["passed_after_s"]["estimate"], 120)
        self.assertEqual(bad["stopped_by"][0]["text"], "increase avg latency(enrich) < 20%")
        self.assertEqual(rollout["goes_in_s"], 60)
        self.assertEqual(self.json_of(self.rehearse("--json", "--threads", "1", code=None)), answer)
        text = self.rehearse(code=None).stdout.decode()
        self.assertIn("The rollout, in 4 simulations of each candidate", text)
        self.assertIn("{set: enrich.service, to: 2x}", text)
        self.assertLessEqual(max(map(len, text.splitlines())), 80)
        markdown = self.rehearse("--format", "markdown", code=None).stdout.decode()
        self.assertIn("| the rollout lets a bad candidate through in less than 99% <br>".replace(" <br>", "<br>"),
                      markdown)
        # Another rule, another digest.
        self.write("change.yaml", change(STEPS.replace("20%", "21%")))
        self.assertNotEqual(self.json_of(self.rehearse("--json", code=None))["digest"], answer["digest"])

    def test_checks_and_time(self):
        # Twice as slow from the first item on: known 10 s after 15 s, decided after 20 s more, back 5 s later.
        rule = STEPS.replace("worse", "checks: {every: 15s, in_a_row: 1}, detect: 10s, decide: 20s, abort: 5s, worse")
        self.write("change.yaml", change(rule))
        rollout = self.json_of(self.rehearse("--json", code=None))["rollout"]
        self.assertEqual(rollout["checks"], {"every_s": 15, "in_a_row": 1})
        self.assertEqual((rollout["detect"], rollout["decide"], rollout["abort"]), ("10s", "20s", "5s"))
        same, _, bad = rollout["cases"]
        self.assertEqual(bad["noticed_after_s"]["estimate"], 25)
        self.assertEqual(bad["stopped_after_s"]["estimate"], 50)
        self.assertEqual(bad["stopped_by"][0]["within"], 4)
        self.assertEqual(same["passed_after_s"]["estimate"], 140)
        text = " ".join(self.rehearse(code=None).stdout.decode().split())
        self.assertIn("checked every 15 s: 1 in a row stop it; stopping takes 10s to detect, 20s to decide and 5s to "
                      "abort", text)
        self.assertIn("noticed after 25 s", text)
        self.write("change.yaml", change(STEPS.replace("worse", "checks: {every: 1min}, worse")))
        self.refused("error: a check every bake or seldomer sees no more than the look as it ends")

    def test_under_stress(self):
        # Each click is slower while it is looked at: a limit that holds without is broken.
        self.write("base.yaml", BASE + "actions:\n  - {name: cold, at: 70s, for: 3min, set: enrich.service, to: 200ms}\n")
        rule = STEPS.replace("increase avg latency(enrich) < 20%", "avg latency(enrich) < 150ms")
        self.write("change.yaml", change(rule, more="stress: cold\n"))
        answer = self.json_of(self.rehearse("--json", code=None))
        self.assertEqual(answer["rollout"]["cases"][0]["stopped"], 0)
        under = answer["stresses"][0]
        self.assertEqual(under["name"], "cold")
        self.assertEqual(under["rollout"]["cases"][0]["stopped"], 4)
        self.assertEqual(under["rollout"]["cases"][0]["stopped_after_s"]["estimate"], 60)
        text = self.rehearse(code=None).stdout.decode()
        self.assertIn("The rollout under cold, in 4 simulations of each candidate", text)
        markdown = self.rehearse("--format", "markdown", code=None).stdout.decode()
        self.assertIn("<br>under cold", markdown)

    def test_violated(self):
        # What is 5 % faster is not 10 % faster: never passed.
        self.write("change.yaml", change(STEPS.replace("< 20%", "< -10%")))
        done = self.call("rehearse", "change.yaml", "--replications", "12", "--json", code=VIOLATED,
                         cwd=self.folder)
        rollout = self.json_of(done)["rollout"]
        self.assertEqual(rollout["verdict"], "violated")
        self.assertIn("stops a candidate that is what is there", rollout["why"])

    def test_switch(self):
        self.write("change.yaml", change("blue_green", more=BACK))
        self.call("validate", "change.yaml", cwd=self.folder)
        answer = self.json_of(self.rehearse("--json", code=None))
        bad = answer["rollout"]["cases"][2]
        self.assertTrue(answer["rollout"]["switch"])
        self.assertEqual(bad["stopped_after_s"]["estimate"], 60)
        self.assertGreater(bad["failed"]["more"]["estimate"], 200)
        self.assertIn("rollback", answer)
        self.assertIn("both sides with all their workers", " ".join(self.rehearse(code=None).stdout.decode().split()))
        self.write("change.yaml", change("blue_green"))
        self.refused("change.yaml:6:1: error: nothing would ever stop this rollout")

    def test_no_two_sides(self):
        self.write("change.yaml", change(STEPS, "{set: spark.workers, to: 2}, {set: load, to: 2x}, "
                                                "{add: more, as: stage, value: {reads: store, workers: 1, service: 10ms}},"
                                                " {rename: last, to: final}"))
        self.refused("change.yaml:4:15: error: 'spark' is a pool, which both sides share, so it has no two variants",
                     "change.yaml:4:44: error: the load comes to both sides", "change.yaml:4:65: error: 'more' is a new stage",
                     "change.yaml:4:142: error: 'last' has another name for both sides")
        self.write("change.yaml", change(STEPS.replace("enrich", "last"), "{set: last.service, to: 2ms}"))
        self.refused("change.yaml:4:15: error: the items of 'last' cannot be shared out: its full queue blocks who writes to it "
                     "('full: block'), and of two queues only one may be full, so that what shares out would have to keep what "
                     "waits; bring it in 'at_once', or rehearse the rollout with a queue that does not block in both: "
                     "'full: drop', or no 'capacity'")
        # The candidate's alone is enough; one that does not block has two sides.
        self.write("change.yaml", change(STEPS.replace("enrich", "store"),
                                         "{set: store.queue, to: {capacity: 9, full: block}}"))
        self.refused("the items of 'store' cannot be shared out: its full queue blocks who writes to it")
        self.write("change.yaml", change(STEPS.replace("enrich", "last"), "{set: last.service, to: 2ms}"))
        self.write("base.yaml", BASE.replace("full: block", "full: drop"))
        self.call("validate", "change.yaml", cwd=self.folder)
        self.write("base.yaml", BASE.replace("load:", "  pipelines: {nightly: {schedule: every 1h, tasks: "
                                                      "{build: {runs_on: spark, service: 1s}}}}\nload:"))
        runs = ("whose runs come whole and leave their data to whatever reads them, so it has no two variants; bring it in "
                "'at_once' with a 'rollback', or add what is new as a pipeline of its own beside what is there")
        self.write("change.yaml", change(STEPS, "{set: nightly.build.service, to: 2s}, {set: nightly.schedule, to: every 2h}"))
        self.refused(f"change.yaml:4:15: error: 'nightly.build' is a task, {runs}",
                     f"change.yaml:4:53: error: 'nightly' is a pipeline, {runs}")
        self.write("base.yaml", BASE)
        self.write("change.yaml", change(STEPS.replace("bake", "by: key, bake")))
        self.refused("no item has a key to be told apart by: take 'by: random'")

    def test_no_guards(self):
        guards = ("[increase avg latency(store) < 5%, increase total failed(enrich) < 5, avg latency(nowhere) < 1s, "
                  "increase avg latency(enrich) < 5%]")
        self.write("change.yaml", change("{canary: [100%], bake: 1min, guards: " + guards + "}"))
        self.refused("change.yaml:6:48: error: 'increase avg latency(store) < 5%' cannot be a guard: both sides have",
                     "change.yaml:6:82: error: 'increase total failed(enrich) < 5' cannot be a guard: it goes with",
                     "change.yaml:6:117: error: ")
        self.write("change.yaml", change("{canary: [5%, 100%], bake: 6min, guards: [avg latency(enrich) < 1s]}"))
        self.refused("change.yaml:6:1: error: the bakes last longer than the run")
        self.write("change.yaml", change("{canary: [100%], at: 90s, bake: 1min, guards: "
                                         "[increase avg latency(enrich) < 5%]}"))
        self.refused("change.yaml:6:1: error: at a share of 100% increases are judged beside a bake before")


if __name__ == "__main__":
    main()
