"""Promised: replaying the trace of one of our own runs gives the same bytes of metrics; run, export as Nextflow trace or
as CSV, and replay of the export agree to the format's resolution. Shown: with scenarios of both systems; the exported
ones are pipelines whose tasks have constants and needs, so that the recorded end can be compared.
"""

import json
import unittest

from program import MET, SOURCES, ProgramTest, SMALL, main

# One run of a DAG on two nodes: 2 ms is what rounding each of submit, start and complete may add up to on its path.
DAG = """understudy: 1
scenario: dag
twin:
  pools: {cluster: {workers: 2, cores: 4, memory: 16GiB}}
  pipelines:
    flow:
      schedule: once
      defaults: {runs_on: {cluster: {cores: 2, memory: 4GiB}}}
      tasks:
        fetch: {service: lognormal(mean 60s cv 0.5)}
        align: {after: fetch, expand: 6, service: lognormal(mean 300s cv 0.5)}
        index: {after: fetch, service: lognormal(mean 100s cv 0.3)}
        merge: {after: [align, index], runs_on: {cluster: {cores: 4}}, service: exponential(mean 120s)}
        report: {after: merge, service: 10s}
run: {until: empty, replications: 1, seed: 3}
measures: [avg latency(flow), avg wait(flow.align)]
"""

# Many tasks that wait for cores and memory, fail and are repeated: what they take has to be in the export.
CROWDED = """understudy: 1
scenario: crowded
twin:
  pools: {cluster: {workers: 3, cores: 4, memory: 16GiB}}
  pipelines:
    flow:
      schedule: once
      tasks:
        fetch: {expand: 24, runs_on: {cluster: {cores: 2, memory: 3GiB}}, service: lognormal(mean 3min cv 0.3),
                failure: 20%, retry: {times: 9, backoff: 10s}}
        align: {after: fetch, expand: 24, runs_on: {cluster: {cores: 3, memory: 5GiB}},
                service: lognormal(mean 10min cv 0.5)}
        report: {after: align, runs_on: {cluster: {cores: 1}}, service: 2min}
run: {until: empty, replications: 1, seed: 7}
"""
# The same work by two pools at once, one with cores and one that only counts workers.
POOLS = CROWDED.replace("  pipelines:", "    crew: {workers: 2}\n  pipelines:").replace(
    "  pools: {cluster: {workers: 3, cores: 4, memory: 16GiB}}\n", "  pools:\n    cluster: {workers: 3, cores: 4, memory: 16GiB}\n"
).replace("        report:", "        check: {after: fetch, expand: 24, runs_on: crew, service: exponential(mean 4min)}\n        report:"
).replace("report: {after: align,", "report: {after: [align, check],")

# Units of a pool without machines, several for one task.
UNITS = """understudy: 1
scenario: units
twin:
  pools: {crew: {workers: 4}}
  pipelines:
    flow:
      schedule: once
      tasks:
        heavy: {expand: 20, runs_on: {crew: 3}, service: exponential(mean 3min)}
        light: {expand: 30, runs_on: crew, service: exponential(mean 5min)}
run: {until: empty, replications: 1, seed: 7}
"""


class Parity(ProgramTest):
    def metrics(self, document):
        return json.dumps({key: document[key] for key in ("objectives", "metrics", "no_data", "verdict", "fingerprint")})

    def check_replay(self, scenario, *words):
        run = self.call("run", scenario, "--json", "--out", "r.h5", "--trace", "all", *words)
        self.assertIn(run.returncode, (0, 3, 4))
        replay = self.call("replay", "r.h5", "--json", "--out", "again.h5", code=MET)
        said = replay.stderr.decode().strip().splitlines()[-1].split()
        self.assertEqual(said[0], said[2], replay.stderr.decode())
        self.assertGreater(int(said[0]), 0)
        one, two = self.json_of(run), self.json_of(replay)
        self.assertEqual(self.metrics(one), self.metrics(two))
        self.assertEqual([w for w in two["warnings"] if "not in the recording" in w], [])

    def test_both_systems(self):
        self.check_replay(self.write("s.yaml", SMALL))

    def test_a_dag(self):
        self.check_replay(self.write("s.yaml", DAG))

    def test_the_shipped_pipeline_scenario(self):
        self.check_replay(SOURCES / "scenarios" / "orders-nightly" / "scenario.yaml", "--replications", 2)

    def test_one_traced_of_several(self):
        self.call("run", self.write("s.yaml", SMALL), "--out", "r.h5", "--trace")
        self.assertIn(b"bit for bit", self.call("replay", "r.h5", code=MET).stderr)

    def exported(self, form, name):
        self.document = self.json_of(self.call("run", self.write("s.yaml", DAG), "--json", "--out", "r.h5", "--trace"))
        self.call("trace", "r.h5", "--format", form, "--out", name, code=MET)
        self.makespan = {m["name"]: m["estimate"] for m in self.document["metrics"]}["avg latency(flow)"]

    def test_nextflow_export_in_the_open_loop(self):
        self.exported("nextflow", "trace.csv")
        result = self.json_of(self.call("replay", "trace.csv", "--json", "--submissions", "recorded", code=MET))
        self.assertEqual(result["format"], "nextflow")
        self.assertEqual(result["tasks"]["matched"], 10)
        self.assertEqual(result["tasks"]["left_out"], 0)
        self.assertAlmostEqual(result["makespan"]["recorded_s"], self.makespan, delta=0.002)
        self.assertAlmostEqual(result["makespan"]["simulated_s"], self.makespan, delta=0.010)
        self.assertLessEqual(result["tasks"]["start_error_s"]["p90"], 0.005)
        self.assertLessEqual(result["tasks"]["end_error_s"]["p90"], 0.005)

    def test_csv_export(self):
        self.exported("csv", "trace.csv")
        result = self.json_of(self.call("replay", "trace.csv", "--json", code=MET))
        self.assertEqual(result["tasks"]["matched"], 10)
        self.assertAlmostEqual(result["makespan"]["recorded_s"], self.makespan, delta=0.002)
        self.assertAlmostEqual(result["makespan"]["simulated_s"], self.makespan, delta=0.010)

    def agrees(self, scenario, form, submissions, seconds):
        """Run, export, replay: whatever the loop, it ends when the run ended."""
        self.call("run", self.write("s.yaml", scenario), "--out", "r.h5", "--trace", code=MET)
        self.call("trace", "r.h5", "--format", form, "--out", "trace.csv", code=MET)
        words = ["--submissions", submissions] if submissions else []
        result = self.json_of(self.call("replay", "trace.csv", "--json", *words, code=MET))
        self.assertGreater(result["tasks"]["matched"], 30)
        self.assertEqual(result["tasks"]["left_out"], 0)
        self.assertAlmostEqual(result["makespan"]["simulated_s"], result["makespan"]["recorded_s"], delta=seconds)
        self.assertLessEqual(result["tasks"]["end_error_s"]["p90"], seconds)
        self.assertFalse([text for text in result["assumed"] if "one task after the other" in text], result["assumed"])
        return result

    def test_tasks_that_wait_for_cores_agree_in_both_forms(self):
        for form, seconds in (("csv", 1e-6), ("nextflow", 0.1)):
            for submissions in "recorded", None:
                with self.subTest(form=form, submissions=submissions):
                    result = self.agrees(CROWDED, form, submissions, seconds)
                    self.assertTrue(any("3 equal nodes of 4 cores" in text for text in result["assumed"]), result)

    def test_each_pool_is_a_pool_again(self):
        for form, seconds in (("csv", 1e-6), ("nextflow", 0.1)):
            with self.subTest(form=form):
                result = self.agrees(POOLS, form, "recorded", seconds)
                self.assertIn("each queue of the log is a pool of its own: cluster, crew", result["assumed"])
                self.assertIn("crew: one machine that does 2 tasks at once: the most that was seen", result["assumed"])
                self.call("replay", "trace.csv", "--set", "crew.workers=1", "--set", "cluster.workers=2", "--save-twin",
                          "twin.yaml", code=MET)
                self.call("run", "twin.yaml", code=MET)

    def test_several_units_for_a_task(self):
        for form, seconds in (("csv", 1e-6), ("nextflow", 0.1)):
            with self.subTest(form=form):
                self.agrees(UNITS, form, "recorded", seconds)

    def test_waiting_for_cores_that_the_table_does_not_tell_is_no_launch(self):
        self.call("run", self.write("s.yaml", CROWDED), "--out", "r.h5", "--trace", code=MET)
        rows = self.call("trace", "r.h5", code=MET).stdout.decode().splitlines()
        self.write("bare.csv", "".join(",".join(row.split(",")[:8]) + "\n" for row in rows))
        result = self.json_of(self.call("replay", "bare.csv", "--json", "--submissions", "recorded", code=MET))
        self.assertFalse([text for text in result["assumed"] if "one task after the other" in text], result["assumed"])

    def test_exports_are_the_same_bytes_each_time(self):
        self.exported("nextflow", "a.csv")
        self.call("trace", "r.h5", "--format", "nextflow", "--out", "b.csv", code=MET)
        self.assertTrue((self.folder / "a.csv").read_bytes() == (self.folder / "b.csv").read_bytes())
        self.assertEqual((self.folder / "a.csv").read_text().count("\n"), 11)


if __name__ == "__main__":
    main()
