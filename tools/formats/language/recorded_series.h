// What a series of a profile is in a run: rows of a log that are counted from the first, or have dates.
//
// Beside `run.start` rows with dates and a period of the calendar (1d, 1w) stand at their clock time. Else they are counted
// from the first, and what somebody will not have meant is warned of: another time of day, rows that stay away, and rows
// that end before the run does. Used by scenario_reader.cpp.
#pragma once

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "models/scenario.h"
#include "tools/formats/language/map_reader.h"
#include "tools/formats/language/values.h"

namespace understudy::formats {

using SeriesPoints = std::vector<std::pair<kernel::Time, double>>;

/// How far the rows of a series are apart.
struct Distances {
    kernel::Time usual = 0, longest = 0, before_longest = 0;
    bool even = false;  ///< mostly the usual one; a log of changes has none
};

inline std::optional<Distances> distances_of(const SeriesPoints& points) {
    constexpr double mostly = 0.8;
    if (points.size() < 2) return std::nullopt;
    std::vector<kernel::Time> sorted;
    Distances found;
    for (std::size_t i = 1; i < points.size(); ++i) {
        sorted.push_back(points[i].first - points[i - 1].first);
        if (sorted.back() <= found.longest) continue;
        found.longest = sorted.back();
        found.before_longest = points[i - 1].first;
    }
    std::sort(sorted.begin(), sorted.end());
    found.usual = sorted[sorted.size() / 2];
    const auto same = std::count(sorted.begin(), sorted.end(), found.usual);
    found.even = static_cast<double>(same) >= mostly * static_cast<double>(sorted.size());
    return found;
}

/// Where a value stands for longer than whoever has recorded it will have meant.
inline void warn_of_gaps(Reading& reading, const Node& node, const SeriesPoints& points,
                         const models::Run& run, bool repeats) {
    constexpr std::size_t fewest = 5;
    constexpr kernel::Time long_enough = 3;
    const auto distances = distances_of(points);
    if (!distances) return;
    if (points.size() >= fewest && distances->even && distances->longest / long_enough >= distances->usual)
        reading.out.warning(
            node.place,
            fmt::format("the rows of '{}' come every {}, and none for {} from {} after the first on: the "
                        "value before stands for all of it",
                        node.text, print_duration(distances->usual), print_duration(distances->longest),
                        print_duration(distances->before_longest)));
    if (repeats || !run.length) return;
    const kernel::Time last = points.back().first, rest = *run.length - last;
    if (rest <= (distances->even ? distances->usual : distances->longest)) return;
    reading.out.warning(
        node.place,
        fmt::format("the rows of '{}' end {} after the first: the last value stands for the {} that are left "
                    "of the run",
                    node.text, print_duration(last), print_duration(rest)),
        distances->even ? fmt::format("'period: {}' repeats them", print_duration(last + distances->usual))
                        : "a 'period' repeats them");
}

/// "06:30".
inline std::string clock_text(kernel::Time of_day) {
    return fmt::format("{:02}:{:02}", of_day / kernel::hour, of_day % kernel::hour / kernel::minute);
}

inline kernel::Time within(std::int64_t ns, kernel::Time period) { return (ns % period + period) % period; }

/// Rows that have dates, in a period of the calendar: each at its clock time, on its day of the week; of two rows of one
/// clock time the first stands.
inline SeriesPoints by_the_clock(const SeriesPoints& points, std::int64_t first_date, const std::string& zone,
                                 kernel::Time period) {
    constexpr std::int64_t a_monday = 4 * kernel::day;  // 1970-01-05
    std::map<kernel::Time, double> placed;
    for (const auto& [at, value] : points)
        placed.emplace(within(models::local_time(first_date + at, zone).ns - a_monday, period), value);
    // What the period ends with holds at its beginning.
    placed.emplace(0, placed.rbegin()->second);
    return {placed.begin(), placed.end()};
}

/// Dates do not place the rows where the period is none of the calendar.
inline void warn_of_other_clock(Reading& reading, const Node& node, std::int64_t first_date,
                                const models::Run& run) {
    const kernel::Time of_row = within(models::local_time(first_date, run.zone).ns, kernel::day);
    const kernel::Time of_run = within(run.start->ns, kernel::day);
    const kernel::Time apart = within(of_row - of_run, kernel::day);
    if (std::min(apart, kernel::day - apart) < kernel::minute) return;
    reading.out.warning(
        node.place,
        fmt::format("the first row of '{}', of {}, is played at {}, when the run starts", node.text,
                    clock_text(of_row), clock_text(of_run)),
        fmt::format("start the run at {}, or give a 'period' of 1d or 1w, whose rows go by their clock time",
                    clock_text(of_row)));
}

/// `profile`, read without an error, has the rows by their time from the first on; where they have dates, that was at
/// `first_date` (in ns since 1970). `node` is the name of the series.
inline void place_series(Reading& reading, const Node& node, models::Profile& profile,
                         std::optional<std::int64_t> first_date, const models::Run& run) {
    const bool dated = first_date && run.start;
    const bool by_clock =
        dated && profile.period && (*profile.period == kernel::day || *profile.period == kernel::week);
    const auto local = [&](kernel::Time at) { return models::local_time(*first_date + at, run.zone).ns; };
    const kernel::Time last = profile.points.back().first;
    const kernel::Time span = by_clock ? local(last) - local(0) : last;
    if (profile.period && span >= *profile.period)
        return reading.error(
            node, fmt::format("the log goes on for {}, longer than the period", print_duration(last)),
            "leave 'period' out, or make it longer");
    warn_of_gaps(reading, node, profile.points, run, profile.period.has_value());
    if (by_clock)
        profile.points = by_the_clock(profile.points, *first_date, run.zone, *profile.period);
    else if (dated && (!profile.period || *profile.period >= kernel::day))
        warn_of_other_clock(reading, node, *first_date, run);
}

}  // namespace understudy::formats
