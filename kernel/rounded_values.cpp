#include "kernel/rounded_values.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace understudy::kernel {

namespace {

struct GaussNode {
    double at, weight;  // on 0..1
};
constexpr std::array<GaussNode, 6> gauss_nodes = {{{0.5 - 0.932469514203152 / 2, 0.171324492379170 / 2},
                                                   {0.5 - 0.661209386466265 / 2, 0.360761573048139 / 2},
                                                   {0.5 - 0.238619186083197 / 2, 0.467913934572691 / 2},
                                                   {0.5 + 0.238619186083197 / 2, 0.467913934572691 / 2},
                                                   {0.5 + 0.661209386466265 / 2, 0.360761573048139 / 2},
                                                   {0.5 + 0.932469514203152 / 2, 0.171324492379170 / 2}}};

}  // namespace

RoundedValues::RoundedValues(const std::map<double, double>& counts, double unit, Rounding rounding)
    : unit_(unit), log_unit_(exact::log(unit)), rounding_(rounding) {
    for (const auto& [value, count] : counts) cells_.push_back({value, count});
    const std::size_t none = cells_.size();
    // From `low`, `length` long, with the cells to the left and to the right of it.
    const auto integrate = [&](double low, double length, std::size_t left, std::size_t right) {
        for (const GaussNode& gauss : gauss_nodes) {
            Node node;
            // At 0 a density may have no value, or change without end: more nodes there.
            const bool first = low <= 0;
            const double part = first ? gauss.at * gauss.at * gauss.at : gauss.at;
            const double weight = length * gauss.weight * (first ? 3 * gauss.at * gauss.at : 1);
            node.x = std::max(low, 0.0) + length * part;
            node.log_x = exact::log(node.x);
            node.left = left;
            node.right = right;
            node.is_first = first;
            if (rounding_ == Rounding::nearest) {
                node.to_left = weight;
            } else {
                node.to_left = weight * (1 - part);
                node.to_right = weight * part;
            }
            nodes_.push_back(node);
        }
    };
    for (std::size_t i = 0; i < cells_.size(); ++i) {
        const double value = cells_[i].value;
        if (rounding_ == Rounding::nearest) {
            const double low = std::max(0.0, value - unit / 2);
            integrate(low, value + unit / 2 - low, i, none);
            continue;
        }
        const auto is_next = [&](double from, double to) { return to - from < 1.5 * unit; };
        if (value > 0.5 * unit && (i == 0 || !is_next(cells_[i - 1].value, value)))
            integrate(std::fabs(value - unit) < 1e-6 * unit ? 0 : value - unit, unit, none, i);
        integrate(value, unit, i, i + 1 < none && is_next(value, cells_[i + 1].value) ? i + 1 : none);
    }
}

double RoundedValues::below(double distance) const {
    const double t = std::clamp(distance / reach(), -1.0, 1.0);
    if (rounding_ == Rounding::nearest) return (1 + t) / 2;
    return t < 0 ? (1 + t) * (1 + t) / 2 : 1 - (1 - t) * (1 - t) / 2;
}

}  // namespace understudy::kernel
