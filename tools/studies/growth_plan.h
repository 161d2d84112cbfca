// What to have when, where the load grows: the cheapest setting now, until when it holds, the cheapest one after it, and so
// on to a day.
//
// A step is the cheapest setting that keeps its promises at a load (cheapest.h). How far it bears growth is looked for on
// 256 loads between that of the base and that of the last day, equal shares of time apart: it holds at the highest that is
// met and breaks at the lowest that is violated, and what lies between is the interval of its breaking. Formulas decide
// what they know exactly, else it is simulated up to `run.replications` (setting_test.h). The next step is the cheapest at
// the load that breaks the one before it, and has to be there on the day until which that holds. That a higher load is no
// better is taken for true.
//
// `confidence` is that of the whole plan: the chance that anything in it is not as it says is at most 1 - confidence. Of
// what that leaves the k-th step has the share 1 / (k (k + 1)), one half for its search and one for its loads in equal
// parts (Bonferroni), so that there may be any number of steps. Replications, time and one warm-up are of all steps
// together, and so are the units, which say at which load they are done.
// The result depends on the study and its base alone. No I/O. Throws BadSetting.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "tools/studies/cheapest.h"
#include "tools/studies/result.h"
#include "tools/studies/setting.h"
#include "tools/studies/study.h"
#include "tools/studies/units.h"

namespace understudy::studies {

struct GrowthPlanResult {
    struct Step {
        double load = 1;                  ///< at which it was chosen, as a multiple of the base's
        std::optional<std::string> from;  ///< the day on which it has to be there
        CheapestResult cheapest;  ///< at that load, with this step's part of the confidence; what the plan
                                  ///< has for all steps, and the base, are left out
        /// Multiples of the base's load. Without the second: it holds to the last day, or that is not known.
        std::optional<double> holds_at, breaks_at;
        std::optional<std::string> holds_until, breaks_by;  ///< the same as days
        std::vector<std::string> broken;  ///< promises that are violated there, as far as it was simulated
        bool to_the_end = false;          ///< it was shown to hold at the last load
    };
    double confidence = 0.95;
    std::uint64_t seed = 1;
    double last_load = 1;              ///< on the last day
    std::optional<std::string> until;  ///< that day
    /// Met: the plan goes to the last day. Violated: there is a load from which no setting holds.
    Verdict verdict = Verdict::inconclusive;
    Reason reason = Reason::none;
    std::string explanation;          ///< of a verdict that is not met, for people
    std::vector<Step> steps;          ///< those without a best are the last
    std::optional<double> warm_up_s;  ///< of all steps
    std::string warm_up_reason;
    std::int64_t replications = 0;
    std::vector<std::string> warnings;
    bool interrupted = false;
};

/// The study has growth with a last day, and no cases of demand.
GrowthPlanResult growth_plan(const Study& study, const ReadBase& read, const StudyOptions& options);

}  // namespace understudy::studies
