"""Promised: process logs and logs of batch systems are read or refused with file, place and exit code 2, and nothing is
written then; the same log gives the same bytes; twins can be run; no input crashes the program. Shown: a process made here
in three forms, a queue, both with bytes changed at random, wrong options.
"""

import gzip
import os
import random
import unittest

from program import INTERNAL, MET, SOURCES, USAGE, ProgramTest, main


def steps(cases=60):
    """(case, activity, who, start, end) in minutes; every third case asks back."""
    source = random.Random(8)
    for case in range(cases):
        at = 30 * case
        for activity, who in (("check", "Ana"), *((("ask & wait", "Ben"),) if case % 3 == 0 else ()), ("pay", "Carl")):
            at += source.randrange(1, 300)
            took = source.randrange(1, 20)
            yield case, activity, who, at, at + took
            at += took


def clock(minutes):
    return f"2026-03-{2 + minutes // 1440:02}T{minutes % 1440 // 60:02}:{minutes % 60:02}:00.000+01:00"


def as_table(rows):
    return "case_id,activity,resource,start_time,end_time\n" + "".join(
        f"{case},{activity},{who},{clock(start)},{clock(end)}\n" for case, activity, who, start, end in rows)


def as_events(rows):
    lines = [(at, f"{case};{activity};{transition};{who};{clock(at)}\n") for case, activity, who, start, end in rows
             for at, transition in ((start, "start"), (end, "complete"))]
    return "Case ID;Activity;lifecycle:transition;Resource;Timestamp\n" + "".join(line for _, line in sorted(lines))


def as_xes(rows):
    traces = {}
    for case, activity, who, start, end in rows:
        for at, transition in ((start, "start"), (end, "complete")):
            traces.setdefault(case, []).append(
                f'<event><string key="concept:name" value="{activity.replace("&", "&amp;")}"/>'
                f'<string key="org:resource" value="{who}"/><string key="lifecycle:transition" value="{transition}"/>'
                f'<date key="time:timestamp" value="{clock(at)}"/></event>\n')
    return ('<?xml version="1.0" encoding="UTF-8"?>\n<log xes.version="1.0">\n' +
            "".join(f'<trace><string key="concept:name" value="{case}"/>\n{"".join(events)}</trace>\n'
                    for case, events in traces.items()) + "</log>\n")


QUEUE = "; MaxProcs: 8\n; UnixStartTime: 1027839845\n" + "".join(
    f"{number + 1} {60 * number} {number % 7 * 30} {300 + number % 5 * 100} {1 + number % 4} "
    "-1 -1 -1 900 -1 1 1 1 -1 1 1 -1 -1\n" for number in range(200))


class ProcessLogs(ProgramTest):
    def test_columns_that_are_said(self):
        rows = list(steps())
        self.write("usual.csv", as_table(rows).replace(":00.000+01:00", ":00"))

        def american(minutes):
            hour = minutes % 1440 // 60
            return f"3/{2 + minutes // 1440}/2026 {hour % 12 or 12}:{minutes % 60:02} {'PM' if hour >= 12 else 'AM'}"

        self.write("own.csv", "No\tWhat\tWho\tFrom\tTo\n" + "".join(
            f"{case}\t{activity}\t{who}\t{american(start)}\t{american(end)}\n" for case, activity, who, start, end in rows))
        said = "case: No\nactivity: What\nresource: Who\nstart: From\nend: To\ndates: month first\n"
        columns = self.write("columns.txt", said)
        self.call("import", "usual.csv", "--name", "desk", "--out", "usual.yaml", code=MET)
        self.call("import", "own.csv", "--columns", columns, "--name", "desk", "--out", "own.yaml", code=MET)
        read = [(self.folder / name).read_text().split("\n", 1)[1] for name in ("usual.yaml", "own.yaml")]
        self.assertEqual(*read)
        os.environ.pop("UNDERSTUDY_STORE", None)
        self.call("twin", "import", "desk", "usual.csv", code=MET)
        self.assertIn(b"nothing", self.call("twin", "import", "desk", "own.csv", "--columns", columns, code=MET).stdout)
        # Who follows the log or fits a twin to it takes the same file.
        for verb in (("calibrate", "usual.yaml"), ("twin", "sync", "desk")):
            start = ("--start", "2026-03-02T00:00") if verb[0] == "twin" else ()
            done = self.call(*verb, "own.csv", "--columns", columns, *start)
            self.assertNotIn(done.returncode, (USAGE, INTERNAL), done.stderr.decode())
        wrong = self.write("wrong.txt", said.replace("Who", "Whom"))
        twice = self.write("twice.txt", said + "case: What\n")
        self.write("tasks.csv", "a,b\n1,2\n")
        self.write("utf16.csv", (self.folder / "own.csv").read_text().encode("utf-16"))
        for words, message in [
                (("own.csv",), "own.csv:1: error: is a table, and for the log of a process it lacks a column of a case"),
                (("own.csv", "--columns", wrong), "own.csv: lacks the column `Whom` that --columns gives for `resource`"),
                (("own.csv", "--columns", "none.txt"), "none.txt"),
                (("utf16.csv", "--columns", columns), "utf16.csv: is UTF-16 text; save it as UTF-8"),
                (("own.csv", "--columns", twice), "twice.txt:7: says 'case' a second time"),
                (("usual.csv", "own.csv", "--columns", columns), "--columns is for one table of a process (CSV)"),
                (("own.csv", "--columns", columns, "--out", "columns.txt"), "columns.txt")]:
            with self.subTest(words=words):
                self.assertIn(message, self.call("import", *words, code=USAGE).stderr.decode())

    def test_three_forms_give_one_twin(self):
        rows = list(steps())
        self.write("a.csv", as_table(rows))
        self.write("b.csv", as_events(rows))
        self.write("c.xes", as_xes(rows))
        (self.folder / "d.xes.gz").write_bytes(gzip.compress(as_xes(rows).encode()))
        counts, twins = [], []
        for log in ("a.csv", "b.csv", "c.xes", "d.xes.gz"):
            report = self.json_of(self.call("import", log, "--name", "claims", "--out", "twin.yaml", "--validate",
                                            "--json", code=MET))
            counts.append({key: value for key, value in report["counts"].items() if key != "events"})
            twins.append((self.folder / "twin.yaml").read_text().split("\n", 1)[1])
            self.assertEqual([one["name"] for one in report["cycle_times"]["forecasts"]],
                             ["bootstrap", "unfitted", "fitted"])
            self.assertEqual(report["counts"]["steps"], len(rows))
            self.assertEqual(report["counts"]["steps_with_start"], len(rows))
        self.assertEqual(counts, counts[:1] * 4)
        self.assertEqual(twins, twins[:1] * 4)
        self.call("validate", "twin.yaml", code=MET)
        result = self.json_of(self.call("run", "twin.yaml", "--replications", "3", "--json"))
        self.assertEqual(result["scenario"], "claims")

    def test_what_is_wrong_is_told_with_its_place_and_writes_nothing(self):
        self.write("bad.csv", "case,activity,time\n1,a,then\n1,b\n")
        self.write("bad.xes", "<log>\n<trace>\n</log>")
        self.write("objects.csv", "ocel:eid,ocel:activity,ocel:timestamp\n1,a,2026-03-02T10:00:00Z\n")
        self.write("queue.swf", QUEUE)
        self.write("bad.swf", "; MaxProcs: 8\n1 2 x\n")
        self.write("good.csv", as_table(steps()))
        for log, place in (("bad.csv", "bad.csv:2:5: error: 'then'"), ("bad.csv", "bad.csv:3: error: 2 fields"),
                           ("bad.xes", "bad.xes:3:3: error: the XML is broken"),
                           ("objects.csv", "objects.csv:1:1: error: is an object-centric log"),
                           ("bad.swf", "bad.swf:2:5: error: 'x' is no number")):
            self.assertIn(place, self.call("import", log, "--out", "twin.yaml", code=USAGE).stderr.decode())
            self.assertFalse((self.folder / "twin.yaml").exists())
        self.assertIn("bad.swf:2:5: error: 'x' is no number",
                      self.call("replay", "bad.swf", code=USAGE).stderr.decode())
        for words in (("import", "good.csv", "good.csv"), ("import", "good.csv", "--onto", "good.csv"),
                      ("import", "good.csv", "--out", "good.csv"), ("import", "queue.swf", "--validate"),
                      ("import", "queue.swf", "good.csv"),
                      ("import", str(SOURCES / "scenarios/shop-dbt"), "--validate"),
                      ("replay", "queue.swf", "--backfill", "some"), ("replay", "queue.swf", "--rules", "all"),
                      ("replay", "good.csv", "--rules", "none"), ("replay", "queue.swf", "--submissions", "inferred"),
                      ("replay", "queue.swf", "--dag", "good.csv")):
            self.call(*words, code=USAGE)
        self.write("few.csv", as_table(list(steps(5))))
        self.assertIn("--validate needs 10", self.call("import", "few.csv", "--validate", code=USAGE).stderr.decode())

    def test_a_queue_has_the_same_bytes_and_a_twin_that_runs(self):
        self.write("queue.swf", QUEUE)
        first = self.call("replay", "queue.swf", "--json", "--save-twin", "twin.yaml", code=MET).stdout
        self.assertEqual(first, self.call("replay", "queue.swf", "--json", code=MET).stdout)
        report = self.json_of(self.call("replay", "queue.swf", "--json", code=MET))
        self.assertEqual(report["waits"][0]["jobs"], 200)
        self.call("run", "twin.yaml", code=MET)
        counts = self.json_of(self.call("import", "queue.swf", "--out", "load.yaml", "--json", code=MET))["counts"]
        self.assertEqual(counts, {"jobs": 200, "left_out": 0, "classes": 3})
        self.call("run", "load.yaml", "--set", "run.length=1d", "--set", "run.warm_up=1h", "--set", "load=2x", code=MET)

    def test_a_later_log_is_a_change_and_a_version(self):
        rows = list(steps())
        self.write("first.csv", as_table(rows))
        # Asking back is gone, and something is sent at the end.
        later = [row for row in rows if "ask" not in row[1]]
        later += [(case, "send", "Dora", end + 5, end + 12) for case, activity, _, _, end in later if activity == "pay"]
        self.write("later.csv", as_table(later))
        self.call("import", "first.csv", "--out", "twin.yaml", code=MET)
        again = self.json_of(self.call("import", "first.csv", "--onto", "twin.yaml", "--change", "none.yaml", "--json", code=MET))
        self.assertEqual(again["edits"], {"added": 0, "set": 0, "removed": 0})
        self.assertFalse((self.folder / "none.yaml").exists())
        edits = self.json_of(self.call("import", "later.csv", "--onto", "twin.yaml", "--change", "change.yaml", "--json",
                                       code=MET))["edits"]
        self.assertTrue(all(edits.values()), edits)
        self.call("validate", "change.yaml", code=MET)
        self.call("run", "twin.yaml", "--change", "change.yaml", "--replications", "2", code=MET)
        self.assertIn(b"edits:", self.call("import", "later.csv", "--onto", "twin.yaml", code=MET).stdout)

        def kept(name, log, code=MET):
            return self.call("twin", "import", name, log, "--author", "ana", "--time", "2026-03-09T05:00:00Z", "--json", code=code)

        for version, log, added in (("desk@1", "first.csv", True), ("desk@1", "first.csv", False), ("desk@2", "later.csv", True),
                                    ("desk@2", "later.csv", False)):
            got = self.json_of(kept("desk", log))
            self.assertEqual((got["version"], got["added"]), (version, added))
        self.assertIn(b"send", self.call("twin", "show", "desk@2", "--change", code=MET).stdout)
        self.call("run", "desk@2", "--replications", "2", code=MET)
        self.write("queue.swf", QUEUE)
        self.write("more.swf", QUEUE.replace("MaxProcs: 8", "MaxProcs: 16") +
                   "201 12000 0 4000 16 -1 -1 16 7200 -1 1 1 1 -1 1 1 -1 -1\n")
        self.assertEqual(self.json_of(kept("queue", "queue.swf"))["version"], "queue@1")
        second = self.json_of(kept("queue", "more.swf"))
        self.assertEqual(second["version"], "queue@2")
        self.assertGreater(second["edits"]["added"], 0)
        self.assertIn(b"{set: cluster.workers, to: 16}", self.call("twin", "show", "queue@2", "--change", code=MET).stdout)
        self.call("run", "queue@2", "--replications", "2", code=MET)
        # One log makes one twin, and none of another.
        done = self.call("twin", "import", "desk", "first.csv", "queue.swf", code=USAGE)
        self.assertIn(b"import it alone", done.stderr)

    def test_a_later_log_keeps_names_and_says_what_it_takes_again(self):
        rows = list(steps())
        self.write("first.csv", as_table(rows))
        self.write("later.csv", as_table([*rows, (60, "check", "Dora", 2000, 2020), (60, "pay", "Carl", 2100, 2105)]))

        def kept(name, log):
            return self.json_of(self.call("twin", "import", name, log, "--author", "ana", "--json", code=MET))

        # A twin that was deleted leaves its numbers behind.
        kept("desk", "first.csv")
        self.call("twin", "delete", "desk", code=MET)
        self.assertEqual(kept("desk", "first.csv")["version"], "desk@2")
        self.call("twin", "export", "desk", "--out", "twin.yaml", code=MET)
        self.write("names.yaml", "understudy: 1\nchange: names\nbase: twin.yaml\nedits:\n"
                                 "  - {rename: pay, to: payment}\n  - {rename: cases, to: claims}\n"
                                 "  - {rename: people, to: staff}\n  - {set: payment.service, to: 20min}\n"
                                 "  - {add: p(95) latency(payment) < 90d, as: objective}\n")
        text = (self.folder / "twin.yaml").read_text()
        self.write("mine.yaml", text + "changes: [names.yaml]\n")
        self.call("twin", "update", "desk", "mine.yaml", "--author", "ben", code=MET)
        later = kept("desk", "later.csv")
        self.assertEqual((later["version"], later["edits"]["removed"]), ("desk@4", 0))
        self.assertEqual([(one["what"], one["version"], one["author"], one["set"]) for one in later["overwritten"]],
                         [("payment.service", "desk@3", "ben", "20min")])
        self.assertIn(b"payment: {", self.call("twin", "show", "desk", code=MET).stdout +
                      self.call("twin", "export", "desk", "--out", "after.yaml", code=MET).stdout +
                      (self.folder / "after.yaml").read_bytes())
        self.assertEqual(kept("desk", "later.csv")["overwritten"], [])
        # What is gone cannot stay where no case comes to it: what names it is told.
        self.write("without.csv", as_table([row for row in rows if row[1] != "pay"]))
        done = self.call("twin", "import", "desk", "without.csv", code=USAGE)
        self.assertIn(b"note: payment is gone from what was read and stays: 'payment' is still named in objectives: "
                      b"'p(95) latency(payment) < 90d'", done.stderr)

    def test_a_later_log_of_a_batch_system_has_other_classes(self):
        def queue(name, jobs):
            # Five weeks, so that the hours of the week are a profile.
            self.write(name, "; MaxProcs: 8\n; UnixStartTime: 1027839845\n" + "".join(
                f"{number + 1} {15000 * number + number % 5 * 3600} {number % 7 * 30} {300 + number % 5 * 100} "
                f"{1 + number % jobs} -1 -1 -1 900 -1 1 1 1 -1 1 1 -1 -1\n" for number in range(210)))
            return self.json_of(self.call("twin", "import", "queue", name, "--json", code=MET))

        queue("first.swf", 8)
        self.assertIn(b"profiles", self.call("twin", "export", "queue", "--out", "queue.yaml", code=MET).stdout +
                      (self.folder / "queue.yaml").read_bytes())
        later = queue("later.swf", 3)
        self.assertEqual((later["version"], later["edits"]["removed"], later["kept"]), ("queue@2", 2, []))
        self.call("run", "queue@2", "--set", "run.length=2w", "--replications", "2", code=MET)

    def test_bytes_changed_at_random_crash_nothing(self):
        source = random.Random(4)
        rows = list(steps(20))
        for name, verb, text in (("a.csv", "import", as_table(rows)), ("b.csv", "import", as_events(rows)),
                                 ("c.xes", "import", as_xes(rows)), ("q.swf", "replay", QUEUE)):
            for number in range(25):
                data = bytearray(text.encode())
                for _ in range(source.randrange(1, 6)):
                    at = source.randrange(len(data))
                    if number % 3 == 0:
                        del data[at:at + source.randrange(1, 200)]
                    else:
                        data[at] = source.choice(b"\0\xff<>&\"',;-9 \n" if number % 3 == 1 else bytes(range(256)))
                (self.folder / name).write_bytes(data)
                done = self.call(verb, name, *(("--validate",) if verb == "import" else ()))
                self.assertIn(done.returncode, (MET, USAGE), f"{name} {number}\n{done.stderr}")
                self.assertNotEqual(done.returncode, INTERNAL)


if __name__ == "__main__":
    main()
