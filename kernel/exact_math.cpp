#include "kernel/exact_math.h"

#include <cmath>

#include "kernel/not_finite.h"

namespace understudy::kernel::exact {

namespace {

// --- Double-double arithmetic: an unevaluated sum high + low, about 104 bits (Dekker 1971, Numer. Math. 18)
// ---

struct Pair {
    double high;
    double low;
};

/// a + b exactly (Knuth's two-sum).
constexpr Pair exact_sum(double a, double b) {
    const double sum = a + b;
    const double part = sum - a;
    return {sum, (a - (sum - part)) + (b - part)};
}

/// The upper half of a double's bits (Veltkamp's splitting); |a| below 2^990.
constexpr double upper_half(double a) {
    const double product = 134217729.0 * a;  // 2^27 + 1
    return product - (product - a);
}

/// a * b exactly, barring under- and overflow.
constexpr Pair exact_product(double a, double b) {
    const double product = a * b;
    const double a_high = upper_half(a);
    const double a_low = a - a_high;
    const double b_high = upper_half(b);
    const double b_low = b - b_high;
    return {product, ((a_high * b_high - product) + a_high * b_low + a_low * b_high) + a_low * b_low};
}

constexpr Pair add(Pair a, Pair b) {
    const Pair sum = exact_sum(a.high, b.high);
    return exact_sum(sum.high, sum.low + (a.low + b.low));
}

constexpr Pair multiply(Pair a, Pair b) {
    const Pair product = exact_product(a.high, b.high);
    return exact_sum(product.high, product.low + (a.high * b.low + a.low * b.high));
}

constexpr Pair divide(Pair a, Pair b) {
    const double first = a.high / b.high;
    const Pair whole = multiply({first, 0.0}, b);
    const Pair rest = add(a, {-whole.high, -whole.low});
    const double second = rest.high / b.high;
    const Pair part = multiply({second, 0.0}, b);
    const Pair final_rest = add(rest, {-part.high, -part.low});
    return add(exact_sum(first, second), {final_rest.high / b.high, 0.0});
}

/// log(a / b) = 2 artanh((a - b) / (a + b)) by its series; a and b within a factor of 2 of one another.
constexpr Pair log_of_ratio(double a, double b) {
    const Pair t = divide(exact_sum(a, -b), exact_sum(a, b));
    const Pair square = multiply(t, t);
    Pair power = t;
    Pair sum = t;
    for (int n = 3; n < 81; n += 2) {
        power = multiply(power, square);
        sum = add(sum, divide(power, {static_cast<double>(n), 0.0}));
    }
    return {2.0 * sum.high, 2.0 * sum.low};
}

constexpr Pair exp_series(Pair x) {
    Pair term{1.0, 0.0};
    Pair sum{1.0, 0.0};
    for (int n = 1; n < 30; ++n) {
        term = divide(multiply(term, x), {static_cast<double>(n), 0.0});
        sum = add(sum, term);
    }
    return sum;
}

/// x rounded to a multiple of 2^-bits; |x| below 2^(51 - bits).
constexpr double round_to_bits(double x, int bits) {
    double shift = 1.5;
    for (int i = 0; i < 52 - bits; ++i) shift *= 2.0;
    return (x + shift) - shift;
}

constexpr Pair ln2 = log_of_ratio(2.0, 1.0);

constexpr std::array<detail::LogEntry, 128> make_log_table() {
    std::array<detail::LogEntry, 128> table{};
    for (std::uint64_t i = 0; i < table.size(); ++i) {
        // The middle of the interval of significands whose reduced bits start with i.
        const double middle = std::bit_cast<double>(detail::log_offset + (i << 45) + (1ULL << 44));
        const double inverse = round_to_bits(1.0 / middle, 11);
        const Pair log = log_of_ratio(1.0, inverse);
        const double high = round_to_bits(log.high, 42);
        table[i] = {inverse, high, (log.high - high) + log.low};
    }
    return table;
}

constexpr std::array<detail::ExpEntry, 128> make_exp_table() {
    std::array<detail::ExpEntry, 128> table{};
    for (std::uint64_t i = 0; i < table.size(); ++i) {
        const Pair power = exp_series(multiply(ln2, {static_cast<double>(i) / 128.0, 0.0}));
        table[i] = {power.high, power.low / power.high};
    }
    return table;
}

constexpr std::array<detail::LogEntry, 128> log_entries = make_log_table();
constexpr std::array<detail::ExpEntry, 128> exp_entries = make_exp_table();

constexpr double exp_ln2_high = round_to_bits(ln2.high, 35);

// The constants of the header are the ones derived here.
static_assert(detail::ln2_high == round_to_bits(ln2.high, 42));
static_assert(detail::ln2_low == (ln2.high - detail::ln2_high) + ln2.low);
static_assert(detail::exp_step_high == exp_ln2_high / 128.0);
static_assert(detail::exp_step_low == ((ln2.high - exp_ln2_high) + ln2.low) / 128.0);
static_assert(detail::exp_steps == 128.0 * divide({1.0, 0.0}, ln2).high);
static_assert(log_entries[75].inverse == 1.0 && log_entries[75].high == 0.0 && log_entries[75].low == 0.0);

/// The reduction of exp: e^x = scale 2^exponent (1 + rest + (e^r - 1)), scale in [1, 2).
struct ExpParts {
    double r;
    double scale;
    double rest;
    std::int64_t exponent;
};

ExpParts reduce_exp(double x) {
    const double shifted = x * detail::exp_steps + detail::round_shift;
    const double count = shifted - detail::round_shift;
    const auto step = static_cast<std::int64_t>(count);
    const detail::ExpEntry& entry = exp_entries[step & 127];
    return {(x - count * detail::exp_step_high) - count * detail::exp_step_low, entry.value, entry.rest,
            step >> 7};
}

/// e^r - 1 for |r| < 0.0028.
double expm1_polynomial(double r) {
    return r +
           r * r *
               ((0.5 + r * (1.0 / 6.0)) + r * r * ((1.0 / 24.0 + r * (1.0 / 120.0)) + r * r * (1.0 / 720.0)));
}

/// 2^n for n in -1022..1023.
double power_of_two(std::int64_t n) {
    return std::bit_cast<double>(static_cast<std::uint64_t>(n + 1023) << 52);
}

/// log(x) as a double-double with a relative error near 2^-65, x positive and finite.
Pair precise_log(double x) {
    auto bits = std::bit_cast<std::uint64_t>(x);
    if (bits < 0x0010000000000000ULL) bits = std::bit_cast<std::uint64_t>(x * 0x1p54) - (54ULL << 52);
    const detail::LogParts parts = detail::reduce_log(bits, detail::log_entry(bits));
    const double r = parts.r;
    const double square = r * r;
    const double cubic =
        square * r *
        ((1.0 / 3.0 - r * 0.25) +
         square * ((0.2 - r * (1.0 / 6.0)) + square * ((1.0 / 7.0 - r * 0.125) + square * (1.0 / 9.0))));
    const Pair half_square = exact_product(r, 0.5 * r);
    const Pair linear = exact_sum(parts.base, r);
    const Pair quadratic = exact_sum(linear.high, -half_square.high);
    const double low =
        (linear.low + quadratic.low) - half_square.low + parts.r_rest * (1.0 - r) + parts.rest + cubic;
    return exact_sum(quadratic.high, low);
}

bool is_whole(double y) { return std::floor(y) == y; }

bool is_odd(double y) {
    const double half = 0.5 * y;  // from 2^53 on every number is even
    return std::fabs(y) < 0x1p53 && std::floor(half) != half;
}

// pi / 2 in five parts; the first four have 22 bits, so that their products with 30-bit counts are exact.
constexpr std::array<double, 5> half_pi = {0x1.921fb00000000p+0, 0x1.5110b00000000p-22, 0x1.1846980000000p-44,
                                           0x1.3198800000000p-69, 0x1.1701b839a2520p-88};

struct Angle {
    Pair rest;  // in [-pi/4, pi/4]
    int quarter;
};

/// x minus the nearest multiple of pi / 2; |x| <= 1e9.
Angle reduce_angle(double x) {
    constexpr double two_over_pi = 0.63661977236758134308;
    const double count = (x * two_over_pi + detail::round_shift) - detail::round_shift;
    const double near = (x - count * half_pi[0]) - count * half_pi[1];
    Pair rest = exact_sum(near, -count * half_pi[2]);
    rest = exact_sum(rest.high, rest.low - count * half_pi[3]);
    rest = exact_sum(rest.high, rest.low - count * half_pi[4]);
    return {rest, static_cast<int>(static_cast<std::int64_t>(count) & 3)};
}

/// 1 / n!
constexpr double inverse_factorial(int n) {
    Pair product{1.0, 0.0};
    for (int i = 2; i <= n; ++i) product = divide(product, {static_cast<double>(i), 0.0});
    return product.high;
}

/// The Taylor series of degree 17 and 18: the next term is below 2^-60 of the result on [-pi/4, pi/4].
double sine_of(Pair angle) {
    const double z = angle.high * angle.high;
    double sum = inverse_factorial(17);
    sum = sum * z - inverse_factorial(15);
    sum = sum * z + inverse_factorial(13);
    sum = sum * z - inverse_factorial(11);
    sum = sum * z + inverse_factorial(9);
    sum = sum * z - inverse_factorial(7);
    sum = sum * z + inverse_factorial(5);
    sum = sum * z - inverse_factorial(3);
    return angle.high + (angle.high * z * sum + angle.low * (1.0 - 0.5 * z));
}

double cosine_of(Pair angle) {
    const double z = angle.high * angle.high;
    double sum = -inverse_factorial(18);
    sum = sum * z + inverse_factorial(16);
    sum = sum * z - inverse_factorial(14);
    sum = sum * z + inverse_factorial(12);
    sum = sum * z - inverse_factorial(10);
    sum = sum * z + inverse_factorial(8);
    sum = sum * z - inverse_factorial(6);
    sum = sum * z + inverse_factorial(4);
    const double half = 0.5 * z;
    const double first = 1.0 - half;
    return first + (((1.0 - first) - half) + (z * z * sum - angle.high * angle.low));
}

double sine_in_quarter(Angle angle, int quarter) {
    const double value = (quarter & 1) != 0 ? cosine_of(angle.rest) : sine_of(angle.rest);
    return (quarter & 2) != 0 ? -value : value;
}

}  // namespace

namespace detail {

const std::array<LogEntry, 128> log_table = log_entries;
const std::array<ExpEntry, 128> exp_table = exp_entries;

double log_special(double x) {
    if (x == 0.0) return -infinity;
    if (!(x > 0.0)) return not_a_number;
    if (x == infinity) return infinity;
    const std::uint64_t bits = std::bit_cast<std::uint64_t>(x * 0x1p54) - (54ULL << 52);
    return log_of_bits(bits, log_entry(bits));
}

double exp_special(double x, double rest) {
    if (x != x) return not_a_number;
    if (x > 710.0) return infinity;
    if (x < -746.0) return 0.0;
    const ExpParts parts = reduce_exp(x);
    const double value = parts.scale + parts.scale * (parts.rest + expm1_polynomial(parts.r + rest));
    // In two steps, since 2^exponent alone may be out of range.
    const std::int64_t half = parts.exponent / 2;
    return value * power_of_two(half) * power_of_two(parts.exponent - half);
}

}  // namespace detail

double expm1(double x) {
    if (!(x > -40.0 && x < 700.0)) {
        if (x >= 700.0) return exp(x);
        return x != x ? not_a_number : -1.0;
    }
    const ExpParts parts = reduce_exp(x);
    const double scale = parts.scale * power_of_two(parts.exponent);
    const Pair difference = exact_sum(scale, -1.0);
    return difference.high + (difference.low + scale * (parts.rest + expm1_polynomial(parts.r)));
}

double pow(double x, double y) {
    if (y == 0.0 || x == 1.0) return 1.0;
    if (x != x || y != y) return not_a_number;
    double sign = 1.0;
    if (std::bit_cast<std::uint64_t>(x) >> 63 != 0) {
        if (is_whole(y) && is_odd(y)) sign = -1.0;
        if (x < 0.0 && x != -infinity && !is_whole(y)) return not_a_number;
        x = -x;
        if (x == 1.0) return sign;
    }
    const bool grows = (x > 1.0) == (y > 0.0);
    // |log x| is at least 2^-53 and at most 745, so that these need no more than the direction.
    if (x == 0.0 || x == infinity || std::fabs(y) > 0x1p65) return sign * (grows ? infinity : 0.0);
    if (std::fabs(y) < 0x1p-65) return sign;
    const Pair log = precise_log(x);
    const Pair product = exact_product(log.high, y);
    const Pair exponent = exact_sum(product.high, product.low + log.low * y);
    if (!(exponent.high > -708.0 && exponent.high < 708.0)) {
        return sign *
               detail::exp_special(exponent.high, std::fabs(exponent.high) < 800.0 ? exponent.low : 0.0);
    }
    const ExpParts parts = reduce_exp(exponent.high);
    const double value = parts.scale + parts.scale * (parts.rest + expm1_polynomial(parts.r + exponent.low));
    return sign * (value * power_of_two(parts.exponent));
}

double sin(double x) {
    if (!(std::fabs(x) <= 1e9)) return not_a_number;
    const Angle angle = reduce_angle(x);
    return sine_in_quarter(angle, angle.quarter);
}

double cos(double x) {
    if (!(std::fabs(x) <= 1e9)) return not_a_number;
    const Angle angle = reduce_angle(x);
    return sine_in_quarter(angle, angle.quarter + 1);
}

}  // namespace understudy::kernel::exact
