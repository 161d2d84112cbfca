// What a change costs besides: the backfill that it needs, played as a load on the twin beside the regular one, at several
// concurrencies.
//
//     auto price = price_backfill(candidate, jobs_to_rebuild(candidate, review), plan, options);
//     price.at[0].done_s, price.at[0].verdict, price.at[0].delayed
//
// The jobs to be rebuilt (rebuilt.h) become one further pipeline of the candidate's twin: their tasks in the order in which
// they read one another, on the pools that they run on, at most so many runs at once as Airflow's backfills have. One run
// is one partition: `over` how far back is done by as many runs as the most frequent of the pipelines has in that time; a
// task of one that runs less often does its work in as many parts. What a task takes is drawn from what its regular runs
// took in a replication of the candidate, so that records and sizes need no history. It writes nothing that others read:
// what is behind it is in the list itself.
//
// At each concurrency the candidate with the backfill is rehearsed beside the candidate without (rehearse.h), by pairs:
// objectives are judged with it, whoever is delayed is told by how much. All intervals of objectives hold together, over all
// concurrencies.
//
// A stage reads its input again, as far back as that is kept, in a second consumer beside it (Kreps 2014, "Questioning the
// Lambda Architecture"): as many items as come to it in that time, which take what its items took, attempts after failures
// included (read_again.h). They are a task of the same pipeline, in as many parts as there are runs, of which each holds its
// workers until all its items are done. Where there are stages alone, each item is by itself, and as many of them are at work
// or in line as runs may be at once; beyond a million several are one part. What passes at once, takes up several items at
// once, moves data over links, spends or holds on is named and not priced.
//
// Without I/O; the same for any number of threads.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "kernel/time.h"
#include "tools/studies/rebuilt.h"
#include "tools/studies/rehearse.h"

namespace understudy::studies {

/// As a change says it; what it leaves open is found.
struct BackfillPlan {
    bool none = false;                      ///< the change is for what comes alone: nothing is rebuilt
    std::optional<kernel::Time> over;       ///< how far back; absent: as the datasets are kept
    std::optional<kernel::Time> at;         ///< when it begins; absent: at the end of the warm-up
    std::vector<std::int64_t> concurrency;  ///< runs at once, ascending; empty: 1, 4 and 16
};

struct BackfillTask {
    RebuiltJob job;
    std::int64_t runs = 0;   ///< of its pipeline, in the time that is rebuilt; of a stage: parts
    std::int64_t items = 0;  ///< of a stage: that it reads again; else 0
    double work_s = 0;       ///< mean of what a run of it takes, or an item
};

/// Something that takes longer while it is rebuilt.
struct DelayedMeasure {
    std::string text, unit;
    std::optional<double> before, after;
    double more = 0, low = 0, high = 0;
};

struct BackfillAt {
    std::int64_t concurrency = 1;
    Verdict verdict =
        Verdict::inconclusive;         ///< of the objectives, and of whether it is done before the run ends
    std::string why;                   ///< it is not met
    std::optional<double> done_s;      ///< from its begin, mean; absent: not in each replication
    double done_share = 0;             ///< of its runs that are done by the end of the run, mean
    std::optional<double> cost;        ///< more, over the run, in the currency; absent: nothing costs
    std::vector<Accepted> objectives;  ///< with the backfill
    std::vector<DelayedMeasure> delayed;  ///< surely longer, by the largest share first; most_delayed at most
    std::int64_t replications = 0;        ///< of each
};

struct BackfillPrice {
    std::string why_none;             ///< why nothing has to be rebuilt; else empty
    std::string why_unknown;          ///< what is missing to price it; else empty
    std::vector<BackfillTask> tasks;  ///< in the order in which they are done
    std::vector<RebuiltJob> stages;   ///< to be rebuilt and not priced
    double over_s = 0, begins_s = 0;
    std::string over_why;  ///< where `over` is from
    std::int64_t runs = 0;
    double work_s = 0;  ///< of all runs and tasks
    std::optional<double>
        work_cost;  ///< of the workers while they do it, at what they cost; absent: nothing costs
    std::string currency;
    std::vector<BackfillAt> at;      ///< one for each concurrency
    Verdict verdict = Verdict::met;  ///< met where it is at one concurrency, else the least bad of all
    std::uint64_t seed = 0;
    double confidence = 0.95;
    bool interrupted = false;
    std::vector<std::string> warnings;
};

constexpr std::size_t most_delayed = 5;

struct BackfillOptions {
    RunOptions run;  ///< threads, stop, progress and version count
    /// Replications of each at each concurrency, at most; absent: as rehearse() has it.
    std::optional<std::int64_t> most;
};

/// `candidate` as read. Problems are of the candidate, or of what the backfill makes of it.
BackfillPrice price_backfill(const models::Scenario& candidate, const std::vector<RebuiltJob>& rebuilt,
                             const BackfillPlan& plan, const BackfillOptions& options,
                             models::Problems& problems);

}  // namespace understudy::studies
