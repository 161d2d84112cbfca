#include "tools/studies/who_is_who.h"

namespace understudy::studies {

using models::Index;
using models::TraceEvent;

WhoIsWho::WhoIsWho(const models::Model& model)
    : model_(model),
      loads_(model.elements.size(), models::none),
      pipelines_(model.elements.size(), models::none),
      stages_(model.elements.size(), models::none),
      arrivals_(model.loads.size()),
      batches_(model.stages.size()) {
    for (Index i = 0; i < model.loads.size(); ++i) loads_[model.loads[i].element] = i;
    for (Index i = 0; i < model.pipelines.size(); ++i) pipelines_[model.pipelines[i].element] = i;
    for (Index i = 0; i < model.stages.size(); ++i) stages_[model.stages[i].element] = i;
}

std::optional<Known> WhoIsWho::known(std::uint64_t item) const {
    const auto found = items_.find(item);
    return found == items_.end() ? std::nullopt : std::optional(found->second);
}

void WhoIsWho::member(const models::TraceRow& row) {
    const auto whole = static_cast<std::uint64_t>(row.value);
    const Index stage = stage_of(row.element);
    if (stage == models::none) return;  // of a copied batch, which is known by what it was copied of
    if (is_task(row.element))
        items_[row.item] = {Known::Kind::run, model_.stages[stage].pipeline, whole};
    else if (!items_.contains(whole))
        items_[whole] = {Known::Kind::batch, stage, ++batches_[stage]};
}

std::optional<Known> WhoIsWho::of(const models::TraceRow& row) {
    switch (row.event) {
        case TraceEvent::arrive: {
            const Index load = load_of(row.element);
            if (load == models::none) break;
            // All that arrives at once is one arrival, told by its first item.
            if (const auto copied = unborn_.find(row.item); copied != unborn_.end()) {
                if (const auto first = known(copied->second)) items_.insert_or_assign(row.item, *first);
                unborn_.erase(copied);
            } else if (!items_.contains(row.item)) {
                items_[row.item] = {Known::Kind::item, load, ++arrivals_[load]};
            }
            break;
        }
        case TraceEvent::copy: {
            const auto original = static_cast<std::uint64_t>(row.value);
            if (const auto found = known(original))
                items_.insert_or_assign(row.item, *found);
            else
                unborn_[row.item] = original;
            break;
        }
        case TraceEvent::member: member(row); break;
        case TraceEvent::due:
        case TraceEvent::begin:
        case TraceEvent::end:
            if (const Index pipeline = pipeline_of(row.element); pipeline != models::none)
                return Known{Known::Kind::run, pipeline, row.item};
            return std::nullopt;
        case TraceEvent::skip:
        case TraceEvent::act: return std::nullopt;
        case TraceEvent::leave: {
            const auto who = known(row.item);
            items_.erase(row.item);
            unborn_.erase(row.item);
            return who;
        }
        case TraceEvent::finish:
        case TraceEvent::give_up: {
            const auto who = known(row.item);
            if (is_task(row.element)) items_.erase(row.item);  // it does not leave, it ends
            return who;
        }
        default: break;
    }
    return known(row.item);
}

}  // namespace understudy::studies
