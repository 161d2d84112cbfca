// Whether a rehearsal can read what a change says of itself: what it accepts, how it goes in, and its way back.
#pragma once

#include <string>

#include "models/scenario.h"
#include "tools/formats/language/change_reader.h"
#include "tools/studies/change_check.h"

namespace understudy::cli {

/// Of a change whose edits can be made: a check for each thing that is wrong, at its place in the file, and one that passed for
/// each that it has without anything wrong. `base` and `file` as they are given; `before` and `after` its scenarios.
studies::Checks checks_of_plans(const formats::ChangeReading& said, const std::string& base,
                                const std::string& file, const models::Scenario& before,
                                const models::Scenario& after);

}  // namespace understudy::cli
