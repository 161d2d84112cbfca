// What the plain path has counted, for the meter: item by item where a probe asks for more than sums, else in totals
// whenever the meter is to start anew, to take a sample, to be looked at or to answer; and as counts of the full path's rows.
#include "models/simulation/state.h"

namespace understudy::models {

void State::hear(const PlainEar& ear, Index element, Metric metric, Time value, Index load) {
    if (ear.quantiles != none) meter_.add_to_quantiles(ear.quantiles, value);
    if (ear.anybody) meter_.observe(element, metric, value, load, 0);
}

void State::hear(const PlainEar& ear, Index element, Metric metric, Index load) {
    if (ear.anybody) meter_.count(element, metric, load);
}

void State::tell_arrival(const PlainItem& item) {
    hear(model_->plain.system_ears.arrived, none, Metric::arrived, item.load);
    hear(model_->plain.loads[item.load].ears.arrived, model_->loads[item.load].element, Metric::arrived,
         item.load);
}

void State::tell_enter(const PlainStageRow& row, const PlainItem& item, bool full) {
    hear(row.ears.arrived, row.element, Metric::arrived, item.load);
    if (!full) return;
    hear(row.ears.dropped, row.element, Metric::dropped, item.load);
    hear(row.ears.lost, row.element, Metric::lost, item.load);
}

void State::tell_start(const PlainStageRow& row, const PlainItem& item) {
    hear(row.ears.wait, row.element, Metric::wait, now() - item.entered, item.load);
    if (now() > item.entered) hear(row.ears.waited, row.element, Metric::waited, item.load);
}

void State::note_start(Index item) {
    if (plain_started_.size() < plain_items_.size()) plain_started_.resize(plain_items_.size());
    plain_started_[item] = now();
}

void State::tell_service(const PlainStageRow& row, Index item) {
    hear(row.ears.service, row.element, Metric::service, now() - plain_started_[item],
         plain_items_[item].load);
}

void State::tell_leave(const PlainStageRow& row, const PlainItem& item, Time entered) {
    if (row.ears.latency.anybody) meter_.observe_latency(row.element, now(), entered, nullptr, item.load, 0);
    hear(row.ears.completed, row.element, Metric::completed, item.load);
    hear(row.ears.attempts, row.element, Metric::attempts, 1, item.load);
    hear(row.ears.backoff, row.element, Metric::backoff, 0, item.load);
}

void State::tell_out(const PlainItem& item, bool lost) {
    const PlainEars& all = model_->plain.system_ears;
    if (lost) return hear(all.lost, none, Metric::lost, item.load);
    const PlainEars& own = model_->plain.loads[item.load].ears;
    const Index element = model_->loads[item.load].element;
    const Time latency = now() - item.born;
    if (all.latency.anybody) meter_.observe(none, Metric::latency, latency, item.load, 0);
    hear(all.end, none, Metric::end, now(), item.load);
    hear(all.completed, none, Metric::completed, item.load);
    if (own.latency.anybody) meter_.observe(element, Metric::latency, latency, item.load, 0);
    hear(own.end, element, Metric::end, now(), item.load);
    hear(own.completed, element, Metric::completed, item.load);
}

void State::take_plain_levels() {
    const auto area = [&](Index probe, Whole amount) {
        if (probe != none) meter_.add_to_area(probe, amount);
    };
    for (std::size_t i = 0; i < plain_.size(); ++i) {
        const PlainLevels& levels = model_->plain.stages[i].levels;
        const PlainStage& stage = plain_[i];
        PlainStageRest& rest = plain_rests_[i];
        auto& taken = rest.taken;
        const auto waiting = static_cast<std::int64_t>(stage.line.size());
        const Whole in_line = taken.in_line.fresh(stage.in_line.integral(now(), waiting));
        const Whole at_work = taken.at_work.fresh(stage.at_work.integral(now(), rest.busy(stage)));
        area(levels.present, in_line + at_work);
        area(levels.waiting, in_line);
        if (pools_[model_->plain.stages[i].pool].capacity != unlimited) area(levels.utilisation, at_work);
    }
    for (Index i = 0; i < plain_loads_.size(); ++i)
        if (is_plain(i))
            area(model_->plain.system_levels.present,
                 plain_loads_[i].taken.present.fresh(
                     plain_loads_[i].present.integral(now(), open_arrivals(i))));
}

template <class Visit>
void State::for_each_waiting(Visit visit) const {
    std::vector<bool> at_work(plain_items_.size());
    simulation_->pending().for_each([&](Time, Event event) {
        if (event.kind() == EventKind::plain_done) at_work[event.row()] = true;
    });
    for (Index i = 0; i < plain_items_.size(); ++i)
        if (plain_items_[i].stage != none && !at_work[i]) visit(plain_items_[i]);
}

void State::take_plain_totals() {
    if (plain_.empty()) return;
    take_plain_levels();
    const auto count = [&](const PlainEar& ear, std::uint64_t number) {
        if (ear.sum != none) meter_.add_to_count(ear.sum, number);
    };
    const auto arrivals = [&](const PlainEars& ears, std::uint64_t number) {
        count(ears.arrived, number);
        for (const Index share : ears.shares) meter_.add_to_base(share, number);
    };
    const auto sum = [&](const PlainEar& ear, std::uint64_t number, Whole total) {
        if (ear.sum != none) meter_.add_to_sum(ear.sum, number, total);
    };
    const auto quantiles = [&](const PlainEar& ear, Latencies& latencies, const Latencies::Block& block) {
        if (ear.quantiles != none) meter_.add_to_quantiles(ear.quantiles, latencies.take(block));
    };
    quantiles(model_->plain.system_ears.latency, plain_latencies_, plain_block_);
    // Whoever has come in and is not yet out has lowered the sums of moments by the instant of coming in.
    std::vector<Whole> entered(plain_.size(), 0), entered_line(plain_.size(), 0),
        born(plain_loads_.size(), 0);
    plain_items_.for_each([&](const PlainItem& item) {
        entered[item.stage] += item.entered;
        born[item.load] += item.born;
    });
    for_each_waiting([&](const PlainItem& item) { entered_line[item.stage] += item.entered; });
    for (std::size_t i = 0; i < plain_.size(); ++i) {
        const PlainEars& ears = model_->plain.stages[i].ears;
        PlainStage& stage = plain_[i];
        PlainStageRest& rest = plain_rests_[i];
        auto& taken = rest.taken;
        if (ears.latency.quantiles != none)
            meter_.add_to_quantiles(ears.latency.quantiles, rest.take(stage, plain_blocks_[i]));
        const std::uint64_t done = taken.done.fresh(stage.done);
        const std::uint64_t dropped = taken.dropped.fresh(rest.dropped);
        arrivals(ears, taken.arrived.fresh(rest.arrived(stage)));
        count(ears.dropped, dropped);
        count(ears.lost, dropped);
        count(ears.waited, taken.waited.fresh(stage.waited));
        count(ears.completed, done);
        sum(ears.wait, taken.started.fresh(rest.started(stage)),
            taken.wait.fresh(stage.in_line.moments() + entered_line[i]));
        sum(ears.latency, done,
            taken.latency.fresh(stage.in_line.moments() + stage.at_work.moments() + entered[i]));
        sum(ears.attempts, done, static_cast<Whole>(done));
        sum(ears.backoff, done, 0);
    }
    const PlainEars& all = model_->plain.system_ears;
    for (Index i = 0; i < plain_loads_.size(); ++i) {
        if (!is_plain(i)) continue;
        PlainLoad& load = plain_loads_[i];
        quantiles(model_->plain.loads[i].ears.latency, load.latencies, load.latency_block);
        const std::uint64_t arrived = load.taken.arrived.fresh(loads_[i].arrivals);
        const std::uint64_t done = load.taken.done.fresh(load.done);
        const Whole latency = load.taken.latency.fresh(load.present.moments() + born[i] - load.lost_after);
        for (const PlainEars* ears : {&all, &model_->plain.loads[i].ears}) {
            arrivals(*ears, arrived);
            count(ears->completed, done);
            sum(ears->latency, done, latency);
        }
        count(all.lost, load.taken.lost.fresh(load.lost));
    }
}

void State::count_still_waiting() {
    if (plain_.empty()) return;
    for_each_waiting([&](const PlainItem& item) {
        if (now() > item.entered)
            meter_.count(model_->plain.stages[item.stage].element, Metric::waited, item.load);
    });
}

void State::show_plain(Index index) {
    const PlainStageRow& row = model_->plain.stages[index];
    const PlainStage& stage = plain_[index];
    StageState& state = stages_[row.stage];
    state.waiting = static_cast<std::int64_t>(stage.line.size());
    state.working = state.units = plain_rests_[index].busy(stage);
    state.records = static_cast<double>(state.waiting + state.working);
    pools_[row.pool].waiting = state.waiting;
    pools_[row.pool].busy = state.working;
}

void State::show_plain() {
    for (Index i = 0; i < plain_.size(); ++i) show_plain(i);
}

}  // namespace understudy::models
