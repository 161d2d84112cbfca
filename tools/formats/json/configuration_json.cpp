#include "tools/formats/json/configuration_json.h"

#include <nlohmann/json.hpp>
#include <utility>

#include "tools/formats/json/result_json.h"

namespace understudy::formats {

std::string configuration_as_json(const std::vector<Setting>& settings) {
    using ConfigurationJson = nlohmann::ordered_json;
    ConfigurationJson rows = ConfigurationJson::array();
    for (const Setting& setting : settings) {
        ConfigurationJson row = {{"path", setting.path}, {"value", setting.value}};
        row["origin"] = setting.origin.empty() ? "default" : setting.origin;
        rows.push_back(std::move(row));
    }
    return json_text(ConfigurationJson{{"settings", std::move(rows)}});
}

std::string resting_files_as_json(const std::vector<RestingFile>& files) {
    using ConfigurationJson = nlohmann::ordered_json;
    ConfigurationJson rows = ConfigurationJson::array();
    for (const RestingFile& one : files)
        rows.push_back({{"file", one.file}, {"kind", one.kind}, {"rests_on", one.rests_on}});
    return json_text(ConfigurationJson{{"files", std::move(rows)}});
}

}  // namespace understudy::formats
