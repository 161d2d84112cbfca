// The compiled model: a scenario as flat arrays of rows that refer to each other by index.
//
// A Model is immutable and shared by all replications, threads and snapshots; what an action may change at
// run time is in its Parameters, which every simulation copies. Rows are in order of element names, so that
// nothing depends on the order in which a file declares things. Units as in models/scenario.h; laws are in
// seconds, bytes, counts.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "kernel/distribution.h"
#include "kernel/time.h"
#include "models/compile/ids.h"
#include "models/compile/intensity.h"
#include "models/compile/plain.h"
#include "models/compile/probe_index.h"
#include "models/scenario.h"
#include "models/trace.h"

namespace understudy::models {

// ---- parameters: what actions reach

struct CompiledTerm {
    kernel::Distribution law;
    std::shared_ptr<const std::vector<double>> recorded;
    std::shared_ptr<const RowsByKey> recorded_keys;
    Index field = none;
    Per per = Per::once;
    double per_amount = 1;
    Index per_field = none;
    double times = 1;  ///< by actions, where the value is the item's own
};
using CompiledLaw = std::vector<CompiledTerm>;

/// Numbers and laws by index; rows of the model hold the indices. A plain value.
struct Parameters {
    std::vector<double> numbers;
    std::vector<CompiledLaw> laws;
};

// ---- rows

/// A name of the scenario and all that bears it (a load and its stream, a stage and its own pool).
struct Element {
    std::string name, kind, label;
    std::string drawn_as;  ///< the name that its random numbers go by
    Index load = none, stage = none, pool = none, stream = none, pipeline = none, action = none,
          budget = none;
};

/// What becomes of the copies that are made at one place (models/joined_copies.h), by the streams that are written or by
/// those who get one.
struct Copies {
    std::vector<std::vector<bool>> joins_ahead;  ///< [way][stage]: of parts; empty: the model has none
    Index place = none;        ///< into Model::copying_places; none: no two of them come together again
    std::vector<bool> joined;  ///< those that do
};

/// Where the items of one writer go.
struct Outlet {
    Writes::Rule rule = Writes::Rule::copy;
    std::vector<Index> streams;      ///< `none` is the exit
    std::vector<double> cumulative;  ///< for Rule::share and split: ends at 1
    Index edited = none;             ///< where an action sets them: the first of as many numbers, instead
    std::vector<Index> by_load;      ///< for Rule::by_class: which of the streams
    /// For Rule::by_value: from each cut on, ascending, which of the streams; what is below the first goes with it.
    std::vector<std::pair<Cut, Index>> by_value;
    Index field = none;  ///< for Rule::by_value; none: ...
    enum class Of : std::uint8_t { records, size, key, priority } attribute = Of::records;  ///< ... this
    Copies copies;  ///< for Rule::copy and split
};

/// What an item is given anew as it leaves a stage.
struct ChangeRow {
    enum class What : std::uint8_t { field, key, priority } what = What::field;
    Index field = none;
    Index law = none;
    std::uint64_t name_hash = 0;  ///< of the field: its draws are no other field's
};

struct LoadRow {
    Index element = none;
    Arrivals::Kind kind = Arrivals::Kind::poisson;
    Index rate = none;      ///< number; per second, or users
    Index interval = none;  ///< law
    Index think = none;     ///< law
    std::shared_ptr<const std::vector<double>> instants;
    Intensity intensity;  ///< the profile; the constant 1 where there is none
    Index items = none, delay = none, records = none, size = none, priority = none, key = none;  ///< laws
    bool key_recorded = false;  ///< the key stands in a log, and is known before anything else is drawn
    /// Of arrivals with states, the first from the start; `next`: cumulative shares of those that follow.
    struct State {
        double rate = 0;
        Index stay = none;  ///< law
        std::vector<double> next;
        std::string name;
    };
    std::vector<State> states;
    std::vector<Index> fields;  ///< laws, one per field of the model; `none` where the load has no such field
    kernel::Time deadline = kernel::never;  ///< from birth
    std::int64_t count = unlimited;
    std::int64_t first_ns = -1;  ///< -1: after one interval
    kernel::Time from = 0, until = kernel::never;
    Outlet outlet;
    std::uint64_t name_hash = 0;
};

struct NeedRow {
    Index pool = none;
    std::int64_t count = 1;
    double cores = 0;
    std::int64_t memory_bytes = 0;
    std::uint64_t skills = 0;  ///< by bit
};

/// One worker of a pool whose workers are told apart.
struct WorkerRow {
    std::string name;
    double cores = 0;  ///< 0: one slot
    std::int64_t memory_bytes = 0;
    double speed = 1;
    std::uint64_t skills = 0;  ///< by bit
    double network = 0;        ///< bytes per second, each way; 0: not limited
    Index group = none;        ///< of workers by type, in the file's order; none: all are alike
    double cost_per_second = 0;
};

/// By what the items of a pool stand in lines of their own.
enum class Lines : std::uint8_t {
    together,    ///< one line for all
    partitions,  ///< of the dataset that their stage reads; each belongs to one worker
    stages,      ///< that its workers visit one after the other
    loads,       ///< between which its workers' time is shared; what came from none has one too
};

struct OutageRow {
    std::uint64_t name_hash = 0;
    Index up = none;                   ///< law; none: at the instants that follow
    std::vector<kernel::Time> starts;  ///< ascending
    kernel::Time period = 0;           ///< or one each so long, the first at the start; 0: by `starts`
    Index lasts = none;                ///< law
    bool takes_all = false, busy_clock = false;
    Interrupted interrupted = Interrupted::resume;
};

struct PoolRow {
    Index element = none;
    Index workers = none;  ///< number
    std::vector<std::pair<kernel::Time, std::int64_t>> steps;
    kernel::Time steps_period = 0;    ///< 0: they do not repeat, or are laid out
    bool steps_are_laid_out = false;  ///< over the whole run, as the local calendar has them
    /// For each step how many of each group are there; empty: their numbers do not change, or `steps` has all.
    std::vector<std::vector<std::int64_t>> shifts;
    Order order = Order::fifo;
    bool preempt = false;
    /// For Order::shared: total speed by number at work, linear in between, from (0, 0) on; empty: of its workers.
    std::vector<std::pair<double, double>> speedup;
    Index bandwidth = none;      ///< number; none: no link
    double bandwidth_given = 0;  ///< by which the work of its items goes; actions change the speed
    Index grows_with = none;     ///< pool; none: the bandwidth does not grow
    double grows_to = 1;
    bool crossed = false;  ///< it is a link that transfers go over
    Lines lines_by = Lines::together;
    std::int64_t lanes = 0;       ///< how many lines; 0: one for all
    std::vector<double> weights;  ///< of lines by load
    Index turning = none;         ///< law; none: at once
    Visits visits = Visits::exhaustive;
    std::int64_t visit_limit = 0;
    bool leave_when_done = false;
    Interrupted interrupted = Interrupted::resume;
    Backfill backfill = Backfill::never;
    Placement placement = Placement::spread;
    double speed = 1;
    std::vector<WorkerRow> told_apart;  ///< empty: workers are equal slots
    bool has_cores = false;
    std::vector<OutageRow> outages;  ///< by name
    bool has_lives = false;          ///< its workers, told apart, come and go one by one
    Index poll = none;               ///< law; none: idle workers wait for work
    bool scales = false;             ///< between `least` and as many as `workers` says, by `scale`
    std::int64_t least = 0;
    Scale scale;
    Index start_up = none, keep_alive = none;  ///< laws; none: 0
    Index launch = none, release = none;       ///< laws
    double cost_per_second = 0;                ///< of all workers together where told apart, else of each
    double cost_per_byte = 0;                  ///< of what is worked on
    std::vector<Index> stages;                 ///< that use it, by index
    bool takes_several = false;                ///< some stage in its line takes up several items at once
    /// Lines (by pool) whose heads may wait for this pool: itself first.
    std::vector<Index> lines;

    /// Its workers hold one item each, whether they come and go one by one or not.
    bool counts_slots() const { return told_apart.empty() || (has_lives && !has_cores); }
};

struct BudgetRow {
    Index element = none;
    double capacity = 0, initial = 0;  ///< the capacity may be infinite
    Budget::Refill refill = Budget::Refill::continuous;
    double rate = 0;                ///< per second, for continuous
    Index interval = none;          ///< law, for ticks
    double amount = 0;              ///< for amounts and reorder
    std::vector<kernel::Time> due;  ///< for amounts: instants ...
    kernel::Time period = 0;        ///< ... or every so often; 0: at the instants
    double at_most = 0;             ///< for reorder
    Index after = none;             ///< law, for reorder; none: at once
    std::vector<Index> lines;       ///< by pool: whose heads may wait for it
};

struct SpendRow {
    Index budget = none;
    double amount = 1;
    Index field = none;  ///< not none: the item's field is the amount
};

struct StageRow {
    Index element = none;
    Index pipeline = none;   ///< set: the stage is a task
    Index task = none;       ///< its position within the pipeline
    Index line_pool = none;  ///< where its items wait; none: they pass at once
    Index place = 0;         ///< of its line there, where stages have lines of their own
    std::vector<NeedRow> needs;
    std::vector<SpendRow> spends;
    Index service = none;        ///< law
    Index expected = none;       ///< law; none: the service
    Index link = none;           ///< pool that its transfers go over; none: it moves nothing
    double bytes_in = 0, bytes_out = 0;
    Index once = none;  ///< number of what is moved in and stays on the worker; none: it does not
    Index priority = none;       ///< number; none: the item's
    Index failure = none;        ///< number
    Index fails_after = none;    ///< law; none: the service
    Index timeout = none;        ///< number of seconds; none: no limit
    Index retry_times = none;    ///< number; none: no retries
    std::vector<Index> backoff;  ///< laws
    bool exponential_backoff = false;
    kernel::Time backoff_first = 0, backoff_max = kernel::never;
    double backoff_factor = 1, backoff_jitter = 0;
    Index queue_capacity = none;  ///< number; none: unlimited
    Queue::Full full = Queue::Full::drop;
    Index queue_timeout = none;  ///< law
    Index join = none;           ///< into Model::joins
    Index batch = none;          ///< into Model::batches
    Index window = none;         ///< into Model::windows
    std::int64_t take = 1;       ///< items that one worker takes up at once, at most
    bool holds = false;          ///< keeps its units until the item leaves (the run's task has ended) ...
    Index holds_until = none;    ///< ... this stage; none: the system (the run)
    Index dead_letter = none;    ///< stream
    std::int64_t emit_items = 1;
    double emit_records = 1, emit_size = 1;
    std::vector<ChangeRow> changes;
    Outlet outlet;
    std::vector<Index> reads;  ///< streams
    Index partitions = 0;      ///< of what it reads; 0: not partitioned
    /// One item of each partition at a time goes to workers that are not its own; the others stand behind it.
    bool takes_turns = false;
    kernel::Time remembers =
        -1;                    ///< for so long what it has read, for actions that rewind it; -1: it does not
    bool in_cycle = false;     ///< items may come here again
    bool copies_meet = false;  ///< copies of one item may come here by different ways
    std::uint64_t name_hash = 0;
    // tasks
    Index delay = none;            ///< law
    Index launch = none;           ///< law; none: the pool's
    std::int64_t not_before = -1;  ///< -1: no limit; after the run's scheduled time
    std::int32_t worker = -1;      ///< recorded worker, index within line_pool
    std::int64_t expand = 1;
    Index waits_for = none;  ///< into Model::conditions: a sensor
    kernel::Time poke = 0;
    bool keeps_workers = false;
};

struct ConditionRow {
    Index stream = none;  ///< where something new is to land, or which is to be fresh; none: a level
    bool updated = false;
    Index element = none;  ///< none: the whole system
    Metric metric = Metric::present;
    Comparison comparison = Comparison::greater;
    double limit = 0;
    kernel::Time lasts = 0;
};

struct JoinRow {
    std::int64_t needs = 0;  ///< 0: all
    bool cancel_rest = false;
    bool of_inputs = false, by_key = false, pass_unmatched = false;
    kernel::Time within = -1;  ///< -1: no limit
};

/// Where copies are made that come together again.
struct CopyingPlaceRow {
    /// By join that makes some or all of them one: the ways that lead to it, as numbers of Copies::joined, ascending.
    std::map<Index, std::vector<std::uint16_t>> joins;
};

struct BatchRow {
    std::int64_t items = 0;
    double records = 0, size_bytes = 0;
    kernel::Time after = -1;  ///< -1: no limit
};

struct WindowRow {
    kernel::Time size = 0, every = 0, lateness = 0;
    bool by_key = false;
    std::vector<Index> before;  ///< stages with windows whose batches may come here, and that nothing of here comes to
};

struct StreamRow {
    Index element = none;
    std::uint64_t name_hash = 0;
    kernel::Time retention = -1;  ///< -1: for ever
    std::int64_t partitions = 0;  ///< 0: not partitioned
    Dataset::By by = Dataset::By::round_robin;
    bool keeps_landings = false;        ///< runs for times that have passed ask what landed when
    bool declared = false;              ///< a dataset or topic, not just a way from a stage to the next
    std::vector<Index> readers;         ///< stages
    Copies copies;                      ///< of readers and runs_each, in this order
    std::vector<Index> runs_each;       ///< pipelines with one run an item
    std::vector<Index> runs_on_update;  ///< pipelines

    /// Whether a trace tells what lands here: on the way to a stage that takes it at once, `enter` says it.
    bool is_traced() const { return declared || readers.empty(); }
};

/// A stream whose age is asked for: that of the oldest item on its way there.
struct AgedStreamRow {
    Index stream = none;
    std::vector<bool> stages, loads;  ///< by index: what is there may come to the stream
};

struct TaskInputRow {
    Index stream = none;
    bool all = false;
};

struct PipelineRow {
    Index element = none;
    Schedule::Kind kind = Schedule::Kind::once;
    std::vector<kernel::Time> due;  ///< instants, for once and calendar
    kernel::Time period = 0;        ///< for every
    bool catchup = false;
    Index max_active_runs = none;   ///< number
    Index max_active_tasks = none;  ///< number; none: unlimited
    kernel::Time timeout = -1;
    std::vector<Index> tasks;                    ///< stages
    std::vector<std::vector<Index>> successors;  ///< task positions
    std::vector<std::uint32_t> predecessors;     ///< number of each task
    std::vector<TriggerRule> rule;
    std::vector<std::uint32_t> quorum;
    std::vector<bool> cancel_rest;
    std::vector<bool> leaf;
    std::vector<std::vector<TaskInputRow>> inputs;
    std::vector<Index> landings;  ///< probes for the share of runs that landed by a deadline
    std::uint64_t name_hash = 0;
};

/// A run for a time that has passed: it reads what landed from the time before up to its own. Instants of the simulation,
/// before its start or after.
struct MadeUpRun {
    kernel::Time reads_from = 0, due = 0;
};

struct ActionRow {
    Index element = none;                ///< its own; none if it has no name
    std::vector<kernel::Time> instants;  ///< of `at` or `every`
    Index when = none;                   ///< into Model::conditions
    kernel::Time lasts = -1;
    Action::Verb verb = Action::Verb::alert;
    std::vector<Index> numbers;  ///< parameters to set: numbers ...
    std::vector<Index> laws;     ///< ... and laws
    std::string law_parameter;   ///< non-empty: of the law's one term
    bool times = false;
    double number = 0;
    std::vector<double> values;  ///< of each of the numbers; empty: `number`
    std::int64_t runs = 1;       ///< of its pipelines
    /// These runs, ascending, where they are made up for and it is known when the simulation begins.
    std::vector<MadeUpRun> made_up;
    std::vector<Index> reads_kept;  ///< streams with a retention that these read and do not write themselves
    std::vector<Index> remakes;     ///< streams that these write
    kernel::Time back = 0;          ///< for rewind
    CompiledLaw law;
    std::vector<Index> pools, stages, pipelines,
        loads;  ///< fail, heal, pause, resume; or to look at again after a set
    std::string text;
};

// ---- what is measured

/// A measure with its names resolved.
struct ProbeRow {
    Measure measure;
    Index element = none;    ///< none: the whole system
    Index from_mark = none;  ///< for `a -> b`: which mark of the item holds the instant it entered a
    Index load = none;       ///< only items of this load
    Index action = none;     ///< only while it is on
    /// Instants at which the window opens and closes, in turn; empty: always open.
    std::vector<kernel::Time> edges;
    bool series = false;  ///< keep it as a series too
    /// The probe that keeps what this one sees: of quantiles the first that sees the same, else itself.
    Index values = none;
    /// Whoever has not come to its end when the run is over, and has taken longer than this, counts with the time it has
    /// taken (Compiler::charge_overdue); never: nobody does.
    kernel::Time overdue_after = kernel::never;
    /// Of means of levels: the level times this is a whole number, whose integral is kept exactly; 0: it need not be.
    std::int64_t whole = 0;

    /// It looks at all items and the whole run.
    bool sees_all() const { return load == none && action == none && edges.empty() && !measure.items; }
    /// It sees all, and asks for nothing but the mean over time of a level that does not grow by itself and is
    /// finite.
    bool is_mean_of_level() const;
    /// It is an average, a rate or a share of the whole run, or of what comes again and again: a ratio of two sums that
    /// grow with the run.
    bool is_steady_average() const;
};

struct Model {
    std::vector<Element> elements;  ///< in the order of `drawn_as`
    std::vector<Index> by_name;     ///< elements in the order of their names
    std::vector<LoadRow> loads;
    std::vector<PoolRow> pools;  ///< those without a pool element are lines of stages that only spend
    std::vector<BudgetRow> budgets;
    std::vector<StageRow> stages;  ///< and tasks
    std::vector<JoinRow> joins;
    std::vector<CopyingPlaceRow> copying_places;
    std::vector<BatchRow> batches;
    std::vector<WindowRow> windows;
    std::vector<StreamRow> streams;
    std::vector<AgedStreamRow> aged_streams;
    std::vector<PipelineRow> pipelines;
    std::vector<ConditionRow> conditions;
    std::vector<ActionRow> actions;
    /// Actions that wait for a condition of an element, the whole system last; empty: none do.
    std::vector<std::vector<Index>> watched_by;
    std::vector<ProbeRow> probes;
    ProbeIndex probe_index;
    /// Pools whose active periods somebody asks for: all with a number of workers where it is about bottlenecks.
    std::vector<Index> stations;
    std::vector<Index> station_of;  ///< by element; none: it is no such pool. Empty where there are none
    PlainModel plain;
    std::vector<std::uint64_t> field_hashes;  ///< of their names: what draws of them go by
    std::vector<std::string> fields;
    std::vector<Index> marks;  ///< elements whose entering is remembered by items
    Parameters parameters;
    std::shared_ptr<const Calendar> calendar;  ///< null: the scenario has no date
    kernel::Time length = kernel::never;       ///< never: until empty
    kernel::Time sample = 0;                   ///< 0: no series
    std::shared_ptr<const InitialState> initial;  ///< null: it begins empty, at time 0

    Index element_named(const std::string& name) const;
    /// Whether it is known who is on the way to where the probe measures: to a dataset, and from one stage to another, it is
    /// not.
    bool knows_who_comes(const ProbeRow& probe) const;
    TraceHeader trace_header() const;
};

}  // namespace understudy::models
