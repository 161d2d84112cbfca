// The profile of a load while logs of it were written: what its curve adds up to between two arrivals. Internal to tools/studies.
//
// By the twin's calendar, with its weekends and hour changes, as a run that had begun with the log would have it.
#pragma once

#include <map>
#include <optional>
#include <vector>

#include "models/compile/intensity.h"
#include "models/scenario.h"
#include "tools/studies/seen_load.h"

namespace understudy::studies {

class ProfileInLogs {
public:
    /// Nothing for a twin or a log without dates, and of profiles that are not of a day or a week, which lie where the run
    /// begins.
    static std::optional<ProfileInLogs> find(const models::Scenario& twin, const models::Load& load,
                                             const std::vector<LogOfLoad>& logs);

    /// Seconds of intensity 1 between two arrivals of one of these logs, by their places.
    double seconds_between(const LogOfLoad& log, std::size_t from, std::size_t to) const;

private:
    std::map<const models::RecordedRun*, models::Intensity> of_log_;  ///< since the first arrival
};

}  // namespace understudy::studies
