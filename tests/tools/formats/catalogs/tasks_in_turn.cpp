// Promised: pipelines whose tasks wait for nothing and were never at work together are told, and no others. Shown on spans of
// runs.
#include "tools/formats/catalogs/tasks_in_turn.h"

#include <doctest/doctest.h>

#include <string>

namespace understudy::formats {

namespace {

constexpr std::int64_t s = kernel::second;

/// What is assumed of pipelines "p" and "q" of two tasks each, of which one of "q" comes after the other.
std::vector<std::string> told(const std::vector<std::vector<std::pair<std::int64_t, std::int64_t>>>& runs) {
    Catalog catalog;
    TasksInTurn turns;
    for (const char* label : {"p", "q"}) {
        const std::size_t p = catalog.pipelines.size();
        catalog.pipelines.push_back({.label = label, .title = label});
        for (const char* job : {"a", "b"}) {
            catalog.jobs.push_back({.label = job, .title = job});
            catalog.jobs.back().pipeline = p;
        }
        if (p == 1) catalog.jobs.back().after = {2};
        for (const auto& spans : runs) turns.add_run(p, spans);
    }
    turns.tell(catalog);
    return catalog.assumed;
}

}  // namespace

TEST_CASE("tasks that were one after the other in all runs are told") {
    const auto all = told({{{0, 60 * s}, {60 * s, 160 * s}}, {{560 * s, 660 * s}, {500 * s, 560 * s}}});
    REQUIRE(all.size() == 1);
    CHECK(all[0].find("the tasks of 1 pipeline were one after the other") != std::string::npos);
    CHECK(all[0].ends_with(": p"));
    // Clocks differ by half a second.
    CHECK(told({{{0, 60 * s}, {60 * s - s / 2, 160 * s}}}).size() == 1);
    CHECK(told({{{0, 60 * s}, {50 * s, 160 * s}}}).empty());
    CHECK(told({{{0, 60 * s}, {60 * s, 160 * s}}, {{0, 60 * s}, {10 * s, 20 * s}}}).empty());
    CHECK(told({{{0, 60 * s}}, {{500 * s, 600 * s}}}).empty());
    CHECK(told({}).empty());
    CHECK(told({{}}).empty());
}

}  // namespace understudy::formats
