// Promised: a job of which one column has no origin may read any column of what it reads; one whose columns are all told,
// some of them as made of nothing, does not. Who answers for a column is who answers for its dataset. Shown: a job with one
// column more or less.
#include "models/knowledge/column_lineage.h"

#include <doctest/doctest.h>

#include <string>

#include "models/knowledge/column_readers.h"
#include "tools/formats/language/scenario_reader.h"
#include "tools/formats/language/scenario_writer.h"

using namespace understudy;
using namespace understudy::models;

namespace {

Scenario with_third_column(const std::string& third) {
    auto reading = formats::read_scenario(R"(understudy: 1
scenario: lineage
twin:
  datasets:
    raw: {owner: ingestion, columns: {id: {type: int}, amount: {type: int}, note: {type: text}}}
    sums: {columns: {id: {derives_from: [raw.id]}, total: {derives_from: [raw.amount]})" +
                                              third + R"(}}
  pipelines:
    nightly: {schedule: once, tasks: {add: {reads: {raw: new}, writes: sums}}}
run: {until: empty, replications: 1}
)",
                                          "s.yaml");
    INFO(reading.diagnostics.show());
    REQUIRE(reading.scenario);
    return *reading.scenario;
}

}  // namespace

TEST_CASE("who may read a column goes by all columns that a job writes") {
    struct Case {
        const char *third, *column;
        std::size_t reading, unknown;
    };
    for (const Case& one : {Case{"", "raw.note", 0, 0}, Case{", extra: {type: text}", "raw.note", 0, 1},
                            Case{", extra: {type: text, derives_from: []}", "raw.note", 0, 0},
                            Case{", extra: {derives_from: [raw.note]}", "raw.note", 1, 0},
                            Case{", extra: {type: text}", "raw.amount", 1, 0}}) {
        CAPTURE(one.third);
        CAPTURE(one.column);
        const KnowledgeGraph knowledge(with_third_column(one.third));
        const auto column = knowledge.find(Thing::column, one.column);
        REQUIRE(column);
        const ColumnLineage lineage = lineage_of_column(knowledge.graph(), *column);
        CHECK(lineage.reading.size() == one.reading);
        CHECK(lineage.unknown.size() == one.unknown);
        CHECK(readers_of(knowledge, *column).jobs.size() == one.reading);
        CHECK(readers_of(knowledge, *column).unknown.size() == one.unknown);
        CHECK(impact_of(knowledge, *column).unknown.size() == one.unknown);
    }
}

TEST_CASE("that a column is made of nothing is written again") {
    const std::string text =
        formats::write_scenario(with_third_column(", extra: {type: text, derives_from: []}"), {});
    CHECK(text.find("extra: {type: text, derives_from: []}") != std::string::npos);
}

TEST_CASE("who owns a dataset answers for its columns") {
    const KnowledgeGraph knowledge(with_third_column(""));
    const auto column = knowledge.find(Thing::column, "raw.note");
    REQUIRE(column);
    CHECK(owners_of(knowledge.graph(), *column) == "ingestion");
    const Impact impact = impact_of(knowledge, *column);
    REQUIRE(impact.owners.size() == 1);
    CHECK(knowledge.graph()[impact.owners[0]].name == "ingestion");
    CHECK(owners_of(knowledge.graph(), *knowledge.find(Thing::column, "sums.id")).empty());
}
