"""Promised: the recording of this project's own build with one job predicts its build with two. Shown: replay of
scenarios/own-build with the twin set to two workers ends within 10 percent of the recorded two-job build, after the rise
of the times of tasks under two jobs, which is measured on the debug build; the critical path is named and ends with the
link.
"""

import unittest

from program import MET, SOURCES, ProgramTest, main

FOLDER = SOURCES / "scenarios" / "own-build"
TOLERANCE = 0.10


def tasks(log):
    """(start, end) in ms of each output of a ninja log."""
    rows = [line.split("\t") for line in (FOLDER / log).read_text().splitlines()[1:]]
    return [(int(row[0]), int(row[1])) for row in rows]


def work(log):
    return sum(end - start for start, end in tasks(log)) / 1000


def makespan(log):
    times = tasks(log)
    return (max(end for _, end in times) - min(start for start, _ in times)) / 1000


class OwnBuild(ProgramTest):
    def replay(self, log, *options):
        return self.json_of(self.call("replay", FOLDER / log, "--dag", FOLDER / "release.graph", "--json", *options,
                                      code=MET))

    def test_two_jobs_are_predicted_from_one(self):
        predicted = self.replay("release-1.ninja_log", "--set", "cluster.workers=2")["makespan"]["simulated_s"]
        rise = work("debug-2.ninja_log") / work("debug-1.ninja_log")
        recorded = makespan("release-2.ninja_log")
        self.assertLess(abs(predicted * rise / recorded - 1), TOLERANCE, f"{predicted} s, rise {rise}, {recorded} s")

    def test_each_recording_is_reproduced(self):
        for log in ("release-1.ninja_log", "release-2.ninja_log"):
            with self.subTest(log=log):
                report = self.replay(log)
                self.assertEqual(report["tasks"]["left_out"], 0)
                self.assertLess(abs(report["makespan"]["relative_error"]), 0.01)

    def test_the_critical_path_is_named(self):
        path = self.replay("release-1.ninja_log", "--set", "cluster.workers=2")["critical_path"]
        self.assertEqual(path[-1]["task"], "understudy")
        self.assertEqual(path[-1]["after"], "task")
        self.assertEqual(path[0]["after"], "start")


if __name__ == "__main__":
    main()
