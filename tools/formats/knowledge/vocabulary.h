// The terms in which the knowledge graph is written and read: a small vocabulary of our own, PROV-O, DCAT, Dublin Core and
// DPROD (docs/graph.md lists what stands for what).
//
// Constants and pure functions, thread-safe.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "models/knowledge/knowledge_graph.h"

namespace understudy::formats {

inline constexpr std::string_view prov_terms = "http://www.w3.org/ns/prov#";
inline constexpr std::string_view dcat_terms = "http://www.w3.org/ns/dcat#";
inline constexpr std::string_view dublin_core_terms = "http://purl.org/dc/terms/";
inline constexpr std::string_view rdf_terms = "http://www.w3.org/1999/02/22-rdf-syntax-ns#";
inline constexpr std::string_view rdfs_terms = "http://www.w3.org/2000/01/rdf-schema#";
inline constexpr std::string_view dprod_terms = "https://ekgf.github.io/dprod/";
/// Where the Object Management Group publishes the same terms since 2026.
inline constexpr std::string_view dprod_terms_of_omg = "https://www.omg.org/spec/DPROD/";
inline constexpr std::string_view own_terms = "urn:understudy:vocabulary#";
inline constexpr std::string_view xsd_terms = "http://www.w3.org/2001/XMLSchema#";
/// Before the name of a scenario, in what its things are called.
inline constexpr std::string_view own_things = "urn:understudy:twin:";

/// All kinds of things and relations, in the order of the enumerations.
const std::vector<models::Thing>& all_things();
const std::vector<models::Relation>& all_relations();

/// Our own term, without the namespace: "Dataset", "governedBy".
const char* term_of(models::Thing thing);
const char* term_of(models::Relation relation);

struct Prefix {
    const char* name;
    std::string_view iri;
};
/// Of the vocabularies, in order of their names.
const std::vector<Prefix>& prefixes();

/// `iri` with a prefix, where one fits: "prov:used".
std::string compact(std::string_view iri);

}  // namespace understudy::formats
