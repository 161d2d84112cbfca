// What the plain path has counted, for the meter: item by item where a probe asks for more than sums, else in totals
// whenever the meter is to start anew, to take a sample or to answer; and as counts of the full path's rows.
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
    hear(model_->plain.load_ears[item.load].arrived, model_->loads[item.load].element, Metric::arrived,
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

void State::tell_service(const PlainStageRow& row, const PlainItem& item, Time service) {
    hear(row.ears.service, row.element, Metric::service, service, item.load);
}

void State::tell_leave(const PlainStageRow& row, const PlainItem& item) {
    if (row.ears.latency.anybody)
        meter_.observe_latency(row.element, now(), item.entered, nullptr, item.load, 0);
    hear(row.ears.completed, row.element, Metric::completed, item.load);
    hear(row.ears.attempts, row.element, Metric::attempts, 1, item.load);
    hear(row.ears.backoff, row.element, Metric::backoff, 0, item.load);
}

void State::tell_out(const PlainItem& item, bool lost) {
    const PlainEars& all = model_->plain.system_ears;
    if (lost) return hear(all.lost, none, Metric::lost, item.load);
    const PlainEars& own = model_->plain.load_ears[item.load];
    const Index element = model_->loads[item.load].element;
    const Time latency = now() - item.born;
    if (all.latency.anybody) meter_.observe(none, Metric::latency, latency, item.load, 0);
    hear(all.end, none, Metric::end, now(), item.load);
    hear(all.completed, none, Metric::completed, item.load);
    if (own.latency.anybody) meter_.observe(element, Metric::latency, latency, item.load, 0);
    hear(own.end, element, Metric::end, now(), item.load);
    hear(own.completed, element, Metric::completed, item.load);
}

void State::take_plain_totals() {
    if (plain_.empty()) return;
    const auto count = [&](const PlainEar& ear, std::uint64_t number) {
        if (ear.sum != none) meter_.add_to_count(ear.sum, number);
    };
    const auto sum = [&](const PlainEar& ear, std::uint64_t number, Whole total) {
        if (ear.sum != none) meter_.add_to_sum(ear.sum, number, total);
    };
    const auto area = [&](Index probe, Whole amount) {
        if (probe != none) meter_.add_to_area(probe, amount);
    };
    for (std::size_t i = 0; i < plain_.size(); ++i) {
        const PlainStageRow& row = model_->plain.stages[i];
        PlainStage& stage = plain_[i];
        const PlainStage::Totals totals = std::exchange(stage.totals, {});
        count(row.ears.arrived, totals.arrived);
        count(row.ears.dropped, totals.dropped);
        count(row.ears.lost, totals.dropped);
        count(row.ears.waited, totals.waited);
        count(row.ears.completed, totals.done);
        sum(row.ears.wait, totals.started, totals.wait);
        sum(row.ears.service, totals.done, totals.service);
        sum(row.ears.latency, totals.done, totals.latency);
        sum(row.ears.attempts, totals.done, static_cast<Whole>(totals.done));
        sum(row.ears.backoff, totals.done, 0);
        const Whole in_line = stage.in_line.take(now(), static_cast<std::int64_t>(stage.line.size()));
        const Whole at_work = stage.at_work.take(now(), stage.busy);
        area(row.levels.present, in_line + at_work);
        area(row.levels.waiting, in_line);
        if (stage.capacity != unlimited) area(row.levels.utilisation, at_work);
    }
    const PlainEars& all = model_->plain.system_ears;
    for (Index i = 0; i < plain_loads_.size(); ++i) {
        const PlainEars& own = model_->plain.load_ears[i];
        const PlainLoad::Totals totals = std::exchange(plain_loads_[i].totals, {});
        for (const PlainEars* ears : {&all, &own}) {
            count(ears->arrived, totals.arrived);
            count(ears->completed, totals.done);
            sum(ears->latency, totals.done, totals.latency);
            sum(ears->end, totals.done, totals.end);
        }
        count(all.lost, totals.lost);
    }
    area(model_->plain.system_levels.present,
         plain_level_.take(now(), static_cast<std::int64_t>(plain_present_)));
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
