// A scenario: twin, load, actions, run and objectives, as one value.
//
// This is the typed form of what ../docs/scenario-language.md describes key by key; every key of the language
// has one member here, with the language's default. It is filled by a reader of tools/formats or built by a
// study (replay), checked by models/check.h, turned into a Boost graph by models/graph.h and compiled by
// models/compile/compile.h. Elements are listed in the order of the file; names are unique over all lists (one
// namespace), a task is `pipeline.task`. Durations are nanoseconds where they are plain numbers; laws are in
// seconds, bytes or counts (models/law.h).
#pragma once

#include <cmath>
#include <compare>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "kernel/time.h"
#include "models/initial_state.h"
#include "models/law.h"
#include "models/measure.h"
#include "models/schedule.h"

namespace understudy::models {

/// More workers, places or tries than any run can use.
inline constexpr std::int64_t unlimited = INT64_MAX;

/// Workers that are looked at one by one are fewer than this.
inline constexpr std::int64_t most_told_apart = 1'000'000;

/// Keys every element takes; they feed reports and the knowledge graph, never the run.
struct Description {
    std::string label, description, owner;
    std::vector<std::string> tags;
};

// ---- workers: keys of a pool, and of a stage that brings its own

enum class Order { fifo, lifo, random, priority, shortest, deadline, fair, cyclic, shared };
enum class Interrupted { resume, restart, lose };
enum class Backfill { never, any, easy };
/// Which worker (node) of a pool takes an item that needs cores or memory; ties go to the first worker.
enum class Placement {
    first,     ///< the first in the pool's order with room
    spread,    ///< the one with the most free cores (Kubernetes' LeastAllocated): the default
    pack,      ///< the one with the fewest free cores that still has room
    recorded,  ///< the one the task names (`worker`) if it has room, else as spread
};

/// What one worker is. A worker with cores or memory is a node that holds several items at once.
struct WorkerType {
    std::string name;
    double cores = 0;               ///< 0: the worker is one slot
    std::int64_t memory_bytes = 0;  ///< 0: not limited
    double speed = 1;               ///< work done per time
    double network = 0;             ///< bytes per second of its transfers, each way; 0: not limited
    double cost_per_second = 0;     ///< in the scenario's currency
    double cost_per_byte = 0;       ///< of what its workers have worked on, in place of a cost over time
    std::vector<std::string> skills;
    Description description;
};

/// What takes workers away for a time: breakdowns, checkpoints, maintenance.
struct Outage {
    std::string name;
    Law up;  ///< from repair to failure; empty: by `every`
    std::optional<Schedule>
        every;  ///< from start to start; an instant that comes while it is on is passed over
    Law lasts;
    bool takes_all = false;   ///< all workers at once, else each on its own
    bool busy_clock = false;  ///< `up` counts only while the worker (of all: any) holds something
    std::optional<Interrupted> interrupted;  ///< absent: as the workers say
};

/// How the number of workers follows the work, within their range. One of the three targets is set.
struct Scale {
    double waiting = 0;      ///< at once: one starts for each so many in line
    double lag = 0;          ///< records in the stages for each worker, looked at `every`
    double utilisation = 0;  ///< fraction of the workers that are on, over the last `every`
    std::optional<kernel::Time> every;
    kernel::Time cooldown = 0;      ///< after a move nothing is moved for so long
    std::int64_t step = unlimited;  ///< the most workers of one move
    kernel::Time pause = 0;         ///< all workers stop for so long at each move
};

/// How long a worker of Order::cyclic stays at a stage.
enum class Visits {
    exhaustive,  ///< until nobody waits there
    gated,       ///< for those who wait as it comes
    limited,     ///< for so many at most
};

struct Workers {
    std::int64_t count = 0;  ///< `unlimited` allowed; 0 with `steps` empty and no groups: none declared
    std::optional<std::int64_t> least;  ///< of a range, whose upper end is `count`
    /// `{steps: {0h: 2, 9h: 6}, period: 1d}`: counts from these instants on, within each period if one is
    /// given.
    std::vector<std::pair<kernel::Time, std::int64_t>> steps;
    std::optional<kernel::Time> steps_period;
    bool leave_when_done = false;  ///< who is one too many finishes what it has at work; else that is cut off
    /// `{TYPE: n, ...}`: numbers of workers by type, in the file's order; of one whose number changes the most.
    std::vector<std::pair<std::string, std::int64_t>> groups;
    /// Of groups whose numbers change over time, `{TYPE: {steps: {0h: 0, 9h: 3, 17h: 0}, period: 1d}}`: as `steps`, and all by
    /// one period.
    std::map<std::string, std::vector<std::pair<kernel::Time, std::int64_t>>> shifts;
    WorkerType type;        ///< of all workers, where there are no groups
    std::string type_name;  ///< `type:` as written, resolved into `type` by the reader
    Order order = Order::fifo;
    std::vector<std::pair<std::string, double>> weights;  ///< of loads, for Order::fair; 1 unless said
    Law turning;  ///< for Order::cyclic: the way from one stage to the next; empty: at once
    Visits visits = Visits::exhaustive;
    std::int64_t visit_limit = 0;  ///< for Visits::limited
    bool preempt = false;
    Interrupted interrupted = Interrupted::resume;
    Backfill backfill = Backfill::never;
    Placement placement = Placement::spread;
    /// For Order::shared: the total speed with so many at work, linear in between, counts ascending. Empty: as many
    /// workers as there are items, but no more than there are.
    std::vector<std::pair<double, double>> speedup;
    /// Bytes per second; above 0 this is a link: one worker that serves all at once (Order::shared), for whose items
    /// the reader adds their size over it to the service (Term::implied).
    double bandwidth = 0;
    /// Of a link: `bandwidth` is with one worker of this pool there; with n of them it is n to / (n + to - 1) times as
    /// much, which never comes to more than `grows_to` times. Empty: it does not grow.
    std::string grows_with;
    double grows_to = 1;
    /// Serial start: an item occupies its worker's launcher for this long before its service begins, one
    /// after the other on each worker (a kubelet that starts one pod at a time). Empty: at once.
    Law launch;
    /// How long what an item held stays taken after its work has ended (clean-up, slow release). Empty: at
    /// once.
    Law release;
    std::vector<Outage> outages;
    Law poll;  ///< a worker that finds nothing looks again after this long; empty: it waits for work
    std::optional<Scale> scale;
    Law start_up;    ///< until a new worker serves; empty: at once
    Law keep_alive;  ///< idle time before a worker is put off; empty: none
};

// ---- elements

struct Pool {
    std::string name;
    Workers workers;
    Description description;
};

struct Budget {
    enum class Refill {
        continuous,  ///< `rate` per second
        ticks,    ///< one token at each end of an interval drawn from `interval`; what does not fit is lost
        amounts,  ///< `amount` at each instant of `schedule`
        reorder,  ///< when the level is at most `at_most`, `amount` arrives after a lead time drawn from
                  ///< `after`
    };
    std::string name;
    double capacity = 0;  ///< infinity: unlimited
    double initial = 0;   ///< capacity unless said
    Refill refill = Refill::continuous;
    double rate = 0;
    Law interval;
    double amount = 0;
    Schedule schedule;
    double at_most = 0;
    Law after;
    Description description;
};

/// A column of a dataset, as its owner describes it; for people and other tools, never for the run.
struct Column {
    std::string name, type;
    std::optional<bool> nullable, unique;
    std::string min, max;             ///< as written; empty: no limit
    std::vector<std::string> values;  ///< `enum`: all it may hold; empty: anything
    std::vector<std::string>
        derives_from;  ///< `dataset.column`: what its values are made of, as lineage has it
    bool origin_told = false;  ///< it is said what it is made of, which may be nothing (`derives_from: []`)
};

struct Dataset {
    /// How items are dealt to partitions.
    enum class By { key, round_robin, random, shortest };
    std::string name;
    std::int64_t partitions = 0;  ///< 0: not partitioned
    By by = By::round_robin;
    std::optional<kernel::Time> retention;  ///< what nobody has read for so long is lost
    std::string contract;                   ///< file of the data contract
    std::vector<Column> columns;
    Description description;
};

/// Taken from one pool at the start of service, given back at its end.
struct Need {
    std::string pool;
    std::int64_t count = 1;         ///< workers, or containers where cores or memory are asked for
    double cores = 0;               ///< of one worker, each container
    std::int64_t memory_bytes = 0;  ///< of one worker, each container
    std::string skill;              ///< that the workers must have; empty: any will do
};

struct Spend {
    std::string budget;
    double amount = 1;
    std::string field;  ///< non-empty: the amount is the item's field
};

struct Queue {
    enum class Full { block, drop, retry };
    std::int64_t capacity = unlimited;
    Full full = Full::drop;
    Law timeout;  ///< empty: items wait for ever
};

struct Retry {
    std::int64_t times = 0;    ///< after the first try
    std::vector<Law> backoff;  ///< one per retry, the last repeats; empty: at once
    // `{first, factor, max, jitter}`, used where `first` is set
    std::optional<kernel::Time> first;
    double factor = 1;
    kernel::Time max = kernel::never;
    double jitter = 0;  ///< share of the pause that is uniformly random
};

/// A place between values: just before one, or just after it.
struct Cut {
    double at = 0;
    bool after = false;
    auto operator<=>(const Cut&) const = default;
};

/// The values between two cuts.
struct ValueRange {
    Cut from{-INFINITY, false}, to{INFINITY, true};
};

/// Where items go: one target with one share each, or several by a rule.
struct Writes {
    enum class Rule { copy, share, split, round_robin, shortest, key, by_class, by_value };
    struct Target {
        std::string stream;              ///< "exit" leaves
        double share = 0;                ///< fraction, for share and split
        std::vector<std::string> loads;  ///< for by_class
        /// For by_value, ascending; those of all targets together are all there are, and none is in two.
        std::vector<ValueRange> values = {};
        bool rest = false;  ///< its values are what the other targets leave (`else`)
    };
    std::vector<Target> targets;  ///< empty: the stream of the element's own name
    Rule rule = Rule::copy;
    std::string
        attribute;  ///< for by_value: a field, or `records`, `size`, `key`, `priority` where no field is called so
};

/// What comes out of one item. What is given anew is drawn from the item as it came, then changed at once.
struct Emits {
    double items = 1;
    double records = 1, size = 1;                     ///< factors
    std::vector<std::pair<std::string, Law>> fields;  ///< anew, in the order of the file
    Law key, priority;                                ///< anew; empty: as it was

    bool gives_values() const { return !fields.empty() || !key.empty() || !priority.empty(); }
    bool all() const { return items == 1 && records == 1 && size == 1 && !gives_values(); }
};

struct Join {
    enum class Of { parts, inputs };
    Of of = Of::parts;
    std::int64_t needs = 0;  ///< 0: all
    bool cancel_rest = false;
    bool by_key = false;  ///< inputs: by key, else by arrival
    std::optional<kernel::Time> within;
    bool pass_unmatched = false;
    bool operator==(const Join&) const = default;
};

struct Batch {
    std::int64_t items = 0;  ///< 0: no limit
    double records = 0;
    double size_bytes = 0;
    std::optional<kernel::Time> after;
};

/// Items of one span of time, by their births: [k every, k every + size) for each whole k.
struct Window {
    kernel::Time size = 0;
    std::optional<kernel::Time> every;  ///< absent: one after the other
    kernel::Time lateness = 0;          ///< closes so long after its end
    bool by_key = false;                ///< one for each key
    bool operator==(const Window&) const = default;
};

/// What is moved over a link while an item is worked on: in before its service, out after it. All that cross a link, or
/// the network of one worker in one direction, share it max-min fairly (models/max_min.h).
struct Transfers {
    std::string over;  ///< link; empty: nothing is moved
    std::int64_t in_bytes = 0, out_bytes = 0;
    /// What is moved in stays on the worker, by this name: who finds it there moves nothing in. Empty: it does not.
    std::string once;
};

/// What stages and tasks have in common: how one item is worked on.
struct Work {
    std::optional<Workers> workers;  ///< its own pool, of its own name
    std::vector<Need> runs_on;
    Law launch;  ///< beside runs_on: its serial start, instead of the pool's; empty: the pool's
    std::vector<Spend> spends;
    std::optional<double> priority;
    Law service;   ///< empty: passes at once
    Law expected;  ///< what `backfill: easy` takes for the service; empty: its mean
    Transfers transfers;
    std::optional<kernel::Time> timeout;
    double failure = 0;  ///< fraction of attempts
    Law fails_after;     ///< what an attempt that fails takes; empty: its service
    Retry retry;
};

struct Stage {
    std::string name;
    std::vector<std::string> reads;
    std::optional<Join> join;
    std::optional<Batch> batch;
    std::optional<Window> window;
    Queue queue;
    Work work;
    std::int64_t take = 1;  ///< so many items at most that one worker takes up at once
    std::string
        holds_until;  ///< keeps its workers until the item leaves that stage, or `exit`; empty: it does not
    std::string dead_letter;  ///< stream; empty: counted lost
    Emits emits;
    Writes writes;
    Description description;
};

/// What a sensor or an action waits for: something new in a dataset, or a level at this instant.
struct Condition {
    std::string updated;  ///< dataset; empty: the level of `scope` is compared with `limit`
    Metric metric = Metric::present;
    std::string scope;  ///< empty: the whole system
    Comparison comparison = Comparison::greater;
    double limit = 0;
    std::optional<kernel::Time> lasts;  ///< it has been so for so long
    std::string text;
};

enum class TriggerRule { all_success, all_done, one_success, none_failed, quorum };

/// What a task reads at rest.
struct TaskInput {
    std::string dataset;
    bool all = false;  ///< the whole, else what landed since the task's last success
};

struct Task {
    std::string name;  ///< without the pipeline's
    std::vector<std::string> after;
    TriggerRule trigger_rule = TriggerRule::all_success;
    std::int64_t quorum = 0;
    bool cancel_rest = false;
    std::vector<TaskInput> reads;
    std::vector<std::string> writes;
    /// A sensor: looks, and looks again after `poke`, until this is so.
    std::optional<Condition> waits_for;
    kernel::Time poke = kernel::minute;
    bool keeps_workers = false;  ///< between its looks
    std::int64_t expand = 1;
    /// Not handed to its pool before this long after the run's scheduled time (recorded submissions).
    std::optional<kernel::Time> not_before;
    /// From ready (what comes before has ended) to handed to its pool.
    Law delay;
    std::string worker;  ///< the node it must or would run on, for Placement::recorded; empty: any
    Work work;
    /// Keeps its workers until that task of the run has ended, or `exit`: the run; empty: it does not.
    std::string holds_until;
    std::string dead_letter;  ///< stream for what has failed for good; empty: counted lost
    Emits emits;              ///< what comes out of what it has read
    Description description;
};

struct Pipeline {
    std::string name;
    Schedule schedule;
    bool catchup = false;
    std::int64_t max_active_runs = 16;
    std::int64_t max_active_tasks =
        unlimited;  ///< of all runs, submitted and not yet ended; others wait: larger priority first
    std::optional<kernel::Time> timeout;
    std::vector<Task> tasks;
    Description description;
};

// ---- load

struct Profile {
    enum class Form { steps, ramps, sine };
    std::string name;
    Form form = Form::steps;
    std::vector<std::pair<kernel::Time, double>> points;  ///< instants ascending from 0, factors
    double mean = 1, amplitude = 0;                       ///< for sine
    std::optional<kernel::Time> period;                   ///< absent: the last value stays
    std::optional<double> weekend;
    std::string series;  ///< `LOG.column` that the steps were read from; only for writing files
};

struct Arrivals {
    enum class Kind { poisson, every, saturated, recorded, users, states };
    struct State {
        std::string name;
        double rate = 0;  ///< per second
        Law stay;
        std::vector<std::pair<std::string, double>> next;
    };
    Kind kind = Kind::poisson;
    double rate = 0;                                      ///< per second, for poisson
    Law interval;                                         ///< for every
    std::shared_ptr<const std::vector<double>> instants;  ///< seconds, ascending, for recorded
    std::int64_t users = 0;
    Law think;
    std::vector<State> states;
    std::string text;
};

struct Load {
    std::string name;
    Arrivals arrivals;
    std::string profile;
    Law items;  ///< per arrival; empty: 1
    std::int64_t count = unlimited;
    std::optional<kernel::Time> first;
    kernel::Time from = 0;
    kernel::Time until = kernel::never;
    Law delay;     ///< birth to arrival in the stream; empty: none
    Law records;   ///< empty: 1
    Law size;      ///< bytes; empty: 0
    Law key;       ///< empty: none
    Law priority;  ///< empty: 0
    std::optional<kernel::Time> deadline;
    std::vector<std::pair<std::string, Law>> fields;
    Writes writes;
    Description description;
};

// ---- actions, run, scenario

/// A new value for a parameter: a factor times what is there, or the value itself.
struct NewValue {
    bool times = false;                ///< `3x`
    double number = 0;                 ///< counts, shares (fraction), durations (s), rates (per s), factors
    std::optional<Law> law;            ///< where the parameter is a law
    std::optional<Arrivals> arrivals;  ///< where the parameter is a load's `arrivals`
    std::vector<std::pair<std::string, double>> shares;  ///< by stream, where it is `writes`
    std::string text;
};

struct Action {
    enum class Verb {
        set,
        fail,
        heal,
        pause,
        resume,
        run,
        alert,
        stop,
        rewind,
        yield,  ///< hands over to who runs the simulation (simulation/running.h); no word of the language
    };
    std::string name;  ///< may be empty
    // None of the three: it happens when who runs the simulation says so (simulation/running.h).
    std::optional<kernel::Time> at;
    std::optional<Schedule> every;
    std::optional<Condition> when;      ///< each time it becomes true
    std::optional<kernel::Time> lasts;  ///< `for`: undone afterwards; kernel::never: when somebody says so
    Verb verb = Verb::alert;
    std::string target;  ///< element; `load` means all loads
    std::string key;     ///< for set: the path below the element, "workers", "service.mean", ...
    NewValue to;
    /// For run: one for each instant of the pipeline's schedule from the first up to the second; absent: one.
    std::optional<LocalInstant> from, until;
    std::string text;                ///< of alert and stop
    std::optional<kernel::Time> by;  ///< for rewind: how far back
};

enum class Detail { full, partial, analytic };

/// How fewer replications say as much.
enum class VarianceReduction {
    off,
    antithetic,  ///< in pairs, the second with 1 - u for each u of the first
    controls     ///< estimates corrected by utilisations, whose expectation is known
};

struct Run {
    std::optional<kernel::Time> length;  ///< absent: until empty
    std::optional<LocalInstant> start;
    std::string zone = "UTC";
    std::optional<kernel::Time> warm_up;  ///< absent: auto
    std::int64_t replications = 30;
    /// As many more as it takes for intervals of at most so much of their estimates on either side.
    std::optional<double> precision;
    double confidence = 0.95;
    VarianceReduction variance_reduction = VarianceReduction::off;
    std::uint64_t seed = 1;
    std::optional<kernel::Time> sample;  ///< absent: length / 500
    Detail detail = Detail::full;        ///< analytic: answered by formulas, and not simulated
};

struct Twin {
    std::vector<WorkerType> types;
    std::vector<Pool> pools;
    std::vector<Budget> budgets;
    std::vector<Dataset> datasets;
    std::vector<Stage> stages;
    std::vector<Pipeline> pipelines;
    InitialState state;  ///< what is there when a simulation begins
    /// What elements and streams were called before, by what they are called now: their random numbers are still those
    /// of the old name, so that a change of names changes no result. Of a pipeline: of its tasks as well.
    std::map<std::string, std::string> renamed;
    /// The name that the random numbers of an element, stream or task (`pipeline.task`) go by.
    std::string drawn_as(const std::string& name) const;
};

/// Recorded data that laws and arrivals have taken columns of; kept so that the file can be written again.
struct Log {
    std::string name, file, format, time, key;
    std::vector<std::pair<std::string, std::string>> columns;  ///< with their units
};

struct Scenario {
    std::string name;
    std::string description;
    std::string currency;  ///< three letters; empty: no money in the file
    Twin twin;
    std::vector<Profile> profiles;
    std::vector<Log> logs;
    std::vector<Load> loads;
    std::vector<Action> actions;
    Run run;
    std::vector<Objective> objectives;
    std::vector<Measure> measures;
    std::string text;  ///< the document it came from, canonical, for provenance; may be empty
    /// Of all in the text and in the logs it names that a replication depends on, but its seed: not how many
    /// there are, what is promised of them and how sure one wants to be, nor what is measured, which keys alone
    /// do not tell. 0: not known.
    std::uint64_t simulated_digest = 0;
};

}  // namespace understudy::models
