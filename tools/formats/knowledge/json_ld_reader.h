// Reads JSON-LD (1.1) as statements, after its rules of expansion: contexts that stand in the document (terms, prefixes,
// aliases of keywords, `@vocab`, `@base`, types and containers of terms), nodes within nodes, `@graph`, `@reverse`,
// `@included`, lists. Names of graphs and languages of texts are left out. A context at another place is refused, as are
// contexts that hold for a term alone: nothing is fetched. Memory grows with the document, of at most 64 MiB. Thread-safe.
#pragma once

#include "tools/formats/knowledge/rdf_reader.h"

namespace understudy::formats {

/// `text`: the whole document.
RdfRead read_json_ld(const std::string& text, const RdfStatementSink& sink);

}  // namespace understudy::formats
