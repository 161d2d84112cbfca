// Profiles and windows laid out over the run: what recurs becomes a list of instants, so that no calendar
// reaches the simulation.
#include <algorithm>

#include "models/compile/compiler.h"

namespace understudy::models {

using kernel::never;
using kernel::Time;

Time Compiler::horizon() const {
    // A run until empty has no length; four years of a daily curve are more than any such run needs.
    return scenario.run.length ? *scenario.run.length : 4 * 366 * kernel::day;
}

bool Compiler::follows_calendar(const std::optional<Time>& period) const {
    return model.calendar && period && (*period == kernel::day || *period == kernel::week);
}

std::vector<Time> Compiler::period_starts(Time period) const {
    std::vector<Time> starts;
    const bool weeks = period == kernel::week;
    if (follows_calendar(period)) {
        // From the local midnight before the start, day by day; weeks begin on Monday.
        Schedule midnights;
        midnights.kind = Schedule::Kind::calendar;
        midnights.pattern.minutes = 1;
        midnights.pattern.hours = 1;
        midnights.pattern.days_of_month = ~std::uint32_t{1};
        midnights.pattern.months = 0x1FFE;
        midnights.pattern.days_of_week = weeks ? 2 : 127;
        Time before = model.calendar->on_day_of(0, 0);
        if (weeks) {
            const auto mondays = model.calendar->instants(midnights, kernel::week + kernel::day);
            before =
                mondays.empty() || mondays.front() > 0 ? mondays.front() - kernel::week : mondays.front();
        }
        if (before < 0) starts.push_back(before);
        for (const Time t : model.calendar->instants(midnights, horizon())) starts.push_back(t);
        if (starts.empty()) starts.push_back(0);
        return starts;
    }
    for (Time t = 0; t < horizon(); t += period) {
        starts.push_back(t);
        if (starts.size() > 2'000'000) break;  // a period of a millisecond over a year; check() warns of it
    }
    return starts;
}

namespace {

bool is_weekend(const Calendar& calendar, Time instant) {
    // 1970-01-01 was a Thursday; the calendar's text begins with the local date.
    const std::string date = calendar.text(instant);
    const int year = std::stoi(date.substr(0, 4)), month = std::stoi(date.substr(5, 2)),
              day = std::stoi(date.substr(8, 2));
    const int y = month < 3 ? year - 1 : year;
    static constexpr int shift[] = {0, 3, 2, 5, 0, 3, 5, 1, 4, 6, 2, 4};  // Sakamoto 1993
    const int weekday = (y + y / 4 - y / 100 + y / 400 + shift[month - 1] + day) % 7;
    return weekday == 0 || weekday == 6;
}

/// On a day of 23 or 25 hours the clock time counts, not the hours since midnight.
Time on_local_day(const Calendar& calendar, Time midnight, Time offset) {
    return calendar.on_day_of(midnight + (midnight < 0 ? 0 : 1), offset);
}

/// Cuts a curve at time 0: what lies before only tells the value there.
std::vector<Intensity::Point> from_zero(const std::vector<Intensity::Point>& points) {
    std::vector<Intensity::Point> result;
    double at_zero = points.empty() ? 1 : points.front().before;
    for (std::size_t i = 0; i < points.size(); ++i) {
        if (points[i].time > 0) {
            if (result.empty()) {
                if (i > 0) {
                    const auto &a = points[i - 1], &b = points[i];
                    at_zero = a.after + (b.before - a.after) * static_cast<double>(-a.time) /
                                            static_cast<double>(b.time - a.time);
                }
                result.push_back({0, at_zero, at_zero});
            }
            result.push_back(points[i]);
        } else if (points[i].time == 0) {
            result.push_back({0, points[i].after, points[i].after});
        }
    }
    if (result.empty() && !points.empty()) result.push_back({0, points.back().after, points.back().after});
    return result;
}

}  // namespace

Intensity Compiler::intensity_of(const Profile& profile) const {
    if (profile.form == Profile::Form::sine)
        return Intensity::sine(profile.mean, profile.amplitude, profile.period.value_or(kernel::day));
    std::vector<Time> starts = {0};
    if (profile.period) starts = period_starts(*profile.period);
    std::vector<Intensity::Point> points;
    double last = profile.points.empty() ? 1 : profile.points.back().second;
    for (std::size_t k = 0; k < starts.size(); ++k) {
        const Time end = k + 1 < starts.size() ? starts[k + 1] : never;
        const bool local_day = model.calendar && profile.period == kernel::day;
        const double weekend =
            profile.weekend && model.calendar && is_weekend(*model.calendar, std::max<Time>(starts[k], 0))
                ? *profile.weekend
                : 1;
        for (const auto& [offset, value] : profile.points) {
            const Time t = local_day ? on_local_day(*model.calendar, starts[k], offset)
                                     : kernel::later(starts[k] < 0 ? 0 : starts[k], offset) +
                                           std::min<Time>(starts[k], 0);
            if (t >= end) break;
            const double v = value * weekend;
            const double before = profile.form == Profile::Form::steps || points.empty() ? last : v;
            if (!points.empty() && points.back().time >= t)
                points.back().after = v;
            else
                points.push_back({t, before, v});
            last = v;
        }
    }
    if (points.empty() || points.front().time > 0) {
        const double first =
            points.empty() ? last : (profile.period ? profile.points.back().second : points.front().after);
        points.insert(points.begin(), {0, first, first});
    }
    return Intensity::piecewise_linear(from_zero(points));
}

std::vector<Time> Compiler::edges_of(const Measure::Window& window) const {
    std::vector<Time> edges;
    auto add = [&](Time from, Time to) {
        if (to <= 0 || from >= horizon()) return;
        edges.push_back(std::max<Time>(from, 0));
        edges.push_back(to);
    };
    if (!window.each) {
        add(window.from, window.to);
        return edges;
    }
    const bool local_day = model.calendar && *window.each == kernel::day;
    for (const Time start : period_starts(*window.each)) {
        if (local_day) {
            const Time inside = std::max<Time>(start + 1, start < 0 ? 0 : start);
            add(model.calendar->on_day_of(inside, window.from), model.calendar->on_day_of(inside, window.to));
        } else {
            add(start + window.from, start + window.to);
        }
    }
    return edges;
}

std::vector<std::pair<Time, std::int64_t>> Compiler::laid_out(
    const std::vector<std::pair<Time, std::int64_t>>& steps, Time period) const {
    const std::vector<Time> starts = period_starts(period);
    // Before the first of them are those of the end of the period before.
    std::vector<std::pair<Time, std::int64_t>> all = {{0, steps.back().second}};
    for (std::size_t k = 0; k < starts.size(); ++k) {
        const Time end = k + 1 < starts.size() ? starts[k + 1] : never;
        for (const auto& [offset, count] : steps) {
            const Time t =
                period == kernel::day ? on_local_day(*model.calendar, starts[k], offset) : starts[k] + offset;
            if (t >= end) break;
            if (t > all.back().first)
                all.emplace_back(t, count);
            else
                all.back().second = count;
        }
    }
    return all;
}

}  // namespace understudy::models
