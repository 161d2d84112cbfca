// A value of the language times a factor, as text: `4` times 1.5 is `6`, `lognormal(mean 40s cv 0.5)` times 2 is
// `lognormal(mean 80s cv 0.5)`. Pure, thread-safe.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace understudy::formats {

/// "1.5x" as 1.5; nothing if it is anything else.
std::optional<double> factor_in(std::string_view text);

/// Of a quantity, and of a law whose amounts have units: each amount, so that every draw is multiplied; `cv`, `k` and shares
/// stay. Nothing where there is nothing to multiply, or not all of it: fields, columns of logs, laws of plain numbers.
std::optional<std::string> multiplied_text(std::string_view text, double factor);

}  // namespace understudy::formats
