// Promised: a law that is multiplied draws the same, times the factor: each amount is, and no shape, share or unit; what cannot
// be multiplied as a whole is left alone. Shown: texts by hand.
#include "tools/formats/language/multiplied.h"

#include <doctest/doctest.h>

using understudy::formats::multiplied_text;

TEST_CASE("quantities") {
    CHECK(multiplied_text("4", 1.5) == "6");
    CHECK(multiplied_text("9", 1.5) == "13.5");
    CHECK(multiplied_text("10", 1.1) == "11");
    CHECK(multiplied_text("1h30min", 2) == "3h");
    CHECK(multiplied_text("4GiB", 0.5) == "2GiB");
    CHECK(multiplied_text("1EUR/h", 0.5) == "0.5EUR/h");
    CHECK(multiplied_text("1EUR/h", 3) == "3EUR/h");
    CHECK(multiplied_text("0.8EUR/h", 0.7) == "0.56EUR/h");
    CHECK(multiplied_text("2%", 2) == "4%");
    CHECK(multiplied_text("90/h", 2) == "3/min");
    CHECK_FALSE(multiplied_text("1.5x", 2));
}

TEST_CASE("laws") {
    CHECK(multiplied_text("exponential(mean 1s)", 2) == "exponential(mean 2s)");
    CHECK(multiplied_text("lognormal(mean 40s cv 0.5)", 0.9) == "lognormal(mean 36s cv 0.5)");
    CHECK(multiplied_text("gamma(mean 1s cv 0.7 max 20s)", 3) == "gamma(mean 3s cv 0.7 max 1min)");
    CHECK(multiplied_text("uniform(0s..2s)", 2) == "uniform(0s..4s)");
    CHECK(multiplied_text("2min + lognormal(mean 20s cv 0.3) per GiB", 2) ==
          "4min + lognormal(mean 40s cv 0.3) per GiB");
    CHECK(multiplied_text("mix(90% 1s or 10% exponential(mean 10s))", 2) ==
          "mix(90% 2s or 10% exponential(mean 20s))");
    CHECK(multiplied_text("pareto(shape 2.5 min 0.6s)", 2) == "pareto(shape 2.5 min 1.2s)");
}

TEST_CASE("what has no amount of its own, or not everywhere") {
    CHECK_FALSE(multiplied_text("work", 2));
    CHECK_FALSE(multiplied_text("sample(log.duration)", 2));
    CHECK_FALSE(multiplied_text("work + 2s", 2));
    CHECK_FALSE(multiplied_text("2s + work", 2));
    CHECK_FALSE(multiplied_text("geometric(mean 3)", 2));
    CHECK_FALSE(multiplied_text("daily at 05:00", 2));
}
