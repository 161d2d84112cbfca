// Promised: the edits between two imports; what people have added, and what an import does not say, left alone; names that
// stay and are each another's. Shown on small twins.
#include "tools/formats/catalogs/twin_changes.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "tools/formats/catalogs/element_names.h"

namespace understudy::formats {

namespace {

Catalog shop(std::vector<std::string> tables, CatalogSource source = CatalogSource::dbt) {
    Catalog catalog;
    catalog.pipelines.push_back({.label = "p", .title = "p", .source = source});
    for (const std::string& table : tables) {
        CatalogDataset dataset{.label = "db." + table, .title = table};
        dataset.source = source;
        dataset.columns.push_back({.name = "id", .type = "int"});
        CatalogJob job{.label = "job." + table, .title = table};
        job.source = source;
        job.writes = {catalog.datasets.size()};
        job.durations = {2};
        catalog.datasets.push_back(dataset);
        catalog.jobs.push_back(job);
    }
    return catalog;
}

Node document(const std::string& text) {
    Diagnostics none;
    Node node = read_document(text, none);
    CHECK(none.show() == "");
    return node;
}

std::vector<std::string> shown(const TwinUpdate& update) {
    std::vector<std::string> lines;
    for (const Node& edit : update.edits) lines.push_back(write_flow(edit));
    return lines;
}

}  // namespace

TEST_CASE("the same import changes nothing") {
    const Node twin = document(scenario_of(shop({"a", "b"})).text);
    CHECK(update_of(twin, twin, {{"dbt"}}).edits.empty());
}

TEST_CASE("a dataset that dbt makes in another way has another tag") {
    const auto made = [](const std::string& how) {
        Catalog catalog = shop({"a"});
        catalog.datasets[0].tags = {"gold", "materialized=" + how};
        return document(scenario_of(catalog).text);
    };
    CHECK(shown(update_of(made("view"), made("table"), {{"dbt"}})) ==
          std::vector<std::string>{"{set: a.tags, to: [dbt, gold, materialized=table]}"});
}

TEST_CASE("recorded sizes are set, and what else people have a task emit stays") {
    const auto sized = [](double bytes, double share, const char* schedule) {
        Catalog catalog = shop({"a"}, CatalogSource::openlineage);
        catalog.pipelines[0].schedule = schedule;
        catalog.pipelines[0].period = kernel::day;
        catalog.datasets.push_back({.label = "db.raw", .title = "raw"});
        catalog.jobs[0].reads = {1};
        catalog.jobs[0].volumes = {{1, {bytes}}};
        catalog.jobs[0].emits = share;
        return catalog;
    };
    const std::string before = scenario_of(sized(1e9, 0.5, "daily at 05:00")).text;
    Node earlier = document(before);
    std::string by_hand = before;
    const std::string emits = "emits: {size: 50%}";
    REQUIRE(by_hand.find(emits) != std::string::npos);
    by_hand.replace(by_hand.find(emits), emits.size(), "emits: {records: 10%, size: 50%}");
    earlier = document(by_hand);
    const CatalogTwin now = scenario_of(sized(2e9, 0.25, "daily at 05:00"), "", names_in(earlier));
    CHECK(shown(update_of(earlier, document(now.text), {})) ==
          std::vector<std::string>{"{set: raw_sizes.size, to: 2GB}",
                                   "{set: p.a.emits, to: {records: 10%, size: 25%}}"});
    // Into a run that goes on until nothing is left to do one item comes, and not one each day.
    const Node ends = document(scenario_of(shop({"a"}, CatalogSource::openlineage)).text);
    const CatalogTwin later = scenario_of(sized(2e9, 0.25, "daily at 05:00"), "", names_in(ends));
    const auto edits = shown(update_of(ends, document(later.text), {}));
    CHECK(std::any_of(edits.begin(), edits.end(), [](const std::string& edit) {
        return edit.find("as: load") != std::string::npos && edit.find("count: 1") != std::string::npos;
    }));
}

TEST_CASE("what is new, different and gone") {
    const Node earlier = document(scenario_of(shop({"a", "b"})).text);
    Catalog catalog = shop({"A", "b"});
    catalog.datasets[0].label = "other.a";
    catalog.jobs[1].durations = {3};
    catalog.datasets[1].columns[0].type = "bigint";
    const Node now = document(scenario_of(catalog, "", names_in(earlier)).text);
    const TwinUpdate update = update_of(earlier, now, {{"dbt"}});
    CHECK(shown(update) ==
          std::vector<std::string>{
              "{add: A, as: dataset, value: {columns: {id: {type: int}}, label: other.a, tags: [dbt]}}",
              "{add: p.A, as: task, value: {writes: A, runs_on: threads, service: 2s, label: job.A, tags: "
              "[dbt]}}",
              "{set: b.columns.id, to: {type: bigint}}",
              "{set: p.b.service, to: 3s}",
              "{remove: p.a}",
              "{remove: a}",
          });
    CHECK(update.added == 2);
    CHECK(update.set == 2);
    CHECK(update.removed == 2);
    // Lineage says nothing of what it does not mention.
    const TwinUpdate seen = update_of(earlier, now, {});
    CHECK(seen.removed == 0);
    CHECK(seen.notes.size() == 1);
}

TEST_CASE("what a task no longer reads is no origin of what it writes, and its load is named") {
    // a is made of `origins`, which its task reads; `says` whether its columns are told of.
    const auto made = [](const std::vector<std::string>& origins, bool says, double seconds) {
        Catalog catalog = shop({"a"}, CatalogSource::openlineage);
        catalog.pipelines[0].schedule = "daily at 05:00";
        catalog.pipelines[0].period = kernel::day;
        catalog.jobs[0].durations.assign(seconds > 0, seconds);
        for (const std::string& origin : origins) {
            const std::size_t place = catalog.datasets.size();
            catalog.datasets.push_back({.label = "db." + origin, .title = origin});
            catalog.jobs[0].reads.push_back(place);
            catalog.jobs[0].volumes.push_back({place, {1e9}});
            if (says) catalog.datasets[0].columns[0].derives_from.push_back({place, "v"});
        }
        return catalog;
    };
    const Node earlier = document(scenario_of(made({"old", "stays"}, true, 2)).text);
    const auto later = [&](const Catalog& catalog) {
        return update_of(earlier, document(scenario_of(catalog, "", names_in(earlier)).text),
                         scope_of(catalog));
    };
    const auto has = [](const std::vector<std::string>& lines, const std::string& part) {
        return std::any_of(lines.begin(), lines.end(),
                           [&](const std::string& line) { return line.find(part) != std::string::npos; });
    };
    const TwinUpdate told = later(made({"fresh", "stays"}, true, 2));
    CHECK(has(shown(told), "{set: a.columns.id, to: {type: int, derives_from: [stays.v, fresh.v]}}"));
    CHECK(has(told.notes,
              "1 origin of columns is removed, as what writes it no longer reads old: a.id from old.v"));
    CHECK(has(told.notes, "not in what was read, and stay: old, old_sizes"));
    // Also where the columns are not told of again.
    CHECK(has(shown(later(made({"stays"}, false, 2))),
              "{set: a.columns.id, to: {type: int, derives_from: [stays.v]}}"));
    CHECK(has(shown(later(made({"fresh"}, false, 2))), "{set: a.columns.id, to: {type: int}}"));
    // Without a whole run, what it reads is added to, and so is this.
    CHECK(has(shown(later(made({"fresh"}, true, 0))),
              "{set: a.columns.id, to: {type: int, derives_from: [old.v, stays.v, fresh.v]}}"));
}

TEST_CASE("tasks that are gone from a DAG go, and what else is not mentioned is named") {
    const auto dag = [](std::vector<std::string> tasks, bool has_all) {
        Catalog catalog = shop(std::move(tasks), CatalogSource::airflow);
        catalog.pipelines[0].has_all = has_all;
        return catalog;
    };
    const Node earlier = document(scenario_of(dag({"a", "b"}, true)).text);
    const auto later = [&](const Catalog& catalog) {
        return update_of(earlier, document(scenario_of(catalog, "", names_in(earlier)).text),
                         scope_of(catalog));
    };
    // A DAG says which tasks it has, and nothing of datasets.
    const TwinUpdate whole = later(dag({"a"}, true));
    CHECK(shown(whole) == std::vector<std::string>{"{remove: p.b}"});
    CHECK(whole.notes ==
          std::vector<std::string>{"1 element of the twin is not in what was read, and stays: b"});
    const TwinUpdate part = later(dag({"a"}, false));
    CHECK(part.edits.empty());
    CHECK(part.notes ==
          std::vector<std::string>{"2 elements of the twin are not in what was read, and stay: p.b, b"});
}

TEST_CASE("names are legal, unique and kept") {
    ElementNames names(std::map<std::string, std::string>{{"x", "load_2"}});
    CHECK(names.name("a", "load", "task") == "load_3");
    CHECK(names.name("x", "load", "task") == "load_2");
    CHECK(names.name("b", "db.public-orders", "task") == "db_public_orders");
    CHECK(names.name("c", "db/public/orders", "task") == "db_public_orders_2");
    CHECK(names.name("d", "1st", "task") == "task_1st");
    CHECK(names.name("e", "", "task") == "task_");
    CHECK(clean_text(" a\n\tb\x7f") == "a b");
    CHECK(clean_text("$(x)") == "$ (x)");
    CHECK(clean_text(std::string(500, 'x')).size() == 403);
}

TEST_CASE("what did not run this time is not gone") {
    const Node earlier = document(scenario_of(shop({"a", "b", "c"})).text);
    const Node now = document(scenario_of(shop({"a"}), "", names_in(earlier)).text);
    const TwinUpdate partial = update_of(
        earlier, now,
        {.complete = {"dbt"}, .there = {"job.b", "db.b", "db.c"}, .ordered = {}, .with_all_columns = {}});
    CHECK(shown(partial) == std::vector<std::string>{"{remove: p.c}"});
}

TEST_CASE("what an import does not say stays") {
    const std::string earlier = R"(understudy: 1
scenario: s
twin:
  pools:
    workers: {workers: 4, label: p (workers), tags: [openlineage]}
  datasets:
    t: {columns: {a: {type: int, nullable: false}, b: {type: int}}, label: n/t, owner: Human, description: mine, tags: [openlineage, gold]}
    u: {label: n/u, tags: [openlineage]}
  pipelines:
    p:
      schedule: daily at 03:00
      label: p
      tags: [openlineage]
      tasks:
        i: {runs_on: workers, label: p/i, tags: [openlineage]}
        j: {after: [i], reads: {u: new}, writes: t, runs_on: workers, service: 10s, failure: 5%, fails_after: 3s, owner: Human, label: p/j, tags: [openlineage]}
run: {length: 1d}
)";
    const auto edits = [&](const std::string& task, const std::string& columns, const ImportScope& scope) {
        const std::string now = R"(understudy: 1
scenario: s
twin:
  pools:
    workers: {workers: unlimited, label: p (workers), tags: [openlineage]}
  datasets:
    t: {)" + columns + R"(label: n/t, tags: [openlineage]}
    v: {label: n/v, tags: [openlineage]}
  pipelines:
    p:
      schedule: once
      label: p
      tags: [openlineage]
      tasks:
        j: {)" + task + R"(runs_on: workers, label: p/j, tags: [openlineage]}
)";
        std::vector<std::string> lines = shown(update_of(document(earlier), document(now), scope));
        REQUIRE(!lines.empty());
        CHECK(lines.front() == "{add: v, as: dataset, value: {label: n/v, tags: [openlineage]}}");
        lines.erase(lines.begin());
        return lines;
    };
    using Lines = std::vector<std::string>;
    CHECK(edits("", "", {}) == Lines{});
    // Without a whole run it is added to, with one it is as it says; no failure among runs is none.
    CHECK(edits("reads: {v: new}, writes: v, ", "", {}) ==
          Lines{"{set: p.j.reads, to: {u: new, v: new}}", "{set: p.j.writes, to: [t, v]}"});
    CHECK(edits("reads: {v: new}, writes: v, service: 9s, ", "", {}) ==
          Lines{"{set: p.j.reads, to: {v: new}}", "{set: p.j.writes, to: v}", "{set: p.j.service, to: 9s}",
                "{remove: p.j.failure}", "{remove: p.j.fails_after}"});
    // Of failures whose duration nobody knows the earlier one stays.
    CHECK(edits("reads: {v: new}, writes: v, service: 9s, failure: 6%, ", "", {}) ==
          Lines{"{set: p.j.reads, to: {v: new}}", "{set: p.j.writes, to: v}", "{set: p.j.service, to: 9s}",
                "{set: p.j.failure, to: 6%}"});
    // Columns: of what is known only some are said, unless the schema was.
    const std::string columns = "columns: {a: {type: bigint}}, ";
    CHECK(edits("", columns, {}) == Lines{"{set: t.columns.a, to: {type: bigint, nullable: false}}"});
    ImportScope scope;
    scope.with_all_columns = {"n/t"};
    CHECK(edits("", columns, scope) ==
          Lines{"{set: t.columns.a, to: {type: bigint, nullable: false}}", "{remove: t.columns.b}"});
    scope = {};
    scope.ordered = {"p/j"};
    CHECK(edits("", "", scope) == Lines{"{remove: p.j.after}"});
}

TEST_CASE("a job that has left its parent is waited for by nobody there") {
    const Node earlier = document(R"(understudy: 1
scenario: s
twin:
  pools:
    workers: {workers: unlimited, label: p (workers), tags: [openlineage]}
  pipelines:
    p:
      schedule: once
      label: p
      tags: [openlineage]
      tasks:
        a: {runs_on: workers, label: p/a, tags: [openlineage]}
        b: {after: [a, c], runs_on: workers, label: p/b, tags: [openlineage]}
        c: {runs_on: workers, label: p/c, tags: [openlineage]}
        d: {after: a, runs_on: workers, label: p/d, tags: [openlineage]}
run: {until: empty}
)");
    Node now = document(R"(understudy: 1
scenario: s
twin:
  pools:
    workers_2: {workers: unlimited, label: p/a (workers), tags: [openlineage]}
  pipelines:
    alone:
      schedule: once
      label: p/a
      tags: [openlineage]
      tasks:
        a: {runs_on: workers_2, label: p/a, tags: [openlineage]}
run: {until: empty}
)");
    ImportScope scope;
    scope.of_no_parent = {"p/a"};
    const TwinUpdate update = update_of(earlier, now, scope);
    Node twin = earlier;
    CHECK(make_edits(twin, update.edits) == "");
    const std::string text = write_document(twin);
    CHECK(text.find("after: [c]") != std::string::npos);
    CHECK(text.find("d: {runs_on: workers") != std::string::npos);
}

TEST_CASE("pools, retries and schedules that a source knows nothing of stay") {
    Catalog told = shop({"a", "b"}, CatalogSource::airflow);
    told.pipelines[0].schedule = "daily at 05:00 Europe/Berlin";
    told.pipelines[0].period = kernel::day;
    told.pools.push_back({.label = "spark", .title = "spark"});
    CatalogJob& job = told.jobs[0];
    job.pool = 0;
    job.pool_slots = 4;
    job.completed = 3;
    job.failed = 1;
    job.retries = 1;
    job.backoff = 60;
    job.may_retry = 2;
    const Node twin = document(scenario_of(told).text);
    Catalog seen = shop({"a", "b"}, CatalogSource::airflow);
    seen.jobs[0] = job;
    seen.jobs[0].pool.reset();
    seen.jobs[0].may_retry.reset();
    const auto with = [&](const char* schedule) {
        seen.pipelines[0].schedule = schedule;
        seen.pipelines[0].period = kernel::day;
        return shown(update_of(twin, document(scenario_of(seen).text), scope_of(seen)));
    };
    CHECK(with("daily at 04:00").empty());
    CHECK(with("daily at 03:00").empty());
    CHECK(with("daily at 06:00") == std::vector<std::string>{"{set: p.schedule, to: daily at 06:00}"});
    seen.jobs[0].backoff = 120;
    CHECK(with("daily at 04:00") ==
          std::vector<std::string>{"{set: p.a.retry, to: {times: 2, backoff: 2min}}"});
    // Where a source tells of pools, that there is none is told as well.
    seen = shop({"a", "b"}, CatalogSource::airflow);
    seen.pools.push_back({.label = "spark", .title = "spark"});
    seen.jobs[1].pool = 0;
    const auto edits = with("daily at 04:00");
    CHECK(std::find(edits.begin(), edits.end(), "{set: p.a.runs_on, to: workers}") != edits.end());
}

TEST_CASE("orders that stay make no circle") {
    const auto pipeline = [](const std::string& tasks) {
        return document(
            "understudy: 1\nscenario: s\ntwin:\n  pipelines:\n    p:\n      schedule: once\n      "
            "label: p\n      tasks:\n" +
            tasks);
    };
    const TwinUpdate update =
        update_of(pipeline("        a: {label: a}\n        b: {after: [a], label: b}\n"),
                  pipeline("        a: {after: [b], label: a}\n        b: {label: b}\n"), {});
    CHECK(shown(update) == std::vector<std::string>{"{set: p.a.after, to: [b]}", "{remove: p.b.after}"});
    CHECK(update.notes.size() == 1);
}

TEST_CASE("equal labels of two sources are two pipelines, also at the next import") {
    Catalog both = shop({"a"});
    unite(both, shop({"b"}, CatalogSource::openlineage));
    const std::string text = scenario_of(both).text;
    CHECK(text.find("label: p\n") != std::string::npos);
    CHECK(text.find("label: p (openlineage)\n") != std::string::npos);
    const Node twin = document(text);
    const CatalogTwin again = scenario_of(shop({"b"}, CatalogSource::openlineage), "", names_in(twin));
    CHECK(update_of(twin, document(again.text), {}).edits.empty());
    // Contracts of one name are one writer of all their tables.
    Catalog contracts = shop({"a"}, CatalogSource::odcs);
    unite(contracts, shop({"a", "b"}, CatalogSource::odcs));
    CHECK(contracts.pipelines.size() == 1);
    CHECK(contracts.jobs.size() == 2);
    CHECK(scenario_of(contracts).scenario.twin.pipelines.size() == 1);
    // What is longer than a label is told apart.
    CHECK(clean_label(std::string(500, 'x') + "a") != clean_label(std::string(500, 'x') + "b"));
    CHECK(clean_label("x y") == "x y");
}

namespace {

/// Jobs without a parent, each at its schedule: pipelines of one namespace.
Catalog jobs_at(const std::vector<std::pair<std::string, std::string>>& jobs, std::size_t runs = 1) {
    Catalog catalog;
    std::map<std::string, std::size_t> pipelines;
    for (const auto& [name, schedule] : jobs) {
        const auto [at, fresh] = pipelines.emplace(schedule, catalog.pipelines.size());
        if (fresh) {
            CatalogPipeline pipeline{.label = schedule.empty() ? "ns" : "ns " + schedule, .title = "ns"};
            pipeline.schedule = schedule;
            pipeline.period = schedule.empty() ? 0 : kernel::day;
            pipeline.of_no_parent = true;
            catalog.pipelines.push_back(pipeline);
        }
        CatalogJob job{.label = "ns/" + name, .title = name};
        job.pipeline = at->second;
        job.completed = static_cast<std::int64_t>(runs);
        for (std::size_t i = 0; i < runs; ++i) job.durations.push_back(60 + static_cast<double>(i));
        catalog.jobs.push_back(job);
    }
    return catalog;
}

TwinUpdate onto(const Node& earlier, const Catalog& catalog) {
    return update_of(earlier, document(scenario_of(catalog, "", names_in(earlier)).text), scope_of(catalog));
}

}  // namespace

TEST_CASE("a schedule that was moved makes no pipeline anew") {
    const Node earlier = document(scenario_of(jobs_at({{"a", "daily at 01:00"}})).text);
    CHECK(shown(onto(earlier, jobs_at({{"a", "daily at 02:00"}}))) ==
          std::vector<std::string>{"{set: ns.schedule, to: daily at 02:00}"});
    // Of two that part, the one that most stay in keeps the name, and the other is moved.
    const Node both = document(
        scenario_of(jobs_at({{"a", "daily at 01:00"}, {"b", "daily at 01:00"}, {"c", "daily at 01:00"}}))
            .text);
    const TwinUpdate parted =
        onto(both, jobs_at({{"a", "daily at 02:00"}, {"b", "daily at 01:00"}, {"c", "daily at 01:00"}}));
    CHECK(parted.added == 2);
    CHECK(shown(parted).back() == "{remove: ns.a}");
    const Node now = updated(both, parted);
    CHECK(onto(now, jobs_at({{"a", "daily at 02:00"}, {"b", "daily at 01:00"}, {"c", "daily at 01:00"}}))
              .edits.empty());
    // All into the other: nothing is left of the first.
    const TwinUpdate joined =
        onto(now, jobs_at({{"a", "daily at 02:00"}, {"b", "daily at 02:00"}, {"c", "daily at 02:00"}}));
    const Node one = updated(now, joined);
    const Entry* pipelines = one.find("twin")->value.find("pipelines");
    REQUIRE(pipelines->value.entries.size() == 1);
    CHECK(pipelines->value.entries[0].value.find("tasks")->value.entries.size() == 3);
}

TEST_CASE("a schedule that the run could not end with is left out, and said") {
    const Node earlier = document(scenario_of(jobs_at({{"a", ""}})).text);
    const TwinUpdate update = onto(earlier, jobs_at({{"a", "daily at 01:00"}}));
    CHECK(update.edits.empty());
    REQUIRE(update.notes.size() == 1);
    CHECK(update.notes[0].find("ns daily at 01:00: the run of the twin goes on until it is empty") == 0);
}

TEST_CASE("one run does not undo two hundred") {
    const auto at = [](std::size_t runs) { return jobs_at({{"a", "daily at 01:00"}}, runs); };
    const Node earlier = document(scenario_of(at(200)).text);
    const TwinUpdate one = onto(earlier, at(1));
    CHECK(one.edits.empty());
    REQUIRE(one.notes.size() == 1);
    CHECK(one.notes[0].find(
              "service, failure, fails_after and retry of 1 task stay as an earlier import has it") == 0);
    // As many as are enough, or more than there were.
    CHECK(shown(onto(earlier, at(30))) ==
          std::vector<std::string>{"{set: ns.a.service, to: lognormal(mean 74.5s cv 0.1182)}",
                                   "{set: ns.a.tags, to: [openlineage, 30 runs]}"});
    const Node few = document(scenario_of(at(2)).text);
    CHECK(onto(few, at(1)).edits.empty());
    CHECK(shown(onto(few, at(3))).size() == 2);
}

}  // namespace understudy::formats
