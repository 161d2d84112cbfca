// What the plain path keeps of items, stages and loads (see models/compile/plain.h): plain values, copied with the
// simulation. Internal to models/simulation.
#pragma once

#include <cstdint>
#include <vector>

#include "kernel/time.h"
#include "models/compile/ids.h"
#include "models/simulation/draw_ahead.h"
#include "models/simulation/whole.h"

namespace understudy::models {

struct PlainItem {
    kernel::Time born = 0;
    kernel::Time entered = 0;    ///< its stage, and the line
    std::uint64_t identity = 0;  ///< addresses its draws
    std::uint64_t number = 0;    ///< in this replication
    std::uint64_t arrival = 0;   ///< of its load
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
    const PlainItem& front() const { return items_[head_]; }
    void pop() {
        head_ = (head_ + 1) & (items_.size() - 1);
        --size_;
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

/// A level that changes by ones, and its integral over time without a multiplication at each change: up to `now` it
/// is the level times now, less the instants at which it rose, plus those at which it fell.
class PlainLevel {
public:
    void rise(kernel::Time now) { moments_ -= now; }
    void fall(kernel::Time now) { moments_ += now; }
    /// The integral since the last time it was asked for.
    Whole take(kernel::Time now, std::int64_t level) {
        const Whole area = Whole{level} * now + moments_;
        const Whole fresh = area - taken_;
        taken_ = area;
        return fresh;
    }

private:
    Whole moments_ = 0, taken_ = 0;
};

struct PlainStage {
    /// An item at work, from its start.
    struct Serving {
        PlainItem item;
        kernel::Time started = 0;
    };
    /// What happened since the meter last took it over.
    struct Totals {
        std::uint64_t arrived = 0, dropped = 0, started = 0, waited = 0, done = 0;
        Whole wait = 0, service = 0, latency = 0;
    };
    std::int64_t capacity = 0, busy = 0;
    PlainLine line;
    std::vector<Serving> serving;
    std::vector<std::uint32_t> free;  ///< of `serving`
    Totals totals;
    PlainLevel in_line, at_work;
    DrawAhead work;
};

struct PlainLoad {
    struct Totals {
        std::uint64_t arrived = 0, lost = 0, done = 0;
        Whole latency = 0, end = 0;
    };
    Totals totals;
    DrawAhead intervals;  ///< at a rate of 1
};

}  // namespace understudy::models
