// Promised: where the load grows, a plan of the cheapest settings: each with the interval of its breaking and the next from
// then on; by formulas or by simulation alone, within its budget; where nothing holds any more it says from when.
// Shown: M/M/c whose waits are known: P(wait > 0.5 s) <= 5 % with services of 1/3 s takes 5 workers for 10/s, which break at
// 10.793/s, then 6 up to 13.660/s, 7 up to 16.554/s and 8 up to 19.468/s.
#include "tools/studies/growth_plan.h"

#include <doctest/doctest.h>

#include <cmath>

#include "tests/coverage.h"
#include "tools/formats/language/scenario_reader.h"
#include "tools/formats/language/study_reader.h"
#include "tools/studies/growth.h"

using namespace understudy;
using studies::GrowthPlanResult;
using studies::Verdict;

namespace {

const char* const desk = R"(understudy: 1
scenario: desk
twin: {stages: {server: {reads: jobs, workers: 5, cost: 1EUR/h, service: exponential(mean 333.333333333ms)}}}
load: {jobs: {arrivals: poisson(10/s)}}
run: {length: 2000s, warm_up: 100s, replications: 40, seed: 3}
objectives: [p(95) wait(server) <= 500ms]
)";

GrowthPlanResult plan(const std::string& rest, bool formulas = true, unsigned threads = 2,
                      std::uint64_t seed = 3, const std::string& base = desk) {
    const auto reading = formats::read_study(
        "understudy: 1\nstudy: a\nbase: b.yaml\nmethod: cheapest\nminimise: rate cost()\n"
        "subject_to: [all objectives]\n" +
            rest,
        "study.yaml");
    INFO(reading.diagnostics.show());
    REQUIRE(reading.study.has_value());
    studies::StudyOptions options;
    options.formulas = formulas;
    options.run.threads = threads;
    return studies::growth_plan(
        *reading.study,
        [&](const std::vector<std::string>& overrides) {
            std::vector<std::string> all = reading.study->overrides;
            all.insert(all.end(), overrides.begin(), overrides.end());
            auto scenario = formats::read_scenario(base, "b.yaml", all);
            if (!scenario.scenario) throw studies::BadSetting(scenario.diagnostics.show());
            scenario.scenario->run.seed = seed;
            return std::move(*scenario.scenario);
        },
        options);
}

const std::string growth = "growth: {rate: 3% per month, start: 2026-06-01, until: 2028-06-01}\n";

}  // namespace

TEST_CASE("five workers, then six, seven and eight") {
    const auto result = plan("vary: {server.workers: 3..12}\n" + growth);
    CHECK(result.verdict == Verdict::met);
    CHECK(result.last_load == doctest::Approx(std::pow(1.03, 24)));
    CHECK(result.until == "2028-06-01");
    const std::vector<std::pair<std::string, double>> known = {
        {"5", 1.0793}, {"6", 1.3660}, {"7", 1.6554}, {"8", 1.9468}, {"9", 0}};
    REQUIRE(result.steps.size() == known.size());
    for (std::size_t i = 0; i < known.size(); ++i) {
        const GrowthPlanResult::Step& step = result.steps[i];
        CAPTURE(known[i].first);
        REQUIRE(step.cheapest.best);
        CHECK(step.cheapest.best->values == std::vector<std::string>{known[i].first});
        CHECK(*step.cheapest.best->cost == doctest::Approx(std::stod(known[i].first)));
        CHECK(step.to_the_end == (i + 1 == known.size()));
        if (step.to_the_end) continue;
        CHECK(*step.holds_at <= known[i].second + 1e-4);
        CHECK(*step.breaks_at >= known[i].second - 1e-4);
        CHECK(*step.breaks_at - *step.holds_at < 0.006);
        CHECK(result.steps[i + 1].from == step.holds_until);
        CHECK(result.steps[i + 1].load == *step.breaks_at);
        CHECK(step.broken == std::vector<std::string>{"p(95) wait(server) <= 500ms"});
    }
    CHECK(result.steps[0].from == "2026-06-01");
    // 7.93 % are grown after 2.58 months of 3 %.
    CHECK(*result.steps[0].holds_until <= "2026-08-18");
    CHECK(*result.steps[0].breaks_by >= "2026-08-18");
    CHECK(*result.steps[0].breaks_by <= "2026-08-22");
}

TEST_CASE("the same by simulation alone, with intervals that hold what is known, for any number of threads") {
    const std::string study =
        "vary: {server.workers: 4..8}\n"
        "growth: {rate: 10% per month, start: 2026-06-01, until: 2026-10-01}\n";
    const auto result = plan(study, false, 1);
    REQUIRE(result.steps.size() >= 2);
    const std::vector<std::pair<std::string, double>> known = {{"5", 1.0793}, {"6", 1.3660}};
    for (std::size_t i = 0; i < known.size(); ++i) {
        const GrowthPlanResult::Step& step = result.steps[i];
        CHECK(step.cheapest.best->values == std::vector<std::string>{known[i].first});
        CHECK(*step.holds_at <= known[i].second);
        CHECK(*step.breaks_at >= known[i].second);
    }
    const auto again = plan(study, false, 2);
    REQUIRE(again.steps.size() == result.steps.size());
    for (std::size_t i = 0; i < again.steps.size(); ++i) {
        CHECK(again.steps[i].holds_at == result.steps[i].holds_at);
        CHECK(again.steps[i].breaks_at == result.steps[i].breaks_at);
    }
    CHECK(again.replications == result.replications);
}

TEST_CASE("coverage: all that a plan says, by simulation alone") {
    const std::vector<std::pair<int, double>> bears = {{4, 0.7967}, {5, 1.0793}, {6, 1.3660}, {7, 1.6554}};
    const int runs = tests::runs_of(1);
    int wrong = 0, to_the_end = 0;
    for (int seed = 1; seed <= runs; ++seed) {
        const auto result = plan(
            "vary: {server.workers: 4..8}\n"
            "growth: {rate: 10% per month, start: 2026-06-01, until: 2026-10-01}\n",
            false, 2, static_cast<std::uint64_t>(seed));
        bool right = true;
        for (const GrowthPlanResult::Step& step : result.steps) {
            if (step.cheapest.verdict != Verdict::met) continue;
            const int workers = std::stoi(step.cheapest.best->values[0]);
            for (const auto& [fewer, most] : bears) {
                right = right && (fewer < workers ? most < step.load : fewer > workers || most >= step.load);
                if (fewer != workers) continue;
                right = right && (!step.holds_at || *step.holds_at <= most) &&
                        (!step.breaks_at || *step.breaks_at >= most);
            }
        }
        wrong += !right;
        to_the_end += result.verdict == Verdict::met;
    }
    if (tests::coverage_is_asked())
        MESSAGE("of " << runs << ", " << wrong << " with something wrong, " << to_the_end << " to the end");
    CHECK(wrong <= 0.05 * runs + 2 * std::sqrt(0.05 * 0.95 * runs));
}

TEST_CASE("where no setting holds any more the plan says from when") {
    const auto result = plan("vary: {server.workers: 3..6}\n" + growth);
    CHECK(result.verdict == Verdict::violated);
    CHECK(result.reason == studies::Reason::limit);
    REQUIRE(result.steps.size() == 3);
    CHECK(!result.steps.back().cheapest.best);
    CHECK(result.explanation.starts_with("at 1.3"));
}

TEST_CASE("a promise of what never comes ends it before its budget is spent") {
    std::string base = desk;
    base.replace(base.find("load: {"), 7, "load: {odd: {arrivals: every 1000h}, ");
    base.replace(base.find("{server:"), 8, "{seldom: {reads: odd, workers: 1, service: 1s}, server:");
    base.replace(base.find("500ms"), 5, "500ms, avg latency(seldom) < 3s");
    const auto result = plan("vary: {server.workers: 4..8}\n" + growth, true, 2, 3, base);
    CHECK(result.verdict == Verdict::inconclusive);
    CHECK(result.reason == studies::Reason::data);
    CHECK(result.replications < 300);
    CHECK(result.explanation.find("'avg latency(seldom) < 3s'") != std::string::npos);
}

TEST_CASE("a budget ends it") {
    const auto result = plan("vary: {server.workers: 4..8}\nbudget: {replications: 6}\n" + growth, false);
    CHECK(result.verdict == Verdict::inconclusive);
    CHECK(result.replications <= 6);
    CHECK(!result.explanation.empty());
}

TEST_CASE("how large a load is on a day") {
    studies::Growth grows{"3% per month", 0.03, studies::Growth::Period::month, {}, {}};
    const auto at = [](int year, unsigned month, unsigned day) {
        const std::chrono::sys_days days(std::chrono::year(year) / static_cast<int>(month) /
                                         static_cast<int>(day));
        return models::LocalInstant{std::chrono::nanoseconds(days.time_since_epoch()).count()};
    };
    grows.start = at(2026, 6, 1);
    CHECK(studies::factor_on(grows, at(2026, 6, 1)) == 1);
    CHECK(studies::factor_on(grows, at(2026, 7, 1)) == doctest::Approx(1.03));
    CHECK(studies::factor_on(grows, at(2026, 6, 16)) == doctest::Approx(std::pow(1.03, 0.5)));
    CHECK(studies::factor_on(grows, at(2028, 6, 1)) == doctest::Approx(std::pow(1.03, 24)));
    grows.per = studies::Growth::Period::week;
    CHECK(studies::factor_on(grows, at(2026, 6, 15)) == doctest::Approx(std::pow(1.03, 2)));
    grows.per = studies::Growth::Period::year;
    CHECK(studies::factor_on(grows, at(2027, 12, 1)) == doctest::Approx(std::pow(1.03, 1.5)));
    for (const int months : {1, 5, 17})
        CHECK(*studies::day_of_factor(grows, std::pow(1.03, months / 12.0)) >= "2026-07-01");
}
