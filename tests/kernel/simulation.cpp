// Promised: a simulation is a value; a copy is a snapshot that goes on by itself and ends as the original would
// have. The clock stands where the contract says. Shown: a small branching process whose history is recorded in
// its state, run in one go, in pieces, and from copies taken at every event. Stretches that a state
// handles by itself count as if they had been handled one by one.
#include "kernel/simulation.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <cstdint>
#include <vector>

#include "kernel/random.h"

using namespace understudy::kernel;

namespace {

/// Each event schedules up to two more and sometimes cancels the one scheduled before; all choices come from the
/// state, so that a copy makes the same ones.
struct Branching {
    struct Event {
        std::uint32_t number;
    };
    std::uint64_t random = 1;
    std::uint32_t next_number = 1;
    EventHandle latest = no_event;
    std::vector<std::pair<Time, std::uint32_t>> history;

    std::uint64_t draw() { return random = mix_bits(random + 0x9E3779B97F4A7C15ULL); }
    void handle(Simulation<Branching>& simulation, const Event& event) {
        history.emplace_back(simulation.now(), event.number);
        const std::size_t pending = simulation.pending().size();
        if (draw() % 4 == 0 && pending > 3) simulation.cancel(latest);
        const std::uint64_t more = pending < 3 ? 2 : pending > 30 ? 0 : draw() % 3;
        for (std::uint64_t i = 0; i < more; ++i)
            latest = simulation.schedule(simulation.now() + static_cast<Time>(draw() % 5),
                                         static_cast<unsigned>(draw() % 8), {next_number++});
    }
};

Simulation<Branching> started() {
    Simulation<Branching> simulation{Branching{}};
    simulation.schedule(0, 0, {0});
    return simulation;
}

}  // namespace

TEST_CASE("a copy at any instant ends as the original does, and neither disturbs the other") {
    Simulation<Branching> whole = started();
    whole.run_until(200);
    REQUIRE(whole.state().history.size() > 200);

    Simulation<Branching> original = started();
    for (int i = 0; i < 150; ++i) {
        REQUIRE(original.run_events(1, 200));
        const std::size_t so_far = original.state().history.size();
        Simulation<Branching> copy = original;
        copy.run_until(200);
        CHECK(copy.state().history == whole.state().history);
        CHECK(copy.events_handled() == whole.events_handled());
        CHECK(original.state().history.size() == so_far);
    }
    original.run_until(200);
    CHECK(original.state().history == whole.state().history);
}

TEST_CASE("a fork that is changed goes another way, the original does not") {
    Simulation<Branching> whole = started();
    whole.run_until(100);
    Simulation<Branching> original = started();
    original.run_until(40);
    Simulation<Branching> fork = original;
    fork.state().random ^= 1;
    fork.run_until(100);
    original.run_until(100);
    CHECK(original.state().history == whole.state().history);
    CHECK(fork.state().history != whole.state().history);
}

TEST_CASE("the clock stands at the end asked for, at the last event, or where the run was stopped") {
    struct Quiet {
        struct Event {
            bool stop;
        };
        int handled = 0;
        void handle(Simulation<Quiet>& simulation, const Event& event) {
            ++handled;
            if (event.stop) simulation.stop();
        }
    };
    Simulation<Quiet> simulation{Quiet{}};
    simulation.schedule(10, 0, {false});
    simulation.schedule(20, 0, {false});
    simulation.run_until(10);  // the end belongs to the run
    CHECK(simulation.now() == 10);
    CHECK(simulation.state().handled == 1);
    simulation.run_until(15);
    CHECK(simulation.now() == 15);
    CHECK(simulation.state().handled == 1);
    simulation.run_until(never);
    CHECK(simulation.now() == 20);
    CHECK(simulation.pending().empty());

    Simulation<Quiet> stopped{Quiet{}};
    stopped.schedule(10, 0, {true});
    stopped.schedule(10, 1, {false});
    stopped.run_until(50);
    CHECK(stopped.stopped());
    CHECK(stopped.now() == 10);
    CHECK(stopped.state().handled == 1);
    CHECK(stopped.pending().size() == 1);
    CHECK_FALSE(stopped.run_events(1, never));
}

TEST_CASE("run_events counts, and says when there is nothing more to do before the end") {
    Simulation<Branching> simulation = started();
    CHECK(simulation.run_events(7, 1000));
    CHECK(simulation.events_handled() == 7);
    CHECK(simulation.run_events(0, 1000));
    const Time here = simulation.now();
    CHECK_FALSE(simulation.run_events(1'000'000, here));
    CHECK(simulation.now() == here);
    CHECK(simulation.pending().size() > 0);
}

namespace {

/// Counts down, one event a second; or, asked for a stretch, several at once.
struct Countdown {
    struct Event {
        std::uint32_t left;
    };
    bool sweeps = false;
    std::vector<std::pair<Time, std::uint32_t>> one_by_one;

    void handle(Simulation<Countdown>& simulation, const Event& event) {
        one_by_one.emplace_back(simulation.now(), event.left);
        if (event.left > 0) simulation.schedule(simulation.now() + 1, 0, {event.left - 1});
    }
    Swept sweep(Simulation<Countdown>& simulation, std::uint64_t count, Time end) {
        if (!sweeps || simulation.pending().empty()) return {};
        Time first = never;
        std::uint32_t left = 0;
        simulation.pending().for_each([&](Time at, const Event& event) { first = at, left = event.left; });
        const auto steps = static_cast<std::uint32_t>(std::min<std::uint64_t>({count, 5, left}));
        if (first + steps > end || steps == 0) return {};
        simulation.pass(first + steps, first + steps - 1, steps - 1);
        simulation.schedule(first + steps, 0, {left - steps});
        return {steps, 2};
    }
};

}  // namespace

TEST_CASE("what a state sweeps counts as handled, and what is left goes one by one") {
    Simulation<Countdown> plain{Countdown{}}, swept{Countdown{true, {}}};
    for (Simulation<Countdown>* each : {&plain, &swept}) {
        each->schedule(3, 0, {100});
        CHECK(each->run_events(50, 1000));
        CHECK(each->events_handled() == 50);
        each->run_until(60);
        CHECK(each->events_handled() == 58);
        CHECK(each->now() == 60);
        CHECK(each->pending().size() == 1);
        each->run_until(1000);
        CHECK(each->events_handled() == 101);
        CHECK(each->pending().empty());
    }
    CHECK(plain.state().one_by_one.size() == 101);
    CHECK(swept.state().one_by_one.size() < 40);
    CHECK(swept.state().one_by_one.back() == plain.state().one_by_one.back());
}
