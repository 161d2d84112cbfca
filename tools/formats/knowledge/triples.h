// The knowledge graph as statements of RDF, in the terms of PROV-O, DCAT, Dublin Core and DPROD, and a small vocabulary of
// our own for what they have no word for (vocabulary.h; docs/graph.md lists all).
//
// Each edge is said in our own term, and in a standard one where there is one, so that either can be asked for. Things are
// named `urn:understudy:twin:SCENARIO/KIND/NAME`, percent-encoded. In order of subject, then the data products and their
// ports, then the changes that made versions, as activities; the same for the same graph. Pure, thread-safe.
#pragma once

#include <string>
#include <vector>

#include "models/knowledge/knowledge_graph.h"

namespace understudy::formats {

struct Triple {
    std::string subject, predicate, object;  ///< IRIs
    bool literal = false;                    ///< the object is text
    std::string datatype;                    ///< of a literal: an IRI; empty: plain text
};
std::vector<Triple> triples_of(const models::KnowledgeGraph& knowledge, const std::string& scenario);

/// The IRI of one thing.
std::string iri_of(const models::KnowledgeVertex& vertex, const std::string& scenario);

}  // namespace understudy::formats
