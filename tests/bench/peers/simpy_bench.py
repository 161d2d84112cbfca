#!/usr/bin/env python3
"""The workloads of ../limits as a user of SimPy writes them: a process for each customer, resources for workers.

    simpy_bench.py mm1 CUSTOMERS | tandem CUSTOMERS | hold PENDING OPERATIONS | cancel CUSTOMERS
"""
import random
import sys

import simpy

random.seed(42)
exponential = random.expovariate
total, done, gone = 0.0, 0, 0


def through(env, stations):
    """A customer who passes the stations one after the other."""
    global total, done
    arrived = env.now
    for station in stations:
        with station.request() as turn:
            yield turn
            yield env.timeout(exponential(1))
    total += env.now - arrived
    done += 1


def impatient(env):
    """Served after a time of mean 1 / 0.9 s unless a timeout of mean 10 s comes first."""
    global total, done, gone
    arrived = env.now
    service, patience = env.timeout(exponential(0.9)), env.timeout(exponential(0.1))
    happened = yield service | patience
    gone += service not in happened
    total += env.now - arrived
    done += 1


def source(env, customers, rate, customer):
    for _ in range(customers):
        yield env.timeout(exponential(rate))
        env.process(customer())


def again(env):
    global done
    while True:
        yield env.timeout(exponential(1))
        done += 1


def main():
    words = sys.argv[1:]
    env = simpy.Environment()
    numbers = [int(word) for word in words[1:]]
    if words[0] == "mm1":
        station = simpy.Resource(env)
        env.process(source(env, numbers[0], 0.9, lambda: through(env, [station])))
        env.run()
    elif words[0] == "tandem":
        stations = [simpy.Resource(env, 3) for _ in range(5)]
        env.process(source(env, numbers[0], 2.4, lambda: through(env, stations)))
        env.run()
    elif words[0] == "cancel":
        env.process(source(env, numbers[0], 1000, lambda: impatient(env)))
        env.run()
    else:
        for _ in range(numbers[0]):
            env.process(again(env))
        env.run(until=numbers[1] / numbers[0])
    print(f"mean {total / max(done, 1):.4f} timeouts {gone / max(done, 1):.4f} done {done}")


if __name__ == "__main__":
    main()
