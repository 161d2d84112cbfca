#include "tools/studies/least_certain.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "tools/studies/more_replications.h"

namespace understudy::studies {

namespace {

constexpr double infinite = std::numeric_limits<double>::infinity();

/// Half the interval over the distance to the limit; infinite without an interval.
double doubt(const Uncertain& uncertain) {
    if (!uncertain.half_width) return infinite;
    return uncertain.distance > 0 ? *uncertain.half_width / uncertain.distance : infinite;
}

bool decided(const ObjectiveResult& objective) {
    return objective.verdict == Verdict::met ||
           (objective.verdict == Verdict::violated && objective.reason == Reason::limit);
}

}  // namespace

std::vector<Uncertain> least_certain(const RunResult& result) {
    std::vector<Uncertain> found;
    for (const ObjectiveResult& objective : result.objectives) {
        const Estimate& estimate = objective.estimate;
        // What wants data and has an interval has no variance: more of it would not help.
        const bool open =
            objective.verdict == Verdict::inconclusive &&
            (objective.reason == Reason::precision || (objective.reason == Reason::data && !estimate.low));
        if (!estimate.value || (!open && !decided(objective))) continue;
        Uncertain uncertain{&objective, {}, std::fabs(*estimate.value - objective.limit)};
        if (estimate.low && estimate.high)
            uncertain.half_width = room_of(estimate, objective.limit).half_width;
        // What does not vary at all is decided however near the limit is.
        const bool varies = !uncertain.half_width || *uncertain.half_width > 0;
        if (open || (varies && doubt(uncertain) > narrow_room)) found.push_back(uncertain);
    }
    std::stable_sort(found.begin(), found.end(),
                     [](const Uncertain& a, const Uncertain& b) { return doubt(a) > doubt(b); });
    if (found.size() > most_uncertain) found.resize(most_uncertain);
    return found;
}

std::int64_t more_replications_for_all(const RunResult& result) {
    std::int64_t most = 0;
    for (const ObjectiveResult& objective : result.objectives)
        most = std::max(most, objective.more_replications);
    return most;
}

}  // namespace understudy::studies
