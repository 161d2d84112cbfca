"""Promised: capacity runs every kind of study, in text and JSON, with the exit code of its verdict; mistakes come with their
places before anything runs; Ctrl-C leaves what is known; the shipped problems with proven optima are solved.
Shown: the program on small studies and on tests/theory/capacity.
"""

import json
import os
import pathlib
import subprocess
import sys

from program import PROGRAM, USAGE, ProgramTest, main

try:
    import h5py
except ImportError:
    h5py = None

BASE = """understudy: 1
scenario: shop
twin:
  stages:
    server: {reads: jobs, workers: 3, cost: 2EUR/h, service: lognormal(mean 1s cv 1.5)}
load: {jobs: {arrivals: poisson(1.5/s)}}
run: {length: 20min, warm_up: 2min, replications: 4, seed: 7}
objectives: [p(90) wait(server) < 3s]
"""
STUDY = """understudy: 1
study: which
base: shop.yaml
method: METHOD
vary: {server.workers: 2..6}
"""
CHEAPEST = STUDY.replace("METHOD", "cheapest") + "minimise: rate cost()\nsubject_to: [all objectives]\n"


class Capacity(ProgramTest):
    def study(self, text):
        self.write("shop.yaml", BASE)
        self.write("study.yaml", text)
        return "study.yaml"

    def test_the_cheapest_in_text_and_json(self):
        text = self.call("capacity", self.study(CHEAPEST)).stdout.decode()
        self.assertIn("which: met", text)
        self.assertIn("Cheapest that keeps its promises", text)
        self.assertTrue(all(len(line) <= 80 for line in text.splitlines()), text)
        document = json.loads(self.call("capacity", "study.yaml", "--json", "--threads", "1").stdout)
        self.assertEqual(document["verdict"], "met")
        best = document["best"]
        self.assertEqual(best["cost"], 2 * best["values"]["server.workers"])
        self.assertEqual(document["cost_unit"], "EUR/h")
        for one in document["certificate"]:
            self.assertLess(one["cost"], best["cost"])
            self.assertEqual(one["verdict"], "violated")
        self.assertGreater(document["runs"], 0)
        self.assertEqual(document, json.loads(self.call("capacity", "study.yaml", "--json", "--threads", "2").stdout))
        self.assertEqual(document["current"]["values"], {"server.workers": 3})

    def test_changes_of_the_base(self):
        """Named by the study or beside it, they make the base; so do multiples of what it has."""
        slower = self.json_of(self.call("capacity", self.study(CHEAPEST), "--json"))
        change = "understudy: 1\nchange: faster\nedits:\n  - {set: server.service, to: 0.5x}\n"
        self.write("faster.yaml", change)
        beside = self.json_of(self.call("capacity", "study.yaml", "--change", "faster.yaml", "--json"))
        self.write("study.yaml", CHEAPEST.replace("method:", "changes: [faster.yaml]\nmethod:"))
        named = self.json_of(self.call("capacity", "study.yaml", "--json"))
        self.assertEqual(named, beside)
        self.assertEqual(named["changes"], ["faster.yaml"])
        self.assertLess(named["best"]["cost"], slower["best"]["cost"])
        self.write("study.yaml", CHEAPEST)
        multiple = self.json_of(self.call("capacity", "study.yaml", "--set", "server.service=0.5x", "--json"))
        self.assertEqual(multiple["best"], named["best"])
        self.write("study.yaml", CHEAPEST.replace("server.workers: 2..6",
                                                  "server.workers: 2..6, server.service: [0.5x, 1x]"))
        both = self.json_of(self.call("capacity", "study.yaml", "--json"))
        self.assertEqual(both["best"]["values"]["server.service"], "0.5x")
        self.assertEqual(both["best"]["cost"], named["best"]["cost"])
        self.write("study.yaml", CHEAPEST.replace("method:", "changes: [missing.yaml]\nmethod:"))
        self.assertIn(b"missing.yaml", self.call("capacity", "study.yaml", code=USAGE).stderr)

    def test_constraints_count_in_each_setting(self):
        """What formulas alone would accept is simulated where a constraint could be broken in it."""
        base = BASE.replace("lognormal(mean 1s cv 1.5)", "exponential(mean 1s)")
        study = self.study(CHEAPEST)
        self.write("shop.yaml", base)
        free = self.json_of(self.call("capacity", study, "--json"))
        self.write("shop.yaml", base + "actions: [{when: waiting(server) > 6, alert: a line, level: fail}]\n")
        held = self.json_of(self.call("capacity", study, "--json"))
        self.assertGreater(held["best"]["cost"], free["best"]["cost"])
        self.assertIn("it breaks a constraint", [one.get("why") for one in held["certificate"]])
        self.write("shop.yaml", base + "actions: [{when: waiting(server) > 6, alert: a line}]\n")
        self.assertEqual(self.json_of(self.call("capacity", study, "--json"))["best"], free["best"])

    def test_what_there_is_now_is_named_where_the_study_does_not_try_it(self):
        self.study(CHEAPEST.replace("2..6", "5..8"))
        text = self.call("capacity", "study.yaml").stdout.decode()
        self.assertIn("As it is now\n  server.workers 3: 6 EUR/h\n  met           p(90) wait(server) < 3s\n", text)
        self.assertIn("warning: as it is now it costs less and keeps its promises", text)
        current = json.loads(self.call("capacity", "study.yaml", "--json").stdout)["current"]
        self.assertEqual((current["values"], current["cost"]), ({"server.workers": 3}, 6))
        # Costs that are simulated.
        self.write("shop.yaml", BASE.replace("workers: 3,", "workers: 1..3, scale: {waiting: 1}, keep_alive: 20s,"))
        self.write("study.yaml", CHEAPEST.replace("2..6", "[2..3, 3..4]"))
        current = json.loads(self.call("capacity", "study.yaml", "--json").stdout)["current"]
        self.assertEqual(current["values"], {"server.workers": "1..3"})
        self.assertGreater(current["cost"], 0)
        self.assertLess(current["cost"], 6.01)

    def test_what_is_overloaded_is_told_whole_in_the_proof(self):
        self.write("shop.yaml", BASE.replace("server:", "a_stage_with_a_rather_long_name:").replace("poisson(1.5/s)", "poisson(9/s)")
                   .replace("wait(server)", "wait(a_stage_with_a_rather_long_name)"))
        self.write("study.yaml", CHEAPEST.replace("server.workers", "a_stage_with_a_rather_long_name.workers"))
        text = self.call("capacity", "study.yaml", code=3).stdout.decode()
        self.assertIn("'a_stage_with_a_rather_long_name' is offered 300% of what its workers can do", " ".join(text.split()))
        self.assertTrue(all(len(line) <= 80 for line in text.splitlines()), text)

    def test_a_frontier_says_what_beats_what_it_leaves_out(self):
        self.write("shop.yaml", BASE)
        self.write("study.yaml", STUDY.replace("METHOD", "frontier").replace("vary: {", "vary: {server.order: [fifo, lifo], ")
                   + "minimise: rate cost()\nmeasures: [p(90) wait(server)]\nbudget: {replications: 100}\n")
        document = json.loads(self.call("capacity", "study.yaml", "--json").stdout)
        settings = document["settings"]
        by_values = {str(one["values"]): one for one in settings}
        beaten = [(one, by_values[str(one["beaten_by"])]) for one in settings if "beaten_by" in one]
        self.assertGreater(len(beaten), 0)
        text = " ".join(self.call("capacity", "study.yaml").stdout.decode().split())
        for pair in beaten:
            one, by = (f"server.order {s['values']['server.order']}, server.workers {s['values']['server.workers']}: "
                       f"{s['cost']:g} EUR/h" for s in pair)
            self.assertIn(f"{one}, by {by}", text)

    def test_a_plan_for_a_load_that_grows(self):
        growth = "growth: {rate: 3% per month, start: 2026-06-01, until: 2028-06-01}\n"
        self.write("shop.yaml", BASE.replace("lognormal(mean 1s cv 1.5)", "exponential(mean 1s)"))
        self.write("study.yaml", CHEAPEST.replace("2..6", "2..9") + growth)
        text = self.call("capacity", "study.yaml", code=0).stdout.decode()
        self.assertIn("3% per month from 2026-06-01 to 2028-06-01: 2.033x the load", text)
        self.assertIn("2028-06-01 at least", text)
        self.assertTrue(all(len(line) <= 80 for line in text.splitlines()), text)
        document = json.loads(self.call("capacity", "study.yaml", "--json", code=0).stdout)
        steps = document["steps"]
        self.assertEqual(document["growth"]["until"], "2028-06-01")
        self.assertGreater(len(steps), 1)
        for one, other in zip(steps, steps[1:]):
            self.assertLess(one["best"]["values"]["server.workers"], other["best"]["values"]["server.workers"])
            self.assertLess(one["best"]["cost"], other["best"]["cost"])
            self.assertEqual(other["from"], one["holds_until"])
            self.assertLessEqual(one["holds_until"], one["breaks_by"])
            self.assertEqual(one["broken"], ["p(90) wait(server) < 3s"])
        self.assertTrue(steps[-1]["to_the_end"])
        # No more than three workers: from some day on nothing holds.
        self.write("study.yaml", CHEAPEST.replace("2..6", "2..3") + growth)
        self.assertIn(b"no setting", self.call("capacity", "study.yaml", code=3).stdout)

    def test_a_plan_is_kept_in_parts_and_after_an_end_too_soon(self):
        self.write("shop.yaml", BASE.replace("lognormal(mean 1s cv 1.5)", "exponential(mean 1s)"))
        self.write("study.yaml", CHEAPEST.replace("2..6", "2..5")
                   + "growth: {rate: 10% per month, start: 2026-06-01, until: 2026-10-01}\n")
        plan = ["capacity", "study.yaml", "--no-formulas"]

        def kept(name):
            return (self.folder / name).read_bytes()

        whole = self.call(*plan, "--out", "whole.h5", "--threads", "1", code=None)
        self.assertIn(whole.returncode, (0, 4))
        for part in (1, 2):
            self.call(*plan, "--out", "parts.h5", "--shard", f"{part}/2")
        merged = self.call("merge", "study.yaml", "parts.h5.1-of-2.ledger", "parts.h5.2-of-2.ledger", "--no-formulas",
                           "--out", "parts.h5", code=None)
        self.assertEqual(merged.stdout, whole.stdout)
        self.assertEqual(kept("parts.h5"), kept("whole.h5"))
        # A ledger that was cut off: its last unit is done once more.
        for part in (1, 2):
            self.call(*plan, "--out", "cut.h5", "--shard", f"{part}/2")
        (self.folder / "cut.h5.ledger").write_bytes(kept("cut.h5.1-of-2.ledger")[:-10])
        again = self.call(*plan, "--out", "cut.h5", "--resume", code=None)
        self.assertEqual(again.stdout, whole.stdout)
        self.assertEqual(kept("cut.h5"), kept("whole.h5"))
        if h5py is None:
            return
        with h5py.File(self.folder / "whole.h5", "r") as file:
            loads = set(file["settings/load"][:])
            steps = json.loads(file.attrs["answer"])["steps"]
            self.assertTrue({step["load"] for step in steps} <= loads)
            self.assertGreater(len(loads), len(steps))

    def test_exit_codes(self):
        self.call("capacity", self.study(CHEAPEST.replace("[all objectives]", "[avg wait(server) < 1us]")), code=3)
        self.call("capacity", self.study(CHEAPEST + "budget: {replications: 6}\n"), code=4)

    def test_surveys_and_sensitivity_are_studies_too(self):
        for method, more in (("grid", ""), ("latin", "budget: {replications: 12}\n"), ("frontier", "minimise: rate cost()\n"),
                             ("one_at_a_time", "")):
            study = self.study(STUDY.replace("METHOD", method) + more)
            text = self.call("capacity", study).stdout.decode()
            self.assertIn(f"which: {method}", text)
            self.assertIn("p(90) wait(server)", text)
            document = json.loads(self.call("capacity", study, "--json").stdout)
            self.assertEqual(document["method"], method)

    def test_mistakes_come_before_anything_runs(self):
        wrong = self.call("capacity", self.study(STUDY.replace("METHOD", "cheapest") + "prices: {server.speed: 1EUR}\n"), code=USAGE)
        self.assertEqual(wrong.stderr.decode(),
                         "study.yaml:4:9: error: 'cheapest' with nothing to hold; such as 'subject_to: [all objectives]'\n"
                         "study.yaml:6:10: error: 'server.speed' has a price and does not vary; prices are of parameters under "
                         "'vary'\n")
        wrong = self.call("capacity", self.study(CHEAPEST.replace("2..6", "[2, many]")), code=USAGE)
        self.assertIn("study.yaml:5:28: error: server.workers=many: ", wrong.stderr.decode())
        wrong = self.call("capacity", self.study(CHEAPEST.replace("[all objectives]", "[avg wait(servr) < 1s]")), code=USAGE)
        self.assertIn("study.yaml:7:14: error: ", wrong.stderr.decode())
        # A mistake elsewhere hides none.
        several = (CHEAPEST.replace("cheapest", "cheepest").replace("server.workers: 2..6", "sever.workers: 2..6")
                   .replace("[all objectives]", "[avg wait(servr) < 1s]"))
        wrong = self.call("capacity", self.study(several), code=USAGE)
        self.assertEqual(wrong.stderr.decode(),
                         "study.yaml:4:9: error: 'cheepest' is no value of 'method'; did you mean 'cheapest'?\n"
                         "study.yaml:5:23: error: sever.workers=2: nothing is called 'sever'; did you mean 'server'?\n"
                         "study.yaml:7:14: error: nothing is called 'servr'; did you mean 'server'?\n")
        wrong = self.call("capacity", self.study(several.replace("shop.yaml", "shp.yaml")), code=USAGE)
        self.assertIn("'cheepest' is no value of 'method'", wrong.stderr.decode())
        self.assertIn("study.yaml:3:7: error: shp.yaml: no such file", wrong.stderr.decode())
        self.assertIn("capacity needs a study file", self.call("capacity", code=USAGE).stderr.decode())

    def test_known_optima(self):
        # One seed each; tests/bench/capacity_study.py makes hundreds, with formulas and without.
        script = pathlib.Path(os.environ["UNDERSTUDY_SOURCE_DIR"]) / "tests" / "bench" / "capacity_study.py"
        done = subprocess.run([sys.executable, str(script), PROGRAM, "--seeds", "1", "--threads", "2"], capture_output=True,
                              check=False)
        self.assertEqual(done.returncode, 0, (done.stdout + done.stderr).decode())
        self.assertEqual(done.stdout.decode().count("1 of 1 right, 0 break their promise, 1 true certificates"), 6)


if __name__ == "__main__":
    main()
