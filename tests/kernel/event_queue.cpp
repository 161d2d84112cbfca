// Promised: events come out by time, then rank, then in the order of scheduling; cancelling takes back exactly
// one; copies hold everything and keep their handles; tombstones do not pile up and change nothing; neither the
// number of events nor the spread of their instants matters.
// Shown: random programs of schedule, cancel and pop against a sorted list that does the same the slow way,
// small and full of ties, and large with instants near, far and in bursts.
#include "kernel/event_queue.h"

#include <doctest/doctest.h>
#include <rapidcheck.h>

#include <algorithm>
#include <cstdint>
#include <tuple>
#include <vector>

#include "kernel/random.h"

using namespace understudy::kernel;

namespace {

struct Payload {
    std::uint32_t number;
};
using Queue = EventQueue<Payload>;

/// The same queue as a plain list: sorted only where something is asked of it.
class Reference {
public:
    void schedule(Time time, unsigned rank, std::uint32_t number) { rows_.push_back({time, rank, number}); }
    bool cancel(std::uint32_t number) {
        const auto found =
            std::find_if(rows_.begin(), rows_.end(), [&](const Row& r) { return std::get<2>(r) == number; });
        if (found == rows_.end()) return false;
        rows_.erase(found);
        return true;
    }
    std::pair<Time, std::uint32_t> pop() {
        const auto first = std::min_element(rows_.begin(), rows_.end());
        const Row row = *first;
        rows_.erase(first);
        return {std::get<0>(row), std::get<2>(row)};
    }
    Time next_time() const {
        return rows_.empty() ? never : std::get<0>(*std::min_element(rows_.begin(), rows_.end()));
    }
    std::size_t size() const { return rows_.size(); }

private:
    using Row = std::tuple<Time, unsigned, std::uint32_t>;  // numbers ascend in order of scheduling
    std::vector<Row> rows_;
};

/// A queue and its reference that are always told the same.
struct Pair {
    Queue queue;
    Reference reference;
    std::vector<EventHandle> handles;  // by number

    void schedule(Time time, unsigned rank) {
        const auto number = static_cast<std::uint32_t>(handles.size());
        handles.push_back(queue.schedule(time, rank, {number}));
        reference.schedule(time, rank, number);
    }
    void cancel(std::size_t number) {
        const bool expected = reference.cancel(static_cast<std::uint32_t>(number));
        RC_ASSERT(queue.pending(handles[number]) == expected);
        RC_ASSERT(queue.cancel(handles[number]) == expected);
        RC_ASSERT(!queue.pending(handles[number]));
    }
    void pop() {
        const auto [time, number] = reference.pop();
        const auto event = queue.pop();
        RC_ASSERT(event.time == time);
        RC_ASSERT(event.payload.number == number);
    }
    void compare() {
        RC_ASSERT(queue.size() == reference.size());
        RC_ASSERT(queue.empty() == (reference.size() == 0));
        RC_ASSERT(queue.next_time() == reference.next_time());
    }
    void drain() {
        while (reference.size() > 0) pop();
        compare();
    }
};

/// Few instants and all ranks, so that ties are the rule.
void random_steps(Pair& pair, int steps) {
    for (int i = 0; i < steps; ++i) {
        const int choice = *rc::gen::inRange(0, 10);
        if (choice < 5 || pair.handles.empty())
            pair.schedule(*rc::gen::inRange<Time>(0, 6), *rc::gen::inRange(0U, 8U));
        else if (choice < 8)
            pair.cancel(*rc::gen::inRange<std::size_t>(0, pair.handles.size()));
        else if (pair.reference.size() > 0)
            pair.pop();
        pair.compare();
    }
}

}  // namespace

TEST_CASE("any program of schedule, cancel and pop does what a sorted list does") {
    CHECK(rc::check([] {
        Pair pair;
        random_steps(pair, *rc::gen::inRange(0, 120));
        pair.drain();
    }));
}

TEST_CASE("programs of thousands of events, near, far and in bursts") {
    // Each phase has its own spread of instants and its own bent to grow or shrink, so that buckets are made,
    // fitted anew and given up, and the heap takes what lies beyond them.
    CHECK(rc::check([] {
        Pair pair;
        Stream random(StreamKey{*rc::gen::arbitrary<std::uint64_t>()});
        Time now = 0;
        const int phases = *rc::gen::inRange(1, 8);
        for (int phase = 0; phase < phases; ++phase) {
            const int spread = *rc::gen::inRange(0, 50);  // bits
            const std::uint64_t growth = *rc::gen::inRange<std::uint64_t>(0, 5);
            const bool bursts = *rc::gen::inRange(0, 3) == 0;
            for (int step = 0; step < 1000; ++step) {
                if (random.below(8) < 2 + growth) {
                    Time ahead = static_cast<Time>(random.below(std::uint64_t{1} << spread));
                    if (bursts) ahead = ahead >> (spread / 2) << (spread / 2);
                    if (random.below(100) == 0) ahead <<= 10;
                    pair.schedule(now + ahead, static_cast<unsigned>(random.below(8)));
                } else if (random.below(3) == 0 && !pair.handles.empty()) {
                    pair.cancel(random.below(pair.handles.size()));
                } else if (pair.reference.size() > 0) {
                    now = pair.queue.next_time();
                    pair.pop();
                }
            }
            pair.compare();
        }
        Pair copy = pair;
        pair.drain();
        copy.drain();
    }));
}

TEST_CASE("a copy holds everything pending, keeps the handles and goes its own way") {
    CHECK(rc::check([] {
        Pair original;
        random_steps(original, *rc::gen::inRange(0, 60));
        Pair copy = original;
        random_steps(original, 30);
        random_steps(copy, 30);
        // What one was told, the other has not heard of: both still agree with their own reference.
        copy.drain();
        original.drain();
    }));
}

TEST_CASE("many cancellations compact the heap and lose nothing") {
    // Far above the 64 keys below which compaction never happens; three of four are cancelled, in an order that
    // has nothing to do with time.
    Queue queue;
    std::vector<EventHandle> handles;
    const std::uint32_t count = 10'000;
    for (std::uint32_t i = 0; i < count; ++i)
        handles.push_back(queue.schedule(Time{i} * 7919 % 10'007, i % 8, {i}));
    std::vector<bool> kept(count, true);
    for (std::uint32_t i = 0; i < count; ++i) {
        const std::uint32_t victim = static_cast<std::uint32_t>(std::uint64_t{i} * 4801 % count);
        if (victim % 4 == 0) continue;
        REQUIRE(queue.cancel(handles[victim]));
        kept[victim] = false;
    }
    REQUIRE(queue.size() == count / 4);
    std::size_t visited = 0;
    queue.for_each([&](Time time, const Payload& payload) {
        ++visited;
        CHECK(kept[payload.number]);
        CHECK(time == Time{payload.number} * 7919 % 10'007);
    });
    CHECK(visited == count / 4);
    std::tuple<Time, unsigned, std::uint32_t> last{-1, 0, 0};
    while (!queue.empty()) {
        const auto event = queue.pop();
        const std::tuple<Time, unsigned, std::uint32_t> key{event.time, event.payload.number % 8,
                                                            event.payload.number};
        REQUIRE(kept[event.payload.number]);
        CHECK(last < key);
        last = key;
    }
}

TEST_CASE("a slot that is used again does not answer to its old handle") {
    Queue queue;
    const EventHandle first = queue.schedule(5, 0, {1});
    CHECK(queue.cancel(first));
    const EventHandle second = queue.schedule(5, 0, {2});
    CHECK(first != second);
    CHECK_FALSE(queue.cancel(first));
    CHECK(queue.pending(second));
    CHECK(queue.pop().payload.number == 2);
    CHECK_FALSE(queue.cancel(second));
    CHECK_FALSE(queue.cancel(no_event));
    CHECK(queue.next_time() == never);
}

TEST_CASE("the last instant of the clock is an instant like any other") {
    Queue queue;
    queue.schedule(never, 7, {1});
    queue.schedule(never, 0, {2});
    queue.schedule(0, 7, {3});
    CHECK(queue.pop().payload.number == 3);
    CHECK(queue.pop().payload.number == 2);
    CHECK(queue.next_time() == never);
    CHECK_FALSE(queue.empty());
    CHECK(queue.pop().payload.number == 1);
}

TEST_CASE("events are told of before they are due, step by step, and come out as without") {
    Stream draw{StreamKey{7}};
    // Few pending: not worth telling. Many: nearly each, each step once unless the buckets are laid out anew.
    for (const std::uint32_t pending : {8U, 5000U}) {
        Queue told, untold;
        std::uint32_t number = 0;
        Time now = 0;
        const auto schedule = [&] {
            const Time time = now + static_cast<Time>(draw.below(1'000'000'000));
            told.schedule(time, 0, {number});
            untold.schedule(time, 0, {number});
            ++number;
        };
        for (std::uint32_t i = 0; i < pending; ++i) schedule();
        constexpr std::uint32_t happen = 60'000;
        std::vector<unsigned> next_step(happen + pending, 0);
        std::uint32_t all_steps = 0, out_of_turn = 0;
        for (std::uint32_t i = 0; i < happen; ++i) {
            Queue::Event event;
            REQUIRE(told.pop_until(never, event, [&](const Payload& payload, unsigned step) {
                if (step == next_step[payload.number])
                    ++next_step[payload.number];
                else
                    ++out_of_turn;
            }));
            const Queue::Event expected = untold.pop();
            REQUIRE(event.time == expected.time);
            REQUIRE(event.payload.number == expected.payload.number);
            all_steps += next_step[event.payload.number] == 3;
            now = event.time;
            schedule();
        }
        CAPTURE(pending);
        CHECK(all_steps >= (pending == 8 ? 0 : happen * 9 / 10));
        CHECK(all_steps <= (pending == 8 ? 0 : happen));
        CHECK(out_of_turn < happen / 50);
    }
}
