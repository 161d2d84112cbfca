// understudy twin list, show, history, export: what is in the store.
#include <fmt/core.h>
#include <fnmatch.h>

#include <optional>

#include "tools/cli/output_target.h"
#include "tools/cli/progress.h"
#include "tools/cli/twin.h"
#include "tools/formats/files/atomic_file.h"
#include "tools/formats/json/twin_json.h"
#include "tools/formats/store/store_place.h"
#include "tools/formats/store/version_content.h"
#include "tools/formats/store/version_summary.h"
#include "tools/reports/twin_report.h"

namespace understudy::cli {

namespace {

formats::Store store_from(const Options& options) {
    return {store_folder_from(options), formats::Store::Access::reading};
}

bool matches(const std::string& pattern, const std::string& text) {
    return fnmatch(pattern.c_str(), text.c_str(), 0) == 0;
}

std::string word(const Options& options, const char* name, const char* missing) {
    if (!options.has(name)) throw UsageError(missing);
    return options.get<std::string>(name);
}

}  // namespace

int twin_list(const Arguments& arguments) {
    namespace po = boost::program_options;
    Options options(twin_command_named("list"));
    options.add()("kind", po::value<std::string>()->value_name("KIND"),
                  "only these: product, pipeline, system");
    options.add()("tag", po::value<std::string>()->value_name("TAG"),
                  "only those with a version of this tag");
    options.add()("name", po::value<std::string>()->value_name("PATTERN"),
                  "only those whose name matches, such as 'orders*'");
    options.add()("owner", po::value<std::string>()->value_name("PATTERN"),
                  "only those with an element whose owner matches, in the latest version");
    add_store_options(options);
    if (!options.parse(arguments)) return exit_met;
    const auto asked = [&](const char* name) {
        return options.has(name) ? std::optional(options.get<std::string>(name)) : std::nullopt;
    };
    if (const auto kind = asked("kind");
        kind && *kind != "product" && *kind != "pipeline" && *kind != "system")
        throw UsageError("--kind is 'product', 'pipeline' or 'system', not '" + *kind + "'");
    formats::Store store = store_from(options);
    std::vector<formats::StoredTwin> twins = store.twins();
    std::erase_if(twins, [&](const formats::StoredTwin& twin) {
        if (const auto kind = asked("kind"); kind && twin.kind != *kind) return true;
        if (const auto tag = asked("tag"); tag && !twin.tags.contains(*tag)) return true;
        if (const auto name = asked("name"); name && !matches(*name, twin.name)) return true;
        if (const auto owner = asked("owner")) {
            for (const std::string& one : formats::summary_of(store.text_of(twin.latest)).owners)
                if (matches(*owner, one)) return false;
            return true;
        }
        return false;
    });
    if (options.has("json"))
        fmt::print("{}", formats::twins_as_json(twins));
    else
        fmt::print("{}", reports::twin_list(twins, terminal_width()));
    return exit_met;
}

int twin_show(const Arguments& arguments) {
    Options options(twin_command_named("show"));
    options.positional("version", 1, "such as orders@41; without '@': the latest");
    options.add()("text", "print the scenario that it holds, as it is kept");
    options.add()("change", "print the change that made it");
    add_store_options(options);
    if (!options.parse(arguments)) return exit_met;
    const auto which =
        version_from(word(options, "version", "twin show needs the name of a twin or version"));
    formats::Store store = store_from(options);
    const formats::Version version = store.find(which);
    const std::string text = store.text_of(version);
    const std::string change = store.change_of(version);
    if (options.has("change") && change.empty())
        throw UsageError(formats::version_text(version.twin, version.number) + " was made by no change");
    const formats::StoredTwin twin = store.twin(version.twin);
    const formats::VersionSummary summary = formats::summary_of(text);
    if (options.has("json"))
        fmt::print("{}", formats::version_as_json(
                             twin, version, summary, options.has("text") ? std::optional(text) : std::nullopt,
                             options.has("change") ? std::optional(change) : std::nullopt));
    else if (options.has("text") || options.has("change"))
        fmt::print("{}", options.has("text") ? text : change);
    else
        fmt::print("{}", reports::twin_version(twin, version, summary));
    return exit_met;
}

int twin_history(const Arguments& arguments) {
    Options options(twin_command_named("history"));
    options.positional("name", 1, "the twin; one that was deleted, too");
    add_store_options(options);
    if (!options.parse(arguments)) return exit_met;
    const std::string name = word(options, "name", "twin history needs the name of a twin");
    require_twin(name);
    formats::Store store = store_from(options);
    const auto records = store.records(name);
    if (records.empty()) store.twin(name);  // says what is near
    if (options.has("json"))
        fmt::print("{}", formats::history_as_json(name, records));
    else
        fmt::print("{}", reports::twin_history(records, terminal_width()));
    return exit_met;
}

int twin_export(const Arguments& arguments) {
    namespace po = boost::program_options;
    Options options(twin_command_named("export"));
    options.positional("version", 1, "such as orders@41; without '@': the latest");
    options.add()("out,o", po::value<std::string>()->value_name("FILE"),
                  "write it there instead of to stdout");
    add_store_options(options, false);
    if (!options.parse(arguments)) return exit_met;
    const auto which =
        version_from(word(options, "version", "twin export needs the name of a twin or version"));
    formats::Store store = store_from(options);
    const formats::Version version = store.find(which);
    std::filesystem::path folder = ".";
    if (options.has("out")) {
        const std::filesystem::path out = options.get<std::string>("out");
        require_replaceable(out, OutputKind::scenario, {});
        if (out.has_parent_path()) folder = out.parent_path();
    }
    const std::string text = fmt::format(
        "# {}, sha256:{}\n{}", formats::version_text(version.twin, version.number), version.sha256,
        formats::as_scenario_file(store.text_of(version), formats::project_of(store.folder()), folder));
    if (options.has("out"))
        formats::write_file(options.get<std::string>("out"), text);
    else
        fmt::print("{}", text);
    return exit_met;
}

}  // namespace understudy::cli
