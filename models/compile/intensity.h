// A profile as a curve of intensity over time, and its time change.
//
// Arrivals of a rate times a profile are drawn by time change: the next one comes when the integral of the
// curve has grown by the next interval of a process of that rate (Cinlar 1975, ch. 4.7). The curve is
// piecewise linear over the whole run (a calendar's weekends and hour changes are already in it), or a sine.
// Immutable; thread-safe.
#pragma once

#include <vector>

#include "kernel/time.h"

namespace understudy::models {

class Intensity {
public:
    /// The constant 1.
    Intensity() = default;

    struct Point {
        kernel::Time time;
        double before, after;  ///< a step where they differ; linear in between
    };
    /// Points ascending in time, the first at 0; after the last its value stays. Values are not negative.
    static Intensity piecewise_linear(std::vector<Point> points);
    /// mean + amplitude sin(2 pi t / period), never below 0.
    static Intensity sine(double mean, double amplitude, kernel::Time period);

    /// The instant at which the integral from `start` (in seconds of intensity 1) reaches `amount`; `never`
    /// if it does not before `limit`.
    kernel::Time after(kernel::Time start, double amount, kernel::Time limit) const;

    double at(kernel::Time time) const;
    /// Over [from, to].
    double mean(kernel::Time from, kernel::Time to) const;
    bool constant() const { return points_.empty() && period_s_ == 0; }

private:
    double sine_integral(double t_s) const;

    std::vector<Point> points_;
    std::vector<double> integral_;  ///< up to each point, in seconds
    double mean_ = 1, amplitude_ = 0, period_s_ = 0;
};

}  // namespace understudy::models
