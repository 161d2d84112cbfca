"""Promised: a stalled system is charged for every request that came meanwhile (open loop), and a closed loop that hides the
stall says so. Shown: 100 requests a second for 100 s, 1 ms of service, nothing served from 60 to 70 s, against the waits
counted by hand, within 1 percent; and one client that waits for each answer.
"""

import unittest

from program import ProgramTest, main

STALL = """understudy: 1
scenario: stall
twin: {{stages: {{service: {{reads: requests, workers: 1, service: 1ms}}}}}}
load: {{requests: {{{load}}}}}
actions: [{{name: stall, at: 60s, for: 10s, fail: service}}]
run: {{length: 100s, warm_up: 0s, replications: 2}}
measures:
  - total completed()
  - p(50) latency()
  - p(95) latency()
  - p(99) latency()
  - max latency()
"""


class Stall(ProgramTest):
    def found(self, load):
        done = self.call("run", self.write("stall.yaml", STALL.format(load=load)), "--json", code=0)
        result = self.json_of(done)
        return {metric["name"]: metric["estimate"] for metric in result["metrics"]}, result["warnings"]

    def test_open_loop(self):
        found, warnings = self.found("arrivals: every 10ms, first: 0s")
        for name, exact in {"total completed()": 10000, "p(50) latency()": 0.001, "p(95) latency()": 5.501,
                            "p(99) latency()": 9.101, "max latency()": 10.001}.items():
            self.assertLess(abs(found[name] - exact), 0.01 * exact, name)
        self.assertFalse([text for text in warnings if "closed loop" in str(text)])

    def test_closed_loop(self):
        found, warnings = self.found("users: 1, think: 9ms")
        # One request waits for 10 s; 9000 others never saw it.
        self.assertLess(abs(found["total completed()"] - 9000), 10)
        self.assertLess(found["p(99) latency()"], 0.00101)
        self.assertLess(abs(found["max latency()"] - 10), 0.1)
        self.assertTrue([text for text in warnings if "throttles itself" in str(text)])


if __name__ == "__main__":
    main()
