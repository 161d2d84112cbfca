// How sure a result is: intervals over independent replications, and warm-up. Of differences: kernel/comparison.h.
//
// One number a replication goes in, never single customers, whose waits depend on one another. What cannot be
// said is an empty optional (fewer than two replications) or `too_short`, and is reported as such. Values
// must be finite; `level` is the two-sided confidence in (0, 1), such as 0.95. The coverage of each is
// measured in tests/kernel/intervals.cpp. Pure functions, thread-safe, the same bytes everywhere.
//
// Sources: MSER-5, White 1997 (Simulation 69:6) and White, Cobb and Spratt 2000 (Proc. WSC); its last five
// batches left out, Hoad, Robinson and Davies 2010 (J. Oper. Res. Soc. 61); share, Clopper and Pearson 1934; skewed
// means, Willink 2005 (Comm. Stat. Theory Methods 34:9) after Johnson 1978 (JASA 73:363).
// What all replications have seen together, quantiles among it: kernel/pooled.h. Of one run: kernel/batch_means.h.
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <span>
#include <vector>

namespace understudy::kernel {

/// An estimate with its confidence interval low..high.
struct Estimate {
    std::size_t count = 0;  ///< replications (of a share: trials)
    double level = 0.0;
    double centre = 0.0;
    double low = 0.0;
    double high = 0.0;
    double standard_deviation = 0.0;  ///< between replications; 0 for a share

    double half_width() const { return 0.5 * (high - low); }
    bool contains(double value) const { return low <= value && value <= high; }
    friend bool operator==(const Estimate&, const Estimate&) = default;
};

/// What is known to bound a quantity: a utilisation lies in 0..1.
struct Range {
    double low = -std::numeric_limits<double>::infinity();
    double high = std::numeric_limits<double>::infinity();
};

/// Student's interval of the mean of one value a replication, cut to `range`; empty for fewer than two
/// values. Equal values give an interval of width 0: more replications cannot be asked for by width alone.
/// For values whose law is about symmetric, such as differences of pairs.
std::optional<Estimate> student_interval(std::span<const double> values, double level, Range range = {});

/// The same of what may be skewed, as waits are: a run that sees a rare long queue lies far above the others, and
/// Student's interval of means that lack one ends too low. Reaches farther to the side where the tail is (Willink
/// 2005); Student's for fewer than `fewest_for_skewness` values, which do not tell how skewed they are.
std::optional<Estimate> mean_interval(std::span<const double> values, double level, Range range = {});
constexpr std::size_t fewest_for_skewness = 10;

/// What a t of a mean of this skewness is worth beside one of a normal mean: t itself where it is 0. Increasing in t.
double skewed_t(double t, double skewness);

/// The exact (conservative) interval of a share of which `successes` of `trials` independent ones were seen;
/// empty without trials.
std::optional<Estimate> share_interval(std::size_t successes, std::size_t trials, double level);

/// Of `trials` so many were counted.
struct Tally {
    std::uint64_t count = 0;
    std::uint64_t trials = 0;
};
/// The interval of a share from each replication's value of it, never narrower than what the counts of all of them
/// together allow: mean_interval() joined with share_interval(). Where outcomes within a replication depend on
/// one another the first is the wider; where nothing, or everything, was counted the first has no width at all.
/// Empty for fewer than two shares; mean_interval() alone without trials, or where more were counted than tried.
std::optional<Estimate> pooled_share_interval(std::span<const double> shares, Tally pooled, double level,
                                              Range range = {});

/// The mean over replications at each place, up to the length of the shortest.
std::vector<double> average_series(std::span<const std::vector<double>> series);

struct WarmUp {
    enum class Status { found, too_short };
    Status status = Status::too_short;
    std::size_t cut = 0;     ///< leading values of the series to drop, a multiple of 5; meaningful when found
    double statistic = 0.0;  ///< the smallest MSER, a squared standard error
};
/// The warm-up of the average series over replications (not of each replication: that covers 72 percent where
/// 95 are meant). Batches of 5; the cut minimises the squared standard error of what remains. Too short:
/// fewer than 10 batches, or a cut beyond half of the series. Of equal minima the earliest; an incomplete
/// last batch is dropped.
WarmUp warm_up(std::span<const double> average_series);

}  // namespace understudy::kernel
