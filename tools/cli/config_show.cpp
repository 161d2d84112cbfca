// understudy config show: what a scenario is set to, and where each value comes from.
#include <fmt/core.h>

#include <algorithm>
#include <string>
#include <vector>

#include "tools/cli/config.h"
#include "tools/cli/problems.h"
#include "tools/cli/progress.h"
#include "tools/cli/scenario_input.h"
#include "tools/formats/json/configuration_json.h"
#include "tools/formats/language/configuration.h"
#include "tools/reports/configuration_report.h"

namespace understudy::cli {

namespace {

/// `spark` is the beginning of `spark.workers`, and not of `spark2.workers`.
bool begins_with(const std::string& path, const std::string& begin) {
    return path.starts_with(begin) && (path.size() == begin.size() || path[begin.size()] == '.');
}

}  // namespace

int config_show(const Arguments& arguments) {
    namespace po = boost::program_options;
    Options options(config_command_named("show"));
    options.positional("scenario", 1, "a scenario file, or a version of a twin");
    options.positional("paths", -1, "of these only: 'run', 'spark', 'spark.workers'");
    options.add()("set", po::value<std::vector<std::string>>()->composing()->value_name("NAME.KEY=VALUE"),
                  "change a value; may be repeated");
    options.add()("change", po::value<std::vector<std::string>>()->composing()->value_name("FILE"),
                  "apply a change file before; may be repeated");
    options.add()("set-only", "without defaults of the language");
    options.add()("json", "print one JSON document instead of the table");
    if (!options.parse(arguments)) return exit_met;
    if (!options.has("scenario")) throw UsageError("config show needs a scenario file");
    const std::string& path = options.get<std::string>("scenario");
    std::vector<std::string> changes, wanted;
    if (options.has("change")) changes = options.get<std::vector<std::string>>("change");
    if (options.has("paths")) wanted = options.get<std::vector<std::string>>("paths");
    formats::Configuration found = formats::read_configuration(path, overrides_from(options), changes);
    print_problems(found.diagnostics);
    if (found.diagnostics.has_errors()) return exit_usage;
    for (const std::string& one : wanted)
        if (std::none_of(found.settings.begin(), found.settings.end(),
                         [&](const formats::Setting& setting) { return begins_with(setting.path, one); }))
            throw UsageError(fmt::format("nothing of {} is called '{}'", path, one));
    std::erase_if(found.settings, [&](const formats::Setting& setting) {
        return (options.has("set-only") && setting.origin.empty()) ||
               (!wanted.empty() && std::none_of(wanted.begin(), wanted.end(), [&](const std::string& one) {
                   return begins_with(setting.path, one);
               }));
    });
    fmt::print("{}", options.has("json") ? formats::configuration_as_json(found.settings)
                                         : reports::configuration_report(found.settings, terminal_width()));
    return exit_met;
}

}  // namespace understudy::cli
