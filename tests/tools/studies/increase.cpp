// Promised: what is 0 before and after, or cannot happen, has not grown by any percent; a margin met to the last digits is met,
// however a difference was rounded; and what lies at its limit is not promised to be settled by more of the same. Shown: values
// set by hand, whose differences are known.
#include "tools/studies/increase.h"

#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "kernel/intervals.h"

using namespace understudy;
using namespace understudy::studies;

namespace {

MetricResult seen(const std::string& name, std::vector<double> values) {
    MetricResult made;
    made.name = name;
    made.by_replication = std::move(values);
    const auto interval = kernel::mean_interval(made.by_replication, 0.95);
    made.estimate = {interval->centre, interval->low, interval->high, 0.95,
                     static_cast<std::int64_t>(made.by_replication.size())};
    return made;
}

models::Increase increase(models::Metric metric, models::Aggregate aggregate, models::Comparison comparison,
                          double margin, bool relative) {
    models::Increase one;
    one.measure.metric = metric;
    one.measure.aggregate = aggregate;
    one.comparison = comparison;
    one.margin = margin;
    one.relative = relative;
    return one;
}

models::Increase of_wait(models::Comparison comparison, double margin, bool relative) {
    return increase(models::Metric::wait, models::Aggregate::average, comparison, margin, relative);
}

constexpr auto less = models::Comparison::less;
constexpr auto at_most = models::Comparison::at_most;

}  // namespace

TEST_CASE("nothing before and nothing after has not grown by any percent") {
    const auto none = seen("avg wait(a)", {0, 0, 0, 0});
    for (const bool paired : {true, false}) {
        PairOfRuns runs;
        runs.paired = paired;
        CHECK(judge_increase(of_wait(less, 0.05, true), none, none, runs).verdict == Verdict::met);
        CHECK(judge_increase(of_wait(less, 0.005, false), none, none, runs).verdict == Verdict::met);
        // Nothing is less than itself.
        CHECK(judge_increase(of_wait(less, 0, true), none, none, runs).verdict == Verdict::violated);
    }
}

TEST_CASE("what cannot happen has not grown; what may has not been shown not to") {
    const auto none = seen("share lost(a)", {0, 0, 0, 0});
    const auto share = increase(models::Metric::lost, models::Aggregate::share, less, 0.01, true);
    PairOfRuns runs;
    CHECK(judge_increase(share, none, none, runs).verdict == Verdict::inconclusive);
    runs.never = true;
    CHECK(judge_increase(share, none, none, runs).verdict == Verdict::met);
}

TEST_CASE("a margin that is met to the last digits") {
    // 1.01 - 1 is 0.010000000000000009 in numbers of 64 bits.
    const auto before = seen("avg wait(a)", {1, 1, 1, 1}),
               after = seen("avg wait(a)", {1.01, 1.01, 1.01, 1.01});
    PairOfRuns runs;
    for (const bool relative : {false, true}) {
        INFO(relative);
        CHECK(judge_increase(of_wait(at_most, 0.01, relative), before, after, runs).verdict == Verdict::met);
        CHECK(judge_increase(of_wait(less, 0.01, relative), before, after, runs).verdict ==
              Verdict::violated);
        // A digit that is not one of rounding counts.
        CHECK(judge_increase(of_wait(at_most, 0.01 - 1e-14, relative), before, after, runs).verdict ==
              Verdict::violated);
        CHECK(judge_increase(of_wait(less, 0.01 + 1e-14, relative), before, after, runs).verdict ==
              Verdict::met);
    }
}

TEST_CASE("what lies at its limit is settled by no number of replications") {
    PairOfRuns runs;
    std::vector<double> before, after, further;
    for (int i = 0; i < 40; ++i) {
        before.push_back(10 + 0.1 * i);
        after.push_back(before.back() + (i % 2 == 0 ? 0.2 : -0.2) + 0.01);
        further.push_back(after.back() + 0.05);
    }
    const auto at = judge_increase(of_wait(at_most, 0, false), seen("avg wait(a)", before),
                                   seen("avg wait(a)", after), runs);
    CHECK(at.verdict == Verdict::inconclusive);
    CHECK(at.more_replications == 0);
    CHECK(at.explanation.find("lies at the limit, which no number of replications would settle") !=
          std::string::npos);
    // Two standard errors away: so many more tell.
    const auto near = judge_increase(of_wait(at_most, 0, false), seen("avg wait(a)", before),
                                     seen("avg wait(a)", further), runs);
    CHECK(near.verdict == Verdict::inconclusive);
    CHECK(near.more_replications > 0);
    CHECK(near.explanation.find("more replication") != std::string::npos);
}

TEST_CASE("few pairs that differ are called so, and none is called none") {
    const auto errors = increase(models::Metric::failed, models::Aggregate::total, at_most, 0, false);
    const auto before = seen("total failed(a)", {3, 5, 2, 4, 1, 2, 3, 4});
    PairOfRuns runs;
    const auto told = [&](std::vector<double> after) {
        const auto result = judge_increase(errors, before, seen("total failed(a)", std::move(after)), runs);
        CHECK(result.verdict == Verdict::inconclusive);
        return result.explanation;
    };
    CHECK(told({3, 5, 2, 4, 1, 2, 3, 4})
              .ends_with("; no pair differs, and no more is told than so many allow"));
    CHECK(told({3, 5, 2, 4, 1, 2, 3, 5})
              .ends_with("; few pairs differ, and no more is told than their number allows"));
}
