#include "tools/formats/catalogs/cron_schedule.h"

#include <algorithm>
#include <array>
#include <utility>

#include "tools/formats/language/fault.h"
#include "tools/formats/language/schedules.h"

namespace understudy::formats {

namespace {

/// What the presets stand for; others as they are.
std::string_view cron_of(std::string_view text) {
    constexpr std::array<std::pair<std::string_view, std::string_view>, 8> presets = {
        {{"@hourly", "0 * * * *"},
         {"@daily", "0 0 * * *"},
         {"@midnight", "0 0 * * *"},
         {"@weekly", "0 0 * * 0"},
         {"@monthly", "0 0 1 * *"},
         {"@quarterly", "0 0 1 */3 *"},
         {"@yearly", "0 0 1 1 *"},
         {"@annually", "0 0 1 1 *"}}};
    for (const auto& [preset, cron] : presets)
        if (text == preset) return cron;
    return text;
}

}  // namespace

kernel::Time shortest_distance(models::Schedule schedule) {
    // By the clock: that one day of a zone is an hour shorter makes no other period. Of a year that is none with a day more.
    schedule.zone.clear();
    const models::Calendar calendar({std::int64_t{1767225600} * kernel::second}, "UTC");
    const auto instants = calendar.instants(schedule, 366 * kernel::day);
    kernel::Time shortest = 365 * kernel::day;
    for (std::size_t i = 1; i < instants.size(); ++i)
        shortest = std::min(shortest, instants[i] - instants[i - 1]);
    return shortest;
}

std::optional<WrittenSchedule> schedule_of_cron(std::string_view cron, const std::string& zone) {
    std::string text = "cron " + std::string(cron_of(cron));
    const bool utc = zone.empty() || zone == "UTC" || zone == "utc" || zone == "Etc/UTC";
    // A sixth field of another's cron are seconds, and here the zone.
    if (std::count(text.begin(), text.end(), ' ') != 5) return std::nullopt;
    if (!utc) text += " " + zone;
    try {
        const models::Schedule schedule = read_schedule(text);
        return WrittenSchedule{print_schedule(schedule), shortest_distance(schedule)};
    } catch (const Fault&) {
        return std::nullopt;
    }
}

}  // namespace understudy::formats
