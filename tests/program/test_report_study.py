"""Promised: the answer of a study of any method, kept with --out, is printed again by `report --text` as the verb printed it, and
drawn by `report` as one page that asks for nothing; whoever found it, and in whatever parts. What is damaged is refused.
Shown: the program on one small study of each method; the pages as XML.
"""

import json
import re
import unittest
import xml.etree.ElementTree

from program import MET, USAGE, ProgramTest, main

try:
    import h5py
except ImportError:
    h5py = None

BASE = """understudy: 1
scenario: shop
twin:
  stages:
    server: {reads: jobs, workers: 3, cost: 2EUR/h, service: lognormal(mean 1s cv 1.5)}
load: {jobs: {arrivals: poisson(1.5/s)}}
run: {length: 10min, warm_up: 1min, replications: 4, seed: 7}
objectives: [p(90) wait(server) < 3s]
"""
SEARCH = "method: cheapest\nminimise: rate cost()\nsubject_to: [all objectives]\nvary: {server.workers: 2..9}\n"
DEMAND = SEARCH + "demand: {low: {load: 0.6x, chance: 40%}, high: {load: 1.6x, chance: 60%}}\n"
GROWTH = "growth: {rate: 5% per month, start: 2026-06-01, until: 2027-06-01}\n"
MEASURES = "measures: [p(90) wait(server), avg utilisation(server)]\n"

# By name: the verb, the study besides its first keys, and what its page says.
STUDIES = {
    "cheapest": ("capacity", SEARCH, ["Against cost", "the answer", "whatever is cheaper has no more", "limit 3 s"]),
    "broken": ("capacity", SEARCH.replace("2..9", "1..2"), ["no setting has more than one of these"]),
    "growth": ("capacity", SEARCH + GROWTH, ["The plan over time", "2027-06-01 at least", "as a multiple of what it is"]),
    "demand": ("capacity", DEMAND, ["Regret of each choice", "least regret", "no price", "broken"]),
    "penalty": ("capacity", DEMAND + "penalty: 7EUR/h\n", ["Where promises are broken, 7 EUR/h besides", "expected cost"]),
    "frontier": ("capacity", "method: frontier\nminimise: rate cost()\nvary: {server.workers: 2..5, server.order: [fifo, lifo]}\n" + MEASURES,
                 ["on the frontier", "beaten by server.workers"]),
    "grid": ("capacity", "method: grid\nvary: {server.workers: 2..5}\n" + MEASURES, ["avg utilisation(server)", "By what varies"]),
    "cells": ("capacity", "method: grid\nvary: {server.workers: 2..5, server.service: [0.50x, 0.75x, 1x, 3x]}\n" + MEASURES,
              ["class=\"cells\"", ">0.50x<", "overloaded"]),
    "panels": ("capacity", "method: grid\nvary: {server.workers: 2..4, server.order: [fifo, lifo], jobs.arrivals: [poisson(1/s), poisson(1.4/s)]}\n"
               + MEASURES, ["jobs.arrivals poisson(1/s)", "jobs.arrivals poisson(1.4/s)"]),
    "latin": ("capacity", "method: latin\nvary: {server.workers: 2..6, server.service.mean: 0.5s..1s}\nbudget: {replications: 24}\n",
              ["a dot is a setting"]),
    "one_at_a_time": ("sensitivity", "method: one_at_a_time\nvary: {server.workers: 2..7, server.order: [lifo, fifo], server.service: [0.5x, 2x]}\n"
                      + MEASURES, ["Less the base", "for each one of it", "by server.workers"]),
    "morris": ("sensitivity", "method: morris\nvary: {server.workers: 3..6, server.service.mean: 0.5s..1s}\nbudget: {replications: 60}\n",
               ["Effect over its range", "bends or joins"]),
    "sobol": ("sensitivity", "method: sobol\nvary: {server.workers: 3..6, server.service.mean: 0.5s..1s}\nbudget: {replications: 320}\n",
              ["with others", "of what replications differ"]),
}


class ReportStudy(ProgramTest):
    def setUp(self):
        super().setUp()
        self.write("shop.yaml", BASE)
        # Of which formulas know all, so that its plan goes to the end.
        self.write("desk.yaml", BASE.replace("lognormal(mean 1s cv 1.5)", "exponential(mean 1s)"))
        for name, (_, text, _) in STUDIES.items():
            base = "desk.yaml" if name == "growth" else "shop.yaml"
            self.write(f"{name}.yaml", f"understudy: 1\nstudy: {name}\nbase: {base}\n" + text)

    def test_the_table_is_printed_again_and_a_page_drawn(self):
        for name, (verb, _, parts) in STUDIES.items():
            with self.subTest(name=name):
                printed = self.call(verb, f"{name}.yaml", "--out", f"{name}.h5", code=None).stdout
                self.assertIn(f"{name}: ".encode(), printed)
                self.assertEqual(self.call("report", f"{name}.h5", "--text", code=MET).stdout, printed)
                self.assertEqual(self.call("report", f"{name}.h5", "--json", code=MET).stdout,
                                 self.call(verb, f"{name}.yaml", "--json", code=None).stdout)
                self.assertEqual(self.call("report", f"{name}.h5", code=MET).stdout.decode(), f"wrote {name}.html\n")
                self.call("report", f"{name}.h5", "--out", "again.html", code=MET)
                page = (self.folder / f"{name}.html").read_text()
                self.assertEqual((self.folder / "again.html").read_text(), page)
                self.look_at(page)
                for part in parts:
                    self.assertTrue(part in page, part)

    def look_at(self, page):
        self.assertLess(len(page), 200_000)
        for loaded in ("<script", "src=", "<link", "@import", "url(", "http"):
            self.assertFalse(loaded in page, loaded)
        drawings = re.findall(r"<svg class=\"curves\".*?</svg>", page, re.DOTALL)
        self.assertTrue(drawings or 'class="cells"' in page)
        for drawing in drawings:
            self.assertNotRegex(drawing, r"[\",]-?(nan|inf)")
            root = xml.etree.ElementTree.fromstring(drawing)
            self.assertTrue(root.get("aria-label"))
            _, _, width, height = (float(one) for one in root.get("viewBox").split())
            for element in root.iter():
                for names, most in ((("x", "x1", "x2", "cx"), width), (("y", "y1", "y2", "cy"), height)):
                    for attribute in names:
                        if element.get(attribute) is not None:
                            self.assertTrue(-1 <= float(element.get(attribute)) <= most + 1,
                                            (attribute, element.attrib, root.get("aria-label")))
        for target in re.findall(r'href="#([^"]*)"', page):
            self.assertEqual(page.count(f'id="{target}"'), 1)

    def test_parts_and_an_open_answer_have_pages_as_well(self):
        printed = self.call("capacity", "grid.yaml", code=MET).stdout
        for part in (1, 2):
            self.call("capacity", "grid.yaml", "--out", "m.h5", "--shard", f"{part}/2", code=MET)
        self.call("merge", "grid.yaml", "m.h5.1-of-2.ledger", "m.h5.2-of-2.ledger", "--out", "m.h5", code=MET)
        self.assertEqual(self.call("report", "m.h5", "--text", code=MET).stdout, printed)
        self.write("open.yaml", (self.folder / "cheapest.yaml").read_text() + "budget: {replications: 6}\n")
        printed = self.call("capacity", "open.yaml", "--out", "open.h5", code=4).stdout
        self.assertEqual(self.call("report", "open.h5", "--text", code=MET).stdout, printed)
        self.call("report", "open.h5", code=MET)
        self.look_at((self.folder / "open.html").read_text())

    @unittest.skipIf(h5py is None, "python3-h5py is not installed")
    def test_what_is_damaged_is_refused(self):
        self.call("capacity", "grid.yaml", "--out", "g.h5", code=MET)
        whole = (self.folder / "g.h5").read_bytes()
        document = json.loads(self.call("report", "g.h5", "--json", code=MET).stdout)
        for alter, said in ((lambda d: d.pop("vary"), "has no 'vary'"), (lambda d: d["settings"][0]["values"].clear(), "server.workers"),
                            (lambda d: d["settings"][1]["measures"].pop(), "have not all the same measures"),
                            (lambda d: d.update(method="morris"), "it is of another method than 'grid'")):
            altered = json.loads(json.dumps(document))
            alter(altered)
            (self.folder / "altered.h5").write_bytes(whole)
            with h5py.File(self.folder / "altered.h5", "a") as file:
                file.attrs["answer"] = json.dumps(altered)
            for how in ([], ["--text"]):
                error = self.call("report", "altered.h5", *how, code=USAGE).stderr.decode()
                self.assertIn("altered.h5: is a damaged result file: its answer is none to a study of method grid: ", error)
                self.assertIn(said, error)
            self.assertFalse((self.folder / "altered.html").exists())


if __name__ == "__main__":
    main()
