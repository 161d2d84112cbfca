// What the parts of calibrate.h share: edits made to a scenario, a run's makespan, summaries. Internal to
// tools/studies; pure.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "kernel/fit.h"
#include "kernel/statistics.h"
#include "models/recorded_run.h"
#include "models/scenario.h"
#include "tools/studies/calibrate.h"
#include "tools/studies/law_of.h"

namespace understudy::studies {

inline constexpr double gigabyte = 1e9;
/// Beyond this the clock of a simulation ends, in seconds.
inline constexpr double longest_simulated_s = 9.2e9;

/// Makes the edits; each must be of a path that exists, as those of a calibration are.
void apply_calibration(const std::vector<CalibrationEdit>& edits, models::Scenario& scenario);

/// From the start of the simulation to the last end of work, in seconds, over those of so many replications in which all
/// tasks ran well; nothing if the scenario cannot run, or none did. Of pipelines alone one run of each, whatever their
/// schedules: a makespan is that of one run.
std::optional<kernel::Moments> simulated_makespans(models::Scenario scenario, std::int64_t replications,
                                                   const std::atomic<bool>* stop);
/// Their mean.
std::optional<double> simulated_makespan(models::Scenario scenario, std::int64_t replications,
                                         const std::atomic<bool>* stop);

/// As the log states it, else from the first submission (or start) to the last completion.
std::optional<double> recorded_makespan(const models::RecordedRun& run);

/// Says of each prediction whether the interval of 90 percent that the errors of the others give holds the recorded
/// value: their logarithms have mean 0 and a normal law, hence Student's factor. From `fewest` predictions on; none of
/// a prediction or a recording that is not above 0.
void judge_left_out(std::vector<HeldOut>& predictions, std::size_t fewest);

/// Fills bias, error, p90 and coverage.
Validation summarised(Validation validation);

/// To four digits, so that a change can be read; 0 where it is not above 0.
double four_digits(double value);
/// The law with its parameters to four digits.
kernel::Distribution shortened(kernel::Distribution law);

/// "no finite mean", or "a mean of 336 s, and the log one of 1450 s".
std::string mean_against(const kernel::Distribution& law, double recorded, const std::string& unit);
/// "pareto is likelier, but has no finite mean": of a law that was not to be chosen, for which another is taken.
std::string why_refused(const kernel::FittedLaw& refused, double recorded, const std::string& unit);

/// That the law at this path was fitted to so many values, and which family it may be of besides; nothing of a constant.
/// `runner_up`: the next by AIC. `unit`: what the path's values are multiplied by.
void add_uncertain_law(const std::string& path, const kernel::FittedLaw& chosen,
                       const std::optional<kernel::FittedLaw>& runner_up, double observations,
                       Calibration& into, double unit = 1);

/// Does the log have instants of its tasks?
bool has_instants(const models::RecordedRun& run);

}  // namespace understudy::studies
