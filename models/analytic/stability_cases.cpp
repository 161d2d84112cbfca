#include "models/analytic/stability_cases.h"

#include <algorithm>
#include <cmath>

#include "kernel/time.h"
#include "models/analytic/capacity.h"
#include "models/analytic/obstacles.h"
#include "models/analytic/transforms.h"
#include "models/graph.h"

namespace understudy::models {

namespace {

const Workers* workers_at(const Scenario& scenario, const Stage& stage) {
    if (stage.work.workers) return &*stage.work.workers;
    if (stage.work.runs_on.size() != 1) return nullptr;
    for (const Pool& pool : scenario.twin.pools)
        if (pool.name == stage.work.runs_on.front().pool) return &pool.workers;
    return nullptr;
}

/// Stages that work there; none where tasks do, too.
std::vector<const Stage*> stages_at(const Scenario& scenario, const std::string& element) {
    const auto works_there = [&](const std::string& name, const Work& work) {
        return (work.workers && name == element) ||
               std::any_of(work.runs_on.begin(), work.runs_on.end(),
                           [&](const Need& need) { return need.pool == element; });
    };
    for (const Pipeline& pipeline : scenario.twin.pipelines)
        for (const Task& task : pipeline.tasks)
            if (works_there(pipeline.name + "." + task.name, task.work)) return {};
    std::vector<const Stage*> found;
    for (const Stage& stage : scenario.twin.stages)
        if (works_there(stage.name, stage.work)) found.push_back(&stage);
    return found;
}

/// Workers that are alike and always there; nothing where they are not.
std::optional<WorkerKind> alike(const Workers& workers, const Scenario& scenario) {
    const auto staff = staff_of(workers, scenario.twin.types, 0);
    if (staff.size() != 1 || staff.front().workers.size() != 1) return std::nullopt;
    const WorkerKind& kind = staff.front().workers.front();
    if (kind.cores > 0 || kind.memory_bytes > 0 || !(kind.speed > 0)) return std::nullopt;
    return kind;
}

/// Serves each item once, with a law that nothing but chance decides, and loses none.
bool is_plain(const Stage& stage) {
    const auto& terms = stage.work.service.terms;
    return trouble_of(stage).empty() && stage.work.failure == 0 && stage.queue.capacity == unlimited &&
           stage.queue.timeout.empty() && terms.size() == 1 && terms.front().field.empty() &&
           !terms.front().recorded && terms.front().per == Per::once;
}

struct Writers {
    std::vector<const Load*> loads;
    std::vector<const Stage*> stages;
    bool others = false;  ///< tasks, or what comes through dead letters
};
Writers writers_of(const Scenario& scenario, const std::string& stream) {
    Writers found;
    const auto writes = [&](const std::string& name, const Writes& writes) {
        const auto targets = targets_of(name, writes);
        return std::any_of(targets.begin(), targets.end(),
                           [&](const Writes::Target& target) { return target.stream == stream; });
    };
    for (const Load& load : scenario.loads)
        if (writes(load.name, load.writes)) found.loads.push_back(&load);
    for (const Stage& stage : scenario.twin.stages) {
        if (writes(stage.name, stage.writes)) found.stages.push_back(&stage);
        found.others = found.others || stage.dead_letter == stream;
    }
    for (const Pipeline& pipeline : scenario.twin.pipelines)
        for (const Task& task : pipeline.tasks)
            found.others = found.others || task.dead_letter == stream ||
                           std::find(task.writes.begin(), task.writes.end(), stream) != task.writes.end();
    return found;
}

/// All that is written goes to each stream, or to the only one.
bool to_all(const Writes& writes) { return writes.targets.size() < 2 || writes.rule == Writes::Rule::copy; }

/// How far apart items come to a stage, where that is always the same and none is lost on the way; else nothing.
std::optional<kernel::Time> interval_into(const Scenario& scenario, const Stage& stage, std::size_t depth);

/// The same of what leaves it.
std::optional<kernel::Time> interval_in_step(const Scenario& scenario, const Stage& stage,
                                             std::size_t depth) {
    const Workers* workers = workers_at(scenario, stage);
    if (workers == nullptr || !is_plain(stage) || !stage.work.service.is_constant() ||
        workers->order == Order::shared || workers->preempt || !trouble_of(*workers, "").empty())
        return std::nullopt;
    const std::string& element = stage.work.workers ? stage.name : stage.work.runs_on.front().pool;
    const auto kind = alike(*workers, scenario);
    const auto interval = interval_into(scenario, stage, depth);
    if (!kind || !interval || stages_at(scenario, element).size() != 1) return std::nullopt;
    const auto service =
        static_cast<double>(kernel::from_seconds(stage.work.service.terms.front().law.mean() / kind->speed));
    if (static_cast<double>(*interval) * kind->count < service) return std::nullopt;
    return interval;
}

std::optional<kernel::Time> interval_into(const Scenario& scenario, const Stage& stage, std::size_t depth) {
    if (stage.reads.size() != 1 || depth > scenario.twin.stages.size()) return std::nullopt;
    for (const Dataset& dataset : scenario.twin.datasets)
        if (dataset.name == stage.reads.front() && (dataset.partitions > 0 || dataset.retention))
            return std::nullopt;
    const Writers from = writers_of(scenario, stage.reads.front());
    if (from.others || from.loads.size() + from.stages.size() != 1) return std::nullopt;
    if (!from.stages.empty()) {
        const Stage& before = *from.stages.front();
        if (!to_all(before.writes) || !before.emits.all()) return std::nullopt;
        return interval_in_step(scenario, before, depth + 1);
    }
    const Load& load = *from.loads.front();
    if (load.arrivals.kind != Arrivals::Kind::every || !load.arrivals.interval.is_constant() ||
        !load.profile.empty() || !load.delay.empty() || !in_groups_of_one(load) || !to_all(load.writes))
        return std::nullopt;
    return kernel::from_seconds(load.arrivals.interval.terms.front().law.mean());
}

}  // namespace

bool is_in_step(const Scenario& scenario, const std::string& element) {
    const auto stages = stages_at(scenario, element);
    return stages.size() == 1 && scenario.twin.state.empty() &&
           interval_in_step(scenario, *stages.front(), 0).has_value();
}

std::optional<double> load_of_work_begun_anew(const Scenario& scenario, const std::string& element,
                                              const std::vector<std::vector<double>>& items) {
    const auto stages = stages_at(scenario, element);
    if (stages.empty()) return std::nullopt;
    const Workers* workers = workers_at(scenario, *stages.front());
    if (workers == nullptr || workers->order != Order::lifo || !workers->preempt ||
        workers->interrupted != Interrupted::restart)
        return std::nullopt;
    Workers resumed = *workers;
    resumed.interrupted = Interrupted::resume;
    const auto kind = alike(*workers, scenario);
    if (!kind || kind->count != 1 || !trouble_of(resumed, "").empty()) return std::nullopt;
    double rate = 0;
    std::vector<std::string> read;
    for (const Stage* stage : stages) {
        if (!is_plain(*stage)) return std::nullopt;
        for (const std::string& stream : stage->reads) {
            const Writers from = writers_of(scenario, stream);
            if (from.others || !from.stages.empty()) return std::nullopt;
            for (const Load* load : from.loads)
                if (load->arrivals.kind != Arrivals::Kind::poisson || !trouble_of(*load).empty() ||
                    !in_groups_of_one(*load) ||
                    (load->writes.targets.size() > 1 && load->writes.rule != Writes::Rule::share))
                    return std::nullopt;
            read.push_back(stream);
        }
        const auto position = static_cast<std::size_t>(stage - scenario.twin.stages.data());
        for (const double one : items[position]) rate += one;
    }
    // Copies of one item come at the same instant.
    std::sort(read.begin(), read.end());
    if (std::adjacent_find(read.begin(), read.end()) != read.end() || !(rate > 0)) return std::nullopt;
    double load = 0;
    for (const Stage* stage : stages) {
        double own = 0;
        for (const double one : items[static_cast<std::size_t>(stage - scenario.twin.stages.data())])
            own += one;
        const kernel::Distribution law = stage->work.service.terms.front().law.scaled(1 / kind->speed);
        load += own / rate * (mean_growth(law, rate) - 1);
    }
    return load;
}

}  // namespace understudy::models
