// Promised: a stream that several read is copied to each; a list of streams is written in full to each; a map of
// shares sends each item to one; `exit` leaves; what nobody reads leaves; copies and parts count once for the whole
// system; emits scales records and size. Shown: by hand where nothing is random, on a long run where it is.
#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <set>
#include <string>

#include "play.h"

using understudy::tests::play;

TEST_CASE("each reader has a copy, and the arrival is done when the last copy is") {
    const auto played = play(R"(
twin:
  stages:
    fast: {reads: jobs, workers: 1, service: 1s}
    slow: {reads: jobs, workers: 1, service: 5s}
load: {jobs: {arrivals: every 10s, first: 0s, count: 2}}
run: {until: empty}
measures: [total arrived(), total completed(), avg latency(), avg latency(fast), avg latency(slow)]
)");
    CHECK(played.times("fast", "finish") == "1 11");
    CHECK(played.times("slow", "finish") == "5 15");
    CHECK(played.at("total completed()") == 2);
    CHECK(played.at("avg latency()") == doctest::Approx(5));
}

TEST_CASE("a list of streams is written in full to each") {
    const auto played = play(R"(
twin:
  stages:
    fork: {reads: jobs, workers: 1, service: 1s, writes: [left, right]}
    a: {reads: left, workers: 1, service: 1s per GB}
    b: {reads: right, workers: 1, service: 2s per GB}
load: {jobs: {arrivals: every 10s, first: 0s, count: 1, size: 2GB}}
run: {until: empty}
)");
    CHECK(played.times("a", "finish") == "3");
    CHECK(played.times("b", "finish") == "5");
}

TEST_CASE("shares send each item to one, in those shares, and exit leaves") {
    const auto played = play(R"(
twin:
  stages:
    fork: {reads: jobs, writes: {left: 30%, right: 50%, exit: 20%}}
    a: {reads: left, workers: unlimited, service: 1s}
    b: {reads: right, workers: unlimited, service: 1s}
load: {jobs: {arrivals: every 1s, count: 20000}}
run: {until: empty}
measures: [total arrived(a), total arrived(b), total completed()]
)");
    const double a = played.at("total arrived(a)"), b = played.at("total arrived(b)");
    // Five standard deviations of a binomial.
    CHECK(std::abs(a - 6000) < 5 * std::sqrt(20000 * 0.3 * 0.7));
    CHECK(std::abs(b - 10000) < 5 * std::sqrt(20000 * 0.25));
    CHECK(a + b < 20000);
    CHECK(played.at("total completed()") == 20000);
}

TEST_CASE("an item that comes round again draws anew") {
    // A loop with half the items going back: visits are geometric with mean 2, which fails if each round repeats the
    // first one's choice (it would never end, or end at once).
    const auto played = play(R"(
twin: {stages: {loop: {reads: [jobs, again], workers: unlimited, service: 1s, writes: {again: 50%, exit: 50%}}}}
load: {jobs: {arrivals: every 1s, count: 10000}}
run: {until: empty}
measures: [total arrived(loop), total completed(), avg latency()]
)");
    CHECK(played.at("total completed()") == 10000);
    CHECK(played.at("total arrived(loop)") == doctest::Approx(20000).epsilon(0.04));
    CHECK(played.at("avg latency()") == doctest::Approx(2).epsilon(0.04));
}

TEST_CASE("emits scales what flows downstream") {
    const auto played = play(R"(
twin:
  stages:
    shrink: {reads: jobs, emits: {items: 2, records: 50%, size: 25%}}
    rows: {reads: shrink, workers: unlimited, service: 1s per record}
load: {jobs: {arrivals: every 1s, first: 0s, count: 1, records: 8, size: 4GB}}
run: {until: empty}
measures: [total completed()]
)");
    // Whether the records stand for each part or are divided among them is the language's to say: 50 % of what came.
    CHECK(played.times("rows", "start") == "0 0");
    CHECK(played.times("rows", "finish") == "4 4");
    CHECK(played.at("total completed()") == 1);
}

TEST_CASE("several items of one arrival are parts of it; delay keeps an item from its stream") {
    const auto played = play(R"(
twin: {stages: {server: {reads: jobs, workers: unlimited, service: 1s}}}
load: {jobs: {arrivals: every 10s, first: 0s, count: 2, items: 3, delay: 2s}}
run: {until: empty}
measures: [total completed(), total arrived(server), avg latency(), avg latency(server)]
)");
    CHECK(played.times("server", "enter") == "2 2 2 12 12 12");
    CHECK(played.at("total completed()") == 2);
    CHECK(played.at("total arrived(server)") == 6);
    CHECK(played.at("avg latency()") == doctest::Approx(3));
    CHECK(played.at("avg latency(server)") == doctest::Approx(1));
}

TEST_CASE("users come back when all that came of their item is done") {
    const auto played = play(R"(
twin: {stages: {a: {reads: people, workers: 1, service: 1s}, b: {reads: people, workers: 1, service: 3s}}}
load: {people: {users: 1, think: 2s}}
run: {length: 14s}
)");
    // Think 0..2, work 2..5 (the slower copy), think 5..7, work 7..10, think 10..12.
    CHECK(played.times("people", "arrive") == "2 7 12");
}

TEST_CASE("copies of one item that meet again draw on their own") {
    // Through two stages into one by two streams, by one stream, and straight from a load that writes two.
    for (const std::string twin :
         {"a: {reads: jobs, workers: unlimited, service: 1s}, b: {reads: jobs, workers: unlimited, "
          "service: 2s}, c: {reads: [a, b], workers: unlimited, service: exponential(mean 5s)}",
          "a: {reads: jobs, writes: x}, b: {reads: jobs, writes: x}, "
          "c: {reads: x, workers: unlimited, service: exponential(mean 5s)}",
          "a: {reads: jobs, writes: [x, y]}, "
          "c: {reads: [x, y], workers: unlimited, service: exponential(mean 5s)}",
          "a: {reads: jobs}, c: {reads: [a, jobs], workers: unlimited, service: "
          "exponential(mean 5s)}"}) {
        INFO(twin);
        const auto played =
            play("twin: {stages: {" + twin +
                 "}}\nload: {jobs: {arrivals: every 10s, count: 100}}\nrun: {until: empty}\n");
        std::set<double> works;
        for (const auto& row : played.rows)
            if (row.element == "c" && row.event == "start") works.insert(row.value);
        CHECK(works.size() == 200);
    }
}

TEST_CASE("in turn, by key and by class each item goes one way") {
    const auto played = play(R"(
twin:
  stages:
    one: {reads: a, workers: unlimited, service: 1s}
    two: {reads: b, workers: unlimited, service: 1s}
    three: {reads: c, workers: unlimited, service: 1s}
load: {jobs: {arrivals: every 1s, first: 0s, count: 7, writes: [a, b, c], route: round_robin}}
run: {until: empty}
)");
    CHECK(played.times("one", "enter") == "0 3 6");
    CHECK(played.times("two", "enter") == "1 4");
    CHECK(played.times("three", "enter") == "2 5");
    const auto keyed = play(R"(
twin:
  stages:
    one: {reads: a, workers: unlimited, service: 1s}
    two: {reads: b, workers: unlimited, service: 1s}
load:
  jobs: {arrivals: every 1s, first: 0s, count: 50, key: 3, writes: [a, b], route: key}
run: {until: empty}
)");
    const int first = keyed.count("one", "enter");
    CHECK((first == 0 || first == 50));
    const auto by_class = play(R"(
twin:
  stages:
    deal: {reads: [web, api, jobs], writes: {fast: web, slow: [api, jobs]}, route: class}
    one: {reads: fast, workers: unlimited, service: 1s}
    two: {reads: slow, workers: unlimited, service: 1s}
load:
  web: {arrivals: every 1s, first: 0s, count: 2}
  api: {arrivals: every 1s, first: 10s, count: 2}
  jobs: {arrivals: every 1s, first: 20s, count: 1}
run: {until: empty}
)");
    CHECK(by_class.times("one", "enter") == "0 1");
    CHECK(by_class.times("two", "enter") == "10 11 20");
}

TEST_CASE("the shortest is where the fewest wait or are at work") {
    const auto played = play(R"(
twin:
  stages:
    one: {reads: a, workers: 1, service: 10s}
    two: {reads: b, workers: 1, service: 10s}
load: {jobs: {arrivals: every 1s, first: 0s, count: 4, writes: [a, b], route: shortest}}
run: {until: empty}
measures: [total arrived(one), total arrived(two)]
)");
    CHECK(played.at("total arrived(one)") == 2);
    CHECK(played.at("total arrived(two)") == 2);
}

TEST_CASE("a split divides records and size, and all parts of it count once") {
    const auto played = play(R"(
twin:
  stages:
    check: {reads: files, route: split, writes: {valid: 75%, broken: 25%}}
    good: {reads: valid, workers: unlimited, service: 1s per record}
    bad: {reads: broken, workers: unlimited, service: 1s per GiB}
load: {files: {arrivals: every 1s, first: 0s, count: 1, records: 8, size: 4GiB}}
run: {until: empty}
measures: [total completed(), total arrived(good), total arrived(bad)]
)");
    CHECK(played.times("good", "finish") == "6");
    CHECK(played.times("bad", "finish") == "1");
    CHECK(played.at("total completed()") == 1);
}

TEST_CASE("a split leaves records whole, and what has none does not go on") {
    const auto played = play(R"(
twin:
  stages:
    check: {reads: [files, again], route: split, writes: {good: 90%, bad: 10%}}
    repair: {reads: bad, workers: unlimited, service: 1s, writes: again}
load: {files: {arrivals: every 1s, first: 0s, count: 200, records: 5}}
run: {until: empty}
measures: [total completed(), total arrived(repair), total arrived(good)]
)");
    CHECK(played.at("total completed()") == 200);
    // Half of them have a bad record, and a tenth of those once more; one that is alone is good or bad.
    CHECK(played.at("total arrived(repair)") == doctest::Approx(200 * 0.5 / 0.9).epsilon(0.2));
    for (const auto& row : played.rows)
        if (row.element == "good" && row.event == "land") CHECK(row.value == std::floor(row.value));
}

TEST_CASE("where copies meet again, another reader of a stream behind shifts nobody's draws") {
    // Copies of one item come to `c` by two ways; `d` reads what it writes, before `e` by its name.
    const auto ends = [](const std::string& more) {
        return play("twin:\n  stages:\n    a: {reads: x, workers: 1, service: 1s}\n"
                    "    b: {reads: x, workers: 1, service: 2s}\n"
                    "    c: {reads: [a, b], workers: 1, service: exponential(mean 1s)}\n" +
                    more +
                    "    e: {reads: c, workers: unlimited, service: exponential(mean 3s)}\n"
                    "load: {x: {arrivals: every 20s, first: 0s, count: 5}}\nrun: {until: empty}\n")
            .times("e", "finish");
    };
    const std::string alone = ends("");
    CHECK(std::count(alone.begin(), alone.end(), ' ') == 9);
    CHECK(ends("    d: {reads: c, workers: 1, service: 1s}\n") == alone);
}
