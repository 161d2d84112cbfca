#include "tools/studies/replay.h"

#include <algorithm>
#include <cmath>
#include <iterator>
#include <limits>
#include <map>

#include "kernel/statistics.h"

namespace understudy::studies {

using kernel::Time;
using models::Index;
using models::RecordedRun;
using models::RecordedTask;

namespace {

/// Remembers when each task was handed to its pool, began and ended.
class TaskTimes : public models::TraceListener {
public:
    explicit TaskTimes(std::size_t elements) : enter(elements, -1), start(elements, -1), end(elements, -1) {}
    void heard(const models::TraceRow& row) override {
        if (row.element >= start.size()) return;
        if (row.event == models::TraceEvent::enter && enter[row.element] < 0) enter[row.element] = row.time;
        if (row.event == models::TraceEvent::start && start[row.element] < 0) start[row.element] = row.time;
        if (row.event == models::TraceEvent::finish) {
            end[row.element] = row.time;
            last = std::max(last, row.time);
        }
    }
    void heard(const models::TraceDraw&) override {}
    std::vector<Time> enter, start, end;
    Time last = 0;
};

ErrorSummary summary_of(std::vector<double> errors) {
    ErrorSummary summary;
    summary.count = std::ssize(errors);
    for (const double error : errors) summary.bias += error / static_cast<double>(errors.size());
    for (double& error : errors) error = std::fabs(error);
    std::sort(errors.begin(), errors.end());
    summary.median = kernel::sorted_quantile(errors, 0.5);
    summary.p90 = kernel::sorted_quantile(errors, 0.9);
    return summary;
}

/// Cores of the twin's pools as they are now, or slots.
double capacity_of(const models::Scenario& scenario, const std::vector<TwinPool>& pools) {
    double capacity = 0;
    for (const models::Pool& pool : scenario.twin.pools) {
        const auto known = std::find_if(pools.begin(), pools.end(),
                                        [&](const TwinPool& mine) { return mine.name == pool.name; });
        if (known == pools.end()) continue;
        const bool counts_cores = known->counts_cores;
        for (const auto& [name, count] : pool.workers.groups)
            for (const models::WorkerType& type : scenario.twin.types)
                if (type.name == name)
                    capacity += static_cast<double>(count) * (counts_cores ? type.cores : 1);
        std::int64_t count = pool.workers.count;
        for (const auto& step : pool.workers.steps) count = std::max(count, step.second);
        if (pool.workers.groups.empty())
            capacity += static_cast<double>(count) * (counts_cores ? pool.workers.type.cores : 1);
    }
    return capacity;
}

class RecordingComparison {
public:
    RecordingComparison(const RecordedRun& run, const ReplayTwin& twin, const PreparedRun& prepared)
        : run_(run), twin_(twin), prepared_(prepared), times_(prepared.model->elements.size()) {}

    ReplayResult compare(const std::atomic<bool>* stop, RunProgress* progress) {
        describe();
        simulate(stop, progress);
        if (result_.interrupted) return std::move(result_);
        compare_tasks();
        compare_totals();
        if (is_queue_of_jobs(run_))
            compare_waits();
        else
            find_critical_path();
        return std::move(result_);
    }

private:
    void describe() {
        result_.source = run_.source;
        result_.format = run_.format;
        result_.workflow = run_.workflow;
        result_.submissions = twin_.submissions;
        result_.assumed = twin_.assumed;
        result_.unknown = twin_.unknown;
        result_.not_in_twin = twin_.not_in_twin;
        result_.left_out = run_.left_out + twin_.left_out;
        for (const RecordedRun::Note& note : run_.notes) {
            std::string text = note.text;
            if (note.count > 1) text += " (" + std::to_string(note.count) + " times)";
            if (note.first_line > 0) text += ", first in line " + std::to_string(note.first_line);
            result_.notes.push_back(text);
        }
    }

    void simulate(const std::atomic<bool>* stop, RunProgress* progress) {
        RunOptions options;
        options.threads = 1;
        options.stop = stop;
        options.progress = progress;
        options.sink = [&](std::int64_t number) { return number == 1 ? &times_ : nullptr; };
        const RunResult simulated = studies::run(prepared_, options);
        result_.interrupted = simulated.interrupted;
    }

    void compare_tasks() {
        element_of_.assign(run_.tasks.size(), models::none);
        std::vector<double> start_errors, end_errors;
        for (std::size_t i = 0; i < run_.tasks.size(); ++i) {
            if (twin_.task_of[i].empty()) continue;
            const RecordedTask& task = run_.tasks[i];
            const Index element = prepared_.model->element_named(twin_.task_of[i]);
            if (element == models::none || times_.end[element] < 0) {
                ++result_.left_out;
                continue;
            }
            element_of_[i] = element;
            ++result_.matched;
            if (task.started)
                start_errors.push_back(kernel::to_seconds(times_.start[element] - *task.started));
            if (task.completed)
                end_errors.push_back(kernel::to_seconds(times_.end[element] - *task.completed));
        }
        if (!start_errors.empty()) result_.start_error = summary_of(std::move(start_errors));
        if (!end_errors.empty()) result_.end_error = summary_of(std::move(end_errors));
    }

    void compare_totals() {
        std::optional<Time> first, last;
        // Work alone on both sides: what waits for its launch or its release holds cores and does nothing.
        double busy = 0, simulated_busy = 0;
        for (std::size_t i = 0; i < run_.tasks.size(); ++i) {
            const RecordedTask& task = run_.tasks[i];
            const auto begin = task.submitted ? task.submitted : task.started;
            if (begin) first = first ? std::min(*first, *begin) : *begin;
            if (task.completed) last = last ? std::max(*last, *task.completed) : *task.completed;
            if (twin_.task_of[i].empty()) continue;
            const TwinPool& pool = twin_.pools[twin_.pool_of[i]];
            const double cores = pool.counts_cores || pool.one_slot_a_core ? task.cpus : 1;
            // What ran nobody knows when has no place between the first instant and the last.
            if (run_.makespan || begin || task.completed)
                busy += cores * kernel::to_seconds(*models::time_held(task));
            if (element_of_[i] != models::none)
                simulated_busy += cores * kernel::to_seconds(end(i) - start(i));
        }
        result_.simulated_makespan_s = kernel::to_seconds(times_.last - std::max<Time>(0, first.value_or(0)));
        const double capacity = capacity_of(prepared_.scenario, twin_.pools);
        if (capacity > 0 && result_.simulated_makespan_s > 0)
            result_.simulated_utilisation = simulated_busy / (capacity * result_.simulated_makespan_s);
        if (run_.makespan)
            result_.recorded_makespan_s = kernel::to_seconds(*run_.makespan);
        else if (first && last)
            result_.recorded_makespan_s = kernel::to_seconds(*last - *first);
        if (!result_.recorded_makespan_s || !(*result_.recorded_makespan_s > 0)) return;
        result_.relative_error = result_.simulated_makespan_s / *result_.recorded_makespan_s - 1;
        if (twin_.total_cores > 0)
            result_.recorded_utilisation = busy / (twin_.total_cores * *result_.recorded_makespan_s);
    }

    void compare_waits() {
        // All jobs under the empty name, which is the first; a job without a queue is in no other.
        std::map<std::string, WaitComparison> by_queue;
        for (std::size_t i = 0; i < run_.tasks.size(); ++i) {
            const RecordedTask& task = run_.tasks[i];
            if (element_of_[i] == models::none || !task.submitted || !task.started) continue;
            const auto add = [&](WaitComparison& waits) {
                ++waits.jobs;
                waits.recorded_s += kernel::to_seconds(*task.started - *task.submitted);
                waits.simulated_s += kernel::to_seconds(start(i) - times_.enter[element_of_[i]]);
            };
            add(by_queue[""]);
            if (!task.pool.empty()) add(by_queue[task.pool]);
        }
        if (by_queue.size() == 2) by_queue.erase(std::next(by_queue.begin()));
        for (auto& [queue, waits] : by_queue) {
            waits.queue = queue;
            waits.recorded_s /= static_cast<double>(waits.jobs);
            waits.simulated_s /= static_cast<double>(waits.jobs);
            result_.waits.push_back(waits);
        }
    }

    /// Backwards from the task that ended last. A task that began as soon as it was handed over waited for
    /// the latest of its parents; else for room, which the task that ended last before its start made.
    void find_critical_path() {
        std::vector<std::size_t> by_end;
        for (std::size_t i = 0; i < run_.tasks.size(); ++i)
            if (element_of_[i] != models::none) by_end.push_back(i);
        std::sort(by_end.begin(), by_end.end(),
                  [&](std::size_t a, std::size_t b) { return end(a) != end(b) ? end(a) < end(b) : a < b; });
        if (by_end.empty()) return;
        for (std::size_t at = by_end.back();;) {
            CriticalStep step;
            step.task = run_.tasks[at].name.empty() ? run_.tasks[at].id : run_.tasks[at].name;
            step.start_s = kernel::to_seconds(start(at));
            step.end_s = kernel::to_seconds(end(at));
            std::optional<std::size_t> before;
            if (start(at) > times_.enter[element_of_[at]]) {
                auto after = std::partition_point(by_end.begin(), by_end.end(),
                                                  [&](std::size_t i) { return end(i) <= start(at); });
                while (after != by_end.begin() && (*(after - 1) == at || end(*(after - 1)) >= end(at) ||
                                                   twin_.pool_of[*(after - 1)] != twin_.pool_of[at]))
                    --after;
                if (after != by_end.begin()) before = *(after - 1);
                step.after = CriticalStep::After::workers;
            } else if (twin_.submissions == Submissions::inferred) {
                for (const std::uint32_t parent : run_.tasks[at].parents)
                    if (element_of_[parent] != models::none && (!before || end(parent) > end(*before)))
                        before = parent;
                step.after = CriticalStep::After::task;
            }
            if (!before) step.after = CriticalStep::After::start;
            result_.critical_path.push_back(std::move(step));
            if (!before || result_.critical_path.size() > by_end.size()) break;
            at = *before;
        }
        std::reverse(result_.critical_path.begin(), result_.critical_path.end());
    }

    Time start(std::size_t task) const { return times_.start[element_of_[task]]; }
    Time end(std::size_t task) const { return times_.end[element_of_[task]]; }

    const RecordedRun& run_;
    const ReplayTwin& twin_;
    const PreparedRun& prepared_;
    TaskTimes times_;
    std::vector<Index> element_of_;  ///< by recorded task; none where it has no end to compare
    ReplayResult result_;
};

}  // namespace

const char* name_of(CriticalStep::After after) {
    switch (after) {
        case CriticalStep::After::start: return "start";
        case CriticalStep::After::task: return "task";
        case CriticalStep::After::workers: return "workers";
    }
    return "";
}

ReplayResult replay(const RecordedRun& run, const ReplayTwin& twin, const PreparedRun& prepared,
                    const std::atomic<bool>* stop, RunProgress* progress) {
    return RecordingComparison(run, twin, prepared).compare(stop, progress);
}

}  // namespace understudy::studies
