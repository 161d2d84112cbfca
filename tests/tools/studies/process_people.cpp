// Promised: the time in which a step waited while all who can do it were at work is no time between steps, for the twin's cases
// wait for its people; time in which somebody was free stays. Shown: one person whose queue is known, and people by hand.
#include "tools/studies/process_people.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <string>

#include "kernel/random.h"
#include "tools/studies/cycle_times.h"
#include "tools/studies/process_twin.h"

using namespace understudy;
using kernel::minute;
using models::ProcessLog;

namespace {

void add_step(models::ProcessCase& to, std::uint32_t activity, kernel::Time start, kernel::Time end,
              std::uint32_t resource) {
    models::ProcessStep step;
    step.activity = activity;
    step.start = start;
    step.end = end;
    step.resource = resource;
    to.steps.push_back(step);
}

/// Cases that register in no time, and wait for one person who is busy for four fifths of the time.
ProcessLog one_person(std::int64_t cases) {
    ProcessLog log;
    log.activities = {"register", "work"};
    log.resources = {"Ann"};
    kernel::Stream stream(kernel::stream_key(3, 0, "one person", kernel::Purpose::check));
    kernel::Time at = 0, free = 0;
    for (std::int64_t i = 0; i < cases; ++i) {
        at += kernel::from_seconds(-600 * std::log(stream.uniform()));
        const kernel::Time begin = std::max(at, free);
        free = begin + kernel::from_seconds(-480 * std::log(stream.uniform()));
        models::ProcessCase& one = log.cases.emplace_back();
        add_step(one, 0, at, at, models::nobody);
        add_step(one, 1, begin, free, 0);
    }
    log.steps_with_start = 2 * cases;
    return log;
}

}  // namespace

TEST_CASE("people: nobody was free where all who can do it were at work, on anything") {
    ProcessLog log;
    log.activities = {"a", "b", "c"};
    log.resources = {"Ana", "Ben"};
    models::ProcessCase& one = log.cases.emplace_back();
    add_step(one, 0, 0, 10 * minute, 0);            // Ana does a
    add_step(one, 1, 5 * minute, 20 * minute, 1);   // Ben does b
    add_step(one, 0, 30 * minute, 40 * minute, 0);  // and both do a
    add_step(one, 0, 35 * minute, 50 * minute, 1);
    add_step(one, 2, 50 * minute, 60 * minute, models::nobody);
    const studies::ProcessPeople people(log, 1);
    CHECK(people.resources() == 2);
    CHECK(people.work_on(0));
    CHECK_FALSE(people.work_on(2));
    // a: both from 5 to 10 and from 35 to 40; b: Ben alone from 5 to 20 and from 35 to 50.
    CHECK(people.all_at_work(0, 0, 60 * minute) == 10 * minute);
    CHECK(people.all_at_work(0, 7 * minute, 36 * minute) == 4 * minute);
    CHECK(people.all_at_work(1, 0, 60 * minute) == 30 * minute);
    CHECK(people.all_at_work(2, 0, 60 * minute) == 0);
    CHECK(people.all_at_work(0, 12 * minute, 12 * minute) == 0);
}

TEST_CASE("people: whoever does two steps at once is at work with two") {
    ProcessLog log;
    log.activities = {"a"};
    log.resources = {"Ana"};
    models::ProcessCase& one = log.cases.emplace_back();
    add_step(one, 0, 0, 10 * minute, 0);
    add_step(one, 0, 4 * minute, 6 * minute, 0);
    add_step(one, 0, 10 * minute, 20 * minute, 0);
    const studies::ProcessPeople people(log, 1);
    CHECK(people.teams().at(0).by_skills.begin()->second == 2);
    CHECK(people.all_at_work(0, 0, 20 * minute) == 2 * minute);
}

TEST_CASE("people: a queue for one person is the twin's, and not in it twice") {
    const ProcessLog log = one_person(2000);
    const studies::ProcessTwin twin = studies::build_process_twin(log);
    CHECK(std::none_of(twin.scenario.twin.stages.begin(), twin.scenario.twin.stages.end(),
                       [](const models::Stage& stage) { return stage.name == "work_waits"; }));
    CHECK(std::any_of(twin.assumed.begin(), twin.assumed.end(), [](const std::string& line) {
        return line.find("all who can do the step were at work") != std::string::npos;
    }));
    const auto found = studies::validate_cycle_times(log);
    REQUIRE(found);
    REQUIRE(found->forecasts.size() == 3);
    // 40 minutes in the long run. Waits on top of the twin's own queue were 30 minutes off.
    CHECK(found->forecasts[2].mean_s == doctest::Approx(2400).epsilon(0.15));
    CHECK(studies::warnings_of(*found).empty());
}

TEST_CASE("people: a fitted twin that is farther away than the one without a fit is warned of") {
    studies::CycleTimeValidation found;
    found.forecasts = {
        {"bootstrap", 0, 0, 0, 100, 100}, {"unfitted", 0, 0, 0, 300, 1}, {"fitted", 0, 0, 0, 400, 9}};
    REQUIRE(studies::warnings_of(found).size() == 1);
    CHECK(studies::warnings_of(found)[0].find("farther") != std::string::npos);
    found.forecasts[2].distance_s = 200;
    CHECK(studies::warnings_of(found).empty());
    // What is as near as earlier cases are is not far.
    found.forecasts[1].distance_s = 10;
    found.forecasts[2].distance_s = 90;
    CHECK(studies::warnings_of(found).empty());
}
