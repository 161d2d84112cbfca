#include "tools/studies/surroundings.h"

#include <vector>

namespace understudy::studies {

using models::EdgeKind;
using models::GraphIndex;
using models::VertexKind;

namespace {

/// What can be reached in one direction of the flow, the start included.
std::set<GraphIndex> reached(GraphIndex start, const models::Graph& g, bool forwards) {
    std::set<GraphIndex> seen{start};
    std::vector<GraphIndex> open{start};
    const auto follow = [&](auto edges) {
        for (auto [e, end] = edges; e != end; ++e) {
            if (g[*e].kind == EdgeKind::runs_on || g[*e].kind == EdgeKind::spends) continue;
            const GraphIndex next = forwards ? boost::target(*e, g) : boost::source(*e, g);
            if (seen.insert(next).second) open.push_back(next);
        }
    };
    while (!open.empty()) {
        const GraphIndex at = open.back();
        open.pop_back();
        if (forwards)
            follow(boost::out_edges(at, g));
        else
            follow(boost::in_edges(at, g));
    }
    return seen;
}

}  // namespace

bool Surroundings::is_of(const models::Measure& measure) const {
    return measure.scope.empty() || here.contains(measure.scope) || loads.contains(measure.scope);
}

bool Surroundings::is_on_the_way(const models::Measure& latency) const {
    if (!latency.scope_to.empty()) return before.contains(latency.scope) && behind.contains(latency.scope_to);
    return is_of(latency) || landing.contains(latency.scope);
}

Surroundings around(GraphIndex vertex, const models::ScenarioGraph& graph) {
    const models::Graph& g = graph.graph();
    Surroundings found;
    found.place = g[vertex].name;
    found.here.insert(found.place);
    for (const GraphIndex pool : graph.out(vertex, EdgeKind::runs_on)) found.here.insert(g[pool].name);
    for (const GraphIndex whole : graph.in(vertex, EdgeKind::part_of)) found.here.insert(g[whole].name);
    for (const GraphIndex at : reached(vertex, g, false)) {
        found.before.insert(g[at].name);
        if (g[at].kind == VertexKind::load) found.loads.insert(g[at].name);
    }
    for (const GraphIndex at : reached(vertex, g, true)) {
        const bool stream = g[at].kind == VertexKind::stream;
        found.behind.insert(g[at].name);
        if (stream && graph.find(VertexKind::stage, g[at].name) == models::Graph::null_vertex())
            found.landing.insert(g[at].name);
    }
    return found;
}

}  // namespace understudy::studies
