// Promised: rows of RFC 4180 and of writers that do not quote; a stray quote costs one row, not the file.
// Shown by the standard's own cases and by damaged ones.
#include "tools/formats/logs/delimited.h"

#include <doctest/doctest.h>

namespace understudy::formats {

namespace {

using Row = std::vector<std::string>;

struct Read {
    std::vector<Row> rows;
    std::vector<std::int64_t> lines;
    int broken = 0;
};

Read read(const std::string& text, Quoting quoting = Quoting::rfc4180, char separator = ',') {
    Input input("text", text);
    DelimitedReader reader(input, separator, quoting);
    Read result;
    Row row;
    while (reader.next(row)) {
        if (reader.broken()) {
            ++result.broken;
            continue;
        }
        result.rows.push_back(row);
        result.lines.push_back(reader.line());
    }
    return result;
}

}  // namespace

TEST_CASE("plain fields, empty ones at every place, and empty lines") {
    const Read result = read("a,b,c\n\n,,\n1,,\n");
    CHECK(result.rows == std::vector<Row>{{"a", "b", "c"}, {"", "", ""}, {"1", "", ""}});
    CHECK(result.lines == std::vector<std::int64_t>{1, 3, 4});
}

TEST_CASE("quoted fields hold separators, quotes and line ends") {
    const Read result = read("\"a,b\",\"say \"\"x\"\"\"\n\"two\nlines\",\"\"\nlast,row\n");
    CHECK(result.rows == std::vector<Row>{{"a,b", "say \"x\""}, {"two\nlines", ""}, {"last", "row"}});
    CHECK(result.lines == std::vector<std::int64_t>{1, 2, 4});
}

TEST_CASE("a quote inside a field is a character") {
    CHECK(read("5\" disk,b\n").rows == std::vector<Row>{{"5\" disk", "b"}});
    CHECK(read("\"a\" b,c\n").rows == std::vector<Row>{{"\"a\" b", "c"}});
}

TEST_CASE("a quote that never closes costs its own row") {
    std::string text = "\"open,1\n";
    for (int i = 0; i < 500; ++i) text += "row," + std::to_string(i) + "\n";
    const Read result = read(text);
    CHECK(result.broken == 1);
    CHECK(result.rows.size() == 500);
    CHECK(result.rows.back() == Row{"row", "499"});
    CHECK(result.lines.front() == 2);
}

TEST_CASE("many stray quotes take no quadratic time") {
    std::string text;
    for (int i = 0; i < 200000; ++i) text += "\"a,1\n";
    const Read result = read(text);
    CHECK(result.broken + static_cast<int>(result.rows.size()) <= 200000);
}

TEST_CASE("writers that do not quote: quotes count only where they close") {
    const Read result = read("\"a;b\";c\n\"open;c\n", Quoting::same_line, ';');
    CHECK(result.rows == std::vector<Row>{{"a;b", "c"}, {"\"open", "c"}});
}

TEST_CASE("the separator is the one that splits most") {
    CHECK(detect_separator("a,b;c,d") == ',');
    CHECK(detect_separator("a\tb") == '\t');
    CHECK(detect_separator("a|b|c") == '|');
    CHECK(detect_separator("abc") == 0);
}

TEST_CASE("the first byte that is no UTF-8 has its place") {
    Input input("text", "a,gr\xc3\xbcn\n\"b\xc3\xa9\nc\xfc\",d\n\xf0\x9f,x\n");
    DelimitedReader reader(input, ',', Quoting::rfc4180);
    Row row;
    REQUIRE(reader.next(row));
    CHECK(!reader.not_utf8());
    REQUIRE(reader.next(row));
    const auto inside = reader.not_utf8();
    REQUIRE(inside);
    CHECK(inside->line == 3);
    CHECK(inside->column == 2);
    CHECK(inside->value == 0xfc);
    REQUIRE(reader.next(row));
    const auto cut = reader.not_utf8();
    REQUIRE(cut);
    CHECK(cut->line == 4);
    CHECK(cut->column == 1);
}

}  // namespace understudy::formats
