// Values that are drawn for items by their number, some ahead of their use.
//
// Where items come about in the order of their numbers, the values of the next ones are computed together: a
// processor works on several at once, and each takes a third of the time. What comes back is what a draw for that
// number alone gives, in any order of asking: only the time differs. A plain value. Internal to models/simulation.
#pragma once

#include <array>
#include <cstdint>

namespace understudy::models {

class DrawAhead {
public:
    /// `one(number)` is the value of a number.
    template <class One>
    double at(std::uint64_t number, One one) {
        Block& block = blocks_[number / size % blocks_.size()];
        const auto wanted = static_cast<std::int64_t>(number / size);
        if (block.number != wanted) [[unlikely]] {
            // Latecomers do not push out what is needed next.
            if (wanted < block.number) return one(number);
            block.number = wanted;
            for (std::uint64_t i = 0; i < size; ++i) block.values[i] = one(number / size * size + i);
        }
        return block.values[number % size];
    }

private:
    static constexpr std::uint64_t size = 32;
    struct Block {
        std::int64_t number = -1;
        std::array<double, size> values;
    };
    // Two: items that overtake each other at the end of one are found in the next.
    std::array<Block, 2> blocks_;
};

}  // namespace understudy::models
