// What formulas of queues need of a law beyond its mean and variance: the third moment, the Laplace transform, and
// the law as phases.
//
// Laws of times, in seconds. Closed forms where the family has one; the rest is integrated, to about nine digits. A
// phase-type law is the time to absorption of a Markov chain (Neuts 1981, ch. 2): exponential and Erlang laws and
// mixtures of them are phase-type, sums and mixtures of phase-type laws are so again, and all of their quantiles can
// be had. They are kernel::Distribution::phase_type here, of at most `most_phases`. Pure, thread-safe.
#pragma once

#include <cstddef>
#include <optional>
#include <span>

#include "kernel/distribution.h"

namespace understudy::models {

/// E[X^3]; infinite where it diverges; nothing where no closed form is known (zipf, geometric, most truncated laws).
std::optional<double> third_moment(const kernel::Distribution& law);

/// E[exp(-s X)], for s >= 0.
double laplace(const kernel::Distribution& law, double s);

/// The integral of (P(excess > t))^c over t, where the excess has the law of what is left of X at a random instant of
/// it: the mean time until the first of c workers at work is free (Tijms 2003, eq. 9.6.12). Mean finite and above 0.
double mean_least_excess(const kernel::Distribution& law, double c);

/// More take longer than an answer at once may; the kernel takes no more either.
inline constexpr std::size_t most_phases = 100;

/// As kernel::Distribution::quantile, to the precision of its tails: draws take a table that is a little coarser.
double precise_quantile(const kernel::Distribution& law, double p);

/// The same law as phases, with scale 1; nothing if it is not phase-type, or takes too many.
std::optional<kernel::Distribution> as_phases(const kernel::Distribution& law);

/// The sum of independent phase-type laws; nothing if it takes too many phases.
std::optional<kernel::Distribution> in_series(const kernel::Distribution& first, const kernel::Distribution& second);

/// Items begin at stage i with probability `entry[i]`, stay there for a time of `stays[i]` (phase-type), and go on to j
/// with probability `next[i][j]`, or leave: the law of the time until they have left. Stays are independent.
std::optional<kernel::Distribution> through_stages(std::span<const double> entry,
                                                   std::span<const kernel::Distribution> stays,
                                                   std::span<const std::vector<double>> next);

/// The wait in line of M/PH/1, fifo (Neuts 1981, sec. 3.2): a geometric number of excesses. Load below 1.
kernel::Distribution wait_of_one_server(double rate, const kernel::Distribution& service_phases);

}  // namespace understudy::models
