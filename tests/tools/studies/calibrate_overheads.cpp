// Promised: 95-percent intervals of what a platform adds to the work hold the truth about so often where makespans vary
// besides, also where a part of it is nothing. Shown: sets of eight logs of random layers of tasks, whose
// makespans are those of their twins on a platform that is known, few in the tests, as many as UNDERSTUDY_COVERAGE asks.
#include "tools/studies/calibrate_overheads.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <vector>

#include "kernel/random.h"
#include "tests/coverage.h"
#include "tests/tools/studies/sample_overheads.h"
#include "tools/studies/calibrate.h"
#include "tools/studies/replay_twin.h"

using namespace understudy;
using models::RecordedRun;
using tests::Platform;

namespace {

constexpr auto& names = tests::overheads_of_platforms;

struct Counts {
    int told = 0, held = 0;
    double width = 0;
};

/// How often the interval of each overhead held it; `noise`: coefficient of variation of makespans.
std::array<Counts, 4> intervals_of(const Platform& platform, double noise, int sets) {
    std::array<Counts, 4> counts;
    for (int set = 0; set < sets; ++set) {
        kernel::Stream stream(kernel::stream_key(5, static_cast<std::uint64_t>(set), "overheads",
                                                 kernel::Purpose::service, ""));
        const std::vector<RecordedRun> runs = tests::logs_on(platform, noise, stream);
        const studies::ReplayTwin twin = studies::build_twin(runs.front(), studies::Submissions::inferred);
        const studies::Calibration found = studies::calibrate(twin.scenario, runs);
        for (const studies::CalibratedElement& element : found.elements)
            for (const studies::CalibratedNumber& number : element.numbers)
                for (std::size_t i = 0; i < names.size(); ++i) {
                    if (number.name != names[i] || !number.low) continue;
                    const double truth = platform[i], rounding = 2e-3 * std::max(1.0, truth);
                    ++counts[i].told;
                    counts[i].held += *number.low - rounding <= truth && truth <= *number.high + rounding;
                    counts[i].width += *number.high - *number.low;
                }
    }
    return counts;
}

}  // namespace

TEST_CASE("coverage: intervals of what a platform adds to the work") {
    const int sets = tests::runs_of(6);
    for (const Platform& platform : {Platform{2, 0, 15, 1}, Platform{2, 3, 15, 1.2}})
        for (const double noise : {0.0, 0.03, 0.1}) {
            const std::array<Counts, 4> counts = intervals_of(platform, noise, sets);
            for (std::size_t i = 0; i < names.size(); ++i) {
                const Counts& one = counts[i];
                CAPTURE(names[i]);
                CAPTURE(noise);
                CHECK(one.told == sets);
                const double chance = 3.5 * std::sqrt(0.95 * 0.05 / sets);
                // Where makespans do not vary, what is left is what the solution misses, and no chance.
                if (noise > 0) CHECK(one.held >= (0.93 - chance) * one.told);
                if (tests::coverage_is_asked())
                    std::printf("%s %g, noise %g: %d of %d held, mean width %.3g\n", names[i], platform[i],
                                noise, one.held, one.told, one.width / std::max(1, one.told));
            }
        }
}
