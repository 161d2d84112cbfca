// Promised: who waits for one pool is found from any of them, and how many places it has for them; where that cannot be told
// it says why. Shown: pools of workers and of nodes with cores and memory whose places are counted by hand, and one of each
// kind that has no such number.
#include "tools/studies/waiting_lines.h"

#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "tests/tools/studies/sample.h"
#include "tools/studies/mean_of_lags.h"

using namespace understudy;
using studies::MeanOfLags;

namespace {

struct Found {
    double places;
    std::string why_not;
    std::size_t users;
};

Found line_of(const std::string& pools, const std::string& needs, const std::string& more = "") {
    const models::Scenario twin = tests::prepared("twin:\n  pools:\n" + pools + R"(
  pipelines:
    nightly:
      schedule: every 1h
      tasks:
        fetch: {)" + needs + R"(, service: 5min}
        build: {)" + needs + more +
                                                  R"(, service: 9min, after: fetch}
run: {length: 1d}
)")
                                      .scenario;
    studies::WaitingLines lines(twin);
    const models::Task& first = twin.twin.pipelines.front().tasks.front();
    const studies::WaitingLine* line = lines.line_of({"nightly.fetch", "nightly", &first.work, false});
    REQUIRE(line != nullptr);
    CHECK(lines.waits_for_tasks("nightly.build"));
    CHECK_FALSE(lines.waits_for_tasks("nightly.fetch"));
    return {line->places, line->why_not, line->users.size()};
}

}  // namespace

TEST_CASE("places of a pool are its workers, or what its nodes hold of what each asks for") {
    const Found workers = line_of("    hands: {workers: 3}\n", "runs_on: hands");
    CHECK(workers.places == 3);
    CHECK(workers.users == 2);
    CHECK(workers.why_not.empty());
    CHECK(line_of("    hands: {workers: 7}\n", "runs_on: {hands: 2}").places == 3);
    const std::string nodes = "    nodes: {workers: 3, cores: 8, memory: 10GB}\n";
    CHECK(line_of(nodes, "runs_on: {nodes: {cores: 3}}").places == 6);
    CHECK(line_of(nodes, "runs_on: {nodes: {cores: 2, memory: 4GB}}").places == 6);
    CHECK(line_of(nodes, "runs_on: {nodes: {cores: 1}}").places == 24);
}

TEST_CASE("places that cannot be told say why") {
    CHECK(line_of("    hands: {workers: {steps: {0h: 2, 9h: 6}, period: 1d}}\n", "runs_on: hands").why_not ==
          "the number of its workers changes");
    CHECK(line_of("    hands: {workers: 3}\n    others: {workers: 1}\n", "runs_on: {hands: 1, others: 1}")
              .why_not == "nightly.build needs another pool as well");
    CHECK(line_of("    hands: {workers: 3}\n", "runs_on: hands", ", launch: 3s").why_not ==
          "nightly.build has a launch of its own");
}

TEST_CASE("two means of lags are another where chance hardly makes them so") {
    std::vector<double> some, more, few = {1, 2};
    for (int i = 0; i < 20; ++i) {
        some.push_back(10 + i % 5);
        more.push_back(11 + i % 5);
    }
    CHECK(MeanOfLags(some).mean == 12);
    CHECK_FALSE(studies::is_another(MeanOfLags(some), MeanOfLags(some)));
    CHECK_FALSE(studies::is_another(MeanOfLags(some), MeanOfLags(more)));
    for (double& value : more) value += 1;
    CHECK(studies::is_another(MeanOfLags(some), MeanOfLags(more)));
    CHECK(MeanOfLags(some).told());
    CHECK_FALSE(MeanOfLags(few).told());
}
