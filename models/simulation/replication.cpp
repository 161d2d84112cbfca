#include "models/simulation/replication.h"

#include "models/simulation/state.h"

namespace understudy::models {

namespace {
/// Beyond this the load has outgrown the model: the run ends with a reason instead of eating the memory.
constexpr std::size_t most_items = 20'000'000;
}  // namespace

std::optional<ReplicationOutcome> run_replication(const std::shared_ptr<const Model>& model,
                                                  const ReplicationOptions& options) {
    Simulation simulation(State(model, options.seed, options.index, options.sink, options.recorded));
    State& state = simulation.state();
    state.start(simulation, options.warm_up);
    ReplicationOutcome outcome;
    while (simulation.run_events(1 << 16, model->length)) {
        if (options.stop && *options.stop) return std::nullopt;
        if (state.items_present() > most_items) {
            outcome.stopped = "more than 20 million items are in the system: it receives more than it can do";
            break;
        }
    }
    if (outcome.stopped.empty()) outcome.stopped = state.stop_reason();
    outcome.deadlock = state.deadlocked(simulation);
    if (outcome.stopped.empty() && model->length != kernel::never) simulation.run_until(model->length);
    state.finish(simulation);
    state.check_conservation(simulation);
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
