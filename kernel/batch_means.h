// How sure an average of one long run is: overlapping batch means.
//
// The run is cut into equal parts, each with a sum and what the sum is divided by (time, items, work), so that the average
// is the ratio of both over all parts. What a part's sum exceeds its share of the average by depends on what its
// neighbours have, sums over long batches of neighbours hardly on one another, and from how these vary follows how the
// average of the run does. The run must be steady: a start that is unlike the rest has been cut, and nothing changes over
// time but by chance.
//
// Sources: overlapping batch means, Meketon and Schmeiser 1984 (Proc. WSC 16, eq. 1), their 1.5 times as many degrees of
// freedom, same place; residuals of a ratio, Cochran 1977 (Sampling Techniques, eq. 6.10); how long parts depend on one
// another, kernel/autocorrelation.h; limits
// for batch means of a skewed law, Willink 2005 (Comm. Stat. Theory Methods 34:9) after Johnson 1978 (JASA 73:363), as
// Tafazzoli and others 2011 (IIE Transactions 43:9) take for batch means. Coverage is measured in
// tests/tools/studies/one_run.cpp. Pure functions, thread-safe, the same bytes everywhere.
#pragma once

#include <cstddef>
#include <optional>
#include <span>

#include "kernel/intervals.h"

namespace understudy::kernel {

/// What one part of a run adds to an average. A part without data has a base of 0.
struct Part {
    double sum = 0;
    double base = 0;
    friend bool operator==(const Part&, const Part&) = default;
};

/// As many parts tell as much as any number.
constexpr std::size_t most_parts = 960;
/// Fewer say nothing.
constexpr std::size_t fewest_parts = 100;

struct BatchMeans {
    double average = 0;  ///< sums over bases
    double base = 0;     ///< of all parts
    double stretches =
        0;  ///< so many parts that do not depend on one another would tell as much; of parts without data
            ///< as many neighbours count as one as it takes for four of five to have some
    std::size_t batch =
        0;  ///< parts in a batch: a fifth of all, less where it still has 60 stretches' worth, down to a 16th
    double variance =
        0;               ///< of the average; times the base, it tends to the variance constant of the average
    double freedom = 0;  ///< degrees, of the variance
    double skewness = 0;  ///< of the average
};

/// Nothing for fewer than `fewest_parts`, no data, or a run that is too short: of fewer than 20 independent stretches.
/// Whoever sees no more than a few cannot tell that they are few: shorter runs may pass, and have wide intervals.
std::optional<BatchMeans> batch_means(std::span<const Part> parts);

/// The interval of the average, wider on the side of its longer tail, cut to `range`; `count` is that of batches side by
/// side. Its half-width is 1 + (35 / stretches)^2 times that of the batches: twice of a run of 35 stretches, as such
/// runs count too many of them, a hundredth more of one of 350. The 35 is measured, on M/M/1 queues from 10 relaxation
/// times on (tests/tools/studies/one_run.cpp). Nothing as above. Of what did not vary the width is 0.
std::optional<Estimate> batch_means_interval(std::span<const Part> parts, double level, Range range = {});

}  // namespace understudy::kernel
