// Which assumption moves the answer most: one scenario run with its parameters varied, and what follows for each
// measure.
//
// - one at a time: the base, then each factor at each of its steps, all under the same random numbers, so that a
//   difference is paired (kernel/comparison.h); a few replications of all of them first, then more of all, so that an
//   early end leaves an answer; with four numbers of workers or more a throughput is fitted by the
//   universal scalability law (kernel/scalability.h).
// - morris: elementary effects, sobol: shares of variance (kernel/sensitivity.h). Each point is run twice, with random
//   numbers of its row of the design, so that what is noise is told from what is a factor's.
//
// A replication's outcome is its own value of the measure; an estimate is of the mean over replications. The result
// depends on the study and the scenario alone, not on threads. No I/O: the scenario comes from whoever can read it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "kernel/comparison.h"
#include "kernel/scalability.h"
#include "kernel/sensitivity.h"
#include "models/scenario.h"
#include "tools/studies/run.h"
#include "tools/studies/setting.h"
#include "tools/studies/study.h"
#include "tools/studies/units.h"

namespace understudy::studies {

struct SensitivityOfMeasure {
    std::string name, unit;
    std::string why;  ///< why nothing can be said; empty: something can
    /// A factor at a step, less the base.
    struct Setting {
        std::size_t factor = 0, step = 0;
        double value = 0;  ///< mean over replications; 0 with a `why`
        std::string why;   ///< there is no value because; empty: there is one
        std::optional<kernel::Difference> difference;
        /// By how much for each one of the factor, from the step before it.
        std::optional<kernel::Estimate> per_unit;
    };
    std::optional<double> at_base;
    std::vector<Setting> settings;
    struct Scaling {
        std::size_t factor = 0;
        kernel::Scalability law;
    };
    std::vector<Scaling> scaling;
    std::vector<kernel::ElementaryEffects> effects;  ///< by factor
    std::optional<kernel::SobolIndices> indices;
};

struct SensitivityResult {
    double confidence = 0.95;
    std::uint64_t seed = 1;
    std::size_t settings = 0;       ///< that were run
    std::int64_t replications = 0;  ///< in all
    std::optional<double> warm_up_s;
    std::string warm_up_reason;
    std::vector<SensitivityOfMeasure> measures;
    /// Measures without a variance at the base, and settings that are offered as much as can be done, or more.
    std::vector<std::string> warnings;
    bool interrupted = false;
    std::string no_rows;  ///< interrupted too early for any answer, or the budget is too small: why
};

/// One at a time, morris, sobol.
bool is_of_sensitivity(Study::Method method);

/// How many runs the study takes; empty `problem` where that is enough for its method.
struct SensitivityPlan {
    std::size_t rows = 0;  ///< of the design; one at a time: replications of each setting
    std::size_t settings = 0;
    std::int64_t replications = 0;
    std::string problem;
};
SensitivityPlan plan_of(const Study& study, const models::Scenario& base);

/// Throws BadSetting.
SensitivityResult sensitivity(const Study& study, const ReadBase& read, const StudyOptions& options);

}  // namespace understudy::studies
