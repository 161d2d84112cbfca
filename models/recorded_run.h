// A recorded production run, whatever log it came from: tasks with times, needs and dependencies.
//
// The readers of tools/formats/logs fill it; tools/studies/replay builds a twin from it and compares.
// Instants are nanoseconds since `RecordedRun::epoch_ns`, which lies at the first instant the log knows (0
// where the log has only durations). What a log does not have stays empty: nothing is invented here; what a
// study assumes it says itself.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "kernel/time.h"

namespace understudy::models {

/// One attempt of one task that took time.
struct RecordedTask {
    std::string id;        ///< unique within the run, as the log names it
    std::string name;      ///< for people; may repeat
    std::string process;   ///< what kind of task it is (Nextflow's process, a rule, a category); groups tasks
    std::string tag;       ///< what distinguishes it within its process (sample, chunk)
    std::string workflow;  ///< what it is a task of, where the log has several (Airflow's DAG)
    std::string node;      ///< where it ran; empty where unknown
    std::string run;       ///< the run of a pipeline that it is part of; empty where unknown
    std::string pool;      ///< the queue or pool it was handed to; empty where unknown or none
    std::optional<kernel::Time> submitted;  ///< handed to the scheduler
    std::optional<kernel::Time> started;    ///< began to hold its resources
    std::optional<kernel::Time> completed;  ///< let go of them, as the log says
    std::optional<kernel::Time> realtime;   ///< the work itself without staging, where the log has it
    std::optional<kernel::Time> requested;  ///< how long it was allowed to run, as its user asked
    /// How long work on it went on from start to end, where that is not all of it (it was suspended).
    std::optional<kernel::Time> worked;
    /// Of that, how long nothing was going on any more that began before it in its run (step_times.h); of one that is open,
    /// until the log ended. Where the log has that.
    std::optional<kernel::Time> advance;
    double cpus = 1;                        ///< requested (or used) cores
    std::int64_t memory_bytes = 0;          ///< requested; 0 is unknown
    std::int64_t read_bytes = 0;
    std::int64_t write_bytes = 0;
    double cpu_percent = 0;  ///< of one core, 0 is unknown
    int attempt = 1;
    bool failed = false;                 ///< the attempt ended in failure
    std::vector<std::uint32_t> parents;  ///< indices into RecordedRun::tasks, ascending, without repeats
};

/// Does the log say when it began and ended?
inline bool has_times(const RecordedTask& task) {
    return task.started && task.completed && *task.completed >= *task.started;
}
/// For how long it held its resources, if the log says so in any way.
inline std::optional<kernel::Time> time_held(const RecordedTask& task) {
    if (task.worked) return task.worked;
    return has_times(task) ? *task.completed - *task.started : task.realtime;
}

/// A machine of the recorded platform.
struct RecordedNode {
    std::string name;
    double cores = 0;               ///< 0 is unknown
    std::int64_t memory_bytes = 0;  ///< 0 is unknown
    double speed = 1;               ///< relative to the machine the durations were recorded on
};

/// An edge between kinds of tasks (the process DAG), where only that was recorded.
struct ProcessEdge {
    std::string from, to;
};

struct RecordedRun {
    std::string source;         ///< the file's name, for reports
    std::string format;         ///< nextflow, wfformat, ninja, swf, csv, understudy
    std::string workflow;       ///< name of what ran; may be empty
    std::int64_t epoch_ns = 0;  ///< nanoseconds since 1970-01-01T00:00Z of instant 0; 0 where unknown
    std::vector<RecordedTask> tasks;
    /// What had come and not ended when the log did, where that was asked for; without parents, and with instants before
    /// 0 where such a task is the oldest.
    std::vector<RecordedTask> open;
    std::vector<RecordedNode> nodes;
    std::int64_t processors = 0;  ///< of the whole platform, as the log states it; 0: it does not
    std::string zone;             ///< IANA name of its local time; empty: `utc_offset` all the year
    kernel::Time utc_offset = 0;  ///< local time less UTC
    std::vector<ProcessEdge> process_edges;
    std::optional<kernel::Time>
        makespan;  ///< as the log states it; where absent, derived from the tasks' times
    kernel::Time resolution = kernel::nanosecond;  ///< of the recorded instants
    bool has_dependencies = false;                 ///< `parents` are recorded, not inferred

    /// A line of the log that could not be used, or a class of them: shown to the user, never fatal for the
    /// rest.
    struct Note {
        std::string text;
        std::int64_t count = 1;
        std::int64_t first_line = 0;  ///< 1-based; 0 where lines make no sense
    };
    std::vector<Note> notes;
    std::int64_t left_out =
        0;  ///< lines or entries that stand for a task and could not be used; in `notes` too
};

}  // namespace understudy::models
