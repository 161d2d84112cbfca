#include "tools/formats/json/study_answer.h"

#include "tools/formats/json/members_from_json.h"
#include "tools/studies/sensitivity.h"

namespace understudy::formats {

AnyAnswer answer_from_json(studies::Study::Method method, const std::string& document) {
    using Method = studies::Study::Method;
    // One method answers three questions, told by what the study asks besides.
    const auto [grows, has_cases] = from_document(document, [&](const nlohmann::ordered_json& read) {
        study_from_json(read, {method});
        return std::pair(read.contains("growth"), read.contains("choices"));
    });
    if (method == Method::breaking_point) return stress_from_json(document);
    if (method != Method::cheapest)
        return studies::is_of_sensitivity(method) ? AnyAnswer(sensitivity_from_json(document))
                                                  : AnyAnswer(survey_from_json(document));
    return grows       ? AnyAnswer(growth_plan_from_json(document))
           : has_cases ? AnyAnswer(demand_from_json(document))
                       : AnyAnswer(cheapest_from_json(document));
}

}  // namespace understudy::formats
