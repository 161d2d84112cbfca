// Policy files: YAML text in, who has to approve which changes out, with every error of the file at its line and column.
//
// Nothing throws for what is in a file. Thread-safe: no shared state.
#pragma once

#include <optional>
#include <string>

#include "tools/formats/language/diagnostics.h"
#include "tools/studies/approval.h"

namespace understudy::formats {

struct PolicyReading {
    std::optional<studies::ApprovalPolicy> policy;  ///< empty if there was any error
    std::string text;                               ///< of the file
    std::string signers = "allowed_signers";        ///< path, relative to the policy
    Diagnostics diagnostics;
    std::vector<Place> people = {};  ///< where each of its people stands
};

/// Reads a file. A file that cannot be opened is a diagnostic too.
PolicyReading read_policy_file(const std::string& path);
/// Reads text; `file` is shown in messages.
PolicyReading read_policy(const std::string& text, const std::string& file);

}  // namespace understudy::formats
