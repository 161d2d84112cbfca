// Backfills: for which times runs are made up for, what these read that is not kept for ever, and what they make anew.
#include <algorithm>
#include <set>

#include "models/compile/compiler.h"

namespace understudy::models {

namespace {

/// More are refused.
constexpr std::int64_t most_made_up = 1'000'000;

/// How often a schedule is due in [0, length).
std::int64_t times_due(const Calendar& calendar, const Schedule& schedule, kernel::Time length) {
    if (schedule.kind == Schedule::Kind::every)
        return schedule.period > 0 ? (length + schedule.period - 1) / schedule.period : 0;
    return static_cast<std::int64_t>(calendar.instants(schedule, length).size());
}

/// How long before `at` a schedule was due the last time; 0: not within a year.
kernel::Time since_last(const Schedule& schedule, LocalInstant at, const std::string& zone) {
    if (schedule.kind == Schedule::Kind::every) return schedule.period;
    for (const kernel::Time back : {kernel::day, kernel::week, 366 * kernel::day}) {
        const Calendar earlier({at.ns - back}, zone);
        const kernel::Time end = earlier.instant_of(at);
        const std::vector<kernel::Time> due = earlier.instants(schedule, end);
        if (!due.empty()) return end - due.back();
    }
    return 0;
}

}  // namespace

void Compiler::add_made_up_runs(ActionRow& row, const Pipeline& pipeline, const Action& action,
                                const std::string& path) {
    const Calendar calendar(*action.from, scenario.run.zone);
    const kernel::Time length = calendar.instant_of(*action.until);
    row.runs = times_due(calendar, pipeline.schedule, length);
    if (row.runs >= most_made_up) {
        problems.push_back({Problem::Severity::error, path + ".from", "more than a million runs at once",
                            "choose a shorter time"});
        return;
    }
    std::set<Index> reads, writes;
    for (const Task& task : pipeline.tasks) {
        for (const std::string& stream : task.writes) writes.insert(find(stream)->stream);
        for (const TaskInput& input : task.reads) reads.insert(find(input.dataset)->stream);
    }
    row.remakes.assign(writes.begin(), writes.end());
    for (const Task& task : pipeline.tasks)
        for (const TaskInput& input : task.reads)
            if (const Index stream = find(input.dataset)->stream; !input.all && writes.count(stream) == 0)
                model.streams[stream].keeps_landings = true;
    for (const Index stream : reads)
        if (model.streams[stream].retention >= 0 && writes.count(stream) == 0)
            row.reads_kept.push_back(stream);
    if (!model.calendar) return;
    const kernel::Time from = model.calendar->instant_of(*action.from);
    const std::vector<kernel::Time> due = calendar.instants(pipeline.schedule, length);
    kernel::Time before =
        due.empty() ? 0 : from - since_last(pipeline.schedule, *action.from, scenario.run.zone);
    for (const kernel::Time one : due) {
        row.made_up.push_back({before, from + one});
        before = from + one;
    }
}

void Compiler::warn_of_nothing_to_read(const ActionRow& row, const std::string& path) {
    for (const Index stream : row.reads_kept) {
        // What another backfill writes anew may be there again.
        const auto writes = [&](const ActionRow& other) {
            return std::find(other.remakes.begin(), other.remakes.end(), stream) != other.remakes.end();
        };
        if (std::any_of(model.actions.begin(), model.actions.end(), writes)) continue;
        const kernel::Time kept_since = row.instants.front() - model.streams[stream].retention;
        const auto gone = std::count_if(row.made_up.begin(), row.made_up.end(),
                                        [&](const MadeUpRun& run) { return run.due < kept_since; });
        if (gone == 0) continue;
        problems.push_back({Problem::Severity::warning, path + ".from",
                            std::to_string(gone) + " of " + std::to_string(row.runs) +
                                " runs are not made: '" + model.elements[model.streams[stream].element].name +
                                "' no longer keeps what they read",
                            "begin later, or give it a longer retention"});
        return;
    }
}

}  // namespace understudy::models
