#include "tools/formats/language/keys.h"

#include <algorithm>
#include <stdexcept>
#include <utility>

#include "tools/formats/language/keys_rows.h"

namespace understudy::formats {

namespace rows {

std::vector<Key> common_keys() {
    return {
        key("label", Takes::text, "The element's name in the outside world; reports and matching use it",
            {.example = "s3://bucket/path"}),
        key("description", Takes::text, "What the element is, for people"),
        key("owner", Takes::text, "Who answers for it"),
        key("tags", Takes::texts, "Words to find it by", {.example = "[nightly, finance]"}),
    };
}

}  // namespace rows

const Key* KeyPlace::find(std::string_view key) const {
    for (const Key& k : keys)
        if (k.name == key) return &k;
    return nullptr;
}

std::vector<std::string> KeyPlace::names() const {
    std::vector<std::string> result;
    for (const Key& key : keys) result.emplace_back(key.name);
    return result;
}

const std::vector<KeyPlace>& all_places() {
    static const std::vector<KeyPlace> all = [] {
        std::vector<KeyPlace> places;
        for (auto part : {rows::file_places, rows::worker_places, rows::stage_places, rows::pipeline_places,
                          rows::load_places, rows::change_places, rows::study_places, rows::policy_places})
            for (KeyPlace& place : part()) places.push_back(std::move(place));
        return places;
    }();
    return all;
}

const KeyPlace& place_named(std::string_view name) {
    for (const KeyPlace& place : all_places())
        if (place.name == name) return place;
    throw std::logic_error("no place of keys is called " + std::string(name));
}

std::vector<std::string_view> choices_of(const Key& key) {
    std::vector<std::string_view> result;
    std::string_view rest = key.detail;
    while (!rest.empty()) {
        const std::size_t end = std::min(rest.find(' '), rest.size());
        result.push_back(rest.substr(0, end));
        rest.remove_prefix(std::min(end + 1, rest.size()));
    }
    return result;
}

}  // namespace understudy::formats
