#include "kernel/statistics.h"

#include <algorithm>
#include <cmath>

#include "kernel/not_finite.h"

namespace understudy::kernel {

namespace {

bool is_share(double p) { return p >= 0.0 && p <= 1.0; }

}  // namespace

// --- Moments ---

void Moments::combine(double count, double mean, double squares) {
    if (count == 0.0) return;
    const auto before = static_cast<double>(count_);
    const double total = before + count;
    const double distance = mean - mean_;
    mean_ += distance * (count / total);
    squares_ += squares + distance * distance * (before * (count / total));
    count_ += static_cast<std::uint64_t>(count);
}

void Moments::close_block() {
    const auto count = static_cast<double>(block_count_);
    if (block_count_ > 0) {
        const double mean = block_sum_ / count;
        combine(count, shift_ + mean, std::max(block_square_ - block_sum_ * mean, 0.0));
    }
    block_count_ = 0;
    block_sum_ = 0.0;
    block_square_ = 0.0;
}

Moments moments_of(std::span<const double> values) {
    Moments moments;
    for (const double value : values) moments.add(value);
    return moments;
}

void Moments::merge(const Moments& other) {
    Moments closed = other;
    closed.close_block();
    close_block();
    combine(static_cast<double>(closed.count_), closed.mean_, closed.squares_);
    minimum_ = std::min(minimum_, closed.minimum_);
    maximum_ = std::max(maximum_, closed.maximum_);
}

double Moments::mean() const {
    Moments closed = *this;
    closed.close_block();
    return closed.mean_;
}

double Moments::squared_distances() const {
    Moments closed = *this;
    closed.close_block();
    return closed.squares_;
}

double Moments::variance() const {
    return count() < 2 ? 0.0 : squared_distances() / static_cast<double>(count() - 1);
}

double Moments::standard_deviation() const { return std::sqrt(variance()); }

// --- TimeWeighted ---

void TimeWeighted::reset(Time now) {
    require(now >= last_, "time went back in a time average");
    *this = TimeWeighted(now, level_);
}

double TimeWeighted::mean(Time now) const {
    return now == since_ ? level_ : integral(now) / static_cast<double>(now - since_);
}

double TimeWeighted::variance(Time now) const {
    if (now == since_) return 0.0;
    const double average = mean(now);
    return std::max(square_integral(now) / static_cast<double>(now - since_) - average * average, 0.0);
}

// --- LogHistogram ---

std::uint32_t LogHistogram::make_page(std::uint32_t octave) {
    if (directory_.empty()) first_octave_ = octave;
    if (octave < first_octave_) {
        directory_.insert(directory_.begin(), first_octave_ - octave, no_page);
        first_octave_ = octave;
    }
    if (octave - first_octave_ >= directory_.size()) directory_.resize(octave - first_octave_ + 1, no_page);
    octaves_ = static_cast<std::uint32_t>(directory_.size());
    std::uint32_t& page = directory_[octave - first_octave_];
    page = static_cast<std::uint32_t>(weights_.size());
    weights_.resize(weights_.size() + buckets);
    return page;
}

void LogHistogram::add_each(std::span<const std::int64_t> values) {
    for (const std::int64_t value : values) add(static_cast<double>(value));
}

std::vector<std::uint32_t> LogHistogram::octaves() const {
    std::vector<std::uint32_t> octaves(pages());
    for (std::uint32_t place = 0; place < directory_.size(); ++place)
        if (directory_[place] != no_page) octaves[directory_[place] / buckets] = first_octave_ + place;
    return octaves;
}

std::optional<LogHistogram> LogHistogram::of_parts(std::span<const std::uint32_t> octaves,
                                                   std::span<const double> weights, double minimum,
                                                   double maximum) {
    constexpr std::uint32_t most_octaves = 1U << 12;
    if (weights.size() != octaves.size() * buckets) return std::nullopt;
    LogHistogram histogram;
    for (const std::uint32_t octave : octaves) {
        const std::uint32_t place = octave - histogram.first_octave_;
        const bool known = octave >= histogram.first_octave_ && place < histogram.octaves_ &&
                           histogram.directory_[place] != no_page;
        if (octave >= most_octaves || known) return std::nullopt;
        histogram.make_page(octave);
    }
    for (std::size_t i = 0; i < weights.size(); ++i) {
        if (!(weights[i] >= 0) || std::isinf(weights[i])) return std::nullopt;
        histogram.weights_[i] = weights[i];
    }
    if (octaves.empty() ? minimum < maximum : !(minimum <= maximum)) return std::nullopt;
    histogram.minimum_ = minimum;
    histogram.maximum_ = maximum;
    return histogram;
}

double LogHistogram::total() const {
    double total = 0;
    for (const double weight : weights_) total += weight;
    return total;
}

void LogHistogram::merge(const LogHistogram& other) {
    for (std::size_t place = 0; place < other.directory_.size(); ++place) {
        if (other.directory_[place] == no_page) continue;
        const std::uint32_t octave = other.first_octave_ + static_cast<std::uint32_t>(place);
        const std::size_t mine = octave - first_octave_;
        std::uint32_t page = octave >= first_octave_ && mine < directory_.size() ? directory_[mine] : no_page;
        if (page == no_page) page = make_page(octave);
        for (std::size_t i = 0; i < buckets; ++i)
            weights_[page + i] += other.weights_[other.directory_[place] + i];
    }
    minimum_ = std::min(minimum_, other.minimum_);
    maximum_ = std::max(maximum_, other.maximum_);
}

template <class Visit>
void LogHistogram::for_each_filled(const Visit& visit) const {
    const auto visit_page = [&](std::size_t place) {
        if (directory_[place] == no_page) return;
        const std::uint64_t octave = first_octave_ + place;
        const bool is_negative = (octave >> 11) != 0;
        for (std::uint64_t i = 0; i < buckets; ++i) {
            const std::uint64_t sub = is_negative ? buckets - 1 - i : i;
            const double weight = weights_[directory_[place] + sub];
            if (weight == 0.0) continue;
            // The next bucket's start may lie in the next octave: one carries into the exponent.
            const std::uint64_t number = (octave << sub_bits) | sub;
            const double inner = std::bit_cast<double>(number << (52 - sub_bits));
            const double outer = std::bit_cast<double>((number + 1) << (52 - sub_bits));
            // What is too small for an exponent is 0: no value lies between 0 and the least normal number.
            const bool is_zero = (octave & 0x7FF) == 0;
            const double low = is_zero ? 0 : std::max(is_negative ? outer : inner, minimum_);
            const double high = is_zero ? 0 : std::min(is_negative ? inner : outer, maximum_);
            visit(Bucket{low, high, weight});
        }
    };
    // Negative octaves come after the positive ones in bits and run the other way in value.
    for (std::size_t place = directory_.size(); place-- > 0;)
        if (((first_octave_ + place) >> 11) != 0) visit_page(place);
    for (std::size_t place = 0; place < directory_.size(); ++place)
        if (((first_octave_ + place) >> 11) == 0) visit_page(place);
}

std::vector<LogHistogram::Bucket> LogHistogram::filled() const {
    std::vector<Bucket> result;
    for_each_filled([&](const Bucket& bucket) { result.push_back(bucket); });
    return result;
}

LogHistogram::Found LogHistogram::find(double p) const {
    // Of few observations buckets beside each other differ by chance.
    constexpr double times_as_much = 2, least_share = 0.01;
    const double whole = total();
    const double target = p * whole;
    double before = 0.0;
    std::optional<Bucket> last, found, next;
    for_each_filled([&](const Bucket& bucket) {
        if (found && before + found->weight >= target) {
            if (!next) next = bucket;
            return;
        }
        if (found) before += found->weight;
        last = std::exchange(found, bucket);
    });
    const Bucket& bucket = *found;
    double beside = 0;
    if (last && last->high == bucket.low) beside = last->weight;
    if (next && next->low == bucket.high) beside = std::max(beside, next->weight);
    return {bucket, std::min(1.0, (target - before) / bucket.weight),
            bucket.weight > std::max(times_as_much * beside, least_share * whole)};
}

double LogHistogram::quantile(double p, Values values) const {
    require(is_share(p), "a probability must lie in 0..1");
    if (!(total() > 0.0)) return not_a_number;
    if (p == 0.0) return minimum_;
    const auto [bucket, share, heavy] = find(p);
    if (values == Values::whole) return bucket.low;
    // Many that are one are where one of them is known to be, of a bucket that has but one end of all.
    const bool has_least = bucket.low == minimum_, has_greatest = bucket.high == maximum_;
    if (heavy && has_least != has_greatest) return has_least ? bucket.low : bucket.high;
    return bucket.low + share * (bucket.high - bucket.low);
}

LogHistogram::Between LogHistogram::quantile_range(double p, Values values) const {
    const double value = quantile(p, values);
    if (!(total() > 0.0) || p == 0.0) return {value, value};
    const auto [bucket, share, heavy] = find(p);
    // The end of a bucket of whole numbers is the first of the next, or the greatest of all.
    if (values == Values::whole)
        return {bucket.low, bucket.high == maximum_ ? bucket.high : std::max(bucket.low, bucket.high - 1)};
    return heavy ? Between{bucket.low, bucket.high} : Between{value, value};
}

double LogHistogram::share_above(double limit, Values values) const {
    const double all = total();
    if (!(all > 0.0)) return not_a_number;
    if (limit >= maximum_) return 0.0;
    if (limit < minimum_) return 1.0;
    double above = 0.0;
    for_each_filled([&](const Bucket& bucket) {
        if (bucket.low > limit) {
            above += bucket.weight;
        } else if (bucket.high > limit && values == Values::any) {
            above += bucket.weight * ((bucket.high - limit) / (bucket.high - bucket.low));
        }
    });
    return std::min(above / all, 1.0);
}

// --- QuantileSketch ---

void QuantileSketch::spill() {
    for (const double x : values_) histogram_.add(x);
    values_ = {};
    is_exact_ = false;
}

QuantileSketch QuantileSketch::of_histogram(LogHistogram histogram, std::uint64_t count) {
    QuantileSketch sketch;
    sketch.is_exact_ = false;
    sketch.count_ = count;
    sketch.histogram_ = std::move(histogram);
    return sketch;
}

void QuantileSketch::add_each(std::span<const std::int64_t> values) {
    if (!is_exact_) {
        count_ += values.size();
        return histogram_.add_each(values);
    }
    for (const std::int64_t value : values) add(static_cast<double>(value));
}

void QuantileSketch::merge(const QuantileSketch& other) {
    if (other.is_exact_) {
        // A copy, for merging with oneself.
        const std::vector<double> values = other.values_;
        for (const double x : values) add(x);
        return;
    }
    if (is_exact_) spill();
    histogram_.merge(other.histogram_);
    count_ += other.count_;
}

double QuantileSketch::quantile(double p) const {
    if (!is_exact_) return histogram_.quantile(p);
    std::vector<double> ascending = values_;
    std::sort(ascending.begin(), ascending.end());
    return sorted_quantile(ascending, p);
}

LogHistogram::Between QuantileSketch::quantile_range(double p) const {
    if (!is_exact_) return histogram_.quantile_range(p);
    const double value = quantile(p);
    return {value, value};
}

double QuantileSketch::share_above(double limit) const {
    if (!is_exact_) return histogram_.share_above(limit);
    if (values_.empty()) return not_a_number;
    const auto above = std::count_if(values_.begin(), values_.end(), [limit](double x) { return x > limit; });
    return static_cast<double>(above) / static_cast<double>(values_.size());
}

double sorted_quantile(const std::vector<double>& ascending, double p) {
    require(is_share(p), "a probability must lie in 0..1");
    if (ascending.empty()) return not_a_number;
    const double place = p * static_cast<double>(ascending.size() - 1);
    const auto index = static_cast<std::size_t>(place);
    if (index + 1 >= ascending.size()) return ascending.back();
    const double share = place - static_cast<double>(index);
    return ascending[index] + share * (ascending[index + 1] - ascending[index]);
}

}  // namespace understudy::kernel
