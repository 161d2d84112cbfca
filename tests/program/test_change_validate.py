"""Promised: `understudy change validate` and `change impact` say what a change does before anything runs: each check with its
status, place and fix, exit 0, 3 or 5; transformations are run on their sample without being able to do harm, and what they
let through is seen downstream. Shown: changes whose answers are counted by hand, through the program; the formats that others
read, by readers that are not ours.
"""

import json
import os
import signal
import xml.etree.ElementTree

from program import INCONCLUSIVE, MET, USAGE, VIOLATED, ProgramTest, main

STALE = 5

# Ten jobs after `orders`; a2 reads the email, and b2 after it.
SHOP = """understudy: 1
scenario: shop
twin:
  pools: {spark: {workers: 40}}
  datasets:
    orders: {owner: sales, columns: {id: {type: bigint, nullable: false}, email: {type: varchar}, day: {type: date}}}
    d1: {columns: {x: {type: bigint, derives_from: [orders.id]}}}
    d2: {columns: {mail: {type: varchar, derives_from: [orders.email]}}}
    d3: {columns: {x: {type: bigint, derives_from: [orders.id]}}}
    d4: {columns: {x: {type: bigint, derives_from: [orders.id]}}}
    d5: {columns: {x: {type: bigint, derives_from: [orders.id]}}}
    d6: {columns: {on: {type: date, derives_from: [orders.day]}}}
    e1: {columns: {x: {type: bigint, derives_from: [d1.x]}}}
    e2: {owner: crm, columns: {mail: {type: varchar, derives_from: [d2.mail]}}}
    e3: {columns: {x: {type: bigint, derives_from: [d3.x]}}}
    f1: {columns: {x: {type: bigint, derives_from: [e1.x]}}}
  stages:
    land: {reads: clicks, writes: orders}
    a1: {reads: orders, writes: d1}
    a2: {reads: orders, writes: d2, owner: mailing}
    a3: {reads: orders, writes: d3}
    a4: {reads: orders, writes: d4}
    a5: {reads: orders, writes: d5}
    a6: {reads: orders, writes: d6, runs_on: spark, service: exponential(mean 10s)}
    b1: {reads: d1, writes: e1}
    b2: {reads: d2, writes: e2}
    b3: {reads: d3, writes: e3}
    c1: {reads: e1, writes: f1}
load: {clicks: {arrivals: poisson(1/s)}}
run: {length: 1h, warm_up: 5min, replications: 3}
objectives:
  - avg utilisation(spark) < 60%
"""

NIGHTLY = """understudy: 1
scenario: nightly
twin:
  pools: {spark: {workers: 4}}
  datasets:
    orders: {columns: {id: {type: bigint}, total: {type: double}, state: {type: varchar}}}
    paid: {columns: {id: {type: bigint, nullable: false, unique: true}, total: {type: double, min: 0, max: 1000}, state: {type: varchar, enum: [paid, sent]}}}
  stages:
    land: {reads: clicks, writes: orders}
  pipelines:
    nightly:
      schedule: every 1h
      tasks:
        build: {reads: {orders: new}, runs_on: spark, service: 1s per record, writes: paid}
        report: {reads: {paid: new}, after: [build], runs_on: spark, service: 1s per record, writes: revenue}
load: {clicks: {arrivals: every 10s}}
run: {length: 6h, replications: 2}
objectives: [p(95) latency(nightly) < 2h]
"""


# Somebody else's scores are made of payments, a report of them.
PAY = """understudy: 1
scenario: pay
twin:
  datasets:
    pay: {owner: payments, columns: {id: {type: bigint}, amount: {type: double}, email: {type: varchar}}}
    scores: {owner: risk, contract: scores.odcs.yaml, columns: {score: {type: double, derives_from: [pay.amount, pay.email]}}}
    report: {owner: board, columns: {avg_score: {type: double, derives_from: [scores.score]}}}
  stages:
    land: {reads: ev, writes: pay}
    score: {reads: pay, workers: 1, service: 100ms, writes: scores, owner: risk-eng}
    rep: {reads: scores, workers: 1, service: 100ms, writes: report, owner: bi}
load: {ev: {arrivals: poisson(1/s)}}
run: {length: 10min, warm_up: 1min, replications: 3}
objectives: [avg latency(score) < 10s]
"""


def change(edits, base="shop.yaml", rest=""):
    return f"understudy: 1\nchange: c\nbase: {base}\n{rest}edits:\n" + "".join(f"  - {edit}\n" for edit in edits)


class Validate(ProgramTest):
    def setUp(self):
        super().setUp()
        self.write("shop.yaml", SHOP)
        self.write("nightly.yaml", NIGHTLY)

    def validated(self, edits, code, base="shop.yaml", verb="validate"):
        self.write("c.yaml", change(edits, base))
        return self.json_of(self.call("change", verb, "c.yaml", "--json", code=code))

    def sample(self, rows, name="orders"):
        (self.folder / "samples").mkdir(exist_ok=True)
        self.write(f"samples/{name}.csv", rows)

    def checks(self, document, status):
        return [check for check in document["checks"] if check["status"] == status]

    def test_the_rule_that_scales_a_pool(self):
        edits = ["{add: grow, as: action, value: {when: waiting(spark) > 5 for 1min, set: spark.workers, to: 8}}"]
        document = self.validated(edits, MET, base="nightly.yaml")
        self.assertEqual({kind["kind"] for kind in document["kinds"]}, {"capacity", "configuration"})
        impact = self.validated(edits, MET, base="nightly.yaml", verb="impact")
        self.assertIn("nightly.build", [thing["name"] for thing in impact["affected"]])
        self.assertEqual(impact["changed"][0]["name"], "grow")

    def test_a_column_that_is_read(self):
        document = self.validated(["{remove: orders.email}"], VIOLATED)
        self.assertEqual(document["category"], "breaking")
        failed, = self.checks(document, "failed")
        self.assertEqual((failed["name"], failed["about"], failed["place"]), ("schema", "orders.email", "c.yaml:5:14"))
        self.assertIn("read by 2 of 10 jobs downstream: a2, b2", failed["message"])
        self.assertIn("ask mailing", failed["fix"])
        self.assertEqual([reader["job"] for reader in document["schema"][0]["readers"]], ["a2", "b2"])
        impact = self.validated(["{remove: orders.email}"], MET, verb="impact")
        self.assertEqual([thing["name"] for thing in impact["affected"] if thing["kind"] == "stage"], ["a2", "b2"])
        # Those of what changes, of who reads it, and of the datasets that it leads to.
        self.assertEqual(impact["owners"], ["crm", "mailing", "sales"])
        risk = impact["risk"]
        product = 1
        for factor in risk["factors"]:
            self.assertTrue(1 <= factor["value"] <= 5 and factor["why"], factor)
            product *= factor["value"]
        self.assertAlmostEqual(risk["score"], product)
        self.assertEqual([factor["value"] for factor in risk["factors"]][1::2], [4, 5])

    def test_what_is_at_stake_behind_a_column(self):
        """Whoever reads a dropped column makes nothing more: what is promised of what comes behind, and of the pools, is at stake."""
        self.write("shop.yaml", SHOP.replace("b2: {reads: d2, writes: e2}", "b2: {reads: d2, writes: e2, runs_on: spark, service: 1s}")
                   + "  - p(99) latency(c1) < 1s\n  - max freshness(e2) < 1h\n")
        impact = self.validated(["{remove: orders.email}"], MET, verb="impact")
        self.assertEqual([one["text"] for one in impact["objectives"] if one["at_stake"]],
                         ["avg utilisation(spark) < 60%", "max freshness(e2) < 1h"])
        self.assertGreater([one["value"] for one in impact["risk"]["factors"] if one["name"] == "uncertainty"][0], 1)
        # An unread one puts nothing at stake.
        self.write("shop.yaml", (self.folder / "shop.yaml").read_text().replace("day: {type: date}", "day: {type: date}, note: {type: text}"))
        impact = self.validated(["{remove: orders.note}"], MET, verb="impact")
        self.assertEqual([one["text"] for one in impact["objectives"] if one["at_stake"]], [])

    def test_how_far_columns_are(self):
        chain = "".join(f"    d{i}: {{columns: {{c: {{type: bigint, derives_from: [d{i - 1}.c]}}}}}}\n" for i in range(1, 5))
        stages = "".join(f"    s{i}: {{reads: d{i - 1}, writes: d{i}}}\n" for i in range(1, 5))
        self.write("chain.yaml", "understudy: 1\nscenario: chain\ntwin:\n  datasets:\n    d0: {columns: {c: {type: bigint}}}\n" + chain
                   + "  stages:\n    land: {reads: clicks, writes: d0}\n" + stages
                   + "load: {clicks: {arrivals: poisson(1/s)}}\nrun: {length: 1h, replications: 2}\n")
        impact = self.validated(["{remove: d0.c}"], MET, base="chain.yaml", verb="impact")
        far = {thing["name"]: (thing["steps"], thing["through"]) for thing in impact["affected"]}
        self.assertEqual([far[f"d{i}.c"] for i in range(1, 5)], [(i, f"d{i - 1}.c") for i in range(1, 5)])
        self.assertEqual([far[f"d{i}"] for i in range(1, 5)], [(i + 1, f"d{i}.c") for i in range(1, 5)])

    def test_the_dataset_of_a_column(self):
        """What derives from a dropped column stands in a dataset that is touched with it; the graph leads there."""
        impact = self.validated(["{remove: orders.email}"], MET, verb="impact")
        touched = {thing["name"]: thing for thing in impact["affected"]}
        self.assertEqual((touched["d2"]["kind"], touched["d2"]["through"]), ("dataset", "d2.mail"))
        graph = self.call("change", "validate", "c.yaml", "--format", "markdown", code=VIOLATED).stdout.decode()
        graph = graph[graph.index("```mermaid"):]
        node = dict(reversed(line.split("[", 1)) for line in graph.splitlines() if "[" in line)
        ids = {label.split('"')[1]: name.strip() for label, name in node.items()}
        self.assertIn(f"  {ids['orders']} --> {ids['orders.email']}\n", graph)
        self.assertIn(f"  {ids['orders.email']} --> {ids['d2.mail']}\n", graph)
        self.assertIn(f"  {ids['d2.mail']} --> {ids['d2']}\n", graph)

    def test_an_objective_that_goes(self):
        self.write("shop.yaml", SHOP + "  - p(95) latency(a6) < 1h\n")
        for edits, now in [(['{remove: "p(95) latency( a6 ) < 60min"}'], ""),
                           (["{rename: a6, to: b6}", "{set: p(95) latency(b6) < 1h, to: p(95) latency(b6) < 2h}"],
                            "p(95) latency(b6) < 2h"),
                           (["{remove: p(95) latency(a6) < 1h}", "{rename: a6, to: b6}"], "")]:
            with self.subTest(edits=edits):
                document = self.validated(edits, MET)
                told, = [check for check in document["checks"] if check["name"] == "promises"]
                self.assertEqual((told["status"], told["about"]), ("warned", "p(95) latency(a6) < 1h"))
                place = "c.yaml:" + ("6:11" if "rename" in edits[0] else "5:15" if '"' in edits[0] else "5:14")
                self.assertEqual(told["place"], place)
                self.assertIn("is no longer promised", told["message"])
                impact = self.validated(edits, MET, verb="impact")
                self.assertEqual(impact["no_longer_promised"],
                                 [{"text": "p(95) latency(a6) < 1h"} | ({"now": now} if now else {})])
                self.assertIn("'p(95) latency(a6) < 1h' is no longer promised",
                              [factor["why"] for factor in impact["risk"]["factors"]])
                said = self.call("change", "validate", "c.yaml", "--format", "markdown", code=MET).stdout.decode()
                self.assertIn("No longer promised:", said)
        # What is stricter, or called otherwise, keeps it.
        for edits in (["{rename: a6, to: b6}"], ["{set: p(95) latency(a6) < 1h, to: p(95) latency(a6) < 30min}"]):
            document = self.validated(edits, MET)
            self.assertNotIn("promises", [check["name"] for check in document["checks"]])

    def test_what_is_no_longer_written(self):
        """A dataset that is read, and a column of which what it is made of is read no more, are gone as if they were dropped."""
        self.write("shop.yaml", NIGHTLY.replace("state: {type: varchar, enum: [paid, sent]}}}",
                                                "state: {type: varchar, enum: [paid, sent], derives_from: [orders.state]}}}"))
        for edit, about, message in (
                ("{set: nightly.build.writes, to: other}", "paid", "nothing writes it any more; breaking"),
                ("{remove: nightly.build.writes}", "paid", "nothing writes it any more; breaking")):
            with self.subTest(edit):
                document = self.validated([edit], VIOLATED)
                self.assertEqual(document["category"], "breaking")
                self.assertEqual(document["why"], ["paid no longer written"])
                [failed] = [check for check in document["checks"] if check["status"] == "failed"]
                self.assertEqual((failed["name"], failed["about"]), ("schema", about))
                self.assertTrue(failed["message"].startswith(message), failed["message"])
                self.assertIn("read by 1 of 1 job downstream: nightly.report", failed["message"])
                self.assertRegex(failed["place"], r"^c\.yaml:5:\d+$")
                self.assertIn("let something write it", failed["fix"])

    def test_lineage_that_goes_past_who_writes(self):
        self.write("shop.yaml", NIGHTLY.replace("state: {type: varchar, enum: [paid, sent]}}}",
                                                "state: {type: varchar, enum: [paid, sent], derives_from: [orders.state]}}}"))
        document = self.validated(["{set: nightly.build.reads, to: {clicks: new}}", "{set: spark.workers, to: 5}"], MET)
        found = {check["name"]: check for check in document["checks"] if check["status"] == "warned"}
        self.assertRegex(found["graph"]["message"], "'paid.state' is made of 'orders.state', and nothing that writes 'paid' reads")
        self.assertRegex(found["graph"]["place"], r"^shop\.yaml:\d+:\d+$")
        self.assertIn("let 'nightly.build' read 'orders'", found["graph"]["fix"])
        # Of one job that reads the dataset nobody knows the columns.
        self.assertIn("reads what it is made of any more (orders.state)", found["schema"]["message"])
        self.assertEqual(found["outputs"]["about"], "nightly.build")
        self.assertEqual(document["category"], "forward-only")

    def test_other_rows_without_sql(self):
        self.write("shop.yaml", NIGHTLY)
        document = self.validated(["{set: spark.workers, to: 5}", "{set: nightly.build.emits, to: {records: 50%}}"], MET)
        self.assertEqual(document["category"], "breaking")
        self.assertEqual(document["why"], ["rows that nightly.build writes differ, and they are read: what was made of "
                                           "them has to be rebuilt"])
        [warned] = [check for check in document["checks"] if check["status"] == "warned" and check["name"] != "kind"]
        self.assertEqual((warned["name"], warned["about"]), ("outputs", "nightly.build"))
        self.assertEqual(warned["message"], "emits something else: records 1 -> 0.5; breaking; read by nightly.report")
        self.assertRegex(warned["place"], r"^c\.yaml:6:\d+$")
        impact = self.validated(["{set: nightly.build.emits, to: {records: 50%}}"], MET, verb="impact")
        factors = {factor["name"]: factor for factor in impact["risk"]["factors"]}
        self.assertEqual((factors["severity"]["value"], factors["reversibility"]["value"]), (3, 3))

    def test_a_base_that_is_a_change(self):
        """It is told where the change names it, whoever reads it."""
        self.write("shop.yaml", NIGHTLY)
        self.write("first.yaml", change(["{set: spark.workers, to: 5}"]))
        self.write("c.yaml", change(["{set: spark.workers, to: 6}"]).replace("base: shop.yaml", "base: first.yaml"))
        for words in (("validate", "c.yaml"), ("change", "validate", "c.yaml"), ("change", "show", "c.yaml"),
                      ("change", "impact", "c.yaml"), ("rehearse", "c.yaml")):
            with self.subTest(words):
                said = self.call(*words, code=USAGE).stderr.decode()
                self.assertRegex(said, r"^c\.yaml:3:7: error: first\.yaml is a change, no scenario; name the scenario")
                self.assertEqual(said.count("error: "), 1)

    def test_values_that_differ_look_so(self):
        """Long numbers are not cut, long texts not where they are alike; one row is a row, and the empty text is no NULL."""
        self.write("shop.yaml", NIGHTLY)
        (self.folder / "samples").mkdir()
        self.write("samples/orders.csv", "id,total,state\n1,0.5,\"\"\n")
        same = "x" * 60
        self.write("a.sql", f"SELECT id, 0.12345678901234566 AS total, '' AS state, '{same}1' AS long FROM orders")
        self.write("b.sql", f"SELECT id, 0.12345678901234567 + 1e-16 AS total, '' AS state, '{same}2' AS long FROM orders")
        self.write("c.yaml", change(["{transform: nightly.build, from: a.sql, to: b.sql, samples: samples, key: id}"]))
        said = self.call("change", "validate", "c.yaml", code=VIOLATED).stdout.decode()
        self.assertIn("a.sql -> b.sql: 1 row -> 1 row\n", said)
        examples = [line.split() for line in said.splitlines() if line.startswith("  id 1 ")]
        self.assertEqual([one[2] for one in examples], ["total", "long"])
        for one in examples:
            self.assertNotEqual(one[3], one[4], one)
        self.assertRegex(said, r"  state  +before  0  +1  +''  +''")
        self.assertLessEqual(max(map(len, said.splitlines())), 80)

    def test_a_column_that_nobody_reads(self):
        self.write("shop.yaml", SHOP.replace("day: {type: date}", "day: {type: date}, note: {type: text}"))
        document = self.validated(["{remove: orders.note}"], MET)
        self.assertEqual((document["outcome"], document["category"]), ("passed", "non-breaking"))
        self.assertEqual(document["schema"][0]["readers"], [])
        self.assertEqual(self.validated(["{remove: orders.note}"], MET, verb="impact")["affected"], [])

    def test_other_changes_of_columns(self):
        for edits, code, category, compatibility in [
                (["{set: orders.day.type, to: varchar}"], VIOLATED, "breaking", "none"),
                (["{set: orders.id.type, to: integer}"], MET, "forward-only", "forward"),
                (["{set: orders.email.nullable, to: false}"], MET, "forward-only", "forward"),
                (["{set: orders.id.type, to: 'numeric(38)'}"], VIOLATED, "breaking", "backward"),
                (["{rename: orders.email, to: orders.mail}"], VIOLATED, "breaking", "none"),
                (["{set: orders.columns.note, to: {type: text}}"], MET, "non-breaking", "full"),
                (["{set: d2.mail.derives_from, to: [orders.id]}"], MET, "forward-only", "forward"),
                (["{remove: orders.email}", "{set: d2.mail.derives_from, to: [orders.id]}"], VIOLATED, "breaking", "none")]:
            with self.subTest(edits=edits):
                document = self.validated(edits, code)
                self.assertEqual((document["category"], document["compatibility"]), (category, compatibility))

    def priced(self, edits):
        self.write("c.yaml", change(edits, "pay.yaml"))
        return self.json_of(self.call("change", "price", "c.yaml", "--json", "-n", 2, "--over", "2min", "--concurrency", "1", code=None))

    def test_a_mapping_reaches_who_reads_it(self):
        """What a column is made of is of whoever owns it and of who reads it, and no way around them."""
        self.write("pay.yaml", PAY)
        self.write("scores.odcs.yaml", "kind: DataContract\n")
        mapping, drop = "{set: scores.score.derives_from, to: [pay.amount]}", "{remove: pay.email}"
        document = self.validated([mapping], MET, base="pay.yaml")
        warned, = [check for check in self.checks(document, "warned") if check["name"] == "schema"]
        self.assertEqual((warned["about"], document["category"]), ("scores.score", "forward-only"))
        self.assertIn("governed by scores.odcs.yaml", warned["message"])
        impact = self.validated([mapping], MET, base="pay.yaml", verb="impact")
        # The stage that makes it makes it anew.
        self.assertEqual({thing["name"]: thing["through"] for thing in impact["affected"]},
                         {"score": "scores", "rep": "scores.score", "report.avg_score": "scores.score", "report": "report.avg_score"})
        self.assertEqual(impact["owners"], ["bi", "board", "risk", "risk-eng"])
        self.assertEqual(impact["contracts"], ["scores.odcs.yaml"])
        self.assertEqual([task["name"] for task in self.priced([mapping])["tasks"]], ["score", "rep"])
        # Cut off and dropped in one, or in whatever order.
        for edits in [mapping.replace("pay.amount", ""), drop], [drop, mapping]:
            document = self.validated(edits, VIOLATED, base="pay.yaml")
            self.assertEqual((document["category"], document["why"]), ("breaking", ["pay.email dropped"]))
            self.assertIn("read by 2 of 2 jobs downstream: score, rep", self.checks(document, "failed")[0]["message"])
            impact = self.validated(edits, MET, base="pay.yaml", verb="impact")
            self.assertEqual(impact["owners"], ["bi", "board", "payments", "risk", "risk-eng"])
            self.assertEqual(impact["contracts"], ["scores.odcs.yaml"])

    def test_what_a_narrower_column_reaches(self):
        self.write("pay.yaml", PAY)
        edits = ["{set: pay.amount.type, to: integer}"]
        document = self.validated(edits, MET, base="pay.yaml")
        readers = [reader["job"] for reader in document["schema"][0]["readers"]]
        self.assertEqual(readers, ["score", "rep"])
        impact = self.validated(edits, MET, base="pay.yaml", verb="impact")
        touched = [thing["name"] for thing in impact["affected"]]
        self.assertLessEqual({"score", "rep", "scores", "scores.score", "report"}, set(touched))
        self.assertLessEqual({task["name"] for task in self.priced(edits)["tasks"]}, set(touched))
        self.assertEqual(impact["owners"], ["bi", "board", "payments", "risk", "risk-eng"])

    def test_what_an_author_calls_it_is_no_risk(self):
        self.write("pay.yaml", PAY)
        edits = ["{add: pay.phone, as: column, value: {type: varchar}}"]
        scores = []
        for kind in "", "kind: schema\n":
            self.write("c.yaml", change(edits, "pay.yaml", kind))
            impact = self.json_of(self.call("change", "impact", "c.yaml", "--json", code=MET))
            scores.append(impact["risk"]["score"])
        self.assertEqual(scores[0], scores[1])
        # What was written before still holds, and so does what is written meanwhile.
        self.assertEqual([factor["value"] for factor in impact["risk"]["factors"] if factor["name"] in ("severity", "reversibility")], [1, 1])
        self.assertFalse(self.priced(edits)["needed"])

    def test_a_stress_that_is_not_there(self):
        self.write("c.yaml", change(["{set: a6.service, to: 9s}"], rest="stress: [nope]\naccept: [avg latency(a7) < 3s]\n"
                                    "rollback: {detect: waiting(a6) > 5, steps: [{do: x}], until: waiting(a6) < 5}\n"))
        document = self.json_of(self.call("change", "validate", "c.yaml", "--json", code=VIOLATED))
        self.assertEqual([(check["name"], check["place"]) for check in self.checks(document, "failed")],
                         [("stress", "c.yaml:4:10"), ("accept", "c.yaml:5:10")])
        self.assertLess({"edits", "stability", "schema", "rollback"}, {check["name"] for check in self.checks(document, "passed")})
        self.assertIn("c.yaml:4:10: error: no action is called 'nope'", self.call("rehearse", "c.yaml", code=USAGE).stderr.decode())

    def test_a_contract_that_is_not_there(self):
        self.write("pay.yaml", PAY)
        edits = ["{set: scores.score.type, to: real}"]
        warned = lambda: [check["about"] for check in self.validated(edits, None, base="pay.yaml")["checks"] if check["name"] == "files"]
        self.assertEqual(warned(), ["scores"])
        self.assertIn("pay.yaml:6:37: warning: contract 'scores.odcs.yaml': no such file",
                      self.call("validate", "pay.yaml", code=MET).stderr.decode())
        # Of what the change leaves alone it says nothing.
        self.assertNotIn("files", [check["name"] for check in self.validated(["{set: pay.id.type, to: real}"], None, base="pay.yaml")["checks"]])
        self.write("scores.odcs.yaml", "kind: DataContract\n")
        self.assertEqual(warned(), [])
        self.assertEqual(self.call("validate", "pay.yaml", code=MET).stderr, b"")

    def test_its_kind(self):
        for kind, edits, status, message, place in [
                ("", ["{set: spark.workers, to: 45}"], "warned", "it says no kind; found: capacity (pool spark: workers)", "c.yaml:2:9"),
                ("configuration", ["{set: spark.workers, to: 45}"], "failed",
                 "it says 'configuration', and is not: found: capacity (pool spark: workers)", "c.yaml:4:7"),
                ("schema", ["{set: spark.workers, to: 45}", "{set: orders.columns.note, to: {type: text}}"], "passed",
                 "schema (dataset orders: columns.note.type), capacity (pool spark: workers)", ""),
                ("import", ["{set: spark.workers, to: 45}"], "passed", "comes by import; found: capacity (pool spark: workers)", ""),
                ("capacity", ["{set: spark.workers, to: 40}"], "warned", "the edits change nothing", "c.yaml:4:7")]:
            with self.subTest(kind=kind):
                self.write("c.yaml", change(edits, rest=f"kind: {kind}\n" if kind else ""))
                document = self.json_of(self.call("change", "validate", "c.yaml", "--json", code=VIOLATED if status == "failed" else MET))
                found, = [check for check in document["checks"] if check["name"] == "kind"]
                self.assertEqual((found["status"], found["message"], found["place"]), (status, message, place))
        self.write("c.yaml", change(["{set: spark.workers, to: 45}", "{rename: a1, to: a0}"], rest="kind: topology\n"))
        self.assertIn("Kinds: mapping, capacity; it says topology",
                      self.call("change", "validate", "c.yaml", "--format", "markdown", code=VIOLATED).stdout.decode())
        self.assertIn("kinds: mapping, capacity; it says topology", self.call("change", "impact", "c.yaml", code=MET).stdout.decode())

    def test_what_cannot_be_made(self):
        document = self.validated(["{set: sparc.workers, to: 9}", "{set: spark.workers, to: many}"], VIOLATED)
        self.assertEqual([(check["name"], check["place"]) for check in self.checks(document, "failed")],
                         [("edits", "c.yaml:5:11"), ("configuration", "c.yaml:6:30")])
        self.assertIn("did you mean 'spark'?", self.checks(document, "failed")[0]["fix"])
        document = self.validated(["{set: a6.runs_on, to: {spark: 41}}"], VIOLATED)
        self.assertEqual([check["name"] for check in self.checks(document, "failed")], ["needs"])
        document = self.validated(["{set: spark.workers, to: 9}"], VIOLATED)
        failed, = self.checks(document, "failed")
        self.assertEqual((failed["name"], failed["about"], failed["place"]), ("stability", "spark", "c.yaml:5:11"))
        self.call("change", "impact", "c.yaml", code=MET)
        for words in ["change", "validate"], ["change", "validate", "none.yaml"], ["change", "validate", "shop.yaml"], \
                ["change", "validate", "c.yaml", "--format", "markdwn"]:
            self.call(*words, code=USAGE)

    def test_lineage_and_limits_of_columns(self):
        document = self.validated(["{set: d1.x.derives_from, to: [orders.idd]}"], MET)
        found, = [check for check in self.checks(document, "warned") if check["name"] == "graph"]
        self.assertIn("'orders' has no column 'idd'", found["message"])
        document = self.validated(["{set: d1.x.derives_from, to: [f1.x]}"], MET)
        self.assertIn("lineage goes round: d1.x <- f1.x <- e1.x <- d1.x", [check["message"] for check in self.checks(document, "warned")])
        for edit, message in [("{set: orders.id.min, to: abc}", "'abc' is no number"),
                              ("{set: orders.columns.n, to: {type: bigint, min: 5, max: 1}}", "no value lies between '5' and '1'")]:
            document = self.validated([edit], VIOLATED)
            self.assertIn(message, self.checks(document, "failed")[0]["message"])

    def test_a_type_that_goes(self):
        document = self.validated(["{remove: orders.email.type}"], VIOLATED)
        self.assertEqual((document["category"], document["compatibility"]), ("breaking", "backward"))

    def test_what_is_offered_and_lost(self):
        for queue, rest, lost in [("{capacity: 5, full: drop}", "", "is dropped: about 50% of what comes"),
                                  ("{timeout: 20s}", "", "gives up waiting: about 50% of what comes"),
                                  ("{capacity: 5, full: retry}", ", retry: {times: 2, backoff: 1s}",
                                   "is dropped after its last try: about 50% of what comes")]:
            with self.subTest(queue=queue):
                self.write("full.yaml", "understudy: 1\nscenario: z\ntwin:\n  stages:\n    clean: {reads: orders, workers: 4, "
                           f"service: 1s, queue: {queue}{rest}}}\nload: {{orders: {{arrivals: every 500ms}}}}\n"
                           "run: {length: 20min, warm_up: 1min, replications: 2}\n")
                document = self.validated(["{set: clean.workers, to: 1}"], MET, base="full.yaml")
                found, = [check for check in document["checks"] if check["name"] == "stability"]
                self.assertEqual((found["status"], found["about"]), ("warned", "clean"))
                self.assertEqual(found["message"], "is offered 200% of what its workers can do, 50% before; no backlog grows, "
                                                   "as what is too much " + lost)
                severity, = [one for one in self.validated(["{set: clean.workers, to: 1}"], MET, base="full.yaml",
                                                           verb="impact")["risk"]["factors"] if one["name"] == "severity"]
                self.assertEqual((severity["value"], severity["why"]), (3, "stability of clean is doubtful"))
                document = self.validated(["{set: clean.workers, to: 3}"], MET, base="full.yaml")
                self.assertEqual([one["status"] for one in document["checks"] if one["name"] == "stability"], ["passed"])

    def stability(self, document):
        return [(check["status"], check["about"], check["message"]) for check in document["checks"] if check["name"] == "stability"]

    def test_what_is_not_known_is_not_passed(self):
        def twin(loads, rest=""):
            self.write("mixed.yaml", "understudy: 1\nscenario: z\ntwin:\n  stages:\n    w: {reads: [a], workers: 2, service: 500ms}\n"
                       "    v: {reads: [u], workers: 1, service: 100ms}\n"
                       f"load: {{{loads}}}\n{rest}run: {{length: 2h, warm_up: 0s, replications: 2}}\n")
        unknown = "the load depends on how fast the system is (users, saturated arrivals, or a run until empty)"
        twin("a: {arrivals: poisson(3/s)}, u: {users: 1, think: 10s}")
        self.assertEqual(self.stability(self.validated(["{set: w.service, to: 600ms}"], MET, base="mixed.yaml")),
                         [("skipped", "", f"not known of v: {unknown}"),
                          ("passed", "", "no other pool or stage is offered more than it can do; the most loaded is w, at 90%")])
        self.assertEqual(self.stability(self.validated(["{set: w.service, to: 2s}"], VIOLATED, base="mixed.yaml")),
                         [("failed", "w", "is offered 300% of what its workers can do, 75% before; its backlog grows without end"),
                          ("skipped", "", f"not known of v: {unknown}")])
        twin("a: {users: 5, think: 1s}, u: {users: 1, think: 10s}")
        self.assertEqual(self.stability(self.validated(["{set: w.service, to: 2s}"], MET, base="mixed.yaml")),
                         [("skipped", "", f"not known of v, w: {unknown}")])
        # What is offered from the start is known, whatever is set later.
        twin("a: {arrivals: poisson(3/s)}, u: {arrivals: poisson(1/s)}", "actions: [{at: 1h, set: w.workers, to: 3}]\n")
        self.assertEqual(self.stability(self.validated(["{set: w.service, to: 2s}"], MET, base="mixed.yaml")),
                         [("warned", "w", "is offered 300% of what its workers can do, 75% before; so it begins, "
                                          "and what actions set later is left out")])
        self.assertEqual([one[0] for one in self.stability(self.validated(["{set: v.service, to: 200ms}"], MET, base="mixed.yaml"))],
                         ["passed"])
        # Nothing that is set later relieves it: a load that rises for a while, an outage.
        twin("a: {arrivals: poisson(3/s)}, u: {arrivals: poisson(1/s)}",
             "actions: [{at: 1h, for: 5min, set: load, to: 1.5x}, {at: 90min, for: 1min, fail: w}, {at: 1h, set: v.service, to: 10ms}]\n")
        self.assertEqual(self.stability(self.validated(["{set: w.service, to: 2s}"], VIOLATED, base="mixed.yaml")),
                         [("failed", "w", "is offered 300% of what its workers can do, 75% before; its backlog grows without end")])

    def test_records_that_tasks_write_are_work_of_tasks(self):
        # 3600 orders an hour: build 6 min, book 30 min, mail 90 min of the two hours that two workers have.
        self.write("two.yaml", """understudy: 1
scenario: two
twin:
  pools: {spark: {workers: 2}}
  datasets: {orders: {}, paid: {}, ledger: {}}
  stages: {mail: {reads: orders, runs_on: spark, service: 1s}}
  pipelines:
    nightly:
      schedule: every 1h
      tasks:
        build: {reads: {orders: new}, runs_on: spark, service: 100ms per record, writes: paid}
        book: {after: [build], reads: {paid: new}, runs_on: spark, service: 500ms per record, writes: ledger}
load: {clicks: {arrivals: every 1s, writes: orders}}
run: {length: 40h, warm_up: 0s, replications: 2}
""")
        self.assertEqual(self.stability(self.validated(["{set: mail.service, to: 1.5s}"], VIOLATED, base="two.yaml")),
                         [("failed", "spark", "is offered 105% of what its workers can do, 80% before; its backlog grows without end")])

    def test_what_shares_a_pool_is_at_stake(self):
        self.write("pool.yaml", """understudy: 1
scenario: shop
twin:
  pools: {spark: {workers: 4}}
  datasets: {orders: {owner: sales}, letters: {owner: mailing}}
  stages:
    mail: {reads: orders, writes: letters, runs_on: spark, service: 1s}
    bill: {reads: bills, runs_on: spark, service: 1s}
    dead: {reads: other, workers: 1, service: 1s}
load: {clicks: {arrivals: poisson(1/s), writes: orders}, bills: {arrivals: poisson(0.1/s)}, other: {arrivals: poisson(0.1/s)}}
run: {length: 8h, replications: 5}
objectives: [avg utilisation(spark) < 90%, avg wait(bill) < 1h, avg latency(dead) < 5s]
""")
        impact = self.validated(["{set: mail.service, to: 5s}"], MET, base="pool.yaml", verb="impact")
        self.assertEqual(impact["competing"], ["bill"])
        self.assertEqual([one["text"] for one in impact["objectives"] if one["at_stake"]],
                         ["avg utilisation(spark) < 90%", "avg wait(bill) < 1h"])
        self.assertIn("On the same workers or budgets: they may have to wait", self.said_of_impact())
        # What has nothing to do with the pool has nothing to do with it.
        impact = self.validated(["{set: dead.service, to: 2s}"], MET, base="pool.yaml", verb="impact")
        self.assertEqual((impact["competing"], [one["text"] for one in impact["objectives"] if one["at_stake"]]),
                         ([], ["avg latency(dead) < 5s"]))
        # More of what comes is more on the pool.
        impact = self.validated(["{set: clicks.arrivals, to: poisson(2/s)}"], MET, base="pool.yaml", verb="impact")
        self.assertIn("avg utilisation(spark) < 90%", [one["text"] for one in impact["objectives"] if one["at_stake"]])

    def said_of_impact(self):
        return self.call("change", "impact", "c.yaml", code=MET).stdout.decode()

    def test_who_owns_a_dataset_that_a_column_leads_to_is_asked(self):
        # orders.email is read by a2 for d2, of which e2 is made: e2 is crm's, and neither changes itself.
        impact = self.validated(["{set: orders.email.type, to: integer}"], MET, verb="impact")
        self.assertIn("e2", [thing["name"] for thing in impact["affected"]])
        self.assertEqual(impact["owners"], ["crm", "mailing", "sales"])

    def test_what_is_approximate_is_called_so_in_markdown(self):
        self.write("about.yaml", "understudy: 1\nscenario: z\ntwin:\n  stages:\n    w: {reads: a, workers: 2, service: 500ms, "
                   "queue: {capacity: 5, full: drop}}\nload: {a: {arrivals: every 1s}}\nrun: {length: 1h, replications: 2}\n"
                   "objectives: [avg utilisation(w) < 90%]\n")
        self.write("c.yaml", change(["{set: w.service, to: 700ms}"], base="about.yaml"))
        about = "about 35 %"
        self.assertIn(about, self.said_of_impact())
        page = self.call("change", "validate", "c.yaml", "--format", "markdown", code=MET).stdout.decode()
        self.assertIn(f"| avg utilisation(w) &lt; 90% | about 25 % | {about} | ", page)

    def test_a_stale_base(self):
        self.call("twin", "create", "shop", "shop.yaml", "--author", "a", "--reason", "r", code=MET)
        edits = ["{set: spark.workers, to: 30}"]
        self.assertEqual(self.validated(edits, MET, base="shop@1")["outcome"], "passed")
        self.write("next.yaml", SHOP.replace("workers: 40", "workers: 44"))
        self.call("twin", "update", "shop", "next.yaml", "--base", "shop@1", "--author", "a", "--reason", "r", code=MET)
        document = self.validated(edits, STALE, base="shop@1")
        self.assertEqual((document["outcome"], document["latest"]), ("stale", "shop@2"))
        self.assertEqual([(one["type"], one["name"]) for one in document["moved"]], [("pool", "spark")])
        self.assertEqual(self.validated(edits, MET, base="shop@2")["outcome"], "passed")

    def transformed(self, to, code, key="id", before="SELECT id, total, state FROM orders"):
        self.write("a.sql", before)
        self.write("b.sql", to)
        return self.validated(["{transform: nightly.build, from: a.sql, to: b.sql, samples: samples, "
                               f"key: {key}, tolerance: 1e-9}}"], code, base="nightly.yaml")

    def test_the_impact_of_other_rows(self):
        """As many rows as before, and others: what is made of them is reached, and its promises are at stake."""
        self.sample("id,total,state\n1,10,paid\n2,20,sent\n")
        self.write("a.sql", "SELECT id, total, state FROM orders")
        for sql, key, reached in (("SELECT id, total + 1 total, state FROM orders", "", True),
                                  ("SELECT id, total + 1 total, state FROM orders", ", key: id", True),
                                  ("SELECT id, total, state FROM orders ORDER BY id", ", key: id", False)):
            with self.subTest(sql=sql, key=key):
                self.write("b.sql", sql)
                impact = self.validated(["{transform: nightly.build, from: a.sql, to: b.sql, samples: samples" + key + "}"], MET,
                                        "nightly.yaml", verb="impact")
                self.assertEqual(["nightly.build" == one["name"] for one in impact["changed"]], [True] * reached)
                self.assertEqual("nightly.report" in [one["name"] for one in impact["affected"]], reached)
                self.assertEqual([one["at_stake"] for one in impact["objectives"]], [reached])

    def test_a_transformation(self):
        self.sample("id,total,state\n1,10,paid\n2,20,sent\n3,30,paid\n4,40,sent\n")
        same = self.transformed("SELECT state, total + 1e-12 AS total, id FROM orders ORDER BY total DESC", MET)
        self.assertEqual((same["category"], [check["name"] for check in self.checks(same, "warned")]), ("non-breaking", ["kind"]))
        half = self.transformed("SELECT id, total, state FROM orders WHERE state = 'paid'", MET)
        self.assertEqual(half["category"], "breaking")
        found = half["transformations"][0]["differences"]
        self.assertEqual([found[kind] for kind in ("same", "changed", "deleted", "added")], [2, 0, 2, 0])
        # Half of the records come out, and the task after it takes half as long.
        self.assertIn("50% of the records", json.dumps(half))
        impact = self.json_of(self.call("change", "impact", "c.yaml", "--json", code=MET))
        self.assertEqual(impact["changed"], [{"is": "changed", "type": "task", "name": "nightly.build",
                                             "keys": ["emits.records", "emits.size", "transformation"]}])
        def report(*words):
            run = self.json_of(self.call("run", "nightly.yaml", *words, "--json"))
            return next(metric["estimate"] for metric in run["metrics"] if metric["name"] == "avg service(nightly.report)")
        self.write("nightly.yaml", NIGHTLY + "measures: [avg service(nightly.report)]\n")
        self.assertAlmostEqual(report("--change", "c.yaml") / report(), 0.5, places=2)

    def test_a_result_that_breaks_its_contract(self):
        self.sample("id,total,state\n1,10,paid\n2,20,sent\n3,30,paid\n")
        document = self.transformed("SELECT NULLIF(id, 1) AS id, 100 * total AS total, upper(state) AS state FROM orders "
                                    "UNION ALL SELECT 3, 1, 'paid'", VIOLATED)
        self.assertEqual(sorted(check["name"] for check in self.checks(document, "failed")),
                         ["enum", "key", "not null", "range", "unique"])
        document = self.transformed("SELECT id, 'much' AS total FROM orders", VIOLATED)
        self.assertEqual(sorted(check["name"] for check in self.checks(document, "failed")), ["columns", "types"])

    def test_what_is_no_text(self):
        for name, text, said in [("nul.yaml", b"understudy: 1\nchange: \0a\n", "nul.yaml:2:9: error: a control character"),
                                 ("byte.yaml", b"understudy: 1\nchange: a\nreason: \xff\n", "byte.yaml:3:9: error: a byte that is not UTF-8"),
                                 ("other.yaml", b"a: b\n", "other.yaml:1:1: error: a change needs 'change'")]:
            self.write(name, text)
            for verb in "validate", "impact", "show":
                with self.subTest(name=name, verb=verb):
                    self.assertIn(said, self.call("change", verb, name, code=USAGE).stderr.decode())

    def test_what_a_rehearsal_cannot_read(self):
        self.write("c.yaml", change(["{set: a6.service, to: 9s}"], rest="accept: [avg latency(a7) < 3s, increase avg wait(a6) < 5%]\n"
                                    "rollback: {detect: waiting(a8) > 5, steps: [{do: x, resume: nope}], until: waiting(a6) < 5}\n"))
        document = self.json_of(self.call("change", "validate", "c.yaml", "--json", code=VIOLATED))
        self.assertEqual([(check["name"], check["message"], check["place"]) for check in self.checks(document, "failed")],
                         [("accept", "in the candidate: nothing is called 'a7'", "c.yaml:4:10"),
                          ("rollback", "nothing is called 'a8'", "c.yaml:5:28"),
                          ("rollback", "nothing is called 'nope'", "c.yaml:5:61")])
        done = self.call("rehearse", "c.yaml", code=USAGE)
        self.assertEqual(done.stderr.decode().splitlines()[0],
                         "c.yaml:4:10: error: avg latency(a7) < 3s: in the candidate: nothing is called 'a7'; did you mean 'a1'?")
        self.write("c.yaml", change(["{set: a6.service, to: 9s}"], rest="accept: [avg latency(a6) < 3s]\n"
                                    "rollback: {detect: waiting(a6) > 5, steps: [{do: x}], until: waiting(a6) < 5}\n"))
        document = self.json_of(self.call("change", "validate", "c.yaml", "--json", code=MET))
        self.assertLess({"accept", "rollback"}, {check["name"] for check in self.checks(document, "passed")})

    def test_rows_that_were_not_compared(self):
        self.sample("id,total,state\n1,10,paid\n2,20,sent\n")
        for key, sql, why in [("", "SELECT id, 0 * total AS total, 'paid' AS state FROM orders", "differ"),
                              ("", "SELECT id, 30 - total AS total, state FROM orders", "were not compared (no 'key')"),
                              (", key: id", "SELECT id, total, state FROM orders UNION ALL SELECT id, total, state FROM orders", "differ")]:
            with self.subTest(sql=sql, key=key):
                self.write("old.sql", "SELECT id, total, state FROM orders")
                self.write("new.sql", sql)
                impact = self.validated(["{transform: nightly.build, from: old.sql, to: new.sql, samples: samples" + key + "}"], MET,
                                        base="nightly.yaml", verb="impact")
                self.assertEqual(impact["category"], "breaking")
                self.assertIn(f"rows that nightly.build writes {why}, and they are read",
                              self.call("change", "validate", "c.yaml", code=None).stdout.decode().replace("\n  ", " "))
                self.assertGreaterEqual(impact["risk"]["factors"][1]["value"], 3)

    def test_hostile_sql(self):
        self.sample("id,total,state\n1,10,paid\n")
        for sql in ["ATTACH 'stolen.db' AS s", "VACUUM INTO 'copy.db'", "SELECT load_extension('x.so')", "DROP TABLE orders",
                    "SELECT readfile('nightly.yaml')", "PRAGMA temp_store_directory = '.'",
                    "SELECT zeroblob(1000000000) AS id", "SELECT 1 AS id; DELETE FROM orders"]:
            with self.subTest(sql=sql):
                before = sorted(path.name for path in self.folder.iterdir())
                document = self.transformed(sql, VIOLATED)
                failed = self.checks(document, "failed")
                self.assertEqual([check["name"] for check in failed], ["transformation"])
                self.assertRegex(failed[0]["place"], r"^b\.sql:1:\d+$")
                after = sorted(path.name for path in self.folder.iterdir())
                self.assertEqual(set(after) - set(before), set(after) & {"a.sql", "b.sql", "c.yaml"} - set(before))
        # A run refuses it in the same way, with its place.
        self.assertRegex(self.call("run", "nightly.yaml", "--change", "c.yaml", code=USAGE).stderr.decode(),
                         r"b\.sql:1:17: error: a second statement")

    def test_formats_of_others(self):
        self.write("c.yaml", change(["{remove: orders.email}", "{set: spark.workers, to: 30}"]))
        junit = xml.etree.ElementTree.fromstring(self.call("change", "validate", "c.yaml", "--format", "junit", code=VIOLATED).stdout)
        self.assertEqual((junit.tag, junit.get("failures")), ("testsuite", "1"))
        self.assertEqual(len(junit.findall("testcase")), int(junit.get("tests")))
        self.assertIn("a2, b2", junit.find("testcase/failure").get("message"))
        sarif = self.json_of(self.call("change", "validate", "c.yaml", "--format", "sarif", code=VIOLATED))
        result, = [one for one in sarif["runs"][0]["results"] if one["level"] == "error"]
        place = result["locations"][0]["physicalLocation"]
        self.assertEqual((place["artifactLocation"]["uri"], place["region"]), ("c.yaml", {"startLine": 5, "startColumn": 14}))
        (self.folder / "a#1%").mkdir()
        self.write("a#1%/c d.yaml", change(["{set: spark.workers, to: 9}"], base="../shop.yaml"))
        sarif = self.json_of(self.call("change", "validate", "a#1%/c d.yaml", "--format", "sarif", code=VIOLATED))
        uris = {one["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] for one in sarif["runs"][0]["results"]}
        self.assertEqual(uris, {"a%231%25/c%20d.yaml"})
        summary = self.folder / "summary.md"
        summary.write_text("before\n")
        done = self.call("change", "validate", "c.yaml", "--format", "markdown", code=VIOLATED,
                         env=dict(os.environ, GITHUB_STEP_SUMMARY=str(summary)))
        text = done.stdout.decode()
        self.assertEqual(summary.read_text(), "before\n" + text)
        self.assertIn("```mermaid\ngraph LR\n", text)
        self.assertLess(len(text), 65536)

    def findings(self, verb, file, format_, code):
        """What is wrong, as others read it: a text with its place each."""
        out = self.call(*verb, file, "--format", format_, code=code).stdout
        if format_ == "json":
            answer = json.loads(out)
            self.assertFalse(answer["ok"])
            return [(one["message"], one["place"].rsplit(":", 2)[0]) for one in answer["problems"]]
        if format_ == "junit":
            suite = xml.etree.ElementTree.fromstring(out)
            failures = suite.findall("testcase/failure")
            self.assertEqual(suite.get("failures"), str(len(failures)))
            return [(one.get("message"), one.text.rsplit(":", 2)[0]) for one in failures]
        found = json.loads(out)["runs"][0]["results"]
        return [(one["message"]["text"], one["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]) for one in found if one["level"] == "error"]

    def test_what_is_refused_is_a_finding(self):
        self.write("bad.yaml", change(["{set: spark.workers}"]))
        self.write("stale.yaml", change(["{set: spark.workers, to: 41}"]).replace("base: shop.yaml\n", f"base: shop.yaml\nbase_sha256: {'a' * 64}\n"))
        for format_ in "json", "junit", "sarif":
            with self.subTest(format=format_):
                for verb in ["rehearse"], ["change", "validate"]:
                    (message, place), = self.findings(verb, "bad.yaml", format_, USAGE)
                    self.assertIn("'set' without 'to'", message)
                    self.assertEqual(place, "bad.yaml")
                (message, place), = self.findings(["rehearse"], "stale.yaml", format_, STALE)
                self.assertIn("is stale", message)
                self.assertEqual(place, "stale.yaml")
        for verb in "impact", "price":
            for file, code in ("bad.yaml", USAGE), ("stale.yaml", STALE):
                self.assertFalse(json.loads(self.call("change", verb, file, "--json", code=code).stdout)["ok"])
        place = json.loads(self.call("change", "validate", "bad.yaml", "--format", "sarif", code=USAGE).stdout)["runs"][0]["results"][0]["locations"][0]
        self.assertEqual(place["physicalLocation"]["region"], {"startLine": 5, "startColumn": 5})
        # A value that one is told to copy is whole, also on a narrow terminal.
        text = self.call("change", "validate", "stale.yaml", code=STALE, env=dict(os.environ, COLUMNS="60")).stdout.decode()
        self.assertRegex(" ".join(text.split()), r"set 'base_sha256: [0-9a-f]{64}'")

    def test_a_met_rehearsal_tells_what_validate_refuses(self):
        self.write("c.yaml", change(["{remove: orders.email}"]))
        junit = xml.etree.ElementTree.fromstring(self.call("rehearse", "c.yaml", "-n", 2, "--format", "junit", code=MET).stdout)
        self.assertTrue(any("'change validate' fails" in one.get("message") for one in junit.findall("testcase/skipped")))
        sarif = self.json_of(self.call("rehearse", "c.yaml", "-n", 2, "--format", "sarif", code=MET))
        self.assertTrue(any("'change validate' fails" in one["message"]["text"] and one["level"] == "warning" for one in sarif["runs"][0]["results"]))

    def test_no_text_of_a_change_reaches_a_terminal_as_a_command(self):
        self.write("c.yaml", change(['{set: orders.owner, to: "o\\u001b[2Jwner"}']))
        for verb in ["rehearse", "c.yaml"], ["change", "validate", "c.yaml"], ["change", "impact", "c.yaml"]:
            done = self.call(*verb, code=USAGE)
            self.assertNotIn(b"\x1b", done.stdout + done.stderr)
            self.assertIn(b"'to' has characters that do not print", done.stderr)
        name = "a\x1b[2Jb.yaml"
        self.write(name, change(["{set: spark.workers, to: 41}"]))
        for verb in ["change", "validate", name], ["change", "impact", name], ["rehearse", name, "-n", 2]:
            done = self.call(*verb)
            self.assertNotIn(b"\x1b", done.stdout + done.stderr)

    def test_a_rehearsal_says_what_it_does_not_see(self):
        self.sample("id,total,state\n1,10,paid\n2,20,sent\n")
        self.transformed("SELECT id, total, 'lost' state FROM orders", VIOLATED)
        answer = self.json_of(self.call("rehearse", "c.yaml", "-n", "2", "--json"))
        said = " ".join(answer["warnings"])
        self.assertIn("nightly.build: 0 rows the same, 2 changed", said)
        self.assertIn("not in the enum: 'lost' (paid.state)", said)
        self.write("c.yaml", (self.folder / "c.yaml").read_text().replace("key: id, ", ""))
        self.assertIn("rows are not compared", " ".join(self.json_of(self.call("rehearse", "c.yaml", "-n", "2", "--json"))["warnings"]))

    def test_numbers_that_come_as_text(self):
        self.sample("id,total,state\n1,10,paid\n")
        document = self.transformed("SELECT id, '5000.5' total, state FROM orders", VIOLATED)
        self.assertIn(("range", "5000.5 is above 1000"), [(one["name"], one["message"]) for one in self.checks(document, "failed")])

    def test_price(self):
        self.sample("id,total,state\n1,10,paid\n2,20,sent\n3,30,paid\n4,40,sent\n")
        self.transformed("SELECT id, total, state FROM orders WHERE state = 'paid'", MET)
        price = self.json_of(self.call("change", "price", "c.yaml", "--over", "1d", "--concurrency", "1,2", "-n", 3, "--json"))
        self.assertTrue(price["needed"])
        self.assertEqual([at["concurrency"] for at in price["at"]], [1, 2])
        self.assertTrue(price["tasks"][0]["name"].startswith("nightly."))
        self.assertEqual(price["over_s"], 86400)
        for at in price["at"]:
            self.assertTrue(at["done_s"] is None or at["done_share"] == 1)
        text = self.call("change", "price", "c.yaml", "--over", "1d", "--concurrency", "1,2", "-n", 3).stdout.decode()
        self.assertIn("To be made anew", text)
        self.assertLessEqual(max(map(len, text.splitlines())), 80, text)
        self.assertIn(b"nobody says how far back", self.call("change", "price", "c.yaml", code=INCONCLUSIVE).stdout)
        for wrong in ("--over", "soon"), ("--over", "0s"), ("--concurrency", "0"), ("--concurrency", "2,2"):
            self.call("change", "price", "c.yaml", *wrong, code=USAGE)
        self.write("c.yaml", change(["{set: spark.workers, to: 30}"]))
        nothing = self.json_of(self.call("change", "price", "c.yaml", "--json", code=MET))
        self.assertEqual((nothing["needed"], nothing["at"]), (False, []))

    def test_a_price_interrupted_while_it_is_planned(self):
        # Plans rest on a replication of the candidate, which here ends by the signal or never.
        self.write("stream.yaml", """understudy: 1
scenario: stream
twin:
  pools: {flink: {workers: 4}}
  datasets:
    clicks: {retention: 12h, columns: {id: {type: bigint}}}
    views: {columns: {id: {type: bigint, derives_from: [clicks.id]}}}
  stages: {enrich: {reads: clicks, runs_on: flink, service: 2s, writes: views}}
load: {web: {arrivals: every 1s, writes: clicks}}
run: {length: 1000000h, warm_up: 0s, replications: 5}
""")
        self.write("c.yaml", change(["{set: views.id.type, to: varchar}"], base="stream.yaml"))
        before = sorted(os.listdir(self.folder))
        for number in signal.SIGINT, signal.SIGTERM:
            for form in "json", "text", "markdown":
                with self.subTest(signal=number, form=form):
                    process = self.start("change", "price", "c.yaml", "--format", form)
                    self.until(lambda: self.ticks(process) > 30, process, "it has simulated for a while")
                    process.send_signal(number)
                    out, err = process.communicate(timeout=120)
                    self.assertEqual(process.returncode, INCONCLUSIVE, err.decode())
                    self.assertIn("interrupted", out.decode())
                    if form == "json":
                        answer = json.loads(out)
                        self.assertTrue(answer["interrupted"])
                        self.assertEqual((answer["verdict"], answer["at"]), ("inconclusive", []))
        self.assertEqual(sorted(os.listdir(self.folder)), before)

    def test_tables_fit(self):
        self.write("c.yaml", change(["{remove: orders.email}"]))
        for verb, code in ("validate", VIOLATED), ("impact", MET):
            shown = self.call("change", verb, "c.yaml", code=code).stdout.decode()
            self.assertLessEqual(max(map(len, shown.splitlines())), 80, shown)
            self.assertIn("Next: ", shown)


if __name__ == "__main__":
    main()
