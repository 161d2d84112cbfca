// The graph for network tools and for Graphviz, by Boost.Graph.
#include <boost/graph/graphml.hpp>
#include <boost/graph/graphviz.hpp>
#include <boost/property_map/dynamic_property_map.hpp>
#include <boost/property_map/function_property_map.hpp>
#include <sstream>

#include "tools/formats/knowledge/graph_writer.h"

namespace understudy::formats {

namespace {

using models::Knowledge;
using models::KnowledgeIndex;

std::string colour_of(models::Thing thing) {
    switch (thing) {
        case models::Thing::dataset:
        case models::Thing::column: return "#cfe8cf";
        case models::Thing::stage:
        case models::Thing::task:
        case models::Thing::pipeline: return "#cfe0f4";
        case models::Thing::load: return "#f4e3c3";
        case models::Thing::pool:
        case models::Thing::budget: return "#e4d4ee";
        case models::Thing::twin:
        case models::Thing::version: return "#f4d9d0";
        default: return "#eeeeee";
    }
}

}  // namespace

std::string write_graphml(const models::KnowledgeGraph& knowledge) {
    Knowledge g = knowledge.graph();  // the library takes property maps of a graph that could be written to
    boost::dynamic_properties properties;
    properties.property("kind", boost::make_function_property_map<KnowledgeIndex>([&](KnowledgeIndex v) {
                            return std::string(models::name_of(g[v].thing));
                        }));
    properties.property("name", boost::get(&models::KnowledgeVertex::name, g));
    properties.property("label", boost::get(&models::KnowledgeVertex::label, g));
    properties.property("mean_service_seconds", boost::get(&models::KnowledgeVertex::mean_service, g));
    if (knowledge.version()) {
        properties.property("time", boost::get(&models::KnowledgeVertex::time, g));
        properties.property(
            "reason", boost::make_function_property_map<KnowledgeIndex>([&](KnowledgeIndex v) {
                return g[v].thing == models::Thing::version ? g[v].description : std::string();
            }));
    }
    properties.property("relation", boost::make_function_property_map<Knowledge::edge_descriptor>(
                                        [&](const Knowledge::edge_descriptor& e) {
                                            return std::string(models::name_of(g[e].relation));
                                        }));
    std::ostringstream text;
    boost::write_graphml(text, g, properties, true);
    return text.str();
}

namespace {

/// As Graphviz shows it: a backslash of a name begins no escape.
std::string dot_text(std::string_view text) {
    std::string escaped;
    for (const char c : text) escaped += c == '\\' ? std::string("\\\\") : std::string(1, c);
    return boost::escape_dot_string(escaped);
}

}  // namespace

std::string write_dot(const models::KnowledgeGraph& knowledge, const std::string& scenario) {
    const Knowledge& g = knowledge.graph();
    std::ostringstream text;
    boost::write_graphviz(
        text, g,
        [&](std::ostream& out, KnowledgeIndex v) {
            out << "[label=" << dot_text(g[v].name) << ", shape=box, style=\"filled,rounded\", fillcolor=\""
                << colour_of(g[v].thing)
                << "\", tooltip=" << boost::escape_dot_string(models::name_of(g[v].thing)) << "]";
        },
        [&](std::ostream& out, const Knowledge::edge_descriptor& e) {
            out << "[label=" << boost::escape_dot_string(models::name_of(g[e].relation)) << "]";
        },
        [&](std::ostream& out) {
            out << "label=" << dot_text(scenario) << ";\nrankdir=LR;\nnode [fontname=\"sans-serif\"];\n";
        });
    return text.str();
}

}  // namespace understudy::formats
