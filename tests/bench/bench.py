#!/usr/bin/env python3
"""Speed as a ratio: bench.py PROGRAM BINARIES [--rounds N] [--small]

Each workload runs beside a bare loop that models the same thing and nothing else (limits/), or beside another run of
the program. Rounds are interleaved, and a ratio is of medians of user CPU time of all threads, so that neither the
machine nor what else it does decides. Prints one row a workload as a Markdown table. Other simulators (peers/) run the
same workloads where they are installed; nothing else needs them.

--small runs everything once with few events and checks what is printed instead of what it takes: the test
`bench` of ctest, so that the benchmark cannot rot. No test depends on a time.

PROGRAM: understudy. BINARIES: the folder with kernel_bench, the limits and those peers that could be built.
"""
import argparse
import os
import re
import resource
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent


def user_seconds(command, folder):
    """User CPU of one run, and what it printed."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=True)
    return resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime - before, done.stdout


def network(stations):
    """Stations in a row; half of what leaves one goes to the next, half jumps ahead."""
    lines = ["understudy: 1", "scenario: network", "parameters: {customers: 1000}", "twin:", "  stages:"]
    for i in range(stations):
        near, far = i + 1, i + 1 + stations // 50
        to = "exit" if far >= stations else f"{{q{near}: 50%, q{far}: 50%}}" if near != far else f"q{near}"
        reads = "jobs" if i == 0 else f"q{i}"
        lines.append(f"    s{i}: {{reads: {reads}, workers: 3, service: exponential(mean 1s), writes: {to}}}")
    lines += ["load:", "  jobs: {arrivals: poisson(2.4/s), count: $(customers)}",
              "run: {until: empty, replications: 1, seed: 42}"]
    return "\n".join(lines) + "\n"


def pipeline(tasks, width):
    """Layers of tasks, each after two of the layer before."""
    lines = ["understudy: 1", "scenario: layers", "parameters: {runs: 1}", "twin:",
             "  pools: {crew: {workers: 16}}", "  pipelines:", "    nightly:", "      schedule: every 1h", "      tasks:"]
    for i in range(tasks):
        after = "" if i < width else f"after: [t{i - width}, t{i - width - i % width + (i + 1) % width}], "
        lines.append(f"        t{i}: {{{after}runs_on: crew, service: exponential(mean 1s)}}")
    lines += ["run: {length: $(runs)h, replications: 1, warm_up: 0s, seed: 42}"]
    return "\n".join(lines) + "\n"


FORK_JOIN = """understudy: 1
scenario: fork-join
parameters: {customers: 1000}
twin:
  stages:
    part: {reads: jobs, workers: 4, service: exponential(mean 1s)}
    whole: {reads: part, join: {of: parts}}
load:
  jobs: {arrivals: poisson(0.8/s), items: 4, count: $(customers)}
run: {until: empty, replications: 1, seed: 42}
"""


def alive(stations, order):
    """Stations in a ring; the items, dealt to all of them in the first second, go round and hardly ever leave."""
    shares = ", ".join(f"q{i}: {100 / stations:g}%" for i in range(stations))
    lines = ["understudy: 1", "scenario: alive", "parameters: {items: 1000, length: 10s}", "twin:", "  stages:"]
    for i in range(stations):
        lines.append(f"    s{i}: {{reads: q{i}, workers: 3, order: {order}, service: exponential(mean 1s), "
                     f"writes: {{q{(i + 1) % stations}: 99%, exit: 1%}}}}")
    lines += ["load:", f"  jobs: {{arrivals: every 1us, count: $(items), writes: {{{shares}}}}}",
              "run: {length: $(length), warm_up: 0s, replications: 1, seed: 42, sample: $(length)}",
              "measures: [at end present()]"]
    return "\n".join(lines) + "\n"


def measure(command, folder):
    """User CPU, most memory in bytes, and output of one run, whatever other children there were."""
    with tempfile.TemporaryFile("w+") as out:
        # Every station of the ring is said to be overloaded.
        child = subprocess.Popen(command, cwd=folder, stdout=out, stderr=subprocess.DEVNULL)
        _, status, usage = os.wait4(child.pid, 0)
        child.returncode = os.waitstatus_to_exitcode(status)
        if child.returncode != 0:
            sys.exit(f"{command} ended with {child.returncode}")
        out.seek(0)
        return usage.ru_utime, usage.ru_maxrss * 1024, out.read()


class Alive:
    """Many items alive at once. What one takes beyond the model: what the second half of them adds to the most memory,
    for while a file is read more may be in use than the model takes. And an event: what further replications take,
    their start and their million arrivals with them, over their events. All that is done once, reading, checking and
    forecasting, is the same in both runs then, which it is not in runs of different lengths.
    """

    def __init__(self, program, folder, small, path, order):
        self.stations, self.items, self.length, self.rounds = (50, 10_000, 20, 1) if small else (5000, 10**6, 600, 3)
        self.program, self.folder, self.path = program, folder, path
        self.file = folder / f"alive-{order}.yaml"
        self.file.write_text(alive(self.stations, order))

    def run(self, items, replications):
        spent, memory, printed = measure([self.program, "run", str(self.file), "--set", f"items={items}", "--set",
                                          f"length={self.length}s", "--set", f"run.replications={replications}",
                                          "--threads", "1"], self.folder)
        here = float(re.search(r"at end present\(\)\s+([\d.]+) items", printed).group(1))
        return spent, memory, events(printed), here

    def measured(self):
        """(bytes an item, seconds an event, items that were there at the end)"""
        _, half, _, _ = self.run(self.items // 2, 1)
        # The least of several: reading and checking thousands of stations takes seconds, which differ by some.
        one, memory, few, here = min(self.run(self.items, 1) for _ in range(self.rounds))
        more, _, many, _ = min(self.run(self.items, 4) for _ in range(self.rounds))
        return (memory - half) / (self.items - self.items // 2), (more - one) / (many - few), here

    def rows(self, event_of_tandem):
        a_row, an_event, _ = self.measured()
        items = f"{self.items:,}".replace(",", " ")
        what = f"{self.stations} stations with {items} items alive on the {self.path}"
        print(f"| {what}, memory of an item, beside 100 B | {a_row:.0f} B | 100 B | {a_row / 100:.2f} |")
        print(f"| {what}, CPU per event, beside the tandem's | {an_event * 1e9:.0f} ns | {event_of_tandem * 1e9:.0f} ns "
              f"| {an_event / event_of_tandem:.2f} |")


# What a peer does in the time a measurement should take: slower ones fewer customers.
PEERS = {"ns-3": ("ns3_bench", 1), "SystemC": ("systemc_bench", 1), "SimPy": ("simpy_bench.py", 0.04)}


def peers(binaries):
    """Name and command of those that are installed."""
    found = {}
    for name, (file, _) in PEERS.items():
        if not file.endswith(".py"):
            command, here = [str(binaries / file)], (binaries / file).exists()
        else:
            command = ["/usr/bin/python3", str(HERE / "peers" / file)]
            here = subprocess.run(command + ["mm1", "1"], capture_output=True).returncode == 0
        if here:
            found[name] = command
        else:
            print(f"{name} is not installed: left out", file=sys.stderr)
    return found


class Workload:
    """`ours` and `beside` are (command, operations); the ratio is of operations a second, or of the time an
    operation takes where that is what is asked for."""

    def __init__(self, name, ours, beside, unit, expected, of_time=False):
        self.name, self.ours, self.beside, self.unit, self.of_time = name, ours, beside, unit, of_time
        self.expected = expected  # what the output of ours must match


def workloads(program, binaries, folder, scale):
    def number(n):
        return max(1, int(n * scale))

    def run(file, count, *more, parameter="customers"):
        return [program, "run", str(file), "--set", f"{parameter}={count}", "--threads", "1", *more]

    def limit(name, *words):
        return [str(binaries / name), *[str(word) for word in words]]

    files = {}
    for name, text in {"network-200": network(200), "network-5000": network(5000), "layers": pipeline(10_000, 100),
                       "fork-join": FORK_JOIN}.items():
        files[name] = folder / f"{name}.yaml"
        files[name].write_text(text)

    mm1, tandem = HERE / "mm1.yaml", HERE / "tandem.yaml"
    jobs, passes, steps = number(1e7), number(3e6), number(1e7)
    every = [
        Workload("M/M/1 scenario file, customers/s, beside b_twotimes", (run(mm1, jobs), jobs),
                 (limit("b_twotimes", jobs), jobs), "M customers/s", r"(?m)^[\d.]+M? events"),
        Workload("tandem scenario file, customers/s, beside tandem_heap", (run(tandem, passes), passes),
                 (limit("tandem_heap", passes), passes), "M customers/s", r"(?m)^[\d.]+M? events"),
    ]
    for pending in (100, 10_000, 1_000_000):
        few = min(pending, number(1e6)) if scale < 1 else pending
        every.append(Workload("kernel hold model, " + f"{pending:,}".replace(",", " ") + " pending, beside hold_heap",
                              (limit("kernel_bench", "hold", few, steps), steps),
                              (limit("hold_heap", few, steps), steps), "M holds/s", r"operations \d+ now"))
    every += [
        Workload("kernel cancel workload, beside cancel_heap", (limit("kernel_bench", "cancel", jobs), jobs),
                 (limit("cancel_heap", jobs), jobs), "M customers/s", r"timeouts 0\.[01]\d* done"),
        Workload("tandem with a full uncompressed trace, CPU of all threads, beside untraced",
                 (run(tandem, number(3e5), "--trace", "--trace-compression", "none", "--trace-limit", "50GiB",
                      "--out", str(folder / "t.h5")),
                  number(3e5)),
                 (run(tandem, number(3e5)), number(3e5)), "times the CPU", r"events", of_time=True),
        Workload("8 replications on 2 threads, CPU per event, beside 1 thread",
                 ([program, "run", str(tandem), "--set", f"customers={number(4e5)}", "--set", "run.replications=8",
                   "--threads", "2"], 1),
                 ([program, "run", str(tandem), "--set", f"customers={number(4e5)}", "--set", "run.replications=8",
                   "--threads", "1"], 1), "times the CPU", r"events", of_time=True),
    ]
    for name, command in peers(binaries).items():
        def peer(what, count, *more):
            count = max(1, int(count * PEERS[name][1]))
            return [*command, what, *[str(word) for word in more], str(count)], count

        every += [
            Workload(f"M/M/1 scenario file, customers/s, beside {name}", (run(mm1, jobs), jobs), peer("mm1", jobs),
                     "M customers/s", r"(?m)^[\d.]+M? events"),
            Workload(f"tandem scenario file, customers/s, beside {name}", (run(tandem, passes), passes),
                     peer("tandem", passes), "M customers/s", r"(?m)^[\d.]+M? events"),
            Workload(f"kernel hold model, 10 000 pending, beside {name}",
                     (limit("kernel_bench", "hold", number(10_000), steps), steps),
                     peer("hold", steps, number(10_000)), "M holds/s", r"operations \d+ now"),
            Workload(f"kernel cancel workload, beside {name}", (limit("kernel_bench", "cancel", jobs), jobs),
                     peer("cancel", jobs), "M customers/s", r"timeouts 0\.[01]\d* done"),
        ]
    for name, count, what in (("network-200", number(1e5), "network of 200 stations"),
                              ("network-5000", number(2e4), "network of 5000 stations"),
                              ("fork-join", number(4e5), "fork and join of 4 parts")):
        every.append(Workload(f"{what}, events/s", (run(files[name], count), None), None, "M events/s", r"events"))
    every.append(Workload("10 runs of a DAG of 10 000 tasks, events/s",
                          (run(files["layers"], number(10), parameter="runs"), None), None, "M events/s", r"events"))
    return every


def events(printed):
    """The number of events that a run says it had."""
    text = re.search(r"(?m)^([\d.]+)(k|M|)\s+events", printed)
    return float(text.group(1)) * {"": 1, "k": 1e3, "M": 1e6}[text.group(2)]


def main():
    words = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    words.add_argument("program")
    words.add_argument("binaries", type=Path)
    words.add_argument("--rounds", type=int, default=5)
    words.add_argument("--small", action="store_true")
    words = words.parse_args()
    program = str(Path(words.program).resolve())
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        crowds = [Alive(program, folder, words.small, "plain path", "fifo"),
                  Alive(program, folder, words.small, "full path", "priority")]
        every = workloads(program, words.binaries.resolve(), folder, 0.001 if words.small else 1)
        times = {id(w): ([], []) for w in every}
        printed = {}
        for _ in range(1 if words.small else words.rounds):
            for workload in every:
                spent, printed[id(workload)] = user_seconds(workload.ours[0], folder)
                times[id(workload)][0].append(spent)
                if workload.beside:
                    times[id(workload)][1].append(user_seconds(workload.beside[0], folder)[0])
        if words.small:
            for workload in every:
                if not re.search(workload.expected, printed[id(workload)]):
                    sys.exit(f"{workload.name}: printed\n{printed[id(workload)]}")
            for crowd in crowds:
                here = crowd.measured()[2]
                if not 0.9 * crowd.items < here < crowd.items:
                    sys.exit(f"{here} of {crowd.items} items are alive on the {crowd.path}")
            print(f"{len(every) + len(crowds)} passed, 0 failed")
            return
        print("| workload | here | beside it | ratio |\n| --- | --- | --- | --- |")
        for workload in every:
            ours, beside = (statistics.median(t) if t else None for t in times[id(workload)])
            count = workload.ours[1] or events(printed[id(workload)])
            if workload.of_time:
                print(f"| {workload.name} | {ours:.2f} s | {beside:.2f} s | {ours / beside:.2f} |")
            elif beside:
                here, there = count / ours / 1e6, workload.beside[1] / beside / 1e6
                print(f"| {workload.name} | {here:.2f} {workload.unit} | {there:.3g} | {here / there:.2f} |")
            else:
                print(f"| {workload.name} | {count / ours / 1e6:.2f} {workload.unit} | - | - |")
        tandem = next(w for w in every if w.name.startswith("tandem scenario file"))
        # A customer of the tandem is six events.
        event = statistics.median(times[id(tandem)][0]) / tandem.ours[1] / 6
        for crowd in crowds:
            crowd.rows(event)


if __name__ == "__main__":
    os.environ["LC_ALL"] = "C.UTF-8"
    main()
