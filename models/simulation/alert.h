// An alert that was raised in a replication: told apart by which action says it, as several may say the same.
#pragma once

#include <string>

#include "kernel/time.h"
#include "models/compile/model.h"

namespace understudy::models {

struct Alert {
    kernel::Time at = 0;
    Index action = none;  ///< by its place among the scenario's
    std::string text;
};

}  // namespace understudy::models
