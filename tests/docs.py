#!/usr/bin/env python3
"""The documentation against the program: docs.py SOURCE_FOLDER PROGRAM

Promised of README.md and docs/*.md:
- Every command of an ```sh block ends with exit code 0, or the one a comment behind it says (`# exit 3`).
- A block without a language whose lines begin with `$ ` shows what the program prints; a line `...` stands for any
  number of lines.
- ```python blocks run (matplotlib may be missing: then it draws nothing), and ```yaml blocks that are whole files are
  right.
- Links lead to files and headings that exist.
- docs/cli.md has the usage and the options of each `VERB --help`, and no others.
- docs/scenario-language.md has the keys of `understudy schema` with their defaults, and no others.
- scenarios/schema/output.schema.json is what the tables of docs/file-formats.md say of --json (output_schema.py).
- docs/file-formats.md has every member of --json, and every attribute and dataset of a result with its type.
Each page runs from top to bottom in a folder of its own, which holds what a clone holds after the build.
"""
import difflib
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import output_schema

SOURCE, PROGRAM = Path(sys.argv[1]).resolve(), Path(sys.argv[2]).resolve()

# Not run here: they install, build, test and package, which .ci/run and the tests themselves do.
NOT_RUN = [
    "tools/quickstart ",
    "cmake ",
    "ctest ",
    "(cd build/release && cpack ",
    "build/release/tests/",
    "python3 tests/bench/",
]

failures = []


def fail(page, line, text):
    failures.append(f"{page}:{line}: {text}")


# ---- pages

def pages():
    return [SOURCE / "README.md"] + sorted((SOURCE / "docs").glob("*.md"))


def name_of(page):
    return str(page.relative_to(SOURCE))


def blocks(text):
    """(language, number of its first line, lines) of each fenced block."""
    language, start, inside = None, 0, []
    for number, line in enumerate(text.splitlines(), 1):
        if line.startswith("```"):
            if language is None:
                language, start, inside = line[3:].strip(), number + 1, []
            else:
                yield language, start, inside
                language = None
        elif language is not None:
            inside.append(line)


def prose(text):
    """(number, line) of everything outside of blocks."""
    inside = False
    for number, line in enumerate(text.splitlines(), 1):
        if line.startswith("```"):
            inside = not inside
        elif not inside:
            yield number, line


def headings(text):
    return [re.sub(r"^#+ ", "", line) for _, line in prose(text) if re.match(r"#+ ", line)]


def anchors(text):
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings(text)}


def tables(text):
    """heading -> rows (lists of cells, the title row left out) of the tables below it."""
    found, heading, rows = {}, "", None
    for _, line in prose(text):
        if re.match(r"#+ ", line):
            heading, rows = re.sub(r"^#+ ", "", line), None
        elif line.startswith("|"):
            cells = [cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1]]
            if rows is None:
                rows = found.setdefault(heading, [])
                continue
            if not set("".join(cells)) <= set("-: "):
                rows.append(cells)
        elif rows is not None:
            rows = None
    return found


def words(cell):
    return re.findall(r"`([^`]+)`", cell)


# ---- running

class Folder:
    """What a clone holds after the build."""

    def __init__(self, parent, name):
        self.path = parent / name
        self.path.mkdir()
        for part in ("README.md", "CHANGELOG.md", "LICENSE", "docs", "scenarios"):
            whole = SOURCE / part
            (shutil.copytree if whole.is_dir() else shutil.copy)(whole, self.path / part)
        (self.path / "tests/theory").mkdir(parents=True)
        shutil.copy(SOURCE / "tests/theory/cases.json", self.path / "tests/theory")
        (self.path / "build/release").mkdir(parents=True)
        (self.path / "build/release/understudy").symlink_to(PROGRAM)
        self.environment = dict(os.environ, HOME=str(self.path), LC_ALL="C.UTF-8",
                                # the day on which the examples play
                                UNDERSTUDY_NOW="2026-03-09T08:00:00Z", SOURCE_DATE_EPOCH="1773043200")
        self.environment["PATH"] = f"{self.path}/build/release:{self.environment['PATH']}"

    def run(self, command, **options):
        return subprocess.run(command, cwd=self.path, env=self.environment, stdin=subprocess.DEVNULL, text=True,
                              timeout=240, **options)

    def shell(self, command):
        return self.run(["bash", "-c", command], stdout=subprocess.PIPE, stderr=subprocess.STDOUT)


def commands(lines, start):
    """(line, command) of a block: lines that end with a backslash, or open a here-document, go on."""
    i = 0
    while i < len(lines):
        first, command = i, lines[i]
        while command.endswith("\\") and i + 1 < len(lines):
            i += 1
            command += "\n" + lines[i]
        mark = re.search(r"<<'?(\w+)'?", command)
        while mark and i + 1 < len(lines):
            i += 1
            command += "\n" + lines[i]
            if lines[i] == mark.group(1):
                break
        i += 1
        if command.strip() and not command.lstrip().startswith("#"):
            yield start + first, command


def expected_code(command):
    code = re.search(r"# exit (\d+)$", command.splitlines()[0])
    return int(code.group(1)) if code else 0


def run_command(folder, page, line, command):
    result = folder.shell(command)
    if result.returncode != expected_code(command):
        fail(page, line, f"exit code {result.returncode}, not {expected_code(command)}: {command}\n{result.stdout}")
    return result.stdout


def same(shown, printed):
    """Whether the lines shown are those printed, `...` being any number of them."""
    if not shown:
        return not printed
    if shown[0] == "...":
        return any(same(shown[1:], printed[i:]) for i in range(len(printed) + 1))
    return bool(printed) and shown[0].rstrip() == printed[0].rstrip() and same(shown[1:], printed[1:])


def as_printed(shown, printed):
    """What is printed, cut as what is shown: whole, or its first and last lines around one `...`."""
    if "..." not in shown:
        return printed
    before = shown.index("...")
    after = len(shown) - before - 1
    return printed[:before] + ["..."] + (printed[-after:] if after else [])


def show_block(folder, page, lines, start):
    i = 0
    while i < len(lines):
        command, line = lines[i][2:], start + i
        shown = []
        for i in range(i + 1, len(lines) + 1):
            if i == len(lines) or lines[i].startswith("$ "):
                break
            shown.append(lines[i])
        printed = run_command(folder, page, line, command).splitlines()
        if not same(shown, printed) and "UNDERSTUDY_UPDATE_EXPECTED" in os.environ:
            text = (SOURCE / page).read_text()
            whole = "$ " + command + "\n"
            old = whole + "".join(each + "\n" for each in shown)
            assert text.count(old) == 1, f"{page}:{line}: cannot tell what to update"
            new = whole + "".join(each + "\n" for each in as_printed(shown, printed))
            (SOURCE / page).write_text(text.replace(old, new))
        elif not same(shown, printed):
            difference = difflib.unified_diff(shown, printed, "shown", "printed", n=0, lineterm="")
            fail(page, line, f"does not print what is shown: {command}\n" + "\n".join(difference))


def stub_matplotlib(folder):
    """Draws nothing, so that the reading part runs where matplotlib is missing."""
    if subprocess.run([sys.executable, "-c", "import matplotlib"], stderr=subprocess.DEVNULL).returncode == 0:
        folder.environment["MPLBACKEND"] = "Agg"
        return
    stub = folder.path / ".stub/matplotlib"
    stub.mkdir(parents=True)
    (stub / "__init__.py").touch()
    (stub / "pyplot.py").write_text("def __getattr__(name):\n    return lambda *words, **named: None\n")
    folder.environment["PYTHONPATH"] = str(stub.parent)


def check_page(scratch, page):
    name, text = name_of(page), page.read_text()
    folder = Folder(scratch, page.stem)
    stub_matplotlib(folder)
    for number, (language, start, lines) in enumerate(blocks(text)):
        if language == "sh":
            for line, command in commands(lines, start):
                if not any(command.startswith(prefix) for prefix in NOT_RUN):
                    run_command(folder, name, line, command)
        elif language == "" and lines and lines[0].startswith("$ "):
            show_block(folder, name, lines, start)
        elif language == "python":
            result = folder.run([sys.executable, "-c", "\n".join(lines)], stdout=subprocess.PIPE,
                                stderr=subprocess.STDOUT)
            if result.returncode != 0:
                fail(name, start, "the Python does not run\n" + result.stdout)
        elif language == "yaml" and any(line.startswith("understudy:") for line in lines):
            whole = folder.path / f"block{number}.yaml"
            whole.write_text("\n".join(lines) + "\n")
            run_command(folder, name, start, f"understudy validate {whole.name}")
    for number, line in prose(text):
        for target in re.findall(r"\]\(([^)]+)\)", line):
            check_link(page, name, number, target)
    for heading in sorted({h for h in headings(text) if headings(text).count(h) > 1}):
        fail(name, 1, f"two headings '{heading}': links lead to the first")
    return folder


def check_link(page, name, line, target):
    if re.match(r"\w+:", target):
        return
    path, _, anchor = target.partition("#")
    whole = (page.parent / path).resolve() if path else page
    if not whole.exists():
        fail(name, line, f"no such file: {target}")
    elif anchor and anchor not in anchors(whole.read_text()):
        fail(name, line, f"no such heading: {target}")


# ---- the program's own words

def check_cli(folder):
    page, text = "docs/cli.md", (SOURCE / "docs/cli.md").read_text()
    documented = tables(text)
    help_text = folder.shell("understudy --help").stdout
    verbs = re.findall(r"^  (\w+) +\S", help_text.split("Commands:")[1].split("\n\n")[0], re.M)
    for verb in ("twin", "change", "graph"):
        commands_of = folder.shell(f"understudy {verb} --help").stdout.split("\n\n")[2]
        verbs += [f"{verb} {word}" for word in re.findall(r"^  (\w+) +\S", commands_of, re.M)]
    for verb in verbs:
        shown = folder.shell(f"understudy {verb} --help").stdout
        usage = re.search(r"Usage: (.*)", shown).group(1)
        if usage not in text:
            fail(page, 1, f"lacks '{usage}'")
        options = set()
        for short, long, alone in re.findall(r"^  (?:-(\w) \[ --([\w-]+) \]|--([\w-]+))", shown, re.M):
            options |= {f"--{long or alone}"} | ({f"-{short}"} if short else set())
        listed = set()
        for row in documented.get(verb, []):
            listed |= set(re.findall(r"(?<![\w-])--?[a-z][\w-]*", row[0]))
        options -= {"--help", "-h"}
        if options != listed:
            fail(page, 1, f"{verb}: missing {sorted(options - listed)}, not there {sorted(listed - options)}")
    for word in re.findall(r"(\d) ([a-z]+)", help_text.split("Exit codes:")[1]):
        if not any(row[0] == word[0] for row in documented["Exit codes"]):
            fail(page, 1, f"lacks exit code {word[0]}")


def check_language(folder):
    page, text = "docs/scenario-language.md", (SOURCE / "docs/scenario-language.md").read_text()
    documented = tables(text)
    workers = ["pools and workers", "types", "Every element"]
    of = {"": ["Top level"], "run": ["run"], "twin": ["twin"], "type": ["types", "Every element"], "pool": workers,
          "dataset": ["datasets", "Every element"], "stage": ["stages", "work"] + workers, "task": ["tasks", "work"] + workers,
          "pipeline": ["pipelines", "Every element"], "load": ["load", "Every element"], "profile": ["profiles"],
          "log": ["logs"], "action": ["actions"], "queue": ["queue"], "retry": ["retry"], "join": ["join"],
          "batch": ["batch"], "emits": ["emits"], "budget": ["budgets", "Every element"], "window": ["window"],
          "column": ["columns"], "state": ["state"], "present": ["groups of items"], "present_run": ["runs under way"],
          "present_task": ["tasks under way"], "unread": ["amounts to read"], "outage": ["outages"], "scale": ["scale"], "link_growth": ["growth of a link"],
          "transfers": ["transfers"]}
    definitions = {}
    study = {"": ["Studies"], "study_budget": ["budget"], "growth": ["growth"], "demand_case": ["demand"]}
    change = {"": ["Changes"], "edit": ["edits"], "rollout": ["rollout"], "rollback": ["rollback"], "backfill": ["backfill"],
              "step": ["steps"], "checks": ["checks"], "uncertainty": ["uncertainty"],
              "fitted_number": ["fitted numbers"]}
    for kind, places in {"scenario": of, "study": study, "change": change}.items():
        schema = json.loads(folder.shell(f"understudy schema {kind}").stdout)
        for place, sections in places.items():
            definitions[f"{kind} {place}".strip()] = schema["definitions"][place] if place else schema, sections
    for place, (definition, sections) in definitions.items():
        rows = {words(row[0])[0]: row for section in sections for row in documented[section]}
        for key, value in definition["properties"].items():
            if key not in rows:
                fail(page, 1, f"{place}: lacks '{key}'")
                continue
            default = rows[key][2].replace("`", "")
            if key in definition.get("required", []) and not default.startswith("required"):
                fail(page, 1, f"{place}: '{key}' is required")
            if "default" in value and default != value["default"]:
                fail(page, 1, f"{place}: the default of '{key}' is '{value['default']}'")
        for key in rows.keys() - definition["properties"].keys():
            fail(page, 1, f"{place}: there is no '{key}'")


def members(value, path=""):
    """Paths of all members of a JSON document: objectives[].text"""
    if isinstance(value, dict):
        for key, inner in value.items():
            yield f"{path}.{key}".lstrip(".")
            yield from members(inner, f"{path}.{key}".lstrip("."))
    elif isinstance(value, list):
        for inner in value:
            yield from members(inner, path + "[]")


def check_json(folder, text, heading, command):
    page = "docs/file-formats.md"
    rows = tables(text)[heading]
    listed = {word for row in rows for word in words(row[0])}
    printed = set(members(json.loads(folder.run(["bash", "-c", command], stdout=subprocess.PIPE).stdout)))
    printed -= {path for path in printed
                if any(other.startswith((path + ".", path + "[].")) for other in printed | listed)}
    if printed - listed:
        fail(page, 1, f"'{heading}' lacks {sorted(printed - listed)}")
    optional = {word for row in rows if "where" in row[-1] for word in words(row[0])}
    if listed - printed - optional:
        fail(page, 1, f"'{heading}' has {sorted(listed - printed - optional)}, which `{command}` does not print")


def check_output_schema():
    path = SOURCE / "scenarios/schema/output.schema.json"
    described = {heading for heading, rows in tables((SOURCE / "docs/cli.md").read_text()).items()
                 if any("--json" in words(row[0]) for row in rows)}
    for verb in sorted(described ^ output_schema.VERBS.keys()):
        fail("docs/cli.md", 1, f"'{verb}' has --json here or a schema (tests/output_schema.py), and not both")
    text = output_schema.write(SOURCE)
    if "UNDERSTUDY_UPDATE_EXPECTED" in os.environ:
        path.write_text(text)
    elif path.read_text() != text:
        fail(name_of(path), 1, "is not what docs/file-formats.md says; UNDERSTUDY_UPDATE_EXPECTED=1 writes it anew")


# A run of one replication that is steady has parts in its file.
ONE_RUN = """understudy: 1
scenario: one
twin: {stages: {server: {reads: jobs, workers: 1, service: exponential(mean 1s)}}}
load: {jobs: {arrivals: poisson(0.8/s)}}
run: {length: 1h, warm_up: 5min, replications: 1}
objectives: [avg wait(server) < 60s]
"""

STUDY = """understudy: 1
study: grid
base: one.yaml
method: grid
vary: {server.workers: [1, 2]}
budget: {replications: 8}
"""

# An alert and a constraint.
ALARMED = """understudy: 1
change: alarmed
edits:
  - {add: full, as: action, value: {when: present() > 1000000, alert: much is there}}
  - {add: fuller, as: action, value: {when: present() > 2000000, alert: too much is there, level: fail}}
"""

# A stage that nothing promised depends on.
PARTIAL = ONE_RUN.replace("exponential(mean 1s)}}}", "exponential(mean 1s)}, audit: {reads: server, workers: 1, service: 1s}}}") \
    .replace("replications: 1}", "replications: 2, detail: partial}")

FASTER = """understudy: 1
change: faster
edits: [{set: server.service, to: 0.9x}]
"""

DEMAND = """understudy: 1
study: demand
base: one.yaml
method: cheapest
prices: {server.workers: 1EUR}
subject_to: [all objectives]
vary: {server.workers: [1, 2]}
demand: {low: {load: 0.5x}, high: {load: 1.5x}}
"""

PLAN = """understudy: 1
study: plan
base: one.yaml
method: cheapest
prices: {server.workers: 1EUR}
subject_to: [all objectives]
vary: {server.workers: [1, 2]}
growth: {rate: 10% per month, start: 2026-06-01, until: 2026-08-01}
"""


FITTED = """understudy: 1
change: fitted
edits: [{set: ingest.service, to: lognormal(mean 21s cv 0.5)}]
uncertainty: {ingest.service: {family: lognormal, n: 200}}
"""

# A pipeline that is delayed by its own backfill, and a change that needs one.
HOURLY = """understudy: 1
scenario: hourly
twin:
  pools: {spark: {workers: 1, cost: 1EUR/h}}
  stages: {land: {reads: clicks, writes: orders}, look: {reads: paid}}
  pipelines:
    hourly:
      schedule: every 1h
      tasks: {build: {reads: orders, runs_on: spark, service: exponential(mean 10min), writes: paid}}
load: {clicks: {arrivals: every 1min}}
run: {length: 20h, warm_up: 1h, replications: 5}
objectives: [avg latency(hourly) < 1h]
"""

OTHER_ROWS = """understudy: 1
change: other-rows
base: hourly.yaml
edits: [{transform: hourly.build, from: all.sql, to: paid.sql, samples: samples, key: id}]
"""


def type_of(dtype):
    return "text" if dtype.kind in "SO" else dtype.name


def check_result_file(folder, text):
    documented = tables(text)
    study = {heading: rows for heading, rows in documented.items() if heading == "Result of a study"}
    rehearsal = {heading: rows for heading, rows in documented.items() if heading == "Result of a rehearsal"}
    runs = {heading: rows for heading, rows in documented.items() if heading not in study | rehearsal}
    check_fields(folder, runs, ("traced.h5", "one.h5", "unsure.h5", "partial.h5"))
    check_fields(folder, study, ("study.h5", "demand.h5", "plan.h5"))
    check_fields(folder, rehearsal, ("rehearsal.h5",))


def check_fields(folder, documented, files):
    import h5py
    page = "docs/file-formats.md"
    found = {}

    def visit(path, node):
        path = re.sub(r"^traces/\d+", "traces/N", path)
        path = re.sub(r"^(baseline|candidate)\b", "SIDE", path)
        if isinstance(node, h5py.Dataset):
            found[path] = f"{type_of(node.dtype)} {node.ndim}"
        for key, value in node.attrs.items():
            dtype = node.attrs.get_id(key).dtype
            found[f"{path}@{key}".lstrip("/")] = f"{type_of(dtype)} 0"

    for name in files:
        with h5py.File(folder.path / name) as file:
            visit("", file)
            file.visititems(visit)
    listed = {}
    for heading, rows in documented.items():
        for row in rows:
            if len(row) == 4 and words(row[0]) and re.match(r"text|u?int\d+|float64", row[1]):
                shape = row[2].strip("-")
                for name in words(row[0]):
                    listed[name] = f"{row[1]} {len(shape.split('×')) if shape else 0}"
    for name in sorted(found.keys() | listed.keys()):
        if found.get(name) != listed.get(name) and name not in ("@partial",):
            fail(page, 1, f"{name}: {listed.get(name, 'not there')} on the page, {found.get(name, 'not there')} in a file")


def main():
    with tempfile.TemporaryDirectory(prefix="understudy-docs-") as place:
        scratch = Path(place)
        for page in pages():
            check_page(scratch, page)
        folder = Folder(scratch, "words")
        check_cli(folder)
        check_language(folder)
        text = (SOURCE / "docs/file-formats.md").read_text()
        at = Folder(scratch, "files")
        (at.path / "one.yaml").write_text(ONE_RUN)
        (at.path / "partial.yaml").write_text(PARTIAL)
        (at.path / "faster.yaml").write_text(FASTER)
        (at.path / "study.yaml").write_text(STUDY)
        (at.path / "demand.yaml").write_text(DEMAND)
        (at.path / "plan.yaml").write_text(PLAN)
        (at.path / "fitted.yaml").write_text(FITTED)
        (at.path / "alarmed.yaml").write_text(ALARMED)
        for command in ("understudy init demo", "understudy run one.yaml --out one.h5",
                        "understudy run partial.yaml --out partial.h5",
                        "understudy capacity study.yaml --change faster.yaml --out study.h5",
                        "understudy capacity demand.yaml --out demand.h5",
                        "understudy capacity plan.yaml --out plan.h5",
                        "understudy rehearse one.yaml one.yaml --replications 3 --out rehearsal.h5",
                        "understudy run demo.yaml --change alarmed.yaml --replications 2 --trace --out traced.h5   # exit 4",
                        "understudy run demo.yaml --change fitted.yaml --replications 2 --input-uncertainty "
                        "--input-draws 39 --out unsure.h5   # exit 4",
                        "understudy trace traced.h5 --format nextflow --out trace.csv"):
            run_command(at, "tests/docs.py", 1, command)
        check_output_schema()
        check_json(at, text, "JSON of run", "understudy run demo.yaml --change alarmed.yaml --replications 2 --json")
        check_json(at, text, "JSON of run --analytic", "understudy run demo.yaml --analytic --json")
        run_command(at, "tests/docs.py", 1, "understudy import scenarios/shop-dbt --out imported.yaml")
        check_json(at, text, "JSON of config show", "understudy config show demo.yaml --json")
        check_json(at, text, "JSON of template", "understudy template kafka-topic --json")
        check_json(at, text, "JSON of import", "understudy import scenarios/shop-dbt --onto imported.yaml --json")
        check_json(at, text, "JSON of import of a process log",
                   """awk 'BEGIN { print "case,activity,start,end"; for (i = 1; i <= 20; i++)
                       printf "%d,a,2026-03-%dT10:00,2026-03-%dT1%d:30\\n", i, i + 9, i + 9, i % 9 }' > cases.csv
                      understudy import cases.csv --validate --json""")
        check_json(at, text, "JSON of import of a batch system",
                   """awk 'BEGIN { print "; MaxProcs: 4"; for (i = 1; i <= 20; i++)
                       print i, 60 * i, 0, 100 + i, 2, -1, -1, 2, 300, -1, 1, 1, 1, -1, 1, 1, -1, -1 }' > jobs.swf
                      understudy import jobs.swf --json""")
        check_json(at, text, "JSON of replay", "understudy replay trace.csv --json")
        check_json(at, text, "JSON of calibrate",
                   """awk 'BEGIN { print "id,process,start_s,end_s"; for (i = 1; i <= 60; i++)
                          print i ",server," i "," i + 1 + i * 7 % 31 }' > calls.csv
                   understudy calibrate one.yaml calls.csv --json""")
        run_command(at, "tests/docs.py", 1, "understudy run demo.yaml --change alarmed.yaml --replications 2 --out other.h5   # exit 4")
        check_json(at, text, "JSON of compare", "understudy compare traced.h5 other.h5 traced.h5 --json")
        check_json(at, text, "JSON of rehearse",
                   "sed s/1s/1.02s/ one.yaml > two.yaml; understudy rehearse one.yaml two.yaml --replications 5 --json "
                   "--accept 'increase avg latency() < 11%' --accept 'avg latency() < 1h'")
        for command in ("understudy twin create one one.yaml", "understudy twin tag one prod",
                        "understudy twin create two one.yaml", "understudy twin update two demo.yaml"):
            run_command(at, "tests/docs.py", 1, command)
        check_json(at, text, "JSON of twin", "understudy twin update two demo.yaml --json")
        check_json(at, text, "JSON of twin show", "understudy twin show one --json")
        check_json(at, text, "JSON of twin list", "understudy twin list --tag prod --json | sed 's/\"prod\": 1//'")
        check_json(at, text, "JSON of twin diff", "understudy twin diff one two --json")
        check_json(at, text, "JSON of twin history", "understudy twin history one --json")
        check_json(at, text, "JSON of twin verify", "understudy twin verify --json")
        check_json(at, text, "JSON of twin sync",
                   """printf 'id,process,started,completed\\n1,server,2026-03-09T10:00:00,\\n2,other,2026-03-09T10:00:00,\\n' > now.csv
                      understudy twin sync one now.csv --start 2026-03-09T09:30 --dry-run --json""")
        check_json(at, text, "JSON of twin forecast",
                   "understudy twin forecast scenarios/orders-nightly/scenario.yaml --for 8h --replications 40 --json")
        check_json(at, text, "JSON of change validate",
                   "understudy change validate scenarios/orders-nightly/changes/fewer-workers.yaml --json")
        check_json(at, text, "JSON of change impact",
                   "understudy change impact scenarios/orders-nightly/changes/fewer-workers.yaml --json")
        (at.path / "hourly.yaml").write_text(HOURLY)
        (at.path / "other-rows.yaml").write_text(OTHER_ROWS)
        for command in ("mkdir samples", "printf 'id,state\\n1,paid\\n2,sent\\n' > samples/orders.csv",
                        "echo 'SELECT id FROM orders' > all.sql",
                        "echo \"SELECT id FROM orders WHERE state = 'paid'\" > paid.sql"):
            run_command(at, "tests/docs.py", 1, command)
        check_json(at, text, "JSON of change price",
                   "understudy change price other-rows.yaml --over 5h --concurrency 4 --replications 5 --json")
        for command in ("understudy change new more --base one --set server.workers=2",
                        "ssh-keygen -q -t ed25519 -N '' -f key", "ssh-keygen -q -t ed25519 -N '' -f other",
                        "echo \"kim $(cat key.pub)\" > allowed_signers", "understudy change request more.yaml",
                        "understudy change approve more --key key"):
            run_command(at, "tests/docs.py", 1, command)
        check_json(at, text, "JSON of change", "understudy change show more.yaml --json")
        check_json(at, text, "JSON of change log", "understudy change log --verify --json 2> /dev/null")
        check_json(at, text, "JSON of change request", "understudy change apply more --json 2> /dev/null")
        check_json(at, text, "JSON of change list", "understudy change list --all --json 2> /dev/null")
        check_json(at, text, "JSON of verify",
                   "understudy verify tests/theory/cases.json --case repair-a --json")
        check_result_file(at, text)
    for text in failures:
        print(text)
    sys.exit(1 if failures else 0)


main()
