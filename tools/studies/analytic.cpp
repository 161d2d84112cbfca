#include "tools/studies/analytic.h"

#include <algorithm>
#include <cmath>

#include "models/compile/compile.h"
#include "tools/studies/constraints.h"
#include "tools/studies/exact_value.h"
#include "tools/studies/judge.h"
#include "tools/studies/promised_probe.h"

namespace understudy::studies {

using models::Answer;

bool AnalyticResult::answers_something() const {
    return std::any_of(metrics.begin(), metrics.end(), [](const AnalyticMetric& metric) {
        return metric.answer.kind != Answer::Kind::refused;
    });
}

AnalyticObjective judge(const models::Objective& objective, const Answer& answer) {
    AnalyticObjective result;
    result.text = objective.text;
    result.limit = objective.limit;
    result.answer = answer;
    if (answer.kind == Answer::Kind::refused) {
        result.reason = answer.unstable   ? Reason::unstable
                        : answer.critical ? Reason::critical
                                          : Reason::data;
        result.explanation = answer.why;
        return result;
    }
    if (answer.kind == Answer::Kind::exact) {
        const bool kept = holds_exactly(objective.comparison, answer.value, objective.limit);
        result.verdict = kept ? Verdict::met : Verdict::violated;
        result.reason = kept ? Reason::none : Reason::limit;
        return result;
    }
    const double off = answer.value == 0 ? 0 : answer.error * std::fabs(answer.value);
    const bool low = holds(objective.comparison, answer.value - off, objective.limit);
    const bool high = holds(objective.comparison, answer.value + off, objective.limit);
    if (std::isfinite(off) && low == high) {
        result.verdict = low ? Verdict::met : Verdict::violated;
        result.reason = low ? Reason::none : Reason::limit;
        return result;
    }
    result.reason = Reason::precision;
    if (std::isfinite(off))
        result.explanation = "the formula may be off by " + percent(std::round(100 * answer.error) / 100) +
                             "; simulate to settle it";
    else
        result.explanation = "how far the formula is off is not known; simulate to settle it";
    return result;
}

AnalyticResult answer_analytically(const PreparedRun& prepared, const std::string& version) {
    AnalyticResult result;
    RunOptions told;
    told.version = version;
    result.provenance = provenance_of(prepared, told);
    result.forecast = prepared.forecast;
    result.warnings = prepared.warnings;
    for (std::size_t i = 0; i < prepared.measures.size(); ++i) {
        const models::Measure& measure = prepared.measures[i];
        result.metrics.push_back({measure.text, measure.scope_to.empty() ? measure.scope : measure.scope_to,
                                  models::unit_of(measure, prepared.scenario), prepared.answers[i]});
    }
    for (const models::Objective& objective : prepared.scenario.objectives) {
        const std::size_t probe = probe_of(prepared, objective);
        result.objectives.push_back(judge(objective, prepared.answers[probe]));
        result.objectives.back().unit = result.metrics[probe].unit;
    }
    result.verdict = Verdict::met;
    result.reason = result.objectives.empty() ? Reason::no_objectives : Reason::none;
    for (const Verdict verdict : {Verdict::inconclusive, Verdict::violated})
        for (auto objective = result.objectives.rbegin(); objective != result.objectives.rend(); ++objective)
            if (objective->verdict == verdict) {
                result.verdict = verdict;
                result.reason = objective->reason;
            }
    for (std::size_t i = 0; i < prepared.scenario.actions.size(); ++i)
        if (is_constraint(prepared.scenario.actions[i]))
            result.constraints.push_back(alert_name(prepared.scenario, i));
    if (result.verdict == Verdict::met && !result.constraints.empty()) {
        result.verdict = Verdict::inconclusive;
        result.reason = Reason::constraint;
    }
    if (result.objectives.empty() && !result.answers_something()) {
        result.verdict = Verdict::inconclusive;
        result.reason = Reason::data;
    }
    return result;
}

}  // namespace understudy::studies
