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

/// One activity done once for a case.
struct ProcessStep {
    std::uint32_t activity = 0;         ///< index into ProcessLog::activities
    std::uint32_t resource = nobody;    ///< index into ProcessLog::resources
    std::optional<kernel::Time> start;  ///< where the log tells starts
    kernel::Time end = 0;

    kernel::Time begin() const { return start.value_or(end); }
};

struct ProcessCase {
    std::string id;
    std::vector<ProcessStep> steps;  ///< by begin, then end, then as in the log; at least one

    kernel::Time begin() const { return steps.front().begin(); }
};

/// A step that had not ended when the log did.
struct UnfinishedStep {
    std::string one;  ///< the id of its case
    std::uint32_t activity = 0;
    std::int64_t ns = 0;     ///< since 1970: when it began, or was handed over
    bool scheduled = false;  ///< it was handed over (the transition `schedule`) and need not have begun
};

struct ProcessLog {
    std::string source;                              ///< the file's name, for reports
    std::string format;                              ///< xes, csv
    std::int64_t epoch_ns = 0;                       ///< nanoseconds since 1970-01-01T00:00Z of instant 0
    std::vector<std::string> activities, resources;  ///< sorted
    std::vector<ProcessCase> cases;                  ///< by begin, then as in the log
    std::int64_t events = 0;                         ///< that were read, with those that are no step
    std::int64_t traces = 0;                         ///< cases that were read, with those without a step
    std::int64_t steps_with_start = 0;
    std::vector<UnfinishedStep> unfinished;  ///< where they were asked for; `schedule` of steps that ended as well
    std::vector<RecordedRun::Note> notes;
};

/// From the begin of the first step to the end of the one that ends last.
inline kernel::Time cycle_time(const ProcessCase& one) {
    kernel::Time last = one.steps.front().end;
    for (const ProcessStep& step : one.steps) last = step.end > last ? step.end : last;
    return last - one.begin();
}

}  // namespace understudy::models
