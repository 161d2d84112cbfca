// Ages: how long ago the oldest item of a stage was born, or the oldest arrival that is not yet done.
//
// Births stand in a heap for each that is asked. Who leaves stays in it until everybody older has left as well, or the
// heap has become twice as large as what is there: so nothing is done when an item leaves.
#include <algorithm>
#include <functional>

#include "models/simulation/state.h"

namespace understudy::models {

void State::start_ages() {
    const auto ask = [&](Metric metric, Index element) {
        if (metric != Metric::age) return;
        ages_.resize(stages_.size() + 1);
        ages_[age_row(element == none ? none : model_->elements[element].stage)].asked = true;
    };
    for (const ProbeRow& probe : model_->probes) ask(probe.measure.metric, probe.element);
    for (const ConditionRow& condition : model_->conditions)
        if (!condition.updated) ask(condition.metric, condition.element);
}

void State::note_birth(Index stage, Index row) {
    if (ages_.empty() || !ages_[age_row(stage)].asked) return;
    Births& births = ages_[age_row(stage)];
    const Birth birth =
        stage == none ? Birth{families_[row].born, 0, row} : Birth{items_[row].born, items_[row].number, row};
    births.heap.push_back(birth);
    std::push_heap(births.heap.begin(), births.heap.end(), std::greater<>{});
}

bool State::is_there(Index stage, const Birth& birth) const {
    // Where the row belongs to another arrival that was born then, its age is the same.
    if (stage == none) return families_[birth.row].open > 0 && families_[birth.row].born == birth.born;
    const Item& item = items_[birth.row];
    return item.where != Where::free && item.stage == stage && item.number == birth.number;
}

void State::measure_age(Index element) {
    const Index stage = element == none ? none : model_->elements[element].stage;
    if ((element != none && stage == none) || !ages_[age_row(stage)].asked) return;
    Births& births = ages_[age_row(stage)];
    std::vector<Birth>& heap = births.heap;
    const auto left = [&](const Birth& birth) { return !is_there(stage, birth); };
    while (!heap.empty() && left(heap.front())) {
        std::pop_heap(heap.begin(), heap.end(), std::greater<>{});
        heap.pop_back();
    }
    if (heap.size() > births.tidy_at) {
        std::erase_if(heap, left);
        std::make_heap(heap.begin(), heap.end(), std::greater<>{});
        births.tidy_at = std::max<std::size_t>(64, 2 * heap.size());
    }
    meter_.oldest(element, now(), heap.empty() ? -1 : heap.front().born);
}

Time State::oldest(Index stage) const {
    if (ages_.empty()) return -1;
    const std::vector<Birth>& heap = ages_[age_row(stage)].heap;
    if (heap.empty()) return -1;
    if (is_there(stage, heap.front())) return heap.front().born;
    // Who has left within this event stands in front until its levels are measured.
    Time born = -1;
    for (const Birth& birth : heap)
        if (is_there(stage, birth) && (born < 0 || birth.born < born)) born = birth.born;
    return born;
}

double State::age(Index stage) const {
    const Time born = oldest(stage);
    return born < 0 ? 0 : kernel::to_seconds(now() - born);
}

}  // namespace understudy::models
