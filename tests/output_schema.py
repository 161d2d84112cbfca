"""JSON Schema of what --json prints, from the tables of docs/file-formats.md: what is written there of a member is all that is
known of it. A member is required unless its meaning says "where" it is there; nothing is there that no table has.

output_schema.py SOURCE prints the document; scenarios/schema/output.schema.json is what it printed, which tests/docs.py checks.
problems() is a validator of as much as these schemas use, for the tests of the program.
"""
import json
import re
import sys
from pathlib import Path
from urllib.parse import quote, unquote

# Each verb, and the headings whose tables have the members of what it prints: one document or another. A verb stands for
# what that one prints.
VERBS = {
    "capacity": ["JSON of the cheapest", "JSON of uncertain demand", "JSON of growth", "JSON of a design", "stress",
                 "sensitivity"],
    "merge": ["capacity"],
    "stress": ["JSON of stress"],
    "sensitivity": ["JSON of sensitivity"],
    "graph impact": ["JSON of graph"],
    "graph lineage": ["JSON of graph lineage"],
    "graph path": ["JSON of graph path"],
    "graph owners": ["graph impact"],
    "graph cycles": ["JSON of graph cycles"],
    "graph critical": ["JSON of graph critical"],
    "graph import": ["import"],
    "twin import": ["import"],
    "report": ["run", "rehearse", "capacity"],
    "run": ["JSON of run", "JSON of run --analytic"],
    "compare": ["JSON of compare", "JSON of an audit"],
    "rehearse": ["JSON of rehearse", "JSON of refused input"],
    "replay": ["JSON of replay", "run"],
    "calibrate": ["JSON of calibrate", "JSON of refused input"],
    "import": ["JSON of import", "JSON of import of a process log", "JSON of import of a batch system",
               "JSON of refused input"],
    "verify": ["JSON of verify"],
    "validate": ["JSON of validate"],
    "config show": ["JSON of config show"],
    "config files": ["JSON of config files"],
    "template": ["JSON of template"],
    "twin create": ["JSON of twin"],
    "twin update": ["twin create"],
    "twin snapshot": ["twin create"],
    "twin restore": ["twin create"],
    "twin tag": ["JSON of twin tag"],
    "twin delete": ["JSON of twin delete"],
    "twin show": ["JSON of twin show"],
    "twin list": ["JSON of twin list"],
    "twin diff": ["JSON of twin diff"],
    "twin history": ["JSON of twin history"],
    "twin verify": ["JSON of twin verify"],
    "twin sync": ["JSON of twin sync"],
    "twin forecast": ["JSON of twin forecast"],
    "change show": ["JSON of change", "change request", "JSON of refused input"],
    "change list": ["JSON of change list"],
    "change log": ["JSON of change log"],
    "change validate": ["JSON of change validate", "JSON of refused input"],
    "change impact": ["JSON of change impact", "JSON of refused input"],
    "change price": ["JSON of change price", "JSON of refused input"],
    "change request": ["JSON of change request"],
    "change approve": ["change request"],
    "change reject": ["change request"],
    "change apply": ["change request"],
    "change rollback": ["change request"],
}

TYPES = {"text": {"type": "string"}, "number": {"type": "number"}, "true or false": {"type": "boolean"},
         "flag": {"type": "boolean"}, "object": {"type": "object"}, "null": {"type": "null"}, "": {},
         "map": {"type": "object", "additionalProperties": {"type": ["string", "number"]}}}


def either(schemas):
    """Any of these types."""
    different = [schema for i, schema in enumerate(schemas) if schema not in schemas[:i]]
    if len(different) == 1:
        return different[0]
    if all(set(schema) == {"type"} for schema in different):
        return {"type": [schema["type"] for schema in different]}
    return {"anyOf": different}


def typed(text):
    text = text.strip()
    if text in TYPES:
        return TYPES[text]
    named = re.fullmatch(r"`(\w+)`", text)
    if named:
        return {"$ref": f"#/definitions/{named[1]}"}
    for_list = re.fullmatch(r"(?:list )?of (.*)", text)
    if for_list:
        return {"type": "array", "items": typed(for_list[1])}
    alternatives = text.split(" or ")
    if len(alternatives) > 1:
        return either([typed(one) for one in alternatives])
    raise SystemExit(f"docs/file-formats.md: the type '{text}' is not known")


def types_of(cell, count):
    """One for each of the members of a row; for all of them each that is named, if there are not as many."""
    parts = [typed(part) for part in re.split(r", ", cell)]
    return parts if len(parts) == count else [either(parts)] * count


class Node:
    def __init__(self):
        self.schema, self.members, self.items, self.required, self.meaning = None, {}, None, False, ""

    def at(self, path):
        node = self
        for step in re.findall(r"[^.\[\]]+|\[\]", path):
            if step == "[]":
                node.items = node.items or Node()
                node = node.items
            else:
                node = node.members.setdefault(step, Node())
        return node

    def is_required(self):
        return self.required or any(inner.is_required() for inner in self.members.values()) or \
            (self.items is not None and self.items.is_required())

    def as_schema(self):
        about = {"description": self.meaning} if self.meaning else {}
        if self.items is not None:
            listed = {**about, "type": "array", "items": self.items.as_schema()}
            null = self.schema is not None and "null" in str(self.schema)
            return {"anyOf": [listed, {"type": "null"}]} if null else listed
        if self.members:
            required = [name for name, inner in self.members.items() if inner.is_required()]
            return {**about, "type": "object", **({"required": required} if required else {}),
                    "properties": {name: inner.as_schema() for name, inner in self.members.items()},
                    "additionalProperties": False}
        return {**about, **(self.schema or {})}


def plain(text):
    """What a cell of a table says, without its marks."""
    return re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", text).replace("`", "").replace("\\|", "|").strip()


def document_of(heading, tables):
    root = Node()
    for names, types, meaning in tables[heading]:
        paths = re.findall(r"`([^`]+)`", names)
        for path, schema in zip(paths, types_of(types, len(paths))):
            node = root.at(path)
            node.schema, node.meaning = schema, plain(meaning)
            node.required = not re.search(r"\bwhere\b", meaning)
    return root.as_schema()


def schema_document(tables):
    definitions = {}
    for verb, kinds in sorted(VERBS.items()):
        schemas = [{"$ref": "#/definitions/" + quote(kind)} if kind in VERBS else document_of(kind, tables) for kind in kinds]
        definitions[verb] = schemas[0] if len(schemas) == 1 else {"anyOf": schemas}
    for heading in tables:
        if heading.startswith("Object "):
            definitions[heading.removeprefix("Object ")] = {"x-object": True, **document_of(heading, tables)}
    return {"$schema": "http://json-schema.org/draft-07/schema#", "title": "What --json prints, by verb",
            "definitions": definitions}


KINDS = {"string": str, "boolean": bool, "object": dict, "array": list, "null": type(None)}


def is_of(value, kind):
    if kind == "number":
        return isinstance(value, (int, float)) and not isinstance(value, bool)
    return isinstance(value, KINDS[kind])


def problems(value, schema, document, path=""):
    """What of the value does not fit a schema of the document, as texts."""
    if "$ref" in schema:
        schema = document["definitions"][unquote(schema["$ref"].removeprefix("#/definitions/"))]
    if "anyOf" in schema:
        found = [list(problems(value, one, document, path)) for one in schema["anyOf"]]
        if all(found):
            yield from min(found, key=len)
        return
    kinds = schema.get("type", [])
    kinds = [kinds] if isinstance(kinds, str) else kinds
    if kinds and not any(is_of(value, kind) for kind in kinds):
        yield f"{path}: {value!r:.60} is not of type {' or '.join(kinds)}"
        return
    if isinstance(value, dict):
        known = schema.get("properties", {})
        for name in schema.get("required", []):
            if name not in value:
                yield f"{path}: there is no '{name}'"
        for name, inner in value.items():
            other = schema.get("additionalProperties", True)
            if name in known:
                yield from problems(inner, known[name], document, f"{path}.{name}".lstrip("."))
            elif other is False:
                yield f"{path}: nothing is said of '{name}'"
            elif other is not True:
                yield from problems(inner, other, document, f"{path}.{name}".lstrip("."))
    elif isinstance(value, list):
        for i, inner in enumerate(value):
            yield from problems(inner, schema.get("items", {}), document, f"{path}[{i}]")


def tables_of(text):
    """heading -> rows of three cells: members, types, meaning."""
    found, heading = {}, ""
    for line in text.splitlines():
        if line.startswith("#"):
            heading = line.lstrip("# ")
        elif line.startswith("| `"):
            found.setdefault(heading, []).append([cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1]])
    return found


def write(source):
    return json.dumps(schema_document(tables_of((Path(source) / "docs/file-formats.md").read_text())), indent=1,
                      ensure_ascii=False) + "\n"


if __name__ == "__main__":
    sys.stdout.write(write(sys.argv[1]))
