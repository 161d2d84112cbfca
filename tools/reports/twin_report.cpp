#include "tools/reports/twin_report.h"

#include <fmt/format.h>

#include <algorithm>

#include "tools/formats/language/values.h"
#include "tools/formats/printable.h"
#include "tools/reports/state_table.h"
#include "tools/reports/table.h"

namespace understudy::reports {

using formats::ElementDifference;
using formats::KeyDifference;

std::string twin_list(const std::vector<formats::StoredTwin>& twins, int width) {
    if (twins.empty()) return "no twins\n";
    std::vector<std::vector<std::string>> rows = {{"latest", "kind", "tags", "time", "author", "reason"}};
    for (const formats::StoredTwin& twin : twins) {
        std::string tags;
        for (const auto& [tag, number] : twin.tags)
            tags += fmt::format("{}{}@{}", tags.empty() ? "" : " ", tag, number);
        rows.push_back({formats::version_text(twin.name, twin.latest.number), twin.kind,
                        tags.empty() ? "-" : tags, twin.latest.signature.time, twin.latest.signature.author,
                        twin.latest.signature.reason});
    }
    return table(rows, width);
}

std::string twin_version(const formats::StoredTwin& twin, const formats::Version& version,
                         const formats::VersionSummary& summary, const models::InitialState* state,
                         int width) {
    std::vector<std::string> names = version.tags;
    if (version.latest) names.insert(names.begin(), "latest");
    std::string text = formats::version_text(version.twin, version.number);
    if (!names.empty()) text += fmt::format(" ({})", fmt::join(names, ", "));
    text += "\n";
    const auto line = [&](const char* name, const std::string& value) {
        if (!value.empty()) text += fmt::format("  {:<9} {}\n", name, value);
    };
    line("kind", twin.kind);
    line("label", twin.label);
    std::vector<std::string> holds;
    for (const auto& [name, count] : summary.counts)
        if (count > 0)
            holds.push_back(fmt::format("{} {}", count, count == 1 ? name.substr(0, name.size() - 1) : name));
    line("holds", fmt::format("{}", fmt::join(holds, ", ")));
    line("owners", fmt::format("{}", fmt::join(summary.owners, ", ")));
    line("author", version.signature.author);
    line("time", version.signature.time);
    line("reason", version.signature.reason);
    line("sha256", version.sha256);
    line("change", version.change);
    line("record", version.record);
    if (state != nullptr) {
        line("as of", formats::print_duration(state->as_of));
        if (const std::string counts = state_table(*state, *state, width); !counts.empty()) text += "\n" + counts;
    }
    return text;
}

std::string twin_history(const std::vector<formats::Record>& records, int width) {
    std::vector<std::vector<std::string>> rows = {{"what", "time", "author", "reason"}};
    for (auto record = records.rbegin(); record != records.rend(); ++record) {
        const std::string version = formats::version_text(record->twin, record->version);
        std::string what = record->action + " " + version;
        if (record->action == "tag") what = fmt::format("tag {} as {}", version, record->tag);
        if (record->action == "untag") what = fmt::format("untag {} as {}", version, record->tag);
        if (record->action == "delete") what = "delete " + record->twin;
        rows.push_back({what, record->time, record->author, record->reason});
    }
    return table(rows, width);
}

std::string twin_differences(const std::string& from, const std::string& to,
                             const std::vector<ElementDifference>& differences,
                             const models::InitialState& before, const models::InitialState& after,
                             int width) {
    std::string text = fmt::format("{} -> {}\n", from, to);
    if (differences.empty()) return text + "\nno differences\n";
    const bool of_states =
        std::any_of(differences.begin(), differences.end(),
                    [](const ElementDifference& element) { return element.type == "state"; });
    const std::string states = of_states ? state_table(before, after, width) : "";
    std::size_t counts[3] = {};
    for (const ElementDifference& element : differences) {
        const auto kind = static_cast<std::size_t>(element.kind);
        ++counts[kind];
        // Items by the thousand tell nobody anything.
        if (element.type == "state" && !states.empty()) continue;
        text += fmt::format("\n{} {}{}{}\n", "+-~"[kind], element.type, element.name.empty() ? "" : " ",
                            element.name);
        for (const KeyDifference& key : element.keys) {
            const char sign = !key.from ? '+' : !key.to ? '-' : '~';
            const std::string value = formats::printable(key.to ? *key.to : *key.from);
            text += fmt::format("    {} {}", sign, key.key);
            if (sign == '~')
                text += fmt::format("{}{} -> {}", key.key.empty() ? "" : ": ", formats::printable(*key.from),
                                    value);
            else if (!value.empty())
                text += (key.key.empty() ? "" : ": ") + value;
            text += "\n";
        }
    }
    if (!states.empty()) text += "\nstate\n" + states;
    return text + fmt::format("\n{} added, {} removed, {} changed\n", counts[0], counts[1], counts[2]);
}

}  // namespace understudy::reports
