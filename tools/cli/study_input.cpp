#include "tools/cli/study_input.h"

#include <fmt/core.h>

#include <utility>

#include "tools/formats/language/read_demand.h"
#include "tools/formats/language/scenario_reader.h"
#include "tools/formats/language/study_reader.h"
#include "tools/studies/sensitivity.h"
#include "tools/studies/survey.h"

namespace understudy::cli {

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
