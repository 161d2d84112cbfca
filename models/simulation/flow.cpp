// What happens to an item around its service: admitted or not, outcome, emitted, handed over, lost.
#include <algorithm>
#include <cmath>

#include "kernel/exact_math.h"
#include "models/simulation/state.h"

namespace understudy::models {

using kernel::Purpose;

void State::put(Index stream, Index item, Index holding) {
    if (stream == none) return item_done(item);
    const StreamRow& row = model_->streams[stream];
    const Element& names = model_->elements[row.element];
    if (names.load == none && names.stage == none) set_mark(row.element, item);
    land(stream, item);
    // Each reader has a copy of its own (a consumer group each); so has each pipeline that runs once an item.
    const std::size_t consumers = row.readers.size() + row.runs_each.size();
    if (consumers == 0) return item_done(item);
    // The partition is the stream's: all readers find the item in the same.
    items_[item].lane = row.partitions > 0 ? deal(stream, item) : none;
    if (consumers == 1 && !row.readers.empty()) return enter_by(stream, row.readers.front(), item, holding);
    std::vector<Index> copies = {item};
    for (std::size_t i = 1; i < consumers; ++i) copies.push_back(copy_item(item));
    part_copies(row.copies, items_[item].identity, copies);
    for (std::size_t i = 0; i < row.readers.size(); ++i) enter_by(stream, row.readers[i], copies[i], holding);
    for (std::size_t i = 0; i < row.runs_each.size(); ++i) {
        const Index copy = copies[row.readers.size() + i];
        if (items_[copy].stage != none) leave_stage(copy);
        items_[copy].where = Where::in_run;
        due_now(row.runs_each[i], copy, items_[copy].records, items_[copy].size);
    }
}

void State::land(Index stream, Index item) {
    for_each_leaf(item, [&](Index leaf) {
        land_born(stream, items_[leaf].born, items_[leaf].load, marks_of(leaf), items_[leaf].again);
    });
    StreamState& state = streams_[stream];
    state.landed_records += items_[item].records;
    state.landed_bytes += items_[item].size;
    ++state.landings;
    state.landed_at = now();
    const StreamRow& row = model_->streams[stream];
    if (row.keeps_landings) {
        if (state.history.empty() || state.history.back().first < now())
            state.history.emplace_back(now(), Amount{});
        state.history.back().second = {state.landed_records, state.landed_bytes};
    }
    fingerprint_.add(now(), TraceEvent::land, row.element, items_[item].number, 0);
    if (sink_ && row.is_traced())
        sink_->row({now(), items_[item].number, row.element, TraceEvent::land, 0, -1, items_[item].records});
    for (const Index pipeline : row.runs_on_update)
        if (pipelines_[pipeline].waiting.empty()) due_now(pipeline, none, 1, 0);
}

void State::land_born(Index stream, Time born, Index load, const Time* marks, bool again) {
    const Index element = model_->streams[stream].element;
    const Element& names = model_->elements[element];
    if (born > streams_[stream].newest) {
        streams_[stream].newest = born;
        if (!model_->watched_by.empty())
            for (const Index action : model_->watched_by[element]) plan_stale(action);
    }
    meter_.landed(element, now(), born);
    meter_.count(element, Metric::landed, load);
    // The metrics of a stage that writes a stream of its own name are the stage's; a load's are those of its
    // arrivals, which are done when all that comes of them is.
    if (names.stage != none || names.pipeline != none || names.load != none) return;
    // What lands once more keeps no promise a second time.
    if (again) return meter_.count(element, Metric::duplicated, load);
    meter_.observe_latency(element, now(), born, marks, load, 0);
    meter_.count(element, Metric::completed, load);
    meter_.count(element, Metric::arrived, load);
}

void State::route(const Outlet& outlet, Index element, Index item, Index holding) {
    if (outlet.streams.empty()) return item_done(item);
    if (outlet.streams.size() == 1) return put(outlet.streams.front(), item, holding);
    if (outlet.rule == Writes::Rule::split) return split(outlet, element, item, holding);
    if (outlet.rule != Writes::Rule::copy)
        return put(outlet.streams[target_of(outlet, element, item)], item, holding);
    std::vector<Index> copies = {item};
    for (std::size_t i = 1; i < outlet.streams.size(); ++i) copies.push_back(copy_item(item));
    part_copies(outlet.copies, items_[item].identity, copies);
    for (std::size_t i = 0; i < outlet.streams.size(); ++i) put(outlet.streams[i], copies[i], holding);
}

bool State::has_place(Index index) {
    const Item& item = items_[index];
    const StageRow& row = model_->stages[item.next_stage];
    if (row.queue_capacity == none) return true;
    const double capacity = parameters_.numbers[row.queue_capacity];
    if (static_cast<double>(stages_[item.next_stage].resting[item.input]) < capacity) return true;
    // Who completes a join does not rest there.
    if (row.join != none && model_->joins[row.join].of_inputs) return has_partners(item.next_stage, item);
    if (row.join != none || row.batch != none || row.window != none) return false;
    return could_start(item.next_stage, index) || may_take_a_place(item.next_stage, index);
}

void State::enter_by(Index stream, Index stage, Index item, Index holding) {
    const auto& reads = model_->stages[stage].reads;
    const auto input = std::find(reads.begin(), reads.end(), stream) - reads.begin();
    enter(stage, static_cast<std::uint16_t>(input), item, holding);
}

void State::enter(Index stage, std::uint16_t input, Index index, Index holding) {
    const StageRow& row = model_->stages[stage];
    Item& item = items_[index];
    item.next_stage = stage;
    item.input = input;
    const bool full = row.queue_capacity != none && !has_place(index);
    if (full && row.full == Queue::Full::block) {
        item.where = Where::at_door;
        stages_[stage].doors[input].push_back({index, holding, ++door_ticket_});
        ++at_doors_;
        note_on_way(none, stage, index);
        if (holding != none) {
            ++holdings_[holding].at_door;
            worker_blocked_ = worker_blocked_ || (item.stage != none && stages_[item.stage].working == 0);
        }
        if (item.stage != none)
            tell(TraceEvent::block, model_->stages[item.stage].element, item.number, item.attempt);
        return;
    }
    admit(index, full);
}

void State::admit(Index index, bool full, bool at_head) {
    if (items_[index].stage != none) {
        items_[index].sender = items_[index].stage;
        leave_stage(index);
    }
    Item& item = items_[index];
    const Index sender = item.sender;
    item.sender = none;
    const Index stage = item.next_stage;
    const StageRow& row = model_->stages[stage];
    StageState& state = stages_[stage];
    if (row.copies_meet) {
        // Addressed by the way they came, or all would draw the same.
        const std::uint64_t way =
            model_->streams[row.reads[item.input]].name_hash +
            (sender == none ? 0 : 0x9E3779B97F4A7C15ULL * model_->stages[sender].name_hash);
        item.identity = kernel::mix_bits(item.identity ^ way);
    }
    if (row.in_cycle) {
        // Each time round a loop is a new address, or its draws would be those of the first time.
        item.identity = kernel::mix_bits(item.identity + row.name_hash);
    }
    item.stage = stage;
    note_birth(stage, index);
    item.attempt = 0;
    item.happened = 0;
    item.remembered = false;
    item.paused = 0;
    item.remaining = -1;
    item.outcome = Outcome::open;
    item.waited_again = 0;
    item.preempted = -1;
    item.paid = false;
    item.bundle = 0;
    item.work = 0;
    item.ordinal = ++state.entered;
    item.entered = now();
    item.holding = none;
    for_each_leaf(index, [&](Index leaf) {
        items_[leaf].entered = now();
        meter_.count(row.element, Metric::arrived, items_[leaf].load, item.ordinal);
    });
    ++state.arrived;
    item.entered_records = item.records;
    item.batched = false;
    state.records += item.records;
    set_mark(row.element, index);
    tell(TraceEvent::enter, row.element, item.number);
    if (item.again) meter_.count(row.element, Metric::duplicated, item.load, item.ordinal);
    if (!full) return accept(index, at_head);
    if (row.full == Queue::Full::retry) return turned_away(index);
    lose(index, TraceEvent::drop);
}

void State::accept(Index item, bool at_head) {
    const StageRow& row = model_->stages[items_[item].stage];
    if (row.remembers >= 0 && (row.join != none || row.batch != none || row.window != none)) remember(item);
    if (row.join != none)
        return model_->joins[row.join].of_inputs ? gather_input(item, now()) : gather_part(item);
    if (row.batch != none && !items_[item].batched) return gather_batch(item, now());
    if (row.window != none && !items_[item].batched) return gather_window(item, now());
    queue(item, at_head);
}

void State::open_door(Index stage) {
    // Each input has places of its own: who waits for one of them does not hold up those of another. Where
    // several have a place, first come, first let in.
    for (;;) {
        std::deque<AtDoor>* next = nullptr;
        for (std::deque<AtDoor>& door : stages_[stage].doors) {
            while (!door.empty() && door.front().item == none) door.pop_front();  // cancelled at the door
            if (!door.empty() && (!next || door.front().ticket < next->front().ticket) &&
                has_place(door.front().item))
                next = &door;
        }
        if (!next) return;
        const AtDoor let_in = next->front();
        next->pop_front();
        --at_doors_;
        items_[let_in.item].where = Where::moving;
        admit(let_in.item, false);
        if (let_in.holding != none) {
            --holdings_[let_in.holding].at_door;
            release_or_keep(let_in.holding);
        }
    }
}

void State::leave_stage(Index index) {
    Item& item = items_[index];
    const Index stage = item.stage;
    const StageRow& row = model_->stages[stage];
    StageState& state = stages_[stage];
    state.records -= item.entered_records;
    ++state.left;
    for_each_leaf(index, [&](Index leaf) {
        meter_.observe_latency(row.element, now(), items_[leaf].entered, marks_of(leaf), items_[leaf].load,
                               item.ordinal);
        meter_.count(row.element, Metric::completed, items_[leaf].load, item.ordinal);
        meter_.observe_slowdown(row.element, now() - items_[leaf].entered, item.work, items_[leaf].load,
                                item.ordinal);
    });
    observe_attempts(item, item.attempt + 1);
    items_[index].stage = none;
    refresh_stage(stage);
    give_back_kept(index, stage);
}

void State::lose(Index index, TraceEvent how, Loss loss) {
    Item& item = items_[index];
    const Index stage = item.stage;
    const StageRow& row = model_->stages[stage];
    StageState& state = stages_[stage];
    tell(how, row.element, item.number, item.attempt);
    // Who is dropped at the door or loses patience has not been tried once more.
    const bool tried =
        how == TraceEvent::give_up || (how == TraceEvent::drop && row.full == Queue::Full::retry);
    if (const int attempts = item.attempt + (tried ? 1 : 0); attempts > 0) observe_attempts(item, attempts);
    state.records -= item.entered_records;
    ++state.left;
    // What a dataset no longer holds cannot be put aside either.
    const bool put_aside = row.dead_letter != none && loss != Loss::aged_out;
    const Metric what = put_aside ? Metric::dead_lettered : Metric::lost;
    const Index kept_by =
        loss == Loss::aged_out ? model_->streams[row.reads[item.input]].element : none;  // and no longer
    for_each_leaf(index, [&](Index leaf) {
        const Index load = items_[leaf].load;
        if (how == TraceEvent::drop) meter_.count(row.element, Metric::dropped, load, item.ordinal);
        if (how == TraceEvent::expire && loss == Loss::usual)
            meter_.count(row.element, Metric::expired, load, item.ordinal);
        if (loss == Loss::late) meter_.count(row.element, Metric::late, load, item.ordinal);
        meter_.count(row.element, what, load, item.ordinal);
        if (kept_by != none) meter_.count(kept_by, Metric::lost, load);
        // Of the whole system an arrival is lost once, when all that came of it is (close_family).
        if (!items_[leaf].again && (put_aside || items_[leaf].family == none)) meter_.count(none, what, load);
    });
    item.stage = none;
    item.attempt = 0;
    refresh_stage(stage);
    give_back_kept(index, stage);
    if (put_aside) return put(row.dead_letter, index, none);
    lost_part(index);
    set_gone(index);
    item_done(index);
}

void State::happens(Index index, Metric metric, Happened what) {
    Item& item = items_[index];
    const auto bit = static_cast<std::uint8_t>(what);
    meter_.count(model_->stages[item.stage].element, metric, item.load, item.ordinal,
                 (item.happened & bit) != 0);
    item.happened |= bit;
}

void State::observe_attempts(const Item& item, int attempts) {
    const Index element = model_->stages[item.stage].element;
    meter_.observe(element, Metric::attempts, attempts, item.load, item.ordinal);
    meter_.observe(element, Metric::backoff, item.paused, item.load, item.ordinal);
}

void State::turned_away(Index index) {
    const StageRow& row = model_->stages[items_[index].stage];
    const double limit = row.retry_times == none ? 0 : parameters_.numbers[row.retry_times];
    if (static_cast<double>(items_[index].attempt) >= limit) return lose(index, TraceEvent::drop);
    happens(index, Metric::retried, Happened::retried);
    pause_before_retry(index);
}

void State::attempt_failed(Index index, bool timed_out) {
    Item& item = items_[index];
    const StageRow& row = model_->stages[item.stage];
    tell(TraceEvent::fail, row.element, item.number, item.attempt, timed_out ? 1 : 0);
    happens(index, Metric::failed, Happened::failed);
    const double limit = row.retry_times == none ? 0 : parameters_.numbers[row.retry_times];
    item.remaining = -1;
    if (static_cast<double>(item.attempt) < limit) {
        happens(index, Metric::retried, Happened::retried);
        return pause_before_retry(index);
    }
    if (row.pipeline != none) return instance_ended(index, false);
    lose(index, TraceEvent::give_up);
}

void State::pause_before_retry(Index index) {
    Item& item = items_[index];
    const StageRow& row = model_->stages[item.stage];
    const std::uint16_t retry = item.attempt;
    double pause = 0;
    if (row.exponential_backoff) {
        const double grown =
            kernel::to_seconds(row.backoff_first) * kernel::exact::pow(row.backoff_factor, retry);
        pause = std::min(grown, kernel::to_seconds(row.backoff_max));
        if (row.backoff_jitter > 0)
            pause = choice(row.element, Purpose::backoff, item.identity, retry, [&] {
                // Uniform within the share of the pause that is jitter: between (1 - jitter) and 1 times it.
                return pause * (1 - row.backoff_jitter *
                                        uniform(row.element, Purpose::backoff, item.identity, retry, 0));
            });
    } else if (!row.backoff.empty()) {
        const Index law = row.backoff[std::min<std::size_t>(retry, row.backoff.size() - 1)];
        if (law != none) pause = draw(law, row.element, Purpose::backoff, item, index, retry);
    }
    if (item.attempt == UINT16_MAX) {
        // Retries without end: new addresses once the attempts can no longer be told apart.
        item.identity = kernel::mix_bits(item.identity);
    } else {
        ++item.attempt;
    }
    tell(TraceEvent::retry, row.element, item.number, item.attempt, pause);
    item.where = Where::retrying;
    item.queued = now();
    shift(item.stage, item.load, &StageCounts::retrying, 1);
    item.event = schedule(kernel::later(now(), kernel::from_seconds(pause)), EventKind::come_back, 0, index);
    refresh_stage(item.stage);
}

void State::come_back(Index index) {
    Item& item = items_[index];
    const StageRow& row = model_->stages[item.stage];
    item.event = kernel::no_event;
    item.where = Where::moving;
    shift(item.stage, item.load, &StageCounts::retrying, -1);
    item.paused += now() - item.queued;
    refresh_stage(item.stage);
    // Who would wait at the door is in already, and goes on.
    if (row.full != Queue::Full::block && row.queue_capacity != none) {
        item.next_stage = item.stage;
        if (!has_place(index))
            return row.full == Queue::Full::retry ? turned_away(index) : lose(index, TraceEvent::drop);
    }
    queue(index, false);
}

void State::worked(Index index, Index holding) {
    if (model_->stages[items_[index].stage].pipeline != none) {
        tell(TraceEvent::finish, model_->stages[items_[index].stage].element, items_[index].number,
             items_[index].attempt);
        if (holding != none) release_or_keep(holding);
        return instance_ended(index, true);
    }
    send_on(index, holding);
    if (holding != none) release_or_keep(holding);
}

void State::send_on(Index index, Index holding) {
    const StageRow& row = model_->stages[items_[index].stage];
    tell(TraceEvent::finish, row.element, items_[index].number, items_[index].attempt);
    items_[index].where = Where::moving;
    if (row.emit_items > 1) {
        std::vector<Index> parts;
        make_parts(index, row.emit_items, parts);
        for (const Index part : parts) emit(row, part);
        for (const Index part : parts) route(row.outlet, row.element, part, holding);
    } else {
        emit(row, index);
        route(row.outlet, row.element, index, holding);
    }
}

void State::emit(const StageRow& row, Index index) {
    if (!row.changes.empty()) change(row, index);
    items_[index].records *= row.emit_records;
    items_[index].size *= row.emit_size;
}

void State::change(const StageRow& row, Index index) {
    // All are made of what was there before, in whatever order they stand.
    std::vector<double> values;
    values.reserve(row.changes.size());
    for (const ChangeRow& change : row.changes) {
        Item address = items_[index];
        address.identity = kernel::mix_bits(address.identity ^ change.name_hash);
        const Purpose purpose = change.what == ChangeRow::What::field ? Purpose::field
                                : change.what == ChangeRow::What::key ? Purpose::key
                                                                      : Purpose::priority;
        values.push_back(draw(change.law, row.element, purpose, address, index, 0));
    }
    for (std::size_t i = 0; i < values.size(); ++i) {
        const ChangeRow& change = row.changes[i];
        switch (change.what) {
            case ChangeRow::What::field:
                fields_[index * model_->fields.size() + change.field] = values[i];
                break;
            case ChangeRow::What::key: items_[index].key = values[i]; break;
            case ChangeRow::What::priority: items_[index].priority = values[i]; break;
        }
    }
}

}  // namespace understudy::models
