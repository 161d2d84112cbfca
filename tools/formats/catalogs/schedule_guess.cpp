#include "tools/formats/catalogs/schedule_guess.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdlib>
#include <map>
#include <set>
#include <utility>

#include "tools/formats/language/values.h"

namespace understudy::formats {

namespace {

using Instants = std::vector<std::int64_t>;  ///< ascending, each another

std::int64_t floor_of(std::int64_t value, std::int64_t whole) {
    return value / whole - (value % whole < 0 ? 1 : 0);
}
std::int64_t within(std::int64_t value, std::int64_t whole) { return value - floor_of(value, whole) * whole; }
/// Days since 1970 and minute of the day, of the whole second nearest to it.
std::int64_t day_of(std::int64_t instant) { return floor_of(instant + kernel::second, kernel::day); }
std::int64_t minute_of(std::int64_t instant) {
    return within(instant + kernel::second, kernel::day) / kernel::minute;
}
/// From Sunday; 1970-01-01 was a Thursday.
std::size_t weekday_of(std::int64_t day) { return static_cast<std::size_t>(within(day + 4, 7)); }
std::string clock_of(std::int64_t minute) { return fmt::format("{:02}:{:02}", minute / 60, minute % 60); }

bool at_one_time_of_day(const Instants& instants) {
    return std::all_of(instants.begin(), instants.end(), [&](std::int64_t one) {
        return std::abs(within(one - instants.front() + kernel::second, kernel::day) - kernel::second) <=
               kernel::second;
    });
}

/// Some days of the week, or one of the month, of instants at one time of day.
std::optional<GuessedSchedule> by_calendar(const Instants& instants) {
    const std::int64_t minute = minute_of(instants.front());
    const std::int64_t first = day_of(instants.front()), last = day_of(instants.back());
    kernel::Time shortest = kernel::never;
    std::set<unsigned> days_of_month;
    std::array<std::int64_t, 7> seen{}, passed{};
    for (std::size_t i = 0; i < instants.size(); ++i) {
        if (i > 0)
            shortest = std::min(shortest, (day_of(instants[i]) - day_of(instants[i - 1])) * kernel::day);
        ++seen[weekday_of(day_of(instants[i]))];
        const std::chrono::year_month_day date{std::chrono::sys_days(std::chrono::days(day_of(instants[i])))};
        days_of_month.insert(static_cast<unsigned>(date.day()));
    }
    if (days_of_month.size() == 1 && shortest >= 28 * kernel::day) {
        const unsigned day = *days_of_month.begin();
        return GuessedSchedule{day == 1 ? "monthly at " + clock_of(minute)
                                        : fmt::format("cron {} {} {} * *", minute % 60, minute / 60, day),
                               shortest};
    }
    if (last - first > 366 * 100) return std::nullopt;
    for (std::int64_t day = first; day <= last; ++day) ++passed[weekday_of(day)];
    std::vector<std::size_t> on;
    std::int64_t missing = 0;
    for (std::size_t day = 0; day < seen.size(); ++day) {
        if (seen[day] == 0 && passed[day] > 0) continue;
        if (seen[day] < 2) return std::nullopt;
        on.push_back(day);
        missing += passed[day] - seen[day];
    }
    if (on.size() < 2 || on.size() == 7 || missing * 10 > static_cast<std::int64_t>(instants.size()))
        return std::nullopt;
    if (on == std::vector<std::size_t>{1, 2, 3, 4, 5})
        return GuessedSchedule{"weekdays at " + clock_of(minute), shortest};
    return GuessedSchedule{fmt::format("cron {} {} * * {}", minute % 60, minute / 60, fmt::join(on, ",")),
                           shortest};
}

std::optional<GuessedSchedule> by_period(const Instants& instants) {
    kernel::Time period = kernel::never;
    for (std::size_t i = 1; i < instants.size(); ++i)
        period = std::min(period, instants[i] - instants[i - 1]);
    if (period < kernel::minute - kernel::second) return std::nullopt;
    // To the second, as clocks of schedulers are.
    period = (period + kernel::second / 2) / kernel::second * kernel::second;
    for (std::size_t i = 1; i < instants.size(); ++i) {
        const kernel::Time gap = instants[i] - instants[i - 1];
        const kernel::Time whole = (gap + period / 2) / period * period;
        if (std::abs(gap - whole) > kernel::second) return std::nullopt;
    }
    const std::int64_t minute = minute_of(instants.front());
    if (period == kernel::day) return GuessedSchedule{"daily at " + clock_of(minute), period};
    if (period == 7 * kernel::day) {
        constexpr std::array<const char*, 7> days = {"sun", "mon", "tue", "wed", "thu", "fri", "sat"};
        return GuessedSchedule{
            fmt::format("{} at {}", days.at(weekday_of(day_of(instants.front()))), clock_of(minute)), period};
    }
    if (period == kernel::hour) return GuessedSchedule{fmt::format("cron {} * * * *", minute % 60), period};
    return GuessedSchedule{"every " + print_duration(period), period};
}

std::optional<GuessedSchedule> schedule_of(const Instants& instants) {
    if (instants.size() < 3) return std::nullopt;
    std::optional<GuessedSchedule> found;
    if (at_one_time_of_day(instants)) found = by_calendar(instants);
    if (!found) found = by_period(instants);
    if (found) found->first = instants.front();
    return found;
}

/// Without those at another time of the day, or of the hour, than most.
std::optional<GuessedSchedule> schedule_of_most(const Instants& instants) {
    for (const kernel::Time round : {kernel::day, kernel::hour}) {
        std::map<std::int64_t, std::size_t> at;
        for (const std::int64_t one : instants) ++at[within(one, round) / kernel::second];
        const auto most = std::max_element(at.begin(), at.end(),
                                           [](const auto& a, const auto& b) { return a.second < b.second; });
        Instants kept;
        for (const std::int64_t one : instants)
            if (within(one, round) / kernel::second == most->first) kept.push_back(one);
        const std::size_t outside = instants.size() - kept.size();
        if (kept.size() < 5 || outside == 0 || outside * 5 > instants.size()) continue;
        if (auto found = schedule_of(kept)) {
            found->outside = outside;
            return found;
        }
    }
    return std::nullopt;
}

/// At the times of day of the newest, where clocks were moved: as they were written, or by an hour at one instant.
Instants by_the_wall(const std::vector<NominalTime>& times) {
    const kernel::Time newest = times.back().offset;
    Instants moved;
    for (const NominalTime& one : times) moved.push_back(one.instant + one.offset - newest);
    if (std::all_of(times.begin(), times.end(), [&](const auto& one) { return one.offset == newest; })) {
        std::size_t from = moved.size() - 1;
        while (from > 0 && within(moved[from - 1] - moved.back(), kernel::day) == 0) --from;
        if (from == 0) return moved;
        kernel::Time step = within(moved.back() - moved[from - 1], kernel::day);
        if (step > kernel::day / 2) step -= kernel::day;
        if (std::abs(step) == kernel::hour)
            for (std::size_t i = 0; i < from; ++i) moved[i] += step;
    }
    std::sort(moved.begin(), moved.end());
    moved.erase(std::unique(moved.begin(), moved.end()), moved.end());
    return moved;
}

}  // namespace

std::optional<GuessedSchedule> regular_schedule(std::vector<NominalTime> times) {
    std::sort(times.begin(), times.end());
    Instants instants;
    for (const NominalTime& one : times) instants.push_back(one.instant);
    instants.erase(std::unique(instants.begin(), instants.end()), instants.end());
    if (instants.size() < 3) return std::nullopt;
    std::optional<GuessedSchedule> found = schedule_of(instants);
    const Instants wall = by_the_wall(times);
    // What is regular by the wall, and by UTC only in steps of what the clock is moved by, follows the wall.
    if (wall != instants && (!found || found->period < kernel::day))
        if (auto moving = schedule_of(wall); moving && moving->period >= kernel::day) {
            moving->moves = true;
            moving->first = instants.front();
            return moving;
        }
    if (!found) found = schedule_of_most(instants);
    if (!found && wall != instants) {
        found = schedule_of_most(wall);
        if (found) found->moves = true;
    }
    return found;
}

}  // namespace understudy::formats
