"""Promised: report --hlog prints the durations of a result as a log that HdrHistogram's tools read, without loss of what the
run's histograms hold; the same bytes for any number of threads; a result without quantiles says so.
Shown: decoded here by what HdrHistogram's format says, and held against the run's own quantiles and counts.
"""

import base64
import struct
import zlib

from program import MET, USAGE, ProgramTest, main, mm1


def decoded(text):
    """Values (the highest of a bucket) with counts, of a V2 histogram."""
    outer = base64.b64decode(text, validate=True)
    cookie, length = struct.unpack(">ii", outer[:8])
    assert cookie == 0x1c849314 and length == len(outer) - 8, (hex(cookie), length)
    inner = zlib.decompress(outer[8:])
    cookie, length, offset, digits, lowest, highest, ratio = struct.unpack(">iiiiqqd", inner[:40])
    assert (cookie, offset, digits, lowest, ratio) == (0x1c849313, 0, 2, 1, 1.0), (hex(cookie), digits)
    payload = inner[40:]
    assert length == len(payload)
    counts, index, at = {}, 0, 0
    while at < len(payload):
        number = shift = 0
        while True:
            byte = payload[at]
            at += 1
            number |= (byte & 0x7f if shift < 56 else byte) << shift
            if byte < 0x80 or shift == 56:
                break
            shift += 7
        number = (number >> 1) ^ -(number & 1)
        if number < 0:
            index -= number
            continue
        bucket, sub = (index >> 7) - 1, (index & 127) + 128
        if bucket < 0:
            bucket, sub = 0, sub - 128
        counts[((sub + 1) << bucket) - 1] = number
        index += 1
    assert max(counts) <= highest
    return counts


def lines(log):
    rows = []
    for line in log.splitlines():
        if line.startswith("#") or line.startswith('"'):
            continue
        tag, start, length, most, histogram = line.split(",")
        assert tag.startswith("Tag="), tag
        rows.append((tag[4:], float(start), float(length), float(most), decoded(histogram)))
    return rows


def quantile(counts, share):
    seen, all_of = 0, sum(counts.values())
    for value in sorted(counts):
        seen += counts[value]
        if seen >= share * all_of:
            return value
    raise AssertionError(counts)


class HistogramLog(ProgramTest):
    def test_what_it_holds_is_what_the_run_saw(self):
        self.write("mm1.yaml", mm1() + "measures: [p(99) wait(server), total completed(server)]\n")
        self.call("run", "mm1.yaml", "--out", "r.h5", "--threads", "1", code=MET)
        log = self.call("report", "r.h5", "--hlog", code=MET).stdout.decode()
        self.assertIn("#[Histogram log format version 1.3]\n", log)
        rows = lines(log)
        self.assertEqual({row[0] for row in rows}, {"latency()", "latency(server)", "wait(server)"})
        self.assertEqual([row[1] for row in rows if row[0] == "latency()"], [6600.0 * k for k in range(10)])
        self.assertEqual({row[2] for row in rows}, {6600.0})
        result = self.json_of(self.call("report", "r.h5", "--json"))
        values = {metric["name"]: metric["estimate"] for metric in result["metrics"]}
        for tag, share, name in (("latency(server)", 0.95, "p(95) latency(server)"), ("wait(server)", 0.99, "p(99) wait(server)")):
            merged = {}
            for row in rows:
                if row[0] != tag:
                    continue
                self.assertAlmostEqual(row[3] * 1e6, max(row[4]), delta=max(row[4]) * 0.01)
                for value, count in row[4].items():
                    merged[value] = merged.get(value, 0) + count
            # Bucket by bucket the same; what is interpolated in a bucket is within its width.
            self.assertAlmostEqual(quantile(merged, share) / 1e9 / values[name], 1, delta=0.016)
        completed = values["total completed(server)"] * 10
        count = sum(sum(row[4].values()) for row in rows if row[0] == "latency(server)")
        self.assertAlmostEqual(count, completed, delta=0.5)
        self.call("run", "mm1.yaml", "--out", "again.h5", "--threads", "2", code=MET)
        self.assertEqual(self.call("report", "again.h5", "--hlog").stdout.decode(), log)

    def test_few_values_are_known_one_by_one(self):
        self.write("few.yaml", """understudy: 1
scenario: few
twin: {stages: {server: {reads: jobs, workers: 1, service: 3s}}}
load: {jobs: {arrivals: every 2s, first: 0s, count: 3}}
run: {until: empty, replications: 2, seed: 1}
measures: [p(50) latency(server)]
""")
        self.call("run", "few.yaml", "--out", "r.h5")
        rows = [row for row in lines(self.call("report", "r.h5", "--hlog").stdout.decode()) if row[0] == "latency(server)"]
        self.assertEqual([(row[1], row[2]) for row in rows], [(0.0, 1.0), (1.0, 1.0)])
        for row in rows:
            self.assertEqual([round(value / 1e9, 1) for value in sorted(row[4])], [3.0, 4.0, 5.0])

    def test_without_quantiles_it_says_so(self):
        self.write("none.yaml", """understudy: 1
scenario: none
twin: {pools: {crew: {workers: 1}}, pipelines: {nightly: {schedule: once, tasks: {build: {runs_on: crew, service: 1s}}}}}
run: {length: 10s, warm_up: 5s, replications: 2, seed: 1}
""")
        self.call("run", "none.yaml", "--out", "r.h5")
        failed = self.call("report", "r.h5", "--hlog", code=USAGE)
        self.assertIn("holds no quantiles of durations", failed.stderr.decode())


if __name__ == "__main__":
    main()
