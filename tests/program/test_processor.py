"""Promised: the same file and seed give the same bytes whatever the processor can do. Shown: runs as they are beside
runs in which features are masked, by JSON and HDF5 file. GLIBC_TUNABLES hides AVX, FMA and the like from the C
library, which then takes other variants of its functions: that its own sin and exp give other bits then is looked at
first, so that a program that used them would be found out. Where qemu-user is installed (as `tools/quickstart test`
installs it) the program also runs on a processor of 2003 that it emulates: that masks our own variants as well, if
there ever are any chosen by processor. What is run: the shipped scenarios, every file of tests/theory, and one
scenario that draws from every law and has arrivals of every kind.
"""

import os
import re
import shutil
import subprocess
import sys
import unittest
from concurrent.futures import ThreadPoolExecutor

from program import PROGRAM, ProgramTest, SOURCES, main

MASK = {**os.environ, "GLIBC_TUNABLES": "glibc.cpu.hwcaps=-AVX512F,-AVX2,-AVX,-FMA,-FMA4,-BMI2,-SSE4_2,-ERMS"}

# What functions of the C library give, all bits of it.
PROBE = """
import math, struct, sys
for i in range(1, 4000):
    for f in (math.sin, math.exp, math.log, lambda x: x ** 1.37):
        sys.stdout.buffer.write(struct.pack("d", f(i * 0.0371)))
"""

LAWS = """understudy: 1
scenario: laws
twin:
  stages:
    exponential: {reads: steady, workers: unlimited, service: exponential(mean 1s)}
    erlang: {reads: exponential, workers: unlimited, service: erlang(k 3 mean 1s)}
    gamma: {reads: erlang, workers: unlimited, service: gamma(mean 1s cv 0.7) + gamma(mean 1s cv 1.6 max 20s)}
    lognormal: {reads: gamma, workers: unlimited, service: lognormal(mean 1s cv 2)}
    weibull: {reads: lognormal, workers: unlimited, service: weibull(shape 0.7 scale 0.8s min 0.1s)}
    pareto: {reads: weibull, workers: unlimited, service: pareto(shape 2.5 min 0.6s)}
    normal: {reads: pareto, workers: unlimited, service: normal(mean 10s sd 8s)}
    uniform: {reads: normal, workers: unlimited, service: uniform(0s..2s)}
    triangular: {reads: uniform, workers: unlimited, service: triangular(1s..9s mode 2s)}
    geometric: {reads: bursty, workers: 3, service: 100ms per record}
    zipf: {reads: waves, workers: unlimited, service: 10ms per word}
    mix: {reads: ramps, workers: 4, service: mix(90% 1s or 10% exponential(mean 5s))}
    sample: {reads: intervals, workers: 4, service: sample(calls.took)}
    recorded: {reads: log, workers: 2, service: recorded(calls.took)}
    shared: {reads: users, workers: 1, order: shared, service: erlang(k 2 mean 1s), writes: [phase, weighed]}
    phase:
      reads: phase
      workers: 2
      service: {phase_type: {start: [60%, 40%], rates: [[-2/s, 1/s], [0/s, -1/s]]}}
    weighed:
      reads: weighed
      workers: 1
      service: 100ms + lognormal(mean 200ms cv 0.3) per GiB
      failure: 10%
      retry: {times: 3, backoff: {first: 1s, factor: 2, max: 10s, jitter: 50%}}
    always: {reads: saturated, workers: 1, queue: {capacity: 3, full: block}, service: exponential(mean 2s)}
profiles:
  wave: {sine: {mean: 1, amplitude: 0.5}, period: 5min}
  slope: {ramps: {0s: 20%, 100s: 100%, 200s: 20%}, period: 200s}
  stairs: {steps: {0s: 0.5, 90s: 2}, period: 3min}
logs: {calls: {file: calls.csv, format: csv, columns: {at: ms, took: ms}}}
load:
  steady: {arrivals: poisson(1/s), profile: stairs}
  waves: {arrivals: poisson(1/s), profile: wave, fields: {word: zipf(n 100 s 1.1)}}
  ramps: {arrivals: poisson(1/s), profile: slope}
  intervals: {arrivals: every gamma(mean 3s cv 0.5), items: geometric(mean 3)}
  bursty:
    arrivals: {states: {calm: {rate: 0.2/s, stay: exponential(mean 20s)}, burst: {rate: 1.5/s, stay: uniform(5s..15s)}}}
    records: geometric(mean 3)
  log: {arrivals: recorded(calls.at)}
  users: {users: 5, think: weibull(shape 2 scale 3s), size: lognormal(mean 1GiB cv 1)}
  saturated: {arrivals: saturated}
run: {length: 20min, warm_up: 1min, replications: 4, seed: 7}
measures:
  - p(95) latency(gamma)
  - avg slowdown(shared)
  - sd wait(phase)
  - var latency(normal)
  - sd latency(gamma)
  - var latency()
"""

# What makes a shipped scenario short enough for an emulated processor, which takes twenty times as long.
SHORT = {"clickstream": ("--set", "run.replications=1", "--set", "run.length=30min", "--set", "run.warm_up=5min"),
         "orders-nightly": ("--set", "run.replications=2", "--set", "run.length=3d"),
         "own-build": ()}


class Processor(ProgramTest):
    def result(self, scenario, words, name, emulator=(), environment=None):
        """JSON and HDF5 of a run."""
        out = self.folder / f"{name}.h5"
        done = subprocess.run([*emulator, PROGRAM, "run", scenario, "--json", "--out", out, "--threads", "1", *words],
                              capture_output=True, timeout=240, env=environment)
        self.assertIn(done.returncode, (0, 3, 4), done.stderr.decode(errors="replace"))
        return done.stdout, out.read_bytes()

    def check(self, scenario, *words, **other):
        """As it is, and as told."""
        name = f"{scenario.parent.name}-{scenario.stem}"
        for what, here, there in zip(("JSON", "HDF5"), self.result(scenario, words, f"{name}-here"),
                                     self.result(scenario, words, f"{name}-there", **other)):
            self.assertTrue(here == there, f"{what} of {scenario} differs")

    def laws(self):
        self.write("calls.csv", "at,took\n" + "".join(f"{i * i % 977 + 900 * i},{50 + i * 37 % 1900}\n"
                                                      for i in range(800)))
        return self.write("laws.yaml", LAWS)

    def scenarios(self):
        found = sorted((SOURCES / "scenarios").glob("*/scenario.yaml"))
        self.assertEqual([path.parent.name for path in found], sorted(SHORT))
        return found

    def theory(self):
        found = sorted((SOURCES / "tests/theory").glob("*.yaml"))
        self.assertGreater(len(found), 50)
        return found

    def test_every_law_and_every_arrival_is_drawn_from(self):
        """Or the comparison would leave some out: names are those of the documentation's table."""
        text = (SOURCES / "docs/scenario-language.md").read_text()
        table = text[text.index("\n### Laws"):text.index("\n### Schedules")]
        named = set(re.findall(r"`(\w+)\([^`]*`", table)) | set(re.findall(r"`\{(\w+):", table))
        self.assertGreaterEqual(len(named), 14)
        for name in named:
            self.assertRegex(LAWS, rf"[ {{]{name}[(:]", f"{name} is drawn nowhere")
        arrivals = re.search(r"(?m)^\| `arrivals` \| (.*?) \|", text).group(1)
        for name in re.findall(r"`(\w+)", arrivals) + ["states", "users"]:
            self.assertIn(f"{name}", LAWS[LAWS.index("\nload:"):], f"no arrivals of {name}")

    def test_c_library_masked(self):
        def bits(environment):
            return subprocess.run([sys.executable, "-c", PROBE], capture_output=True, check=True,
                                  env=environment).stdout

        if bits(os.environ) == bits(MASK):
            self.skipTest("the C library of this machine has nothing to mask here")
        self.check(self.laws(), environment=MASK)
        self.check_each(self.scenarios(), lambda scenario: SHORT[scenario.parent.name], environment=MASK)
        self.check_each(self.theory(), lambda scenario: ("--set", "run.replications=1"), environment=MASK)

    def test_processor_emulated(self):
        qemu = shutil.which("qemu-x86_64") or shutil.which("qemu-x86_64-static")
        if not qemu:
            self.skipTest("qemu-user is not installed")
        old = {"emulator": (qemu, "-cpu", "qemu64")}
        self.check(self.laws(), "--set", "run.length=3min", **old)
        self.check_each(self.scenarios(), lambda scenario: SHORT[scenario.parent.name], **old)

        def short(scenario):
            # The others are short as they are, and some ask for what is so at a later instant.
            long = re.search(r"length: \d{4,}s", scenario.read_text())
            return ("--set", "run.replications=1",
                    *(("--set", "run.length=300s", "--set", "run.warm_up=0s") if long else ()))

        self.check_each(self.theory(), short, **old)

    def check_each(self, scenarios, words, **other):
        """Two at a time: each is one thread."""
        with ThreadPoolExecutor(2) as two:
            list(two.map(lambda scenario: self.check(scenario, *words(scenario), **other), scenarios))


if __name__ == "__main__":
    main()
