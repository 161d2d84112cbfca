#include "tools/studies/compare.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <utility>

#include "kernel/invariant.h"
#include "models/listed.h"
#include "tools/studies/pair_difference.h"

namespace understudy::studies {

namespace {

std::string seconds(double a, double b) {
    char text[80];
    const bool hours = a >= 7200 && b >= 7200;
    const double unit = hours ? 3600 : 1;
    std::snprintf(text, sizeof text, hours ? "%.6g h and %.6g h" : "%.6g s and %.6g s", a / unit, b / unit);
    return text;
}

/// Why the replications of two runs cannot be taken in pairs; empty: they can.
std::string why_no_pairs(const RunResult& a, const RunResult& b) {
    if (a.replications_done < 2 || b.replications_done < 2)
        return "there are fewer than two pairs of replications";
    if (a.provenance.seed != b.provenance.seed)
        return "the seeds differ: " + std::to_string(a.provenance.seed) + " and " +
               std::to_string(b.provenance.seed);
    return "";
}

void warn_of_settings(const std::vector<ComparedRun>& runs, bool other_scenarios,
                      std::vector<std::string>& warnings) {
    const RunResult& first = runs.front().result;
    for (std::size_t i = 1; i < runs.size(); ++i) {
        const RunResult& other = runs[i].result;
        const std::string both = runs.front().name + " and " + runs[i].name;
        if (!other_scenarios && first.provenance.scenario_name != other.provenance.scenario_name)
            warnings.push_back(both + " are of different scenarios: '" + first.provenance.scenario_name +
                               "' and '" + other.provenance.scenario_name + "'");
        if (first.length_s.has_value() != other.length_s.has_value())
            warnings.push_back(both + ": one runs until it is empty, the other has a length");
        else if (first.length_s && *first.length_s != *other.length_s)
            warnings.push_back(both +
                               " ran for different lengths: " + seconds(*first.length_s, *other.length_s));
        if (first.warm_up_s.value_or(0) != other.warm_up_s.value_or(0))
            warnings.push_back(both + " had different warm-ups cut: " +
                               seconds(first.warm_up_s.value_or(0), other.warm_up_s.value_or(0)) +
                               "; give run.warm_up in both to compare the same span");
        if (first.start != other.start) warnings.push_back(both + " start at different dates");
        if (first.currency != other.currency && !first.currency.empty() && !other.currency.empty())
            warnings.push_back(both + " count in different currencies");
    }
    for (const ComparedRun& run : runs) {
        if (run.result.interrupted)
            warnings.push_back(run.name + " was interrupted after " +
                               std::to_string(run.result.replications_done) +
                               (run.result.replications_done == 1 ? " replication" : " replications"));
        if (!run.result.broken_off.empty())
            warnings.push_back(run.name + " could not go on to its end: " + run.result.broken_off);
    }
}

/// One warning for each reason why intervals of a run are not to be believed.
void warn_of_doubts(const ComparedRun& run, std::vector<std::string>& warnings) {
    std::vector<std::pair<std::string, std::vector<const MetricResult*>>> doubts;
    for (const MetricResult& metric : run.result.metrics) {
        if (metric.doubt.empty()) continue;
        auto known = std::find_if(doubts.begin(), doubts.end(),
                                  [&](const auto& one) { return one.first == metric.doubt; });
        if (known == doubts.end()) known = doubts.insert(doubts.end(), {metric.doubt, {}});
        known->second.push_back(&metric);
    }
    for (const auto& [doubt, metrics] : doubts) {
        const std::size_t others = metrics.size() - 1;
        warnings.push_back(run.name + ": '" + metrics.front()->name + "'" + models::and_more(others) + ": " +
                           doubt + "; intervals of " + (others == 0 ? "its" : "their") +
                           " differences hold less often than they say");
    }
}

/// Each of these runs less each other one; empty where one pair cannot be told. `difference(i, j, level)`: run j less run i.
template <class Difference>
std::vector<std::vector<kernel::Estimate>> all_pairs(std::size_t count, const Difference& difference,
                                                     double level) {
    std::vector<std::vector<kernel::Estimate>> differences(count, std::vector<kernel::Estimate>(count));
    for (std::size_t i = 0; i < count; ++i)
        for (std::size_t j = 0; j < i; ++j) {
            const auto one = difference(j, i, level).difference;
            if (!one) return {};
            kernel::Estimate other = one->estimate;
            other.centre = -one->estimate.centre;
            other.low = -one->estimate.high;
            other.high = -one->estimate.low;
            differences[i][j] = one->estimate;
            differences[j][i] = other;
        }
    return differences;
}

}  // namespace

Comparison compare(const std::vector<ComparedRun>& runs, const CompareOptions& options) {
    kernel::require(runs.size() >= 2, "two runs or more are compared");
    Comparison result;
    result.confidence = options.confidence.value_or(runs.front().result.confidence);
    const auto paired = [&](std::size_t i, std::size_t k) {
        return !options.independent && why_no_pairs(runs[i].result, runs[k].result).empty();
    };
    for (std::size_t i = 1; i < runs.size(); ++i) {
        result.why_not.push_back(options.independent ? "as asked"
                                                     : why_no_pairs(runs.front().result, runs[i].result));
        if (result.why_independent.empty()) result.why_independent = result.why_not.back();
        result.paired = result.paired || result.why_not.back().empty();
    }
    warn_of_settings(runs, options.other_scenarios, result.warnings);
    for (const ComparedRun& run : runs) warn_of_doubts(run, result.warnings);

    std::vector<std::size_t> a_section;
    for (const ComparedRun& run : runs) a_section.push_back(replications_a_section(run.result));
    std::vector<std::map<std::string_view, const MetricResult*>> by_name(runs.size());
    for (std::size_t i = 0; i < runs.size(); ++i)
        for (const MetricResult& metric : runs[i].result.metrics) by_name[i].emplace(metric.name, &metric);
    std::map<std::string, bool> lower_is_better = options.lower_is_better;
    // Where promises keep it between two limits, neither is better.
    for (const MetricResult& metric : runs.front().result.metrics) {
        bool low = false, high = false;
        for (const ObjectiveResult& objective : runs.front().result.objectives)
            if (objective.text.starts_with(metric.name + " ")) {
                const bool upper = objective.comparison == models::Comparison::less ||
                                   objective.comparison == models::Comparison::at_most;
                (upper ? low : high) = true;
            }
        if (low && high)
            lower_is_better.erase(metric.name);
        else if (low || high)
            lower_is_better[metric.name] = low;
    }

    const std::size_t pairs = runs.size() * (runs.size() - 1) / 2;
    // All that is said of one measure is to hold together.
    const double to_baseline = kernel::each_of(result.confidence, runs.size() - 1);
    const double to_each = kernel::each_of(result.confidence, pairs);
    for (const MetricResult& baseline : runs.front().result.metrics) {
        std::vector<const MetricResult*> metrics;
        for (std::size_t i = 0; i < runs.size(); ++i) {
            const auto found = by_name[i].find(baseline.name);
            metrics.push_back(found == by_name[i].end() ? nullptr : found->second);
            if (!metrics.back()) result.only_in_some.push_back(baseline.name + ": not in " + runs[i].name);
        }
        if (std::count(metrics.begin(), metrics.end(), nullptr) == std::ssize(runs) - 1) continue;
        const auto difference = [&](std::size_t i, std::size_t k, double level) {
            return difference_of(*metrics[i], *metrics[k], paired(i, k), level,
                                 replications_in_each(*metrics[i], a_section[i]),
                                 replications_in_each(*metrics[k], a_section[k]));
        };
        ComparedMeasure measure;
        measure.name = baseline.name;
        measure.unit = baseline.unit;
        bool all = is_comparable(baseline);
        measure.estimates.push_back(baseline.estimate);
        measure.doubts.push_back(baseline.doubt);
        for (std::size_t i = 1; i < runs.size(); ++i) {
            ComparedDifference& one = measure.differences.emplace_back();
            measure.estimates.push_back(metrics[i] ? metrics[i]->estimate : Estimate{});
            measure.doubts.push_back(metrics[i] ? metrics[i]->doubt : "");
            if (metrics[i] == nullptr)
                one.why = "not in " + runs[i].name;
            else if (const auto none = no_difference(baseline, *metrics[i], to_baseline);
                     none && paired(0, i)) {
                one.difference = none;
                one.paired = true;
            } else if (!is_comparable(baseline) || !is_comparable(*metrics[i]))
                one.why = "no interval in " + (is_comparable(baseline) ? runs[i].name : runs.front().name);
            else {
                const PairDifference found = difference(0, i, to_baseline);
                one.difference = found.difference;
                one.paired = found.paired;
            }
            if (one.paired) {
                const std::size_t each = std::max(replications_in_each(baseline, a_section[0]),
                                                  replications_in_each(*metrics[i], a_section[i]));
                const std::size_t in_pairs =
                    std::min(baseline.by_replication.size(), metrics[i]->by_replication.size()) / each;
                result.pairs = result.pairs == 0 ? in_pairs : std::min(result.pairs, in_pairs);
            }
            all = all && one.difference;
            if (one.difference && *baseline.estimate.value != 0)
                one.relative = one.difference->estimate.centre / std::fabs(*baseline.estimate.value);
            if (!one.difference && one.why.empty()) one.why = "too few replications have data in both";
        }
        if (const auto known = lower_is_better.find(baseline.name); known != lower_is_better.end())
            measure.lower_is_better = known->second;
        if (all && runs.size() > 2 && measure.lower_is_better) {
            const auto differences = all_pairs(runs.size(), difference, to_each);
            if (!differences.empty())
                measure.standings = kernel::compare_with_best(differences, *measure.lower_is_better);
        }
        result.measures.push_back(std::move(measure));
    }
    for (std::size_t i = 1; i < runs.size(); ++i)
        for (const MetricResult& metric : runs[i].result.metrics)
            if (!by_name.front().contains(metric.name))
                result.only_in_some.push_back(metric.name + ": not in " + runs.front().name);
    return result;
}

}  // namespace understudy::studies
