// Promised: levels are taken for what they are, and the breaking point lies between two of them, with formulas and by
// simulation alone; the knee is where power is greatest; growth gives days; multiples that are the same number of users are
// one level; the same for any number of threads; progress counts the units of all levels and has the answer so far; an
// interrupted or short search says how far it came.
// Shown: M/M/1, whose mean latency and power are known; workers for 10/s whose waits are (Erlang's formulas); three
// stages in tandem; users who wait for their answers.
#include "tools/studies/breaking_point.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cmath>
#include <numeric>
#include <set>

#include "models/users.h"
#include "tools/formats/json/stress_json.h"
#include "tools/formats/language/scenario_reader.h"
#include "tools/formats/language/study_reader.h"
#include "tools/studies/growth.h"
#include "tools/studies/predictor.h"

using namespace understudy;

namespace {

studies::Study study_of(const std::string& rest) {
    const auto reading = formats::read_study(
        "understudy: 1\nstudy: a\nbase: b.yaml\nmethod: breaking_point\n" + rest, "study.yaml");
    INFO(reading.diagnostics.show());
    REQUIRE(reading.study.has_value());
    return *reading.study;
}

studies::ReadBase reader_of(const studies::Study& study, const std::string& base) {
    return [&study, base](const std::vector<std::string>& overrides) {
        std::vector<std::string> all = study.overrides;
        all.insert(all.end(), overrides.begin(), overrides.end());
        auto reading = formats::read_scenario("understudy: 1\nscenario: b\n" + base, "b.yaml", all);
        if (!reading.scenario) throw studies::BadSetting(reading.diagnostics.show());
        return std::move(*reading.scenario);
    };
}

studies::BreakingPointResult result_of(const studies::Study& study, const std::string& base,
                                       const studies::StudyOptions& options = {}) {
    return studies::breaking_point(study, reader_of(study, base), options);
}

studies::StudyOptions without_formulas() {
    studies::StudyOptions options;
    options.formulas = false;
    return options;
}

/// 10 % busy, mean latency 1 / (1 - load / 10).
const char* const mm1 = R"(
twin: {stages: {server: {reads: jobs, workers: 1, service: exponential(mean 1s)}}}
load: {jobs: {arrivals: poisson(0.1/s)}}
run: {length: 20000s, warm_up: 1000s, replications: 12, seed: 5}
objectives: [avg latency(server) < 2s]
)";

double sum_of(const std::vector<double>& values) {
    return std::accumulate(values.begin(), values.end(), 0.0);
}

/// Stops the study once so many units were done.
class StopsAfter : public studies::UnitStore {
public:
    explicit StopsAfter(int units) : left_(units) {}
    std::optional<studies::UnitOutcome> find(const studies::Unit&) const override { return std::nullopt; }
    void add(const studies::Unit&, const studies::UnitOutcome&) override {
        if (--left_ <= 0) stop = true;
    }
    std::atomic<bool> stop{false};

private:
    int left_;
};

/// Looks at the progress as each unit is done.
class Looks : public studies::UnitStore {
public:
    explicit Looks(const studies::RunProgress& progress) : progress_(progress) {}
    std::optional<studies::UnitOutcome> find(const studies::Unit&) const override { return std::nullopt; }
    void add(const studies::Unit&, const studies::UnitOutcome&) override { seen.push_back(progress_.now()); }
    std::vector<studies::RunProgress::Now> seen;

private:
    const studies::RunProgress& progress_;
};

/// 1.845 s of seven of them, 2.09 s of eight (mean value analysis).
const char* const five_users = R"(
twin: {stages: {server: {reads: shop, workers: 1, service: exponential(mean 1s)}}}
load: {shop: {users: 5, think: exponential(mean 10s)}}
run: {length: 4000s, warm_up: 100s, replications: 20, seed: 2}
objectives: [avg latency(server) < 2s]
)";

/// How many users each level is, all different.
std::vector<std::int64_t> users_of(const studies::BreakingPointResult& result, std::int64_t users) {
    std::vector<std::int64_t> all;
    for (const studies::Level& level : result.levels)
        all.push_back(models::multiple_of_users(users, *level.number));
    CHECK(std::set<std::int64_t>(all.begin(), all.end()).size() == all.size());
    return all;
}

/// What the breaking point is known to lie between.
struct Ends {
    double holds, breaks;
};
Ends ends(const studies::BreakingPointResult& result) {
    REQUIRE(result.holds_at);
    REQUIRE(result.breaks_at);
    return {*result.levels[*result.holds_at].number, *result.levels[*result.breaks_at].number};
}

const char* const workers_for_ten = R"(
twin: {stages: {desk: {reads: calls, workers: 5, service: exponential(mean 333.333333333ms)}}}
load: {calls: {arrivals: poisson(10/s)}}
run: {length: 2000s, warm_up: 100s, replications: 12, seed: 8}
objectives: [p(95) wait(desk) < 500ms]
)";

}  // namespace

TEST_CASE("M/M/1 is waited in for twice its service at half of its capacity") {
    const auto study = study_of("subject_to: [all objectives]\nvary: {load: 1x..9.5x step 0.5x}\n");
    const auto by_formula = result_of(study, mm1);
    CHECK(by_formula.verdict == studies::Verdict::met);
    CHECK(ends(by_formula).holds == doctest::Approx(4.5));
    CHECK(ends(by_formula).breaks == doctest::Approx(5));
    CHECK(by_formula.breaks_first == std::vector<std::string>{"avg latency(server) < 2s"});
    const auto simulated = result_of(study, mm1, without_formulas());
    CHECK(ends(simulated).holds < 5);
    CHECK(ends(simulated).holds >= 4);
    CHECK(ends(simulated).breaks >= 5);
    CHECK(ends(simulated).breaks <= 6);
    for (const studies::Level& level : simulated.levels) CHECK_FALSE(level.by_formula);
    // Power is (load) (1 - load), greatest at a half.
    for (const auto* result : {&by_formula, &simulated}) {
        REQUIRE(result->knee);
        CHECK(*result->levels[result->knee->low].number <= 5);
        CHECK(*result->levels[result->knee->high].number >= 5);
        CHECK(*result->levels[result->knee->high].number - *result->levels[result->knee->low].number <= 6);
        CHECK_FALSE(result->knee->from_first);
        CHECK_FALSE(result->knee->to_last);
    }
}

TEST_CASE("a range without steps is cut as fine as is asked") {
    const auto study =
        study_of("subject_to: [avg latency(server) < 2s]\nvary: {load: 1x..9x}\nrun: {precision: 1%}\n");
    const auto result = result_of(study, mm1);
    CHECK(ends(result).holds <= 5);
    CHECK(ends(result).breaks >= 5);
    CHECK(ends(result).breaks - ends(result).holds <= 0.0501);
}

TEST_CASE("a scenario is raised until it breaks, or lowered until it holds") {
    auto study = study_of("subject_to: [all objectives]\nvary: {load: 1x..2x}\n");
    study.factors.clear();
    const auto up = result_of(study, mm1);
    CHECK(up.verdict == studies::Verdict::met);
    CHECK(ends(up).holds <= 5);
    CHECK(ends(up).breaks >= 5);
    CHECK(ends(up).breaks / ends(up).holds < 1.03);
    // Half of it and less is looked at as well, where the knee would be.
    CHECK(*up.levels.front().number < 3);
    study.overrides = {"jobs.arrivals=poisson(0.9/s)"};
    const auto down = result_of(study, mm1);
    CHECK(down.verdict == studies::Verdict::violated);
    CHECK(ends(down).holds <= 5.0 / 9);
    CHECK(ends(down).breaks >= 5.0 / 9 * 0.99);
    CHECK(down.explanation == "it does not hold at 1x");
}

TEST_CASE("workers for 10/s: five now, six at 30 percent more, seven at 60; five break at 7.93 percent") {
    const auto study = study_of("subject_to: [all objectives]\nvary: {load: 1x..1.2x step 0.0005x}\n");
    const auto result = result_of(study, workers_for_ten);
    CHECK(ends(result).holds == doctest::Approx(1.079));
    CHECK(ends(result).breaks == doctest::Approx(1.0795));
    const auto read = reader_of(study, workers_for_ten);
    // So many wait for longer now: 2.68 percent.
    for (const auto& [promise, verdict] :
         {std::pair{"p(97.31) wait(desk) < 500ms", studies::Verdict::met},
          std::pair{"p(97.33) wait(desk) < 500ms", studies::Verdict::violated}}) {
        const auto one = study_of(std::string("vary: {load: 1x..2x}\nsubject_to: [\"") + promise + "\"]\n");
        CHECK(studies::Predictor(read, one.objectives, true).known({}).verdict == verdict);
    }
    const models::Scenario base = read({});
    studies::Predictor predictor(read, base.objectives, true);
    for (const auto& [load, least] :
         {std::pair{"load=1x", 5}, std::pair{"load=1.3x", 6}, std::pair{"load=1.6x", 7}})
        for (int workers = 4; workers <= 8; ++workers) {
            INFO(load, " with ", workers, " workers");
            CHECK(predictor.known({load, "desk.workers=" + std::to_string(workers)}).verdict ==
                  (workers >= least ? studies::Verdict::met : studies::Verdict::violated));
        }
    const auto coarse = study_of("subject_to: [all objectives]\nvary: {load: 1x..1.2x step 0.05x}\n");
    const auto simulated = result_of(coarse, workers_for_ten, without_formulas());
    CHECK(ends(simulated).holds < 1.0793);
    CHECK(ends(simulated).breaks > 1.0793);
}

TEST_CASE("levels have what is dead-lettered and the lag of each consumer of a topic") {
    const auto study = study_of("subject_to: [all objectives]\nvary: {load: [1x, 1.5x]}\n");
    const auto result = result_of(study, R"(
twin:
  datasets: {orders: {partitions: 2, by: random}, bad: {}}
  stages:
    take: {reads: clicks, writes: orders, workers: 1, service: exponential(mean 50ms)}
    clean: {reads: orders, workers: 2, service: exponential(mean 100ms), failure: 5%, dead_letter: bad}
load: {clicks: {arrivals: poisson(10/s)}}
run: {length: 1000s, warm_up: 10s, replications: 8, seed: 3}
objectives: [avg latency() < 10s]
)",
                                  without_formulas());
    REQUIRE(result.levels.size() == 2);
    const auto value = [&](const studies::Level& level, const std::string& name) {
        for (const auto& one : level.measures)
            if (one.name == name) return one.estimate.value.value_or(-1);
        return -2.0;
    };
    for (const studies::Level& level : result.levels)
        CHECK(value(level, "share dead_lettered()") == doctest::Approx(0.05).epsilon(0.05));
    // Two of M/M/1 at 1/2, then at 3/4: as many are there as are behind.
    CHECK(value(result.levels[0], "avg lag(clean)") == doctest::Approx(2).epsilon(0.1));
    CHECK(value(result.levels[1], "avg lag(clean)") > 4);
    CHECK(value(result.levels[1], "max lag(clean)") > value(result.levels[0], "max lag(clean)"));
    CHECK(value(result.levels[0], "avg lag(take)") == -2);
    // The same over the time of the run, in stretches, and what waits for workers of any stage.
    for (const studies::Level& level : result.levels) {
        REQUIRE(level.series.size() == 2);
        const auto &waiting = level.series[0], &lag = level.series[1];
        CHECK(waiting.name == "waiting");
        CHECK(lag.name == "lag");
        CHECK(waiting.unit == "items");
        CHECK(lag.unit == "records");
        for (const studies::Level::Series& series : level.series) {
            CHECK(series.stretch_s == 20);
            CHECK(series.means.size() == 50);
        }
        const double begin = lag.means.front(), all = sum_of(lag.means) / 50;
        CHECK(all == doctest::Approx(value(level, "avg lag(clean)")).epsilon(0.05));
        CHECK(begin < all);
        CHECK(sum_of(waiting.means) / 50 ==
              doctest::Approx(value(level, "avg waiting(take)") + value(level, "avg waiting(clean)"))
                  .epsilon(0.05));
    }
}

TEST_CASE("a run until empty has no series, and one that is sampled seldom has as many points") {
    const auto study = study_of("subject_to: [all objectives]\nvary: {load: [1x, 2x]}\n");
    const std::string few = R"(
twin: {stages: {server: {reads: jobs, workers: 1, service: exponential(mean 1s)}}}
load: {jobs: {arrivals: poisson(0.5/s), count: 100}}
objectives: [avg latency() < 100s]
)";
    const auto until_empty =
        result_of(study, few + "run: {until: empty, replications: 6, seed: 5}\n", without_formulas());
    REQUIRE(until_empty.levels.size() == 2);
    for (const studies::Level& level : until_empty.levels) CHECK(level.series.empty());
    const auto seldom =
        result_of(study, few + "run: {length: 100s, warm_up: 0s, sample: 30s, replications: 6, seed: 5}\n",
                  without_formulas());
    REQUIRE(seldom.levels.front().series.size() == 1);
    CHECK(seldom.levels.front().series.front().stretch_s == 30);
    CHECK(seldom.levels.front().series.front().means.size() == 3);
}

TEST_CASE("durations are kept where they are asked for, and change nothing else") {
    const auto study = study_of("subject_to: [all objectives]\nvary: {load: 2x..8x step 2x}\n");
    const auto usual = result_of(study, mm1, without_formulas());
    CHECK(usual.durations.empty());
    studies::StudyOptions options = without_formulas();
    options.durations = true;
    const auto kept = result_of(study, mm1, options);
    CHECK(formats::stress_as_json(study, kept, nullptr) == formats::stress_as_json(study, usual, nullptr));
    REQUIRE(kept.durations.size() == kept.levels.size());
    for (std::size_t i = 0; i < kept.levels.size(); ++i) {
        const studies::SeenDurations& seen = kept.durations[i];
        CHECK(seen.label == "load=" + kept.levels[i].value);
        CHECK(seen.replication_s == 19000);
        CHECK(seen.replications == static_cast<std::int64_t>(kept.levels[i].replications));
        REQUIRE(seen.quantities.size() == 2);
        CHECK(seen.quantities[0].measure == "p(95) latency(server)");
        CHECK(seen.quantities[1].measure == "p(95) latency()");
        // As many as came through.
        double served = 0;
        for (const auto& section : seen.quantities[0].sections.all()) served += section.weight;
        CHECK(served ==
              doctest::Approx(0.1 * *kept.levels[i].number * 19000 * static_cast<double>(seen.replications))
                  .epsilon(0.05));
    }
}

TEST_CASE("where a constraint breaks it is named, and no promise that holds") {
    const std::string base =
        std::string(mm1) + "actions: [{when: waiting(server) > 12, alert: too long a line, level: fail}]\n";
    const auto study = study_of("subject_to: [avg latency(server) < 1h]\nvary: {load: [1x, 8x]}\n");
    const auto result = result_of(study, base, without_formulas());
    REQUIRE(result.breaks_at.has_value());
    const studies::Level& level = result.levels[*result.breaks_at];
    CHECK(level.value == "8x");
    CHECK(level.why == "it breaks a constraint");
    CHECK_FALSE(level.by_formula);
    CHECK(level.broken == std::vector<std::string>{"constraint 'too long a line'"});
    CHECK(result.breaks_first == level.broken);
    REQUIRE(level.promises.size() == 1);
    CHECK(level.promises[0].verdict != studies::Verdict::violated);
}

TEST_CASE("growth makes days of factors") {
    studies::Growth growth{"3% per month", 0.03, studies::Growth::Period::month, {}};
    const auto on = [&](int year, unsigned month, unsigned day) {
        const std::chrono::sys_days date = std::chrono::year(year) / month / day;
        growth.start.ns =
            std::chrono::duration_cast<std::chrono::nanoseconds>(date.time_since_epoch()).count();
    };
    on(2026, 6, 1);
    CHECK(studies::day_of_factor(growth, 1) == "2026-06-01");
    CHECK(studies::day_of_factor(growth, 1.03) == "2026-07-01");
    CHECK(studies::day_of_factor(growth, std::pow(1.03, 9)) == "2027-03-01");
    CHECK(studies::day_of_factor(growth, std::pow(1.03, 0.5)) == "2026-06-16");
    CHECK(studies::day_of_factor(growth, 1 / 1.03) == "2026-05-01");
    on(2026, 1, 31);
    CHECK(studies::day_of_factor(growth, 1.03) == "2026-02-28");
    growth.per = studies::Growth::Period::year;
    CHECK(studies::day_of_factor(growth, 1.03) == "2027-01-31");
    growth.per = studies::Growth::Period::week;
    CHECK(studies::day_of_factor(growth, 1.03 * 1.03) == "2026-02-14");
    growth.per = studies::Growth::Period::day;
    CHECK(studies::day_of_factor(growth, 1.03) == "2026-02-01");
    growth.rate = 1e-12;
    CHECK_FALSE(studies::day_of_factor(growth, 2));
}

TEST_CASE("a load that grows breaks between two days") {
    const auto study = study_of(
        "subject_to: [all objectives]\nvary: {load: 1x..9x step 0.5x}\n"
        "growth: {rate: 100% per year, start: 2026-01-01}\n");
    const auto result = result_of(study, mm1);
    // 4.5 and 5 times as much: after 2.17 and 2.32 years.
    CHECK(result.holds_until == "2028-03-02");
    CHECK(result.breaks_by == "2028-04-26");
}

TEST_CASE("levels that all hold, or none does, or that cannot be decided") {
    const auto low = result_of(study_of("subject_to: [all objectives]\nvary: {load: 1x..3x step 1x}\n"), mm1);
    CHECK(low.verdict == studies::Verdict::met);
    CHECK_FALSE(low.breaks_at);
    CHECK(low.levels[*low.holds_at].value == "3x");
    const auto high =
        result_of(study_of("subject_to: [all objectives]\nvary: {load: 7x..9x step 1x}\n"), mm1);
    CHECK(high.verdict == studies::Verdict::violated);
    CHECK_FALSE(high.holds_at);
    // At the limit itself nothing is to be seen; replications end all the same.
    const auto limit = result_of(study_of("subject_to: [all objectives]\nvary: {load: [5x, 5.01x]}\n"), mm1,
                                 without_formulas());
    CHECK(limit.replications < 100);
    CHECK((limit.verdict == studies::Verdict::inconclusive || limit.reason == studies::Reason::limit));
}

TEST_CASE("the parameter may be any, in the order in which it becomes worse") {
    const auto study = study_of(
        "subject_to: [avg latency(server) < 2s]\nvary: {server.service.mean: 500ms..2s step 250ms}\n");
    // At 0.1/s: 1 / (1 / s - 0.1) is 2 s at 1.67 s of service.
    const auto result = result_of(study, mm1);
    CHECK(result.levels[*result.holds_at].value == "1500ms");
    CHECK(result.levels[*result.breaks_at].value == "1750ms");
    CHECK(result.factor == "server.service.mean");
}

TEST_CASE("users throttle themselves, and the result says so") {
    const auto study = study_of("subject_to: [all objectives]\nvary: {shop.users: 1x..8x step 1x}\n");
    const auto result = result_of(study, R"(
twin: {stages: {server: {reads: shop, workers: 1, service: exponential(mean 1s)}}}
load: {shop: {users: 3, think: exponential(mean 10s)}}
run: {length: 4000s, warm_up: 100s, replications: 8, seed: 2}
objectives: [avg latency(server) < 6s]
)");
    REQUIRE(result.breaks_at);
    CHECK(result.warnings.size() == 1);
    CHECK(result.warnings[0].starts_with("'shop' throttles itself"));
}

TEST_CASE("multiples that are the same number of users are one level, and say how many there are") {
    auto study = study_of("subject_to: [all objectives]\nvary: {load: 1x..2x}\n");
    study.factors.clear();
    for (const bool formulas : {true, false}) {
        const auto result =
            result_of(study, five_users, formulas ? studies::StudyOptions{} : without_formulas());
        CHECK(result.verdict == studies::Verdict::met);
        users_of(result, 5);
        if (formulas) {
            CHECK(result.levels[*result.holds_at].value == "1.4x");
            CHECK(result.levels[*result.breaks_at].value == "1.6x");
        }
        CHECK(std::count_if(result.levels.begin(), result.levels.end(),
                            [](const studies::Level& level) { return level.value == "1x"; }) == 1);
        for (const studies::Level& level : result.levels) {
            const double users = 5 * *level.number;
            CHECK(users == doctest::Approx(std::round(users)).epsilon(0.01));
        }
    }
    // So many levels as there are numbers of users, of a study the first of the same.
    const auto steps = result_of(study_of("subject_to: [all objectives]\nvary: {load: 1x..3x step 0.05x}\n"),
                                 five_users, without_formulas());
    users_of(steps, 5);
    CHECK(steps.levels.front().value == "1x");
    CHECK(steps.levels.size() <= 11);
    const auto range = result_of(study_of("subject_to: [all objectives]\nvary: {shop.users: 1x..3x}\n"),
                                 five_users, without_formulas());
    users_of(range, 5);
    // One user cannot be fewer, and beside another load each multiple is another level.
    std::string alone = five_users;
    alone.replace(alone.find("users: 5"), 8, "users: 1");
    alone.replace(alone.find("< 2s"), 4, "< 500ms");
    const auto least = result_of(study, alone, without_formulas());
    CHECK(least.verdict == studies::Verdict::violated);
    users_of(least, 1);
    std::string mixed = five_users;
    mixed.replace(mixed.find("mean 10s)}}"), 11, "mean 10s)}, walk: {arrivals: poisson(0.01/s)}}");
    mixed.replace(mixed.find("reads: shop"), 11, "reads: [shop, walk]");
    CHECK(result_of(study, mixed, without_formulas()).levels.size() > 12);
}

TEST_CASE("progress counts the units of all levels, with the answer so far") {
    const auto study =
        study_of("subject_to: [all objectives]\nvary: {load: 2x..8x step 1x}\nrun: {length: 3000s}\n");
    studies::RunProgress progress;
    Looks looks(progress);
    studies::StudyOptions options = without_formulas();
    options.run.threads = 1;
    options.run.progress = &progress;
    options.store = &looks;
    const auto result = result_of(study, mm1, options);
    REQUIRE(std::ssize(looks.seen) == result.replications);
    for (std::size_t i = 0; i < looks.seen.size(); ++i) {
        INFO(i);
        CHECK(looks.seen[i].phase == studies::RunProgress::Phase::units);
        CHECK(looks.seen[i].at_most);
        CHECK(looks.seen[i].ended <= static_cast<std::int64_t>(i));
        CHECK(looks.seen[i].ended + 2 >= static_cast<std::int64_t>(i));
        CHECK(looks.seen[i].of >= result.replications);
        CHECK(looks.seen[i].of == looks.seen.front().of);
    }
    CHECK(looks.seen.front().best.empty());
    CHECK(looks.seen.back().best.starts_with("holds at "));
    CHECK(looks.seen.back().best.find(", breaks at ") != std::string::npos);
    CHECK(progress.now().phase == studies::RunProgress::Phase::none);
}

TEST_CASE("threads change nothing, and Ctrl-C leaves what is known") {
    const auto study =
        study_of("subject_to: [all objectives]\nvary: {load: 2x..8x step 2x}\nrun: {length: 3000s}\n");
    std::string bytes;
    for (const unsigned threads : {1U, 2U}) {
        studies::StudyOptions options = without_formulas();
        options.run.threads = threads;
        const std::string json = formats::stress_as_json(study, result_of(study, mm1, options), nullptr);
        CHECK((bytes.empty() || bytes == json));
        bytes = json;
    }
    const std::atomic<bool> stop{true};
    studies::StudyOptions options = without_formulas();
    options.run.stop = &stop;
    const auto result = result_of(study, mm1, options);
    CHECK(result.interrupted);
    CHECK(result.verdict == studies::Verdict::inconclusive);
}

TEST_CASE("wherever it is interrupted it says what it knows, also of levels that formulas decide") {
    // Far above what a promise of utilisation allows, which formulas know; of the wait they know nothing exactly.
    const std::string base = R"(
twin: {stages: {server: {reads: jobs, workers: 2, service: lognormal(mean 1s cv 2)}}}
load: {jobs: {arrivals: poisson(1/s)}}
run: {length: 2000s, warm_up: 100s, replications: 6, seed: 5}
objectives: [avg utilisation(server) < 75%, p(90) wait(server) < 60s]
)";
    studies::Study study;
    study.method = studies::Study::Method::breaking_point;
    study.all_objectives = true;
    for (int units = 1; units < 60; units = units * 5 / 4 + 1) {
        CAPTURE(units);
        StopsAfter store(units);
        studies::StudyOptions options;
        options.run.threads = 1;
        options.run.stop = &store.stop;
        options.store = &store;
        const auto result = result_of(study, base, options);
        CHECK(result.interrupted == store.stop.load());
        if (result.holds_at) CHECK(*result.holds_at < result.levels.size());
        if (result.breaks_at) CHECK(*result.breaks_at < result.levels.size());
    }
}

TEST_CASE("less than there is now may be too little: where it breaks is looked for above") {
    auto study =
        study_of("subject_to: [avg latency() < 4s, rate completed() >= 0.09/s]\nvary: {load: 1x..2x}\n");
    study.factors.clear();
    const auto result = result_of(study, mm1);
    CHECK(result.verdict == studies::Verdict::met);
    CHECK(ends(result).holds >= 7);
    CHECK(ends(result).holds <= 7.5);
    CHECK(ends(result).breaks >= 7.5);
    CHECK(std::any_of(result.warnings.begin(), result.warnings.end(), [](const std::string& warning) {
        return warning.find("which is less than now") != std::string::npos;
    }));
}

TEST_CASE("no level has more replications than a run, but for the first five") {
    const auto study = study_of("subject_to: [all objectives]\nvary: {load: 4x..6x step 0.25x}\n");
    for (const auto& [asked, most] : {std::pair(2, 5), std::pair(20, 20)}) {
        auto few = study;
        few.overrides = {"run.replications=" + std::to_string(asked)};
        const auto result = result_of(few, mm1, without_formulas());
        std::uint64_t largest = 0;
        for (const studies::Level& level : result.levels) largest = std::max(largest, level.replications);
        CHECK(largest == static_cast<std::uint64_t>(most));
    }
}
