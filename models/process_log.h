// A recorded process, whatever log it came from: cases, and the steps that each went through.
//
// The readers of tools/formats/logs fill it; tools/studies/process_twin.h builds a twin from it. Instants are nanoseconds
// since `epoch_ns`, the first instant of the log. What a log does not have stays empty. Values.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "kernel/time.h"
#include "models/recorded_run.h"

namespace understudy::models {

/// No resource.
inline constexpr std::uint32_t nobody = UINT32_MAX;

/// A time in which work on a step went on; between them it stood still and held nobody.
struct WorkStretch {
    kernel::Time begin = 0, end = 0;
    std::uint32_t resource = nobody;  ///< index into ProcessLog::resources
};

/// One activity done once for a case.
struct ProcessStep {
    std::uint32_t activity = 0;       ///< index into ProcessLog::activities
    std::uint32_t resource = nobody;  ///< index into ProcessLog::resources
    /// When it was handed over (the transition `schedule`, or a column), where the log tells; not after its begin.
    std::optional<kernel::Time> submitted;
    std::optional<kernel::Time> start;  ///< where the log tells starts
    kernel::Time end = 0;
    /// Of a step that was suspended: its stretches in ProcessLog::stretches, by begin. None: at work from start to end.
    std::uint32_t first_stretch = 0, stretches = 0;

    kernel::Time begin() const { return start.value_or(end); }
};

struct ProcessCase {
    std::string id;
    std::vector<ProcessStep> steps;  ///< by begin, then end, then as in the log; at least one

    /// When its first step was handed over, or began where the log does not tell.
    kernel::Time begin() const { return steps.front().submitted.value_or(steps.front().begin()); }
};

/// What a log tells of a step that is none of its cases' steps: it had not ended when the log did, or was never begun.
struct UnfinishedStep {
    std::string one;  ///< the id of its case
    std::uint32_t activity = 0;
    enum class Told : std::uint8_t {
        began,
        waits,      ///< it was handed over, and nothing was told of its case since
        scheduled,  ///< it was handed over, and something else has happened since
        gone,       ///< it was withdrawn, skipped or aborted, and the log does not say when it began
    };
    std::int64_t ns = 0;  ///< since 1970
    Told told = Told::began;
    std::optional<std::int64_t>
        submitted_ns;  ///< of one that began: when it was handed over, where the log tells
};

struct ProcessLog {
    std::string source;                              ///< the file's name, for reports
    std::string format;                              ///< xes, csv
    std::int64_t epoch_ns = 0;                       ///< nanoseconds since 1970-01-01T00:00Z of instant 0
    std::vector<std::string> activities, resources;  ///< sorted
    /// What resources are: org:role, or org:group where the log has no roles; sorted, and of each resource (empty: none
    /// has any). One may have several.
    std::vector<std::string> roles;
    std::vector<std::vector<std::uint32_t>> roles_of;
    std::vector<ProcessCase> cases;      ///< by begin, then as in the log
    std::vector<WorkStretch> stretches;  ///< of the steps that were suspended
    bool local_dates = false;            ///< its dates say no zone: they are read as of UTC
    std::int64_t events = 0;             ///< that were read, with those that are no step
    std::int64_t traces = 0;             ///< cases that were read, with those without a step
    std::int64_t steps_with_start = 0, steps_with_submission = 0;
    std::vector<UnfinishedStep> unfinished;  ///< where they were asked for
    std::vector<RecordedRun::Note> notes;
};

/// Calls `use` with each stretch of work on a step; with none where its start is not known.
template <typename Use>
void each_stretch(const ProcessLog& log, const ProcessStep& step, Use use) {
    for (std::uint32_t i = 0; i < step.stretches; ++i) use(log.stretches[step.first_stretch + i]);
    if (step.stretches == 0 && step.start) use(WorkStretch{*step.start, step.end, step.resource});
}

/// From the begin of the case to the end of the step that ends last.
inline kernel::Time cycle_time(const ProcessCase& one) {
    kernel::Time last = one.steps.front().end;
    for (const ProcessStep& step : one.steps) last = step.end > last ? step.end : last;
    return last - one.begin();
}

}  // namespace understudy::models
