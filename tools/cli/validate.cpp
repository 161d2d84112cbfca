// understudy validate: every problem of scenario, change and study files, without running them.
#include <fmt/core.h>

#include "tools/cli/command.h"
#include "tools/cli/rollout.h"
#include "tools/cli/scenario_input.h"
#include "tools/cli/study_input.h"
#include "tools/cli/way_back.h"
#include "tools/formats/files/file_error.h"
#include "tools/formats/language/change_reader.h"
#include "tools/formats/language/policy_reader.h"
#include "tools/formats/language/templates.h"
#include "tools/formats/language/text_file.h"

namespace understudy::cli {

namespace {

std::string counted(std::size_t count, const char* one, const char* many) {
    return fmt::format("{} {}", count, count == 1 ? one : many);
}

/// By itself, and where it names a base applied to that. False if something is wrong.
bool validate_change(const std::string& file, const std::vector<std::string>& overrides, bool quiet) {
    const formats::ChangeReading reading = formats::read_change_file(file);
    const std::string base = reading.change ? formats::base_of(*reading.change, file) : "";
    if (base.empty()) {
        fmt::print(stderr, "{}", reading.diagnostics.show());
        if (!reading.change) return false;
    } else {
        const auto prepared = prepare_file(base, overrides, {file});
        if (!prepared || (reading.change->rollout.in_steps && !prepare_rollout(base, overrides, file)) ||
            (reading.change->rollback && !prepare_way_back(base, overrides, file)))
            return false;
        if (const auto problem = why_never_in(*reading.change, prepared->scenario.run)) {
            print_problems({*problem}, reading.diagnostics.show(reading.change->rollout.place));
            return false;
        }
    }
    const std::size_t edits = reading.change->edits.size();
    if (!quiet)
        fmt::print("{}: ok: {} edit{} {}\n", file, edits, edits == 1 ? "" : "s",
                   base.empty() ? "of no base that could be tried" : "of " + base);
    return true;
}

/// By itself: what an instance makes of it is seen where there is one.
bool validate_template(const std::string& file, bool quiet) {
    std::string text;
    if (const auto problem = formats::read_text_file(file, text))
        throw formats::FileError(file, problem->what);
    formats::Diagnostics diagnostics(file, text);
    const auto made = formats::read_template(text, diagnostics);
    fmt::print(stderr, "{}", diagnostics.show());
    if (!made) return false;
    if (!quiet)
        fmt::print("{}: ok: a template with {} parameter{}\n", file, made->parameters.size(),
                   made->parameters.size() == 1 ? "" : "s");
    return true;
}

}  // namespace

int validate_command(const Arguments& arguments) {
    namespace po = boost::program_options;
    Options options(command_named("validate"));
    options.positional("files", -1, "scenario, change, study, template and policy files");
    options.add()("set", po::value<std::vector<std::string>>()->composing()->value_name("NAME.KEY=VALUE"),
                  "change a value before checking; may be repeated");
    options.add()("quiet,q", "say nothing about files that are right");
    if (!options.parse(arguments)) return exit_met;
    if (!options.has("files")) throw UsageError("validate needs a file");
    std::vector<std::string> overrides = overrides_from(options);
    int code = exit_met;
    for (const std::string& file : options.get<std::vector<std::string>>("files")) {
        const std::string kind = kind_of(file);
        if (kind == "change") {
            if (!validate_change(file, overrides, options.has("quiet"))) code = exit_usage;
            continue;
        }
        if (kind == "template") {
            if (!validate_template(file, options.has("quiet"))) code = exit_usage;
            continue;
        }
        if (kind == "policy") {
            const formats::PolicyReading reading = formats::read_policy_file(file);
            fmt::print(stderr, "{}", reading.diagnostics.show());
            if (!reading.policy)
                code = exit_usage;
            else if (!options.has("quiet"))
                fmt::print("{}: ok: {}, {}, {}\n", file,
                           counted(reading.policy->rules.size(), "rule", "rules"),
                           counted(reading.policy->people.size(), "person", "people"),
                           counted(reading.policy->freezes.size(), "freeze", "freezes"));
            continue;
        }
        if (kind == "study") {
            const auto study = read_study(file, {.set = overrides});
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
