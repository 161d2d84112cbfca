// Promised: the knowledge graph is written so that other tools read it, whatever characters names have, and the same graph
// gives the same text. Shown: Turtle and N-Triples read back by serd give the same statements, JSON-LD is JSON with one
// object a thing, DOT and GraphML name every thing. tests/program/test_graph.py asks an independent SPARQL engine.
#include "tools/formats/knowledge/graph_writer.h"

#include <doctest/doctest.h>
#include <serd/serd.h>

#include <nlohmann/json.hpp>
#include <set>
#include <string>

#include "tools/formats/knowledge/triples.h"
#include "tools/formats/language/scenario_reader.h"

using namespace understudy;
using namespace understudy::formats;

namespace {

models::KnowledgeGraph sample() {
    auto reading = read_scenario(R"(understudy: 1
scenario: shop
twin:
  datasets:
    raw: {owner: "Zoë \"the\" <owner>", label: "s3://bucket/a b?x=1", description: "two\nlines", tags: [pii], columns: {id: {type: bigint}}}
  stages:
    clean: {reads: clicks, writes: raw, workers: 1, service: 3s}
load: {clicks: {arrivals: poisson(0.1/s)}}
run: {length: 8h}
objectives: [p(95) latency(clean) < 40s]
)",
                                 "s.yaml");
    INFO(reading.diagnostics.show());
    REQUIRE(reading.scenario);
    return models::KnowledgeGraph(*reading.scenario);
}

/// Statements as text, with prefixes written out.
std::set<std::string> statements_of(const std::string& text, SerdSyntax syntax) {
    struct Read {
        std::set<std::string> statements;
        SerdEnv* env = serd_env_new(nullptr);
    } read;
    const auto prefix = [](void* handle, const SerdNode* name, const SerdNode* uri) {
        return serd_env_set_prefix(static_cast<Read*>(handle)->env, name, uri);
    };
    const auto statement = [](void* handle, SerdStatementFlags, const SerdNode*, const SerdNode* subject,
                              const SerdNode* predicate, const SerdNode* object, const SerdNode* datatype,
                              const SerdNode*) {
        Read& into = *static_cast<Read*>(handle);
        std::string line;
        for (const SerdNode* node : {subject, predicate, object, datatype}) {
            if (node == nullptr || node->buf == nullptr) continue;
            SerdNode whole = serd_env_expand_node(into.env, node);
            const SerdNode* shown = whole.buf != nullptr ? &whole : node;
            line += std::string(reinterpret_cast<const char*>(shown->buf), shown->n_bytes) + " | ";
            serd_node_free(&whole);
        }
        into.statements.insert(line);
        return SERD_SUCCESS;
    };
    SerdReader* reader = serd_reader_new(syntax, &read, nullptr, nullptr, prefix, statement, nullptr);
    CHECK(serd_reader_read_string(reader, reinterpret_cast<const std::uint8_t*>(text.c_str())) ==
          SERD_SUCCESS);
    serd_reader_free(reader);
    serd_env_free(read.env);
    return read.statements;
}

}  // namespace

TEST_CASE("triples are read back as they were") {
    const auto knowledge = sample();
    const auto triples = triples_of(knowledge, "shop");
    std::set<std::string> expected;
    for (const Triple& triple : triples)
        expected.insert(triple.subject + " | " + triple.predicate + " | " + triple.object + " | " +
                        (triple.datatype.empty() ? "" : triple.datatype + " | "));
    CHECK(expected.size() > 25);
    CHECK(statements_of(write_turtle(knowledge, "shop"), SERD_TURTLE) == expected);
    CHECK(statements_of(write_ntriples(knowledge, "shop"), SERD_NTRIPLES) == expected);
    CHECK(write_turtle(knowledge, "shop") == write_turtle(sample(), "shop"));
}

TEST_CASE("JSON-LD has one object a thing") {
    const auto knowledge = sample();
    const auto document = nlohmann::json::parse(write_json_ld(knowledge, "shop"));
    // And the twin as a data product, with its two ports.
    CHECK(document["@graph"].size() == boost::num_vertices(knowledge.graph()) + 3);
    bool found = false;
    for (const auto& thing : document["@graph"]) {
        if (!thing.contains("dct:identifier") || thing["dct:identifier"][0] != "raw") continue;
        found = true;
        CHECK(thing["@type"][1] == "dcat:Dataset");
        CHECK(thing["us:ownedBy"][0]["@id"] ==
              "urn:understudy:twin:shop/owner/Zo%C3%AB%20%22the%22%20%3Cowner%3E");
    }
    CHECK(found);
}

TEST_CASE("network tools get every thing and every relation") {
    const auto knowledge = sample();
    for (const std::string& text : {write_graphml(knowledge), write_dot(knowledge, "shop")}) {
        CHECK(text.find("clean") != std::string::npos);
        CHECK(text.find("owned by") != std::string::npos);
    }
    CHECK(write_dot(knowledge, "shop").find("Zoë \\\"the\\\" <owner>") != std::string::npos);
    CHECK(write_graphml(knowledge).find("&lt;owner&gt;") != std::string::npos);
    // A backslash begins no escape, and ends no quote.
    const std::string windows = write_dot(knowledge, "CORP\\nina\\");
    CHECK(windows.find("label=\"CORP\\\\nina\\\\\";") != std::string::npos);
}
