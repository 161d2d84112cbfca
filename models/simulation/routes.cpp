// Routes: which of several streams an item goes to, or how it is divided among them.
#include <algorithm>
#include <bit>
#include <cmath>

#include "models/simulation/shortest.h"
#include "models/simulation/state.h"

namespace understudy::models {

using kernel::Purpose;

double State::share_up_to(const Outlet& outlet, std::size_t target) const {
    return outlet.edited == none ? outlet.cumulative[target]
                                 : parameters_.numbers[outlet.edited + static_cast<Index>(target)];
}

double State::value_of(const Outlet& outlet, Index index) const {
    if (outlet.field != none) return field(index, outlet.field);
    const Item& item = items_[index];
    switch (outlet.attribute) {
        case Outlet::Of::records: return item.records;
        case Outlet::Of::size: return item.size;
        case Outlet::Of::key: return item.key;
        case Outlet::Of::priority: return item.priority;
    }
    return 0;
}

std::size_t State::target_of(const Outlet& outlet, Index element, Index index) {
    const std::size_t targets = outlet.streams.size();
    const Item& item = items_[index];
    const auto drawn = [&](std::size_t among) {
        const double u = uniform(element, Purpose::route, item.identity, item.attempt, 0);
        return std::min(static_cast<std::size_t>(u * static_cast<double>(among)), among - 1);
    };
    const auto chosen = [&](auto choose) {
        const double target = choice(element, Purpose::route, item.identity, item.attempt,
                                     [&] { return static_cast<double>(choose()); });
        return static_cast<std::size_t>(std::clamp(target, 0.0, static_cast<double>(targets - 1)));
    };
    switch (outlet.rule) {
        case Writes::Rule::round_robin: {
            const Element& names = model_->elements[element];
            std::uint64_t& dealt =
                names.stage != none ? stages_[names.stage].dealt : loads_[names.load].dealt;
            return dealt++ % targets;
        }
        case Writes::Rule::key: return kernel::mix_bits(std::bit_cast<std::uint64_t>(item.key)) % targets;
        case Writes::Rule::by_class: {
            const Index target = item.load == none ? none : outlet.by_load[item.load];
            kernel::require(target != none, "an item's load has no way");
            return target;
        }
        case Writes::Rule::by_value: {
            const Cut at{value_of(outlet, index), false};
            const auto beyond =
                std::upper_bound(outlet.by_value.begin(), outlet.by_value.end(), at,
                                 [](const Cut& cut, const auto& way) { return cut < way.first; });
            return beyond == outlet.by_value.begin() ? beyond->second : std::prev(beyond)->second;
        }
        case Writes::Rule::shortest: {
            Shortest of_all;
            for (std::size_t target = 0; target < targets; ++target)
                of_all.offer(target, present_behind(outlet.streams[target]));
            const std::vector<std::size_t>& shortest = of_all.all();
            if (shortest.size() == 1) return shortest.front();
            return chosen([&] { return shortest[drawn(shortest.size())]; });
        }
        default:
            return chosen([&] {
                const bool by_key = outlet.attribute == Outlet::Of::key;
                const double u =
                    by_key ? uniform(element, Purpose::route, std::bit_cast<std::uint64_t>(item.key), 0, 0)
                           : uniform(element, Purpose::route, item.identity, item.attempt, 0);
                std::size_t target = 0;
                while (target + 1 < targets && u >= share_up_to(outlet, target)) ++target;
                return target;
            });
    }
}

std::int64_t State::present_behind(Index stream) const {
    std::int64_t present = 0;
    if (stream != none)
        for (const Index reader : model_->streams[stream].readers)
            present += stages_[reader].gathering + stages_[reader].waiting + stages_[reader].working;
    return present;
}

void State::split(const Outlet& outlet, Index element, Index index, Index holding) {
    const double records = items_[index].records, size = items_[index].size;
    const std::uint64_t identity = items_[index].identity;
    // Records are whole: of less than one, a stream gets one as often as that. So a loop through which ever fewer of
    // them go comes to an end.
    const double rest = choice(element, Purpose::route, identity, items_[index].attempt, [&] {
        return uniform(element, Purpose::route, identity, items_[index].attempt, 0);
    });
    std::vector<Index> parts(outlet.streams.size(), none);
    bool used = false;
    double before = 0, dealt = 0;
    for (std::size_t target = 0; target < outlet.streams.size(); ++target) {
        const double up_to = share_up_to(outlet, target), share = up_to - before;
        before = up_to;
        const double whole = std::floor(records * up_to + rest) - dealt;
        dealt += whole;
        if ((records > 0 ? whole : share) <= 0) continue;
        const Index part = used ? copy_item(index) : index;
        used = true;
        const Index stream = outlet.streams[target];
        Item& row = items_[part];
        row.records = whole;
        row.size = size * (records > 0 ? whole / records : share);
        // Of each its own draws, however the others go on.
        row.identity = kernel::mix_bits(identity ^ (stream == none ? 0 : model_->streams[stream].name_hash));
        parts[target] = part;
    }
    if (!used) return item_done(index);
    part_copies(outlet.copies, identity, parts);
    for (std::size_t target = 0; target < parts.size(); ++target)
        if (parts[target] != none) put(outlet.streams[target], parts[target], holding);
}

}  // namespace understudy::models
