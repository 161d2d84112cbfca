// A calibration for a terminal: what was fitted, how sure it is, how well it predicts what it was not fitted to. Made
// from the result alone; 80 columns. Thread-safe.
#pragma once

#include <string>

#include "tools/studies/calibrate.h"

namespace understudy::reports {

/// `change`: where it was written; empty if it was not.
std::string calibration_report(const studies::Calibration& calibration, const std::string& twin,
                               const std::string& change);

}  // namespace understudy::reports
