// Rows of a text with separators: comma, tab, semicolon or bar, quoted as RFC 4180 says or not at all.
//
// Streaming: one row at a time, whatever the length of the file; a row is bounded by the input's line limit.
// Not thread-safe.
#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "tools/formats/logs/input.h"

namespace understudy::formats {

enum class Quoting {
    rfc4180,    ///< a field in quotes may hold separators, doubled quotes and line ends
    same_line,  ///< for writers that do not quote: quotes count only where they close before a separator
};

/// The separator that splits `header` into the most fields: tab, semicolon, comma or bar, in this order where
/// equal. 0 where none occurs.
char detect_separator(std::string_view header);

/// Splits one line; a quote that does not close before a separator is a plain character.
void split_delimited(std::string_view line, char separator, std::vector<std::string>& fields);

class DelimitedReader {
public:
    DelimitedReader(Input& input, char separator, Quoting quoting)
        : input_(input), separator_(separator), quoting_(quoting) {}

    /// The next row that is not empty; false at the end.
    bool next(std::vector<std::string>& fields);
    /// Where the row read last begins, 1-based.
    std::int64_t line() const { return line_; }
    /// The row read last was too long, or its quote did not close soon: its fields are not to be trusted.
    bool broken() const { return broken_; }
    /// Where a field of the row read last begins, behind its quote; 1-based.
    struct FieldPlace {
        std::int64_t line = 0, column = 0;
    };
    FieldPlace place_of(std::size_t field) const;
    /// The first byte of the row read last that is no part of UTF-8: its line and column, 1-based.
    struct BadByte {
        std::int64_t line = 0, column = 0;
        unsigned char value = 0;
    };
    std::optional<BadByte> not_utf8() const;

private:
    struct Line {
        std::string text;
        std::int64_t number = 0;
        bool cut = false;
    };
    bool take_line(Line& line);

    Input& input_;
    char separator_;
    Quoting quoting_;
    std::int64_t line_ = 0;
    bool broken_ = false;
    Line current_;
    std::deque<Line> ahead_;  ///< read in search of a closing quote that did not come
};

}  // namespace understudy::formats
