// When something recurs: schedules of pipelines and refills, as written and as instants.
//
// A schedule as written knows its calendar; `instants` turns it into nanoseconds from the scenario's start,
// so that no time zone reaches the simulation. A local time that a zone skips is taken at the first instant
// after the gap; one that it doubles, at its first.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "kernel/time.h"

namespace understudy::models {

/// A minute pattern in local time, which all calendar schedules are read into (`daily at 05:00` is 0 5 * *
/// *).
struct CalendarPattern {
    std::uint64_t minutes = 0;        ///< bit m: minute m (0..59)
    std::uint32_t hours = 0;          ///< bit h: hour h (0..23)
    std::uint32_t days_of_month = 0;  ///< bit d: day d (1..31)
    std::uint16_t months = 0;         ///< bit m: month m (1..12)
    std::uint8_t days_of_week = 0;    ///< bit d: 0 is Sunday
    /// As cron: where both days are restricted, either suffices.
    bool either_day = false;
};

struct Schedule {
    enum class Kind {
        once,      ///< at the start
        every,     ///< each `period`, the first at the start of the scenario
        calendar,  ///< `pattern` in `zone`
        each,      ///< one run for each item of stream `name`
        updated,   ///< one run after an update of dataset `name`, coalesced while one is due
    };
    Kind kind = Kind::once;
    kernel::Time period = 0;
    CalendarPattern pattern;
    std::string zone;  ///< IANA name; empty: the scenario's
    std::string name;
    std::string text;  ///< as written
};

/// The same on every day, in a zone without summer time: it needs no date.
bool is_daily_everywhere(const Schedule& schedule, const std::string& zone_of_scenario);

/// A local wall-clock instant without zone, as `run.start` is written: nanoseconds since 1970-01-01T00:00
/// local.
struct LocalInstant {
    std::int64_t ns = 0;
};

/// Local time in `zone`, which must be known, of nanoseconds since 1970 in UTC: nanoseconds since 1970-01-01T00:00 local.
LocalInstant local_time(std::int64_t utc_ns, const std::string& zone);

/// Turns wall-clock times of a scenario into instants and back. Thread-safe after construction.
class Calendar {
public:
    /// `zone` must be known (see zone_exists). `start` is local time in `zone`.
    Calendar(LocalInstant start, const std::string& zone);

    static bool zone_exists(const std::string& zone);

    /// All instants of a `once`, `every` or `calendar` schedule in [0, end), ascending.
    std::vector<kernel::Time> instants(const Schedule& schedule, kernel::Time end) const;

    /// The instant of wall-clock `time_of_day` (ns since local midnight) on the local day of `instant`, in
    /// the scenario's zone.
    kernel::Time on_day_of(kernel::Time instant, std::int64_t time_of_day) const;

    /// The instant of a local time, before the start or after it.
    kernel::Time instant_of(LocalInstant local) const;

    /// ISO 8601 local time with offset, to the second: "2026-03-09T05:00:00+01:00".
    std::string text(kernel::Time instant) const;

    const std::string& zone() const { return zone_; }

private:
    std::string zone_;
    std::int64_t start_utc_ns_ = 0;
};

}  // namespace understudy::models
