#include "models/check.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <map>
#include <set>
#include <utility>

namespace understudy::models {

namespace {

/// `'x'`, for messages.
std::string quoted(const std::string& name) { return "'" + name + "'"; }

std::string percent(double fraction) {
    char text[40];
    std::snprintf(text, sizeof text, "%.10g%%", fraction * 100);
    return text;
}

std::size_t distance(const std::string& a, const std::string& b) {
    std::vector<std::size_t> row(b.size() + 1);
    for (std::size_t j = 0; j <= b.size(); ++j) row[j] = j;
    for (std::size_t i = 1; i <= a.size(); ++i) {
        std::size_t diagonal = row[0];
        row[0] = i;
        for (std::size_t j = 1; j <= b.size(); ++j) {
            const std::size_t above = row[j];
            row[j] = std::min({above + 1, row[j - 1] + 1, diagonal + (a[i - 1] == b[j - 1] ? 0u : 1u)});
            diagonal = above;
        }
    }
    return row[b.size()];
}

class Checker {
public:
    explicit Checker(const Scenario& scenario) : s_(scenario) {}

    Problems run() {
        collect_names();
        collect_streams();
        for (const Pool& pool : s_.twin.pools) check_workers(pool.workers, "twin.pools." + pool.name);
        for (const Dataset& dataset : s_.twin.datasets) check_dataset(dataset);
        for (const Stage& stage : s_.twin.stages) check_stage(stage);
        for (const Pipeline& pipeline : s_.twin.pipelines) check_pipeline(pipeline);
        for (const Load& load : s_.loads) check_load(load);
        for (const WorkerType& type : s_.twin.types)
            if (!used_types_.contains(type.name))
                warn("twin.types." + type.name, "no worker is of type " + quoted(type.name),
                     "remove it, or write 'type: " + type.name + "' where it belongs");
        for (const Pool& pool : s_.twin.pools)
            if (!used_pools_.contains(pool.name))
                warn("twin.pools." + pool.name, "nothing runs on pool " + quoted(pool.name),
                     "remove it, or write 'runs_on: " + pool.name + "' where it belongs");
        check_reachable();
        check_blocking_loops();
        check_actions();
        for (std::size_t i = 0; i < s_.objectives.size(); ++i)
            check_measure(s_.objectives[i].measure, "objectives." + std::to_string(i));
        for (std::size_t i = 0; i < s_.measures.size(); ++i)
            check_measure(s_.measures[i], "measures." + std::to_string(i));
        check_run();
        return std::move(problems_);
    }

private:
    enum class Kind { load, type, pool, budget, dataset, stage, pipeline, task, action };

    void error(std::string path, std::string message, std::string hint = "") {
        problems_.push_back({Problem::Severity::error, std::move(path), std::move(message), std::move(hint)});
    }
    void warn(std::string path, std::string message, std::string hint = "") {
        problems_.push_back(
            {Problem::Severity::warning, std::move(path), std::move(message), std::move(hint)});
    }

    template <class Names>
    static std::string near(const std::string& name, const Names& names) {
        std::string best;
        std::size_t least = name.size() <= 4 ? 2 : 3;
        for (const std::string& candidate : names) {
            if (candidate.size() > name.size() + 2 || name.size() > candidate.size() + 2) continue;
            const std::size_t steps = distance(name, candidate);
            if (steps < least && steps < candidate.size()) {
                least = steps;
                best = candidate;
            }
        }
        return best.empty() ? "" : "did you mean '" + best + "'?";
    }

    std::set<std::string> names_of(std::initializer_list<Kind> kinds) const {
        std::set<std::string> result;
        for (const auto& [name, kind] : kinds_)
            if (std::find(kinds.begin(), kinds.end(), kind) != kinds.end()) result.insert(name);
        return result;
    }

    bool is(const std::string& name, Kind kind) const {
        const auto found = kinds_.find(name);
        return found != kinds_.end() && found->second == kind;
    }

    // ---- names and streams
    // ------------------------------------------------------------------------------------------

    static const char* noun(Kind kind) {
        switch (kind) {
            case Kind::load: return "a load";
            case Kind::type: return "a type";
            case Kind::pool: return "a pool";
            case Kind::budget: return "a budget";
            case Kind::dataset: return "a dataset";
            case Kind::stage: return "a stage";
            case Kind::pipeline: return "a pipeline";
            case Kind::task: return "a task";
            case Kind::action: return "an action";
        }
        return "an element";
    }

    void declare(const std::string& name, Kind kind, const std::string& path) {
        if (name.empty()) return;
        const auto [known, is_new] = kinds_.emplace(name, kind);
        if (!is_new)
            error(path,
                  quoted(name) + " is declared twice: as " + noun(known->second) + " and as " + noun(kind),
                  "all elements share one set of names; rename one");
    }

    void collect_names() {
        for (const WorkerType& type : s_.twin.types)
            declare(type.name, Kind::type, "twin.types." + type.name);
        for (const Pool& pool : s_.twin.pools) declare(pool.name, Kind::pool, "twin.pools." + pool.name);
        for (const Budget& budget : s_.twin.budgets)
            declare(budget.name, Kind::budget, "twin.budgets." + budget.name);
        for (const Dataset& dataset : s_.twin.datasets)
            declare(dataset.name, Kind::dataset, "twin.datasets." + dataset.name);
        for (const Stage& stage : s_.twin.stages)
            declare(stage.name, Kind::stage, "twin.stages." + stage.name);
        for (const Pipeline& pipeline : s_.twin.pipelines) {
            declare(pipeline.name, Kind::pipeline, "twin.pipelines." + pipeline.name);
            for (const Task& task : pipeline.tasks)
                kinds_.emplace(pipeline.name + "." + task.name, Kind::task);
        }
        for (const Load& load : s_.loads) declare(load.name, Kind::load, "load." + load.name);
        for (std::size_t i = 0; i < s_.actions.size(); ++i)
            declare(s_.actions[i].name, Kind::action, "actions." + std::to_string(i) + ".name");
        for (const Profile& profile : s_.profiles) profiles_.insert(profile.name);
    }

    void add_writer(const std::string& stream, const std::string& writer) {
        if (stream != "exit") writers_[stream].insert(writer);
    }
    void add_outputs(const std::string& name, const Writes& writes) {
        if (writes.targets.empty()) add_writer(name, name);
        for (const Writes::Target& target : writes.targets) add_writer(target.stream, name);
    }

    void collect_streams() {
        for (const Load& load : s_.loads) add_outputs(load.name, load.writes);
        for (const Stage& stage : s_.twin.stages) {
            add_outputs(stage.name, stage.writes);
            if (!stage.dead_letter.empty()) add_writer(stage.dead_letter, stage.name);
            for (const std::string& stream : stage.reads) readers_[stream].insert(stage.name);
        }
        for (const Pipeline& pipeline : s_.twin.pipelines) {
            if (pipeline.schedule.kind == Schedule::Kind::each ||
                pipeline.schedule.kind == Schedule::Kind::updated)
                readers_[pipeline.schedule.name].insert(pipeline.name);
            for (const Task& task : pipeline.tasks) {
                for (const std::string& stream : task.writes)
                    add_writer(stream, pipeline.name + "." + task.name);
                for (const TaskInput& input : task.reads)
                    readers_[input.dataset].insert(pipeline.name + "." + task.name);
            }
        }
    }

    bool is_written(const std::string& stream) const { return writers_.contains(stream); }

    void require_written(const std::string& stream, const std::string& path, bool declared_is_enough) {
        if (is_written(stream) || (declared_is_enough && is(stream, Kind::dataset))) return;
        std::set<std::string> streams;
        for (const auto& [name, writers] : writers_) streams.insert(name);
        std::string hint = near(stream, streams);
        const auto found = kinds_.find(stream);
        if (hint.empty() && found != kinds_.end() &&
            (found->second == Kind::stage || found->second == Kind::load))
            hint = quoted(stream) + " writes " + outputs_of(stream) + " instead of a stream of its own name";
        if (hint.empty())
            hint =
                "a load or stage has to write it: a load named '" + stream + "', or 'writes: " + stream + "'";
        error(path, "nothing writes " + quoted(stream), hint);
    }

    std::string outputs_of(const std::string& name) const {
        std::string text;
        const auto add = [&](const Writes& writes) {
            for (const Writes::Target& target : writes.targets)
                text += (text.empty() ? "" : " and ") + quoted(target.stream);
        };
        for (const Load& load : s_.loads)
            if (load.name == name) add(load.writes);
        for (const Stage& stage : s_.twin.stages)
            if (stage.name == name) add(stage.writes);
        return text;
    }

    // ---- elements
    // ---------------------------------------------------------------------------------------------------

    void check_workers(const Workers& workers, const std::string& path) {
        const auto check_type = [&](const std::string& type, const std::string& place) {
            used_types_.insert(type);
            if (is(type, Kind::type)) return;
            const std::set<std::string> types = names_of({Kind::type});
            error(place, "no type is called " + quoted(type),
                  near(type, types).empty() ? "declare it under 'types'" : near(type, types));
        };
        if (!workers.type_name.empty()) check_type(workers.type_name, path + ".type");
        for (const auto& [type, count] : workers.groups) check_type(type, path + ".workers." + type);
        bool any = workers.count > 0;
        for (const auto& [type, count] : workers.groups) any = any || count > 0;
        for (const auto& [time, count] : workers.steps) any = any || count > 0;
        if (!any && (!workers.groups.empty() || !workers.steps.empty()))
            error(path + ".workers", "there is never a worker", "write at least one number above 0");
        if (workers.count == unlimited && workers.type.cores > 0)
            error(path + ".workers", "unlimited workers with cores",
                  "nodes are counted: write how many there are");
        if (workers.steps.size() > 0 && workers.type.cores > 0)
            warn(path + ".workers", "nodes that come and go by steps",
                 "items that need cores stay where they are until their end");
    }

    /// The nodes of a pool, by what one of them holds; a slot has no cores.
    struct Capacity {
        double count = 0, cores = 0;
        std::int64_t memory = 0;
    };
    std::vector<Capacity> nodes_of(const Workers& workers) const {
        std::vector<Capacity> nodes;
        if (!workers.groups.empty()) {
            for (const auto& [name, count] : workers.groups)
                for (const WorkerType& type : s_.twin.types)
                    if (type.name == name)
                        nodes.push_back({static_cast<double>(count), type.cores, type.memory_bytes});
            return nodes;
        }
        std::int64_t most = workers.count;
        for (const auto& [time, count] : workers.steps) most = std::max(most, count);
        nodes.push_back({static_cast<double>(most), workers.type.cores, workers.type.memory_bytes});
        return nodes;
    }

    void check_need(const Need& need, const std::string& path) {
        used_pools_.insert(need.pool);
        const Workers* workers = nullptr;
        for (const Pool& pool : s_.twin.pools)
            if (pool.name == need.pool) workers = &pool.workers;
        if (workers == nullptr) {
            const std::set<std::string> pools = names_of({Kind::pool});
            std::string hint = near(need.pool, pools);
            if (hint.empty())
                hint = is(need.pool, Kind::stage) ? "a stage's own workers cannot be shared; make them a pool"
                                                  : "declare it: 'pools: {" + need.pool + ": {workers: 4}}'";
            error(path, "no pool is called " + quoted(need.pool), hint);
            return;
        }
        const bool containers = need.cores > 0 || need.memory_bytes > 0;
        double room = 0, slots = 0, most_cores = 0;
        std::int64_t most_memory = 0;
        bool nodes_have_cores = false, unknown = false;
        for (const Capacity& node : nodes_of(*workers)) {
            slots += node.count;
            nodes_have_cores = nodes_have_cores || node.cores > 0 || node.memory > 0;
            most_cores = std::max(most_cores, node.cores);
            most_memory = std::max(most_memory, node.memory);
            double per_node = 1e18;
            if (need.cores > 0 && node.cores > 0)
                per_node = std::min(per_node, std::floor(node.cores / need.cores + 1e-9));
            if (need.cores > 0 && node.cores <= 0) per_node = 0;
            if (need.memory_bytes > 0 && node.memory > 0)
                per_node = std::min(per_node, std::floor(static_cast<double>(node.memory) /
                                                         static_cast<double>(need.memory_bytes)));
            room += node.count * per_node;
            unknown = unknown || node.count >= 9e18;
        }
        const std::string has = "pool " + quoted(need.pool) + " has ";
        if (!containers) {
            if (static_cast<double>(need.count) > slots)
                error(path,
                      has + count_text(slots) + ", and " + std::to_string(need.count) + " are needed at once",
                      "it would wait for ever: ask for less, or add workers");
        } else if (!nodes_have_cores) {
            error(path, "the workers of pool " + quoted(need.pool) + " have neither cores nor memory",
                  "say what a worker is: 'cores: 16, memory: 64GiB', or ask for workers: '" + need.pool +
                      ": 8'");
        } else if (!unknown && room < static_cast<double>(need.count)) {
            error(path,
                  need.count == 1
                      ? "no worker of pool " + quoted(need.pool) + " is large enough: the largest has " +
                            amount_text(most_cores, most_memory)
                      : "pool " + quoted(need.pool) + " has room for " + number_text(room) +
                            " of these, and " + std::to_string(need.count) + " are needed at once",
                  "it would wait for ever: ask for less, or add workers");
        }
    }

    static std::string number_text(double number) {
        char text[40];
        std::snprintf(text, sizeof text, "%.10g", number);
        return text;
    }
    static std::string count_text(double workers) {
        return number_text(workers) + (workers == 1 ? " worker" : " workers");
    }
    static std::string amount_text(double cores, std::int64_t memory) {
        std::string text;
        if (cores > 0) text = number_text(cores) + (cores == 1 ? " core" : " cores");
        if (memory > 0)
            text +=
                (text.empty() ? "" : " and ") + number_text(static_cast<double>(memory) / (1 << 30)) + " GiB";
        return text;
    }

    void check_work(const Work& work, const std::string& path, const std::string& what) {
        if (work.workers) check_workers(*work.workers, path);
        for (const Need& need : work.runs_on) {
            // The short form has no map under runs_on; the path then ends at the value itself.
            check_need(need, path + ".runs_on." + need.pool);
        }
        if (!work.service.empty() && !work.workers && work.runs_on.empty())
            error(path + ".service", what + " has a service but nobody to do it",
                  "add 'workers: 1', 'workers: unlimited' for a pure delay, or 'runs_on: POOL'");
        if (work.service.empty() && work.timeout)
            warn(path + ".timeout", "a timeout without a service never strikes",
                 "remove it, or say how long the work takes: 'service: ...'");
        if (work.failure >= 1 && work.retry.times == unlimited)
            error(path + ".failure", "all attempts fail and are retried for ever",
                  "lower 'failure', or limit 'retry.times'");
        else if (work.failure >= 1)
            warn(path + ".failure", "all attempts fail", "nothing ever comes out of " + what);
        const bool has_reason = work.failure > 0 || work.timeout.has_value();
        if (work.retry.times > 0 && !has_reason && !retry_for_queue_)
            warn(path + ".retry", "nothing fails here, so nothing is retried", "add 'failure' or 'timeout'");
        if (work.timeout && !work.service.empty() && work.service.is_constant() &&
            static_cast<double>(*work.timeout) * 1e-9 < work.service.terms[0].law.mean()) {
            if (work.retry.times == unlimited)
                error(path + ".timeout", "every attempt is cut off and retried for ever",
                      "the timeout is shorter than the service");
            else
                warn(path + ".timeout", "every attempt is cut off",
                     "the timeout is shorter than the service");
        }
        check_law(work.service, path + ".service");
    }

    void check_law(const Law& law, const std::string& path) {
        for (const Term& term : law.terms)
            if (term.field.empty() && !term.recorded && std::isinf(term.law.variance()) &&
                std::isfinite(term.law.mean()))
                warn(path, "a law with infinite variance",
                     "means of it converge slowly and intervals are too narrow; bound it with 'max'");
            else if (term.field.empty() && !term.recorded && std::isinf(term.law.mean()))
                warn(path, "a law with infinite mean", "no average of it exists; bound it with 'max'");
    }

    void check_writes(const Writes& writes, const std::string& path) {
        if (writes.rule != Writes::Rule::share && writes.rule != Writes::Rule::split) return;
        double sum = 0;
        for (const Writes::Target& target : writes.targets) sum += target.share;
        if (std::abs(sum - 1) > 1e-9)
            error(path + ".writes", "the shares sum to " + percent(sum) + ", not 100%",
                  sum < 1 ? "say where the rest goes; 'exit' leaves the system" : "lower one of them");
    }

    void check_dataset(const Dataset& dataset) {
        if (!is_written(dataset.name))
            warn("twin.datasets." + dataset.name, "nothing writes dataset " + quoted(dataset.name),
                 "remove it, or write to it");
    }

    void check_stage(const Stage& stage) {
        const std::string path = "twin.stages." + stage.name;
        for (std::size_t i = 0; i < stage.reads.size(); ++i)
            require_written(stage.reads[i], path + ".reads." + std::to_string(i), false);
        retry_for_queue_ = stage.queue.full == Queue::Full::retry && stage.queue.capacity != unlimited;
        check_work(stage.work, path, "stage " + quoted(stage.name));
        if (retry_for_queue_ && stage.work.retry.times == 0)
            error(path + ".queue", "'full: retry' without 'retry'",
                  "say how often and when: 'retry: {times: unlimited, backoff: 2s}'");
        retry_for_queue_ = false;
        check_writes(stage.writes, path);
        if (!stage.queue.timeout.empty() && stage.work.service.empty())
            warn(path + ".queue", "nothing waits at a stage without service", "remove the queue's timeout");
        if (stage.queue.capacity != unlimited && stage.work.service.empty() && !stage.batch && !stage.join)
            warn(path + ".queue", "nothing waits at a stage without service",
                 "remove the queue, or say how long the work takes: 'service: ...'");
        if (stage.queue.capacity == 0 && stage.work.workers && stage.queue.full == Queue::Full::block &&
            stage.work.workers->count == 0 && stage.work.workers->groups.empty() &&
            stage.work.workers->steps.empty())
            error(path + ".queue", "no place to wait and nobody at work", "nothing could ever enter");
        for (const Term& term : stage.work.service.terms)
            if (term.per == Per::item && !stage.batch)
                warn(path + ".service", "'per item' counts the items of a batch, and this stage has none",
                     "add 'batch', or leave 'per item' out");
        if (stage.join && stage.join->of == Join::Of::parts && !parts_arrive(stage))
            warn(path + ".join", "no item that comes here has parts",
                 "parts come of 'items' on a load or 'emits: {items: 3}' on a stage");
        check_own_loop(stage, path);
    }

    /// A stage that only passes its output back to itself at once would turn for ever at one instant.
    void check_own_loop(const Stage& stage, const std::string& path) {
        if (!stage.work.service.empty() || stage.batch || stage.join) return;
        const bool reads_itself =
            std::any_of(stage.reads.begin(), stage.reads.end(), [&](const std::string& stream) {
                return writers_.contains(stream) && writers_.at(stream).contains(stage.name);
            });
        const bool leaves = std::any_of(
            stage.writes.targets.begin(), stage.writes.targets.end(), [&](const Writes::Target& t) {
                return std::find(stage.reads.begin(), stage.reads.end(), t.stream) == stage.reads.end();
            });
        if (reads_itself && !leaves)
            error(path + ".writes", "what enters goes round for ever without any time passing",
                  "give the stage a service, or let items leave: 'writes: {again: 10%, exit: 90%}'");
    }

    bool parts_arrive(const Stage& stage) const {
        // Any way back from here to a load with several items or a stage that emits several.
        std::set<std::string> seen;
        std::vector<std::string> open(stage.reads.begin(), stage.reads.end());
        while (!open.empty()) {
            const std::string stream = open.back();
            open.pop_back();
            if (!seen.insert(stream).second || !writers_.contains(stream)) continue;
            for (const std::string& writer : writers_.at(stream)) {
                for (const Load& load : s_.loads)
                    if (load.name == writer && !load.items.empty()) return true;
                for (const Stage& other : s_.twin.stages) {
                    if (other.name != writer) continue;
                    if (other.emit_items > 1 ||
                        (other.writes.targets.size() > 1 && other.writes.rule == Writes::Rule::copy))
                        return true;
                    open.insert(open.end(), other.reads.begin(), other.reads.end());
                }
            }
        }
        return false;
    }

    void check_pipeline(const Pipeline& pipeline) {
        const std::string path = "twin.pipelines." + pipeline.name;
        if (pipeline.schedule.kind == Schedule::Kind::calendar && !s_.run.start)
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
            for (std::size_t k = 0; k < task.after.size(); ++k) {
                const auto found = index.find(task.after[k]);
                if (found == index.end()) {
                    std::set<std::string> names;
                    for (const auto& [name, number] : index) names.insert(name);
                    std::string hint = near(task.after[k], names);
                    if (hint.empty() && kinds_.contains(task.after[k]))
                        hint =
                            "'after' names tasks of the same pipeline; data of another one start it: "
                            "'schedule: updated DATASET'";
                    error(place + ".after." + std::to_string(k),
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
            if (task.trigger_rule == TriggerRule::quorum &&
                task.quorum > static_cast<std::int64_t>(before[i].size()))
                error(place + ".trigger_rule",
                      "a quorum of " + std::to_string(task.quorum) + " of " +
                          std::to_string(before[i].size()) + " tasks is never reached",
                      "lower it, or name more tasks under 'after'");
        }
        check_cycle(pipeline, before, path);
    }

    void check_task(const Pipeline& pipeline, const Task& task, const std::string& path) {
        check_work(task.work, path, "task " + quoted(pipeline.name + "." + task.name));
        for (const TaskInput& input : task.reads) require_written(input.dataset, path + ".reads", true);
        if (task.expand < 1) error(path + ".expand", "0 instances of a task", "write at least 1");
        if (task.work.service.empty() && (task.work.workers || !task.work.runs_on.empty()) &&
            task.work.failure == 0)
            warn(path, "task " + quoted(pipeline.name + "." + task.name) + " takes no time",
                 "say how long its work takes: 'service: ...'");
        for (const Term& term : task.work.service.terms)
            if (!term.field.empty() || term.per == Per::field)
                error(path + ".service", "a task has no item whose field it could take",
                      "fields belong to items of loads, which stages work on");
    }

    void check_cycle(const Pipeline& pipeline, const std::vector<std::vector<std::size_t>>& before,
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
                    std::string circle = pipeline.tasks[other].name;
                    std::size_t from = stack.size();
                    while (from > 0 && stack[from - 1].first != other) --from;
                    for (std::size_t i = stack.size(); i >= from && i > 0; --i)
                        circle += " after " + pipeline.tasks[stack[i - 1].first].name;
                    const std::string& name = pipeline.tasks[task].name;
                    // The stack goes from a task to what comes before it, so the circle reads backwards.
                    std::string forward;
                    for (std::size_t i = from; i > 0 && i <= stack.size(); ++i)
                        forward += pipeline.tasks[stack[i - 1].first].name + " after ";
                    error(path + ".tasks." + name + ".after",
                          "tasks wait for each other in a circle: " + forward + pipeline.tasks[other].name,
                          "remove one of these 'after'");
                    return;
                }
            }
        }
    }

    void check_load(const Load& load) {
        const std::string path = "load." + load.name;
        check_writes(load.writes, path);
        if (!load.profile.empty() && !profiles_.contains(load.profile))
            error(path + ".profile", "no profile is called " + quoted(load.profile),
                  near(load.profile, profiles_).empty() ? "declare it under 'profiles'"
                                                        : near(load.profile, profiles_));
        if (load.arrivals.kind == Arrivals::Kind::saturated && !load.profile.empty())
            warn(path + ".profile", "a saturated load has no rate that a profile could change", "remove it");
        if (load.arrivals.kind == Arrivals::Kind::saturated && load.count == unlimited && !is_held_back(load))
            error(path + ".arrivals",
                  "a saturated load that nothing holds back brings infinitely many items at once",
                  "give its reader 'queue: {capacity: 0, full: block}', or the load a 'count'");
        if (load.arrivals.kind == Arrivals::Kind::every)
            check_law(load.arrivals.interval, path + ".arrivals");
        check_law(load.size, path + ".size");
        check_law(load.records, path + ".records");
        if (s_.run.length && load.from >= *s_.run.length)
            warn(path + ".from", "load " + quoted(load.name) + " starts after the end of the run",
                 "nothing of it arrives");
        if (!s_.run.length && load.arrivals.kind != Arrivals::Kind::recorded && load.count == unlimited &&
            load.until == kernel::never)
            error(path, "'until: empty' with a load that never ends",
                  "limit it: 'count: 1000' or 'until: 8h'");
    }

    bool is_held_back(const Load& load) const {
        std::vector<std::string> streams;
        if (load.writes.targets.empty()) streams.push_back(load.name);
        for (const Writes::Target& target : load.writes.targets) streams.push_back(target.stream);
        for (const std::string& stream : streams) {
            bool held = false;
            for (const Stage& stage : s_.twin.stages)
                if (std::find(stage.reads.begin(), stage.reads.end(), stream) != stage.reads.end())
                    held =
                        held || (stage.queue.capacity != unlimited && stage.queue.full == Queue::Full::block);
            if (!held) return false;
        }
        return true;
    }

    // ---- the whole
    // --------------------------------------------------------------------------------------------------

    void check_reachable() {
        std::set<std::string> reached;  // streams
        std::vector<std::string> open;
        const auto reach = [&](const std::string& stream) {
            if (stream != "exit" && reached.insert(stream).second) open.push_back(stream);
        };
        for (const Load& load : s_.loads) {
            if (load.writes.targets.empty()) reach(load.name);
            for (const Writes::Target& target : load.writes.targets)
                if (target.share > 0 || load.writes.rule == Writes::Rule::copy) reach(target.stream);
        }
        for (const Pipeline& pipeline : s_.twin.pipelines)
            for (const Task& task : pipeline.tasks)
                for (const std::string& stream : task.writes) reach(stream);
        std::set<std::string> visited;
        while (!open.empty()) {
            const std::string stream = open.back();
            open.pop_back();
            for (const Stage& stage : s_.twin.stages) {
                if (std::find(stage.reads.begin(), stage.reads.end(), stream) == stage.reads.end()) continue;
                if (!visited.insert(stage.name).second) continue;
                if (stage.writes.targets.empty()) reach(stage.name);
                for (const Writes::Target& target : stage.writes.targets)
                    if (target.share > 0 || stage.writes.rule == Writes::Rule::copy) reach(target.stream);
                if (!stage.dead_letter.empty()) reach(stage.dead_letter);
            }
        }
        for (const Stage& stage : s_.twin.stages) {
            const bool all_written =
                std::all_of(stage.reads.begin(), stage.reads.end(),
                            [&](const std::string& stream) { return is_written(stream); });
            if (!visited.contains(stage.name) && all_written && !stage.reads.empty())
                warn("twin.stages." + stage.name, "no item can ever reach stage " + quoted(stage.name),
                     "what it reads comes from no load");
        }
        if (s_.loads.empty() && !s_.twin.stages.empty() && s_.twin.pipelines.empty())
            error("load", "nothing arrives", "add a load: 'load: {jobs: {arrivals: poisson(90/h)}}'");
    }

    /// Stages that hold their workers until the next has a place: in a circle they may all wait for each
    /// other.
    void check_blocking_loops() {
        std::map<std::string, std::vector<std::string>> next;
        for (const Stage& stage : s_.twin.stages) {
            if (stage.queue.capacity == unlimited || stage.queue.full != Queue::Full::block) continue;
            for (const std::string& stream : stage.reads)
                if (writers_.contains(stream))
                    for (const std::string& writer : writers_.at(stream))
                        if (is(writer, Kind::stage)) next[writer].push_back(stage.name);
        }
        for (const Stage& start : s_.twin.stages) {
            if (start.queue.capacity == unlimited || start.queue.full != Queue::Full::block) continue;
            std::set<std::string> seen;
            std::vector<std::string> open = {start.name};
            while (!open.empty()) {
                const std::string name = open.back();
                open.pop_back();
                for (const std::string& other : next[name]) {
                    if (other == start.name) {
                        warn("twin.stages." + start.name + ".queue",
                             "stage " + quoted(start.name) + " blocks in a loop, which may deadlock",
                             "let one queue of the loop be unlimited or drop");
                        return;
                    }
                    if (seen.insert(other).second) open.push_back(other);
                }
            }
        }
    }

    void check_actions() {
        for (std::size_t i = 0; i < s_.actions.size(); ++i) {
            const Action& action = s_.actions[i];
            const std::string path = "actions." + std::to_string(i);
            if (action.every && action.every->kind == Schedule::Kind::calendar && !s_.run.start)
                error(path + ".every", "a schedule of the calendar needs the date at which the run starts",
                      "add it: 'run: {start: 2026-03-09T00:00, ...}'");
            if (action.every &&
                (action.every->kind == Schedule::Kind::each || action.every->kind == Schedule::Kind::updated))
                error(path + ".every", "an action cannot wait for data", "write 'at', or a schedule of time");
            if (action.at && s_.run.length && *action.at >= *s_.run.length)
                warn(path + ".at", "the action comes after the end of the run", "it never happens");
            const char* key = action.verb == Action::Verb::fail     ? "fail"
                              : action.verb == Action::Verb::heal   ? "heal"
                              : action.verb == Action::Verb::pause  ? "pause"
                              : action.verb == Action::Verb::resume ? "resume"
                                                                    : nullptr;
            if (key == nullptr || action.target.empty()) continue;
            const auto found = kinds_.find(action.target);
            if (found == kinds_.end()) {
                const std::set<std::string> names =
                    names_of({Kind::stage, Kind::pool, Kind::pipeline, Kind::load, Kind::task});
                error(path + "." + key, "nothing is called " + quoted(action.target),
                      near(action.target, names));
            } else if (action.verb == Action::Verb::fail || action.verb == Action::Verb::heal) {
                if (found->second != Kind::stage && found->second != Kind::pool)
                    error(path + "." + key,
                          quoted(action.target) + " is " + noun(found->second) +
                              ", which has no workers to fail",
                          "name a pool or a stage");
            } else if (found->second != Kind::stage && found->second != Kind::pool &&
                       found->second != Kind::pipeline && found->second != Kind::load) {
                error(path + "." + key,
                      quoted(action.target) + " is " + noun(found->second) + ", which cannot be paused",
                      "name a stage, a pool, a pipeline or a load");
            }
        }
    }

    void check_measure(const Measure& measure, const std::string& path) {
        const auto known = [&](const std::string& name) {
            return kinds_.contains(name) || writers_.contains(name);
        };
        std::set<std::string> names;
        for (const auto& [name, kind] : kinds_) names.insert(name);
        for (const auto& [name, writers] : writers_) names.insert(name);
        for (const std::string& name : {measure.scope, measure.scope_to})
            if (!name.empty() && !known(name))
                error(path, "nothing is called " + quoted(name), near(name, names));
        if (!measure.of_load.empty() && !is(measure.of_load, Kind::load)) {
            const std::set<std::string> loads = names_of({Kind::load});
            error(path, "no load is called " + quoted(measure.of_load), near(measure.of_load, loads));
        }
        if (!measure.during_action.empty() && !is(measure.during_action, Kind::action)) {
            const std::set<std::string> actions = names_of({Kind::action});
            error(path, "no action is called " + quoted(measure.during_action),
                  near(measure.during_action, actions).empty() ? "give the action a 'name'"
                                                               : near(measure.during_action, actions));
        }
        if (measure.by_clock && !s_.run.start)
            error(path, "a time of day needs the date at which the run starts",
                  "add it: 'run: {start: 2026-03-09T00:00, ...}'");
        if (!measure.scope.empty() && known(measure.scope)) check_scope(measure, path);
        if (measure.during && s_.run.length && measure.during->from >= *s_.run.length)
            warn(path, "the window lies after the end of the run", "nothing is measured");
        if (measure.at && s_.run.length && *measure.at > *s_.run.length)
            error(path, "the instant lies after the end of the run", "write an earlier one, or 'at end'");
        if (measure.metric == Metric::cost && s_.currency.empty())
            error(path, "nothing in the file costs anything", "say what workers cost: 'cost: 0.8EUR/h'");
    }

    void check_scope(const Measure& measure, const std::string& path) {
        const auto found = kinds_.find(measure.scope);
        const bool written = writers_.contains(measure.scope);
        const bool stage =
            found != kinds_.end() && (found->second == Kind::stage || found->second == Kind::task);
        const bool pool =
            found != kinds_.end() && (found->second == Kind::pool ||
                                      (found->second == Kind::stage && has_own_workers(measure.scope)) ||
                                      (found->second == Kind::task && has_own_workers(measure.scope)));
        const auto refuse = [&](const std::string& due, const std::string& hint) {
            error(path,
                  std::string(name_of(measure.metric)) + " is measured of " + due + ", and " +
                      quoted(measure.scope) + " is " +
                      (found != kinds_.end() ? noun(found->second) : "a stream"),
                  hint);
        };
        switch (measure.metric) {
            case Metric::utilisation:
            case Metric::busy:
            case Metric::workers:
            case Metric::occupied:
            case Metric::up:
            case Metric::down:
            case Metric::saturated:
            case Metric::idle:
                if (found != kinds_.end() && found->second == Kind::pipeline) return;
                if (!pool) {
                    if (found != kinds_.end() && found->second == Kind::stage)
                        error(path, "stage " + quoted(measure.scope) + " has no workers of its own",
                              "measure its pool instead");
                    else
                        refuse("a pool or a stage with workers", "name one");
                }
                return;
            case Metric::landed:
            case Metric::freshness:
                if (!written) refuse("what is written", "name a dataset or stream");
                return;
            case Metric::level:
                if (found == kinds_.end() || found->second != Kind::budget) refuse("a budget", "name one");
                return;
            case Metric::waiting:
            case Metric::lag:
            case Metric::retrying:
            case Metric::blocked:
            case Metric::attempts:
            case Metric::gathering:
                if (!stage && !pool && !(found != kinds_.end() && found->second == Kind::pipeline))
                    refuse("a stage, a task or a pool", "name one");
                return;
            default: return;
        }
    }

    bool has_own_workers(const std::string& name) const {
        for (const Stage& stage : s_.twin.stages)
            if (stage.name == name) return stage.work.workers.has_value();
        for (const Pipeline& pipeline : s_.twin.pipelines)
            for (const Task& task : pipeline.tasks)
                if (pipeline.name + "." + task.name == name) return task.work.workers.has_value();
        return false;
    }

    void check_run() {
        if (!Calendar::zone_exists(s_.run.zone))
            error("run.zone", "unknown time zone " + quoted(s_.run.zone),
                  "zones are called as in the tz database, such as 'Europe/Berlin'");
        if (!s_.run.length)
            for (const Pipeline& pipeline : s_.twin.pipelines)
                if (pipeline.schedule.kind == Schedule::Kind::every ||
                    pipeline.schedule.kind == Schedule::Kind::calendar)
                    error("run.until",
                          "'until: empty' with pipeline " + quoted(pipeline.name) +
                              ", whose schedule never ends",
                          "write 'length' instead");
        for (const Profile& profile : s_.profiles)
            if (profile.weekend && !s_.run.start)
                error("profiles." + profile.name + ".weekend",
                      "a weekend needs the date at which the run starts",
                      "add it: 'run: {start: 2026-03-09T00:00, ...}'");
    }

    const Scenario& s_;
    Problems problems_;
    std::map<std::string, Kind> kinds_;
    std::set<std::string> profiles_;
    std::map<std::string, std::set<std::string>> writers_;  ///< of a stream
    std::map<std::string, std::set<std::string>> readers_;
    std::set<std::string> used_types_, used_pools_;
    bool retry_for_queue_ = false;  ///< the stage at hand retries what finds no place
};

}  // namespace

Problems check(const Scenario& scenario) { return Checker(scenario).run(); }

}  // namespace understudy::models
