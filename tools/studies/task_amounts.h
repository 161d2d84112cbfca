// Tasks whose work goes by how much they read.
#pragma once

#include "models/scenario.h"

namespace understudy::studies {

/// Does how long an attempt takes depend on the records or bytes of what the task reads?
bool goes_by_amounts(const models::Task& task);

}  // namespace understudy::studies
