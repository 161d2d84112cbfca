#include "tools/formats/json/difference_json.h"

#include <utility>

namespace understudy::formats {

namespace {

const char* name_of(ElementDifference::Kind kind) {
    switch (kind) {
        case ElementDifference::Kind::added: return "added";
        case ElementDifference::Kind::removed: return "removed";
        case ElementDifference::Kind::changed: return "changed";
    }
    return "";
}

}  // namespace

nlohmann::ordered_json elements_as_json(const std::vector<ElementDifference>& differences) {
    using DifferenceJson = nlohmann::ordered_json;
    DifferenceJson all = DifferenceJson::array();
    for (const ElementDifference& element : differences) {
        DifferenceJson keys = DifferenceJson::array();
        for (const KeyDifference& key : element.keys) {
            DifferenceJson one = {{"key", key.key}};
            if (key.from) one["from"] = *key.from;
            if (key.to) one["to"] = *key.to;
            keys.push_back(std::move(one));
        }
        all.push_back({{"is", name_of(element.kind)},
                       {"type", element.type},
                       {"name", element.name},
                       {"keys", std::move(keys)}});
    }
    return all;
}

}  // namespace understudy::formats
