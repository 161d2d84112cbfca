// What a running model keeps of each kind of element beside the rows of what moves through it (rows.h): pools, stages,
// loads, budgets, streams, pipelines and actions. Values without behaviour; State says what happens to them.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <set>
#include <tuple>
#include <utility>
#include <vector>

#include "models/compile/model.h"
#include "models/simulation/equal_share.h"
#include "models/simulation/line.h"
#include "models/simulation/rows.h"

namespace understudy::models {

/// What is taken of a pool.
struct Units {
    std::int64_t busy = 0;  ///< of slots; of workers told apart: those that hold something
    double cores_busy = 0;
    std::vector<WorkerState> workers;
};

/// Service of all at once in equal parts; the clock shows ns of work.
struct SharedService {
    EqualShare share;
    Time since = 0;            ///< as of which its clock stands
    std::uint64_t places = 0;  ///< given so far
    EventHandle next = kernel::no_event;
    /// What the clock shows at an instant after the last event.
    double reading(Time at) const { return share.reading(static_cast<double>(at - since)); }
};

/// All transfers over one link from or to one worker, at one rate; the clock shows bytes.
struct TransferWay {
    Index link = none, pool = none;
    std::int32_t worker = -1;  ///< whose network it takes; -1: nobody's
    bool out = false;
    std::uint32_t link_place = 0,
                  network_place = 0;  ///< in `capacities`; that of a network only with a worker
    EqualShare share;
};

struct TransferWays {
    std::vector<TransferWay> ways;  ///< in the order in which they were first taken
    std::map<std::tuple<Index, Index, std::int32_t, bool>, Index> known;
    /// Of links, and of networks of workers in one direction, in the order in which they were first taken; links' as of
    /// the last plan.
    std::vector<double> capacities;
    std::map<Index, std::uint32_t> links;                                     ///< places
    std::map<std::tuple<Index, std::int32_t, bool>, std::uint32_t> networks;  ///< places
    Time since = 0;  ///< as of which the clocks stand
    std::uint64_t places = 0;
    EventHandle next = kernel::no_event;
};

/// A line of its own, for the items of one partition, stage or load.
struct Lane {
    Line line;
    std::int64_t waiting = 0, working = 0;
    double served = 0;  ///< worker-seconds it has been given over its weight, for a fair order
};

struct PoolState : Units {
    std::int64_t capacity = 0;  ///< workers now
    std::size_t shift = 0;      ///< which step of the model's shifts is on
    std::int64_t waiting = 0;
    std::int64_t behind = 0;     ///< another item of their partition, and so not yet in line
    std::int64_t idle_held = 0;  ///< units held by a full door or a release lag
    double cores = 0;
    std::int32_t down = 0;              ///< how many failures are on
    std::int32_t outages_on = 0;        ///< of all its workers at once
    std::int64_t held_up = 0;           ///< items in line whose work has begun and has no worker
    std::vector<WorkerLife> lives;      ///< empty: workers do not come and go one by one
    std::int64_t on = 0, starting = 0;  ///< of a pool that scales; on: and not starting
    std::uint64_t starts = 0;
    Use use;
    double fair_time = 0;              ///< of a fair order: what the line served last had been given
    std::vector<OutageState> outages;  ///< of each outage: one for all, or one for each worker
    std::uint64_t choices = 0;         ///< made for random order
    Line line;
    SharedService shared;
    std::int64_t crossing = 0;                      ///< transfers over this link
    double share_used = 0;                          ///< of its bandwidth
    std::set<std::pair<std::int32_t, Index>> kept;  ///< by worker: what has been moved in once
    std::vector<Lane> lanes;                        ///< instead of `line`, where the pool has any
    Index oldest = none, newest = none;             ///< holdings at work
    bool dirty = false;
};

/// An item without a place, and the holding that is held up by it (none: nobody's).
struct AtDoor {
    Index item = none, holding = none;
    std::uint64_t ticket = 0;  ///< in the order they came
};

/// One partition of what a stage reads with workers that are not its own: whose turn it is, and who stands behind.
struct PartitionTurn {
    bool taken = false;
    Index item = none;  ///< that waits for workers or has them; none: it is through, and keeps its units
    Line line;
    std::int64_t waiting = 0;  ///< in it
};

struct StageCounts {
    std::int64_t waiting = 0, working = 0, blocked = 0, retrying = 0, gathering = 0;
};

struct StageState : StageCounts {
    std::vector<StageCounts> by_load;  ///< empty: nobody asks for them
    std::int64_t units = 0;            ///< held of its first pool
    double records = 0;                ///< of all items in it
    std::uint32_t entered = 0;         ///< how many, for ordinals
    std::uint64_t arrived = 0, left = 0;
    std::int32_t halted = 0;                ///< paused or failed, how often
    bool waits_end = false;                 ///< by patience, or by the retention of what it reads
    std::vector<std::int64_t> resting;      ///< waiting or gathering, by input
    std::vector<std::deque<AtDoor>> doors;  ///< who has no place, by input
    std::vector<Index> held;                ///< items of a halted stage that needs no workers
    std::deque<Read> reads;                 ///< within the time that it remembers, in order
    Time forgotten = -1;                    ///< when the last was read that is not among them any more
    std::uint64_t read_again = 0;           ///< how many
    std::vector<PartitionTurn> turns;       ///< by partition; empty: it takes none
    std::vector<Forming> forming;           ///< by partition of what it reads
    using Window = std::tuple<std::int64_t, double, Index>;  ///< span, key, partition
    std::map<Window, Forming> windows;                       ///< that are open
    std::map<std::uint32_t, Window> window_numbers;          ///< which is which
    std::uint32_t formed = 0;
    std::uint64_t dealt = 0;  ///< to its outputs, in turn
    /// Of a join of inputs: who rests, by key and input, in the order they came.
    std::map<double, std::vector<std::deque<Index>>> partners;
};

struct BudgetState {
    double level = 0;  ///< at `since`, where it grows by itself
    Time since = 0;
    double ordered = 0;                   ///< not yet there
    double owed = 0;                      ///< to those in line
    std::uint64_t times = 0;              ///< ticks planned, or orders made
    EventHandle wake = kernel::no_event;  ///< when one that grows by itself can pay somebody who waits
    Time wake_at = 0;
};

struct LoadState {
    std::uint64_t dealt = 0;  ///< to its outputs, in turn
    EventHandle next = kernel::no_event;
    Time next_at = 0;
    std::uint64_t arrivals = 0;
    Time last_at = -1;       ///< when the last came; -1: none has (kept on the full path)
    std::int64_t users = 0;  ///< thinking or at work
    std::int32_t paused = 0;
    bool held_back = false;  ///< saturated, and paused when its next item was due
    double rate = 1;         ///< at which the pending arrival was planned
    double position = 0;     ///< of recorded arrivals: of the pending one, in rows of the recording
    double left = -1;        ///< of the interval that a rate of 0 has cut off; -1: none
    Index phase = 0;         ///< of arrivals with states
    std::uint64_t phases = 0;
    Time phase_since = 0;
    /// Since when its users think, by the numbers of their arrivals; kept where a snapshot will ask for it.
    std::map<std::uint64_t, Time> thinking;
    std::int64_t open = 0;  ///< arrivals not yet done
    Time at_once_time = -1;
    std::int64_t at_once = 0;  ///< items a saturated load made at that instant
};

struct StreamState {
    double landed_records = 0, landed_bytes = 0;
    std::uint64_t landings = 0;
    Time landed_at = -1;      ///< the last of them; -1: none yet
    Time newest = 0;          ///< birth of the newest that has landed
    std::uint64_t dealt = 0;  ///< items, to partitions in turn
    /// What had landed by then, ascending; kept where runs for times that have passed ask for it.
    std::vector<std::pair<Time, Amount>> history;
};

/// A run as it is due.
struct DueRun {
    Time scheduled = 0;
    std::vector<Index> probes;                 ///< open_probes() of its pipeline then
    std::vector<std::uint64_t> landed_before;  ///< as RunState's
    std::optional<MadeUpRun> made_up = {};     ///< as RunState's
    bool asked_for = false;                    ///< by an action, beside those of the schedule
};

struct PipelineState {
    std::uint64_t runs = 0;
    std::int64_t active_runs = 0, active_tasks = 0;
    std::int32_t paused = 0;
    bool beginning = false;     ///< within begin_runs()
    std::deque<Index> waiting;  ///< runs due, in order
    /// Tasks that wait for a place among the active ones: less their priority, order of coming, run, task.
    std::set<std::tuple<double, std::uint64_t, Index, Index>> submissions;
    std::uint64_t submissions_seen = 0;
    std::vector<DueRun> missed;                ///< while paused, to be made up for
    std::vector<std::uint64_t> landed_before;  ///< for the run that is due next
    std::vector<std::vector<Amount>> seen;     ///< landed up to each task's last success, by task and input
};

/// An action's `set` that is in force; lasting: without `for`.
struct ActionEdit {
    Index action = none;
    bool lasting = false;
    std::uint32_t place = 0;  ///< of the parameter among those that the action sets
};

/// A parameter with temporary edits: its value is the base with all of them applied in the order they came, so
/// that those that overlap may end in any order.
template <class Value>
struct Edited {
    Value base;
    std::vector<ActionEdit> edits;
};

/// Runs due that have to land by a deadline, for one probe. Runs by identity.
struct Deadlines {
    struct Open {
        Index pipeline = none;
        std::uint64_t run = 0, made_by = 0;  ///< that was due; itself, or the one that makes it anew
        Time due = 0, deadline = 0;
        bool ended = false;  ///< who makes it has, and it has not landed
    };
    std::vector<Open> open;  ///< in order
    std::uint64_t landed = 0;
    std::vector<std::uint64_t> missed;
};

/// Of an action that waits for something.
struct ActionWatch {
    bool holds = false;
    Time since = kernel::never;  ///< of an age: it is too much, or will be if nobody leaves; never: it is not
    EventHandle due = kernel::no_event;  ///< it will have held for long enough
};

/// A part that a join no longer wants: ends once everything has come to rest.
struct Unwanted {
    Index item, group;
    std::uint64_t number;
};

}  // namespace understudy::models
