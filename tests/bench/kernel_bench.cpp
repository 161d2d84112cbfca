// The kernel's queue and draws under the workloads of limits/: what hold_heap and cancel_heap do with a heap of
// their own, done with kernel::EventQueue and draws by inversion.
//
//   kernel_bench hold PENDING OPERATIONS
//   kernel_bench cancel CUSTOMERS
#include <array>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <vector>

#include "kernel/distribution.h"
#include "kernel/event_queue.h"
#include "kernel/random.h"

using namespace understudy::kernel;

namespace {

struct Payload {
    std::uint32_t kind, row, more;
};

/// Exponential times; a few are drawn ahead.
class Draws {
public:
    Time operator()(double mean_s) {
        if (next_ == values_.size()) {
            law_.fill(stream_, values_.data(), values_.size());
            next_ = 0;
        }
        return from_seconds(mean_s * values_[next_++]);
    }

private:
    Stream stream_{StreamKey{42}};
    Distribution law_ = Distribution::exponential(1);
    std::array<double, 32> values_;
    std::size_t next_ = values_.size();
};

/// Each event that happens is scheduled again after an exponential time of mean 1 s.
int hold(std::uint32_t pending, std::uint64_t operations) {
    Draws draw;
    EventQueue<Payload> queue;
    for (std::uint32_t i = 0; i < pending; ++i) queue.schedule(draw(1), 0, {0, i, 0});
    Time now = 0;
    std::uint64_t check = 0;
    for (std::uint64_t i = 0; i < operations; ++i) {
        const auto event = queue.pop();
        now = event.time;
        check += event.payload.row;
        queue.schedule(now + draw(1), 0, event.payload);
    }
    std::printf("operations %llu now %.4f (expected about %.4f) check %llu\n",
                static_cast<unsigned long long>(operations), to_seconds(now),
                static_cast<double>(operations) / pending, static_cast<unsigned long long>(check));
    return 0;
}

/// A thousand customers a second, each served after a time of mean 1 / 0.9 s unless its timeout of mean 10 s comes
/// first; whichever happens cancels the other.
int cancel(std::uint64_t customers) {
    enum Kind : std::uint32_t { arrival, service, timeout };
    struct Customer {
        Time arrived = 0;
        EventHandle service = no_event, timeout = no_event;
    };
    Draws draw;
    EventQueue<Payload> queue;
    std::vector<Customer> rows;
    std::vector<std::uint32_t> free;
    std::uint64_t arrived = 0, done = 0, timeouts = 0;
    double sum = 0;
    queue.schedule(0, 0, {arrival, 0, 0});
    while (!queue.empty()) {
        const auto event = queue.pop();
        const Time now = event.time;
        if (event.payload.kind == arrival) {
            std::uint32_t row;
            if (free.empty()) {
                row = static_cast<std::uint32_t>(rows.size());
                rows.emplace_back();
            } else {
                row = free.back();
                free.pop_back();
            }
            if (++arrived < customers) queue.schedule(now + draw(1e-3), 0, {arrival, 0, 0});
            rows[row].arrived = now;
            rows[row].service = queue.schedule(now + draw(1 / 0.9), 0, {service, row, 0});
            rows[row].timeout = queue.schedule(now + draw(10), 0, {timeout, row, 0});
        } else {
            const std::uint32_t row = event.payload.row;
            timeouts += event.payload.kind == timeout;
            queue.cancel(event.payload.kind == timeout ? rows[row].service : rows[row].timeout);
            sum += to_seconds(now - rows[row].arrived);
            ++done;
            free.push_back(row);
        }
    }
    std::printf("mean %.4f (theory 1) timeouts %.4f done %llu\n", sum / static_cast<double>(done),
                static_cast<double>(timeouts) / static_cast<double>(done),
                static_cast<unsigned long long>(done));
    return 0;
}

}  // namespace

int main(int count, char** words) {
    if (count == 4 && std::strcmp(words[1], "hold") == 0)
        return hold(static_cast<std::uint32_t>(std::strtoul(words[2], nullptr, 10)),
                    std::strtoull(words[3], nullptr, 10));
    if (count == 3 && std::strcmp(words[1], "cancel") == 0)
        return cancel(std::strtoull(words[2], nullptr, 10));
    std::fputs("kernel_bench hold PENDING OPERATIONS | kernel_bench cancel CUSTOMERS\n", stderr);
    return 2;
}
