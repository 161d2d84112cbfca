// Calibration: a twin's parameters fitted to recorded runs, as edits that can be reviewed, rehearsed and made.
//
// What is fitted depends on what a log knows:
// - A log with instants in which (nearly) each task of a pipeline of the twin occurs by its label, and the other way
//   round, is a repeat of it. Each task's service becomes its mean over the repeats; with two and more of them its
//   variation, pooled over all tasks of a process because each has few values (calibrate_laws.h). Where the twin's tasks
//   move data over a link, each repeat's tasks are taken apart into what they moved and their work (calibrate_phases.h). Lags of the
//   scheduler are pooled over all repeats (calibrate_lags.h).
// - Of another log with instants, all tasks of one kind (the recorded process or name is the element's label or
//   name, as log_names.h says) give the law of that element: family, parameters with intervals, goodness of fit, and the share of attempts
//   that failed. Of stages with shares, which way items went (calibrate_branches.h). Where sizes are recorded and the element's are known, a law per GB is taken if it is more likely. So are
//   the arrivals of loads (calibrate_arrivals.h), and what passes until what could start does (calibrate_dispatch.h).
// - A log without instants but with a makespan (WfFormat) tells what the platform adds to the work: the time from
//   level to level, a central launcher's time for each task and each GB, and how much slower work is
//   (calibrate_overheads.h). The twin keeps its own durations: the same name in two of them is not the same work.
//
// Each part is validated on what it was not fitted to: each log left out in turn, or the last fifth of the values. No
// I/O; deterministic; not thread-safe on one object.
#pragma once

#include <atomic>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "kernel/goodness_of_fit.h"
#include "models/recorded_run.h"
#include "models/scenario.h"
#include "tools/studies/uncertain_input.h"

namespace understudy::studies {

/// Above this self-replay warns: a twin that does not show what it was fitted to predicts nothing.
inline constexpr double most_replay_error = 0.05;

/// `path` becomes the law, the number, the arrivals, the text, the transfers or the shares of what is written; of a pipeline's `defaults` it is the delay. A profile is
/// added, under its name.
struct CalibrationEdit {
    std::string path;
    std::optional<models::Law> law;
    std::optional<double> number;
    bool is_share = false;  ///< the number
    std::optional<models::Arrivals> arrivals{};
    std::optional<std::string> text{};
    std::optional<models::Profile> profile{};
    std::optional<models::Transfers> transfers{};
    std::optional<models::Retry> retry{};
    std::optional<models::Writes> writes{};  ///< with shares
};

/// One fitted number with its interval, 95 percent.
struct CalibratedNumber {
    std::string name;  ///< of the law, or what it is: "launch, each task"
    std::string unit;  ///< "s", "s/GB", "x" or empty
    double estimate = 0;
    std::optional<double> low, high;  ///< absent where the logs do not tell
};

/// What was fitted to one path of the twin.
struct CalibratedElement {
    std::string path;
    std::string family;  ///< of its law; "per task" where each task has its own
    std::string how;     ///< in words
    std::int64_t observations = 0;
    std::vector<CalibratedNumber> numbers;
    std::optional<kernel::GoodnessOfFit> fit;
    std::string runner_up;          ///< the next family by AIC
    std::optional<double> aic_gap;  ///< by which it is worse
};

/// A prediction of what was left out.
struct HeldOut {
    std::string what;  ///< the log, or the element
    double predicted = 0, recorded = 0;
    bool covered = false;  ///< the 90-percent interval of the prediction holds it
    bool has_interval = false;
};

struct Validation {
    std::string of;  ///< "makespan" or "duration"
    std::vector<HeldOut> held_out;
    double bias = 0;                 ///< median of predicted over recorded, less 1
    double error = 0;                ///< median of its absolute value
    double p90 = 0;                  ///< its 90th percentile
    std::optional<double> coverage;  ///< share covered, of those with an interval
};

/// The fitted twin against the log itself.
struct SelfReplay {
    std::string source;
    double simulated_s = 0, recorded_s = 0;
    bool by_chance = false;  ///< as far apart as chance alone has them
    double error() const { return simulated_s / recorded_s - 1; }
};

struct Calibration {
    std::vector<CalibrationEdit> edits;
    std::vector<CalibratedElement> elements;
    std::vector<UncertainInput>
        uncertain;  ///< of what is edited: what can be drawn anew (input_uncertainty.h)
    std::vector<std::string> assumed, unidentified, warnings, notes;
    std::vector<Validation> validations;
    std::vector<SelfReplay> self_replays;
    std::int64_t logs = 0;
    bool interrupted = false;
};

struct CalibrationOptions {
    std::uint64_t seed = 1;
    const std::atomic<bool>* stop = nullptr;
};

/// `runs` have their dependencies inferred already. The scenario is one that checks without errors.
Calibration calibrate(const models::Scenario& twin, const std::vector<models::RecordedRun>& runs,
                      const CalibrationOptions& options = {});

}  // namespace understudy::studies
