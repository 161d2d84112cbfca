// A simulation: a model's state, a virtual clock and the pending events. A value: copying it is a snapshot,
// and a copy goes on by itself (forks, rehearsals of a rollback, forecasts from the present state).
//
// State is any copyable type with `using Event = ...` (trivially copyable) and
// `void handle(Simulation<State>&, Event)`, called for each event in the queue's order with the clock
// at the event's instant. The handler schedules through the simulation it is given and keeps no pointer to
// it. Errors: scheduling in the past is a broken invariant. Not thread-safe.
//
// A State may instead handle its events in one of several ways, where questions with the same answer for many events
// are asked once and not at each: `bool with_handling(std::size_t pending, const Loop& loop)` calls loop(way) once, and
// returns what it returns, with an object that has `void handle(State&, Simulation<State>&, Event) const`. Each way
// gets a loop of its own, and is a part of it. It may have `void foresee(const State&, Event, unsigned step) const`, to
// fetch from memory what an event to come will need (EventQueue::pop_until()), which changes nothing.
//
// A State that can tell by itself what many events come to may have `Swept sweep(Simulation<State>&, std::uint64_t
// count, Time end)`: it handles up to `count` events at or before `end` in one go, in whatever order gives what one
// after the other would give, and tells of them with pass(); it may always handle none.
#pragma once

#include <algorithm>
#include <utility>

#include "kernel/event_queue.h"

namespace understudy::kernel {

/// What a State has handled by itself.
struct Swept {
    std::uint64_t events = 0;  ///< how many
    /// So many are to be handled one by one before it is asked again.
    std::uint64_t one_by_one = ~std::uint64_t{0};
};

template <class State>
class Simulation {
public:
    using Event = typename State::Event;

    explicit Simulation(State state) : state_(std::move(state)) {}

    Time now() const { return now_; }
    State& state() { return state_; }
    const State& state() const { return state_; }
    const EventQueue<Event>& pending() const { return queue_; }
    std::uint64_t events_handled() const { return queue_.taken(); }

    [[gnu::always_inline]] EventHandle schedule(Time time, unsigned rank, const Event& event) {
        require(time >= now_, "an event was scheduled in the past");
        return queue_.schedule(time, rank, event);
    }
    bool cancel(EventHandle handle) { return queue_.cancel(handle); }

    /// Ends the run after the event that is being handled.
    void stop() { stopped_ = true; }
    bool stopped() const { return stopped_; }
    /// Takes a stop() back: events are handled again, from the next one on.
    void go_on() { stopped_ = false; }

    /// Handles up to `count` events at or before `end`; false once there are no more of them or the run was
    /// stopped.
    [[gnu::noinline]] bool run_events(std::uint64_t count, Time end) {
        if constexpr (requires { state_.sweep(*this, count, end); }) {
            while (count > 0 && !stopped_) {
                const Swept swept = state_.sweep(*this, count, end);
                count -= swept.events;
                const std::uint64_t part = std::min(count, swept.one_by_one);
                if (!handle_events(part, end)) return false;
                count -= part;
            }
            return !stopped_;
        } else {
            return handle_events(count, end);
        }
    }

    /// For a State that sweeps: takes out all that is pending before `end`, from which `further` events followed, all of
    /// them handled by it; the last one was at `last`.
    void pass(Time end, Time last, std::uint64_t further) {
        require(last >= now_ && last < end, "what was swept lies in the past or after the end");
        for (typename EventQueue<Event>::Event event; queue_.pop_until(end - 1, event);) {
        }
        queue_.count_passed(further);
        now_ = last;
    }

    /// Handles all events at or before `end`, or until stop() or nothing is pending. The clock then stands at
    /// `end`, or at the last event if `end` is `never` or the run was stopped.
    void run_until(Time end) {
        while (run_events(~std::uint64_t{0}, end)) {
        }
        if (!stopped_ && end != never) now_ = end;
    }

private:
    struct OwnHandling {
        void handle(State& state, Simulation& simulation, const Event& event) const {
            state.handle(simulation, event);
        }
    };

    struct Loop {
        Simulation& simulation;
        std::uint64_t count;
        Time end;
        bool operator()(const auto& way) const { return simulation.run_events(count, end, way); }
    };

    bool handle_events(std::uint64_t count, Time end) {
        const Loop loop{*this, count, end};
        if constexpr (requires { state_.with_handling(queue_.size(), loop); })
            return state_.with_handling(queue_.size(), loop);
        else
            return loop(OwnHandling{});
    }

    template <class Way>
    [[gnu::noinline]] bool run_events(std::uint64_t count, Time end, const Way& way) {
        for (; count > 0; --count) {
            if (stopped_) return false;
            typename EventQueue<Event>::Event next;
            if (!take_next(end, next, way)) return false;
            now_ = next.time;
            way.handle(state_, *this, next.payload);
        }
        return true;
    }

    template <class Way>
    bool take_next(Time end, typename EventQueue<Event>::Event& next, const Way& way) {
        if constexpr (requires(const Event& event) { way.foresee(state_, event, 0U); })
            return queue_.pop_until(
                end, next, [&](const Event& event, unsigned step) { way.foresee(state_, event, step); });
        else
            return queue_.pop_until(end, next);
    }

    Time now_ = 0;
    EventQueue<Event> queue_;
    State state_;
    bool stopped_ = false;
};

}  // namespace understudy::kernel
