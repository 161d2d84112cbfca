// What a knowledge graph that was read says anew of a scenario that there is. Pure functions, thread-safe.
#pragma once

#include "models/scenario.h"
#include "tools/formats/language/document.h"

namespace understudy::formats {

/// `now` with what `earlier` says wherever the graphs of both say the same, or that of `now` nothing: relations, texts, and
/// all keys that no graph has, such as services and workers. So update_of(earlier, this) is what the graph says anew.
Node with_what_is_known(Node now, const models::Scenario& now_scenario, const Node& earlier,
                        const models::Scenario& earlier_scenario);

}  // namespace understudy::formats
