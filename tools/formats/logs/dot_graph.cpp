#include "tools/formats/logs/dot_graph.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <optional>
#include <set>
#include <tuple>
#include <unordered_map>

#include "tools/formats/logs/log_values.h"
#include "tools/formats/printable.h"

namespace understudy::formats {

namespace {

/// Subgraphs within subgraphs; nobody draws more, and each takes some of the stack.
constexpr int deepest_subgraph = 200;
/// Of two subgraphs each node is joined to each: a short text may say very many edges.
constexpr std::size_t most_dot_edges = 1'000'000;
constexpr std::string_view blanks_of_line = " \t\r\v\f";

struct DotFault {
    std::size_t at = 0;
    std::string what;
};

struct DotToken {
    enum class Kind { id, mark, end } kind = Kind::end;
    std::string text;  ///< of a mark: "{", "->", ...
    std::size_t at = 0;
    bool quoted = false;  ///< never a keyword

    bool is(const char* mark) const { return kind == Kind::mark && text == mark; }
    bool is_keyword(std::string_view word) const {
        return kind == Kind::id && !quoted && plain_word(text) == word;
    }
};

class DotTokens {
public:
    DotTokens(std::string_view text, std::size_t start) : text_(text), at_(start) {}

    DotToken next() {
        skip();
        DotToken token;
        token.at = at_;
        if (at_ >= text_.size()) return token;
        const char c = text_[at_];
        if (c == '"') return quoted(std::move(token));
        if (c == '<') return html(std::move(token));
        if (starts("->") || starts("--")) {
            token.kind = DotToken::Kind::mark;
            token.text = text_.substr(at_, 2);
            at_ += 2;
            return token;
        }
        const bool number = c == '-' && at_ + 1 < text_.size() && is_of_number(text_[at_ + 1]);
        if (is_word(c) || number) {
            token.kind = DotToken::Kind::id;
            do token.text += text_[at_++];
            while (at_ < text_.size() && is_word(text_[at_]));
            if (starts("-") && !starts("->") && !starts("--"))
                throw DotFault{at_, fmt::format("'-' behind '{}': a name with '-' in it stands in quotes",
                                                printable(token.text.substr(0, 40)))};
            return token;
        }
        if (std::string_view("{}[];,=:").find(c) == std::string_view::npos)
            throw DotFault{at_, fmt::format("'{}' is no part of a graph", printable(text_.substr(at_, 1)))};
        token.kind = DotToken::Kind::mark;
        token.text = c;
        ++at_;
        return token;
    }

private:
    bool starts(std::string_view with) const { return text_.substr(at_, with.size()) == with; }
    static bool is_of_number(char c) { return c == '.' || std::isdigit(static_cast<unsigned char>(c)) != 0; }
    static bool is_word(char c) {
        const auto byte = static_cast<unsigned char>(c);
        return std::isalnum(byte) != 0 || c == '_' || c == '.' || byte >= 0x80;
    }
    /// A line that begins with `#` is one of a preprocessor.
    bool is_first_of_line() const {
        const std::string_view before = text_.substr(0, at_);
        const std::size_t last = before.find_last_not_of(" \t");
        return last == std::string_view::npos || before[last] == '\n';
    }
    void skip() {
        while (at_ < text_.size()) {
            if (std::isspace(static_cast<unsigned char>(text_[at_])) != 0) {
                ++at_;
            } else if (starts("//") || (text_[at_] == '#' && is_first_of_line())) {
                at_ = std::min(text_.find('\n', at_), text_.size());
            } else if (starts("/*")) {
                const std::size_t end = text_.find("*/", at_ + 2);
                if (end == std::string_view::npos) throw DotFault{at_, "a '/*' that is not closed"};
                at_ = end + 2;
            } else {
                return;
            }
        }
    }
    DotToken quoted(DotToken token) {
        token.kind = DotToken::Kind::id;
        token.quoted = true;
        for (;;) {
            const std::size_t open = at_;
            for (++at_; at_ < text_.size() && text_[at_] != '"'; ++at_) {
                // Of what has a backslash only the quote loses it, and a line that goes on; two of them are a pair.
                if (starts("\\\""))
                    ++at_;
                else if (starts("\\\\"))
                    token.text += text_[at_++];
                else if (starts("\\\n") || starts("\\\r\n")) {
                    at_ = text_.find('\n', at_);
                    continue;
                }
                token.text += text_[at_];
            }
            if (at_ >= text_.size()) throw DotFault{open, "a quote that is not closed"};
            ++at_;
            const std::size_t end = at_;
            skip();
            if (!starts("+")) {
                at_ = end;
                return token;
            }
            ++at_;
            skip();
            if (!starts("\"")) throw DotFault{at_, "a '+' that joins no text in quotes"};
        }
    }
    DotToken html(DotToken token) {
        token.kind = DotToken::Kind::id;
        token.quoted = true;
        int depth = 0;
        for (; at_ < text_.size(); ++at_) {
            depth += text_[at_] == '<' ? 1 : text_[at_] == '>' ? -1 : 0;
            token.text += text_[at_];
            if (depth == 0) break;
        }
        if (at_ >= text_.size()) throw DotFault{token.at, "a '<' that is not closed"};
        ++at_;
        return token;
    }

    std::string_view text_;
    std::size_t at_ = 0;
};

std::pair<std::int64_t, std::int64_t> line_and_column(std::string_view text, std::size_t at) {
    const std::string_view before = text.substr(0, at);
    const std::size_t line = before.rfind('\n');
    return {1 + std::count(before.begin(), before.end(), '\n'),
            static_cast<std::int64_t>(line == std::string_view::npos ? at + 1 : at - line)};
}

class DotReader {
public:
    DotReader(std::string_view text, std::size_t start) : text_(text), tokens_(text, start) { take(); }

    DotGraph read() {
        take();  // digraph
        std::tie(graph_.name_line, graph_.name_column) = line_and_column(text_, now_.at);
        if (now_.kind == DotToken::Kind::id) {
            graph_.name = now_.text;
            take();
        }
        Members all;
        body(all, 0);
        return std::move(graph_);
    }

private:
    using Members = std::vector<std::uint32_t>;
    using Attributes = std::map<std::string, std::string>;

    void take() { now_ = tokens_.next(); }
    [[noreturn]] void wrong(const char* expected) const {
        if (now_.kind == DotToken::Kind::end)
            throw DotFault{now_.at, fmt::format("the graph breaks off: '{}' is missing", expected)};
        if (now_.is("--")) throw DotFault{now_.at, "'--' has no direction: a 'digraph' is of '->'"};
        throw DotFault{now_.at, fmt::format("'{}' where '{}' is expected", printable(now_.text.substr(0, 40)),
                                            expected)};
    }
    void expect(const char* mark) {
        if (!now_.is(mark)) wrong(mark);
        take();
    }
    std::string taken() {
        std::string text = std::move(now_.text);
        take();
        return text;
    }

    /// The statements between braces; adds the nodes that they name.
    void body(Members& members, int depth) {
        if (depth > deepest_subgraph)
            throw DotFault{now_.at, fmt::format("subgraphs within more than {} others", deepest_subgraph)};
        expect("{");
        while (!now_.is("}")) {
            if (now_.is(";") || now_.is(","))
                take();
            else
                statement(members, depth);
        }
        // Behind the last brace may stand anything.
        if (depth > 0) take();
    }

    void statement(Members& members, int depth) {
        if (now_.is_keyword("graph") || now_.is_keyword("node") || now_.is_keyword("edge")) {
            take();
            attributes();
            return;
        }
        Operand first = operand(depth);
        if (first.name && now_.is("=")) {
            // Of the graph as a whole: what was taken for a node is none.
            take();
            if (now_.kind != DotToken::Kind::id) wrong("a value");
            take();
            return;
        }
        const bool is_drawn_from = now_.is("->");
        Members from = is_drawn_from ? end_of_edge(first) : nodes_of(first);
        members.insert(members.end(), from.begin(), from.end());
        if (!is_drawn_from) {
            if (!first.name) return;
            for (auto& [key, value] : attributes()) graph_.nodes[from.front()].attributes[key] = value;
            return;
        }
        while (now_.is("->")) {
            take();
            Members to = end_of_edge(operand(depth));
            if (from.size() * to.size() > most_dot_edges - graph_.edges.size())
                throw DotFault{now_.at, fmt::format("more than {} edges", most_dot_edges)};
            for (const std::uint32_t a : from)
                for (const std::uint32_t b : to) graph_.edges.emplace_back(a, b);
            members.insert(members.end(), to.begin(), to.end());
            from = std::move(to);
        }
        attributes();
    }

    struct Operand {
        std::optional<std::string> name;  ///< of a node, as far as it is none of an attribute
        std::string subgraph;             ///< its name; empty: none
        Members within;                   ///< what stands between its braces
    };

    Operand operand(int depth) {
        Operand read;
        if (now_.is("{") || now_.is_keyword("subgraph")) {
            if (!now_.is("{")) {
                take();
                if (now_.kind == DotToken::Kind::id) read.subgraph = taken();
            }
            body(read.within, depth + 1);
            if (!read.subgraph.empty())
                subgraphs_[read.subgraph].insert(read.within.begin(), read.within.end());
            return read;
        }
        if (now_.kind != DotToken::Kind::id) wrong(now_.kind == DotToken::Kind::end ? "}" : "a name");
        read.name = taken();
        // Ports: where at the node an edge ends.
        while (now_.is(":")) {
            take();
            if (now_.kind != DotToken::Kind::id) wrong("a name");
            take();
        }
        return read;
    }

    Members nodes_of(const Operand& operand) {
        return operand.name ? Members{node(*operand.name)} : operand.within;
    }
    /// Each once. A subgraph whose name has come before is the same one, with all that it has by now.
    Members end_of_edge(const Operand& operand) {
        if (operand.name) return nodes_of(operand);
        const auto known = subgraphs_.find(operand.subgraph);
        const auto once = known != subgraphs_.end()
                              ? known->second
                              : std::set<std::uint32_t>(operand.within.begin(), operand.within.end());
        return {once.begin(), once.end()};
    }

    std::uint32_t node(const std::string& id) {
        const auto [at, fresh] = ids_.emplace(id, static_cast<std::uint32_t>(graph_.nodes.size()));
        if (fresh) graph_.nodes.push_back({id, {}});
        return at->second;
    }

    Attributes attributes() {
        Attributes all;
        while (now_.is("[")) {
            take();
            while (now_.kind == DotToken::Kind::id) {
                const std::string key = taken();
                if (now_.is("=")) {
                    take();
                    if (now_.kind != DotToken::Kind::id) wrong("a value");
                    all[key] = taken();
                }
                while (now_.is(",") || now_.is(";")) take();
            }
            expect("]");
        }
        return all;
    }

    std::string_view text_;
    DotTokens tokens_;
    DotToken now_;
    DotGraph graph_;
    std::unordered_map<std::string, std::uint32_t> ids_;
    std::map<std::string, std::set<std::uint32_t>> subgraphs_;
};

}  // namespace

const std::string& DotGraph::Node::label() const {
    const auto said = attributes.find("label");
    return said == attributes.end() || said->second == "\\N" ? id : said->second;
}

std::size_t start_of_dot(std::string_view text) {
    // Of a line only its first word counts, or the one behind `strict`.
    for (std::size_t line = 0; line < text.size();) {
        const std::size_t end = std::min(text.find('\n', line), text.size());
        std::size_t at = text.find_first_not_of(blanks_of_line, line);
        if (at < end && text.substr(at).starts_with("strict"))
            if (const std::size_t behind = text.find_first_not_of(blanks_of_line, at + 6); behind != at + 6)
                at = behind;
        if (at < end && text.substr(at).starts_with("digraph")) {
            const std::string_view rest = text.substr(at + 7);
            if (!rest.empty() && std::string_view(" \t\r\n{\"").find(rest.front()) != std::string_view::npos)
                return at;
        }
        line = end + 1;
    }
    return std::string_view::npos;
}

DotReading read_dot(std::string_view text) {
    DotReading reading;
    const std::size_t start = start_of_dot(text);
    if (start == std::string_view::npos) return {std::nullopt, 1, 1, "is no graph ('digraph NAME {')"};
    try {
        reading.graph = DotReader(text, start).read();
    } catch (const DotFault& fault) {
        std::tie(reading.line, reading.column) = line_and_column(text, fault.at);
        reading.problem = fault.what;
    }
    return reading;
}

}  // namespace understudy::formats
