// understudy change show: what a change says, and what it does to its base.
#include <fmt/core.h>

#include "tools/cli/change.h"
#include "tools/cli/change_input.h"
#include "tools/formats/files/sha256.h"
#include "tools/formats/json/change_json.h"
#include "tools/formats/store/version_diff.h"
#include "tools/reports/change_report.h"

namespace understudy::cli {

int change_show(const Arguments& arguments) {
    namespace po = boost::program_options;
    Options options(change_command_named("show"));
    options.positional("change", 1, "a change file");
    options.add()("base", po::value<std::string>()->value_name("BASE"),
                  "the scenario or version that it is applied to (default: what it names)");
    options.add()("json", "print one JSON document instead of text");
    if (!options.parse(arguments)) return exit_met;
    if (!options.has("change")) throw UsageError("change show needs a change file");
    const std::string& file = options.get<std::string>("change");
    auto input = read_change_input(file, options.has("base") ? options.get<std::string>("base") : "", {});
    if (!input) return exit_usage;
    formats::ShownChange shown;
    shown.text = input->text;
    shown.sha256 = formats::sha256_hex(input->text);
    shown.base = input->base_name;
    shown.change = std::move(input->change);
    if (!input->base.empty()) shown.differences = formats::differences(input->before, input->after);
    fmt::print("{}",
               options.has("json") ? formats::change_as_json(shown) : reports::change_report(shown, file));
    return exit_met;
}

}  // namespace understudy::cli
