// Promised: tables, columns, owners and promises of contracts of both versions; what is not used is named. Shown on small
// contracts.
#include "tools/formats/catalogs/odcs.h"

#include <doctest/doctest.h>

#include "tools/formats/catalogs/catalog_twin.h"
#include "tools/formats/catalogs/foreign_yaml.h"

namespace understudy::formats {

namespace {

Catalog contract(const std::string& text, std::string* problems = nullptr) {
    const ForeignYaml yaml = read_foreign_yaml(text);
    REQUIRE(yaml.problem == "");
    ImportProblems found;
    Catalog catalog = read_contract(yaml.root, "a.yaml", found);
    if (problems != nullptr) *problems = found.show();
    return catalog;
}

const std::string head = "kind: DataContract\napiVersion: v3.1.0\nname: shop\n";

}  // namespace

TEST_CASE("a contract of version 3") {
    const Catalog catalog = contract(
        head +
        "team: [{username: ann, role: Owner, dateOut: 2020-01-01}, {username: bob, role: Data Owner}]\n"
        "schema:\n"
        "  - {name: orders, physicalName: db.orders, properties: [{name: id, physicalType: int, required: "
        "true, "
        "unique: true}, {name: note, logicalType: string}]}\n"
        "  - {name: items}\n"
        "slaProperties:\n"
        "  - {property: latency, value: 4, unit: h, element: orders.id}\n"
        "  - {property: freshness, value: 1, unit: d}\n"
        "  - {property: frequency, value: 1, unit: h, element: items}\n"
        "  - {property: retention, value: 3, unit: y}\n"
        "  - {property: latency, value: 4, unit: h, element: elsewhere}\n");
    REQUIRE(catalog.datasets.size() == 2);
    CHECK(catalog.datasets[0].label == "db.orders");
    CHECK(catalog.datasets[0].owner == "bob");
    CHECK(catalog.datasets[0].contract == "a.yaml");
    CHECK(catalog.datasets[0].columns.at(0).nullable == false);
    CHECK(catalog.datasets[0].columns.at(0).unique == true);
    CHECK(catalog.datasets[0].columns.at(1).type == "string");
    CHECK(catalog.promises.size() == 3);
    CHECK(catalog.not_used.size() == 2);
    const std::string text = scenario_of(catalog).text;
    CHECK(text.find("max latency(orders) < 4h") != std::string::npos);
    CHECK(text.find("max freshness(items) < 1d") != std::string::npos);
    CHECK(text.find("schedule: every 1h") != std::string::npos);
}

TEST_CASE("a contract of version 2") {
    const Catalog catalog = contract(
        "kind: DataContract\napiVersion: v2.2.2\ndataset:\n  - table: t\n    columns:\n      - {column: c, "
        "logicalType: string, isNullable: false}\n");
    REQUIRE(catalog.datasets.size() == 1);
    CHECK(catalog.datasets[0].columns.at(0).nullable == false);
}

TEST_CASE("what is no contract of this standard") {
    std::string problems;
    contract("dataContractSpecification: 1.2.1\n", &problems);
    CHECK(problems.starts_with("a.yaml:1: error: is a contract of the Data Contract Specification"));
    contract("kind: DataContract\napiVersion: v3.0.0\nschema: {a: 1}\n", &problems);
    CHECK(problems == "a.yaml:3: error: 'schema' is no list\n");
}

TEST_CASE("YAML of others") {
    CHECK(read_foreign_yaml("a: 1\na: 2\nb:\nc: !!str 5\n").root.find("a")->value.text == "2");
    CHECK(read_foreign_yaml("a: &x [1]\nb: *x\n").line == 2);
    CHECK(read_foreign_yaml("a: [1\n").problem != "");
    CHECK(read_foreign_yaml("a: 1\n---\nb: 1\n").problem == "a second document in one file");
    CHECK(read_foreign_yaml(std::string(1000, '[')).problem != "");
    std::string deep;
    for (int i = 0; i < 100; ++i) deep += std::string(static_cast<std::size_t>(i), ' ') + "a:\n";
    CHECK(read_foreign_yaml(deep).problem == "nested too deeply");
}

}  // namespace understudy::formats
