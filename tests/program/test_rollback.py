"""Promised: rehearse of a change with a way back goes through its failure exactly as arithmetic says, loses what does
not fit, finds the last safe moment, and says so in JSON, in a table of 80 columns and by its exit code; the same change
is judged under each stress it names, all of it together; the digest hangs on the plan; validate tells what is wrong with
a plan, where it is written, and nothing is started.
Shown: by calling the program.
"""

import json
import unittest

import h5py

from program import INCONCLUSIVE, MET, USAGE, VIOLATED, ProgramTest, main

STEPS = """  steps:
    - {do: halt, takes: 2min, pause: enrich}
    - {do: restore, takes: 6min}
    - {do: start, resume: enrich}
  until: waiting(enrich) < 1
"""
FAILURE = "  rehearse: {at: 30min, set: enrich.service, to: 166666667ns}\n  detect: 30min\n"


def base(queue="", actions="", length="3h"):
    return f"""understudy: 1
scenario: shop
twin: {{stages: {{enrich: {{reads: clicks, workers: 1, {queue}service: 66666667ns}}}}}}
load: {{clicks: {{arrivals: every 100ms}}}}
{actions}run: {{length: {length}, warm_up: 0s, replications: 2}}
"""


def change(plan=FAILURE + STEPS, more="", service="65ms"):
    return f"""understudy: 1
change: new-model
base: base.yaml
edits: [{{set: enrich.service, to: {service}}}]
accept: [increase avg latency(enrich) <= 0s]
{more}""" + (f"rollback:\n{plan}" if plan else "")


class Rollback(ProgramTest):
    def test_what_is_gone_does_not_come_back(self):
        self.write("base.yaml", base().replace("twin: {", "twin: {datasets: {d: {columns: {id: {type: bigint}}}}, "))
        self.write("change.yaml", change().replace("edits: [", "edits: [{remove: d.id}, "))
        way = self.rehearse(code=VIOLATED)["rollback"]
        self.assertEqual((way["verdict"], way["loses_data"], way["last_safe_s"]["seen"]), ("violated", ["remove d.id"], 0))
        self.assertEqual(way["why"], "there is no way back once it is in: remove d.id (the data are gone)")
        self.assertEqual(way["last_safe_s"]["never"], way["last_safe_s"]["tried"])
        said = self.call("rehearse", "change.yaml", "-n", "2", code=VIOLATED, cwd=self.folder).stdout
        self.assertIn(b"last safe moment to decide: none: the data are gone as soon as it is in", said)
        # Another way back helps as little as a longer run.
        self.assertIn(b"Next: once it is in there is no way back: keep what it takes away", said)

    def rehearse(self, *words, code=MET):
        return self.json_of(self.call("rehearse", "change.yaml", "--replications", "2", "--json", *words,
                                      code=code, cwd=self.folder))

    def near(self, found, truth, by):
        self.assertLessEqual(abs(found["estimate"] - truth), by, found)

    def test_arithmetic(self):
        self.write("base.yaml", base())
        self.write("change.yaml", change())
        answer = self.rehearse()
        way = answer["rollback"]
        self.assertEqual((answer["verdict"], way["verdict"]), ("met", "met"))
        self.near(way["detected_s"], 1800, 0)
        self.near(way["back_s"], 480, 0)
        self.near(way["backlog"], 12000, 2)
        self.near(way["drained_s"], 2400, 0.5)
        self.near(way["recovered_s"], 78 * 60, 0.5)
        self.near(way["lost"], 0, 0)
        self.assertEqual([step["do"] for step in way["steps"]], ["halt", "restore", "start"])
        again = self.rehearse("--threads", "1")
        self.assertEqual(again, answer)
        text = self.call("rehearse", "change.yaml", "--replications", "2", cwd=self.folder).stdout.decode()
        self.assertIn("well again after", text)
        self.assertIn("| :white_check_mark: met | the way back<br>well again once waiting(enrich) &lt; 1 |",
                      self.call("rehearse", "change.yaml", "--replications", "2", "--format", "markdown",
                                cwd=self.folder).stdout.decode())
        self.assertIn("last safe moment", text)
        self.assertLessEqual(max(map(len, text.splitlines())), 80)
        # What the verdict rests on has another name where the plan is another.
        self.write("change.yaml", change(FAILURE + STEPS.replace("6min", "361s")))
        self.assertNotEqual(self.rehearse()["digest"], answer["digest"])

    def test_full(self):
        self.write("base.yaml", base("queue: {capacity: 10000, full: drop}, "))
        self.write("change.yaml", change())
        way = self.rehearse()["rollback"]
        self.near(way["lost"], 2000, 2)
        self.near(way["lost"]["more"], 2000, 2)
        self.near(way["drained_s"], 2000, 0.5)
        self.assertEqual(way["last_safe_s"]["seen"], 2)
        self.near(way["last_safe_s"], 1300, 70)

    def test_not_well_again(self):
        self.write("base.yaml", base(length="100min"))
        self.write("change.yaml", change())
        answer = self.rehearse(code=INCONCLUSIVE)
        self.assertEqual((answer["verdict"], answer["reason"]), ("inconclusive", "data"))
        self.assertIn("not well again before the end of the run", answer["rollback"]["why"])
        self.write("change.yaml", change(FAILURE.replace("30min\n", "waiting(enrich) > 1000000\n") + STEPS))
        answer = self.rehearse(code=VIOLATED)
        self.assertIn("not detected", answer["rollback"]["why"])

    def test_stress(self):
        surge = "actions: [{name: surge, at: 10min, for: 10min, set: load, to: 1.45x}]\n"
        self.write("base.yaml", base(actions=surge, length="1h"))
        # 14.5/s come: what serves 13/s keeps up with 10/s, but not with that.
        slow = change(plan="", more="stress: [surge]\n", service="76ms").replace("<= 0s", "< 1s")
        self.write("change.yaml", slow)
        answer = self.rehearse("--out", "r.h5", code=VIOLATED)
        plain, stressed = answer["differences"][0], answer["stresses"][0]["differences"][0]
        self.assertEqual(plain["verdict"], "met")
        self.assertEqual(answer["stresses"][0]["name"], "surge")
        self.assertEqual((stressed["verdict"], answer["stresses"][0]["verdict"]), ("violated", "violated"))
        self.assertGreater(stressed["estimate"], 5)
        with h5py.File(self.folder / "r.h5") as file:
            self.assertEqual(json.loads(file.attrs["answer"]), answer)
            self.assertEqual(file["stress/surge"].attrs["verdict"], "violated")
            self.assertIn("value", file["stress/surge/candidate"])
        text = self.call("rehearse", "change.yaml", "--replications", "2", code=VIOLATED, cwd=self.folder)
        self.assertIn("Under surge", text.stdout.decode())
        self.assertEqual(self.call("report", "r.h5", "--text").stdout,
                         self.call("rehearse", "change.yaml", "--replications", "2", code=VIOLATED, cwd=self.folder).stdout)
        self.write("change.yaml", slow.replace("[surge]", "[surgee]"))
        done = self.call("rehearse", "change.yaml", code=USAGE, cwd=self.folder)
        self.assertIn("change.yaml:6:10: error: no action is called 'surgee'; did you mean 'surge'?",
                      done.stderr.decode())

    def test_by_name(self):
        actions = "actions: [{name: slow, at: 30min, set: enrich.service, to: 166666667ns}]\n"
        self.write("base.yaml", base(actions=actions))
        self.write("change.yaml", change("  rehearse: slow\n  detect: 30min\n" + STEPS, more="stress: slow\n"))
        way = self.rehearse()["rollback"]
        self.near(way["recovered_s"], 78 * 60, 0.5)
        self.write("base.yaml", base(actions="actions: [{name: slow, every: every 1d, alert: it fails}]\n"))
        said = self.call("rehearse", "change.yaml", code=USAGE, cwd=self.folder).stderr.decode()
        self.assertIn("'slow' does not make the candidate fail; a failure is something that can be taken back", said)
        self.assertIn("'slow' happens again and again (every)", said)

    def test_wrong(self):
        self.write("base.yaml", base())
        plan = FAILURE.replace("enrich.service", "enrch.service") + STEPS.replace("pause: enrich", "pause: nobody")
        self.write("change.yaml", change(plan))
        for verb in "validate", "rehearse":
            done = self.call(verb, "change.yaml", code=USAGE, cwd=self.folder)
            said = done.stderr.decode()
            self.assertIn("change.yaml:7:", said)
            self.assertIn("'enrch'", said)
            self.assertIn("change.yaml:10:", said)
            self.assertIn("'nobody'", said)
            self.assertEqual(done.stdout, b"")
        self.write("change.yaml", change(FAILURE.replace("at: 30min", "at: 4h") + STEPS))
        done = self.call("rehearse", "change.yaml", code=USAGE, cwd=self.folder)
        self.assertIn("it fails after the end of the run", done.stderr.decode())


if __name__ == "__main__":
    main()
