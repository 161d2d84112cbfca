// The plain path: loads and stages that need no rows of holdings and families (models/compile/plain.h).
//
// Each function does what those of the full path do for such a stage, in the same order: the same events are
// scheduled and told, the same draws made and the same values measured. tests/models/simulation/plain.cpp runs
// models on both paths and compares the bytes. What is only summed up is counted here and taken over by the meter
// when something is asked of it (plain_totals.cpp).
#include <algorithm>
#include <array>

#include "kernel/batch_draws.h"
#include "models/simulation/state.h"

namespace understudy::models {

using kernel::Purpose;

namespace {

constexpr std::uint64_t golden = 0x9E3779B97F4A7C15ULL;

}  // namespace

void State::start_plain() {
    plain_.resize(model_->plain.stages.size());
    plain_rests_.resize(plain_.size());
    plain_blocks_.resize(plain_.size());
    plain_loads_.resize(model_->plain.loads.size());
    for (std::size_t i = 0; i < plain_.size(); ++i) {
        const PlainStageRow& row = model_->plain.stages[i];
        // More workers than there can be items are as good as any number of them.
        plain_rests_[i].workers = plain_[i].idle = static_cast<std::uint32_t>(
            std::clamp<std::int64_t>(pools_[row.pool].capacity, 0, std::int64_t{most_items} + 1));
    }
    for (std::size_t i = 0; i < plain_loads_.size(); ++i) {
        const LoadRow& row = model_->loads[i];
        plain_loads_[i].steady = row.kind == Arrivals::Kind::poisson && row.intensity.constant() &&
                                 parameters_.numbers[row.rate] > 0;
    }
}

std::size_t State::plain_present() const {
    std::int64_t present = 0;
    for (Index i = 0; i < plain_loads_.size(); ++i)
        if (is_plain(i)) present += open_arrivals(i);
    return static_cast<std::size_t>(present);
}

State::Audience State::plain_audience() const {
    const PlainModel& plain = model_->plain;
    const auto hears = [](const PlainEars& ears) {
        return ears.each_enter || ears.each_start || ears.each_leave || ears.service.anybody;
    };
    const auto heard = [](const PlainWays& ways) {
        return std::any_of(ways.begin(), ways.end(),
                           [](const PlainWay& way) { return way.heard || way.counted; });
    };
    if (looks_for_end_ || hears(plain.system_ears) || plain.system_levels.anybody ||
        std::any_of(plain.stages.begin(), plain.stages.end(),
                    [&](const PlainStageRow& stage) {
                        return hears(stage.ears) || stage.levels.anybody || heard(stage.ways);
                    }) ||
        std::any_of(plain.loads.begin(), plain.loads.end(),
                    [&](const PlainLoadRow& load) { return hears(load.ears) || heard(load.ways); }))
        return Audience::each;
    return sink_ != nullptr ? Audience::trace : Audience::nobody;
}

/// What one event of the plain path is about, at hand for all that follows from it.
struct State::PlainMoment {
    PlainMoment(Simulation& at, const State& state, std::uint64_t number)
        : simulation(at),
          now(at.now()),
          who(now, number),
          item(number),
          print(state.fingerprint_),
          rows(state.sink_) {}
    void turn_to(std::uint64_t number) {
        who = {now, number};
        item = number;
    }
    Simulation& simulation;
    Time now;
    Fingerprint::Who who;
    std::uint64_t item;  ///< its number
    Fingerprint print;   ///< with what is told meanwhile
    TraceBurst rows;
};

template <State::Audience audience>
[[gnu::always_inline]] inline void State::plain_trace(PlainMoment& at, TraceEvent event, Index element,
                                                      double value) {
    if (audience == Audience::trace || (audience == Audience::each && sink_))
        at.rows.row({at.now, at.item, element, event, 0, -1, value});
}

template <State::Audience audience>
[[gnu::always_inline]] inline void State::plain_tell(PlainMoment& at, TraceEvent event, Index element,
                                                     double value) {
    at.print.add(at.who, Fingerprint::what(event, element));
    plain_trace<audience>(at, event, element, value);
}

template <State::Audience audience>
[[gnu::always_inline]] inline void State::plain_tell_draw(std::uint64_t identity, Index element,
                                                          Purpose purpose, double value) {
    if (audience == Audience::trace || (audience == Audience::each && sink_))
        sink_->draw({identity, element, static_cast<std::uint16_t>(purpose), 0, value});
}

DrawAhead::Draw State::plain_work(const PlainStageRow& row, std::uint64_t identity) const {
    double work = 0;
    unsigned part = 0;
    const auto add = [&](const PlainTerm& term) {
        work += term.law.draw(uniform(row.element, Purpose::service, identity, 0, part++)) * term.times;
    };
    // Most laws have one term: a twentieth of an event with all else far away.
    const PlainLaw& law = model_->plain.laws[row.law];
    if (law.size() == 1) [[likely]]
        add(law.front());
    else
        std::for_each(law.begin(), law.end(), add);
    return {work, kernel::from_seconds(work)};
}

void State::mirror(std::span<double> uniforms) const {
    if (!mirrored_) return;
    for (double& u : uniforms) u = 1 - u;
}

void State::plain_works(const PlainStageRow& row, std::uint64_t arrival,
                        std::span<DrawAhead::Draw> works) const {
    std::array<std::uint64_t, DrawAhead::block> identities;
    std::array<double, DrawAhead::block> draws;
    const std::span<std::uint64_t> items(identities.data(), works.size());
    const std::span<double> values(draws.data(), works.size());
    kernel::mix_progression(model_->loads[row.all_of].name_hash + identity_step * (arrival + 1),
                            identity_step, items);
    for (DrawAhead::Draw& work : works) work.value = 0;
    unsigned part = 0;
    for (const PlainTerm& term : model_->plain.laws[row.law]) {
        kernel::keyed_uniforms(keys_[row.element], items, address_of(Purpose::service, 0, part++), values);
        mirror(values);
        term.law.draw_each(values);
        for (std::size_t i = 0; i < works.size(); ++i) works[i].value += values[i] * term.times;
    }
    for (DrawAhead::Draw& work : works) work.time = kernel::from_seconds(work.value);
}

void State::plain_intervals(const LoadRow& row, std::uint64_t arrival,
                            std::span<DrawAhead::Draw> intervals) const {
    std::array<std::uint64_t, DrawAhead::block> numbers;
    std::array<double, DrawAhead::block> amounts;
    const std::size_t count = intervals.size();
    const double rate = parameters_.numbers[row.rate];
    for (std::size_t i = 0; i < count; ++i) numbers[i] = arrival + i;
    kernel::keyed_uniforms(keys_[row.element], std::span(numbers.data(), count),
                           address_of(Purpose::arrival, 0, 0), std::span(amounts.data(), count));
    mirror(std::span(amounts.data(), count));
    kernel::make_exponential(1, std::span(amounts.data(), count));
    for (std::size_t i = 0; i < count; ++i)
        intervals[i] = {amounts[i], kernel::from_seconds(amounts[i] / rate)};
}

void State::plain_routes(Index load, std::uint64_t arrival, std::span<Index> routes) const {
    std::array<std::uint64_t, Ahead<Index>::block> identities;
    std::array<double, Ahead<Index>::block> draws;
    const std::span<std::uint64_t> items(identities.data(), routes.size());
    const std::span<double> values(draws.data(), routes.size());
    const LoadRow& row = model_->loads[load];
    kernel::mix_progression(row.name_hash + identity_step * (arrival + 1), identity_step, items);
    kernel::keyed_uniforms(keys_[row.element], items, address_of(Purpose::route, 0, 0), values);
    mirror(values);
    const PlainWays& ways = model_->plain.loads[load].ways;
    for (std::size_t i = 0; i < routes.size(); ++i)
        routes[i] = static_cast<Index>(ways.index_of(ways.at(values[i])));
}

/// The work of an item at a stage.
[[gnu::always_inline]] inline DrawAhead::Draw State::plain_draw(Index stage, const PlainStageRow& row,
                                                                const PlainItem& item) {
    if (row.all_of == none) return plain_work(row, item.identity);
    return plain_rests_[stage].work.at(
        item.arrival,
        [&](std::uint64_t arrival, std::span<DrawAhead::Draw> works) { plain_works(row, arrival, works); });
}

[[gnu::always_inline]] inline void State::plain_start(PlainMoment& at, Index stage, Index number, Time work) {
    if (const Time end = kernel::later(at.now, work); end != kernel::never) [[likely]]
        at.simulation.schedule(end, rank_of(EventKind::plain_done),
                               Event(EventKind::plain_done, stage, number));
}

template <State::Audience audience>
[[gnu::always_inline]] inline void State::plain_tell_start(PlainMoment& at, const PlainStageRow& row,
                                                           Index number, const DrawAhead::Draw& work) {
    if constexpr (audience != Audience::nobody) {
        const PlainItem& item = plain_items_[number];
        if (audience == Audience::each && row.ears.each_start) tell_start(row, item);
        if (audience == Audience::each && row.ears.service.anybody) note_start(number);
        plain_tell_draw<audience>(item.identity, row.element, Purpose::service, work.value);
    }
    plain_tell<audience>(at, TraceEvent::start, row.element, kernel::to_seconds(work.time));
}

template <State::Audience audience>
[[gnu::always_inline]] inline void State::plain_leave(const PlainMoment& at, const PlainItem& item,
                                                      Time entered, const PlainStageRow& from,
                                                      PlainStage& stage) {
    const std::uint64_t number = stage.done++;
    if (from.quantiles != none) {
        const auto index = static_cast<std::size_t>(&stage - plain_.data());
        Latencies::Block& block = plain_blocks_[index];
        const std::size_t place = number % block.size();
        block[place] = at.now - entered;
        if (place == block.size() - 1) [[unlikely]]
            meter_.add_to_quantiles(from.quantiles, plain_rests_[index].take_full(block));
    }
    if (audience == Audience::each && from.ears.each_leave) tell_leave(from, item, entered);
}

template <State::Audience audience>
[[gnu::always_inline]] inline void State::plain_out(PlainMoment& at, Index number, bool lost) {
    const PlainItem& item = plain_items_[number];
    plain_tell<audience>(at, TraceEvent::leave, no_element);
    PlainLoad& load = plain_loads_[item.load];
    const PlainEars& all = model_->plain.system_ears;
    const PlainEars& own = model_->plain.loads[item.load].ears;
    const Time latency = at.now - item.born;
    if (lost) {
        ++load.lost;
        load.lost_after += latency;
    } else {
        ++load.done;
        if (all.latency.quantiles != none && plain_latencies_.add(plain_block_, latency))
            meter_.add_to_quantiles(all.latency.quantiles, plain_latencies_.take(plain_block_));
        if (own.latency.quantiles != none && load.latencies.add(load.latency_block, latency))
            meter_.add_to_quantiles(own.latency.quantiles, load.latencies.take(load.latency_block));
    }
    if (audience == Audience::each && (all.each_leave || own.each_leave)) tell_out(item, lost);
    load.present.fall(at.now);
    plain_items_.remove(number);
}

inline void State::measure_plain(Index index, const PlainStageRow& row) {
    if (!row.levels.anybody) return;
    show_plain(index);
    refresh(row.element);
}

template <State::Audience audience>
[[gnu::always_inline]] inline void State::plain_ends(PlainMoment& at, Index to, Index from) {
    fingerprint_ = at.print;
    if constexpr (audience != Audience::nobody) at.rows.end();
    if constexpr (audience == Audience::each) {
        for (const Index stage : {to, from})
            if (stage != none) measure_plain(stage, model_->plain.stages[stage]);
        if (model_->plain.system_levels.anybody) refresh_system();
        if (looks_for_end_) end_if_empty();
        measure_levels();
    }
}

/// Where an item has gone, and what has to be told of it.
struct State::PlainMove {
    enum class End : std::uint8_t { out, dropped, waits, starts };
    const PlainWay* way;
    End end;
    Time left;               ///< when it had come to where it was
    std::uint64_t identity;  ///< that the way was drawn with
    DrawAhead::Draw work;    ///< of one that starts
    /// The stage where it is now, or none.
    Index to() const { return end == End::waits || end == End::starts ? way->to : none; }
};

[[gnu::always_inline]] inline State::PlainMove State::plain_move(PlainMoment& at, Index number,
                                                                 const PlainWay& way) {
    using End = PlainMove::End;
    PlainItem& item = plain_items_[number];
    PlainMove move{&way, End::out, item.entered, item.identity, {}};
    const Index to = way.to;
    if (to == none) return move;
    const PlainStageRow& row = model_->plain.stages[to];
    PlainStage& stage = plain_[to];
    const auto waiting = static_cast<std::int64_t>(stage.line.size());
    const bool at_once = waiting == 0 && stage.idle > 0;
    const bool full = row.queue_capacity >= 0 && waiting >= row.queue_capacity && !at_once;
    // Each time round a loop is a new address, or its draws would be those of the first time.
    if (row.in_cycle) item.identity = kernel::mix_bits(item.identity + row.name_hash);
    item.entered = at.now;
    item.stage = to;
    if (full) {
        move.end = End::dropped;
    } else if (at_once) {
        move.end = End::starts;
        --stage.idle;
        move.work = plain_draw(to, row, item);
        plain_start(at, to, number, move.work.time);
    } else {
        move.end = End::waits;
        stage.line.push(plain_items_, number);
    }
    return move;
}

template <State::Audience audience>
[[gnu::always_inline]] inline void State::plain_tell_move(PlainMoment& at, const PlainMove& move,
                                                          Index number, const PlainWays& ways, Index element,
                                                          const PlainStageRow* from, PlainStage* sender) {
    using End = PlainMove::End;
    const PlainWay& way = *move.way;
    if (ways.size() > 1)
        plain_tell_draw<audience>(move.identity, element, Purpose::route,
                                  static_cast<double>(ways.index_of(way)));
    const PlainItem& item = plain_items_[number];
    if (way.stream != none) {
        if (audience == Audience::each && way.heard) land_born(way.stream, item.born, item.load, nullptr);
        if (audience == Audience::each && way.counted) streams_[way.stream].landed_records += 1;
        at.print.add(at.who, Fingerprint::what(TraceEvent::land, way.element));
        if (way.traced) plain_trace<audience>(at, TraceEvent::land, way.element, 1);
    }
    if (from != nullptr) plain_leave<audience>(at, item, move.left, *from, *sender);
    if (move.end == End::out) return plain_out<audience>(at, number, false);
    const PlainStageRow& row = model_->plain.stages[way.to];
    PlainStage& stage = plain_[way.to];
    plain_tell<audience>(at, TraceEvent::enter, row.element);
    if (audience == Audience::each && row.ears.each_enter) tell_enter(row, item, move.end == End::dropped);
    if (move.end == End::dropped) {
        plain_tell<audience>(at, TraceEvent::drop, row.element);
        ++plain_rests_[way.to].dropped;
        plain_out<audience>(at, number, true);
    } else if (move.end == End::starts) {
        stage.at_work.rise(at.now);
        plain_tell_start<audience>(at, row, number, move.work);
    } else {
        stage.in_line.rise(at.now);
    }
}

namespace {

/// Asks for the lines of memory that the first bytes of a value lie in; it may not begin with one.
template <std::size_t bytes, class Value>
[[gnu::always_inline]] inline void fetch(const Value& value) {
    const char* const first = reinterpret_cast<const char*>(&value);
    for (std::size_t at = 0; at < bytes; at += 64) __builtin_prefetch(first + at, 1);
    if constexpr (alignof(Value) < 64 && bytes > 8) __builtin_prefetch(first + bytes - 1, 1);
}

}  // namespace

const PlainWay& State::plain_way(Index load, std::uint64_t arrival) {
    const PlainWays& ways = model_->plain.loads[load].ways;
    const auto of = [&](std::uint64_t number) -> const PlainWay& {
        return ways[plain_loads_[load].routes.at(number, [&](std::uint64_t first, std::span<Index> routes) {
            plain_routes(load, first, routes);
        })];
    };
    // With many ways hardly a stage is near when an item comes there.
    constexpr std::size_t many = 64;
    constexpr std::uint64_t soon = 3, later = 6;
    if (ways.size() > many) {
        if (const Index stage = of(arrival + later).to; stage != none) {
            fetch<64>(model_->plain.stages[stage]);
            fetch<sizeof plain_[stage]>(plain_[stage]);
        }
        if (const Index stage = of(arrival + soon).to; stage != none && plain_[stage].line.size() > 0)
            fetch<sizeof(PlainItem)>(plain_items_[plain_[stage].line.back()]);
    }
    return of(arrival);
}

template <State::Audience audience>
[[gnu::always_inline]] inline void State::plain_arrival(Simulation& simulation, Index index) {
    const PlainLoadRow& plain = model_->plain.loads[index];
    const LoadRow& row = model_->loads[index];
    LoadState& load = loads_[index];
    PlainLoad& counts = plain_loads_[index];
    if (plain_items_.are_full() && plain_items_.size() + items_.in_use() >= most_items) throw Outgrown{};
    const std::uint64_t arrival = load.arrivals++;
    PlainMoment at(simulation, *this, ++next_number_);
    // What has to be looked up before the next event can be planned stands first: the processor need not wait then.
    const DrawAhead::Draw interval =
        counts.steady ? counts.intervals.at(arrival + 1,
                                            [&](std::uint64_t first, std::span<DrawAhead::Draw> intervals) {
                                                plain_intervals(row, first, intervals);
                                            })
                      : DrawAhead::Draw{};
    const Index number = plain_items_.add();
    const std::uint64_t identity =
        audience != Audience::nobody || plain.identities ? identity_of(row, arrival) : 0;
    plain_items_[number] = {at.now, at.now, identity, at.item, arrival, index, none};
    const PlainMove move =
        plain_move(at, number, plain.ways.size() > 1 ? plain_way(index, arrival) : plain.ways.front());
    // As schedule_arrival() for Poisson arrivals at a constant rate, which most loads are.
    const Time next = kernel::later(at.now, interval.time);
    if (counts.steady && next < row.until && load.arrivals < static_cast<std::uint64_t>(row.count))
        simulation.schedule(next, rank_of(EventKind::plain_arrival),
                            Event(EventKind::plain_arrival, index, 0));
    counts.present.rise(at.now);
    if (audience == Audience::each && (model_->plain.system_ears.each_enter || plain.ears.each_enter))
        tell_arrival(plain_items_[number]);
    plain_tell<audience>(at, TraceEvent::arrive, row.element, 1);
    plain_tell_move<audience>(at, move, number, plain.ways, row.element, nullptr, nullptr);
    if (counts.steady)
        plain_tell_draw<audience>(load.arrivals, row.element, Purpose::arrival, interval.value);
    else
        schedule_arrival(index, at.now);
    plain_ends<audience>(at, move.to(), none);
}

template <State::Audience audience>
[[gnu::always_inline]] inline void State::plain_done(Simulation& simulation, Index index, Index number) {
    const PlainStageRow& row = model_->plain.stages[index];
    PlainStage& stage = plain_[index];
    PlainMoment at(simulation, *this, plain_items_[number].number);
    const bool line_ahead = stage.line.size() > 0;
    const DrawAhead::Draw work_ahead =
        line_ahead ? plain_draw(index, row, plain_items_[stage.line.front()]) : DrawAhead::Draw{};
    // All that is to happen is planned before anything is told: the processor knows the sooner what comes next.
    // The worker is free for the line only once the item has found its next place.
    const PlainMove move = plain_move(
        at, number,
        row.ways.size() > 1
            ? row.ways.at(uniform(row.element, Purpose::route, plain_items_[number].identity, 0, 0))
            : row.ways.front());
    // The next in line, if any: at most one, since nobody waits beside a free worker. The worker stays busy then.
    Index next = none;
    DrawAhead::Draw work;
    if (stage.line.size() == 0) {
        ++stage.idle;
    } else {
        next = stage.line.pop(plain_items_);
        work = line_ahead ? work_ahead : plain_draw(index, row, plain_items_[next]);
        plain_start(at, index, next, work.time);
    }
    if (audience == Audience::each && row.ears.service.anybody) tell_service(row, number);
    plain_tell<audience>(at, TraceEvent::finish, row.element);
    plain_tell_move<audience>(at, move, number, row.ways, row.element, &row, &stage);
    if (next == none) {
        stage.at_work.fall(at.now);
    } else {
        stage.in_line.fall(at.now);
        const PlainItem& item = plain_items_[next];
        stage.waited += at.now > item.entered;
        at.turn_to(item.number);
        plain_tell_start<audience>(at, row, next, work);
    }
    plain_ends<audience>(at, move.to(), index);
}

template <State::Audience audience>
[[gnu::always_inline]] inline void State::handle(Simulation& simulation, Event event) {
    simulation_ = &simulation;
    // Nothing of the full path is settled by these.
    if (event.kind() == EventKind::plain_done)
        plain_done<audience>(simulation, event.element(), event.row());
    else if (event.kind() == EventKind::plain_arrival)
        plain_arrival<audience>(simulation, event.element());
    else
        handle_full(event);
}

[[gnu::always_inline]] inline void State::foresee(Event event, unsigned step) const {
    if (event.kind() != EventKind::plain_done) return;
    const PlainStageRow& row = model_->plain.stages[event.element()];
    const PlainStage& stage = plain_[event.element()];
    if (step == 0) {
        fetch<64>(row);
        fetch<sizeof stage>(stage);
        fetch<sizeof(PlainItem)>(plain_items_[event.row()]);
    } else if (step == 1) {
        if (stage.line.size() > 0) fetch<sizeof(PlainItem)>(plain_items_[stage.line.front()]);
        const Latencies::Block& block = plain_blocks_[event.element()];
        fetch<8>(block[stage.done % block.size()]);
        fetch<8>(row.ways.front());
        fetch<8>(keys_[row.element]);
        if (row.likely == none) return;
        fetch<64>(model_->plain.stages[row.likely]);
        fetch<sizeof stage>(plain_[row.likely]);
    } else if (row.likely != none && plain_[row.likely].line.size() > 0) {
        // Who stands last there will know of the item.
        fetch<sizeof(PlainItem)>(plain_items_[plain_[row.likely].line.back()]);
    }
}

template <class Loop>
bool State::with_handling(std::size_t pending, const Loop& loop) {
    // What is about so many events hardly fits a processor's inner cache.
    constexpr std::size_t many = 1000;
    switch (plain_audience_) {
        case Audience::nobody:
            if (pending > many) return loop(FarHandling{});
            return loop(Handling<Audience::nobody>{});
        case Audience::trace: return loop(Handling<Audience::trace>{});
        case Audience::each: break;
    }
    return loop(Handling<Audience::each>{});
}

}  // namespace understudy::models

template bool understudy::kernel::Simulation<understudy::models::State>::run_events(std::uint64_t, Time);
