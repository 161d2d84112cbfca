// Promised: needs are seized at one instant or none; the head of the line blocks unless backfill is allowed; nodes
// have cores and memory and are filled by a written rule; fewer workers send the newest back to the head of the line,
// to resume, restart or be lost; launches are serial on each node and releases lag. Shown: by hand.
#include <doctest/doctest.h>

#include <string>

#include "play.h"

using understudy::tests::play;
using understudy::tests::Played;

TEST_CASE("slots: all that is needed at one instant or nothing, and the head blocks") {
    // Three slots; wide needs 3, narrow 1. Narrow 1 at 0 for 4 s; wide at 1 waits; narrow 3 at 2 waits behind it.
    auto with = [](const std::string& backfill) {
        return play(R"(
twin:
  pools: {crew: {workers: 3, backfill: )" +
                    backfill + R"(}}
  stages:
    narrow: {reads: n, runs_on: crew, service: 4s}
    wide: {reads: w, runs_on: {crew: 3}, service: 2s}
load:
  n: {arrivals: every 2s, first: 0s, count: 2}
  w: {arrivals: every 1s, first: 1s, count: 1}
run: {until: empty}
measures: [total completed()]
)");
    };
    const auto blocked = with("none");
    CHECK(blocked.times("narrow", "start") == "0 6");
    CHECK(blocked.times("wide", "start") == "4");
    const auto filled = with("any");
    CHECK(filled.times("narrow", "start") == "0 2");
    CHECK(filled.times("wide", "start") == "6");
}

TEST_CASE("two pools are seized together, and neither is held while the other is missing") {
    const auto played = play(R"(
twin:
  pools: {crew: {workers: 1}, licence: {workers: 1}}
  stages:
    both: {reads: b, runs_on: {crew: 1, licence: 1}, service: 2s}
    only: {reads: o, runs_on: licence, service: 5s}
    crew_only: {reads: c, runs_on: crew, service: 1s}
load:
  o: {arrivals: every 1s, first: 0s, count: 1}
  b: {arrivals: every 1s, first: 1s, count: 1}
  c: {arrivals: every 1s, first: 8s, count: 1}
run: {until: empty}
measures: [max busy(crew), max busy(licence)]
)");
    CHECK(played.times("both", "start") == "5");
    CHECK(played.times("crew_only", "start") == "8");
}

TEST_CASE("cores and memory of a node bound what it holds, each by itself") {
    // A node of 4 cores and 10 GiB. lean: 1 core, 6 GiB: one at a time by memory. busy: 3 cores, 1 GiB beside it.
    const auto played = play(R"(
twin:
  pools: {node: {workers: 1, cores: 4, memory: 10GiB}}
  stages:
    lean: {reads: l, runs_on: {node: {cores: 1, memory: 6GiB}}, service: 4s}
    busy: {reads: b, runs_on: {node: {cores: 3, memory: 1GiB}}, service: 3s}
load:
  b: {arrivals: every 1s, first: 0s, count: 1}
  l: {arrivals: every 1s, first: 1s, count: 2}
run: {length: 10s}
measures: [avg utilisation(node)]
)");
    CHECK(played.times("busy", "start") == "0");
    CHECK(played.times("lean", "start") == "1 5");
    // Core seconds: 3*3 + 1*4 + 1*4 of 4 * 10.
    CHECK(played.at("avg utilisation(node)") == doctest::Approx(17.0 / 40));
}

TEST_CASE("a container fits on one node or not at all") {
    // Two nodes of 4 cores hold a 3-core item each; the 2 cores left over in all do not make room for a third.
    const auto played = play(R"(
twin:
  pools: {nodes: {workers: 2, cores: 4}}
  stages: {job: {reads: jobs, runs_on: {nodes: {cores: 3}}, service: 5s}}
load: {jobs: {arrivals: every 1s, first: 0s, count: 3}}
run: {until: empty}
)");
    CHECK(played.times("job", "start") == "0 1 5");
}

TEST_CASE("placement decides the node") {
    auto workers = [](const std::string& placement) {
        const auto played = play(R"(
twin:
  pools: {nodes: {workers: 3, cores: 4, placement: )" +
                                 placement + R"(}}
  stages: {job: {reads: jobs, runs_on: {nodes: {cores: 1}}, service: 100s}}
load: {jobs: {arrivals: every 1s, first: 0s, count: 5}}
run: {until: empty}
)");
        std::string text;
        for (const auto& row : played.rows)
            if (row.event == "start") text += std::to_string(row.worker) + " ";
        return text;
    };
    CHECK(workers("spread") == "0 1 2 0 1 ");
    CHECK(workers("first") == "0 0 0 0 1 ");
    CHECK(workers("pack") == "0 0 0 0 1 ");
}

TEST_CASE("pack fills the fullest node that still has room, first the first") {
    auto last_worker = [](const std::string& placement) {
        // big (3 cores) lands on node 0, mid (2 of 4) on node 1 by both rules; tiny (1 core) then goes to the fullest
        // with room (node 0) or the first with room (node 0); after node 0 is full, pack takes node 1.
        const auto played = play(R"(
twin:
  types: {small: {cores: 4}, large: {cores: 8}}
  pools: {nodes: {workers: {large: 1, small: 1}, placement: )" +
                                 placement + R"(}}
  stages:
    fill: {reads: f, runs_on: {nodes: {cores: 3}}, service: 100s}
    tiny: {reads: t, runs_on: {nodes: {cores: 1}}, service: 100s}
load:
  f: {arrivals: every 1s, first: 0s, count: 1}
  t: {arrivals: every 1s, first: 1s, count: 1}
run: {until: empty}
)");
        std::string text;
        for (const auto& row : played.rows)
            if (row.event == "start") text += std::to_string(row.worker) + " ";
        return text;
    };
    // 8 and 4 free cores. fill: pack takes the small one (fewest free), spread and first the large one.
    CHECK(last_worker("pack") == "1 1 ");
    CHECK(last_worker("first") == "0 0 ");
    CHECK(last_worker("spread") == "0 0 ");
}

TEST_CASE("speed divides the work; work on several workers goes as fast as the slowest") {
    const auto played = play(R"(
twin:
  types: {slow: {cores: 1, speed: 0.5}, fast: {cores: 1, speed: 2}}
  pools: {nodes: {workers: {fast: 1, slow: 1}, placement: first}, quick: {workers: 1, speed: 4}}
  stages:
    one: {reads: a, runs_on: {nodes: {cores: 1}}, service: 8s}
    two: {reads: b, runs_on: {nodes: {count: 2, cores: 1}}, service: 8s}
    three: {reads: c, runs_on: quick, service: 8s}
load:
  a: {arrivals: every 1s, first: 0s, count: 2}
  b: {arrivals: every 1s, first: 100s, count: 1}
  c: {arrivals: every 1s, first: 0s, count: 1}
run: {until: empty}
)");
    CHECK(played.when("one", "finish").find("@4 ") != std::string::npos);  // on the fast one
    CHECK(played.times("one", "finish") == "4 17");  // the second, at 1, on the slow one
    CHECK(played.times("two", "finish") == "116");
    CHECK(played.times("three", "finish") == "2");
}

namespace {

/// Two workers until 5, one until 10, two again; items 1 and 2 at 0 and 1 with 8 s of work each.
Played fewer_workers(const std::string& interrupted) {
    return play(R"(
twin: {stages: {server: {reads: jobs, workers: {steps: {0s: 2, 5s: 1, 10s: 2}}, interrupted: )" +
                interrupted + R"(, service: 8s}}}
load: {jobs: {arrivals: every 1s, first: 0s, count: 3}}
run: {until: empty}
measures: [total interrupted(server), total lost(server), avg workers(server), total completed(server)]
)");
}

}  // namespace

TEST_CASE("fewer workers cut off the newest, which goes to the head of the line") {
    // Item 2 has worked from 1 to 5; item 3 has waited since 2. At 8 item 1 ends, at 10 a second worker comes.
    const auto resumed = fewer_workers("resume");
    CHECK(resumed.when("server", "interrupt") == "2@5");
    CHECK(resumed.when("server", "start") == "1@0 2@1 2@8 3@10");
    CHECK(resumed.when("server", "finish") == "1@8 2@12 3@18");
    CHECK(resumed.at("total interrupted(server)") == 1);

    const auto restarted = fewer_workers("restart");
    CHECK(restarted.when("server", "start") == "1@0 2@1 2@8 3@10");
    CHECK(restarted.when("server", "finish") == "1@8 2@16 3@18");

    const auto lost = fewer_workers("lose");
    CHECK(lost.when("server", "start") == "1@0 2@1 3@8");
    CHECK(lost.at("total lost(server)") == 1);
    CHECK(lost.at("total completed(server)") == 2);
}

TEST_CASE("work that is cut off and restarted is the same amount again") {
    const auto played = play(R"(
twin: {stages: {server: {reads: jobs, workers: {steps: {0s: 1, 2s: 0, 3s: 1}, period: 4s}, interrupted: restart, service: exponential(mean 3s)}}}
load: {jobs: {arrivals: every 1s, first: 0s, count: 20}}
run: {length: 2000s}
measures: [total completed(server)]
)");
    std::map<std::uint64_t, double> work;
    int again = 0;
    for (const auto& row : played.rows) {
        if (row.event != "start") continue;
        const auto [known, fresh] = work.emplace(row.item, row.value);
        if (!fresh) {
            ++again;
            CHECK(known->second == row.value);
        }
    }
    CHECK(again > 5);
}

TEST_CASE("workers come and go by the calendar of their period") {
    const auto played = play(R"(
twin: {pools: {crew: {workers: {steps: {0h: 1, 9h: 4, 17h: 2}, period: 1d}}}, stages: {server: {reads: jobs, runs_on: crew, service: 1s}}}
load: {jobs: {arrivals: every 1h}}
run: {length: 2d}
measures: [avg workers(crew), max workers(crew), at 8h workers(crew), at 33h workers(crew), at 34h workers(crew), at 42h workers(crew)]
)");
    CHECK(played.at("avg workers(crew)") == doctest::Approx((9.0 * 1 + 8 * 4 + 7 * 2) / 24));
    CHECK(played.at("at 8h workers(crew)") == 1);
    // As it is when the instant comes: before that instant's step.
    CHECK(played.at("at 33h workers(crew)") == 1);
    CHECK(played.at("at 34h workers(crew)") == 4);
    CHECK(played.at("at 42h workers(crew)") == 2);
}

TEST_CASE("workers by the day go by the local clock, wherever the run starts and the clock is moved") {
    const auto played = play(R"(
twin: {pools: {crew: {workers: {steps: {0h: 1, 9h: 4, 17h: 2}, period: 1d}}, week: {workers: {steps: {0h: 7, 24h: 5}, period: 1w}}}, stages: {server: {reads: jobs, runs_on: {crew: 1, week: 1}, service: 1s}}}
load: {jobs: {arrivals: every 1h}}
run: {length: 2d, start: 2026-03-28T12:00, zone: Europe/Berlin}
measures: [at 4h workers(crew), at 6h workers(crew), at 13h workers(crew), at 19h workers(crew), at 20h30min workers(crew), avg workers(crew), at 1h workers(week), at 36h workers(week)]
)");
    // From noon on a Saturday; the next day has no 02:00, and its 09:00 comes 8 hours after midnight.
    CHECK(played.at("at 4h workers(crew)") == 4);
    CHECK(played.at("at 6h workers(crew)") == 2);
    CHECK(played.at("at 13h workers(crew)") == 1);
    CHECK(played.at("at 19h workers(crew)") == 1);
    CHECK(played.at("at 20h30min workers(crew)") == 4);
    CHECK(played.at("avg workers(crew)") ==
          doctest::Approx((5 * 4 + 7 * 2 + 8 + 8 * 4 + 7 * 2 + 9 + 4 * 4) / 48.0));
    // Mondays begin with 7: 35 hours after the start.
    CHECK(played.at("at 1h workers(week)") == 5);
    CHECK(played.at("at 36h workers(week)") == 7);
}

TEST_CASE("launches are one after the other on each node, and a release lags") {
    const auto played = play(R"(
twin:
  pools: {nodes: {workers: 2, cores: 2, launch: 3s, release: 4s}}
  stages: {job: {reads: jobs, runs_on: {nodes: {cores: 1}}, service: 10s}}
load: {jobs: {arrivals: every 1h, first: 0s, count: 1, items: 6}}
run: {until: empty}
measures: [avg wait(job)]
)");
    // Spread: nodes 0 1 0 1 for the first four. Launches on each node end at 3 and 6. Their work ends at 13 and 16,
    // the cores are free at 17; the fifth and sixth are launched then.
    CHECK(played.times("job", "start") == "3 3 6 6 20 20");
    CHECK(played.times("job", "finish") == "13 13 16 16 30 30");
}

TEST_CASE("cost is charged for workers while they are on") {
    const auto played = play(R"(
twin: {pools: {crew: {workers: {steps: {0h: 2, 1h: 4}}, cost: 3EUR/h}}, stages: {server: {reads: jobs, runs_on: crew, service: 1s}}}
load: {jobs: {arrivals: every 1h}}
run: {length: 2h}
measures: [total cost(), total cost(crew)]
)");
    CHECK(played.at("total cost()") == doctest::Approx(2 * 3 + 4 * 3));
    CHECK(played.at("total cost(crew)") == doctest::Approx(18));
}

TEST_CASE("who has nothing to do leaves before who has, also where workers are told apart") {
    const auto with = [](const std::string& outage) {
        return play(R"(
twin: {stages: {server: {reads: jobs, workers: {steps: {0s: 2, 8s: 1}}, interrupted: lose, service: work)" +
                    outage + R"(}}}
load:
  a: {arrivals: every 1h, first: 0s, count: 1, writes: jobs, fields: {work: 5s}}
  b: {arrivals: every 1h, first: 1s, count: 1, writes: jobs, fields: {work: 20s}}
run: {length: 100s, warm_up: 0s}
measures: [total lost(server), avg utilisation(server)]
)");
    };
    const auto slots = with(""), lives = with(", outages: {never: {up: 1000h, for: 1s}}");
    CHECK(slots.times("server", "finish") == "5 21");
    CHECK(lives.times("server", "finish") == "5 21");
    CHECK(lives.at("avg utilisation(server)") == doctest::Approx(slots.at("avg utilisation(server)")));
}

namespace {

/// A senior all day and a junior from 10 to 20 s of each minute; the junior triages only.
Played shifts(const std::string& leave, const std::string& loads) {
    return play(R"(
twin:
  types: {junior: {skills: triage, cost: 1EUR/h}, senior: {skills: [triage, sql], cost: 3EUR/h}}
  pools: {desk: {backfill: any, interrupted: restart, workers: {junior: {steps: {0s: 0, 10s: 1, 20s: 0}, period: 1min)" +
                leave + R"(}, senior: 1}}}
  stages:
    triage: {reads: tickets, runs_on: {desk: {skill: triage}}, service: 8s}
    fix: {reads: bugs, runs_on: {desk: {skill: sql}}, service: 30s}
load: {)" + loads +
                R"(}
run: {length: 2min, warm_up: 0s, sample: 10s}
measures: [avg workers(desk), max workers(desk), rate cost()]
)");
}

}  // namespace

TEST_CASE("workers of one type have shifts of their own") {
    const auto played = shifts("",
                               "bugs: {arrivals: every 1h, first: 0s, items: 2, count: 1}, "
                               "tickets: {arrivals: every 1h, first: 5s, count: 1}");
    // The senior is at work from the start; the ticket waits for the junior, and both bugs for the senior.
    CHECK(played.times("fix", "start") == "0 30");
    CHECK(played.times("triage", "start") == "10");
    CHECK(played.times("triage", "finish") == "18");
    CHECK(played.at("avg workers(desk)") == doctest::Approx(1 + 1 / 6.0));
    CHECK(played.at("max workers(desk)") == 2);
    CHECK(3600 * played.at("rate cost()") == doctest::Approx(3 + 1 / 6.0));
}

TEST_CASE("at the end of a shift what is at work is cut off, or done first") {
    const std::string loads =
        "bugs: {arrivals: every 1h, first: 0s, items: 2, count: 1}, "
        "tickets: {arrivals: every 1h, first: 15s, count: 1}";
    const auto cut = shifts("", loads);
    CHECK(cut.times("triage", "interrupt") == "20");
    CHECK(cut.times("triage", "start") == "15 30");
    const auto done = shifts(", leave: done", loads);
    CHECK(done.count("triage", "interrupt") == 0);
    CHECK(done.times("triage", "finish") == "23");
    // Who has left takes up nothing more.
    const auto next = shifts(", leave: done",
                             "bugs: {arrivals: every 1h, first: 0s, items: 4, count: 1}, "
                             "tickets: {arrivals: every 7s, first: 15s, count: 2}");
    CHECK(next.times("triage", "start") == "15 70");
}
