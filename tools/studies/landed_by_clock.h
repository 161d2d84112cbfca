// What a load has landed over a time, where its clock tells it.
#pragma once

#include <optional>

#include "models/scenario.h"

namespace understudy::studies {

/// After `after`, up to and with `until`, on the clock of the run. Nothing where it is not known: where its intervals differ,
/// or where items came and how large they were is random.
std::optional<models::PresentAmount> landed_by_clock(const models::Load& load, kernel::Time after,
                                                     kernel::Time until);

}  // namespace understudy::studies
