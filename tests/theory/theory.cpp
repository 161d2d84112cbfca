// Promised: simulation agrees with theory. Shown: each scenario of this folder has lines `# exact: MEASURE = VALUE`,
// closed forms or exact numerical solutions from the sources its first line names; the exact value lies in the 99 %
// interval over replications, and the interval is narrow enough (a twelfth of the value at most) to mean something.
// Seeds are fixed. Of some hundred intervals at 99 % one may miss by chance with a new seed or new draws: then look at
// three other seeds before changing this one.
#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "tests/source_folder.h"
#include "tools/formats/language/scenario_reader.h"
#include "tools/studies/run.h"

using namespace understudy;

namespace {

struct Exact {
    std::string measure;
    double value;
};

std::vector<Exact> exact_values(const std::filesystem::path& file) {
    std::vector<Exact> values;
    std::ifstream in(file);
    const std::string head = "# exact: ";
    for (std::string line; std::getline(in, line);) {
        if (!line.starts_with(head)) continue;
        const auto equals = line.rfind(" = ");
        REQUIRE(equals != std::string::npos);
        values.push_back(
            {line.substr(head.size(), equals - head.size()), std::stod(line.substr(equals + 3))});
    }
    return values;
}

void compare(const std::filesystem::path& file) {
    INFO(file.filename().string());
    const auto values = exact_values(file);
    REQUIRE_FALSE(values.empty());
    const auto reading = formats::read_scenario_file(file.string());
    INFO(reading.diagnostics.show());
    REQUIRE(reading.scenario.has_value());
    models::Problems problems;
    const auto prepared = studies::prepare(*reading.scenario, problems);
    REQUIRE(prepared.has_value());
    // Nothing here grows without end, and nothing may say so.
    for (const auto& problem : problems) CHECK(problem.message == "");
    const auto result = studies::run(*prepared, {});
    for (const Exact& exact : values) {
        INFO(exact.measure);
        const auto metric = std::find_if(result.metrics.begin(), result.metrics.end(),
                                         [&](const auto& m) { return m.name == exact.measure; });
        REQUIRE(metric != result.metrics.end());
        const auto& estimate = metric->estimate;
        REQUIRE(estimate.low.has_value());
        INFO(*estimate.low, " to ", *estimate.high);
        CHECK(estimate.level == 0.99);
        // Where nothing is random the interval is a point: rounding remains.
        const double rounding = 1e-12 * std::abs(exact.value);
        CHECK(*estimate.low <= exact.value + rounding);
        CHECK(exact.value <= *estimate.high + rounding);
        CHECK(*estimate.high - *estimate.low <= 2 * exact.value / 12);
    }
}

}  // namespace

// One test each, so that they run beside each other and a failure has its name.
#define THEORY(name) \
    TEST_CASE(#name) { compare(tests::source_folder() + "/tests/theory/" #name ".yaml"); }
THEORY(age)
THEORY(backpressure)
THEORY(batch_arrivals)
THEORY(batch_or_timeout)
THEORY(blocking)
THEORY(breakdowns)
THEORY(breakdowns_busy)
THEORY(breakdowns_four)
THEORY(breakdowns_seldom)
THEORY(bulk)
THEORY(bulk_busy)
THEORY(cache)
THEORY(changed_records)
THEORY(closed)
THEORY(closed_classes)
THEORY(closed_classes_saturated)
THEORY(cold_start)
THEORY(cycle_apart)
THEORY(cycle_exhaustive)
THEORY(cycle_gated)
THEORY(cycle_limited)
THEORY(dag)
THEORY(dag_two_workers)
THEORY(deterministic)
THEORY(dm1)
THEORY(em1)
THEORY(em12)
THEORY(em5)
THEORY(erlang_arrivals)
THEORY(erlang_loss)
THEORY(feedback)
THEORY(fork_join)
THEORY(fork_join_queues)
THEORY(from_empty)
THEORY(full_batches)
THEORY(gang)
THEORY(inventory)
THEORY(inventory_small)
THEORY(jackson)
THEORY(keep_alive)
THEORY(hedge)
THEORY(held)
THEORY(last_come)
THEORY(last_come_busy)
THEORY(last_come_preemptive)
THEORY(link)
THEORY(limited_sharing)
THEORY(md1)
THEORY(md3)
THEORY(me3)
THEORY(mg1_discrete)
THEORY(mg1_erlang)
THEORY(mg1_hyper)
THEORY(mg1_lognormal)
THEORY(mg1_tail)
THEORY(mg1_uniform)
THEORY(mg1_weibull)
THEORY(mg_infinite)
THEORY(mh4)
THEORY(missing)
THEORY(mm1)
THEORY(mm100)
THEORY(mm1_bounded)
THEORY(mm3)
THEORY(mm3_bounded)
THEORY(mm4)
THEORY(mmpp)
THEORY(patience)
THEORY(patience_constant)
THEORY(patience_ten)
THEORY(phph1)
THEORY(phph1_erlang_hyper)
THEORY(preemptive_priority)
THEORY(preemptive_priority_constant)
THEORY(priority)
THEORY(priority_four)
THEORY(quorum)
THEORY(quorum_late)
THEORY(random_order)
THEORY(random_order_busy)
THEORY(rate_steps)
THEORY(rendezvous)
THEORY(repair)
THEORY(retention)
THEORY(retrial)
THEORY(retrial_two)
THEORY(retries)
THEORY(round_robin)
THEORY(round_robin_ten)
THEORY(scale_up)
THEORY(routed_by_value)
THEORY(routed_in_turn)
THEORY(routed_to_shortest)
THEORY(second_visit)
THEORY(several_units)
THEORY(shared)
THEORY(shared_network)
THEORY(shared_quota)
THEORY(shift_end)
THEORY(shortest)
THEORY(shortest_classes)
THEORY(shortest_of_three)
THEORY(shortest_queue)
THEORY(shortest_remaining)
THEORY(sine)
THEORY(sizes_apart)
THEORY(split_merge)
THEORY(staff)
THEORY(start_at_five)
THEORY(tandem)
THEORY(tandem_four)
THEORY(tandem_pools)
THEORY(token_bucket)
THEORY(token_bucket_random)
THEORY(turns)
THEORY(vacations)

TEST_CASE("every scenario of the folder is tested") {
    std::ifstream in(tests::source_folder() + "/tests/theory/theory.cpp");
    const std::string source((std::istreambuf_iterator<char>(in)), {});
    for (const auto& entry : std::filesystem::directory_iterator(tests::source_folder() + "/tests/theory"))
        if (entry.path().extension() == ".yaml") {
            INFO(entry.path().string());
            CHECK(source.find("THEORY(" + entry.path().stem().string() + ")") != std::string::npos);
        }
}
