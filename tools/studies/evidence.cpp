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
        if (value && tally && tally->trials > 0) {
            evidence.weight = static_cast<double>(tally->trials);
            evidence.excess = static_cast<double>(tally->count);
        }
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

void charge(Evidence& evidence, const std::vector<kernel::Time>& overdue,
            const models::Objective& objective) {
    double sum = 0, longest = 0;
    for (const kernel::Time age : overdue) {
        sum += kernel::to_seconds(age);
        longest = std::max(longest, kernel::to_seconds(age));
    }
    const auto count = static_cast<double>(overdue.size());
    switch (objective.measure.aggregate) {
        case models::Aggregate::quantile: evidence.excess += (1 - *share_allowed(objective)) * count; break;
        case models::Aggregate::average: evidence.excess += sum - objective.limit * count; break;
        default: evidence.excess = std::max(evidence.excess, longest - objective.limit);
    }
    evidence.weight += count;
}

}  // namespace understudy::studies
