// What is there when the simulation begins: that it can be there.
#include <algorithm>
#include <optional>

#include "models/check/checker.h"

namespace understudy::models {

namespace {

bool has_ended(const PresentTask& task) {
    return task.is == PresentTask::Is::done || task.is == PresentTask::Is::failed ||
           task.is == PresentTask::Is::skipped;
}

/// How many things a state puts in: items, and instances of tasks.
double in_all(const InitialState& state) {
    double all = 0;
    for (const ElementState& element : state.elements) {
        for (const PresentItems& items : element.items) all += static_cast<double>(items.items);
        for (const PresentRun& run : element.runs) all += static_cast<double>(1 + run.tasks.size());
    }
    return all;
}

}  // namespace

void Checker::check_state() {
    const InitialState& state = s_.twin.state;
    if (in_all(state) > 9'000'000)
        error("twin.state", count_text(in_all(state)) + " items are more than a simulation holds",
              "at most 9 million in all");
    if (s_.run.length && state.as_of >= *s_.run.length && !is_unread("run"))
        error("twin.as_of", "the state is as of an instant at which the run is over",
              "'as_of' is less than the run's 'length'; both count from its start");
    for (const ElementState& element : state.elements) {
        const std::string path = "twin.state." + element.element;
        const auto declared = kinds_.find(element.element);
        std::optional<Kind> kind;
        if (declared != kinds_.end())
            kind = declared->second;
        else if (is_written(element.element))
            kind = Kind::dataset;
        if (!kind) {
            if (may_be_unread(element.element)) continue;
            const std::string best =
                near(element.element,
                     names_of({Kind::stage, Kind::pipeline, Kind::dataset, Kind::budget, Kind::load}));
            warn(path, "nothing is called " + quoted(element.element) + ": its state is left out",
                 best.empty() ? "what is gone has no state: remove it here" : best);
            continue;
        }
        const auto only_of = [&](bool there, Kind owner, const char* key) {
            if (there && *kind != owner)
                error(path + "." + key,
                      std::string(quoted(key)) + " is the state of " + noun(owner) + ", and " +
                          quoted(element.element) + " is " + noun(*kind),
                      "leave it out");
        };
        const auto some = [&](PresentItems::Where where) {
            return std::any_of(element.items.begin(), element.items.end(),
                               [&](const PresentItems& items) { return items.where == where; });
        };
        only_of(some(PresentItems::Where::waiting), Kind::stage, "waiting");
        only_of(some(PresentItems::Where::working), Kind::stage, "working");
        only_of(some(PresentItems::Where::retrying), Kind::stage, "retrying");
        only_of(!element.runs.empty(), Kind::pipeline, "runs");
        only_of(element.newest.has_value(), Kind::dataset, "newest");
        only_of(element.landed.has_value(), Kind::dataset, "landed");
        only_of(element.level.has_value(), Kind::budget, "level");
        only_of(element.arrived.has_value(), Kind::load, "arrived");
        only_of(element.since.has_value(), Kind::load, "since");
        for (const Stage& stage : s_.twin.stages)
            if (stage.name == element.element && !is_unread("twin.stages." + stage.name))
                check_present(element, stage, path);
        for (const Pipeline& pipeline : s_.twin.pipelines)
            if (pipeline.name == element.element && !is_unread("twin.pipelines." + pipeline.name))
                check_present_runs(element, pipeline, path);
        for (const Budget& budget : s_.twin.budgets)
            if (budget.name == element.element && element.level && *element.level > budget.capacity)
                error(path + ".level", "budget " + quoted(budget.name) + " holds more than it can",
                      "lower 'level', or raise 'capacity'");
        for (const Load& load : s_.loads)
            if (load.name == element.element && element.since && load.arrivals.kind != Arrivals::Kind::every)
                error(path + ".since",
                      "when the last of " + quoted(load.name) + " came tells nothing of the next",
                      "'since' belongs to 'arrivals: every ...'; leave it out");
    }
}

void Checker::check_present(const ElementState& state, const Stage& stage, const std::string& path) {
    if (state.items.empty()) return;
    const char* gathers = stage.join ? "join" : stage.batch ? "batch" : stage.window ? "window" : nullptr;
    if (gathers != nullptr)
        return error(path,
                     "the state of a stage that gathers (" + std::string(gathers) + ") is not supported yet",
                     "leave it out");
    if (!stage.work.workers && stage.work.runs_on.empty() && stage.work.spends.empty())
        return error(path, "nothing stays at " + quoted(stage.name) + ", which needs no workers",
                     "name a stage that has workers, or give it some");
    for (const PresentItems& items : state.items) {
        const char* key = items.where == PresentItems::Where::waiting   ? "waiting"
                          : items.where == PresentItems::Where::working ? "working"
                                                                        : "retrying";
        if (items.where == PresentItems::Where::working && stage.take > 1)
            error(path + ".working",
                  "what workers have taken up together (take) is not supported yet in a state",
                  "leave it out");
        if (items.where == PresentItems::Where::working && !stage.holds_until.empty())
            error(path + ".working", "workers that are kept (holds_until) are not supported yet in a state",
                  "leave it out");
        if (!items.load.empty() && !is(items.load, Kind::load) && !may_be_unread(items.load))
            warn(path + "." + key, "no load is called " + quoted(items.load) + ": these are of none",
                 "what is gone has no items: leave 'load' out");
        if (!items.from.empty() &&
            std::find(stage.reads.begin(), stage.reads.end(), items.from) == stage.reads.end())
            error(path + "." + key, quoted(stage.name) + " does not read " + quoted(items.from),
                  "'from' is one of the streams that it reads");
        for (const auto& [field, value] : items.fields) {
            const bool known = std::any_of(s_.loads.begin(), s_.loads.end(), [&](const Load& load) {
                return std::any_of(load.fields.begin(), load.fields.end(),
                                   [&, name = field](const auto& one) { return one.first == name; });
            });
            const bool emitted =
                std::any_of(s_.twin.stages.begin(), s_.twin.stages.end(), [&](const Stage& other) {
                    return std::any_of(other.emits.fields.begin(), other.emits.fields.end(),
                                       [&, name = field](const auto& one) { return one.first == name; });
                });
            if (!known && !emitted)
                warn(path + "." + key, "no load has a field " + quoted(field) + ": it is left out",
                     "remove it here");
        }
    }
}

void Checker::check_present_runs(const ElementState& state, const Pipeline& pipeline,
                                 const std::string& path) {
    if (pipeline.schedule.kind == Schedule::Kind::each && !state.runs.empty())
        return error(
            path + ".runs",
            "runs of " + quoted(pipeline.name) + " work for one item each, which a state cannot hold yet",
            "leave them out");
    for (std::size_t i = 0; i < state.runs.size(); ++i) {
        const PresentRun& run = state.runs[i];
        const std::string place = path + ".runs." + std::to_string(i);
        std::size_t ended = 0;
        for (const PresentTask& present : run.tasks) {
            const auto task = std::find_if(pipeline.tasks.begin(), pipeline.tasks.end(),
                                           [&](const Task& one) { return one.name == present.task; });
            if (task == pipeline.tasks.end()) {
                warn(place + ".tasks." + present.task,
                     "pipeline " + quoted(pipeline.name) + " has no task " + quoted(present.task) +
                         ": it is left out",
                     "what is gone has no state: remove it here");
                continue;
            }
            if (has_ended(present)) {
                ++ended;
                continue;
            }
            if (task->expand > 1)
                error(place + ".tasks." + present.task,
                      "a state cannot hold some instances of a task that has several (expand) yet",
                      "leave it out, or write '{is: done}'");
            if (!task->holds_until.empty())
                error(place + ".tasks." + present.task,
                      "workers that are kept (holds_until) are not supported yet in a state", "leave it out");
        }
        if (ended == pipeline.tasks.size() && !pipeline.tasks.empty())
            error(place, "all tasks of this run have ended: it is over", "leave the run out");
    }
}

}  // namespace understudy::models
