// The state of a running model, and what happens at each event. A value: copied with its simulation.
//
// The handlers follow the steps of a stage (docs/design.md): admit, gather, wait, seize, serve, outcome,
// emit, route, hand over, release. Each group of functions below has its own file. What an event makes
// possible on other pools is settled at the end of its handling, in the order in which it arose, so that
// handlers never call themselves. Internal to models/simulation; studies use replication.h.
#pragma once

#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "kernel/random.h"
#include "kernel/simulation.h"
#include "models/compile/model.h"
#include "models/simulation/active_periods.h"
#include "models/simulation/alert.h"
#include "models/simulation/element_states.h"
#include "models/simulation/fingerprint.h"
#include "models/simulation/line.h"
#include "models/simulation/meter.h"
#include "models/simulation/plain_rows.h"
#include "models/simulation/recorded_draws.h"
#include "models/simulation/reading_gaps.h"
#include "models/simulation/rows.h"
#include "models/trace_sink.h"

namespace understudy::models {

class State;
using Simulation = kernel::Simulation<State>;

class State {
public:
    using Event = models::Event;

    /// `sink` and `recorded` may be null; they are not owned and outlive the simulation and its copies. `full`:
    /// nothing takes the plain path, which gives the same. `mirrored`: 1 - u for each u of that replication.
    State(std::shared_ptr<const Model> model, std::uint64_t seed, std::uint64_t replication, TraceSink* sink,
          const RecordedDraws* recorded, bool full = false, bool mirrored = false);

    /// Schedules what happens first. Once, before the simulation runs.
    void start(Simulation& simulation, Time warm_up);
    /// Asks once for many events what the plain path is asked at each (kernel::Simulation). Only where
    /// Simulation::run_events() is compiled (plain.cpp): there the plain path becomes a part of its loop.
    template <class Loop>
    bool with_handling(std::size_t pending, const Loop& loop);
    /// Handles a stretch of events on the plain path in one go, stage by stage (plain_sweep.cpp).
    kernel::Swept sweep(Simulation& simulation, std::uint64_t count, Time end);
    /// The meter as it stands now, the plain path's totals with it. To look changes nothing.
    const Meter& look(Simulation& simulation);
    /// Has an action act, or be undone, at an instant that has not passed, before what else is scheduled there later.
    void ask(Simulation& simulation, Time at, Index action, bool undone);
    /// Actions that have yielded since this was asked last.
    std::vector<Index> take_yields() { return std::exchange(yields_, {}); }
    /// Whether what an action waits for is so now, for as long as it has to be.
    bool has_come(Simulation& simulation, Index action);
    /// As Running::rewind_gap().
    RewindGap rewind_gap(Index stage, Time since, Time at, Time back) const;
    /// As Running::made_up_gap().
    MadeUpGap made_up_gap(const ActionRow& row, Time since, Time at) const;
    /// As Running::overdue().
    std::vector<Time> overdue(const ProbeRow& probe, Time limit, std::size_t most, Time now) const;
    /// Takes what is measured at the end of the run.
    void finish(Simulation& simulation);

    const Model& model() const { return *model_; }
    Meter& meter() { return meter_; }
    std::uint64_t fingerprint() const { return fingerprint_.value(); }
    const std::string& stop_reason() const { return stop_reason_; }
    const std::vector<Alert>& alerts() const { return alerts_; }
    std::uint64_t recorded_draws_missing() const { return recorded_missing_; }
    std::uint64_t log_rows_missing() const { return log_rows_missing_; }
    /// Items in lines, at work, at doors, pausing and gathering.
    std::size_t items_present() const { return items_.in_use() + plain_present(); }
    /// By identity; once finished.
    const std::vector<std::uint64_t>& missed_deadlines(Index probe) const { return deadlines_[probe].missed; }
    /// Arrivals that are not yet done, of all loads or of one.
    std::size_t open_arrivals() const { return open_arrivals_ + plain_present(); }
    std::int64_t open_arrivals(Index load) const {
        if (!is_plain(load)) return loads_[load].open;
        return static_cast<std::int64_t>(loads_[load].arrivals - plain_loads_[load].lost -
                                         plain_loads_[load].done);
    }
    /// Tasks of pipelines that are over, of all runs so far; counted when asked.
    std::uint64_t tasks_ended() const;
    /// Ends the program unless everything that arrived left, waits, or is counted lost, and all units are
    /// accounted for.
    void check_conservation(const Simulation& simulation) const;
    /// Names of stages whose workers wait for each other's places, in their circle, or that keep items while
    /// nothing is pending any more; empty if there is no deadlock.
    std::vector<std::string> deadlocked(const Simulation& simulation) const;
    /// Notes what snapshot() asks for and nobody else. Before the start.
    void expect_snapshot() { expects_snapshot_ = true; }
    /// What is there at `at`, by name, before what happens at that instant; all before it has happened.
    InitialState snapshot(Time at) const;

private:
    // ---- state.cpp: clock, draws, trace, levels
    void handle_full(Event event);
    Time now() const { return simulation_->now(); }
    EventHandle schedule(Time time, EventKind kind, std::uint32_t element, std::uint32_t row) {
        if (time == kernel::never) return kernel::no_event;
        return simulation_->schedule(time, rank_of(kind), Event(kind, element, row));
    }
    void tell(TraceEvent event, Index element, std::uint64_t item, std::uint16_t attempt = 0,
              double value = 0, std::int32_t worker = -1) {
        fingerprint_.add(now(), event, element, item, attempt);
        if (sink_) sink_->row({now(), item, element, event, attempt, worker, value});
    }
    /// What belongs together: to the trace only, as nothing happens.
    void tell_of(TraceEvent event, Index element, std::uint64_t item, std::uint64_t of) {
        if (sink_) sink_->row({now(), item, element, event, 0, -1, static_cast<double>(of)});
    }
    double uniform(Index element, kernel::Purpose purpose, std::uint64_t identity, std::uint16_t attempt,
                   unsigned part) const {
        const double u = kernel::keyed_uniform(keys_[element], identity, address_of(purpose, attempt, part));
        return mirrored_ ? 1 - u : u;
    }
    static std::uint64_t address_of(kernel::Purpose purpose, std::uint16_t attempt, unsigned part) {
        return (std::uint64_t{attempt} << 32) | (static_cast<std::uint64_t>(purpose) << 24) | part;
    }
    /// The value of a law for an item, drawn under its address or taken from a recording. `of_bundle`: for all that
    /// are taken up with it, whose records, sizes and fields add up.
    double draw(Index law, Index element, kernel::Purpose purpose, const Item& item, Index row,
                std::uint16_t attempt, bool of_bundle = false);
    /// Any choice with a value of its own: recorded, told to the trace.
    template <class Choose>
    double choice(Index element, kernel::Purpose purpose, std::uint64_t identity, std::uint16_t attempt,
                  Choose choose) {
        std::optional<double> value;
        if (recorded_) {
            value = recorded_->find(element, purpose, identity, attempt);
            if (!value) ++recorded_missing_;
        }
        if (!value) value = choose();
        if (sink_) sink_->draw({identity, element, static_cast<std::uint16_t>(purpose), attempt, *value});
        return *value;
    }
    /// The row of the log that is the item's; nothing where the log lacks it.
    std::optional<std::size_t> row_of(const CompiledTerm& term, const Item& item) const;
    /// The recorded value of an item. One that the log lacks takes those of the rows once more from the first.
    double recorded_value(const CompiledTerm& term, const Item& item) const;
    /// Where its key stands in a log, it has it before anything is looked up by it.
    void take_recorded_key(Index item);
    double field(Index item, Index field) const { return fields_[item * model_->fields.size() + field]; }
    double level(Index element, Metric metric, Index load) const;
    /// Of the workers of a pool, per second.
    double cost_of(Index pool) const;
    /// One more, or one less, of a stage's items is in that state.
    void shift(Index stage, Index load, std::int64_t StageCounts::*count, std::int64_t by) {
        stages_[stage].*count += by;
        if (!stages_[stage].by_load.empty() && load != none) stages_[stage].by_load[load].*count += by;
    }
    /// The levels of an element may have changed; they are measured once the event is handled, so that what
    /// rises and falls within one event was never there.
    void refresh(Index element);
    void measure_activity(Index station);
    void finish_activity();
    /// What becomes of an active period that is over.
    auto period_ended() {
        return [this](std::uint32_t station, Time length) {
            meter_.observe(model_->pools[model_->stations[station]].element, Metric::active_period, length,
                           none, 0);
        };
    }
    void refresh_stage(Index stage) { refresh(model_->stages[stage].element); }
    void refresh_pool(Index pool) {
        refresh(model_->pools[pool].element);
        // Of as many workers as it takes those at work cost.
        if (model_->pools[pool].cost_per_second > 0 && pools_[pool].capacity == unlimited) refresh_system();
    }
    void refresh_pipeline(Index pipeline) { refresh(model_->pipelines[pipeline].element); }
    void refresh_system() { refresh(none); }
    void measure_levels() {
        if (!changed_.empty()) measure_changed();
    }
    void measure_changed();
    void set_mark(Index element, Index item);
    const Time* marks_of(Index item) const { return marks_.data() + item * model_->marks.size(); }
    /// Calls visit(item) for an item, or for the items inside it if it is a batch.
    template <class Visit>
    void for_each_leaf(Index item, Visit visit) {
        if (items_[item].first_member == none) return visit(item);
        for (Index m = items_[item].first_member; m != none; m = items_[m].next_member)
            for_each_leaf(m, visit);
    }
    void halt(Simulation& simulation, const std::string& reason);
    /// Ends a run until empty once nothing is there, and nothing will come, but workers still come and go.
    void end_if_empty();

    // ---- items.cpp: rows of items, families and groups
    Index add_item();
    void free_item(Index item);
    Index copy_item(Index item);
    Index add_family(Index load, Time born, std::uint32_t open);
    /// An arrival is done, and not all that came of it is lost.
    void observe_done(Time born, Index load);
    void close_family(Index family);
    /// Its end completes nothing: it is lost, taken back, or merged into another.
    void set_gone(Index item);
    /// Out of the system, with all that is inside it.
    void item_done(Index item);
    void lost_part(Index item);
    void leave_group(Index group);
    static std::uint64_t gathering_key(Index stage, Index group) {
        return (std::uint64_t{stage} << 32) | group;
    }
    void make_parts(Index item, std::int64_t count, std::vector<Index>& parts);
    /// Of the copies of one item (`none`: nothing went that way) those that are to be joined again become parts of a whole
    /// that draws as `identity` did; those that come to no join are no parts of anything, as long as another is.
    void part_copies(const Copies& ways, std::uint64_t identity, const std::vector<Index>& copies);
    /// It is no part any more, nor is what is inside it, and nobody waits for it.
    void withdraw_part(Index item);
    /// Whether the parts of this whole, or some of them, become one at that stage.
    bool joined_here(Index group, Index stage) const;
    /// This part of the group will not come to any join.
    void lose_part(Index group, std::uint16_t part);

    // ---- sources.cpp: loads
    void start_load(Index load);
    void plan_arrival(Index load, Time time);
    void schedule_arrival(Index load, Time after);
    /// When the arrival of that number comes after the one before it, of a load whose rate is above 0 and that is not
    /// recorded.
    Time arrival_after(Index load, std::uint64_t number, Time before);
    void rate_changed(Index load);
    /// The arrival that stands at the load's position in its recording.
    void plan_recorded(Index load, Time after);
    void scale_recorded(Index load, double rate);
    /// `stayed`: it has been in it for so long already.
    void enter_phase(Index load, Index phase, Time stayed = 0);
    void begin_phases(Index load, const ElementState* before);
    void leave_phase(Index load);
    /// What is left of a pause of which so much is over, in seconds; addressed by its number.
    double draw_rest(Index law, Index element, kernel::Purpose purpose, std::uint64_t number, Time past);
    void add_users(Index load);
    void go_on_thinking(Index load, const std::vector<ThinkingUsers>& thinking);
    void user_done(Index load);
    /// `since`: for how long one has been thinking already.
    void think(Index load, Time since = 0);
    void arrive(Index load, std::uint64_t number);
    /// Gives a new item what its load says and sends it out; `source`: the holding of a saturated load.
    void born(Index item, Index load, Index source);
    void source_free(Index load);

    // ---- flow.cpp: admit, outcome, emit, route, hand over
    void put(Index stream, Index item, Index holding);
    void route(const Outlet& outlet, Index element, Index item, Index holding);
    /// Which of several streams the item goes to, where it goes to one.
    std::size_t target_of(const Outlet& outlet, Index element, Index item);
    double share_up_to(const Outlet& outlet, std::size_t target) const;
    /// What the outlet goes by, where it goes by value.
    double value_of(const Outlet& outlet, Index item) const;
    void split(const Outlet& outlet, Index element, Index item, Index holding);
    std::int64_t present_behind(Index stream) const;
    void land(Index stream, Index item);
    void land_born(Index stream, Time born, Index load, const Time* marks, bool again = false);
    void enter_by(Index stream, Index stage, Index item, Index holding);
    void enter(Index stage, std::uint16_t input, Index item, Index holding);
    /// `at_head`: in front of those who wait.
    void admit(Index item, bool full, bool at_head = false);
    void accept(Index item, bool at_head = false);
    bool has_place(Index item);
    void open_door(Index stage);
    void leave_stage(Index item);
    /// Why an item is lost, besides what is told of it.
    enum class Loss { usual, late, aged_out };
    void lose(Index item, TraceEvent how, Loss loss = Loss::usual);
    void turned_away(Index item);
    /// What may happen to an item several times at its stage: a share counts it once.
    void happens(Index item, Metric metric, Happened what);
    /// How often it was tried and how long it paused in between, when it is through with its stage.
    void observe_attempts(const Item& item, int attempts);
    void attempt_failed(Index item, bool timed_out);
    void pause_before_retry(Index item);
    void come_back(Index item);
    /// The attempt has ended well: emits, routes, and lets go of what the item held.
    void worked(Index item, Index holding);
    void send_on(Index item, Index holding);
    /// What the stage makes of an item that goes on, or of one of its parts.
    void emit(const StageRow& row, Index item);
    /// Gives an item what the stage emits anew; its records and size are still those that came.
    void change(const StageRow& row, Index item);

    // ---- plain.cpp: what needs no rows of holdings and families; stages by their number in Model::plain
    void start_plain();
    bool is_plain(Index load) const { return !plain_.empty() && model_->plain.loads[load].is_plain(); }
    /// Items on the plain path.
    std::size_t plain_present() const;
    DrawAhead::Draw plain_work(const PlainStageRow& row, std::uint64_t identity) const;
    /// Of the arrivals from this one on: their work, and their intervals (the value: at a rate of 1).
    void mirror(std::span<double> uniforms) const;
    void plain_works(const PlainStageRow& row, std::uint64_t arrival, std::span<DrawAhead::Draw> works) const;
    void plain_intervals(const LoadRow& row, std::uint64_t arrival,
                         std::span<DrawAhead::Draw> intervals) const;
    void plain_routes(Index load, std::uint64_t arrival, std::span<Index> routes) const;
    /// The way of an arrival, which looks ahead to where the next ones will go.
    const PlainWay& plain_way(Index load, std::uint64_t arrival);
    struct PlainMoment;
    DrawAhead::Draw plain_draw(Index stage, const PlainStageRow& row, const PlainItem& item);
    /// Who wants to know of each item as things happen. Where nobody does, all that is asked for can be told from
    /// sums and quantiles, and whole rows of questions need not be asked at every event.
    enum class Audience : std::uint8_t {
        nobody,
        trace,  ///< and nobody else
        each,   ///< measures of single items or levels; perhaps a trace, too
    };
    Audience plain_audience() const;
    template <Audience audience>
    void handle(Simulation& simulation, Event event);
    template <Audience audience>
    struct Handling {
        [[gnu::always_inline]] static void handle(State& state, Simulation& simulation, Event event) {
            state.handle<audience>(simulation, event);
        }
    };
    /// With much pending, and so much far away.
    struct FarHandling : Handling<Audience::nobody> {
        [[gnu::always_inline]] static void foresee(const State& state, Event event, unsigned step) {
            state.foresee(event, step);
        }
    };
    /// Fetches from memory what a plain event to come will look at: with thousands of stages and items nearly every
    /// look is far away.
    void foresee(Event event, unsigned step) const;
    template <Audience audience>
    void plain_arrival(Simulation& simulation, Index load);
    template <Audience audience>
    void plain_done(Simulation& simulation, Index stage, Index item);
    template <Audience audience>
    void plain_tell(PlainMoment& at, TraceEvent event, Index element, double value = 0);
    /// To the trace only.
    template <Audience audience>
    void plain_trace(PlainMoment& at, TraceEvent event, Index element, double value);
    template <Audience audience>
    void plain_tell_draw(std::uint64_t identity, Index element, kernel::Purpose purpose, double value);
    /// On one of the ways: the item is where it goes, and starts there if it can.
    struct PlainMove;
    PlainMove plain_move(PlainMoment& at, Index item, const PlainWay& way);
    /// `from`: the stage that it has left, if any.
    template <Audience audience>
    void plain_tell_move(PlainMoment& at, const PlainMove& move, Index item, const PlainWays& ways,
                         Index element, const PlainStageRow* from, PlainStage* sender);
    /// Plans its end.
    void plain_start(PlainMoment& at, Index stage, Index item, Time work);
    template <Audience audience>
    void plain_tell_start(PlainMoment& at, const PlainStageRow& row, Index item, const DrawAhead::Draw& work);
    /// `entered`: the stage that it leaves.
    template <Audience audience>
    void plain_leave(const PlainMoment& at, const PlainItem& item, Time entered, const PlainStageRow& from,
                     PlainStage& stage);
    template <Audience audience>
    void plain_out(PlainMoment& at, Index item, bool lost);
    void measure_plain(Index stage, const PlainStageRow& row);
    /// Of an event on the plain path; `to`, `from`: stages that it was about, if any.
    template <Audience audience>
    void plain_ends(PlainMoment& at, Index to, Index from);

    // ---- plain_sweep.cpp: stretches of it in one go
    class Sweep;
    bool can_sweep() const;

    // ---- plain_totals.cpp: what it has counted
    /// To probes that want to know of each item; sums are taken over later.
    void hear(const PlainEar& ear, Index element, Metric metric, Time value, Index load);
    void hear(const PlainEar& ear, Index element, Metric metric, Index load);
    void tell_arrival(const PlainItem& item);
    void tell_enter(const PlainStageRow& row, const PlainItem& item, bool full);
    void tell_start(const PlainStageRow& row, const PlainItem& item);
    void note_start(Index item);
    void tell_service(const PlainStageRow& row, Index item);
    void tell_leave(const PlainStageRow& row, const PlainItem& item, Time entered);
    void tell_out(const PlainItem& item, bool lost);
    /// Brings the meter up to now: levels, or all.
    void take_plain_levels();
    void take_plain_totals();
    /// Calls visit(item) for each item in a line of the plain path, in no order that means anything; between events.
    template <class Visit>
    void for_each_waiting(Visit visit) const;
    /// Who still stands in line at the end has waited too.
    void count_still_waiting();
    /// Copies a plain stage's counts, or all, to where the full path has them.
    void show_plain(Index stage);
    void show_plain();

    // ---- gathers.cpp: joins and batches
    void gather_part(Index item);
    /// `since`: it gathers since then.
    void gather_input(Index item, Time since);
    bool has_partners(Index stage, const Item& item) const;
    void pair_up(Index stage, double key);
    void unmatched(Index item);
    void ungather(Index item);
    void complete(Index stage, Index group);
    void absorb(Index item, bool gone = true);
    void drop_hopeless(Index group);
    /// How many parts of a group a join there waits for, and how many of those it may get have come or may still come.
    std::uint32_t wanted_at(Index stage, Index group) const;
    std::uint32_t possible_at(Index stage, Index group) const;
    /// As how many of the parts that are joined there an item counts.
    std::uint32_t counts_as(Index stage, const Item& item) const;
    void lose_quietly(Index item);
    void cancel_item(Index item);
    void gather_batch(Index item, Time since);
    void close_batch(Index stage, Forming& forming, bool filled);
    /// By its number; nothing if that batch has closed.
    void close_batch(Index stage, std::uint32_t number);
    /// Adds an item to what is forming at its stage, where it gathers since then; the first says when it closes.
    void gather_into(Forming& forming, Index item, Time since, Time closes);
    void close(Index stage, const Forming& formed, bool filled);

    // ---- windows.cpp: batches of spans of time
    void gather_window(Index item, Time since);
    void close_window(Index stage, std::uint32_t number);
    bool closes_now(Index stage) const;

    // ---- bundles.cpp: what one worker takes up at once
    template <class Visit>
    void for_each_taken(Index leader, Visit visit) const {
        for (Index item = leader; item != none;) {
            const Index next = items_[item].next_member;
            visit(item);
            item = next;
        }
    }
    /// All that are at work with a holding's item, itself first.
    std::vector<Index> taken_with(Index leader) const;
    void take_more(Index holding);
    void leave_bundle(Index item);

    // ---- kept.cpp: units that an item keeps beyond its stage
    void keep_until_later(Index item, Index holding);
    /// The item has left a stage, or the system (none).
    void give_back_kept(Index item, Index left) {
        if (items_[item].held != none || items_[item].first_member != none) let_go(item, left);
    }
    void let_go(Index item, Index left);
    /// What a task's instance has seized, for later tasks of its run. False where the last of them has ended already.
    bool keep_for_run(Index item, Index holding);
    /// A task of the run has ended, or the run (none).
    void let_go_of_run(Index run, Index ended);
    void release_held(Index& first, Index left);
    void inherit_kept(Index from, Index to);

    // ---- lines.cpp: wait, expire; who is next
    double key_of(Index item, const StageRow& stage, const PoolRow& pool);
    double deadline_of(const Item& item) const;
    bool nobody_before(const StageRow& stage) const;
    bool could_start(Index stage, Index item);
    void queue(Index item, bool at_head);
    /// Into the line of its pool; the stage has counted it.
    void join_line(Index item, bool at_head);
    /// What an event of kind `expire` is about, in place of an element.
    enum : Index { of_patience = 0, of_attempt = 1 };
    /// When the item will have waited for too long, if ever.
    void limit_wait(Index item);
    /// The same of what was interrupted and stands at the head of the line: what is left of its patience, and its
    /// stage's limit of an attempt, which goes on while the work stands still.
    void limit_again(Index item);
    void withdraw(Index item);
    void expire(Index item, Index limit);
    void mark(Index pool);
    /// Whether the entry's item still stands there, in the lane or in the pool's one line.
    bool stands_in(const Line::Entry& entry, Index pool, Index lane) const {
        // A row of items that was here once may stand in another line by now, with the same ticket.
        const Item& item = items_[entry.item];
        return item.ticket == entry.ticket && item.where == Where::waiting &&
               model_->stages[item.stage].line_pool == pool && lane_of(item) == lane;
    }
    /// Which of so many entries a line in random order takes.
    std::size_t any_of(Index line, std::size_t entries) {
        const double u =
            uniform(model_->pools[line].element, kernel::Purpose::order, ++pools_[line].choices, 0, 0);
        return static_cast<std::size_t>(u * static_cast<double>(entries));
    }
    void settle();
    void dispatch(Index pool);
    /// Nobody but its own pool looks at who stands in this line.
    bool can_set_aside(Index line) const;

    // ---- backfill.cpp: who may go ahead of the head of the line
    /// When the head of a line can start as far as is known, and what it leaves free then.
    struct Reservation {
        bool made = false;
        Time at = kernel::never;
        std::vector<std::pair<Index, Units>> left;  ///< by pool
    };
    /// Whether an item may be taken up now; `taken`: it may.
    Line::Look look_at(Index line, Index item, Reservation& reservation);
    Reservation reserve(Index item) const;
    bool goes_ahead(Index item, Reservation& reservation) const;
    Time expected_work(Index item) const;

    // ---- fair.cpp: loads, each with its line and its share of the workers
    void dispatch_fair(Index pool);
    Index fairest(Index pool);
    void join_fairly(Index pool, Index lane);
    void charge(const Item& item, Time work);

    // ---- cyclic.cpp: stages, each with its line, that workers visit one after the other
    void dispatch_cyclic(Index pool);
    void arrive_at(Index pool, Index worker, Index position);

    // ---- lanes.cpp: lines of their own; partitions, each with its worker
    /// Of the lines of its pool the one an item stands in; none: there is one for all.
    Index lane_of(const Item& item) const {
        const StageRow& stage = model_->stages[item.stage];
        if (stage.line_pool == none) return none;
        const PoolRow& pool = model_->pools[stage.line_pool];
        switch (pool.lines_by) {
            case Lines::partitions: return item.lane;
            case Lines::stages: return stage.place;
            case Lines::loads: return item.load != none ? item.load : static_cast<Index>(pool.lanes - 1);
            case Lines::together: break;
        }
        return none;
    }
    /// Who is first in a line of its own; none: nobody.
    Index head_of(Index pool, Index lane);
    Index deal(Index stream, Index item);
    std::size_t owner_of(Index pool, Index lane) const;
    bool lane_is_free(Index pool, Index lane) const;
    void dispatch_lanes(Index pool);
    /// The partition whose worker alone takes the item; none: any worker does.
    Index owned_lane(const Item& item, const StageRow& stage) const {
        const bool owned =
            stage.line_pool != none && model_->pools[stage.line_pool].lines_by == Lines::partitions;
        return owned ? item.lane : none;
    }

    // ---- turns.cpp: partitions read by workers that are not the stage's own
    bool is_behind(const Item& item, Index row) const {
        return model_->stages[item.stage].takes_turns && stages_[item.stage].turns[item.lane].item != row;
    }
    /// False: another item of its partition is before it, and it stands behind.
    bool take_turn(Index item, bool at_head);
    void leave_turn(Index item);
    /// The next of the partition may go to the workers.
    void end_turn(Index stage, Index partition);
    /// Who waits for its turn, or has it and waits for workers, will not have any.
    void give_up_turn(Index item);

    // ---- preemption.cpp: a better item takes the place of a worse one
    void preempt(Index pool);
    /// How much worse an item is in the order of the line than another; larger is worse. `left`: of its work.
    double badness(Index line, const Item& item, Index stage, Time left) const;
    std::vector<Index> worse_than(Index item, Index stage) const;
    std::vector<Index> whom_to_interrupt(Index item, Index stage) const;
    /// Whether it would take the place of somebody who does not come back to the line; not asked where an order goes by the
    /// work, which has not been drawn yet.
    bool may_take_a_place(Index stage, Index item);
    bool fits_without(const std::vector<Index>& holdings, const StageRow& stage) const;

    // ---- initial_state.cpp: what is there when the simulation begins
    /// Runs are due and items arrive from now on, beside what is there.
    void begin_work();
    void take_up_state();
    /// What has landed, and what tasks have read of it.
    void take_up_amounts(const std::map<std::string, const ElementState*>& states);
    Amount read_so_far(Index stream, const UnreadAmounts& unread) const;
    /// Makes items that are alike, in the order in which they stand; `last` is the number of the last one's draws, which
    /// count down to it.
    void take_up_items(Index stage, const PresentItems& items, std::uint64_t last, std::vector<Index>& into);
    /// A run that is under way, and items of its tasks that have not ended.
    struct TakenUp {
        Index run = none;
        std::uint64_t number = 0;
        std::vector<bool> named;  ///< tasks that the state speaks of
        const PresentRun* present = nullptr;
    };
    struct TaskItem {
        Index item = none;
        const PresentItems* how = nullptr;
    };
    TakenUp take_up_run(Index pipeline, const PresentRun& run, std::uint64_t& count,
                        std::vector<TaskItem>& items);
    /// Tasks that have not begun: because of what comes before them, or now.
    void go_on_with_run(Index pipeline, const TakenUp& taken);
    /// An item of a stage that has not been anywhere else.
    Index present_item(Index stage, const PresentItems& how, std::uint64_t identity);
    /// What it is by the state, and where that does not say, as its load draws it.
    void give_present_values(Index item, Index load, const PresentItems& how);
    /// An arrival that did not come now.
    void present_arrival(Index item, Index load);
    /// Puts into a batch what is in it.
    void fill_batch(Index batch, const PresentItems& how, std::uint64_t count);
    /// The holding of workers that were seized at that stage and are kept (`item` none: by a run); none: they are not
    /// there.
    Index kept_workers(Index stage, Index item, std::uint64_t identity);
    void keep_workers_of(Index pipeline, const TakenUp& taken);
    void gather_present(Index item);
    /// The load they are arrivals of; none: of none.
    Index load_of(const PresentItems& how) const;
    /// How far its attempt is, before it is put in.
    void resume_attempt(Index item, const PresentItems& how);
    /// At work, in line or in a pause; it is at its stage already.
    void put_in(Index item, const PresentItems& how);
    /// The stream whose updates a task waits for; none: it waits for nothing, or for something else.
    Index updated_stream(Index stage) const;
    /// The last instant before that one at which the pipeline was due by the clock; -1: none.
    static Time due_before(const PipelineRow& row, Time time);
    /// As far as a state tells: how often a stream had landed when the run before one that is due then was due.
    std::uint64_t landed_before_due(Index stream, const PipelineRow& row, Time due) const;
    /// Whether an attempt that has lasted so many seconds will fail, where such take another time.
    void tell_outcome_beyond(Index item, double past);
    /// A draw of a law on condition of being at least `past`, in seconds.
    double draw_beyond(Index law, Index element, kernel::Purpose purpose, Index item, double past);
    const ElementState* state_of(Index element) const;
    /// The interval after a load's last arrival, which was so long ago.
    void go_on_with_interval(Index load, Time since);

    // ---- snapshot.cpp
    /// How often something is there that a state does not hold: of which element, and what.
    using Missing = std::map<std::pair<Index, std::string>, std::int64_t>;
    PresentItems seen_at(Index item, Time at) const;
    /// What it is, wherever it is.
    void see_values(Index item, Time at, PresentItems& seen) const;
    /// The stages or tasks (without their pipeline) whose workers are kept, from that holding on; but for one.
    std::vector<std::string> seized_at(Index held, Index but) const;
    PresentTask seen_task(Index run, Index task, std::vector<PresentItems> instances) const;
    /// As its pipeline calls it.
    std::string task_name(Index pipeline, Index task) const;
    /// A dataset, of which a state can tell; other streams are what stages and loads write.
    bool is_kept(Index stream) const;
    /// What has landed beyond what was read, where a state can tell of it.
    void note_unread(Index stream, const Amount& read, UnreadAmounts& into) const;
    bool holds_batches(Index batch) const;
    /// Who stands where, of the lines whose order does not follow from how long they have waited.
    std::unordered_map<Index, std::int64_t> places_in_lines(const std::vector<Index>& listed, Time at) const;
    /// What of lines, sensors and readers a state does not hold.
    void tell_what_is_lost(Time at, Missing& missing) const;
    /// As work_left(), at an instant before which nothing more happens.
    Time work_left_at(const Holding& holding, Time at) const;

    // ---- rewind.cpp: what is read once more
    void remember(Index item);
    void rewind(Index stage, Time back);
    bool keeps(const StageRow& row, const Read& read, Time at) const;

    // ---- made_up.cpp: runs for times that have passed
    /// What landed in the time that a run is for; before the simulation began as much as since, on average.
    Amount landed_in(const MadeUpRun& run, Index stream) const;
    void make_up(const ActionRow& row);
    /// Whether what landed on a stream at an instant is there at another.
    bool can_read(Index stream, Time landed, Time at) const;

    // ---- units.cpp: seize, release
    bool is_down(Index pool) const { return pools_[pool].down > 0 || pools_[pool].outages_on > 0; }
    /// Whether there is such a worker now and it may be given work.
    bool is_usable(Index pool, std::size_t worker) const {
        const PoolState& state = pools_[pool];
        return state.lives.empty() ? static_cast<std::int64_t>(worker) < state.capacity
                                   : state.lives[worker].usable();
    }
    bool room(const PoolRow& pool, const WorkerState& worker, std::size_t index, const NeedRow& need) const;
    std::int32_t find_worker(const StageRow& stage, const NeedRow& need,
                             const std::vector<WorkerState>& workers, Index lane) const;
    bool fits_need(const StageRow& stage, const NeedRow& need, const Units& units, Index lane) const;
    bool fits(const StageRow& stage, Index lane = none) const;
    void seize(Index holding, const StageRow& stage, std::int32_t worker);
    /// Takes what a need asks for, if it is there, without saying so to anybody.
    bool take_units(const StageRow& stage, const NeedRow& need, Units& units, Index lane) const;
    /// Gives units back now, or keeps them for a full door or a release lag.
    void release_or_keep(Index holding);
    void keep(Index holding);
    void give_back(Index holding);
    /// What a holding has of one pool, without saying so to anybody.
    void free_units(const Holding& holding, const NeedRow& need, Units& units) const;

    // ---- serving.cpp: serve, interrupt
    Time drawn_work(Index item);
    bool draw_failure(const StageRow& row, std::uint64_t identity, std::uint16_t attempt);
    /// The law of an attempt's work, by how it will end.
    static Index law_of_work(const StageRow& row, Outcome outcome) {
        return outcome == Outcome::failure ? row.fails_after : row.service;
    }
    /// `worker`: who takes it up; -1: whoever is free.
    void begin(Index item, std::int32_t worker = -1);
    /// Of the pool in whose line it stood; -1: its workers are not told apart.
    std::int32_t worker_of(const Holding& holding) const;
    void pass(Index item);
    void observe_wait(Index item);
    void attempt_begins(Index item);
    void attempt_ends(Index item);
    /// The present attempt will not go on: takes what can only be measured then.
    void attempt_over(Index item);
    void serve(Index holding);
    /// The service itself, once what it needs is there.
    void work(Index holding);
    void work_ends(Index holding);
    void unlink(Index holding);
    /// What an attempt costs by the size of what was worked on, whether it ends well or not.
    void pay_for_bytes(Index holding);
    void service_ends(Index holding);
    Time work_left(const Holding& holding) const;
    enum class Reason { no_worker, better_item };
    /// `how`: instead of what the pool says of work that is cut off.
    void interrupt(Index holding, Reason reason, std::optional<Interrupted> how = std::nullopt);

    // ---- shared.cpp: all at once
    bool is_shared(Index pool) const { return model_->pools[pool].order == Order::shared; }
    /// Of one worker; of a link, how much of the bandwidth that it was given it has now.
    double speed_of_one(Index pool) const;
    double total_speed(Index pool, std::int64_t present) const;
    double most_speed(Index pool) const;
    void share(Index holding);
    void leave_shared(Index holding);
    void first_shared_done(Index pool);
    /// Somebody has come or gone, or the speed has changed.
    void plan_shared(Index pool);

    // ---- transfers.cpp: what is moved over links before and after a service
    double bandwidth_of(Index link) const;
    void move(Index holding, bool out);
    void leave_way(Index holding);
    void first_moved(Index way);
    /// Somebody has come or gone, or a bandwidth has changed.
    void plan_transfers();

    // ---- workers.cpp: how many there are
    void workers_changed(Index pool);
    /// Cuts off what has lost its workers.
    void shed_excess(Index pool, std::optional<Interrupted> how = std::nullopt);
    /// Where workers come and go one by one: so many are there as there may be now, by group where groups have shifts. Who
    /// has nothing to do leaves before who has.
    void fit_staff(Index pool);
    /// Of a group, or of all (`none`).
    Index who_leaves(Index pool, Index group) const;
    struct AtWork {
        Index holding, item;
        std::uint64_t number;  ///< of the item
    };
    /// What has units of the pool, in the order in which it gives them up: the worst first where better items take the place
    /// of worse ones, then the newest, so that work that has come further goes on. Those of other lines too.
    std::vector<AtWork> at_work_of(Index pool) const;

    // ---- lives.cpp: workers that look for work, start and are put off
    void start_lives(Index pool);
    /// After work has been given out: what becomes of the workers that found none.
    void rest(Index pool);
    void turn(Index pool, Index worker);
    void change_phase(Index pool, Index worker, WorkerLife::Phase phase);
    void start_worker(Index pool);
    void start_least(Index pool);
    void cancel_start(Index pool);
    /// An idle worker is given work.
    void take_worker(Index pool, Index worker);
    Time draw_of_worker(Index pool, Index worker, Index law, kernel::Purpose purpose);
    /// So many of its workers, the first, may be there; where they come and go one by one each has a life that tells.
    std::size_t listed_workers(Index pool) const {
        const auto all = static_cast<std::int64_t>(pools_[pool].workers.size());
        const bool each_has_a_life = !pools_[pool].lives.empty();
        return static_cast<std::size_t>(
            each_has_a_life ? all : std::clamp<std::int64_t>(pools_[pool].capacity, 0, all));
    }
    std::int64_t workers_on(Index pool) const {
        return model_->pools[pool].scales ? pools_[pool].on : pools_[pool].capacity;
    }
    /// Workers that cost: all that are on or starting. Of as many as it takes, those at work; what serves all at once
    /// without a number of workers is one machine.
    std::int64_t workers_paid(Index pool) const {
        if (pools_[pool].capacity != unlimited) return workers_on(pool) + pools_[pool].starting;
        return is_shared(pool) ? 1 : pools_[pool].busy;
    }

    // ---- scaling.cpp: how many workers there are to be
    void follow_line(Index pool);
    void control(Index pool);
    void scale_to(Index pool, std::int64_t wanted);
    void note_use(Index pool);

    // ---- outages.cpp: workers that fail and are repaired
    void start_outages(Index pool);
    void plan_outage(Index pool, Index outage);
    void outage(Index pool, Index outage);
    void change_outage(Index pool, Index outage, bool on);
    /// Of all its workers at once.
    void change_outages_on(Index pool, std::int32_t step);
    void look_again_at(Index pool);
    /// Units have been taken or given back: clocks that run only meanwhile start and stop.
    void run_busy_clocks(Index pool);
    double draw_of_outage(Index pool, const OutageState& outage, Index law, kernel::Purpose purpose);
    double share_down(Index pool) const;

    // ---- budgets.cpp: what is used up
    void start_budgets();
    void plan_tick(Index budget);
    double level_of(Index budget) const;
    double amount_of(const SpendRow& spend, Index item) const;
    void add_to(Index budget, double amount);
    void refill(Index budget, std::uint32_t number);
    void order(Index budget);
    /// An item joins (+1) or leaves (-1) a line; nothing is owed to who spends nothing.
    void owe(Index item, double sign);
    /// Whether the item's next attempt at the stage can spend what it must, now and before others. If not, the
    /// budget's lines are looked at again when it may.
    bool can_pay(Index stage, Index item) {
        return model_->stages[stage].spends.empty() || has_enough(stage, item);
    }
    bool has_enough(Index stage, Index item);
    bool somebody_before(const SpendRow& spend, Index stage, Index item);
    void look_again_when(Index budget, double lacks);
    void spend(Index item);
    void look_at_lines(Index budget, Index but);

    // ---- runs.cpp: pipelines
    void start_pipeline(Index pipeline);
    void due(Index pipeline, DueRun what, Index item, double records, double size);
    void due_now(Index pipeline, Index item, double records, double size,
                 bool asked_for = false, const std::optional<MadeUpRun>& made_up = {});
    void begin_runs(Index pipeline);
    void task_ready(Index run, Index task);
    void submit(Index run, Index task);
    void submit_waiting(Index pipeline);
    void instance_ended(Index item, bool success);
    void task_ended(Index run, Index task, bool success);
    void cancel_before(Index run, Index task);
    void cancel_task(Index run, Index task);
    void skip_task(Index run, Index task);
    void predecessor_ended(Index run, Index task, bool success);
    void finish_task(Index run, Index task, bool success);
    void end_run(Index run);
    void overdue(Index run, std::uint32_t number);
    /// The probes that want to know of a run which is due now: those of the pipeline itself that do not always want to, and
    /// all that wait for what it writes.
    std::vector<Index> open_probes(Index pipeline) const;
    void expect_landing(Index run);
    /// A run that an action asks for has no deadline of its own. It may keep that of the one it makes anew: due at the time
    /// that it is for, or the last that has ended, and has not landed.
    void stand_in(Index run);
    void landing(Index element, std::uint64_t run);
    void run_landed(Index run, Index stream);
    void has_landed(Index probe, std::uint64_t run);

    // ---- ages.cpp: the oldest of a stage, or of the arrivals (stage `none`)
    void start_ages();
    /// By stage, then the whole system, then the streams that are asked for.
    std::size_t age_row(Index element) const;
    /// An item has come to a stage, or an arrival's family has begun (stage `none`).
    void note_birth(Index stage, Index row);
    /// An item that a load has made, or that stands at the door of a stage.
    void note_on_way(Index load, Index stage, Index item);
    void note(std::size_t row, const Birth& birth);
    bool is_there(std::size_t row, const Birth& birth) const;
    void measure_age(Index element);
    /// The birth of the oldest that is there; never: nobody is.
    Time oldest(Index element) const;
    double age(Index element) const;

    // ---- conditions.cpp: what sensors and actions wait for
    bool compares(const ConditionRow& condition, double value) const;
    bool is_so(Index condition, std::uint64_t landed_before) const;
    /// A sensor has looked, and what it waits for is not so: it looks again, or gives up (false).
    bool look_again(Index holding);
    /// Something has changed of the element that the action watches.
    void look_for(Index action);
    /// Something newer has landed: when is it too old?
    void plan_stale(Index action);
    /// The oldest may be another: when is it too old?
    void plan_aged(Index action);
    void watch_holds(Index action);

    // ---- deadlock.cpp
    /// Ends the run if workers wait for each other in a circle.
    void look_for_deadlock();

    // ---- actions.cpp
    void act(Index action);
    void undo(Index action);
    void apply(const ActionEdit& edit, double& value) const;
    void apply(const ActionEdit& edit, CompiledLaw& value);
    template <class Value>
    void settle_edits(Edited<Value>& edited, Value& value);
    template <class Value>
    void undo_edit(Edited<Value>& edited, Index action, Value& value);
    /// A number that changes by itself: the base of edits that are in force.
    void step_number(Index number, double value);
    void look_again(const ActionRow& row);
    void change_down(Index pool, std::int32_t step);
    void change_halted(Index stage, std::int32_t step);
    void change_paused(const ActionRow& row, std::int32_t step);

    std::shared_ptr<const Model> model_;
    Simulation* simulation_ = nullptr;  ///< that is handling an event; set anew at each
    TraceSink* sink_;
    const RecordedDraws* recorded_;
    std::vector<kernel::StreamKey> keys_;  ///< by element
    bool mirrored_ = false;                ///< 1 - u for each u that they give

    Parameters parameters_;
    std::vector<PoolState> pools_;
    TransferWays ways_;
    std::vector<StageState> stages_;
    std::vector<LoadState> loads_;
    std::vector<BudgetState> budgets_;
    std::vector<StreamState> streams_;
    std::vector<PipelineState> pipelines_;
    std::map<Index, Edited<double>> edited_numbers_;  ///< by parameter; only those with edits in force
    std::map<Index, Edited<CompiledLaw>> edited_laws_;
    std::vector<Deadlines> deadlines_;  ///< by probe
    std::vector<ActionWatch> watches_;  ///< by action
    Slab<Item> items_;
    std::vector<double> fields_;  ///< by item and field
    std::vector<Time> marks_;     ///< by item and mark; -1: was not there
    Slab<Family> families_;
    Slab<Group> groups_;
    Slab<Holding> holdings_;
    Slab<Placing> placings_;
    Slab<RunState> runs_;
    std::unordered_map<std::uint64_t, Gathering> gatherings_;  ///< by stage and group
    /// Items about to pass a stage of a loop that needs no workers, with their numbers.
    std::deque<std::pair<Index, std::uint64_t>> passing_;
    std::vector<Index> dirty_;
    std::vector<Index> doors_;  ///< stages where a place has become free
    std::size_t at_doors_ = 0;  ///< items at all doors
    std::uint64_t door_ticket_ = 0;
    std::vector<Unwanted> unwanted_;
    std::vector<Births> ages_;              ///< by stage, the whole system last; empty: nobody asks
    std::vector<Index> changed_;            ///< elements whose levels are to be measured
    std::vector<std::uint8_t> is_changed_;  ///< by element, the whole system last
    Meter meter_;
    ActivePeriods active_periods_;
    bool full_;
    std::vector<PlainStage> plain_;  ///< empty: all take the full path
    std::vector<PlainStageRest> plain_rests_;
    std::vector<Latencies::Block> plain_blocks_;  ///< of latencies, by plain stage
    std::vector<PlainLoad> plain_loads_;
    PlainItems plain_items_;
    Latencies plain_latencies_;  ///< of all loads
    Latencies::Block plain_block_;
    std::vector<Time> plain_started_;  ///< by item; only where somebody asks for service times
    Audience plain_audience_ = Audience::nobody;
    bool sweeps_ = false;
    std::uint64_t sweep_pause_ = 0;  ///< events one by one after a sweep that did not pay
    std::size_t open_arrivals_ = 0;  ///< on the full one
    std::uint64_t next_number_ = 0;
    Fingerprint fingerprint_;
    std::uint64_t recorded_missing_ = 0;
    std::uint64_t log_rows_missing_ = 0;
    bool keeps_parts_ = false;    ///< some join may cancel the rest
    std::vector<Index> joining_;  ///< stages that join parts
    bool looks_for_end_ = false;  ///< the run ends when empty, which it would not by itself
    bool expects_snapshot_ = false;
    std::string stop_reason_;
    bool worker_blocked_ = false;  ///< in this event, the last one of its stage at work
    std::vector<std::string> deadlock_;
    std::vector<Alert> alerts_;
    std::vector<Index> yields_;  ///< actions, in order
    std::vector<Remade> remade_;
};

}  // namespace understudy::models

extern template bool understudy::kernel::Simulation<understudy::models::State>::run_events(std::uint64_t,
                                                                                           Time);
