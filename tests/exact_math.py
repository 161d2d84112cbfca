"""What is simulated and estimated takes no transcendental function from the C library: they differ between processors.

Usage: exact_math.py SOURCE_FOLDER. Prints each use in kernel, models and tools/studies as file:line: error, and ends with
1 if there is one. Comparing runs under masked features seldom notices one: most of their results are equal.
"""

import pathlib
import re
import sys

LAYERS = ["kernel", "models", "tools/studies"]
# kernel/exact_math.h has its own under these names; a square root is exact everywhere.
CALL = re.compile(r"\bstd::(log|log2|log10|log1p|exp|exp2|expm1|pow|sin|cos|tan|atan|tanh|erf|erfc|tgamma|lgamma|cbrt|hypot)\(")


def main():
    root = pathlib.Path(sys.argv[1])
    found = 0
    for layer in LAYERS:
        files = sorted(file for end in ("h", "cpp") for file in (root / layer).rglob("*." + end))
        if not files:
            sys.exit(f"exact_math.py: there are no sources in {root / layer}")
        for file in files:
            for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), 1):
                for call in CALL.finditer(line.split("//")[0]):
                    print(f"{file.relative_to(root)}:{number}: error: std::{call[1]} differs between processors; "
                          f"use kernel::exact::{call[1]}")
                    found += 1
    sys.exit(1 if found else 0)


if __name__ == "__main__":
    main()
