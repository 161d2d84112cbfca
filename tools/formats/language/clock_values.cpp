// Wall-clock values of values.h: local instants and times of day.
#include <date/date.h>
#include <fmt/format.h>

#include <optional>

#include "tools/formats/language/fault.h"
#include "tools/formats/language/values.h"

namespace understudy::formats {

namespace {

constexpr std::int64_t second_ns = kernel::second;

/// Exactly `width` digits at `from`.
std::optional<int> digits(std::string_view text, std::size_t from, std::size_t width) {
    if (from + width > text.size()) return std::nullopt;
    int value = 0;
    for (std::size_t i = from; i < from + width; ++i) {
        if (text[i] < '0' || text[i] > '9') return std::nullopt;
        value = value * 10 + (text[i] - '0');
    }
    return value;
}

}  // namespace

std::int64_t read_clock(std::string_view text, std::size_t offset) {
    const auto hour = digits(text, 0, 2);
    const auto minute = digits(text, 3, 2);
    if (text.size() != 5 || text[2] != ':' || !hour || !minute) {
        const bool short_hour =
            text.size() == 4 && text[1] == ':' && digits(text, 0, 1) && digits(text, 2, 2);
        throw Fault(offset, fmt::format("'{}' is not a time of day", text),
                    short_hour ? fmt::format("write '0{}'", text)
                               : "write hours and minutes on the 24-hour clock, such as '05:30'");
    }
    if (*hour > 23 || *minute > 59)
        throw Fault(offset, fmt::format("there is no time of day '{}'", text), "from 00:00 to 23:59");
    return (*hour * 60 + *minute) * kernel::minute;
}

models::LocalInstant read_local_instant(std::string_view text, std::size_t offset) {
    const auto bad = [&](const std::string& hint) {
        return Fault(offset, fmt::format("'{}' is not a date and time", text), hint);
    };
    const std::string usual = "write it as '2026-03-09T00:00'";
    const auto year = digits(text, 0, 4), month = digits(text, 5, 2), day = digits(text, 8, 2);
    if (!year || !month || !day || text[4] != '-' || text[7] != '-') throw bad(usual);
    if (text.size() == 10) throw bad(fmt::format("write '{}T00:00'", text));
    if (text[10] == ' ')
        throw bad(
            fmt::format("a T stands between date and time: '{}T{}'", text.substr(0, 10), text.substr(11)));
    const auto hour = digits(text, 11, 2), minute = digits(text, 14, 2);
    if (text[10] != 'T' || !hour || !minute || text[13] != ':') throw bad(usual);
    std::size_t end = 16;
    int second = 0;
    if (end < text.size() && text[end] == ':') {
        const auto read = digits(text, 17, 2);
        if (!read) throw bad(usual);
        second = *read;
        end = 19;
    }
    if (end < text.size()) {
        if (text[end] == 'Z' || text[end] == '+' || text[end] == '-')
            throw Fault(offset + end, fmt::format("'{}' has an offset", text),
                        "leave it out and name the zone in 'zone', such as 'zone: Europe/Berlin'");
        throw bad(usual);
    }
    const date::year_month_day ymd{date::year(*year), date::month(static_cast<unsigned>(*month)),
                                   date::day(static_cast<unsigned>(*day))};
    if (!ymd.ok() || *hour > 23 || *minute > 59 || second > 59)
        throw Fault(offset, fmt::format("there is no instant '{}'", text));
    if (*year < 1900 || *year > 2200)
        throw Fault(offset, fmt::format("the year of '{}' is out of range", text), "years from 1900 to 2200");
    const std::int64_t days = date::sys_days(ymd).time_since_epoch().count();
    return {((days * 24 + *hour) * 60 + *minute) * 60 * second_ns + second * second_ns};
}

std::string print_local_instant(models::LocalInstant instant) {
    const auto days = date::floor<date::days>(std::chrono::nanoseconds(instant.ns));
    const date::year_month_day ymd{date::sys_days(days)};
    const std::int64_t rest = (std::chrono::nanoseconds(instant.ns) - days).count() / second_ns;
    std::string text = fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}", static_cast<int>(ymd.year()),
                                   static_cast<unsigned>(ymd.month()), static_cast<unsigned>(ymd.day()),
                                   rest / 3600, rest / 60 % 60);
    if (rest % 60 != 0) text += fmt::format(":{:02}", rest % 60);
    return text;
}

std::string print_clock(std::int64_t ns_since_midnight) {
    const std::int64_t minutes = ns_since_midnight / kernel::minute;
    return fmt::format("{:02}:{:02}", minutes / 60, minutes % 60);
}

}  // namespace understudy::formats
