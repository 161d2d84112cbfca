// Promised: the edits between two imports, what people have added left alone, and names that stay. Shown on two small twins.
#include "tools/formats/catalogs/twin_changes.h"

#include <doctest/doctest.h>

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
    CHECK(update_of(twin, twin, {"dbt"}).edits.empty());
}

TEST_CASE("what is new, different and gone") {
    const Node earlier = document(scenario_of(shop({"a", "b"})).text);
    Catalog catalog = shop({"A", "b"});
    catalog.datasets[0].label = "other.a";
    catalog.jobs[1].durations = {3};
    catalog.datasets[1].columns[0].type = "bigint";
    const Node now = document(scenario_of(catalog, "", names_in(earlier)).text);
    const TwinUpdate update = update_of(earlier, now, {"dbt"});
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

}  // namespace understudy::formats
