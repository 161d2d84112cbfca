// Promised: a share that is counted is that of all that was counted, and its interval is never narrower than the counts
// allow. Shown: numbers by hand; a count of none ends where Clopper and Pearson's limit lies.
#include "tools/studies/counted_share.h"

#include <doctest/doctest.h>

#include <cmath>
#include <vector>

#include "tools/formats/language/objectives.h"

using namespace understudy;

TEST_CASE("a counted share: all that was counted of all that there was") {
    const std::vector<double> counts = {1, 2, 0, 5}, trials = {100, 100, 50, 150};
    const auto found = studies::counted_share(counts, trials, 0.95);
    REQUIRE(found);
    CHECK(found->centre == 8.0 / 400);
    const auto least = kernel::share_interval(8, 400, 0.95);
    CHECK(found->low <= least->low);
    CHECK(found->high >= least->high);
}

TEST_CASE("a counted share of none: 0, and an interval that ends where so many trials let it") {
    const std::vector<double> none(5, 0.0), trials(5, 600.0);
    const auto found = studies::counted_share(none, trials, 0.95);
    REQUIRE(found);
    CHECK(found->centre == 0);
    CHECK(found->low == 0);
    CHECK(found->high == doctest::Approx(1 - std::pow(0.025, 1 / 3000.0)));
    CHECK_FALSE(studies::counted_share(none, std::vector<double>(5, 0.0), 0.95));
    CHECK_FALSE(studies::counted_share(std::vector<double>{0}, std::vector<double>{600}, 0.95));
}

TEST_CASE("which measures are counted shares") {
    for (const char* text : {"share lost(a)", "share late(a)", "share landed(a) by 06:00"})
        CHECK(studies::is_counted_share(formats::read_measure(text)));
    for (const char* text : {"share empty(a)", "total lost(a)", "avg wait(a)"})
        CHECK_FALSE(studies::is_counted_share(formats::read_measure(text)));
}
