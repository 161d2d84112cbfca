"""Promised: a twin calibrated on some recorded runs of ../shared/data predicts others, within bounds. Shown:
- WfFormat, each instance left out: its replay twin, with the overheads fitted to the other instances of its application,
  against its recorded makespan;
- Nextflow, each configuration with several repeats: a twin made of and calibrated on one repeat, against the makespans of
  the others; and calibrated on all but one.

    tests/calibration.py PROGRAM DATA [wfformat|nextflow]     checks, and prints the table of docs/calibration.md

It takes some minutes, so ctest leaves it out; where DATA does not exist it says so and passes.
"""

import collections
import concurrent.futures
import gzip
import json
import os
import pathlib
import statistics
import subprocess
import sys
import tempfile

PROGRAM, DATA = sys.argv[1], pathlib.Path(sys.argv[2])
PARTS = sys.argv[3:] or ["wfformat", "nextflow"]
# Median and 90th percentile of the error of the makespan in percent.
BOUNDS = {"wfformat": (9.0, 45.0), "nextflow": (4.0, 11.0)}
HANGS = 600  # seconds


def call(*words):
    return subprocess.run([PROGRAM, *map(str, words)], capture_output=True, text=True, timeout=HANGS)


def must(*words):
    done = call(*words)
    if done.returncode not in (0, 4):
        sys.exit(f"{' '.join(map(str, words))}: exit {done.returncode}\n{done.stderr}")
    return done.stdout


def simulated(twin, change, replications=3):
    """Mean time from the start to the end of the pipeline's run."""
    options = ["--change", change] if change else []
    text = must("run", twin, *options, "--replications", replications, "--json")
    for metric in json.loads(text)["metrics"]:
        if metric["name"].startswith("avg latency(") and "." not in metric["name"]:
            return metric["estimate"]
    sys.exit(f"{twin}: no latency of the pipeline")


def summary(errors):
    errors = [100 * abs(e) for e in errors]
    p90 = statistics.quantiles(errors, n=10, method="inclusive")[8] if len(errors) > 1 else errors[0]
    return statistics.median(errors), p90


def all_of(items, work):
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        return list(pool.map(work, items))


def row(name, errors, extra=""):
    median, p90 = summary(errors)
    print(f"| {name} | {len(errors)} | {median:.1f} | {p90:.1f} |{extra}", flush=True)


def application(path):
    """Instances of one application on one platform: those of a folder, told apart by the name's first words where a folder
    holds several."""
    folder = path.relative_to(DATA / "wfformat").parent
    words = path.name.split("-")
    return str(folder) + ("/" + "-".join(words[:2]) if str(folder).startswith("wrench") else "")


def makespan_of(path):
    text = gzip.open(path, "rt").read() if path.suffix == ".gz" else path.read_text()
    workflow = json.loads(text)["workflow"]
    execution = workflow.get("execution", workflow)
    return execution.get("makespanInSeconds", execution.get("makespan"))


def wfformat(scratch):
    applications = collections.defaultdict(list)
    for path in sorted((DATA / "wfformat").rglob("*.json*")):
        if "properties" in path.name:
            continue
        twin = scratch / (str(path.relative_to(DATA)).replace("/", "-") + ".yaml")
        if call("replay", path, "--save-twin", twin, "--json").returncode == 0 and makespan_of(path):
            applications[application(path)].append((path, twin))

    def predict(case):
        path, twin, others = case
        change = twin.with_suffix(".change.yaml")
        must("calibrate", twin, *others, "--out", change)
        return simulated(twin, change, 2) / makespan_of(path) - 1

    everything = []
    for name, instances in sorted(applications.items()):
        if len(instances) < 2:
            continue
        errors = all_of([(p, t, [o for o, _ in instances if o != p]) for p, t in instances], predict)
        row(name, errors)
        everything += errors
    row("all WfFormat", everything)
    return everything


def nextflow(scratch):
    repeats = collections.defaultdict(list)
    for path in sorted((DATA / "nextflow-traces").rglob("trace.csv*")):
        parts = path.relative_to(DATA / "nextflow-traces").parts
        scheduler = parts[2] if parts[0] == "cws" else parts[-3].split("-")[0]
        if scheduler == "la":
            continue
        dag = DATA / "nextflow-traces" / ("cws" if parts[0] == "cws" else "wow/_dag")
        dag = dag / (parts[1] if parts[0] == "cws" else parts[-4]) / "dag.html"
        repeats[path.parent.parent].append((path, dag))

    def of_configuration(runs):
        options = ["--dag", runs[0][1]] if runs[0][1].exists() else []
        recorded, twins = [], []
        for number, (path, _) in enumerate(runs):
            twin = scratch / (str(path.relative_to(DATA)).replace("/", "-") + ".yaml")
            report = json.loads(must("replay", path, *options, "--save-twin", twin, "--json"))
            recorded.append(report["makespan"].get("recorded_s"))
            twins.append(twin)
        first, rest = [], []
        for i, (path, _) in enumerate(runs):
            if i == 0:
                change = twins[i].with_suffix(".one.yaml")
                must("calibrate", twins[i], path, *options, "--out", change)
                predicted = simulated(twins[i], change)
                first += [predicted / recorded[j] - 1 for j in range(len(runs)) if j != i]
            if i + 1 == len(runs) and len(runs) > 2:
                change = twins[0].with_suffix(".rest.yaml")
                must("calibrate", twins[0], *[p for p, _ in runs[:-1]], *options, "--out", change)
                rest.append(simulated(twins[0], change, 5) / recorded[i] - 1)
        return first, rest

    names = [name for name, runs in repeats.items() if len(runs) > 1]
    found = all_of([repeats[name] for name in names], of_configuration)
    groups = collections.defaultdict(lambda: ([], []))
    for name, (first, rest) in zip(names, found):
        parts = name.relative_to(DATA / "nextflow-traces").parts
        group = groups[parts[0] + "/" + (parts[1] if parts[0] == "cws" else parts[-2] if len(parts) > 2 else parts[-1])]
        group[0].extend(first)
        group[1].extend(rest)
    everything, pooled = [], []
    for name, (first, rest) in sorted(groups.items()):
        row(name, first, f" {summary(rest)[0]:.1f} |" if rest else " - |")
        everything += first
        pooled += rest
    row("all Nextflow", everything)
    if pooled:
        row("all Nextflow, from all repeats but one", pooled)
    return everything


def main():
    if not DATA.is_dir():
        print(f"skipped: {DATA} is not there")
        return 0
    failures = []
    print("| recordings | predictions | median error, % | 90th percentile |\n| --- | --- | --- | --- |")
    with tempfile.TemporaryDirectory() as scratch:
        for part in PARTS:
            median, p90 = summary({"wfformat": wfformat, "nextflow": nextflow}[part](pathlib.Path(scratch)))
            if median > BOUNDS[part][0] or p90 > BOUNDS[part][1]:
                failures.append(f"{part}: {median:.1f} / {p90:.1f}, promised {BOUNDS[part]}")
    for failure in failures:
        print("FAILED:", failure)
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
