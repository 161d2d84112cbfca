// Measures and objectives: `avg waiting(server)`, `p(95) latency(a -> b) of gold during 7h..9h each 1d <
// 40s`.
//
// Reading throws Fault, with hints from the words of other tools to ours. Whether the names exist and the
// metric makes sense for what they name is models/check.h's business. Printing gives the canonical text.
// Pure, thread-safe.
#pragma once

#include <string>
#include <string_view>

#include "models/acceptance.h"
#include "models/scenario.h"
#include "tools/formats/language/values.h"

namespace understudy::formats {

models::Measure read_measure(std::string_view text);
/// What amounts of a measure are written in: its limits.
Dimension limit_dimension(const models::Measure& measure);
/// `currency` is filled by a limit in money, and checked if it is filled already.
models::Objective read_objective(std::string_view text, std::string& currency);
/// An entry of `accept`: `all objectives`, an objective, or one with `increase` before it, whose limit may be negative and
/// is relative with `%`, absolute with the measure's unit or as 0. Adds it to `into`; what is there twice is a Fault.
void read_accepted(std::string_view text, std::string& currency, models::Acceptance& into);

/// `lag(enrich) > 500000 for 5min`, `updated orders`.
models::Condition read_condition(std::string_view text);

std::string print_measure(const models::Measure& measure);
std::string print_objective(const models::Objective& objective, const std::string& currency);
std::string print_condition(const models::Condition& condition);

}  // namespace understudy::formats
