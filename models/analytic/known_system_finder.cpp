#include "models/analytic/known_system_finder.h"

#include <algorithm>
#include <cmath>

#include "models/analytic/network_solver.h"
#include "models/analytic/obstacles.h"

namespace understudy::models {

KnownSystemFinder::KnownSystemFinder(const Scenario& scenario, const ScenarioGraph& graph,
                                     const TrafficSolution& traffic)
    : s_(scenario), graph_(graph), traffic_(traffic), work_(scenario, graph) {
    for (std::size_t l = 0; l < s_.loads.size(); ++l)
        for (const auto& target : targets_of(s_.loads[l].name, s_.loads[l].writes))
            loads_[target.stream].push_back(l);
    for (std::size_t i = 0; i < s_.twin.stages.size(); ++i) {
        const Stage& stage = s_.twin.stages[i];
        for (const std::string& stream : stage.reads) readers_[stream].push_back(i);
        for (const auto& target : targets_of(stage.name, stage.writes)) writers_[target.stream].push_back(i);
        if (!stage.dead_letter.empty()) writers_[stage.dead_letter].push_back(i);
        for (const Need& need : stage.work.runs_on) ++users_[need.pool];
        cancels_ = cancels_ || (stage.join && stage.join->cancel_rest);
    }
    for (const Pipeline& pipeline : s_.twin.pipelines)
        for (const Task& task : pipeline.tasks) {
            of_pipelines_.insert(task.writes.begin(), task.writes.end());
            of_pipelines_.insert(task.dead_letter);
            for (const Need& need : task.work.runs_on) of_pipelines_.insert(need.pool);
        }
    for (const StationForecast& forecast : traffic.stations) forecasts_.emplace(forecast.element, &forecast);
}

const Workers* KnownSystemFinder::workers_of(const Stage& stage) const {
    if (stage.work.workers) return stage.work.runs_on.empty() ? &*stage.work.workers : nullptr;
    if (stage.work.runs_on.size() != 1) return nullptr;
    for (const Pool& pool : s_.twin.pools)
        if (pool.name == stage.work.runs_on.front().pool) return &pool.workers;
    return nullptr;
}

bool KnownSystemFinder::keeps_up(const std::string& element) const {
    const auto found = forecasts_.find(element);
    return found != forecasts_.end() && found->second->stable && !found->second->critical &&
           found->second->load < 1;
}

bool KnownSystemFinder::is_whole(const std::set<std::size_t>& stages) const {
    return stages.size() == s_.twin.stages.size() && s_.twin.pipelines.empty();
}

std::vector<KnownSystemFinder::Coming> KnownSystemFinder::comings(std::size_t at) const {
    std::vector<Coming> all;
    for (const std::string& stream : s_.twin.stages[at].reads) {
        if (writers_.contains(stream) || of_pipelines_.contains(stream)) return {};
        for (const Dataset& dataset : s_.twin.datasets)
            if (dataset.name == stream && (dataset.partitions > 0 || dataset.retention)) return {};
        const auto found = loads_.find(stream);
        if (found == loads_.end()) continue;
        for (const std::size_t l : found->second) {
            const Load& load = s_.loads[l];
            Load plain = load;
            const bool by_states = load.arrivals.kind == Arrivals::Kind::states;
            if (by_states) plain.arrivals.kind = Arrivals::Kind::poisson;
            if (!trouble_of(plain).empty() || load.arrivals.kind == Arrivals::Kind::users ||
                !in_groups_of_one(load))
                return {};
            Coming one;
            one.load = l;
            const auto& targets = load.writes.targets;
            const bool random = by_states || load.arrivals.kind == Arrivals::Kind::poisson;
            if (targets.size() > 1) {
                if (load.writes.rule == Writes::Rule::share && random) {
                    for (const Writes::Target& target : targets)
                        if (target.stream == stream) one.share = target.share;
                } else if (load.writes.rule != Writes::Rule::copy) {
                    return {};
                }
            }
            one.rate = traffic_.items[at][l];
            // Twice to one stage, or nothing.
            for (const Coming& other : all)
                if (other.load == l) return {};
            if (!(one.rate > 0)) return {};
            all.push_back(one);
        }
    }
    return all;
}

std::optional<KnownSystemFinder::Lone> KnownSystemFinder::lone(std::size_t at, const Stage& plain,
                                                               const Workers& plain_workers) const {
    const Stage& stage = s_.twin.stages[at];
    Lone found;
    found.stage = &stage;
    found.workers = workers_of(stage);
    if (found.workers == nullptr || cancels_) return std::nullopt;
    found.pool = stage.work.workers ? stage.name : stage.work.runs_on.front().pool;
    const auto users = users_.find(found.pool);
    if (of_pipelines_.contains(found.pool) || (users != users_.end() && users->second > 1) ||
        (stage.work.workers && users != users_.end()))
        return std::nullopt;
    if (!trouble_of(plain).empty() || !trouble_of(plain_workers, "").empty()) return std::nullopt;
    if (plain.queue.capacity != unlimited || !plain.queue.timeout.empty() || plain.work.failure > 0)
        return std::nullopt;
    const bool simple = plain_workers.order == Order::fifo && !plain_workers.preempt &&
                        plain_workers.groups.empty() && plain_workers.type.cores == 0 &&
                        plain_workers.type.memory_bytes == 0 && plain_workers.bandwidth == 0 &&
                        plain_workers.count > 0;
    if (!simple) return std::nullopt;
    // Who reads what it writes must not hold it up.
    for (const auto& target : targets_of(stage.name, stage.writes)) {
        const auto readers = readers_.find(target.stream);
        if (readers == readers_.end()) continue;
        for (const std::size_t reader : readers->second) {
            const Queue& queue = s_.twin.stages[reader].queue;
            if (queue.capacity != unlimited && queue.full == Queue::Full::block) return std::nullopt;
        }
    }
    found.comings = comings(at);
    if (found.comings.empty()) return std::nullopt;
    std::vector<double> shares;
    std::vector<WorkLaw> laws;
    for (Coming& one : found.comings) {
        const CarriedWork work = work_.of(at, one.load, plain_workers.type.speed);
        if (!work.unknown.empty()) return std::nullopt;
        one.service = work.law;
        found.rate += one.rate;
        shares.push_back(one.rate);
        laws.push_back(one.service);
        found.poisson = found.poisson && s_.loads[one.load].arrivals.kind == Arrivals::Kind::poisson;
        found.alike =
            found.alike && one.service.law && laws.front().law && *one.service.law == *laws.front().law;
    }
    for (double& share : shares) share /= found.rate;
    found.service = mixed(shares, laws);
    found.whole = is_whole({at}) && s_.loads.size() == found.comings.size();
    return found;
}

std::optional<KnownSystemFinder::Lone> KnownSystemFinder::lone(std::size_t at) const {
    const Stage& stage = s_.twin.stages[at];
    const Workers* workers = workers_of(stage);
    if (workers == nullptr) return std::nullopt;
    return lone(at, stage, *workers);
}

void KnownSystemFinder::set_station(KnownSystem& system, const Lone& lone, double present,
                                    double line) const {
    const std::string& name = lone.stage->name;
    using A = Aggregate;
    system.set(A::average, Metric::present, name, present);
    system.set(A::average, Metric::waiting, name, line);
    system.set(A::average, Metric::latency, name, present / lone.rate);
    system.set(A::average, Metric::wait, name, line / lone.rate);
    system.set(A::rate, Metric::arrived, name, lone.rate);
    system.set(A::rate, Metric::completed, name, lone.rate);
    if (lone.pool != name) {
        system.set(A::average, Metric::present, lone.pool, present);
        system.set(A::average, Metric::waiting, lone.pool, line);
    }
    if (!lone.whole) return;
    system.set(A::average, Metric::present, "", present);
    system.set(A::average, Metric::latency, "", present / lone.rate);
    system.set(A::rate, Metric::arrived, "", lone.rate);
    system.set(A::rate, Metric::completed, "", lone.rate);
}

std::vector<KnownSystem> KnownSystemFinder::find(const std::vector<bool>& open) {
    std::vector<KnownSystem> all;
    if (!s_.twin.state.empty()) return all;
    const auto add = [&](std::optional<KnownSystem> system) {
        if (system) all.push_back(std::move(*system));
        return system.has_value();
    };
    for (std::size_t i = 0; i < s_.twin.stages.size(); ++i) {
        if (!open[i]) continue;
        add(phases(i));
    }
    return all;
}

}  // namespace understudy::models
