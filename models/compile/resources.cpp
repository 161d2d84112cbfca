// Pools: shared ones and those that stages and tasks bring.
#include <algorithm>
#include <cmath>
#include <numeric>
#include <set>

#include "kernel/invariant.h"
#include "kernel/random.h"
#include "models/compile/compiler.h"

namespace understudy::models {

namespace {

const WorkerType& type_named(const Scenario& scenario, const std::string& name) {
    for (const WorkerType& type : scenario.twin.types)
        if (type.name == name) return type;
    kernel::broken_invariant("a worker type was checked and is not there");
}

const Workers& workers_of(const Scenario& scenario, const GraphVertex& vertex) {
    switch (vertex.own) {
        case GraphVertex::Own::no: return scenario.twin.pools[vertex.position].workers;
        case GraphVertex::Own::of_stage: return *scenario.twin.stages[vertex.position].work.workers;
        case GraphVertex::Own::of_task:
            return *scenario.twin.pipelines[vertex.pipeline].tasks[vertex.position].work.workers;
    }
    kernel::broken_invariant("a pool belongs to nobody");
}

bool is_nothing(const Law& law) {
    return std::all_of(law.terms.begin(), law.terms.end(), [](const Term& term) {
        return term.field.empty() && !term.recorded &&
               term.law.kind() == kernel::Distribution::Kind::constant && term.law.mean() == 0;
    });
}

using GroupSteps = std::vector<std::pair<kernel::Time, std::int64_t>>;

/// The steps of all groups of workers in one row: at each instant at which one of them changes, what all of them are.
void add_shifts(PoolRow& row, const std::vector<GroupSteps>& groups) {
    std::set<kernel::Time> instants;
    for (const GroupSteps& steps : groups)
        for (const auto& [at, count] : steps) instants.insert(at);
    for (const kernel::Time at : instants) {
        std::vector<std::int64_t> there;
        for (const GroupSteps& steps : groups) {
            const auto next =
                std::upper_bound(steps.begin(), steps.end(), at,
                                 [](kernel::Time instant, const auto& step) { return instant < step.first; });
            there.push_back(std::prev(next)->second);
        }
        row.steps.emplace_back(at, std::accumulate(there.begin(), there.end(), std::int64_t{0}));
        row.shifts.push_back(std::move(there));
    }
}

/// The most workers the pool can ever have, over its steps and all actions on it.
std::int64_t most_workers(const Scenario& scenario, const std::string& name, const Workers& workers) {
    std::int64_t most = workers.count;
    for (const auto& [type, n] : workers.groups) most = workers.groups.size() ? std::max(most, n) : most;
    for (const auto& step : workers.steps) most = std::max(most, step.second);
    for (const Action& action : scenario.actions)
        if (action.verb == Action::Verb::set && action.target == name && action.key == "workers")
            most = std::max(most, static_cast<std::int64_t>(
                                      std::ceil(action.to.times ? action.to.number * static_cast<double>(most)
                                                                : action.to.number)));
    return most;
}

/// Pools of which some task names a worker, or where some work has a serial start on one, or leaves data.
std::set<std::string> pools_told_apart(const Scenario& scenario) {
    std::set<std::string> pools;
    const auto look = [&](const Work& work, const std::string& name, bool names_worker) {
        if ((names_worker || !work.launch.empty() || (!work.transfers.once.empty() && !work.workers)) &&
            !work.runs_on.empty())
            pools.insert(work.runs_on.front().pool);
        if (!work.transfers.once.empty() && work.workers) pools.insert(name);
    };
    for (const Pipeline& pipeline : scenario.twin.pipelines)
        for (const Task& task : pipeline.tasks)
            look(task.work, pipeline.name + "." + task.name, !task.worker.empty());
    for (const Stage& stage : scenario.twin.stages) look(stage.work, stage.name, false);
    return pools;
}

/// Its workers fail, look for work, or start and are put off one by one.
bool lives_one_by_one(const Workers& workers) {
    return workers.least || !workers.poll.empty() || workers.order == Order::cyclic ||
           !workers.shifts.empty() ||
           std::any_of(workers.outages.begin(), workers.outages.end(),
                       [](const Outage& outage) { return !outage.takes_all; });
}

/// Of the dataset that the stage reads, each with a worker of its own.
std::int64_t partitions_of(const Scenario& scenario, const GraphVertex& vertex) {
    if (vertex.own != GraphVertex::Own::of_stage) return 0;
    for (const std::string& stream : scenario.twin.stages[vertex.position].reads)
        for (const Dataset& dataset : scenario.twin.datasets)
            if (dataset.name == stream && dataset.partitions > 0) return dataset.partitions;
    return 0;
}

}  // namespace

void Compiler::add_outages(PoolRow& row, const Workers& workers) {
    std::vector<const Outage*> by_name;
    for (const Outage& outage : workers.outages) by_name.push_back(&outage);
    std::sort(by_name.begin(), by_name.end(),
              [](const Outage* a, const Outage* b) { return a->name < b->name; });
    for (const Outage* outage : by_name) {
        OutageRow one;
        one.name_hash = kernel::stable_hash(outage->name);
        one.up = law(outage->up);
        if (outage->every) {
            if (outage->every->kind == Schedule::Kind::once) one.starts = {0};
            if (outage->every->kind == Schedule::Kind::every) one.period = outage->every->period;
            if (outage->every->kind == Schedule::Kind::calendar && model.calendar)
                one.starts = model.calendar->instants(*outage->every, horizon());
        }
        one.lasts = law(outage->lasts);
        one.takes_all = outage->takes_all;
        one.busy_clock = outage->busy_clock;
        one.interrupted = outage->interrupted.value_or(workers.interrupted);
        row.outages.push_back(std::move(one));
    }
}

void Compiler::add_links() {
    for (PoolRow& row : model.pools) {
        if (row.bandwidth == none) continue;
        const Graph& g = graph.graph();
        const Workers& workers =
            workers_of(scenario, g[graph.find(VertexKind::pool, model.elements[row.element].name)]);
        if (!workers.grows_with.empty()) row.grows_with = find(workers.grows_with)->pool;
        row.grows_to = workers.grows_to;
    }
}

void Compiler::add_lines() {
    for (PoolRow& row : model.pools) {
        if (row.stages.empty()) continue;
        if (row.order == Order::cyclic) {
            row.lines_by = Lines::stages;
            row.lanes = std::ssize(row.stages);
            for (Index place = 0; place < row.stages.size(); ++place)
                model.stages[row.stages[place]].place = place;
        }
        if (row.order == Order::fair) {
            row.lines_by = Lines::loads;
            row.lanes = std::ssize(model.loads) + 1;
            row.weights.assign(static_cast<std::size_t>(row.lanes), 1);
            const Graph& g = graph.graph();
            const GraphIndex vertex = graph.find(VertexKind::pool, model.elements[row.element].name);
            for (const auto& [load, weight] : workers_of(scenario, g[vertex]).weights)
                row.weights[find(load)->load] = weight;
        }
    }
}

std::uint64_t Compiler::skills_of(const std::vector<std::string>& names) {
    std::uint64_t bits = 0;
    for (const std::string& name : names)
        bits |= std::uint64_t{1} << skill_by_name.emplace(name, skill_by_name.size()).first->second;
    return bits;
}

void Compiler::add_pools() {
    const Graph& g = graph.graph();
    const std::set<std::string> told_apart = pools_told_apart(scenario);
    for (auto [v, end] = boost::vertices(g); v != end; ++v) {
        const GraphVertex& vertex = g[*v];
        if (vertex.kind != VertexKind::pool) continue;
        const Workers& workers = workers_of(scenario, vertex);
        PoolRow row;
        row.element = element_by_name.at(vertex.name);
        model.elements[row.element].pool = static_cast<Index>(model.pools.size());
        row.steps_are_laid_out = follows_calendar(workers.steps_period);
        const auto over_the_run = [&](const std::vector<std::pair<kernel::Time, std::int64_t>>& steps) {
            return row.steps_are_laid_out && !steps.empty() ? laid_out(steps, *workers.steps_period) : steps;
        };
        row.steps = over_the_run(workers.steps);
        if (!workers.shifts.empty()) {
            std::vector<GroupSteps> groups;
            for (const auto& [name, most] : workers.groups) {
                const auto shifts = workers.shifts.find(name);
                groups.push_back(shifts == workers.shifts.end() ? GroupSteps{{0, most}}
                                                                : over_the_run(shifts->second));
            }
            add_shifts(row, groups);
        }
        row.steps_period = row.steps_are_laid_out ? 0 : workers.steps_period.value_or(0);
        row.order = workers.order;
        row.preempt = workers.preempt;
        row.speedup = workers.speedup;
        if (workers.bandwidth > 0) {
            row.bandwidth = number(workers.bandwidth);
            row.bandwidth_given = workers.bandwidth;
        }
        row.lanes = partitions_of(scenario, vertex);
        if (row.lanes > 0) row.lines_by = Lines::partitions;
        // A worker that turns in no time stays where it is while nobody waits, and does not circle at one instant.
        row.turning = is_nothing(workers.turning) ? none : law(workers.turning);
        row.visits = workers.visits;
        row.visit_limit = workers.visit_limit;
        row.leave_when_done = workers.leave_when_done;
        row.interrupted = workers.interrupted;
        row.backfill = workers.backfill;
        row.placement = workers.placement;
        row.speed = workers.type.speed;
        row.launch = law(workers.launch);
        row.release = law(workers.release);
        row.cost_per_second = workers.type.cost_per_second;
        row.cost_per_byte = workers.type.cost_per_byte;
        row.has_lives = lives_one_by_one(workers);
        row.poll = law(workers.poll);
        row.scales = workers.least.has_value();
        row.least = workers.least.value_or(0);
        row.scale = workers.scale.value_or(Scale{});
        row.start_up = law(workers.start_up);
        row.keep_alive = law(workers.keep_alive);
        add_outages(row, workers);
        std::int64_t count = workers.count;
        auto add_workers = [&](const WorkerType& type, const std::string& prefix, std::int64_t n,
                               bool numbered, Index group = none) {
            for (std::int64_t i = 0; i < n; ++i)
                row.told_apart.push_back({numbered ? prefix + "-" + std::to_string(i + 1) : prefix,
                                          type.cores, type.memory_bytes, type.speed, skills_of(type.skills),
                                          type.network, group, type.cost_per_second});
            if (type.cores > 0 || type.memory_bytes > 0) row.has_cores = true;
        };
        if (!workers.groups.empty()) {
            count = 0;
            row.cost_per_second = 0;
            double cost = 0;
            Index group = 0;
            for (const auto& [name, n] : workers.groups) {
                const WorkerType& type = type_named(scenario, name);
                add_workers(type, name, n, n != 1, group++);
                count += n;
                cost += type.cost_per_second * static_cast<double>(n);
            }
            if (count > 0) row.cost_per_second = cost / static_cast<double>(count);
        } else if (row.lanes > 0 || row.has_lives || workers.type.cores > 0 || workers.type.network > 0 ||
                   workers.type.memory_bytes > 0 || !workers.launch.empty() ||
                   workers.placement == Placement::recorded || told_apart.contains(vertex.name)) {
            const std::string prefix = workers.type.name.empty() ? vertex.name : workers.type.name;
            const std::int64_t most = most_workers(scenario, vertex.name, workers);
            if (most < most_told_apart) add_workers(workers.type, prefix, most, true);
        }
        if (!row.steps.empty() && row.shifts.empty())
            count = row.steps.front().first == 0 ? row.steps.front().second : 0;
        row.workers = number(count == unlimited ? INFINITY : static_cast<double>(count));
        model.pools.push_back(std::move(row));
    }
}

}  // namespace understudy::models
