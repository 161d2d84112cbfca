// understudy change new: a change file to begin with, which is right as it is.
#include <fmt/core.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <filesystem>
#include <optional>
#include <utility>

#include "tools/cli/base_version.h"
#include "tools/cli/change.h"
#include "tools/cli/output_target.h"
#include "tools/cli/problems.h"
#include "tools/cli/scenario_input.h"
#include "tools/cli/twin.h"
#include "tools/formats/language/change_reader.h"
#include "tools/formats/language/document.h"
#include "tools/formats/language/edits.h"
#include "tools/formats/language/fault.h"
#include "tools/formats/language/keys.h"
#include "tools/formats/language/objectives.h"
#include "tools/formats/language/stored_twins.h"
#include "tools/formats/language/suggestions.h"
#include "tools/formats/store/change_kinds.h"
#include "tools/formats/store/version_content.h"
#include "tools/formats/store/version_diff.h"

namespace understudy::cli {

namespace {

/// As it stands in a file.
std::string written(const std::string& value) { return formats::write_flow(formats::Node::scalar(value)); }

struct NewBase {
    std::string scenario;  ///< as scenarios are named
    formats::ChangeBase named;
};

NewBase base_called(const std::string& word, const std::filesystem::path& out, const Options& options) {
    std::error_code none;
    if (std::filesystem::is_regular_file(word, none)) return {word, base_named(word, out)};
    if (word.ends_with(".yaml") || word.ends_with(".yml")) throw UsageError(word + ": no such file");
    formats::Store store(store_folder_from(options), formats::Store::Access::reading);
    // By its number: a change is of a version, and one that is not the latest any more is told so.
    const formats::Version version = store.find(version_from(word));
    const std::string name = formats::version_text(version.twin, version.number);
    return {name, base_named(name, out)};
}

/// Something of the base that can be set, with the value that it has: what people put theirs in the place of.
std::optional<std::pair<std::string, std::string>> something_in(const std::string& base) {
    const auto content = formats::read_version_content(base, {});
    if (!content.text) return std::nullopt;
    for (const char* key : {"workers", "service"})
        for (const formats::ElementDifference& element : formats::differences("{}", *content.text))
            for (const formats::KeyDifference& one : element.keys)
                if (!element.name.empty() && one.key == key && one.to)
                    return std::pair(element.name + "." + key, *one.to);
    return std::nullopt;
}

std::vector<std::pair<std::string, std::string>> edits_of(const std::vector<std::string>& sets) {
    std::vector<std::pair<std::string, std::string>> edits;
    for (const std::string& set : sets) {
        const std::size_t equals = set.find('=');
        if (equals == std::string::npos || equals == 0 || set[equals - 1] == '+')
            throw UsageError("--set takes PATH=VALUE, such as spark.workers=9, not '" + set + "'");
        edits.emplace_back(set.substr(0, equals), set.substr(equals + 1));
    }
    return edits;
}

std::string value_in_edit(const std::string& value) {
    const bool map_or_list = value.starts_with('{') || value.starts_with('[');
    return map_or_list ? value : written(value);
}

using SetEdits = std::vector<std::pair<std::string, std::string>>;

std::string as_lines(const SetEdits& edits) {
    std::string lines;
    for (const auto& [path, value] : edits)
        lines += fmt::format("  - {{set: {}, to: {}}}\n", written(path), value_in_edit(value));
    return lines;
}

/// What it is found to be of, unless --kind names another one of these; empty where nothing is found.
std::string kind_to_write(const SetEdits& edits, const Options& options, const std::optional<NewBase>& base) {
    const std::string said = options.has("kind") ? options.get<std::string>("kind") : "";
    if (!base || formats::is_origin(said)) return said;
    formats::Diagnostics none;
    const auto change =
        formats::read_change("understudy: 1\nchange: new\nedits:\n" + as_lines(edits), none, 0);
    const auto content = formats::read_version_content(base->scenario, {});
    if (!change || !content.text) return said;  // what is wrong is told where the whole is read
    const auto found = formats::kinds_of_edits(*content.text, change->edits);
    if (found.empty()) return said;
    if (said.empty()) return found.front().kind;
    if (std::none_of(found.begin(), found.end(), [&](const auto& one) { return one.kind == said; }))
        throw UsageError(fmt::format("--kind {}: the edits are of another kind: {} ({})", said,
                                     formats::kinds_text(found, ""), found.front().because));
    return said;
}

/// What is wrong with the edits is said: an edit may do less than --set of a run.
bool can_be_made(const NewBase& base, const formats::Change& change, formats::Diagnostics problems) {
    const auto content = formats::read_version_content(base.scenario, {});
    if (!content.text) {
        print_problems(content.diagnostics);
        return false;
    }
    formats::Diagnostics none;
    formats::Node root = formats::read_document(*content.text, none);
    std::vector<formats::LoadMultiple> multiples;
    formats::apply_edits(root, change.edits, multiples, problems);
    formats::apply_multiples(root, multiples, problems);
    fmt::print(stderr, "{}", problems.show());
    return !problems.has_errors();
}

void require_kind(const std::string& kind) {
    std::vector<std::string> words;
    for (const std::string_view choice : formats::choices_of(*formats::place_named("change").find("kind"))) {
        if (choice == kind) return;
        words.emplace_back(choice);
    }
    const std::string near = formats::did_you_mean(kind, words);
    throw UsageError(fmt::format("'{}' is no kind of change; {}", kind,
                                 near.empty() ? fmt::format("there are {}", fmt::join(words, ", ")) : near));
}

}  // namespace

int change_new(const Arguments& arguments) {
    namespace po = boost::program_options;
    Options options(change_command_named("new"));
    options.positional("name", 1, "what the change is called");
    options.add()("base", po::value<std::string>()->value_name("BASE"),
                  "a twin, a version of one, or a scenario file");
    options.add()("set", po::value<std::vector<std::string>>()->composing()->value_name("PATH=VALUE"),
                  "an edit; may be repeated");
    options.add()("kind", po::value<std::string>()->value_name("KIND"), "schema, capacity, topology, ...");
    options.add()("accept", po::value<std::vector<std::string>>()->composing()->value_name("TEXT"),
                  "what has to hold; may be repeated (default: all objectives)");
    options.add()("reason", po::value<std::string>()->value_name("TEXT"), "why");
    options.add()("author", po::value<std::string>()->value_name("TEXT"),
                  "who (default: UNDERSTUDY_AUTHOR, or user@host)");
    options.add()("out,o", po::value<std::string>()->value_name("FILE"), "the file (default: NAME.yaml)");
    options.add()("force", "replace a file that is there");
    add_store_options(options, false);
    if (!options.parse(arguments)) return exit_met;
    leave_out_environment();
    if (!options.has("name")) throw UsageError("change new needs a name for the change");
    const std::string& name = options.get<std::string>("name");
    const std::filesystem::path out = options.has("out") ? options.get<std::string>("out") : name + ".yaml";
    if (options.has("kind")) require_kind(options.get<std::string>("kind"));
    std::vector<std::string> sets, accept = {"all objectives"};
    if (options.has("set")) sets = options.get<std::vector<std::string>>("set");
    if (options.has("accept")) accept = options.get<std::vector<std::string>>("accept");
    auto edits = edits_of(sets);
    std::optional<NewBase> base;
    if (options.has("base")) base = base_called(options.get<std::string>("base"), out, options);
    const formats::Signature signature = signature_from(options);
    std::string note;
    if (edits.empty()) {
        const auto something = base ? something_in(base->scenario) : std::nullopt;
        if (!something)
            throw UsageError("change new needs to know what changes: --set spark.workers=9, or a --base");
        edits.push_back(*something);
        note = "  # This is as it is: put what it is to be in its place, and add what else changes.\n";
    }

    const std::string kind = kind_to_write(edits, options, base);
    std::string text = fmt::format("understudy: 1\nchange: {}\n", name);
    if (base) text += fmt::format("base: {}\n", written(base->named.as));
    if (base && !base->named.sha256.empty()) text += fmt::format("base_sha256: {}\n", base->named.sha256);
    if (!kind.empty()) text += fmt::format("kind: {}\n", kind);
    text += fmt::format("author: {}\n", written(signature.author));
    if (!signature.reason.empty()) text += fmt::format("reason: {}\n", written(signature.reason));
    text += "edits:\n" + note;
    text += as_lines(edits);
    text += "accept:\n";
    for (const std::string& entry : accept) text += fmt::format("  - {}\n", written(entry));

    formats::Diagnostics problems(out.string(), text);
    const auto read = formats::read_change(text, problems, 0);
    fmt::print(stderr, "{}", problems.show());
    if (!read || problems.has_errors()) return exit_usage;
    if (base && !(can_be_made(*base, *read, formats::Diagnostics(out.string(), text)) &&
                  prepare_file(base->scenario, sets)))
        return exit_usage;
    const bool is_new = write_beginning(out, text, options.has("force"));
    fmt::print("{}: {}{}\nNext: understudy change show {}\n", out.string(), is_new ? "written" : "as it was",
               base ? ", a change of " + base->named.as : "", out.string());
    return exit_met;
}

}  // namespace understudy::cli
