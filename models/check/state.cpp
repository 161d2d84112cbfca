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
        for (const PresentItems& items : element.items) {
            all += static_cast<double>(items.items);
            for (const PresentItems& inside : items.batch) all += static_cast<double>(inside.items);
        }
        for (const PresentRun& run : element.runs) {
            all += static_cast<double>(1 + run.tasks.size());
            for (const PresentTask& task : run.tasks)
                for (const PresentItems& group : task.instances) all += static_cast<double>(group.items);
        }
        for (const ThinkingUsers& group : element.thinking) all += static_cast<double>(group.users);
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
        only_of(some(PresentItems::Where::gathering), Kind::stage, "gathering");
        only_of(!element.runs.empty(), Kind::pipeline, "runs");
        only_of(element.newest.has_value(), Kind::dataset, "newest");
        only_of(element.landed.has_value(), Kind::dataset, "landed");
        only_of(element.records.has_value(), Kind::dataset, "records");
        only_of(element.size.has_value(), Kind::dataset, "size");
        if (element.records.value_or(0) < 0 || element.size.value_or(0) < 0)
            error(path, "less than nothing has landed in " + quoted(element.element), "it is 0 or more");
        only_of(!element.unread.empty(), Kind::pipeline, "unread");
        only_of(element.level.has_value(), Kind::budget, "level");
        only_of(element.arrived.has_value(), Kind::load, "arrived");
        only_of(element.since.has_value(), Kind::load, "since");
        only_of(!element.arrivals_state.empty(), Kind::load, "state");
        only_of(element.stayed.has_value(), Kind::load, "stayed");
        only_of(!element.thinking.empty(), Kind::load, "thinking");
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
            if (load.name == element.element) check_present_load(element, load, path);
    }
}

void Checker::check_present_load(const ElementState& state, const Load& load, const std::string& path) {
    if (state.since && load.arrivals.kind != Arrivals::Kind::every)
        error(path + ".since", "when the last of " + quoted(load.name) + " came tells nothing of the next",
              "'since' belongs to 'arrivals: every ...'; leave it out");
    const auto& states = load.arrivals.states;
    const bool known = std::any_of(states.begin(), states.end(), [&](const Arrivals::State& one) {
        return one.name == state.arrivals_state;
    });
    if (!state.arrivals_state.empty() && !known)
        warn(path + ".state",
             "load " + quoted(load.name) + " has no state " + quoted(state.arrivals_state) +
                 ": it begins in its first",
             "what is gone is no state: remove it here");
    if (state.stayed && states.empty())
        error(path + ".stayed", "load " + quoted(load.name) + " has no states", "leave it out");
    if (!state.thinking.empty() && load.arrivals.kind != Arrivals::Kind::users)
        error(path + ".thinking", "load " + quoted(load.name) + " has no users that think", "leave it out");
}

void Checker::check_present(const ElementState& state, const Stage& stage, const std::string& path) {
    if (state.items.empty()) return;
    const bool gathers = (stage.join && stage.join->of == Join::Of::inputs) || stage.batch || stage.window;
    const bool overlaps =
        stage.window && stage.window->size > stage.window->every.value_or(stage.window->size);
    const bool some_wait = std::any_of(state.items.begin(), state.items.end(), [](const PresentItems& items) {
        return items.where != PresentItems::Where::gathering;
    });
    if (!stage.work.workers && stage.work.runs_on.empty() && stage.work.spends.empty() && some_wait)
        return error(path, "nothing stays at " + quoted(stage.name) + ", which needs no workers",
                     "name a stage that has workers, or give it some");
    const auto keeps_workers = [&](const std::string& name) {
        return std::any_of(s_.twin.stages.begin(), s_.twin.stages.end(), [&](const Stage& other) {
            return other.name == name && !other.holds_until.empty();
        });
    };
    for (const PresentItems& items : state.items) {
        const char* key = items.where == PresentItems::Where::waiting    ? "waiting"
                          : items.where == PresentItems::Where::working  ? "working"
                          : items.where == PresentItems::Where::retrying ? "retrying"
                                                                         : "gathering";
        if (items.where == PresentItems::Where::gathering && (!gathers || overlaps))
            error(path + ".gathering",
                  overlaps     ? "items in windows that overlap are not supported yet in a state"
                  : stage.join ? "parts of a join are not supported yet in a state"
                               : quoted(stage.name) + " gathers nothing: it has no batch, window or join",
                  "leave it out");
        if (items.where != PresentItems::Where::gathering && items.batch.empty() &&
            (stage.batch || stage.window))
            error(path + "." + key,
                  "what is in line or at work at " + quoted(stage.name) + " are batches, and this is none",
                  "say what is in it, such as 'batch: [{items: 20, age: 3min}]'; items that gather are "
                  "'gathering'");
        for (const std::string& name : items.holds)
            if (!keeps_workers(name))
                warn(path + "." + key,
                     "no stage " + quoted(name) + " keeps workers (holds_until): it is left out",
                     "remove it here");
        if (items.where == PresentItems::Where::working && stage.take > 1)
            error(path + ".working",
                  "what workers have taken up together (take) is not supported yet in a state",
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
    const auto check_unread = [&](const std::string& name, const UnreadAmounts& unread,
                                  const std::string& place) {
        const auto task = std::find_if(pipeline.tasks.begin(), pipeline.tasks.end(),
                                       [&](const Task& one) { return one.name == name; });
        if (task == pipeline.tasks.end())
            return warn(
                place,
                "pipeline " + quoted(pipeline.name) + " has no task " + quoted(name) + ": it is left out",
                "what is gone has no state: remove it here");
        for (const auto& [dataset, amount] : unread) {
            if (amount.records < 0 || amount.size < 0)
                error(place + "." + dataset, "less than nothing is left to read", "it is 0 or more");
            if (std::none_of(task->reads.begin(), task->reads.end(),
                             [&](const auto& read) { return read.dataset == dataset && !read.all; }))
                warn(place + "." + dataset,
                     "task " + quoted(name) + " does not read what is new in " + quoted(dataset) +
                         ": it is left out",
                     "remove it here");
        }
    };
    for (const auto& [task, unread] : state.unread) check_unread(task, unread, path + ".unread." + task);
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
            check_unread(present.task, present.unread, place + ".tasks." + present.task + ".unread");
            std::int64_t told = present.ended;
            for (const PresentItems& group : present.instances) told += group.items;
            if (told > task->expand)
                warn(place + ".tasks." + present.task,
                     "a state of " + std::to_string(told) + " instances of " + quoted(task->name) +
                         ", which has " + std::to_string(task->expand) + " (expand): the others are left out",
                     "have as many in the state, or raise 'expand'");
        }
        for (const std::string& name : run.holds)
            if (std::none_of(pipeline.tasks.begin(), pipeline.tasks.end(), [&](const Task& task) {
                    return task.name == name && !task.holds_until.empty();
                }))
                warn(place + ".holds",
                     "no task " + quoted(name) + " of " + quoted(pipeline.name) +
                         " keeps workers (holds_until): it is left out",
                     "remove it here");
        if (ended == pipeline.tasks.size() && !pipeline.tasks.empty())
            error(place, "all tasks of this run have ended: it is over", "leave the run out");
    }
}

}  // namespace understudy::models
