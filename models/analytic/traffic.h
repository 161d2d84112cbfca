// The traffic equations: how much work a scenario offers to each station and pool, before anything is
// simulated.
//
// Rates of items, records and bytes follow from linear equations over the scenario's graph (Jackson 1957, eq.
// 1, with failures, batches and parts as factors), solved with Eigen. What they ask of workers is rate x attempts
// x (mean service + what else holds the worker); over what fits on the workers at once (capacity.h) it is the
// load, and from 1 on there is no steady state: what comes behind gets only as much as passes, so the equations
// are solved again until nothing changes (Goodman and Massey 1984, non-ergodic Jackson networks). `exact` are
// means for which all of that holds without assumption; else `caveat` names what makes them approximate. What tasks read
// is what loads, stages and other tasks write. Loads whose pace depends on how fast the system is make unknown what they
// come to, and all that shares workers with it; the rest stays known. Pure, thread-safe; a few milliseconds for thousands
// of stations.
#pragma once

#include <cmath>
#include <optional>
#include <string>
#include <vector>

#include "models/graph.h"
#include "models/scenario.h"

namespace understudy::models {

struct StationForecast {
    std::string element;                ///< a pool, or a stage that brings its own workers
    double offered_load = 0;            ///< workers (or cores) held on average, if there are enough
    double workers = 0;                 ///< workers (or cores) there are on average; infinity: unlimited
    std::optional<double> utilisation;  ///< offered over workers; may pass 1
    double arrival_rate = 0;            ///< items per second, tasks included
    bool exact = false;                 ///< else `caveat` says why it is not
    std::string caveat;
    bool stable = true;     ///< the backlog does not grow without end
    bool critical = false;  ///< what is asked and what can be done are equal: it grows, slowly
    /// Share of what can be done that is asked for. More than `utilisation` where needs leave gaps on the workers
    /// that nothing fits in: from 1 on the backlog grows, whatever is left free.
    double load = 0;
    std::string
        budget;  ///< that is filled more slowly than it would be spent, and is `load`; empty: its workers are
    bool scales = false;  ///< the workers follow the work: `workers` is the most of them
    /// Work is dropped, given up, forgotten or put together here or before: rate, offered load and utilisation are upper
    /// bounds, of which no overload follows.
    bool at_most = false;

    /// Are offered_load and arrival_rate known before a run, or 0 because nobody can say?
    bool load_known() const { return utilisation.has_value() || std::isinf(workers); }
};

/// One for each pool that has work, by name. Empty utilisation where a rate is not known before a run (closed
/// or saturated loads, schedules without a length).
std::vector<StationForecast> forecast(const Scenario& scenario, const ScenarioGraph& graph);

/// The same, with the rates that it follows from.
struct TrafficSolution {
    std::vector<StationForecast> stations;
    std::vector<std::vector<double>> items;  ///< [stage][load]: that come to it per second; 0 where not known
};
TrafficSolution solve_traffic(const Scenario& scenario, const ScenarioGraph& graph);

}  // namespace understudy::models
