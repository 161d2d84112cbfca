"""Promised: `config files` lists what each file of the language rests on, whatever leads there, also where it is not there;
the hook of docs/rehearsal.md lets nothing through that rests on a file which a branch has changed and breaks a promise by it.
Shown: by calling the program, and by the hook as the page has it, in repositories with a branch each.
"""

import re
import shutil
import subprocess
import unittest

from program import MET, PROGRAM, SOURCES, ProgramTest, main, mm1

TEMPLATE = """understudy: 1
template: queue
parameters: {source: {description: what is read}, mean: {default: 1s}}
twin: {stages: {server: {reads: $(source), workers: 1, service: exponential(mean $(mean))}}}
"""
OF_TEMPLATE = """understudy: 1
scenario: of-template
twin: {instances: {desk: {template: queue, source: jobs}}}
load: {jobs: {arrivals: poisson(0.3/s)}}
run: {length: 20min, warm_up: 2min, replications: 4}
objectives: [avg service(desk/server) < 1.2s]
"""
OF_LOG = """understudy: 1
scenario: of-log
logs: {calls: {file: data/calls.csv, format: csv, time: at, columns: {took: s}}}
twin:
  datasets: {orders: {contract: orders.odcs.yaml}}
  stages: {server: {reads: jobs, workers: 1, service: sample(calls.took), writes: orders}}
load: {jobs: {arrivals: poisson(0.3/s)}}
actions: [{at: 10min, apply: later.yaml}]
run: {length: 20min, warm_up: 2min, replications: 4}
objectives: [avg service(server) < 1.2s]
"""


class Files(ProgramTest):
    def rests_on(self, *files):
        done = self.call("config", "files", *files, code=MET)
        self.assertEqual(done.stderr, b"")
        told = {}
        for line in done.stdout.decode().splitlines():
            file, kind, used = line.split("\t")
            told.setdefault((file, kind), []).append(used)
        rows = self.json_of(self.call("config", "files", *files, "--json", code=MET))["files"]
        self.assertEqual(told, {(row["file"], row["kind"]): row["rests_on"] for row in rows})
        return {file: used for (file, _), used in told.items()}

    def test_whatever_leads_there(self):
        for folder in "templates", "data", "below", "sql", "samples":
            (self.folder / folder).mkdir()
        self.write("templates/queue.yaml", TEMPLATE)
        self.write("of-template.yaml", OF_TEMPLATE)
        self.write("of-log.yaml", OF_LOG)
        self.write("later.yaml", "understudy: 1\nchange: later\nedits: [{set: server.workers, to: 2}]\n")
        self.write("below/a.yaml", "understudy: 1\nscenario: a\ninclude: [../promises.yaml, gone.yaml]\n")
        self.write("promises.yaml", "understudy: 1\nscenario: promises\nobjectives: [max present() < 1000]\n")
        self.write("whole.yaml", mm1() + "include: [below/a.yaml]\nchanges: [later.yaml]\n")
        self.write("samples/t.csv", "id\n1\n")
        self.write("samples/notes.txt", "no table")
        self.write("ch.yaml", "understudy: 1\nchange: ch\nbase: of-log.yaml\n"
                              "edits: [{transform: server, from: sql/a.sql, to: sql/b.sql, samples: samples}]\n")
        self.write("study.yaml", "understudy: 1\nstudy: s\nbase: whole.yaml\nchanges: [ch.yaml]\nmethod: grid\n"
                                 "vary: {server.workers: [1, 2]}\n")
        self.write("policy.yaml", "understudy: 1\npolicy: p\nsigners: keys/allowed\nrules: []\n")
        self.write("other.yaml", "kind: Deployment\nscenario: of somebody else\n")
        of_log = ["data/calls.csv", "later.yaml", "of-log.yaml", "orders.odcs.yaml"]
        whole = ["below/a.yaml", "below/gone.yaml", "later.yaml", "promises.yaml", "whole.yaml"]
        self.assertEqual(
            self.rests_on("of-template.yaml", "of-log.yaml", "whole.yaml", "below/a.yaml", "ch.yaml", "study.yaml",
                          "policy.yaml", "templates/queue.yaml", "other.yaml", "samples/t.csv", "gone.yaml"),
            {"of-template.yaml": ["of-template.yaml", "templates/queue.yaml"],
             "of-log.yaml": of_log,
             "whole.yaml": whole,
             "below/a.yaml": ["below/a.yaml", "below/gone.yaml", "promises.yaml"],
             "ch.yaml": sorted([*of_log, "ch.yaml", "sql/a.sql", "sql/b.sql", "samples/t.csv"]),
             "study.yaml": sorted([*whole, "ch.yaml", "study.yaml"]),
             "policy.yaml": ["keys/allowed", "policy.yaml"],
             "templates/queue.yaml": ["templates/queue.yaml"]})

    def test_broken_files_are_what_their_lines_say(self):
        self.write("a.yaml", "understudy: 1\nscenario: a\ntwin: {a: }}\n")
        self.write("b.yaml", "understudy: 1\nchang: b\n")
        self.write("c.yaml", b"understudy: 1\nstudy: \xff\n")
        rows = self.json_of(self.call("config", "files", "a.yaml", "b.yaml", "c.yaml", "--json", code=MET))["files"]
        self.assertEqual([(row["file"], row["kind"], row["rests_on"]) for row in rows],
                         [("a.yaml", "scenario", ["a.yaml"]), ("b.yaml", "unknown", ["b.yaml"]),
                          ("c.yaml", "study", ["c.yaml"])])

    def test_shipped_templates_and_stored_versions_are_no_files(self):
        self.write("shipped.yaml", "understudy: 1\nscenario: s\ntwin: {instances: {t: {template: kafka-topic, source: s}}}\n")
        self.call("twin", "create", "kept", self.write("mm1.yaml", mm1()), code=MET)
        self.write("ch.yaml", "understudy: 1\nchange: ch\nbase: kept@1\nedits: [{set: server.workers, to: 2}]\n")
        self.assertEqual(self.rests_on("shipped.yaml", "ch.yaml"), {"shipped.yaml": ["shipped.yaml"], "ch.yaml": ["ch.yaml"]})


@unittest.skipUnless(shutil.which("git"), "git is not installed")
class Hook(ProgramTest):
    def git(self, *words):
        subprocess.run(["git", "-c", "user.name=Dana", "-c", "user.email=dana@example.com", *words], cwd=self.folder,
                       check=True, capture_output=True)

    def hook(self, branch):
        """What the hook says of a branch with what there is now; then main again."""
        self.git("checkout", "-q", "-b", branch)
        self.git("add", "-A")
        self.git("commit", "-qm", branch)
        bin_folder = self.folder / ".git/bin"
        bin_folder.mkdir(exist_ok=True)
        if not (bin_folder / "understudy").exists():
            (bin_folder / "understudy").symlink_to(PROGRAM)
        done = subprocess.run(["sh", ".git/pre-push"], cwd=self.folder, capture_output=True, timeout=300,
                              env={"PATH": f"{bin_folder}:/usr/bin:/bin", "LC_ALL": "C.UTF-8"})
        self.git("checkout", "-q", "main")
        return done.returncode, (done.stdout + done.stderr).decode()

    def test_what_rests_on_a_changed_file(self):
        self.git("init", "-q", "-b", "main")
        page = (SOURCES / "docs/rehearsal.md").read_text()
        (self.folder / ".git/pre-push").write_text(re.search(r"cat > pre-push <<'END'\n(.*?)END\n", page, re.S)[1])
        for folder in "templates", "data", "sql", "samples":
            (self.folder / folder).mkdir()
        self.write("templates/queue.yaml", TEMPLATE)
        self.write("of-template.yaml", OF_TEMPLATE)
        self.write("of-log.yaml", OF_LOG)
        self.write("later.yaml", "understudy: 1\nchange: later\nedits: [{set: server.service, to: 1s}]\n")
        self.write("orders.odcs.yaml", "apiVersion: v3.0.0\nkind: DataContract\nid: orders\n")
        self.write("data/calls.csv", "at,took\n" + "".join(f"2026-03-01T00:00:{i:02},1\n" for i in range(60)))
        self.write("größe.yml", mm1("avg service(server) < 1.1s", replications=4).replace("0.8/s", "0.4/s"))
        self.write("quoted.yaml", mm1("avg service(server) < 1.1s", replications=4).replace("0.8/s", "0.4/s").replace("scenario:", '"scenario":', 1))
        tables = "datasets: {t: {columns: {id: {type: int, nullable: false}}}}, "
        self.write("sql-base.yaml", mm1().replace("twin: {", "twin: {" + tables, 1).replace("workers: 1", "workers: 1, writes: t", 1))
        self.write("sql/a.sql", "SELECT id FROM t")
        self.write("sql/b.sql", "SELECT id FROM t")
        self.write("samples/t.csv", "id\n1\n2\n")
        self.write("sql.yaml", "understudy: 1\nchange: sql\nbase: sql-base.yaml\nedits: "
                               "[{transform: server, from: sql/a.sql, to: sql/b.sql, samples: samples, key: id}]\n")
        self.git("add", "-A")
        self.git("commit", "-qm", "As it is")
        code, said = self.hook("nothing-but-a-note") if self.write("README", "A note\n") else (None, "")
        self.assertEqual((code, said), (0, ""))
        slow = ("of-template", "templates/queue.yaml", "default: 1s", "default: 1.9s"), \
               ("size", "größe.yml", "mean 1s", "mean 1.24s"), ("quoted", "quoted.yaml", "mean 1s", "mean 1.24s"), \
               ("log", "data/calls.csv", ",1\n", ",1.95\n"), ("change-of-it", "later.yaml", "to: 1s", "to: 1.95s"), \
               ("sql", "sql/b.sql", "SELECT id", "SELECT nullif(id, 1) AS id")
        for branch, file, good, bad in slow:
            with self.subTest(branch):
                text = (self.folder / file).read_text()
                self.assertIn(good, text)
                self.write(file, text.replace(good, bad))
                code, said = self.hook(branch)
                self.assertEqual(code, 1, said)
                self.assertRegex(said, "violated|failed")
        broken = ("brace", "of-log.yaml", "actions: [", "actions: [["), ("word", "of-log.yaml", "scenario:", "scenari:"), \
                 ("new", "fresh.yaml", "", "understudy: 1\nchange: fresh\nedits: [{set: a: b}\n"), \
                 ("changed", "sql.yaml", "change: sql", "change: [sql")
        for branch, file, good, bad in broken:
            with self.subTest(branch):
                text = (self.folder / file).read_text() if good else ""
                self.assertIn(good, text)
                self.write(file, text.replace(good, bad) if good else bad)
                code, said = self.hook(branch)
                self.assertEqual(code, 1, said)
                self.assertRegex(said, file + r":\d+:\d+: error: ")
                if branch == "changed":
                    self.assertEqual(said.count("error: "), 1, "it is validated, and not rehearsed besides: " + said)


if __name__ == "__main__":
    main()
