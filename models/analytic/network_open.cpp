// Open networks: what comes to a station is as good as Poisson, or how variable it is.
#include <Eigen/LU>
#include <algorithm>
#include <boost/graph/strong_components.hpp>
#include <cmath>
#include <cstdio>

#include "models/analytic/network_solver.h"

namespace understudy::models {

void NetworkSolver::solve_as_open() {
    const std::size_t n = net_.stations.size();
    std::map<std::string, std::size_t> by_name;
    for (std::size_t at = 0; at < n; ++at)
        if (!net_.stations[at].passes) by_name.emplace(net_.stations[at].element, at);
    for (const StationForecast& forecast : traffic_.stations) {
        const auto found = by_name.find(forecast.element);
        if (found == by_name.end()) continue;
        NetworkStation& station = net_.stations[found->second];
        const Stage* stage = only_stage(found->second);
        const bool sheds =
            stage != nullptr && (stage->queue.capacity != unlimited || !stage->queue.timeout.empty());
        if (sheds) continue;
        if (station.refused.empty()) caveats_[found->second] = forecast.caveat;
        if (forecast.stable && !forecast.critical) continue;
        // Whatever else there is no formula for: that it never ends comes first.
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
    // What makes the rates approximate spoils all that is built on them.
    for (const std::size_t at : members)
        if (trouble.empty()) trouble = caveats_[at];
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
    std::string bursty;
    for (const std::size_t at : members)
        for (const Flow& flow : into_[at])
            if (bursty.empty()) bursty = why_bursty(flow);
    const bool poisson = spoilt.empty();
    if (!poisson) set_variability(members);
    for (const std::size_t at : members) {
        NetworkStation& station = net_.stations[at];
        spoilt_[at] = spoilt;
        bursty_[at] = bursty;
        if (station.visits.empty()) {
            refuse(at, "nothing comes to " + quoted(station.element));
            continue;
        }
        if (const std::string why = poisson ? "" : why_no_variability(at, loop, inside); !why.empty())
            refuse(at, why);
        else
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

/// Where the variability of arrivals says nothing of waits, though there is one; empty: it does.
std::string NetworkSolver::why_no_variability(std::size_t at, bool loop,
                                              const std::set<std::size_t>& inside) const {
    const NetworkStation& station = net_.stations[at];
    if (std::isinf(station.workers)) return "";
    const std::string name = quoted(station.element);
    double all = 0, new_ones = 0;
    int regular = 0;
    bool from_stations = false, at_once = false;
    for (const Flow& flow : into_[at]) {
        all += flow.rate;
        at_once = at_once || flow.from == at;
        from_stations = from_stations || flow.from != SIZE_MAX;
        regular += flow.load != SIZE_MAX && external_scv(flow.load) == 0;
    }
    if (loop)
        for (const std::size_t member : inside)
            for (const Flow& flow : into_[member])
                if (flow.from == SIZE_MAX || !inside.contains(flow.from)) new_ones += flow.rate;
    // Who comes back finds those who were there when he left.
    if (at_once) return "items come back to " + name + " at once, in bursts";
    if (loop && all > 2 * new_ones) return "items come back to " + name + " more than once on average";
    if (station.carried && from_stations)
        return "work at " + name + " goes by values that decided when items get there";
    if (regular > 1) return "regular loads fall together at " + name + ", and how is not random";
    return "";
}

double NetworkSolver::external_scv(std::size_t load) const {
    const Load& from = s_.loads[load];
    if (from.arrivals.kind == Arrivals::Kind::poisson) return 1;
    const kernel::Distribution& law = from.arrivals.interval.terms.front().law;
    return law.variance() / (law.mean() * law.mean());
}

std::string NetworkSolver::why_bursty(const Flow& flow) const {
    // What two moments tell was seen to hold up to here; beyond it waits were off by more than their size, also far
    // behind where the bursts came in (docs/analytic.md).
    constexpr double most = 1.5;
    if (flow.load == SIZE_MAX) return bursty_[flow.from];
    const double cv = std::sqrt(external_scv(flow.load));
    if (cv <= most * (1 + 1e-9)) return "";
    char text[120];
    std::snprintf(text, sizeof text, "have a cv of %.2g, more than formulas are known to hold for", cv);
    return quoted(s_.loads[flow.load].name) + " comes in bursts: the times between its arrivals " + text;
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
        if (!std::isfinite(scv(k))) {
            // Times between arrivals without a variance.
            net_.stations[at].arrival_scv = departure_scv_[at] = INFINITY;
            continue;
        }
        net_.stations[at].arrival_scv = std::max(0.0, scv(k));
        const auto [own, passed] = departure_of(at);
        departure_scv_[at] = own + passed * net_.stations[at].arrival_scv;
    }
}

}  // namespace understudy::models
