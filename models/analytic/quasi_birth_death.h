// Quasi-birth-and-death processes in their steady state: chains of levels, such as how many are present, that move by one
// level at a time, with phases within each.
//
// Levels 0 to b have blocks of their own, of any size; from b on all are alike, and their probabilities are matrix-geometric:
// p(b + k) = p(b) R^k (Neuts 1981, theorem 3.1.1). First passages down are found by logarithmic reduction (Latouche and
// Ramaswami 1993), whose steps double how far up they may go, and the levels below by linear level reduction (Gaver, Jacobs
// and Latouche 1984). Where nothing goes up from b the chain is finite. Rates, not probabilities. Pure, thread-safe; the
// work goes with the cube of the phases.
#pragma once

#include <Eigen/Core>
#include <optional>
#include <vector>

namespace understudy::models {

struct QuasiBirthDeath {
    /// By level from 0 to b: rates to the level above, within the level (its diagonal is ignored), and to the level below
    /// (that of level 0 is ignored).
    std::vector<Eigen::MatrixXd> up, within, down;
    Eigen::MatrixXd down_again;  ///< from each level above b to the one below it
};

struct LevelLaw {
    std::vector<Eigen::VectorXd> levels;  ///< probabilities of the phases of levels 0 to b
    Eigen::MatrixXd ratio;                ///< R

    /// Of the phases, summed over all levels from b on.
    Eigen::VectorXd tail() const;
    /// Of the phases: the sum over k of k p(b + k), how far above b it is on average.
    Eigen::VectorXd above() const;
    /// The mean of a number that is `of[n]` at level n, and grows by one a level above b.
    double mean(const std::vector<double>& of) const;
    /// Probability of a level, up to where less than 1e-15 is left or `most` levels.
    std::vector<double> by_level(std::size_t most) const;
};

/// Nothing where there is no steady state, or rounding would spoil it.
std::optional<LevelLaw> solve_levels(const QuasiBirthDeath& chain);

}  // namespace understudy::models
