#include "tools/cli/study_input.h"

#include <fmt/core.h>

#include <algorithm>
#include <iterator>
#include <utility>

#include "tools/cli/problems.h"
#include "tools/cli/scenario_input.h"
#include "tools/formats/language/configuration.h"
#include "tools/formats/language/effective_document.h"
#include "tools/formats/language/read_demand.h"
#include "tools/formats/language/scenario_reader.h"
#include "tools/formats/language/study_checks.h"
#include "tools/formats/language/study_reader.h"
#include "tools/formats/language/substitution.h"
#include "tools/studies/sensitivity.h"
#include "tools/studies/survey.h"

namespace understudy::cli {

namespace {

/// Each setting of a study says itself what varies, after all that is set: what is set of that would be lost. Of a law of
/// which a parameter varies the rest stays as it was set.
void refuse_what_varies(const studies::Study& study, const std::vector<std::string>& set) {
    for (const std::string& one : set) {
        const std::string plain = as_after_set(one), path = plain.substr(0, plain.find('='));
        for (const studies::Factor& factor : study.factors) {
            const bool multiples = !factor.steps.empty() && factor.steps.front().text.ends_with('x');
            if (multiples || !formats::lies_in(path, factor.path)) continue;
            const bool same = formats::lies_in(factor.path, path);
            throw UsageError(fmt::format("--set {}: the study varies '{}'{}; take it out of 'vary' to set it",
                                         plain, factor.path, same ? "" : ", which this is a part of"));
        }
    }
}

/// Whether the study can be done with its base and its budget.
void check_plan(formats::StudyReading& reading, const models::Scenario& base) {
    const studies::Study& study = *reading.study;
    std::string problem, hint;
    if (studies::is_of_sensitivity(study.method)) {
        problem = studies::plan_of(study, base).problem;
    } else if (studies::is_survey(study.method)) {
        problem = studies::survey_problem(study, base);
    } else if (study.all_objectives && study.objectives.empty() && base.objectives.empty()) {
        problem = "nothing has to hold: its base has no objectives";
        hint = "name some under 'subject_to'";
    }
    if (!problem.empty()) reading.diagnostics.error({}, problem, hint);
}

}  // namespace

void add_study_options(Options& options) {
    namespace po = boost::program_options;
    options.positional("study", 1, "the study file");
    options.add()("set", po::value<std::vector<std::string>>()->composing()->value_name("NAME.KEY=VALUE"),
                  "change a value of the base; may be repeated");
    options.add()("change", po::value<std::vector<std::string>>()->composing()->value_name("FILE"),
                  "apply a change file to the base, after those of the study; may be repeated");
    options.add()("seed", po::value<std::string>()->value_name("N"), "seed of all random numbers");
    options.add()("replications,n", po::value<std::string>()->value_name("N"),
                  "of all settings together (default: the study's budget)");
    options.add()("threads", po::value<std::string>()->value_name("N"), "threads (default: one per core)");
}

AskedBeside asked_beside(const Options& options) {
    constexpr std::uint64_t most_replications = 10'000'000;
    AskedBeside beside;
    if (options.has("replications"))
        beside.replications = static_cast<std::int64_t>(
            whole_number("--replications", options.get<std::string>("replications"), 1, most_replications));
    if (options.has("seed"))
        beside.seed = whole_number("--seed", options.get<std::string>("seed"), 0, most_seed);
    beside.set = overrides_from(options);
    if (options.has("change")) beside.changes = options.get<std::vector<std::string>>("change");
    return beside;
}

std::optional<studies::Study> asked_study(const Options& options) {
    return read_study(options.get<std::string>("study"), asked_beside(options));
}

std::vector<std::string> words_beside(const Options& options, const studies::Study& study) {
    std::vector<std::string> words;
    for (const char* option : {"seed", "replications"})
        if (options.has(option)) {
            words.push_back(std::string("--") + option);
            words.push_back(options.get<std::string>(option));
        }
    if (options.has("change"))
        for (const std::string& file : options.get<std::vector<std::string>>("change")) {
            words.push_back("--change");
            words.push_back(file);
        }
    for (const std::string& one : study.set) {
        words.push_back("--set");
        words.push_back(as_after_set(one));
    }
    if (options.has("no-formulas")) words.push_back("--no-formulas");
    return words;
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
    return [source = formats::ScenarioSource(study.base, study.changes),
            given = study.overrides](const std::vector<std::string>& overrides) {
        std::vector<std::string> all = given;
        all.insert(all.end(), overrides.begin(), overrides.end());
        formats::ScenarioReading reading = source.read(all);
        if (!reading.scenario) throw studies::BadSetting(reading.diagnostics.show());
        return std::move(*reading.scenario);
    };
}

std::vector<studies::ValueOrigin> origins_of_base(const studies::Study& study) {
    std::vector<std::string> set;
    std::transform(study.overrides.begin(), study.overrides.end(), std::back_inserter(set), as_after_set);
    return formats::origins_of(formats::read_effective_document(study.base, set, study.changes));
}

std::optional<studies::Study> read_study(const std::string& path, const AskedBeside& beside) {
    formats::StudyReading reading = formats::read_study_file(path);
    std::string problems;
    studies::Study& study = reading.study ? *reading.study : reading.rest;
    refuse_what_varies(study, beside.set);
    // Wherever it was said: equal studies have equal bytes.
    std::transform(beside.set.begin(), beside.set.end(), std::back_inserter(study.set), as_after_set);
    study.changes.insert(study.changes.end(), beside.changes.begin(), beside.changes.end());
    study.overrides.insert(study.overrides.end(), beside.set.begin(), beside.set.end());
    for (std::string& edit : run_overrides(beside.seed, std::nullopt))
        study.overrides.push_back(std::move(edit));
    if (beside.replications) study.replications = beside.replications;
    // A file that is wrong elsewhere may say as well what its base does not have.
    if (!study.base.empty()) try {
            const formats::ScenarioReading as_set =
                formats::ScenarioSource(study.base, study.changes).read(study.overrides);
            if (!as_set.scenario) throw studies::BadSetting(formats::problems_of_base(reading, as_set));
            const models::Scenario& base = *as_set.scenario;
            formats::check_money(reading, base);
            formats::check_values(reading);
            formats::check_disturbances(reading, base);
            formats::check_demand(reading);
            if (reading.study) check_plan(reading, base);
            formats::check_measures(reading, base);
        } catch (const studies::BadSetting& wrong) {
            problems = wrong.what();
        }
    print_problems(reading.diagnostics);
    print_problems(problems);
    if (reading.diagnostics.has_errors() || !problems.empty()) return std::nullopt;
    return std::move(reading.study);
}

}  // namespace understudy::cli
