#include "tools/formats/json/result_json.h"

#include <fmt/format.h>

#include <cmath>
#include <optional>
#include <utility>

#include "tools/formats/json/members.h"
#include "tools/studies/least_certain.h"

namespace understudy::formats {

using nlohmann::ordered_json;
using studies::RunResult;

namespace {

ordered_json objectives_of(const RunResult& result) {
    auto list = ordered_json::array();
    for (const auto& objective : result.objectives) {
        ordered_json entry;
        entry["text"] = objective.text;
        entry["verdict"] = name_of(objective.verdict);
        entry["reason"] = name_of(objective.reason);
        entry["explanation"] = objective.explanation;
        put_estimate(entry, objective.estimate);
        entry["unit"] = objective.unit;
        put(entry, "limit", objective.limit);
        entry["level"] = objective.estimate.level;
        entry["replications"] = objective.estimate.replications;
        if (objective.more_replications > 0) entry["more_replications"] = objective.more_replications;
        list.push_back(std::move(entry));
    }
    return list;
}

ordered_json least_certain_of(const RunResult& result) {
    auto list = ordered_json::array();
    for (const studies::Uncertain& uncertain : studies::least_certain(result)) {
        ordered_json entry;
        entry["text"] = uncertain.objective->text;
        put(entry, "half_width", uncertain.half_width);
        entry["distance"] = uncertain.distance;
        list.push_back(std::move(entry));
    }
    return list;
}

/// Of the level `fail`, or all others.
ordered_json alerts_of(const RunResult& result, bool constraints) {
    auto list = ordered_json::array();
    for (const studies::AlertResult& alert : result.alerts) {
        if ((alert.level == "fail") != constraints) continue;
        ordered_json entry;
        entry["text"] = alert.text;
        if (!constraints) entry["level"] = alert.level;
        if (!alert.when.empty()) entry["when"] = alert.when;
        put(entry, "at_s", alert.at_s);
        entry["element"] = alert.element;
        if (constraints) {
            const bool whole = !result.interrupted && result.broken_off.empty();
            entry["verdict"] = name_of(alert.raised > 0 ? studies::Verdict::violated
                                       : whole          ? studies::Verdict::met
                                                        : studies::Verdict::inconclusive);
            entry["held"] = result.replications_done - alert.raised;
        }
        entry["raised"] = alert.raised;
        entry["times"] = alert.times;
        list.push_back(std::move(entry));
    }
    return list;
}

ordered_json metric_of(const studies::MetricResult& metric) {
    ordered_json entry;
    entry["name"] = metric.name;
    entry["element"] = metric.element;
    entry["unit"] = metric.unit;
    return entry;
}

void append(std::string& out, const ordered_json& value, int depth);

bool printable(const ordered_json& value) {
    return !value.is_number_float() || std::isfinite(value.get<double>());
}

template <class Each>
void append_list(std::string& out, char open, char close, bool empty, int depth, Each&& each) {
    out += open;
    if (!empty) {
        std::string line(static_cast<std::size_t>(2 * (depth + 1)) + 1, ' ');
        line[0] = '\n';
        each(line);
        out += '\n';
        out.append(static_cast<std::size_t>(2 * depth), ' ');
    }
    out += close;
}

void append_text(std::string& out, const std::string& text) {
    out += ordered_json(text).dump(-1, ' ', false, ordered_json::error_handler_t::replace);
}

void append(std::string& out, const ordered_json& value, int depth) {
    if (value.is_number_float()) {
        // The library's own printing is not always the shortest.
        std::string digits = fmt::format("{}", value.get<double>());
        if (digits.find_first_of(".e") == std::string::npos) digits += ".0";
        out += digits;
    } else if (value.is_string()) {
        append_text(out, value.get_ref<const std::string&>());
    } else if (value.is_array()) {
        bool first = true;
        append_list(out, '[', ']', value.empty(), depth, [&](const std::string& line) {
            for (const auto& entry : value) {
                if (!printable(entry)) continue;
                if (!std::exchange(first, false)) out += ',';
                out += line;
                append(out, entry, depth + 1);
            }
        });
    } else if (value.is_object()) {
        bool first = true;
        append_list(out, '{', '}', value.empty(), depth, [&](const std::string& line) {
            for (const auto& [key, entry] : value.items()) {
                if (!printable(entry)) continue;
                if (!std::exchange(first, false)) out += ',';
                out += line;
                append_text(out, key);
                out += ": ";
                append(out, entry, depth + 1);
            }
        });
    } else {
        out += value.dump();
    }
}

}  // namespace

ordered_json forecast_document(const std::vector<studies::StationForecast>& forecast) {
    auto list = ordered_json::array();
    for (const auto& station : forecast) {
        ordered_json entry;
        entry["element"] = station.element;
        if (station.load_known()) put(entry, "offered_load", station.offered_load);
        put(entry, "workers", station.workers);
        entry["unlimited"] = std::isinf(station.workers);
        put(entry, "utilisation", station.utilisation);
        if (station.load_known()) put(entry, "load", station.load);
        if (station.load_known()) put(entry, "arrival_rate", station.arrival_rate);
        entry["stable"] = station.stable;
        entry["exact"] = station.exact;
        entry["at_most"] = station.at_most;
        entry["caveat"] = station.caveat;
        list.push_back(std::move(entry));
    }
    return list;
}

ordered_json result_document(const RunResult& result) {
    ordered_json document;
    document["verdict"] = name_of(result.verdict);
    document["reason"] = name_of(result.reason);
    document["scenario"] = result.provenance.scenario_name;
    document["objectives"] = objectives_of(result);
    document["least_certain"] = least_certain_of(result);
    auto metrics = ordered_json::array(), no_data = ordered_json::array();
    for (const auto& metric : result.metrics) {
        ordered_json entry = metric_of(metric);
        if (metric.estimate.value && std::isfinite(*metric.estimate.value)) {
            put_estimate(entry, metric.estimate);
            entry["level"] = metric.estimate.level;
            entry["replications"] = metric.estimate.replications;
            if (metric.expected.kind != models::Answer::Kind::refused) {
                put(entry, "expected", metric.expected.value);
                entry["analytic"] = models::name_of(metric.expected.kind);
                entry["method"] = metric.expected.method;
            }
            if (!metric.doubt.empty()) entry["doubt"] = metric.doubt;
            metrics.push_back(std::move(entry));
        } else {
            entry["reason"] = metric.no_data.empty() ? "no data in any replication" : metric.no_data;
            no_data.push_back(std::move(entry));
        }
    }
    document["metrics"] = std::move(metrics);
    document["no_data"] = std::move(no_data);
    document["constraints"] = alerts_of(result, true);
    document["alerts"] = alerts_of(result, false);
    auto warnings = ordered_json::array();
    for (const auto& warning : result.warnings) warnings.push_back(warning.text);
    document["warnings"] = std::move(warnings);
    document["forecast"] = forecast_document(result.forecast);
    document["set"] = result.provenance.set;
    document["seed"] = result.provenance.seed;
    document["replications"] = result.provenance.replications;
    document["replications_done"] = result.replications_done;
    document["replications_reason"] = result.replications_reason;
    document["interrupted"] = result.interrupted;
    document["broken_off"] = result.broken_off;
    document["confidence"] = result.confidence;
    document["interval_reason"] = result.interval_reason;
    if (!result.input_reason.empty()) document["input_reason"] = result.input_reason;
    if (!result.aggregated.empty()) document["aggregated"] = result.aggregated;
    put(document, "length_s", result.length_s);
    ordered_json warm_up;
    put(warm_up, "cut_s", result.warm_up_s);
    warm_up["reason"] = result.warm_up_reason;
    document["warm_up"] = std::move(warm_up);
    document["start"] = result.start;
    document["currency"] = result.currency;
    document["events"] = result.events;
    document["fingerprint"] = result.fingerprint;
    document["scenario_digest"] = result.provenance.scenario_digest;
    document["version"] = result.provenance.version;
    return document;
}

std::string json_text(const ordered_json& document) {
    std::string out;
    append(out, document, 0);
    out += '\n';
    return out;
}

std::string result_as_json(const RunResult& result) { return json_text(result_document(result)); }

}  // namespace understudy::formats
