#include "tools/formats/json/forecast_json.h"

#include <cmath>
#include <nlohmann/json.hpp>

#include "tools/formats/json/result_json.h"

namespace understudy::formats {

namespace {

using ForecastJson = nlohmann::ordered_json;

void put_predicted(ForecastJson& json, const studies::Predicted& predicted) {
    const auto put_one = [&](const char* name, const std::optional<double>& value) {
        if (value && std::isfinite(*value)) json[name] = *value;
    };
    put_one("middle", predicted.middle);
    put_one("low", predicted.low);
    put_one("high", predicted.high);
}

/// When something is over.
void put_over(ForecastJson& json, const studies::Predicted& at) {
    json["not_by_end"] = at.high && std::isinf(*at.high);
    put_predicted(json, at);
}

void put_lacks(ForecastJson& json, const std::vector<std::string>& lacks) {
    if (lacks.empty()) return;
    json["reason"] = "state";
    json["missing_of"] = lacks;
}

ForecastJson missing_as_json(const studies::Forecast& forecast) {
    ForecastJson list = ForecastJson::array();
    for (const studies::NotInState& one : forecast.missing)
        list.push_back({{"element", one.element}, {"what", one.what}});
    return list;
}

ForecastJson alerts_as_json(const studies::Forecast& forecast) {
    ForecastJson list = ForecastJson::array();
    for (const studies::PredictedAlert& alert : forecast.alerts) {
        ForecastJson one = {{"text", alert.text}, {"level", alert.level}, {"raised", alert.raised}};
        if (alert.level == "fail") one["verdict"] = studies::name_of(alert.verdict);
        put_lacks(one, alert.lacks);
        list.push_back(std::move(one));
    }
    return list;
}

ForecastJson runs_as_json(const studies::Forecast& forecast) {
    ForecastJson list = ForecastJson::array();
    for (const studies::PredictedRun& run : forecast.runs) {
        ForecastJson one = {{"pipeline", run.pipeline}, {"under_way", run.open}};
        one["due_s"] = kernel::to_seconds(run.due);
        if (forecast.calendar) one["due"] = forecast.calendar->text(run.due);
        one["over"] = run.over;
        one["failed"] = run.failed;
        put_over(one, run.end);
        one["depends_on_missing"] = run.lacks;
        list.push_back(std::move(one));
    }
    return list;
}

ForecastJson drains_as_json(const studies::Forecast& forecast) {
    ForecastJson list = ForecastJson::array();
    for (const studies::PredictedDrain& drain : forecast.drains) {
        ForecastJson one = {{"stage", drain.name}, {"items", drain.present}, {"gone", drain.drained}};
        put_over(one, drain.at);
        one["depends_on_missing"] = drain.lacks;
        list.push_back(std::move(one));
    }
    return list;
}

}  // namespace

std::string forecast_as_json(const studies::Forecast& forecast) {
    ForecastJson json = {{"scenario", forecast.provenance.scenario_name},
                         {"digest", forecast.provenance.scenario_digest},
                         {"set", forecast.provenance.set},
                         {"seed", forecast.provenance.seed},
                         {"verdict", studies::name_of(forecast.verdict)},
                         {"as_of_s", kernel::to_seconds(forecast.as_of)},
                         {"until_s", kernel::to_seconds(forecast.until)},
                         {"start", forecast.calendar ? forecast.calendar->text(0) : ""},
                         {"futures", forecast.futures},
                         {"confidence", forecast.confidence},
                         {"coverage", forecast.coverage},
                         {"interrupted", forecast.interrupted},
                         {"broken_off", forecast.broken_off}};
    if (!forecast.input_reason.empty()) json["input_reason"] = forecast.input_reason;
    if (forecast.broken_off > 0) json["why_broken_off"] = forecast.why_broken_off;
    ForecastJson objectives = ForecastJson::array();
    for (const studies::PredictedObjective& objective : forecast.objectives) {
        ForecastJson one = {{"text", objective.text},
                            {"verdict", studies::name_of(objective.verdict)},
                            {"holds", objective.holds},
                            {"of", objective.of},
                            {"unit", objective.unit}};
        put_predicted(one, objective.value);
        put_lacks(one, objective.lacks);
        objectives.push_back(std::move(one));
    }
    json["objectives"] = std::move(objectives);
    json["missing"] = missing_as_json(forecast);
    json["alerts"] = alerts_as_json(forecast);
    json["runs"] = runs_as_json(forecast);
    json["there_now"] = drains_as_json(forecast);
    ForecastJson pipelines = ForecastJson::array();
    for (const studies::PredictedPipeline& pipeline : forecast.pipelines) {
        ForecastJson one = {{"name", pipeline.name},
                            {"open", pipeline.open},
                            {"done", pipeline.done},
                            {"not_by_end", pipeline.end.high && std::isinf(*pipeline.end.high)}};
        put_predicted(one, pipeline.end);
        pipelines.push_back(std::move(one));
    }
    json["pipelines"] = std::move(pipelines);
    ForecastJson backlogs = ForecastJson::array();
    for (const studies::PredictedBacklog& backlog : forecast.backlogs)
        for (std::size_t i = 0; i < backlog.at.size(); ++i) {
            ForecastJson one = {{"stage", backlog.name}, {"at_s", kernel::to_seconds(forecast.instants[i])}};
            put_predicted(one, backlog.at[i]);
            backlogs.push_back(std::move(one));
        }
    json["backlogs"] = std::move(backlogs);
    return json_text(json);
}

}  // namespace understudy::formats
