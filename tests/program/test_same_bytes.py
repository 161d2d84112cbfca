"""Promised: the same file and seed give the same bytes of JSON, HDF5 and HTML, on any number of threads and in every
run, with and without traces. Shown: by comparing files of runs with one, two and three threads.
"""

import unittest

from program import ProgramTest, SMALL, main, mm1


class SameBytes(ProgramTest):
    def outputs(self, scenario, number, threads, *words):
        out = self.folder / f"{number}.h5"
        done = self.call("run", scenario, "--json", "--out", out, "--threads", threads, *words)
        self.assertIn(done.returncode, (0, 3, 4))
        return done.stdout, done.stderr, out.read_bytes()

    def check(self, text, *words):
        scenario = self.write("s.yaml", text)
        first = self.outputs(scenario, 0, 1, *words)
        for number, threads in enumerate((2, 2, 3), 1):
            other = self.outputs(scenario, number, threads, *words)
            for name, a, b in zip(("JSON", "messages", "HDF5"), first, other):
                self.assertTrue(a == b, f"{name} differs with {threads} threads {words}")
        return first

    def test_plain(self):
        self.check(SMALL)

    def test_traced(self):
        self.check(SMALL, "--trace")

    def test_all_traced(self):
        plain = self.check(SMALL)
        traced = self.check(SMALL, "--trace", "all")
        # Looking does not change what is seen.
        self.assertEqual(plain[0], traced[0])

    def test_warm_up_found_by_itself(self):
        self.check(mm1().replace("warm_up: 10min", "warm_up: auto"))

    def test_report(self):
        scenario = self.write("s.yaml", SMALL)
        pages = []
        for number, threads in (1, 1), (2, 2):
            self.call("run", scenario, "--out", f"{number}.h5", "--threads", threads)
            self.call("report", f"{number}.h5", "--out", f"{number}.html", code=0)
            pages.append((self.folder / f"{number}.html").read_bytes())
        self.assertTrue(pages[0] == pages[1])

    def test_neither_folder_nor_name_is_in_the_result(self):
        self.write("s.yaml", SMALL)
        (self.folder / "deeper").mkdir()
        (self.folder / "deeper" / "other-name.yaml").write_text(SMALL)
        one = self.call("run", "s.yaml", "--json", "--out", "a.h5").stdout
        two = self.call("run", "other-name.yaml", "--json", "--out", "b.h5", cwd=self.folder / "deeper").stdout
        self.assertEqual(one, two)
        self.assertTrue((self.folder / "a.h5").read_bytes() == (self.folder / "deeper" / "b.h5").read_bytes())

    def test_another_seed_is_another_run(self):
        scenario = self.write("s.yaml", SMALL)
        self.assertNotEqual(self.call("run", scenario, "--json").stdout,
                            self.call("run", scenario, "--json", "--seed", 43).stdout)


if __name__ == "__main__":
    main()
