// Promised: calibrate and sync find the same elements by the same names of a log.
// Shown: a twin with a stage, tasks and labels, one of them the path itself as those of Airflow's tasks are, asked by both for names as schedulers write them.
#include "tools/studies/log_names.h"

#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "tests/tools/studies/sample.h"
#include "tools/studies/calibrate_elements.h"
#include "tools/studies/follow_names.h"

using namespace understudy;

TEST_CASE("names of logs are tried whole, then by their ends, then as labels") {
    CHECK(studies::names_in_a_twin("airflow/dag.clean") ==
          std::vector<std::string>{"airflow/dag.clean", "dag.clean", "clean", "airflow_dag_clean"});
    CHECK(studies::names_in_a_twin("").empty());
}

TEST_CASE("calibrate and sync find the same elements by the same names") {
    const auto prepared = tests::prepared(
        "twin:\n"
        "  stages: {clean: {reads: jobs, workers: 1, service: 1s, label: Clean up}}\n"
        "  pipelines: {nightly: {schedule: every 1h, tasks: {build: {workers: 1, service: 1s},\n"
        "    fill: {workers: 1, service: 1s, label: nightly.fill}}}}\n"
        "load: {jobs: {arrivals: poisson(1/min)}}\nrun: {length: 8h}\n");
    const studies::WorkingElements calibrated(prepared.scenario);
    const studies::FollowedNames followed(prepared.scenario);
    const std::pair<const char*, const char*> names[] = {{"clean", "clean"},
                                                         {"airflow/clean", "clean"},
                                                         {"WORKFLOW:clean", "clean"},
                                                         {"dag.clean", "clean"},
                                                         {"Clean up", "clean"},
                                                         {"build", "nightly.build"},
                                                         {"nightly.build", "nightly.build"},
                                                         {"prod/nightly.build", "nightly.build"},
                                                         {"nightly.fill", "nightly.fill"},
                                                         {"fill", "nightly.fill"},
                                                         {"cleaner", ""},
                                                         {"clean/other", ""}};
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
