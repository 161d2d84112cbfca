#include "tools/formats/knowledge/json_ld_reader.h"

#include <fmt/format.h>
#include <serd/serd.h>

#include <algorithm>
#include <array>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "tools/formats/catalogs/json_members.h"
#include "tools/formats/catalogs/json_values.h"

namespace understudy::formats {

namespace {

constexpr std::size_t most_nodes_within = 256;  // of nodes, and of the properties that they are in
constexpr std::string_view rdf_namespace = "http://www.w3.org/1999/02/22-rdf-syntax-ns#";

struct JsonLdTerm {
    std::string iri;  ///< empty: it stands for nothing; a keyword: it is another name of it
    bool is_name = false, is_word = false;  ///< its texts are names, of things and of terms
    bool reverse = false;
    std::string container;
};

struct JsonLdContext {
    std::map<std::string, JsonLdTerm, std::less<>> terms;
    std::string base, vocabulary;
};

/// What the document has that is not read.
struct JsonLdRefusal {
    std::string what, at;  ///< `at`: text that stands where it is
};

/// Of a value with one text or a list of them.
std::vector<std::string> texts_in(const std::optional<JsonValue>& value) {
    std::vector<std::string> texts;
    if (const std::string_view one = raw_text(value); !one.empty()) texts.emplace_back(one);
    for_each(value, [&](const JsonValue& one) { texts.emplace_back(raw_text(one)); });
    return texts;
}

bool is_keyword(std::string_view word) {
    constexpr std::array<std::string_view, 16> all = {
        "@base", "@container", "@context", "@direction", "@graph", "@id",      "@included", "@index",
        "@json", "@language",  "@list",    "@nest",      "@none",  "@reverse", "@set",      "@type"};
    return word == "@value" || word == "@vocab" || word == "@version" || word == "@import" ||
           std::find(all.begin(), all.end(), word) != all.end();
}

class JsonLd {
public:
    explicit JsonLd(const RdfStatementSink& sink) : sink_(sink) {}

    void read(const JsonValue& document) { top(document, JsonLdContext()); }

private:
    // ---- contexts
    /// Terms of one context while they are defined: each may be made of others that stand behind it.
    struct Definitions {
        JsonValue local;
        std::map<std::string, bool, std::less<>> done;  ///< false: it is being defined
    };

    static void extend(JsonLdContext& context, const JsonValue& with) {
        if (with.is_null()) {
            context = JsonLdContext();
            return;
        }
        if (std::string_view place; with.get(place) == simdjson::SUCCESS)
            throw JsonLdRefusal{
                fmt::format("the context '{}' is at another place, and nothing is fetched: put it "
                            "in place of its address, or convert the file with "
                            "riot --output=turtle",
                            place),
                std::string(place)};
        simdjson::dom::array list;
        if (with.get(list) == simdjson::SUCCESS) {
            for (const JsonValue one : list) extend(context, one);
            return;
        }
        simdjson::dom::object map;
        if (with.get(map) != simdjson::SUCCESS)
            throw JsonLdRefusal{"a context that is no object and no list", "@context"};
        if (member(with, "@import"))
            throw JsonLdRefusal{"`@import` fetches a context, which is not done", "@import"};
        if (JsonValue base; map.at_key("@base").get(base) == simdjson::SUCCESS)
            context.base = base.is_null() ? "" : resolved(context.base, raw_text(base));
        Definitions all{with, {}};
        if (JsonValue vocabulary; map.at_key("@vocab").get(vocabulary) == simdjson::SUCCESS)
            context.vocabulary = vocabulary.is_null() ? "" : iri_of(raw_text(vocabulary), context, all);
        for (const auto field : map) define(field.key, context, all);
    }

    static void define(std::string_view term, JsonLdContext& context, Definitions& all) {
        JsonValue value;
        simdjson::dom::object map;
        if (is_keyword(term) || all.local.get(map) != simdjson::SUCCESS ||
            map.at_key(term).get(value) != simdjson::SUCCESS)
            return;
        const auto [known, fresh] = all.done.emplace(std::string(term), false);
        if (!fresh) {
            if (!known->second)
                throw JsonLdRefusal{fmt::format("the term '{}' is made of itself", term), std::string(term)};
            return;
        }
        context.terms.erase(std::string(term));
        JsonLdTerm made;
        std::string_view text;
        if (value.get(text) == simdjson::SUCCESS) {
            made.iri = text == term ? of_parts(term, context, all) : iri_of(text, context, all);
        } else if (value.is_object()) {
            if (member(value, "@context"))
                throw JsonLdRefusal{
                    fmt::format("the term '{}' has a context of its own, which is not read", term),
                    std::string(term)};
            JsonValue id;
            const auto reverse = member(value, "@reverse");
            made.reverse = reverse.has_value();
            if (reverse)
                made.iri = iri_of(raw_text(reverse), context, all);
            else if (value["@id"].get(id) == simdjson::SUCCESS && raw_text(id) != term)
                made.iri = id.is_null() ? "" : iri_of(raw_text(id), context, all);
            else
                made.iri = of_parts(term, context, all);
            const std::string_view type = raw_text(value, "@type");
            made.is_name = type == "@id";
            made.is_word = type == "@vocab";
            for (const std::string& one : texts_in(member(value, "@container")))
                if (one != "@set") made.container = one;
        }
        context.terms[std::string(term)] = std::move(made);
        all.done[std::string(term)] = true;
    }

    /// Of a term whose definition does not say what it stands for.
    static std::string of_parts(std::string_view term, JsonLdContext& context, Definitions& all) {
        if (term.find(':') == std::string_view::npos && term.find('/') == std::string_view::npos)
            return context.vocabulary.empty() ? "" : context.vocabulary + std::string(term);
        // As if it were no term itself.
        const std::size_t colon = term.find(':');
        if (colon == std::string_view::npos) return std::string(term);
        const std::string prefix(term.substr(0, colon));
        define(prefix, context, all);
        const auto found = context.terms.find(prefix);
        return found == context.terms.end() ? std::string(term)
                                            : found->second.iri + std::string(term.substr(colon + 1));
    }

    // ---- names
    static std::string resolved(const std::string& base, std::string_view relative) {
        if (base.empty() || relative.empty()) return relative.empty() ? base : std::string(relative);
        const std::string text(relative);
        SerdURI of_base = SERD_URI_NULL;
        if (serd_uri_parse(reinterpret_cast<const std::uint8_t*>(base.c_str()), &of_base) != SERD_SUCCESS)
            return text;
        SerdNode whole = serd_node_new_uri_from_string(reinterpret_cast<const std::uint8_t*>(text.c_str()),
                                                       &of_base, nullptr);
        std::string result = whole.buf == nullptr ? text : reinterpret_cast<const char*>(whole.buf);
        serd_node_free(&whole);
        return result;
    }

    /// `as_term`: words are terms, else they are relative to the base where `as_name`.
    static std::string iri_of(std::string_view text, const JsonLdContext& context, bool as_term,
                              bool as_name) {
        if (is_keyword(text)) return std::string(text);
        if (const auto found = context.terms.find(text);
            found != context.terms.end() && (as_term || is_keyword(found->second.iri)))
            return found->second.iri;
        if (const std::size_t colon = text.find(':'); colon != std::string_view::npos && colon > 0) {
            const std::string_view prefix = text.substr(0, colon), rest = text.substr(colon + 1);
            const auto found = context.terms.find(prefix);
            const bool whole = prefix == "_" || rest.starts_with("//") || found == context.terms.end();
            return whole || found->second.iri.empty() ? std::string(text)
                                                      : found->second.iri + std::string(rest);
        }
        if (as_term && !context.vocabulary.empty()) return context.vocabulary + std::string(text);
        return as_name ? resolved(context.base, text) : std::string(text);
    }
    /// The same while terms are defined that it may be made of.
    static std::string iri_of(std::string_view text, JsonLdContext& context, Definitions& all) {
        define(text, context, all);
        define(text.substr(0, text.find(':')), context, all);
        return iri_of(text, context, true, false);
    }

    /// The members of an object whose key is this keyword, or another name of it.
    static std::optional<JsonValue> at(const simdjson::dom::object& object, std::string_view keyword,
                                       const JsonLdContext& context) {
        for (const auto field : object)
            if (!field.value.is_null() && iri_of(field.key, context, true, false) == keyword)
                return field.value;
        return std::nullopt;
    }

    // ---- statements
    struct Named {
        RdfNode::Kind kind;
        std::string text;
        RdfNode node() const { return {kind, text}; }
    };

    Named new_blank() { return {RdfNode::Kind::blank, fmt::format("json-ld {}", ++blanks_)}; }
    static Named named(const std::string& iri) {
        if (iri.starts_with("_:")) return {RdfNode::Kind::blank, iri.substr(2)};
        return {RdfNode::Kind::iri, iri};
    }
    void state(const Named& subject, const std::string& predicate, const Named& object,
               bool reverse = false) {
        const RdfNode p{RdfNode::Kind::iri, predicate};
        if (reverse)
            sink_(object.node(), p, subject.node());
        else
            sink_(subject.node(), p, object.node());
    }

    /// Nodes that stand alone.
    void top(const JsonValue& value, const JsonLdContext& context) {
        if (value.is_array())
            for_each(std::optional(value), [&](const JsonValue& one) { top(one, context); });
        else if (value.is_object())
            node(value, context);
    }

    /// Held while something within something is read.
    struct Within {
        explicit Within(JsonLd& reader) : depth(reader.depth_) {
            if (++depth > most_nodes_within)
                throw JsonLdRefusal{fmt::format("nodes nested more than {} deep", most_nodes_within), ""};
        }
        ~Within() { --depth; }
        Within(const Within&) = delete;
        Within& operator=(const Within&) = delete;
        std::size_t& depth;
    };

    /// What it says, and its name.
    Named node(const JsonValue& value, const JsonLdContext& outer, const std::string& id = "") {
        const Within within(*this);
        simdjson::dom::object object;
        if (value.get(object) != simdjson::SUCCESS) return new_blank();
        std::optional<JsonLdContext> own;
        if (JsonValue with; object.at_key("@context").get(with) == simdjson::SUCCESS) {
            own = outer;
            extend(*own, with);
        }
        const JsonLdContext& context = own ? *own : outer;
        std::string name = id;
        if (const auto said = at(object, "@id", context); said && name.empty())
            name = iri_of(raw_text(said), context, false, true);
        const Named self = name.empty() ? new_blank() : named(name);
        members_of(object, self, context);
        return self;
    }

    void members_of(const simdjson::dom::object& object, const Named& self, const JsonLdContext& context) {
        for (const auto field : object) {
            const std::string key = iri_of(field.key, context, true, false);
            if (key == "@type") {
                for (const std::string& type : texts_in(field.value))
                    state(self, std::string(rdf_namespace) + "type",
                          named(iri_of(type, context, true, true)));
            } else if (key == "@graph" || key == "@included") {
                top(field.value, context);
            } else if (key == "@reverse") {
                for_each_property(field.value, self, context, true);
            } else if (key == "@nest") {
                for_each_property(field.value, self, context, false);
            } else if (!key.starts_with('@')) {
                property(field.key, field.value, self, context, false);
            }
        }
    }

    void for_each_property(const JsonValue& value, const Named& self, const JsonLdContext& context,
                           bool reverse) {
        simdjson::dom::object object;
        if (value.get(object) != simdjson::SUCCESS) return;
        for (const auto field : object) property(field.key, field.value, self, context, reverse);
    }

    void property(std::string_view key, const JsonValue& value, const Named& self,
                  const JsonLdContext& context, bool reverse) {
        const std::string predicate = iri_of(key, context, true, false);
        // What is no whole name after all says nothing, as the standard has it.
        if (predicate.find(':') == std::string::npos || predicate.starts_with("_:")) return;
        static const JsonLdTerm plain;
        const auto found = context.terms.find(key);
        const JsonLdTerm& term = found == context.terms.end() ? plain : found->second;
        reverse = reverse != term.reverse;
        simdjson::dom::object map;
        const bool mapped =
            value.get(map) == simdjson::SUCCESS &&
            (term.container == "@language" || term.container == "@index" || term.container == "@id" ||
             term.container == "@graph" || term.container == "@type");
        if (term.container == "@list" && !value.is_object()) {
            state(self, predicate, list(value, term, context), reverse);
        } else if (mapped && term.container != "@graph") {
            for (const auto field : map) {
                const bool is_id = term.container == "@id" && field.value.is_object();
                if (is_id)
                    state(self, predicate,
                          node(field.value, context, iri_of(field.key, context, false, true)), reverse);
                else
                    each_object(field.value, term, context,
                                [&](const Named& one) { state(self, predicate, one, reverse); });
            }
        } else {
            each_object(value, term, context,
                        [&](const Named& one) { state(self, predicate, one, reverse); });
        }
    }

    Named list(const JsonValue& value, const JsonLdTerm& term, const JsonLdContext& context) {
        std::vector<Named> items;
        each_object(value, term, context, [&](const Named& one) { items.push_back(one); });
        Named rest = named(std::string(rdf_namespace) + "nil");
        for (std::size_t i = items.size(); i-- > 0;) {
            const Named here = new_blank();
            state(here, std::string(rdf_namespace) + "first", items[i]);
            state(here, std::string(rdf_namespace) + "rest", rest);
            rest = here;
        }
        return rest;
    }

    template <class Use>
    void each_object(const JsonValue& value, const JsonLdTerm& term, const JsonLdContext& context,
                     const Use& use) {
        std::string_view text;
        simdjson::dom::object object;
        if (value.is_null()) return;
        const Within within(*this);
        if (value.is_array()) {
            for_each(std::optional(value),
                     [&](const JsonValue& one) { each_object(one, term, context, use); });
        } else if (value.get(text) == simdjson::SUCCESS) {
            if (term.is_name || term.is_word)
                use(named(iri_of(text, context, term.is_word, true)));
            else
                use({RdfNode::Kind::literal, std::string(text)});
        } else if (value.get(object) != simdjson::SUCCESS) {
            use({RdfNode::Kind::literal, simdjson::to_string(value)});
        } else if (const auto plain = at(object, "@value", context)) {
            use({RdfNode::Kind::literal,
                 plain->is_string() ? std::string(raw_text(plain)) : simdjson::to_string(*plain)});
        } else if (const auto items = at(object, "@list", context)) {
            use(list(*items, term, context));
        } else if (const auto set = at(object, "@set", context)) {
            each_object(*set, term, context, use);
        } else {
            use(node(value, context));
        }
    }

    const RdfStatementSink& sink_;
    std::size_t blanks_ = 0, depth_ = 0;
};

RdfRead refused(const std::string& text, const JsonLdRefusal& why) {
    const std::size_t at =
        why.at.empty() ? text.size() : std::min(text.find('"' + why.at + '"'), text.size());
    const std::size_t before = at < text.size() ? at : 0;
    const std::size_t line = before == 0 ? std::string::npos : text.rfind('\n', before - 1);
    return {RdfProblem{std::count(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(before), '\n') + 1,
                       static_cast<std::int64_t>(line == std::string::npos ? before : before - line - 1) + 1,
                       why.what},
            0};
}

}  // namespace

RdfRead read_json_ld(const std::string& text, const RdfStatementSink& sink) {
    simdjson::dom::parser parser;
    JsonValue document;
    if (const simdjson::error_code error = parser.parse(text).get(document)) {
        const auto place = break_of_json(text);
        return {RdfProblem{place ? place->line + 1 : 1,
                           place ? std::max<std::int64_t>(static_cast<std::int64_t>(place->byte), 1) : 1,
                           place ? "is no valid JSON"
                                 : fmt::format("JSON that is not read: {}", simdjson::error_message(error))},
                0};
    }
    const auto has_keyword = [](const JsonValue& value) {
        simdjson::dom::object object;
        if (value.get(object) != simdjson::SUCCESS) return false;
        return std::any_of(object.begin(), object.end(),
                           [](const auto& field) { return field.key.starts_with("@"); });
    };
    simdjson::dom::array list;
    const bool is_list = document.get(list) == simdjson::SUCCESS;
    if (is_list ? std::none_of(list.begin(), list.end(), has_keyword) : !has_keyword(document))
        return {
            RdfProblem{1, 1,
                       "is JSON, and no JSON-LD: it has no `@context`, `@id` or `@graph`; read are Turtle, "
                       "N-Triples, TriG, N-Quads and JSON-LD"},
            0};
    try {
        JsonLd(sink).read(document);
    } catch (const JsonLdRefusal& why) {
        return refused(text, why);
    }
    return {};
}

}  // namespace understudy::formats
