#include "kernel/selection.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "kernel/exact_math.h"
#include "kernel/invariant.h"

namespace understudy::kernel {

Selection::Selection(std::size_t systems, double indifference, double confidence, std::size_t first_rounds)
    : indifference_(indifference),
      first_rounds_(first_rounds),
      contenders_(systems),
      sums_(systems),
      seen_(systems),
      first_(systems) {
    require(systems > 0 && indifference > 0 && confidence > 0 && confidence < 1 && first_rounds >= 3,
            "a selection among systems, with an indifference and a confidence");
    std::iota(contenders_.begin(), contenders_.end(), std::size_t{0});
    const auto degrees = static_cast<double>(first_rounds - 1);
    const auto others = static_cast<double>(std::max<std::size_t>(1, systems - 1));
    // h^2 = 2 eta (n0 - 1), eta = ((2 alpha / (k - 1))^(-2 / (n0 - 1)) - 1) / 2
    const double alpha = std::min(0.5, (1 - confidence) / others);
    factor_ = (exact::pow(2 * alpha, -2 / degrees) - 1) * degrees;
}

void Selection::add(const std::vector<double>& round) {
    require(round.size() == contenders_.size(), "an observation of each contender");
    require(std::all_of(round.begin(), round.end(), [](double value) { return std::isfinite(value); }),
            "observations that are finite");
    for (std::size_t i = 0; i < round.size(); ++i) {
        const std::size_t system = contenders_[i];
        sums_[system] += round[i];
        ++seen_[system];
        if (rounds_ < first_rounds_) first_[system].push_back(round[i]);
    }
    ++rounds_;
    observations_ += round.size();
    if (rounds_ < first_rounds_) return;
    if (rounds_ == first_rounds_) {
        const std::size_t systems = sums_.size();
        spreads_.assign(systems * systems, 0);
        for (std::size_t i = 0; i < systems; ++i)
            for (std::size_t j = i + 1; j < systems; ++j) {
                double mean = 0, squares = 0;
                for (std::size_t r = 0; r < first_rounds_; ++r) mean += first_[i][r] - first_[j][r];
                mean /= static_cast<double>(first_rounds_);
                for (std::size_t r = 0; r < first_rounds_; ++r) {
                    const double off = first_[i][r] - first_[j][r] - mean;
                    squares += off * off;
                }
                spreads_[i * systems + j] = spreads_[j * systems + i] =
                    squares / static_cast<double>(first_rounds_ - 1);
            }
        first_.clear();
    }
    screen();
}

void Selection::screen() {
    const auto rounds = static_cast<double>(rounds_);
    std::vector<std::size_t> left;
    for (const std::size_t one : contenders_) {
        const bool stays = std::all_of(contenders_.begin(), contenders_.end(), [&](std::size_t other) {
            if (one == other) return true;
            const double margin =
                std::max(0.0, indifference_ / (2 * rounds) *
                                  (factor_ * spread(one, other) / (indifference_ * indifference_) - rounds));
            const double more = mean(one) - mean(other);
            // Where there is no margin left and nothing between them, the first of the two stays.
            return more < margin || (more == margin && (margin > 0 || one < other));
        });
        if (stays) left.push_back(one);
    }
    require(!left.empty(), "a contender that is left");
    contenders_ = std::move(left);
}

std::optional<std::size_t> Selection::best() const {
    if (contenders_.size() != 1) return std::nullopt;
    return contenders_.front();
}

}  // namespace understudy::kernel
