#include "tools/formats/language/document_names.h"

#include <set>
#include <string>

#include "models/scenario.h"
#include "tools/formats/language/reading.h"

namespace understudy::formats {

namespace {

studies::Counterparts::Names names_by_first(const Node& root) {
    models::Twin twin;
    const Entry* const of_twin = root.is_map() ? root.find("twin") : nullptr;
    const Entry* const renamed = of_twin == nullptr ? nullptr : of_twin->value.find("renamed");
    if (renamed != nullptr)
        for (const Entry& entry : renamed->value.entries) twin.renamed[entry.key] = entry.value.text;
    std::set<std::string> names;
    for (const Target& target : targets_of(root))
        if (target.place != "profile") names.insert(target.name);
    // Streams are declared nowhere.
    for (const auto& [now, first] : twin.renamed) names.insert(now);
    studies::Counterparts::Names by_first;
    for (const std::string& name : names) by_first[twin.drawn_as(name)] = name;
    return by_first;
}

}  // namespace

studies::Counterparts counterparts_of(const Node& before, const Node& now) {
    return {names_by_first(before), names_by_first(now)};
}

}  // namespace understudy::formats
