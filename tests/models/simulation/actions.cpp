// Promised: actions happen at their instants and are undone after `for`: set (a value, a factor, a law), fail and
// heal, pause and resume, alert, stop. Changed laws hold for services that start later, changed workers at once,
// a changed rate for what is left of the interval. Shown: by hand.
#include <doctest/doctest.h>

#include <cmath>
#include <string>

#include "play.h"
#include "tools/formats/language/scenario_reader.h"
#include "tools/studies/run.h"

using understudy::tests::play;

namespace {

std::string server(const std::string& actions) {
    return R"(
twin: {stages: {server: {reads: jobs, workers: 2, service: 4s}}}
load: {jobs: {arrivals: every 2s, first: 0s, count: 6}}
actions: [)" +
           actions + R"(]
run: {until: empty}
measures: [total completed(server), avg workers(server), share down(server)]
)";
}

}  // namespace

TEST_CASE("a changed law holds for services that start later, and is undone") {
    const auto played = play(server("{at: 3s, for: 4s, set: server.service, to: 1s}"));
    // Items at 0, 2 (4 s), 4, 6 (1 s), 8, 10 (4 s).
    CHECK(played.times("server", "finish") == "4 5 6 7 12 14");
    const auto scaled = play(server("{at: 3s, for: 4s, set: server.service, to: 0.5x}"));
    CHECK(scaled.times("server", "finish") == "4 6 6 8 12 14");
}

TEST_CASE("one parameter of a law is set") {
    const auto played = play(R"(
twin: {stages: {server: {reads: jobs, workers: unlimited, service: uniform(2s..4s)}}}
load: {jobs: {arrivals: every 1s, count: 400}}
actions: [{at: 200500ms, set: server.service.high, to: 2s}]
run: {until: empty}
)");
    for (const auto& row : played.rows)
        if (row.event == "start" && row.time > 200.5) CHECK(row.value == doctest::Approx(2));
}

TEST_CASE("changed workers hold at once") {
    const auto played = play(server("{at: 3s, for: 6s, set: server.workers, to: 1}"));
    // Item 2 (2..6) is cut off at 3 with 3 s left, and goes on at 4 when item 1 ends; 3 (at 4) from 7, two workers again
    // from 9: 4 (at 6) then, 5 (at 8) at 11, 6 (at 10) at 13.
    CHECK(played.when("server", "interrupt") == "2@3");
    CHECK(played.when("server", "finish") == "1@4 2@7 3@11 4@13 5@15 6@17");
}

TEST_CASE("fail takes all workers down, for brings them back, and the work goes on") {
    const auto played = play(server("{at: 3s, for: 2s, fail: server}"));
    // 1 has 1 s left and 2 has 3 s: both go on at 5; 3 came at 4.
    CHECK(played.order("server", "interrupt") == "2 1");
    CHECK(played.when("server", "start").find("1@5 2@5 3@6") != std::string::npos);
    CHECK(played.when("server", "finish").starts_with("1@6 2@8 3@10"));
    CHECK(played.at("share down(server)") ==
          doctest::Approx(2 / understudy::kernel::to_seconds(played.outcome.end)));
}

TEST_CASE("heal ends a failure that has no end, and heals nothing that has not failed") {
    const auto played =
        play(server("{at: 1s, heal: server}, {at: 3s, fail: server}, {at: 9s, heal: server}"));
    CHECK(played.when("server", "start").find("1@9 2@9") != std::string::npos);
    CHECK(played.at("total completed(server)") == 6);
}

TEST_CASE("pause takes no new work and lets what has begun end") {
    const auto played = play(server("{at: 3s, pause: server}, {at: 7s, resume: server}"));
    CHECK(played.when("server", "start") == "1@0 2@2 3@7 4@7 5@11 6@11");
    CHECK(played.count("server", "interrupt") == 0);
}

TEST_CASE("a stage that is paused leaves its pool to the others") {
    const auto played = play(R"(
twin:
  pools: {crew: {workers: 1}}
  stages: {a: {reads: ja, runs_on: crew, service: 2s}, b: {reads: jb, runs_on: crew, service: 2s}}
load:
  ja: {arrivals: every 1s, first: 0s, count: 2}
  jb: {arrivals: every 1s, first: 1500ms, count: 1}
actions: [{at: 500ms, for: 9500ms, pause: a}]
run: {until: empty}
)");
    CHECK(played.times("a", "start") == "0 10");
    CHECK(played.times("b", "start") == "2");
}

TEST_CASE("a stage without workers that is paused keeps its items") {
    const auto played = play(R"(
twin: {stages: {pass: {reads: jobs}, last: {reads: pass, workers: unlimited, service: 1s}}}
load: {jobs: {arrivals: every 1s, first: 0s, count: 4}}
actions: [{at: 500ms, for: 2s, pause: pass}]
run: {until: empty}
)");
    CHECK(played.times("last", "start") == "0 2.5 2.5 3");
}

TEST_CASE("a paused load makes nothing, a rate that changes holds for the rest of the interval") {
    const auto paused = play(R"(
twin: {stages: {server: {reads: jobs, workers: unlimited, service: 0s}}}
load: {jobs: {arrivals: every 1s, first: 0s}}
actions: [{at: 1500ms, for: 2s, pause: jobs}]
run: {length: 6s}
)");
    CHECK(paused.times("jobs", "arrive") == "0 1 4 5 6");
    const auto faster = play(R"(
twin: {stages: {server: {reads: jobs, workers: unlimited, service: 0s}}}
load: {jobs: {arrivals: every 4s, first: 0s}}
actions: [{at: 6s, for: 5s, set: jobs.arrivals, to: 2x}]
run: {length: 20s}
)");
    // 4; the next due at 8 has 2 s left at 6, which pass in one: 7, 9, 11 (at 11 the rate goes back first), 15, 19.
    CHECK(faster.times("jobs", "arrive") == "0 4 7 9 11 15 19");
}

TEST_CASE("set: load means all of them") {
    const auto played = play(R"(
twin: {stages: {server: {reads: [a, b], workers: unlimited, service: 0s}}}
load: {a: {arrivals: every 2s, first: 0s}, b: {arrivals: every 4s, first: 0s}}
actions: [{at: 8s, set: load, to: 2x}]
run: {length: 11s}
)");
    CHECK(played.times("a", "arrive") == "0 2 4 6 8 9 10 11");
    CHECK(played.times("b", "arrive") == "0 4 8 10");
}

TEST_CASE("pipelines: paused runs are missed or made up for") {
    auto with = [](const std::string& catchup) {
        return play(R"(
twin: {pipelines: {p: {schedule: every 10s, catchup: )" +
                    catchup + R"(, tasks: {a: {workers: unlimited, service: 1s}}}}}
actions: [{at: 15s, pause: p}, {at: 35s, resume: p}]
run: {length: 45s}
measures: [avg latency(p)]
)");
    };
    CHECK(with("false").times("p.a", "start") == "0 10 40");
    const auto caught_up = with("true");
    CHECK(caught_up.times("p.a", "start") == "0 10 35 35 40");
    // From the scheduled time: 1, 1, 16 (due at 20), 6 (due at 30), 1.
    CHECK(caught_up.at("avg latency(p)") == doctest::Approx(25.0 / 5));
}

TEST_CASE("alert is told, stop ends the replication") {
    const auto played = play(server("{at: 3s, alert: orders are stale}, {at: 9s, stop: seen enough}"));
    REQUIRE(played.outcome.alerts.size() == 1);
    CHECK(played.outcome.alerts[0].text == "orders are stale");
    CHECK(played.outcome.stopped == "seen enough");
    CHECK(understudy::kernel::to_seconds(played.outcome.end) == doctest::Approx(9));
    CHECK(played.at("total completed(server)") == 3);
}

TEST_CASE("what is stopped has an end, and no instant behind it") {
    // One every 2 s, 4 s each: of the five that have come by 9 s the third is served since 8 s, and two wait.
    const std::string measured = R"(
twin: {stages: {server: {reads: jobs, workers: 1, service: 4s}}}
load: {jobs: {arrivals: every 2s, first: 0s, count: 20}}
actions: [{at: 9s, stop: seen enough}]
measures: [at end waiting(server), at 9s waiting(server), at 5s waiting(server), at 10s waiting(server)]
)";
    for (const std::string run : {"run: {length: 100s}\n", "run: {until: empty}\n"}) {
        const auto played = play(measured + run);
        CHECK(played.at("at 5s waiting(server)") == 1);
        CHECK(played.at("at 9s waiting(server)") == 2);
        CHECK(played.at("at end waiting(server)") == 2);
        CHECK_FALSE(played.values.contains("at 10s waiting(server)"));
    }
}

TEST_CASE("a window that the run never gets to sees nothing") {
    const auto played = play(R"(
twin: {stages: {server: {reads: jobs, workers: 1, service: 1s}}}
load: {jobs: {arrivals: every 10s}}
run: {length: 100s, warm_up: 0s}
measures: [total arrived(jobs) during 120s..150s each 200s, total arrived(jobs) during 20s..50s each 200s, avg utilisation(server) during 120s..150s each 200s]
)");
    CHECK(played.at("total arrived(jobs) during 120s..150s each 200s") == 0);
    CHECK(played.at("total arrived(jobs) during 20s..50s each 200s") == 3);
    CHECK_FALSE(played.values.contains("avg utilisation(server) during 120s..150s each 200s"));
}

TEST_CASE("a measure during an action sees only that time, also where it comes again") {
    const auto played = play(R"(
twin: {stages: {server: {reads: jobs, workers: 1, service: 1s}}}
load: {jobs: {arrivals: every 2s, first: 0s}}
actions: [{name: surge, every: every 10s, for: 4s, set: server.service, to: 2x}]
run: {length: 20s}
measures: [avg utilisation(server) during surge, avg utilisation(server), total arrived(server) during surge]
)");
    // During 0..4 and 10..14 service takes 2 s, all of the time; else 1 s of 2.
    CHECK(played.at("avg utilisation(server) during surge") == doctest::Approx(1));
    CHECK(played.at("avg utilisation(server)") == doctest::Approx((8 + 6) / 20.0));
    CHECK(played.at("total arrived(server) during surge") == 4);
}

TEST_CASE("changes that overlap leave nothing behind") {
    // 2x from 2 to 12 and 3x from 8 to 20: times 2, 6, 3, and 1 from 20 on.
    const auto played = play(R"(
twin: {stages: {server: {reads: jobs, workers: unlimited, service: 1s}}}
load: {jobs: {arrivals: every 1s, first: 0s, count: 25}}
actions:
  - {at: 2500ms, for: 10s, set: server.service, to: 2x}
  - {at: 8500ms, for: 12s, set: server.service, to: 3x}
run: {until: empty}
)");
    for (const auto& row : played.rows) {
        if (row.event != "start") continue;
        const double factor =
            (row.time > 2.5 && row.time < 12.5 ? 2 : 1) * (row.time > 8.5 && row.time < 20.5 ? 3 : 1);
        CHECK(row.value == doctest::Approx(factor));
    }
}

TEST_CASE("an action that begins again before it has ended leaves nothing behind") {
    const auto played = play(R"(
twin: {stages: {server: {reads: jobs, workers: 2, service: 1s}}}
load: {jobs: {arrivals: every 1s, first: 0s}}
actions: [{every: every 10s, for: 15s, set: server.workers, to: 2x}, {at: 25s, stop: seen enough}]
run: {length: 100s}
measures: [at 5s workers(server), at 12s workers(server), at 17s workers(server), at 22s workers(server)]
)");
    CHECK(played.at("at 5s workers(server)") == 4);
    CHECK(played.at("at 12s workers(server)") == 8);
    CHECK(played.at("at 17s workers(server)") == 4);
    CHECK(played.at("at 22s workers(server)") == 8);
}

TEST_CASE("workers that step while an action holds are at their step when it ends") {
    const auto played = play(R"(
twin: {pools: {crew: {workers: {steps: {0s: 1, 10s: 4}}}}, stages: {server: {reads: jobs, runs_on: crew, service: 1s}}}
load: {jobs: {arrivals: every 1s}}
actions: [{at: 5s, for: 10s, set: crew.workers, to: 3x}]
run: {length: 30s}
measures: [at 4s workers(crew), at 7s workers(crew), at 12s workers(crew), at 20s workers(crew)]
)");
    CHECK(played.at("at 4s workers(crew)") == 1);
    CHECK(played.at("at 7s workers(crew)") == 3);
    CHECK(played.at("at 12s workers(crew)") == 12);
    CHECK(played.at("at 20s workers(crew)") == 4);
}

TEST_CASE("a change without an end that comes during another one stays when that ends") {
    const auto played = play(R"(
twin: {stages: {server: {reads: jobs, workers: 2, service: 1s}}}
load: {jobs: {arrivals: every 1s}}
actions: [{at: 5s, for: 10s, set: server.workers, to: 3x}, {at: 8s, set: server.workers, to: 5}]
run: {length: 30s}
measures: [at 6s workers(server), at 9s workers(server), at 20s workers(server)]
)");
    CHECK(played.at("at 6s workers(server)") == 6);
    CHECK(played.at("at 9s workers(server)") == 5);
    CHECK(played.at("at 20s workers(server)") == 5);
}

TEST_CASE("a parameter that the law of the moment does not have is left alone") {
    const auto played = play(R"(
twin: {stages: {server: {reads: jobs, workers: unlimited, service: uniform(1s..2s)}}}
load: {jobs: {arrivals: every 1s, count: 20}}
actions: [{at: 5500ms, for: 10s, set: server.service, to: 7s}, {at: 8500ms, for: 3s, set: server.service.high, to: 2x}]
run: {until: empty}
)");
    for (const auto& row : played.rows)
        if (row.event == "start") {
            if (row.time > 5.5 && row.time < 15.5)
                CHECK(row.value == 7);
            else
                CHECK(row.value <= 2);
        }
}

TEST_CASE("a load with states goes from one to the next, and a rate of 0 only holds an interval up") {
    const auto played = play(R"(
twin: {stages: {server: {reads: jobs, workers: unlimited, service: 1s}}}
load:
  jobs:
    arrivals:
      states:
        day: {rate: 100/s, stay: 10s}
        night: {rate: 0/s, stay: 5s}
run: {length: 300s}
measures: [total arrived(jobs), total arrived(jobs) during 10s..15s each 15s, total arrived(jobs) during 0s..10s each 15s]
)");
    CHECK(played.at("total arrived(jobs) during 10s..15s each 15s") == 0);
    CHECK(played.at("total arrived(jobs) during 0s..10s each 15s") == played.at("total arrived(jobs)"));
    CHECK(played.at("total arrived(jobs)") == doctest::Approx(20000).epsilon(0.03));
    // Half of a long interval passes before the stop and half after it: nothing is drawn anew.
    const auto stopped = play(R"(
twin: {stages: {server: {reads: jobs, workers: 1, service: 1s}}}
load: {jobs: {arrivals: every 10s, count: 2}}
actions: [{at: 4s, for: 20s, set: load, to: 0x}]
run: {until: empty}
)");
    CHECK(stopped.times("server", "enter") == "30 40");
}

TEST_CASE("a run that was missed while an action was on belongs to the time it was due") {
    const auto played = play(R"(
twin:
  pipelines: {job: {schedule: every 10s, catchup: true, tasks: {part: {workers: unlimited, service: 1s}}}}
actions: [{name: stop, at: 5s, for: 20s, pause: job}]
run: {length: 60s}
measures: [max delay(job) during stop, total arrived(job) during stop, total completed(job) during stop, avg latency(job) during 30s..50s]
)");
    // Due at 10 s and 20 s, begun at 25 s, when the action has ended.
    CHECK(played.at("max delay(job) during stop") == 15);
    CHECK(played.at("total arrived(job) during stop") == 2);
    CHECK(played.at("total completed(job) during stop") == 2);
    CHECK(played.at("avg latency(job) during 30s..50s") == 1);
}

TEST_CASE("levels of a load count its items alone") {
    const auto played = play(R"(
twin: {stages: {server: {reads: [a, b], workers: 1, service: 4s, failure: 0%}}}
load: {a: {arrivals: every 1s, first: 0s, count: 2}, b: {arrivals: every 1s, first: 1s, count: 1}}
run: {length: 12s}
measures: [avg present(server) of a, avg waiting(server) of b, avg present() of a, at 2s present(server) of a, share empty(server) of b, max present() of b]
)");
    // a: 0 to 4 and 1 to 12; b, planned before a's second, 1 to 8.
    CHECK(played.at("avg present(server) of a") == doctest::Approx((4 + 11) / 12.0));
    CHECK(played.at("avg waiting(server) of b") == doctest::Approx(3 / 12.0));
    CHECK(played.at("avg present() of a") == doctest::Approx(15 / 12.0));
    CHECK(played.at("at 2s present(server) of a") == 2);
    CHECK(played.at("share empty(server) of b") == doctest::Approx(5 / 12.0));
    CHECK(played.at("max present() of b") == 1);
}

TEST_CASE("the shares of an outlet are set, and come back") {
    const auto played = play(R"(
twin:
  stages:
    check: {reads: jobs, writes: {good: 100%, bad: 0%}}
    keep: {reads: good, workers: unlimited, service: 1s}
    drop: {reads: bad, workers: unlimited, service: 1s}
    part: {reads: keep, route: split, writes: {most: 75%, exit: 25%}}
    rest: {reads: most, workers: unlimited, service: 1s per record}
load: {jobs: {arrivals: every 1s, first: 0s, count: 10, records: 4}}
actions:
  - {at: 3500ms, for: 3s, set: check.writes, to: {bad: 100%}}
  - {at: 9500ms, set: part.writes, to: {exit: 50%, most: 50%}}
run: {until: empty}
measures: [total completed()]
)");
    CHECK(played.times("drop", "enter") == "4 5 6");
    CHECK(played.times("keep", "enter") == "0 1 2 3 7 8 9");
    CHECK(played.times("rest", "finish") == "4 5 6 7 11 12 12");
    CHECK(played.at("total completed()") == 10);
}

TEST_CASE("a backfill runs a pipeline for each time it was scheduled in a span") {
    const auto played = play(R"(
twin:
  pipelines:
    nightly: {schedule: daily at 05:00, max_active_runs: 3, tasks: {copy: {workers: unlimited, service: 1h}}}
    hourly: {schedule: every 6h, tasks: {copy: {workers: unlimited, service: 1h}}}
actions:
  - {at: 6h, run: nightly, from: 2026-03-01T00:00, until: 2026-03-08T00:00}
  - {at: 7h, run: hourly, from: 2026-03-01T00:00, until: 2026-03-01T12:00}
run: {length: 11h, start: 2026-03-09T00:00}
measures: [total completed(nightly)]
)");
    // Its own at 5 h, and seven of a week, three at a time.
    CHECK(played.at("total completed(nightly)") == 8);
    CHECK(played.times("nightly.copy", "start") == "18000 21600 21600 21600 25200 25200 25200 28800");
    CHECK(played.times("hourly.copy", "start") == "0 21600 25200 25200");
}

TEST_CASE("a backfill makes what its inputs still keep, or an earlier one has made anew") {
    const auto nightly_runs = [](const std::string& retention, const std::string& more = "") {
        return play("twin:\n  datasets: {landed: {retention: " + retention + R"(}, report: {retention: 1h}}
  stages: {archive: {reads: [landed, report]}}
  pipelines:
    ingest: {schedule: daily at 04:00, tasks: {copy: {workers: unlimited, service: 1s, writes: landed}}}
    nightly: {schedule: daily at 05:00, tasks: {
      make: {reads: landed, workers: unlimited, service: 1s, writes: report},
      check: {after: make, reads: report, workers: unlimited, service: 1s}}}
actions:
)" + more + R"(  - {at: 6h, run: nightly, from: 2026-03-01T00:00, until: 2026-03-09T00:00}
run: {length: 11h, start: 2026-03-09T00:00}
measures: [total completed(nightly)]
)")
            .at("total completed(nightly)");
    };
    // Its own, and those of eight days that were due at 5:00, whose last hour is kept: what it writes itself it finds.
    CHECK(nightly_runs("30d") == 9);
    CHECK(nightly_runs("3d") == 1 + 2);
    CHECK(nightly_runs("4d1h") == 1 + 4);
    CHECK(nightly_runs("1h") == 1);
    // Made anew an hour ago, for all these days or some.
    const auto ingest = [](const std::string& from) {
        return "  - {at: 5h30min, run: ingest, from: " + from + "T00:00, until: 2026-03-10T00:00}\n";
    };
    CHECK(nightly_runs("1h", ingest("2026-03-01")) == 9);
    CHECK(nightly_runs("1h", ingest("2026-03-06")) ==
          1 + 4);  // the run of the 6th at 4:00 reads from the 5th at 4:00
    CHECK(nightly_runs("15min", ingest("2026-03-01")) == 1);
}

TEST_CASE("of a backfill at a known time it is said how many runs have nothing to read") {
    const auto warnings = [](const std::string& retention) {
        auto reading = understudy::formats::read_scenario(
            "understudy: 1\nscenario: s\ntwin:\n  datasets: {landed: {retention: " + retention + R"(}}
  stages: {archive: {reads: landed}}
  pipelines: {nightly: {schedule: daily at 05:00, tasks: {make: {reads: landed, workers: 1, service: 1s}}}}
load: {orders: {arrivals: every 1h, writes: landed}}
actions: [{at: 6h, run: nightly, from: 2026-03-01T00:00, until: 2026-03-09T00:00}]
run: {length: 11h, start: 2026-03-09T00:00}
)",
            "s.yaml");
        REQUIRE(reading.scenario);
        understudy::models::Problems problems;
        REQUIRE(understudy::studies::prepare(std::move(*reading.scenario), problems));
        std::string text;
        for (const auto& problem : problems) text += problem.path + ": " + problem.message + "\n";
        return text;
    };
    CHECK(warnings("30d").empty());
    CHECK(warnings("3d") ==
          "actions[0].from: 6 of 8 runs are not made: 'landed' no longer keeps what they read\n");
}

TEST_CASE(
    "a run for a time that has passed reads what landed then, and leaves what is new to the regular ones") {
    // Ten records land each hour, at half past. Runs at 0 h to 5 h read what is new; two for 1 h and 2 h are made up for at
    // 4:45, and the one at 5 h reads all that landed since 4 h.
    const auto played = play(R"(
twin:
  datasets: {orders: {}}
  pipelines:
    hourly: {schedule: every 1h, max_active_runs: 5, tasks: {make: {reads: {orders: new}, workers: unlimited, service: 1s per record}}}
load: {feed: {arrivals: every 1h, first: 30min, records: 10, writes: orders}}
actions: [{at: 4h45min, run: hourly, from: 2026-03-09T01:00, until: 2026-03-09T03:00}]
run: {length: 5h30min, start: 2026-03-09T00:00}
)");
    CHECK(played.times("hourly.make", "start") == "0 3600 7200 10800 14400 17100 17100 18000");
    CHECK(played.times("hourly.make", "finish") == "0 3610 7210 10810 14410 17110 17110 18010");
}

TEST_CASE("a run for a time before the start reads as much as has landed since, on average") {
    const auto played = play(R"(
twin:
  datasets: {orders: {}}
  pipelines:
    hourly: {schedule: every 1h, tasks: {make: {reads: {orders: new}, workers: unlimited, service: 1s per record}}}
load: {feed: {arrivals: every 1h, first: 30min, records: 10, writes: orders}}
actions: [{at: 2h, run: hourly, from: 2026-03-08T20:00, until: 2026-03-08T21:00}]
run: {length: 2h30min, start: 2026-03-09T00:00}
)");
    CHECK(played.count("hourly.make", "finish") == 4);
    CHECK(played.times("hourly.make", "finish") == "0 3610 7210 7210");
}

TEST_CASE("a run for a time that has passed reads no more of it than is kept") {
    // Ten records land each quarter of an hour. At 3:10 what landed since 1:35 is kept: of the time up to 2 h the landings
    // at 1:45 and 2:00; of that up to 1 h nothing, so that no run is made for it.
    const auto played = play(R"(
twin:
  datasets: {orders: {retention: 95min}}
  stages: {archive: {reads: orders}}
  pipelines:
    hourly: {schedule: every 1h, max_active_runs: 5, tasks: {make: {reads: {orders: new}, workers: unlimited, service: 1s per record}}}
load: {feed: {arrivals: every 15min, first: 15min, records: 10, writes: orders}}
actions: [{at: 3h10min, run: hourly, from: 2026-03-09T01:00, until: 2026-03-09T03:00}]
run: {length: 3h30min, start: 2026-03-09T00:00}
)");
    CHECK(played.count("hourly.make", "start") == 4 + 1);
    CHECK(played.times("hourly.make", "finish").ends_with(" 11420"));
}
