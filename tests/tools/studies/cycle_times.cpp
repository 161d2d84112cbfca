// Promised: cycle times of later cases are forecast from the earlier ones by drawing those again, by the twin without a fit
// and by the fitted twin, and held against the recorded ones; where the log ends is allowed for in all three; the same bytes
// for any number of threads. Shown: processes made by hand whose cycle times are known.
#include "tools/studies/cycle_times.h"

#include <doctest/doctest.h>

#include <cmath>

#include "kernel/random.h"

using namespace understudy;
using kernel::hour;
using models::ProcessLog;
using models::ProcessStep;

namespace {

/// One case an hour: `a` at once, `b` after an exponential time of the mean, both of ten minutes. `only_complete`: cases that
/// have not ended when the last one begins are left out; else they are cut off there.
ProcessLog waits(std::int64_t cases, double mean_hours, bool only_complete, bool cut) {
    ProcessLog log;
    log.activities = {"a", "b"};
    kernel::Stream stream(kernel::stream_key(5, 0, "waits", kernel::Purpose::check));
    const kernel::Time end = cases * hour;
    for (std::int64_t i = 0; i < cases; ++i) {
        const kernel::Time wait = kernel::from_seconds(-std::log(stream.uniform()) * mean_hours * 3600);
        models::ProcessCase one;
        ProcessStep a;
        a.start = i * hour;
        a.end = i * hour + 10 * kernel::minute;
        ProcessStep b;
        b.activity = 1;
        b.start = a.end + wait;
        b.end = *b.start + 10 * kernel::minute;
        one.steps = {a};
        if (!(only_complete || cut) || b.end <= end)
            one.steps.push_back(b);
        else if (only_complete)
            continue;
        log.cases.push_back(one);
    }
    return log;
}

}  // namespace

TEST_CASE("a process that goes on as it was is forecast by its own cases and by the fitted twin") {
    const ProcessLog log = waits(1000, 5, false, false);
    const auto found = studies::validate_cycle_times(log);
    REQUIRE(found);
    CHECK(found->fitted_to == 800);
    CHECK(found->predicted == 200);
    CHECK(found->complete_only);
    REQUIRE(found->forecasts.size() == 3);
    CHECK(found->forecasts[0].name == "bootstrap");
    CHECK(found->forecasts[1].name == "unfitted");
    CHECK(found->forecasts[2].name == "fitted");
    // 200 values of a mean of 5 h are off by half an hour or so.
    CHECK(found->forecasts[0].distance_s < 3600);
    CHECK(found->forecasts[2].distance_s < 3600);
    CHECK(found->forecasts[1].mean_s == doctest::Approx(1200));
    CHECK(found->forecasts[1].distance_s == doctest::Approx(found->mean_s - 1200));
    CHECK(found->forecasts[2].mean_s == doctest::Approx(found->forecasts[0].mean_s).epsilon(0.05));
}

TEST_CASE("late cases of a log of complete cases are short, and all forecasts know it") {
    const auto found = studies::validate_cycle_times(waits(1000, 100, true, false));
    REQUIRE(found);
    CHECK(found->complete_only);
    for (const std::size_t i : {0, 2}) {
        CAPTURE(i);
        CHECK(found->forecasts[i].distance_s < 0.35 * found->forecasts[i].distance_without_end_s);
        CHECK(found->forecasts[i].distance_s < 0.25 * found->mean_s);
    }
}

TEST_CASE("cases that the log cuts off count as far as they had come") {
    const auto found = studies::validate_cycle_times(waits(1000, 100, false, true));
    REQUIRE(found);
    CHECK_FALSE(found->complete_only);
    CHECK(found->forecasts[2].distance_s < 0.5 * found->forecasts[2].distance_without_end_s);
    CHECK(found->forecasts[2].distance_s < 0.25 * found->mean_s);
}

TEST_CASE("any number of threads gives the same, another seed does not") {
    const ProcessLog log = waits(200, 5, false, false);
    studies::CycleTimeOptions options;
    options.replications = 8;
    options.threads = 1;
    const auto one = studies::validate_cycle_times(log, options);
    options.threads = 3;
    const auto three = studies::validate_cycle_times(log, options);
    options.seed = 2;
    const auto other = studies::validate_cycle_times(log, options);
    REQUIRE((one && three && other));
    for (std::size_t i = 0; i < 3; ++i) CHECK(one->forecasts[i].distance_s == three->forecasts[i].distance_s);
    CHECK(one->forecasts[2].distance_s != other->forecasts[2].distance_s);
    CHECK(one->forecasts[0].distance_s != other->forecasts[0].distance_s);
    ProcessLog few = log;
    few.cases.resize(9);
    CHECK_FALSE(studies::validate_cycle_times(few));
}
