#include "tools/formats/catalogs/schedule_guess.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>

#include "tools/formats/language/values.h"

namespace understudy::formats {

std::optional<GuessedSchedule> regular_schedule(std::vector<std::int64_t> instants) {
    std::sort(instants.begin(), instants.end());
    instants.erase(std::unique(instants.begin(), instants.end()), instants.end());
    if (instants.size() < 3) return std::nullopt;
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
    const std::int64_t in_day = ((instants.front() % kernel::day) + kernel::day) % kernel::day;
    const std::int64_t minute = (in_day + kernel::second) / kernel::minute % 1440;
    const std::string clock = fmt::format("{:02}:{:02}", minute / 60, minute % 60);
    if (period == kernel::day) return GuessedSchedule{"daily at " + clock, period};
    if (period == 7 * kernel::day) {
        // 1970-01-01 was a Thursday.
        constexpr const char* days[] = {"thu", "fri", "sat", "sun", "mon", "tue", "wed"};
        const auto day =
            static_cast<std::size_t>(((instants.front() + kernel::second) / kernel::day % 7 + 7) % 7);
        return GuessedSchedule{fmt::format("{} at {}", days[day], clock), period};
    }
    if (period == kernel::hour) return GuessedSchedule{fmt::format("cron {} * * * *", minute % 60), period};
    return GuessedSchedule{"every " + print_duration(period), period};
}

}  // namespace understudy::formats
