#include "models/measure.h"

#include <cstdio>

namespace understudy::models {

namespace {

struct MetricRow {
    Metric metric;
    const char* name;
    MetricKind kind;
    const char* unit;  // of a value (items, levels), or what an event is one of
};

constexpr MetricRow rows[] = {
    {Metric::latency, "latency", MetricKind::item, "s"},
    {Metric::wait, "wait", MetricKind::item, "s"},
    {Metric::service, "service", MetricKind::item, "s"},
    {Metric::backoff, "backoff", MetricKind::item, "s"},
    {Metric::gathering, "gathering", MetricKind::item, "s"},
    {Metric::delay, "delay", MetricKind::item, "s"},
    {Metric::cycle, "cycle", MetricKind::item, "s"},
    {Metric::end, "end", MetricKind::item, "s"},
    {Metric::forming, "forming", MetricKind::item, "s"},
    {Metric::attempts, "attempts", MetricKind::item, "attempts"},
    {Metric::slowdown, "slowdown", MetricKind::item, ""},
    {Metric::batch, "batch", MetricKind::item, "items"},
    {Metric::taken, "taken", MetricKind::item, "items"},
    {Metric::active_period, "active_period", MetricKind::item, "s"},
    {Metric::present, "present", MetricKind::level, "items"},
    {Metric::waiting, "waiting", MetricKind::level, "items"},
    {Metric::retrying, "retrying", MetricKind::level, "items"},
    {Metric::lag, "lag", MetricKind::level, "records"},
    {Metric::age, "age", MetricKind::level, "s"},
    {Metric::freshness, "freshness", MetricKind::level, "s"},
    {Metric::utilisation, "utilisation", MetricKind::level, "fraction"},
    {Metric::busy, "busy", MetricKind::level, "workers"},
    {Metric::workers, "workers", MetricKind::level, "workers"},
    {Metric::starting, "starting", MetricKind::level, "workers"},
    {Metric::level, "level", MetricKind::level, "tokens"},
    {Metric::empty, "empty", MetricKind::state, "fraction"},
    {Metric::idle, "idle", MetricKind::state, "fraction"},
    {Metric::saturated, "saturated", MetricKind::state, "fraction"},
    {Metric::blocked, "blocked", MetricKind::state, "fraction"},
    {Metric::occupied, "occupied", MetricKind::state, "fraction"},
    {Metric::up, "up", MetricKind::state, "fraction"},
    {Metric::down, "down", MetricKind::state, "fraction"},
    {Metric::bottleneck, "bottleneck", MetricKind::state, "fraction"},
    {Metric::shifting, "shifting", MetricKind::state, "fraction"},
    {Metric::arrived, "arrived", MetricKind::event, "items"},
    {Metric::completed, "completed", MetricKind::event, "items"},
    {Metric::lost, "lost", MetricKind::event, "items"},
    {Metric::dropped, "dropped", MetricKind::event, "items"},
    {Metric::expired, "expired", MetricKind::event, "items"},
    {Metric::failed, "failed", MetricKind::event, "items"},
    {Metric::retried, "retried", MetricKind::event, "items"},
    {Metric::dead_lettered, "dead_lettered", MetricKind::event, "items"},
    {Metric::interrupted, "interrupted", MetricKind::event, "items"},
    {Metric::late, "late", MetricKind::event, "items"},
    {Metric::waited, "waited", MetricKind::event, "items"},
    {Metric::landed, "landed", MetricKind::event, "runs"},
    {Metric::duplicated, "duplicated", MetricKind::event, "items"},
    {Metric::batched, "batched", MetricKind::event, "batches"},
    {Metric::filled, "filled", MetricKind::event, "batches"},
    {Metric::refilled, "refilled", MetricKind::event, "refills"},
    {Metric::cost, "cost", MetricKind::money, "money"},
};

const MetricRow& row_of(Metric metric) {
    for (const MetricRow& row : rows)
        if (row.metric == metric) return row;
    return rows[0];
}

}  // namespace

MetricKind kind_of(Metric metric) { return row_of(metric).kind; }

bool is_of_the_past(Metric metric) { return metric == Metric::bottleneck || metric == Metric::shifting; }

std::optional<bool> lower_is_better(Metric metric) {
    switch (metric) {
        case Metric::completed:
        case Metric::landed:
        case Metric::up: return false;
        case Metric::latency:
        case Metric::wait:
        case Metric::backoff:
        case Metric::gathering:
        case Metric::delay:
        case Metric::cycle:
        case Metric::end:
        case Metric::forming:
        case Metric::attempts:
        case Metric::slowdown:
        case Metric::waiting:
        case Metric::retrying:
        case Metric::lag:
        case Metric::age:
        case Metric::freshness:
        case Metric::blocked:
        case Metric::down:
        case Metric::lost:
        case Metric::dropped:
        case Metric::expired:
        case Metric::failed:
        case Metric::retried:
        case Metric::dead_lettered:
        case Metric::interrupted:
        case Metric::late:
        case Metric::waited:
        case Metric::duplicated:
        case Metric::cost: return true;
        default: return std::nullopt;
    }
}

const char* name_of(Metric metric) { return row_of(metric).name; }

std::optional<Metric> metric_named(const std::string& name) {
    for (const MetricRow& row : rows)
        if (name == row.name) return row.metric;
    return std::nullopt;
}

std::string unit_of(Aggregate aggregate, Metric metric) {
    const MetricRow& row = row_of(metric);
    const std::string unit = row.unit;
    switch (aggregate) {
        case Aggregate::share: return "fraction";
        case Aggregate::rate: return unit + "/s";
        case Aggregate::variance: return unit.empty() || unit == "fraction" ? unit : unit + "^2";
        default: return unit;
    }
}

bool counts_overdue(const Objective& objective) {
    const Measure& measure = objective.measure;
    const bool low = objective.comparison == Comparison::less || objective.comparison == Comparison::at_most;
    return low && (measure.metric == Metric::latency || measure.metric == Metric::wait) &&
           (measure.aggregate == Aggregate::average || measure.aggregate == Aggregate::quantile ||
            measure.aggregate == Aggregate::maximum);
}

const char* name_of(Aggregate aggregate) {
    switch (aggregate) {
        case Aggregate::average: return "avg";
        case Aggregate::quantile: return "p";
        case Aggregate::maximum: return "max";
        case Aggregate::minimum: return "min";
        case Aggregate::deviation: return "sd";
        case Aggregate::variance: return "var";
        case Aggregate::share: return "share";
        case Aggregate::rate: return "rate";
        case Aggregate::total: return "total";
        case Aggregate::at: return "at";
    }
    return "";
}

Measure measure_of(Aggregate aggregate, Metric metric, const std::string& scope, double quantile) {
    Measure measure;
    measure.aggregate = aggregate;
    measure.metric = metric;
    measure.scope = scope;
    measure.quantile = quantile;
    measure.text = name_of(aggregate);
    if (aggregate == Aggregate::at) measure.text += " end";
    if (aggregate == Aggregate::quantile) {
        char percent[32];
        std::snprintf(percent, sizeof percent, "(%.12g)", 100 * quantile);
        measure.text += percent;
    }
    measure.text += std::string(" ") + name_of(metric) + "(" + scope + ")";
    return measure;
}

}  // namespace understudy::models
