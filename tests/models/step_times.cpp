// Promised: of steps that go on at once each counts for the time in which it was the last; suspended time is none of their
// work; a case's waits, advances and what stood still make up its cycle time. Shown: cases by hand, and many by chance.
#include "models/step_times.h"

#include <doctest/doctest.h>

#include <algorithm>

#include "kernel/random.h"

using namespace understudy;
using models::ProcessCase;
using models::ProcessLog;
using models::ProcessStep;

namespace {

ProcessStep step(kernel::Time start, kernel::Time end) {
    ProcessStep one;
    one.start = start;
    one.end = end;
    return one;
}

}  // namespace

TEST_CASE("step times: by hand") {
    ProcessLog log;
    ProcessCase one;
    // The second goes on for longer than the first, the third within both, the fourth after a wait, the fifth has no start.
    one.steps = {step(0, 30), step(10, 50), step(20, 40), step(60, 65), ProcessStep()};
    one.steps.back().end = 70;
    const auto times = models::step_times(log, one);
    REQUIRE(times.size() == 5);
    CHECK(times[0].worked == 30);
    CHECK(times[0].advance == 30);
    CHECK(times[1].worked == 40);
    CHECK(times[1].advance == 20);
    CHECK(times[2].worked == 20);
    CHECK(times[2].advance == 0);
    CHECK(times[3].since == 50);
    CHECK(times[3].wait == 10);
    CHECK(times[3].advance == 5);
    CHECK(times[4].worked == 0);
    CHECK(times[4].wait == 5);
    // What had not ended: behind what began before it.
    CHECK(models::advance_so_far(one, 15, 80) == 30);
    CHECK(models::advance_so_far(one, 66, 80) == 14);
    CHECK(models::advance_so_far(one, 15, 45) == 0);
}

TEST_CASE("step times: what is suspended") {
    ProcessLog log;
    log.stretches = {{10, 30, 0}, {50, 60, 0}};
    ProcessCase one;
    one.steps = {step(0, 20), step(10, 60)};
    one.steps[1].stretches = 2;
    const auto times = models::step_times(log, one);
    CHECK(times[1].worked == 30);
    CHECK(times[1].advance == 20);
    CHECK(times[1].suspended == 20);
}

TEST_CASE("step times: what was handed over waits from then on, and not before its turn") {
    ProcessLog log;
    ProcessCase one;
    one.steps = {step(10, 30), step(40, 50), step(60, 70), step(65, 90)};
    one.steps[0].submitted = 4;
    one.steps[1].submitted = 0;   // with the case, long before its turn
    one.steps[2].submitted = 55;  // later than its turn
    one.steps[3].submitted = 62;  // beside another
    CHECK(one.begin() == 4);
    CHECK(models::cycle_time(one) == 86);
    const auto times = models::step_times(log, one);
    CHECK(times[0].since == 4);
    CHECK(times[0].submitted == 4);
    CHECK(times[0].wait == 6);
    CHECK(times[0].advance == 20);
    CHECK(times[1].submitted == 30);
    CHECK(times[1].wait == 10);
    CHECK(times[2].submitted == 55);
    CHECK(times[2].wait == 10);
    CHECK(times[3].submitted == 62);
    CHECK(times[3].wait == 0);
    CHECK(models::submission_in_turn(one, 95, 20) == 90);
    CHECK(models::submission_in_turn(one, 95, 93) == 93);
    CHECK(models::submission_in_turn(one, 80, 20) == 20);
}

TEST_CASE("step times: all of a case is its cycle time") {
    kernel::Stream stream(kernel::stream_key(1, 0, "steps", kernel::Purpose::check));
    const ProcessLog log;
    for (int number = 0; number < 200; ++number) {
        ProcessCase one;
        for (std::uint64_t i = 0; i <= stream.below(8); ++i) {
            const auto begin = static_cast<kernel::Time>(stream.below(100));
            one.steps.push_back(step(begin, begin + static_cast<kernel::Time>(stream.below(60))));
        }
        std::sort(one.steps.begin(), one.steps.end(), [](const ProcessStep& a, const ProcessStep& b) {
            return std::pair(a.begin(), a.end) < std::pair(b.begin(), b.end);
        });
        kernel::Time all = 0;
        for (const models::StepTimes& times : models::step_times(log, one))
            all += times.wait + times.advance + times.suspended;
        CHECK(all == models::cycle_time(one));
    }
}
