#include "tools/formats/logs/log_values.h"

#include <array>
#include <cctype>
#include <charconv>
#include <cmath>
#include <system_error>
#include <utility>

#include "tools/formats/letters.h"

namespace understudy::formats {

namespace {

/// Takes a number from the front of `text`; exponents are allowed, signs only in front.
std::optional<double> take_number(std::string_view& text) {
    double value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc() || !std::isfinite(value)) return std::nullopt;
    text.remove_prefix(static_cast<std::size_t>(end - text.data()));
    return value;
}

/// Exact where the text is a whole number, which instants in milliseconds or nanoseconds are.
std::optional<std::int64_t> scaled(std::string_view text, kernel::Time unit) {
    std::int64_t whole = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), whole);
    if (error == std::errc() && end == text.data() + text.size()) {
        std::int64_t result = 0;
        if (__builtin_mul_overflow(whole, unit, &result)) return std::nullopt;
        return result;
    }
    const std::optional<double> value = take_number(text);
    if (!value || !text.empty()) return std::nullopt;
    const double ns = *value * static_cast<double>(unit);
    if (!(std::fabs(ns) < 9.2e18)) return std::nullopt;
    return std::llround(ns);
}

/// Exactly `digits` digits from the front.
std::optional<int> take_digits(std::string_view& text, std::size_t digits) {
    if (text.size() < digits) return std::nullopt;
    int value = 0;
    for (std::size_t i = 0; i < digits; ++i) {
        if (!is_digit(text[i])) return std::nullopt;
        value = value * 10 + (text[i] - '0');
    }
    text.remove_prefix(digits);
    return value;
}

bool take(std::string_view& text, char c) {
    if (text.empty() || text.front() != c) return false;
    text.remove_prefix(1);
    return true;
}

/// Days since 1970-01-01 in the Gregorian calendar.
std::int64_t days_since_1970(int year, int month, int day) {
    const std::int64_t y = year - (month <= 2 ? 1 : 0);
    const std::int64_t era = (y >= 0 ? y : y - 399) / 400;
    const std::int64_t of_era = y - era * 400;
    const std::int64_t of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
    return era * 146097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719468;
}

/// The fraction behind a point or comma, in nanoseconds; digits below a nanosecond are dropped.
std::int64_t take_fraction(std::string_view& text) {
    if (text.size() < 2 || (text[0] != '.' && text[0] != ',') || !is_digit(text[1])) return 0;
    text.remove_prefix(1);
    std::int64_t ns = 0;
    int digits = 0;
    while (!text.empty() && is_digit(text.front())) {
        if (digits < 9) {
            ns = ns * 10 + (text.front() - '0');
            ++digits;
        }
        text.remove_prefix(1);
    }
    for (; digits < 9; ++digits) ns *= 10;
    return ns;
}

int days_of_month(int year, int month) {
    const bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    constexpr std::array<int, 12> days = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    return days[static_cast<std::size_t>(month - 1)] + (month == 2 && leap ? 1 : 0);
}

std::optional<std::int64_t> calendar_instant(std::string_view text) {
    const auto year = take_digits(text, 4);
    if (!year || *year < 1700 || *year > 2200) return std::nullopt;
    const bool dashes = take(text, '-');
    const auto month = take_digits(text, 2);
    if (dashes && !take(text, '-')) return std::nullopt;
    const auto day = take_digits(text, 2);
    if (!month || !day || *month < 1 || *month > 12 || *day < 1 || *day > days_of_month(*year, *month))
        return std::nullopt;
    std::int64_t seconds = days_since_1970(*year, *month, *day) * 86400;
    std::int64_t ns = 0;
    if (!text.empty()) {
        if (!take(text, 'T') && !take(text, ' ')) return std::nullopt;
        const auto hour = take_digits(text, 2);
        const bool colons = take(text, ':');
        const auto minute = take_digits(text, 2);
        if (!hour || !minute || *hour > 24 || *minute > 59) return std::nullopt;
        std::optional<int> second = 0;
        if (colons ? take(text, ':') : (!text.empty() && is_digit(text.front()))) {
            second = take_digits(text, 2);
            if (!second || *second > 60) return std::nullopt;
            ns = take_fraction(text);
        }
        // The end of a day may be called 24:00 (ISO 8601), and nothing is later.
        if (*hour == 24 && (*minute > 0 || *second > 0 || ns > 0)) return std::nullopt;
        seconds += *hour * 3600 + *minute * 60 + *second;
        text = trimmed(text);
        if (!text.empty() && text != "Z" && text != "UTC" && text != "z") {
            const int sign = text.front() == '-' ? -1 : 1;
            if (text.front() != '+' && text.front() != '-') return std::nullopt;
            text.remove_prefix(1);
            const auto zone_hour = take_digits(text, 2);
            take(text, ':');
            const auto zone_minute = text.empty() ? std::optional<int>(0) : take_digits(text, 2);
            if (!zone_hour || !zone_minute || !text.empty()) return std::nullopt;
            seconds -= sign * (*zone_hour * 3600 + *zone_minute * 60);
        }
    }
    return seconds * kernel::second + ns;
}

struct DurationUnit {
    std::string_view name;
    kernel::Time value;
};
constexpr std::array<DurationUnit, 21> duration_units = {
    {{"ns", kernel::nanosecond},  {"us", kernel::microsecond}, {"ms", kernel::millisecond},
     {"s", kernel::second},       {"m", kernel::minute},       {"h", kernel::hour},
     {"d", kernel::day},          {"w", kernel::week},         {"sec", kernel::second},
     {"secs", kernel::second},    {"second", kernel::second},  {"seconds", kernel::second},
     {"min", kernel::minute},     {"mins", kernel::minute},    {"minute", kernel::minute},
     {"minutes", kernel::minute}, {"hour", kernel::hour},      {"hours", kernel::hour},
     {"day", kernel::day},        {"days", kernel::day},       {"millis", kernel::millisecond}}};

/// "00:02:05.5" and "02:05": hours, minutes, seconds.
std::optional<kernel::Time> clock_duration(std::string_view text) {
    std::int64_t total = 0;
    for (int parts = 0;; ++parts) {
        std::int64_t value = 0;
        const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
        if (error != std::errc() || value < 0 || value > 1000000 || parts > 2) return std::nullopt;
        text.remove_prefix(static_cast<std::size_t>(end - text.data()));
        total = total * 60 + value;
        if (take(text, ':')) continue;
        if (parts == 0) return std::nullopt;
        const std::int64_t fraction = take_fraction(text);
        if (!text.empty()) return std::nullopt;
        return total * kernel::second + fraction;
    }
}

/// What follows the P of ISO 8601: "1DT2H3M4.5S", "2W". Months and years have no length of their own.
std::optional<kernel::Time> iso_duration(std::string_view text) {
    double total = 0;
    bool of_clock = false, any = false;
    while (!text.empty()) {
        if (!of_clock && (take(text, 'T') || take(text, 't'))) {
            of_clock = true;
            continue;
        }
        std::string number(text.substr(0, text.find_first_not_of("0123456789.,")));
        text.remove_prefix(number.size());
        if (const auto comma = number.find(','); comma != std::string::npos) number[comma] = '.';
        std::string_view rest = number;
        const auto value = take_number(rest);
        if (!value || !rest.empty() || text.empty()) return std::nullopt;
        const char unit = text.front() >= 'a' ? static_cast<char>(text.front() - 'a' + 'A') : text.front();
        text.remove_prefix(1);
        kernel::Time length = 0;
        if (of_clock)
            length = unit == 'H'   ? kernel::hour
                     : unit == 'M' ? kernel::minute
                     : unit == 'S' ? kernel::second
                                   : 0;
        else
            length = unit == 'D' ? kernel::day : unit == 'W' ? kernel::week : 0;
        if (length == 0) return std::nullopt;
        total += *value * static_cast<double>(length);
        any = true;
    }
    if (!any || !(total < 9.2e18)) return std::nullopt;
    return std::llround(total);
}

}  // namespace

std::string_view trimmed(std::string_view text) {
    while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
    while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
    return text;
}

std::string plain_word(std::string_view text) { return lower(trimmed(text)); }

std::optional<kernel::Time> log_duration(std::string_view text, kernel::Time plain_unit) {
    text = trimmed(text);
    if (text.empty() || text == "-") return std::nullopt;
    if (const auto plain = scaled(text, plain_unit)) return *plain >= 0 ? plain : std::nullopt;
    if (const auto clock = clock_duration(text)) return clock;
    if (text.front() == 'P' || text.front() == 'p') return iso_duration(text.substr(1));
    double total = 0;
    while (!text.empty()) {
        const auto value = take_number(text);
        if (!value || *value < 0) return std::nullopt;
        text = trimmed(text);
        std::size_t letters = 0;
        while (letters < text.size() && ((text[letters] >= 'a' && text[letters] <= 'z') ||
                                         (text[letters] >= 'A' && text[letters] <= 'Z')))
            ++letters;
        const std::string_view name = text.substr(0, letters);
        kernel::Time unit = 0;
        for (const DurationUnit& known : duration_units)
            if (known.name == name) unit = known.value;
        if (unit == 0) return std::nullopt;
        total += *value * static_cast<double>(unit);
        text = trimmed(text.substr(letters));
    }
    if (!(total < 9.2e18)) return std::nullopt;
    return std::llround(total);
}

std::optional<std::int64_t> log_size(std::string_view text, std::int64_t plain_unit) {
    text = trimmed(text);
    if (text.empty() || text == "-") return std::nullopt;
    if (const auto plain = scaled(text, plain_unit)) return *plain >= 0 ? plain : std::nullopt;
    const auto value = take_number(text);
    if (!value || *value < 0) return std::nullopt;
    text = trimmed(text);
    static constexpr std::string_view prefixes = "KMGTPE";
    double factor = 1;
    if (!text.empty()) {
        const char first = text.front() == 'k' ? 'K' : text.front();
        const std::size_t power = prefixes.find(first);
        if (power != std::string_view::npos) {
            factor = std::ldexp(1.0, static_cast<int>(10 * (power + 1)));
            text.remove_prefix(1);
        }
    }
    if (!text.empty() && text != "B" && text != "b" && text != "iB") return std::nullopt;
    const double bytes = *value * factor;
    if (!(bytes < 9.2e18)) return std::nullopt;
    return std::llround(bytes);
}

std::optional<double> log_number(std::string_view text) {
    text = trimmed(text);
    const auto value = take_number(text);
    if (!value || (!text.empty() && text != "%")) return std::nullopt;
    return value;
}

std::optional<std::int64_t> date_instant(std::string_view text) {
    text = trimmed(text);
    if (text.size() < 10 || text.find_first_of("-:T", 4) == std::string_view::npos) return std::nullopt;
    return calendar_instant(text);
}

kernel::Time unit_by_size(double number) {
    const double size = std::fabs(number);
    return size < 1e11   ? kernel::second
           : size < 1e14 ? kernel::millisecond
           : size < 1e17 ? kernel::microsecond
                         : kernel::nanosecond;
}

std::optional<std::int64_t> log_instant(std::string_view text, kernel::Time plain_unit) {
    text = trimmed(text);
    if (text.empty() || text == "-") return std::nullopt;
    if (const auto date = date_instant(text)) return date;
    kernel::Time unit = plain_unit;
    if (unit == 0) {
        const auto value = log_number(text);
        if (!value) return std::nullopt;
        unit = unit_by_size(*value);
    }
    return scaled(text, unit);
}

bool RowsSeen::again(const std::vector<std::string>& row) {
    std::string all;
    for (const std::string& field : row) (all += field) += '\x1f';
    return !rows_.insert(std::move(all)).second;
}

void NoteList::add(const std::string& text, std::int64_t line, std::int64_t count) {
    const auto [at, fresh] = known_.emplace(text, notes_.size());
    if (fresh) {
        notes_.push_back({text, count, line});
    } else {
        notes_[at->second].count += count;
    }
}

void NoteList::leave_out(const std::string& text, std::int64_t line) {
    add(text, line);
    ++left_out_;
}

std::vector<models::RecordedRun::Note> NoteList::take() {
    known_.clear();
    return std::exchange(notes_, {});
}

std::string with_decimal_point(std::string_view text) {
    std::string plain(text);
    const auto is_digit = [&](std::size_t at) {
        return at < plain.size() && std::isdigit(static_cast<unsigned char>(plain[at])) != 0;
    };
    const std::size_t comma = plain.find(',');
    if (comma == std::string::npos || comma == 0 || comma != plain.rfind(',') ||
        plain.find('.') != std::string::npos || !is_digit(comma - 1) || !is_digit(comma + 1))
        return plain;
    plain[comma] = '.';
    return plain;
}

}  // namespace understudy::formats
