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

}  // namespace

bool keeps(const std::vector<models::Objective>& promised, const models::Objective& objective) {
    return std::any_of(promised.begin(), promised.end(), [&](const models::Objective& one) {
        return same_side(one, objective) && is_as_strict(one, objective);
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
