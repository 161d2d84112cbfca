#include "kernel/special_functions.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "kernel/exact_math.h"
#include "kernel/not_finite.h"

namespace understudy::kernel {

namespace {

constexpr double inverse_root_two_pi = 0.398942280401432677940;
constexpr double pi = 3.14159265358979323846;
constexpr int most_terms = 2'000'000;

// The Chebyshev coefficients of (1 + x) exp(x^2 / 2) P(Z > x) in y = (x - 4) / (x + 4) for x >= 0, the first
// one halved; computed with mpmath to 40 digits (64-point interpolation at Chebyshev nodes), the rest is
// below 2e-18.
constexpr std::array<double, 26> normal_tail = {
    0.46558659969637836589,     -0.064237517123343308926,   -0.011171509596721219521,
    0.012636305994376230128,    -0.0048284906401317440183,  0.0010793834106156013306,
    -0.00011940995202852480056, -6.8485883776766764073e-6,  4.0606297180654908884e-6,
    -1.9527544708338364175e-7,  -1.1345944386467565163e-7,  1.2273971384265420541e-8,
    3.6624412033415589572e-9,   -5.0889485062106209843e-10, -1.4602402012093164184e-10,
    1.8321966529064227376e-11,  6.8575444000275458826e-12,  -5.0772720580494548419e-13,
    -3.4580643652047739101e-13, 4.4129228558092073615e-16,  1.7054866572266911425e-14,
    1.5123653278115067119e-15,  -7.3701007834166775263e-16, -1.6124885584264883701e-16,
    2.1306926276508160505e-17,  1.1734807140572404733e-17};

/// exp(-x^2 / 2), with x split so that the rounding of its square does not matter.
double half_gaussian(double x) {
    const double coarse =
        std::floor(x * 0x1p20 + 0.5) * 0x1p-20;  // |x| < 64: at most 26 bits, the square is exact
    return exact::exp(-0.5 * coarse * coarse) * exact::exp(-0.5 * (x - coarse) * (x + coarse));
}

/// P(Z > x) for x >= 0.
double normal_upper_tail(double x) {
    if (x > 39.0) return 0.0;
    const double y = (x - 4.0) / (x + 4.0);
    double next = 0.0;
    double after = 0.0;
    for (std::size_t i = normal_tail.size() - 1; i > 0; --i) {
        const double sum = normal_tail[i] + 2.0 * y * next - after;
        after = next;
        next = sum;
    }
    return (normal_tail[0] + y * next - after) / (1.0 + x) * half_gaussian(x);
}

template <std::size_t n>
double evaluate(const std::array<double, n>& coefficients, double x) {
    double sum = coefficients[n - 1];
    for (std::size_t i = n - 1; i > 0; --i) sum = sum * x + coefficients[i - 1];
    return sum;
}

// (-1)^k (zeta(k) - 1) / k for k = 2, 3, ..., computed with mpmath: the Taylor series of log Gamma at 2.
constexpr std::array<double, 29> log_gamma_at_two = {
    0.32246703342411321824,     -0.067352301053198095133,   0.020580808427784547879,
    -0.0073855510286739852663,  0.0028905103307415232858,   -0.0011927539117032609771,
    0.00050966952474304242234,  -0.00022315475845357937976, 0.000099457512781808533715,
    -0.0000449262367381331417,  0.000020507212775670691553, -9.439488275268395904e-6,
    4.3748667899074878042e-6,   -2.0392157538013662368e-6,  9.5514121304074198329e-7,
    -4.4924691987645660433e-7,  2.1207184805554665869e-7,   -1.0043224823968099609e-7,
    4.7698101693639805658e-8,   -2.271109460894316491e-8,   1.0838659214896954091e-8,
    -5.1834750419700466551e-9,  2.4836745438024783172e-9,   -1.1921401405860912074e-9,
    5.7313672416788620133e-10,  -2.7595228851242331452e-10, 1.3304764374244489481e-10,
    -6.4229645638381000221e-11, 3.1044247747322272762e-11};
constexpr double one_minus_gamma = 0.422784335098467139393;  // Euler's constant
constexpr double half_log_two_pi = 0.91893853320467274178;

/// log Gamma(2 + z) for |z| <= 1/2.
double log_gamma_near_two(double z) { return z * (one_minus_gamma + z * evaluate(log_gamma_at_two, z)); }

/// The sum of Stirling's series, B(2k) / (2k (2k - 1) x^(2k - 1)), for x >= 10.
double stirling_series(double x) {
    constexpr std::array<double, 9> coefficients = {1.0 / 12.0,    -1.0 / 360.0,       1.0 / 1260.0,
                                                    -1.0 / 1680.0, 1.0 / 1188.0,       -691.0 / 360360.0,
                                                    1.0 / 156.0,   -3617.0 / 122400.0, 43867.0 / 244188.0};
    const double inverse = 1.0 / x;
    return inverse * evaluate(coefficients, inverse * inverse);
}

/// The error of Stirling's formula for Gamma(x + 1), x > 0.
double stirling_error(double x) {
    if (x >= 10.0) return stirling_series(x);
    return log_gamma(x + 1.0) - (x + 0.5) * exact::log(x) + x - half_log_two_pi;
}

/// x log(x / m) - x + m >= 0 without cancellation (Loader's deviance part).
double deviance(double x, double m) {
    const double difference = x - m;
    const double v = difference / (x + m);
    if (std::fabs(v) < 0.1) {
        // log(x / m) = 2 artanh v.
        const double square = v * v;
        double power = v * square;
        double sum = 0.0;
        for (int n = 3; n < 40; n += 2) {
            const double next = sum + power / n;
            if (next == sum) break;
            sum = next;
            power *= square;
        }
        return v * difference + 2.0 * x * sum;
    }
    return x * exact::log(x / m) - difference;
}

/// x^a e^-x / Gamma(a + 1).
double gamma_prefactor(double a, double x) {
    return exact::exp(-stirling_error(a) - deviance(a, x)) * inverse_root_two_pi / std::sqrt(a);
}

/// P(a, x) by its series, good for x below a + 1.
double gamma_series(double a, double x) {
    double term = 1.0;
    double sum = 1.0;
    for (int n = 1; n < most_terms; ++n) {
        term *= x / (a + n);
        sum += term;
        if (term < sum * 0x1p-55) break;
    }
    return gamma_prefactor(a, x) * sum;
}

/// Q(a, x) by its continued fraction (modified Lentz), good for x above a + 1.
double gamma_fraction(double a, double x) {
    double b = x + 1.0 - a;
    double c = 1e300;
    double d = 1.0 / b;
    double h = d;
    for (int i = 1; i < most_terms; ++i) {
        const double numerator = -i * (i - a);
        b += 2.0;
        d = numerator * d + b;
        if (std::fabs(d) < 1e-300) d = 1e-300;
        c = b + numerator / c;
        if (std::fabs(c) < 1e-300) c = 1e-300;
        d = 1.0 / d;
        const double factor = c * d;
        h *= factor;
        if (std::fabs(factor - 1.0) < 0x1p-52) break;
    }
    return gamma_prefactor(a, x) * a * h;
}

struct Tails {
    double lower;
    double upper;
};

Tails gamma_tails(double a, double x) {
    if (x <= 0.0) return {0.0, 1.0};
    if (x == infinity) return {1.0, 0.0};
    if (x < a + 1.0) {
        const double lower = std::min(gamma_series(a, x), 1.0);
        return {lower, 1.0 - lower};
    }
    const double upper = std::min(gamma_fraction(a, x), 1.0);
    return {1.0 - upper, upper};
}

/// x^a y^b / B(a, b), x + y = 1, both positive.
double beta_prefactor(double a, double b, double x, double y) {
    const double n = a + b;
    const double exponent =
        stirling_error(n) - stirling_error(a) - stirling_error(b) - deviance(a, n * x) - deviance(b, n * y);
    return std::sqrt(a / n * b) * inverse_root_two_pi * exact::exp(exponent);
}

/// The continued fraction DLMF 8.17.22 (modified Lentz), good for x below (a + 1) / (a + b + 2).
double beta_fraction(double a, double b, double x) {
    double c = 1.0;
    double d = 1.0 - (a + b) * x / (a + 1.0);
    if (std::fabs(d) < 1e-300) d = 1e-300;
    d = 1.0 / d;
    double h = d;
    for (int m = 1; m < most_terms; ++m) {
        double factor = 1.0;
        const double even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m));
        const double odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1));
        for (const double numerator : {even, odd}) {
            d = 1.0 + numerator * d;
            if (std::fabs(d) < 1e-300) d = 1e-300;
            c = 1.0 + numerator / c;
            if (std::fabs(c) < 1e-300) c = 1e-300;
            d = 1.0 / d;
            factor = c * d;
            h *= factor;
        }
        if (std::fabs(factor - 1.0) < 0x1p-52) break;
    }
    return h;
}

Tails beta_tails(double a, double b, double x, double y) {
    if (x <= 0.0) return {0.0, 1.0};
    if (y <= 0.0) return {1.0, 0.0};
    const double prefactor = beta_prefactor(a, b, x, y);
    if (x < (a + 1.0) / (a + b + 2.0)) {
        const double lower = std::min(prefactor * beta_fraction(a, b, x) / a, 1.0);
        return {lower, 1.0 - lower};
    }
    const double upper = std::min(prefactor * beta_fraction(b, a, y) / b, 1.0);
    return {1.0 - upper, upper};
}

}  // namespace

double normal_density(double x) {
    if (std::fabs(x) > 39.0) return 0.0;
    return inverse_root_two_pi * half_gaussian(x);
}

double normal_cdf(double x) { return x < 0.0 ? normal_upper_tail(-x) : 1.0 - normal_upper_tail(x); }

double normal_survival(double x) { return x > 0.0 ? normal_upper_tail(x) : 1.0 - normal_upper_tail(-x); }

double normal_quantile(double p) {
    // Coefficients as published with AS 241 (PPND16).
    constexpr std::array<double, 8> a = {3.3871328727963666080e0,  1.3314166789178437745e+2,
                                         1.9715909503065514427e+3, 1.3731693765509461125e+4,
                                         4.5921953931549871457e+4, 6.7265770927008700853e+4,
                                         3.3430575583588128105e+4, 2.5090809287301226727e+3};
    constexpr std::array<double, 8> b = {1.0,
                                         4.2313330701600911252e+1,
                                         6.8718700749205790830e+2,
                                         5.3941960214247511077e+3,
                                         2.1213794301586595867e+4,
                                         3.9307895800092710610e+4,
                                         2.8729085735721942674e+4,
                                         5.2264952788528545610e+3};
    constexpr std::array<double, 8> c = {1.42343711074968357734e0,  4.63033784615654529590e0,
                                         5.76949722146069140550e0,  3.64784832476320460504e0,
                                         1.27045825245236838258e0,  2.41780725177450611770e-1,
                                         2.27238449892691845833e-2, 7.74545014278341407640e-4};
    constexpr std::array<double, 8> d = {1.0,
                                         2.05319162663775882187e0,
                                         1.67638483018380384940e0,
                                         6.89767334985100004550e-1,
                                         1.48103976427480074590e-1,
                                         1.51986665636164571966e-2,
                                         5.47593808499534494600e-4,
                                         1.05075007164441684324e-9};
    constexpr std::array<double, 8> e = {6.65790464350110377720e0,  5.46378491116411436990e0,
                                         1.78482653991729133580e0,  2.96560571828504891230e-1,
                                         2.65321895265761230930e-2, 1.24266094738807843860e-3,
                                         2.71155556874348757815e-5, 2.01033439929228813265e-7};
    constexpr std::array<double, 8> f = {1.0,
                                         5.99832206555887937690e-1,
                                         1.36929880922735805310e-1,
                                         1.48753612908506148525e-2,
                                         7.86869131145613259100e-4,
                                         1.84631831751005468180e-5,
                                         1.42151175831644588870e-7,
                                         2.04426310338993978564e-15};
    if (!(p > 0.0 && p < 1.0)) return p == 0.0 ? -infinity : p == 1.0 ? infinity : not_a_number;
    const double centre = p - 0.5;
    if (std::fabs(centre) <= 0.425) {
        const double r = 0.180625 - centre * centre;
        return centre * evaluate(a, r) / evaluate(b, r);
    }
    const double tail = std::sqrt(-exact::log(centre < 0.0 ? p : 1.0 - p));
    const double x = tail <= 5.0 ? evaluate(c, tail - 1.6) / evaluate(d, tail - 1.6)
                                 : evaluate(e, tail - 5.0) / evaluate(f, tail - 5.0);
    return centre < 0.0 ? -x : x;
}

double log_gamma(double x) {
    if (!(x > 0.0)) return not_a_number;
    if (x == infinity) return infinity;
    if (x < 0.5) return log_gamma_near_two(x) - exact::log(x) - exact::log1p(x);
    if (x < 1.5) return log_gamma_near_two(x - 1.0) - exact::log(x);
    if (x >= 10.0) return (x - 0.5) * exact::log(x) - x + half_log_two_pi + stirling_series(x);
    double product = 1.0;
    while (x > 2.5) {
        x -= 1.0;
        product *= x;
    }
    return log_gamma_near_two(x - 2.0) + exact::log(product);
}

double gamma_cdf(double shape, double x) {
    if (!(shape > 0.0 && x >= 0.0)) return not_a_number;
    return gamma_tails(shape, x).lower;
}

double gamma_survival(double shape, double x) {
    if (!(shape > 0.0 && x >= 0.0)) return not_a_number;
    return gamma_tails(shape, x).upper;
}

double gamma_density(double shape, double x) {
    if (!(shape > 0.0 && x > 0.0)) return not_a_number;
    return gamma_prefactor(shape, x) * (shape / x);
}

double gamma_quantile(double shape, double lower, double upper) {
    if (!(shape > 0.0 && lower >= 0.0 && upper >= 0.0 && lower <= 1.0 && upper <= 1.0)) return not_a_number;
    if (lower == 0.0) return 0.0;
    if (upper == 0.0) return infinity;
    if (shape == 1.0) return lower < upper ? -exact::log1p(-lower) : -exact::log(upper);
    const bool from_below = lower < upper;
    // Near 0 the law is a power: P(x) = x^shape / Gamma(shape + 1) (1 - ...), which is exact where x
    // vanishes.
    const double log_start = (exact::log(lower) + log_gamma(shape + 1.0)) / shape;
    if (log_start < -40.0) return exact::exp(log_start);
    const double z = from_below ? normal_quantile(lower) : -normal_quantile(upper);
    const double cube_root = 1.0 - 1.0 / (9.0 * shape) + z / (3.0 * std::sqrt(shape));
    double x =
        cube_root > 0.2 && shape >= 0.5 ? shape * cube_root * cube_root * cube_root : exact::exp(log_start);
    if (!from_below && shape < 0.5) {
        // The tail Q(x) ~ x^(shape - 1) e^-x / Gamma(shape), once inserted into itself.
        const double first = std::max(-exact::log(upper) - log_gamma(shape), 0.0);
        if (first > 1.0) x = first + (shape - 1.0) * exact::log(first);
    }
    x = std::max(x, 1e-300);
    double low = 0.0;
    double high = infinity;
    // Newton on the logarithm of the smaller tail: nearly a straight line in log x below, in x above.
    for (int i = 0; i < 100; ++i) {
        const Tails tails = gamma_tails(shape, x);
        const double excess = from_below ? tails.lower - lower : upper - tails.upper;
        if (excess == 0.0) break;
        (excess < 0.0 ? low : high) = x;
        const double slope = gamma_prefactor(shape, x) * shape;  // density times x
        double next;
        if (from_below) {
            // log1p keeps the last digits once the guess is close.
            const double ratio = excess / lower;
            const double step = tails.lower > 0.0 ? exact::log1p(ratio) * tails.lower / slope : -1.0;
            next = x * exact::exp(-std::clamp(step, -2.0, 2.0));
        } else {
            const double ratio = -excess / upper;  // (Q(x) - upper) / upper
            const double step = tails.upper > 0.0 ? exact::log1p(ratio) * tails.upper / slope : -0.5;
            next = x * (1.0 + std::clamp(step, -0.9, 4.0));
        }
        if (!(next > low && next < high)) {
            next = high == infinity ? 2.0 * x : low == 0.0 ? 0.25 * high : std::sqrt(low) * std::sqrt(high);
            if (!(next > low && next < high)) break;
        }
        if (std::fabs(next - x) <= 0x1p-52 * x) {
            x = next;
            break;
        }
        x = next;
    }
    return x;
}

double beta_cdf(double a, double b, double x, double y) {
    if (!(a > 0.0 && b > 0.0 && x >= 0.0 && y >= 0.0)) return not_a_number;
    return beta_tails(a, b, x, y).lower;
}

double beta_quantile(double a, double b, double p) {
    if (!(a > 0.0 && b > 0.0 && p >= 0.0 && p <= 1.0)) return not_a_number;
    if (p == 0.0 || p == 1.0) return p;
    double low = 0.0;
    double high = 1.0;
    double x = a / (a + b);
    for (int i = 0; i < 200; ++i) {
        const double y = 1.0 - x;
        const double excess = beta_tails(a, b, x, y).lower - p;
        if (excess == 0.0) break;
        (excess < 0.0 ? low : high) = x;
        double next = x - excess * x * y / beta_prefactor(a, b, x, y);
        // Bisect geometrically below, so that tiny quantiles are found as well.
        if (!(next > low && next < high)) next = low > 0.0 ? std::sqrt(low * high) : 0.125 * high;
        if (low > 0.25) next = next > low && next < high ? next : 0.5 * (low + high);
        if (!(next > low && next < high)) break;
        const bool settled = std::fabs(next - x) <= 0x1p-52 * x;
        x = next;
        if (settled) break;
    }
    return x;
}

double student_survival(double t, double degrees) {
    if (!(degrees >= 1.0) || t != t) return not_a_number;
    if (degrees == infinity) return normal_survival(t);
    if (t < 0.0) return 1.0 - student_survival(-t, degrees);
    const double square = t * t;
    if (square == infinity) return 0.0;
    const double total = degrees + square;
    return 0.5 * beta_tails(0.5 * degrees, 0.5, degrees / total, square / total).lower;
}

double student_cdf(double t, double degrees) { return student_survival(-t, degrees); }

namespace {

double student_quantile_anew(double p, double degrees) {
    if (!(degrees >= 1.0) || !(p >= 0.0 && p <= 1.0)) return not_a_number;
    if (p == 0.0) return -infinity;
    if (p == 1.0) return infinity;
    if (degrees == infinity) return normal_quantile(p);
    if (p == 0.5) return 0.0;
    const double tail = p < 0.5 ? p : 1.0 - p;
    double t;
    if (degrees == 1.0) {
        t = exact::cos(pi * tail) / exact::sin(pi * tail);
    } else if (degrees == 2.0) {
        t = (1.0 - 2.0 * tail) / std::sqrt(2.0 * tail * (1.0 - tail));
    } else {
        // Start from the normal quantile with the first term of Cornish and Fisher, then Newton on log t and
        // log tail, where the power-law tail is a straight line.
        const double z = -normal_quantile(tail);
        t = z + (z * z * z + z) / (4.0 * degrees);
        double low = 0.0;
        double high = infinity;
        const double log_constant =
            log_gamma(0.5 * (degrees + 1.0)) - log_gamma(0.5 * degrees) - 0.5 * exact::log(degrees * pi);
        for (int i = 0; i < 100; ++i) {
            const double survival = student_survival(t, degrees);
            const double excess = survival - tail;
            if (excess == 0.0) break;
            (excess > 0.0 ? low : high) = t;
            const double density =
                exact::exp(log_constant - 0.5 * (degrees + 1.0) * exact::log1p(t * t / degrees));
            const double step =
                survival > 0.0 ? exact::log1p(excess / tail) * survival / (t * density) : -1.0;
            double next = t * exact::exp(std::clamp(step, -2.0, 2.0));
            if (!(next > low && next < high)) next = high == infinity ? 2.0 * t : 0.5 * (low + high);
            if (!(next > low && next < high)) break;
            const bool settled = std::fabs(next - t) <= 0x1p-51 * t;
            t = next;
            if (settled) break;
        }
    }
    return p < 0.5 ? -t : t;
}

}  // namespace

double student_quantile(double p, double degrees) {
    // Intervals of many measures, one after the other, ask for the same one.
    struct Known {
        double p = 0.5, degrees = 1, quantile = 0;
    };
    thread_local Known known;
    if (p != known.p || degrees != known.degrees) known = {p, degrees, student_quantile_anew(p, degrees)};
    return known.quantile;
}

ShareLimits binomial_limits(double successes, double trials, double confidence) {
    if (!(successes >= 0.0 && successes <= trials && confidence > 0.0 && confidence < 1.0))
        return {not_a_number, not_a_number};
    if (trials == 0.0) return {0.0, 1.0};
    const double tail = 0.5 * (1.0 - confidence);
    const double low = successes == 0.0 ? 0.0 : beta_quantile(successes, trials - successes + 1.0, tail);
    // By symmetry, so that an upper limit near 1 is as precise as a lower one near 0.
    const double high =
        successes == trials ? 1.0 : 1.0 - beta_quantile(trials - successes, successes + 1.0, tail);
    return {low, high};
}

}  // namespace understudy::kernel
