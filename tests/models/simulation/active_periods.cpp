// Promised: the active periods of a station, and the share of time in which it is the bottleneck, alone or while that
// shifts. Shown: by hand; against the definition instant by instant, over random periods; mean active periods of M/M/1
// and M/M/2 (1 / (capacity - rate)) and of three in tandem; what is back to back, blocked, down or waits for workers;
// both paths of a simulation give the same.
#include "models/simulation/active_periods.h"

#include <doctest/doctest.h>
#include <rapidcheck.h>

#include <algorithm>
#include <map>
#include <tuple>
#include <vector>

#include "play.h"

using namespace understudy;
using kernel::Time;
using models::ActivePeriods;

namespace {

struct Spell {
    std::uint32_t station;
    Time since, until;
};

/// Tells all of it in the order of time, what ends before what begins.
std::vector<ActivePeriods::Share> told(std::size_t stations, const std::vector<Spell>& spells, Time from,
                                       Time end, std::map<std::uint32_t, Time>* lengths = nullptr) {
    ActivePeriods periods(stations);
    const auto ended = [&](std::uint32_t station, Time length) {
        if (lengths != nullptr) (*lengths)[station] += length;
    };
    std::vector<std::tuple<Time, int, std::uint32_t>> changes;
    for (const Spell& one : spells) {
        changes.emplace_back(one.since, 1, one.station);
        if (one.until < end) changes.emplace_back(one.until, 0, one.station);
    }
    if (from > 0) changes.emplace_back(from, -1, 0);
    std::sort(changes.begin(), changes.end());
    for (const auto& [at, what, station] : changes)
        if (what < 0)
            periods.forget(at, ended);
        else
            periods.set(station, at, what == 1, ended);
    periods.finish(end, ended);
    std::vector<ActivePeriods::Share> shares;
    for (std::uint32_t i = 0; i < stations; ++i) shares.push_back(periods.share(i));
    return shares;
}

/// By the definition, between all instants at which anything begins or ends.
std::vector<ActivePeriods::Share> defined(std::size_t stations, const std::vector<Spell>& spells, Time from,
                                          Time end) {
    std::vector<Time> edges = {from, end};
    for (const Spell& one : spells) edges.insert(edges.end(), {one.since, std::min(one.until, end)});
    std::sort(edges.begin(), edges.end());
    std::vector<bool> bottleneck(spells.size());
    const auto over = [&](Time at, auto of) {
        for (std::size_t i = 0; i < spells.size(); ++i)
            if (spells[i].since <= at && std::min(spells[i].until, end) > at) of(i);
    };
    for (const Time at : edges) {
        std::optional<std::size_t> longest;
        const auto rank = [&](std::size_t i) {
            const Time length = std::min(spells[i].until, end) - spells[i].since;
            return std::tuple(-length, spells[i].since, spells[i].station);
        };
        over(at, [&](std::size_t i) {
            if (!longest || rank(i) < rank(*longest)) longest = i;
        });
        if (longest) bottleneck[*longest] = true;
    }
    std::vector<ActivePeriods::Share> shares(stations);
    for (std::size_t e = 0; e + 1 < edges.size(); ++e) {
        if (edges[e] < from) continue;
        int marked = 0;
        over(edges[e], [&](std::size_t i) { marked += bottleneck[i] ? 1 : 0; });
        over(edges[e], [&](std::size_t i) {
            if (!bottleneck[i]) return;
            ActivePeriods::Share& share = shares[spells[i].station];
            (marked > 1 ? share.shifting : share.sole) += edges[e + 1] - edges[e];
        });
    }
    return shares;
}

}  // namespace

TEST_CASE("a bottleneck that shifts, and one that another contains") {
    // a 0..10, b 8..20, c 12..15: the bottleneck shifts from a to b from 8 to 10, and c is none.
    std::map<std::uint32_t, Time> lengths;
    const auto shares = told(3, {{0, 0, 10}, {1, 8, 20}, {2, 12, 15}}, 0, 30, &lengths);
    CHECK(shares[0].sole == 8);
    CHECK(shares[0].shifting == 2);
    CHECK(shares[1].sole == 10);
    CHECK(shares[1].shifting == 2);
    CHECK(shares[2].sole + shares[2].shifting == 0);
    CHECK(lengths == std::map<std::uint32_t, Time>{{0, 10}, {1, 12}, {2, 3}});
}

TEST_CASE("what ends and begins at one instant goes on") {
    std::map<std::uint32_t, Time> lengths;
    const auto shares = told(2, {{0, 0, 3}, {0, 3, 6}, {1, 0, 5}}, 0, 10, &lengths);
    CHECK(shares[0].sole == 6);
    CHECK(shares[1].sole + shares[1].shifting == 0);
    CHECK(lengths[0] == 6);
}

TEST_CASE("random periods, by the definition") {
    CHECK(rc::check([] {
        const auto stations = *rc::gen::inRange<std::size_t>(1, 6);
        const Time end = 200;
        std::vector<Spell> spells;
        for (std::uint32_t s = 0; s < stations; ++s) {
            Time at = *rc::gen::inRange<Time>(0, 20);
            while (at < end) {
                const Time length = *rc::gen::inRange<Time>(1, 40);
                spells.push_back({s, at, at + length});
                at += length + *rc::gen::inRange<Time>(1, 30);
            }
        }
        const Time from = *rc::gen::inRange<Time>(0, 100);
        const auto shown = told(stations, spells, from, end), right = defined(stations, spells, from, end);
        for (std::size_t s = 0; s < stations; ++s) {
            RC_ASSERT(shown[s].sole == right[s].sole);
            RC_ASSERT(shown[s].shifting == right[s].shifting);
        }
    }));
}

TEST_CASE("many periods, settled in pieces") {
    // Never all idle, so that nothing but the size of what is kept settles it.
    std::vector<Spell> spells;
    std::uint64_t state = 7;
    const auto draw = [&](std::uint64_t below) {
        state = state * 6364136223846793005U + 1442695040888963407U;
        return static_cast<Time>((state >> 33) % below);
    };
    const Time end = 150'000;
    for (std::uint32_t s = 0; s < 8; ++s)
        for (Time at = draw(10); at < end;) {
            const Time length = 1 + draw(60);
            spells.push_back({s, at, at + length});
            at += length + 1 + draw(25);
        }
    const auto shown = told(8, spells, 1000, end);
    // The definition, with only those that are near.
    std::sort(spells.begin(), spells.end(), [](const Spell& a, const Spell& b) { return a.since < b.since; });
    Time sum = 0;
    for (const auto& share : shown) {
        CHECK(share.sole + share.shifting > 0);
        sum += share.sole;
    }
    CHECK(sum < end);
    std::vector<Spell> early;
    for (const Spell& one : spells)
        if (one.since < 4000) early.push_back(one);
    const auto one = told(8, early, 0, 4000), two = defined(8, early, 0, 4000);
    for (std::size_t s = 0; s < 8; ++s) {
        CHECK(one[s].sole == two[s].sole);
        CHECK(one[s].shifting == two[s].shifting);
    }
}

TEST_CASE("by hand: three items, two stages") {
    // door: 0..2 and 5..7; hall: 2..8 with the second waiting from 7 on, and 8..14.
    const auto played = tests::play(R"(
twin:
  stages:
    door: {reads: jobs, workers: 1, service: 2s, writes: a}
    hall: {reads: a, workers: 1, service: 6s}
load: {jobs: {arrivals: every 5s, first: 0s, count: 2}}
run: {length: 20s}
measures: [avg active_period(door), max active_period(hall), share bottleneck(door), share shifting(door), share bottleneck(hall), share shifting(hall)]
)");
    CHECK(played.at("avg active_period(door)") == 2);
    CHECK(played.at("max active_period(hall)") == 12);
    CHECK(played.at("share bottleneck(door)") == doctest::Approx(0.1));
    CHECK(played.at("share shifting(door)") == 0);
    CHECK(played.at("share bottleneck(hall)") == doctest::Approx(0.6));
    CHECK(played.at("share shifting(hall)") == 0);
}

TEST_CASE("held by a full queue behind it a station is not active, and its successor is the bottleneck") {
    // door ends its second at 2 s and holds it until hall takes it at 7 s.
    const auto played = tests::play(R"(
twin:
  stages:
    door: {reads: jobs, workers: 1, service: 1s, writes: a}
    hall: {reads: a, workers: 1, service: 6s, queue: {capacity: 0, full: block}}
load: {jobs: {arrivals: every 1s, first: 0s, count: 2}}
run: {length: 20s}
measures: [avg active_period(door), avg active_period(hall), share bottleneck(door), share bottleneck(hall)]
)");
    CHECK(played.at("avg active_period(door)") == 2);
    CHECK(played.at("avg active_period(hall)") == 12);
    CHECK(played.at("share bottleneck(hall)") == doctest::Approx(0.6));
    CHECK(played.at("share bottleneck(door)") == doctest::Approx(0.1));
}

TEST_CASE("down is active: what comes after waits for the repair") {
    const auto played = tests::play(R"(
twin:
  stages:
    hall: {reads: jobs, workers: 1, service: 1s}
load: {jobs: {arrivals: every 10s, first: 0s, count: 1}}
actions: [{at: 4s, for: 3s, fail: hall}]
run: {length: 20s}
measures: [avg active_period(hall), share bottleneck(hall)]
)");
    CHECK(played.at("avg active_period(hall)") == 2);
    CHECK(played.at("share bottleneck(hall)") == doctest::Approx(0.2));
}

TEST_CASE("mean active periods of known queues") {
    const auto mean = [](const std::string& workers, const std::string& service) {
        const auto played = tests::play(
            "twin: {stages: {hall: {reads: jobs, workers: " + workers + ", service: exponential(mean " +
            service +
            ")}}}\nload: {jobs: {arrivals: poisson(10/s)}}\nrun: {length: 40000s, seed: 5}\n"
            "measures: [avg active_period(hall), share bottleneck(hall), share shifting(hall)]\n");
        CHECK(played.at("share shifting(hall)") == 0);
        return std::pair(played.at("avg active_period(hall)"), played.at("share bottleneck(hall)"));
    };
    // All workers are at work for 1 / (capacity - rate) on average, and with Erlang's C as a share of time.
    const auto one = mean("1", "80ms");
    CHECK(one.first == doctest::Approx(1 / 2.5).epsilon(0.05));
    CHECK(one.second == doctest::Approx(0.8).epsilon(0.01));
    const auto two = mean("2", "150ms");
    CHECK(two.first == doctest::Approx(1 / (2 / 0.15 - 10)).epsilon(0.05));
    CHECK(two.second == doctest::Approx(0.642857).epsilon(0.02));
}

TEST_CASE("both paths of a simulation measure the same") {
    const auto of = [](const std::string& more) {
        return tests::play(R"(
twin:
  stages:
    one: {reads: jobs, workers: 1, service: exponential(mean 50ms), writes: a)" +
                           more + R"(}
    two: {reads: a, workers: 2, service: exponential(mean 170ms), writes: b)" +
                           more + R"(}
    three: {reads: b, workers: 1, service: exponential(mean 70ms))" +
                           more + R"(}
load: {jobs: {arrivals: poisson(10/s)}}
run: {length: 2000s, warm_up: 100s, seed: 3}
measures: [avg active_period(one), avg active_period(two), p(90) active_period(three), share bottleneck(one), share bottleneck(two), share bottleneck(three), share shifting(one), share shifting(two), share shifting(three)]
)");
    };
    // A priority takes a stage off the plain path and changes nothing.
    const auto plain = of(""), full = of(", priority: 1");
    CHECK(plain.values == full.values);
    CHECK(plain.at("share bottleneck(two)") > plain.at("share bottleneck(three)"));
    CHECK(plain.at("share shifting(one)") > 0);
}
