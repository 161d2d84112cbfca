#include "tools/studies/promises.h"

#include <algorithm>
#include <tuple>

namespace understudy::studies {

namespace {

bool limits_from_above(models::Comparison comparison) {
    return comparison == models::Comparison::less || comparison == models::Comparison::at_most;
}

bool same_window(const std::optional<models::Measure::Window>& a,
                 const std::optional<models::Measure::Window>& b) {
    if (!a || !b) return a.has_value() == b.has_value();
    return std::tie(a->from, a->to, a->each) == std::tie(b->from, b->to, b->each);
}

/// Whatever they are called.
bool same_measure(const models::Measure& a, const models::Measure& b) {
    const auto all = [](const models::Measure& m) {
        return std::tie(m.aggregate, m.quantile, m.at, m.metric, m.scope, m.scope_to, m.of_load,
                        m.during_action, m.items, m.by_clock, m.by_offset);
    };
    return all(a) == all(b) && same_window(a.during, b.during);
}

/// Of the same measure from the same side.
bool same_side(const models::Objective& a, const models::Objective& b) {
    return limits_from_above(a.comparison) == limits_from_above(b.comparison) &&
           same_measure(a.measure, b.measure);
}

bool is_as_strict(const models::Objective& one, const models::Objective& as) {
    if (one.limit != as.limit) return limits_from_above(as.comparison) == (one.limit < as.limit);
    const bool strictly =
        one.comparison == models::Comparison::less || one.comparison == models::Comparison::greater;
    return strictly || one.comparison == as.comparison;
}

/// Whether the aggregate of one is never less than that of the other, of whatever values.
bool dominates(const models::Measure& one, const models::Measure& other) {
    using models::Aggregate;
    if (one.aggregate == other.aggregate) return one.quantile >= other.quantile;
    const bool within = other.aggregate == Aggregate::quantile || other.aggregate == Aggregate::average ||
                        other.aggregate == Aggregate::minimum;
    return (one.aggregate == Aggregate::maximum && within) ||
           (other.aggregate == Aggregate::minimum &&
            (one.aggregate == Aggregate::quantile || one.aggregate == Aggregate::average));
}

/// Of what is judged from that side, the one measure is as hard on a run as the other: a farther quantile, or a time by which
/// less has landed.
bool is_as_hard(const models::Objective& now, const models::Objective& before) {
    if (limits_from_above(now.comparison) != limits_from_above(before.comparison)) return false;
    const bool above = limits_from_above(now.comparison);
    const models::Measure &one = now.measure, &as = before.measure;
    models::Measure like = one;
    like.aggregate = as.aggregate;
    like.quantile = as.quantile;
    like.by_clock = as.by_clock;
    like.by_offset = as.by_offset;
    if (!same_measure(like, as)) return false;
    if (!(above ? dominates(one, as) : dominates(as, one))) return false;
    // Less has landed by an earlier time.
    const auto in_time = [&](const auto& a, const auto& b) {
        return a.has_value() == b.has_value() && (!a || (above ? *a >= *b : *a <= *b));
    };
    return in_time(one.by_clock, as.by_clock) && in_time(one.by_offset, as.by_offset);
}

}  // namespace

bool keeps(const std::vector<models::Objective>& promised, const models::Objective& objective) {
    return std::any_of(promised.begin(), promised.end(), [&](const models::Objective& one) {
        return is_as_hard(one, objective) && is_as_strict(one, objective);
    });
}

std::vector<WeakerPromise> weaker_promises(const models::Scenario& baseline,
                                           const models::Scenario& candidate,
                                           const Counterparts& counterparts) {
    std::vector<WeakerPromise> weaker;
    for (const models::Objective& before : baseline.objectives) {
        WeakerPromise one{before.text, counterparts.in_candidate(before), ""};
        if (keeps(candidate.objectives, one.objective)) continue;
        const models::Objective* nearest = nullptr;
        for (const models::Objective& now : candidate.objectives)
            if (same_side(now, one.objective) && (nearest == nullptr || is_as_strict(now, *nearest)))
                nearest = &now;
        if (nearest != nullptr) one.now = nearest->text;
        weaker.push_back(std::move(one));
    }
    return weaker;
}

}  // namespace understudy::studies
