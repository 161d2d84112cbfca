#include "tools/cli/study_input.h"

#include <fmt/core.h>

#include <utility>

#include "tools/formats/language/read_demand.h"
#include "tools/formats/language/scenario_reader.h"
#include "tools/formats/language/study_reader.h"
#include "tools/studies/sensitivity.h"
#include "tools/studies/survey.h"

namespace understudy::cli {

void add_study_options(Options& options) {
    namespace po = boost::program_options;
    options.positional("study", 1, "the study file");
    options.add()("seed", po::value<std::string>()->value_name("N"), "seed of all random numbers");
    options.add()("replications,n", po::value<std::string>()->value_name("N"),
                  "of all settings together (default: the study's budget)");
    options.add()("threads", po::value<std::string>()->value_name("N"), "threads (default: one per core)");
}

std::optional<studies::Study> asked_study(const Options& options) {
    constexpr std::uint64_t most_replications = 10'000'000;
    std::optional<std::int64_t> replications;
    if (options.has("replications"))
        replications = static_cast<std::int64_t>(
            whole_number("--replications", options.get<std::string>("replications"), 1, most_replications));
    std::vector<std::string> overrides;
    if (options.has("seed"))
        overrides.push_back(fmt::format(
            "run.seed={}", whole_number("--seed", options.get<std::string>("seed"), 0, most_seed)));
    return read_study(options.get<std::string>("study"), overrides, replications);
}

studies::StudyOptions study_options(const Options& options, const studies::Study& study) {
    studies::StudyOptions how;
    how.run.version = UNDERSTUDY_VERSION;
    how.seconds = study.seconds;
    if (options.has("threads"))
        how.run.threads = static_cast<unsigned>(
            whole_number("--threads", options.get<std::string>("threads"), 1, most_threads));
    return how;
}

studies::ReadBase base_of(const studies::Study& study) {
    return [source = formats::ScenarioSource(study.base),
            given = study.overrides](const std::vector<std::string>& overrides) {
        std::vector<std::string> all = given;
        all.insert(all.end(), overrides.begin(), overrides.end());
        formats::ScenarioReading reading = source.read(all);
        if (!reading.scenario) throw studies::BadSetting(reading.diagnostics.show());
        return std::move(*reading.scenario);
    };
}

std::optional<studies::Study> read_study(const std::string& path, const std::vector<std::string>& overrides,
                                         std::optional<std::int64_t> replications) {
    formats::StudyReading reading = formats::read_study_file(path);
    std::string problems;
    if (reading.study) {
        studies::Study& study = *reading.study;
        study.overrides.insert(study.overrides.end(), overrides.begin(), overrides.end());
        if (replications) study.replications = replications;
        try {
            const models::Scenario base = base_of(study)({});
            formats::check_values(reading);
            formats::check_disturbances(reading);
            formats::check_demand(reading, base);
            if (studies::is_of_sensitivity(study.method)) {
                if (const std::string problem = studies::plan_of(study, base).problem; !problem.empty())
                    reading.diagnostics.error({}, problem);
            } else if (studies::is_survey(study.method)) {
                if (const std::string problem = studies::survey_problem(study, base); !problem.empty())
                    reading.diagnostics.error({}, problem);
            } else if (study.all_objectives && study.objectives.empty() && base.objectives.empty()) {
                reading.diagnostics.error({}, "nothing has to hold: its base has no objectives",
                                          "name some under 'subject_to'");
            }
            formats::check_measures(reading, base);
        } catch (const studies::BadSetting& wrong) {
            problems = wrong.what();
        }
    }
    fmt::print(stderr, "{}{}", reading.diagnostics.show(), problems);
    if (reading.diagnostics.has_errors() || !problems.empty()) return std::nullopt;
    return std::move(reading.study);
}

}  // namespace understudy::cli
