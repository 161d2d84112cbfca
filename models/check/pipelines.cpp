// Pipelines: tasks, their order, and circles in it.
#include <algorithm>

#include "models/check/checker.h"

namespace understudy::models {

void Checker::check_pipeline(const Pipeline& pipeline) {
    const std::string path = "twin.pipelines." + pipeline.name;
    if (pipeline.schedule.kind == Schedule::Kind::calendar && lacks_start())
        error(path + ".schedule", "a schedule of the calendar needs the date at which the run starts",
              "add it: 'run: {start: 2026-03-09T00:00, ...}'");
    if (pipeline.schedule.kind == Schedule::Kind::every && pipeline.schedule.period <= 0)
        error(path + ".schedule", "every 0s never lets time pass", "write a longer period");
    if (pipeline.schedule.kind == Schedule::Kind::each)
        require_written(pipeline.schedule.name, path + ".schedule", false);
    if (pipeline.schedule.kind == Schedule::Kind::updated)
        require_written(pipeline.schedule.name, path + ".schedule", false);
    if (pipeline.max_active_runs < 1)
        error(path + ".max_active_runs", "no run may ever be active", "write at least 1");
    if (pipeline.max_active_tasks < 1)
        error(path + ".max_active_tasks", "no task may ever be active", "write at least 1");
    std::map<std::string, std::size_t> index;
    for (std::size_t i = 0; i < pipeline.tasks.size(); ++i) index.emplace(pipeline.tasks[i].name, i);
    std::map<std::string, std::set<std::string>> written_by;
    for (const Task& task : pipeline.tasks)
        for (const std::string& stream : task.writes) written_by[stream].insert(task.name);
    std::vector<std::vector<std::size_t>> before(pipeline.tasks.size());
    for (std::size_t i = 0; i < pipeline.tasks.size(); ++i) {
        const Task& task = pipeline.tasks[i];
        const std::string place = path + ".tasks." + task.name;
        check_task(pipeline, task, place);
        check_ends_of(task, place);
        for (std::size_t k = 0; k < task.after.size(); ++k) {
            const auto found = index.find(task.after[k]);
            if (found == index.end() && may_be_unread(task.after[k])) continue;
            if (found == index.end()) {
                std::set<std::string> names;
                for (const auto& [name, number] : index) names.insert(name);
                std::string hint = near(task.after[k], names);
                if (hint.empty() && kinds_.contains(task.after[k]))
                    hint =
                        "'after' names tasks of the same pipeline; data of another one start it: "
                        "'schedule: updated DATASET'";
                error_of_value(place + ".after." + std::to_string(k),
                               "pipeline " + quoted(pipeline.name) + " has no task " + quoted(task.after[k]),
                               hint.empty() ? "'after' names tasks of the same pipeline" : hint);
            } else {
                before[i].push_back(found->second);
            }
        }
        for (const TaskInput& input : task.reads)
            if (const auto found = written_by.find(input.dataset); found != written_by.end())
                for (const std::string& writer : found->second)
                    if (writer != task.name) before[i].push_back(index.at(writer));
        std::sort(before[i].begin(), before[i].end());
        before[i].erase(std::unique(before[i].begin(), before[i].end()), before[i].end());
        // Tasks that write what this one reads come before it too, and some may be unread.
        const bool all_known = unread_.empty() || task.reads.empty();
        if (task.trigger_rule == TriggerRule::quorum && all_known &&
            task.quorum > static_cast<std::int64_t>(before[i].size()))
            error(place + ".trigger_rule",
                  "a quorum of " + std::to_string(task.quorum) + " of " + std::to_string(before[i].size()) +
                      " tasks is never reached",
                  "lower it, or name more tasks under 'after'");
    }
    for (std::size_t i = 0; i < pipeline.tasks.size(); ++i) check_kept(pipeline, i, before, path);
    check_cycle(pipeline, before, path);
}

void Checker::check_ends_of(const Task& task, const std::string& path) {
    const Emits& emits = task.emits;
    if (!emits.all() && task.writes.empty())
        error(path + ".emits", "nothing comes out of a task that writes nothing", "add 'writes: DATASET'");
    const auto refuse_fields = [&](const Law& law, const std::string& key) {
        for (const Term& term : law.terms)
            if (!term.field.empty() || term.per == Per::field)
                error(path + ".emits." + key, "a task has no item whose field it could take",
                      "write a law, such as 'exponential(mean 2s)'");
    };
    for (const auto& [name, law] : emits.fields) refuse_fields(law, "fields." + name);
    refuse_fields(emits.key, "key");
    refuse_fields(emits.priority, "priority");
    const bool fails = task.work.failure > 0 || task.work.timeout || task.waits_for;
    if (!task.dead_letter.empty() && !fails && !may_be_cut_off(task.work))
        warn(path + ".dead_letter", "nothing fails here, so nothing is put aside",
             "add 'failure' or 'timeout'");
}

bool Checker::may_be_cut_off(const Work& work) const {
    const auto loses = [](const Workers& workers) {
        return workers.interrupted == Interrupted::lose ||
               std::any_of(workers.outages.begin(), workers.outages.end(),
                           [](const Outage& outage) { return outage.interrupted == Interrupted::lose; });
    };
    if (work.workers && loses(*work.workers)) return true;
    for (const Need& need : work.runs_on)
        for (const Pool& pool : s_.twin.pools)
            if (pool.name == need.pool && loses(pool.workers)) return true;
    return false;
}

void Checker::check_kept(const Pipeline& pipeline, std::size_t position,
                         const std::vector<std::vector<std::size_t>>& before, const std::string& path) {
    const Task& task = pipeline.tasks[position];
    if (task.holds_until.empty()) return;
    const std::string at = path + ".tasks." + task.name + ".holds_until";
    if (!task.work.workers && task.work.runs_on.empty())
        error(at, "there is nothing it could hold", "add 'workers: 1' or 'runs_on: POOL'");
    if (task.waits_for)
        error(at, "a sensor gives back what it holds when it has seen enough",
              "let a task after it hold workers");
    std::map<std::string, std::size_t> index;
    for (std::size_t i = 0; i < pipeline.tasks.size(); ++i) index.emplace(pipeline.tasks[i].name, i);
    const auto until = index.find(task.holds_until);
    if (task.holds_until != "exit" && until == index.end()) {
        if (may_be_unread(task.holds_until)) return;
        std::set<std::string> names;
        for (const auto& [name, number] : index) names.insert(name);
        const std::string hint = near(task.holds_until, names);
        return error_of_value(
            at, "pipeline " + quoted(pipeline.name) + " has no task " + quoted(task.holds_until),
            hint.empty() ? "name a later task of the same pipeline, or 'exit' for the end of the run" : hint);
    }
    // All that comes before the task, or before the end.
    std::set<std::size_t> earlier;
    std::vector<std::size_t> open;
    if (task.holds_until == "exit")
        for (std::size_t i = 0; i < before.size(); ++i) earlier.insert(i);
    else
        open.push_back(until->second);
    while (!open.empty()) {
        const std::size_t i = open.back();
        open.pop_back();
        for (const std::size_t other : before[i])
            if (earlier.insert(other).second) open.push_back(other);
    }
    if (task.holds_until == task.name || !earlier.contains(position))
        return error(at, "task " + quoted(task.holds_until) + " does not come after it",
                     "name a later task, or 'exit' for the end of the run");
    const auto comes_after = [&](std::size_t other) {
        std::set<std::size_t> seen = {other};
        std::vector<std::size_t> back = {other};
        while (!back.empty()) {
            const std::size_t i = back.back();
            back.pop_back();
            for (const std::size_t one : before[i]) {
                if (one == position) return true;
                if (seen.insert(one).second) back.push_back(one);
            }
        }
        return false;
    };
    for (std::size_t other = 0; other < before.size(); ++other) {
        if (other == position || !comes_after(other)) continue;
        if (task.holds_until != "exit" && other != until->second && !earlier.contains(other)) continue;
        for (const Need& need : pipeline.tasks[other].work.runs_on)
            for (const Need& held : task.work.runs_on)
                if (need.pool == held.pool)
                    warn(at,
                         "task " + quoted(pipeline.tasks[other].name) + " needs pool " + quoted(need.pool) +
                             ", which is still held then",
                         "runs may all wait for each other: give it workers of its own");
    }
}

void Checker::check_task(const Pipeline& pipeline, const Task& task, const std::string& path) {
    check_work(task.work, path, "task " + quoted(pipeline.name + "." + task.name),
               task.waits_for.has_value());
    for (const TaskInput& input : task.reads) require_written(input.dataset, path + ".reads", true);
    if (task.expand < 1) error(path + ".expand", "0 instances of a task", "write at least 1");
    if (task.waits_for) {
        check_condition(*task.waits_for, path + ".waits_for");
        if (!task.work.service.empty())
            error(path + ".service", "a sensor does no work of its own",
                  "do it in a task that comes 'after' the sensor");
        if (task.waits_for->lasts)
            error(path + ".waits_for", "a sensor sees what is so when it looks, not for how long it has been",
                  "leave 'for' out");
        if (!task.work.transfers.over.empty())
            error(path + ".transfers", "a sensor moves nothing",
                  "do it in a task that comes 'after' the sensor");
        if (task.expand > 1) error(path + ".expand", "several instances of a sensor", "one is enough");
        if (!task.reads.empty() || !task.writes.empty())
            error(path, "a sensor neither reads nor writes", "do it in a task that comes 'after' the sensor");
    }
    const bool takes_no_time = task.work.service.empty() && task.work.spends.empty() && !task.waits_for &&
                               task.work.transfers.over.empty();
    if (takes_no_time && (task.work.workers || !task.work.runs_on.empty()) && task.work.failure == 0)
        warn(path, "task " + quoted(pipeline.name + "." + task.name) + " takes no time",
             "say how long its work takes: 'service: ...'");
    for (const Spend& spend : task.work.spends)
        if (!spend.field.empty())
            error(path + ".spends", "a task has no item whose field it could take",
                  "write how much it takes: 'spends: {" + spend.budget + ": 1}'");
    const auto refuse_fields = [&](const char* key, const Law& law) {
        for (const Term& term : law.terms)
            if (!term.field.empty() || term.per == Per::field)
                error(path + key, "a task has no item whose field it could take",
                      "fields belong to items of loads, which stages work on");
    };
    refuse_fields(".service", task.work.service);
    refuse_fields(".expected", task.work.expected);
    refuse_fields(".fails_after", task.work.fails_after);
}

void Checker::check_cycle(const Pipeline& pipeline, const std::vector<std::vector<std::size_t>>& before,
                          const std::string& path) {
    // Depth first without recursion: a pipeline may be a chain of ten thousand tasks.
    enum State : char { untouched, open, done };
    std::vector<State> state(before.size(), untouched);
    std::vector<std::pair<std::size_t, std::size_t>> stack;
    for (std::size_t start = 0; start < before.size(); ++start) {
        if (state[start] != untouched) continue;
        stack.emplace_back(start, 0);
        state[start] = open;
        while (!stack.empty()) {
            auto& [task, next] = stack.back();
            if (next == before[task].size()) {
                state[task] = done;
                stack.pop_back();
                continue;
            }
            const std::size_t other = before[task][next++];
            if (state[other] == untouched) {
                state[other] = open;
                stack.emplace_back(other, 0);
            } else if (state[other] == open) {
                // The stack leads from a task to what comes before it.
                std::size_t from = stack.size() - 1;
                while (stack[from].first != other) --from;
                std::string circle;
                for (std::size_t i = from; i < stack.size(); ++i)
                    circle += pipeline.tasks[stack[i].first].name + " after ";
                const std::string& name = pipeline.tasks[task].name;
                error_of_value(
                    path + ".tasks." + name + ".after",
                    "tasks wait for each other in a circle: " + circle + pipeline.tasks[other].name,
                    "remove one of these 'after'");
                return;
            }
        }
    }
}

}  // namespace understudy::models
