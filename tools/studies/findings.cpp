#include "tools/studies/findings.h"

#include <algorithm>
#include <bit>
#include <limits>
#include <string>
#include <utility>

#include "models/compile/compile.h"
#include "tools/studies/constraints.h"
#include "tools/studies/rare_counts.h"
#include "tools/studies/rare_waits.h"
#include "tools/studies/variance_reduction.h"

namespace understudy::studies {

namespace {

ReplicationRecord record_of(const PreparedRun& prepared, const models::ReplicationOutcome& outcome) {
    ReplicationRecord record;
    record.fingerprint = outcome.fingerprint;
    record.events = outcome.events;
    if (!outcome.stopped.empty()) ++record.remarks["a replication ended early: " + outcome.stopped];
    if (outcome.broken_off) record.broken_off = outcome.stopped;
    if (!outcome.deadlock.empty()) {
        record.broken_off.clear();
        for (const auto& name : outcome.deadlock)
            record.broken_off += (record.broken_off.empty() ? "deadlock at " : ", ") + name;
        ++record.remarks[record.broken_off + ": items wait for each other's places for ever"];
    }
    for (const models::Alert& alert : outcome.alerts)
        ++record.remarks["alert: " + alert_name(prepared.scenario, alert.action)];
    if (outcome.log_rows_missing > 0)
        record.remarks
            ["recorded values of items that the log has no row of, taken from its rows once more from the "
             "first"] += static_cast<std::int64_t>(outcome.log_rows_missing);
    for (std::size_t i = 0; i < prepared.measures.size(); ++i)
        if (outcome.overdue[i] > 0)
            record.remarks
                [prepared.measures[i].text +
                 ": over the limit and not through when the run ends, counted with the time taken by then"] +=
                static_cast<std::int64_t>(outcome.overdue[i]);
    return record;
}

/// What is counted from what was seen, one replication after the other.
void count_up(Seen& seen) {
    seen.counted = {};
    for (const kernel::Tally& tally : seen.tallies) {
        seen.counted.count += tally.count;
        seen.counted.trials += tally.trials;
    }
    seen.with_data = std::count(seen.had_data.begin(), seen.had_data.end(), 1);
}

/// Whether the sections of the first `count` replications are the first of these: `count` is whole sections, and a run
/// of as many has sections of this size, too.
bool can_be_cut(const Seen& seen, std::size_t count) {
    const std::size_t size = seen.sections.replications();
    if (size == static_cast<std::size_t>(seen.together)) return true;  // never put together
    // The size doubled when the first replication came that would have been one section too many. All are added but
    // those in which nothing was tried that a share could be counted from.
    const std::size_t doubled = seen.sections.most() * (size / 2);
    if (count % size != 0 || count <= doubled) return false;
    const auto at = [&](std::size_t i) { return seen.had_data.begin() + static_cast<std::ptrdiff_t>(i); };
    return seen.tallies.empty() || std::find(at(doubled), at(count), 1) != at(count);
}

template <class Value>
std::vector<Value> head_of(const std::vector<Value>& all, std::size_t count) {
    return {all.begin(), all.begin() + static_cast<std::ptrdiff_t>(std::min(count, all.size()))};
}

Seen cut(const Seen& all, std::size_t count) {
    Seen seen;
    seen.together = all.together;
    seen.by_replication = head_of(all.by_replication, count);
    seen.had_data = head_of(all.had_data, count);
    seen.tallies = head_of(all.tallies, count);
    count_up(seen);
    const bool counted = !all.tallies.empty();
    if (seen.counted.trials == 0) seen.tallies.clear();
    const std::size_t size =
        count == 0 ? static_cast<std::size_t>(all.together) : all.sections.replications();
    std::vector<kernel::Observed> sections = head_of(all.sections.all(), (count + size - 1) / size);
    // Where nothing was tried, no section was begun.
    while (counted && !sections.empty() && !(sections.back().weight > 0)) sections.pop_back();
    seen.sections = kernel::Sections(all.sections.most(), size, std::move(sections));
    return seen;
}

/// Replications in each section. Files say it of sections that are there: without any it is that of a run at its start.
std::size_t size_of_sections(const MetricResult& metric, const Seen& nothing) {
    return metric.sections.empty() ? nothing.sections.replications()
                                   : static_cast<std::size_t>(metric.replications_a_section);
}

/// Whether what was read can have come from move_into().
bool fits(const MetricResult& metric, std::size_t replications, const Seen& nothing) {
    const std::size_t size = size_of_sections(metric, nothing);
    return metric.by_replication.size() == replications && metric.had_data.size() == replications &&
           (metric.tallies.empty() || metric.tallies.size() == replications) &&
           (metric.parts.empty() || (replications == 1 && metric.parts.size() <= kernel::most_parts)) &&
           size >= static_cast<std::size_t>(nothing.together) && std::has_single_bit(size) &&
           metric.sections.size() <= nothing.sections.most() &&
           (metric.sections.empty() || (metric.sections.size() - 1) * size < replications);
}

}  // namespace

std::size_t most_sections(const std::vector<models::Measure>& measures) {
    constexpr std::size_t bytes_of_quantiles = 16 << 10, bytes = 512 << 20;
    const auto quantiles = static_cast<std::size_t>(std::count_if(
        measures.begin(), measures.end(),
        [](const models::Measure& measure) { return measure.aggregate == models::Aggregate::quantile; }));
    return std::clamp<std::size_t>(bytes / (bytes_of_quantiles * (quantiles + 1)), 16, kernel::most_sections);
}

Seen nothing_seen(const PreparedRun& prepared) {
    Seen nothing;
    nothing.together = replications_together(prepared.scenario.run);
    nothing.sections =
        kernel::Sections(most_sections(prepared.measures), static_cast<std::size_t>(nothing.together), {});
    return nothing;
}

Findings::Findings(const PreparedRun& prepared)
    : seen(prepared.measures.size(), nothing_seen(prepared)), series(prepared.measures.size()) {}

void Findings::add(const PreparedRun& prepared, models::ReplicationOutcome outcome) {
    for (std::size_t i = 0; i < seen.size(); ++i) {
        seen[i].add(outcome, i, records.size());
        if (prepared.model->probes[i].series) series[i].push_back(std::move(outcome.series[i]));
    }
    draws_missing += outcome.draws_missing;
    records.push_back(record_of(prepared, outcome));
}

std::vector<std::optional<Dependence>> Findings::relate(const PreparedRun& prepared, kernel::Time warm_up) {
    auto found = dependence(prepared, series, warm_up);
    for (std::size_t i = 0; i < seen.size(); ++i) seen[i].stretches = found[i] ? found[i]->stretches : 0;
    add_controls(prepared, warm_up, seen);
    allow_for_rare_waits(prepared, warm_up, seen);
    allow_for_rare_counts(prepared, warm_up, seen);
    return found;
}

void Findings::move_into(const PreparedRun& prepared, RunResult& result) && {
    for (std::size_t i = 0; i < seen.size(); ++i) {
        const models::Measure& measure = prepared.measures[i];
        MetricResult& metric = result.metrics[i];
        metric.by_replication = std::move(seen[i].by_replication);
        metric.had_data = std::move(seen[i].had_data);
        metric.tallies = std::move(seen[i].tallies);
        metric.parts = std::move(seen[i].parts);
        metric.replications_a_section = static_cast<std::int64_t>(seen[i].sections.replications());
        metric.sections = std::move(seen[i].sections).take();
        if (!prepared.model->probes[i].series || series[i].empty()) continue;
        models::Measure level = measure;
        level.aggregate = models::Aggregate::average;
        result.series.push_back({std::string(models::name_of(measure.metric)) + "(" + measure.scope + ")" +
                                     (measure.of_load.empty() ? "" : " of " + measure.of_load),
                                 metric.element, models::unit_of(level, prepared.scenario),
                                 std::move(series[i])});
    }
    result.records = std::move(records);
}

std::optional<Findings> findings_of(const PreparedRun& prepared, RunResult&& result) {
    Findings findings(prepared);
    const std::size_t replications = result.records.size();
    if (replications == 0 || result.metrics.size() != findings.seen.size()) return std::nullopt;
    std::size_t next_series = 0;
    for (std::size_t i = 0; i < findings.seen.size(); ++i) {
        MetricResult& metric = result.metrics[i];
        Seen& seen = findings.seen[i];
        const std::size_t most = seen.sections.most();
        const std::size_t size = size_of_sections(metric, seen);
        if (metric.name != prepared.measures[i].text || !fits(metric, replications, seen))
            return std::nullopt;
        seen.by_replication = std::move(metric.by_replication);
        seen.had_data = std::move(metric.had_data);
        seen.tallies = std::move(metric.tallies);
        seen.parts = std::move(metric.parts);
        count_up(seen);
        seen.sections = kernel::Sections(most, size, std::move(metric.sections));
        if (!prepared.model->probes[i].series) continue;
        if (next_series >= result.series.size() || result.series[next_series].values.size() != replications)
            return std::nullopt;
        findings.series[i] = std::move(result.series[next_series++].values);
    }
    findings.records = std::move(result.records);
    return findings;
}

Findings first_of(const Findings& all, std::int64_t count) {
    auto kept = static_cast<std::size_t>(std::clamp<std::int64_t>(count, 0, all.replications()));
    if (kept == all.records.size()) return all;
    std::size_t largest = 1;
    for (const Seen& seen : all.seen) largest = std::max(largest, seen.sections.replications());
    kept -= kept % largest;
    for (const Seen& seen : all.seen)
        if (!can_be_cut(seen, kept)) kept = 0;
    Findings first;
    for (std::size_t i = 0; i < all.seen.size(); ++i) {
        first.seen.push_back(cut(all.seen[i], kept));
        first.series.push_back(head_of(all.series[i], kept));
    }
    first.records = head_of(all.records, kept);
    return first;
}

}  // namespace understudy::studies
