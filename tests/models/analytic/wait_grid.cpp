// Promised: quantiles of waits and latencies of M/G/1 to a hundredth. Shown: against laws whose quantiles are known in
// closed form (phases), constant services (Erlang 1909), services of two constants against many draws of Lindley's
// recursion, and the answer for tails that no grid holds.
#include "models/analytic/wait_grid.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "kernel/random.h"
#include "models/analytic/queues.h"

using namespace understudy;
using kernel::Distribution;

TEST_CASE("laws with known quantiles") {
    int compared = 0;
    for (const Distribution& law :
         {Distribution::exponential(1), Distribution::erlang(3, 1), Distribution::erlang(20, 1),
          Distribution::mixture({0.9, 0.1},
                                {Distribution::exponential(0.5), Distribution::exponential(5.5)})})
        for (const double rate : {0.2, 0.5, 0.8, 0.95})
            for (const double p : {0.5, 0.9, 0.95, 0.99, 0.999}) {
                const auto found = models::one_server_quantiles(rate, law, p);
                // Far out, close to the critical load, the grid is too coarse and says nothing.
                CHECK((found || (rate > 0.9 && p > 0.99)));
                if (!found) continue;
                const auto exact = models::one_server(rate, models::work_law(law));
                INFO(law.cv(), " ", rate, " ", p);
                const auto latency_known = quantile(*exact.latency_law, p),
                           wait_known = quantile(*exact.wait_law, p);
                if (!latency_known || !wait_known) continue;  // so many phases take long
                const double latency = *latency_known, wait = *wait_known;
                ++compared;
                CHECK(std::fabs(found->latency / latency - 1) < models::error_of_grid);
                if (wait == 0)
                    CHECK(found->wait == 0);
                else if (wait > 0.1 * latency)
                    CHECK(std::fabs(found->wait / wait - 1) < models::error_of_grid);
            }
    CHECK(compared > 60);
}

TEST_CASE("constant services") {
    // Case md1-a of tests/theory/cases.json.
    const std::vector<std::pair<double, double>> known = {
        {0.5, 1.2759398733762357}, {0.95, 6.620324996840724}, {0.99, 10.355886791994953}};
    for (const auto& [p, wait] : known) {
        const auto found = models::one_server_quantiles(0.8, Distribution::constant(1), p);
        REQUIRE(found);
        CHECK(std::fabs(found->wait / wait - 1) < models::error_of_grid);
        CHECK(found->latency == doctest::Approx(found->wait + 1));
    }
}

TEST_CASE("services that jump, against draws") {
    const Distribution law =
        Distribution::mixture({0.9, 0.1}, {Distribution::constant(0.5), Distribution::constant(4)});
    const double rate = 0.8;
    kernel::Stream stream(kernel::stream_key(7, 0, "services", kernel::Purpose::check));
    std::vector<double> latencies;
    double wait = 0;
    constexpr int draws = 400'000;
    for (int i = 0; i < draws; ++i) {
        const double service = law.draw(stream);
        if (i > 1000) latencies.push_back(wait + service);
        wait = std::max(0.0, wait + service - Distribution::exponential(1 / rate).draw(stream));
    }
    std::sort(latencies.begin(), latencies.end());
    for (const double p : {0.8, 0.95, 0.99}) {
        const auto found = models::one_server_quantiles(rate, law, p);
        REQUIRE(found);
        const double drawn = latencies[static_cast<std::size_t>(p * static_cast<double>(latencies.size()))];
        CHECK(found->latency == doctest::Approx(drawn).epsilon(0.04));
    }
}

TEST_CASE("tails that no grid holds") {
    CHECK_FALSE(models::one_server_quantiles(0.5, Distribution::pareto(1.8, 0.4), 0.95));
    CHECK_FALSE(models::one_server_quantiles(0.5, Distribution::pareto(2.1, 0.5), 0.999999));
}
