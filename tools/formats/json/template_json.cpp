#include "tools/formats/json/template_json.h"

#include <nlohmann/json.hpp>
#include <utility>

#include "tools/formats/json/result_json.h"

namespace understudy::formats {

std::string templates_as_json(const std::vector<Template>& templates) {
    using TemplateJson = nlohmann::ordered_json;
    TemplateJson all = TemplateJson::array();
    for (const Template& made : templates) {
        TemplateJson parameters = TemplateJson::array();
        for (const TemplateParameter& parameter : made.parameters) {
            TemplateJson one = {{"name", parameter.name}, {"required", !parameter.value.has_value()}};
            if (parameter.value) one["default"] = parameter.value->text;
            if (!parameter.description.empty()) one["description"] = parameter.description;
            parameters.push_back(std::move(one));
        }
        TemplateJson row = {{"name", made.name}, {"description", made.description}};
        if (!made.file.empty()) row["file"] = made.file;
        row["parameters"] = std::move(parameters);
        all.push_back(std::move(row));
    }
    return json_text(TemplateJson{{"templates", std::move(all)}});
}

}  // namespace understudy::formats
