#include "tools/formats/json/cheapest_json.h"

#include "tools/formats/json/members.h"
#include "tools/formats/json/result_json.h"
#include "tools/formats/json/setting_json.h"

namespace understudy::formats {

std::string cheapest_as_json(const studies::Study& study, const studies::CheapestResult& result) {
    using Json = nlohmann::ordered_json;
    using studies::Candidate;
    Json document;
    put_study(document, study);
    put_vary(document, study);
    put_verdict(document, result.verdict, result.reason, result.explanation);
    document["confidence"] = result.confidence;
    document["seed"] = result.seed;
    document["cost_unit"] = result.cost_unit;
    document["cost_simulated"] = result.cost_simulated;
    if (result.best) document["best"] = candidate_as_json(study, *result.best);
    document["certificate"] = Json::array();
    for (const Candidate& one : result.certificate)
        document["certificate"].push_back(candidate_as_json(study, one));
    if (result.current) document["current"] = candidate_as_json(study, *result.current);
    document["settings"] = result.settings;
    document["decided_by_formula"] = result.by_formula;
    document["runs"] = result.replications;
    document["completed"] = result.completed;
    document["interrupted"] = result.interrupted;
    put_warm_up(document, result.warm_up_s, result.warm_up_reason);
    document["not_monotone"] = result.distrusted;
    document["warnings"] = result.warnings;
    document["tried"] = Json::array();
    for (const Candidate& one : result.tried) document["tried"].push_back(candidate_as_json(study, one));
    return json_text(document);
}

}  // namespace understudy::formats
