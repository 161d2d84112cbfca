#include "tools/studies/waiting_lines.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace understudy::studies {

namespace {

constexpr double unlimited_places = std::numeric_limits<double>::infinity();

}  // namespace

WaitingLines::WaitingLines(const models::Scenario& twin) : twin_(twin), graph_(twin) {
    for (const models::Pipeline& pipeline : twin.twin.pipelines)
        for (const models::Task& task : pipeline.tasks) tasks_[pipeline.name + "." + task.name] = &task;
    for (const models::Stage& stage : twin.twin.stages) stages_[stage.name] = &stage;
}

const WorkingElement* WaitingLines::by_path(const WorkingElement& element) {
    return &found_.try_emplace(element.path, element).first->second;
}

const WorkingElement* WaitingLines::found(const std::string& path) const {
    const auto known = found_.find(path);
    return known == found_.end() ? nullptr : &known->second;
}

bool WaitingLines::waits_for_tasks(const std::string& path) const {
    const auto vertex = graph_.find(models::VertexKind::task, path);
    return !graph_.in(vertex, models::EdgeKind::after).empty();
}

const WaitingLine* WaitingLines::line_of(const WorkingElement& element) {
    const models::Work& work = *element.work;
    const std::string name = work.workers ? element.path : work.runs_on.front().pool;
    const auto [at, fresh] = lines_.try_emplace(name);
    if (fresh) at->second = line_named(name);
    return at->second.workers != nullptr ? &at->second : nullptr;
}

WaitingLine WaitingLines::line_named(const std::string& name) {
    WaitingLine line;
    line.name = name;
    for (const models::Pool& pool : twin_.twin.pools)
        if (pool.name == name) line.workers = &pool.workers;
    const auto add = [&](const models::Work& work, const std::string& path, const std::string& pipeline) {
        const bool own = work.workers && path == name;
        if (own) line.workers = &*work.workers;
        if (!own && std::none_of(work.runs_on.begin(), work.runs_on.end(),
                                 [&](const models::Need& need) { return need.pool == name; }))
            return;
        line.users.push_back(by_path({path, pipeline, &work, false}));
    };
    for (const models::Stage& stage : twin_.twin.stages) add(stage.work, stage.name, "");
    for (const auto& [path, task] : tasks_) add(task->work, path, path.substr(0, path.rfind('.')));
    if (line.workers != nullptr) count_places(line);
    return line;
}

void WaitingLines::count_places(WaitingLine& line) const {
    const models::Workers& workers = *line.workers;
    line.why_not = why_no_places(line);
    if (!line.why_not.empty()) return;
    double cores = workers.type.cores, memory = static_cast<double>(workers.type.memory_bytes);
    line.has_cores = cores > 0 || memory > 0;
    const double nodes =
        workers.count == models::unlimited ? unlimited_places : static_cast<double>(workers.count);
    const models::Work& work = *line.users.front()->work;
    const models::Need need = work.runs_on.empty() ? models::Need{} : work.runs_on.front();
    double on_one = 1;
    if (line.has_cores) {
        // What asks for the same leaves no gaps, on whichever node it is.
        on_one = unlimited_places;
        if (cores > 0 && need.cores > 0) on_one = std::min(on_one, std::floor(cores / need.cores + 1e-9));
        if (memory > 0 && need.memory_bytes > 0)
            on_one = std::min(on_one, std::floor(memory / static_cast<double>(need.memory_bytes)));
        line.places = nodes * on_one / static_cast<double>(std::max<std::int64_t>(1, need.count));
    } else {
        line.places = nodes / static_cast<double>(std::max<std::int64_t>(1, need.count));
    }
    if (line.places < models::most_told_apart) line.places = std::floor(line.places);
}

std::string WaitingLines::why_no_places(const WaitingLine& line) const {
    const models::Workers& workers = *line.workers;
    if (workers.least || !workers.steps.empty() || !workers.shifts.empty())
        return "the number of its workers changes";
    if (!workers.groups.empty()) return "its workers are of several types";
    if (!workers.outages.empty()) return "its workers have outages, of which the log says nothing";
    if (workers.order == models::Order::shared || workers.order == models::Order::cyclic || workers.preempt ||
        !workers.poll.empty())
        return "its workers do not take one after the other as they become free";
    const models::Need* first = nullptr;
    for (const WorkingElement* user : line.users) {
        const models::Work& work = *user->work;
        if (work.runs_on.size() > 1) return user->path + " needs another pool as well";
        if (!work.spends.empty()) return user->path + " waits for a budget as well";
        if (!work.launch.empty()) return user->path + " has a launch of its own";
        if (!work.transfers.over.empty()) return user->path + " moves data over a link";
        const auto stage = stages_.find(user->path);
        if (stage != stages_.end()) {
            const models::Stage& one = *stage->second;
            if (one.take > 1 || one.batch || one.join || one.window)
                return user->path + " takes up several items at once";
            if (!one.holds_until.empty()) return user->path + " keeps its workers beyond its end";
        }
        const auto task = tasks_.find(user->path);
        if (task != tasks_.end()) {
            if (task->second->waits_for) return user->path + " is a sensor";
            if (!task->second->holds_until.empty()) return user->path + " keeps its workers beyond its end";
        }
        if (work.runs_on.empty()) continue;
        const models::Need& need = work.runs_on.front();
        if (first != nullptr && (need.count != first->count || need.cores != first->cores ||
                                 need.memory_bytes != first->memory_bytes || need.skill != first->skill))
            return "tasks need more or less of it each, so that one may wait for another while it has "
                   "room";
        first = &need;
    }
    return "";
}

}  // namespace understudy::studies
