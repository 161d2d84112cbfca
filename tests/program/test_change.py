"""Promised: a change is written, shown, requested with its rehearsal, approved by signatures that ssh-keygen verifies, applied
as the next version of its twin and taken back by a further one. One changed byte in change, twin, policy, signers or seed
voids approvals (exit 5), an identical re-run keeps them. The author's own approval, an expired one, one by a key outside of
the policy and one of a rehearsal that was not met are refused; an override is visible for ever. Nothing is applied in a
freeze. A removed, altered or reordered entry of the log is found. Decisions at once lose nothing.
Shown: by calling the program, with keys that ssh-keygen makes.
"""

import base64
import json
import os
import re
import shutil
import sqlite3
import subprocess
import unittest

from program import INCONCLUSIVE, MET, USAGE, VIOLATED, ProgramTest, main, mm1

STALE = 5
MARCH_9, MARCH_10, LATER = "2026-03-09T05:00:00Z", "2026-03-10T05:00:00Z", "2026-05-01T05:00:00Z"

POLICY = """understudy: 1
policy: platform
expiry: 14d
people:
  dana@example.com: {roles: [owner]}
  kim@example.com: {roles: [owner, operator]}
  lee@example.com: {roles: [operator]}
rules:
  - {name: any, approvals: 1}
  - {name: topology, kinds: [topology, schema], approvals: {owner: 1, operator: 1}, needs: [reason]}
freeze:
  - {name: month end, from: 2026-03-30T18:00, until: 2026-04-01T08:00, zone: Europe/Berlin}
  - {name: nights, every: daily at 22:00, for: 6h, zone: Europe/Berlin}
"""


def change(base="orders@1", kind="capacity", workers=2, author="dana@example.com", accept="all objectives"):
    return f"""understudy: 1
change: more-workers
base: {base}
kind: {kind}
author: {author}
reason: Less waiting
edits:
  - {{set: server.workers, to: {workers}}}
accept:
  - {accept}
"""


@unittest.skipUnless(shutil.which("ssh-keygen"), "ssh-keygen is not there: package openssh-client")
class Change(ProgramTest):
    PEOPLE = ("dana", "kim", "lee")

    def setUp(self):
        super().setUp()
        os.environ.pop("UNDERSTUDY_STORE", None)
        os.environ.pop("UNDERSTUDY_AUTHOR", None)
        os.environ["SOURCE_DATE_EPOCH"] = "1773032400"  # MARCH_9
        signers = ""
        for name in self.PEOPLE + ("mallory",):
            self.keygen("-q", "-t", "ed25519", "-N", "", "-C", name, "-f", name)
            if name != "mallory":
                signers += f"{name}@example.com namespaces=\"understudy\" {(self.folder / (name + '.pub')).read_text()}"
        self.write("allowed_signers", signers)
        self.write("policy.yaml", POLICY)
        self.write("orders.yaml", mm1(replications=4))
        self.write("change.yaml", change())
        self.call("twin", "create", "orders", "orders.yaml", "--author", "ops@example.com", code=MET)

    def keygen(self, *words, **options):
        return subprocess.run(["ssh-keygen", *map(str, words)], cwd=self.folder, check=True, capture_output=True, **options)

    def change(self, *words, code=MET, now=None, **options):
        """What --time says is the present, if nothing else is said."""
        now = now or (words[words.index("--time") + 1] if "--time" in words else MARCH_9)
        return self.call("change", *words, code=code, env={**os.environ, "UNDERSTUDY_NOW": now}, **options)

    def said(self, *words, code=MET):
        return self.change(*words, code=code).stdout.decode()

    def error(self, *words, code=STALE, **options):
        done = self.change(*words, code=code, **options)
        self.assertEqual(done.stdout, b"")
        return done.stderr.decode()

    def told(self, *words, code=MET):
        return self.json_of(self.change(*words, "--json", code=code))

    def request(self, *words, file="change.yaml", code=MET):
        return self.told("request", file, "--author", "rob@example.com", *words, code=code)

    def approve(self, what="change.yaml", by="kim", *words, code=MET, now=None):
        return self.change("approve", what, "--key", by, *words, code=code, now=now)

    def versions(self):
        return json.loads(self.call("twin", "show", "orders", "--json").stdout)["number"]

    def store(self):
        return self.folder / ".understudy/store.db"


class Life(Change):
    def test_from_new_to_rollback(self):
        self.assertIn("a change of orders@1", self.said("new", "faster", "--base", "orders", "--set", "server.workers=2",
                                                        "--kind", "capacity", "--reason", "Less: waiting", "--author",
                                                        "dana@example.com"))
        self.assertIn("kind: capacity\n", (self.folder / "faster.yaml").read_text())
        self.call("validate", "faster.yaml", code=MET)
        shown = self.said("show", "faster.yaml")
        self.assertIn("  base      orders@1\n", shown)
        self.assertIn("    ~ workers: 1 -> 2\n", shown)
        self.assertIn("   1  set server.workers to 2\n", shown)
        asked = self.request(file="faster.yaml")
        self.assertEqual((asked["state"], asked["verdict"], asked["base"], asked["requested_by"], asked["added"]),
                         ("waiting", "met", "orders@1", "rob@example.com", True))
        self.assertEqual(asked["missing"], ["rule any: 1 more approval"])
        self.assertIn("is not approved: rule any: 1 more approval", self.error("apply", "faster.yaml"))
        self.assertIn("faster", self.said("list"))
        done = self.told("approve", asked["request"][:12], "--key", "kim")
        self.assertEqual((done["state"], done["decisions"][0]["by"], done["decisions"][0]["signature"]),
                         ("approved", "kim@example.com", "good"))
        self.assertEqual(done["decisions"][0]["until"], "2026-03-23T05:00:00Z")
        self.assertFalse(self.told("approve", "faster.yaml", "--key", "kim")["added"])
        self.change("apply", "faster.yaml", "--check")
        self.assertEqual(self.versions(), 1)
        applied = self.told("apply", "faster.yaml", "--author", "ops@example.com")
        self.assertEqual((applied["state"], applied["deeds"][0]["version"]), ("applied", "orders@2"))
        self.assertFalse(self.told("apply", "faster.yaml")["added"])
        self.assertEqual(self.versions(), 2)
        version = json.loads(self.call("twin", "show", "orders@2", "--json").stdout)
        self.assertEqual(version["change_sha256"], asked["sha256"]["change"])
        self.assertIn("workers: 1 -> 2", self.call("twin", "diff", "orders@1", "orders@2").stdout.decode())
        self.assertIn("no open requests", self.said("list"))
        self.assertIn("applied", self.said("list", "--all"))
        back = self.told("rollback", "faster", "--reason", "Too dear")
        self.assertEqual((back["state"], back["deeds"][1]["version"]), ("rolled back", "orders@3"))
        self.assertFalse(self.told("rollback", "faster")["added"])
        self.assertIn("no differences", self.call("twin", "diff", "orders@1", "orders@3").stdout.decode())
        # Nothing of what was done goes: the versions and the records stay.
        self.assertEqual([e["action"] for e in self.told("log")["entries"]], ["request", "approve", "apply", "rollback"])
        self.assertIn("was applied and rolled back", self.error("apply", "faster"))
        verified = self.told("log", "--verify")
        self.assertEqual((verified["ok"], verified["problems"]), (True, []))
        self.call("twin", "verify", code=MET)

    def test_new_begins_with_what_is_there(self):
        self.said("new", "idea", "--base", "orders.yaml", "--out", "idea.yaml")
        text = (self.folder / "idea.yaml").read_text()
        self.assertIn("base: orders.yaml\n", text)
        self.assertIn("- {set: server.workers, to: 1}\n", text)
        self.assertIn("no differences", self.said("show", "idea.yaml"))
        self.assertIn("as it was", self.said("new", "idea", "--base", "orders.yaml", "--out", "idea.yaml"))
        self.assertIn("is there already", self.error("new", "idea", "--base", "orders", code=USAGE))
        self.assertIn("did you mean 'workers'", self.error("new", "bad", "--base", "orders", "--set", "server.workrs=2", code=USAGE))
        self.assertIn("the edits are of another kind: capacity (stage server: workers)",
                      self.error("new", "bad", "--base", "orders", "--set", "server.workers=2", "--kind", "schema", code=USAGE))
        self.said("new", "found", "--base", "orders", "--set", "server.service=exponential(mean 2s)")
        self.assertIn("kind: configuration\n", (self.folder / "found.yaml").read_text())
        self.assertIn("no kind of change", self.error("new", "bad", "--set", "a.workers=2", "--kind", "big", code=USAGE))
        self.error("new", "bad", "--base", "nothing", code=USAGE)
        self.assertIn("not of how it is run", self.error("new", "bad", "--base", "orders", "--set", "run.length=3h", code=USAGE))
        self.assertNotIn("or 'run'", self.error("new", "bad", "--base", "orders", "--set", "nope.x=5", code=USAGE))
        self.assertFalse((self.folder / "bad.yaml").exists())

    def test_a_base_that_is_a_file_can_be_approved_and_not_applied(self):
        self.write("of-file.yaml", change(base="orders.yaml"))
        self.request(file="of-file.yaml")
        self.approve("of-file.yaml")
        self.change("apply", "of-file.yaml", "--check")
        self.assertIn("the base of more-workers is a file", self.error("apply", "of-file.yaml", code=USAGE))
        self.write("orders.yaml", mm1(replications=4) + "# one more line\n")
        self.assertIn("on another base", self.error("apply", "of-file.yaml", "--check"))

    def test_findings_of_validate_are_shown_to_whoever_approves(self):
        self.assertEqual(self.request()["findings"], [])
        # Twice the load is more than one worker can do.
        self.write("twice.yaml", change().replace("change: more-workers", "change: twice")
                   .replace("kind: capacity", "kind: configuration")
                   .replace("{set: server.workers, to: 2}", "{set: load, to: 2x}"))
        told = self.json_of(self.change("request", "twice.yaml", "--json", code=None))
        (found,) = [one for one in told["findings"] if one["status"] == "failed"]
        self.assertIn("stability: server", found["text"])
        self.assertNotIn("twice.yaml", found["text"])
        shown = self.said("show", "twice")
        self.assertIn("Found without a simulation", shown)
        self.assertIn(found["text"], shown)
        done = self.change("approve", "twice", "--key", "kim", "--override", "--reason", "A test of what breaks",
                           code=None)
        self.assertIn(found["text"], done.stdout.decode())
        self.assertNotIn("Found without a simulation", self.said("show", "more-workers"))

    def test_the_same_request_from_any_folder(self):
        (self.folder / "below").mkdir()
        self.write("below/change.yaml", change(base="../orders.yaml"))
        digest = self.request(file="below/change.yaml")["request"]
        again = self.json_of(self.change("request", "change.yaml", "--json", cwd=self.folder / "below"))
        self.assertEqual((again["request"], again["added"]), (digest, False))

    def test_what_there_is_not(self):
        self.assertIn("has not been requested", self.error("approve", "change.yaml", "--key", "kim"))
        self.assertIn("there is no request 'nothing'", self.error("show", "nothing", code=USAGE))
        self.assertIn("is no change file", self.error("show", "orders.yaml", code=USAGE))
        self.assertIn("no such file", self.error("show", "nothing.yaml", code=USAGE))
        self.assertIn("needs --key", self.error("approve", "more-workers", code=USAGE))
        self.request()
        self.assertIn("has not been applied", self.error("rollback", "change.yaml", code=USAGE))
        self.assertIn("nokey: no such file", self.error("approve", "change.yaml", "--key", "nokey", "--author", "kim@example.com", code=USAGE))

    def test_a_change_that_cannot_be_made_is_shown_with_what_is_wrong(self):
        self.write("change.yaml", change().replace("  - {set: server.workers, to: 2}",
                                                   "  - {set: servers.workers, to: 2}\n  - {remove: clerk}"))
        self.assertIn("change.yaml:8:11: error: ", self.error("show", "change.yaml", code=USAGE))
        done = self.change("show", "change.yaml", "--json", code=USAGE)
        self.assertEqual(done.stderr, b"")
        shown = self.json_of(done)
        self.assertEqual((shown["change"], shown["base"], shown["author"], shown["edits"]),
                         ("more-workers", "orders@1", "dana@example.com",
                          ["set servers.workers to 2", "remove clerk"]))
        self.assertNotIn("elements", shown)
        self.assertNotIn("kinds", shown)
        self.assertEqual([(one["severity"], one["file"], one["line"]) for one in shown["problems"]],
                         [("error", "change.yaml", 8), ("error", "change.yaml", 9)])
        # What is no change at all, or has a base that is not there.
        refused = self.json_of(self.change("show", "orders.yaml", "--json", code=USAGE))
        self.assertEqual((refused["ok"], len(refused["problems"])), (False, 1))
        self.write("change.yaml", change(base="orders@7"))
        shown = self.json_of(self.change("show", "change.yaml", "--json", code=USAGE))
        self.assertEqual((shown["base"], len(shown["problems"])), ("orders@7", 1))
        self.assertNotIn("problems", self.told("show", "change.yaml", "--base", "orders@latest"))

    def test_what_is_known_of_parameters_goes_with_new_names(self):
        self.write("fitted.yaml", change(kind="calibration").replace("{set: server.workers, to: 2}",
                                                                     "{set: server.service, to: exponential(mean 900ms)}")
                   + "uncertainty:\n  server.service: {family: exponential, n: 90}\n")
        self.request(file="fitted.yaml")
        self.approve("fitted.yaml")
        self.change("apply", "fitted.yaml")
        self.write("till.yaml", mm1("avg wait(till) < 60s", replications=4).replace("server", "till")
                   .replace("mean 1s", "mean 900ms").replace("}}}", "}}, renamed: {till: server}}"))
        self.call("twin", "update", "orders", "till.yaml", code=MET)

        def rehearsed(*what):
            done = json.loads(self.call("rehearse", *what, "-n", "4", "--input-uncertainty", "--json").stdout)
            self.assertRegex(done["input_reason"], r"draws of 1 fitted input: [a-z.]*$")
            self.assertGreater(len(done["differences"]), 2)
            for one in done["differences"]:
                if one["kind"] != "objective":
                    self.assertEqual((one["estimate"], one["low"], one["high"]), (0, 0, 0), one)
            return done["input_reason"]

        # By a file, and by a change of a version whose name is another than that which the log had.
        self.assertIn("server.service", rehearsed("orders@2", "orders@3"))
        self.write("renamed.yaml", change(base="orders@3", kind="mapping").replace("{set: server.workers, to: 2}",
                                                                                   "{rename: till, to: desk}"))
        self.assertIn("till.service", rehearsed("renamed.yaml"))

    def test_without_a_policy_one_allowed_signer_is_enough(self):
        (self.folder / "policy.yaml").unlink()
        done = self.change("request", "change.yaml", "--json", code=MET)
        self.assertIn(b"note: there is no policy.yaml", done.stderr)
        # It is said where a request is bound to it, and once.
        self.assertNotIn(b"policy.yaml", self.approve(by="lee").stderr)
        self.assertIn("none: one approval by an allowed signer", self.said("show", "more-workers"))
        self.assertNotIn(b"policy.yaml", self.change("apply", "change.yaml").stderr)
        self.assertEqual(self.versions(), 2)


class Void(Change):
    """Bound to everything that the rehearsal rests on."""

    def approved(self):
        digest = self.request()["request"]
        self.approve()
        self.assertEqual(self.told("show", digest)["state"], "approved")
        return digest

    def test_the_same_again_keeps_the_approval(self):
        digest = self.approved()
        again = self.request("--threads", "1")
        self.assertEqual((again["request"], again["added"], again["state"]), (digest, False, "approved"))
        self.change("apply", "change.yaml")

    def test_one_byte_of_the_change(self):
        digest = self.approved()
        self.write("change.yaml", change() + "#")
        self.assertIn(f"is not what was requested as {digest[:12]}", self.error("apply", "change.yaml"))
        self.assertIn("is not what was requested", self.error("approve", "change.yaml", "--key", "kim"))
        self.assertEqual(self.request()["state"], "waiting")
        self.error("apply", "change.yaml")
        self.assertEqual(self.versions(), 1)

    def test_another_seed(self):
        digest = self.approved()
        again = self.request("--seed", "2")
        self.assertNotEqual(again["request"], digest)
        self.assertEqual(again["state"], "waiting")
        self.assertIn("is not approved", self.error("apply", again["request"]))

    def test_one_byte_of_the_policy_or_its_signers(self):
        self.approved()
        self.write("policy.yaml", POLICY + "#")
        self.assertIn("the policy or its allowed signers have changed", self.error("apply", "change.yaml"))
        self.write("policy.yaml", POLICY)
        self.change("apply", "change.yaml", "--check")
        signers = (self.folder / "allowed_signers").read_text()
        self.write("allowed_signers", signers + f"mallory@example.com {(self.folder / 'mallory.pub').read_text()}")
        self.assertIn("have changed", self.error("apply", "change.yaml"))
        self.assertEqual(self.told("show", "more-workers")["state"], "void")
        self.assertEqual(self.versions(), 1)

    def test_the_twin_has_moved(self):
        self.approved()
        self.write("other.yaml", mm1(replications=4).replace("0.8/s", "0.7/s"))
        self.call("twin", "update", "orders", "other.yaml", code=MET)
        said = self.error("apply", "change.yaml")
        self.assertIn("its base orders@1 is not the latest version any more: orders@2 is", said)
        self.assertIn("what moved: load jobs (arrivals poisson(0.8/s) -> poisson(0.7/s))", said)
        self.error("approve", "change.yaml", "--key", "lee")
        self.write("change.yaml", change(base="orders@2"))
        self.request()
        self.approve()
        self.change("apply", "change.yaml")
        # What came after would be lost.
        self.call("twin", "update", "orders", "orders.yaml", code=MET)
        self.assertIn("orders@3 is not the latest version any more: orders@4 is", self.error("rollback", "change.yaml"))

    def test_the_state_moves_on(self):
        self.write("tagged.yaml", change(base="orders@latest").replace("more-workers", "tagged"))
        self.request(file="tagged.yaml")
        self.approve("tagged.yaml")
        self.approved()
        self.call("twin", "snapshot", "orders", "--at", "3min", code=MET)
        state = lambda version: re.search("as_of: .*", self.call("twin", "show", version, "--text").stdout.decode())[0]
        self.assertEqual(self.told("show", "more-workers")["state"], "approved")
        self.change("validate", "change.yaml")
        self.change("apply", "tagged.yaml", "--check")
        self.assertIn("orders@3 goes on from the state of orders@2.\n", self.said("apply", "change.yaml"))
        self.assertIn("~ workers: 1 -> 2\n\n0 added, 0 removed, 1 changed", self.call("twin", "diff", "orders@2", "orders@3").stdout.decode())
        self.assertEqual((state("orders@2"), state("orders@3")), ("as_of: 3min",) * 2)
        self.call("twin", "snapshot", "orders", "--at", "5min", code=MET)
        self.assertTrue(self.told("log", "--verify")["ok"])
        self.change("rollback", "change.yaml")
        self.assertIn("~ workers: 2 -> 1\n\n0 added, 0 removed, 1 changed", self.call("twin", "diff", "orders@4", "orders@5").stdout.decode())
        self.assertEqual((state("orders@4"), state("orders@5")), ("as_of: 5min",) * 2)
        # What is requested then goes on from it, by the number that it was made for.
        self.change("apply", "tagged.yaml")
        self.assertTrue(self.told("log", "--verify")["ok"])

    def test_a_tag_that_moves(self):
        self.call("twin", "tag", "orders@1", "prod", code=MET)
        self.write("change.yaml", change(base="orders@prod"))
        self.assertEqual(self.request()["base"], "orders@1")
        self.approve()
        self.write("other.yaml", mm1(replications=4).replace("0.8/s", "0.7/s"))
        self.call("twin", "update", "orders", "other.yaml", code=MET)
        self.call("twin", "tag", "orders@2", "prod", code=MET)
        self.assertIn("on another base", self.error("apply", "change.yaml"))

    def test_the_deletion_of_the_twin_leaves_the_log(self):
        digest = self.approved()
        self.call("twin", "delete", "orders", "--yes", code=MET)
        self.assertIn("its base is gone", self.error("apply", digest))
        self.assertTrue(self.told("log", "--verify")["ok"])
        self.assertEqual(len(self.told("log")["entries"]), 2)


class Several(Change):
    """Of several requests of one change its file and its name stand for the one that counts."""

    def test_the_policy_goes_back(self):
        digest = self.request()["request"]
        self.approve()
        self.write("policy.yaml", POLICY + "# stricter\n")
        self.assertTrue(self.request()["added"])
        self.write("policy.yaml", POLICY)
        again = self.request()
        self.assertEqual((again["request"], again["added"], again["state"]), (digest, False, "approved"))
        for name in "change.yaml", "more-workers":
            self.change("apply", name, "--check")
        self.assertFalse(self.told("approve", "change.yaml", "--key", "kim")["added"])
        self.assertEqual(self.told("show", "more-workers")["request"], digest)
        self.assertEqual({entry["request"] for entry in self.told("log", "change.yaml")["entries"]}, {digest})
        self.assertIn(digest, self.said("attest", "more-workers"))

    def test_another_seed(self):
        digest = self.request()["request"]
        self.approve()
        other = self.request("--seed", "7")["request"]
        for name in "change.yaml", "more-workers":
            self.assertEqual(self.told("apply", name, "--check")["request"], digest)
        # Whatever is requested besides, what was done can be taken back.
        self.assertEqual(self.told("apply", "change.yaml")["request"], digest)
        self.assertFalse(self.told("apply", "more-workers")["added"])
        self.assertEqual(self.told("rollback", "more-workers")["deeds"][1]["version"], "orders@3")
        self.assertFalse(self.told("rollback", "change.yaml")["added"])
        # It can be made again, as a change of what there is then.
        self.assertIn("set the latest version as its 'base', and request it again", self.error("apply", digest))
        self.approve(other)
        self.assertEqual(self.told("apply", "change.yaml")["request"], other)
        self.assertEqual(self.told("rollback", "change.yaml")["deeds"][1]["version"], "orders@5")

    def test_a_base_that_is_a_file_goes_back(self):
        self.write("change.yaml", change(base="orders.yaml"))
        digest = self.request()["request"]
        self.approve()
        self.write("orders.yaml", mm1(replications=5))
        self.assertTrue(self.request()["added"])
        self.assertIn("is not approved", self.error("apply", "change.yaml", "--check"))
        self.write("orders.yaml", mm1(replications=4))
        self.assertEqual(self.told("apply", "change.yaml", "--check")["request"], digest)

    def test_what_was_written_anew_is_another_change(self):
        self.request()
        self.approve()
        self.write("change.yaml", change(workers=3))
        self.request()
        for name in "change.yaml", "more-workers":
            self.assertIn("is not approved", self.error("apply", name))


class Refused(Change):
    def test_the_author(self):
        self.request()
        self.assertIn("dana@example.com wrote or requested the change", self.error("approve", "change.yaml", "--key", "dana"))
        self.write("change.yaml", change(author="someone@example.com"))
        self.told("request", "change.yaml", "--author", "kim@example.com")
        self.assertIn("kim@example.com wrote or requested", self.error("approve", "change.yaml", "--key", "kim"))
        self.approve(by="dana")

    def test_an_expired_one(self):
        self.request()
        self.approve("change.yaml", "kim", "--time", MARCH_9)
        self.change("apply", "change.yaml", "--check", "--time", "2026-03-23T04:59:59Z")
        self.assertIn("the approval of kim@example.com has expired", self.error("apply", "change.yaml", "--time", "2026-03-23T05:00:00Z"))
        self.assertIn("from the future", self.error("apply", "change.yaml", "--time", "2026-03-01T05:00:00Z"))
        # The clock tells, whatever is written down.
        self.assertIn("has expired", self.error("apply", "change.yaml", "--check", "--time", MARCH_9, now=LATER))
        # Again, and it holds.
        self.approve("change.yaml", "kim", "--time", LATER)
        self.change("apply", "change.yaml", "--time", LATER)

    def test_one_that_is_dated_after_now(self):
        self.request()
        self.assertIn("is dated after now",
                      self.error("approve", "change.yaml", "--key", "kim", "--time", LATER, now=MARCH_9))
        self.assertEqual(len(self.told("log")["entries"]), 1)

    def test_a_failed_validation(self):
        self.write("readers.yaml", """understudy: 1
scenario: readers
twin:
  datasets:
    raw: {columns: {id: {type: bigint}, email: {type: varchar}}}
    out: {columns: {e: {type: varchar, derives_from: [raw.email]}}}
  stages:
    server: {reads: raw, writes: out, workers: 1, service: exponential(mean 1s)}
load:
  jobs: {arrivals: poisson(0.5/s), writes: raw}
run: {length: 30min, warm_up: 5min, replications: 4, seed: 1}
""")
        self.call("twin", "create", "readers", "readers.yaml", code=MET)
        self.write("drop.yaml", """understudy: 1
change: drop-email
base: readers@1
author: dana@example.com
reason: nobody reads it
edits:
  - {remove: raw.email}
accept:
  - avg latency() < 100s
""")
        asked = self.request(file="drop.yaml")
        self.assertEqual(asked["verdict"], "met")
        self.assertIn("the validation failed: ", " ".join(asked["missing"]))
        self.assertIn("the validation failed: ", self.error("approve", "drop.yaml", "--key", "kim"))
        self.change("approve", "drop.yaml", "--key", "kim", "--override", "--reason", "nobody reads it")
        self.change("apply", "drop.yaml", "--check")
        self.change("attest", "drop-email", "--out", "attestation.json")
        predicate = json.loads((self.folder / "attestation.json").read_text())["predicate"]
        self.assertEqual((predicate["result"], predicate["failedTests"][0][:12]), ("FAILED", "validation: "))

    def test_what_the_author_leaves_out(self):
        self.write("policy.yaml", POLICY.replace("needs: [reason]}", "needs: [reason]}\n  - {name: promises, approvals: 1, needs: [objectives]}\n"
                                                 "  - {name: dearer, margin: 10%, approvals: {owner: 2}}"))
        self.write("change.yaml", change(accept="increase avg wait(server) < 1000s").replace("set: server.workers, to: 2", "set: server.service, to: exponential(mean 0.6s)"))
        asked = self.request()
        self.assertIn("rule promises: the change has no 'objectives'", asked["missing"])
        self.assertIn("rule dearer: 2 more approvals of role owner", asked["missing"])
        self.write("change.yaml", change(accept="all objectives"))
        asked = self.request()
        self.assertNotIn("rule promises: the change has no 'objectives'", asked["missing"])
        self.assertNotIn("rule dearer: 2 more approvals of role owner", asked["missing"])

    def test_a_promise_that_goes(self):
        """Judged by what is left it is met; what went stands in the request, and rules ask for it."""
        self.write("policy.yaml", POLICY.replace("rules:", "rules:\n  - {name: promises, weakens: ['avg wait(*'], approvals: {owner: 2}}"))
        for edit, accept in [("{remove: avg wait(server) < 60s}", "increase avg wait(server) < 1h"),
                             ("{set: avg wait(server) < 60s, to: avg wait(server) < 1h}", "all objectives")]:
            with self.subTest(edit=edit):
                self.write("change.yaml", change(kind="configuration", accept=accept).replace("set: server.workers, to: 2", "set: server.service, to: 1.01x")
                           .replace("accept:", f"  - {edit}\naccept:"))
                asked = self.request("-n", "4")
                self.assertEqual((asked["verdict"], asked["no_longer_promised"]), ("met", ["avg wait(server) < 60s"]))
                self.assertIn("rule promises: 2 more approvals of role owner", asked["missing"])
                self.assertIn({"status": "warned", "text": "promises: avg wait(server) < 60s: is no longer promised" +
                               (": 'avg wait(server) < 1h' allows more" if "set:" in edit else "")}, asked["findings"])
        self.write("change.yaml", change())
        self.assertNotIn("promises", " ".join(self.request()["missing"]))

    def test_a_key_outside_of_the_policy(self):
        self.request()
        self.assertIn("mallory: no allowed signer has it", self.error("approve", "change.yaml", "--key", "mallory"))
        self.assertIn("mallory is refused: no key of kim@example.com in the allowed signers",
                      self.error("approve", "change.yaml", "--key", "mallory", "--author", "kim@example.com"))
        self.assertIn("is not among the people", self.error("approve", "change.yaml", "--key", "mallory", "--author", "m@example.com"))
        self.keygen("-q", "-t", "rsa", "-N", "", "-f", "old")
        signers = (self.folder / "allowed_signers").read_text()
        self.write("allowed_signers", signers + "lee@example.com " + (self.folder / "old.pub").read_text())
        self.request()
        self.assertIn("the key is not Ed25519", self.error("approve", "change.yaml", "--key", "old", "--author", "lee@example.com"))
        self.assertEqual(len(self.told("log")["entries"]), 2)

    def test_two_names_of_one_key(self):
        kim = (self.folder / "kim.pub").read_text()
        self.write("allowed_signers", f"kim@example.com {kim}lee@example.com {kim}")
        self.write("policy.yaml", POLICY.replace("name: any, approvals: 1", "name: any, approvals: 2"))
        self.request()
        self.approve("change.yaml", "kim", "--author", "kim@example.com")
        self.assertIn("the same key has decided as kim@example.com",
                      self.error("approve", "change.yaml", "--key", "kim", "--author", "lee@example.com"))
        self.assertEqual(self.told("show", "more-workers")["missing"], ["rule any: 1 more approval"])

    def test_the_author_under_another_name(self):
        """Allowed signers often give a key to several names, or to all of a company: none of them makes another person of it."""
        for signers in ("dana@example.com,ops@example.org {key}", "*@EXAMPLE.com,ops@example.org {key}",
                        'dana@example.com namespaces="git" {key}ops@example.org {key}',
                        'dana@example.com  valid-before="20250101" {key}*@example.org,!dana@example.org {key}'):
            with self.subTest(signers=signers):
                self.write("allowed_signers", signers.format(key=(self.folder / "dana.pub").read_text()) +
                           f"kim@example.com {(self.folder / 'kim.pub').read_text()}")
                self.write("policy.yaml", "understudy: 1\npolicy: one\nrules:\n  - {name: any, approvals: 1}\n")
                self.told("request", "change.yaml", "--author", "rob@example.net")
                self.assertIn("dana is refused: the allowed signers give the same key to dana@example.com, who wrote or requested",
                              self.error("approve", "change.yaml", "--key", "dana", "--author", "ops@example.org"))
                # No is no danger.
                self.change("reject", "change.yaml", "--key", "dana", "--author", "ops@example.org")
                self.error("apply", "change.yaml", "--check", code=VIOLATED)
        self.write("change.yaml", change(author="Lee <lee@example.net>"))
        self.told("request", "change.yaml", "--author", "rob@example.net")
        self.approve("change.yaml", "dana", "--author", "ops@example.org")
        self.change("apply", "change.yaml", "--check")

    def test_a_name_that_says_it_is_another_key(self):
        """Whoever may choose a name (a pattern among the signers) is one person all the same."""
        kim = (self.folder / "kim.pub").read_text()
        self.write("allowed_signers", f"*@example.com {kim}")
        self.write("policy.yaml", "understudy: 1\npolicy: two\nrules:\n  - {name: any, approvals: 2}\n")
        self.write("change.yaml", change(author="dana@example.org"))
        self.told("request", "change.yaml", "--author", "rob@example.org")
        self.approve("change.yaml", "kim", "--author", "kim@example.com")
        for name in "SHA256:zzz lee@example.com", "x with ED25519 key SHA256:zz@example.com", 'a"b@example.com':
            self.assertIn("is no principal", self.error("approve", "change.yaml", "--key", "kim", "--author", name))
        self.assertEqual(self.told("show", "more-workers")["missing"], ["rule any: 1 more approval"])

    def test_a_rule_without_approvals_is_no_way_around_them(self):
        self.write("policy.yaml", POLICY.replace("name: any, approvals: 1", "name: any, needs: [reason]"))
        self.write("change.yaml", change(accept="avg wait(server) < 1ms"))
        self.request(code=VIOLATED)
        said = self.error("apply", "change.yaml")
        self.assertIn("rule no other rule: 1 more approval", said)
        self.assertIn("the rehearsal is violated, and nobody overrides that", said)
        for nothing in "0", "{}", "{owner: 0}":
            self.write("policy.yaml", POLICY.replace("name: any, approvals: 1", f"name: any, approvals: {nothing}"))
            self.call("validate", "policy.yaml", code=USAGE)

    def test_characters_that_do_not_print(self):
        for reason in b"a\xffb", "\u202eba".encode(), b"a\x1b[2Jb", "a\u0085b".encode():
            self.assertIn("characters that do not print",
                          self.error("request", "change.yaml", "--reason", os.fsdecode(reason), code=USAGE))
        self.write("change.yaml", change().replace("Less waiting", '"x\\e[2J"'))
        self.assertIn("'reason' has characters that do not print", self.error("request", "change.yaml", code=USAGE))

    def test_a_request_stands_on_the_page_of_a_job(self):
        summary = self.folder / "summary.md"
        self.call("change", "request", "change.yaml", code=MET,
                  env={**os.environ, "UNDERSTUDY_NOW": MARCH_9, "GITHUB_STEP_SUMMARY": str(summary)})
        self.assertTrue(summary.read_text().startswith("## Rehearsal"))

    def test_a_name_like_a_digest(self):
        digest = self.request()["request"]
        self.write("change.yaml", change().replace("more-workers", f"a{digest[:11]}"))
        self.assertIn("could be the digest of a request", self.error("request", "change.yaml", code=USAGE))

    def test_a_decision_before_the_request(self):
        self.request("--time", MARCH_10)
        self.assertIn("dated before the request", self.error("approve", "change.yaml", "--key", "kim", "--time", MARCH_9))
        self.approve("change.yaml", "kim", "--time", MARCH_10)

    def test_a_key_whose_time_is_over(self):
        lines = (self.folder / "allowed_signers").read_text().splitlines(True)
        self.write("allowed_signers", "".join(
            line.replace('namespaces="understudy"', 'namespaces="understudy",valid-before="20260301"') if line.startswith("kim") else line
            for line in lines))
        self.request()
        self.assertIn("is refused", self.error("approve", "change.yaml", "--key", "kim"))
        self.approve(by="lee")

    def test_a_rehearsal_that_was_not_met(self):
        self.write("change.yaml", change(accept="avg wait(server) < 1ms"))
        asked = self.request(code=VIOLATED)
        self.assertEqual((asked["verdict"], asked["state"]), ("violated", "waiting"))
        self.assertIn("the rehearsal is violated; --override", self.error("approve", "change.yaml", "--key", "kim"))
        self.assertIn("needs a reason", self.error("approve", "change.yaml", "--key", "kim", "--override"))
        self.approve("change.yaml", "kim", "--override", "--reason", "The auditors want it")
        applied = self.told("apply", "change.yaml")
        self.assertTrue(applied["overridden"])
        shown = self.said("show", "more-workers")
        self.assertIn("OVERRIDE, although the rehearsal is violated\n      The auditors want it\n", shown)
        self.assertRegex(shown, r"violated      avg wait\(server\) < 1ms\n +\d+\.?\d* ms \(")
        self.change("rollback", "change.yaml")
        self.assertIn("OVERRIDE", self.said("log"))
        self.assertTrue(self.told("log")["entries"][1]["override"])
        inconclusive = change(base="orders@3", workers=1, accept="avg wait(server) < 3.5s")
        self.write("change.yaml", inconclusive)
        self.request("-n", "4", code=INCONCLUSIVE)
        self.assertIn("the rehearsal is inconclusive", self.error("approve", "change.yaml", "--key", "kim"))
        self.write("met.yaml", change(base="orders@3"))
        self.request(file="met.yaml")
        self.assertIn("nothing to override", self.error("approve", "met.yaml", "--key", "kim", "--override", "--reason", "x", code=USAGE))

    def test_a_validation_that_failed(self):
        """The record says what was overridden, and the next step is one that can be enough."""
        self.write("change.yaml", change(kind="configuration"))  # it is of capacity
        asked = self.request()
        self.assertEqual(asked["verdict"], "met")
        self.assertIn("Next: change it, and request it again; or approve it with --override", self.said("show", "more-workers"))
        self.approve("change.yaml", "kim", "--override", "--reason", "It is one to us")
        self.assertIn("OVERRIDE, although the validation failed: kind: it says 'configuration', and is not",
                      self.said("show", "more-workers"))
        self.write("change.yaml", change(kind="configuration", accept="avg wait(server) < 1ms"))
        asked = self.request(code=VIOLATED)
        self.approve("change.yaml", "kim", "--override", "--reason", "So be it")
        self.assertIn("OVERRIDE, although the rehearsal is violated, and the validation failed: kind: ",
                      self.said("show", asked["request"][:12]))

    def test_what_no_approval_makes_up_for(self):
        self.write("policy.yaml", POLICY.replace("name: any, approvals: 1", "name: any, approvals: 1, needs: [rollback]"))
        self.request()
        shown = self.said("show", "more-workers")
        self.assertIn("missing: rule any: the change has no 'rollback'", shown)
        self.assertIn("Next: put into the change what its policy asks for, and request it again", shown)
        self.assertNotIn("change approve", shown)

    def test_who_can_decide_nothing(self):
        self.write("policy.yaml", POLICY.replace("lee@example.com", "zed@example.com"))
        said = "policy.yaml:7:3: warning: 'zed@example.com' has no key in allowed_signers, and can decide nothing"
        self.assertIn(said, self.call("validate", "policy.yaml", code=MET).stderr.decode())
        self.assertEqual(self.change("request", "change.yaml", "--author", "rob@example.com").stderr.decode().count(said), 1)
        (self.folder / "allowed_signers").unlink()
        self.assertEqual(self.call("validate", "policy.yaml", code=MET).stderr, b"")

    def test_a_warning_is_told_once(self):
        self.write("loud.yaml", mm1(replications=4).replace(
            "twin: {", "twin: {datasets: {d: {columns: {x: {type: text, derives_from: [d.y]}}}}, "))
        self.write("change.yaml", change(base="loud.yaml"))
        said = self.change("request", "change.yaml", "--author", "rob@example.com").stderr.decode()
        warnings = [line for line in said.splitlines() if ": warning: " in line]
        self.assertTrue(warnings)
        self.assertEqual(len(warnings), len(set(warnings)), said)

    def test_a_calibration_counts_in_what_comes_after_it(self):
        self.write("fitted.yaml", change(kind="calibration", workers=1).replace("more-workers", "fitted")
                   .replace("server.workers, to: 1", "server.service, to: exponential(mean 990ms)") +
                   "validation: {held_out: 7, error: 90%}\n")
        self.request(file="fitted.yaml")
        self.approve("fitted.yaml")
        self.change("apply", "fitted.yaml")
        self.write("change.yaml", change(base="orders@2", accept="increase avg latency() <= 0s"))
        asked = self.request(code=STALE)
        self.assertEqual((asked["verdict"], asked["credible_because"]), ("inconclusive", ""))
        self.assertIn("the rehearsal is inconclusive", self.error("approve", "change.yaml", "--key", "kim"))
        asked = self.request("--credible", "Seven runs are few", code=MET)
        self.assertEqual((asked["verdict"], asked["credible_because"]), ("met", "Seven runs are few"))
        self.assertIn("OVERRIDE of the twin's error: Seven runs are few", self.said("show", asked["request"][:12]))
        self.approve()
        self.change("apply", "change.yaml")
        # Taken back to what was there before the calibration, nobody knows how far off it is.
        self.change("rollback", "change.yaml")
        self.assertIn("credibility", self.json_of(self.call("rehearse", "orders@4", "orders@3", "-n", "2", "--accept",
                                                            "increase avg latency() < 1h", "--json")))
        self.assertNotIn("credibility", self.json_of(self.call("rehearse", "orders@1", "orders@3", "-n", "2", "--accept",
                                                               "increase avg latency() < 1h", "--json")))

    def test_roles_and_needs(self):
        audit = "  - {add: audit, as: stage, value: {reads: server}}\naccept:"
        self.write("change.yaml", change(kind="topology", author="x@example.com").replace("accept:", audit))
        asked = self.request()
        self.assertEqual(asked["missing"], ["rule any: 1 more approval", "rule topology: 1 more approval of role operator",
                                            "rule topology: 1 more approval of role owner"])
        self.approve(by="dana")
        self.assertIn("1 more approval of role operator", self.error("apply", "change.yaml"))
        self.approve(by="lee")
        self.change("apply", "change.yaml", "--check")
        self.write("change.yaml", change(kind="topology").replace("accept:", audit).replace("reason: Less waiting\n", ""))
        self.request()
        self.approve()
        self.assertIn("rule topology: the change has no 'reason'", self.error("apply", "change.yaml"))

    def test_rules_go_by_the_kinds_that_are_found(self):
        audit = "  - {add: audit, as: stage, value: {reads: server}}\naccept:"
        self.write("change.yaml", change(kind="configuration").replace("accept:", audit))
        asked = self.request()
        self.assertEqual(asked["kinds"], ["topology", "capacity"])
        self.assertIn("rule topology: 1 more approval of role operator", asked["missing"])
        self.assertIn({"status": "failed", "text": "kind: it says 'configuration', and is not: found: topology (stage audit is new), "
                                                   "capacity (pool server: workers)".replace("pool", "stage")}, asked["findings"])
        shown = self.said("show", asked["request"][:12])
        self.assertIn("  kinds      topology capacity\n", shown)
        self.assertIn("  kinds     topology, capacity; it says configuration\n", self.said("show", "change.yaml"))

    def test_a_rule_for_risk(self):
        risk = json.loads(self.call("change", "impact", "change.yaml", "--json", code=MET).stdout)["risk"]["score"]
        self.assertGreater(risk, 1)
        for least, missing in (risk, 2), (risk + 1, 1):
            self.write("policy.yaml", POLICY.replace("freeze:", f"  - {{name: risky, risk: {least}, approvals: 2}}\nfreeze:"))
            asked = self.request()
            self.assertAlmostEqual(asked["risk"], risk)
            self.assertEqual(len(asked["missing"]), missing, asked["missing"])

    def test_a_rule_for_the_rehearsal(self):
        """What the policy asks for is what is rehearsed, though the first look of the base would do."""
        sure = "  - {name: sure, kinds: [capacity], replications: 9, confidence: 99.9%}\nfreeze:"
        self.write("policy.yaml", POLICY.replace("freeze:", sure))
        asked = self.request()
        self.assertEqual((asked["replications"], asked["missing"]), (9, ["rule any: 1 more approval"]))
        self.assertFalse(self.request("--confidence", "99.9%")["added"], "it is that already")
        self.approve()
        self.change("apply", "change.yaml", "--check")
        self.assertIn("the policy asks for 9 replications of each, and --replications allows no more than 8",
                      self.error("request", "change.yaml", "-n", "8", code=USAGE))
        self.assertIn("the policy asks for a confidence of 99.9%, and --confidence is 99%",
                      self.error("request", "change.yaml", "--confidence", "99%", code=USAGE))
        # Of other kinds it asks for nothing.
        self.write("policy.yaml", POLICY.replace("freeze:", sure.replace("capacity", "schema")))
        self.assertEqual(self.request()["replications"], 5)
        self.assertTrue(self.request("--confidence", "99.9%")["added"])

    def test_a_rule_for_what_the_rehearsal_finds(self):
        found = "  - {name: promises, objectives: ['avg wait(*'], replications: 8}\nfreeze:"
        self.write("policy.yaml", POLICY.replace("freeze:", found))
        asked = self.request()
        self.assertEqual((asked["replications"], asked["missing"]), (8, ["rule any: 1 more approval"]))
        self.write("change.yaml", change(accept="avg utilisation(server) < 99%"))
        self.assertEqual(self.request()["replications"], 5)

    def test_a_rejection(self):
        self.request()
        self.approve(by="kim")
        rejected = self.told("reject", "change.yaml", "--key", "lee", "--reason", "Not now")
        self.assertEqual(rejected["state"], "rejected")
        self.assertIn("lee@example.com has rejected it", self.error("apply", "change.yaml", code=VIOLATED))
        # Who has said no may come to say yes.
        self.approve(by="lee")
        self.change("apply", "change.yaml")

    def test_freezes(self):
        self.request()
        self.approve("change.yaml", "kim", "--time", "2026-03-29T00:00:00Z")
        for time, until in (("2026-03-30T16:00:00Z", "2026-04-01T06:00:00Z"),  # 18:00 in Berlin: summer time
                            ("2026-04-01T05:59:59Z", "2026-04-01T06:00:00Z"),
                            ("2026-03-29T01:30:00Z", "2026-03-29T03:00:00Z"),  # from 22:00 winter time, six hours
                            ("2026-04-02T20:00:00Z", "2026-04-03T02:00:00Z")):
            self.assertIn(f"nothing is applied until {until}", self.error("apply", "change.yaml", "--time", time), time)
        for time in "2026-03-30T15:59:59Z", "2026-04-01T06:00:00Z", "2026-03-29T03:00:00Z", "2026-04-02T19:59:59Z":
            self.change("apply", "change.yaml", "--check", "--time", time)


    def test_the_sql_of_a_transformation_is_part_of_it(self):
        (self.folder / "samples").mkdir()
        self.write("samples/t.csv", "id,state\n1,paid\n2,open\n")
        self.write("a.sql", "SELECT id, state FROM t")
        self.write("b.sql", "SELECT id, upper(state) AS state FROM t")
        self.write("change.yaml", change().replace(
            "edits:\n", "edits:\n  - {transform: server, from: a.sql, to: b.sql, samples: samples, key: id}\n"))
        self.request()
        self.approve()
        self.change("apply", "change.yaml", "--check")
        self.write("b.sql", "SELECT id, 'paid' AS state FROM t")
        self.assertIn("was rehearsed with other SQL, or on other samples, than it names now: b.sql has changed; request it "
                      "again", self.error("apply", "change.yaml", "--check"))
        self.assertTrue(self.request()["added"], "other SQL is another request")
        self.write("b.sql", "SELECT id, upper(state) AS state FROM t")
        self.change("apply", "change.yaml", "--check")
        self.write("samples/t.csv", "id,state\n1,paid\n3,open\n")
        self.assertIn("samples/t.csv has changed; request it again", self.error("apply", "change.yaml", "--check"))
        self.write("samples/u.csv", "id\n1\n")
        (self.folder / "samples/t.csv").rename(self.folder / "samples/v.csv")
        self.assertIn("samples/t.csv is gone, samples/u.csv is new", self.error("apply", "change.yaml", "--check"))

    def test_another_sample_is_told_whatever_comes_of_it(self):
        """Also where the twin that it makes of the base is another, or none can be made."""
        (self.folder / "samples").mkdir()
        self.write("samples/t.csv", "id,state\n1,paid\n2,paid\n")
        self.write("a.sql", "SELECT id, state FROM t")
        self.write("b.sql", "SELECT id, state FROM t WHERE state = 'paid'")
        self.write("orders.yaml", mm1(replications=4).replace(
            "scenario: mm1\n", "scenario: mm1\nparameters: {mean: 1s, share: 100%}\n").replace(
            "service: exponential(mean 1s)", "service: exponential(mean $(mean)), emits: {records: $(share)}"))
        for base in "orders@2", "orders.yaml":
            with self.subTest(base):
                if base == "orders@2":
                    self.call("twin", "update", "orders", "orders.yaml", "--author", "ops@example.com", code=MET)
                self.write("samples/t.csv", "id,state\n1,paid\n2,paid\n")
                self.write("change.yaml", change(base=base).replace(
                    "edits:\n", "edits:\n  - {transform: server, from: a.sql, to: b.sql, samples: samples, key: id}\n"))
                self.request()
                self.approve()
                self.change("apply", "change.yaml", "--check")
                self.write("samples/t.csv", "id,state\n1,paid\n2,open\n")
                self.assertIn("than it names now: samples/t.csv has changed;", self.error("apply", "change.yaml", "--check"))
                # Nor can a twin be read of which nothing comes out.
                self.write("samples/t.csv", "id,state\n1,open\n2,open\n")
                self.assertIn("than it names now: samples/t.csv has changed;", self.error("apply", "change.yaml", "--check"))
                self.write("samples/t.csv", "id,other\n1,open\n2,open\n")
                self.assertIn("than it names now: samples/t.csv has changed;", self.error("apply", "change.yaml", "--check"))

    def test_a_stale_base_is_not_rehearsed(self):
        self.call("twin", "update", "orders", self.write("new.yaml", mm1(replications=5)), code=MET)
        said = self.error("request", "change.yaml")
        self.assertIn("orders@1 is not the latest version any more: orders@2 is", said)
        self.assertIn("set 'base: orders@2'", said)
        self.assertEqual(self.told("log")["entries"], [])

    def test_a_stale_version_is_refused_by_all_that_look_at_it(self):
        self.call("twin", "update", "orders", self.write("new.yaml", mm1(replications=5).replace("0.8/s", "0.7/s")), code=MET)
        for words in ("change", "validate"), ("change", "impact"), ("change", "price"), ("rehearse",):
            done = self.call(*words, "change.yaml", code=STALE)
            self.assertIn("stale: orders@2 is the latest; what moved: load jobs (arrivals poisson(0.8/s) -> poisson(0.7/s))",
                          " ".join((done.stdout + done.stderr).decode().split()))
        # Who names what is there himself is let do it.
        self.call("rehearse", "orders@1", "change.yaml", "-n", "4", code=MET)

    def test_a_stale_file(self):
        """A change holds what its base was, with what that includes, however it is laid out."""
        (self.folder / "below").mkdir()
        self.write("below/load.yaml", "understudy: 1\nscenario: load\nload: {jobs: {arrivals: poisson(0.8/s)}}\n")
        whole = mm1(replications=4)
        at = whole.index("load:")
        plain = whole[:at] + "include: [below/load.yaml]\n" + whole[whole.index("run:"):]
        self.write("base.yaml", plain)
        self.said("new", "more", "--base", "base.yaml", "--set", "server.workers=2")
        written = (self.folder / "more.yaml").read_text()
        self.assertRegex(written, "base: base.yaml\nbase_sha256: [0-9a-f]{64}\n")
        alone = [("change", "validate"), ("change", "impact"), ("rehearse",), ("change", "request")]
        self.write("base.yaml", "# Laid out anew\n" + plain + "\n")
        for words in alone:
            self.call(*words, "more.yaml", code=MET)
        # Of what a store has kept it can be told what moved.
        self.call("twin", "create", "kept", "base.yaml", code=MET)
        self.write("below/load.yaml", "understudy: 1\nscenario: load\nload: {jobs: {arrivals: poisson(0.7/s)}}\n")
        for words in alone:
            done = self.call(*words, "more.yaml", code=STALE)
            said = (done.stdout + done.stderr).decode()
            self.assertIn("is stale: it holds something else than when the change was made; what moved: load jobs "
                          "(arrivals poisson(0.8/s) -> poisson(0.7/s))", " ".join(said.split()), words)
        told = self.json_of(self.call("change", "validate", "more.yaml", "--json", code=STALE))
        self.assertEqual(told["moved"][0]["name"], "jobs")
        done = self.call("rehearse", "base.yaml", "more.yaml", "-n", "4", code=MET)
        self.assertIn(b"warning: base.yaml is stale", done.stderr)
        # As it says, and it is right again.
        fix = re.search("set '(base_sha256: [0-9a-f]{64})'", told["checks"][0]["fix"])[1]
        self.write("more.yaml", re.sub("base_sha256: .*", fix, written))
        for words in alone:
            self.call(*words, "more.yaml", code=MET)

    def test_a_base_that_is_a_file_is_looked_at(self):
        self.write("change.yaml", change(base="orders.yaml"))
        digest = self.request()["request"]
        self.approve()
        self.change("apply", "change.yaml", "--check")
        self.assertIn("give the change file itself", self.error("apply", digest, "--check", code=USAGE))


class Proof(Change):
    def test_a_statement_replaces_statements_alone(self):
        self.request()
        for name in "policy.yaml", "allowed_signers", "kim", "change.yaml":
            before = (self.folder / name).read_bytes()
            self.assertIn("choose another name", self.error("attest", "more-workers", "--out", name, code=USAGE))
            self.assertEqual((self.folder / name).read_bytes(), before)
        for _ in range(2):
            self.change("attest", "more-workers", "--out", "statement.json")

    def test_ssh_keygen_verifies(self):
        self.request()
        self.approve("change.yaml", "kim", "--reason", "Looks right")
        self.said("log", "--signatures", "proof")
        statement = next((self.folder / "proof").glob("*-approve.txt"))
        self.assertIn("by: kim@example.com\nat: 2026-03-09T05:00:00Z\n", statement.read_text())
        done = self.keygen("-Y", "verify", "-n", "understudy", "-f", "allowed_signers", "-I", "kim@example.com", "-s",
                           f"{statement}.sig", input=statement.read_bytes())
        self.assertIn(b"Good", done.stdout)
        with self.assertRaises(subprocess.CalledProcessError):
            self.keygen("-Y", "verify", "-n", "understudy", "-f", "allowed_signers", "-I", "kim@example.com", "-s",
                        f"{statement}.sig", input=statement.read_bytes().replace(b"approve", b"approvE"))

    def damaged(self, *statements):
        """The log as somebody with a database at hand would leave it: triggers taken away and put back."""
        shutil.copytree(self.folder / ".understudy", self.folder / "damaged/.understudy")
        for name in "policy.yaml", "allowed_signers":
            shutil.copy(self.folder / name, self.folder / "damaged")
        database = sqlite3.connect(self.folder / "damaged/.understudy/store.db")
        triggers = database.execute("SELECT name, sql FROM sqlite_schema WHERE type = 'trigger'").fetchall()
        for name, _ in triggers:
            database.execute(f"DROP TRIGGER {name}")
        for statement in statements:
            database.execute(statement)
        for _, sql in triggers:
            database.execute(sql)
        database.commit()
        database.close()
        done = self.change("log", "--verify", cwd=self.folder / "damaged", code=USAGE)
        shutil.rmtree(self.folder / "damaged")
        return done.stderr.decode()

    def test_what_is_removed_altered_or_reordered_is_found(self):
        self.request()
        self.approve(by="kim")
        self.change("reject", "change.yaml", "--key", "lee", "--reason", "no")
        head = self.told("log", "--verify")["last_record"]
        # Whatever it is: pages have checksums, and records hashes (tests/tools/formats/approval/change_log.cpp).
        for statements in (["DELETE FROM record WHERE sequence = 3"], ["UPDATE record SET reason = 'yes' WHERE sequence = 3"],
                           ["UPDATE record SET sequence = 99 WHERE sequence = 3", "UPDATE record SET sequence = 3 WHERE sequence = 4",
                            "UPDATE record SET sequence = 4 WHERE sequence = 99"],
                           ["UPDATE content SET text = replace(text, 'override: no', 'override: ye')"]):
            self.assertIn("store.db: error: ", self.damaged(*statements))
        self.change("log", "--record", head[:12])
        self.assertIn("--record is the hash of a record", self.error("log", "--record", "", code=USAGE))
        self.assertIn("no record 0000", self.error("log", "--record", "0" * 64, code=USAGE))

    def test_a_key_that_is_allowed_no_more_is_a_note(self):
        self.request()
        self.approve(by="kim")
        lines = (self.folder / "allowed_signers").read_text().splitlines(True)
        self.write("allowed_signers", "".join(line for line in lines if not line.startswith("kim")))
        done = self.change("log", "--verify")
        self.assertIn(b"signed, but not by a key that is allowed now", done.stderr)

    def test_another_clock_stands_in_the_log(self):
        """Who sets the clock of the program can apply what has expired; it is not hidden."""
        self.request()
        real = {key: value for key, value in os.environ.items() if key != "UNDERSTUDY_NOW"}
        self.call("change", "approve", "change.yaml", "--key", "kim", env=real, code=MET)
        self.assertEqual(self.json_of(self.call("change", "log", "--verify", "--json", env=real))["notes"], [])
        self.approve("change.yaml", "lee", now="2026-03-10T00:00:00Z")
        self.change("apply", "change.yaml", now="2026-03-11T12:00:00Z")
        log = self.json_of(self.call("change", "log", "--verify", "--json", env=real))
        said = "it was taken to be {}, as UNDERSTUDY_NOW said"
        self.assertEqual([note.split("): ")[1] for note in log["notes"]],
                         [said.format("2026-03-10T00:00:00Z"), said.format("2026-03-11T12:00:00Z")])
        self.assertEqual([entry.get("clock") for entry in log["entries"]],
                         [None, None, "2026-03-10T00:00:00Z", "2026-03-11T12:00:00Z"])
        self.assertRegex(self.call("change", "log", "--verify", env=real).stderr, rb"note: record \d+ \(apply by ")

    def test_attestation(self):
        self.write("change.yaml", change(accept="all objectives\n  - avg wait(server) < 1ms"))
        self.request(code=VIOLATED)
        self.change("attest", "change.yaml", "--out", "attestation.json")
        statement = json.loads((self.folder / "attestation.json").read_text())
        self.assertEqual(statement["_type"], "https://in-toto.io/Statement/v1")
        self.assertEqual(statement["predicateType"], "https://in-toto.io/attestation/test-result/v0.1")
        predicate = statement["predicate"]
        self.assertEqual((predicate["result"], predicate["passedTests"], predicate["warnedTests"], predicate["failedTests"]),
                         ("FAILED", ["avg wait(server) < 60s"], [], ["avg wait(server) < 1ms"]))
        self.assertEqual(statement["subject"][0]["name"], "orders+more-workers")
        for resource in statement["subject"] + predicate["configuration"]:
            self.assertRegex(resource["digest"]["sha256"], "^[0-9a-f]{64}$")

    def test_all_that_the_verdict_is_of_is_shown_and_attested(self):
        # Under stress, in the rollout and on the way back, while what is accepted without a stress is met.
        self.write("orders.yaml", mm1(replications=4) + "actions: [{name: out, at: 1min, for: 10min, fail: server}]\n")
        self.call("twin", "create", "stressed", "orders.yaml", "--author", "ops@example.com", code=MET)
        self.write("change.yaml", change(base="stressed@1", accept="max wait(server) < 500s") + "stress: [out]\n")
        asked = self.request(code=VIOLATED)
        self.assertEqual([one["verdict"] for one in asked["accepted"]], ["met"])
        self.assertEqual(asked["rehearsed"], [{"text": "max wait(server) < 500s, under out", "verdict": "violated"}])
        self.assertIn("  violated      max wait(server) < 500s, under out\n", self.said("show", "more-workers"))
        predicate = json.loads(self.said("attest", "more-workers"))["predicate"]
        self.assertEqual((predicate["result"], predicate["passedTests"], predicate["failedTests"]),
                         ("FAILED", ["max wait(server) < 500s"], ["max wait(server) < 500s, under out"]))
        self.write("change.yaml", change(accept="all objectives") + 
                   "rollback:\n  rehearse: {at: 5min, set: server.service, to: 2s}\n  detect: waiting(server) > 1000000\n"
                   "  steps: [{do: back, takes: 1min}]\n  until: waiting(server) < 1\n")
        asked = self.request(code=VIOLATED)
        self.assertEqual([one["verdict"] for one in asked["rehearsed"]], ["violated"])
        self.assertIn("the way back, until waiting(server) < 1: the failure is not detected", asked["rehearsed"][0]["text"])

    def test_nothing_that_is_judged(self):
        self.write("plain.yaml", "".join(line for line in mm1(replications=4).splitlines(True) if "objectives" not in line and "avg wait" not in line))
        self.call("twin", "create", "plain", "plain.yaml", "--author", "ops@example.com", code=MET)
        self.write("change.yaml", change(base="plain@1"))
        asked = self.request()
        self.assertEqual((asked["judged"], asked["verdict_reason"]), (False, "no_objectives"))
        self.assertRegex(self.said("list"), "waiting +nothing judged")
        self.assertIn("Nothing was to be accepted", self.said("show", "more-workers"))
        self.assertIn("nothing was judged; --override", self.error("approve", "change.yaml", "--key", "kim"))
        predicate = json.loads(self.said("attest", "more-workers"))["predicate"]
        self.assertEqual((predicate["result"], predicate["passedTests"]), ("WARNED", []))
        self.assertIn("needs a reason", self.error("approve", "change.yaml", "--key", "kim", "--override", "--reason", " "))
        self.approve("change.yaml", "kim", "--override", "--reason", "x")
        self.assertTrue(self.told("show", "more-workers")["overridden"])

    def test_a_key_of_another_kind(self):
        self.keygen("-q", "-t", "rsa", "-N", "", "-C", "rsa", "-f", "rsa")
        self.request()
        self.assertIn("the key is not Ed25519", self.error("approve", "change.yaml", "--key", "rsa"))

    def test_a_base_without_its_version(self):
        self.write("change.yaml", change(base="orders"))
        self.assertIn("there is a twin 'orders' in the store: write 'orders@1', or 'orders@latest'",
                      self.call("change", "validate", "change.yaml").stderr.decode())

    def test_a_policy_is_counted(self):
        self.write("policy.yaml", "understudy: 1\npolicy: p\npeople: {dana@example.com: {}}\nrules: [{name: a, approvals: 1}]\n"
                   "freeze: [{name: f, every: daily at 22:00, for: 1h}]\n")
        self.assertIn("ok: 1 rule, 1 person, 1 freeze\n", self.call("validate", "policy.yaml", code=MET).stdout.decode())
        self.write("policy.yaml", "understudy: 1\npolicy: p\npeople: {dana@example.com: {}}\nrules: [{name: a, approvals: 2}]\n")
        self.assertIn("nothing would ever be approved", self.call("validate", "policy.yaml", code=USAGE).stderr.decode())

    def test_a_blank_is_no_reason(self):
        self.write("policy.yaml", POLICY.replace("name: any, approvals: 1", "name: any, approvals: 1, needs: [reason]"))
        self.write("change.yaml", change().replace("Less waiting", '" "'))
        self.assertIn("rule any: the change has no 'reason'", self.request()["missing"])

    def test_approvals_at_once_lose_nothing(self):
        names = [f"p{i}" for i in range(6)]
        people, signers = "", ""
        for name in names:
            self.keygen("-q", "-t", "ed25519", "-N", "", "-C", name, "-f", name)
            people += f"  {name}@example.com: {{roles: [owner]}}\n"
            signers += f"{name}@example.com {(self.folder / (name + '.pub')).read_text()}"
        self.write("policy.yaml", f"understudy: 1\npolicy: many\npeople:\n{people}rules:\n  - {{name: any, approvals: 6}}\n")
        self.write("allowed_signers", signers)
        digest = self.request()["request"]
        processes = [self.start("change", "approve", digest, "--key", name) for name in names]
        for process in processes:
            process.communicate()
            self.assertEqual(process.returncode, MET)
        self.assertEqual(len(self.told("show", digest)["requirements"][0]["by"]), 6)
        # Who says the same four times at once has said it once.
        processes = [self.start("change", "approve", digest, "--key", "p1", "--reason", "Sure", "--json") for _ in range(4)]
        added = [json.loads(process.communicate()[0])["added"] for process in processes]
        self.assertEqual(sorted(added), [False, False, False, True])
        self.assertTrue(self.told("log", "--verify")["ok"])
        # Of two that apply at once one does; the other finds it done.
        processes = [self.start("change", "apply", digest, "--json", env={**os.environ, "UNDERSTUDY_NOW": MARCH_9}) for _ in range(4)]
        added = [json.loads(process.communicate()[0])["added"] for process in processes]
        self.assertEqual(sorted(added), [False, False, False, True])
        self.assertEqual(self.versions(), 2)


if __name__ == "__main__":
    main()
