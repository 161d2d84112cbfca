// What moved most between the two runs of a pair: of the same items of loads and runs of pipelines, those that took longer
// or less long than before by the most; at which element, waiting, being worked on or otherwise, and behind whom.
//
//     auto moved = find_moved(baseline, candidate, how);
//     moved->items.slower.front().at.front()   // {"dedupe", {2, 1, 0}, {43, 1, 0}}
//
// Draws are addressed by what they are drawn for, so item 8113 of a load is the same in both runs, and so is run 12 of a
// pipeline: what differs is what became of it. Both runs of one pair are simulated twice more, with a trace that nobody
// keeps: once to see how long all took, once to follow those that moved most; so memory is bounded by their number.
//
// An item lasts from its birth to when it and all that came of it are gone; its way is that of the part that is gone last.
// A join goes on with the way of the part that came last, a batch is the way of all that are in it. A run lasts from when
// it is due; its way is the chain of tasks that its end waited for. Items of closed loads have no counterpart, as they come
// when others have ended, and are left out.
//
// Time at an element is `wait` (in line), `service` (at work) or `other` (gathered, blocked, pausing before a retry, on the
// way). Behind whom: of all who were at work meanwhile on what the waiting one needed, the one that was for longest. Where
// partitions have lines of their own nobody is named.
//
// Without I/O, deterministic. Thread-safe.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "kernel/time.h"
#include "tools/studies/run.h"

namespace understudy::studies {

/// Seconds at an element.
struct Spent {
    double wait_s = 0, service_s = 0, other_s = 0;
    double total_s() const { return wait_s + service_s + other_s; }
};

/// An item of a load, a run of a pipeline, a batch of a stage, counted from 1.
struct OneOfMany {
    enum class Kind { item, run, batch } kind = Kind::item;
    std::string of;
    std::uint64_t number = 0;
    friend bool operator==(const OneOfMany&, const OneOfMany&) = default;
};
/// "item 8113 of clicks", "run 3 of nightly", "batch 77 of dedupe"
std::string name_of(const OneOfMany& one);

struct MovedOne {
    OneOfMany what;
    double born_s = 0;                       ///< in the candidate, from the start of the simulation
    double baseline_s = 0, candidate_s = 0;  ///< how long it took in each
    double moved_s() const { return candidate_s - baseline_s; }
    struct At {
        std::string element;
        Spent baseline, candidate;
        double moved_s() const { return candidate.total_s() - baseline.total_s(); }
    };
    std::vector<At> at;  ///< where it moved, in its own direction, most first; most_elements at most
    struct Behind {
        OneOfMany who;
        std::string where;       ///< the element at which that was at work
        double seconds = 0;      ///< for which it was, while this one waited
        std::size_t others = 0;  ///< that were at work meanwhile
    };
    /// At the first of `at`, in the run in which it waited there longer; absent where it waited for nobody.
    std::optional<Behind> behind;
    std::size_t alike =
        0;  ///< others that moved less, at the same element and behind the same: one stands for them
};

/// Of items, or of runs of pipelines.
struct MovedKind {
    std::int64_t compared = 0;  ///< born after the warm-up and gone at the end, in both
    std::int64_t longer = 0, shorter = 0;
    std::int64_t baseline_only = 0, candidate_only = 0;  ///< not lost and gone at the end, in one alone
    std::vector<MovedOne> slower, faster;                ///< most first; most_moved at most
};

struct Moved {
    std::int64_t replication = 1;  ///< of both
    MovedKind items, runs;
    bool cut = false;  ///< only the first most_compared of a run were looked at
};

constexpr std::size_t most_moved = 5, most_elements = 3;
/// In each direction so many are followed, of which those that are alike are told once.
constexpr std::size_t most_followed = 100;
constexpr std::size_t most_compared = 2'000'000;

struct MovedOptions {
    kernel::Time warm_up = 0;
    std::int64_t replication = 1;
    const std::atomic<bool>* stop = nullptr;
};

/// Both have the seed and the numbering of the rehearsal. Nothing if it was stopped.
std::optional<Moved> find_moved(const PreparedRun& baseline, const PreparedRun& candidate,
                                const MovedOptions& options);

}  // namespace understudy::studies
