// Replay of a recorded run: its twin (replay_twin.h) is run trace-driven and compared with what was recorded.
// No I/O; deterministic.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "models/recorded_run.h"
#include "tools/studies/replay_prediction.h"
#include "tools/studies/replay_queue.h"
#include "tools/studies/replay_twin.h"
#include "tools/studies/run.h"

namespace understudy::studies {

struct ErrorSummary {
    double median = 0, p90 = 0;  ///< of absolute errors, seconds
    double bias = 0;             ///< mean of simulated less recorded, seconds
    std::int64_t count = 0;
};

/// One task of the chain that the simulated end waited for.
struct CriticalStep {
    enum class After {
        start,    ///< of the run
        task,     ///< the step before is what it depends on
        workers,  ///< the step before ended and so made room for it
    };
    std::string task;  ///< as the log names it
    After after = After::start;
    double start_s = 0, end_s = 0;  ///< simulated, of its work
};
const char* name_of(CriticalStep::After after);

/// How long jobs waited for their processors.
struct WaitComparison {
    std::string queue;  ///< of the log; empty: all jobs
    std::int64_t jobs = 0;
    double recorded_s = 0, simulated_s = 0;  ///< means
    std::optional<double> without_rules_s;   ///< simulated without the rules that were inferred from the log
};

struct ReplayResult {
    std::string source, format, workflow;
    Submissions submissions = Submissions::inferred;
    std::optional<double> recorded_makespan_s;
    double simulated_makespan_s = 0;
    std::optional<double> relative_error;  ///< simulated over recorded, less 1
    std::int64_t matched = 0, left_out = 0;
    std::optional<ErrorSummary> start_error, end_error;
    std::optional<double> recorded_utilisation,
        simulated_utilisation;  ///< work over the cores (or slots) of the twin
    std::vector<WaitComparison>
        waits;  ///< of a batch system: all jobs, then by queue where there are several
    std::vector<CriticalStep> critical_path;  ///< first to last
    std::optional<Prediction> prediction;  ///< of an edited twin with phases
    std::vector<std::string> changed;  ///< edits of the twin, "cluster.workers=4": then it is a prediction
    std::vector<std::string> assumed, unknown, not_in_twin;
    std::vector<std::string> notes;  ///< of the reader: what was broken, left out
    bool interrupted = false;
};

/// Runs the twin, as it is or edited (`prepared`), once, and compares. Tasks are matched by their names in the
/// twin; those that an edit removed or that did not end count as left out. Once `stop` is true the run is given up:
/// the result is `interrupted`, and compares nothing. `progress` is followed as in RunOptions.
ReplayResult replay(const models::RecordedRun& run, const ReplayTwin& twin, const PreparedRun& prepared,
                    const std::atomic<bool>* stop = nullptr, RunProgress* progress = nullptr);

}  // namespace understudy::studies
