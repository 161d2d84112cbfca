// Promised: of repeats of one workflow each task has its mean over them, found by name; an attempt that failed is none of
// the task's durations, and takes nothing where it did not fail again. Shown: a twin made by replay of a run with one retry,
// and repeats without it, with it, and with a failure that the twin does not know. Where the twin's tasks move data over a link, what
// they moved and their work are fitted apart. A run that ended early counts with what it did, and no path is set twice.
// Tasks that are alike have one mean. Shown: copies, three at a time, in a run and a slower repeat.
#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <set>
#include <string>
#include <vector>

#include "kernel/distribution.h"
#include "kernel/random.h"
#include "tools/studies/attempt_tag.h"
#include "tools/studies/calibrate.h"
#include "tools/studies/job_names.h"
#include "tools/studies/replay_twin.h"

using namespace understudy;
using kernel::second;
using models::RecordedRun;
using models::RecordedTask;

namespace {

/// `align` and then `call`, which fails `failed_s` after its begin where that is not 0.
RecordedRun run_of(double align_s, double call_s, double failed_s) {
    RecordedRun run;
    run.source = "log";
    run.format = "csv";
    run.has_dependencies = true;
    kernel::Time now = 0;
    const auto add = [&](const std::string& name, double seconds, bool failed) {
        RecordedTask task;
        task.id = name + (failed ? " 1" : "");
        task.name = task.process = name;
        task.node = "n1";
        task.submitted = task.started = now;
        task.completed = now += kernel::from_seconds(seconds);
        task.failed = failed;
        if (!run.tasks.empty()) task.parents = {static_cast<std::uint32_t>(run.tasks.size() - 1)};
        run.tasks.push_back(std::move(task));
    };
    add("align", align_s, false);
    if (failed_s > 0) add("call", failed_s, true);
    add("call", call_s, false);
    return run;
}

bool says(const std::vector<std::string>& lines, const std::string& part) {
    return std::any_of(lines.begin(), lines.end(),
                       [&](const std::string& line) { return line.find(part) != std::string::npos; });
}

/// The mean of each task after calibration, failed attempts first, by begin.
std::vector<double> fitted(const RecordedRun& first, const std::vector<RecordedRun>& repeats,
                           studies::Calibration& calibration) {
    const studies::ReplayTwin twin = studies::build_twin(first, studies::Submissions::inferred);
    calibration = studies::calibrate(twin.scenario, repeats);
    std::vector<double> failed, others;
    for (const models::Task& task : twin.scenario.twin.pipelines[0].tasks) {
        const std::string path = twin.scenario.twin.pipelines[0].name + "." + task.name + ".service";
        for (const studies::CalibrationEdit& edit : calibration.edits)
            if (edit.path == path)
                (studies::is_failed_attempt(task.description) ? failed : others)
                    .push_back(!edit.law || edit.law->terms.empty() ? 0 : edit.law->terms[0].law.mean());
    }
    failed.insert(failed.end(), others.begin(), others.end());
    return failed;
}

/// Three copies at a time on one node, of 6 s of work each; the rest of their run time they read.
RecordedRun run_of_copies(double reads_s) {
    RecordedRun run;
    run.source = "log";
    run.format = "csv";
    for (int i = 0; i < 12; ++i) {
        RecordedTask task;
        task.id = task.name = "copy " + std::to_string(i);
        task.process = "copy";
        task.node = "n1";
        const double seconds = 6 + reads_s;
        task.submitted = 0;
        task.started = kernel::from_seconds((seconds + 2) * (i / 3));
        task.completed = *task.started + kernel::from_seconds(seconds);
        task.realtime = kernel::from_seconds(seconds);
        task.cpus = 1;
        task.cpu_percent = 100 * 6 / seconds;
        run.tasks.push_back(std::move(task));
    }
    return run;
}

}  // namespace

TEST_CASE("calibrate: an attempt that failed once does not take the duration of the task") {
    studies::Calibration calibration;
    const auto means =
        fitted(run_of(100, 4000, 20), {run_of(100, 4100, 0), run_of(100, 4300, 0)}, calibration);
    REQUIRE(means.size() == 3);
    CHECK(means[0] == 0);
    CHECK(means[1] == doctest::Approx(100));
    CHECK(means[2] == doctest::Approx(4200));
    CHECK(says(calibration.assumed, "1 task of the twin is an attempt that failed"));
    REQUIRE(calibration.self_replays.size() == 2);
    CHECK(calibration.self_replays[0].simulated_s == doctest::Approx(4300).epsilon(0.05));
}

TEST_CASE("calibrate: repeats are held against one run, whatever the schedule") {
    const studies::ReplayTwin twin =
        studies::build_twin(run_of(100, 4000, 0), studies::Submissions::inferred);
    models::Scenario nightly = twin.scenario;
    models::Schedule& schedule = nightly.twin.pipelines[0].schedule;
    schedule.kind = models::Schedule::Kind::every;
    schedule.period = kernel::day;
    schedule.text = "every 1d";
    nightly.run.length = 9 * kernel::day;
    const std::vector<RecordedRun> repeats = {run_of(100, 4100, 0), run_of(100, 4300, 0),
                                              run_of(110, 4200, 0)};
    const studies::Calibration once = studies::calibrate(twin.scenario, repeats);
    const studies::Calibration daily = studies::calibrate(nightly, repeats);
    REQUIRE(daily.self_replays.size() == 3);
    CHECK(daily.self_replays[0].simulated_s == once.self_replays[0].simulated_s);
    REQUIRE(daily.validations.size() == 1);
    CHECK(daily.validations[0].error == once.validations[0].error);
}

TEST_CASE("calibrate: the limits of a variation are those of its own process, whatever it borrows") {
    // Twelve repeats: `align` varies by a tenth about its mean, `call` by half.
    std::vector<RecordedRun> repeats;
    double squares = 0;
    for (int i = 0; i < 12; ++i) {
        const double up = i % 2 == 0 ? 1 : -1;
        repeats.push_back(run_of(100 * (1 + 0.1 * up), 4000 * (1 + 0.5 * up), 0));
        squares += 0.1 * 0.1;
    }
    const studies::ReplayTwin twin =
        studies::build_twin(run_of(100, 4000, 0), studies::Submissions::inferred);
    const studies::Calibration found = studies::calibrate(twin.scenario, repeats);
    const auto align = std::find_if(found.elements.begin(), found.elements.end(),
                                    [](const auto& one) { return one.path == "align"; });
    REQUIRE(align != found.elements.end());
    const auto cv = std::find_if(align->numbers.begin(), align->numbers.end(),
                                 [](const auto& one) { return one.name == "cv"; });
    REQUIRE(cv != align->numbers.end());
    CHECK(cv->estimate > 0.15);
    CHECK(*cv->low < std::sqrt(squares / 11));
    CHECK(*cv->high >= cv->estimate);
}

TEST_CASE("calibrate: one that failed in half of the repeats takes half of what it took there") {
    studies::Calibration calibration;
    const auto means =
        fitted(run_of(100, 4000, 20), {run_of(100, 4100, 30), run_of(100, 4100, 0)}, calibration);
    REQUIRE(means.size() == 3);
    CHECK(means[0] == doctest::Approx(15));
    CHECK(means[2] == doctest::Approx(4100));
}

TEST_CASE("calibrate: a failure that the twin does not know is said, and is no duration") {
    studies::Calibration calibration;
    const auto means =
        fitted(run_of(100, 4000, 0), {run_of(100, 4100, 30), run_of(100, 4100, 0)}, calibration);
    REQUIRE(means.size() == 2);
    CHECK(means[1] == doctest::Approx(4100));
    CHECK(says(calibration.assumed, "1 attempt of the repeats failed where the twin has no failed attempt"));
}

TEST_CASE("calibrate: of a twin with phases what is moved and the work besides are fitted apart") {
    const RecordedRun first = run_of_copies(24), slower = run_of_copies(30);
    const studies::ReplayTwin twin = studies::build_twin(first, studies::Submissions::recorded,
                                                         models::StoragePlatform{.reads_counted = true});
    const studies::Calibration calibration = studies::calibrate(twin.scenario, {first, slower});
    int laws = 0, moved = 0;
    for (const studies::CalibrationEdit& edit : calibration.edits) {
        if (edit.law) {
            ++laws;
            CHECK(edit.law->terms[0].law.mean() == doctest::Approx(6).epsilon(0.01));
        }
        if (!edit.transfers) continue;
        ++moved;
        CHECK(edit.path.ends_with(".transfers"));
        CHECK(edit.transfers->over == "storage");
        // A third of 125 MB/s for 24 s and for 30 s.
        CHECK(static_cast<double>(edit.transfers->in_bytes) == doctest::Approx(125e6 / 3 * 27).epsilon(0.01));
        CHECK(edit.transfers->out_bytes == 0);
    }
    CHECK(laws == 12);
    CHECK(moved == 12);
    CHECK(says(calibration.assumed, "what tasks move over storage is found"));
    REQUIRE(calibration.self_replays.size() == 2);
    // In step they take 33 s each and 2 s between; out of step, as services vary, some read while others work, but
    // no sooner than all has been read.
    CHECK(calibration.self_replays[0].simulated_s < 4 * 33 + 3 * 2 + 1);
    CHECK(calibration.self_replays[0].simulated_s > 12 * 27 / 3.0 + 6);
}

TEST_CASE("calibrate: what no repeat tells of the phases stays as the twin has it, and is said") {
    const RecordedRun first = run_of_copies(24);
    RecordedRun silent = first;
    for (RecordedTask& task : silent.tasks) task.cpu_percent = 0;
    const studies::ReplayTwin twin = studies::build_twin(first, studies::Submissions::recorded,
                                                         models::StoragePlatform{.reads_counted = true});
    const studies::Calibration none = studies::calibrate(twin.scenario, {silent});
    CHECK(none.edits.empty());
    CHECK(says(none.unidentified, "what 12 tasks move: no repeat tells it apart"));
    // One that tells is enough.
    const studies::Calibration one = studies::calibrate(twin.scenario, {first, silent});
    CHECK(one.edits.size() == 24);
    for (const studies::CalibrationEdit& edit : one.edits)
        if (edit.transfers)
            CHECK(static_cast<double>(edit.transfers->in_bytes) == doctest::Approx(1e9).epsilon(0.01));
}

TEST_CASE("calibrate: an attempt that failed moves what it moved over all repeats, and no more") {
    // `copy` fails in the first run only; each attempt reads for 90 of its 100 s.
    const auto run_with = [](bool fails) {
        RecordedRun run = run_of(100, 100, fails ? 100 : 0);
        for (RecordedTask& task : run.tasks) {
            task.realtime = 100 * second;
            task.cpus = 1;
            task.cpu_percent = 10;
        }
        return run;
    };
    const RecordedRun first = run_with(true), other = run_with(false);
    const studies::ReplayTwin twin = studies::build_twin(first, studies::Submissions::inferred,
                                                         models::StoragePlatform{.reads_counted = true});
    const studies::Calibration alone = studies::calibrate(twin.scenario, {first});
    REQUIRE(alone.self_replays.size() == 1);
    CHECK(alone.self_replays[0].simulated_s == doctest::Approx(300).epsilon(0.01));
    const studies::Calibration both = studies::calibrate(twin.scenario, {first, other});
    int halves = 0;
    for (const studies::CalibrationEdit& edit : both.edits)
        if (edit.transfers && edit.transfers->in_bytes > 0)
            halves += static_cast<double>(edit.transfers->in_bytes) ==
                      doctest::Approx(125e6 * 90 / 2).epsilon(0.01);
    CHECK(halves == 1);
}

TEST_CASE(
    "calibrate: of an imported twin attempts that fail are failures of their task, which is tried again") {
    const auto imported = [](RecordedRun run) {
        run.format = "nextflow";
        models::Scenario twin = studies::build_twin(run, studies::Submissions::inferred).scenario;
        for (models::Task& task : twin.twin.pipelines[0].tasks)
            task.description.tags.emplace_back("nextflow");
        return twin;
    };
    const auto repeat = [](double failed_s) {
        RecordedRun run = run_of(100, 4000, failed_s);
        run.format = "nextflow";
        run.epoch_ns = 1'700'000'000 * second;
        return run;
    };
    const models::Scenario twin = imported(run_of(100, 4000, 0));
    const std::string path = twin.twin.pipelines[0].name + "." + twin.twin.pipelines[0].tasks[1].name;
    const auto edit_of = [&](const studies::Calibration& of, const std::string& key) {
        const auto found =
            std::find_if(of.edits.begin(), of.edits.end(),
                         [&](const studies::CalibrationEdit& edit) { return edit.path == path + key; });
        return found == of.edits.end() ? nullptr : &*found;
    };
    const studies::Calibration fitted = studies::calibrate(twin, {repeat(30), repeat(0), repeat(50)});
    REQUIRE(edit_of(fitted, ".failure"));
    CHECK(edit_of(fitted, ".failure")->number == doctest::Approx(0.4));
    REQUIRE(edit_of(fitted, ".fails_after"));
    CHECK(edit_of(fitted, ".fails_after")->law->terms[0].law.mean() == doctest::Approx(40));
    REQUIRE(edit_of(fitted, ".retry"));
    CHECK(edit_of(fitted, ".retry")->retry->times == models::unlimited);
    CHECK(edit_of(fitted, ".service")->law->terms[0].law.mean() == doctest::Approx(4000));
    CHECK_FALSE(says(fitted.assumed, "has no failed attempt"));
    CHECK(says(fitted.assumed, "no item of the logs was given up"));
    // What never failed again does not.
    models::Scenario failing = twin;
    failing.twin.pipelines[0].tasks[1].work.failure = 0.5;
    const studies::Calibration never = studies::calibrate(failing, {repeat(0), repeat(0)});
    REQUIRE(edit_of(never, ".failure"));
    CHECK(edit_of(never, ".failure")->number == 0);
    // What was given up is not in the twin, and said.
    RecordedRun given_up = repeat(30);
    given_up.tasks[1].attempt = 2;
    const studies::Calibration said = studies::calibrate(twin, {repeat(0), given_up});
    CHECK_FALSE(edit_of(said, ".failure"));
    CHECK(says(said.assumed, "1 attempt of the repeats failed where the twin has no failed attempt"));
}

TEST_CASE("calibrate: tasks of an imported twin are found by the names that import gives them") {
    // Labels as import has them: the second of a name with a number; of WfFormat ids.
    const auto label = [](const RecordedRun& run) {
        models::Scenario twin = studies::build_twin(run, studies::Submissions::inferred).scenario;
        std::vector<std::string> labels = studies::job_names(run);
        for (std::size_t i = 0; i < labels.size(); ++i)
            twin.twin.pipelines[0].tasks[i].description.label = labels[i];
        return twin;
    };
    RecordedRun trace = run_of(50, 100, 0), instance = trace;
    trace.format = "nextflow";
    trace.tasks[1].name = trace.tasks[1].process = trace.tasks[0].name;
    instance.format = "wfformat";
    instance.tasks[0].id = "ID01";
    instance.tasks[1].id = "ID02";
    CHECK(studies::job_names(trace) == std::vector<std::string>{"align", "align #2"});
    CHECK(studies::job_names(instance) == std::vector<std::string>{"ID01", "ID02"});
    for (const RecordedRun& run : {trace, instance}) {
        CAPTURE(run.format);
        const studies::Calibration calibration = studies::calibrate(label(run), {run});
        REQUIRE(calibration.edits.size() == 2);
        CHECK(calibration.edits[0].law->terms[0].law.mean() == doctest::Approx(50));
        CHECK(calibration.edits[1].law->terms[0].law.mean() == doctest::Approx(100));
        REQUIRE(calibration.self_replays.size() == 1);
        CHECK(calibration.self_replays[0].simulated_s == doctest::Approx(150));
    }
    // A name that looks like one of these is another's.
    trace.tasks.push_back(trace.tasks[1]);
    trace.tasks[0].name = "align #2";
    CHECK(studies::job_names(trace) == std::vector<std::string>{"align #2", "align", "align #3"});
}

namespace {

/// An imported twin of `align` and then `call`.
models::Scenario imported_twin() {
    RecordedRun run = run_of(100, 4000, 0);
    run.format = "nextflow";
    models::Scenario twin = studies::build_twin(run, studies::Submissions::inferred).scenario;
    for (models::Task& task : twin.twin.pipelines[0].tasks) task.description.tags.emplace_back("nextflow");
    return twin;
}

RecordedRun imported_run(RecordedRun run) {
    run.format = "nextflow";
    run.epoch_ns = 1'700'000'000 * second;
    return run;
}

/// `align`, and an attempt of `call` that failed; no more.
RecordedRun ended_early(double align_s, double failed_s) {
    RecordedRun run = imported_run(run_of(align_s, 1, failed_s));
    run.tasks.pop_back();
    return run;
}

const studies::CalibrationEdit* edit_at(const studies::Calibration& of, const std::string& path) {
    const auto found = std::find_if(of.edits.begin(), of.edits.end(),
                                    [&](const studies::CalibrationEdit& edit) { return edit.path == path; });
    return found == of.edits.end() ? nullptr : &*found;
}

bool sets_each_path_once(const studies::Calibration& of) {
    std::set<std::string> paths, elements;
    for (const studies::CalibrationEdit& edit : of.edits)
        if (!paths.insert(edit.path).second) return false;
    for (const studies::CalibratedElement& element : of.elements)
        if (!elements.insert(element.path).second) return false;
    return true;
}

}  // namespace

TEST_CASE(
    "calibrate: a run that ended early is a repeat that lacks tasks, and its failure is one of all "
    "attempts") {
    const models::Scenario twin = imported_twin();
    const std::string align = twin.twin.pipelines[0].name + "." + twin.twin.pipelines[0].tasks[0].name,
                      call = twin.twin.pipelines[0].name + "." + twin.twin.pipelines[0].tasks[1].name;
    std::vector<RecordedRun> repeats(3, imported_run(run_of(100, 4000, 0)));
    repeats.push_back(ended_early(200, 40));
    const studies::Calibration fitted = studies::calibrate(twin, repeats);
    CHECK(sets_each_path_once(fitted));
    CHECK(edit_at(fitted, align + ".service")->law->terms[0].law.mean() == doctest::Approx(125));
    CHECK(edit_at(fitted, call + ".service")->law->terms[0].law.mean() == doctest::Approx(4000));
    REQUIRE(edit_at(fitted, call + ".failure"));
    CHECK(edit_at(fitted, call + ".failure")->number == doctest::Approx(0.25));
    CHECK(edit_at(fitted, call + ".fails_after")->law->terms[0].law.mean() == doctest::Approx(40));
    CHECK_FALSE(edit_at(fitted, call + ".retry"));
    CHECK(says(fitted.assumed, "1 of 4 runs ended early"));
    // How long it lasted is compared with nothing.
    CHECK(fitted.self_replays.size() == 3);
    REQUIRE(fitted.validations.size() == 1);
    CHECK(fitted.validations[0].held_out.size() == 3);
    // With the share in the twin it is the same: one share of all attempts.
    models::Scenario failing = twin;
    failing.twin.pipelines[0].tasks[1].work.failure = 0.5;
    const studies::Calibration again = studies::calibrate(failing, repeats);
    CHECK(sets_each_path_once(again));
    CHECK(edit_at(again, call + ".failure")->number == doctest::Approx(0.25));
}

TEST_CASE("calibrate: what failed at the end of a run that ended early is tried again where such is done") {
    const models::Scenario twin = imported_twin();
    const std::string call = twin.twin.pipelines[0].name + "." + twin.twin.pipelines[0].tasks[1].name;
    const studies::Calibration fitted = studies::calibrate(
        twin,
        {imported_run(run_of(100, 4000, 30)), imported_run(run_of(100, 4000, 0)), ended_early(100, 50)});
    CHECK(edit_at(fitted, call + ".failure")->number == doctest::Approx(0.5));
    REQUIRE(edit_at(fitted, call + ".retry"));
    CHECK(edit_at(fitted, call + ".retry")->retry->times == models::unlimited);
}

TEST_CASE("calibrate: what failed for good in a run that went on behind it is no failure of the twin") {
    models::Scenario twin = imported_twin();
    RecordedRun ignored = imported_run(run_of(100, 4000, 0));
    ignored.tasks[0].failed = true;
    const studies::Calibration fitted =
        studies::calibrate(twin, {imported_run(run_of(100, 4000, 0)), ignored});
    const std::string align = twin.twin.pipelines[0].name + "." + twin.twin.pipelines[0].tasks[0].name;
    CHECK_FALSE(edit_at(fitted, align + ".failure"));
    CHECK(says(fitted.assumed, "1 attempt of the repeats failed where the twin has no failed attempt"));
}

TEST_CASE("calibrate: a path is set once, whatever kinds of logs tell of it, and which one counts is said") {
    const models::Scenario twin = imported_twin();
    // No repeat: a list of durations of one task.
    RecordedRun list;
    list.source = "list";
    list.format = "csv";
    for (int i = 0; i < 20; ++i) {
        RecordedTask task;
        task.id = std::to_string(i);
        task.name = task.process = "call";
        task.realtime = (3000 + 10 * i) * second;
        list.tasks.push_back(task);
    }
    const studies::Calibration fitted = studies::calibrate(twin, {imported_run(run_of(100, 4000, 0)), list});
    CHECK(sets_each_path_once(fitted));
    const std::string call = twin.twin.pipelines[0].name + "." + twin.twin.pipelines[0].tasks[1].name;
    CHECK(edit_at(fitted, call + ".service")->law->terms[0].law.mean() == doctest::Approx(4000));
    CHECK(says(fitted.warnings, call + ".service: several kinds of logs tell of it, and one counts"));
    for (const studies::UncertainInput& input : fitted.uncertain) CHECK(input.path != call + ".service");
}

TEST_CASE("calibrate: tasks that are alike have one law, that of all their durations") {
    kernel::Stream stream(kernel::stream_key(1, 0, "alike", kernel::Purpose::check));
    const auto law = kernel::Distribution::lognormal(100, 0.3);
    std::vector<RecordedRun> repeats;
    for (int repeat = 0; repeat < 20; ++repeat) {
        RecordedRun run;
        run.source = "log";
        run.format = "csv";
        for (int i = 0; i < 12; ++i) {
            RecordedTask task;
            task.id = task.name = "proc_" + std::to_string(i);
            task.process = "proc";
            task.started = 0;
            task.completed = kernel::from_seconds(law.draw(stream.uniform()));
            run.tasks.push_back(std::move(task));
        }
        repeats.push_back(std::move(run));
    }
    const models::Scenario twin =
        studies::build_twin(repeats.front(), studies::Submissions::inferred).scenario;
    const studies::Calibration fitted = studies::calibrate(twin, repeats);
    int services = 0;
    for (const studies::CalibrationEdit& edit : fitted.edits)
        if (edit.path.ends_with(".service")) {
            ++services;
            CHECK(edit.law->terms[0].law.mean() == doctest::Approx(100).epsilon(0.05));
            CHECK(std::sqrt(edit.law->terms[0].law.variance()) / edit.law->terms[0].law.mean() ==
                  doctest::Approx(0.3).epsilon(0.15));
        }
    CHECK(services == 12);
    CHECK(says(fitted.assumed, "tasks of 1 process are alike"));
    // As sure as each is by its own durations: all together are then as sure as all durations make them.
    REQUIRE(fitted.uncertain.size() == 12);
    CHECK(fitted.uncertain[0].spread == doctest::Approx(0.3 / std::sqrt(20.0)).epsilon(0.15));
}
