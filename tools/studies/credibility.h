// Whether a twin can tell what it is asked: how far off it was on runs that it was not fitted to, held against how much the
// answer is about.
//
// A calibration says how far off predictions of held-out runs were, as a share (calibrate.h). An entry of what is accepted
// is about
//     an increase    the share by which the candidate differs from the baseline
//     an objective   the share by which the candidate's value would have to be another to be at the limit
// Where that is less than the error, the twin cannot tell: what would be met or violated is inconclusive, not_credible. An
// error that could not turn the verdict is none for this question: an increase stands where its whole interval, wider on
// either side by the error of the baseline's value, is on the same side of the margin. Of an objective this is the same as
// the distance to its limit. What is exactly the same in both is no effect of any size, and stands. Errors that a
// calibration gives without a metric are of durations, and hold for measures in seconds; one of a metric
// (`latency(enrich)`) for measures of that. Somebody may take the twin for credible all the same, with a reason, which is
// kept. Pure, thread-safe.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace understudy::studies {

struct Accepted;

struct CalibrationError {
    std::string of;          ///< "makespan", "duration", or a metric: "latency(enrich)"
    bool of_metric = false;  ///< the last
    double error = 0;        ///< median of the relative error without its sign, on what was held out
    std::int64_t held_out = 0;
    std::string source;  ///< the change, and the version that it made: "orders@3 (fitted)"
};

/// Sets `effect` and `calibration_error` of the entry where both are known, and its verdict where the twin cannot tell and
/// nobody takes it for credible (`trusted` is empty).
void judge_credibility(Accepted& entry, const std::vector<CalibrationError>& calibration,
                       const std::string& trusted);

}  // namespace understudy::studies
