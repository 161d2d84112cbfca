// Promised: fitting an imported twin of a process to the log that it was made of leaves its cycle time where it was, whatever
// the log tells of its steps: what import and calibration take of a log is one measure. Of a twin that does steps at once each
// counts whole. Shown: logs of processes made by chance.
#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <string>
#include <variant>

#include "kernel/distribution.h"
#include "kernel/random.h"
#include "tests/scratch_folder.h"
#include "tools/formats/language/scenario_reader.h"
#include "tools/formats/logs/history_reader.h"
#include "tools/formats/logs/process_reader.h"
#include "tools/studies/calibrate.h"
#include "tools/studies/calibrate_parts.h"
#include "tools/studies/process_twin.h"
#include "tools/studies/run.h"

using namespace understudy;

namespace {

std::string date(double minutes) {
    const auto seconds = static_cast<long long>(std::llround(minutes * 60));
    char text[40];
    std::snprintf(text, sizeof text, "2026-01-%02lldT%02lld:%02lld:%02lldZ", 5 + seconds / 86400,
                  seconds / 3600 % 24, seconds / 60 % 60, seconds % 60);
    return text;
}

struct Step {
    std::string one, activity, resource;
    double start = 0, end = 0;  ///< minutes
};

/// Cases of `check`, `ask` and `pay`, one in half an hour: `ask` begins while `check` goes on, or behind it, `pay` a while after
/// both. Most questions take twenty minutes, and one in ten up to five hours.
std::vector<Step> process(bool at_once) {
    kernel::Stream stream(kernel::stream_key(31, 0, "process", kernel::Purpose::check));
    const auto check = kernel::Distribution::lognormal(40, 0.6), wait = kernel::Distribution::exponential(30);
    std::vector<Step> steps;
    double at = 0;
    for (int i = 0; i < 600; ++i) {
        at += kernel::Distribution::exponential(30).draw(stream);
        const std::string one = std::to_string(i);
        const double checked = at + check.draw(stream);
        const double asked = at_once ? at + (checked - at) * stream.uniform() : checked;
        const double answered = asked + (stream.below(10) == 0 ? 60 + 240 * stream.uniform() : 20);
        const double paid = std::max(checked, answered) + wait.draw(stream);
        steps.push_back({one, "check", "clerk " + std::to_string(stream.below(4)), at, checked});
        steps.push_back({one, "ask", "agent " + std::to_string(stream.below(5)), asked, answered});
        steps.push_back({one, "pay", "till", paid, paid + 2});
    }
    return steps;
}

std::string table(const std::vector<Step>& steps, bool starts, bool resources, bool attributes) {
    std::string text = "case,activity";
    text += std::string(starts ? ",start" : "") + ",end" + (resources ? ",resource" : "") +
            (attributes ? ",amount,region" : "") + "\n";
    for (const Step& step : steps)
        text += step.one + "," + step.activity + (starts ? "," + date(step.start) : "") + "," +
                date(step.end) + (resources ? "," + step.resource : "") + (attributes ? ",12.5,north" : "") +
                "\n";
    return text;
}

std::string events(const std::vector<Step>& steps) {
    std::string text = "<log>";
    for (std::size_t i = 0; i < steps.size(); ++i) {
        if (i == 0 || steps[i].one != steps[i - 1].one)
            text += (i == 0 ? "" : "</trace>") + std::string("<trace><string key=\"concept:name\" value=\"") +
                    steps[i].one + "\"/>";
        for (const bool start : {true, false})
            text += "<event><string key=\"concept:name\" value=\"" + steps[i].activity +
                    "\"/><string key=\"org:resource\" value=\"" + steps[i].resource +
                    "\"/><string key=\"lifecycle:transition\" value=\"" + (start ? "start" : "complete") +
                    "\"/><date key=\"time:timestamp\" value=\"" +
                    date(start ? steps[i].start : steps[i].end) + "\"/></event>";
    }
    return text + "</trace></log>";
}

double cycle_time(models::Scenario scenario) {
    models::Problems problems;
    const auto prepared = studies::prepare(std::move(scenario), problems);
    REQUIRE(prepared);
    for (const studies::MetricResult& metric : studies::run(*prepared, {}).metrics)
        if (metric.name == "avg latency()") return metric.estimate.value.value_or(0);
    FAIL("no latency");
    return 0;
}

struct Both {
    double imported = 0, fitted = 0;
    studies::Calibration found;
};

Both both(const std::string& name, const std::string& text) {
    const tests::ScratchFolder scratch;
    const auto file = scratch.write(name, text);
    const auto read = formats::read_process_log(file);
    REQUIRE(std::holds_alternative<models::ProcessLog>(read));
    models::Scenario scenario = studies::build_process_twin(std::get<models::ProcessLog>(read)).scenario;
    Both result;
    result.imported = cycle_time(scenario);
    const auto history = formats::read_history(file);
    REQUIRE(std::holds_alternative<models::RecordedRun>(history));
    result.found = studies::calibrate(scenario, {std::get<models::RecordedRun>(history)});
    CHECK(result.found.edits.size() >= 3);
    studies::apply_calibration(result.found.edits, scenario);
    result.fitted = cycle_time(std::move(scenario));
    return result;
}

bool assumes(const studies::Calibration& found, const std::string& part) {
    return std::any_of(found.assumed.begin(), found.assumed.end(),
                       [&](const std::string& line) { return line.find(part) != std::string::npos; });
}

}  // namespace

TEST_CASE("same log: the cycle time of an imported twin stays when it is fitted to its log") {
    const auto one_by_one = process(false), at_once = process(true);
    struct Shape {
        const char* name;
        std::string text;
        bool at_once;
    };
    for (const Shape& shape : {Shape{"plain.csv", table(one_by_one, true, true, false), false},
                               Shape{"nobody.csv", table(at_once, true, false, false), true},
                               Shape{"at_once.csv", table(at_once, true, true, false), true},
                               Shape{"attributes.csv", table(at_once, true, true, true), true},
                               Shape{"events.xes", events(at_once), true}}) {
        CAPTURE(shape.name);
        const Both found = both(shape.name, shape.text);
        CHECK(found.fitted == doctest::Approx(found.imported).epsilon(0.1));
        CHECK(assumes(found.found,
                      "600 of 1800 steps began before all of their case before them had ended") ==
              shape.at_once);
    }
}

TEST_CASE("same log: of ends alone nothing is fitted, which is said") {
    const tests::ScratchFolder scratch;
    const auto history =
        formats::read_history(scratch.write("ends.csv", table(process(true), false, true, false)));
    REQUIRE(std::holds_alternative<formats::LogFailure>(history));
    CHECK(std::get<formats::LogFailure>(history).message.find("says of nothing how long it took") !=
          std::string::npos);
}

TEST_CASE("same log: a twin that does steps at once has them for as long as they took") {
    const tests::ScratchFolder scratch;
    const auto history =
        formats::read_history(scratch.write("log.csv", table(process(true), true, true, false)));
    REQUIRE(std::holds_alternative<models::RecordedRun>(history));
    const auto asked_for = [&](const std::string& writes, const std::string& reads) {
        auto reading = formats::read_scenario(
            "understudy: 1\nscenario: office\ntwin:\n  stages:\n    check: {reads: cases, workers: 9, service: 1h, "
            "writes: exit}\n    ask: {reads: " +
                reads + ", workers: 9, service: 1h, writes: exit}\nload: {cases: {arrivals: poisson(2/h)" +
                writes + "}}\nrun: {length: 8h}\n",
            "office.yaml");
        INFO(reading.diagnostics.show());
        REQUIRE(reading.scenario);
        const auto found =
            studies::calibrate(*reading.scenario, {std::get<models::RecordedRun>(history)});
        for (const studies::CalibrationEdit& edit : found.edits)
            if (edit.path == "ask.service") return edit.law->terms.front().law.mean();
        FAIL("no law of ask");
        return 0.0;
    };
    // 20 minutes, and of a tenth 180 in the mean.
    CHECK(asked_for(", writes: [cases, questions]", "questions") == doctest::Approx(36 * 60).epsilon(0.15));
    CHECK(asked_for("", "cases") == doctest::Approx(36 * 60).epsilon(0.15));
}
