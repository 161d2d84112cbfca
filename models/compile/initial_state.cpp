// What a twin still has of a state that was of another version of it.
#include <algorithm>

#include "models/compile/compiler.h"

namespace understudy::models {

namespace {

/// Has as many instances as the task has now: those that the state does not tell of stand behind.
void fill_instances(PresentTask& present, std::int64_t expand) {
    using Is = PresentTask::Is;
    if (present.is == Is::done || present.is == Is::failed || present.is == Is::skipped) return;
    std::vector<PresentItems>& groups = present.instances;
    if (expand == 1) {
        if (!groups.empty()) present.how = groups.front();
        groups.clear();
        if (present.ended > 0) present.is = present.ended_badly > 0 ? Is::failed : Is::done;
        return;
    }
    if (groups.empty() && present.ended == 0) {
        groups.push_back(present.how);
        groups.back().items = expand;
    }
    std::int64_t left = std::max<std::int64_t>(0, expand - present.ended);
    if (left == 0) {
        present.is = present.ended_badly > 0 ? Is::failed : Is::done;
        return groups.clear();
    }
    PresentItems rest;
    for (PresentItems& group : groups) {
        rest.here = rest.age = std::max(rest.here, group.here);
        group.items = std::min(group.items, left);
        left -= group.items;
    }
    std::erase_if(groups, [](const PresentItems& group) { return group.items == 0; });
    if (left == 0) return;
    rest.items = left;
    rest.records = groups.empty() ? std::nullopt : groups.front().records;
    rest.size = groups.empty() ? std::nullopt : groups.front().size;
    groups.push_back(std::move(rest));
}

}  // namespace

void Compiler::add_initial_state() {
    if (scenario.twin.state.empty()) return;
    auto state = std::make_shared<InitialState>(scenario.twin.state);
    std::erase_if(state->elements, [&](const ElementState& one) { return find(one.element) == nullptr; });
    for (ElementState& one : state->elements) {
        const Element& names = *find(one.element);
        if (names.stage == none) one.items.clear();
        if (names.pipeline == none) one.runs.clear();
        const auto keep_known = [&](PresentItems& items) {
            const Element* load = items.load.empty() ? nullptr : find(items.load);
            if (load == nullptr || load->load == none) items.load.clear();
            std::erase_if(items.fields,
                          [&](const auto& field) { return !field_by_name.contains(field.first); });
            std::erase_if(items.holds, [&](const std::string& stage) {
                const Element* from = find(stage);
                return from == nullptr || from->stage == none || !model.stages[from->stage].holds;
            });
        };
        for (PresentItems& items : one.items) {
            keep_known(items);
            for (PresentItems& inside : items.batch) keep_known(inside);
        }
        for (PresentRun& run : one.runs) {
            std::erase_if(run.tasks, [&](const PresentTask& task) {
                return find(one.element + "." + task.task) == nullptr;
            });
            for (PresentTask& task : run.tasks)
                fill_instances(task, model.stages[find(one.element + "." + task.task)->stage].expand);
            std::erase_if(run.holds, [&](const std::string& task) {
                const Element* from = find(one.element + "." + task);
                return from == nullptr || !model.stages[from->stage].holds;
            });
        }
    }
    model.initial = std::move(state);
}

}  // namespace understudy::models
