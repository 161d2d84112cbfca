// What a run collects: moments, time averages, histograms and quantiles, at 1 to 3 ns an observation.
//
// All are plain values: copying a simulation copies them. None has a unit of its own. Observations must be
// finite. merge() adds the observations of another value of the same type; the last digits of a sum depend on
// the order, so merge in a fixed one (by index of replication), and any number of threads gives the same
// bytes. Thread safety: none needed for reading; one writer.
//
// Sources: block updates of moments, Chan, Golub and LeVeque 1983 (The American Statistician 37:3, eq. 1.5b
// and 2.1b); quantiles of a sample, Hyndman and Fan 1996 (The American Statistician 50:4), type 7.
#pragma once

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <span>
#include <vector>

#include "kernel/invariant.h"
#include "kernel/time.h"

namespace understudy::kernel {

/// Count, mean, variance, smallest and largest of observations.
///
/// Sums are taken in blocks of 64 about the mean so far, which needs no division per observation and loses no
/// digits where the mean is far from 0.
class Moments {
public:
    void add(double x) {
        if (block_count_ == 0) [[unlikely]]
            shift_ = count_ == 0 ? x : mean_;
        const double distance = x - shift_;
        block_sum_ += distance;
        block_square_ += distance * distance;
        minimum_ = x < minimum_ ? x : minimum_;
        maximum_ = x > maximum_ ? x : maximum_;
        if (++block_count_ == block_size) [[unlikely]]
            close_block();
    }

    void merge(const Moments& other);

    std::uint64_t count() const { return count_ + block_count_; }
    /// 0 without observations.
    double mean() const;
    double sum() const { return mean() * static_cast<double>(count()); }
    /// The sum of squared distances from the mean.
    double squared_distances() const;
    /// Of the sample (divided by count - 1); 0 with fewer than two observations.
    double variance() const;
    double standard_deviation() const;
    /// Infinity and -infinity without observations.
    double minimum() const { return minimum_; }
    double maximum() const { return maximum_; }

private:
    static constexpr std::uint32_t block_size = 64;
    void close_block();
    void combine(double count, double mean, double squares);

    std::uint64_t count_ = 0;  // of closed blocks, as are mean and squares
    double mean_ = 0.0;
    double squares_ = 0.0;
    double shift_ = 0.0;
    double block_sum_ = 0.0;
    double block_square_ = 0.0;
    double minimum_ = std::numeric_limits<double>::infinity();
    double maximum_ = -std::numeric_limits<double>::infinity();
    std::uint32_t block_count_ = 0;
};

/// Of all these.
Moments moments_of(std::span<const double> values);

/// The integral over time of a level that changes in steps: queue lengths, busy workers, open connections.
///
/// Times are nanoseconds and must not go back. A level holds from the instant it is set until the next one;
/// of several set at one instant only the last is integrated, but all count for minimum and maximum (a peak
/// that is cleared at once was a peak).
class TimeWeighted {
public:
    explicit TimeWeighted(Time start = 0, double level = 0.0)
        : since_(start), last_(start), level_(level), minimum_(level), maximum_(level) {}

    void set(Time now, double level) {
        advance(now);
        level_ = level;
        minimum_ = level < minimum_ ? level : minimum_;
        maximum_ = level > maximum_ ? level : maximum_;
    }
    void change(Time now, double difference) { set(now, level_ + difference); }

    /// Forgets what was before, at the end of a warm-up; the level stays.
    void reset(Time now);

    double level() const { return level_; }
    /// The start, or the last reset.
    Time since() const { return since_; }
    /// Integral of the level from since() to `now` (not before the last change), in level times nanoseconds.
    double integral(Time now) const { return integral_ + level_ * elapsed(now); }
    /// Integral of the squared level.
    double square_integral(Time now) const { return square_ + level_ * level_ * elapsed(now); }
    /// Average over time; the level itself where no time has passed.
    double mean(Time now) const;
    /// Variance over time.
    double variance(Time now) const;
    double minimum() const { return minimum_; }
    double maximum() const { return maximum_; }

private:
    double elapsed(Time now) const { return static_cast<double>(now - last_); }
    void advance(Time now) {
        require(now >= last_, "time went back in a time average");
        const double area = level_ * elapsed(now);
        integral_ += area;
        square_ += level_ * area;
        last_ = now;
    }

    Time since_;
    Time last_;
    double level_;
    double integral_ = 0.0;
    double square_ = 0.0;
    double minimum_;
    double maximum_;
};

/// A histogram with 128 buckets in each octave (each power of two), found by shifting the bits of the double.
///
/// A bucket is 0.4 to 0.8 percent of its values wide; quantiles are interpolated in it, and held to the exact
/// smallest and largest value. Any finite value of either sign; memory is 1 KiB for each octave that was hit.
/// Weights are counts, or durations for the law of a level over time.
class LogHistogram {
public:
    void add(double value, double weight = 1.0) {
        const auto bits = std::bit_cast<std::uint64_t>(value);
        const auto octave = static_cast<std::uint32_t>(bits >> 52);
        const std::uint32_t place = octave - first_octave_;
        std::uint32_t page = place < octaves_ ? directory_[place] : no_page;
        if (page == no_page) [[unlikely]]
            page = make_page(octave);
        weights_[page + ((bits >> (52 - sub_bits)) & (buckets - 1))] += weight;
        if (value < minimum_) [[unlikely]]
            minimum_ = value;
        if (value > maximum_) [[unlikely]]
            maximum_ = value;
    }

    /// Whole numbers, one after the other.
    void add_each(std::span<const std::int64_t> values);
    void merge(const LogHistogram& other);
    void clear() { *this = LogHistogram(); }

    double total() const;
    /// Infinity and -infinity without observations.
    double minimum() const { return minimum_; }
    double maximum() const { return maximum_; }
    /// What is known of the values: whole numbers up to 256 have a bucket each.
    enum class Values { any, whole };
    /// The value below which the share p of the weight lies, p in 0..1: minimum at 0, maximum at 1; of whole
    /// numbers the least that the share p does not exceed, above 256 the first in its bucket. NaN without weight.
    double quantile(double p, Values values = Values::any) const;
    /// Where that value may lie: the ends of its bucket where that has a hundredth of the weight and more than twice as much as
    /// both of its neighbours, as many values may be one, or where whole numbers share it; else quantile() itself, twice.
    struct Between {
        double low, high;
    };
    Between quantile_range(double p, Values values = Values::any) const;
    /// The share of the weight above a limit, interpolated in the limit's bucket (of whole numbers the bucket counts as
    /// its first); NaN without weight.
    double share_above(double limit, Values values = Values::any) const;
    /// Octaves held, of 1 KiB each.
    std::size_t pages() const { return weights_.size() / buckets; }

    /// A bucket that was hit.
    struct Bucket {
        double low;
        double high;
        double weight;
    };
    /// Those with weight, in ascending order.
    std::vector<Bucket> filled() const;

    static constexpr int sub_bits = 7;
    static constexpr std::uint32_t buckets = 1U << sub_bits;

    // All of it as it stands, to be kept elsewhere and to go on from as if nothing had happened.
    /// The upper 12 bits of the values of each page, in the order in which the pages were hit.
    std::vector<std::uint32_t> octaves() const;
    /// `buckets` for each page, page after page.
    const std::vector<double>& weights() const { return weights_; }
    /// The histogram of which these are the parts; nothing where no histogram has such parts.
    static std::optional<LogHistogram> of_parts(std::span<const std::uint32_t> octaves,
                                                std::span<const double> weights, double minimum,
                                                double maximum);

private:
    static constexpr std::uint32_t no_page = 0xFFFFFFFF;

    /// Of each bucket with weight, in ascending order.
    template <class Visit>
    void for_each_filled(const Visit& visit) const;
    std::uint32_t make_page(std::uint32_t octave);
    /// The bucket that holds the p-quantile, how far into its weight, and whether many of its values may be one.
    struct Found {
        Bucket bucket;
        double share = 0;
        bool heavy = false;
    };
    Found find(double p) const;

    // The upper 12 bits of a value (sign and exponent) less first_octave_ lead to the first weight of its page.
    std::uint32_t first_octave_ = 0, octaves_ = 0;
    std::vector<std::uint32_t> directory_;  ///< octaves_ of them
    std::vector<double> weights_;           ///< page after page
    double minimum_ = std::numeric_limits<double>::infinity();
    double maximum_ = -std::numeric_limits<double>::infinity();
};

/// Quantiles of observations: exact for the first `capacity`, from a LogHistogram beyond.
///
/// The p-quantile of n exact values is type 7 of Hyndman and Fan, as numpy's default: with the values sorted
/// and numbered from 0, linear interpolation at place p (n - 1).
class QuantileSketch {
public:
    explicit QuantileSketch(std::size_t capacity = 1024) : capacity_(capacity) {}

    void add(double x) {
        ++count_;
        if (is_exact_ && values_.size() < capacity_) {
            values_.push_back(x);
        } else {
            if (is_exact_) [[unlikely]]
                spill();
            histogram_.add(x);
        }
    }
    /// The same for whole numbers, one after the other.
    void add_each(std::span<const std::int64_t> values);
    void merge(const QuantileSketch& other);
    void clear() { *this = QuantileSketch(capacity_); }

    std::uint64_t count() const { return count_; }
    bool is_exact() const { return is_exact_; }
    /// p in 0..1; NaN without observations.
    double quantile(double p) const;
    /// As LogHistogram::quantile_range().
    LogHistogram::Between quantile_range(double p) const;
    /// The share of observations above a limit; NaN without observations.
    double share_above(double limit) const;
    /// The observations in the order they came, while is_exact().
    const std::vector<double>& values() const { return values_; }
    /// All observations, once not is_exact().
    const LogHistogram& histogram() const { return histogram_; }
    std::size_t capacity() const { return capacity_; }
    /// The sketch that has seen so many observations and keeps them as this histogram, to go on from.
    static QuantileSketch of_histogram(LogHistogram histogram, std::uint64_t count);

private:
    void spill();

    std::size_t capacity_;
    std::uint64_t count_ = 0;
    bool is_exact_ = true;
    std::vector<double> values_;
    LogHistogram histogram_;
};

/// The p-quantile (type 7, see above) of values in ascending order; NaN if there are none.
double sorted_quantile(const std::vector<double>& ascending, double p);

}  // namespace understudy::kernel
