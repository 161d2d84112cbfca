"""Promised: a file that is there stays whole until the new one is; a folder that cannot be written or a disk that is
full leaves nothing half-written and is said in one line, with exit code 2. Shown: with a folder without write
permission (as another user where the test is root), a limit on the size of files, and a small file system of its own
where that is permitted.
"""

import os
import pathlib
import resource
import shutil
import signal
import subprocess
import unittest

from program import MET, PROGRAM, USAGE, ProgramTest, SMALL, main, mm1

NOBODY = 65534
BEFORE = b"understudy: what was there before"


def limit_files(size):
    """In the child: no file grows beyond so many bytes; writing more fails as on a full disk."""
    def limit():
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))
    return limit


class Disk(ProgramTest):
    def setUp(self):
        super().setUp()
        self.scenario = self.write("s.yaml", SMALL)
        self.target = self.folder / "target"
        self.target.mkdir()

    def left(self):
        """But for what a run of more than a second keeps on its way, which is whole."""
        return sorted(p.name for p in self.target.iterdir() if not p.name.endswith(".partial"))

    def earlier(self):
        """A small result of another scenario."""
        self.write("earlier.yaml", mm1(length="1min", replications=1, warm_up="0s"))
        self.call("run", "earlier.yaml", "--out", "earlier.h5")
        return (self.folder / "earlier.h5").read_bytes()

    def check_untouched(self, done, name, before=BEFORE):
        self.assertEqual(done.returncode, USAGE, done.stderr.decode())
        errors = [line for line in done.stderr.decode().splitlines() if "error: " in line]
        self.assertEqual(len(errors), 1, done.stderr.decode())
        self.assertIn(name, errors[0])
        self.assertEqual((self.target / name).read_bytes(), before)

    def test_a_folder_that_may_not_be_written(self):
        how = {}
        program = PROGRAM
        if os.geteuid() == 0:
            # Permissions do not bind root: another user asks, with a copy of the program where it may be run.
            program = self.folder / "understudy"
            shutil.copy(PROGRAM, program)
            how = {"user": NOBODY, "group": NOBODY, "extra_groups": []}
            self.folder.chmod(0o755)
            if subprocess.run([program, "--version"], stdout=subprocess.DEVNULL, check=False, **how).returncode != 0:
                self.skipTest("another user may not run programs here")
        before = self.earlier()
        (self.target / "r.h5").write_bytes(before)
        self.target.chmod(0o555)
        try:
            for words in ["--out", self.target / "r.h5"], ["--out", self.target / "r.h5", "--trace"]:
                with self.subTest(words=words):
                    done = subprocess.run([program, "run", self.scenario, *words], capture_output=True, timeout=60,
                                          cwd="/", check=False, **how)
                    self.check_untouched(done, "r.h5", before)
                    self.assertEqual(self.left(), ["r.h5"])
        finally:
            self.target.chmod(0o755)

    def test_a_folder_that_is_not_there(self):
        self.call("run", self.scenario, "--out", self.folder / "nowhere" / "r.h5", code=USAGE)
        self.assertFalse((self.folder / "nowhere").exists())

    def test_a_result_that_does_not_fit(self):
        before = self.earlier()
        (self.target / "r.h5").write_bytes(before)
        done = self.call("run", self.scenario, "--out", self.target / "r.h5", preexec_fn=limit_files(20_000))
        self.check_untouched(done, "r.h5", before)
        self.assertEqual(self.left(), ["r.h5"])

    def test_a_page_that_does_not_fit(self):
        self.call("run", self.scenario, "--out", self.folder / "r.h5")
        (self.target / "r.html").write_bytes(BEFORE)
        done = self.call("report", self.folder / "r.h5", "--out", self.target / "r.html",
                         preexec_fn=limit_files(10_000))
        self.check_untouched(done, "r.html")
        self.assertEqual(self.left(), ["r.html"])

    def test_an_export_that_does_not_fit(self):
        self.call("run", self.scenario, "--out", self.folder / "r.h5", "--trace")
        (self.target / "t.csv").write_bytes(BEFORE)
        done = self.call("trace", self.folder / "r.h5", "--out", self.target / "t.csv",
                         preexec_fn=limit_files(5_000))
        self.check_untouched(done, "t.csv")
        self.assertEqual(self.left(), ["t.csv"])

    def test_a_scenario_that_does_not_fit(self):
        (self.target / "new.yaml").write_bytes(BEFORE)
        done = self.call("init", "new", "--force", cwd=self.target, preexec_fn=limit_files(100))
        self.check_untouched(done, "new.yaml")
        self.assertEqual(self.left(), ["new.yaml"])

    def test_a_trace_that_does_not_fit_leaves_the_result_or_nothing(self):
        # Rows are dropped once the disk is full; the run goes on and its result is written without them, if that fits.
        plain = self.call("run", self.scenario, "--json", "--replications", 2, "--out", self.folder / "plain.h5")
        room = (self.folder / "plain.h5").stat().st_size + 20_000
        done = self.call("run", self.scenario, "--json", "--replications", 2, "--out", self.target / "r.h5", "--trace",
                         preexec_fn=limit_files(room))
        if done.returncode == USAGE:
            self.assertNotIn("r.h5", self.left())
            return
        self.assertEqual(done.returncode, plain.returncode)
        self.assertEqual(done.stdout, plain.stdout)
        self.assertIn(b"warning: ", done.stderr)
        self.assertEqual(self.call("report", self.target / "r.h5", "--json", code=MET).stdout, plain.stdout)

    def test_a_small_file_system(self):
        before = self.earlier()
        if shutil.which("mount") is None or subprocess.run(
                ["mount", "-t", "tmpfs", "-o", f"size={len(before) // 1024 + 64}k", "tmpfs", self.target], capture_output=True,
                check=False).returncode != 0:
            self.skipTest("mounting is not permitted here")
        try:
            (self.target / "r.h5").write_bytes(before)
            done = self.call("run", self.scenario, "--out", self.target / "r.h5")
            self.check_untouched(done, "r.h5", before)
            self.assertEqual(self.left(), ["r.h5"])
        finally:
            subprocess.run(["umount", self.target], check=True)

    def test_a_trace_that_fills_the_disk_makes_room_for_the_result(self):
        plain = self.call("run", self.scenario, "--json", "--replications", 2, "--out", self.folder / "plain.h5")
        room = (self.folder / "plain.h5").stat().st_size // 1024 + 300
        if shutil.which("mount") is None or subprocess.run(
                ["mount", "-t", "tmpfs", "-o", f"size={room}k", "tmpfs", self.target], capture_output=True,
                check=False).returncode != 0:
            self.skipTest("mounting is not permitted here")
        try:
            done = self.call("run", self.scenario, "--json", "--replications", 2, "--out", self.target / "r.h5", "--trace",
                             code=plain.returncode)
            self.assertEqual(done.stdout, plain.stdout)
            self.assertRegex(done.stderr, b"r.h5 has the result without traces")
            self.assertEqual(self.call("report", self.target / "r.h5", "--json", code=MET).stdout, plain.stdout)
        finally:
            subprocess.run(["umount", self.target], check=True)

    def test_no_output_replaces_its_input_or_a_file_of_another_kind(self):
        log = self.write("log.csv", "id,started,completed\na,0,10\nb,10,20\n")
        self.call("run", self.scenario, "--trace", "--out", "r.h5")
        before = {name: (self.folder / name).read_bytes() for name in ("log.csv", "r.h5")}
        scenario = pathlib.Path(self.scenario).read_bytes()
        for words in (("run", self.scenario, "--out", self.scenario), ("report", "r.h5", "--out", "r.h5"),
                      ("report", "r.h5", "--out", self.scenario), ("trace", "r.h5", "--out", "r.h5"),
                      ("replay", "r.h5", "--out", "r.h5"), ("replay", "log.csv", "--save-twin", "log.csv"),
                      ("replay", "log.csv", "--out", "x.h5")):
            with self.subTest(words=words):
                self.call(*words, code=USAGE)
        self.assertEqual({name: (self.folder / name).read_bytes() for name in before}, before)
        self.assertEqual(pathlib.Path(self.scenario).read_bytes(), scenario)
        self.assertFalse((self.folder / "x.h5").exists())

    def test_a_link_is_written_through_or_replaced_whole(self):
        real = self.target / "real.h5"
        before = self.earlier()
        real.write_bytes(before)
        link = self.target / "link.h5"
        link.symlink_to(real)
        self.call("run", self.scenario, "--out", link)
        self.assertEqual(pathlib.Path(link).read_bytes()[:4], b"\x89HDF")
        self.assertNotEqual(pathlib.Path(link).read_bytes(), before)


if __name__ == "__main__":
    main()
