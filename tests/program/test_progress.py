"""Promised: on a terminal one line says how far the work is, the warm-up pilot apart from the replications that count;
remaining time is that of the latter alone; a study counts the units of all its settings, with the answer so far, and says
"at most" of a time that goes by more units than there may be; Ctrl-C says what it interrupted; a killed pilot leaves a file
that says so.
Shown: on a pseudo-terminal, with runs that no machine ends; what is waited for is what the line says, never a time.
"""

import fcntl
import json
import os
import pty
import re
import signal
import struct
import subprocess
import termios
import threading

from program import INCONCLUSIVE, MET, PROGRAM, USAGE, ProgramTest, main, mm1

# Without a warm-up it is found by a pilot.
AUTO = mm1(length="200000h", replications=200).replace("warm_up: 10min, ", "")
LOG = """task_id,process,name,status,submit,start,complete,realtime,cpus
1,a,a,COMPLETED,1704067200000,1704067201000,1704067261000,60000,1
"""


class Terminal:
    """The program with stderr on a terminal of its own; `shown` is all that came."""

    def __init__(self, test, *words, columns=80, **options):
        try:
            self.master, slave = pty.openpty()
        except OSError as fault:  # a container without /dev/pts
            raise unittest.SkipTest(f"no terminal to be had: {fault}")
        fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
        options.setdefault("stdout", subprocess.PIPE)
        self.process = subprocess.Popen([PROGRAM, *map(str, words)], cwd=test.folder, stdin=subprocess.DEVNULL,
                                        stderr=slave, **options)
        os.close(slave)
        self.bytes = b""
        self.reader = threading.Thread(target=self.read, daemon=True)
        self.reader.start()
        test.addCleanup(self.close)

    def read(self):
        try:
            while part := os.read(self.master, 65536):
                self.bytes += part
        except OSError:
            pass  # the program has ended

    @property
    def shown(self):
        return self.bytes.decode(errors="replace")

    @property
    def lines(self):
        return [line for line in re.split(r"\r\x1b\[K|\r\n", self.shown) if line]

    def end(self):
        out, _ = self.process.communicate(timeout=120)
        self.reader.join(timeout=60)
        return self.process.returncode, out

    def close(self):
        if self.process.poll() is None:
            self.process.kill()
        if self.process.stdout and not self.process.stdout.closed:
            self.process.communicate()
        self.reader.join(timeout=60)
        os.close(self.master)


class Progress(ProgramTest):
    def terminal(self, *words, **options):
        return Terminal(self, *words, **options)

    def until_shown(self, terminal, pattern):
        self.until(lambda: re.search(pattern, terminal.shown), terminal.process, f"'{pattern}' is shown")

    def document(self, out):
        return self.json_of(type("Done", (), {"stdout": out}))

    def test_pilot_and_interrupt_in_it(self):
        self.write("s.yaml", AUTO)
        for number in signal.SIGINT, signal.SIGTERM:
            with self.subTest(signal=number):
                run = self.terminal("run", "s.yaml", "--json")
                self.until_shown(run, r"warm-up pilot 1 of 10, \d+ % of simulated time, then 200 replications")
                run.process.send_signal(number)
                code, out = run.end()
                self.assertEqual(code, INCONCLUSIVE)
                document = self.document(out)
                self.assertTrue(document["interrupted"])
                self.assertEqual(document["replications_done"], 0)
                self.assertTrue(any("interrupted in the warm-up pilot: 0 of its 10 replications" in str(warning)
                                    for warning in document["warnings"]), document["warnings"])
                # No time is told in a pilot, and the line is taken away.
                self.assertNotIn("left", run.shown)
                self.assertTrue(run.shown.endswith("\r\x1b[K"), run.shown[-100:])

    def test_the_table_says_that_the_pilot_was_interrupted(self):
        self.write("s.yaml", AUTO)
        run = self.terminal("run", "s.yaml")
        self.until_shown(run, "warm-up pilot")
        run.process.send_signal(signal.SIGINT)
        code, out = run.end()
        self.assertEqual(code, INCONCLUSIVE)
        self.assertIn(b"interrupted in the warm-up pilot", out)

    def test_replications_follow_the_pilot(self):
        # Ends by the signal or never; its pilot takes a second, of which the line tells ten times a second.
        self.write("s.yaml", mm1(length="200h", replications=20_000).replace("warm_up: 10min, ", ""))
        run = self.terminal("run", "s.yaml", "--json", "--threads", "1")
        self.until_shown(run, "warm-up pilot .* of 10, .* then 20000 replications")
        self.until_shown(run, r"replication \d+ of 20000, 0 % of simulated time, about [^\r]* left")
        # One comes to its end after the other.
        self.until_shown(run, r"replication ([3-9]|\d\d+) of 20000,")
        run.process.send_signal(signal.SIGINT)
        code, out = run.end()
        self.assertEqual(code, INCONCLUSIVE)
        document = self.document(out)
        self.assertGreaterEqual(document["replications_done"], 2)
        self.assertNotIn("interrupted in the warm-up", str(document["warnings"]))
        phases = ["pilot" in line for line in run.lines]
        self.assertEqual(phases, sorted(phases, reverse=True))

    def test_inside_of_one_replication(self):
        self.write("s.yaml", mm1(length="1000000h", replications=1, warm_up="0s"))
        run = self.terminal("run", "s.yaml")
        self.until_shown(run, r"replication 1 of 1, 0 % of simulated time, about [^\r]* left")
        self.until_shown(run, r"replication 1 of 1, 1 % of simulated time, about [^\r]* left")
        run.process.send_signal(signal.SIGINT)
        self.assertEqual(run.end()[0], INCONCLUSIVE)

    def test_what_has_no_known_end_shows_that_it_goes_on(self):
        text = mm1(length="1h", replications=1, warm_up="0s").replace("length: 1h", "until: empty").replace(
            "poisson(0.8/s)}", "poisson(0.8/s), count: 500000000}")
        self.write("s.yaml", text)
        run = self.terminal("run", "s.yaml")
        self.until_shown(run, r"replication 1 of 1, \d+ s so far")
        run.process.send_signal(signal.SIGINT)
        self.assertEqual(run.end()[0], INCONCLUSIVE)
        self.assertNotIn("left", run.shown)

    def test_runs_until_empty_count_tasks(self):
        tasks = ", ".join(f"t{i}: {{runs_on: crew, service: 1s}}" for i in range(100))
        self.write("s.yaml", f"""understudy: 1
scenario: tasks
twin:
  pools: {{crew: {{workers: 2}}}}
  pipelines:
    whole:
      schedule: once
      tasks: {{{tasks}}}
run: {{until: empty, replications: 1000000, seed: 1}}
""")
        run = self.terminal("run", "s.yaml")
        self.until_shown(run, r"replication \d+ of 1000000, \d+ % of the tasks, about \d+ \w+")
        run.process.send_signal(signal.SIGINT)
        self.assertEqual(run.end()[0], INCONCLUSIVE)

    def test_no_line_is_broken_on_a_narrow_terminal(self):
        self.write("s.yaml", AUTO)
        run = self.terminal("run", "s.yaml", columns=24)
        self.until_shown(run, r"warm-up.*\r.*warm-up")
        run.process.send_signal(signal.SIGINT)
        run.end()
        self.assertLess(max(map(len, run.lines)), 24)

    def test_verify_says_which_model_and_how_long_all_will_take(self):
        one = {"kind": "M/M/1", "params": {"lam": 0.5, "mu": 1.0}, "quantities": {"Wq": 1.0}}
        self.write("cases.json", json.dumps({"cases": [{"id": name, **one} for name in ("first", "second")]}))
        # A thousand seeds would take long.
        run = self.terminal("verify", "cases.json", "--seeds", "1000")
        self.until_shown(run, r"1 of 2: first, \d+ % done, about \d+ [^\r]*left")
        run.process.send_signal(signal.SIGINT)
        code, out = run.end()
        self.assertEqual(code, INCONCLUSIVE, out)
        self.assertTrue(run.shown.endswith("\r\x1b[K"), run.shown[-100:])

    def test_a_study_counts_units(self):
        self.write("s.yaml", mm1(limit="p(95) latency(server) < 9s", length="2h", replications=4).replace("workers: 1", "workers: 2, cost: 1EUR/h").replace(
            "exponential(mean 1s)", "lognormal(mean 1s cv 2)"))
        # Of promises that are nearly kept nobody knows within so few replications.
        self.write("study.yaml", "understudy: 1\nstudy: cheapest\nbase: s.yaml\nmethod: cheapest\nminimise: rate cost()\n"
                   "subject_to: [p(95) latency(server) < 10s, avg utilisation(server) < 40.001%]\n"
                   "vary: {server.workers: 1..6}\nbudget: {replications: 1000000}\n")
        run = self.terminal("capacity", "study.yaml", columns=100)
        self.until_shown(run, r"\d+ of 1000000 units at most, [\d.]+/s, at most \d[^\r]* left, best 2 EUR/h with")
        run.process.send_signal(signal.SIGINT)
        self.assertEqual(run.end()[0], INCONCLUSIVE)
        self.write("design.yaml", "understudy: 1\nstudy: which\nbase: s.yaml\nmethod: morris\nbudget: {replications: 1000000}\n"
                   "vary: {server.workers: 1..6, server.service.cv: 0.5..2}\n")
        run = self.terminal("capacity", "design.yaml")
        self.until_shown(run, r"\d+ of 499998 units, [\d.]+/s, \d[^\r]* left")
        run.process.send_signal(signal.SIGINT)
        self.assertEqual(run.end()[0], INCONCLUSIVE)

    def test_a_breaking_point_counts_the_units_of_all_levels(self):
        # 5 s with the load as it is, 20 s at 1.19x.
        self.write("s.yaml", mm1(limit="avg latency(server) < 20s", length="40h", replications=20))
        self.write("study.yaml", "understudy: 1\nstudy: breaks\nbase: s.yaml\nmethod: breaking_point\nsubject_to: [all objectives]\n"
                   "vary: {load: [0.8x, 1x, 1.4x, 1.6x]}\ndisturb: {outage: {at: 10h, for: 10min, fail: server}}\n")
        run = self.terminal("stress", "study.yaml", "--no-formulas", "--threads", "1", "--json", columns=120)
        self.until_shown(run, r"disturbances: \d+ of \d+ units at most, [\d.]+/s, at most \d[^,]* left, holds at 1x, breaks at 1.4x\r")
        run.process.send_signal(signal.SIGINT)
        code, out = run.end()
        self.assertEqual(code, INCONCLUSIVE)
        seen = [re.match(r"(disturbances: )?(\d+) of (\d+) units at most", line) for line in run.lines]
        self.assertTrue(all(seen), run.shown)
        self.assertIsNone(seen[0][1])
        # One count of all, of no more than there were said to be.
        counts = [int(found[2]) for found in seen]
        self.assertEqual(counts, sorted(counts))
        self.assertLessEqual(counts[-1], self.document(out)["runs"])
        self.assertLess(self.document(out)["runs"], int(seen[0][3]))
        self.assertNotIn("replication", run.shown)
        run = self.terminal("stress", "s.yaml", "--threads", "1")
        self.until_shown(run, r"what would help: \d+ of \d+ units at most, [\d.]+/s, at most \d")
        run.process.send_signal(signal.SIGINT)
        self.assertEqual(run.end()[0], INCONCLUSIVE)

    def test_a_replay_says_what_it_does(self):
        # The log comes through a pipe, so that reading it lasts until it is let.
        os.mkfifo(self.folder / "log.csv")
        run = self.terminal("replay", "log.csv")
        self.until_shown(run, "reading log.csv")
        with open(self.folder / "log.csv", "w") as pipe:
            pipe.write(LOG)
        code, out = run.end()
        self.assertEqual(code, MET, run.shown)
        self.assertIn(b"1 task", out)
        self.assertIn("reading log.csv\r\x1b[K", run.shown)

    def test_a_replay_of_our_own_trace_shows_its_replication(self):
        # A million events, of which the line tells ten times a second.
        self.write("s.yaml", mm1(length="200h", replications=1, warm_up="0s"))
        self.call("run", "s.yaml", "--out", "r.h5", "--trace")
        run = self.terminal("replay", "r.h5")
        self.until_shown(run, r"replication 1 of 1, \d+ % of simulated time, about")
        code, _ = run.end()
        self.assertEqual(code, MET, run.shown)
        self.assertIn("bit for bit", run.lines[-1])

    def test_nothing_in_a_pipe(self):
        self.write("s.yaml", AUTO)
        process = self.start("run", "s.yaml", "--json", "--out", "r.h5", "--trace", "--trace-limit", "1000TB")
        partial = self.folder / "r.h5.partial"
        self.until(lambda: partial.exists() and partial.stat().st_size > 0, process, "the run has begun")
        process.send_signal(signal.SIGINT)
        _, err = process.communicate(timeout=120)
        self.assertEqual(process.returncode, INCONCLUSIVE)
        self.assertEqual(err, b"understudy: interrupted before a replication had ended; r.h5 was not written\n")
        self.assertFalse(partial.exists())
        self.assertFalse((self.folder / "r.h5").exists())

    def test_killed_in_the_pilot(self):
        self.write("s.yaml", AUTO)
        run = self.terminal("run", "s.yaml", "--out", "r.h5", "--trace", "--trace-limit", "1000TB")
        self.until_shown(run, "warm-up pilot")
        run.process.kill()
        run.end()
        self.assertFalse((self.folder / "r.h5").exists())
        done = self.call("trace", "r.h5", code=USAGE)
        self.assertIn(b"r.h5.partial: holds no rows: the run was killed in its warm-up pilot", done.stderr)
        done = self.call("report", "r.h5", "--text", code=MET)
        self.assertIn(b"what a killed run left: it has neither traces nor metrics", done.stderr)
        # One that was not traced is another matter.
        self.write("short.yaml", mm1(replications=2))
        self.call("run", "short.yaml", "--out", "short.h5")
        self.assertIn(b"run the scenario with --trace", self.call("trace", "short.h5", code=USAGE).stderr)


if __name__ == "__main__":
    main()
