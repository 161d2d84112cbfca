#include "kernel/exact_math.h"

#include <doctest/doctest.h>

#include <bit>
#include <cmath>

#include "kernel/distribution.h"
#include "kernel/not_finite.h"
#include "kernel/random.h"
#include "kernel/special_functions.h"

using namespace understudy::kernel;

namespace {

/// The largest error in units in the last place against the C library's long double (64 bits of significand,
/// so that its own error is below 0.001 units) over 100 000 arguments in low..high, evenly spread over values
/// or magnitudes.
template <class Function, class Reference>
double largest_error(const Function& function, const Reference& reference, double low, double high,
                     bool by_magnitude = false) {
    Stream stream(stream_key(1, 0, "arguments", Purpose::check));
    double largest = 0.0;
    for (int i = 0; i < 100'000; ++i) {
        const double u = stream.uniform();
        const double x = by_magnitude ? low * std::pow(high / low, u) : low + u * (high - low);
        const long double exact = reference(static_cast<long double>(x));
        int exponent = 0;
        std::frexp(static_cast<double>(exact), &exponent);
        const long double unit = std::ldexp(1.0L, std::max(exponent - 53, -1074));
        const auto error =
            static_cast<double>(std::fabs((static_cast<long double>(function(x)) - exact) / unit));
        largest = std::max(largest, error);
    }
    return largest;
}

/// A hash over the bits of results, so that any change of any byte is seen.
template <class Function>
std::uint64_t checksum(const Function& function, double low, double high) {
    Stream stream(stream_key(2, 0, "checksum", Purpose::check));
    std::uint64_t sum = 0;
    for (int i = 0; i < 50'000; ++i) {
        const double x = low + stream.uniform() * (high - low);
        sum = mix_bits(sum + std::bit_cast<std::uint64_t>(function(x)));
    }
    return sum;
}

}  // namespace

TEST_CASE("errors in units in the last place") {
    const auto log = [](double x) { return exact::log(x); };
    const auto log_reference = [](long double x) { return std::log(x); };
    CHECK(largest_error(log, log_reference, 0.0, 1.0) < 0.63);
    CHECK(largest_error(log, log_reference, 0.98, 1.02) < 0.63);
    CHECK(largest_error(log, log_reference, 1e-310, 1e308, true) < 0.51);

    const auto log1p = [](double x) { return exact::log1p(x); };
    const auto log1p_reference = [](long double x) { return std::log1p(x); };
    CHECK(largest_error(log1p, log1p_reference, -1.0, 3.0) < 1.5);
    CHECK(largest_error(log1p, log1p_reference, 1e-20, 1e20, true) < 1.5);
    CHECK(largest_error(log1p, log1p_reference, -1e-20, -0.999, true) < 1.5);

    const auto exp = [](double x) { return exact::exp(x); };
    const auto exp_reference = [](long double x) { return std::exp(x); };
    CHECK(largest_error(exp, exp_reference, -2.0, 2.0) < 0.52);
    CHECK(largest_error(exp, exp_reference, -708.0, 709.7) < 0.52);
    CHECK(largest_error(exp, exp_reference, -745.0, -708.0) < 1.1);

    const auto expm1 = [](double x) { return exact::expm1(x); };
    const auto expm1_reference = [](long double x) { return std::expm1(x); };
    CHECK(largest_error(expm1, expm1_reference, -2.0, 2.0) < 2.2);
    CHECK(largest_error(expm1, expm1_reference, 1e-20, 709.0, true) < 2.2);
    CHECK(largest_error(expm1, expm1_reference, -1e-20, -50.0, true) < 2.2);

    for (const double power : {0.1, -0.7, 3.3, 57.0, -300.0}) {
        CHECK(largest_error([power](double x) { return exact::pow(x, power); },
                            [power](long double x) { return std::pow(x, static_cast<long double>(power)); },
                            0.15, 5.0) < 0.52);
    }

    const auto sin = [](double x) { return exact::sin(x); };
    const auto sin_reference = [](long double x) { return std::sin(x); };
    CHECK(largest_error(sin, sin_reference, -10.0, 10.0) < 0.8);
    CHECK(largest_error(sin, sin_reference, 1e-20, 1e9, true) < 0.8);
    const auto cos = [](double x) { return exact::cos(x); };
    const auto cos_reference = [](long double x) { return std::cos(x); };
    CHECK(largest_error(cos, cos_reference, -10.0, 10.0) < 0.8);
    CHECK(largest_error(cos, cos_reference, 1.0, 1e9, true) < 0.8);
}

TEST_CASE("special cases") {
    CHECK(exact::log(0.0) == -infinity);
    CHECK(exact::log(-0.0) == -infinity);
    CHECK(std::isnan(exact::log(-1.0)));
    CHECK(std::isnan(exact::log(not_a_number)));
    CHECK(exact::log(infinity) == infinity);
    CHECK(exact::log(1.0) == 0.0);
    CHECK(exact::log(5e-324) == -744.4400719213812);

    CHECK(exact::log1p(-1.0) == -infinity);
    CHECK(std::isnan(exact::log1p(-1.5)));
    CHECK(std::isnan(exact::log1p(not_a_number)));
    CHECK(exact::log1p(infinity) == infinity);
    CHECK(exact::log1p(1e-300) == 1e-300);
    CHECK(exact::log1p(0.0) == 0.0);

    CHECK(exact::exp(0.0) == 1.0);
    CHECK(exact::exp(infinity) == infinity);
    CHECK(exact::exp(-infinity) == 0.0);
    CHECK(std::isnan(exact::exp(not_a_number)));
    CHECK(exact::exp(709.79) == infinity);
    CHECK(exact::exp(709.78) < infinity);
    CHECK(exact::exp(-745.13) == 5e-324);
    CHECK(exact::exp(-745.14) == 0.0);

    CHECK(exact::expm1(0.0) == 0.0);
    CHECK(exact::expm1(1e-300) == 1e-300);
    CHECK(exact::expm1(-infinity) == -1.0);
    CHECK(exact::expm1(infinity) == infinity);
    CHECK(std::isnan(exact::expm1(not_a_number)));

    CHECK(exact::pow(not_a_number, 0.0) == 1.0);
    CHECK(exact::pow(1.0, not_a_number) == 1.0);
    CHECK(std::isnan(exact::pow(not_a_number, 1.0)));
    CHECK(std::isnan(exact::pow(-2.0, 0.5)));
    CHECK(exact::pow(-2.0, 3.0) == -8.0);
    CHECK(exact::pow(-2.0, 2.0) == 4.0);
    CHECK(exact::pow(-1.0, 1e300) == 1.0);
    CHECK(exact::pow(0.0, 2.0) == 0.0);
    CHECK(exact::pow(0.0, -2.0) == infinity);
    CHECK(exact::pow(infinity, 0.5) == infinity);
    CHECK(exact::pow(infinity, -0.5) == 0.0);
    CHECK(exact::pow(0.5, infinity) == 0.0);
    CHECK(exact::pow(2.0, infinity) == infinity);
    CHECK(exact::pow(0.5, -infinity) == infinity);
    CHECK(exact::pow(2.0, 10.0) == 1024.0);
    CHECK(exact::pow(2.0, -1074.0) == 5e-324);
    CHECK(exact::pow(2.0, 1024.0) == infinity);
    CHECK(exact::pow(10.0, 22.0) == 1e22);
    CHECK(exact::pow(3.0, 1e-30) == 1.0);

    CHECK(exact::sin(0.0) == 0.0);
    CHECK(exact::cos(0.0) == 1.0);
    CHECK(exact::sin(3.14159265358979323846) == 1.2246467991473532e-16);  // pi minus its double, by mpmath
    CHECK(std::isnan(exact::sin(infinity)));
    CHECK(std::isnan(exact::cos(1.1e9)));
    CHECK(std::isnan(exact::cos(not_a_number)));
}

TEST_CASE("the logarithm rises with its argument, neighbour by neighbour") {
    for (const double start : {0.3, 0.705, 0.99, 0.9980, 0.9999, 1.0, 1.0039, 1.41, 7.0}) {
        double x = start;
        for (int i = 0; i < 2000; ++i) {
            const double next = std::nextafter(x, infinity);
            CHECK(exact::log(next) >= exact::log(x));
            x = next;
        }
    }
}

// A change of any byte here changes results: it needs a line in the changelog.
TEST_CASE("results have the bytes they have always had") {
    CHECK(checksum([](double x) { return exact::log(x); }, 0.0, 2.0) == 14616016614841609043ULL);
    CHECK(checksum([](double x) { return exact::log1p(x); }, -1.0, 2.0) == 11654835528819055414ULL);
    CHECK(checksum([](double x) { return exact::exp(x); }, -740.0, 705.0) == 8844343046044300788ULL);
    CHECK(checksum([](double x) { return exact::expm1(x); }, -3.0, 3.0) == 3865346567084810733ULL);
    CHECK(checksum([](double x) { return exact::pow(x, 0.37); }, 0.0, 100.0) == 8554704652457391322ULL);
    CHECK(checksum([](double x) { return exact::sin(x); }, -1e4, 1e6) == 17287011857600271193ULL);
    CHECK(checksum([](double x) { return exact::cos(x); }, -1e4, 1e6) == 13065654522974180582ULL);
    CHECK(checksum([](double x) { return normal_quantile(x); }, 0.0, 1.0) == 7827160131644276810ULL);
    CHECK(checksum([](double x) { return normal_cdf(x); }, -9.0, 9.0) == 721274999990313056ULL);
    CHECK(checksum([](double x) { return log_gamma(x); }, 0.0, 30.0) == 2220744243222904035ULL);
    CHECK(checksum([](double x) { return Distribution::gamma(1.0, 0.6).cdf(x); }, 0.0, 5.0) ==
          10304993623033524666ULL);
    const Distribution gamma = Distribution::gamma(1.0, 0.6);
    CHECK(checksum([&gamma](double x) { return gamma.draw(x); }, 0.0, 1.0) == 15628188210291333916ULL);
    const Distribution phases = Distribution::phase_type({0.7, 0.3}, {{-2.0, 1.0}, {0.5, -1.5}});
    CHECK(checksum([&phases](double x) { return phases.draw(x); }, 0.0, 1.0) == 15482825214788061958ULL);
    const Distribution weibull = Distribution::weibull(0.7, 0.8);
    CHECK(checksum([&weibull](double x) { return weibull.draw(x); }, 0.0, 1.0) == 6664478821640142612ULL);
    const Distribution zipf = Distribution::zipf(1e5, 0.9);
    CHECK(checksum([&zipf](double x) { return zipf.draw(x); }, 0.0, 1.0) == 11099082773774921655ULL);
}
