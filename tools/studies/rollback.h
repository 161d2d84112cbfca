// The way back of a change, rehearsed: it goes in, fails, somebody notices, decides and takes it back, and the twin
// recovers, or does not.
//
//     auto prepared = prepare_rollback(std::move(twin), problems);
//     if (prepared) RollbackResult result = rehearse_rollback(*prepared, options);
//
// Each replication is one simulation (models/simulation/running.h) that is forked where it fails: one fork goes on without
// the failure, one takes the way back, and further ones decide at other instants. All forks draw the same numbers, so what
// they differ by is the failure's doing. Draws of the plan itself (`decide`, `takes`) are addressed by replication and
// step, so that they are the same in all of them.
//
// In one fork: at `goes_in` the edits are made, where they can be (plan.edit_actions); at `fails_at`, or once its condition
// comes true, or else as it goes in, it fails. From then until it is well again lasts the episode. It is detected once the
// condition comes true, which at the failure it may be already, or after so long. Then it is decided, and the steps follow
// one another: `pause` and `fail` act as their step begins, all else as it ends. What was before the change is back where
// the first step ends that resumes or heals, or the last step where none does. It is well again once the last step is done
// and `until` holds.
//
// The last safe moment: the latest instant, counted from the failure, at which deciding loses no more items to the end of
// the run (harm.h) than without the failure, and each step that rewinds a stage still reads all again that the stage has read since
// the failure: none of it longer ago than the step goes back, and none that its dataset no longer keeps by its retention;
// nor does a step that runs a pipeline `from` and `until` lack any of what its runs due since the failure read.
// Found by halving in forks, to within a hundredth of itself, under the assumption that what is safe later is
// safe before.
//
// No I/O; the same for any number of threads.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "kernel/time.h"
#include "models/law.h"
#include "models/problem.h"
#include "models/scenario.h"
#include "tools/studies/result.h"
#include "tools/studies/run.h"

namespace understudy::studies {

/// A plan whose actions are some of a scenario's, told by their positions. Those of edits and the failure last until they
/// are taken back; those that wait for a condition yield.
struct WayBack {
    struct Step {
        std::string text;
        models::Law takes;  ///< seconds
        std::optional<std::size_t> action;
    };
    std::vector<std::string> edits;         ///< of the change, as text
    std::vector<std::size_t> edit_actions;  ///< that make those that a simulation can tell
    bool edits_stay = false;              ///< the scenario has those from the start, and no action makes them
    std::vector<std::string> loses_data;  ///< edits after which there is nothing to go back to
    std::optional<kernel::Time> goes_in;  ///< none: as it fails, else at the end of the warm-up
    std::optional<std::size_t> failure;   ///< none: going in is the failure
    std::optional<kernel::Time> fails_at;  ///< none: see fails_when; neither: as it goes in
    std::optional<std::size_t> fails_when;
    std::optional<std::size_t> detects;  ///< none: detect_after
    models::Law detect_after;            ///< seconds
    models::Law decide;                  ///< seconds
    std::vector<Step> steps;
    std::size_t recovers = 0;
    std::string text;                           ///< canonical: the same for the same plan
    std::string detect, until;                  ///< as written
    std::vector<std::string> stresses;          ///< actions of the scenario that do not happen here
    std::vector<models::Condition> conditions;  ///< of those that yield; the last is what it is well again by
};

struct RollbackTwin {
    models::Scenario scenario;
    WayBack plan;
};

struct PreparedRollback {
    PreparedRun run;
    WayBack plan;
    std::size_t episode = 0;  ///< position of the action that lasts as long as the episode
    /// Of the run's measures, the first of: backlog, duplicated; then what is lost and late (harm.h), each a sum.
    std::size_t counted = 0;
    std::vector<std::size_t> landings;  ///< of the run's measures, shares of runs that land in time
    models::Measure backlog;  ///< the most there is of what `until` is about, else of what is present
};

/// Nothing if there is an error among the problems.
std::optional<PreparedRollback> prepare_rollback(RollbackTwin twin, models::Problems& problems);

struct RollbackOptions {
    RunOptions run;  ///< threads, stop and progress count
    std::int64_t replications = 30;
    kernel::Time warm_up = 0;
    double confidence = 0.95;
};

struct RollbackResult {
    /// A stretch of time that not every replication has come to the end of.
    struct Stretch {
        std::int64_t seen = 0;  ///< replications that did
        Estimate seconds;       ///< of those
    };
    /// How much more there is of something than without the failure.
    struct Count {
        Estimate with, more;
    };
    struct Step {
        std::string text;
        Stretch takes;
    };
    struct Promise {
        std::string text, unit;
        models::Comparison comparison = models::Comparison::less;
        double limit = 0;
        Estimate without, with;
    };
    Verdict verdict = Verdict::inconclusive;
    std::string why;   ///< of a verdict that is not met
    std::string text;  ///< of the plan, canonical
    std::int64_t replications = 0;
    double confidence = 0.95;
    std::string detect, until;
    std::vector<std::string> edits;
    bool taken_back =
        false;  ///< the edits were made and taken back in the twin; else they were there throughout
    std::vector<std::string> loses_data;
    bool detected_before = false;  ///< in some replication what detects it was so before it failed
    Stretch in;                    ///< from the start until it goes in
    Stretch failed;                ///< from when it went in
    Stretch detected;              ///< from the failure
    Stretch decided;               ///< from when it was detected
    Stretch back;                  ///< from the decision until what was before is back
    Stretch done;                  ///< from the decision until the last step is done
    Stretch drained;               ///< from when what was before is back until it is well again
    Stretch recovered;             ///< from the failure until it is well again
    std::vector<Step> steps;
    std::string backlog_of, backlog_unit;  ///< "max lag(enrich)"
    Count backlog;                         ///< `with`: the most during the episode
    Count lost, duplicated, late;          ///< items, to the end of the run
    std::optional<Count> missed;           ///< runs that miss a deadline; none: nobody promises any
    std::vector<Promise> promises;         ///< over the whole run
    /// The last safe moment. `seen`: replications in which there is one before the end of the run.
    Stretch safe;
    std::int64_t safe_tried = 0,
                 never_safe = 0;  ///< replications: looked at; in which deciding at once is too late
    std::vector<std::string> unsafe_because;  ///< what is wrong with deciding later, each once
    bool interrupted = false;
    std::vector<std::string> warnings;
};

RollbackResult rehearse_rollback(const PreparedRollback& prepared, const RollbackOptions& options);

}  // namespace understudy::studies
