// What `understudy change validate` and `change impact` tell, as JSON (docs/file-formats.md has the members). Pure functions,
// thread-safe.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "tools/formats/store/change_kinds.h"
#include "tools/formats/store/version_diff.h"
#include "tools/studies/change_check.h"
#include "tools/studies/change_impact.h"
#include "tools/studies/change_review.h"

namespace understudy::formats {

/// A change, validated.
struct Validation {
    std::string change, file;
    std::string kind;                      ///< as the change says
    std::vector<FoundKind> kinds;          ///< that it is found to be of; empty where it cannot be made
    std::string base;                      ///< as it is shown: of a version with its number
    std::string latest;                    ///< version of the base's twin; empty: it is no numbered version
    bool stale = false;                    ///< the base is not the latest
    std::vector<ElementDifference> moved;  ///< from the base to the latest
    studies::Checks checks;                ///< all of them, in the order in which they were made
    std::optional<studies::ChangeReview>
        review;  ///< nothing where the change cannot be made; its checks are above

    bool failed() const { return studies::has_failed(checks); }
};
/// "passed", "failed", "stale".
const char* outcome_of(const Validation& validation);

std::string validation_as_json(const Validation& validation);
std::string impact_as_json(const Validation& validation, const studies::ChangeImpact& impact);

}  // namespace understudy::formats
