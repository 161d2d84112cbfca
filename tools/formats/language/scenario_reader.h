// Scenario files: YAML text in, a checked models::Scenario out, with every error of the file at its line and
// column.
//
// Steps: the document (document.h), what it includes and the changes to it (base_document.h), overrides, parameters,
// defaults of pipelines, the keys (keys.h) and grammars (values.h, laws.h, schedules.h, objectives.h), then the meaning
// (models/check.h), whose paths are mapped back to places. Nothing throws for what is in a file. Thread-safe: no shared state.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "models/scenario.h"
#include "tools/formats/language/diagnostics.h"
#include "tools/formats/language/renames.h"
#include "tools/studies/uncertain_input.h"

namespace understudy::formats {

struct Aside;  // rollback_reader.h

struct ScenarioReading {
    std::optional<models::Scenario> scenario;  ///< empty if there was any error; warnings do not count
    Diagnostics diagnostics;
    /// What the changes say of how sure they are, and nobody has set since.
    std::vector<studies::UncertainInput> uncertain{};
    Renames renames{};  ///< that the changes made
};

/// Reads a file, or a stored version (stored_twins.h). `overrides` are as after `--set`: "spark.workers=9"; `changes` are
/// paths of change files, applied in order after those that the file names and before the overrides. A file that cannot
/// be opened is a diagnostic too. `aside`: where not null, the way back of the last change is read as well.
ScenarioReading read_scenario_file(const std::string& path, const std::vector<std::string>& overrides = {},
                                   const std::vector<std::string>& changes = {}, Aside* aside = nullptr);

/// Reads text; `file` is shown in messages, and logs are looked for in `folder`.
ScenarioReading read_scenario(std::string_view text, const std::string& file,
                              const std::vector<std::string>& overrides = {}, const std::string& folder = ".",
                              const std::vector<std::string>& changes = {}, Aside* aside = nullptr);

/// A scenario that is read with many overrides in turn: the file, what it includes and its changes are read once, so what
/// becomes of them meanwhile changes nothing. Thread-safe; copies share what was read.
class ScenarioSource {
public:
    /// As read_scenario_file().
    explicit ScenarioSource(const std::string& path, const std::vector<std::string>& changes = {});
    ScenarioReading read(const std::vector<std::string>& overrides) const;

private:
    struct Read;
    std::shared_ptr<const Read> read_;
};

}  // namespace understudy::formats
