// understudy validate: every problem of scenario, change and study files, without running them.
#include <fmt/core.h>

#include <exception>
#include <optional>
#include <utility>
#include <vector>

#include "tools/cli/change_input.h"
#include "tools/cli/change_policy.h"
#include "tools/cli/command.h"
#include "tools/cli/problems.h"
#include "tools/cli/rollout.h"
#include "tools/cli/scenario_input.h"
#include "tools/cli/study_input.h"
#include "tools/cli/way_back.h"
#include "tools/formats/files/file_error.h"
#include "tools/formats/json/problems_json.h"
#include "tools/formats/language/change_reader.h"
#include "tools/formats/language/policy_reader.h"
#include "tools/formats/language/relative_paths.h"
#include "tools/formats/language/templates.h"
#include "tools/formats/language/text_file.h"

namespace understudy::cli {

namespace {

// What a file has in it, in a few words; nothing where something is wrong, which is told.
using Summary = std::optional<std::string>;

std::string counted(std::size_t count, const char* one, const char* many) {
    return fmt::format("{} {}", count, count == 1 ? one : many);
}

/// By itself, and where it names a base applied to that.
Summary validate_change(const std::string& file, const std::vector<std::string>& overrides) {
    const formats::ChangeReading reading = formats::read_change_file(file);
    const auto named = reading.change ? base_named_by(reading, file) : "";
    if (!named) return std::nullopt;
    const std::string& base = *named;
    if (base.empty()) {
        print_problems(reading.diagnostics);
        if (!reading.change) return std::nullopt;
    } else {
        const auto prepared = prepare_file(base, overrides, {file});
        if (!prepared || (reading.change->rollout.in_steps && !prepare_rollout(base, overrides, file)) ||
            (reading.change->rollback && !prepare_way_back(base, overrides, file)))
            return std::nullopt;
        if (const auto problem = why_never_in(*reading.change, prepared->scenario.run)) {
            print_problems({*problem}, reading.diagnostics.show(reading.change->rollout.place));
            return std::nullopt;
        }
    }
    return fmt::format("{} {}", counted(reading.change->edits.size(), "edit", "edits"),
                       base.empty() ? "of no base that could be tried" : "of " + base);
}

/// By itself: what an instance makes of it is seen where there is one.
Summary validate_template(const std::string& file) {
    std::string text;
    if (const auto problem = formats::read_text_file(file, text))
        throw formats::FileError(file, problem->what);
    formats::Diagnostics diagnostics(file, text);
    const auto made = formats::read_template(text, diagnostics);
    print_problems(diagnostics);
    if (!made) return std::nullopt;
    return "a template with " + counted(made->parameters.size(), "parameter", "parameters");
}

Summary validate_policy(const std::string& file) {
    formats::PolicyReading reading = formats::read_policy_file(file);
    warn_of_signers(file, reading);
    print_problems(reading.diagnostics);
    if (!reading.policy) return std::nullopt;
    return fmt::format("{}, {}, {}", counted(reading.policy->rules.size(), "rule", "rules"),
                       counted(reading.policy->people.size(), "person", "people"),
                       counted(reading.policy->freezes.size(), "freeze", "freezes"));
}

Summary validate_study(const std::string& file, const std::vector<std::string>& overrides) {
    const auto study = read_study(file, {.set = overrides});
    if (!study) return std::nullopt;
    return fmt::format("{} over {} parameters of {}", studies::name_of(study->method), study->factors.size(),
                       study->base);
}

/// Nothing that is simulated reads them, so that nobody else tells.
void warn_of_contracts(formats::EffectiveDocument& whole) {
    formats::Diagnostics& out = whole.reading.diagnostics;
    formats::for_each_contract(whole.root, [&](const formats::Node& contract) {
        if (!formats::is_there(contract.text, whole.folder))
            print_problems(fmt::format(
                "{}: warning: contract '{}': no such file; the path is relative to the scenario\n",
                out.show(contract.place), contract.text));
    });
}

Summary validate_scenario(const std::string& file, const std::vector<std::string>& overrides) {
    auto whole = read_effective_input(file, overrides, {});
    if (!whole) return std::nullopt;
    const auto prepared = prepare_scenario(std::move(*whole->reading.scenario), file);
    if (!prepared) return std::nullopt;
    warn_of_contracts(*whole);
    return fmt::format("{} elements, {} objectives", prepared->model->elements.size(),
                       prepared->scenario.objectives.size());
}

Summary validate(const std::string& file, const std::string& kind,
                 const std::vector<std::string>& overrides) {
    if (kind == "change") return validate_change(file, overrides);
    if (kind == "template") return validate_template(file);
    if (kind == "policy") return validate_policy(file);
    if (kind == "study") return validate_study(file, overrides);
    return validate_scenario(file, overrides);
}

/// The same for programs: a file that cannot be taken at all is one that is not right.
formats::ValidatedFile validated(const std::string& file, const std::vector<std::string>& overrides,
                                 KeptProblems& kept) {
    formats::ValidatedFile row{file, kind_of(file), false, "", {}};
    std::string refused;
    try {
        const Summary summary = validate(file, row.kind, overrides);
        row.ok = summary.has_value();
        if (summary) row.summary = *summary;
    } catch (const UsageError& wrong) {
        refused = wrong.what();
    } catch (const formats::FileError& wrong) {
        refused = wrong.what();
    }
    row.problems = kept.take();
    if (!refused.empty()) row.problems.push_back({true, file, refused, ""});
    return row;
}

}  // namespace

int validate_command(const Arguments& arguments) {
    namespace po = boost::program_options;
    Options options(command_named("validate"));
    options.positional("files", -1, "scenario, change, study, template and policy files");
    options.add()("set", po::value<std::vector<std::string>>()->composing()->value_name("NAME.KEY=VALUE"),
                  "change a value before checking; may be repeated");
    options.add()("quiet,q", "say nothing about files that are right");
    options.add()("json", "print one JSON document instead of lines");
    if (!options.parse(arguments)) return exit_met;
    if (!options.has("files")) throw UsageError("validate needs a file");
    const std::vector<std::string> overrides = overrides_from(options);
    const auto files = options.get<std::vector<std::string>>("files");
    bool all_ok = true;
    if (options.has("json")) {
        KeptProblems kept;
        std::vector<formats::ValidatedFile> rows;
        for (const std::string& file : files) {
            rows.push_back(validated(file, overrides, kept));
            all_ok = all_ok && rows.back().ok;
        }
        fmt::print("{}", formats::validated_as_json(rows));
    } else {
        for (const std::string& file : files) {
            const Summary summary = validate(file, kind_of(file), overrides);
            all_ok = all_ok && summary;
            if (summary && !options.has("quiet")) fmt::print("{}: ok: {}\n", file, *summary);
        }
    }
    return all_ok ? exit_met : exit_usage;
}

}  // namespace understudy::cli
