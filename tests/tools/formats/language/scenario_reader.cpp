// Promised: a scenario file becomes the value it says, key by key, with overrides, parameters and defaults
// merged in; errors name the override or the place; logs give their columns. Shown: the first scenario of the
// reference, the sample with every key, overrides good and bad, a log on disk.
#include "tools/formats/language/scenario_reader.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <string>

#include "tests/scratch_folder.h"
#include "tests/tools/formats/language/sample.h"
#include "tools/formats/language/head.h"

using namespace understudy;
using namespace understudy::formats;

namespace {

constexpr const char* mm1 = R"(understudy: 1
scenario: mm1
twin:
  stages:
    server: {reads: jobs, workers: 1, service: exponential(mean 1s)}
load:
  jobs: {arrivals: poisson(0.9/s)}
run: {length: 40h, warm_up: auto, replications: 20, seed: 42}
objectives:
  - p(95) latency(server) < 40s
)";

models::Scenario read(const std::string& text, const std::vector<std::string>& overrides = {},
                      const std::string& folder = ".") {
    auto reading = read_scenario(text, "f.yaml", overrides, folder);
    INFO(reading.diagnostics.show());
    REQUIRE(reading.scenario);
    return *reading.scenario;
}

std::string errors_of(const std::string& text, const std::vector<std::string>& overrides = {}) {
    const auto reading = read_scenario(text, "f.yaml", overrides);
    CHECK(reading.scenario.has_value() == !reading.diagnostics.has_errors());
    return reading.diagnostics.show();
}

const models::Stage& stage(const models::Scenario& s, const std::string& name) {
    for (const auto& stage : s.twin.stages)
        if (stage.name == name) return stage;
    FAIL("no stage " << name);
    return s.twin.stages.front();
}

}  // namespace

TEST_CASE("M/M/1") {
    const models::Scenario s = read(mm1);
    CHECK(s.name == "mm1");
    REQUIRE(s.twin.stages.size() == 1);
    const models::Stage& server = s.twin.stages[0];
    CHECK(server.reads == std::vector<std::string>{"jobs"});
    REQUIRE(server.work.workers);
    CHECK(server.work.workers->count == 1);
    CHECK(server.work.service.terms.at(0).law == kernel::Distribution::exponential(1));
    CHECK(server.queue.capacity == models::unlimited);
    CHECK(s.loads.at(0).arrivals.rate == 0.9);
    CHECK(s.run.length == 40 * kernel::hour);
    CHECK_FALSE(s.run.warm_up);
    CHECK(s.run.replications == 20);
    CHECK(s.run.seed == 42);
    CHECK(s.objectives.at(0).limit == 40);
}

TEST_CASE("every key reaches its member") {
    const models::Scenario s = read(tests::full_sample);
    CHECK(s.currency == "EUR");
    const auto& crew = s.twin.pools.at(0);
    CHECK(crew.workers.count == 6);
    CHECK(crew.workers.order == models::Order::priority);
    CHECK(crew.workers.interrupted == models::Interrupted::restart);
    CHECK(crew.workers.backfill == models::Backfill::any);
    CHECK(crew.description.owner == "data");
    const auto& nodes = s.twin.pools.at(1).workers;
    CHECK(nodes.groups.at(0) == std::pair<std::string, std::int64_t>{"small", 4});
    CHECK(nodes.placement == models::Placement::pack);
    CHECK(nodes.launch.terms.at(0).law.mean() == 2);
    const auto& shift = s.twin.pools.at(2).workers;
    CHECK(shift.steps.at(1) == std::pair<kernel::Time, std::int64_t>{9 * kernel::hour, 4});
    CHECK(shift.steps_period == kernel::day);
    CHECK(shift.type.cores == 8);
    CHECK(shift.type.speed == 2);
    CHECK(shift.type.cost_per_second == 0.4 / 3600);
    CHECK(s.twin.datasets.at(0).retention == 3 * kernel::day);
    const auto& orders = s.twin.datasets.at(1);
    CHECK(orders.name == "db.public.orders");
    CHECK(orders.contract == "contracts/orders.yaml");
    CHECK(orders.columns.at(0).name == "email");
    CHECK(orders.columns.at(0).nullable == true);
    CHECK(orders.columns.at(0).derives_from == std::vector<std::string>{"customers.email"});
    CHECK(orders.columns.at(0).unique == false);
    CHECK(orders.columns.at(1).values == std::vector<std::string>{"new", "paid"});
    CHECK(orders.columns.at(2).max == "150");
    using Refill = models::Budget::Refill;
    CHECK(s.twin.budgets.at(0).refill == Refill::amounts);
    CHECK(s.twin.budgets.at(0).initial == 50);
    CHECK(s.twin.budgets.at(1).rate == 5);
    CHECK(s.twin.budgets.at(2).refill == Refill::ticks);
    CHECK(std::isinf(s.twin.budgets.at(3).capacity));
    CHECK(s.twin.budgets.at(3).at_most == 20);
    CHECK(stage(s, "parse").work.spends.at(0).budget == "calls");
    CHECK(stage(s, "match").work.spends.at(1).field == "token");
    CHECK(stage(s, "fetch").take == 20);
    const auto& spans = stage(s, "spans");
    CHECK(spans.window->every == 5 * kernel::minute);
    CHECK(spans.window->by_key);
    CHECK(spans.holds_until == "fetch");
    CHECK(spans.writes.targets.at(1).loads == std::vector<std::string>{"steady", "soon"});
    const auto& parse = stage(s, "parse");
    CHECK(parse.queue.capacity == 100);
    CHECK(parse.queue.full == models::Queue::Full::drop);
    CHECK(parse.queue.timeout.terms.at(0).law.upper_end() == 300);
    CHECK(parse.work.workers->order == models::Order::shortest);
    CHECK(parse.work.service.terms.at(0).law.mean() == 5);
    CHECK(parse.work.timeout == 10 * kernel::minute);
    CHECK(parse.work.failure == 0.004);
    CHECK(parse.work.retry.times == 3);
    CHECK(parse.work.retry.first == kernel::second);
    CHECK(parse.work.retry.factor == 2);
    CHECK(parse.work.retry.max == kernel::minute);
    CHECK(parse.work.retry.jitter == 0.5);
    CHECK(parse.dead_letter == "broken");
    CHECK(parse.emits.items == 3);
    CHECK(parse.emits.records == 0.92);
    CHECK(parse.emits.size == 1.4);
    CHECK(stage(s, "gather").join->needs == 2);
    CHECK(stage(s, "gather").join->cancel_rest);
    const auto& check = stage(s, "check");
    CHECK(check.work.runs_on.at(0).count == 2);
    CHECK(check.work.priority == 7);
    CHECK(check.work.service.terms.at(0).field == "work");
    CHECK(check.work.retry.times == models::unlimited);
    CHECK(check.work.retry.backoff.size() == 2);
    CHECK(check.writes.rule == models::Writes::Rule::share);
    CHECK(check.writes.targets.at(0).share == 0.985);
    CHECK(stage(s, "pack").batch->items == 20);
    CHECK(stage(s, "pack").work.runs_on.at(0).memory_bytes == 8LL << 30);
    CHECK(stage(s, "pack").writes.rule == models::Writes::Rule::copy);
    CHECK(stage(s, "hold").queue.full == models::Queue::Full::block);
    const auto& nightly = s.twin.pipelines.at(0);
    CHECK(nightly.schedule.zone == "Europe/Berlin");
    CHECK(nightly.catchup);
    CHECK(nightly.max_active_runs == 3);
    CHECK(nightly.max_active_tasks == 8);
    CHECK(nightly.timeout == 5 * kernel::hour);
    CHECK(nightly.tasks.at(0).expand == 4);
    CHECK(nightly.tasks.at(0).work.failure == 0.01);
    CHECK(nightly.tasks.at(1).work.failure == 0.02);
    CHECK(nightly.tasks.at(1).reads.at(1).all);
    CHECK(nightly.tasks.at(2).work.runs_on.empty());
    CHECK(nightly.tasks.at(2).not_before == 10 * kernel::minute);
    CHECK(nightly.tasks.at(3).trigger_rule == models::TriggerRule::quorum);
    CHECK(nightly.tasks.at(3).cancel_rest);
    CHECK(nightly.tasks.at(3).worker == "node17");
    CHECK(nightly.tasks.at(4).trigger_rule == models::TriggerRule::all_done);
    CHECK(nightly.tasks.at(4).after == std::vector<std::string>{"publish"});
    CHECK(s.profiles.at(0).weekend == 0.15);
    CHECK(s.profiles.at(2).amplitude == 0.5);
    CHECK(s.loads.at(0).fields.size() == 2);
    CHECK(s.loads.at(1).first == 0);
    CHECK(s.loads.at(1).until == 20 * kernel::hour);
    CHECK(s.loads.at(2).arrivals.users == 5);
    CHECK(s.loads.at(5).deadline == kernel::hour);
    CHECK(s.loads.at(6).arrivals.kind == models::Arrivals::Kind::saturated);
    CHECK(s.actions.at(0).target == "load");
    CHECK(s.actions.at(0).to.times);
    CHECK(s.actions.at(0).lasts == 2 * kernel::hour);
    CHECK(s.actions.at(1).target == "crew");
    CHECK(s.actions.at(1).key == "workers");
    CHECK(s.actions.at(1).to.number == 9);
    CHECK(s.actions.at(2).to.law->terms.at(0).law.mean() == 2);
    CHECK(s.actions.at(3).to.arrivals->rate == 10.0 / 3600);
    CHECK(s.actions.at(4).every->kind == models::Schedule::Kind::calendar);
    CHECK(s.actions.at(5).to.shares.at(1).second == 0.4);
    CHECK(s.actions.at(9).when->lasts == 5 * kernel::minute);
    CHECK(s.actions.at(9).verb == models::Action::Verb::run);
    CHECK(s.actions.at(10).when->metric == models::Metric::freshness);
    CHECK(s.actions.at(10).when->limit == 1800);
    CHECK(s.actions.at(11).verb == models::Action::Verb::stop);
    CHECK(s.twin.pipelines.at(1).tasks.at(0).waits_for->updated == "db.public.orders");
    CHECK(s.twin.pipelines.at(1).tasks.at(0).keeps_workers);
    CHECK(s.run.warm_up == 6 * kernel::hour);
    CHECK(s.run.confidence == 0.9);
    CHECK(s.run.sample == 10 * kernel::minute);
    CHECK(s.objectives.size() == 4);
    CHECK(s.measures.size() == 2);
}

TEST_CASE("the warm-up is automatic only with a length and without pipelines") {
    CHECK_FALSE(read(mm1).run.warm_up);
    std::string text = mm1;
    text.replace(text.find(", warm_up: auto"), 15, "");
    CHECK_FALSE(read(text).run.warm_up);
    text.replace(text.find("stages:"), 7,
                 "pipelines: {p: {schedule: once, tasks: {t: {workers: 1, service: 1s}}}}\n  stages:");
    CHECK(read(text).run.warm_up == 0);
}

TEST_CASE("overrides") {
    CHECK(read(mm1, {"server.workers=2"}).twin.stages[0].work.workers->count == 2);
    CHECK(read(mm1, {"run.seed=7", "run.length=1h"}).run.seed == 7);
    CHECK(read(mm1, {"server.failure=5%"}).twin.stages[0].work.failure == 0.05);
    CHECK(read(mm1, {"server.service=uniform(0s..2s)"}).twin.stages[0].work.service.terms[0].law ==
          kernel::Distribution::uniform(0, 2));
    CHECK(read(mm1, {"server.service.mean=2s"}).twin.stages[0].work.service.terms[0].law.mean() == 2);
    CHECK(read(mm1, {"server.queue.capacity=5", "server.queue.full=drop"}).twin.stages[0].queue.capacity ==
          5);
    CHECK(read(mm1, {"server.queue={capacity: 5, full: drop}"}).twin.stages[0].queue.capacity == 5);
    CHECK(read(tests::full_sample, {"nightly.clean.failure=3%", "crew_size=8", "nightly.max_active_runs=1"})
              .twin.pools[0]
              .workers.count == 8);
    // The canonical text is that of what was read.
    CHECK(read(mm1, {"server.workers=2"}).text.find("workers: 2") != std::string::npos);

    CHECK(errors_of(mm1, {"server.worker=9"}) ==
          "--set server.worker=9: error: unknown key 'worker'; did you mean 'workers'?\n");
    CHECK(errors_of(mm1, {"sever.workers=9"}) ==
          "--set sever.workers=9: error: nothing is called 'sever'; did you mean 'server'?\n");
    CHECK(errors_of(mm1, {"server.workers=9s"}) ==
          "--set server.workers=9s: error: '9s' has a unit where a plain number is due; write the number "
          "alone\n");
    CHECK(errors_of(mm1, {"server=9"}).find("write 'server.KEY=VALUE'") != std::string::npos);
    CHECK(errors_of(mm1, {"server.workers"}).find("such as 'spark.workers=9'") != std::string::npos);
    CHECK(errors_of(mm1, {"server.workers="}).find("has no value") != std::string::npos);
    CHECK(errors_of(mm1, {"server.service.sd=1s"}).find("has no parameter 'sd'") != std::string::npos);
    CHECK(errors_of(mm1, {"server.queue={capacity"}).find("--set server.queue={capacity: error: ") == 0);
    CHECK(errors_of(mm1, {"server.service.mean=0.5"})
              .find("--set server.service.mean=0.5: error: '0.5' has no unit") == 0);
}

TEST_CASE("parameters") {
    std::string text = mm1;
    text.replace(text.find("twin:"), 0, "parameters: {pace: 3s, n: 4}\n");
    text.replace(text.find("mean 1s"), 7, "mean $(pace)");
    text.replace(text.find("workers: 1"), 10, "workers: $(n)");
    CHECK(read(text).twin.stages[0].work.workers->count == 4);
    CHECK(read(text, {"n=6"}).twin.stages[0].work.workers->count == 6);
    CHECK(read(text, {"pace=5s"}).twin.stages[0].work.service.terms[0].law.mean() == 5);
    CHECK(errors_of(text, {"n=six"}).find("'six' is not a count") != std::string::npos);
}

TEST_CASE("columns of a log") {
    const tests::ScratchFolder folder;
    std::ofstream(folder / "calls.csv") << "created_at,took,bytes\n2026-03-09T00:00:05Z,250,10\n2026-03-"
                                           "09T00:00:01Z,500,20\n2026-03-09T00:00:03Z,750,30\n";
    std::ofstream(folder / "bad.csv") << "took\n250\nsoon\n";
    std::string text = mm1;
    text +=
        "logs:\n  calls: {file: calls.csv, format: csv, time: created_at, columns: {took: ms, bytes: kB}}\n  "
        "bad: {file: bad.csv, format: csv, columns: {took: ms, size: B}}\n";
    text.replace(text.find("exponential(mean 1s)"), 20, "recorded(calls.took)");
    text.replace(text.find("poisson(0.9/s)"), 14, "recorded(calls.created_at), size: sample(calls.bytes)");
    const models::Scenario s = read(text, {}, folder.path().string());
    // In the order of the time column, whatever that of the file.
    CHECK(*s.twin.stages[0].work.service.terms[0].recorded == std::vector<double>{0.5, 0.75, 0.25});
    CHECK(s.twin.stages[0].work.service.terms[0].recorded_column == "calls.took");
    REQUIRE(s.loads[0].arrivals.instants);
    CHECK(s.loads[0].arrivals.instants->size() == 3);
    CHECK(s.loads[0].arrivals.instants->at(0) == 0);
    CHECK(s.loads[0].arrivals.instants->at(2) == doctest::Approx(4));
    CHECK(s.loads[0].size.terms[0].law.mean() == doctest::Approx(20000));
    CHECK(s.logs.at(0).columns.size() == 2);
    const auto bad =
        read_scenario(text, "f.yaml", {"server.service=sample(bad.took)"}, folder.path().string())
            .diagnostics.show();
    CHECK(bad.find("bad.csv:3: 'soon' in column 'took' is no number") != std::string::npos);
    // A series has its steps from the rows' times.
    std::string with_series = text + "profiles: {seen: {series: rates.per_minute}}\n";
    with_series.replace(
        with_series.find("logs:\n"), 6,
        "logs:\n  rates: {file: rates.csv, format: csv, time: at, columns: {per_minute: number, at: min}}\n");
    std::ofstream(folder / "rates.csv") << "at,per_minute\n10,3\n5,2\n20,0\n";
    const models::Scenario of_series = read(with_series, {}, folder.path().string());
    CHECK(of_series.profiles.at(0).points == std::vector<std::pair<kernel::Time, double>>{
                                                 {0, 2}, {5 * kernel::minute, 3}, {15 * kernel::minute, 0}});
    CHECK(of_series.profiles.at(0).series == "rates.per_minute");
    const auto series_error = [&](const std::string& series) {
        std::string other = with_series;
        other.replace(other.find("rates.per_minute}"), 16, series);
        return read_scenario(other, "f.yaml", {}, folder.path().string()).diagnostics.show();
    };
    CHECK(series_error("rates").find("'rates' names no column; write 'series: LOG.column'") !=
          std::string::npos);
    CHECK(series_error("calls.took").find("and no factor of a rate") != std::string::npos);
    CHECK(series_error("rates.at").find("and no factor of a rate") != std::string::npos);
    const auto missing =
        read_scenario(text, "f.yaml", {"server.service=sample(bad.size)"}, folder.path().string())
            .diagnostics.show();
    CHECK(missing.find("bad.csv has no column 'size'") != std::string::npos);
}

TEST_CASE("a series whose rows stay away is warned of, and a row of other fields is refused") {
    const tests::ScratchFolder folder;
    const auto says = [&](const std::string& rows, const std::string& length = "95min") {
        std::ofstream(folder / "rates.csv") << "at,rate\n" << rows;
        std::string text = mm1;
        text +=
            "logs: {r: {file: rates.csv, format: csv, time: at, columns: {rate: number, at: min}}}\n"
            "profiles: {seen: {series: r.rate}}\n";
        return read_scenario(text, "f.yaml", {"run.length=" + length}, folder.path().string())
            .diagnostics.show();
    };
    const std::string even = "0,3\n5,3\n10,3\n15,3\n20,3\n25,3\n";
    CHECK(says(even + "90,3\n")
              .find("warning: the rows of 'r.rate' come every 5min, and none for 65min from 25min") !=
          std::string::npos);
    CHECK(says(even + "30,3\n", "35min") == "");
    // Whoever logs changes has rows when something changes.
    CHECK(says("0,3\n7,2\n9,3\n30,5\n31,3\n90,4\n") == "");
    const std::string broken = says("0,3\n5,1,200\n");
    CHECK(broken.find("rates.csv:3: the line has 3 fields, the header 2") != std::string::npos);
    CHECK(broken.find("without separators of thousands") != std::string::npos);
}

TEST_CASE("the digest of what is simulated") {
    const auto digest = [](std::string text, const std::vector<std::string>& overrides = {}) {
        const auto reading = read_scenario(text, "s.yaml", overrides);
        REQUIRE(reading.scenario);
        return reading.scenario->simulated_digest;
    };
    const std::string text = mm1;
    const std::uint64_t whole = digest(text);
    for (const char* same : {"run.replications=7", "run.seed=8", "run.confidence=80%", "run.precision=5%"})
        CHECK(digest(text, {same}) == whole);
    for (const char* other :
         {"run.length=41h", "run.warm_up=1h", "server.workers=2", "jobs.arrivals=poisson(0.8/s)"})
        CHECK(digest(text, {other}) != whole);
    const std::string head = text.substr(0, text.find("objectives:"));
    CHECK(digest(head) == whole);
    CHECK(digest(head + "measures: [avg wait(server)]\n") == whole);
    CHECK(digest("# a remark\n" + head) == whole);
    // Another file of the same name.
    const tests::ScratchFolder folder;
    const auto logged = [&](const char* rows) {
        std::ofstream(folder / "took.csv") << "took,other\n" << rows;
        std::string with =
            head + "logs: {seen: {file: took.csv, format: csv, columns: {took: s, other: s}}}\n";
        with.replace(with.find("exponential(mean 1s)"), 20, "sample(seen.took)");
        return read_scenario(with, "s.yaml", {}, folder.path().string()).scenario.value().simulated_digest;
    };
    const std::uint64_t of_log = logged("1,1\n2,2\n");
    CHECK(logged("1,1\n2,2\n") == of_log);
    CHECK(logged("1,3\n2,3\n") == of_log);  // a column that nobody reads
    CHECK(logged("1,1\n3,2\n") != of_log);
}

TEST_CASE("files that cannot be read") {
    CHECK(read_scenario_file("no/such/file.yaml").diagnostics.show() ==
          "no/such/file.yaml: error: no such file\n");
    CHECK(read_scenario_file(".").diagnostics.show().find("this is a folder") != std::string::npos);
}

TEST_CASE("line 2 says what a file is") {
    CHECK(kind_of_file(mm1) == "scenario");
    CHECK(kind_of_file("understudy: 1\nstudy: x\n") == "study");
    CHECK(kind_of_file("understudy: 1\nchange: x\n") == "change");
    CHECK(kind_of_file("a: b\n") == "");
    CHECK(kind_of_file("{") == "");
    CHECK(kind_by_lines("# shop\nunderstudy: 1\nscenario: x\ntwin: {a: }}\n") == "scenario");
    CHECK(kind_by_lines("understudy: 1\r\nchange: [c\r\n") == "change");
    CHECK(kind_by_lines("understudy: 1\nscenari: x\n") == "unknown");
    CHECK(kind_by_lines("a: b\nscenario: x\n") == "");
}

TEST_CASE("warnings do not reject") {
    std::string text = mm1;
    text.replace(text.find("exponential(mean 1s)"), 20, "pareto(shape 1.5 min 0.3s)");
    const auto reading = read_scenario(text, "f.yaml");
    CHECK(reading.scenario);
    CHECK(reading.diagnostics.show() ==
          "f.yaml:5:48: warning: this law has infinite variance; means of it converge slowly and intervals "
          "are too narrow; bound it with 'max'\n");
}

TEST_CASE("loads are multiplied, together or one by one, whatever says when their items arrive") {
    const std::string text = R"(understudy: 1
scenario: many
parameters: {rate: 4/s}
twin: {stages: {server: {reads: [a, b, c, d, e], workers: unlimited, service: 1s}}}
load:
  a: {arrivals: poisson($(rate))}
  b: {arrivals: every exponential(mean 3s)}
  c: {arrivals: {states: {calm: {rate: $(rate), stay: 1h}, burst: {rate: 20/s, stay: 5min}}}}
  d: {users: 5, think: 1s}
  e: {arrivals: saturated, count: 3}
run: {length: 1h}
)";
    const auto all = read(text, {"load=1.5x", "rate=2/s"});
    CHECK(all.loads[0].arrivals.rate == doctest::Approx(3));
    CHECK(all.loads[1].arrivals.interval.terms[0].law.mean() == doctest::Approx(2));
    CHECK(all.loads[2].arrivals.states[0].rate == doctest::Approx(3));
    CHECK(all.loads[2].arrivals.states[1].rate == doctest::Approx(30));
    CHECK(all.loads[3].arrivals.users == 8);
    CHECK(all.loads[4].arrivals.kind == models::Arrivals::Kind::saturated);
    const auto one = read(text, {"a.arrivals=2x", "load=3x", "d.users=0.1x"});
    CHECK(one.loads[0].arrivals.rate == doctest::Approx(24));
    CHECK(one.loads[1].arrivals.interval.terms[0].law.mean() == doctest::Approx(1));
    CHECK(one.loads[3].arrivals.users == 2);
    const auto errors = [&](const std::vector<std::string>& overrides) {
        return read_scenario(text, "f.yaml", overrides).diagnostics.show();
    };
    CHECK(errors({"load=2"}) ==
          "--set load=2: error: all loads together take a multiple; such as 'load=1.5x'\n");
    CHECK(errors({"load=0x"}) == "--set load=0x: error: 0x brings nothing; such as 'load=1.5x'\n");
    CHECK(errors({"d.arrivals=2x"}) == "--set d.arrivals=2x: error: there are no 'arrivals' to multiply\n");
    CHECK(errors({"e.arrivals=2x"}) ==
          "--set e.arrivals=2x: error: 'saturated' always has one more: there is nothing to multiply; write "
          "'saturated' "
          "alone\n");
    CHECK(errors({"a.arrivals=2x 3x poisson(1/s)"}) ==
          "--set a.arrivals=2x 3x poisson(1/s): error: a multiple of a multiple; write one factor\n");
}

TEST_CASE("a multiple of recorded arrivals has their ebb and flow") {
    const tests::ScratchFolder folder;
    {
        std::ofstream log(folder / "calls.csv");
        log << "at\n";
        for (int i = 1; i <= 100; ++i) log << i << "\n";
        for (int i = 1; i <= 100; ++i) log << 100 + 10 * i << "\n";
    }
    const std::string text = R"(understudy: 1
scenario: again
logs: {calls: {file: calls.csv, format: csv, columns: {at: s}}}
twin: {stages: {server: {reads: jobs, workers: 1, service: 1s}}}
load: {jobs: {arrivals: recorded(calls.at)}}
run: {length: 1h}
)";
    const auto instants = [&](const std::vector<std::string>& overrides) {
        return *read(text, overrides, folder.path().string()).loads[0].arrivals.instants;
    };
    const auto once = instants({});
    CHECK(instants({"load=1x"}) == once);
    const auto twice = instants({"load=2x"});
    REQUIRE(twice.size() == 400);
    CHECK(twice.back() == once.back());
    CHECK(std::is_sorted(twice.begin(), twice.end()));
    // Twice as many before the change as well as after it.
    CHECK(std::count_if(twice.begin(), twice.end(), [](double t) { return t <= 100; }) == 200);
    CHECK(instants({"load=0.25x"}) == instants({"jobs.arrivals=0.25x recorded(calls.at)"}));
    CHECK(instants({"load=0.25x"}).size() == 50);
}

TEST_CASE("an override may add an action") {
    const auto scenario = read(mm1, {"actions+={name: surge, at: 6h, for: 2h, set: load, to: 5x}"});
    REQUIRE(scenario.actions.size() == 1);
    CHECK(scenario.actions[0].name == "surge");
    CHECK(read_scenario(mm1, "f.yaml", {"actions+=3"}).diagnostics.show() ==
          "--set actions+=3: error: an action is a map; such as 'actions+={at: 6h, for: 2h, set: load, to: "
          "5x}'\n");
    CHECK(read_scenario(mm1, "f.yaml", {"actions+={at: 6h, fail: servr}"}).diagnostics.show() ==
          "--set actions+={at: 6h, fail: servr}: error: nothing is called 'servr'; did you mean 'server'?\n");
}

TEST_CASE("an override may be a multiple of what is there") {
    const std::string text = R"(understudy: 1
scenario: many
parameters: {crew: 4}
twin:
  stages:
    server: {reads: a, workers: 3, service: lognormal(mean 2s cv 0.5)}
    crewed: {reads: server, workers: $(crew), service: exponential(mean 1s)}
load:
  a: {arrivals: poisson(1/s)}
run: {length: 1h}
)";
    const auto twice = read_scenario(
        text, "many.yaml", {"server.service=2x", "server.workers=3x", "crew=0.5x", "run.length=2x"});
    REQUIRE(twice.scenario);
    CHECK(twice.scenario->twin.stages[0].work.service.terms[0].law.mean() == doctest::Approx(4));
    CHECK(twice.scenario->twin.stages[0].work.workers->count == 9);
    CHECK(twice.scenario->twin.stages[1].work.workers->count == 2);
    CHECK(*twice.scenario->run.length == 2 * kernel::hour);
    const auto part = read_scenario(text, "many.yaml", {"server.service.mean=0.5x"});
    REQUIRE(part.scenario);
    CHECK(part.scenario->twin.stages[0].work.service.terms[0].law.mean() == doctest::Approx(1));
    const auto of_parameter = read_scenario(text, "many.yaml", {"crewed.workers=2x"});
    CHECK_FALSE(of_parameter.scenario.has_value());
    CHECK(of_parameter.diagnostics.show() ==
          "--set crewed.workers=2x: error: 'crewed.workers' is $(crew), a parameter; multiply that: "
          "'crew=2x'\n");
}
