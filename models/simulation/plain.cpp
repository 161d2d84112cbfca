// The plain path: loads and stages that need no rows of items, holdings and families (models/compile/plain.h).
//
// Each function does what those of the full path do for such a stage, in the same order: the same events are
// scheduled and told, the same draws made and the same values measured. tests/models/simulation/plain.cpp runs
// models on both paths and compares the bytes.
#include "kernel/exact_math.h"
#include "models/simulation/state.h"

namespace understudy::models {

using kernel::Purpose;

void State::start_plain() {
    plain_.resize(model_->plain.stages.size());
    for (std::size_t i = 0; i < plain_.size(); ++i)
        plain_[i].capacity = pools_[model_->plain.stages[i].pool].capacity;
}

bool State::is_plain(Index load) const { return !plain_.empty() && !model_->plain.loads[load].empty(); }

// Called several times an event, with a metric that is known where they are called.
[[gnu::always_inline]] inline void State::hear(const PlainEar& ear, Index element, Metric metric, Time value,
                                               Index load) {
    if (ear.sum != none) meter_.add_to_sum(ear.sum, value);
    if (ear.quantiles != none) meter_.add_to_quantiles(ear.quantiles, value);
    if (ear.anybody) [[unlikely]]
        meter_.observe(element, metric, value, load, 0);
}

[[gnu::always_inline]] inline void State::hear(const PlainEar& ear, Index element, Metric metric,
                                               Index load) {
    if (ear.sum != none) meter_.count_one(ear.sum);
    if (ear.anybody) [[unlikely]]
        meter_.count(element, metric, load);
}

[[gnu::always_inline]] inline void State::plain_start(Index index, const PlainItem& item) {
    const PlainStageRow& row = model_->plain.stages[index];
    PlainStage& stage = plain_[index];
    ++stage.busy;
    std::uint32_t slot;
    if (stage.free.empty()) {
        slot = static_cast<std::uint32_t>(stage.serving.size());
        stage.serving.emplace_back();
    } else {
        slot = stage.free.back();
        stage.free.pop_back();
    }
    stage.serving[slot] = {item, now()};
    hear(row.ears.wait, row.element, Metric::wait, now() - item.entered, item.load);
    if (now() > item.entered) hear(row.ears.waited, row.element, Metric::waited, item.load);
    double work = 0;
    unsigned part = 0;
    for (const CompiledTerm& term : parameters_.laws[row.law])
        work += term.law.draw(uniform(row.element, Purpose::service, item.identity, 0, part++)) * term.times;
    fingerprint_.add(now(), TraceEvent::start, row.element, item.number, 0);
    schedule(kernel::later(now(), kernel::from_seconds(work)), EventKind::plain_done, index, slot);
}

[[gnu::always_inline]] inline void State::plain_leave(const PlainItem& item, Index from) {
    const PlainStageRow& row = model_->plain.stages[from];
    const PlainEars& ears = row.ears;
    const Time latency = now() - item.entered;
    if (ears.latency.sum != none) meter_.add_to_sum(ears.latency.sum, latency);
    if (ears.latency.quantiles != none) meter_.add_to_quantiles(ears.latency.quantiles, latency);
    if (ears.latency.anybody) meter_.observe_latency(row.element, now(), item.entered, nullptr, item.load, 0);
    hear(ears.completed, row.element, Metric::completed, item.load);
    hear(ears.attempts, row.element, Metric::attempts, 1, item.load);
    hear(ears.backoff, row.element, Metric::backoff, 0, item.load);
}

[[gnu::always_inline]] inline void State::plain_out(const PlainItem& item, bool lost) {
    fingerprint_.add(now(), TraceEvent::leave, no_element, item.number, 0);
    if (!lost) {
        const PlainEars& all = model_->plain.system_ears;
        const PlainEars& own = model_->plain.load_ears[item.load];
        const Index element = model_->loads[item.load].element;
        hear(all.latency, none, Metric::latency, now() - item.born, item.load);
        hear(all.end, none, Metric::end, now(), item.load);
        hear(all.completed, none, Metric::completed, item.load);
        hear(own.latency, element, Metric::latency, now() - item.born, item.load);
        hear(own.end, element, Metric::end, now(), item.load);
        hear(own.completed, element, Metric::completed, item.load);
    }
    --plain_present_;
    --open_arrivals_;
    --loads_[item.load].open;
}

[[gnu::always_inline]] inline void State::measure_plain(Index index) {
    const PlainStageRow& row = model_->plain.stages[index];
    const PlainStage& stage = plain_[index];
    const auto waiting = static_cast<std::int64_t>(stage.line.size());
    if (row.levels.present != none)
        meter_.set_mean_level(row.levels.present, now(), static_cast<double>(waiting + stage.busy));
    if (row.levels.waiting != none)
        meter_.set_mean_level(row.levels.waiting, now(), static_cast<double>(waiting));
    if (row.levels.utilisation != none && stage.capacity != unlimited)
        meter_.set_mean_level(
            row.levels.utilisation, now(),
            std::min(1.0, static_cast<double>(stage.busy) / static_cast<double>(stage.capacity)));
    if (row.levels.anybody) {
        show_plain(index);
        refresh(row.element);
    }
}

[[gnu::always_inline]] inline void State::measure_plain_system() {
    const PlainLevels& levels = model_->plain.system_levels;
    if (levels.present != none)
        meter_.set_mean_level(levels.present, now(), static_cast<double>(open_arrivals_));
    if (levels.anybody) refresh_system();
}

[[gnu::always_inline]] inline Index State::plain_send(PlainItem& item, const std::vector<PlainWay>& ways,
                                                      Index element, Index from) {
    const PlainWay* way = ways.data();
    if (ways.size() > 1) {
        const double u = uniform(element, Purpose::route, item.identity, 0, 0);
        while (way->cumulative <= u && way != &ways.back()) ++way;
    }
    if (way->stream != none) {
        if (way->heard) land_born(way->stream, item.born, item.load, nullptr);
        streams_[way->stream].landed_records += 1;
        fingerprint_.add(now(), TraceEvent::land, way->element, item.number, 0);
    }
    if (way->to == none) {
        if (from != none) plain_leave(item, from);
        plain_out(item, false);
        return none;
    }
    const PlainStageRow& row = model_->plain.stages[way->to];
    PlainStage& stage = plain_[way->to];
    const auto waiting = static_cast<std::int64_t>(stage.line.size());
    const bool at_once = waiting == 0 && stage.busy < stage.capacity;
    const bool full = row.queue_capacity >= 0 && waiting >= row.queue_capacity && !at_once;
    if (from != none) plain_leave(item, from);
    // Each time round a loop is a new address, or its draws would be those of the first time.
    if (row.in_cycle) item.identity = kernel::mix_bits(item.identity + row.name_hash);
    item.entered = now();
    fingerprint_.add(now(), TraceEvent::enter, row.element, item.number, 0);
    hear(row.ears.arrived, row.element, Metric::arrived, item.load);
    if (full) {
        fingerprint_.add(now(), TraceEvent::drop, row.element, item.number, 0);
        hear(row.ears.dropped, row.element, Metric::dropped, item.load);
        hear(row.ears.lost, row.element, Metric::lost, item.load);
        hear(model_->plain.system_ears.lost, none, Metric::lost, item.load);
        plain_out(item, true);
    } else if (at_once) {
        plain_start(way->to, item);
    } else {
        stage.line.push(item);
    }
    return way->to;
}

/// As schedule_arrival() for Poisson arrivals at a constant rate, which most loads are.
inline void State::plain_next_arrival(Index index, const LoadRow& row, LoadState& load) {
    const double rate = parameters_.numbers[row.rate];
    if (row.kind != Arrivals::Kind::poisson || !row.intensity.constant() || !(rate > 0))
        return schedule_arrival(index, now());
    load.rate = rate;
    const double u = uniform(row.element, Purpose::arrival, load.arrivals, 0, 0);
    const Time time = kernel::later(now(), kernel::from_seconds(-kernel::exact::log(1.0 - u) / rate));
    if (time >= row.until || load.arrivals >= static_cast<std::uint64_t>(row.count)) return;
    load.next = schedule(time, EventKind::plain_arrival, index, 0);
    load.next_at = time;
}

void State::plain_arrival(Index index) {
    const PlainModel& plain = model_->plain;
    const LoadRow& row = model_->loads[index];
    LoadState& load = loads_[index];
    load.next = kernel::no_event;
    const std::uint64_t number = load.arrivals++;
    if (plain_present_ + items_.in_use() >= most_items) throw Outgrown{};
    PlainItem item{now(), now(), kernel::mix_bits(row.name_hash + 0x9E3779B97F4A7C15ULL * (number + 1)),
                   ++next_number_, index};
    ++plain_present_;
    ++open_arrivals_;
    ++load.open;
    hear(plain.system_ears.arrived, none, Metric::arrived, index);
    fingerprint_.add(now(), TraceEvent::arrive, row.element, item.number, 0);
    hear(plain.load_ears[index].arrived, row.element, Metric::arrived, index);
    const Index to = plain_send(item, plain.loads[index], row.element, none);
    plain_next_arrival(index, row, load);
    if (to != none) measure_plain(to);
    measure_plain_system();
}

void State::plain_done(Index index, std::uint32_t slot) {
    const PlainStageRow& row = model_->plain.stages[index];
    PlainStage& stage = plain_[index];
    PlainItem item = stage.serving[slot].item;
    hear(row.ears.service, row.element, Metric::service, now() - stage.serving[slot].started, item.load);
    fingerprint_.add(now(), TraceEvent::finish, row.element, item.number, 0);
    // The worker is free for the line only once the item has found its next place.
    const Index to = plain_send(item, row.ways, row.element, index);
    stage.free.push_back(slot);
    --stage.busy;
    while (stage.busy < stage.capacity && stage.line.size() > 0) plain_start(index, stage.line.pop());
    if (to != none) measure_plain(to);
    measure_plain(index);
    measure_plain_system();
}

void State::show_plain(Index index) {
    const PlainStageRow& row = model_->plain.stages[index];
    const PlainStage& stage = plain_[index];
    StageState& state = stages_[row.stage];
    state.waiting = static_cast<std::int64_t>(stage.line.size());
    state.working = state.units = stage.busy;
    state.records = static_cast<double>(state.waiting + state.working);
    pools_[row.pool].waiting = state.waiting;
    pools_[row.pool].busy = stage.busy;
}

void State::show_plain() {
    for (Index i = 0; i < plain_.size(); ++i) show_plain(i);
}

}  // namespace understudy::models
