// What a scenario is set to, value by value, and where each comes from: `understudy config show`.
//
// Layers, each over those before it: defaults of the language, the file with what it includes and its templates, its changes,
// UNDERSTUDY_SET, --set. A default that follows from other keys is said in words ("capacity"). Values stand as they are
// written, parameters put in. Nothing throws for what is in a file. Thread-safe: no shared state.
#pragma once

#include <string>
#include <vector>

#include "tools/formats/language/effective_document.h"
#include "tools/formats/language/scenario_reader.h"
#include "tools/studies/result.h"

namespace understudy::formats {

struct Setting {
    std::string path;  ///< as after --set: "spark.workers"
    std::string value;
    std::string
        origin;  ///< `file:line:column`, "--set spark.workers=9", "UNDERSTUDY_SET ..."; empty: a default
};

struct Configuration {
    std::vector<Setting> settings;  ///< in the order of the language's tables and of the file
    Diagnostics diagnostics;        ///< with an error there are no settings
};

/// Of a scenario file or a stored version, as read_scenario_file() takes it.
Configuration read_configuration(const std::string& path, const std::vector<std::string>& overrides = {},
                                 const std::vector<std::string>& changes = {});

/// The origin of what stands in the scenario itself, of which a result is to keep neither name nor layout.
inline constexpr const char* of_scenario = "scenario";

/// What a document sets, without the language's own values: for a result, whatever the file is called and wherever it
/// stands. Places in other files are shown from the scenario's folder on; ends of lines and tabs in values are blanks.
std::vector<studies::ValueOrigin> origins_of(const EffectiveDocument& document);

}  // namespace understudy::formats
