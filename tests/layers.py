"""No include points the wrong way along the layers, and none leaves them.

Usage: layers.py SOURCE_FOLDER. Prints each wrong include as file:line: error, and ends with 1 if there is one.
"""

import pathlib
import re
import sys

LAYERS = ["kernel", "models", "tools/studies", "tools/formats", "tools/reports", "tools/cli"]
GENERATED = {"report_assets.h": "tools/reports", "shipped_templates.h": "tools/formats",
             "shipped_schemas.h": "tools/formats"}
# Angle brackets count too: they would be a way round this check.
INCLUDE = re.compile(r'\s*#\s*include\s*["<]([^">]+)[">]')


def layer_of(path):
    """The number of the layer that a path from the project's root lies in, or None."""
    path = GENERATED.get(path, path) + "/"
    return next((number for number, layer in enumerate(LAYERS) if path.startswith(layer + "/")), None)


def wrong_includes(root, file):
    """Yields the line number and what is wrong, for each include of a file."""
    own = layer_of(file.relative_to(root).as_posix())
    for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), 1):
        match = INCLUDE.match(line)
        if not match:
            continue
        included = match[1]
        other = layer_of(included)
        if other is None and '"' in line:
            yield number, f"'{included}' is in no layer; write the path from the project's root"
        elif other is not None and other > own:
            yield number, f"{LAYERS[own]} may not use {LAYERS[other]}: '{included}'"


def main():
    root = pathlib.Path(sys.argv[1])
    found = 0
    for layer in LAYERS:
        files = sorted(file for end in ("h", "cpp") for file in (root / layer).rglob("*." + end))
        if not files:
            sys.exit(f"layers.py: there are no sources in {root / layer}")
        for file in files:
            for line, message in wrong_includes(root, file):
                print(f"{file.relative_to(root)}:{line}: error: {message}")
                found += 1
    sys.exit(1 if found else 0)


if __name__ == "__main__":
    main()
