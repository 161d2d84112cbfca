// Promised: events in any order and number make the same catalog; a run without START or end has no duration; the newest
// word on a dataset counts; parents make pipelines; order, retries, instances and runs left out are those of the events.
// Shown on a handful of events, written here.
#include "tools/formats/catalogs/openlineage.h"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <vector>

#include "tools/formats/catalogs/catalog_twin.h"
#include "tools/formats/catalogs/json_members.h"

namespace understudy::formats {

namespace {

/// `second` after the hour; `more`: members behind the standard ones, beginning with a comma.
std::string event(const std::string& type, int second, const std::string& run, const std::string& job,
                  const std::string& more = "") {
    return fmt::format(
        R"({{"eventType":"{}","eventTime":"2026-03-09T05:{:02}:{:02}Z","run":{{"runId":"{}","facets":{{}}}},"job":{{"namespace":"ns","name":"{}"}}{}}})",
        type, second / 60, second % 60, run, job, more);
}

std::string with_parent(std::string text, const std::string& parent) {
    const std::string facet =
        fmt::format(R"("facets":{{"parent":{{"job":{{"namespace":"ns","name":"{}"}}}}}})", parent);
    const std::string none = R"("facets":{})";
    return text.replace(text.find(none), none.size(), facet);
}

Catalog catalog_of(const std::vector<std::string>& events, std::string* problems = nullptr) {
    OpenLineageEvents all;
    ImportProblems found;
    simdjson::dom::parser parser;
    std::int64_t line = 0;
    for (const std::string& text : events) {
        JsonValue value;
        REQUIRE(parser.parse(text).get(value) == simdjson::SUCCESS);
        all.add(value, "events", ++line, found);
    }
    if (problems != nullptr) *problems = found.show();
    return all.take();
}

/// How many of the lines say that.
std::ptrdiff_t lists(const std::vector<std::string>& lines, const std::string& part) {
    return std::count_if(lines.begin(), lines.end(),
                         [&](const std::string& line) { return line.find(part) != std::string::npos; });
}

}  // namespace

TEST_CASE("runs are what their events say, and no more") {
    const std::vector<std::string> events = {
        event("START", 0, "a", "load"),     event("COMPLETE", 10, "a", "load"),
        event("START", 20, "b", "load"),    event("FAIL", 25, "b", "load"),
        event("COMPLETE", 40, "c", "load"), event("START", 50, "d", "load"),
        event("RUNNING", 60, "e", "load"),  event("START", 90, "f", "load"),
        event("COMPLETE", 80, "f", "load"), event("COMPLETE", 110, "g", "load"),
        event("START", 100, "g", "load"),
    };
    const Catalog catalog = catalog_of(events);
    CHECK(catalog.counts.runs == 7);
    CHECK(catalog.counts.usable_durations == 3);
    CHECK(catalog.counts.runs_without_start == 1);
    CHECK(catalog.counts.runs_without_end == 1);
    CHECK(catalog.counts.runs_without_both == 1);
    CHECK(catalog.counts.runs_that_end_before_they_start == 1);
    CHECK(catalog.counts.failed_runs == 1);
    REQUIRE(catalog.jobs.size() == 1);
    CHECK(catalog.jobs[0].label == "ns/load");
    CHECK(catalog.jobs[0].durations == std::vector<double>{10, 10});
    CHECK(catalog.jobs[0].failed_durations == std::vector<double>{5});
}

TEST_CASE("order and repetition change nothing") {
    const std::string schema =
        R"(,"outputs":[{"namespace":"db","name":"t","facets":{"schema":{"fields":[{"name":"id","type":"int"}]}}}])";
    const std::string newer =
        R"(,"outputs":[{"namespace":"db","name":"t","facets":{"schema":{"fields":[{"name":"id","type":"bigint"},{"name":"at"}]}}}])";
    std::vector<std::string> events = {
        with_parent(event("START", 0, "a", "load", schema), "day"),
        with_parent(event("COMPLETE", 9, "a", "load", newer), "day"),
        with_parent(event("START", 10, "b", "clean", R"(,"inputs":[{"namespace":"db","name":"t"}])"), "day"),
        with_parent(event("ABORT", 15, "b", "clean"), "day"),
        event("START", 0, "d", "day"),
        event("COMPLETE", 16, "d", "day"),
    };
    const std::string text = scenario_of(catalog_of(events)).text;
    CHECK(text.find("type: bigint") != std::string::npos);
    CHECK(text.find("schedule: once") != std::string::npos);
    std::sort(events.begin(), events.end());
    do {
        std::vector<std::string> repeated = events;
        repeated.insert(repeated.end(), events.rbegin(), events.rend());
        const Catalog catalog = catalog_of(repeated);
        REQUIRE(catalog.counts.repeated_events == 6);
        REQUIRE(scenario_of(catalog).text == text);
    } while (std::next_permutation(events.begin(), events.begin() + 4));
}

TEST_CASE("who is below whom") {
    const Catalog catalog = catalog_of({
        with_parent(event("START", 0, "1", "day.spark", R"(,"inputs":[{"namespace":"db","name":"a"}])"),
                    "day"),
        with_parent(event("COMPLETE", 30, "1", "day.spark"), "day"),
        with_parent(
            event("COMPLETE", 20, "2", "day.spark.query", R"(,"outputs":[{"namespace":"db","name":"b"}])"),
            "day.spark"),
        event("COMPLETE", 5, "3", "alone"),
    });
    REQUIRE(catalog.pipelines.size() == 2);
    REQUIRE(catalog.jobs.size() == 2);
    const CatalogJob& spark = catalog.jobs[catalog.jobs[0].label == "ns/day.spark" ? 0 : 1];
    CHECK(catalog.pipelines[spark.pipeline].label == "ns/day");
    CHECK(spark.reads.size() == 1);
    CHECK(spark.writes.size() == 1);
    CHECK(catalog.counts.jobs == 3);
    CHECK(catalog.counts.parents == 1);
    CHECK(catalog.counts.edges == 2);
}

TEST_CASE("columns that come from columns") {
    const Catalog catalog = catalog_of({event(
        "COMPLETE", 5, "1", "load",
        R"(,"outputs":[{"namespace":"db","name":"t","facets":{"columnLineage":{"fields":{"x":{"inputFields":[{"namespace":"db","name":"s","field":"y"}]}}}}}])")});
    REQUIRE(catalog.datasets.size() == 2);
    CHECK(catalog.counts.column_origins == 1);
    CHECK(catalog.datasets[1].columns.at(0).derives_from == std::vector<ColumnOrigin>{{0, "y"}});
    CHECK(scenario_of(catalog).text.find("derives_from: [s.y]") != std::string::npos);
}

TEST_CASE("what is no event says why") {
    std::string problems;
    catalog_of({R"({"eventType":"START","job":{"namespace":"ns"},"run":{}})", event("DONE", 1, "a", "b")},
               &problems);
    CHECK(problems ==
          "events:1: error: is no OpenLineage event: lacks eventTime, job.name, run.runId\n"
          "events:2: error: eventType 'DONE' is none of START, RUNNING, COMPLETE, ABORT, FAIL, OTHER\n");
}

namespace {

const CatalogJob& job_called(const Catalog& catalog, const std::string& label) {
    const auto found = std::find_if(catalog.jobs.begin(), catalog.jobs.end(),
                                    [&](const CatalogJob& one) { return one.label == label; });
    REQUIRE(found != catalog.jobs.end());
    return *found;
}

/// Members of `run.facets`, from outside of events.
std::string with_facets(std::string text, const std::string& facets) {
    const std::string none = R"("facets":{})";
    return text.replace(text.find(none), none.size(), "\"facets\":{" + facets + "}");
}

std::string below(const std::string& run, const std::string& job, const std::string& more = "") {
    return fmt::format(R"("parent":{{"run":{{"runId":"{}"}},"job":{{"namespace":"ns","name":"{}"}}{}}})", run,
                       job, more);
}

}  // namespace

TEST_CASE("the order of tasks goes through those that send no events") {
    const auto airflow = [](const std::string& before, const std::string& behind) {
        return below("r", "d") + R"(,"airflow":{"dag":{"dag_id":"d"},"task":{"upstream_task_ids":")" +
               before + R"(","downstream_task_ids":")" + behind + "\"}}";
    };
    const Catalog catalog = catalog_of({
        with_facets(event("COMPLETE", 5, "a", "d.a"), airflow("[]", "['mid']")),
        with_facets(event("COMPLETE", 9, "b", "d.b"), airflow("['mid']", "[]")),
    });
    REQUIRE(catalog.jobs.size() == 2);
    CHECK(catalog.jobs[1].after == std::vector<std::size_t>{0});
    CHECK(catalog.jobs[1].has_order);
    // The same where the DAG alone lists its tasks.
    std::string dag = event("START", 0, "r", "d");
    dag.replace(dag.find("\"name\":\"d\""), 10,
                R"("name":"d","facets":{"airflow":{"tasks":{"a":{"downstream_task_ids":["mid"]},)"
                R"("mid":{"downstream_task_ids":["b"]},"b":{"downstream_task_ids":[]}}}})");
    const Catalog listed = catalog_of({dag, with_facets(event("COMPLETE", 5, "a", "d.a"), below("r", "d")),
                                       with_facets(event("COMPLETE", 9, "b", "d.b"), below("r", "d"))});
    REQUIRE(listed.jobs.size() == 2);
    CHECK(listed.jobs[1].after == std::vector<std::size_t>{0});
}

TEST_CASE("what Airflow is told of pools, retries and schedules") {
    const auto facets = [](const std::string& task, const std::string& dag = "") {
        return below("r", "d") + R"(,"airflow":{"dag":{"dag_id":"d")" + dag + R"(},"task":{)" + task + "}}";
    };
    const std::string dag = R"(,"schedule_interval":"0 5 * * *","timezone":"Europe/Berlin")";
    const std::string spark =
        R"("pool":"spark","pool_slots":4,"retries":"3","retry_delay":"0:05:00","trigger_rule":"TriggerRule.ALL_DONE")";
    const Catalog catalog = catalog_of({
        with_facets(event("START", 0, "1", "d.a"), facets(spark, dag)),
        with_facets(event("FAIL", 5, "1", "d.a"), facets(spark, dag)),
        with_facets(event("START", 10, "2", "d.b"), facets(R"("pool":"default_pool","retries":1)")),
        with_facets(event("COMPLETE", 15, "2", "d.b"), facets(R"("trigger_rule":"one_failed")")),
    });
    REQUIRE(catalog.pipelines.size() == 1);
    CHECK(catalog.pipelines[0].schedule == "daily at 05:00 Europe/Berlin");
    REQUIRE(catalog.pools.size() == 1);
    CHECK(catalog.pools[0].title == "spark");
    REQUIRE(catalog.jobs.size() == 2);
    CHECK(catalog.jobs[0].pool == 0);
    CHECK(catalog.jobs[0].pool_slots == 4);
    CHECK(catalog.jobs[0].may_retry == 3);
    CHECK(catalog.jobs[0].retry_delay == 300);
    CHECK(catalog.jobs[0].trigger_rule == "all_done");
    CHECK(!catalog.jobs[1].pool);
    const CatalogTwin twin = scenario_of(catalog);
    CHECK(twin.text.find("runs_on: {spark: 4}") != std::string::npos);
    CHECK(twin.text.find("retry: {times: 3, backoff: 5min}") != std::string::npos);
    CHECK(lists(twin.not_used, "trigger rule one_failed of 1 task") == 1);
    CHECK(lists(twin.not_used, "retries of 1 task that never failed") == 1);
}

TEST_CASE("what runs depend on, tags, fields within columns, and tables that come and go") {
    const auto with = [](std::string text, const std::string& facets) {
        return with_facets(std::move(text), facets);
    };
    const auto behind = [](const std::string& job) {
        return R"("jobDependencies":{"upstream":[{"job":{"namespace":"ns","name":")" + job + R"("}}]})";
    };
    const std::string out =
        R"(,"outputs":[{"namespace":"db","name":"t","facets":{"tags":{"tags":[{"key":"pii","value":"true"},{"key":"tier","value":"gold"},{"key":"x","value":"y","field":"c"}]},"schema":{"fields":[{"name":"c","type":"struct","fields":[{"name":"d","fields":[{"name":"e"}]}]}]}}}])";
    const Catalog catalog = catalog_of({
        with(event("COMPLETE", 5, "1", "d.a", out), below("r", "d")),
        with(event("COMPLETE", 9, "2", "d.b"),
             below("r", "d") + "," + behind("d.a") + R"(,"tags":{"tags":[]})"),
        with(
            event(
                "COMPLETE", 9, "3", "other",
                R"(,"outputs":[{"namespace":"db","name":"t","facets":{"lifecycleStateChange":{"lifecycleStateChange":"DROP"}}},{"namespace":"db","name":"u","facets":{"lifecycleStateChange":{"lifecycleStateChange":"RENAME","previousIdentifier":{"namespace":"db","name":"v"}}}}])"),
            behind("d.b")),
    });
    REQUIRE(catalog.jobs.size() == 3);
    CHECK(catalog.jobs[1].label == "ns/d.b");
    CHECK(catalog.jobs[1].after == std::vector<std::size_t>{0});
    CHECK(catalog.jobs[2].after.empty());
    CHECK(catalog.jobs[2].writes.size() == 1);
    CHECK(catalog.datasets.at(0).tags == std::vector<std::string>{"pii", "tier=gold"});
    CHECK(catalog.counts.edges == 2);
    const auto says = [](const std::vector<std::string>& lines, const std::string& line) {
        return std::find(lines.begin(), lines.end(), line) != lines.end();
    };
    CHECK(says(catalog.notes, "1 dataset is dropped: who does that writes nothing"));
    CHECK(says(catalog.notes, "1 dataset had another name before: both are in the twin"));
    CHECK(says(catalog.not_used, "2 fields within columns, which are taken as a whole"));
    CHECK(says(catalog.not_used, "1 column with tags of its own"));
    CHECK(says(catalog.not_used, "tags of runs"));
    CHECK(says(catalog.not_used, "1 order of a job behind one of another pipeline"));
}

TEST_CASE("owners are all named, who owns before who looks after") {
    const Catalog catalog = catalog_of({event(
        "COMPLETE", 5, "1", "a",
        R"(,"outputs":[{"namespace":"db","name":"t","facets":{"ownership":{"owners":[{"name":"team:b","type":"STEWARD"},{"name":"x; y","type":"OWNER"},{"name":"team:b"}]}}}])")});
    CHECK(catalog.datasets.at(0).owner == "x, y; team:b");
}

TEST_CASE("a facet that is deleted says no more, whatever the order of events") {
    const auto facets = [](const std::string& owner, const std::string& fields, const std::string& lineage,
                           const std::string& tags) {
        return R"(,"outputs":[{"namespace":"db","name":"t","facets":{"ownership":{)" + owner +
               R"(},"schema":{)" + fields + R"(},"columnLineage":{)" + lineage + R"(},"tags":{)" + tags +
               R"(},"documentation":{"description":"old"}}}])";
    };
    const std::string gone = R"("_deleted":true)";
    const std::string told =
        facets(R"("owners":[{"name":"old"}])", R"("fields":[{"name":"y","type":"int"}])",
               R"("fields":{"y":{"inputFields":[{"namespace":"db","name":"a","field":"x"}]}})",
               R"("tags":[{"key":"pii","value":"true"}])");
    const std::string later = R"(,"outputs":[{"namespace":"db","name":"t","facets":{"tags":{)"
                              R"("tags":[{"key":"gold","value":"true"}]}}}])";
    std::vector<std::string> events = {event("START", 1, "1", "a", told),
                                       event("COMPLETE", 5, "1", "a", facets(gone, gone, gone, gone)),
                                       event("COMPLETE", 9, "2", "a", later)};
    for (int order = 0; order < 2; ++order) {
        const Catalog catalog = catalog_of(events);
        const auto table = std::find_if(catalog.datasets.begin(), catalog.datasets.end(),
                                        [](const CatalogDataset& one) { return one.label == "db/t"; });
        REQUIRE(table != catalog.datasets.end());
        CHECK(table->owner.empty());
        CHECK(table->columns.empty());
        CHECK_FALSE(table->has_all_columns);
        CHECK(table->description == "old");
        CHECK(table->tags == std::vector<std::string>{"gold"});
        CHECK(catalog.counts.column_origins == 0);
        std::reverse(events.begin(), events.end());
    }
    // What is told after it counts.
    events.push_back(event("COMPLETE", 11, "3", "a", told));
    const Catalog again = catalog_of(events);
    CHECK(again.counts.column_origins == 1);
    CHECK(again.counts.columns == 1);
}

TEST_CASE("tasks that were one after the other, where the parent sends no events") {
    const auto said = [](int from_of_second) {
        const Catalog catalog = catalog_of({
            with_facets(event("START", 0, "1", "app.a"), below("r", "app")),
            with_facets(event("COMPLETE", 50, "1", "app.a"), below("r", "app")),
            with_facets(event("START", from_of_second, "2", "app.b"), below("r", "app")),
            with_facets(event("COMPLETE", 110, "2", "app.b"), below("r", "app")),
        });
        std::string lines;
        for (const std::string& line : catalog.assumed) lines += line + "\n";
        return lines.find("one after the other") != std::string::npos;
    };
    CHECK(said(60));
    CHECK(!said(40));
}

TEST_CASE("a failure and the next try of the same run is a retry") {
    std::vector<std::string> events;
    for (int day = 0; day < 4; ++day) {
        const std::string parent = below(fmt::format("r{}", day), "d");
        const auto run = [&](const std::string& end, int from, int to, const std::string& id) {
            events.push_back(with_facets(event("START", 100 * day + from, id, "d.x"), parent));
            events.push_back(with_facets(event(end, 100 * day + to, id, "d.x"), parent));
        };
        run("FAIL", 0, 10, fmt::format("a{}", day));
        run("COMPLETE", 40, 60, fmt::format("b{}", day));
    }
    const Catalog catalog = catalog_of(events);
    REQUIRE(catalog.jobs.size() == 1);
    CHECK(catalog.jobs[0].retries == 1);
    CHECK(catalog.jobs[0].backoff == 30);
    CHECK(scenario_of(catalog).text.find(
              "failure: 50%, fails_after: 10s, retry: {times: unlimited, backoff: 30s}") !=
          std::string::npos);
    // Where one was given up, it is known how often.
    events.pop_back();
    events.push_back(with_facets(event("FAIL", 390, "b3", "d.x"), below("r3", "d")));
    const std::string text = scenario_of(catalog_of(events)).text;
    CHECK(text.find("failure: 62.5%, fails_after: lognormal(mean 18s cv ") != std::string::npos);
    CHECK(text.find(", retry: {times: 1, backoff: 30s}") != std::string::npos);
    // In another run of the pipeline it is not.
    const Catalog other = catalog_of({events[0], events[1], events[6], events[7]});
    CHECK(other.jobs[0].retries == 0);
}

TEST_CASE("what fails and is being tried again while the log ends has no law yet") {
    const Catalog catalog = catalog_of({with_facets(event("START", 0, "1", "d.x"), below("r", "d")),
                                        with_facets(event("FAIL", 10, "1", "d.x"), below("r", "d")),
                                        with_facets(event("START", 70, "2", "d.x"), below("r", "d"))});
    const auto twin = scenario_of(catalog);
    CHECK(twin.text.find("service: ") != std::string::npos);
    CHECK(twin.text.find("failure") == std::string::npos);
    CHECK(lists(twin.assumed, "1 task has failed, is being tried again and has not ended well yet") == 1);
}

TEST_CASE("a job under two parents is a task of both") {
    const Catalog catalog = catalog_of({
        with_facets(event("START", 0, "1", "common"), below("a", "A")),
        with_facets(event("COMPLETE", 10, "1", "common"), below("a", "A")),
        with_facets(event("START", 20, "2", "common"), below("b", "B")),
        with_facets(event("COMPLETE", 50, "2", "common"), below("b", "B")),
    });
    REQUIRE(catalog.pipelines.size() == 2);
    REQUIRE(catalog.jobs.size() == 2);
    for (const CatalogJob& job : catalog.jobs)
        CHECK(job.durations ==
              std::vector<double>{catalog.pipelines[job.pipeline].label == "ns/A" ? 10.0 : 30.0});
    CHECK(scenario_of(catalog).scenario.twin.pipelines.size() == 2);
}

TEST_CASE("runs of the pipeline are counted in which a task was, and instances are one") {
    std::vector<std::string> events;
    for (int day = 0; day < 10; ++day) {
        const std::string id = fmt::format("r{}", day);
        const auto run = [&](const std::string& job, int from, int to, int instance) {
            const std::string facets =
                below(id, "d") + fmt::format(R"(,"airflowMappedTask":{{"mapIndex":{}}})", instance);
            const std::string own = fmt::format("{}{}{}", job, day, instance);
            events.push_back(with_facets(event("START", 60 * day + from, own, job), facets));
            events.push_back(with_facets(event("COMPLETE", 60 * day + to, own, job), facets));
        };
        events.push_back(event("START", 60 * day, id, "d"));
        events.push_back(event("COMPLETE", 60 * day + 59, id, "d"));
        for (int i = 0; i < 4; ++i) run("d.mapped", 5 * i, 5 * i + 5, i);
        if (day == 3) run("d.repair", 30, 50, -1);
    }
    const Catalog catalog = catalog_of(events);
    const CatalogJob &mapped = job_called(catalog, "ns/d.mapped"),
                     &repair = job_called(catalog, "ns/d.repair");
    CHECK(mapped.durations == std::vector<double>(10, 20.0));
    CHECK(mapped.instances == 4);
    CHECK(mapped.present_in == 10);
    CHECK(repair.present_in == 1);
    CHECK(repair.runs_of_pipeline == 10);
    const CatalogTwin twin = scenario_of(catalog);
    CHECK(twin.text.find("service: mix(10% 20s or 90% 0s)") != std::string::npos);
    CHECK(std::count_if(twin.assumed.begin(), twin.assumed.end(), [](const std::string& line) {
              return line.starts_with("1 task was in part") || line.starts_with("1 task has several");
          }) == 2);
}

TEST_CASE("the root is the pipeline, also where what is between sends no events") {
    const auto facets = [](const std::string& run, const std::string& task) {
        return below(run, task, R"(,"root":{"run":{"runId":"r"},"job":{"namespace":"ns","name":"etl"}})");
    };
    const Catalog catalog = catalog_of({
        with_facets(event("COMPLETE", 5, "1", "spark_load", R"(,"outputs":[{"namespace":"db","name":"x"}])"),
                    facets("l", "etl.load")),
        with_facets(event("COMPLETE", 9, "2", "spark_tr", R"(,"inputs":[{"namespace":"db","name":"x"}])"),
                    facets("t", "etl.tr")),
    });
    REQUIRE(catalog.pipelines.size() == 1);
    CHECK(catalog.pipelines[0].label == "ns/etl");
    REQUIRE(catalog.jobs.size() == 2);
    CHECK(job_called(catalog, "ns/spark_tr").reads == job_called(catalog, "ns/spark_load").writes);
}

TEST_CASE("a pipeline's own times are held against those of its tasks") {
    const auto said = [](int from_of_second) {
        const Catalog catalog = catalog_of({
            event("START", 0, "r", "app"),
            with_facets(event("START", 0, "1", "app.a"), below("r", "app")),
            with_facets(event("COMPLETE", 50, "1", "app.a"), below("r", "app")),
            with_facets(event("START", from_of_second, "2", "app.b"), below("r", "app")),
            with_facets(event("COMPLETE", 110, "2", "app.b"), below("r", "app")),
            event("COMPLETE", 120, "r", "app"),
        });
        CHECK(catalog.pipelines.at(0).recorded_span == 120 * kernel::second);
        std::string lines;
        for (const std::string& line : catalog.assumed) lines += line + "\n";
        return lines;
    };
    CHECK(said(60).find("that time is not in the twin: ns/app (20s of 120s)") != std::string::npos);
    CHECK(said(60).find("the tasks of 1 pipeline were one after the other") != std::string::npos);
    CHECK(said(40).find("one after the other") == std::string::npos);
    // The pause before another try is in the twin.
    const Catalog tried = catalog_of({
        event("START", 0, "r", "app"),
        with_facets(event("START", 0, "1", "app.a"), below("r", "app")),
        with_facets(event("FAIL", 40, "1", "app.a"), below("r", "app")),
        with_facets(event("START", 70, "2", "app.a"), below("r", "app")),
        with_facets(event("COMPLETE", 110, "2", "app.a"), below("r", "app")),
        event("COMPLETE", 120, "r", "app"),
    });
    CHECK(tried.jobs.at(0).backoff == 30);
    std::string lines;
    for (const std::string& line : tried.assumed) lines += line + "\n";
    CHECK(lines.find("that time is not in the twin: ns/app (10s of 120s)") != std::string::npos);
}

TEST_CASE("work of months is as long as it was") {
    std::string end = event("COMPLETE", 0, "r", "app");
    end.replace(end.find("2026-03-09T05:00:00Z"), 20, "2026-11-07T06:20:00Z");
    const std::string text = scenario_of(catalog_of({event("START", 0, "r", "app"), end})).text;
    CHECK(text.find("service: 21000000s") != std::string::npos);
}

TEST_CASE("all of a dataset may come from a column, and it may have another name") {
    const Catalog catalog = catalog_of(
        {event(
             "COMPLETE", 5, "1", "load",
             R"(,"outputs":[{"namespace":"s3","name":"t","facets":{"schema":{"fields":[{"name":"x"},{"name":"y"}]},)"
             R"("symlinks":{"identifiers":[{"namespace":"hive","name":"db.t"}]},"columnLineage":{"fields":{},)"
             R"("dataset":[{"namespace":"db","name":"f","field":"k"}]}}}])"),
         event("COMPLETE", 9, "2", "read", R"(,"inputs":[{"namespace":"hive","name":"db.t"}])")});
    REQUIRE(catalog.datasets.size() == 2);
    CHECK(catalog.datasets[1].label == "s3/t");
    for (const CatalogColumn& column : catalog.datasets[1].columns)
        CHECK(column.derives_from == std::vector<ColumnOrigin>{{0, "k"}});
    CHECK(job_called(catalog, "ns/read").reads == std::vector<std::size_t>{1});
}

TEST_CASE("what comes from outside is as large as runs read, and what they write goes by it") {
    const auto sized = [](int day, const char* type, double gigabytes) {
        const auto bytes = static_cast<std::int64_t>(gigabytes * 1e9);
        return fmt::format(
            R"({{"eventType":"{}","eventTime":"2026-03-{:02}T05:0{}:00Z","run":{{"runId":"{}","facets":{{"nominalTime":{{"nominalStartTime":"2026-03-{:02}T05:00:00Z"}}}}}},"job":{{"namespace":"ns","name":"load"}},)"
            R"("inputs":[{{"namespace":"db","name":"raw","inputFacets":{{"inputStatistics":{{"rowCount":1,"size":{}}}}}}}],)"
            R"("outputs":[{{"namespace":"db","name":"t","outputFacets":{{"outputStatistics":{{"size":{}}}}}}}]}})",
            type, day, *type == 'S' ? 0 : 1, day, day, bytes, bytes / 4);
    };
    std::vector<std::string> events;
    for (int day = 1; day <= 8; ++day)
        for (const char* type : {"START", "COMPLETE"})
            events.push_back(sized(day, type, day % 2 == 0 ? 1 : 3));
    const CatalogTwin twin = scenario_of(catalog_of(events));
    CAPTURE(twin.text);
    REQUIRE(twin.scenario.loads.size() == 1);
    const models::Load& load = twin.scenario.loads[0];
    CHECK(load.description.label == "db/raw (recorded sizes)");
    CHECK(load.size.terms.at(0).law.mean() == doctest::Approx(2e9));
    CHECK(twin.text.find(
              "{arrivals: every 1d, first: 150min, size: lognormal(mean 2GB cv 0.5345), writes: raw") !=
          std::string::npos);
    CHECK(twin.text.find("emits: {size: 25%}") != std::string::npos);
    CHECK(std::count(twin.not_used.begin(), twin.not_used.end(),
                     "numbers of rows and files in statistics of inputs and outputs") == 1);
    std::reverse(events.begin(), events.end());
    CHECK(scenario_of(catalog_of(events)).text == twin.text);
    // Nothing says when the one run is due.
    const CatalogTwin once = scenario_of(catalog_of({events[0], events[1]}));
    CHECK(once.scenario.loads.empty());
    CHECK(std::any_of(once.not_used.begin(), once.not_used.end(), [](const std::string& line) {
        return line.starts_with("sizes of 1 dataset from outside: ");
    }));
}

TEST_CASE("what failed and completed under one id is told") {
    const Catalog catalog = catalog_of({event("START", 0, "a", "load"), event("FAIL", 10, "a", "load"),
                                        event("START", 20, "a", "load"), event("COMPLETE", 50, "a", "load")});
    CHECK(catalog.counts.failed_runs == 0);
    CHECK(std::any_of(catalog.notes.begin(), catalog.notes.end(), [](const std::string& note) {
        return note.find("1 run failed and then completed under one id") == 0;
    }));
}

namespace {

/// A run of 10 minutes that began `second` seconds after midnight of a day of March.
void add_run(std::vector<std::string>& events, int day, int second, const std::string& job,
             const std::string& more = "") {
    for (const auto& [type, at] : {std::pair("START", second), {"COMPLETE", second + 600}})
        events.push_back(fmt::format(
            R"({{"eventType":"{}","eventTime":"2026-03-{:02}T{:02}:{:02}:{:02}Z","run":{{"runId":"{}{}{}","facets":{{}}}},"job":{{"namespace":"ns","name":"{}"}}{}}})",
            type, day, at / 3600, at / 60 % 60, at % 60, job, day, second, job, more));
}

bool tells(const std::vector<std::string>& lines, const std::string& part) {
    return std::any_of(lines.begin(), lines.end(),
                       [&](const std::string& line) { return line.find(part) != std::string::npos; });
}

}  // namespace

TEST_CASE("what nothing says the schedule of is due as its runs began") {
    constexpr int five = 5 * 3600;
    std::vector<std::string> events;
    for (int day = 1; day <= 10; ++day) {
        add_run(events, day, five + 7 * day % 11, "load", R"(,"outputs":[{"namespace":"db","name":"a"}])");
        // When what it reads is there.
        add_run(events, day, five + 700 + 31 * day * day % 500, "report",
                R"(,"inputs":[{"namespace":"db","name":"a"}])");
    }
    const Catalog catalog = catalog_of(events);
    REQUIRE(catalog.pipelines.size() == 1);
    CHECK(catalog.pipelines[0].schedule == "daily at 05:00");
    CHECK(catalog.pipelines[0].period == kernel::day);
    CHECK(tells(catalog.assumed, "ns (daily at 05:00, as 10 runs began up to 10s late)"));
    // Of runs of a parent that sends nothing itself, the first of each.
    std::vector<std::string> tasks;
    for (const std::string& text : events) {
        const std::string day = text.substr(text.find("2026-03-") + 8, 2);
        tasks.push_back(with_facets(text, below("parent" + day, "dag")));
    }
    CHECK(catalog_of(tasks).pipelines.at(0).schedule == "daily at 05:00");
    // Jobs that share nothing and begin at different times.
    for (int day = 1; day <= 10; ++day) add_run(events, day, 3600 * 9, "other");
    const Catalog apart = catalog_of(events);
    CHECK(apart.pipelines.at(0).schedule.empty());
    CHECK(tells(apart.notes, "ns (ns/load daily at 05:00, ns/other daily at 09:00)"));
    std::vector<std::string> wild;
    for (int day = 1; day <= 10; ++day) add_run(wild, day, 7919 * day * day % 80000, "load");
    CHECK(catalog_of(wild).pipelines.at(0).schedule.empty());
    CHECK(tells(catalog_of(wild).notes,
                "1 pipeline has no schedule and no nominal times, and runs that began"));
}

TEST_CASE("times without a zone are told") {
    std::vector<std::string> events = {event("START", 0, "a", "load"), event("COMPLETE", 10, "a", "load")};
    CHECK_FALSE(tells(catalog_of(events).assumed, "no zone"));
    for (std::string& text : events) text.erase(text.find("Z\""), 1);
    CHECK(tells(catalog_of(events).assumed, "the time of 2 events is in UTC: they say no zone"));
    events.front().insert(events.front().find("\",\"run\""), "+01:00");
    CHECK(tells(catalog_of(events).assumed, "the time of 1 event is in UTC: it says no zone"));
}

}  // namespace understudy::formats
