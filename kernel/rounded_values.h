// Values that were rounded, in a likelihood: the probability that a law gives what was seen, where a density would tell
// of the rounding instead of the law.
//
// Two ways to come by whole units: a value is rounded to the nearest (so it lies within half a unit), or it is the
// difference of two instants that were both cut to whole units, as a duration in a log of whole seconds is: 3 s may have
// been 2.1 and 3.9, each less likely the further away it is (a triangle over two units, where the instants may be
// anywhere within theirs; Sheppard 1898, Proc. London Math. Soc. 29, on grouped values).
//
// The likelihood is that of densities times the unit, so that both can stand in one sum and be compared. Densities are
// integrated by Gauss and Legendre's rule with six nodes a unit, which is exact to 1e-3 and better for laws whose
// deviation is a fifth of a unit and more. Pure, thread-safe, the same bytes everywhere.
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <map>
#include <vector>

#include "kernel/exact_math.h"

namespace understudy::kernel {

enum class Rounding : std::uint8_t {
    nearest,    ///< the value itself was
    both_ends,  ///< the difference of two instants that were
};

class RoundedValues {
public:
    struct Cell {
        double value = 0, count = 0;
    };

    RoundedValues() = default;
    /// How often each multiple of the unit was seen.
    RoundedValues(const std::map<double, double>& counts, double unit, Rounding rounding);

    bool empty() const { return cells_.empty(); }
    const std::vector<Cell>& cells() const { return cells_; }
    double unit() const { return unit_; }
    /// A value lies so far from what was seen, at most.
    double reach() const { return rounding_ == Rounding::nearest ? unit_ / 2 : unit_; }
    /// The share of the rounding's law that lies below, at a distance from what was seen.
    double below(double distance) const;

    /// Of a law by the logarithm of its density, `log_density(x, log x)`. `first`: the probability of at most reach(), of a
    /// law whose density may be infinite at 0; NaN for others.
    template <class LogDensity>
    double of_density(const LogDensity& log_density, double first) const {
        std::vector<double> probabilities(cells_.size(), 0.0);
        double beside = 0;  // of what the first cell has not of the first unit
        for (const Node& node : nodes_) {
            const double density = exact::exp(log_density(node.x, node.log_x));
            if (node.left < cells_.size()) probabilities[node.left] += node.to_left * density;
            if (node.right < cells_.size()) probabilities[node.right] += node.to_right * density;
            if (node.is_first) beside += node.to_right * density;
        }
        if (!cells_.empty() && cells_.front().value == 0 && first == first)
            probabilities.front() = first - beside;
        return of_probabilities([&](std::size_t i) { return probabilities[i]; });
    }

    /// Of a law by the probability of each cell.
    template <class Probability>
    double of_probabilities(const Probability& probability) const {
        constexpr double least = 1e-300;
        double sum = 0;
        for (std::size_t i = 0; i < cells_.size(); ++i) {
            const double p = probability(i);
            sum += cells_[i].count * (exact::log(p > least ? p : least) - log_unit_);
        }
        return sum;
    }

private:
    /// Where the density is looked at, and what of it counts for the cells on both sides.
    struct Node {
        double x = 0, log_x = 0;
        std::size_t left = 0, right = 0;  ///< as many as there are cells: none
        double to_left = 0, to_right = 0;
        bool is_first = false;  ///< in the unit that begins at 0
    };

    double unit_ = 0, log_unit_ = 0;
    Rounding rounding_ = Rounding::nearest;
    std::vector<Cell> cells_;
    std::vector<Node> nodes_;
};

}  // namespace understudy::kernel
