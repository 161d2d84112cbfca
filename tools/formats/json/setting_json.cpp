#include "tools/formats/json/setting_json.h"

namespace understudy::formats {

nlohmann::ordered_json values_as_json(const studies::Study& study, const std::vector<std::string>& values) {
    using Json = nlohmann::ordered_json;
    Json row = Json::object();
    for (std::size_t f = 0; f < study.factors.size(); ++f) {
        const Json number = Json::parse(values[f], nullptr, false);
        row[study.factors[f].path] = number.is_number() ? number : Json(values[f]);
    }
    return row;
}

}  // namespace understudy::formats
