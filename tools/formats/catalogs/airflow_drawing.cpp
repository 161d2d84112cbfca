#include "tools/formats/catalogs/airflow_drawing.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <vector>

#include "tools/formats/printable.h"

namespace understudy::formats {

namespace {

/// Where the graph begins; npos: nowhere.
std::size_t start_of_graph(std::string_view text) {
    for (std::size_t at = text.find("digraph"); at != std::string_view::npos;
         at = text.find("digraph", at + 1)) {
        const std::size_t line = at == 0 ? 0 : text.rfind('\n', at - 1) + 1;
        const std::string_view before = text.substr(line, at - line);
        const bool first = before.find_first_not_of(" \t") == std::string_view::npos || before == "strict ";
        const std::string_view rest = text.substr(at + 7);
        if (first && !rest.empty() && (rest.front() == ' ' || rest.front() == '{' || rest.front() == '\t'))
            return at;
    }
    return std::string_view::npos;
}

struct DrawingFault {
    std::size_t at = 0;
    std::string what;
};

struct DotToken {
    enum class Kind { id, mark, end } kind = Kind::end;
    std::string text;  ///< of a mark: "{", "->", ...
    std::size_t at = 0;
    bool is(const char* mark) const { return kind == Kind::mark && text == mark; }
};

class DotTokens {
public:
    explicit DotTokens(std::string_view text) : text_(text) {}

    DotToken next() {
        skip();
        DotToken token;
        token.at = at_;
        if (at_ >= text_.size()) return token;
        const char c = text_[at_];
        if (c == '"') return quoted(std::move(token));
        if (c == '<') return html(std::move(token));
        if (text_.substr(at_, 2) == "->" || text_.substr(at_, 2) == "--") {
            token.kind = DotToken::Kind::mark;
            token.text = text_.substr(at_, 2);
            at_ += 2;
            return token;
        }
        if (is_word(c)) {
            token.kind = DotToken::Kind::id;
            while (at_ < text_.size() && (is_word(text_[at_]) || (text_[at_] == '-' && at_ == token.at)))
                token.text += text_[at_++];
            return token;
        }
        if (std::string_view("{}[];,=:").find(c) == std::string_view::npos)
            throw DrawingFault{at_,
                               fmt::format("'{}' is no part of a graph", printable(text_.substr(at_, 1)))};
        token.kind = DotToken::Kind::mark;
        token.text = c;
        ++at_;
        return token;
    }

private:
    static bool is_word(char c) {
        const auto byte = static_cast<unsigned char>(c);
        return std::isalnum(byte) != 0 || c == '_' || c == '.' || byte >= 0x80;
    }
    void skip() {
        while (at_ < text_.size()) {
            if (std::isspace(static_cast<unsigned char>(text_[at_])) != 0) {
                ++at_;
            } else if (text_.substr(at_, 2) == "//" || text_[at_] == '#') {
                at_ = std::min(text_.find('\n', at_), text_.size());
            } else if (text_.substr(at_, 2) == "/*") {
                const std::size_t end = text_.find("*/", at_ + 2);
                at_ = end == std::string_view::npos ? text_.size() : end + 2;
            } else {
                return;
            }
        }
    }
    DotToken quoted(DotToken token) {
        token.kind = DotToken::Kind::id;
        for (++at_; at_ < text_.size() && text_[at_] != '"'; ++at_) {
            // Of what has a backslash only the quote loses it.
            if (text_[at_] == '\\' && at_ + 1 < text_.size() && text_[at_ + 1] == '"') ++at_;
            token.text += text_[at_];
        }
        if (at_ >= text_.size()) throw DrawingFault{token.at, "a quote that is not closed"};
        ++at_;
        return token;
    }
    DotToken html(DotToken token) {
        token.kind = DotToken::Kind::id;
        int depth = 0;
        for (; at_ < text_.size(); ++at_) {
            depth += text_[at_] == '<' ? 1 : text_[at_] == '>' ? -1 : 0;
            token.text += text_[at_];
            if (depth == 0) break;
        }
        if (at_ >= text_.size()) throw DrawingFault{token.at, "a '<' that is not closed"};
        ++at_;
        return token;
    }

    std::string_view text_;
    std::size_t at_ = 0;
};

class DrawingReader {
public:
    explicit DrawingReader(std::string_view text) : tokens_(text) { take(); }

    AirflowDrawing read() {
        take();  // digraph
        AirflowDrawing drawing;
        const std::size_t name_at = now_.at;
        if (now_.kind == DotToken::Kind::id) {
            drawing.dag = now_.text;
            take();
        }
        expect("{");
        if (drawing.dag.empty())
            throw DrawingFault{
                name_at,
                "a graph without a name, as of the dependencies between DAGs; export one DAG with "
                "'airflow dags show DAG'"};
        statements();
        // What stands before each, through joins.
        for (const auto& [name, node] : nodes_) {
            if (node.join) continue;
            std::set<std::string>& before = drawing.tasks[name];
            std::set<std::string> seen;
            std::vector<std::string> open(node.before.begin(), node.before.end());
            while (!open.empty()) {
                const std::string one = std::move(open.back());
                open.pop_back();
                if (!seen.insert(one).second) continue;
                const Node& other = nodes_.at(one);
                if (!other.join)
                    before.insert(one);
                else
                    open.insert(open.end(), other.before.begin(), other.before.end());
            }
        }
        if (drawing.tasks.empty()) throw DrawingFault{name_at, "a graph without a task"};
        return drawing;
    }

private:
    struct Node {
        bool join = false;
        std::set<std::string> before;
    };
    using Attributes = std::map<std::string, std::string>;

    void take() { now_ = tokens_.next(); }
    void expect(const char* mark) {
        if (!now_.is(mark))
            throw DrawingFault{now_.at, now_.kind == DotToken::Kind::end
                                            ? fmt::format("the graph breaks off: '{}' is missing", mark)
                                            : fmt::format("'{}' where '{}' is expected",
                                                          printable(now_.text.substr(0, 40)), mark)};
        take();
    }

    /// Up to the brace that closes them.
    void statements() {
        for (std::size_t depth = 1; depth > 0;) {
            if (now_.is("}")) {
                --depth;
                take();
            } else if (now_.is(";") || now_.is(",")) {
                take();
            } else if (now_.is("{")) {
                ++depth;
                take();
            } else if (now_.kind == DotToken::Kind::id && now_.text == "subgraph") {
                take();
                if (now_.kind == DotToken::Kind::id) take();
                ++depth;
                expect("{");
            } else if (now_.kind == DotToken::Kind::id) {
                statement();
            } else {
                expect("}");
            }
        }
    }

    void statement() {
        std::vector<std::string> chain = {id()};
        if (now_.is("=")) {
            take();
            id();
            return;
        }
        while (now_.is("->")) {
            take();
            chain.push_back(id());
        }
        const Attributes with = attributes();
        if (chain.size() == 1) {
            if (chain.front() == "graph" || chain.front() == "node" || chain.front() == "edge") return;
            const auto shape = with.find("shape"), label = with.find("label");
            nodes_[chain.front()].join = shape != with.end() && shape->second == "circle" &&
                                         label != with.end() && label->second.empty();
        }
        for (std::size_t i = 1; i < chain.size(); ++i) {
            nodes_[chain[i - 1]];
            nodes_[chain[i]].before.insert(chain[i - 1]);
        }
    }

    /// With the port that may follow it.
    std::string id() {
        if (now_.kind != DotToken::Kind::id) expect("a name");
        std::string name = std::move(now_.text);
        take();
        while (now_.is(":")) {
            take();
            if (now_.kind == DotToken::Kind::id) take();
        }
        return name;
    }

    Attributes attributes() {
        Attributes all;
        while (now_.is("[")) {
            take();
            while (now_.kind == DotToken::Kind::id) {
                std::string key = std::move(now_.text);
                take();
                if (now_.is("=")) {
                    take();
                    if (now_.kind != DotToken::Kind::id) expect("a value");
                    all[key] = now_.text;
                    take();
                }
                while (now_.is(",") || now_.is(";")) take();
            }
            expect("]");
        }
        return all;
    }

    DotTokens tokens_;
    DotToken now_;
    std::map<std::string, Node> nodes_;
};

}  // namespace

bool looks_like_airflow_drawing(std::string_view head, bool any) {
    const std::size_t start = start_of_graph(head);
    return start != std::string_view::npos &&
           (any || head.find("labelloc=t", start) != std::string_view::npos);
}

AirflowDrawingReading read_airflow_drawing(std::string_view text) {
    AirflowDrawingReading reading;
    const std::size_t start = start_of_graph(text);
    if (start == std::string_view::npos) return {std::nullopt, 1, 1, "is no graph ('digraph NAME {')"};
    try {
        reading.drawing = DrawingReader(text.substr(start)).read();
    } catch (const DrawingFault& fault) {
        const std::string_view before = text.substr(0, start + fault.at);
        const std::size_t line = before.rfind('\n');
        reading.line = 1 + std::count(before.begin(), before.end(), '\n');
        reading.column = static_cast<std::int64_t>(line == std::string_view::npos ? before.size() + 1
                                                                                  : before.size() - line);
        reading.problem = fault.what;
    }
    return reading;
}

}  // namespace understudy::formats
