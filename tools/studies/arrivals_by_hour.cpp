#include "tools/studies/arrivals_by_hour.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <tuple>

#include "kernel/exact_math.h"
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

/// Counts of parts, of weekends apart from other days where they are told from these.
std::vector<std::vector<double>> parts_of_kinds(const Days& days, bool apart) {
    std::vector<std::vector<double>> kinds(apart ? 2 : 1, std::vector<double>(days.counts.front().size()));
    for (std::size_t d = 0; d < days.counts.size(); ++d)
        for (std::size_t h = 0; h < days.counts[d].size(); ++h)
            kinds[apart && days.weekend[d] ? 1 : 0][h] += days.counts[d][h];
    return kinds;
}

double sum_of(const std::vector<double>& counts) {
    double sum = 0;
    for (const double count : counts) sum += count;
    return sum;
}

std::int64_t used_of(const std::vector<double>& counts) {
    return std::count_if(counts.begin(), counts.end(), [](double count) { return count > 0; });
}

/// Pearson's chi-squared of counts about what each day has in all times what each part of a day has of all, over its degrees
/// of freedom, and these. Where all come in one part it is that of the days.
std::pair<double, double> dispersion_about_days(const Days& days, bool weekends_differ, bool own_hours) {
    const auto kinds = parts_of_kinds(days, own_hours);
    double sum = 0, degrees = 0;
    kernel::Moments usual_days;
    std::vector<double> days_of_kind(kinds.size());
    for (std::size_t d = 0; d < days.counts.size(); ++d) {
        const auto& day = days.counts[d];
        const std::size_t kind = own_hours && days.weekend[d] ? 1 : 0;
        const double of_day = sum_of(day), all = sum_of(kinds[kind]);
        ++days_of_kind[kind];
        if (!weekends_differ || !days.weekend[d]) usual_days.add(of_day);
        for (std::size_t h = 0; h < day.size() && all > 0; ++h) {
            const double expected = of_day * kinds[kind][h] / all;
            if (expected > 0) sum += (day[h] - expected) * (day[h] - expected) / expected;
        }
    }
    for (std::size_t kind = 0; kind < kinds.size(); ++kind)
        degrees += static_cast<double>(std::max<std::int64_t>(used_of(kinds[kind]) - 1, 0)) *
                   std::max(days_of_kind[kind] - 1, 0.0);
    if (degrees > 0) return {sum / degrees, degrees};
    return usual_days.count() > 1 ? std::pair(usual_days.variance() / usual_days.mean(),
                                              static_cast<double>(usual_days.count() - 1))
                                  : std::pair(1.0, 0.0);
}

bool may_tell_weekends(const Days& days) {
    const auto of = std::count(days.weekend.begin(), days.weekend.end(), true);
    return std::ssize(days.counts) >= days_for_weekends && of >= 2 && std::ssize(days.counts) - of >= 2;
}

/// Does a weekend have other shares of its arrivals at its hours than the other days have? Pearson's test of two rows of
/// counts, over how much counts vary about such hours.
bool weekends_have_own_hours(const Days& days) {
    if (!may_tell_weekends(days)) return false;
    const auto kinds = parts_of_kinds(days, true);
    const double usual = sum_of(kinds[0]), weekends = sum_of(kinds[1]), all = usual + weekends;
    if (!(usual > 0) || !(weekends > 0)) return false;
    double sum = 0, used = 0;
    for (std::size_t h = 0; h < kinds[0].size(); ++h) {
        const double both = kinds[0][h] + kinds[1][h];
        if (!(both > 0)) continue;
        ++used;
        const double less = kinds[1][h] - both * weekends / all;
        sum += less * less * all * all / (both * weekends * usual);
    }
    const auto [dispersion, degrees] = dispersion_about_days(days, true, true);
    if (used < 2 || !(degrees > 0)) return false;
    return fisher_survival(sum / (used - 1) / std::max(1.0, dispersion), used - 1, degrees) <
           level_of_hours / static_cast<double>(days.choices);
}

std::optional<double> weekend_of(const Days& days, const std::vector<double>& of_day) {
    if (!may_tell_weekends(days)) return std::nullopt;
    kernel::Moments on, off;
    for (std::size_t d = 0; d < of_day.size(); ++d) (days.weekend[d] ? on : off).add(of_day[d]);
    const double a = on.variance() / static_cast<double>(on.count());
    const double b = off.variance() / static_cast<double>(off.count());
    const double usual = days.mean_of_days(false);
    if (!(usual > 0) || on.mean() == off.mean()) return std::nullopt;
    // Where each has always as many, there is nothing that chance could do.
    if (!(a + b > 0)) return days.mean_of_days(true) / usual;
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

bool is_weekend(std::int64_t day) { return (day + 3) % 7 >= 5; }  // 1970-01-01 was a Thursday; Monday is 0

std::map<std::int64_t, std::vector<Time>> instants_by_day(const models::Run& clock,
                                                          const std::vector<LogOfLoad>& logs) {
    constexpr std::int64_t day_ns = kernel::day;
    std::map<std::int64_t, std::vector<Time>> by_day;
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
    for (auto& [day, instants] : by_day) std::sort(instants.begin(), instants.end());
    return by_day;
}

std::optional<Days> whole_days(const models::Run& clock, const std::vector<LogOfLoad>& logs) {
    const auto by_day = instants_by_day(clock, logs);
    if (std::ssize(by_day) < fewest_days) return std::nullopt;
    double all = 0;
    for (const auto& [day, instants] : by_day) all += static_cast<double>(instants.size());
    Days days;
    double least = 0;
    std::int64_t choices = 0;
    for (const std::int64_t parts : parts_of_a_day) {
        if (all / static_cast<double>(parts) < fewest_a_part) continue;
        Days split;
        split.parts = parts;
        std::vector<double> of_part(static_cast<std::size_t>(parts));
        for (const auto& [day, instants] : by_day) {
            auto& counts = split.counts.emplace_back(parts, 0.0);
            for (const Time instant : instants) {
                const auto part = static_cast<std::size_t>(instant / (kernel::day / parts));
                ++counts[part];
                ++of_part[part];
            }
            split.weekend.push_back(is_weekend(day));
        }
        double aic = 2 * static_cast<double>(parts - 1);
        for (const double count : of_part)
            if (count > 0) aic -= 2 * count * kernel::exact::log(count * static_cast<double>(parts) / all);
        ++choices;
        if (days.parts != 0 && aic >= least) continue;
        least = aic;
        days = std::move(split);
    }
    if (days.parts == 0) return std::nullopt;
    days.choices = choices;
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
    const double degrees = (k - 1) * (n - 1);
    // Counts that are the same each day leave nothing but what rounding does, and that explains nothing.
    const double error = std::max(rest / degrees, 1e-12 * mean * mean);
    const double f = between / (k - 1) / error;
    // Of all numbers of parts that were looked at together.
    const bool hours =
        fisher_survival(f, k - 1, degrees) < level_of_hours / static_cast<double>(days.choices);
    if (weekends) found.weekend = weekend_of(days, of_day);
    if (!hours && !found.weekend) return std::nullopt;
    const bool own_hours = weekends && weekends_have_own_hours(days);
    if (own_hours) found.weekend = days.mean_of_days(true) / days.mean_of_days(false);
    std::tie(found.dispersion, found.degrees) =
        dispersion_about_days(days, found.weekend.has_value(), own_hours);
    const auto kinds = parts_of_kinds(days, own_hours);
    found.levels.assign(of_part.size(), 1.0);
    if (hours || own_hours)
        for (std::size_t h = 0; h < of_part.size(); ++h) found.levels[h] = kinds[0][h] * k / sum_of(kinds[0]);
    if (own_hours)
        for (const double count : kinds[1])
            found.weekend_levels.push_back(*found.weekend * count * k / sum_of(kinds[1]));
    found.per_day = found.weekend ? days.mean_of_days(false) : days.all() / n;
    return found;
}

double expected_between(const ByHour& by_hour, std::int64_t parts, std::int64_t from, std::int64_t until) {
    constexpr std::int64_t day_ns = kernel::day;
    const std::int64_t part_ns = day_ns / parts;
    double sum = 0;
    for (std::int64_t at = from; at < until;) {
        const std::int64_t part = at / part_ns, end = std::min(until, (part + 1) * part_ns);
        sum += by_hour.level(static_cast<std::size_t>(part % parts), is_weekend(at / day_ns)) *
               static_cast<double>(end - at);
        at = end;
    }
    return sum * by_hour.per_day / static_cast<double>(day_ns);
}

}  // namespace understudy::studies
