// understudy twin import: what catalogs, lineage events, contracts and logs say becomes the first or the next version of a twin,
// or a change to it that people look at first.
#include <fmt/core.h>

#include <filesystem>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "tools/cli/catalog_input.h"
#include "tools/cli/log_twin.h"
#include "tools/cli/output_target.h"
#include "tools/cli/problems.h"
#include "tools/cli/scenario_input.h"
#include "tools/cli/twin.h"
#include "tools/formats/catalogs/catalog_twin.h"
#include "tools/formats/catalogs/contract_tables.h"
#include "tools/formats/catalogs/set_by_hand.h"
#include "tools/formats/catalogs/twin_changes.h"
#include "tools/formats/files/atomic_file.h"
#include "tools/formats/json/import_json.h"
#include "tools/formats/language/scenario_reader.h"
#include "tools/formats/language/scenario_writer.h"
#include "tools/formats/store/store_place.h"
#include "tools/formats/store/version_content.h"
#include "tools/reports/import_report.h"

namespace understudy::cli {

namespace {

namespace fs = std::filesystem;

/// The latest version of a twin; nothing where there is none yet.
std::optional<formats::Version> latest_of(const fs::path& folder, const std::string& twin) {
    if (!fs::exists(folder / formats::store_file)) return std::nullopt;
    formats::Store store(folder, formats::Store::Access::reading);
    for (const formats::StoredTwin& one : store.twins())
        if (one.name == twin) return one.latest;
    return std::nullopt;
}

struct Content {
    std::string text, kind;
};

/// A scenario's text as a version holds it, once it is as right as `validate` asks for; says what is wrong.
std::optional<Content> content_of(const std::string& text, const std::string& shown, const fs::path& from,
                                  const fs::path& project) {
    formats::ScenarioReading reading = formats::read_scenario(text, shown, {}, from.string());
    print_problems(reading.diagnostics);
    if (!reading.scenario || !prepare_scenario(std::move(*reading.scenario), shown)) return std::nullopt;
    auto content = formats::version_content({text, shown, from.string()}, {project, {}, false});
    print_problems(content.diagnostics);
    if (!content.text) return std::nullopt;
    return Content{std::move(*content.text), content.kind};
}

/// The kind of the one log that is given; UsageError for a log among other files.
std::optional<LogKind> only_log(const std::vector<fs::path>& paths, const formats::ColumnsSaid& columns) {
    for (const fs::path& path : paths) {
        const auto kind = log_kind_of(path, columns);
        if (kind && paths.size() > 1)
            throw UsageError(told_as(path, *kind) +
                             ", of which each makes a twin of its own: import it alone");
        if (kind) return kind;
    }
    return std::nullopt;
}

std::string reason_for(const std::vector<fs::path>& paths) {
    return paths.size() == 1 ? "Import of " + paths.front().filename().string()
                             : fmt::format("Import of {} files", paths.size());
}

}  // namespace

int twin_import(const Arguments& arguments) {
    Options options(twin_command_named("import"));
    options.positional("name", 1, "what the twin is called");
    add_catalog_options(options, "; or one log (XES, CSV, SWF)");
    options.add()("change", boost::program_options::value<std::string>()->value_name("FILE"),
                  "write what would change, as a change file, and keep nothing");
    add_columns_option(options);
    add_nature_options(options);
    add_signature_options(options);
    add_store_options(options);
    if (!options.parse(arguments)) return exit_met;
    leave_out_environment();
    if (!options.has("name")) throw UsageError("twin import needs a name for the twin, and files");
    const std::string& name = options.get<std::string>("name");
    require_twin(name);
    const std::vector<fs::path> paths = catalog_files(options);
    const formats::CatalogOptions how = catalog_options(options);
    const formats::ColumnsSaid columns = columns_said(options, paths);
    formats::Nature nature = nature_from(options);
    formats::Signature signature = signature_from(options);
    if (signature.reason.empty()) signature.reason = reason_for(paths);
    const fs::path folder = store_folder_to_make(options);
    const fs::path project = formats::project_of(folder);
    const auto latest = latest_of(folder, name);
    if (options.has("change")) {
        if (!latest)
            throw UsageError(
                fmt::format("--change is of a twin that there is, and none is called '{}' yet; leave it out "
                            "to keep the first version",
                            name));
        std::vector<fs::path> inputs = paths;
        for (const char* input : {"columns", "dag"})
            if (options.has(input)) inputs.emplace_back(options.get<std::string>(input));
        require_replaceable(options.get<std::string>("change"), OutputKind::scenario, inputs);
    }

    formats::Diagnostics none;
    std::optional<formats::Node> earlier;
    std::vector<formats::VersionSinceImport> versions;
    if (latest) {
        formats::Store store(folder, formats::Store::Access::reading);
        versions = versions_since_import(store, *latest, false);
        earlier = versions.back().document;
    }
    // Of either kind: the twin as text, what would change, and what was read.
    std::optional<formats::Catalog> catalog;
    formats::CatalogTwin twin;
    std::optional<LogTwin> log;
    std::string text;
    if (const auto kind = how.as ? std::nullopt : only_log(paths, columns)) {
        refuse_dag(options, paths.front(), *kind);
        LogTwinReading reading = read_log_twin(paths.front(), *kind, name, false, columns);
        if (!reading.twin) return reading.code;
        log = std::move(reading.twin);
        text = formats::write_scenario(log->scenario);
    } else {
        catalog = read_catalog_input(paths, how);
        if (!catalog) return exit_usage;
        formats::KnownNames known;
        if (earlier) {
            known = formats::names_in(*earlier);
            formats::find_contracts_in(*earlier, *catalog, known);
        }
        twin = formats::scenario_of(*catalog, name, known);
        text = twin.text;
    }
    auto content = content_of(text, "the import", fs::current_path(), project);
    if (!content) return exit_usage;
    std::optional<formats::TwinUpdate> update;
    std::string change;
    if (earlier) {
        const formats::Node now = formats::read_document(content->text, none);
        update = log ? update_from_log(*earlier, now, *log, paths.front())
                     : formats::update_of(*earlier, now, formats::scope_of(*catalog));
        if (!log)
            for (std::string& line : formats::objectives_left(*earlier, now))
                update->notes.push_back(std::move(line));
        formats::find_overwritten(*update, versions);
        if (!update->overwritten.empty()) {
            formats::Store store(folder, formats::Store::Access::reading);
            formats::find_overwritten(*update, versions_since_import(store, *latest, true));
        }
        if (!update->edits.empty()) {
            change = formats::write_import_change(
                *update, name + "-import", {formats::version_text(name, latest->number)}, signature.reason);
            content = content_of(formats::write_document(formats::updated(*earlier, *update)),
                                 name + " as it would be", project, project);
            if (!content) {
                // Why: what is gone and something still names, say.
                for (const std::string& note : update->notes)
                    fmt::print(stderr, "understudy: note: {}\n", note);
                return exit_usage;
            }
        }
    }
    std::optional<formats::Committed> committed;
    if (options.has("change")) {
        if (!change.empty()) formats::write_file(options.get<std::string>("change"), change);
    } else if (update && update->edits.empty()) {
        committed = formats::Committed{*latest, false};
    } else {
        bool made = false;
        formats::Store store = formats::Store::make(folder, &made);
        if (made) tell_of_new_store(folder);
        if (nature.kind.empty()) nature.kind = content->kind;
        committed = store.commit(name, content->text, change, latest ? latest->number : formats::no_version,
                                 signature, nature);
    }
    if (options.has("json")) {
        fmt::print("{}", log ? formats::with_outcome(log->json, update, committed)
                             : formats::import_as_json(*catalog, twin, update, committed));
    } else {
        if (log)
            fmt::print("{}{}", log->report, update ? reports::update_report(*update) : "");
        else
            fmt::print("{}", reports::import_report(*catalog, twin, update));
        if (committed) fmt::print("\n{}", committed_text(*committed));
    }
    return exit_met;
}

}  // namespace understudy::cli
