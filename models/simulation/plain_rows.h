// What the plain path keeps of items and stages (see models/compile/plain.h): plain values, copied with the
// simulation. Internal to models/simulation.
#pragma once

#include <cstdint>
#include <vector>

#include "kernel/time.h"
#include "models/compile/ids.h"

namespace understudy::models {

struct PlainItem {
    kernel::Time born = 0;
    kernel::Time entered = 0;    ///< its stage, and the line
    std::uint64_t identity = 0;  ///< addresses its draws
    std::uint64_t number = 0;    ///< in this replication
    Index load = none;
};

/// A line in a ring that grows by doubling.
class PlainLine {
public:
    std::size_t size() const { return size_; }
    void push(const PlainItem& item) {
        if (size_ == items_.size()) grow();
        items_[(head_ + size_++) & (items_.size() - 1)] = item;
    }
    PlainItem pop() {
        const PlainItem item = items_[head_];
        head_ = (head_ + 1) & (items_.size() - 1);
        --size_;
        return item;
    }
    /// In order from the head.
    template <class Visit>
    void for_each(Visit visit) const {
        for (std::size_t i = 0; i < size_; ++i) visit(items_[(head_ + i) & (items_.size() - 1)]);
    }

private:
    void grow() {
        std::vector<PlainItem> larger(items_.empty() ? 8 : 2 * items_.size());
        for (std::size_t i = 0; i < size_; ++i) larger[i] = items_[(head_ + i) & (items_.size() - 1)];
        items_ = std::move(larger);
        head_ = 0;
    }

    std::vector<PlainItem> items_;
    std::size_t head_ = 0, size_ = 0;
};

struct PlainStage {
    /// An item at work, from its start.
    struct Serving {
        PlainItem item;
        kernel::Time started = 0;
    };
    std::int64_t capacity = 0, busy = 0;
    PlainLine line;
    std::vector<Serving> serving;
    std::vector<std::uint32_t> free;  ///< of `serving`
};

}  // namespace understudy::models
