#include "tools/studies/replay.h"

#include <algorithm>
#include <cctype>
#include <cmath>
#include <cstdio>
#include <limits>
#include <map>
#include <set>
#include <unordered_map>

#include "kernel/statistics.h"

namespace understudy::studies {

using kernel::Time;
using models::RecordedRun;
using models::RecordedTask;

namespace {

std::optional<Time> duration_of(const RecordedTask& task) {
    if (task.started && task.completed && *task.completed >= *task.started)
        return *task.completed - *task.started;
    return task.realtime;
}

std::string legal_name(const std::string& text, std::size_t number) {
    std::string name;
    for (const char c : text) {
        const bool fine = std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_';
        if (fine)
            name += c;
        else if (!name.empty() && name.back() != '_')
            name += '_';
    }
    if (name.size() > 40) name = name.substr(name.size() - 40);
    while (!name.empty() && name.front() == '_') name.erase(0, 1);
    if (name.empty() || std::isalpha(static_cast<unsigned char>(name.front())) == 0) name = "task_" + name;
    return name + "_" + std::to_string(number + 1);
}

models::Law constant_law(Time duration) {
    models::Law law;
    models::Term term;
    term.law = kernel::Distribution::constant(kernel::to_seconds(duration));
    law.terms.push_back(term);
    return law;
}

/// The most that was in use at once on any node, of cores and of memory.
struct Peak {
    double cores = 0;
    std::int64_t memory = 0;
    std::int64_t tasks = 0;  ///< at once over all nodes
};

Peak observed_peak(const RecordedRun& run, const std::vector<std::size_t>& timed) {
    struct Change {
        Time time;
        bool begins;
        std::size_t task;
    };
    std::map<std::string, std::vector<Change>> by_node;
    std::vector<Change> all;
    for (const std::size_t i : timed) {
        const RecordedTask& task = run.tasks[i];
        const Time end = std::max(*task.completed, *task.started + run.resolution);
        for (auto* list : {&by_node[task.node], &all}) {
            list->push_back({*task.started, true, i});
            list->push_back({end, false, i});
        }
    }
    auto order = [](const Change& a, const Change& b) {
        return a.time != b.time ? a.time < b.time : a.begins != b.begins ? b.begins : a.task < b.task;
    };
    Peak peak;
    for (auto& [node, changes] : by_node) {
        std::sort(changes.begin(), changes.end(), order);
        double cores = 0;
        std::int64_t memory = 0;
        for (const Change& change : changes) {
            const RecordedTask& task = run.tasks[change.task];
            cores += change.begins ? task.cpus : -task.cpus;
            memory += change.begins ? task.memory_bytes : -task.memory_bytes;
            peak.cores = std::max(peak.cores, cores);
            peak.memory = std::max(peak.memory, memory);
        }
    }
    std::sort(all.begin(), all.end(), order);
    std::int64_t running = 0;
    for (const Change& change : all) peak.tasks = std::max(peak.tasks, running += change.begins ? 1 : -1);
    return peak;
}

/// Overheads of the recorded scheduler as one mean each: time between starts on a node (serial launch),
/// reaction to a submission, and how late a completed task's resources come back.
struct Overheads {
    double launch_s = 0, reaction_s = 0, release_s = 0;
};

Overheads measure_overheads(const RecordedRun& run, const std::vector<std::size_t>& timed, const Peak& peak) {
    std::map<std::string, std::vector<std::size_t>> by_node;
    for (const std::size_t i : timed)
        if (run.tasks[i].submitted) by_node[run.tasks[i].node].push_back(i);
    constexpr double nothing = -std::numeric_limits<double>::infinity();
    auto at = [](std::optional<Time> time) { return kernel::to_seconds(*time); };
    struct Gates {
        std::vector<double> spacing, turnover, reaction;
    };
    auto gates_of = [&](bool serial) {
        Gates gates;
        for (auto& [node, tasks] : by_node) {
            std::sort(tasks.begin(), tasks.end(), [&](std::size_t a, std::size_t b) {
                const RecordedTask &x = run.tasks[a], &y = run.tasks[b];
                if (*x.started != *y.started) return *x.started < *y.started;
                return *x.submitted != *y.submitted ? *x.submitted < *y.submitted : a < b;
            });
            for (std::size_t k = 0; k < tasks.size(); ++k) {
                const RecordedTask& task = run.tasks[tasks[k]];
                const double submitted = at(task.submitted), started = at(task.started);
                const double previous = k > 0 ? at(run.tasks[tasks[k - 1]].started) : nothing;
                // What had to end before it fitted: add those before it, latest completion first, until it is
                // too much.
                std::vector<std::size_t> before;
                // Of the tasks before it those that started lately are enough: older ones have long ended.
                for (std::size_t j = k > 2000 ? k - 2000 : 0; j < k; ++j)
                    if (at(run.tasks[tasks[j]].completed) > submitted) before.push_back(tasks[j]);
                std::sort(before.begin(), before.end(), [&](std::size_t a, std::size_t b) {
                    return *run.tasks[a].completed != *run.tasks[b].completed
                               ? *run.tasks[a].completed > *run.tasks[b].completed
                               : a < b;
                });
                double cores = task.cpus, free = nothing;
                std::int64_t memory = task.memory_bytes;
                for (const std::size_t j : before) {
                    cores += run.tasks[j].cpus;
                    memory += run.tasks[j].memory_bytes;
                    if (cores > peak.cores + 1e-9 || memory > peak.memory) {
                        free = std::min(started, at(run.tasks[j].completed));
                        break;
                    }
                }
                if (serial && previous >= std::max(submitted, free))
                    gates.spacing.push_back(started - previous);
                else if (free > submitted)
                    gates.turnover.push_back(started - free);
                else
                    gates.reaction.push_back(std::max(0.0, started - submitted));
            }
        }
        return gates;
    };
    auto mean = [](const std::vector<double>& values) {
        double sum = 0;
        for (const double value : values) sum += value;
        return values.empty() ? 0 : sum / static_cast<double>(values.size());
    };
    Gates gates = gates_of(true);
    Overheads overheads;
    std::sort(gates.spacing.begin(), gates.spacing.end());
    // Launches that follow each other by a second and more were made one after the other.
    if (gates.spacing.size() >= 10 && gates.spacing[gates.spacing.size() / 4] >= 1)
        overheads.launch_s = mean(gates.spacing);
    else
        gates = gates_of(false);
    overheads.reaction_s =
        std::max(0.0, mean(gates.reaction) - (gates.reaction.empty() ? 0 : overheads.launch_s));
    overheads.release_s =
        std::max(0.0, mean(gates.turnover) - (gates.turnover.empty() ? 0 : overheads.launch_s));
    return overheads;
}

std::string seconds_text(double seconds) {
    char text[32];
    std::snprintf(text, sizeof text, "%.3g s", seconds);
    return text;
}

}  // namespace

Submissions default_submissions(const RecordedRun& run) {
    const bool linked = std::any_of(run.tasks.begin(), run.tasks.end(),
                                    [](const RecordedTask& task) { return !task.parents.empty(); });
    const bool submitted = std::any_of(run.tasks.begin(), run.tasks.end(),
                                       [](const RecordedTask& task) { return task.submitted.has_value(); });
    return linked || run.has_dependencies || !submitted ? Submissions::inferred : Submissions::recorded;
}

ReplayTwin build_twin(const RecordedRun& run, Submissions submissions) {
    ReplayTwin twin;
    models::Scenario& scenario = twin.scenario;
    scenario.name = "replay";
    scenario.run.replications = 1;
    scenario.run.warm_up = 0;
    twin.task_of.resize(run.tasks.size());
    std::vector<std::size_t> kept, timed;
    std::set<std::string> node_names;
    for (std::size_t i = 0; i < run.tasks.size(); ++i) {
        if (!duration_of(run.tasks[i])) {
            ++twin.left_out;
            continue;
        }
        kept.push_back(i);
        if (!run.tasks[i].node.empty()) node_names.insert(run.tasks[i].node);
        if (run.tasks[i].started && run.tasks[i].completed) timed.push_back(i);
    }
    if (twin.left_out > 0)
        twin.assumed.push_back(std::to_string(twin.left_out) +
                               " tasks without a recorded duration are left out");
    const Peak peak = observed_peak(run, timed);

    // ---- the pool
    models::Pool cluster;
    cluster.name = "cluster";
    models::Workers& workers = cluster.workers;
    double most_cpus = 1;
    std::int64_t most_memory = 0;
    for (const std::size_t i : kept) {
        most_cpus = std::max(most_cpus, run.tasks[i].cpus);
        most_memory = std::max(most_memory, run.tasks[i].memory_bytes);
    }
    bool memory = false, slots = false;
    double node_cores = 0;
    if (!run.nodes.empty()) {
        // The platform is recorded: its machines as they are, equal ones as one number.
        std::map<double, std::int64_t> by_cores;
        for (const models::RecordedNode& node : run.nodes)
            ++by_cores[node.cores > 0 ? node.cores : most_cpus];
        if (by_cores.size() == 1) {
            workers.count = by_cores.begin()->second;
            workers.type.cores = by_cores.begin()->first;
        } else {
            for (const auto& [cores, count] : by_cores) {
                models::WorkerType type;
                type.name = "node_" + std::to_string(static_cast<long long>(std::llround(cores))) + "_cores";
                type.cores = cores;
                scenario.twin.types.push_back(type);
                workers.groups.emplace_back(type.name, count);
            }
        }
        node_cores = by_cores.rbegin()->first;
        twin.assumed.push_back(
            "a task runs on any of the " + std::to_string(run.nodes.size()) +
            " recorded machines with enough free cores; memory and speed are not looked at");
    } else if (!node_names.empty() && !timed.empty()) {
        workers.count = std::ssize(node_names);
        workers.type.cores = node_cores = std::max(peak.cores, most_cpus);
        workers.type.memory_bytes = peak.memory > 0 ? std::max(peak.memory, most_memory) : 0;
        memory = workers.type.memory_bytes > 0;
        char text[160];
        std::snprintf(
            text, sizeof text, "%zu equal nodes of %.4g cores%s: the most that was in use at once on one",
            node_names.size(), node_cores,
            memory ? (" and " + std::to_string(workers.type.memory_bytes >> 20) + " MiB").c_str() : "");
        twin.assumed.push_back(text);
    } else {
        slots = true;
        workers.count = std::max<std::int64_t>(1, peak.tasks);
        twin.assumed.push_back("one machine that does " + std::to_string(workers.count) +
                               " tasks at once: the most that was seen");
    }

    // ---- order and overheads
    std::vector<std::size_t> by_start = timed;
    std::sort(by_start.begin(), by_start.end(), [&](std::size_t a, std::size_t b) {
        const RecordedTask &x = run.tasks[a], &y = run.tasks[b];
        if (*x.started != *y.started) return *x.started < *y.started;
        return x.submitted != y.submitted ? x.submitted < y.submitted : a < b;
    });
    std::vector<double> priority(run.tasks.size(), 0);
    for (std::size_t k = 0; k < by_start.size(); ++k)
        priority[by_start[k]] = static_cast<double>(by_start.size() - k);
    const bool ranked = by_start.size() == kept.size() && !kept.empty();
    if (ranked) {
        workers.order = models::Order::priority;
        twin.assumed.push_back(
            "among tasks that wait, the one that started first in the recording goes first");
    } else {
        workers.backfill = models::Backfill::any;
        twin.unknown.push_back(
            "when tasks started: their order is that of the file, and a task that fits goes ahead");
    }
    Overheads overheads;
    const bool dispatch_known = ranked && !slots && std::any_of(kept.begin(), kept.end(), [&](std::size_t i) {
                                    return run.tasks[i].submitted.has_value();
                                });
    if (dispatch_known) {
        overheads = measure_overheads(run, timed, peak);
        if (overheads.launch_s > 0) {
            workers.launch = constant_law(kernel::from_seconds(overheads.launch_s));
            twin.assumed.push_back("each node starts one task after the other, " +
                                   seconds_text(overheads.launch_s) + " each");
        }
        if (overheads.release_s > 0) {
            workers.release = constant_law(kernel::from_seconds(overheads.release_s));
            twin.assumed.push_back("what a task held comes back " + seconds_text(overheads.release_s) +
                                   " after its end");
        }
        if (overheads.reaction_s > 0)
            twin.assumed.push_back("the scheduler sees a task " + seconds_text(overheads.reaction_s) +
                                   " after its submission");
    } else {
        twin.unknown.push_back(
            "dispatch, staging and queueing: the log has no submissions, so the twin has none of it");
    }
    scenario.twin.pools.push_back(cluster);

    // ---- the pipeline
    models::Pipeline pipeline;
    pipeline.name = "workflow";
    pipeline.schedule.kind = models::Schedule::Kind::once;
    pipeline.schedule.text = "once";
    pipeline.description.label = run.workflow;
    for (const std::size_t i : kept)
        twin.task_of[i] =
            legal_name(run.tasks[i].process.empty() ? run.tasks[i].name : run.tasks[i].process, i);
    const Time reaction = kernel::from_seconds(overheads.reaction_s);
    std::int64_t long_delays = 0;
    for (const std::size_t i : kept) {
        const RecordedTask& recorded = run.tasks[i];
        models::Task task;
        task.name = twin.task_of[i];
        task.description.label = recorded.name.empty() ? recorded.id : recorded.name;
        models::Need need;
        need.pool = cluster.name;
        if (!slots) need.cores = std::min(std::max(recorded.cpus, 0.001), node_cores);
        if (memory) need.memory_bytes = recorded.memory_bytes;
        task.work.runs_on.push_back(need);
        task.work.service = constant_law(*duration_of(recorded));
        if (ranked) task.work.priority = priority[i];
        if (submissions == Submissions::recorded) {
            if (recorded.submitted) task.not_before = std::max<Time>(0, *recorded.submitted + reaction);
        } else {
            Time ready = 0;
            bool judged = recorded.submitted.has_value();
            for (const std::uint32_t parent : recorded.parents) {
                if (twin.task_of[parent].empty()) continue;
                task.after.push_back(twin.task_of[parent]);
                // A later attempt, or a quorum's, does not need its parent to have succeeded.
                if (run.tasks[parent].failed) task.trigger_rule = models::TriggerRule::all_done;
                if (run.tasks[parent].completed)
                    ready = std::max(ready, *run.tasks[parent].completed);
                else
                    judged = false;
            }
            if (judged) {
                const Time delay = std::max<Time>(0, *recorded.submitted - ready);
                if (!task.after.empty() && delay > kernel::minute) ++long_delays;
                if (delay + reaction > 0) task.delay = constant_law(delay + reaction);
            }
        }
        pipeline.tasks.push_back(std::move(task));
    }
    if (submissions == Submissions::recorded)
        twin.assumed.push_back(
            "each task is submitted when it was: under another configuration this predicts nothing");
    else if (dispatch_known)
        twin.assumed.push_back("a task is submitted its recorded delay after what it waits for has ended" +
                               (long_delays > 0
                                    ? " (" + std::to_string(long_delays) + " delays of more than a minute)"
                                    : std::string()));
    if (!run.has_dependencies && submissions == Submissions::inferred)
        twin.assumed.push_back("dependencies are inferred from the graph of processes, tags and times");
    scenario.twin.pipelines.push_back(std::move(pipeline));
    return twin;
}

namespace {

/// Remembers when each task began and ended.
class TaskTimes : public models::TraceSink {
public:
    explicit TaskTimes(std::size_t elements) : start(elements, -1), end(elements, -1) {}
    void row(const models::TraceRow& row) override {
        if (row.element >= start.size()) return;
        if (row.event == models::TraceEvent::start && start[row.element] < 0) start[row.element] = row.time;
        if (row.event == models::TraceEvent::finish) {
            end[row.element] = row.time;
            last = std::max(last, row.time);
        }
    }
    void draw(const models::TraceDraw&) override {}
    std::vector<Time> start, end;
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

}  // namespace

ReplayResult replay(const RecordedRun& run, const ReplayTwin& twin, const PreparedRun& prepared) {
    ReplayResult result;
    result.source = run.source;
    result.format = run.format;
    result.workflow = run.workflow;
    result.assumed = twin.assumed;
    result.unknown = twin.unknown;
    result.left_out = twin.left_out;
    for (const RecordedRun::Note& note : run.notes) {
        std::string text = note.text;
        if (note.count > 1) text += " (" + std::to_string(note.count) + " times)";
        if (note.first_line > 0) text += ", first in line " + std::to_string(note.first_line);
        result.notes.push_back(text);
    }
    TaskTimes times(prepared.model->elements.size());
    RunOptions options;
    options.threads = 1;
    options.sink = [&](std::int64_t number) { return number == 1 ? &times : nullptr; };
    const RunResult simulated = studies::run(prepared, options);
    result.interrupted = simulated.interrupted;
    result.simulated_makespan_s = kernel::to_seconds(times.last);
    for (const MetricResult& metric : simulated.metrics)
        if (metric.name == "avg utilisation(cluster)") result.simulated_utilisation = metric.estimate.value;

    std::vector<double> start_errors, end_errors;
    std::optional<Time> first, last;
    double busy = 0;
    std::unordered_map<std::string, std::size_t> recorded_of;
    for (std::size_t i = 0; i < run.tasks.size(); ++i) {
        const RecordedTask& task = run.tasks[i];
        const auto begin = task.submitted ? task.submitted : task.started;
        if (begin) first = first ? std::min(*first, *begin) : *begin;
        if (task.completed) last = last ? std::max(*last, *task.completed) : *task.completed;
        if (twin.task_of[i].empty()) continue;
        busy += task.cpus * kernel::to_seconds(*duration_of(task));
        const std::string name = "workflow." + twin.task_of[i];
        recorded_of[name] = i;
        const models::Index element = prepared.model->element_named(name);
        if (element == models::none || times.end[element] < 0) {
            ++result.left_out;
            continue;
        }
        ++result.matched;
        if (task.started) start_errors.push_back(kernel::to_seconds(times.start[element] - *task.started));
        if (task.completed) end_errors.push_back(kernel::to_seconds(times.end[element] - *task.completed));
    }
    if (run.makespan)
        result.recorded_makespan_s = kernel::to_seconds(*run.makespan);
    else if (first && last)
        result.recorded_makespan_s = kernel::to_seconds(*last - *first);
    if (result.recorded_makespan_s && *result.recorded_makespan_s > 0)
        result.relative_error = result.simulated_makespan_s / *result.recorded_makespan_s - 1;
    if (!start_errors.empty()) result.start_error = summary_of(std::move(start_errors));
    if (!end_errors.empty()) result.end_error = summary_of(std::move(end_errors));
    for (const StationForecast& station : simulated.forecast)
        if (station.element == "cluster" && std::isfinite(station.workers) && station.workers > 0 &&
            result.recorded_makespan_s && *result.recorded_makespan_s > 0)
            result.recorded_utilisation = busy / (station.workers * *result.recorded_makespan_s);

    // Backwards from the task that ended last: what ended last of what it waited for, or freed what it
    // needed.
    models::Index at = models::none;
    for (const auto& [name, i] : recorded_of) {
        const models::Index element = prepared.model->element_named(name);
        if (element != models::none && times.end[element] == times.last &&
            (at == models::none || element < at))
            at = element;
    }
    while (at != models::none && result.critical_path.size() < 10000) {
        const std::string& name = prepared.model->elements[at].name;
        const RecordedTask& task = run.tasks[recorded_of.at(name)];
        result.critical_path.push_back(task.name.empty() ? task.id : task.name);
        models::Index before = models::none;
        for (const std::uint32_t parent : task.parents) {
            if (twin.task_of[parent].empty()) continue;
            const models::Index element = prepared.model->element_named("workflow." + twin.task_of[parent]);
            if (element != models::none && (before == models::none || times.end[element] > times.end[before]))
                before = element;
        }
        at = before;
    }
    std::reverse(result.critical_path.begin(), result.critical_path.end());
    return result;
}

}  // namespace understudy::studies
