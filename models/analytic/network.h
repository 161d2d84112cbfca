// The stations of a scenario as a queueing network in its steady state.
//
// Which stations have a formula, and an exact one, follows from what reaches them. Arrivals at a station are as good as
// Poisson where all that feeds it are Poisson loads, dealt by shares, and stations that keep them so (quasi-reversible:
// exponential services of one mean in any order that does not look at them, shared workers, last come first served
// with preemption, unlimited workers; Burke 1956; Baskett, Chandy, Muntz and Palacios 1975; Kelly 1979, ch. 3). In a
// loop all stations must be so. Else the variability of arrivals is followed through the network as in QNA (Whitt
// 1983, eqs. 24 to 30 and 38), and answers are approximations. Users that come back make a closed network.
//
// What has no formula is refused by name, with all that lies behind it: bursts, batches, joins, windows, blocking, and
// what is not the same all the time. Rates are those of the traffic equations (traffic.h). Pure, thread-safe.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "models/analytic/queues.h"
#include "models/analytic/traffic.h"
#include "models/graph.h"
#include "models/scenario.h"

namespace understudy::models {

/// What items of one load do at one stage.
struct Visit {
    std::size_t stage = 0, load = 0;
    double items = 0;             ///< per second
    double attempts = 1;          ///< of each item
    WorkLaw service;              ///< of one attempt, at the speed of the workers
    double speed = 1;             ///< of the workers
    double wait = 0;              ///< mean in line of one attempt
    double latency = 0;           ///< mean of one attempt: in line and at work
    std::optional<double> waits;  ///< share of attempts that wait

    double rate() const { return items * attempts; }
};

struct NetworkStation {
    std::string element;  ///< a pool, or a stage that brings its own workers
    double workers = 0;   ///< infinity: unlimited
    std::vector<Visit> visits;
    std::string refused;                      ///< why there is no answer; empty: there is one
    bool unstable = false, critical = false;  ///< why it was refused
    double arrival_scv = 1;                   ///< squared coefficient of variation of times between arrivals
    bool passes = false;                      ///< no workers at all: items go on at once
    bool line_is_shared = false;              ///< nobody stands in line: all are at work, more slowly
    bool common_wait = true;                  ///< the wait's law and variance are those of every visit
    bool alike = true;                        ///< all visits have the same law of service
    bool carried =
        false;         ///< a value that an item carries decides its work here, and again elsewhere or here
    double lanes = 1;  ///< lines of their own, dealt to in turn; `queue` is of one of them
    Station queue;
};

/// Where items go from a stage or a load.
struct Way {
    std::size_t to = 0;    ///< stage
    double share = 0;      ///< of what leaves
    bool in_turn = false;  ///< each n-th, not by chance
};

struct Network {
    std::string refused;  ///< why nothing at all can be answered; empty: something can
    bool closed = false;
    std::vector<NetworkStation> stations;
    std::vector<std::size_t> station_of;         ///< by stage; one without workers has a station of its own
    std::vector<std::vector<double>> items;      ///< [stage][load]: items per second
    std::vector<std::string> trouble;            ///< by load: why nothing is known of it; empty: something is
    std::vector<double> arrivals;                ///< by load: per second
    std::vector<double> think;                   ///< by load of a closed network: mean
    std::vector<std::vector<Way>> from_load;     ///< by load
    std::vector<std::vector<Way>> from_stage;    ///< of items that came through in the end
    std::vector<std::vector<Way>> dead_letters;  ///< of those that did not
    std::string whole_refused;                   ///< why latencies over the whole system are not known
};

Network solve_network(const Scenario& scenario, const ScenarioGraph& graph, const TrafficSolution& traffic);

/// Share of items that come through in the end, and tries of each.
struct Tries {
    double expected = 1, success = 1;
    double pauses = 0;  ///< mean time in pauses before retries, of each item; in sum
};
/// Nothing where pauses are not known in closed form.
std::optional<Tries> tries_of(const Work& work);

}  // namespace understudy::models
