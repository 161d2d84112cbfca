#include "models/simulation/meter.h"

#include <algorithm>
#include <cmath>
#include <utility>

namespace understudy::models {

namespace {

bool is_duration(Metric metric) {
    switch (metric) {
        case Metric::attempts:
        case Metric::slowdown:
        case Metric::batch:
        case Metric::taken: return false;
        default: return kind_of(metric) == MetricKind::item;
    }
}

bool is_a_count(Metric metric) {
    switch (metric) {
        case Metric::present:
        case Metric::waiting:
        case Metric::retrying:
        case Metric::busy:
        case Metric::workers: return true;
        default: return false;
    }
}

std::uint32_t ordinal(std::int64_t number) {
    return static_cast<std::uint32_t>(std::clamp<std::int64_t>(number, 0, UINT32_MAX));
}

}  // namespace

Meter::Meter(const Model& model)
    : probes_(&model.probes),
      index_(&model.probe_index),
      listeners_(model.probes.size()),
      counts_(model.probes.size()),
      sums_(model.probes.size()),
      moments_(model.probes.size()),
      quantiles_(model.probes.size()),
      levels_(model.probes.size()),
      details_(model.probes.size()) {
    for (std::size_t i = 0; i < listeners_.size(); ++i) {
        const ProbeRow& row = model.probes[i];
        Listener& listener = listeners_[i];
        listener.load = row.load;
        listener.from_mark = row.from_mark;
        if (row.measure.items) {
            listener.first = ordinal(row.measure.items->first);
            listener.last = ordinal(row.measure.items->second);
        }
        listener.open = row.edges.empty();
        listener.always = row.sees_all();
        listener.share = row.measure.aggregate == Aggregate::share;
        const Aggregate aggregate = row.measure.aggregate;
        listener.keeps = aggregate == Aggregate::quantile  ? Listener::Keeps::quantiles
                         : aggregate == Aggregate::average ? Listener::Keeps::sum
                                                           : Listener::Keeps::moments;
        levels_[i].only_mean = row.is_mean_of_level();
        levels_[i].whole = row.whole;
        if (row.series) sampled_.push_back({static_cast<Index>(i)});
    }
}

std::vector<Index> Meter::open_probes(Index element) const {
    std::vector<Index> open;
    for (const Index probe : index_->conditional(element))
        if (is_open(probe)) open.push_back(probe);
    return open;
}

void Meter::note_extremes(Index probe) {
    Details& details = details_[probe];
    const double level = levels_[probe].level;
    details.highest = details.any ? std::max(details.highest, level) : level;
    details.lowest = details.any ? std::min(details.lowest, level) : level;
    details.any = true;
}

void Meter::advance(Index probe, Time now) {
    Level& level = levels_[probe];
    const Time passed = now - level.since;
    if (passed <= 0) return;
    if (level.only_mean) return extend(level, now);
    Details& details = details_[probe];
    const Measure& measure = (*probes_)[probe].measure;
    const auto weight = static_cast<double>(passed);
    const bool grows = this->grows(probe);
    const double begin = level.level, end = grows ? begin + kernel::to_seconds(passed) : begin;
    const double area = 0.5 * (begin + end) * weight;
    details.series_integral += area;
    if (is_open(probe)) {
        level.integral += area;
        details.integral_of_squares +=
            grows ? (begin * begin + begin * end + end * end) / 3 * weight : begin * begin * weight;
        details.covered += passed;
        details.highest = details.any ? std::max({details.highest, begin, end}) : std::max(begin, end);
        details.lowest = details.any ? std::min(details.lowest, begin) : begin;
        details.any = true;
        if (measure.aggregate == Aggregate::quantile) add_time(details.times, begin, end, weight);
    }
    level.level = end;
    level.since = now;
}

void Meter::add_time(kernel::LogHistogram& times, double begin, double end, double weight) {
    // A level that grows is spread over slices of at most a hundredth of it, as fine as the histogram tells
    // apart.
    const double rise = end - begin;
    const int slices = rise > 0 ? static_cast<int>(std::clamp(std::ceil(100 * rise / end), 1.0, 100.0)) : 1;
    for (int i = 0; i < slices; ++i) times.add(begin + rise * (i + 0.5) / slices, weight / slices);
}

void Meter::oldest(Index element, Time now, Time born) {
    for (const Index probe : index_->listeners(element, Metric::age)) {
        Details& details = details_[probe];
        if (born == details.oldest) continue;
        advance(probe, now);
        details.oldest = born;
        levels_[probe].level = born == kernel::never ? 0 : kernel::to_seconds(now - born);
        if (is_open(probe)) note_extremes(probe);
    }
}

void Meter::landed(Index element, Time now, Time born) {
    for (const Index probe : index_->listeners(element, Metric::freshness)) {
        Details& details = details_[probe];
        if (born <= details.newest) continue;
        advance(probe, now);
        details.newest = born;
        levels_[probe].level = kernel::to_seconds(now - born);
        if (is_open(probe)) note_extremes(probe);
    }
}

void Meter::newest_is(Index element, Time now, Time born) {
    for (const Index probe : index_->listeners(element, Metric::freshness)) {
        advance(probe, now);
        details_[probe].newest = born;
        levels_[probe].level = kernel::to_seconds(now - born);
        if (is_open(probe)) note_extremes(probe);
    }
}

void Meter::turn(Index probe, Time now) {
    advance(probe, now);
    listeners_[probe].open = !listeners_[probe].open;
    if (is_open(probe)) note_extremes(probe);
}

void Meter::action(Index action, bool on, Time now) {
    for (const Index probe : index_->of_action(action)) {
        advance(probe, now);
        Listener& listener = listeners_[probe];
        if (on) {
            ++listener.on;
            note_extremes(probe);
        } else if (listener.on > 0) {
            --listener.on;
        }
    }
}

void Meter::begin_anew(Index probe, Time now) {
    advance(probe, now);
    counts_[probe] = {};
    sums_[probe] = {};
    moments_[probe] = {};
    quantiles_[probe].clear();
    Details& details = details_[probe];
    details.times.clear();
    details.integral_of_squares = 0;
    details.covered = 0;
    details.any = false;
    details.warm_at = now;
    details.work = 0;
    // What is only a mean goes on, for its series; its integral up to here is taken off at the end.
    if (levels_[probe].only_mean) {
        details.integral_before = levels_[probe].integral;
        details.whole_before = levels_[probe].whole_integral;
    } else {
        levels_[probe].integral = 0;
    }
    if (is_open(probe)) note_extremes(probe);
}

void Meter::forget(Index action, Time now) {
    for (const Index probe : index_->of_action(action)) begin_anew(probe, now);
}

void Meter::warm(Time now) {
    for (Index probe = 0; probe < listeners_.size(); ++probe) begin_anew(probe, now);
}

void Meter::sample(Time now) {
    const auto passed = static_cast<double>(now - sampled_at_);
    for (Sampled& sampled : sampled_) {
        Level& level = levels_[sampled.probe];
        double area = 0;
        if (!level.only_mean) {
            advance(sampled.probe, now);
            area = std::exchange(details_[sampled.probe].series_integral, 0);
        } else if (now > level.since) {
            extend(level, now);
        }
        if (level.whole != 0)
            area = difference(level, std::exchange(sampled.whole, level.whole_integral));
        else if (level.only_mean)
            area = level.integral - std::exchange(sampled.integral, level.integral);
        samples_.push_back(passed > 0 ? area / passed : level.level);
    }
    sampled_at_ = now;
}

std::vector<double> Meter::series(Index probe) const {
    const auto found = std::lower_bound(sampled_.begin(), sampled_.end(), probe,
                                        [](const Sampled& sampled, Index of) { return sampled.probe < of; });
    std::vector<double> series;
    if (found == sampled_.end() || found->probe != probe) return series;
    series.reserve(samples_.size() / sampled_.size());
    for (auto at = static_cast<std::size_t>(found - sampled_.begin()); at < samples_.size();
         at += sampled_.size())
        series.push_back(samples_[at]);
    return series;
}

std::optional<double> Meter::value(Index probe, Time now) {
    const Measure& measure = (*probes_)[probe].measure;
    if (measure.aggregate == Aggregate::at || is_of_the_past(measure.metric) ||
        (measure.metric == Metric::landed && measure.aggregate == Aggregate::share))
        return details_[probe].at;
    if (kind_of(measure.metric) == MetricKind::item) return item_value(probe);
    if (kind_of(measure.metric) != MetricKind::event) return level_value(probe, now);
    const Count& count = counts_[probe];
    const auto number = static_cast<double>(count.count);
    if (measure.aggregate == Aggregate::share)
        return count.base == 0 ? std::nullopt : std::optional(number / static_cast<double>(count.base));
    if (measure.aggregate != Aggregate::rate) return number;
    advance(probe, now);
    const Details& details = details_[probe];
    return details.covered == 0 ? std::nullopt : std::optional(number / kernel::to_seconds(details.covered));
}

std::optional<kernel::Tally> Meter::tally(Index probe) const {
    const Measure& measure = (*probes_)[probe].measure;
    if (measure.aggregate != Aggregate::share || kind_of(measure.metric) != MetricKind::event)
        return std::nullopt;
    if (counts_[probe].base == 0) return std::nullopt;
    return kernel::Tally{counts_[probe].count, counts_[probe].base};
}

std::optional<kernel::Observed> Meter::observed(Index probe) const {
    const Measure& measure = (*probes_)[probe].measure;
    const Aggregate aggregate = measure.aggregate;
    const bool quantile = aggregate == Aggregate::quantile;
    const bool spread = aggregate == Aggregate::deviation || aggregate == Aggregate::variance;
    kernel::Observed seen;
    if (kind_of(measure.metric) == MetricKind::item) {
        seen.unit = is_duration(measure.metric) ? 1e9 : 1;
        if (quantile) {
            seen.items = quantiles_[(*probes_)[probe].values];
            seen.weight = static_cast<double>(seen.items.count());
        } else if (aggregate == Aggregate::average) {
            const Sum& sum = sums_[probe];
            seen.weight = static_cast<double>(sum.count);
            seen.mean = sum.count == 0 ? 0 : static_cast<double>(sum.sum) / seen.weight / seen.unit;
            if (measure.metric == Metric::slowdown) seen.work = details_[probe].work / seen.unit;
        } else if (spread) {
            const kernel::Moments& moments = moments_[probe];
            seen.weight = static_cast<double>(moments.count());
            seen.mean = moments.mean() / seen.unit;
            seen.squares = moments.squared_distances() / seen.unit / seen.unit;
        } else {
            return std::nullopt;
        }
        return seen;
    }
    const bool over_time = kind_of(measure.metric) != MetricKind::event &&
                           kind_of(measure.metric) != MetricKind::money && (quantile || spread);
    if (!over_time) return std::nullopt;
    const Details& details = details_[probe];
    seen.of = kernel::Observed::Of::time;
    seen.weight = static_cast<double>(details.covered);
    if (details.covered == 0) return seen;
    seen.mean = levels_[probe].integral / seen.weight;
    seen.squares = std::max(0.0, details.integral_of_squares - seen.mean * seen.mean * seen.weight);
    if (quantile) seen.times = details.times;
    if (is_a_count(measure.metric)) seen.values = kernel::LogHistogram::Values::whole;
    return seen;
}

kernel::Part Meter::so_far(Index probe, Time now) const {
    const Measure& measure = (*probes_)[probe].measure;
    const MetricKind kind = kind_of(measure.metric);
    if (kind == MetricKind::item) {
        const double unit = is_duration(measure.metric) ? 1e9 : 1;
        const Sum& sum = sums_[probe];
        if (measure.metric == Metric::slowdown) return {static_cast<double>(sum.sum), details_[probe].work};
        return {static_cast<double>(sum.sum) / unit, static_cast<double>(sum.count)};
    }
    const Count& count = counts_[probe];
    if (kind == MetricKind::event && measure.aggregate == Aggregate::share)
        return {static_cast<double>(count.count), static_cast<double>(count.base)};
    Level level = levels_[probe];
    const Details& details = details_[probe];
    Time covered = details.covered;
    if (level.only_mean) {
        extend(level, now);
        covered = now - details.warm_at;
    } else if (is_open(probe)) {
        const Time passed = now - level.since;
        const double begin = level.level, end = grows(probe) ? begin + kernel::to_seconds(passed) : begin;
        level.integral += 0.5 * (begin + end) * static_cast<double>(passed);
        covered += passed;
    }
    if (kind == MetricKind::event) return {static_cast<double>(count.count), kernel::to_seconds(covered)};
    const double integral =
        level.whole != 0 ? difference(level, details.whole_before) : level.integral - details.integral_before;
    return {integral / 1e9, kernel::to_seconds(covered)};
}

std::optional<double> Meter::item_value(Index probe) const {
    const Measure& measure = (*probes_)[probe].measure;
    const double unit = is_duration(measure.metric) ? 1e9 : 1;
    if (measure.aggregate == Aggregate::quantile) {
        const kernel::QuantileSketch& quantiles = quantiles_[(*probes_)[probe].values];
        return quantiles.count() == 0 ? std::nullopt
                                      : std::optional(quantiles.quantile(measure.quantile) / unit);
    }
    if (measure.aggregate == Aggregate::average) {
        const Sum& sum = sums_[probe];
        if (measure.metric == Metric::slowdown) {
            const double work = details_[probe].work;
            return work > 0 ? std::optional(static_cast<double>(sum.sum) / work) : std::nullopt;
        }
        return sum.count == 0
                   ? std::nullopt
                   : std::optional(static_cast<double>(sum.sum) / static_cast<double>(sum.count) / unit);
    }
    const kernel::Moments& moments = moments_[probe];
    const bool spread = measure.aggregate == Aggregate::deviation || measure.aggregate == Aggregate::variance;
    if (moments.count() < (spread ? 2 : 1)) return std::nullopt;
    switch (measure.aggregate) {
        case Aggregate::maximum: return moments.maximum() / unit;
        case Aggregate::minimum: return moments.minimum() / unit;
        case Aggregate::deviation: return std::sqrt(moments.variance()) / unit;
        case Aggregate::variance: return moments.variance() / unit / unit;
        default: return std::nullopt;
    }
}

std::optional<double> Meter::level_value(Index probe, Time now) {
    const Measure& measure = (*probes_)[probe].measure;
    advance(probe, now);
    const Level& level = levels_[probe];
    const Details& details = details_[probe];
    const Time covered = level.only_mean ? now - details.warm_at : details.covered;
    if (covered == 0) return std::nullopt;
    const double integral =
        level.whole != 0 ? difference(level, details.whole_before) : level.integral - details.integral_before;
    if (kind_of(measure.metric) == MetricKind::money && measure.aggregate != Aggregate::rate)
        return integral / 1e9;
    const double mean = integral / static_cast<double>(covered);
    const double variance =
        std::max(0.0, details.integral_of_squares / static_cast<double>(covered) - mean * mean);
    switch (measure.aggregate) {
        case Aggregate::quantile:
            return details.times.quantile(measure.quantile, is_a_count(measure.metric)
                                                                ? kernel::LogHistogram::Values::whole
                                                                : kernel::LogHistogram::Values::any);
        case Aggregate::maximum: return details.highest;
        case Aggregate::minimum: return details.lowest;
        case Aggregate::deviation: return std::sqrt(variance);
        case Aggregate::variance: return variance;
        default: return mean;
    }
}

}  // namespace understudy::models
