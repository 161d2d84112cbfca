// A scenario that uses every key this version supports, for tests of reading, writing and mutation.
#pragma once

namespace understudy::tests {

inline constexpr const char* full_sample = R"(understudy: 1
scenario: full-sample
description: Every key once
parameters: {crew_size: 6, pace: 5s}
twin:
  types:
    small: {cores: 8, memory: 32GiB, cost: 0.4EUR/h, tags: [spot]}
    big: {cores: 32, memory: 128GiB, speed: 1.5, cost: 1.6EUR/h, label: "m5.8xlarge"}
  pools:
    crew: {workers: $(crew_size), order: priority, interrupted: restart, backfill: any, owner: data}
    nodes: {workers: {small: 4, big: 2}, placement: pack, launch: 2s, release: exponential(mean 1s)}
    shift: {workers: {steps: {0h: 1, 9h: 4, 17h: 1}, period: 1d}, type: small, speed: 2}
  budgets:
    quota: {capacity: 100, initial: 50, refill: {amount: 100, every: daily at 00:00}, owner: data}
    calls: {capacity: 20, refill: 5/s}
    tokens: {capacity: 4000, refill: every exponential(mean 1s)}
    stock: {capacity: unlimited, initial: 30, refill: {amount: 15, at_most: 20, after: erlang(k 2 mean 1h)}}
  datasets:
    files7: {retention: 3d}
    db.public.orders: {contract: contracts/orders.yaml, columns: {email: {type: varchar, nullable: true, unique: false, derives_from: [customers.email]}, state: {enum: [new, paid]}, age: {type: int, min: 0, max: 150}}, owner: sales, description: the orders}
  stages:
    parse:
      reads: [files, repaired]
      queue: {capacity: 100, full: drop, timeout: uniform(1min..5min)}
      workers: 3
      order: shortest
      spends: calls
      service: $(pace) + lognormal(mean 20s cv 0.3) per GiB
      timeout: 10min
      failure: 0.4%
      retry: {times: 3, backoff: {first: 1s, factor: 2, max: 1min, jitter: 50%}}
      dead_letter: broken
      emits: {items: 3, records: 92%, size: 140%}
    gather: {reads: parse, join: {of: parts, needs: 2, rest: cancel}}
    check: {reads: gather, runs_on: {crew: 2}, priority: 7, service: work, failure: 1%, retry: {times: unlimited, backoff: [2s, 4s]}, writes: {valid: 98.5%, broken: 1.5%}}
    repair: {reads: broken, workers: unlimited, service: 1.2ms per token, writes: [repaired]}
    pack: {reads: valid, batch: {items: 20, after: 30s}, runs_on: {nodes: {count: 2, cores: 4, memory: 8GiB}, crew: 1}, service: 2s + 1ms per item, writes: [db.public.orders, audit]}
    match: {reads: [files5, files6], join: {of: inputs, by: key, within: 10min, unmatched: pass}, spends: {quota: 2, tokens: token}, emits: {fields: {token: token + 1, grade: uniform(0s..1s)}, key: token, priority: 5}, writes: {files4: grade < 250ms or 500ms <= grade < 750ms, exit: else}}
    spans: {reads: files7, window: {size: 10min, every: 5min, lateness: 30s, by: key}, workers: 2, order: deadline, preempt: true, holds_until: fetch, service: 1s per item, route: class, writes: {files4: spiky, exit: [steady, soon]}}
    fetch: {reads: files4, spends: {stock: 1}, workers: 2, take: 20, batch: {items: 5, records: 100.5, size: 2GiB}, writes: exit}
    hold: {reads: audit, workers: 1, queue: {capacity: 5, full: block}, service: mix(90% 1s or 10% exponential(mean 5s max 1min)), failure: 5%, retry: {times: 1, backoff: 30s}, writes: {exit: 100%}}
  pipelines:
    nightly:
      schedule: daily at 05:30 Europe/Berlin
      catchup: true
      max_active_runs: 3
      max_active_tasks: 8
      timeout: 5h
      owner: data
      defaults: {runs_on: crew, retry: {times: 2, backoff: 5min}, failure: 1%}
      tasks:
        extract: {service: 5min, expand: 4, writes: staged}
        clean: {reads: {staged: new, db.public.orders: all}, service: 30s + 25s per GiB, failure: 2%, writes: [clean_orders, clean_items]}
        own: {workers: 2, service: 1min, after: [extract], not_before: 10min, delay: 2s}
        publish: {after: [clean, own], launch: 2s, trigger_rule: quorum 1, rest: cancel, service: 40s, priority: 3, worker: node17}
        tell: {after: publish, trigger_rule: all_done, service: 2s, timeout: 1min}
    reports:
      schedule: updated clean_orders
      tasks: {wait: {waits_for: updated db.public.orders, poke: 5min, mode: poke, timeout: 1h}, refresh: {after: [wait, cut], reads: clean_orders, runs_on: {nodes: {cores: 2}}, service: 10min}, cut: {runs_on: crew, service: 1min, failure: 1%, holds_until: refresh, dead_letter: parked, emits: {items: 2, records: 50%, size: 25%, fields: {work: 3s, token: 9}, key: 4, priority: 1}, writes: cuts}, hold: {workers: 2, service: 1s, holds_until: exit}}
profiles:
  office: {steps: {0h: 5%, 9h: 100%, 18h: 20%}, period: 1d, weekend: 15%}
  web: {ramps: {0h: 0.35, 12h: 1.4, 24h: 0.35}, period: 1d}
  wave: {sine: {mean: 1, amplitude: 50%}, period: 24h}
load:
  files: {arrivals: poisson(90/h), profile: office, items: geometric(mean 3), size: lognormal(mean 6GiB cv 1.1), records: 1000, priority: 2, delay: exponential(mean 20s), fields: {work: exponential(mean 1s), token: lognormal(mean 1800 cv 1.1)}}
  regular: {arrivals: every erlang(k 2 mean 10min), profile: web, first: 0s, from: 0s, until: 20h, count: 50, writes: files2, label: "s3://bucket/x"}
  people: {users: 5, think: exponential(mean 10min), writes: {files3: 60%, exit: 40%}, fields: {work: 2s, token: 5}}
  spiky: {arrivals: {states: {calm: {rate: 2/min, stay: exponential(mean 1h), next: {calm: 30%, burst: 70%}}, burst: {rate: 1/s, stay: 5min, next: {calm: 100%}}}}, key: zipf(n 100 s 1), writes: files5, fields: {token: 3}}
  steady: {arrivals: every 1min, key: 4, writes: files6, fields: {token: 3}}
  soon: {arrivals: every 1min, deadline: 1h, key: 4, route: shortest, writes: [files7, exit]}
  forever: {arrivals: saturated, count: 10, writes: [files4], profile: wave}
actions:
  - {name: surge, at: 6h, for: 2h, set: load, to: 5x}
  - {at: 7h, set: crew.workers, to: 9}
  - {at: 8h, set: hold.service, to: exponential(mean 2s)}
  - {at: 8h, set: files.arrivals, to: poisson(10/h)}
  - {every: daily at 03:00, for: 1h, fail: crew}
  - {at: 9h, set: check.writes, to: {valid: 60%, broken: 40%}}
  - {at: 9h, pause: nightly}
  - {at: 10h, resume: nightly}
  - {at: 11h, alert: orders are stale}
  - {when: waiting(hold) > 3 for 5min, run: nightly}
  - {when: freshness(clean_orders) >= 30min, alert: stale}
  - {at: 2d, stop: enough seen}
  - {at: 50h, run: nightly, from: 2026-03-01T00:00, until: 2026-03-05T12:00}
  - {when: age(hold) > 1h for 5min, alert: too old}
run: {length: 3d, start: 2026-03-09T00:00, zone: Europe/Berlin, warm_up: 6h, replications: 20, confidence: 90%, seed: 7, sample: 10min, detail: analytic}
objectives:
  - p(95) latency(files -> db.public.orders) of files during surge < 30min
  - share landed(clean_orders) by 06:45 >= 99%
  - rate cost() < 420EUR/d
  - avg utilisation(crew) < 85%
measures:
  - at end waiting(parse)
  - max lag(hold) during 9h..17h each 1d
)";

}  // namespace understudy::tests
