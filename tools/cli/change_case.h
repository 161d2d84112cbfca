// A change with its base, looked at as a case: read, made, prepared and reviewed, whatever is wrong with it. For commands that
// say what a change would do (change validate, impact, price); those that do it take change_input.h, which refuses what is
// wrong.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "tools/formats/json/validation_json.h"
#include "tools/formats/language/change_reader.h"
#include "tools/studies/change_impact.h"
#include "tools/studies/change_review.h"
#include "tools/studies/run.h"

namespace understudy::cli {

struct ChangeCase {
    formats::Change change;
    std::optional<studies::PreparedRun> base;
    std::optional<studies::PreparedRun> candidate;  ///< nothing where the change cannot be made
    std::vector<studies::ChangedElement> changed;   ///< empty where it cannot be made
    formats::Validation validation;
};

/// What it touches and how risky that makes it; nothing where the change cannot be made.
std::optional<studies::ChangeImpact> impact_of(const ChangeCase& one);

/// `base`: instead of the one that the change names; empty: that one. Nothing where the change or its base cannot be read,
/// which has been said then: what is wrong with what the change makes of its base is in the checks. UsageError for a file that
/// is no change, or one without a base.
std::optional<ChangeCase> read_change_case(const std::string& file, const std::string& base);

/// formats::StaleBase where its base is not what the change was made for.
void require_current_base(const ChangeCase& one);

/// Why it cannot be made, as problems: the checks that failed.
void print_failed_checks(const ChangeCase& one);

}  // namespace understudy::cli
