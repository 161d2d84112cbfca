// understudy import: lineage events, artifacts of dbt, data contracts and process logs as a twin, or as a change to an
// earlier one.
#include <fmt/core.h>

#include <filesystem>
#include <optional>

#include "tools/cli/base_version.h"
#include "tools/cli/catalog_input.h"
#include "tools/cli/command.h"
#include "tools/cli/log_twin.h"
#include "tools/cli/output_target.h"
#include "tools/cli/problems.h"
#include "tools/cli/scenario_input.h"
#include "tools/formats/catalogs/catalog_twin.h"
#include "tools/formats/catalogs/contract_tables.h"
#include "tools/formats/catalogs/twin_changes.h"
#include "tools/formats/files/atomic_file.h"
#include "tools/formats/files/file_error.h"
#include "tools/formats/json/import_json.h"
#include "tools/formats/language/scenario_reader.h"
#include "tools/formats/language/scenario_writer.h"
#include "tools/formats/language/text_file.h"
#include "tools/reports/import_report.h"

namespace understudy::cli {

namespace {

namespace fs = std::filesystem;

/// With --change: what is different, if anything is.
void write_change(const std::optional<formats::TwinUpdate>& update, const std::string& scenario,
                  const Options& options) {
    if (!options.has("change") || !update || update->edits.empty()) return;
    const fs::path change = options.get<std::string>("change");
    formats::write_file(change,
                        formats::write_import_change(*update, scenario + "-import",
                                                     base_named(options.get<std::string>("onto"), change),
                                                     "What a later import found different"));
}

int finish_log(const LogTwin& twin, const std::optional<EarlierTwin>& earlier, const Options& options,
               const fs::path& file) {
    std::optional<formats::TwinUpdate> update;
    if (earlier) {
        formats::Diagnostics none;
        update =
            update_from_log(earlier->document,
                            formats::read_document(formats::write_scenario(twin.scenario), none), twin, file);
    }
    if (options.has("out"))
        formats::write_file(
            options.get<std::string>("out"),
            formats::write_scenario(twin.scenario, {twin.title + ", made by understudy import."}));
    write_change(update, twin.scenario.name, options);
    if (options.has("json"))
        fmt::print("{}", formats::with_outcome(twin.json, update));
    else
        fmt::print("{}{}", twin.report, update ? reports::update_report(*update) : "");
    return exit_met;
}

int import_files(const Options& options) {
    const std::vector<fs::path> paths = catalog_files(options);
    const formats::CatalogOptions how = catalog_options(options);
    const std::string onto = options.has("onto") ? options.get<std::string>("onto") : "";
    if (options.has("change") && onto.empty())
        throw UsageError("--change needs --onto, the twin that it changes");
    if (!onto.empty() && options.has("out"))
        throw UsageError("--onto writes a change: give --change instead of --out");
    std::vector<fs::path> inputs = paths;
    if (!onto.empty()) inputs.emplace_back(onto);
    for (const char* input : {"columns", "dag"})
        if (options.has(input)) inputs.emplace_back(options.get<std::string>(input));
    for (const char* option : {"out", "change"})
        if (options.has(option))
            require_replaceable(options.get<std::string>(option), OutputKind::scenario, inputs);

    std::optional<EarlierTwin> earlier;
    formats::KnownNames known;
    if (!onto.empty()) {
        earlier = earlier_twin(onto);
        if (!earlier) return exit_usage;
        known = formats::names_in(earlier->document);
    }
    const formats::ColumnsSaid columns = columns_said(options, paths);
    const std::string name = options.has("name") ? options.get<std::string>("name") : "";
    for (const fs::path& path : paths) {
        if (how.as) break;
        const auto kind = log_kind_of(path, columns);
        if (!kind) continue;
        if (paths.size() > 1)
            throw UsageError(told_as(path, *kind) +
                             ", of which each makes a twin of its own: import it alone");
        refuse_dag(options, path, *kind);
        if (*kind == LogKind::batch && options.has("validate"))
            throw UsageError("--validate is for process logs, and " + told_as(path, *kind) +
                             "; understudy replay compares its waits");
        const LogTwinReading reading = read_log_twin(path, *kind, name, options.has("validate"), columns);
        return reading.twin ? finish_log(*reading.twin, earlier, options, path) : reading.code;
    }
    if (options.has("validate")) throw UsageError("--validate is for process logs (XES, CSV)");
    auto catalog = read_catalog_input(paths, how);
    if (!catalog) return exit_usage;
    if (earlier) formats::find_contracts_in(earlier->document, *catalog, known);
    const formats::CatalogTwin twin = formats::scenario_of(*catalog, name, known);
    std::optional<formats::TwinUpdate> update;
    if (earlier) {
        formats::Diagnostics none;
        update = formats::update_of(earlier->document, formats::read_document(twin.text, none),
                                    formats::scope_of(*catalog));
        for (std::string& line :
             formats::objectives_left(earlier->document, formats::read_document(twin.text, none)))
            update->notes.push_back(std::move(line));
    }
    if (options.has("out")) {
        const std::string of =
            paths.size() == 1 ? paths.front().filename().string() : fmt::format("{} files", paths.size());
        formats::write_file(
            options.get<std::string>("out"),
            formats::write_scenario(twin.scenario, {"The twin of " + of + ", made by understudy import."}));
    }
    write_change(update, twin.scenario.name, options);
    if (options.has("json"))
        fmt::print("{}", formats::import_as_json(*catalog, twin, update));
    else
        fmt::print("{}", reports::import_report(*catalog, twin, update));
    return exit_met;
}

}  // namespace

int import_command(const Arguments& arguments) {
    namespace po = boost::program_options;
    Options options(command_named("import"));
    add_catalog_options(options, "; or one log (XES, CSV, SWF)");
    add_columns_option(options);
    options.add()("name", po::value<std::string>()->value_name("NAME"), "what the scenario is called");
    options.add()("out,o", po::value<std::string>()->value_name("FILE"), "write the twin, as a scenario");
    options.add()("onto", po::value<std::string>()->value_name("FILE"),
                  "a twin of an earlier import, which the change leads on from; who set what in a file "
                  "since then is not known, as it is in a store (twin import)");
    options.add()("change", po::value<std::string>()->value_name("FILE"), "with --onto: write the change");
    options.add()("validate",
                  "of a process log: forecast the cycle times of its last fifth from a twin of the rest");
    options.add()("json", "print one JSON document instead of the report");
    if (!options.parse(arguments)) return exit_met;
    leave_out_environment();
    return refusing_in(options.has("json") ? "json" : "", "", [&] { return import_files(options); });
}

}  // namespace understudy::cli
