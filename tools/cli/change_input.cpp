#include "tools/cli/change_input.h"

#include <fmt/core.h>

#include <filesystem>
#include <system_error>
#include <utility>
#include <vector>

#include "tools/cli/command.h"
#include "tools/cli/problems.h"
#include "tools/cli/scenario_input.h"
#include "tools/formats/files/file_error.h"
#include "tools/formats/files/sha256.h"
#include "tools/formats/language/stored_twins.h"
#include "tools/formats/language/text_file.h"
#include "tools/formats/store/version_content.h"

namespace understudy::cli {

namespace {

/// Both sides are settled where one has to be, so that a parameter that is used is no difference.
bool read_both(ChangeInput& input, const std::optional<std::filesystem::path>& project) {
    formats::VersionContent after = formats::read_version_content(input.base, {project, {input.file}, false});
    formats::VersionContent before = formats::read_version_content(input.base, {project, {}, after.settled});
    print_problems((before.text ? after : before).diagnostics);
    if (!before.text || !after.text) return false;
    input.before = std::move(*before.text);
    input.after = std::move(*after.text);
    input.kinds = formats::kinds_of_change(input.before, input.after, input.change.edits);
    return true;
}

}  // namespace

void require_change(const std::string& file) {
    std::error_code none;
    if (!std::filesystem::exists(file, none)) throw UsageError(file + ": no such file");
    std::string text;
    if (const auto problem = formats::read_text_file(file, text))
        throw formats::FileError(file, problem->what);
    // What is of no kind at all, the reader tells best.
    if (const std::string kind = kind_of(file); !kind.empty() && kind != "change")
        throw UsageError(file +
                         " is no change file, which has 'change: NAME' as its second key; 'understudy "
                         "change new NAME' writes one");
}

std::optional<std::string> base_named_by(const formats::ChangeReading& reading, const std::string& file) {
    std::string base = formats::base_of(*reading.change, file);
    const std::string kind = formats::names_stored_version(base) ? "" : kind_of(base);
    if (kind.empty() || kind == "scenario") return base;
    print_problem({true, reading.diagnostics.show(reading.change->base_place),
                   fmt::format("{} is a {}, no scenario", base, kind),
                   kind == "change" ? "name the scenario that it changes as well; one that lists that change "
                                      "under 'changes' has it made"
                                    : "name a scenario, or a version of a twin such as orders@41"});
    return std::nullopt;
}

std::vector<formats::TransformationFiles> transformations_of(const formats::Change& change,
                                                             const std::string& file) {
    std::vector<formats::TransformationFiles> transformations;
    for (const formats::Edit& edit : change.edits) {
        if (edit.kind != formats::Edit::Kind::transform) continue;
        transformations.push_back(edit.files);
        transformations.back().folder = std::filesystem::path(file).parent_path().string();
    }
    return transformations;
}

std::vector<formats::InputFile> inputs_of(const formats::Change& change, const std::string& file) {
    return formats::read_inputs(transformations_of(change, file));
}

std::optional<ChangeInput> read_change_input(const std::string& file, const std::string& base,
                                             const std::optional<std::filesystem::path>& project) {
    require_change(file);
    ChangeInput input;
    input.file = file;
    if (const auto problem = formats::read_text_file(file, input.text))
        throw UsageError(file + ": " + problem->what);
    formats::ChangeReading reading = formats::read_change_file(file);
    input.base = base;
    if (input.base.empty() && reading.change) {
        auto named = base_named_by(reading, file);
        if (!named) return std::nullopt;
        input.base = std::move(*named);
    }
    // What is wrong in the change alone is told with what is wrong with it in its base, once.
    if (input.base.empty() || !reading.change) {
        print_problems(reading.diagnostics);
        if (!reading.change) return std::nullopt;
    }
    input.change = std::move(*reading.change);
    if (input.base.empty()) return input;
    if (!prepare_file(input.base, {}, {file})) return std::nullopt;
    formats::ScenarioText named;
    input.stored = formats::names_stored_version(input.base);
    if (const auto problem = formats::read_scenario_text(input.base, named))
        throw UsageError(input.base + ": " + problem->what);
    input.base_name = named.shown;
    if (!input.stored) input.base_file_sha256 = formats::sha256_hex(named.text);
    if (!read_both(input, project)) return std::nullopt;
    input.inputs = inputs_of(input.change, file);
    return input;
}

}  // namespace understudy::cli
