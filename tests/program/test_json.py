"""Promised: `run --json` prints one document with the members that programs rely on; numbers are numbers, never null,
NaN or infinite; what has no data stands apart. Shown: on a scenario with many kinds of measures, and on runs in
which nothing happens.
"""

import unittest

from program import MET, ProgramTest, SMALL, main, mm1


class Document(ProgramTest):
    def run_json(self, text, *words):
        done = self.call("run", self.write("s.yaml", text), "--json", *words)
        self.assertIn(done.returncode, (0, 3, 4), done.stderr.decode())
        self.assertTrue(done.stdout.endswith(b"}\n"))
        result = self.json_of(done)
        self.check_no_null(result, "")
        return result

    def check_no_null(self, value, place):
        self.assertIsNotNone(value, f"null at {place}")
        if isinstance(value, dict):
            for key, member in value.items():
                self.check_no_null(member, f"{place}.{key}")
        elif isinstance(value, list):
            for i, member in enumerate(value):
                self.check_no_null(member, f"{place}[{i}]")

    def check_promised(self, result):
        self.assertIn(result["verdict"], ("met", "violated", "inconclusive"))
        self.assertIn(result["reason"],
                      ("none", "limit", "constraint", "unstable", "critical", "precision", "data", "warm_up",
                       "not_credible", "no_objectives"))
        self.assertIsInstance(result["seed"], int)
        self.assertRegex(result["fingerprint"], r"^[0-9a-f]{16}$")
        for objective in result["objectives"]:
            self.assertIsInstance(objective["text"], str)
            self.assertIn(objective["verdict"], ("met", "violated", "inconclusive"))
        for metric in result["metrics"]:
            for key in "name", "element", "unit":
                self.assertIsInstance(metric[key], str)
            for key in "estimate", "level":
                self.assertIsInstance(metric[key], float, (metric["name"], key))
            self.assertIsInstance(metric["replications"], int)
            of_one = metric["replications"] < 2
            if of_one and result["interval_reason"] != "overlapping batch means":
                self.assertNotIn("low", metric)  # one value has no spread: no interval rather than a made-up one
            # Of one run only averages have intervals, and where too few lie beyond a quantile it has none.
            if (of_one or metric["name"].startswith("p(")) and "low" not in metric:
                self.assertNotIn("high", metric)
                continue
            for key in "low", "high":
                self.assertIsInstance(metric[key], float, (metric["name"], key))
            self.assertLessEqual(metric["low"], metric["estimate"])
            self.assertLessEqual(metric["estimate"], metric["high"])
            self.assertGreaterEqual(metric["low"], 0)
            if metric["unit"] == "fraction":
                self.assertLessEqual(metric["high"], 1)

    def test_promised_members(self):
        result = self.run_json(SMALL)
        self.check_promised(result)
        self.assertEqual(result["seed"], 42)
        self.assertEqual([o["text"] for o in result["objectives"]],
                         ["p(95) latency(clean) < 5min", "avg utilisation(crew) < 90%"])
        for objective in result["objectives"]:
            for key in "estimate", "low", "high":
                self.assertIsInstance(objective[key], float)
        names = [m["name"] for m in result["metrics"]]
        self.assertEqual(len(names), len(set(names)))
        for name in ("avg latency() during surge", "share landed(revenue) by +10min", "rate cost()",
                     "avg utilisation(nodes)", "avg latency(report)"):
            self.assertIn(name, names)
        units = {m["name"]: m["unit"] for m in result["metrics"]}
        self.assertEqual(units["avg latency(report)"], "s")
        self.assertEqual(units["avg utilisation(nodes)"], "fraction")

    def test_a_run_in_which_nothing_happens(self):
        for text in (mm1(length="1ms", warm_up="0s"), mm1(length="1ms", warm_up="0s", replications=1)):
            result = self.run_json(text)
            self.check_promised(result)
            self.assertEqual(result["reason"], "data")
            self.assertNotIn("estimate", result["objectives"][0])
            self.assertIn("avg wait(server)", [m["name"] for m in result["no_data"]])

    def test_one_replication_gives_no_infinite_interval(self):
        result = self.run_json(mm1(replications=1))
        # Its averages have an interval of its own course, and nothing else has; whatever is printed is a number.
        self.assertEqual(result["interval_reason"], "overlapping batch means")
        self.assertEqual(result["verdict"], "met")
        for metric in result["metrics"]:
            if metric["name"].startswith(("p(", "max", "sd")):
                self.assertNotIn("low", metric)
        # Until empty there is no steady state that parts of it could be of.
        result = self.run_json(mm1(replications=1, warm_up="0s").replace("length: 2h", "until: empty").replace(
            "poisson(0.8/s)", "poisson(0.8/s), count: 100"))
        self.assertIn("until the system is empty", result["interval_reason"])
        self.assertEqual(result["verdict"], "inconclusive")

    def test_alerts_and_constraints_are_members(self):
        text = mm1() + """actions:
  - {when: waiting(server) > 2, alert: too long a line, level: fail}
  - {when: waiting(server) > 100000, alert: far too long a line, level: fail}
  - {at: 1h, alert: half of it}
"""
        result = self.run_json(text, "--out", "r.h5")
        broken, kept = result["constraints"]
        done = result["replications_done"]
        self.assertEqual((result["verdict"], result["reason"], broken["verdict"], kept["verdict"]),
                         ("violated", "constraint", "violated", "met"))
        self.assertEqual(broken["held"] + broken["raised"], done)
        self.assertEqual({key: kept[key] for key in ("text", "when", "element", "held", "raised", "times")},
                         {"text": "far too long a line", "when": "waiting(server) > 100000", "element": "server",
                          "held": done, "raised": 0, "times": 0})
        self.assertEqual(result["alerts"], [{"text": "half of it", "level": "warn", "at_s": 3600.0, "element": "",
                                             "raised": done, "times": done}])
        self.assertTrue(any(f"constraint broken in {broken['raised']} of {done} replications: too long a line" in warning
                            for warning in result["warnings"]))
        self.assertEqual(self.json_of(self.call("report", "r.h5", "--json")), result)
        formulas = self.json_of(self.call("run", "s.yaml", "--analytic", "--json"))
        self.assertEqual(formulas["constraints"], [{"text": "too long a line"}, {"text": "far too long a line"}])

    def test_unlimited_workers_and_until_empty(self):
        result = self.run_json("""understudy: 1
scenario: endless
twin: {stages: {server: {reads: jobs, workers: unlimited, service: 1s}}}
load: {jobs: {arrivals: every 1s, count: 10}}
run: {until: empty, replications: 3}
measures: [avg workers(server), avg utilisation(server)]
""")
        self.check_promised(result)

    def test_names_from_outside_are_kept(self):
        text = mm1().replace("server: {reads", 'server: {label: "a \\"b\\" <c> \\u00e4", reads')
        self.check_promised(self.run_json(text))

    def test_a_result_file_gives_the_same_document(self):
        scenario = self.write("s.yaml", SMALL)
        done = self.call("run", scenario, "--json", "--out", "r.h5")
        again = self.call("report", "r.h5", "--json", code=MET)
        self.assertEqual(done.stdout, again.stdout)


if __name__ == "__main__":
    main()
