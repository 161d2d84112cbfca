// Promised: a measure that is accepted is measured of what it names, so that no promise is kept because nobody counts; one
// that is not measured of it is refused. Shown: of a scenario in which everything happens, each metric of the whole system and
// of an element of each kind is either refused, or has a value that is not 0 for want of anybody who counts. Where there is
// one load, and few items, what is asked of that load, or of the first items, is refused or has a value where all have one.
#include "models/check/measured_of.h"

#include <doctest/doctest.h>

#include <set>
#include <string>

#include "models/compile/compile.h"
#include "models/simulation/replication.h"
#include "tools/formats/language/scenario_reader.h"

using namespace understudy;
using models::Metric;
using models::MetricKind;

namespace {

const std::string everything = R"(understudy: 1
scenario: everything
twin:
  pools: {crew: {workers: 2, cost: 1EUR/h, outages: {crash: {up: exponential(mean 5min), for: 1min}}}}
  budgets: {tokens: {capacity: unlimited, initial: 1, refill: {at_most: 20, amount: 30, after: 1s}}}
  datasets: {out: {}}
  stages:
    first: {reads: jobs, runs_on: crew, service: exponential(mean 1s), failure: 30%, retry: {times: 3, backoff: 20s}, writes: middle}
    second: {reads: middle, workers: 1, service: 2s, spends: tokens, queue: {capacity: 10, full: drop, timeout: 30s}, outages: {crash: {up: exponential(mean 5min), for: 1min, interrupted: lose}}, writes: out}
    third: {reads: out, workers: 1, service: 100ms, failure: 5%, dead_letter: bad, batch: {items: 5, after: 10s}, writes: batches}
  pipelines:
    nightly: {schedule: every 10min, max_active_runs: 1, tasks: {task: {runs_on: crew, service: exponential(mean 7min), failure: 30%, writes: report}}}
load: {jobs: {arrivals: poisson(0.6/s), records: 7}}
actions:
  - {at: 30min, rewind: third, by: 1min}
run: {length: 70min, warm_up: 0s}
)";

/// The value; nothing where the measure is refused.
std::optional<std::optional<double>> value_of(Metric metric, const std::string& scope,
                                              const std::string& qualifier = "") {
    const MetricKind kind = kind_of(metric);
    const std::string aggregate =
        metric == Metric::level                                                              ? "at 10min"
        : metric == Metric::landed || kind == MetricKind::event || kind == MetricKind::money ? "total"
        : kind == MetricKind::state                                                          ? "share"
                                                                                             : "avg";
    const auto reading = formats::read_scenario(everything + "measures: ['" + aggregate + " " +
                                                    name_of(metric) + "(" + scope + ")" + qualifier + "']\n",
                                                "s.yaml");
    if (!reading.scenario) return std::nullopt;
    models::Problems problems;
    const auto model = models::compile(*reading.scenario, models::ScenarioGraph(*reading.scenario),
                                       reading.scenario->measures, {false}, problems);
    if (!model) return std::nullopt;
    return models::run_replication(model, {})->values.at(0);
}

/// What does not happen here, or is 0 as it should be.
bool may_be_nothing(Metric metric, const std::string& scope) {
    if (metric == Metric::duplicated) return scope != "third" && !scope.empty();  // it alone reads again
    if (metric == Metric::cost) return scope != "crew" && !scope.empty();         // it alone costs anything
    const std::set<std::pair<Metric, std::string>> known = {
        {Metric::down, "third"},          {Metric::shifting, "third"},
        {Metric::starting, "crew"},       {Metric::starting, "second"},
        {Metric::starting, "third"},      {Metric::blocked, "first"},
        {Metric::blocked, "second"},      {Metric::blocked, "third"},
        {Metric::blocked, "crew"},        {Metric::retrying, "second"},
        {Metric::retrying, "third"},      {Metric::backoff, "second"},
        {Metric::backoff, "third"},       {Metric::dropped, "first"},
        {Metric::dropped, "third"},       {Metric::expired, "first"},
        {Metric::expired, "third"},       {Metric::retried, "second"},
        {Metric::retried, "third"},       {Metric::failed, "second"},
        {Metric::interrupted, "third"},   {Metric::lost, "third"},
        {Metric::dead_lettered, "first"}, {Metric::dead_lettered, "second"},
        {Metric::lost, "middle"},         {Metric::lost, "out"}};
    return known.contains({metric, scope});
}

}  // namespace

TEST_CASE("measured of: what is accepted is counted") {
    int measured = 0, refused = 0;
    for (int i = 0; i <= static_cast<int>(Metric::cost); ++i) {
        const auto metric = static_cast<Metric>(i);
        for (const std::string scope :
             {"", "jobs", "middle", "out", "crew", "tokens", "first", "second", "third", "nightly"}) {
            const auto found = value_of(metric, scope);
            if (!found) {
                ++refused;
                continue;
            }
            ++measured;
            INFO(std::string(name_of(metric)), "(", scope, ")");
            if (may_be_nothing(metric, scope)) continue;
            // Of items that were never seen there is no value, and no promise about them is kept.
            if (found->has_value())
                CHECK(**found > 0);
            else
                CHECK(kind_of(metric) == MetricKind::item);
        }
    }
    CHECK(measured > 100);
    CHECK(refused > 100);
}

TEST_CASE("measured of: what is asked of a load, or of numbered items, is counted by it") {
    for (const std::string qualifier : {" of jobs", " items 1..1000000"}) {
        int measured = 0, refused = 0;
        for (int i = 0; i <= static_cast<int>(Metric::cost); ++i) {
            const auto metric = static_cast<Metric>(i);
            for (const std::string scope : {"", "jobs", "middle", "out", "report", "crew", "tokens", "first",
                                            "second", "third", "nightly", "nightly.task"}) {
                const auto of_all = value_of(metric, scope);
                if (!of_all || !of_all->has_value() || **of_all == 0) continue;
                const auto found = value_of(metric, scope, qualifier);
                ++(found ? measured : refused);
                INFO(std::string(name_of(metric)), "(", scope, ")", qualifier);
                if (!found) continue;
                REQUIRE(found->has_value());
                CHECK(**found > 0);
            }
        }
        CHECK(measured > 10);
        CHECK(refused > 10);
    }
}

TEST_CASE("measured of: what stands for the whole system is measured of it") {
    for (const Metric metric : {Metric::latency, Metric::present, Metric::age, Metric::completed,
                                Metric::lost, Metric::duplicated, Metric::cost})
        CHECK(models::measured_of(metric).whole);
    for (const Metric metric : {Metric::waiting, Metric::failed, Metric::utilisation, Metric::freshness})
        CHECK_FALSE(models::measured_of(metric).whole);
}
