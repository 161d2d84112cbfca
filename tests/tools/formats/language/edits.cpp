// Promised: a change does to a scenario what its edits say, in order, and says where it stands in the change what cannot be
// done; a new name changes no random number. Shown: a scenario before and after, values that are read back, messages with
// their places, and results of renamed models.
#include "tools/formats/language/edits.h"

#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>
#include <string>

#include "tests/scratch_folder.h"
#include "tools/formats/language/scenario_reader.h"
#include "tools/formats/language/scenario_writer.h"
#include "tools/studies/run.h"

using namespace understudy;
using namespace understudy::formats;

namespace {

const std::string base = R"(understudy: 1
scenario: shop
parameters: {clerks: 2}
twin:
  pools:
    spark: {workers: 4}
  datasets:
    orders: {columns: {id: {type: bigint}, email: {type: varchar}}}
  stages:
    clean: {reads: clicks, writes: orders, runs_on: spark, service: exponential(mean 1s)}
    till: {reads: orders, workers: $(clerks), service: work, priority: 1}
  pipelines:
    nightly:
      schedule: every 1h
      defaults: {runs_on: spark, retry: {times: 2, backoff: 30s}, failure: 1%, service: lognormal(mean 4min cv 0.5)}
      tasks:
        fetch: {reads: {orders: new}}
        build: {after: [fetch], writes: report}
load:
  clicks: {arrivals: poisson(0.5/s), fields: {work: exponential(mean 2s)}}
actions:
  - {name: surge, at: 1h, for: 1h, set: clicks.arrivals, to: 2x}
  - {at: 2h, fail: clean, for: 1min}
run: {length: 8h, warm_up: 0s, replications: 2}
objectives:
  - p(95) latency(clean -> till) < 40s
  - avg wait(clean) of clicks during surge < 9s
)";

/// Writes both where files are looked for, and reads the base with the change.
ScenarioReading changed(const std::string& edits, const std::string& of = base) {
    const tests::CurrentFolder folder;
    folder.write("c.yaml", "understudy: 1\nchange: c\nedits:\n" + edits);
    return read_scenario(of, "b.yaml", {}, ".", {"c.yaml"});
}

models::Scenario after(const std::string& edits) {
    auto reading = changed(edits);
    INFO(reading.diagnostics.show());
    REQUIRE(reading.scenario);
    return *reading.scenario;
}

std::string errors_of(const std::string& edits) { return changed(edits).diagnostics.show(); }

const models::Stage& stage(const models::Scenario& scenario, const std::string& name) {
    for (const models::Stage& one : scenario.twin.stages)
        if (one.name == name) return one;
    FAIL("no stage " << name);
    throw 0;
}

studies::RunResult run(models::Scenario scenario) {
    models::Problems problems;
    const auto prepared = studies::prepare(std::move(scenario), problems);
    REQUIRE(prepared);
    return studies::run(*prepared, {});
}

}  // namespace

TEST_CASE("set reaches keys, laws, fields, columns, parameters and loads") {
    const auto scenario = after(R"(  - {set: spark.workers, to: 9}
  - {set: clean.service.mean, to: 2s}
  - {set: clicks.work.mean, to: 3s}
  - {set: orders.email.type, to: text}
  - {set: clerks, to: 5}
  - {set: till.queue, to: {capacity: 10, full: drop}}
  - {set: load, to: 1.5x}
)");
    CHECK(scenario.twin.pools[0].workers.count == 9);
    CHECK(stage(scenario, "clean").work.service.terms[0].law.mean() == doctest::Approx(2));
    CHECK(scenario.loads[0].fields[0].second.terms[0].law.mean() == doctest::Approx(3));
    CHECK(scenario.twin.datasets[0].columns[1].type == "text");
    CHECK(stage(scenario, "till").work.workers->count == 5);
    CHECK(scenario.loads[0].arrivals.rate == doctest::Approx(0.75));
}

TEST_CASE("what a task has from its pipeline's defaults is edited in parts") {
    const auto scenario = after(
        "  - {set: nightly.build.retry.times, to: 5}\n  - {set: nightly.build.service.mean, to: 9min}\n");
    const models::Pipeline& pipeline = scenario.twin.pipelines[0];
    const auto task = [&](const std::string& name) {
        for (const models::Task& one : pipeline.tasks)
            if (one.name == name) return one;
        throw 0;
    };
    CHECK(task("build").work.retry.times == 5);
    CHECK(task("build").work.retry.backoff.size() == task("fetch").work.retry.backoff.size());
    CHECK(task("build").work.service.terms[0].law.mean() == doctest::Approx(540));
    CHECK(task("fetch").work.retry.times == 2);
    CHECK(task("fetch").work.service.terms[0].law.mean() == doctest::Approx(240));
}

TEST_CASE("elements come and go") {
    const auto scenario = after(R"(  - {add: audit, as: stage, value: {reads: till, workers: 1, service: 1s}}
  - {add: nightly.check, as: task, value: {after: [build], service: 1min}}
  - {add: night_shift, as: pool, value: {workers: 2}}
  - {set: audit.workers, to: 3}
  - {remove: orders.email}
  - {set: nightly.check.runs_on, to: night_shift}
)");
    CHECK(stage(scenario, "audit").work.workers->count == 3);
    CHECK(scenario.twin.pipelines[0].tasks.size() == 3);
    CHECK(scenario.twin.datasets[0].columns.size() == 1);
    CHECK(after("  - {remove: till.priority}\n").twin.stages.size() == 2);
    CHECK(after("  - {remove: nightly}\n").twin.pipelines.empty());
}

TEST_CASE("profiles come, change and go, under names of their own") {
    std::string with_hours =
        base + "profiles:\n  day: {steps: {0h: 20%, 9h: 100%}, period: 1d}\n  clean: {steps: {0h: 1}}\n";
    with_hours.replace(with_hours.find("run: {"), 6, "run: {start: 2026-03-09T00:00, ");
    const auto profiles = [&](const std::string& edits) {
        auto reading = changed("  - {set: clicks.profile, to: day}\n" + edits, with_hours);
        INFO(reading.diagnostics.show());
        REQUIRE(reading.scenario);
        return std::pair(reading.scenario->profiles, reading.scenario->loads[0].profile);
    };
    CHECK(profiles("  - {set: day.steps, to: {0h: 50%}}\n").first[0].points.size() == 1);
    CHECK(profiles("  - {set: day.weekend, to: 2x}\n").first[0].weekend == 2);
    const auto renamed = profiles("  - {rename: day, to: hours}\n");
    CHECK(renamed.first[0].name == "hours");
    CHECK(renamed.second == "hours");
    // An element of the same name goes before.
    CHECK(profiles("  - {set: clean.service, to: 2s}\n").first.size() == 2);
    const auto errors = [&](const std::string& edits) {
        return changed(edits, with_hours).diagnostics.show();
    };
    CHECK(errors("  - {set: clicks.profile, to: day}\n  - {remove: day}\n")
              .find("'day' is still named in load.clicks.profile") != std::string::npos);
    CHECK(errors("  - {remove: day}\n") == "");
    // What is called as a profile is no mention of it.
    CHECK(errors("  - {remove: clean}\n").find("'clean' is still named in") != std::string::npos);
    CHECK(errors("  - {add: report, as: profile, value: {steps: {0h: 1}}}\n  - {remove: report}\n") == "");
    CHECK(errors("  - {add: late, as: action, value: {at: 1h, set: day.period, to: 2d}}\n")
              .find("'day' is a profile, which is as it is for the whole run") != std::string::npos);
}

TEST_CASE("objectives and measures come, change and go, by their text") {
    const auto scenario = after(R"(  - {remove: "p(95)  latency( clean -> till ) < 40000ms"}
  - {set: avg wait(clean) of clicks during surge < 9s, to: avg wait(clean) of clicks during surge < 5s}
  - {add: p(99) latency(till) < 1min, as: objective}
  - {add: avg busy(spark), as: measure}
)");
    REQUIRE(scenario.objectives.size() == 2);
    CHECK(scenario.objectives[0].text == "avg wait(clean) of clicks during surge < 5s");
    CHECK(scenario.objectives[1].text == "p(99) latency(till) < 1min");
    REQUIRE(scenario.measures.size() == 1);
    CHECK(scenario.measures[0].text == "avg busy(spark)");
    // Whatever they name can go behind them.
    const auto without = after(R"(  - {remove: p(95) latency(clean -> till) < 40s}
  - {remove: till}
)");
    CHECK(without.twin.stages.size() == 1);
    CHECK(without.objectives.size() == 1);
    // In order: by the name that it has by then.
    CHECK(after(R"(  - {rename: clean, to: wash}
  - {remove: avg wait(wash) of clicks during surge < 9s}
)")
              .objectives.size() == 1);
    CHECK(after(R"(  - {remove: p(95) latency(clean -> till) < 40s}
  - {remove: avg wait(clean) of clicks during surge < 9s}
)")
              .objectives.empty());

    CHECK(errors_of("  - {remove: till}\n") ==
          "c.yaml:4:14: error: 'till' is still named in objectives: 'p(95) latency(clean -> till) < 40s'; "
          "remove that first, '{remove: \"p(95) latency(clean -> till) < 40s\"}': edits are made in order\n");
    CHECK(
        errors_of("  - {remove: p(95) latency(clean -> till) < 50s}\n") ==
        "c.yaml:4:14: error: there is no objective or measure 'p(95) latency(clean -> till) < 50s'; there is "
        "'p(95) latency(clean -> till) < 40s'\n");
    CHECK(errors_of("  - {add: p(95) latency(clean -> till) < 40 s, as: objective}\n").find("c.yaml:4:") ==
          0);
    CHECK(errors_of("  - {add: p(95) latency(clean -> till) < 40s, as: objective}\n")
              .find("c.yaml:4:11: error: 'p(95) latency(clean -> till) < 40s' is there already") == 0);
    CHECK(errors_of("  - {add: avg wait(clean), as: objective}\n").find("has no limit") != std::string::npos);
    CHECK(errors_of("  - {add: avg wait(cleen) < 4s, as: objective}\n").find("c.yaml:4:20: error: ") == 0);
    CHECK(errors_of("  - {add: avg wait(clean) < 4s, as: objective, value: {a: 1}}\n")
              .find("'as: objective' has no 'value'") != std::string::npos);
}

TEST_CASE("columns come, and are not made by a typo") {
    const auto scenario = after(R"(  - {add: orders.phone, as: column, value: {type: varchar}}
  - {set: orders.phone.nullable, to: false}
)");
    REQUIRE(scenario.twin.datasets[0].columns.size() == 3);
    CHECK(scenario.twin.datasets[0].columns[2].name == "phone");
    CHECK(errors_of("  - {set: orders.phone.type, to: varchar}\n") ==
          "c.yaml:4:11: error: 'orders' has no column 'phone'; add it first: "
          "'{add: orders.phone, as: column, value: {type: varchar}}'\n");
    CHECK(errors_of("  - {set: orders.emial.type, to: varchar}\n").find("did you mean 'email'") !=
          std::string::npos);
    CHECK(errors_of("  - {add: orders.email, as: column, value: {type: varchar}}\n")
              .find("'orders.email' is there already: it is a column") != std::string::npos);
    CHECK(errors_of("  - {add: spark.email, as: column, value: {type: varchar}}\n")
              .find("'spark.email' is of no dataset that is there") != std::string::npos);
}

TEST_CASE("what is made of a dataset's columns follows its new name") {
    const auto scenario = after(
        "  - {add: mails, as: dataset, value: {columns: {to: {derives_from: [orders.email]}, at: "
        "{derives_from: orders.id}}}}\n"
        "  - {rename: orders.email, to: orders.mail}\n  - {rename: orders, to: sales}\n");
    for (const models::Dataset& dataset : scenario.twin.datasets)
        if (dataset.name == "mails") {
            REQUIRE(dataset.columns.size() == 2);
            CHECK(dataset.columns[0].derives_from == std::vector<std::string>{"sales.mail"});
            CHECK(dataset.columns[1].derives_from == std::vector<std::string>{"sales.id"});
        }
}

TEST_CASE("columns are called as tables call them, with blanks, dots and other letters") {
    const auto scenario = after(R"(  - {add: orders.ship date, as: column, value: {type: date}}
  - {add: orders.address.city, as: column, value: {type: varchar}}
  - {add: orders.address, as: column, value: {type: struct}}
  - {add: orders.Größe, as: column, value: {type: int}}
  - {set: orders.address.city.nullable, to: false}
  - {set: orders.address.nullable, to: true}
  - {set: orders.ship date.type, to: timestamp}
  - {rename: orders.ship date, to: orders.shipped at}
  - {rename: orders.address.city, to: orders.address.town}
  - {remove: orders.Größe}
)");
    const auto& columns = scenario.twin.datasets[0].columns;
    REQUIRE(columns.size() == 5);
    CHECK(columns[2].name == "shipped at");
    CHECK(columns[2].type == "timestamp");
    CHECK(columns[3].name == "address.town");
    CHECK(columns[3].nullable == false);
    CHECK(columns[4].name == "address");
    CHECK(columns[4].nullable == true);
    CHECK(after("  - {add: orders.address.city, as: column, value: {type: varchar}}\n"
                "  - {remove: orders.address.city}\n")
              .twin.datasets[0]
              .columns.size() == 2);
    CHECK(errors_of("  - {add: orders., as: column, value: {type: int}}\n")
              .find("c.yaml:4:11: error: a column has a name") == 0);
    CHECK(errors_of("  - {rename: clean, to: new clean}\n").find("'new clean' cannot be a name") !=
          std::string::npos);
    CHECK(errors_of("  - {set: orders.address.zip.type, to: int}\n").find("has no column 'address.zip'") !=
          std::string::npos);
}

TEST_CASE("actions with a name come, change and go") {
    const auto scenario =
        after(R"(  - {add: grow, as: action, value: {when: waiting(clean) > 100, set: spark.workers, to: 8}}
  - {set: grow.to, to: 2x}
  - {set: surge.for, to: 2h}
  - {rename: surge, to: sale}
)");
    REQUIRE(scenario.actions.size() == 3);
    CHECK(scenario.actions[0].name == "sale");
    CHECK(scenario.actions[0].lasts == 2 * 3600 * kernel::second);
    CHECK(scenario.objectives[1].text == "avg wait(clean) of clicks during sale < 9s");
    CHECK(scenario.twin.drawn_as("sale") == "surge");
    CHECK(scenario.actions[2].name == "grow");
    CHECK(scenario.actions[2].target == "spark");
    CHECK(scenario.actions[2].to.times);
    CHECK(after(R"(  - {remove: avg wait(clean) of clicks during surge < 9s}
  - {remove: surge}
)")
              .actions.size() == 1);
    CHECK(errors_of("  - {remove: surge}\n").find("'surge' is still named in objectives") !=
          std::string::npos);
    CHECK(errors_of("  - {add: surge, as: action, value: {at: 1h, fail: clean}}\n")
              .find("c.yaml:4:11: error: 'surge' is there already: it is an action") == 0);
    CHECK(errors_of("  - {add: sale, as: action, value: {name: sale, at: 1h, fail: clean}}\n")
              .find("c.yaml:4:37: error: an action that is added has its name behind 'add'") == 0);
    CHECK(
        errors_of("  - {set: surge.name, to: sale}\n") ==
        "c.yaml:4:11: error: a name stays what others call it by; give it another one: '{rename: surge, to: "
        "sale}'\n");
    CHECK(errors_of("  - {set: surge.fro, to: 2h}\n").find("did you mean") != std::string::npos);
}

TEST_CASE("a factor multiplies what is there") {
    const auto scenario = after(R"(  - {set: spark.workers, to: 1.5x}
  - {set: clean.service, to: 0.5x}
  - {set: clicks.work.mean, to: 3x}
  - {set: nightly.build.service, to: 2x}
  - {set: nightly.fetch.retry.backoff, to: 2x}
  - {set: clerks, to: 2x}
  - {set: till.priority, to: 4}
  - {set: till.priority, to: 2x}
)");
    CHECK(scenario.twin.pools[0].workers.count == 6);
    CHECK(stage(scenario, "clean").work.service.terms[0].law.mean() == doctest::Approx(0.5));
    CHECK(scenario.loads[0].fields[0].second.terms[0].law.mean() == doctest::Approx(6));
    const models::Pipeline& pipeline = scenario.twin.pipelines[0];
    for (const models::Task& task : pipeline.tasks) {
        const bool build = task.name == "build";
        CHECK(task.work.service.terms[0].law.mean() == doctest::Approx(build ? 480 : 240));
        CHECK(task.work.service.terms[0].law.variance() ==
              doctest::Approx(0.25 * (build ? 480 * 480 : 240 * 240)));
    }
    CHECK(stage(scenario, "till").work.workers->count == 4);
    CHECK(after("  - {set: clean.label, to: 3x}\n").twin.stages[0].description.label == "3x");

    CHECK(errors_of("  - {set: till.workers, to: 2x}\n") ==
          "c.yaml:4:11: error: 'till.workers' is $(clerks), a parameter; multiply that: '{set: clerks, to: "
          "2x}'\n");
    CHECK(errors_of("  - {set: spark.workers, to: 1.3x}\n").find("c.yaml:4:30: error: ") == 0);
    CHECK(errors_of("  - {set: clean.capacity, to: 2x}\n").find("c.yaml:4:") == 0);
}

TEST_CASE("what cannot be done is told where it stands") {
    CHECK(errors_of("  - {remove: spark}\n")
              .starts_with("c.yaml:4:14: error: 'spark' is still named in twin.stages.clean.runs_on and 1 "
                           "more; change or remove that first"));
    CHECK(errors_of("  - {remove: nightly.fetch}\n")
              .find("'nightly.fetch' is still named in twin.pipelines.nightly.tasks.build.after") !=
          std::string::npos);
    CHECK(errors_of("  - {set: sparc.workers, to: 9}\n") ==
          "c.yaml:4:11: error: nothing is called 'sparc'; did you mean 'spark'?\n");
    CHECK(errors_of("  - {set: spark.workrs, to: 9}\n") ==
          "c.yaml:4:11: error: unknown key 'workrs'; did you mean 'workers'?\n");
    CHECK(errors_of("  - {set: clean.service, to: 4 apples}\n").starts_with("c.yaml:4:32: error: "));
    CHECK(errors_of("  - {add: clean, as: stage, value: {reads: clicks}}\n") ==
          "c.yaml:4:11: error: 'clean' is there already: it is a stage; give it another name, or set its "
          "keys\n");
    CHECK(errors_of("  - {rename: clean, to: till}\n")
              .starts_with("c.yaml:4:25: error: 'till' is there already"));
    CHECK(errors_of("  - {rename: cleen, to: wash}\n") ==
          "c.yaml:4:14: error: nothing is called 'cleen'; did you mean 'clean'?\n");
    CHECK(errors_of("  - {set: run.seed, to: 9}\n").find("a change is of the twin and its loads") !=
          std::string::npos);
    CHECK(errors_of("  - {remove: clean.retry}\n") == "c.yaml:4:14: error: 'clean' has no 'retry'\n");
    CHECK(errors_of("  - {add: build2, as: task, value: {service: 1s}}\n")
              .starts_with("c.yaml:4:11: error: 'build2' is of no pipeline"));
    // All at once, of both files.
    const std::string two = errors_of("  - {set: spark.workrs, to: 9}\n  - {remove: nobody}\n");
    CHECK(two.find("c.yaml:4:11") != std::string::npos);
    CHECK(two.find("c.yaml:5:14") != std::string::npos);
}

TEST_CASE("a new name goes wherever the old one stood, and changes no result") {
    const std::string edits = R"(  - {rename: clean, to: zz_wash}
  - {rename: orders, to: aa_orders}
  - {rename: nightly, to: late}
  - {rename: late.build, to: late.make}
  - {rename: clicks, to: visits}
  - {rename: spark, to: flink}
)";
    const auto scenario = after(edits);
    CHECK(stage(scenario, "zz_wash").reads == std::vector<std::string>{"visits"});
    CHECK(scenario.objectives[0].text == "p(95) latency(zz_wash -> till) < 40s");
    CHECK(scenario.objectives[1].text == "avg wait(zz_wash) of visits during surge < 9s");
    CHECK(scenario.twin.pipelines[0].tasks[1].name == "make");
    const auto before = run(*read_scenario(base, "b.yaml").scenario), now = run(scenario);
    REQUIRE(before.metrics.size() == now.metrics.size());
    for (std::size_t i = 0; i < 2; ++i) {
        CHECK(before.objectives[i].estimate.value.has_value());
        CHECK(before.objectives[i].estimate.value == now.objectives[i].estimate.value);
    }
    // There and back again leaves nothing.
    const auto back = after("  - {rename: clean, to: wash}\n  - {rename: wash, to: clean}\n");
    CHECK(write_scenario(back) == write_scenario(*read_scenario(base, "b.yaml").scenario));
}

TEST_CASE("a state that the twin has goes with new names") {
    std::string text = base;
    text.replace(text.find("load:\n"), 0,
                 "  as_of: 1h\n  state:\n    clean: {waiting: [{items: 2, load: clicks}]}\n"
                 "    nightly:\n      unread: {fetch: {orders: {records: 5}}}\n"
                 "      runs: [{age: 5min, holds: [fetch], tasks: {fetch: {served: 1min, unread: {orders: "
                 "{records: 1}}}}}]\n");
    auto reading = changed(R"(  - {rename: clean, to: wash}
  - {rename: clicks, to: visits}
  - {rename: orders, to: sales}
  - {rename: nightly.fetch, to: nightly.get}
  - {rename: nightly, to: late}
)",
                           text);
    INFO(reading.diagnostics.show());
    REQUIRE(reading.scenario);
    const auto& elements = reading.scenario->twin.state.elements;
    REQUIRE(elements.size() == 2);
    CHECK(elements[0].element == "wash");
    CHECK(elements[0].items[0].load == "visits");
    CHECK(elements[1].element == "late");
    CHECK(elements[1].unread.at("get").contains("sales"));
    CHECK(elements[1].runs[0].holds == std::vector<std::string>{"get"});
    CHECK(elements[1].runs[0].tasks[0].task == "get");
    CHECK(elements[1].runs[0].tasks[0].unread.contains("sales"));
}

TEST_CASE("one more field changes no draw of the others") {
    const auto with = [](const std::string& more) {
        std::string text = base;
        text.replace(text.find("fields: {"), 9, "fields: {" + more);
        return run(*read_scenario(text, "b.yaml").scenario);
    };
    const auto plain = with(""), more = with("aaa: exponential(mean 5s), ");
    for (std::size_t i = 0; i < 2; ++i)
        CHECK(plain.objectives[i].estimate.value == more.objectives[i].estimate.value);
}
