#include "tools/studies/joint_intervals.h"

#include <algorithm>
#include <cmath>

#include "kernel/exact_math.h"
#include "kernel/special_functions.h"

namespace understudy::studies {

namespace {

bool has_interval(const kernel::FittedParameter& parameter) {
    return std::isfinite(parameter.low) && std::isfinite(parameter.high) && parameter.low < parameter.high;
}

/// What goes with the values when all of them are multiplied.
bool is_of_their_unit(std::string_view parameter) {
    return parameter != "cv" && parameter != "shape" && parameter != "share";
}

}  // namespace

void widen(kernel::FittedLaw& law, const kernel::FittedLaw& moved, double level, double degrees) {
    const double factor = kernel::student_quantile(0.5 + level / 2, degrees);
    for (std::size_t i = 0; i < law.parameters.size() && i < moved.parameters.size(); ++i) {
        kernel::FittedParameter& one = law.parameters[i];
        if (!has_interval(one)) continue;
        const double by = factor * (moved.parameters[i].estimate - one.estimate);
        const double below = one.estimate - one.low, above = one.high - one.estimate;
        one.low = std::max(0.0, one.estimate - std::sqrt(below * below + by * by));
        one.high = one.estimate + std::sqrt(above * above + by * by);
    }
}

void widen_by_factor(kernel::FittedLaw& law, double error_of_logarithm, double level, double degrees) {
    const double by = error_of_logarithm * kernel::student_quantile(0.5 + level / 2, degrees);
    for (kernel::FittedParameter& one : law.parameters) {
        if (!has_interval(one) || !is_of_their_unit(one.name) || !(one.low > 0)) continue;
        const double below = kernel::exact::log(one.estimate / one.low);
        const double above = kernel::exact::log(one.high / one.estimate);
        one.low = one.estimate * kernel::exact::exp(-std::sqrt(below * below + by * by));
        one.high = one.estimate * kernel::exact::exp(std::sqrt(above * above + by * by));
    }
}

}  // namespace understudy::studies
