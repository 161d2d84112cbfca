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

double statistic_of(std::vector<double> values, const Distribution& law, double resolution) {
    std::sort(values.begin(), values.end());
    if (resolution > 0)
        for (double& value : values) value = std::max(value, resolution / 2);
    return anderson_darling(values, law);
}

}  // namespace

double anderson_darling(std::span<const double> ascending, const Distribution& law) {
    const std::size_t n = ascending.size();
    if (n == 0) return 0;
    // An end of the law that was fitted to the sample's own end has probability 0 beyond it, and the logarithm no
    // value: an observation counts for at least a small part of one.
    const double least = 0.01 / static_cast<double>(n);
    double sum = 0;
    std::vector<double> below(n), above(n);
    for (std::size_t i = 0; i < n; ++i) {
        below[i] = exact::log(std::max(least, law.cdf(ascending[i])));
        above[i] = exact::log(std::max(least, law.survival(ascending[i])));
    }
    for (std::size_t i = 0; i < n; ++i) sum += static_cast<double>(2 * i + 1) * (below[i] + above[n - 1 - i]);
    const double size = static_cast<double>(n);
    return -size - sum / size;
}

std::optional<GoodnessOfFit> goodness_of_fit(const FittedLaw& fitted, const Sample& sample,
                                             std::uint64_t seed, int samples) {
    if (fitted.family == Family::constant || !sample.censored.empty() ||
        sample.observed.size() < fewest_tested)
        return std::nullopt;
    Sample tested;
    tested.resolution = sample.resolution;
    tested.observed = sample.observed;
    if (tested.observed.size() > most_tested) {
        // By chance, not by rank: an even part of the sorted sample would fit too well.
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
    result.statistic = statistic_of(tested.observed, own->law, tested.resolution);
    int as_far = 1;
    Sample drawn;
    drawn.resolution = tested.resolution;
    drawn.observed.resize(tested.observed.size());
    int made = 0;
    for (int number = 0; number < samples; ++number) {
        Stream stream(stream_key(seed, static_cast<std::uint64_t>(number), "fit", Purpose::bootstrap));
        for (double& value : drawn.observed) {
            value = own->law.draw(stream);
            if (tested.resolution > 0) value = std::round(value / tested.resolution) * tested.resolution;
        }
        const auto again = fit(fitted.family, drawn);
        if (!again) continue;
        ++made;
        if (statistic_of(drawn.observed, again->law, drawn.resolution) >= result.statistic) ++as_far;
    }
    if (made == 0) return std::nullopt;
    result.p = static_cast<double>(as_far) / static_cast<double>(made + 1);
    return result;
}

}  // namespace understudy::kernel
