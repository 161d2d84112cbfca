// The fast first answer: what formulas say of a scenario's measures and objectives, with nothing simulated.
//
// An objective is met or violated where an exact value lies on one side of its limit, or an approximate one does by
// more than it may be off; else it is inconclusive, and says why. No I/O; milliseconds.
#pragma once

#include <string>
#include <vector>

#include "models/analytic/answer.h"
#include "tools/studies/result.h"
#include "tools/studies/run.h"

namespace understudy::studies {

struct AnalyticObjective {
    std::string text;
    Verdict verdict = Verdict::inconclusive;
    Reason reason = Reason::none;
    std::string explanation;  ///< for people; may be empty
    std::string unit;
    double limit = 0;
    models::Answer answer;
};

struct AnalyticMetric {
    std::string name, element, unit;  ///< as MetricResult's
    models::Answer answer;
};

struct AnalyticResult {
    Provenance provenance;
    Verdict verdict = Verdict::inconclusive;
    Reason reason = Reason::none;
    std::vector<AnalyticObjective> objectives;
    /// Alerts that fail a run: no formula tells whether one is raised, so that nothing is met where there are any.
    std::vector<std::string> constraints;
    std::vector<AnalyticMetric> metrics;  ///< measures of the scenario first, then the default ones
    std::vector<StationForecast> forecast;
    std::vector<Warning> warnings;

    bool answers_something() const;
};

/// The verdict is concluded as that of a run (judge.h); where nothing at all is answered it is inconclusive.
AnalyticResult answer_analytically(const PreparedRun& prepared, const std::string& version);

/// An objective with the answer to its measure.
AnalyticObjective judge(const models::Objective& objective, const models::Answer& answer);

}  // namespace understudy::studies
