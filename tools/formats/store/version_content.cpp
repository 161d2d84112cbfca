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

/// Whether it is what contracts promise, and nothing of the work behind it is known: each dataset has one, and no task takes
/// time.
bool is_promised_alone(const Node& twin) {
    const Entry* datasets = twin.find("datasets");
    if (datasets == nullptr || datasets->value.entries.empty()) return false;
    for (const Entry& dataset : datasets->value.entries)
        if (!dataset.value.is_map() || dataset.value.find("contract") == nullptr) return false;
    const Entry* pipelines = twin.find("pipelines");
    if (pipelines == nullptr) return true;
    for (const Entry& pipeline : pipelines->value.entries) {
        const Entry* tasks = pipeline.value.is_map() ? pipeline.value.find("tasks") : nullptr;
        if (tasks == nullptr) continue;
        for (const Entry& task : tasks->value.entries)
            if (task.value.is_map() && task.value.find("service") != nullptr) return false;
    }
    return true;
}

std::string kind_of(const Node& root) {
    const Entry* twin = root.find("twin");
    const bool pipelines = twin != nullptr && twin->value.find("pipelines") != nullptr;
    const bool stages = twin != nullptr && twin->value.find("stages") != nullptr;
    if (!stages && twin != nullptr && is_promised_alone(twin->value)) return "product";
    return pipelines && !stages ? "pipeline" : "system";
}

}  // namespace

std::string laid_out(Node root) {
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
    std::vector<std::string> overrides = options.overrides;
    // The instances are not kept, so that each element has to say of which template it is.
    Alongside alongside;
    alongside.tagged = true;
    if (!make_whole(root, file.shown, file.folder, options.changes, overrides, multiples, out, alongside))
        return content;
    apply_overrides(root, overrides, multiples, out);
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
    content.kind = kind_of(root);
    content.text = laid_out(std::move(root));
    return content;
}

std::string as_scenario_file(const std::string& text, const std::filesystem::path& project,
                             const std::filesystem::path& folder) {
    Diagnostics none;
    Node root = read_document(text, none);
    move_paths(root, project.string(), folder.string());
    return laid_out(std::move(root));
}

}  // namespace understudy::formats
