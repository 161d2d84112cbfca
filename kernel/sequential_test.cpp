#include "kernel/sequential_test.h"

#include <cmath>
#include <numbers>

#include "kernel/invariant.h"
#include "kernel/special_functions.h"

namespace understudy::kernel {

std::size_t values_at_look(int look) {
    require(look >= 1, "looks are numbered from 1");
    std::size_t values = 5;
    for (int k = 1; k < look; ++k) values += (values + 1) / 2;
    return values;
}

double part_of_look(int look) {
    return 6 / (std::numbers::pi * std::numbers::pi * static_cast<double>(look) * static_cast<double>(look));
}

Side side_of_zero(std::span<const double> values, int look, double wrong_below, double wrong_above) {
    require(look >= 1 && wrong_below > 0 && wrong_below < 1 && wrong_above > 0 && wrong_above < 1,
            "a look at chances in (0, 1)");
    if (values.size() < 2) return Side::undecided;
    const auto count = static_cast<double>(values.size());
    double mean = 0;
    for (const double value : values) mean += value;
    mean /= count;
    double squares = 0;
    for (const double value : values) squares += (value - mean) * (value - mean);
    if (mean == 0) return Side::undecided;
    const double chance = (mean < 0 ? wrong_below : wrong_above) * part_of_look(look);
    const double error = std::sqrt(squares / (count - 1) / count);
    const bool decided = error == 0 || student_survival(std::fabs(mean) / error, count - 1) < chance;
    if (!decided) return Side::undecided;
    return mean < 0 ? Side::below : Side::above;
}

}  // namespace understudy::kernel
