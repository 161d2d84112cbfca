// How far off a stored twin is known to be, and how sure its parameters are: the errors on held-out runs that the last
// calibration in its history gives, and the uncertainty of what was fitted.
//
// The history of a version is the versions before it that it was made from: where one has the content of an earlier one
// (it was rolled back, or restored), what lies between is no part of it. Not thread-safe, as the store.
#pragma once

#include <string>
#include <vector>

#include "tools/formats/store/store.h"
#include "tools/studies/credibility.h"
#include "tools/studies/uncertain_input.h"

namespace understudy::formats {

/// Of a change file with `validation`; `source` says where the errors are from. Empty where it has none, or cannot be read.
std::vector<studies::CalibrationError> calibration_in(const std::string& change_text,
                                                      const std::string& where);

/// Empty where no version in the history was made by a calibration that says its errors.
std::vector<studies::CalibrationError> calibration_of(Store& store, const Version& version);

/// Of a scenario that is a stored version, or takes its twin from one (`twin: orders@3`); empty for others. `path` as
/// scenarios are named. FileError.
std::vector<studies::CalibrationError> calibration_of_scenario(const std::string& path);

/// Likewise: how sure the changes in its history are of what they set, the last one of a path; by the names that things have in
/// it, whether a change renamed them or a file (`twin.renamed`).
std::vector<studies::UncertainInput> uncertainty_of_scenario(const std::string& path);

}  // namespace understudy::formats
