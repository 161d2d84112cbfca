// A load of a twin, and what logs have seen of it: calibrate_arrivals.h. Internal to tools/studies.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "kernel/time.h"
#include "models/recorded_run.h"
#include "models/scenario.h"
#include "tools/studies/calibrate_batches.h"
#include "tools/studies/calibrate_elements.h"
#include "tools/studies/calibrate_seen.h"

namespace understudy::studies {

/// Of one log, ascending, in its own time.
struct LogOfLoad {
    std::vector<kernel::Time> instants;
    const models::RecordedRun* run = nullptr;
    bool by_start = false;

    double span_s() const {
        return instants.size() < 2 ? 0 : kernel::to_seconds(instants.back() - instants.front());
    }
    std::size_t gaps() const { return instants.empty() ? 0 : instants.size() - 1; }
};

/// A load, and what was seen of it.
struct SeenLoad {
    const models::Load* load = nullptr;
    std::string stage;
    std::vector<LogOfLoad> logs;  ///< of batches: when each began
    std::optional<Batches> batches{};

    double all() const {
        double count = 0;
        for (const LogOfLoad& log : logs) count += static_cast<double>(log.instants.size());
        return count;
    }
};

/// By the path of the stage that reads it alone (loads_read_alone.h), of all such loads of the twin: when its items were
/// submitted, or started where the log does not say, what is tried again once. The twin must outlive it.
std::map<std::string, SeenLoad> loads_seen(const models::Scenario& twin, const WorkingElements& elements,
                                           const std::vector<SeenRun>& runs);

}  // namespace understudy::studies
