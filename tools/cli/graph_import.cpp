#include "tools/cli/graph_import.h"

#include <fmt/core.h>

#include <filesystem>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "tools/cli/base_version.h"
#include "tools/cli/catalog_input.h"
#include "tools/cli/output_target.h"
#include "tools/cli/problems.h"
#include "tools/cli/progress.h"
#include "tools/cli/scenario_input.h"
#include "tools/cli/subcommands.h"
#include "tools/formats/catalogs/twin_changes.h"
#include "tools/formats/files/atomic_file.h"
#include "tools/formats/files/file_error.h"
#include "tools/formats/json/import_json.h"
#include "tools/formats/knowledge/graph_mapping.h"
#include "tools/formats/knowledge/graph_merge.h"
#include "tools/formats/knowledge/graph_reader.h"
#include "tools/formats/knowledge/graph_twin.h"
#include "tools/formats/language/scenario_writer.h"
#include "tools/formats/language/text_file.h"
#include "tools/reports/import_report.h"

namespace understudy::cli {

namespace {

namespace fs = std::filesystem;

/// Nothing where the file is wrong; what is wrong has been printed.
std::optional<formats::GraphMapping> mapping_from(const Options& options) {
    if (!options.has("mapping")) return formats::default_mapping();
    const std::string path = options.get<std::string>("mapping");
    std::string text;
    if (const auto problem = formats::read_text_file(path, text))
        throw formats::FileError(path, problem->what);
    formats::Diagnostics diagnostics(path, text);
    formats::GraphMapping mapping = formats::read_mapping(text, diagnostics);
    print_problems(diagnostics);
    if (diagnostics.has_errors()) return std::nullopt;
    return mapping;
}

}  // namespace

int graph_import(const Arguments& arguments) {
    namespace po = boost::program_options;
    Options options(graph_command_named("import"));
    options.positional("files", -1, "Turtle, TriG, N-Triples, N-Quads or JSON-LD, plain or gzip");
    options.add()("mapping", po::value<std::string>()->value_name("FILE"),
                  "which classes and properties stand for what; else our own, PROV-O, DCAT and DPROD");
    options.add()("name", po::value<std::string>()->value_name("NAME"), "what the scenario is called");
    options.add()("out,o", po::value<std::string>()->value_name("FILE"), "write the twin, as a scenario");
    options.add()("onto", po::value<std::string>()->value_name("FILE"),
                  "a twin that there is, which the change leads on from");
    options.add()("change", po::value<std::string>()->value_name("FILE"), "with --onto: write the change");
    options.add()("json", "print one JSON document instead of the report");
    if (!options.parse(arguments)) return exit_met;
    leave_out_environment();
    if (!options.has("files"))
        throw UsageError("graph import needs files of Turtle, TriG, N-Triples, N-Quads or JSON-LD");
    const std::string onto = options.has("onto") ? options.get<std::string>("onto") : "";
    if (options.has("change") && onto.empty())
        throw UsageError("--change needs --onto, the twin that it changes");
    if (!onto.empty() && options.has("out"))
        throw UsageError("--onto writes a change: give --change instead of --out");
    std::vector<fs::path> files;
    for (const std::string& file : options.get<std::vector<std::string>>("files")) files.emplace_back(file);
    std::vector<fs::path> inputs = files;
    for (const char* option : {"onto", "mapping"})
        if (options.has(option)) inputs.emplace_back(options.get<std::string>(option));
    for (const char* option : {"out", "change"})
        if (options.has(option))
            require_replaceable(options.get<std::string>(option), OutputKind::scenario, inputs);

    const auto mapping = mapping_from(options);
    if (!mapping) return exit_usage;
    std::optional<EarlierTwin> earlier;
    formats::KnownNames known;
    if (!onto.empty()) {
        earlier = earlier_twin(onto);
        if (!earlier) return exit_usage;
        known = formats::names_in(earlier->document);
    }
    Progress progress;
    progress.show("reading " + files.front().filename().string());
    const formats::GraphReading reading = formats::read_graph(files, *mapping);
    progress.clear();
    for (const std::string& problem : reading.problems) fmt::print(stderr, "{}\n", problem);
    if (!reading.graph) return exit_usage;

    formats::CatalogTwin twin;
    try {
        twin = formats::scenario_of(*reading.graph,
                                    options.has("name") ? options.get<std::string>("name") : "", known);
    } catch (const std::invalid_argument&) {
        throw formats::FileError(
            files.front(),
            fmt::format("has no stage that reads anything and no task, of {} statements of which {} are "
                        "understood; a --mapping says what stands for them",
                        reading.graph->statements, reading.graph->statements - reading.graph->unmapped));
    }
    std::optional<formats::TwinUpdate> update;
    if (earlier) {
        formats::Diagnostics none;
        update = formats::update_of(
            earlier->document,
            formats::with_what_is_known(formats::read_document(twin.text, none), twin.scenario,
                                        earlier->document, earlier->scenario),
            {});
    }
    std::vector<std::string> comments = {"The twin of " + files.front().filename().string() +
                                         (files.size() > 1 ? " and others" : "") +
                                         ", made by understudy graph import."};
    if (!twin.versions.empty()) comments.push_back(reports::origin_of(twin));
    if (options.has("out"))
        formats::write_file(options.get<std::string>("out"),
                            formats::write_scenario(twin.scenario, comments));
    if (options.has("change") && !update->edits.empty()) {
        const fs::path change = options.get<std::string>("change");
        formats::write_file(change, formats::write_import_change(*update, twin.scenario.name + "-import",
                                                                 base_named(onto, change),
                                                                 "What a knowledge graph says anew"));
    }
    formats::Catalog catalog;
    catalog.counts = formats::counts_of(*reading.graph, files.size());
    if (options.has("json"))
        fmt::print("{}", formats::import_as_json(catalog, twin, update));
    else
        fmt::print("{}", reports::import_report(catalog, twin, update));
    return exit_met;
}

}  // namespace understudy::cli
