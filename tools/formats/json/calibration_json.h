// A calibration as the document of `calibrate --json`; members in docs/file-formats.md. Pure, thread-safe.
#pragma once

#include <string>

#include "tools/formats/language/document.h"
#include "tools/studies/calibrate.h"

namespace understudy::formats {

/// `change` as calibration_change() made it; evidence and validation stand beside it, with their numbers.
std::string calibration_as_json(const studies::Calibration& calibration, const Node& change);

}  // namespace understudy::formats
