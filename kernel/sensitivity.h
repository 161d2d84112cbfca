// Which factors move the outcome of a model that is itself random: designs of runs, and what follows from them.
//
// A factor is a number in (0, 1), which whoever uses this turns into a value (the quantile of a law, a place in a range).
// A design is a list of points, one coordinate a factor; the model is asked twice at each, under two independent sets of
// random numbers, and gives a Reply. All points of one row of a design have the same two sets, and rows have sets that
// are independent of each other's. Then products of the two replies have the noise in them no more, while differences
// within a row have little of it (common random numbers).
//
// Estimates are of f(x), the mean reply at x, over factors that are independent and uniform. Intervals are Student's over
// rows (of ratios: on the jackknife of the rows); they are not cut to what a share can be, so that who averages them is
// not misled. What cannot be said is an empty optional: fewer rows than the least, or an outcome that does not vary.
// Coverage: tests/kernel/sensitivity.cpp. Pure functions, thread-safe, the same bytes everywhere.
//
// Sources: first-order indices, Saltelli et al. 2010 (Computer Physics Communications 181, table 2, eq. b); total
// indices, Jansen 1999 (ibid. 117); elementary effects, Morris 1991 (Technometrics 33:2) with the mean of absolute
// values, Campolongo, Cariboni and Saltelli 2007 (Environmental Modelling & Software 22).
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "kernel/intervals.h"

namespace understudy::kernel {

/// The same point under two independent sets of random numbers; finite.
struct Reply {
    double first = 0, second = 0;
};

/// Rows of points, row after row.
struct Design {
    std::size_t factors = 0;
    std::size_t points_of_row = 0;
    std::vector<std::vector<double>> points;

    std::size_t rows() const { return points_of_row == 0 ? 0 : points.size() / points_of_row; }
};

/// Morris: of fewer rows all may have seen the same of a factor that acts in two ways, and be sure of it.
inline constexpr std::size_t least_sobol_rows = 30, least_morris_rows = 6;

/// A row: a point, another, and the first with one coordinate of the other, for each factor. At least one factor.
Design sobol_design(std::size_t factors, std::size_t rows, std::uint64_t seed);

struct SobolIndices {
    /// Of the variance of f, the share that goes with one factor alone, and the share that goes with it in any way; by
    /// factor.
    std::vector<Estimate> first, total;
    Estimate noise;     ///< share of a single reply's variance that no factor has a part in; 0 to 1
    Estimate mean;      ///< of f
    Estimate variance;  ///< of f; above 0
};
/// `replies` in the order of the design's points. Empty too where f varies so little that nothing can be said of its
/// variance but that it may be 0.
std::optional<SobolIndices> sobol_indices(const Design& design, std::span<const Reply> replies, double level);

/// A row: a way from one point of a grid of four levels to another, one factor a step, each once, in random order.
Design morris_design(std::size_t factors, std::size_t rows, std::uint64_t seed);

struct ElementaryEffects {
    Estimate mean;  ///< of (change of f) / (change of the factor, whose whole range is 1)
    /// How much the factor matters: the mean of their absolute values, which noise makes larger. The interval is of that of
    /// f itself, and holds it at least as often as it says.
    Estimate magnitude;
    double standard_deviation =
        0;  ///< without noise: it acts along a curve, or together with others; 0 to infinity
};
/// By factor.
std::optional<std::vector<ElementaryEffects>> elementary_effects(const Design& design,
                                                                 std::span<const Reply> replies,
                                                                 double level);

}  // namespace understudy::kernel
