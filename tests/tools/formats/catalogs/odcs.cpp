// Promised: tables, columns, owners and promises of contracts of both versions; what is not used is named. Shown on small
// contracts.
#include "tools/formats/catalogs/odcs.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <string>
#include <vector>

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
    // That of the dataset, which a task writes, could not fail.
    CHECK(text.find("max latency(orders)") == std::string::npos);
    CHECK(text.find("max latency(") != std::string::npos);
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

TEST_CASE("a contract that comes to say another period is of the same pipeline") {
    const auto writers = [](const std::string& frequency) {
        return contract(
                   "kind: DataContract\napiVersion: v3.0.2\nname: shop\nschema: [{name: a}, {name: b}]\n"
                   "slaProperties: [" +
                   frequency + "]\n")
            .pipelines;
    };
    const auto six = writers("{property: frequency, value: 6, unit: h}");
    const auto eight = writers("{property: frequency, value: 8, unit: h}");
    REQUIRE(six.size() == 1);
    REQUIRE(eight.size() == 1);
    CHECK(six[0].label == eight[0].label);
    CHECK(six[0].schedule == "every 6h");
    CHECK(eight[0].schedule == "every 8h");
    const auto two = writers("{property: frequency, value: 8, unit: h, element: b}");
    REQUIRE(two.size() == 2);
    CHECK(two[0].label != two[1].label);
    // Two contracts without a name have two writers, and two of one table have one.
    const auto of = [](const std::string& table, const std::string& every) {
        return contract("kind: DataContract\napiVersion: v3.0.2\nschema: [{name: " + table +
                        "}]\nslaProperties: [{property: frequency, value: " + every + ", unit: h}]\n");
    };
    Catalog both = of("a", "6");
    unite(both, of("b", "8"));
    CHECK(both.pipelines.size() == 2);
    CHECK(both.pipelines[0].label != both.pipelines[1].label);
    unite(both, of("a", "12"));
    CHECK(both.pipelines.size() == 2);
    CHECK(both.jobs.size() == 2);
    CHECK(both.pipelines[0].schedule == "every 6h");
    CHECK(std::count_if(both.notes.begin(), both.notes.end(), [](const std::string& note) {
              return note.find("two contracts say how often") != std::string::npos;
          }) == 1);
}

TEST_CASE("what a contract says and nothing is made of is listed, and legal lengths are lengths") {
    const Catalog catalog = contract(
        "kind: DataContract\napiVersion: v3.1.0\nschema:\n  - name: t\n    relationships: [{to: u.id}]\n"
        "    properties:\n      - {name: id, primaryKey: true}\n      - {name: ref, primaryKey: false, "
        "transformSourceObjects: [raw], items: {logicalType: string}}\n"
        "slaProperties:\n  - {property: freshness, value: 500, unit: ms}\n"
        "  - {property: latency, value: 1, unit: y, schedule: 0 2 * * *}\n"
        "  - {property: latency, value: 2, unit: months}\n  - {property: freshness, value: PT30M}\n"
        "  - {property: freshness, value: 10m}\n  - {property: freshness, value: soon}\n");
    const auto lists = [](const std::vector<std::string>& lines, const std::string& part) {
        return std::count_if(lines.begin(), lines.end(),
                             [&](const std::string& line) { return line.find(part) != std::string::npos; });
    };
    CHECK(lists(catalog.not_used, "of tables: relationships") == 1);
    CHECK(lists(catalog.not_used, "of columns: items, primaryKey (2), transformSourceObjects") == 1);
    CHECK(lists(catalog.not_used, "of slaProperties: schedule") == 1);
    CHECK(lists(catalog.not_used, "no length of time") == 1);
    CHECK(lists(catalog.notes, "a month is taken for 30 days") == 2);
    std::vector<kernel::Time> lengths;
    for (const CatalogPromise& promise : catalog.promises) lengths.push_back(promise.limit);
    std::sort(lengths.begin(), lengths.end());
    CHECK(lengths == std::vector<kernel::Time>{kernel::second / 2, 10 * kernel::minute, 30 * kernel::minute,
                                               60 * kernel::day, 365 * kernel::day});
}

TEST_CASE("times of day and schedules of a contract") {
    const Catalog catalog =
        contract(head +
                 "schema: [{name: orders}, {name: items}]\n"
                 "slaProperties:\n"
                 "  - {property: timeOfAvailability, value: 09:00-08:00, element: orders.id}\n"
                 "  - {property: timeOfAvailability, value: 9:30, element: items}\n"
                 "  - {property: timeOfAvailability, value: noon, element: items}\n"
                 "  - {property: frequency, value: 1, unit: d, element: orders, scheduler: cron, schedule: 0 "
                 "5 * * *}\n"
                 "  - {property: frequency, value: 1, unit: d, element: items, schedule: '0 0 5 * * ?'}\n");
    const CatalogTwin twin = scenario_of(catalog);
    CHECK(twin.text.find("share landed(orders) by 17:00 >= 99%") != std::string::npos);
    CHECK(twin.text.find("share landed(items) by 09:30 >= 99%") != std::string::npos);
    CHECK(twin.text.find("schedule: daily at 05:00") != std::string::npos);
    CHECK(twin.text.find("schedule: every 1d") != std::string::npos);
    const auto lists = [](const std::vector<std::string>& lines, const std::string& part) {
        return std::count_if(lines.begin(), lines.end(),
                             [&](const std::string& line) { return line.find(part) != std::string::npos; });
    };
    CHECK(lists(twin.not_used, "timeOfAvailability noon: no time of day such as 09:00") == 1);
    CHECK(lists(twin.not_used, "schedule '0 0 5 * * ?' of frequency 1 d") == 1);
    CHECK(lists(twin.assumed, "timeOfAvailability 9:30 is in UTC") == 1);
    CHECK(lists(twin.assumed, "the schedule '0 5 * * *' is in UTC") == 1);
}

TEST_CASE("lengths and times of day as people write them, and what is said twice") {
    const std::string schema = head + "schema: [{name: t}]\nslaProperties:\n";
    const auto promise = [&](const std::string& property) {
        const Catalog catalog = contract(schema + "  - {property: " + property + "}\n");
        CHECK(catalog.not_used == std::vector<std::string>());
        REQUIRE(catalog.promises.size() == 1);
        return catalog.promises.front();
    };
    for (const char* latency : {"90, unit: mins", "'90 mins'", "1.5, unit: hrs", "PT90M", "90min"})
        CHECK(promise(std::string("latency, value: ") + latency).limit == 90 * kernel::minute);
    const auto at = [&](const std::string& value) {
        const CatalogPromise one = promise("timeOfAvailability, value: '" + value + "'");
        return std::pair(one.limit / kernel::minute, one.zone);
    };
    using Clock = std::pair<std::int64_t, std::string>;
    for (const char* six :
         {"06:00:00 UTC", "06:00 GMT", "6:00", "6 AM", "06:00z", "07:00+01:00", "06:00 am UTC"})
        CHECK(at(six) == Clock(360, ""));
    CHECK(at("7:00 Europe/Berlin") == Clock(420, "Europe/Berlin"));
    CHECK(at("12:30 am") == Clock(30, ""));
    CHECK(at("12 PM") == Clock(720, ""));
    CHECK(at("07:30 America/New_York") == Clock(450, "America/New_York"));
    // The zone by itself, or half of the day.
    CHECK(at("7:30', unit: 'Europe/Vienna") == Clock(450, "Europe/Vienna"));
    CHECK(at("07:30', unit: '+01:00") == Clock(390, ""));
    CHECK(at("9', unit: 'PM") == Clock(21 * 60, ""));
    const Catalog zoned =
        contract(schema + "  - {property: timeOfAvailability, value: '07:30', unit: UTC}\n");
    CHECK(zoned.assumed == std::vector<std::string>());
    const Catalog of_mars =
        contract(schema + "  - {property: timeOfAvailability, value: '07:30', unit: Mars}\n");
    CHECK(of_mars.not_used ==
          std::vector<std::string>{
              "a.yaml: 'Mars' of timeOfAvailability 07:30 Mars: no zone such as Europe/Berlin"});
    CHECK(of_mars.assumed ==
          std::vector<std::string>{"a.yaml: timeOfAvailability 07:30 is in UTC: the contract says no zone"});
    const auto lines = [&](const std::string& properties) { return contract(schema + properties).not_used; };
    CHECK(lines("  - {property: timeOfAvailability, value: '07:00 Mars'}\n").size() == 1);
    CHECK(lines("  - {property: timeOfAvailability, value: '13 PM'}\n").size() == 1);
    CHECK(lines("  - {property: errorRate, value: 1, unit: '%', element: t.a}\n"
                "  - {property: errorRate, value: 1, unit: '%', element: t.b}\n")
              .size() == 1);
    const std::pair<const char*, kernel::Time> words[] = {
        {"hourly", kernel::hour}, {"daily", kernel::day}, {"weekly", 7 * kernel::day}};
    for (const auto& [word, period] : words)
        CHECK(contract(schema + "  - {property: frequency, value: " + word + "}\n").pipelines.at(0).period ==
              period);
    // By the clock of the zone on the day on which the run starts, a winter's.
    const CatalogTwin twin =
        scenario_of(contract(schema + "  - {property: frequency, value: daily}\n"
                                      "  - {property: timeOfAvailability, value: '07:00 Europe/Berlin'}\n"));
    CHECK(twin.text.find("share landed(t) by 06:00 >= 99%") != std::string::npos);
    CHECK(std::count(twin.assumed.begin(), twin.assumed.end(),
                     "07:00 Europe/Berlin is 06:00 in UTC, as on the day on which the run starts") == 1);
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
    const ForeignYaml twice = read_foreign_yaml("a: &x {b: [1], c: 2}\nd: *x\ne: {<<: *x, c: 3}\n");
    CHECK(twice.problem == "");
    CHECK(twice.root.find("d")->value.find("b")->value.items.size() == 1);
    CHECK(twice.root.find("e")->value.find("c")->value.text == "3");
    CHECK(twice.root.find("e")->value.find("b") != nullptr);
    CHECK(read_foreign_yaml("a: &x\n  b: *x\n").line == 2);
    std::string many = "a0: &a0 [1, 1, 1, 1, 1, 1, 1, 1, 1, 1]\n";
    for (int i = 1; i < 9; ++i) {
        const std::string of = "*a" + std::to_string(i - 1);
        many += "a" + std::to_string(i) + ": &a" + std::to_string(i) + " [";
        for (int k = 0; k < 10; ++k) many += (k > 0 ? ", " : "") + of;
        many += "]\n";
    }
    CHECK(read_foreign_yaml(many).problem == "aliases that stand for more than 1000000 values");
    CHECK(read_foreign_yaml("a: [1\n").problem != "");
    // yaml-cpp would take all that follows for the text.
    const ForeignYaml open = read_foreign_yaml("a: 1\nb: \"it\nc: 2\n");
    CHECK(open.problem == "a quote is not closed: add the closing quote");
    CHECK(open.line == 2);
    CHECK(read_foreign_yaml("a: {b: 'it''s\n  so'}\nc: \"\\\"\"\n").problem == "");
    std::string keys;
    for (int i = 0; i < 200'000; ++i) keys += "k" + std::to_string(i) + ": 1\n";
    CHECK(read_foreign_yaml(keys).root.entries.size() == 200'000);
    CHECK(read_foreign_yaml("a: 1\n---\nb: 1\n").problem == "a second document in one file");
    CHECK(read_foreign_yaml(std::string(1000, '[')).problem != "");
    std::string deep;
    for (int i = 0; i < 100; ++i) deep += std::string(static_cast<std::size_t>(i), ' ') + "a:\n";
    CHECK(read_foreign_yaml(deep).problem == "nested too deeply");
}

}  // namespace understudy::formats
