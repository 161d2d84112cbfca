// What has not come to its end yet, and has taken longer than a limit already: a mean or a quantile of those that came
// through says nothing of who still waits.
#include "models/simulation/state.h"

namespace understudy::models {

std::vector<Time> State::overdue(const ProbeRow& probe, Time limit, std::size_t most, Time now) const {
    std::vector<Time> ages;
    const auto add = [&](Time since, Index load) {
        if ((probe.load == none || probe.load == load) && now - since > limit) ages.push_back(now - since);
    };
    const Index stage = probe.element == none ? none : model_->elements[probe.element].stage;
    const Index pipeline = probe.element == none ? none : model_->elements[probe.element].pipeline;
    if (stage != none && probe.from_mark == none) {
        for (Index i = 0; i < items_.size() && ages.size() < most; ++i) {
            const Item& item = items_[i];
            if (item.where == Where::free || item.stage != stage || item.first_member != none) continue;
            if (probe.measure.metric == Metric::latency) add(item.entered, item.load);
            if (probe.measure.metric == Metric::wait && item.where == Where::waiting)
                add(item.queued, item.load);
        }
    } else if (pipeline != none) {
        for (Index i = 0; i < runs_.size() && ages.size() < most; ++i) {
            const RunState& run = runs_[i];
            if (run.pipeline != pipeline || (probe.measure.metric == Metric::wait && run.begun)) continue;
            add(run.due, none);
        }
    } else if (probe.measure.metric == Metric::latency) {
        const Index of = probe.element == none ? none : model_->elements[probe.element].load;
        for (Index i = 0; i < families_.size() && ages.size() < most; ++i) {
            const Family& family = families_[i];
            if (family.open == 0 || family.again || (of != none && family.load != of)) continue;
            add(family.born, family.load);
        }
    }
    return ages;
}

}  // namespace understudy::models
