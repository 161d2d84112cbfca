#include "tools/formats/json/demand_json.h"

#include <cmath>
#include <optional>

#include "tools/formats/json/members.h"
#include "tools/formats/json/result_json.h"
#include "tools/formats/json/setting_json.h"

namespace understudy::formats {

namespace {

using Json = nlohmann::ordered_json;
using studies::DemandResult;

bool has_no_price(const std::optional<double>& regret) { return regret && std::isinf(*regret); }

Json choice_as_json(const studies::Study& study, const DemandResult::Choice& choice) {
    Json row;
    row["values"] = values_as_json(study, choice.values);
    row["why"] = choice.why;
    put(row, "largest_regret", choice.regret.largest);
    if (has_no_price(choice.regret.largest)) row["no_price"] = true;
    put(row, "chance_kept", choice.regret.chance_kept);
    put(row, "expected_cost", choice.regret.expected_cost);
    for (std::size_t i = 0; i < choice.in_case.size(); ++i) {
        Json one = {{"case", study.demand[i].name}};
        studies::Candidate seen = choice.in_case[i];
        seen.values.clear();  // those of the choice
        one.update(candidate_as_json(study, seen));
        put(one, "regret", choice.regret.in_case[i]);
        if (has_no_price(choice.regret.in_case[i])) one["no_price"] = true;
        row["cases"].push_back(std::move(one));
    }
    return row;
}

Json case_as_json(const studies::Study& study, const studies::DemandCase& of,
                  const studies::CheapestResult& answer) {
    Json row = {{"name", of.name}};
    if (!of.load.empty()) row["load"] = of.load;
    row["overrides"] = of.overrides;
    put(row, "chance", of.chance);
    put_verdict(row, answer.verdict, answer.reason, answer.explanation);
    row["confidence"] = answer.confidence;
    if (answer.best) row["best"] = candidate_as_json(study, *answer.best);
    row["certificate"] = Json::array();
    for (const studies::Candidate& one : answer.certificate)
        row["certificate"].push_back(candidate_as_json(study, one));
    row["decided_by_formula"] = answer.by_formula;
    row["not_monotone"] = answer.distrusted;
    row["tried"] = Json::array();
    for (const studies::Candidate& one : answer.tried) row["tried"].push_back(candidate_as_json(study, one));
    return row;
}

}  // namespace

std::string demand_as_json(const studies::Study& study, const DemandResult& result) {
    Json document;
    put_study(document, study);
    put_vary(document, study);
    put_verdict(document, result.verdict, result.reason, result.explanation);
    document["confidence"] = result.confidence;
    document["seed"] = result.seed;
    document["cost_unit"] = result.cost_unit;
    put(document, "penalty", study.penalty);
    if (result.best) document["best"] = choice_as_json(study, result.choices[*result.best]);
    if (result.best_expected)
        document["best_expected"] = choice_as_json(study, result.choices[*result.best_expected]);
    document["choices"] = Json::array();
    for (const DemandResult::Choice& choice : result.choices)
        document["choices"].push_back(choice_as_json(study, choice));
    document["cases"] = Json::array();
    for (std::size_t i = 0; i < result.cases.size(); ++i)
        document["cases"].push_back(case_as_json(study, study.demand[i], result.cases[i]));
    document["settings"] = result.settings;
    document["runs"] = result.replications;
    document["completed"] = result.completed;
    document["interrupted"] = result.interrupted;
    put_warm_up(document, result.warm_up_s, result.warm_up_reason);
    document["warnings"] = result.warnings;
    return json_text(document);
}

}  // namespace understudy::formats
