// Promised: throughputs, numbers and shares of closed networks. Shown: against mean value analysis, written here in its
// few lines, for single workers; against the chain of machines that are repaired by several; classes add up.
#include "models/analytic/closed.h"

#include <doctest/doctest.h>
#include <rapidcheck.h>

#include <cmath>
#include <limits>
#include <vector>

#include "models/analytic/queues.h"
#include "tests/coverage.h"

using namespace understudy;

namespace {

constexpr double endless = std::numeric_limits<double>::infinity();

/// Reiser and Lavenberg 1980, one class, single workers.
double throughput_by_mva(const std::vector<double>& demands, double think, int users) {
    std::vector<double> number(demands.size(), 0);
    double rounds = 0;
    for (int n = 1; n <= users; ++n) {
        double time = think;
        std::vector<double> latency;
        for (std::size_t m = 0; m < demands.size(); ++m)
            time += latency.emplace_back(demands[m] * (1 + number[m]));
        rounds = n / time;
        for (std::size_t m = 0; m < demands.size(); ++m) number[m] = rounds * latency[m];
    }
    return rounds;
}

}  // namespace

TEST_CASE("single workers: as by mean value analysis") {
    CHECK(rc::check([] {
        std::vector<double> demands;
        models::ClosedNetwork network;
        const int stations = *rc::gen::inRange(1, 6), users = *rc::gen::inRange(1, 200);
        for (int m = 0; m < stations; ++m) {
            demands.push_back(*rc::gen::inRange(1, 100) / 20.0);
            network.stations.push_back({1, {demands.back()}});
        }
        const double think = *rc::gen::inRange(0, 1000) / 10.0;
        network.users = {users};
        network.think = {think};
        const auto answer = models::solve_closed(network);
        RC_ASSERT(answer.has_value());
        const double expected = throughput_by_mva(demands, think, users);
        RC_ASSERT(std::fabs(answer->rounds[0] / expected - 1) < 1e-10);
        double all = answer->rounds[0] * think;
        for (const auto& station : answer->stations) all += station.number[0];
        RC_ASSERT(std::fabs(all / users - 1) < 1e-10);
    }));
}

TEST_CASE("several workers: machines and those who repair them") {
    for (const double workers : {1.0, 2.0, 7.0}) {
        const int machines = 20;
        const double life = 20, repair = 5;
        const auto down = models::birth_and_death(
            [&](std::size_t n) { return (machines - static_cast<double>(n)) / life; },
            [&](std::size_t n) { return std::min(static_cast<double>(n), workers) / repair; }, 100);
        double number = 0, busy = 0;
        for (std::size_t n = 0; n < down.size(); ++n) {
            number += static_cast<double>(n) * down[n];
            if (static_cast<double>(n) >= workers) busy += down[n];
        }
        models::ClosedNetwork network{{machines}, {life}, {{workers, {repair}}}};
        const auto answer = models::solve_closed(network);
        REQUIRE(answer);
        CHECK(answer->stations[0].number[0] == doctest::Approx(number).epsilon(1e-10));
        CHECK(answer->stations[0].saturated == doctest::Approx(busy).epsilon(1e-10));
        CHECK(answer->stations[0].empty == doctest::Approx(down[0]).epsilon(1e-10));
    }
}

TEST_CASE("classes that are alike are one class") {
    const models::ClosedNetwork one{{7}, {3}, {{2, {0.5}}, {1, {0.4}}, {endless, {1}}}};
    const models::ClosedNetwork two{{4, 3}, {3, 3}, {{2, {0.5, 0.5}}, {1, {0.4, 0.4}}, {endless, {1, 1}}}};
    const auto alone = models::solve_closed(one), shared = models::solve_closed(two);
    REQUIRE(alone);
    REQUIRE(shared);
    CHECK(shared->rounds[0] + shared->rounds[1] == doctest::Approx(alone->rounds[0]));
    CHECK(shared->rounds[0] / shared->rounds[1] == doctest::Approx(4.0 / 3));
    for (std::size_t m = 0; m < 3; ++m) {
        CHECK(shared->stations[m].number[0] + shared->stations[m].number[1] ==
              doctest::Approx(alone->stations[m].number[0]));
        CHECK(shared->stations[m].waits[0] == doctest::Approx(alone->stations[m].waits[0]));
        CHECK(shared->stations[m].saturated == doctest::Approx(alone->stations[m].saturated));
    }
}

TEST_CASE("what is too large is refused, and not worked on for hours") {
    CHECK_FALSE(models::solve_closed({{100'000}, {1}, {{1, {1}}}}));
    CHECK_FALSE(models::solve_closed({{300, 300, 300}, {1, 1, 1}, {{2, {1, 1, 1}}}}));
    const auto many = models::solve_closed({{3000}, {1000}, {{1, {1}}, {1, {0.5}}}});
    REQUIRE(many);
    CHECK(many->rounds[0] == doctest::Approx(1).epsilon(1e-6));
}

TEST_CASE("approximate mean value analysis: without number where nothing waits, and near what is exact") {
    // Without waiting it is exact.
    const auto thinks = models::approximate_closed({{500'000, 1000}, {10, 2}, {{endless, {1, 0.5}}}});
    REQUIRE(thinks);
    CHECK(thinks->rounds[0] == doctest::Approx(500'000 / 11.0));
    CHECK(thinks->rounds[1] == doctest::Approx(400));
    int compared = 0;
    double farthest = 0, farthest_rate = 0;  // as a share of what is allowed
    // Networks that are just small enough for the exact answer: two loads of twenty users and more.
    CHECK(rc::check([&] {
        models::ClosedNetwork network;
        const int stations = *rc::gen::inRange(1, 5);
        network.users = {*rc::gen::inRange(20, 60), *rc::gen::inRange(20, 60)};
        network.think = {*rc::gen::inRange(0, 400) / 10.0, *rc::gen::inRange(0, 400) / 10.0};
        for (int m = 0; m < stations; ++m)
            network.stations.push_back({static_cast<double>(*rc::gen::element(1, 1, 1, 3, 8)),
                                        {*rc::gen::inRange(1, 40) / 20.0, *rc::gen::inRange(1, 40) / 20.0}});
        const auto exact = models::solve_closed(network);
        if (!exact) return;
        ++compared;
        const auto near = models::approximate_closed(network);
        RC_ASSERT(near.has_value());
        for (std::size_t r = 0; r < 2; ++r) {
            const double off = std::fabs(near->rounds[r] / exact->rounds[r] - 1);
            farthest_rate = std::max(farthest_rate, off);
            RC_ASSERT(off < 0.1);
            double all = near->rounds[r] * network.think[r];
            for (std::size_t m = 0; m < network.stations.size(); ++m) {
                all += near->stations[m].number[r];
                // As far off as answers say that they may be (docs/analytic.md): a share of the wait and one of a service.
                const double service = network.stations[m].demand[r];
                const double is = exact->stations[m].number[r] / exact->rounds[r],
                             found = near->stations[m].number[r] / near->rounds[r];
                const double allowed = 0.25 * std::max(0.0, found - service) + 0.25 * service;
                farthest = std::max(farthest, std::fabs(found - is) / allowed);
                RC_ASSERT(std::fabs(found - is) <= allowed);
            }
            RC_ASSERT(std::fabs(all / static_cast<double>(network.users[r]) - 1) < 1e-6);
        }
    }));
    CHECK(compared > 10);
    if (tests::coverage_is_asked())
        MESSAGE(compared << " networks: stays off by up to " << farthest
                         << " of what is stated, rates by up to " << farthest_rate);
}
