// Promised: a contract's table is the dataset that others know, with their writer, which has the contract's frequency where
// nothing says its own; the same from both together as from the contract alone onto their twin. Shown on one table.
#include "tools/formats/catalogs/contract_tables.h"

#include <doctest/doctest.h>

#include <algorithm>

#include "tools/formats/catalogs/foreign_yaml.h"
#include "tools/formats/catalogs/odcs.h"
#include "tools/formats/catalogs/twin_changes.h"

namespace understudy::formats {

namespace {

/// analytics.revenue, each `frequency`, by 06:30.
Catalog contract(const std::string& frequency = "{property: frequency, value: 1, unit: d}",
                 const std::string& table = "analytics.revenue") {
    const ForeignYaml yaml = read_foreign_yaml(
        "kind: DataContract\napiVersion: v3.1.0\nname: Revenue\nteam: [{username: fin, role: owner}]\n"
        "schema: [{name: revenue, physicalName: " +
        table +
        ", properties: [{name: DAY, physicalType: date, required: true}]}]\n"
        "slaProperties:\n  - " +
        frequency +
        "\n  - {property: latency, value: 10, unit: m}\n"
        "  - {property: timeOfAvailability, value: 06:30 UTC}\n");
    REQUIRE(yaml.problem == "");
    ImportProblems problems;
    return read_contract(yaml.root, "revenue.odcs.yaml", problems);
}

Catalog project(const std::string& schedule = "", kernel::Time period = 0) {
    Catalog catalog;
    catalog.pipelines.push_back({.label = "acme", .title = "acme", .schedule = schedule, .period = period});
    catalog.pipelines[0].source = CatalogSource::dbt;
    CatalogDataset dataset{.label = "dwh.analytics.revenue", .title = "revenue"};
    dataset.source = CatalogSource::dbt;
    dataset.columns.push_back({.name = "day", .type = "text"});
    dataset.columns.push_back({.name = "amount", .type = "text"});
    catalog.datasets.push_back(dataset);
    CatalogJob job{.label = "model.revenue", .title = "revenue"};
    job.source = CatalogSource::dbt;
    job.writes = {0};
    job.durations = {60};
    catalog.jobs.push_back(job);
    return catalog;
}

Catalog both(Catalog first, Catalog second) {
    unite(first, std::move(second));
    use_frequencies(first);
    return first;
}

bool has(const std::vector<std::string>& lines, const std::string& part) {
    return std::any_of(lines.begin(), lines.end(),
                       [&](const std::string& line) { return line.find(part) != std::string::npos; });
}

Node document(const std::string& text) {
    Diagnostics none;
    return read_document(text, none);
}

struct Onto {
    CatalogTwin twin;
    std::vector<std::string> edits, notes, left;
};

Onto onto(const std::string& twin, Catalog catalog) {
    const Node earlier = document(twin);
    KnownNames known = names_in(earlier);
    find_contracts_in(earlier, catalog, known);
    Onto result{scenario_of(catalog, "", known), {}, {}, {}};
    const Node now = document(result.twin.text);
    const TwinUpdate update = update_of(earlier, now, scope_of(catalog));
    for (const Node& edit : update.edits) result.edits.push_back(write_flow(edit));
    result.notes = update.notes;
    result.left = objectives_left(earlier, now);
    return result;
}

}  // namespace

TEST_CASE("a writer without a schedule has the frequency of the contract") {
    const CatalogTwin twin = scenario_of(both(project(), contract()));
    CHECK(twin.text.find("schedule: every 1d") != std::string::npos);
    CHECK(twin.text.find("share landed(revenue) by 06:30 >= 99%") != std::string::npos);
    CHECK(twin.scenario.twin.pipelines.size() == 1);
    CHECK(has(twin.assumed,
              "acme runs every 1d, as the contract of dwh.analytics.revenue promises: nothing else says how "
              "often"));
    CHECK(!has(twin.not_used, "nothing says how often"));
    // Asked again it says no more.
    Catalog again = both(project(), contract());
    const auto assumed = again.assumed;
    use_frequencies(again);
    CHECK(again.assumed == assumed);
    CHECK(again.not_used.empty());
}

TEST_CASE("a frequency that is not what others say is not used, and of two the shorter is") {
    const Catalog daily = both(project("daily at 05:00", kernel::day), contract());
    CHECK(daily.pipelines[0].schedule == "daily at 05:00");
    CHECK(daily.not_used.empty());
    const Catalog weekly = both(project("cron 0 5 * * 1", 7 * kernel::day), contract());
    CHECK(weekly.pipelines[0].schedule == "cron 0 5 * * 1");
    CHECK(has(weekly.not_used,
              "frequency 'every 1d' of the contract of dwh.analytics.revenue: acme runs cron 0 5 * * 1"));
    const Catalog by_clock =
        both(project("daily at 05:00", kernel::day),
             contract("{property: frequency, value: 1, unit: d, scheduler: cron, schedule: 0 4 * * *}"));
    CHECK(has(by_clock.not_used, "frequency 'daily at 04:00'"));
    Catalog two = project();
    CatalogDataset orders{.label = "dwh.analytics.orders", .title = "orders"};
    orders.source = CatalogSource::dbt;
    two.datasets.push_back(orders);
    two.jobs[0].writes = {0, 1};
    unite(two, contract());
    two = both(std::move(two), contract("{property: frequency, value: 6, unit: h}", "analytics.orders"));
    CHECK(two.pipelines[0].schedule == "every 6h");
    CHECK(has(two.not_used,
              "frequency 'every 1d' of the contract of dwh.analytics.revenue: acme runs every 6h"));
}

TEST_CASE("a contract alone says the same as with the others, onto their twin") {
    const std::string twin = scenario_of(both(project(), contract())).text;
    const Onto alone = onto(twin, contract());
    CHECK(alone.edits == std::vector<std::string>());
    CHECK(alone.left == std::vector<std::string>());
    CHECK(has(alone.twin.not_used,
              "revenue.day type 'date' of a contract: the twin has 'text', of another source"));
    CHECK(!has(alone.twin.assumed, "nothing else writes"));
    // To a twin that has it not, it adds what it says: no table, and the schedule of the writer there.
    const Onto fresh = onto(scenario_of(project()).text + "", contract());
    CHECK(!has(fresh.edits, "add: "));
    CHECK(has(fresh.edits, "{set: revenue.contract, to: revenue.odcs.yaml}"));
    CHECK(has(fresh.edits, "{set: revenue.owner, to: fin}"));
    CHECK(has(fresh.edits, "{set: revenue.columns.day, to: {type: text, nullable: false}}"));
    CHECK(!has(fresh.edits, "remove"));
    CHECK(has(fresh.twin.assumed, "acme runs every 1d"));
    // Another frequency than the twin's.
    const Onto hourly = onto(twin, contract("{property: frequency, value: 1, unit: h}"));
    CHECK(has(hourly.twin.not_used,
              "frequency 'every 1h' of the contract of dwh.analytics.revenue: acme runs every 1d"));
    CHECK(!has(hourly.edits, "schedule"));
}

TEST_CASE("by its contract a table is found whatever it is called, and by its name only where one fits") {
    std::string twin = scenario_of(both(project(), contract())).text;
    CHECK(onto(twin, contract("{property: frequency, value: 1, unit: d}", "gold.income")).edits.empty());
    // Two that end so: neither.
    Catalog two = project();
    two.datasets.push_back(two.datasets[0]);
    two.datasets[1].label = "old.analytics.revenue";
    CHECK(has(onto(scenario_of(two).text, contract()).edits, "label: analytics.revenue"));
}

TEST_CASE(
    "what people wrote without labels is found as well, and what runs on others' data keeps its schedule") {
    const std::string twin =
        "understudy: 1\nscenario: x\ntwin:\n  datasets: {orders: {}, revenue: {}}\n  pipelines:\n"
        "    nightly: {schedule: daily at 03:00, tasks: {load: {writes: orders}}}\n"
        "    books: {schedule: updated orders, tasks: {sum: {reads: {orders: new}, writes: revenue}}}\n"
        "run: {length: 14d, start: 2026-01-05T00:00}\n";
    const Onto result = onto(twin, contract());
    CHECK(!has(result.edits, "add: "));
    CHECK(!has(result.edits, "books"));
    CHECK(has(result.edits, "{set: revenue.label, to: analytics.revenue}"));
    CHECK(has(result.twin.not_used,
              "frequency 'every 1d' of the contract of analytics.revenue: books runs updated orders"));
}

}  // namespace understudy::formats
