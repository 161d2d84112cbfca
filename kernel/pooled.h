// What replications have seen, put together: averages over all items, spreads and quantiles, each with its interval.
//
// The mean of the replications' own ratios, variances or quantiles is another number than the ratio, variance or
// quantile of all they saw: biased by the length of one replication, and meaningless where each saw a single item (the
// makespan of a nightly run). So the estimate is that of everything together, and replications, or sections of
// neighbouring ones, only tell how sure it is. Sections are independent as replications are; what is within one need
// not be. Pure functions; the same bytes everywhere as long as sections are merged in order.
//
// Sources: ratio, Cochran 1977 (Sampling Techniques, eq. 6.10); spread, jackknife of the logarithm, Miller 1968
// (Annals of Mathematical Statistics 39:2); quantile, limits of the share below it read off the distribution of all,
// Woodruff 1952 (JASA 47:260), as order statistics of an effective number of independent observations, Korn and
// Graubard 1998 (Survey Methodology 24:2). Coverage is measured in tests/kernel/pooled.cpp.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include "kernel/intervals.h"
#include "kernel/statistics.h"

namespace understudy::kernel {

/// What a replication, or a section of them, has seen of a quantity. Items weigh 1 each, a level weighs the time it
/// lasted.
struct Observed {
    enum class Of { items, time };
    Of of = Of::items;
    double weight = 0;
    double mean = 0;
    double squares = 0;      ///< of the distances from the mean, weighted; 0 where nobody asked
    double work = 0;         ///< of a ratio of two sums the second, in place of the weight; 0: none
    QuantileSketch items{};  ///< empty where nobody asked for quantiles, as `times`
    LogHistogram times{};
    LogHistogram::Values values = LogHistogram::Values::any;  ///< of `times`
    double unit = 1;  ///< so much in `items` and `times` is 1 of everything else: they may count nanoseconds

    /// As if both had been one.
    void merge(const Observed& other);
    /// NaN where nothing was seen.
    double quantile(double p) const;
    /// Where that may lie, as far as it is known (LogHistogram::quantile_range).
    LogHistogram::Between quantile_range(double p) const;
    /// The share of the weight at `limit` or below.
    double share_up_to(double limit) const;
};

/// At most so many sections are kept of a run unless it asks for fewer: as good as any number.
constexpr std::size_t most_sections = 256;

/// The sections of a run whose replications end in their order, as many as there may be: each is of as many neighbours
/// as it takes to be no more than `most`. A run that is ended after n replications has those of a run of n.
class Sections {
public:
    explicit Sections(std::size_t most = most_sections) : most_(most) {}
    /// Those of an earlier run, each of `replications`, to go on from.
    Sections(std::size_t most, std::size_t replications, std::vector<Observed> all)
        : most_(most), all_(std::move(all)), size_(replications) {}
    /// What the replication of this number, from 0, has seen. Numbers ascend; one that is left out saw nothing.
    void add(std::size_t replication, const Observed& seen);
    const std::vector<Observed>& all() const { return all_; }
    std::vector<Observed> take() && { return std::move(all_); }
    bool empty() const { return all_.empty(); }
    /// Replications in each; the last may have fewer.
    std::size_t replications() const { return size_; }
    std::size_t most() const { return most_; }

private:
    std::size_t most_;
    std::vector<Observed> all_;
    std::size_t size_ = 1;  ///< replications in each
};

// One value a section, whose mean is the estimate and whose spread is its error: for mean_interval() and for tests
// against a known value. Empty where they cannot be had.

/// Of the mean of all items, or of all time; of sums over work, where there is work.
std::vector<double> mean_values(std::span<const Observed> sections);
/// Of the share of the weight at `limit` or below.
std::vector<double> share_values(std::span<const Observed> sections, double limit);
/// Of the p-quantile, made linear: the share below it, by the slope that quantile_interval() finds there. Empty where
/// that has no limits.
std::vector<double> quantile_values(std::span<const Observed> sections, double p, double level);
/// Of the logarithm of the variance of all items about their common mean. Empty where without one of the sections
/// nothing varies.
std::vector<double> log_variance_values(std::span<const Observed> sections);

/// Values of the sections with data, as the functions above give them, one for each of all sections: NaN for the rest.
std::vector<double> spread_out(std::span<const double> values, std::span<const Observed> sections);

/// The variance of all that was seen: of items the sample's, of a level that over time. Nothing where there is none: no
/// time, fewer than two items.
std::optional<double> pooled_variance(std::span<const Observed> sections);
/// Its interval; nothing for fewer than two sections with data, or where one of them alone varies.
std::optional<Estimate> variance_interval(std::span<const Observed> sections, double level);

/// The p-quantile of all that was seen; nothing where that is nothing.
std::optional<double> pooled_quantile(std::span<const Observed> sections, double p);
/// Its interval. Nothing for fewer than two sections with data, or where there are too few observations to have a limit
/// on both sides at this level: beyond the 95 % quantile it takes 72 independent ones at 95 % confidence. Where they
/// depend on one another, how much they tell is known by the sections' differences alone, and badly where few of them lie
/// beyond the quantile: up to three times as many are asked for then.
std::optional<Estimate> quantile_interval(std::span<const Observed> sections, double p, double level,
                                          Range range = {});
/// So many independent observations it takes for quantile_interval() to have both limits.
double fewest_for_quantile(double p, double level);
/// How many times as many observations as these it takes for quantile_interval(): at most 1 where it has both limits,
/// infinite for fewer than two sections with data.
double times_for_quantile(std::span<const Observed> sections, double p, double level);

}  // namespace understudy::kernel
