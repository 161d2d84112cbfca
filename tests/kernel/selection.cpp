// Promised: the best system is selected as often as was asked where it is better by the indifference, whether or not
// systems share their random numbers, and with far fewer observations where others are clearly worse.
// Shown: the configurations rs-slip-10 and rs-mono-25 of analysis_dev.json, 400 selections each (UNDERSTUDY_COVERAGE: how
// many), and dependent systems.
#include "kernel/selection.h"

#include <doctest/doctest.h>

#include <cmath>
#include <string>

#include "kernel/random.h"
#include "kernel/special_functions.h"
#include "tests/coverage.h"

using namespace understudy::kernel;

namespace {

int selections() { return understudy::tests::runs_of(400); }

struct Outcome {
    int correct = 0;
    double observations = 0;  ///< mean
};

/// Means and deviations by system; `shared`: how much of an observation's deviation all systems share. The smallest is
/// system 0.
template <class Mean, class Deviation>
Outcome select(std::size_t systems, double indifference, Mean mean, Deviation deviation, double shared = 0) {
    Outcome outcome;
    for (int s = 0; s < selections(); ++s) {
        Stream stream(stream_key(1, static_cast<std::uint64_t>(s), "systems", Purpose::other));
        Selection selection(systems, indifference, 0.95);
        while (!selection.best()) {
            const double common = normal_quantile(stream.uniform());
            std::vector<double> round;
            for (const std::size_t system : selection.contenders())
                round.push_back(mean(system) + deviation(system) * (std::sqrt(shared) * common +
                                                                    std::sqrt(1 - shared) *
                                                                        normal_quantile(stream.uniform())));
            selection.add(round);
        }
        outcome.correct += *selection.best() == 0 ? 1 : 0;
        outcome.observations += static_cast<double>(selection.observations()) / selections();
    }
    return outcome;
}

double nominal() {
    const double count = selections();
    return (0.95 - 2.33 * std::sqrt(0.95 * 0.05 / count)) * count;
}

}  // namespace

TEST_CASE("coverage: the best of ten is selected though all others are as near as may be") {
    const auto slippage = [](std::size_t system) { return system == 0 ? -0.5 : 0.0; };
    const auto one = [](std::size_t) { return 1.0; };
    const Outcome outcome = select(10, 0.5, slippage, one);
    MESSAGE("correct ", outcome.correct, " of ", selections(), ", observations ", outcome.observations);
    CHECK(outcome.correct >= nominal());
    const Outcome shared = select(10, 0.5, slippage, one, 0.8);
    CHECK(shared.correct >= nominal());
    CHECK(shared.observations < 0.5 * outcome.observations);
}

TEST_CASE("coverage: the best of 25 whose means and spreads grow, with few observations of the worse") {
    const auto growing = [](std::size_t system) { return 0.25 * static_cast<double>(system); };
    const auto spread = [](std::size_t system) { return 1 + 0.1 * static_cast<double>(system + 1); };
    const Outcome outcome = select(25, 0.25, growing, spread);
    MESSAGE("correct ", outcome.correct, " of ", selections(), ", observations ", outcome.observations);
    CHECK(outcome.correct >= nominal());
    // Rinott's two stages take (3.4 to 5 deviations / indifference) squared of each, worse or not: thousands of all.
    CHECK(outcome.observations < 25 * 1000);
}

TEST_CASE("equal systems end with one of them, and one system needs no observation") {
    Selection two(2, 0.1, 0.95, 3);
    while (!two.best()) two.add(std::vector<double>(two.contenders().size(), 1.0));
    CHECK(*two.best() == 0);
    CHECK(Selection(1, 0.1, 0.95).best() == 0);
}
