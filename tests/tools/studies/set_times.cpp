// Promised: loads that come at set times of the day keep their clock: at an even beat `first` says at what place of it, at
// several times a day, and on weekdays alone, a profile has a window for each. Shown: logs by hand, and the twin that comes of
// them.
#include "tools/studies/set_times.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <string>
#include <vector>

#include "tests/tools/studies/sample.h"
#include "tools/studies/calibrate.h"
#include "tools/studies/calibrate_arrivals.h"
#include "tools/studies/calibrate_parts.h"

using namespace understudy;
using kernel::Time;
using studies::Calibration;

namespace {

constexpr std::int64_t a_monday_ns = 1'773'014'400LL * kernel::second;  // 2026-03-09T00:00Z

models::Scenario dated_twin() {
    models::Scenario scenario = tests::twin_of_jobs();
    scenario.run.start = models::LocalInstant{a_monday_ns};
    scenario.run.length = 14 * kernel::day;
    scenario.run.replications = 1;
    return scenario;
}

/// Arrivals of so many days at these times, each day, or on weekdays alone, up to `late` later.
models::RecordedRun at_times(int days, const std::vector<Time>& times, bool weekdays_only, Time late = 0) {
    models::RecordedRun log;
    log.source = "log";
    log.epoch_ns = a_monday_ns;
    std::uint64_t draw = 1;
    for (int day = 0; day < days; ++day) {
        if (weekdays_only && day % 7 >= 5) continue;
        for (const Time time : times) {
            draw = draw * 6364136223846793005ULL + 1442695040888963407ULL;
            models::RecordedTask& task = log.tasks.emplace_back();
            task.id = "w" + std::to_string(log.tasks.size());
            task.name = task.process = "work";
            task.submitted =
                day * kernel::day + time +
                (late > 0 ? static_cast<Time>((draw >> 20) % static_cast<std::uint64_t>(late)) : 0);
            task.started = *task.submitted;
            task.completed = *task.submitted + kernel::second;
        }
    }
    return log;
}

Calibration fitted_to(const models::RecordedRun& log) {
    Calibration found;
    const std::vector<models::RecordedRun> runs{log};
    studies::calibrate_arrivals(dated_twin(), studies::seen_once(runs, {true}, found), {}, found);
    return found;
}

/// When items come in a run of the fitted twin, since its start.
std::vector<Time> arrivals_in_a_run(const Calibration& found) {
    struct Heard : models::TraceListener {
        void heard(const models::TraceRow& row) override {
            if (row.event == models::TraceEvent::arrive) times.push_back(row.time);
        }
        void heard(const models::TraceDraw&) override {}
        std::vector<Time> times;
    } heard;
    models::Scenario scenario = dated_twin();
    studies::apply_calibration(found.edits, scenario);
    models::Problems problems;
    const auto prepared = studies::prepare(std::move(scenario), problems, studies::Measured::asked);
    REQUIRE(prepared);
    studies::RunOptions options;
    options.threads = 1;
    options.sink = [&](std::int64_t) -> models::TraceSink* { return &heard; };
    studies::run(*prepared, options);
    return heard.times;
}

}  // namespace

TEST_CASE("set times: an even beat of single arrivals begins at its place, jitter or none") {
    for (const Time late : {Time{0}, kernel::minute, 20 * kernel::minute}) {
        CAPTURE(late);
        const Calibration found = fitted_to(at_times(60, {6 * kernel::hour}, false, late));
        const std::vector<Time> times = arrivals_in_a_run(found);
        REQUIRE(times.size() == 14);
        for (std::size_t day = 0; day < times.size(); ++day)
            CHECK(times[day] == static_cast<Time>(day) * kernel::day + 6 * kernel::hour);
        CHECK(found.warnings.empty());
        CHECK(found.assumed.size() == (late > 0 ? 1 : 0));
    }
    std::vector<Time> hourly;
    for (int hour = 0; hour < 24; ++hour) hourly.push_back(hour * kernel::hour + 17 * kernel::minute);
    const std::vector<Time> times = arrivals_in_a_run(fitted_to(at_times(10, hourly, false)));
    REQUIRE(times.size() == 14 * 24);
    CHECK(times.front() == 17 * kernel::minute);
    CHECK(times.back() == 14 * kernel::day - 43 * kernel::minute);
}

TEST_CASE("set times: several a day, and weekdays alone") {
    const std::vector<Time> times{6 * kernel::hour, 10 * kernel::hour, 17 * kernel::hour};
    for (const bool weekdays_only : {false, true})
        for (const Time late : {Time{0}, 10 * kernel::minute}) {
            CAPTURE(weekdays_only);
            CAPTURE(late);
            const Calibration found = fitted_to(at_times(28, times, weekdays_only, late));
            std::vector<Time> expected;
            for (int day = 0; day < 14; ++day)
                for (const Time time : times)
                    if (!weekdays_only || day % 7 < 5) expected.push_back(day * kernel::day + time);
            CHECK(arrivals_in_a_run(found) == expected);
            CHECK(found.warnings.empty());
        }
    // Ten weekdays are enough, with a weekend in between, and midnight is a time as well.
    const std::vector<Time> few = arrivals_in_a_run(fitted_to(at_times(12, {6 * kernel::hour}, true)));
    REQUIRE(few.size() == 10);
    CHECK(few[5] == 7 * kernel::day + 6 * kernel::hour);
    CHECK(arrivals_in_a_run(fitted_to(at_times(28, {0}, true))).size() == 10);
}

TEST_CASE("set times: what comes at random has none") {
    models::RecordedRun log = at_times(60, {6 * kernel::hour}, false, 12 * kernel::hour);
    CHECK(!studies::set_times_of(dated_twin().run, {{[&] {
                                                         std::vector<Time> all;
                                                         for (const auto& task : log.tasks)
                                                             all.push_back(*task.submitted);
                                                         return all;
                                                     }(),
                                                     &log, false}}));
}
