// A plan for a load that grows as one JSON document, and read from one, for who draws it. docs/file-formats.md has the
// members. Pure, thread-safe.
#pragma once

#include <string>

#include "tools/studies/growth_plan.h"

namespace understudy::formats {

/// Ends with a newline.
std::string growth_plan_as_json(const studies::Study& study, const studies::GrowthPlanResult& result);

struct GrowthPlanAnswer {
    studies::Study study;  ///< as in cheapest_json.h, and of its growth the words
    studies::GrowthPlanResult result;
};
/// All that such a document says, so that growth_plan_as_json makes the same bytes of it. Throws std::invalid_argument, which says what is
/// wrong, where the document is none of these or does not hold together.
GrowthPlanAnswer growth_plan_from_json(const std::string& document);

}  // namespace understudy::formats
