#include "models/simulation/replication.h"

#include <algorithm>

#include "models/simulation/state.h"

namespace understudy::models {

namespace {
/// So many events at one instant, and time will not pass any more.
constexpr std::uint64_t most_at_once = std::uint64_t{1} << 24;

/// Tells how far a replication is. Asked between blocks of events, so that the events pay nothing for it.
class Advance {
public:
    Advance(const Model& model, std::atomic<std::int64_t>* to) : to_(to), unit_(share_of(model)) {
        if (unit_ == ShareOf::simulated_time) whole_ = static_cast<double>(model.length);
        if (unit_ == ShareOf::tasks)
            for (const PipelineRow& pipeline : model.pipelines)
                whole_ +=
                    static_cast<double>(pipeline.due.size()) * static_cast<double>(pipeline.tasks.size());
    }
    void tell(const Simulation& simulation) {
        if (!to_ || unit_ == ShareOf::nothing) return;
        const double done = unit_ == ShareOf::simulated_time
                                ? static_cast<double>(simulation.now())
                                : static_cast<double>(simulation.state().tasks_ended());
        reach(static_cast<std::int64_t>(std::min(1.0, done / whole_) * parts_of_a_replication));
    }
    void end() {
        if (to_) reach(parts_of_a_replication);
    }

private:
    void reach(std::int64_t parts) {
        if (parts <= told_) return;
        to_->fetch_add(parts - told_, std::memory_order_relaxed);
        told_ = parts;
    }
    std::atomic<std::int64_t>* to_;
    ShareOf unit_;
    double whole_ = 0;
    std::int64_t told_ = 0;
};
}  // namespace

ShareOf share_of(const Model& model) {
    if (model.length != kernel::never) return ShareOf::simulated_time;
    std::size_t tasks = 0;
    for (const PipelineRow& pipeline : model.pipelines) {
        // Endless, or due whenever something else says so.
        if (pipeline.kind == Schedule::Kind::every || pipeline.due.empty()) return ShareOf::nothing;
        tasks += pipeline.tasks.size();
    }
    return tasks > 0 && model.loads.empty() ? ShareOf::tasks : ShareOf::nothing;
}

std::optional<ReplicationOutcome> run_replication(const std::shared_ptr<const Model>& model,
                                                  const ReplicationOptions& options) {
    Simulation simulation(State(model, options.seed, options.index, options.sink, options.recorded,
                                options.full, options.mirrored));
    State& state = simulation.state();
    Advance advance(*model, options.progress);
    ReplicationOutcome outcome;
    bool whole = true;
    try {
        state.start(simulation, options.warm_up);
        Time instant = 0;
        std::uint64_t before_instant = 0;
        while (simulation.run_events(1 << 16, model->length)) {
            if (options.stop && *options.stop) return std::nullopt;
            advance.tell(simulation);
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
        outcome.tallies.push_back(state.meter().tally(probe));
        outcome.observed.push_back(state.meter().observed(probe));
        outcome.series.push_back(state.meter().series(probe));
    }
    outcome.fingerprint = state.fingerprint();
    outcome.events = simulation.events_handled();
    outcome.end = simulation.now();
    outcome.items_left = state.items_present();
    outcome.alerts = state.alerts();
    outcome.draws_missing = state.recorded_draws_missing();
    advance.end();
    return outcome;
}

}  // namespace understudy::models
