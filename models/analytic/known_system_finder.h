// How systems of models/analytic/known_system.h are recognised: what comes straight to a stage, and that nothing else takes
// part. Internal to models/analytic; the systems themselves: known_queues.cpp, known_workers.cpp, known_limits.cpp and
// known_joins.cpp.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "models/analytic/known_system.h"
#include "models/analytic/paused_worker.h"
#include "models/analytic/work.h"

namespace understudy::models {

/// One draw of one law, the same for all items; nothing where it is more than that, or takes no time.
std::optional<WorkLaw> one_law(const Law& law);
/// What is asked is less than what can be done, by more than rounding.
inline bool is_below(double asked, double can_be_done) { return asked < can_be_done * (1 - 1e-9); }

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
        bool only = true;  ///< the load makes nothing for others
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
    /// `sharing`: other stages may work on its pool, and are the caller's to look at. `lanes`: partitions of what it reads.
    std::optional<Lone> lone(std::size_t stage, const Stage& plain, const Workers& plain_workers,
                             bool sharing = false, std::int64_t lanes = 0) const;
    std::optional<Lone> lone(std::size_t stage) const;
    /// Of a stage without workers.
    std::optional<Lone> bare(std::size_t stage, const Stage& plain) const;
    bool is_plain(std::size_t stage, const Stage& plain) const;
    /// It makes nothing that something waits to take, but what `reader` reads.
    bool is_held_up(std::size_t stage) const;
    const Workers* workers_of(const Stage& stage) const;
    /// Loads come straight to it, each item alone; empty if anything else does.
    std::vector<Coming> comings(std::size_t stage, std::int64_t lanes = 0) const;
    /// The stages that work on a pool, where no task does and each has one load or more of Poisson arrivals to itself.
    /// Empty for all of them but the first.
    std::vector<Lone> sharers(std::size_t stage, const std::string& pool,
                              const std::function<std::optional<Lone>(std::size_t)>& each) const;
    /// Nothing is in the scenario but these stages and what comes to them.
    bool is_whole(const std::set<std::size_t>& stages, const std::vector<Coming>& comings) const;

    /// What a stage that loses nothing is asked, by its mean numbers in line and at work.
    void set_station(KnownSystem& system, const Lone& lone, double present, double line) const;

    // Each knows one kind of system, of which the stage is (the first) one. known_queues.cpp:
    std::optional<KnownSystem> phases(std::size_t stage) const;
    std::optional<KnownSystem> bundles(std::size_t stage) const;
    std::optional<KnownSystem> full_batches(std::size_t stage) const;
    std::optional<KnownSystem> gathering(std::size_t stage) const;
    std::optional<KnownSystem> coming_again(std::size_t stage) const;
    // known_workers.cpp:
    std::optional<KnownSystem> pauses(std::size_t stage) const;
    std::optional<KnownSystem> starts(std::size_t stage) const;
    std::optional<KnownSystem> failures(std::size_t stage) const;
    std::optional<KnownSystem> polling(std::size_t stage) const;
    void set_paused(KnownSystem& system, const Lone& lone, const WorkLaw& service,
                    const PausedAnswer& answer) const;
    // known_limits.cpp:
    std::optional<KnownSystem> units(std::size_t stage) const;
    std::optional<KnownSystem> gangs(std::size_t stage) const;
    std::optional<KnownSystem> shorter_line(std::size_t stage) const;
    std::optional<KnownSystem> store(std::size_t stage) const;
    std::optional<KnownSystem> blocking() const;
    // known_joins.cpp:
    std::optional<KnownSystem> parts() const;
    std::optional<KnownSystem> pairs(std::size_t stage) const;
    std::optional<KnownSystem> one_run_at_a_time() const;

    const Scenario& s_;
    const ScenarioGraph& graph_;
    const TrafficSolution& traffic_;
    const WorkOfItems work_;
    std::map<std::string, std::vector<std::size_t>> readers_, writers_, loads_;  ///< by stream
    std::set<std::string> of_pipelines_;  ///< streams and pools that tasks write to, wait for or run on
    std::map<std::string, std::vector<std::size_t>> users_;  ///< stages by pool
    std::map<std::string, int> spenders_;                    ///< stages and tasks by budget
    bool cancels_ = false;                                   ///< some join takes work back
    mutable double effort_ = 0;                              ///< spent, in multiplications
};

}  // namespace understudy::models
