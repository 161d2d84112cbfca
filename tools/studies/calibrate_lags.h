// What the scheduler adds between tasks, over all repeats of a workflow: the part of calibrate.h that fits launch, release
// and the window of submissions (models/replay/dispatch.h has what each of them is).
//
// Lags of a pool are the mean over all starts of all repeats that waited for the gate, on the platform that the twin has;
// intervals come from the spread between repeats. What no repeat shows stays as the twin has it. So do the delays of
// tasks: their means over repeats were measured to predict worse (docs/calibration.md). Internal to tools/studies; pure.
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "models/recorded_run.h"
#include "models/replay/dispatch.h"
#include "models/scenario.h"
#include "tools/studies/calibrate.h"

namespace understudy::studies {

/// A repeat, and which of its tasks are which of the twin's.
struct MatchedRepeat {
    const models::RecordedRun* run = nullptr;
    std::map<std::string, std::size_t> task_of;  ///< by path in the twin
    /// Further ones that held the same workers, such as those that failed.
    std::map<std::string, std::vector<std::size_t>> other_attempts;
};

class LagsOfRepeats {
public:
    /// The twin must outlive it.
    LagsOfRepeats(const models::Scenario& twin, const std::vector<MatchedRepeat>& repeats);

    /// What differs from the twin.
    std::vector<CalibrationEdit> edits() const;
    /// Elements, and what is assumed or cannot be told.
    void report(Calibration& into) const;

private:
    struct OfPool {
        const models::Pool* pool = nullptr;
        models::PooledLags lags;
    };
    struct OfTask {
        std::vector<double> launches_s;  ///< its own, where launches are serial
        std::size_t pool = 0;
    };
    struct OfPipeline {
        const models::Pipeline* pipeline = nullptr;
        std::int64_t window = 0;   ///< 0: none was seen
        std::int64_t windows = 0;  ///< repeats that show one
        bool broken = false;       ///< a repeat had more in flight than that
    };

    void measure_pools(const models::Scenario& twin, const std::vector<MatchedRepeat>& repeats);
    void find_windows_of(const models::Scenario& twin, const std::vector<MatchedRepeat>& repeats);

    std::vector<OfPool> pools_;
    std::map<std::string, OfTask> tasks_;  ///< by path
    std::vector<OfPipeline> pipelines_;
    std::int64_t with_submissions_ = 0, repeats_ = 0;
};

}  // namespace understudy::studies
