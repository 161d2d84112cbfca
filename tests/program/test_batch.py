"""Promised: a study with --out keeps a ledger while it goes on and goes on from it after kill -9 without losing a finished
unit; any threads, interruption, shards and MPI ranks end with the bytes of the undisturbed run; a ledger that is there is
not lost unknowingly; one that is damaged, of another study or in use, and a full disk, are told; jobs for batch systems do
what they say.
Shown: studies of short units. Kills come when the ledger has reached lengths drawn at random; jobs are run as Slurm and
Kubernetes would, by their environment. MPI and h5py where they are there.
"""

import json
import os
import pathlib
import random
import resource
import shutil
import signal
import struct
import subprocess
import time
import unittest

from program import INCONCLUSIVE, MET, PROGRAM, USAGE, VIOLATED, ProgramTest, main

try:
    import h5py
except ImportError:
    h5py = None
try:
    import yaml
except ImportError:
    yaml = None

BASE = """understudy: 1
scenario: shop
twin:
  stages:
    server: {reads: jobs, workers: 2, service: work}
load: {jobs: {arrivals: poisson(1/s), fields: {work: lognormal(mean 1s cv 1.5)}}}
run: {length: 2h, warm_up: 2min, replications: 4, seed: 7}
objectives: [p(95) latency(server) < 9s]
"""
# 200 units of two replications.
MORRIS = """understudy: 1
study: which
base: shop.yaml
method: morris
budget: {replications: 400}
vary:
  jobs.work.mean: uniform(800ms..1s)
  jobs.work.cv: 0.8..2.5
  server.workers: 2..4
"""
# Of these each replication of a setting is a unit: 120 of three settings, and as many of two and the base.
GRID = """understudy: 1
study: table
base: shop.yaml
method: grid
minimise: rate cost()
budget: {replications: 120}
vary: {server.workers: [2, 3, 4]}
"""
ONE_BY_ONE = """understudy: 1
study: one-by-one
base: shop.yaml
method: one_at_a_time
budget: {replications: 120}
vary: {server.workers: [3, 4]}
"""
CHEAPEST = """understudy: 1
study: cheapest
base: shop.yaml
method: cheapest
minimise: rate cost()
subject_to: [p(95) latency(server) < 5.2s]
budget: {replications: 300}
vary:
  server.workers: 1..6
  jobs.work.cv: [1.5, 1]
"""
# Of more than 2000 units, each of one replication: the limit is close to what one of its settings does.
SEARCH = """understudy: 1
study: search
base: shop.yaml
method: cheapest
minimise: rate cost()
prices: {server.queue.capacity: 0.01EUR}
subject_to: [share lost() <= 1.1%]
confidence: 99.9%
vary:
  server.workers: 1..6
  server.queue.capacity: 1..60
"""
# The levels of a breaking point, two disturbances of them.
BREAKS = """understudy: 1
study: breaks
base: shop.yaml
method: breaking_point
subject_to: [all objectives]
vary: {load: 1x..2.6x step 0.1x}
disturb:
  surge: {at: 1h, for: 2min, set: load, to: 3x}
  gone: {at: 1h, for: 1min, fail: server}
"""
PRICED = BASE.replace("workers: 2, service", "workers: 2, cost: 1EUR/h, service")


def records(ledger):
    """Whole records of a ledger, by its lengths alone."""
    bytes_ = pathlib.Path(ledger).read_bytes()
    if len(bytes_) < 24:
        return 0
    at, count = 24 + struct.unpack_from("<I", bytes_, 20)[0] + 8, 0
    while at + 4 <= len(bytes_):
        at += 4 + struct.unpack_from("<I", bytes_, at)[0] + 8
        count += at <= len(bytes_)
    return count


class Batch(ProgramTest):
    def setUp(self):
        super().setUp()
        # What batch systems say, should the tests themselves run in one.
        for name in [n for n in os.environ if n.startswith(("SLURM_", "JOB_COMPLETION", "OMPI_", "PMI_"))]:
            del os.environ[name]
        self.write("shop.yaml", PRICED)
        self.write("morris.yaml", MORRIS)
        self.write("grid.yaml", GRID)
        self.write("one-by-one.yaml", ONE_BY_ONE)
        self.write("cheapest.yaml", CHEAPEST)
        self.write("search.yaml", SEARCH)
        self.write("breaks.yaml", BREAKS)

    def whole(self, study, *words, out="whole.h5", verb="capacity"):
        """The undisturbed run's bytes."""
        done = self.call(verb, study, *words, "--out", out)
        self.assertIn(done.returncode, (MET, INCONCLUSIVE), done.stderr.decode())
        self.assertFalse((self.folder / (out + ".ledger")).exists())
        return (self.folder / out).read_bytes()

    def merged(self, study, parts, out="merged.h5"):
        ledgers = sorted(p.name for p in self.folder.glob(f"{out}.*-of-{parts}.ledger"))
        self.assertEqual(len(ledgers), parts)
        done = self.call("merge", study, *ledgers, "--out", out)
        self.assertIn(done.returncode, (MET, INCONCLUSIVE), done.stderr.decode())
        return (self.folder / out).read_bytes(), done

    # ---- kills

    def killed_and_resumed(self, units, times, seed, *words, verb="capacity"):
        """Of a study that does so many units when nothing disturbs it."""
        before = self.whole(*words, verb=verb)
        draw = random.Random(seed)
        ledger = self.folder / "r.h5.ledger"
        left = [0]
        for at in sorted(draw.uniform(0.02, 0.9) * units for _ in range(times)):
            process = self.start(verb, *words, "--out", "r.h5", "--resume", "--threads", str(draw.choice([1, 2])))
            while process.poll() is None and not (ledger.exists() and records(ledger) >= at):
                time.sleep(0.001)
            process.kill()
            self.assertEqual(process.wait(), -signal.SIGKILL, "it had ended before it was killed")
            process.communicate()
            # Nothing that was finished is lost.
            left.append(records(ledger))
            self.assertGreaterEqual(left[-1], left[-2])
        self.assertFalse((self.folder / "r.h5").exists())
        done = self.call(verb, *words, "--out", "r.h5", "--resume")
        self.assertIn(f"goes on from {left[-1]} unit", done.stderr.decode())
        self.assertEqual((self.folder / "r.h5").read_bytes(), before)
        self.assertFalse(ledger.exists())

    def test_killed_five_times_a_fixed_design_has_the_same_bytes(self):
        self.killed_and_resumed(200, 5, 1, "morris.yaml")

    def test_killed_three_times_few_settings_of_many_replications_have_the_same_bytes(self):
        for seed, study in enumerate(("grid.yaml", "one-by-one.yaml")):
            self.killed_and_resumed(120, 3, seed, study)
            (self.folder / "r.h5").unlink()

    def test_killed_five_times_a_search_of_2000_units_has_the_same_bytes(self):
        self.write("shop.yaml", PRICED.replace("service: work}", "service: work, queue: {capacity: 10, full: drop}}")
                   .replace("length: 2h", "length: 10min"))
        document = self.json_of(self.call("capacity", "search.yaml", "--no-formulas", "--json"))
        self.assertGreaterEqual(document["runs"], 2000)
        self.killed_and_resumed(document["runs"], 5, 2, "search.yaml", "--no-formulas")

    def test_killed_twice_a_breaking_point_has_the_same_bytes(self):
        self.write("shop.yaml", PRICED.replace("replications: 4", "replications: 30"))
        for verb in "stress", "capacity":
            document = self.json_of(self.call(verb, "breaks.yaml", "--no-formulas", "--json", code=MET))
            # Those of disturbances are kept as well.
            self.assertGreater(document["runs"], 180)
            self.killed_and_resumed(document["runs"], 2, 4, "breaks.yaml", "--no-formulas", verb=verb)
            (self.folder / "r.h5").unlink()
        self.assertEqual(self.whole("breaks.yaml"), self.whole("breaks.yaml", verb="stress"))

    def test_killed_in_what_would_help_a_stress_has_the_same_bytes(self):
        self.write("shop.yaml", PRICED.replace("replications: 4", "replications: 10"))
        document = self.json_of(self.call("stress", "shop.yaml", "--json", code=MET))
        # As it is, each remedy, by active periods, and with the first twice as fast: all of it but the last look.
        helps = document["bottlenecks"]["replications"] * (len(document["bottlenecks"]["remedies"]) + 4)
        self.killed_and_resumed(document["runs"] + helps, 3, 5, "shop.yaml", verb="stress")

    def test_killed_twice_the_histograms_of_levels_have_the_same_bytes(self):
        words = ["breaks.yaml", "--no-formulas", "--set", "run.replications=30"]
        document = self.json_of(self.call("stress", *words, "--hlog", "whole.hlog", "--json", code=MET))
        self.killed_and_resumed(document["runs"], 2, 6, *words, "--hlog", "s.hlog", verb="stress")
        self.assertEqual((self.folder / "s.hlog").read_bytes(), (self.folder / "whole.hlog").read_bytes())
        # Units without them are no units of a study that has them.
        process = self.start("stress", *words, "--out", "k.h5")
        ledger = self.folder / "k.h5.ledger"
        self.until(lambda: ledger.exists() and records(ledger) > 10, process, "units are kept")
        process.kill()
        process.communicate()
        done = self.call("stress", *words, "--out", "k.h5", "--hlog", "s.hlog", "--resume", code=USAGE)
        self.assertIn("its histograms is none, not 'p(95) latency(server)", done.stderr.decode())

    def test_what_is_kept_of_a_breaking_point(self):
        process = self.start("stress", "breaks.yaml", "--out", "r.h5", "--threads", "1", "--set", "run.replications=2000", "--no-formulas")
        ledger = self.folder / "r.h5.ledger"
        self.until(lambda: ledger.exists() and records(ledger) > 60, process, "units are kept")
        process.send_signal(signal.SIGINT)
        _, err = process.communicate(timeout=120)
        self.assertEqual(process.returncode, INCONCLUSIVE)
        self.assertIn(f"interrupted: r.h5 was not written; --resume goes on from {records(ledger)} units in r.h5.ledger", err.decode())
        self.assertFalse((self.folder / "r.h5").exists())
        # As of any study: it is not lost unknowingly, and nothing else goes on from it.
        words = ["breaks.yaml", "--out", "r.h5", "--no-formulas"]
        for verb in "stress", "capacity":
            self.assertIn("--resume goes on from it, --fresh begins again", self.call(verb, *words, code=USAGE).stderr.decode())
            done = self.call(verb, *words, "--seed", "8", "--resume", code=USAGE)
            self.assertIn("r.h5.ledger: is a ledger of something else: its seed is '7', not '8'", done.stderr.decode())
        self.assertIn("its study is 'breaks', not 'shop'",
                      self.call("stress", "shop.yaml", "--out", "r.h5", "--resume", code=USAGE).stderr.decode())
        self.call("stress", *words, "--fresh", code=MET)
        self.assertEqual((self.folder / "r.h5").read_bytes(), self.whole("breaks.yaml", "--no-formulas"))
        # One search has no parts, whatever a batch system says.
        slurm = {**os.environ, "SLURM_ARRAY_TASK_ID": "2", "SLURM_ARRAY_TASK_COUNT": "3"}
        for verb in "stress", "capacity":
            self.call(verb, *words, env=slurm, code=MET)
        done = self.call("merge", "breaks.yaml", "r.h5", "--out", "m.h5", code=USAGE)
        self.assertIn("merge has no meaning with a breaking point", done.stderr.decode())
        self.assertIn("--resume needs --out", self.call("stress", "breaks.yaml", "--resume", code=USAGE).stderr.decode())

    def test_interrupted_it_says_how_to_go_on(self):
        before = self.whole("morris.yaml")
        process = self.start("capacity", "morris.yaml", "--out", "r.h5", "--json")
        ledger = self.folder / "r.h5.ledger"
        self.until(lambda: ledger.exists() and ledger.stat().st_size > 1000, process, "units are kept")
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=120)
        self.assertEqual(process.returncode, INCONCLUSIVE)
        self.assertIn(b"interrupted: r.h5 was not written; --resume goes on from ", err)
        self.assertTrue(json.loads(out)["interrupted"])
        self.assertFalse((self.folder / "r.h5").exists())
        self.call("capacity", "morris.yaml", "--out", "r.h5", "--resume", code=MET)
        self.assertEqual((self.folder / "r.h5").read_bytes(), before)

    def test_an_open_answer_keeps_what_a_larger_budget_goes_on_from(self):
        done = self.call("capacity", "cheapest.yaml", "-n", "60", "--out", "r.h5", code=INCONCLUSIVE)
        kept = records(self.folder / "r.h5.ledger")
        self.assertGreater(kept, 20)
        self.assertIn("understudy: note: the answer is open: with a larger budget, --resume goes on from "
                      f"{kept} units in r.h5.ledger\n", done.stderr.decode())
        self.assertTrue((self.folder / "r.h5").exists())
        done = self.call("capacity", "cheapest.yaml", "-n", "3000", "--out", "r.h5", "--resume", code=MET)
        self.assertIn(f"note: goes on from {kept} units in r.h5.ledger\n", done.stderr.decode())
        self.assertFalse((self.folder / "r.h5.ledger").exists())
        self.call("capacity", "cheapest.yaml", "-n", "3000", "--out", "whole.h5", code=MET)
        self.assertEqual((self.folder / "r.h5").read_bytes(), (self.folder / "whole.h5").read_bytes())

    # ---- threads and parts

    def test_threads(self):
        for study in "morris.yaml", "grid.yaml", "one-by-one.yaml", "cheapest.yaml":
            before = self.whole(study)
            for threads in "1", "2", "5":
                self.call("capacity", study, "--out", "t.h5", "--threads", threads)
                self.assertEqual((self.folder / "t.h5").read_bytes(), before, f"{study}, {threads} threads")
        # As the verb of its own does it.
        self.call("sensitivity", "morris.yaml", "--out", "s.h5", code=MET)
        self.assertEqual((self.folder / "s.h5").read_bytes(), self.whole("morris.yaml"))

    def test_seven_parts_merged(self):
        for study, units in ("morris.yaml", 200), ("grid.yaml", 120), ("one-by-one.yaml", 120), ("cheapest.yaml", None):
            before = self.whole(study)
            for part in range(1, 8):
                done = self.call("capacity", study, "--out", "merged.h5", "--shard", f"{part}/7", code=MET)
                self.assertEqual(done.stdout, b"")
                self.assertIn(f"did part {part} of 7", done.stderr.decode())
            bytes_, done = self.merged(study, 7)
            self.assertEqual(bytes_, before)
            if units:
                self.assertIn(f"goes on from {units} units", done.stderr.decode())
            # Whatever is missing is done.
            ledgers = sorted(self.folder.glob("merged.h5.*.ledger"))
            ledgers[3].unlink()
            ledgers[5].write_bytes(ledgers[5].read_bytes()[:-5])
            del ledgers[3]
            done = self.call("merge", study, *ledgers, "--out", "fewer.h5")
            self.assertIn("cut off in the middle of a record", done.stderr.decode())
            self.assertEqual((self.folder / "fewer.h5").read_bytes(), before)
            for ledger in ledgers:
                ledger.unlink()

    def test_parts_with_nothing_to_do_are_merged(self):
        # Formulas violate every setting.
        self.write("shop.yaml", PRICED.replace("poisson(1/s)", "poisson(20/s)"))
        alone = self.call("capacity", "cheapest.yaml", "--out", "whole.h5", code=VIOLATED)
        for part in "1", "2":
            done = self.call("capacity", "cheapest.yaml", "--out", "merged.h5", "--shard", f"{part}/2", code=MET)
            self.assertIn(f"did part {part} of 2: 0 units are in merged.h5.{part}-of-2.ledger", done.stderr.decode())
        ledgers = sorted(p.name for p in self.folder.glob("merged.h5.*-of-2.ledger"))
        self.assertEqual(len(ledgers), 2)
        done = self.call("merge", "cheapest.yaml", *ledgers, "--out", "merged.h5", code=VIOLATED)
        self.assertEqual(done.stdout, alone.stdout)
        self.assertEqual((self.folder / "merged.h5").read_bytes(), (self.folder / "whole.h5").read_bytes())
        self.assertFalse((self.folder / "merged.h5.ledger").exists())
        # A part that is done again is no reason to ask.
        self.call("capacity", "cheapest.yaml", "--out", "merged.h5", "--shard", "1/2", code=MET)

    def test_a_part_by_the_environment(self):
        slurm = {"SLURM_ARRAY_TASK_ID": "12", "SLURM_ARRAY_TASK_COUNT": "3", "SLURM_ARRAY_TASK_MIN": "10",
                 "SLURM_ARRAY_TASK_STEP": "2"}
        done = self.call("capacity", "morris.yaml", "--out", "r.h5", code=MET, env={**os.environ, **slurm})
        self.assertIn("note: does part 2 of 3, as SLURM_ARRAY_TASK_ID says; --shard 1/1 does all", done.stderr.decode())
        self.assertTrue((self.folder / "r.h5.2-of-3.ledger").exists())
        # An option wins.
        self.call("capacity", "morris.yaml", "--out", "r.h5", "--shard", "1/1", code=MET, env={**os.environ, **slurm})
        self.assertTrue((self.folder / "r.h5").exists())
        index = {"JOB_COMPLETION_INDEX": "2"}
        self.call("capacity", "morris.yaml", "--out", "k.h5", "--shards", "3", code=MET, env={**os.environ, **index})
        self.assertTrue((self.folder / "k.h5.3-of-3.ledger").exists())
        done = self.call("capacity", "morris.yaml", "--out", "k.h5", "--shards", "2", code=USAGE, env={**os.environ, **index})
        self.assertIn("JOB_COMPLETION_INDEX is 2, and --shards only 2", done.stderr.decode())
        # A number without how many there are is no part; --shards says it.
        done = self.call("capacity", "morris.yaml", "--out", "j.h5", code=USAGE, env={**os.environ, **index})
        self.assertIn("JOB_COMPLETION_INDEX is 2, and --shards does not say of how many", done.stderr.decode())
        self.assertFalse((self.folder / "j.h5").exists())
        self.call("capacity", "morris.yaml", "--out", "j.h5", "--shard", "1/1", code=MET, env={**os.environ, **index})
        alone = {"SLURM_ARRAY_TASK_ID": "2"}
        done = self.call("capacity", "morris.yaml", "--out", "s.h5", code=USAGE, env={**os.environ, **alone})
        self.assertIn("SLURM_ARRAY_TASK_ID is 2, and neither SLURM_ARRAY_TASK_COUNT nor --shards says of how many",
                      done.stderr.decode())
        self.call("capacity", "morris.yaml", "--out", "s.h5", "--shards", "3", code=MET, env={**os.environ, **alone})
        self.assertTrue((self.folder / "s.h5.2-of-3.ledger").exists())
        # A part has no answer.
        done = self.call("capacity", "morris.yaml", "--out", "j.h5", "--shard", "1/2", "--json", code=USAGE)
        self.assertIn("--json has no meaning with --shard", done.stderr.decode())
        done = self.call("capacity", "morris.yaml", "--out", "r.h5", "--json", "--fresh", code=MET, env={**os.environ, **slurm})
        self.assertIn("note: a part has no answer to print", done.stderr.decode())
        # Without --out there is nothing that parts could be put into.
        self.assertNotEqual(self.call("capacity", "morris.yaml", env={**os.environ, **slurm}).stdout, b"")

    # ---- what is set besides

    def test_what_is_set_is_as_if_its_base_said_so(self):
        sets = ["--set", "jobs.arrivals=poisson(0.8/s)", "--set", "server.cost=2EUR/h"]
        for study in "morris.yaml", "cheapest.yaml":
            self.write("shop.yaml", PRICED)
            plain = self.json_of(self.call("capacity", study, "--json"))
            asked = self.json_of(self.call("capacity", study, "--json", *sets))
            self.assertEqual((plain.pop("set"), asked.pop("set")), ([], sets[1::2]))
            self.assertNotEqual(asked, plain)
            # Parts that are told the same are united, others refused.
            for part in "1/2", "2/2":
                self.call("capacity", study, *sets, "--out", "p.h5", "--shard", part, "--fresh", code=MET)
            ledgers = ["p.h5.1-of-2.ledger", "p.h5.2-of-2.ledger"]
            done = self.call("merge", study, *ledgers, "--out", "p.h5", code=USAGE)
            self.assertIn("is a ledger of something else: its base is ", done.stderr.decode())
            self.call("merge", study, *ledgers, *sets, "--out", "p.h5")
            self.assertEqual((self.folder / "p.h5").read_bytes(), self.whole(study, *sets))
            script = self.call("capacity", study, *sets, "--emit", "slurm", "--out", "p.h5", code=MET).stdout.decode()
            self.assertIn("--set 'jobs.arrivals=poisson(0.8/s)' --set server.cost=2EUR/h\n", script)
            if h5py is not None:
                with h5py.File(self.folder / "p.h5", "r") as file:
                    self.assertEqual(file.attrs["set"], "\n".join(sets[1::2]))
            self.write("shop.yaml", PRICED.replace("poisson(1/s)", "poisson(0.8/s)").replace("1EUR/h", "2EUR/h"))
            written = self.json_of(self.call("capacity", study, "--json"))
            del written["set"]
            self.assertEqual(asked, written)
        # What varies is set by each setting.
        done = self.call("capacity", "cheapest.yaml", "--set", "server.workers=3", code=USAGE)
        self.assertIn("--set server.workers=3: the study varies 'server.workers'; take it out of 'vary'", done.stderr.decode())
        # And all of it with a part.
        self.write("part.yaml", CHEAPEST.replace("jobs.work.cv: [1.5, 1]", "jobs.work: [exponential(mean 1s), constant(1s)]"))
        done = self.call("capacity", "part.yaml", "--set", "jobs.work.mean=2s", code=USAGE)
        self.assertIn("--set jobs.work.mean=2s: the study varies 'jobs.work', which this is a part of; take it out of 'vary'",
                      done.stderr.decode())
        done = self.call("sensitivity", "morris.yaml", "--set", "sever.cost=3EUR/h", code=USAGE)
        self.assertIn("did you mean 'server'?", done.stderr.decode())

    def test_a_law_is_set_and_a_parameter_of_it_varies(self):
        one = "jobs.work=gamma(mean 1s cv 0.5)"
        for study in MORRIS.replace("  jobs.work.cv: 0.8..2.5\n", ""), CHEAPEST.replace("cv: [1.5, 1]", "mean: [900ms, 1s]"):
            self.write("study.yaml", study)
            self.write("shop.yaml", PRICED)
            asked = self.json_of(self.call("capacity", "study.yaml", "--json", "--set", one))
            self.assertEqual(asked.pop("set"), [one])
            self.write("shop.yaml", PRICED.replace("lognormal(mean 1s cv 1.5)", "gamma(mean 1s cv 0.5)"))
            written = self.json_of(self.call("capacity", "study.yaml", "--json"))
            del written["set"]
            self.assertEqual(asked, written)
            # One that has no such parameter is told before anything runs.
            done = self.call("capacity", "study.yaml", "--set", "jobs.work=uniform(1s..2s)", code=USAGE)
            self.assertIn("error: jobs.work.mean=", done.stderr.decode())
            self.assertIn("'uniform(1s..2s)' has no parameter 'mean'", done.stderr.decode())

    def test_where_something_is_set_changes_no_bytes(self):
        self.call("capacity", "morris.yaml", "--set", "server.cost=2EUR/h", "--out", "a.h5", code=MET)
        environment = {**os.environ, "UNDERSTUDY_SET": "server.cost=2EUR/h"}
        self.call("capacity", "morris.yaml", "--out", "b.h5", "--shard", "1/2", env=environment, code=MET)
        done = self.call("merge", "morris.yaml", "b.h5.1-of-2.ledger", "--out", "b.h5", env=environment, code=MET)
        self.assertEqual(done.stderr.decode().count("UNDERSTUDY_SET sets server.cost=2EUR/h"), 1)
        self.assertEqual((self.folder / "a.h5").read_bytes(), (self.folder / "b.h5").read_bytes())
        self.assertEqual(self.json_of(self.call("capacity", "morris.yaml", "--json", env=environment))["set"], ["server.cost=2EUR/h"])

    def test_names_that_are_not_utf8(self):
        folder = self.folder / os.fsdecode(b"caf\xe9")
        os.mkdir(folder)
        shutil.copy(self.folder / "shop.yaml", folder / "shop.yaml")
        for study, method in ((MORRIS, "sensitivity"), (CHEAPEST, "capacity"),
                              (CHEAPEST.replace("method: cheapest", "method: latin").replace("minimise: rate cost()\n", "")
                               .replace("subject_to: [p(95) latency(server) < 5.2s]", "measures: [avg wait(server)]"), "capacity")):
            (folder / "study.yaml").write_text(study)
            done = self.call(method, folder / "study.yaml", "--json", "--replications", "300")
            self.assertIn(done.returncode, (MET, INCONCLUSIVE), done.stderr.decode(errors="replace"))
            self.assertIn("caf\ufffd", json.loads(done.stdout)["base"])

    # ---- what is refused

    def test_a_ledger_that_is_there_is_not_lost_unknowingly(self):
        self.call("capacity", "morris.yaml", "--out", "r.h5", "--shard", "1/2", code=MET)
        os.rename(self.folder / "r.h5.1-of-2.ledger", self.folder / "r.h5.ledger")
        before = (self.folder / "r.h5.ledger").read_bytes()
        done = self.call("capacity", "morris.yaml", "--out", "r.h5", code=USAGE)
        self.assertEqual(done.stderr.decode(), "understudy: error: r.h5.ledger: is there already, with 100 units that "
                         "were simulated before; --resume goes on from it, --fresh begins again\n")
        # That of something else neither.
        for words, what in ((["--seed", "8"], "its seed is '7', not '8'"),
                            (["cheapest.yaml"], "its study is 'which', not 'cheapest'")):
            study = words.pop(0) if len(words) == 1 else "morris.yaml"
            done = self.call("capacity", study, *words, "--out", "r.h5", "--resume", code=USAGE)
            self.assertIn("r.h5.ledger: is a ledger of something else: " + what, done.stderr.decode())
        # Nor that of another base, whether its file says so or whoever asks.
        for one in "jobs.arrivals=poisson(1.1/s)", "server.cost=2EUR/h", "run.length=1h":
            done = self.call("capacity", "morris.yaml", "--set", one, "--out", "r.h5", "--resume", code=USAGE)
            self.assertIn("is a ledger of something else: its base is ", done.stderr.decode())
        self.write("shop.yaml", PRICED.replace("poisson(1/s)", "poisson(1.1/s)"))
        done = self.call("capacity", "morris.yaml", "--out", "r.h5", "--resume", code=USAGE)
        self.assertIn("is a ledger of something else: its base is ", done.stderr.decode())
        self.write("shop.yaml", PRICED)
        self.write("other.yaml", MORRIS.replace("vary:", "measures: [avg wait(server)]\nvary:"))
        done = self.call("capacity", "other.yaml", "--out", "r.h5", "--resume", code=USAGE)
        self.assertIn("its measures is 'p(95) latency(server)', not 'avg wait(server)'", done.stderr.decode())
        self.assertEqual((self.folder / "r.h5.ledger").read_bytes(), before)
        self.call("capacity", "morris.yaml", "--out", "r.h5", "--fresh", code=MET)
        self.assertEqual((self.folder / "r.h5").read_bytes(), self.whole("morris.yaml"))

    def test_merge_reads_its_study_once_with_what_it_is_told(self):
        late = "measures: [avg wait(server), avg wait(server) during 5h..6h]\n"
        self.write("late.yaml", GRID.replace("vary:", late + "vary:").replace("replications: 120", "replications: 6"))
        self.write("change.yaml", "understudy: 1\nchange: slower\nreason: to see\nedits: [{set: server.speed, to: 0.9}]\n")
        words = ["--change", "change.yaml", "--seed", "8", "-n", "9", "--set", "server.cost=2EUR/h"]
        whole = self.call("capacity", "late.yaml", *words, "--json", "--out", "whole.h5", code=MET)
        self.assertEqual(whole.stderr.decode().count("lies after the end of the run"), 1, whole.stderr.decode())
        for part in "1/2", "2/2":
            self.call("capacity", "late.yaml", *words, "--out", "p.h5", "--shard", part, code=MET)
        done = self.call("merge", "late.yaml", "p.h5.1-of-2.ledger", "p.h5.2-of-2.ledger", *words, "--json", "--out", "p.h5", code=MET)
        self.assertEqual(done.stderr.decode().count("lies after the end of the run"), 1, done.stderr.decode())
        self.assertIn("goes on from 9 units", done.stderr.decode())
        self.assertEqual(done.stdout, whole.stdout)
        self.assertEqual((self.folder / "p.h5").read_bytes(), (self.folder / "whole.h5").read_bytes())

    def test_merge_refuses_what_does_not_belong_together(self):
        self.call("capacity", "morris.yaml", "--out", "r.h5", "--shard", "1/2", code=MET)
        self.call("capacity", "cheapest.yaml", "--out", "c.h5", "--shard", "1/2", code=MET)
        self.write("text.ledger", "text")
        for ledger, wrong in (("c.h5.1-of-2.ledger", "is a ledger of something else: its study is 'cheapest', not 'which'; leave it out"),
                              ("none.ledger", "no such file"), ("text.ledger", "is no ledger of understudy")):
            done = self.call("merge", "morris.yaml", "r.h5.1-of-2.ledger", ledger, "--out", "r.h5", code=USAGE)
            self.assertIn(f"{ledger}: {wrong}", done.stderr.decode())
            self.assertFalse((self.folder / "r.h5.ledger").exists())

    def test_mistakes_in_options(self):
        for words, wrong in ((["--shard", "3/2", "--out", "r.h5"], "from 1 to 2, not '3'"), (["--shard", "3", "--out", "r.h5"], "such as 3/7"),
                             (["--resume"], "--resume needs --out"), (["--shard", "1/2"], "--shard needs --out"),
                             (["--resume", "--fresh", "--out", "r.h5"], "choose one"),
                             (["--out", "morris.yaml"], "is what is read"), (["--out", "shop.yaml"], "is what is read"),
                             (["--out", "/dev/null"], "is no regular file"), (["--emit", "pbs"], "'slurm' or 'kubernetes'"),
                             (["--out", "no/r.h5"], "no such folder")):
            with self.subTest(words=words):
                done = self.call("capacity", "morris.yaml", *words, code=USAGE)
                self.assertIn(wrong, done.stderr.decode())

    def test_a_job_is_printed_only_where_its_parts_would_begin(self):
        self.write("bp.yaml", "understudy: 1\nstudy: bp\nbase: shop.yaml\nmethod: breaking_point\nsubject_to: [all objectives]\nvary: {load: 1x..4x step 1x}\n")
        for study, words, wrong in (("bp.yaml", ["--emit", "slurm", "--out", "x.h5"], "has no meaning with a breaking point"),
                                    ("bp.yaml", ["--emit", "kubernetes"], "--emit has no meaning with a breaking point"),
                                    ("bp.yaml", ["--shards", "4"], "--shards has no meaning with a breaking point"),
                                    ("morris.yaml", ["--emit", "slurm", "--no-formulas"], "--no-formulas has no meaning with 'morris'"),
                                    ("morris.yaml", ["--emit", "slurm", "--out", "x.h5", "--shard", "1/2"], "--shard has no meaning with --emit"),
                                    ("morris.yaml", ["--emit", "slurm", "--json"], "--json has no meaning with --emit")):
            with self.subTest(study=study, words=words):
                done = self.call("capacity", study, *words, code=USAGE)
                self.assertIn(wrong, done.stderr.decode())
                self.assertEqual(done.stdout, b"")

    def test_two_processes_at_once(self):
        process = self.start("capacity", "morris.yaml", "--out", "r.h5", "--threads", "1")
        ledger = self.folder / "r.h5.ledger"
        self.until(lambda: ledger.exists() and ledger.stat().st_size > 0, process, "units are kept")
        process.send_signal(signal.SIGSTOP)
        try:
            for words in [], ["--resume"], ["--fresh"]:
                done = self.call("capacity", "morris.yaml", "--out", "r.h5", *words, code=USAGE)
                self.assertIn("r.h5.ledger: another process is writing it now", done.stderr.decode())
        finally:
            process.send_signal(signal.SIGCONT)
        process.communicate(timeout=240)
        self.assertEqual(process.returncode, MET)
        self.assertEqual((self.folder / "r.h5").read_bytes(), self.whole("morris.yaml"))

    # ---- damage

    def test_a_damaged_ledger(self):
        before = self.whole("morris.yaml")
        self.call("capacity", "morris.yaml", "--out", "r.h5", "--shard", "1/2", code=MET)
        good = (self.folder / "r.h5.1-of-2.ledger").read_bytes()
        draw = random.Random(3)
        for _ in range(5):
            bytes_ = bytearray(good)
            for _ in range(3):
                bytes_[draw.randrange(400, len(bytes_))] ^= 1 << draw.randrange(8)
            self.write("r.h5.ledger", bytes(bytes_))
            done = self.call("capacity", "morris.yaml", "--out", "r.h5", "--resume", code=MET)
            self.assertIn("warning: r.h5.ledger: ", done.stderr.decode())
            self.assertEqual((self.folder / "r.h5").read_bytes(), before)
        bytes_ = bytearray(good)
        bytes_[30] ^= 1
        self.write("r.h5.ledger", bytes(bytes_))
        done = self.call("capacity", "morris.yaml", "--out", "r.h5", "--resume", code=USAGE)
        self.assertIn("is damaged in its head", done.stderr.decode())

    def test_a_full_disk(self):
        before = self.whole("morris.yaml")

        def limit():
            signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
            resource.setrlimit(resource.RLIMIT_FSIZE, (4000, 4000))

        done = self.call("capacity", "morris.yaml", "--out", "r.h5", code=USAGE, preexec_fn=limit)
        self.assertRegex(done.stderr.decode(), r"error: r.h5.ledger: cannot be written: .*; --resume goes on from the \d+ units in it\n$")
        kept = records(self.folder / "r.h5.ledger")
        self.assertGreater(kept, 5)
        done = self.call("capacity", "morris.yaml", "--out", "r.h5", "--resume", code=MET)
        self.assertEqual(done.stderr.decode(), f"understudy: note: goes on from {kept} units in r.h5.ledger\n")
        self.assertEqual((self.folder / "r.h5").read_bytes(), before)

    # ---- the result

    @unittest.skipIf(h5py is None, "python3-h5py is not installed")
    def test_the_result(self):
        text = self.call("capacity", "morris.yaml", "--json", "--out", "r.h5", code=MET)
        with h5py.File(self.folder / "r.h5", "r") as file:
            self.assertEqual(json.loads(file.attrs["answer"]), json.loads(text.stdout))
            self.assertEqual((file.attrs["study"], file.attrs["method"], file.attrs["seed"]), ("which", "morris", 7))
            self.assertEqual(list(file["factors/path"]), [b"jobs.work.mean", b"jobs.work.cv", b"server.workers"])
            self.assertEqual(file["settings/value"].shape[1], 3)
            self.assertEqual(len(file["replications/setting"]), 400)
            self.assertEqual(file["replications/value"].shape, (400, 1))
        # Of a search the values it stands on: their mean is the estimate.
        document = self.json_of(self.call("capacity", "cheapest.yaml", "--json", "--out", "c.h5"))
        best = document["best"]
        with h5py.File(self.folder / "c.h5", "r") as file:
            rows = [tuple(value.decode() for value in row) for row in file["settings/value"]]
            setting = rows.index(tuple(str(value) for value in best["values"].values()))
            values = file["replications/value"][:, 0][file["replications/setting"][:] == setting]
            self.assertEqual(len(values), best["replications"])
            self.assertAlmostEqual(values.mean(), best["objectives"][0]["estimate"], 9)
            self.assertEqual([text.decode() for text in file["probes/text"]],
                             ["p(95) latency(server) < 5.2s", "total completed()"])
        self.assertEqual(self.call("report", "r.h5", "--json", code=MET).stdout, text.stdout)
        # The folder it was run in is no part of it.
        (self.folder / "elsewhere").mkdir()
        self.call("capacity", "../morris.yaml", "--out", "r.h5", cwd=self.folder / "elsewhere", code=MET)
        self.assertEqual((self.folder / "elsewhere/r.h5").read_bytes(), (self.folder / "r.h5").read_bytes())

    def test_ledger_and_result_grow_with_the_units(self):
        sizes = []
        for replications in "400", "800", "1600":
            self.call("capacity", "morris.yaml", "-n", replications, "--out", "r.h5", "--shard", "1/2", "--fresh", code=MET)
            self.call("capacity", "morris.yaml", "-n", replications, "--out", "r.h5", code=MET)
            sizes.append([(self.folder / name).stat().st_size for name in ("r.h5", "r.h5.1-of-2.ledger")])
        for before, after in zip(sizes, sizes[1:]):
            for one, other in zip(before, after):
                self.assertLess(other, 2.1 * one)

    # ---- batch systems

    def tools(self, **programs):
        """A folder with the program and others by the names that scripts call."""
        folder = self.folder / "bin"
        folder.mkdir(exist_ok=True)
        if not (folder / "understudy").exists():
            (folder / "understudy").symlink_to(PROGRAM)
        for name, text in programs.items():
            (folder / name).write_text("#!/bin/bash\n" + text)
            (folder / name).chmod(0o755)
        return {**os.environ, "PATH": f"{folder}:{os.environ['PATH']}"}

    def test_a_slurm_job_array(self):
        before = self.whole("morris.yaml", out="merged.h5")
        (self.folder / "merged.h5").unlink()
        script = self.call("capacity", "morris.yaml", "--emit", "slurm", "--out", "merged.h5", "--shards", "3", code=MET).stdout
        self.write("job.sbatch", script)
        self.assertIn(b"#SBATCH --array=1-3\n", script)
        environment = self.tools(sbatch='for word; do case "$word" in --wrap=*) echo "${word#--wrap=}" > merge.sh;; '
                                        '*) echo "$word" >> submitted;; esac; done\n')
        for part in "1", "2", "3":
            subprocess.run(["bash", "job.sbatch"], cwd=self.folder, check=True, capture_output=True, timeout=240, env={
                **environment, "SLURM_ARRAY_TASK_ID": part, "SLURM_ARRAY_TASK_COUNT": "3", "SLURM_ARRAY_TASK_MIN": "1",
                "SLURM_ARRAY_TASK_STEP": "1", "SLURM_ARRAY_JOB_ID": "77", "SLURM_CPUS_PER_TASK": "1"})
        self.assertIn("--dependency=afterok:77", (self.folder / "submitted").read_text())
        # Slurm hands the submitter's environment on.
        done = subprocess.run(["sh", "merge.sh"], cwd=self.folder, capture_output=True, timeout=240,
                              env={**environment, "SLURM_ARRAY_TASK_ID": "1", "SLURM_ARRAY_TASK_COUNT": "3"}, check=False)
        self.assertEqual(done.returncode, MET, done.stderr.decode())
        self.assertIn(b"goes on from 200 units", done.stderr)
        self.assertEqual((self.folder / "merged.h5").read_bytes(), before)

    @unittest.skipIf(yaml is None, "python3-yaml is not installed")
    def test_a_kubernetes_job(self):
        before = self.whole("morris.yaml")
        text = self.call("capacity", "morris.yaml", "--emit", "kubernetes", "--out", "it's.h5", "--shards", "3", code=MET).stdout
        part, merge = yaml.safe_load_all(text)
        self.assertEqual((part["kind"], part["spec"]["completionMode"], part["spec"]["completions"]), ("Job", "Indexed", 3))
        environment = self.tools(sleep="exit 1\n")

        def run(job, **more):
            container = job["spec"]["template"]["spec"]["containers"][0]
            done = subprocess.run(container["command"], cwd=self.folder, capture_output=True, timeout=240,
                                  env={**environment, **more}, check=False)
            self.assertEqual(done.returncode, MET, done.stderr.decode())

        for index in "0", "1", "2":
            run(part, JOB_COMPLETION_INDEX=index)
        run(merge)
        self.assertEqual((self.folder / "it's.h5").read_bytes(), before)
        # Of other studies beside the same result the merge waits for their own parts.
        names = {line.split(".done")[0] for line in text.decode().split() if ".done" in line}
        self.write("shop.yaml", PRICED.replace("poisson(1/s)", "poisson(0.9/s)"))
        for words in [], ["--seed", "8"], ["--set", "server.cost=2EUR/h"]:
            other = self.call("capacity", "morris.yaml", *words, "--emit", "kubernetes", "--out", "it's.h5", "--shards", "3", code=MET).stdout
            container = list(yaml.safe_load_all(other))[1]["spec"]["template"]["spec"]["containers"][0]
            done = subprocess.run(["timeout", "1", *container["command"]], cwd=self.folder, capture_output=True, timeout=240,
                                  env=self.tools(sleep="echo waits >&2; exec /bin/sleep 30\n"), check=False)
            self.assertEqual((done.returncode, done.stderr), (124, b"waits\n"))

    @unittest.skipUnless(os.environ.get("UNDERSTUDY_MPI") == "ON" and shutil.which("mpirun"), "built without MPI")
    def test_mpi_ranks(self):
        environment = {**os.environ, "NO_COLOR": "1", "OMPI_ALLOW_RUN_AS_ROOT": "1", "OMPI_ALLOW_RUN_AS_ROOT_CONFIRM": "1"}
        for verb, study in [*(("capacity", study) for study in ("morris.yaml", "grid.yaml", "one-by-one.yaml", "cheapest.yaml", "breaks.yaml")),
                            ("stress", "breaks.yaml"), ("stress", "shop.yaml")]:
            before = self.whole(study, verb=verb)
            said = self.call(verb, study).stdout
            for ranks in "2", "4":
                done = subprocess.run(["mpirun", "--oversubscribe", "-n", ranks, PROGRAM, verb, study, "--out", "mpi.h5"],
                                      cwd=self.folder, capture_output=True, timeout=240, env=environment, check=False)
                self.assertIn(done.returncode, (MET, INCONCLUSIVE), done.stderr.decode())
                self.assertEqual((self.folder / "mpi.h5").read_bytes(), before, f"{study}, {ranks} ranks")
                self.assertEqual(done.stdout, said)
        # What is wrong is said once, and nothing hangs.
        done = subprocess.run(["mpirun", "--oversubscribe", "-n", "3", PROGRAM, "capacity", "none.yaml", "--out", "mpi.h5"],
                              cwd=self.folder, capture_output=True, timeout=120, env=environment, check=False)
        self.assertEqual(done.stderr.decode().count("none.yaml: error"), 1, done.stderr.decode())

    @unittest.skipIf(os.environ.get("UNDERSTUDY_MPI") == "ON", "built with MPI")
    def test_without_mpi_several_processes_are_refused(self):
        done = self.call("capacity", "morris.yaml", code=USAGE,
                         env={**os.environ, "OMPI_COMM_WORLD_RANK": "0", "OMPI_COMM_WORLD_SIZE": "2"})
        self.assertIn("built without MPI", done.stderr.decode())

    def test_processes_of_one_launcher_that_do_different_things_say_them(self):
        # As `srun ./sweep.sh` and `mpirun ./sweep.sh` start them.
        for names in ("PMI_RANK", "PMI_SIZE"), ("OMPI_COMM_WORLD_RANK", "OMPI_COMM_WORLD_SIZE"):
            environment = {**os.environ, names[0]: "1", names[1]: "2"}
            done = self.call("run", "shop.yaml", "--set", "run.length=10min", env=environment)
            self.assertIn(b"p(95) latency(server)", done.stdout)
            done = self.call("run", "none.yaml", env=environment, code=USAGE)
            self.assertIn(b"none.yaml", done.stderr)
            self.assertIn(b"#SBATCH", self.call("capacity", "morris.yaml", "--emit", "slurm", env=environment, code=MET).stdout)
            # Whoever is told its part does that, with and without MPI.
            done = self.call("capacity", "morris.yaml", "--out", "r.h5", "--shard", "2/2", "--fresh", env=environment, code=MET)
            self.assertIn("did part 2 of 2: 100 units", done.stderr.decode())


if __name__ == "__main__":
    main()
