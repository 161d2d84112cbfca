"""Promised: sensitivity runs a study file, in text and JSON; every mistake in the study, its base and the values it
gives to parameters is told before anything runs; Ctrl-C leaves what is known.
Shown: the program on small studies.
"""

import json

from program import USAGE, ProgramTest, main

BASE = """understudy: 1
scenario: shop
twin:
  stages:
    server: {reads: jobs, workers: 2, service: work}
load: {jobs: {arrivals: poisson(1/s), fields: {work: lognormal(mean 1s cv 1.5)}}}
run: {length: 20min, warm_up: 2min, replications: 4, seed: 7}
objectives: [p(95) latency(server) < 9s]
"""
STUDY = """understudy: 1
study: which
base: shop.yaml
method: METHOD
vary:
  jobs.work.mean: uniform(800ms..1s)
  jobs.work.cv: 0.8..2.5
  server.workers: 2..3
"""


class Sensitivity(ProgramTest):
    def study(self, method, more=""):
        self.write("shop.yaml", BASE)
        self.write("study.yaml", STUDY.replace("METHOD", method) + more)
        return "study.yaml"

    def test_each_method_in_text_and_json(self):
        for method, replications in (("one_at_a_time", "40"), ("morris", "80"), ("sobol", "300")):
            study = self.study(method)
            text = self.call("sensitivity", study, "-n", replications).stdout.decode()
            self.assertIn(f"which: {method} over 3 factors", text)
            self.assertIn("p(95) latency(server)", text)
            self.assertTrue(all(len(line) <= 80 for line in text.splitlines()), text)
            document = json.loads(self.call("sensitivity", study, "-n", replications, "--json").stdout)
            self.assertEqual(document["method"], method)
            self.assertLessEqual(document["replications"], int(replications))
            self.assertEqual(document["vary"]["server.workers"], "2..3")
            measure = document["measures"][0]
            if method == "one_at_a_time":
                self.assertEqual([one["to"] for one in measure["settings"] if one["factor"] == "server.workers"], ["2", "3"])
            else:
                self.assertEqual([one["factor"] for one in measure["factors"]], list(document["vary"]))

    def test_a_study_of_another_method_is_sent_on(self):
        for method in ("grid", "latin"):
            text = STUDY.replace("METHOD", method).replace("uniform(800ms..1s)", "[800ms, 1s]").replace("0.8..2.5", "[0.8, 2.5]")
            self.write("shop.yaml", BASE)
            self.write("study.yaml", text)
            told = self.call("sensitivity", "study.yaml", "--out", "s.h5", code=USAGE).stderr.decode()
            self.assertIn(f"study.yaml is a study of method {method}; use understudy capacity", told)
            self.assertFalse((self.folder / "s.h5").exists())

    def test_mistakes_come_before_anything_runs(self):
        self.assertEqual(self.call("sensitivity", self.study("morris", "vry: 1\n"), code=USAGE).stderr.decode(),
                         "study.yaml:9:1: error: unknown key 'vry'; did you mean 'vary'?\n")
        self.write("study.yaml", STUDY.replace("METHOD", "morris").replace("server.workers: 2..3", "server.workers: 0.5..1.5"))
        wrong = self.call("sensitivity", "study.yaml", code=USAGE)
        self.assertIn("study.yaml:8:19: error: server.workers=0.5: ", wrong.stderr.decode())
        # Each wrong value of a list at its place, and what is wrong with the parameter once.
        self.write("study.yaml", STUDY.replace("METHOD", "morris").replace("2..3", "[2, many, 0.5]").replace("jobs.work.cv", "jobs.wrk.cv"))
        said = self.call("sensitivity", "study.yaml", code=USAGE).stderr.decode().splitlines()
        self.assertEqual([line.split(": ")[0] for line in said], ["study.yaml:7:16", "study.yaml:8:23", "study.yaml:8:29"], said)
        for other, wrong in (("jobs.work: [1s, 2s]", "'jobs.work.mean' is a part of 'jobs.work', which varies as well"),
                             ("jobs.fields.work.cv: [1, 2]", "'jobs.fields.work.cv' is the same as 'jobs.work.cv'")):
            self.write("study.yaml", STUDY.replace("METHOD", "morris") + "  " + other + "\n")
            self.assertIn(wrong, self.call("sensitivity", "study.yaml", code=USAGE).stderr.decode())
        self.write("study.yaml", STUDY.replace("METHOD", "morris").replace("server.workers", "sever.workers"))
        self.assertIn("nothing is called 'sever'", self.call("sensitivity", "study.yaml", code=USAGE).stderr.decode())
        self.assertIn("study.yaml: error: sobol of 3 factors takes at least 300 replications",
                      self.call("sensitivity", self.study("sobol"), "-n", "20", code=USAGE).stderr.decode())
        self.write("study.yaml", STUDY.replace("METHOD", "morris").replace("shop.yaml", "no.yaml"))
        self.assertIn("study.yaml:3:7: error: no.yaml: no such file", self.call("sensitivity", "study.yaml", code=USAGE).stderr.decode())
        self.write("shop.yaml", BASE)
        self.assertIn("this is a scenario, not a study", self.call("sensitivity", "shop.yaml", code=USAGE).stderr.decode())
        self.assertIn("this is a study, not a scenario; understudy sensitivity takes it",
                      self.call("run", self.study("sobol"), code=USAGE).stderr.decode())

    def test_settings_without_a_steady_state_or_data_are_said(self):
        self.write("shop.yaml", BASE.replace("[p(95)", "[p(50) latency(seldom) < 1h, p(95)").replace(
            "service: work}", "service: work}\n    seldom: {reads: few, workers: 1, service: 1s}").replace(
            "load: {", "load: {few: {arrivals: every 5min}, "))
        name = "few.arrivals"
        self.write("study.yaml", "understudy: 1\nstudy: which\nbase: shop.yaml\nmethod: one_at_a_time\n"
                   f"vary: {{server.workers: [1, 3], {name}: [every 10min, every 30h]}}\n")
        text = self.call("sensitivity", "study.yaml").stdout.decode()
        flat = " ".join(text.split())
        self.assertIn("warning: server.workers=1: 'server' is offered 100% of what its workers can do", flat)
        self.assertIn("few.arrivals every 30h - 4 of 4 runs had no data", flat)
        self.assertTrue(all(len(line) <= 80 for line in text.splitlines()), text)
        document = json.loads(self.call("sensitivity", "study.yaml", "--json").stdout)
        self.assertEqual(len(document["warnings"]), 1)
        seldom = document["measures"][0]["settings"][-1]
        self.assertEqual((seldom["to"], seldom["why"]), ("every 30h", "4 of 4 runs had no data"))
        self.assertNotIn("value", seldom)

    def test_long_names_keep_their_values(self):
        long = "server_that_has_a_name_which_is_longer_than_any_column_of_a_table"
        self.write("shop.yaml", BASE.replace("server", long))
        self.write("study.yaml", STUDY.replace("METHOD", "one_at_a_time").replace("server.workers", long + ".workers"))
        text = self.call("sensitivity", "study.yaml").stdout.decode()
        for value in 2, 3:
            self.assertRegex(text, rf"(?m)^  server_\S*_table\.workers\n +{value} ")

    def test_validate_takes_studies(self):
        self.assertEqual(self.call("validate", self.study("morris")).stdout.decode(),
                         "study.yaml: ok: morris over 3 parameters of shop.yaml\n")
        self.assertIn("unknown key 'x'", self.call("validate", self.study("morris", "x: 1\n"), code=USAGE).stderr.decode())


if __name__ == "__main__":
    main()
