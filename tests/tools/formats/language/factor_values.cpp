// Promised: ranges, lists and laws become the values that a parameter takes. Shown: each kind, its steps and its shares, what
// is more than is tried, and what is none.
#include "tools/formats/language/factor_values.h"

#include <doctest/doctest.h>

#include "tools/formats/language/fault.h"

using namespace understudy;
using namespace understudy::formats;

namespace {

using Texts = std::vector<std::string>;

Texts texts(const std::vector<studies::Factor::Value>& values) {
    Texts all;
    for (const auto& value : values) all.push_back(value.text);
    return all;
}

}  // namespace

TEST_CASE("what a parameter may be") {
    const auto whole = factor_of_range("4..6");
    CHECK(texts(whole.steps) == Texts{"4", "5", "6"});
    CHECK(whole.at(0.01) == "4");
    CHECK(whole.at(0.34) == "5");
    CHECK(whole.at(0.99) == "6");
    CHECK(texts(factor_of_range("2..12 step 5").steps) == Texts{"2", "7", "12"});
    CHECK(factor_of_range("1..1000").steps.size() == 16);
    CHECK(factor_of_range("1..1000").values.size() == 1000);
    CHECK(texts(factor_of_range("1x..2x step 0.5x").values) == Texts{"1x", "1.5x", "2x"});
    CHECK(factor_of_range("1..1000").steps.back().text == "1000");
    const auto time = factor_of_range("10ms..30ms");
    CHECK(texts(time.steps) == Texts{"10ms", "30ms"});
    CHECK(time.at(0.5) == "20ms");
    const auto number = factor_of_range("0.5..2.5");
    CHECK(number.at(0.25) == "1");
    CHECK(*number.steps[1].number == 2.5);
    CHECK(number.values.empty());
    const auto list = factor_of_values({"poisson(1/s)", "poisson(2/s)"});
    CHECK(list.at(0.4) == "poisson(1/s)");
    CHECK(list.at(0.6) == "poisson(2/s)");
    CHECK_FALSE(list.values[0].number.has_value());
    const auto law = factor_of_law("uniform(1s..3s)");
    CHECK(law.at(0.5) == "2s");
    CHECK(law.steps.size() == 3);
    CHECK(factor_of_law("uniform(0.1..0.3)").at(0.5) == "0.2");
    CHECK_THROWS_AS(factor_of_range("4..4"), Fault);
    CHECK_THROWS_AS(factor_of_range("1..100001"), Fault);
    CHECK(factor_of_range("1..100000").values.size() == 100'000);
    CHECK_THROWS_AS(factor_of_law("1s + uniform(1s..3s)"), Fault);
    CHECK_THROWS_AS(factor_of_law("1s per GiB"), Fault);
}
