"""Promised: verify builds every kind of model that tests/theory/cases.json has, measures what is known of it, judges by
the interval, makes runs longer until they are precise, and takes scenarios of one's own; what it cannot express, or no
interval holds, it names; cases share no random numbers, and errors are spread as their standard errors say.
Shown: short runs of all cases with fixed seeds, in which no quantity is far outside and z is spread like a normal number;
small files by hand.
"""

import json
import math
import statistics

from program import INCONCLUSIVE, MET, SOURCES, USAGE, VIOLATED, ProgramTest, main

CASES = SOURCES / "tests" / "theory" / "cases.json"
MM1 = """understudy: 1
scenario: mm1
twin: {stages: {server: {reads: jobs, workers: 1, service: exponential(mean 1s)}}}
load: {jobs: {arrivals: poisson(0.5/s)}}
run: {length: 2h, warm_up: 5min, replications: 20}
"""


class Verify(ProgramTest):
    def judged(self, *words, code=None):
        done = self.call("verify", *words, "--json", code=code)
        return json.loads(done.stdout)["cases"]

    def file_of(self, **case):
        whole = {"id": "one", "quantities": {"Wq": 1.0}, **case}
        return self.write("cases.json", json.dumps({"cases": [whole]}))

    def test_every_kind_is_expressed_and_near(self):
        rows = self.judged(CASES, "--events", "1")
        self.assertGreater(len(rows), 400)
        self.assertEqual([(row["id"], row["quantity"]) for row in rows if row["verdict"] == "not expressed"], [])
        # Short runs: some of so many intervals of 99.9 % may miss. Nothing may be far off.
        outside = [row for row in rows if row["verdict"] == "outside"]
        self.assertLessEqual(len(outside), len(rows) // 100, outside)
        for row in outside:
            for z in row["z"]:
                self.assertLess(abs(z), 6, row)
        # Over all cases: quantities of one case go together, so one seed tells the mean to about 0.1.
        values = [z for row in rows for z in row["z"]]
        self.assertGreater(len(values), 500)
        self.assertLess(abs(statistics.fmean(values)), 0.3)
        self.assertGreater(statistics.stdev(values), 0.85)
        self.assertLess(statistics.stdev(values), 1.15)

    def test_runs_are_made_longer_until_they_are_precise(self):
        case = {"kind": "M/M/1", "params": {"lam": 0.5, "mu": 1.0}}
        self.assertEqual(self.judged(self.file_of(**case), "--events", "1", code=INCONCLUSIVE)[0]["verdict"],
                         "imprecise")
        row = self.judged(self.file_of(**case), code=MET)[0]
        self.assertEqual(row["verdict"], "inside")
        self.assertLessEqual((row["high"] - row["low"]) / 2, 0.01)

    def test_a_wrong_answer_is_outside(self):
        file = self.file_of(kind="M/M/1", params={"lam": 0.5, "mu": 1.0}, quantities={"Wq": 1.1})
        self.assertEqual(self.judged(file, code=VIOLATED)[0]["verdict"], "outside")
        self.assertIn(b"Wq                 outside       1.1, found", self.call("verify", file, code=VIOLATED).stdout)

    def test_a_scenario_of_ones_own_as_text_and_as_a_file(self):
        self.write("mm1.yaml", MM1)
        for scenario in MM1, "mm1.yaml":
            file = self.file_of(scenario=scenario, measures={"Wq": "avg wait(server)"})
            self.assertEqual(self.judged(file, code=MET)[0]["verdict"], "inside")

    def test_several_seeds_tell_how_errors_are_spread(self):
        file = self.file_of(kind="M/M/1", params={"lam": 0.5, "mu": 1.0})
        rows = self.judged(file, "--seeds", "5", "--events", "1")
        self.assertEqual(len(rows[0]["z"]), 5)
        self.assertEqual(len(set(rows[0]["z"])), 5)
        self.assertEqual(rows, self.judged(file, "--seeds", "5", "--events", "1", "--threads", "1"))

    def test_cases_share_no_random_numbers(self):
        one = {"kind": "M/M/1", "params": {"lam": 0.5, "mu": 1.0}, "quantities": {"Wq": 1.0}}
        file = self.write("cases.json", json.dumps({"cases": [{"id": "a", **one}, {"id": "b", **one}]}))
        a, b = self.judged(file, "--events", "1")
        self.assertNotEqual(a["z"], b["z"])
        self.assertEqual([b], self.judged(file, "--events", "1", "--case", "b"))
        self.assertNotEqual([b], self.judged(file, "--events", "1", "--case", "b", "--seed", "2"))

    def test_kinds_are_told_apart_where_there_are_seeds(self):
        file = self.file_of(kind="M/M/1", params={"lam": 0.5, "mu": 1.0})
        text = self.call("verify", file, "--seeds", "3", "--events", "1").stdout.decode()
        self.assertRegex(text, r"kind +quantities +inside +z mean +z sd\nM/M/1 +1 +0 +-?\d\.\d\d +\d\.\d\d\n")
        self.assertNotIn("z mean", self.call("verify", file, "--events", "1").stdout.decode())

    def test_what_ends_by_itself_gets_more_replications(self):
        # max(A, B) + C, exponential with means 1, 1 and 2: quantiles by integration.
        file = self.file_of(kind="DAG makespan",
                            params={"rates": {"A": 1.0, "B": 1.0, "C": 0.5}, "preds": {"C": ["A", "B"]}},
                            quantities={"makespan_mean": 3.5, "makespan_sd": 5.25 ** 0.5, "makespan_p50": 2.981336270870365,
                                        "makespan_p95": 7.924387309769081, "makespan_p99": 11.166350012428587})
        for row in self.judged(file, code=MET):
            self.assertEqual(row["verdict"], "inside", row)
            self.assertGreater(row["events"], 40000)

    def test_places_of_two_streams_may_differ(self):
        # A birth and death process of the difference, from -6 to 3.
        weight = [(1 / 1.2) ** i for i in range(10)]
        share = [w / sum(weight) for w in weight]
        file = self.file_of(kind="rendezvous join of two streams",
                            params={"lam1": 1.0, "lam2": 1.2, "K1": 3, "K2": 6},
                            quantities={"loss_1": share[9], "loss_2": share[0], "match_rate": 1 - share[9],
                                        "L1": sum(i * share[6 + i] for i in range(4)),
                                        "L2": sum(i * share[6 - i] for i in range(7))})
        for row in self.judged(file, "--events", "5e6"):
            self.assertIn(row["verdict"], ("inside", "imprecise"), row)
            self.assertLess((row["high"] - row["low"]) / 2, 0.05 * row["reference"])

    def test_some_may_be_there_at_the_start(self):
        # Kolmogorov's equations of M/M/1 with load 0.7 and four at the start.
        file = self.file_of(kind="transient M/M/1", params={"lam": 0.7, "mu": 1.0, "n0": 4},
                            quantities={"EN_at_3": 3.2126648491611896, "P0_at_3": 0.10499085987435891,
                                        "time_avg_N_0_3": 3.57773775701131, "EN_at_10": 2.553717119491103,
                                        "time_avg_N_0_10": 3.03183044131226})
        for row in self.judged(file, "--events", "5e6"):
            self.assertIn(row["verdict"], ("inside", "imprecise"), row)
            self.assertLess((row["high"] - row["low"]) / 2, 0.04 * row["reference"])

    def close(self, cases, events, width):
        """None of them is outside, and all are as narrow as that."""
        file = self.write("cases.json", json.dumps({"cases": cases}))
        for row in self.judged(file, "--events", events):
            self.assertIn(row["verdict"], ("inside", "imprecise"), row)
            self.assertLessEqual((row["high"] - row["low"]) / 2, width * abs(row["reference"]) + 1e-12, row)

    def test_laws_however_they_are_written(self):
        # Pollaczek and Khinchine at a load of a half: each law has the mean 1, and that second moment.
        laws = [({"dist": "erlang", "k": 2, "rate": 2}, 1.5), ({"dist": "gamma", "shape": 2, "scale": 0.5}, 1.5),
                ({"dist": "lognormal", "mu": -0.125, "sigma": 0.5}, math.exp(0.25)), ({"dist": "deterministic", "mean": 1}, 1),
                ({"dist": "hyperexponential", "mean": 1, "scv": 2}, 3),
                ({"dist": "hyperexp", "p": [0.5, 0.5], "means": [0.5, 1.5]}, 2.5),
                ({"dist": "weibull", "mean": 1, "shape": 2}, 4 / math.pi), ({"dist": "pareto", "mean": 1, "shape": 6}, 25 / 24),
                ({"dist": "uniform", "a": 0, "b": 2}, 4 / 3),
                ({"dist": "discrete", "probs": [0.5, 0.5], "values": [0.5, 1.5]}, 1.25),
                ({"dist": "triangular", "a": 0, "b": 2, "c": 1}, 7 / 6), ({"dist": "normal", "mean": 1, "sd": 0.1}, 1.01),
                ({"dist": "ph", "start": [1, 0], "rates": [[-2, 2], [0, -2]]}, 1.5)]
        self.close([{"id": f"{i} {law['dist']}", "kind": "M/G/1", "params": {"lam": 0.5, "service": law},
                     "quantities": {"Wq": moment / 2, "util": 0.5}} for i, (law, moment) in enumerate(laws)], "4e5", 0.06)

    def test_laws_of_arrivals_in_any_unit(self):
        # M/M/1 at a load of a half, an item in 1000 and in 0.001 s.
        cases = [{"id": f"{scale} {law['dist']}", "kind": "GI/M/1", "params": {"interarrival": law, "mu": 2 / scale},
                  "quantities": {"Wq": 0.5 * scale, "util": 0.5}}
                 for scale in (1000, 0.001)
                 for law in ({"dist": "weibull", "shape": 1, "scale": scale}, {"dist": "exponential", "rate": 1 / scale})]
        self.close(cases, "4e5", 0.06)

    def test_disciplines_of_networks_and_of_polling(self):
        # Product form: the mean stay is the work over what is left of the station, in each class.
        lam, work = [0.4, 0.3, 0.0], [[0.5, 0.8], [0.4, 0.3], [9, 9]]
        load = [sum(lam[i] * work[i][k] for i in range(3)) for k in range(2)]
        stay = [sum(work[i][k] / (1 - load[k]) for k in range(2)) for i in range(2)]
        cases = [{"id": name, "kind": "multiclass BCMP open",
                  "params": {"lam": lam, "mean_service": work, "discipline": name},
                  "quantities": {"W_class1": stay[0], "W_class2": stay[1], "L_total": lam[0] * stay[0] + lam[1] * stay[1]}}
                 for name in ("PS", "LCFS-PR")]
        # Takagi (1986): exhaustive, gated, and one for a visit.
        params = {"N": 3, "lam_each": 0.1, "service": {"dist": "exponential", "mean": 1.0},
                  "switchover": {"dist": "constant", "value": 0.5}}
        for name, wait in (("exhaustive", (0.6 + 0.5 * 2.7) / 1.4), ("gated", (0.6 + 0.5 * 3.3) / 1.4),
                           ("limited", (0.6 + 0.5 * 3.3) / (2 * (0.7 - 0.15)))):
            cases.append({"id": name, "kind": "symmetric cyclic polling", "params": {**params, "discipline": name},
                          "quantities": {"Wq": wait, "cycle": 1.5 / 0.7}})
        self.close(cases, "1e6", 0.06)

    def test_what_is_at_its_limits(self):
        # No places on one side: those who wait on the other are born at 0.8 and die at 1, at most three.
        weight = [0.8 ** i for i in range(4)]
        share = [w / sum(weight) for w in weight]
        one_side = {"loss_1": share[0], "loss_2": share[3], "match_rate": 1 - share[0],
                    "L2": sum(i * share[i] for i in range(4)), "L1": 0}
        other_side = {"loss_2": share[0], "loss_1": share[3], "match_rate": 1 - share[0],
                      "L1": sum(i * share[i] for i in range(4)), "L2": 0}
        wait = {"Wq": 1.0, "util": 0.5}
        self.close([{"id": "none left", "kind": "rendezvous join of two streams",
                     "params": {"lam1": 1.0, "lam2": 0.8, "K1": 0, "K2": 3}, "quantities": one_side},
                    {"id": "none right", "kind": "rendezvous join of two streams",
                     "params": {"lam1": 0.8, "lam2": 1.0, "K1": 3, "K2": 0}, "quantities": other_side},
                    {"id": "first of three", "kind": "quorum join", "params": {"n": 3, "k": 1, "mu": 2.0, "lam": 1.0},
                     "quantities": {"W": 1 / 6, "L": 1 / 6, "L_jobs": 1 / 6}},
                    {"id": "never fails", "kind": "M/M/1 breakdowns, calendar time",
                     "params": {"lam": 0.5, "mu": 1.0, "fail": 0, "repair": 1.0}, "quantities": wait},
                    {"id": "patient", "kind": "M/M/c+M", "params": {"lam": 0.5, "mu": 1.0, "c": 1, "theta": 0},
                     "quantities": wait},
                    {"id": "never again", "kind": "bounded retry with backoff",
                     "params": {"lam": 0.5, "mu": 1.0, "c": 1, "p_fail": 0.2, "retries": 0, "backoff": []},
                     "quantities": {"P_success": 0.8, "attempts": 1, "util": 0.5}},
                    {"id": "singles alone", "kind": "gang resource FCFS",
                     "params": {"lam": [0.5, 0], "mu": 1.0, "units": 1}, "quantities": {"W": 2.0, "L": 1.0}},
                    {"id": "one state", "kind": "MMPP/M/1", "params": {"rates": [0.5], "Q": [[0]], "mu": 1.0},
                     "quantities": wait},
                    {"id": "nobody of the first class", "kind": "M/G/1 nonpreemptive priority",
                     "params": {"classes": [{"lam": 0, "service": {"dist": "constant", "value": 1}},
                                            {"lam": 0.5, "service": {"dist": "exponential", "mean": 1}}]},
                     "quantities": {"Wq_2": 1.0, "L_2": 1.0}},
                    {"id": "nobody of the last class", "kind": "M/M/c nonpreemptive priority",
                     "params": {"lam": [0.5, 0], "mu": 1.0, "c": 1}, "quantities": {"Wq_1": 1.0}},
                    {"id": "one at a time", "kind": "bulk service M/M^[1,K]/1",
                     "params": {"lam": 0.5, "mu": 1.0, "K": 1}, "quantities": {"mean_batch": 1, **wait}},
                    {"id": "one part", "kind": "fork-join unlimited workers", "params": {"lam": 0.5, "mu": 1.0, "k": 1},
                     "quantities": {"W": 1.0, "join_wait_mean": 0}},
                    {"id": "one pause", "kind": "bounded retry with backoff",
                     "params": {"lam": 1.0, "mu": 1.0, "c": 6, "p_fail": 0.5, "retries": 3, "backoff": 2.0},
                     "quantities": {"attempts": 1.875, "L_backoff": 1.75}}], "1e6", 0.06)

    def test_instants_as_they_are_written(self):
        # Poisson with the mean of what came in the last unit of time: 20 (1 - exp(-t)).
        self.close([{"id": "t", "kind": "M(t)/M/inf", "check": "replications",
                     "params": {"base": 20.0, "amp": 0.0, "period": 24.0, "mu": 1.0},
                     "quantities": {f"EN_at_{t}": 20 * (1 - math.exp(-float(t))) for t in ("2.0", "2", "0.50")}}], "1e6", 0.05)

    def test_sizes_of_batches_however_they_are_written(self):
        # Half the load: an item waits for those before it in its batch, besides what M/M/1 with batches adds.
        sizes = [({"dist": "geometric1", "p": 0.5}, 2, 6), ({"dist": "uniform", "lo": 1, "hi": 3}, 2, 14 / 3),
                 ({"dist": "discrete", "p": [0.5, 0.5], "values": [1, 3]}, 2, 5), (2, 2, 4)]
        cases = []
        for number, (law, mean, square) in enumerate(sizes):
            rate, load = 0.25, 0.25 * mean
            first = rate * (mean * 1 + square) / (2 * (1 - load))  # the whole of a batch as one: E[S^2] = mean + square
            cases.append({"id": f"size {number}", "kind": "M^X/G/1",
                          "params": {"batch_lam": rate, "batch": law, "service": {"dist": "exponential", "mean": 1.0}},
                          "quantities": {"util": load, "Wq": first + (square - mean) / (2 * mean)}})
        self.close(cases, "1e6", 0.06)

    def test_customers_are_waited_for_however_long_they_wait(self):
        def wait(lam, mu, at_start, number):
            """Of the n-th to come: who is there, less those served until then, which is geometric."""
            left, there = mu / (lam + mu), [0.0] * at_start + [1.0]
            for _ in range(number):
                found = [0.0] * len(there)
                for n, p in enumerate(there):
                    for served in range(n):
                        found[n - served] += p * (1 - left) * left ** served
                    found[0] += p * left ** n
                there = [0.0] + found
            return sum(n * p for n, p in enumerate(found)) / mu

        self.close([{"id": f"{mu} {start}", "kind": "transient M/M/1", "params": {"lam": 1.0, "mu": mu, "n0": start},
                     "quantities": {f"EWq_customer_{number}": wait(1.0, mu, start, number)}}
                    for mu, start, number in ((0.4, 0, 10), (2.0, 50, 2), (0.8, 0, 5))], "1e6", 0.05)

    def test_pipelines_without_chance_are_right_to_the_last_digits(self):
        for between, stages, n in ((1 / 3, [[0.25, 1], [2 / 7, 2]], 100), (0.7, [[0.123456789012, 1]], 1000)):
            ends = [between * i for i in range(n)]
            for service, workers in stages:
                for i in range(n):
                    ends[i] = max(ends[i], ends[i - workers] if i >= workers else 0) + service
            stays = [end - between * i for i, end in enumerate(ends)]
            file = self.file_of(kind="deterministic pipeline", params={"interarrival": between, "stages": stages, "n": n},
                                check="rel<=1e-12", quantities={"makespan": ends[-1], "mean_sojourn": sum(stays) / n,
                                                                "max_sojourn": max(stays)})
            for row in self.judged(file, code=MET):
                self.assertEqual(row["verdict"], "inside", row)

    def test_names_of_tasks_may_be_numbers(self):
        file = self.file_of(kind="DAG makespan", params={"rates": {"1": 1.0, "end": 0.5, "c d": 2}, "preds": {"end": ["1"]}},
                            quantities={"makespan_mean": 3.0})
        self.assertIn(self.judged(file, "--events", "1", code=None)[0]["verdict"], ("imprecise", "inside", "outside"))

    def test_kinds_at_the_edge_of_their_parameters(self):
        cases = [("open Jackson network", {"gamma": [1.0, 0], "P": [[0, 0], [1, 0]], "mu": [2, 1], "c": [1, 1]},
                  {"lam_1": 1.0, "L_1": 1.0, "lam_2": 0.0, "util_2": 0, "L_2": 0, "L_total": 1.0, "W_total": 1.0}),
                 ("bounded retry with backoff", {"lam": 3, "mu": 1, "c": 5, "p_fail": 0.2, "retries": 0},
                  {"attempts": 1.0, "util": 0.6, "dead_letter_rate": 0.6, "P_success": 0.8, "L_backoff": 0}),
                 # Three customers at two stations: the weights of 0.5^i 0.4^(3 - i).
                 ("closed single class", {"service_mean": [0.5, 0.4], "servers": [1, 1], "N": 3},
                  {"X": 1.6531165311653115, "R": 1.8147540983606558, "util_2": 0.6612466124661247}),
                 ("DAG makespan", {"rates": {"a": 2.0}}, {"makespan_mean": 0.5, "makespan_sd": 0.5}),
                 # (12 - load) / 8 of M/M/1 (Nelson and Tantawi 1988).
                 ("fork-join 2 queues", {"lam": 0.1, "mu": 1}, {"W": 1.6527777777777777}),
                 ("M(t)/D/inf", {"rate": [[1, 5.0], [4, 1]], "D": 0.5}, {"EN_at_0.5": 0.0, "EN_at_2": 2.5, "EN_at_5": 0.5}),
                 ("deterministic pipeline", {"n": 20, "interarrival": 0, "stages": [[1, 3]]},
                  {"makespan": 7, "mean_sojourn": 3.85, "max_sojourn": 7}),
                 ("M/G/1", {"lam": 0.2, "service": {"dist": "empirical", "values": [1, 2, 3, 4]}}, {"util": 0.5, "Wq": 1.5}),
                 ("M^X/G/1", {"batch_lam": 0.1, "batch": {"dist": "poisson", "mean": 4}, "mu": 1}, {"util": 0.4, "Wq": 4.0}),
                 ("M/D/1", {"lam": 0.5, "mu": 1}, {"Wq": 0.5}),
                 ("M/D/1", {"lam": 0.5, "service": {"dist": "constant", "value": 1}}, {"Wq": 0.5}),
                 # Those who were there are served one after the other: less a number that is Poisson.
                 ("transient M/M/1", {"lam": 0, "mu": 1.0, "n0": 3}, {"EN_at_1": sum(
                     (3 - k) * math.exp(-1) / math.factorial(k) for k in range(3))}),
                 ("multi-unit resource, loss", {"C": 1, "classes": [{"offered": 1, "units": 1}, {"offered": 0, "units": 1}]},
                  {"loss_1": 0.5, "units_busy": 0.5})]
        self.close([{"id": f"{number} {kind}", "kind": kind, "params": params, "quantities": quantities}
                    for number, (kind, params, quantities) in enumerate(cases)], "4e5", 0.06)

    def test_polling_whose_queues_are_not_alike(self):
        # Boxma and Groenendijk (1987): what queues wait, weighted by their loads, where the visits are exhaustive.
        lam, mean, switch = (0.1, 0.3), (2.0, 1.0), 0.5
        load = [rate * time for rate, time in zip(lam, mean)]
        total, way = sum(load), 2 * switch
        squares = sum(rate * 2 * time ** 2 for rate, time in zip(lam, mean))
        together = (total * squares / (2 * (1 - total)) + total * way / 2
                    + way / (2 * (1 - total)) * (total ** 2 - sum(one ** 2 for one in load)))
        params = {"lam": list(lam), "mu": [1 / time for time in mean], "switchover": {"dist": "constant", "value": switch}}
        rows = self.judged(self.file_of(kind="asymmetric cyclic polling", params=params,
                                        quantities={"Wq_1": 1, "Wq_2": 1, "cycle": way / (1 - total)}), "--events", "2e6")
        first, second, cycle = (row["estimate"] for row in rows)
        self.assertAlmostEqual(load[0] * first + load[1] * second, together, delta=0.05 * together)
        self.assertAlmostEqual(cycle, way / (1 - total), delta=0.02 * cycle)

    def test_units_of_time_that_are_long_or_short_beside_the_clock(self):
        self.close([{"id": f"{lam}", "kind": "M/M/1", "params": {"lam": lam, "mu": 2 * lam},
                     "quantities": {"util": 0.5, "L": 1.0, "W": 1 / lam, "var_sojourn": 1 / lam ** 2, "throughput": lam}}
                    for lam in (1e-9, 1e-6, 1e-5, 1e6, 1e9)], "1e6", 0.15)

    def test_what_a_run_was_too_short_for_is_not_wrong(self):
        exponential = {"dist": "exponential", "mean": 1.0}
        for kind, params, quantities in (
                ("M/G/inf", {"lam": 1000, "service": exponential}, {"L": 1000}),
                ("fork-join unlimited workers", {"lam": 1000, "mu": 0.2, "k": 2}, {"W": 7.5})):
            with self.subTest(kind=kind):
                row, = self.judged(self.file_of(kind=kind, params=params, quantities=quantities), "--events", "1e6")
                self.assertIn(row["verdict"], ("inside", "imprecise"), row)

    def test_it_ends_where_there_is_no_steady_state(self):
        row, = self.judged(self.file_of(kind="M/M/1", params={"lam": 1, "mu": 1}, quantities={"L": 7}), "--events", "1e5",
                           code=INCONCLUSIVE)
        self.assertLess(row["events"], 3e7)
        self.assertIn("not settled", row["why"])
        self.assertEqual(row["z"], [])

    def test_a_quantile_that_many_have_has_no_z(self):
        rows = self.judged(self.file_of(kind="M/M/c", params={"lam": 0.5, "mu": 1, "c": 5},
                                        quantities={"wait_p50": 0, "wait_p95": 0, "util": 0.1}), "--events", "1", "--seeds", "3")
        self.assertEqual([len(row["z"]) for row in rows], [0, 0, 3])

    def test_where_no_interval_holds_it_says_so(self):
        heavy = {"kind": "M/G/1", "params": {"lam": 0.5, "service": {"dist": "pareto", "alpha": 2.5, "xm": 0.6}},
                 "quantities": {"util": 0.5, "Wq": 0.9}}
        util, wait = self.judged(self.file_of(**heavy), "--events", "2e6")
        self.assertEqual(util["verdict"], "inside")
        self.assertEqual(wait["verdict"], "imprecise")
        self.assertIn("its variance is infinite", wait["why"])
        self.assertEqual(wait["z"], [])
        rare = {"kind": "M/G/inf", "params": {"lam": 12.0, "service": {"dist": "constant", "value": 1.0}},
                "quantities": {"P_empty": 6.14421e-06}}
        row = self.judged(self.file_of(**rare), "--events", "1", code=INCONCLUSIVE)[0]
        self.assertRegex(row["why"], "seen in [0-9]+ replications only")

    def test_what_does_not_vary_is_right_or_wrong(self):
        constant = MM1.replace("exponential(mean 1s)", "1s").replace("poisson(0.5/s)", "every 2s")
        for reference, verdict, code in ((0.5, "inside", MET), (0.9, "outside", VIOLATED)):
            file = self.file_of(scenario=constant, measures={"L": "avg present(server)"}, quantities={"L": reference})
            self.assertEqual(self.judged(file, code=code)[0]["verdict"], verdict)
        # Nothing is lost, and nothing is expected to be: the interval of a share is not 0.
        file = self.file_of(scenario=MM1, measures={"P": "share lost(server)"}, quantities={"P": 0})
        self.assertEqual(self.judged(file, code=MET)[0]["verdict"], "inside")

    def test_what_cannot_be_expressed_is_named(self):
        for case, why in (({"kind": "G/G/k"}, "the kind 'G/G/k' is not known"),
                          ({"kind": "M/M/1", "params": {"lam": 1}}, "its parameters are not those of the kind: 'mu' is missing"),
                          ({"kind": "M/M/c", "params": {"lam": 1, "mu": 1, "c": 2.5}}, "'c' is no whole number"),
                          ({"kind": "M/M/1", "params": {"lam": 1, "mu": 2}, "check": "maybe"}, "the check 'maybe' is not known"),
                          ({"kind": "M/M/1", "params": {"lam": 1, "mu": 2}, "check": "rel<=1%"}, "gives no number above 0"),
                          ({"kind": "M/M/1", "params": {"lam": 1, "mu": 2}, "quantities": {"Wq": 1, "L": "7.0"}}, "its quantity 'L' is no number"),
                          ({"kind": "M/G/1", "params": {"lam": 1, "service": {"dist": "cauchy"}}},
                           "the law 'cauchy' is not known; laws are exponential"),
                          ({"kind": "multiclass BCMP open", "params": {"lam": [1], "mean_service": [[0.1]], "discipline": "SIRO"}},
                           "the discipline 'SIRO' is not known; they are PS, FCFS, LCFS-PR and IS"),
                          ({"kind": "M/M/1", "params": {"lam": 0.5, "mu": 1}, "quantities": {"foo": 1}},
                           "no measure is known for it"),
                          ({"scenario": MM1, "measures": {"Wq": "avg wait(serve)"}}, "serve"),
                          ({"scenario": "missing.yaml", "measures": {}}, "its scenario: "),
                          ({"scenario": "missing.yaml", "measures": {}}, "no such file"),
                          ({"kind": "M/M/1", "params": {"lam": 0.5, "mu": 1}, "mode": "bogus"}, "the mode 'bogus' is not known"),
                          ({"kind": "M/M/1", "params": {"lam": 0.5, "mu": 1}, "mode": "terminating"}, "goes on for ever"),
                          ({"scenario": MM1.replace("exponential", "exponentail"), "measures": {}}, "exponentail")):
            with self.subTest(why=why):
                row = self.judged(self.file_of(**{"params": {}, **case}), code=INCONCLUSIVE)[0]
                self.assertEqual(row["verdict"], "not expressed")
                self.assertIn(why, row["why"])

    def test_parameters_that_mean_nothing_are_refused_by_name(self):
        exponential = {"dist": "exponential", "mean": 1.0}
        for kind, params, why in (
                ("M/M/1", {"lam": 0.5, "mu": 1, "theta": 2}, "it has no 'theta'"),
                ("M/M/1", {"lam": 0.5, "mu": 1, "service": exponential}, "it has no 'mu'"),
                ("M/M/c/K", {"lam": 0.5, "mu": 1, "c": 2, "K": 1}, "'K' is below the number of workers"),
                ("M/G/1", {"lam": 0.5, "service": {**exponential, "shift": 2}, "w": 1}, "it has no 'service.shift', 'w'"),
                ("M/G/1", {"lam": 0.5, "service": {**exponential, "rate": 2}},
                 "'rate' of a law is 2, and by its other parameters it is 1"),
                ("M/G/1", {"lam": 0.5, "service": {"dist": "erlang", "k": 2, "mean": 1.0, "scv": 1}},
                 "'scv' of a law is 1, and by its other parameters it is 0.5"),
                ("M/G/1 nonpreemptive priority", {"classes": [{"lam": 0.2, "service": exponential, "weight": 3}]},
                 "it has no 'classes[0].weight'"),
                ("DAG makespan", {"rates": {"A": 1, "B": 1}, "preds": {"b": ["A"]}}, "it has no 'preds.b'"),
                ("DAG makespan, limited workers", {"rates": {"A": 1}, "preds": {}}, "'workers' is missing"),
                ("M/M/1 breakdowns, calendar time", {"lam": 0.5, "mu": 1, "fail": 0, "repair": 1, "setup": exponential},
                 "it has no 'setup'"),
                ("deterministic pipeline", {"n": 3, "interarrival": 1, "stages": [[1, 2, 3]]}, "it has no 'stages[0][2]'"),
                ("finite buffers, blocking after service", {"mu": [1, 1], "buffers": [1, 1]}, "it has no 'buffers[1]'")):
            with self.subTest(why=why):
                row = self.judged(self.file_of(kind=kind, params=params), code=INCONCLUSIVE)[0]
                self.assertEqual(row["verdict"], "not expressed")
                self.assertIn(why, row["why"])

    def test_parameters_that_a_station_has_are_its_own(self):
        exponential = {"dist": "exponential", "mean": 1.0}
        # Births at 0.9 and deaths at 1, three at most.
        weight = [0.9 ** i for i in range(4)]
        share = [w / sum(weight) for w in weight]
        bounded = {"L": sum(i * share[i] for i in range(4)), "loss": share[3]}
        params = {"N": 2, "lam_each": 0.3, "service": exponential, "switchover": {"dist": "exponential", "mean": 0.4}}
        # Takagi (1986): the second moment of the switches is twice the square of their mean.
        lam, load, switch = 0.6, 0.6, 0.4
        exhaustive = switch / 2 + lam * 2 / (2 * (1 - load)) + switch * (2 - load) / (2 * (1 - load))
        gated = switch / 2 + lam * 2 / (2 * (1 - load)) + switch * (2 + load) / (2 * (1 - load))
        cases = [{"id": "places", "kind": "M/M/1", "params": {"lam": 0.9, "mu": 1.0, "K": 3}, "quantities": bounded},
                 {"id": "two workers", "kind": "M/G/1", "params": {"lam": 1.0, "service": exponential, "c": 2},
                  "quantities": {"Wq": 1 / 3, "util": 0.5}},
                 {"id": "its own service", "kind": "fork-join unlimited workers",
                  "params": {"lam": 1.0, "k": 2, "service": {"dist": "constant", "value": 1.0}}, "quantities": {"W": 1.0}},
                 {"id": "stated twice", "kind": "M/G/1",
                  "params": {"lam": 0.5, "service": {"dist": "erlang", "k": 2, "rate": 2, "mean": 1.0, "scv": 0.5}},
                  "quantities": {"Wq": 0.75}},
                 {"id": "gated in words", "kind": "symmetric cyclic polling", "model": "2 queues, cyclic worker, gated",
                  "params": params, "quantities": {"Wq": gated}},
                 {"id": "gated in its kind", "kind": "symmetric cyclic polling, gated", "params": params,
                  "quantities": {"Wq": gated}},
                 {"id": "nothing said", "kind": "symmetric cyclic polling", "params": params,
                  "quantities": {"Wq": exhaustive}}]
        self.close(cases, "1e6", 0.06)

    def test_where_nothing_is_judged_it_does_not_end_well(self):
        mm1 = {"kind": "M/M/1", "params": {"lam": 0.5, "mu": 1}}
        for case, why in (({"kind": "no such kind", "params": {}, "quantities": {}}, "the kind 'no such kind' is not known"),
                          ({**mm1, "quantities": {"W": None}}, "its quantity 'W' is no number"),
                          ({**mm1, "quantities": {}}, "it has no quantities")):
            with self.subTest(why=why):
                file = self.file_of(**case)
                self.assertIn(why, self.call("verify", file, code=INCONCLUSIVE).stdout.decode())
                row, = self.judged(file, code=INCONCLUSIVE)
                self.assertEqual((row["id"], row["verdict"]), ("one", "not expressed"))
                self.assertIn(why, row["why"])

    def test_ids_are_of_one_case_each(self):
        one = {"id": "a", "kind": "M/M/1", "params": {"lam": 0.5, "mu": 1.0}, "quantities": {"Wq": 1.0}}
        file = self.write("cases.json", json.dumps({"cases": [one, one]}))
        first, second = self.judged(file, "--events", "1", code=INCONCLUSIVE)
        self.assertNotEqual(first["verdict"], "not expressed")
        self.assertEqual((second["verdict"], second["why"]), ("not expressed", "an earlier case has the same id 'a'"))

    def test_errors_beyond_all_chance_are_numbers(self):
        file = self.file_of(kind="M(t)/D/inf", params={"rate": [[0, 5.0], [4, 30.0]], "D": 2.0}, check="replications",
                            quantities={"EN_at_5": 20.0, "EN_at_1": 500.0})
        above, below = self.judged(file, "--events", "1e6", code=VIOLATED)
        self.assertTrue(30 < above["z"][0] < 38, above)
        self.assertTrue(-38 < below["z"][0] < -30, below)
        self.assertNotRegex(self.call("verify", file, "--events", "1", "--seeds", "3", code=VIOLATED).stdout.decode(),
                            r"(mean|deviation) -?(inf|nan)")

    def test_files_that_are_none(self):
        for text in "", "[", "{}", '{"cases": 3}', '{"cases": []}', '{"cases": [{"id": "x"}]}':
            with self.subTest(text=text):
                self.assertIn(b"cases.json: ", self.call("verify", self.write("cases.json", text), code=USAGE).stderr)
        self.assertIn(b"no such file", self.call("verify", "nowhere.json", code=USAGE).stderr)
        self.assertIn(b"there is no case 'x'", self.call("verify", CASES, "--case", "x", code=USAGE).stderr)


if __name__ == "__main__":
    main()
