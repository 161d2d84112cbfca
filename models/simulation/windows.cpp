// Windows: batches of spans of time, by the births of their items.
//
// A window closes by the clock, `lateness` after its end, and only if something came. An item belongs to every span
// that covers its birth, and is copied into those that are still open; it is late if all of them have closed.
#include <algorithm>

#include "models/simulation/state.h"

namespace understudy::models {

void State::gather_window(Index index, Time since) {
    const Index stage = items_[index].stage;
    const WindowRow& window = model_->windows[model_->stages[stage].window];
    StageState& state = stages_[stage];
    const Time born = items_[index].born;
    const double key = window.by_key ? items_[index].key : 0;
    const Index partition = model_->stages[stage].partitions > 0 ? items_[index].lane : 0;
    const auto closes = [&](std::int64_t span) {
        return kernel::later(kernel::later(span * window.every, window.size), window.lateness);
    };
    std::vector<std::int64_t> open;
    for (std::int64_t span = born / window.every; span * window.every + window.size > born; --span)
        if (closes(span) >= now()) open.push_back(span);
    if (open.empty()) return lose(index, TraceEvent::expire, Loss::late);
    std::vector<Index> copies = {index};
    for (std::size_t i = 1; i < open.size(); ++i) {
        const Index copy = copy_item(index);
        Item& row = items_[copy];
        row.stage = stage;
        note_birth(stage, copy);
        row.identity = kernel::mix_bits(row.identity + static_cast<std::uint64_t>(open[i]));
        ++state.arrived;
        state.records += row.entered_records;
        copies.push_back(copy);
    }
    for (std::size_t i = 0; i < open.size(); ++i) {
        const std::tuple at(open[i], key, partition);
        Forming& forming = state.windows[at];
        gather_into(forming, copies[i], since, closes(open[i]));
        state.window_numbers[forming.number] = at;
    }
}

bool State::closes_now(Index stage) const {
    const WindowRow& row = model_->windows[model_->stages[stage].window];
    const auto& windows = stages_[stage].windows;
    if (windows.empty()) return false;
    const std::int64_t first = std::get<0>(windows.begin()->first);
    return kernel::later(kernel::later(first * row.every, row.size), row.lateness) == now();
}

void State::close_window(Index stage, std::uint32_t number) {
    StageState& state = stages_[stage];
    const auto named = state.window_numbers.find(number);
    const auto window = state.windows.find(named->second);
    // What windows before it put together at this instant belongs in it: these close first.
    const auto& before = model_->windows[model_->stages[stage].window].before;
    if (std::any_of(before.begin(), before.end(), [this](Index one) { return closes_now(one); })) {
        window->second.closing = schedule(now(), EventKind::close, stage, number);
        return;
    }
    const Forming formed = window->second;
    state.windows.erase(window);
    state.window_numbers.erase(named);
    close(stage, formed, false);
}

}  // namespace understudy::models
