// Scheduled actions: parameters set, workers and stages that fail and heal, loads and pipelines that pause.
#include <algorithm>
#include <cmath>
#include <utility>

#include "models/simulation/state.h"

namespace understudy::models {

namespace {

void scale(CompiledTerm& term, double factor) {
    if (term.field == none && !term.recorded)
        term.law = term.law.scaled(factor);
    else
        // The item's own value: so many times as many of them.
        term.times *= factor;
}

}  // namespace

void State::act(Index index) {
    const ActionRow& row = model_->actions[index];
    tell(TraceEvent::act, row.element, index, 0, 1);
    if (row.element != none) meter_.action(index, true, now());
    using Verb = Action::Verb;
    switch (row.verb) {
        case Verb::set: {
            ActionEdit edit{index, row.lasts < 0};
            for (const Index number : row.numbers) {
                double& value = parameters_.numbers[number];
                Edited<double>& edited =
                    edited_numbers_.try_emplace(number, Edited<double>{value, {}}).first->second;
                edited.edits.push_back(edit);
                settle_edits(edited, value);
                if (edited.edits.empty()) edited_numbers_.erase(number);
                ++edit.place;
            }
            for (const Index law : row.laws) {
                CompiledLaw& value = parameters_.laws[law];
                Edited<CompiledLaw>& edited =
                    edited_laws_.try_emplace(law, Edited<CompiledLaw>{value, {}}).first->second;
                edited.edits.push_back(edit);
                settle_edits(edited, value);
                if (edited.edits.empty()) edited_laws_.erase(law);
            }
            look_again(row);
            break;
        }
        case Verb::fail:
        case Verb::heal: {
            const std::int32_t step = row.verb == Verb::fail ? 1 : -1;
            for (const Index pool : row.pools) change_down(pool, step);
            for (const Index stage : row.stages) change_halted(stage, step);
            break;
        }
        case Verb::pause:
        case Verb::resume: change_paused(row, row.verb == Verb::pause ? 1 : -1); break;
        case Verb::run: make_up(row); break;
        case Verb::alert: alerts_.push_back({now(), index, row.text}); break;
        case Verb::stop: halt(*simulation_, row.text); break;
        case Verb::rewind:
            for (const Index stage : row.stages) rewind(stage, row.back);
            break;
        case Verb::yield:
            yields_.push_back(index);
            simulation_->stop();
            break;
    }
    if (row.lasts >= 0 && row.lasts != kernel::never)
        schedule(kernel::later(now(), row.lasts), EventKind::undo, index, 0);
}

void State::ask(Simulation& simulation, Time at, Index action, bool undone) {
    simulation_ = &simulation;
    schedule(at, undone ? EventKind::undo : EventKind::act, action, 0);
}

bool State::has_come(Simulation& simulation, Index index) {
    simulation_ = &simulation;
    const ActionRow& row = model_->actions[index];
    const ConditionRow& condition = model_->conditions[row.when];
    if (condition.stream != none)
        return compares(condition,
                        kernel::to_seconds(now() - condition.lasts - streams_[condition.stream].newest));
    const ActionWatch& watch = watches_[index];
    if (condition.metric == Metric::age)
        return watch.since != kernel::never && kernel::later(watch.since, condition.lasts) <= now();
    return watch.holds && watch.due == kernel::no_event;
}

void State::undo(Index index) {
    const ActionRow& row = model_->actions[index];
    tell(TraceEvent::act, row.element, index, 0, 0);
    if (row.element != none) meter_.action(index, false, now());
    using Verb = Action::Verb;
    switch (row.verb) {
        case Verb::set:
            for (const Index number : row.numbers) {
                Edited<double>& edited = edited_numbers_.at(number);
                undo_edit(edited, index, parameters_.numbers[number]);
                if (edited.edits.empty()) edited_numbers_.erase(number);
            }
            for (const Index law : row.laws) {
                Edited<CompiledLaw>& edited = edited_laws_.at(law);
                undo_edit(edited, index, parameters_.laws[law]);
                if (edited.edits.empty()) edited_laws_.erase(law);
            }
            look_again(row);
            break;
        case Verb::fail:
        case Verb::heal: {
            const std::int32_t step = row.verb == Verb::fail ? -1 : 1;
            for (const Index pool : row.pools) change_down(pool, step);
            for (const Index stage : row.stages) change_halted(stage, step);
            break;
        }
        case Verb::pause:
        case Verb::resume: change_paused(row, row.verb == Verb::pause ? -1 : 1); break;
        default: break;
    }
}

void State::apply(const ActionEdit& edit, double& value) const {
    const ActionRow& row = model_->actions[edit.action];
    if (row.times)
        value *= row.number;
    else
        value = row.values.empty() ? row.number : row.values[edit.place];
}

void State::apply(const ActionEdit& edit, CompiledLaw& value) {
    const ActionRow& row = model_->actions[edit.action];
    if (!row.law_parameter.empty()) {
        kernel::Distribution& one = value[0].law;
        const double old = one.parameter(row.law_parameter).value_or(0);
        const auto changed = one.with_parameter(row.law_parameter, row.times ? old * row.number : row.number);
        if (!changed) return;  // the law has been replaced by one without it
        if (const auto problem = changed->problem())
            return halt(*simulation_, "an action sets '" + row.law_parameter + "' out of range: " + *problem);
        one = *changed;
    } else if (row.times) {
        for (CompiledTerm& term : value) scale(term, row.number);
    } else {
        value = row.law;
    }
}

template <class Value>
void State::settle_edits(Edited<Value>& edited, Value& value) {
    // What lasts and has nothing temporary before it is the parameter's own value from now on.
    auto first = edited.edits.begin();
    for (; first != edited.edits.end() && first->lasting; ++first) apply(*first, edited.base);
    edited.edits.erase(edited.edits.begin(), first);
    value = edited.base;
    for (const ActionEdit& edit : edited.edits) apply(edit, value);
}

template <class Value>
void State::undo_edit(Edited<Value>& edited, Index action, Value& value) {
    const auto edit = std::find_if(edited.edits.begin(), edited.edits.end(),
                                   [&](const ActionEdit& e) { return e.action == action && !e.lasting; });
    if (edit != edited.edits.end()) edited.edits.erase(edit);
    settle_edits(edited, value);
}

void State::step_number(Index number, double value) {
    const auto found = edited_numbers_.find(number);
    if (found == edited_numbers_.end()) {
        parameters_.numbers[number] = value;
        return;
    }
    found->second.base = value;
    settle_edits(found->second, parameters_.numbers[number]);
}

void State::look_again(const ActionRow& row) {
    for (const Index pool : row.pools) workers_changed(pool);
    for (const Index load : row.loads) rate_changed(load);
    for (const Index pipeline : row.pipelines) {
        begin_runs(pipeline);
        if (model_->pipelines[pipeline].max_active_tasks != none) submit_waiting(pipeline);
    }
    for (const Index stage : row.stages) doors_.push_back(stage);
}

void State::change_down(Index pool, std::int32_t step) {
    // Healing what has not failed changes nothing.
    pools_[pool].down = std::max(0, pools_[pool].down + step);
    if (pools_[pool].down > 0) shed_excess(pool);
    plan_transfers();
    mark(pool);
    refresh_pool(pool);
    for (const Index stage : model_->pools[pool].stages) refresh_stage(stage);
}

void State::change_halted(Index stage, std::int32_t step) {
    StageState& state = stages_[stage];
    state.halted = std::max(0, state.halted + step);
    if (state.halted > 0) return;
    if (const Index line = model_->stages[stage].line_pool; line != none) {
        pools_[line].line.bring_back();
        return mark(line);
    }
    if (!state.doors.empty()) doors_.push_back(stage);
    // Taken out as a whole: withdrawing searches what is left of the list for each of them.
    for (const Index item : std::exchange(state.held, {})) {
        withdraw(item);
        begin(item);
    }
}

void State::change_paused(const ActionRow& row, std::int32_t step) {
    for (const Index stage : row.stages) change_halted(stage, step);
    for (const Index load : row.loads) {
        loads_[load].paused = std::max(0, loads_[load].paused + step);
        if (loads_[load].paused == 0 && loads_[load].held_back) {
            loads_[load].held_back = false;
            plan_arrival(load, now());
        }
    }
    for (const Index index : row.pipelines) {
        PipelineState& pipeline = pipelines_[index];
        pipeline.paused = std::max(0, pipeline.paused + step);
        if (pipeline.paused > 0) continue;
        for (DueRun& missed : std::exchange(pipeline.missed, {})) due(index, std::move(missed), none, 1, 0);
        begin_runs(index);
    }
}

}  // namespace understudy::models
