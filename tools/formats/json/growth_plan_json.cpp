#include "tools/formats/json/growth_plan_json.h"

#include "tools/formats/json/members.h"
#include "tools/formats/json/result_json.h"
#include "tools/formats/json/setting_json.h"

namespace understudy::formats {

std::string growth_plan_as_json(const studies::Study& study, const studies::GrowthPlanResult& result) {
    using Json = nlohmann::ordered_json;
    using studies::Candidate;
    Json document;
    put_study(document, study);
    put_vary(document, study);
    put_verdict(document, result.verdict, result.reason, result.explanation);
    document["confidence"] = result.confidence;
    document["seed"] = result.seed;
    document["growth"] = {{"rate", study.growth->written}};
    if (result.until) document["growth"]["until"] = *result.until;
    document["growth"]["last_load"] = result.last_load;
    put_warm_up(document, result.warm_up_s, result.warm_up_reason);
    if (!result.steps.empty()) document["cost_unit"] = result.steps.front().cheapest.cost_unit;
    document["steps"] = Json::array();
    for (const studies::GrowthPlanResult::Step& step : result.steps) {
        Json row;
        if (step.from) row["from"] = *step.from;
        row["load"] = step.load;
        row["verdict"] = studies::name_of(step.cheapest.verdict);
        row["confidence"] = step.cheapest.confidence;
        if (step.cheapest.best) row["best"] = candidate_as_json(study, *step.cheapest.best);
        put(row, "holds_at", step.holds_at);
        put(row, "breaks_at", step.breaks_at);
        if (step.holds_until) row["holds_until"] = *step.holds_until;
        if (step.breaks_by) row["breaks_by"] = *step.breaks_by;
        row["to_the_end"] = step.to_the_end;
        row["broken"] = step.broken;
        row["certificate"] = Json::array();
        for (const Candidate& one : step.cheapest.certificate)
            row["certificate"].push_back(candidate_as_json(study, one));
        row["decided_by_formula"] = step.cheapest.by_formula;
        row["not_monotone"] = step.cheapest.distrusted;
        document["steps"].push_back(std::move(row));
    }
    document["runs"] = result.replications;
    document["interrupted"] = result.interrupted;
    document["warnings"] = result.warnings;
    return json_text(document);
}

}  // namespace understudy::formats
