// Promised: logs are opened plain or compressed by their content; no input exhausts memory, hangs or crashes;
// what is not ours is refused with what it is. Shown on small files and on ones that expand, break off or are
// damaged.
#include "tools/formats/logs/input.h"

#include <doctest/doctest.h>

#include "tests/tools/formats/logs/sample_log.h"

namespace understudy::formats {

namespace {

std::vector<std::string> lines_of(Input& input) {
    std::vector<std::string> lines;
    std::string line;
    while (input.read_line(line)) lines.push_back(line);
    return lines;
}

}  // namespace

TEST_CASE("lines come without their ends, numbered from 1") {
    Input input("text", "a\r\n\nb\nlast");
    std::string line;
    REQUIRE(input.read_line(line));
    CHECK(line == "a");
    CHECK(input.line_number() == 1);
    REQUIRE(input.read_line(line));
    CHECK(line.empty());
    CHECK(lines_of(input) == std::vector<std::string>{"b", "last"});
    CHECK(input.line_number() == 4);
    CHECK_FALSE(input.read_line(line));
}

TEST_CASE("a mark of UTF-8 at the start is no part of the text") {
    Input input("text", "\xEF\xBB\xBFid,name\n");
    CHECK(lines_of(input) == std::vector<std::string>{"id,name"});
}

TEST_CASE("peek takes nothing") {
    Input input("text", "first\nsecond\n");
    CHECK(input.peek(5) == "first");
    CHECK(input.peek(100) == "first\nsecond\n");
    CHECK(lines_of(input).size() == 2);
}

TEST_CASE("a line over the limit is cut and the next one is whole") {
    InputLimits limits;
    limits.line_bytes = 10;
    Input input("text", std::string(200000, 'x') + "\nshort\n", limits);
    std::string line;
    REQUIRE(input.read_line(line));
    CHECK(line == "xxxxxxxxxx");
    CHECK(input.cut());
    REQUIRE(input.read_line(line));
    CHECK(line == "short");
    CHECK_FALSE(input.cut());
    CHECK(input.line_number() == 2);
}

TEST_CASE("gzip is known by its first bytes, whatever the name, also in several members") {
    const ScratchFolder folder;
    Input input(folder.write("log.txt", gzipped("one\ntwo\n") + gzipped("three\n")));
    CHECK(lines_of(input) == std::vector<std::string>{"one", "two", "three"});
    CHECK_FALSE(input.ended_early());
}

TEST_CASE("a gzip file that breaks off gives what is there and says so") {
    const ScratchFolder folder;
    std::string text;
    for (int i = 0; i < 20000; ++i) text.append(std::to_string(i * 7919)).append("\n");
    const std::string whole = gzipped(text);
    Input input(folder.write("cut.gz", std::string_view(whole).substr(0, whole.size() / 2)));
    const std::vector<std::string> lines = lines_of(input);
    CHECK(input.ended_early());
    CHECK(lines.size() > 1000);
    CHECK(lines.size() < 20000);
    CHECK(lines[1000] == std::to_string(1000 * 7919));
}

TEST_CASE("a damaged gzip file neither crashes nor hangs") {
    const ScratchFolder folder;
    std::string text;
    for (int i = 0; i < 5000; ++i) text.append(std::to_string(i * 7919)).append("\n");
    const std::string whole = gzipped(text);
    for (std::size_t at = 0; at < whole.size(); at += 997) {
        std::string damaged = whole;
        damaged[at] = static_cast<char>(damaged[at] ^ 0x55);
        try {
            Input input(folder.write("damaged.gz", damaged));
            lines_of(input);
        } catch (const FileError&) {
        }
    }
}

TEST_CASE("a file that expands a thousandfold is refused after a bounded amount") {
    const ScratchFolder folder;
    InputLimits limits;
    limits.always_allowed = 1 << 20;
    const std::filesystem::path bomb = folder.write("bomb.gz", gzipped(std::string(8 << 20, 'a')));
    Input input(bomb, limits);
    std::string line;
    CHECK_THROWS_WITH_AS(input.read_line(line), doctest::Contains("expand"), FileError);

    InputLimits small;
    small.bytes = 1 << 20;
    Input plain(folder.write("plain.txt", std::string(2 << 20, 'b')), small);
    CHECK_THROWS_AS(plain.read_line(line), FileError);
}

TEST_CASE("a document over its limit is refused") {
    Input input("text", std::string(3 << 20, 'x'));
    CHECK_THROWS_WITH_AS(input.read_all(2 << 20), doctest::Contains("2 MiB"), FileError);
}

TEST_CASE("what is missing, a folder or another archive is named") {
    const ScratchFolder folder;
    CHECK_THROWS_WITH_AS(Input(folder.path() / "none"), doctest::Contains("no such file"), FileError);
    CHECK_THROWS_WITH_AS(Input(folder.path()), doctest::Contains("is a folder"), FileError);
    CHECK_THROWS_WITH_AS(Input(folder.write("a", "PK\3\4rest")), doctest::Contains("zip"), FileError);
    CHECK_THROWS_WITH_AS(Input(folder.write("b", "\x28\xB5\x2F\xFDrest")), doctest::Contains("zstd"),
                         FileError);
    CHECK_THROWS_WITH_AS(Input(folder.write("c", "\xFF\xFEi\1d")), doctest::Contains("UTF-16"), FileError);
    Input empty(folder.write("d", ""));
    std::string line;
    CHECK_FALSE(empty.read_line(line));
}

}  // namespace understudy::formats
