#include "tools/studies/non_negative_least_squares.h"

#include <algorithm>
#include <cstddef>
#include <vector>

namespace understudy::studies {

Eigen::VectorXd non_negative_least_squares(const Eigen::MatrixXd& a, const Eigen::VectorXd& b) {
    using Eigen::Index;
    using Eigen::MatrixXd;
    using Eigen::VectorXd;
    const Index n = a.cols();
    VectorXd x = VectorXd::Zero(n);
    std::vector<bool> positive(static_cast<std::size_t>(n), false);
    for (int round = 0; round < 100; ++round) {
        const VectorXd pull = a.transpose() * (b - a * x);
        Index best = -1;
        for (Index i = 0; i < n; ++i)
            if (!positive[static_cast<std::size_t>(i)] && pull(i) > 1e-10 &&
                (best < 0 || pull(i) > pull(best)))
                best = i;
        if (best < 0) break;
        positive[static_cast<std::size_t>(best)] = true;
        for (int inner = 0; inner < 100; ++inner) {
            std::vector<Index> chosen;
            for (Index i = 0; i < n; ++i)
                if (positive[static_cast<std::size_t>(i)]) chosen.push_back(i);
            if (chosen.empty()) break;
            MatrixXd part(a.rows(), static_cast<Index>(chosen.size()));
            for (std::size_t k = 0; k < chosen.size(); ++k)
                part.col(static_cast<Index>(k)) = a.col(chosen[k]);
            const VectorXd s = part.colPivHouseholderQr().solve(b);
            double step = 1;
            bool inside = true;
            for (std::size_t k = 0; k < chosen.size(); ++k)
                if (const double to = s(static_cast<Index>(k)); to <= 0) {
                    inside = false;
                    const double from = x(chosen[k]);
                    step = std::min(step, from > to ? from / (from - to) : 0.0);
                }
            for (std::size_t k = 0; k < chosen.size(); ++k)
                x(chosen[k]) += step * (s(static_cast<Index>(k)) - x(chosen[k]));
            if (inside) break;
            for (const Index i : chosen)
                if (x(i) <= 1e-12) {
                    x(i) = 0;
                    positive[static_cast<std::size_t>(i)] = false;
                }
        }
    }
    return x;
}

}  // namespace understudy::studies
