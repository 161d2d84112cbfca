// Values that are drawn for items by their number, some ahead of their use.
//
// Where items come about in the order of their numbers, the values of the next ones are computed together, which
// takes a fraction of the time (kernel/batch_draws.h). What comes back is what a draw for that number alone gives,
// in any order of asking: only the time differs. A plain value. Internal to models/simulation.
#pragma once

#include <algorithm>
#include <cstdint>
#include <span>
#include <vector>

#include "kernel/time.h"

namespace understudy::models {

/// `Draw`: what is drawn for one number.
template <class Draw>
class Ahead {
public:
    static constexpr std::uint64_t block = 32;

    /// `fill(number, values)` computes the values of a number and of those that follow it, at most a block.
    template <class Fill>
    Draw at(std::uint64_t number, Fill&& fill) {
        // Before the first and after the last of those at hand the difference is huge.
        if (end_ - 1 - number >= at_hand) [[unlikely]]
            return at_another(number, fill);
        return values_[number % at_hand];
    }

private:
    /// Two blocks: items that overtake each other at the end of one are found in the other.
    static constexpr std::uint64_t at_hand = 2 * block;

    template <class Fill>
    [[gnu::noinline]] Draw at_another(std::uint64_t number, Fill&& fill) {
        if (number < end_) {
            // A latecomer does not push out what is needed next.
            Draw draw;
            fill(number, std::span(&draw, 1));
            return draw;
        }
        values_.resize(at_hand);
        const std::uint64_t last = number / block * block;
        for (std::uint64_t begin = std::max(end_, last < block ? 0 : last - block); begin <= last;
             begin += block)
            fill(begin, std::span(values_).subspan(begin % at_hand, block));
        end_ = last + block;
        return values_[number % at_hand];
    }

    std::uint64_t end_ = 0;     ///< one after the last number whose value is at hand
    std::vector<Draw> values_;  ///< none before the first is asked for: many never are
};

/// An amount.
struct DrawnAmount {
    double value = 0;
    kernel::Time time = 0;  ///< how long that is
};
class DrawAhead : public Ahead<DrawnAmount> {
public:
    using Draw = DrawnAmount;
};

}  // namespace understudy::models
