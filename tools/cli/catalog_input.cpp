#include "tools/cli/catalog_input.h"

#include <fmt/core.h>

#include <algorithm>
#include <string>
#include <utility>

#include "tools/cli/problems.h"
#include "tools/cli/progress.h"
#include "tools/formats/files/file_error.h"
#include "tools/formats/language/scenario_reader.h"
#include "tools/formats/language/text_file.h"

namespace understudy::cli {

void add_catalog_options(Options& options, const std::string& besides) {
    options.positional("files", -1,
                       ("OpenLineage events, dbt artifacts, exports of Airflow, data contracts, WfFormat "
                        "instances, Nextflow "
                        "traces, or folders of them" +
                        besides)
                           .c_str());
    options.add()("as",
                  boost::program_options::value<std::string>()->value_name(
                      "openlineage|dbt|odcs|wfformat|nextflow|airflow"),
                  "what the files are; else each is taken for what it looks like");
    options.add()("dag", boost::program_options::value<std::string>()->value_name("FILE"),
                  "dependencies of Nextflow traces: its dag.html (one beside a trace is found)");
}

std::vector<std::filesystem::path> catalog_files(const Options& options) {
    if (!options.has("files")) throw UsageError("import needs files or folders; see --help");
    std::vector<std::filesystem::path> paths;
    for (const std::string& path : options.get<std::vector<std::string>>("files")) paths.emplace_back(path);
    return paths;
}

formats::CatalogOptions catalog_options(const Options& options) {
    formats::CatalogOptions how;
    if (options.has("dag")) how.process_graph = options.get<std::string>("dag");
    if (!options.has("as")) return how;
    const std::string& word = options.get<std::string>("as");
    how.as = formats::source_named(word);
    if (!how.as)
        throw UsageError("--as is 'openlineage', 'dbt', 'odcs', 'wfformat', 'nextflow' or 'airflow', not '" +
                         word + "'");
    return how;
}

std::optional<formats::Catalog> read_catalog_input(const std::vector<std::filesystem::path>& paths,
                                                   const formats::CatalogOptions& how) {
    Progress progress;
    progress.show("reading " + paths.front().filename().string());
    formats::CatalogReading reading = formats::read_catalog(paths, how);
    progress.clear();
    if (!reading.catalog) {
        print_problems(reading.problems.show());
        return std::nullopt;
    }
    const auto& pipelines = reading.catalog->pipelines;
    if (how.process_graph && std::none_of(pipelines.begin(), pipelines.end(), [](const auto& pipeline) {
            return pipeline.source == formats::CatalogSource::nextflow;
        }))
        throw UsageError("--dag is for traces of Nextflow, and none of the files is one");
    if (reading.catalog->jobs.empty())
        throw formats::FileError(paths.front(),
                                 reading.catalog->datasets.empty()
                                     ? "has no job and no table: there is nothing to make a twin of"
                                     : "has datasets and no job: import what writes them as well");
    return std::move(reading.catalog);
}

std::optional<EarlierTwin> earlier_twin(const std::string& path) {
    formats::ScenarioReading reading = formats::read_scenario_file(path);
    if (!reading.scenario) {
        print_problems(reading.diagnostics);
        return std::nullopt;
    }
    std::string text;
    if (const auto problem = formats::read_text_file(path, text))
        throw formats::FileError(path, problem->what);
    formats::Diagnostics none(path, text);
    return EarlierTwin{std::move(*reading.scenario), formats::read_document(text, none)};
}

std::vector<formats::VersionSinceImport> versions_since_import(formats::Store& store,
                                                               const formats::Version& latest, bool all) {
    formats::Diagnostics none;
    std::vector<formats::VersionSinceImport> versions;
    // Numbers go on where a twin of the name was deleted before.
    const std::int64_t first = latest.number - store.twin(latest.twin).versions + 1;
    for (std::int64_t number = latest.number; number >= first; --number) {
        const formats::Version version =
            store.find({latest.twin, formats::VersionName::By::number, number, ""});
        const formats::Node change = formats::read_document(store.change_of(version), none);
        const formats::Entry* kind = change.is_map() ? change.find("kind") : nullptr;
        const bool is_import = kind != nullptr && kind->value.text == "import";
        const bool is_end = is_import || number == first || number == latest.number;
        if (is_end || all)
            versions.push_back({formats::version_text(latest.twin, number), version.signature.author,
                                kind != nullptr ? kind->value.text : "",
                                formats::read_document(store.text_of(version), none)});
        if (is_import) break;
    }
    std::reverse(versions.begin(), versions.end());
    return versions;
}

}  // namespace understudy::cli
