"""Promised: an import counts every run as what it is and invents none; the same events give the same twin in whatever
order and however often they come; a twin of a dbt build ends when the build ended; a second import is a change that leads
to the new twin, and in a store its next version; no input crashes the program. Shown: 1000 generated runs of OpenLineage, the shipped shop, broken files.
"""

import gzip
import json
import math
import random
import re
import unittest

from program import MET, SOURCES, USAGE, ProgramTest, bounded, main

SHOP = SOURCES / "scenarios/shop-dbt"


def event(kind, second, run, job="load", **more):
    minutes, rest = divmod(second, 60)
    hours, minutes = divmod(int(minutes), 60)
    value = {"eventType": kind, "eventTime": f"2026-03-{9 + hours // 24:02}T{hours % 24:02}:{minutes:02}:{rest:06.3f}Z",
             "run": {"runId": run}, "job": {"namespace": "airflow", "name": job},
             "inputs": [{"namespace": "s3://raw", "name": "orders"}], "outputs": [{"namespace": "db", "name": "orders"}],
             "producer": "https://example.com", "schemaURL": "https://openlineage.io/spec/2-0-2/OpenLineage.json"}
    value.update(more)
    return value


def thousand_runs():
    """1000 runs of four jobs: ten without a START, five others without an end, thirty that failed or were aborted."""
    source = random.Random(6)
    lines = []
    for number in range(1000):
        run, job = f"run-{number:04}", f"job_{number % 4}"
        start = 60.0 * number
        if number not in range(100, 110):
            lines.append(event("START", start, run, job))
        if number % 3 == 0:
            lines.append(event("RUNNING", start + 1, run, job))
        if number not in range(500, 505):
            end = "FAIL" if number % 50 == 7 else "ABORT" if number % 100 == 8 else "COMPLETE"
            lines.append(event(end, start + round(source.uniform(5, 50), 3), run, job))
    return [json.dumps(line) for line in lines]


def instance(factor):
    """A task, five that wait for it, and one that waits for those: WfFormat 1.5, durations times `factor`."""
    names = ["split_1"] + [f"work_{i}" for i in range(2, 7)] + ["join_7"]
    parents = {name: ["split_1"] if "work" in name else names[1:6] if "join" in name else [] for name in names}
    took = {name: 10 if "split" in name else 20 if "work" in name else 3 for name in names}
    return {"name": "fan-0", "schemaVersion": "1.5", "workflow": {
        "specification": {"tasks": [{"name": n, "id": n, "parents": parents[n], "children": [], "inputFiles": [],
                                     "outputFiles": []} for n in names], "files": []},
        "execution": {"makespanInSeconds": 43.5 * factor,
                      "tasks": [{"id": n, "runtimeInSeconds": factor * took[n], "coreCount": 2, "machines": ["one"]}
                                for n in names],
                      "machines": [{"nodeName": name, "cpu": {"coreCount": 4}} for name in ("one", "two")]}}}


def trace(factor, separator="\t"):
    """SPLIT, then three of WORK at once, of which the second fails and is tried again. Milliseconds."""
    rows = [("task_id", "hash", "process", "tag", "name", "status", "exit", "attempt", "submit", "start", "complete",
             "duration", "realtime")]

    def row(process, tag, status, attempt, start, took):
        at = 1_700_000_000_000 + factor * 1000 * start
        end = at + factor * 1000 * took
        name = f"FLOW:{process} ({tag})"
        rows.append((len(rows), f"ab/{len(rows):06}", f"FLOW:{process}", tag, name, status, int(status == "FAILED"), attempt,
                     at, at, end, end - at, end - at))

    row("SPLIT", "all", "COMPLETED", 1, 0, 10)
    row("WORK", "a", "COMPLETED", 1, 10, 20)
    row("WORK", "b", "FAILED", 1, 10, 20)
    row("WORK", "c", "COMPLETED", 1, 10, 20)
    row("WORK", "b", "COMPLETED", 2, 30, 20)
    return "".join(separator.join(map(str, line)) + "\n" for line in rows)


class Import(ProgramTest):
    def imported(self, *files, out="twin.yaml", **options):
        report = self.json_of(self.call("import", *files, "--out", out, "--json", code=MET, **options))
        return report, (self.folder / out).read_bytes()

    def span_of(self, result):
        return next(m["estimate"] for m in result["metrics"] if m["name"] == "avg latency(shop)")

    def test_a_thousand_runs_in_any_order(self):
        lines = thousand_runs()
        self.write("in_order.ndjson", "\n".join(lines) + "\n")
        shuffled = lines * 4
        random.Random(1).shuffle(shuffled)
        self.write("shuffled.ndjson", "\n".join(shuffled))
        report, twin = self.imported("in_order.ndjson", "--name", "runs")
        again, same = self.imported("shuffled.ndjson", "--name", "runs", out="again.yaml")
        for counts, repeated in (report["counts"], 0), (again["counts"], 3 * len(lines)):
            self.assertEqual(counts["runs"], 1000)
            self.assertEqual(counts["usable_durations"], 985)
            self.assertEqual(counts["runs_without_start"], 10)
            self.assertEqual(counts["runs_without_end"], 5)
            self.assertEqual(counts["jobs"], 4)
            self.assertEqual(counts.get("repeated_events", 0), repeated)
            self.assertEqual(counts["failed_runs"], 30)
            self.assertNotIn("runs_without_both", counts)
        self.assertEqual(twin.split(b"\n", 1)[1], same.split(b"\n", 1)[1], "but for the name of the file in the comment")
        self.assertTrue(any(note.startswith("10 runs ended without a START") for note in report["notes"]))
        self.assertTrue(any(note.startswith("5 runs started and did not end") for note in report["notes"]))
        self.call("validate", "twin.yaml", code=MET)
        self.json_of(self.call("run", "twin.yaml", "--json", code=MET))

    def test_a_list_a_folder_and_gzip_say_the_same(self):
        lines = thousand_runs()[:200]
        self.write("list.json", json.dumps([json.loads(line) for line in lines], indent=2))
        self.write("lines.ndjson.gz", gzip.compress("\n".join(lines).encode()))
        for number, line in enumerate(lines):
            (self.folder / f"folder/{number % 7}").mkdir(parents=True, exist_ok=True)
            self.write(f"folder/{number % 7}/{number}.json", json.dumps(json.loads(line), indent=1))
        twins = {self.imported(name, "--name", "same", out=f"{name}.yaml")[1].split(b"\n", 1)[1]
                 for name in ("list.json", "lines.ndjson.gz", "folder")}
        self.assertEqual(len(twins), 1)

    def test_the_shop_ends_when_its_build_ended(self):
        report, _ = self.imported(SHOP / "manifest.json", SHOP / "run_results.json")
        pipeline = report["pipelines"][0]
        self.assertEqual(pipeline["workers"], 2)
        self.assertEqual(report["counts"]["jobs"], 6)
        result = self.json_of(self.call("run", "twin.yaml", "--json", code=MET))
        span = self.span_of(result)
        self.assertLess(abs(span / pipeline["recorded_span_s"] - 1), 0.05)
        faster = self.json_of(self.call("run", "twin.yaml", "--set", "threads.workers=4", "--json", code=MET))
        self.assertLess(self.span_of(faster), span + 1e-9)

    def test_schedule_columns_and_lineage_of_the_shop(self):
        _, twin = self.imported(SHOP / "events.ndjson", SHOP / "orders.odcs.yaml")
        text = twin.decode()
        self.assertIn("schedule: cron 15 * * * *", text)
        self.assertIn("derives_from: [raw_orders.email]", text)
        self.assertIn("nullable: false", text)
        self.assertIn("max freshness(shop_orders) < 2h", text)
        self.assertRegex(text, r"failure: 33\.3333%")
        self.assertNotIn("writer", text, "the table has a writer in the events")

    def test_again_is_a_change_that_leads_there(self):
        self.imported(SHOP / "manifest.json", SHOP / "run_results.json")
        before = (self.folder / "twin.yaml").read_bytes()
        done = self.call("import", SHOP / "manifest.json", SHOP / "run_results.json", "--onto", "twin.yaml", "--change",
                         "none.yaml", code=MET)
        self.assertIn(b"no edits", done.stdout)
        self.assertFalse((self.folder / "none.yaml").exists())
        manifest = json.loads((SHOP / "manifest.json").read_text())
        nodes = manifest["nodes"]
        del nodes["test.shop.not_null_stg_orders_order_id.1"]
        nodes["model.shop.margin"] = {**nodes["model.shop.revenue"], "name": "margin", "alias": "margin",
                                      "relation_name": '"shop"."main"."margin"'}
        nodes["model.shop.stg_orders"]["columns"]["status"]["data_type"] = "text"
        nodes["model.shop.stg_orders"]["columns"]["total"] = {"name": "total", "data_type": "decimal"}
        results = json.loads((SHOP / "run_results.json").read_text())
        results["results"] = [r for r in results["results"] if "not_null" not in r["unique_id"]]
        results["results"].append({"unique_id": "model.shop.margin", "status": "success", "execution_time": 2.5,
                                   "thread_id": "Thread-1 (worker)", "timing": []})
        self.write("manifest.json", json.dumps(manifest))
        self.write("run_results.json", json.dumps(results))
        report = self.json_of(self.call("import", "manifest.json", "run_results.json", "--onto", "twin.yaml", "--change",
                                        "change.yaml", "--json", code=MET))
        self.assertEqual(report["edits"]["added"], 2)
        self.assertEqual((self.folder / "twin.yaml").read_bytes(), before)
        change = (self.folder / "change.yaml").read_text()
        self.assertIn("kind: import", change)
        self.assertRegex(change, "base: twin.yaml\nbase_sha256: [0-9a-f]{64}\n")
        self.assertIn("set: stg_orders.columns.status, to: {type: text, enum: [new, paid]}", change)
        self.assertIn("remove: shop.not_null_stg_orders_order_id", change)
        self.call("validate", "change.yaml", code=MET)
        # The changed twin is that of the new files: it runs alike.
        self.imported("manifest.json", "run_results.json", out="fresh.yaml")
        changed = self.json_of(self.call("run", "twin.yaml", "--change", "change.yaml", "--json", code=MET))
        fresh = self.json_of(self.call("run", "fresh.yaml", "--json", code=MET))
        self.assertEqual(self.span_of(changed), self.span_of(fresh))
        # What people have added to an imported task stays.
        mine = before.decode().replace("runs_on: threads, ", "runs_on: threads, retry: {times: 2}, ", 1)
        self.write("mine.yaml", mine)
        done = self.call("import", SHOP / "manifest.json", SHOP / "run_results.json", "--onto", "mine.yaml", code=MET)
        self.assertIn(b"no edits", done.stdout)

    def test_instances_of_a_workflow_are_runs_of_its_tasks(self):
        first, second = instance(1.0), instance(2.0)
        self.write("first.json", json.dumps(first, indent=2))
        self.write("second.json", json.dumps(second))
        report, _ = self.imported("first.json")
        counts = {"files": 1, "jobs": 7, "runs": 7, "usable_durations": 7, "orders": 10}
        self.assertEqual(report["counts"], counts)
        pipeline = report["pipelines"][0]
        # Two machines of four cores, of which the largest task takes two.
        self.assertEqual((pipeline["label"], pipeline["tasks"], pipeline["workers"], pipeline["recorded_span_s"]),
                         ("fan-0", 7, 4, 43.5))
        # 10 s, then five tasks of 20 s on four workers, then 3 s.
        self.assertEqual(self.latency_of("twin.yaml", "fan_0"), 53)
        # Both together, in any order, and once more onto the first: each task's mean of two.
        both, text = self.imported("first.json", "second.json", out="both.yaml")
        self.assertEqual(both["counts"], {**counts, "files": 2, "runs": 14, "usable_durations": 14})
        self.assertEqual(self.imported("second.json", "first.json", out="again.yaml")[1].split(b"\n", 1)[1],
                         text.split(b"\n", 1)[1])
        self.assertRegex(text.decode(), r"split_1: \{runs_on: workers, service: lognormal\(mean 15s cv 0\.\d+\), label: split_1")
        change = self.json_of(self.call("import", "second.json", "--onto", "twin.yaml", "--change", "change.yaml", "--json",
                                        code=MET))
        self.assertEqual(change["edits"], {"added": 0, "set": 7, "removed": 0})
        self.call("run", "twin.yaml", "--change", "change.yaml", code=MET)
        self.assertIn("to: 20s", (self.folder / "change.yaml").read_text())
        # Of one name and other tasks is no run of the same.
        second["workflow"]["specification"]["tasks"].pop()
        second["workflow"]["execution"]["tasks"].pop()
        self.write("second.json", json.dumps(second))
        told = self.call("import", "first.json", "second.json", code=USAGE).stderr.decode()
        self.assertIn("second.json: error: is an instance of 'fan-0' with other tasks than first.json has", told)
        del first["workflow"]["execution"]
        self.write("first.json", json.dumps(first))
        self.assertIn("is a workflow that was not run", self.call("import", "first.json", code=USAGE).stderr.decode())

    def test_traces_of_nextflow_are_runs_of_its_tasks(self):
        for folder in "trace", "later":
            (self.folder / folder).mkdir()
        self.write("trace/trace.txt", trace(1))
        for folder in "trace", "later":
            self.write(f"{folder}/dag.dot",
                       'digraph "dag" {\na [label="FLOW:SPLIT"];\nb [label="FLOW:WORK"];\na -> b;\n}\n')
        self.write("trace/other.csv", "a,b\n1,2\n")
        report, text = self.imported("trace")
        # One of the four tasks was tried again: one of its two attempts failed, and the next came at once.
        self.assertEqual(report["counts"], {"files": 1, "jobs": 4, "runs": 5, "failed_runs": 1, "usable_durations": 4,
                                            "orders": 3})
        self.assertRegex(text.decode(), r"failure: 50%, fails_after: 20s, retry: \{times: unlimited\}")
        self.assertEqual(text.count(b"failure"), 1)
        pipeline = report["pipelines"][0]
        self.assertEqual((pipeline["label"], pipeline["tasks"], pipeline["workers"], pipeline["recorded_span_s"]),
                         ("FLOW", 4, 3, 50))
        # SPLIT takes 10 s; the work 20 s each, and half of the tries of one fail.
        self.assertEqual(self.latency_of("twin.yaml", "FLOW", "--set", "FLOW.FLOW_WORK_b_.failure=0%"), 30)
        self.assertAlmostEqual(self.latency_of("twin.yaml", "FLOW", "--replications", "1000"), 50, delta=4)
        self.write("later/trace.csv", trace(2, ","))
        kept = self.call("twin", "import", "flow", "trace", "--json", code=MET)
        self.assertEqual(self.json_of(kept)["version"], "flow@1")
        again = self.json_of(self.call("twin", "import", "flow", "trace", "--json", code=MET))
        self.assertEqual((again["version"], again["added"]), ("flow@1", False))
        update = self.json_of(self.call("twin", "import", "flow", "later/trace.csv", "--json", code=MET))
        self.assertEqual(update["version"], "flow@2")
        self.assertEqual(update["edits"]["removed"], 0)
        self.assertGreater(update["edits"]["set"], 0)
        self.assertIn("20s -> 40s", self.call("twin", "diff", "flow@1", "flow@2", code=MET).stdout.decode())
        self.write("broken.csv", trace(1).splitlines()[0] + "\n")
        self.assertIn("broken.csv", self.call("import", "broken.csv", code=USAGE).stderr.decode())
        self.assertIn("is no WfFormat instance",
                      self.call("import", "trace/trace.txt", "--as", "wfformat", code=USAGE).stderr.decode())

    def test_what_waited_for_what_in_a_trace_is_taken_from_the_graph_that_is_named(self):
        self.write("trace.txt", trace(1))
        self.write("drawn.dot", 'digraph "dag" {\na [label="FLOW:SPLIT"];\nb [label="FLOW:WORK"];\na -> b;\n}\n')
        report, _ = self.imported("trace.txt")
        self.assertIn("no graph of processes (dag.html) beside the log; name one with --dag", str(report["notes"]))
        for told in (self.imported("trace.txt", "--dag", "drawn.dot")[0],
                     self.json_of(self.call("twin", "import", "flow", "trace.txt", "--dag", "drawn.dot", "--json",
                                            code=MET))):
            self.assertEqual(told["counts"]["orders"], 3)
            self.assertIn("graph of processes: drawn.dot", str(told["notes"]))
        self.write("tight.dot", 'digraph "dag"{a[label="FLOW:SPLIT"];b[label="FLOW:WORK"];a->b}')
        self.assertEqual(self.imported("trace.txt", "--dag", "tight.dot")[0]["counts"]["orders"], 3)
        self.write("broken.dot", 'digraph "dag" {\na [label="FLOW:SPLIT"];\na -> ;\n}\n')
        self.assertIn("broken.dot:3:6: error: ';' where 'a name' is expected",
                      self.call("import", "trace.txt", "--dag", "broken.dot", code=USAGE).stderr.decode())
        self.write("other.dot", 'digraph "dag" {\na [label="X"];\n}\n')
        self.assertIn("it is the graph of another workflow",
                      self.call("import", "trace.txt", "--dag", "other.dot", code=USAGE).stderr.decode())
        self.write("first.json", json.dumps(instance(1)))
        self.write("jobs.swf", "; MaxProcs: 4\n1 0 0 10 1 -1 -1 1 20 -1 1 1 1 1 1 -1 -1 -1\n")
        for file in "first.json", "jobs.swf":
            for verb in ("import",), ("twin", "import", "other"):
                self.assertIn("--dag is for traces of Nextflow",
                              self.call(*verb, file, "--dag", "drawn.dot", code=USAGE).stderr.decode())
        self.assertIn("drawn.dot", self.call("import", "trace.txt", "--dag", "drawn.dot", "--out", "drawn.dot",
                                             code=USAGE).stderr.decode())

    def test_calibrate_knows_the_tasks_of_an_imported_trace(self):
        rows = trace(1).replace("FLOW:WORK (c)", "FLOW:WORK (a)").splitlines(keepends=True)
        self.write("trace.txt", "".join(row for row in rows if "(b)" not in row))
        self.write("dag.dot", 'digraph "dag" {\na [label="FLOW:SPLIT"];\nb [label="FLOW:WORK"];\na -> b;\n}\n')
        self.imported("trace.txt")
        found = self.json_of(self.call("calibrate", "twin.yaml", "trace.txt", "--json", code=MET))
        self.assertEqual(len(found["self_replay"]), 1)
        self.assertAlmostEqual(found["self_replay"][0]["simulated_s"], 30, delta=0.01)

    def latency_of(self, twin, pipeline, *options):
        result = self.json_of(self.call("run", twin, "--json", *options, code=MET))
        return next(m["estimate"] for m in result["metrics"] if m["name"] == f"avg latency({pipeline})")

    def test_instances_of_airflow_say_the_same_as_answer_and_as_table(self):
        draw, rows = random.Random(4), []

        def stamp(second):
            day, rest = divmod(round(second), 86400)
            return f"2026-03-{2 + day:02}T{rest // 3600:02}:{rest // 60 % 60:02}:{rest % 60:02}Z"

        for day in range(25):
            at = day * 86400 + 4 * 3600
            for task, mean in (("extract", 300), ("clean", 1200)):
                queued = at + draw.uniform(4, 8)
                start = queued + draw.uniform(2, 5)
                at = start + draw.lognormvariate(math.log(mean), 0.3)
                rows.append(("orders", f"scheduled__{stamp(day * 86400 + 4 * 3600)}", task, "success", 1, stamp(queued),
                             stamp(start), stamp(at)))
        self.write("dag.json", json.dumps({"dag": {"dag_id": "orders", "schedule": "0 4 * * *", "tasks": [
            {"task_id": "extract", "downstream_task_ids": ["clean"], "pool": "crew"},
            {"task_id": "clean", "downstream_task_ids": [], "pool": "crew"}]}}))
        self.write("pools.json", json.dumps({"pools": [{"name": "crew", "slots": 2}], "total_entries": 1}))
        keys = ("dag_id", "dag_run_id", "task_id", "state", "try_number", "queued_when", "start_date", "end_date")
        self.write("now.json", json.dumps({"task_instances": [dict(zip(keys, row)) for row in rows],
                                           "total_entries": len(rows)}))
        self.write("now.csv", "dag_id,run_id,task_id,state,try_number,queued_dttm,start_date,end_date\n" +
                   "".join(",".join(map(str, row)) + "\n" for row in rows))
        twins, changes = [], []
        for log in ("now.csv", "now.json"):
            twins.append(self.imported("dag.json", "pools.json", log)[1].split(b"\n", 1)[1])
            report = json.loads(self.call("calibrate", "twin.yaml", log, "--json", code=MET).stdout)
            changes.append(json.dumps(report["change"]).replace(log, "LOG"))
        self.assertEqual(*twins)
        self.assertEqual(*changes)
        self.assertIn("delay", changes[0])

    def test_a_run_of_a_part_takes_nothing_away(self):
        self.imported(SHOP / "manifest.json", SHOP / "run_results.json")
        results = json.loads((SHOP / "run_results.json").read_text())
        part = [r for r in results["results"] if r["unique_id"] == "model.shop.stg_orders"]
        self.assertEqual(len(part), 1)
        self.write("part.json", json.dumps({**results, "results": part}))
        for files in ["part.json"], []:
            report = self.json_of(self.call("import", SHOP / "manifest.json", *files, "--onto", "twin.yaml", "--change",
                                            "change.yaml", "--json", code=MET))
            self.assertEqual(report["edits"], {"added": 0, "set": 0, "removed": 0}, files)

    def test_a_start_of_today_takes_nothing_away(self):
        self.write("whole.ndjson", "\n".join(json.dumps(line) for line in (event("START", 0, "a"), event("COMPLETE", 9, "a"))))
        self.imported("whole.ndjson")
        mine = (self.folder / "twin.yaml").read_text().replace("label: airflow/load", "label: airflow/load, owner: Ana")
        self.write("mine.yaml", mine)
        self.write("start.ndjson", json.dumps(event("START", 86400, "b", outputs=[])))
        report = self.json_of(self.call("import", "start.ndjson", "--onto", "mine.yaml", "--json", code=MET))
        self.assertEqual(report["edits"], {"added": 0, "set": 0, "removed": 0})
        self.assertTrue(any(note.startswith("1 task has no whole run") for note in report["notes"]))

    def test_one_name_of_two_things(self):
        lines = [{**event(kind, second, "r"), "job": {"namespace": "shop", "name": "load"}}
                 for second, kind in ((0, "START"), (9, "COMPLETE"))]
        self.write("shop.ndjson", "\n".join(map(json.dumps, lines)))
        report, twin = self.imported("shop.ndjson", SHOP / "manifest.json", SHOP / "run_results.json")
        self.assertEqual([p["label"] for p in report["pipelines"]], ["shop", "shop (openlineage)"])
        done = self.call("import", "shop.ndjson", "--onto", "twin.yaml", code=MET)
        self.assertIn(b"no edits", done.stdout)
        # Two contracts of one name, of a table each.
        contract = (SHOP / "orders.odcs.yaml").read_text()
        self.write("one.yaml", contract)
        self.write("two.yaml", contract.replace("orders", "sales").replace("name: shop sales", "name: shop orders"))
        report, _ = self.imported("one.yaml", "two.yaml", out="contracts.yaml")
        self.assertEqual(len({p["label"] for p in report["pipelines"]}), 2)
        self.call("validate", "contracts.yaml", code=MET)

    def test_a_contract_alone_says_no_more_than_with_the_others(self):
        contract = SHOP / "orders.odcs.yaml"
        self.imported(SHOP / "events.ndjson", contract)
        self.call("twin", "import", "shop", SHOP / "events.ndjson", contract, code=MET)
        for again in (self.call("import", contract, "--onto", "twin.yaml", "--json", code=MET),
                      self.call("twin", "import", "shop", contract, "--json", code=MET)):
            report = self.json_of(again)
            self.assertEqual(report["edits"], {"added": 0, "set": 0, "removed": 0})
            self.assertNotIn("nothing else writes", str(report["assumed"]))
            self.assertNotIn("objective", str(report["notes"]))

    def test_an_empty_file_of_a_folder_is_left_out(self):
        (self.folder / "logs").mkdir()
        self.write("logs/empty.json", "")
        self.write("logs/a.ndjson", "\n".join(json.dumps(line) for line in (event("START", 0, "a"), event("COMPLETE", 9, "a"))))
        report, _ = self.imported("logs")
        self.assertEqual(report["counts"]["files_left_out"], 1)
        self.assertTrue(any(note.endswith("empty.json is empty") for note in report["notes"]))
        self.call("import", "logs/empty.json", code=USAGE)

    def test_text_that_is_not_utf8_is_refused_where_it_stands(self):
        self.write("latin.csv", "case_id,activity,timestamp\n1,pr\xfcfen,2024-01-01 10:00:00\n".encode("latin-1"))
        done = self.call("import", "latin.csv", "--out", "latin.yaml", code=USAGE)
        self.assertIn(b"latin.csv:2:5: error: a byte that is not UTF-8 (\\xfc); save the file as UTF-8", done.stderr)
        self.assertFalse((self.folder / "latin.yaml").exists())

    def kept(self, *words, code=MET):
        return self.call("twin", "import", "shop", *words, "--author", "ana", "--time", "2026-03-09T05:00:00Z", code=code)

    def test_a_store_keeps_each_import_as_a_version(self):
        dbt = (SHOP / "manifest.json", SHOP / "run_results.json")
        self.assertIn(b"none is called 'shop' yet", self.kept(*dbt, "--change", "c.yaml", code=USAGE).stderr)
        first = self.json_of(self.kept(*dbt, "--json"))
        self.assertEqual((first["version"], first["added"]), ("shop@1", True))
        again = self.json_of(self.kept(*dbt, "--json"))
        self.assertEqual((again["version"], again["added"], again["sha256"]), ("shop@1", False, first["sha256"]))
        # A test that is gone, and a table that is new.
        manifest = json.loads((SHOP / "manifest.json").read_text())
        manifest["nodes"]["model.shop.margin"] = {**manifest["nodes"]["model.shop.revenue"], "name": "margin",
                                                  "alias": "margin", "relation_name": '"shop"."main"."margin"'}
        del manifest["nodes"]["test.shop.not_null_stg_orders_order_id.1"]
        self.write("manifest.json", json.dumps(manifest))
        results = json.loads((SHOP / "run_results.json").read_text())
        results["results"] = [r for r in results["results"] if "not_null" not in r["unique_id"]]
        results["results"].append({"unique_id": "model.shop.margin", "status": "success", "execution_time": 2.5,
                                   "thread_id": "Thread-1 (worker)", "timing": []})
        self.write("run_results.json", json.dumps(results))
        new = ("manifest.json", "run_results.json")
        self.kept(*new, "--change", "change.yaml")
        self.assertIn("base: shop@1", (self.folder / "change.yaml").read_text())
        self.call("validate", "change.yaml", code=MET)
        self.call("run", "shop@1", "--change", "change.yaml", code=MET)
        second = self.json_of(self.kept(*new, "--json"))
        self.assertEqual((second["version"], second["added"]), ("shop@2", True))
        self.assertGreater(second["edits"]["added"], 0)
        change = self.call("twin", "show", "shop@2", "--change", code=MET).stdout
        self.assertEqual(change, (self.folder / "change.yaml").read_bytes())
        shown = self.call("twin", "diff", "shop@1", "shop@2", code=MET).stdout.decode()
        self.assertIn("+ task shop.margin", shown)
        self.assertIn("- task shop.not_null_stg_orders_order_id", shown)
        # The version is the first with the change made, and runs as the twin of the new files does.
        self.imported(*new, out="fresh.yaml")
        fresh, kept = (self.json_of(self.call("run", name, "--json", code=MET)) for name in ("fresh.yaml", "shop@2"))
        self.assertEqual(self.span_of(fresh), self.span_of(kept))
        self.call("twin", "verify", code=MET)
        # Nothing is kept of what is wrong.
        self.write("half.json", '{"metadata": {')
        self.kept("half.json", code=USAGE)
        self.assertEqual(self.json_of(self.kept(*new, "--json"))["version"], "shop@2")

    def test_a_task_that_is_gone_from_a_dag_goes(self):
        def dag(name, behind):
            self.write(name, json.dumps({"dag": {"dag_id": "etl", "schedule_interval": "0 5 * * *", "tasks": [
                {"task_id": "extract", "downstream_task_ids": [behind]},
                {"task_id": behind, "downstream_task_ids": [], "pool": behind + "_pool"}]}}))
            return self.json_of(self.call("twin", "import", "etl", name, "--json", code=MET))

        dag("first.json", "clean")
        later = dag("later.json", "scrub")
        self.assertEqual(later["edits"]["removed"], 1)
        self.assertIn("1 element of the twin is not in what was read, and stays: clean_pool", later["notes"])
        self.call("twin", "export", "etl", "--out", "etl.yaml", code=MET)
        self.assertNotIn("clean:", (self.folder / "etl.yaml").read_text())

    def test_what_is_wrong_is_said_with_its_line(self):
        good = json.dumps(event("START", 1, "a"))
        self.write("bad.ndjson", "\n".join([
            good, '{"eventType": "START",', json.dumps({**event("START", 1, "b"), "run": {}}), good,
            json.dumps({**event("START", 1, "c"), "eventTime": "yesterday"}), json.dumps(event("BEGIN", 1, "d")), "[1]"]))
        done = self.call("import", "bad.ndjson", "--out", "twin.yaml", code=USAGE)
        self.assertEqual(done.stdout, b"")
        self.assertFalse((self.folder / "twin.yaml").exists())
        self.assertEqual(re.findall(r"bad.ndjson:(\d+): error: ", done.stderr.decode()), ["2", "3", "5", "6", "7"])
        for name, text, message in [
                ("list.json", json.dumps([event("START", 1, "a"), {**event("START", 1, "b"), "job": {}}], indent=1),
                 r"list.json:\d\d: error: is no OpenLineage event: lacks job.namespace, job.name"),
                ("half.json", '{"metadata": {"dbt_schema_version":\n "https://x/manifest/v12.json"},\n "nodes": {\n',
                 r"half.json:4: error: is no valid JSON"),
                ("other.json", "{}", r"other.json:1: error: is no OpenLineage event, no artifact of dbt and no export of Airflow"),
                ("other.yaml", "a: 1\n", r"other.yaml:1: error: is no data contract"),
                ("some.dot", "digraph g {\n a -> b\n}\n", r"some.dot:1: error: is a graph of DOT, and .*--as airflow"),
                ("alias.yaml", "kind: DataContract\na: &x\n  b: *x\n", r"alias.yaml:3: error: an alias"),
                ("contract.json", '{"kind": "DataContract", "apiVersion": "v3.0.2"}',
                 r"contract.json:1: error: is a data contract in JSON"),
                ("tasks.csv", "case_id,job,start_time,end_time\n1,a,2026-03-09T10:00,2026-03-09T11:00\n",
                 r"tasks.csv:1: error: is a table, and for the log of a process it lacks a column of an activity"),
                ("latin.yaml", "kind: DataContract\nname: caf\udce9\n".encode(errors="surrogateescape"),
                 r"latin.yaml:2: error: is no UTF-8"),
                ("version.yaml", "kind: DataContract\napiVersion: v9\n", r"version.yaml:2: error: apiVersion 'v9'"),
                ("empty.json", "", r"empty.json: error: "),
                ("logs.jsonl", '{"info": {"name": "x"}, "data": {}}\n', r"is a log of dbt")]:
            with self.subTest(name=name):
                self.write(name, text)
                self.assertRegex(self.call("import", name, code=USAGE).stderr.decode(), message)
        for words in (), ("--as", "csv", "x"), ("missing.json",), ("other.json", "--change", "c.yaml"):
            with self.subTest(words=words):
                self.assertIn(b"error: ", self.call("import", *words, code=USAGE).stderr)

    def test_no_input_harms(self):
        source = random.Random(2)
        whole = (SHOP / "manifest.json").read_bytes()
        texts = [source.randbytes(100_000), b"[" * 1_000_000, b'{"a":' * 200_000, b"- " * 100_000, b"[" * 100_000 + b"\n",
                 b'{"eventTime": "' + b"x" * 5_000_000 + b'"}', b"\xff\xfe{}", b'"' * 1000, b"a: " * 10_000]
        texts += [whole[:source.randrange(len(whole))] for _ in range(5)]
        for number in range(20):
            broken = bytearray(whole)
            for _ in range(10):
                broken[source.randrange(len(broken))] = source.randrange(256)
            texts.append(bytes(broken))
        for number, text in enumerate(texts):
            with self.subTest(number=number):
                self.write("input", text)
                done = self.call("import", "input", preexec_fn=bounded(memory=3 << 30))
                self.assertIn(done.returncode, (MET, USAGE), done.stderr[-500:])

    def test_strange_words_are_taken(self):
        strange = ["load", "exit", "Täglich → laden", "a: b # c", "$(x)", "1st", "", " \t\n", '"quoted"', "x" * 3000, "\u0085", "null",
                   "a.b", "a/b", "A B", "A  B", "-", "~", "\u2028", "\x7f", "\x01"]
        lines = []
        for number, name in enumerate(strange):
            if not name.strip(" \t\n\x01\x7f\u0085\u2028"):
                continue  # nothing that prints, so no name at all
            columns = {"schema": {"fields": [{"name": n, "type": n} for n in strange]}}
            lines.append(event("COMPLETE", number, f"r{number}", name, outputs=[{"namespace": name, "name": name, "facets": columns}]))
        self.write("strange.ndjson", "\n".join(map(json.dumps, lines)))
        self.imported("strange.ndjson")
        self.call("run", "twin.yaml", code=MET)
        done = self.call("import", "strange.ndjson", "--onto", "twin.yaml", code=MET)
        self.assertIn(b"no edits", done.stdout)

    def test_what_is_refused_is_a_document_as_well(self):
        self.write("bad.ndjson", json.dumps(event("START", 1, "1", "a")) + "\n" + json.dumps({**event("COMPLETE", 2, "1", "a"),
                                                                                           "eventTime": "soon"}) + "\n")
        self.write("bad.csv", "case,activity,start,end\n1,Check,never,2026-03-01T08:10:00Z\n")
        self.write("twin.yaml", "understudy: 1\nscenario: t\ntwin: {stages: {a: {reads: x, workers: 1, service: 1s}}}\n"
                                "load: {x: {arrivals: every 2s}}\nrun: {length: 1h}\n")
        for words in (("import", "bad.ndjson"), ("import", "bad.csv"), ("import", "none.json"), ("import",),
                      ("calibrate", "twin.yaml", "bad.ndjson"), ("calibrate", "twin.yaml", "bad.csv"),
                      ("calibrate", "none.yaml", "bad.ndjson")):
            done = self.call(*words, "--json", code=USAGE)
            told = self.json_of(done)
            self.assertEqual((told["ok"], done.stderr), (False, b""), words)
            self.assertTrue(all(one["message"] for one in told["problems"]) and told["problems"], words)
        told = self.json_of(self.call("import", "bad.ndjson", "--json", code=USAGE))["problems"]
        self.assertEqual([(one["file"], one["line"], one["severity"]) for one in told], [("bad.ndjson", 2, "error")])

    def test_circles_do_not_stop_it(self):
        a = {"namespace": "db", "name": "a"}
        b = {"namespace": "db", "name": "b"}
        self.write("circle.ndjson", "\n".join(json.dumps(one) for one in [
            event("COMPLETE", 1, "1", "to_b", inputs=[a], outputs=[b]), event("COMPLETE", 2, "2", "to_a", inputs=[b], outputs=[a]),
            event("COMPLETE", 3, "3", "both", inputs=[a, b], outputs=[a, b])]))
        report, _ = self.imported("circle.ndjson")
        self.assertTrue(any("circle" in note for note in report["notes"]), report["notes"])
        self.call("run", "twin.yaml", code=MET)


if __name__ == "__main__":
    main()
