// How much comes to each place of a network, where of each one that comes to a place so much goes on to others: x = A x + b.
//
// Where all that enters leaves in the end there is one finite answer, 1 - A being a nonsingular M-matrix (Berman and
// Plemmons 1994, Nonnegative Matrices in the Mathematical Sciences, theorem 6.2.3). Some of what enters a round of gain 1
// or more never leaves: such rounds are told apart, so that the rest of the network has its answer. Pure.
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

}  // namespace understudy::models
