// Promised: arrivals in step with constant services are stable also where as much is offered as can be done, and what is
// nearly so is not taken for it; work that begins anew with each arrival is known to take more than its services.
// Shown: scenarios on both sides of each edge, the load against E[exp(r S)] - 1 in closed form.
#include "models/analytic/stability_cases.h"

#include <doctest/doctest.h>

#include <cmath>
#include <string>

#include "tests/models/analytic/sample.h"

using namespace understudy;
using models::Answer;
using tests::station_of;

namespace {

std::string server(const std::string& arrivals, const std::string& service, const std::string& workers = "1",
                   const std::string& more = "") {
    return "twin: {stages: {server: {reads: jobs, workers: " + workers + ", service: '" + service + "'" +
           more + "}}}\nload: {jobs: {arrivals: " + arrivals + "}}\nrun: {length: 1h, warm_up: 1min}\n";
}

bool is_critical(const std::string& text) {
    const auto answered = tests::answered(text);
    return station_of(*answered, "server").critical;
}

}  // namespace

TEST_CASE("arrivals in step with constant services are stable at a load of 1") {
    const auto answered = tests::answered(server("every 1s", "1s"));
    const models::StationForecast& station = station_of(*answered, "server");
    CHECK(station.stable);
    CHECK_FALSE(station.critical);
    CHECK(station.utilisation == 1.0);
    const Answer wait = (*answered)("avg wait(server)");
    CHECK(wait.kind == Answer::Kind::exact);
    CHECK(wait.value == 0);
    CHECK((*answered)("avg utilisation(server)").value == 1);
    CHECK_FALSE(is_critical(server("every 500ms", "1s", "2")));
    // In a row, each paced by the one before.
    const auto row = tests::answered(
        "twin: {stages: {a: {reads: jobs, workers: 2, service: 2s}, server: {reads: a, workers: 1, service: "
        "1s}}}\n"
        "load: {jobs: {arrivals: every 1s}}\nrun: {length: 1h, warm_up: 1min}\n");
    CHECK(station_of(*row, "a").stable);
    CHECK(station_of(*row, "server").stable);
}

TEST_CASE("what is random, or out of step, is critical at a load of 1") {
    CHECK(is_critical(server("poisson(1/s)", "1s")));
    CHECK(is_critical(server("every 1s", "exponential(mean 1s)")));
    CHECK(is_critical(server("every exponential(mean 1s)", "1s")));
    // Two at each instant: the second one waits.
    CHECK(
        is_critical("twin: {stages: {server: {reads: jobs, workers: 1, service: 1s}}}\n"
                    "load: {jobs: {arrivals: every 2s, items: 2}}\nrun: {length: 1h, warm_up: 1min}\n"));
    // A third of a second is rounded down, and three of them are less than a second.
    CHECK(is_critical(server("every 333333333ns", "1s", "3")));
    // A regular load and a random one.
    CHECK(
        is_critical("twin: {stages: {server: {reads: [a, b], workers: 1, service: 1s}}}\n"
                    "load: {a: {arrivals: every 2s}, b: {arrivals: poisson(0.5/s)}}\nrun: {length: 1h, "
                    "warm_up: 1min}\n"));
}

TEST_CASE("work that begins anew with each arrival takes more than its services") {
    const auto load_of = [](const std::string& rate, const std::string& service) {
        const auto answered = tests::answered(
            "twin: {stages: {server: {reads: jobs, workers: 1, order: lifo, preempt: true, "
            "interrupted: "
            "restart, service: '" +
            service + "'}}}\nload: {jobs: {arrivals: poisson(" + rate +
            "/s)}}\nrun: {length: 1h, warm_up: 1min}\n");
        return station_of(*answered, "server");
    };
    // E[exp(r S)] - 1: r / (1 - r) of exponential services of 1 s.
    CHECK(load_of("0.4", "exponential(mean 1s)").load == doctest::Approx(2.0 / 3));
    CHECK(load_of("0.4", "exponential(mean 1s)").utilisation == doctest::Approx(2.0 / 3));
    CHECK(load_of("0.4", "exponential(mean 1s)").exact);
    CHECK(load_of("0.5", "exponential(mean 1s)").critical);
    CHECK_FALSE(load_of("0.6", "exponential(mean 1s)").stable);
    CHECK(load_of("0.5", "1s").load == doctest::Approx(std::exp(0.5) - 1));
    CHECK(load_of("0.5", "uniform(0s..2s)").load == doctest::Approx((std::exp(1.0) - 1) - 1));
    CHECK(load_of("0.5", "erlang(k 2 mean 1s)").load == doctest::Approx(1 / (0.75 * 0.75) - 1));
    CHECK(load_of("0.1", "mix(50% 1s or 50% 10s)").load ==
          doctest::Approx((std::exp(0.1) + std::exp(1.0)) / 2 - 1));
    // Resumed work takes its services.
    const auto resumed = tests::answered(
        "twin: {stages: {server: {reads: jobs, workers: 1, order: lifo, preempt: true, service: "
        "exponential(mean 1s)}}}\nload: {jobs: {arrivals: poisson(0.6/s)}}\nrun: {length: 1h, warm_up: "
        "1min}\n");
    CHECK(station_of(*resumed, "server").load == doctest::Approx(0.6));
    // Regular arrivals are cut off otherwise, which nobody knows here.
    const auto regular = tests::answered(
        "twin: {stages: {server: {reads: jobs, workers: 1, order: lifo, preempt: true, interrupted: "
        "restart, service: exponential(mean 1s)}}}\nload: {jobs: {arrivals: every 2s}}\n"
        "run: {length: 1h, warm_up: 1min}\n");
    CHECK(station_of(*regular, "server").caveat == "work that is cut off begins anew");
}
