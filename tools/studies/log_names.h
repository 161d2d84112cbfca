// By what names an element of a twin may go of which a log says this. One rule for all that hold logs against twins
// (calibrate.h, follow.h). Internal to tools/studies; pure.
#pragma once

#include <string>
#include <vector>

namespace understudy::studies {

/// The likeliest first: the text itself, what follows its last `:`, `/` or `.` (in that order, where it has one), and the
/// name that an element gets whose label it is (label_names.h). None of an empty text.
std::vector<std::string> names_in_a_twin(const std::string& text);

}  // namespace understudy::studies
