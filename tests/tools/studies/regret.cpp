// Promised: regrets, chances and expected costs are what they are by hand; the least largest regret is chosen, of equal
// ones the cheapest and then the first; what has no price and what is not known stay what they are.
// Shown: tables of a few choices and cases, each worked out beside it.
#include "tools/studies/regret.h"

#include <doctest/doctest.h>

#include <cmath>

using namespace understudy::studies;

namespace {

using Table = std::vector<std::vector<ChoiceOutcome>>;
using Known = std::vector<std::optional<double>>;

constexpr ChoiceOutcome kept(double cost) { return {Verdict::met, cost}; }
constexpr ChoiceOutcome broken(double cost) { return {Verdict::violated, cost}; }
constexpr ChoiceOutcome open_yet(double cost) { return {Verdict::inconclusive, cost}; }

/// Small keeps the first case, middle the first two, large all three.
const Table nested = {
    {kept(10), broken(10), broken(10)}, {kept(14), kept(14), broken(14)}, {kept(20), kept(20), kept(20)}};

}  // namespace

TEST_CASE("without a penalty only what holds in every case has a finite regret") {
    const Regrets regrets = regrets_of(nested, {10, 14, 20}, {0.25, 0.5, 0.25}, std::nullopt);
    CHECK(regrets.choices[0].in_case == Known{0, INFINITY, INFINITY});
    CHECK(regrets.choices[1].in_case == Known{4, 0, INFINITY});
    CHECK(regrets.choices[2].in_case == Known{10, 6, 0});
    CHECK(*regrets.choices[2].largest == 10);
    CHECK(std::isinf(*regrets.choices[0].largest));
    CHECK(regrets.least == 2u);
    CHECK(regrets.least_is_sure);
    CHECK(*regrets.choices[0].chance_kept == 0.25);
    CHECK(*regrets.choices[1].chance_kept == 0.75);
    CHECK(*regrets.choices[2].chance_kept == 1);
    CHECK(std::isinf(*regrets.choices[1].expected_cost));
    CHECK(*regrets.choices[2].expected_cost == 20);
    CHECK(regrets.expected == 2u);
}

TEST_CASE("a penalty makes what is broken comparable, and regret and expectation may choose differently") {
    // With 7 for what is broken the best there is comes to 10, 14 and, with a setting of 8, to 15.
    const Regrets regrets = regrets_of(nested, {10, 14, 15}, {0.25, 0.5, 0.25}, 7);
    CHECK(regrets.choices[0].in_case == Known{0, 3, 2});
    CHECK(regrets.choices[1].in_case == Known{4, 0, 6});
    CHECK(regrets.choices[2].in_case == Known{10, 6, 5});
    CHECK(regrets.least == 0u);
    CHECK(*regrets.choices[0].expected_cost == 0.25 * 10 + 0.75 * 17);
    CHECK(*regrets.choices[1].expected_cost == 0.75 * 14 + 0.25 * 21);
    CHECK(regrets.expected == 0u);
    CHECK(regrets_of(nested, {10, 14, 20}, {0.05, 0.9, 0.05}, 7).expected == 1u);
    // Of what is not possible the penalty is no price.
    Table impossible = nested;
    impossible[0][2].possible = false;
    CHECK(std::isinf(*regrets_of(impossible, {10, 14, 15}, {}, 7).choices[0].largest));
}

TEST_CASE("of equal regrets the cheapest, then the first") {
    // Costs differ by case: 10 + 14 and 12 + 11, both regretted by 2 at most.
    CHECK(regrets_of({{kept(10), kept(14)}, {kept(12), kept(11)}}, {10, 12}, {}, std::nullopt).least == 1u);
    CHECK(regrets_of({{kept(12), kept(12)}, {kept(12), kept(12)}}, {10, 12}, {}, std::nullopt).least == 0u);
    // What is equal but for the order of adding up is equal.
    CHECK(regrets_of({{kept(0.1 + 0.2), kept(1)}, {kept(0.3), kept(1)}}, {0.1, 1}, {}, std::nullopt).least ==
          0u);
}

TEST_CASE("without chances nothing is expected") {
    const Regrets regrets = regrets_of(nested, {10, 14, 20}, {}, 7);
    CHECK_FALSE(regrets.choices[2].expected_cost.has_value());
    CHECK_FALSE(regrets.choices[2].chance_kept.has_value());
    CHECK_FALSE(regrets.expected.has_value());
}

TEST_CASE("what is not known") {
    // It cannot change the answer: the choice is regretted by 6 in the first case already.
    Table table = {{kept(16), open_yet(16)}, {kept(14), kept(14)}};
    Regrets regrets = regrets_of(table, {10, 14}, {0.5, 0.5}, std::nullopt);
    CHECK(regrets.choices[0].in_case == Known{6, std::nullopt});
    CHECK(regrets.choices[0].at_least == 6);
    CHECK_FALSE(regrets.choices[0].largest.has_value());
    CHECK_FALSE(regrets.choices[0].chance_kept.has_value());
    CHECK_FALSE(regrets.choices[0].expected_cost.has_value());
    CHECK(regrets.least == 1u);
    CHECK(regrets.least_is_sure);
    // It can: if it is kept, 12 is regretted less.
    table = {{kept(12), open_yet(12)}, {kept(14), kept(14)}};
    regrets = regrets_of(table, {10, 12}, {}, std::nullopt);
    CHECK(regrets.least == 1u);
    CHECK_FALSE(regrets.least_is_sure);
    // Nor is anything sure where what the best comes to is not known.
    regrets = regrets_of({{kept(14), kept(14)}}, {10, std::nullopt}, {}, std::nullopt);
    CHECK_FALSE(regrets.choices[0].largest.has_value());
    CHECK_FALSE(regrets.least.has_value());
    CHECK_FALSE(regrets.least_is_sure);
    // Where nothing keeps its promises in a case, nothing has a finite regret.
    regrets = regrets_of({{kept(10), broken(10)}}, {10, INFINITY}, {}, std::nullopt);
    CHECK(std::isinf(*regrets.choices[0].largest));
    CHECK_FALSE(regrets.least.has_value());
}
