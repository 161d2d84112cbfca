#include "kernel/goodness_of_fit.h"

#include <algorithm>
#include <cmath>
#include <utility>
#include <vector>

#include "kernel/exact_math.h"
#include "kernel/random.h"

namespace understudy::kernel {

namespace {

constexpr std::size_t fewest_tested = 10;
/// Of samples over fewer units the law is rounded as they are; over more it hardly matters how.
constexpr double coarse_units = 100;

/// P(X < value) and the rest, where X is rounded to the resolution as the sample is, and `value` a multiple of it.
std::pair<double, double> shares_below(const Distribution& law, double value, double resolution,
                                       Rounding rounding, bool coarse) {
    const auto at = [&](double x) {
        return x > 0 ? std::pair(law.cdf(x), law.survival(x)) : std::pair(0.0, 1.0);
    };
    if (rounding == Rounding::nearest || !coarse) return at(value - resolution / 2);
    // The fraction of a unit at which the first of two instants lies is anything.
    constexpr int parts = 8;
    double share = 0, rest = 0;
    for (int i = 0; i < parts; ++i) {
        const auto [below, above] = at(value - resolution * (i + 0.5) / parts);
        share += below / parts;
        rest += above / parts;
    }
    return {share, rest};
}

double statistic_of(std::vector<double> values, const Distribution& law, double resolution,
                    Rounding rounding) {
    std::sort(values.begin(), values.end());
    return anderson_darling(values, law, resolution, rounding);
}

}  // namespace

double anderson_darling(std::span<const double> ascending, const Distribution& law, double resolution,
                        Rounding rounding) {
    const std::size_t n = ascending.size();
    if (n == 0) return 0;
    // An end of the law that was fitted to the sample's own end has probability 0 beyond it, and the logarithm no
    // value: an observation counts for at least a small part of one.
    const double least = 0.01 / static_cast<double>(n);
    double sum = 0;
    std::vector<double> below(n), above(n);
    const auto set = [&](std::size_t i, double share, double rest) {
        below[i] = exact::log(std::max(least, share));
        above[i] = exact::log(std::max(least, rest));
    };
    const bool coarse = ascending.back() - ascending.front() < coarse_units * resolution;
    for (std::size_t i = 0; i < n;) {
        if (!(resolution > 0)) {
            set(i, law.cdf(ascending[i]), law.survival(ascending[i]));
            ++i;
            continue;
        }
        std::size_t end = i;
        while (end < n && ascending[end] == ascending[i]) ++end;
        const auto [low_share, low_rest] = shares_below(law, ascending[i], resolution, rounding, coarse);
        const auto [high_share, high_rest] =
            shares_below(law, ascending[i] + resolution, resolution, rounding, coarse);
        const auto same = static_cast<double>(end - i);
        for (double part = 0.5 / same; i < end; ++i, part += 1 / same)
            set(i, low_share + part * (high_share - low_share), low_rest + part * (high_rest - low_rest));
    }
    for (std::size_t i = 0; i < n; ++i) sum += static_cast<double>(2 * i + 1) * (below[i] + above[n - 1 - i]);
    const double size = static_cast<double>(n);
    return -size - sum / size;
}

double rounded_draw(const Distribution& law, double resolution, Rounding rounding, Stream& stream) {
    const double value = law.draw(stream);
    if (!(resolution > 0)) return value;
    const double units = value / resolution;
    return resolution *
           (rounding == Rounding::nearest ? std::round(units) : std::floor(units + stream.uniform()));
}

std::optional<GoodnessOfFit> goodness_of_fit(const FittedLaw& fitted, const Sample& sample,
                                             std::uint64_t seed, int samples) {
    if (fitted.family == Family::constant || !sample.censored.empty() ||
        sample.observed.size() < fewest_tested)
        return std::nullopt;
    Sample tested;
    tested.resolution = sample.resolution;
    tested.rounding = sample.rounding;
    tested.observed = sample.observed;
    if (tested.observed.size() > most_tested) {
        // By chance, not by rank: an even part of the sorted sample would fit too well. Nor by the order in which the values
        // come, of which a fit knows nothing.
        std::sort(tested.observed.begin(), tested.observed.end());
        Stream stream(stream_key(seed, 0, "fit", Purpose::sample));
        for (std::size_t i = 0; i < most_tested; ++i)
            std::swap(tested.observed[i], tested.observed[i + stream.below(tested.observed.size() - i)]);
        tested.observed.resize(most_tested);
    }
    GoodnessOfFit result;
    result.tested = tested.observed.size();
    // The sample is fitted anew where it was thinned, as those it is compared with are.
    const auto own = fit(fitted.family, tested);
    if (!own) return std::nullopt;
    result.statistic = statistic_of(tested.observed, own->law, tested.resolution, tested.rounding);
    int as_far = 1;
    Sample drawn;
    drawn.resolution = tested.resolution;
    drawn.rounding = tested.rounding;
    drawn.observed.resize(tested.observed.size());
    int made = 0;
    for (int number = 0; number < samples; ++number) {
        Stream stream(stream_key(seed, static_cast<std::uint64_t>(number), "fit", Purpose::bootstrap));
        for (double& value : drawn.observed)
            value = rounded_draw(own->law, tested.resolution, tested.rounding, stream);
        const auto again = fit(fitted.family, drawn);
        if (!again) continue;
        ++made;
        if (statistic_of(drawn.observed, again->law, drawn.resolution, drawn.rounding) >= result.statistic)
            ++as_far;
    }
    if (made == 0) return std::nullopt;
    result.p = static_cast<double>(as_far) / static_cast<double>(made + 1);
    return result;
}

}  // namespace understudy::kernel
