// The pending events of a simulation: a priority queue with a total order, cancellation and plain-value copies.
//
// Contract
// - Events come out by time; at the same instant by rank (0 first), then in the order in which they were scheduled.
//   No two keys are equal, so no heap can change the order.
// - An event is data: a small trivially copyable payload. Copying the queue copies everything pending; handles stay
//   valid in the copy.
// - cancel() of an event that has happened, or was cancelled, does nothing and says so.
// - Limits: times 0 .. 2^63-1 ns, ranks 0 .. 7, 2^24 events pending at once, 2^37 events in a run. Passing one is a
//   broken invariant and ends the program.
// - Not thread-safe; one simulation, one thread.
//
// Inside: boost::heap::d_ary_heap of arity 4, not mutable, over one 128-bit integer (time, rank, sequence, slot): a
// single comparison. Cancelling only forgets the slot's sequence; the key left behind (a tombstone) is skipped when it
// comes up, and the heap is rebuilt without them once they are more than half. No allocation in steady state.
#pragma once

#include <boost/heap/d_ary_heap.hpp>
#include <cstdint>
#include <type_traits>
#include <vector>

#include "kernel/invariant.h"
#include "kernel/time.h"

namespace understudy::kernel {

/// Names a scheduled event; 0 names none.
using EventHandle = std::uint64_t;
inline constexpr EventHandle no_event = 0;

template <class Payload>
class EventQueue {
    static_assert(std::is_trivially_copyable_v<Payload>, "events are data");

  public:
    static constexpr unsigned rank_bits = 3, sequence_bits = 37, slot_bits = 24;

    struct Event {
        Time time;
        Payload payload;
    };

    /// Adds an event at `time` (not negative); O(log n).
    EventHandle schedule(Time time, unsigned rank, const Payload& payload) {
        require(time >= 0 && rank < (1U << rank_bits), "an event lies before time 0 or has no rank");
        require(sequence_ < (std::uint64_t{1} << sequence_bits) - 1, "more events than the queue can number");
        std::uint32_t slot;
        if (free_.empty()) {
            require(slots_.size() < (std::size_t{1} << slot_bits), "more events pending than the queue can hold");
            slot = static_cast<std::uint32_t>(slots_.size());
            slots_.push_back({});
        } else {
            slot = free_.back();
            free_.pop_back();
        }
        const std::uint64_t low = (static_cast<std::uint64_t>(rank) << (sequence_bits + slot_bits)) |
                                  (++sequence_ << slot_bits) | slot;
        slots_[slot] = {low, payload};
        heap_.push((static_cast<Key>(static_cast<std::uint64_t>(time)) << 64) | low);
        ++live_;
        return low;
    }

    /// Takes back an event; false if it is no longer pending.
    bool cancel(EventHandle handle) {
        const auto slot = static_cast<std::uint32_t>(handle & slot_mask);
        if (handle == no_event || slot >= slots_.size() || slots_[slot].low != handle) return false;
        release(slot);
        if (heap_.size() > 64 && heap_.size() > 2 * live_) compact();
        return true;
    }

    bool pending(EventHandle handle) const {
        const auto slot = static_cast<std::uint32_t>(handle & slot_mask);
        return handle != no_event && slot < slots_.size() && slots_[slot].low == handle;
    }

    bool empty() const { return live_ == 0; }
    std::size_t size() const { return live_; }

    /// Instant of the next event, `never` if there is none.
    Time next_time() {
        skip_cancelled();
        return heap_.empty() ? never : time_of(heap_.top());
    }

    /// Takes out the next event; the queue must not be empty.
    Event pop() {
        skip_cancelled();
        require(!heap_.empty(), "took an event from an empty queue");
        const Key key = heap_.top();
        heap_.pop();
        const auto slot = static_cast<std::uint32_t>(static_cast<std::uint64_t>(key) & slot_mask);
        const Event event{time_of(key), slots_[slot].payload};
        release(slot);
        return event;
    }

    /// Calls visit(time, payload) for each pending event, in no particular order (for checkers and counts).
    template <class Visit>
    void for_each(Visit visit) const {
        for (const Key key : heap_) {
            const auto low = static_cast<std::uint64_t>(key);
            const Slot& slot = slots_[low & slot_mask];
            if (slot.low == low) visit(time_of(key), slot.payload);
        }
    }

  private:
    __extension__ using Key = unsigned __int128;
    struct Later {
        bool operator()(Key a, Key b) const { return a > b; }
    };
    using Heap = boost::heap::d_ary_heap<Key, boost::heap::arity<4>, boost::heap::compare<Later>>;
    struct Slot {
        std::uint64_t low = 0;  ///< rank, sequence and slot of the event that holds it; 0: free
        Payload payload{};
    };
    static constexpr std::uint64_t slot_mask = (std::uint64_t{1} << slot_bits) - 1;

    static Time time_of(Key key) { return static_cast<Time>(static_cast<std::uint64_t>(key >> 64)); }

    void release(std::uint32_t slot) {
        slots_[slot].low = 0;
        free_.push_back(slot);
        --live_;
    }

    void skip_cancelled() {
        while (!heap_.empty()) {
            const auto low = static_cast<std::uint64_t>(heap_.top());
            if (slots_[low & slot_mask].low == low) return;
            heap_.pop();
        }
    }

    void compact() {
        std::vector<Key> kept;
        kept.reserve(live_);
        for (const Key key : heap_) {
            const auto low = static_cast<std::uint64_t>(key);
            if (slots_[low & slot_mask].low == low) kept.push_back(key);
        }
        heap_.clear();
        for (const Key key : kept) heap_.push(key);
    }

    Heap heap_;
    std::vector<Slot> slots_;
    std::vector<std::uint32_t> free_;
    std::size_t live_ = 0;
    std::uint64_t sequence_ = 0;
};

}  // namespace understudy::kernel
