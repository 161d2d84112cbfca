"""Promised: a run under a name that holds replications of the same goes on from them, and writes the bytes of a run that
simulates all: with more replications, with fewer, with a precision, on any number of threads, after Ctrl-C, after kill -9,
and where a result could not be written. What is not of the same, damaged or foreign is simulated afresh, with a word
why. Shown: by comparing files with those of fresh runs, and by what the program says that it reused.
"""

import os
import signal
import time
import unittest

from program import INCONCLUSIVE, MET, USAGE, ProgramTest, SMALL, main, mm1

AUTOMATIC = mm1(length="1h", warm_up="auto", replications=30)
# Quantiles over items and over time, spreads, shares that are seldom tried, alerts, and loads that grow a line.
RICH = """understudy: 1
scenario: rich
twin:
  stages:
    server: {reads: jobs, workers: 1, service: exponential(mean 1s), failure: 2%, retry: {times: 1, backoff: 1s}}
    seldom: {reads: few, workers: 1, service: exponential(mean 30s), failure: 30%}
    full: {reads: many, workers: 1, service: exponential(mean 1s)}
load:
  jobs: {arrivals: poisson(0.8/s)}
  few: {arrivals: poisson(1/h)}
  many: {arrivals: poisson(1.4/s)}
actions: [{name: late, at: 1min, alert: it is late}]
run: {length: 10min, warm_up: 1min, replications: 12, seed: 3}
objectives: [p(90) wait(server) < 10s, share lost(seldom) < 50%]
measures: [p(99) waiting(server), sd latency(server), var present(), max wait(full), p(50) latency(seldom)]
"""
# What is estimated from values by replication has no sections in the file, unlike the rest.
PAIRED = """understudy: 1
scenario: paired
twin: {stages: {server: {reads: jobs, workers: 1, service: exponential(mean 1s)}}}
load: {jobs: {arrivals: poisson(0.8/s)}}
run: {length: 30min, warm_up: 2min, replications: 10, seed: 1, variance_reduction: antithetic}
objectives: [avg wait(server) < 60s, rate completed(server) > 0.1/s]
measures: [avg present(), p(90) latency(server), share lost(server), max wait(server)]
"""
CONTROLLED = PAIRED.replace("antithetic", "controls")


class ToppingUp(ProgramTest):
    def run_to(self, out, *words, scenario="s.yaml"):
        done = self.call("run", scenario, "--json", "--out", out, *words)
        self.assertIn(done.returncode, (0, 3, 4), done.stderr.decode()[-2000:])
        return done

    def bytes_of(self, name):
        return (self.folder / name).read_bytes()

    def fresh(self, *words):
        """The bytes and the document of a run that has nothing to go on from."""
        (self.folder / "fresh.h5").unlink(missing_ok=True)
        done = self.run_to("fresh.h5", *words)
        self.assertNotIn(b"reused", done.stderr)
        return self.bytes_of("fresh.h5"), done.stdout

    def check(self, reused, *words, out="r.h5", fresh=None):
        """Runs over what is there: as many replications are reused, and all else is as in a fresh run."""
        done = self.run_to(out, *words)
        expected = fresh or self.fresh(*words)
        self.assertTrue(self.bytes_of(out) == expected[0], f"{words}: the file differs from that of a fresh run")
        self.assertEqual(done.stdout, expected[1])
        if reused:
            self.assertIn(f"note: {reused} of ", done.stderr.decode())
        else:
            self.assertIn("is not reused: ", done.stderr.decode())
        self.assertFalse((self.folder / (out + ".partial")).exists())
        return done.stderr.decode()

    def test_more_and_fewer(self):
        for text, less, more in ((SMALL, 3, 7), (AUTOMATIC, 30, 60), (RICH, 5, 12), (PAIRED, 10, 16),
                                 (CONTROLLED, 20, 30)):
            self.write("s.yaml", text)
            few, many = self.fresh("-n", less), self.fresh("-n", more)
            for threads in 1, 2:
                with self.subTest(text=text[:40], threads=threads):
                    self.write("r.h5", few[0])
                    self.check(less, "-n", more, "--threads", threads, fresh=many)
                    self.check(more, "-n", more, "--threads", threads, fresh=many)
                    self.check(less, "-n", less, "--threads", threads, fresh=few)

    def test_replications_that_were_put_together(self):
        # From 256 on neighbours are one section: going up is exact, going down as far as sections come apart.
        self.write("s.yaml", RICH.replace("length: 10min, warm_up: 1min", "length: 1min, warm_up: 0s, sample: 10s"))
        few, many = self.fresh("-n", 300), self.fresh("-n", 521)
        self.write("r.h5", few[0])
        self.check(300, "-n", 521, fresh=many)
        self.assertIn("521 of 521", self.check(521, "-n", 521, fresh=many))
        self.check(520, "-n", 520)
        self.write("r.h5", many[0])
        self.check(0, "-n", 300, fresh=few)

    def test_only_what_replications_depend_on_counts(self):
        self.write("s.yaml", SMALL)
        self.run_to("first.h5")
        first = self.bytes_of("first.h5")
        for changed in (SMALL.replace("< 90%", "< 95%"), SMALL.replace("seed: 42", "seed: 42, confidence: 90%"),
                        SMALL.replace("scenario: small", "scenario: small\ndescription: the same")):
            with self.subTest(changed=changed[-200:]):
                self.write("s.yaml", changed)
                self.write("r.h5", first)
                self.check(6, "-n", 8)
        for changed, why in ((SMALL.replace("seed: 42", "seed: 43"), "its seed is 42"),
                             (SMALL.replace("mean 10s", "mean 11s"), "it is of another scenario"),
                             (SMALL.replace("warm_up: 1h", "warm_up: 2h"), "it is of another scenario"),
                             # Of a run with a surge whoever is over it at the end counts.
                             (SMALL.replace("< 5min", "< 6min"), "it is of another scenario"),
                             (SMALL + "  - p(50) latency(clean)\n", "it is of another scenario")):
            with self.subTest(why=why, changed=changed[-200:]):
                self.write("s.yaml", changed)
                self.write("r.h5", first)
                self.assertIn(why, self.check(0))
        self.write("s.yaml", SMALL)
        self.write("r.h5", first)
        self.assertIn("its seed is 42", self.check(0, "--seed", 7))

    def test_another_warm_up_is_found_on_more_pilots(self):
        # Of the automatic warm-up: with fewer than ten replications it is found on as many.
        self.write("s.yaml", AUTOMATIC)
        self.run_to("r.h5", "-n", 4)
        done = self.run_to("r.h5", "-n", 12)
        self.assertEqual(self.bytes_of("r.h5"), self.fresh("-n", 12)[0])
        self.assertIn(b"another warm-up", done.stderr)

    def test_a_log_of_the_same_name_with_other_values(self):
        self.write("s.yaml", """understudy: 1
scenario: logged
logs: {took: {file: took.csv, format: csv, columns: {took: s}}}
twin: {stages: {server: {reads: jobs, workers: 1, service: sample(took.took)}}}
load: {jobs: {arrivals: poisson(0.3/s)}}
run: {length: 10min, warm_up: 0s, replications: 4}
""")
        self.write("took.csv", "took\n1\n2\n")
        self.run_to("r.h5")
        self.check(4, "-n", 5)
        self.write("took.csv", "took\n1\n3\n")
        self.assertIn("another scenario", self.check(0, "-n", 5))

    def test_precision(self):
        self.write("s.yaml", mm1(limit="avg wait(server) < 60s", length="30min", replications=10))
        self.run_to("r.h5", "-n", 40)
        self.check(40, "--precision", "8%")
        self.assertGreater(self.json_of(self.run_to("r.h5", "--precision", "8%"))["replications_done"], 40)
        self.check(40, "-n", 40)

    def test_fresh(self):
        self.write("s.yaml", SMALL)
        self.run_to("r.h5", "-n", 2)
        done = self.run_to("r.h5", "-n", 3, "--fresh")
        self.assertEqual(done.stderr, b"")
        self.assertEqual(self.bytes_of("r.h5"), self.fresh("-n", 3)[0])
        self.assertIn(b"--fresh needs --out", self.call("run", "s.yaml", "--fresh", code=USAGE).stderr)

    def test_traced_runs(self):
        # A trace is of what is simulated: such a run simulates all, and an untraced one may go on from it.
        self.write("s.yaml", SMALL)
        self.run_to("r.h5", "-n", 2)
        done = self.run_to("r.h5", "-n", 3, "--trace", "all")
        self.assertEqual(done.stderr, b"")
        traced = self.bytes_of("r.h5")
        self.check(3, "-n", 4)
        self.call("trace", "r.h5", code=USAGE)
        # Of a result and its newer leftover, the one with a trace.
        untraced = self.bytes_of("r.h5")
        self.write("r.h5", traced)
        expected = self.call("trace", "r.h5", code=MET).stdout
        self.write("r.h5.partial", untraced)
        os.utime(self.folder / "r.h5", (1, 1))
        done = self.call("trace", "r.h5", code=MET)
        self.assertEqual(done.stdout, expected)
        self.assertIn("r.h5.partial holds no trace; this is that of r.h5", done.stderr.decode())

    def test_damaged_and_foreign_files(self):
        self.write("s.yaml", SMALL)
        self.run_to("r.h5")
        good = self.bytes_of("r.h5")
        fresh = self.fresh()
        for at in range(100, len(good), len(good) // 20):
            bad = bytearray(good)
            bad[at] ^= 1
            self.write("r.h5", bytes(bad))
            self.assertIn("it is damaged", self.check(0, fresh=fresh))
        for cut in len(good) - 32, len(good) - 1:
            self.write("r.h5", good[:cut])
            self.assertIn("it is not as understudy writes them", self.check(0, fresh=fresh))
        # What only begins like HDF5 may be anybody's.
        for cut in 9, 2000:
            self.write("r.h5", good[:cut])
            said = self.call("run", "s.yaml", "--out", "r.h5", code=USAGE).stderr.decode()
            self.assertIn("r.h5 is there already and is no result of understudy; choose another name, or remove it", said)
            self.assertEqual(self.bytes_of("r.h5"), good[:cut])
            self.run_to("r.h5", "--fresh")
            self.assertEqual(self.bytes_of("r.h5"), fresh[0])
        try:
            import h5py
        except ImportError:
            return
        with h5py.File(self.folder / "r.h5", "a") as file:
            file.attrs["note"] = "touched"
        self.assertIn("it is not as understudy writes them", self.check(0, fresh=fresh))
        for name in "r.h5", "r.h5.partial":
            with self.subTest(name=name), h5py.File(self.folder / name, "w") as file:
                file["mine"] = [1, 2, 3]
            theirs = self.bytes_of(name)
            if name == "r.h5":
                for words in (), ("--trace",):
                    self.call("run", "s.yaml", "--out", name, *words, code=USAGE)
                self.assertEqual(self.bytes_of(name), theirs)
                self.run_to(name, "--fresh")
                continue
            # What is beside the result stays, and it is said that nothing can be kept.
            for content in theirs, b"notes of somebody":
                self.write(name, content)
                said = self.run_to("r.h5", "--fresh").stderr.decode()
                self.assertIn("r.h5.partial is there and is no result of understudy; move it away", said)
                self.assertEqual(self.bytes_of(name), content)
                self.assertIn("in the way", self.call("run", "s.yaml", "--out", "r.h5", "--trace", code=USAGE).stderr.decode())
                self.assertEqual(self.bytes_of(name), content)

    def test_an_interrupted_run_leaves_the_larger_result(self):
        self.write("s.yaml", mm1(length="1000h", replications=60))
        self.run_to("r.h5", "-n", 50, "--set", "run.length=1h")
        before = self.bytes_of("r.h5")
        process = self.start("run", "s.yaml", "--json", "--out", "r.h5", "--threads", 1, "--fresh")
        self.until(lambda: (self.folder / "r.h5.partial").exists(), process, "a replication is kept")
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=120)
        self.assertEqual(process.returncode, INCONCLUSIVE, err.decode())
        done = self.json_of(type("Done", (), {"stdout": out}))["replications_done"]
        self.assertLess(done, 50)
        self.assertEqual(self.bytes_of("r.h5"), before)
        self.assertIn(f"interrupted after {done} of 60 replications: r.h5 has 50 and stays as it was; "
                      "the new ones are in r.h5.partial", err.decode())
        report = self.call("report", "r.h5", "--json", code=MET)
        self.assertEqual(self.json_of(report)["replications_done"], done)
        self.check(done, "-n", done + 1)

    def test_an_interrupted_traced_run_leaves_the_larger_result(self):
        self.write("s.yaml", mm1(length="100h", replications=6000))
        self.run_to("r.h5", "-n", 400, "--set", "run.length=1h")
        before = self.bytes_of("r.h5")
        process = self.start("run", "s.yaml", "--json", "--out", "r.h5", "--threads", 1, "--trace")
        self.until(lambda: (self.folder / "r.h5.partial").exists(), process, "the trace is begun")
        time.sleep(1)
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=120)
        self.assertEqual(process.returncode, INCONCLUSIVE, err.decode())
        done = self.json_of(type("Done", (), {"stdout": out}))["replications_done"]
        self.assertLess(done, 400)
        self.assertEqual(self.bytes_of("r.h5"), before)
        self.assertIn(f"interrupted after {done} of 6000 replications: r.h5 has 400 and stays as it was"
                      if done else "before a replication had ended", err.decode())

    def test_interrupted(self):
        long = mm1(length="1000h", replications=60)
        for text in long, long.replace("seed: 1", "seed: 1, variance_reduction: antithetic"):
            with self.subTest(text=text):
                (self.folder / "r.h5").unlink(missing_ok=True)
                self.interrupt(text)

    def interrupt(self, text):
        self.write("s.yaml", text)
        process = self.start("run", "s.yaml", "--json", "--out", "r.h5", "--threads", 2)
        self.until(lambda: (self.folder / "r.h5.partial").exists(), process, "some replications are kept")
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=120)
        self.assertEqual(process.returncode, INCONCLUSIVE, err.decode())
        done = self.json_of(type("Done", (), {"stdout": out}))["replications_done"]
        self.assertGreaterEqual(done, 1)
        self.assertFalse((self.folder / "r.h5.partial").exists())
        self.check(done, "-n", done + (4 if done % 2 == 0 else 3))

    def test_killed(self):
        self.write("s.yaml", mm1(length="1000h", replications=60))
        self.run_to("r.h5", "-n", 1)
        first = self.bytes_of("r.h5")
        process = self.start("run", "s.yaml", "--out", "r.h5", "--threads", 2)
        self.until(lambda: (self.folder / "r.h5.partial").exists(), process, "some replications are kept")
        # Others see that the run goes on.
        self.assertIn(b"a run is writing r.h5 now", self.call("report", "r.h5", "--text", code=MET).stderr)
        process.kill()
        process.communicate()
        self.assertEqual(self.bytes_of("r.h5"), first)
        report = self.call("report", "r.h5", "--json", code=MET)
        self.assertIn(b"r.h5.partial is newer", report.stderr)
        done = self.json_of(report)["replications_done"]
        self.assertGreater(done, 1)
        self.assertIn("r.h5.partial", self.check(done, "-n", done + 3))

    def test_a_result_that_could_not_be_written(self):
        self.write("s.yaml", mm1(length="100h", replications=600))
        process = self.start("run", "s.yaml", "--out", "r.h5", "--threads", 2)
        self.until(lambda: (self.folder / "r.h5.partial").exists(), process, "some replications are kept")
        (self.folder / "r.h5").mkdir()
        process.send_signal(signal.SIGINT)
        _, err = process.communicate(timeout=120)
        self.assertEqual(process.returncode, USAGE)
        self.assertIn("r.h5.partial has what there was at last; the same command goes on from it", err.decode())
        (self.folder / "r.h5").rmdir()
        done = self.json_of(self.call("report", "r.h5", "--json", code=MET))["replications_done"]
        self.check(done, "-n", done + 1)


if __name__ == "__main__":
    main()
