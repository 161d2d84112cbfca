// Statements as Turtle and N-Triples, by serd, and as JSON-LD.
#include <serd/serd.h>

#include <map>
#include <memory>
#include <nlohmann/json.hpp>

#include "kernel/invariant.h"
#include "tools/formats/knowledge/graph_writer.h"
#include "tools/formats/knowledge/triples.h"
#include "tools/formats/knowledge/vocabulary.h"

namespace understudy::formats {

namespace {

const std::uint8_t* bytes(const std::string& text) {
    return reinterpret_cast<const std::uint8_t*>(text.c_str());
}

std::size_t append(const void* data, std::size_t length, void* text) {
    static_cast<std::string*>(text)->append(static_cast<const char*>(data), length);
    return length;
}

std::string write_rdf(const std::vector<Triple>& triples, SerdSyntax syntax) {
    std::string text;
    const std::unique_ptr<SerdEnv, void (*)(SerdEnv*)> env(serd_env_new(nullptr), serd_env_free);
    const auto style = syntax == SERD_TURTLE ? SERD_STYLE_ABBREVIATED | SERD_STYLE_CURIED : SERD_STYLE_ASCII;
    const std::unique_ptr<SerdWriter, void (*)(SerdWriter*)> writer(
        serd_writer_new(syntax, static_cast<SerdStyle>(style), env.get(), nullptr, append, &text),
        serd_writer_free);
    if (syntax == SERD_TURTLE)
        for (const Prefix& prefix : prefixes()) {
            const std::string name = prefix.name, iri(prefix.iri);
            const SerdNode short_name = serd_node_from_string(SERD_LITERAL, bytes(name));
            const SerdNode whole = serd_node_from_string(SERD_URI, bytes(iri));
            serd_writer_set_prefix(writer.get(), &short_name, &whole);
            serd_env_set_prefix(env.get(), &short_name, &whole);
        }
    for (const Triple& triple : triples) {
        const SerdNode subject = serd_node_from_string(SERD_URI, bytes(triple.subject));
        const SerdNode predicate = serd_node_from_string(SERD_URI, bytes(triple.predicate));
        const SerdNode object =
            serd_node_from_string(triple.literal ? SERD_LITERAL : SERD_URI, bytes(triple.object));
        const SerdNode datatype = serd_node_from_string(SERD_URI, bytes(triple.datatype));
        const SerdStatus done =
            serd_writer_write_statement(writer.get(), 0, nullptr, &subject, &predicate, &object,
                                        triple.datatype.empty() ? nullptr : &datatype, nullptr);
        kernel::require(done == SERD_SUCCESS, "a statement that cannot be written");
    }
    serd_writer_finish(writer.get());
    return text;
}

}  // namespace

std::string write_turtle(const models::KnowledgeGraph& knowledge, const std::string& scenario) {
    return write_rdf(triples_of(knowledge, scenario), SERD_TURTLE);
}

std::string write_ntriples(const models::KnowledgeGraph& knowledge, const std::string& scenario) {
    return write_rdf(triples_of(knowledge, scenario), SERD_NTRIPLES);
}

std::string write_json_ld(const models::KnowledgeGraph& knowledge, const std::string& scenario) {
    using Json = nlohmann::ordered_json;
    Json context = Json::object();
    for (const Prefix& prefix : prefixes()) context[prefix.name] = prefix.iri;
    std::map<std::string, Json> things;
    for (const Triple& triple : triples_of(knowledge, scenario)) {
        Json& thing = things.try_emplace(triple.subject, Json{{"@id", triple.subject}}).first->second;
        if (triple.predicate.ends_with("#type")) {
            thing["@type"].push_back(compact(triple.object));
            continue;
        }
        Json value;
        if (!triple.literal)
            value = {{"@id", triple.object}};
        else if (triple.datatype.empty())
            value = triple.object;
        else
            value = {{"@value", triple.object}, {"@type", compact(triple.datatype)}};
        thing[compact(triple.predicate)].push_back(std::move(value));
    }
    Json all = Json::array();
    for (auto& [name, thing] : things) all.push_back(std::move(thing));
    return Json{{"@context", std::move(context)}, {"@graph", std::move(all)}}.dump(2) + "\n";
}

}  // namespace understudy::formats
