#include "tools/formats/language/trial.h"

#include <algorithm>
#include <utility>

#include "tools/formats/language/scenario_reader.h"
#include "tools/studies/run.h"

namespace understudy::formats {

std::vector<Wrong> wrong_with(const studies::Study& study, const std::vector<std::string>& overrides) {
    std::vector<Wrong> all;
    ScenarioReading reading = read_scenario_file(study.base, overrides, study.changes);
    for (const Diagnostic& wrong : reading.diagnostics.all())
        if (wrong.severity == Diagnostic::Severity::error)
            all.push_back({wrong.message, wrong.hint, wrong.place.source > 0 ? wrong.place : Place{}, ""});
    if (!reading.scenario) return all;
    models::Problems problems;
    studies::prepare(std::move(*reading.scenario), problems, studies::Measured::asked);
    for (const models::Problem& problem : problems)
        if (problem.severity == models::Problem::Severity::error)
            all.push_back({problem.message,
                           problem.hint,
                           {},
                           problem.path.substr(std::min(problem.path.size(), problem.path.rfind('.') + 1))});
    return all;
}

}  // namespace understudy::formats
