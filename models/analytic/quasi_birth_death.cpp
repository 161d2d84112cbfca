#include "models/analytic/quasi_birth_death.h"

#include <Eigen/LU>
#include <cmath>

namespace understudy::models {

namespace {

using Eigen::MatrixXd;
using Eigen::VectorXd;

/// The inverse of what is lost minus what stays: of -(rates within, with `leaving` on the diagonal).
MatrixXd inverse_of_loss(const MatrixXd& within, const VectorXd& leaving) {
    MatrixXd loss = -within;
    loss.diagonal() = leaving;
    return loss.partialPivLu().inverse();
}

VectorXd sums_within(const MatrixXd& within) { return within.rowwise().sum() - within.diagonal(); }

/// First passages from a level to the one below it, by logarithmic reduction; nothing where some never come.
std::optional<MatrixXd> passages_down(const MatrixXd& up, const MatrixXd& within, const MatrixXd& down) {
    const Eigen::Index n = within.rows();
    const VectorXd leaving = up.rowwise().sum() + sums_within(within) + down.rowwise().sum();
    const MatrixXd inverse = inverse_of_loss(within, leaving);
    MatrixXd high = inverse * up, low = inverse * down;
    MatrixXd passages = low, still_up = high;
    constexpr int most_rounds = 60;
    for (int round = 0; round < most_rounds; ++round) {
        const MatrixXd back = MatrixXd::Identity(n, n) - high * low - low * high;
        const auto solver = back.partialPivLu();
        const MatrixXd two_up = high * high, two_down = low * low;
        high = solver.solve(two_up);
        low = solver.solve(two_down);
        passages += still_up * low;
        still_up = still_up * high;
        if (!passages.allFinite()) return std::nullopt;
        constexpr double nearly_all = 1e-13;
        if ((VectorXd::Ones(n) - passages.rowwise().sum()).cwiseAbs().maxCoeff() < nearly_all)
            return passages;
        if (still_up.cwiseAbs().maxCoeff() < 1e-30) break;
    }
    constexpr double enough = 1e-10;
    if ((VectorXd::Ones(n) - passages.rowwise().sum()).cwiseAbs().maxCoeff() < enough) return passages;
    return std::nullopt;
}

}  // namespace

VectorXd LevelLaw::tail() const {
    const Eigen::Index n = ratio.rows();
    return (MatrixXd::Identity(n, n) - ratio).transpose().partialPivLu().solve(levels.back());
}

VectorXd LevelLaw::above() const {
    const Eigen::Index n = ratio.rows();
    const VectorXd first = ratio.transpose() * tail();
    return (MatrixXd::Identity(n, n) - ratio).transpose().partialPivLu().solve(first);
}

double LevelLaw::mean(const std::vector<double>& of) const {
    double sum = 0;
    for (std::size_t n = 0; n + 1 < levels.size(); ++n) sum += of[n] * levels[n].sum();
    return sum + of[levels.size() - 1] * tail().sum() + above().sum();
}

std::vector<double> LevelLaw::by_level(std::size_t most) const {
    std::vector<double> shares;
    double left = 1;
    for (const VectorXd& level : levels) {
        shares.push_back(level.sum());
        left -= shares.back();
    }
    VectorXd level = levels.back();
    constexpr double next_to_nothing = 1e-15;
    while (left > next_to_nothing && shares.size() < most) {
        level = ratio.transpose() * level;
        shares.push_back(level.sum());
        left -= shares.back();
        if (!(shares.back() > next_to_nothing * 1e-3)) break;
    }
    return shares;
}

std::optional<LevelLaw> solve_levels(const QuasiBirthDeath& chain) {
    const std::size_t b = chain.up.size() - 1;
    const Eigen::Index top = chain.within[b].rows();
    LevelLaw law;
    const bool endless = (chain.up[b].array() != 0).any();
    law.ratio = MatrixXd::Zero(top, top);
    if (endless) {
        const auto passages = passages_down(chain.up[b], chain.within[b], chain.down_again);
        if (!passages) return std::nullopt;
        const VectorXd leaving =
            chain.up[b].rowwise().sum() + sums_within(chain.within[b]) + chain.down_again.rowwise().sum();
        MatrixXd loss = -chain.within[b] - chain.up[b] * *passages;
        loss.diagonal() = leaving - (chain.up[b] * *passages).diagonal();
        law.ratio = chain.up[b] * loss.partialPivLu().inverse();
    }
    // From the top down: how the probabilities of a level follow from those of the one below it.
    std::vector<MatrixXd> rises(b + 1);
    MatrixXd loss;
    for (std::size_t n = b + 1; n-- > 0;) {
        VectorXd leaving = chain.up[n].rowwise().sum() + sums_within(chain.within[n]);
        if (n > 0) leaving += chain.down[n].rowwise().sum();
        loss = -chain.within[n];
        loss.diagonal() = leaving;
        if (n == b && endless) loss -= law.ratio * chain.down_again;
        if (n < b) loss -= rises[n + 1] * chain.down[n + 1];
        if (n > 0) rises[n] = chain.up[n - 1] * loss.partialPivLu().inverse();
    }
    // p(0) loss = 0, with a sum of 1 in place of one of the equations, which follow from each other.
    const Eigen::Index size = loss.rows();
    MatrixXd equations = loss.transpose();
    equations.row(0).setOnes();
    VectorXd right = VectorXd::Zero(size);
    right(0) = 1;
    law.levels.push_back(equations.partialPivLu().solve(right));
    for (std::size_t n = 1; n <= b; ++n) law.levels.push_back(rises[n].transpose() * law.levels.back());
    double all = law.tail().sum();
    for (std::size_t n = 0; n < b; ++n) all += law.levels[n].sum();
    if (!(all > 0) || !std::isfinite(all)) return std::nullopt;
    constexpr double rounding = -1e-12;
    for (VectorXd& level : law.levels) {
        level /= all;
        if (!level.allFinite() || level.minCoeff() < rounding) return std::nullopt;
        level = level.cwiseMax(0.0);
    }
    if (!law.tail().allFinite() || law.tail().minCoeff() < rounding) return std::nullopt;
    return law;
}

}  // namespace understudy::models
