// Promised: `emits` gives an item fields, a key and a priority anew as it leaves a stage, drawn once an item from what it
// came with, and all that comes later goes by them; ways with values take the items that have them; draws go by item
// and name, so that neither routing nor other fields change them. Shown: by hand where nothing is random, item by item
// where it is. What is recorded of items is theirs by the key of the log, or by the order in which they come; shown by rows
// in another order.
#include <doctest/doctest.h>

#include <map>
#include <set>
#include <string>

#include "play.h"
#include "tests/scratch_folder.h"

using understudy::tests::play;

namespace {

/// Work drawn at a stage, by item.
std::map<std::uint64_t, double> works(const understudy::tests::Played& played, const std::string& stage) {
    std::map<std::uint64_t, double> result;
    for (const auto& row : played.rows)
        if (row.element == stage && row.event == "start") result[row.item] = row.value;
    return result;
}

}  // namespace

TEST_CASE("a field that a stage changes is what later stages work by") {
    const auto played = play(R"(
twin:
  stages:
    first: {reads: jobs, workers: unlimited, service: work, emits: {fields: {work: 5s}}}
    second: {reads: first, workers: unlimited, service: work}
load: {jobs: {arrivals: every 100s, first: 0s, count: 2, fields: {work: 2s}}}
run: {until: empty}
)");
    CHECK(played.times("first", "finish") == "2 102");
    CHECK(played.times("second", "finish") == "7 107");
}

TEST_CASE("new values are made of those that were there, all at once") {
    const auto played = play(R"(
twin:
  stages:
    swap: {reads: jobs, emits: {records: 50%, fields: {a: b, b: a, c: 1s per record, d: a + b}}}
    by_a: {reads: swap, workers: unlimited, service: a}
    by_b: {reads: swap, workers: unlimited, service: b}
    by_c: {reads: swap, workers: unlimited, service: c}
    by_d: {reads: swap, workers: unlimited, service: d}
load: {jobs: {arrivals: every 100s, first: 0s, count: 1, records: 8, fields: {a: 1s, b: 3s}}}
run: {until: empty}
)");
    CHECK(played.times("by_a", "finish") == "3");
    CHECK(played.times("by_b", "finish") == "1");
    // The records that came, not those that go on.
    CHECK(played.times("by_c", "finish") == "8");
    CHECK(played.times("by_d", "finish") == "4");
}

TEST_CASE("each of several items that come out draws its own") {
    const auto played = play(R"(
twin:
  stages:
    split: {reads: jobs, emits: {items: 50, fields: {work: exponential(mean 1s)}}}
    server: {reads: split, workers: unlimited, service: work}
load: {jobs: {arrivals: every 100s, first: 0s, count: 4}}
run: {until: empty}
)");
    std::set<double> drawn;
    for (const auto& [item, work] : works(played, "server")) drawn.insert(work);
    CHECK(drawn.size() == 200);
}

TEST_CASE("a changed priority and a changed key are what order and route go by") {
    const auto played = play(R"(
twin:
  pools: {crew: {workers: 1, order: priority}}
  stages:
    raise: {reads: late, emits: {priority: 5}}
    work: {reads: [early, raise], runs_on: crew, service: 10s}
load:
  early: {arrivals: every 1s, first: 0s, count: 3}
  late: {arrivals: every 1s, first: 3s, count: 1}
run: {until: empty}
measures: [avg wait(work) of late]
)");
    // The first is at work until 10, and then the one that came last.
    CHECK(played.at("avg wait(work) of late") == doctest::Approx(7));
    const auto keyed = play(R"(
twin:
  stages:
    rekey: {reads: jobs, emits: {key: customer}, writes: [a, b], route: key}
    one: {reads: a, workers: unlimited, service: 1s}
    two: {reads: b, workers: unlimited, service: 1s}
load: {jobs: {arrivals: every 1s, first: 0s, count: 50, key: zipf(n 9 s 0), fields: {customer: 3}}}
run: {until: empty}
)");
    const int first = keyed.count("one", "enter");
    CHECK((first == 0 || first == 50));
}

TEST_CASE("a changed field is what a budget is spent by") {
    const auto played = play(R"(
twin:
  budgets: {tokens: {capacity: 10, refill: 1/s}}
  stages:
    plan: {reads: jobs, emits: {fields: {token: 10}}}
    call: {reads: plan, spends: {tokens: token}, workers: unlimited, service: 1s}
load: {jobs: {arrivals: every 1s, first: 0s, count: 2, fields: {token: 1}}}
run: {until: empty}
)");
    CHECK(played.times("call", "start") == "0 10");
}

TEST_CASE("items go the way that has their value, at its ends too") {
    const auto played = play(R"(
twin:
  stages:
    sort: {reads: jobs, writes: {low: size < 2GB, middle: size = 2GB or 4GB < size <= 5GB, high: else}}
    one: {reads: low, workers: unlimited, service: 1s}
    two: {reads: middle, workers: unlimited, service: 1s}
    three: {reads: high, workers: unlimited, service: 1s}
load:
  a: {arrivals: every 1s, first: 1s, count: 1, size: 1GB, writes: jobs}
  b: {arrivals: every 1s, first: 2s, count: 1, size: 2GB, writes: jobs}
  c: {arrivals: every 1s, first: 3s, count: 1, size: 3GB, writes: jobs}
  d: {arrivals: every 1s, first: 4s, count: 1, size: 4GB, writes: jobs}
  e: {arrivals: every 1s, first: 5s, count: 1, size: 5GB, writes: jobs}
  f: {arrivals: every 1s, first: 6s, count: 1, size: 6GB, writes: jobs}
run: {until: empty}
)");
    CHECK(played.times("one", "enter") == "1");
    CHECK(played.times("two", "enter") == "2 5");
    CHECK(played.times("three", "enter") == "3 4 6");
}

TEST_CASE("a load may send its own items by what they carry") {
    const auto played = play(R"(
twin:
  stages:
    short: {reads: shorts, workers: unlimited, service: work}
    long: {reads: longs, workers: unlimited, service: work}
load: {jobs: {arrivals: every 1s, count: 200, fields: {work: exponential(mean 1s)}, writes: {shorts: work < 1s, longs: else}}}
run: {until: empty}
)");
    for (const auto& [item, work] : works(played, "short")) CHECK(work < 1);
    for (const auto& [item, work] : works(played, "long")) CHECK(work >= 1);
    CHECK(works(played, "short").size() + works(played, "long").size() == 200);
    CHECK(works(played, "long").size() > 40);
}

TEST_CASE("a job comes round as often as it takes to be good enough, drawing anew each time") {
    const auto played = play(R"(
twin:
  stages:
    model: {reads: [jobs, again], workers: unlimited, service: 1s, emits: {fields: {score: uniform(0..1)}}, writes: {again: score < 0.75, exit: else}}
load: {jobs: {arrivals: every 1s, count: 5000}}
run: {until: empty}
measures: [total arrived(model), total completed()]
)");
    CHECK(played.at("total completed()") == 5000);
    // Geometric with mean 4.
    CHECK(played.at("total arrived(model)") == doctest::Approx(20000).epsilon(0.05));
}

TEST_CASE("draws go by item and name: ways, other fields and other stages change none") {
    const std::string load =
        "load: {jobs: {arrivals: every 10s, count: 100, fields: {work: exponential(mean 1s), "
        "grade: uniform(0..1)}}}\nrun: {until: empty}\n";
    const auto drawn = [&](const std::string& stages) {
        const auto played = play("twin: {stages: {" + stages + "}}\n" + load);
        std::map<std::uint64_t, double> all = works(played, "server");
        CHECK(all.size() == 100);
        return all;
    };
    const std::string server = "server: {reads: changed, workers: unlimited, service: work}, ";
    const auto plain = drawn(
        server + "change: {reads: jobs, emits: {fields: {work: exponential(mean 3s)}}, writes: changed}");
    const auto other =
        drawn(server +
              "change: {reads: jobs, emits: {fields: {about: uniform(0s..1s), work: exponential(mean 3s)}}, "
              "writes: {changed: grade < 0.5, around: else}}, "
              "more: {reads: around, workers: unlimited, service: work, writes: changed}");
    CHECK(plain == other);
}

TEST_CASE("recorded values belong to the item with the key of their row") {
    const understudy::tests::CurrentFolder folder;
    folder.write("calls.csv", "at,id\n0,a7\n10,b2\n20,c9\n30,zz\n");
    folder.write("served.csv", "id,took\nc9,3\na7,1\nb2,2\na7,9\n");
    const std::string logs = R"(
logs:
  calls: {file: calls.csv, format: csv, time: at, key: id, columns: {at: s}}
  served: {file: served.csv, format: csv, key: id, columns: {took: s}}
twin: {stages: {server: {reads: jobs, workers: 1, service: recorded(served.took)}}}
run: {until: empty}
load: {jobs: {arrivals: recorded(calls.at))";
    const auto by_key = play(logs + ", key: recorded(calls.id)}}\n");
    // The first row of several with one key; the fourth item has none, and takes the row of its number.
    CHECK(by_key.times("server", "finish") == "1 12 23 39");
    CHECK(by_key.outcome.log_rows_missing == 1);
    const auto by_order = play(logs + "}}\n");
    CHECK(by_order.times("server", "finish") == "3 11 22 39");
    CHECK(by_order.outcome.log_rows_missing == 0);
}

TEST_CASE("items beyond the log take its rows once more, and are counted") {
    const understudy::tests::CurrentFolder folder;
    folder.write("served.csv", "took\n1\n2\n");
    const auto played = play(R"(
logs: {served: {file: served.csv, format: csv, columns: {took: s}}}
twin: {stages: {server: {reads: jobs, workers: 1, service: recorded(served.took)}}}
run: {until: empty}
load: {jobs: {arrivals: every 10s, first: 0s, count: 5}}
)");
    CHECK(played.times("server", "finish") == "1 12 21 32 41");
    CHECK(played.outcome.log_rows_missing == 3);
}
