#include "tools/formats/logs/written_dates.h"

#include <fmt/format.h>

#include "tools/formats/files/file_error.h"
#include "tools/formats/logs/log_values.h"
#include "tools/formats/printable.h"

namespace understudy::formats {

namespace {

bool is_date_digit(char c) { return c >= '0' && c <= '9'; }

/// A number of at most `most` digits from the front, and how many it has; -1: there is none.
int take_up_to(std::string_view& text, std::size_t most, std::size_t& digits) {
    digits = 0;
    int value = 0;
    while (digits < text.size() && digits < most && is_date_digit(text[digits]))
        value = value * 10 + (text[digits++] - '0');
    text.remove_prefix(digits);
    return digits == 0 ? -1 : value;
}

bool take_sign(std::string_view& text, char c) {
    if (text.empty() || text.front() != c) return false;
    text.remove_prefix(1);
    return true;
}

/// The three numbers of a date, and what follows them.
struct DateParts {
    int first = 0, second = 0, year = 0;  ///< after a year: the month, the day
    bool year_first = false;
    bool points = false;
    std::string_view rest;
};

std::optional<DateParts> parts_of(std::string_view text) {
    DateParts parts;
    std::size_t digits = 0;
    const int front = take_up_to(text, 4, digits);
    if (front < 0 || digits == 3 || text.empty()) return std::nullopt;
    const char separator = text.front();
    if (separator != '.' && separator != '/' && separator != '-') return std::nullopt;
    text.remove_prefix(1);
    parts.year_first = digits == 4;
    parts.points = separator == '.';
    const int middle = take_up_to(text, 2, digits);
    if (middle < 0 || !take_sign(text, separator)) return std::nullopt;
    const int last = take_up_to(text, 4, digits);
    if (last < 0 || (parts.year_first ? digits > 2 : digits != 4)) return std::nullopt;
    parts.year = parts.year_first ? front : last;
    parts.first = parts.year_first ? middle : front;
    parts.second = parts.year_first ? last : middle;
    if (!text.empty() && text.front() != ' ' && text.front() != 'T' && text.front() != ',')
        return std::nullopt;
    take_sign(text, ',');
    take_sign(text, 'T');
    parts.rest = trimmed(text);
    return parts;
}

/// "1:00 PM" as "T13:00:00", with the zone that follows; "" of none; nothing where it is no clock.
std::optional<std::string> iso_clock(std::string_view text) {
    if (text.empty()) return std::string();
    std::size_t digits = 0;
    int hour = take_up_to(text, 2, digits);
    if (hour < 0 || !take_sign(text, ':')) return std::nullopt;
    const int minute = take_up_to(text, 2, digits);
    if (minute < 0) return std::nullopt;
    int second = 0;
    std::string fraction;
    if (take_sign(text, ':')) {
        second = take_up_to(text, 2, digits);
        if (second < 0) return std::nullopt;
        if (text.size() > 1 && (text[0] == '.' || text[0] == ',') && is_date_digit(text[1])) {
            std::size_t end = 1;
            while (end < text.size() && is_date_digit(text[end])) ++end;
            fraction = "." + std::string(text.substr(1, end - 1));
            text.remove_prefix(end);
        }
    }
    text = trimmed(text);
    const std::string half = plain_word(text.substr(0, 2));
    if (half == "am" || half == "pm") {
        if (hour < 1 || hour > 12) return std::nullopt;
        hour = hour % 12 + (half == "pm" ? 12 : 0);
        text = trimmed(text.substr(2));
    }
    return fmt::format("T{:02}:{:02}:{:02}{}{}", hour, minute, second, fraction, text);
}

/// Of these either number may be the day.
bool leaves_order(const DateParts& parts) { return !parts.year_first && !parts.points; }

}  // namespace

OrderSaid order_said_by(std::string_view date) {
    const auto parts = parts_of(trimmed(date));
    if (!parts || !leaves_order(*parts)) return OrderSaid::nothing;
    if (parts->first > 12) return parts->second > 12 ? OrderSaid::nothing : OrderSaid::day_first;
    return parts->second > 12 ? OrderSaid::month_first : OrderSaid::open;
}

std::optional<std::string> iso_date(std::string_view date, std::optional<DayOrder> order) {
    const auto parts = parts_of(trimmed(date));
    if (!parts) return std::nullopt;
    const bool either = leaves_order(*parts) && parts->first != parts->second;
    if (either && !order) return std::nullopt;
    const auto clock = iso_clock(parts->rest);
    if (!clock) return std::nullopt;
    const bool day_first = !parts->year_first && (!either || *order == DayOrder::day_first);
    return fmt::format("{:04}-{:02}-{:02}{}", parts->year, day_first ? parts->second : parts->first,
                       day_first ? parts->first : parts->second, *clock);
}

bool DatesOrder::see(std::string_view date, std::int64_t line) {
    const OrderSaid said = order_said_by(date);
    if (!order_ && (said == OrderSaid::day_first || said == OrderSaid::month_first)) {
        order_ = said == OrderSaid::day_first ? DayOrder::day_first : DayOrder::month_first;
        line_ = line;
    }
    return said != OrderSaid::nothing;
}

std::optional<std::int64_t> read_date(std::string_view text, std::optional<DayOrder> order,
                                      DateZones& zones) {
    if (const auto instant = date_instant(text)) {
        zones.add(text);
        return instant;
    }
    const auto iso = iso_date(text, order);
    const auto instant = iso ? date_instant(*iso) : std::nullopt;
    if (instant) zones.add(*iso);
    return instant;
}

DayOrder order_said_as(std::string_view text, const std::string& file) {
    const std::string word = plain_word(text);
    if (word == "day first") return DayOrder::day_first;
    if (word == "month first") return DayOrder::month_first;
    throw FileError(file, fmt::format("'{}' of --columns is 'day first' or 'month first', not '{}'",
                                      dates_field, printable(text)));
}

std::string order_unknown(std::string_view date) {
    return fmt::format(
        "'{}' may have the day or the month first, and no date of the log says which; write 'dates: day "
        "first' or 'dates: month first' into a file and give it with --columns",
        printable(trimmed(date).substr(0, 40)));
}

bool may_be_spreadsheet_day(std::string_view number) {
    constexpr double first = 20'000, last = 80'000;
    number = trimmed(number);
    const std::size_t point = number.find_first_of(".,");
    const auto whole = log_number(number.substr(0, point));
    return point != std::string_view::npos && point + 1 < number.size() && whole && *whole >= first &&
           *whole <= last && number.find_first_not_of("0123456789", point + 1) == std::string_view::npos;
}

}  // namespace understudy::formats
