#include "tools/studies/set_times.h"

#include <algorithm>

#include "tools/studies/arrivals_by_hour.h"

namespace understudy::studies {

using kernel::Time;

namespace {

constexpr std::size_t fewest_days_at_set_times = 5, most_times = 24;
constexpr std::int64_t fewest_days_of_weekends = 2;
constexpr double most_other_days = 0.1;
/// Between the earliest and the latest of one time, as a share of the usual distance of times.
constexpr Time most_of_distance = 10;
constexpr Time longest_half_window = 30 * kernel::minute;

}  // namespace

std::optional<SetTimes> set_times_of(const models::Run& clock, const std::vector<LogOfLoad>& logs) {
    std::vector<const std::vector<Time>*> working;
    std::int64_t weekend_days = 0, of_weekends = 0;
    const auto by_day = instants_by_day(clock, logs);
    for (const auto& [day, instants] : by_day)
        if (is_weekend(day)) {
            ++weekend_days;
            of_weekends += std::ssize(instants);
        }
    SetTimes found;
    found.weekdays_only = weekend_days >= fewest_days_of_weekends && of_weekends == 0;
    for (const auto& [day, instants] : by_day)
        if (!found.weekdays_only || !is_weekend(day)) working.push_back(&instants);
    if (working.size() < fewest_days_at_set_times) return std::nullopt;
    std::vector<std::size_t> counts;
    for (const auto* day : working) counts.push_back(day->size());
    std::nth_element(counts.begin(), counts.begin() + std::ssize(counts) / 2, counts.end());
    const std::size_t usual = counts[counts.size() / 2];
    if (usual == 0 || usual > most_times) return std::nullopt;
    std::vector<Time> earliest(usual, kernel::day), latest(usual, 0);
    for (const auto* day : working) {
        ++found.days;
        if (day->size() != usual) {
            ++found.other_days;
            continue;
        }
        for (std::size_t k = 0; k < usual; ++k) {
            earliest[k] = std::min(earliest[k], (*day)[k]);
            latest[k] = std::max(latest[k], (*day)[k]);
        }
    }
    if (static_cast<double>(found.other_days) > most_other_days * static_cast<double>(found.days))
        return std::nullopt;
    const Time distance = kernel::day / static_cast<Time>(usual);
    for (std::size_t k = 0; k < usual; ++k) {
        const Time spread = latest[k] - earliest[k];
        if (spread > distance / most_of_distance || (k > 0 && earliest[k] <= latest[k - 1]))
            return std::nullopt;
        found.spread = std::max(found.spread, spread);
        Beat beat;
        beat.period = kernel::day;
        beat.spread = spread;
        found.of_day.push_back(rounded_offset(beat, earliest[k]));
    }
    for (std::size_t k = 1; k < usual; ++k)
        if (found.of_day[k] < found.of_day[k - 1] + 4 * kernel::minute) return std::nullopt;
    return found;
}

ByProfile profile_of(const SetTimes& times, models::LocalInstant start) {
    // Windows do not touch, so that which of two an arrival is of is never a matter of rounding.
    Time half = longest_half_window;
    for (std::size_t k = 0; k < times.of_day.size(); ++k) {
        const Time next =
            k + 1 < times.of_day.size() ? times.of_day[k + 1] : times.of_day.front() + kernel::day;
        half = std::min(half, (next - times.of_day[k]) / 4);
    }
    half = std::max(half / kernel::minute * kernel::minute, kernel::minute);
    // A window is within its day, whose weekend begins at midnight; what comes at midnight comes a minute later.
    const Time before =
        std::clamp(times.of_day.front() / kernel::minute * kernel::minute, kernel::minute, half);
    const auto at = [&](std::size_t k) { return std::max(times.of_day[k], before); };
    ByProfile found;
    found.interval = std::min(2 * half, kernel::day - at(times.of_day.size() - 1) + before);
    found.profile.period = kernel::day;
    if (times.weekdays_only) found.profile.weekend = 0;
    if (at(0) > before) found.profile.points.emplace_back(0, 0.0);
    for (std::size_t k = 0; k < times.of_day.size(); ++k) {
        found.profile.points.emplace_back(at(k) - before, 1.0);
        if (at(k) - before + found.interval < kernel::day)
            found.profile.points.emplace_back(at(k) - before + found.interval, 0.0);
    }
    for (std::int64_t day = start.ns / kernel::day;; ++day) {
        if (times.weekdays_only && is_weekend(day)) continue;
        for (std::size_t k = 0; k < times.of_day.size(); ++k)
            if (const Time since = day * kernel::day + at(k) - start.ns; since >= 0) {
                found.first = since;
                return found;
            }
    }
}

}  // namespace understudy::studies
