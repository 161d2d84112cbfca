#include "models/simulation/meter.h"

#include <algorithm>
#include <cmath>

namespace understudy::models {

Meter::Meter(const Model& model)
    : probes_(&model.probes), index_(&model.probe_index), states_(model.probes.size()) {
    for (std::size_t i = 0; i < states_.size(); ++i) states_[i].open = model.probes[i].edges.empty();
}

void Meter::add(Index probe, double value) {
    State& state = states_[probe];
    state.moments.add(value);
    if ((*probes_)[probe].measure.aggregate == Aggregate::quantile) state.quantiles.add(value);
}

void Meter::note_extremes(Index probe) {
    State& state = states_[probe];
    state.highest = state.any ? std::max(state.highest, state.level) : state.level;
    state.lowest = state.any ? std::min(state.lowest, state.level) : state.level;
    state.any = true;
}

void Meter::advance(Index probe, Time now) {
    State& state = states_[probe];
    const Time passed = now - state.since;
    if (passed <= 0) return;
    const ProbeRow& row = (*probes_)[probe];
    const double seconds = kernel::to_seconds(passed);
    // Freshness and the like grow with time; everything else stays until it is set.
    const double slope = row.measure.metric == Metric::freshness ? 1 : 0;
    const double end = state.level + slope * seconds;
    const double middle = 0.5 * (state.level + end);
    state.series_integral += middle * seconds;
    if (is_open(probe)) {
        state.integral += middle * seconds;
        state.integral_of_squares +=
            slope == 0 ? state.level * state.level * seconds
                       : (state.level * state.level + state.level * end + end * end) / 3 * seconds;
        state.covered += passed;
        state.highest = state.any ? std::max({state.highest, state.level, end}) : std::max(state.level, end);
        state.lowest = state.any ? std::min(state.lowest, state.level) : state.level;
        state.any = true;
        if (row.measure.aggregate == Aggregate::quantile) add_time(state, end, seconds);
    }
    state.level = end;
    state.since = now;
}

void Meter::add_time(State& state, double end, double seconds) {
    // A level that grows is spread over slices of at most a hundredth of it, as fine as the histogram tells
    // apart.
    const double rise = end - state.level;
    const int slices = rise > 0 ? static_cast<int>(std::clamp(std::ceil(100 * rise / end), 1.0, 100.0)) : 1;
    for (int i = 0; i < slices; ++i)
        state.times.add(state.level + rise * (i + 0.5) / slices, seconds / slices);
}

void Meter::landed(Index element, Time now, Time born) {
    for (const Index probe : index_->listeners(element, Metric::freshness)) {
        State& state = states_[probe];
        if (born <= state.newest) continue;
        advance(probe, now);
        state.newest = born;
        state.level = kernel::to_seconds(now - born);
        if (is_open(probe)) note_extremes(probe);
    }
}

void Meter::turn(Index probe, Time now) {
    advance(probe, now);
    states_[probe].open = !states_[probe].open;
    if (is_open(probe)) note_extremes(probe);
}

void Meter::action(Index action, bool on, Time now) {
    for (const Index probe : index_->of_action(action)) {
        advance(probe, now);
        State& state = states_[probe];
        if (on) {
            ++state.on;
            note_extremes(probe);
        } else if (state.on > 0) {
            --state.on;
        }
    }
}

void Meter::warm(Time now) {
    for (Index probe = 0; probe < states_.size(); ++probe) {
        advance(probe, now);
        State& state = states_[probe];
        state.count = state.base = 0;
        state.moments = {};
        state.quantiles = kernel::QuantileSketch();
        state.times.clear();
        state.integral = state.integral_of_squares = 0;
        state.covered = 0;
        state.any = false;
        if (is_open(probe)) note_extremes(probe);
    }
}

void Meter::sample(Time now) {
    for (Index probe = 0; probe < states_.size(); ++probe) {
        if (!(*probes_)[probe].series) continue;
        advance(probe, now);
        State& state = states_[probe];
        const double seconds = kernel::to_seconds(now - state.series_since);
        state.series.push_back(seconds > 0 ? state.series_integral / seconds : state.level);
        state.series_integral = 0;
        state.series_since = now;
    }
}

std::optional<double> Meter::value(Index probe, Time now) {
    const ProbeRow& row = (*probes_)[probe];
    const Measure& measure = row.measure;
    if (measure.aggregate == Aggregate::at ||
        (measure.metric == Metric::landed && measure.aggregate == Aggregate::share))
        return states_[probe].at;
    advance(probe, now);
    const State& state = states_[probe];
    const double seconds = kernel::to_seconds(state.covered);
    switch (kind_of(measure.metric)) {
        case MetricKind::item:
            if (state.moments.count() == 0) return std::nullopt;
            switch (measure.aggregate) {
                case Aggregate::quantile: return state.quantiles.quantile(measure.quantile);
                case Aggregate::maximum: return state.moments.maximum();
                case Aggregate::minimum: return state.moments.minimum();
                case Aggregate::deviation:
                    if (state.moments.count() < 2) return std::nullopt;
                    return std::sqrt(state.moments.variance());
                case Aggregate::variance:
                    if (state.moments.count() < 2) return std::nullopt;
                    return state.moments.variance();
                default: return state.moments.mean();
            }
        case MetricKind::level:
        case MetricKind::state: {
            if (state.covered == 0) return std::nullopt;
            const double mean = state.integral / seconds;
            const double variance = std::max(0.0, state.integral_of_squares / seconds - mean * mean);
            switch (measure.aggregate) {
                case Aggregate::quantile: return state.times.quantile(measure.quantile);
                case Aggregate::maximum: return state.highest;
                case Aggregate::minimum: return state.lowest;
                case Aggregate::deviation: return std::sqrt(variance);
                case Aggregate::variance: return variance;
                default: return mean;
            }
        }
        case MetricKind::event:
            if (measure.aggregate == Aggregate::share) {
                if (state.base == 0) return std::nullopt;
                return static_cast<double>(state.count) / static_cast<double>(state.base);
            }
            if (measure.aggregate == Aggregate::rate) {
                if (state.covered == 0) return std::nullopt;
                return static_cast<double>(state.count) / seconds;
            }
            return static_cast<double>(state.count);
        case MetricKind::money:
            if (state.covered == 0) return std::nullopt;
            return measure.aggregate == Aggregate::rate ? state.integral / seconds : state.integral;
    }
    return std::nullopt;
}

}  // namespace understudy::models
