#include "tools/studies/pair_difference.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "tools/studies/observations.h"

namespace understudy::studies {

namespace {

/// Whether the pairs say how sure they are. A difference of quantiles rests on the pairs of which one is beyond its
/// quantile and the other is not: of a few nearly equal runs hardly any, and their spread is then found too small.
bool pairs_tell(const MetricResult& metric, const std::vector<double>& a, const std::vector<double>& b) {
    constexpr double enough = 20, of_few = 8;
    if (metric.quantile == 0 || a == b) return true;
    const auto pairs = static_cast<double>(std::min(a.size(), b.size()));
    return kernel::telling_pairs(a, b) >= std::min(enough, pairs / of_few);
}

}  // namespace

std::size_t replications_a_section(const RunResult& run) {
    std::size_t most = 0;
    for (const MetricResult& metric : run.metrics) most = std::max(most, metric.by_section.size());
    const auto replications = static_cast<std::size_t>(run.replications_done);
    std::size_t each = 1;
    while (most > 0 && (replications + each - 1) / each > most) each *= 2;
    return each;
}

std::size_t replications_in_each(const MetricResult& metric, std::size_t a_section) {
    const std::size_t sections = (metric.by_replication.size() + a_section - 1) / a_section;
    return metric.by_section.empty() || metric.by_section.size() > sections ? 1 : a_section;
}

const std::vector<double>& values_of(const MetricResult& metric) {
    return metric.by_section.empty() ? metric.by_replication : metric.by_section;
}

bool is_comparable(const MetricResult& metric) {
    return metric.estimate.low.has_value() && metric.estimate.value.has_value();
}

std::pair<std::vector<double>, std::vector<double>> in_pairs(const std::vector<double>& a,
                                                             const std::vector<double>& b) {
    std::pair<std::vector<double>, std::vector<double>> result;
    const std::size_t both = std::min(a.size(), b.size());
    for (std::size_t i = 0; i < std::max(a.size(), b.size()); ++i) {
        if (i < both && (!std::isfinite(a[i]) || !std::isfinite(b[i]))) continue;
        if (i < a.size() && std::isfinite(a[i])) result.first.push_back(a[i]);
        if (i < b.size() && std::isfinite(b[i])) result.second.push_back(b[i]);
    }
    return result;
}

std::optional<kernel::Difference> no_difference(const MetricResult& baseline, const MetricResult& candidate,
                                                double level) {
    const auto same = [](double a, double b) { return a == b || (std::isnan(a) && std::isnan(b)); };
    const auto all_same = [&](const std::vector<double>& a, const std::vector<double>& b) {
        return std::equal(a.begin(), a.end(), b.begin(), b.end(), same);
    };
    const std::vector<double>& each = baseline.by_replication;
    if (!baseline.estimate.value || baseline.estimate.value != candidate.estimate.value || each.empty() ||
        !all_same(each, candidate.by_replication))
        return std::nullopt;
    const bool both_in_sections = !baseline.by_section.empty() && !candidate.by_section.empty();
    if (both_in_sections && !all_same(baseline.by_section, candidate.by_section)) return std::nullopt;
    kernel::Difference none;
    none.estimate.level = level;
    none.estimate.count = each.size();
    none.variance_ratio = std::numeric_limits<double>::infinity();
    return none;
}

PairDifference difference_of(const MetricResult& baseline, const MetricResult& candidate, bool paired,
                             double level, std::size_t of_baseline, std::size_t of_candidate) {
    if (paired) {
        const std::size_t each = std::max(of_baseline, of_candidate);
        const auto [a, b] = in_pairs(means_of_neighbours(values_of(baseline), each / of_baseline),
                                     means_of_neighbours(values_of(candidate), each / of_candidate));
        if (pairs_tell(baseline, a, b)) {
            const auto difference = kernel::paired_difference(a, b, level);
            return {difference, difference.has_value()};
        }
    }
    // One replication each: what is known of its own course, at that level alone.
    if (baseline.by_replication.size() == 1 && candidate.by_replication.size() == 1) {
        const auto known = [](const Estimate& estimate) {
            kernel::Estimate interval;
            interval.count = 1;
            interval.level = estimate.level;
            interval.centre = *estimate.value;
            interval.low = *estimate.low;
            interval.high = *estimate.high;
            return interval;
        };
        if (level != baseline.estimate.level || level != candidate.estimate.level)
            return {std::nullopt, false};
        return {kernel::difference_of_intervals(known(baseline.estimate), known(candidate.estimate)), false};
    }
    return {kernel::independent_difference(with_data(values_of(baseline)), with_data(values_of(candidate)),
                                           level),
            false};
}

}  // namespace understudy::studies
