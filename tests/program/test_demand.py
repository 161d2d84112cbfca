"""Promised: a study of uncertain demand answers in text and JSON with the exit code of its verdict; mistakes come with their
places before anything runs; its units are of a case each, so that interruption, threads and parts end with the same bytes, and its
result says which case a setting was simulated in.
Shown: the program on M/M/c at several loads, and the numbers of its table.
"""

import json

from program import INCONCLUSIVE, MET, USAGE, VIOLATED, ProgramTest, main

try:
    import h5py
except ImportError:
    h5py = None

BASE = """understudy: 1
scenario: shop
twin: {stages: {server: {reads: jobs, workers: 8, cost: 2EUR/h, service: exponential(mean 1s)}}}
load: {jobs: {arrivals: poisson(5/s)}}
run: {length: 400s, warm_up: 20s, seed: 3}
objectives: [avg wait(server) < 300ms]
"""
STUDY = """understudy: 1
study: which
base: shop.yaml
method: cheapest
minimise: rate cost()
subject_to: [all objectives]
vary: {server.workers: 4..12}
demand:
  low: {load: 0.6x, chance: 25%}
  likely: {load: 1x, chance: 50%}
  high: {load: 1.6x, chance: 25%}
"""


class Demand(ProgramTest):
    def setUp(self):
        super().setUp()
        self.write("shop.yaml", BASE)
        self.write("study.yaml", STUDY)

    def test_text_and_json(self):
        text = self.call("capacity", "study.yaml", code=MET).stdout.decode()
        self.assertIn("which: met\n9 settings of 1 parameter in 3 cases, ", text)
        self.assertIn("Least regret\n  server.workers 10: 20 EUR/h\n  regrets 10 EUR/h at most, keeps its promises with a chance of "
                      "100%, 20 EUR/h", text)
        self.assertIn("  likely  broken  0       2       6\n", text)
        self.assertTrue(all(len(line) <= 80 for line in text.splitlines()), text)
        document = self.json_of(self.call("capacity", "study.yaml", "--json", "--threads", "1", code=MET))
        self.assertEqual(document, self.json_of(self.call("capacity", "study.yaml", "--json", "--threads", "3")))
        # 5, 7 and 10 workers are the fewest by Erlang's formula, at 2 EUR/h each; 8 are there now.
        self.assertEqual([one["best"]["values"]["server.workers"] for one in document["cases"]], [5, 7, 10])
        self.assertEqual([one["chance"] for one in document["cases"]], [0.25, 0.5, 0.25])
        rows = {one["values"]["server.workers"]: one for one in document["choices"]}
        self.assertEqual([[case.get("regret") for case in rows[w]["cases"]] for w in (5, 7, 8, 10)],
                         [[0, None, None], [4, 0, None], [6, 2, None], [10, 6, 0]])
        self.assertEqual([rows[w]["chance_kept"] for w in (5, 7, 8, 10)], [0.25, 0.75, 0.75, 1])
        self.assertEqual(document["best"], rows[10])
        self.assertEqual(document["best_expected"], rows[10])
        self.assertEqual((rows[10]["largest_regret"], rows[10]["expected_cost"]), (10, 20))
        self.assertNotIn("largest_regret", rows[8])
        self.assertEqual(rows[8]["why"], ["as it is now"])
        self.assertEqual(document["cost_unit"], "EUR/h")

    def test_a_penalty(self):
        self.write("study.yaml", STUDY + "penalty: 7EUR/h\n")
        text = self.call("capacity", "study.yaml", code=MET).stdout.decode()
        self.assertIn("where promises are broken, 7 EUR/h besides", text)
        self.assertIn("Least expected cost\n  server.workers 4: 8 EUR/h\n  15 EUR/h expected, regrets 5 EUR/h at most\n", text)
        self.assertIn("  high    broken, 0  broken, 2  broken, 6  broken, 8  5\n", text)
        document = self.json_of(self.call("capacity", "study.yaml", "--json"))
        self.assertEqual((document["penalty"], document["best"]["values"]), (7, {"server.workers": 5}))

    def test_exit_codes(self):
        self.write("study.yaml", STUDY.replace("4..12", "4..9"))
        text = self.call("capacity", "study.yaml", code=VIOLATED).stdout.decode()
        self.assertIn("no setting keeps what is promised in 'high'; a 'penalty' would give that a price", text)
        self.assertIn("  high    25%     none does\n", text)
        self.write("study.yaml", STUDY + "budget: {replications: 6}\n")
        text = self.call("capacity", "study.yaml", "--no-formulas", code=INCONCLUSIVE).stdout.decode()
        self.assertIn("which: inconclusive (precision)", text)
        self.assertIn("its replications were spent before the cheapest in 'low' was proven", " ".join(text.split()))

    def test_mistakes_come_before_anything_runs(self):
        self.write("study.yaml", STUDY.replace("load: 1.6x", "set: {sever.service: 2s}"))
        self.assertEqual(self.call("capacity", "study.yaml", code=USAGE).stderr.decode(),
                         "study.yaml:11:31: error: sever.service=2s: nothing is called 'sever'; did you mean 'server'?\n")
        self.write("study.yaml", STUDY + "penalty: 7USD/h\n")
        self.assertEqual(self.call("validate", "study.yaml", code=USAGE).stderr.decode(),
                         "study.yaml:12:10: error: the penalty is in USD, and what is minimised in EUR; use EUR throughout\n")
        self.write("shop.yaml", BASE.replace("workers: 8", "workers: 2..8, scale: {waiting: 1}, keep_alive: 20s"))
        self.write("study.yaml", STUDY.replace("4..12", "[1..8, 4..8]"))
        self.assertIn("where demand is uncertain, costs have to be known before a run, and in 'low' they are not: ",
                      self.call("capacity", "study.yaml", code=USAGE).stderr.decode())

    # ---- units

    def whole(self):
        """The undisturbed run's bytes."""
        self.call("capacity", "study.yaml", "--no-formulas", "--out", "whole.h5", code=MET)
        return (self.folder / "whole.h5").read_bytes()

    def test_cut_off_anywhere_it_goes_on_to_the_same_bytes(self):
        before = self.whole()
        self.call("capacity", "study.yaml", "--no-formulas", "--out", "part.h5", "--shard", "1/2", code=MET)
        kept = (self.folder / "part.h5.1-of-2.ledger").read_bytes()
        for share in 0.3, 0.6, 1:
            # As a kill leaves it.
            self.write("r.h5.ledger", kept[:int(share * len(kept))])
            done = self.call("capacity", "study.yaml", "--no-formulas", "--out", "r.h5", "--resume", code=MET)
            self.assertIn("goes on from ", done.stderr.decode())
            self.assertEqual((self.folder / "r.h5").read_bytes(), before)

    def test_threads_and_parts(self):
        before = self.whole()
        self.call("capacity", "study.yaml", "--no-formulas", "--out", "t.h5", "--threads", "5", code=MET)
        self.assertEqual((self.folder / "t.h5").read_bytes(), before)
        for part in range(1, 4):
            done = self.call("capacity", "study.yaml", "--no-formulas", "--out", "m.h5", "--shard", f"{part}/3", code=MET)
            self.assertNotIn(": 0 units", done.stderr.decode())
        ledgers = sorted(path.name for path in self.folder.glob("m.h5.*-of-3.ledger"))
        self.assertEqual(len(ledgers), 3)
        self.call("merge", "study.yaml", *ledgers, "--no-formulas", "--out", "m.h5", code=MET)
        self.assertEqual((self.folder / "m.h5").read_bytes(), before)

    def test_the_result(self):
        if h5py is None:
            self.skipTest("python3-h5py is not installed")
        text = self.call("capacity", "study.yaml", "--no-formulas", "--json", "--out", "r.h5", code=MET)
        document = json.loads(text.stdout)
        with h5py.File(self.folder / "r.h5", "r") as file:
            self.assertEqual(json.loads(file.attrs["answer"]), document)
            settings = list(zip(file["settings/case"].asstr(), file["settings/value"].asstr()[:, 0]))
            self.assertEqual(len(settings), len(set(settings)))
            self.assertEqual({case for case, _ in settings}, {"low", "likely", "high"})
            # What the answer stands on in its case.
            for case in document["cases"]:
                best = case["best"]
                row = settings.index((case["name"], str(best["values"]["server.workers"])))
                self.assertEqual((file["replications/setting"][:] == row).sum(), best["replications"])


if __name__ == "__main__":
    main()
