// Which probes listen to which metric of which element: built once per model, asked at every event.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "models/measure.h"

namespace understudy::models {

struct ProbeRow;

class ProbeIndex {
public:
    ProbeIndex() = default;
    /// `elements`: number of elements of the model; probes of the whole system come under index `elements`.
    ProbeIndex(const std::vector<ProbeRow>& probes, std::size_t elements);

    /// Without those whose values another one keeps (ProbeRow::values).
    std::span<const std::uint32_t> listeners(std::uint32_t element, Metric metric) const {
        return by_metric_.at(row(element) * metrics + static_cast<std::size_t>(metric));
    }
    /// Probes of the element that follow a level or state (not freshness and age, and nothing of the past).
    std::span<const std::uint32_t> levels(std::uint32_t element) const { return levels_.at(row(element)); }
    /// Probes of the element that are a share of its arrivals (`filled` is one of its batches).
    std::span<const std::uint32_t> shares(std::uint32_t element) const { return shares_.at(row(element)); }
    /// Probes of the element, other than of levels, that have a window or an action.
    std::span<const std::uint32_t> conditional(std::uint32_t element) const {
        return conditional_.at(row(element));
    }
    /// Probes that listen to an action.
    std::span<const std::uint32_t> of_action(std::uint32_t action) const { return actions_.at(action); }

private:
    static constexpr std::size_t metrics = static_cast<std::size_t>(Metric::cost) + 1;
    /// Lists in one array, with where each begins.
    struct Lists {
        std::vector<std::uint32_t> begin = {0}, items;
        std::span<const std::uint32_t> at(std::size_t list) const {
            if (list + 1 >= begin.size()) return {};
            return {items.data() + begin[list], begin[list + 1] - begin[list]};
        }
        void build(std::size_t lists, const std::vector<std::pair<std::size_t, std::uint32_t>>& entries);
    };
    std::size_t row(std::uint32_t element) const { return element == UINT32_MAX ? elements_ : element; }

    std::size_t elements_ = 0;
    Lists by_metric_, levels_, shares_, conditional_, actions_;
};

}  // namespace understudy::models
