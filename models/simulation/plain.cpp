// The plain path: loads and stages that need no rows of items, holdings and families (models/compile/plain.h).
//
// Each function does what those of the full path do for such a stage, in the same order: the same events are
// scheduled and told, the same draws made and the same values measured. tests/models/simulation/plain.cpp runs
// models on both paths and compares the bytes.
#include "models/simulation/state.h"

namespace understudy::models {

using kernel::Purpose;

void State::start_plain() {
    plain_.resize(model_->plain.stages.size());
    for (std::size_t i = 0; i < plain_.size(); ++i)
        plain_[i].capacity = pools_[model_->plain.stages[i].pool].capacity;
}

bool State::is_plain(Index load) const { return !plain_.empty() && !model_->plain.loads[load].empty(); }

void State::plain_arrival(Index index) {
    const LoadRow& row = model_->loads[index];
    LoadState& load = loads_[index];
    load.next = kernel::no_event;
    const std::uint64_t number = load.arrivals++;
    if (plain_present_ + items_.in_use() >= most_items) throw Outgrown{};
    const PlainItem item{now(), now(), kernel::mix_bits(row.name_hash + 0x9E3779B97F4A7C15ULL * (number + 1)),
                         ++next_number_, index};
    ++plain_present_;
    ++open_arrivals_;
    ++load.open;
    if (model_->plain.system_heard.arrived) meter_.count(none, Metric::arrived, index);
    tell(TraceEvent::arrive, row.element, item.number);
    meter_.count(row.element, Metric::arrived, index);
    const Index to = plain_send(item, model_->plain.loads[index], row.element, none);
    schedule_arrival(index, now());
    if (to != none) measure_plain(to);
    measure_plain_system();
}

void State::plain_done(Index index, std::uint32_t slot) {
    PlainStage& stage = plain_[index];
    const PlainStageRow& row = model_->plain.stages[index];
    const PlainItem item = stage.serving[slot].item;
    if (row.heard.service)
        meter_.observe(row.element, Metric::service, now() - stage.serving[slot].started, item.load, 0);
    tell(TraceEvent::finish, row.element, item.number);
    // The worker is free for the line only once the item has found its next place.
    const Index to = plain_send(item, row.ways, row.element, index);
    stage.free.push_back(slot);
    --stage.busy;
    while (stage.busy < stage.capacity && stage.line.size() > 0) plain_start(index, stage.line.pop());
    if (to != none) measure_plain(to);
    measure_plain(index);
    measure_plain_system();
}

Index State::plain_send(PlainItem item, const std::vector<PlainWay>& ways, Index element, Index from) {
    const PlainWay* way = &ways.front();
    if (ways.size() > 1) {
        const double u = uniform(element, Purpose::route, item.identity, 0, 0);
        while (way->cumulative <= u && way != &ways.back()) ++way;
    }
    if (way->stream != none) {
        if (way->heard) land_born(way->stream, item.born, item.load, nullptr);
        streams_[way->stream].landed_records += 1;
        tell(TraceEvent::land, way->element, item.number);
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
    tell(TraceEvent::enter, row.element, item.number);
    if (row.heard.arrived) meter_.count(row.element, Metric::arrived, item.load);
    if (full) {
        tell(TraceEvent::drop, row.element, item.number);
        if (row.heard.dropped) meter_.count(row.element, Metric::dropped, item.load);
        if (row.heard.lost) meter_.count(row.element, Metric::lost, item.load);
        if (model_->plain.system_heard.lost) meter_.count(none, Metric::lost, item.load);
        plain_out(item, true);
    } else if (at_once) {
        plain_start(way->to, item);
    } else {
        stage.line.push(item);
    }
    return way->to;
}

void State::plain_start(Index index, const PlainItem& item) {
    PlainStage& stage = plain_[index];
    const PlainStageRow& row = model_->plain.stages[index];
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
    if (row.heard.wait) meter_.observe(row.element, Metric::wait, now() - item.entered, item.load, 0);
    if (row.heard.waited && now() > item.entered) meter_.count(row.element, Metric::waited, item.load);
    double work = 0;
    unsigned part = 0;
    for (const CompiledTerm& term : parameters_.laws[row.law])
        work += term.law.draw(uniform(row.element, Purpose::service, item.identity, 0, part++)) * term.times;
    tell(TraceEvent::start, row.element, item.number);
    schedule(kernel::later(now(), kernel::from_seconds(work)), EventKind::plain_done, index, slot);
}

void State::plain_leave(const PlainItem& item, Index from) {
    const PlainStageRow& row = model_->plain.stages[from];
    if (row.heard.latency) meter_.observe_latency(row.element, now(), item.entered, nullptr, item.load, 0);
    if (row.heard.completed) meter_.count(row.element, Metric::completed, item.load);
    if (row.heard.attempts) meter_.observe_number(row.element, Metric::attempts, 1, item.load, 0);
    if (row.heard.backoff) meter_.observe(row.element, Metric::backoff, 0, item.load, 0);
}

void State::plain_out(const PlainItem& item, bool lost) {
    tell(TraceEvent::leave, no_element, item.number);
    if (!lost && model_->plain.loads_heard[item.load]) observe_done(item.born, item.load);
    --plain_present_;
    --open_arrivals_;
    --loads_[item.load].open;
}

void State::measure_plain(Index index) {
    const PlainStageRow& row = model_->plain.stages[index];
    const PlainStage& stage = plain_[index];
    const auto busy = static_cast<double>(stage.busy), waiting = static_cast<double>(stage.line.size());
    for (const Index probe : row.levels.present) meter_.set_level(probe, now(), busy + waiting);
    for (const Index probe : row.levels.waiting) meter_.set_level(probe, now(), waiting);
    if (stage.capacity != unlimited)
        for (const Index probe : row.levels.utilisation)
            meter_.set_level(probe, now(), std::min(1.0, busy / static_cast<double>(stage.capacity)));
    if (row.levels.others) {
        show_plain(index);
        refresh(row.element);
    }
}

void State::measure_plain_system() {
    const PlainLevels& levels = model_->plain.system;
    for (const Index probe : levels.present)
        meter_.set_level(probe, now(), static_cast<double>(open_arrivals_));
    if (levels.others) refresh_system();
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
