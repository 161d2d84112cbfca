// The study that everything else stands on: one scenario, several replications, estimates and verdicts.
//
// prepare() checks what can be known before anything runs; run() simulates. No I/O here: traces and stopping come in
// as callbacks, and how far it is stands in a RunProgress for those who look. The result depends on the scenario
// alone, not on threads.
#pragma once

#include <atomic>
#include <chrono>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "models/compile/model.h"
#include "models/graph.h"
#include "models/problem.h"
#include "models/scenario.h"
#include "models/simulation/recorded_draws.h"
#include "models/simulation/replication.h"
#include "tools/studies/heavy_tails.h"
#include "tools/studies/rare_services.h"
#include "tools/studies/result.h"

namespace understudy::studies {

/// A scenario ready to be run. Immutable; may be run several times and from several threads.
struct PreparedRun {
    models::Scenario scenario;
    std::shared_ptr<const models::Model> model;
    std::vector<models::Measure>
        measures;  ///< the model's probes: objectives', then measures, then default ones, each once
    std::vector<models::Answer> answers;    ///< one for each of `measures`: what formulas say of it
    std::vector<StationForecast> forecast;  ///< also of what is aggregated
    std::vector<std::string>
        aggregated;  ///< of `run.detail: partial`: what the scenario had, and is not simulated
    std::vector<GraphNode> nodes;
    std::vector<GraphEdge> edges;
    std::vector<HeavyTail> heavy_tails;
    std::vector<RareServices> rare_services;
    std::vector<Warning> warnings;  ///< offered load at or over capacity and the like
    /// The first so many of `measures` are what a verdict depends on: the objectives', in a pair also what increases are
    /// of. Where it is 0, whatever is measured counts.
    std::size_t promised = 0;
};

/// What is measured: what the scenario asks for and what is usual besides, or the first alone, one for each that is asked; or
/// that, and before anything runs no more is said than what stations are offered: a study of thousands of settings has no
/// time for it.
enum class Measured { usual, asked, asked_untold };
/// Nothing if `problems` has got an error; warnings are added to both. Takes the scenario: that of a large
/// recorded run fills gigabytes.
std::optional<PreparedRun> prepare(models::Scenario scenario, models::Problems& problems,
                                   Measured measured = Measured::usual);

/// How far a run is. The run writes it, any thread may look at any time; looking costs the run nothing.
class RunProgress {
public:
    enum class Phase {
        none,             ///< nothing is simulated: not yet, or no more
        warm_up_pilot,    ///< replications that the automatic warm-up is found on, and then thrown away
        precision_pilot,  ///< those that their number is planned on, thrown away as well
        replications,     ///< those that count
        units,            ///< a study's, of all its settings
    };
    struct Now {
        Phase phase = Phase::none;
        std::int64_t ended = 0, of = 0;  ///< replications of this phase; units that are done, and in all
        bool at_most = false;            ///< so many units, or fewer
        std::string
            best;  ///< the answer so far, for people: "best 7.2 EUR/h with spark.workers=9"; may be empty
        std::string part;  ///< of the study, for people: "disturbances"; may be empty
        double share = 0;  ///< of the phase that is done, those under way included; 0 to 1
        models::ShareOf share_of = models::ShareOf::nothing;
        std::int64_t then = 0;                        ///< replications after this phase
        std::chrono::steady_clock::time_point since;  ///< when the phase began
    };
    Now now() const;

    // For the run alone.
    void begin(Phase phase, std::int64_t of, std::int64_t then, models::ShareOf share_of);
    void one_ended();
    /// From here on units are counted, of which there are so many more; where they are already, in the same count.
    void begin_units(std::int64_t more, bool at_most);
    void best_so_far(std::string best);
    /// What follows is called so, until it is called otherwise.
    void name_part(std::string part);
    std::atomic<std::int64_t>* parts() { return &parts_; }  ///< ReplicationOptions::progress

private:
    mutable std::mutex mutex_;
    Now now_;
    std::atomic<std::int64_t> parts_{0};
};

struct RunOptions {
    unsigned threads = 0;                     ///< 0: one per core
    const std::atomic<bool>* stop = nullptr;  ///< once true, ends with what is finished
    RunProgress* progress = nullptr;          ///< not owned
    /// Where replication `number` (from 1) tells its events; may return null. Called from several threads.
    std::function<models::TraceSink*(std::int64_t number)> sink;
    /// That replication has ended and its sink hears no more.
    std::function<void(std::int64_t number)> traced;
    /// Draws to replay in replication `number`, or null.
    std::function<const models::RecordedDraws*(std::int64_t number)> recorded;
    // For the provenance.
    std::string version;
    std::vector<std::string> set;
    std::vector<ValueOrigin> origins;
    /// Asked after each replication whether to keep() what there is: the result as it would be if the run ended there.
    std::function<bool()> keep_due;
    std::function<void(RunResult)> keep;
};

/// What a result of this run will say of where it comes from.
Provenance provenance_of(const PreparedRun& prepared, const RunOptions& options);

/// `earlier`: a run, read with all that it found, whose replications count as far as they are those of this one
/// (earlier.h).
RunResult run(const PreparedRun& prepared, const RunOptions& options,
              std::optional<RunResult> earlier = std::nullopt);

/// Rows that tracing one replication takes, estimated from the offered rates; for deciding whether to.
double estimate_trace_rows(const PreparedRun& prepared);

}  // namespace understudy::studies
