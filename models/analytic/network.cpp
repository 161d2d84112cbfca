#include "models/analytic/network.h"

#include <Eigen/LU>
#include <algorithm>
#include <boost/graph/strong_components.hpp>
#include <cmath>
#include <map>
#include <set>

#include "kernel/exact_math.h"
#include "models/analytic/capacity.h"
#include "models/analytic/closed.h"
#include "models/analytic/work.h"

namespace understudy::models {

namespace {

constexpr double nothing = 1e-12;

std::string quoted(const std::string& name) { return "'" + name + "'"; }

/// What keeps a load from being the same all the time, one by one, and known; empty: nothing.
std::string trouble_of(const Load& load) {
    const std::string name = quoted(load.name);
    if (!load.profile.empty()) return name + " varies over time (profile)";
    if (load.arrivals.kind == Arrivals::Kind::states) return name + " comes in bursts (states)";
    if (load.arrivals.kind == Arrivals::Kind::recorded) return name + " is recorded, and not a law";
    if (load.arrivals.kind == Arrivals::Kind::saturated) return name + " is saturated";
    if (load.count != unlimited) return name + " ends after so many items (count)";
    if (load.from > 0 || load.until != kernel::never) return name + " is on for a time only (from, until)";
    if (!load.delay.empty()) return name + " comes late (delay)";
    if (load.arrivals.kind == Arrivals::Kind::every &&
        (load.arrivals.interval.terms.size() != 1 || !load.arrivals.interval.terms.front().field.empty() ||
         load.arrivals.interval.terms.front().recorded))
        return "the times between arrivals of " + name + " are not one law";
    return "";
}

bool in_groups_of_one(const Load& load) {
    return load.items.empty() || (load.items.is_constant() && load.items.terms[0].law.mean() == 1);
}

std::string trouble_of(const Workers& workers, const std::string& name) {
    if (workers.scale || workers.least) return "the number of workers of " + name + " follows the work";
    if (!workers.steps.empty()) return "the number of workers of " + name + " changes over time";
    if (!workers.outages.empty()) return "workers of " + name + " fail or pause (outages)";
    if (!workers.poll.empty()) return "workers of " + name + " look for work now and then (poll)";
    if (!workers.launch.empty() || !workers.release.empty())
        return name + " holds workers beyond the service (launch, release)";
    if (!workers.speedup.empty())
        return "the speed of " + name + " depends on how many are at work (speedup)";
    switch (workers.order) {
        case Order::cyclic: return name + " goes from stage to stage (order: cyclic)";
        case Order::shortest: return name + " looks at how long work takes (order: shortest)";
        case Order::deadline: return name + " goes by deadlines";
        default: break;
    }
    if (workers.preempt && workers.interrupted != Interrupted::resume)
        return "work that is cut off at " + name + " does not resume";
    return "";
}

std::string trouble_of(const Stage& stage) {
    const std::string name = quoted(stage.name);
    if (stage.join) return name + " joins parts or inputs";
    if (stage.batch) return name + " gathers batches";
    if (stage.window) return name + " gathers windows";
    if (stage.take > 1) return "workers of " + name + " take up several items at once (take)";
    if (!stage.holds_until.empty()) return name + " keeps workers beyond its service (holds_until)";
    if (!stage.work.spends.empty()) return name + " waits for a budget";
    if (stage.work.timeout) return name + " cuts attempts off (timeout)";
    if (stage.emits.items != 1) return name + " makes several items of one (emits)";
    if (stage.queue.capacity != unlimited && stage.queue.full == Queue::Full::block)
        return "a full queue at " + name + " blocks what comes before it";
    if (stage.queue.capacity != unlimited && stage.queue.full == Queue::Full::retry)
        return "items that find the queue of " + name + " full come back";
    const std::size_t needs = stage.work.runs_on.size() + (stage.work.workers ? 1 : 0);
    if (needs > 1) return name + " needs several pools at once";
    for (const Need& need : stage.work.runs_on) {
        if (need.count > 1) return name + " needs several workers at once";
        if (need.cores > 0 || need.memory_bytes > 0) return name + " needs cores or memory of nodes";
        if (!need.skill.empty()) return "not every worker can do " + name;
    }
    if (!stage.work.launch.empty()) return name + " holds workers beyond the service (launch)";
    if (!tries_of(stage.work)) return "the pauses before retries at " + name + " depend on the item";
    return "";
}

class NetworkSolver {
public:
    NetworkSolver(const Scenario& scenario, const ScenarioGraph& graph, const TrafficSolution& traffic)
        : s_(scenario), graph_(graph), traffic_(traffic), work_(scenario, graph) {}

    Network solve() {
        if (s_.loads.empty()) {
            net_.refused = "no load makes items: pipelines have no formula";
            return std::move(net_);
        }
        set_loads();
        if (!net_.refused.empty()) return std::move(net_);
        set_rates();
        set_ways();
        set_stations();
        if (net_.closed)
            solve_as_closed();
        else
            solve_as_open();
        return std::move(net_);
    }

private:
    /// What flows from one station, or from outside, into another.
    struct Flow {
        std::size_t from = SIZE_MAX, load = SIZE_MAX;  ///< a station, or a load
        double rate = 0;
        double share = 0;  ///< of what leaves there
        bool in_turn = false;
    };

    void set_loads();
    void set_rates();
    void set_ways();
    std::vector<Way> ways(const std::string& name, const Writes& writes);
    void set_stations();
    void set_visits(NetworkStation& station, std::size_t stage);
    void set_workers(NetworkStation& station, const Workers& workers, const Stage& stage);
    void refuse_where_copies_meet();
    void solve_as_open();
    void solve_component(const std::vector<std::size_t>& members, bool loop);
    void solve_station(std::size_t at, bool poisson);
    void solve_losing(NetworkStation& station, const Stage& stage, bool poisson);
    void solve_by_urgency(NetworkStation& station, const WorkLaw& service);
    void approximate(std::size_t at, const WorkLaw& service);
    std::optional<kernel::Distribution> renewal_input(std::size_t at) const;
    std::pair<double, double> departure_of(std::size_t at) const;
    void set_variability(const std::vector<std::size_t>& members);
    double external_scv(std::size_t load) const;
    void solve_as_closed();
    void refuse(std::size_t at, const std::string& why);
    double rate_of(const NetworkStation& station) const {
        double sum = 0;
        for (const Visit& visit : station.visits) sum += visit.rate();
        return sum;
    }
    WorkLaw service_of(const NetworkStation& station) const;
    void share_out(NetworkStation& station);
    bool urgency_matters(const NetworkStation& station) const;
    std::string not_quasi_reversible(const NetworkStation& station) const;
    const Workers* workers_of(const NetworkStation& station) const;
    /// The one stage of the station, where it has no other.
    const Stage* only_stage(std::size_t at) const {
        return stages_of_[at].size() == 1 ? &s_.twin.stages[stages_of_[at].front()] : nullptr;
    }

    const Scenario& s_;
    const ScenarioGraph& graph_;
    const TrafficSolution& traffic_;
    const WorkOfItems work_;
    Network net_;
    std::map<std::string, std::vector<std::size_t>> readers_;
    std::vector<std::string> load_trouble_;
    std::vector<std::vector<std::size_t>> stages_of_;  ///< by station
    std::vector<std::vector<Flow>> into_;              ///< by station
    std::vector<std::vector<std::size_t>> behind_;     ///< by station: where what leaves goes
    std::vector<bool> depends_;  ///< by station: a value that an item carries decides its work more than once
    std::vector<bool> groups_in_;  ///< by station: items of an arrival come together
    /// By station: why what leaves it is not Poisson; empty: it is.
    std::vector<std::string> spoils_;
    std::vector<std::string> spoilt_;  ///< by station: why what comes is not
    std::vector<double> departure_scv_;
    std::vector<std::vector<double>> urgency_;  ///< by station, of its visits
};

void NetworkSolver::set_loads() {
    std::size_t closed = 0;
    for (const Load& load : s_.loads) {
        load_trouble_.push_back(trouble_of(load));
        closed += load.arrivals.kind == Arrivals::Kind::users;
        const auto interval = load.arrivals.interval.terms;
        net_.arrivals.push_back(load.arrivals.kind == Arrivals::Kind::poisson ? load.arrivals.rate
                                : load.arrivals.kind == Arrivals::Kind::every && load_trouble_.back().empty()
                                    ? 1 / interval.front().law.mean()
                                    : 0);
    }
    if (closed == 0) return;
    net_.closed = true;
    if (closed < s_.loads.size())
        net_.refused = "users that come back and loads that do not share the system";
    for (std::size_t l = 0; l < s_.loads.size(); ++l)
        if (net_.refused.empty() && !load_trouble_[l].empty()) net_.refused = load_trouble_[l];
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
        if (dataset.partitions <= 1 || !station.refused.empty()) continue;
        const auto lanes = static_cast<double>(dataset.partitions);
        const bool dealt = dataset.by == Dataset::By::round_robin || dataset.by == Dataset::By::random;
        if (!dealt || stage.reads.size() > 1 || !stage.work.workers || kind.count != lanes)
            station.refused = "the partitions of " + quoted(dataset.name) + " are lines of their own";
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
        if (work.carried_twice) depends_[at] = true;
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
    depends_.assign(n, false);
    groups_in_.assign(n, false);
    spoils_.resize(n);
    spoilt_.resize(n);
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
        for (const Way& way : net_.from_stage[i])
            if (station.refused.empty() && blocks(stages[way.to]))
                station.refused = trouble_of(stages[way.to]);
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
            if (!load_trouble_[l].empty()) refuse(to, load_trouble_[l]);
        }
    }
    // Tasks of pipelines on a pool come all at once.
    for (const Pipeline& pipeline : s_.twin.pipelines)
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

bool NetworkSolver::urgency_matters(const NetworkStation& station) const {
    const Workers* workers = workers_of(station);
    const auto& urgent = urgency_[static_cast<std::size_t>(&station - net_.stations.data())];
    return workers != nullptr && workers->order == Order::priority &&
           std::any_of(urgent.begin(), urgent.end(), [&](double one) { return one != urgent.front(); });
}

/// Why what leaves a station is not Poisson though what comes is; empty: it is.
std::string NetworkSolver::not_quasi_reversible(const NetworkStation& station) const {
    const std::string name = quoted(station.element);
    const Workers* workers = workers_of(station);
    const Stage* stage = only_stage(static_cast<std::size_t>(&station - net_.stations.data()));
    if (depends_[static_cast<std::size_t>(&station - net_.stations.data())])
        return "work at " + name + " goes by values that items carry to several stages";
    if (std::isinf(station.workers)) return "";
    if (stage != nullptr && (stage->queue.capacity != unlimited || !stage->queue.timeout.empty()))
        return name + " loses items";
    if (station.lanes > 1) return name + " deals items to partitions";
    if (urgency_matters(station)) return name + " goes by priorities";
    if (workers != nullptr && workers->order == Order::shared) return "";
    if (workers != nullptr && workers->order == Order::lifo && workers->preempt) return "";
    for (const Visit& visit : station.visits) {
        if (!visit.service.exponential) return "services at " + name + " are not exponential";
        if (std::fabs(visit.service.mean - station.visits.front().service.mean) >
            nothing * station.visits.front().service.mean)
            return "services at " + name + " differ";
    }
    if (workers != nullptr && workers->order == Order::fair && station.visits.size() > 1)
        return name + " shares fairly among loads";
    return "";
}

void NetworkSolver::solve_as_open() {
    const std::size_t n = net_.stations.size();
    std::map<std::string, std::size_t> by_name;
    for (std::size_t at = 0; at < n; ++at)
        if (!net_.stations[at].passes) by_name.emplace(net_.stations[at].element, at);
    for (const StationForecast& forecast : traffic_.stations) {
        const auto found = by_name.find(forecast.element);
        if (found == by_name.end() || (forecast.stable && !forecast.critical)) continue;
        NetworkStation& station = net_.stations[found->second];
        const Stage* stage = only_stage(found->second);
        const bool sheds =
            stage != nullptr && (stage->queue.capacity != unlimited || !stage->queue.timeout.empty());
        if (sheds || !station.refused.empty()) continue;
        station.critical = forecast.critical;
        station.unstable = !forecast.critical;
        station.refused = quoted(station.element) + (forecast.critical ? " is offered exactly what it can do"
                                                                       : " is offered more than it can do");
    }
    boost::adjacency_list<boost::vecS, boost::vecS, boost::directedS> graph(n);
    std::vector<bool> loops(n, false);
    for (std::size_t at = 0; at < n; ++at)
        for (const std::size_t to : behind_[at]) {
            boost::add_edge(at, to, graph);
            if (to == at) loops[at] = true;
        }
    for (std::size_t at = 0; at < n; ++at)
        for (const Visit& visit : net_.stations[at].visits) loops[at] = loops[at] || visit.attempts > 1;
    std::vector<std::size_t> component(n);
    const std::size_t components = boost::strong_components(
        graph, boost::make_iterator_property_map(component.begin(), boost::get(boost::vertex_index, graph)));
    std::vector<std::vector<std::size_t>> members(components);
    for (std::size_t at = 0; at < n; ++at) members[component[at]].push_back(at);
    // Components are numbered from what is behind all others.
    for (std::size_t c = components; c-- > 0;)
        solve_component(members[c], members[c].size() > 1 || loops[members[c].front()]);
}

void NetworkSolver::solve_component(const std::vector<std::size_t>& members, bool loop) {
    std::string trouble;
    bool unstable = false, critical = false;
    for (const std::size_t at : members) {
        const NetworkStation& station = net_.stations[at];
        if (!station.refused.empty() && trouble.empty()) trouble = station.refused;
        unstable = unstable || station.unstable;
        critical = critical || station.critical;
    }
    if (!trouble.empty()) {
        for (const std::size_t at : members) {
            NetworkStation& station = net_.stations[at];
            // What circles with an overloaded station gets what passes there: that one's trouble, not its own.
            refuse(at, trouble);
            for (const std::size_t to : behind_[at]) refuse(to, station.refused);
        }
        return;
    }
    // Does all that comes from outside come as Poisson streams?
    std::string spoilt;
    const std::set<std::size_t> inside(members.begin(), members.end());
    for (const std::size_t at : members)
        for (const Flow& flow : into_[at]) {
            std::string why;
            if (flow.load != SIZE_MAX) {
                if (s_.loads[flow.load].arrivals.kind != Arrivals::Kind::poisson)
                    why = "arrivals of " + quoted(s_.loads[flow.load].name) + " are not Poisson";
                else if (!in_groups_of_one(s_.loads[flow.load]))
                    why = quoted(s_.loads[flow.load].name) + " makes several items at once (items)";
                else if (flow.in_turn)
                    why = quoted(s_.loads[flow.load].name) + " is dealt in turn";
            } else if (!inside.contains(flow.from)) {
                why = spoils_[flow.from];
                if (why.empty() && flow.in_turn)
                    why = quoted(net_.stations[flow.from].element) + " deals in turn";
            } else if (flow.in_turn) {
                why = quoted(net_.stations[flow.from].element) + " deals in turn";
            }
            if (spoilt.empty()) spoilt = why;
        }
    if (loop)
        for (const std::size_t at : members) {
            const std::string why = not_quasi_reversible(net_.stations[at]);
            if (spoilt.empty() && !why.empty()) spoilt = why + ", and items come back to it";
        }
    const bool poisson = spoilt.empty();
    if (!poisson) set_variability(members);
    for (const std::size_t at : members) {
        NetworkStation& station = net_.stations[at];
        spoilt_[at] = spoilt;
        if (station.visits.empty()) {
            refuse(at, "nothing comes to " + quoted(station.element));
            continue;
        }
        solve_station(at, poisson);
        if (poisson) {
            const auto [own, passed] = departure_of(at);
            departure_scv_[at] = own + passed;
        }
        spoils_[at] = poisson ? not_quasi_reversible(station) : spoilt;
        if (!station.refused.empty())
            for (const std::size_t to : behind_[at]) refuse(to, station.refused);
    }
}

double NetworkSolver::external_scv(std::size_t load) const {
    const Load& from = s_.loads[load];
    if (from.arrivals.kind == Arrivals::Kind::poisson) return 1;
    const kernel::Distribution& law = from.arrivals.interval.terms.front().law;
    return law.variance() / (law.mean() * law.mean());
}

/// The variability of departures: a constant part, and what they keep of that of arrivals (Whitt 1983, eqs. 38, 39).
std::pair<double, double> NetworkSolver::departure_of(std::size_t at) const {
    const NetworkStation& station = net_.stations[at];
    if (station.visits.empty() || std::isinf(station.workers)) return {0, 1};
    const WorkLaw service = service_of(station);
    const double load = std::min(1.0, rate_of(station) * service.mean / station.workers);
    const double x = 1 + (std::max(service.scv(), 0.2) - 1) / std::sqrt(station.workers);
    return {load * load * x, 1 - load * load};
}

void NetworkSolver::set_variability(const std::vector<std::size_t>& members) {
    // Whitt 1983: arrivals of j have c2_j = a_j + sum over i of b_ij c2_i; what comes from other components is known.
    const auto size = static_cast<Eigen::Index>(members.size());
    std::map<std::size_t, Eigen::Index> position;
    for (Eigen::Index k = 0; k < size; ++k) position[members[static_cast<std::size_t>(k)]] = k;
    Eigen::MatrixXd matrix = Eigen::MatrixXd::Identity(size, size);
    Eigen::VectorXd right = Eigen::VectorXd::Zero(size);
    for (Eigen::Index k = 0; k < size; ++k) {
        const std::size_t at = members[static_cast<std::size_t>(k)];
        const NetworkStation& station = net_.stations[at];
        const double all = rate_of(station);
        double arriving = 0, squares = 0;
        for (const Flow& flow : into_[at]) arriving += flow.rate;
        if (!(arriving > 0)) continue;
        for (const Flow& flow : into_[at]) squares += flow.rate * flow.rate / (arriving * arriving);
        double load = 0;
        if (std::isfinite(station.workers) && !station.visits.empty())
            load = std::min(1.0, all * service_of(station).mean / station.workers);
        const double streams = 1 / squares;
        const double weight = 1 / (1 + 4 * (1 - load) * (1 - load) * (streams - 1));
        double constant = 1 - weight;
        for (const Flow& flow : into_[at]) {
            const double part = flow.rate / arriving;
            const double kept = flow.share, by_chance = flow.in_turn ? 0 : 1 - flow.share;
            if (flow.load != SIZE_MAX) {
                double scv = external_scv(flow.load);
                if (!in_groups_of_one(s_.loads[flow.load])) scv = INFINITY;
                constant += weight * part * (kept * scv + by_chance);
                continue;
            }
            const auto found = position.find(flow.from);
            if (found == position.end()) {
                constant += weight * part * (kept * departure_scv_[flow.from] + by_chance);
                continue;
            }
            const auto [own, passed] = departure_of(flow.from);
            constant += weight * part * (kept * own + by_chance);
            matrix(k, found->second) -= weight * part * kept * passed;
        }
        right(k) = constant;
    }
    const Eigen::VectorXd scv = matrix.partialPivLu().solve(right);
    for (Eigen::Index k = 0; k < size; ++k) {
        const std::size_t at = members[static_cast<std::size_t>(k)];
        net_.stations[at].arrival_scv = std::max(0.0, scv(k));
        const auto [own, passed] = departure_of(at);
        departure_scv_[at] = own + passed * net_.stations[at].arrival_scv;
    }
}

/// The law of the times between arrivals, where they are independent: one load, or one dealt in turn.
std::optional<kernel::Distribution> NetworkSolver::renewal_input(std::size_t at) const {
    if (into_[at].size() != 1 || into_[at].front().load == SIZE_MAX) return std::nullopt;
    const Flow& flow = into_[at].front();
    const Load& load = s_.loads[flow.load];
    if (!in_groups_of_one(load)) return std::nullopt;
    const double lanes = net_.stations[at].lanes;
    if (load.arrivals.kind == Arrivals::Kind::poisson) {
        const double in_turn = (flow.in_turn ? std::round(1 / flow.share) : 1) * lanes;
        if (!flow.in_turn && flow.share != 1) return std::nullopt;
        constexpr double most = 1e6;
        if (in_turn > most) return std::nullopt;
        return kernel::Distribution::erlang(in_turn, in_turn / load.arrivals.rate);
    }
    if (flow.share != 1 || lanes != 1) return std::nullopt;
    return load.arrivals.interval.terms.front().law;
}

/// Each visit of a station that treats all alike gets its wait.
void NetworkSolver::share_out(NetworkStation& station) {
    for (Visit& visit : station.visits) {
        visit.wait = station.queue.wait;
        visit.latency = station.queue.wait + visit.service.mean;
        visit.waits = station.queue.waits;
        if (station.line_is_shared) {
            visit.latency = visit.service.mean * station.queue.latency() / station.queue.service;
            visit.wait = 0;
        }
    }
}

void NetworkSolver::solve_losing(NetworkStation& station, const Stage& stage, bool poisson) {
    const std::string name = quoted(station.element);
    const Workers* workers = workers_of(station);
    const bool plain = workers != nullptr && workers->order == Order::fifo && stage.reads.size() == 1 &&
                       station.lanes == 1 && stage.work.failure == 0;
    const WorkLaw service = service_of(station);
    const bool patience = !stage.queue.timeout.empty(), places = stage.queue.capacity != unlimited;
    if (!poisson) {
        station.refused = name + " loses items, and what comes is not Poisson";
        return;
    }
    const double rate = rate_of(station);
    if (plain && places && !patience && stage.queue.capacity == 0) {
        station.queue = erlang_b(rate, service.mean, station.workers);
    } else if (plain && service.exponential && places && !patience) {
        station.queue =
            bounded(rate, service.mean, station.workers, static_cast<double>(stage.queue.capacity));
    } else if (plain && service.exponential && patience && !places && stage.queue.timeout.terms.size() == 1) {
        const Term& term = stage.queue.timeout.terms.front();
        const bool known =
            term.field.empty() && !term.recorded && term.per == Per::once && !term.law.is_truncated();
        if (known && term.law.is_constant() && term.law.mean() > 0)
            station.queue = patient_until(rate, service.mean, station.workers, term.law.mean());
        else if (known && term.law.kind() == kernel::Distribution::Kind::exponential && term.law.mean() > 0)
            station.queue = impatient(rate, service.mean, station.workers, term.law.mean());
        else
            station.refused = "no formula for how long items wait at " + name + " before they give up";
    } else {
        station.refused = name + " loses items, and no formula is known for how many";
    }
    if (!station.refused.empty()) return;
    net_.whole_refused = name + " loses items";
    for (const std::size_t to : behind_[static_cast<std::size_t>(&station - net_.stations.data())])
        refuse(to, name + " loses items, and what passes is not Poisson");
}

void NetworkSolver::solve_by_urgency(NetworkStation& station, const WorkLaw& service) {
    const Workers* workers = workers_of(station);
    const auto& urgent = urgency_[static_cast<std::size_t>(&station - net_.stations.data())];
    std::set<double, std::greater<>> levels(urgent.begin(), urgent.end());
    std::vector<UrgencyClass> classes;
    std::vector<double> rates;
    for (const double level : levels) {
        UrgencyClass one;
        std::vector<double> shares;
        std::vector<WorkLaw> laws;
        for (std::size_t v = 0; v < station.visits.size(); ++v)
            if (urgent[v] == level) {
                one.rate += station.visits[v].rate();
                shares.push_back(station.visits[v].rate());
                laws.push_back(station.visits[v].service);
            }
        for (double& share : shares) share /= one.rate;
        one.service = mixed(shares, laws);
        rates.push_back(one.rate);
        classes.push_back(std::move(one));
    }
    station.queue = one_server(rate_of(station), service);
    station.common_wait = false;
    std::vector<double> waits;
    if (station.workers == 1) {
        waits = priority_waits(classes, workers->preempt);
        station.queue.method = workers->preempt ? "M/G/1 priorities" : "Cobham";
    } else if (not_quasi_reversible(station).ends_with("goes by priorities") &&
               std::all_of(station.visits.begin(), station.visits.end(), [&](const Visit& visit) {
                   return visit.service.exponential &&
                          std::fabs(visit.service.mean - service.mean) <= nothing * service.mean;
               })) {
        station.queue = erlang_c(rate_of(station), service.mean, station.workers);
        waits = priority_waits(rates, service.mean, station.workers);
        station.queue.method = "M/M/c priorities";
    } else {
        station.refused = "no formula for priorities among several workers of " + quoted(station.element) +
                          " whose services are not one exponential law";
        return;
    }
    station.queue.wait = 0;
    for (std::size_t v = 0; v < station.visits.size(); ++v) {
        Visit& visit = station.visits[v];
        const auto level = static_cast<std::size_t>(std::distance(levels.begin(), levels.find(urgent[v])));
        visit.wait = waits[level];
        visit.latency = visit.wait + visit.service.mean;
        if (!workers->preempt) visit.waits = station.queue.waits;
        station.queue.wait += visit.wait * visit.rate() / rate_of(station);
    }
    station.queue.line = station.queue.wait * rate_of(station);
    station.queue.wait_law.reset();
    station.queue.latency_law.reset();
    station.queue.one_server.reset();
    station.queue.wait_variance.reset();
    station.queue.latency_variance.reset();
    if (workers->preempt) station.queue.waits.reset();
    station.queue.present.clear();
}

void NetworkSolver::approximate(std::size_t at, const WorkLaw& service) {
    NetworkStation& station = net_.stations[at];
    if (!std::isfinite(station.arrival_scv)) {
        station.refused = spoilt_[at];
        return;
    }
    const bool direct = into_[at].size() == 1 && into_[at].front().load != SIZE_MAX &&
                        std::all_of(station.visits.begin(), station.visits.end(),
                                    [](const Visit& visit) { return visit.attempts == 1; });
    station.queue = by_variability(rate_of(station) / station.lanes, station.arrival_scv, service,
                                   station.lanes > 1 ? 1 : station.workers, renewal_input(at));
    // What the variability of arrivals through a network adds: docs/analytic.md.
    constexpr double of_network = 0.2;
    if (!direct && !spoilt_[at].empty()) station.queue.error += of_network;
    if (!direct && !spoilt_[at].empty()) station.queue.method = "QNA";
    station.queue.caveat = spoilt_[at].empty() ? not_quasi_reversible(station) : spoilt_[at];
}

void NetworkSolver::solve_station(std::size_t at, bool poisson) {
    NetworkStation& station = net_.stations[at];
    const std::string name = quoted(station.element);
    const Workers* workers = workers_of(station);
    const Stage* stage = only_stage(at);
    const WorkLaw service = service_of(station);
    const double rate = rate_of(station);
    station.alike = std::all_of(station.visits.begin(), station.visits.end(), [&](const Visit& visit) {
        return visit.service.law && station.visits.front().service.law &&
               *visit.service.law == *station.visits.front().service.law;
    });
    for (const std::size_t i : stages_of_[at]) {
        const Queue& queue = s_.twin.stages[i].queue;
        if (queue.capacity == unlimited && queue.timeout.empty()) continue;
        if (stage == nullptr) {
            station.refused = quoted(s_.twin.stages[i].name) + " loses items, on a pool with others";
            return;
        }
        solve_losing(station, *stage, poisson && into_[at].size() > 0);
        if (station.refused.empty()) share_out(station);
        return;
    }
    if (std::isinf(station.workers)) {
        station.queue = unlimited_workers(rate, service);
        if (!poisson) {
            // Nobody waits, whatever comes; how many are there at an instant is another matter.
            station.queue.present.clear();
            station.queue.empty.reset();
            station.queue.caveat = spoilt_[at];
        }
        share_out(station);
        return;
    }
    if (!std::isfinite(service.second) &&
        !(workers != nullptr && (workers->order == Order::shared || workers->preempt))) {
        station.refused = "services at " + name + " have no variance: waits have no mean";
        return;
    }
    const Order order = workers != nullptr ? workers->order : Order::fifo;
    const bool lifo_preempts = order == Order::lifo && workers->preempt;
    if (order == Order::fair && station.visits.size() > 1) {
        station.refused = name + " shares fairly among loads (order: fair)";
        return;
    }
    if (!poisson && groups_in_[at]) {
        const Flow& flow = into_[at].front();
        const bool plain = into_[at].size() == 1 && flow.load != SIZE_MAX && flow.share == 1 &&
                           order == Order::fifo && station.workers == 1 && station.visits.size() == 1 &&
                           !depends_[at] && station.visits.front().attempts == 1;
        const Law* items = flow.load != SIZE_MAX ? &s_.loads[flow.load].items : nullptr;
        if (plain && s_.loads[flow.load].arrivals.kind == Arrivals::Kind::poisson &&
            items->terms.size() == 1 && items->terms.front().field.empty() &&
            !items->terms.front().recorded && items->terms.front().per == Per::once) {
            const kernel::Distribution& size = items->terms.front().law;
            station.queue = in_groups(s_.loads[flow.load].arrivals.rate, size.mean(),
                                      size.variance() + size.mean() * size.mean(), service);
            net_.whole_refused = "of the items that come at once the last one counts";
            share_out(station);
        } else {
            station.refused = spoilt_[at];
        }
        return;
    }
    if (order == Order::shared || lifo_preempts || urgency_matters(station)) {
        if (!poisson) {
            station.refused = "no formula for the order of " + name + ": " + spoilt_[at];
            return;
        }
        if (order == Order::shared) {
            station.queue = shared_workers(rate, service, station.workers);
            station.line_is_shared = true;
            share_out(station);
        } else if (lifo_preempts) {
            station.queue = last_come_preemptive(rate, service);
            for (Visit& visit : station.visits) {
                visit.latency = visit.service.mean / (1 - rate * service.mean);
                visit.wait = visit.latency - visit.service.mean;
            }
        } else {
            solve_by_urgency(station, service);
        }
        return;
    }
    const double lanes = station.lanes, workers_of_line = lanes > 1 ? 1 : station.workers;
    const auto between = renewal_input(at);
    const bool dealt_by_chance =
        lanes > 1 &&
        std::any_of(s_.twin.datasets.begin(), s_.twin.datasets.end(), [&](const Dataset& dataset) {
            return stage != nullptr && stage->reads.front() == dataset.name &&
                   dataset.by == Dataset::By::random;
        });
    const bool random_input = poisson && (lanes == 1 || dealt_by_chance);
    if (random_input && service.exponential &&
        not_quasi_reversible(station).find("differ") == std::string::npos) {
        station.queue = erlang_c(rate / lanes, service.mean, workers_of_line);
    } else if (random_input && workers_of_line == 1) {
        station.queue = one_server(rate / lanes, service);
        if (service.constant()) station.queue = constant_service(rate / lanes, service.mean, 1);
    } else if (random_input && service.constant()) {
        station.queue = constant_service(rate / lanes, service.mean, workers_of_line);
    } else if (random_input) {
        approximate(at, service);
    } else if (const auto exact = between && service.exponential && !dealt_by_chance && !depends_[at] &&
                                          station.visits.front().attempts == 1
                                      ? renewal(*between, service.mean, workers_of_line)
                                      : std::nullopt) {
        station.queue = *exact;
    } else {
        if (lanes > 1) {
            station.refused = name + " deals items to partitions, and no formula is known";
            return;
        }
        approximate(at, service);
    }
    if (!station.refused.empty()) return;
    if (depends_[at] && station.queue.exact && !(poisson && workers_of_line == 1)) {
        station.queue.exact = false;
        station.queue.error = INFINITY;
        station.queue.caveat = "work at " + name + " goes by values that items carry to several stages";
    }
    // In another order waits have the same mean and another spread.
    if (order == Order::lifo || order == Order::random) {
        Station& queue = station.queue;
        const double load = rate * service.mean / station.workers;
        std::optional<double> second;
        if (queue.wait_variance) second = *queue.wait_variance + queue.wait * queue.wait;
        queue.wait_law.reset();
        queue.latency_law.reset();
        queue.one_server.reset();
        queue.wait_variance.reset();
        queue.latency_variance.reset();
        if (second && queue.exact && random_input && station.workers == 1) {
            // Takacs 1963; Kingman 1962 for exponential services.
            const double by = order == Order::lifo ? 1 - load : 1 - load / 2;
            if (order == Order::lifo || service.exponential)
                queue.wait_variance = *second / by - queue.wait * queue.wait;
        }
    }
    share_out(station);
}

void NetworkSolver::solve_as_closed() {
    std::string trouble, spoilt;
    for (std::size_t at = 0; at < net_.stations.size(); ++at) {
        const NetworkStation& station = net_.stations[at];
        if (station.visits.empty() && station.refused.empty()) continue;
        if (trouble.empty()) trouble = station.refused;
        const Stage* stage = only_stage(at);
        const bool loses =
            stage != nullptr && (stage->queue.capacity != unlimited || !stage->queue.timeout.empty());
        if (trouble.empty() && loses) trouble = quoted(station.element) + " loses items";
        if (trouble.empty() && station.lanes > 1)
            trouble = quoted(station.element) + " deals items to partitions";
        if (trouble.empty() && urgency_matters(station))
            trouble = quoted(station.element) + " goes by priorities";
        for (const std::size_t i : stages_of_[at])
            for (const Way& way : net_.from_stage[i])
                if (way.in_turn && spoilt.empty()) spoilt = quoted(station.element) + " deals in turn";
        if (spoilt.empty()) spoilt = not_quasi_reversible(station);
    }
    if (trouble.empty()) trouble = net_.whole_refused;
    ClosedNetwork network;
    for (std::size_t l = 0; l < s_.loads.size(); ++l) {
        network.users.push_back(static_cast<long>(s_.loads[l].arrivals.users));
        network.think.push_back(net_.think[l]);
    }
    std::vector<std::size_t> position(net_.stations.size(), SIZE_MAX);
    std::vector<double> total = net_.think;
    for (std::size_t at = 0; at < net_.stations.size(); ++at) {
        const NetworkStation& station = net_.stations[at];
        if (station.visits.empty()) continue;
        ClosedStation one;
        one.workers = station.workers;
        one.demand.assign(s_.loads.size(), 0);
        for (const Visit& visit : station.visits) one.demand[visit.load] += visit.rate() * visit.service.mean;
        for (std::size_t l = 0; l < s_.loads.size(); ++l) total[l] += one.demand[l];
        position[at] = network.stations.size();
        network.stations.push_back(std::move(one));
    }
    for (std::size_t l = 0; l < s_.loads.size(); ++l)
        if (trouble.empty() && (!(total[l] > 0) || !std::isfinite(total[l]) || network.users[l] < 1))
            trouble = quoted(s_.loads[l].name) + " takes no time to come back";
    const auto solved = trouble.empty() ? solve_closed(network) : std::nullopt;
    if (trouble.empty() && !solved) trouble = "too many users, of too many loads, for an answer at once";
    if (!trouble.empty()) {
        net_.refused = trouble;
        return;
    }
    net_.arrivals = solved->rounds;
    for (auto& row : net_.items)
        for (std::size_t l = 0; l < row.size(); ++l) row[l] *= solved->rounds[l];
    for (std::size_t at = 0; at < net_.stations.size(); ++at) {
        NetworkStation& station = net_.stations[at];
        if (position[at] == SIZE_MAX) {
            refuse(at, "nothing comes to " + quoted(station.element));
            continue;
        }
        const auto& demand = network.stations[position[at]].demand;
        const auto& of = solved->stations[position[at]];
        const Workers* workers = workers_of(station);
        Station& queue = station.queue;
        queue.method = "convolution";
        queue.exact = spoilt.empty();
        queue.caveat = spoilt;
        double number = 0, busy = 0;
        for (Visit& visit : station.visits) {
            const double rounds = solved->rounds[visit.load];
            visit.items *= rounds;
            const double share =
                demand[visit.load] > 0 ? visit.service.mean / (rounds * demand[visit.load]) : 0;
            visit.latency = of.number[visit.load] * share;
            visit.wait = std::max(0.0, visit.latency - visit.service.mean);
            if (std::isfinite(station.workers)) visit.waits = of.waits[visit.load];
            busy += visit.rate() * visit.service.mean;
            number += visit.rate() * visit.latency;
        }
        queue.rate = rate_of(station);
        queue.service = busy / queue.rate;
        queue.line = std::max(0.0, number - busy);
        queue.wait = queue.line / queue.rate;
        // As if services were exponential: too long or too short a wait, as they vary less or more.
        constexpr double of_wait = 0.5, of_service = 0.3;
        if (!queue.exact)
            queue.error = queue.wait > 0 ? of_wait + of_service * queue.service / queue.wait : INFINITY;
        station.line_is_shared = workers != nullptr && workers->order == Order::shared;
        station.common_wait = false;
        if (std::isfinite(station.workers)) {
            queue.saturated = of.saturated;
            queue.empty = of.empty;
        }
        if (station.line_is_shared || (workers != nullptr && workers->preempt)) {
            for (Visit& visit : station.visits) {
                visit.waits.reset();
                if (station.line_is_shared) visit.wait = 0;
            }
        }
    }
}

}  // namespace

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
