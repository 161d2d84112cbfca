#include "tools/cli/study_input.h"

#include <fmt/core.h>

#include <filesystem>
#include <system_error>
#include <utility>

#include "tools/formats/language/head.h"
#include "tools/formats/language/scenario_reader.h"
#include "tools/formats/language/study_reader.h"
#include "tools/formats/language/text_file.h"

namespace understudy::cli {

namespace {

/// What is wrong with values that parameters may have, at their ends and as steps: of all parameters at once.
std::string problems_of_values(const studies::SensitivityStudy& study) {
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

bool is_study(const std::string& path) {
    // A pipe would lose what is looked at.
    std::error_code none;
    if (!std::filesystem::is_regular_file(path, none)) return false;
    std::string text;
    return !formats::read_text_file(path, text) && formats::kind_of_file(text) == "study";
}

models::Scenario read_base(const studies::SensitivityStudy& study,
                           const std::vector<std::string>& overrides) {
    std::vector<std::string> all = study.overrides;
    all.insert(all.end(), overrides.begin(), overrides.end());
    formats::ScenarioReading reading = formats::read_scenario_file(study.base, all);
    if (!reading.scenario) throw studies::BadSetting(reading.diagnostics.show());
    return std::move(*reading.scenario);
}

std::optional<studies::SensitivityStudy> read_study(const std::string& path,
                                                    const std::vector<std::string>& overrides,
                                                    std::optional<std::int64_t> replications) {
    formats::StudyReading reading = formats::read_study_file(path);
    std::string problems;
    if (reading.study) {
        studies::SensitivityStudy& study = *reading.study;
        study.overrides.insert(study.overrides.end(), overrides.begin(), overrides.end());
        if (replications) study.replications = replications;
        try {
            const models::Scenario base = read_base(study, {});
            problems = problems_of_values(study);
            if (const std::string problem = studies::plan_of(study, base).problem; !problem.empty())
                reading.diagnostics.error({}, problem);
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
