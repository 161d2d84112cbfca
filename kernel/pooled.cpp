#include "kernel/pooled.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include "kernel/exact_math.h"
#include "kernel/invariant.h"
#include "kernel/special_functions.h"

namespace understudy::kernel {

namespace {

constexpr double infinite = std::numeric_limits<double>::infinity();

std::size_t with_data(std::span<const Observed> sections) {
    return static_cast<std::size_t>(
        std::count_if(sections.begin(), sections.end(), [](const Observed& one) { return one.weight > 0; }));
}

/// From what each section adds to the sums above and below the line, values whose mean is the ratio and whose spread is
/// that of the ratio estimator.
template <class Above, class Below>
std::vector<double> ratio_of_sums(std::span<const Observed> sections, Above above, Below below) {
    double sum = 0, base = 0;
    for (const Observed& one : sections) {
        sum += above(one);
        base += below(one);
    }
    std::vector<double> values;
    if (!(base > 0)) return values;
    const double ratio = sum / base, usual = base / static_cast<double>(with_data(sections));
    for (const Observed& one : sections)
        if (one.weight > 0) values.push_back(ratio + (above(one) - ratio * below(one)) / usual);
    return values;
}

double weight_of(const Observed& one) { return one.weight; }

Observed merged(std::span<const Observed> sections) {
    Observed all;
    for (const Observed& one : sections) all.merge(one);
    return all;
}

/// The share below the p-quantile of all, as sections tell it.
struct ShareBelow {
    double p = 0;
    std::size_t count = 0;     ///< of sections with data; 0: too few to tell
    double squared_error = 0;  ///< of their mean
};
ShareBelow share_below(std::span<const Observed> sections, const Observed& all, double p, double level) {
    const auto spread = student_interval(share_values(sections, all.quantile(p)), level);
    if (!spread) return {p, 0, 0};
    return {p, spread->count,
            spread->standard_deviation * spread->standard_deviation / static_cast<double>(spread->count)};
}

/// How many independent observations of a law would have told as much of it, the few degrees of freedom that its error was
/// found with taken into account. With so many times as many sections that differ as much.
double effective_at(const ShareBelow& share, double most, double level, double times) {
    if (share.count == 0) return 0;
    if (!(share.squared_error > 0)) return most * times;
    const double upper = 0.5 + 0.5 * level;
    const double t = student_quantile(upper, static_cast<double>(share.count) * times - 1);
    const double of_all = most > 1 ? student_quantile(upper, most * times - 1) : t;
    return times *
           std::min(most, share.p * (1 - share.p) / share.squared_error * (of_all * of_all) / (t * t));
}

/// The same, with more care; and how many times as many as of independent ones are asked for.
struct Effective {
    double number = 0, caution = 1;
};
class EffectiveOf {
public:
    EffectiveOf(std::span<const Observed> sections, const Observed& all, double p, double level)
        : level_(level), most_(all.of == Observed::Of::items ? all.weight : infinite) {
        const double tail = std::min(p, 1 - p);
        shares_.push_back(share_below(sections, all, p, level));
        for (const double times : wider) {
            const double nearer = std::min(0.5, tail * times);
            shares_.push_back(share_below(sections, all, p < 0.5 ? nearer : 1 - nearer, level));
        }
    }

    /// Of so many times as many sections.
    Effective operator()(double times) const {
        double number = infinite;
        for (const ShareBelow& share : shares_)
            number = std::min(number, effective_at(share, most_, level_, times));
        const double caution =
            1 + (times_where_dependent - 1) * (std::isinf(number) ? 0 : 1 - number / (most_ * times));
        const double tail = std::min(shares_[0].p, 1 - shares_[0].p);
        const double own = effective_at(shares_[0], most_, level_, times);
        return {number * tail < enough_beyond ? number : own, caution};
    }

private:
    // Far out, where a few sections have nearly all of what lies beyond, their differences are known badly, and are
    // taken for small where they are by chance. Nearer to the middle more is seen, and what depends on one another there
    // does so as much or more: much more in a series whose extremes come alone, as a normal one's do. So where even that
    // says that as many as fifty independent ones lie beyond, these have the word.
    static constexpr double wider[] = {3, 10}, enough_beyond = 50, times_where_dependent = 3;
    double level_, most_;
    std::vector<ShareBelow> shares_;  ///< its own, then those nearer to the middle
};

/// The place in 0..1 among n independent observations of the one that lies above the p-quantile but for a chance of
/// `tail`; nothing if none is that likely to.
std::optional<double> upper_place(double n, double p, double tail) {
    if (std::isinf(n)) return p;
    if (!(n > 1) || exact::pow(p, n) > tail) return std::nullopt;
    // The chance that at least `rank` of n lie below the quantile falls with the rank.
    double low = std::max(n * p, 1.0), high = n;
    for (int i = 0; i < 60 && high - low > 1e-9 * n; ++i) {
        const double rank = 0.5 * (low + high);
        (beta_cdf(rank, n - rank + 1, p, 1 - p) > tail ? low : high) = rank;
    }
    return std::clamp((high - 1) / (n - 1), 0.0, 1.0);
}

}  // namespace

void Observed::merge(const Observed& other) {
    if (!(other.weight > 0)) return;
    of = other.of;
    values = other.values;
    unit = other.unit;
    const double total = weight + other.weight;
    const double distance = other.mean - mean;
    squares += other.squares + distance * distance * (weight * (other.weight / total));
    mean += distance * (other.weight / total);
    weight = total;
    work += other.work;
    items.merge(other.items);
    times.merge(other.times);
}

double Observed::quantile(double p) const {
    return (of == Of::items ? items.quantile(p) : times.quantile(p, values)) / unit;
}

LogHistogram::Between Observed::quantile_range(double p) const {
    const auto [low, high] = of == Of::items ? items.quantile_range(p) : times.quantile_range(p, values);
    return {low / unit, high / unit};
}

double Observed::share_up_to(double limit) const {
    if (of == Of::items) return 1 - items.share_above(limit * unit);
    return 1 - times.share_above(limit * unit, values);
}

void Sections::add(std::size_t replication, const Observed& seen) {
    while (replication / size_ >= most_) {
        for (std::size_t i = 0; i < all_.size(); ++i) {
            if (i % 2 == 1)
                all_[i / 2].merge(all_[i]);
            else if (i > 0)  // what is moved to itself is lost
                all_[i / 2] = std::move(all_[i]);
        }
        all_.resize((all_.size() + 1) / 2);
        size_ *= 2;
    }
    const std::size_t section = replication / size_;
    if (all_.size() <= section) all_.resize(section + 1);
    all_[section].merge(seen);
}

std::vector<double> mean_values(std::span<const Observed> sections) {
    const bool has_work =
        std::any_of(sections.begin(), sections.end(), [](const Observed& one) { return one.work > 0; });
    return ratio_of_sums(
        sections, [](const Observed& one) { return one.weight * one.mean; },
        [has_work](const Observed& one) { return has_work ? one.work : one.weight; });
}

std::vector<double> share_values(std::span<const Observed> sections, double limit) {
    return ratio_of_sums(
        sections,
        [limit](const Observed& one) { return one.weight > 0 ? one.weight * one.share_up_to(limit) : 0; },
        weight_of);
}

std::vector<double> quantile_values(std::span<const Observed> sections, double p, double level) {
    const auto interval = quantile_interval(sections, p, level);
    if (!interval) return {};
    std::vector<double> values = share_values(sections, interval->centre);
    const auto share = student_interval(values, level);
    if (!share) return {};
    const double slope = share->half_width() > 0 ? interval->half_width() / share->half_width() : 0;
    for (double& value : values) value = interval->centre + slope * (share->centre - value);
    return values;
}

std::vector<double> spread_out(std::span<const double> values, std::span<const Observed> sections) {
    std::vector<double> all(sections.size(), std::numeric_limits<double>::quiet_NaN());
    require(values.size() == with_data(sections), "a value for each section with data");
    std::size_t next = 0;
    for (std::size_t i = 0; i < sections.size(); ++i)
        if (sections[i].weight > 0) all[i] = values[next++];
    return all;
}

std::vector<double> log_variance_values(std::span<const Observed> sections) {
    std::vector<double> values;
    const auto variance = pooled_variance(sections);
    if (!variance || !(*variance > 0)) return values;
    double weight = 0, sum = 0, lost = 0;  // degrees of freedom that the mean takes
    for (const Observed& one : sections) {
        weight += one.weight;
        sum += one.weight * one.mean;
        if (one.weight > 0) lost = one.of == Observed::Of::items ? 1 : 0;
    }
    const double centre = sum / weight;
    double squares = 0;
    for (const Observed& one : sections)
        squares += one.squares + one.weight * (one.mean - centre) * (one.mean - centre);
    const auto count = static_cast<double>(with_data(sections));
    const double whole = exact::log(*variance);
    for (const Observed& one : sections) {
        if (!(one.weight > 0)) continue;
        // All but this one, from sums about the common mean.
        const double rest = weight - one.weight;
        const double away = one.weight * (one.mean - centre);
        const double left = squares - (one.squares + one.weight * (one.mean - centre) * (one.mean - centre)) -
                            (rest > 0 ? away * away / rest : 0);
        const double degrees = rest - lost;
        if (!(degrees > 0 && left > 1e-12 * squares)) return {};
        values.push_back(count * whole - (count - 1) * exact::log(left / degrees));
    }
    return values;
}

std::optional<double> pooled_variance(std::span<const Observed> sections) {
    // Not merged(): quantiles may be many, and nothing is asked of them here.
    Observed all;
    for (const Observed& one : sections) {
        Observed moments;
        moments.of = one.of;
        moments.weight = one.weight;
        moments.mean = one.mean;
        moments.squares = one.squares;
        all.merge(moments);
    }
    const double degrees = all.weight - (all.of == Observed::Of::items ? 1 : 0);
    return degrees > 0 ? std::optional(all.squares / degrees) : std::nullopt;
}

std::optional<Estimate> variance_interval(std::span<const Observed> sections, double level) {
    const auto variance = pooled_variance(sections);
    if (!variance || with_data(sections) < 2) return std::nullopt;
    if (!(*variance > 0)) return Estimate{with_data(sections), level, 0, 0, 0, 0};
    const auto logarithm = mean_interval(log_variance_values(sections), level);
    if (!logarithm) return std::nullopt;
    const double centre = exact::exp(logarithm->centre);
    return Estimate{logarithm->count,
                    level,
                    centre,
                    exact::exp(logarithm->low),
                    exact::exp(logarithm->high),
                    centre * logarithm->standard_deviation};
}

std::optional<double> pooled_quantile(std::span<const Observed> sections, double p) {
    const Observed all = merged(sections);
    return all.weight > 0 ? std::optional(all.quantile(p)) : std::nullopt;
}

std::optional<Estimate> quantile_interval(std::span<const Observed> sections, double p, double level,
                                          Range range) {
    require(p > 0 && p < 1, "a quantile lies between 0 and 1");
    require(level > 0 && level < 1, "a confidence must lie between 0 and 1");
    const Observed all = merged(sections);
    if (!(all.weight > 0)) return std::nullopt;
    const double centre = all.quantile(p);
    const auto [n, caution] = EffectiveOf(sections, all, p, level)(1);
    if (n < caution * fewest_for_quantile(p, level)) return std::nullopt;
    const double tail = 0.5 - 0.5 * level;
    const auto above = upper_place(n, p, tail);
    const auto below = upper_place(n, 1 - p, tail);
    if (!above || !below) return std::nullopt;
    const auto cut = [range](double value) { return std::clamp(value, range.low, range.high); };
    return Estimate{with_data(sections),
                    level,
                    centre,
                    cut(std::min(centre, all.quantile_range(1 - *below).low)),
                    cut(std::max(centre, all.quantile_range(*above).high)),
                    0};
}

double fewest_for_quantile(double p, double level) {
    return exact::log(0.5 - 0.5 * level) / exact::log(std::max(p, 1 - p));
}

double times_for_quantile(std::span<const Observed> sections, double p, double level) {
    const Observed all = merged(sections);
    if (!(all.weight > 0)) return infinite;
    const EffectiveOf effective(sections, all, p, level);
    const double fewest = fewest_for_quantile(p, level);
    const auto asked = [&](double times) {
        const Effective of = effective(times);
        return of.number > 0 ? fewest * of.caution / of.number : infinite;
    };
    const double now = asked(1);
    if (now <= 1 || std::isinf(now)) return now;
    // What is asked for because few sections tell how much they differ is asked for no more when they are many.
    double few = 1, enough = 2;
    while (enough < 1e15 && asked(enough) > 1) few = std::exchange(enough, 2 * enough);
    for (int i = 0; i < 40 && enough - few > 1e-6 * enough; ++i) {
        const double middle = 0.5 * (few + enough);
        (asked(middle) > 1 ? few : enough) = middle;
    }
    return enough;
}

}  // namespace understudy::kernel
