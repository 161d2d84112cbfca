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

namespace {

/// 0 is Sunday.
int weekday_of(const Calendar& calendar, Time instant) {
    // The calendar's text begins with the local date.
    const std::string date = calendar.text(instant);
    const int year = std::stoi(date.substr(0, 4)), month = std::stoi(date.substr(5, 2)),
              day = std::stoi(date.substr(8, 2));
    const int y = month < 3 ? year - 1 : year;
    static constexpr int shift[] = {0, 3, 2, 5, 0, 3, 5, 1, 4, 6, 2, 4};  // Sakamoto 1993
    return (y + y / 4 - y / 100 + y / 400 + shift[month - 1] + day) % 7;
}

}  // namespace

Time Compiler::in_period(Time start, Time offset, Time period) const {
    if (follows_calendar(period)) return model.calendar->on_day_of(start, offset);
    return kernel::later(start, offset);
}

std::vector<Time> Compiler::period_starts(Time period) const {
    Time start = 0;
    if (follows_calendar(period)) {
        // Of the local day, or of its Monday: days back by the calendar, whatever the clock did in between.
        const int days = period == kernel::week ? (weekday_of(*model.calendar, 0) + 6) % 7 : 0;
        start = model.calendar->on_day_of(0, -days * kernel::day);
    }
    constexpr std::size_t most = 2'000'000;  // a period of a millisecond over a year; check() warns of it
    std::vector<Time> starts = {start};
    for (Time t = in_period(start, period, period); t < horizon() && starts.size() <= most;
         t = in_period(t, period, period))
        starts.push_back(t);
    return starts;
}

namespace {

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

/// A curve from time 0 on, times `factor` on Saturdays and Sundays.
std::vector<Intensity::Point> on_weekends(const std::vector<Intensity::Point>& points, double factor,
                                          const Calendar& calendar, Time until) {
    std::vector<Intensity::Point> result;
    std::size_t next = 0;
    double of_day_before = 1;
    for (Time midnight = calendar.on_day_of(0, 0); midnight < until;) {
        const int weekday = weekday_of(calendar, midnight);
        const double of_day = weekday == 0 || weekday == 6 ? factor : 1;
        const Time from = std::max<Time>(midnight, 0);
        if (next < points.size() && points[next].time == from) {
            result.push_back({from, points[next].before * of_day_before, points[next].after * of_day});
            ++next;
        } else if (of_day != of_day_before) {
            const Intensity::Point& a = points[next - 1];
            double value = a.after;
            if (next < points.size())
                value += (points[next].before - a.after) * static_cast<double>(from - a.time) /
                         static_cast<double>(points[next].time - a.time);
            result.push_back({from, value * of_day_before, value * of_day});
        }
        midnight = calendar.on_day_of(midnight, kernel::day);
        for (; next < points.size() && (points[next].time < midnight || midnight >= until); ++next)
            result.push_back({points[next].time, points[next].before * of_day, points[next].after * of_day});
        of_day_before = of_day;
    }
    return result;
}

}  // namespace

Intensity Compiler::intensity_of(const Profile& profile) const {
    if (profile.form == Profile::Form::sine)
        return Intensity::sine(profile.mean, profile.amplitude, profile.period.value_or(kernel::day));
    if (profile.points.empty()) return Intensity::piecewise_linear({{0, 1, 1}});
    const bool ramps = profile.form == Profile::Form::ramps;
    const std::vector<Time> starts = profile.period ? period_starts(*profile.period) : std::vector<Time>{0};
    std::vector<Intensity::Point> points;
    double last = profile.points.back().second;
    const auto add = [&](Time t, double value) {
        if (!points.empty() && points.back().time >= t)
            points.back().after = value;
        else
            points.push_back({t, ramps && !points.empty() ? value : last, value});
        last = value;
    };
    for (std::size_t k = 0; k < starts.size(); ++k) {
        const Time end = k + 1 < starts.size() ? starts[k + 1]
                         : profile.period      ? in_period(starts[k], *profile.period, *profile.period)
                                               : never;
        for (const auto& [offset, value] : profile.points) {
            const Time t = profile.period ? in_period(starts[k], offset, *profile.period) : offset;
            // A ramp may end where the next period begins, with a value of its own.
            if (t > end || (t == end && !ramps)) break;
            add(t, value);
        }
        // The last ramp goes on to what the next period begins with.
        if (k + 1 == starts.size() && profile.period && ramps) add(end, profile.points.front().second);
    }
    if (points.front().time > 0) {
        const double first = profile.period ? profile.points.back().second : points.front().after;
        points.insert(points.begin(), {0, first, first});
    }
    points = from_zero(points);
    if (profile.weekend && model.calendar)
        points = on_weekends(points, *profile.weekend, *model.calendar, horizon());
    return Intensity::piecewise_linear(std::move(points));
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
    for (const Time start : period_starts(*window.each))
        add(in_period(start, window.from, *window.each), in_period(start, window.to, *window.each));
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
            const Time t = in_period(starts[k], offset, period);
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
