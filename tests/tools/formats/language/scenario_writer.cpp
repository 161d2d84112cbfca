// Promised: a written scenario reads back to the same value, and writing that gives the same bytes; one line
// a task. Shown: the sample with every key, the value of each default, a built pipeline of thousands of
// tasks.
#include "tools/formats/language/scenario_writer.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <string>

#include "tests/tools/formats/language/sample.h"
#include "tools/formats/language/scenario_reader.h"

using namespace understudy;
using namespace understudy::formats;

namespace {

models::Scenario read(const std::string& text) {
    auto reading = read_scenario(text, "f.yaml");
    INFO(reading.diagnostics.show());
    REQUIRE(reading.scenario);
    return *reading.scenario;
}

}  // namespace

TEST_CASE("the sample with every key comes back") {
    const models::Scenario s = read(tests::full_sample);
    const std::string text = write_scenario(s, {"written by a test", "two\nlines"});
    CHECK(text.find("# written by a test\n# two lines\nunderstudy: 1\nscenario: full-sample\n") == 0);
    const models::Scenario again = read(text);
    CHECK(write_scenario(again, {"written by a test", "two lines"}) == text);
    REQUIRE(again.twin.pipelines.size() == s.twin.pipelines.size());
    REQUIRE(again.twin.stages.size() == s.twin.stages.size());
    for (std::size_t i = 0; i < s.twin.stages.size(); ++i) {
        const models::Stage &a = s.twin.stages[i], &b = again.twin.stages[i];
        CAPTURE(a.name);
        CHECK(a.reads == b.reads);
        CHECK(a.queue.capacity == b.queue.capacity);
        CHECK(a.work.failure == b.work.failure);
        REQUIRE(a.work.service.terms.size() == b.work.service.terms.size());
        for (std::size_t k = 0; k < a.work.service.terms.size(); ++k) {
            CHECK(a.work.service.terms[k].law == b.work.service.terms[k].law);
            CHECK(a.work.service.terms[k].per_amount == b.work.service.terms[k].per_amount);
        }
    }
    CHECK(again.twin.pools[2].workers.type.cost_per_second == s.twin.pools[2].workers.type.cost_per_second);
    CHECK(again.loads[0].arrivals.rate == s.loads[0].arrivals.rate);
    CHECK(again.objectives[2].limit == s.objectives[2].limit);
    CHECK(again.run.warm_up == s.run.warm_up);
}

TEST_CASE("defaults are left out") {
    const std::string text = write_scenario(read(R"(understudy: 1
scenario: s
twin:
  stages:
    server: {reads: jobs, workers: 1, order: fifo, interrupted: resume, backfill: none, placement: spread, queue: {capacity: unlimited}, service: 1s, failure: 0%, emits: {items: 1, records: 100%, size: 100%}, writes: server}
load: {jobs: {arrivals: poisson(1/s), from: 0s, count: unlimited}}
run: {length: 1h, zone: UTC, warm_up: auto, replications: 30, confidence: 95%, seed: 1}
)"));
    CHECK(text == R"(understudy: 1
scenario: s
twin:
  stages:
    server: {reads: jobs, workers: 1, service: 1s, writes: server}
load:
  jobs: {arrivals: poisson(1/s)}
run: {length: 1h}
)");
}

TEST_CASE("a state comes back, with all that it holds and what is missing") {
    const std::string text = write_scenario(read(R"(understudy: 1
scenario: s
twin:
  pools: {bay: {workers: 2}, vm: {workers: 9}}
  stages:
    dock: {reads: trucks, runs_on: bay, service: 40s, holds_until: unload, writes: docked}
    unload: {reads: docked, workers: 1, service: 70s}
    pack: {reads: rows, batch: {items: 7}, workers: 1, service: 1s}
  pipelines:
    nightly: {schedule: every 1h, tasks: {up: {runs_on: vm, service: 1min, holds_until: last}, many: {after: up, runs_on: vm, expand: 8, service: 1min}, last: {after: many, runs_on: vm, service: 1min}}}
  state:
    unload: {waiting: [{here: 20s, age: 2min, load: trucks, holds: dock}]}
    pack: {waiting: [{here: 5s, batch: [{items: 3, age: 1min, here: 30s, load: rows}, {age: 20s, here: 20s, load: rows}]}], gathering: [{items: 2, here: 9s, load: rows}, {load: rows}]}
    nightly: {runs: [{age: 10min, holds: [up], tasks: {up: {is: done}, many: {ended: 3, failed: 1, instances: [{items: 2, served: 30s}, {is: waiting, here: 1min}]}}}]}
    rows: {state: burst, stayed: 7min}
    people: {thinking: [{users: 2, for: 40s}, {for: 3s}, {users: 1}]}
    bay: {missing: [which of its workers has failed]}
load:
  trucks: {arrivals: every 1min}
  rows: {arrivals: {states: {calm: {rate: 1/s, stay: 1min}, burst: {rate: 2/s, stay: 1min}}}}
  people: {users: 3, think: 1min, writes: docked}
run: {length: 1h}
)"));
    for (const char* part :
         {"holds: [dock]", "batch: [{items: 3, age: 1min, here: 30s, load: rows}",
          "gathering: [{items: 2, here: 9s", "holds: [up]", "ended: 3", "failed: 1",
          "instances: [{items: 2, served: 30s}, {is: waiting, here: 1min}]", "state: burst", "stayed: 7min",
          "{users: 2, for: 40s}, {for: 3s}, {users: 1}", "missing: [which of its workers has failed]"}) {
        CAPTURE(part);
        CHECK(text.find(part) != std::string::npos);
    }
    CHECK(write_scenario(read(text)) == text);
}

TEST_CASE("texts that YAML would misread are quoted") {
    models::Scenario s = read(
        "understudy: 1\nscenario: s\ntwin: {stages: {a: {reads: j, workers: 1, service: 1s}}}\nload: {j: "
        "{arrivals: poisson(1/s)}}\nrun: {length: 1h}\n");
    for (const char* text :
         {"yes", "10:30", "012", "0x1F", "a: b", "a #b", "~", "null", "{x}", "it's \"quoted\"", "*star",
          "line\nbreak", "Größe", " space ", "-", "1_000", "a, b"}) {
        CAPTURE(text);
        s.twin.stages[0].description.label = text;
        CHECK(read(write_scenario(s)).twin.stages[0].description.label == text);
    }
}

TEST_CASE("workers by type keep their shifts") {
    const std::string text = R"(understudy: 1
scenario: s
twin:
  types:
    junior: {}
    senior: {skills: sql}
  pools:
    desk: {workers: {junior: {steps: {0s: 0, 9h: 3, 17h: 1}, period: 1d, leave: done}, senior: 2}}
  stages:
    server: {reads: jobs, runs_on: desk, service: 1s}
load:
  jobs: {arrivals: poisson(1/h)}
run: {length: 1d}
)";
    const models::Scenario s = read(text);
    const models::Workers& desk = s.twin.pools[0].workers;
    CHECK(desk.groups == std::vector<std::pair<std::string, std::int64_t>>{{"junior", 3}, {"senior", 2}});
    CHECK(desk.shifts.at("junior")[1] == std::pair<kernel::Time, std::int64_t>{9 * kernel::hour, 3});
    CHECK(desk.shifts.size() == 1);
    CHECK(desk.leave_when_done);
    CHECK(write_scenario(s) == text);
}

TEST_CASE("phase-type laws keep their matrix") {
    const std::string text = R"(understudy: 1
scenario: s
twin:
  stages:
    server: {reads: jobs, workers: 1, service: {phase_type: {start: [100%, 0%], rates: [[-2/s, 2/s], [0/s, -2/s]]}}}
load:
  jobs: {arrivals: poisson(0.5/s)}
run: {length: 1h}
)";
    const models::Scenario s = read(text);
    CHECK(s.twin.stages[0].work.service.terms[0].law.mean() == doctest::Approx(1));
    CHECK(write_scenario(s) == text);
}

TEST_CASE("a replay's twin of thousands of tasks has one line a task and is read again") {
    models::Scenario s;
    s.name = "replay";
    models::Pool pool;
    pool.name = "nodes";
    pool.workers.count = 8;
    pool.workers.type.cores = 64;
    pool.workers.placement = models::Placement::recorded;
    s.twin.pools.push_back(pool);
    models::Pipeline pipeline;
    pipeline.name = "workflow";
    constexpr int tasks = 5000;
    for (int i = 0; i < tasks; ++i) {
        models::Task task;
        task.name = "t" + std::to_string(i);
        if (i > 2) task.after = {"t" + std::to_string(i / 2), "t" + std::to_string(i - 1)};
        task.after.erase(std::unique(task.after.begin(), task.after.end()), task.after.end());
        models::Need need;
        need.pool = "nodes";
        need.cores = 1 + i % 16;
        task.work.runs_on.push_back(need);
        models::Term term;
        term.law = kernel::Distribution::constant(0.001 * (i * 7919 % 100000 + 1));
        task.work.service.terms.push_back(term);
        task.not_before = i * 37 * kernel::millisecond;
        task.worker = "nodes/" + std::to_string(i % 8);
        task.description.label = "PROC:STEP (sample " + std::to_string(i) + ")";
        pipeline.tasks.push_back(task);
    }
    s.twin.pipelines.push_back(pipeline);
    s.run.warm_up = 0;
    const std::string text = write_scenario(s);
    CHECK(std::count(text.begin(), text.end(), '\n') < tasks + 20);
    const models::Scenario again = read(text);
    REQUIRE(again.twin.pipelines.at(0).tasks.size() == tasks);
    for (int i = 0; i < tasks; ++i) {
        const auto &a = pipeline.tasks[static_cast<std::size_t>(i)],
                   &b = again.twin.pipelines[0].tasks[static_cast<std::size_t>(i)];
        REQUIRE(a.work.service.terms[0].law == b.work.service.terms[0].law);
        REQUIRE(a.after == b.after);
        REQUIRE(a.not_before == b.not_before);
        REQUIRE(a.description.label == b.description.label);
    }
    CHECK(write_scenario(again) == text);
}
