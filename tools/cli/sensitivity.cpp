// understudy sensitivity: which parameters move the answer, and by how much.
#include "tools/studies/sensitivity.h"

#include <fmt/core.h>

#include "tools/cli/command.h"
#include "tools/cli/progress.h"
#include "tools/formats/json/sensitivity_json.h"
#include "tools/formats/language/scenario_reader.h"
#include "tools/formats/language/study_reader.h"
#include "tools/reports/sensitivity_report.h"

namespace understudy::cli {

namespace {

/// The base with overrides; what is wrong is thrown as it is shown for files.
models::Scenario read_base(const studies::SensitivityStudy& study,
                           const std::vector<std::string>& overrides) {
    std::vector<std::string> all = study.overrides;
    all.insert(all.end(), overrides.begin(), overrides.end());
    formats::ScenarioReading reading = formats::read_scenario_file(study.base, all);
    if (!reading.scenario) throw studies::BadSetting(reading.diagnostics.show());
    return std::move(*reading.scenario);
}

/// Every value that a factor may have at its ends or as a step; what is wrong with any, all at once.
std::string problems_of_settings(const studies::SensitivityStudy& study) {
    std::string problems;
    for (const studies::Factor& factor : study.factors) {
        std::vector<std::string> values = factor.steps;
        for (const double end : {0.001, 0.999}) values.push_back(factor.at(end));
        for (const std::string& value : values) {
            try {
                read_base(study, {factor.path + "=" + value});
            } catch (const studies::BadSetting& wrong) {
                problems += wrong.what();
                break;  // what is wrong with one value of a parameter is mostly wrong with all
            }
        }
    }
    return problems;
}

}  // namespace

int sensitivity_command(const Arguments& arguments) {
    namespace po = boost::program_options;
    Options options(command_named("sensitivity"));
    options.positional("study", 1, "the study file");
    options.add()("seed", po::value<std::string>()->value_name("N"), "seed of all random numbers");
    options.add()("replications,n", po::value<std::string>()->value_name("N"),
                  "of all settings together (default: the study's budget)");
    options.add()("threads", po::value<std::string>()->value_name("N"), "threads (default: one per core)");
    options.add()("json", "print one JSON document instead of the tables");
    if (!options.parse(arguments)) return exit_met;
    if (!options.has("study")) throw UsageError("sensitivity needs a study file");
    constexpr std::uint64_t most_replications = 10'000'000;
    std::optional<std::uint64_t> replications;
    if (options.has("replications"))
        replications =
            whole_number("--replications", options.get<std::string>("replications"), 1, most_replications);
    studies::RunOptions run;
    run.version = UNDERSTUDY_VERSION;
    if (options.has("threads"))
        run.threads = static_cast<unsigned>(
            whole_number("--threads", options.get<std::string>("threads"), 1, most_threads));

    formats::StudyReading reading = formats::read_study_file(options.get<std::string>("study"));
    if (reading.study) {
        if (options.has("seed"))
            reading.study->overrides.push_back(fmt::format(
                "run.seed={}", whole_number("--seed", options.get<std::string>("seed"), 0, most_seed)));
        if (replications) reading.study->replications = static_cast<std::int64_t>(*replications);
        try {
            formats::check_measures(reading, read_base(*reading.study, {}));
        } catch (const studies::BadSetting& wrong) {
            fmt::print(stderr, "{}", wrong.what());
            return exit_usage;
        }
    }
    fmt::print(stderr, "{}", reading.diagnostics.show());
    if (!reading.study) return exit_usage;
    const studies::SensitivityStudy& study = *reading.study;
    if (const std::string problems = problems_of_settings(study); !problems.empty()) {
        fmt::print(stderr, "{}", problems);
        return exit_usage;
    }
    if (const studies::SensitivityPlan plan = studies::plan_of(study, read_base(study, {}));
        !plan.problem.empty())
        throw UsageError(plan.problem);

    run.stop = &interrupt_requested();
    studies::RunProgress how_far;
    run.progress = &how_far;
    Progress progress;
    progress.show(how_far);
    studies::SensitivityResult result;
    try {
        result = studies::sensitivity(
            study, [&](const std::vector<std::string>& overrides) { return read_base(study, overrides); },
            run);
    } catch (const studies::BadSetting& wrong) {
        progress.clear();
        fmt::print(stderr, "{}", wrong.what());
        return exit_usage;
    }
    progress.clear();
    if (options.has("json"))
        fmt::print("{}", formats::sensitivity_as_json(study, result));
    else
        fmt::print("{}", reports::sensitivity_report(study, result, terminal_width()));
    return result.interrupted || !result.no_rows.empty() ? exit_inconclusive : exit_met;
}

}  // namespace understudy::cli
