// understudy change validate: every check that a change has to pass before it is rehearsed.
#include <fmt/core.h>

#include <optional>

#include "tools/cli/change.h"
#include "tools/cli/change_case.h"
#include "tools/cli/output_format.h"
#include "tools/cli/problems.h"
#include "tools/cli/progress.h"
#include "tools/cli/scenario_input.h"
#include "tools/formats/checks/check_files.h"
#include "tools/reports/change_markdown.h"
#include "tools/reports/validation_report.h"

namespace understudy::cli {

namespace {

std::string markdown_of(const ChangeCase& one) {
    const auto impact = impact_of(one);
    return reports::change_markdown(one.validation, impact ? &*impact : nullptr);
}

std::string shown(const ChangeCase& one, const std::string& format) {
    if (format == "json") return formats::validation_as_json(one.validation);
    if (format == "markdown") return markdown_of(one);
    if (format == "junit") return formats::checks_as_junit(one.validation.checks, one.validation.change);
    if (format == "sarif")
        return formats::checks_as_sarif(one.validation.checks, one.validation.file, UNDERSTUDY_VERSION);
    reports::TextOptions look;
    look.width = terminal_width();
    look.colour = takes_colour();
    return reports::validation_report(one.validation, look);
}

const Formats validation_formats = {"text", "json", "markdown", "junit", "sarif"};

}  // namespace

int change_validate(const Arguments& arguments) {
    namespace po = boost::program_options;
    Options options(change_command_named("validate"));
    options.positional("change", 1, "a change file");
    options.add()("base", po::value<std::string>()->value_name("BASE"),
                  "the scenario or version that it is applied to (default: what it names)");
    add_format_options(options, validation_formats);
    if (!options.parse(arguments)) return exit_met;
    leave_out_environment();
    if (!options.has("change")) throw UsageError("change validate needs a change file");
    const std::string format = format_from(options, validation_formats);
    const std::string& file = options.get<std::string>("change");
    return refusing_in(format, file, [&]() -> int {
        const auto one = read_change_case(file, options.has("base") ? options.get<std::string>("base") : "");
        if (!one) return exit_usage;
        fmt::print("{}", shown(*one, format));
        add_to_step_summary([&] { return markdown_of(*one); });
        return one->validation.stale ? exit_stale : one->validation.failed() ? exit_violated : exit_met;
    });
}

}  // namespace understudy::cli
