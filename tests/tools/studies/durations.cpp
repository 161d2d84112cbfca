// Promised: histograms of replications that were seen apart from one another are put together as if one run had seen them;
// of each quantity there is one, and what is promised comes first.
// Shown: observations of any kind in up to 600 replications, known one by one or not; a queue that asks for quantiles twice.
#include "tools/studies/durations.h"

#include <doctest/doctest.h>
#include <rapidcheck.h>

#include "tools/formats/language/scenario_reader.h"
#include "tools/formats/results/histogram_log.h"

using namespace understudy;

TEST_CASE("replications seen apart are put together as by one run") {
    CHECK(rc::check([] {
        const auto replications = *rc::gen::inRange(1, 600);
        const auto most = *rc::gen::element<std::size_t>(1, 16, 256);
        const auto items = *rc::gen::element(0, 3, 1500);
        kernel::Sections together(most);
        studies::SeenDurations apart(
            {{models::measure_of(models::Aggregate::quantile, models::Metric::latency, "", 0.95)}, most});
        std::uint64_t value = 7;
        for (int r = 0; r < replications; ++r) {
            kernel::Observed seen;
            for (int i = 0; i < (r % 3 == 1 ? 0 : r % 5 == 0 ? items : items / 300); ++i) {
                value = value * 6364136223846793005U + 1442695040888963407U;
                seen.items.add(static_cast<double>(value >> (14 + value % 40)));
                ++seen.weight;
            }
            together.add(static_cast<std::size_t>(r), seen);
            apart.add({studies::histogram_of(seen)});
        }
        RC_ASSERT(apart.replications == replications);
        const kernel::Sections& sections = apart.quantities.front().sections;
        RC_ASSERT(sections.replications() == together.replications() || together.all().empty());
        for (std::size_t s = 0; s < sections.all().size(); ++s)
            RC_ASSERT(formats::histogram_counts(sections.all()[s].items) ==
                      formats::histogram_counts(together.all()[s].items));
    }));
}

TEST_CASE("of each quantity there is one histogram, in the order of a run") {
    auto reading = formats::read_scenario(R"(understudy: 1
scenario: queue
twin:
  datasets: {kept: {}}
  stages: {server: {reads: jobs, workers: 1, service: exponential(mean 1s), writes: kept}}
load: {jobs: {arrivals: poisson(0.8/s)}}
run: {length: 200s, warm_up: 10s}
objectives: [p(90) wait(server) < 5s, avg latency(server) < 30s]
measures: [p(50) wait(server), p(99) latency(jobs -> server), p(90) present(), avg service(server)]
)",
                                          "queue.yaml", {});
    INFO(reading.diagnostics.show());
    REQUIRE(reading.scenario);
    models::Problems problems;
    const auto run = studies::prepare(*reading.scenario, problems);
    REQUIRE(run);
    std::vector<std::string> texts;
    for (const models::Measure& one : studies::durations_of(*run).measures) texts.push_back(one.text);
    CHECK(texts == std::vector<std::string>{"p(90) wait(server)", "p(99) latency(jobs -> server)",
                                            "p(95) latency(server)", "p(95) latency()"});
}
