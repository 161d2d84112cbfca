// Promised: where much of what waits hangs on services that a run has hardly seen, that is known from their law, wherever
// it stands; means of what waits there are doubted, as far as the wait counts in them, and it is said how many
// replications would see enough. What one slow service does not hold up is not doubted.
// Shown: scenarios that differ in one thing, by their places and parts; runs that are just long enough, and half of it.
#include "tools/studies/rare_services.h"

#include <doctest/doctest.h>

#include <cmath>
#include <string>

#include "kernel/rare_values.h"
#include "tests/tools/studies/sample.h"

using namespace understudy;
using kernel::Distribution;
using kernel::rare_share;

namespace {

studies::PreparedRun queue(const std::string& server, const std::string& load = "",
                           const std::string& more = "", const std::string& run = "length: 1h, warm_up: 5min",
                           const std::string& measures = "avg wait(server)") {
    return tests::prepared("twin: {stages: {" + more + "server: {reads: jobs, " + server +
                           "}}}\nload: {jobs: {arrivals: poisson(0.5/s)" + load + "}}\nmeasures: [" +
                           measures + "]\nrun: {" + run + "}\n");
}

/// Of the one place in 10 000 s, in which it has 5000 services; 0 where there is none.
double part(const studies::PreparedRun& prepared) {
    CHECK(prepared.rare_services.size() <= 1);
    if (prepared.rare_services.empty()) return 0;
    const studies::RareServices& services = prepared.rare_services[0];
    return services.part * rare_share(services.law, services.per_second * 10'000);
}

}  // namespace

TEST_CASE(
    "rare services: of a law of their own, with a constant beside it, of what an item of the load carries") {
    const double of_law = rare_share(Distribution::lognormal(1, 2), 5000);
    REQUIRE(of_law > 0.04);
    CHECK(part(queue("workers: 1, service: lognormal(mean 1s cv 2)")) == doctest::Approx(of_law));
    // E[(1 + X)^2] = 8 with E[X^2] = 5.
    CHECK(part(queue("workers: 1, service: 0.5s + lognormal(mean 0.5s cv 2)")) ==
          doctest::Approx(of_law * 1.25 / 2));
    CHECK(part(queue("workers: 1, service: 1s per MB", ", size: lognormal(mean 1MB cv 2)")) ==
          doctest::Approx(of_law));
    CHECK(part(queue("workers: 1, service: 10ms per record", ", records: lognormal(mean 100 cv 2)")) ==
          doctest::Approx(of_law));
    CHECK(part(queue("workers: 1, service: work", ", fields: {work: lognormal(mean 1s cv 2)}")) ==
          doctest::Approx(of_law));
    // What one slow service holds up but little, or has hardly any.
    CHECK(part(queue("workers: 1, service: uniform(0s..2s)")) < 0.01);
    CHECK(part(queue("workers: 1, service: 1s")) == 0);
    CHECK(part(queue("workers: 2, service: lognormal(mean 1s cv 2)")) == 0);
    CHECK(part(queue("workers: 1, order: shared, service: lognormal(mean 1s cv 2)")) == 0);
    CHECK(part(queue("workers: 1, service: lognormal(mean 1s cv 2), queue: {timeout: 5s}")) == 0);
}

TEST_CASE("rare services: a law of two terms, or of several loads, is not followed") {
    CHECK(
        queue("workers: 1, service: lognormal(mean 1s cv 2) + exponential(mean 1ms)").rare_services.empty());
    const auto two = tests::prepared(
        "twin: {stages: {server: {reads: [a, b], workers: 1, service: 1s per MB}}}\nload: {a: {arrivals: "
        "poisson(0.2/s), size: lognormal(mean 1MB cv 2)}, b: {arrivals: poisson(0.2/s), size: 1MB}}\n"
        "run: {length: 1h, warm_up: 5min}\n");
    CHECK(two.rare_services.empty());
}

TEST_CASE("rare services: means are doubted until enough of them are seen, as far as the wait counts") {
    const auto run = [](const std::string& length, const std::string& objective) {
        auto prepared = tests::prepared(
            "twin: {stages: {server: {reads: jobs, workers: 1, service: lognormal(mean 1s cv 2), writes: "
            "done}, "
            "slow: {reads: done, workers: 300, service: 100s}}}\nload: {jobs: {arrivals: poisson(0.5/s)}}\n"
            "objectives: ['" +
            objective + "']\nrun: {length: " + length + ", warm_up: 100s, replications: 4}\n");
        return tests::simulated(prepared);
    };
    const studies::RunResult few = run("20000s", "avg wait(server) < 1h");
    CHECK(few.objectives[0].verdict == studies::Verdict::inconclusive);
    CHECK(few.objectives[0].reason == studies::Reason::data);
    CHECK(few.objectives[0].explanation.find("hangs on services so rare that fewer than three") !=
          std::string::npos);
    // Told how many more would do: a run of as many does.
    const double replications = 4 + static_cast<double>(few.objectives[0].more_replications);
    CHECK(replications > 8);
    const auto as_many = std::to_string(std::lround(20'000 * replications / 4 * 1.02)) + "s";
    const auto fewer = std::to_string(std::lround(20'000 * replications / 4 * 0.9)) + "s";
    CHECK(run(as_many, "avg wait(server) < 1h").objectives[0].verdict == studies::Verdict::met);
    CHECK(run(fewer, "avg wait(server) < 1h").objectives[0].reason == studies::Reason::data);
    // Of a latency of 103 s the wait is 2.5: what is not seen of it counts for nothing. Quantiles are of what was seen.
    CHECK(run("20000s", "avg latency() < 1h").objectives[0].verdict == studies::Verdict::met);
    CHECK(run("20000s", "p(90) wait(server) < 1h").objectives[0].verdict == studies::Verdict::met);
}
