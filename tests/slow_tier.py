#!/usr/bin/env python3
"""The slow tier: what takes hours, and gives the numbers of the documentation.

Usage: slow_tier.py BUILD [--runs N] [--only PART...] [--dry-run]

BUILD: the build folder, with the program and its tests. Each part is run after the other, whatever became of the one
before; what it prints stands in BUILD/slow_tier/PART.txt, and how it ended on stdout. Exit code 1 if one failed. --runs:
runs of each experiment on coverage, seeds of the capacity study a fifth of it.

--dry-run runs nothing: it checks that all programs are there, that their filters find test cases, and that the options
are known, and prints the commands. The test `slow_tier` of ctest, so that the tier cannot rot.
"""
import argparse
import os
import subprocess
import sys
import time
from pathlib import Path

TESTS = Path(__file__).resolve().parent
SKIPPED = 77  # what it takes is not installed


def parts(build, runs):
    """(name, environment, command); a test program's command ends with its filter."""
    program, programs = str(build / "understudy"), build / "tests"
    coverage = {"UNDERSTUDY_COVERAGE": str(runs)}
    for name, cases in (("kernel", "coverage*"), ("theory", "variance constants*"), ("studies", "coverage*")):
        yield f"coverage_{name}", coverage, [str(programs / f"test_{name}"), f"-tc={cases}"]
    yield "capacity", {}, [sys.executable, str(TESTS / "bench" / "capacity_study.py"), program, "--seeds", str(max(runs // 5, 1))]
    yield "verify", {}, [program, "verify", str(TESTS / "theory" / "cases.json"), "--seeds", "20", "--events", "3e6"]
    yield "slurm", {}, [sys.executable, str(TESTS / "slurm_array.py"), program]
    yield "bench", {}, [sys.executable, str(TESTS / "bench" / "bench.py"), program, str(programs / "bench")]


def output(command):
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


def trouble(command):
    """Why a command would not do what it is meant to; empty: nothing is known."""
    for word in command:
        if word.startswith("/") and not Path(word).exists():
            return f"{word} is not there"
    if command[-1].startswith("-tc="):
        found = [line for line in output([*command, "-ltc"]).splitlines() if line and not line.startswith(("[doctest]", "="))]
        return "" if found else f"no test case is called {command[-1][4:]}"
    script = command[:2] if command[0] == sys.executable else command[:1]
    verb = [word for word in command[len(script):len(script) + 1] if not word.startswith(("-", "/"))]
    known = output([*script, *verb, "--help"])
    missing = [word for word in command if word.startswith("--") and word not in known]
    return f"{' '.join(missing)}: no such option" if missing else ""


def main():
    words = argparse.ArgumentParser(description="The slow tier.")
    words.add_argument("build", type=Path)
    words.add_argument("--runs", type=int, default=1000)
    words.add_argument("--only", nargs="*", default=[])
    words.add_argument("--dry-run", action="store_true")
    asked = words.parse_args()
    build = asked.build.resolve()
    every = list(parts(build, asked.runs))
    unknown = set(asked.only) - {name for name, _, _ in every}
    if unknown:
        sys.exit(f"no such part: {', '.join(sorted(unknown))}; there are {', '.join(name for name, _, _ in every)}")
    failed = False
    for name, environment, command in every:
        if asked.only and name not in asked.only:
            continue
        shown = " ".join([*(f"{key}={value}" for key, value in environment.items()), *command])
        if asked.dry_run:
            why = trouble(command)
            failed = failed or bool(why)
            print(f"{name}: {shown}" + (f"\n  would fail: {why}" if why else ""))
            continue
        folder = build / "slow_tier"
        folder.mkdir(exist_ok=True)
        began = time.monotonic()
        with open(folder / f"{name}.txt", "w", encoding="utf-8") as out:
            code = subprocess.run(command, stdout=out, stderr=subprocess.STDOUT, env={**os.environ, **environment},
                                  check=False).returncode
        failed = failed or code not in (0, SKIPPED)
        ended = {0: "passed", SKIPPED: "skipped"}.get(code, f"failed ({code})")
        print(f"{name}: {ended} in {(time.monotonic() - began) / 60:.0f} min, "
              f"{folder / (name + '.txt')}", flush=True)
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
