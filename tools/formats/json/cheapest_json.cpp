#include "tools/formats/json/cheapest_json.h"

#include "tools/formats/json/members.h"
#include "tools/formats/json/setting_json.h"

namespace understudy::formats {

namespace {

using Json = nlohmann::ordered_json;
using studies::Candidate;

Json as_json(const studies::Study& study, const Candidate& candidate) {
    Json row;
    if (!candidate.values.empty()) row["values"] = values_as_json(study, candidate.values);
    if (candidate.cost) row["cost"] = *candidate.cost;
    row["verdict"] = studies::name_of(candidate.verdict);
    if (candidate.reason != studies::Reason::none) row["reason"] = studies::name_of(candidate.reason);
    if (!candidate.why.empty()) row["why"] = candidate.why;
    row["replications"] = candidate.replications;
    for (const Candidate::Promise& promise : candidate.promises) {
        Json one = {{"text", promise.text},
                    {"verdict", studies::name_of(promise.verdict)},
                    {"unit", promise.unit},
                    {"limit", promise.limit}};
        put_estimate(one, promise.estimate);
        row["objectives"].push_back(std::move(one));
    }
    return row;
}

}  // namespace

std::string cheapest_as_json(const studies::Study& study, const studies::CheapestResult& result) {
    Json document;
    document["study"] = study.name;
    document["base"] = study.base;
    document["method"] = studies::name_of(study.method);
    document["verdict"] = studies::name_of(result.verdict);
    if (result.reason != studies::Reason::none) document["reason"] = studies::name_of(result.reason);
    if (!result.explanation.empty()) document["explanation"] = result.explanation;
    document["confidence"] = result.confidence;
    document["seed"] = result.seed;
    document["cost_unit"] = result.cost_unit;
    document["cost_simulated"] = result.cost_simulated;
    if (result.best) document["best"] = as_json(study, *result.best);
    document["certificate"] = Json::array();
    for (const Candidate& one : result.certificate) document["certificate"].push_back(as_json(study, one));
    if (result.current) document["current"] = as_json(study, *result.current);
    document["settings"] = result.settings;
    document["decided_by_formula"] = result.by_formula;
    document["runs"] = result.replications;
    document["completed"] = result.completed;
    document["interrupted"] = result.interrupted;
    if (result.warm_up_s)
        document["warm_up"] = {{"seconds", *result.warm_up_s}, {"reason", result.warm_up_reason}};
    document["not_monotone"] = result.distrusted;
    document["warnings"] = result.warnings;
    document["tried"] = Json::array();
    for (const Candidate& one : result.tried) document["tried"].push_back(as_json(study, one));
    return document.dump(2) + "\n";
}

}  // namespace understudy::formats
