// Promised: what passes until what could start does is found in logs that are no repeats: `delay` of tasks, `launch` and
// `release` of what they run on, with intervals that hold the truth, and the fitted twin shows its own log again. Where it
// cannot be told nothing is set, and why is said. Shown: pipelines and stages whose lags are known, simulated, and
// calibrated from a twin without them.
#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <string>
#include <vector>

#include "models/simulation/replication.h"
#include "tests/coverage.h"
#include "tests/tools/studies/sample.h"
#include "tools/studies/calibrate.h"
#include "tools/studies/calibrate_parts.h"

using namespace understudy;
using kernel::second;
using kernel::Time;
using models::RecordedRun;
using models::RecordedTask;
using studies::Calibration;

namespace {

/// A log of what a twin did: each attempt with its submission, start and end, and its run.
RecordedRun log_of(const std::string& twin, std::uint64_t seed = 1, Time resolution = 1) {
    struct Seen {
        Time entered = -1, started = -1, ended = -1;
        std::uint32_t element = 0;
    };
    struct Heard : models::TraceListener {
        void heard(const models::TraceRow& row) override {
            using models::TraceEvent;
            Seen& one = items[row.item];
            if (row.event == TraceEvent::member) run_of[row.item] = row.value;
            if (row.event == TraceEvent::enter) one.entered = row.time, one.element = row.element;
            if (row.event == TraceEvent::start) one.started = row.time;
            if (row.event == TraceEvent::finish) one.ended = row.time;
        }
        void heard(const models::TraceDraw&) override {}
        std::map<std::uint64_t, Seen> items;
        std::map<std::uint64_t, double> run_of;
    } heard;
    const studies::PreparedRun prepared = tests::prepared(twin);
    models::ReplicationOptions options;
    options.seed = seed;
    options.sink = &heard;
    models::run_replication(prepared.model, options);
    RecordedRun log;
    log.source = "log";
    log.resolution = resolution;
    const auto cut = [&](Time time) { return time / resolution * resolution; };
    for (const auto& [item, seen] : heard.items) {
        if (seen.ended < 0) continue;
        RecordedTask& task = log.tasks.emplace_back();
        task.id = std::to_string(item);
        task.name = task.process = prepared.model->elements[seen.element].name;
        if (const auto run = heard.run_of.find(item); run != heard.run_of.end())
            task.run = "run " + std::to_string(run->second);
        task.submitted = cut(seen.entered);
        task.started = cut(seen.started);
        task.completed = cut(seen.ended);
    }
    return log;
}

/// A pipeline of five tasks, three of which wait for the same, on a pool with these keys.
std::string crew(const std::string& pool, const std::string& defaults = "",
                 const std::string& need = "crew") {
    std::string tasks = R"(
      tasks:
        pull: {runs_on: NEED, service: uniform(20s..60s)}
        clean: {after: pull, runs_on: NEED, service: uniform(50s..70s)}
        check: {after: pull, runs_on: NEED, service: uniform(40s..90s)}
        sort: {after: pull, runs_on: NEED, service: uniform(50s..70s)}
        push: {after: [clean, check, sort], runs_on: NEED, service: uniform(20s..40s)}
run: {length: 2d, warm_up: 0s, replications: 1}
)";
    for (std::size_t at; (at = tasks.find("NEED")) != std::string::npos;) tasks.replace(at, 4, need);
    return "twin:\n  pools: {crew: {" + pool + "}}\n  pipelines:\n    nightly:\n      schedule: every 6min" +
           (defaults.empty() ? "" : "\n      defaults: {" + defaults + "}") + tasks;
}

Calibration fitted(const std::string& twin, const std::vector<RecordedRun>& logs) {
    return studies::calibrate(tests::prepared(twin).scenario, logs);
}

const studies::CalibratedNumber* mean_at(const Calibration& found, const std::string& path) {
    for (const studies::CalibratedElement& element : found.elements)
        if (element.path == path) return &element.numbers.front();
    return nullptr;
}

/// Nothing where it is not set.
std::optional<double> set_to(const Calibration& found, const std::string& path) {
    for (const studies::CalibrationEdit& edit : found.edits)
        if (edit.path == path && edit.law) {
            double mean = 0;
            for (const models::Term& term : edit.law->terms) mean += term.law.mean();
            return mean;
        }
    return std::nullopt;
}

bool holds(const studies::CalibratedNumber* number, double truth) {
    return number != nullptr && *number->low - 1e-6 <= truth && truth <= *number->high + 1e-6;
}

bool says(const std::vector<std::string>& lines, const std::string& part) {
    return std::any_of(lines.begin(), lines.end(),
                       [&](const std::string& line) { return line.find(part) != std::string::npos; });
}

const std::string waiting_tasks = "nightly.delay of 4 tasks on crew";
const std::string known_pool = "workers: 2, launch: 6s", known_delay = "delay: exponential(mean 9s)";

}  // namespace

TEST_CASE("dispatch: a delay and a launch are found apart, and the fitted twin shows its own log") {
    const RecordedRun log = log_of(crew(known_pool, known_delay));
    const Calibration found = fitted(crew("workers: 2"), {log});
    CHECK(holds(mean_at(found, "crew.launch"), 6));
    CHECK(holds(mean_at(found, waiting_tasks), 9));
    CHECK(set_to(found, "nightly.push.delay") == doctest::Approx(9).epsilon(0.1));
    CHECK_FALSE(set_to(found, "nightly.pull.delay"));
    CHECK_FALSE(set_to(found, "crew.release"));
    CHECK_FALSE(says(found.unidentified, "dispatch"));
    REQUIRE(found.self_replays.size() == 1);
    CHECK(std::fabs(found.self_replays[0].error()) < 0.05);
    // Without them it is too fast.
    models::Scenario without = tests::prepared(crew("workers: 2")).scenario;
    without.twin.pipelines[0].schedule = {};
    without.twin.pipelines[0].schedule.text = "once";
    without.run.length.reset();
    const double recorded = found.self_replays[0].recorded_s;
    CHECK(*studies::simulated_makespan(without, 50, nullptr) < 0.9 * recorded);
}

TEST_CASE("dispatch: in whole seconds, and over several logs") {
    std::vector<RecordedRun> logs;
    for (std::uint64_t seed = 1; seed <= 3; ++seed)
        logs.push_back(log_of(crew(known_pool, known_delay), seed, second));
    const Calibration found = fitted(crew("workers: 2"), logs);
    CHECK(holds(mean_at(found, "crew.launch"), 6));
    CHECK(holds(mean_at(found, waiting_tasks), 9));
}

TEST_CASE("dispatch: of a log without submissions from the end of what a task needed") {
    RecordedRun log = log_of(crew(known_pool, known_delay));
    for (RecordedTask& task : log.tasks) task.submitted.reset();
    const Calibration found = fitted(crew("workers: 2"), {log});
    CHECK(set_to(found, "crew.launch") == doctest::Approx(6).epsilon(0.05));
    CHECK(set_to(found, "nightly.push.delay") == doctest::Approx(9).epsilon(0.1));
    REQUIRE(found.self_replays.size() == 1);
    CHECK(std::fabs(found.self_replays[0].error()) < 0.05);
    // Where nobody waits for a worker it is the delay that has all of it.
    log = log_of(crew("workers: unlimited", "delay: 15s"));
    for (RecordedTask& task : log.tasks) task.submitted.reset();
    const Calibration alone = fitted(crew("workers: unlimited"), {log});
    CHECK(set_to(alone, "nightly.push.delay") == doctest::Approx(15));
    CHECK_FALSE(set_to(alone, "nightly.pull.delay"));
}

TEST_CASE("dispatch: a log that submits a task once there is a worker for it") {
    RecordedRun log = log_of(crew(known_pool, known_delay));
    for (RecordedTask& task : log.tasks) task.submitted = *task.started - 6 * second;
    const Calibration found = fitted(crew("workers: 2"), {log});
    CHECK(set_to(found, "crew.launch") == doctest::Approx(6).epsilon(0.05));
    CHECK(set_to(found, "nightly.push.delay") == doctest::Approx(9).epsilon(0.15));
}

TEST_CASE("dispatch: what workers take longer for who waited for them is a release") {
    const Calibration found =
        fitted(crew("workers: 2"), {log_of(crew("workers: 2, release: 7s", known_delay))});
    CHECK(holds(mean_at(found, "crew.release"), 7));
    CHECK_FALSE(set_to(found, "crew.launch"));
    CHECK(holds(mean_at(found, waiting_tasks), 9));
}

TEST_CASE("dispatch: nodes with cores start tasks side by side, so that a task has a delay and no launch") {
    const std::string nodes = "workers: 1, cores: 4", need = "{crew: {cores: 2}}";
    const RecordedRun log = log_of(crew(nodes, "delay: 9s", need));
    RecordedRun later = log;  // who is submitted and starts 5 s later
    for (RecordedTask& task : later.tasks) *task.submitted -= 5 * second;
    const Calibration found = fitted(crew(nodes, "", need), {later});
    CHECK(set_to(found, "nightly.push.delay") == doctest::Approx(9));
    CHECK_FALSE(set_to(found, "crew.launch"));
}

TEST_CASE("dispatch: of a stage it is the launch of its workers, and a value that nothing shows stays") {
    const auto desk = [](const std::string& keys) {
        return "twin: {stages: {desk: {reads: jobs, workers: 2, service: exponential(mean 1min)" + keys +
               "}}}\nload: {jobs: {arrivals: poisson(1/min)}}\nrun: {length: 1d, warm_up: 0s, replications: "
               "1}\n";
    };
    const Calibration found = fitted(desk(""), {log_of(desk(", launch: 8s"))});
    CHECK(holds(mean_at(found, "desk.launch"), 8));
    CHECK(set_to(found, "desk.launch") == doctest::Approx(8));
    const Calibration none = fitted(desk(""), {log_of(desk(""))});
    CHECK_FALSE(set_to(none, "desk.launch"));
    CHECK_FALSE(set_to(none, "desk.release"));
    // A table without submissions says nothing of a stage.
    RecordedRun silent = log_of(desk(", launch: 8s"));
    for (RecordedTask& task : silent.tasks) task.submitted.reset();
    CHECK_FALSE(set_to(fitted(desk(", launch: 3s"), {silent}), "desk.launch"));
}

TEST_CASE("dispatch: where there are fewer workers than the twin says, waits for one are no dispatch") {
    const Calibration found = fitted(crew("workers: 9"), {log_of(crew("workers: 2, launch: 6s"))});
    CHECK_FALSE(set_to(found, "crew.launch"));
    CHECK_FALSE(set_to(found, "nightly.push.delay"));
    CHECK(says(found.unidentified, "waits the longer the more are there"));
}

TEST_CASE("dispatch: what cannot be told is said with the reason") {
    const RecordedRun log = log_of(crew(known_pool, known_delay));
    const Calibration found = fitted(crew("workers: 2..9, scale: {waiting: 1}"), {log});
    CHECK(says(found.unidentified, "cannot be told, for the number of its workers changes"));
    CHECK_FALSE(set_to(found, "crew.launch"));
    // Who asks for less may go ahead of who waits.
    std::string text = crew("workers: 2");
    text.replace(text.find("crew, service"), 4, "{crew: 2}");
    const Calibration uneven = fitted(text, {log});
    CHECK(says(uneven.unidentified, "tasks need more or less of it each"));
}

TEST_CASE("coverage: intervals of a delay and a launch hold the truth" *
          doctest::skip(!tests::coverage_is_asked())) {
    const int runs = tests::runs_of(2);
    int launches = 0, delays = 0, close = 0;
    for (int i = 0; i < runs; ++i) {
        const RecordedRun log = log_of(crew("workers: 2, launch: exponential(mean 6s)", known_delay),
                                       static_cast<std::uint64_t>(i + 1));
        const Calibration found = fitted(crew("workers: 2"), {log});
        launches += holds(mean_at(found, "crew.launch"), 6);
        delays += holds(mean_at(found, waiting_tasks), 9);
        close += !found.self_replays.empty() && std::fabs(found.self_replays[0].error()) < 0.05;
    }
    MESSAGE("launch ", launches, ", delay ", delays, ", self-replay within 5 percent ", close, " of ", runs);
    CHECK(delays >= 0.8 * runs);
}
