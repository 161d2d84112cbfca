#include "tools/studies/observations.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "kernel/controls.h"
#include "kernel/pooled.h"

namespace understudy::studies {

std::vector<double> means_of_neighbours(const std::vector<double>& values, std::size_t together) {
    if (together == 1) return values;
    std::vector<double> means;
    for (std::size_t first = 0; first < values.size(); first += together) {
        const std::size_t last = std::min(first + together, values.size());
        const std::vector<double> known = with_data({values.begin() + static_cast<std::ptrdiff_t>(first),
                                                     values.begin() + static_cast<std::ptrdiff_t>(last)});
        double sum = 0;
        for (const double value : known) sum += value;
        means.push_back(sum / static_cast<double>(known.size()));
    }
    return means;
}

std::vector<double> with_data(const std::vector<double>& values) {
    std::vector<double> known;
    for (const double value : values)
        if (std::isfinite(value)) known.push_back(value);
    return known;
}

Observations observations(const Seen& seen) {
    Observations result;
    const auto& sections = seen.sections.all();
    const std::size_t together =
        sections.empty() ? static_cast<std::size_t>(seen.together) : seen.sections.replications();
    const std::vector<double> values = sections.empty()
                                           ? means_of_neighbours(seen.by_replication, together)
                                           : kernel::spread_out(kernel::mean_values(sections), sections);
    result.all = values.size();
    for (std::size_t i = 0; i < values.size(); ++i)
        if (std::isfinite(values[i])) {
            result.values.push_back(values[i]);
            result.places.push_back(i);
        }
    for (const std::vector<double>& control : seen.controls) {
        const std::vector<double> whole = means_of_neighbours(control, together);
        result.controls.emplace_back();
        for (const std::size_t place : result.places) result.controls.back().push_back(whole[place]);
    }
    return result;
}

std::optional<kernel::Estimate> Observations::interval(double confidence, kernel::Range range) const {
    if (controls.empty()) return kernel::mean_interval(values, confidence, range);
    return kernel::controlled_interval(values, controls, confidence, range);
}

std::vector<double> Observations::by_section() const {
    const std::vector<double> known = controls.empty() ? values : kernel::controlled_values(values, controls);
    std::vector<double> spread(known.empty() ? 0 : all, std::numeric_limits<double>::quiet_NaN());
    for (std::size_t i = 0; i < known.size(); ++i) spread[places[i]] = known[i];
    return spread;
}

}  // namespace understudy::studies
