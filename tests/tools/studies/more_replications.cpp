// Promised: with as many more replications as an undecided objective says, it is decided in four of five cases, for
// means, shares and quantiles; without an interval, as many give one. What is certain is not among the least certain,
// and those that are stand in order, five at most. Shown: runs of many seeds whose limits lie anywhere about the truth,
// made again with the number that each of them promised; and results made by hand.
#include "tools/studies/more_replications.h"

#include <doctest/doctest.h>

#include <cmath>
#include <string>

#include "tests/coverage.h"
#include "tests/tools/studies/sample.h"
#include "tools/studies/least_certain.h"

using namespace understudy;
using studies::Narrows;
using studies::Reason;
using studies::Verdict;

namespace {

/// 40 services of mean 1 s in each replication, independent of one another, of which one in ten fails for good.
studies::RunResult run_of(const std::string& objective, int seed, std::int64_t replications) {
    return tests::simulated(tests::prepared(
        "twin: {stages: {s: {reads: jobs, workers: unlimited, service: exponential(mean 1s), failure: 10%, "
        "retry: {times: 0}}}}\n"
        "load: {jobs: {arrivals: every 1s, count: 40}}\n"
        "run: {length: 1min, warm_up: 0s, seed: " +
        std::to_string(seed) + ", replications: " + std::to_string(replications) + "}\nobjectives: ['" +
        objective + "']\n"));
}

std::string number(double value) {
    char text[32];
    std::snprintf(text, sizeof text, "%.6f", value);
    return text;
}

struct Kept {
    int promised = 0, decided = 0;
};

/// Limits spread evenly over four standard errors to both sides of `truth`: what is undecided is so by chance.
Kept keeps(const std::string& measure, double truth, double error, double factor, const std::string& unit) {
    Kept kept;
    constexpr int first = 12;
    const int seeds = tests::coverage_is_asked() ? 320 : 40;
    for (int seed = 1; seed <= seeds; ++seed) {
        const double off = 8.0 * ((seed * 37 % seeds) + 0.5) / seeds - 4.0;
        const std::string objective = measure + number((truth + off * error) * factor) + unit;
        const auto before = run_of(objective, seed, first).objectives.front();
        if (before.verdict != Verdict::inconclusive) {
            CHECK(before.more_replications == 0);
            continue;
        }
        if (before.reason == Reason::data) continue;  // a quantile beyond which too little lies
        REQUIRE(before.reason == Reason::precision);
        REQUIRE(before.more_replications > 0);
        CHECK(before.explanation ==
              studies::more_replications(before.more_replications) + " would settle it");
        const auto after = run_of(objective, seed, first + before.more_replications).objectives.front();
        ++kept.promised;
        kept.decided += after.verdict != Verdict::inconclusive;
    }
    return kept;
}

void check(const std::string& name, Kept kept) {
    const double share = static_cast<double>(kept.decided) / kept.promised;
    MESSAGE(name << ": " << kept.decided << " of " << kept.promised);
    CHECK(kept.promised >= 15);
    CHECK(share >= 0.7);
    // Nor is it on the safe side by asking for far too many.
    CHECK(share <= 0.95);
}

studies::ObjectiveResult objective(Verdict verdict, Reason reason, double value, double low, double high) {
    studies::ObjectiveResult result;
    result.text = number(value);
    result.verdict = verdict;
    result.reason = reason;
    result.unit = "s";
    result.limit = 10;
    result.estimate = {value, low, high, 0.95, 30};
    return result;
}

}  // namespace

TEST_CASE("so many more replications settle a mean in most cases") {
    check("mean", keeps("avg service(s) < ", 1.0, 1 / std::sqrt(480.0), 1, "s"));
}

TEST_CASE("so many more replications settle a share in most cases") {
    check("share", keeps("share lost(s) < ", 0.1, std::sqrt(0.1 * 0.9 / 480), 100, "%"));
}

TEST_CASE("so many more replications settle a quantile in most cases") {
    // The standard error of a quantile is that of the share below it over the density there.
    check("p(95)",
          keeps("p(95) service(s) < ", -std::log(0.05), std::sqrt(0.05 * 0.95 / 480) / 0.05, 1, "s"));
}

TEST_CASE("so many more replications give a quantile its interval") {
    // About so many: two replications tell little of how much they differ.
    int enough = 0, thrice_enough = 0;
    constexpr int seeds = 40;
    for (int seed = 1; seed <= seeds; ++seed) {
        const auto before = run_of("p(99) service(s) < 1h", seed, 2).objectives.front();
        CHECK(before.reason == Reason::data);
        REQUIRE(before.more_replications > 0);
        const auto met = [&](std::int64_t more) {
            return run_of("p(99) service(s) < 1h", seed, 2 + more).objectives.front().verdict == Verdict::met;
        };
        enough += met(before.more_replications);
        thrice_enough += met(3 * before.more_replications);
    }
    MESSAGE("enough in " << enough << ", with three times as many in " << thrice_enough << " of " << seeds);
    CHECK(enough >= 0.4 * seeds);
    CHECK(thrice_enough >= 0.8 * seeds);
    CHECK(run_of("p(99) service(s) < 1h", 1, 1).objectives.front().more_replications == 0);
}

TEST_CASE("the number grows as the limit comes near, and is a number even at the estimate") {
    const auto more = [](double limit, Narrows how) {
        return studies::replications_to_settle({1.0, 0.5, 1.5, 0.95, 30}, limit, how);
    };
    for (const Narrows how : {Narrows::as_student, Narrows::as_normal}) {
        std::int64_t before = 0;
        for (const double limit : {1.49, 1.4, 1.3, 1.2, 1.1, 1.01, 1.0}) {
            CHECK(more(limit, how) > before);
            before = more(limit, how);
            CHECK(more(2 - limit, how) == before);
        }
        // By the normal law (z / 0.2533)^2 = 59.9 times as many at the estimate itself.
        CHECK(before == doctest::Approx(30 * 58.9).epsilon(0.06));
    }
    // One long run, whose interval is of its own course: the same but for Student's few degrees of freedom afterwards.
    const auto after_one = [](double limit) {
        return studies::replications_to_settle({1.0, 0.5, 1.5, 0.95, 1}, limit, Narrows::as_student);
    };
    CHECK(after_one(1.0) == doctest::Approx(58.9).epsilon(0.1));
    CHECK(after_one(1.25) > 3);
    CHECK(after_one(1.25) < after_one(1.1));
    // A share of which nothing, or everything, was counted: (alpha / 2)^(1 / n) from the end, 0.98 by 30 and 0.99 by 61.
    CHECK(studies::replications_to_settle({0.0, 0.0, 0.02, 0.95, 30}, 0.01, Narrows::as_counts) == 32);
    const auto of_all = [](double n) { return std::pow(0.025, 1 / n); };
    CHECK(studies::replications_to_settle({1.0, of_all(12), 1.0, 0.95, 12}, of_all(100),
                                          Narrows::as_counts) == 89);
}

TEST_CASE("the least certain stand first, and what is certain is none of them") {
    studies::RunResult result;
    CHECK(studies::least_certain(result).empty());
    result.objectives = {
        objective(Verdict::met, Reason::none, 5, 4, 6),
        objective(Verdict::violated, Reason::limit, 20, 19, 21),
        objective(Verdict::met, Reason::none, 9.99, 9.99, 9.99),
        objective(Verdict::inconclusive, Reason::unstable, 9, 1, 11),
        objective(Verdict::violated, Reason::unstable, 12, 10.1, 14),
    };
    CHECK(studies::least_certain(result).empty());
    CHECK(studies::more_replications_for_all(result) == 0);
    result.objectives.push_back(objective(Verdict::met, Reason::none, 5, 1, 9));
    result.objectives.push_back(objective(Verdict::inconclusive, Reason::precision, 8, 5, 11));
    result.objectives.push_back(objective(Verdict::inconclusive, Reason::data, 7, 7, 7));
    result.objectives.back().estimate.low.reset();
    result.objectives.back().estimate.high.reset();
    result.objectives.back().more_replications = 12;
    auto list = studies::least_certain(result);
    REQUIRE(list.size() == 3);
    CHECK(list[0].objective->text == number(7));
    CHECK_FALSE(list[0].half_width);
    CHECK(list[0].distance == 3);
    CHECK(list[1].objective->text == number(8));
    CHECK(list[1].half_width == 3);
    CHECK(list[1].distance == 2);
    CHECK(list[2].objective->text == number(5));
    CHECK(studies::more_replications_for_all(result) == 12);
    for (int i = 0; i < 10; ++i)
        result.objectives.push_back(objective(Verdict::inconclusive, Reason::precision, 9, 5, 13));
    CHECK(studies::least_certain(result).size() == studies::most_uncertain);
}
