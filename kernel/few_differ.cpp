#include "kernel/few_differ.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include "kernel/invariant.h"

namespace understudy::kernel {

namespace {

/// The value that most of these share; of several the one nearest to 0. And how many share it.
struct MostCommon {
    double value = 0;
    std::size_t count = 0;
};
MostCommon most_common(std::span<const double> values) {
    std::vector<double> sorted(values.begin(), values.end());
    std::sort(sorted.begin(), sorted.end());
    MostCommon found;
    for (std::size_t i = 0; i < sorted.size();) {
        std::size_t end = i;
        while (end < sorted.size() && sorted[end] == sorted[i]) ++end;
        const bool nearer = std::fabs(sorted[i]) < std::fabs(found.value);
        if (end - i > found.count || (end - i == found.count && nearer)) found = {sorted[i], end - i};
        i = end;
    }
    return found;
}

/// Those on one side of what is common.
struct OneSide {
    std::size_t count = 0;
    double sum = 0;
    double size(double least) const { return count > 0 ? sum / static_cast<double>(count) : least; }
};

}  // namespace

std::optional<Estimate> few_differ_interval(std::span<const double> differences, double least, double level) {
    require(least >= 0, "a size is not negative");
    if (differences.size() < 2) return std::nullopt;
    const MostCommon common = most_common(differences);
    if (common.count < 2 || differences.size() - common.count >= enough_differ) return std::nullopt;
    OneSide more, less;
    for (const double difference : differences) {
        if (difference == common.value) continue;
        OneSide& side = difference > common.value ? more : less;
        ++side.count;
        side.sum += std::fabs(difference - common.value);
    }
    // Each limit of the sum of both may be wrong in half of the cases that the whole may.
    const double each = 1 - 0.5 * (1 - level);
    const Estimate chance_more = *share_interval(more.count, differences.size(), each);
    const Estimate chance_less = *share_interval(less.count, differences.size(), each);
    Estimate result = *student_interval(differences, level);
    result.low = std::min(
        result.low, common.value + chance_more.low * more.size(least) - chance_less.high * less.size(least));
    result.high = std::max(
        result.high, common.value + chance_more.high * more.size(least) - chance_less.low * less.size(least));
    return result;
}

}  // namespace understudy::kernel
