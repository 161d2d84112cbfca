#include "tools/formats/catalogs/schedule_guess.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdlib>
#include <iterator>
#include <map>
#include <set>
#include <string>
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

/// 0-59 as a field of cron has them: "0,15,30,45", "9-17".
std::string field_of(const std::set<std::int64_t>& values) {
    std::vector<std::string> parts;
    for (auto from = values.begin(); from != values.end();) {
        auto last = from, next = std::next(from);
        while (next != values.end() && *next == *last + 1) last = next++;
        if (*last - *from < 2)
            for (; from != next; ++from) parts.push_back(std::to_string(*from));
        else
            parts.push_back(fmt::format("{}-{}", *from, *last));
        from = next;
    }
    return fmt::format("{}", fmt::join(parts, ","));
}

/// Every so many minutes from a minute of the day on, as a clock has it; empty where no clock does.
std::string clock_every(std::int64_t minutes, std::int64_t first) {
    constexpr std::int64_t hour = 60, day = 24 * hour;
    if (day % minutes != 0) return "";
    std::set<std::int64_t> values;
    if (minutes % hour == 0) {
        for (std::int64_t at = first % minutes; at < day; at += minutes) values.insert(at / hour);
        return fmt::format("cron {} {} * * *", first % hour, field_of(values));
    }
    if (hour % minutes != 0) return "";
    for (std::int64_t at = first % minutes; at < hour; at += minutes) values.insert(at);
    return fmt::format("cron {} * * * *", field_of(values));
}

/// From the first to the last, one a period.
std::int64_t due_within(const Instants& instants, kernel::Time period) {
    return (instants.back() - instants.front() + period / 2) / period + 1;
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
    // Where more are missing than there are, it is another schedule that is seen.
    if (due_within(instants, period) > 2 * std::ssize(instants)) return std::nullopt;
    const std::int64_t minute = minute_of(instants.front());
    if (period == kernel::day) return GuessedSchedule{"daily at " + clock_of(minute), period};
    if (period == 7 * kernel::day) {
        constexpr std::array<const char*, 7> days = {"sun", "mon", "tue", "wed", "thu", "fri", "sat"};
        return GuessedSchedule{
            fmt::format("{} at {}", days.at(weekday_of(day_of(instants.front()))), clock_of(minute)), period};
    }
    if (period == kernel::hour) return GuessedSchedule{fmt::format("cron {} * * * *", minute % 60), period};
    GuessedSchedule found{"every " + print_duration(period), period};
    // It counts from the start of the run, which is a midnight.
    const bool in_days = kernel::day % period == 0;
    if (in_days && within(instants.front() + kernel::second, period) <= 2 * kernel::second) return found;
    const std::string clock =
        period % kernel::minute == 0 ? clock_every(period / kernel::minute, minute) : "";
    if (clock.empty())
        found.phase_is_lost = true;
    else
        found.text = clock;
    return found;
}

/// At times of the day that make a field of minutes and one of hours, on some days of the week or on all.
std::optional<GuessedSchedule> by_slots(const Instants& instants) {
    std::map<std::int64_t, std::int64_t> times;  // minute of the day; how often it was seen
    std::array<std::set<std::int64_t>, 7> days;  // of each weekday, those that were seen
    std::set<std::int64_t> minutes, hours, weekdays;
    kernel::Time shortest = kernel::never;
    for (std::size_t i = 0; i < instants.size(); ++i) {
        if (within(instants[i] + kernel::second, kernel::minute) > 2 * kernel::second) return std::nullopt;
        if (i > 0) shortest = std::min(shortest, instants[i] - instants[i - 1]);
        const std::int64_t minute = minute_of(instants[i]), day = day_of(instants[i]);
        ++times[minute];
        minutes.insert(minute % 60);
        hours.insert(minute / 60);
        days.at(weekday_of(day)).insert(day);
    }
    if (minutes.size() * hours.size() != times.size()) return std::nullopt;
    if (std::any_of(times.begin(), times.end(), [](const auto& one) { return one.second < 2; }))
        return std::nullopt;
    const std::int64_t first = day_of(instants.front()), last = day_of(instants.back());
    if (last - first > 366 * 100) return std::nullopt;
    bool all_days = true;
    for (std::int64_t day = first; day <= last; ++day) {
        const std::size_t weekday = weekday_of(day);
        if (days[weekday].empty()) all_days = false;
        if (days[weekday].size() >= 2) weekdays.insert(static_cast<std::int64_t>(weekday));
    }
    // A day of the week that was seen once tells nothing of the others, unless none was left out.
    for (std::size_t weekday = 0; weekday < days.size() && !all_days; ++weekday)
        if (days[weekday].size() == 1) return std::nullopt;
    std::int64_t due = 0;
    for (std::int64_t day = first; day <= last; ++day)
        for (const auto& [minute, seen] : times) {
            const std::int64_t at = day * kernel::day + minute * kernel::minute;
            if (at < instants.front() - kernel::second || at > instants.back() + kernel::second) continue;
            due += all_days || weekdays.contains(static_cast<std::int64_t>(weekday_of(day)));
        }
    if ((due - std::ssize(instants)) * 10 > due) return std::nullopt;
    return GuessedSchedule{
        fmt::format("cron {} {} * * {}", field_of(minutes), hours.size() == 24 ? "*" : field_of(hours),
                    all_days ? "*" : field_of(weekdays)),
        shortest};
}

std::optional<GuessedSchedule> schedule_of(const Instants& instants) {
    if (instants.size() < 3) return std::nullopt;
    std::optional<GuessedSchedule> found;
    const bool at_one_time = at_one_time_of_day(instants);
    if (at_one_time) found = by_calendar(instants);
    if (!found) found = by_period(instants);
    if (!at_one_time) {
        // What misses runs of its period at the same times of every day, or on the same days, never had them.
        const std::int64_t count = std::ssize(instants);
        const bool whole = found && due_within(instants, found->period) <= count + count / 20;
        if (!whole)
            if (auto slots = by_slots(instants)) found = std::move(slots);
    }
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

std::optional<GuessedSchedule> schedule_as_begun_at(std::vector<std::int64_t> starts) {
    constexpr std::ptrdiff_t most = 10'000;
    constexpr std::int64_t least_periods = 12;
    std::sort(starts.begin(), starts.end());
    if (std::ssize(starts) > most) starts.erase(starts.begin(), starts.end() - most);
    for (const kernel::Time late :
         {kernel::second, kernel::minute, 5 * kernel::minute, 15 * kernel::minute}) {
        std::set<NominalTime> due;
        kernel::Time latest = 0;
        for (const std::int64_t start : starts) {
            // Half a second before the second is what clocks differ by.
            const std::int64_t at = floor_of(start + kernel::second / 2, late) * late;
            due.insert({at, 0});
            latest = std::max(latest, start - at);
        }
        if (due.size() < fewest_starts) return std::nullopt;
        auto found = regular_schedule({due.begin(), due.end()});
        if (!found || found->period < least_periods * late || due.size() - found->outside < fewest_starts)
            continue;
        found->late = latest;
        return found;
    }
    return std::nullopt;
}

}  // namespace understudy::formats
