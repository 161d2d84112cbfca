// understudy config files: what files of the language rest on, for scripts that ask whom a changed file concerns.
#include <fmt/core.h>

#include <algorithm>
#include <filesystem>
#include <string>
#include <vector>

#include "tools/cli/change_input.h"
#include "tools/cli/config.h"
#include "tools/cli/scenario_input.h"
#include "tools/formats/json/configuration_json.h"
#include "tools/formats/language/change_reader.h"
#include "tools/formats/language/effective_document.h"
#include "tools/formats/language/policy_reader.h"
#include "tools/formats/language/relative_paths.h"
#include "tools/formats/language/stored_twins.h"
#include "tools/formats/language/study_reader.h"
#include "tools/formats/transformations/transformation_inputs.h"

namespace understudy::cli {

namespace {

namespace fs = std::filesystem;
using Paths = std::vector<std::string>;

void add_all(Paths& into, const Paths& more) { into.insert(into.end(), more.begin(), more.end()); }

/// With these changes made to it. What is wrong with it is not told: a part of a scenario has files as well.
Paths of_scenario(const std::string& path, const Paths& changes) {
    formats::EffectiveDocument whole = formats::read_effective_document(path, {}, changes);
    Paths all = whole.reading.diagnostics.files();
    formats::for_each_path(whole.root, [&](const formats::Node& node) {
        all.push_back((fs::path(whole.folder) / node.text).string());
    });
    return all;
}

Paths of_change(const std::string& path) {
    Paths all;
    const formats::ChangeReading reading = formats::read_change_file(path);
    if (!reading.change) return all;
    if (const std::string base = formats::base_of(*reading.change, path); !base.empty())
        add_all(all, of_scenario(base, {path}));
    for (const fs::path& file : formats::files_of_inputs(transformations_of(*reading.change, path)))
        all.push_back(file.string());
    return all;
}

Paths of_study(const std::string& path) {
    Paths all;
    if (const auto study = formats::read_study_file(path).study)
        add_all(all, of_scenario(study->base, study->changes));
    return all;
}

Paths of_policy(const std::string& path) {
    return {(fs::path(path).parent_path() / formats::read_policy_file(path).signers).string()};
}

Paths rests_on(const std::string& path, const std::string& kind) {
    Paths all = kind == "change"     ? of_change(path)
                : kind == "study"    ? of_study(path)
                : kind == "policy"   ? of_policy(path)
                : kind == "scenario" ? of_scenario(path, {})
                                     : Paths();
    all.push_back(path);
    for (std::string& one : all) one = fs::path(one).lexically_normal().generic_string();
    std::sort(all.begin(), all.end());
    all.erase(std::unique(all.begin(), all.end()), all.end());
    std::erase_if(all, formats::names_stored_version);
    return all;
}

}  // namespace

int config_files(const Arguments& arguments) {
    Options options(config_command_named("files"));
    options.positional("files", -1,
                       "scenarios, changes, studies, templates and policies; others are passed over");
    options.add()("json", "print one JSON document instead of lines");
    if (!options.parse(arguments)) return exit_met;
    if (!options.has("files")) throw UsageError("config files needs a file");
    std::vector<formats::RestingFile> rows;
    for (const std::string& file : options.get<Paths>("files"))
        if (is_of_the_language(file)) {
            const std::string kind = kind_of_broken(file);
            rows.push_back({file, kind, rests_on(file, kind)});
        }
    if (options.has("json")) {
        fmt::print("{}", formats::resting_files_as_json(rows));
        return exit_met;
    }
    for (const formats::RestingFile& row : rows)
        for (const std::string& used : row.rests_on) fmt::print("{}\t{}\t{}\n", row.file, row.kind, used);
    return exit_met;
}

}  // namespace understudy::cli
