#include "models/compile/intensity.h"

#include <algorithm>
#include <cmath>

#include "kernel/exact_math.h"
#include "kernel/invariant.h"

namespace understudy::models {

using kernel::never;
using kernel::Time;

namespace {

constexpr double two_pi = 6.283185307179586;

/// The smallest s in [0, length] with a s + (b - a) s^2 / (2 length) = amount, for intensities a and b at the
/// ends; `length` if rounding leaves none. Written so that nothing cancels.
double solve(double a, double b, double length, double amount) {
    const double slope = (b - a) / length;
    const double root = std::sqrt(std::max(0.0, a * a + 2 * slope * amount));
    const double s = a + root > 0 ? 2 * amount / (a + root) : length;
    return std::clamp(s, 0.0, length);
}

}  // namespace

Intensity Intensity::piecewise_linear(std::vector<Point> points) {
    kernel::require(!points.empty() && points.front().time == 0, "an intensity begins at time 0");
    Intensity result;
    result.points_ = std::move(points);
    result.integral_.assign(1, 0.0);
    for (std::size_t i = 1; i < result.points_.size(); ++i) {
        const Point& a = result.points_[i - 1];
        const Point& b = result.points_[i];
        result.integral_.push_back(result.integral_.back() +
                                   0.5 * (a.after + b.before) * kernel::to_seconds(b.time - a.time));
    }
    return result;
}

Intensity Intensity::sine(double mean, double amplitude, Time period) {
    Intensity result;
    result.mean_ = mean;
    result.amplitude_ = amplitude;
    result.period_s_ = kernel::to_seconds(period);
    return result;
}

double Intensity::sine_integral(double t_s) const {
    return mean_ * t_s +
           amplitude_ * period_s_ / two_pi *
               (1 - kernel::exact::cos(two_pi * (t_s / period_s_ - std::floor(t_s / period_s_))));
}

double Intensity::at(Time time) const {
    if (period_s_ > 0) {
        const double phase = kernel::to_seconds(time) / period_s_;
        return std::max(0.0, mean_ + amplitude_ * kernel::exact::sin(two_pi * (phase - std::floor(phase))));
    }
    if (points_.empty()) return 1;
    auto next = std::upper_bound(points_.begin(), points_.end(), time,
                                 [](Time t, const Point& p) { return t < p.time; });
    const Point& a = *(next - 1);
    if (next == points_.end()) return a.after;
    return a.after + (next->before - a.after) *
                         (static_cast<double>(time - a.time) / static_cast<double>(next->time - a.time));
}

double Intensity::mean(Time from, Time to) const {
    if (to <= from) return at(from);
    if (period_s_ > 0)
        return (sine_integral(kernel::to_seconds(to)) - sine_integral(kernel::to_seconds(from))) /
               kernel::to_seconds(to - from);
    if (points_.empty()) return 1;
    double sum = 0;
    Time t = from;
    std::size_t next = 0;
    while (next < points_.size() && points_[next].time <= t) ++next;
    while (t < to) {
        const Time end = next < points_.size() ? std::min(to, points_[next].time) : to;
        const double left = at(t);
        const double right =
            next < points_.size() && end == points_[next].time ? points_[next].before : at(end);
        sum += 0.5 * (left + right) * kernel::to_seconds(end - t);
        t = end;
        ++next;
    }
    return sum / kernel::to_seconds(to - from);
}

Time Intensity::after(Time start, double amount, Time limit) const {
    if (constant()) return kernel::later(start, kernel::from_seconds(amount));
    if (period_s_ > 0) {
        // The integral grows by `mean` a period, so the answer lies within one period of amount / mean.
        const double origin = kernel::to_seconds(start), base = sine_integral(origin);
        double low = std::max(0.0, amount / mean_ - period_s_), high = amount / mean_ + period_s_;
        for (int i = 0; i < 100 && high - low > 1e-10 * (1 + low); ++i) {
            const double middle = 0.5 * (low + high);
            (sine_integral(origin + middle) - base < amount ? low : high) = middle;
        }
        return kernel::later(start, kernel::from_seconds(high));
    }
    auto next = static_cast<std::size_t>(std::upper_bound(points_.begin(), points_.end(), start,
                                                          [](Time t, const Point& p) { return t < p.time; }) -
                                         points_.begin());
    Time t = start;
    double left = at(start);
    while (next < points_.size()) {
        const Point& b = points_[next];
        const double length = kernel::to_seconds(b.time - t);
        const double area = 0.5 * (left + b.before) * length;
        if (amount < area)
            return kernel::later(t, kernel::from_seconds(solve(left, b.before, length, amount)));
        amount -= area;
        t = b.time;
        if (t >= limit) return never;
        left = b.after;
        ++next;
    }
    return left > 0 ? kernel::later(t, kernel::from_seconds(amount / left)) : never;
}

}  // namespace understudy::models
