// Promised: places in a queue are besides those at work; a full queue drops, holds the sender up with its workers
// (blocking after service, first blocked first let in), or has it come back; patience ends waiting, not service.
// Shown: a few items with constant times, worked out by hand.
#include <doctest/doctest.h>

#include "play.h"

using understudy::tests::play;

TEST_CASE("a full queue drops what comes, and waits are of the accepted") {
    // One at work for 10 s, two places; items at 0, 1, 2, 3, 4: the fourth and fifth find it full.
    const auto played = play(R"(
twin: {stages: {server: {reads: jobs, workers: 1, queue: {capacity: 2, full: drop}, service: 10s}}}
load: {jobs: {arrivals: every 1s, first: 0s, count: 5}}
run: {until: empty}
measures: [share lost(server), total dropped(server), total arrived(server), total completed(server), avg wait(server), total lost()]
)");
    CHECK(played.when("server", "start") == "1@0 2@10 3@20");
    CHECK(played.when("server", "drop") == "4@3 5@4");
    CHECK(played.at("share lost(server)") == doctest::Approx(0.4));
    CHECK(played.at("total dropped(server)") == 2);
    CHECK(played.at("total lost()") == 2);
    CHECK(played.at("total arrived(server)") == 5);
    CHECK(played.at("avg wait(server)") == doctest::Approx((0 + 9 + 18) / 3.0));
}

TEST_CASE("capacity 0 is a loss system: no place but at work") {
    const auto played = play(R"(
twin: {stages: {server: {reads: jobs, workers: 1, queue: {capacity: 0, full: drop}, service: 2s}}}
load: {jobs: {arrivals: every 1s, first: 0s, count: 4}}
run: {until: empty}
)");
    // Work that ends at 2 frees its worker for what arrives at 2.
    CHECK(played.when("server", "start") == "1@0 3@2");
    CHECK(played.when("server", "drop") == "2@1 4@3");
}

TEST_CASE("what is dropped goes to the dead letter stream where there is one") {
    const auto played = play(R"(
twin:
  stages:
    server: {reads: jobs, workers: 1, queue: {capacity: 0, full: drop}, service: 5s, dead_letter: broken}
    repair: {reads: broken, workers: unlimited, service: 1s}
load: {jobs: {arrivals: every 1s, first: 0s, count: 3}}
run: {until: empty}
measures: [total lost(), total dead_lettered(server), total completed(repair), total completed()]
)");
    CHECK(played.when("repair", "finish") == "2@2 3@3");
    CHECK(played.at("total dead_lettered(server)") == 2);
    CHECK(played.at("total completed(repair)") == 2);
    CHECK(played.at("total lost()") == 0);
    CHECK(played.at("total completed()") == 3);
}

TEST_CASE("a full queue blocks the sender, which keeps its worker") {
    // first: 1 s each with one worker; second: 5 s each with one place. Item 1 at second from 1; 2 waits there from 2;
    // 3 ends at 3 and finds no place until 6, when 1 leaves and 2 begins; 4 begins at first only then.
    const auto played = play(R"(
twin:
  stages:
    first: {reads: jobs, workers: 1, service: 1s}
    second: {reads: first, workers: 1, queue: {capacity: 1, full: block}, service: 5s}
load: {jobs: {arrivals: every 1ms, first: 0s, count: 4}}
run: {length: 21s}
measures: [share blocked(first), avg utilisation(first), avg utilisation(second), share lost(first)]
)");
    CHECK(played.when("first", "start") == "1@0 2@1 3@2 4@6");
    CHECK(played.when("first", "finish") == "1@1 2@2 3@3 4@7");
    CHECK(played.when("second", "enter") == "1@1 2@2 3@6 4@11");
    CHECK(played.when("second", "start") == "1@1 2@6 3@11 4@16");
    CHECK(played.when("first", "block") == "3@3 4@7");
    // Blocked 3..6 and 7..11, at work 0..3 and 6..7.
    CHECK(played.at("avg utilisation(first)") == doctest::Approx(4.0 / 21));
    CHECK(played.at("avg utilisation(second)") == doctest::Approx(20.0 / 21));
    CHECK(played.at("share blocked(first)") == doctest::Approx(7.0 / 21));
}

TEST_CASE("first blocked is first let in") {
    // Two senders block at 2 (b) and 3 (a); places come at 11 and 21.
    const auto played = play(R"(
twin:
  stages:
    a: {reads: ja, workers: 1, service: 3s, writes: both}
    b: {reads: jb, workers: 1, service: 2s, writes: both}
    c: {reads: jc, workers: 1, service: 1s, writes: both}
    last: {reads: both, workers: 1, queue: {capacity: 0, full: block}, service: 10s}
load:
  ja: {arrivals: every 1s, first: 0s, count: 1}
  jb: {arrivals: every 1s, first: 0s, count: 1}
  jc: {arrivals: every 1s, first: 0s, count: 1}
run: {until: empty}
)");
    CHECK(played.times("last", "enter") == "1 11 21");
    CHECK(played.times("b", "block") == "2");
    CHECK(played.times("a", "block") == "3");
    // c's item entered first, then b's, then a's.
    const auto order = played.order("last", "enter");
    CHECK(order ==
          played.order("c", "start") + " " + played.order("b", "start") + " " + played.order("a", "start"));
}

TEST_CASE("a source at a full door waits, and its items keep their birth") {
    const auto played = play(R"(
twin: {stages: {server: {reads: jobs, workers: 1, queue: {capacity: 1, full: block}, service: 4s}}}
load: {jobs: {arrivals: every 1s, first: 0s, count: 4}}
run: {until: empty}
measures: [max latency(), max latency(server), share lost(server)]
)");
    CHECK(played.when("server", "enter") == "1@0 2@1 3@4 4@8");
    CHECK(played.when("server", "finish") == "1@4 2@8 3@12 4@16");
    CHECK(played.at("max latency()") == doctest::Approx(13));       // item 4: born at 3
    CHECK(played.at("max latency(server)") == doctest::Approx(8));  // item 3 from 4, item 4 from 8
}

TEST_CASE("a saturated source makes the next item when the last has a place") {
    const auto played = play(R"(
twin:
  stages:
    first: {reads: jobs, workers: 1, queue: {capacity: 1, full: block}, service: 2s}
load: {jobs: {arrivals: saturated, count: 5}}
run: {until: empty}
)");
    // At work, in the place, and one that stands at the door.
    CHECK(played.when("jobs", "arrive") == "1@0 2@0 3@0 4@2 5@4");
    CHECK(played.when("first", "start") == "1@0 2@2 3@4 4@6 5@8");
}

TEST_CASE(
    "a full queue that says retry has items come back after the backoff, and lose heart after `times`") {
    // Item 2 comes at 1, and again at 4 and 7: the worker is busy to 10. Item 3 comes at 5, 8 and 11.
    const auto played = play(R"(
twin:
  stages:
    server: {reads: jobs, workers: 1, queue: {capacity: 0, full: retry}, service: 10s, retry: {times: 2, backoff: 3s}}
load:
  jobs: {arrivals: every 1s, first: 0s, count: 2}
  late: {arrivals: every 1s, first: 5s, count: 1, writes: jobs}
run: {until: empty}
measures: [total retried(server), total dropped(server), share lost(server)]
)");
    CHECK(played.when("server", "start") == "1@0 3@11");
    CHECK(played.when("server", "drop") == "2@7");
    CHECK(played.when("server", "retry") == "2@1 2@4 3@5 3@8");
    CHECK(played.at("share lost(server)") == doctest::Approx(1.0 / 3));
}

TEST_CASE("patience ends waiting; who is served at that very instant stays") {
    // Service 3 s, patience 3 s: items at 0, 1, 2 and 3. 2 starts at 3; 3 expires at 5; 4, there since 3, would expire
    // at 6, when the worker becomes free.
    const auto played = play(R"(
twin: {stages: {server: {reads: jobs, workers: 1, queue: {timeout: 3s}, service: 3s}}}
load: {jobs: {arrivals: every 1s, first: 0s, count: 4}}
run: {until: empty}
measures: [share expired(server), share lost(server), avg wait(server), total expired(server)]
)");
    CHECK(played.when("server", "start") == "1@0 2@3 4@6");
    CHECK(played.when("server", "expire") == "3@5");
    CHECK(played.at("share expired(server)") == doctest::Approx(0.25));
    CHECK(played.at("share lost(server)") == doctest::Approx(0.25));
    // `wait` is of all who left the line, served or not: 0, 2, 3, 3.
    CHECK(played.at("avg wait(server)") == doctest::Approx(2));
}

TEST_CASE("capacity and expiry are the stage's, though the line is the pool's") {
    const auto played = play(R"(
twin:
  pools: {crew: {workers: 1}}
  stages:
    bounded: {reads: a, runs_on: crew, queue: {capacity: 1, full: drop}, service: 10s}
    open: {reads: b, runs_on: crew, service: 10s}
load:
  a: {arrivals: every 1s, first: 0s, count: 3}
  b: {arrivals: every 1s, first: 500ms, count: 3}
run: {until: empty}
)");
    CHECK(played.times("bounded", "start") == "0 20");
    CHECK(played.times("bounded", "drop") == "2");
    CHECK(played.times("open", "start") == "10 30 40");
}

TEST_CASE("what stays unread beyond its retention is lost, and not to the dead letters") {
    const auto played = play(R"(
twin:
  datasets: {topic: {retention: 3s}}
  stages: {server: {reads: topic, workers: 1, service: 4s, queue: {timeout: 10s}, dead_letter: bin}}
load: {jobs: {arrivals: every 1s, first: 0s, count: 4, writes: topic}}
run: {until: empty}
measures: [total lost(server), total expired(server), total dead_lettered(server), total completed(server), avg wait(server)]
)");
    // The second is read at 4 s, when it is 3 s old; the third ends at 5 s, the fourth at 6 s.
    CHECK(played.times("server", "start") == "0 4");
    CHECK(played.at("total lost(server)") == 2);
    CHECK(played.at("total expired(server)") == 0);
    CHECK(played.at("total dead_lettered(server)") == 0);
    CHECK(played.at("avg wait(server)") == doctest::Approx((0 + 3 + 3 + 3) / 4.0));
}

TEST_CASE("what has been read does not grow too old between its attempts") {
    const auto played = play(R"(
twin:
  datasets: {topic: {retention: 3s}}
  stages: {server: {reads: topic, workers: 1, service: 4s, failure: 100%, retry: {times: 1, backoff: 0s}}}
load: {jobs: {arrivals: every 1s, first: 0s, count: 1, writes: topic}}
run: {until: empty}
)");
    CHECK(played.times("server", "start") == "0 4");
}

TEST_CASE("work that its worker holds up takes no place, and leaves all of them to others") {
    // It fails at 1 s with one at work; places for one more, who comes at 2 s.
    const auto played = play(R"(
twin: {stages: {server: {reads: jobs, workers: 1, queue: {capacity: 1, full: drop}, service: 3s}}}
load: {jobs: {arrivals: every 2s, first: 0s, count: 3}}
actions: [{at: 1s, for: 9s, fail: server}]
run: {until: empty}
measures: [total dropped(server)]
)");
    CHECK(played.when("server", "drop") == "3@4");
    CHECK(played.when("server", "finish") == "1@12 2@15");
}

TEST_CASE("who comes back for another attempt finds the queue full as others do") {
    // The first fails at 4 s and comes back at 6 s; the second works since 4 s, and the third has the one place since 5 s.
    const auto with = [](const std::string& full) {
        return play(R"(
twin: {stages: {server: {reads: jobs, workers: 1, service: 4s, failure: 100%, retry: {times: 1, backoff: 2s}, queue: {capacity: 1, full: )" +
                    full + R"(}}}}
load:
  jobs: {arrivals: every 1s, first: 0s, count: 2}
  late: {arrivals: every 1s, first: 5s, count: 1, writes: jobs}
run: {until: empty}
measures: [total dropped(server), total lost(server), max waiting(server), max attempts(server)]
)");
    };
    const auto dropped = with("drop");
    CHECK(dropped.when("server", "drop") == "1@6");
    CHECK(dropped.when("server", "start") == "1@0 2@4 3@8 2@12 3@16");
    CHECK(dropped.at("max waiting(server)") == 1);
    CHECK(dropped.at("total lost(server)") == 3);
    // Who would be held up at the door has nowhere to go back to.
    const auto let_in = with("block");
    CHECK(let_in.when("server", "start") == "1@0 2@4 3@8 1@12 2@16 3@20");
    CHECK(let_in.at("max waiting(server)") == 2);
}
