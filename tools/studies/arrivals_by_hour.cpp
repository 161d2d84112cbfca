#include "tools/studies/arrivals_by_hour.h"

#include <algorithm>
#include <cmath>
#include <map>

#include "kernel/special_functions.h"
#include "kernel/statistics.h"
#include "models/schedule.h"
#include "tools/studies/fisher.h"

namespace understudy::studies {

using kernel::Time;

namespace {

constexpr std::int64_t fewest_days = 3, days_for_weekends = 14;
constexpr std::int64_t parts_of_a_day[] = {24, 12, 8, 6, 4};
constexpr double fewest_a_part = 5, level_of_hours = 0.01;

/// Pearson's chi-squared of counts about what each day has in all times what each part of a day has of all.
double dispersion_about_days(const Days& days) {
    const double all = days.all();
    std::vector<double> of_part(days.counts.front().size());
    for (const auto& day : days.counts)
        for (std::size_t h = 0; h < day.size(); ++h) of_part[h] += day[h];
    double sum = 0;
    for (const auto& day : days.counts) {
        double of_day = 0;
        for (const double count : day) of_day += count;
        for (std::size_t h = 0; h < day.size(); ++h) {
            const double expected = of_day * of_part[h] / all;
            if (expected > 0) sum += (day[h] - expected) * (day[h] - expected) / expected;
        }
    }
    return sum;
}

std::optional<double> weekend_of(const Days& days, const std::vector<double>& of_day) {
    if (std::ssize(days.counts) < days_for_weekends) return std::nullopt;
    kernel::Moments on, off;
    for (std::size_t d = 0; d < of_day.size(); ++d) (days.weekend[d] ? on : off).add(of_day[d]);
    if (on.count() < 2 || off.count() < 2) return std::nullopt;
    const double a = on.variance() / static_cast<double>(on.count());
    const double b = off.variance() / static_cast<double>(off.count());
    const double usual = days.mean_of_days(false);
    if (!(a + b > 0) || !(usual > 0)) return std::nullopt;
    const double degrees =
        (a + b) * (a + b) /
        (a * a / static_cast<double>(on.count() - 1) + b * b / static_cast<double>(off.count() - 1));
    const double t = std::fabs(on.mean() - off.mean()) / std::sqrt(a + b);
    if (2 * kernel::student_survival(t, degrees) >= level_of_hours) return std::nullopt;
    return days.mean_of_days(true) / usual;
}

}  // namespace

std::int64_t local_ns(const models::Run& clock, const models::RecordedRun& run, Time instant) {
    const std::int64_t utc = run.epoch_ns + instant;
    if (clock.start) return models::local_time(utc, clock.zone).ns;
    if (!run.zone.empty()) return models::local_time(utc, run.zone).ns;
    return utc + run.utc_offset;
}

std::optional<Days> whole_days(const models::Run& clock, const std::vector<LogOfLoad>& logs) {
    constexpr std::int64_t day_ns = kernel::day;
    std::map<std::int64_t, std::vector<std::int64_t>> by_day;  // ns since local midnight
    for (const LogOfLoad& log : logs) {
        if (log.run->epoch_ns == 0 || log.instants.size() < 2) continue;
        const std::int64_t first = local_ns(clock, *log.run, log.instants.front());
        const std::int64_t last = local_ns(clock, *log.run, log.instants.back());
        const std::int64_t from = (first + day_ns - 1) / day_ns, until = last / day_ns;
        for (std::int64_t day = from; day < until; ++day) by_day[day];
        for (const Time instant : log.instants) {
            const std::int64_t local = local_ns(clock, *log.run, instant);
            if (local / day_ns >= from && local / day_ns < until)
                by_day[local / day_ns].push_back(local % day_ns);
        }
    }
    if (std::ssize(by_day) < fewest_days) return std::nullopt;
    double all = 0;
    for (const auto& [day, instants] : by_day) all += static_cast<double>(instants.size());
    Days days;
    for (const std::int64_t parts : parts_of_a_day)
        if (all / static_cast<double>(std::ssize(by_day) * parts) >= fewest_a_part) {
            days.parts = parts;
            break;
        }
    if (days.parts == 0) return std::nullopt;
    for (const auto& [day, instants] : by_day) {
        auto& counts = days.counts.emplace_back(days.parts, 0.0);
        for (const std::int64_t instant : instants)
            ++counts[static_cast<std::size_t>(instant / (day_ns / days.parts))];
        const std::int64_t weekday = (day + 3) % 7;  // 1970-01-01 was a Thursday; Monday is 0
        days.weekend.push_back(weekday >= 5);
    }
    return days;
}

std::optional<ByHour> hours_of(const Days& days, bool weekends) {
    const auto n = static_cast<double>(days.counts.size()), k = static_cast<double>(days.parts);
    const auto root = [](double count) { return 2 * std::sqrt(count + 0.375); };
    std::vector<double> of_part(days.counts.front().size()), of_day;
    double mean = 0;
    for (const auto& day : days.counts) {
        double sum = 0;
        for (std::size_t h = 0; h < day.size(); ++h) {
            of_part[h] += root(day[h]) / n;
            sum += root(day[h]);
        }
        of_day.push_back(sum / k);
        mean += sum / (k * n);
    }
    double between = 0, rest = 0;
    for (const double part : of_part) between += n * (part - mean) * (part - mean);
    for (std::size_t d = 0; d < days.counts.size(); ++d)
        for (std::size_t h = 0; h < of_part.size(); ++h) {
            const double left = root(days.counts[d][h]) - of_day[d] - of_part[h] + mean;
            rest += left * left;
        }
    ByHour found;
    found.degrees = (k - 1) * (n - 1);
    // Counts that are the same each day leave nothing but what rounding does, and that explains nothing.
    const double error = std::max(rest / found.degrees, 1e-12 * mean * mean);
    const double f = between / (k - 1) / error;
    const bool hours = fisher_survival(f, k - 1, found.degrees) < level_of_hours;
    found.dispersion = dispersion_about_days(days) / found.degrees;
    if (weekends) found.weekend = weekend_of(days, of_day);
    if (!hours && !found.weekend) return std::nullopt;
    found.levels.assign(of_part.size(), 1.0);
    if (hours)
        for (std::size_t h = 0; h < of_part.size(); ++h) {
            double sum = 0;
            for (const auto& day : days.counts) sum += day[h];
            found.levels[h] = sum * k / days.all();
        }
    found.per_day = found.weekend ? days.mean_of_days(false) : days.all() / n;
    return found;
}

double expected_between(const ByHour& by_hour, std::int64_t parts, std::int64_t from, std::int64_t until) {
    constexpr std::int64_t day_ns = kernel::day;
    const std::int64_t part_ns = day_ns / parts;
    double sum = 0;
    for (std::int64_t at = from; at < until;) {
        const std::int64_t part = at / part_ns, end = std::min(until, (part + 1) * part_ns);
        const bool weekend = (at / day_ns + 3) % 7 >= 5;
        sum += by_hour.levels[static_cast<std::size_t>(part % parts)] *
               (weekend ? by_hour.weekend.value_or(1) : 1) * static_cast<double>(end - at);
        at = end;
    }
    return sum * by_hour.per_day / static_cast<double>(day_ns);
}

}  // namespace understudy::studies
