"""Promised: versions of twins are kept, shown, compared and taken from wherever a scenario is; what is refused is said in
one line with the exit code of its kind, and nothing is written; of commands that run at once none loses or mixes
anything, a kill at any moment leaves the whole of a version or nothing of it, and a flipped byte of the store is found.
Shown: by calling the program; kills after times that differ. UNDERSTUDY_KILLS=200 makes so many of them, and
UNDERSTUDY_FLIPS=1 flips every byte of a store instead of each 997th.
"""

import contextlib
import json
import os
import random
import re
import shutil
import sqlite3
import subprocess
import time
import unittest

from program import MET, PROGRAM, USAGE, ProgramTest, main, mm1

STALE, BUSY = 5, 6
KILLS = int(os.environ.get("UNDERSTUDY_KILLS", "12"))
EVERY = int(os.environ.get("UNDERSTUDY_FLIPS", "997"))
NOBODY = 65534
SIGNED = {"UNDERSTUDY_AUTHOR": "ana@example", "SOURCE_DATE_EPOCH": "1773032400"}


class Twin(ProgramTest):
    def setUp(self):
        super().setUp()
        os.environ.pop("UNDERSTUDY_STORE", None)
        os.environ.update(SIGNED)
        self.write("one.yaml", mm1())
        self.write("two.yaml", mm1().replace("workers: 1", "workers: 2"))

    def twin(self, *words, code=MET, **options):
        return self.call("twin", *words, code=code, **options)

    def said(self, *words, code=MET, **options):
        return self.twin(*words, code=code, **options).stdout.decode()

    def error(self, *words, code=USAGE, **options):
        done = self.twin(*words, code=code, **options)
        self.assertEqual(done.stdout, b"")
        return done.stderr.decode()

    def two_versions(self):
        self.twin("create", "orders", "one.yaml", "--reason", "as it is")
        self.twin("update", "orders", "two.yaml", "--reason", "one more", "--author", "bo@example")

    def database(self):
        return self.folder / ".understudy/store.db"


class Versions(Twin):
    def test_from_create_to_delete(self):
        done = self.twin("create", "orders", "one.yaml", "--label", "Orders", "--kind", "product", "--reason", "as it is")
        self.assertIn(f"note: made a store of twins in {self.folder}/.understudy\n".encode(), done.stderr)
        self.assertRegex(done.stdout.decode(), r"^orders@1: kept, sha256:[0-9a-f]{12}\n$")
        self.assertEqual(self.said("create", "orders", "one.yaml"), "orders@1: nothing new, this version holds the same\n")
        self.assertRegex(self.said("update", "orders", "two.yaml", "--base", "orders@1"), "^orders@2: kept, ")
        self.assertEqual(self.said("tag", "orders@1", "prod"), "orders@prod is orders@1 now\n")
        self.assertEqual(self.said("tag", "orders", "prod"), "orders@prod is orders@2 now, it was orders@1\n")
        self.assertEqual(self.said("tag", "orders", "prod"), "orders@prod is orders@2 already\n")
        shown = self.said("show", "orders@prod")
        self.assertIn("orders@2 (latest, prod)\n", shown)
        self.assertIn("  holds     1 stage, 1 load, 1 objective\n", shown)
        self.assertIn("  time      2026-03-09T05:00:00Z\n", shown)
        self.assertEqual(self.said("diff", "orders@1", "orders@latest"), """orders@1 -> orders@2

~ stage server
    ~ workers: 1 -> 2

0 added, 0 removed, 1 changed
""")
        self.assertIn("\nno differences\n", self.said("diff", "orders@2", "two.yaml"))
        self.assertEqual([line.split("  ")[1] for line in self.said("history", "orders").splitlines()],
                         ["what", "tag orders@2 as prod", "tag orders@1 as prod", "update orders@2", "create orders@1"])
        self.assertRegex(self.said("verify"), r"^ok: 1 twin, 2 versions, 4 records, \d+ pages\nlast record [0-9a-f]{64}\n$")
        self.assertIn("'orders' has 2 versions and the tag prod, all of which would go; --yes takes them away",
                      self.error("delete", "orders"))
        self.twin("tag", "orders", "prod", "--remove")
        self.assertIn("orders: taken away, with 2 versions", self.said("delete", "orders", "--yes"))
        self.assertEqual(self.said("list"), "no twins\n")
        self.assertIn("delete orders", self.said("history", "orders"))
        # Numbers go on: nobody who has noted orders@1 gets something else.
        self.assertRegex(self.said("create", "orders", "one.yaml"), "^orders@3: kept")
        self.assertRegex(self.said("verify"), "^ok: 1 twin, 1 version, 7 records")

    def test_json(self):
        created = json.loads(self.said("create", "orders", "one.yaml", "--json"))
        self.assertEqual((created["twin"], created["version"], created["added"], created["number"]), ("orders", "orders@1", True, 1))
        self.assertFalse(json.loads(self.said("update", "orders", "one.yaml", "--json"))["added"])
        self.twin("update", "orders", "two.yaml")
        self.assertEqual(json.loads(self.said("tag", "orders@1", "prod", "--json"))["all_tags"], {"prod": 1})
        listed = json.loads(self.said("list", "--json"))["twins"]
        self.assertEqual([(t["twin"], t["latest"]["version"], t["all_tags"]) for t in listed], [("orders", "orders@2", {"prod": 1})])
        shown = json.loads(self.said("show", "orders@prod", "--json", "--text"))
        self.assertEqual((shown["holds"]["stages"], shown["author"], shown["sha256"]), (1, "ana@example", created["sha256"]))
        self.assertIn("workers: 1", shown["text"])
        differs = json.loads(self.said("diff", "orders@1", "orders@2", "--json"))
        self.assertEqual(differs["elements"], [{"is": "changed", "type": "stage", "name": "server",
                                                "keys": [{"key": "workers", "from": "1", "to": "2"}]}])
        records = json.loads(self.said("history", "orders", "--json"))["records"]
        self.assertEqual([r["previous"] for r in records[1:]], [r["record"] for r in records[:-1]])
        verified = json.loads(self.said("verify", "--json"))
        self.assertEqual((verified["ok"], verified["records"], verified["last_record"]), (True, 3, records[-1]["record"]))
        self.assertEqual(json.loads(self.said("delete", "orders", "--yes", "--json")), {"twin": "orders", "versions": 2, "tags": ["prod"]})

    def test_filters(self):
        self.twin("create", "eu/orders", "one.yaml")
        self.write("nightly.yaml", """understudy: 1
scenario: nightly
twin: {pools: {crew: {workers: 1, owner: finance}}, pipelines: {nightly: {schedule: every 1h, tasks: {build: {runs_on: crew, service: 1s}}}}}
run: {length: 1d}
""")
        self.twin("create", "nightly", "nightly.yaml")
        self.twin("tag", "nightly", "prod")
        names = lambda *words: [t["twin"] for t in json.loads(self.said("list", "--json", *words))["twins"]]
        self.assertEqual(names(), ["eu/orders", "nightly"])
        self.assertEqual(names("--kind", "pipeline"), ["nightly"])
        self.assertEqual(names("--kind", "system"), ["eu/orders"])
        self.assertEqual(names("--tag", "prod"), ["nightly"])
        self.assertEqual(names("--name", "eu/*"), ["eu/orders"])
        self.assertEqual(names("--owner", "fin*"), ["nightly"])
        self.assertEqual(names("--owner", "fin*", "--name", "eu*"), [])

    def test_the_same_records_by_the_same_commands(self):
        self.two_versions()
        head = json.loads(self.said("verify", "--json"))["last_record"]
        other = self.folder / "other"
        other.mkdir()
        for name in "one.yaml", "two.yaml":
            shutil.copy(self.folder / name, other)
        self.folder = other
        self.twin("create", "orders", "one.yaml", "--reason", "as it is", "--store", "here")
        self.twin("update", "orders", "two.yaml", "--reason", "one more", "--author", "bo@example", "--time",
                  "2026-03-09T05:00:00Z", "--store", "here")
        self.assertEqual(json.loads(self.said("verify", "--json", "--store", "here"))["last_record"], head)
        self.twin("verify", "--record", head[:12], "--store", "here")
        self.assertEqual(self.error("verify", "--record", "0" * 64, "--store", "here"),
                         f"here/store.db: error: no record {'0' * 64} is part of it\n")


class Scenarios(Twin):
    def result(self, *words, name="r.h5", **options):
        self.call("run", *words, "-n", "3", "--fresh", "--out", self.folder / name, code=MET, **options)
        return (self.folder / name).read_bytes()

    def test_versions_where_scenarios_are_asked_for(self):
        self.two_versions()
        self.twin("export", "orders@1", "--out", "exported.yaml")
        expected = self.result("exported.yaml")
        self.assertEqual(self.result("orders@1"), expected)
        (self.folder / "below/deep").mkdir(parents=True)
        self.assertEqual(self.result("orders@1", cwd=self.folder / "below/deep"), expected)
        content = json.loads(self.said("show", "orders@1", "--json"))["sha256"]
        self.assertEqual(self.result(f"orders@sha256:{content[:8]}"), expected)
        self.assertNotEqual(self.result("orders@latest"), expected)
        self.assertIn(b"orders@1: ok: ", self.call("validate", "orders@1", code=MET).stdout)
        self.assertIn(b"stress", self.call("stress", "--help").stdout)
        self.write("study.yaml", "understudy: 1\nstudy: s\nbase: orders@1\nmethod: grid\nvary: {server.workers: [1, 2]}\nbudget: {replications: 8}\n")
        self.assertIn(b"study.yaml: ok: ", self.call("validate", "study.yaml", code=MET).stdout)
        # A file of that name is the file.
        self.write("orders@1", mm1().replace("scenario: mm1", "scenario: file"))
        self.assertIn(b"file: met", self.call("run", "orders@1", "-n", "2", code=MET).stdout)

    def test_a_stored_twin_in_a_scenario(self):
        self.two_versions()
        head, tail = mm1().split("twin: ")
        self.write("written.yaml", mm1())
        self.write("stored.yaml", head + "twin: orders@1\n" + tail.split("\n", 1)[1])
        self.write("tagged.yaml", head + "twin: orders@prod\n" + tail.split("\n", 1)[1])
        self.twin("tag", "orders@1", "prod")
        self.assertEqual(self.call("run", "stored.yaml", "--json", code=MET).stdout,
                         self.call("run", "tagged.yaml", "--json", code=MET).stdout)
        written = self.json_of(self.call("run", "written.yaml", "--json", code=MET))
        stored = self.json_of(self.call("run", "stored.yaml", "--json", code=MET))
        self.assertEqual(stored["metrics"], written["metrics"])
        # A version stands by itself: what it took stays when the tag moves.
        self.assertRegex(self.said("create", "copy", "tagged.yaml"), "^copy@1")
        self.twin("tag", "orders@2", "prod")
        self.assertIn("workers: 1", self.said("show", "copy", "--text"))
        for name, said in (("orders@7", "'orders' has no version 7; the latest is 2"),
                           ("orders", "'orders' names no version of a twin; the newest is 'orders@latest'"),
                           ("ordrs@1", "there is no twin 'ordrs'; did you mean 'orders'?")):
            self.write("wrong.yaml", head + f"twin: {name}\n" + tail.split("\n", 1)[1])
            self.assertEqual(self.call("run", "wrong.yaml", code=USAGE).stderr.decode(), f"wrong.yaml:3:7: error: {said}\n")

    def test_a_version_stands_by_itself(self):
        self.write("load.yaml", "understudy: 1\nscenario: part\nparameters: {rate: 0.5/s}\nload: {jobs: {arrivals: poisson($(rate))}}\n")
        self.write("more.yaml", "understudy: 1\nchange: more\nedits: [{set: server.workers, to: 3}]\n")
        text = mm1().replace("load: {jobs: {arrivals: poisson(0.8/s)}}\n", "")
        self.write("whole.yaml", text + "include: [load.yaml]\nchanges: [more.yaml]\n")
        self.twin("create", "orders", "whole.yaml")
        (self.folder / "load.yaml").unlink()
        (self.folder / "more.yaml").unlink()
        kept = self.said("show", "orders", "--text")
        self.assertIn("workers: 3", kept)
        self.assertIn("poisson($(rate))", kept)
        self.assertNotIn(".yaml", kept)
        self.call("run", "orders@1", "-n", "2", "--set", "rate=0.1/s", code=MET)

    def test_logs_are_found_from_everywhere(self):
        (self.folder / "data").mkdir()
        self.write("data/calls.csv", "took\n100\n200\n300\n")
        text = mm1().replace("exponential(mean 1s)", "sample(calls.took)") + "logs: {calls: {file: calls.csv, format: csv, columns: {took: ms}}}\n"
        self.write("data/s.yaml", text)
        self.twin("create", "calls", "data/s.yaml")
        self.assertIn("file: data/calls.csv", self.said("show", "calls", "--text"))
        expected = self.result("calls@1")
        (self.folder / "below").mkdir()
        self.assertEqual(self.result("calls@1", cwd=self.folder / "below"), expected)
        self.twin("export", "calls", "--out", "below/exported.yaml")
        self.assertIn("file: ../data/calls.csv", (self.folder / "below/exported.yaml").read_text())
        self.call("validate", "below/exported.yaml", code=MET)
        self.assertRegex(self.said("update", "calls", "below/exported.yaml"), "nothing new")
        head, tail = mm1().split("twin: ")
        self.write("below/stored.yaml", head + "twin: calls@1\n" + tail.split("\n", 1)[1])
        self.call("run", "below/stored.yaml", "-n", "2", code=MET)


class Refused(Twin):
    def test_a_wrong_scenario_leaves_nothing(self):
        self.write("wrong.yaml", mm1().replace("workers", "worker").replace("poisson", "poison"))
        said = self.error("create", "orders", "wrong.yaml")
        self.assertEqual(said, self.call("validate", "wrong.yaml", code=USAGE).stderr.decode())
        self.assertEqual(said.count(": error: "), 2)
        self.assertFalse((self.folder / ".understudy").exists())

    def test_words(self):
        self.assertIn("there is no store of twins in this folder or above it; 'understudy twin create NAME FILE' makes one",
                      self.error("list"))
        self.two_versions()
        for words, said in (
                (["lst"], "there is no 'twin lst'; did you mean 'twin list'?"),
                (["create", "orders"], "twin create needs a name for the twin and a scenario file"),
                (["create", "4orders", "one.yaml"], "'4orders' cannot be a twin's name; use letters, digits, '_', '-' and '/', and begin with a letter"),
                (["create", "orders", "one.yaml"], "there is a twin 'orders' already, with orders@2 as its latest version; 'understudy twin update orders one.yaml' adds one"),
                (["create", "other", "one.yaml", "--kind", "stream"], "--kind is 'product', 'pipeline' or 'system', not 'stream'"),
                (["create", "other", "one.yaml", "--time", "today"], "--time is an instant in UTC such as 2026-03-09T05:00:00Z, not 'today'"),
                (["create", "other", "one.yaml", "--time", "2026-02-31T05:00:00Z"], "--time is an instant in UTC such as 2026-03-09T05:00:00Z, not '2026-02-31T05:00:00Z'"),
                (["create", "other", "one.yaml", "--reason", "a\nb"], "--reason has characters that do not print; it is one line of text"),
                (["update", "ordrs", "one.yaml"], "there is no twin 'ordrs'; did you mean 'orders'?"),
                (["update", "orders", "one.yaml", "--base", "clicks@1"], "--base names 'clicks', which is not 'orders'"),
                (["show", "orders@7"], "'orders' has no version 7; the latest is 2"),
                (["show", "orders@"], "no version is named after '@'; such as orders@41, orders@latest, orders@prod or orders@sha256:1f0c93ab"),
                (["tag", "orders", "latest"], "'latest' cannot be a tag; it is always the newest version"),
                (["tag", "orders", "prod", "--remove"], "'orders' has no tag 'prod'; there are latest"),
                (["diff", "orders@1"], "twin diff needs two versions, or a version and a file"),
                (["diff", "orders@1", "three.yaml"], "three.yaml: no such file"),
                (["history", "clicks"], "there is no twin 'clicks'; 'understudy twin list' shows all"),
                (["export", "orders", "--out", "no/such/folder.yaml"], "no/such/folder.yaml: cannot write: no such folder; create it first"),
                (["verify", "--record", "x"], "--record is the hash of a record, or its first eight digits or more"),
                (["list", "--tags", "prod"], "unknown option '--tags'; did you mean '--tag'?; see understudy twin list --help"),
        ):
            with self.subTest(words=words):
                self.assertEqual(self.error(*words), f"understudy: error: {said}\n")
        self.assertRegex(self.said("verify"), "^ok: 1 twin, 2 versions, 2 records")

    def test_stale(self):
        self.two_versions()
        self.write("three.yaml", mm1().replace("workers: 1", "workers: 3"))
        self.assertEqual(self.error("update", "orders", "three.yaml", "--base", "orders@1", code=STALE),
                         "understudy: error: orders@1 is not the latest version any more: orders@2 is; look at what has "
                         "changed ('understudy twin diff orders@1 orders@2') and start from there\n")
        self.assertRegex(self.said("verify"), "2 versions")

    def test_every_command_has_help(self):
        for name in re.findall(r"^  (\w+) ", self.said("--help"), re.M):
            if name != "understudy":
                shown = self.said(name, "--help")
                self.assertIn(f"Usage: understudy twin {name} ", shown)
                self.assertIn("Example:\n  understudy twin " + name, shown)

    def test_folders_that_may_not_be_written(self):
        program, how = PROGRAM, {}
        if os.geteuid() == 0:
            # Permissions do not bind root: another user asks, with a copy of the program where it may be run.
            program = self.folder / "understudy"
            shutil.copy(PROGRAM, program)
            how = {"user": NOBODY, "group": NOBODY, "extra_groups": []}
        self.two_versions()
        for path in (self.folder, self.folder / ".understudy"):
            path.chmod(0o555)
        self.database().chmod(0o444)

        def ask(*words):
            return subprocess.run([program, *words], cwd=self.folder, capture_output=True, stdin=subprocess.DEVNULL, **how)

        # What is there can be read as it is.
        self.assertIn(b"orders@2 (latest)", ask("twin", "show", "orders").stdout)
        self.assertIn(b"ok: 1 twin, 2 versions", ask("twin", "verify").stdout)
        self.assertEqual(ask("run", "orders@1", "-n", "2").returncode, MET)
        done = ask("twin", "tag", "orders", "prod")
        self.assertEqual((done.returncode, done.stderr.decode()), (USAGE,
                         f"understudy: error: {self.folder}/.understudy/store.db: not allowed to write there, or the file system "
                         "is read-only; change the permissions, or name another store with --store\n"))
        done = ask("twin", "create", "orders", "one.yaml", "--store", "new")
        self.assertEqual((done.returncode, done.stderr.decode()),
                         (USAGE, "understudy: error: new: cannot be made: Permission denied\n"))
        for path in (self.folder, self.folder / ".understudy"):
            path.chmod(0o755)

    def test_a_full_disk(self):
        import resource
        import signal
        self.twin("create", "orders", "one.yaml")
        large = self.write("large.yaml", mm1() + "description: " + "x" * 300_000 + "\n")

        def limit():
            signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
            resource.setrlimit(resource.RLIMIT_FSIZE, (200_000, 200_000))

        self.assertEqual(self.error("update", "orders", large, preexec_fn=limit),
                         f"understudy: error: {self.database()}: cannot be written: the disk is full, or fails\n")
        self.assertRegex(self.said("verify"), "^ok: 1 twin, 1 version, 1 record")
        self.assertRegex(self.said("update", "orders", large), "^orders@2")

    def test_other_files_in_its_place(self):
        self.two_versions()
        whole = self.database().read_bytes()
        for bytes_, said in ((b"not a store at all" * 1000, "is no store of twins, or is damaged"), (b"", "is no store of twins")):
            self.database().write_bytes(bytes_)
            for words in (["list"], ["show", "orders"], ["update", "orders", "one.yaml"], ["tag", "orders", "prod"]):
                self.assertIn(said, self.error(*words))
            self.error("verify")
            self.assertEqual(self.database().read_bytes(), bytes_)
        self.database().write_bytes(whole)
        self.assertRegex(self.said("verify"), "^ok")


class Repeats(Twin):
    """Programs call again when they do not know whether they have been heard."""
    def test_what_is_done_already_is_nothing_new(self):
        self.two_versions()
        self.twin("tag", "orders@1", "prod")
        self.twin("tag", "orders", "prod", "--remove")
        before = json.loads(self.said("verify", "--json"))["last_record"]
        self.assertEqual(self.said("tag", "orders", "prod", "--remove"), "orders@prod has been taken away already\n")
        self.assertEqual(json.loads(self.said("tag", "orders", "prod", "--remove", "--json"))["all_tags"], {})
        self.assertIn("'orders' has no tag 'pord'", self.error("tag", "orders", "pord", "--remove"))
        self.assertEqual(json.loads(self.said("verify", "--json"))["last_record"], before)
        self.twin("delete", "orders", "--yes")
        self.assertEqual(self.said("delete", "orders", "--yes"), "orders: taken away already\n")
        self.assertEqual(json.loads(self.said("delete", "orders", "--json")), {"twin": "orders", "versions": 0, "tags": []})
        self.assertIn("there is no twin 'clicks'", self.error("delete", "clicks", "--yes"))
        self.twin("create", "orders", "one.yaml")
        self.assertIn("taken away, with 1 version", self.said("delete", "orders"))


class Origins(Twin):
    def test_what_a_version_changed_that_no_change_file_has_made(self):
        self.two_versions()
        self.assertEqual(self.said("show", "orders@2", "--change"), """# made by no change file: update by bo@example at 2026-03-09T05:00:00Z: one more
orders@1 -> orders@2

~ stage server
    ~ workers: 1 -> 2

0 added, 0 removed, 1 changed
""")
        made = json.loads(self.said("show", "orders@2", "--change", "--json"))["made"]
        self.assertEqual((made["action"], made["from"]), ("update", "orders@1"))
        self.assertEqual(made["elements"], [{"is": "changed", "type": "stage", "name": "server",
                                             "keys": [{"key": "workers", "from": "1", "to": "2"}]}])
        first = self.said("show", "orders@1", "--change")
        self.assertTrue(first.startswith("# made by no change file: create by ana@example at 2026-03-09T05:00:00Z: as it is\n"
                                         "nothing -> orders@1\n"), first)
        self.assertIn("\n+ stage server\n", first)
        self.assertNotIn("from", json.loads(self.said("show", "orders@1", "--change", "--json"))["made"])

    def test_files_that_are_others_than_when_it_was_kept(self):
        self.write("took.csv", "took\n0.1\n0.2\n0.3\n")
        self.write("own.yaml", mm1().replace("load:", "logs: {calls: {file: took.csv, format: csv, columns: {took: s}}}\nload:", 1)
                   .replace("twin:\n", "twin:\n", 1).replace("service: exponential(mean 1s)", "service: sample(calls.took)"))
        self.twin("create", "orders", "own.yaml")
        run = lambda: self.call("validate", "orders@1").stderr.decode()
        self.assertEqual((run(), self.twin("verify").stderr), ("", b""))
        self.write("took.csv", "took\n0.1\n0.2\n0.9\n")
        self.assertEqual(run(), "understudy: warning: orders@1: took.csv has other content, which is not what it was when the "
                                "version was kept: results may differ\n")
        done = self.twin("verify")
        self.assertEqual(done.stderr.decode(), "understudy: warning: orders@1: took.csv has other content since it was kept\n")
        self.assertRegex(done.stdout.decode(), "^ok: 1 twin, 1 version, 2 records")
        (self.folder / "took.csv").unlink()
        self.assertIn("orders@1: took.csv is not there", run())
        self.assertEqual(json.loads(self.said("verify", "--json"))["warnings"], ["orders@1: took.csv is not there since it was kept"])
        self.twin("delete", "orders")
        self.assertRegex(self.said("verify"), "^ok: 0 twins, 0 versions, 3 records")
        self.assertIn("files orders@1", self.said("history", "orders"))


class Damage(Twin):
    def test_flipped_bytes_are_found(self):
        self.two_versions()
        self.twin("create", "gone", "one.yaml")
        self.twin("delete", "gone")
        whole = bytearray(self.database().read_bytes())
        # Only the bytes up to the end of the file: nothing else lies in the folder.
        self.assertEqual([p.name for p in self.database().parent.iterdir()], ["store.db"])
        for at in range(0, len(whole), EVERY):
            flipped = bytearray(whole)
            flipped[at] ^= 1 << at % 8
            self.database().write_bytes(flipped)
            done = self.call("twin", "verify")
            self.assertEqual(done.returncode, USAGE, f"byte {at}")
            self.assertIn(b"error: ", done.stderr)
        self.database().write_bytes(whole)
        self.assertRegex(self.said("verify"), "^ok")

    def test_checksums_that_others_have_left_out_are_put_right_when_asked(self):
        self.two_versions()
        last = json.loads(self.said("verify", "--json"))["last_record"]
        whole = self.database().read_bytes()
        with contextlib.closing(sqlite3.connect(self.database())) as other:
            other.execute("SELECT count(*) FROM record").fetchall()
            self.twin("tag", "orders@1", "prod")
        self.assertRegex(self.said("verify"), "^ok: 1 twin, 2 versions, 3 records")
        self.database().write_bytes(whole)
        with contextlib.closing(sqlite3.connect(self.database())) as other:
            other.execute("VACUUM")
        said = self.error("verify")
        self.assertIn("is not as it was written\n", said)
        self.assertIn("note: all texts and records are as they were written; 'understudy twin verify --mend' puts the checksums "
                      "right\n", said)
        self.assertTrue(json.loads(self.said("verify", "--json", code=USAGE))["mendable"])
        done = self.twin("verify", "--mend", "--json")
        self.assertRegex(done.stderr.decode(), r"^understudy: note: \d+ pages? had a checksum that was not that of what they hold\n$")
        self.assertEqual((json.loads(done.stdout)["ok"], json.loads(done.stdout)["last_record"]), (True, last))
        self.assertEqual(self.twin("verify", "--mend").stderr, b"")
        self.database().write_bytes(whole.replace(b"workers: 2", b"workers: 3"))
        before = self.database().read_bytes()
        self.assertNotIn("--mend", self.error("verify", "--mend"))
        self.assertEqual(self.database().read_bytes(), before)

    def test_what_reads_a_damaged_page_says_so(self):
        self.two_versions()
        whole = bytearray(self.database().read_bytes())
        at = whole.index(b"workers: 2")
        whole[at + 9:at + 10] = b"3"
        self.database().write_bytes(whole)
        self.assertEqual(self.error("show", "orders@2"),
                         f"understudy: error: {self.folder}/.understudy/store.db: is damaged: a page is not as it was written; "
                         "'understudy twin verify' says where; take it back from a copy, or move it away\n")
        self.assertRegex(self.error("verify"), r"store.db: error: page \d+ \(bytes \d+ to \d+\) is not as it was written\n")


class AtOnce(Twin):
    def scenario(self, name, number):
        return self.write(f"{name}.yaml", mm1().replace("replications: 10", f"replications: {number}"))

    def test_a_store_that_another_writes_all_the_time_is_busy(self):
        self.two_versions()
        with contextlib.closing(sqlite3.connect(self.database(), isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            self.assertIn("orders@2", self.said("list"))
            self.assertEqual(self.error("tag", "orders", "prod", code=BUSY),
                             f"understudy: error: {self.database()}: another process has been writing it for 10 s; try again\n")
            other.execute("ROLLBACK")
        self.twin("tag", "orders", "prod")

    def test_two_processes_commit_at_once(self):
        self.twin("create", "orders", "one.yaml")
        files = [[self.scenario(f"{who}-{i}", 100 * (who + 1) + i) for i in range(max(6, KILLS // 4))] for who in range(2)]
        running = []
        for mine in files:
            script = " && ".join(f'"$0" twin update orders {file} > /dev/null' for file in mine)
            running.append(subprocess.Popen(["bash", "-c", script, PROGRAM], cwd=self.folder, stderr=subprocess.PIPE))
        for process in running:
            _, error = process.communicate()
            self.assertEqual(process.returncode, MET, error)
        number = sum(map(len, files)) + 1
        self.assertRegex(self.said("verify"), f"^ok: 1 twin, {number} versions, {number} records")
        kept = {re.search(r"replications: (\d+)", self.said("show", f"orders@{i}", "--text"))[1] for i in range(2, number + 1)}
        self.assertEqual(kept, {re.search(r"replications: (\d+)", file.read_text())[1] for mine in files for file in mine})

    def test_several_processes_make_the_store(self):
        running = [self.start("twin", "create", f"twin{i}", "one.yaml") for i in range(6)]
        for process in running:
            _, error = process.communicate()
            self.assertEqual(process.returncode, MET, error)
        self.assertRegex(self.said("verify"), "^ok: 6 twins, 6 versions, 6 records")

    def test_kill(self):
        self.twin("create", "orders", "one.yaml")
        random.seed(1)
        begun = time.monotonic()
        self.twin("update", "orders", "two.yaml")
        as_a_rule = time.monotonic() - begun
        done = 0
        for i in range(KILLS):
            file = self.scenario("next", 100 + i)
            before = json.loads(self.said("list", "--json"))["twins"][0]["versions"]
            process = self.start("twin", "update", "orders", file)
            other = self.start("twin", "tag", "orders", f"t{i}")
            try:
                process.wait(timeout=random.uniform(0, 1.5 * as_a_rule))
            except subprocess.TimeoutExpired:
                process.kill()
            process.communicate()
            _, error = other.communicate()
            self.assertEqual(other.returncode, MET, error)
            shown = json.loads(self.said("show", "orders", "--json", "--text"))
            self.assertIn(shown["versions"], (before, before + 1))
            if process.returncode == MET:
                self.assertEqual(shown["versions"], before + 1)
            if shown["versions"] > before:
                done += 1
                self.assertIn(f"replications: {100 + i}", shown["text"])
            self.assertRegex(self.said("verify"), "^ok: 1 twin, ")
        print(f"{KILLS} kills, {done} had committed")


if __name__ == "__main__":
    main()
