// Promised: who is set aside is not looked at until he is brought back, and then goes when he would have gone.
// Shown: lines in each order that can do so, from which some are set aside at random times, beside a line that passes them
// over; who came to the head of the line is in front of those that wait aside.
#include "models/simulation/line.h"

#include <doctest/doctest.h>

#include <random>
#include <vector>

using namespace understudy::models;

namespace {

constexpr auto always = [](const Line::Entry&) { return true; };
constexpr auto first = [](std::size_t) { return std::size_t{0}; };

/// Takes up to so many whose number is not halted; how many it looked at.
int take(Line& line, std::size_t most, bool halted, bool aside, std::vector<Index>& into) {
    int looks = 0;
    line.scan(
        always,
        [&](const Line::Entry& entry) {
            if (most == 0) return Line::Look::end;
            ++looks;
            if (halted && entry.item % 3 == 0) return aside ? Line::Look::aside : Line::Look::passed;
            --most;
            into.push_back(entry.item);
            return Line::Look::taken;
        },
        first);
    return looks;
}

}  // namespace

TEST_CASE("a line that sets aside gives the same order as one that passes over") {
    for (const Order order : {Order::fifo, Order::priority, Order::shortest, Order::deadline}) {
        std::mt19937 random(static_cast<unsigned>(order) + 1);
        Line one, other;
        one.set_order(order);
        other.set_order(order);
        REQUIRE(one.can_set_aside());
        std::vector<Index> taken, expected;
        bool halted = false;
        Index next = 0;
        for (int step = 0; step < 3000; ++step) {
            const unsigned what = random() % 10;
            if (what < 5) {
                const double key = order == Order::fifo ? 0 : static_cast<double>(random() % 4);
                const bool at_head = random() % 5 == 0;
                for (Line* line : {&one, &other})
                    at_head ? line->push_front(next, key) : line->push(next, key);
                ++next;
            } else if (what < 9) {
                const std::size_t most = random() % 3;
                take(one, most, halted, true, taken);
                take(other, most, halted, false, expected);
            } else {
                halted = !halted;
                if (!halted) one.bring_back();
            }
            REQUIRE(taken == expected);
            std::vector<Index> all, all_expected;
            one.for_each([&](const Line::Entry& entry) { all.push_back(entry.item); });
            other.for_each([&](const Line::Entry& entry) { all_expected.push_back(entry.item); });
            REQUIRE(all == all_expected);
        }
    }
}

TEST_CASE("who is set aside is looked at once") {
    Line line;
    std::vector<Index> taken;
    for (Index i = 0; i < 300; ++i) line.push(3 * i, 0);
    CHECK(take(line, 1, true, true, taken) == 300);
    line.push(1, 0);
    CHECK(take(line, 1, true, true, taken) == 1);
    CHECK(taken == std::vector<Index>{1});
}
