// What text and page both say of a study of sensitivity. Internal to tools/reports. Pure functions.
#pragma once

#include <string>
#include <vector>

#include "kernel/sensitivity.h"
#include "tools/reports/numbers.h"
#include "tools/studies/sensitivity.h"

namespace understudy::reports {

/// "morris over 3 factors, 80 settings, 160 replications, seed 42"
std::string basis_words(const studies::Study& study, const studies::SensitivityResult& result);

/// "+1.2 s (+0.9 to +1.5)"
std::string effect_words(const kernel::Estimate& estimate, const std::string& unit, const HumanUnit& shown);
/// The same for each one of a factor, which may be far less.
std::string slope_words(const kernel::Estimate& estimate, const std::string& unit);
/// "1.2 s (0.9 to 1.5)", of shares in points as the effects are.
std::string size_words(const kernel::Estimate& estimate, const std::string& unit, const HumanUnit& shown);
/// "62 % (51 to 73)": a share may come out below 0 or above 1, and is shown as the nearest that there is.
std::string share_words(const kernel::Estimate& estimate);
/// "mean 5 s (4 to 6), sd 1 s (0.9 to 1.1); noise is 12 % (10 to 14) of what replications differ"
std::string spread_words(const kernel::SobolIndices& indices, const std::string& unit);

/// Factors, the largest first; of settings by their largest difference.
std::vector<std::size_t> by_size(const std::vector<kernel::ElementaryEffects>& effects);
std::vector<std::size_t> by_size(const kernel::SobolIndices& indices);
std::vector<std::size_t> by_size(const std::vector<studies::SensitivityOfMeasure::Setting>& settings,
                                 std::size_t factors);

}  // namespace understudy::reports
