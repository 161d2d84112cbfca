// Promised: of the same items and runs those that moved most are found, in both directions, with how long they took in each
// run, at which element and whether in line, at work or otherwise, and behind whom; what did not move is not told; batches,
// joins, retries and pipelines are followed to where the time went; closed loops, which have no counterparts, are left out.
// Shown: queues without chance, whose answers are counted by hand.
#include "tools/studies/moved.h"

#include <doctest/doctest.h>

#include <string>
#include <utility>

#include "tests/tools/studies/sample.h"

using namespace understudy;
using studies::MovedOne;

namespace {

studies::Moved moved(const std::string& baseline, const std::string& candidate, kernel::Time warm_up = 0) {
    studies::MovedOptions how;
    how.warm_up = warm_up;
    auto found = studies::find_moved(tests::prepared(baseline), tests::prepared(candidate), how);
    REQUIRE(found);
    return std::move(*found);
}

/// A click each 10 s takes 1 s of one worker; half a second before the fifth comes a bulk of work.
std::string clicks_and_bulk(const std::string& work, const std::string& more = "") {
    return "twin:\n  stages:\n    server: {reads: jobs, workers: 1, service: work" + more +
           "}\nload:\n"
           "  clicks: {arrivals: every 10s, fields: {work: 1s}, writes: jobs}\n"
           "  bulk: {arrivals: every 1h, first: 49500ms, count: 1, fields: {work: " +
           work +
           "}, writes: jobs}\n"
           "run: {length: 200s, warm_up: 0s, replications: 2}\n";
}

const MovedOne& named(const std::vector<MovedOne>& all, const std::string& name) {
    for (const MovedOne& one : all)
        if (name_of(one.what) == name) return one;
    FAIL("no ", name);
    return all.front();
}

}  // namespace

TEST_CASE("an item is told with who kept it waiting") {
    const studies::Moved found = moved(clicks_and_bulk("1s"), clicks_and_bulk("25s"));
    CHECK(found.replication == 1);
    // The bulk is done at 74.5 s instead of 50.5 s; clicks at 50, 60 and 70 s wait for it, that at 80 s no more.
    CHECK(found.items.longer == 4);
    CHECK(found.items.shorter == 0);
    CHECK(found.items.faster.empty());
    CHECK(found.runs.compared == 0);
    const MovedOne& bulk = named(found.items.slower, "item 1 of bulk");
    CHECK(bulk.baseline_s == doctest::Approx(1));
    CHECK(bulk.candidate_s == doctest::Approx(25));
    REQUIRE(bulk.at.size() == 1);
    CHECK(bulk.at[0].element == "server");
    CHECK(bulk.at[0].candidate.service_s == doctest::Approx(25));
    CHECK(bulk.at[0].candidate.wait_s == 0);
    CHECK_FALSE(bulk.behind);

    const MovedOne& first = named(found.items.slower, "item 5 of clicks");
    CHECK(first.born_s == doctest::Approx(50));
    CHECK(first.moved_s() == doctest::Approx(24));
    REQUIRE(first.at.size() == 1);
    CHECK(first.at[0].baseline.wait_s == doctest::Approx(0.5));
    CHECK(first.at[0].candidate.wait_s == doctest::Approx(24.5));
    CHECK(first.at[0].candidate.service_s == doctest::Approx(1));
    REQUIRE(first.behind);
    CHECK(name_of(first.behind->who) == "item 1 of bulk");
    CHECK(first.behind->where == "server");
    CHECK(first.behind->seconds == doctest::Approx(24.5));
    CHECK(first.behind->others == 0);

    // Those at 60 and 70 s waited for the same.
    CHECK(first.alike == 2);
    CHECK(found.items.slower.size() == 2);
}

TEST_CASE("the other way round they are faster, and were behind the same") {
    const studies::Moved found = moved(clicks_and_bulk("25s"), clicks_and_bulk("1s"));
    CHECK(found.items.slower.empty());
    CHECK(found.items.shorter == 4);
    const MovedOne& first = named(found.items.faster, "item 5 of clicks");
    CHECK(first.moved_s() == doctest::Approx(-24));
    REQUIRE(first.behind);
    CHECK(name_of(first.behind->who) == "item 1 of bulk");
    CHECK(first.behind->seconds == doctest::Approx(24.5));
}

TEST_CASE("what came to one of the two alone is counted") {
    const std::string fewer = clicks_and_bulk("1s");
    std::string more = fewer;
    more.replace(more.find("every 10s"), 9, "every 5s");
    // Clicks at 10, 20, ... 190 s, of which the last ends at 191 s; and at 5, 10, ... 195 s.
    CHECK(moved(fewer, more).items.candidate_only == 20);
    CHECK(moved(fewer, more).items.baseline_only == 0);
    CHECK(moved(more, fewer).items.baseline_only == 20);
}

TEST_CASE("what is the same has not moved, and what is born in the warm-up is not looked at") {
    const studies::Moved same = moved(clicks_and_bulk("1s"), clicks_and_bulk("1s"));
    CHECK(same.items.compared > 10);
    CHECK(same.items.longer + same.items.shorter == 0);
    CHECK(same.items.slower.empty());
    const studies::Moved late = moved(clicks_and_bulk("1s"), clicks_and_bulk("25s"), 55 * kernel::second);
    CHECK(late.items.longer == 2);
    const MovedOne& second = late.items.slower.at(0);
    CHECK(name_of(second.what) == "item 6 of clicks");
    CHECK(second.moved_s() == doctest::Approx(15.5));
    REQUIRE(second.behind);
    CHECK(name_of(second.behind->who) == "item 1 of bulk");
    CHECK(second.behind->seconds == doctest::Approx(14.5));
    CHECK(second.behind->others == 1);
}

TEST_CASE("the most moved come first, and there are at most five") {
    // Nothing waits for anybody: each moved for a reason of its own.
    const auto scenario = [](const std::string& service) {
        return "twin: {stages: {server: {reads: jobs, workers: unlimited, service: " + service +
               "}}}\nload: {jobs: {arrivals: every 10s}}\nrun: {length: 10min, warm_up: 0s, replications: "
               "2}\n";
    };
    const studies::Moved found = moved(scenario("exponential(mean 1s)"), scenario("exponential(mean 2s)"));
    REQUIRE(found.items.slower.size() == studies::most_moved);
    CHECK(found.items.longer > 5);
    for (std::size_t i = 1; i < found.items.slower.size(); ++i)
        CHECK(found.items.slower[i - 1].moved_s() >= found.items.slower[i].moved_s());
    CHECK(found.items.slower[0].at.at(0).candidate.service_s ==
          doctest::Approx(2 * found.items.slower[0].at.at(0).baseline.service_s));
}

TEST_CASE("an item waits behind a batch, and what is in a batch goes its way") {
    const auto scenario = [](const std::string& per_item) {
        return "twin:\n  stages:\n    dedupe: {reads: clicks, batch: {items: 2}, workers: 1, service: 1s + " +
               per_item +
               " per item}\nload:\n  clicks: {arrivals: every 10s, count: 6}\n"
               "run: {length: 200s, warm_up: 0s, replications: 2}\n";
    };
    // Batches close at 20, 40 and 60 s. They take 3 s, or 31 s: then the second waits from 40 to 51 s, the third to 82 s.
    const studies::Moved found = moved(scenario("1s"), scenario("15s"));
    const MovedOne& last = named(found.items.slower, "item 5 of clicks");
    CHECK(last.baseline_s == doctest::Approx(10 + 3));
    CHECK(last.candidate_s == doctest::Approx(10 + 22 + 31));
    CHECK(last.alike == 1);  // the sixth, in the same batch
    REQUIRE(last.at.size() == 1);
    CHECK(last.at[0].candidate.service_s == doctest::Approx(31));
    CHECK(last.at[0].candidate.wait_s == doctest::Approx(22));
    REQUIRE(last.behind);
    CHECK(name_of(last.behind->who) == "batch 2 of dedupe");
    CHECK(last.at[0].candidate.other_s == doctest::Approx(10));  // until the batch was full
}

TEST_CASE("a join goes on with the way of the part that came last") {
    const auto scenario = [](const std::string& right) {
        return "twin:\n  stages:\n    split: {reads: jobs, writes: [left, right]}\n"
               "    a: {reads: left, writes: both, workers: 1, service: 5s}\n"
               "    b: {reads: right, writes: both, workers: 1, service: " +
               right +
               "}\n    meet: {reads: both, join: {of: parts}, workers: 1, service: 1s}\n"
               "load:\n  jobs: {arrivals: every 1min, count: 2}\n"
               "run: {length: 10min, warm_up: 0s, replications: 2}\n";
    };
    const studies::Moved found = moved(scenario("2s"), scenario("20s"));
    const MovedOne& one = named(found.items.slower, "item 1 of jobs");
    CHECK(one.baseline_s == doctest::Approx(6));
    CHECK(one.candidate_s == doctest::Approx(21));
    REQUIRE_FALSE(one.at.empty());
    CHECK(one.at[0].element == "b");
    CHECK(one.at[0].candidate.service_s == doctest::Approx(20));
}

TEST_CASE("a pause before a retry is neither waiting nor service") {
    const auto scenario = [](const std::string& pause) {
        return "twin:\n  stages:\n    server: {reads: jobs, workers: 1, service: 1s, timeout: 500ms, "
               "retry: {times: 1, backoff: " +
               pause +
               "}, dead_letter: failed}\n"
               "load:\n  jobs: {arrivals: every 1min, count: 2}\n"
               "run: {length: 10min, warm_up: 0s, replications: 2}\n";
    };
    const studies::Moved found = moved(scenario("1s"), scenario("9s"));
    const MovedOne& one = named(found.items.slower, "item 1 of jobs");
    REQUIRE_FALSE(one.at.empty());
    CHECK(one.at[0].element == "server");
    CHECK(one.at[0].candidate.other_s == doctest::Approx(9));
    CHECK(one.at[0].candidate.wait_s == 0);
    CHECK(one.at[0].candidate.service_s == doctest::Approx(1));
}

TEST_CASE("a run of a pipeline is told with the task that it waited for, and behind whom") {
    const auto scenario = [](const std::string& other) {
        return "twin:\n  pools: {spark: {workers: 1}}\n  pipelines:\n"
               "    hourly:\n      schedule: every 1h\n      tasks:\n"
               "        read: {runs_on: spark, service: 1min}\n"
               "        write: {after: [read], runs_on: spark, service: 2min}\n"
               "    other:\n      schedule: every 1h\n      tasks:\n"
               "        heavy: {runs_on: spark, service: " +
               other + "}\nload: {}\nrun: {length: 2h30min, warm_up: 0s, replications: 2}\n";
    };
    const studies::Moved found = moved(scenario("3min"), scenario("13min"));
    const MovedOne& other = named(found.runs.slower, "run 1 of other");
    CHECK(other.moved_s() == doctest::Approx(600));
    CHECK(other.at.at(0).element == "other.heavy");
    const MovedOne& run = named(found.runs.slower, "run 1 of hourly");
    CHECK(run.moved_s() == doctest::Approx(600));
    REQUIRE_FALSE(run.at.empty());
    REQUIRE(run.behind);
    CHECK(name_of(run.behind->who) == "run 1 of other");
    CHECK(run.behind->where == "other.heavy");
    CHECK(found.runs.longer == 6);
}

TEST_CASE("items of a closed loop are not compared") {
    const auto scenario = [](const std::string& service) {
        return "twin: {stages: {server: {reads: shop, workers: 1, service: " + service +
               "}}}\nload: {shop: {users: 3, think: 1s}}\n"
               "run: {length: 100s, warm_up: 0s, replications: 2}\n";
    };
    const studies::Moved found = moved(scenario("1s"), scenario("2s"));
    CHECK(found.items.compared == 0);
    CHECK(found.items.slower.empty());
}
