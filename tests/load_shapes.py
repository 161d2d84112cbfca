"""Promised: every series of ../shared/data/load-shapes loads as a recorded load, or is refused with the place and the
reason. Shown: each file as a profile (`series`), and each as recorded arrivals, one for each row; as many items come as
the series says, within five standard deviations of a Poisson number, or exactly as many as there are rows; half as many
more where the load is multiplied by 1.5. What is refused says FILE:LINE:COLUMN, and in which line of the series why.

    tests/load_shapes.py PROGRAM DATA

Where DATA does not exist it says so and passes: the series are not part of the project.
"""

import csv
import datetime
import json
import math
import pathlib
import re
import subprocess
import sys
import tempfile

PROGRAM, DATA = sys.argv[1], pathlib.Path(sys.argv[2])
EXPECTED = 2000  # items that are to come by each profile

SCENARIO = """understudy: 1
scenario: shape
twin:
  stages:
    service: {{reads: requests, workers: unlimited, service: 1s}}
logs:
  shape: {{file: {file}, format: csv, time: {time}, columns: {{{value}: number}}}}
{profile}load:
  requests: {{arrivals: {arrivals}{by_profile}}}
{actions}run: {run}
measures: [total arrived(service)]
"""


def run(text, folder):
    scenario = folder / "shape.yaml"
    scenario.write_text(text)
    done = subprocess.run([PROGRAM, "run", str(scenario), "--json"], capture_output=True, text=True, timeout=120)
    if done.returncode == 2:
        if not re.search(r"shape\.yaml:\d+:\d+: error: .*\.csv:\d+: ", done.stderr):
            sys.exit(f"{text}\nrefused without a place or a reason:\n{done.stderr}")
        return None
    if done.returncode != 0:
        sys.exit(f"{text}\nexit {done.returncode}: {done.stderr}")
    metrics = {metric["name"]: metric for metric in json.loads(done.stdout)["metrics"]}
    return metrics["total arrived(service)"]["estimate"]


def instant(text):
    text = text.strip('"')
    # Seven digits of a second are more than Python reads.
    return datetime.datetime.fromisoformat(re.sub(r"(\.\d{6})\d+$", r"\1", text))


def check(path, folder):
    """What is wrong, or what was found."""
    with open(path, newline="") as file:
        rows = list(csv.reader(file))
    header, rows = rows[0], [row for row in rows[1:] if row]
    time, value = header[0], header[1]
    points = sorted((instant(row[0]), float(row[1])) for row in rows)
    spans = [(b[0] - a[0]).total_seconds() for a, b in zip(points, points[1:])]
    area = sum(span * point[1] for span, point in zip(spans, points))
    length = math.floor(sum(spans))
    common = {"file": path, "time": time, "value": value}
    found = []
    for factor in (1, 1.5):
        actions = "" if factor == 1 else f"actions: [{{at: 0s, set: load, to: {factor}x}}]\n"
        came = run(SCENARIO.format(
            profile=f"profiles: {{curve: {{series: shape.{value}}}}}\n", by_profile=", profile: curve",
            arrivals=f"poisson({EXPECTED / area:.12g}/s)", actions=actions,
            run=f"{{length: {length}s, warm_up: 0s, replications: 1, sample: {length}s}}", **common), folder)
        if came is None:
            return None, "refused"
        if abs(came - factor * EXPECTED) > 5 * math.sqrt(factor * EXPECTED):
            return f"{path.name}: {came} items by its profile times {factor}, {factor * EXPECTED} expected", ""
        recorded = run(SCENARIO.format(
            profile="", by_profile="", arrivals=f"recorded(shape.{time})", actions=actions,
            run="{until: empty, replications: 1}", **common), folder)
        # Between the first and the last of n rows lie n - 1 intervals.
        rows_expected = len(points) if factor == 1 else 1 + math.floor((len(points) - 1) * factor)
        if recorded != rows_expected:
            return f"{path.name}: {recorded} recorded arrivals times {factor}, {rows_expected} expected", ""
        found.append(f"{came:.0f} by its profile, {recorded:.0f} recorded")
    return None, "; times 1.5: ".join(found)


def main():
    if not DATA.is_dir():
        print(f"skipped: {DATA} is not there")
        return 0
    failures = []
    with tempfile.TemporaryDirectory() as folder:
        for path in sorted(DATA.glob("*.csv")):
            problem, found = check(path.resolve(), pathlib.Path(folder))
            print(f"{path.name}: {problem or found}")
            if problem:
                failures.append(problem)
        # What is no load says where and why.
        broken = pathlib.Path(folder) / "broken.csv"
        broken.write_text("timestamp,value\n2024-01-01 00:00:00,5\n2024-01-01 00:05:00,-3\n")
        if run(SCENARIO.format(
                file=broken, time="timestamp", value="value", profile="profiles: {curve: {series: shape.value}}\n",
                by_profile=", profile: curve", arrivals="poisson(1/s)", actions="", run="{length: 5min}"),
                pathlib.Path(folder)) is not None:
            failures.append("a negative rate was taken")
    for failure in failures:
        print("FAILED:", failure)
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
