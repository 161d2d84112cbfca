#include "tools/formats/json/state_counts.h"

#include <nlohmann/json.hpp>

namespace understudy::formats {

namespace {

using StateJson = nlohmann::ordered_json;

StateCount count_of(const models::ElementState& state) {
    StateCount count;
    for (const models::PresentItems& items : state.items)
        (items.where == models::PresentItems::Where::waiting   ? count.waiting
         : items.where == models::PresentItems::Where::working ? count.working
                                                               : count.retrying) += items.items;
    count.runs = std::ssize(state.runs);
    count.newest = state.newest;
    count.landed = state.records.value_or(0);
    for (const auto& [task, unread] : state.unread)
        for (const auto& [dataset, amount] : unread) count.unread += amount.records;
    return count;
}

StateJson count_json(const StateCount& count) {
    StateJson json = {{"waiting", count.waiting},
                      {"working", count.working},
                      {"retrying", count.retrying},
                      {"runs", count.runs}};
    if (count.newest) json["newest_s"] = kernel::to_seconds(*count.newest);
    if (count.landed > 0) json["landed_records"] = count.landed;
    if (count.unread > 0) json["unread_records"] = count.unread;
    return json;
}

}  // namespace

std::map<std::string, std::pair<StateCount, StateCount>> state_counts(const models::InitialState& before,
                                                                      const models::InitialState& after) {
    std::map<std::string, std::pair<StateCount, StateCount>> counts;
    for (const models::ElementState& state : before.elements) counts[state.element].first = count_of(state);
    for (const models::ElementState& state : after.elements) counts[state.element].second = count_of(state);
    return counts;
}

nlohmann::ordered_json state_counts_as_json(const models::InitialState& before,
                                            const models::InitialState& after) {
    StateJson elements = StateJson::array();
    for (const auto& [name, counts] : state_counts(before, after))
        elements.push_back(
            {{"name", name}, {"before", count_json(counts.first)}, {"now", count_json(counts.second)}});
    return elements;
}

nlohmann::ordered_json state_counts_as_json(const models::InitialState& state) {
    StateJson elements = StateJson::array();
    for (const auto& [name, counts] : state_counts({}, state)) {
        StateJson element = {{"name", name}};
        element.update(count_json(counts.second));
        elements.push_back(std::move(element));
    }
    return elements;
}

}  // namespace understudy::formats
