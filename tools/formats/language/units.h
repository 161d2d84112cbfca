// The units of the scenario language, and the spellings of other tools with ours beside them. Constant
// tables.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

namespace understudy::formats {

/// One unit is `multiplier` * 10^`shift` base units (ns for times, bytes for sizes).
struct Unit {
    std::string_view name;
    std::uint64_t multiplier;
    int shift;
    bool canonical;  ///< written by us, not only read
};
std::span<const Unit> time_units();
std::span<const Unit> size_units();
const Unit* time_unit(std::string_view name);
const Unit* size_unit(std::string_view name);

/// What someone who wrote this unit should write: "5m" -> "minutes are 'min'". Empty if we do not know
/// better.
std::string_view unit_hint(std::string_view unit);
/// The unit of ours for a foreign spelling of a time unit ("sec", "hours"); empty if there is none.
std::string_view time_unit_meant(std::string_view unit);

}  // namespace understudy::formats
