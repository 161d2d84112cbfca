#include "tools/formats/json/growth_plan_json.h"
#include "tools/formats/json/members_from_json.h"

namespace understudy::formats {

namespace {

studies::GrowthPlanResult::Step plan_step_from_json(const studies::Study& study,
                                                    const nlohmann::ordered_json& row) {
    studies::GrowthPlanResult::Step step;
    step.from = maybe_member<std::string>(row, "from");
    step.load = row.at("load").get<double>();
    studies::CheapestResult& cheapest = step.cheapest;
    cheapest.verdict = verdict_member(row);
    cheapest.confidence = row.at("confidence").get<double>();
    if (row.contains("best")) cheapest.best = setting_from_json(study, row.at("best"));
    step.holds_at = maybe_member<double>(row, "holds_at");
    step.breaks_at = maybe_member<double>(row, "breaks_at");
    step.holds_until = maybe_member<std::string>(row, "holds_until");
    step.breaks_by = maybe_member<std::string>(row, "breaks_by");
    if ((step.holds_until && !step.holds_at) || (step.breaks_by && !step.breaks_at))
        throw std::invalid_argument("a step has a day at no load");
    step.to_the_end = row.at("to_the_end").get<bool>();
    step.broken = texts_member(row, "broken");
    cheapest.certificate = settings_from_json(study, row.at("certificate"));
    cheapest.by_formula = whole_member<std::size_t>(row, "decided_by_formula");
    cheapest.distrusted = texts_member(row, "not_monotone");
    return step;
}

}  // namespace

GrowthPlanAnswer growth_plan_from_json(const std::string& document) {
    return from_document(document, [](const nlohmann::ordered_json& read) {
        GrowthPlanAnswer answer;
        studies::Study& study = answer.study;
        studies::GrowthPlanResult& result = answer.result;
        study = study_from_json(read, {studies::Study::Method::cheapest});
        vary_from_json(read, study);
        read_verdict(read, result);
        read_basis(read, result);
        const nlohmann::ordered_json& growth = read.at("growth");
        study.growth.emplace().written = text_member(growth, "rate");
        result.until = maybe_member<std::string>(growth, "until");
        result.last_load = growth.at("last_load").get<double>();
        for (const nlohmann::ordered_json& row : read.at("steps")) {
            result.steps.push_back(plan_step_from_json(study, row));
            result.steps.back().cheapest.cost_unit = text_member(read, "cost_unit");
        }
        result.replications = whole_member<std::int64_t>(read, "runs");
        result.warnings = texts_member(read, "warnings");
        return answer;
    });
}

}  // namespace understudy::formats
