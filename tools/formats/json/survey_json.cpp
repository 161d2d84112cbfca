#include "tools/formats/json/survey_json.h"

#include "tools/formats/json/members.h"
#include "tools/formats/json/result_json.h"
#include "tools/formats/json/setting_json.h"

namespace understudy::formats {

std::string survey_as_json(const studies::Study& study, const studies::SurveyResult& result) {
    using Json = nlohmann::ordered_json;
    Json document;
    put_study(document, study);
    put_vary(document, study);
    document["confidence"] = result.confidence;
    document["seed"] = result.seed;
    document["settings_asked"] = result.asked;
    document["replications"] = result.replications;
    document["replications_each"] = result.each;
    document["interrupted"] = result.interrupted;
    put_warm_up(document, result.warm_up_s, result.warm_up_reason);
    if (!result.cost_unit.empty()) document["cost_unit"] = result.cost_unit;
    document["settings"] = Json::array();
    for (const studies::SurveyResult::Setting& setting : result.settings) {
        Json row;
        row["values"] = values_as_json(study, setting.values);
        if (setting.cost) row["cost"] = *setting.cost;
        if (study.method == studies::Study::Method::frontier) row["on_frontier"] = !setting.beaten_by;
        if (setting.beaten_by)
            row["beaten_by"] = values_as_json(study, result.settings[*setting.beaten_by].values);
        if (!setting.overload.empty()) row["overload"] = setting.overload;
        for (std::size_t m = 0; m < result.measures.size(); ++m) {
            const studies::Estimate& estimate = setting.measures[m];
            Json measure = {{"name", result.measures[m]}, {"unit", result.units[m]}};
            put_estimate(measure, estimate);
            row["measures"].push_back(std::move(measure));
        }
        document["settings"].push_back(std::move(row));
    }
    for (const studies::SurveyResult::Scaling& one : result.scaling) {
        Json fit = {{"measure", result.measures[one.measure]}};
        put_scalability(fit, one.law);
        document["scalability"].push_back(std::move(fit));
    }
    return json_text(document);
}

}  // namespace understudy::formats
