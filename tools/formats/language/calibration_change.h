// What a calibration found, as a change file of kind `calibration`: edits, and beside them `evidence`, `assumed`,
// `unidentified` and `validation`, so that who reviews the change sees how much is known of it.
//
// Pure functions, thread-safe.
#pragma once

#include <string>

#include "tools/formats/language/change_base.h"
#include "tools/formats/language/document.h"
#include "tools/studies/calibrate.h"

namespace understudy::formats {

/// A calibration without edits gives a change without edits, which is refused when read.
Node calibration_change(const studies::Calibration& calibration, const std::string& name,
                        const ChangeBase& base, const std::string& author);

}  // namespace understudy::formats
