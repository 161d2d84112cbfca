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
        for (const Need& need : stage.work.runs_on) users_[need.pool].push_back(i);
        for (const Spend& spend : stage.work.spends) ++spenders_[spend.budget];
        cancels_ = cancels_ || (stage.join && stage.join->cancel_rest);
    }
    for (const Pipeline& pipeline : s_.twin.pipelines)
        for (const Task& task : pipeline.tasks) {
            of_pipelines_.insert(task.writes.begin(), task.writes.end());
            of_pipelines_.insert(task.dead_letter);
            for (const Need& need : task.work.runs_on) of_pipelines_.insert(need.pool);
            for (const Spend& spend : task.work.spends) ++spenders_[spend.budget];
        }
}

const Workers* KnownSystemFinder::workers_of(const Stage& stage) const {
    if (stage.work.workers) return stage.work.runs_on.empty() ? &*stage.work.workers : nullptr;
    if (stage.work.runs_on.size() != 1) return nullptr;
    for (const Pool& pool : s_.twin.pools)
        if (pool.name == stage.work.runs_on.front().pool) return &pool.workers;
    return nullptr;
}

bool KnownSystemFinder::is_whole(const std::set<std::size_t>& stages,
                                 const std::vector<Coming>& comings) const {
    return stages.size() == s_.twin.stages.size() && s_.twin.pipelines.empty() &&
           s_.loads.size() == comings.size() &&
           std::all_of(comings.begin(), comings.end(), [](const Coming& one) { return one.only; });
}

std::vector<KnownSystemFinder::Coming> KnownSystemFinder::comings(std::size_t at, std::int64_t lanes) const {
    std::vector<Coming> all;
    for (const std::string& stream : s_.twin.stages[at].reads) {
        if (writers_.contains(stream) || of_pipelines_.contains(stream)) return {};
        for (const Dataset& dataset : s_.twin.datasets)
            if (dataset.name == stream && (dataset.partitions != lanes || dataset.retention)) return {};
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
            one.only = load.writes.targets.size() <= 1;
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

/// Somebody who reads what it writes may make it wait.
bool KnownSystemFinder::is_held_up(std::size_t at) const {
    const Stage& stage = s_.twin.stages[at];
    for (const auto& target : targets_of(stage.name, stage.writes)) {
        const auto readers = readers_.find(target.stream);
        if (readers == readers_.end()) continue;
        for (const std::size_t reader : readers->second) {
            const Queue& queue = s_.twin.stages[reader].queue;
            if (queue.capacity != unlimited && queue.full == Queue::Full::block) return true;
        }
    }
    return false;
}

bool KnownSystemFinder::is_plain(std::size_t at, const Stage& plain) const {
    for (const std::string& stream : plain.reads)
        if (writers_.contains(stream)) return false;  // as most stages of a large network
    return !cancels_ && trouble_of(plain).empty() && plain.queue.capacity == unlimited &&
           plain.queue.timeout.empty() && plain.work.failure == 0 && !is_held_up(at);
}

std::optional<KnownSystemFinder::Lone> KnownSystemFinder::bare(std::size_t at, const Stage& plain) const {
    const Stage& stage = s_.twin.stages[at];
    if (stage.work.workers || !stage.work.runs_on.empty() || !stage.work.service.empty() ||
        !is_plain(at, plain))
        return std::nullopt;
    Lone found;
    found.stage = &stage;
    found.pool = stage.name;
    found.comings = comings(at);
    if (found.comings.empty()) return std::nullopt;
    for (const Coming& one : found.comings) {
        found.rate += one.rate;
        found.poisson = found.poisson && s_.loads[one.load].arrivals.kind == Arrivals::Kind::poisson;
    }
    found.whole = is_whole({at}, found.comings);
    return found;
}

std::optional<KnownSystemFinder::Lone> KnownSystemFinder::lone(std::size_t at, const Stage& plain,
                                                               const Workers& plain_workers, bool sharing,
                                                               std::int64_t lanes) const {
    const Stage& stage = s_.twin.stages[at];
    Lone found;
    found.stage = &stage;
    found.workers = workers_of(stage);
    if (found.workers == nullptr || !is_plain(at, plain)) return std::nullopt;
    found.pool = stage.work.workers ? stage.name : stage.work.runs_on.front().pool;
    const auto users = users_.find(found.pool);
    const std::size_t others =
        users == users_.end() ? 0 : users->second.size() - (stage.work.workers ? 0 : 1);
    if (of_pipelines_.contains(found.pool) || (!sharing && others > 0)) return std::nullopt;
    const bool simple = trouble_of(plain_workers, "").empty() && plain_workers.order == Order::fifo &&
                        !plain_workers.preempt && plain_workers.groups.empty() &&
                        plain_workers.type.cores == 0 && plain_workers.type.memory_bytes == 0 &&
                        plain_workers.bandwidth == 0 && plain_workers.count > 0;
    if (!simple) return std::nullopt;
    found.comings = comings(at, lanes);
    if (found.comings.empty()) return std::nullopt;
    std::vector<double> shares;
    std::vector<WorkLaw> laws;
    for (Coming& one : found.comings) {
        const CarriedWork work = work_.of(at, one.load, plain_workers.type.speed);
        if (!work.unknown.empty() || !(work.law.mean > 0)) return std::nullopt;
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
    found.whole = is_whole({at}, found.comings);
    return found;
}

std::optional<KnownSystemFinder::Lone> KnownSystemFinder::lone(std::size_t at) const {
    const Stage& stage = s_.twin.stages[at];
    const Workers* workers = workers_of(stage);
    if (workers == nullptr) return std::nullopt;
    return lone(at, stage, *workers);
}

std::vector<KnownSystemFinder::Lone> KnownSystemFinder::sharers(
    std::size_t at, const std::string& pool,
    const std::function<std::optional<Lone>(std::size_t)>& each) const {
    std::vector<Lone> all;
    const auto users = users_.find(pool);
    if (users == users_.end() || users->second.front() != at) return {};
    std::set<std::size_t> seen;
    for (const std::size_t i : users->second) {
        auto one = each(i);
        if (!one || !one->poisson) return {};
        // Copies come to several stages at one instant; what is shared out by chance does not.
        for (const Coming& from : one->comings)
            if (!seen.insert(from.load).second && s_.loads[from.load].writes.rule != Writes::Rule::share)
                return {};
        all.push_back(std::move(*one));
    }
    return all;
}

std::optional<WorkLaw> one_law(const Law& law) {
    if (law.terms.size() != 1) return std::nullopt;
    const Term& term = law.terms.front();
    if (!term.field.empty() || term.recorded || term.per != Per::once || !(term.law.mean() > 0))
        return std::nullopt;
    return work_law(term.law);
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
        // Each has a mechanism that the others refuse.
        add(phases(i)) || add(bundles(i)) || add(full_batches(i)) || add(gathering(i)) ||
            add(coming_again(i)) || add(pauses(i)) || add(starts(i)) || add(failures(i)) || add(polling(i)) ||
            add(units(i)) || add(gangs(i)) || add(shorter_line(i)) || add(store(i)) || add(pairs(i));
    }
    // All that there is, whatever of it has an answer by itself.
    add(blocking()) || add(parts()) || add(one_run_at_a_time());
    return all;
}

}  // namespace understudy::models
