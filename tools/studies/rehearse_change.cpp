#include "tools/studies/rehearse_change.h"

#include <algorithm>
#include <utility>

namespace understudy::studies {

namespace {

/// Violated before inconclusive before met; what comes first gives the reason.
void worsen(RehearsalResult& result, Verdict verdict, Reason reason) {
    const auto badness = [](Verdict one) {
        return one == Verdict::violated ? 2 : one == Verdict::inconclusive ? 1 : 0;
    };
    if (badness(verdict) <= badness(result.verdict)) return;
    result.verdict = verdict;
    result.reason = reason;
}

}  // namespace

models::Scenario under_stress(models::Scenario scenario, const std::vector<std::string>& stresses,
                              const std::string& happens) {
    for (models::Action& action : scenario.actions) {
        if (action.name == happens ||
            std::find(stresses.begin(), stresses.end(), action.name) == stresses.end())
            continue;
        action.at.reset();
        action.every.reset();
        action.when.reset();
    }
    return scenario;
}

double level_of(const PreparedChange& change, const RehearseOptions& options) {
    RehearseOptions each = options;
    each.together = change.stresses.size() + 1;
    double level = plan_of(change.pair, each).level;
    for (const PreparedChange::Stressed& one : change.stresses)
        level = std::max(level, plan_of(one.pair, each).level);
    return level;
}

RehearsalResult rehearse_change(PreparedChange change, const RehearseOptions& options) {
    RehearseOptions each = options;
    each.together = change.stresses.size() + 1;
    const bool plays = change.canary || change.rollback;
    RollbackOptions way_back;
    way_back.run = options.run;
    way_back.replications = change.pair.candidate.scenario.run.replications;
    if (options.most) way_back.replications = std::min(way_back.replications, *options.most);
    way_back.confidence = change.pair.candidate.scenario.run.confidence;
    CanaryOptions steps;
    steps.run = options.run;
    steps.first = std::max<std::int64_t>(1, change.pair.candidate.scenario.run.replications);
    steps.most = options.most.value_or(std::max(usual_most_replications, steps.first));
    steps.confidence = way_back.confidence;
    RehearsalResult result = rehearse(std::move(change.pair), each);
    each.explain = false;
    if (plays && !result.input_reason.empty())
        result.warnings.push_back(
            "the rollout and the way back are rehearsed as if the parameters were known");
    for (PreparedChange::Stressed& stressed : change.stresses) {
        if (result.interrupted) break;
        RehearsalResult one = rehearse(std::move(stressed.pair), each);
        one.stress = stressed.name;
        result.interrupted = one.interrupted;
        result.stresses.push_back(std::move(one));
    }
    for (const RehearsalResult& one : result.stresses) worsen(result, one.verdict, one.reason);
    const auto play = [&](const std::optional<PreparedCanary>& canary, RehearsalResult& into) {
        if (!canary || result.interrupted) return;
        steps.warm_up = kernel::from_seconds(into.warm_up_s);
        into.canary = rehearse_canary(*canary, steps);
        const Verdict verdict = into.canary->verdict;
        worsen(result, verdict, verdict == Verdict::violated ? Reason::limit : Reason::precision);
        result.interrupted = into.canary->interrupted;
    };
    play(change.canary, result);
    for (std::size_t i = 0; i < result.stresses.size(); ++i)
        play(change.stresses[i].canary, result.stresses[i]);
    if (change.rollback && !result.interrupted) {
        way_back.warm_up = kernel::from_seconds(result.warm_up_s);
        result.rollback = rehearse_rollback(*change.rollback, way_back);
        const Verdict verdict = result.rollback->verdict;
        worsen(result, verdict, verdict == Verdict::violated ? Reason::limit : Reason::data);
        result.interrupted = result.rollback->interrupted;
    }
    if (options.run.progress)
        options.run.progress->begin(RunProgress::Phase::none, 0, 0, models::ShareOf::nothing);
    if (result.interrupted) {
        result.verdict = Verdict::inconclusive;
        result.reason = Reason::data;
    }
    return result;
}

}  // namespace understudy::studies
