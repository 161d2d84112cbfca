// A change's rollout in steps, read together with the scenarios that it leads from and to: what tools/studies/canary.h
// rehearses.
//
//     CanaryReading reading = read_canary("orders.yaml", {}, "fewer-workers.yaml");
//
// The two sides are those stages that the edits change; an edit of anything that both sides would share is an error, where
// it stands. So is a stage whose items cannot be shared out (studies/side_by_side.h), and a guard that cannot be judged.
// What makes a candidate a bad one are the failure of its way back, where it has one, and what `worse` lists: actions of the
// scenario without a time of their own, behind those that it has. Thread-safe: no shared state.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "tools/formats/language/change_reader.h"
#include "tools/formats/language/diagnostics.h"
#include "tools/formats/language/rollback_reader.h"
#include "tools/studies/canary.h"

namespace understudy::formats {

struct CanaryReading {
    std::optional<studies::CanaryTwin>
        twin;  ///< nothing if there was an error, or it is not brought in in steps
    Diagnostics diagnostics;
};

CanaryReading read_canary(const std::string& base, const std::vector<std::string>& overrides,
                          const std::string& change);

/// What is found of a rollout while its scenario is read.
struct Sides {
    RolloutPlan plan;
    std::vector<std::pair<std::string, Place>> stages;  ///< that the edits change, and where one does first
    std::vector<std::pair<std::string, std::size_t>> worse;  ///< as text, with the position of its action
    std::string failure;                                     ///< that of the way back, as text
    std::vector<std::string> stresses;  ///< actions of the scenario that do not happen here
};

/// Fills `aside.sides`, and adds actions to the document; before the edits are made.
void put_sides(Node& root, const Change& change, Aside& aside, Diagnostics& out);

}  // namespace understudy::formats
