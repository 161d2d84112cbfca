#include "tools/studies/watched_run.h"

#include <algorithm>
#include <deque>
#include <memory>

#include "models/simulation/running.h"
#include "tools/studies/judge.h"
#include "tools/studies/stepping.h"

namespace understudy::studies {

namespace {

using kernel::Time;
using models::Aggregate;
using models::Running;

/// One objective, and what was seen of it in the last steps.
class Watched {
public:
    Watched(const models::Objective& objective, models::Index probe, bool ours, std::size_t steps)
        : objective_(objective), probe_(probe), ours_(ours), steps_(steps) {}

    /// Whether it is broken at the end of a step.
    bool broken_after_step(Running& now) {
        const Running::Look seen = now.look(probe_);
        pieces_.push_back(evidence_of(seen.value, seen.tally, seen.observed, &objective_));
        if (pieces_.size() > steps_) pieces_.pop_front();
        Evidence all;
        const bool extreme = objective_.measure.aggregate == Aggregate::maximum ||
                             objective_.measure.aggregate == Aggregate::minimum;
        for (const Evidence& piece : pieces_) {
            if (!(piece.weight > 0)) continue;
            if (extreme && !holds(objective_.comparison, piece.value, objective_.limit)) return true;
            all.excess += piece.excess;
            all.weight += piece.weight;
        }
        if (!extreme && all.weight > 0 && all.excess > 0) return true;
        if (!models::counts_overdue(objective_)) return false;
        // Where nobody knows what is on its way there, what comes out tells, if anything does.
        if (!ours_ && all.weight > 0) return false;
        // Where nothing came out one is as good as all.
        const std::vector<Time> overdue =
            now.overdue(probe_, kernel::from_seconds(objective_.limit), all.weight > 0 ? SIZE_MAX : 1);
        if (overdue.empty()) return false;
        charge(all, overdue, objective_);
        return all.excess > 0;
    }

private:
    const models::Objective& objective_;
    models::Index probe_;
    bool ours_;  ///< all that is overdue comes to this probe
    std::size_t steps_;
    std::deque<Evidence> pieces_;
};

models::Index index(std::size_t number) { return static_cast<models::Index>(number); }

std::vector<Evidence> evidence_of_objectives(const Asked& asked, const models::ReplicationOutcome& outcome) {
    std::vector<Evidence> all;
    for (std::size_t i = 0; i < asked.objectives.size(); ++i)
        all.push_back(evidence_of(outcome, i, &asked.objectives[i]));
    return all;
}

}  // namespace

bool can_be_watched(const models::Measure& measure) {
    if (measure.during || !measure.during_action.empty() || measure.items || measure.by_clock ||
        measure.by_offset || models::is_of_the_past(measure.metric))
        return false;
    switch (measure.aggregate) {
        case Aggregate::average:
        case Aggregate::quantile:
        case Aggregate::maximum:
        case Aggregate::minimum:
        case Aggregate::share:
        case Aggregate::rate: return true;
        default: return false;
    }
}

void add_watch(models::Scenario& scenario, const Asked& asked) {
    models::Action action;
    action.name = action.text = watch_name;
    action.verb = models::Action::Verb::alert;
    action.lasts = kernel::never;
    scenario.actions.push_back(std::move(action));
    for (const models::Objective& objective : asked.objectives) {
        if (!can_be_watched(objective.measure)) continue;
        scenario.measures.push_back(objective.measure);
        scenario.measures.back().during_action = watch_name;
    }
}

bool Turns::is_so(double instant) const {
    const auto after = std::upper_bound(at.begin(), at.end(), instant);
    return (after - at.begin()) % 2 == 1;
}

std::vector<Evidence> Turns::as_evidence() const {
    std::vector<Evidence> list = {{static_cast<double>(at.size()), 0, 1}};
    for (const double instant : at) list.push_back({instant, 0, 1});
    return list;
}

Turns Turns::of_evidence(const std::vector<Evidence>& evidence, std::size_t& place) {
    Turns turns;
    for (auto left = static_cast<std::size_t>(evidence.at(place++).value); left > 0; --left)
        turns.at.push_back(evidence.at(place++).value);
    return turns;
}

Turns unwell_turns(const std::vector<models::Alert>& alerts, const std::string& well,
                   const std::string& unwell) {
    Turns turns;
    bool is_unwell = false;
    for (const auto& [at, action, text] : alerts) {
        if (text != well && text != unwell) continue;
        if (is_unwell == (text == unwell)) continue;
        is_unwell = !is_unwell;
        turns.at.push_back(kernel::to_seconds(at));
    }
    return turns;
}

std::optional<WatchedRun> run_watched(const std::shared_ptr<const models::Model>& model, const Asked& asked,
                                      const models::ReplicationOptions& options) {
    WatchedRun run;
    run.broken.resize(asked.objectives.size());
    if (model->length == kernel::never) {
        auto outcome = models::run_replication(model, options);
        if (!outcome) return std::nullopt;
        run.outcome = std::move(*outcome);
        run.objectives = evidence_of_objectives(asked, run.outcome);
        return run;
    }
    const Watch& watch = *asked.watch;
    const auto action = index(model->actions.size() - 1);
    std::vector<std::pair<std::size_t, Watched>> watched;
    std::size_t probe = asked.objectives.size() + asked.measures.size();
    for (std::size_t i = 0; i < asked.objectives.size(); ++i)
        if (can_be_watched(asked.objectives[i].measure)) {
            const bool ours = model->knows_who_comes(model->probes[probe]);
            watched.emplace_back(i, Watched(asked.objectives[i], index(probe++), ours, watch.steps));
        }
    models::ReplicationOptions full = options;
    full.full = true;  // what is overdue is looked for among items one by one
    Running now(model, full);
    const Time before = std::min(static_cast<Time>(watch.steps), watch.from / watch.step) * watch.step;
    step_before(now, watch.from - before);
    now.act(action, watch.from - before);
    const auto note = [&](std::size_t objective, bool broken, Time at) {
        std::vector<double>& turns = run.broken[objective].at;
        if (at >= watch.from && broken != (turns.size() % 2 == 1)) turns.push_back(kernel::to_seconds(at));
    };
    std::optional<Time> over;
    for (Time at = watch.from - before; at < model->length && !watched.empty() && !over;) {
        const Time next = std::min(kernel::later(at, watch.step), model->length);
        step_before(now, next);
        if (now.now() < next - 1) over = next;
        for (auto& [objective, of] : watched)
            if (!over) note(objective, of.broken_after_step(now), next);
        now.forget(action);
        at = next;
    }
    (void)step_to(now, model->length);
    auto outcome = std::move(now).finish();
    if (!outcome) return std::nullopt;
    run.outcome = std::move(*outcome);
    run.objectives = evidence_of_objectives(asked, run.outcome);
    // What cannot go on keeps nothing any more; what has ended itself is not judged after that.
    if (over && (run.outcome.broken_off || !run.outcome.deadlock.empty()))
        for (const auto& [objective, of] : watched) note(objective, true, *over);
    return run;
}

}  // namespace understudy::studies
