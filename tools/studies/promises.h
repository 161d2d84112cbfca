// What a candidate promises less of than its baseline: what goes unnoticed where it is judged by its own objectives. Pure,
// thread-safe.
#pragma once

#include <string>
#include <vector>

#include "models/scenario.h"
#include "tools/studies/counterparts.h"

namespace understudy::studies {

/// Whether keeping one of these keeps that: of the same measure or one that is never less, from one side, at most as far.
bool keeps(const std::vector<models::Objective>& promised, const models::Objective& objective);

struct WeakerPromise {
    std::string text;             ///< as the baseline has it
    models::Objective objective;  ///< the same, by the candidate's names
    std::string now;  ///< what the candidate promises of that measure, which allows more; empty: nothing
};
/// In the order of the baseline's objectives.
std::vector<WeakerPromise> weaker_promises(const models::Scenario& baseline,
                                           const models::Scenario& candidate,
                                           const Counterparts& counterparts);

}  // namespace understudy::studies
