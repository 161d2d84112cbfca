#include "tools/studies/calibrate_arrivals.h"

#include <algorithm>
#include <map>
#include <string>

#include "tools/studies/burst_arrivals.h"
#include "tools/studies/calibrate_elements.h"
#include "tools/studies/load_fit.h"

namespace understudy::studies {

namespace {

bool can_be_fitted(const models::Load& load) {
    return load.arrivals.kind == models::Arrivals::Kind::poisson ||
           load.arrivals.kind == models::Arrivals::Kind::every || bursts_of(load.arrivals);
}

/// What comes in batches is looked at by when they began.
void take_together(SeenLoad& seen) {
    std::vector<std::vector<Time>> logs;
    Time resolution = 0;
    for (const LogOfLoad& log : seen.logs) {
        logs.push_back(log.instants);
        resolution = std::max(resolution, log.run->resolution);
    }
    seen.batches = batches_of(logs, resolution);
    for (std::size_t i = 0; seen.batches && i < seen.logs.size(); ++i)
        seen.logs[i].instants = seen.batches->starts[i];
}

}  // namespace

void calibrate_arrivals(const models::Scenario& twin, const std::vector<SeenRun>& runs,
                        const CalibrationOptions& options, Calibration& into) {
    const WorkingElements elements(twin, runs);
    std::map<std::string, SeenLoad> loads = loads_seen(twin, elements, runs);
    Validation validation;
    validation.of = "arrivals";
    for (auto& [path, seen] : loads) {
        if (options.stop != nullptr && *options.stop) {
            into.interrupted = true;
            return;
        }
        if (seen.logs.empty()) continue;
        take_together(seen);
        if (!can_be_fitted(*seen.load) || (!seen.load->items.empty() && !seen.batches)) {
            into.notes.push_back(seen.load->name + ": its arrivals are left as they are: " +
                                 (can_be_fitted(*seen.load)
                                      ? "they come in groups, which the logs do not tell"
                                      : "the twin says more of them than the logs could"));
            continue;
        }
        LoadFit(twin, seen, options, into, validation).fit();
    }
    if (!validation.held_out.empty()) into.validations.push_back(summarised(validation));
}

}  // namespace understudy::studies
