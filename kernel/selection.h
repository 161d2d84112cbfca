// The best of several systems by their means, with a probability of correct selection: fully sequential selection with
// an indifference zone (Kim and Nelson 2001, ACM TOMACS 11:3, procedure KN with c = 1).
//
// Observations come in rounds, one of each system still in contention, whose rounds may share their random numbers: only
// differences count, and the guarantee holds under any dependence between systems. Systems are out as soon as they are
// clearly worse than another; where the best is better than all others by `indifference` or more, it is the one selected
// with a probability of at least `confidence`, for normal observations; else one is that is within the indifference of the
// best. Measured on known configurations in tests/kernel/selection.cpp. Values only, not thread-safe.
#pragma once

#include <cstddef>
#include <optional>
#include <vector>

namespace understudy::kernel {

class Selection {
public:
    /// The smallest mean is best. `first_rounds` are made of all systems before any is out: at least 3, usually 10.
    /// `indifference` above 0, `confidence` in (0, 1), at least one system.
    Selection(std::size_t systems, double indifference, double confidence, std::size_t first_rounds = 10);

    /// Those that the next round has to observe, ascending.
    const std::vector<std::size_t>& contenders() const { return contenders_; }
    /// One observation of each contender, in their order; finite.
    void add(const std::vector<double>& round);
    /// Once one is left. Ties that rounds cannot break end at the first of them.
    std::optional<std::size_t> best() const;
    std::size_t rounds() const { return rounds_; }
    /// Observations of all systems so far.
    std::size_t observations() const { return observations_; }
    double mean(std::size_t system) const { return sums_[system] / static_cast<double>(seen_[system]); }

private:
    double spread(std::size_t one, std::size_t other) const { return spreads_[one * sums_.size() + other]; }
    void screen();

    double indifference_, factor_;
    std::size_t first_rounds_, rounds_ = 0, observations_ = 0;
    std::vector<std::size_t> contenders_;
    std::vector<double> sums_;
    std::vector<std::size_t> seen_;
    std::vector<std::vector<double>> first_;  ///< by system, of the first rounds
    std::vector<double> spreads_;             ///< variances of differences, by pair
};

}  // namespace understudy::kernel
