// Promised: the state that follows from events of production is a function of the set of events: order, repetitions and
// parts say nothing. What is open is at work or waits, what has ended waits at the next stage, by shares where there are
// several ways; what failed pauses; runs of pipelines hold their tasks; what was known before is kept as far as the log
// does not say otherwise. Names are found by label, name and the end of either; those that are not are listed.
// Shown: events by hand with the state that they must give, and random tandem queues whose truth is known.
#include "tools/studies/follow.h"

#include <doctest/doctest.h>
#include <rapidcheck.h>

#include <algorithm>
#include <queue>
#include <random>
#include <string>
#include <vector>

#include "tests/tools/studies/sample.h"

using namespace understudy;
using kernel::hour;
using kernel::minute;
using models::ObservedEvent;
using models::PresentItems;
using models::PresentTask;
using Kind = ObservedEvent::Kind;
using Where = PresentItems::Where;

namespace {

models::Scenario scenario(const std::string& rest) { return tests::prepared(rest).scenario; }

ObservedEvent event(kernel::Time at, Kind kind, const std::string& process, const std::string& item = "",
                    const std::string& id = "", const std::string& run = "") {
    ObservedEvent one;
    one.ns = at;
    one.kind = kind;
    one.process = process;
    one.item = item;
    one.id = id;
    one.run = run;
    return one;
}

studies::Followed follow(const models::Scenario& twin, std::vector<ObservedEvent> events, kernel::Time now,
                         std::optional<std::int64_t> base = std::nullopt) {
    models::make_set(events);
    return studies::follow(twin, events, {0, now, base});
}

const models::ElementState* of(const studies::Followed& followed, const std::string& element) {
    for (const auto& state : followed.state.elements)
        if (state.element == element) return &state;
    return nullptr;
}

std::int64_t count(const studies::Followed& followed, const std::string& element, Where where) {
    std::int64_t count = 0;
    if (const auto* state = of(followed, element))
        for (const PresentItems& items : state->items) count += items.where == where ? items.items : 0;
    return count;
}

const char* two_stages =
    "twin:\n  stages:\n"
    "    a: {reads: jobs, workers: 2, service: exponential(mean 5min), label: shop/Clean it, failure: 10%, "
    "retry: {times: 2, backoff: [4min, 10min]}}\n"
    "    b: {reads: a, workers: 1, service: exponential(mean 5min)}\n"
    "load: {jobs: {arrivals: poisson(10/h)}}\nrun: {length: 1d, replications: 2}\n";

}  // namespace

TEST_CASE("what is open is at work or waits, what has ended waits at the next stage") {
    const auto twin = scenario(two_stages);
    const auto followed =
        follow(twin,
               {event(0, Kind::started, "a", "1"), event(minute, Kind::ended, "a", "1"),
                event(2 * minute, Kind::started, "b", "1"), event(minute, Kind::submitted, "a", "2"),
                event(2 * minute, Kind::started, "a", "2"), event(3 * minute, Kind::ended, "a", "2"),
                event(2 * minute, Kind::submitted, "a", "3"), event(4 * minute, Kind::started, "a", "4")},
               10 * minute);
    REQUIRE(of(followed, "a"));
    CHECK(count(followed, "a", Where::waiting) == 1);
    CHECK(count(followed, "a", Where::working) == 1);
    CHECK(count(followed, "b", Where::working) == 1);
    CHECK(count(followed, "b", Where::waiting) == 1);
    for (const PresentItems& items : of(followed, "b")->items) {
        if (items.where == Where::working) {
            CHECK(items.served == 8 * minute);
            CHECK(items.age == 10 * minute);
        } else {
            CHECK(items.here == 7 * minute);
            CHECK(items.age == 9 * minute);
        }
    }
    CHECK(followed.unmapped.empty());
    CHECK(followed.state.as_of == 10 * minute);
}

TEST_CASE(
    "failures pause for as long as the backoff has left, and then wait; without retries they are gone") {
    const auto twin = scenario(two_stages);
    std::vector<ObservedEvent> events = {event(0, Kind::started, "a", "1"),
                                         event(minute, Kind::failed, "a", "1")};
    auto followed = follow(twin, events, 3 * minute);
    REQUIRE(of(followed, "a"));
    CHECK(of(followed, "a")->items.front().where == Where::retrying);
    CHECK(of(followed, "a")->items.front().attempt == 1);
    CHECK(of(followed, "a")->items.front().left == 2 * minute);
    followed = follow(twin, events, 6 * minute);
    CHECK(count(followed, "a", Where::waiting) == 1);
    events.push_back(event(6 * minute, Kind::started, "a", "1"));
    events.push_back(event(7 * minute, Kind::failed, "a", "1"));
    followed = follow(twin, events, 8 * minute);
    CHECK(of(followed, "a")->items.front().left == 9 * minute);
    CHECK(of(followed, "a")->items.front().attempt == 2);
    events.push_back(event(18 * minute, Kind::started, "a", "1"));
    events.push_back(event(19 * minute, Kind::failed, "a", "1"));
    CHECK(of(follow(twin, events, hour), "a") == nullptr);
}

TEST_CASE("names are found by label, by name, and by the end of either; others are listed") {
    const auto twin = scenario(two_stages);
    const auto followed =
        follow(twin,
               {event(0, Kind::started, "shop/Clean it", "1"), event(0, Kind::started, "NF:MAIN:b", "2"),
                event(0, Kind::started, "warehouse/x.b", "3"), event(0, Kind::started, "c", "4"),
                event(1, Kind::ended, "c", "4"), event(0, Kind::started, "elsewhere", "5")},
               minute);
    CHECK(count(followed, "a", Where::working) == 1);
    CHECK(count(followed, "b", Where::working) == 2);
    REQUIRE(followed.unmapped.size() == 2);
    CHECK(followed.unmapped[0].name == "c");
    CHECK(followed.unmapped[0].events == 2);
    CHECK(followed.unmapped[1].name == "elsewhere");
    CHECK(followed.used == 3);
}

TEST_CASE("of two tasks of one name the log must say which") {
    const auto twin = scenario(
        "twin:\n  pipelines:\n    x: {schedule: once, tasks: {fetch: {workers: 1, service: 1h}}}\n"
        "    y: {schedule: once, tasks: {fetch: {workers: 1, service: 1h}}}\nrun: {length: 1d}\n");
    const auto followed =
        follow(twin, {event(0, Kind::started, "fetch", "", "1"), event(0, Kind::started, "y.fetch", "", "2")},
               minute);
    REQUIRE(followed.unmapped.size() == 1);
    CHECK(followed.unmapped[0].why == "may be x.fetch or y.fetch");
    CHECK(of(followed, "x") == nullptr);
    REQUIRE(of(followed, "y"));
    CHECK(of(followed, "y")->runs.front().tasks.front().how.served == minute);
}

TEST_CASE("of several tasks of one name each piece is the one that import numbered so") {
    const auto twin = scenario(
        "twin:\n  pipelines:\n    x: {schedule: once, tasks: {\n"
        "      one: {workers: 1, service: 1h, retry: {times: 1, backoff: 1min}, label: trim (all)},\n"
        "      two: {workers: 1, service: 1h, label: 'trim (all) #2'},\n"
        "      other: {after: [one, two], workers: 1, service: 1h, label: sum}}}\n"
        "run: {length: 1d, start: 2026-03-09T00:00}\n");
    const auto trim = [](kernel::Time at, Kind kind, const std::string& id, std::int32_t attempt = 1) {
        ObservedEvent one = event(at, kind, "NF:trim", "", id);
        one.name = "trim (all)";
        one.attempt = attempt;
        return one;
    };
    const auto task = [](const studies::Followed& followed, const std::string& name) {
        const auto* state = of(followed, "x");
        REQUIRE(state);
        REQUIRE(state->runs.size() == 1);
        for (const PresentTask& one : state->runs.front().tasks)
            if (one.task == name) return std::optional(one.is);
        return std::optional<PresentTask::Is>{};
    };
    // The first that was submitted is the first, whatever its id and whenever it ended.
    std::vector<ObservedEvent> events = {
        trim(0, Kind::submitted, "ff/2"), trim(minute, Kind::submitted, "aa/1"),
        trim(minute, Kind::started, "ff/2"), trim(2 * minute, Kind::started, "aa/1"),
        trim(9 * minute, Kind::ended, "aa/1")};
    auto followed = follow(twin, events, 10 * minute);
    CHECK(followed.unmapped.empty());
    CHECK(task(followed, "one") == PresentTask::Is::working);
    CHECK(task(followed, "two") == PresentTask::Is::done);
    // A try after one that failed is of the same task.
    events.push_back(trim(11 * minute, Kind::failed, "ff/2"));
    events.push_back(trim(12 * minute, Kind::submitted, "cc/3", 2));
    events.push_back(trim(13 * minute, Kind::started, "cc/3", 2));
    followed = follow(twin, events, 14 * minute);
    CHECK(task(followed, "one") == PresentTask::Is::working);
    CHECK(task(followed, "two") == PresentTask::Is::done);
    // What belongs to the next run begins again with the first.
    events.push_back(trim(20 * minute, Kind::ended, "cc/3", 2));
    events.push_back(event(21 * minute, Kind::started, "sum", "", "dd/4"));
    events.push_back(event(22 * minute, Kind::ended, "sum", "", "dd/4"));
    events.push_back(trim(25 * minute, Kind::started, "ee/5"));
    followed = follow(twin, events, 26 * minute);
    CHECK(task(followed, "one") == PresentTask::Is::working);
    CHECK_FALSE(task(followed, "two"));
}

TEST_CASE("an end that is missing is seen by what came after") {
    const auto twin = scenario(two_stages);
    const auto followed = follow(
        twin, {event(0, Kind::started, "a", "1"), event(5 * minute, Kind::started, "b", "1")}, 6 * minute);
    CHECK(count(followed, "a", Where::working) == 0);
    CHECK(count(followed, "b", Where::working) == 1);
    CHECK(followed.assumed.size() == 1);
}

TEST_CASE("of several ways each has its share, and none that nobody has been on for so long") {
    const auto twin = scenario(
        "twin:\n  stages:\n    a: {reads: jobs, workers: 9, service: 1min, writes: {b: 50%, c: 25%, exit: "
        "25%}}\n"
        "    b: {reads: b, workers: 1, service: 5min}\n    c: {reads: c, workers: 1, service: 5min}\n"
        "load: {jobs: {arrivals: poisson(10/h)}}\nrun: {length: 1d}\n");
    std::vector<ObservedEvent> events;
    for (int i = 0; i < 40; ++i)
        events.push_back(event(i * kernel::second, Kind::ended, "a", std::to_string(i)));
    auto followed = follow(twin, events, minute);
    CHECK(count(followed, "b", Where::waiting) == 20);
    CHECK(count(followed, "c", Where::waiting) == 10);
    // Once it is known that it takes two minutes to b, who left earlier is not on that way any more.
    events.push_back(event(2 * minute, Kind::started, "b", "0"));
    followed = follow(twin, events, hour);
    CHECK(count(followed, "b", Where::waiting) == 0);
    CHECK(count(followed, "b", Where::working) == 1);
    CHECK(count(followed, "c", Where::waiting) > 0);
}

TEST_CASE("behind stages without workers an item is where their ways lead, once") {
    // A router that deals, one that copies, and eight routers in a row with four ways each that all end at one stage.
    std::string stages =
        "twin:\n  stages:\n    a: {reads: jobs, workers: 9, service: 1min, writes: {dealt: 50%, copied: "
        "50%}}\n"
        "    deal: {reads: dealt, writes: {to_b: 40%, to_c: 60%}}\n"
        "    copy: {reads: copied, writes: [to_b, to_d]}\n"
        "    b: {reads: to_b, workers: 1, service: 5min, writes: row0}\n"
        "    c: {reads: to_c, workers: 1, service: 5min}\n    d: {reads: to_d, workers: 1, service: 5min}\n";
    for (int i = 0; i < 8; ++i) {
        const std::string at = std::to_string(i), next = std::to_string(i + 1);
        stages += "    r" + at + ": {reads: row" + at + ", writes: {p" + at + ": 25%, q" + at + ": 25%, s" +
                  at + ": 25%, t" + at + ": 25%}}\n    join" + at + ": {reads: [p" + at + ", q" + at + ", s" +
                  at + ", t" + at + "], writes: row" + next + "}\n";
    }
    const auto twin = scenario(stages +
                               "    z: {reads: row8, workers: 1, service: 5min}\n"
                               "load: {jobs: {arrivals: poisson(10/h)}}\nrun: {length: 1d}\n");
    std::vector<ObservedEvent> events;
    for (int i = 0; i < 20; ++i)
        events.push_back(event(i * kernel::second, Kind::ended, "a", std::to_string(i)));
    for (int i = 0; i < 7; ++i)
        events.push_back(event(i * kernel::second, Kind::ended, "b", "of b " + std::to_string(i)));
    const auto followed = follow(twin, events, minute);
    CHECK(count(followed, "b", Where::waiting) == 4 + 10);
    CHECK(count(followed, "c", Where::waiting) == 6);
    CHECK(count(followed, "d", Where::waiting) == 10);
    CHECK(count(followed, "z", Where::waiting) == 7);
}

TEST_CASE("a stage that the log has no name for holds items as its service says") {
    const auto twin = scenario(
        "twin:\n  stages:\n    a: {reads: jobs, workers: 9, service: 1min, writes: {to_b: 50%, exit: 50%}}\n"
        "    b_waits: {reads: to_b, workers: unlimited, service: uniform(10min..20min), writes: at_b}\n"
        "    b: {reads: at_b, workers: 1, service: 5min, writes: exit}\n"
        "load: {jobs: {arrivals: poisson(10/h)}}\nrun: {length: 1d}\n");
    std::vector<ObservedEvent> events;
    for (int i = 0; i < 10; ++i) events.push_back(event(i, Kind::ended, "a", std::to_string(i)));
    auto followed = follow(twin, events, 5 * minute);
    CHECK(count(followed, "b_waits", Where::working) == 5);
    CHECK(of(followed, "b_waits")->items.front().served >= 5 * minute - 10);
    CHECK(count(followed, "b", Where::waiting) == 0);
    followed = follow(twin, events, 15 * minute);
    CHECK(count(followed, "b_waits", Where::working) + count(followed, "b", Where::waiting) == 5);
    CHECK(count(followed, "b", Where::waiting) >= 2);
    followed = follow(twin, events, hour);
    CHECK(count(followed, "b_waits", Where::working) == 0);
    CHECK(count(followed, "b", Where::waiting) == 5);
}

TEST_CASE("an item that came back for rework has not been on the way that it took after that") {
    const auto twin = scenario(
        "twin:\n  stages:\n    review: {reads: [jobs, again], workers: 2, service: 10min, writes: {to_ask: "
        "50%, "
        "to_pay: 50%}}\n"
        "    ask_waits: {reads: to_ask, workers: unlimited, service: exponential(mean 2d), writes: again}\n"
        "    pay: {reads: to_pay, workers: 1, service: 5min}\n"
        "load: {jobs: {arrivals: poisson(1/h)}}\nrun: {length: 14d}\n");
    std::vector<ObservedEvent> events;
    const auto piece = [&](const std::string& item, const std::string& stage, kernel::Time from,
                           kernel::Time to) {
        events.push_back(event(from, Kind::started, stage, item, item + stage + std::to_string(from)));
        events.push_back(event(to, Kind::ended, stage, item, item + stage + std::to_string(from)));
    };
    // Each step to `pay` began when `review` had ended; one came to it after two days of rework.
    piece("again", "review", 0, 10 * minute);
    piece("again", "review", 48 * hour, 48 * hour + 10 * minute);
    piece("again", "pay", 48 * hour + 10 * minute, 48 * hour + 15 * minute);
    for (int i = 0; i < 6; ++i) {
        piece("paid " + std::to_string(i), "review", i * hour, i * hour + 10 * minute);
        piece("paid " + std::to_string(i), "pay", i * hour + 10 * minute, i * hour + 15 * minute);
        piece("asked " + std::to_string(i), "review", (20 + i) * hour, (20 + i) * hour + 10 * minute);
    }
    const auto followed = follow(twin, events, 49 * hour);
    CHECK(count(followed, "pay", Where::waiting) == 0);
    CHECK(count(followed, "ask_waits", Where::working) + count(followed, "review", Where::waiting) == 6);
}

TEST_CASE("behind a stage that the log has no name for as many wait as the log's waits there are longer") {
    const auto twin = scenario(
        "twin:\n  stages:\n    a: {reads: jobs, workers: 1, service: 1min, writes: to_b}\n"
        "    b_waits: {reads: to_b, workers: unlimited, service: uniform(0min..100min), writes: at_b}\n"
        "    b: {reads: at_b, workers: 9, service: 5min, writes: exit}\n"
        "load: {jobs: {arrivals: poisson(10/h)}}\nrun: {length: 1d}\n");
    const auto at_now = [&](kernel::Time in_line) {
        // Each began at `b` when the stage without a name let it go, or so much later: of those that left `a` just now a
        // half has been there.
        std::vector<ObservedEvent> events;
        for (int i = 0; i < 200; ++i) {
            const kernel::Time left = i < 100 ? 0 : 200 * minute;
            const kernel::Time seen = left + (i % 100) * minute + in_line;
            events.push_back(event(left, Kind::ended, "a", std::to_string(i)));
            if (seen <= 250 * minute) events.push_back(event(seen, Kind::started, "b", std::to_string(i)));
        }
        return follow(twin, events, 250 * minute);
    };
    auto followed = at_now(0);
    CHECK(count(followed, "b_waits", Where::working) == 49);
    CHECK(count(followed, "b", Where::waiting) == 0);
    // Half of those that have not been seen have left it.
    followed = at_now(25 * minute);
    CHECK(std::abs(count(followed, "b_waits", Where::working) - 50) <= 2);
    CHECK(std::abs(count(followed, "b", Where::waiting) - 25) <= 2);
}

TEST_CASE("runs hold what their tasks have done; what no run has is skipped after a failure") {
    const auto twin = scenario(
        "twin:\n  pipelines:\n    p:\n      schedule: every 1h\n      tasks:\n"
        "        a: {workers: 1, service: 10min, writes: table}\n        b: {after: a, workers: 1, service: "
        "10min}\n"
        "        c: {after: b, workers: 1, service: 10min}\nrun: {length: 1d, start: 2026-01-01T00:00}\n");
    // Without ids of runs: two runs, the second of which has begun.
    auto followed = follow(
        twin,
        {event(minute, Kind::started, "a", "", "1"), event(9 * minute, Kind::ended, "a", "", "1"),
         event(10 * minute, Kind::started, "b", "", "2"), event(hour + minute, Kind::started, "a", "", "3")},
        hour + 5 * minute);
    REQUIRE(of(followed, "p"));
    const auto& runs = of(followed, "p")->runs;
    REQUIRE(runs.size() == 2);
    CHECK(runs[0].age == hour + 5 * minute);
    REQUIRE(runs[0].tasks.size() == 2);
    CHECK(runs[0].tasks[0].is == PresentTask::Is::done);
    CHECK(runs[0].tasks[1].how.served == 55 * minute);
    CHECK(runs[1].age == 5 * minute);
    CHECK(runs[1].tasks.front().how.served == 4 * minute);
    REQUIRE(of(followed, "table"));
    CHECK(of(followed, "table")->newest == hour - 4 * minute);
    // All of a run that has failed is over.
    followed = follow(
        twin,
        {event(minute, Kind::started, "a", "", "1", "r"), event(9 * minute, Kind::failed, "a", "", "1", "r")},
        10 * minute);
    CHECK(of(followed, "p") == nullptr);
}

TEST_CASE(
    "of mapped tasks as many have ended as have, and a run keeps the workers of a task for a later one") {
    const auto twin = scenario(
        "twin:\n  pools: {vm: {workers: 9}}\n  pipelines:\n    nightly:\n      schedule: every 1d\n      "
        "tasks:\n"
        "        up: {runs_on: vm, service: 5min, holds_until: down}\n"
        "        many: {after: up, runs_on: vm, expand: 8, service: 1h}\n"
        "        down: {after: many, runs_on: vm, service: 1min}\n"
        "run: {length: 2d}\n");
    std::vector<ObservedEvent> events = {event(0, Kind::started, "up", "", "u", "r1"),
                                         event(5 * minute, Kind::ended, "up", "", "u", "r1")};
    for (int i = 0; i < 6; ++i) {
        const std::string id = "m" + std::to_string(i);
        events.push_back(event((5 + i) * minute, Kind::started, "many", "", id, "r1"));
        if (i < 4) events.push_back(event((50 + i) * minute, Kind::ended, "many", "", id, "r1"));
    }
    const auto followed = follow(twin, events, hour);
    REQUIRE(of(followed, "nightly"));
    REQUIRE(of(followed, "nightly")->runs.size() == 1);
    const auto& run = of(followed, "nightly")->runs.front();
    CHECK(run.holds == std::vector<std::string>{"up"});
    REQUIRE(run.tasks.size() == 2);
    CHECK(run.tasks[1].ended == 4);
    REQUIRE(run.tasks[1].instances.size() == 2);
    CHECK(run.tasks[1].instances[0].served == 51 * minute);
    CHECK(followed.left_out.empty());
}

TEST_CASE("a run that its log says is over has ended, whatever it has not come to") {
    const auto twin = scenario(
        "twin:\n  pools: {vm: {workers: 9}}\n  pipelines:\n    p:\n      schedule: every 1d\n      tasks:\n"
        "        a: {runs_on: vm, service: 5min, writes: out}\n        b: {runs_on: vm, service: 1h}\n"
        "run: {length: 2d}\n");
    std::vector<ObservedEvent> events = {event(0, Kind::started, "a", "", "1", "r1"),
                                         event(5 * minute, Kind::ended, "a", "", "1", "r1")};
    REQUIRE(of(follow(twin, events, hour), "p"));
    CHECK(of(follow(twin, events, hour), "p")->runs.size() == 1);
    events.push_back(event(5 * minute, Kind::over, "a", "", "1", "r1"));
    const auto followed = follow(twin, events, hour);
    CHECK(of(followed, "p") == nullptr);
    REQUIRE(of(followed, "out"));
    CHECK(of(followed, "out")->newest == 55 * minute);
    // Until then it goes on.
    CHECK(of(follow(twin, events, 4 * minute), "p")->runs.size() == 1);
}

TEST_CASE("what no log tells is missing from the state, and what was missing stays so") {
    auto twin = scenario(
        "twin:\n  stages:\n    a: {reads: jobs, workers: 1, service: 1min}\n"
        "load:\n  jobs: {arrivals: {states: {calm: {rate: 1/h, stay: 1h}, burst: {rate: 9/h, stay: 1h}}}}\n"
        "run: {length: 2d}\n");
    const std::vector<ObservedEvent> events = {event(hour, Kind::started, "a", "1")};
    auto followed = follow(twin, events, 2 * hour);
    REQUIRE(of(followed, "jobs"));
    CHECK(of(followed, "jobs")->missing.size() == 1);
    CHECK(followed.left_out.size() == 1);
    twin.twin.state.elements.push_back({});
    twin.twin.state.elements.back().element = "a";
    twin.twin.state.elements.back().missing = {"what is in its second line"};
    followed = follow(twin, events, 2 * hour, 0);
    REQUIRE(of(followed, "a"));
    CHECK(of(followed, "a")->missing == std::vector<std::string>{"what is in its second line"});
}

TEST_CASE("what tasks have to read follows from the clock of a load, and is missing where none tells") {
    const auto twin = [](const std::string& size, const std::string& service) {
        return scenario(
            "twin:\n  pools: {w: {workers: 9}}\n  pipelines:\n    p:\n      schedule: daily at 02:00\n"
            "      tasks:\n        a: {reads: {raw: new}, writes: out, runs_on: w, service: " +
            service +
            "}\n        b: {reads: {out: new}, runs_on: w, service: 1min}\n"
            "load: {raw: {arrivals: every 12h, first: 1h, size: " +
            size +
            "}}\n"
            "run: {length: 9d, start: 2026-01-01T00:00}\n");
    };
    const std::vector<ObservedEvent> under_way = {
        event(2 * hour, Kind::started, "a", "", "1", "r1"), event(3 * hour, Kind::ended, "a", "", "1", "r1"),
        event(3 * hour, Kind::started, "b", "", "2", "r1"), event(4 * hour, Kind::ended, "b", "", "2", "r1"),
        event(26 * hour, Kind::started, "a", "", "3", "r2")};
    auto followed = follow(twin("3GB", "1h per GB"), under_way, 38 * hour);
    const auto* state = of(followed, "p");
    REQUIRE(state);
    REQUIRE(state->runs.size() == 1);
    REQUIRE(state->runs.front().tasks.size() == 1);
    const PresentTask& task = state->runs.front().tasks.front();
    CHECK(task.how.size == 6e9);  // of 13:00 and 01:00
    CHECK(task.how.records == 2);
    CHECK(task.unread.at("raw").size == 3e9);  // of 13:00 since
    CHECK(state->missing.empty());
    // Between runs: what has landed since the last that came through had begun.
    std::vector<ObservedEvent> between(under_way.begin(), under_way.end() - 1);
    followed = follow(twin("3GB", "1h per GB"), between, 14 * hour);
    state = of(followed, "p");
    REQUIRE(state);
    CHECK(state->unread.at("a").at("raw").size == 3e9);
    CHECK(state->missing.empty());
    // Sizes that differ are not known, but where nothing has come.
    const std::string any = "uniform(1GB..3GB)";
    followed = follow(twin(any, "1h per GB"), between, 14 * hour);
    REQUIRE(of(followed, "p"));
    CHECK(of(followed, "p")->missing ==
          std::vector<std::string>{
              "how much 'p.a' has to read of 'raw': neither the log nor the clock of a load tells"});
    CHECK(of(follow(twin(any, "1h per GB"), between, 12 * hour), "p") == nullptr);
    // What the run itself has written is not known either, as long as nobody has read it.
    followed = follow(twin("3GB", "1h per GB"), {between.begin(), between.begin() + 3}, 3 * hour + minute);
    REQUIRE(of(followed, "p"));
    CHECK(of(followed, "p")->missing ==
          std::vector<std::string>{
              "how much 'p.b' has to read of 'out': neither the log nor the clock of a load tells"});
    // Where nothing goes by it, it is no matter.
    CHECK(of(follow(twin(any, "1h"), between, 14 * hour), "p") == nullptr);
}

namespace {

ObservedEvent amount(ObservedEvent of, Kind kind, const std::string& dataset, std::int64_t bytes,
                     std::int64_t records = 0) {
    of.kind = kind;
    of.dataset = dataset;
    of.bytes = bytes;
    of.records = records;
    return of;
}

}  // namespace

TEST_CASE("what the log says of sizes is what tasks have read and have to read") {
    const auto twin = [](const std::string& service, const std::string& more = "") {
        return scenario(
            "twin:\n  pools: {w: {workers: 9}}\n  datasets: {raw: {label: lake/shop.raw}}\n  pipelines:\n"
            "    p:\n      schedule: daily at 02:00\n      tasks:\n"
            "        a: {reads: {raw: new}, writes: out, runs_on: w, service: " +
            service + more +
            "}\n        b: {reads: {out: new}, runs_on: w, service: 1min per GB}\n"
            "    other:\n      schedule: daily at 03:00\n      tasks:\n"
            "        c: {reads: {out: new}, runs_on: w, service: 1min}\n"
            "load: {source: {writes: raw, arrivals: every 12h, first: 1h, size: uniform(1GB..3GB)}}\n"
            "run: {length: 9d, start: 2026-01-01T00:00}\n");
    };
    const ObservedEvent a1 = event(2 * hour, Kind::started, "a", "", "1", "r1"),
                        end = event(3 * hour, Kind::ended, "a", "", "1", "r1"),
                        b1 = event(3 * hour + minute, Kind::started, "b", "", "2", "r1");
    // What is under way has read what its start says; what it wrote the next has to read.
    std::vector<ObservedEvent> events = {a1, amount(a1, Kind::read, "lake/shop.raw", 2'000'000'000, 70)};
    auto followed = follow(twin("1h per GB"), events, 2 * hour + minute);
    const auto* state = of(followed, "p");
    REQUIRE(state);
    REQUIRE(state->runs.size() == 1);
    REQUIRE(state->runs.front().tasks.size() == 1);
    CHECK(state->runs.front().tasks.front().how.size == 2e9);
    CHECK(state->runs.front().tasks.front().how.records == 70);
    CHECK(state->missing.empty());
    CHECK(followed.assumed.empty());
    // A RUNNING event that knows more counts once it has come; another name of the one input means it as well.
    events.push_back(
        amount(event(3 * hour, Kind::seen, "a", "", "1", "r1"), Kind::read, "lake/shop.raw", 2'500'000'000));
    CHECK(of(follow(twin("1h per GB"), events, 150 * minute), "p")->runs.front().tasks.front().how.size ==
          2e9);
    CHECK(of(follow(twin("1h per GB"), events, 181 * minute), "p")->runs.front().tasks.front().how.size ==
          2.5e9);
    CHECK(of(follow(twin("1h per GB"), {a1, amount(a1, Kind::read, "elsewhere", 7)}, 3 * hour), "p")
              ->runs.front()
              .tasks.front()
              .how.size == 7);
    // Bytes say nothing of records.
    CHECK(of(follow(twin("1s per record"), {a1, amount(a1, Kind::read, "raw", 7)}, 3 * hour), "p")
              ->missing.size() == 1);

    events = {a1, amount(a1, Kind::read, "lake/shop.raw", 2'000'000'000), end,
              amount(end, Kind::wrote, "out", 500'000'000), b1};
    followed = follow(twin("1h per GB"), events, 4 * hour);
    state = of(followed, "p");
    REQUIRE(state);
    REQUIRE(state->runs.size() == 1);
    CHECK(state->runs.front().tasks.back().task == "b");
    CHECK(state->runs.front().tasks.back().how.size == 5e8);
    CHECK(state->missing.empty());
    // Not in the log, and it has to read it too; what its run before has read nobody knows.
    followed = follow(twin("1h per GB"), events, 4 * hour);
    CHECK(of(followed, "other") == nullptr);
    // Without what was written it is not known, as ever.
    std::erase_if(events, [](const ObservedEvent& one) { return one.kind == Kind::wrote; });
    CHECK(of(follow(twin("1h per GB"), events, 4 * hour), "p")->missing ==
          std::vector<std::string>{
              "how much 'p.b' has to read of 'out': neither the log nor the clock of a load tells"});

    // Instances have their parts: those of the log, else as large as each other.
    const ObservedEvent i1 = event(26 * hour, Kind::started, "a", "", "i1", "r2"),
                        i2 = event(26 * hour, Kind::started, "a", "", "i2", "r2");
    followed =
        follow(twin("1h per GB", ", expand: 4"),
               {i1, i2, amount(i1, Kind::read, "raw", 3'000'000), amount(i2, Kind::read, "raw", 5'000'000)},
               27 * hour);
    REQUIRE(of(followed, "p"));
    REQUIRE(of(followed, "p")->runs.front().tasks.front().instances.size() == 2);
    CHECK(of(followed, "p")->runs.front().tasks.front().instances[0].size == 3e6);
    CHECK(of(followed, "p")->runs.front().tasks.front().instances[1].size == 5e6);
}

TEST_CASE(
    "instances of a task share what has landed, and a run before the log is taken for granted in words") {
    const auto twin = scenario(
        "twin:\n  pools: {w: {workers: 9}}\n  pipelines:\n    p:\n      schedule: daily at 02:00\n      "
        "tasks:\n"
        "        a: {reads: {raw: new}, runs_on: w, expand: 4, service: 1h per GB}\n"
        "load: {raw: {arrivals: every 12h, first: 1h, size: 2GB}}\n"
        "run: {length: 9d, start: 2026-01-01T00:00}\n");
    const std::vector<ObservedEvent> second_night = {event(26 * hour, Kind::started, "a", "", "i1", "r2")};
    auto followed = follow(twin, second_night, 27 * hour);
    REQUIRE(of(followed, "p"));
    const PresentTask& task = of(followed, "p")->runs.front().tasks.front();
    REQUIRE(task.instances.size() == 1);
    CHECK(task.instances.front().size == 1e9);  // a quarter of what came at 13:00 and 01:00
    CHECK(task.instances.front().records == 0.5);
    CHECK(followed.assumed ==
          std::vector<std::string>{
              "p: the run that was due before the first that the log has is taken to have come through: "
              "what had landed by then has been read"});
    // Of the first night there is none before.
    followed = follow(twin, {event(2 * hour, Kind::started, "a", "", "i1", "r1")}, 3 * hour);
    CHECK(of(followed, "p")->runs.front().tasks.front().instances.front().size == 5e8);
    CHECK(followed.assumed.empty());
}

TEST_CASE("what was known stays as far as the log does not say otherwise, and is older") {
    auto twin = scenario(two_stages);
    twin.twin.state.as_of = hour;
    models::ElementState a;
    a.element = "a";
    PresentItems items;
    items.items = 3;
    items.age = items.here = 10 * minute;
    a.items.push_back(items);
    items = {};
    items.where = Where::working;
    items.age = items.here = items.served = 2 * minute;
    a.items.push_back(items);
    models::ElementState b;
    b.element = "b";
    items.items = 1;
    b.items.push_back(items);
    twin.twin.state.elements = {a, b};
    // The one at work has ended, one of those in line has begun, and one has come.
    const auto followed = follow(
        twin,
        {event(hour - 30 * minute, Kind::started, "a", "x"), event(hour - 20 * minute, Kind::ended, "a", "x"),
         event(hour - 2 * minute, Kind::started, "a", "1"), event(hour + minute, Kind::ended, "a", "1"),
         event(hour + minute, Kind::started, "a", "2"), event(hour + 2 * minute, Kind::submitted, "a", "3")},
        hour + 5 * minute, hour);
    CHECK(count(followed, "a", Where::working) == 1);
    CHECK(count(followed, "a", Where::waiting) == 3);
    CHECK(count(followed, "b", Where::working) == 1);
    CHECK(count(followed, "b", Where::waiting) == 1);
    CHECK(of(followed, "a")->items.front().here == 15 * minute);
    for (const PresentItems& one : of(followed, "b")->items)
        if (one.where == Where::working) CHECK(one.served == 7 * minute);
}

TEST_CASE("the state of random tandem queues is the true one, whatever the order of events") {
    const auto twin = scenario(two_stages);
    rc::check("tandem", [&](unsigned seed) {
        // Two FIFO stages, two workers and one, in whole seconds.
        std::mt19937 random(seed);
        const auto draw = [&](int most) {
            return static_cast<kernel::Time>(random() % most + 1) * kernel::second;
        };
        const kernel::Time now = 40 * minute;
        std::vector<ObservedEvent> events;
        kernel::Time arrival = 0, free_b = 0;
        std::vector<kernel::Time> free_a = {0, 0};
        std::int64_t waiting_a = 0, working_a = 0, waiting_b = 0, working_b = 0;
        std::vector<std::pair<kernel::Time, std::string>> to_b;
        for (int i = 0; arrival <= now; ++i) {
            const std::string item = std::to_string(i);
            const kernel::Time start = std::max(arrival, *std::min_element(free_a.begin(), free_a.end()));
            const kernel::Time end = start + draw(200);
            *std::min_element(free_a.begin(), free_a.end()) = end;
            if (arrival <= now) events.push_back(event(arrival, Kind::submitted, "a", item));
            if (start <= now) events.push_back(event(start, Kind::started, "a", item));
            if (end <= now) events.push_back(event(end, Kind::ended, "a", item));
            waiting_a += arrival <= now && start > now;
            working_a += start <= now && end > now;
            if (end <= now) to_b.emplace_back(end, item);
            arrival += draw(120);
        }
        std::sort(to_b.begin(), to_b.end());
        for (const auto& [came, item] : to_b) {
            const kernel::Time start = std::max(came, free_b), end = start + draw(120);
            free_b = end;
            if (start <= now) events.push_back(event(start, Kind::started, "b", item));
            if (end <= now) events.push_back(event(end, Kind::ended, "b", item));
            waiting_b += start > now;
            working_b += start <= now && end > now;
        }
        const auto followed = follow(twin, events, now);
        RC_ASSERT(count(followed, "a", Where::waiting) == waiting_a);
        RC_ASSERT(count(followed, "a", Where::working) == working_a);
        RC_ASSERT(count(followed, "b", Where::waiting) == waiting_b);
        RC_ASSERT(count(followed, "b", Where::working) == working_b);
        // In parts, with repetitions.
        std::vector<ObservedEvent> shuffled = events;
        shuffled.insert(shuffled.end(), events.begin(), events.begin() + std::ssize(events) / 2);
        std::shuffle(shuffled.begin(), shuffled.end(), random);
        std::vector<ObservedEvent> known;
        for (std::size_t from = 0; from < shuffled.size(); from += 17) {
            std::vector<ObservedEvent> part(
                shuffled.begin() + static_cast<std::ptrdiff_t>(from),
                shuffled.begin() + static_cast<std::ptrdiff_t>(std::min(from + 17, shuffled.size())));
            models::make_set(part);
            models::unite(known, models::unknown_of(known, part));
        }
        models::make_set(events);
        RC_ASSERT(known == events);
    });
}
