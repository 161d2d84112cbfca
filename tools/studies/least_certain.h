// The objectives whose verdict is the least certain: what to run more replications for. Pure, thread-safe.
#pragma once

#include <optional>
#include <vector>

#include "tools/studies/result.h"

namespace understudy::studies {

constexpr std::size_t most_uncertain = 5;

/// From this share of the distance on that half the interval takes, a decided objective counts as near to its limit:
/// one in four runs with other seeds would leave it open.
constexpr double narrow_room = 0.75;

struct Uncertain {
    const ObjectiveResult* objective = nullptr;  ///< of the result; has an estimate
    std::optional<double> half_width;  ///< of the interval, on the side of the limit; nothing: no interval
    double distance = 0;               ///< of the estimate to the limit
};

/// Those that are inconclusive for want of precision or data, and those that are decided with less room than
/// `narrow_room` leaves; the least certain first, no more than `most_uncertain`. None where more replications would
/// not make anything more certain, such as without a steady state.
std::vector<Uncertain> least_certain(const RunResult& result);

/// So many more replications decide all that is not decided yet, or give it an interval; 0: none would, or are needed.
std::int64_t more_replications_for_all(const RunResult& result);

}  // namespace understudy::studies
