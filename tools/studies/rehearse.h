// A change, rehearsed: baseline and candidate run in pairs under the same random numbers, until it is clear whether the
// candidate may be accepted, or as many replications have been run as may be.
//
//     PairProblems problems;
//     auto pair = prepare_pair(baseline, candidate, acceptance, problems);   // scenarios as read
//     if (pair) RehearsalResult result = rehearse(std::move(*pair), options);
//
// What a change has given another name is the same as before: it goes by the candidate's name in both (counterparts.h).
//
// Objectives are judged on the candidate, as a run does (judge.h); increases on the pairs (increase.h). Both cut the same
// warm-up, the longer of the two where it is found.
//
// Looks. The first is at the candidate's own `run.replications` of each (or the baseline's, if that is more), the next at
// half as many again, up to the most that there may be; so how many looks there may be is known before the first. Each
// interval of each look has an equal part of the chance of being wrong, by Bonferroni: at confidence c with m entries
// and K looks it is made at 1 - (1 - c) / (m K). So all reported intervals hold together at c, whenever one stops and
// however the entries depend on each other; measured in tests/tools/studies/rehearse.cpp. It stops where each entry is
// met, violated, or of a kind that more replications do not settle.
//
// Where parameters are fitted (RehearseOptions::inputs), they are drawn anew once, after the first look, in the random
// numbers of its replications; their part is in all intervals of all looks, at the level of each.
//
// Other measures have intervals at 1 - (1 - c) / K: each by itself holds at c, whenever one stopped.
//
// Without I/O; the same for any number of threads. Sources: common random numbers and paired t, Law 2015 (Simulation
// Modeling and Analysis, 10.2, 11.2); Bonferroni over looks, as in kernel/sequential_test.h.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "models/acceptance.h"
#include "models/problem.h"
#include "models/scenario.h"
#include "tools/studies/canary.h"
#include "tools/studies/compare.h"
#include "tools/studies/credibility.h"
#include "tools/studies/moved.h"
#include "tools/studies/promises.h"
#include "tools/studies/result.h"
#include "tools/studies/rollback.h"
#include "tools/studies/run.h"
#include "tools/studies/same_part.h"
#include "tools/studies/uncertain_input.h"

namespace understudy::studies {

/// Two scenarios ready to be rehearsed: each measures what is accepted, besides what it would.
struct PreparedPair {
    PreparedRun baseline, candidate;  ///< the candidate's objectives are those that are accepted
    std::vector<models::Increase> increases;
    std::vector<models::Measure> increased_before;  ///< what each is of, by the baseline's names
    std::vector<std::string> unjudged;  ///< objectives of either that are not accepted by, as written
    std::vector<WeakerPromise> weaker;  ///< what the candidate promises less of
    std::vector<std::string> warnings;
};

struct PairProblems {
    models::Problems baseline, candidate;
    models::Problems acceptance;  ///< paths are the texts of entries
};

/// Nothing if there is an error among the problems: a measure of an increase has to make sense in both. What of an
/// objective's does not in the baseline is not measured there.
std::optional<PreparedPair> prepare_pair(models::Scenario baseline, models::Scenario candidate,
                                         const models::Acceptance& acceptance, PairProblems& problems);

constexpr std::int64_t usual_most_replications = 200;

/// Parameters of a pair that a log gave (pair_inputs.h): the candidate's without what the change itself sets.
struct PairOfInputs {
    std::vector<UncertainInput> baseline, candidate;
    /// Times that they are drawn anew, at least fewest_input_draws() of the plan's level; 0: as many as that takes, or
    /// usual_input_draws.
    std::int64_t draws = 0;

    bool empty() const { return baseline.empty() && candidate.empty(); }
};

struct RehearseOptions {
    RunOptions run;  ///< threads, stop, progress and version count
    /// Replications of each, at most; absent: usual_most_replications, or those of the first look where that is more.
    std::optional<std::int64_t> most;
    /// So many rehearsals, this among them, are judged together: all their intervals hold at the confidence.
    std::size_t together = 1;
    bool independent =
        false;  ///< the candidate draws other random numbers, so that one sees what pairs are good for
    std::vector<CalibrationError> calibration = {};  ///< of the baseline's twin; none: nobody knows
    std::string trusted =
        {};  ///< why it is taken for credible whatever its error (credibility.h); empty: it is not
    bool explain = false;  ///< finds what moved most in the first pair, for two further simulations of each
    PairOfInputs inputs = {};    ///< whose uncertainty is put into all intervals; empty: as if all were known
    ScenarioWriting write = {};  ///< tells what is the same in both; none: nothing but whole scenarios is
};

/// An entry of what is accepted.
struct Accepted {
    enum class Kind { objective, increase };
    Kind kind = Kind::objective;
    std::string text;     ///< as written
    std::string measure;  ///< its text
    std::string unit;     ///< of what was measured: "s", "fraction", ...
    bool relative = false;
    models::Comparison comparison = models::Comparison::less;
    double limit = 0;  ///< an objective's, in `unit`; an increase's margin, of a relative one as a fraction
    std::optional<double> baseline, candidate;  ///< what was measured in each
    Estimate estimate;  ///< what the limit is for: the candidate's value, or the difference
    Verdict verdict = Verdict::inconclusive;
    Reason reason = Reason::none;
    std::string explanation;
    bool paired = false;                    ///< of an increase: told by pairs
    std::optional<double> variance_ratio;   ///< of an increase in pairs, where it is finite
    std::optional<double> smallest_effect;  ///< how far from the limit it had to be to be told (increase.h)
    /// About so many replications of each would settle it; 0: it is decided, or nobody knows a number.
    std::int64_t replications_needed = 0;
    bool more_would_help = false;
    /// The share that it is about, and the error of the twin (credibility.h); where both are known.
    std::optional<double> effect, calibration_error;
};

/// An objective of the baseline that the candidate has no more, or with a limit that allows more, as it would be judged: no
/// part of the verdict, and its interval holds by itself.
struct NoLongerPromised {
    std::string text;     ///< as the baseline has it
    std::string now;      ///< what the candidate promises instead; empty: nothing
    std::string measure;  ///< by the candidate's names
    std::string unit;     ///< empty where it could not be measured
    models::Comparison comparison = models::Comparison::less;
    double limit = 0;
    std::optional<double> baseline;
    Estimate candidate;  ///< empty where the candidate has nothing that it could be of
    Verdict verdict = Verdict::inconclusive;
};

struct RehearsalResult {
    Verdict verdict = Verdict::inconclusive;
    Reason reason = Reason::none;       ///< that of the first entry with this verdict
    std::vector<Accepted> accepted;     ///< objectives, then increases
    std::vector<std::string> unjudged;  ///< objectives of either that are not among them, as written
    std::vector<NoLongerPromised> no_longer_promised;
    /// The baseline, then the candidate, as the last look left them.
    std::vector<ComparedRun> runs;
    Comparison comparison;  ///< of all that both measure
    /// Of the first increase, else of the first accepted objective's measure, else of the first measure whose pairs
    /// differ. Absent where they do not, or are no pairs.
    std::optional<double> variance_ratio;
    std::string variance_ratio_of;  ///< the measure's text
    double confidence = 0.95;       ///< of all intervals of `accepted` together
    double level = 0.95;            ///< at which each of them was made
    std::uint64_t seed = 0;
    bool independent = false;
    std::uint64_t candidate_seed = 0;  ///< differs from `seed` where they are independent
    bool same_model = false;        ///< what is simulated is the same, apart from seeds and what is measured
    bool same_events = false;       ///< the same happened in both
    std::int64_t replications = 0;  ///< of each
    std::int64_t most = 0;          ///< of each, that there might have been
    int looks = 0, looks_at_most = 0;
    double warm_up_s = 0;        ///< cut from both
    std::string warm_up_reason;  ///< "as asked", "the longer of the two: ..."
    bool interrupted = false;
    /// Where fitted inputs were drawn anew: how often which; intervals have their part then. Else empty.
    std::string input_reason;
    std::vector<std::string> warnings;
    std::vector<CalibrationError> calibration;  ///< as it was known
    std::string trusted;                        ///< as asked
    std::optional<Moved>
        moved;  ///< of the first pair; absent: not asked for, not in pairs, or the same happened
    // Of a change (rehearse_change.h), whose verdict then is of all of it:
    std::string stress;                     ///< under which this was rehearsed; empty: under none
    std::vector<RehearsalResult> stresses;  ///< the same pairs, under each
    std::optional<CanaryResult> canary;     ///< its rollout in steps
    std::optional<RollbackResult> rollback;
};

RehearsalResult rehearse(PreparedPair pair, const RehearseOptions& options);

/// What is fixed before the first replication.
struct RehearsalPlan {
    std::vector<std::int64_t> looks;  ///< replications of each at them
    double each_look = 0.95;          ///< the level of what is not accepted, at each look
    double level = 0.95;              ///< of each interval of what is accepted, at each look
};
RehearsalPlan plan_of(const PreparedPair& pair, const RehearseOptions& options);

/// Of what `needed` replications would settle with intervals of the level of `plan`: as many as do it at the level that
/// there is with so many. The more there may be, the more looks there are, and the surer each has to be.
std::int64_t with_their_looks(std::int64_t needed, const RehearsalPlan& plan, const PreparedPair& pair,
                              const RehearseOptions& options);

/// Replications of each at the looks: from `first` on by half as many again, the last at `most`; multiples of
/// `together`. A look that would come shortly before the last is left out. `first` and `most` are at least 2.
std::vector<std::int64_t> looks_of(std::int64_t first, std::int64_t most, std::int64_t together);

}  // namespace understudy::studies
