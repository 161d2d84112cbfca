// Rows on their way from a simulation to the thread that writes them. Internal to tools/formats/results.
//
// One producer and one consumer for each channel, a chain of blocks between them. A row costs the producer a
// store and a counter; only a full block takes a lock. The consumer may take what is in an unfinished block
// at any time, so that a flush reaches rows of a simulation that has stopped telling any.
#pragma once

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <utility>

#include "tools/formats/results/result_layout.h"
#include "tools/formats/results/trace_columns.h"

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
    explicit TraceChannel(BlockBudget& budget) : budget_(budget), head_(new Block), tail_(head_) {}
    TraceChannel(const TraceChannel&) = delete;
    TraceChannel& operator=(const TraceChannel&) = delete;
    ~TraceChannel() {
        while (tail_ != nullptr) delete std::exchange(tail_, tail_->next.load(std::memory_order_relaxed));
    }

    /// Producer.
    void push(const Row& row) {
        head_->rows.set(filled_, row);
        head_->count.store(++filled_, std::memory_order_release);
        if (filled_ == trace_chunk_rows) next_block();
    }

    /// Consumer: gives rows to take(block, first, count) block by block. Without `unfinished`, full blocks only.
    /// Returns how many.
    template <class Take>
    std::uint64_t consume(bool unfinished, Take&& take) {
        std::uint64_t taken = 0;
        while (true) {
            const std::uint32_t count = tail_->count.load(std::memory_order_acquire);
            if (count < trace_chunk_rows && !unfinished) return taken;
            if (count > consumed_) {
                take(tail_->rows, consumed_, count - consumed_);
                taken += count - consumed_;
                consumed_ = count;
            }
            if (count < trace_chunk_rows) return taken;
            Block* next = tail_->next.load(std::memory_order_acquire);
            if (next == nullptr) return taken;  // the producer is about to add it
            delete std::exchange(tail_, next);
            consumed_ = 0;
            budget_.drained();
        }
    }

private:
    struct Block {
        ColumnBlock<Row> rows{trace_chunk_rows};
        std::atomic<std::uint32_t> count{0};
        std::atomic<Block*> next{nullptr};
    };
    void next_block() {
        auto* next = new Block;
        head_->next.store(next, std::memory_order_release);
        head_ = next;
        filled_ = 0;
        budget_.filled();
    }

    BlockBudget& budget_;
    Block* head_;  ///< producer's
    std::uint32_t filled_ = 0;
    Block* tail_;  ///< consumer's
    std::uint32_t consumed_ = 0;
};

}  // namespace understudy::formats
