// understudy change show: what a change says, and what it does to its base.
#include <fmt/core.h>

#include <filesystem>
#include <system_error>

#include "tools/cli/change.h"
#include "tools/cli/change_input.h"
#include "tools/cli/change_policy.h"
#include "tools/cli/twin.h"
#include "tools/formats/files/sha256.h"
#include "tools/formats/json/approval_json.h"
#include "tools/formats/json/change_json.h"
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
    auto input = read_change_input(file, options.has("base") ? options.get<std::string>("base") : "", {});
    if (!input) return exit_usage;
    formats::ShownChange shown;
    shown.text = input->text;
    shown.sha256 = formats::sha256_hex(input->text);
    shown.base = input->base_name;
    shown.change = std::move(input->change);
    shown.kinds = std::move(input->kinds);
    if (!input->base.empty()) shown.differences = formats::differences(input->before, input->after);
    fmt::print("{}",
               options.has("json") ? formats::change_as_json(shown) : reports::change_report(shown, file));
    return exit_met;
}

}  // namespace understudy::cli
