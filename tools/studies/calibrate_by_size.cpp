#include "tools/studies/calibrate_by_size.h"

#include <algorithm>
#include <cmath>

#include "kernel/exact_math.h"
#include "kernel/special_functions.h"

namespace understudy::studies {

namespace {

constexpr double level_of_constants = 0.01;

/// y = level + slope x, by least squares.
struct Line {
    double level = 0, slope = 0;
    double mean_x = 0, squares_x = 0;  ///< mean and squared distances of x
    double variance = 0;               ///< of y about the line
};

template <class X, class Y>
std::optional<Line> line_through(std::span<const SizedDuration> all, X x, Y y) {
    const auto n = static_cast<double>(all.size());
    if (all.size() < 4) return std::nullopt;
    Line line;
    double mean_y = 0;
    for (const SizedDuration& one : all) {
        line.mean_x += x(one) / n;
        mean_y += y(one) / n;
    }
    double both = 0;
    for (const SizedDuration& one : all) {
        line.squares_x += (x(one) - line.mean_x) * (x(one) - line.mean_x);
        both += (x(one) - line.mean_x) * (y(one) - mean_y);
    }
    // Sizes that are all the same tell nothing.
    if (!(line.squares_x > 1e-18 * n * line.mean_x * line.mean_x)) return std::nullopt;
    line.slope = both / line.squares_x;
    line.level = mean_y - line.slope * line.mean_x;
    for (const SizedDuration& one : all) {
        const double left = y(one) - line.level - line.slope * x(one);
        line.variance += left * left / (n - 2);
    }
    return line;
}

}  // namespace

bool grow_with_size(std::span<const SizedDuration> durations) {
    const auto line = line_through(
        durations, [](const SizedDuration& one) { return one.gigabytes; },
        [](const SizedDuration& one) { return one.seconds; });
    if (!line || !std::isfinite(line->slope) || !(line->slope > 0)) return false;
    const double error = std::sqrt(line->variance / line->squares_x);
    return error == 0 || kernel::student_survival(line->slope / error, static_cast<double>(durations.size()) -
                                                                           2) < level_of_constants;
}

std::optional<DurationForm> DurationForm::of(Is is, std::span<const SizedDuration> durations, double level) {
    DurationForm form;
    form.is_ = is;
    form.n_ = static_cast<double>(durations.size());
    if (!form.has_constant()) return form;
    const auto seconds = [](const SizedDuration& one) { return one.seconds; };
    const auto gigabytes = [](const SizedDuration& one) { return one.gigabytes; };
    const auto per_gb = [](const SizedDuration& one) { return one.seconds / one.gigabytes; };
    const auto inverse = [](const SizedDuration& one) { return 1 / one.gigabytes; };
    const auto line = is == Is::base_and_law_per_gb ? line_through(durations, inverse, per_gb)
                                                    : line_through(durations, gigabytes, seconds);
    if (!line || !std::isfinite(line->slope) || !std::isfinite(line->variance) || !(line->slope > 0))
        return std::nullopt;
    const double degrees = form.n_ - 2;
    const double error = std::sqrt(line->variance / line->squares_x);
    if (error > 0 && kernel::student_survival(line->slope / error, degrees) >= level_of_constants)
        return std::nullopt;
    const double wide = error * kernel::student_quantile(0.5 + level / 2, degrees);
    form.constant_ = {line->slope, std::max(0.0, line->slope - wide), line->slope + wide};
    form.mean_regressor_ = line->mean_x;
    form.squares_ = line->squares_x;
    form.error_of_constant_ = error;
    if (std::any_of(durations.begin(), durations.end(),
                    [&](const SizedDuration& one) { return !(form.value(one) > 0); }))
        return std::nullopt;
    return form;
}

double DurationForm::value(const SizedDuration& one) const {
    switch (is_) {
        case Is::law: break;
        case Is::law_per_gb: return one.seconds / one.gigabytes;
        case Is::base_and_law_per_gb: return (one.seconds - constant_.estimate) / one.gigabytes;
        case Is::law_and_each_gb: return one.seconds - constant_.estimate * one.gigabytes;
    }
    return one.seconds;
}

double DurationForm::predicted(double mean, double gigabytes) const {
    switch (is_) {
        case Is::law: break;
        case Is::law_per_gb: return mean * gigabytes;
        case Is::base_and_law_per_gb: return constant_.estimate + mean * gigabytes;
        case Is::law_and_each_gb: return mean + constant_.estimate * gigabytes;
    }
    return mean;
}

double DurationForm::aic_besides(std::span<const SizedDuration> durations) const {
    double aic = has_constant() ? 2 : 0;
    if (per_gb())
        for (const SizedDuration& one : durations) aic += 2 * kernel::exact::log(one.gigabytes);
    return aic;
}

DurationForm DurationForm::with_lower_constant() const {
    DurationForm lower = *this;
    lower.constant_.estimate -= error_of_constant_;
    return lower;
}

double DurationForm::away(std::span<const SizedDuration> of) const {
    if (!has_constant()) return 0;
    double mean = 0;
    for (const SizedDuration& one : of) mean += one.gigabytes / static_cast<double>(of.size());
    const double off = (per_gb() ? 1 / mean : mean) - mean_regressor_;
    return off * off / squares_;
}

double DurationForm::values_of_mean(std::span<const SizedDuration> of) const {
    return n_ / (1 + n_ * away(of));
}

double DurationForm::variance_of_mean(double variance, std::span<const SizedDuration> of) const {
    const auto m = static_cast<double>(of.size());
    const double estimated = 1 / n_ + away(of);
    if (!per_gb()) return variance * (1 / m + estimated);
    double mean = 0, squares = 0;
    for (const SizedDuration& one : of) {
        mean += one.gigabytes / m;
        squares += one.gigabytes * one.gigabytes / (m * m);
    }
    return variance * (squares + mean * mean * estimated);
}

}  // namespace understudy::studies
