// The meter: everything a simulation measures, one accumulator per probe of the model.
//
// The simulation says what happens in the words of the metrics (an item waited so long, so many are present
// now); which probes want to know is resolved once. A probe sees only its own window, load, action and
// ordinals, and nothing from before the warm-up's end. Durations are nanoseconds until a value is asked for.
// Values only; copied with the simulation. Internal to models/simulation.
#pragma once

#include <algorithm>
#include <optional>
#include <span>
#include <vector>

#include "kernel/batch_means.h"
#include "kernel/intervals.h"
#include "kernel/pooled.h"
#include "kernel/statistics.h"
#include "models/compile/model.h"
#include "models/simulation/rows.h"
#include "models/simulation/whole.h"

namespace understudy::models {

class Meter {
public:
    explicit Meter(const Model& model);

    /// Whether any probe listens to a metric of an element (`none`: the whole system).
    bool listens(Index element, Metric metric) const { return !index_->listeners(element, metric).empty(); }
    /// Whether any probe follows a level of an element.
    bool has_levels(Index element) const { return !index_->levels(element).empty(); }

    /// An item's duration, such as its wait, or a number of it, such as its attempts. `ordinal`: of its
    /// entering the stage; 0 where there is none.
    void observe(Index element, Metric metric, std::int64_t value, Index load, std::uint32_t ordinal) {
        for (const Index probe : index_->listeners(element, metric))
            if (wants(probe, load, ordinal)) add(probe, value);
    }
    /// An item's latency and the work that was in it. Slowdown is the ratio of their means.
    void observe_slowdown(Index element, Time latency, Time work, Index load, std::uint32_t ordinal) {
        for (const Index probe : index_->listeners(element, Metric::slowdown))
            if (wants(probe, load, ordinal)) {
                add(probe, latency);
                details_[probe].work += static_cast<double>(work);
            }
    }
    /// A latency that began at `since`, or for `a -> b` when the item entered a (`marks`, -1 where it never
    /// did).
    void observe_latency(Index element, Time now, Time since, const Time* marks, Index load,
                         std::uint32_t ordinal) {
        for (const Index probe : index_->listeners(element, Metric::latency)) {
            const Index mark = listeners_[probe].from_mark;
            // What was there from the start may have come before time 0.
            const bool came = mark == none || (marks != nullptr && marks[mark] != -1);
            if (came && wants(probe, load, ordinal)) add(probe, now - (mark == none ? since : marks[mark]));
        }
    }
    /// An item that has not come to its end, with the time it has taken so far.
    void observe_overdue(Index probe, Time taken) { add(probe, taken); }
    /// Something happened to an item; `again`: not for the first time, so that a share does not count it.
    void count(Index element, Metric metric, Index load, std::uint32_t ordinal = 0, bool again = false) {
        for (const Index probe : index_->listeners(element, metric))
            if (wants(probe, load, ordinal) && !(again && listeners_[probe].share)) ++counts_[probe].count;
        // A share is of those that arrived, in the same window and of the same load.
        if (metric == Metric::arrived)
            for (const Index probe : index_->shares(element))
                if (wants(probe, load, ordinal)) ++counts_[probe].base;
        if (metric == Metric::batched)  // how many of them were full
            for (const Index probe : index_->listeners(element, Metric::filled))
                if (wants(probe, load, ordinal)) ++counts_[probe].base;
    }
    /// The probes of a pipeline that look only at times, or while an action is on, and are open now: what they
    /// make of a run is decided when it is due.
    std::vector<Index> open_probes(Index element) const;
    /// Its window is open, and the action it looks at is on.
    bool is_open(Index probe) const {
        const Listener& listener = listeners_[probe];
        return listener.open && ((*probes_)[probe].action == none || listener.on > 0);
    }
    void observe_run(Index element, Metric metric, Time duration, const std::vector<Index>& open) {
        for (const Index probe : index_->listeners(element, metric))
            if (wants_run(probe, open)) add(probe, duration);
    }
    void count_run(Index element, Metric metric, const std::vector<Index>& open) {
        for (const Index probe : index_->listeners(element, metric))
            if (wants_run(probe, open)) ++counts_[probe].count;
        if (metric == Metric::arrived)
            for (const Index probe : index_->shares(element))
                if (wants_run(probe, open)) ++counts_[probe].base;
    }
    /// Tells all level probes of an element what `level(metric, load)` is now.
    template <class Value>
    void refresh(Index element, Time now, Value level) {
        for (const Index probe : index_->levels(element))
            set_level(probe, now, level((*probes_)[probe].measure.metric, listeners_[probe].load));
    }

    // For who knows that a probe sees all (ProbeRow::sees_all) and what it keeps:
    void add_to_sum(Index probe, std::uint64_t count, Whole sum) {
        sums_[probe].count += count;
        sums_[probe].sum += sum;
    }
    void add_to_quantiles(Index probe, std::int64_t value) {
        quantiles_[probe].add(static_cast<double>(value));
    }
    void add_to_quantiles(Index probe, std::span<const std::int64_t> values) {
        quantiles_[probe].add_each(values);
    }
    void add_to_count(Index probe, std::uint64_t count) { counts_[probe].count += count; }
    /// Of a share: of so many more.
    void add_to_base(Index probe, std::uint64_t count) { counts_[probe].base += count; }
    /// Of a level that is kept whole (ProbeRow::whole), beside what is set: what another has integrated.
    void add_to_area(Index probe, Whole area) { levels_[probe].whole_integral += area; }

    /// What one probe follows is `value` from now on.
    void set_level(Index probe, Time now, double value) {
        Level& level = levels_[probe];
        if (level.only_mean) return set_mean_level(probe, now, value);
        if (level.level == value && details_[probe].any) return;
        advance(probe, now);
        level.level = value;
        note_extremes(probe);
    }
    void set_mean_level(Index probe, Time now, double value) {
        Level& level = levels_[probe];
        // Only changes end a piece: the sum must not depend on how often it was looked at.
        if (level.level == value) return;
        extend(level, now);
        level.level = value;
    }

    /// Money is spent at once, beside what is spent over time.
    void spend(Index element, Time now, double amount) {
        for (const Index probe : index_->levels(element)) {
            if ((*probes_)[probe].measure.metric != Metric::cost) continue;
            Level& level = levels_[probe];
            if (!level.only_mean) {
                advance(probe, now);
                details_[probe].series_integral += amount * 1e9;
                if (!is_open(probe)) continue;
            }
            level.integral += amount * 1e9;
        }
    }

    /// The oldest that is there was born then; never: nothing is there.
    void oldest(Index element, Time now, Time born);
    /// Of what has landed before anything was seen, the newest was born then, which may be before time 0.
    void newest_is(Index element, Time now, Time born);
    /// Something born at `born` has landed in a dataset.
    void landed(Index element, Time now, Time born);

    /// The window of a probe opens or closes at one of its edges.
    void turn(Index probe, Time now);
    /// An action begins or ends.
    void action(Index action, bool on, Time now);
    /// Of the probes that look at an action, forgets all there was so far; they go on.
    void forget(Index action, Time now);
    /// Forgets all there was so far.
    void warm(Time now);
    void sample(Time now);
    /// Values asked for `at` an instant.
    void at(Index probe, double value) { details_[probe].at = value; }
    /// A share that is counted elsewhere.
    void at(Index probe, kernel::Tally tally) {
        counts_[probe].count = tally.count;
        counts_[probe].base = tally.trials;
        details_[probe].at = static_cast<double>(tally.count) / static_cast<double>(tally.trials);
    }

    /// The probe's value over the run that ends at `now`, durations in seconds; nothing if it had no data.
    std::optional<double> value(Index probe, Time now);
    /// What a share is made of; nothing for other measures, and for shares of time.
    std::optional<kernel::Tally> tally(Index probe) const;
    /// What there is of averages, spreads and quantiles to be put together with other replications'; nothing for other
    /// measures. To be asked after value().
    std::optional<kernel::Observed> observed(Index probe) const;
    /// Of a steady average (ProbeRow), the two sums whose ratio it is, as they stand at `now`, which nothing has happened
    /// after yet. To look changes nothing.
    kernel::Part so_far(Index probe, Time now) const;
    /// Its mean over each interval between samples; empty for a probe without a series.
    std::vector<double> series(Index probe) const;

private:
    /// What decides whether a probe wants to know.
    struct Listener {
        Index load = none, from_mark = none;
        std::uint32_t first = 0, last = UINT32_MAX;  ///< ordinals
        std::uint32_t on = 0;                        ///< how often the action it looks at is on
        bool open = true;                            ///< its window
        bool always = true;                          ///< none of all this decides anything
        bool share = false;
        enum class Keeps : std::uint8_t { sum, moments, quantiles } keeps = Keeps::sum;  ///< of items
    };
    /// Integers, so that no order and no grouping of the items can matter.
    struct Sum {
        std::uint64_t count = 0;
        Whole sum = 0;
    };
    struct Count {
        std::uint64_t count = 0, base = 0;
    };
    /// A level: constant since `since`, or growing by one second a second (freshness, age).
    struct Level {
        Time since = 0;
        double level = 0;
        double integral = 0;  ///< of level times ns: since the start if only_mean, else while open and warm
        bool only_mean = false;
        std::int64_t whole = 0;    ///< of the probe; if it is not 0, `whole_integral` stands for `integral`
        Whole whole_integral = 0;  ///< of level times `whole`, times ns
    };
    /// What few probes need.
    struct Details {
        double integral_of_squares = 0, highest = 0, lowest = 0;
        Time covered = 0;            ///< time for which the probe was open
        bool any = false;            ///< highest and lowest have been noted
        kernel::LogHistogram times;  ///< of the level, by ns
        Time warm_at = 0;
        double integral_before = 0;  ///< up to warm_at, if only_mean
        Whole whole_before = 0;
        double series_integral = 0;  ///< since the last sample; not if only_mean
        Time newest = 0;             ///< birth of the newest landed
        Time oldest = kernel::never;  ///< birth of the oldest that is there, of ages; never: nothing is
        double work = 0;             ///< of the items observed, for slowdown
        std::optional<double> at;
    };
    /// A probe that is sampled: thousands are, one after the other, hence nothing but what that takes.
    struct Sampled {
        Index probe = none;
        double integral = 0;  ///< at the last sample; of whole levels `whole` is
        Whole whole = 0;
    };

    void begin_anew(Index probe, Time now);
    bool wants(Index probe, Index load, std::uint32_t ordinal) const {
        const Listener& listener = listeners_[probe];
        if (listener.always) return true;
        if (listener.load != none && listener.load != load) return false;
        if (ordinal < listener.first || ordinal > listener.last) return false;
        return is_open(probe);
    }
    bool wants_run(Index probe, const std::vector<Index>& open) const {
        return listeners_[probe].always || std::find(open.begin(), open.end(), probe) != open.end();
    }
    void add(Index probe, std::int64_t value) {
        switch (listeners_[probe].keeps) {
            case Listener::Keeps::sum: return add_to_sum(probe, 1, value);
            case Listener::Keeps::moments: moments_[probe].add(static_cast<double>(value)); break;
            case Listener::Keeps::quantiles: return add_to_quantiles(probe, value);
        }
    }
    /// Adds the time since the last change to the integral of a level of which only the mean is wanted.
    static void extend(Level& level, Time now) {
        const Time passed = now - level.since;
        if (level.whole != 0)
            level.whole_integral +=
                Whole{static_cast<std::int64_t>(level.level * static_cast<double>(level.whole) + 0.5)} *
                passed;
        else
            level.integral += level.level * static_cast<double>(passed);
        level.since = now;
    }
    /// The integral between two states of a whole one.
    static double difference(const Level& level, Whole before) {
        return static_cast<double>(level.whole_integral - before) / static_cast<double>(level.whole);
    }
    /// Whether the level of a probe grows with time, as freshness and ages do.
    bool grows(Index probe) const {
        return (*probes_)[probe].measure.metric == Metric::freshness || details_[probe].oldest != kernel::never;
    }
    /// Adds the time since the last change to the integrals.
    void advance(Index probe, Time now);
    static void add_time(kernel::LogHistogram& times, double begin, double end, double weight);
    void note_extremes(Index probe);
    std::optional<double> level_value(Index probe, Time now);
    std::optional<double> item_value(Index probe) const;

    // Of the immutable model, which outlives every simulation of it.
    const std::vector<ProbeRow>* probes_;
    const ProbeIndex* index_;
    // All by probe.
    std::vector<Listener> listeners_;
    std::vector<Count> counts_;
    std::vector<Sum> sums_;
    std::vector<kernel::Moments> moments_;
    std::vector<kernel::QuantileSketch> quantiles_;
    std::vector<Level> levels_;
    std::vector<Details> details_;
    std::vector<Sampled> sampled_;  ///< by probe
    std::vector<double> samples_;   ///< [sample][of sampled_]
    Time sampled_at_ = 0;
};

}  // namespace understudy::models
