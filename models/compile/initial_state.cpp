// What a twin still has of a state that was of another version of it.
#include <algorithm>

#include "models/compile/compiler.h"

namespace understudy::models {

void Compiler::add_initial_state() {
    if (scenario.twin.state.empty()) return;
    auto state = std::make_shared<InitialState>(scenario.twin.state);
    std::erase_if(state->elements, [&](const ElementState& one) { return find(one.element) == nullptr; });
    for (ElementState& one : state->elements) {
        const Element& names = *find(one.element);
        if (names.stage == none) one.items.clear();
        if (names.pipeline == none) one.runs.clear();
        for (PresentItems& items : one.items) {
            const Element* load = items.load.empty() ? nullptr : find(items.load);
            if (load == nullptr || load->load == none) items.load.clear();
            std::erase_if(items.fields,
                          [&](const auto& field) { return !field_by_name.contains(field.first); });
        }
        for (PresentRun& run : one.runs)
            std::erase_if(run.tasks, [&](const PresentTask& task) {
                return find(one.element + "." + task.task) == nullptr;
            });
    }
    model.initial = std::move(state);
}

}  // namespace understudy::models
