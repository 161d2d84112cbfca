#include "tools/formats/results/result_writer.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>

#include "tools/formats/files/atomic_file.h"
#include "tools/formats/results/hdf5.h"
#include "tools/formats/results/result_layout.h"
#include "tools/formats/results/seal.h"

namespace understudy::formats {

using namespace hdf5;
using studies::RunResult;

namespace {

constexpr double missing = std::numeric_limits<double>::quiet_NaN();
constexpr double infinite = std::numeric_limits<double>::infinity();

/// One member of each entry as a column.
template <class T, class Entries, class Member>
void column(hid_t group, const char* name, const Entries& entries, Member member) {
    std::vector<T> values;
    values.reserve(entries.size());
    for (const auto& entry : entries) values.push_back(static_cast<T>(member(entry)));
    write_column(group, name, values);
}

/// Where there is no interval it is the whole line: an honest bound, and no NaN.
template <class Entries, class EstimateOf>
void interval_columns(hid_t group, const Entries& entries, EstimateOf estimate_of) {
    column<double>(group, "low", entries,
                   [&](const auto& e) { return estimate_of(e).low.value_or(-infinite); });
    column<double>(group, "high", entries,
                   [&](const auto& e) { return estimate_of(e).high.value_or(infinite); });
    const auto parts = [&](const char* low, const char* high, auto part_of) {
        if (std::none_of(entries.begin(), entries.end(),
                         [&](const auto& e) { return part_of(estimate_of(e)).has_value(); }))
            return;
        column<double>(group, low, entries, [&](const auto& e) {
            return part_of(estimate_of(e)) ? part_of(estimate_of(e))->low : -infinite;
        });
        column<double>(group, high, entries, [&](const auto& e) {
            return part_of(estimate_of(e)) ? part_of(estimate_of(e))->high : infinite;
        });
    };
    parts(
        "simulation_low", "simulation_high",
        [](const studies::Estimate& estimate) -> const auto& { return estimate.simulation; });
    parts(
        "input_low", "input_high",
        [](const studies::Estimate& estimate) -> const auto& { return estimate.input; });
    column<double>(group, "level", entries, [&](const auto& e) { return estimate_of(e).level; });
    column<std::int64_t>(group, "replications", entries,
                         [&](const auto& e) { return estimate_of(e).replications; });
}

/// Row x entry; shorter ones are filled up with NaN.
template <class Entries, class Values>
void matrix(hid_t group, const char* name, const Entries& entries, Values values_of) {
    std::size_t rows = 0;
    for (const auto& entry : entries) rows = std::max(rows, values_of(entry).size());
    std::vector<double> cells(rows * entries.size(), missing);
    for (std::size_t column = 0; column < entries.size(); ++column) {
        const auto& values = values_of(entries[column]);
        for (std::size_t row = 0; row < values.size(); ++row)
            cells[row * entries.size() + column] = values[row];
    }
    // One bit pattern for "no data", whatever arithmetic it came from.
    for (double& value : cells) {
        if (value != value) value = missing;
    }
    write_dataset<double>(group, name, {rows, entries.size()}, cells);
}

template <class Entries>
void by_replication(hid_t group, const Entries& entries) {
    matrix(
        group, "by_replication", entries, [](const auto& e) -> const auto& { return e.by_replication; });
}

void write_metrics(hid_t file, const RunResult& result) {
    struct Numbered : studies::MetricResult {
        std::int64_t position = 0;
    };
    std::vector<Numbered> known, unknown;
    for (std::size_t i = 0; i < result.metrics.size(); ++i) {
        auto& list = result.metrics[i].estimate.value ? known : unknown;
        list.push_back({result.metrics[i], static_cast<std::int64_t>(i)});
    }
    const auto common = [](hid_t group, const std::vector<Numbered>& list) {
        column<std::int64_t>(group, "position", list, [](const auto& m) { return m.position; });
        column<std::string>(group, "name", list, [](const auto& m) { return m.name; });
        column<std::string>(group, "element", list, [](const auto& m) { return m.element; });
        column<std::string>(group, "unit", list, [](const auto& m) { return m.unit; });
        interval_columns(
            group, list, [](const auto& m) -> const auto& { return m.estimate; });
        by_replication(group, list);
    };
    const Handle metrics = create_group(file, "metrics");
    common(metrics, known);
    column<double>(metrics, "estimate", known, [](const auto& m) { return *m.estimate.value; });
    column<std::string>(metrics, "analytic", known,
                        [](const auto& m) { return std::string(models::name_of(m.expected.kind)); });
    column<double>(metrics, "expected", known, [](const auto& m) {
        return m.expected.kind == models::Answer::Kind::refused ? missing : m.expected.value;
    });
    column<std::string>(metrics, "method", known, [](const auto& m) { return m.expected.method; });
    column<double>(metrics, "quantile", known, [](const auto& m) { return m.quantile; });
    column<std::string>(metrics, "doubt", known, [](const auto& m) { return m.doubt; });
    matrix(
        metrics, "by_section", known, [](const auto& m) -> const auto& { return m.by_section; });
    const Handle no_data = create_group(file, "no_data");
    common(no_data, unknown);
    column<std::string>(no_data, "reason", unknown, [](const auto& m) { return m.no_data; });
}

void write_objectives(hid_t file, const RunResult& result) {
    static constexpr const char* comparisons[] = {"<", "<=", ">", ">="};
    const Handle group = create_group(file, "objectives");
    const auto& list = result.objectives;
    column<std::string>(group, "text", list, [](const auto& o) { return o.text; });
    column<std::string>(group, "verdict", list, [](const auto& o) { return name_of(o.verdict); });
    column<std::string>(group, "reason", list, [](const auto& o) { return name_of(o.reason); });
    column<std::string>(group, "explanation", list, [](const auto& o) { return o.explanation; });
    column<std::string>(group, "unit", list, [](const auto& o) { return o.unit; });
    column<std::string>(group, "comparison", list,
                        [](const auto& o) { return comparisons[static_cast<int>(o.comparison)]; });
    column<double>(group, "limit", list, [](const auto& o) { return o.limit; });
    column<std::uint8_t>(group, "has_estimate", list,
                         [](const auto& o) { return o.estimate.value.has_value(); });
    column<double>(group, "estimate", list, [](const auto& o) { return o.estimate.value.value_or(0.0); });
    interval_columns(
        group, list, [](const auto& o) -> const auto& { return o.estimate; });
    column<std::int64_t>(group, "more_replications", list, [](const auto& o) { return o.more_replications; });
    by_replication(group, list);
}

void write_series(hid_t file, const RunResult& result) {
    const Handle group = create_group(file, "series");
    const auto& list = result.series;
    column<std::string>(group, "name", list, [](const auto& s) { return s.name; });
    column<std::string>(group, "element", list, [](const auto& s) { return s.element; });
    column<std::string>(group, "unit", list, [](const auto& s) { return s.unit; });
    std::size_t replications = 0, intervals = 0;
    for (const auto& series : list) {
        replications = std::max(replications, series.values.size());
        for (const auto& row : series.values) intervals = std::max(intervals, row.size());
    }
    std::vector<double> time(intervals);
    for (std::size_t i = 0; i < intervals; ++i) time[i] = static_cast<double>(i) * result.interval_s;
    write_column(group, "time_s", time);
    std::vector<double> values(list.size() * replications * intervals, missing);
    for (std::size_t s = 0; s < list.size(); ++s) {
        for (std::size_t r = 0; r < list[s].values.size(); ++r) {
            const auto& row = list[s].values[r];
            for (std::size_t i = 0; i < row.size(); ++i) {
                if (row[i] == row[i]) values[(s * replications + r) * intervals + i] = row[i];
            }
        }
    }
    write_dataset<double>(group, "values", {list.size(), replications, intervals}, values);
}

void write_forecast(hid_t file, const RunResult& result) {
    const Handle group = create_group(file, "forecast");
    const auto& list = result.forecast;
    column<std::string>(group, "element", list, [](const auto& f) { return f.element; });
    column<double>(group, "offered_load", list, [](const auto& f) { return f.offered_load; });
    column<double>(group, "workers", list, [](const auto& f) { return f.workers; });
    column<std::uint8_t>(group, "has_utilisation", list,
                         [](const auto& f) { return f.utilisation.has_value(); });
    column<double>(group, "utilisation", list, [](const auto& f) { return f.utilisation.value_or(0.0); });
    column<double>(group, "load", list, [](const auto& f) { return f.load; });
    column<double>(group, "arrival_rate", list, [](const auto& f) { return f.arrival_rate; });
    column<std::uint8_t>(group, "exact", list, [](const auto& f) { return f.exact; });
    column<std::uint8_t>(group, "at_most", list, [](const auto& f) { return f.at_most; });
    column<std::string>(group, "caveat", list, [](const auto& f) { return f.caveat; });
    column<std::uint8_t>(group, "stable", list, [](const auto& f) { return f.stable; });
}

void write_graph(hid_t file, const RunResult& result) {
    const Handle graph = create_group(file, "graph");
    const Handle nodes = create_group(graph, "nodes");
    column<std::string>(nodes, "name", result.nodes, [](const auto& n) { return n.name; });
    column<std::string>(nodes, "kind", result.nodes, [](const auto& n) { return n.kind; });
    column<std::string>(nodes, "label", result.nodes, [](const auto& n) { return n.label; });
    column<std::string>(nodes, "note", result.nodes, [](const auto& n) { return n.note; });
    column<std::uint8_t>(nodes, "has_utilisation", result.nodes,
                         [](const auto& n) { return n.utilisation.has_value(); });
    column<double>(nodes, "utilisation", result.nodes,
                   [](const auto& n) { return n.utilisation.value_or(0.0); });
    const Handle edges = create_group(graph, "edges");
    column<std::string>(edges, "from", result.edges, [](const auto& e) { return e.from; });
    column<std::string>(edges, "to", result.edges, [](const auto& e) { return e.to; });
    column<std::string>(edges, "kind", result.edges, [](const auto& e) { return e.kind; });
    column<double>(edges, "share", result.edges, [](const auto& e) { return e.share; });
}

void write_alerts(hid_t file, const RunResult& result) {
    if (result.alerts.empty()) return;
    const Handle alerts = create_group(file, "alerts");
    const auto texts = [&](const char* name, std::string studies::AlertResult::*member) {
        column<std::string>(alerts, name, result.alerts, [&](const auto& alert) { return alert.*member; });
    };
    texts("text", &studies::AlertResult::text);
    texts("level", &studies::AlertResult::level);
    texts("when", &studies::AlertResult::when);
    texts("element", &studies::AlertResult::element);
    column<double>(alerts, "at_s", result.alerts, [](const auto& a) { return a.at_s.value_or(missing); });
    column<std::int64_t>(alerts, "raised", result.alerts, [](const auto& a) { return a.raised; });
    column<std::int64_t>(alerts, "times", result.alerts, [](const auto& a) { return a.times; });
}

}  // namespace

std::string lines_of(const std::vector<studies::ValueOrigin>& origins) {
    std::string lines;
    for (const studies::ValueOrigin& one : origins)
        lines += fmt::format("{}\t{}\t{}\n", one.path, one.value, one.origin);
    return lines;
}

void write_provenance_into(hid_t file, const studies::Provenance& provenance) {
    write_attribute(file, "format", std::string(format_name));
    write_attribute(file, "format_version", format_version);
    write_attribute(file, "scenario_name", provenance.scenario_name);
    write_attribute(file, "scenario_text", provenance.scenario_text);
    write_attribute(file, "scenario_digest", provenance.scenario_digest);
    write_attribute(file, "seed", provenance.seed);
    write_attribute(file, "replications", provenance.replications);
    write_attribute(file, "version", provenance.version);
    write_attribute(file, "set", fmt::format("{}", fmt::join(provenance.set, "\n")));
    write_attribute(file, "origins", lines_of(provenance.origins));
}

void write_result_into(hid_t file, const RunResult& result) {
    write_provenance_into(file, result.provenance);
    write_attribute(file, "verdict", std::string(name_of(result.verdict)));
    write_attribute(file, "reason", std::string(name_of(result.reason)));
    write_attribute(file, "replications_done", result.replications_done);
    write_attribute(file, "interrupted", static_cast<std::uint8_t>(result.interrupted));
    if (result.length_s) write_attribute(file, "length_s", *result.length_s);
    if (result.warm_up_s) write_attribute(file, "warm_up_s", *result.warm_up_s);
    write_attribute(file, "broken_off", result.broken_off);
    write_attribute(file, "warm_up_reason", result.warm_up_reason);
    write_attribute(file, "replications_reason", result.replications_reason);
    write_attribute(file, "confidence", result.confidence);
    write_attribute(file, "interval_reason", result.interval_reason);
    if (!result.input_reason.empty()) write_attribute(file, "input_reason", result.input_reason);
    if (!result.aggregated.empty())
        write_attribute(file, "aggregated", fmt::format("{}", fmt::join(result.aggregated, "\n")));
    write_attribute(file, "interval_s", result.interval_s);
    write_attribute(file, "currency", result.currency);
    write_attribute(file, "start", result.start);
    write_attribute(file, "events", result.events);
    write_attribute(file, "fingerprint", result.fingerprint);
    write_objectives(file, result);
    write_metrics(file, result);
    write_series(file, result);
    write_forecast(file, result);
    write_graph(file, result);
    write_replications_into(file, result);
    write_alerts(file, result);
    const Handle warnings = create_group(file, "warnings");
    column<std::string>(warnings, "text", result.warnings, [](const auto& w) { return w.text; });
}

std::string result_file_bytes(const RunResult& result) {
    OutputFile file(OutputFile::Place::memory);
    write_result_into(file, result);
    std::string bytes = file.bytes();
    return bytes += seal_of(bytes);
}

void write_result(const std::filesystem::path& target, const RunResult& result) {
    std::string bytes;
    try {
        bytes = result_file_bytes(result);
    } catch (const Hdf5Error& error) {
        throw FileError(target, error.what());
    }
    write_file(target, bytes);
}

}  // namespace understudy::formats
