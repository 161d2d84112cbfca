"""Promised: a twin that is saved is called after its log and runs; a graph beside a ninja log is found and named; columns
of a table say their units; what cannot be heeded is refused. Shown: through the program.
"""

import gzip
import unittest

from program import MET, USAGE, ProgramTest, main, mm1


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


    def test_names_of_a_log_that_no_scenario_may_hold_are_cleaned(self):
        for command, text in (
                (("replay", "--save-twin"), "id,name,workflow,start,end\na,run $(cluster)\x7f,$(dag),0,10\nb,$(,$(dag),10,20\n"),
                (("import", "--out"), "case_id,activity,start_time,end_time\n" + "".join(
                    f"{i},run $(cluster)\x7f,2026-03-09T10:{i:02}:00,2026-03-09T10:{i:02}:30\n" for i in range(20)))):
            with self.subTest(command=command[0]):
                self.call(command[0], self.write("log.csv", text), command[1], "twin.yaml", code=MET)
                self.assertIn("label: run $ (cluster)", (self.folder / "twin.yaml").read_text())
                self.call("validate", "twin.yaml", code=MET)

    def test_odd_durations_have_a_unit_that_people_use(self):
        self.call("replay", self.write("odd.csv", "id,submitted_ns,started_ns,completed_ns\na,1,1,882308037\nb,19901308036,19901308036,29901308036\n"),
                  "--submissions", "recorded", "--save-twin", "twin.yaml", code=MET)
        twin = (self.folder / "twin.yaml").read_text()
        self.assertIn("service: 882.308036ms", twin)
        self.assertIn("not_before: 19.901308035s", twin)
        self.call("run", "twin.yaml", code=MET)


class Refused(ProgramTest):
    """What cannot be heeded is refused by name, and never ignored."""

    TABLE = "id,started_s,completed_s\na,0,10\nb,10,20\n"
    INSTANCE = """{"name": "w", "workflow": {"specification": {"tasks": [{"name": "a", "id": "a", "parents": [], "children": []}]},
"execution": {"makespanInSeconds": 5, "tasks": [{"id": "a", "runtimeInSeconds": 5}]}}}"""

    def refused(self, *words):
        done = self.call("replay", *words, code=USAGE)
        self.assertEqual(done.stdout, b"")
        return done.stderr.decode()

    def test_options_that_a_result_of_ours_does_not_take(self):
        self.call("run", self.write("s.yaml", mm1(length="1h", replications=1)), "--out", "r.h5", "--trace")
        for words in (["--set", "server.workers=2"], ["--save-twin", "twin.yaml"], ["--submissions", "recorded"],
                      ["--dag", "no-such-file"], ["--columns", "no-such-file"]):
            with self.subTest(words=words):
                self.assertIn(words[0] + " ", self.refused("r.h5", *words))

    def test_a_graph_for_logs_that_take_none(self):
        for name, text in ("t.csv", self.TABLE), ("w.json", self.INSTANCE):
            with self.subTest(name=name):
                self.assertIn("--dag", self.refused(self.write(name, text), "--dag", "no-such-file"))
        self.assertNotIn("--dag", self.call("replay", "t.csv", code=MET).stdout.decode())

    def test_a_graph_of_another_workflow(self):
        self.write("dag.dot", 'digraph g {\np0 [label="OTHER"];\np1 [label="MORE"];\np0 -> p1;\n}\n')
        log = self.write("trace.csv", "task_id,process,tag,name,status,submit,start,complete,realtime\n"
                         "1,A,x,A (x),COMPLETED,1000,2000,3000,1000\n2,B,x,B (x),COMPLETED,3000,4000,5000,1000\n")
        self.assertIn("draws 0 of 2 processes", self.refused(log, "--dag", "dag.dot"))
        self.write("build.graph", 'digraph ninja {\n"1" [label="x.o"]\n"2" [label="y"]\n"1" -> "2" [label=" link"]\n}\n')
        log = self.write(".ninja_log", "# ninja log v5\n0\t5000\t0\ta.o\tx\n5000\t9000\t0\tapp\ty\n")
        self.assertIn("draws 0 of 2 tasks", self.refused(log, "--dag", "build.graph"))

    def test_submissions_that_the_log_cannot_give(self):
        self.assertIn("--submissions inferred", self.refused(self.write("t.csv", self.TABLE), "--submissions", "inferred"))
        self.assertIn("--submissions recorded",
                      self.refused(self.write("w.json", self.INSTANCE), "--submissions", "recorded"))

    def test_parents_in_a_circle(self):
        log = self.write("cyc.csv", "job,start_ms,end_ms,depends_on\na,0,1000,\ng,1000,6000,h\nh,1000,6000,g\n")
        self.assertIn("form a cycle that holds back task `g`", self.refused(log, "--save-twin", "twin.yaml"))
        self.assertFalse((self.folder / "twin.yaml").exists())

    def test_nothing_inferred_is_not_said_to_be(self):
        result = self.json_of(self.call("replay", self.write("d.csv", "id,duration\na,10\nb,20\n"), "--json", code=MET))
        self.assertFalse([text for text in result["assumed"] if "inferred" in text], result["assumed"])


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
