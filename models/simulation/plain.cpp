// The plain path: loads and stages that need no rows of items, holdings and families (models/compile/plain.h).
//
// Each function does what those of the full path do for such a stage, in the same order: the same events are
// scheduled and told, the same draws made and the same values measured. tests/models/simulation/plain.cpp runs
// models on both paths and compares the bytes. What is only summed up is counted here and taken over by the meter
// when something is asked of it (plain_totals.cpp).
#include "kernel/exact_math.h"
#include "models/simulation/state.h"

namespace understudy::models {

using kernel::Purpose;

void State::start_plain() {
    plain_.resize(model_->plain.stages.size());
    plain_loads_.resize(model_->plain.loads.size());
    for (std::size_t i = 0; i < plain_.size(); ++i)
        plain_[i].capacity = pools_[model_->plain.stages[i].pool].capacity;
}

bool State::is_plain(Index load) const { return !plain_.empty() && !model_->plain.loads[load].empty(); }

double State::plain_work(const PlainStageRow& row, std::uint64_t identity) const {
    double work = 0;
    unsigned part = 0;
    for (const CompiledTerm& term : parameters_.laws[row.law])
        work += term.law.draw(uniform(row.element, Purpose::service, identity, 0, part++)) * term.times;
    return work;
}

/// As models/simulation/sources.cpp makes it.
static std::uint64_t identity_of(const LoadRow& load, std::uint64_t arrival) {
    return kernel::mix_bits(load.name_hash + 0x9E3779B97F4A7C15ULL * (arrival + 1));
}

/// What one event of the plain path is about, at hand for all that follows from it.
struct State::PlainMoment {
    Time now;
    Fingerprint::Who who;
};

[[gnu::always_inline]] inline void State::plain_tell(const PlainMoment& at, TraceEvent event, Index element) {
    fingerprint_.add(at.who, event, element * Fingerprint::what_factor);
}

[[gnu::always_inline]] inline void State::plain_start(const PlainMoment& at, Index index,
                                                      const PlainItem& item) {
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
    PlainStage::Serving& serving = stage.serving[slot];
    serving.item = item;
    serving.started = at.now;
    const Time wait = at.now - item.entered;
    ++stage.totals.started;
    stage.totals.waited += wait > 0;
    stage.totals.wait += wait;
    stage.at_work.rise(at.now);
    if (row.ears.each_start) [[unlikely]]
        tell_start(row, item);
    const double work = row.all_of == none
                            ? plain_work(row, item.identity)
                            : stage.work.at(item.arrival, [&](std::uint64_t arrival) {
                                  return plain_work(row, identity_of(model_->loads[row.all_of], arrival));
                              });
    plain_tell(at, TraceEvent::start, row.element);
    schedule(kernel::later(at.now, kernel::from_seconds(work)), EventKind::plain_done, index, slot);
}

[[gnu::always_inline]] inline void State::plain_leave(const PlainMoment& at, const PlainItem& item,
                                                      const PlainStageRow* from, PlainStage* stage) {
    if (from == nullptr) return;
    const Time latency = at.now - item.entered;
    ++stage->totals.done;
    stage->totals.latency += latency;
    if (from->ears.latency.quantiles != none) meter_.add_to_quantiles(from->ears.latency.quantiles, latency);
    if (from->ears.each_leave) [[unlikely]]
        tell_leave(*from, item);
}

[[gnu::always_inline]] inline void State::plain_out(const PlainMoment& at, const PlainItem& item, bool lost) {
    plain_tell(at, TraceEvent::leave, no_element);
    PlainLoad::Totals& totals = plain_loads_[item.load].totals;
    const PlainEars& all = model_->plain.system_ears;
    const PlainEars& own = model_->plain.load_ears[item.load];
    if (lost) {
        ++totals.lost;
    } else {
        const Time latency = at.now - item.born;
        ++totals.done;
        totals.latency += latency;
        totals.end += at.now;
        if (all.latency.quantiles != none) meter_.add_to_quantiles(all.latency.quantiles, latency);
        if (own.latency.quantiles != none) meter_.add_to_quantiles(own.latency.quantiles, latency);
    }
    if (all.each_leave || own.each_leave) [[unlikely]]
        tell_out(item, lost);
    plain_level_.fall(at.now);
    --plain_present_;
    --open_arrivals_;
    --loads_[item.load].open;
}

[[gnu::always_inline]] inline void State::measure_plain(Index index) {
    const PlainStageRow& row = model_->plain.stages[index];
    if (!row.levels.anybody) return;
    show_plain(index);
    refresh(row.element);
}

[[gnu::always_inline]] inline void State::measure_plain_system() {
    if (model_->plain.system_levels.anybody) refresh_system();
}

[[gnu::always_inline]] inline Index State::plain_send(const PlainMoment& at, PlainItem& item,
                                                      const std::vector<PlainWay>& ways, Index element,
                                                      const PlainStageRow* from, PlainStage* sender) {
    const PlainWay* way = ways.data();
    if (ways.size() > 1) {
        const double u = uniform(element, Purpose::route, item.identity, 0, 0);
        while (way->cumulative <= u && way != &ways.back()) ++way;
    }
    if (way->stream != none) {
        if (way->heard) land_born(way->stream, item.born, item.load, nullptr);
        streams_[way->stream].landed_records += 1;
        plain_tell(at, TraceEvent::land, way->element);
    }
    plain_leave(at, item, from, sender);
    if (way->to == none) {
        plain_out(at, item, false);
        return none;
    }
    const PlainStageRow& row = model_->plain.stages[way->to];
    PlainStage& stage = plain_[way->to];
    const auto waiting = static_cast<std::int64_t>(stage.line.size());
    const bool at_once = waiting == 0 && stage.busy < stage.capacity;
    const bool full = row.queue_capacity >= 0 && waiting >= row.queue_capacity && !at_once;
    // Each time round a loop is a new address, or its draws would be those of the first time.
    if (row.in_cycle) item.identity = kernel::mix_bits(item.identity + row.name_hash);
    item.entered = at.now;
    plain_tell(at, TraceEvent::enter, row.element);
    ++stage.totals.arrived;
    if (row.ears.each_enter) [[unlikely]]
        tell_enter(row, item, full);
    if (full) {
        plain_tell(at, TraceEvent::drop, row.element);
        ++stage.totals.dropped;
        plain_out(at, item, true);
    } else if (at_once) {
        plain_start(at, way->to, item);
    } else {
        stage.in_line.rise(at.now);
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
    const double amount = plain_loads_[index].intervals.at(load.arrivals, [&](std::uint64_t number) {
        return -kernel::exact::log(1.0 - uniform(row.element, Purpose::arrival, number, 0, 0));
    });
    const Time time = kernel::later(now(), kernel::from_seconds(amount / rate));
    if (time >= row.until || load.arrivals >= static_cast<std::uint64_t>(row.count)) return;
    load.next = schedule(time, EventKind::plain_arrival, index, 0);
    load.next_at = time;
}

void State::plain_arrival(Index index) {
    const PlainModel& plain = model_->plain;
    const LoadRow& row = model_->loads[index];
    LoadState& load = loads_[index];
    load.next = kernel::no_event;
    const std::uint64_t arrival = load.arrivals++;
    if (plain_present_ + items_.in_use() >= most_items) throw Outgrown{};
    const Time time = now();
    PlainItem item{time, time, identity_of(row, arrival), ++next_number_, arrival, index};
    const PlainMoment at{time, {time, item.number}};
    ++plain_present_;
    ++open_arrivals_;
    ++load.open;
    plain_level_.rise(time);
    ++plain_loads_[index].totals.arrived;
    if (plain.system_ears.each_enter || plain.load_ears[index].each_enter) [[unlikely]]
        tell_arrival(item);
    plain_tell(at, TraceEvent::arrive, row.element);
    const Index to = plain_send(at, item, plain.loads[index], row.element, nullptr, nullptr);
    plain_next_arrival(index, row, load);
    if (to != none) measure_plain(to);
    measure_plain_system();
}

void State::plain_done(Index index, std::uint32_t slot) {
    const PlainStageRow& row = model_->plain.stages[index];
    PlainStage& stage = plain_[index];
    PlainItem item = stage.serving[slot].item;
    const PlainMoment at{now(), {now(), item.number}};
    const Time service = at.now - stage.serving[slot].started;
    stage.totals.service += service;
    stage.at_work.fall(at.now);
    if (row.ears.service.of_each()) [[unlikely]]
        tell_service(row, item, service);
    plain_tell(at, TraceEvent::finish, row.element);
    // The worker is free for the line only once the item has found its next place.
    const Index to = plain_send(at, item, row.ways, row.element, &row, &stage);
    stage.free.push_back(slot);
    --stage.busy;
    while (stage.busy < stage.capacity && stage.line.size() > 0) {
        stage.in_line.fall(at.now);
        const PlainItem& next = stage.line.front();
        plain_start({at.now, {at.now, next.number}}, index, next);
        stage.line.pop();
    }
    if (to != none) measure_plain(to);
    measure_plain(index);
    measure_plain_system();
}

}  // namespace understudy::models
