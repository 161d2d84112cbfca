// What the type of a column can hold, from the words that databases have for types.
//
// `varchar(20)`, `BIGINT`, `numeric(10, 2)`, `timestamp with time zone`: case and spaces say nothing. A type that is not
// known here holds its own values and no others. One type holds another if each value of that is one of its own, unchanged:
// a bigint holds an integer, a double an integer of 32 bits and none of 64, a varchar no date, though both may look alike.
// Pure, thread-safe.
#pragma once

#include <optional>
#include <string>

namespace understudy::models {

struct ColumnType {
    enum class Family {
        unknown,
        boolean,
        integer,
        decimal,
        real,
        text,
        binary,
        date,
        time,
        timestamp,
        zoned_timestamp
    };
    static constexpr int without_end = 1'000'000'000;

    Family family = Family::unknown;
    /// Bits of an integer, of the mantissa of a real; digits of a decimal; characters of a text, bytes of a binary;
    /// digits of the fraction of a second, 6 where it says none.
    int width = 0;
    int scale = 0;     ///< digits of a decimal behind the point
    std::string name;  ///< in lower case, without spaces that say nothing
};

/// Never fails; an empty text is unknown.
ColumnType column_type(const std::string& text);

/// The whole text as a number, as `min` and `max` of a column have it.
std::optional<double> number_in(const std::string& text);

/// Whether each value of `narrow` is one of `wide`.
bool holds_all(const ColumnType& wide, const ColumnType& narrow);

}  // namespace understudy::models
