// Promised: the twin of a batch system for questions of load has the jobs' rate, work and run times by class, a week's
// profile where the log has weeks, and can be run. Shown: a log made here of two kinds of jobs.
#include "tools/studies/batch_twin.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <stdexcept>

#include "tools/studies/calibrate.h"
#include "tools/studies/run.h"

using namespace understudy;
using kernel::hour;
using models::RecordedRun;
using models::RecordedTask;

namespace {

/// Each hour of working days from 8 to 18 a job of one processor for half an hour; each midnight one of 12 for six hours.
RecordedRun office(std::int64_t days) {
    RecordedRun run;
    run.format = "swf";
    run.processors = 16;
    run.epoch_ns = 4 * kernel::day;  // a Monday, 00:00
    const auto add = [&](kernel::Time at, double processors, kernel::Time takes, kernel::Time asked) {
        RecordedTask task;
        task.submitted = at;
        task.realtime = takes;
        task.cpus = processors;
        task.requested = asked;
        run.tasks.push_back(task);
    };
    for (std::int64_t day = 0; day < days; ++day) {
        add(day * kernel::day, 12, 6 * hour, 10 * hour);
        if (day % 7 < 5)
            for (int h = 8; h < 18; ++h) add(day * kernel::day + h * hour, 1, hour / 2, hour);
    }
    return run;
}

}  // namespace

TEST_CASE("processors that no header tells are the most in use, or would have been if no job had waited") {
    RecordedRun run = office(70);
    run.processors = 0;
    const auto says = [](const studies::BatchTwin& twin, const std::string& text) {
        return std::any_of(twin.assumed.begin(), twin.assumed.end(),
                           [&](const std::string& one) { return one.find(text) == 0; });
    };
    // Another job at each midnight: two of twelve at once, if neither waits.
    for (std::size_t i = 0; i < 5; ++i) run.tasks.push_back(run.tasks[i * 11]);
    CHECK(says(studies::build_batch_twin(run),
               "processors, as many as had been in use at once if no job had "
               "waited, which the log does not tell: 24"));
    kernel::Time free_at = 0;
    for (RecordedTask& task : run.tasks) {
        task.started = std::max(*task.submitted, free_at);
        task.completed = *task.started + *task.realtime;
        free_at = *task.completed;
    }
    CHECK(says(studies::build_batch_twin(run), "processors, the most in use at once: 12"));
}

TEST_CASE("classes have the log's rates, processors and times") {
    const studies::BatchTwin twin = studies::build_batch_twin(office(70));
    CHECK(twin.jobs == 70 + 500);
    CHECK(twin.classes == 2);
    const models::Scenario& scenario = twin.scenario;
    REQUIRE(scenario.loads.size() == 2);
    CHECK(scenario.loads[0].name == "jobs_of_1_to_1h");
    CHECK(scenario.loads[1].name == "jobs_of_16_to_12h");
    for (const models::Load& load : scenario.loads) CHECK(load.description.label == load.name);
    for (const models::Stage& stage : scenario.twin.stages) CHECK(stage.description.label == stage.name);
    const double week = kernel::to_seconds(kernel::week);
    CHECK(scenario.loads[0].arrivals.rate * week == doctest::Approx(50));
    CHECK(scenario.loads[1].arrivals.rate * week == doctest::Approx(7));
    const models::Work& large = scenario.twin.stages[1].work;
    CHECK(large.runs_on[0].count == 12);
    CHECK(large.service.terms[0].law.mean() == doctest::Approx(6 * 3600));
    CHECK(large.expected.terms[0].law.mean() == doctest::Approx(10 * 3600));
    CHECK(scenario.twin.pools[0].workers.count == 16);
    CHECK(twin.offered == doctest::Approx((7 * 12 * 6 + 50 * 0.5) / (16 * 7 * 24)));
    models::Problems problems;
    const auto prepared = studies::prepare(scenario, problems);
    REQUIRE(prepared);
}

TEST_CASE("the week is the log's") {
    const models::Scenario scenario = studies::build_batch_twin(office(70)).scenario;
    REQUIRE(scenario.profiles.size() == 1);
    const auto& points = scenario.profiles[0].points;
    const auto level = [&](kernel::Time at) {
        return std::prev(std::upper_bound(points.begin(), points.end(), at,
                                          [](kernel::Time t, const auto& point) { return t < point.first; }))
            ->second;
    };
    CHECK(level(0) == doctest::Approx(10.0 * 168 / 570));
    CHECK(level(9 * hour) == doctest::Approx(10.0 * 168 / 570));
    CHECK(level(20 * hour) == 0);
    CHECK(level(5 * kernel::day + 9 * hour) == 0);
    CHECK(scenario.run.start->ns == 4 * kernel::day);
    // A log of four weeks and two days has five Mondays: they are no busier for that, nor is the machine.
    RecordedRun longer = office(30);
    const models::Scenario odd = studies::build_batch_twin(longer).scenario;
    REQUIRE(odd.profiles.size() == 1);
    CHECK(odd.profiles[0].points == scenario.profiles[0].points);
    CHECK(odd.loads[0].arrivals.rate == doctest::Approx(scenario.loads[0].arrivals.rate));
    CHECK(studies::build_batch_twin(longer).offered ==
          doctest::Approx(studies::build_batch_twin(office(70)).offered));
    // Ten days have no week, and who does not know when they were has none either.
    CHECK(studies::build_batch_twin(office(10)).scenario.profiles.empty());
    RecordedRun somewhen = office(70);
    somewhen.epoch_ns = 0;
    CHECK(studies::build_batch_twin(somewhen).scenario.profiles.empty());
}

TEST_CASE("a log shorter than a day has its own rate") {
    RecordedRun run;
    run.processors = 32;
    for (int job = 0; job < 200; ++job) {
        RecordedTask task;
        task.submitted = job * kernel::minute;
        task.realtime = 5 * kernel::minute;
        task.cpus = 4;
        run.tasks.push_back(task);
    }
    const auto says_one_instant = [](const studies::BatchTwin& twin) {
        return std::any_of(twin.assumed.begin(), twin.assumed.end(), [](const std::string& text) {
            return text.find("at one instant") != std::string::npos;
        });
    };
    const studies::BatchTwin twin = studies::build_batch_twin(run);
    CHECK(twin.scenario.loads[0].arrivals.rate == doctest::Approx(200.0 / (199 * 60)));
    CHECK(twin.offered == doctest::Approx(200.0 * 4 * 5 / (199 * 32)));
    CHECK(!says_one_instant(twin));
    // What came all at once has no rate, and it is said what is made of it.
    for (RecordedTask& task : run.tasks) task.submitted = 0;
    const studies::BatchTwin burst = studies::build_batch_twin(run);
    CHECK(burst.scenario.loads[0].arrivals.rate == doctest::Approx(200.0 / 86400));
    CHECK(says_one_instant(burst));
}

TEST_CASE("without the platform's size, requests, or any job") {
    RecordedRun run = office(10);
    run.processors = 0;
    for (RecordedTask& task : run.tasks) task.requested.reset();
    const studies::BatchTwin twin = studies::build_batch_twin(run);
    CHECK(twin.scenario.twin.pools[0].workers.count == 12);
    CHECK(twin.scenario.loads[0].name == "jobs_of_1");
    CHECK(twin.scenario.twin.stages[0].work.expected.empty());
    run.tasks.clear();
    CHECK_THROWS_AS(studies::build_batch_twin(run), std::invalid_argument);
}

TEST_CASE("jobs of another log have the class as their kind, where the twin has it") {
    const models::Scenario twin = studies::build_batch_twin(office(70)).scenario;
    RecordedRun run = office(10);
    for (RecordedTask& task : run.tasks) {
        task.process = "job";
        task.started = task.submitted;
        task.completed = *task.started + *task.realtime;
    }
    studies::name_job_classes(run, twin);
    for (const RecordedTask& task : run.tasks)
        CHECK(task.process == (task.cpus > 1 ? "run_jobs_of_16_to_12h" : "run_jobs_of_1_to_1h"));
    const studies::Calibration found = studies::calibrate(twin, {run});
    const auto edits = [&](const char* path) {
        return std::any_of(found.edits.begin(), found.edits.end(),
                           [&](const studies::CalibrationEdit& edit) { return edit.path == path; });
    };
    CHECK(edits("run_jobs_of_1_to_1h.service"));
    CHECK(edits("run_jobs_of_16_to_12h.service"));
    // In a twin that somebody made by hand jobs are jobs.
    RecordedRun other = office(10);
    for (RecordedTask& task : other.tasks) task.process = "job";
    studies::name_job_classes(other, {});
    CHECK(other.tasks.front().process == "job");
}
