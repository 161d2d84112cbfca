// understudy twin create, update: a scenario becomes a version of a twin.
#include <fmt/core.h>

#include <algorithm>
#include <optional>

#include "tools/cli/problems.h"
#include "tools/cli/scenario_input.h"
#include "tools/cli/twin.h"
#include "tools/formats/json/twin_json.h"
#include "tools/formats/language/scenario_reader.h"
#include "tools/formats/language/values.h"
#include "tools/formats/printable.h"
#include "tools/formats/store/present.h"
#include "tools/formats/store/store_place.h"
#include "tools/formats/store/version_content.h"

namespace understudy::cli {

namespace {

/// What the file holds, once it is as right as `validate` asks for; says what is wrong.
std::optional<formats::VersionContent> content_of(const std::string& path,
                                                  const std::filesystem::path& store) {
    if (!prepare_file(path, {})) return std::nullopt;
    auto content = formats::read_version_content(path, {formats::project_of(store), {}, false});
    print_problems(content.diagnostics);
    if (!content.text) return std::nullopt;
    return content;
}

/// A version's text with the present of the latest one: what people keep of a twin in a file is not how it stands. Nothing
/// where the two do not go together, which is said.
std::optional<std::string> with_present_of(const std::string& text, const formats::Version& latest,
                                           const std::string& known, const std::filesystem::path& project) {
    std::string both = formats::with_present_of(text, known);
    const std::string name = formats::version_text(latest.twin, latest.number);
    const std::string shown = latest.twin + " as it would be";
    formats::ScenarioReading reading = formats::read_scenario(both, shown, {}, project.string());
    print_problems(reading.diagnostics);
    if (!reading.scenario) return std::nullopt;
    const kernel::Time as_of = reading.scenario->twin.state.as_of;
    if (!prepare_scenario(std::move(*reading.scenario), shown)) return std::nullopt;
    fmt::print(
        stderr,
        "understudy: note: it goes on from the state of {}, as of {}; 'state: {{}}' in the file begins "
        "without one\n",
        name, formats::print_duration(as_of));
    return both;
}

int tell(const formats::Committed& committed, const formats::StoredTwin& twin, bool json) {
    fmt::print("{}", json ? formats::committed_as_json(twin, committed) : committed_text(committed));
    return exit_met;
}

std::pair<std::string, std::string> name_and_file(const Options& options, const char* verb) {
    if (!options.has("file"))
        throw UsageError(fmt::format("twin {} needs a name for the twin and a scenario file", verb));
    const std::string& name = options.get<std::string>("name");
    require_twin(name);
    return {name, options.get<std::string>("file")};
}

}  // namespace

void add_nature_options(Options& options) {
    namespace po = boost::program_options;
    options.add()("kind", po::value<std::string>()->value_name("KIND"),
                  "product, pipeline or system (default: product of contracts alone, pipeline where it has "
                  "nothing else, else system)");
    options.add()("label", po::value<std::string>()->value_name("TEXT"), "what people call it");
}

formats::Nature nature_from(const Options& options) {
    formats::Nature nature{"", ""};
    if (options.has("kind")) {
        nature.kind = options.get<std::string>("kind");
        if (nature.kind != "product" && nature.kind != "pipeline" && nature.kind != "system")
            throw UsageError("--kind is 'product', 'pipeline' or 'system', not '" + nature.kind + "'");
    }
    if (options.has("label")) nature.label = options.get<std::string>("label");
    if (!formats::is_printable(nature.label))
        throw UsageError("--label has characters that do not print; it is one line of text");
    return nature;
}

void tell_of_new_store(const std::filesystem::path& folder) {
    fmt::print(stderr, "understudy: note: made a store of twins in {}\n",
               std::filesystem::absolute(folder).lexically_normal().string());
}

std::string committed_text(const formats::Committed& committed) {
    const formats::Version& version = committed.version;
    const std::string name = formats::version_text(version.twin, version.number);
    return committed.added ? fmt::format("{}: kept, sha256:{}\n", name, version.sha256.substr(0, 12))
                           : fmt::format("{}: nothing new, this version holds the same\n", name);
}

int twin_create(const Arguments& arguments) {
    Options options(twin_command_named("create"));
    options.positional("name", 1, "what the twin is called");
    options.positional("file", 1, "a scenario file, or a version");
    add_nature_options(options);
    add_signature_options(options);
    add_store_options(options);
    if (!options.parse(arguments)) return exit_met;
    leave_out_environment();
    const auto [name, file] = name_and_file(options, "create");
    formats::Nature nature = nature_from(options);
    const formats::Signature signature = signature_from(options);
    const std::filesystem::path folder = store_folder_to_make(options);
    const auto content = content_of(file, folder);
    if (!content) return exit_usage;
    if (nature.kind.empty()) nature.kind = content->kind;
    bool made = false;
    formats::Store store = formats::Store::make(folder, &made);
    if (made) tell_of_new_store(folder);
    try {
        const formats::Committed committed =
            store.commit(name, *content->text, "", formats::no_version, signature, nature);
        return tell(committed, store.twin(name), options.has("json"));
    } catch (const formats::StaleBase& there) {
        throw UsageError(
            fmt::format("{}; 'understudy twin update {} {}' adds one", there.what(), name, file));
    }
}

int twin_update(const Arguments& arguments) {
    namespace po = boost::program_options;
    Options options(twin_command_named("update"));
    options.positional("name", 1, "what the twin is called");
    options.positional("file", 1, "a scenario file, or a version");
    options.add()("base", po::value<std::string>()->value_name("VERSION"),
                  "what it was made from; refused with exit code 5 where that is not the latest any more");
    add_signature_options(options);
    add_store_options(options);
    if (!options.parse(arguments)) return exit_met;
    leave_out_environment();
    const auto [name, file] = name_and_file(options, "update");
    const formats::Signature signature = signature_from(options);
    const std::filesystem::path folder = store_folder_from(options);
    formats::Store store(folder, formats::Store::Access::writing);
    store.twin(name);  // there is one
    std::int64_t base = formats::some_version;
    if (options.has("base")) {
        const formats::VersionName which = version_from(options.get<std::string>("base"));
        if (which.twin != name)
            throw UsageError(fmt::format("--base names '{}', which is not '{}'", which.twin, name));
        base = store.find(which).number;
    }
    const auto content = content_of(file, folder);
    if (!content) return exit_usage;
    std::string text = *content->text;
    formats::Transaction all(store.database(), formats::Transaction::Kind::writing);
    const formats::Version latest = store.twin(name).latest;
    if (const std::string known = store.text_of(latest);
        text != known && formats::state_in(text).empty() && !formats::state_in(known).empty()) {
        auto both = with_present_of(text, latest, known, formats::project_of(folder));
        if (!both) return exit_usage;
        text = std::move(*both);
    }
    const formats::Committed committed = store.commit(name, text, "", base, signature);
    all.commit();
    return tell(committed, store.twin(name), options.has("json"));
}

}  // namespace understudy::cli
