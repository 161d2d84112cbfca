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

}  // namespace

std::string forecast_as_json(const studies::Forecast& forecast) {
    ForecastJson json = {{"scenario", forecast.provenance.scenario_name},
                         {"digest", forecast.provenance.scenario_digest},
                         {"seed", forecast.provenance.seed},
                         {"verdict", studies::name_of(forecast.verdict)},
                         {"as_of_s", kernel::to_seconds(forecast.as_of)},
                         {"until_s", kernel::to_seconds(forecast.until)},
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
        objectives.push_back(std::move(one));
    }
    json["objectives"] = std::move(objectives);
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
