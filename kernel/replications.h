// Independent replications on all cores, reduced in order of their index: any number of threads gives the same bytes.
//
// `run(index)` is called once for each index in [first, last), from several threads at once and in no fixed order;
// `reduce(index, value)` from one thread at a time, strictly in ascending order of index, as soon as the value is
// there. At most `threads` results wait for their turn beyond the one due, so memory stays bounded.
// `stop` is looked at before each replication: once it is set no further one begins, those begun are finished, and
// what is reduced is a gapless prefix. An exception from run or reduce ends the whole and is thrown to the caller.
#pragma once

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <exception>
#include <map>
#include <mutex>
#include <system_error>
#include <thread>
#include <vector>

namespace understudy::kernel {

/// Threads to use when nobody says: one per core.
inline unsigned default_threads() {
    const unsigned cores = std::thread::hardware_concurrency();
    return cores == 0 ? 1 : cores;
}

/// Returns the number of replications reduced.
template <class Run, class Reduce>
std::int64_t replicate(std::int64_t first, std::int64_t last, unsigned threads, const std::atomic<bool>& stop,
                       Run run, Reduce reduce) {
    using Value = decltype(run(first));
    std::mutex mutex;
    std::condition_variable turn;
    std::map<std::int64_t, Value> finished;
    std::int64_t next_to_run = first, next_to_reduce = first;
    std::exception_ptr failure;

    auto worker = [&] {
        std::unique_lock lock(mutex);
        for (;;) {
            // A replication far ahead of the slowest one waits: its result would only pile up.
            turn.wait(lock, [&] {
                return failure || stop || next_to_run >= last ||
                       next_to_run - next_to_reduce < 2 * std::int64_t{threads};
            });
            if (failure || stop || next_to_run >= last) return;
            const std::int64_t index = next_to_run++;
            lock.unlock();
            try {
                Value value = run(index);
                lock.lock();
                finished.emplace(index, std::move(value));
                while (!failure && !finished.empty() && finished.begin()->first == next_to_reduce) {
                    reduce(next_to_reduce, std::move(finished.begin()->second));
                    finished.erase(finished.begin());
                    ++next_to_reduce;
                }
            } catch (...) {
                if (!lock.owns_lock()) lock.lock();
                if (!failure) failure = std::current_exception();
            }
            turn.notify_all();
        }
    };

    if (threads <= 1 || last - first <= 1) {
        worker();
    } else {
        // jthread: joins also where the system gives no further thread; those that run then do all the work.
        std::vector<std::jthread> pool;
        const auto useful = static_cast<std::int64_t>(threads) < last - first ? threads : last - first;
        try {
            for (std::int64_t i = 0; i < useful; ++i) pool.emplace_back(worker);
        } catch (const std::system_error&) {
            if (pool.empty()) worker();
        }
    }
    if (failure) std::rethrow_exception(failure);
    return next_to_reduce - first;
}

}  // namespace understudy::kernel
