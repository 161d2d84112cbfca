#include "tools/formats/knowledge/rdf_reader.h"

#include <fmt/format.h>
#include <serd/serd.h>

#include <algorithm>
#include <cstdarg>
#include <cstdio>
#include <memory>
#include <utility>

#include "tools/formats/knowledge/json_ld_reader.h"

namespace understudy::formats {

namespace {

constexpr std::int64_t most_depth = 128;
constexpr std::int64_t most_statement_bytes = std::int64_t{16} << 20;

std::string_view text_of(const SerdNode& node) {
    return {reinterpret_cast<const char*>(node.buf), node.n_bytes};
}

/// The bytes of a file for serd, one by one, so that what it complains of stands at the last one; and what serd does not
/// bound itself: it takes nested nodes by recursion and keeps whole literals.
class RdfBytes {
public:
    explicit RdfBytes(Input& input) : input_(input) {}

    bool next(unsigned char& byte) {
        if (refused()) return false;
        if (held_ != 0) {
            byte = static_cast<unsigned char>(std::exchange(held_, '\0'));
            return true;
        }
        if (!has_more()) return false;
        byte = static_cast<unsigned char>(piece_[at_++]);
        const bool alone = is_quote_alone(static_cast<char>(byte));
        if (byte == '\n') {
            ++line_;
            column_ = 0;
        } else if ((byte & 0xC0) != 0x80) {
            ++column_;
        }
        look_at(static_cast<char>(byte));
        if (alone && has_more() && piece_[at_] == '\\') {
            // serd takes what follows a quote within a long text as it stands, and would not see an escape in it.
            held_ = static_cast<char>(byte);
            byte = '\\';
        }
        return !refused();
    }
    void statement() { since_statement_ = 0; }
    std::int64_t line() const { return line_; }
    std::int64_t column() const { return std::max<std::int64_t>(column_, 1); }
    bool refused() const { return !refusal_.empty(); }
    const std::string& refusal() const { return refusal_; }

private:
    enum class In { nothing, iri, text, comment };

    bool has_more() {
        if (at_ < piece_.size()) return true;
        piece_ = input_.take(std::size_t{1} << 16);
        at_ = 0;
        return !piece_.empty();
    }

    /// A quote within a long text that does not follow another.
    bool is_quote_alone(char c) const {
        return in_ == In::text && is_long_ && !escaped_ && c == quote_ && ends_ == 0;
    }

    void look_at(char c) {
        if (++since_statement_ > most_statement_bytes)
            refusal_ = fmt::format("a statement of more than {} MiB", most_statement_bytes >> 20);
        if (c == '\0') refusal_ = "is no text";
        if (escaped_) {
            escaped_ = false;
            return;
        }
        switch (in_) {
            case In::nothing: between(c); break;
            case In::iri:
                if (c == '>' || c == '\n') in_ = In::nothing;
                break;
            case In::comment:
                if (c == '\n') in_ = In::nothing;
                break;
            case In::text: within_text(c); break;
        }
    }

    void between(char c) {
        if (c == '"' || c == '\'') {
            // Three of them begin a long text; two are an empty one.
            quotes_ = c == quote_ ? quotes_ + 1 : 1;
            quote_ = c;
            if (quotes_ == 1) {
                in_ = In::text;
                is_long_ = false;
                ends_ = 0;
            } else if (quotes_ == 3) {
                in_ = In::text;
                is_long_ = true;
                ends_ = 0;
            }
            return;
        }
        quotes_ = 0;
        quote_ = 0;
        if (c == '\\') escaped_ = true;
        if (c == '<') in_ = In::iri;
        if (c == '#') in_ = In::comment;
        if (c == '[' || c == '(') ++depth_;
        if (c == ']' || c == ')') --depth_;
        if (depth_ > most_depth) refusal_ = fmt::format("nodes nested more than {} deep", most_depth);
    }

    void within_text(char c) {
        if (c == '\\') {
            escaped_ = true;
            ends_ = 0;
            quotes_ = 0;
        } else if (c == quote_) {
            if (!is_long_) {
                in_ = In::nothing;
                // `""` may go on as `"""`.
                quotes_ = quotes_ == 1 ? 2 : 0;
                if (quotes_ == 0) quote_ = 0;
            } else if (++ends_ == 3) {
                in_ = In::nothing;
                quotes_ = 0;
                quote_ = 0;
            }
        } else {
            quotes_ = 0;
            ends_ = 0;
            if (c == '\n' && !is_long_) in_ = In::nothing;  // wrong, as serd will say
        }
    }

    Input& input_;
    std::string_view piece_;
    std::size_t at_ = 0;
    char held_ = 0;  ///< comes before what the piece has
    std::int64_t line_ = 1, column_ = 0;
    std::int64_t since_statement_ = 0, depth_ = 0;
    In in_ = In::nothing;
    char quote_ = 0;
    int quotes_ = 0;  ///< of the same kind, one behind the other
    int ends_ = 0;
    bool is_long_ = false, escaped_ = false;
    std::string refusal_;
};

struct RdfReading {
    RdfReading(Input& input, const RdfStatementSink& statements)
        : bytes(input), sink(statements), env(serd_env_new(nullptr), serd_env_free) {}

    void problem(const std::string& what) {
        if (!found) found = RdfProblem{bytes.line(), bytes.column(), what};
    }

    RdfBytes bytes;
    const RdfStatementSink& sink;
    std::unique_ptr<SerdEnv, void (*)(SerdEnv*)> env;
    std::optional<RdfProblem> found;
    std::int64_t in_graphs = 0;
};

/// A name as it is meant: with its prefix, or relative to the base, written out.
struct WholeNode {
    WholeNode(RdfReading& reading, const SerdNode& node) {
        switch (node.type) {
            case SERD_LITERAL: here = {RdfNode::Kind::literal, text_of(node)}; return;
            case SERD_BLANK: here = {RdfNode::Kind::blank, text_of(node)}; return;
            default: break;
        }
        whole = serd_env_expand_node(reading.env.get(), &node);
        if (whole.buf != nullptr) {
            here.text = text_of(whole);
        } else if (node.type == SERD_URI) {
            here.text = text_of(node);
        } else {
            const std::string_view name = text_of(node);
            reading.problem(fmt::format("the prefix '{}:' is not declared", name.substr(0, name.find(':'))));
        }
    }
    ~WholeNode() { serd_node_free(&whole); }
    WholeNode(const WholeNode&) = delete;
    WholeNode& operator=(const WholeNode&) = delete;

    SerdNode whole = SERD_NODE_NULL;
    RdfNode here;
};

SerdStatus on_base(void* handle, const SerdNode* uri) {
    return serd_env_set_base_uri(static_cast<RdfReading*>(handle)->env.get(), uri);
}

SerdStatus on_prefix(void* handle, const SerdNode* name, const SerdNode* uri) {
    return serd_env_set_prefix(static_cast<RdfReading*>(handle)->env.get(), name, uri);
}

SerdStatus on_statement(void* handle, SerdStatementFlags, const SerdNode* graph, const SerdNode* subject,
                        const SerdNode* predicate, const SerdNode* object, const SerdNode*, const SerdNode*) {
    auto& reading = *static_cast<RdfReading*>(handle);
    reading.bytes.statement();
    const WholeNode s(reading, *subject), p(reading, *predicate), o(reading, *object);
    if (reading.found) return SERD_ERR_BAD_CURIE;
    reading.in_graphs += graph != nullptr && graph->type != SERD_NOTHING;
    reading.sink(s.here, p.here, o.here);
    return SERD_SUCCESS;
}

SerdStatus on_error(void* handle, const SerdError* error) {
    char text[400];
    std::vsnprintf(text, sizeof text, error->fmt, *error->args);
    std::string what = text;
    while (!what.empty() && (what.back() == '\n' || what.back() == '.')) what.pop_back();
    static_cast<RdfReading*>(handle)->problem("is no Turtle: " + what);
    return SERD_SUCCESS;
}

std::size_t on_bytes(void* buffer, std::size_t size, std::size_t count, void* stream) {
    auto& reading = *static_cast<RdfReading*>(stream);
    auto* out = static_cast<unsigned char*>(buffer);
    std::size_t done = 0;
    while (done < size * count && reading.bytes.next(out[done])) ++done;
    return done / size;
}

int on_stream_error(void* stream) { return static_cast<RdfReading*>(stream)->bytes.refused() ? 1 : 0; }

/// The first of the text that is no space and no comment.
std::string_view beginning(std::string_view head) {
    while (true) {
        head.remove_prefix(std::min(head.find_first_not_of(" \t\r\n"), head.size()));
        if (!head.starts_with('#')) return head;
        head.remove_prefix(std::min(head.find('\n'), head.size()));
    }
}

/// No statement of Turtle begins with a name that has a space, nor a graph of TriG with a text.
bool is_xml(std::string_view begin) {
    for (const char* mark : {"<?xml", "<!DOCTYPE", "<!--", "<rdf:RDF"})
        if (begin.starts_with(mark)) return true;
    return false;
}
bool is_json(std::string_view begin) {
    if (begin.empty() || (begin[0] != '{' && begin[0] != '[')) return false;
    const std::string_view inside = beginning(begin.substr(1));
    return begin[0] == '{' ? inside.starts_with('"') || inside.starts_with('}')
                           : inside.starts_with('{') || inside.starts_with('[');
}

/// Whether a line is a statement with a fourth name, which is its graph.
bool has_quads(std::string_view head) {
    while (!head.empty()) {
        std::string_view line = head.substr(0, head.find('\n'));
        head.remove_prefix(std::min(line.size() + 1, head.size()));
        std::size_t terms = 0;
        while (true) {
            line.remove_prefix(std::min(line.find_first_not_of(" \t\r"), line.size()));
            const bool name = line.starts_with('<') || line.starts_with("_:");
            if (!name && !(line.starts_with('"') && terms == 2)) break;
            std::size_t end = 0;
            if (line[0] == '<') {
                end = line.find('>');
            } else if (line[0] == '"') {
                for (end = 1; end < line.size() && line[end] != '"'; ++end) end += line[end] == '\\';
                end = std::min(end, line.size());
                end = line.substr(end).starts_with("\"^^<") ? line.find('>', end)
                                                            : line.find_first_of(" \t<", end) - 1;
            } else {
                end = line.find_first_of(" \t<") - 1;
            }
            if (end >= line.size()) break;
            line.remove_prefix(end + 1);
            ++terms;
        }
        if (terms == 4 && line.starts_with('.')) return true;
    }
    return false;
}

}  // namespace

RdfRead read_rdf(Input& input, const RdfStatementSink& sink) {
    std::string_view head = input.peek(1U << 16);
    if (head.starts_with("\xEF\xBB\xBF")) head.remove_prefix(3);
    const std::string_view begin = beginning(head);
    if (is_xml(begin))
        return {
            RdfProblem{
                1, 1,
                "is XML; read are Turtle, N-Triples, TriG, N-Quads and JSON-LD: convert it with rapper -i "
                "rdfxml -o ntriples, or riot --output=ntriples"},
            0};
    if (is_json(begin)) {
        constexpr std::size_t most_document_bytes = std::size_t{64} << 20;
        std::string text = input.read_all(most_document_bytes);
        if (text.starts_with("\xEF\xBB\xBF")) text.erase(0, 3);
        return read_json_ld(text, sink);
    }
    RdfReading reading(input, sink);
    // TriG is Turtle, and has graphs besides.
    const std::unique_ptr<SerdReader, void (*)(SerdReader*)> reader(
        serd_reader_new(has_quads(head) ? SERD_NQUADS : SERD_TRIG, &reading, nullptr, on_base, on_prefix,
                        on_statement, nullptr),
        serd_reader_free);
    serd_reader_set_strict(reader.get(), true);
    serd_reader_set_error_sink(reader.get(), on_error, &reading);
    const SerdStatus status =
        serd_reader_read_source(reader.get(), on_bytes, on_stream_error, &reading, nullptr, 1);
    if (reading.bytes.refused())
        return {RdfProblem{reading.bytes.line(), reading.bytes.column(), reading.bytes.refusal()}, 0};
    if (!reading.found && status > SERD_FAILURE)
        reading.problem(
            fmt::format("is no Turtle: {}", reinterpret_cast<const char*>(serd_strerror(status))));
    return {reading.found, reading.in_graphs};
}

}  // namespace understudy::formats
