// How a step or a task came out, by the word that a table has for it: those of schedulers and CI systems in any case, and exit
// codes. Pure function, thread-safe.
#pragma once

#include <string_view>

namespace understudy::formats {

enum class Outcome { completed, failed, never_ran, unknown };

/// Nothing is said: completed. Whole numbers are exit codes.
Outcome outcome(std::string_view text);

}  // namespace understudy::formats
