#include "models/compile/probe_index.h"

#include <algorithm>

#include "models/compile/model.h"

namespace understudy::models {

void ProbeIndex::Lists::build(std::size_t lists,
                              const std::vector<std::pair<std::size_t, std::uint32_t>>& entries) {
    begin.assign(lists + 1, 0);
    for (const auto& entry : entries) ++begin[entry.first + 1];
    for (std::size_t i = 1; i < begin.size(); ++i) begin[i] += begin[i - 1];
    items.resize(entries.size());
    std::vector<std::uint32_t> next(begin.begin(), begin.end() - 1);
    for (const auto& entry : entries) items[next[entry.first]++] = entry.second;
}

ProbeIndex::ProbeIndex(const std::vector<ProbeRow>& probes, std::size_t elements) : elements_(elements) {
    std::vector<std::pair<std::size_t, std::uint32_t>> by_metric, levels, shares, conditional, actions;
    std::size_t highest_action = 0;
    for (std::uint32_t i = 0; i < probes.size(); ++i) {
        const ProbeRow& probe = probes[i];
        const Metric metric = probe.measure.metric;
        const MetricKind kind = kind_of(metric);
        if (probe.values != i) continue;
        by_metric.emplace_back(row(probe.element) * metrics + static_cast<std::size_t>(metric), i);
        if ((kind == MetricKind::level || kind == MetricKind::state || kind == MetricKind::money) &&
            metric != Metric::freshness && metric != Metric::age && !is_of_the_past(metric))
            levels.emplace_back(row(probe.element), i);
        if (kind == MetricKind::event && probe.measure.aggregate == Aggregate::share &&
            metric != Metric::landed && metric != Metric::filled)
            shares.emplace_back(row(probe.element), i);
        if ((kind == MetricKind::item || kind == MetricKind::event) &&
            (probe.action != none || !probe.edges.empty()))
            conditional.emplace_back(row(probe.element), i);
        if (probe.action != none) {
            actions.emplace_back(probe.action, i);
            highest_action = std::max<std::size_t>(highest_action, probe.action);
        }
    }
    by_metric_.build((elements + 1) * metrics, by_metric);
    levels_.build(elements + 1, levels);
    shares_.build(elements + 1, shares);
    conditional_.build(elements + 1, conditional);
    actions_.build(highest_action + 1, actions);
}

}  // namespace understudy::models
