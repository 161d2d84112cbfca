// Arrivals by the hour of the day, and weekends: counts of whole local days, held against the day and the chance by an
// analysis of variance of their square roots (Anscombe 1948), at 1 percent. Internal to tools/studies; pure.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <vector>

#include "models/recorded_run.h"
#include "models/scenario.h"
#include "tools/studies/seen_load.h"

namespace understudy::studies {

/// Counts of whole local days by parts of them.
struct Days {
    std::int64_t parts = 0;                   ///< of a day
    std::int64_t choices = 1;                 ///< numbers of parts that these were chosen from
    std::vector<std::vector<double>> counts;  ///< by day and part
    std::vector<bool> weekend;                ///< by day
    double all() const {
        double sum = 0;
        for (const auto& day : counts)
            for (const double count : day) sum += count;
        return sum;
    }
    double of_weekends() const {
        double sum = 0;
        for (std::size_t d = 0; d < counts.size(); ++d)
            if (weekend[d])
                for (const double count : counts[d]) sum += count;
        return sum;
    }
    double mean_of_days(bool of_weekend) const {
        double sum = 0, days = 0;
        for (std::size_t d = 0; d < counts.size(); ++d) {
            if (weekend[d] != of_weekend) continue;
            for (const double count : counts[d]) sum += count;
            ++days;
        }
        return days > 0 ? sum / days : 0;
    }
};

/// What the hours have to do with it.
struct ByHour {
    std::vector<double> levels;     ///< by part of the day, 1 in the mean
    std::optional<double> weekend;  ///< as a multiple of the other days
    std::vector<double>
        weekend_levels;     ///< by part, `weekend` in the mean; empty: those of the other days times that
    double per_day = 0;     ///< arrivals of a day that is no weekend
    double dispersion = 1;  ///< of counts about that
    double degrees = 0;     ///< that it was found with

    double level(std::size_t part, bool on_weekend) const {
        if (on_weekend && !weekend_levels.empty()) return weekend_levels[part];
        return levels[part] * (on_weekend ? weekend.value_or(1) : 1);
    }
};

/// An instant of a log on the clock of the twin, where that has one; else on the log's.
std::int64_t local_ns(const models::Run& clock, const models::RecordedRun& run, kernel::Time instant);

/// Of whole local days by their number since 1970: nanoseconds since midnight, ascending. Nothing of logs without dates.
std::map<std::int64_t, std::vector<kernel::Time>> instants_by_day(const models::Run& clock,
                                                                  const std::vector<LogOfLoad>& logs);

/// Saturday or Sunday.
bool is_weekend(std::int64_t day);

/// In so many parts of a day as tell the most (AIC of their rates), each with five arrivals of all days in the mean; nothing
/// without dates, for fewer than three days, or where there are too few arrivals for four parts.
std::optional<Days> whole_days(const models::Run& clock, const std::vector<LogOfLoad>& logs);

/// Nothing where neither the hours nor the weekends matter. Weekends have hours of their own where their arrivals are spread
/// over the day in another way (Pearson's test of two rows of counts, at 1 percent). `weekends`: they may be told from other days.
std::optional<ByHour> hours_of(const Days& days, bool weekends);

/// What the rate of a profile adds up to between two local instants, as arrivals. `parts` of a day.
double expected_between(const ByHour& by_hour, std::int64_t parts, std::int64_t from, std::int64_t until);

}  // namespace understudy::studies
