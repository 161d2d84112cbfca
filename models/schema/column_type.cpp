#include "models/schema/column_type.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>
#include <string_view>
#include <vector>

namespace understudy::models {

namespace {

using Family = ColumnType::Family;

struct KnownType {
    std::string_view name;
    Family family;
    int width;
};
constexpr int endless = ColumnType::without_end;
constexpr KnownType known_types[] = {
    {"boolean", Family::boolean, 1},
    {"bool", Family::boolean, 1},
    {"tinyint", Family::integer, 8},
    {"int8", Family::integer, 64},  // bytes, as PostgreSQL counts
    {"smallint", Family::integer, 16},
    {"int2", Family::integer, 16},
    {"short", Family::integer, 16},
    {"integer", Family::integer, 32},
    {"int", Family::integer, 32},
    {"int4", Family::integer, 32},
    {"mediumint", Family::integer, 24},
    {"bigint", Family::integer, 64},
    {"int64", Family::integer, 64},
    {"int32", Family::integer, 32},
    {"long", Family::integer, 64},
    {"serial", Family::integer, 32},
    {"bigserial", Family::integer, 64},
    {"hugeint", Family::integer, 128},
    {"real", Family::real, 24},
    {"float4", Family::real, 24},
    {"float32", Family::real, 24},
    {"float", Family::real, 53},
    {"float8", Family::real, 53},
    {"float64", Family::real, 53},
    {"double", Family::real, 53},
    {"double precision", Family::real, 53},
    {"decimal", Family::decimal, endless},
    {"numeric", Family::decimal, endless},
    {"number", Family::decimal, endless},
    {"bignumeric", Family::decimal, endless},
    {"text", Family::text, endless},
    {"string", Family::text, endless},
    {"clob", Family::text, endless},
    {"varchar", Family::text, endless},
    {"nvarchar", Family::text, endless},
    {"character varying", Family::text, endless},
    {"char", Family::text, 1},
    {"nchar", Family::text, 1},
    {"character", Family::text, 1},
    {"bpchar", Family::text, endless},
    {"bytea", Family::binary, endless},
    {"blob", Family::binary, endless},
    {"binary", Family::binary, endless},
    {"bytes", Family::binary, endless},
    {"varbinary", Family::binary, endless},
    {"date", Family::date, 1},
    {"time", Family::time, 1},
    {"timestamp", Family::timestamp, 1},
    {"datetime", Family::timestamp, 1},
    {"timestamp_ntz", Family::timestamp, 1},
    {"timestamp without time zone", Family::timestamp, 1},
    {"timestamptz", Family::zoned_timestamp, 1},
    {"timestamp_tz", Family::zoned_timestamp, 1},
    {"timestamp_ltz", Family::zoned_timestamp, 1},
    {"timestamp with time zone", Family::zoned_timestamp, 1},
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
        case Family::text:
        case Family::binary: type.width = numbers[0]; break;
        case Family::decimal:
            type.width = numbers[0];
            type.scale = numbers.size() > 1 ? numbers[1] : 0;
            break;
        case Family::real: type.width = numbers[0] <= 24 ? 24 : 53; break;  // float(24), as SQL counts
        default: break;  // digits that are shown, or of fractions of a second
    }
    return type;
}

bool holds_all(const ColumnType& wide, const ColumnType& narrow) {
    if (wide.name == narrow.name) return true;
    if (wide.family == Family::unknown || narrow.family == Family::unknown) return false;
    if (wide.family == narrow.family) {
        if (wide.family != Family::decimal) return wide.width >= narrow.width;
        if (wide.width == endless) return true;
        return narrow.width != endless && wide.scale >= narrow.scale &&
               wide.width - wide.scale >= narrow.width - narrow.scale;
    }
    if (narrow.family != Family::integer) return false;
    if (wide.family == Family::decimal) return wide.width - wide.scale >= digits_of(narrow.width);
    return wide.family == Family::real && wide.width >= narrow.width;
}

}  // namespace understudy::models
