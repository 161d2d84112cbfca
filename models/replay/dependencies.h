// Infers which task waited for which, from a recorded run that only knows its graph of processes.
//
// For each edge P -> Q between kinds of tasks:
// - Barrier: P has several tasks and the last of them completed before the first of Q was submitted: all of
// P.
// - One task in P: that one.
// - Tags: P's tasks of the equal tag; else of a tag that is the beginning of the other, at a boundary of
// words where
//   there is one; else of a tag within the other.
// - All of P, where all of it completed before this task was submitted.
// - By order, for runs without tags: the j-th created of n in Q takes its share of P, in order of completion.
// - Else the one of P that completed last before the submission.
// A task that still has no parent takes the task of its own tag that completed last before (edges the graph
// lacks). A later attempt waits for the one before. Nobody waits for a task that completed after his own
// submission; the log's resolution is allowed for. What is left without parents is a start of the run: its
// recorded instant counts.
//
// Pure apart from the run it is given: the same run gives the same parents. Thread-safe on different runs.
#pragma once

#include <cstddef>
#include <cstdint>

#include "kernel/time.h"
#include "models/recorded_run.h"

namespace understudy::models {

struct DependencyOptions {
    kernel::Time tolerance = kernel::second;  ///< a parent may complete this much after the submission; at
                                              ///< least the log's resolution is used
    std::size_t most_links = 20'000'000;  ///< a barrier of large processes keeps only the last completions
};

/// How the links came about: tasks times edges of the process graph.
struct DependencyCounts {
    std::int64_t barrier = 0, single = 0, equal_tag = 0, prefix_tag = 0, inner_tag = 0, all_before = 0,
                 by_order = 0, last_before = 0, none = 0;
    std::int64_t tag_alone = 0;  ///< tasks whose parent the graph does not show
    std::int64_t retries = 0;
    std::int64_t roots = 0;         ///< tasks without any parent
    std::int64_t late_roots = 0;    ///< of these, submitted later than a minute after the first submission
    std::int64_t without_time = 0;  ///< tasks that could not be judged: no submission or start
    std::int64_t links = 0;
};

/// The note on late roots: in a replay they are submitted when they were.
inline constexpr const char* late_roots_note =
    "submitted late and without any parent found: at its recorded instant";

/// Fills RecordedTask::parents and adds notes on what was assumed. Parents that are there already
/// (RecordedRun::has_dependencies) are left as they are.
DependencyCounts infer_dependencies(RecordedRun& run, const DependencyOptions& options = {});

}  // namespace understudy::models
