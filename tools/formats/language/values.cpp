#include "tools/formats/language/values.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <cmath>
#include <cstdint>
#include <string>
#include <tuple>

#include "models/scenario.h"
#include "tools/formats/language/decimal.h"
#include "tools/formats/language/fault.h"
#include "tools/formats/language/units.h"
#include "tools/formats/letters.h"

namespace understudy::formats {

namespace {

bool is_letter(char c) {
    return std::isalpha(static_cast<unsigned char>(c)) != 0 || static_cast<unsigned char>(c) >= 0x80;
}
bool starts_with_digit(std::string_view text) { return !text.empty() && is_digit(text[0]); }

bool is_currency(std::string_view text) {
    return text.size() == 3 &&
           std::all_of(text.begin(), text.end(), [](char c) { return c >= 'A' && c <= 'Z'; });
}

std::string without(std::string_view text, char unwanted) {
    std::string result(text);
    std::erase(result, unwanted);
    return result;
}

/// Spellings that are refused before any grammar: they would be read differently elsewhere, or not at all.
void refuse_foreign_spellings(std::string_view text, std::size_t offset) {
    if (text.empty()) throw Fault(offset, "a value is missing");
    const std::string small = lower(text);
    if (text[0] == '-' && (starts_with_digit(text.substr(1)) || text.substr(1, 1) == "."))
        throw Fault(offset, fmt::format("'{}' is negative", text), "quantities are 0 or more");
    if (text[0] == '+' && starts_with_digit(text.substr(1)))
        throw Fault(offset, fmt::format("'{}' has a sign", text), fmt::format("write '{}'", text.substr(1)));
    if (small == "inf" || small == ".inf" || small == "nan" || small == ".nan" || small == "infinity" ||
        small == "-inf" || small == "-.inf")
        throw Fault(offset, fmt::format("'{}' is not finite", text),
                    "where there is no limit, leave the key out or write 'unlimited'");
    if (text[0] == '.' && starts_with_digit(text.substr(1)))
        throw Fault(offset, fmt::format("'{}' lacks the digit before the point", text),
                    fmt::format("write '0{}'", text));
    if (text[0] == '$' || text.starts_with("€") || text.starts_with("£"))
        throw Fault(offset, fmt::format("'{}' has a currency sign", text),
                    "write the code after the number, such as '4EUR/h'");
    const std::size_t underscore = text.find('_');
    if (starts_with_digit(text) && underscore != std::string_view::npos)
        throw Fault(offset + underscore, fmt::format("'{}' has an underscore", text),
                    fmt::format("write '{}'", without(text, '_')));
    const std::size_t comma = text.find(',');
    if (starts_with_digit(text) && comma != std::string_view::npos)
        throw Fault(
            offset + comma, fmt::format("'{}' has a comma", text),
            fmt::format("a fraction has a point, and thousands are not separated: '{}'", without(text, ',')));
    if (small.starts_with("0x") && small.size() > 2)
        throw Fault(offset, fmt::format("'{}' is not a decimal number", text), "write digits only");
    if (text.size() > 1 && text[0] == '0' && is_digit(text[1]))
        throw Fault(
            offset, fmt::format("'{}' starts with a 0, which other YAML tools read as octal", text),
            fmt::format("write '{}'", text.substr(std::min(text.find_first_not_of('0'), text.size() - 1))));
}

/// A number at `text`, with its length; Fault if there is none.
std::pair<Decimal, std::size_t> read_decimal(std::string_view text, std::size_t offset,
                                             std::string_view whole) {
    const std::size_t length = Decimal::length_at(text);
    if (length == 0)
        throw Fault(offset, fmt::format("'{}' is not a quantity", whole),
                    "write a number with its unit, such as '30s', '6GiB', '90/h' or '0.4%'");
    auto decimal = Decimal::read(text.substr(0, length));
    if (!decimal) throw Fault(offset, fmt::format("'{}' is too large or too small", text.substr(0, length)));
    return {*decimal, length};
}

Quantity quantity(Dimension dimension, const Decimal& decimal) {
    Quantity result;
    result.dimension = dimension;
    result.value = decimal.to_double();
    result.whole = decimal.is_whole();
    if (result.whole) result.exact = decimal.to_integer();
    return result;
}

Quantity duration_of(const Decimal& nanoseconds, std::string_view text, std::size_t offset) {
    Quantity result = quantity(Dimension::duration, nanoseconds.shifted(-9));
    result.exact = nanoseconds.to_integer();
    if (!result.exact)
        throw Fault(offset, fmt::format("'{}' is longer than 292 years, the limit of the clock", text));
    return result;
}

/// `P1DT2H30M`, up to weeks.
Quantity read_iso_duration(std::string_view text, std::size_t offset) {
    Decimal total;
    bool time = false, any = false;
    std::size_t i = 1;
    while (i < text.size()) {
        if (text[i] == 'T' && !time) {
            time = true;
            ++i;
            continue;
        }
        const auto [number, length] = read_decimal(text.substr(i), offset + i, text);
        i += length;
        const char letter = i < text.size() ? text[i] : '?';
        if (!time && (letter == 'Y' || letter == 'M'))
            throw Fault(offset + i, fmt::format("'{}' has years or months, which have no fixed length", text),
                        "write days, such as 'P30D' or '30d'");
        const char* unit = time ? (letter == 'H'   ? "h"
                                   : letter == 'M' ? "min"
                                   : letter == 'S' ? "s"
                                                   : nullptr)
                                : (letter == 'W'   ? "w"
                                   : letter == 'D' ? "d"
                                                   : nullptr);
        if (unit == nullptr)
            throw Fault(offset + i, fmt::format("'{}' is not an ISO 8601 duration", text),
                        "such as 'PT5M' or 'P1DT2H', or ours: '5min', '1d2h'");
        const Unit* found = time_unit(unit);
        total = total.plus(number.times(found->multiplier).shifted(found->shift));
        any = true;
        ++i;
    }
    if (!any)
        throw Fault(offset, fmt::format("'{}' is not an ISO 8601 duration", text),
                    "such as 'PT5M' or 'P1DT2H', or ours: '5min', '1d2h'");
    return duration_of(total, text, offset);
}

std::size_t letters_at(std::string_view text) {
    std::size_t n = 0;
    while (n < text.size() && is_letter(text[n])) ++n;
    return n;
}

/// `1/5min` and `4EUR/30min` as they are to be written: "12/h", "8EUR/h"; empty where `per` is no time.
std::string rate_meant(std::string_view head, std::string_view per) {
    if (per.empty() || per.front() < '0' || per.front() > '9') return "";
    double seconds = 0;
    try {
        seconds = read_quantity(per, Dimension::duration, 0).value;
    } catch (const Fault&) {
        return "";
    }
    const std::size_t length = Decimal::length_at(head);
    const auto number = Decimal::read(head.substr(0, length));
    if (!number || seconds <= 0) return "";
    std::string best;
    for (const char* name : {"s", "min", "h", "d", "w"}) {
        const Unit* unit = time_unit(name);
        const double amount =
            number->to_double() * Decimal(unit->multiplier).shifted(unit->shift).to_double() / 1e9 / seconds;
        // Twelve digits, so that what is whole comes out whole.
        const std::string text = fmt::format(
            "{}{}/{}", Decimal::shortest(std::strtod(fmt::format("{:.12g}", amount).c_str(), nullptr)).text(),
            head.substr(length), name);
        if (best.empty() || text.size() < best.size()) best = text;
    }
    return best;
}

/// What follows the slash of a rate, in nanoseconds.
const Unit& read_per_time(std::string_view unit, std::string_view head, std::size_t offset) {
    const Unit* found = time_unit(unit);
    if (found != nullptr && (unit == "s" || unit == "min" || unit == "h" || unit == "d" || unit == "w"))
        return *found;
    if (const std::string rate = rate_meant(head, unit); !rate.empty())
        throw Fault(offset, fmt::format("'{}' is not a time that rates are written in", unit),
                    fmt::format("write '{}'", rate));
    const std::string_view known = time_unit_meant(unit);
    throw Fault(offset, fmt::format("'{}' is not a time that rates are written in", unit),
                known.empty() ? fmt::format("rates are per s, min, h, d or w, such as '{}/s'", head)
                              : fmt::format("write '{}/{}'", head, known));
}

Quantity read_after_slash(Decimal number, std::string_view unit, std::string_view head, std::string_view per,
                          std::size_t unit_offset, std::size_t per_offset) {
    Quantity result;
    const auto per_second = [&](Dimension dimension, const Decimal& amount) {
        const Unit& time = read_per_time(per, head, per_offset);
        result = quantity(dimension, amount);
        result.value /= static_cast<double>(time.multiplier);
        result.exact.reset();
    };
    if (unit.empty()) {
        per_second(Dimension::rate, number);
    } else if (const Unit* size = size_unit(unit)) {
        per_second(Dimension::bandwidth, number.times(size->multiplier).shifted(size->shift));
    } else if (is_currency(unit)) {
        if (const Unit* size_per = size_unit(per)) {
            result = quantity(Dimension::price, number);
            result.value /= Decimal(size_per->multiplier).shifted(size_per->shift).to_double();
            result.exact.reset();
        } else {
            per_second(Dimension::cost, number);
        }
        result.currency = std::string(unit);
    } else {
        throw Fault(unit_offset, fmt::format("unknown unit '{}' in '{}/{}'", unit, head, per),
                    hint_for_unit(head.substr(0, head.size() - unit.size()), unit));
    }
    return result;
}

}  // namespace

std::string hint_for_unit(std::string_view number, std::string_view unit, std::optional<Dimension> expected) {
    const std::string_view known = unit_hint(unit);
    const std::string_view meant = time_unit_meant(unit);
    if (!known.empty()) {
        std::string hint(known);
        if (!meant.empty() && unit == "m") hint += fmt::format(": '{}{}'", number, meant);
        return hint;
    }
    if (!meant.empty()) return fmt::format("write '{}{}'", number, meant);
    if (expected == Dimension::duration) return "units of time are ns us ms s min h d w";
    if (expected == Dimension::size) return "units of size are B kB MB GB TB KiB MiB GiB TiB";
    return "units are ns us ms s min h d w, B kB MB GB TB KiB MiB GiB TiB, % and x";
}

const char* describe(Dimension dimension) {
    switch (dimension) {
        case Dimension::number: return "a number without unit, such as '12'";
        case Dimension::duration: return "a duration, such as '30s'";
        case Dimension::size: return "a size, such as '6GiB'";
        case Dimension::share: return "a share, such as '0.4%'";
        case Dimension::rate: return "a rate, such as '90/h'";
        case Dimension::bandwidth: return "a bandwidth, such as '400Mbit/s'";
        case Dimension::money: return "an amount of money, such as '4EUR'";
        case Dimension::cost: return "a cost per time, such as '4EUR/h'";
        case Dimension::price: return "a price per size, such as '0.09EUR/GB'";
        case Dimension::factor: return "a factor, such as '1.5x'";
    }
    return "a quantity";
}

namespace {

Quantity quantity_of(std::string_view text, std::size_t offset) {
    refuse_foreign_spellings(text, offset);
    if (text[0] == 'P' && text.size() > 1 && (is_digit(text[1]) || text[1] == 'T'))
        return read_iso_duration(text, offset);
    const std::size_t space = text.find(' ');
    if (space != std::string_view::npos && Decimal::length_at(text) == space) {
        const std::string_view unit = text.substr(text.find_last_of(' ') + 1);
        if (std::all_of(unit.begin(), unit.end(), is_letter) && !unit.empty() && time_unit(unit) == nullptr &&
            size_unit(unit) == nullptr && !is_currency(unit) && unit != "x")
            throw Fault(offset + text.size() - unit.size(),
                        fmt::format("unknown unit '{}' in '{}'", unit, text),
                        hint_for_unit(text.substr(0, space), unit));
        throw Fault(offset + space, fmt::format("a space before the unit in '{}'", text),
                    fmt::format("write '{}'", without(text, ' ')));
    }
    auto [number, length] = read_decimal(text, offset, text);
    std::string_view rest = text.substr(length);
    if (rest.empty()) return quantity(Dimension::number, number);
    if (rest == "%") return quantity(Dimension::share, number.shifted(-2));
    if (rest == "x") return quantity(Dimension::factor, number);
    const std::size_t slash = rest.find('/');
    const std::string_view unit = rest.substr(0, slash);
    if (slash != std::string_view::npos)
        return read_after_slash(number, unit, text.substr(0, length + unit.size()), rest.substr(slash + 1),
                                offset + length, offset + length + slash + 1);
    if (const Unit* size = size_unit(unit))
        return quantity(Dimension::size, number.times(size->multiplier).shifted(size->shift));
    if (is_currency(unit)) {
        Quantity result = quantity(Dimension::money, number);
        result.currency = std::string(unit);
        return result;
    }
    // A chain of number and time unit.
    Decimal total;
    std::size_t i = 0;
    while (i < text.size()) {
        const auto [part, digits] = read_decimal(text.substr(i), offset + i, text);
        const std::size_t letters = letters_at(text.substr(i + digits));
        const std::string_view name = text.substr(i + digits, letters);
        const Unit* time = time_unit(name);
        if (time == nullptr) {
            const std::string_view shown = letters > 0 ? name : text.substr(i + digits);
            const std::string hint = i == 0 || !time_unit_meant(name).empty()
                                         ? hint_for_unit(text.substr(i, digits), shown)
                                         : "durations may be chained, such as '1h30min'";
            throw Fault(offset + i + digits,
                        shown.empty() ? fmt::format("a unit is missing at the end of '{}'", text)
                                      : fmt::format("unknown unit '{}' in '{}'", shown, text),
                        hint);
        }
        total = total.plus(part.times(time->multiplier).shifted(time->shift));
        i += digits + letters;
    }
    return duration_of(total, text, offset);
}

}  // namespace

Quantity read_quantity(std::string_view text, std::size_t offset) {
    Quantity result = quantity_of(text, offset);
    if (!std::isfinite(result.value)) throw Fault(offset, fmt::format("'{}' is too large", text));
    return result;
}

Quantity read_quantity(std::string_view text, Dimension expected, std::size_t offset) {
    Quantity result = read_quantity(text, offset);
    if (result.dimension == expected) return result;
    const std::string due = fmt::format("'{}' is not {}", text, describe(expected));
    if (result.dimension == Dimension::number) {
        switch (expected) {
            case Dimension::share:
                if (result.value > 0 && result.value < 1)
                    throw Fault(offset, fmt::format("'{}' is not a share", text),
                                fmt::format("write '{}%'", Decimal::read(text)->shifted(2).text()));
                throw Fault(offset, fmt::format("'{}' is not a share", text),
                            fmt::format("write '{}%'", text));
            case Dimension::duration:
                throw Fault(offset, fmt::format("'{}' has no unit", text),
                            fmt::format("write '{}s' if seconds are meant", text));
            case Dimension::size:
                throw Fault(offset, fmt::format("'{}' has no unit", text),
                            fmt::format("write '{}B' if bytes are meant", text));
            case Dimension::rate:
                throw Fault(offset, fmt::format("'{}' is not a rate", text),
                            fmt::format("say per what time, such as '{}/s'", text));
            case Dimension::cost:
                throw Fault(offset, fmt::format("'{}' is not a cost", text),
                            fmt::format("say in what currency and per what time, such as '{}EUR/h'", text));
            case Dimension::factor:
                throw Fault(offset, fmt::format("'{}' is not a factor", text),
                            fmt::format("write '{}x'", text));
            default: break;
        }
    }
    if (result.dimension == Dimension::money && expected == Dimension::cost)
        throw Fault(offset, fmt::format("'{}' is not a cost per time", text),
                    fmt::format("write '{}/h'", text));
    if (expected == Dimension::number)
        throw Fault(offset, fmt::format("'{}' has a unit where a plain number is due", text),
                    "write the number alone");
    throw Fault(offset, due);
}

kernel::Time read_duration(std::string_view text, std::size_t offset) {
    return read_quantity(text, Dimension::duration, offset).exact.value();
}

double read_share(std::string_view text, std::size_t offset, bool over_100) {
    const Quantity share = read_quantity(text, Dimension::share, offset);
    if (!over_100 && share.value > 1) throw Fault(offset, fmt::format("'{}' is more than 100%", text));
    return share.value;
}

std::int64_t read_count(std::string_view text, bool allow_unlimited, std::size_t offset) {
    if (text == "unlimited") {
        if (allow_unlimited) return models::unlimited;
        throw Fault(offset, "'unlimited' is not possible here", "write a number");
    }
    if (allow_unlimited && (text == "infinite" || text == "none" || text == "inf" || text == ".inf"))
        throw Fault(offset, fmt::format("'{}' is not a count", text), "write 'unlimited'");
    if (!text.empty() && is_letter(text[0]))
        throw Fault(offset, fmt::format("'{}' is not a count", text),
                    allow_unlimited ? "write digits, or 'unlimited'" : "write digits, such as '12'");
    const Quantity count = read_quantity(text, Dimension::number, offset);
    if (!count.whole) throw Fault(offset, fmt::format("'{}' is not a whole number", text));
    if (!count.exact || *count.exact == models::unlimited)
        throw Fault(offset, fmt::format("'{}' is too large", text));
    return *count.exact;
}

double read_number(std::string_view text, std::size_t offset) {
    return read_quantity(text, Dimension::number, offset).value;
}

Range read_range(std::string_view text, std::size_t offset) {
    const std::size_t dots = text.find("..");
    if (dots == std::string_view::npos)
        throw Fault(offset, fmt::format("'{}' is not a range", text), "write 'low..high', such as '2..20'");
    const std::size_t space = std::min(text.find(' ', dots), text.size());
    Range range;
    range.low = read_quantity(text.substr(0, dots), offset);
    range.high = read_quantity(text.substr(dots + 2, space - dots - 2), offset + dots + 2);
    if (range.low.dimension != range.high.dimension)
        throw Fault(offset + dots + 2,
                    fmt::format("the ends of '{}' are of two kinds", text.substr(0, space)),
                    "give both the same unit");
    if (range.low.value > range.high.value)
        throw Fault(offset, fmt::format("'{}' ends below its start", text.substr(0, space)),
                    "write the lower end first");
    if (space < text.size()) {
        const std::string_view rest = text.substr(space + 1);
        if (!rest.starts_with("step "))
            throw Fault(offset + space + 1, fmt::format("'{}' after a range", rest),
                        "only 'step S' may follow");
        range.step = read_quantity(rest.substr(5), offset + space + 6);
        if (range.step->dimension != range.low.dimension || range.step->value <= 0)
            throw Fault(offset + space + 6,
                        fmt::format("'{}' is no step for '{}'", rest.substr(5), text.substr(0, space)),
                        "a step has the unit of the ends and is above 0");
    }
    return range;
}

namespace {

/// `text` of a duration, unless its number has more digits than one counts at a glance: then in seconds (or ms,
/// us below one), "19.901308036s" for "19901308036ns".
std::string in_few_digits(kernel::Time duration, const std::string& text) {
    constexpr std::size_t most_digits = 5;
    if (text.find_first_not_of("0123456789") <= most_digits) return text;
    for (const auto& [name, ns, digits] :
         {std::tuple{"s", kernel::second, 9}, {"ms", kernel::millisecond, 6}, {"us", kernel::microsecond, 3}})
        if (duration >= ns)
            return Decimal(static_cast<std::uint64_t>(duration)).shifted(-digits).text() + name;
    return text;
}

}  // namespace

std::string print_duration(kernel::Time duration) {
    if (duration == 0) return "0s";
    for (const char* name : {"w", "d", "h", "min", "s", "ms", "us"}) {
        const Unit* unit = time_unit(name);
        const auto ns = Decimal(unit->multiplier).shifted(unit->shift).to_integer().value();
        // Weeks only where they are what one thinks in: 14d is clearer than 2w, and so is 36h than 1.5d.
        if (std::string_view(name) == "w") continue;
        if (duration % ns == 0) return in_few_digits(duration, fmt::format("{}{}", duration / ns, name));
    }
    return in_few_digits(duration, fmt::format("{}ns", duration));
}

std::string print_number(double value) { return Decimal::shortest(value).text(); }

std::string print_count(std::int64_t count) {
    return count == models::unlimited ? "unlimited" : fmt::format("{}", count);
}

std::string print_quantity(double value, Dimension dimension, const std::string& currency) {
    // Durations and sizes in the largest unit that keeps the number short, rates in the shortest text.
    const bool by_number = dimension == Dimension::duration || dimension == Dimension::size;
    std::string best;
    std::size_t least = 0;
    constexpr std::size_t most_glance = 5;  // digits and point
    const auto offer = [&](double amount, const std::string& unit) {
        // The amount is only a guess at a short number; what counts is that the text reads back.
        for (const double guess : {std::strtod(fmt::format("{:.6g}", amount).c_str(), nullptr), amount}) {
            const std::string number = print_number(guess);
            const std::string text = number + unit;
            const std::size_t length = by_number ? number.size() : text.size();
            if (!best.empty() && (length > least || (length == least && !by_number))) continue;
            if (read_quantity(text).value != value) continue;
            best = text;
            least = length;
        }
    };
    const auto offer_units = [&](std::span<const Unit> units, double base, const std::string& tail) {
        for (const Unit& unit : units)
            if (unit.canonical && unit.name != "w")
                offer(value / (Decimal(unit.multiplier).shifted(unit.shift).to_double() / base),
                      std::string(unit.name) + tail);
    };
    const auto offer_per = [&](const std::string& head) {
        for (const auto& [name, seconds] :
             {std::pair{"s", 1.0}, {"min", 60.0}, {"h", 3600.0}, {"d", 86400.0}})
            offer(value * seconds, head + "/" + name);
    };
    switch (dimension) {
        case Dimension::number: return print_number(value);
        case Dimension::factor: return print_number(value) + "x";
        case Dimension::share: return Decimal::shortest(value).shifted(2).text() + "%";
        case Dimension::money: return print_number(value) + currency;
        case Dimension::duration:
            if (value == 0) return "0s";
            offer(value, "s");
            offer_units(time_units(), 1e9, "");
            // No unit makes it short: then the one that a clock shows.
            if (least > most_glance) {
                const int digits = value >= 1 ? 0 : value >= 1e-3 ? 3 : 6;
                const std::string text =
                    Decimal::shortest(value).shifted(digits).text() + (digits == 0   ? "s"
                                                                       : digits == 3 ? "ms"
                                                                                     : "us");
                if (read_quantity(text).value == value) best = text;
            }
            return best;
        case Dimension::size:
            if (value == 0) return "0B";
            offer(value, "B");
            offer_units(size_units(), 1, "");
            return best;
        case Dimension::rate: offer_per(""); return best;
        case Dimension::bandwidth:
            offer(value, "B/s");
            offer_units(size_units(), 1, "/s");
            return best;
        case Dimension::cost: offer_per(currency); return best;
        case Dimension::price:
            offer(value, currency + "/B");
            offer(value * 1e9, currency + "/GB");
            return best;
    }
    return best;
}

}  // namespace understudy::formats
