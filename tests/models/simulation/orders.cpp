// Promised: who is next in a line: fifo, lifo, priority (larger first, then fifo), shortest (drawn on arrival),
// random; one line for all stages of a pool; service is not cut short by who comes later. Shown: five items whose
// arrivals and service times are constants, so that the order can be worked out by hand.
#include <doctest/doctest.h>

#include <set>
#include <string>

#include "play.h"

using understudy::tests::play;

namespace {

/// Items 1..5 at 0, 1, 2, 3, 4 s with service 10, 3, 1, 2, 1 s and priorities 0, 1, 5, 5, 2: all but the first wait
/// for it.
std::string five(const std::string& order) {
    return R"(
twin: {stages: {server: {reads: [a, b, c, d, e], workers: 1, order: )" +
           order + R"(, service: work}}}
load:
  a: {arrivals: every 1s, first: 0s, count: 1, priority: 0, fields: {work: 10s}}
  b: {arrivals: every 1s, first: 1s, count: 1, priority: 1, fields: {work: 3s}}
  c: {arrivals: every 1s, first: 2s, count: 1, priority: 5, fields: {work: 1s}}
  d: {arrivals: every 1s, first: 3s, count: 1, priority: 5, fields: {work: 2s}}
  e: {arrivals: every 1s, first: 4s, count: 1, priority: 2, fields: {work: 1s}}
run: {until: empty}
measures: [avg wait(server), max wait(server), avg latency(server), total completed(server), max waiting(server)]
)";
}

}  // namespace

TEST_CASE("fifo serves in order of arrival") {
    const auto played = play(five("fifo"));
    CHECK(played.when("server", "start") == "1@0 2@10 3@13 4@14 5@16");
    CHECK(played.when("server", "finish") == "1@10 2@13 3@14 4@16 5@17");
    // Waits 0, 9, 11, 11, 12.
    CHECK(played.at("avg wait(server)") == doctest::Approx(43.0 / 5));
    CHECK(played.at("max wait(server)") == doctest::Approx(12));
    CHECK(played.at("avg latency(server)") == doctest::Approx(60.0 / 5));
    CHECK(played.at("max waiting(server)") == 4);
}

TEST_CASE("lifo serves who came last") {
    CHECK(play(five("lifo")).when("server", "start") == "1@0 5@10 4@11 3@13 2@14");
}

TEST_CASE("priority serves the larger first, equals in order of arrival") {
    CHECK(play(five("priority")).when("server", "start") == "1@0 3@10 4@11 5@13 2@14");
}

TEST_CASE("shortest serves the least work first, equals in order of arrival") {
    CHECK(play(five("shortest")).when("server", "start") == "1@0 3@10 5@11 4@12 2@14");
}

TEST_CASE("deadline serves who is due first, those without one last") {
    const auto played = play(R"(
twin: {stages: {server: {reads: [door, late, soon, never], workers: 1, order: deadline, service: 5s}}}
load:
  door: {arrivals: every 1s, first: 0s, count: 1}
  never: {arrivals: every 1s, first: 1s, count: 1}
  late: {arrivals: every 1s, first: 2s, count: 2, deadline: 1h}
  soon: {arrivals: every 1s, first: 4s, count: 1, deadline: 10s}
run: {until: empty}
)");
    CHECK(played.order("server", "start") == "1 5 3 4 2");
}

TEST_CASE("random serves everybody, in an order of its own for each seed") {
    std::set<std::string> orders;
    for (int seed = 1; seed <= 12; ++seed) {
        auto prepared = understudy::tests::prepare(five("random"));
        prepared.seed = static_cast<std::uint64_t>(seed);
        const auto played = understudy::tests::play(prepared);
        CHECK(played.at("total completed(server)") == 5);
        CHECK(played.order("server", "start").starts_with("1 "));
        CHECK(played.order("server", "start") == understudy::tests::play(prepared).order("server", "start"));
        orders.insert(played.order("server", "start"));
    }
    CHECK(orders.size() > 4);  // of 24
}

TEST_CASE("stages on one pool stand in one line, with the stage's priority before the item's") {
    const std::string body = R"(
twin:
  pools: {crew: {workers: 1, order: ORDER}}
  stages:
    low: {reads: a, runs_on: crew, service: 4s, priority: 1}
    high: {reads: b, runs_on: crew, service: 4s, priority: 9}
load:
  a: {arrivals: every 1s, first: 0s, count: 3, priority: 100}
  b: {arrivals: every 1s, first: 2500ms, count: 1}
run: {until: empty}
)";
    auto with = [&](const std::string& order) {
        std::string text = body;
        return play(text.replace(text.find("ORDER"), 5, order));
    };
    // Arrivals 0, 1, 2 at low and 2.5 at high.
    CHECK(with("fifo").when("high", "start") == "4@12");
    CHECK(with("priority").when("high", "start") == "4@4");
    CHECK(with("priority").when("low", "start") == "1@0 2@8 3@12");
}

TEST_CASE("several workers take from the line as they become free") {
    const auto played = play(R"(
twin: {stages: {server: {reads: jobs, workers: 2, service: work}}}
load: {jobs: {arrivals: every 1s, first: 0s, count: 5, fields: {work: 3s}}}
run: {length: 10s}
measures: [avg utilisation(server), avg waiting(server), avg present(server), avg busy(server), share waited(server)]
)");
    // 1 from 0 to 3, 2 from 1 to 4, 3 (arrived at 2) from 3 to 6, 4 (at 3) from 4 to 7, 5 (at 4) from 6 to 9.
    CHECK(played.when("server", "start") == "1@0 2@1 3@3 4@4 5@6");
    CHECK(played.at("avg busy(server)") == doctest::Approx(1.5));
    CHECK(played.at("avg utilisation(server)") == doctest::Approx(0.75));
    CHECK(played.at("avg waiting(server)") == doctest::Approx((1.0 + 1 + 2) / 10));
    CHECK(played.at("avg present(server)") == doctest::Approx(1.5 + 0.4));
    CHECK(played.at("share waited(server)") == doctest::Approx(3.0 / 5));
}
