"""Promised: a twin is fitted to recorded runs as a change that applies to it; the law and the share of failures that a log was
made of are found; overheads of a workflow without instants are found; repeats give each task its mean; what is not there is
said and nothing is written. Shown: through the program, on logs made here from known numbers.
"""

import json
import math
import random
import unittest
from datetime import datetime, timedelta

from program import INCONCLUSIVE, MET, USAGE, ProgramTest, main

TWIN = """understudy: 1
scenario: desk
twin: {stages: {clean: {reads: jobs, workers: 2, service: 10s, failure: 1%}}}
load: {jobs: {arrivals: poisson(1/min)}}
run: {length: 8h, replications: 2}
"""


def date(seconds):
    return (datetime(2026, 3, 2) + timedelta(seconds=seconds)).isoformat(timespec="milliseconds") + "Z"


def table(rows):
    return "id,process,start_s,end_s,status,parents\n" + "".join(",".join(map(str, row)) + "\n" for row in rows)


class Laws(ProgramTest):
    def log(self, count=400, failed=40):
        """Lognormal: mean 40 s, cv 0.5."""
        draw, rows, at = random.Random(5), [], 0.0
        variance = math.log(1 + 0.5**2)
        for i in range(count):
            took = draw.lognormvariate(math.log(40) - variance / 2, math.sqrt(variance))
            rows.append((f"j{i}", "clean", f"{at:.3f}", f"{at + took:.3f}", "failed" if i % (count // failed) == 0 else "ok", ""))
            at += took
        return self.write("log.csv", table(rows))

    def test_the_law_and_the_failures_are_found(self):
        self.write("twin.yaml", TWIN)
        report = json.loads(self.call("calibrate", "twin.yaml", self.log(), "--out", "fitted.yaml", "--json", code=MET).stdout)
        service, failure, arrivals = report["elements"]
        self.assertEqual((service["path"], service["family"], service["observations"]), ("clean.service", "lognormal", 360))
        for number, truth in zip(service["numbers"], (40, 0.5)):
            self.assertLess(number["low"], truth)
            self.assertGreater(number["high"], truth)
        self.assertGreater(service["goodness_of_fit"]["p"], 0.05)
        self.assertEqual(failure["numbers"][0]["estimate"], 0.1)
        # One after the other: gaps are what each took, so that their law is that of the services.
        self.assertEqual((arrivals["path"], arrivals["family"]), ("jobs.arrivals", "every lognormal"))
        self.assertLess(arrivals["numbers"][0]["low"], 1 / 40)
        self.assertGreater(arrivals["numbers"][0]["high"], 1 / 40)
        held_out = report["validation"][0]
        self.assertEqual((held_out["of"], held_out["held_out"]), ("duration", 1))
        self.assertLess(held_out["error"], 0.15)
        self.call("validate", "fitted.yaml", code=MET)
        self.call("run", "twin.yaml", "--change", "fitted.yaml", code=MET)
        text = (self.folder / "fitted.yaml").read_text()
        self.assertIn("kind: calibration", text)
        self.assertIn("to: 10%", text)

    def test_how_sure_it_is_widens_the_intervals_of_a_run(self):
        self.write("twin.yaml", TWIN)
        self.call("calibrate", "twin.yaml", self.log(), "--out", "fitted.yaml", code=MET)

        def run(*more):
            return json.loads(self.call("run", "twin.yaml", "--change", "fitted.yaml", "--json", *more, code=MET).stdout)

        usual = run()
        one, two = (run("--input-uncertainty", "--input-draws", "40", "--threads", str(n)) for n in (1, 2))
        self.assertEqual(one, two)
        self.assertTrue(one["input_reason"].startswith("40 draws of 3 fitted inputs: "), one["input_reason"])
        wider = 0
        for before, after in zip(usual["metrics"], one["metrics"]):
            self.assertEqual(before["estimate"], after["estimate"])
            if "low" not in before:
                continue
            self.assertEqual(after["simulation"], {"low": before["low"], "high": before["high"]})
            self.assertLessEqual(after["low"], before["low"])
            self.assertGreaterEqual(after["high"], before["high"])
            wider += after["high"] > before["high"]
        self.assertGreater(wider, 10)
        # What somebody sets is certain, and where nothing is left to draw that is said.
        certain = run("--set", "clean.service=40s", "--input-uncertainty", "--input-draws", "40")
        self.assertIn("2 fitted inputs: ", certain["input_reason"])
        self.assertNotIn("clean.service", certain["input_reason"])
        told = self.call("run", "twin.yaml", "--input-uncertainty", code=USAGE).stderr.decode()
        self.assertIn("nothing says how sure the parameters of twin.yaml are", told)
        few = self.call("run", "twin.yaml", "--change", "fitted.yaml", "--input-uncertainty", "--input-draws", "38", code=USAGE)
        self.assertIn("39", few.stderr.decode())
        # A change that the scenario names counts as one that is given.
        self.write("named.yaml", TWIN + "changes: [fitted.yaml]\n")
        named = self.call("run", "named.yaml", "--input-uncertainty", "--input-draws", "40", "--json", code=MET)
        self.assertEqual(json.loads(named.stdout)["metrics"], one["metrics"])

    def test_how_sure_it_is_widens_what_is_rehearsed_and_forecast(self):
        self.write("twin.yaml", TWIN)
        self.call("calibrate", "twin.yaml", self.log(), "--out", "fitted.yaml", code=MET)
        self.write("desk.yaml", TWIN + "changes: [fitted.yaml]\n")
        self.write("third.yaml", "understudy: 1\nchange: third\nbase: desk.yaml\nedits: [{set: clean.workers, to: 3}]\n"
                                 "accept: ['increase avg utilisation(clean) < 0', 'increase avg latency(clean) < 5%']\n")
        self.write("faster.yaml", "understudy: 1\nchange: faster\nbase: desk.yaml\nedits: [{set: clean.service, to: 30s}]\n"
                                  "accept: ['increase avg utilisation(clean) < 0']\n")

        def rehearsed(change, *more):
            return json.loads(self.call("rehearse", change, "-n", "5", "--json", *more, code=MET).stdout)

        usual = rehearsed("third.yaml")
        one, two = (rehearsed("third.yaml", "--input-uncertainty", "--threads", str(n)) for n in (1, 2))
        self.assertEqual(one, two)
        # Two entries at one look: 2 / (0.05 / 2) - 1 draws reach their level.
        self.assertEqual(one["level"], 0.975)
        self.assertTrue(one["input_reason"].startswith("100 draws of 3 fitted inputs: "), one["input_reason"])
        self.assertNotEqual(one["digest"], usual["digest"])
        for before, after in zip(usual["differences"], one["differences"]):
            self.assertEqual(before["estimate"], after["estimate"])
            if before["low"] is None:
                continue
            self.assertLessEqual(after["low"], before["low"])
            self.assertGreaterEqual(after["high"], before["high"])
            if before["kind"] == "increase":
                self.assertEqual(after["simulation"], {"low": before["low"], "high": before["high"]})
        self.assertGreater(one["differences"][0]["high"], usual["differences"][0]["high"])
        few = self.call("rehearse", "third.yaml", "-n", "5", "--input-uncertainty", "--input-draws", "78", code=USAGE)
        self.assertIn("79", few.stderr.decode())
        # What the change sets is known in the candidate.
        set_by_change = rehearsed("faster.yaml", "--input-uncertainty")
        self.assertTrue(set_by_change["input_reason"].endswith("; 2 in the candidate"), set_by_change["input_reason"])
        told = self.call("rehearse", "twin.yaml", "twin.yaml", "--input-uncertainty", code=USAGE).stderr.decode()
        self.assertIn("nothing says how sure the parameters of twin.yaml are", told)
        shown = self.call("rehearse", "third.yaml", "-n", "5", "--input-uncertainty", code=MET).stdout.decode()
        self.assertIn("100 draws of 3 fitted inputs", " ".join(shown.split()))
        self.assertIn("inputs -", " ".join(shown.split()))

        self.write("renamed.yaml", "understudy: 1\nchange: renamed\nbase: desk.yaml\n"
                                   "edits: [{rename: clean, to: wash}, {rename: jobs, to: cases}]\n"
                                   "accept: ['increase avg latency(wash) <= 0s', 'increase avg utilisation(wash) <= 0']\n")
        renamed = rehearsed("renamed.yaml", "--input-uncertainty")
        self.assertRegex(renamed["input_reason"], r"^100 draws of 3 fitted inputs: [^;]*$")
        self.assertGreater(len(renamed["differences"]), 2)
        for one in renamed["differences"]:
            self.assertEqual((one["estimate"], one["low"], one["high"]), (0, 0, 0), one)

        def forecast(*more):
            words = ("twin", "forecast", "desk.yaml", "--for", "8h", "--set", "clean.workers=1", "--json")
            return json.loads(self.call(*words, *more, code=MET).stdout)

        known, open_ = forecast(), forecast("--input-uncertainty")
        self.assertNotIn("input_reason", known)
        self.assertTrue(open_["input_reason"].startswith("199 draws of 3 fitted inputs: "), open_["input_reason"])
        self.assertNotEqual(known["backlogs"], open_["backlogs"])
        self.call("twin", "forecast", "twin.yaml", "--for", "8h", "--input-uncertainty", code=USAGE)

    def test_hours_of_the_day_become_a_profile_that_applies(self):
        # Ten days, six jobs an hour by day and two by night, a job of a minute each.
        rows = []
        for hour in range(240):
            count = 6 if 8 <= hour % 24 < 18 else 2
            for i in range(count):
                at = "2026-03-%02dT%02d:%02d:00Z" % (2 + hour // 24, hour % 24, 60 * i // count)
                until = "2026-03-%02dT%02d:%02d:50Z" % (2 + hour // 24, hour % 24, 60 * i // count)
                rows.append(f"j{hour}_{i},clean,{at},{at},{until},ok")
        self.write("days.csv", "id,process,submitted,start,end,status\n" + "\n".join(rows) + "\n")
        self.write("twin.yaml", TWIN)
        self.call("calibrate", "twin.yaml", "days.csv", "--out", "fitted.yaml", code=MET)
        text = (self.folder / "fitted.yaml").read_text()
        self.assertIn("{add: jobs_day, as: profile", text)
        self.assertIn("{set: jobs.profile, to: jobs_day}", text)
        self.call("validate", "fitted.yaml", code=MET)
        done = json.loads(
            self.call("run", "twin.yaml", "--change", "fitted.yaml", "--set", "run.length=4d", "--set", "run.replications=10",
                      "--json", code=MET).stdout)
        rate = next(one for one in done["metrics"] if one["name"] == "rate completed(clean)")
        self.assertLess(abs(rate["estimate"] * 3600 - (10 * 6 + 14 * 2) / 24), 0.4)

    def test_what_has_not_ended_counts_as_longer(self):
        """Services of 5 h in the mean, an arrival a minute, seen for 10 h: half of them are still under way."""
        draw, rows, at, told, ended = random.Random(11), [], 0.0, 0.0, 0
        while True:
            at += draw.expovariate(1 / 60)
            took = draw.expovariate(1 / 18000)
            if at > 36000:
                break
            over = at + took <= 36000
            told, ended = told + min(took, 36000 - at), ended + over
            rows.append((f"j{len(rows)}", "clean", f"{at:.3f}", f"{at + took:.3f}" if over else "", "ok" if over else "running", ""))
        self.write("twin.yaml", TWIN)
        report = json.loads(self.call("calibrate", "twin.yaml", self.write("log.csv", table(rows)), "--json", code=MET).stdout)
        service, arrivals = report["elements"][0], report["elements"][-1]
        self.assertEqual((service["family"], service["observations"]), ("exponential", len(rows)))
        self.assertLess(abs(service["numbers"][0]["estimate"] / (told / ended) - 1), 0.01)
        self.assertEqual((arrivals["path"], arrivals["observations"]), ("jobs.arrivals", len(rows)))

    def test_batches_are_batches_in_a_run(self):
        """Ten files at each full hour for one worker: nearly all of their wait is for one another."""
        draw, rows, free, waited = random.Random(3), [], 0.0, 0.0
        for at in sorted(hour * 3600 + draw.random() for hour in range(120) for _ in range(10)):
            start = max(at, free)
            free = start + draw.expovariate(1 / 180)
            waited += start - at
            rows.append((f"j{len(rows)}", "clean", date(at), date(start), date(free)))
        log = self.write("log.csv", "id,process,submitted,started,completed\n" + "".join(",".join(row) + "\n" for row in rows))
        self.write("twin.yaml", """understudy: 1
scenario: desk
twin: {stages: {clean: {reads: jobs, workers: 1, service: 10s}}}
load: {jobs: {arrivals: poisson(1/min)}}
run: {length: 20d, start: 2026-03-02T00:00, replications: 5}
measures: [avg wait(clean)]
""")
        report = json.loads(self.call("calibrate", "twin.yaml", log, "--out", "fitted.yaml", "--json", code=MET).stdout)
        edits = {edit["set"]: edit["to"] for edit in report["change"]["edits"]}
        self.assertEqual((edits["jobs.arrivals"], edits["jobs.items"], edits["jobs.first"]), ("every 1h", "10", "0s"))
        done = json.loads(self.call("run", "twin.yaml", "--change", "fitted.yaml", "--json", code=MET).stdout)
        wait = next(one for one in done["metrics"] if one["name"] == "avg wait(clean)")
        self.assertLess(abs(wait["estimate"] / (waited / len(rows)) - 1), 0.1)

    def test_a_change_of_any_form_is_as_its_schema_says(self):
        self.write("twin.yaml", TWIN.replace("length: 8h", "length: 8h, start: 2026-03-02T00:00"))
        draw = random.Random(7)
        day, at = [], 0.0
        while at < 10 * 86400:
            at += draw.expovariate((10 if 8 <= at / 3600 % 24 < 18 else 2) / 3600)
            day.append((f"j{len(day)}", "clean", date(at), date(at + 5 + draw.random())))
        bursts, at, high, until = [], 0.0, False, 2000.0
        while len(bursts) < 6000:
            gap = draw.expovariate(0.5 if high else 0.02)
            if at + gap > until:
                at, high = until, not high
                until = at + draw.expovariate(1 / (500 if high else 2000))
                continue
            at += gap
            bursts.append((f"j{len(bursts)}", "clean", f"{at:.3f}", f"{at + 5 + draw.random():.3f}"))
        for name, rows, seen in (("day", day, "add"), ("bursts", bursts, "to")):
            log = self.write(name + ".csv", "id,process,started,completed\n" + "".join(",".join(row) + "\n" for row in rows))
            report = json.loads(self.call("calibrate", "twin.yaml", log, "--json", code=MET).stdout)
            self.assertTrue(any(seen in edit and not isinstance(edit[seen], str if seen == "to" else dict)
                                for edit in report["change"]["edits"]), name)
            counts = next(one for one in report["validation"] if one["of"] == "arrivals")
            self.assertIn("predicted", counts["cases"][0])

    def test_the_same_again_is_the_same(self):
        self.write("twin.yaml", TWIN)
        self.log()
        first = self.call("calibrate", "twin.yaml", "log.csv", "--json", code=MET).stdout
        self.assertEqual(first, self.call("calibrate", "twin.yaml", "log.csv", "--json", code=MET).stdout)

    def test_which_way_items_went_is_in_a_run_and_as_sure_as_there_are_items(self):
        self.write("twin.yaml", TWIN.replace("failure: 1%}", "writes: {broken: 10%, out: 90%}}, mend: {reads: broken, workers: 9, service: 1min}"))
        draw, rows, at = random.Random(3), [], 0.0
        for i in range(600):
            at += 60
            rows.append((f"case{i}", "clean", date(at), date(at + 5 + draw.random())))
            if i % 2:
                rows.append((f"case{i}", "mend", date(at + 10), date(at + 40 + 10 * draw.random())))
        log = self.write("cases.csv", "case_id,activity,start_time,end_time\n" + "".join(",".join(row) + "\n" for row in rows))
        report = json.loads(self.call("calibrate", "twin.yaml", log, "--out", "fitted.yaml", "--json", code=MET).stdout)
        shares = next(one for one in report["elements"] if one["path"] == "clean.writes")
        self.assertEqual((shares["family"], [number["name"] for number in shares["numbers"]]), ("shares", ["broken", "out"]))
        self.assertAlmostEqual(shares["numbers"][0]["estimate"], 0.5, delta=0.01)
        self.call("validate", "fitted.yaml", code=MET)
        run = ("run", "twin.yaml", "--change", "fitted.yaml", "--json")
        done = json.loads(self.call(*run, code=MET).stdout)
        rate = {one["name"]: one["estimate"] for one in done["metrics"]}
        self.assertAlmostEqual(rate["rate completed(mend)"] / rate["rate completed(clean)"], 0.5, delta=0.08)
        sure = json.loads(self.call(*run, "--input-uncertainty", "--input-draws", "40", code=MET).stdout)
        self.assertIn("clean.writes", sure["input_reason"])
        # What somebody has set is certain.
        self.write("set.yaml", "understudy: 1\nchange: set\nkind: topology\nedits: [{set: clean.writes, to: {broken: 40%, out: 60%}}]\n")
        certain = json.loads(self.call(*run, "--change", "set.yaml", "--input-uncertainty", "--input-draws", "40", code=MET).stdout)
        self.assertNotIn("clean.writes", certain["input_reason"])


class Overheads(ProgramTest):
    def instance(self, name, width, level=20.0, launch=2.0, depth=2, work=30):
        """So many levels of so many tasks on plenty of cores, each launched by one launcher, and a makespan to match."""
        tasks, ran = [], []
        for at in range(depth):
            for i in range(width):
                tasks.append({"id": f"{'abcdef'[at]}{i}", "name": f"{'abcdef'[at]}_{i}",
                              "parents": [f"{'abcdef'[at - 1]}{k}" for k in range(width)] if at else [], "children": []})
                ran.append({"id": f"{'abcdef'[at]}{i}", "runtimeInSeconds": work, "coreCount": 1, "machines": ["m"]})
        makespan = depth * (level + launch * width + work)
        return self.write(name, json.dumps({"name": "w", "workflow": {
            "specification": {"tasks": tasks},
            "execution": {"makespanInSeconds": makespan, "tasks": ran,
                          "machines": [{"nodeName": "m", "cpu": {"coreCount": 500}}]}}})), makespan

    def test_what_the_platform_adds_is_found(self):
        logs = [self.instance(f"w{width}.json", width)[0] for width in (5, 10, 20, 40)]
        kept_back, makespan = self.instance("kept-back.json", 30)
        self.call("replay", kept_back, "--save-twin", "twin.yaml", code=MET)
        report = json.loads(self.call("calibrate", "twin.yaml", *logs, "--out", "fitted.yaml", "--json", code=MET).stdout)
        found = {n["name"]: n["estimate"] for element in report["elements"] for n in element["numbers"]}
        self.assertAlmostEqual(found["each task"], 2, delta=0.05)
        self.assertAlmostEqual(found["each level"], 20, delta=1)
        self.assertAlmostEqual(found["work takes"], 1, delta=0.05)
        self.assertLess(report["validation"][0]["error"], 0.02)
        self.assertEqual(report["warnings"], [])
        ran = json.loads(self.call("run", "twin.yaml", "--change", "fitted.yaml", "--json").stdout)
        latency = next(m["estimate"] for m in ran["metrics"] if m["name"] == "avg latency(workflow)")
        self.assertAlmostEqual(latency / makespan, 1, delta=0.02)

    def test_how_sure_they_are_together_is_in_the_intervals_of_a_run(self):
        """Makespans vary by a few percent, so that what one level takes is known badly, and their sum well."""
        draw = random.Random(6)
        logs = [self.instance(f"w{width}.json", width, 20 * (0.9 + 0.2 * draw.random()), 2 * (0.9 + 0.2 * draw.random()),
                              depth, work)[0]
                for width, depth, work in ((5, 2, 30), (8, 4, 10), (12, 3, 90), (20, 5, 60), (30, 2, 200), (40, 4, 30))]
        self.call("replay", self.instance("kept-back.json", 25)[0], "--save-twin", "twin.yaml", code=MET)
        report = json.loads(self.call("calibrate", "twin.yaml", *logs, "--out", "fitted.yaml", "--json", code=MET).stdout)
        (together,) = report["uncertainty"]
        self.assertEqual(together["path"], "overheads")
        self.assertEqual(together["degrees"], len(logs) - len(together["numbers"]))
        numbers = {number["name"]: number for number in together["numbers"]}
        # More of one is less of the other.
        place = [number["name"] for number in together["numbers"]].index("each_level")
        self.assertLess(numbers["each_task"]["correlations"][place], -0.3)
        paths = {made["path"] for made in together["makes"]}
        self.assertIn("workflow.defaults.delay", paths)
        self.assertIn({"set": "workflow.defaults.delay", "to": "%gs" % numbers["each_level"]["value"]}, report["change"]["edits"])
        self.call("validate", "fitted.yaml", code=MET)

        def run(*more):
            return json.loads(self.call("run", "twin.yaml", "--change", "fitted.yaml", "--json", *more).stdout)

        def latency(report):
            return next(m for m in report["metrics"] if m["name"] == "avg latency(workflow)")

        usual = latency(run("-n", "2"))
        one, two = (run("-n", "2", "--input-uncertainty", "--input-draws", "400", "--threads", str(n)) for n in (1, 2))
        self.assertEqual(one, two)
        self.assertEqual(one["input_reason"], "400 draws of 1 fitted input: overheads")
        drawn = latency(one)
        self.assertEqual(drawn["estimate"], usual["estimate"])
        # Were they drawn each by itself, by Student's law of as many degrees, a run would be much less sure.
        half = (drawn["input"]["high"] - drawn["input"]["low"]) / 2
        takes = {"each_task": 2 * 25, "each_level": 2, "more_work": 2 * 30}
        apart = 3.18 * math.hypot(*(takes[name] * number["error"] for name, number in numbers.items()))
        self.assertGreater(half, 0.2 * apart)
        self.assertLess(half, 0.8 * apart)
        # Whoever sets one of them knows it, and the rest is drawn as before; whoever sets all knows all.
        set_one = run("-n", "2", "--input-uncertainty", "--input-draws", "60", "--set", "cluster.speed=1")
        self.assertEqual(set_one["input_reason"], "60 draws of 1 fitted input: overheads")
        all_set = [word for path in paths for word in ("--set", path + "=3" + ("" if path.endswith("speed") else "s"))]
        told = self.call("run", "twin.yaml", "--change", "fitted.yaml", "--input-uncertainty", *all_set, code=USAGE)
        self.assertIn(b"nothing says how sure the parameters", told.stderr)
        # Also of a pair.
        self.write("desk.yaml", (self.folder / "twin.yaml").read_text() + "changes: [fitted.yaml]\n")
        self.write("fewer.yaml", "understudy: 1\nchange: fewer\nbase: desk.yaml\nedits: [{set: %s, to: 20}]\n"
                                 "accept: ['increase avg latency(workflow) < 500%%']\n"
                                 % "cluster.cores")
        pair = json.loads(self.call("rehearse", "fewer.yaml", "-n", "5", "--input-uncertainty", "--json").stdout)
        self.assertIn("of 1 fitted input: overheads", pair["input_reason"])

    def test_one_log_does_not_tell_them_apart(self):
        log, _ = self.instance("one.json", 10)
        self.call("replay", log, "--save-twin", "twin.yaml", code=MET)
        report = json.loads(self.call("calibrate", "twin.yaml", log, "--json", code=MET).stdout)
        self.assertTrue(any("1 makespan tells the sum" in line for line in report["unidentified"]), report["unidentified"])
        self.assertEqual(report["validation"], [])
        self.assertLess(abs(report["self_replay"][0]["error"]), 0.01)


class Repeats(ProgramTest):
    def test_each_task_gets_its_mean(self):
        for name, factor in (("one.csv", 0.9), ("two.csv", 1.0), ("three.csv", 1.1)):
            self.write(name, table([(f"t{i}", "work", 10 * i, 10 * i + (20 + i) * factor, "ok", f"t{i - 1}" if i else "")
                                    for i in range(10)]))
        self.call("replay", "one.csv", "--save-twin", "twin.yaml", code=MET)
        report = json.loads(self.call("calibrate", "twin.yaml", "one.csv", "two.csv", "three.csv", "--json", code=MET).stdout)
        work = report["elements"][0]
        self.assertEqual((work["path"], work["observations"]), ("work", 30))
        self.assertAlmostEqual(work["numbers"][0]["estimate"], 24.5)
        self.assertAlmostEqual(work["numbers"][1]["estimate"], 0.1, delta=0.001)
        self.assertEqual(len(report["change"]["edits"]), 10)
        self.assertEqual(report["validation"][0]["held_out"], 3)


class HandedOver(ProgramTest):
    def test_a_process_log_that_says_when_steps_were_scheduled_has_their_wait(self):
        # Forty claims each morning at once for two clerks, six minutes each: an hour in line in the mean.
        lines = ["case_id,activity,lifecycle:transition,time:timestamp"]
        waits = []
        for day in range(20):
            free = [0.0, 0.0]
            for i in range(40):
                who = free.index(min(free))
                begin, free[who] = free[who], free[who] + 360
                waits.append(begin)
                for word, at in (("schedule", 0), ("start", begin), ("complete", begin + 360)):
                    lines.append(f"{day}-{i},check,{word},{date(day * 86400 + 32400 + at)}")
        log = self.write("log.csv", "\n".join(lines) + "\n")
        self.write("twin.yaml", "understudy: 1\nscenario: claims\n"
                                "twin: {stages: {check: {reads: claims, workers: 2, service: 1min}}}\n"
                                "load: {claims: {arrivals: poisson(1/min)}}\n"
                                "run: {length: 20d, start: 2026-03-02T00:00, replications: 2}\n")
        report = json.loads(self.call("calibrate", "twin.yaml", log, "--out", "fitted.yaml", "--json", code=MET).stdout)
        recorded = sum(waits) / len(waits)
        self.assertGreater(recorded, 50 * 60)
        self.assertTrue(any("say when they were handed over" in note or "says when they were handed over" in note
                            for note in report["notes"]), report["notes"])
        # Played again it waits as the log did, and by the fitted arrivals as well.
        (again,) = report["self_replay"]
        self.assertAlmostEqual(again["recorded_s"], recorded + 360, delta=1)
        self.assertAlmostEqual(again["simulated_s"], recorded + 360, delta=1)
        run = json.loads(self.call("run", "twin.yaml", "--change", "fitted.yaml", "--json", code=MET).stdout)
        (wait,) = [one["estimate"] for one in run["metrics"] if one["name"] == "avg wait(check)"]
        self.assertAlmostEqual(wait / recorded, 1, delta=0.1)


class Refused(ProgramTest):
    def test_nothing_of_the_twin_in_the_log(self):
        self.write("twin.yaml", TWIN)
        log = self.write("other.csv", table([("a", "paint", 0, 5, "ok", ""), ("b", "paint", 5, 9, "ok", "")]))
        done = self.call("calibrate", "twin.yaml", log, "--out", "fitted.yaml", code=INCONCLUSIVE)
        self.assertIn(b"nothing of the twin was found", done.stderr)
        self.assertFalse((self.folder / "fitted.yaml").exists())

    def test_what_is_no_twin_and_what_is_no_log(self):
        self.write("twin.yaml", TWIN)
        log = self.write("log.csv", table([("a", "clean", 0, 5, "ok", "")]))
        self.call("calibrate", "twin.yaml", code=USAGE)
        self.call("calibrate", "twin.yaml", "twin.yaml", code=USAGE)
        self.call("calibrate", log, log, code=USAGE)
        self.call("calibrate", "twin.yaml", "no-such.csv", code=USAGE)
        self.call("calibrate", "twin.yaml", log, "--out", "log.csv", code=USAGE)
        self.assertIn("clean", (self.folder / "log.csv").read_text())


if __name__ == "__main__":
    main()
