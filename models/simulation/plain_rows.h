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

#include "kernel/cache_line.h"
#include "kernel/invariant.h"
#include "kernel/large_pages.h"
#include "kernel/random.h"
#include "kernel/time.h"
#include "models/compile/model.h"
#include "models/simulation/draw_ahead.h"
#include "models/simulation/whole.h"

namespace understudy::models {

/// What an item's identity is made of.
inline constexpr std::uint64_t identity_step = 0x9E3779B97F4A7C15ULL;
inline std::uint64_t identity_of(const LoadRow& load, std::uint64_t arrival) {
    return kernel::mix_bits(load.name_hash + identity_step * (arrival + 1));
}

/// One line of a processor's cache.
struct alignas(kernel::cache_line) PlainItem {
    kernel::Time born = 0;
    kernel::Time entered = 0;    ///< its stage, and the line
    std::uint64_t identity = 0;  ///< addresses its draws
    std::uint64_t number = 0;    ///< in this replication
    std::uint64_t arrival = 0;   ///< of its load
    Index load = none;
    Index stage = none;  ///< of the plain ones; none: the row is free
    Index next = none;   ///< behind it in the line; of a free row: the next free one
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
        free_ = rows_[index].next;
        return index;
    }
    void remove(Index index) {
        rows_[index].stage = none;
        rows_[index].next = std::exchange(free_, index);
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

    std::vector<PlainItem, kernel::LargePages<PlainItem>> rows_;
    Index free_ = none;
};

/// A line of items, each of which knows who is behind it: nothing lies between a stage and the first of its line. To go
/// along it is slow; who is in some line is faster found among all items (State::for_each_waiting()).
class PlainLine {
public:
    std::size_t size() const { return size_; }
    void push(PlainItems& items, Index item) {
        // Without a jump that depends on whether anybody stands there, which no processor can foresee.
        Index& place = size_++ == 0 ? head_ : items[tail_].next;
        place = tail_ = item;
    }
    Index front() const { return head_; }
    Index back() const { return tail_; }
    Index pop(const PlainItems& items) {
        --size_;
        return std::exchange(head_, items[head_].next);
    }

private:
    Index head_ = none, tail_ = none;  ///< meaningless of an empty line
    std::uint32_t size_ = 0;
};

/// A level that changes by ones, and its integral over time without a multiplication at each change: up to `now` it
/// is the level times now, less the instants at which it rose, plus those at which it fell.
class PlainLevel {
public:
    void rise(kernel::Time now) { moments_ -= now; }
    void fall(kernel::Time now) { moments_ += now; }
    /// Falls less rises of a while.
    void add(Whole moments) { moments_ += moments; }
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

/// Latencies on their way to a probe that keeps quantiles: a block at a time costs less. The block may lie apart from
/// their number.
class Latencies {
public:
    using Block = std::array<kernel::Time, 64>;

    /// True: there is a block, to be taken.
    bool add(Block& block, kernel::Time latency) {
        block[count_++] = latency;
        return count_ == block.size();
    }
    std::span<const kernel::Time> take(const Block& block) {
        return std::span(block).first(std::exchange(count_, 0));
    }

private:
    std::uint32_t count_ = 0;
};

/// What events look at, in one line of a processor's cache: with thousands of stages each line costs more than all
/// that is computed from it.
struct alignas(kernel::cache_line) PlainStage {
    std::uint32_t idle = 0;  ///< workers; of unlimited ones more than there can be items
    PlainLine line;
    PlainLevel in_line, at_work;
    std::uint64_t waited = 0, done = 0;  ///< since the start
};
static_assert(sizeof(PlainStage) == kernel::cache_line);

/// What few events look at.
struct PlainStageRest {
    std::uint32_t workers = 0;  ///< idle ones among them
    /// Latencies on their way to a probe that keeps quantiles: that of the n-th who is done at n modulo the block. The
    /// probe knows of those before this place.
    std::uint32_t told = 0;
    std::uint64_t dropped = 0;  ///< since the start
    DrawAhead work;
    struct {
        Taken<std::uint64_t> arrived, dropped, waited, started, done;
        Taken<Whole> wait, latency, in_line, at_work;
    } taken;

    std::int64_t busy(const PlainStage& stage) const { return std::int64_t{workers} - stage.idle; }
    std::uint64_t started(const PlainStage& stage) const {
        return stage.done + static_cast<std::uint64_t>(busy(stage));
    }
    std::uint64_t arrived(const PlainStage& stage) const {
        return dropped + started(stage) + stage.line.size();
    }
    /// What the probe is to be told of, which it knows then.
    std::span<const kernel::Time> take(const PlainStage& stage, const Latencies::Block& block) {
        const auto to = static_cast<std::uint32_t>(stage.done % block.size());
        const std::uint32_t from = std::exchange(told, to);
        return std::span(block).subspan(from, to - from);
    }
    /// The probe has been told of all who are done by now.
    void pass_over(const PlainStage& stage) {
        told = static_cast<std::uint32_t>(stage.done % Latencies::Block{}.size());
    }
    /// As take() when the last place of the block is taken.
    std::span<const kernel::Time> take_full(const Latencies::Block& block) {
        const std::uint32_t from = std::exchange(told, 0);
        return std::span(block).subspan(from);
    }
};

struct PlainLoad {
    bool steady = false;  ///< Poisson arrivals at a constant rate
    // Since the start:
    std::uint64_t lost = 0, done = 0;
    Whole lost_after = 0;  ///< how long they were there who are lost
    PlainLevel present;
    struct {
        Taken<std::uint64_t> arrived, lost, done;
        Taken<Whole> latency, present;
    } taken;
    DrawAhead intervals;  ///< of steady ones, at a rate of 1
    Ahead<Index> routes;  ///< ways that its items take, of several
    Latencies latencies;
    Latencies::Block latency_block;
};

}  // namespace understudy::models
