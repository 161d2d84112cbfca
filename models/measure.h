// What is measured and what is promised: measures, objectives and conditions, as read.
//
// An objective is a measure with a limit. Units: durations in seconds, sizes in bytes, shares as fractions
// (99% is 0.99), rates per second, money in the file's currency. Values only.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "kernel/time.h"

namespace understudy::models {

enum class Aggregate { average, quantile, maximum, minimum, deviation, variance, share, rate, total, at };

/// Every metric of the language. What each means for which element: docs/scenario-language.md, section
/// "Metrics".
enum class Metric {
    // of items, in seconds unless said
    latency,
    wait,
    service,
    backoff,
    gathering,
    delay,
    cycle,
    end,
    forming,
    attempts /*count*/,
    slowdown /*factor*/,
    batch /*items*/,
    taken /*items*/,
    active_period,
    // levels over time
    present,
    waiting,
    retrying,
    lag /*records*/,
    age /*s*/,
    freshness /*s*/,
    utilisation /*fraction*/,
    busy,
    workers,
    starting,
    level,
    // states over time, as a fraction
    empty,
    idle,
    saturated,
    blocked,
    occupied,
    up,
    down,
    bottleneck,
    shifting,
    // events
    arrived,
    completed,
    lost,
    dropped,
    expired,
    failed,
    retried,
    dead_lettered,
    interrupted,
    late,
    waited,
    landed,
    duplicated,
    batched,
    filled,
    refilled,
    // money
    cost,
};

enum class MetricKind { item, level, state, event, money };
MetricKind kind_of(Metric metric);
/// Whether it is known only once more has happened, and so is neither there at an instant nor watched.
bool is_of_the_past(Metric metric);
/// Whether less of it is what people want, or more; nothing where that depends.
std::optional<bool> lower_is_better(Metric metric);
/// The language's words for them, and back; of a quantile and an instant what stands before the number.
const char* name_of(Aggregate aggregate);
const char* name_of(Metric metric);
std::optional<Metric> metric_named(const std::string& name);
/// "s", "items", "records", "fraction", "workers", "runs", "" ... for an aggregate of a metric; rates end in
/// "/s".
std::string unit_of(Aggregate aggregate, Metric metric);

enum class Comparison { less, at_most, greater, at_least };

struct Measure {
    std::string text;  ///< as written: also its name in results
    Aggregate aggregate = Aggregate::average;
    double quantile = 0;             ///< in (0, 1), for Aggregate::quantile
    std::optional<kernel::Time> at;  ///< for Aggregate::at; absent: at the end
    Metric metric = Metric::latency;
    std::string scope;     ///< element or stream; empty: the whole system
    std::string scope_to;  ///< for `a -> b`
    // qualifiers
    std::string of_load;        ///< only items of this load
    std::string during_action;  ///< only while that action is on
    struct Window {
        kernel::Time from = 0, to = 0;
        std::optional<kernel::Time> each;  ///< repeats with this period
    };
    std::optional<Window> during;
    std::optional<std::pair<std::int64_t, std::int64_t>> items;  ///< 1-based, inclusive
    std::optional<std::int64_t> by_clock;   ///< ns since local midnight, of the day the run was due
    std::optional<kernel::Time> by_offset;  ///< after the scheduled time
};

/// One without qualifiers, and its text as the language has it: "p(95) latency(clean)", "at end present()". `quantile` is that
/// of Aggregate::quantile.
Measure measure_of(Aggregate aggregate, Metric metric, const std::string& scope = "", double quantile = 0);

struct Objective {
    Measure measure;
    Comparison comparison = Comparison::less;
    double limit = 0;  ///< in the measure's unit
    std::string text;  ///< as written, with the limit
};

/// Whether what has not come to its end, and is over the limit already, is on the wrong side of it: an objective that wants
/// an average, a quantile or the greatest of latencies or waits to be low.
bool counts_overdue(const Objective& objective);

}  // namespace understudy::models
