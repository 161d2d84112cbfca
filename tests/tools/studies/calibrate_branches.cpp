// Promised: shares of what stages and loads write are those of the ways that items of the log went, past stages that no log
// has; what the end of the log cuts off makes none of them wrong; where nobody can tell which way it was, they stay and that
// is said. Shown: logs of items whose ways are drawn with known shares.
#include "tools/studies/calibrate_branches.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "kernel/random.h"
#include "tools/formats/language/scenario_reader.h"
#include "tools/studies/redrawn_inputs.h"

using namespace understudy;
using models::RecordedRun;
using models::RecordedTask;
using studies::Calibration;

namespace {

models::Scenario twin_with(const std::string& stages,
                           const std::string& load = "in: {arrivals: poisson(6/h)}") {
    auto reading = formats::read_scenario("understudy: 1\nscenario: checks\ntwin:\n  stages:\n" + stages +
                                              "load: {" + load + "}\nrun: {length: 30d, replications: 3}\n",
                                          "checks.yaml");
    INFO(reading.diagnostics.show());
    REQUIRE(reading.scenario);
    return *reading.scenario;
}

const std::string check =
    "    check: {reads: in, workers: unlimited, service: 10min, writes: {to_fix: 10%, out: 90%}}\n";
const std::string fix = "    fix: {reads: to_fix, workers: unlimited, service: 1h}\n";

void add(RecordedRun& run, const std::string& item, const std::string& process, double begin_s,
         double took_s) {
    RecordedTask task;
    task.id = task.name = item + " " + process;
    task.process = process;
    task.run = item;
    task.started = kernel::from_seconds(begin_s);
    task.completed = kernel::from_seconds(begin_s + took_s);
    run.tasks.push_back(std::move(task));
}

/// Each item is checked for 10 min, one every 10; 3 of 10 go on to be fixed, `later_s` after that, up to the end of the log.
RecordedRun checks(std::size_t items, double later_s, bool with_runs = true) {
    RecordedRun run;
    run.source = "log";
    run.format = "csv";
    const double end = 600.0 * static_cast<double>(items + 1);
    for (std::size_t i = 0; i < items; ++i) {
        const std::string item = std::to_string(i);
        const double begin = 600.0 * static_cast<double>(i);
        add(run, item, "check", begin, 600);
        if (i % 10 < 3 && begin + 600 + later_s < end) add(run, item, "fix", begin + 600 + later_s, 60);
    }
    if (!with_runs)
        for (RecordedTask& task : run.tasks) task.run.clear();
    return run;
}

const studies::CalibrationEdit* edit_of(const Calibration& found, const std::string& path) {
    const auto edit = std::find_if(found.edits.begin(), found.edits.end(),
                                   [&](const studies::CalibrationEdit& one) { return one.path == path; });
    return edit == found.edits.end() ? nullptr : &*edit;
}

bool says(const std::vector<std::string>& lines, const std::string& part) {
    return std::any_of(lines.begin(), lines.end(),
                       [&](const std::string& line) { return line.find(part) != std::string::npos; });
}

}  // namespace

TEST_CASE("branches: the shares are those of what came next, with limits and as sure as there are items") {
    const models::Scenario twin = twin_with(check + fix);
    const Calibration found = studies::calibrate(twin, {checks(1000, 0)});
    const studies::CalibrationEdit* edit = edit_of(found, "check.writes");
    REQUIRE(edit);
    REQUIRE(edit->writes->targets.size() == 2);
    CHECK(edit->writes->targets[0].share == doctest::Approx(0.3).epsilon(0.01));
    CHECK(edit->writes->targets[0].share + edit->writes->targets[1].share ==
          doctest::Approx(1).epsilon(1e-12));
    const auto element = std::find_if(found.elements.begin(), found.elements.end(),
                                      [](const auto& one) { return one.path == "check.writes"; });
    REQUIRE(element != found.elements.end());
    CHECK(*element->numbers[0].low < 0.3);
    CHECK(*element->numbers[0].high > 0.3);
    // It can be drawn anew, and is then another whole.
    const auto input = std::find_if(found.uncertain.begin(), found.uncertain.end(),
                                    [](const auto& one) { return one.path == "check.writes"; });
    REQUIRE(input != found.uncertain.end());
    models::Scenario fitted = twin;
    fitted.twin.stages[0].writes = *edit->writes;
    CHECK(studies::why_not_redrawn(fitted, {*input}) == std::vector<std::string>{""});
    double sum = 0;
    for (std::uint64_t draw = 1; draw <= 200; ++draw) {
        const auto drawn = studies::redraw_inputs(fitted, {*input}, 1, draw);
        const auto& targets = drawn.twin.stages[0].writes.targets;
        CHECK(targets[0].share + targets[1].share == doctest::Approx(1).epsilon(1e-12));
        CHECK(targets[0].share != edit->writes->targets[0].share);
        sum += targets[0].share / 200;
    }
    CHECK(sum == doctest::Approx(0.3).epsilon(0.02));
}

TEST_CASE("branches: what the end of the log cuts off is not taken for what left") {
    // A tenth of the log passes before an item is fixed.
    const Calibration found = studies::calibrate(twin_with(check + fix), {checks(1000, 60'000)});
    REQUIRE(edit_of(found, "check.writes"));
    CHECK(edit_of(found, "check.writes")->writes->targets[0].share == doctest::Approx(0.3).epsilon(0.01));
}

TEST_CASE("branches: ways go past stages that no log has, and loads have shares as well") {
    const std::string pause =
        "    rest: {reads: to_fix, workers: unlimited, service: 1d, writes: rested}\n"
        "    fix: {reads: rested, workers: unlimited, service: 1h}\n";
    const models::Scenario twin =
        twin_with(check + pause, "calls: {arrivals: poisson(6/h), writes: {in: 90%, to_fix: 10%}}");
    RecordedRun run = checks(1000, 0);
    for (int i = 0; i < 250; ++i) add(run, "direct " + std::to_string(i), "fix", 2000.0 * i, 60);
    const Calibration found = studies::calibrate(twin, {run});
    REQUIRE(edit_of(found, "check.writes"));
    CHECK(edit_of(found, "check.writes")->writes->targets[0].share == doctest::Approx(0.3).epsilon(0.01));
    REQUIRE(edit_of(found, "calls.writes"));
    CHECK(edit_of(found, "calls.writes")->writes->targets[1].share == doctest::Approx(0.2).epsilon(0.01));
}

TEST_CASE("branches: what the log does not tell stays, and is said") {
    const models::Scenario twin = twin_with(check + fix);
    const Calibration without_runs = studies::calibrate(twin, {checks(100, 0, false)});
    CHECK_FALSE(edit_of(without_runs, "check.writes"));
    CHECK(
        says(without_runs.unidentified, "check.writes: the logs do not say which attempts are of one item"));
    // No log has what would tell both ways apart.
    RecordedRun no_fixes = checks(100, 0);
    std::erase_if(no_fixes.tasks, [](const RecordedTask& task) { return task.process == "fix"; });
    const Calibration untold = studies::calibrate(twin, {no_fixes});
    CHECK_FALSE(edit_of(untold, "check.writes"));
    CHECK(says(untold.unidentified, "check.writes: the logs do not tell which way items went"));
    // Copies of an item are at several places at once.
    const models::Scenario copying = twin_with(
        check + fix + "    split: {reads: out, workers: unlimited, service: 1min, writes: [a, b]}\n");
    const Calibration copies = studies::calibrate(copying, {checks(100, 0)});
    CHECK_FALSE(edit_of(copies, "check.writes"));
    CHECK(says(copies.unidentified, "check.writes: an item of the twin is at several places at once"));
}

TEST_CASE("branches: items that went where no way of the twin leads are said, and none of the shares") {
    const models::Scenario twin =
        twin_with(check + fix + "    look: {reads: seen, workers: unlimited, service: 1min}\n",
                  "in: {arrivals: poisson(6/h)}, seen: {arrivals: poisson(1/h)}");
    RecordedRun run = checks(1000, 0);
    for (int i = 0; i < 500; ++i)
        if (i % 10 >= 5) add(run, std::to_string(i), "look", 600.0 * i + 600, 10);
    const Calibration found = studies::calibrate(twin, {run});
    REQUIRE(edit_of(found, "check.writes"));
    CHECK(edit_of(found, "check.writes")->writes->targets[0].share == doctest::Approx(0.4).epsilon(0.01));
    CHECK(says(found.warnings, "items went where no way of the twin leads"));
}

TEST_CASE("branches: items that ended where the twin has no exit are said, and none of the shares") {
    const models::Scenario twin = twin_with(
        "    check: {reads: in, workers: unlimited, service: 10min, writes: {to_fix: 10%, to_see: 90%}}\n" +
        fix + "    see: {reads: to_see, workers: unlimited, service: 1min}\n");
    RecordedRun run = checks(1000, 0);
    for (int i = 0; i < 1000; i += 2)
        if (i % 10 >= 3) add(run, std::to_string(i), "see", 600.0 * i + 600, 10);
    const Calibration found = studies::calibrate(twin, {run});
    REQUIRE(edit_of(found, "check.writes"));
    CHECK(edit_of(found, "check.writes")->writes->targets[0].share == doctest::Approx(0.5).epsilon(0.01));
    CHECK(says(found.warnings, "or ended where it has no exit"));
}

TEST_CASE("branches: steps of one instant follow each other whatever the order of the log's lines") {
    const models::Scenario twin = twin_with(check + fix);
    RecordedRun run;
    run.source = "log";
    run.format = "csv";
    for (int i = 0; i < 1000; ++i) {
        const bool fixed = i % 10 < 3;
        if (fixed && i % 2 == 0) add(run, std::to_string(i), "fix", 600.0 * i, 0);
        add(run, std::to_string(i), "check", 600.0 * i, 0);
        if (fixed && i % 2 == 1) add(run, std::to_string(i), "fix", 600.0 * i, 0);
    }
    const Calibration found = studies::calibrate(twin, {run});
    REQUIRE(edit_of(found, "check.writes"));
    CHECK(edit_of(found, "check.writes")->writes->targets[0].share == doctest::Approx(0.3).epsilon(0.01));
}

TEST_CASE("branches: more ways than anybody can follow are told by none") {
    std::string stages = "    check: {reads: in, workers: 1, service: 1s, writes: {m0_0: 50%, m0_1: 50%}}\n";
    constexpr int layers = 40;
    for (int layer = 0; layer < layers; ++layer)
        for (const std::string side : {"0", "1"}) {
            const std::string next = std::to_string(layer + 1);
            stages += "    unseen" + std::to_string(layer) + "_" + side + ": {reads: m" +
                      std::to_string(layer) + "_" + side + ", workers: 1, service: 1s, writes: {m" + next +
                      "_0: 50%, m" + next + "_1: 50%}}\n";
        }
    stages += "    fix: {reads: [m" + std::to_string(layers) + "_0, m" + std::to_string(layers) +
              "_1], workers: 1, service: 1s}\n";
    const Calibration found = studies::calibrate(twin_with(stages), {checks(100, 0)});
    CHECK(edit_of(found, "check.writes") == nullptr);
    CHECK(says(found.unidentified, "check.writes"));
}
