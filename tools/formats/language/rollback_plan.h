// How a change says that it is taken back: `rollback`.
//
// What is read here needs no scenario; actions stay nodes until there is one (rollback_reader.h). Errors go to the reading.
// Not thread-safe.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "kernel/time.h"
#include "models/law.h"
#include "tools/formats/language/map_reader.h"

namespace understudy::formats {

struct RollbackPlan {
    struct Step {
        std::string text;
        models::Law takes;         ///< seconds
        std::optional<Node> verb;  ///< an action without a time
    };
    Node failure;        ///< an action without a time, or a name; absent where `fails` is not set
    bool fails = false;  ///< some action makes it fail; else the candidate is itself the failure
    std::optional<kernel::Time> fails_at;  ///< from the start
    std::optional<Node> fails_when;        ///< a condition
    std::optional<Node> detect;            ///< a condition; else:
    models::Law detect_after;              ///< seconds after the failure
    models::Law decide;                    ///< seconds
    std::vector<Step> steps;
    Node until;  ///< a condition
};

/// Is it a failure that a way back can end (`set`, `fail` or `pause`)?
bool can_be_taken_back(const Node& action);

/// A law of what people take depends on no item. `node` may be null.
void refuse_items(Reading& reading, const Node* node, const models::Law& law);

std::optional<RollbackPlan> read_rollback_plan(Reading& reading, const Node& node, Place where);

}  // namespace understudy::formats
