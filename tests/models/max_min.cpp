// Promised: max-min fair rates: nobody can have more without taking it from one who has no more; capacities are used up
// where anybody is limited by them. Shown: by hand, and on random networks by these two properties.
#include "models/max_min.h"

#include <doctest/doctest.h>

#include <cmath>
#include <random>
#include <vector>

using namespace understudy::models;

namespace {

std::vector<double> rates_of(const std::vector<FlowClass>& classes, const std::vector<double>& capacities) {
    std::vector<double> rates;
    max_min_rates(classes, capacities, rates);
    return rates;
}

}  // namespace

TEST_CASE("one link is shared in equal parts, and what a narrow network leaves goes to the others") {
    CHECK(rates_of({{2, 0}, {2, 0}}, {8}) == std::vector<double>{2, 2});
    // One flow behind a network of 1, three without: (8 - 1) / 3.
    const std::vector<double> rates = rates_of({{1, 0, 1}, {3, 0}}, {8, 1});
    CHECK(rates[0] == 1);
    CHECK(rates[1] == doctest::Approx(7.0 / 3));
}

TEST_CASE(
    "classes without flows have no rate, those that nothing limits no limit, and a link of 0 lets nobody "
    "through") {
    const std::vector<double> rates = rates_of({{0, 0}, {1}, {1, 1}}, {8, 0});
    CHECK(rates[0] == 0);
    CHECK(std::isinf(rates[1]));
    CHECK(rates[2] == 0);
}

TEST_CASE("each class has a link that is full and on which nobody has more") {
    std::mt19937 random(7);
    for (int round = 0; round < 300; ++round) {
        std::vector<double> capacities(1 + random() % 6);
        for (double& capacity : capacities) capacity = 1 + static_cast<double>(random() % 100);
        std::vector<FlowClass> classes(1 + random() % 8);
        for (FlowClass& one : classes) {
            one.flows = 1 + random() % 5;
            one.first = random() % capacities.size();
            if (const auto second = static_cast<std::uint32_t>(random() % capacities.size());
                second != one.first)
                one.second = second;
        }
        const std::vector<double> rates = rates_of(classes, capacities);
        std::vector<double> used(capacities.size(), 0), most(capacities.size(), 0);
        for (std::size_t i = 0; i < classes.size(); ++i)
            for (const std::uint32_t resource : {classes[i].first, classes[i].second}) {
                if (resource == FlowClass::nothing) continue;
                used[resource] += rates[i] * static_cast<double>(classes[i].flows);
                most[resource] = std::max(most[resource], rates[i]);
            }
        for (std::size_t r = 0; r < capacities.size(); ++r) CHECK(used[r] <= capacities[r] * (1 + 1e-9));
        for (std::size_t i = 0; i < classes.size(); ++i) {
            const auto limits = [&](std::uint32_t r) {
                return r != FlowClass::nothing && used[r] >= capacities[r] * (1 - 1e-9) &&
                       rates[i] >= most[r] * (1 - 1e-9);
            };
            CHECK((limits(classes[i].first) || limits(classes[i].second)));
        }
    }
}
