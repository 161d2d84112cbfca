// Scheduled actions: parameters set, workers and stages that fail and heal, loads and pipelines that pause.
#include <algorithm>
#include <cmath>

#include "models/simulation/state.h"

namespace understudy::models {

void State::act(Index index) {
    const ActionRow& row = model_->actions[index];
    ActionState& state = actions_[index];
    tell(TraceEvent::act, row.element, index, 0, 1);
    if (row.element != none) meter_.action(index, true, now());
    using Verb = Action::Verb;
    switch (row.verb) {
        case Verb::set: {
            state.old_numbers.clear();
            state.old_laws.clear();
            for (const Index number : row.numbers) {
                double& value = parameters_.numbers[number];
                state.old_numbers.push_back(value);
                value = row.times ? value * row.number : row.number;
            }
            for (const Index law : row.laws) {
                CompiledLaw& value = parameters_.laws[law];
                state.old_laws.push_back(value);
                if (!row.law_parameter.empty()) {
                    kernel::Distribution& one = value[0].law;
                    const double old = one.parameter(row.law_parameter).value_or(0);
                    one = *one.with_parameter(row.law_parameter, row.times ? old * row.number : row.number);
                } else if (row.times) {
                    for (CompiledTerm& term : value) scale(term, row.number);
                } else {
                    value = row.law;
                }
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
        case Verb::run:
            for (const Index pipeline : row.pipelines) due(pipeline, now(), none, 1, 0);
            break;
        case Verb::alert: alerts_.emplace_back(now(), row.text); break;
        case Verb::stop: halt(*simulation_, row.text); break;
    }
    if (row.lasts >= 0) schedule(kernel::later(now(), row.lasts), EventKind::undo, index, 0);
}

void State::undo(Index index) {
    const ActionRow& row = model_->actions[index];
    ActionState& state = actions_[index];
    tell(TraceEvent::act, row.element, index, 0, 0);
    if (row.element != none) meter_.action(index, false, now());
    using Verb = Action::Verb;
    switch (row.verb) {
        case Verb::set:
            for (std::size_t i = 0; i < state.old_numbers.size(); ++i)
                parameters_.numbers[row.numbers[i]] = state.old_numbers[i];
            for (std::size_t i = 0; i < state.old_laws.size(); ++i)
                parameters_.laws[row.laws[i]] = state.old_laws[i];
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

void State::scale(CompiledTerm& term, double factor) {
    if (term.field == none && !term.recorded)
        term.law = term.law.scaled(factor);
    else
        // The item's own value: so many times as many of them.
        term.times *= factor;
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
    mark(pool);
    refresh_pool(pool);
    for (const Index stage : model_->pools[pool].stages) refresh_stage(stage);
}

void State::change_halted(Index stage, std::int32_t step) {
    StageState& state = stages_[stage];
    state.halted = std::max(0, state.halted + step);
    if (state.halted > 0) return;
    if (model_->stages[stage].line_pool != none) return mark(model_->stages[stage].line_pool);
    const std::vector<Index> held = state.held;
    for (const Index item : held) {
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
        for (const Time missed : std::exchange(pipeline.missed, {})) due(index, missed, none, 1, 0);
        begin_runs(index);
    }
}

}  // namespace understudy::models
