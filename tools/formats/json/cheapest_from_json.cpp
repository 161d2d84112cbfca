#include "tools/formats/json/cheapest_json.h"
#include "tools/formats/json/members_from_json.h"

namespace understudy::formats {

CheapestAnswer cheapest_from_json(const std::string& document) {
    return from_document(document, [](const nlohmann::ordered_json& read) {
        CheapestAnswer answer;
        studies::Study& study = answer.study;
        studies::CheapestResult& result = answer.result;
        study = study_from_json(read, {studies::Study::Method::cheapest});
        vary_from_json(read, study);
        read_verdict(read, result);
        read_basis(read, result);
        result.cost_unit = text_member(read, "cost_unit");
        result.cost_simulated = read.at("cost_simulated").get<bool>();
        if (read.contains("best")) result.best = setting_from_json(study, read.at("best"));
        result.certificate = settings_from_json(study, read.at("certificate"));
        if (read.contains("current")) result.current = candidate_from_json(study, read.at("current"));
        result.settings = whole_member<std::size_t>(read, "settings");
        result.by_formula = whole_member<std::size_t>(read, "decided_by_formula");
        result.replications = whole_member<std::int64_t>(read, "runs");
        result.completed = read.at("completed").get<double>();
        result.distrusted = texts_member(read, "not_monotone");
        result.warnings = texts_member(read, "warnings");
        result.tried = settings_from_json(study, read.at("tried"));
        return answer;
    });
}

}  // namespace understudy::formats
