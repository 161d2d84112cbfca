#include "tools/formats/language/schedules.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <vector>

#include "tools/formats/language/suggestions.h"
#include "tools/formats/language/tokens.h"
#include "tools/formats/language/values.h"
#include "tools/formats/letters.h"

namespace understudy::formats {

namespace {

using models::CalendarPattern;
using models::Schedule;

constexpr std::array<std::string_view, 7> day_names{"sun", "mon", "tue", "wed", "thu", "fri", "sat"};
constexpr std::array<std::string_view, 12> month_names{"jan", "feb", "mar", "apr", "may", "jun",
                                                       "jul", "aug", "sep", "oct", "nov", "dec"};
constexpr std::uint32_t all_days_of_month = 0xFFFFFFFEu;
constexpr std::uint16_t all_months = 0x1FFE;
constexpr std::uint8_t all_days_of_week = 0x7F;
constexpr std::uint8_t weekdays = 0x3E;
constexpr const char* usual =
    "such as 'every 15min', 'daily at 05:00', 'cron 5 * * * *', 'each STREAM', 'updated DATASET' or 'once'";

CalendarPattern any_day() {
    CalendarPattern pattern;
    pattern.days_of_month = all_days_of_month;
    pattern.months = all_months;
    pattern.days_of_week = all_days_of_week;
    return pattern;
}

/// One field of cron: `*`, `*/5`, `1-5`, `mon,fri`, `0-30/10`.
struct CronField {
    std::string_view noun;
    int low, high;
    const std::string_view* names = nullptr;
    int name_count = 0, name_base = 0;
};

class CronReader {
public:
    CronReader(const CronField& field, const Token& token) : field_(field), token_(token) {}

    std::uint64_t read() {
        std::uint64_t bits = 0;
        std::size_t start = 0;
        while (start <= token_.text.size()) {
            const std::size_t end = std::min(token_.text.find(',', start), token_.text.size());
            bits |= part(token_.text.substr(start, end - start), start);
            start = end + 1;
        }
        return bits;
    }

private:
    std::uint64_t part(std::string_view text, std::size_t at) {
        int low = field_.low, high = field_.high, step = 1;
        const std::size_t slash = text.find('/');
        const std::string_view range = text.substr(0, slash);
        if (slash != std::string_view::npos) {
            step = number(text.substr(slash + 1), at + slash + 1, false);
            if (step <= 0) throw bad(text, at);
        }
        if (range != "*") {
            const std::size_t dash = range.find('-');
            low = number(range.substr(0, dash), at, true);
            high = dash == std::string_view::npos ? (slash == std::string_view::npos ? low : field_.high)
                                                  : number(range.substr(dash + 1), at + dash + 1, true);
            // Sunday is 0 and 7: `5-7` ends with Sunday, `sun-tue` starts with it.
            if (low < field_.low || high > field_.high || low > high)
                throw Fault(token_.offset + at, fmt::format("'{}' is no {} of cron", text, field_.noun),
                            fmt::format("from {} to {}, the smaller first", field_.low, field_.high));
        }
        std::uint64_t bits = 0;
        for (int i = low; i <= high; i += step) bits |= std::uint64_t{1} << i;
        return bits;
    }

    int number(std::string_view text, std::size_t at, bool names) const {
        const std::string word = lower(text);
        if (names)
            for (int i = 0; i < field_.name_count; ++i)
                if (field_.names[i] == word) return i + field_.name_base;
        if (text.empty() || text.size() > 2 ||
            !std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; }))
            throw bad(text, at);
        return std::stoi(word);
    }

    Fault bad(std::string_view text, std::size_t at) const {
        return Fault(token_.offset + at, fmt::format("'{}' is no {} of cron", text, field_.noun),
                     fmt::format("numbers from {} to {}, '*', '*/5', '1-5' or lists with commas", field_.low,
                                 field_.high));
    }

    const CronField& field_;
    const Token& token_;
};

CalendarPattern read_cron(std::vector<Token>& fields) {
    CalendarPattern pattern;
    const CronField minute{"minute", 0, 59}, hour{"hour", 0, 23}, day{"day of the month", 1, 31},
        month{"month", 1, 12, month_names.data(), 12, 1},
        weekday{"day of the week", 0, 7, day_names.data(), 7, 0};
    pattern.minutes = CronReader(minute, fields[0]).read();
    pattern.hours = static_cast<std::uint32_t>(CronReader(hour, fields[1]).read());
    pattern.days_of_month = static_cast<std::uint32_t>(CronReader(day, fields[2]).read());
    pattern.months = static_cast<std::uint16_t>(CronReader(month, fields[3]).read());
    const std::uint64_t week = CronReader(weekday, fields[4]).read();
    pattern.days_of_week = static_cast<std::uint8_t>((week | week >> 7) & all_days_of_week);
    // cron: with both restricted, either suffices; a field that starts with * counts as not restricted.
    pattern.either_day = fields[2].text[0] != '*' && fields[4].text[0] != '*';
    bool possible = pattern.days_of_week != 0 && pattern.either_day;
    constexpr int longest[] = {31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    for (int m = 1; m <= 12; ++m)
        for (int d = 1; d <= longest[m - 1]; ++d)
            possible =
                possible || ((pattern.months >> m & 1u) != 0 && (pattern.days_of_month >> d & 1u) != 0);
    if (!possible)
        throw Fault(fields[2].offset, "no month has these days, so this would never run",
                    "change the day of the month or the month");
    return pattern;
}

std::string read_zone(const Token& token) {
    std::string zone(token.text);
    if (models::Calendar::zone_exists(zone)) return zone;
    throw Fault(token.offset, fmt::format("unknown time zone '{}'", zone),
                "zones are called as in the tz database, such as 'Europe/Berlin' or 'UTC'");
}

Schedule calendar_schedule(Tokens& tokens, CalendarPattern pattern) {
    tokens.expect("at", "a calendar schedule says when: 'daily at 05:00'");
    const Token clock = tokens.expect_word("a time of day");
    const std::int64_t minutes = read_clock(clock.text, clock.offset) / kernel::minute;
    pattern.hours = std::uint32_t{1} << (minutes / 60);
    pattern.minutes = std::uint64_t{1} << (minutes % 60);
    Schedule schedule;
    schedule.kind = Schedule::Kind::calendar;
    schedule.pattern = pattern;
    if (tokens.peek().word) schedule.zone = read_zone(tokens.take());
    return schedule;
}

std::vector<Token> cron_fields(std::string_view text, std::size_t from) {
    // Not the tokenizer's words: a cron list holds commas.
    std::vector<Token> fields;
    while (from < text.size()) {
        if (text[from] == ' ') {
            ++from;
            continue;
        }
        const std::size_t end = std::min(text.find(' ', from), text.size());
        fields.push_back({text.substr(from, end - from), from, true});
        from = end;
    }
    return fields;
}

Schedule cron_schedule(std::string_view text, std::size_t from) {
    std::vector<Token> fields = cron_fields(text, from);
    if (fields.size() < 5 || fields.size() > 6)
        throw Fault(fields.empty() ? text.size() : fields.back().offset,
                    fmt::format("cron has five fields and perhaps a zone; here are {}", fields.size()),
                    "minute, hour, day of month, month, day of week: 'cron 5 * * * *'");
    Schedule schedule;
    schedule.kind = Schedule::Kind::calendar;
    schedule.pattern = read_cron(fields);
    if (fields.size() == 6) schedule.zone = read_zone(fields[5]);
    return schedule;
}

// ---- printing

std::string cron_text(std::uint64_t bits, int low, int high) {
    std::uint64_t all = 0;
    for (int i = low; i <= high; ++i) all |= std::uint64_t{1} << i;
    if (bits == all) return "*";
    std::string text;
    for (int i = low; i <= high; ++i) {
        if ((bits >> i & 1u) == 0) continue;
        int end = i;
        while (end < high && (bits >> (end + 1) & 1u) != 0) ++end;
        if (!text.empty()) text += ',';
        text += std::to_string(i);
        if (end > i + 1) text += "-" + std::to_string(end);
        if (end > i + 1) i = end;
    }
    return text;
}

bool one_bit(std::uint64_t bits) { return bits != 0 && (bits & (bits - 1)) == 0; }

int lowest(std::uint64_t bits) {
    int i = 0;
    while ((bits >> i & 1u) == 0) ++i;
    return i;
}

std::string pattern_text(const CalendarPattern& p) {
    if (one_bit(p.minutes) && one_bit(p.hours) && p.months == all_months && !p.either_day) {
        const std::string at = fmt::format(" at {:02}:{:02}", lowest(p.hours), lowest(p.minutes));
        if (p.days_of_month == all_days_of_month) {
            if (p.days_of_week == all_days_of_week) return "daily" + at;
            if (p.days_of_week == weekdays) return "weekdays" + at;
            if (one_bit(p.days_of_week))
                return std::string(day_names[static_cast<std::size_t>(lowest(p.days_of_week))]) + at;
        } else if (p.days_of_month == 2 && p.days_of_week == all_days_of_week) {
            return "monthly" + at;
        }
    }
    std::string day = cron_text(p.days_of_month, 1, 31), week = cron_text(p.days_of_week, 0, 6);
    // `either` of a full and a restricted field is written so that it stays restricted, and the other way
    // round.
    if (p.either_day && day == "*") day = "1-31";
    if (p.either_day && week == "*") week = "0-6";
    if (!p.either_day && day != "*" && week != "*") day = day == "1-31" ? "*" : day;
    return fmt::format("cron {} {} {} {} {}", cron_text(p.minutes, 0, 59), cron_text(p.hours, 0, 23), day,
                       cron_text(p.months, 1, 12), week);
}

}  // namespace

Schedule read_schedule(std::string_view text) {
    Tokens tokens(text);
    const Token head = tokens.peek();
    if (head.text.empty()) throw Fault(0, "a schedule is missing", usual);
    if (!head.word) throw Fault(head.offset, fmt::format("'{}' is not a schedule", text), usual);
    tokens.take();
    Schedule schedule;
    if (head.text == "cron") {
        schedule = cron_schedule(text, head.offset + head.text.size());
        schedule.text = std::string(text);
        return schedule;
    }
    if (head.text == "once") {
        schedule.kind = Schedule::Kind::once;
    } else if (head.text == "every") {
        const Token period = tokens.expect_word("a duration");
        schedule.kind = Schedule::Kind::every;
        schedule.period = read_duration(period.text, period.offset);
        if (schedule.period == 0)
            throw Fault(period.offset, "every 0s never lets time pass", "write a longer period");
    } else if (head.text == "each" || head.text == "updated") {
        const Token name = tokens.expect_word(head.text == "each" ? "a stream" : "a dataset");
        if (!is_name(name.text)) throw Fault(name.offset, fmt::format("'{}' is not a name", name.text));
        schedule.kind = head.text == "each" ? Schedule::Kind::each : Schedule::Kind::updated;
        schedule.name = std::string(name.text);
    } else if (head.text == "daily") {
        schedule = calendar_schedule(tokens, any_day());
    } else if (head.text == "weekdays") {
        CalendarPattern pattern = any_day();
        pattern.days_of_week = weekdays;
        schedule = calendar_schedule(tokens, pattern);
    } else if (head.text == "monthly") {
        CalendarPattern pattern = any_day();
        pattern.days_of_month = 2;
        schedule = calendar_schedule(tokens, pattern);
    } else if (const auto day = std::find(day_names.begin(), day_names.end(), head.text);
               day != day_names.end()) {
        CalendarPattern pattern = any_day();
        pattern.days_of_week = static_cast<std::uint8_t>(1u << (day - day_names.begin()));
        schedule = calendar_schedule(tokens, pattern);
    } else {
        std::vector<std::string> candidates = {"once",    "every", "daily", "weekdays",
                                               "monthly", "cron",  "each",  "updated"};
        for (const std::string_view day_name : day_names) candidates.emplace_back(day_name);
        std::string hint = did_you_mean(head.text, candidates);
        if (head.text[0] == '@' || head.text == "hourly" || head.text == "weekly")
            hint = head.text.find("hourly") != std::string_view::npos
                       ? "write 'every 1h', or 'cron 0 * * * *' for the full hour"
                       : "write 'daily at 00:00', 'mon at 00:00' or 'monthly at 00:00'";
        else if (text.find('*') != std::string_view::npos || cron_fields(text, 0).size() == 5)
            hint = fmt::format("write 'cron {}'", text);
        else if (head.text[0] >= '0' && head.text[0] <= '9')
            hint = fmt::format("write 'every {}' or 'daily at {}'", head.text, "05:00");
        for (std::size_t i = 0; i < day_names.size(); ++i)
            if (head.text.size() > 3 && lower(head.text).starts_with(day_names[i]))
                hint = fmt::format("write '{} at 05:00'", day_names[i]);
        throw Fault(head.offset, fmt::format("'{}' is not a schedule", text), hint.empty() ? usual : hint);
    }
    tokens.expect_end();
    schedule.text = std::string(text);
    return schedule;
}

std::string print_schedule(const Schedule& schedule) {
    switch (schedule.kind) {
        case Schedule::Kind::once: return "once";
        case Schedule::Kind::every: return "every " + print_duration(schedule.period);
        case Schedule::Kind::each: return "each " + schedule.name;
        case Schedule::Kind::updated: return "updated " + schedule.name;
        case Schedule::Kind::calendar:
            return pattern_text(schedule.pattern) + (schedule.zone.empty() ? "" : " " + schedule.zone);
    }
    return "once";
}

}  // namespace understudy::formats
