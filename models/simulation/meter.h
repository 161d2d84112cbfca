// The meter: everything a simulation measures, one accumulator per probe of the model.
//
// The simulation says what happens in the words of the metrics (an item waited so long, so many are present
// now); which probes want to know is resolved once. A probe sees only its own window, load, action and
// ordinals, and nothing from before the warm-up's end. Values only; copied with the simulation. Internal to
// models/simulation.
#pragma once

#include <optional>
#include <vector>

#include "kernel/statistics.h"
#include "models/compile/model.h"
#include "models/simulation/rows.h"

namespace understudy::models {

class Meter {
public:
    explicit Meter(const Model& model);

    /// Whether any probe listens to a metric of an element (`none`: the whole system).
    bool listens(Index element, Metric metric) const { return !index_->listeners(element, metric).empty(); }

    /// An item's value, such as its wait in seconds. `ordinal`: of its entering the stage; 0 where there is
    /// none.
    void observe(Index element, Metric metric, double value, Index load, std::uint32_t ordinal) {
        for (const Index probe : index_->listeners(element, metric))
            if (wants(probe, load, ordinal)) add(probe, value);
    }
    /// A latency that began at `since`, or for `a -> b` when the item entered a (`marks`, -1 where it never
    /// did).
    void observe_latency(Index element, Time now, Time since, const Time* marks, Index load,
                         std::uint32_t ordinal) {
        for (const Index probe : index_->listeners(element, Metric::latency)) {
            const Index mark = (*probes_)[probe].from_mark;
            const Time begin = mark == none ? since : marks ? marks[mark] : -1;
            if (begin >= 0 && wants(probe, load, ordinal)) add(probe, kernel::to_seconds(now - begin));
        }
    }
    /// Something happened to an item.
    void count(Index element, Metric metric, Index load, std::uint32_t ordinal = 0) {
        for (const Index probe : index_->listeners(element, metric))
            if (wants(probe, load, ordinal)) ++states_[probe].count;
        // A share is of those that arrived, in the same window and of the same load.
        if (metric == Metric::arrived)
            for (const Index probe : index_->shares(element))
                if (wants(probe, load, ordinal)) ++states_[probe].base;
    }
    /// Tells all level probes of an element what `level(metric, load)` is now.
    template <class Level>
    void refresh(Index element, Time now, Level level) {
        for (const Index probe : index_->levels(element))
            set_level(probe, now, level((*probes_)[probe].measure.metric, (*probes_)[probe].load));
    }

    /// Something born at `born` has landed in a dataset.
    void landed(Index element, Time now, Time born);

    /// The window of a probe opens or closes at one of its edges.
    void turn(Index probe, Time now);
    /// An action begins or ends.
    void action(Index action, bool on, Time now);
    /// Forgets all there was so far.
    void warm(Time now);
    void sample(Time now);
    /// Values asked for `at` an instant.
    void at(Index probe, double value) { states_[probe].at = value; }

    /// The probe's value over the run that ends at `now`; nothing if it had no data.
    std::optional<double> value(Index probe, Time now);
    const std::vector<double>& series(Index probe) const { return states_[probe].series; }

private:
    struct State {
        bool open = true;      ///< window
        std::uint32_t on = 0;  ///< how often the action it looks at is on
        std::uint64_t count = 0, base = 0;
        kernel::Moments moments;
        kernel::QuantileSketch quantiles;  ///< of items
        kernel::LogHistogram times;        ///< of levels, by seconds
        // levels: constant since `since`, or growing by one second a second (freshness)
        double level = 0;
        Time since = 0;
        double integral = 0, integral_of_squares = 0, highest = 0, lowest = 0;
        Time covered = 0;  ///< time for which the probe was open
        bool any = false;
        double series_integral = 0;
        Time series_since = 0;
        Time newest = 0;  ///< birth of the newest landed
        std::optional<double> at;
        std::vector<double> series;
    };

    bool is_open(Index probe) const {
        const State& state = states_[probe];
        return state.open && ((*probes_)[probe].action == none || state.on > 0);
    }
    bool wants(Index probe, Index load, std::uint32_t ordinal) const {
        const ProbeRow& row = (*probes_)[probe];
        if (row.load != none && row.load != load) return false;
        if (row.measure.items && (ordinal < row.measure.items->first || ordinal > row.measure.items->second))
            return false;
        return is_open(probe);
    }
    void add(Index probe, double value);
    static void add_time(State& state, double end, double seconds);
    void set_level(Index probe, Time now, double level) {
        if (states_[probe].level == level && states_[probe].any) return;
        advance(probe, now);
        states_[probe].level = level;
        note_extremes(probe);
    }
    /// Adds the time since the last change to the integrals.
    void advance(Index probe, Time now);
    void note_extremes(Index probe);

    // Of the immutable model, which outlives every simulation of it.
    const std::vector<ProbeRow>* probes_;
    const ProbeIndex* index_;
    std::vector<State> states_;
};

}  // namespace understudy::models
