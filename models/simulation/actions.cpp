// Scheduled actions: parameters set, workers and stages that fail and heal, loads and pipelines that pause.
#include <algorithm>
#include <cmath>

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

void change(double& value, const ActionRow& row) { value = row.times ? value * row.number : row.number; }

void change(CompiledLaw& value, const ActionRow& row) {
    if (!row.law_parameter.empty()) {
        kernel::Distribution& one = value[0].law;
        // Another action may have put a law here that has no such parameter.
        const auto old = one.parameter(row.law_parameter);
        if (!old) return;
        if (const auto changed =
                one.with_parameter(row.law_parameter, row.times ? *old * row.number : row.number))
            one = *changed;
    } else if (row.times) {
        for (CompiledTerm& term : value) scale(term, row.number);
    } else {
        value = row.law;
    }
}

}  // namespace

void State::act(Index index) {
    const ActionRow& row = model_->actions[index];
    tell(TraceEvent::act, row.element, index, 0, 1);
    if (row.element != none) meter_.action(index, true, now());
    using Verb = Action::Verb;
    switch (row.verb) {
        case Verb::set: {
            if (row.lasts >= 0) {
                in_force_.push_back(index);
            } else {
                for (const Index number : row.numbers) change(lasting_.numbers[number], row);
                for (const Index law : row.laws) change(lasting_.laws[law], row);
            }
            for (const Index number : row.numbers) set_number(number);
            for (const Index law : row.laws) set_law(law);
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
    tell(TraceEvent::act, row.element, index, 0, 0);
    if (row.element != none) meter_.action(index, false, now());
    using Verb = Action::Verb;
    switch (row.verb) {
        case Verb::set:
            in_force_.erase(std::find(in_force_.begin(), in_force_.end(), index));
            for (const Index number : row.numbers) set_number(number);
            for (const Index law : row.laws) set_law(law);
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

// Changes that overlap may end in any order: what holds is computed anew from what lasts.
void State::set_number(Index number) {
    double& value = parameters_.numbers[number] = lasting_.numbers[number];
    for (const Index action : in_force_) {
        const ActionRow& row = model_->actions[action];
        if (std::find(row.numbers.begin(), row.numbers.end(), number) != row.numbers.end())
            change(value, row);
    }
}

void State::set_law(Index law) {
    CompiledLaw& value = parameters_.laws[law] = lasting_.laws[law];
    for (const Index action : in_force_) {
        const ActionRow& row = model_->actions[action];
        if (std::find(row.laws.begin(), row.laws.end(), law) != row.laws.end()) change(value, row);
    }
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
