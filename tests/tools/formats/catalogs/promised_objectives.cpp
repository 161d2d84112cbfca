// Promised: what contracts promise becomes objectives that can be met, of the run of each day that is meant; what nothing
// says the schedule of is left out, with the reason. Shown on promises of one table, and that runs of such twins meet them.
#include "tools/formats/catalogs/promised_objectives.h"

#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "tools/formats/catalogs/catalog_twin.h"
#include "tools/formats/catalogs/foreign_yaml.h"
#include "tools/formats/catalogs/odcs.h"
#include "tools/studies/run.h"

namespace understudy::formats {

namespace {

constexpr std::int64_t monday = std::int64_t{1767571200} * kernel::second;

using Metric = CatalogPromise::Metric;

PromisedObjectives made(Metric metric, kernel::Time limit, const std::vector<std::string>& schedules,
                        bool is_written = true) {
    return objectives_of(
        {{metric, 0, limit}},
        {{0,
          {"orders", is_written ? std::vector<std::string>{"nightly"} : std::vector<std::string>(),
           schedules}}},
        {monday}, 20'000 * kernel::hour);
}

/// Of the promise to be there by 09:00; what is not used where it is no objective.
std::string by_nine(const std::vector<std::string>& schedules) {
    const PromisedObjectives all = made(Metric::landed, 9 * kernel::hour, schedules);
    return all.objectives.empty() ? all.not_used.at(0) : all.objectives.at(0);
}

}  // namespace

TEST_CASE("by a time of day the first run of each day has landed") {
    CHECK(by_nine({"every 1d"}) == "share landed(orders) by 09:00 >= 99%");
    CHECK(by_nine({"weekdays at 05:00"}) == "share landed(orders) by 09:00 >= 99%");
    // More often than once a day: runs due at noon are none of those that 09:00 is about.
    CHECK(by_nine({"every 1h"}) == "share landed(orders) by 09:00 during 0h..1h each 1d >= 99%");
    CHECK(by_nine({"every 7h"}) == "share landed(orders) by 09:00 during 0h..7h each 1d >= 99%");
    CHECK(by_nine({"cron 30 6,12,18 * * *"}) ==
          "share landed(orders) by 09:00 during 0h..750min each 1d >= 99%");
    CHECK(by_nine({"daily at 01:00", "daily at 03:00"}) ==
          "share landed(orders) by 09:00 during 0h..3h each 1d >= 99%");
    // At night, for the next morning.
    CHECK(by_nine({"daily at 22:00"}) == "share landed(orders) by +11h >= 99%");
    CHECK(by_nine({"cron 0 20,22 * * *"}) == "share landed(orders) by +13h during 9h..22h each 1d >= 99%");
    CHECK(by_nine({"every 36h"}).find("not known") != std::string::npos);
    CHECK(by_nine({}) == "landed(orders) by 09:00: nothing says how often it is written");
}

TEST_CASE("a run has fourteen days of what has to be there by a time of day") {
    const auto length = [](const char* schedule) {
        return made(Metric::landed, 9 * kernel::hour, {schedule}).length;
    };
    CHECK(length("every 1h") == 15 * kernel::day);
    CHECK(length("weekdays at 05:00") == 19 * kernel::day);
    CHECK(made(Metric::freshness, kernel::hour, {"every 1h"}).length == 0);
}

TEST_CASE("how fresh data are is a matter of how often they are written") {
    CHECK(made(Metric::freshness, 2 * kernel::hour, {"every 1h"}).objectives ==
          std::vector<std::string>{"max freshness(orders) < 2h"});
    CHECK(made(Metric::freshness, 2 * kernel::hour, {}).not_used ==
          std::vector<std::string>{"max freshness(orders) < 2h: nothing says how often it is written"});
    // What a task writes is born as it lands: an objective on that could not fail.
    CHECK(made(Metric::latency, 2 * kernel::hour, {}).objectives ==
          std::vector<std::string>{"max latency(nightly) < 2h"});
    CHECK(made(Metric::latency, 2 * kernel::hour, {}).assumed ==
          std::vector<std::string>{
              "the latency of orders is that of nightly, which writes it: from when a run is "
              "due to its end"});
    CHECK(made(Metric::latency, 2 * kernel::hour, {}, false).not_used ==
          std::vector<std::string>{"max latency(orders) < 2h: nothing in the twin writes it"});
}

TEST_CASE("twins of contracts are judged, and meet what holds") {
    for (const char* frequency : {"{property: frequency, value: 1, unit: d}, ",
                                  "{property: frequency, value: 15, unit: min}, ", ""}) {
        const ForeignYaml yaml = read_foreign_yaml(
            std::string("kind: DataContract\napiVersion: v3.1.0\nname: shop\nschema: [{name: orders}]\n") +
            "slaProperties: [" + frequency +
            "{property: latency, value: 4, unit: h}, {property: freshness, value: 2, unit: d}, {property: "
            "timeOfAvailability, value: '09:00'}]\n");
        ImportProblems problems;
        const CatalogTwin twin = scenario_of(read_contract(yaml.root, "a.yaml", problems));
        CAPTURE(twin.text);
        const std::size_t wanted = *frequency == '\0' ? 1 : 3;
        CHECK(twin.not_used.size() == 3 - wanted);
        models::Problems unusable;
        const auto prepared = studies::prepare(twin.scenario, unusable);
        REQUIRE(prepared);
        const studies::RunResult result = studies::run(*prepared, {});
        REQUIRE(result.objectives.size() == wanted);
        for (const auto& objective : result.objectives) CHECK(objective.verdict == studies::Verdict::met);
    }
}

}  // namespace understudy::formats
