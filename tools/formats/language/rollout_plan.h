// How a change says that it is brought in: `rollout`.
//
// What is read here needs no scenario; what refers to one stays nodes until there is one (rollout_reader.h). Errors go to
// the reading. Not thread-safe.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "kernel/time.h"
#include "tools/formats/language/map_reader.h"
#include "tools/studies/canary.h"

namespace understudy::formats {

struct RolloutPlan {
    std::optional<kernel::Time> at;  ///< when it goes in, from the start
    /// In steps, or by a switch; else nothing below says anything.
    bool in_steps = false;
    studies::Rollout steps;
    std::vector<Place> guard_places;  ///< of `steps.guards`
    std::vector<Node> worse;          ///< actions without a time, that make the candidate a bad one
    Place place, by_place;            ///< of the rollout; of how items are told apart
};

/// `at_once`, `blue_green`, or a map. Limits in money are in `currency`, which is filled by the first.
RolloutPlan read_rollout(Reading& reading, const Node& node, Place where, std::string& currency);

}  // namespace understudy::formats
