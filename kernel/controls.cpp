#include "kernel/controls.h"

#include <algorithm>
#include <cmath>

#include "kernel/invariant.h"
#include "kernel/special_functions.h"
#include "kernel/statistics.h"

namespace understudy::kernel {

namespace {

double product(std::span<const double> a, std::span<const double> b) {
    double sum = 0;
    for (std::size_t i = 0; i < a.size(); ++i) sum += a[i] * b[i];
    return sum;
}

/// Values about their mean, and that.
struct Column {
    std::vector<double> about;
    double mean = 0;

    explicit Column(std::span<const double> values)
        : about(values.begin(), values.end()), mean(moments_of(values).mean()) {
        for (double& value : about) value -= mean;
    }
    void take(const Column& other, double times) {
        for (std::size_t i = 0; i < about.size(); ++i) about[i] -= times * other.about[i];
        mean -= times * other.mean;
    }
};

/// The regression of the values on the controls, which are made orthogonal one after the other (Gram and Schmidt).
struct Regression {
    Column rest;      ///< of the values: its mean is the corrected one
    double loss = 0;  ///< what not knowing the slopes adds to 1 / n
    std::size_t controls = 0;

    Regression(std::span<const double> values, std::span<const std::vector<double>> given) : rest(values) {
        std::vector<Column> orthogonal;
        for (const std::vector<double>& one : given) {
            require(one.size() == values.size(), "there is a value of each control for each replication");
            Column control(one);
            const double whole = product(control.about, control.about);
            for (const Column& before : orthogonal)
                control.take(before,
                             product(control.about, before.about) / product(before.about, before.about));
            const double left = product(control.about, control.about);
            constexpr double nothing_besides = 1e-6;
            if (!(left > nothing_besides * whole)) continue;
            rest.take(control, product(rest.about, control.about) / left);
            loss += control.mean * control.mean / left;
            orthogonal.push_back(std::move(control));
        }
        controls = orthogonal.size();
    }
};

}  // namespace

std::optional<Estimate> controlled_interval(std::span<const double> values,
                                            std::span<const std::vector<double>> controls, double level,
                                            Range range) {
    if (values.size() < controls.size() + 3) return std::nullopt;
    const Regression found(values, controls);
    const auto n = static_cast<double>(values.size());
    const double freedom = n - static_cast<double>(found.controls) - 1;
    const double variance = product(found.rest.about, found.rest.about) / freedom;
    Estimate estimate;
    estimate.count = values.size();
    estimate.level = level;
    estimate.centre = std::clamp(found.rest.mean, range.low, range.high);
    const double half =
        student_quantile(0.5 + 0.5 * level, freedom) * std::sqrt(variance * (1 / n + found.loss));
    estimate.low = std::clamp(found.rest.mean - half, range.low, range.high);
    estimate.high = std::clamp(found.rest.mean + half, range.low, range.high);
    estimate.standard_deviation = std::sqrt(variance);
    return estimate;
}

std::vector<double> controlled_values(std::span<const double> values,
                                      std::span<const std::vector<double>> controls) {
    if (values.size() < controls.size() + 3) return {};
    Regression found(values, controls);
    for (double& value : found.rest.about) value += found.rest.mean;
    return std::move(found.rest.about);
}

}  // namespace understudy::kernel
