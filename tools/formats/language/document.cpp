#include "tools/formats/language/document.h"

#include <fmt/format.h>
#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/mark.h>
#include <yaml-cpp/parser.h>

#include <algorithm>
#include <optional>
#include <sstream>
#include <unordered_map>

#include "tools/formats/language/laws.h"
#include "tools/formats/printable.h"

namespace understudy::formats {

namespace {

constexpr std::size_t size_limit = std::size_t{64} << 20;
constexpr std::size_t nesting_limit = 32;

/// Ends the reading; the error has been reported.
struct Stop {};

Place place_of(const YAML::Mark& mark, int source) { return {mark.line + 1, mark.column + 1, source}; }

/// Characters and lines, before YAML: what is refused here never reaches the parser.
class Scan {
public:
    Scan(std::string_view text, Diagnostics& out, int source) : text_(text), out_(out), source_(source) {}

    /// Whether YAML may have a look.
    bool clean() {
        if (text_.size() > size_limit) {
            out_.error({0, 0, source_}, fmt::format("the file has {} MiB", text_.size() >> 20),
                       "at most 64 MiB are read");
            return false;
        }
        bool clean = true;
        int line = 1;
        std::size_t start = 0;
        while (start < text_.size() && clean) {
            const std::size_t end = std::min(text_.find('\n', start), text_.size());
            clean = line_is_clean(text_.substr(start, end - start), line);
            start = end + 1;
            ++line;
        }
        return clean;
    }

private:
    bool line_is_clean(std::string_view line, int number) {
        char quote = 0;
        for (std::size_t i = 0; i < line.size(); ++i) {
            const auto c = static_cast<unsigned char>(line[i]);
            const Place place{number, static_cast<int>(i) + 1, source_};
            const bool comment =
                quote == 0 && c == '#' && (i == 0 || line[i - 1] == ' ' || line[i - 1] == '\t');
            if (comment) return valid_utf8(line, i, number);
            if (quote == 0 && (c == '"' || c == '\'') && opens_quote(line, i))
                quote = line[i];
            else if (quote == line[i] && !(quote == '"' && line[i - 1] == '\\'))
                quote = 0;
            if (c == '\t') {
                out_.error(place, "a tab is not allowed", "indent and separate with spaces");
                return false;
            }
            if ((c < 0x20 && !(c == '\r' && i + 1 == line.size())) || c == 0x7f) {
                out_.error(place, fmt::format("a control character (\\x{:02x})", c),
                           "the file is text in UTF-8");
                return false;
            }
        }
        return valid_utf8(line, 0, number);
    }

    static bool opens_quote(std::string_view line, std::size_t i) {
        while (i > 0 && line[i - 1] == ' ') --i;
        return i == 0 || std::string_view(":-,[{?").find(line[i - 1]) != std::string_view::npos;
    }

    bool valid_utf8(std::string_view line, std::size_t from, int number) {
        for (std::size_t i = from; i < line.size();) {
            const auto c = static_cast<unsigned char>(line[i]);
            const std::size_t length = c < 0x80                ? 1
                                       : c >= 0xC2 && c < 0xE0 ? 2
                                       : c >= 0xE0 && c < 0xF0 ? 3
                                       : c >= 0xF0 && c < 0xF5 ? 4
                                                               : 0;
            bool valid = length > 0 && i + length <= line.size();
            for (std::size_t k = 1; valid && k < length; ++k)
                valid = (static_cast<unsigned char>(line[i + k]) & 0xC0) == 0x80;
            if (!valid) {
                out_.error({number, static_cast<int>(i) + 1, source_},
                           fmt::format("a byte that is not UTF-8 (\\x{:02x})", c), "save the file as UTF-8");
                return false;
            }
            i += length;
        }
        return true;
    }

    std::string_view text_;
    Diagnostics& out_;
    int source_;
};

class Builder : public YAML::EventHandler {
public:
    Builder(std::string_view text, Diagnostics& out, int source) : out_(out), source_(source) {
        for (std::size_t start = 0; start <= text.size();) {
            lines_.push_back(start);
            const std::size_t end = text.find('\n', start);
            if (end == std::string_view::npos) break;
            start = end + 1;
        }
        text_ = text;
    }

    Node take_root() { return root_ ? std::move(*root_) : Node::map(); }
    bool has_root() const { return root_.has_value(); }

    void OnDocumentStart(const YAML::Mark& mark) override {
        if (++documents_ > 1) {
            out_.error(place_of(mark, source_), "a second document in one file",
                       "put it into a file of its own");
            throw Stop{};
        }
    }
    void OnDocumentEnd() override {}

    void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override {
        Place place = place_of(mark, source_);
        refuse_anchor(place, anchor);
        const std::string written = null_at(mark);
        Node node = Node::scalar(written);
        node.place = place;
        if (expects_key()) {
            if (written.empty())
                out_.error(place, "an empty key", "write 'key: value'");
            else
                out_.error(place, fmt::format("'{}' cannot be a key", written),
                           "it means 'nothing' to YAML; choose another name");
            add(std::move(node));
            return;
        }
        if (!open_.empty() && open_.back().node.is_map()) {
            const std::string& key = open_.back().key;
            if (written.empty()) place = open_.back().key_place;
            if (!written.empty()) {
                out_.error(place, fmt::format("'{}' has the value '{}', which means 'nothing'", key, written),
                           "leave the key out, or quote the value");
            } else if (key.find_first_of("()") != std::string::npos || key.find(' ') != std::string::npos) {
                // The most frequent reason: `{service: lognormal(mean 50min, cv 0.2)}`, where the comma ends
                // the value.
                out_.error(
                    place, fmt::format("'{}' has no value", key),
                    "inside { } a comma ends a value; our laws have none: 'lognormal(mean 40s cv 0.5)'");
            } else {
                out_.error(place, fmt::format("'{}' has no value", key), "write one, or leave the key out");
            }
        } else {
            out_.error(place, "an empty value", "write one, or leave the entry out");
        }
        node.text.clear();
        add(std::move(node));
    }

    void OnAlias(const YAML::Mark& mark, YAML::anchor_t) override {
        out_.error(place_of(mark, source_), "an alias ('*') is not allowed",
                   "write the value again, or use 'parameters' or a pipeline's 'defaults'");
        Node node;
        node.place = place_of(mark, source_);
        add(std::move(node));
    }

    void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                  const std::string& value) override {
        Node node = Node::scalar(value);
        node.place = place_of(mark, source_);
        node.quoted = tag != "?";
        refuse_anchor(node.place, anchor);
        refuse_tag(node.place, tag);
        refuse_unprintable(node);
        place_inside(node);
        add(std::move(node));
    }

    void OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                         YAML::EmitterStyle::value style) override {
        start(Node::list(), mark, tag, anchor, style);
    }
    void OnSequenceEnd() override { end(); }
    void OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                    YAML::EmitterStyle::value style) override {
        start(Node::map(), mark, tag, anchor, style);
    }
    void OnMapEnd() override { end(); }

private:
    struct Open {
        Node node;
        bool has_key = false;
        std::string key;
        Place key_place;
        bool ignore = false;  ///< the value of a duplicate or impossible key
        std::unordered_map<std::string, Place> keys;
    };

    bool expects_key() const { return !open_.empty() && open_.back().node.is_map() && !open_.back().has_key; }

    void refuse_anchor(Place place, YAML::anchor_t anchor) {
        if (anchor != 0)
            out_.error(place, "an anchor ('&') is not allowed",
                       "write the value where it is needed, or use 'parameters' or a pipeline's 'defaults'");
    }
    void refuse_tag(Place place, const std::string& tag) {
        if (!tag.empty() && tag != "?" && tag != "!")
            out_.error(place, fmt::format("a tag ('{}') is not allowed", tag),
                       "leave it out: every value is read as its key demands");
    }

    /// Whatever is written in a file may come before somebody who decides, on a terminal that obeys control characters;
    /// the file itself has none, but escapes in quotes can say them.
    void refuse_unprintable(const Node& node) {
        if (prints_as_lines(node.text)) return;
        const bool value = !open_.empty() && open_.back().node.is_map() && open_.back().has_key;
        out_.error(node.place,
                   value ? fmt::format("'{}' has characters that do not print", open_.back().key)
                         : "characters that do not print",
                   "write text alone");
    }

    std::string_view line_at(int line) const {
        if (line < 0 || static_cast<std::size_t>(line) >= lines_.size()) return {};
        const std::size_t start = lines_[static_cast<std::size_t>(line)];
        return text_.substr(start, std::min(text_.find('\n', start), text_.size()) - start);
    }

    /// What was written for a null: "" or "~", "null" and so on.
    std::string null_at(const YAML::Mark& mark) const {
        const std::string_view line = line_at(mark.line);
        if (mark.column < 0 || static_cast<std::size_t>(mark.column) >= line.size()) return "";
        const std::string_view rest = line.substr(static_cast<std::size_t>(mark.column));
        for (const std::string_view word : {"~", "null", "Null", "NULL"})
            if (rest.starts_with(word) &&
                (rest.size() == word.size() ||
                 std::string_view(" ,]}:\r").find(rest[word.size()]) != std::string_view::npos))
                return std::string(word);
        return "";
    }

    /// Whether columns inside the text can be told, and where it starts (behind its quote).
    void place_inside(Node& node) {
        const std::string_view line = line_at(node.place.line - 1);
        auto start = static_cast<std::size_t>(std::max(node.place.column - 1, 0));
        if (node.quoted) {
            require_closing_quote(node.place, start);
            ++start;
            node.place.column += 1;
        }
        node.exact = start <= line.size() && line.substr(start).starts_with(node.text);
        if (node.quoted && !node.exact) node.place.column -= 1;
    }

    void require_closing_quote(Place place, std::size_t column) {
        if (is_quote_closed(text_, lines_[static_cast<std::size_t>(place.line - 1)] + column)) return;
        out_.error(place, "a quote is not closed", "add the closing quote");
        throw Stop{};
    }

    void start(Node node, const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
               YAML::EmitterStyle::value style) {
        node.block = style == YAML::EmitterStyle::Block;
        node.place = place_of(mark, source_);
        refuse_anchor(node.place, anchor);
        refuse_tag(node.place, tag);
        if (open_.size() >= nesting_limit) {
            out_.error(node.place, fmt::format("nested more than {} deep", nesting_limit),
                       "no scenario needs that; look for a bracket that is not closed");
            throw Stop{};
        }
        Open open;
        if (expects_key()) {
            out_.error(node.place, "a list or map as a key", "a key is a word, followed by ': '");
            open.ignore = true;
        }
        open.node = std::move(node);
        open_.push_back(std::move(open));
    }

    void end() {
        Open done = std::move(open_.back());
        open_.pop_back();
        if (done.ignore) {
            Node key = Node::scalar("");
            key.place = done.node.place;
            add(std::move(key));
        } else {
            add(std::move(done.node));
        }
    }

    void add(Node node) {
        if (open_.empty()) {
            root_ = std::move(node);
            return;
        }
        Open& top = open_.back();
        if (top.node.is_list()) {
            top.node.items.push_back(std::move(node));
            return;
        }
        if (!top.has_key) {
            top.has_key = true;
            top.key = node.text;
            top.key_place = node.place;
            if (node.quoted && node.exact) top.key_place.column -= 1;
            return;
        }
        top.has_key = false;
        if (top.key == "<<") {
            out_.error(top.key_place, "a merge key ('<<') is not allowed",
                       "write the keys where they are needed, or use a pipeline's 'defaults'");
            return;
        }
        const auto [earlier, is_new] = top.keys.emplace(top.key, top.key_place);
        if (!is_new) {
            out_.error(top.key_place, fmt::format("'{}' is given twice", top.key),
                       fmt::format("it was given in line {} already; leave one out", earlier->second.line));
            return;
        }
        top.node.entries.push_back({top.key, top.key_place, std::move(node)});
    }

    std::string_view text_;
    Diagnostics& out_;
    int source_;
    std::vector<std::size_t> lines_;
    std::vector<Open> open_;
    std::optional<Node> root_;
    int documents_ = 0;
};

/// Of lines from 1 on; empty where there is none.
std::string_view line_at(std::string_view text, int line) {
    if (line < 1) return {};
    for (; line > 1; --line) {
        const std::size_t end = text.find('\n');
        if (end == std::string_view::npos) return {};
        text.remove_prefix(end + 1);
    }
    return text.substr(0, text.find('\n'));
}

/// What yaml-cpp says, for people; `line` is that of the problem.
std::pair<std::string, std::string> explain(const std::string& message, std::string_view line) {
    // A law in braces is a map, and no end of a text.
    if (line.find("every {") != std::string_view::npos)
        return {"a law in braces cannot stand behind 'every'", law_behind_every};
    static const std::pair<const char*, std::pair<const char*, const char*>> known[] = {
        {"end of map flow not found",
         {"a '{' is not closed", "add the '}', and see that values hold no '{', '}', '[' or ']'"}},
        {"end of map not found",
         {"this line does not fit the indentation above it",
          "keys of one map start in the same column; a value with ': ' needs quotes"}},
        {"end of sequence flow not found", {"a '[' is not closed", "add the ']'"}},
        {"end of sequence not found",
         {"this line does not fit the indentation of the list above it",
          "entries of one list start with '- ' in the same column"}},
        {"illegal map value",
         {"a ': ' where no key is expected",
          "a value with ': ' needs quotes; a key stands on a line of its own or inside { }"}},
        {"illegal block entry",
         {"a list entry ('- ') where none is expected",
          "indent it below its key, or write a list as [a, b]"}},
        {"illegal map key", {"a key where none is expected", "keys of one map start in the same column"}},
        {"illegal flow end",
         {"a bracket is closed that was not opened", "remove it, or add the opening one"}},
        {"illegal EOF in scalar", {"a quote is not closed", "add the closing quote"}},
        {"EOF in scalar", {"a quote is not closed", "add the closing quote"}},
        {"illegal document indicator in scalar",
         {"'---' or '...' inside a quoted text", "a quote may not be closed"}},
        {"unknown escape character",
         {"an unknown escape in double quotes", "write '\\\\' for a backslash, or use single quotes"}},
        {"unknown token", {"a character that cannot start a value here", "quote the value: \"...\""}},
        {"directives", {"a '%' at the start of a line", "directives are not needed; remove it"}},
    };
    for (const auto& [theirs, ours] : known)
        if (message.find(theirs) != std::string::npos) return {ours.first, ours.second};
    return {"not YAML: " + message, ""};
}

}  // namespace

bool is_quote_closed(std::string_view text, std::size_t start) {
    if (start >= text.size()) return true;
    const char quote = text[start];
    if (quote != '"' && quote != '\'') return true;  // a block of text
    for (std::size_t i = start + 1; i < text.size(); ++i) {
        if (quote == '"' && text[i] == '\\') {
            ++i;
        } else if (text[i] == quote) {
            if (quote == '"' || i + 1 >= text.size() || text[i + 1] != quote) return true;
            ++i;
        }
    }
    return false;
}

const Entry* Node::find(std::string_view key) const {
    for (const Entry& entry : entries)
        if (entry.key == key) return &entry;
    return nullptr;
}

const Entry* Node::find_along(std::string_view path) const {
    const Entry* longest = nullptr;
    for (const Entry& entry : entries)
        if (path.starts_with(entry.key) &&
            (path.size() == entry.key.size() || path[entry.key.size()] == '.') &&
            (longest == nullptr || entry.key.size() > longest->key.size()))
            longest = &entry;
    return longest;
}

Entry* Node::find_along(std::string_view path) {
    return const_cast<Entry*>(static_cast<const Node*>(this)->find_along(path));
}

Entry* Node::find(std::string_view key) {
    for (Entry& entry : entries)
        if (entry.key == key) return &entry;
    return nullptr;
}

Place Node::at(std::size_t offset) const {
    Place result = place;
    if (exact) result.column += static_cast<int>(std::min<std::size_t>(offset, text.size()));
    return result;
}

Node Node::scalar(std::string text) {
    Node node;
    node.text = std::move(text);
    return node;
}

Node Node::list(std::vector<Node> items) {
    Node node;
    node.kind = Kind::list;
    node.items = std::move(items);
    return node;
}

Node Node::map() {
    Node node;
    node.kind = Kind::map;
    return node;
}

void Node::add(std::string key, Node value) { entries.push_back({std::move(key), {}, std::move(value)}); }

void Node::add_text(std::string key, const std::string& text) {
    if (!text.empty()) add(std::move(key), scalar(text));
}

Node read_document(std::string_view text, Diagnostics& out, int source) {
    if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
    if (!Scan(text, out, source).clean()) return Node::map();
    Builder builder(text, out, source);
    try {
        std::istringstream stream{std::string(text)};
        YAML::Parser parser(stream);
        while (parser.HandleNextDocument(builder)) {
        }
    } catch (const Stop&) {
        return Node::map();
    } catch (const YAML::Exception& problem) {
        const Place place = problem.mark.is_null() ? Place{0, 0, source} : place_of(problem.mark, source);
        const auto [message, hint] = explain(problem.msg, line_at(text, place.line));
        out.error(place, message, hint);
        return Node::map();
    } catch (const std::exception& problem) {
        out.error({0, 0, source}, fmt::format("not YAML: {}", problem.what()));
        return Node::map();
    }
    if (!builder.has_root())
        out.error({0, 0, source}, "the file is empty",
                  "a scenario starts with 'understudy: 1' and 'scenario: NAME'");
    return builder.take_root();
}

}  // namespace understudy::formats
