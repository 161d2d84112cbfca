// The twin of a recorded run: an ordinary scenario of one pipeline that runs once.
//
// - A pool `cluster` of the recorded machines; where the log hands tasks to queues (or pools) that share no
//   machine, a pool for each, under its name. Where the log names nodes without their size, of as many equal
//   nodes with the most that was in use on one; where it names none, of as many slots as tasks ran at once.
// - A task for each recorded attempt that took time, with its recorded duration and needs. Its name is its
//   process (or name) with what is no letter, digit or underscore replaced, at most the last 40 characters,
//   and its number in the order of starts (of the log, where that is not known), with zeros in front; the
//   recorded name is the label.
// - Dependencies as recorded or inferred (models/replay/dependencies.h). Where many tasks wait for the same
//   many, a task without work, `all_of_N`, stands between: n + m links instead of n times m.
// - Priorities in the recorded order of starts, and the scheduler's lags (models/replay/dispatch.h).
//
// Closed loop (Submissions::inferred): a task is handed over its recorded delay after its parents have ended;
// one that waited for the submission window waits for it again (max_active_tasks). Nothing in the twin is an
// instant of the recording but the submissions of tasks without parents. Open loop (recorded): each task is
// handed over when it was. What the log does not say is assumed and listed. No I/O; deterministic.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "models/recorded_run.h"
#include "models/replay/phases.h"
#include "models/scenario.h"

namespace understudy::studies {

/// The link of a twin whose tasks move data.
inline constexpr const char* replay_link = "storage";

/// The pool of a twin whose log knows no queues.
inline constexpr const char* replay_pool = "cluster";

struct TwinPool {
    std::string name;
    bool counts_cores = true;      ///< else it is of slots, one a task
    bool one_slot_a_core = false;  ///< a task takes as many slots as it has cores
};

enum class Submissions {
    recorded,  ///< open loop: each task is handed over when it was
    inferred,  ///< closed loop: once what it waits for has ended
};
const char* name_of(Submissions submissions);

struct ReplayTwin {
    models::Scenario scenario;
    Submissions submissions = Submissions::inferred;
    /// By recorded task: its name in the twin with the pipeline's, empty where it was left out.
    std::vector<std::string> task_of;
    std::vector<std::string> assumed;  ///< in words, for reports
    std::vector<std::string> unknown;  ///< what cannot be known from this log
    std::vector<std::string>
        not_in_twin;  ///< what the recorded scheduler did that the twin does not, as far as is seen
    std::int64_t left_out = 0;
    std::vector<TwinPool> pools;
    std::vector<std::uint32_t> pool_of;  ///< by recorded task: index into `pools`; 0 where it was left out
    double total_cores = 0;              ///< of the recorded platform, or its slots
};

/// Of a run that may lack almost everything; tasks without a duration are left out. With `storage`, tasks whose phases
/// can be told (models/replay/phases.h) work for a part of the time they held, and move data over the link `storage` for
/// the rest; why_no_phases() says first whether any can.
ReplayTwin build_twin(const models::RecordedRun& run, Submissions submissions,
                      const std::optional<models::StoragePlatform>& storage = std::nullopt);

/// Why tasks of this run have no phases, in words for the user; empty where they have.
std::string why_no_phases(const models::RecordedRun& run);

/// Submissions to use where nobody says: inferred if dependencies are known.
Submissions default_submissions(const models::RecordedRun& run);

/// Why these submissions cannot be had from this run, in words for the user; empty where they can.
std::string why_not(const models::RecordedRun& run, Submissions submissions);

/// Edits to add to `overrides`: with another number of nodes than the recorded one the recorded placement means
/// nothing, so pools whose workers are set are placed anew ("cluster.placement=spread").
std::vector<std::string> placement_edits(const models::Scenario& twin,
                                         const std::vector<std::string>& overrides);

}  // namespace understudy::studies
