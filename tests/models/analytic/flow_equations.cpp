// Promised: flows through a network are exact, whatever they multiply by on their way; a round that is never left is told
// apart, and everything before and beside it has its answer; what can pass on no more than so much holds up the rest. Shown:
// on networks whose flows are known by hand, and on networks made by chance, where each equation is looked at.
#include "models/analytic/flow_equations.h"

#include <doctest/doctest.h>

#include <cmath>

#include "kernel/random.h"

using namespace understudy;
using models::limited_flows;
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

TEST_CASE("who can do no more holds up what comes after it") {
    Eigen::VectorXd most = Eigen::VectorXd::Constant(4, INFINITY);
    most(0) = 4;
    most(1) = 3;
    most(2) = 2.5;
    // 0 -> 1 -> 2 -> 3: without limits 5 would come to each, and 2 would be held up too if 1 were not.
    const auto line = limited_flows(4, {{1, 0, 1}, {2, 1, 0.5}, {3, 2, 1}}, entering(4, 0, 5).col(0), most);
    CHECK(line(0) == doctest::Approx(5));
    CHECK(line(1) == doctest::Approx(4));
    CHECK(line(2) == doctest::Approx(1.5));
    CHECK(line(3) == doctest::Approx(1.5));
}

TEST_CASE("an overloaded ring has one answer, however much comes round again") {
    const int n = 200;
    std::vector<Passed> ways;
    for (int i = 0; i < n; ++i) ways.push_back({(i + 1) % n, i, 0.99});
    // Unhindered a third over 0.01 would come to each, eleven times of what it can do.
    const auto all =
        limited_flows(n, ways, Eigen::VectorXd::Constant(n, 1.0 / 3), Eigen::VectorXd::Constant(n, 3));
    for (int i = 0; i < n; ++i) CHECK(all(i) == doctest::Approx(1.0 / 3 + 0.99 * 3));
}

TEST_CASE("networks with limits keep their balance") {
    kernel::Stream random(kernel::StreamKey{7});
    for (int network = 0; network < 300; ++network) {
        const int n = 2 + static_cast<int>(random.uniform() * 20);
        std::vector<Passed> ways;
        for (int from = 0; from < n; ++from) {
            double left = 0.98;
            for (int way = 0; way < 3; ++way) {
                const double share = left * random.uniform();
                left -= share;
                ways.push_back({static_cast<int>(random.uniform() * n), from, share});
            }
        }
        Eigen::VectorXd sources(n), most(n);
        for (int i = 0; i < n; ++i) {
            sources(i) = random.uniform();
            most(i) = random.uniform() < 0.3 ? INFINITY : 3 * random.uniform();
        }
        const Eigen::VectorXd amounts = limited_flows(n, ways, sources, most);
        Eigen::VectorXd comes = sources;
        for (const Passed& way : ways)
            comes(way.to) += way.factor * std::min(amounts(way.from), most(way.from));
        for (int i = 0; i < n; ++i) CHECK(amounts(i) == doctest::Approx(comes(i)).epsilon(1e-9));
    }
}
