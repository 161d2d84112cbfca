#include "models/simulation/running.h"

#include <algorithm>
#include <string>
#include <utility>

#include "kernel/invariant.h"
#include "models/simulation/ending.h"
#include "models/simulation/state.h"

namespace understudy::models {

struct Running::Parts {
    Parts(const std::shared_ptr<const Model>& model, const ReplicationOptions& how)
        : simulation(State(model, how.seed, how.index, nullptr, nullptr, how.full, how.mirrored)),
          stop(how.stop) {
        kernel::require(model->length != kernel::never, "a run that is stepped through has a length");
        try {
            simulation.state().start(simulation, how.warm_up);
        } catch (const Outgrown&) {
            outgrow();
        }
    }

    Simulation simulation;
    const std::atomic<bool>* stop;
    Stillness stillness;
    std::string broken_off;
    bool outgrown = false, given_up = false;
    std::vector<Index> yields;

    void outgrow() {
        broken_off = outgrown_reason;
        outgrown = true;
    }

    bool over() {
        return given_up || !broken_off.empty() ||
               (simulation.stopped() && !simulation.state().stop_reason().empty());
    }

    Pause go_to(Time instant) {
        instant = std::min(instant, simulation.state().model().length);
        if (over()) return Pause::over;
        try {
            while (simulation.run_events(1 << 16, instant)) {
                given_up = stop && *stop;
                if (!given_up && stillness.found(simulation)) broken_off = Stillness::reason;
                if (over()) return Pause::over;
            }
        } catch (const Outgrown&) {
            outgrow();
        }
        if (over()) return Pause::over;
        if (simulation.stopped()) {
            simulation.go_on();
            const std::vector<Index> more = simulation.state().take_yields();
            yields.insert(yields.end(), more.begin(), more.end());
            return Pause::yielded;
        }
        simulation.run_until(instant);
        return Pause::reached;
    }
};

Running::Running(const std::shared_ptr<const Model>& model, const ReplicationOptions& options)
    : parts_(std::make_unique<Parts>(model, options)) {}
Running::Running(const Running& other) : parts_(std::make_unique<Parts>(*other.parts_)) {}
Running::Running(Running&&) noexcept = default;
Running& Running::operator=(Running&&) noexcept = default;
Running::~Running() = default;

kernel::Time Running::now() const { return parts_->simulation.now(); }

Running::Pause Running::go_to(kernel::Time instant) { return parts_->go_to(instant); }

std::vector<Index> Running::yielded() { return std::exchange(parts_->yields, {}); }

bool Running::has_come(Index action) const {
    return parts_->simulation.state().has_come(parts_->simulation, action);
}

RewindGap Running::rewind_gap(Index stage, kernel::Time since, kernel::Time at, kernel::Time back) const {
    return parts_->simulation.state().rewind_gap(stage, since, at, back);
}

MadeUpGap Running::made_up_gap(Index action, kernel::Time since, kernel::Time at) const {
    const State& state = parts_->simulation.state();
    return state.made_up_gap(state.model().actions[action], since, at);
}

void Running::act(Index action, kernel::Time at) {
    parts_->simulation.state().ask(parts_->simulation, at, action, false);
}

void Running::undo(Index action, kernel::Time at) {
    parts_->simulation.state().ask(parts_->simulation, at, action, true);
}

void Running::forget(Index action) {
    parts_->simulation.state().meter().forget(action, parts_->simulation.now());
}

std::vector<std::optional<double>> Running::values() const {
    Parts copy = *parts_;
    ReplicationOutcome outcome;
    end_replication(copy.simulation, !copy.outgrown, outcome);
    return std::move(outcome.values);
}

Running::Look Running::look(Index probe) {
    Meter& meter = parts_->simulation.state().meter();
    Look seen;
    seen.value = meter.value(probe, parts_->simulation.now());
    seen.tally = meter.tally(probe);
    seen.observed = meter.observed(probe);
    return seen;
}

std::vector<kernel::Time> Running::overdue(Index probe, kernel::Time limit, std::size_t most) const {
    const State& state = parts_->simulation.state();
    return state.overdue(state.model().probes[probe], limit, most, parts_->simulation.now());
}

std::optional<ReplicationOutcome> Running::finish() && {
    const Time end = parts_->simulation.state().model().length;
    while (parts_->go_to(end) == Pause::yielded) {
    }
    if (parts_->given_up) return std::nullopt;
    ReplicationOutcome outcome;
    outcome.stopped = parts_->broken_off;
    outcome.broken_off = !outcome.stopped.empty();
    if (outcome.stopped.empty()) outcome.stopped = parts_->simulation.state().stop_reason();
    outcome.deadlock = parts_->simulation.state().deadlocked(parts_->simulation);
    end_replication(parts_->simulation, !parts_->outgrown, outcome);
    return outcome;
}

}  // namespace understudy::models
