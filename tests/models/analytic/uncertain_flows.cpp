// Promised: where the equations of traffic say more, or less, than there will be, nothing is called exact, an upper bound is
// called one, and no overload follows from it; what a timeout cuts off of one law is known. Shown: windows, timeouts, batches
// that close early, parts and splits, each with a stage behind it, against arithmetic.
#include "models/analytic/uncertain_flows.h"

#include <doctest/doctest.h>

#include <cmath>
#include <string>

#include "models/analytic/attempts.h"
#include "tests/models/analytic/sample.h"

using namespace understudy;
using models::Answer;
using tests::station_of;

namespace {

/// `before` and what comes of it.
std::string two(const std::string& before, const std::string& load = "arrivals: poisson(9/s)") {
    return "twin: {stages: {before: {reads: jobs, " + before +
           "}, behind: {reads: before, workers: 1, service: exponential(mean 1s)}}}\nload: {jobs: {" + load +
           "}}\nrun: {length: 6h, warm_up: 10min}\n";
}

void expect_upper_bound(const tests::Answered& answered, const std::string& name) {
    const models::StationForecast& station = station_of(answered, name);
    CHECK(station.at_most);
    CHECK(station.stable);
    CHECK_FALSE(station.critical);
    CHECK_FALSE(station.exact);
}

}  // namespace

TEST_CASE("uncertain flows: a window makes one of many") {
    const auto answered =
        tests::answered(two("window: {size: 10s}, workers: 1, service: 500ms + 1ms per record"));
    expect_upper_bound(*answered, "before");
    expect_upper_bound(*answered, "behind");
    CHECK((*answered)("avg utilisation(behind)").kind != Answer::Kind::exact);
}

TEST_CASE("uncertain flows: what a timeout cuts off of one law is known") {
    const auto answered = tests::answered(
        two("workers: 1, service: exponential(mean 2s), timeout: 500ms", "arrivals: poisson(1/s)"));
    const double cut = std::exp(-0.25);
    CHECK(station_of(*answered, "before").offered_load == doctest::Approx(2 * (1 - cut)).epsilon(1e-3));
    CHECK(station_of(*answered, "before").stable);
    CHECK(station_of(*answered, "behind").offered_load == doctest::Approx(1 - cut));
    // With two tries: as long again for those that were cut off.
    const auto twice =
        tests::answered(two("workers: 1, service: exponential(mean 2s), timeout: 500ms, retry: {times: 1}",
                            "arrivals: poisson(1/s)"));
    CHECK(station_of(*twice, "before").offered_load ==
          doctest::Approx(2 * (1 - cut) * (1 + cut)).epsilon(1e-3));
    CHECK(station_of(*twice, "behind").offered_load == doctest::Approx(1 - cut * cut));
    // Of a sum nobody knows; no attempt takes longer.
    const auto sum = tests::answered(
        two("workers: 1, service: 1s + exponential(mean 2s), timeout: 500ms", "arrivals: poisson(3/s)"));
    CHECK(station_of(*sum, "before").offered_load == doctest::Approx(1.5));
    expect_upper_bound(*sum, "before");
    expect_upper_bound(*sum, "behind");
}

TEST_CASE("uncertain flows: a timeout of a constant, and of what never takes so long") {
    models::Work work;
    work.service.terms.emplace_back();
    work.service.terms[0].law = kernel::Distribution::constant(3);
    CHECK_FALSE(models::cut_off(work).has_value());
    CHECK(models::mean_attempt(work, 3, 0) == 3);
    work.timeout = kernel::from_seconds(2);
    CHECK(models::cut_off(work)->share == 1);
    CHECK(models::cut_off(work)->mean_s == 2);
    CHECK(models::attempts_of(work).success == 0);
    work.timeout = kernel::from_seconds(4);
    CHECK(models::cut_off(work)->share == 0);
    CHECK(models::mean_attempt(work, 3, 0) == 3);
    CHECK(models::attempts_of(work).expected == 1);
}

TEST_CASE("uncertain flows: attempts that fail take a time of their own") {
    const auto answered = tests::answered(
        two("workers: 1, service: 2s, failure: 25%, fails_after: 400ms, retry: {times: unlimited}",
            "arrivals: poisson(0.3/s)"));
    // Each item is tried 4/3 times, of which one goes well.
    CHECK(station_of(*answered, "before").offered_load == doctest::Approx(0.3 * (2 + 0.4 / 3)));
    CHECK(station_of(*answered, "behind").offered_load == doctest::Approx(0.3));
    CHECK((*answered)("avg wait(before)").kind != Answer::Kind::exact);
    CHECK((*answered)("avg service(before)").kind != Answer::Kind::exact);
    models::Work work;
    work.failure = 0.25;
    work.service.terms.emplace_back().law = kernel::Distribution::constant(2);
    work.fails_after.terms.emplace_back().law = kernel::Distribution::constant(7);
    CHECK(models::mean_attempt(work, 2, 7) == doctest::Approx(0.75 * 2 + 0.25 * 7));
    work.timeout = kernel::from_seconds(3);
    CHECK(models::mean_attempt(work, 2, 7) == doctest::Approx(0.75 * 2 + 0.25 * 3));
    CHECK(models::attempts_of(work).success == 0.75);
}

TEST_CASE("uncertain flows: batches that close early are more than those that are full") {
    const auto answered = tests::answered(
        two("workers: 1, service: 10ms, batch: {items: 100, after: 100ms}", "arrivals: poisson(1/s)"));
    CHECK_FALSE(station_of(*answered, "behind").exact);
    CHECK_FALSE(station_of(*answered, "behind").utilisation.has_value());
    CHECK((*answered)("avg utilisation(behind)").kind != Answer::Kind::exact);
    const auto full =
        tests::answered(two("workers: 1, service: 10ms, batch: {items: 100}", "arrivals: poisson(50/s)"));
    CHECK(station_of(*full, "behind").exact);
    CHECK(*station_of(*full, "behind").utilisation == doctest::Approx(0.5));
}

TEST_CASE("uncertain flows: joins of items with different numbers of parts") {
    const std::string twin =
        "twin: {stages: {join: {reads: [ones, others], join: {of: parts}, writes: whole}, behind: {reads: "
        "whole, "
        "workers: 1, service: exponential(mean 500ms)}}}\n";
    const auto mixed =
        tests::answered(twin +
                        "load: {ones: {arrivals: poisson(12/min), items: 5}, others: {arrivals: "
                        "poisson(1/s)}}\nrun: {length: 6h, warm_up: 10min}\n");
    CHECK_FALSE(station_of(*mixed, "behind").exact);
    const auto alike =
        tests::answered(twin +
                        "load: {ones: {arrivals: poisson(12/min), items: 5}, others: {arrivals: "
                        "poisson(1/s), items: 5}}\nrun: {length: 6h, warm_up: 10min}\n");
    CHECK(station_of(*alike, "behind").exact);
    CHECK(*station_of(*alike, "behind").utilisation == doctest::Approx(0.6));
}

TEST_CASE("uncertain flows: an upper bound that reaches 1 is called one, and nothing is lost") {
    // Two copies of 0.5/s each are joined: 0.5/s of 1 s come behind, and the equations count 1/s.
    const auto answered = tests::answered(
        "twin: {stages: {a: {reads: jobs, workers: 2, service: 1s}, b: {reads: jobs, workers: 2, service: "
        "1s}, "
        "join: {reads: [a, b], join: {of: parts}}, behind: {reads: join, workers: 1, service: "
        "exponential(mean "
        "1s)}}}\nload: {jobs: {arrivals: poisson(0.5/s)}}\nrun: {length: 6h, warm_up: 10min}\n");
    expect_upper_bound(*answered, "behind");
    CHECK(*station_of(*answered, "behind").utilisation == doctest::Approx(1));
    CHECK((*answered)("avg utilisation(behind)").why ==
          "copies of an item are joined here, and the equations count each");
}

TEST_CASE("uncertain flows: of an item with one record not all parts of a split get one") {
    const auto split = [](const std::string& records) {
        return tests::answered(
            "twin: {stages: {a: {reads: left, workers: 1, service: exponential(mean 500ms)}, b: {reads: "
            "right, "
            "workers: 1, service: exponential(mean 500ms)}}}\n"
            "load: {jobs: {arrivals: poisson(1/s), records: " +
            records +
            ", writes: {left: 50%, right: 50%}, route: split}}\nrun: {length: 6h, warm_up: 10min}\n");
    };
    CHECK_FALSE(station_of(*split("uniform(1..3)"), "a").exact);
    CHECK(station_of(*split("uniform(1..3)"), "a").at_most);
    CHECK(station_of(*split("4"), "a").exact);
}

TEST_CASE("uncertain flows: no overload follows where actions set what comes or can be done") {
    const std::string overloaded =
        "twin: {stages: {server: {reads: jobs, workers: 1, service: exponential(mean 1s)}}}\n"
        "load: {jobs: {arrivals: poisson(2/s)}}\nrun: {length: 6h, warm_up: 10min}\n";
    CHECK_FALSE(station_of(*tests::answered(overloaded), "server").stable);
    CHECK(station_of(*tests::answered(overloaded + "actions: [{at: 0s, set: load, to: 0.3x}]\n"), "server")
              .stable);
    CHECK_FALSE(
        station_of(*tests::answered(overloaded + "actions: [{at: 1h, fail: server, for: 1min}]\n"), "server")
            .stable);
}
