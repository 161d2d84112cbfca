#include "tools/formats/results/result_reader.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstring>
#include <fstream>
#include <sstream>

#include "tools/formats/named.h"
#include "tools/formats/results/hdf5.h"
#include "tools/formats/results/result_layout.h"
#include "tools/formats/results/seal.h"

namespace understudy::formats {

using namespace hdf5;
using studies::RunResult;

namespace {

studies::Verdict verdict_named(const std::string& name) {
    if (const auto verdict = named(name, studies::Verdict::inconclusive)) return *verdict;
    throw Hdf5Error(fmt::format("'{}' is not a verdict", name));
}
studies::Reason reason_named(const std::string& name) {
    if (const auto reason = named(name, studies::Reason::no_objectives)) return *reason;
    throw Hdf5Error(fmt::format("'{}' is not a reason", name));
}

models::Comparison comparison_named(const std::string& name) {
    static constexpr const char* names[] = {"<", "<=", ">", ">="};
    for (int i = 0; i < 4; ++i) {
        if (name == names[i]) return static_cast<models::Comparison>(i);
    }
    throw Hdf5Error(fmt::format("'{}' is not a comparison", name));
}

/// A table: columns of one length. Reads one column into one member of each entry.
template <class Entry>
class Table {
public:
    Table(hid_t group, std::vector<Entry>& entries) : group_(group), entries_(entries) {}

    template <class T, class Store>
    void numbers(const char* name, Store store) {
        fill(name, read_column<T>(group_, name), store);
    }
    template <class Store>
    void texts(const char* name, Store store) {
        fill(name, read_text_column(group_, name), store);
    }

private:
    template <class Values, class Store>
    void fill(const char* name, const Values& values, Store store) {
        if (first_) entries_.resize(values.size());
        first_ = false;
        if (values.size() != entries_.size()) throw Hdf5Error(fmt::format("'{}' is of another length", name));
        for (std::size_t i = 0; i < values.size(); ++i) store(entries_[i], values[i]);
    }
    hid_t group_;
    std::vector<Entry>& entries_;
    bool first_ = true;
};

template <class Entry>
void read_intervals(hid_t group, Table<Entry>& table) {
    table.template numbers<double>("low", [](Entry& e, double v) {
        if (std::isfinite(v)) e.estimate.low = v;
    });
    table.template numbers<double>("high", [](Entry& e, double v) {
        if (std::isfinite(v)) e.estimate.high = v;
    });
    const auto part = [&](const char* low, const char* high,
                          std::optional<studies::PartOfInterval> studies::Estimate::*which) {
        if (H5Lexists(group, low, H5P_DEFAULT) <= 0) return;  // of no run with input uncertainty
        table.template numbers<double>(low, [=](Entry& e, double v) {
            if (std::isfinite(v)) (e.estimate.*which).emplace().low = v;
        });
        table.template numbers<double>(high, [=](Entry& e, double v) {
            if (e.estimate.*which) (e.estimate.*which)->high = v;
        });
    };
    part("simulation_low", "simulation_high", &studies::Estimate::simulation);
    part("input_low", "input_high", &studies::Estimate::input);
    table.template numbers<double>("level", [](Entry& e, double v) { e.estimate.level = v; });
    table.template numbers<std::int64_t>("replications",
                                         [](Entry& e, std::int64_t v) { e.estimate.replications = v; });
}

/// Row x entry, into the list of each.
template <class Entry>
void read_matrix(hid_t group, const char* name, std::vector<Entry>& entries,
                 std::vector<double> Entry::*list) {
    std::vector<hsize_t> shape;
    const auto matrix = read_dataset<double>(group, name, shape);
    if (shape.size() != 2 || shape[1] != entries.size())
        throw Hdf5Error(std::string("'") + name + "' is of another shape");
    for (std::size_t column = 0; column < entries.size(); ++column) {
        auto& values = entries[column].*list;
        values.resize(shape[0]);
        for (std::size_t row = 0; row < values.size(); ++row)
            values[row] = matrix[row * entries.size() + column];
    }
}

void read_objectives(hid_t file, RunResult& result) {
    using Entry = studies::ObjectiveResult;
    const Handle group = open_group(file, "objectives");
    Table<Entry> table(group, result.objectives);
    table.texts("text", [](Entry& o, const std::string& v) { o.text = v; });
    table.texts("verdict", [](Entry& o, const std::string& v) { o.verdict = verdict_named(v); });
    table.texts("reason", [](Entry& o, const std::string& v) { o.reason = reason_named(v); });
    table.texts("explanation", [](Entry& o, const std::string& v) { o.explanation = v; });
    table.texts("unit", [](Entry& o, const std::string& v) { o.unit = v; });
    table.texts("comparison", [](Entry& o, const std::string& v) { o.comparison = comparison_named(v); });
    table.numbers<double>("limit", [](Entry& o, double v) { o.limit = v; });
    table.numbers<double>("estimate", [](Entry& o, double v) { o.estimate.value = v; });
    table.numbers<std::uint8_t>("has_estimate", [](Entry& o, std::uint8_t v) {
        if (v == 0) o.estimate.value.reset();
    });
    read_intervals(group, table);
    if (H5Lexists(group, "more_replications", H5P_DEFAULT) > 0)  // not in files of earlier builds
        table.numbers<std::int64_t>("more_replications",
                                    [](Entry& o, std::int64_t v) { o.more_replications = v; });
    read_matrix(group, "by_replication", result.objectives, &Entry::by_replication);
}

void read_metrics(hid_t file, RunResult& result) {
    struct Entry : studies::MetricResult {
        std::int64_t position = 0;
    };
    std::vector<Entry> lists[2];
    for (int i = 0; i < 2; ++i) {
        const Handle group = open_group(file, i == 0 ? "metrics" : "no_data");
        Table<Entry> table(group, lists[i]);
        table.numbers<std::int64_t>("position", [](Entry& m, std::int64_t v) { m.position = v; });
        table.texts("name", [](Entry& m, const std::string& v) { m.name = v; });
        table.texts("element", [](Entry& m, const std::string& v) { m.element = v; });
        table.texts("unit", [](Entry& m, const std::string& v) { m.unit = v; });
        read_intervals(group, table);
        read_matrix<Entry>(group, "by_replication", lists[i], &Entry::by_replication);
        if (i == 0) {
            table.numbers<double>("estimate", [](Entry& m, double v) { m.estimate.value = v; });
            table.texts("analytic", [](Entry& m, const std::string& v) {
                using Kind = models::Answer::Kind;
                m.expected.kind = v == models::name_of(Kind::exact)         ? Kind::exact
                                  : v == models::name_of(Kind::approximate) ? Kind::approximate
                                                                            : Kind::refused;
            });
            table.numbers<double>("expected", [](Entry& m, double v) { m.expected.value = v; });
            table.texts("method", [](Entry& m, const std::string& v) { m.expected.method = v; });
            if (H5Lexists(group, "doubt", H5P_DEFAULT) > 0) {
                table.numbers<double>("quantile", [](Entry& m, double v) { m.quantile = v; });
                table.texts("doubt", [](Entry& m, const std::string& v) { m.doubt = v; });
            } else {  // a file of an earlier build: which one does not matter there
                for (Entry& entry : lists[i]) entry.quantile = entry.name.starts_with("p(") ? 0.5 : 0;
            }
            read_matrix<Entry>(group, "by_section", lists[i], &Entry::by_section);
            for (Entry& entry : lists[i])
                if (std::none_of(entry.by_section.begin(), entry.by_section.end(),
                                 [](double value) { return std::isfinite(value); }))
                    entry.by_section.clear();
        }
        if (i == 1) table.texts("reason", [](Entry& m, const std::string& v) { m.no_data = v; });
    }
    std::vector<Entry> all = std::move(lists[0]);
    all.insert(all.end(), lists[1].begin(), lists[1].end());
    std::stable_sort(all.begin(), all.end(),
                     [](const Entry& a, const Entry& b) { return a.position < b.position; });
    result.metrics.assign(all.begin(), all.end());
}

void read_series(hid_t file, RunResult& result) {
    using Entry = studies::Series;
    const Handle group = open_group(file, "series");
    Table<Entry> table(group, result.series);
    table.texts("name", [](Entry& s, const std::string& v) { s.name = v; });
    table.texts("element", [](Entry& s, const std::string& v) { s.element = v; });
    table.texts("unit", [](Entry& s, const std::string& v) { s.unit = v; });
    std::vector<hsize_t> shape;
    const auto values = read_dataset<double>(group, "values", shape);
    if (shape.size() != 3 || shape[0] != result.series.size())
        throw Hdf5Error("'values' is of another shape");
    for (std::size_t s = 0; s < result.series.size(); ++s) {
        auto& rows = result.series[s].values;
        rows.resize(shape[1]);
        for (std::size_t r = 0; r < rows.size(); ++r) {
            const double* first = values.data() + (s * shape[1] + r) * shape[2];
            std::size_t length = shape[2];
            while (length > 0 && std::isnan(first[length - 1])) --length;  // filled up by the writer
            rows[r].assign(first, first + length);
        }
    }
}

void read_forecast(hid_t file, RunResult& result) {
    using Entry = studies::StationForecast;
    const Handle group = open_group(file, "forecast");
    Table<Entry> table(group, result.forecast);
    table.texts("element", [](Entry& f, const std::string& v) { f.element = v; });
    table.numbers<double>("offered_load", [](Entry& f, double v) { f.offered_load = v; });
    table.numbers<double>("workers", [](Entry& f, double v) { f.workers = v; });
    table.numbers<double>("utilisation", [](Entry& f, double v) { f.utilisation = v; });
    table.numbers<std::uint8_t>("has_utilisation", [](Entry& f, std::uint8_t v) {
        if (v == 0) f.utilisation.reset();
    });
    if (H5Lexists(group, "load", H5P_DEFAULT) > 0)  // not in files of earlier builds
        table.numbers<double>("load", [](Entry& f, double v) { f.load = v; });
    table.numbers<double>("arrival_rate", [](Entry& f, double v) { f.arrival_rate = v; });
    table.numbers<std::uint8_t>("exact", [](Entry& f, std::uint8_t v) { f.exact = v != 0; });
    if (H5Lexists(group, "at_most", H5P_DEFAULT) > 0)  // not in files of earlier builds
        table.numbers<std::uint8_t>("at_most", [](Entry& f, std::uint8_t v) { f.at_most = v != 0; });
    table.texts("caveat", [](Entry& f, const std::string& v) { f.caveat = v; });
    table.numbers<std::uint8_t>("stable", [](Entry& f, std::uint8_t v) { f.stable = v != 0; });
}

void read_graph(hid_t file, RunResult& result) {
    using Node = studies::GraphNode;
    using Edge = studies::GraphEdge;
    const Handle graph = open_group(file, "graph");
    const Handle node_group = open_group(graph, "nodes");
    Table<Node> nodes(node_group, result.nodes);
    nodes.texts("name", [](Node& n, const std::string& v) { n.name = v; });
    nodes.texts("kind", [](Node& n, const std::string& v) { n.kind = v; });
    nodes.texts("label", [](Node& n, const std::string& v) { n.label = v; });
    if (H5Lexists(node_group, "note", H5P_DEFAULT) > 0)  // not in files of earlier builds
        nodes.texts("note", [](Node& n, const std::string& v) { n.note = v; });
    nodes.numbers<double>("utilisation", [](Node& n, double v) { n.utilisation = v; });
    nodes.numbers<std::uint8_t>("has_utilisation", [](Node& n, std::uint8_t v) {
        if (v == 0) n.utilisation.reset();
    });
    const Handle edge_group = open_group(graph, "edges");
    Table<Edge> edges(edge_group, result.edges);
    edges.texts("from", [](Edge& e, const std::string& v) { e.from = v; });
    edges.texts("to", [](Edge& e, const std::string& v) { e.to = v; });
    edges.texts("kind", [](Edge& e, const std::string& v) { e.kind = v; });
    edges.numbers<double>("share", [](Edge& e, double v) { e.share = v; });
}

void read_alerts(hid_t file, RunResult& result) {
    using Entry = studies::AlertResult;
    if (H5Lexists(file, "alerts", H5P_DEFAULT) <= 0) return;  // there are none, or it is of an earlier build
    const Handle group = open_group(file, "alerts");
    Table<Entry> table(group, result.alerts);
    table.texts("text", [](Entry& a, const std::string& v) { a.text = v; });
    table.texts("level", [](Entry& a, const std::string& v) { a.level = v; });
    table.texts("when", [](Entry& a, const std::string& v) { a.when = v; });
    table.texts("element", [](Entry& a, const std::string& v) { a.element = v; });
    table.numbers<double>("at_s", [](Entry& a, double v) {
        if (!std::isnan(v)) a.at_s = v;
    });
    table.numbers<std::int64_t>("raised", [](Entry& a, std::int64_t v) { a.raised = v; });
    table.numbers<std::int64_t>("times", [](Entry& a, std::int64_t v) { a.times = v; });
}

/// An attribute with a text a line; of a file that has none, nothing.
std::vector<std::string> read_lines_attribute(hid_t file, const char* name) {
    std::vector<std::string> all;
    if (!has_attribute(file, name)) return all;
    std::istringstream lines(read_text_attribute(file, name));
    for (std::string line; std::getline(lines, line);) all.push_back(line);
    return all;
}

void read_provenance(hid_t file, studies::Provenance& provenance) {
    provenance.scenario_name = read_text_attribute(file, "scenario_name");
    provenance.scenario_text = read_text_attribute(file, "scenario_text");
    provenance.scenario_digest = read_text_attribute(file, "scenario_digest");
    provenance.seed = read_attribute<std::uint64_t>(file, "seed");
    provenance.replications = read_attribute<std::int64_t>(file, "replications");
    provenance.version = read_text_attribute(file, "version");
    provenance.set = read_lines_attribute(file, "set");                      // not in files of earlier builds
    for (const std::string& line : read_lines_attribute(file, "origins")) {  // nor in those
        const std::size_t first = line.find('\t'), second = line.find('\t', first + 1);
        if (second == std::string::npos) continue;
        provenance.origins.push_back(
            {line.substr(0, first), line.substr(first + 1, second - first - 1), line.substr(second + 1)});
    }
}

void read_finished(hid_t file, RunResult& result) {
    result.verdict = verdict_named(read_text_attribute(file, "verdict"));
    result.reason = reason_named(read_text_attribute(file, "reason"));
    result.replications_done = read_attribute<std::int64_t>(file, "replications_done");
    result.interrupted = read_attribute<std::uint8_t>(file, "interrupted") != 0;
    result.length_s = read_optional_attribute<double>(file, "length_s");
    result.warm_up_s = read_optional_attribute<double>(file, "warm_up_s");
    result.broken_off = read_text_attribute(file, "broken_off");
    result.warm_up_reason = read_text_attribute(file, "warm_up_reason");
    result.replications_reason = read_text_attribute(file, "replications_reason");
    result.confidence = read_attribute<double>(file, "confidence");
    if (has_attribute(file, "interval_reason"))  // not in files of earlier builds
        result.interval_reason = read_text_attribute(file, "interval_reason");
    if (has_attribute(file, "input_reason"))  // of a run with input uncertainty
        result.input_reason = read_text_attribute(file, "input_reason");
    result.aggregated = read_lines_attribute(file, "aggregated");  // of a partial run
    result.interval_s = read_attribute<double>(file, "interval_s");
    result.currency = read_text_attribute(file, "currency");
    result.start = read_text_attribute(file, "start");
    result.events = read_attribute<std::uint64_t>(file, "events");
    result.fingerprint = read_text_attribute(file, "fingerprint");
    read_objectives(file, result);
    read_metrics(file, result);
    read_series(file, result);
    read_forecast(file, result);
    read_graph(file, result);
    read_alerts(file, result);
    const Handle warnings = open_group(file, "warnings");
    Table<studies::Warning> table(warnings, result.warnings);
    table.texts("text", [](studies::Warning& w, const std::string& v) { w.text = v; });
}

}  // namespace

bool is_study(hid_t file) {
    return has_attribute(file, "format") && read_text_attribute(file, "format") == study_format_name;
}

bool is_rehearsal(hid_t file) {
    return has_attribute(file, "format") && read_text_attribute(file, "format") == rehearsal_format_name;
}

void require_our_format(hid_t file, const std::string& path) {
    if (is_study(file))
        throw FileError(path,
                        "is the answer of a study, not the result of a run; its attribute 'answer' is what "
                        "the study printed with --json");
    if (is_rehearsal(file))
        throw FileError(
            path,
            "is the answer of a rehearsal, not the result of a run; its attribute 'answer' is what "
            "the rehearsal printed with --json");
    if (!has_attribute(file, "format") || !has_attribute(file, "format_version") ||
        read_text_attribute(file, "format") != format_name) {
        throw FileError(path, "is an HDF5 file, but not a result of understudy");
    }
    const auto version = read_attribute<std::int64_t>(file, "format_version");
    if (version > format_version) {
        throw FileError(path, fmt::format("has format {}, this understudy knows up to {}; use a newer one",
                                          version, format_version));
    }
}

std::vector<std::int64_t> replications_in(hid_t traces) {
    std::vector<std::int64_t> numbers;
    for (const auto& name : link_names(traces)) {
        std::int64_t number = 0;
        const auto [end, error] = std::from_chars(name.data(), name.data() + name.size(), number);
        if (error == std::errc() && end == name.data() + name.size() && number > 0) numbers.push_back(number);
    }
    std::sort(numbers.begin(), numbers.end());
    return numbers;
}

ResultFile read_result_from(hid_t file, const std::filesystem::path& path, Contents contents) {
    require_our_format(file, path);
    ResultFile found;
    read_provenance(file, found.result.provenance);
    found.partial = has_attribute(file, "partial");
    if (!found.partial) read_finished(file, found.result);
    if (!found.partial && contents == Contents::everything) read_replications(file, found.result);
    if (has_link(file, "traces")) {
        const Handle traces = open_group(file, "traces");
        found.traced = replications_in(traces);
    }
    return found;
}

ResultFile read_result(const std::filesystem::path& path, Contents contents) {
    const Handle file = open_for_reading(path);
    return read_guarded(path, [&] { return read_result_from(file, path, contents); });
}

Whose whose(const std::filesystem::path& path) {
    if (!looks_like_hdf5(path)) return Whose::foreign;
    if (is_sealed(path)) return Whose::ours;
    try {
        const Handle file = open_for_reading(path);
        const bool ours = has_attribute(file, "format") && read_text_attribute(file, "format") == format_name;
        return ours ? Whose::ours : Whose::foreign;
    } catch (const std::exception&) {
        return Whose::unreadable;
    }
}

ResultPlace traced_or_leftover(const std::filesystem::path& file) {
    const ResultPlace place = result_or_leftover(file);
    const std::filesystem::path other = place.path == file ? leftover_of(file) : file;
    const auto traced = [](const std::filesystem::path& path) {
        try {
            return !read_result(path).traced.empty();
        } catch (const FileError&) {
            return false;
        }
    };
    std::error_code none;
    if (!std::filesystem::exists(other, none) || traced(place.path) || !traced(other)) return place;
    return {other, fmt::format("{} holds no trace; this is that of {}", place.path.string(), other.string())};
}

std::filesystem::path leftover_of(std::filesystem::path file) { return file += ".partial"; }

bool is_being_written(const std::filesystem::path& file) { return is_locked(file); }

ResultPlace result_or_leftover(const std::filesystem::path& file) {
    std::error_code none;
    const std::filesystem::path leftover = leftover_of(file);
    if (!std::filesystem::exists(leftover, none)) return {file, ""};
    if (!std::filesystem::exists(file, none)) return {leftover, ""};
    if (!looks_like_hdf5(leftover) ||
        std::filesystem::last_write_time(leftover, none) <= std::filesystem::last_write_time(file, none))
        return {file, ""};
    if (is_being_written(leftover))
        return {file, fmt::format("a run is writing {} now; this is the result before it", file.string())};
    return {leftover,
            fmt::format("{} is newer than {}: a later run was killed, and this is what it left; remove "
                        "it to have the older result",
                        leftover.string(), file.string())};
}

void remove_leftover(const std::filesystem::path& file) {
    const std::filesystem::path leftover = leftover_of(file);
    std::error_code none;
    if (std::filesystem::exists(leftover, none) && !is_being_written(leftover) &&
        whose(leftover) != Whose::foreign)
        std::filesystem::remove(leftover, none);
}

bool looks_like_hdf5(const std::filesystem::path& path) {
    // A pipe would lose what is looked at, and cannot hold a result.
    std::error_code ignored;
    if (!std::filesystem::is_regular_file(path, ignored)) return false;
    std::ifstream file(path, std::ios::binary);
    char signature[8] = {};
    file.read(signature, sizeof signature);
    return file.gcount() == 8 && std::memcmp(signature, "\x89HDF\r\n\x1a\n", 8) == 0;
}

}  // namespace understudy::formats
