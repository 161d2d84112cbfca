#include "tools/studies/calibrate_arrivals.h"

#include <algorithm>
#include <map>
#include <string>
#include <unordered_set>

#include "tools/studies/burst_arrivals.h"
#include "tools/studies/calibrate_elements.h"
#include "tools/studies/calibrate_tries.h"
#include "tools/studies/load_fit.h"
#include "tools/studies/loads_read_alone.h"

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

/// By the path of the stage.
std::map<std::string, SeenLoad> loads_by_stage(const models::Scenario& twin) {
    std::map<std::string, SeenLoad> loads;
    for (const auto& [stage, load] : loads_read_alone(twin)) loads[stage] = {load, stage, {}, {}};
    return loads;
}

}  // namespace

void calibrate_arrivals(const models::Scenario& twin, const std::vector<SeenRun>& runs,
                        const CalibrationOptions& options, Calibration& into) {
    const WorkingElements elements(twin, runs);
    std::map<std::string, SeenLoad> loads = loads_by_stage(twin);
    if (loads.empty()) return;
    // What is tried again came once.
    std::map<std::string, Attempts> attempts;
    for (const SeenRun& run : runs)
        for (const models::RecordedTask* task : run.ended)
            if (const auto found = elements.of(*task);
                found.size() == 1 && loads.contains(found.front()->path))
                attempts[found.front()->path].add(run, *task);
    std::unordered_set<const models::RecordedTask*> later;
    for (const auto& [path, of_load] : attempts)
        for (const models::RecordedTask* task : of_load.tries().later) later.insert(task);
    for (const SeenRun& run : runs) {
        if (run.run == nullptr) continue;
        std::map<std::string, LogOfLoad> of_run;
        for (const auto* tasks : {&run.ended, &run.open})
            for (const models::RecordedTask* task : *tasks) {
                if (task->attempt > 1 || later.contains(task)) continue;
                const auto& instant = task->submitted ? task->submitted : task->started;
                if (!instant) continue;
                const std::vector<const WorkingElement*> found = elements.of(*task);
                if (found.size() != 1 || !loads.contains(found.front()->path)) continue;
                LogOfLoad& seen = of_run[found.front()->path];
                seen.run = run.run;
                seen.by_start = seen.by_start || !task->submitted;
                seen.instants.push_back(*instant);
            }
        for (auto& [path, seen] : of_run) {
            std::sort(seen.instants.begin(), seen.instants.end());
            loads[path].logs.push_back(std::move(seen));
        }
    }
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
