// understudy change impact: what a change touches, what formulas expect of it, and how risky that makes it.
#include <fmt/core.h>

#include "tools/cli/change.h"
#include "tools/cli/change_case.h"
#include "tools/cli/problems.h"
#include "tools/cli/progress.h"
#include "tools/cli/scenario_input.h"
#include "tools/reports/validation_report.h"

namespace understudy::cli {

int change_impact(const Arguments& arguments) {
    namespace po = boost::program_options;
    Options options(change_command_named("impact"));
    options.positional("change", 1, "a change file");
    options.add()("base", po::value<std::string>()->value_name("BASE"),
                  "the scenario or version that it is applied to (default: what it names)");
    options.add()("json", "print one JSON document instead of the table");
    if (!options.parse(arguments)) return exit_met;
    leave_out_environment();
    if (!options.has("change")) throw UsageError("change impact needs a change file");
    const std::string& file = options.get<std::string>("change");
    const bool as_json = options.has("json");
    return refusing_in(as_json ? "json" : "", file, [&]() -> int {
        const auto one = read_change_case(file, options.has("base") ? options.get<std::string>("base") : "");
        if (!one) return exit_usage;
        require_current_base(*one);
        if (!one->candidate) {
            print_failed_checks(*one);
            return exit_usage;
        }
        const studies::ChangeImpact impact = *impact_of(*one);
        reports::TextOptions look;
        look.width = terminal_width();
        look.colour = takes_colour();
        fmt::print("{}", as_json ? formats::impact_as_json(one->validation, impact)
                                 : reports::change_impact_report(one->validation, impact, look));
        return exit_met;
    });
}

}  // namespace understudy::cli
