// One value of a result apart from the database: its kind, how it is kept, and how it is shown. Internal to
// tools/formats/transformations. Pure but for what it appends to.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

#include "tools/formats/transformations/sql_sandbox.h"

namespace understudy::formats {

struct SqlValue {
    enum class Kind : char { null, integer, real, text, blob };
    Kind kind = Kind::null;
    std::int64_t integer = 0;
    double real = 0;
    std::string_view bytes;  ///< of a text or blob

    bool is_number() const { return kind == Kind::integer || kind == Kind::real; }
    double number() const { return kind == Kind::integer ? static_cast<double>(integer) : real; }
};

/// Bytes point into the row.
SqlValue value_of(const SqlRow& row, int column);

/// Appends the value so that read_value() finds it again. Equal bytes, equal values.
void append_value(const SqlValue& value, std::string& into);
/// Reads one value and moves `at` behind it.
SqlValue read_value(const char*& at);

/// As SQL writes it: 17, 0.5, 'text', NULL, x'00'; cut where it is long, bytes that do not print as \xNN.
std::string shown_value(const SqlValue& value);
/// Two of them that differ, beside each other: where both would be cut alike, from just before what differs first.
std::pair<std::string, std::string> shown_apart(const SqlValue& a, const SqlValue& b);
/// A text without quotes, for people.
std::string shown_text(std::string_view text);

}  // namespace understudy::formats
