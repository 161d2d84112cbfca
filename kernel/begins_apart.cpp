#include "kernel/begins_apart.h"

#include <algorithm>

#include "kernel/intervals.h"
#include "kernel/statistics.h"

namespace understudy::kernel {

namespace {

double mean_of(const std::vector<double>& values, std::size_t from, std::size_t to) {
    Moments sum;
    for (std::size_t i = from; i < to; ++i) sum.add(values[i]);
    return sum.mean();
}

}  // namespace

bool begins_apart(std::span<const std::vector<double>> series, std::size_t within, double level) {
    if (series.size() < fewest_to_begin_alike) return true;
    within = std::max<std::size_t>(within, 1);
    constexpr std::size_t parts[] = {1, 2, 4, 8};
    const double each = 1 - (1 - level) / static_cast<double>(std::size(parts));
    for (const std::size_t part : parts) {
        const std::size_t first = std::max<std::size_t>(within / part, 1);
        std::vector<double> differences;
        for (const std::vector<double>& one : series) {
            if (one.size() < 2 * within) return true;
            differences.push_back(mean_of(one, 0, first) - mean_of(one, within, one.size()));
        }
        if (!student_interval(differences, each)->contains(0)) return true;
    }
    return false;
}

}  // namespace understudy::kernel
