// What runs were recorded to read of a dataset that comes from outside, as a load of the twin that writes it: one item as large
// as what one run read, half-way between two of them, so that each finds one.
//
// Sizes are those of one run as they are, of several a lognormal law with their mean and variation. There is no load where
// runs are not as far from each other each time: days of the week, or no known schedule. Pure function, thread-safe.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "models/schedule.h"
#include "tools/formats/language/document.h"

namespace understudy::formats {

/// As a key of `load` has it. `schedule`: of the runs, in the language's words; empty: not known. `start`: of the run, in UTC.
std::optional<Node> load_of_volumes(const std::vector<double>& bytes, const std::string& dataset,
                                    const std::string& schedule, models::LocalInstant start);

}  // namespace understudy::formats
