// Tasks whose work goes by how much they read.
#pragma once

#include "models/scenario.h"

namespace understudy::studies {

/// Does how long an attempt takes depend on the records or bytes of what the task reads?
bool goes_by_amounts(const models::Task& task);

/// What of that anything in a twin goes by.
struct CountedAmounts {
    bool records = false, bytes = false;
    bool any() const { return records || bytes; }
};
CountedAmounts counted_amounts(const models::Scenario& twin);

}  // namespace understudy::studies
