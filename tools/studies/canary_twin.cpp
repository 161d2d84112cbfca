// Makes the twin that a rollout is rehearsed on (canary.h): both sides in one, its steps as actions, what guards look at as
// measures.
#include <algorithm>
#include <cmath>
#include <utility>

#include "tools/studies/canary.h"
#include "tools/studies/canary_steps.h"
#include "tools/studies/harm.h"
#include "tools/studies/rehearse.h"
#include "tools/studies/rehearse_change.h"

namespace understudy::studies {

namespace {

using models::Action;
using models::Aggregate;
using models::Metric;
using models::MetricKind;

bool is_one_of(const std::string& name, const std::vector<std::string>& names) {
    return std::find(names.begin(), names.end(), name) != names.end();
}

/// Whether shares of items change what an amount of it means.
bool goes_with_the_share(const models::Measure& measure) {
    if (measure.aggregate == Aggregate::total || measure.aggregate == Aggregate::rate) return true;
    const MetricKind kind = models::kind_of(measure.metric);
    if (kind == MetricKind::money) return true;
    return kind == MetricKind::level && measure.metric != Metric::utilisation &&
           measure.metric != Metric::age && measure.metric != Metric::freshness;
}

void add_measures(PreparedCanary& prepared, const SideBySide& twin, models::Scenario& scenario) {
    const Rollout& rollout = prepared.twin.rollout;
    std::vector<models::Measure> promises;
    for (const models::Objective& objective : scenario.objectives) promises.push_back(objective.measure);
    scenario.objectives.clear();
    scenario.measures.clear();
    const auto add = [&](models::Measure measure) {
        scenario.measures.push_back(std::move(measure));
        return scenario.measures.size() - 1;
    };
    const auto judged_during = [&](const std::string& action) {
        std::vector<PreparedCanary::Judged> row;
        for (const Guard& guard : rollout.guards) {
            models::Measure measure = guard.measure();
            measure.during_action = action;
            PreparedCanary::Judged judged;
            const bool differs = is_one_of(measure.scope, prepared.twin.stages);
            judged.baseline = judged.candidate = add(measure);
            if (differs && measure.scope_to.empty()) {
                measure.scope = candidate_name(measure.scope);
                judged.candidate = add(measure);
            }
            row.push_back(judged);
        }
        return row;
    };
    prepared.judged.clear();
    for (std::size_t bake = 0; bake <= rollout.shares.size(); ++bake)
        prepared.judged.push_back(judged_during(bake_name(bake)));
    prepared.checked = rollout.checks ? judged_during(check_name) : std::vector<PreparedCanary::Judged>();
    prepared.counted = scenario.measures.size();
    add(models::measure_of(Aggregate::total, Metric::duplicated));
    add(models::measure_of(Aggregate::at, Metric::present));
    scenario.measures.back().at = *scenario.run.length;
    add(models::measure_of(Aggregate::average, Metric::present));
    for (models::Measure& measure : lost_of(scenario)) add(std::move(measure));
    for (models::Measure& measure : late_of(scenario)) add(std::move(measure));
    prepared.landings.clear();
    for (models::Measure& promise : promises)
        if (has_deadlines(promise)) prepared.landings.push_back(add(std::move(promise)));
    prepared.failed.clear();
    prepared.given.clear();
    for (const models::Stage& stage : twin.stages)
        prepared.given.push_back(add(models::measure_of(Aggregate::total, Metric::arrived, stage.name)));
    for (const std::string& stage : prepared.twin.stages)
        for (const std::string& name : {stage, candidate_name(stage)})
            prepared.failed.push_back(add(models::measure_of(Aggregate::total, Metric::failed, name)));
}

/// What a bad candidate sets its workers to is what is counted out to the shares, as of a change that sets them.
std::vector<models::Stage> stages_after(const Action& bad, std::vector<models::Stage> stages) {
    if (bad.verb != Action::Verb::set || bad.key != "workers") return stages;
    for (models::Stage& stage : stages) {
        if (stage.name != bad.target || !countable_workers(stage)) continue;
        std::int64_t& count = stage.work.workers->count;
        count = static_cast<std::int64_t>(
            std::ceil(bad.to.times ? bad.to.number * static_cast<double>(count) : bad.to.number));
    }
    return stages;
}

void add_actions(PreparedCanary& prepared, const SideBySide& twin, models::Scenario& scenario) {
    const Rollout& rollout = prepared.twin.rollout;
    const auto add = [&](Action action) {
        scenario.actions.push_back(std::move(action));
        return scenario.actions.size() - 1;
    };
    prepared.share_actions.clear();
    prepared.bakes.clear();
    const auto add_shares = [&](const SideBySide& sides) {
        for (const double share : rollout.shares) {
            auto& step = prepared.share_actions.emplace_back();
            for (Action& action : share_actions(sides, share, !rollout.all_at_once))
                step.push_back(add(std::move(action)));
        }
    };
    add_shares(twin);
    for (const CanaryTwin::Bad& bad : prepared.twin.bad)
        add_shares(SideBySide{{}, stages_after(scenario.actions[bad.action], twin.stages), twin.routers});
    prepared.back_actions.clear();
    for (Action& action : share_actions(twin, 0, false))
        prepared.back_actions.push_back(add(std::move(action)));
    const auto add_stretch = [&](const std::string& name) {
        Action action;
        action.name = name;
        action.verb = Action::Verb::alert;
        action.lasts = kernel::never;
        return add(std::move(action));
    };
    for (std::size_t bake = 0; bake <= rollout.shares.size(); ++bake)
        prepared.bakes.push_back(add_stretch(bake_name(bake)));
    if (rollout.checks) prepared.check = add_stretch(check_name);
}

/// What the plan does to a stage that differs, it does to the candidate.
void turn_to_candidate(const CanaryTwin& twin, models::Scenario& scenario) {
    for (const CanaryTwin::Bad& bad : twin.bad) {
        Action& action = scenario.actions[bad.action];
        if (is_one_of(action.target, twin.stages)) action.target = candidate_name(action.target);
        action.lasts = kernel::never;
    }
    if (!twin.detects) return;
    models::Condition& condition = *scenario.actions[*twin.detects].when;
    if (is_one_of(condition.scope, twin.stages)) condition.scope = candidate_name(condition.scope);
}

std::vector<models::Stage> stages_of(const models::Scenario& scenario,
                                     const std::vector<std::string>& names) {
    std::vector<models::Stage> stages;
    for (const std::string& name : names)
        for (const models::Stage& stage : scenario.twin.stages)
            if (stage.name == name) stages.push_back(stage);
    return stages;
}

}  // namespace

std::string why_no_guard(const Guard& guard, const std::vector<std::string>& stages) {
    const models::Measure& measure = guard.measure();
    if (!measure.during_action.empty()) return "a guard is looked at within a bake, not 'during' an action";
    if (measure.by_clock || measure.by_offset || measure.aggregate == Aggregate::at)
        return "a guard is looked at within a bake, and this is about other instants";
    if (!guard.is_increase) return "";
    if (!measure.scope_to.empty() || !is_one_of(measure.scope, stages))
        return "both sides have a part in it: an increase of a guard is that of a stage that the change "
               "edits";
    if (goes_with_the_share(measure))
        return "it goes with the share of the items, so that the two sides cannot be compared by it";
    return "";
}

std::optional<models::Problem> why_no_time(const Rollout& rollout, const models::Run& run) {
    const auto wrong = [](const std::string& message, const std::string& hint) {
        return models::Problem{models::Problem::Severity::error, "rollout", message, hint};
    };
    if (!run.length)
        return wrong("a run until empty has no end up to which bakes could last",
                     "give the scenario 'run.length'");
    const auto in = goes_in_at(rollout, run.warm_up);
    if (!in) return std::nullopt;
    if (*in >= *run.length)
        return wrong("the change goes in after the end of the run", "let it go in earlier");
    if (ends_at(rollout, *in, *run.length) > *run.length)
        return wrong("the bakes last longer than the run", "take shorter bakes, or make the run longer");
    if (run.warm_up && needs_bake_before(rollout) && rollout.bake &&
        *in - std::min(*in, *rollout.bake) < *run.warm_up)
        return wrong(
            "at a share of 100% increases are judged beside a bake before, and there is none within what is "
            "measured",
            "let it go in one bake after the warm-up, or begin with a smaller share");
    return std::nullopt;
}

std::optional<PreparedCanary> prepare_canary(CanaryTwin twin, models::Problems& problems) {
    models::Scenario scenario = under_stress(std::move(twin.candidate), twin.stresses, twin.stress);
    const std::vector<models::Stage> ours = stages_of(twin.baseline, twin.stages);
    const std::vector<models::Stage> theirs = stages_of(scenario, twin.stages);
    if (auto problem = why_no_time(twin.rollout, scenario.run)) problems.push_back(std::move(*problem));
    if (!problems.empty()) return std::nullopt;
    PreparedCanary prepared;
    prepared.shared = shared_by(scenario, ours);
    for (const models::Stage& stage : theirs)
        if (stage.work.workers && !countable_workers(stage)) prepared.uncounted.push_back(stage.name);
    turn_to_candidate(twin, scenario);
    prepared.twin = std::move(twin);
    prepared.twin.baseline = prepared.twin.candidate = {};
    for (const bool changed : {false, true}) {
        SideBySide both = side_by_side(scenario, ours, changed ? theirs : ours, prepared.twin.rollout.by_key);
        add_actions(prepared, both, both.scenario);
        add_measures(prepared, both, both.scenario);
        auto run = prepare(std::move(both.scenario), problems, Measured::asked);
        if (!run) return std::nullopt;
        (changed ? prepared.changed : prepared.same) = std::move(*run);
    }
    return prepared;
}

}  // namespace understudy::studies
