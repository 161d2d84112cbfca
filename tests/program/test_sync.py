"""Promised: twin sync advances the state of a twin by what logs of production tell. The state is the same whatever the order
of the events, however often they come and in how many parts they are read, late ones among them; a second sync of the same
log changes nothing and says so. It is the state that there is: the one that a simulation has that the log was recorded of.
What cannot be mapped is listed, a dry run keeps nothing, a forecast goes on from it, and what is refused leaves no trace.
Shown: by calling the program, with logs written by hand and logs of simulated runs that are cut off in the middle.
"""

import csv
import io
import json
import os
import random
import re
import subprocess
import unittest

from program import INCONCLUSIVE, MET, PROGRAM, USAGE, ProgramTest, main

SIGNED = {"UNDERSTUDY_AUTHOR": "ana@example", "SOURCE_DATE_EPOCH": "1773032400"}

NIGHTLY = """understudy: 1
scenario: nightly
twin:
  pools: {crew: {workers: 4}}
  datasets: {orders: {label: warehouse/orders}}
  pipelines:
    shop:
      schedule: daily at 01:00
      label: airflow/load
      tasks:
        fetch: {runs_on: crew, service: lognormal(mean 1h cv 0.2), writes: orders, label: airflow/load.fetch}
        check: {after: fetch, runs_on: crew, service: 20min, label: airflow/load.check,
                retry: {times: 1, backoff: 10min}}
        publish: {after: check, runs_on: crew, service: 5min, label: airflow/load.publish}
run: {length: 14d, start: 2026-03-09T00:00, replications: 2}
objectives: [p(95) latency(shop) < 5h]
"""

DESK = """understudy: 1
scenario: desk
twin:
  stages:
    check: {reads: claims, workers: 2, service: exponential(mean 10min), writes: {pay: 80%, exit: 20%}}
    pay: {reads: pay, workers: 1, service: exponential(mean 8min), writes: exit}
load: {claims: {arrivals: poisson(5/h)}}
run: {length: 7d, start: 2026-03-09T00:00, replications: 2}
"""

LINE = """understudy: 1
scenario: line
twin:
  stages:
    first: {reads: jobs, workers: 2, service: exponential(mean 9min), failure: 10%, retry: {times: 3, backoff: 5min}}
    second: {reads: first, workers: 1, service: exponential(mean 5min)}
load: {jobs: {arrivals: poisson(12/h)}}
run: {length: 12h, warm_up: 0s, replications: 1, seed: SEED}
"""


def event(kind, at, run, job, parent="dag-1", due="2026-03-10T01:00:00Z"):
    facets = {"parent": {"run": {"runId": parent}, "job": {"namespace": "airflow", "name": "load"}}}
    if due:
        facets["nominalTime"] = {"nominalStartTime": due}
    return json.dumps({"eventType": kind, "eventTime": at, "run": {"runId": run, "facets": facets},
                       "job": {"namespace": "airflow", "name": job}, "producer": "https://example.com"})


NIGHT = [
    event("START", "2026-03-10T01:00:05Z", "f1", "load.fetch"),
    event("COMPLETE", "2026-03-10T02:10:00Z", "f1", "load.fetch"),
    event("START", "2026-03-10T02:10:30Z", "c1", "load.check"),
    event("FAIL", "2026-03-10T02:25:00Z", "c1", "load.check"),
    event("START", "2026-03-10T02:35:00Z", "c2", "load.check"),
    event("COMPLETE", "2026-03-10T02:55:00Z", "c2", "load.check"),
    event("START", "2026-03-10T02:55:10Z", "p1", "load.publish"),
    event("COMPLETE", "2026-03-10T03:00:00Z", "p1", "load.publish"),
    event("START", "2026-03-11T01:00:07Z", "f2", "load.fetch", "dag-2", "2026-03-11T01:00:00Z"),
    event("COMPLETE", "2026-03-11T02:00:07Z", "f2", "load.fetch", "dag-2", "2026-03-11T01:00:00Z"),
    event("START", "2026-03-11T02:00:37Z", "c3", "load.check", "dag-2", "2026-03-11T01:00:00Z"),
    event("RUNNING", "2026-03-11T02:10:37Z", "c3", "load.check", "dag-2", "2026-03-11T01:00:00Z"),
    event("START", "2026-03-11T02:50:00Z", "x1", "billing.sum", "dag-9", None),
]


class Sync(ProgramTest):
    def setUp(self):
        super().setUp()
        os.environ.pop("UNDERSTUDY_STORE", None)
        os.environ.update(SIGNED)

    def said(self, *words, code=MET):
        return self.call(*words, code=code).stdout.decode()

    def error(self, *words, code=USAGE):
        done = self.call(*words, code=code)
        self.assertEqual(done.stdout, b"")
        return done.stderr.decode()

    def twin(self, name, text):
        self.write(name + ".yaml", text)
        self.said("twin", "create", name, name + ".yaml")

    def lines(self, name, lines):
        self.write(name, "\n".join(lines) + "\n")
        return name

    def synced(self, name, *logs, code=MET):
        return json.loads(self.said("twin", "sync", name, *logs, "--json", code=code))

    def state(self, name):
        text = self.said("twin", "export", name)
        return text[text.index("  state:"):text.index("\nrun:")]

    def elements(self, document):
        return {one["name"]: one["now"] for one in document["elements"]}

    # ---- pipelines

    def test_sizes_that_a_log_says_are_in_the_state_and_its_forecast(self):
        def told(kind, at, run, job, read=None, wrote=None):
            def data(name, size, side):
                facets = {side + "Statistics": {"size": size, "rowCount": size // 1000}} if size else {}
                return [{"namespace": "lake", "name": name, side + "Facets": facets}]
            return json.dumps(dict(json.loads(event(kind, at, run, job, "dag-1")),
                                   inputs=data("raw" if job == "load.a" else "out", read, "input"),
                                   outputs=data("out", wrote, "output") if job == "load.a" else []))
        self.twin("load", '''understudy: 1
scenario: load
twin:
  pools: {crew: {workers: 4}}
  datasets: {raw: {label: lake/raw}, out: {label: lake/out}}
  pipelines:
    nightly:
      schedule: daily at 01:00
      label: airflow/load
      tasks:
        a: {reads: raw, writes: out, runs_on: crew, service: 1h per GB, label: airflow/load.a}
        b: {reads: out, runs_on: crew, service: 1h per GB, label: airflow/load.b}
load: {source: {writes: raw, arrivals: every 1d, size: lognormal(mean 1GB cv 1)}}
run: {length: 14d, start: 2026-03-09T00:00, replications: 2}
objectives: [max end(nightly) < 60h]
''')
        begun = [told("START", "2026-03-10T01:00:00Z", "a1", "load.a")]
        said = [told("START", "2026-03-10T01:00:00Z", "a1", "load.a", read=3_000_000_000)]
        ended = [told("COMPLETE", "2026-03-10T04:00:00Z", "a1", "load.a", read=3_000_000_000, wrote=500_000_000),
                 told("START", "2026-03-10T04:01:00Z", "b1", "load.b")]
        self.synced("load", self.lines("begun.ndjson", begun))
        self.assertIn("missing:", self.state("load"))
        # The journal of a sync that was told nothing of it takes it up.
        self.assertEqual(self.synced("load", self.lines("said.ndjson", said))["logs"][0]["new_events"], 1)
        state = self.state("load")
        self.assertIn("size: 3GB", state)
        self.assertNotIn("missing:", state)
        forecast = json.loads(self.said("twin", "forecast", "load", "--for", "8h", "--replications", "39", "--json"))
        self.assertEqual(forecast["missing"], [])
        self.synced("load", self.lines("ended.ndjson", ended))
        self.assertIn("size: 0.5GB", self.state("load"))
        self.assertNotIn("missing:", self.state("load"))
        whole = self.state("load")
        self.twin("again", (self.folder / "load.yaml").read_text().replace("scenario: load", "scenario: again"))
        self.synced("again", self.lines("whole.ndjson", ended + begun + said))
        self.assertEqual(self.state("again"), whole)
        self.said("twin", "verify")

    def test_a_night_that_is_under_way(self):
        self.twin("load", NIGHTLY)
        log = self.lines("night.ndjson", NIGHT)
        done = self.synced("load", log)
        self.assertEqual(done["version"], "load@2")
        self.assertEqual(done["instant"], "2026-03-11T02:10:37+00:00")
        self.assertEqual(done["not_in_twin"], [{"name": "airflow/billing.sum", "events": 1,
                                                "why": "nothing is called so"}])
        self.assertEqual(self.elements(done)["shop"]["runs"], 1)
        state = self.state("load")
        self.assertIn("age: 4237s", state)  # due at 1:00
        self.assertIn("check: {served: 10min}", state)
        self.assertIn("fetch: {is: done}", state)
        self.assertIn("newest: 630s", state)  # fetched at 2:00:07
        self.assertIn("as_of: 180637s", state)
        forecast = json.loads(self.said("twin", "forecast", "load", "--for", "8h", "--replications", "39", "--json"))
        self.assertEqual(forecast["pipelines"][0]["open"], 1)
        self.assertEqual(forecast["pipelines"][0]["done"], 39)
        history = self.said("twin", "history", "load")
        self.assertIn("Sync of night.ndjson", history)
        self.assertIn("sync load@2", history)
        self.said("twin", "verify")
        self.said("change", "log")

    def test_the_second_time_nothing_changes_and_it_says_so(self):
        self.twin("load", NIGHTLY)
        log = self.lines("night.ndjson", NIGHT)
        self.synced("load", log)
        before = self.said("twin", "history", "load", "--json")
        again = self.said("twin", "sync", "load", log)
        self.assertIn("0 of 19 events new", again)
        self.assertIn("load@2: nothing new, this version holds the same", again)
        self.assertEqual(self.said("twin", "history", "load", "--json"), before)

    def test_ids_that_are_no_utf_8_are_told_apart_and_known_again(self):
        self.twin("desk", DESK)
        log = self.write("lat.csv", b"case_id,activity,start_time,end_time\n"
                         b"1\xfc,check,2026-03-09T10:00:00,2026-03-09T10:10:00\n"
                         b"1\xfe,check,2026-03-09T10:00:00,2026-03-09T10:10:00\n")
        self.assertIn("4 of 4 events new", self.said("twin", "sync", "desk", log))
        before = self.said("twin", "history", "desk", "--json")
        self.assertIn("0 of 4 events new", self.said("twin", "sync", "desk", log))
        self.assertEqual(self.said("twin", "history", "desk", "--json"), before)

    def test_order_repetitions_and_parts_do_not_matter(self):
        self.twin("whole", NIGHTLY.replace("scenario: nightly", "scenario: whole"))
        self.synced("whole", self.lines("night.ndjson", NIGHT))
        whole = self.state("whole")
        for seed in range(4):
            order = random.Random(seed)
            name = f"parts{seed}"
            self.twin(name, NIGHTLY)
            events = NIGHT + order.sample(NIGHT, 5)
            order.shuffle(events)
            cuts = sorted(order.sample(range(1, len(events)), 3))
            for begin, end in zip([0] + cuts, cuts + [len(events)]):
                part = self.lines("part.ndjson", events[begin:end])
                self.call("twin", "sync", name, part, code=None)
            self.assertEqual(self.state(name), whole, f"seed {seed}")

    def test_a_folder_is_what_its_files_are(self):
        self.twin("whole", NIGHTLY.replace("scenario: nightly", "scenario: whole"))
        self.synced("whole", self.lines("night.ndjson", NIGHT))
        self.twin("folder", NIGHTLY)
        (self.folder / "events/later").mkdir(parents=True)
        self.lines("events/a.ndjson", NIGHT[::2])
        self.lines("events/later/b.ndjson", NIGHT[1::2])
        self.assertIn("19 of 19 events new", self.said("twin", "sync", "folder", "events"))
        self.assertEqual(self.state("folder"), self.state("whole"))

    def test_a_run_that_is_late_and_one_that_was_lost(self):
        self.twin("load", NIGHTLY)
        # The START of publishing was seen, the end of checking was not: it must have ended.
        log = self.lines("lost.ndjson", NIGHT[:5] + [NIGHT[6]])
        done = self.synced("load", log)
        self.assertIn("check: {is: done}", self.state("load"))
        self.assertTrue(any("1 task of which no end is known" in line for line in done["assumed"]), done["assumed"])
        # A day later nothing was seen of the run that was due.
        done = self.synced("load", log, "--at", "2026-03-11T01:30:00Z")
        self.assertTrue(any("1 run was due" in line for line in done["assumed"]), done["assumed"])
        self.assertEqual(self.elements(done)["shop"]["runs"], 2)

    def test_begin_of_the_interval_as_due_time(self):
        # Airflow tells the begin of the interval, a day before the run.
        self.twin("load", NIGHTLY)
        self.synced("load", self.lines("a.ndjson", [
            event("START", "2026-03-10T01:00:09Z", "f1", "load.fetch", "d1", "2026-03-09T01:00:00Z"),
            event("COMPLETE", "2026-03-10T01:30:00Z", "f1", "load.fetch", "d1", "2026-03-09T01:00:00Z")]))
        self.assertIn("age: 30min", self.state("load"))

    def test_a_pause_before_a_retry(self):
        self.twin("load", NIGHTLY)
        self.synced("load", self.lines("a.ndjson", NIGHT[:4]), "--at", "2026-03-10T02:28:00Z")
        self.assertIn("check: {is: retrying, here: 1050s, attempt: 1, left: 7min}", self.state("load"))
        self.synced("load", self.lines("a.ndjson", NIGHT[:4]), "--at", "2026-03-10T02:36:00Z")
        self.assertIn("check: {is: waiting, here: 1530s, waited: 1min, attempt: 1}", self.state("load"))

    # ---- tables of Airflow

    HEADER = "dag_id,run_id,task_id,start_date,end_date,state,try_number,queued_dttm\n"

    def instance(self, dag, day, task, start, end, number=1):
        stamp = lambda at: f"2026-03-{day:02}T{at}+00:00" if at else ""
        state = "running" if not end else "failed" if number == 0 else "success"
        return ",".join([dag, f"scheduled__{day}", task, stamp(start), stamp(end), state, str(number or 1),
                         stamp(start)]) + "\n"

    def test_runs_of_a_table_of_task_instances(self):
        self.twin("load", NIGHTLY)
        first = "".join(self.instance("load", 9, task, start, end) for task, start, end in (
            ("fetch", "01:00:05", "01:50:00"), ("check", "01:50:05", "02:10:00"), ("publish", "02:10:05", "02:15:00")))
        second = (self.instance("load", 10, "fetch", "01:00:05", "01:40:00") +
                  self.instance("load", 10, "check", "01:40:05", "01:50:00", 0) +
                  self.instance("load", 10, "check", "02:00:00", "", 2))
        self.write("both.csv", self.HEADER + first + second)
        done = self.synced("load", "both.csv", "--at", "2026-03-10T02:03:00Z")
        self.assertEqual(done["not_in_twin"], [])
        both = self.state("load")
        self.assertIn("fetch: {is: done}, check: {served: 3min, attempt: 1}", both)
        self.assertNotIn("runs: [{age: 63min, tasks: {fetch: {is: done}, check: {is: done}", both)
        self.twin("other", NIGHTLY)
        self.write("second.csv", self.HEADER + second)
        self.synced("other", "second.csv", "--at", "2026-03-10T02:03:00Z")
        self.assertEqual(self.state("other"), both)

    def test_a_dag_tells_tasks_of_one_name_apart(self):
        nights = NIGHTLY.replace("    shop:", "    other: {schedule: daily at 02:00, tasks: {fetch: {runs_on: crew, "
                                 "service: 1h}}}\n    later:").replace("latency(shop)", "latency(later)").replace("label: airflow/load.", "label: x.")
        nights = nights.replace("label: x.fetch", "label: f").replace("label: airflow/load", "label: l")
        self.twin("two", nights)
        self.write("table.csv", self.HEADER + self.instance("other", 10, "fetch", "02:00:05", ""))
        self.synced("two", "table.csv", "--at", "2026-03-10T02:10:00Z")
        self.assertIn("other: {runs: [{age: 10min, tasks: {fetch: {served: 595s}}}]}", self.state("two"))
        # What may be one or the other says so.
        self.write("bare.csv", "task,start,end\nfetch,2026-03-10T02:00:05Z,\n")
        self.twin("anew", nights)
        self.assertIn("fetch (may be other.fetch or later.fetch)",
                      self.error("twin", "sync", "anew", "bare.csv", code=INCONCLUSIVE))

    def test_syncs_at_once_lose_nothing(self):
        self.twin("load", NIGHTLY)
        self.twin("whole", NIGHTLY)
        self.synced("whole", self.lines("all.ndjson", NIGHT))
        running = [subprocess.Popen([PROGRAM, "twin", "sync", "load", self.lines(f"{i}.ndjson", NIGHT[i::4])], cwd=self.folder,
                                    stdout=subprocess.DEVNULL, stderr=subprocess.PIPE) for i in range(4)]
        for process in running:
            self.assertEqual((process.communicate(timeout=60)[1], process.returncode), (b"", MET))
        self.assertEqual(self.state("load"), self.state("whole"))
        self.said("twin", "verify")

    def test_restoring_takes_a_wrong_date_back(self):
        self.twin("desk", DESK.replace("length: 7d", "length: 30d"))
        at = "2026-03-09T10:{:02}:00"
        good = [("1", "check", at.format(0), at.format(10)), ("2", "check", at.format(5), "")]
        self.synced("desk", self.cases(good))
        right = self.state("desk")
        self.synced("desk", self.cases([("3", "check", "2026-03-19T10:20:00", "2026-03-19T10:25:00")]))
        self.said("twin", "restore", "desk", "desk@2")
        self.assertEqual(self.state("desk"), right)
        next_one = [("4", "check", at.format(40), "")]
        done = self.synced("desk", self.cases(next_one))
        self.assertIn("2026-03-09T10:40", done["instant"])
        healed = self.state("desk")
        self.twin("clean", DESK.replace("length: 7d", "length: 30d"))
        self.synced("clean", self.cases(good + next_one))
        self.assertEqual(self.state("clean"), healed)
        self.said("twin", "verify")

    # ---- stages

    def cases(self, rows):
        self.write("cases.csv", "case_id,activity,start_time,end_time\n" + "".join(",".join(row) + "\n" for row in rows))
        return "cases.csv"

    def test_cases_at_desks(self):
        self.twin("desk", DESK)
        at = "2026-03-09T10:{:02}:00"
        done = self.synced("desk", self.cases([
            ("1", "check", at.format(0), at.format(10)), ("1", "pay", at.format(12), at.format(20)),
            ("2", "check", at.format(5), at.format(18)),
            ("3", "check", at.format(11), at.format(25)), ("3", "Check mail", at.format(26), at.format(27)),
            ("4", "check", at.format(20), ""),
            ("2", "pay", at.format(26), "")]), "--at", "2026-03-09T10:27:00Z")
        self.assertEqual([one["name"] for one in done["not_in_twin"]], ["Check mail"])
        now = self.elements(done)
        self.assertEqual((now["check"]["working"], now["check"]["waiting"]), (1, 0))
        # Case 3 has left the first desk two minutes ago; others took up to eight.
        self.assertEqual((now["pay"]["working"], now["pay"]["waiting"]), (1, 1))
        state = self.state("desk")
        self.assertIn("check: {working: [{served: 7min}]}", state)
        self.assertIn("{age: 22min, served: 1min}", state)
        self.assertIn("{age: 16min, here: 2min}", state)

    def test_who_has_been_gone_for_longest_has_left(self):
        self.twin("desk", DESK)
        at = "2026-03-09T{}:00"
        done = self.synced("desk", self.cases(
            [(str(n), "check", at.format(f"08:{n:02}"), at.format(f"08:{n + 1:02}")) for n in range(20)] +
            [(str(n), "pay", at.format(f"08:{n + 3:02}"), at.format(f"08:{n + 4:02}")) for n in range(15)] +
            [("x", "check", at.format("11:00"), "")]))
        self.assertNotIn("pay", self.elements(done))

    def test_a_simulated_truth_that_is_cut_off_has_the_state_of_its_snapshot(self):
        for seed, hours in ((1, 4), (2, 7), (3, 11)):
            name = f"line{seed}"
            scenario = LINE.replace("SEED", str(seed))
            self.twin(name, scenario)
            self.said("run", name + ".yaml", "--out", f"truth{seed}.h5", "--trace")
            trace = list(csv.DictReader(io.StringIO(self.said("trace", f"truth{seed}.h5", "--format", "csv"))))
            cut = hours * 3600 * 10**9
            kept = []
            for row in trace:
                for column in ("enter_ns", "start_ns", "complete_ns"):
                    if row[column] and int(row[column]) >= cut:
                        row[column] = ""
                if not row["complete_ns"]:
                    row["status"] = "running"
                if row["enter_ns"]:
                    kept.append(row)
            random.Random(seed).shuffle(kept)
            out = io.StringIO()
            writer = csv.DictWriter(out, trace[0].keys(), lineterminator="\n")
            writer.writeheader()
            writer.writerows(kept)
            self.write("log.csv", out.getvalue())
            done = self.synced(name, "log.csv", "--at", f"{hours}h")
            self.assertEqual(done["not_in_twin"], [])
            synced = self.state(name)
            self.said("twin", "snapshot", name + ".yaml", "--at", f"{hours}h", "--out", "snapshot.yaml")
            self.said("twin", "create", name + "s", "snapshot.yaml")
            self.assertEqual(synced, self.state(name + "s"))

    def test_from_a_known_state_on(self):
        # As of 10:00 there were three in line and one at work since five minutes; nobody knows their ids.
        self.twin("desk", DESK.replace("load:", "  as_of: 10h\n  state: {pay: {waiting: 3, working: [{served: 5min}]}}\nload:"))
        done = self.synced("desk", self.cases([
            ("1", "pay", "2026-03-09T09:00:00", "2026-03-09T09:30:00"),      # before: known already
            ("2", "pay", "2026-03-09T09:55:00", "2026-03-09T10:02:00"),      # who was at work
            ("3", "pay", "2026-03-09T10:02:00", "2026-03-09T10:08:00"),      # the first of the line
            ("4", "pay", "2026-03-09T10:08:00", "")]))                       # the second
        now = self.elements(done)["pay"]
        self.assertEqual((now["waiting"], now["working"]), (1, 1))
        self.assertIn("here: 8min", self.state("desk"))
        # The log goes on; and it is read once more from the start.
        done = self.synced("desk", self.cases([
            ("2", "pay", "2026-03-09T09:55:00", "2026-03-09T10:02:00"),
            ("3", "pay", "2026-03-09T10:02:00", "2026-03-09T10:08:00"),
            ("4", "pay", "2026-03-09T10:08:00", "2026-03-09T10:20:00"),
            ("5", "pay", "2026-03-09T10:20:00", "2026-03-09T10:25:00")]))
        now = self.elements(done)["pay"]
        self.assertEqual((now["waiting"], now["working"]), (0, 0))
        # A state that somebody takes up again is known from then on.
        self.said("twin", "restore", "desk", "desk@2")
        done = self.synced("desk", "cases.csv", "--at", "2026-03-09T10:09:00Z")
        self.assertEqual(self.elements(done)["pay"]["working"], 1)

    # ---- what is refused

    def test_a_dry_run_keeps_nothing(self):
        self.twin("load", NIGHTLY)
        before = self.said("twin", "history", "load", "--json")
        said = self.said("twin", "sync", "load", self.lines("night.ndjson", NIGHT), "--dry-run")
        self.assertIn("this would be its next version; nothing was kept (--dry-run)", said)
        self.assertIn("0 -> 1", said)
        self.assertEqual(self.said("twin", "history", "load", "--json"), before)

    def test_what_is_refused(self):
        self.twin("load", NIGHTLY)
        self.twin("timeless", DESK.replace(", start: 2026-03-09T00:00", ""))
        log = self.lines("night.ndjson", NIGHT)
        before = self.said("twin", "list", "--json")
        self.assertIn("say with --start", self.error("twin", "sync", "timeless", log))
        self.assertIn("no twin 'other'", self.error("twin", "sync", "other", log))
        self.assertIn("no such file", self.error("twin", "sync", "load", "none.ndjson"))
        self.assertIn("bad.ndjson:2:", self.error("twin", "sync", "load", self.lines("bad.ndjson", [NIGHT[0], "{"])))
        self.assertIn("is a scenario", self.error("twin", "sync", "load", "load.yaml"))
        self.assertIn("begins", self.error("twin", "sync", "load", log, "--at", "2026-03-01T00:00:00Z"))
        self.assertIn("the run of load@1 is over at 14d", self.error("twin", "sync", "load", log, "--at", "15d"))
        other = self.lines("other.ndjson", [NIGHT[-1]])
        self.assertIn("billing.sum", self.error("twin", "sync", "load", other, code=INCONCLUSIVE))
        self.assertEqual(self.said("twin", "list", "--json"), before)
        self.synced("load", log)
        self.assertIn("as of 2026-03-11T02:10:37+00:00 already",
                      self.error("twin", "sync", "load", log, "--at", "2026-03-11T02:00:00Z"))

    def test_a_log_of_another_twin_is_refused_whatever_was_read_before(self):
        self.twin("desk", DESK)
        head = "case_id,activity,start_time,end_time\n"
        self.write("own.csv", head + "1,check,2026-03-09T10:00:00,2026-03-09T10:10:00\n")
        self.write("other.csv", head + "9,approve,2026-03-09T11:00:00,2026-03-09T11:10:00\n9,ship,2026-03-09T11:10:00,\n")
        self.synced("desk", "own.csv")
        before = self.said("twin", "history", "desk", "--json"), self.said("twin", "export", "desk")
        for more in ([], ["--dry-run"]):
            said = self.error("twin", "sync", "desk", "other.csv", *more, code=INCONCLUSIVE)
            self.assertIn("nothing of desk was found in the log, and nothing was kept", said)
            self.assertIn("The log has: approve (nothing is called so), ship (nothing is called so)", said)
        self.assertEqual((self.said("twin", "history", "desk", "--json"), self.said("twin", "export", "desk")), before)
        done = self.synced("desk", "own.csv")
        self.assertEqual((done["known_events"], done["not_in_twin"]), (2, []))
        # Beside one that is of the twin it is a part of what is told, as within one log.
        self.assertEqual(self.synced("desk", "own.csv", "other.csv")["known_events"], 5)

    def test_jobs_of_another_namespace_are_not_the_twins(self):
        self.twin("load", NIGHTLY)
        whole = NIGHT + [event("START", "2026-03-11T01:00:00Z", "dag-2", "load", "", "2026-03-11T01:00:00Z")]
        staging = [line.replace('"namespace": "airflow"', '"namespace": "staging"') for line in whole]
        said = self.error("twin", "sync", "load", self.lines("staging.ndjson", staging), code=INCONCLUSIVE)
        self.assertIn("staging/load.fetch (is of another namespace than airflow/load.fetch)", said)
        self.synced("load", self.lines("own.ndjson", whole))
        state = self.state("load")
        done = self.synced("load", "staging.ndjson", "own.ndjson")
        self.assertEqual(self.state("load"), state)
        self.assertIn({"name": "staging/load.publish", "events": 3, "why": "is of another namespace than airflow/load.publish"},
                      done["not_in_twin"])

    def test_what_was_renamed_goes_on_under_both_names(self):
        self.twin("desk", DESK)
        self.write("old.csv", "case_id,activity,start_time,end_time\n1,check,2026-03-09T10:00:00,2026-03-09T10:10:00\n"
                              "1,pay,2026-03-09T10:10:00,2026-03-09T10:20:00\n2,check,2026-03-09T10:12:00,2026-03-09T10:22:00\n"
                              "2,pay,2026-03-09T10:30:00,\n")
        self.synced("desk", "old.csv")
        self.write("renamed.yaml", "understudy: 1\nchange: renamed\nbase: desk.yaml\nauthor: a\nreason: r\n"
                                   "edits: [{rename: pay, to: payout}]\n")
        self.write("desk2.yaml", DESK + "changes: [renamed.yaml]\n")
        self.said("twin", "update", "desk", "desk2.yaml")
        self.write("new.csv", "case_id,activity,start_time,end_time\n2,pay,2026-03-09T10:30:00,2026-03-09T10:40:00\n"
                              "3,check,2026-03-09T10:40:00,2026-03-09T10:50:00\n3,payout,2026-03-09T10:55:00,\n")
        done = self.synced("desk", "new.csv")
        self.assertEqual(done["not_in_twin"], [])
        now = self.elements(done)["payout"]
        self.assertEqual((now["working"], now["waiting"]), (1, 0))

    def test_the_answer_of_airflow_is_the_table_of_its_instances(self):
        self.twin("load", NIGHTLY.replace("label: airflow/load.", "label: load."))
        self.write("now.csv", self.HEADER + self.instance("load", 10, "fetch", "01:00:05", "01:40:00") +
                   self.instance("load", 10, "check", "01:40:05", ""))
        instances = [{"dag_id": "load", "dag_run_id": "scheduled__10", "task_id": task, "start_date": start, "end_date": end,
                      "state": state, "try_number": 1} for task, start, end, state in (
            ("fetch", "2026-03-10T01:00:05+00:00", "2026-03-10T01:40:00+00:00", "success"),
            ("check", "2026-03-10T01:40:05+00:00", None, "running"))]
        self.write("now.json", json.dumps({"task_instances": instances, "total_entries": 2}))
        self.synced("load", "now.json", "--at", "2026-03-10T02:00:00Z")
        state = self.state("load")
        self.assertIn("runs: [{age: 1h, tasks: {fetch: {is: done}, check: {served: 1195s}}}]", state)
        # Both tell of one run.
        self.synced("load", "now.csv")
        self.assertEqual(self.state("load"), state)

    def test_a_batch_twin_is_kept_in_step_by_the_log_that_made_it(self):
        jobs = [f"{i} {i * 600} {60 if i % 3 else 4000} {300 + i % 7 * 400} {1 << i % 4} -1 -1 {1 << i % 4} 3600 -1 1 1 1 -1 1 1 -1 -1"
                for i in range(1, 200)]
        self.lines("jobs.swf", ["; MaxProcs: 32", "; UnixStartTime: 1773014400"] + jobs)
        self.said("twin", "import", "bat", "jobs.swf")
        at = 1773014400 + 50000
        done = self.synced("bat", "jobs.swf", "--start", "2026-03-09T00:00", "--at", "50000s")
        self.assertEqual(done["not_in_twin"], [])
        waiting = working = 0
        for job in (line.split() for line in jobs):
            submit, start = int(job[1]), int(job[1]) + int(job[2])
            waiting += submit <= at - 1773014400 < start
            working += start <= at - 1773014400 < start + int(job[3])
        now = self.elements(done).values()
        self.assertEqual((sum(one["waiting"] for one in now), sum(one["working"] for one in now)), (waiting, working))
        self.assertGreater(waiting, 0)
        self.assertGreater(working, 0)

    def test_jobs_of_a_batch_system_that_run_and_wait_are_there(self):
        job = lambda number, submit, wait, run, status: f"{number} {submit} {wait} {run} 1 -1 -1 1 400 -1 {status} 1 1 -1 1 1 -1 -1"
        head = ["; MaxProcs: 64", "; UnixStartTime: 1773014400"]
        self.lines("past.swf", head + [job(i, i * 100, 5, 50 + i, 1) for i in range(1, 30)])
        self.said("twin", "import", "bat", "past.swf")
        # The second runs, the third waits, the fourth was withdrawn; the fifth has ended, and nobody knows when.
        self.lines("now.swf", head + [job(1, 0, 0, 100, 1), job(2, 200, 50, -1, -1), job(3, 300, -1, -1, -1),
                                      job(4, 310, -1, -1, 5), job(5, 320, 5, -1, 1)])
        done = self.synced("bat", "now.swf", "--start", "2026-03-09T00:00", "--at", "400s")
        (name, now), = self.elements(done).items()
        self.assertEqual((name, now["waiting"], now["working"]), ("run_jobs_of_1_to_15min", 1, 1))
        self.assertIn("served: 150s", self.state("bat"))
        # The one that waits is withdrawn, the other ends.
        self.lines("later.swf", head + [job(2, 200, 50, 300, 1), job(3, 300, 250, -1, 5)])
        now, = self.elements(self.synced("bat", "later.swf", "--at", "600s")).values()
        self.assertEqual((now["waiting"], now["working"]), (0, 0))

    def test_jobs_of_one_name_in_a_trace_are_those_that_import_numbered(self):
        head = "hash\tname\tprocess\tstatus\tsubmit\tstart\tcomplete\trealtime\tattempt"
        job = lambda mark, status, *times: f"{mark}\ttrim (all)\ttrim\t{status}\t" + "\t".join(times) + "\t1"
        self.lines("trace.tsv", [head, job("aa/1", "COMPLETED", "0", "1000", "10000", "9000"),
                                 job("bb/2", "COMPLETED", "2000", "3000", "43000", "40000")])
        self.said("twin", "import", "flow", "trace.tsv")
        self.lines("now.tsv", [head, job("ff/1", "RUNNING", "0", "1000", "-", "-"),
                               job("cc/2", "COMPLETED", "2000", "3000", "23000", "20000")])
        self.synced("flow", "now.tsv", "--at", "30s")
        text = self.said("twin", "export", "flow")
        second = re.search(r"(\w+): \{[^\n]*label: '?\"?trim \(all\) #2", text).group(1)
        first = re.search(r"(\w+): \{[^\n]*label: '?\"?trim \(all\)[^ ]", text).group(1)
        self.assertIn(f"{second}: {{is: done}}", self.state("flow"))
        self.assertRegex(self.state("flow"), rf"\b{first}: {{served: 29s}}")

    def test_a_log_is_of_one_run(self):
        self.write("part.csv", "task,start,end\nfetch,2026-03-10T01:00:05Z,2026-03-10T01:50:00Z\n")
        self.write("whole.csv", "task,start,end\nfetch,2026-03-10T01:00:05Z,2026-03-10T01:50:00Z\ncheck,2026-03-10T01:50:05Z,\n")
        for name, first, then, said in (("one", ["--run", "a"], ["--run", "b"], "as of the run a, and"),
                                        ("two", [], ["--run", "b"], "without --run, and would count as a second run"),
                                        ("three", ["--run", "a"], [], "say --run a, or")):
            self.twin(name, NIGHTLY)
            self.synced(name, "part.csv", *first)
            for log in ("part.csv", "whole.csv"):
                self.assertIn(said, self.error("twin", "sync", name, log, *then))
            self.synced(name, "whole.csv", *first)
            self.assertEqual(self.state(name).count("age:"), 1)
        # Another run is another.
        self.write("next.csv", "task,start,end\nfetch,2026-03-11T01:00:05Z,\n")
        self.synced("one", "next.csv", "--run", "b")
        self.assertEqual(self.state("one").count("age:"), 2)

    def renamed_desk(self):
        """By a file, of which people keep no state."""
        self.write("renamed.yaml", "understudy: 1\nchange: renamed\nbase: desk.yaml\nauthor: a\nreason: r\n"
                                   "edits: [{rename: pay, to: payout}]\n")
        self.write("bare.yaml", DESK.replace("writes: {pay: 80%", "writes: {paid: 80%").replace("reads: pay,", "reads: paid,")
                   + "changes: [renamed.yaml]\n")
        self.said("twin", "update", "desk", "bare.yaml")

    STATE = "  as_of: 9h\n  state: {pay: {waiting: 3}, check: {waiting: 2}}\nload: {claims"

    def test_a_state_goes_with_new_names_before_any_sync(self):
        self.twin("desk", DESK.replace("load: {claims", self.STATE))
        self.renamed_desk()
        self.assertIn("payout: {waiting: 3}", self.state("desk"))
        self.assertIn("payout", self.said("twin", "show", "desk"))
        forecast = json.loads(self.said("twin", "forecast", "desk", "--for", "2h", "--replications", "39", "--json"))
        self.assertEqual({one["stage"]: one["items"] for one in forecast["there_now"]}, {"payout": 3, "check": 2})
        self.said("twin", "snapshot", "desk", "--at", "9h")
        self.assertIn("payout: {waiting: 3}", self.state("desk"))
        # The state of a version from before it, and the version from before it with the state that there is now.
        self.said("twin", "snapshot", "desk", "--at", "12h")
        self.said("twin", "restore", "desk", "desk@1")
        self.assertIn("payout: {waiting: 3}", self.state("desk"))
        self.write("back.yaml", DESK)
        self.said("twin", "update", "desk", "back.yaml")
        self.assertIn("pay: {waiting: 3}", self.state("desk"))

    def test_what_was_known_before_a_renaming_stays(self):
        self.twin("desk", DESK.replace("load: {claims", self.STATE))
        self.synced("desk", self.lines("one.csv", ["case_id,activity,start_time,end_time",
                                                   "1,check,2026-03-09T10:00:00,2026-03-09T10:10:00"]))
        self.renamed_desk()
        done = self.synced("desk", self.lines("two.csv", ["case_id,activity,start_time,end_time",
                                                          "1,pay,2026-03-09T10:20:00,"]))
        now = self.elements(done)["payout"]
        self.assertEqual((now["working"], now["waiting"]), (1, 3))

    def test_a_sync_without_news_makes_no_version_after_a_renaming(self):
        for state in ("load: {claims", self.STATE):
            name = "desk" if state == self.STATE else "fresh"
            self.twin(name, DESK.replace("load: {claims", state))
            self.lines("one.csv", ["case_id,activity,start_time,end_time",
                                   "1,check,2026-03-09T10:00:00,2026-03-09T10:10:00", "1,pay,2026-03-09T10:10:00,"])
            self.synced(name, "one.csv")
            self.write("renamed.yaml", f"understudy: 1\nchange: renamed\nbase: {name}.yaml\nauthor: a\nreason: r\n"
                                       "edits: [{rename: pay, to: aa_payout}]\n")
            self.write("renamed_desk.yaml", DESK + "changes: [renamed.yaml]\n")
            self.said("twin", "update", name, "renamed_desk.yaml")
            done = self.synced(name, "one.csv")
            self.assertEqual((done["version"], done["added"]), (f"{name}@3", False))

    def test_events_of_before_the_clock_are_told(self):
        self.twin("desk", DESK)
        head = "case_id,activity,start_time,end_time\n"
        self.write("old.csv", head + "x1,check,2020-03-20T10:00:00,2020-03-20T10:10:00\n"
                                     "x2,check,2026-03-09T10:00:00,2026-03-09T10:10:00\n"
                                     "x3,other,2020-03-20T10:00:00,\n")
        notes = [note for note in self.synced("desk", "old.csv")["logs"][0]["notes"] if "before" in note["text"]]
        self.assertEqual([note["count"] for note in notes], [2])
        self.assertIn("run's clock begins (2026-03-09T00:00:00+00:00), the first of 2020-03-20T10:00:00+00:00", notes[0]["text"])
        self.write("new.csv", head + "x4,check,2026-03-09T10:20:00,2026-03-09T10:30:00\n")
        self.assertNotIn("before the run", self.said("twin", "sync", "desk", "new.csv"))

    def test_what_airflow_exports_keeps_the_twin_of_its_export_in_step(self):
        self.write("etl.json", json.dumps({"dag": {"dag_id": "etl", "schedule_interval": "0 5 * * *", "tasks": [
            {"task_id": "extract", "downstream_task_ids": ["clean"]}, {"task_id": "clean", "downstream_task_ids": []}]}}))
        self.write("past.csv", self.HEADER + "".join(self.instance("etl", 9, task, start, end) for task, start, end in (
            ("extract", "05:00:05", "05:10:00"), ("clean", "05:10:05", "05:30:00"))))
        self.said("twin", "import", "etl", "etl.json", "past.csv")
        self.write("now.csv", self.HEADER + self.instance("etl", 10, "extract", "05:00:05", "05:10:00") +
                   self.instance("etl", 10, "clean", "05:11:00", ""))
        done = self.synced("etl", "now.csv", "--at", "2026-03-10T05:20:00Z", "--start", "midnight")
        self.assertEqual(done["not_in_twin"], [])
        self.assertIn("tasks: {clean: {served: 9min}, extract: {is: done}}", self.state("etl"))

    def test_the_clock_begins_anew(self):
        self.twin("load", NIGHTLY.replace("length: 14d", "length: 1d"))
        log = self.lines("night.ndjson", NIGHT)
        self.assertIn("--start midnight", self.error("twin", "sync", "load", log))
        self.synced("load", log, "--start", "midnight")
        text = self.said("twin", "export", "load")
        self.assertIn("start: 2026-03-11T00:00", text)
        self.assertIn("as_of: 7837s", text)


if __name__ == "__main__":
    main()
