// The knowledge graph as files that other tools read: Turtle, N-Triples and JSON-LD for triple stores, GraphML for network
// tools, DOT for Graphviz. Text for the same graph is the same. Thread-safe.
#pragma once

#include <string>
#include <vector>

#include "models/knowledge/knowledge_graph.h"

namespace understudy::formats {

std::string write_turtle(const models::KnowledgeGraph& knowledge, const std::string& scenario);
std::string write_ntriples(const models::KnowledgeGraph& knowledge, const std::string& scenario);
std::string write_json_ld(const models::KnowledgeGraph& knowledge, const std::string& scenario);
std::string write_graphml(const models::KnowledgeGraph& knowledge);
std::string write_dot(const models::KnowledgeGraph& knowledge, const std::string& scenario);

}  // namespace understudy::formats
