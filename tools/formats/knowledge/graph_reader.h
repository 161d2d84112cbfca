// Reads a knowledge graph from RDF (rdf_reader.h), as a mapping understands it.
//
// What has no class is what its relations make of it (who consumes is a task, what is consumed a dataset), counted in
// `assumed`. A port stands for the datasets that it serves. A data product (a pipeline) that has no tasks but reads or writes
// is one task. Terms that the mapping does not know, and relations between kinds of things that cannot have them, are
// counted and named in `not_used`; nothing is made of them. The same statements in any order give the same graph. Memory
// grows with the things and relations that are mapped, at most 2 million and 20 million. Thread-safe.
#pragma once

#include <compare>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "tools/formats/knowledge/graph_mapping.h"

namespace understudy::formats {

struct SourceThing {
    models::Thing kind = models::Thing::dataset;
    std::string iri;    ///< empty: a blank node
    bool ours = false;  ///< of an export: `identifier` is its name in the twin
    std::string identifier, title, label, description;
    std::vector<std::string> tags;
    double mean_service = 0;  ///< seconds
    std::string time;         ///< of a version: when it was made

    auto operator<=>(const SourceThing&) const = default;
};

struct SourceRelation {
    std::size_t from = 0;
    models::Relation relation = models::Relation::produces;
    std::size_t to = 0;
    auto operator<=>(const SourceRelation&) const = default;
};

struct SourceGraph {
    std::string title;                   ///< of the twin that was exported; may be empty
    std::vector<SourceThing> things;     ///< in order of kind, then IRI
    std::set<SourceRelation> relations;  ///< each fits the kinds of its ends
    std::int64_t statements = 0, unmapped = 0;
    std::vector<std::string> assumed, not_used;
};

struct GraphReading {
    std::optional<SourceGraph> graph;   ///< empty if there was any problem
    std::vector<std::string> problems;  ///< `file:line:column: error: message`
};

GraphReading read_graph(const std::vector<std::filesystem::path>& files, const GraphMapping& mapping);

}  // namespace understudy::formats
