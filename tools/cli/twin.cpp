// understudy twin: the commands on stored versions of twins, and what they have in common.
#include "tools/cli/twin.h"

#include <fmt/core.h>
#include <pwd.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <ctime>
#include <limits>

#include "tools/cli/subcommands.h"
#include "tools/formats/files/file_error.h"
#include "tools/formats/language/fault.h"
#include "tools/formats/language/scenario_reader.h"
#include "tools/formats/printable.h"
#include "tools/formats/store/present.h"
#include "tools/formats/store/store_place.h"

namespace understudy::cli {

namespace {

const Subcommands& twin_commands() {
    static const Subcommands all = {
        "twin",
        {
            {"twin create", "NAME FILE [options]", "keep a scenario as the first version of a twin",
             "understudy twin create orders scenario.yaml --reason 'As it runs today'", twin_create},
            {"twin update", "NAME FILE [options]", "keep a scenario as the next version of a twin",
             "understudy twin update orders scenario.yaml --base orders@1", twin_update},
            {"twin import", "NAME FILE... [options]",
             "keep what catalogs, lineage events and contracts say as the next version of a twin",
             "understudy twin import shop manifest.json run_results.json\n"
             "  understudy twin import shop events.ndjson --change change.yaml",
             twin_import},
            {"twin list", "[options]", "show the twins that there are", "understudy twin list --tag prod",
             twin_list},
            {"twin show", "VERSION [options]", "show what a version holds, and where it comes from",
             "understudy twin show orders@latest", twin_show},
            {"twin diff", "FROM TO [options]",
             "show what differs between two versions, or a version and a file, key by key",
             "understudy twin diff orders@1 orders@latest\n  understudy twin diff orders scenario.yaml",
             twin_diff},
            {"twin history", "NAME [options]", "show what was done to a twin, by whom, when and why",
             "understudy twin history orders", twin_history},
            {"twin tag", "VERSION TAG [options]", "give a version another name, or move that name to it",
             "understudy twin tag orders@1 prod", twin_tag},
            {"twin export", "VERSION [options]", "write a version as a scenario file",
             "understudy twin export orders@prod --out orders.yaml", twin_export},
            {"twin snapshot", "VERSION|FILE --at TIME [options]",
             "simulate up to an instant, and keep the state that there is then",
             "understudy twin snapshot orders --at 6h --description 'Before the load begins'\n"
             "  understudy twin snapshot scenario.yaml --at 6h --out from-6h.yaml",
             twin_snapshot},
            {"twin restore", "NAME VERSION [options]", "make the state of an earlier version the present one",
             "understudy twin restore orders orders@4", twin_restore},
            {"twin sync", "NAME LOG... [options]",
             "advance the state by what logs of production tell, and keep it as the next version",
             "understudy twin sync orders events.ndjson\n"
             "  understudy twin sync orders trace.txt --dry-run",
             twin_sync},
            {"twin forecast", "VERSION|FILE --for TIME [options]",
             "from the state that there is, what will be done by when, and what will hold",
             "understudy twin forecast orders --for 8h", twin_forecast},
            {"twin delete", "NAME [options]", "take a twin away, with all its versions",
             "understudy twin delete orders --yes", twin_delete},
            {"twin verify", "[options]", "prove that the store is as it was written",
             "understudy twin verify", twin_verify},
        },
        "A version is called orders@41, orders@latest, orders@prod (a tag) or orders@sha256:1f0c93ab. It "
        "can be\ngiven wherever a scenario file is asked for, and to a scenario as 'twin: orders@41'."};
    return all;
}

void require_printable(const char* option, const std::string& text) {
    constexpr std::size_t most_of_a_line = 10'000;
    if (!formats::is_printable(text))
        throw UsageError(fmt::format("{} has characters that do not print; it is one line of text", option));
    if (text.size() > most_of_a_line)
        throw UsageError(
            fmt::format("{} has {} characters; at most {} are kept", option, text.size(), most_of_a_line));
}

std::string time_text(std::time_t seconds) {
    std::tm parts{};
    gmtime_r(&seconds, &parts);
    char text[32];
    return {text, std::strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", &parts)};
}

std::string time_from(const Options& options) {
    if (options.has("time")) {
        const std::string& text = options.get<std::string>("time");
        std::tm parts{};
        const char* end = strptime(text.c_str(), "%Y-%m-%dT%H:%M:%SZ", &parts);
        // Back and forth: the library takes 31 February.
        if (end == nullptr || *end != '\0' || time_text(timegm(&parts)) != text)
            throw UsageError(
                fmt::format("--time is an instant in UTC such as 2026-03-09T05:00:00Z, not '{}'", text));
        return text;
    }
    if (const char* epoch = std::getenv("SOURCE_DATE_EPOCH"); epoch != nullptr && *epoch != '\0')
        return time_text(
            static_cast<std::time_t>(whole_number("SOURCE_DATE_EPOCH", epoch, 0, 253'402'300'799)));
    return time_text(std::time(nullptr));
}

std::string author_from(const Options& options) {
    if (options.has("author")) return options.get<std::string>("author");
    if (const char* named = std::getenv("UNDERSTUDY_AUTHOR"); named != nullptr && *named != '\0')
        return named;
    const passwd* user = getpwuid(geteuid());
    char host[256] = "";
    gethostname(host, sizeof host - 1);
    return fmt::format("{}@{}", user == nullptr ? std::to_string(geteuid()) : user->pw_name, host);
}

template <class Read>
auto as_usage(Read&& read) {
    try {
        return read();
    } catch (const formats::Fault& fault) {
        throw UsageError(fault.what() + (fault.hint.empty() ? "" : "; " + fault.hint));
    }
}

}  // namespace

const Command& twin_command_named(std::string_view name) { return subcommand_named(twin_commands(), name); }

void add_store_options(Options& options, bool json) {
    options.add()("store", boost::program_options::value<std::string>()->value_name("FOLDER"),
                  "where the store is (default: UNDERSTUDY_STORE, or .understudy here or above)");
    if (json) options.add()("json", "print one JSON document instead of text");
}

void add_signature_options(Options& options) {
    using boost::program_options::value;
    options.add()("reason", value<std::string>()->value_name("TEXT"), "why, kept with it");
    options.add()("author", value<std::string>()->value_name("TEXT"),
                  "who (default: UNDERSTUDY_AUTHOR, or user@host)");
    options.add()("time", value<std::string>()->value_name("TIME"),
                  "when, in UTC (default: SOURCE_DATE_EPOCH, or now)");
}

formats::Signature signature_from(const Options& options) {
    formats::Signature signature{author_from(options), time_from(options), ""};
    if (options.has("reason")) signature.reason = options.get<std::string>("reason");
    require_printable("the author", signature.author);
    require_printable("--reason", signature.reason);
    return signature;
}

std::filesystem::path store_folder_from(const Options& options) {
    // What the scenario names is looked for in the same store.
    if (options.has("store")) ::setenv("UNDERSTUDY_STORE", options.get<std::string>("store").c_str(), 1);
    const auto folder = formats::find_store(".");
    if (!folder)
        throw UsageError(
            "there is no store of twins in this folder or above it; 'understudy twin create NAME FILE' makes "
            "one");
    return *folder;
}

std::filesystem::path store_folder_to_make(const Options& options) {
    if (options.has("store")) return store_folder_from(options);
    return formats::find_store(".").value_or(formats::store_folder);
}

formats::VersionName version_from(const std::string& word) {
    return as_usage([&] { return formats::read_version_name(word); });
}

void require_twin(const std::string& word) {
    as_usage([&] { formats::require_twin_name(word); });
}

bool is_scenario_file(const std::string& word) {
    std::error_code none;
    return std::filesystem::exists(word, none) || word.ends_with(".yaml") || word.ends_with(".yml");
}

std::string scenario_named(const Options& options, const std::string& word) {
    if (is_scenario_file(word)) return word;
    formats::Store store(store_folder_from(options), formats::Store::Access::reading);
    const formats::Version version = store.find(version_from(word));
    return formats::version_text(version.twin, version.number);
}

models::InitialState state_of_text(const std::string& text, const std::filesystem::path& project) {
    if (formats::state_in(text).empty()) return {};
    const formats::ScenarioReading reading = formats::read_scenario(text, "", {}, project.string());
    return reading.scenario ? reading.scenario->twin.state : models::InitialState{};
}

std::string record_hash_from(const Options& options) {
    const std::string& hash = options.get<std::string>("record");
    if (hash.size() < 8 || hash.find_first_not_of("0123456789abcdef") != std::string::npos)
        throw UsageError("--record is the hash of a record, or its first eight digits or more");
    return hash;
}

void require_tag(const std::string& word) {
    as_usage([&] { formats::require_tag_name(word); });
}

int twin_command(const Arguments& arguments) { return run_subcommand(twin_commands(), arguments); }

}  // namespace understudy::cli
