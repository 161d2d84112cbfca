// A study's base tried with overrides, for what is wrong with the last of them: read and compiled, not run.
// Internal to tools/formats/language. Nothing throws for what is in a file. Thread-safe: no shared state.
#pragma once

#include <string>
#include <vector>

#include "tools/formats/language/diagnostics.h"
#include "tools/studies/study.h"

namespace understudy::formats {

/// What is wrong with a base that is right without the last override.
struct Wrong {
    std::string message, hint;
    Place place;         ///< in the override's value; line 0: elsewhere
    std::string member;  ///< of the action, where its place is not known
};
std::vector<Wrong> wrong_with(const studies::Study& study, const std::vector<std::string>& overrides);

}  // namespace understudy::formats
