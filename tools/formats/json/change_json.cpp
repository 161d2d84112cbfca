#include "tools/formats/json/change_json.h"

#include <nlohmann/json.hpp>

#include "tools/formats/json/difference_json.h"
#include "tools/formats/json/members.h"
#include "tools/formats/json/result_json.h"
#include "tools/formats/language/change_text.h"

namespace understudy::formats {

std::string change_as_json(const ShownChange& shown) {
    using ChangeJson = nlohmann::ordered_json;
    const Change& change = shown.change;
    const ChangeText said = text_of_change(shown.text);
    ChangeJson json = {
        {"change", change.name},   {"kind", change.kind},     {"description", change.description},
        {"author", change.author}, {"reason", change.reason}, {"priority", change.priority},
        {"base", shown.base},      {"sha256", shown.sha256},  {"edits", said.edits},
        {"accept", said.accept}};
    for (const auto& [key, value] : said.plans) json[key] = value;
    if (shown.differences) {
        json["kinds"] = ChangeJson::array();
        for (const FoundKind& one : shown.kinds)
            json["kinds"].push_back({{"kind", one.kind}, {"because", one.because}});
        json["elements"] = elements_as_json(*shown.differences);
    }
    if (!shown.problems.empty()) json["problems"] = problems_as_json(shown.problems);
    return json_text(json);
}

}  // namespace understudy::formats
