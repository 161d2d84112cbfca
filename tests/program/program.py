"""What the tests of the program share: how to call it, small scenarios, scratch folders.

The program and the source folder come in UNDERSTUDY_PROGRAM and UNDERSTUDY_SOURCE_DIR. No test waits for time to
pass: where the program must be met in the middle of its work, what it has written is watched.
"""

import json
import os
import pathlib
import resource
import shutil
import subprocess
import sys
import tempfile
import time
import unittest

PROGRAM = os.environ.get("UNDERSTUDY_PROGRAM", "")
SOURCES = pathlib.Path(os.environ.get("UNDERSTUDY_SOURCE_DIR", pathlib.Path(__file__).parents[2]))
sys.path.append(str(SOURCES / "tests"))
import output_schema  # noqa: E402

OUTPUTS = json.loads((SOURCES / "scenarios/schema/output.schema.json").read_text())
UPDATE = "UNDERSTUDY_UPDATE_EXPECTED" in os.environ

# What a sanitizer reserves is not what the program needs.
SANITIZED = bool(os.environ.get("UNDERSTUDY_SANITIZE"))

MET, INTERNAL, USAGE, VIOLATED, INCONCLUSIVE = 0, 1, 2, 3, 4

# Both systems, retries and a join, over in a moment.
SMALL = """understudy: 1
scenario: small
twin:
  pools: {crew: {workers: 3, cost: 2EUR/h}, nodes: {workers: 2, cores: 4, memory: 8GiB}}
  datasets: {orders: {}}
  stages:
    split: {reads: files, emits: {items: 2}}
    clean: {reads: split, runs_on: crew, service: exponential(mean 10s), failure: 5%, retry: {times: 3, backoff: 5s}}
    merge: {reads: clean, join: {of: parts}, writes: orders}
    check: {reads: orders, runs_on: {nodes: {cores: 2, memory: 1GiB}}, service: 5s + exponential(mean 5s) per GiB}
  pipelines:
    report:
      schedule: every 1h
      tasks:
        build: {reads: {orders: new}, runs_on: {nodes: {cores: 3}}, service: lognormal(mean 5min cv 0.3)}
        publish: {after: build, runs_on: crew, service: 30s, writes: revenue}
load: {files: {arrivals: poisson(1/min), size: exponential(mean 1GiB)}}
actions: [{name: surge, at: 3h, for: 1h, set: load, to: 2x}]
run: {length: 8h, warm_up: 1h, replications: 6, seed: 42}
objectives:
  - p(95) latency(clean) < 5min
  - avg utilisation(crew) < 90%
measures:
  - avg latency() during surge
  - share landed(revenue) by +10min
"""


def mm1(limit="avg wait(server) < 60s", length="2h", replications=10, warm_up="10min"):
    """One server at 80 %, mean wait 4 s."""
    return f"""understudy: 1
scenario: mm1
twin: {{stages: {{server: {{reads: jobs, workers: 1, service: exponential(mean 1s)}}}}}}
load: {{jobs: {{arrivals: poisson(0.8/s)}}}}
run: {{length: {length}, warm_up: {warm_up}, replications: {replications}, seed: 1}}
objectives: [{limit}]
"""


def bounded(memory=None, seconds=60):
    """For `preexec_fn`: so many bytes of address space (not under a sanitizer), so many seconds of processor time."""
    def bound():
        if memory and not SANITIZED:
            resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
        resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
    return bound


def no_constant(text):
    raise ValueError(f"JSON knows no {text}")


class ProgramTest(unittest.TestCase):
    """Each test has a scratch folder of its own."""

    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="understudy-test-"))
        self.addCleanup(shutil.rmtree, self.folder, ignore_errors=True)

    def write(self, name, text):
        path = self.folder / name
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return path

    def call(self, *words, code=None, cwd=None, **options):
        """Runs the program to its end; bytes of stdout and stderr, and its exit code, which may be demanded."""
        done = subprocess.run([PROGRAM, *map(str, words)], cwd=cwd or self.folder, stdin=subprocess.DEVNULL,
                              stdout=options.pop("stdout", subprocess.PIPE), stderr=subprocess.PIPE, timeout=240,
                              **options)
        if code is not None:
            self.assertEqual(done.returncode, code, f"{words}\n{done.stderr.decode(errors='replace')[-3000:]}")
        self.check_json(words, done)
        return done

    def check_json(self, words, done):
        """What --json prints fits its schema, whatever is called for whatever test."""
        words = [str(word) for word in words]
        verb = next((verb for verb in (" ".join(words[:2]), *words[:1]) if verb in OUTPUTS["definitions"]), None)
        if "--json" not in words or verb is None or not (done.stdout or b"").startswith(b"{"):
            return
        found = list(output_schema.problems(json.loads(done.stdout), OUTPUTS["definitions"][verb], OUTPUTS))
        self.assertEqual(found, [], f"{words}: does not fit `understudy schema output`, which docs/file-formats.md says")

    def json_of(self, done):
        return json.loads(done.stdout, parse_constant=no_constant)

    def start(self, *words, **options):
        """Begins the program; ended with the test, whatever happens."""
        process = subprocess.Popen([PROGRAM, *map(str, words)], cwd=self.folder, stdin=subprocess.DEVNULL,
                                   stdout=subprocess.PIPE, stderr=subprocess.PIPE, **options)
        self.addCleanup(self.end, process)
        return process

    @staticmethod
    def end(process):
        if process.poll() is None:
            process.kill()
        process.communicate()

    @staticmethod
    def ticks(process):
        """Of processor time that it has used."""
        with open(f"/proc/{process.pid}/stat") as file:
            return int(file.read().rsplit(")", 1)[1].split()[11])

    def until(self, condition, process, what):
        """Looks again until the condition holds; fails if the program ends before or nothing happens for long."""
        deadline = time.monotonic() + 120
        while not condition():
            self.assertIsNone(process.poll(), f"the program ended before {what}")
            self.assertLess(time.monotonic(), deadline, f"waited in vain until {what}")
            time.sleep(0.01)


def main():
    if not PROGRAM:
        sys.exit("UNDERSTUDY_PROGRAM is not set")
    unittest.main(module="__main__", verbosity=1)
