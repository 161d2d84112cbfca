#include "tools/formats/logs/written_dates.h"

#include <fmt/format.h>

#include "tools/formats/logs/log_values.h"

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

}  // namespace understudy::formats
