// What the tasks of recorded runs moved over the link that their twin has, for calibrate.h: models/replay/phases.h with the
// platform that the twin describes. Internal to tools/studies; pure.
#pragma once

#include <optional>
#include <string>

#include "models/replay/phases.h"
#include "models/scenario.h"

namespace understudy::studies {

struct LinkOfTwin {
    std::string name;
    models::StoragePlatform platform;
};

/// The link that the twin's tasks move data over, with the nodes' network; nothing where none does, and where several
/// links, or none of a stated bandwidth, would have to be told apart.
std::optional<LinkOfTwin> link_of_twin(const models::Scenario& twin);

}  // namespace understudy::studies
