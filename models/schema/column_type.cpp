#include "models/schema/column_type.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>
#include <string_view>
#include <vector>

namespace understudy::models {

namespace {

using TypeFamily = ColumnType::Family;

struct KnownType {
    std::string_view name;
    TypeFamily family;
    int width;
};
constexpr int endless = ColumnType::without_end;
constexpr int usual_fraction = 6;  ///< digits of a second, as SQL says
constexpr KnownType known_types[] = {
    {"boolean", TypeFamily::boolean, 1},
    {"bool", TypeFamily::boolean, 1},
    {"tinyint", TypeFamily::integer, 8},
    {"int8", TypeFamily::integer, 64},  // bytes, as PostgreSQL counts
    {"smallint", TypeFamily::integer, 16},
    {"int2", TypeFamily::integer, 16},
    {"short", TypeFamily::integer, 16},
    {"integer", TypeFamily::integer, 32},
    {"int", TypeFamily::integer, 32},
    {"int4", TypeFamily::integer, 32},
    {"mediumint", TypeFamily::integer, 24},
    {"bigint", TypeFamily::integer, 64},
    {"int64", TypeFamily::integer, 64},
    {"int32", TypeFamily::integer, 32},
    {"long", TypeFamily::integer, 64},
    {"serial", TypeFamily::integer, 32},
    {"bigserial", TypeFamily::integer, 64},
    {"hugeint", TypeFamily::integer, 128},
    {"real", TypeFamily::real, 24},
    {"float4", TypeFamily::real, 24},
    {"float32", TypeFamily::real, 24},
    {"float", TypeFamily::real, 53},
    {"float8", TypeFamily::real, 53},
    {"float64", TypeFamily::real, 53},
    {"double", TypeFamily::real, 53},
    {"double precision", TypeFamily::real, 53},
    {"decimal", TypeFamily::decimal, endless},
    {"numeric", TypeFamily::decimal, endless},
    {"number", TypeFamily::decimal, endless},
    {"bignumeric", TypeFamily::decimal, endless},
    {"text", TypeFamily::text, endless},
    {"string", TypeFamily::text, endless},
    {"clob", TypeFamily::text, endless},
    {"varchar", TypeFamily::text, endless},
    {"nvarchar", TypeFamily::text, endless},
    {"character varying", TypeFamily::text, endless},
    {"char", TypeFamily::text, 1},
    {"nchar", TypeFamily::text, 1},
    {"character", TypeFamily::text, 1},
    {"bpchar", TypeFamily::text, endless},
    {"bytea", TypeFamily::binary, endless},
    {"blob", TypeFamily::binary, endless},
    {"binary", TypeFamily::binary, endless},
    {"bytes", TypeFamily::binary, endless},
    {"varbinary", TypeFamily::binary, endless},
    {"date", TypeFamily::date, 1},
    {"time", TypeFamily::time, usual_fraction},
    {"timestamp", TypeFamily::timestamp, usual_fraction},
    {"datetime", TypeFamily::timestamp, usual_fraction},
    {"timestamp_ntz", TypeFamily::timestamp, usual_fraction},
    {"timestamp without time zone", TypeFamily::timestamp, usual_fraction},
    {"timestamptz", TypeFamily::zoned_timestamp, usual_fraction},
    {"timestamp_tz", TypeFamily::zoned_timestamp, usual_fraction},
    {"timestamp_ltz", TypeFamily::zoned_timestamp, usual_fraction},
    {"timestamp with time zone", TypeFamily::zoned_timestamp, usual_fraction},
};

/// Lower case; one space between words, none beside parentheses and commas.
std::string normal(const std::string& text) {
    std::string result;
    bool space = false;
    for (const char c : text) {
        if (std::isspace(static_cast<unsigned char>(c)) != 0) {
            space = true;
            continue;
        }
        const bool joins = c == '(' || c == ')' || c == ',' || c == '<' || c == '>';
        if (space && !result.empty() && !joins && result.back() != '(' && result.back() != ',' &&
            result.back() != '<')
            result += ' ';
        space = false;
        result += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    }
    return result;
}

/// `(10,2)` behind the name; nothing where it is no list of numbers.
std::vector<int> numbers_in(std::string_view text) {
    std::vector<int> numbers;
    while (!text.empty()) {
        int value = 0;
        const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
        if (error != std::errc() || value < 0) return {};
        numbers.push_back(value);
        text.remove_prefix(static_cast<std::size_t>(end - text.data()));
        if (text.empty()) break;
        if (text.front() != ',') return {};
        text.remove_prefix(1);
    }
    return numbers;
}

/// Digits that the integers of so many bits have at most.
int digits_of(int bits) {
    struct Row {
        int bits, digits;
    };
    constexpr std::array<Row, 6> rows{{{8, 3}, {16, 5}, {24, 7}, {32, 10}, {64, 19}, {128, 39}}};
    for (const Row& row : rows)
        if (bits <= row.bits) return row.digits;
    return ColumnType::without_end;
}

}  // namespace

ColumnType column_type(const std::string& text) {
    ColumnType type;
    type.name = normal(text);
    const std::size_t open = type.name.find('('), close = type.name.find(')');
    std::string name = type.name;
    std::vector<int> numbers;
    if (open != std::string::npos && close != std::string::npos && close > open) {
        numbers = numbers_in(std::string_view(type.name).substr(open + 1, close - open - 1));
        if (numbers.empty()) return type;
        name = type.name.substr(0, open) + type.name.substr(close + 1);  // `timestamp(3) with time zone`
    }
    const auto* known = std::find_if(std::begin(known_types), std::end(known_types),
                                     [&](const KnownType& one) { return one.name == name; });
    if (known == std::end(known_types)) return type;
    type.family = known->family;
    type.width = known->width;
    if (numbers.empty()) return type;
    switch (type.family) {
        case TypeFamily::text:
        case TypeFamily::binary: type.width = numbers[0]; break;
        case TypeFamily::decimal:
            type.width = numbers[0];
            type.scale = numbers.size() > 1 ? numbers[1] : 0;
            break;
        case TypeFamily::real: type.width = numbers[0] <= 24 ? 24 : 53; break;  // float(24), as SQL counts
        case TypeFamily::time:
        case TypeFamily::timestamp:
        case TypeFamily::zoned_timestamp: type.width = numbers[0]; break;
        default: break;  // digits that are shown
    }
    return type;
}

std::optional<double> number_in(const std::string& text) {
    double value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
    return value;
}

bool holds_all(const ColumnType& wide, const ColumnType& narrow) {
    if (wide.name == narrow.name) return true;
    if (wide.family == TypeFamily::unknown || narrow.family == TypeFamily::unknown) return false;
    if (wide.family == narrow.family) {
        if (wide.family != TypeFamily::decimal) return wide.width >= narrow.width;
        if (wide.width == endless) return true;
        return narrow.width != endless && wide.scale >= narrow.scale &&
               wide.width - wide.scale >= narrow.width - narrow.scale;
    }
    if (wide.family == TypeFamily::integer && narrow.family == TypeFamily::decimal)
        return narrow.width != endless && narrow.scale == 0 && narrow.width < digits_of(wide.width);
    if (narrow.family != TypeFamily::integer) return false;
    if (wide.family == TypeFamily::decimal) return wide.width - wide.scale >= digits_of(narrow.width);
    return wide.family == TypeFamily::real && wide.width >= narrow.width;
}

}  // namespace understudy::models
