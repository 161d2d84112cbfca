// Promised: each index is run once, results are reduced in ascending order whatever the threads, `stop` leaves a
// gapless prefix, exceptions reach the caller, and few results wait for their turn. Shown: with latches instead
// of pauses, so that the order of the threads is forced and not hoped for.
#include "kernel/replications.h"

#include <doctest/doctest.h>

#include <atomic>
#include <condition_variable>
#include <mutex>
#include <numeric>
#include <set>
#include <stdexcept>
#include <string>
#include <vector>

using namespace understudy::kernel;

namespace {

const std::atomic<bool> go_on{false};

/// A value that depends on the index alone, and takes a different while for each.
std::uint64_t work(std::int64_t index) {
    std::uint64_t value = static_cast<std::uint64_t>(index) + 1;
    for (std::int64_t i = 0; i < (index * 7919) % 5000; ++i)
        value = value * 6364136223846793005ULL + 1442695040888963407ULL;
    return value;
}

}  // namespace

TEST_CASE("any number of threads reduces the same values in the same order") {
    std::vector<std::vector<std::pair<std::int64_t, std::uint64_t>>> outcomes;
    for (const unsigned threads : {1U, 2U, 5U}) {
        std::vector<std::pair<std::int64_t, std::uint64_t>> reduced;
        std::mutex mutex;
        std::multiset<std::int64_t> ran;
        const std::int64_t done = replicate(
            3, 203, threads, go_on,
            [&](std::int64_t index) {
                {
                    const std::lock_guard lock(mutex);
                    ran.insert(index);
                }
                return work(index);
            },
            [&](std::int64_t index, std::uint64_t value) { reduced.emplace_back(index, value); });
        CHECK(done == 200);
        CHECK(ran.size() == 200);
        CHECK(std::set<std::int64_t>(ran.begin(), ran.end()).size() == 200);
        outcomes.push_back(std::move(reduced));
    }
    REQUIRE(outcomes[0].size() == 200);
    for (std::size_t i = 0; i < 200; ++i) CHECK(outcomes[0][i].first == static_cast<std::int64_t>(i) + 3);
    CHECK(outcomes[0] == outcomes[1]);
    CHECK(outcomes[0] == outcomes[2]);
}

TEST_CASE("a result that comes early waits for its turn") {
    // Index 0 ends only after index 1 has: with two threads that order is sure.
    std::mutex mutex;
    std::condition_variable changed;
    bool one_has_ended = false;
    std::vector<std::int64_t> order;
    replicate(
        0, 2, 2, go_on,
        [&](std::int64_t index) {
            std::unique_lock lock(mutex);
            if (index == 0) changed.wait(lock, [&] { return one_has_ended; });
            if (index == 1) {
                one_has_ended = true;
                changed.notify_all();
            }
            return index;
        },
        [&](std::int64_t index, std::int64_t value) {
            CHECK(index == value);
            order.push_back(index);
        });
    CHECK(order == std::vector<std::int64_t>{0, 1});
}

TEST_CASE("few results pile up behind a slow one") {
    // Index 0 is held until no other can begin: those that began meanwhile are bounded by the threads.
    constexpr unsigned threads = 3;
    std::mutex mutex;
    std::condition_variable changed;
    std::int64_t begun = 0, most_ahead = 0;
    const std::int64_t done = replicate(
        0, 100, threads, go_on,
        [&](std::int64_t index) {
            std::unique_lock lock(mutex);
            ++begun;
            changed.notify_all();
            if (index == 0) {
                // 2 * threads may be handed out in all; then the others have to wait for this one.
                changed.wait(lock, [&] { return begun >= 2 * std::int64_t{threads}; });
                most_ahead = begun;
            }
            return index;
        },
        [](std::int64_t, std::int64_t) {});
    CHECK(done == 100);
    CHECK(most_ahead == 2 * std::int64_t{threads});
}

TEST_CASE("stop lets those that have begun finish and leaves a prefix without gaps") {
    for (const unsigned threads : {1U, 2U, 5U}) {
        std::atomic<bool> stop{false};
        std::atomic<std::int64_t> begun{0};
        std::vector<std::int64_t> reduced;
        const std::int64_t done = replicate(
            0, 1000, threads, stop,
            [&](std::int64_t index) {
                if (++begun == 20) stop = true;
                return index;
            },
            [&](std::int64_t index, std::int64_t) { reduced.push_back(index); });
        CHECK(done == begun);
        CHECK(done >= 20);
        CHECK(done < 20 + std::int64_t{threads});
        std::vector<std::int64_t> expected(static_cast<std::size_t>(done));
        std::iota(expected.begin(), expected.end(), 0);
        CHECK(reduced == expected);
    }
}

TEST_CASE("nothing runs where stop is already set or there is nothing to do") {
    const std::atomic<bool> stopped{true};
    auto never_run = [](std::int64_t) -> int { throw std::logic_error("ran"); };
    auto never_reduce = [](std::int64_t, int) { throw std::logic_error("reduced"); };
    for (const unsigned threads : {1U, 2U}) {
        CHECK(replicate(0, 10, threads, stopped, never_run, never_reduce) == 0);
        CHECK(replicate(4, 4, threads, go_on, never_run, never_reduce) == 0);
    }
}

TEST_CASE("an exception ends the whole and reaches the caller") {
    for (const unsigned threads : {1U, 2U, 5U}) {
        std::vector<std::int64_t> reduced;
        CHECK_THROWS_WITH_AS(replicate(
                                 0, 100, threads, go_on,
                                 [](std::int64_t index) {
                                     if (index == 7) throw std::runtime_error("seven");
                                     return index;
                                 },
                                 [&](std::int64_t index, std::int64_t) { reduced.push_back(index); }),
                             "seven", std::runtime_error);
        CHECK(reduced.size() <= 7);
        for (std::size_t i = 0; i < reduced.size(); ++i) CHECK(reduced[i] == static_cast<std::int64_t>(i));

        std::atomic<std::int64_t> begun{0};
        CHECK_THROWS_WITH_AS(replicate(
                                 0, 100000, threads, go_on,
                                 [&](std::int64_t index) {
                                     ++begun;
                                     return index;
                                 },
                                 [&](std::int64_t index, std::int64_t) {
                                     if (index == 5) throw std::runtime_error("five");
                                 }),
                             "five", std::runtime_error);
        CHECK(begun < 100);  // those in flight, not the rest
    }
}
