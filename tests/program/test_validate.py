"""Promised: `validate --json` says of each file what `validate` says in lines: each problem with its place, in one document
that fits its schema; whatever a file is, the others are still looked at. Shown: by files of each kind, right and wrong,
against the lines.
"""

import json
import unittest

from program import USAGE, MET, ProgramTest, SMALL, main


class Validate(ProgramTest):
    def rows(self, *words, code):
        document = self.json_of(self.call("validate", *words, "--json", code=code))
        self.assertEqual(document["ok"], code == MET)
        return document["files"]

    @staticmethod
    def line(problem):
        hint = "; " + problem["hint"] if "hint" in problem else ""
        return f"{problem['place']}: {problem['severity']}: {problem['message']}{hint}"

    def test_a_right_file(self):
        scenario = self.write("s.yaml", SMALL)
        (row,) = self.rows(scenario, code=MET)
        self.assertEqual((row["file"], row["kind"], row["ok"]), (str(scenario), "scenario", True))
        lines = self.call("validate", scenario, code=MET).stdout.decode()
        self.assertEqual(lines, f"{scenario}: ok: {row['summary']}\n")

    def test_problems_are_the_lines(self):
        wrong = self.write("wrong.yaml", SMALL.replace("workers: 3", "worker: 3").replace("length: 8h", "length: 8 parsecs"))
        change = self.write("change.yaml", "understudy: 1\nchange: c\nkind: capacity\nbase: s.yaml\nedits: [{set: crow.workers, to: 5}]\n")
        study = self.write("study.yaml", "understudy: 1\nstudy: s\nbase: s.yaml\nmethod: grid\nvary: {crow.workers: 1..3}\n")
        self.write("s.yaml", SMALL)
        for file in wrong, change, study:
            (row,) = self.rows(file, code=USAGE)
            self.assertNotIn("summary", row)
            said = self.call("validate", file, code=USAGE).stderr.decode().splitlines()
            self.assertTrue(said)
            shown = [self.line(problem) for problem in row["problems"]]
            self.assertEqual(shown, said)
        (row,) = self.rows(wrong, code=USAGE)
        first = row["problems"][0]
        self.assertEqual((first["file"], first["line"], first["column"]), (str(wrong), 4, 11))

    def test_a_base_that_is_not_there_has_its_place(self):
        study = self.write("study.yaml", "understudy: 1\nstudy: s\nbase: nowhere.yaml\nmethod: grid\nvary: {crew.workers: 1..3}\n")
        (row,) = self.rows(study, code=USAGE)
        (problem,) = row["problems"]
        self.assertEqual((problem["file"], problem["line"], problem["column"]), (str(study), 3, 7))
        self.assertIn("nowhere.yaml: no such file", problem["message"])

    def test_what_is_set_has_no_line(self):
        scenario = self.write("s.yaml", SMALL)
        (row,) = self.rows(scenario, "--set", "crew.worker=3", code=USAGE)
        (problem,) = row["problems"]
        self.assertEqual(problem["place"], "--set crew.worker=3")
        self.assertNotIn("line", problem)

    def test_others_are_looked_at_all_the_same(self):
        scenario = self.write("s.yaml", SMALL)
        rows = self.rows("nowhere.yaml", self.write("t.txt", "hello\n"), scenario, code=USAGE)
        self.assertEqual([row["ok"] for row in rows], [False, False, True])
        self.assertEqual(rows[0]["kind"], "")
        self.assertIn("nowhere.yaml", self.line(rows[0]["problems"][0]))


main()
