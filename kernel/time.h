// The virtual clock: instants and durations in whole nanoseconds.
//
// An instant counts from the start of the scenario (time 0); a duration is a difference of instants. 2^63 ns are 292
// years. Arithmetic that could leave that range goes through the checked functions below; plain + and - are for
// sums whose bounds are known. Pure functions, thread-safe.
#pragma once

#include <cstdint>
#include <limits>

namespace understudy::kernel {

/// Nanoseconds since the start of the scenario, or a duration in nanoseconds.
using Time = std::int64_t;

inline constexpr Time nanosecond = 1;
inline constexpr Time microsecond = 1000;
inline constexpr Time millisecond = 1000 * microsecond;
inline constexpr Time second = 1000 * millisecond;
inline constexpr Time minute = 60 * second;
inline constexpr Time hour = 60 * minute;
inline constexpr Time day = 24 * hour;
inline constexpr Time week = 7 * day;

/// Later than every event: "never".
inline constexpr Time never = std::numeric_limits<Time>::max();

/// a + b, or `never` where the sum would pass it. b must not be negative.
inline Time later(Time a, Time b) { return a > never - b ? never : a + b; }

/// Seconds as a duration, rounded to the nearest nanosecond (ties away from zero); `never` from 2^63 ns on.
/// A negative or NaN argument is 0: a drawn duration is never negative.
inline Time from_seconds(double seconds) {
    const double ns = seconds * 1e9 + 0.5;
    if (!(ns >= 1.0)) return 0;
    return ns >= 9.2e18 ? never : static_cast<Time>(ns);
}

/// A duration or instant in seconds: the double nearest to it up to 2^53 ns (104 days), so that 1.5 s is 1.5
/// and not 1.5000000000000002; beyond, within two roundings.
inline double to_seconds(Time t) { return static_cast<double>(t) / 1e9; }

}  // namespace understudy::kernel
