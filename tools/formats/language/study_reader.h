// Study files: YAML text in, what is to be varied and measured out, with every error of the file at its line and column.
//
// What a parameter may be: factor_values.h; what is wrong with its base: study_checks.h. Nothing throws for what is in a
// file. Thread-safe: no shared state.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "models/scenario.h"
#include "tools/formats/language/diagnostics.h"
#include "tools/formats/language/document.h"
#include "tools/studies/study.h"

namespace understudy::formats {

struct StudyReading {
    /// Empty if there was any error. Its base is a path that can be opened from here.
    std::optional<studies::Study> study;
    Diagnostics diagnostics;
    /// Where there was an error: what could be read besides, so that its base and what it says of that are looked at too.
    studies::Study rest = {};
    const studies::Study& as_read() const { return study ? *study : rest; }
    // Where things stand in the file.
    Place base = {};
    std::vector<Place> measures = {}, objectives = {};
    Place minimise = {};
    struct Values {
        Place all;
        std::vector<Place> steps;  ///< of a list one by one; else empty
    };
    std::vector<Values> vary = {};  ///< by factor
    std::vector<Node> disturb =
        {};  ///< by disturbance: the action as its override has it, with its places here
    Place recovered = {};
    std::vector<std::vector<Place>> demand = {};  ///< by case, then override
    struct RunKey {
        std::string override;  ///< as the study has it, "run.length=2h"
        Place place;
    };
    std::vector<RunKey> run = {};
    std::vector<Place> prices = {};
    Place penalty = {};
    std::string penalty_currency = {};
};

/// Reads a file. A file that cannot be opened is a diagnostic too.
StudyReading read_study_file(const std::string& path);
/// Reads text; `file` is shown in messages, and the base is looked for beside it.
StudyReading read_study(std::string_view text, const std::string& file);

}  // namespace understudy::formats
