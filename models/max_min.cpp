#include "models/max_min.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <numeric>
#include <queue>
#include <utility>

namespace understudy::models {

namespace {

/// The classes that cross each resource, in order.
class Crossing {
public:
    Crossing(std::span<const FlowClass> classes, std::size_t resources) : begins_(resources + 1, 0) {
        for (const FlowClass& one : classes)
            each(one, [&](std::uint32_t resource) { ++begins_[resource + 1]; });
        std::partial_sum(begins_.begin(), begins_.end(), begins_.begin());
        classes_.resize(begins_.back());
        std::vector<std::size_t> next(begins_.begin(), begins_.end() - 1);
        for (std::size_t i = 0; i < classes.size(); ++i)
            each(classes[i], [&](std::uint32_t resource) { classes_[next[resource]++] = i; });
    }
    std::span<const std::size_t> of(std::size_t resource) const {
        return std::span(classes_).subspan(begins_[resource], begins_[resource + 1] - begins_[resource]);
    }
    /// Of a class with flows.
    template <class What>
    static void each(const FlowClass& one, const What& what) {
        if (one.flows <= 0) return;
        if (one.first != FlowClass::nothing) what(one.first);
        if (one.second != FlowClass::nothing) what(one.second);
    }

private:
    std::vector<std::size_t> begins_, classes_;
};

}  // namespace

void max_min_rates(std::span<const FlowClass> classes, std::span<const double> capacities,
                   std::vector<double>& rates) {
    rates.assign(classes.size(), 0);
    const Crossing crossing(classes, capacities.size());
    std::vector<double> left(capacities.begin(), capacities.end());
    std::vector<std::int64_t> flows(capacities.size(), 0);
    std::vector<bool> open(classes.size(), false);
    for (std::size_t i = 0; i < classes.size(); ++i) {
        if (classes[i].flows <= 0) continue;
        open[i] = true;
        rates[i] = INFINITY;
        Crossing::each(classes[i], [&](std::uint32_t resource) { flows[resource] += classes[i].flows; });
    }
    // The least share first, of equal ones the first resource. A share that has changed since is in it once more.
    using Share = std::pair<double, std::size_t>;
    std::vector<Share> start;
    const auto share_of = [&](std::size_t r) { return left[r] / static_cast<double>(flows[r]); };
    for (std::size_t r = 0; r < capacities.size(); ++r)
        if (flows[r] > 0) start.emplace_back(share_of(r), r);
    std::priority_queue shares(std::greater<>(), std::move(start));
    for (; !shares.empty();) {
        const auto [least, tightest] = shares.top();
        shares.pop();
        if (flows[tightest] <= 0 || share_of(tightest) != least || !(least < INFINITY)) continue;
        for (const std::size_t i : crossing.of(tightest)) {
            if (!open[i]) continue;
            open[i] = false;
            rates[i] = least;
            Crossing::each(classes[i], [&](std::uint32_t resource) {
                flows[resource] -= classes[i].flows;
                left[resource] =
                    std::max(0.0, left[resource] - least * static_cast<double>(classes[i].flows));
                if (resource != tightest && flows[resource] > 0) shares.emplace(share_of(resource), resource);
            });
        }
    }
}

}  // namespace understudy::models
