// Promised: calibrate and sync find the same elements by the same names of a log: by label, name and path, by what an element
// was called before, and of elements with a namespace none by the name of another namespace's.
// Shown: twins with stages, tasks and labels, asked by both for names as schedulers write them.
#include "tools/studies/twin_names.h"

#include <doctest/doctest.h>

#include <string>
#include <utility>
#include <vector>

#include "tests/tools/studies/sample.h"
#include "tools/studies/calibrate_elements.h"
#include "tools/studies/follow_names.h"

using namespace understudy;

namespace {

/// By name in the log, with the path of what it means; empty: nothing.
using Meanings = std::vector<std::pair<const char*, const char*>>;

void check_both(const std::string& text, const Meanings& names) {
    const auto prepared = tests::prepared(text);
    const studies::WorkingElements calibrated(prepared.scenario);
    const studies::FollowedNames followed(prepared.scenario);
    for (const auto& [name, path] : names) {
        CAPTURE(name);
        models::RecordedTask task;
        task.process = name;
        const auto found = calibrated.of(task);
        CHECK((found.empty() ? "" : found.front()->path) == path);
        CHECK(found.size() <= 1);
        CHECK(followed.find("", name).path == path);
    }
}

}  // namespace

TEST_CASE("calibrate and sync find the same elements by the same names") {
    check_both(
        "twin:\n"
        "  stages: {clean: {reads: jobs, workers: 1, service: 1s, label: Clean up}}\n"
        "  pipelines: {nightly: {schedule: every 1h, label: Every night, tasks: {build: {workers: 1, "
        "service: 1s},\n"
        "    fill: {workers: 1, service: 1s, label: nightly.fill}}}}\n"
        "load: {jobs: {arrivals: poisson(1/min)}}\nrun: {length: 8h}\n",
        {{"clean", "clean"},
         {"airflow/clean", "clean"},
         {"WORKFLOW:clean", "clean"},
         {"dag.clean", "clean"},
         {"Clean up", "clean"},
         {"build", "nightly.build"},
         {"nightly.build", "nightly.build"},
         {"Every night.build", "nightly.build"},
         {"prod/nightly.build", "nightly.build"},
         {"nightly.fill", "nightly.fill"},
         {"fill", "nightly.fill"},
         {"cleaner", ""},
         {"clean/other", ""}});
}

TEST_CASE("what was renamed is found by its old names as well, unless something else is called so now") {
    check_both(
        "twin:\n"
        "  stages:\n"
        "    payout: {reads: jobs, workers: 1, service: 1s}\n"
        "    again: {reads: payout, workers: 1, service: 1s}\n"
        "    left: {reads: again, workers: 1, service: 1s, writes: exit}\n"
        "    right: {reads: jobs, workers: 1, service: 1s, writes: exit}\n"
        "  pipelines: {nightly: {schedule: every 1h, label: Every night,\n"
        "    tasks: {build: {workers: 1, service: 1s}, fill: {workers: 1, service: 1s}}}}\n"
        "  renamed: {payout: pay, again: Ask_again, left: right, right: left, nightly: night, nightly.fill: "
        "night.fetch}\n"
        "load: {jobs: {arrivals: poisson(1/min)}}\nrun: {length: 8h}\n",
        {{"pay", "payout"},
         {"payout", "payout"},
         {"bank:pay", "payout"},
         {"Ask again", "again"},
         {"left", "left"},
         {"right", "right"},
         {"night.build", "nightly.build"},
         {"night.fetch", "nightly.fill"},
         {"night.fill", "nightly.fill"},
         {"nightly.fetch", "nightly.fill"},
         {"Every night.fetch", "nightly.fill"},
         {"fetch", "nightly.fill"}});
    const auto prepared = tests::prepared(
        "twin:\n  pipelines: {nightly: {schedule: every 1h, tasks: {build: {workers: 1, service: 1s}}}}\n"
        "  renamed: {nightly: night}\nrun: {length: 8h}\n");
    CHECK(studies::FollowedNames(prepared.scenario).find("", "night").path == "nightly");
}

TEST_CASE("an element with a namespace is not found by the name of another namespace's") {
    const std::string text =
        "twin:\n"
        "  stages: {wash: {reads: jobs, workers: 1, service: 1s, label: clean / wash}}\n"
        "  pipelines: {night: {schedule: every 1h, label: af/night,\n"
        "    tasks: {fetch: {workers: 1, service: 1s, label: af/night.fetch}, build: {workers: 1, service: "
        "1s}}}}\n"
        "load: {jobs: {arrivals: poisson(1/min)}}\nrun: {length: 8h}\n";
    check_both(text, {{"af/night.fetch", "night.fetch"},
                      {"night.fetch", "night.fetch"},
                      {"dag.fetch", "night.fetch"},
                      {"fetch", "night.fetch"},
                      {"staging/night.fetch", ""},
                      {"af/day.fetch", ""},
                      {"staging/night.build", "night.build"},
                      {"prod/wash", "wash"}});
    const auto prepared = tests::prepared(text);
    const studies::FollowedNames followed(prepared.scenario);
    CHECK(followed.find("", "night").path == "night");
    CHECK(followed.find("", "af/night").path == "night");
    CHECK(followed.find("", "staging/night").path.empty());
    CHECK(followed.find("night", "staging/night").path.empty());
    CHECK(followed.find("night", "af/night").path == "night");
    CHECK(followed.find("", "staging/night").why == "is of another namespace than af/night");
    // A log's workflow as well.
    const studies::WorkingElements calibrated(prepared.scenario);
    models::RecordedTask task;
    task.process = "fetch";
    task.workflow = "af/night";
    CHECK(calibrated.of(task).size() == 1);
}
