// Elementary functions with the same bytes on every x86-64, for every value that reaches a draw or a result.
//
// The C library chooses variants of log, exp and so on by the processor (with or without fused multiply-add),
// and they differ in the last bit. These use only + - * / and operations on bits in IEEE double, rounding to
// nearest, compiled with -ffp-contract=off. Tables are computed by the compiler in double-double arithmetic
// (exact_math.cpp), so that their derivation is the code.
//
// Errors, in units in the last place, measured against 113 bits (tests/kernel/exact_math.cpp holds them to
// these): exp and pow below 0.52, log 0.63, sin and cos 0.80, log1p 1.5, expm1 2.2. Subnormal results may be
// off by one more.
//
// Special cases: NaN gives NaN. Out of the domain gives NaN: log of a negative number, log1p below -1, sin
// and cos of an infinity or beyond +-1e9, pow of a negative number to a power that is not whole. log(0) and
// log1p(-1) are -infinity, exp is 0 below -745.14 and infinite above 709.783, expm1 is -1 below about -37.
// pow(x, 0) and pow(1, y) are 1 even for NaN, as in C. No flags and no errno are set on purpose; the rounding
// mode must be to nearest.
//
// Methods: table-driven reduction and a short Taylor polynomial after Tang 1989 (exp, ACM TOMS 15:2) and Tang
// 1990 (log, ACM TOMS 16:4), with the products of the reduction made exact by short table entries instead of
// FMA; argument reduction for sin and cos by Cody and Waite 1980 with pi/2 in four parts. Thread safety: pure
// functions.
#pragma once

#include <array>
#include <bit>
#include <cstdint>

namespace understudy::kernel::exact {

namespace detail {

/// For one of the 128 intervals of the significand: 1/c rounded to 12 bits, and -log of that in two parts, of
/// which the first is a multiple of 2^-42.
struct LogEntry {
    double inverse;
    double high;
    double low;
};
extern const std::array<LogEntry, 128> log_table;

/// 2^(i/128) = value * (1 + rest).
struct ExpEntry {
    double value;
    double rest;
};
extern const std::array<ExpEntry, 128> exp_table;

/// Significands are taken from [offset, 2 offset) = [0.705.., 1.41..), so that 1 lies in the middle of an
/// interval, the one with c = 1, and no cancellation happens near log(1) = 0.
inline constexpr std::uint64_t log_offset = 0x3FE6900000000000ULL;
inline constexpr double ln2_high =
    0x1.62e42fefa38p-1;  // ln 2 to 42 bits: its products with exponents are exact
inline constexpr double ln2_low = 0x1.ef35793c7673p-45;    // ln 2 minus the above
inline constexpr double exp_steps = 0x1.71547652b82fep+7;  // 128 / ln 2
inline constexpr double exp_step_high = 0x1.62e42fefcp-8;  // ln 2 / 128, its products with steps are exact
inline constexpr double exp_step_low = -0x1.c610ca86c3899p-44;
inline constexpr double round_shift = 0x1.8p52;  // adding it rounds to a whole number, found in the low bits

double log_special(double x);
/// exp(x + rest) by the slow path: any x, |rest| below 2^-40.
double exp_special(double x, double rest);

/// The reduced argument of a logarithm: log(x) = base + r + rest, plus log(1 + r) - r.
struct LogParts {
    double base;    // exact
    double r;       // |r| < 0.0045
    double r_rest;  // rounding error of r
    double rest;
};

/// Of the significand with these bits.
inline const LogEntry& log_entry(std::uint64_t bits) { return log_table[((bits - log_offset) >> 45) & 127]; }

/// From the bits of a normal positive number, or of one times 2^54 with 54 taken from the exponent field, and
/// their log_entry().
inline LogParts reduce_log(std::uint64_t bits, const LogEntry& entry) {
    const std::uint64_t shifted = bits - log_offset;
    // By way of 32 bits, which every processor converts several at a time.
    const double exponent = static_cast<std::int32_t>(shifted >> 32) >> 20;
    const std::uint64_t significand = bits - (shifted & 0xFFF0000000000000ULL);
    // Upper and lower half of the significand times 12 bits are exact, and so is the first minus one.
    const double z = std::bit_cast<double>(significand);
    const double z_high = std::bit_cast<double>(significand & 0xFFFFFFFF00000000ULL);
    const double first = z_high * entry.inverse - 1.0;
    const double second = (z - z_high) * entry.inverse;
    const double r = first + second;
    return {exponent * ln2_high + entry.high, r, (first - r) + second, exponent * ln2_low + entry.low};
}

inline double log_of_bits(std::uint64_t bits, const LogEntry& entry) {
    const LogParts parts = reduce_log(bits, entry);
    const double r = parts.r;
    const double square = r * r;
    const double polynomial =
        -0.5 + r * (1.0 / 3.0) + square * ((-0.25 + r * 0.2) + square * (-1.0 / 6.0 + r * (1.0 / 7.0)));
    const double high = parts.base + r;
    const double low = (parts.base - high) + r;
    return high + (low + (parts.rest + square * polynomial));
}

}  // namespace detail

/// Natural logarithm.
inline double log(double x) {
    const auto bits = std::bit_cast<std::uint64_t>(x);
    // One comparison for all of: positive, normal, finite.
    if (bits - 0x0010000000000000ULL >= 0x7FE0000000000000ULL) [[unlikely]]
        return detail::log_special(x);
    return detail::log_of_bits(bits, detail::log_entry(bits));
}

/// log(1 + x) without loss for small x.
inline double log1p(double x) {
    const double sum = 1.0 + x;
    if (!(sum > 0.0 && sum < 0x1p1000)) [[unlikely]]
        return detail::log_special(sum);
    // What rounding took from the sum, exact whichever of 1 and x is larger.
    const double missing = x < 1.0 ? x - (sum - 1.0) : 1.0 - (sum - x);
    return log(sum) + missing / sum;
}

/// e to the power x.
inline double exp(double x) {
    if (!(x > -700.0 && x < 700.0)) [[unlikely]]
        return detail::exp_special(x, 0.0);
    const double shifted = x * detail::exp_steps + detail::round_shift;
    const auto step = std::bit_cast<std::uint64_t>(shifted);
    const double count = shifted - detail::round_shift;
    const double r = (x - count * detail::exp_step_high) - count * detail::exp_step_low;
    const detail::ExpEntry& entry = detail::exp_table[step & 127];
    const double scale =
        std::bit_cast<double>(std::bit_cast<std::uint64_t>(entry.value) + ((step >> 7) << 52));
    const double square = r * r;
    const double polynomial =
        (entry.rest + r) + square * ((0.5 + r * (1.0 / 6.0)) + square * (1.0 / 24.0 + r * (1.0 / 120.0)));
    return scale + scale * polynomial;
}

/// exp(x) - 1 without loss for small x.
double expm1(double x);

/// x to the power y.
double pow(double x, double y);

/// Sine and cosine of an angle in radians, |x| <= 1e9.
double sin(double x);
double cos(double x);

}  // namespace understudy::kernel::exact
