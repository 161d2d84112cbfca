#include "tools/reports/sensitivity_words.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "tools/reports/difference_text.h"
#include "tools/reports/with_interval.h"

namespace understudy::reports {

namespace {

template <class Size>
std::vector<std::size_t> largest_first(std::size_t count, Size size) {
    std::vector<std::size_t> order(count);
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::stable_sort(order.begin(), order.end(),
                     [&](std::size_t a, std::size_t b) { return size(a) > size(b); });
    return order;
}

}  // namespace

std::string effect_words(const kernel::Estimate& estimate, const std::string& unit, const HumanUnit& shown) {
    return difference_text(estimate.centre, estimate.low, estimate.high, unit, shown);
}

std::string slope_words(const kernel::Estimate& estimate, const std::string& unit) {
    return difference_text(estimate.centre, estimate.low, estimate.high, unit);
}

std::string size_words(const kernel::Estimate& estimate, const std::string& unit, const HumanUnit& shown) {
    const auto number = [&](double value) { return human_number(value * shown.factor, 3); };
    return fmt::format("{}{} ({} to {})", number(estimate.centre),
                       unit == "fraction" ? " points" : shown.suffix, number(estimate.low),
                       number(estimate.high));
}

std::string share_words(const kernel::Estimate& estimate) {
    const auto whole = [](double value) { return fmt::format("{:.0f}", 100 * std::clamp(value, 0.0, 1.0)); };
    return fmt::format("{} % ({} to {})", whole(estimate.centre), whole(estimate.low), whole(estimate.high));
}

std::string spread_words(const kernel::SobolIndices& indices, const std::string& unit) {
    // The root of what holds a variance holds its root.
    kernel::Estimate sd = indices.variance;
    for (double* value : {&sd.centre, &sd.low, &sd.high}) *value = std::sqrt(std::max(*value, 0.0));
    const auto within = [&](const kernel::Estimate& estimate) {
        return with_interval({estimate.centre, estimate.low, estimate.high, estimate.level, 0}, unit);
    };
    return fmt::format("mean {}, sd {}; noise is {} of what replications differ", within(indices.mean),
                       within(sd), share_words(indices.noise));
}

std::vector<std::size_t> by_size(const std::vector<kernel::ElementaryEffects>& effects) {
    return largest_first(effects.size(), [&](std::size_t f) { return effects[f].magnitude.centre; });
}
std::vector<std::size_t> by_size(const kernel::SobolIndices& indices) {
    return largest_first(indices.total.size(), [&](std::size_t f) { return indices.total[f].centre; });
}
std::vector<std::size_t> by_size(const std::vector<studies::SensitivityOfMeasure::Setting>& settings,
                                 std::size_t factors) {
    return largest_first(factors, [&](std::size_t f) {
        double size = -1;
        for (const auto& setting : settings)
            if (setting.factor == f && setting.difference)
                size = std::max(size, std::abs(setting.difference->estimate.centre));
        return size;
    });
}

std::string basis_words(const studies::Study& study, const studies::SensitivityResult& result) {
    return fmt::format("{} over {} {}, {} settings, {} replications, seed {}", studies::name_of(study.method),
                       study.factors.size(), study.factors.size() == 1 ? "factor" : "factors",
                       result.settings, result.replications, result.seed);
}

}  // namespace understudy::reports
