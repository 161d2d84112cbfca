"""How often capacity finds the proven optimum of the problems in tests/theory/capacity, over many seeds.

Usage: capacity_study.py PROGRAM [--seeds N] [--first-seed N] [--no-formulas] [PROBLEM...]

Prints for each problem how often the answer was the optimum, how often it broke its promise (cheaper than the optimum), how
often every entry of the certificate was true, and the replications spent, beside those of a grid of 20 each. Optima:
capacity_dev.json of the truths (its grids, costs and slacks).
"""

import argparse
import json
import pathlib
import statistics
import subprocess
import sys

FOLDER = pathlib.Path(__file__).resolve().parents[1] / "theory" / "capacity"
#           cost of the optimum, settings that have it, settings of the grid
PROBLEMS = {"c1": (62, [[62]], 50), "c2": (104, [[24, 56]], 110), "c3": (43.5, [[7, 14, 15]], 1344),
            "c4": (50, [[5, 6, 6, 4]], 7920), "c6": (6, [[4, 2], [3, 3]], 225), "c10": (34, [[7, 11, 3]], 756)}


def study(program, problem, seeds, flags, first=1):
    cost, optima, settings = PROBLEMS[problem]
    right = false_feasible = true_certificate = 0
    runs, completed = [], []
    for seed in range(first, first + seeds):
        done = subprocess.run([program, "capacity", str(FOLDER / f"{problem}.yaml"), "--json", "--seed", str(seed), *flags],
                              capture_output=True, check=False)
        if done.returncode not in (0, 3, 4):
            sys.exit(done.stderr.decode())
        answer = json.loads(done.stdout)
        best = answer.get("best")
        right += best is not None and list(best["values"].values()) in optima
        false_feasible += best is not None and best["cost"] < cost
        # Whatever costs less than the optimum is violated, so that an entry is true if it does.
        true_certificate += all(one["cost"] < cost for one in answer["certificate"] if one["verdict"] == "violated")
        runs.append(answer["runs"])
        completed.append(answer["completed"])
    grid = 20 * settings
    print(f"{problem:<4} {right:>4} of {seeds} right, {false_feasible} break their promise, {true_certificate} true "
          f"certificates; {statistics.mean(runs):.0f} replications (most {max(runs)}) with "
          f"{statistics.mean(completed) / 1e6:.1f} million customers, "
          f"{100 * statistics.mean(runs) / grid:.2g} % of a grid's {grid}", flush=True)
    return right


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("program")
    parser.add_argument("problems", nargs="*", default=[])
    parser.add_argument("--seeds", type=int, default=200)
    parser.add_argument("--first-seed", type=int, default=1)
    parser.add_argument("--no-formulas", action="store_true")
    parser.add_argument("--threads", default="1")
    words = parser.parse_args()
    flags = ["--threads", words.threads] + (["--no-formulas"] if words.no_formulas else [])
    right = [study(words.program, problem, words.seeds, flags, words.first_seed) for problem in words.problems or PROBLEMS]
    sys.exit(0 if min(right) >= 0.97 * words.seeds else 1)


if __name__ == "__main__":
    main()
