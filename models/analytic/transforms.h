// What formulas of queues need of a law beyond its mean and variance: the third moment, the Laplace transform, and
// the law as phases.
//
// Laws of times, in seconds. Closed forms where the family has one; the rest is integrated, to about nine digits. A
// phase-type law is the time to absorption of a Markov chain (Neuts 1981, ch. 2): exponential and Erlang laws and
// mixtures of them are phase-type, sums and mixtures of phase-type laws are so again, and all of their quantiles can
// be had. kernel::Distribution has them as well, but prepares each for many draws, which takes milliseconds. Pure,
// thread-safe.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <vector>

#include "kernel/distribution.h"

namespace understudy::models {

/// E[X^3]; infinite where it diverges; nothing where no closed form is known (zipf, geometric, most truncated laws).
std::optional<double> third_moment(const kernel::Distribution& law);

/// E[exp(-s X)], for s >= 0.
double laplace(const kernel::Distribution& law, double s);

/// E[exp(s X)], for s >= 0, but for what is rarer than one in 10^12; infinite where it is more than a million.
double mean_growth(const kernel::Distribution& law, double s);

/// The integral of (P(excess > t))^c over t, where the excess has the law of what is left of X at a random instant of
/// it: the mean time until the first of c workers at work is free (Tijms 2003, eq. 9.6.12). Mean finite and above 0.
double mean_least_excess(const kernel::Distribution& law, double c);

/// Start probabilities (what is missing to 1 is an atom at 0) and rates between phases, as of
/// kernel::Distribution::phase_type.
struct Phases {
    std::vector<double> start;
    std::vector<std::vector<double>> rates;

    std::size_t count() const { return start.size(); }
};
/// Laws of more phases take longer than an answer at once may.
inline constexpr std::size_t most_phases = 100;

/// The same law as phases; nothing if it is not phase-type, or takes too many.
std::optional<Phases> as_phases(const kernel::Distribution& law);
/// Rates of absorption, by phase.
std::vector<double> exits_of(const Phases& phases);

/// The smallest x with P(X <= x) >= p, for 0 < p < 1; nothing where rates are so far apart that it takes long.
std::optional<double> quantile(const Phases& law, double p);
double variance(const Phases& law);

/// As kernel::Distribution::quantile, to the precision of its tails: draws take a table that is a little coarser.
double precise_quantile(const kernel::Distribution& law, double p);

/// The sum of independent phase-type laws; nothing if it takes too many phases.
std::optional<Phases> in_series(const Phases& first, const Phases& second);

/// Items begin at stage i with probability `entry[i]`, stay there for a time of `stays[i]`, and go on to j with
/// probability `next[i][j]`, or leave: the law of the time until they have left. Stays are independent.
std::optional<Phases> through_stages(std::span<const double> entry, std::span<const Phases> stays,
                                     std::span<const std::vector<double>> next);

/// The wait in line of M/PH/1, fifo (Neuts 1981, sec. 3.2): a geometric number of excesses. Load below 1.
Phases wait_of_one_server(double rate, const Phases& service);

}  // namespace understudy::models
