#include "tools/formats/json/analytic_json.h"

#include <cmath>

#include "tools/formats/json/result_json.h"

namespace understudy::formats {

using models::Answer;
using nlohmann::ordered_json;

namespace {

void put_answer(ordered_json& entry, const Answer& answer) {
    if (answer.kind == Answer::Kind::refused) return;
    entry["estimate"] = answer.value;
    entry["analytic"] = name_of(answer.kind);
    entry["method"] = answer.method;
    if (answer.kind == Answer::Kind::exact) return;
    if (std::isfinite(answer.error)) entry["error"] = answer.error;
    entry["caveat"] = answer.why;
}

}  // namespace

std::string analytic_as_json(const studies::AnalyticResult& result) {
    ordered_json document;
    document["verdict"] = name_of(result.verdict);
    document["reason"] = name_of(result.reason);
    document["scenario"] = result.provenance.scenario_name;
    document["objectives"] = ordered_json::array();
    for (const auto& objective : result.objectives) {
        ordered_json entry;
        entry["text"] = objective.text;
        entry["verdict"] = name_of(objective.verdict);
        entry["reason"] = name_of(objective.reason);
        entry["explanation"] = objective.explanation;
        put_answer(entry, objective.answer);
        entry["unit"] = objective.unit;
        entry["limit"] = objective.limit;
        document["objectives"].push_back(std::move(entry));
    }
    auto metrics = ordered_json::array(), refused = ordered_json::array();
    for (const auto& metric : result.metrics) {
        ordered_json entry;
        entry["name"] = metric.name;
        entry["element"] = metric.element;
        entry["unit"] = metric.unit;
        put_answer(entry, metric.answer);
        const bool known = metric.answer.kind != Answer::Kind::refused;
        if (!known) entry["reason"] = metric.answer.why;
        (known ? metrics : refused).push_back(std::move(entry));
    }
    document["metrics"] = std::move(metrics);
    document["refused"] = std::move(refused);
    auto constraints = ordered_json::array();
    for (const std::string& text : result.constraints) constraints.push_back({{"text", text}});
    document["constraints"] = std::move(constraints);
    document["warnings"] = ordered_json::array();
    for (const auto& warning : result.warnings) document["warnings"].push_back(warning.text);
    document["forecast"] = forecast_document(result.forecast);
    document["set"] = result.provenance.set;
    document["scenario_digest"] = result.provenance.scenario_digest;
    document["version"] = result.provenance.version;
    return json_text(document);
}

}  // namespace understudy::formats
