// Promised: flows through a network are exact, whatever they multiply by on their way; a round that is never left is told
// apart, and everything before and beside it has its answer. Shown: on networks whose flows are known by hand.
#include "models/analytic/flow_equations.h"

#include <doctest/doctest.h>

using namespace understudy;
using models::Passed;
using models::solve_flows;

namespace {

Eigen::MatrixXd entering(int n, int place, double amount) {
    Eigen::MatrixXd sources = Eigen::MatrixXd::Zero(n, 1);
    sources(place, 0) = amount;
    return sources;
}

}  // namespace

TEST_CASE("series, branches and rounds that are left") {
    // 0 -> 1, of which a quarter comes round again; the rest goes on to 2, doubled.
    const auto flows = solve_flows(3, {{1, 0, 1}, {1, 1, 0.25}, {2, 1, 1.5}}, entering(3, 0, 6));
    CHECK(flows.amounts(1, 0) == doctest::Approx(8));
    CHECK(flows.amounts(2, 0) == doctest::Approx(12));
    CHECK(flows.endless.empty());
    CHECK(flows.behind.empty());
}

TEST_CASE("factors multiply without a bound") {
    std::vector<Passed> ways;
    for (int i = 0; i < 9; ++i) ways.push_back({i + 1, i, 1e6});
    const auto flows = solve_flows(10, ways, entering(10, 0, 1));
    CHECK(flows.amounts(9, 0) == doctest::Approx(1e54));
    CHECK(flows.endless.empty());
}

TEST_CASE("an endless round is told apart, with what lies behind it") {
    for (const double gain : {1.0, 2.0}) {
        // 0 -> 1 <-> 2 -> 3 by a copy, and 0 -> 4.
        const auto flows = solve_flows(5, {{1, 0, 0.5}, {4, 0, 0.5}, {2, 1, 1}, {1, 2, gain}, {3, 2, 1}},
                                       entering(5, 0, 10));
        CHECK(flows.endless == std::set<int>{1, 2});
        CHECK(flows.behind == std::set<int>{3});
        CHECK(flows.amounts(1, 0) == doctest::Approx(5));
        CHECK(flows.amounts(4, 0) == doctest::Approx(5));
        CHECK(flows.amounts(3, 0) == 0);
    }
}

TEST_CASE("a round that nothing enters is none") {
    const auto flows = solve_flows(3, {{0, 1, 1}, {1, 0, 1}}, entering(3, 2, 7));
    CHECK(flows.endless.empty());
    CHECK(flows.behind.empty());
    CHECK(flows.amounts(2, 0) == doctest::Approx(7));
}
