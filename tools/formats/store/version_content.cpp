#include "tools/formats/store/version_content.h"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>
#include <utility>
#include <vector>

#include "tools/formats/language/base_document.h"
#include "tools/formats/language/document.h"
#include "tools/formats/language/relative_paths.h"
#include "tools/formats/language/substitution.h"
#include "tools/formats/language/values.h"
#include "tools/formats/language/write_state.h"

namespace understudy::formats {

namespace {

/// Lines where people look for them: so many levels of maps have their entries on lines of their own.
void lay_out(Node& node, int levels) {
    node.block = levels > 0;
    for (Entry& entry : node.entries) lay_out(entry.value, levels - 1);
    for (Node& item : node.items) lay_out(item, 0);
}

/// A line for each element, task and promise, whatever the file had.
void lay_out_scenario(Node& root) {
    for (Entry& section : root.entries) {
        const bool of_elements = section.key == "load" || section.key == "logs" || section.key == "profiles";
        lay_out(section.value, section.key == "twin" ? 2 : of_elements || section.value.is_list() ? 1 : 0);
        if (section.key != "twin") continue;
        if (Entry* pipelines = section.value.find("pipelines"); pipelines != nullptr)
            lay_out(pipelines->value, 3);
    }
}

std::string kind_of(const Node& root) {
    const Entry* twin = root.find("twin");
    const bool pipelines = twin != nullptr && twin->value.find("pipelines") != nullptr;
    const bool stages = twin != nullptr && twin->value.find("stages") != nullptr;
    return pipelines && !stages ? "pipeline" : "system";
}

/// The twin's `state` and `as_of` are those of the map, as far as it has them.
std::string with_state_entries(const std::string& text, const Node& from) {
    Diagnostics none;
    Node root = read_document(text, none);
    Entry* twin = root.find("twin");
    if (twin == nullptr || !twin->value.is_map()) return text;
    for (const std::string_view key : {"state", "as_of"}) {
        std::erase_if(twin->value.entries, [&](const Entry& entry) { return entry.key == key; });
        if (const Entry* entry = from.find(key)) twin->value.add(std::string(key), entry->value);
    }
    lay_out_scenario(root);
    return write_document(root);
}

}  // namespace

std::string with_state(const std::string& text, const models::InitialState& state) {
    Node from = Node::map();
    if (!state.elements.empty()) from.add("state", state_node(state));
    if (state.as_of > 0) from.add("as_of", Node::scalar(print_duration(state.as_of)));
    return with_state_entries(text, from);
}

std::string with_state_of(const std::string& text, const std::string& other) {
    Diagnostics none;
    const Node root = read_document(other, none);
    const Entry* twin = root.find("twin");
    return with_state_entries(text, twin != nullptr && twin->value.is_map() ? twin->value : Node::map());
}

std::string state_in(const std::string& text) {
    Diagnostics none;
    const Node root = read_document(text, none);
    const Entry* twin = root.find("twin");
    Node state = Node::map();
    if (twin != nullptr && twin->value.is_map())
        for (const std::string_view key : {"state", "as_of"})
            if (const Entry* entry = twin->value.find(key)) state.add(std::string(key), entry->value);
    return state.entries.empty() ? "" : write_document(state);
}

std::string with_start(const std::string& text, const std::string& start) {
    Diagnostics none;
    Node root = read_document(text, none);
    Entry* run = root.find("run");
    if (run == nullptr) {
        root.add("run", Node::map());
        run = root.find("run");
    }
    if (!run->value.is_map()) return text;
    if (Entry* known = run->value.find("start"))
        known->value = Node::scalar(start);
    else
        run->value.add("start", Node::scalar(start));
    lay_out_scenario(root);
    return write_document(root);
}

VersionContent read_version_content(const std::string& path, const ContentOptions& options) {
    ScenarioText file;
    if (const auto problem = read_scenario_text(path, file)) {
        VersionContent content{std::nullopt, "", false, Diagnostics(path)};
        content.diagnostics.error({}, problem->what, problem->hint);
        return content;
    }
    return version_content(file, options);
}

VersionContent version_content(const ScenarioText& file, const ContentOptions& options) {
    VersionContent content{std::nullopt, "", false, Diagnostics(file.shown, file.text)};
    Diagnostics& out = content.diagnostics;
    Node root = read_document(file.text, out);
    std::vector<LoadMultiple> multiples;
    if (!make_whole(root, file.shown, file.folder, options.changes, multiples, out)) return content;
    if (options.settle || !multiples.empty()) {
        // A multiple is of what all else has set: what could still be set has to be settled for it.
        substitute_parameters(root, out);
        apply_multiples(root, multiples, out);
        content.settled = true;
    }
    if (out.has_errors()) return content;
    if (options.project)
        for_each_relative_path(root, [&](Node& node) {
            std::string moved = path_from(node.text, file.folder, options.project->string());
            if (moved == ".." || moved.starts_with("../"))
                out.error(
                    node.place,
                    fmt::format("'{}' lies outside of the project {}", node.text, options.project->string()),
                    "move it there, or write its path from '/' on");
            node.text = std::move(moved);
        });
    if (out.has_errors()) return content;
    lay_out_scenario(root);
    content.kind = kind_of(root);
    content.text = write_document(root);
    return content;
}

std::string as_scenario_file(const std::string& text, const std::filesystem::path& project,
                             const std::filesystem::path& folder) {
    Diagnostics none;
    Node root = read_document(text, none);
    move_paths(root, project.string(), folder.string());
    lay_out_scenario(root);
    return write_document(root);
}

}  // namespace understudy::formats
