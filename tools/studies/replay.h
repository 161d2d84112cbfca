// Replay of a recorded run: a twin is built from it, run trace-driven, and compared with what was recorded.
//
// The twin is an ordinary scenario of one pipeline that runs once: a task per recorded task with its recorded
// duration and needs, a pool of the recorded nodes, dependencies where the log has them or they were inferred
// (models/replay/dependencies.h). What the log does not say is assumed and listed. No I/O; deterministic.
//
// What is taken from the recording besides durations and needs, and why the loop is still closed: the order
// in which tasks started is a rank and no time; `delay` is the time from the end of a task's parents to its
// submission and moves with them; `launch` and `release` are one mean each for the whole run.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "models/recorded_run.h"
#include "models/scenario.h"
#include "tools/studies/run.h"

namespace understudy::studies {

enum class Submissions {
    recorded,  ///< open loop: each task is handed over when it was
    inferred,  ///< closed loop: once what it waits for has ended
};

struct ReplayTwin {
    models::Scenario scenario;
    std::vector<std::string>
        task_of;  ///< by recorded task: its name in the twin, empty where it was left out
    std::vector<std::string> assumed;  ///< in words, for reports
    std::vector<std::string> unknown;  ///< what cannot be known from this log
    std::int64_t left_out = 0;
};

/// Of a run that may lack almost everything; tasks without a duration are left out. Names in the twin are
/// derived from process and position; the recorded name stands as the label.
ReplayTwin build_twin(const models::RecordedRun& run, Submissions submissions);

/// Submissions to use where nobody says: inferred if dependencies are known.
Submissions default_submissions(const models::RecordedRun& run);

struct ErrorSummary {
    double median = 0, p90 = 0;  ///< of absolute errors, seconds
    double bias = 0;             ///< mean of simulated less recorded, seconds
    std::int64_t count = 0;
};

struct ReplayResult {
    std::string source, format, workflow;
    std::string submissions;  ///< "recorded" or "inferred"
    std::optional<double> recorded_makespan_s;
    double simulated_makespan_s = 0;
    std::optional<double> relative_error;  ///< simulated over recorded, less 1
    std::int64_t matched = 0, left_out = 0;
    std::optional<ErrorSummary> start_error, end_error;
    std::optional<double> recorded_utilisation, simulated_utilisation;
    std::vector<std::string>
        critical_path;  ///< labels of the tasks that the simulated end waited for, first to last
    std::vector<std::string> assumed, unknown;
    std::vector<std::string> notes;  ///< of the reader: what was broken, left out
    bool interrupted = false;
};

/// Runs a twin (perhaps edited: `scenario`) once and compares.
ReplayResult replay(const models::RecordedRun& run, const ReplayTwin& twin, const PreparedRun& prepared);

}  // namespace understudy::studies
