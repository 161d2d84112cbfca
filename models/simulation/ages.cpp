// Ages: how long ago the oldest item of a stage was born, the oldest arrival that is not yet done, or the oldest item on
// its way to a dataset: in a stage, at a door, or late at its load, from where it may still come there.
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
        ages_.resize(stages_.size() + 1 + model_->aged_streams.size());
        ages_[age_row(element)].asked = true;
    };
    for (const ProbeRow& probe : model_->probes) ask(probe.measure.metric, probe.element);
    for (const ConditionRow& condition : model_->conditions)
        if (!condition.updated) ask(condition.metric, condition.element);
}

std::size_t State::age_row(Index element) const {
    if (element == none) return stages_.size();
    const Element& names = model_->elements[element];
    if (names.stage != none) return names.stage;
    for (std::size_t k = 0; k < model_->aged_streams.size(); ++k)
        if (model_->aged_streams[k].stream == names.stream) return stages_.size() + 1 + k;
    return ages_.size();
}

void State::note(std::size_t row, const Birth& birth) {
    if (!ages_[row].asked) return;
    std::vector<Birth>& heap = ages_[row].heap;
    heap.push_back(birth);
    std::push_heap(heap.begin(), heap.end(), std::greater<>{});
}

void State::note_birth(Index stage, Index row) {
    if (ages_.empty()) return;
    if (stage == none) return note(stages_.size(), {families_[row].born, 0, row});
    note(stage, {items_[row].born, items_[row].number, row});
    note_on_way(none, stage, row);
}

void State::note_on_way(Index load, Index stage, Index index) {
    if (items_[index].again) return;  // it has been there
    for (std::size_t k = 0; k < model_->aged_streams.size(); ++k) {
        const AgedStreamRow& aged = model_->aged_streams[k];
        if (load != none ? aged.loads[load] : aged.stages[stage])
            note(stages_.size() + 1 + k, {items_[index].born, items_[index].number, index});
    }
}

bool State::is_there(std::size_t row, const Birth& birth) const {
    // Where the row belongs to another arrival that was born then, its age is the same.
    if (row == stages_.size())
        return families_[birth.row].open > 0 && families_[birth.row].born == birth.born;
    const Item& item = items_[birth.row];
    if (item.where == Where::free || item.number != birth.number) return false;
    if (row < stages_.size()) return item.stage == row;
    const AgedStreamRow& aged = model_->aged_streams[row - stages_.size() - 1];
    if (item.where == Where::member) return false;  // its batch is there
    if (item.stage != none) return aged.stages[item.stage];
    if (item.where == Where::at_door) return aged.stages[item.next_stage];
    return item.load != none && aged.loads[item.load] &&
           (item.where == Where::delayed || item.where == Where::moving);
}

void State::measure_age(Index element) {
    const std::size_t row = age_row(element);
    if (row >= ages_.size() || !ages_[row].asked) return;
    Births& births = ages_[row];
    std::vector<Birth>& heap = births.heap;
    const auto left = [&](const Birth& birth) { return !is_there(row, birth); };
    while (!heap.empty() && left(heap.front())) {
        std::pop_heap(heap.begin(), heap.end(), std::greater<>{});
        heap.pop_back();
    }
    if (heap.size() > births.tidy_at) {
        std::erase_if(heap, left);
        // Who has come to several stages on its way stands there several times.
        std::sort(heap.begin(), heap.end());
        heap.erase(std::unique(heap.begin(), heap.end()), heap.end());
        births.tidy_at = std::max<std::size_t>(64, 2 * heap.size());
    }
    meter_.oldest(element, now(), heap.empty() ? kernel::never : heap.front().born);
}

Time State::oldest(Index element) const {
    const std::size_t row = ages_.empty() ? 0 : age_row(element);
    if (row >= ages_.size()) return kernel::never;
    const std::vector<Birth>& heap = ages_[row].heap;
    if (heap.empty()) return kernel::never;
    if (is_there(row, heap.front())) return heap.front().born;
    // Who has left within this event stands in front until its levels are measured.
    Time born = kernel::never;
    for (const Birth& birth : heap)
        if (is_there(row, birth) && birth.born < born) born = birth.born;
    return born;
}

double State::age(Index element) const {
    const Time born = oldest(element);
    return born == kernel::never ? 0 : kernel::to_seconds(now() - born);
}

}  // namespace understudy::models
