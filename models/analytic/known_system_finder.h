// How systems of models/analytic/known_system.h are recognised: what comes straight to a stage, and that nothing else takes
// part. Internal to models/analytic; the systems themselves: known_queues.cpp, known_workers.cpp, known_limits.cpp and
// known_joins.cpp.
#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "models/analytic/known_system.h"
#include "models/analytic/work.h"

namespace understudy::models {

class KnownSystemFinder {
public:
    KnownSystemFinder(const Scenario& scenario, const ScenarioGraph& graph, const TrafficSolution& traffic);
    std::vector<KnownSystem> find(const std::vector<bool>& open);

private:
    /// What comes to a stage from one load.
    struct Coming {
        std::size_t load = 0;
        double share = 1;  ///< of what the load makes
        double rate = 0;   ///< items per second; of `states` their mean
        WorkLaw service;
    };
    /// A stage that loads alone come to, and its workers; what it is but for one mechanism.
    struct Lone {
        const Stage* stage = nullptr;
        const Workers* workers = nullptr;
        std::string pool;             ///< the workers' name
        std::vector<Coming> comings;  ///< in the order of loads
        double rate = 0;
        bool poisson = true;  ///< all that comes
        bool alike = true;    ///< all have the same law of service
        bool whole = false;   ///< nothing else is in the scenario
        WorkLaw service;      ///< of a visit, whosever
    };
    /// Nothing where something else comes to the stage, waits for it, holds it up or shares its workers, or where stage or
    /// workers have a mechanism: `plain` and `plain_workers` are what they are without the one that the caller knows.
    std::optional<Lone> lone(std::size_t stage, const Stage& plain, const Workers& plain_workers) const;
    std::optional<Lone> lone(std::size_t stage) const;
    const Workers* workers_of(const Stage& stage) const;
    /// Loads come straight to it, each item alone; empty if anything else does.
    std::vector<Coming> comings(std::size_t stage) const;
    /// It gets what it would get if everything were fast enough, and does it all.
    bool keeps_up(const std::string& element) const;
    bool is_whole(const std::set<std::size_t>& stages) const;

    /// What a stage that loses nothing is asked, by its mean numbers in line and at work.
    void set_station(KnownSystem& system, const Lone& lone, double present, double line) const;

    // Each adds what it recognises of that stage.
    std::optional<KnownSystem> phases(std::size_t stage) const;

    const Scenario& s_;
    const ScenarioGraph& graph_;
    const TrafficSolution& traffic_;
    const WorkOfItems work_;
    std::map<std::string, std::vector<std::size_t>> readers_, writers_, loads_;  ///< by stream
    std::set<std::string> of_pipelines_;  ///< streams and pools that tasks write to, wait for or run on
    std::map<std::string, int> users_;    ///< stages by pool
    std::map<std::string, const StationForecast*> forecasts_;
    bool cancels_ = false;       ///< some join takes work back
    mutable double effort_ = 0;  ///< spent, in multiplications
};

}  // namespace understudy::models
