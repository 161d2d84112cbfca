// How the rows of the key table are written (keys_*.cpp only).
#pragma once

#include "tools/formats/language/keys.h"

namespace understudy::formats::rows {

struct Options {
    std::string_view detail = {}, standard = {}, example = {};
    bool required = false;
};

inline Key key(std::string_view name, Takes takes, std::string_view about, Options o = {}) {
    return {name, takes, o.detail, o.standard, o.example, about, o.required};
}

/// Appends keys to a list.
inline std::vector<Key> join(std::vector<Key> first, const std::vector<Key>& second) {
    first.insert(first.end(), second.begin(), second.end());
    return first;
}

std::vector<Key> common_keys();  ///< of every element

std::vector<KeyPlace> file_places();
std::vector<KeyPlace> worker_places();
std::vector<KeyPlace> stage_places();
std::vector<KeyPlace> pipeline_places();
std::vector<KeyPlace> load_places();
std::vector<KeyPlace> change_places();
std::vector<KeyPlace> study_places();
std::vector<KeyPlace> policy_places();

}  // namespace understudy::formats::rows
