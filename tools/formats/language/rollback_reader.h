// A change's way back, read together with the scenario that it is of: what tools/studies/rollback.h rehearses.
//
//     RollbackReading reading = read_rollback("orders.yaml", {}, "fewer-workers.yaml", Edits::as_actions);
//
// What the plan does becomes actions of the scenario, without a time of their own, behind those that it has. So may the
// edits, where each is one that an action can make (`set` of a count, a share, a law, ...); then the twin is the baseline,
// and they are made and taken back in it. Else it is the candidate from the start. Errors stand where the plan is written.
// Thread-safe: no shared state.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "tools/formats/language/change_reader.h"
#include "tools/formats/language/diagnostics.h"
#include "tools/studies/rollback.h"

namespace understudy::formats {

/// How the edits of a change get into the scenario.
enum class Edits { as_actions, made_before };

struct Sides;

struct RollbackReading {
    std::optional<studies::RollbackTwin>
        twin;  ///< nothing if there was an error, or the change has no way back
    Diagnostics diagnostics;
};

RollbackReading read_rollback(const std::string& base, const std::vector<std::string>& overrides,
                              const std::string& change, Edits edits);

/// What stands beside a scenario while it is read (scenario_reader.h): the change's actions are in it.
struct Aside {
    Edits edits = Edits::made_before;
    studies::WayBack plan;
    std::size_t first = 0, count = 0;  ///< of the scenario's actions, those that have no time
    bool found = false;                ///< the change has a way back
    Sides* sides = nullptr;  ///< not owned; where not null, of a rollout in steps as well (rollout_reader.h)
};

/// Adds the actions of a change's plan to the document; before edits are made that are made before.
void put_aside(Node& root, const Change& change, Aside& aside, Diagnostics& out);

}  // namespace understudy::formats
