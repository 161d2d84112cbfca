#include "tools/studies/variance_reduction.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <optional>
#include <set>

#include "models/graph.h"
#include "tools/studies/judge.h"
#include "tools/studies/stability.h"

namespace understudy::studies {

namespace {

using models::Measure;
using models::VarianceReduction;

/// Fewer tell slopes too badly: three controls of twenty cost a tenth of the width.
constexpr std::size_t least_for_controls = 20, most_controls = 3;

bool is_utilisation(const Measure& measure) {
    return measure.metric == models::Metric::utilisation && measure.aggregate == models::Aggregate::average &&
           measure.of_load.empty() && !measure.during;
}

/// Probes of utilisations that are known exactly, the busiest first.
std::vector<std::size_t> known_utilisations(const PreparedRun& prepared) {
    std::vector<std::size_t> known;
    if (!prepared.scenario.run.length || varies_over_time(prepared.scenario) ||
        !prepared.scenario.actions.empty())
        return known;
    for (std::size_t i = 0; i < prepared.measures.size(); ++i)
        if (is_utilisation(prepared.measures[i]) && prepared.answers[i].kind == models::Answer::Kind::exact)
            known.push_back(i);
    std::stable_sort(known.begin(), known.end(), [&](std::size_t a, std::size_t b) {
        return prepared.answers[a].value > prepared.answers[b].value;
    });
    return known;
}

}  // namespace

std::int64_t replications_together(const models::Run& run) {
    return run.variance_reduction == VarianceReduction::antithetic ? 2 : 1;
}

std::int64_t whole_together(std::int64_t replications, std::int64_t together) {
    return (replications + together - 1) / together * together;
}

std::int64_t whole_pairs(const models::Run& run, std::int64_t replications) {
    return whole_together(replications, replications_together(run));
}

void number(models::ReplicationOptions& options, const models::Run& run, std::uint64_t index) {
    const bool paired = run.variance_reduction == VarianceReduction::antithetic;
    options.index = paired ? index / 2 : index;
    options.mirrored = paired && index % 2 == 1;
}

void add_controls(const PreparedRun& prepared, kernel::Time warm_up, std::vector<Seen>& seen) {
    for (Seen& one : seen) one.controls.clear();
    if (prepared.scenario.run.variance_reduction != VarianceReduction::controls || seen.empty() ||
        !why_no_controls(prepared, warm_up, std::ssize(seen.front().by_replication)).empty())
        return;
    const std::vector<std::size_t> known = known_utilisations(prepared);
    const PoolsNeeded needed(prepared.scenario);
    for (std::size_t i = 0; i < seen.size(); ++i) {
        if (is_utilisation(prepared.measures[i]) || !about_steady_state(prepared.measures[i])) continue;
        const std::set<std::string> pools = needed.by(prepared.measures[i]);
        for (const std::size_t probe : known) {
            if (seen[i].controls.size() == most_controls) break;
            if (!pools.contains(prepared.measures[probe].scope)) continue;
            std::vector<double> control = seen[probe].by_replication;
            for (double& value : control) value -= prepared.answers[probe].value;
            seen[i].controls.push_back(std::move(control));
        }
    }
}

std::string say_of_variance_reduction(const PreparedRun& prepared, const std::vector<Seen>& seen) {
    const models::Run& run = prepared.scenario.run;
    const bool paired = run.variance_reduction == VarianceReduction::antithetic;
    for (std::size_t i = 0; i < seen.size(); ++i) {
        if (!paired && seen[i].controls.empty()) continue;
        const auto times = times_as_sure(prepared.measures[i], seen[i], run.confidence);
        if (!times) continue;
        return fmt::format("{}: the interval of '{}' is {:.2g} times as wide as {}",
                           paired ? "antithetic pairs" : "controls", prepared.measures[i].text,
                           1 / std::sqrt(*times),
                           paired ? "of these replications one by one" : "without them");
    }
    return paired ? "antithetic pairs" : "";
}

std::string why_no_controls(const PreparedRun& prepared, kernel::Time warm_up, std::int64_t replications) {
    if (prepared.scenario.run.variance_reduction != VarianceReduction::controls) return "";
    if (replications < static_cast<std::int64_t>(least_for_controls))
        return fmt::format("no controls: they take {} replications", least_for_controls);
    if (warm_up <= 0) return "no controls: no warm-up is cut, so that no utilisation is that of the long run";
    if (known_utilisations(prepared).empty())
        return "no controls: no utilisation is known exactly that could be one";
    return "";
}

}  // namespace understudy::studies
