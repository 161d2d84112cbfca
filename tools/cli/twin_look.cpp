// understudy twin list, show, history, export: what is in the store.
#include <fmt/core.h>
#include <fnmatch.h>

#include <optional>

#include "tools/cli/output_target.h"
#include "tools/cli/progress.h"
#include "tools/cli/twin.h"
#include "tools/formats/files/atomic_file.h"
#include "tools/formats/json/twin_json.h"
#include "tools/formats/store/present.h"
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

/// The version before it, and what differs.
formats::VersionOrigin origin_of(formats::Store& store, const formats::Version& version,
                                 const std::string& text) {
    formats::VersionOrigin origin;
    for (const formats::Record& record : store.records(version.twin))
        if (record.hash == version.record) origin.action = record.action;
    std::string before;
    // Before the first there may have been one of a twin that is there no more.
    if (origin.action != "create") {
        origin.from = formats::version_text(version.twin, version.number - 1);
        before = store.text_of(
            store.find({version.twin, formats::VersionName::By::number, version.number - 1, ""}));
    }
    origin.differences = formats::differences(before, text);
    return origin;
}

/// The same for people.
std::string origin_text(const formats::Version& version, const formats::VersionOrigin& origin,
                        const models::InitialState& before, const models::InitialState& after) {
    const formats::Signature& signed_by = version.signature;
    return fmt::format("# made by no change file: {} by {} at {}{}{}\n{}", origin.action, signed_by.author,
                       signed_by.time, signed_by.reason.empty() ? "" : ": ", signed_by.reason,
                       reports::twin_differences(origin.from.empty() ? "nothing" : origin.from,
                                                 formats::version_text(version.twin, version.number),
                                                 origin.differences, before, after, terminal_width()));
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
    options.add()("change", "print the change that made it; without one, what it changed");
    add_store_options(options);
    if (!options.parse(arguments)) return exit_met;
    const auto which =
        version_from(word(options, "version", "twin show needs the name of a twin or version"));
    formats::Store store = store_from(options);
    const formats::Version version = store.find(which);
    const std::string text = store.text_of(version);
    const std::string change = store.change_of(version);
    const formats::StoredTwin twin = store.twin(version.twin);
    const formats::VersionSummary summary = formats::summary_of(text);
    const std::filesystem::path project = formats::project_of(store.folder());
    formats::VersionParts parts;
    if (!formats::state_in(text).empty()) parts.state = state_of_text(text, project);
    if (options.has("text")) parts.text = text;
    if (options.has("change") && !change.empty()) parts.change = change;
    if (options.has("change") && change.empty()) parts.origin = origin_of(store, version, text);
    if (options.has("json")) {
        fmt::print("{}", formats::version_as_json(twin, version, summary, parts));
    } else if (parts.text) {
        fmt::print("{}", text);
    } else if (parts.change) {
        fmt::print("{}", change);
    } else if (parts.origin) {
        models::InitialState before;
        if (!parts.origin->from.empty())
            before = state_of_text(store.text_of(store.find(version_from(parts.origin->from))), project);
        fmt::print("{}",
                   origin_text(version, *parts.origin, before, parts.state.value_or(models::InitialState{})));
    } else {
        fmt::print("{}", reports::twin_version(twin, version, summary, parts.state ? &*parts.state : nullptr,
                                               terminal_width()));
    }
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
