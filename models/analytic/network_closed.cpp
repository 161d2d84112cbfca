// Users that come back.
#include <algorithm>
#include <cmath>

#include "models/analytic/closed.h"
#include "models/analytic/network_solver.h"

namespace understudy::models {

/// Why a line is too unlike one of equal exponential services for these to say anything; empty: it is not.
std::string NetworkSolver::far_from_exponential(std::size_t at) const {
    // Up to here, lines were found to be off by no more than is stated (docs/analytic.md).
    constexpr double most_scv = 9, most_apart = 2;
    const NetworkStation& station = net_.stations[at];
    const std::string name = quoted(station.element);
    if (station.visits.empty() || not_quasi_reversible(station).empty()) return "";
    double least = INFINITY, most = 0;
    for (const Visit& visit : station.visits) {
        if (visit.service.scv() > most_scv) return "services at " + name + " vary too much";
        least = std::min(least, visit.service.mean);
        most = std::max(most, visit.service.mean);
    }
    if (most > most_apart * least) return "services at " + name + " differ too much from load to load";
    return "";
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
        if (const Workers* workers = workers_of(station);
            trouble.empty() && workers != nullptr && workers->order == Order::shortest)
            trouble = quoted(station.element) + " looks at how long work takes (order: shortest)";
        for (const std::size_t i : stages_of_[at])
            for (const Way& way : net_.from_stage[i])
                if (way.in_turn && spoilt.empty()) spoilt = quoted(station.element) + " deals in turn";
        if (spoilt.empty()) spoilt = not_quasi_reversible(station);
    }
    if (trouble.empty()) trouble = net_.whole_refused;
    for (std::size_t at = 0; at < net_.stations.size(); ++at)
        if (trouble.empty()) trouble = far_from_exponential(at);
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
    auto solved = trouble.empty() ? solve_closed(network) : std::nullopt;
    const bool convolved = solved.has_value();
    if (trouble.empty() && !solved) solved = approximate_closed(network);
    if (trouble.empty() && !solved) trouble = "too many users, of too many loads, for an answer at once";
    if (!trouble.empty()) {
        net_.refused = trouble;
        return;
    }
    net_.arrivals = solved->rounds;
    constexpr double most_scv_beside_shared = 2.25;
    double most_scv = 0;
    for (const NetworkStation& station : net_.stations)
        if (!station.visits.empty() && !not_quasi_reversible(station).empty())
            for (const Visit& visit : station.visits) most_scv = std::max(most_scv, visit.service.scv());
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
        queue.method = convolved ? "convolution" : "Bard-Schweitzer";
        queue.exact = convolved && spoilt.empty();
        queue.caveat = spoilt;
        if (!convolved && spoilt.empty())
            queue.caveat =
                "so many users, of so many loads, that what each finds in line is taken from means";
        double number = 0, busy = 0;
        for (Visit& visit : station.visits) {
            const double rounds = solved->rounds[visit.load];
            visit.items *= rounds;
            const double share =
                demand[visit.load] > 0 ? visit.service.mean / (rounds * demand[visit.load]) : 0;
            visit.latency = of.number[visit.load] * share;
            visit.wait = std::max(0.0, visit.latency - visit.service.mean);
            if (std::isfinite(station.workers) && convolved && spoilt.empty())
                visit.waits = of.waits[visit.load];
            busy += visit.rate() * visit.service.mean;
            number += visit.rate() * visit.latency;
        }
        queue.rate = rate_of(station);
        queue.service = busy / queue.rate;
        queue.line = std::max(0.0, number - busy);
        queue.wait = queue.line / queue.rate;
        // The product form gives each load its part of the line; in a line that is not like that all wait alike.
        if (!not_quasi_reversible(station).empty() && std::isfinite(station.workers))
            for (Visit& visit : station.visits) {
                visit.wait = queue.wait;
                visit.latency = visit.wait + visit.service.mean;
            }
        // As if services were exponential: too long or too short a wait, as they vary less or more.
        constexpr double of_wait = 0.5, of_service = 0.3;
        if (!spoilt.empty())
            queue.error = queue.wait > 0 ? of_wait + of_service * queue.service / queue.wait : INFINITY;
        // What approximate mean value analysis was found to be off by: docs/analytic.md.
        constexpr double of_mean_wait = 0.25, of_mean_service = 0.25;
        if (!convolved)
            queue.error +=
                queue.wait > 0 ? of_mean_wait + of_mean_service * queue.service / queue.wait : INFINITY;
        station.line_is_shared = workers != nullptr && workers->order == Order::shared;
        // What comes in bursts out of such lines stays longer where work is shared, by more than anybody can say.
        if (station.line_is_shared && most_scv > most_scv_beside_shared) queue.error = INFINITY;
        station.common_wait = false;
        // Shares of time are known where the product form is: else they may be off by any factor.
        if (std::isfinite(station.workers) && convolved && spoilt.empty()) {
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

}  // namespace understudy::models
