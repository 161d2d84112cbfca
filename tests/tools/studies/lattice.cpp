// Promised: on any grid where dearer is at least as good, showing the frontier's settings one by one ends with the
// cheapest that is met, and what is concluded is true; along a factor that is not trusted nothing is concluded.
// Shown: random grids with random monotone truths, searched and compared with looking at each setting.
#include "tools/studies/lattice.h"

#include <doctest/doctest.h>
#include <rapidcheck.h>

#include <numeric>

using namespace understudy::studies;

namespace {

struct Grid {
    std::vector<std::size_t> sizes;
    std::vector<double> costs;
    std::vector<bool> met;
};

Grid random_grid() {
    Grid grid;
    const auto factors = *rc::gen::inRange<std::size_t>(1, 4);
    std::vector<int> price, help;
    std::size_t points = 1;
    for (std::size_t f = 0; f < factors; ++f) {
        grid.sizes.push_back(*rc::gen::inRange<std::size_t>(1, 6));
        points *= grid.sizes.back();
        price.push_back(*rc::gen::inRange(1, 5));
        help.push_back(*rc::gen::inRange(0, 5));
    }
    const int needed = *rc::gen::inRange(0, 30);
    for (std::size_t point = 0; point < points; ++point) {
        double cost = 0;
        int helped = 0;
        std::size_t rest = point;
        for (std::size_t f = factors; f-- > 0; rest /= grid.sizes[f]) {
            const int place = static_cast<int>(rest % grid.sizes[f]);
            cost += price[f] * place;
            helped += help[f] * place;
        }
        grid.costs.push_back(cost);
        grid.met.push_back(helped >= needed);
    }
    return grid;
}

}  // namespace

TEST_CASE("the frontier leads to the cheapest that is met, and proves it") {
    CHECK(rc::check([] {
        const Grid grid = random_grid();
        Lattice lattice(grid.sizes, grid.costs, std::vector<bool>(grid.sizes.size(), true));
        double below = 1e9;
        std::size_t shown = 0;
        for (;;) {
            const auto frontier = lattice.frontier(below);
            if (frontier.empty()) break;
            RC_ASSERT(++shown <= grid.costs.size());
            if (grid.met[frontier.front()]) {
                lattice.show_met(frontier.front());
                below = lattice.cost(*lattice.cheapest_met());
            } else {
                lattice.show_violated(frontier.front());
            }
        }
        std::optional<double> cheapest;
        for (std::size_t point = 0; point < grid.costs.size(); ++point) {
            if (grid.met[point] && (!cheapest || grid.costs[point] < *cheapest)) cheapest = grid.costs[point];
            if (lattice.standing(point) == Lattice::Standing::met) RC_ASSERT(grid.met[point]);
            if (lattice.standing(point) == Lattice::Standing::violated) RC_ASSERT(!grid.met[point]);
        }
        const auto best = lattice.cheapest_met();
        RC_ASSERT(best.has_value() == cheapest.has_value());
        if (best) RC_ASSERT(lattice.cost(*best) == *cheapest);
    }));
}

TEST_CASE("what is shown is concluded of all that are at most it, or that it is at most, and of no other") {
    CHECK(rc::check([] {
        const Grid grid = random_grid();
        std::vector<bool> trusted;
        for (std::size_t f = 0; f < grid.sizes.size(); ++f) trusted.push_back(*rc::gen::inRange(0, 4) > 0);
        const Lattice lattice(grid.sizes, grid.costs, trusted);
        const auto shown = *rc::gen::inRange<std::size_t>(0, grid.costs.size());
        Lattice met = lattice, violated = lattice;
        met.show_met(shown);
        violated.show_violated(shown);
        for (std::size_t point = 0; point < grid.costs.size(); ++point) {
            RC_ASSERT((met.standing(point) == Lattice::Standing::met) == lattice.at_most(shown, point));
            RC_ASSERT((violated.standing(point) == Lattice::Standing::violated) ==
                      lattice.at_most(point, shown));
        }
    }));
}

TEST_CASE("along a factor that is not trusted nothing is concluded") {
    Lattice lattice({3, 2}, {0, 1, 2, 3, 4, 5}, {true, true});
    lattice.show_violated(lattice.point({1, 1}));
    CHECK(lattice.standing(lattice.point({1, 0})) == Lattice::Standing::violated);
    lattice.distrust(1);
    CHECK(lattice.standing(lattice.point({1, 1})) == Lattice::Standing::open);
    lattice.show_violated(lattice.point({1, 1}));
    CHECK(lattice.standing(lattice.point({0, 1})) == Lattice::Standing::violated);
    CHECK(lattice.standing(lattice.point({1, 0})) == Lattice::Standing::open);
    CHECK(lattice.frontier(10) == std::vector<Lattice::Point>{lattice.point({2, 0}), lattice.point({2, 1})});
    lattice.exclude(lattice.point({2, 0}));
    CHECK(lattice.standing(lattice.point({1, 0})) == Lattice::Standing::open);
}
