"""Promised: `run --analytic` and `detail: analytic` answer by formulas at once and simulate nothing; exit codes are
verdicts; options of a simulation are refused with it; table and JSON say of each value whether it is exact and how it
was found; a run's JSON, its file and its table have the same values beside what was simulated. Shown: by calling the
program.
"""

import unittest

import h5py

from program import INCONCLUSIVE, MET, USAGE, VIOLATED, ProgramTest, main, mm1


class Analytic(ProgramTest):
    def answer(self, text, code):
        return self.json_of(self.call("run", self.write("s.yaml", text), "--analytic", "--json", code=code))

    def test_verdicts(self):
        met = self.answer(mm1("avg wait(server) < 4.1s"), MET)
        self.assertEqual((met["verdict"], met["reason"]), ("met", "none"))
        self.assertAlmostEqual(met["objectives"][0]["estimate"], 4, places=9)
        self.assertEqual(met["objectives"][0]["analytic"], "exact")
        self.assertEqual(met["objectives"][0]["method"], "M/M/1")
        violated = self.answer(mm1("p(95) latency(server) < 10s"), VIOLATED)
        self.assertEqual((violated["verdict"], violated["reason"]), ("violated", "limit"))
        unstable = self.answer(mm1().replace("poisson(0.8/s)", "poisson(1.8/s)"), INCONCLUSIVE)
        self.assertEqual(unstable["reason"], "unstable")
        critical = self.answer(mm1().replace("poisson(0.8/s)", "poisson(1/s)"), INCONCLUSIVE)
        self.assertEqual(critical["reason"], "critical")
        unknown = self.answer(mm1("max wait(server) < 4s"), INCONCLUSIVE)
        self.assertEqual(unknown["reason"], "data")
        self.assertIn("how long one looks", unknown["objectives"][0]["explanation"])

    def test_approximations_say_by_how_much_and_why(self):
        text = mm1("avg wait(server) < 4s").replace("exponential(mean 1s)", "lognormal(mean 1s cv 0.5)")
        answer = self.answer(text.replace("poisson(0.8/s)", "every erlang(k 2 mean 1.25s)"), MET)
        wait = [metric for metric in answer["metrics"] if metric["name"] == "avg wait(server)"][0]
        self.assertEqual(wait["analytic"], "approximate")
        self.assertGreater(wait["error"], 0)
        self.assertIn("not Poisson", wait["caveat"])
        self.assertEqual([one["reason"] for one in answer["refused"] if one["name"] == "p(95) latency(server)"],
                         ["no closed form for a quantile of this"])

    def test_table(self):
        done = self.call("run", self.write("s.yaml", mm1()), "--analytic", code=MET)
        text = done.stdout.decode()
        self.assertIn("nothing was simulated", text)
        self.assertRegex(text, r"avg wait +4 s  exact +M/M/1")
        self.assertTrue(all(len(line) <= 80 for line in text.splitlines()), text)

    def test_what_only_a_simulation_heeds_is_refused(self):
        scenario = self.write("s.yaml", mm1())
        for words in (["--seed", "3"], ["--replications", "3"], ["--precision", "2%"], ["--threads", "1"],
                      ["--out", "r.h5"], ["--out", "r.h5", "--trace"]):
            done = self.call("run", scenario, "--analytic", *words, code=USAGE)
            self.assertIn(b"--analytic simulates nothing", done.stderr)
            self.assertEqual(done.stdout, b"")
        self.assertFalse((self.folder / "r.h5").exists())

    def test_detail_analytic_is_the_same(self):
        text = mm1().replace("seed: 1}", "seed: 1, detail: analytic}")
        scenario = self.write("d.yaml", text)
        by_detail = self.call("run", scenario, code=MET)
        self.assertEqual(by_detail.stdout,
                         self.call("run", self.write("s.yaml", mm1()), "--analytic", code=MET).stdout)
        done = self.call("run", scenario, "--seed", "2", code=USAGE)
        self.assertIn(b"detail: analytic", done.stderr)

    def test_beside_a_run(self):
        scenario = self.write("s.yaml", mm1())
        done = self.call("run", scenario, "--json", "--out", "r.h5", code=MET)
        metrics = {metric["name"]: metric for metric in self.json_of(done)["metrics"]}
        self.assertAlmostEqual(metrics["avg wait(server)"]["expected"], 4, places=9)
        self.assertEqual(metrics["avg wait(server)"]["analytic"], "exact")
        self.assertEqual(self.json_of(self.call("report", "r.h5", "--json", code=MET))["metrics"],
                         self.json_of(done)["metrics"])
        with h5py.File(self.folder / "r.h5") as result:
            at = [name.decode() for name in result["metrics/name"]].index("avg wait(server)")
            self.assertAlmostEqual(result["metrics/expected"][at], 4, places=9)
            self.assertEqual(result["metrics/analytic"][at], b"exact")
        table = self.call("run", scenario, code=MET).stdout.decode()
        self.assertRegex(table, r"  avg wait\(server\) +4 s ")


if __name__ == "__main__":
    main()
