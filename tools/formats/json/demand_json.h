// The answer of a study of uncertain demand as one JSON document, and read from one, for who draws it. docs/file-formats.md
// has the members. Pure, thread-safe.
#pragma once

#include <string>

#include "tools/studies/demand.h"

namespace understudy::formats {

/// Ends with a newline.
std::string demand_as_json(const studies::Study& study, const studies::DemandResult& result);

struct DemandAnswer {
    studies::Study study;  ///< as in cheapest_json.h, with its cases and penalty
    studies::DemandResult result;
};
/// All that such a document says, so that demand_as_json makes the same bytes of it. Throws std::invalid_argument, which says what is
/// wrong, where the document is none of these or does not hold together.
DemandAnswer demand_from_json(const std::string& document);

}  // namespace understudy::formats
