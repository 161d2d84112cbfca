"""Promised: what --set and UNDERSTUDY_SET set stands in whatever answers for a scenario: a line of the text, `set` of the JSON,
and where each value comes from in results; whoever goes by what is written says so, or refuses. The folder from which a
command is given changes no bytes. Shown: by calling the program.
"""

import os
import unittest

import h5py

from program import MET, USAGE, ProgramTest, main

SCENARIO = """understudy: 1
scenario: desk
twin:
  pools: {crew: {workers: 3, cost: 1EUR/h}}
  stages: {a: {reads: x, runs_on: crew, service: exponential(mean 5min)}}
load: {x: {arrivals: poisson(6/h)}}
run: {length: 1d, warm_up: 1h, start: 2026-03-09T00:00, replications: 4, seed: 1}
objectives: [avg latency(a) < 1h]
"""
CHANGE = """understudy: 1
change: up
base: desk.yaml
author: a
reason: r
edits: [{set: a.service, to: exponential(mean 4min)}]
"""
STUDY = """understudy: 1
study: fewer
base: desk.yaml
method: METHOD
"""
SET = "crew.workers=9"


class Set(ProgramTest):
    def setUp(self):
        super().setUp()
        os.environ.pop("UNDERSTUDY_STORE", None)
        self.write("desk.yaml", SCENARIO)
        self.write("up.yaml", CHANGE)
        self.write("cheapest.yaml", STUDY.replace("METHOD", "cheapest") +
                   "vary: {a.service.mean: [4min, 5min]}\nminimise: rate cost()\nsubject_to: [all objectives]\n")
        self.write("grid.yaml", STUDY.replace("METHOD", "grid") +
                   "vary: {a.service.mean: [4min, 5min]}\nmeasures: [avg latency(a)]\n")
        self.write("morris.yaml", STUDY.replace("METHOD", "morris") +
                   "vary: {a.service.mean: 4min..5min}\nmeasures: [avg latency(a)]\n")
        self.set = {**os.environ, "UNDERSTUDY_SET": SET}

    @staticmethod
    def origins(holder):
        return dict((line.split("\t")[0], line.split("\t")[1:]) for line in holder.attrs["origins"].splitlines())

    def test_runs_rehearsals_and_forecasts_say_who_set_what(self):
        for words in (["run", "desk.yaml"], ["run", "desk.yaml", "--analytic"], ["rehearse", "desk.yaml", "up.yaml", "-n", "4"],
                      ["twin", "forecast", "desk.yaml", "--for", "2h", "-n", "39"]):
            for more, environment, said in ((["--set", SET], None, SET), ([], self.set, "UNDERSTUDY_SET " + SET)):
                with self.subTest(words=words, said=said):
                    text = self.call(*words, *more, env=environment).stdout.decode()
                    self.assertIn(f"\nset {said}\n", text)
                    document = self.json_of(self.call(*words, *more, "--json", env=environment))
                    self.assertEqual(document["set"], [said])
            self.assertNotIn("\nset ", self.call(*words).stdout.decode())
            self.assertEqual(self.json_of(self.call(*words, "--json"))["set"], [])
        page = self.call("rehearse", "desk.yaml", "up.yaml", "-n", "4", "--format", "markdown", env=self.set).stdout.decode()
        self.assertIn("Set in both: ", page)

    def test_a_rehearsal_keeps_where_each_value_comes_from(self):
        self.call("rehearse", "desk.yaml", "up.yaml", "-n", "4", "--out", "r.h5", env=self.set)
        with h5py.File(self.folder / "r.h5") as file:
            self.assertEqual(file.attrs["set"], "UNDERSTUDY_SET " + SET)
            before, after = self.origins(file["baseline"]), self.origins(file["candidate"])
        for side in before, after:
            self.assertEqual(side["crew.workers"], ["9", "UNDERSTUDY_SET " + SET])
            self.assertEqual(side["run.seed"], ["1", "scenario"])
        self.assertEqual(before["a.service"], ["exponential(mean 5min)", "scenario"])
        self.assertEqual(after["a.service"], ["exponential(mean 4min)", "up.yaml:6:30"])

    def test_studies_say_it_and_keep_where_each_value_comes_from(self):
        for words in (["stress", "desk.yaml", "-n", "3"], ["capacity", "cheapest.yaml"], ["capacity", "grid.yaml", "-n", "8"],
                      ["sensitivity", "morris.yaml", "-n", "40"]):
            with self.subTest(words=words):
                text = self.call(*words, env=self.set).stdout.decode()
                self.assertIn(f"\nset {SET}\n", text)
                self.assertNotIn("\nset ", self.call(*words).stdout.decode())
                self.call(*words, "--out", "r.h5", "--fresh", env=self.set)
                with h5py.File(self.folder / "r.h5") as file:
                    of = self.origins(file)
                self.assertEqual(of["crew.workers"], ["9", "--set " + SET])
                self.assertEqual(of["a.service"], ["exponential(mean 5min)", "scenario"])

    def test_wherever_it_is_called_from(self):
        (self.folder / "below").mkdir()
        for number, (words, folder) in enumerate((((".", "up.yaml"), "."), (("..", "../up.yaml"), "below"),
                                                  ((str(self.folder), str(self.folder / "up.yaml")), "below"))):
            out = self.folder / f"{number}.h5"
            self.call("run", f"{words[0]}/desk.yaml", "--change", words[1], "--out", out, cwd=self.folder / folder)
        first = (self.folder / "0.h5").read_bytes()
        self.assertTrue(first == (self.folder / "1.h5").read_bytes())
        self.assertTrue(first == (self.folder / "2.h5").read_bytes())

    def test_a_snapshot_of_a_file_is_of_what_was_set(self):
        busy = {**os.environ, "UNDERSTUDY_SET": "x.arrivals=poisson(120/h); crew.workers=2"}
        plain = self.call("twin", "snapshot", "desk.yaml", "--at", "20h", code=MET).stdout.decode()
        there = self.call("twin", "snapshot", "desk.yaml", "--at", "20h", code=MET, env=busy)
        self.assertIn("UNDERSTUDY_SET sets crew.workers=2", there.stderr.decode())
        text = there.stdout.decode()
        self.assertIn("crew: {workers: 2", text)
        self.assertIn("waiting", text)
        self.assertNotIn("waiting", plain)
        self.write("there.yaml", text)
        self.call("validate", "there.yaml", code=MET)
        same = self.call("twin", "snapshot", "desk.yaml", "--at", "20h", "--set", "x.arrivals=poisson(120/h)", "--set",
                         "crew.workers=2", code=MET).stdout.decode()
        self.assertEqual(same, text)
        wrong = self.call("twin", "snapshot", "desk.yaml", "--at", "20h", code=USAGE,
                          env={**os.environ, "UNDERSTUDY_SET": "crew.workers=none"})
        self.assertIn("UNDERSTUDY_SET crew.workers=none: error: ", wrong.stderr.decode())

    def test_what_goes_by_what_is_written_says_so(self):
        self.call("twin", "create", "desk", "desk.yaml", code=MET)
        for words, why in ((["twin", "snapshot", "desk", "--at", "2h"], "a version holds a state of the twin as it is kept"),
                           (["calibrate", "desk.yaml", "log.csv"], "what is fitted is the twin as it is written")):
            done = self.call(*words, code=USAGE, env=self.set)
            self.assertIn(f"UNDERSTUDY_SET sets {SET}: {why}", done.stderr.decode())
        self.call("twin", "snapshot", "desk", "--at", "2h", "--out", "at-2h.yaml", code=MET, env=self.set)
        self.assertIn("crew: {workers: 9", (self.folder / "at-2h.yaml").read_text())
        for words in (["change", "validate", "up.yaml"], ["change", "impact", "up.yaml"], ["twin", "update", "desk", "desk.yaml"],
                      ["twin", "diff", "desk", "desk.yaml"]):
            done = self.call(*words, env=self.set)
            self.assertIn("note: UNDERSTUDY_SET is left out: ", done.stderr.decode())
            self.assertNotIn("is left out", self.call(*words).stderr.decode())

    def test_a_parameter_of_an_instance_that_a_change_overrules_is_refused(self):
        self.write("shop.yaml", """understudy: 1
scenario: shop
twin: {instances: {orders: {template: kafka-topic, source: in}}}
load: {in: {arrivals: poisson(20/s)}}
run: {length: 2min, warm_up: 0s, replications: 4, seed: 1}
objectives: [p(99) latency(orders/consume) < 10min]
""")
        change = CHANGE.replace("base: desk.yaml", "base: shop.yaml")
        edit = "{set: a.service, to: exponential(mean 4min)}"
        for number, (one, parameter) in enumerate((
                ("{set: orders/consume.workers, to: 6}", "orders.consumers=8"),
                ("{set: orders/consume.workers, to: 6}", "orders.consumers=4"),
                ("{set: orders/consume.service, to: 15ms}", "orders.service=exponential(mean 18ms)"),
                ("{remove: orders/consume.retry}", "orders.retries=5"))):
            self.write("one.yaml", change.replace(edit, one))
            path = one.split(",")[0].split(": ")[1].strip("}")
            for words in (["run", "shop.yaml", "--change", "one.yaml"], ["rehearse", "shop.yaml", "one.yaml", "-n", "4"]):
                with self.subTest(number=number, words=words):
                    for arguments, environment, said in ((["--set", parameter], None, "--set " + parameter),
                                                         ([], {**os.environ, "UNDERSTUDY_SET": parameter},
                                                          "UNDERSTUDY_SET " + parameter)):
                        problem = self.call(*words, *arguments, env=environment, code=USAGE).stderr.decode()
                        self.assertIn(f"{said}: error: '{parameter.split('=')[0]}' says what '{path}' is, which one.yaml:6:",
                                      problem)
                        self.assertIn(f"set '{path}', which comes after changes", problem)
        # What holds with both: another parameter, the parameter itself, a multiple, a part of a law that stays.
        for one, parameter in (("{set: orders/consume.workers, to: 6}", "orders.partitions=24"),
                               ("{set: orders.consumers, to: 6}", "orders.consumers=8"),
                               ("{set: orders/consume.workers, to: 2x}", "orders.consumers=8"),
                               ("{set: orders/consume.service.cv, to: 0.5}", "orders.service=lognormal(mean 9ms cv 1)")):
            self.write("one.yaml", change.replace(edit, one))
            with self.subTest(one=one, parameter=parameter):
                self.call("rehearse", "shop.yaml", "one.yaml", "-n", "4", "--set", parameter, "--out", "r.h5")
                with h5py.File(self.folder / "r.h5") as file:
                    before, after = self.origins(file["baseline"]), self.origins(file["candidate"])
                path, value = parameter.split("=")
                for side in before, after:
                    self.assertEqual(side[path], [value, "--set " + parameter])
        # What is set of the element holds in both.
        self.write("one.yaml", change.replace(edit, "{set: orders/consume.workers, to: 6}"))
        self.call("rehearse", "shop.yaml", "one.yaml", "-n", "4", "--set", "orders/consume.workers=8", "--out", "r.h5")
        with h5py.File(self.folder / "r.h5") as file:
            for side in "baseline", "candidate":
                self.assertEqual(self.origins(file[side])["orders/consume.workers"][0], "8")


if __name__ == "__main__":
    main()
