// Quantities of the scenario language: `30s`, `1h30min`, `6GiB`, `90/h`, `0.4%`, `4EUR/h`, `1.5x`, `12`,
// `2..20`.
//
// Numbers are read exactly: `0.1s` is 100000000 ns, and doubles are the ones nearest to what is written.
// Readers take a whole string, or a word of one with its offset, and throw Fault (position, what is wrong,
// what to write instead). Writers give the canonical text, which reads back to the same value. Pure
// functions, thread-safe.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "kernel/time.h"
#include "models/schedule.h"

namespace understudy::formats {

enum class Dimension {
    number,     ///< counts and factors without a unit
    duration,   ///< value in seconds
    size,       ///< bytes
    share,      ///< fraction: 1 is 100%
    rate,       ///< per second
    bandwidth,  ///< bytes per second
    money,      ///< in `currency`
    cost,       ///< money per second
    price,      ///< money per byte
    factor,     ///< `1.5x`
};
/// "a duration such as 30s": for messages.
const char* describe(Dimension dimension);
/// What to write instead of `unit`, which is none of ours, behind `number`: the one meant, or those that there are.
std::string hint_for_unit(std::string_view number, std::string_view unit,
                          std::optional<Dimension> expected = std::nullopt);

struct Quantity {
    Dimension dimension = Dimension::number;
    double value = 0;                   ///< in the dimension's base unit
    std::optional<std::int64_t> exact;  ///< nanoseconds of a duration, else the whole number, where it fits
    bool whole = false;                 ///< a number without fraction
    std::string currency;
};

struct Range {
    Quantity low, high;
    std::optional<Quantity> step;
};

/// `offset` is where `text` starts in the string that the Fault's offset counts in.
Quantity read_quantity(std::string_view text, std::size_t offset = 0);
/// As read_quantity, and refuses any other dimension with a hint that shows the right spelling.
Quantity read_quantity(std::string_view text, Dimension expected, std::size_t offset = 0);
/// At least 0 and below 2^63 ns.
kernel::Time read_duration(std::string_view text, std::size_t offset = 0);
/// A fraction; over 100% is refused unless `over_100` (factors such as `size: 140%`).
double read_share(std::string_view text, std::size_t offset = 0, bool over_100 = false);
/// Digits only. `unlimited` gives models::unlimited where it is allowed.
std::int64_t read_count(std::string_view text, bool allow_unlimited = false, std::size_t offset = 0);
/// A number without unit; fractions allowed.
double read_number(std::string_view text, std::size_t offset = 0);
/// `low..high` with `step S` after it; both ends of one dimension, low <= high.
Range read_range(std::string_view text, std::size_t offset = 0);
/// `2026-03-09T00:00`, seconds optional.
models::LocalInstant read_local_instant(std::string_view text, std::size_t offset = 0);
/// `05:00` as nanoseconds since midnight; 24:00 is not a time of day.
std::int64_t read_clock(std::string_view text, std::size_t offset = 0);

/// The largest unit that needs no fraction: `90s`, `1h`, `1500ms`.
std::string print_duration(kernel::Time duration);
/// A value in its base unit, in the unit that gives the shortest text that reads back to the same double.
std::string print_quantity(double value, Dimension dimension, const std::string& currency = "");
std::string print_number(double value);
std::string print_count(std::int64_t count);
std::string print_local_instant(models::LocalInstant instant);
std::string print_clock(std::int64_t ns_since_midnight);

}  // namespace understudy::formats
