// Promised: a worker that finds nothing looks again after its pause, from the start on; a range of workers follows
// what waits at once, or lag and utilisation at intervals, within its bounds, cooldown and step; a start that is no
// longer wanted is cancelled; idle workers are kept as long as they are to be; workers that start cost as those that
// are on. Shown: by hand, with constants.
#include <doctest/doctest.h>

#include <string>

#include "play.h"

using understudy::tests::play;

namespace {

/// `loads`: as under `load`.
auto at_server(const std::string& workers, const std::string& loads, const std::string& measures = "") {
    return play(R"(
twin:
  stages:
    server: {reads: jobs, )" +
                workers + R"(}
load: {jobs: {)" +
                loads + R"(}}
run: {length: 100s, warm_up: 0s}
measures: [avg wait(server), avg workers(server), avg starting(server), avg utilisation(server))" +
                measures + "]\n");
}

}  // namespace

TEST_CASE("a worker that finds nothing looks again after its pause") {
    // It looks at 0, 4, 8 s; what comes at 5 s waits until 8 s, what comes at 9 s until the work ends.
    const auto played =
        at_server("workers: 1, poll: 4s, service: 2s", "arrivals: every 4s, first: 5s, count: 2");
    CHECK(played.times("server", "start") == "8 10");
    // From then on it looks 4 s after it found nothing.
    const auto later =
        at_server("workers: 1, poll: 4s, service: 3s", "arrivals: every 7s, first: 5s, count: 2");
    CHECK(later.times("server", "start") == "8 15");
}

TEST_CASE("workers start for what waits and are put off when nothing is there") {
    const auto played = at_server("workers: 0..2, scale: {waiting: 1}, start_up: 3s, service: 2s",
                                  "arrivals: every 1s, first: 10s, count: 2");
    CHECK(played.times("server", "start") == "13 14");
    CHECK(played.times("server", "finish") == "15 16");
    CHECK(played.at("avg workers(server)") == doctest::Approx(0.04));
    CHECK(played.at("avg starting(server)") == doctest::Approx(0.06));
    CHECK(played.at("avg utilisation(server)") == doctest::Approx(0.03));
}

TEST_CASE("a start that is no longer wanted is cancelled") {
    // The second starts at 11 s for the second item, which the first takes at 13.5 s.
    const auto played = at_server("workers: 0..2, scale: {waiting: 1}, start_up: 3s, service: 500ms",
                                  "arrivals: every 1s, first: 10s, count: 2");
    CHECK(played.times("server", "start") == "13 13.5");
    CHECK(played.at("avg starting(server)") == doctest::Approx(0.055));
    CHECK(played.at("avg workers(server)") == doctest::Approx(0.01));
}

TEST_CASE("idle workers are kept as long as they are to be, and the least of them always") {
    const std::string loads = "arrivals: every 6s, first: 10s, count: 2";
    // On from 11 to 13 s, kept until 18 s: the second item finds it.
    const auto kept =
        at_server("workers: 0..1, scale: {waiting: 1}, start_up: 1s, keep_alive: 5s, service: 2s", loads);
    CHECK(kept.times("server", "start") == "11 16");
    CHECK(kept.at("avg workers(server)") == doctest::Approx(0.12));
    const auto off =
        at_server("workers: 0..1, scale: {waiting: 1}, start_up: 1s, keep_alive: 2s, service: 2s", loads);
    CHECK(off.times("server", "start") == "11 17");
    const auto least = at_server("workers: 1..2, scale: {waiting: 1}, start_up: 1s, service: 2s", loads);
    CHECK(least.times("server", "start") == "10 16");
    CHECK(least.at("avg workers(server)") == 1);
}

TEST_CASE("workers follow the utilisation at intervals, by steps and after a cooldown") {
    // Six items at once, 10 s each. At 5 s the one worker is busy all the time: 1 / 25% asks for 4.
    const std::string loads = "arrivals: every 1h, first: 0s, items: 6, count: 1";
    const std::string scale = "workers: 1..6, service: 10s, scale: {utilisation: 25%, every: 5s";
    CHECK(at_server(scale + "}", loads).times("server", "start") == "0 5 5 5 10 10");
    CHECK(at_server(scale + ", step: 1}", loads).times("server", "start") == "0 5 10 10 15 15");
    CHECK(at_server(scale + ", step: 1, cooldown: 8s}", loads).times("server", "start") == "0 5 10 15 15 20");
    CHECK(at_server(scale + "}, start_up: 2s", loads).times("server", "start") == "0 7 7 7 10 12");
}

TEST_CASE("workers follow the lag, and stop for each move where that takes a while") {
    const std::string loads = "arrivals: every 1h, first: 0s, items: 6, count: 1";
    const std::string scale = "workers: 1..4, service: 10s, scale: {lag: 3, every: 5s";
    // At 20 s three are left, for which one worker is enough: what the other has at work goes to the head of the line.
    const auto played = at_server(scale + "}", loads);
    CHECK(played.times("server", "start") == "0 5 10 15 20 30 35");
    CHECK(played.times("server", "interrupt") == "20");
    // From 5 to 7 s nothing goes on, nor from 25 to 27 s, when that comes to be.
    CHECK(at_server(scale + ", pause: 2s}", loads).times("server", "interrupt") == "5 25 25");
}

TEST_CASE("workers that start cost as those that are on") {
    const auto played =
        at_server("workers: 0..1, cost: 1EUR/s, scale: {waiting: 1}, start_up: 3s, service: 2s",
                  "arrivals: every 1s, first: 10s, count: 1", ", total cost()");
    CHECK(played.at("total cost()") == doctest::Approx(5));
}

TEST_CASE("a run until empty ends although workers look for work for ever") {
    const auto played = play(R"(
twin: {stages: {server: {reads: jobs, workers: 1, poll: 4s, service: 2s}}}
load: {jobs: {arrivals: every 5s, count: 1}}
run: {until: empty}
)");
    CHECK(played.times("server", "finish") == "10");
}
