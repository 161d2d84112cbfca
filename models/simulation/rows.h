// The rows of a running simulation: plain values that refer to each other by index, so that a copy is a
// snapshot. Internal to models/simulation.
#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <vector>

#include "kernel/event_queue.h"
#include "models/compile/model.h"

namespace understudy::models {

using kernel::EventHandle;
using kernel::Time;

/// What can happen; the ranks in which simultaneous events are handled stand in rank_of().
enum class EventKind : std::uint8_t {
    arrival,        ///< element: load
    delayed,        ///< row: item that reaches its stream
    plain_arrival,  ///< element: plain load
    plain_done,     ///< element: plain stage; row: which of its items at work
    done,           ///< row: holding whose service ends
    launched,       ///< row: holding whose service begins after a serial start
    released,       ///< row: holding whose units come back after their release lag
    come_back,      ///< row: item whose pause before a retry is over
    close,          ///< element: stage whose batch or window closes by time; row: its number
    unmatched,      ///< row: item that has waited for its partners long enough
    expire,         ///< row: item whose patience ends
    phase,          ///< element: load whose arrivals change their state
    watch,          ///< element: action whose condition has held for long enough
    refill,         ///< element: budget that is filled, or can pay who waits; row: number of the instant
    due,            ///< element: pipeline
    ready,          ///< element: stage (task); row: run
    overdue,  ///< row: run whose time limit ends; element: its number, to tell it from a later one in the row
    act,      ///< element: action
    undo,     ///< element: action
    workers,  ///< element: pool whose number of workers steps
    outage,   ///< element: pool; row: which of its outages begins or ends
    turn,     ///< element: pool; row: worker that has started, looks again, or has been idle for long enough
    control,  ///< element: pool whose number of workers is decided anew
    moved,    ///< element: pool whose workers go on after a move
    shared,   ///< element: pool that serves all at once, and is done with one
    moved_over,  ///< element: way whose first transfer is through
    window,      ///< element: probe whose window opens or closes
    warm,        ///< the warm-up ends
    sample,      ///< series take a point
    ask,         ///< element: probe asked `at` this instant
    ask_at_end,  ///< element: probe asked `at end`, or at 0, once it has begun
    take_up,     ///< what is there when the simulation begins is put in, and loads begin
};

/// Rank of simultaneous events: 0 what is asked `at` the instant; 1 edits, schedules and refills; 2 ends of
/// service; 3 workers' changes; 4 arrivals and returns; 5 closings of gathers; 6 expiries; 7 samples.
constexpr unsigned rank_of(EventKind kind) {
    switch (kind) {
        case EventKind::ask: return 0;
        case EventKind::window:
        case EventKind::warm:
        case EventKind::take_up:
        case EventKind::act:
        case EventKind::undo:
        case EventKind::phase:
        case EventKind::watch:
        case EventKind::refill:
        case EventKind::due: return 1;
        case EventKind::plain_done:
        case EventKind::done:
        case EventKind::shared:
        case EventKind::moved_over:
        case EventKind::launched:
        case EventKind::released: return 2;
        case EventKind::outage:
        case EventKind::turn:
        case EventKind::control:
        case EventKind::moved:
        case EventKind::workers: return 3;
        case EventKind::plain_arrival:
        case EventKind::arrival:
        case EventKind::delayed:
        case EventKind::ready:
        case EventKind::come_back: return 4;
        case EventKind::unmatched:
        case EventKind::close: return 5;
        case EventKind::expire:
        case EventKind::overdue: return 6;
        case EventKind::ask_at_end:
        case EventKind::sample: return 7;
    }
    return 7;
}

/// What goes on for ever by itself and brings no work: it keeps no run until empty alive.
constexpr bool goes_on_by_itself(EventKind kind) {
    switch (kind) {
        case EventKind::workers:
        case EventKind::outage:
        case EventKind::turn:
        case EventKind::control:
        case EventKind::moved:
        case EventKind::window:
        case EventKind::sample:
        case EventKind::ask:
        case EventKind::ask_at_end: return true;
        default: return false;
    }
}

/// One word for two: what is written and what is read soon after have the same width, or the processor waits.
class Event {
public:
    Event() = default;
    Event(EventKind kind, std::uint32_t element, std::uint32_t row)
        : kind_and_element_(static_cast<std::uint64_t>(kind) | (std::uint64_t{element} << 32)), row_(row) {}
    EventKind kind() const { return static_cast<EventKind>(kind_and_element_ & 0xFF); }
    std::uint32_t element() const { return static_cast<std::uint32_t>(kind_and_element_ >> 32); }
    std::uint32_t row() const { return row_; }

private:
    std::uint64_t kind_and_element_ = 0;
    std::uint32_t row_ = 0;
};
static_assert(sizeof(Event) == 16);

/// Where an item is.
enum class Where : std::uint8_t {
    free,       ///< the row is not in use
    moving,     ///< between two places, within the handling of one event
    delayed,    ///< born, not yet in its stream
    waiting,    ///< in a line
    working,    ///< holds its units, service begun or about to
    retrying,   ///< pauses before the next attempt
    gathering,  ///< in a batch or join that is not complete
    at_door,    ///< its next stage has no place; what sent it is held up
    member,     ///< inside a batch
    in_run,     ///< a pipeline's run works on its behalf
};

/// What may happen to an item several times at one stage, and counts once for a share of those that arrived.
enum class Happened : std::uint8_t { waited = 1, failed = 2, retried = 4, interrupted = 8 };

/// How an attempt ends, where that is told as it begins.
enum class Outcome : std::uint8_t { open, success, failure };

struct Item {
    Time born = 0;
    Time entered = 0;               ///< its stage
    Time queued = 0;                ///< the line, or began to gather
    Time started = 0;               ///< the present attempt
    Time paused = 0;                ///< between its attempts, in sum
    Time remaining = -1;            ///< work left of an interrupted attempt, at speed 1; -1: not drawn
    Time waited_again = 0;          ///< in the line, after better items took its place in this attempt
    Time preempted = -1;            ///< since when it waits because of one; -1: it does not
    Time patience = -1;             ///< how long it waits at most in this attempt, as drawn; -1: without end
    Time work = 0;                  ///< drawn at this stage, over all attempts, at speed 1
    std::uint64_t identity = 0;     ///< the same in every run of the same load: addresses its draws
    std::uint64_t number = 0;       ///< in this replication, for the trace
    std::uint64_t ticket = 0;       ///< of its place in a line
    std::uint64_t load_number = 0;  ///< of its arrival within its load, 0-based
    std::uint64_t bundle = 0;  ///< taken up together with the item of this number, perhaps itself; 0: alone
    double records = 1, size = 0, priority = 0, key = 0;
    EventHandle event = kernel::no_event;  ///< expiry, return or delay that is pending
    double entered_records = 1;            ///< its records when it entered the stage
    Index stage = none;
    Index next_stage = none;  ///< at whose door it stands
    Index sender = none;  ///< of a copy that is on its way: the stage that the item it was made of has left
    Index family = none;  ///< of its arrival
    Index run = none;     ///< it is an instance of a task of that run
    Index group = none;   ///< of the parts it belongs to
    Index holding = none;
    Index first_member = none;
    Index next_member = none;  ///< in its batch, its gathering, or its bundle at work
    Index held = none;         ///< the first holding it keeps beyond the stage it was seized for
    Index load = none;
    Index lane = none;          ///< its partition, from which it came to its stage
    std::uint32_t ordinal = 0;  ///< of its entering the stage, 1-based
    std::uint16_t attempt = 0;
    std::uint16_t input = 0;    ///< which of the stage's streams it came by
    std::uint16_t part = 0;     ///< of its group, where that has a place: the way it went
    std::uint8_t happened = 0;  ///< at its stage, by bits of Happened
    Where where = Where::free;
    Outcome outcome = Outcome::open;  ///< of the attempt whose work is drawn
    bool attempt_begun = false;       ///< the present attempt has been served, perhaps not to its end
    bool paid = false;                ///< the present attempt has spent from its budgets
    bool ages_out = false;            ///< what ends its patience is the retention of what it waits in
    bool batched = false;             ///< is a batch that its stage has formed
    bool remembered = false;          ///< its stage has noted that it has read it
    bool again = false;               ///< of what was read once more after a rewind
    bool gone = false;                ///< lost, taken back or merged into another: its end completes nothing
};

/// Whether it is in line only because its work has no worker, and not because others are better: it has taken none of the
/// places in the queue, as it has a worker's.
inline bool is_held_up(const Item& item) { return item.attempt_begun && item.preempted < 0; }

/// An arrival at a load and all that comes of it.
struct Family {
    Time born = 0;
    std::uint32_t open = 0;  ///< items not yet done; 0: the row is free
    Index load = none;       ///< none: born of a pipeline's output
    bool completed = false;  ///< some of it has come to an end that is no loss
    bool again = false;      ///< no arrival: something that is read once more
};

/// What a backfill has written once more, at an instant: of what was due between two others.
struct Remade {
    Index stream = none;
    Time from = 0, until = 0, at = 0;
};

/// What a stage has read, as it was when it came there.
struct Read {
    Time at = 0, came = 0, born = 0;
    std::uint64_t identity = 0, load_number = 0;
    double records = 1, size = 0, priority = 0, key = 0;
    Index load = none, lane = none;
    std::uint16_t input = 0;
    std::vector<double> fields;
};

/// An item of a stage, or an arrival, by its birth.
struct Birth {
    Time born = 0;
    std::uint64_t number = 0;  ///< of the item; 0 for arrivals
    Index row = none;
    auto operator<=>(const Birth&) const = default;
};

/// Those who may be there, and perhaps others who have left.
struct Births {
    bool asked = false;
    std::vector<Birth> heap;   ///< the oldest in front
    std::size_t tidy_at = 64;  ///< size at which those who have left are taken out
};

/// Items that are parts of one.
struct Group {
    std::uint64_t identity = 0;  ///< of what they are parts of
    Index parent = none;
    std::uint16_t parent_part = 0;  ///< which part of that
    Index place = none;  ///< into Model::copying_places, where they are copies; its joins alone make them one
    /// By the ways of that place: the part in which that one is by now, at first itself; or ...
    std::vector<std::uint16_t> within;
    static constexpr std::uint16_t absent = 0xFFFF, gone = 0xFFFE;  ///< nothing went that way; it is lost
    std::uint32_t size = 0, lost = 0;
    std::uint32_t alive = 0;   ///< parts not yet merged or gone; 0: the row is free
    bool merged = false;       ///< a join has made one of them
    std::vector<Index> parts;  ///< item rows, kept only where a join may cancel the rest
};

/// A gathering of parts at one stage.
struct Gathering {
    Index stage = none, group = none;
    std::uint32_t count = 0;  ///< parts; ...
    std::uint32_t items =
        0;                  ///< ... in so many items, as one may be several copies that came together before
    bool complete = false;  ///< or given up
    bool hopeless = false;  ///< given up: parts were lost without which there is no whole
    Index first = none, last = none;  ///< the parts in order, by next_member
};

/// A batch that is forming.
struct Forming {
    std::uint32_t number = 0;
    std::int64_t items = 0;
    double records = 0, size = 0;
    Time since = 0;
    EventHandle closing = kernel::no_event;
    Index first = none, last = none;
};

/// A part of what a holding has: `count` workers or containers of one pool on one worker.
struct Placing {
    std::uint32_t need = 0;
    std::int32_t worker = -1;
    Index next = none;
};

/// Units seized by an item at a stage; or a source that waits at a full door (stage none).
struct Holding {
    EventHandle event = kernel::no_event;
    Time until = 0;  ///< end of service, once begun
    Time served_since = 0;
    std::uint64_t identity = 0;  ///< of the item and attempt it was seized for
    std::uint16_t attempt = 0;
    Index stage = none;
    Index load = none;  ///< the source's, or the item's it was seized for
    Index item = none;
    Index placements = none;
    Index previous = none, next = none;  ///< of those active in the same line's pool, oldest first
    Index next_held = none;              ///< of those that the same item keeps
    Index turn = none;                   ///< the partition whose turn ends with it
    std::uint32_t at_door = 0;           ///< items that wait for a place on its behalf
    double speed = 1;
    double shared_until = 0;         ///< in a shared service: when it is done, on the service's own clock, ns
    std::uint64_t shared_place = 0;  ///< in its heap; 0: not there
    Index way = none;                ///< that its transfer takes; none: it moves nothing just now
    std::uint64_t way_place = 0;     ///< in the way's heap
    bool moves_out = false;          ///< its service is over, and what came of it is on its way
    bool times_out = false;          ///< the attempt is cut off at `until`
    bool begun = false;              ///< service has begun
    bool finished = false;           ///< service is over; units are kept by a full door or a release lag
    bool kept = false;               ///< by a full door or a release lag
    bool lagging = false;            ///< the release lag has begun
    bool in_use = false;
};

struct WorkerState {
    double cores_free = 0;
    std::int64_t memory_free = 0;
    std::uint32_t held = 0;  ///< items or containers on it
    Time launcher_free = 0;
};

/// What a worker is up to, where workers come and go one by one.
struct WorkerLife {
    enum class Phase : std::uint8_t {
        off,
        starting,
        up,       ///< at work or idle
        away,     ///< looks again when its pause is over
        turning,  ///< to another stage
    };
    Phase phase = Phase::up;
    std::uint32_t downs = 0;          ///< outages that hold it
    std::uint32_t draws = 0;          ///< made for it
    Time idle_until = -1;             ///< it is kept, since it became idle; -1: it is not idle
    std::uint64_t started = 0;        ///< which of its pool's starts is its last
    Index position = 0;               ///< of the stage it is at, where it visits one after the other
    std::uint64_t takes = 0;          ///< so many more there
    std::uint64_t gate = UINT64_MAX;  ///< none of those that came to the line with a later ticket
    Time cycle_began = -1;            ///< at the first stage; -1: it has not been there
    EventHandle turn = kernel::no_event;
    bool usable() const { return phase == Phase::up && downs == 0; }
    /// Whether it counts as one of its pool's, though it may not be looking for work just now.
    bool is_there() const { return downs == 0 && (phase == Phase::up || phase == Phase::away); }
};

/// What the workers of a pool have done since it was last decided how many there are to be.
struct Use {
    Time since = 0;
    double busy = 0, on = 0;  ///< integrals over ns
    Time last_move = -1;      ///< -1: none yet
};

/// One outage of one worker, or of all of a pool's: on, or its time is running, or (busy clock) stands.
struct OutageState {
    Index outage = none;
    std::int32_t worker = -1;  ///< -1: of all
    bool on = false, running = false;
    std::uint64_t times = 0;  ///< it has come; where it has a schedule, the next of its instants
    Time left = 0;            ///< until it comes, where its clock stands
    Time at = 0;              ///< when it comes by its schedule, or since when its clock runs
    EventHandle event = kernel::no_event;
};

struct Amount {
    double records = 0, bytes = 0;
};
struct TaskState {
    std::uint32_t before = 0, succeeded = 0, failed = 0;  ///< of its predecessors: not ended, ended well, not
    std::uint32_t instances = 0;                          ///< not yet ended
    enum class Phase : std::uint8_t {
        waits,
        ready,
        submitted,
        succeeded,
        failed,
        skipped
    } phase = Phase::waits;
    bool instance_failed = false;
    EventHandle event = kernel::no_event;  ///< its submission, if that is still to come
    double records = 0, size = 0;          ///< of its instances so far
    /// What had landed of each input when it was submitted; nothing of one whose past it reads.
    std::vector<std::optional<Amount>> reads_up_to;
};
/// One run of a pipeline.
struct RunState {
    Index pipeline = none;  ///< none: the row is free
    std::uint64_t number = 0, identity = 0;
    Time due = 0;
    std::optional<MadeUpRun> made_up;  ///< the time that it is for, where that has passed
    std::vector<Index>
        probes;  ///< of its pipeline, with a window or an action, that were open when it was due
    /// Of each sensor among its tasks: how often what it waits for had landed when the run before was due.
    std::vector<std::uint64_t> landed_before;
    std::uint32_t open = 0;  ///< tasks not ended
    bool begun = false, failed = false;
    Index item = none;  ///< that it works on behalf of
    double records = 0, size = 0;
    EventHandle limit = kernel::no_event;
    Index held = none;  ///< the first holding that it keeps beyond the task it was seized for
    std::vector<TaskState> tasks;
};

/// Beyond this the load has outgrown the model: the run ends with a reason instead of eating the memory.
constexpr std::size_t most_items = 10'000'000;
/// Thrown in the middle of an event when more items, or users, than that come to be; nothing can go on after it.
struct Outgrown {};

/// Rows with reuse of the freed ones; indices stay valid, copies are deep.
template <class Row>
class Slab {
public:
    Index add(Row row = {}) {
        if (free_.empty()) {
            kernel::require(rows_.size() < none, "more rows than an index can name");
            rows_.push_back(std::move(row));
            return static_cast<Index>(rows_.size() - 1);
        }
        const Index index = free_.back();
        free_.pop_back();
        rows_[index] = std::move(row);
        return index;
    }
    void remove(Index index) {
        rows_[index] = Row{};
        free_.push_back(index);
    }
    Row& operator[](Index index) { return rows_[index]; }
    const Row& operator[](Index index) const { return rows_[index]; }
    std::size_t size() const { return rows_.size(); }
    std::size_t in_use() const { return rows_.size() - free_.size(); }

private:
    std::vector<Row> rows_;
    std::vector<Index> free_;
};

}  // namespace understudy::models
