#include "tools/studies/replay_twin.h"

#include <algorithm>
#include <cctype>
#include <cmath>
#include <cstdio>
#include <map>
#include <optional>
#include <set>

#include "kernel/statistics.h"
#include "models/replay/capacity.h"
#include "models/replay/dispatch.h"
#include "tools/studies/attempt_tag.h"
#include "tools/studies/data_tag.h"
#include "tools/studies/label_names.h"

namespace understudy::studies {

using kernel::Time;
using models::RecordedRun;
using models::RecordedTask;

namespace {

constexpr const char* pipeline_name = "workflow";
/// A set of parents is worth a task of its own from this size on.
constexpr std::size_t smallest_shared_set = 4;

/// `number` as its last part, with as many digits as `most` has.
std::string legal_name(const std::string& text, std::size_t number, std::size_t most) {
    const std::string name = name_of_label(text, "task");
    const std::string digits = std::to_string(number);
    return name + "_" + std::string(std::to_string(most).size() - digits.size(), '0') + digits;
}

models::Law constant_law(Time duration) {
    models::Law law;
    models::Term term;
    term.law = kernel::Distribution::constant(kernel::to_seconds(duration));
    law.terms.push_back(term);
    return law;
}

std::string with_digits(double value, const char* format = "%.3g") {
    char text[32];
    std::snprintf(text, sizeof text, format, value);
    return text;
}

std::string seconds_of(Time time) { return with_digits(kernel::to_seconds(time)) + " s"; }

class TwinBuilder {
public:
    TwinBuilder(const RecordedRun& run, Submissions submissions,
                const std::optional<models::StoragePlatform>& storage)
        : run_(run) {
        if (storage) {
            storage_ = *storage;
            phases_ = models::find_phases(run, *storage);
        }
        twin_.submissions = submissions;
        twin_.task_of.resize(run.tasks.size());
        for (std::size_t i = 0; i < run.tasks.size(); ++i) {
            if (!models::time_held(run.tasks[i])) {
                ++twin_.left_out;
                continue;
            }
            kept_.push_back(i);
            timed_ = timed_ && models::has_times(run.tasks[i]);
            submitted_ = submitted_ || run.tasks[i].submitted.has_value();
        }
        wait_for_those_kept();
        if (twin_.left_out > 0)
            twin_.assumed.push_back(
                std::to_string(twin_.left_out) + " tasks without a recorded duration are left out" +
                (passed_over_ ? ": what waited for them waits for what they waited for" : ""));
        timed_ = timed_ && !kept_.empty();
    }

    ReplayTwin build() {
        twin_.scenario.name = "replay";
        twin_.scenario.run.replications = 1;
        twin_.scenario.run.warm_up = 0;
        reaction_of_.assign(run_.tasks.size(), 0);
        launch_of_.resize(run_.tasks.size());
        split_into_parts();
        for (Part& part : parts_) add_platform(part);
        order_by_start();
        for (Part& part : parts_) {
            add_lags(part);
            twin_.scenario.twin.pools.push_back(part.pool);
            twin_.pools.push_back({part.pool.name, part.counts_cores});
        }
        add_link();
        add_tasks();
        twin_.scenario.twin.pipelines.push_back(std::move(pipeline_));
        return std::move(twin_);
    }

private:
    /// What becomes one pool.
    struct Part {
        std::string queue;               ///< as the log names it; empty for tasks without one
        std::vector<std::size_t> tasks;  ///< of kept_
        RecordedRun own;                 ///< these tasks alone, where there are several parts
        models::Pool pool;
        models::CapacityInUse capacity;
        bool counts_cores = true;
        bool has_nodes = true;  ///< the log tells machines apart
        bool memory = false;
        double node_cores = 0;
    };

    /// Tasks that are left out take their order not with them: who waited for one waits for all that it waited for.
    void wait_for_those_kept() {
        const std::size_t count = run_.tasks.size();
        std::vector<bool> kept(count);
        for (const std::size_t i : kept_) kept[i] = true;
        parents_.resize(count);
        std::vector<std::uint32_t> open;
        std::vector<std::size_t> seen(count, SIZE_MAX);
        for (const std::size_t i : kept_) {
            const auto& recorded = run_.tasks[i].parents;
            open.assign(recorded.begin(), recorded.end());
            while (!open.empty()) {
                const std::uint32_t parent = open.back();
                open.pop_back();
                if (seen[parent] == i) continue;
                seen[parent] = i;
                if (kept[parent]) {
                    parents_[i].push_back(parent);
                    continue;
                }
                const auto& before = run_.tasks[parent].parents;
                open.insert(open.end(), before.begin(), before.end());
                passed_over_ = passed_over_ || !before.empty();
            }
            std::sort(parents_[i].begin(), parents_[i].end());
        }
    }

    void assume(std::string text) { twin_.assumed.push_back(std::move(text)); }
    /// Behind the pool's name, where there are several.
    std::string of(const Part& part, std::string text) const {
        return parts_.size() > 1 ? part.pool.name + ": " + text : text;
    }

    // ---- platform
    bool machines_have_sizes() const {
        return std::any_of(run_.nodes.begin(), run_.nodes.end(),
                           [](const models::RecordedNode& node) { return node.cores > 0; });
    }

    /// A pool for each queue, unless they share machines.
    void split_into_parts() {
        twin_.pool_of.assign(run_.tasks.size(), 0);
        std::map<std::string, std::vector<std::size_t>> by_queue;
        std::map<std::string_view, std::string_view> queue_of_node;
        bool apart = !machines_have_sizes();
        for (const std::size_t i : kept_) {
            const RecordedTask& task = run_.tasks[i];
            by_queue[task.pool].push_back(i);
            if (task.node.empty()) continue;
            const auto [known, fresh] = queue_of_node.emplace(task.node, task.pool);
            apart = apart && (fresh || known->second == task.pool);
        }
        if (by_queue.size() < 2 || !apart) {
            if (by_queue.size() > 1)
                assume("the " + std::to_string(by_queue.size()) +
                       " queues of the log share machines: they are one pool here, and none has limits of "
                       "its own");
            parts_.resize(1);
            parts_[0].tasks = kept_;
            parts_[0].pool.name = replay_pool;
            parts_[0].capacity = models::capacity_in_use(run_);
            return;
        }
        // Words of the language are no names.
        std::set<std::string> taken = {pipeline_name, "load",  "run",  "exit", "unlimited", "all", "end",
                                       "true",        "false", "null", "yes",  "no",        "on",  "off"};
        std::string names;
        for (auto& [queue, tasks] : by_queue) {
            Part part;
            part.queue = queue;
            part.pool.name = pool_name(queue, taken);
            part.own.resolution = run_.resolution;
            for (const std::size_t i : tasks) {
                part.own.tasks.push_back(run_.tasks[i]);
                part.own.tasks.back().parents.clear();
                twin_.pool_of[i] = static_cast<std::uint32_t>(parts_.size());
            }
            part.tasks = std::move(tasks);
            part.capacity = models::capacity_in_use(part.own);
            names += (names.empty() ? "" : ", ") + part.pool.name;
            parts_.push_back(std::move(part));
        }
        assume("each queue of the log is a pool of its own: " + names);
    }

    static std::string pool_name(const std::string& queue, std::set<std::string>& taken) {
        std::string name;
        for (const char c : queue)
            if (std::isalnum(static_cast<unsigned char>(c)) != 0)
                name += c;
            else if (!name.empty() && name.back() != '_')
                name += '_';
        if (name.empty()) name = replay_pool;
        if (std::isalpha(static_cast<unsigned char>(name.front())) == 0) name = "pool_" + name;
        if (!taken.insert(name).second) {
            const std::string stem = name + "_pool";
            name = stem;
            for (int number = 2; !taken.insert(name).second; ++number)
                name = stem + "_" + std::to_string(number);
        }
        return name;
    }

    void add_platform(Part& part) {
        double most_cpus = 1;
        std::int64_t most_memory = 0;
        std::set<std::string> names;
        for (const std::size_t i : part.tasks) {
            most_cpus = std::max(most_cpus, run_.tasks[i].cpus);
            most_memory = std::max(most_memory, run_.tasks[i].memory_bytes);
            if (!run_.tasks[i].node.empty()) names.insert(run_.tasks[i].node);
        }
        if (machines_have_sizes())
            recorded_machines(part, most_cpus);
        else if (!names.empty() && timed_)
            equal_nodes(part, {names.begin(), names.end()}, most_cpus, most_memory);
        else
            one_machine(part, most_cpus);
    }

    void recorded_machines(Part& part, double most_cpus) {
        models::Workers& workers = part.pool.workers;
        std::map<double, std::int64_t> by_cores;
        for (const models::RecordedNode& node : run_.nodes) {
            ++by_cores[node.cores > 0 ? node.cores : most_cpus];
            twin_.total_cores += node.cores > 0 ? node.cores : most_cpus;
        }
        if (by_cores.size() == 1) {
            workers.count = by_cores.begin()->second;
            workers.type.cores = by_cores.begin()->first;
        } else {
            for (const auto& [cores, count] : by_cores) {
                models::WorkerType type;
                type.name = "node_" + with_digits(cores, "%.0f") + "_cores";
                type.cores = cores;
                twin_.scenario.twin.types.push_back(type);
                workers.groups.emplace_back(type.name, count);
            }
        }
        part.node_cores = by_cores.rbegin()->first;
        assume("a task runs on any of the " + std::to_string(run_.nodes.size()) +
               " recorded machines with enough free cores; memory and speed are not looked at");
    }

    void equal_nodes(Part& part, const std::vector<std::string>& names, double most_cpus,
                     std::int64_t most_memory) {
        models::Workers& workers = part.pool.workers;
        const std::int64_t count = std::ssize(names);
        workers.count = count;
        if (count > 1) {
            workers.placement = models::Placement::recorded;
            for (std::size_t i = 0; i < names.size(); ++i)
                worker_of_[names[i]] = part.pool.name + "-" + std::to_string(i + 1);
        }
        workers.type.cores = part.node_cores = std::max(part.capacity.node_cores, most_cpus);
        if (phases_.tasks > 0) workers.type.network = storage_.network;
        if (part.capacity.node_memory_bytes > 0)
            workers.type.memory_bytes = std::max(part.capacity.node_memory_bytes, most_memory);
        part.memory = workers.type.memory_bytes > 0;
        twin_.total_cores += static_cast<double>(count) * part.node_cores;
        assume(of(part, std::to_string(count) + (count == 1 ? " node of " : " equal nodes of ") +
                            with_digits(part.node_cores, "%.4g") + " cores" +
                            (part.memory ? " and " + std::to_string(workers.type.memory_bytes >> 20) + " MiB"
                                         : "") +
                            ": the most that was in use at once on one"));
    }

    /// No machines are known: one that does the most that was seen.
    void one_machine(Part& part, double most_cpus) {
        part.has_nodes = false;
        if (most_cpus > 1 && timed_) {
            part.pool.workers.count = 1;
            part.pool.workers.type.cores = part.node_cores = std::max(part.capacity.node_cores, most_cpus);
            twin_.total_cores += part.node_cores;
            assume(of(part, "one machine of " + with_digits(part.node_cores, "%.4g") +
                                " cores: the most that was in use at once"));
            return;
        }
        part.counts_cores = false;
        const std::int64_t count = std::max<std::int64_t>(1, part.capacity.tasks);
        part.pool.workers.count = count;
        twin_.total_cores += static_cast<double>(count);
        assume(of(part, "one machine that does " + std::to_string(count) + " " +
                            (count == 1 ? "task" : "tasks") + " at once: the most that was seen"));
    }

    // ---- scheduler
    void order_by_start() {
        priority_.assign(run_.tasks.size(), 0);
        if (!timed_) {
            for (Part& part : parts_) part.pool.workers.backfill = models::Backfill::any;
            twin_.unknown.push_back(
                "when tasks started: their order is that of the file, and a task that fits goes ahead");
            return;
        }
        std::vector<std::size_t> by_start = kept_;
        std::sort(by_start.begin(), by_start.end(), [&](std::size_t a, std::size_t b) {
            const RecordedTask &x = run_.tasks[a], &y = run_.tasks[b];
            if (*x.started != *y.started) return *x.started < *y.started;
            return x.submitted != y.submitted ? x.submitted < y.submitted : a < b;
        });
        for (std::size_t k = 0; k < by_start.size(); ++k)
            priority_[by_start[k]] = static_cast<double>(by_start.size() - k);
        in_order_ = std::move(by_start);
        for (Part& part : parts_) part.pool.workers.order = models::Order::priority;
        assume("among tasks that wait, the one that started first in the recording goes first");
    }

    void add_lags(Part& part) {
        if (!timed_ || !submitted_) {
            twin_.unknown.push_back(of(part, submitted_
                                                 ? "dispatch, staging and queueing: the log does not tell "
                                                   "when tasks started, so the twin has none of it"
                                                 : "dispatch, staging and queueing: the log has no "
                                                   "submissions, so the twin has none of it"));
            return;
        }
        if (!part.has_nodes)
            twin_.unknown.push_back(
                of(part,
                   "on which of several nodes a task waited for room, should there be several: the log "
                   "does not tell nodes apart, and such a wait counts as the scheduler's"));
        const bool whole = parts_.size() == 1;
        const models::DispatchLags lags = models::measure_dispatch(whole ? run_ : part.own, part.capacity);
        for (std::size_t k = 0; k < part.tasks.size(); ++k) {
            const std::size_t i = part.tasks[k], place = whole ? i : k;
            reaction_of_[i] = place < lags.reaction_of.size()
                                  ? lags.reaction_of[place].value_or(lags.reaction)
                                  : lags.reaction;
            if (place < lags.launch_of.size()) launch_of_[i] = lags.launch_of[place];
        }
        if (lags.launch > 0) {
            part.pool.workers.launch = constant_law(lags.launch);
            assume(of(part, std::string(part.has_nodes ? "each node" : "the machine") +
                                " starts one task after the other, " + seconds_of(lags.launch) +
                                " each or as recorded"));
        }
        if (lags.release > 0) {
            part.pool.workers.release = constant_law(lags.release);
            assume(of(part, "what a task held comes back " + seconds_of(lags.release) + " after its end"));
        }
        if (lags.reaction > 0)
            assume(of(part, "the scheduler sees a task " + seconds_of(lags.reaction) +
                                " after its submission" + (lags.launch > 0 ? " or as recorded" : "")));
    }

    // ---- storage
    void add_link() {
        if (phases_.tasks == 0) return;
        models::Pool link;
        link.name = replay_link;
        link.workers.order = models::Order::shared;
        link.workers.count = 1;
        link.workers.bandwidth = storage_.bandwidth;
        if (storage_.grows_to > 1) {
            link.workers.grows_with = parts_.front().pool.name;
            link.workers.grows_to = storage_.grows_to;
        }
        twin_.scenario.twin.pools.push_back(std::move(link));
        assume(with_digits(100 * phases_.share_moving) +
               " % of the time that tasks held their nodes they moved data; how much is found from how many "
               "did so "
               "at once, in units of a network of " +
               with_digits(storage_.network * 8e-9) + " Gbit/s a node and a storage of " +
               with_digits(storage_.bandwidth * 8e-9) + " Gbit/s with one node" +
               (storage_.grows_to > 1 ? ", growing to " + with_digits(storage_.grows_to) + " times that"
                                      : std::string()));
        for (const std::string& process : phases_.waited_elsewhere)
            assume(process +
                   " waits for something other than the storage: its tasks count less than a twentieth of "
                   "what they would have read meanwhile, so that their waits are work");
        for (const std::string& process : phases_.read_at_work)
            assume(
                process +
                " reads while it works: what was written for its tasks takes nearly all of their run time to "
                "read, so that their work takes no time of its own");
        twin_.unknown.push_back(
            "what pages the nodes kept in memory: a read that they spared another number of nodes may need");
    }

    // ---- tasks
    void add_tasks() {
        pipeline_.name = pipeline_name;
        pipeline_.schedule.kind = models::Schedule::Kind::once;
        pipeline_.schedule.text = "once";
        pipeline_.description.label = run_.workflow;
        // What is handed over at one instant is looked at in the order of names: let that be the order of starts.
        const std::vector<std::size_t>& in_order = timed_ ? in_order_ : kept_;
        for (std::size_t k = 0; k < in_order.size(); ++k) {
            const RecordedTask& task = run_.tasks[in_order[k]];
            names_[in_order[k]] =
                legal_name(task.process.empty() ? task.name : task.process, k + 1, in_order.size());
        }
        for (const auto& [i, name] : names_) twin_.task_of[i] = std::string(pipeline_name) + "." + name;
        if (twin_.submissions == Submissions::inferred) close_the_loop();
        for (const std::size_t i : in_order) {
            const RecordedTask& recorded = run_.tasks[i];
            models::Task task;
            task.name = names_.at(i);
            task.description.label = recorded.name.empty() ? recorded.id : recorded.name;
            models::Need need;
            const Part& part = parts_[twin_.pool_of[i]];
            need.pool = part.pool.name;
            if (part.counts_cores) need.cores = std::min(std::max(recorded.cpus, 0.001), part.node_cores);
            if (part.memory) need.memory_bytes = recorded.memory_bytes;
            task.work.runs_on.push_back(need);
            task.work.service = constant_law(*models::time_held(recorded));
            if (phases_.tasks > 0 && phases_.of[i]) {
                const models::TaskPhases& phases = *phases_.of[i];
                task.work.service = constant_law(phases.work);
                if (phases.in_bytes + phases.out_bytes > 0)
                    task.work.transfers = {replay_link, phases.in_bytes, phases.out_bytes,
                                           phases.once ? recorded.process : std::string()};
            }
            if (recorded.failed) task.description.tags.emplace_back(failed_attempt_tag);
            if (timed_) task.work.priority = priority_[i];
            // Where the log has instants, staging is seen in them; else calibration puts it down to the data.
            if (!timed_ && recorded.read_bytes + recorded.write_bytes > 0)
                task.description.tags.push_back(data_tag(recorded.read_bytes + recorded.write_bytes));
            if (const auto worker = worker_of_.find(recorded.node); worker != worker_of_.end())
                task.worker = worker->second;
            hand_over(i, task);
            pipeline_.tasks.push_back(std::move(task));
        }
        say_how_submitted();
    }

    void close_the_loop() {
        std::vector<Time> ready(run_.tasks.size(), kernel::never);
        for (const std::size_t i : kept_) {
            const RecordedTask& task = run_.tasks[i];
            Time last = 0;
            const bool known = task.submitted &&
                               std::all_of(parents_[i].begin(), parents_[i].end(), [&](std::uint32_t parent) {
                                   if (run_.tasks[parent].completed)
                                       last = std::max(last, *run_.tasks[parent].completed);
                                   return run_.tasks[parent].completed.has_value();
                               });
            if (known) ready[i] = last;
        }
        const models::SubmissionWindow window = models::find_window(run_, ready);
        std::vector<double> undisturbed;
        delays_.resize(run_.tasks.size());
        for (const std::size_t i : kept_) {
            if (ready[i] == kernel::never || window.held_back[i]) continue;
            delays_[i] = std::max<Time>(0, *run_.tasks[i].submitted - ready[i]);
            if (parents_[i].empty()) continue;
            undisturbed.push_back(kernel::to_seconds(*delays_[i]));
            if (*delays_[i] > kernel::minute) ++long_delays_;
        }
        if (window.size > 0) {
            pipeline_.max_active_tasks = window.size;
            std::sort(undisturbed.begin(), undisturbed.end());
            const Time usual =
                undisturbed.empty() ? 0 : kernel::from_seconds(kernel::sorted_quantile(undisturbed, 0.5));
            std::int64_t held_back = 0;
            for (const std::size_t i : kept_)
                if (window.held_back[i]) {
                    delays_[i] = usual;
                    ++held_back;
                }
            assume("at most " + std::to_string(window.size) + " tasks are submitted and not yet completed: " +
                   std::to_string(held_back) + " tasks were seen to wait for that");
        }
        share_parents();
    }

    /// Splits each task's parents by process; a set that several tasks wait for becomes a task of its own.
    void share_parents() {
        std::map<std::vector<std::uint32_t>, std::int64_t> uses;
        std::map<std::size_t, std::vector<std::vector<std::uint32_t>>> sets_of;
        for (const std::size_t i : kept_) {
            std::map<std::string_view, std::vector<std::uint32_t>> by_process;
            for (const std::uint32_t parent : parents_[i])
                by_process[run_.tasks[parent].process].push_back(parent);
            for (auto& [process, set] : by_process) {
                if (set.size() >= smallest_shared_set) ++uses[set];
                sets_of[i].push_back(std::move(set));
            }
        }
        std::map<std::vector<std::uint32_t>, std::string> gates;
        for (const auto& [set, count] : uses) {
            if (count < 2) continue;
            models::Task gate;
            gate.name = "all_of_" + std::to_string(gates.size() + 1);
            gate.delay = constant_law(0);  // its own, whatever the pipeline's defaults come to say
            gate.description.label = "all of " + run_.tasks[set.front()].process;
            for (const std::uint32_t parent : set) gate.after.push_back(names_.at(parent));
            gates[set] = gate.name;
            pipeline_.tasks.push_back(std::move(gate));
        }
        for (const auto& [i, sets] : sets_of)
            for (const auto& set : sets) {
                const auto gate = gates.find(set);
                if (gate != gates.end())
                    after_[i].push_back(gate->second);
                else
                    for (const std::uint32_t parent : set) after_[i].push_back(names_.at(parent));
            }
    }

    void hand_over(std::size_t i, models::Task& task) {
        const RecordedTask& recorded = run_.tasks[i];
        const Time reaction = reaction_of_[i];
        if (launch_of_[i]) task.work.launch = constant_law(*launch_of_[i]);
        if (twin_.submissions == Submissions::recorded) {
            const auto handed_over = recorded.submitted ? recorded.submitted : recorded.started;
            if (handed_over) task.not_before = std::max<Time>(0, *handed_over + reaction);
            return;
        }
        if (const auto after = after_.find(i); after != after_.end()) task.after = after->second;
        if (delays_[i] && *delays_[i] + reaction > 0) task.delay = constant_law(*delays_[i] + reaction);
    }

    void say_how_submitted() {
        const bool linked =
            std::any_of(kept_.begin(), kept_.end(), [&](std::size_t i) { return !parents_[i].empty(); });
        if (twin_.submissions == Submissions::recorded) {
            if (!linked && !run_.has_dependencies)
                twin_.unknown.push_back(run_.format == "csv"
                                            ? "who waited for whom: a column of parents would say it"
                                            : "who waited for whom: --dag names a file that says it "
                                              "(Nextflow's dag.html, ninja -t "
                                              "graph)");
            assume(std::string(submitted_
                                   ? "each task is submitted when it was"
                                   : "each task is submitted when it started, for want of submissions") +
                   ": under another configuration this predicts nothing");
            return;
        }
        if (submitted_)
            assume("a task is submitted its recorded delay after what it waits for has ended" +
                   (long_delays_ > 0 ? " (" + std::to_string(long_delays_) + " delays of more than a minute)"
                                     : std::string()));
        else if (timed_)
            assume(
                "a task is handed over at once, or once what it waits for has ended: of the recorded starts "
                "only the order is used");
        if (!run_.has_dependencies && linked)
            assume(run_.process_edges.empty()
                       ? "dependencies are inferred from tags and times"
                       : "dependencies are inferred from the graph of processes, tags and times");
    }

    const RecordedRun& run_;
    models::StoragePlatform storage_;
    models::RecordedPhases phases_;  ///< of no task, where the storage is not looked at
    ReplayTwin twin_;
    std::vector<Part> parts_;
    models::Pipeline pipeline_;
    std::vector<std::size_t> kept_;
    std::vector<std::vector<std::uint32_t>> parents_;  ///< by task: those kept that it waits for
    bool passed_over_ = false;  ///< some task waits for what one that is left out waited for
    bool timed_ = true;         ///< all kept tasks have a start and a completion
    bool submitted_ = false;    ///< some kept task has a submission
    // By task.
    std::vector<Time> reaction_of_;
    std::vector<std::optional<Time>> launch_of_;
    std::map<std::string, std::string> worker_of_;  ///< by recorded node
    std::vector<double> priority_;
    std::vector<std::size_t> in_order_;        ///< kept_ by recorded start, where all have one
    std::vector<std::optional<Time>> delays_;  ///< from what a task waits for to its submission
    std::int64_t long_delays_ = 0;
    std::map<std::size_t, std::string> names_;
    std::map<std::size_t, std::vector<std::string>> after_;
};

}  // namespace

const char* name_of(Submissions submissions) {
    return submissions == Submissions::recorded ? "recorded" : "inferred";
}

Submissions default_submissions(const RecordedRun& run) {
    const auto any = [&](auto has) { return std::any_of(run.tasks.begin(), run.tasks.end(), has); };
    const bool linked = any([](const RecordedTask& task) { return !task.parents.empty(); });
    const bool timed = any([](const RecordedTask& task) { return task.submitted || task.started; });
    return linked || run.has_dependencies || !timed ? Submissions::inferred : Submissions::recorded;
}

std::string why_not(const RecordedRun& run, Submissions submissions) {
    if (submissions == Submissions::inferred)
        return default_submissions(run) == Submissions::recorded
                   ? "nothing says what its tasks waited for, and their recorded instants would be lost"
                   : "";
    const bool timed = std::any_of(run.tasks.begin(), run.tasks.end(),
                                   [](const RecordedTask& task) { return task.submitted || task.started; });
    return timed ? "" : "it does not say when tasks were submitted, nor when they started";
}

std::vector<std::string> placement_edits(const models::Scenario& twin,
                                         const std::vector<std::string>& overrides) {
    std::vector<std::string> edits;
    for (const models::Pool& pool : twin.twin.pools) {
        const auto sets = [&](const char* key) {
            return std::any_of(overrides.begin(), overrides.end(),
                               [&](const std::string& edit) { return edit.starts_with(pool.name + key); });
        };
        if (pool.workers.placement == models::Placement::recorded && sets(".workers") && !sets(".placement"))
            edits.push_back(pool.name + ".placement=spread");
    }
    return edits;
}

ReplayTwin build_twin(const RecordedRun& run, Submissions submissions,
                      const std::optional<models::StoragePlatform>& storage) {
    return TwinBuilder(run, submissions, storage).build();
}

std::string why_no_phases(const RecordedRun& run) {
    const auto lack = [&](auto lacks) { return std::all_of(run.tasks.begin(), run.tasks.end(), lacks); };
    if (lack([](const RecordedTask& task) { return !models::has_times(task); }))
        return "it does not say when tasks started and completed";
    if (lack([](const RecordedTask& task) { return task.node.empty(); }))
        return "it does not say on which node a task ran";
    if (lack([](const RecordedTask& task) { return !task.realtime || task.cpu_percent <= 0; }))
        return "it does not say for how long a task worked and how much CPU it used (Nextflow: realtime, "
               "%cpu)";
    return "";
}

}  // namespace understudy::studies
