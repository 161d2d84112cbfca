#include "tools/studies/evidence.h"

#include <algorithm>
#include <limits>

namespace understudy::studies {

namespace {

bool wants_less(const models::Objective& objective) {
    return objective.comparison == models::Comparison::less ||
           objective.comparison == models::Comparison::at_most;
}

/// Of all that was seen together, without the sign.
bool of_all_seen(const models::Measure& measure) {
    return measure.aggregate != models::Aggregate::variance &&
           measure.aggregate != models::Aggregate::deviation;
}

}  // namespace

std::optional<double> share_allowed(const models::Objective& objective) {
    const bool less = wants_less(objective);
    if (objective.measure.aggregate == models::Aggregate::quantile)
        return less ? 1 - objective.measure.quantile : objective.measure.quantile;
    if (objective.measure.aggregate == models::Aggregate::share)
        return less ? objective.limit : 1 - objective.limit;
    return std::nullopt;
}

Evidence evidence_of(const models::ReplicationOutcome& outcome, std::size_t probe,
                     const models::Objective* objective) {
    return evidence_of(outcome.values[probe], outcome.tallies[probe], outcome.observed[probe], objective);
}

Evidence evidence_of(const std::optional<double>& value, const std::optional<kernel::Tally>& tally,
                     const std::optional<kernel::Observed>& observed, const models::Objective* objective) {
    Evidence evidence;
    evidence.value = value.value_or(std::numeric_limits<double>::quiet_NaN());
    if (objective == nullptr) {
        evidence.weight = value ? 1 : 0;
        return evidence;
    }
    const bool less = wants_less(*objective);
    if (tally && tally->trials > 0) {
        evidence.weight = static_cast<double>(tally->trials);
        evidence.excess = static_cast<double>(tally->count) - objective->limit * evidence.weight;
        if (!less) evidence.excess = -evidence.excess;
    } else if (observed && observed->weight > 0 && of_all_seen(objective->measure)) {
        evidence.weight = observed->weight;
        if (objective->measure.aggregate == models::Aggregate::quantile) {
            const double below = observed->share_up_to(objective->limit);
            evidence.excess = ((less ? 1 - below : below) - *share_allowed(*objective)) * evidence.weight;
        } else {
            const double base = observed->work > 0 ? observed->work : observed->weight;
            evidence.excess = observed->mean * observed->weight - objective->limit * base;
            if (!less) evidence.excess = -evidence.excess;
        }
    } else if (value) {
        evidence.weight = 1;
        evidence.excess = less ? *value - objective->limit : objective->limit - *value;
    }
    return evidence;
}

bool charges_overdue(const models::Objective& objective) {
    const models::Measure& measure = objective.measure;
    return wants_less(objective) &&
           (measure.metric == models::Metric::latency || measure.metric == models::Metric::wait) &&
           (measure.aggregate == models::Aggregate::average ||
            measure.aggregate == models::Aggregate::quantile ||
            measure.aggregate == models::Aggregate::maximum);
}

void charge(Evidence& evidence, const std::vector<kernel::Time>& overdue, const models::Objective& objective,
            const std::optional<kernel::Observed>& observed) {
    if (overdue.empty()) return;
    const auto count = static_cast<double>(overdue.size());
    double sum = 0, longest = 0;
    for (const kernel::Time age : overdue) {
        sum += kernel::to_seconds(age);
        longest = std::max(longest, kernel::to_seconds(age));
    }
    switch (objective.measure.aggregate) {
        case models::Aggregate::quantile: {
            kernel::QuantileSketch all = observed ? observed->items : kernel::QuantileSketch();
            for (const kernel::Time age : overdue) all.add(static_cast<double>(age));
            evidence.value = all.quantile(objective.measure.quantile) / 1e9;
            evidence.excess += (1 - *share_allowed(objective)) * count;
            evidence.weight += count;
            break;
        }
        case models::Aggregate::average:
            evidence.value = ((evidence.weight > 0 ? evidence.value * evidence.weight : 0) + sum) /
                             (evidence.weight + count);
            evidence.excess += sum - objective.limit * count;
            evidence.weight += count;
            break;
        default:
            evidence.value = evidence.weight > 0 ? std::max(evidence.value, longest) : longest;
            evidence.excess = evidence.value - objective.limit;
            evidence.weight = 1;
    }
}

}  // namespace understudy::studies
