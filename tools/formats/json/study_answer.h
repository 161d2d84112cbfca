// The answer of a study of any method, read from its document, for who shows it again. Pure, thread-safe.
#pragma once

#include <string>
#include <variant>

#include "tools/formats/json/cheapest_json.h"
#include "tools/formats/json/demand_json.h"
#include "tools/formats/json/growth_plan_json.h"
#include "tools/formats/json/sensitivity_json.h"
#include "tools/formats/json/stress_json.h"
#include "tools/formats/json/survey_json.h"
#include "tools/studies/study.h"

namespace understudy::formats {

using AnyAnswer = std::variant<CheapestAnswer, DemandAnswer, GrowthPlanAnswer, SurveyAnswer,
                               SensitivityAnswer, StressAnswer>;

/// `method`: of its study. Throws std::invalid_argument, which says what is wrong, where the document is no answer to such a
/// one or does not hold together.
AnyAnswer answer_from_json(studies::Study::Method method, const std::string& document);

}  // namespace understudy::formats
