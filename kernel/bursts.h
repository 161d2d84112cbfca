// Arrivals that come in bursts: Poisson at one of two rates, between which they go at random (a Markov-modulated Poisson
// process of two states, which is `arrivals: {states: ...}` with exponential stays), fitted to the gaps between them.
//
// - Estimates: maximum likelihood over hidden states, of which each gap tells a little (Fischer and Meier-Hellstern 1993,
//   Performance Evaluation 18:149, equation 4 for the density; Ryden 1994, Communications in Statistics 23:795), climbed from
//   several starts. The first arrival of each log is one of a process that has been going on for long.
// - Intervals: of the logarithms of the four parameters, from the curvature of the likelihood (observed information).
//   Measured: tests/kernel/bursts.cpp.
//
// A process whose calm rate is 0 has gaps that are independent and hyperexponential (Kuczura 1973): kernel/fit.h tells
// those with a parameter less. Pure functions, thread-safe, the same bytes everywhere.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <vector>

#include "kernel/fit.h"
#include "kernel/random.h"

namespace understudy::kernel {

/// Rates per second, stays in seconds and exponential; the calm rate is the lower one.
struct Bursts {
    double calm_rate = 0, burst_rate = 0, calm_stay = 0, burst_stay = 0;

    double mean_rate() const;
    /// Variance over mean of counts in windows of so many seconds (Fischer and Meier-Hellstern 1993, section 3).
    double dispersion(double window_s) const;
    /// From an arrival on.
    std::vector<double> gaps(std::size_t count, Stream& stream) const;
};

struct FittedBursts {
    Bursts fit;
    Interval calm_rate, burst_rate, calm_stay, burst_stay;
    double log_likelihood = 0;
    double aic = 0;  ///< comparable with that of a FittedLaw of the same gaps
};

/// Of logs of the same process, each with its gaps in order, in seconds. Nothing where these do not tell two rates: fewer
/// than `fewest_gaps_of_bursts`, bursts that were hardly seen to come and go, or a likelihood without a top.
std::optional<FittedBursts> fit_bursts(std::span<const std::vector<double>> logs, double level);
inline constexpr std::size_t fewest_gaps_of_bursts = 100;
/// Of fewer bursts nobody can say how long they are.
inline constexpr double fewest_bursts = 5;

/// As it would have come out of another log of so many arrivals (see kernel/redraw.h).
Bursts redrawn(const Bursts& bursts, double arrivals, Stream& stream);

}  // namespace understudy::kernel
