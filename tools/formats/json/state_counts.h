// How much of a state there is of each element, of one state or of two side by side. Pure, thread-safe.
#pragma once

#include <cstdint>
#include <map>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <utility>

#include "models/initial_state.h"

namespace understudy::formats {

/// How much of a state there is of one element.
struct StateCount {
    std::int64_t waiting = 0, working = 0, retrying = 0, runs = 0;
    std::optional<kernel::Time> newest;
    double landed = 0;  ///< records of a dataset, as far as that is told
    double unread = 0;  ///< records that tasks of a pipeline have to read, of all datasets together
    bool operator==(const StateCount&) const = default;
};
/// By element, those of both states.
std::map<std::string, std::pair<StateCount, StateCount>> state_counts(const models::InitialState& before,
                                                                      const models::InitialState& after);

/// `elements` of docs/file-formats.md, "JSON of twin sync".
nlohmann::ordered_json state_counts_as_json(const models::InitialState& before,
                                            const models::InitialState& after);
/// `state` of "JSON of twin show": of one state.
nlohmann::ordered_json state_counts_as_json(const models::InitialState& state);

}  // namespace understudy::formats
