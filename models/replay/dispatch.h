// How the recorded scheduler treated tasks between their submission and their start.
//
// Every start is put down to the latest of three gates: the start before it on the same node (a kubelet that
// launches one pod after the other), the completion that made room for it, or its own submission. The mean
// lag behind each gate is the launch time, the release lag and the reaction. Launches count as serial only
// where three quarters of them follow each other by a second and more. A
// start at the very instant of a completion on its node waited for that, whatever the log says of needs. Of several
// runs of one platform each lag is the mean over the gates of all of them, and whether launches are serial is told from
// all together.
//
// A window of submissions (Nextflow's queueSize) is seen where the number of tasks submitted and not yet
// completed comes back to the same maximum and tasks whose parents had ended long ago are submitted only
// then. Pure; thread-safe.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "models/recorded_run.h"
#include "models/replay/capacity.h"

namespace understudy::models {

/// Means, 0 where nothing of the kind was seen, and what single tasks of a run show.
struct DispatchLags {
    kernel::Time launch = 0;    ///< from one start on a node to the next
    kernel::Time reaction = 0;  ///< from submission to start where room was free, without the launch
    kernel::Time release = 0;   ///< from a completion to the start it made room for, without the launch
    // By task, where launches are serial; absent where it waited for another gate. Elsewhere the vectors are
    // empty: where tasks queue for cores, a task's own lag is mostly what it waited for others.
    std::vector<std::optional<kernel::Time>> launch_of, reaction_of;
};

/// Of tasks with submission, start and completion.
DispatchLags measure_dispatch(const RecordedRun& run, const CapacityInUse& capacity);

/// The mean of a lag over all gates of some runs.
struct PooledLag {
    kernel::Time mean = 0;
    std::int64_t gates = 0;  ///< that were waited for
    double error_s = 0;      ///< standard error of the mean, from the spread between runs; 0 of one run
    std::int64_t runs = 0;   ///< that have such gates
};

struct PooledLags {
    PooledLag launch, reaction, release;
    std::vector<DispatchLags> of_run;  ///< with the means over all runs, and what its own tasks show
};

struct RunOfPlatform {
    const RecordedRun* run;
    CapacityInUse capacity;
};

/// Over all of them.
PooledLags measure_dispatch(std::span<const RunOfPlatform> runs);

struct SubmissionWindow {
    std::int64_t size = 0;        ///< tasks in flight at most; 0: no window was seen
    std::vector<bool> held_back;  ///< by task: its submission waited for a place in the window
};

/// `ready` by task: when all it waits for had completed; kernel::never where that is not known.
SubmissionWindow find_window(const RecordedRun& run, const std::vector<kernel::Time>& ready);

/// Tasks that were submitted and had not completed, at most.
std::int64_t most_in_flight(const RecordedRun& run);

}  // namespace understudy::models
