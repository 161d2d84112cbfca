// Promised: a circle of workers that wait for each other's places ends the run, named, though arrivals go on;
// where something may still open a place (patience, a free worker, an action, more workers later) nothing is
// called a deadlock. Shown: the smallest such circles and near misses.
#include <doctest/doctest.h>

#include "tests/models/simulation/play.h"

using namespace understudy::tests;

namespace {

std::string circle(const std::string& a, const std::string& more = "") {
    return "\ntwin:\n  stages:\n    a: {reads: [jobs, b], workers: 1, service: 1s, queue: {capacity: 1, "
           "full: block" +
           a +
           "}, writes: {a2: 90%, exit: 10%}}\n    b: {reads: a2, workers: 1, service: 1s, queue: {capacity: "
           "1, full: "
           "block}}\nload: {jobs: {arrivals: poisson(0.3/s)}}\n" +
           more + "run: {length: 2h}\n";
}

}  // namespace

TEST_CASE("two stages that wait for each other's places end the run") {
    const auto played = play(circle(""));
    CHECK(played.outcome.deadlock == std::vector<std::string>{"a", "b"});
    CHECK(played.outcome.end < understudy::kernel::from_seconds(7200));
}

TEST_CASE("three of them, one with two workers on a shared pool") {
    const auto played = play(R"(
twin:
  pools: {crew: {workers: 2}}
  stages:
    a: {reads: [jobs, c], workers: 1, service: 1s, queue: {capacity: 1, full: block}, writes: {a2: 95%, exit: 5%}}
    b: {reads: a2, runs_on: crew, service: 1s, queue: {capacity: 0, full: block}, writes: b2}
    c: {reads: b2, workers: 1, service: exponential(mean 1s), queue: {capacity: 0, full: block}}
load: {jobs: {arrivals: poisson(0.5/s)}}
run: {length: 10h}
)");
    REQUIRE(played.outcome.deadlock.size() == 3);
    CHECK(played.outcome.deadlock == std::vector<std::string>{"a", "b", "c"});
}

TEST_CASE("what may still open is no deadlock") {
    // Patience ends waiting, so that a place comes free.
    CHECK(play(circle(", timeout: 1min")).outcome.deadlock.empty());
    // More workers come later.
    const auto helped = play(circle("", "actions: [{at: 1h, set: a.workers, to: 2}]\n"));
    CHECK(helped.outcome.end == understudy::kernel::from_seconds(7200));
    // A line of stages without a way back only holds up.
    const auto line = play(R"(
twin:
  stages:
    a: {reads: jobs, workers: 1, service: 1s, queue: {capacity: 1, full: block}}
    b: {reads: a, workers: 1, service: exponential(mean 2s), queue: {capacity: 0, full: block}}
load: {jobs: {arrivals: poisson(2/s)}}
run: {length: 1h}
)");
    CHECK(line.outcome.deadlock.empty());
    CHECK(line.count("b", "finish") > 1500);
}

TEST_CASE("to look at who waits makes no deadlock of a run that ends by itself") {
    const std::string queue =
        "\ntwin: {stages: {s: {reads: j, workers: 1, service: 2s}}}\nload: {j: {arrivals: every 1s, count: "
        "10}}\n"
        "run: {until: empty}\n";
    const auto played = play(queue + "measures: [at 5s waiting(s)]\n");
    CHECK(played.outcome.deadlock.empty());
    CHECK(played.at("at 5s waiting(s)") == 2);
}

TEST_CASE("to look at an instant, or in windows, keeps no run going") {
    const std::string queue =
        "\ntwin: {stages: {s: {reads: j, workers: 1, service: 1s}}}\nload: {j: {arrivals: every 1s, count: "
        "10}}\n"
        "run: {until: empty}\n";
    const std::string whole = "measures: [avg utilisation(s)";
    const auto plain = play(queue + whole + "]\n");
    for (const std::string& more :
         {std::string("at 100s present(s)"), std::string("avg present(s) during 0s..5s each 10s"),
          std::string("at 3s present(s)")}) {
        const auto played = play(queue + whole + ", " + more + "]\n");
        CHECK(played.outcome.end == plain.outcome.end);
        CHECK(played.at("avg utilisation(s)") == plain.at("avg utilisation(s)"));
    }
    // What it would be asked after the end is as it was at the end.
    CHECK(play(queue + "measures: [at 100s present(s)]\n").at("at 100s present(s)") == 0);
}

TEST_CASE("what is there at time 0 is there when it is asked for") {
    const auto played = play(
        "\ntwin: {stages: {s: {reads: j, workers: 1, service: 10s}}}\n"
        "load: {j: {arrivals: every 1h, first: 0s, count: 1, items: 3}}\nrun: {length: 1min}\n"
        "measures: [at 0s present(s), at 10s present(s)]\n");
    CHECK(played.at("at 0s present(s)") == 3);
    CHECK(played.at("at 10s present(s)") == 3);
}

TEST_CASE(
    "a worker that turns in no time does not circle at one instant, and a saturated load begins when it is "
    "to") {
    const std::string turns =
        "\ntwin: {pools: {crew: {workers: 1, order: cyclic SWITCH}}, stages: {a: {reads: x, runs_on: crew, "
        "service: 1s}, b: "
        "{reads: y, runs_on: crew, service: 1s}}}\nload: {x: {arrivals: poisson(0.3/s)}, y: {arrivals: "
        "poisson(0.3/s)}}\n"
        "run: {length: 1h}\nmeasures: [avg wait(a)]\n";
    const auto with = [&](const std::string& text) {
        std::string whole = turns;
        whole.replace(whole.find(" SWITCH"), 7, text);
        return play(whole).at("avg wait(a)");
    };
    CHECK(with(", switch: 0s") == with(""));
    const auto late = play(
        "\ntwin: {stages: {s: {reads: j, workers: 1, service: 1s, queue: {capacity: 1, full: block}}}}\n"
        "load: {j: {arrivals: saturated, first: 50s}}\nrun: {length: 1min}\nmeasures: [total arrived(s) "
        "during 0s..49s]\n");
    CHECK(late.at("total arrived(s) during 0s..49s") == 0);
}
