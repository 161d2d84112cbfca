// The pending events of a simulation: a priority queue with a total order, cancellation and plain-value copies.
//
// Contract
// - Events come out by time; at the same instant by rank (0 first), then in the order in which they were scheduled.
//   No two keys are equal, so no structure inside can change the order.
// - An event is data: a small trivially copyable payload. Copying the queue copies everything pending; handles stay
//   valid in the copy.
// - cancel() of an event that has happened, or was cancelled, does nothing and says so.
// - Limits: times 0 .. 2^63-1 ns, ranks 0 .. 7, 2^24 events pending at once, 2^37 events in a run. Passing one is a
//   broken invariant and ends the program.
// - Not thread-safe; one simulation, one thread.
//
// Inside: one 128-bit integer (time, rank, sequence, slot) is an event's key, so that a single comparison orders two.
// A key is in one of three places.
// - The front holds a few keys in order, the next one last. Up to a front's worth of events nothing else is used.
// - Buckets of equal width, linked through the slots, hold what lies ahead of the front, unordered; a bucket is
//   emptied into the front when its time comes (a calendar queue, Brown 1988, CACM 31:10, whose width follows the
//   rate of events as in Tang, Goh and Thng 2005, ACM TOMACS 15:3).
// - A boost::heap::d_ary_heap of arity 4 takes what the two cannot: more than a front's worth at once, and what is
//   beyond the last bucket. It bounds the worst case at O(log n), whatever the times are.
// Cancelling unlinks from a bucket; in the front and the heap it only forgets the slot's sequence, and the key left
// behind (a tombstone) is skipped when it comes up; the heap is rebuilt without them once they are more than half.
// No allocation in steady state.
#pragma once

#include <algorithm>
#include <bit>
#include <boost/heap/d_ary_heap.hpp>
#include <cstdint>
#include <type_traits>
#include <utility>
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

    /// Adds an event at `time` (not negative); amortised O(1), at worst O(log n). A part of whoever schedules, as a small
    /// model does little else: left to itself the compiler makes a call of it once there are several places.
    [[gnu::always_inline]] EventHandle schedule(Time time, unsigned rank, const Payload& payload) {
        require(time >= 0 && rank < (1U << rank_bits), "an event lies before time 0 or has no rank");
        if (free_ == no_slot) [[unlikely]]
            add_slot();
        const std::uint32_t slot = free_;
        Slot& row = slots_[slot];
        free_ = row.next;
        sequence_ += one_event;
        require(sequence_ >> (sequence_bits + slot_bits) == 0, "more events than the queue can number");
        const std::uint64_t low =
            (static_cast<std::uint64_t>(rank) << (sequence_bits + slot_bits)) | sequence_ | slot;
        row.time = static_cast<std::uint64_t>(time);
        row.low = low;
        row.payload = payload;
        row.previous = not_linked;
        place(row, slot);
        return low;
    }

    /// Takes back an event; false if it is no longer pending.
    bool cancel(EventHandle handle) {
        if (!pending(handle)) return false;
        ++cancelled_;
        const auto slot = static_cast<std::uint32_t>(handle & slot_mask);
        Slot& row = slots_[slot];
        if (row.previous != not_linked) {
            unlink(row);
        } else if (++dead_ > 64 && dead_ > heap_.size() / 2) {
            release(slot);
            compact();
            return true;
        }
        release(slot);
        return true;
    }

    bool pending(EventHandle handle) const {
        const auto slot = static_cast<std::uint32_t>(handle & slot_mask);
        return handle != no_event && slot < slots_.size() && slots_[slot].low == handle;
    }

    bool empty() const { return size() == 0; }
    std::size_t size() const {
        return static_cast<std::size_t>((sequence_ >> slot_bits) - taken_ - cancelled_);
    }
    /// Events that have been taken out.
    std::uint64_t taken() const { return taken_; }

    /// Instant of the next event, `never` if there is none.
    Time next_time() { return prepare() ? time_of(front_[front_size_ - 1]) : never; }

    /// Takes out the next event; the queue must not be empty.
    Event pop() {
        require(prepare(), "took an event from an empty queue");
        Event event;
        take_front(event);
        return event;
    }

    /// Takes out the next event if it is at or before `end`; false if there is none.
    bool pop_until(Time end, Event& event) { return pop_until(end, event, Unforeseen{}); }

    /// The same, and tells of events before they are due: foresee(payload, step) is called for an event while it is
    /// some events away, step 0, again when it is nearer, step 1, and when it is one of the next few, step 2. For who
    /// fetches from memory ahead of use, in steps where one thing tells of the next. Which events are told of is up to
    /// the queue: none where few are pending, and not each step of those that were scheduled late.
    template <class Foresee>
    bool pop_until(Time end, Event& event, const Foresee& foresee) {
        // Nearly always the last key of the front stands for a pending event, and nothing in the heap is earlier.
        const bool at_hand = front_size_ > 0 && heap_.empty() && alive(front_[front_size_ - 1]);
        if (!at_hand && !prepare(foresee)) return false;
        if (time_of(front_[front_size_ - 1]) > end) return false;
        take_front(event);
        return true;
    }

    /// Counts events that were scheduled and taken out elsewhere, all between two that came from here.
    void count_passed(std::uint64_t events) {
        require(events < std::uint64_t{1} << sequence_bits, "more events than the queue can number");
        sequence_ += events << slot_bits;
        require(sequence_ >> (sequence_bits + slot_bits) == 0, "more events than the queue can number");
        taken_ += events;
    }

    /// Calls visit(time, payload) for each pending event, in no particular order (for checkers and counts).
    template <class Visit>
    void for_each(Visit visit) const {
        for (const Slot& slot : slots_)
            if (slot.low != 0) visit(static_cast<Time>(slot.time), slot.payload);
    }

private:
    __extension__ using Key = unsigned __int128;
    struct Later {
        bool operator()(Key a, Key b) const { return a > b; }
    };
    using Heap = boost::heap::d_ary_heap<Key, boost::heap::arity<4>, boost::heap::compare<Later>>;
    struct Slot {
        std::uint64_t time = 0;
        std::uint64_t low = 0;  ///< rank, sequence and slot of the event that holds it; 0: free
        Payload payload{};
        std::uint32_t next = no_slot;         ///< in the bucket, or of the free slots
        std::uint32_t previous = not_linked;  ///< in the bucket; no_slot: the first of it
    };
    /// Of events to come, to nobody.
    struct Unforeseen {
        void operator()(const Payload&, unsigned) const {}
    };
    static constexpr std::uint64_t slot_mask = (std::uint64_t{1} << slot_bits) - 1;
    static constexpr std::uint64_t one_event = std::uint64_t{1} << slot_bits;  ///< a step of `sequence_`
    static constexpr std::uint32_t no_slot = UINT32_MAX, not_linked = UINT32_MAX - 1;
    static constexpr std::size_t front_capacity = 32;
    /// Events that a bucket should hold when its time comes.
    static constexpr double bucket_load = 4;
    /// Without buckets every instant belongs to the front.
    static constexpr std::uint64_t all_current = ~std::uint64_t{0} >> 1;

    static Time time_of(Key key) { return static_cast<Time>(static_cast<std::uint64_t>(key >> 64)); }
    static Key key_of(const Slot& slot) { return (static_cast<Key>(slot.time) << 64) | slot.low; }
    bool alive(Key key) const {
        const auto low = static_cast<std::uint64_t>(key);
        return slots_[low & slot_mask].low == low;
    }
    /// Number of the bucket of an instant, counted from time 0; buckets are used in turn.
    std::uint64_t bucket_of(std::uint64_t time) const { return time >> shift_; }

    [[gnu::noinline]] void add_slot() {
        require(slots_.size() < (std::size_t{1} << slot_bits) - 1,
                "more events pending than the queue can hold");
        free_ = static_cast<std::uint32_t>(slots_.size());
        slots_.emplace_back();
    }

    void take_front(Event& event) {
        const Key key = front_[--front_size_];
        const auto slot = static_cast<std::uint32_t>(static_cast<std::uint64_t>(key) & slot_mask);
        event.time = time_of(key);
        event.payload = slots_[slot].payload;
        ++taken_;
        release(slot);
    }

    void release(std::uint32_t slot) {
        slots_[slot].low = 0;
        slots_[slot].next = free_;
        free_ = slot;
    }

    [[gnu::always_inline]] void place(Slot& row, std::uint32_t slot) {
        if (row.time >= front_end_) {
            if (bucket_of(row.time) - current_ <= ahead_) return link(row, slot);
        } else if (front_size_ < front_capacity) {
            return insert(key_of(row));
        }
        put_aside(key_of(row));
    }

    void set_current(std::uint64_t bucket) {
        current_ = bucket;
        front_end_ = ahead_ == 0 ? std::uint64_t{1} << 63 : (bucket + 1) << shift_;
    }

    void link(Slot& row, std::uint32_t slot) {
        const std::size_t bucket = bucket_of(row.time) & bucket_mask_;
        const std::uint32_t head = heads_[bucket];
        row.next = head;
        row.previous = no_slot;
        if (head != no_slot)
            slots_[head].previous = slot;
        else
            occupied_[bucket / 64] |= std::uint64_t{1} << (bucket % 64);
        heads_[bucket] = slot;
        ++linked_;
    }

    void unlink(Slot& row) {
        --linked_;
        if (row.next != no_slot) slots_[row.next].previous = row.previous;
        if (row.previous != no_slot) {
            slots_[row.previous].next = row.next;
            return;
        }
        const std::size_t bucket = bucket_of(row.time) & bucket_mask_;
        heads_[bucket] = row.next;
        if (row.next == no_slot) occupied_[bucket / 64] &= ~(std::uint64_t{1} << (bucket % 64));
    }

    /// Into the front, which has a place.
    [[gnu::always_inline]] void insert(Key key) {
        std::size_t i = front_size_++;
        // Without a jump that depends on the keys, which no processor can foresee.
        for (std::size_t steps = std::min<std::size_t>(i, 2); steps > 0; --steps, --i) {
            const Key before = front_[i - 1];
            const bool earlier = before < key;
            front_[i] = earlier ? before : key;
            key = earlier ? key : before;
        }
        for (; i > 0 && front_[i - 1] < key; --i) front_[i] = front_[i - 1];
        front_[i] = key;
    }

    /// What neither a bucket nor the front takes.
    [[gnu::noinline]] void put_aside(Key key) {
        heap_.push(key);
        if (heap_.size() > crowded_) tune();
    }

    /// Brings the next event to the end of the front; false if there is none.
    bool prepare() { return prepare(Unforeseen{}); }
    template <class Foresee>
    bool prepare(const Foresee& foresee) {
        for (;;) {
            if (front_size_ == 0 || (!heap_.empty() && heap_.top() < front_[front_size_ - 1])) {
                if (!refill(foresee)) return false;
                continue;
            }
            if (alive(front_[front_size_ - 1])) return true;
            --front_size_;
            dead_ -= dead_ > 0;
        }
    }

    /// The next bucket, or one key of the heap, into the front. False if there is neither.
    template <class Foresee>
    [[gnu::noinline]] bool refill(const Foresee& foresee) {
        if (sequence_ >> slot_bits >= next_look_) tune();
        if (front_size_ == 0 && linked_ > 0) next_bucket(foresee);
        if (heap_.empty() || (front_size_ > 0 && front_[front_size_ - 1] < heap_.top()))
            return front_size_ > 0;
        const Key key = heap_.top();
        heap_.pop();
        if (!alive(key)) {
            dead_ -= dead_ > 0;
            return true;
        }
        if (front_size_ == 0 && ahead_ > 0)
            set_current(std::max(current_, bucket_of(static_cast<std::uint64_t>(key >> 64))));
        if (front_size_ == front_capacity) {
            // The latest of the front makes room.
            heap_.push(front_[0]);
            std::move(front_ + 1, front_ + front_size_, front_);
            --front_size_;
        }
        insert(key);
        return true;
    }

    /// Goes on to the next bucket that holds something, or to that of the heap's first event if it is earlier.
    template <class Foresee>
    void next_bucket(const Foresee& foresee) {
        const std::size_t bucket = (current_ + 1) & bucket_mask_;
        const std::size_t found = occupied_from(bucket);
        const std::uint64_t next = current_ + 1 + ((found - bucket) & bucket_mask_);
        if (!heap_.empty()) {
            const std::uint64_t of_heap = bucket_of(static_cast<std::uint64_t>(heap_.top() >> 64));
            if (of_heap < next) {
                set_current(std::max(current_, of_heap));
                return;
            }
        }
        set_current(next);
        std::uint32_t slot = heads_[found];
        heads_[found] = no_slot;
        occupied_[found / 64] &= ~(std::uint64_t{1} << (found % 64));
        while (slot != no_slot) {
            Slot& row = slots_[slot];
            slot = row.next;
            foresee(row.payload, 2U);
            row.previous = not_linked;
            --linked_;
            if (front_size_ < front_capacity)
                insert(key_of(row));
            else
                heap_.push(key_of(row));
        }
        if constexpr (!std::is_same_v<Foresee, Unforeseen>) look_ahead(found, foresee);
    }

    /// Tells of what is in the two buckets after one, and asks for the third, whose slots it will have to go through.
    template <class Foresee>
    void look_ahead(std::size_t bucket, const Foresee& foresee) const {
        if (linked_ == 0) return;
        for (const unsigned step : {1U, 0U}) {
            bucket = occupied_from((bucket + 1) & bucket_mask_);
            for (std::uint32_t slot = heads_[bucket]; slot != no_slot; slot = slots_[slot].next)
                foresee(slots_[slot].payload, step);
        }
        const Slot& first = slots_[heads_[occupied_from((bucket + 1) & bucket_mask_)]];
        __builtin_prefetch(&first, 1);
        __builtin_prefetch(reinterpret_cast<const char*>(&first + 1) - 1, 1);
    }

    /// The first bucket from that one on, all round, that holds something; there must be one.
    std::size_t occupied_from(std::size_t bucket) const {
        std::size_t word = bucket / 64;
        std::uint64_t bits = occupied_[word] >> (bucket % 64) << (bucket % 64);
        while (bits == 0) {
            word = word + 1 == occupied_.size() ? 0 : word + 1;
            bits = occupied_[word];
        }
        return word * 64 + static_cast<std::size_t>(std::countr_zero(bits));
    }

    /// Fits the buckets to the number of pending events and to the rate of the last ones.
    [[gnu::noinline]] void tune();
    void compact();

    Key front_[front_capacity] = {};  ///< descending
    std::size_t front_size_ = 0;
    std::uint32_t free_ = no_slot;  ///< the first free slot
    std::uint64_t sequence_ = 0;    ///< of the last event, in its place within a key
    std::uint64_t taken_ = 0, cancelled_ = 0;
    std::vector<Slot> slots_;

    std::uint64_t current_ = all_current;               ///< the bucket that the front is of
    std::uint64_t front_end_ = std::uint64_t{1} << 63;  ///< what is earlier belongs to the front
    std::uint64_t ahead_ = 0;  ///< how many buckets after it take events; 0: there are none
    std::size_t bucket_mask_ = 0;
    int shift_ = 0;                        ///< a bucket is 2^shift_ ns wide
    std::size_t linked_ = 0;               ///< events in buckets
    std::vector<std::uint32_t> heads_;     ///< the first slot of each bucket
    std::vector<std::uint64_t> occupied_;  ///< a bit for each bucket that holds something

    Heap heap_;
    std::size_t dead_ = 0;  ///< tombstones in the front and the heap; a few may be counted no more

    std::size_t crowded_ = front_capacity;  ///< the heap's size at which the buckets are looked at
    std::uint64_t next_look_ = 1024;        ///< the sequence at which they are looked at in any case
    std::uint64_t handled_at_look_ = 0, time_at_look_ = 0;
};

template <class Payload>
void EventQueue<Payload>::compact() {
    std::vector<Key> kept;
    kept.reserve(heap_.size());
    for (const Key key : heap_)
        if (alive(key)) kept.push_back(key);
    heap_.clear();
    for (const Key key : kept) heap_.push(key);
    dead_ = 0;
}

template <class Payload>
void EventQueue<Payload>::tune() {
    // The instant reached, and the mean distance of events since the last look; at first, of those pending.
    std::uint64_t first = ~std::uint64_t{0};
    double ahead = 0;
    for (const Slot& slot : slots_)
        if (slot.low != 0) first = std::min(first, slot.time);
    for (const Slot& slot : slots_)
        if (slot.low != 0) ahead += static_cast<double>(slot.time - first);
    const std::size_t live = size();
    const std::uint64_t scheduled = sequence_ >> slot_bits;
    const std::uint64_t handled = taken_ + cancelled_;
    const std::uint64_t since = handled - handled_at_look_;
    double gap = live == 0 ? 0 : ahead / static_cast<double>(live) / static_cast<double>(live);
    if (since > live && first > time_at_look_)
        gap = static_cast<double>(first - time_at_look_) / static_cast<double>(since);
    handled_at_look_ = handled;
    time_at_look_ = first;
    next_look_ = scheduled + std::max<std::uint64_t>(1024, 8 * slots_.size());
    crowded_ = std::max<std::size_t>(front_capacity, 2 * live);
    const double width = std::clamp(gap * bucket_load, 1.0, 0x1p60);
    const int shift = static_cast<int>(std::bit_width(static_cast<std::uint64_t>(width))) - 1;
    std::size_t buckets = live <= front_capacity ? 0 : std::bit_ceil(2 * live);
    const bool fits = (buckets == 0) == heads_.empty() && std::abs(shift - shift_) <= 1 &&
                      heads_.size() <= 4 * buckets && 2 * heads_.size() >= buckets;
    if (fits) return;
    // Everything is placed anew; keys in the front and the heap stay there if they are due at once.
    std::vector<Key> keys;
    keys.reserve(live);
    for (const Slot& slot : slots_)
        if (slot.low != 0) keys.push_back(key_of(slot));
    front_size_ = linked_ = dead_ = 0;
    heap_.clear();
    heads_.assign(buckets, no_slot);
    occupied_.assign((buckets + 63) / 64, 0);
    shift_ = buckets == 0 ? 0 : shift;
    bucket_mask_ = buckets == 0 ? 0 : buckets - 1;
    ahead_ = buckets == 0 ? 0 : buckets - 1;
    set_current(buckets == 0 ? all_current : bucket_of(first));
    for (const Key key : keys) {
        const auto slot = static_cast<std::uint32_t>(static_cast<std::uint64_t>(key) & slot_mask);
        Slot& row = slots_[slot];
        row.previous = not_linked;
        const std::uint64_t distance = bucket_of(row.time) - current_;
        if (distance - 1 < ahead_)
            link(row, slot);
        else if (front_size_ < front_capacity && static_cast<std::int64_t>(distance) <= 0)
            insert(key);
        else
            heap_.push(key);
    }
}

}  // namespace understudy::kernel
