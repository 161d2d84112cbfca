// Promised: the longest that anything takes by its laws is found wherever a scenario has laws: services, also of fields,
// pauses one after the other, times until a failure; a law without a mean by its middle; time-outs take none.
// Shown: scenarios that differ in one thing.
#include "tools/studies/longest_stay.h"

#include <doctest/doctest.h>

#include "tests/tools/studies/sample.h"

using namespace understudy;

TEST_CASE("longest stay: of whatever takes time") {
    const auto of = [](const std::string& server, const std::string& load = "{arrivals: poisson(1/s)}",
                       const std::string& twin = "") {
        return studies::longest_stay(tests::prepared("twin: {" + twin + "stages: {server: {reads: jobs, " +
                                                     server + "}}}\nload: {jobs: " + load +
                                                     "}\nrun: {length: 1h, warm_up: 5min}\n")
                                         .scenario);
    };
    CHECK(of("workers: 1, service: exponential(mean 2s)") == 2);
    CHECK(of("workers: 1, queue: {timeout: 1h}, service: 2s") == 2);
    CHECK(of("workers: 1, service: work", "{arrivals: poisson(1/s), fields: {work: exponential(mean 7s)}}") ==
          7);
    CHECK(of("workers: 1, service: 1s, failure: 10%, retry: {times: 3, backoff: [2s, 4s, 8s]}") == 14);
    CHECK(of("workers: 1, poll: 1min, service: 1s") == 60);
    CHECK(of("workers: 0..1, scale: {waiting: 1}, start_up: 90s, keep_alive: 0s, service: 1s") == 90);
    CHECK(
        of("workers: 1, service: 1s, outages: {crash: {up: exponential(mean 1h), for: 1min, takes: each}}") ==
        3600);
    CHECK(of("batch: {items: 10, after: 5s}") == 5);
    CHECK(of("spends: stock", "{arrivals: poisson(1/s)}",
             "budgets: {stock: {capacity: unlimited, initial: 5, refill: {at_most: 2, amount: 3, after: "
             "20s}}}, ") == 20);
    CHECK(of("workers: 1, service: 1s", "{users: 3, think: exponential(mean 30s)}") == 30);
    // Half of a Pareto law with a shape of a half lies below four times its least.
    CHECK(of("workers: 1, service: pareto(shape 0.5 min 1s)") == doctest::Approx(4));
}
