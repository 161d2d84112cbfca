"""Promised: a twin that is saved is called after its log and runs; a graph beside a ninja log is found and named; columns
of a table say their units. Shown: through the program.
"""

import gzip
import unittest

from program import MET, USAGE, ProgramTest, main


class Twins(ProgramTest):
    def test_a_saved_twin_is_called_after_its_log(self):
        log = "id,start,end\na,0,10\nb,10,20\n"
        for name, twin in (("nightly.csv", "nightly"), ("trace-2024 03.tar.csv", "trace-2024_03"), ("2024.csv", "log_2024"),
                           (".hidden.csv", "hidden"), ("run.csv", "run_log"), ("no.csv", "no_log"), ("é.csv", "log_")):
            with self.subTest(name=name):
                self.call("replay", self.write(name, log), "--save-twin", "twin.yaml", code=MET)
                self.assertIn(f"\nscenario: {twin}\n", (self.folder / "twin.yaml").read_text())
                self.call("run", "twin.yaml", code=MET)

    def test_a_changed_twin_too(self):
        log = self.write("nightly.csv.gz", gzip.compress(b"id,start,end\na,0,10\nb,0,20\n"))
        self.call("replay", log, "--set", "cluster.workers=1", "--save-twin", "twin.yaml", code=MET)
        self.assertIn("\nscenario: nightly\n", (self.folder / "twin.yaml").read_text())


class Ninja(ProgramTest):
    def test_a_graph_beside_the_log_is_found(self):
        self.write("build.graph", 'digraph ninja {\n"1" [label="a.o"]\n"2" [label="app"]\n"1" -> "2" [label=" link"]\n}\n')
        log = self.write(".ninja_log", "# ninja log v5\n0\t5000\t0\ta.o\tx\n5000\t9000\t0\tapp\ty\n")
        done = self.call("replay", log, code=MET).stdout.decode()
        self.assertIn("submissions inferred", done)
        self.assertIn("build.graph", done)


class Tables(ProgramTest):
    def test_memory_is_read_in_the_unit_of_its_column(self):
        log = self.write("jobs.csv", "job,host,begin_s,end_s,ram_gb\na,n1,0,10,2\nb,n1,10,20,4\nbad,n1\n")
        result = self.json_of(self.call("replay", log, "--json", code=MET))
        self.assertEqual((result["tasks"]["matched"], result["tasks"]["left_out"]), (2, 1))
        self.assertTrue(any("4096 MiB" in text for text in result["assumed"]), result["assumed"])
        self.assertIn("2 tasks matched, 1 left out", self.call("replay", log, code=MET).stdout.decode())

    def test_a_log_that_is_cut_is_not_called_empty(self):
        data = gzip.compress(b"id,start,end\na,0,10\n")
        said = self.call("replay", self.write("cut.csv.gz", data[:12]), code=USAGE).stderr.decode()
        self.assertIn("is cut", said)
        self.assertNotIn("empty", said)


if __name__ == "__main__":
    main()
