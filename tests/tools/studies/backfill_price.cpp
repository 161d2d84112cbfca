// Promised: by rule, what a change makes stale is found and what reads other columns is left out; as a load beside the regular
// one it takes as long as its work at the concurrency, costs the workers' time, breaks the promises and delays whom it must;
// what is not known (how far back, a run without an end) is said, and `none` needs nothing.
// Shown: pipelines without chance, whose hours are counted by hand.
#include "tools/studies/backfill_price.h"

#include <doctest/doctest.h>

#include <string>
#include <utility>
#include <vector>

#include "tools/formats/language/scenario_reader.h"

using namespace understudy;
using studies::Verdict;

namespace {

models::Scenario scenario(const std::string& rest) {
    auto reading = formats::read_scenario("understudy: 1\nscenario: sample\n" + rest, "sample.yaml");
    INFO(reading.diagnostics.show());
    REQUIRE(reading.scenario);
    return std::move(*reading.scenario);
}

/// Each hour 10 min of work, then 5 min, on two workers.
const std::string hourly =
    "twin:\n"
    "  pools: {spark: {workers: 2, cost: 6EUR/h}}\n"
    "  datasets:\n"
    "    orders: {columns: {id: {type: bigint}, note: {type: varchar}}}\n"
    "    paid: {retention: 10h, columns: {id: {type: bigint, derives_from: [orders.id]}}}\n"
    "    ledger: {columns: {id: {type: bigint, derives_from: [paid.id]}}}\n"
    "  pipelines:\n"
    "    nightly:\n"
    "      schedule: every 1h\n"
    "      tasks:\n"
    "        build: {reads: orders, runs_on: spark, service: 10min, writes: paid}\n"
    "        book: {after: [build], reads: paid, runs_on: spark, service: 5min, writes: ledger}\n"
    "        mail: {after: [book], runs_on: spark, service: 1min}\n"
    "  stages:\n"
    "    land: {reads: clicks, writes: orders}\n"
    "    look: {reads: ledger}\n"
    "    watch: {reads: paid}\n"
    "load: {clicks: {arrivals: every 1min}}\n"
    "run: {length: 20h, warm_up: 1h, replications: 5}\n";

studies::ChangeReview other_rows(const std::string& task) {
    studies::ChangeReview review;
    studies::Transformation one;
    one.task = task;
    one.differences.emplace();
    one.differences->changed = 3;
    review.transformations.push_back(one);
    return review;
}

std::vector<std::string> names(const std::vector<studies::RebuiltJob>& jobs) {
    std::vector<std::string> all;
    for (const studies::RebuiltJob& job : jobs) all.push_back(job.name);
    return all;
}

studies::BackfillPrice price(const models::Scenario& candidate, studies::BackfillPlan plan,
                             unsigned threads = 1) {
    studies::BackfillOptions options;
    options.run.threads = threads;
    options.most = 5;
    models::Problems problems;
    return studies::price_backfill(candidate, jobs_to_rebuild(candidate, other_rows("nightly.build")), plan,
                                   options, problems);
}

studies::BackfillPlan at_once(std::vector<std::int64_t> concurrency) {
    studies::BackfillPlan plan;
    plan.concurrency = std::move(concurrency);
    return plan;
}

}  // namespace

TEST_CASE("other rows go on to whoever reads what is made of them") {
    const models::Scenario candidate = scenario(hourly);
    using Names = std::vector<std::string>;
    CHECK(names(jobs_to_rebuild(candidate, other_rows("nightly.build"))) ==
          Names{"nightly.build", "nightly.book", "look", "watch"});
    CHECK(names(jobs_to_rebuild(candidate, other_rows("nightly.book"))) == Names{"nightly.book", "look"});
    studies::ChangeReview same = other_rows("nightly.build");
    same.transformations[0].differences->changed = 0;
    CHECK(jobs_to_rebuild(candidate, same).empty());
    // Rows of one key are compared with nothing, and nothing is found to differ.
    same.transformations[0].differences->repeated_candidate = 2;
    REQUIRE(names(jobs_to_rebuild(candidate, same)).size() == 4);
    CHECK(jobs_to_rebuild(candidate, same)[0].why == "the rows that it writes differ");
    same.transformations[0].differences.reset();
    CHECK(jobs_to_rebuild(candidate, same)[0].why == "its rows were not compared: give the edit a 'key'");
    CHECK(names(jobs_to_rebuild(candidate, same)).size() == 4);
}

TEST_CASE("a column that does not hold what was there goes on to who reads it") {
    const models::Scenario candidate = scenario(hourly);
    studies::ChangeReview review;
    studies::SchemaFinding finding;
    finding.difference.base_dataset = finding.difference.dataset = "paid";
    finding.difference.base_column = finding.difference.column = "id";
    finding.difference.backward = true;
    review.schema.findings.push_back(finding);
    CHECK(jobs_to_rebuild(candidate, review).empty());
    review.schema.findings[0].difference.backward = false;
    CHECK(names(jobs_to_rebuild(candidate, review)) == std::vector<std::string>{"nightly.build"});
    review.schema.findings[0].readers.push_back({"nightly.book", 1, "paid.id", ""});
    CHECK(names(jobs_to_rebuild(candidate, review)) ==
          std::vector<std::string>{"nightly.build", "nightly.book"});
}

TEST_CASE("hours, cost and delays at each concurrency") {
    models::Scenario candidate = scenario(hourly + "objectives: [max latency(nightly) < 20min]\n");
    const studies::BackfillPrice found = price(candidate, at_once({1, 4}));
    // The retention of paid: ten runs of 15 min of work; mail reads nothing of it, look and watch are stages.
    CHECK(found.over_s == 36000);
    CHECK(found.over_why == "retention of paid");
    CHECK(found.runs == 10);
    CHECK(found.work_s == doctest::Approx(10 * 900));
    CHECK(*found.work_cost == doctest::Approx(15));
    REQUIRE(found.tasks.size() == 2);
    CHECK(found.tasks[0].job.name == "nightly.build");
    CHECK(found.tasks[1].work_s == doctest::Approx(300));
    REQUIRE(found.stages.size() == 2);
    CHECK(found.stages[0].name == "look");
    REQUIRE(found.at.size() == 2);
    // One at a time has a worker to itself, and the regular runs the other.
    CHECK(*found.at[0].done_s == doctest::Approx(10 * 900));
    CHECK(found.at[0].verdict == Verdict::met);
    CHECK(found.at[0].delayed.empty());
    // Four keep both workers busy but for the regular 16 min of each hour, and that waits.
    CHECK(*found.at[1].done_s < 6500);
    CHECK(*found.at[1].done_s > 4500);
    CHECK(found.at[1].verdict == Verdict::violated);
    CHECK(found.at[1].why == "max latency(nightly) < 20min");
    CHECK_FALSE(found.at[1].delayed.empty());
    // Workers are paid anyway.
    CHECK(found.at[1].cost == doctest::Approx(0));
    CHECK(found.verdict == Verdict::met);
}

TEST_CASE("what a run takes is that of runs between others, after the warm-up") {
    // One record a minute, 10 s each: 4 h a day, 12 h for three. The first run is due with an hour of them, at 01:00.
    const auto priced = [](const std::string& run, const std::string& schedule = "daily at 01:00",
                           const std::string& over = "3d") {
        const models::Scenario candidate = scenario(
            "twin:\n  pools: {w: {workers: 1, cost: 10EUR/h}}\n  datasets: {src: {}, out: {}}\n"
            "  stages: {land: {reads: ev, writes: src}}\n"
            "  pipelines: {nightly: {schedule: " +
            schedule +
            ", tasks: {build: {reads: {src: new}, writes: out, runs_on: w, service: 10s per record}}}}\n"
            "load: {ev: {arrivals: every 1min}}\nrun: {start: 2026-03-09T00:00, replications: 2, " +
            run + "}\n");
        studies::BackfillPlan plan = at_once({1});
        plan.over = over == "3d" ? 3 * kernel::day : 10 * kernel::hour;
        return price(candidate, plan);
    };
    for (const char* run :
         {"length: 4d, warm_up: 1d6h", "length: 6d, warm_up: 3d6h", "length: 4d, warm_up: 0s"}) {
        INFO(run);
        const studies::BackfillPrice found = priced(run);
        CHECK(found.runs == 3);
        CHECK(found.work_s == doctest::Approx(12 * 3600));
        CHECK(*found.work_cost == doctest::Approx(120));
        CHECK(found.warnings.empty());
    }
    // Of 60 records each hour, 600 s; the one at 1 h begins with the first arrival and has 59.
    for (const char* run : {"length: 13h, warm_up: 0s", "length: 13h, warm_up: 4h"})
        CHECK(priced(run, "every 1h", "10h").work_s == doctest::Approx(6000).epsilon(0.002));
    // Where there are none, the others, with a warning.
    const studies::BackfillPrice short_run = priced("length: 25h, warm_up: 2h");
    CHECK(short_run.work_s == doctest::Approx(3 * 590));
    REQUIRE(short_run.warnings.size() == 1);
    CHECK(short_run.warnings[0].starts_with("nightly.build had no run after the warm-up besides its first"));
}

TEST_CASE("a stage reads its input again, as far as it is kept") {
    // 1/s come, each takes 2 s of one of four workers: two are busy, and two are left. An hour is 3600 items, 7200 s.
    const auto stream = [](const std::string& more, const std::string& work = "runs_on: flink, service: 2s") {
        return "twin:\n  pools: {flink: {workers: 4, cost: 6EUR/h}}\n"
               "  datasets: {clicks: {retention: 1h}, views: {columns: {id: {type: bigint}}}}\n"
               "  stages: {enrich: {reads: clicks, writes: views, " +
               work +
               "}}\nload: {web: {arrivals: every 1s, writes: clicks}}\n"
               "run: {length: 6h, warm_up: 0s, replications: 2}\n" +
               more;
    };
    const auto priced = [](const std::string& text, studies::BackfillPlan plan) {
        const models::Scenario candidate = scenario(text);
        studies::BackfillOptions options;
        options.run.threads = 1;
        options.most = 2;
        models::Problems problems;
        return studies::price_backfill(candidate, jobs_to_rebuild(candidate, other_rows("enrich")), plan,
                                       options, problems);
    };
    const std::string promise = "objectives: [max latency(enrich) < 2500ms]\n";
    const studies::BackfillPrice found = priced(stream(promise), at_once({1, 2, 4}));
    CHECK(found.over_s == 3600);
    CHECK(found.over_why == "retention of clicks");
    REQUIRE(found.tasks.size() == 1);
    CHECK(found.tasks[0].items == 3600);
    CHECK(found.tasks[0].work_s == doctest::Approx(2));
    CHECK(found.work_s == doctest::Approx(7200));
    CHECK(*found.work_cost == doctest::Approx(12));
    CHECK(found.stages.empty());
    CHECK(found.warnings.empty());
    REQUIRE(found.at.size() == 3);
    CHECK(*found.at[0].done_s == doctest::Approx(7200).epsilon(0.01));
    CHECK(found.at[0].verdict == Verdict::met);
    CHECK(*found.at[1].done_s == doctest::Approx(3600).epsilon(0.01));
    // Four at once take turns with what comes.
    CHECK(found.at[2].verdict == Verdict::violated);
    REQUIRE_FALSE(found.at[2].delayed.empty());
    CHECK(found.verdict == Verdict::met);

    // Items are read again one by one, however many there are: 25 000 delay who comes as 5000 do, while it lasts. A worker has
    // 0.25/s to do, of 2 s, and as much besides for an item of the backfill that is always there.
    const auto waits = [&](int seconds) {
        studies::BackfillPlan all = at_once({1});
        all.over = seconds * kernel::second;
        const studies::BackfillPrice many = priced(
            "twin:\n  pools: {flink: {workers: 1}}\n  datasets: {views: {columns: {id: {type: bigint}}}}\n  "
            "stages: "
            "{enrich: {reads: clicks, writes: views, runs_on: flink, service: 2s}}\nload: {web: {arrivals: "
            "poisson(0.25/s), writes: clicks}}\nrun: {length: " +
                std::to_string(seconds * 6 / 5) + "s, warm_up: 0s, replications: 2}\n",
            all);
        REQUIRE(many.tasks.size() == 1);
        CHECK(many.tasks[0].items == doctest::Approx(seconds / 4.0).epsilon(0.05));
        REQUIRE(many.at.size() == 1);
        CHECK(many.at[0].done_share == doctest::Approx(1));
        for (const studies::DelayedMeasure& one : many.at[0].delayed)
            if (one.text == "avg wait(enrich)") return one.more;
        return 0.0;
    };
    CHECK(waits(20'000) > 2);
    CHECK(waits(100'000) == doctest::Approx(waits(20'000)).epsilon(0.15));

    // Attempts after a failure are work as well; what is older than what is kept stays away.
    studies::BackfillPlan longer = at_once({1});
    longer.over = 5 * kernel::hour;
    const studies::BackfillPrice again = priced(
        stream("", "runs_on: flink, service: 2s, failure: 50%, retry: {times: 1, backoff: 1s}"), longer);
    CHECK(again.tasks[0].items == 3600);
    CHECK(again.tasks[0].work_s == doctest::Approx(3).epsilon(0.05));
    REQUIRE(again.warnings.size() == 1);
    CHECK(again.warnings[0].find("stays as it was written") != std::string::npos);

    // What cannot be told from single items is named, with why.
    const studies::BackfillPrice several =
        priced(stream("", "runs_on: flink, service: 2s, take: 5"), at_once({1}));
    CHECK_FALSE(several.why_unknown.empty());
    REQUIRE(several.stages.size() == 1);
    REQUIRE(several.warnings.size() == 1);
    CHECK(several.warnings[0] == "enrich is not priced: a worker takes up several items at once");
}

TEST_CASE("what is not done by the end of the run is not met") {
    studies::BackfillPlan plan = at_once({1});
    plan.over = 200 * kernel::hour;
    const studies::BackfillPrice found = price(scenario(hourly), plan);
    CHECK(found.runs == 200);
    REQUIRE(found.at.size() == 1);
    CHECK_FALSE(found.at[0].done_s);
    // 19 h at four an hour.
    CHECK(found.at[0].done_share == doctest::Approx(76.0 / 200));
    CHECK(found.at[0].verdict == Verdict::violated);
    CHECK(found.verdict == Verdict::violated);
}

TEST_CASE("what a change needs nothing for, and what cannot be priced") {
    const models::Scenario candidate = scenario(hourly);
    studies::BackfillPlan none;
    none.none = true;
    const studies::BackfillPrice forward = price(candidate, none);
    CHECK_FALSE(forward.why_none.empty());
    CHECK(forward.verdict == Verdict::met);
    CHECK(forward.stages.size() == 4);
    models::Problems problems;
    CHECK_FALSE(studies::price_backfill(candidate, {}, {}, {}, problems).why_none.empty());

    std::string kept_for_ever = hourly;
    kept_for_ever.replace(kept_for_ever.find("retention: 10h, "), 16, "");
    const studies::BackfillPrice unknown = price(scenario(kept_for_ever), {});
    CHECK(unknown.why_unknown.find("how far back") != std::string::npos);
    CHECK(unknown.verdict == Verdict::inconclusive);
}

TEST_CASE("the same for any number of threads") {
    const models::Scenario candidate = scenario(hourly);
    const studies::BackfillPrice one = price(candidate, at_once({4}), 1),
                                 two = price(candidate, at_once({4}), 2);
    CHECK(*one.at[0].done_s == *two.at[0].done_s);
}

namespace {

/// Pipelines of one task each that reads what the one before it writes, each task with its schedule.
std::string chain(int tasks, const std::string& first_reads, const std::string& schedule = "every 1h",
                  const std::string& last_schedule = "") {
    std::string text =
        "twin:\n  pools: {spark: {workers: 64}}\n  stages: {land: {reads: clicks, writes: raw}}\n  "
        "pipelines:\n";
    for (int i = 0; i < tasks; ++i) {
        const std::string n = std::to_string(i);
        const bool last = i + 1 == tasks && !last_schedule.empty();
        text += "    p" + n + ": {schedule: " + (last ? last_schedule : schedule) + ", tasks: {t: {reads: {" +
                (i == 0 ? first_reads : "d" + std::to_string(i - 1) + ": new") + "}, writes: d" + n +
                ", runs_on: spark, service: 1min}}}\n";
    }
    return text + "load: {clicks: {arrivals: every 1min}}\n";
}

studies::BackfillPrice price_of(const std::string& text, const std::string& changed, kernel::Time over) {
    const models::Scenario candidate = scenario(text);
    studies::BackfillPlan plan = at_once({2});
    plan.over = over;
    studies::BackfillOptions options;
    options.run.threads = 1;
    options.most = 2;
    models::Problems problems;
    return studies::price_backfill(candidate, jobs_to_rebuild(candidate, other_rows(changed)), plan, options,
                                   problems);
}

}  // namespace

TEST_CASE("a long chain of tasks is put in order at once") {
    const auto found =
        price_of(chain(60, "raw: new") + "run: {length: 5h, replications: 2}\n", "p0.t", 2 * kernel::hour);
    REQUIRE(found.tasks.size() == 60);
    for (std::size_t i = 0; i < found.tasks.size(); ++i)
        CHECK(found.tasks[i].job.name == "p" + std::to_string(i) + ".t");
}

TEST_CASE("in a circle what differs comes first") {
    const std::string circle = chain(3, "raw: new, d2: new") + "run: {length: 5h, replications: 2}\n";
    for (int first = 0; first < 3; ++first) {
        const auto found = price_of(circle, "p" + std::to_string(first) + ".t", 2 * kernel::hour);
        REQUIRE(found.tasks.size() == 3);
        for (int i = 0; i < 3; ++i)
            CHECK(found.tasks[static_cast<std::size_t>(i)].job.name ==
                  "p" + std::to_string((first + i) % 3) + ".t");
    }
}

TEST_CASE("runs are counted by the schedule, however long the run is") {
    for (const char* const length : {"1d", "5d", "14d"}) {
        CAPTURE(length);
        const auto found = price_of(
            chain(2, "raw: new", "every 1d", "every 7d") + "run: {length: " + length + ", replications: 2}\n",
            "p0.t", 28 * kernel::day);
        REQUIRE(found.tasks.size() == 2);
        CHECK(found.tasks[0].runs == 28);
        CHECK(found.tasks[1].runs == 4);
    }
    const auto found = price_of(chain(1, "raw: new", "daily at 05:00") +
                                    "run: {length: 1d, start: 2026-03-09T00:00, replications: 2}\n",
                                "p0.t", 28 * kernel::day);
    REQUIRE(found.tasks.size() == 1);
    CHECK(found.tasks[0].runs == 28);
}

TEST_CASE("a run in which no task was done tells nothing") {
    const auto found = price_of(chain(1, "raw: new", "daily at 05:00") +
                                    "run: {length: 4h, start: 2026-03-09T00:00, replications: 2}\n",
                                "p0.t", 28 * kernel::day);
    CHECK(found.why_unknown.starts_with("none of the tasks"));
    CHECK(found.verdict == Verdict::inconclusive);
}
