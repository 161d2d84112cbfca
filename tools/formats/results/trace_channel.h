// Rows on their way from a simulation to the thread that writes them. Internal to tools/formats/results.
//
// One producer and one consumer for each channel, blocks between them. Only a full block takes a lock. The
// consumer may take what is in an unfinished block at any time, so that a flush reaches rows of a simulation that
// has stopped telling any.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <deque>
#include <mutex>
#include <vector>

#include "models/trace_sink.h"

namespace understudy::formats {

/// Bounds the full blocks that wait for the writer, over all channels, and wakes it.
class BlockBudget {
public:
    explicit BlockBudget(int most) : most_(most) {}
    /// Producer: one block is full. Waits while `most` others do.
    void filled() {
        std::unique_lock lock(mutex_);
        ++full_;
        arrived_.notify_one();
        drained_.wait(lock, [&] { return full_ <= most_; });
    }
    /// Consumer: one full block has been written.
    void drained() {
        const std::lock_guard lock(mutex_);
        --full_;
        drained_.notify_all();
    }
    /// Something else for the consumer to look at (an end, a stop).
    void wake() {
        const std::lock_guard lock(mutex_);
        woken_ = true;
        arrived_.notify_one();
    }
    /// Consumer: until a block is full, wake() or `deadline`.
    template <class Instant>
    void wait_until(Instant deadline) {
        std::unique_lock lock(mutex_);
        arrived_.wait_until(lock, deadline, [&] { return full_ > 0 || woken_; });
        woken_ = false;
    }

private:
    std::mutex mutex_;
    std::condition_variable arrived_, drained_;
    int full_ = 0;
    int most_;
    bool woken_ = false;
};

template <class Row>
class TraceChannel {
public:
    using Block = models::TraceBlock<Row>;

    explicit TraceChannel(BlockBudget& budget) : budget_(budget), last_(&made_.emplace_back()) {
        blocks_.push_back(last_);
    }

    /// Producer: the first block, before anything else.
    Block& first() { return *last_; }
    /// Producer: the block before is full.
    Block& next() {
        {
            const std::lock_guard lock(mutex_);
            if (empty_.empty()) empty_.push_back(&made_.emplace_back());
            last_ = empty_.back();
            empty_.pop_back();
            blocks_.push_back(last_);
        }
        budget_.filled();
        return *last_;
    }

    /// Consumer: gives rows to take(block, first, count) block by block. Without `unfinished`, full blocks only.
    template <class Take>
    void consume(bool unfinished, Take&& take) {
        while (true) {
            Block& block = first_block();
            const std::uint32_t count = block.count();
            const bool full = count == block.room();
            if (!full && !unfinished) return;
            if (count > consumed_) take(block, consumed_, count);
            consumed_ = count;
            if (!full || !give_back(block)) return;
            consumed_ = 0;
            budget_.drained();
        }
    }

private:
    Block& first_block() {
        const std::lock_guard lock(mutex_);
        return *blocks_.front();
    }
    /// The last written is the first to be filled again: it is still in the processor's cache. False while the
    /// producer is about to add the next.
    bool give_back(Block& block) {
        const std::lock_guard lock(mutex_);
        if (blocks_.size() == 1) return false;
        blocks_.pop_front();
        block.clear();
        empty_.push_back(&block);
        return true;
    }

    BlockBudget& budget_;
    std::mutex mutex_;
    std::deque<Block> made_;
    std::deque<Block*> blocks_;  ///< in order, the producer's at the end
    std::vector<Block*> empty_;
    Block* last_;                 ///< producer's
    std::uint32_t consumed_ = 0;  ///< consumer's: of the first
};

}  // namespace understudy::formats
