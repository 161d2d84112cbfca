"""Promised: after `kill -9` at any moment of a traced run, what it left opens in our own program, and in h5py after
it, and holds all rows up to the last flush, as the whole run has them; Ctrl-C and SIGTERM end with what is finished, exit code 4, and say so; a second Ctrl-C
ends at once. Shown: the program is met once its file holds rows, as soon as its first flush of rows has changed the
first of what it changes in place, and at many sizes of the file; its rows are compared with those of the whole run.
"""

import os
import signal
import unittest

from program import INCONCLUSIVE, MET, USAGE, ProgramTest, main, mm1

try:
    import h5py
    import numpy
except ImportError:
    h5py = None

COLUMNS = "time_ns", "item", "element", "event", "attempt", "worker", "value"
# Thirty million rows, of which the first are on the disk after a second at most.
LONG = mm1(length="2000h", replications=2, warm_up="0s")
# Our reader and HDF5 lock files against each other's writers; here one looks while the other writes.
os.environ["HDF5_USE_FILE_LOCKING"] = "FALSE"


class Killed(ProgramTest):
    def size(self, name):
        path = self.folder / name
        return path.stat().st_size if path.exists() else 0

    def flushed(self, name):
        """Whether a first flush has saved rows: before it the file is there, but holds none."""
        if self.size(name) == 0:
            return False
        try:
            with h5py.File(self.folder / name, "r") as file:
                return len(file["traces/1/time_ns"]) > 0
        except (OSError, KeyError, RuntimeError, ValueError):
            return False  # met in the middle of being written

    @unittest.skipIf(h5py is None, "python3-h5py is not installed")
    def test_kill(self):
        self.write("short.yaml", LONG.replace("2000h", "1h"))
        self.call("run", "short.yaml", "--out", "r.h5")
        self.write("s.yaml", LONG)
        target = self.folder / "r.h5"
        before = target.read_bytes()
        process = self.start("run", "s.yaml", "--out", "r.h5", "--trace")
        self.until(lambda: self.flushed("r.h5.partial"), process, "rows are on the disk")
        process.kill()
        process.communicate()
        self.assertEqual(target.read_bytes(), before)

        # A kill in the middle of a flush leaves a journal, which any verb brings into the file.
        self.assertIn(b"killed", self.call("report", "r.h5.partial", "--text", code=MET).stderr)
        with h5py.File(self.folder / "r.h5.partial", "r") as file:
            trace = file["traces/1"]
            columns = {name: trace[name][:] for name in COLUMNS}
            self.assertEqual(file.attrs["seed"], 1)
        rows = len(columns["time_ns"])
        self.assertGreater(rows, 10_000)
        self.assertEqual({len(values) for values in columns.values()}, {rows})

        # The same run, cut where the killed one stood: rows are as if nothing had happened.
        last = int(columns["time_ns"][-1])
        self.write("whole.yaml", LONG.replace("length: 2000h", f"length: {last}ns").replace("replications: 2", "replications: 1"))
        self.call("run", "whole.yaml", "--out", "whole.h5", "--trace")
        with h5py.File(self.folder / "whole.h5", "r") as file:
            for name in COLUMNS:
                whole = file["traces/1"][name][:]
                self.assertGreaterEqual(len(whole), rows)
                self.assertTrue(numpy.array_equal(whole[:rows], columns[name]), name)

    @unittest.skipIf(h5py is None, "python3-h5py is not installed")
    def test_what_is_left_is_exported_and_reported(self):
        self.write("s.yaml", LONG)
        process = self.start("run", "s.yaml", "--out", "r.h5", "--trace")
        self.until(lambda: self.flushed("r.h5.partial"), process, "rows are on the disk")
        process.kill()
        process.communicate()
        exported = self.call("trace", "r.h5", "--format", "csv", code=MET)
        self.assertGreater(exported.stdout.count(b"\n"), 1000)
        done = self.call("report", "r.h5", "--text", code=MET)
        self.assertIn(b"killed", done.stderr)
        # A new run takes its place.
        self.write("s.yaml", LONG.replace("2000h", "1h"))
        self.call("run", "s.yaml", "--out", "r.h5", "--trace")
        self.assertFalse((self.folder / "r.h5.partial").exists())

    def end_in_use(self, name):
        """What the superblock of the file says of its end; 0 before there is one."""
        try:
            with open(self.folder / name, "rb") as file:
                head = file.read(48)
        except FileNotFoundError:
            return 0
        return int.from_bytes(head[40:48], "little") if len(head) == 48 else 0

    def test_killed_within_the_first_flush(self):
        self.write("s.yaml", LONG)
        self.write("whole.yaml", LONG.replace("2000h", "4h").replace("replications: 2", "replications: 1"))
        self.call("run", "whole.yaml", "--out", "whole.h5", "--trace")
        whole = self.call("trace", "whole.h5").stdout.split(b"\n")
        whole = whole[:len(whole) // 2]  # at its end items are under way
        self.assertGreater(len(whole), 5000)
        for trial in range(8):
            with self.subTest(trial=trial):
                (self.folder / "r.h5.partial").unlink(missing_ok=True)
                process = self.start("run", "s.yaml", "--out", "r.h5", "--trace")
                self.until(lambda: self.end_in_use("r.h5.partial") > 0, process, "the file is there")
                begun = self.end_in_use("r.h5.partial")
                # The first that a flush changes in place: what finds the rows has yet to follow.
                while self.end_in_use("r.h5.partial") == begun and process.poll() is None:
                    pass
                process.kill()
                process.communicate()
                exported = self.call("trace", "r.h5", code=MET).stdout.split(b"\n")
                self.assertEqual(exported[:len(whole)], whole)
                self.assertIn(b"killed", self.call("report", "r.h5", "--text", code=MET).stderr)

    def test_killed_before_or_after_the_first_flush(self):
        # Rows go to the file at once, what finds them with a flush.
        self.write("s.yaml", LONG)
        for size in 1, 1000, 5000, 100_000, 1_000_000, 10_000_000, 50_000_000:
            with self.subTest(size=size):
                (self.folder / "r.h5.partial").unlink(missing_ok=True)
                process = self.start("run", "s.yaml", "--out", "r.h5", "--trace")
                self.until(lambda: self.size("r.h5.partial") >= size, process, "the file has this size")
                process.kill()
                process.communicate()
                done = self.call("trace", "r.h5")
                if done.returncode != MET:
                    self.assertEqual(done.returncode, USAGE)
                    self.assertTrue(size < 5000 or b"holds no rows" in done.stderr, done.stderr.decode())
        # Whatever it left, a new run takes its place.
        self.write("s.yaml", LONG.replace("2000h", "1h"))
        self.call("run", "s.yaml", "--out", "r.h5", "--trace", code=MET)
        self.assertFalse((self.folder / "r.h5.partial").exists())

    @unittest.skipIf(h5py is None, "python3-h5py is not installed")
    def test_what_is_left_beside_an_older_result(self):
        self.write("short.yaml", LONG.replace("2000h", "1h"))
        self.call("run", "short.yaml", "--out", "r.h5", "--trace", code=MET)
        self.write("s.yaml", LONG)
        locking = {name: value for name, value in os.environ.items() if name != "HDF5_USE_FILE_LOCKING"}
        process = self.start("run", "s.yaml", "--out", "r.h5", "--trace", env=locking)
        self.until(lambda: self.flushed("r.h5.partial"), process, "rows are on the disk")
        # While the run goes on there is no other result than the older one.
        done = self.call("report", "r.h5", "--text", code=MET)
        self.assertIn(b"a run is writing r.h5 now", done.stderr)
        self.assertIn(b"mm1", done.stdout)
        process.kill()
        process.communicate()
        for words in ["report", "r.h5", "--text"], ["trace", "r.h5", "--out", "t.csv"]:
            done = self.call(*words, code=MET)
            self.assertIn(b"r.h5.partial is newer than r.h5", done.stderr)
        # A run without a trace finishes the result, too.
        self.call("run", "short.yaml", "--out", "r.h5")
        self.assertFalse((self.folder / "r.h5.partial").exists())
        self.assertEqual(self.call("report", "r.h5", "--text", code=MET).stderr, b"")

    def interrupted(self, number):
        # Far more replications than can be done: it ends by the signal or never. A replication is 13 MB of rows and
        # draws; at most four of them are under way or wait for their turn, so 100 MB mean that some are finished.
        # In a place of its own: a result of more replications that stood there would be kept.
        (self.folder / "r.h5").unlink(missing_ok=True)
        self.write("s.yaml", mm1(length="20h", replications=20_000, warm_up="0s"))
        process = self.start("run", "s.yaml", "--json", "--out", "r.h5", "--trace", "all", "--threads", "2",
                             "--trace-limit", "1000TB")
        self.until(lambda: self.size("r.h5.partial") > 100_000_000, process, "some replications are done")
        process.send_signal(number)
        process.send_signal(number)  # as timeout(1) does, to the process and to its group: one wish
        out, err = process.communicate(timeout=120)
        self.assertEqual(process.returncode, INCONCLUSIVE, err.decode()[-2000:])
        return out

    @unittest.skipIf(h5py is None, "python3-h5py is not installed")
    def test_interrupt_ends_with_what_is_finished(self):
        for number in signal.SIGINT, signal.SIGTERM:
            with self.subTest(signal=number):
                out = self.interrupted(number)
                document = self.json_of(type("Done", (), {"stdout": out}))
                done = document["replications_done"]
                self.assertTrue(document["interrupted"])
                self.assertGreaterEqual(done, 2)
                self.assertLess(done, 1_000_000)
                # What is there are the first so many replications, as a run of just those has them.
                self.write("few.yaml", mm1(length="20h", replications=done, warm_up="0s"))
                few = self.json_of(self.call("run", "few.yaml", "--json"))
                self.assertEqual(document["fingerprint"], few["fingerprint"])
                self.assertEqual(document["metrics"], few["metrics"])
                with h5py.File(self.folder / "r.h5", "r") as file:
                    self.assertEqual(file.attrs["interrupted"], 1)
                    self.assertEqual(file["metrics/by_replication"].shape[0], done)
                self.assertFalse((self.folder / "r.h5.partial").exists())
                # The events of those that had not finished may be there, but no metrics to compare them with.
                replay = self.call("replay", "r.h5", code=MET)
                values = document["replications_done"] * len(document["metrics"])
                self.assertIn(f"{values} of {values} metric values equal", replay.stderr.decode())

    def test_interrupted_before_anything_is_done(self):
        self.write("s.yaml", mm1(length="200000h", replications=4, warm_up="0s"))
        self.call("run", "s.yaml", "--set", "run.length=10h", "--out", "r.h5", code=None)
        before = (self.folder / "r.h5").read_bytes()
        process = self.start("run", "s.yaml", "--json", "--out", "r.h5", "--trace", "--trace-limit", "1000TB")
        self.until(lambda: self.size("r.h5.partial") > 0, process, "the run has begun")
        process.send_signal(signal.SIGINT)
        out, _ = process.communicate(timeout=120)
        self.assertEqual(process.returncode, INCONCLUSIVE)
        document = self.json_of(type("Done", (), {"stdout": out}))
        self.assertEqual((document["verdict"], document["replications_done"]), ("inconclusive", 0))
        self.assertTrue(document["interrupted"])
        # Nothing is not worth the result that stood there.
        self.assertEqual((self.folder / "r.h5").read_bytes(), before)
        self.assertFalse((self.folder / "r.h5.partial").exists())

    def test_a_result_that_is_no_result(self):
        self.write("r.h5", os.urandom(10_000))
        for words in ["report", "r.h5"], ["trace", "r.h5"]:
            self.call(*words, code=USAGE)


if __name__ == "__main__":
    main()
