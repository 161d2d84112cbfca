// understudy validate: every problem of scenario and study files, without running them.
#include <fmt/core.h>

#include "tools/cli/command.h"
#include "tools/cli/scenario_input.h"
#include "tools/cli/study_input.h"

namespace understudy::cli {

int validate_command(const Arguments& arguments) {
    namespace po = boost::program_options;
    Options options(command_named("validate"));
    options.positional("files", -1, "scenario and study files");
    options.add()("set", po::value<std::vector<std::string>>()->composing()->value_name("NAME.KEY=VALUE"),
                  "change a value before checking; may be repeated");
    options.add()("quiet,q", "say nothing about files that are right");
    if (!options.parse(arguments)) return exit_met;
    if (!options.has("files")) throw UsageError("validate needs a file");
    std::vector<std::string> overrides;
    if (options.has("set")) overrides = options.get<std::vector<std::string>>("set");
    int code = exit_met;
    for (const std::string& file : options.get<std::vector<std::string>>("files")) {
        if (is_study(file)) {
            const auto study = read_study(file, overrides);
            if (!study)
                code = exit_usage;
            else if (!options.has("quiet"))
                fmt::print("{}: ok: {} over {} parameters of {}\n", file, studies::name_of(study->method),
                           study->factors.size(), study->base);
            continue;
        }
        const auto prepared = prepare_file(file, overrides);
        if (!prepared)
            code = exit_usage;
        else if (!options.has("quiet"))
            fmt::print("{}: ok: {} elements, {} objectives\n", file, prepared->model->elements.size(),
                       prepared->scenario.objectives.size());
    }
    return code;
}

}  // namespace understudy::cli
