// Promised: a task begins when what comes before it has ended as its trigger rule asks; runs and tasks at once are
// bounded; schedules follow the local clock over changes of the hour; a run's limit ends it; reads at rest set a
// task's size; landed by a deadline is a share of the runs due, in a window of those due then, and what is
// made anew keeps their deadlines or none. Shown: small DAGs with
// constant times, by hand.
#include <doctest/doctest.h>

#include <string>

#include "play.h"

using understudy::tests::play;
using understudy::tests::Played;

TEST_CASE("a diamond on two slots: needs, order of names among equals, and the run's latency") {
    const auto played = play(R"(
twin:
  pools: {crew: {workers: 2}}
  pipelines:
    p:
      schedule: once
      defaults: {runs_on: crew}
      tasks:
        last: {after: [left, right, third], service: 1s}
        third: {after: first, service: 3s}
        right: {after: first, service: 3s}
        left: {after: first, service: 2s}
        first: {service: 1s}
run: {until: empty}
measures: [avg latency(p), max busy(p), total completed(p), avg end(p), avg utilisation(crew), avg wait(p.third)]
)");
    CHECK(played.times("p.first", "start") == "0");
    CHECK(played.times("p.left", "start") == "1");
    CHECK(played.times("p.right", "start") == "1");
    CHECK(played.times("p.third", "start") == "3");
    CHECK(played.times("p.last", "start") == "6");
    CHECK(played.times("p", "end") == "7");
    CHECK(played.at("avg latency(p)") == doctest::Approx(7));
    CHECK(played.at("avg end(p)") == doctest::Approx(7));
    CHECK(played.at("max busy(p)") == 3);  // submitted and not yet ended
    CHECK(played.at("total completed(p)") == 1);
    CHECK(played.at("avg utilisation(crew)") == doctest::Approx(10.0 / 14));
    CHECK(played.at("avg wait(p.third)") == doctest::Approx(2));
}

TEST_CASE("a task follows the sibling that writes what it reads") {
    const auto played = play(R"(
twin:
  pipelines:
    p:
      schedule: once
      defaults: {workers: 1}
      tasks:
        model: {reads: staged, service: 2s}
        stage: {service: 3s, writes: staged}
run: {until: empty}
)");
    CHECK(played.times("p.model", "start") == "3");
}

namespace {

/// a fails, b and c succeed at 1, 2 and 3 s; `end` waits for them by a rule.
Played by_rule(const std::string& rule) {
    return play(R"(
twin:
  pipelines:
    p:
      schedule: once
      defaults: {workers: 1}
      tasks:
        a: {service: 1s, failure: 100%}
        b: {service: 2s}
        c: {service: 3s}
        after: {after: [a, b, c], trigger_rule: )" +
                rule + R"(, service: 1s}
run: {until: empty}
measures: [total completed(p), total failed(p), avg latency(p)]
)");
}

}  // namespace

TEST_CASE("trigger rules") {
    CHECK(by_rule("all_success").times("p.after", "start").empty());
    CHECK(by_rule("all_success").times("p", "skip").empty());
    CHECK(by_rule("all_success").times("p.after", "skip") == "1");
    CHECK(by_rule("all_success").at("total failed(p)") == 1);
    CHECK(by_rule("none_failed").times("p.after", "start").empty());
    CHECK(by_rule("all_done").times("p.after", "start") == "3");
    CHECK(by_rule("all_done").at("total completed(p)") == 1);  // the run is what its last tasks are
    CHECK(by_rule("one_success").times("p.after", "start") == "2");
    CHECK(by_rule("quorum 2").times("p.after", "start") == "3");
    CHECK(by_rule("quorum 3").times("p.after", "skip") == "1");
}

TEST_CASE("rest: cancel ends what is no longer needed, at work or in line") {
    const auto played = play(R"(
twin:
  pools: {crew: {workers: 2}}
  pipelines:
    p:
      schedule: once
      defaults: {runs_on: crew}
      tasks:
        a: {service: 1s}
        b: {service: 9s}
        c: {service: 9s}
        after: {after: [a, b, c], trigger_rule: one_success, rest: cancel, service: 1s}
run: {until: empty}
measures: [avg latency(p), total completed(p), avg busy(crew)]
)");
    // c began at 1 when a ended, or not at all: both are cancelled at 1.
    CHECK(played.times("p.after", "start") == "1");
    CHECK(played.times("p.b", "skip") == "1");
    CHECK(played.times("p.c", "skip") == "1");
    CHECK(played.at("avg latency(p)") == doctest::Approx(2));
}

TEST_CASE("a failed task is retried before its run fails, and what follows is skipped") {
    const auto played = play(R"(
twin:
  pipelines:
    p:
      schedule: once
      defaults: {workers: 1, service: 1s}
      tasks:
        a: {failure: 100%, retry: {times: 1, backoff: 10s}}
        b: {after: a}
        c: {after: b}
run: {until: empty}
measures: [total failed(p), avg latency(p)]
)");
    CHECK(played.times("p.a", "start") == "0 11");
    CHECK(played.times("p.b", "skip") == "12");
    CHECK(played.times("p.c", "skip") == "12");
    CHECK(played.at("total failed(p)") == 1);
    CHECK(played.at("avg latency(p)") == doctest::Approx(12));
}

TEST_CASE("max_active_runs keeps runs waiting, in order") {
    const auto played = play(R"(
twin:
  pipelines:
    p: {schedule: every 1s, max_active_runs: 2, tasks: {a: {workers: unlimited, service: 3s}}}
run: {length: 6s}
measures: [avg delay(p), max waiting(p), max present(p)]
)");
    // Due at 0..6; begun 0, 1, 3, 4, 6, ...
    CHECK(played.when("p", "begin") == "1@0 2@1 3@3 4@4 5@6");
    CHECK(played.at("avg delay(p)") == doctest::Approx((0 + 0 + 1 + 1 + 2) / 5.0));
}

TEST_CASE("max_active_tasks bounds the tasks of all runs together") {
    const auto played = play(R"(
twin:
  pipelines:
    p:
      schedule: every 1s
      max_active_tasks: 2
      defaults: {workers: unlimited, service: 4s}
      tasks: {a: {}, b: {}, c: {}}
run: {length: 9s}
measures: [max busy(p)]
)");
    CHECK(played.times("p.a", "start") == "0 4");
    CHECK(played.times("p.b", "start") == "0 8");
    CHECK(played.times("p.c", "start") == "4 8");
    CHECK(played.at("max busy(p)") == 2);
}

TEST_CASE("of tasks that wait for a place the one of larger priority goes first, then who came first") {
    const auto played = play(R"(
twin:
  pipelines:
    p:
      schedule: once
      max_active_tasks: 1
      defaults: {workers: unlimited, service: 1s}
      tasks: {a: {}, b: {priority: 1}, c: {priority: 5}, d: {priority: 1}}
run: {until: empty}
)");
    CHECK(played.times("p.a", "start") == "0");  // nobody waits yet
    CHECK(played.times("p.c", "start") == "1");
    CHECK(played.times("p.b", "start") == "2");
    CHECK(played.times("p.d", "start") == "3");
}

TEST_CASE("tasks that are ready at one instant are taken by priority, not in the order of their names") {
    const auto played = play(R"(
twin:
  pools: {crew: {workers: 1, order: priority}}
  pipelines:
    p:
      schedule: once
      defaults: {runs_on: crew, service: 1s}
      tasks: {a: {}, b: {priority: 1}, c: {priority: 5}}
run: {until: empty}
)");
    CHECK(played.times("p.c", "start") == "0");
    CHECK(played.times("p.b", "start") == "1");
    CHECK(played.times("p.a", "start") == "2");
}

TEST_CASE("a serial start of a task's own, beside that of its pool") {
    const auto played = play(R"(
twin:
  pools: {crew: {workers: 1, cores: 8, launch: 2s}}
  pipelines:
    p:
      schedule: once
      defaults: {runs_on: {crew: {cores: 1}}, service: 1s}
      tasks: {a: {}, b: {launch: 5s}, c: {}}
run: {until: empty}
)");
    CHECK(played.times("p.a", "start") == "2");
    CHECK(played.times("p.b", "start") == "7");
    CHECK(played.times("p.c", "start") == "9");
}

TEST_CASE("a run's limit ends it, and gives its places to those that wait") {
    // Run 1 begins at 0 and has its only place in use until its limit at 3; run 2's task then gets it.
    const auto played = play(R"(
twin:
  pipelines:
    p:
      schedule: every 1s
      timeout: 3s
      max_active_tasks: 1
      tasks: {a: {workers: unlimited, service: 100s}}
run: {length: 7s}
measures: [total failed(p)]
)");
    CHECK(played.times("p", "end").starts_with("3 4 5 6"));
    CHECK(played.times("p.a", "start").starts_with("0 3 4 5"));
}

TEST_CASE("a run that is over its limit fails with all its tasks, and its workers are free") {
    const auto played = play(R"(
twin:
  pools: {crew: {workers: 1}}
  pipelines:
    p: {schedule: every 10s, timeout: 4s, defaults: {runs_on: crew}, tasks: {a: {service: 3s}, b: {after: a, service: 3s}, c: {after: b, service: 1s}}}
run: {length: 15s}
measures: [total failed(p), total completed(p), avg latency(p), avg busy(crew)]
)");
    CHECK(played.times("p", "end") == "4 14");
    CHECK(played.times("p.b", "skip") == "4 14");
    CHECK(played.times("p.c", "skip") == "4 14");
    CHECK(played.at("total failed(p)") == 2);
    CHECK(played.at("total completed(p)") == 0);
    CHECK(played.at("avg latency(p)") == doctest::Approx(4));
    CHECK(played.at("avg busy(crew)") == doctest::Approx(8.0 / 15));
}

TEST_CASE("expand makes so many instances, and all must end") {
    const auto played = play(R"(
twin:
  pools: {crew: {workers: 2}}
  pipelines:
    p: {schedule: once, defaults: {runs_on: crew}, tasks: {map: {expand: 3, service: 2s}, reduce: {after: map, service: 1s}}}
run: {until: empty}
)");
    CHECK(played.times("p.map", "start") == "0 0 2");
    CHECK(played.times("p.reduce", "start") == "4");
}

TEST_CASE("cores and memory of tasks") {
    const auto played = play(R"(
twin:
  pools: {node: {workers: 1, cores: 4, memory: 8GiB}}
  pipelines:
    p:
      schedule: once
      tasks:
        a: {runs_on: {node: {cores: 2, memory: 5GiB}}, service: 2s}
        b: {runs_on: {node: {cores: 2, memory: 5GiB}}, service: 2s}
        c: {runs_on: {node: {cores: 2, memory: 1GiB}}, service: 2s}
run: {until: empty}
)");
    // b does not fit beside a by memory, and c stands behind b.
    CHECK(played.times("p.a", "start") == "0");
    CHECK(played.times("p.b", "start") == "2");
    CHECK(played.times("p.c", "start") == "2");
}

TEST_CASE("not_before and delay hand a task over later") {
    const auto played = play(R"(
twin:
  pipelines:
    p:
      schedule: every 100s
      defaults: {workers: 1, service: 1s}
      tasks: {a: {not_before: 10s}, b: {after: a, delay: 5s}, c: {after: a, not_before: 2s}}
run: {length: 150s}
)");
    CHECK(played.times("p.a", "start") == "10 110");
    CHECK(played.times("p.b", "start") == "16 116");
    CHECK(played.times("p.c", "start") == "11 111");
}

TEST_CASE("daily runs keep their local time when the clock changes") {
    // Europe/Berlin: on 2026-03-29 02:00 becomes 03:00; on 2026-10-25 03:00 becomes 02:00.
    const auto spring = play(R"(
twin: {pipelines: {p: {schedule: daily at 05:00, tasks: {a: {workers: 1, service: 1min}}}, gap: {schedule: daily at 02:30, tasks: {a: {workers: 1, service: 1min}}}}}
run: {length: 3d, start: 2026-03-28T00:00, zone: Europe/Berlin}
)");
    // 5 h, then 24 h less 1, then 24 h.
    CHECK(spring.times("p", "due") == "18000 100800 187200");
    // 02:30 does not exist on the 29th: the first instant after the gap is 03:00, 26 h after the start.
    CHECK(spring.times("gap", "due") == "9000 93600 178200");
    const auto autumn = play(R"(
twin: {pipelines: {p: {schedule: daily at 05:00, tasks: {a: {workers: 1, service: 1min}}}, twice: {schedule: daily at 02:30, tasks: {a: {workers: 1, service: 1min}}}}}
run: {length: 3d, start: 2026-10-24T00:00, zone: Europe/Berlin}
)");
    CHECK(autumn.times("p", "due") == "18000 108000 194400");
    // 02:30 comes twice on the 25th: once, at the first.
    CHECK(autumn.times("twice", "due") == "9000 95400 185400");
    const auto elsewhere = play(R"(
twin: {pipelines: {p: {schedule: daily at 05:00 America/New_York, tasks: {a: {workers: 1, service: 1min}}}}}
run: {length: 2d, start: 2026-03-28T00:00, zone: Europe/Berlin}
)");
    // New York changed on 8 March: 05:00 there is 09:00 UTC, 10:00 in Berlin on the 28th and 11:00 on the 29th, which
    // is 34 h after the start.
    CHECK(elsewhere.times("p", "due") == "36000 122400");
}

TEST_CASE("one run an item, one run an update") {
    const auto each = play(R"(
twin:
  stages: {pass: {reads: files, workers: 1, service: 1s}}
  pipelines: {p: {schedule: each pass, tasks: {a: {workers: 1, service: 2s per GB}}}}
load: {files: {arrivals: every 10s, first: 0s, count: 2, size: 3GB}}
run: {until: empty}
measures: [avg latency(), total completed(p)]
)");
    CHECK(each.times("p", "begin") == "1 11");
    CHECK(each.times("p", "end") == "7 17");
    CHECK(each.at("avg latency()") == doctest::Approx(7));  // the run works on the item's behalf

    const auto updated = play(R"(
twin:
  stages: {land: {reads: files, workers: 1, service: 1s, writes: raw}}
  pipelines: {p: {schedule: updated raw, max_active_runs: 1, tasks: {a: {reads: {raw: new}, workers: 1, service: 2s + 1s per GB}}}}
load: {files: {arrivals: every 1s, first: 0s, count: 4, size: 1GB}}
run: {until: empty}
)");
    // Landings at 1, 2, 3, 4. The first run reads one GB (3 s) and ends at 4 before the fourth lands; those of 2 and 3
    // are one run, of two GB.
    CHECK(updated.times("p", "begin") == "1 4 8");
    CHECK(updated.times("p", "end") == "4 8 11");
}

TEST_CASE("reads at rest: what is new since the last success, or the whole") {
    const auto played = play(R"(
twin:
  stages: {land: {reads: files, workers: unlimited, service: 0s, writes: raw}}
  pipelines:
    fresh: {schedule: every 10s, tasks: {a: {reads: {raw: new}, workers: 1, service: 1s per GB}}}
    whole: {schedule: every 10s, tasks: {a: {reads: {raw: all}, workers: 1, service: 1s per GB}}}
load: {files: {arrivals: every 4s, first: 1s, count: 7, size: 1GB}}
run: {length: 35s}
)");
    // Landed by 0: 0; by 10: 1, 5, 9; by 20: and 13, 17; by 30: and 21, 25.
    auto works = [&](const std::string& element) {
        std::string text;
        for (const auto& row : played.rows)
            if (row.element == element && row.event == "start")
                text += std::to_string(static_cast<int>(row.value)) + " ";
        return text;
    };
    CHECK(works("fresh.a") == "0 3 2 2 ");
    CHECK(works("whole.a") == "0 3 5 7 ");
}

TEST_CASE("landed by a clock time or an offset is a share of the runs due") {
    // Due at 05:00 on each of four days; the tasks take 1 h, and 3 h from the third day on.
    const auto played = play(R"(
twin: {pipelines: {p: {schedule: daily at 05:00, tasks: {a: {workers: 1, service: 1h, writes: out}}}}}
actions: [{at: 2d, set: p.a.service, to: 3x}]
run: {length: 4d, start: 2026-06-01T00:00, zone: Europe/Berlin}
measures:
  - share landed(out) by 06:30
  - share landed(out) by +2h
  - share landed(out) by 08:00
)");
    CHECK(played.times("p.a", "finish") == "21600 108000 201600 288000");
    CHECK(played.at("share landed(out) by 06:30") == doctest::Approx(0.5));
    CHECK(played.at("share landed(out) by +2h") == doctest::Approx(0.5));
    CHECK(played.at("share landed(out) by 08:00") == doctest::Approx(1));
}

TEST_CASE("landed by a deadline is of the runs that were due while the measure looked") {
    // Due every hour, and 90 min long, one after the other: they land 50, 80, 110, ... min after they were due. The deadline of
    // the last of ten lies behind the end.
    const auto played = play(R"(
twin:
  pipelines:
    p:
      schedule: every 1h
      max_active_runs: 1
      tasks: {t: {workers: 1, service: 50min, writes: ds}, u: {after: [t], workers: 1, service: 40min}}
actions:
  - {name: act, at: 30min, for: 45min, set: p.u.service, to: 40min}
  - {name: never, when: waiting(p.t) > 5, alert: never}
run: {length: 10h, start: 2026-03-09T00:00}
measures:
  - share landed(ds) by +100min
  - share landed(ds) by +100min during 0min..30min
  - share landed(ds) by +100min during 90min..10h
  - share landed(ds) by +100min during 0min..1min each 2h
  - share landed(ds) by +100min during act
  - share landed(ds) by +100min during never
)");
    CHECK(played.at("share landed(ds) by +100min") == doctest::Approx(2.0 / 9));
    CHECK(played.at("share landed(ds) by +100min during 0min..30min") == 1);
    CHECK(played.at("share landed(ds) by +100min during 90min..10h") == 0);
    CHECK(played.at("share landed(ds) by +100min during 0min..1min each 2h") == doctest::Approx(1.0 / 5));
    CHECK(played.at("share landed(ds) by +100min during act") == 1);
    CHECK_FALSE(played.values.contains("share landed(ds) by +100min during never"));
}

TEST_CASE("what an action asks for has no deadline of its own, and may keep that of a run that failed") {
    // Due at 02:30 on each of six days, for 30 min; those of the third and the fourth fail.
    const auto share = [](const std::string& actions, const std::string& by = "by 04:00") {
        const auto played = play(R"(
twin: {pipelines: {n: {schedule: daily at 02:30, tasks: {b: {workers: unlimited, service: 30min, writes: out}}}}}
run: {length: 6d, start: 2026-06-01T00:00, zone: Europe/Berlin}
measures: [share landed(out) )" + by +
                                 "]\nactions: [" + actions + "]\n");
        return played.at("share landed(out) " + by);
    };
    const std::string fail = "{at: 2d, for: 2d, set: n.b.failure, to: 100%}",
                      third = "run: n, from: 2026-06-03T00:00, until: 2026-06-04T00:00}",
                      both = "run: n, from: 2026-06-03T00:00, until: 2026-06-05T00:00}";
    CHECK(share("") == 1);
    CHECK(share(fail) == doctest::Approx(4.0 / 6));
    // All in time; made anew, or once more, at nine in the morning.
    CHECK(share("{at: 4d9h, " + both) == 1);
    CHECK(share("{at: 4d9h, run: n}") == 1);
    // Too late for those that failed, each of which has missed its deadline once.
    for (const std::string again :
         {"{at: 4d9h, " + both, std::string("{at: 4d9h, run: n}"), "{at: 4d9h, run: n}, {at: 4d10h, " + both})
        CHECK(share(fail + ", " + again) == doctest::Approx(4.0 / 6));
    // In time for the third, whether by its time or as the one that failed; not if it fails, too.
    const std::string mended = "{at: 2d, for: 3h10min, set: n.b.failure, to: 100%}";
    CHECK(share(mended) == doctest::Approx(5.0 / 6));
    CHECK(share(mended + ", {at: 2d3h20min, " + third) == 1);
    CHECK(share(mended + ", {at: 2d3h20min, run: n}") == 1);
    CHECK(share(mended + ", {at: 2d3h20min, run: n}", "by +90min") == 1);
    CHECK(share(mended + ", {at: 2d3h20min, run: n}", "by +70min") == doctest::Approx(5.0 / 6));
    const std::string longer = "{at: 2d, for: 3h34min, set: n.b.failure, to: 100%}, {at: 2d3h2min, run: n}";
    CHECK(share(longer) == doctest::Approx(5.0 / 6));
    CHECK(share(longer + ", {at: 2d3h35min, run: n}") == doctest::Approx(5.0 / 6));
    CHECK(share(longer + ", {at: 2d3h35min, run: n}", "by +100min") == 1);
    // It has not failed yet: the other is one more.
    CHECK(share("{at: 2d2h45min, run: n}") == 1);
}

TEST_CASE("of pipelines that write one dataset each run has its own deadline") {
    // Of two each, the first lands an hour after it was due, the second's in 1 min.
    const auto played = play(R"(
twin:
  pipelines:
    slow: {schedule: daily at 02:00, tasks: {t: {workers: unlimited, service: 1h, writes: out}}}
    fast: {schedule: daily at 02:30, tasks: {t: {workers: unlimited, service: 1min, writes: out}}}
run: {length: 2d, start: 2026-06-01T00:00}
measures: [share landed(out) by 02:45]
)");
    CHECK(played.at("share landed(out) by 02:45") == doctest::Approx(0.5));
    // 31 min after 02:00, 30 min of which are over as it begins.
    const auto offset = play(R"(
twin:
  pipelines:
    slow: {schedule: daily at 02:00, tasks: {t: {workers: unlimited, service: 1h, writes: out}}}
    fast: {schedule: daily at 02:30, tasks: {t: {workers: unlimited, service: 20min, writes: out}}}
run: {length: 2d, start: 2026-06-01T00:00}
measures: [share landed(out) by +40min]
)");
    CHECK(offset.at("share landed(out) by +40min") == doctest::Approx(0.5));
}

TEST_CASE("runs that wait for their turn: wait, and how many of those allowed are going on") {
    const auto played = play(R"(
twin:
  pipelines:
    job: {schedule: each orders, max_active_runs: 2, tasks: {part: {workers: unlimited, service: 4s}}}
load: {orders: {arrivals: every 1s, first: 0s, count: 3}}
run: {length: 10s}
measures: [avg wait(job), max wait(job), avg utilisation(job), total waited(job)]
)");
    // 0 to 4, 1 to 5, and the third, due at 2, from 4 to 8.
    CHECK(played.at("avg wait(job)") == doctest::Approx(2.0 / 3));
    CHECK(played.at("max wait(job)") == 2);
    CHECK(played.at("avg utilisation(job)") == doctest::Approx((4 + 4 + 4) / 20.0));
    CHECK(played.at("total waited(job)") == 1);
}

TEST_CASE("what a task emits of what it has read lands with new values") {
    const auto played = play(R"(
twin:
  stages: {server: {reads: out, workers: unlimited, service: work + 1s per GiB}}
  pipelines:
    line: {schedule: each files, tasks: {cut: {workers: 1, service: 1s, writes: out, emits: {items: 3, records: 50%, size: 25%, fields: {work: 4s}, key: 7}}}}
load: {files: {arrivals: every 1h, first: 0s, count: 1, records: 8, size: 8GiB}}
run: {until: empty}
)");
    CHECK(played.times("server", "start") == "1 1 1");
    CHECK(played.times("server", "finish") == "7 7 7");
    for (const auto& row : played.rows)
        if (row.element == "out" && row.event == "land") CHECK(row.value == 4);
}

TEST_CASE("what an instance has read goes to the dead letters when it has failed for good") {
    const auto played = play(R"(
twin:
  stages: {mend: {reads: parked, workers: unlimited, service: 1s per GiB}}
  pipelines:
    line: {schedule: each files, tasks: {copy: {workers: 1, service: 1s, failure: 100%, retry: {times: 1, backoff: 2s}, expand: 2, dead_letter: parked}}}
load: {files: {arrivals: every 1h, first: 0s, count: 1, size: 8GiB}}
run: {until: empty}
measures: [total dead_lettered(line.copy), total lost(line.copy), total completed(mend)]
)");
    // Two instances, one worker: 1 s and 2 s, then from 3 s and 4 s on once more. Each has read a half.
    CHECK(played.times("mend", "start") == "4 5");
    CHECK(played.times("mend", "finish") == "8 9");
    CHECK(played.at("total dead_lettered(line.copy)") == 2);
    CHECK(played.at("total lost(line.copy)") == 0);
}

TEST_CASE("cancelled tasks, and those of a run over its time, leave no dead letters") {
    const auto played = play(R"(
twin:
  stages: {mend: {reads: parked, workers: unlimited, service: 1s}}
  pipelines:
    line:
      schedule: once
      timeout: 10s
      tasks:
        fast: {workers: 1, service: 1s}
        slow: {workers: 1, service: 5s, failure: 1%, dead_letter: parked}
        first: {after: [fast, slow], trigger_rule: one_success, rest: cancel, workers: 1, service: 50s, failure: 1%, dead_letter: parked}
run: {length: 100s}
)");
    CHECK(played.count("mend", "enter") == 0);
}
