// How well the twin of a recorded process predicts how long its cases take: made of the first cases by begin, held against
// those that came later.
//
// Three forecasts of the distribution of cycle times, from the begin of a case (models/step_times.h) to the end of its last step, and
// their Wasserstein distance from the recorded one (kernel/wasserstein.h):
//
// - bootstrap: cycle times of the earlier cases, drawn again;
// - unfitted: the twin without the time between steps, as it would be simulated from the services and people alone;
// - fitted: the twin (process_twin.h).
//
// A log ends, and so do the later cases that are in it. Where only cases are in the log that had ended (`complete_only`), a
// case that began so long before its end cannot have taken longer, so all three forecasts are those on condition of that,
// for each later case by its recorded begin. Where the log breaks off cases that had not ended (cut_cases), of a case of
// all three forecasts the steps count that ended by then. The end of the log is known beforehand; what the later cases did
// is not used but for which of both it is, the begins of the cases, and the comparison. The distances without regard to that
// stand beside.
//
// Uses its own random numbers, by `seed`; the same bytes for any number of threads. No I/O.
#pragma once

#include <atomic>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "models/process_log.h"
#include "tools/studies/run.h"

namespace understudy::studies {

struct CycleTimeOptions {
    double first = 0.8;              ///< share of the cases that the twin is made of
    std::int64_t replications = 20;  ///< of the later cases
    std::uint64_t seed = 1;
    unsigned threads = 0;
    const std::atomic<bool>* stop = nullptr;
    RunProgress* progress = nullptr;
};

struct CycleTimeForecast {
    std::string name;  ///< bootstrap, unfitted, fitted
    double mean_s = 0, median_s = 0, p90_s = 0;
    double distance_s = 0;              ///< from the recorded distribution
    double distance_without_end_s = 0;  ///< if the log went on for ever
};

struct CycleTimeValidation {
    std::int64_t fitted_to = 0, predicted = 0;   ///< cases
    bool complete_only = true;                   ///< else the log cuts cases off
    double mean_s = 0, median_s = 0, p90_s = 0;  ///< recorded, of the predicted cases
    std::vector<CycleTimeForecast> forecasts;    ///< in the order above
    bool interrupted = false;                    ///< then there are none
};

/// That the fitted twin is farther from the later cases than the one without a fit, and than earlier cases.
std::vector<std::string> warnings_of(const CycleTimeValidation& found);

/// Fewest cases: 10, of which 2 are predicted; nothing with fewer.
std::optional<CycleTimeValidation> validate_cycle_times(const models::ProcessLog& log,
                                                        const CycleTimeOptions& options = {});

}  // namespace understudy::studies
