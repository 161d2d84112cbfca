#include "models/analytic/network.h"

#include <algorithm>
#include <cmath>

#include "kernel/exact_math.h"
#include "models/analytic/capacity.h"
#include "models/analytic/network_solver.h"

namespace understudy::models {

void NetworkSolver::set_loads() {
    std::size_t closed = 0;
    for (const Load& load : s_.loads) {
        net_.trouble.push_back(trouble_of(load));
        closed += load.arrivals.kind == Arrivals::Kind::users;
        const auto interval = load.arrivals.interval.terms;
        net_.arrivals.push_back(load.arrivals.kind == Arrivals::Kind::poisson ? load.arrivals.rate
                                : load.arrivals.kind == Arrivals::Kind::every && net_.trouble.back().empty()
                                    ? 1 / interval.front().law.mean()
                                    : 0);
    }
    if (closed == 0) return;
    net_.closed = true;
    if (closed < s_.loads.size())
        net_.refused = "users that come back and loads that do not share the system";
    for (std::size_t l = 0; l < s_.loads.size(); ++l)
        if (net_.refused.empty() && !net_.trouble[l].empty()) net_.refused = net_.trouble[l];
    for (const Load& load : s_.loads) {
        if (!in_groups_of_one(load))
            net_.refused = quoted(load.name) + " makes several items at once (items)";
        double think = 0;
        for (const Term& term : load.arrivals.think.terms) {
            if (!term.field.empty() || term.recorded || term.per != Per::once)
                net_.refused = "the thinking of " + quoted(load.name) + " depends on the item";
            else
                think += term.law.mean();
        }
        net_.think.push_back(think);
    }
}

void NetworkSolver::set_rates() {
    if (!net_.closed) {
        net_.items = traffic_.items;
        return;
    }
    // How often each item of a class visits each stage: the rates of one arrival a second.
    Scenario open = s_;
    for (Load& load : open.loads) {
        load.arrivals.kind = Arrivals::Kind::poisson;
        load.arrivals.rate = 1;
    }
    // As light a load as it takes to pass everywhere: rates are linear in it.
    constexpr double light = 1e-9;
    for (Load& load : open.loads) load.arrivals.rate = light;
    net_.items = solve_traffic(open, graph_).items;
    for (auto& row : net_.items)
        for (double& rate : row) rate /= light;
}

std::vector<Way> NetworkSolver::ways(const std::string& name, const Writes& writes) {
    std::vector<Way> result;
    const auto targets = targets_of(name, writes);
    for (const Writes::Target& target : targets) {
        const auto found = readers_.find(target.stream);
        if (found == readers_.end()) continue;
        const bool several = targets.size() > 1;
        const bool in_turn = several && writes.rule == Writes::Rule::round_robin;
        const double share = !several                             ? 1
                             : writes.rule == Writes::Rule::share ? target.share
                             : writes.rule == Writes::Rule::copy  ? 1
                                                                  : 1 / static_cast<double>(targets.size());
        for (const std::size_t stage : found->second) result.push_back({stage, share, in_turn});
    }
    return result;
}

void NetworkSolver::set_ways() {
    for (std::size_t i = 0; i < s_.twin.stages.size(); ++i)
        for (const std::string& stream : s_.twin.stages[i].reads) readers_[stream].push_back(i);
    for (const Load& load : s_.loads) net_.from_load.push_back(ways(load.name, load.writes));
    for (const Stage& stage : s_.twin.stages) {
        net_.from_stage.push_back(ways(stage.name, stage.writes));
        net_.dead_letters.emplace_back();
        const auto found = readers_.find(stage.dead_letter);
        if (!stage.dead_letter.empty() && found != readers_.end())
            for (const std::size_t reader : found->second)
                net_.dead_letters.back().push_back({reader, 1, false});
    }
}

void NetworkSolver::set_workers(NetworkStation& station, const Workers& workers, const Stage& stage) {
    const std::string name = quoted(station.element);
    if (station.refused.empty()) station.refused = trouble_of(workers, name);
    const auto staff = staff_of(workers, s_.twin.types, 0);
    if (staff.size() != 1 || staff.front().workers.size() != 1) {
        if (station.refused.empty()) station.refused = "the workers of " + name + " differ";
        return;
    }
    const WorkerKind& kind = staff.front().workers.front();
    station.workers = kind.count;
    constexpr double most_workers = 1e6;
    if (station.refused.empty() && std::isfinite(kind.count) && kind.count > most_workers)
        station.refused = name + " has more than a million workers";
    if (station.refused.empty() && (kind.cores > 0 || kind.memory_bytes > 0))
        station.refused = "workers of " + name + " are nodes that hold several items";
    if (station.refused.empty() && workers.preempt && workers.order != Order::fifo && kind.count != 1)
        station.refused = "several workers of " + name + " take up the more urgent at once (preempt)";
    // Lines of their own.
    for (const Dataset& dataset : s_.twin.datasets) {
        if (std::find(stage.reads.begin(), stage.reads.end(), dataset.name) == stage.reads.end()) continue;
        if (dataset.retention && station.refused.empty())
            station.refused = "what stays unread in " + quoted(dataset.name) + " is lost (retention)";
        if (dataset.partitions == 0 || !station.refused.empty()) continue;
        const auto lanes = static_cast<double>(dataset.partitions);
        const bool dealt = dataset.by == Dataset::By::round_robin || dataset.by == Dataset::By::random;
        const bool own = lanes == 1
                             ? kind.count == 1
                             : dealt && stage.reads.size() == 1 && stage.work.workers && kind.count == lanes;
        if (!own) station.refused = "the partitions of " + quoted(dataset.name) + " are lines of their own";
        station.lanes = lanes;
    }
}

void NetworkSolver::set_visits(NetworkStation& station, std::size_t i) {
    const Stage& stage = s_.twin.stages[i];
    const std::size_t at = net_.station_of[i];
    const Workers* workers = workers_of(station);
    double speed = 1;
    if (workers != nullptr) {
        const auto staff = staff_of(*workers, s_.twin.types, 0);
        if (!staff.empty() && !staff.front().workers.empty()) speed = staff.front().workers.front().speed;
    }
    for (std::size_t l = 0; l < s_.loads.size(); ++l) {
        if (!(net_.items[i][l] > 0)) continue;
        Visit visit;
        visit.stage = i;
        visit.load = l;
        visit.items = net_.items[i][l];
        if (const auto tries = tries_of(stage.work)) visit.attempts = tries->expected;
        const CarriedWork work = work_.of(i, l, speed);
        if (!work.unknown.empty() && station.refused.empty()) station.refused = work.unknown;
        visit.service = work.law;
        visit.speed = speed;
        if (work.carried_twice) station.carried = true;
        // Whose turn it is.
        double urgent = 0;
        if (stage.work.priority) {
            urgent = *stage.work.priority;
        } else if (!s_.loads[l].priority.empty()) {
            const Law& law = s_.loads[l].priority;
            const bool matters = workers != nullptr && workers->order == Order::priority;
            if (law.is_constant())
                urgent = law.terms.front().law.mean();
            else if (matters && station.refused.empty())
                station.refused = "priorities of " + quoted(s_.loads[l].name) + " are drawn";
        }
        urgency_[at].push_back(urgent);
        station.visits.push_back(std::move(visit));
    }
}

void NetworkSolver::set_stations() {
    const auto& stages = s_.twin.stages;
    std::map<std::string, std::size_t> by_pool;
    net_.station_of.assign(stages.size(), 0);
    for (std::size_t i = 0; i < stages.size(); ++i) {
        const Work& work = stages[i].work;
        const bool works = work.workers || !work.runs_on.empty();
        const std::string element = works && !work.workers ? work.runs_on.front().pool : stages[i].name;
        const auto [found, fresh] = by_pool.emplace(element, net_.stations.size());
        net_.station_of[i] = found->second;
        if (fresh) {
            net_.stations.emplace_back();
            net_.stations.back().element = element;
            net_.stations.back().passes = !works;
            if (!works) net_.stations.back().workers = INFINITY;
            stages_of_.emplace_back();
        }
        stages_of_[found->second].push_back(i);
    }
    const std::size_t n = net_.stations.size();
    into_.resize(n);
    behind_.resize(n);
    groups_in_.assign(n, false);
    spoils_.resize(n);
    spoilt_.resize(n);
    bursty_.resize(n);
    caveats_.resize(n);
    departure_scv_.assign(n, 1);
    urgency_.resize(n);
    for (std::size_t i = 0; i < stages.size(); ++i) {
        NetworkStation& station = net_.stations[net_.station_of[i]];
        if (station.refused.empty()) station.refused = trouble_of(stages[i]);
        if (const Workers* workers = workers_of(station)) set_workers(station, *workers, stages[i]);
        set_visits(station, i);
        const auto blocks = [&](const Stage& reader) {
            return reader.queue.capacity != unlimited && reader.queue.full == Queue::Full::block;
        };
        for (const auto* ways : {&net_.from_stage[i], &net_.dead_letters[i]})
            for (const Way& way : *ways)
                if (station.refused.empty() && blocks(stages[way.to]))
                    station.refused = trouble_of(stages[way.to]);
        if (stages[i].queue.capacity != unlimited || !stages[i].queue.timeout.empty())
            for (const Way& way : net_.dead_letters[i])
                refuse(net_.station_of[way.to], "what " + quoted(stages[i].name) + " loses comes there");
        const Writes::Rule rule = stages[i].writes.rule;
        const bool several = stages[i].writes.targets.size() > 1;
        if (several &&
            (rule == Writes::Rule::shortest || rule == Writes::Rule::key || rule == Writes::Rule::by_class ||
             rule == Writes::Rule::by_value || rule == Writes::Rule::split))
            for (const Way& way : net_.from_stage[i])
                refuse(net_.station_of[way.to],
                       quoted(stages[i].name) + " sends items by what they or others are");
    }
    for (std::size_t l = 0; l < s_.loads.size(); ++l) {
        const Writes::Rule rule = s_.loads[l].writes.rule;
        const bool several = s_.loads[l].writes.targets.size() > 1;
        for (const Way& way : net_.from_load[l]) {
            const std::size_t to = net_.station_of[way.to];
            if (!in_groups_of_one(s_.loads[l])) groups_in_[to] = true;
            if (several && rule != Writes::Rule::share && rule != Writes::Rule::round_robin &&
                rule != Writes::Rule::copy)
                refuse(to, quoted(s_.loads[l].name) + " sends items by what they or others are");
            if (!net_.trouble[l].empty()) refuse(to, net_.trouble[l]);
        }
    }
    // Tasks of pipelines on a pool come all at once.
    for (const Pipeline& pipeline : s_.twin.pipelines) {
        if (pipeline.schedule.kind == Schedule::Kind::each ||
            pipeline.schedule.kind == Schedule::Kind::updated)
            net_.whole_refused = "runs of " + quoted(pipeline.name) + " come of what arrives";
        for (const Task& task : pipeline.tasks) {
            for (const Need& need : task.work.runs_on)
                if (const auto found = by_pool.find(need.pool); found != by_pool.end())
                    refuse(found->second, "tasks of " + quoted(pipeline.name) + " run there as well");
            for (const std::string& stream : task.writes)
                if (const auto found = readers_.find(stream); found != readers_.end())
                    for (const std::size_t reader : found->second)
                        refuse(net_.station_of[reader],
                               "what " + quoted(pipeline.name) + " writes comes all at once");
            if (const auto found = readers_.find(task.dead_letter); found != readers_.end())
                for (const std::size_t reader : found->second)
                    refuse(net_.station_of[reader],
                           "what " + quoted(pipeline.name) + " writes comes all at once");
        }
    }
    refuse_where_copies_meet();
    const auto add = [&](std::size_t to, const Flow& flow) {
        if (!(flow.rate > 0)) return;
        if (flow.from != SIZE_MAX) behind_[flow.from].push_back(to);
        into_[to].push_back(flow);
    };
    for (std::size_t l = 0; l < s_.loads.size(); ++l)
        for (const Way& way : net_.from_load[l])
            add(net_.station_of[way.to], {SIZE_MAX, l, net_.arrivals[l] * way.share, way.share, way.in_turn});
    for (std::size_t i = 0; i < stages.size(); ++i) {
        const auto tries = tries_of(stages[i].work);
        if (!tries) continue;
        double items = 0;
        for (const double rate : net_.items[i]) items += rate;
        const std::size_t from = net_.station_of[i];
        const double all = rate_of(net_.stations[from]);
        const auto send = [&](const std::vector<Way>& ways, double passed) {
            for (const Way& way : ways) {
                const double rate = items * passed * way.share;
                add(net_.station_of[way.to],
                    {from, SIZE_MAX, rate, all > 0 ? rate / all : 0,
                     way.in_turn && stages_of_[from].size() == 1 && tries->expected == 1});
            }
        };
        send(net_.from_stage[i], tries->success);
        send(net_.dead_letters[i], 1 - tries->success);
    }
}

void NetworkSolver::refuse(std::size_t at, const std::string& why) {
    if (net_.stations[at].refused.empty()) net_.stations[at].refused = why;
}

/// Copies of an item that come to one station do not come independently.
void NetworkSolver::refuse_where_copies_meet() {
    const auto branches = [&](const std::vector<Way>& ways) {
        double sum = 0;
        for (const Way& way : ways) sum += way.share;
        return ways.size() > 1 && sum > 1 + nothing;
    };
    const auto spread = [&](const std::string& name, const std::vector<Way>& ways) {
        if (!branches(ways)) return;
        net_.whole_refused = "of the copies that " + quoted(name) + " makes of an item the last one counts";
        std::vector<std::size_t> reached_by(net_.stations.size(), SIZE_MAX);
        for (std::size_t branch = 0; branch < ways.size(); ++branch) {
            std::set<std::size_t> seen;
            std::vector<std::size_t> open = {ways[branch].to};
            while (!open.empty()) {
                const std::size_t stage = open.back();
                open.pop_back();
                if (!seen.insert(stage).second) continue;
                std::size_t& by = reached_by[net_.station_of[stage]];
                if (by != SIZE_MAX && by != branch)
                    refuse(net_.station_of[stage],
                           "copies of an item meet again there, or wait for each other");
                by = branch;
                for (const auto* next : {&net_.from_stage[stage], &net_.dead_letters[stage]})
                    for (const Way& way : *next) open.push_back(way.to);
            }
        }
    };
    for (std::size_t l = 0; l < s_.loads.size(); ++l) spread(s_.loads[l].name, net_.from_load[l]);
    for (std::size_t i = 0; i < s_.twin.stages.size(); ++i)
        spread(s_.twin.stages[i].name, net_.from_stage[i]);
}

const Workers* NetworkSolver::workers_of(const NetworkStation& station) const {
    const GraphIndex vertex = graph_.find(VertexKind::pool, station.element);
    if (vertex == Graph::null_vertex() || station.passes) return nullptr;
    const GraphVertex& info = graph_.graph()[vertex];
    if (info.own == GraphVertex::Own::of_stage) return &*s_.twin.stages[info.position].work.workers;
    return info.own == GraphVertex::Own::no ? &s_.twin.pools[info.position].workers : nullptr;
}

WorkLaw NetworkSolver::service_of(const NetworkStation& station) const {
    std::vector<double> shares;
    std::vector<WorkLaw> laws;
    const double all = rate_of(station);
    for (const Visit& visit : station.visits) {
        shares.push_back(visit.rate() / all);
        laws.push_back(visit.service);
    }
    return mixed(shares, laws);
}

std::optional<Tries> tries_of(const Work& work) {
    Tries tries;
    const double p = work.failure;
    if (p <= 0) return tries;
    double all_fail = 1;
    tries.expected = 0;
    constexpr std::int64_t most = 100'000;
    for (std::int64_t i = 0; i <= std::min(work.retry.times, most); ++i) {
        tries.expected += all_fail;
        all_fail *= p;
        if (i == work.retry.times) break;
        double pause = 0;
        if (work.retry.first) {
            pause = kernel::to_seconds(*work.retry.first) *
                    kernel::exact::pow(work.retry.factor, static_cast<double>(i));
            if (work.retry.max != kernel::never) pause = std::min(pause, kernel::to_seconds(work.retry.max));
            pause *= 1 - work.retry.jitter / 2;
        } else if (!work.retry.backoff.empty()) {
            const auto at = std::min(static_cast<std::size_t>(i), work.retry.backoff.size() - 1);
            for (const Term& term : work.retry.backoff[at].terms) {
                if (!term.field.empty() || term.recorded || term.per != Per::once) return std::nullopt;
                pause += term.law.mean();
            }
        }
        tries.pauses += all_fail * pause;
        if (all_fail < 1e-18) break;
    }
    tries.success = work.retry.times == unlimited ? 1 : 1 - all_fail;
    return tries;
}

Network solve_network(const Scenario& scenario, const ScenarioGraph& graph, const TrafficSolution& traffic) {
    return NetworkSolver(scenario, graph, traffic).solve();
}

}  // namespace understudy::models
