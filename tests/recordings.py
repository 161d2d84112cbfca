"""Promised: every recorded run of ../shared/data is read by `replay`, and a recorded run that is played again ends when
it ended, within bounds. Shown: all Nextflow traces open and closed loop, all WfFormat instances; each exits with a
report, or with code 2 and a message that says what the file lacks; the errors of the makespan are held against the
bounds below.

    tests/recordings.py PROGRAM DATA            checks, and prints the table of docs/replay.md

Where DATA does not exist it says so and passes: the recordings are not part of the project.
"""

import concurrent.futures
import json
import os
import pathlib
import re
import statistics
import subprocess
import sys

PROGRAM, DATA = sys.argv[1], pathlib.Path(sys.argv[2])
# Errors of the makespan in percent over the schedulers `original` and `cws`: median, 90th percentile.
BOUNDS = {"recorded": (0.5, 2.0), "inferred": (1.0, 4.0)}
# WfFormat has no overheads, so the makespan comes out far too short; a median outside is another mistake.
NAIVE = (70.0, 86.0)
HANGS = 120  # seconds


def replay(path, *options):
    done = subprocess.run([PROGRAM, "replay", str(path), "--json", *options], capture_output=True, text=True,
                          timeout=HANGS)
    if done.returncode == 0:
        return json.loads(done.stdout)
    if done.returncode == 2 and done.stderr.startswith("understudy: error: ") and str(path) in done.stderr:
        return None
    sys.exit(f"replay {path} {' '.join(options)}: exit {done.returncode}\n{done.stderr}")


def trace_of(path):
    """(path, workflow, scheduler, dag) of a Nextflow trace, by the folders it lies in."""
    parts = path.relative_to(DATA / "nextflow-traces").parts
    if parts[0] == "cws":
        return path, f"cws/{parts[1]}", parts[2], DATA / "nextflow-traces/cws" / parts[1] / "dag.html"
    scheduler = {"orig": "original"}.get(parts[-3].split("-")[0], parts[-3].split("-")[0])
    return path, f"wow/{parts[-4]}", scheduler, DATA / "nextflow-traces/wow/_dag" / parts[-4] / "dag.html"


def all_of(items, work):
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        return list(pool.map(work, items))


def error(report):
    return 100 * abs(report["makespan"]["relative_error"])


def summary(errors):
    if not errors:
        return "-"
    if len(errors) < 2:
        return f"{errors[0]:.2f}"
    return f"{statistics.median(errors):.2f} / {statistics.quantiles(errors, n=10, method='inclusive')[8]:.2f}"


# How parents were inferred, by the notes that say so (models/replay/dependencies.cpp).
RULES = ("parents by a barrier", "parents by tags", "parents by order", "parent taken as the last",
         "parent by tag alone")


def inferred(reports):
    """Shares of the rules in percent, over the runs; a process with one task needs none."""
    counts = [0] * len(RULES)
    for note in (note for report in reports if report for note in report["notes"]):
        for place, rule in enumerate(RULES):
            if note.startswith(rule):
                times = re.search(r"\((\d+) times\)", note)
                counts[place] += int(times.group(1)) if times else 1
    return " / ".join(f"{100 * count / sum(counts):.0f}" for count in counts) if sum(counts) else "-"


def nextflow():
    traces = [trace_of(path) for path in sorted((DATA / "nextflow-traces").rglob("trace.csv*"))]
    failures, reports = [], {}
    for mode in BOUNDS:
        reports[mode] = all_of(
            traces, lambda t: replay(t[0], "--submissions", mode, *(["--dag", str(t[3])] if t[3].exists() else [])))
        unread = [str(t[0]) for t, report in zip(traces, reports[mode]) if report is None]
        if unread:
            failures.append(f"not read: {unread}")
    def errors(mode, chosen):
        return [error(r) for t, r in zip(traces, reports[mode])
                if r and chosen(t) and "relative_error" in r["makespan"]]
    def row(name, chosen):
        rules = inferred(r for t, r in zip(traces, reports["inferred"]) if chosen(t))
        print(f"| {name} | {len(errors('recorded', chosen))} | {summary(errors('recorded', chosen))} | "
              f"{summary(errors('inferred', chosen))} | {rules} |")
    print("| recordings | runs | open loop | closed loop | inferred by |\n| --- | --- | --- | --- | --- |")
    for workflow in sorted({t[1] for t in traces}):
        row(f"{workflow}, all but `la`", lambda t: t[1] == workflow and t[2] != "la")
    row("`original` and `cws`", lambda t: t[2] in ("original", "cws"))
    for scheduler in sorted({t[2] for t in traces}):
        row(f"scheduler `{scheduler}`", lambda t: t[2] == scheduler)
    for mode, (median, p90) in BOUNDS.items():
        found = errors(mode, lambda t: t[2] in ("original", "cws"))
        if not found:
            continue
        tail = statistics.quantiles(found, n=10, method="inclusive")[8]
        if statistics.median(found) > median or tail > p90:
            failures.append(f"{mode}: {statistics.median(found):.2f} / {tail:.2f}, promised {median} / {p90}")
    return failures


def wfformat():
    files = [path for path in sorted((DATA / "wfformat").rglob("*")) if path.is_file()]
    reports = [report for report in all_of(files, replay) if report is not None]
    errors = [error(r) for r in reports if "relative_error" in r["makespan"]]
    print(f"\nWfFormat: {len(files)} files, {len(reports)} read, median / p90 error {summary(errors)} %")
    failures = [r["source"] + " does not say what is missing" for r in reports
                if not any("dispatch" in line for line in r["unknown"])]
    if errors and not NAIVE[0] <= statistics.median(errors) <= NAIVE[1]:
        failures.append(f"WfFormat: the naive error is {statistics.median(errors):.1f} %, expected within {NAIVE}")
    return failures


def main():
    if not DATA.is_dir():
        print(f"skipped: {DATA} is not there")
        return 0
    failures = nextflow() + wfformat()
    for failure in failures:
        print("FAILED:", failure)
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
