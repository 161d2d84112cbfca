"""Promised: `understudy graph` answers what depends on what, and what it exports as Turtle, N-Triples or JSON-LD gives an
independent SPARQL engine the same answers. So do the versions of a twin that a store keeps.
Shown: questions and answers counted by hand, errors, and eighteen questions asked of both (oxigraph, by npm ci in
tests/sparql; said and skipped where it is not there).
"""

import json
import os
import shutil
import subprocess
import unittest

from program import MET, SOURCES, USAGE, ProgramTest, main

TWIN = """understudy: 1
scenario: shop
twin:
  pools: {spark: {workers: 4, owner: platform}, loader: {workers: 2}}
  datasets:
    raw: {owner: ingestion, columns: {id: {type: bigint}, email: {type: varchar}}}
    clean_orders: {owner: orders, contract: contracts/orders.yaml, label: "s3://lake/orders v2"}
    report: {owner: finance}
  stages:
    ingest: {reads: clicks, writes: raw, runs_on: loader, service: 2s}
    clean: {reads: raw, writes: clean_orders, runs_on: spark, service: 3s}
    score: {reads: clean_orders, runs_on: spark, service: 1s, writes: exit}
  pipelines:
    nightly:
      schedule: every 1d
      owner: finance
      tasks:
        fetch: {reads: {clean_orders: new}, runs_on: spark, service: 10min}
        small: {after: [fetch], runs_on: spark, service: 1min}
        big: {after: [fetch], runs_on: spark, service: 30min, writes: big_table}
        publish: {after: [small, big], runs_on: loader, service: 2min, writes: report}
load: {clicks: {arrivals: poisson(1/s)}}
run: {length: 8h}
objectives:
  - p(95) latency(clean) < 40s
"""

PREFIXES = """
PREFIX us: <urn:understudy:vocabulary#>
PREFIX prov: <http://www.w3.org/ns/prov#>
PREFIX dcat: <http://www.w3.org/ns/dcat#>
PREFIX dprod: <https://ekgf.github.io/dprod/>
PREFIX dct: <http://purl.org/dc/terms/>
PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>
"""
# Where a change goes on to, as docs/graph.md says.
ONWARD = "(us:produces|^us:consumes|^us:triggeredBy|^us:follows|us:partOf)"


class Graph(ProgramTest):
    def ask(self, *words):
        return json.loads(self.call("graph", *words, "--json", code=MET).stdout)

    def test_questions(self):
        file = self.write("shop.yaml", TWIN)
        impact = self.ask("impact", file, "clean")
        self.assertEqual(impact["affected"][0],
                         {"kind": "dataset", "name": "clean_orders", "label": "s3://lake/orders v2", "owner": "orders",
                          "steps": 1, "through": "clean"})
        self.assertEqual(impact["owners"], ["finance", "orders"])
        self.assertEqual(impact["contracts"], ["contracts/orders.yaml"])
        self.assertEqual(self.ask("critical", file)["paths"],
                         [{"pipeline": "nightly", "seconds": 2520,
                           "tasks": [{"name": "nightly.fetch", "begins_s": 0, "seconds": 600},
                                     {"name": "nightly.big", "begins_s": 600, "seconds": 1800},
                                     {"name": "nightly.publish", "begins_s": 2400, "seconds": 120}]}])
        self.assertEqual(self.ask("cycles", file), {"cycles": []})
        # The same of a label, of a kind and name, and after a change.
        self.assertEqual(self.ask("lineage", file, "s3://lake/orders v2"), self.ask("lineage", file, "clean_orders"))
        self.assertEqual(self.ask("impact", file, "dataset:raw"), self.ask("impact", file, "raw"))
        change = self.write("c.yaml", "understudy: 1\nchange: c\nedits: [{set: nightly.small.after, to: [big]}]\n")
        self.assertEqual(self.ask("critical", file, "--change", change)["paths"][0]["seconds"], 2580)
        shown = self.call("graph", "impact", file, "score").stdout.decode()
        self.assertIn("nothing depends on it", shown)
        self.assertIn("On the same workers or budgets: they may have to wait", shown)

    def test_mistakes(self):
        file = self.write("shop.yaml", TWIN)
        for words, message in [((), "graph needs a command"), (("impakt", file, "clean"), "did you mean 'graph impact'?"),
                               (("impact", file), "takes one name: of what?"), (("path", file, "raw"), "takes two names"),
                               (("impact", file, "cleen"), "nothing is called 'cleen'; did you mean 'clean'?"),
                               (("impact", file, "clean", "--as", "dot"), "unknown option"), (("cycles", file, "clean"), "too many words"),
                               (("export", file, "--as", "xml"), "not 'xml'"), (("impact",), "needs a scenario file")]:
            done = self.call("graph", *words, code=USAGE)
            self.assertIn(message, done.stderr.decode())
            self.assertEqual(done.stdout, b"")

    def test_exports(self):
        file = self.write("shop.yaml", TWIN)
        out = self.folder / "shop.ttl"
        self.call("graph", "export", file, "--out", out, code=MET)
        self.assertEqual(out.read_bytes(), self.call("graph", "export", file).stdout)
        for form in "ntriples", "jsonld", "graphml", "dot":
            self.assertIn(b"clean_orders", self.call("graph", "export", file, "--as", form, code=MET).stdout)

    def test_an_export_is_imported(self):
        file = self.write("shop.yaml", TWIN)
        self.call("graph", "export", file, "--out", "shop.ttl", code=MET)
        done = self.call("graph", "import", "shop.ttl", "--out", "again.yaml", code=MET)
        self.assertIn("1 pipeline runs once", done.stdout.decode())
        self.call("graph", "export", "again.yaml", "--out", "again.ttl", code=MET)
        self.assertEqual((self.folder / "again.ttl").read_bytes(), (self.folder / "shop.ttl").read_bytes())
        self.call("run", "again.yaml")
        # Onto what it came from there is nothing to change; a relation more is one edit, which can be rehearsed.
        self.call("graph", "import", "shop.ttl", "--onto", file, "--change", "none.yaml", code=MET)
        self.assertFalse((self.folder / "none.yaml").exists())
        more = self.write("more.ttl", (self.folder / "shop.ttl").read_text() +
                          "<urn:understudy:twin:shop/stage/score> us:runsOn <urn:understudy:twin:shop/pool/loader> .\n")
        answer = self.json_of(self.call("graph", "import", more, "--onto", file, "--change", "more.yaml", "--json", code=MET))
        self.assertEqual(answer["edits"], {"added": 0, "set": 1, "removed": 0})
        self.assertIn("score", [one["name"] for one in self.ask("impact", file, "loader", "--change", "more.yaml")["affected"]])

    def test_labels_with_quotes_backslashes_and_ends_of_lines(self):
        labels = ['a "b"\\ c\nd', '"\\n\n', '""\\"\\\n"', '\\"\n"', '"\\u0041\n\\"']
        datasets = "".join(f"    d{i}: {{label: {json.dumps(label)}}}\n" for i, label in enumerate(labels))
        file = self.write("odd.yaml", TWIN.replace("  datasets:\n", "  datasets:\n" + datasets))
        self.call("graph", "export", file, "--out", "odd.ttl", code=MET)
        self.call("graph", "import", "odd.ttl", "--out", "again.yaml", code=MET)
        self.call("graph", "export", "again.yaml", "--out", "again.ttl", code=MET)
        self.assertEqual((self.folder / "again.ttl").read_text(), (self.folder / "odd.ttl").read_text())

    def test_mistakes_of_imports(self):
        good = self.write("good.ttl", "<urn:a> <http://www.w3.org/ns/prov#used> <urn:b> .\n")
        bad = self.write("bad.ttl", "<urn:a> <urn:b> \n  oops:c .\n")
        other = self.write("other.ttl", "<urn:a> <urn:b> <urn:c> .\n")
        mapping = self.write("m.yaml", "classes: {ex:A: task}\n")
        twin = self.write("shop.yaml", TWIN)
        for words, message in [
                ((), "needs files"), ((bad,), "bad.ttl:2:9: error: the prefix 'oops:' is not declared"),
                (("no.ttl",), "no.ttl"), ((other,), "of 1 statements of which 0 are understood"),
                ((good, "--mapping", mapping), "m.yaml:1:11: error: the prefix 'ex:' is not declared"),
                ((good, "--mapping", "no.yaml"), "no.yaml"), ((good, "--change", "c.yaml"), "--change needs --onto"),
                ((good, "--onto", twin, "--out", "o.yaml"), "give --change instead of --out"),
                ((good, "--out", good), "good.ttl"), ((good, "--out", mapping, "--mapping", mapping), "m.yaml")]:
            with self.subTest(words=words):
                done = self.call("graph", "import", *words, code=USAGE)
                self.assertIn(message, done.stderr.decode())
                self.assertEqual(done.stdout, b"")
        self.assertFalse((self.folder / "o.yaml").exists())

    def kept(self):
        """Three versions of a twin in a store."""
        os.environ.pop("UNDERSTUDY_STORE", None)
        file = self.write("shop.yaml", TWIN)
        more = self.write("more.yaml", TWIN.replace("workers: 4", "workers: 6"))
        for word, name, base, author, hour, reason in [
                ("create", file, (), "ana@example", 5, "As it runs"), ("update", more, ("--base", "orders@1"), "bo@example", 6, "Nights are late"),
                ("update", file, ("--base", "orders@2"), "ana@example", 7, "It cost too much")]:
            self.call("twin", word, "orders", name, *base, "--reason", reason, "--author", author,
                      "--time", f"2026-03-09T0{hour}:00:00Z", code=MET)
        return file

    def test_versions_of_a_kept_twin(self):
        file = self.kept()
        plain = self.call("graph", "export", file).stdout
        self.assertNotIn(b"Version", plain)
        lineage = self.ask("lineage", "orders@latest", "orders@3")
        self.assertEqual(lineage["of"], {"kind": "version", "name": "orders@3", "owner": "ana@example",
                                         "time": "2026-03-09T07:00:00Z", "reason": "It cost too much"})
        self.assertEqual([(one["name"], one["steps"], one["owner"], one["reason"]) for one in lineage["sources"]],
                         [("orders@2", 1, "bo@example", "Nights are late"), ("orders@1", 2, "ana@example", "As it runs")])
        self.assertEqual([one["name"] for one in self.ask("impact", "orders@3", "orders@1")["affected"]], ["orders@2", "orders@3"])
        self.assertIn("orders@2", self.call("graph", "impact", "orders@2", "twin:orders", code=MET).stdout.decode())
        # Those that came later are not in the graph of an earlier one, which stays as it is.
        self.assertIn("nothing is called 'orders@3'", self.call("graph", "lineage", "orders@2", "orders@3", code=USAGE).stderr.decode())
        # A scenario of its own that takes the twin of a version comes from it.
        rush = self.write("rush.yaml", "understudy: 1\nscenario: rush\ntwin: orders@2\nload: {clicks: {arrivals: poisson(9/s)}}\nrun: {length: 8h}\n")
        self.assertEqual([one["name"] for one in self.ask("lineage", rush, "orders@2")["sources"]], ["orders@1"])
        for form in "turtle", "ntriples", "jsonld", "graphml", "dot":
            text = self.call("graph", "export", "orders@2", "--as", form, code=MET).stdout
            for word in b"orders@1", b"orders@2", b"bo@example":
                self.assertIn(word, text)
            if form != "dot":
                self.assertIn(b"Nights are late", text)
        self.call("graph", "export", "orders@3", "--out", "kept.ttl", code=MET)
        answer = self.json_of(self.call("graph", "import", "kept.ttl", "--out", "again.yaml", "--json", code=MET))
        self.assertEqual(answer["not_used"], [])
        self.assertEqual(answer["versions"][1], {"version": "orders@2", "twin": "orders", "author": "bo@example",
                                                 "time": "2026-03-09T06:00:00Z", "reason": "Nights are late"})
        self.assertEqual([one["version"] for one in answer["versions"]], ["orders@1", "orders@2", "orders@3"])
        self.assertIn("# It was orders@3, by ana@example 2026-03-09T07:00:00Z: It cost too much\n", (self.folder / "again.yaml").read_text())
        self.assertIn("was:\n  orders@3, by ana@example", self.call("graph", "import", "kept.ttl").stdout.decode())
        self.assertEqual(self.call("graph", "export", "again.yaml").stdout, plain)

    def ask_sparql(self, file, media, queries):
        """Rows of an independent engine for each query; skips where it is not there."""
        sparql = SOURCES / "tests" / "sparql"
        if shutil.which("node") is None or not (sparql / "node_modules" / "oxigraph").exists():
            self.skipTest("node and oxigraph are not there: npm ci --prefix tests/sparql")
        done = subprocess.run(["node", str(sparql / "ask.mjs"), str(file), media], capture_output=True, text=True,
                              input=json.dumps([PREFIXES + query for query in queries]), check=True)
        return json.loads(done.stdout)

    def test_a_sparql_engine_knows_the_versions(self):
        self.kept()
        for form, media in ("turtle", "text/turtle"), ("ntriples", "application/n-triples"):
            out = self.folder / f"kept.{form}"
            self.call("graph", "export", "orders@3", "--as", form, "--out", out, code=MET)
            earlier, changes, whole = self.ask_sparql(out, media, [
                """SELECT ?name WHERE { ?last a us:Version ; dct:identifier "orders@3" ; dct:isVersionOf/dct:identifier "orders" ;
                   prov:wasRevisionOf+/dct:identifier ?name }""",
                """SELECT ?name ?who ?when ?why WHERE { ?version prov:wasGeneratedBy ?change ; dct:identifier ?name .
                   ?change a prov:Activity ; prov:wasAssociatedWith/dct:identifier ?who ; prov:endedAtTime ?when ;
                   dct:description ?why } ORDER BY ?name""",
                """SELECT ?name WHERE { ?twin a us:Twin ; prov:wasDerivedFrom/dct:identifier ?name }"""])
            lineage = self.ask("lineage", "orders@3", "orders@3")
            self.assertEqual(sorted(row[0] for row in earlier), sorted(one["name"] for one in lineage["sources"]))
            told = [[one["name"], one["owner"], one["time"], one["reason"]] for one in [lineage["of"], *lineage["sources"]]]
            self.assertEqual(changes, sorted(told))
            self.assertEqual(whole, [["orders@3"]])

    def test_a_sparql_engine_gives_the_same_answers(self):
        file = self.write("shop.yaml", TWIN)
        names = lambda things: sorted(thing["name"] for thing in things)

        def reached(start):
            # A pipeline that is reached through one late task is not all of its tasks.
            return f"""SELECT DISTINCT ?thing ?name WHERE {{ ?start dct:identifier "{start}" . ?start {ONWARD}+ ?thing .
                       ?thing dct:identifier ?name }}"""

        questions = [
            (reached("clean"), names(self.ask("impact", file, "clean")["affected"])),
            (reached("ingest"), names(self.ask("impact", file, "ingest")["affected"])),
            (reached("nightly.fetch"), names(self.ask("impact", file, "nightly.fetch")["affected"])),
            ("""SELECT DISTINCT ?thing ?name WHERE { ?end dct:identifier "report" .
                ?end (^us:produces|us:consumes|us:follows|us:triggeredBy)+ ?thing . ?thing dct:identifier ?name }""",
             names(self.ask("lineage", file, "report")["sources"])),
            ("""SELECT DISTINCT ?thing ?name WHERE { ?end dct:identifier "report" .
                ?end (prov:wasGeneratedBy|prov:used|prov:wasInformedBy)+ ?thing . ?thing dct:identifier ?name }""",
             names(self.ask("lineage", file, "report")["sources"])),
            (f"""SELECT DISTINCT ?owner WHERE {{ ?start dct:identifier "raw" . ?start {ONWARD}* ?thing .
                 ?thing us:ownedBy/dct:identifier ?owner }}""", self.ask("impact", file, "raw")["owners"]),
            (f"""SELECT DISTINCT ?contract WHERE {{ ?start dct:identifier "raw" . ?start {ONWARD}* ?thing .
                 ?thing dct:conformsTo/dct:identifier ?contract }}""", self.ask("impact", file, "raw")["contracts"]),
            (f"""SELECT DISTINCT ?promise WHERE {{ ?start dct:identifier "raw" . ?start {ONWARD}* ?thing .
                 ?p us:promisedOf ?thing ; dct:identifier ?promise }}""", self.ask("impact", file, "raw")["promises"]),
            ("""SELECT DISTINCT ?other WHERE { ?score dct:identifier "score" ; us:runsOn ?pool . ?o us:runsOn ?pool ;
                dct:identifier ?other . FILTER(?o != ?score) }""", names(self.ask("impact", file, "score")["competing"])),
            ("""SELECT ?name WHERE { ?set a dcat:Dataset ; rdfs:label "s3://lake/orders v2" ; dct:identifier ?name }""",
             [self.ask("impact", file, "s3://lake/orders v2")["of"]["name"]]),
            ("""SELECT ?thing WHERE { ?s (us:produces|^us:consumes)+ ?s ; dct:identifier ?thing }""",
             self.ask("cycles", file)["cycles"]),
            # Data products: what comes into the twin and leaves it, by datasets and by ports; a pipeline and who answers for it.
            ("""SELECT ?name WHERE { ?twin a us:Twin, dprod:DataProduct ; dprod:inputDataset/dct:identifier ?name }""",
             ["clicks"]),
            ("""SELECT ?name WHERE { ?twin a us:Twin ; dprod:outputPort ?port . ?port a dcat:DataService ;
                dcat:servesDataset/dct:identifier ?name }""", ["big_table", "clean_orders", "report"]),
            ("""SELECT ?name WHERE { ?product a dprod:DataProduct, us:Pipeline ; dct:identifier "nightly" ;
                dprod:inputPort/dcat:servesDataset/dct:identifier ?name }""", ["clean_orders"]),
            ("""SELECT ?name WHERE { ?product a us:Pipeline ; dprod:dataProductOwner/dct:identifier ?name }""",
             ["finance"]),
        ]
        for form, media in ("turtle", "text/turtle"), ("ntriples", "application/n-triples"):
            out = self.folder / f"shop.{form}"
            self.call("graph", "export", file, "--as", form, "--out", out, code=MET)
            answers = self.ask_sparql(out, media, [query for query, _ in questions])
            for (query, expected), rows in zip(questions, answers):
                with self.subTest(form=form, query=query):
                    self.assertEqual(sorted(row[-1] for row in rows), sorted(expected))


if __name__ == "__main__":
    main()
