// What a calibration says of its errors on what was held out: `validation` of a change. Not thread-safe.
#pragma once

#include <vector>

#include "tools/formats/language/map_reader.h"
#include "tools/studies/credibility.h"

namespace understudy::formats {

/// One map with `error`, of the `metric` that it names or else of durations, or maps of such by what they are of
/// (`makespan`, `duration`). What has no `error` tells nothing. Errors go to the reading.
std::vector<studies::CalibrationError> read_validation(Reading& reading, const Node& node);

}  // namespace understudy::formats
