// min |A x - b|, x >= 0 (Lawson and Hanson 1974, chapter 23, algorithm NNLS). Internal to tools/studies; pure.
#pragma once

#include <Eigen/Dense>

namespace understudy::studies {

Eigen::VectorXd non_negative_least_squares(const Eigen::MatrixXd& a, const Eigen::VectorXd& b);

}  // namespace understudy::studies
