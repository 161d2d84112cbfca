"""Promised: every catalog of ../shared/data imports, with the counts that are in it, or is refused with file, line and
reason. Shown: each file of openlineage, catalogs/dbt, catalogs/odcs, catalogs/prov, wfformat and nextflow-traces by itself, with counts
taken here once more; dbt projects with their runs, whose twins end when the runs ended; whole folders. Of recorded workflows
it prints how far the spans of their twins are off, which nothing promises.

    tests/catalogs.py PROGRAM DATA            checks, and prints what was read

Where DATA does not exist it says so and passes: the catalogs are not part of the project.
"""

import collections
import csv
import datetime
import gzip
import json
import pathlib
import re
import statistics
import subprocess
import sys
import tempfile

PROGRAM, DATA = sys.argv[1], pathlib.Path(sys.argv[2])
failures = []
HANGS = 120  # seconds


def fail(path, text):
    failures.append(f"{path}: {text}")


def run(*words):
    return subprocess.run([PROGRAM, *map(str, words)], capture_output=True, text=True, timeout=HANGS)


# ---- what is in a file, by itself

def is_time(text):
    if not isinstance(text, str) or not re.match(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d", text):
        return False
    return True


def instant(text):
    match = re.match(r"(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d:\d\d)(\.\d+)?\s*(Z|[+-]\d\d:?\d\d)?$", text)
    base = datetime.datetime.fromisoformat(f"{match[1]}T{match[2]}").replace(tzinfo=datetime.timezone.utc)
    zone = match[4] or "Z"
    offset = 0
    if zone != "Z":
        digits = zone[1:].replace(":", "")
        offset = (int(digits[:2]) * 3600 + int(digits[2:]) * 60) * (1 if zone[0] == "+" else -1)
    return int(base.timestamp() - offset) * 10**9 + int(((match[3] or ".0")[1:] + "0" * 9)[:9])


def events_of(path):
    """The events of a file, or None where it is not JSON or holds something else."""
    text = path.read_text(errors="replace")
    try:
        value = json.loads(text)
        values = value if isinstance(value, list) else [value]
    except ValueError:
        try:
            values = [json.loads(line) for line in text.splitlines() if line.strip()]
        except ValueError:
            return None
    about = ("run", "job", "dataset", "inputs", "outputs")
    known = ("eventTime", "eventType", "schemaURL")
    good = [v for v in values if isinstance(v, dict) and any(v.get(k) is not None for k in about)
            and (any(v.get(k) is not None for k in known) or v.get("inputs") is not None and "namespace" in (v.get("job") or {}))]
    return good if values and len(good) == len(values) else None


def whole(event):
    """Whether it has what the standard requires."""
    if not is_time(event.get("eventTime")):
        return False
    if "job" not in event and "run" not in event:
        return bool(event["dataset"].get("namespace") and event["dataset"].get("name"))
    job = event.get("job") or {}
    if not job.get("namespace") or not job.get("name"):
        return False
    if event.get("run") is None and (not event.get("eventType") or event.get("schemaURL", "").endswith("/JobEvent")):
        return True
    return bool((event.get("run") or {}).get("runId"))


def clean(text):
    return re.sub(r"[\x00-\x20\x7f]+", " ", str(text)).strip().replace("$(", "$ (")


def id_of(thing):
    space = clean(thing.get("namespace", ""))
    if space and not space.endswith("/"):
        space += "/"
    name = thing["name"]
    return space + clean(name.lstrip("/") if space else name)


def openlineage_counts(events):
    jobs, others, runs, datasets, edges, origins = set(), set(), {}, {}, set(), set()
    columns = collections.defaultdict(set)
    seen = set()
    tests = set()

    def look_at(thing, at):
        if not thing.get("name"):
            return None
        key = id_of(thing)
        datasets.setdefault(key, (-1,))
        facets = thing.get("facets") or {}
        fields = []
        for field in (facets.get("schema") or {}).get("fields") or []:
            name = clean(field.get("name", ""))
            if name and name not in [f[0] for f in fields]:
                fields.append((name, clean(field.get("type") or "")))
        if fields:
            datasets[key] = max(datasets[key], (at, fields))
        for column, origin in ((facets.get("columnLineage") or {}).get("fields") or {}).items():
            for field in origin.get("inputFields") or []:
                if field.get("name") and field.get("field"):
                    datasets.setdefault(id_of(field), (-1,))
                    origins.add((key, clean(column), id_of(field), clean(field["field"])))
                    columns[key].add(clean(column))
        for holder in facets, thing.get("inputFacets") or {}:
            for one in (holder.get("dataQualityAssertions") or {}).get("assertions") or []:
                tests.add((key, one.get("assertion") or "", one.get("column") or ""))
        return key

    for event in events:
        at = instant(event["eventTime"])
        if "job" not in event:
            seen.add((look_at(event["dataset"], at), at))
            continue
        job = id_of(event["job"])
        jobs.add(job)
        if event.get("run"):
            identity = (event["run"]["runId"], (event.get("eventType") or "").upper(), at)
            seen.add(identity)
            starts, ends = runs.setdefault(identity[0], {}).setdefault(job, ([], []))
            if identity[1] == "START":
                starts.append(at)
            if identity[1] in ("COMPLETE", "FAIL", "ABORT"):
                ends.append(at)
            facets = event["run"].get("facets") or {}
            parent = (facets.get("parent") or {}).get("job") or {}
            if parent.get("namespace") and parent.get("name"):
                others.add(id_of(parent))
            airflow = facets.get("airflow") or {}
            dag = (airflow.get("dag") or {}).get("dag_id")
            for key in "upstream_task_ids", "downstream_task_ids":
                for task in re.findall(r"'([^']*)'", (airflow.get("task") or {}).get(key) or "") if dag else []:
                    others.add(id_of({"namespace": event["job"]["namespace"], "name": f"{dag}.{task}"}))
        else:
            seen.add((job, at))
        for side in "inputs", "outputs":
            for thing in event.get(side) or []:
                change = ((thing.get("facets") or {}).get("lifecycleStateChange") or {}).get("lifecycleStateChange") or ""
                if (key := look_at(thing, at)) is not None and not (side == "outputs" and change == "DROP"):
                    edges.add((job, side, key))
    for key, newest in datasets.items():
        columns[key] |= {name for name, _ in (newest[1] if len(newest) > 1 else [])}
    distinct = len(runs)
    parts = []
    for of_jobs in runs.values():
        started = [(s, e) for s, e in of_jobs.values() if s and not e]
        ended = [(s, e) for s, e in of_jobs.values() if e and not s]
        here = [(s, e) for s, e in of_jobs.values() if s and e]
        if len(of_jobs) > 1 and len(started) == 1 and len(ended) == 1:  # renamed meanwhile
            here.append((started.pop()[0], ended.pop()[1]))
        parts += here + started + ended or [([], [])] * len(of_jobs)
    both = [(min(s), max(e)) for s, e in parts if s and e]
    return {"events": len(events), "repeated_events": len(events) - len(seen), "jobs": len(jobs), "parents": len(others - jobs),
            "runs": distinct, "usable_durations": sum(s <= e for s, e in both),
            "runs_that_end_before_they_start": sum(s > e for s, e in both),
            "runs_without_start": sum(not s and bool(e) for s, e in parts),
            "runs_without_end": sum(bool(s) and not e for s, e in parts),
            "runs_without_both": sum(not s and not e for s, e in parts),
            "datasets": len(datasets), "columns": sum(map(len, columns.values())), "edges": len(edges),
            "column_origins": len(origins), "tests": len(tests)}


def kind_of_artifact(value):
    schema = (value.get("metadata") or {}).get("dbt_schema_version", "") if isinstance(value, dict) else ""
    return schema.split("/")[-2] if schema.count("/") > 1 else ""


def relation(node):
    if node.get("relation_name"):
        return re.sub(r'["`\[\]]', "", node["relation_name"])
    last = node.get("identifier") if node["resource_type"] == "source" else node.get("alias")
    return ".".join(part for part in (node.get("database"), node.get("schema"), last or node["name"]) if part)


def manifest_counts(manifest):
    nodes = {**manifest["nodes"], **(manifest.get("sources") or {})}

    def table(node):
        return node["resource_type"] in ("model", "seed", "snapshot", "source") and \
            (node.get("config") or {}).get("materialized") != "ephemeral"

    tables = {relation(node): node for _, node in sorted(nodes.items(), reverse=True) if table(node)}
    jobs = [node for node in manifest["nodes"].values() if table(node)]
    edges = 0
    for node in jobs:
        needs = {relation(nodes[id]) for id in (node.get("depends_on") or {}).get("nodes") or [] if id in nodes and table(nodes[id])}
        edges += len(needs) + 1
    return {"jobs": len(jobs), "datasets": len(tables), "edges": edges,
            "columns": sum(len({name.lower() for name in node.get("columns") or {}}) for node in tables.values()),
            "tests": sum(node["resource_type"] == "test" for node in manifest["nodes"].values()) + len(manifest.get("unit_tests") or {})}


def contract_counts(text):
    """By lines: tables are entries of `schema`, columns of their `properties`; no library for YAML is needed."""
    tables = columns = 0
    stack = []  # (indent, key)
    for line in text.splitlines():
        bare = line.split(" #")[0].rstrip()
        if not bare.strip() or bare.lstrip().startswith("#"):
            continue
        indent = len(bare) - len(bare.lstrip())
        item = bare.lstrip().startswith("- ")
        while stack and (stack[-1][0] > indent or stack[-1][0] == indent and not item):
            stack.pop()
        path = [key for _, key in stack]
        if item and path == ["schema"]:
            tables += 1
        if item and path == ["schema", "properties"]:
            columns += 1
        key = re.match(r"\s*(?:- )?([\w-]+):\s*$", bare)
        if key:
            stack.append((indent + (2 if item else 0), key[1]))
    return {"contracts": 1, "datasets": tables, "columns": columns}


# ---- what the program says of it

def check(path, expected, *more):
    """`expected`: counts, or None where it must be refused. The report, where there is one."""
    done = run("import", path, *more, "--json")
    if expected is None:
        if done.returncode != 2 or not json.loads(done.stdout)["problems"][0].get("place", "").startswith(str(path)):
            fail(path, f"is to be refused with its place, but: exit {done.returncode} {done.stdout[:300]}{done.stderr[:300]}")
        return None
    if done.returncode != 0:
        fail(path, f"exit {done.returncode}: {done.stderr[:300]}")
        return None
    report = json.loads(done.stdout)
    for name, count in expected.items():
        if report["counts"].get(name, 0) != count:
            fail(path, f"{name}: {report['counts'].get(name, 0)}, but there are {count}")
    return report


def check_twin(path, *inputs):
    with tempfile.TemporaryDirectory() as folder:
        twin = pathlib.Path(folder) / "twin.yaml"
        done = run("import", *inputs, "--out", twin, "--json")
        if done.returncode != 0:
            return fail(path, f"exit {done.returncode}: {done.stderr[:300]}")
        if run("validate", twin).returncode != 0:
            return fail(path, "its twin is not valid: " + run("validate", twin).stderr[:500])
        ran = run("run", twin, "--replications", "2", "--json")
        if ran.returncode not in (0, 3, 4):
            return fail(path, f"its twin does not run: exit {ran.returncode} {ran.stderr[-500:]}")
        if origins := json.loads(done.stdout)["counts"].get("column_origins"):
            exported = run("graph", "export", twin, "--as", "ntriples").stdout
            if (there := exported.count("vocabulary#derivesFrom>")) < origins:
                fail(path, f"{origins} origins of columns, but {there} in the graph of its twin")
        again = run("import", *inputs, "--onto", twin, "--json")
        edits = json.loads(again.stdout)["edits"] if again.returncode == 0 else again.stderr
        if edits != {"added": 0, "set": 0, "removed": 0}:
            fail(path, f"a second import is not the same: {edits}")
        return json.loads(done.stdout), json.loads(ran.stdout)


def openlineage():
    files = sorted(path for path in (DATA / "openlineage").rglob("*") if path.is_file())
    read = refused = 0
    for path in files:
        events = events_of(path)
        value = None
        if path.suffix == ".json":
            value = json.loads(path.read_text())
        if kind_of_artifact(value):
            continue  # dbt() has them
        expected = openlineage_counts(events) if events and all(map(whole, events)) else None
        if expected and not expected["jobs"]:
            expected = None  # nothing that runs
        if check(path, expected) is None:
            refused += 1
        else:
            read += 1
            check_twin(path, path)
    print(f"OpenLineage: {read} files read, {refused} refused, of {len(files)}")
    for folder in "compat", "marquez/api":
        check_twin(folder, DATA / "openlineage" / folder)


def odcs():
    read = refused = 0
    for path in sorted((DATA / "catalogs/odcs").iterdir()):
        text = path.read_text()
        expected = None if "dataContractSpecification:" in text else contract_counts(text)
        if expected and expected["datasets"] == 0:
            expected = None  # nothing to make a twin of
        if check(path, expected) is None:
            refused += 1
        else:
            read += 1
            check_twin(path, path)
    print(f"ODCS: {read} files read, {refused} refused")


def dbt():
    read = refused = 0
    for root in "catalogs/dbt", "openlineage":
        for path in sorted((DATA / root).rglob("*.json")):
            kind = kind_of_artifact(json.loads(path.read_text()))
            if not kind:
                continue
            value = json.loads(path.read_text())
            if kind == "manifest":
                expected = manifest_counts(value)
                if not expected["jobs"] and not expected["datasets"]:
                    expected = None
            elif kind == "run-results":
                ids = [result.get("unique_id") for result in value["results"]]
                expected = {"jobs": len(set(ids)), "runs": 1} if all(ids) else None
            elif kind == "catalog":
                tables = {}
                for _, table in sorted({**value["nodes"], **value["sources"]}.items()):
                    named = table["metadata"]
                    tables.setdefault((named.get("database"), named["schema"], named["name"]), table)
                expected = {"datasets": len(tables), "columns": sum(len(t["columns"]) for t in tables.values())}
                if not value["nodes"]:
                    expected = None
            else:
                expected = None
            if check(path, expected) is None:
                refused += 1
            else:
                read += 1
                check_twin(path, path)
    print(f"dbt: {read} artifacts read, {refused} refused")


def spans():
    """Twins of recorded runs end when these ended. Files of tests of other projects have times that somebody made up: shown,
    and not judged."""
    folder = DATA / "catalogs/dbt"
    runs = [("jaffle_shop v11", folder / "manifest/v11/jaffle_shop/manifest.json", folder / "run_results/v5/jaffle_shop/run_results.json", 5)]
    for version in "1.11", "1.12":
        runs.append((f"jaffle_shop {version}, compiled only", folder / f"manifest/v12/jaffle_shop/manifest_{version}.json",
                     folder / f"run_results/v6/jaffle_shop/run_results_{version}.json", 5))
    for target in sorted((DATA / "openlineage/dbt-run").glob("*/target")):
        if not all(result.get("unique_id") for result in json.loads((target / "run_results.json").read_text())["results"]):
            continue  # refused, see dbt()
        runs.append((target.parent.name, target / "manifest.json", target / "run_results.json", None))
    for name, manifest, results, bound in runs:
        found = check_twin(name, manifest, results)
        if not found:
            continue
        report, result = found
        recorded = report["pipelines"][0].get("recorded_span_s")
        latency = f"avg latency({report['pipelines'][0]['name']})"
        span = next((m.get("estimate") for m in result["metrics"] if m["name"] == latency), None)
        if not recorded or span is None:
            print(f"dbt {name}: no span")
            continue
        error = 100 * (span / recorded - 1)
        print(f"dbt {name}: recorded {recorded:.3f} s, twin {span:.3f} s, {error:+.2f} %, "
              f"{report['pipelines'][0]['workers']} threads, {report['counts']['jobs']} nodes")
        if bound is not None and abs(error) > bound:
            fail(name, f"off by {error:.2f} %, promised {bound}")


def instance_counts(value):
    workflow = value["workflow"]
    specification = workflow.get("specification")
    tasks = (specification or workflow).get("tasks") or workflow.get("jobs") or []
    took = {t.get("id") or t.get("name"): t.get("runtimeInSeconds", t.get("runtime"))
            for t in (workflow["execution"]["tasks"] if specification else tasks)}
    ids = [t.get("id") or t["name"] for t in tasks]
    by_name = {}
    for t in tasks:
        by_name.setdefault(t["name"], t.get("id") or t["name"])
    known = set(ids)
    orders = set()
    for t in tasks:
        own = t.get("id") or t["name"]
        for key, forward in ("parents", False), ("children", True):
            for other in t.get(key) or []:
                other = other if other in known else by_name.get(other)
                if other and other != own:
                    orders.add((own, other) if forward else (other, own))
    usable = sum(took.get(i, took.get(t["name"])) is not None for i, t in zip(ids, tasks))
    return {"files": 1, "jobs": len(ids), "runs": len(ids), "usable_durations": usable,
            "runs_without_both": len(ids) - usable, "orders": len(orders)}


def trace_counts(path):
    """By name and attempt, each a run; what never ran is none. Rows that a separator within a tag breaks are put together."""
    with gzip.open(path, "rt", newline="") as file:
        text = file.read()
    separator = max("\t,;|", key=text.split("\n", 1)[0].count)
    rows = list(csv.reader(text.splitlines(), delimiter=separator, quoting=csv.QUOTE_NONE))
    header = rows[0]
    jobs = collections.defaultdict(list)
    for row in rows[1:]:
        # Name and tag have the same, so that what is too much is there twice.
        more = len(row) - len(header)
        if more > 0 and more % 2 == 0:
            tag, half = header.index("tag"), more // 2
            row = row[:tag] + [separator.join(row[tag:tag + half + 1])] + row[tag + half + 1:]
            name = header.index("name")
            row = row[:name] + [separator.join(row[name:name + half + 1])] + row[name + half + 1:]
        if len(row) != len(header):
            continue
        one = dict(zip(header, row))
        if one["status"] in ("COMPLETED", "FAILED", "ABORTED") and one["start"] != "-" and one["complete"] != "-":
            jobs[one["name"]].append(one)
    runs = failed = again = 0
    for attempts in jobs.values():
        runs += len(attempts)
        again += sum(int(one["attempt"]) > 1 for one in attempts)
        failed += sum(one["status"] != "COMPLETED" for one in attempts)
    return {"files": 1, "jobs": runs - again, "runs": runs, "usable_durations": runs - failed, "failed_runs": failed}


def turtle(text):
    """Triples of Turtle as rdflib writes it: terms as they stand there, blank nodes by number."""
    tokens = re.findall(r'"""(?:[^"\\]|\\.|"(?!""))*"""|"(?:[^"\\\n]|\\.)*"|<[^<>\s]*>|\^\^|@[\w-]+|[\[\]();,]|'
                        r'[\w.%-]*:(?:[\w%:#/-]|\.(?=[\w%]))*|[+-]?[\d.]*\d(?:[eE][+-]?\d+)?|\w+|\.|#[^\n]*', text)
    tokens = [t for t in tokens if not t.startswith("#")]
    triples, blanks, at = [], 0, 0
    prefixes = {}

    def term():
        nonlocal at, blanks
        token = tokens[at]
        at += 1
        if token == "[":
            blanks += 1
            me = f"_:{blanks}"
            if tokens[at] != "]":
                predicates(me)
            assert tokens[at] == "]", tokens[at - 5:at + 5]
            at += 1
            return me
        if token.startswith('"'):
            if at < len(tokens) and tokens[at] == "^^":
                at += 2
            elif at < len(tokens) and tokens[at].startswith("@"):
                at += 1
            return token
        if token == "a":
            return "rdf:type"
        if ":" in token and not token.startswith("<"):
            prefix, name = token.split(":", 1)
            return "prov:" + name if prefixes.get(prefix) == "http://www.w3.org/ns/prov#" else prefixes[prefix] + name
        return token.strip("<>")

    def predicates(subject):
        nonlocal at
        while True:
            predicate = term()
            while True:
                triples.append((subject, predicate, term()))
                if tokens[at] != ",":
                    break
                at += 1
            while tokens[at] == ";":
                at += 1
            if tokens[at] in (".", "]"):
                return

    while at < len(tokens):
        if tokens[at] == "@prefix":
            prefixes[tokens[at + 1].rstrip(":")] = tokens[at + 2].strip("<>")
            at += 4
            continue
        subject = term()
        predicates(subject)
        assert tokens[at] == ".", tokens[at - 5:at + 5]
        at += 1
    return triples


def prov_counts(path):
    """Who used and generated what, said directly or by a node between; who is a job and what a dataset."""
    triples = turtle(path.read_text())
    said = collections.defaultdict(set)
    for subject, predicate, thing in triples:
        said[predicate].add((subject, thing))
    ends = collections.defaultdict(set)
    for word in "entity", "activity":
        for node, end in said["prov:" + word]:
            ends[node].add(end)

    def all_of(direct, qualified):
        return said["prov:" + direct] | {(s, end) for s, node in said["prov:" + qualified] for end in ends[node]}

    used, made_by = all_of("used", "qualifiedUsage"), all_of("wasGeneratedBy", "qualifiedGeneration")
    types = said["rdf:type"]
    plans = {thing for thing, kind in types if kind == "prov:Plan"}
    agents = {thing for thing, kind in types if kind in ("prov:SoftwareAgent", "prov:Person", "prov:Organization")}
    jobs = {thing for thing, kind in types if kind == "prov:Activity"} - agents
    jobs |= {job for job, _ in used} | {job for _, job in made_by}
    datasets = {thing for thing, kind in types if kind == "prov:Entity"} - plans
    datasets |= {data for _, data in used} | {data for data, _ in made_by}
    edges = {(job, "reads", data) for job, data in used} | {(job, "writes", data) for data, job in made_by}
    derived = collections.defaultdict(set)
    for data, origin in all_of("wasDerivedFrom", "qualifiedDerivation"):
        derived[data].add(origin)
        datasets |= {data, origin}
    for data, origins in derived.items():
        makers = {job for one, job in made_by if one == data}
        if not makers:  # a task that nobody names
            makers = {"maker of " + data}
            jobs |= makers
            edges.add(("maker of " + data, "writes", data))
        edges |= {(job, "reads", origin) for job in makers for origin in origins}
    return {"statements": len(triples), "jobs": len(jobs), "datasets": len(datasets), "edges": len(edges)}


def prov():
    read = edges = 0
    for path in sorted((DATA / "catalogs/prov").glob("*.ttl")):
        expected = prov_counts(path)
        if not expected["edges"]:
            fail(path, "has no edge to count")
        with tempfile.TemporaryDirectory() as folder:
            twin = pathlib.Path(folder) / "twin.yaml"
            done = run("graph", "import", path, "--out", twin, "--json")
            if done.returncode != 0:
                fail(path, f"exit {done.returncode}: {done.stderr[:300]}")
                continue
            counts = json.loads(done.stdout)["counts"]
            for name, count in expected.items():
                if counts.get(name, 0) != count:
                    fail(path, f"{name}: {counts.get(name, 0)}, but there are {count}")
            exported = run("graph", "export", twin, "--as", "ntriples").stdout
            there = len(re.findall(r"vocabulary#(?:consumes|produces)>", exported))
            if there != expected["edges"]:
                fail(path, f"{there} edges in the export of its twin, but there are {expected['edges']}")
            if run("run", twin).returncode not in (0, 3, 4):
                fail(path, "its twin does not run")
        read += 1
        edges += expected["edges"]
    print(f"PROV-O: {read} files read, {edges} uses and generations")


def span_error(found):
    report, result = found
    recorded = report["pipelines"][0].get("recorded_span_s")
    latency = f"avg latency({report['pipelines'][0]['name']})"
    span = next((m.get("estimate") for m in result["metrics"] if m["name"] == latency), None)
    return abs(span / recorded - 1) if recorded and span is not None else None


def workflows():
    read = refused = 0
    errors = []
    for path in sorted((DATA / "wfformat").rglob("*.json")):
        value = json.loads(path.read_text())
        workflow = value.get("workflow")
        there = isinstance(workflow, dict) and any(key in workflow for key in ("specification", "tasks", "jobs"))
        if check(path, instance_counts(value) if there else None) is None:  # none: what lies beside instances
            refused += 1
            continue
        read += 1
        found = check_twin(path, path)
        if found and (error := span_error(found)) is not None:
            errors.append(error)
    print(f"WfFormat: {read} instances read, {refused} refused; spans of {len(errors)} twins are off by "
          f"{100 * statistics.median(errors):.1f} % in the median")
    read = refused = 0
    errors = []
    for number, path in enumerate(sorted((DATA / "nextflow-traces").rglob("trace.csv.gz"))):
        if check(path, trace_counts(path)) is None:
            refused += 1
            continue
        read += 1
        if number % 10 == 0:
            found = check_twin(path, path)
            if found and (error := span_error(found)) is not None:
                errors.append(error)
    print(f"Nextflow: {read} traces read, {refused} refused; spans of {len(errors)} twins are off by "
          f"{100 * statistics.median(errors):.1f} % in the median")


def main():
    if not DATA.is_dir():
        print(f"skipped: {DATA} is not there")
        return 0
    openlineage()
    odcs()
    dbt()
    spans()
    workflows()
    prov()
    for failure in failures:
        print("FAILED:", failure)
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
