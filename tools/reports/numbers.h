// Numbers as people read them: three or four digits that count, and a unit of their size.
//
// Units are those of results (models/measure.h): "s", "bytes", "fraction", "/s", "items/s", a currency, a
// count or nothing. Pure functions, thread-safe; the same on every machine (no locale).
#pragma once

#include <initializer_list>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>

namespace understudy::reports {

/// 0.0123 s -> "12.3 ms"; 5400 s -> "1.5 h"; 0.9987 fraction -> "99.87 %"; 3e9 bytes -> "2.79 GiB";
/// 0.02 /s -> "72 /h"; 1234567 items -> "1.235M items". Not finite: "unlimited", "-unlimited", "?".
std::string human(double value, std::string_view unit, int digits = 4);
/// "-" where there is none.
std::string human(std::optional<double> value, std::string_view unit, int digits = 4);

/// Several values in one unit, that of the largest: an estimate and its interval read side by side.
struct HumanUnit {
    double factor = 1;   ///< shown = value * factor
    std::string suffix;  ///< " ms", " %", "" ...
};
HumanUnit human_unit(double largest, std::string_view unit);
/// That of several values of one measure which stand side by side.
HumanUnit shared_unit(std::span<const std::optional<double>> values, std::string_view unit);
HumanUnit shared_unit(std::initializer_list<std::optional<double>> values, std::string_view unit);
/// Those of two values beside each other: one, that of the larger, unless one is more than 1000 times the other, of which
/// nothing would be left in it.
struct UnitsBeside {
    HumanUnit first, second;
    bool same = true;
};
UnitsBeside units_beside(std::optional<double> first, std::optional<double> second, std::string_view unit);
/// "-" where there is none.
std::string human_in(const HumanUnit& shown, std::optional<double> value, int digits = 4);
/// Just the number, with `digits` digits that count and no trailing zeros.
std::string human_number(double value, int digits = 4);

/// A long name cut in the middle to at most `width` characters (UTF-8 code points): "very...name".
std::string shorten(std::string_view text, int width);
/// Two of them beside each other: no longer than `width`, and not the same unless they are; where that takes it, from just
/// before what differs first: "...name".
std::pair<std::string, std::string> shorten_apart(std::string_view a, std::string_view b, int width);
/// Width in code points; colours (escape sequences that end with m) have none.
int text_width(std::string_view text);

}  // namespace understudy::reports
