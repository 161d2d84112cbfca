// What a parameter of a study may be: a list of values, a range (`4..16`, whole numbers where both ends are; `4..16 step 4`;
// `10ms..30ms`; `1x..4x step 0.25x`, times what the base has), or a law that it is drawn from (`uniform(500ms..1s)`).
//
// Each is tried at its steps; `at(u)` is the value of a share u, in [0, 1), of all there may be. Throw Fault. Pure.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "tools/studies/study.h"

namespace understudy::formats {

/// Texts as they are set; a word or a law has no size.
studies::Factor factor_of_values(std::vector<std::string> values);
/// At most 100 000 values where it has steps; more than 16 are tried one at a time at its ends and in between.
studies::Factor factor_of_range(std::string_view text);
studies::Factor factor_of_law(const std::string& text);

}  // namespace understudy::formats
