#include "models/joined_copies.h"

#include <algorithm>

namespace understudy::models {

namespace {

const Stage* stage_at(const Scenario& scenario, const ScenarioGraph& graph, GraphIndex vertex) {
    const GraphVertex& v = graph.graph()[vertex];
    return v.kind == VertexKind::stage ? &scenario.twin.stages[v.position] : nullptr;
}

bool joins_parts(const Stage* stage) { return stage && stage->join && stage->join->of == Join::Of::parts; }

/// What copies come to from here, as long as they are copies of one item: not by dead letters, nor past a join of inputs,
/// a batch or a window.
std::set<GraphIndex> reached(const Scenario& scenario, const ScenarioGraph& graph, GraphIndex from) {
    std::set<GraphIndex> seen;
    std::vector<GraphIndex> open = {from};
    while (!open.empty()) {
        const GraphIndex at = open.back();
        open.pop_back();
        if (!seen.insert(at).second) continue;
        const Stage* stage = stage_at(scenario, graph, at);
        if (stage && (stage->batch || stage->window)) continue;
        if (stage && stage->join && stage->join->of == Join::Of::inputs) continue;
        for (const EdgeKind kind : {EdgeKind::writes, EdgeKind::reads})
            for (const GraphIndex next : graph.out(at, kind)) open.push_back(next);
    }
    return seen;
}

std::set<GraphIndex> joins_among(const Scenario& scenario, const ScenarioGraph& graph,
                                 const std::set<GraphIndex>& vertices) {
    std::set<GraphIndex> joins;
    for (const GraphIndex vertex : vertices)
        if (joins_parts(stage_at(scenario, graph, vertex))) joins.insert(vertex);
    return joins;
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

bool has_copies(const Scenario& scenario, const ScenarioGraph& graph) {
    if (std::any_of(scenario.twin.stages.begin(), scenario.twin.stages.end(),
                    [](const Stage& stage) { return stage.emits.items > 1; }))
        return true;
    const auto [begin, end] = boost::vertices(graph.graph());
    return std::any_of(begin, end, [&](const GraphIndex vertex) {
        return ways_of_copies(scenario, graph, vertex).size() > 1;
    });
}

std::vector<CopyingPlace> joined_copies(const Scenario& scenario, const ScenarioGraph& graph) {
    std::vector<CopyingPlace> found;
    const auto& stages = scenario.twin.stages;
    if (std::none_of(stages.begin(), stages.end(), [](const Stage& stage) { return joins_parts(&stage); }))
        return found;
    for (auto [v, end] = boost::vertices(graph.graph()); v != end; ++v) {
        const std::vector<GraphIndex> ways = ways_of_copies(scenario, graph, *v);
        if (ways.size() < 2) continue;
        CopyingPlace place;
        place.at = *v;
        for (const GraphIndex way : ways)
            for (const GraphIndex join : joins_among(scenario, graph, reached(scenario, graph, way)))
                place.joins[join].insert(way);
        std::erase_if(place.joins, [](const auto& one) { return one.second.size() < 2; });
        for (const auto& [join, leading] : place.joins) place.ways.insert(leading.begin(), leading.end());
        if (!place.joins.empty()) found.push_back(std::move(place));
    }
    return found;
}

std::set<GraphIndex> joins_ahead(const Scenario& scenario, const ScenarioGraph& graph, GraphIndex from) {
    return joins_among(scenario, graph, graph.flow_from(from));
}

std::vector<TornCopies> torn_copies(const Scenario& scenario, const ScenarioGraph& graph) {
    std::vector<TornCopies> found;
    const std::vector<CopyingPlace> places = joined_copies(scenario, graph);
    for (const CopyingPlace& outer : places) {
        std::set<GraphIndex> behind;
        for (const GraphIndex way : outer.ways) behind.merge(reached(scenario, graph, way));
        for (const CopyingPlace& inner : places) {
            if (inner.at == outer.at || behind.count(inner.at) == 0) continue;
            for (const auto& [join, ways] : outer.joins) {
                std::size_t leading = 0;
                for (const GraphIndex way : inner.ways) leading += reached(scenario, graph, way).count(join);
                if (leading > 0 && leading < inner.ways.size()) found.push_back({join, outer.at, inner.at});
            }
        }
        // Copies of one part that come to joins of the whole apart from each other: it would be there twice.
        for (const GraphIndex at : behind) {
            if (at == outer.at) continue;
            const auto inner = std::find_if(places.begin(), places.end(),
                                            [&](const CopyingPlace& place) { return place.at == at; });
            std::size_t apart = 0;
            bool together = false;
            GraphIndex last = 0;
            for (const GraphIndex way : ways_of_copies(scenario, graph, at)) {
                const std::set<GraphIndex> ahead = reached(scenario, graph, way);
                const auto join = std::find_if(outer.joins.begin(), outer.joins.end(),
                                               [&](const auto& one) { return ahead.count(one.first) > 0; });
                if (join == outer.joins.end()) continue;
                last = join->first;
                if (inner != places.end() && inner->ways.count(way) > 0)
                    together = true;
                else
                    ++apart;
            }
            if (apart + (together ? 1 : 0) > 1) found.push_back({last, outer.at, at});
        }
    }
    return found;
}

}  // namespace understudy::models
