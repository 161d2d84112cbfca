#include "kernel/distribution.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <string>
#include <utility>
#include <vector>

#include "kernel/not_finite.h"
#include "kernel/special_functions.h"

using understudy::kernel::Distribution;
using understudy::kernel::infinity;
using understudy::kernel::Purpose;
using understudy::kernel::Stream;
using understudy::kernel::stream_key;

namespace {

Distribution two_phases() { return Distribution::phase_type({0.7, 0.3}, {{-2.0, 1.0}, {0.5, -1.5}}); }

/// One law of every kind, some twice.
std::vector<std::pair<std::string, Distribution>> laws() {
    using D = Distribution;
    return {
        {"constant", D::constant(3.0)},
        {"uniform", D::uniform(1.0, 4.0)},
        {"exponential", D::exponential(2.0)},
        {"erlang 3", D::erlang(3.0, 2.0)},
        {"erlang 200", D::erlang(200.0, 2.0)},
        {"gamma 0.7", D::gamma(2.0, 0.7)},
        {"gamma 1.6", D::gamma(2.0, 1.6)},
        {"gamma 4", D::gamma(2.0, 4.0)},
        {"lognormal", D::lognormal(40.0, 0.5)},
        {"weibull 0.7", D::weibull(0.7, 0.8)},
        {"weibull 3", D::weibull(3.0, 2.0)},
        {"pareto", D::pareto(6.0, 0.6)},
        {"normal", D::normal(10.0, 2.0)},
        {"normal cut", D::normal(1.0, 2.0)},
        {"triangular", D::triangular(1.0, 9.0, 2.0)},
        {"triangular edge", D::triangular(1.0, 9.0, 1.0)},
        {"geometric", D::geometric(3.0)},
        {"zipf", D::zipf(1000.0, 1.1)},
        {"zipf flat", D::zipf(10.0, 0.0)},
        {"empirical", D::empirical({5.0, 1.0, 2.0, 2.0, 8.0})},
        {"discrete", D::empirical({5.0, 1.0, 2.0, 8.0}, {1.0, 0.0, 3.0, 4.0})},
        {"hyperexponential", D::mixture({0.9, 0.1}, {D::exponential(1.0), D::exponential(10.0)})},
        {"cache", D::mixture({0.7, 0.3}, {D::constant(0.2), D::lognormal(4.0, 0.3)})},
        {"empirical with a tail",
         D::mixture({0.9, 0.1}, {D::empirical({5.0, 1.0, 2.0, 2.0, 8.0}), D::pareto(6.0, 8.0)})},
        {"discrete and geometric", D::mixture({0.4, 0.6}, {D::constant(2.0), D::geometric(4.0)})},
        {"nested", D::mixture({0.5, 0.5}, {D::mixture({0.2, 0.8}, {D::constant(0.0), D::uniform(0.0, 2.0)}),
                                           D::exponential(1.0)})},
        {"phase type", two_phases()},
        {"phase type with 0", D::phase_type({0.5, 0.0}, {{-1.0, 1.0}, {0.0, -2.0}})},
    };
}

/// Of single values with probabilities of their own, and of nothing else.
bool is_discrete(const Distribution& law) {
    using K = Distribution::Kind;
    if (law.kind() == K::mixture)
        return std::all_of(law.components().begin(), law.components().end(), is_discrete);
    return law.is_constant() || law.kind() == K::geometric || law.kind() == K::zipf ||
           law.kind() == K::empirical;
}

/// Pearson's chi-square of sorted draws over cells that hold about a fiftieth each, or one value: how likely a larger one
/// is.
double chance_by_chi_square(const Distribution& law, const std::vector<double>& draws) {
    constexpr int cells = 50;
    const auto count = static_cast<double>(draws.size());
    std::vector<double> ends;  // of cells (ends[i - 1], ends[i]]
    for (int i = 1; i <= cells; ++i) {
        const double end = i == cells ? infinity : law.quantile(static_cast<double>(i) / cells);
        if (ends.empty() || end > ends.back()) ends.push_back(end);
    }
    // The last value may have been the end of a cell: then nothing is left above it.
    if (ends.size() > 1 && law.survival(ends[ends.size() - 2]) * count < 5) ends.erase(ends.end() - 2);
    double sum = 0.0, below = 0.0;
    auto from = draws.begin();
    for (const double end : ends) {
        const double until = end == infinity ? 1.0 : law.cdf(end);
        const auto to = std::upper_bound(from, draws.end(), end);
        const double expected = count * (until - below);
        const double off = static_cast<double>(to - from) - expected;
        sum += off * off / expected;
        below = until;
        from = to;
    }
    if (ends.size() < 2) return 1.0;
    return understudy::kernel::gamma_survival(0.5 * static_cast<double>(ends.size() - 1), 0.5 * sum);
}

/// Anderson and Darling's statistic of F(x) of sorted draws. Where a value repeats, its share of F is spread evenly over
/// those who have it, so that what has atoms is uniform as well.
double anderson_darling(const Distribution& law, const std::vector<double>& draws) {
    const std::size_t n = draws.size();
    std::vector<double> lower(n), upper(n);
    for (std::size_t first = 0, next = 0; first < n; first = next) {
        while (next < n && draws[next] == draws[first]) ++next;
        const double x = draws[first];
        if (next - first == 1) {
            lower[first] = law.cdf(x);
            upper[first] = law.survival(x);
            continue;
        }
        const double before = x > 0.0 ? law.cdf(std::nextafter(x, 0.0)) : 0.0;
        const double mass = law.cdf(x) - before;
        for (std::size_t i = first; i < next; ++i) {
            const double share = (static_cast<double>(i - first) + 0.5) / static_cast<double>(next - first);
            lower[i] = before + share * mass;
            upper[i] = law.survival(x) + (1.0 - share) * mass;
        }
    }
    double sum = 0.0;
    for (std::size_t i = 0; i < n; ++i)
        sum += (2.0 * static_cast<double>(i) + 1.0) * (std::log(lower[i]) + std::log(upper[n - 1 - i]));
    return -static_cast<double>(n) - sum / static_cast<double>(n);
}

/// Draws with a fixed seed; mean and variance must agree with the formulas within 4.5 standard errors.
void check_sample(const std::string& name, const Distribution& law, std::uint64_t seed = 7) {
    CAPTURE(name);
    REQUIRE_FALSE(law.problem());
    if (law.is_constant()) {
        CHECK(law.draw(0.7) == law.mean());
        CHECK(law.variance() == 0.0);
        return;
    }
    constexpr int count = 100'000;
    Stream stream(stream_key(seed, 0, name, Purpose::check));
    std::vector<double> draws(count);
    law.fill(stream, draws.data(), draws.size());
    double mean = 0.0;
    for (const double x : draws) mean += x / count;
    double variance = 0.0;
    double fourth = 0.0;
    for (const double x : draws) {
        const double square = (x - mean) * (x - mean);
        variance += square / count;
        fourth += square * square / count;
    }
    const auto [smallest, largest] = std::minmax_element(draws.begin(), draws.end());
    CHECK(*smallest >= law.lower_end());
    CHECK(*largest <= law.upper_end());
    const double exact_variance = law.variance();
    CHECK(std::fabs(mean - law.mean()) <= 4.5 * std::sqrt(exact_variance / count) + 1e-12 * law.mean());
    const double error = std::sqrt(std::max(fourth - variance * variance, 0.0) / count);
    CHECK(std::fabs(variance - exact_variance) <= 4.5 * error + 1e-12 * exact_variance);

    std::sort(draws.begin(), draws.end());
    if (is_discrete(law))
        CHECK(chance_by_chi_square(law, draws) > 1e-3);
    else
        CHECK(anderson_darling(law, draws) < 6.0);  // which is exceeded once in 1000 samples
}

}  // namespace

TEST_CASE("samples of every law agree with its moments and its cdf") {
    for (const auto& [name, law] : laws()) check_sample(name, law);
}

TEST_CASE("what is drawn from another law is told apart") {
    using D = Distribution;
    const auto drawn = [](const D& law) {
        Stream stream(stream_key(7, 0, "another law", Purpose::check));
        std::vector<double> draws(100'000);
        law.fill(stream, draws.data(), draws.size());
        std::sort(draws.begin(), draws.end());
        return draws;
    };
    CHECK(chance_by_chi_square(D::geometric(3.0), drawn(D::geometric(3.1))) < 1e-3);
    CHECK(chance_by_chi_square(D::zipf(1000.0, 1.1), drawn(D::zipf(1000.0, 1.13))) < 1e-3);
    CHECK(chance_by_chi_square(D::empirical({1.0, 2.0, 5.0}),
                               drawn(D::empirical({1.0, 2.0, 5.0}, {0.34, 0.34, 0.32}))) < 1e-3);
    const auto with_tail = [](double share) {
        return D::mixture({1.0 - share, share}, {D::empirical({1.0, 2.0, 5.0}), D::pareto(2.5, 5.0)});
    };
    CHECK(anderson_darling(with_tail(0.1), drawn(with_tail(0.1))) < 6.0);
    CHECK(anderson_darling(with_tail(0.1), drawn(with_tail(0.11))) > 6.0);
    CHECK(anderson_darling(D::mixture({0.9, 0.1}, {D::exponential(1.0), D::exponential(10.0)}),
                           drawn(D::mixture({0.9, 0.1}, {D::exponential(1.0), D::exponential(11.0)}))) > 6.0);
}

TEST_CASE("samples of truncated laws agree with their moments and their cdf") {
    for (const auto& [name, law] : laws()) {
        if (law.is_constant()) continue;
        const double low = law.kind() == Distribution::Kind::geometric ? 2.0 : law.quantile(0.3);
        const double high = law.quantile(0.9);
        check_sample(name + " from both sides", law.truncated(low, high));
        check_sample(name + " from below", law.truncated(low));
        check_sample(name + " from above", law.truncated(0.0, high));
    }
}

TEST_CASE("quantile and cdf are inverses") {
    for (const auto& [name, law] : laws()) {
        CAPTURE(name);
        for (double p = 0.001; p < 1.0; p += 0.0177) {
            const double x = law.quantile(p);
            CAPTURE(p);
            CAPTURE(x);
            if (is_discrete(law) || law.kind() == Distribution::Kind::mixture) {
                CHECK(law.cdf(x) >= p - 1e-14);
                CHECK(law.cdf(x * (1.0 - 1e-9) - 1e-300) <= p + 1e-8);
            } else if (x > 0.0) {
                CHECK(law.cdf(x) == doctest::Approx(p).epsilon(1e-9));
                CHECK(law.survival(x) == doctest::Approx(1.0 - p).epsilon(1e-9));
            }
        }
        CHECK(law.quantile(0.0) == law.lower_end());
        CHECK(law.quantile(1.0) == law.upper_end());
    }
}

TEST_CASE("draws never fall as the uniform rises") {
    Stream stream(stream_key(3, 0, "pairs of uniforms", Purpose::check));
    for (const auto& [name, law] : laws()) {
        if (law.kind() == Distribution::Kind::mixture) continue;
        CAPTURE(name);
        const Distribution cut =
            law.is_constant() ? law : law.truncated(law.quantile(0.2), law.quantile(0.8));
        for (int i = 0; i < 400; ++i) {
            const double u = stream.uniform();
            const double v =
                std::min(u + std::ldexp(1.0, -static_cast<int>(stream.below(53))), 1.0 - 0x1p-53);
            if (v < u) continue;
            // Up to rounding: a few units in the last place, and the seams of a numerical inverse.
            const double slack = 1e-10;
            CHECK(law.draw(u) <= law.draw(v) * (1.0 + slack));
            CHECK(cut.draw(u) <= cut.draw(v) * (1.0 + slack));
        }
    }
}

TEST_CASE("laws with a closed inverse never fall at all, neighbour by neighbour") {
    using D = Distribution;
    for (const D& law : {D::exponential(1.0), D::uniform(1.0, 2.0), D::geometric(3.0), D::zipf(200000.0, 0.9),
                         D::empirical({1.0, 2.0, 3.0})}) {
        for (const double centre : {0x1p-53, 0.001, 0.25, 0.5, 0.632, 0.9, 1.0 - 0x1p-43}) {
            double u = std::max(centre, 0x1p-53);
            double last = law.draw(u);
            for (int i = 0; i < 500 && u + 0x1p-52 < 1.0; ++i) {
                u += 0x1p-52;
                const double next = law.draw(u);
                CHECK(next >= last);
                last = next;
            }
        }
    }
}

TEST_CASE("a mixture is monotone within a component and its quantile everywhere") {
    const auto law =
        Distribution::mixture({1.0, 1.0}, {Distribution::exponential(10.0), Distribution::uniform(0, 1)});
    CHECK(law.draw(0.49) > law.draw(0.3));
    CHECK(law.draw(0.51) < law.draw(0.49));
    CHECK(law.draw(0.9) > law.draw(0.51));
    double last = 0.0;
    for (double p = 0.01; p < 1.0; p += 0.01) {
        CHECK(law.quantile(p) >= last);
        last = law.quantile(p);
        CHECK(law.cdf(last) == doctest::Approx(p));
    }
}

TEST_CASE("known values") {
    using D = Distribution;
    CHECK(D::exponential(2.0).draw(0.5) == doctest::Approx(1.3862943611198906).epsilon(1e-15));
    CHECK(D::lognormal(40.0, 0.5).quantile(0.5) == doctest::Approx(40.0 / std::sqrt(1.25)).epsilon(1e-14));
    CHECK(D::pareto(2.5, 0.6).survival(6.0) == doctest::Approx(std::pow(0.1, 2.5)).epsilon(1e-13));
    CHECK(D::pareto(2.5, 0.6).mean() == doctest::Approx(1.0).epsilon(1e-14));
    CHECK(D::pareto(2.0, 1.0).variance() == infinity);
    CHECK(D::pareto(1.0, 1.0).mean() == infinity);
    CHECK(D::pareto(1.0, 1.0).truncated(0.0, 10.0).mean() == doctest::Approx(std::log(10.0) / 0.9));
    CHECK(D::weibull(2.0, 1.0).mean() == doctest::Approx(std::sqrt(std::acos(-1.0)) / 2.0).epsilon(1e-14));
    CHECK(D::geometric(3.0).cdf(2.0) == doctest::Approx(5.0 / 9.0).epsilon(1e-14));
    CHECK(D::zipf(3.0, 1.0).mean() == doctest::Approx(18.0 / 11.0).epsilon(1e-14));
    // Normal truncated at 0 with mean 1, sd 2: mean + sd phi(-1/2) / Phi(1/2).
    CHECK(D::normal(1.0, 2.0).mean() == doctest::Approx(2.01832086767407).epsilon(1e-13));
    CHECK(D::normal(10.0, 1.0).mean() == doctest::Approx(10.0).epsilon(1e-14));
    // The phase-type law of two exponentials in a row is Erlang's.
    const D chain = D::phase_type({1.0, 0.0}, {{-1.0, 1.0}, {0.0, -1.0}});
    const D erlang = D::erlang(2.0, 2.0);
    for (double p = 1e-9; p < 1.0; p = p < 0.01 ? p * 10.0 : p + 0.05) {
        CAPTURE(p);
        CHECK(chain.quantile(p) == doctest::Approx(erlang.quantile(p)).epsilon(1e-9));
    }
    CHECK(chain.mean() == doctest::Approx(2.0));
    CHECK(chain.variance() == doctest::Approx(2.0));
    CHECK(two_phases().cv() == doctest::Approx(1.0).epsilon(0.2));
}

TEST_CASE("the far tail keeps its digits under truncation") {
    const auto tail = Distribution::exponential(1.0).truncated(60.0);
    CHECK(tail.mean() == doctest::Approx(61.0).epsilon(1e-12));
    CHECK(tail.draw(0.5) == doctest::Approx(60.0 + std::log(2.0)).epsilon(1e-13));
    const auto normal = Distribution::normal(0.0, 1.0).truncated(12.0);
    CHECK(normal.draw(0.5) > 12.0);
    CHECK(normal.draw(0.5) < 12.1);
    const auto gamma = Distribution::gamma(1.0, 0.5).truncated(30.0);
    CHECK(gamma.draw(0.5) > 30.0);
    CHECK(gamma.draw(0.5) < 30.5);
}

TEST_CASE("scaling multiplies every draw") {
    for (const auto& [name, law] : laws()) {
        CAPTURE(name);
        const Distribution twice = law.scaled(2.5);
        REQUIRE_FALSE(twice.problem());
        for (double u = 0.013; u < 1.0; u += 0.06) CHECK(twice.draw(u) == doctest::Approx(2.5 * law.draw(u)));
        CHECK(twice.mean() == doctest::Approx(2.5 * law.mean()));
        CHECK(twice.variance() == doctest::Approx(6.25 * law.variance()));
        if (!law.is_constant()) {
            const Distribution cut = law.truncated(law.quantile(0.3), law.quantile(0.9));
            const Distribution cut_twice = cut.scaled(2.0);
            for (double u = 0.013; u < 1.0; u += 0.06)
                CHECK(cut_twice.draw(u) == doctest::Approx(2.0 * cut.draw(u)));
        }
        CHECK(law.scaled(0.0) == Distribution::constant(0.0));
    }
}

TEST_CASE("parameters are read and replaced by name") {
    const auto law = Distribution::lognormal(40.0, 0.5);
    CHECK(law.parameter("mean") == 40.0);
    CHECK(law.parameter("cv") == 0.5);
    CHECK_FALSE(law.parameter("shape"));
    CHECK(law.with_parameter("mean", 20.0) == Distribution::lognormal(20.0, 0.5));
    CHECK_FALSE(law.with_parameter("sd", 20.0));
    CHECK(law.with_parameter("max", 90.0) == law.truncated(0.0, 90.0));
    CHECK(law.with_parameter("cv", -1.0)->problem() == "cv must lie in 0..1000");
    CHECK(law.parameter("max") == infinity);
    CHECK(Distribution::pareto(2.5, 0.6).parameter("min") == 0.6);
    CHECK(Distribution::erlang(3, 2).parameter_names() == std::vector<std::string_view>{"k", "mean"});
    CHECK(Distribution::zipf(10, 1).with_parameter("s", 2.0)->draw(0.4) ==
          Distribution::zipf(10, 2).draw(0.4));
    CHECK(Distribution::name(Distribution::Kind::phase_type) == "phase_type");
    CHECK(Distribution::empirical({2.0, 1.0}).values() == std::vector<double>{1.0, 2.0});
    CHECK(Distribution::empirical({2.0, 1.0}) == Distribution::empirical({1.0, 2.0}));
    CHECK(Distribution::empirical({2.0, 1.0}) != Distribution::empirical({1.0, 3.0}));
    CHECK(law != Distribution::gamma(40.0, 0.5));
}

TEST_CASE("what is out of range is said in words") {
    using D = Distribution;
    CHECK(D::exponential(-1.0).problem() == "mean must be finite and at least 0");
    CHECK(D::exponential(std::nan("")).problem());
    CHECK(D::uniform(2.0, 1.0).problem() == "low must not be above high");
    CHECK(D::erlang(1.5, 1.0).problem());
    CHECK(D::pareto(0.0, 1.0).problem());
    CHECK(D::triangular(1.0, 2.0, 3.0).problem() == "mode must lie between low and high");
    CHECK(D::geometric(0.5).problem());
    CHECK(D::zipf(0.0, 1.0).problem());
    CHECK(D::empirical({}).problem() == "at least one value is needed");
    CHECK(D::empirical({1.0, 2.0}, {1.0}).problem() == "there must be as many weights as values");
    CHECK(D::empirical({1.0, 2.0}, {0.0, 0.0}).problem() == "weights must have a positive sum");
    CHECK(D::mixture({1.0}, {D::exponential(-1.0)}).problem() ==
          "component 1: mean must be finite and at least 0");
    CHECK(D::phase_type({1.0}, {{1.0}}).problem());
    CHECK(D::phase_type({1.0, 0.0}, {{-1.0, 1.0}, {1.0, -1.0}}).problem() ==
          "a phase that is reached never ends");
    CHECK_FALSE(D::phase_type({1.0, 0.0}, {{-1.0, 0.0}, {0.0, -1.0}}).problem());
    CHECK(D::uniform(1.0, 2.0).truncated(3.0, 4.0).problem() ==
          "no value of this law lies between min and max");
    CHECK(D::exponential(1.0).truncated(3.0, 2.0).problem() == "max must be at least min");
    CHECK(D::constant(1.0).truncated(2.0).problem());
    CHECK(D::geometric(3.0).truncated(1.2, 1.8).problem());
    CHECK(D::mixture({1, 1}, {D::constant(1.0), D::constant(2.0)}).truncated(3.0).problem());
}

TEST_CASE("degenerate parameters make a constant") {
    using D = Distribution;
    for (const D& law :
         {D::gamma(3.0, 0.0), D::lognormal(3.0, 0.0), D::normal(3.0, 0.0), D::uniform(3.0, 3.0),
          D::triangular(3.0, 3.0, 3.0), D::geometric(1.0).scaled(3.0), D::zipf(1.0, 1.0).scaled(3.0)}) {
        CHECK(law.is_constant());
        CHECK(law.draw(0.3) == 3.0);
        CHECK(law.mean() == 3.0);
        CHECK(law.variance() == 0.0);
        CHECK(law.cdf(3.0) == 1.0);
        CHECK(law.cdf(2.9) == 0.0);
    }
    CHECK(D::exponential(0.0).draw(0.5) == 0.0);
    CHECK(D().draw(0.5) == 0.0);
}

TEST_CASE("a large zipf law needs no large table") {
    const auto law = Distribution::zipf(1e9, 1.2);
    CHECK(law.quantile(1.0) == 1e9);
    for (double p = 0.05; p < 1.0; p += 0.05) {
        const double k = law.quantile(p);
        CHECK(law.cdf(k) >= p);
        if (k > 1.0) CHECK(law.cdf(k - 1.0) < p);
    }
    // Sum of k^-0.2 / sum of k^-1.2, by mpmath.
    CHECK(law.mean() == doctest::Approx(3593967.7437821).epsilon(1e-11));
}

TEST_CASE("the numerical inverse agrees with the exact one") {
    for (const double cv : {0.01, 0.1, 0.5, 0.9, 1.3, 1.8, 1.9, 2.0, 3.0, 6.3}) {
        const auto law = Distribution::gamma(1.0, cv);
        for (double p = 2e-7; p < 1.0 - 1e-7; p = p < 0.01 ? p * 1.7 : p + 0.0093) {
            CAPTURE(cv);
            CAPTURE(p);
            const double x = law.draw(p);
            CHECK(law.cdf(x) == doctest::Approx(p).epsilon(1e-9 / std::min(cv, 1.0)));
        }
    }
}

TEST_CASE("a stiff phase-type law agrees with the mixture it is") {
    const auto phases = Distribution::phase_type({0.9, 0.1}, {{-1000.0, 0.0}, {0.0, -0.01}});
    const auto mixture = Distribution::mixture(
        {0.9, 0.1}, {Distribution::exponential(0.001), Distribution::exponential(100.0)});
    CHECK(phases.mean() == doctest::Approx(mixture.mean()).epsilon(1e-12));
    CHECK(phases.variance() == doctest::Approx(mixture.variance()).epsilon(1e-12));
    for (const double x : {1e-5, 1e-3, 0.01, 1.0, 100.0, 1000.0}) {
        CAPTURE(x);
        CHECK(phases.cdf(x) == doctest::Approx(mixture.cdf(x)).epsilon(1e-9));
        CHECK(phases.survival(x) == doctest::Approx(mixture.survival(x)).epsilon(1e-9));
    }
}

TEST_CASE("fill draws what single draws draw, one uniform each") {
    for (const auto& [name, law] : laws()) {
        Stream one(stream_key(1, 2, name, Purpose::service));
        Stream other = one;
        std::vector<double> filled(64);
        law.fill(one, filled.data(), filled.size());
        for (const double x : filled) CHECK(x == law.draw(other));
        CHECK(one == other);
    }
}
