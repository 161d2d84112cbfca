// A rollout step by step, rehearsed: how often its rule stops a candidate that is as good as what is there, how often it lets
// a bad one through, when it notices, and what a bad one does until then.
//
//     auto prepared = prepare_canary(std::move(twin), problems);
//     if (prepared) CanaryResult result = rehearse_canary(*prepared, options);
//
// Both variants are in one twin (side_by_side.h), under the load that there is. At `goes_in` the candidate is given the
// first share of the items; after each bake the guards are judged on what was measured within it, as they stand: an
// objective of a stage that differs on the candidate's side, of anything else on the whole; an increase on the two sides
// beside each other. A guard that holds is one whose figure is on the right side of its limit, as a rollout controller
// compares it, without an interval; one without data does not hold. All hold: the next share, after the last one the
// candidate has passed. One does not: it is stopped, and everything new goes back to the baseline at once; what is in the
// candidate's lines it still works off, with the workers it has. Where the way back is noticed by a condition, that is
// watched all the time: from when it comes true it takes as long as it takes to decide, then it is stopped as well.
//
// Where the baseline gets nothing (a share of 100%), increases are judged beside its last bake in which it got something,
// which may be the one before the change went in.
//
// Checks. Where guards are looked at within a bake as well (`checks`), each check judges what was measured since the one
// before, in the same way; one without data says nothing. So many checks in which a guard does not hold, or so many one after
// the other, within a bake, stop the candidate; the look at the whole bake as it ends stays.
//
// Stopping takes time. What is measured up to an instant is known `detect` later, drawn once for each share; then it takes
// `decide` to say so and `abort` until everything new goes back, and all that time the candidate keeps the share it has. The
// next share is given once the figures of the whole bake are known. Should the run end before the last bake does, nothing has
// stopped the candidate, and it counts as passed; this is said.
//
// Cases. `same`: the candidate is what is there, so that whatever stops it does so by chance. `change`: the change as it is.
// `bad`: the change with what makes it fail, from when it goes in. Each is run in simulations of their own numbers, forked
// where it goes in; the fork without a candidate tells what is lost anyway. Each share of simulations has the exact interval
// of a binomial one (Clopper and Pearson 1934, Biometrika 26:4): they are independent, as their random numbers are.
//
// Looks. As in rehearse.h: the first at so many replications, the next at half as many again, up to the most. It ends where
// each share is told from its limit and is known to within `narrow_enough` on either side. Intervals of shares are made at
// 1 - (1 - c) / K at each of at most K looks, by Bonferroni, so that each of them holds at c whenever it ended.
//
// No I/O; the same for any number of threads.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "kernel/time.h"
#include "models/acceptance.h"
#include "models/law.h"
#include "models/problem.h"
#include "models/scenario.h"
#include "tools/studies/result.h"
#include "tools/studies/run.h"
#include "tools/studies/side_by_side.h"

namespace understudy::studies {

/// What a candidate has to keep within a bake: an objective, or an increase.
struct Guard {
    bool is_increase = false;
    models::Objective objective;
    models::Increase increase;
    const std::string& text() const { return is_increase ? increase.text : objective.text; }
    const models::Measure& measure() const { return is_increase ? increase.measure : objective.measure; }
};

/// When guards are looked at within a bake, and what that takes to stop a candidate.
struct GuardChecks {
    kernel::Time every = 0;
    std::optional<std::int64_t> failures;  ///< of one guard within a bake
    std::optional<std::int64_t> in_a_row;  ///< of one guard; one of both is there
};

struct Rollout {
    bool by_key = false;
    bool all_at_once = false;  ///< `blue_green`: one share of 100%, and both sides have all their workers
    std::optional<kernel::Time> at;  ///< when it goes in; none: at the end of the warm-up, or one bake later
    std::vector<double> shares;      ///< ascending, in (0, 1], the last 1
    std::optional<kernel::Time> bake;  ///< none: to the end of the run
    std::vector<Guard> guards;
    std::optional<GuardChecks> checks;  ///< none: guards are looked at as each bake ends
    models::Law detect, decide, abort;  ///< seconds; how long it takes to stop it
    double false_stop = 0.5;            ///< the share of candidates that are as good that it may stop
    double false_pass = 0.5;            ///< the share of bad ones that it may let through
    std::string text;                   ///< canonical
};

/// A rollout with the scenarios that it leads from and to. Actions of the plan are some of the candidate's, told by their
/// positions; those without a time of their own happen only where this study says so.
struct CanaryTwin {
    /// Something that makes the candidate a bad one.
    struct Bad {
        std::string text;
        std::size_t action = 0;
    };
    models::Scenario baseline, candidate;
    std::vector<std::string> stages;  ///< that differ; each can be shared out
    Rollout rollout;
    std::vector<Bad> bad;
    std::optional<std::size_t> detects;  ///< an action that yields
    models::Law detect_after;            ///< seconds; where nothing detects and there are no guards
    bool notices = false;                ///< `detect_after` counts
    models::Law decide;                  ///< seconds
    std::string detect;                  ///< as written
    std::vector<std::string> stresses;   ///< actions of the scenario that do not happen here
    std::string stress;                  ///< the one of them that does; empty: none
};

/// Why a guard cannot be judged on the two sides of these stages; empty: it can.
std::string why_no_guard(const Guard& guard, const std::vector<std::string>& stages);

/// What is wrong where the run has no time for it; as far as it is known where the warm-up is not.
std::optional<models::Problem> why_no_time(const Rollout& rollout, const models::Run& run);

struct PreparedCanary {
    PreparedRun same, changed;  ///< the candidate's side is the baseline; is the candidate
    CanaryTwin twin;            ///< without the scenarios
    std::vector<std::string> shared, uncounted;
    // Positions of actions and measures, the same in both runs:
    /// By step; then, for each bad candidate, by step again: where it sets workers, those are counted out.
    std::vector<std::vector<std::size_t>> share_actions;
    std::vector<std::size_t> back_actions;  ///< everything new to the baseline
    std::vector<std::size_t> bakes;         ///< before it goes in, then by step
    struct Judged {
        std::size_t candidate = 0, baseline = 0;
    };
    std::vector<std::vector<Judged>> judged;  ///< by bake as in `bakes`, then by guard
    std::size_t check = 0;                    ///< the action that is on from check to check
    std::vector<Judged> checked;              ///< by guard; none where there are no checks
    /// The first of: duplicated, present at the end, present on average; then what is lost and late (harm.h), each a sum.
    std::size_t counted = 0;
    std::vector<std::size_t> landings;  ///< shares of runs that land in time, as the candidate promises them
    std::vector<std::size_t> failed,
        given;  ///< attempts that fail, of both sides; items that come to the candidate
};

/// Nothing if there is an error among the problems.
std::optional<PreparedCanary> prepare_canary(CanaryTwin twin, models::Problems& problems);

struct CanaryOptions {
    RunOptions run;                       ///< threads, stop and progress count
    std::int64_t first = 30, most = 200;  ///< replications; at least 1
    kernel::Time warm_up = 0;
    double confidence = 0.95;
};

struct CanaryResult {
    static constexpr double narrow_enough = 0.05;
    struct Count {
        Estimate with, more;  ///< mean a replication; what is more than without a candidate
    };
    struct Cause {
        std::string text;  ///< a guard, or what detects
        std::int64_t stopped = 0;
        std::int64_t without_data = 0;  ///< of them, as it had none
        std::int64_t within = 0;        ///< of them, by checks within a bake
    };
    struct Case {
        enum class Kind { same, change, bad } kind = Kind::same;
        std::string text;  ///< of a bad one: what makes it so
        std::int64_t passed = 0, stopped = 0;
        /// What should be seldom: that it is stopped, of a bad one that it passes.
        Estimate wrong;
        double limit = 0.5;
        Verdict verdict = Verdict::inconclusive;
        std::vector<std::int64_t> stopped_at;  ///< by step
        std::vector<Cause> causes;             ///< by guard, then what detects where something does
        Estimate noticed_after;                ///< s from going in until what stops it is known
        Estimate stopped_after;                ///< s from going in until all is back, where it is stopped
        std::int64_t unfinished = 0;           ///< of those passed: the run ended before the last bake did
        Estimate passed_after;                 ///< s from going in, where it passes
        Estimate given;                        ///< items that came to the candidate
        Count lost, failed, late, duplicated, left;  ///< left: not done at the end of the run
        std::optional<Count> missed;                 ///< deadlines of runs; none: nobody promises any
        Count time;  ///< that all items together were in the system, s: what is slow is seen in it
    };
    Verdict verdict = Verdict::inconclusive;
    std::string why;   ///< of a verdict that is not met
    std::string text;  ///< of the plan, canonical
    bool by_key = false, all_at_once = false;
    std::vector<double> shares;
    std::optional<double> bake_s;
    std::optional<double> check_every_s;  ///< none: guards are looked at as each bake ends
    std::optional<std::int64_t> check_failures, check_in_a_row;
    std::string detect, decide, abort;  ///< as written; empty: at once
    double goes_in_s = 0;
    std::vector<std::string> stages, guards;
    std::vector<std::string> shared;     ///< pools and budgets that both sides use
    std::vector<std::string> uncounted;  ///< stages whose own workers are all there at any share
    std::vector<Case> cases;             ///< same, change, then each bad one
    std::int64_t replications = 0, most = 0;
    int looks = 0, looks_at_most = 0;
    double confidence = 0.95, level = 0.95;  ///< of each share whenever it ended; at which it was made
    bool interrupted = false;
    std::vector<std::string> warnings;
};
const char* name_of(CanaryResult::Case::Kind kind);

CanaryResult rehearse_canary(const PreparedCanary& prepared, const CanaryOptions& options);

}  // namespace understudy::studies
