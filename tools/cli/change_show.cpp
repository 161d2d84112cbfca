// understudy change show: what a change says, and what it does to its base.
#include <fmt/core.h>

#include <filesystem>
#include <system_error>

#include "tools/cli/change.h"
#include "tools/cli/change_input.h"
#include "tools/cli/change_policy.h"
#include "tools/cli/problems.h"
#include "tools/cli/twin.h"
#include "tools/formats/files/sha256.h"
#include "tools/formats/json/approval_json.h"
#include "tools/formats/json/change_json.h"
#include "tools/formats/language/stored_twins.h"
#include "tools/formats/language/text_file.h"
#include "tools/formats/store/store_place.h"
#include "tools/formats/store/version_diff.h"
#include "tools/reports/approval_report.h"
#include "tools/reports/change_report.h"

namespace understudy::cli {

namespace {

int show_request(const Options& options, const std::string& word) {
    const std::filesystem::path folder = store_folder_from(options);
    const auto rules = rules_from(options, formats::project_of(folder));
    if (!rules) return exit_usage;
    formats::Store store(folder, formats::Store::Access::reading);
    const std::int64_t now = seconds_of(signature_from(options));
    const formats::JudgedRequest judged = formats::judge(
        store, request_in_force(store, *rules, word, formats::project_of(folder), now).request, *rules, now);
    fmt::print("{}", options.has("json") ? formats::request_as_json(judged, false)
                                         : reports::request_report(judged));
    return exit_met;
}

formats::ShownChange what_it_says(const std::string& text, formats::Change change, std::string base) {
    formats::ShownChange shown;
    shown.text = text;
    shown.sha256 = formats::sha256_hex(text);
    shown.base = std::move(base);
    shown.change = std::move(change);
    return shown;
}

int show_file(const std::string& file, const std::string& base, bool json) {
    auto input = read_change_input(file, base, {});
    if (!input) return exit_usage;
    formats::ShownChange shown =
        what_it_says(input->text, std::move(input->change), std::move(input->base_name));
    shown.kinds = std::move(input->kinds);
    if (!input->base.empty()) shown.differences = formats::differences(input->before, input->after);
    fmt::print("{}", json ? formats::change_as_json(shown) : reports::change_report(shown, file));
    return exit_met;
}

/// Of one that cannot be made, as its base is another by now: what it says, as far as that can be read.
std::string refused_change(const std::string& file, const std::string& base,
                           const std::vector<formats::ToldProblem>& problems) {
    std::string text;
    if (formats::read_text_file(file, text)) return formats::refused_as_json(problems);
    formats::ChangeReading reading = formats::read_change_file(file);
    if (!reading.change) return formats::refused_as_json(problems);
    std::string base_name = base.empty() ? formats::base_of(*reading.change, file) : base;
    formats::ScenarioText named;
    if (!base_name.empty() && !formats::read_scenario_text(base_name, named)) base_name = named.shown;
    formats::ShownChange shown = what_it_says(text, std::move(*reading.change), std::move(base_name));
    shown.problems = problems;
    return formats::change_as_json(shown);
}

}  // namespace

int change_show(const Arguments& arguments) {
    namespace po = boost::program_options;
    Options options(change_command_named("show"));
    options.positional("change", 1, "a change file; else a request, by its digest or its change's name");
    options.add()("base", po::value<std::string>()->value_name("BASE"),
                  "of a file, the scenario or version that it is applied to (default: what it names)");
    add_policy_option(options);
    add_store_options(options);
    if (!options.parse(arguments)) return exit_met;
    if (!options.has("change")) throw UsageError("change show needs a change file or a request");
    const std::string& file = options.get<std::string>("change");
    std::error_code none;
    if (!std::filesystem::exists(file, none) && !file.ends_with(".yaml") && !file.ends_with(".yml"))
        return show_request(options, file);
    if (options.has("store")) store_folder_from(options);
    const std::string base = options.has("base") ? options.get<std::string>("base") : "";
    const bool json = options.has("json");
    return refusing_in(
        json ? "json" : "text", file, [&] { return show_file(file, base, json); },
        [&](const auto& problems) { return refused_change(file, base, problems); });
}

}  // namespace understudy::cli
