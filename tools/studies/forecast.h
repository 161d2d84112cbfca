// What will be seen from a state on: not how the mean of many days lies, but where this one will.
//
// Replications of the rest of a scenario are possible futures. From n of them the interval between the k-th smallest and
// the k-th largest value contains the next one, which reality is, with a chance of (n + 1 - 2k) / (n + 1), whatever the
// law (Wilks 1941; Hahn and Meeker, Statistical Intervals, 1991, section 5.4): a prediction interval. It does not get
// narrower with more replications, as confidence intervals of means do. Values that are counts have at least that chance.
// The chances that something holds are shares of the futures. All of it is right as far as the model is.
//
// Parameters that a log gave are not the true ones. With `inputs` each future has them as another log would have given them,
// so that what is not known of them is in the range: a bootstrap of the predictive distribution (Harris 1989, Biometrika
// 76:4). Measured: tests/tools/studies/forecast_inputs.cpp, docs/state.md.
//
// What the state does not hold (its `missing`) is in no future. It is told, and what may depend on it is promised to nobody:
// where it can change an objective or what an alert looks at (models/reach.h), the verdict on that is inconclusive.
//
// No I/O. The forecast depends on scenario, state, seed and number of replications, not on threads.
#pragma once

#include <atomic>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "models/problem.h"
#include "models/scenario.h"
#include "models/schedule.h"
#include "tools/studies/result.h"
#include "tools/studies/uncertain_input.h"

namespace understudy::studies {

/// Nothing: in as many futures that it lies within the interval there is no such value. Infinite: it is not over by then.
struct Predicted {
    std::optional<double> low, middle, high;
};

struct PredictedObjective {
    std::string text, unit;
    Predicted value;
    std::int64_t holds = 0, of = 0;  ///< futures in which it holds, of those in which it says something
    /// Met (violated) if it holds (does not) in a share of at least `confidence` of the futures.
    Verdict verdict = Verdict::inconclusive;
    std::vector<std::string> lacks;  ///< elements that it may depend on, and of which something is missing
};

/// An alert. Of the level `fail` it is a constraint, and holds in futures in which it is not raised.
struct PredictedAlert {
    std::string text, level;
    std::int64_t raised = 0;                  ///< futures in which it is
    Verdict verdict = Verdict::inconclusive;  ///< of a constraint; else it says nothing
    std::vector<std::string> lacks;
};

/// A run of a pipeline that is under way, or is due by the clock before the end.
struct PredictedRun {
    std::string pipeline;
    bool open = false;        ///< it is there now; else it will be due
    kernel::Time due = 0;     ///< on the scenario's clock; below 0: before it
    std::int64_t over = 0;    ///< futures in which it is over by the end, and of these ...
    std::int64_t failed = 0;  ///< ... in which it has failed
    Predicted end;            ///< when, on the scenario's clock, s; infinite: not by the end
    bool lacks = false;       ///< it may depend on what is missing
};

/// What is at a stage now: in line, at work, in pauses, gathering.
struct PredictedDrain {
    std::string name;
    std::int64_t present = 0;
    std::int64_t drained = 0;  ///< futures in which all of it has left by the end
    Predicted at;              ///< when the last has, as PredictedRun::end
    bool lacks = false;
};

struct PredictedPipeline {
    std::string name;
    std::int64_t open = 0;  ///< runs of the state that are not over
    std::int64_t done = 0;  ///< futures in which nothing of it is left at the end
    Predicted end;  ///< when its last run is over, on the scenario's clock, s; infinite: not by the end
};

struct PredictedBacklog {
    std::string name;           ///< a stage
    std::vector<Predicted> at;  ///< items waiting, at each of Forecast::instants
    bool lacks = false;         ///< it may depend on what is missing
};

/// Something that is there and that the state does not hold.
struct NotInState {
    std::string element, what;
};

struct Forecast {
    Provenance provenance;
    kernel::Time as_of = 0, until = 0;
    std::int64_t futures = 0;
    double confidence = 0.95;
    double coverage = 0;                               ///< of the intervals: at least `confidence`
    std::shared_ptr<const models::Calendar> calendar;  ///< null: the clock has no date
    std::vector<NotInState> missing;
    std::vector<PredictedObjective> objectives;
    std::vector<PredictedAlert> alerts;
    std::vector<PredictedPipeline> pipelines;
    std::vector<PredictedRun> runs;      ///< by pipeline, then by when they are due; at most 12 of each
    std::vector<PredictedDrain> drains;  ///< of stages where something is, the fullest first; at most 20
    std::vector<kernel::Time> instants;
    std::vector<PredictedBacklog> backlogs;  ///< the largest first, at most 20
    std::int64_t broken_off = 0;  ///< futures that could not go on to the end, and why the first could not
    std::string why_broken_off;
    bool interrupted = false;
    std::string input_reason;  ///< where fitted inputs were drawn anew: how often which; else empty
    /// Violated if an objective or a constraint is, else inconclusive if one is, else met.
    Verdict verdict = Verdict::inconclusive;

    /// There is something to be judged.
    bool promises() const;
};

struct ForecastOptions {
    kernel::Time horizon = 0;    ///< above 0
    std::int64_t futures = 199;  ///< at least futures_needed()
    unsigned threads = 0;        ///< 0: one per core
    const std::atomic<bool>* stop = nullptr;
    std::string version;
    std::vector<std::string> set = {};  ///< what was set beside the file, for the provenance
    /// Fitted parameters, of which each future has a draw of its own (redrawn_inputs.h); none: as if all were known.
    std::vector<UncertainInput> inputs = {};
};

/// The fewest that an interval of such a level needs: 39 for 95 %.
std::int64_t futures_needed(double confidence);

/// Nothing if `problems` has got an error.
std::optional<Forecast> forecast(models::Scenario scenario, const ForecastOptions& options,
                                 models::Problems& problems);

/// The prediction interval of values, NaN left out. Of at least futures_needed() values; else without ends.
Predicted predict(std::vector<double> values, double confidence);

}  // namespace understudy::studies
