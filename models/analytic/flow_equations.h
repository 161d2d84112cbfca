// How much comes to each place of a network, where of each one that comes to a place so much goes on to others: x = A x + b.
//
// Where all that enters leaves in the end there is one finite answer, 1 - A being a nonsingular M-matrix (Berman and
// Plemmons 1994, Nonnegative Matrices in the Mathematical Sciences, theorem 6.2.3). Some of what enters a round of gain 1
// or more never leaves: such rounds are told apart, so that the rest of the network has its answer. Where places pass on no
// more than so much, x = A min(x, most) + b. Pure.
#pragma once

#include <Eigen/Core>
#include <set>
#include <vector>

namespace understudy::models {

/// From one place to another goes so much of each one that comes there; not negative.
struct Passed {
    int to = 0, from = 0;
    double factor = 0;
};

struct Flows {
    Eigen::MatrixXd amounts;  ///< place x column of the sources; nothing comes out of endless rounds
    std::set<int>
        endless;           ///< places on rounds that some of what enters never leaves, where something enters
    std::set<int> behind;  ///< places that get what comes out of these, if anything does
};

/// Places are 0 to n - 1; `sources`, place x column, enter from outside.
Flows solve_flows(int n, const std::vector<Passed>& ways, const Eigen::MatrixXd& sources);

/// What comes to each place where each sends on as if no more than its `most`, infinite where there is no limit, had come:
/// the throughputs of networks of which some stations are overloaded (Goodman and Massey 1984, The non-ergodic Jackson
/// network). From all that would come without limits it goes down by policy iteration (Howard 1960): who is held up passes
/// on its most, whatever comes; each round lets go of those to whom no more than that comes, so that there are at most n + 1.
Eigen::VectorXd limited_flows(int n, const std::vector<Passed>& ways, const Eigen::VectorXd& sources,
                              const Eigen::VectorXd& most);

}  // namespace understudy::models
