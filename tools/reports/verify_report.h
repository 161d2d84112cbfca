// What verify found, for a terminal: one line a model, what is not inside below it, and the whole at the end.
#pragma once

#include <string>
#include <vector>

#include "tools/studies/verify.h"

namespace understudy::reports {

/// One model: its line, and those of its quantities that are not inside.
std::string verified_model(const studies::VerifiedModel& model, int width);

/// How many are inside and how z is spread; where there are several seeds, of each kind of model too.
std::string verification_summary(const std::vector<studies::VerifiedModel>& models, int width);

}  // namespace understudy::reports
