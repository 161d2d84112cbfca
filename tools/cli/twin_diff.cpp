// understudy twin diff: two versions, or a version and a file, held against each other.
#include <fmt/core.h>

#include <filesystem>
#include <optional>
#include <system_error>

#include "tools/cli/problems.h"
#include "tools/cli/progress.h"
#include "tools/cli/scenario_input.h"
#include "tools/cli/twin.h"
#include "tools/formats/json/twin_json.h"
#include "tools/formats/store/store_place.h"
#include "tools/formats/store/version_content.h"
#include "tools/formats/store/version_diff.h"
#include "tools/reports/twin_report.h"

namespace understudy::cli {

namespace {

struct Side {
    std::string name, text;
};

/// A file where there is one of this name, else a version. Nothing where the file is wrong, which is said.
std::optional<Side> side_of(const std::string& word, const std::filesystem::path& folder) {
    std::error_code none;
    if (std::filesystem::exists(word, none)) {
        if (!prepare_file(word, {})) return std::nullopt;
        auto content = formats::read_version_content(word, {formats::project_of(folder), {}, false});
        print_problems(content.diagnostics);
        if (!content.text) return std::nullopt;
        return Side{word, std::move(*content.text)};
    }
    if (word.ends_with(".yaml") || word.ends_with(".yml")) throw UsageError(word + ": no such file");
    formats::Store store(folder, formats::Store::Access::reading);
    const formats::Version version = store.find(version_from(word));
    return Side{formats::version_text(version.twin, version.number), store.text_of(version)};
}

}  // namespace

int twin_diff(const Arguments& arguments) {
    Options options(twin_command_named("diff"));
    options.positional("from", 1, "a version, or a scenario file");
    options.positional("to", 1, "what it is held against");
    add_store_options(options);
    if (!options.parse(arguments)) return exit_met;
    leave_out_environment();
    if (!options.has("to")) throw UsageError("twin diff needs two versions, or a version and a file");
    const std::filesystem::path folder = store_folder_from(options);
    const auto from = side_of(options.get<std::string>("from"), folder);
    const auto to = side_of(options.get<std::string>("to"), folder);
    if (!from || !to) return exit_usage;
    const auto differences = formats::differences(from->text, to->text);
    const std::filesystem::path project = formats::project_of(folder);
    const models::InitialState before = state_of_text(from->text, project),
                               after = state_of_text(to->text, project);
    if (options.has("json"))
        fmt::print("{}", formats::differences_as_json(from->name, to->name, differences, before, after));
    else
        fmt::print("{}", reports::twin_differences(from->name, to->name, differences, before, after,
                                                   terminal_width()));
    return exit_met;
}

}  // namespace understudy::cli
