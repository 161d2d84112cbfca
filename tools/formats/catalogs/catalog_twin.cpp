#include "tools/formats/catalogs/catalog_twin.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <string_view>

#include "tools/formats/catalogs/twin_of_catalog.h"

namespace understudy::formats {

namespace {

std::vector<std::string> objectives_in(const Node& scenario) {
    std::vector<std::string> all;
    const Entry* entry = scenario.is_map() ? scenario.find("objectives") : nullptr;
    if (entry == nullptr) return all;
    for (const Node& one : entry->value.items)
        if (one.is_scalar()) all.push_back(one.text);
    return all;
}

/// Of "max latency(orders) < 4h": what stands before the comparison.
std::string_view measure_in(std::string_view objective) {
    const std::size_t end = objective.find_first_of("<>");
    objective = objective.substr(0, end);
    while (!objective.empty() && objective.back() == ' ') objective.remove_suffix(1);
    return objective;
}

}  // namespace

std::string runs_tag(std::int64_t runs) { return fmt::format("{} runs", runs); }

std::int64_t runs_in_tag(std::string_view tag) {
    constexpr std::string_view end = " runs";
    if (!tag.ends_with(end)) return 0;
    std::int64_t runs = 0;
    const char* last = tag.data() + tag.size() - end.size();
    const auto read = std::from_chars(tag.data(), last, runs);
    return read.ec == std::errc() && read.ptr == last && runs > 0 ? runs : 0;
}

CatalogTwin scenario_of(const Catalog& catalog, const std::string& name, const KnownNames& known) {
    return TwinOfCatalog(catalog, known).build(name);
}

std::vector<std::string> objectives_left(const Node& twin, const Node& import) {
    const std::vector<std::string> has = objectives_in(twin);
    std::vector<std::string> lines;
    for (const std::string& objective : objectives_in(import)) {
        if (std::find(has.begin(), has.end(), objective) != has.end()) continue;
        std::string instead;
        for (const std::string& other : has)
            if (measure_in(other) == measure_in(objective))
                instead += fmt::format("{}'{}'", instead.empty() ? "" : ", ", other);
        lines.push_back(fmt::format(
            "objective '{}' of the import is not in the twin, which has {}: objectives are changed "
            "by hand",
            objective, instead.empty() ? "none of it" : instead));
    }
    return lines;
}

}  // namespace understudy::formats
