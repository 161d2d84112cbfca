#include "tools/studies/present_watch.h"

namespace understudy::studies {

PresentThings present_things(const models::Model& model) {
    PresentThings things;
    if (!model.initial) return things;
    for (const models::ElementState& state : model.initial->elements) {
        const models::Index element = model.element_named(state.element);
        const models::Element& names = model.elements[element];
        if (names.pipeline != models::none && !state.runs.empty()) things.runs[element] = state.runs.size();
        if (names.stage == models::none || state.items.empty()) continue;
        if (model.stages[names.stage].join != models::none) continue;
        for (const models::PresentItems& items : state.items) things.items[element] += items.items;
    }
    return things;
}

PresentWatch::PresentWatch(const PresentThings& things) {
    for (const auto& [element, count] : things.items) items_[element].to_come = count;
}

kernel::Time PresentWatch::drained(models::Index stage) const {
    const auto found = items_.find(stage);
    return found == items_.end() ? kernel::never : found->second.drained;
}

void PresentWatch::heard(const models::TraceRow& row) {
    using models::TraceEvent;
    switch (row.event) {
        case TraceEvent::due: runs_[{row.element, row.item}].due = row.time; return;
        case TraceEvent::end: {
            RunSeen& run = runs_[{row.element, row.item}];
            run.end = row.time;
            run.failed = row.value == 0;
            return;
        }
        case TraceEvent::enter:
        case TraceEvent::finish:
        case TraceEvent::drop:
        case TraceEvent::expire:
        case TraceEvent::give_up:
        case TraceEvent::member: break;
        default: return;
    }
    const auto found = items_.find(row.element);
    if (found == items_.end()) return;
    Items& items = found->second;
    if (row.event == TraceEvent::enter) {
        if (items.to_come == 0) return;
        --items.to_come;
        items.there.insert(row.item);
        return;
    }
    if (items.there.erase(row.item) == 0) return;
    if (row.event == TraceEvent::member)
        items.there.insert(static_cast<std::uint64_t>(row.value));
    else if (items.there.empty() && items.to_come == 0)
        items.drained = row.time;
}

}  // namespace understudy::studies
