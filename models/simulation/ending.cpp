#include "models/simulation/ending.h"

namespace understudy::models {

void end_replication(Simulation& simulation, bool whole, ReplicationOutcome& outcome) {
    State& state = simulation.state();
    state.finish(simulation);
    // Outgrown in the middle of an event, the rows are not to be counted.
    if (whole) state.check_conservation(simulation);
    outcome.overdue.resize(state.model().probes.size());
    for (Index probe = 0; probe < state.model().probes.size(); ++probe) {
        const ProbeRow& row = state.model().probes[probe];
        if (whole && row.overdue_after != kernel::never)
            for (const Time taken : state.overdue(row, row.overdue_after, SIZE_MAX, simulation.now())) {
                state.meter().observe_overdue(probe, taken);
                ++outcome.overdue[probe];
            }
        outcome.values.push_back(state.meter().value(probe, simulation.now()));
        outcome.tallies.push_back(state.meter().tally(probe));
        outcome.observed.push_back(state.meter().observed(probe));
        outcome.missed.push_back(state.missed_deadlines(probe));
        outcome.series.push_back(state.meter().series(probe));
    }
    outcome.fingerprint = state.fingerprint();
    outcome.events = simulation.events_handled();
    outcome.end = simulation.now();
    outcome.items_left = state.items_present();
    outcome.alerts = state.alerts();
    outcome.draws_missing = state.recorded_draws_missing();
    outcome.log_rows_missing = state.log_rows_missing();
}

}  // namespace understudy::models
