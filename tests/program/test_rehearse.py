"""Promised: rehearse runs a baseline and a candidate in pairs and says by its exit code whether the candidate may be
accepted: an identical one differs by exactly 0 (0), a slower one is judged by its margin (0 or 3), rare errors in few
pairs are not told from none (4), and without a steady state nothing is met; the answer is the same for any number of
threads, in JSON, as a table of 80 columns, and in a file; what is wrong is refused before anything runs.
Shown: by calling the program.
"""

import hashlib
import json
import re
import signal
import unittest
import xml.etree.ElementTree

import h5py

from program import INCONCLUSIVE, MET, USAGE, VIOLATED, SMALL, ProgramTest, main, mm1

TRUTH = 1.02 / (1 - 0.816) - 5  # mean latencies of services of 1.02 s and 1 s


def slower(text, service="1.02s"):
    return text.replace("exponential(mean 1s)", f"exponential(mean {service})")


def rare_errors(failure):
    """About one failure in ten replications, or none."""
    work = f"service: 1ms, failure: {failure}" if failure else "service: 1ms"
    return f"""understudy: 1
scenario: rare
twin: {{stages: {{server: {{reads: jobs, workers: 1, {work}}}}}}}
load: {{jobs: {{arrivals: poisson(1/s)}}}}
run: {{length: 100s, warm_up: 0s, replications: 6, seed: SEED}}
measures: [total failed(server)]
"""


class Rehearse(ProgramTest):
    def setUp(self):
        super().setUp()
        self.write("today.yaml", mm1())
        self.write("tomorrow.yaml", slower(mm1()))

    def rehearse(self, *words, code):
        return self.json_of(self.call("rehearse", *words, "--json", code=code))

    def entry(self, answer, text):
        found = [one for one in answer["differences"] if one["text"] == text]
        self.assertEqual(len(found), 1, text)
        return found[0]

    def test_as_others_read_it(self):
        """JUnit and SARIF: a case, or a result, for each entry; what could not be told is let through no more than what is broken."""
        words = ["today.yaml", "tomorrow.yaml", "--accept", "increase avg latency() <= 0.1s", "--accept", "avg wait(server) < 100s"]
        junit = xml.etree.ElementTree.fromstring(self.call("rehearse", *words, "--format", "junit", code=VIOLATED).stdout)
        self.assertEqual([(case.get("name"), case.find("failure") is not None) for case in junit.findall("testcase")],
                         [("objective avg wait(server) < 100s", False), ("increase avg latency() <= 0.1s", True), ("warning", False)])
        self.assertEqual((junit.get("tests"), junit.get("failures"), junit.get("skipped")), ("3", "1", "1"))
        warned = "'avg wait(server) < 60s' is promised and not judged"
        self.assertIn(warned, junit.find("testcase/skipped").get("message"))
        self.assertTrue(junit.find("testcase/failure").get("message").startswith("increase avg latency() <= 0.1s: violated, +"))
        sarif = json.loads(self.call("rehearse", *words, "--format", "sarif", code=VIOLATED).stdout)
        result, warning = sarif["runs"][0]["results"]
        self.assertEqual((result["ruleId"], result["level"]), ("increase", "error"))
        self.assertEqual(warning["level"], "warning")
        self.assertIn(warned, warning["message"]["text"])
        self.assertEqual(result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"], "tomorrow.yaml")
        self.assertTrue(result["message"]["text"].startswith("increase avg latency() <= 0.1s: violated, +"))
        # A relative increase reads as in the text.
        relative = [*words[:2], "--accept", "increase avg latency() < 1%", "-n", "20"]
        message = xml.etree.ElementTree.fromstring(self.call("rehearse", *relative, "--format", "junit", code=VIOLATED).stdout).find("testcase/failure").get("message")
        found = re.search(r"\+[0-9.]+ % \(\+[0-9.]+ to \+[0-9.]+\)", message)[0]
        self.assertIn(found, " ".join(self.call("rehearse", *relative, code=VIOLATED).stdout.decode().split()))
        open_ = self.call("rehearse", *words[:2], "--accept", "increase avg latency() <= 0.5s", "-n", "10", "--format", "junit", code=INCONCLUSIVE)
        self.assertIn("inconclusive", xml.etree.ElementTree.fromstring(open_.stdout).find("testcase/failure").get("message"))

    def test_identical(self):
        self.write("copy.yaml", "# the same\n" + mm1())
        for candidate in "today.yaml", "copy.yaml":
            with self.subTest(candidate=candidate):
                answer = self.rehearse("today.yaml", candidate, "--accept", "increase avg latency() <= 0s",
                                       "--accept", "all objectives", code=MET)
                self.assertEqual((answer["verdict"], answer["reason"], answer["identical"]), ("met", "none", True))
                self.assertEqual((answer["looks"], answer["replications"]), (1, 10))
                kinds = {one["kind"] for one in answer["differences"]}
                self.assertEqual(kinds, {"objective", "increase", "measure"})
                for one in answer["differences"]:
                    if one["kind"] != "objective":
                        self.assertEqual((one["estimate"], one["low"], one["high"]), (0, 0, 0), one["text"])
                self.assertIsNone(self.entry(answer, "avg latency()")["verdict"])
                self.assertIsNone(answer["variance_ratio"])

    def test_what_moved_most(self):
        answer = self.rehearse("today.yaml", "tomorrow.yaml", "--accept", "increase avg latency() < 5s", code=MET)
        items = answer["moved"]["items"]
        self.assertEqual((answer["moved"]["replication"], answer["moved"]["cut"]), (1, False))
        self.assertGreater(items["longer"], items["shorter"])
        self.assertLessEqual(len(items["slower"]), 5)
        worst = items["slower"][0]
        self.assertEqual((worst["kind"], worst["of"]), ("item", "jobs"))
        self.assertEqual([one["moved_s"] for one in items["slower"]],
                         sorted((one["moved_s"] for one in items["slower"]), reverse=True))
        self.assertAlmostEqual(worst["moved_s"], worst["candidate_s"] - worst["baseline_s"])
        # One stage: all of it is there, and nearly all of that is waiting, behind somebody.
        at, = worst["at"]
        self.assertEqual(at["element"], "server")
        self.assertAlmostEqual(at["moved_s"], worst["moved_s"], places=6)
        self.assertEqual((worst["behind"]["of"], worst["behind"]["at"]), ("jobs", "server"))
        self.assertLess(worst["behind"]["number"], worst["number"])
        self.assertLessEqual(worst["behind"]["seconds"], at["candidate"]["wait_s"])
        text = self.call("rehearse", "today.yaml", "tomorrow.yaml", "--accept", "increase avg latency() < 5s",
                         code=MET).stdout.decode()
        self.assertIn("What moved most, in the first pair\n", text)
        self.assertIn(f"item {worst['number']} of jobs", text)
        self.assertNotIn("moved", self.rehearse("today.yaml", "today.yaml", code=MET))
        self.assertNotIn("moved", self.rehearse("today.yaml", "tomorrow.yaml", "--independent", "--accept",
                                                "increase avg latency() < 5s", code=MET))

    def test_a_twin_that_is_not_credible(self):
        self.write("fitted.yaml", "understudy: 1\nchange: fitted\nkind: calibration\n"
                   "edits: [{set: server.workers, to: 1}]\nvalidation: {held_out: 7, error: 60%}\n")
        words = "today.yaml", "tomorrow.yaml", "--accept", "increase avg latency() < 2s"
        answer = self.rehearse(*words, "--calibration", "fitted.yaml", code=5)
        self.assertEqual((answer["verdict"], answer["reason"]), ("inconclusive", "not_credible"))
        entry = self.entry(answer, "increase avg latency() < 2s")
        self.assertLess(entry["effect"], entry["calibration_error"])
        self.assertEqual(answer["credibility"]["calibration"],
                         [{"of": "duration", "error": 0.6, "held_out": 7, "source": "fitted"}])
        # Half a second more, and three that it may be off by: five are not reached.
        self.rehearse(*words[:3], "increase avg latency() < 5s", "--calibration", "fitted.yaml", code=MET)
        trusted = self.rehearse(*words, "--calibration", "fitted.yaml", "--credible", "seven are few", code=MET)
        self.assertEqual(trusted["credibility"]["override"], "seven are few")
        self.assertNotEqual(trusted["digest"], answer["digest"])
        for form in "text", "markdown":
            shown = self.call("rehearse", *words, "--calibration", "fitted.yaml", "--credible", "seven are few",
                              "--format", form, code=MET).stdout.decode()
            self.assertIn("OVERRIDE", shown)
            self.assertIn("seven are few", shown)
        self.assertIn(b"--credible takes a reason", self.call("rehearse", *words, "--credible", " ", code=USAGE).stderr)
        self.write("silent.yaml", "understudy: 1\nchange: silent\nedits: [{set: server.workers, to: 1}]\n")
        self.assertIn(b"says no errors", self.call("rehearse", *words, "--calibration", "silent.yaml", code=USAGE).stderr)

    def test_two_percent_slower(self):
        self.write("a.yaml", mm1(length="50000s", warm_up="2000s", replications=40))
        self.write("b.yaml", slower(mm1(length="50000s", warm_up="2000s", replications=40)))
        words = "a.yaml", "b.yaml", "--replications", 40, "--seed", 5
        tight = self.rehearse(*words, "--accept", "increase avg latency() < 0.1s", code=VIOLATED)
        self.assertEqual((tight["verdict"], tight["reason"]), ("violated", "limit"))
        one = tight["differences"][0]
        self.assertEqual((one["text"], one["verdict"]), ("increase avg latency() < 0.1s", "violated"))
        self.assertTrue(one["low"] <= TRUTH <= one["high"], one)
        measure = self.entry(tight, "avg latency()")
        self.assertTrue(measure["low"] <= TRUTH <= measure["high"], measure)
        self.assertGreaterEqual(tight["variance_ratio"], 1 / 0.3 ** 2)
        self.assertEqual(tight["replications"], 40)
        wide = self.rehearse(*words, "--accept", "increase avg latency() < 1s", code=MET)
        self.assertEqual(wide["verdict"], "met")
        relative = self.rehearse(*words, "--accept", "increase avg latency() < 5%", code=VIOLATED)
        one = relative["differences"][0]
        self.assertTrue(one["low"] <= TRUTH / 5 <= one["high"], one)
        self.assertTrue(one["relative"])
        self.assertNotEqual(tight["digest"], wide["digest"])

    def test_sparse_errors_are_inconclusive(self):
        # A seed whose six pairs have a few failures; the most common kind, and none at all, as well.
        seen = set()
        for seed in range(1, 13):
            self.write("a.yaml", rare_errors("").replace("SEED", str(seed)))
            self.write("b.yaml", rare_errors("0.3%").replace("SEED", str(seed)))
            answer = self.rehearse("a.yaml", "b.yaml", "--replications", 6, "--accept",
                                   "increase total failed(server) <= 0", "--out", "r.h5", code=INCONCLUSIVE)
            one = answer["differences"][0]
            self.assertEqual((one["verdict"], one["baseline"]), ("inconclusive", 0))
            self.assertLess(one["low"], 0)
            self.assertGreater(one["high"], 0)
            self.assertGreater(one["smallest_effect"], 0)
            with h5py.File(self.folder / "r.h5") as file:
                column = list(file["candidate/measure"][:]).index(b"total failed(server)")
                seen.add(sum(file["candidate/value"][:, column] > 0))
        self.assertIn(1, seen)
        self.assertGreater(max(seen), 1)

    def test_all_objectives_are_the_default(self):
        answer = self.rehearse("today.yaml", "tomorrow.yaml", code=MET)
        self.assertEqual([one["text"] for one in answer["differences"] if one["verdict"]],
                         ["avg wait(server) < 60s"])
        self.assertEqual(answer["differences"][0]["kind"], "objective")
        self.write("strict.yaml", mm1("avg wait(server) < 1s"))
        self.rehearse("today.yaml", "strict.yaml", code=VIOLATED)
        self.rehearse("strict.yaml", "today.yaml", code=MET)

    def test_nothing_to_judge(self):
        text = mm1().replace("objectives: [avg wait(server) < 60s]\n", "")
        self.write("a.yaml", text)
        answer = self.rehearse("a.yaml", "a.yaml", code=MET)
        self.assertEqual((answer["verdict"], answer["reason"]), ("met", "no_objectives"))
        self.assertEqual(answer["replications"], 10)
        self.assertEqual(self.entry(answer, "avg latency()")["estimate"], 0)
        said = self.call("rehearse", "a.yaml", "a.yaml", code=MET).stdout.decode()
        self.assertIn("nothing to judge", said)
        self.assertIn("--accept", said)

    def test_unstable(self):
        self.write("slow.yaml", slower(mm1(), "1.5s"))
        done = self.call("rehearse", "today.yaml", "slow.yaml", "--accept", "increase avg latency() < 1000h",
                         code=INCONCLUSIVE)
        said = done.stdout.decode()
        self.assertIn("inconclusive, no steady state", said)
        self.assertLess(said.index("grows without end"), said.index("Accepted is"))
        answer = self.rehearse("today.yaml", "slow.yaml", "--accept", "increase avg latency() < 1000h",
                               code=INCONCLUSIVE)
        self.assertEqual(answer["reason"], "unstable")

    def test_threads_and_files_have_the_same_bytes(self):
        words = "rehearse", "today.yaml", "tomorrow.yaml", "--accept", "increase p(90) latency(server) < 8%", "-n", 15
        outs, files = set(), set()
        for threads in 1, 2, 5:
            done = self.call(*words, "--threads", threads, "--json", "--out", "r.h5")
            outs.add(done.stdout)
            files.add((self.folder / "r.h5").read_bytes())
        self.assertEqual((len(outs), len(files)), (1, 1))
        answer = json.loads(outs.pop())
        with h5py.File(self.folder / "r.h5") as file:
            self.assertEqual(file.attrs["format"], b"understudy rehearsal" if isinstance(
                file.attrs["format"], bytes) else "understudy rehearsal")
            text = file.attrs["answer"]
            self.assertEqual(json.loads(text), answer)
            self.assertEqual(file["baseline/value"].shape[0], answer["replications"])
            self.assertEqual(file["candidate/value"].shape[1], len(file["candidate/measure"]))
            values = {name: file[f"{name}/value"][:, list(file[f"{name}/measure"][:]).index(b"avg latency()")]
                      for name in ("baseline", "candidate")}
            self.assertTrue((values["candidate"] > values["baseline"]).all())
        done = self.call("trace", "r.h5", code=USAGE)
        self.assertIn(b"is the answer of a rehearsal", done.stderr)

    def test_it_is_shown_again(self):
        printed = self.call("rehearse", "today.yaml", "tomorrow.yaml", "--accept", "increase avg latency(server) < 8%",
                            "-n", 6, "--out", "r.h5", code=None).stdout
        self.assertEqual(self.call("report", "r.h5", "--text").stdout, printed)
        answer = self.json_of(self.call("report", "r.h5", "--json"))
        self.assertIn(answer["digest"], printed.decode())
        self.assertEqual(self.call("report", "r.h5").stdout, b"wrote r.html\n")
        page = (self.folder / "r.html").read_text()
        for part in (answer["digest"], "increase avg latency(server) &lt; 8%", 'id="differences"'):
            self.assertIn(part, page)
        self.assertNotIn("<script", page)
        self.assertIn(b"holds no quantiles", self.call("report", "r.h5", "--hlog", code=USAGE).stderr)

    def test_damaged_answers_and_those_of_newer_builds_are_refused(self):
        self.rehearse("today.yaml", "tomorrow.yaml", "--out", "r.h5", code=MET)
        for change, said in ((("answer", "{}"), b"its answer is none to a rehearsal"),
                             (("format_version", 9), b"is the answer of a rehearsal in format 9")):
            with h5py.File(self.folder / "r.h5", "r+") as file:
                file.attrs[change[0]] = change[1]
            done = self.call("report", "r.h5", code=USAGE)
            self.assertIn(said, done.stderr)
            self.assertFalse((self.folder / "r.html").exists())

    def test_the_digest_names_what_the_verdict_rests_on(self):
        answer = self.rehearse("today.yaml", "tomorrow.yaml", "--out", "r.h5", code=MET)
        with h5py.File(self.folder / "r.h5") as file:
            scenarios = [file[side].attrs["scenario_text"] for side in ("baseline", "candidate")]
            self.assertEqual(file.attrs["digest"], answer["digest"])
        entries = [one for one in answer["differences"] if one["verdict"]]
        texts = ["understudy rehearsal 1", answer["version"], *scenarios, str(answer["seed"]),
                 json.dumps(answer["confidence"]), str(answer["replications_at_most"]), "pairs", str(len(entries))]
        for one in entries:
            texts += [one["text"], one["verdict"], one["reason"]]
        texts += [answer["verdict"], answer["reason"]]
        whole = b"".join(len(text.encode()).to_bytes(8, "little") + text.encode() for text in texts)
        self.assertEqual(hashlib.sha256(whole).hexdigest(), answer["digest"])
        # The same again is the same; a byte of a scenario, the seed or what is accepted makes another.
        others = {answer["digest"]}
        self.assertEqual(self.rehearse("today.yaml", "tomorrow.yaml", code=MET)["digest"], answer["digest"])
        self.write("again.yaml", slower(mm1(), "1.021s"))
        for words in (["today.yaml", "again.yaml"], ["again.yaml", "tomorrow.yaml"],
                      ["today.yaml", "tomorrow.yaml", "--seed", "2"],
                      ["today.yaml", "tomorrow.yaml", "--accept", "avg wait(server) < 61s"]):
            others.add(self.rehearse(*words, code=MET)["digest"])
        self.assertEqual(len(others), 5)

    def test_independent(self):
        words = "today.yaml", "tomorrow.yaml", "--accept", "increase avg latency() < 10s", "-n", 10
        pairs = self.rehearse(*words, code=MET)
        alone = self.rehearse(*words, "--independent", code=MET)
        width = lambda answer: answer["differences"][0]["high"] - answer["differences"][0]["low"]
        self.assertLess(width(pairs), width(alone))
        self.assertIsNone(alone["variance_ratio"])
        self.assertNotEqual(alone["candidate_seed"], alone["seed"])
        self.assertNotEqual(alone["digest"], pairs["digest"])

    def test_options_reach_both(self):
        answer = self.rehearse("today.yaml", "tomorrow.yaml", "--seed", 7, "--set", "jobs.arrivals=poisson(0.5/s)",
                               "--confidence", "90%", "--accept", "increase avg latency() < 1s", code=MET)
        self.assertEqual((answer["seed"], answer["confidence"]), (7, 0.9))
        one = self.entry(answer, "avg latency()")
        self.assertLess(one["baseline"], 2.3)
        self.assertLess(one["candidate"], 2.4)

    def test_both_systems_fit_on_a_screen(self):
        self.write("a.yaml", SMALL)
        self.write("b.yaml", SMALL.replace("crew: {workers: 3", "crew: {workers: 2"))
        done = self.call("rehearse", "a.yaml", "b.yaml", "--accept", "all objectives", "--accept",
                         "increase p(95) latency(clean) < 5%", "--accept", "increase rate cost() < -15%", "-n", 20)
        text = done.stdout.decode()
        self.assertIn(done.returncode, (MET, VIOLATED, INCONCLUSIVE))
        self.assertLessEqual(max(map(len, text.splitlines())), 80, text)
        for part in "Accepted is", "What else differs most", "times less than independent runs", "Digest ":
            self.assertIn(part, text)
        cost = self.entry(self.json_of(self.call("rehearse", "a.yaml", "b.yaml", "--json", "--accept",
                                                 "increase rate cost() < -15%", code=MET)),
                          "increase rate cost() < -15%")
        self.assertEqual(cost["unit"], "fraction")
        self.assertAlmostEqual(cost["estimate"], -1 / 3, places=6)

    def test_wrong_usage(self):
        for words, said in ((["today.yaml"], "rehearse needs what is there and what is to be"),
                            (["today.yaml", "none.yaml"], "none.yaml"),
                            (["today.yaml", "tomorrow.yaml", "--accept", "increase avg latency() < 5"],
                             "--accept 'increase avg latency() < 5': '5' has no unit; write '5s' if seconds are meant"),
                            (["today.yaml", "tomorrow.yaml", "--accept", "increase avg wait(nobody) < 5%"],
                             "'nobody'"),
                            (["today.yaml", "tomorrow.yaml", "--replications", "1"], "--replications"),
                            (["today.yaml", "tomorrow.yaml", "--out", "today.yaml"], "today.yaml is what is read")):
            with self.subTest(words=words):
                done = self.call("rehearse", *words, code=USAGE)
                self.assertIn(said, done.stderr.decode())
                self.assertEqual(done.stdout, b"")

    def test_interrupted(self):
        self.write("a.yaml", mm1(length="1000h", replications=60))
        self.write("b.yaml", slower(mm1(length="1000h", replications=60)))
        process = self.start("rehearse", "a.yaml", "b.yaml", "--json", "--out", "r.h5")
        self.until(lambda: self.ticks(process) > 100, process, "it has simulated for a second")
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=120)
        self.assertEqual(process.returncode, INCONCLUSIVE, err.decode())
        answer = json.loads(out)
        self.assertEqual((answer["verdict"], answer["reason"], answer["interrupted"]), ("inconclusive", "data", True))
        self.assertLess(answer["replications"], 60)
        self.assertEqual((self.folder / "r.h5").exists(), answer["replications"] > 0)



class Changes(ProgramTest):
    """A candidate that is a change: of the baseline, with what it says has to hold."""

    def test_a_change_beside_what_it_changes(self):
        base = self.write("base.yaml", mm1("avg latency() < 30s"))
        change = self.write("change.yaml", "understudy: 1\nchange: slower\nbase: base.yaml\nedits:\n"
                            "  - {set: server.service.mean, to: 1.1s}\naccept:\n  - increase avg latency() < 0.1s\n")
        alone = self.call("rehearse", change, "--json", "--replications", "20", code=VIOLATED)
        beside = self.call("rehearse", base, change, "--json", "--replications", "20", code=VIOLATED)
        self.assertEqual(alone.stdout, beside.stdout)
        answer = json.loads(alone.stdout)
        self.assertEqual(answer["differences"][0]["text"], "increase avg latency() < 0.1s")
        # What is asked on the command line takes the place of what the change says.
        self.call("rehearse", change, "--accept", "increase avg latency() < 1h", "--replications", "20", code=MET)

    def test_another_base_than_the_change_names(self):
        base = self.write("base.yaml", mm1("avg latency() < 30s"))
        other = self.write("other.yaml", mm1("avg latency() < 40s"))
        change = self.write("change.yaml", "understudy: 1\nchange: slower\nbase: base.yaml\nedits:\n"
                            "  - {set: server.service, to: 1.1x}\n")
        for baseline, warned in (base, False), (self.folder / "." / "base.yaml", False), (other, True):
            said = self.call("rehearse", baseline, change, "-n", "2", code=None).stderr.decode()
            self.assertEqual("names base.yaml as its base, and is rehearsed beside" in said.replace(f"{self.folder}/", ""), warned, said)

    def test_a_promise_that_is_dropped(self):
        """It turns no verdict, and stands beside it in every form."""
        base = self.write("base.yaml", mm1("avg wait(server) < 1ms, avg latency() < 1h"))
        change = self.write("change.yaml", "understudy: 1\nchange: blind\nbase: base.yaml\nedits:\n"
                            "  - {remove: avg wait(server) < 1ms}\n")
        self.call("rehearse", base, base, "-n", "5", code=VIOLATED)
        answer = self.json_of(self.call("rehearse", change, "-n", "5", "--json", code=MET))
        told, = answer["no_longer_promised"]
        self.assertEqual((told["text"], told["would_be"], told["unit"]), ("avg wait(server) < 1ms", "violated", "s"))
        self.assertEqual(told["baseline"], told["candidate"])
        self.assertIn("the baseline promises 'avg wait(server) < 1ms', the candidate does not", answer["warnings"])
        report = self.call("rehearse", change, "-n", "5", code=MET).stdout.decode()
        self.assertIn("No longer promised, and no part of the verdict\n  avg wait(server) < 1ms\n    would be violated: ", report)
        comment = self.call("rehearse", change, "-n", "5", "--format", "markdown", code=MET).stdout.decode()
        self.assertIn("| :warning: no longer promised | avg wait(server) &lt; 1ms | would be violated: ", comment)

    def test_mistakes_stand_where_they_are(self):
        base = self.write("base.yaml", mm1())
        change = self.write("change.yaml", "understudy: 1\nchange: slower\nedits:\n"
                            "  - {set: sever.workers, to: 2}\naccept:\n  - increase avg latency() < 5\n")
        said = self.call("rehearse", base, change, code=USAGE).stderr.decode()
        self.assertIn("change.yaml:4:11: error: nothing is called 'sever'; did you mean 'server'?", said)
        self.assertIn("change.yaml:6:30: error: '5' has no unit", said)
        self.write("change.yaml", change.read_text().replace("sever.", "server."))
        said = self.call("rehearse", change, code=USAGE).stderr.decode()
        self.assertEqual(said.count("error"), 1)
        self.assertIn("change.yaml:6:30: error: '5' has no unit", said)
        self.write("change.yaml", change.read_text().replace("< 5", "< 5%"))
        self.assertIn("names no base; give the scenario before it",
                      self.call("rehearse", change, code=USAGE).stderr.decode())


if __name__ == "__main__":
    main()
