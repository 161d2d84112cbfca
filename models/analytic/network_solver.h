// How a scenario becomes a network and is solved: read and joined in network.cpp, open networks in network_open.cpp,
// their stations one by one in network_stations.cpp, closed networks in network_closed.cpp. Internal to models/analytic.
#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "models/analytic/network.h"
#include "models/analytic/obstacles.h"
#include "models/analytic/work.h"

namespace understudy::models {

/// Rates, means and priorities that differ by less are equal.
inline constexpr double nothing = 1e-12;

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
    void solve_groups(std::size_t at, const WorkLaw& service);
    void solve_by_order(std::size_t at, const WorkLaw& service, bool poisson);
    void solve_line(std::size_t at, const WorkLaw& service, bool poisson);
    static void reorder(Station& queue, Order order, const WorkLaw& service, bool known);
    void solve_losing(NetworkStation& station, const Stage& stage, bool poisson);
    void solve_by_length(NetworkStation& station, const WorkLaw& service);
    void solve_by_urgency(NetworkStation& station, const WorkLaw& service);
    bool is_paced(std::size_t at, const WorkLaw& service) const;
    bool is_in_time(std::size_t at, const WorkLaw& service) const;
    void approximate(std::size_t at, const WorkLaw& service);
    std::optional<kernel::Distribution> renewal_input(std::size_t at) const;
    std::pair<double, double> departure_of(std::size_t at) const;
    void set_variability(const std::vector<std::size_t>& members);
    double external_scv(std::size_t load) const;
    std::string why_bursty(const Flow& flow) const;
    void solve_as_closed();
    std::string far_from_exponential(std::size_t at) const;
    void refuse(std::size_t at, const std::string& why);
    double rate_of(const NetworkStation& station) const {
        double sum = 0;
        for (const Visit& visit : station.visits) sum += visit.rate();
        return sum;
    }
    WorkLaw service_of(const NetworkStation& station) const;
    void share_out(NetworkStation& station);
    bool urgency_matters(const NetworkStation& station) const;
    std::string why_no_variability(std::size_t at, bool loop, const std::set<std::size_t>& inside) const;
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
    std::vector<std::vector<std::size_t>> stages_of_;  ///< by station
    std::vector<std::vector<Flow>> into_;              ///< by station
    std::vector<std::vector<std::size_t>> behind_;     ///< by station: where what leaves goes
    std::vector<bool> groups_in_;                      ///< by station: items of an arrival come together
    /// By station: why what leaves it is not Poisson; empty: it is.
    std::vector<std::string> spoils_;
    std::vector<std::string> caveats_;  ///< by station: why its rates are not exact
    std::vector<std::string> spoilt_;   ///< by station: why what comes is not
    std::vector<std::string> bursty_;   ///< by station: what comes to it in bursts, from wherever
    std::vector<double> departure_scv_;
    std::vector<std::vector<double>> urgency_;  ///< by station, of its visits
};

}  // namespace understudy::models
