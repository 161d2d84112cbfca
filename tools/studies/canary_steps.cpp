#include "tools/studies/canary_steps.h"

#include <algorithm>

namespace understudy::studies {

using kernel::Time;

namespace {

bool has_increase(const Rollout& rollout) {
    return std::any_of(rollout.guards.begin(), rollout.guards.end(),
                       [](const Guard& guard) { return guard.is_increase; });
}

Time mean_of(const models::Law& law) {
    double sum = 0;
    for (const models::Term& term : law.terms) sum += term.law.mean();
    return kernel::from_seconds(std::clamp(sum, 0.0, kernel::to_seconds(kernel::never / 2)));
}

}  // namespace

std::string bake_name(std::size_t number) { return "(bake " + std::to_string(number) + ")"; }

bool needs_bake_before(const Rollout& rollout) {
    return has_increase(rollout) && rollout.shares.front() >= 1;
}

std::optional<Time> goes_in_at(const Rollout& rollout, std::optional<Time> warm_up) {
    if (rollout.at) return rollout.at;
    if (!warm_up) return std::nullopt;
    return needs_bake_before(rollout) ? kernel::later(*warm_up, rollout.bake.value_or(0)) : *warm_up;
}

Time ends_at(const Rollout& rollout, Time in, Time end) {
    if (!rollout.bake) return end;
    Time at = in;
    const Time known_after = mean_of(rollout.detect);
    for (std::size_t i = 0; i < rollout.shares.size(); ++i)
        at = kernel::later(at, i > 0 ? kernel::later(known_after, *rollout.bake) : *rollout.bake);
    return at;
}

}  // namespace understudy::studies
