#include "tools/studies/growth.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdint>
#include <cstdio>

#include "kernel/exact_math.h"
#include "kernel/invariant.h"

namespace understudy::studies {

namespace {

using std::chrono::days;
using std::chrono::months;
using std::chrono::sys_days;
using std::chrono::year_month_day;

sys_days months_later(sys_days start, int count) {
    year_month_day day = year_month_day(start) + months(count);
    if (!day.ok()) day = day.year() / day.month() / std::chrono::last;
    return sys_days(day);
}

sys_days day_of_instant(const models::LocalInstant& instant) {
    constexpr std::int64_t ns_a_day = 86'400'000'000'000;
    return sys_days(days((instant.ns - (instant.ns % ns_a_day + ns_a_day) % ns_a_day) / ns_a_day));
}

}  // namespace

double factor_on(const Growth& growth, const models::LocalInstant& instant) {
    const sys_days start = day_of_instant(growth.start), day = day_of_instant(instant);
    kernel::require(day >= start && growth.rate > 0, "it grows from its start on");
    double periods = static_cast<double>((day - start).count());
    if (growth.per == Growth::Period::week) periods /= 7;
    if (growth.per == Growth::Period::month || growth.per == Growth::Period::year) {
        int whole = 0;
        while (months_later(start, whole + 1) <= day) ++whole;
        const sys_days from = months_later(start, whole);
        periods = whole + static_cast<double>((day - from).count()) /
                              static_cast<double>((months_later(start, whole + 1) - from).count());
        if (growth.per == Growth::Period::year) periods /= 12;
    }
    return kernel::exact::exp(periods * kernel::exact::log1p(growth.rate));
}

std::optional<std::string> day_of_factor(const Growth& growth, double factor) {
    kernel::require(factor > 0 && growth.rate > 0, "what grows has a size and a rate");
    constexpr double most_years = 1000;
    const double periods = kernel::exact::log(factor) / kernel::exact::log1p(growth.rate);
    const bool by_days = growth.per == Growth::Period::day || growth.per == Growth::Period::week;
    const double units = periods * (growth.per == Growth::Period::week   ? 7
                                    : growth.per == Growth::Period::year ? 12
                                                                         : 1);
    if (!(std::fabs(units) <= most_years * (by_days ? 365.0 : 12.0))) return std::nullopt;
    const sys_days start = day_of_instant(growth.start);
    sys_days day = start;
    const double whole = std::floor(units + 1e-9);  // what rounding took away
    if (by_days) {
        day += days(static_cast<int>(whole));
    } else {
        day = months_later(start, static_cast<int>(whole));
        const auto length = (months_later(start, static_cast<int>(whole) + 1) - day).count();
        day += days(static_cast<int>(std::floor(std::max(0.0, units - whole) * static_cast<double>(length))));
    }
    const year_month_day date(day);
    char text[32];
    std::snprintf(text, sizeof text, "%04d-%02u-%02u", static_cast<int>(date.year()),
                  static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()));
    return text;
}

}  // namespace understudy::studies
