#include "models/joined_copies.h"

#include <map>

namespace understudy::models {

namespace {

const Stage* stage_at(const Scenario& scenario, const ScenarioGraph& graph, GraphIndex vertex) {
    const GraphVertex& v = graph.graph()[vertex];
    return v.kind == VertexKind::stage ? &scenario.twin.stages[v.position] : nullptr;
}

bool joins_parts(const Stage* stage) { return stage && stage->join && stage->join->of == Join::Of::parts; }

/// Joins of parts that are reached by one way.
std::set<GraphIndex> joins_behind(const Scenario& scenario, const ScenarioGraph& graph, GraphIndex way) {
    std::set<GraphIndex> found, seen;
    std::vector<GraphIndex> open = {way};
    while (!open.empty()) {
        const GraphIndex at = open.back();
        open.pop_back();
        if (!seen.insert(at).second) continue;
        const Stage* stage = stage_at(scenario, graph, at);
        if (stage && stage->join && stage->join->of == Join::Of::inputs) continue;
        if (joins_parts(stage)) found.insert(at);
        for (const EdgeKind kind : {EdgeKind::writes, EdgeKind::reads})
            for (const GraphIndex next : graph.out(at, kind)) open.push_back(next);
    }
    return found;
}

/// The ways from here, one of which each copy goes; fewer than two where nothing is copied.
std::vector<GraphIndex> ways_of_copies(const Scenario& scenario, const ScenarioGraph& graph,
                                       GraphIndex vertex) {
    const GraphVertex& v = graph.graph()[vertex];
    if (v.kind == VertexKind::stream) return graph.out(vertex, EdgeKind::reads);
    const Writes* writes = v.kind == VertexKind::load    ? &scenario.loads[v.position].writes
                           : v.kind == VertexKind::stage ? &scenario.twin.stages[v.position].writes
                                                         : nullptr;
    if (!writes || (writes->rule != Writes::Rule::copy && writes->rule != Writes::Rule::split)) return {};
    return graph.out(vertex, EdgeKind::writes);
}

}  // namespace

std::vector<CopyingPlace> joined_copies(const Scenario& scenario, const ScenarioGraph& graph) {
    std::vector<CopyingPlace> found;
    if (leading_to_joins(scenario, graph).empty()) return found;
    for (auto [v, end] = boost::vertices(graph.graph()); v != end; ++v) {
        const std::vector<GraphIndex> ways = ways_of_copies(scenario, graph, *v);
        if (ways.size() < 2) continue;
        CopyingPlace place;
        place.at = *v;
        std::map<GraphIndex, std::set<GraphIndex>> ways_to;
        for (const GraphIndex way : ways)
            for (const GraphIndex join : joins_behind(scenario, graph, way)) ways_to[join].insert(way);
        for (const auto& [join, leading] : ways_to) {
            if (leading.size() < 2) continue;
            place.joins.insert(join);
            place.ways.insert(leading.begin(), leading.end());
        }
        if (!place.joins.empty()) found.push_back(std::move(place));
    }
    return found;
}

std::set<GraphIndex> leading_to_joins(const Scenario& scenario, const ScenarioGraph& graph) {
    std::set<GraphIndex> leading, seen;
    std::vector<GraphIndex> open;
    for (auto [v, end] = boost::vertices(graph.graph()); v != end; ++v)
        if (joins_parts(stage_at(scenario, graph, *v))) open.push_back(*v);
    while (!open.empty()) {
        const GraphIndex at = open.back();
        open.pop_back();
        if (!seen.insert(at).second) continue;
        if (graph.graph()[at].kind == VertexKind::stage) leading.insert(at);
        for (const EdgeKind kind : {EdgeKind::writes, EdgeKind::reads, EdgeKind::dead_letter})
            for (const GraphIndex before : graph.in(at, kind)) open.push_back(before);
    }
    return leading;
}

}  // namespace understudy::models
