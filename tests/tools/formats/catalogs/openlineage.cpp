// Promised: events in any order and number make the same catalog; a run without START or end has no duration; the newest
// word on a dataset counts; parents make pipelines. Shown on a handful of events, written here.
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

}  // namespace understudy::formats
