// Promised: an attempt fails at the end of its service or at its time limit; retries come after a pause, go to the
// tail of the line and draw their service anew; who fails for good is dead-lettered or counted lost.
// Shown: failures of 100 % and constants by hand; shares and draws on a long run.
#include <doctest/doctest.h>

#include <cmath>
#include <set>
#include <string>

#include "play.h"

using understudy::tests::play;

namespace {

std::string failing(const std::string& retry) {
    return R"(
twin: {stages: {server: {reads: jobs, workers: 1, service: 1s, failure: 100%, retry: )" +
           retry + R"(}}}
load: {jobs: {arrivals: every 1s, first: 0s, count: 1}}
run: {until: empty}
measures: [total failed(server), total retried(server), total lost(server), avg attempts(server), avg backoff(server)]
)";
}

}  // namespace

TEST_CASE("times is after the first try, and the item is lost in the end") {
    const auto played = play(failing("{times: 2, backoff: 5s}"));
    CHECK(played.times("server", "start") == "0 6 12");
    CHECK(played.times("server", "fail") == "1 7 13");
    CHECK(played.times("server", "give_up") == "13");
    CHECK(played.at("total failed(server)") == 3);
    CHECK(played.at("total retried(server)") == 2);
    CHECK(played.at("total lost(server)") == 1);
    // Both pauses of the one item; its attempts count though it was given up.
    CHECK(played.at("avg backoff(server)") == doctest::Approx(10));
    CHECK(played.at("avg attempts(server)") == 3);
}

TEST_CASE("a share counts an item once, however often it fails, pauses or is cut off") {
    const auto played = play(R"(
twin:
  stages:
    server: {reads: jobs, workers: 1, service: 1s, failure: 100%, retry: {times: 3, backoff: 2s}, dead_letter: rest}
    other: {reads: rest, workers: 1, service: 4s}
load: {jobs: {arrivals: every 1h, first: 0s, count: 2}}
actions: [{at: 12s, for: 1s, fail: other}, {at: 14s, for: 1s, fail: other}]
run: {until: empty}
measures: [share failed(server), total failed(server), share retried(server), total retried(server), share interrupted(other), total interrupted(other), share waited(server)]
)");
    CHECK(played.at("share failed(server)") == 1);
    CHECK(played.at("total failed(server)") == 8);
    CHECK(played.at("share retried(server)") == 1);
    CHECK(played.at("total retried(server)") == 6);
    CHECK(played.at("share interrupted(other)") == 0.5);
    CHECK(played.at("total interrupted(other)") == 2);
    CHECK(played.at("share waited(server)") == 0);
}

TEST_CASE("an arrival of which nothing is left has not been completed") {
    const auto played = play(R"(
twin:
  stages:
    gate: {reads: jobs, workers: 1, queue: {capacity: 0, full: drop}, service: 3s}
    rest: {reads: gate, workers: 1, service: 4s}
load: {jobs: {arrivals: every 1s, first: 0s, count: 4}, pairs: {arrivals: every 1s, first: 100s, count: 1, items: 2, writes: jobs}}
run: {until: empty}
measures: [total completed(), total completed(jobs), total completed(pairs), total arrived(), total arrived(pairs), total lost(), avg latency(), avg latency(jobs), avg latency(pairs), max end(jobs)]
)");
    // Served are those of 0 s and 3 s, done at 7 s and 11 s, and one of the pair.
    CHECK(played.at("total arrived()") == 5);
    CHECK(played.at("total completed()") == 3);
    CHECK(played.at("total lost()") == 2);  // of the pair one is done
    CHECK(played.at("avg latency()") == doctest::Approx((7 + 8 + 7) / 3.0));
    // A load's are those of its arrivals, from birth until all is done.
    CHECK(played.at("total completed(jobs)") == 2);
    CHECK(played.at("avg latency(jobs)") == doctest::Approx(7.5));
    CHECK(played.at("max end(jobs)") == 11);
    CHECK(played.at("total arrived(pairs)") == 1);
    CHECK(played.at("total completed(pairs)") == 1);
    CHECK(played.at("avg latency(pairs)") == doctest::Approx(7));
}

TEST_CASE("without a rule for retries the first failure is the last") {
    const auto played = play(R"(
twin:
  stages:
    server: {reads: jobs, workers: 1, service: 1s, failure: 100%, dead_letter: bin}
    sweep: {reads: bin, workers: 1, service: 2s}
load: {jobs: {arrivals: every 10s, first: 0s, count: 2}}
run: {until: empty}
measures: [total dead_lettered(server), total lost(), total completed(sweep), avg latency()]
)");
    CHECK(played.times("server", "give_up") == "1 11");
    CHECK(played.times("sweep", "finish") == "3 13");
    CHECK(played.at("total dead_lettered(server)") == 2);
    CHECK(played.at("total lost()") == 0);
    CHECK(played.at("avg latency()") == doctest::Approx(3));
}

TEST_CASE("a list of pauses repeats its last, growing pauses end at their limit, jitter shortens only") {
    CHECK(play(failing("{times: 4, backoff: [1s, 3s]}")).times("server", "start") == "0 2 6 10 14");
    CHECK(play(failing("{times: 5, backoff: {first: 1s, factor: 2, max: 5s}}")).times("server", "start") ==
          "0 2 5 10 16 22");
    const auto jittered = play(failing("{times: 50, backoff: {first: 10s, factor: 1, jitter: 50%}}"));
    double last = 0, shortest = 100, longest = 0;
    for (const auto& row : jittered.rows) {
        if (row.event == "fail") last = row.time;
        if (row.event != "start" || row.attempt == 0) continue;
        shortest = std::min(shortest, row.time - last);
        longest = std::max(longest, row.time - last);
    }
    CHECK(shortest >= 5);
    CHECK(longest <= 10);
    CHECK(longest - shortest > 2.5);
}

TEST_CASE("a retry goes to the tail of the line") {
    // Item 1 is cut off at 2 and comes back behind 2 and 3, which have waited since 0.5 and 1.
    const auto played = play(R"(
twin: {stages: {server: {reads: [bad, good], workers: 1, service: work, timeout: 2s, retry: {times: 1}}}}
load:
  bad: {arrivals: every 1s, first: 0s, count: 1, fields: {work: 9s}}
  good: {arrivals: every 500ms, count: 2, fields: {work: 1s}}
run: {until: empty}
)");
    CHECK(played.when("server", "start") == "1@0 2@2 3@3 1@4");
    CHECK(played.when("server", "give_up") == "1@6");
}

TEST_CASE("the share that fails is the share asked for, and each attempt draws anew") {
    const auto played = play(R"(
twin: {stages: {server: {reads: jobs, workers: unlimited, service: exponential(mean 1s), failure: 20%, retry: {times: unlimited}}}}
load: {jobs: {arrivals: every 1s, count: 20000}}
run: {until: empty}
measures: [avg attempts(server), total failed(server), total completed(server), total lost()]
)");
    CHECK(played.at("total completed(server)") == 20000);
    CHECK(played.at("total lost()") == 0);
    // Geometric: 1.25 attempts, standard deviation 0.56 / sqrt(20000) = 0.004.
    CHECK(played.at("avg attempts(server)") == doctest::Approx(1.25).epsilon(0.015));
    std::set<double> works;
    int retries = 0;
    for (const auto& row : played.rows)
        if (row.event == "start" && row.attempt > 0) {
            ++retries;
            works.insert(row.value);
        }
    CHECK(retries > 4000);
    CHECK(works.size() > 0.99 * retries);
}

TEST_CASE("the time limit of an attempt cuts it off, and the attempt has failed") {
    const auto played = play(R"(
twin: {stages: {server: {reads: [quick, slow], workers: 1, service: work, timeout: 5s, retry: {times: 1, backoff: 1s}}}}
load:
  quick: {arrivals: every 1s, first: 0s, count: 1, fields: {work: 5s}}
  slow: {arrivals: every 1s, first: 1s, count: 1, fields: {work: 8s}}
run: {until: empty}
measures: [total failed(server), avg service(server)]
)");
    // Exactly the limit is no failure.
    CHECK(played.times("server", "finish") == "5");
    CHECK(played.times("server", "fail") == "10 16");
    CHECK(played.times("server", "give_up") == "16");
    for (const auto& row : played.rows)
        if (row.event == "fail") CHECK(row.value == 1);
    CHECK(played.at("total failed(server)") == 2);
}

TEST_CASE("an attempt that fails takes its own time, and one that does not its service") {
    const auto played = play(R"(
twin: {stages: {server: {reads: jobs, workers: 1, speed: 2, service: 100s, failure: 100%, fails_after: 6s, retry: {times: 1, backoff: 5s}}}}
load: {jobs: {arrivals: every 1s, first: 0s, count: 1}}
run: {until: empty}
measures: [total failed(server), avg busy(server)]
)");
    CHECK(played.times("server", "start") == "0 8");
    CHECK(played.times("server", "fail") == "3 11");
    CHECK(played.at("total failed(server)") == 2);
}

TEST_CASE("what fails is the same whether it is told at its end or before") {
    const auto failing = [](const std::string& fails_after) {
        return play(R"(
twin: {stages: {server: {reads: jobs, workers: unlimited, service: exponential(mean 1s), failure: 20%, )" +
                    fails_after + R"( retry: {times: unlimited}}}}
load: {jobs: {arrivals: every 1s, first: 0s, count: 5000}}
run: {until: empty}
measures: [total failed(server), avg service(server)]
)");
    };
    const auto at_end = failing(""), after = failing("fails_after: 10s, ");
    CHECK(at_end.at("total failed(server)") == after.at("total failed(server)"));
    CHECK(at_end.at("avg service(server)") == doctest::Approx(1).epsilon(0.05));
    CHECK(after.at("avg service(server)") == doctest::Approx(0.8 + 0.2 * 10).epsilon(0.05));
}

TEST_CASE(
    "an attempt that fails moves nothing out, goes on after a pause as it would, and is cut off as any") {
    const auto moved = play(R"(
twin:
  pools: {link: {bandwidth: 1GB/s}}
  stages: {server: {reads: jobs, workers: 1, service: 100s, failure: 100%, fails_after: 6s, transfers: {over: link, in: 2GB, out: 30GB}}}
load: {jobs: {arrivals: every 1s, first: 0s, count: 1}}
run: {until: empty}
)");
    CHECK(moved.times("server", "fail") == "8");
    const auto cut = play(R"(
twin: {stages: {server: {reads: jobs, workers: 1, service: 1s, timeout: 4s, failure: 100%, fails_after: 6s}}}
load: {jobs: {arrivals: every 1s, first: 0s, count: 1}}
run: {until: empty}
)");
    CHECK(cut.times("server", "fail") == "4");
    const auto interrupted = play(R"(
twin: {stages: {server: {reads: jobs, workers: 1, service: 100s, failure: 100%, fails_after: 6s}}}
load: {jobs: {arrivals: every 1s, first: 0s, count: 1}}
actions: [{at: 2s, for: 10s, fail: server}]
run: {until: empty}
)");
    CHECK(interrupted.times("server", "fail") == "16");
    const auto tasks = play(R"(
twin: {pipelines: {nightly: {schedule: once, tasks: {copy: {workers: 1, service: 100s, failure: 100%, fails_after: 6s, retry: {times: 1, backoff: 5s}}}}}}
run: {until: empty}
)");
    CHECK(tasks.times("nightly.copy", "fail") == "6 17");
}
