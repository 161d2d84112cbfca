// Dates without a zone, taken as of a place.
//
// A date that says no zone is read as of UTC; where a twin has a zone, its logs are of that zone: a twin that is busy from
// nine to five has a log that is. An hour that comes twice is the first of
// the two, one that is left out is the end of the gap. Thread-safe; throws std::runtime_error of an unknown zone.
#pragma once

#include <cstdint>
#include <string>

#include "models/observed_events.h"
#include "models/recorded_run.h"
#include "models/schedule.h"

namespace understudy::models {

class LocalDates {
public:
    explicit LocalDates(const std::string& zone);
    /// Of an instant read as of UTC: that of the same date and clock in the zone.
    std::int64_t in_zone(std::int64_t ns) const;

    /// Of a log with dates that say no zone, all read as of UTC. The run's `zone` is then this one.
    void move(RecordedRun& run) const;
    void move(ObservedEvents& log) const;

private:
    std::string zone_;
    Calendar calendar_;
    std::int64_t begin_ns_;  ///< of 1970 in the zone
};

}  // namespace understudy::models
