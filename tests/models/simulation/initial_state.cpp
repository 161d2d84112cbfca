// Promised: a simulation begins with what its state says: items in lines, at work, in pauses, runs of pipelines under
// way, as of an instant of its clock; the rest of work is what its law leaves after what is done; a state that is empty
// changes no byte, and no draw of what arrives moves with a state; what goes on from a snapshot is what it was taken
// from: exactly where nothing is random, in distribution where things are; what a twin has no more is left out.
// Shown: scenarios small enough to be followed by hand, laws whose rest is known, snapshots of busy models.
#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <memory>
#include <string>
#include <vector>

#include "kernel/distribution.h"
#include "models/simulation/snapshot.h"
#include "play.h"

using namespace understudy;
using understudy::tests::Played;
using understudy::tests::Prepared;

namespace {

/// The model with what is there instead of its own state.
Prepared from(const Prepared& prepared, const models::InitialState& state) {
    Prepared result = prepared;
    auto model = std::make_shared<models::Model>(*prepared.model);
    model->initial = std::make_shared<models::InitialState>(state);
    model->plain = {};
    result.model = model;
    return result;
}

models::Snapshot snapshot(const Prepared& prepared, kernel::Time at, std::uint64_t index = 0) {
    models::ReplicationOptions options;
    options.seed = prepared.seed;
    options.index = index;
    return models::snapshot_at(prepared.model, options, at);
}

/// "seconds element event" of all that happens after an instant, in order; without items' numbers, which a
/// simulation gives anew.
std::vector<std::string> after(const Played& played, double from) {
    std::vector<std::string> all;
    for (const auto& row : played.rows)
        if (row.time > from && (row.event == "finish" || row.event == "end" || row.event == "arrive" ||
                                row.event == "retry" || row.event == "fail"))
            all.push_back(std::to_string(row.time) + " " + row.element + " " + row.event);
    std::sort(all.begin(), all.end());
    return all;
}

const std::string server = "twin:\n  stages:\n    server: {reads: jobs, workers: 1, service: 2s}\n";
const std::string rare = "load:\n  jobs: {arrivals: every 1000s}\n";

}  // namespace

TEST_CASE("initial state: items in line are served in the order in which they came") {
    const auto played =
        tests::play(server + "  state:\n    server: {waiting: 3}\n" + rare + "run: {length: 60s}\n");
    CHECK(played.times("server", "finish") == "2 4 6");
    const auto groups = tests::play(
        "twin:\n  pools: {crew: {workers: 1}}\n  stages:\n"
        "    a: {reads: jobs, runs_on: crew, service: 2s}\n    b: {reads: a, runs_on: crew, service: 3s}\n"
        "  state:\n    a: {waiting: [{here: 9s}, {here: 1s}]}\n    b: {waiting: [{age: 20s, here: 5s}]}\n" +
        rare + "run: {length: 60s}\nmeasures: [max wait(a), max latency(b), max latency()]\n");
    // 2s a of 9s, then b of 5s, then a of 1s; what a has done waits for b behind them.
    CHECK(groups.times("a", "finish") == "2 7");
    CHECK(groups.times("b", "finish") == "5 10 13");
    CHECK(groups.at("max wait(a)") == doctest::Approx(9.0));
    CHECK(groups.at("max latency(b)") == doctest::Approx(10.0));
    CHECK(groups.at("max latency()") == doctest::Approx(25.0));
}

TEST_CASE("initial state: work that is under way has its rest left, and counts from when it began") {
    const auto played = tests::play(
        "twin:\n  stages:\n    server: {reads: jobs, workers: 2, service: 10s}\n  state:\n"
        "    server: {working: [{here: 5s, served: 3700ms}, {left: 1s}], waiting: 1}\n" +
        rare + "run: {length: 60s}\nmeasures: [max service(server), max latency(server)]\n");
    CHECK(played.times("server", "finish") == "1 6.3 11");
    CHECK(played.at("max service(server)") == doctest::Approx(10.0));
    CHECK(played.at("max latency(server)") == doctest::Approx(11.3));
    // Longer than it can take: it ends at once. Twice as fast: twice as much is done.
    CHECK(tests::play("twin:\n  stages:\n    server: {reads: jobs, workers: 1, service: 10s}\n  state:\n"
                      "    server: {working: [{served: 30s}]}\n" +
                      rare + "run: {length: 60s}\n")
              .times("server", "finish") == "0");
    CHECK(tests::play("twin:\n  pools: {crew: {workers: 1, speed: 2}}\n  stages:\n"
                      "    server: {reads: jobs, runs_on: crew, service: 10s}\n  state:\n"
                      "    server: {working: [{served: 3s}]}\n" +
                      rare + "run: {length: 60s}\n")
              .times("server", "finish") == "2");
    // Who finds no worker goes on from the head of the line.
    CHECK(tests::play("twin:\n  stages:\n    server: {reads: jobs, workers: 1, service: 10s}\n  state:\n"
                      "    server: {working: [{served: 4s}, {served: 1s}], waiting: 1}\n" +
                      rare + "run: {length: 60s}\n")
              .times("server", "finish") == "6 15 25");
}

TEST_CASE("initial state: what a law leaves of work is drawn on condition of what is done") {
    const auto rest_of = [](const std::string& law, const std::string& served) {
        const auto played =
            tests::play("twin:\n  stages:\n    server: {reads: jobs, workers: unlimited, service: '" + law +
                        "'}\n  state:\n    server: {working: [{items: 20000, served: " + served + "}]}\n" +
                        rare + "run: {length: 900s}\n");
        std::vector<double> rests;
        for (const auto& row : played.rows)
            if (row.element == "server" && row.event == "finish" && row.item <= 20000)
                rests.push_back(row.time);
        REQUIRE(rests.size() == 20000);
        return rests;
    };
    // Against P(X - s > t | X > s) = S(s + t) / S(s), at the 0.1 % point of the Kolmogorov distribution.
    const auto fits = [](std::vector<double> rests, const kernel::Distribution& law, double served) {
        std::sort(rests.begin(), rests.end());
        double most = 0;
        for (std::size_t i = 0; i < rests.size(); ++i) {
            const double expected = 1 - law.survival(served + rests[i]) / law.survival(served);
            const auto n = static_cast<double>(rests.size());
            most = std::max({most, std::fabs(expected - static_cast<double>(i) / n),
                             std::fabs(expected - static_cast<double>(i + 1) / n)});
        }
        return most * std::sqrt(static_cast<double>(rests.size())) < 1.95;
    };
    const auto lognormal = rest_of("lognormal(mean 10s cv 1)", "15s");
    CHECK(fits(lognormal, kernel::Distribution::lognormal(10, 1), 15));
    CHECK_FALSE(fits(lognormal, kernel::Distribution::lognormal(10, 1), 5));
    CHECK(fits(rest_of("exponential(mean 10s)", "100s"), kernel::Distribution::exponential(10), 100));
    CHECK(fits(rest_of("uniform(0s..10s)", "6s"), kernel::Distribution::uniform(0, 10), 6));
    CHECK(fits(rest_of("5s + exponential(mean 10s)", "6s"), kernel::Distribution::exponential(10), 1));
    // Of a sum of two, 10 s have passed: Erlang of two phases of 4 s.
    CHECK(fits(rest_of("exponential(mean 4s) + exponential(mean 4s)", "10s"),
               kernel::Distribution::erlang(2, 8), 10));
}

TEST_CASE("initial state: pauses before retries, patience, and how fresh what has landed is") {
    const auto played = tests::play(
        "twin:\n  datasets: {out: {}}\n  stages:\n"
        "    server: {reads: jobs, workers: 1, service: 10s, queue: {capacity: 9, full: drop, timeout: 12s}, "
        "failure: 0%, retry: {times: 2, backoff: 5s}, writes: out}\n  state:\n"
        "    server: {working: [{served: 1s}], waiting: [{here: 4s}], retrying: [{attempt: 1, left: 30s}]}\n"
        "    out: {newest: 100s}\n" +
        rare +
        "run: {length: 60s}\nmeasures: [at 5s freshness(out), total expired(server), max "
        "attempts(server)]\n");
    // Who has waited for 4 of 12 s leaves at 8.
    CHECK(played.times("server", "finish") == "9 40");
    CHECK(played.times("server", "expire") == "8");
    CHECK(played.at("at 5s freshness(out)") == doctest::Approx(105.0));
    CHECK(played.at("max attempts(server)") == doctest::Approx(2.0));
}

TEST_CASE("initial state: runs of pipelines go on with the tasks that are left") {
    const std::string twin =
        "twin:\n  pools: {crew: {workers: 3}}\n  pipelines:\n    nightly:\n      schedule: every 100s\n      "
        "tasks:\n"
        "        get: {runs_on: crew, service: 10s}\n        fill: {after: get, runs_on: crew, service: "
        "20s}\n"
        "        check: {after: fill, runs_on: crew, service: 5s}\n";
    const auto played =
        tests::play(twin +
                    "  state:\n    nightly: {runs: [{age: 40s, tasks: {get: {is: done}, fill: {served: "
                    "15s}}}, {age: 1s}]}\n"
                    "run: {length: 90s}\nmeasures: [max latency(nightly), total completed(nightly)]\n");
    CHECK(played.times("nightly.fill", "finish") == "5 30 30");
    CHECK(played.times("nightly", "end") == "10 35 35");
    CHECK(played.at("max latency(nightly)") == doctest::Approx(50.0));
    CHECK(played.at("total completed(nightly)") == doctest::Approx(3.0));
}

TEST_CASE("initial state: an empty one changes no byte, and one moves no draw of what arrives") {
    const std::string twin =
        "twin:\n  stages:\n    server: {reads: jobs, workers: 2, service: exponential(mean 9s)}\n";
    const std::string rest =
        "load:\n  jobs: {arrivals: poisson(0.2/s), size: exponential(mean 1GB)}\nrun: {length: 1000s, "
        "warm_up: 0s}\n";
    const auto without = tests::play(twin + rest), empty = tests::play(twin + "  state: {}\n" + rest),
               some = tests::play(twin + "  state:\n    server: {waiting: 4}\n" + rest);
    CHECK(without.outcome.fingerprint == empty.outcome.fingerprint);
    CHECK(without.times("jobs", "arrive") == some.times("jobs", "arrive"));
    CHECK(without.outcome.fingerprint != some.outcome.fingerprint);
    // Draws of the arrivals are all there, among those of the items of the state.
    auto before = without.draws, now = some.draws;
    std::sort(before.begin(), before.end());
    std::sort(now.begin(), now.end());
    CHECK(now.size() > before.size());
    std::vector<std::uint64_t> gone;
    std::set_difference(before.begin(), before.end(), now.begin(), now.end(), std::back_inserter(gone));
    CHECK(gone.size() <= 12);  // services that have not begun by the end
}

TEST_CASE(
    "initial state: before its instant nothing comes, and actions and workers are what they are by then") {
    const auto played = tests::play(
        "twin:\n  stages:\n    server: {reads: jobs, workers: 1, service: 2s}\n  state:\n    server: "
        "{waiting: 2}\n"
        "  as_of: 50s\nload:\n  jobs: {arrivals: every 30s}\n"
        "actions:\n  - {at: 40s, set: server.service, to: 4s}\n"
        "run: {length: 100s}\nmeasures: [total arrived(), avg busy(server)]\n");
    // The load keeps its clock: 30, 60, 90.
    CHECK(played.times("server", "finish") == "54 58 64 94");
    CHECK(played.times("jobs", "arrive") == "60 90");
    CHECK(played.at("total arrived()") == doctest::Approx(2.0));
    CHECK(played.at("avg busy(server)") == doctest::Approx(16.0 / 50));
}

TEST_CASE("initial state: what a twin has no more is left out") {
    const auto played = tests::play(
        server +
        "  state:\n    server: {waiting: [{load: gone, fields: {gone: 3}}]}\n    gone: {waiting: 7}\n" +
        rare + "run: {length: 60s}\n");
    CHECK(played.times("server", "finish") == "2");
}

TEST_CASE("snapshots: what goes on from one is the run that it was taken from, where nothing is random") {
    const auto prepared = tests::prepare(R"(
twin:
  pools:
    crew: {workers: 3, order: priority}
    link: {order: shared}
  budgets:
    quota: {capacity: 40, initial: 10, refill: 1/s}
  stages:
    parse: {reads: files, runs_on: crew, service: 5s + 3s per GiB, writes: parsed}
    copy: {reads: parsed, runs_on: link, service: 4s}
    small: {reads: copy, workers: 1, queue: {capacity: 1, full: block}, service: 6s}
    slow: {reads: calls, workers: 1, speed: 2, service: 25s, spends: {quota: 3}}
  pipelines:
    p:
      schedule: every 1min
      tasks:
        x: {runs_on: crew, service: 40s}
        y: {after: x, runs_on: {crew: 2}, service: 33s}
        z: {after: y, workers: 1, service: 50s}
load:
  files: {arrivals: every 7s, size: 1GiB, priority: 2}
  calls: {arrivals: every 13s, count: 60}
run: {length: 20min, warm_up: 0s}
)");
    const auto whole = tests::play(prepared);
    for (const double at : {61.5, 200.25, 600.0, 777.125}) {
        CAPTURE(at);
        const auto taken = snapshot(prepared, kernel::from_seconds(at));
        CHECK(taken.stopped.empty());
        CHECK(taken.state.missing().empty());
        const auto rest = tests::play(from(prepared, taken.state));
        CHECK(after(rest, at) == after(whole, at));
        // And a snapshot of what goes on is the same as one of the whole.
        const auto later = kernel::from_seconds(at + 100);
        const auto of_rest = snapshot(from(prepared, taken.state), later),
                   of_whole = snapshot(prepared, later);
        CHECK(of_rest.state.elements.size() == of_whole.state.elements.size());
    }
}

TEST_CASE("snapshots: what gathers and batches that have formed go on as before") {
    const std::string batches = R"(
twin:
  pools: {crew: {workers: 1}}
  stages:
    pack: {reads: rows, batch: {items: 7, after: 5min}, runs_on: crew, service: 20s + 9s per item, failure: 0%, writes: facts}
    copy: {reads: facts, workers: 1, service: 13s per item}
load: {rows: {arrivals: every 37s}}
run: {length: 1h, warm_up: 0s}
measures: [avg freshness(facts), avg latency(pack)]
)";
    const std::string windows = R"(
twin:
  stages:
    sum: {reads: events, window: {size: 4min, lateness: 15s}, workers: 1, service: 5s per record, writes: sums}
    by_key: {reads: keyed, window: {size: 3min, by: key}, workers: 1, service: 11s}
load:
  events: {arrivals: every 50s}
  keyed: {arrivals: every 65s, key: 3}
run: {length: 1h, warm_up: 0s}
)";
    const std::string pairs = R"(
twin:
  stages:
    match: {reads: [orders, payments], join: {of: inputs, by: arrival, within: 10min, unmatched: pass}, workers: 1, service: 21s}
load:
  orders: {arrivals: every 47s}
  payments: {arrivals: every 83s}
run: {length: 1h, warm_up: 0s}
)";
    for (const std::string& body : {batches, windows, pairs}) {
        const auto prepared = tests::prepare(body);
        const auto whole = tests::play(prepared);
        std::size_t gathering = 0;
        for (const double at : {100.0, 333.5, 480.25, 720.0, 1111.0, 1800.5, 2600.0}) {
            CAPTURE(body);
            CAPTURE(at);
            const auto taken = snapshot(prepared, kernel::from_seconds(at));
            CHECK(taken.state.missing().empty());
            for (const auto& element : taken.state.elements)
                for (const auto& items : element.items)
                    gathering +=
                        items.where == models::PresentItems::Where::gathering || !items.batch.empty();
            CHECK(after(tests::play(from(prepared, taken.state)), at) == after(whole, at));
        }
        CHECK(gathering > 7);
    }
}

TEST_CASE("snapshots: users think on, and instances and workers that are kept are as before") {
    const std::string users = R"(
twin: {stages: {server: {reads: people, workers: 2, service: 31s}}}
load: {people: {users: 5, think: 100s}}
run: {length: 1h, warm_up: 0s}
)";
    const std::string mapped = R"(
twin:
  pools: {vm: {workers: 3}}
  pipelines:
    nightly:
      schedule: every 20min
      tasks:
        many: {runs_on: vm, expand: 8, service: 101s, retry: {times: 1, backoff: 20s}}
        last: {after: many, runs_on: vm, service: 30s}
    other: {schedule: every 7min, tasks: {t: {runs_on: vm, service: 55s}}}
run: {length: 1h, warm_up: 0s}
)";
    const std::string kept = R"(
twin:
  pools: {emr: {workers: 1}, vm: {workers: 4}, bay: {workers: 2}}
  stages:
    dock: {reads: trucks, runs_on: bay, service: 40s, holds_until: unload, writes: docked}
    unload: {reads: docked, workers: 1, service: 70s}
  pipelines:
    nightly:
      schedule: every 20min
      tasks:
        up: {runs_on: emr, service: 100s, holds_until: down}
        work: {after: up, runs_on: vm, service: 300s}
        down: {after: work, runs_on: vm, service: 20s}
    other: {schedule: every 9min, tasks: {t: {runs_on: emr, service: 60s}}}
load: {trucks: {arrivals: every 80s}}
run: {length: 1h, warm_up: 0s}
)";
    for (const std::string& body : {users, mapped, kept}) {
        const auto prepared = tests::prepare(body);
        const auto whole = tests::play(prepared);
        for (const double at : {60.5, 150.0, 250.25, 444.0, 700.5, 1333.25, 2000.0}) {
            CAPTURE(body);
            CAPTURE(at);
            const auto taken = snapshot(prepared, kernel::from_seconds(at));
            CHECK(taken.state.missing().empty());
            CHECK(after(tests::play(from(prepared, taken.state)), at) == after(whole, at));
        }
    }
}

TEST_CASE("initial state: a load with states goes on in the one it is in") {
    const std::string body = R"(
twin: {stages: {server: {reads: jobs, workers: 9, service: 1s}}}
load: {jobs: {arrivals: {states: {calm: {rate: 1/min, stay: 30min}, burst: {rate: 20/min, stay: 30min}}}}}
run: {length: 30min, warm_up: 0s}
measures: [total arrived(jobs)]
)";
    const auto prepared = tests::prepare(body);
    CHECK(snapshot(prepared, kernel::from_seconds(600)).state.elements[0].arrivals_state == "calm");
    models::InitialState state;
    state.elements.emplace_back();
    state.elements[0].element = "jobs";
    state.elements[0].arrivals_state = "burst";
    state.elements[0].stayed = kernel::from_seconds(1200);
    double arrived = 0;
    constexpr int runs = 40;
    for (int i = 0; i < runs; ++i)
        arrived +=
            tests::play(from(prepared, state), static_cast<std::uint64_t>(i)).at("total arrived(jobs)");
    // 10 min of the burst are left, 20 min are calm: 220, and a deviation of 15 in each.
    CHECK(std::abs(arrived / runs - 220) < 4 * std::sqrt(220.0 / runs));
    const auto again = snapshot(from(prepared, state), kernel::from_seconds(300)).state;
    CHECK(again.elements[0].arrivals_state == "burst");
    CHECK(*again.elements[0].stayed == kernel::from_seconds(1500));
}

TEST_CASE("snapshots: a sensor knows what has been updated since the run before was due") {
    const auto prepared = tests::prepare(R"(
twin:
  pools: {w: {workers: 2}}
  datasets: {d: {owner: x}, other: {owner: x}}
  stages:
    copy: {reads: files, workers: 1, service: 3s, writes: other}
  pipelines:
    n:
      schedule: every 100s
      tasks:
        e: {runs_on: w, service: 25s, writes: d}
        x: {after: e, runs_on: w, service: 12s}
        s: {after: x, waits_for: updated d, poke: 3s, runs_on: w, timeout: 90s}
        o: {after: s, waits_for: updated other, poke: 3s, runs_on: w, timeout: 90s}
        z: {after: o, runs_on: w, service: 1s}
load: {files: {arrivals: every 70s}}
run: {length: 500s, warm_up: 0s}
)");
    const auto whole = tests::play(prepared);
    REQUIRE(whole.count("n", "end") > 2);
    for (const double at : {30.0, 36.5, 72.0, 110.0, 130.0, 236.0, 341.5}) {
        CAPTURE(at);
        const auto taken = snapshot(prepared, kernel::from_seconds(at));
        CHECK(taken.state.missing().empty());
        CHECK(after(tests::play(from(prepared, taken.state)), at) == after(whole, at));
    }
}

TEST_CASE("snapshots: tasks read what has landed since their last success") {
    // `all` reads the whole; a try that fails has read nothing; what lands while a task is under way is for its next run.
    const auto prepared = tests::prepare(R"(
twin:
  pools: {w: {workers: 3}}
  datasets: {d: {owner: x}, e: {owner: x}}
  stages:
    copy: {reads: files, workers: 1, service: 3s, writes: d}
  pipelines:
    n:
      schedule: every 100s
      tasks:
        build: {reads: {d: new}, runs_on: w, service: 1s + 4s per GiB, writes: e}
        check: {after: build, reads: {d: all, e: new}, runs_on: w, service: 500ms per GiB}
        other: {reads: {d: new}, runs_on: w, service: 2s per record, timeout: 9s}
load: {files: {arrivals: every 11s, size: 2GiB}}
run: {length: 600s, warm_up: 0s}
)");
    const auto whole = tests::play(prepared);
    REQUIRE(whole.count("n", "end") > 4);
    for (const double at : {50.5, 101.5, 130.0, 172.0, 205.25, 236.0, 341.5, 460.0}) {
        CAPTURE(at);
        const auto taken = snapshot(prepared, kernel::from_seconds(at));
        CHECK(taken.state.missing().empty());
        CHECK(after(tests::play(from(prepared, taken.state)), at) == after(whole, at));
    }
}

TEST_CASE("initial state: what a task has to read stands in the state") {
    const auto lasts = [](const std::string& state) {
        const auto played = tests::play(tests::prepare(R"(
twin:
  datasets: {d: {owner: x}}
  pipelines: {n: {schedule: every 100s, max_active_runs: 1, tasks: {
    build: {reads: {d: new}, workers: 1, service: 1s per record},
    whole: {after: build, reads: {d: all}, workers: 1, service: 2s per GiB}}}}
  state: {)" + state + R"(}
load: {files: {arrivals: every 1h, writes: d}}
run: {length: 190s, warm_up: 0s}
)"));
        std::string all;
        for (const auto& row : played.rows)
            if (row.event == "finish") all += row.element + " " + std::to_string(row.time) + "\n";
        return all;
    };
    // Due at once and after 100 s, when nothing new has landed.
    const std::string next = "n.build 100.000000\nn.whole 100.000000\n";
    CHECK(lasts("n: {unread: {build: {d: {records: 7}}}}") == "n.build 7.000000\nn.whole 7.000000\n" + next);
    CHECK(lasts("d: {records: 9, size: 4GiB}, n: {unread: {build: {d: {records: 7}}}}") ==
          "n.build 7.000000\nn.whole 15.000000\nn.build 100.000000\nn.whole 108.000000\n");
    CHECK(lasts("d: {records: 9}") == "n.build 0.000000\nn.whole 0.000000\n" + next);
    // What is said of what has landed counts, and what no task that reads the new has to read does not.
    CHECK(lasts("d: {records: 3}, n: {unread: {build: {d: {records: 3}}, whole: {d: {records: 900, size: "
                "7GiB}}}}") == "n.build 3.000000\nn.whole 3.000000\n" + next);
    // The run at once begins when the one under way has ended, and reads what that has left.
    CHECK(
        lasts("n: {runs: [{age: 10s, tasks: {build: {served: 1s, left: 5s, unread: {d: {records: 3}}}}}]}") ==
        "n.build 5.000000\nn.whole 5.000000\nn.build 8.000000\nn.whole 8.000000\n" + next);
}

TEST_CASE("snapshots: who stands in line stands there as before") {
    const std::string retried = R"(
twin:
  stages:
    clean: {reads: [long, short], workers: 1, service: work, timeout: 10min, retry: {times: 1, backoff: 1min}}
load:
  long: {arrivals: every 100h, first: 0s, count: 1, fields: {work: 20min}}
  short: {arrivals: every 4min, first: 1min, count: 20, fields: {work: 3min}}
run: {length: 3h, warm_up: 0s}
measures: [max wait(clean)]
)";
    const std::string newest_first = R"(
twin: {stages: {c: {reads: [a, b1, b2, b3], workers: 1, order: lifo, service: work}}}
load:
  a: {arrivals: every 100h, first: 1min, count: 1, fields: {work: 30min}}
  b1: {arrivals: every 100h, first: 2min, count: 1, fields: {work: 2min}}
  b2: {arrivals: every 100h, first: 3min, count: 1, fields: {work: 4min}}
  b3: {arrivals: every 100h, first: 5min, count: 1, fields: {work: 8min}}
run: {length: 3h, warm_up: 0s}
)";
    // Of several stages and pipelines, at the same instants, with work that is cut off and goes to the head.
    const std::string shared = R"(
twin:
  pools: {crew: {workers: 1, order: ORDER}}
  stages:
    b: {reads: y, runs_on: crew, service: 70s}
    a: {reads: x, runs_on: crew, service: 50s}
  pipelines:
    q: {schedule: every 10min, tasks: {t: {runs_on: crew, service: 40s}}}
    p: {schedule: every 10min, tasks: {t: {runs_on: crew, service: 30s}, u: {after: t, runs_on: crew, service: 45s}}}
load:
  y: {arrivals: every 4min, first: 250s}
  x: {arrivals: every 2min}
actions:
  - {every: every 7min, for: 90s, fail: crew}
run: {length: 2h, warm_up: 0s}
)";
    const auto ordered = [&](const std::string& order) {
        std::string text = shared;
        return text.replace(text.find("ORDER"), 5, order);
    };
    std::size_t in_line = 0;
    for (const std::string& body : {retried, newest_first, ordered("fifo"), ordered("lifo")}) {
        const auto prepared = tests::prepare(body);
        const auto whole = tests::play(prepared);
        for (const double at : {270.0, 420.5, 600.25, 720.0, 725.0, 1500.0, 1825.5, 2460.0, 3700.0}) {
            CAPTURE(body);
            CAPTURE(at);
            const auto taken = snapshot(prepared, kernel::from_seconds(at));
            for (const auto& element : taken.state.elements) in_line += element.items.size();
            const auto rest = tests::play(from(prepared, taken.state));
            CHECK(after(rest, at) == after(whole, at));
        }
    }
    CHECK(in_line > 20);
}

TEST_CASE("initial state: time in line and places order a line, by stage and by task") {
    const std::string twin =
        "twin:\n  pools: {crew: {workers: 1}}\n  stages:\n    a: {reads: jobs, runs_on: crew, service: 2s}\n"
        "    b: {reads: more, runs_on: crew, service: 3s}\n  pipelines:\n    p: {schedule: every 100h, "
        "tasks: {t: "
        "{runs_on: crew, service: 7s}}}\n";
    const std::string rest =
        "load:\n  jobs: {arrivals: every 1000s}\n  more: {arrivals: every 1000s}\n"
        "run: {length: 60s}\nmeasures: [max wait(a)]\n";
    const auto waited =
        tests::play(twin +
                    "  state:\n    a: {waiting: [{here: 9s, waited: 1s, load: jobs}]}\n    b: {waiting: "
                    "[{here: 5s, load: "
                    "more}]}\n    p: {runs: [{age: 9s, tasks: {t: {is: waiting, here: 3s}}}]}\n" +
                    rest);
    CHECK(waited.times("b", "finish") == "3");
    CHECK(waited.times("p.t", "finish") == "10 19");  // the second is due at the start
    CHECK(waited.times("a", "finish") == "12");
    CHECK(waited.at("max wait(a)") == doctest::Approx(11.0));
    const auto placed = tests::play(
        twin +
        "  state:\n    a: {waiting: [{here: 9s, load: jobs}]}\n    b: {waiting: [{here: 5s, place: 2, load: "
        "more}]}\n    p: {runs: [{age: 9s, tasks: {t: {is: waiting, place: 1}}}]}\n" +
        rest);
    CHECK(placed.times("p.t", "finish") == "7 19");
    CHECK(placed.times("b", "finish") == "10");
    CHECK(placed.times("a", "finish") == "12");
}

TEST_CASE("snapshots: what of lines a state does not hold is told") {
    const auto told = [](const std::string& body, double at) {
        std::string all;
        for (const std::string& line :
             snapshot(tests::prepare(body), kernel::from_seconds(at)).state.missing())
            all += line + "\n";
        return all;
    };
    CHECK(told("twin:\n  stages: {c: {reads: [l, m], workers: 1, order: fair, service: 90s}}\nload:\n"
               "  l: {arrivals: every 61s}\n  m: {arrivals: every 83s}\nrun: {length: 1h}\n",
               1800) == "how much of 'c' each load has been given so far (order: fair): all are even\n");
    CHECK(
        told("twin:\n  datasets: {d: {retention: 2h}}\n  stages: {c: {reads: d, workers: 1, service: 30s}}\n"
             "load: {l: {arrivals: every 1min, writes: d}}\nactions: [{at: 50min, rewind: c, by: 20min}]\n"
             "run: {length: 2h}\n",
             2700) == "what 'c' has read, which a later 'rewind' would read again\n");
}

TEST_CASE("snapshots: what of work under way a state does not hold is told") {
    const auto told = [](const std::string& body, double at) {
        std::string all;
        for (const std::string& line :
             snapshot(tests::prepare(body), kernel::from_seconds(at)).state.missing())
            all += line + "\n";
        return all;
    };
    const auto moving = [&](const std::string& kept, double at) {
        return told(
            "twin:\n  pools: {crew: {workers: 1}, wan: {bandwidth: 10MB/s}}\n"
            "  stages: {c: {reads: l, runs_on: crew, service: 10s, transfers: {over: wan, in: 100MB, out: "
            "100MB" +
                kept + "}}}\nload: {l: {arrivals: every 100s}}\nrun: {length: 1h}\n",
            at);
    };
    // On its way in, at work, on its way out, and with nobody there.
    for (const double at : {105.0, 115.0, 125.0})
        CHECK(moving("", at) == "what items at 'c' have moved over 'wan': it is moved anew\n");
    CHECK(moving("", 135) == "");
    CHECK(moving(", once: model", 135) ==
          "what the workers of 'crew' keep of what was moved to them (once): it is moved anew\n");
    const auto worked = [&](const std::string& crew, const std::string& rest, double at) {
        return told("twin:\n  pools: {crew: {" + crew + "}}\n" +
                        "  stages: {c: {reads: l, runs_on: crew, service: 30s}}\n"
                        "load: {l: {arrivals: every 50s}}\n" +
                        rest + "run: {length: 1h}\n",
                    at);
    };
    const std::string pause = "actions: [{at: 60s, for: 5min, pause: c}]\n";
    CHECK(worked("workers: 1", pause, 70) ==
          "items at work at 'c', which takes up no work just now: they are in line until it does\n");
    CHECK(worked("workers: 1", pause, 90) == "");
    CHECK(worked("workers: 1", "", 70) == "");
    const std::string fewer = "workers: {steps: {0s: 1, 60s: 0, 1000s: 1}, leave: done}";
    const char* const leaves =
        "which workers of 'crew' leave when they are done (leave: done): what they have at work is in line\n";
    CHECK(worked(fewer, "", 70) == leaves);
    CHECK(worked(fewer + ", cores: 4", "", 70) == leaves);
    CHECK(worked(fewer, "", 90) == "");
    CHECK(worked("workers: 1, release: 10s", "", 85) ==
          "workers of 'crew' that are taken after their work (release): they are free\n");
    CHECK(worked("workers: 1, release: 10s", "", 70) == "");
    CHECK(worked("workers: 1, launch: 10s", "", 55) ==
          "launches on 'crew' that are under way: they begin anew\n");
    CHECK(worked("workers: 1, launch: 10s", "", 70) == "");
    const char* const restarts =
        "what work on 'crew' has done, should it be cut off (interrupted: restart): only the rest begins "
        "anew\n";
    CHECK(worked("workers: 1, interrupted: restart", "", 70) == restarts);
    CHECK(worked("workers: 1, interrupted: restart", "", 90) == "");
}

TEST_CASE("snapshots: what goes on from one is in distribution the run that it was taken from") {
    const std::string body = R"(
twin:
  stages:
    first: {reads: jobs, workers: 2, service: lognormal(mean 8s cv 1), failure: 20%, retry: {times: 2, backoff: exponential(mean 20s)}}
    second: {reads: first, workers: 1, service: exponential(mean 4s)}
load:
  jobs: {arrivals: every exponential(mean 6s)}
run: {length: 400s, warm_up: 200s}
measures: [avg present(), at end present(), total completed(), avg latency(second)]
)";
    const auto prepared = tests::prepare(body);
    auto other = prepared;
    other.seed = 4711;
    constexpr int runs = 400;
    struct Sums {
        double sum = 0, squares = 0;
        void add(double x) {
            sum += x;
            squares += x * x;
        }
    };
    std::vector<Sums> whole(prepared.measures.size()), rest(prepared.measures.size());
    for (int i = 0; i < runs; ++i) {
        const auto index = static_cast<std::uint64_t>(i);
        const auto one = tests::play(prepared, index);
        // Each future has another past, and random numbers of its own.
        const auto past = snapshot(prepared, 200 * kernel::from_seconds(1), index + runs);
        const auto two = tests::play(from(other, past.state), index);
        for (std::size_t m = 0; m < prepared.measures.size(); ++m) {
            whole[m].add(one.at(prepared.measures[m]));
            rest[m].add(two.at(prepared.measures[m]));
        }
    }
    for (std::size_t m = 0; m < prepared.measures.size(); ++m) {
        CAPTURE(prepared.measures[m]);
        const auto mean = [&](const Sums& of) { return of.sum / runs; };
        const auto variance = [&](const Sums& of) { return of.squares / runs - mean(of) * mean(of); };
        const double error = std::sqrt((variance(whole[m]) + variance(rest[m])) / runs);
        CHECK(std::fabs(mean(whole[m]) - mean(rest[m])) < 4 * error);
        CHECK(variance(rest[m]) / variance(whole[m]) == doctest::Approx(1).epsilon(0.6));
    }
}

TEST_CASE("initial state: whether an attempt that has lasted so long will fail") {
    // By Bayes: of those that last 60 s, 0.5 * 1 of both halves but for exp(-60 / 30) of those that fail.
    int failed = 0;
    constexpr int runs = 4000;
    const auto prepared = tests::prepare(R"(
twin:
  stages: {server: {reads: jobs, workers: 1, service: uniform(100s..101s), failure: 50%, fails_after: exponential(mean 30s)}}
  state: {server: {working: [{here: 60s, served: 60s}]}}
load: {jobs: {arrivals: every 1h, first: 30min, count: 1}}
run: {length: 10min}
measures: [total failed(server)]
)");
    for (int i = 0; i < runs; ++i)
        failed += tests::play(prepared, static_cast<std::uint64_t>(i)).at("total failed(server)") > 0;
    const double lasts = std::exp(-2.0), share = lasts / (1 + lasts);
    CHECK(std::fabs(failed - runs * share) < 4 * std::sqrt(runs * share * (1 - share)));
}

TEST_CASE("initial state: a load with a clock keeps it, whatever the instant that the state is as of") {
    const auto arrivals = [](const std::string& load, const std::string& as_of) {
        const auto played = tests::play(server + "  as_of: " + as_of + "\nload:\n  jobs: {arrivals: " + load +
                                        "}\nrun: {length: 60h}\n");
        std::vector<double> hours;
        for (const auto& row : played.rows)
            if (row.event == "arrive" && row.element == "jobs") hours.push_back(row.time / 3600);
        return hours;
    };
    using Hours = std::vector<double>;
    CHECK(arrivals("every 24h, first: 1h", "24.5h") == Hours{25, 49});
    CHECK(arrivals("every 24h, first: 1h", "25h") == Hours{25, 49});
    CHECK(arrivals("every 24h, first: 1h", "26h") == Hours{49});
    CHECK(arrivals("every 24h, first: 1h, from: 2h", "24.5h") == Hours{26, 50});
    // Without `first` the first comes after one interval.
    CHECK(arrivals("every 24h", "1.5h") == Hours{24, 48});
    CHECK(arrivals("every 24h", "24.5h") == Hours{48});
    CHECK(arrivals("2x every 24h, first: 1h", "14h") == Hours{25, 37, 49});
}
