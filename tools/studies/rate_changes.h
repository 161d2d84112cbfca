// Does the rate of arrivals change within the log? The part of calibrate_arrivals.h that looks before gaps are fitted.
//
// - A trend: counts of windows, up to twelve with ten arrivals and more in the mean, their square roots so that the variance
//   is 1 at any rate (Anscombe 1948), on a line, tested by Student's t at 1 percent with the variance about it, so that
//   arrivals which come together are no trend; and a tenth between both ends.
// - One stretch of another rate: the likeliest among all stretches (a scan, Kulldorff 1997) against uniform instants at 1
//   percent, and neither within nor without it is there another one. What changes more often are bursts.
//
// Where it changes, the rate that holds now is that of the last stretch: after a trend, the longest last part in which Laplace's
// test finds no trend at 10 percent. Internal to tools/studies; deterministic.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

namespace understudy::studies {

struct RateChange {
    bool trend = false;  ///< else one stretch of another rate
    double before = 0,
           after = 0;  ///< per unit of time: at both ends of a trend; without and within the stretch
    double stretch_from = 0, stretch_until = 0;  ///< since the first arrival; of a trend: all of it
    double since = 0;                            ///< since the first arrival: the last stretch
    double span = 0;                             ///< of all
};

/// `instants`: ascending, in a time in which the rate would be the same; the first is where the clock begins.
std::optional<RateChange> trend_of(const std::vector<double>& instants);
/// Of a log whose counts vary more than those of its gaps would.
std::optional<RateChange> stretch_of(const std::vector<double>& instants, std::uint64_t seed);

}  // namespace understudy::studies
