// Promised: a document is read as text, lists and maps with places, nothing is guessed, and everything that
// YAML readers disagree on is refused with its place; no bytes make the reader crash; written documents read
// back. Shown: places and texts of small documents, each refusal, limits of size and depth, random bytes and
// mutated files.
#include "tools/formats/language/document.h"

#include <doctest/doctest.h>
#include <rapidcheck.h>

#include <string>
#include <vector>

using namespace understudy::formats;

namespace {

std::string errors_of(const std::string& text) {
    Diagnostics out("f", text);
    read_document(text, out);
    return out.show();
}

Node read(const std::string& text) {
    Diagnostics out("f", text);
    Node root = read_document(text, out);
    CHECK(out.show() == "");
    return root;
}

bool same(const Node& a, const Node& b) {
    if (a.kind != b.kind || a.text != b.text || a.items.size() != b.items.size() ||
        a.entries.size() != b.entries.size())
        return false;
    for (std::size_t i = 0; i < a.items.size(); ++i)
        if (!same(a.items[i], b.items[i])) return false;
    for (std::size_t i = 0; i < a.entries.size(); ++i)
        if (a.entries[i].key != b.entries[i].key || !same(a.entries[i].value, b.entries[i].value))
            return false;
    return true;
}

}  // namespace

TEST_CASE("texts are what is written, places are where it is") {
    const Node root = read("a: 012\nb: {c: yes, d: [1e3, \"x: y\"]}\ne:\n  - 'it''s'\n  - 10:30\n");
    CHECK(root.find("a")->value.text == "012");
    CHECK(root.find("a")->value.place.line == 1);
    CHECK(root.find("a")->value.place.column == 4);
    const Node& b = root.find("b")->value;
    CHECK(b.find("c")->value.text == "yes");
    CHECK(b.find("c")->place.column == 5);
    CHECK(b.find("d")->value.items[0].text == "1e3");
    CHECK(b.find("d")->value.items[1].text == "x: y");
    CHECK(b.find("d")->value.items[1].quoted);
    CHECK(b.find("d")->value.items[1].at(3).column == 26);
    CHECK(root.find("e")->value.items[0].text == "it's");
    CHECK(root.find("e")->value.items[1].place.line == 5);
    CHECK_FALSE(root.find("e")->value.items[0].exact);
}

TEST_CASE("a byte order mark, CRLF and comments do no harm") {
    CHECK(read("\xEF\xBB\xBF"
               "a: 1\r\nb: 2 # c\r\n")
              .find("b")
              ->value.text == "2");
    CHECK(read("# a\ttab in a comment\na: b\n").find("a")->value.text == "b");
    CHECK(read("---\na: b\n").find("a")->value.text == "b");
}

TEST_CASE("refusals") {
    const struct {
        const char *text, *shown;
    } table[] = {{"a: 1\na: 2\n", "f:2:1: error: 'a' is given twice"},
                 {"a: {b: 1, \"b\": 2}\n", "f:1:11: error: 'b' is given twice"},
                 {"a: &x 1\n", "f:1:4: error: an anchor"},
                 {"a: &x {b: 1}\n", "f:1:4: error: an anchor"},
                 {"a: &x [1]\nb: *x\n", "f:2:4: error: an alias"},
                 {"a: &x {b: 1}\nc:\n  <<: *x\n", "f:3:3: error: a merge key"},
                 {"a: !!int 1\n", "f:1:4: error: a tag"},
                 {"a: !thing {b: 1}\n", "f:1:4: error: a tag"},
                 {"a: 1\n---\nb: 2\n", "f:2:1: error: a second document"},
                 {"a:\n\tb: 1\n", "f:2:1: error: a tab"},
                 {"a: b\tc\n", "f:1:5: error: a tab"},
                 {"a: \"b\tc\"\n", "f:1:6: error: a tab"},
                 {"a:\nb: 1\n", "f:1:1: error: 'a' has no value"},
                 {"a: ~\n", "f:1:4: error: 'a' has the value '~'"},
                 {"a: null\n", "f:1:4: error: 'a' has the value 'null'"},
                 {"a: [1, , 2]\n", "error"},
                 {"- \n- 1\n", "error: an empty value"},
                 {"null: 1\n", "f:1:1: error: 'null' cannot be a key"},
                 {"? [a, b]\n: 1\n", "a list or map as a key"},
                 {"a: {x: f(b 1, c 2)}\n", "inside { } a comma ends a value"},
                 {"a: \"b\n", "f:1:4: error: a quote is not closed"},
                 {"a: 'b''\n", "f:1:4: error: a quote is not closed"},
                 {"a: {b: 1\n", "a '{' is not closed"},
                 {"a: [1\n", "a '[' is not closed"},
                 {"a: b: c\n", "a value with ': ' needs quotes"},
                 {"a: 1\n  b: 2\n", "error: "},
                 {"a: \xff\n", "f:1:4: error: a byte that is not UTF-8"},
                 {"a: \x01\n", "f:1:4: error: a control character"},
                 {"", "the file is empty"},
                 {"# only\n", "the file is empty"}};
    for (const auto& row : table) {
        CAPTURE(row.text);
        const std::string shown = errors_of(row.text);
        CAPTURE(shown);
        CHECK(shown.find(row.shown) != std::string::npos);
    }
    CHECK(errors_of(std::string("a: b\0c\n", 7)).find("f:1:5: error: a control character") !=
          std::string::npos);
}

TEST_CASE("all of a file's refusals come at once") {
    const std::string shown = errors_of("a: &x 1\nb: ~\nc: !t 2\na: 3\n");
    CHECK(shown.find("f:1:4") != std::string::npos);
    CHECK(shown.find("f:2:4") != std::string::npos);
    CHECK(shown.find("f:3:4") != std::string::npos);
    CHECK(shown.find("f:4:1") != std::string::npos);
}

TEST_CASE("nesting over 32 and files over 64 MiB are refused, quickly and without harm") {
    CHECK(errors_of("a: " + std::string(31, '[') + "x" + std::string(31, ']') + "\n") == "");
    CHECK(errors_of("a: " + std::string(40, '[') + "x" + std::string(40, ']') + "\n")
              .find("nested more than 32 deep") != std::string::npos);
    CHECK(errors_of(std::string(1000000, '[')).find("error") != std::string::npos);
    CHECK(errors_of(std::string(1000000, '{')).find("error") != std::string::npos);
    std::string dashes;
    for (int i = 0; i < 10000; ++i) dashes += "- ";
    CHECK(errors_of(dashes).find("error") != std::string::npos);
    CHECK(errors_of("a: " + std::string((64u << 20) + 1, 'x')).find("at most 64 MiB") != std::string::npos);
}

TEST_CASE("columns count characters") {
    CHECK(errors_of("ä: {ö: 1, ö: 2}\n").find("f:1:11: error: 'ö' is given twice") != std::string::npos);
}

TEST_CASE("written documents read back") {
    const bool good = rc::check("round trip", [] {
        const auto text = [] {
            return *rc::gen::container<std::string>(rc::gen::element(
                'a', 'b', '1', '0', ' ', ':', '#', ',', '{', '}', '[', ']', '"', '\'', '-', '?', '&', '*',
                '!', '|', '>', '%', '@', '`', '~', '\n', '.', 'x', '_', '\\', '='));
        };
        Node root = Node::map();
        const int entries = *rc::gen::inRange(1, 6);
        for (int i = 0; i < entries; ++i) {
            Node value = Node::scalar(text());
            value.quoted = true;
            Node inner = Node::map();
            inner.add("k" + text(), Node::scalar(text()));
            inner.add("list", Node::list({Node::scalar(text()), value}));
            inner.block = *rc::gen::arbitrary<bool>();
            root.add("e" + std::to_string(i) + text(),
                     *rc::gen::arbitrary<bool>() ? std::move(inner) : std::move(value));
        }
        Diagnostics out;
        const std::string written = write_document(root);
        const Node again = read_document(written, out);
        RC_LOG() << written;
        RC_ASSERT(out.show() == "");
        RC_ASSERT(same(root, again));
    });
    CHECK(good);
}

TEST_CASE("no bytes make the reader crash") {
    const bool good = rc::check("random pieces of YAML", [] {
        const auto pieces = *rc::gen::container<std::vector<std::string>>(
            rc::gen::element<std::string>("a", "b: ", "\n", "  ", "- ", "? ", ": ", "{", "}", "[", "]", ", ",
                                          "\"", "'", "|\n", ">-\n", "&x ", "*x", "!t ", "#", "%YAML 1.2\n",
                                          "---\n", "...\n", "\\", "\xC3\xA4", "\t", "\r\n", "~", "<<: "));
        std::string text;
        for (const std::string& piece : pieces) text += piece;
        Diagnostics out("f", text);
        read_document(text, out);
        out.show();
    });
    CHECK(good);
    const bool bytes = rc::check("random bytes", [] {
        const auto text = *rc::gen::container<std::string>(rc::gen::arbitrary<char>());
        Diagnostics out("f", text);
        read_document(text, out);
    });
    CHECK(bytes);
}
