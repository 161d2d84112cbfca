// How much load a scenario bears: raised level by level until a promise breaks, and where waiting begins to cost more
// than it brings.
//
// The levels are those of the study's one factor, in its order, which is that of rising load; without a factor they are
// multiples of all loads, from as they are up to where something breaks (or down to where nothing does). A level is met,
// violated or inconclusive (setting_test.h); formulas decide what they know exactly (predictor.h). The breaking point
// lies above the highest level that is met and at most at the lowest that is violated, between which it is looked for by
// halves. That a higher level is no better is taken for true and tested on all levels that are looked at.
//
// Loads are open: what arrives does not wait for the system to be well, so a level that the system does not bear is
// charged for everything that came meanwhile. Where the load is of users who wait for their answers, it is not, and
// the result says so.
//
// The knee is the level of the greatest power (knee.h), given as the levels whose power is not shown to be less than the
// greatest, with their neighbours.
//
// `confidence` is that of the breaking point: the chance that a level is taken for what it is not is at most
// 1 - confidence, shared out among all levels that may be looked at (Bonferroni). The result depends on the study and its
// base alone. No I/O. Throws BadSetting.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "tools/studies/cheapest.h"
#include "tools/studies/recovery.h"
#include "tools/studies/result.h"
#include "tools/studies/setting.h"
#include "tools/studies/study.h"

namespace understudy::studies {

struct Level {
    std::string value;             ///< of the factor: "1.25x"
    std::optional<double> number;  ///< the same, where it is one
    Verdict verdict = Verdict::inconclusive;
    std::string why;  ///< for people: the formula that decided, or what stands in the way; may be empty
    bool by_formula = false;
    std::vector<Candidate::Promise> promises;
    std::vector<std::string>
        broken;  ///< constraints, and those that are violated; where a formula decided, those that seem to be
    struct Measured {
        std::string name, unit;
        Estimate estimate;  ///< over replications, each with its own value
    };
    std::vector<Measured>
        measures;             ///< empty where nothing was simulated; the same ones in the same order else
    std::string most_loaded;  ///< the workers with the highest utilisation; empty: there are none
    /// How something goes over the time of the run, the warm-up included: what waits for workers anywhere, and the lag of
    /// all consumers of topics.
    struct Series {
        std::string name, unit;     ///< "waiting"
        double stretch_s = 0;       ///< that each value is the mean of
        std::vector<double> means;  ///< over replications
    };
    std::vector<Series> series;  ///< none of a run until empty, or where nothing was simulated
    std::uint64_t replications = 0;
};

struct Knee {
    std::size_t low = 0, at = 0, high = 0;     ///< levels of the result
    bool from_first = false, to_last = false;  ///< it may lie before the first, or after the last, of them
};

struct BreakingPointResult {
    double confidence = 0.95;
    std::uint64_t seed = 1;
    std::string factor;  ///< "load"
    /// Met: the first level is, where it breaks is known or it does not, and each disturbance is survived. Violated: the
    /// first level is, or a disturbance is not survived.
    Verdict verdict = Verdict::inconclusive;
    Reason reason = Reason::none;
    std::string explanation;               ///< for people; may be empty
    std::vector<Level> levels;             ///< that were looked at, rising
    std::optional<std::size_t> holds_at;   ///< the highest that is met and has none that is violated below it
    std::optional<std::size_t> breaks_at;  ///< the lowest that is violated
    std::vector<std::string> breaks_first;  ///< the promises that are violated there
    std::optional<Knee> knee;
    std::string why_no_knee;
    std::optional<std::string> holds_until, breaks_by;  ///< days; of growth
    std::vector<RecoveryResult> disturbances;
    std::int64_t replications = 0;  ///< in all, pilots as well
    std::optional<double> warm_up_s;
    std::string warm_up_reason;
    std::vector<std::string> warnings;
    bool interrupted = false;
    /// Of each level that was simulated, then of each disturbance that was; where they are asked for. No document has them.
    std::vector<SeenDurations> durations;
};

BreakingPointResult breaking_point(const Study& study, const ReadBase& read, const StudyOptions& options);

}  // namespace understudy::studies
