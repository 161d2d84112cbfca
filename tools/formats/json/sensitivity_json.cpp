#include "tools/formats/json/sensitivity_json.h"

#include <cmath>
#include <nlohmann/json.hpp>

#include "tools/formats/json/members.h"
#include "tools/formats/json/result_json.h"

namespace understudy::formats {

namespace {

using Json = nlohmann::ordered_json;

Json setting_as_json(const studies::Study& study, const studies::SensitivityOfMeasure::Setting& setting) {
    const studies::Factor& factor = study.factors[setting.factor];
    Json row = {{"factor", factor.path}, {"to", factor.steps[setting.step].text}};
    if (setting.why.empty())
        row["value"] = setting.value;
    else
        row["why"] = setting.why;
    if (setting.difference) {
        row["difference"] = interval_as_json(setting.difference->estimate);
        if (std::isfinite(setting.difference->variance_ratio))
            row["variance_ratio"] = setting.difference->variance_ratio;
    }
    if (setting.per_unit) row["per_unit"] = interval_as_json(*setting.per_unit);
    return row;
}

}  // namespace

std::string sensitivity_as_json(const studies::Study& study, const studies::SensitivityResult& result) {
    Json document;
    put_study(document, study);
    document["confidence"] = result.confidence;
    document["seed"] = result.seed;
    document["settings"] = result.settings;
    document["replications"] = result.replications;
    document["interrupted"] = result.interrupted;
    if (!result.no_rows.empty()) document["why"] = result.no_rows;
    document["warnings"] = result.warnings;
    put_warm_up(document, result.warm_up_s, result.warm_up_reason);
    put_vary(document, study);
    document["measures"] = Json::array();
    for (const studies::SensitivityOfMeasure& measure : result.measures) {
        Json row = {{"name", measure.name}, {"unit", measure.unit}};
        if (!measure.why.empty()) row["why"] = measure.why;
        if (measure.at_base) row["at_base"] = *measure.at_base;
        for (const auto& setting : measure.settings)
            row["settings"].push_back(setting_as_json(study, setting));
        for (const auto& [factor, law] : measure.scaling) {
            Json fit = {{"factor", study.factors[factor].path}};
            put_scalability(fit, law);
            row["scalability"].push_back(std::move(fit));
        }
        for (std::size_t i = 0; i < measure.effects.size(); ++i)
            row["factors"].push_back({{"factor", study.factors[i].path},
                                      {"effect", interval_as_json(measure.effects[i].mean)},
                                      {"magnitude", interval_as_json(measure.effects[i].magnitude)},
                                      {"standard_deviation", measure.effects[i].standard_deviation}});
        if (measure.indices) {
            row["mean"] = interval_as_json(measure.indices->mean);
            row["variance"] = interval_as_json(measure.indices->variance);
            row["noise"] = interval_as_json(measure.indices->noise);
            for (std::size_t i = 0; i < study.factors.size(); ++i)
                row["factors"].push_back({{"factor", study.factors[i].path},
                                          {"first", interval_as_json(measure.indices->first[i])},
                                          {"total", interval_as_json(measure.indices->total[i])}});
        }
        document["measures"].push_back(std::move(row));
    }
    return json_text(document);
}

}  // namespace understudy::formats
