// Actions: what they set is resolved to indices of parameters, when they happen to instants.
#include <algorithm>
#include <cmath>

#include "models/compile/compiler.h"

namespace understudy::models {

namespace {

/// More are refused, or left out where the run has no length.
constexpr std::size_t most_instants = 1'000'000;

std::vector<kernel::Time> every_instants(const Calendar* calendar, const Schedule& schedule,
                                         kernel::Time horizon) {
    if (schedule.kind == Schedule::Kind::calendar)
        return calendar ? calendar->instants(schedule, horizon) : std::vector<kernel::Time>{};
    std::vector<kernel::Time> instants;
    if (schedule.kind == Schedule::Kind::once) instants.push_back(0);
    if (schedule.kind == Schedule::Kind::every && schedule.period > 0)
        for (kernel::Time t = 0; t < horizon && instants.size() < most_instants; t += schedule.period)
            instants.push_back(t);
    return instants;
}

}  // namespace

void Compiler::set_shares(ActionRow& row, Outlet& outlet, const NewValue& to) {
    if (outlet.edited == none)
        for (const double share : outlet.cumulative) {
            const Index first = number(share);
            if (outlet.edited == none) outlet.edited = first;
        }
    double sum = 0;
    for (std::size_t i = 0; i < outlet.streams.size(); ++i) {
        const std::string name = outlet.streams[i] == none
                                     ? "exit"
                                     : model.elements[model.streams[outlet.streams[i]].element].name;
        for (const auto& [stream, share] : to.shares)
            if (stream == name) sum += share;
        row.numbers.push_back(outlet.edited + static_cast<Index>(i));
        row.values.push_back(sum);
    }
    row.values.back() = 1;
}

void Compiler::add_actions() {
    for (std::size_t position = 0; position < scenario.actions.size(); ++position) {
        const Action& action = scenario.actions[position];
        const std::string path = "actions[" + std::to_string(position) + "]";
        ActionRow row;
        if (!action.name.empty()) {
            row.element = element_by_name.at(action.name);
            model.elements[row.element].action = static_cast<Index>(model.actions.size());
        }
        if (action.at) row.instants = {*action.at};
        if (action.every) row.instants = every_instants(model.calendar.get(), *action.every, horizon());
        if (action.when) row.when = condition(*action.when);
        row.lasts = action.lasts.value_or(-1);
        row.verb = action.verb;
        row.text = action.text;
        row.times = action.to.times;
        row.number = action.to.number;
        if (action.to.law) row.law = compiled(*action.to.law);
        auto refuse = [&](const std::string& member, const std::string& message, const std::string& hint) {
            problems.push_back({Problem::Severity::error, path + "." + member, message, hint});
        };
        if (row.instants.size() >= most_instants && scenario.run.length)
            refuse("every", "happens more than a million times in the run", "choose a longer interval");
        const Element* target = action.target == "load" ? nullptr : find(action.target);
        using Verb = Action::Verb;
        if (action.verb == Verb::fail || action.verb == Verb::heal || action.verb == Verb::pause ||
            action.verb == Verb::resume) {
            const std::string member = action.verb == Verb::fail    ? "fail"
                                       : action.verb == Verb::heal  ? "heal"
                                       : action.verb == Verb::pause ? "pause"
                                                                    : "resume";
            if (!target) {
                refuse(member, "no element '" + action.target + "'", "name a stage, pool, load or pipeline");
            } else {
                const bool workers = action.verb == Verb::fail || action.verb == Verb::heal;
                if (workers && target->pool != none)
                    row.pools.push_back(target->pool);
                else if (target->stage != none)
                    row.stages.push_back(target->stage);
                else if (target->pool != none)
                    row.stages = model.pools[target->pool].stages;
                if (!workers && target->pipeline != none) row.pipelines.push_back(target->pipeline);
                if (!workers && target->load != none && row.stages.empty()) row.loads.push_back(target->load);
                if (row.pools.empty() && row.stages.empty() && row.pipelines.empty() && row.loads.empty())
                    refuse(member, "'" + action.target + "' cannot " + member,
                           workers ? "name a stage or a pool" : "name a stage, a load or a pipeline");
            }
        }
        if (action.verb == Verb::set) {
            auto loads = [&](auto each) {
                for (std::size_t i = 0; i < model.loads.size(); ++i)
                    if (!target || target->load == i) each(static_cast<Index>(i));
            };
            const std::string& key = action.key;
            const auto dot = key.find('.');
            const StageRow* stage = target && target->stage != none ? &model.stages[target->stage] : nullptr;
            const PipelineRow* pipeline =
                target && target->pipeline != none ? &model.pipelines[target->pipeline] : nullptr;
            Outlet* const outlet = target == nullptr       ? nullptr
                                   : target->stage != none ? &model.stages[target->stage].outlet
                                   : target->load != none  ? &model.loads[target->load].outlet
                                                           : nullptr;
            const std::string unknown =
                "'" + action.target + "' has no parameter '" + key + "' that an action can set";
            std::string hint =
                "stages: service, service.PARAMETER, failure, timeout, priority, workers, writes; pools: "
                "workers, bandwidth; loads: arrivals, users, writes; pipelines: max_active_runs";
            if (!target && action.target != "load") {
                refuse("set", "no element '" + action.target + "'", "");
            } else if (action.target == "load" ||
                       (target->load != none && (key == "arrivals" || key == "users"))) {
                loads([&](Index i) {
                    row.numbers.push_back(model.loads[i].rate);
                    row.loads.push_back(i);
                });
                if (action.to.arrivals && !action.to.times) {
                    const Index load = target ? target->load : none;
                    if (load == none || action.to.arrivals->kind != Arrivals::Kind::poisson ||
                        model.loads[load].kind != Arrivals::Kind::poisson)
                        refuse("to", "arrivals can be set to a factor, or from one poisson rate to another",
                               "write a factor such as 2x");
                    row.number = action.to.arrivals->rate;
                }
            } else if (target->pool != none && key == "workers") {
                row.numbers.push_back(model.pools[target->pool].workers);
                row.pools.push_back(target->pool);
            } else if (target->pool != none && key == "bandwidth" &&
                       model.pools[target->pool].bandwidth != none) {
                row.numbers.push_back(model.pools[target->pool].bandwidth);
                row.pools.push_back(target->pool);
            } else if (pipeline && key == "max_active_runs") {
                row.numbers.push_back(pipeline->max_active_runs);
                row.pipelines.push_back(target->pipeline);
            } else if (pipeline && key == "max_active_tasks" && pipeline->max_active_tasks != none) {
                row.numbers.push_back(pipeline->max_active_tasks);
                row.pipelines.push_back(target->pipeline);
            } else if (stage && key == "failure" && stage->needs.empty() && stage->pipeline == none) {
                refuse("set", "nothing is tried at '" + action.target + "' that could fail",
                       "give it a service and workers");
            } else if (stage && key == "failure") {
                row.numbers.push_back(stage->failure);
            } else if (stage && key == "timeout" && stage->timeout != none) {
                row.numbers.push_back(stage->timeout);
            } else if (stage && key == "priority" && stage->priority != none) {
                row.numbers.push_back(stage->priority);
            } else if (outlet && key == "writes" && !action.to.shares.empty() &&
                       outlet->rule != Writes::Rule::share && outlet->rule != Writes::Rule::split) {
                refuse("to", "there are no shares that could be set", "it writes no map of shares");
            } else if (outlet && key == "writes" && !action.to.shares.empty()) {
                set_shares(row, *outlet, action.to);
            } else if (stage && key == "queue.capacity" && stage->queue_capacity != none) {
                row.numbers.push_back(stage->queue_capacity);
                row.stages.push_back(target->stage);
            } else if (stage && key.substr(0, dot) == "service" && stage->service != none) {
                row.laws.push_back(stage->service);
                if (model.pools[stage->line_pool].bandwidth != none && !row.times)
                    refuse("set", "the service of '" + action.target + "' is that of a link",
                           "set the bandwidth of the link, or multiply: 'to: 2x'");
                if (dot != std::string::npos) {
                    row.law_parameter = key.substr(dot + 1);
                    const CompiledLaw& law = model.parameters.laws[stage->service];
                    if (law.size() != 1 || !law[0].law.parameter(row.law_parameter))
                        refuse("set",
                               "the service of '" + action.target + "' has no single parameter '" +
                                   row.law_parameter + "'",
                               "set the whole law");
                } else if (!row.times && row.law.empty()) {
                    refuse("to", "a service is a law", "write a duration, a law or a factor");
                }
            } else {
                refuse("set", unknown, hint);
            }
            if (!row.times && row.laws.empty() && action.to.law && !action.to.law->is_constant())
                refuse("to", "'" + key + "' is one value, not a law", "");
        }
        if (action.verb == Verb::rewind) {
            if (target && target->stage != none && model.stages[target->stage].pipeline == none) {
                row.stages.push_back(target->stage);
                row.back = action.by.value_or(0);
                kernel::Time& remembers = model.stages[target->stage].remembers;
                remembers = std::max(remembers, row.back);
            } else {
                refuse("rewind", "'" + action.target + "' is no stage", "name one");
            }
        }
        if (action.verb == Verb::run) {
            if (target && target->pipeline != none)
                row.pipelines.push_back(target->pipeline);
            else
                refuse("run", "'" + action.target + "' is no pipeline", "name one");
            if (action.from && action.until)
                for (const Pipeline& pipeline : scenario.twin.pipelines)
                    if (pipeline.name == action.target) add_made_up_runs(row, pipeline, action, path);
        }
        if (!row.instants.empty()) warn_of_nothing_to_read(row, path);
        watch(row, static_cast<Index>(model.actions.size()));
        model.actions.push_back(std::move(row));
    }
}

}  // namespace understudy::models
