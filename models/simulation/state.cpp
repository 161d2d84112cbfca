// Clock, draws, trace and levels; which handler an event goes to.
#include "models/simulation/state.h"

#include <algorithm>
#include <cmath>

namespace understudy::models {

using kernel::Purpose;

State::State(std::shared_ptr<const Model> model, std::uint64_t seed, std::uint64_t replication,
             TraceSink* sink, const RecordedDraws* recorded, bool full, bool mirrored)
    : model_(std::move(model)),
      sink_(sink),
      recorded_(recorded),
      parameters_(model_->parameters),
      pools_(model_->pools.size()),
      stages_(model_->stages.size()),
      loads_(model_->loads.size()),
      budgets_(model_->budgets.size()),
      streams_(model_->streams.size()),
      pipelines_(model_->pipelines.size()),
      deadlines_(model_->probes.size()),
      watches_(model_->watched_by.empty() ? 0 : model_->actions.size()),
      is_changed_(model_->elements.size() + 1),
      meter_(*model_),
      active_periods_(model_->stations.size()),
      full_(full || recorded),
      fingerprint_(replication) {
    keys_.reserve(model_->elements.size());
    mirrored_ = mirrored;
    for (const Element& element : model_->elements)
        keys_.push_back(kernel::stream_key(seed, replication, element.drawn_as, Purpose::other));
    // Where nothing is measured, nothing need be looked at: it stays marked.
    for (Index element = 0; element < model_->elements.size(); ++element)
        is_changed_[element] = !meter_.has_levels(element) && !meter_.listens(element, Metric::age) &&
                               (model_->watched_by.empty() || model_->watched_by[element].empty()) &&
                               (model_->station_of.empty() || model_->station_of[element] == none);
    for (const JoinRow& join : model_->joins) keeps_parts_ = keeps_parts_ || join.cancel_rest;
    for (Index stage = 0; stage < model_->stages.size(); ++stage)
        if (const Index join = model_->stages[stage].join; join != none && !model_->joins[join].of_inputs)
            joining_.push_back(stage);
}

double State::draw(Index law, Index element, Purpose purpose, const Item& item, Index row,
                   std::uint16_t attempt, bool of_bundle) {
    const auto over_all = [&](auto of) {
        if (!of_bundle) return of(item, row);
        double sum = 0;
        for_each_taken(row, [&](Index one) { sum += of(items_[one], one); });
        return sum;
    };
    const auto of_field = [&](Index name) {
        return over_all([&](const Item&, Index one) { return field(one, name); });
    };
    return choice(element, purpose, item.identity, attempt, [&] {
        double sum = 0;
        unsigned part = 0;
        for (const CompiledTerm& term : parameters_.laws[law]) {
            double value;
            if (term.field != none) {
                value = of_field(term.field);
            } else if (term.recorded) {
                if (!row_of(term, item)) ++log_rows_missing_;
                value = recorded_value(term, item);
            } else {
                value = term.law.draw(uniform(element, purpose, item.identity, attempt, part));
            }
            switch (term.per) {
                case Per::once: break;
                case Per::item:
                    value *= over_all([&](const Item& one, Index) {
                        std::int64_t n = 0;
                        for (Index m = one.first_member; m != none; m = items_[m].next_member) ++n;
                        return static_cast<double>(std::max<std::int64_t>(n, 1));
                    });
                    break;
                case Per::record:
                    value *= over_all([](const Item& one, Index) { return one.records; });
                    break;
                case Per::bytes:
                    value *= over_all([](const Item& one, Index) { return one.size; }) / term.per_amount;
                    break;
                case Per::field: value *= of_field(term.per_field); break;
            }
            sum += value * term.times;
            ++part;
        }
        return sum;
    });
}

std::optional<std::size_t> State::row_of(const CompiledTerm& term, const Item& item) const {
    if (term.recorded_keys && item.load != none && model_->loads[item.load].key != none) {
        const auto found = term.recorded_keys->find(item.key);
        return found == term.recorded_keys->end() ? std::nullopt : std::optional(found->second);
    }
    if (item.load_number >= term.recorded->size()) return std::nullopt;
    return static_cast<std::size_t>(item.load_number);
}

double State::recorded_value(const CompiledTerm& term, const Item& item) const {
    const auto& values = *term.recorded;
    if (values.empty()) return 0;
    return values[row_of(term, item).value_or(item.load_number % values.size())];
}

double State::cost_of(Index index) const {
    const PoolRow& row = model_->pools[index];
    if (row.shifts.empty()) return row.cost_per_second * static_cast<double>(workers_paid(index));
    double sum = 0;
    for (std::size_t i = 0; i < row.told_apart.size(); ++i)
        if (pools_[index].lives[i].phase != WorkerLife::Phase::off) sum += row.told_apart[i].cost_per_second;
    return sum;
}

double State::level(Index element, Metric metric, Index load) const {
    if (element == none && load != none) {
        const std::int64_t open = open_arrivals(load);
        return metric == Metric::empty ? (open == 0 ? 1 : 0) : static_cast<double>(open);
    }
    if (element == none) {
        if (metric == Metric::present) return static_cast<double>(open_arrivals());
        if (metric == Metric::empty) return open_arrivals() == 0 ? 1 : 0;
        if (metric == Metric::age) return age(element);
        if (metric == Metric::cost) {
            double sum = 0;
            for (std::size_t i = 0; i < pools_.size(); ++i)
                if (model_->pools[i].cost_per_second > 0) sum += cost_of(static_cast<Index>(i));
            return sum;
        }
        return 0;
    }
    const Element& names = model_->elements[element];
    if (metric == Metric::age) return age(element);
    if (metric == Metric::freshness)
        return names.stream == none ? 0 : kernel::to_seconds(now() - streams_[names.stream].newest);
    if (names.budget != none) return metric == Metric::level ? level_of(names.budget) : 0;
    const StageState* stage = names.stage != none ? &stages_[names.stage] : nullptr;
    const StageCounts* counts = stage;
    if (stage && load != none) counts = &stage->by_load[load];
    // A stage on shared pools is asked about the first of them.
    const Index pool_index = names.pool != none    ? names.pool
                             : names.stage != none ? model_->stages[names.stage].line_pool
                                                   : none;
    const bool shared = names.pool == none;
    const PoolState* pool = pool_index != none ? &pools_[pool_index] : nullptr;
    auto number = [](std::int64_t n) { return static_cast<double>(n); };
    if (names.pipeline != none && !stage) {
        const PipelineState& pipeline = pipelines_[names.pipeline];
        switch (metric) {
            case Metric::present:
                return number(pipeline.active_runs) + static_cast<double>(pipeline.waiting.size());
            case Metric::waiting: return static_cast<double>(pipeline.waiting.size());
            case Metric::busy: return number(pipeline.active_tasks);
            case Metric::utilisation:
                // Fewer allowed at once do not end those under way.
                return std::min(1.0,
                                number(pipeline.active_runs) /
                                    parameters_.numbers[model_->pipelines[names.pipeline].max_active_runs]);
            case Metric::empty: return pipeline.active_runs == 0 && pipeline.waiting.empty() ? 1 : 0;
            default: return 0;
        }
    }
    switch (metric) {
        case Metric::present:
            if (stage) return number(counts->waiting + counts->working + counts->blocked);
            if (pool) return number(pool->waiting + pool->behind + pool->busy + pool->crossing);
            return 0;
        case Metric::waiting:
            if (stage)
                return number(counts->waiting +
                              (model_->stages[names.stage].join != none ? counts->gathering : 0));
            return pool ? number(pool->waiting + pool->behind) : 0;
        case Metric::retrying: return stage ? number(counts->retrying) : 0;
        case Metric::lag: return stage ? stage->records : 0;
        case Metric::empty:
            if (stage) return counts->waiting + counts->working + counts->blocked == 0 ? 1 : 0;
            return pool && pool->waiting + pool->behind + pool->busy + pool->crossing == 0 ? 1 : 0;
        default: break;
    }
    if (!pool) return 0;
    if (names.pool != none && model_->pools[pool_index].crossed) {
        switch (metric) {
            case Metric::busy: return pool->crossing > 0 ? 1 : 0;
            case Metric::utilisation: return pool->share_used;
            case Metric::idle: return pool->crossing == 0 ? 1 : 0;
            case Metric::saturated:
            case Metric::occupied: return pool->crossing > 0 ? 1 : 0;
            default: break;
        }
    }
    const double capacity = number(workers_on(pool_index));
    const bool endless = pool->capacity == unlimited;
    switch (metric) {
        case Metric::starting: return number(pool->starting);
        case Metric::workers: return endless ? INFINITY : capacity;
        case Metric::busy:
            return number(shared                  ? stage->units
                          : is_shared(pool_index) ? std::min(pool->busy, pool->capacity)
                                                  : pool->busy);
        case Metric::utilisation:
            if (is_shared(pool_index)) {
                // A stage has its part of what all get.
                const double most = most_speed(pool_index);
                const double all =
                    most > 0 ? total_speed(pool_index, pool->busy - pool->idle_held) / most : 0;
                if (!shared) return capacity > 0 ? all : 0;
                return pool->busy > 0 && capacity > 0 ? all * number(stage->units) / number(pool->busy) : 0;
            }
            // Units kept by a full door may outlive their workers: never more than all.
            if (shared) return capacity > 0 && !endless ? std::min(1.0, number(stage->units) / capacity) : 0;
            if (pool->cores > 0) return std::min(1.0, pool->cores_busy / pool->cores);
            return capacity > 0 && !endless ? std::min(1.0, number(pool->busy - pool->idle_held) / capacity)
                                            : 0;
        case Metric::idle: return pool->busy == 0 ? 1 : 0;
        case Metric::saturated: return number(pool->busy) >= capacity ? 1 : 0;
        case Metric::occupied: return pool->busy > 0 || pool->held_up > 0 ? 1 : 0;
        case Metric::blocked: return capacity > 0 && !endless ? number(pool->idle_held) / capacity : 0;
        case Metric::up: return 1 - share_down(pool_index);
        case Metric::down: return share_down(pool_index);
        case Metric::cost: return cost_of(pool_index);
        default: return 0;
    }
}

void State::refresh(Index element) {
    const std::size_t row = element == none ? model_->elements.size() : element;
    if (is_changed_[row]) return;
    is_changed_[row] = true;
    changed_.push_back(element);
}

void State::measure_changed() {
    // Whatever has moved may have been the oldest on its way somewhere.
    for (const AgedStreamRow& aged : model_->aged_streams) refresh(model_->streams[aged.stream].element);
    for (const Index element : changed_) {
        is_changed_[element == none ? model_->elements.size() : element] = false;
        // What the plain path integrates by itself is not set.
        const bool apart = element == none && !model_->plain.system_levels.anybody;
        meter_.refresh(element, now(), [&](Metric metric, Index load) {
            const double all = level(element, metric, load);
            return apart && metric == Metric::present && load == none
                       ? all - static_cast<double>(plain_present())
                       : all;
        });
        if (!ages_.empty()) measure_age(element);
        if (element != none && !model_->station_of.empty()) measure_activity(model_->station_of[element]);
        if (!model_->watched_by.empty())
            for (const Index action : model_->watched_by[element == none ? model_->elements.size() : element])
                look_for(action);
    }
    changed_.clear();
}

void State::measure_activity(Index station) {
    if (station == none) return;
    const Index index = model_->stations[station];
    const PoolState& pool = pools_[index];
    const bool waited_for = pool.waiting + pool.behind > 0;
    const double down = share_down(index);
    const bool all_at_work =
        static_cast<double>(pool.busy) >= static_cast<double>(workers_on(index)) * (1 - down) &&
        (pool.busy > 0 || down > 0);
    active_periods_.set(station, now(), pool.idle_held == 0 && (waited_for || all_at_work), period_ended());
}

void State::finish_activity() {
    active_periods_.finish(now(), period_ended());
    const auto length = static_cast<double>(now() - active_periods_.from());
    for (Index i = 0; i < model_->probes.size() && length > 0; ++i) {
        const ProbeRow& probe = model_->probes[i];
        if (!is_of_the_past(probe.measure.metric) || model_->station_of[probe.element] == none) continue;
        const ActivePeriods::Share& share = active_periods_.share(model_->station_of[probe.element]);
        const Time sole = probe.measure.metric == Metric::bottleneck ? share.sole : 0;
        meter_.at(i, static_cast<double>(sole + share.shifting) / length);
    }
}

void State::set_mark(Index element, Index item) {
    for (std::size_t m = 0; m < model_->marks.size(); ++m)
        if (model_->marks[m] == element) marks_[item * model_->marks.size() + m] = now();
}

void State::halt(Simulation& simulation, const std::string& reason) {
    if (stop_reason_.empty()) stop_reason_ = reason;
    simulation.stop();
}

void State::end_if_empty() {
    if (items_present() > 0) return;
    bool more = false;
    simulation_->pending().for_each(
        [&](Time, const Event& event) { more = more || !goes_on_by_itself(event.kind()); });
    if (!more) simulation_->stop();
}

void State::start(Simulation& simulation, Time warm_up) {
    simulation_ = &simulation;
    const Time end = model_->length;
    start_ages();
    for (Index i = 0; i < model_->probes.size(); ++i) {
        const ProbeRow& probe = model_->probes[i];
        for (const Time edge : probe.edges) schedule(edge, EventKind::window, i, 0);
        // To look at it keeps no run going.
        if (end == kernel::never && (!probe.edges.empty() || probe.measure.at)) looks_for_end_ = true;
        const Index stage = probe.element == none ? none : model_->elements[probe.element].stage;
        const MetricKind kind = kind_of(probe.measure.metric);
        if (stage != none && probe.load != none && (kind == MetricKind::level || kind == MetricKind::state))
            stages_[stage].by_load.resize(loads_.size());
        if (probe.measure.aggregate == Aggregate::at)
            schedule(probe.measure.at.value_or(end),
                     probe.measure.at.value_or(0) > 0 ? EventKind::ask : EventKind::ask_at_end, i, 0);
    }
    if (model_->initial) warm_up = std::max(warm_up, model_->initial->as_of);
    if (warm_up > 0) schedule(warm_up, EventKind::warm, 0, 0);
    // Behind the warm-up, which forgets what is owed by then; before all else of that instant.
    if (model_->initial && model_->initial->as_of > 0)
        schedule(model_->initial->as_of, EventKind::take_up, none, 0);
    if (model_->sample > 0) schedule(model_->sample, EventKind::sample, none, 0);
    for (Index i = 0; i < model_->actions.size(); ++i) {
        for (const Time at : model_->actions[i].instants) schedule(at, EventKind::act, i, 0);
        if (model_->actions[i].when != none) plan_stale(i);
    }
    for (Index i = 0; i < model_->pools.size(); ++i) {
        const PoolRow& row = model_->pools[i];
        PoolState& pool = pools_[i];
        pool.line.set_order(row.order);
        pool.lanes.resize(static_cast<std::size_t>(row.lanes));
        pool.workers.resize(row.told_apart.size());
        start_lives(i);
        workers_changed(i);
        start_outages(i);
        if (end == kernel::never &&
            (!row.outages.empty() || row.has_lives || row.steps_period > 0 || row.steps_are_laid_out))
            looks_for_end_ = true;
        for (std::size_t step = 0; step < row.steps.size(); ++step)
            if (row.steps[step].first > 0) {
                schedule(row.steps[step].first, EventKind::workers, i, static_cast<std::uint32_t>(step));
                break;
            }
    }
    for (Index i = 0; i < model_->stages.size(); ++i) {
        const std::size_t inputs = std::max<std::size_t>(1, model_->stages[i].reads.size());
        stages_[i].resting.assign(inputs, 0);
        const auto partitions = static_cast<std::size_t>(model_->stages[i].partitions);
        if (model_->stages[i].batch != none) stages_[i].forming.resize(std::max<std::size_t>(1, partitions));
        if (model_->stages[i].takes_turns) stages_[i].turns.resize(partitions);
        if (model_->stages[i].queue_capacity != none) stages_[i].doors.resize(inputs);
        const auto& reads = model_->stages[i].reads;
        stages_[i].waits_end = model_->stages[i].queue_timeout != none ||
                               std::any_of(reads.begin(), reads.end(),
                                           [&](Index s) { return model_->streams[s].retention >= 0; });
    }
    if (!full_) start_plain();
    start_budgets();
    if (!model_->initial || model_->initial->as_of == 0) begin_work();
    for (Index i = 0; i < model_->stages.size(); ++i) refresh_stage(i);
    for (Index i = 0; i < model_->pools.size(); ++i) refresh_pool(i);
    for (Index i = 0; i < model_->pipelines.size(); ++i) refresh_pipeline(i);
    refresh_system();
    settle();
    measure_levels();
    plain_audience_ = plain_audience();
    sweeps_ = can_sweep();
}

void State::handle_full(Event event) {
    switch (event.kind()) {
        case EventKind::plain_arrival:
        case EventKind::plain_done: break;  // plain.cpp
        case EventKind::arrival: {
            const LoadState& load = loads_[event.element()];
            const bool users = model_->loads[event.element()].kind == Arrivals::Kind::users;
            arrive(event.element(), users ? event.row() : load.arrivals);
            break;
        }
        case EventKind::delayed: {
            Item& item = items_[event.row()];
            item.event = kernel::no_event;
            item.where = Where::moving;
            const LoadRow& row = model_->loads[event.element()];
            route(row.outlet, row.element, event.row(), none);
            break;
        }
        case EventKind::done: work_ends(event.row()); break;
        case EventKind::moved_over: first_moved(event.element()); break;
        case EventKind::shared: first_shared_done(event.element()); break;
        case EventKind::launched: serve(event.row()); break;
        case EventKind::released: give_back(event.row()); break;
        case EventKind::come_back: come_back(event.row()); break;
        case EventKind::close:
            if (model_->stages[event.element()].window != none)
                close_window(event.element(), event.row());
            else
                close_batch(event.element(), event.row());
            break;
        case EventKind::unmatched: unmatched(event.row()); break;
        case EventKind::phase: leave_phase(event.element()); break;
        case EventKind::watch: watch_holds(event.element()); break;
        case EventKind::refill: refill(event.element(), event.row()); break;
        case EventKind::take_up: begin_work(); break;
        case EventKind::expire: expire(event.row(), event.element()); break;
        case EventKind::due: {
            const PipelineRow& row = model_->pipelines[event.element()];
            if (row.kind == Schedule::Kind::every) {
                schedule(kernel::later(now(), row.period), EventKind::due, event.element(), 0);
            } else if (event.row() + 1 < row.due.size()) {
                schedule(row.due[event.row() + 1], EventKind::due, event.element(), event.row() + 1);
            }
            due_now(event.element(), none, 1, 0);
            break;
        }
        case EventKind::ready: submit(event.row(), model_->stages[event.element()].task); break;
        case EventKind::overdue: overdue(event.row(), event.element()); break;
        case EventKind::act: act(event.element()); break;
        case EventKind::undo: undo(event.element()); break;
        case EventKind::workers: {
            const PoolRow& row = model_->pools[event.element()];
            const std::int64_t count = row.steps[event.row()].second;
            if (row.shifts.empty())
                step_number(row.workers, count == unlimited ? INFINITY : static_cast<double>(count));
            pools_[event.element()].shift = event.row();
            const std::uint32_t next = event.row() + 1;
            if (next < row.steps.size())
                schedule(kernel::later(now(), row.steps[next].first - row.steps[event.row()].first),
                         EventKind::workers, event.element(), next);
            else if (row.steps_period > 0)
                schedule(kernel::later(now(),
                                       row.steps_period - row.steps[event.row()].first + row.steps[0].first),
                         EventKind::workers, event.element(), 0);
            workers_changed(event.element());
            break;
        }
        case EventKind::outage: outage(event.element(), event.row()); break;
        case EventKind::turn: turn(event.element(), event.row()); break;
        case EventKind::control: control(event.element()); break;
        case EventKind::moved: change_outages_on(event.element(), -1); break;
        case EventKind::window: meter_.turn(event.element(), now()); break;
        case EventKind::warm:
            take_plain_totals();
            if (!model_->stations.empty()) active_periods_.forget(now(), period_ended());
            meter_.warm(now());
            for (Deadlines& deadlines : deadlines_) deadlines = {};
            break;
        case EventKind::ask:
        case EventKind::ask_at_end: {
            const ProbeRow& probe = model_->probes[event.element()];
            show_plain();
            meter_.at(event.element(), level(probe.element, probe.measure.metric, probe.load));
            break;
        }
        case EventKind::sample:
            take_plain_levels();
            meter_.sample(now());
            if (simulation_->pending().size() > 0 || model_->length != kernel::never)
                schedule(kernel::later(now(), model_->sample), EventKind::sample, none, 0);
            break;
    }
    settle();
    if (worker_blocked_) {
        worker_blocked_ = false;
        look_for_deadlock();
    }
    if (looks_for_end_) end_if_empty();
    measure_levels();
}

const Meter& State::look(Simulation& simulation) {
    simulation_ = &simulation;
    take_plain_totals();  // whole numbers, so that it does not matter how often
    return meter_;
}

void State::finish(Simulation& simulation) {
    simulation_ = &simulation;
    take_plain_totals();
    show_plain();
    count_still_waiting();
    if (!model_->stations.empty()) finish_activity();
    for (Index i = 0; i < items_.size(); ++i) {
        const Item& item = items_[i];
        if (item.where != Where::waiting && item.where != Where::working) continue;
        const StageRow& row = model_->stages[item.stage];
        Time waited = item.where == Where::waiting && !item.attempt_begun ? now() - item.queued : 0;
        if (item.attempt_begun && model_->pools[row.line_pool].preempt)
            waited = item.started - item.queued + item.waited_again +
                     (item.preempted >= 0 ? now() - item.preempted : 0);
        if (waited > 0) happens(i, Metric::waited, Happened::waited);
    }
    for (Index probe = 0; probe < deadlines_.size(); ++probe) {
        const ProbeRow& row = model_->probes[probe];
        if (row.measure.metric == Metric::landed && row.measure.aggregate == Aggregate::share) {
            // Runs whose deadline lies beyond the end tell nothing yet.
            Deadlines& deadlines = deadlines_[probe];
            for (const Deadlines::Open& open : deadlines.open)
                if (open.deadline <= now()) deadlines.missed.push_back(open.run);
            const std::uint64_t due = deadlines.landed + deadlines.missed.size();
            if (due > 0) meter_.at(probe, kernel::Tally{deadlines.landed, due});
        }
    }
    const bool halted = !stop_reason_.empty();
    if (model_->length != kernel::never && !halted) return;
    // At the end, wherever it is, it is as it is now. So it is at instants behind the end of what went until nothing was
    // left; what was stopped would have gone on, and nobody knows how it would be there.
    for (Index i = 0; i < model_->probes.size(); ++i) {
        const ProbeRow& row = model_->probes[i];
        if (row.measure.aggregate != Aggregate::at) continue;
        const bool of_the_end = row.measure.at ? !halted && *row.measure.at > now() : true;
        if (of_the_end) meter_.at(i, level(row.element, row.measure.metric, row.load));
    }
}

}  // namespace understudy::models
