#include "models/simulation/replication.h"

#include "models/simulation/state.h"

namespace understudy::models {

namespace {
/// So many events at one instant, and time will not pass any more.
constexpr std::uint64_t most_at_once = std::uint64_t{1} << 24;
}  // namespace

std::optional<ReplicationOutcome> run_replication(const std::shared_ptr<const Model>& model,
                                                  const ReplicationOptions& options) {
    Simulation simulation(
        State(model, options.seed, options.index, options.sink, options.recorded, options.full));
    State& state = simulation.state();
    ReplicationOutcome outcome;
    bool whole = true;
    try {
        state.start(simulation, options.warm_up);
        Time instant = 0;
        std::uint64_t before_instant = 0;
        while (simulation.run_events(1 << 16, model->length)) {
            if (options.stop && *options.stop) return std::nullopt;
            if (simulation.now() > instant) {
                instant = simulation.now();
                before_instant = simulation.events_handled();
            } else if (simulation.events_handled() - before_instant > most_at_once) {
                outcome.stopped =
                    "time stands still: over 16 million things happen at one instant (a retry without a "
                    "pause, "
                    "a loop without a service?)";
                break;
            }
        }
    } catch (const Outgrown&) {
        outcome.stopped = "more than 10 million items are in the system: it receives more than it can do";
        whole = false;
    }
    outcome.broken_off = !outcome.stopped.empty();
    if (outcome.stopped.empty()) outcome.stopped = state.stop_reason();
    outcome.deadlock = state.deadlocked(simulation);
    if (outcome.stopped.empty() && model->length != kernel::never) simulation.run_until(model->length);
    state.finish(simulation);
    // Outgrown in the middle of an event, the rows are not to be counted.
    if (whole) state.check_conservation(simulation);
    for (Index probe = 0; probe < model->probes.size(); ++probe) {
        outcome.values.push_back(state.meter().value(probe, simulation.now()));
        outcome.series.push_back(state.meter().series(probe));
    }
    outcome.fingerprint = state.fingerprint();
    outcome.events = simulation.events_handled();
    outcome.end = simulation.now();
    outcome.items_left = state.items_present();
    outcome.alerts = state.alerts();
    outcome.draws_missing = state.recorded_draws_missing();
    return outcome;
}

}  // namespace understudy::models
