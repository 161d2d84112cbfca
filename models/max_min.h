// Max-min fair rates of flows that share links: nobody can have more without one who has no more having less.
//
// By progressive filling (Bertsekas and Gallager, Data Networks, 2nd edition 1992, section 6.5.2): the resource whose
// share for each flow is the least fixes the rates of its flows; what they take is taken off the others; and so on. One
// resource alone is processor sharing. Flows that cross the same resources have one rate, and are one class here.
// Pure; thread-safe.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace understudy::models {

struct FlowClass {
    static constexpr std::uint32_t nothing = UINT32_MAX;
    std::int64_t flows = 0;  ///< how many there are of it
    /// What each of them crosses, by index into the capacities; `nothing`: no more than that.
    std::uint32_t first = nothing, second = nothing;
};

/// The rate of each flow of each class, in the unit of the capacities (which are at least 0, infinity allowed); 0 for a
/// class without flows, infinity for one that nothing limits. In time proportional to n log n of classes and
/// resources.
void max_min_rates(std::span<const FlowClass> classes, std::span<const double> capacities,
                   std::vector<double>& rates);

}  // namespace understudy::models
