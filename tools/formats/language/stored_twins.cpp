#include "tools/formats/language/stored_twins.h"

#include <fmt/format.h>

#include <algorithm>
#include <exception>
#include <filesystem>
#include <string_view>
#include <system_error>
#include <utility>

#include "tools/formats/language/fault.h"
#include "tools/formats/language/relative_paths.h"
#include "tools/formats/language/substitution.h"

namespace understudy::formats {

namespace {

StoredTwins* the_source = nullptr;

StoredTwins& source_for(const std::string& name) {
    if (the_source == nullptr)
        throw Fault(0, fmt::format("there is no store of twins to take '{}' from", name),
                    "'understudy twin create NAME FILE' makes one");
    return *the_source;
}

/// A hint where a twin's name stands for a file that is not there; else empty.
std::string version_meant_by(const std::string& path) {
    std::error_code none;
    if (the_source == nullptr || std::filesystem::exists(path, none)) return "";
    for (const std::string& name : {path, std::filesystem::path(path).filename().string()}) {
        try {
            const StoredText latest = the_source->find(name + "@latest", ".");
            return fmt::format("there is a twin '{}' in the store: write '{}', or '{}@latest'", name,
                               latest.name, name);
        } catch (const std::exception&) {
            continue;  // nor is there such a twin, or a store that can be read
        }
    }
    return "";
}

/// Whether some value takes a column of the log: `recorded(calls.took)`.
bool uses_log(const Node& node, const std::string& start) {
    if (node.is_scalar()) return node.text.find(start) != std::string::npos;
    return std::any_of(node.items.begin(), node.items.end(),
                       [&](const Node& item) { return uses_log(item, start); }) ||
           std::any_of(node.entries.begin(), node.entries.end(),
                       [&](const Entry& entry) { return uses_log(entry.value, start); });
}

/// The logs that the twin of the version uses, into those of the scenario.
void take_logs(Node& root, Node& version, const Node& twin, const StoredText& stored, Diagnostics& out) {
    Entry* logs = version.find("logs");
    if (logs == nullptr) return;
    for (Entry& log : logs->value.entries) {
        if (!uses_log(twin, "(" + log.key + ".")) continue;
        if (root.find("logs") == nullptr) root.add("logs", Node::map());
        Node& own = root.find("logs")->value;
        if (!own.is_map()) return;  // told by who reads it
        if (const Entry* other = own.find(log.key))
            out.error(other->place,
                      fmt::format("the twin of {} has a log '{}' as well", stored.name, log.key),
                      "give this one another name");
        else
            own.entries.push_back(std::move(log));
    }
}

}  // namespace

void use_stored_twins(StoredTwins* source) { the_source = source; }

bool names_stored_version(const std::string& path) {
    std::error_code none;
    const std::size_t at = path.find('@');
    return at != std::string::npos && path.find('/', at) == std::string::npos &&
           !std::filesystem::exists(path, none);
}

std::optional<FileProblem> read_scenario_text(const std::string& path, ScenarioText& into) {
    into.shown = path;
    const std::string folder = std::filesystem::path(path).parent_path().string();
    into.folder = folder.empty() ? "." : folder;
    if (!names_stored_version(path)) {
        auto problem = read_text_file(path, into.text);
        if (problem && problem->hint.empty()) problem->hint = version_meant_by(path);
        return problem;
    }
    try {
        StoredText stored = source_for(path).find(path, ".");
        into = {std::move(stored.text), std::move(stored.name), std::move(stored.folder)};
    } catch (const Fault& fault) {
        return FileProblem{fmt::format("no such file, and no stored version: {}", fault.what()), fault.hint};
    }
    return std::nullopt;
}

bool take_stored_twin(Node& root, const std::string& folder, Diagnostics& out, std::string& name_in_full) {
    Entry* twin = root.is_map() ? root.find("twin") : nullptr;
    if (twin == nullptr || !twin->value.is_scalar() || twin->value.text.empty()) return true;
    StoredText stored;
    try {
        stored = source_for(twin->value.text).find(twin->value.text, folder);
    } catch (const Fault& fault) {
        out.error(twin->value.at(fault.offset), fault.what(), fault.hint);
        return false;
    }
    const std::size_t before = out.errors();
    Node version = read_document(stored.text, out, out.add_text(stored.name, stored.text));
    substitute_parameters(version, out);
    move_paths(version, stored.folder, folder);
    Entry* theirs = version.is_map() ? version.find("twin") : nullptr;
    if (theirs == nullptr) out.error(root.find("twin")->value.place, stored.name + " holds no twin");
    if (out.errors() > before) return false;
    Node taken = std::move(theirs->value);
    take_logs(root, version, taken, stored, out);
    // Adding logs may have moved the entry.
    root.find("twin")->value = std::move(taken);
    name_in_full = stored.name;
    return true;
}

std::vector<models::KeptVersion> history_of_stored(const std::string& name, const std::string& folder) {
    return source_for(name).history(name, folder);
}

}  // namespace understudy::formats
