// Every key of the scenario language, once: where it stands, what it takes, its default and what it means.
//
// Unknown-key errors, enumerations, defaults, the JSON Schemas and the reference in the documentation all
// come from this table. A constant table; thread-safe.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace understudy::formats {

/// What a key takes.
enum class Takes {
    text,   ///< free text
    texts,  ///< a list of free text, or one
    name,   ///< the name of an element or stream
    names,  ///< one name or a list
    flag,   ///< true or false
    count,  ///< digits
    count_or_unlimited,
    number,  ///< fractions allowed
    duration,
    size,
    share,
    factor_share,  ///< a share that may pass 100%
    cost,
    bandwidth,
    law_duration,  ///< a law whose draws are durations, and so on
    law_number,
    law_size,
    law_any,
    choice,  ///< one word of `detail`
    schedule,
    condition,
    objectives,  ///< a list
    measures,    ///< a list
    instant,     ///< 2026-03-09T00:00
    map,         ///< a map of the place named `detail`
    map_of,      ///< names, each with a map of the place named `detail`
    list_of,     ///< a list of maps of the place named `detail`
    special,     ///< a form of its own: `example` shows it, reading.h reads it
};

struct Key {
    std::string_view name;
    Takes takes;
    std::string_view detail;    ///< choices, separated by spaces; or a place
    std::string_view standard;  ///< default as text; empty: none
    std::string_view example;   ///< how the value is written
    std::string_view about;     ///< one line for people
    bool required = false;
};

/// The keys that may stand together in one map.
struct KeyPlace {
    std::string_view name;  ///< "stage"
    std::string_view noun;  ///< "a stage", for messages
    std::vector<Key> keys;

    const Key* find(std::string_view key) const;
    std::vector<std::string> names() const;
};

/// All places of the language, those of files first: "scenario", "change", "study", "template", "twin",
/// "stage", ...
const std::vector<KeyPlace>& all_places();
/// The place must exist.
const KeyPlace& place_named(std::string_view name);

std::vector<std::string_view> choices_of(const Key& key);

}  // namespace understudy::formats
