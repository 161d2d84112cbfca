// Promised: every metric has a name, a kind and a unit, and its name leads back to it.
// Shown: a walk over the whole enumeration, and the units that objectives are written in.
#include "models/measure.h"

#include <doctest/doctest.h>

#include <set>
#include <string>

using namespace understudy::models;

TEST_CASE("names lead back to their metrics") {
    std::set<std::string> names;
    for (int i = 0; i <= static_cast<int>(Metric::cost); ++i) {
        const auto metric = static_cast<Metric>(i);
        CAPTURE(i);
        CHECK(metric_named(name_of(metric)) == metric);
        names.insert(name_of(metric));
    }
    CHECK(names.size() == static_cast<std::size_t>(Metric::cost) + 1);
    CHECK_FALSE(metric_named("throughput"));
}

TEST_CASE("units") {
    CHECK(unit_of(Aggregate::average, Metric::latency) == "s");
    CHECK(unit_of(Aggregate::variance, Metric::latency) == "s^2");
    CHECK(unit_of(Aggregate::average, Metric::waiting) == "items");
    CHECK(unit_of(Aggregate::average, Metric::utilisation) == "fraction");
    CHECK(unit_of(Aggregate::share, Metric::lost) == "fraction");
    CHECK(unit_of(Aggregate::rate, Metric::completed) == "items/s");
    CHECK(unit_of(Aggregate::total, Metric::landed) == "runs");
    CHECK(unit_of(Aggregate::rate, Metric::cost) == "money/s");
    CHECK(unit_of(Aggregate::average, Metric::slowdown) == "");
    CHECK(kind_of(Metric::cost) == MetricKind::money);
    CHECK(kind_of(Metric::empty) == MetricKind::state);
}
