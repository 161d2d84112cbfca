// How finished runs differ, without running anything again.
//
// The first run is the baseline, the others are held against it, and where there are more than two against the best of
// each other. Runs of one seed drew the same numbers for what they have in common (kernel/random.h), so their
// replications are compared in pairs; others as independent samples. What goes in is one value a replication, or a
// section of them, whose mean is the estimate (MetricResult::by_section), so that a quantile's difference is that of
// the quantiles and not of something else. Each two of them are in pairs where they can be, whatever the others are. Where
// runs have different numbers of replications, differences are of all of both, and only the shared ones are pairs. One
// replication each is compared by the intervals of their own courses. Pure, thread-safe.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "kernel/comparison.h"
#include "tools/studies/result.h"

namespace understudy::studies {

struct ComparedRun {
    std::string name;  ///< of its file
    RunResult result;
};

struct CompareOptions {
    std::optional<double> confidence;  ///< absent: that of the baseline
    bool independent = false;          ///< no pairs, whatever the seeds are
    /// Of measures of which it is known: what promises say comes first.
    std::map<std::string, bool> lower_is_better;
    bool other_scenarios = false;  ///< they are meant to have other names
};

/// One run beside the baseline.
struct ComparedDifference {
    std::optional<kernel::Difference> difference;  ///< run less baseline
    std::optional<double> relative;                ///< of the baseline's estimate; absent where that is 0
    std::string why;                               ///< there is no difference; else empty
    bool paired = false;                           ///< by pairs; not where they do not tell how sure they are
};

struct ComparedMeasure {
    std::string name, unit;
    std::vector<Estimate> estimates;              ///< of each run, as it says of itself
    std::vector<ComparedDifference> differences;  ///< of each run but the baseline
    std::vector<std::string> doubts;  ///< of each run: why its interval is not to be believed; empty: none
    /// Of each run, where there are more than two, all can be compared, and it is known what is better; else empty.
    std::vector<kernel::Standing> standings;
    std::optional<bool> lower_is_better;  ///< where that is known
};

struct Comparison {
    double confidence = 0.95;  ///< of each measure's intervals together, not of all measures together
    bool paired = false;          ///< with the baseline: all others, or those that can be
    std::string why_independent;  ///< "the seeds differ: 1 and 2", of the first that is not paired; empty where all are
    std::vector<std::string> why_not;  ///< the same of each run but the baseline; empty: it is paired with it
    std::size_t pairs = 0;  ///< where paired: the fewest that any run has; an antithetic pair is one value
    std::vector<ComparedMeasure>
        measures;  ///< that the baseline and another run have, in the baseline's order
    std::vector<std::string> only_in_some;  ///< "p(95) wait(x): not in b.h5"
    std::vector<std::string> warnings;      ///< what should be alike and is not: lengths, warm-ups, starts
};

/// At least two runs with metrics.
Comparison compare(const std::vector<ComparedRun>& runs, const CompareOptions& options);

}  // namespace understudy::studies
