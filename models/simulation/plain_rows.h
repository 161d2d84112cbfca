// What the plain path keeps of items, stages and loads (see models/compile/plain.h): plain values, copied with the
// simulation. Internal to models/simulation.
//
// An item has one row for its whole way; lines hold indices. Of levels only the instants of rises and falls are
// summed up, and from these sums follow the waits and latencies of all that are through, once those that are not
// yet are added (plain_totals.cpp).
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <utility>
#include <vector>

#include "kernel/invariant.h"
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
    Index load = none;           ///< of a free row: the next free one
    Index stage = none;          ///< of the plain ones; none: the row is free
};

/// Rows of items; a free one is taken before a new one.
class PlainItems {
public:
    /// The next one takes a new row.
    bool are_full() const { return free_ == none; }
    Index add() {
        if (free_ == none) [[unlikely]]
            grow();
        const Index index = free_;
        free_ = rows_[index].load;
        return index;
    }
    void remove(Index index) {
        rows_[index].stage = none;
        rows_[index].load = std::exchange(free_, index);
    }
    PlainItem& operator[](Index index) { return rows_[index]; }
    const PlainItem& operator[](Index index) const { return rows_[index]; }
    /// Rows in use and free.
    std::size_t size() const { return rows_.size(); }
    /// Those in use, in no order that means anything.
    template <class Visit>
    void for_each(Visit visit) const {
        for (const PlainItem& row : rows_)
            if (row.stage != none) visit(row);
    }

private:
    [[gnu::noinline]] void grow() {
        kernel::require(rows_.size() < none, "more rows than an index can name");
        free_ = static_cast<Index>(rows_.size());
        rows_.emplace_back();
    }

    std::vector<PlainItem> rows_;
    Index free_ = none;
};

/// A line in a ring that grows by doubling.
class PlainLine {
public:
    std::size_t size() const { return size_; }
    void push(Index item) {
        if (size_ == places_) [[unlikely]]
            grow();
        items_[(head_ + size_++) & (places_ - 1)] = item;
    }
    Index front() const { return items_[head_]; }
    Index pop() {
        const Index item = items_[head_];
        head_ = (head_ + 1) & (places_ - 1);
        --size_;
        return item;
    }
    /// In order from the head.
    template <class Visit>
    void for_each(Visit visit) const {
        for (std::size_t i = 0; i < size_; ++i) visit(items_[(head_ + i) & (places_ - 1)]);
    }

private:
    [[gnu::noinline]] void grow() {
        std::vector<Index> larger(items_.empty() ? 8 : 2 * items_.size());
        for (std::size_t i = 0; i < size_; ++i) larger[i] = items_[(head_ + i) & (places_ - 1)];
        items_ = std::move(larger);
        head_ = 0;
        places_ = items_.size();
    }

    std::vector<Index> items_;
    std::size_t head_ = 0, size_ = 0;
    std::size_t places_ = 0;  ///< a power of two
};

/// A level that changes by ones, and its integral over time without a multiplication at each change: up to `now` it
/// is the level times now, less the instants at which it rose, plus those at which it fell.
class PlainLevel {
public:
    void rise(kernel::Time now) { moments_ -= now; }
    void fall(kernel::Time now) { moments_ += now; }
    /// Falls less rises. Of everything that has risen and fallen it is how long it was up.
    Whole moments() const { return moments_; }
    Whole integral(kernel::Time now, std::int64_t level) const { return Whole{level} * now + moments_; }

private:
    Whole moments_ = 0;
};

/// A sum since the start, of which the meter has taken over a part.
template <class Value>
class Taken {
public:
    /// What has come since the last time.
    Value fresh(Value sum) { return sum - std::exchange(taken_, sum); }

private:
    Value taken_ = 0;
};

/// Latencies on their way to a probe that keeps quantiles: a block at a time costs less.
class Latencies {
public:
    /// True: there is a block, to be taken.
    bool add(kernel::Time latency) {
        values_[count_++] = latency;
        return count_ == values_.size();
    }
    std::span<const kernel::Time> take() { return std::span(values_).first(std::exchange(count_, 0)); }

private:
    std::size_t count_ = 0;
    std::array<kernel::Time, 64> values_;
};

struct PlainStage {
    std::int64_t capacity = 0, busy = 0;
    std::uint64_t enter = 0, start = 0, finish = 0;  ///< what happens here, for the fingerprint
    PlainLine line;
    // Since the start:
    std::uint64_t dropped = 0, waited = 0, done = 0;
    PlainLevel in_line, at_work;
    struct {
        Taken<std::uint64_t> arrived, dropped, waited, started, done;
        Taken<Whole> wait, latency, in_line, at_work;
    } taken;
    DrawAhead work;
    Latencies latencies;

    std::uint64_t started() const { return done + static_cast<std::uint64_t>(busy); }
    std::uint64_t arrived() const { return dropped + started() + line.size(); }
};

struct PlainLoad {
    std::uint64_t arrive = 0;  ///< what happens here, for the fingerprint
    bool steady = false;       ///< Poisson arrivals at a constant rate
    // Since the start:
    std::uint64_t lost = 0, done = 0;
    Whole lost_after = 0;  ///< how long they were there who are lost
    PlainLevel present;
    struct {
        Taken<std::uint64_t> arrived, lost, done;
        Taken<Whole> latency, present;
    } taken;
    DrawAhead intervals;  ///< of steady ones, at a rate of 1
    Latencies latencies;
};

}  // namespace understudy::models
