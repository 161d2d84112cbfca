// Promised: what an outage takes away stands still meanwhile and goes on, begins anew or is lost; another worker takes
// it up; a clock of busy time stands while the worker is idle; a schedule passes over what comes while an outage is
// on; workers that go by one schedule go together; and a run until empty ends although outages never do. Shown: by
// hand, with constants.
#include <doctest/doctest.h>

#include <string>

#include "play.h"

using understudy::tests::play;

namespace {

/// One item of 3 s of work comes at 0 s.
auto one_job(const std::string& workers, const std::string& outage, int count = 1) {
    return play(R"(
twin:
  stages:
    server: {reads: jobs, workers: )" +
                workers + ", service: 3s, outages: {it: {" + outage + R"(}}}
load: {jobs: {arrivals: every 10s, first: 0s, count: )" +
                std::to_string(count) + R"(}}
run: {until: empty}
measures: [avg wait(server), avg service(server), total interrupted(server), total lost(server)]
)");
}

}  // namespace

TEST_CASE("work that an outage cuts off stands still, and that is no wait") {
    const auto resumed = one_job("1", "up: 2s, for: 5s");
    CHECK(resumed.times("server", "start") == "0 7");
    CHECK(resumed.times("server", "interrupt") == "2");
    CHECK(resumed.times("server", "finish") == "8");
    CHECK(resumed.at("avg wait(server)") == 0);
    CHECK(resumed.at("avg service(server)") == 8);
    CHECK(one_job("1", "every: every 4s, for: 1s, interrupted: restart").times("server", "finish") == "4");
    CHECK(one_job("1", "up: 2s, for: 5s, interrupted: lose").at("total lost(server)") == 1);
}

TEST_CASE("another worker takes up what one has left, but not where all are down") {
    CHECK(one_job("2", "up: 2s, for: 5s, takes: all").times("server", "start") == "0 7");
    const auto two = play(R"(
twin:
  stages:
    server: {reads: jobs, workers: 2, service: 3s, outages: {it: {up: 2s, clock: busy, for: 5s}}}
load: {jobs: {arrivals: every 10s, first: 0s, count: 1}}
run: {until: empty}
)");
    CHECK(two.times("server", "start") == "0 2");
    CHECK(two.times("server", "finish") == "3");
}

TEST_CASE("a clock of busy time stands while the worker is idle") {
    // 3 s of work end before 4 s of it have passed; the rest comes 1 s into the second item, at 11 s.
    const auto busy = one_job("1", "up: 4s, clock: busy, for: 5s", 2);
    CHECK(busy.times("server", "interrupt") == "11");
    CHECK(busy.times("server", "finish") == "3 18");
    // By the calendar it comes at 4 s, when nothing is there, and again 4 s after the repair.
    const auto calendar = one_job("1", "up: 4s, for: 5s", 2);
    CHECK(calendar.times("server", "interrupt") == "");
    CHECK(calendar.times("server", "finish") == "3 13");
}

TEST_CASE("an instant of a schedule that comes while the outage is on is passed over") {
    // From 0 s to 5 s, from 6 s to 11 s, ...: the item gets one second of each six.
    const auto played = one_job("1", "every: every 2s, for: 5s");
    CHECK(played.times("server", "start") == "5 11 17");
    CHECK(played.times("server", "finish") == "18");
}

TEST_CASE("workers that go by one schedule go together") {
    const auto played = one_job("3", "every: every 2s, for: 1s");
    CHECK(played.times("server", "start") == "1 3 5");
    CHECK(played.at("total interrupted(server)") == 2);
}

TEST_CASE("shares of workers that are up are measured, and workers that are down stay in the utilisation") {
    const auto played = play(R"(
twin:
  stages:
    server: {reads: jobs, workers: 2, service: 10s, outages: {it: {every: every 20s, for: 5s, takes: all}}}
load: {jobs: {arrivals: every 20s, first: 10s}}
run: {length: 100s, warm_up: 0s}
measures: [share up(server), share down(server), avg utilisation(server), share occupied(server)]
)");
    CHECK(played.at("share up(server)") == 0.75);
    CHECK(played.at("share down(server)") == 0.25);
    CHECK(played.at("avg utilisation(server)") == 0.25);
    CHECK(played.at("share occupied(server)") == 0.5);
}
