#include "models/joined_copies.h"

#include <algorithm>
#include <initializer_list>
#include <utility>

namespace understudy::models {

namespace {

const Stage* stage_at(const Scenario& scenario, const ScenarioGraph& graph, GraphIndex vertex) {
    const GraphVertex& v = graph.graph()[vertex];
    return v.kind == VertexKind::stage ? &scenario.twin.stages[v.position] : nullptr;
}

bool joins_parts(const Stage* stage) { return stage && stage->join && stage->join->of == Join::Of::parts; }

using Bits = boost::dynamic_bitset<>;
using Vertices = std::vector<GraphIndex>;

std::size_t vertices_of(const ScenarioGraph& graph) { return boost::num_vertices(graph.graph()); }

/// Vertices one step on, by vertex.
std::vector<Vertices> steps(const ScenarioGraph& graph, std::initializer_list<EdgeKind> kinds) {
    std::vector<Vertices> next(vertices_of(graph));
    for (GraphIndex at = 0; at < next.size(); ++at)
        for (const EdgeKind kind : kinds)
            for (const GraphIndex to : graph.out(at, kind)) next[at].push_back(to);
    return next;
}

/// The steps of copies, as long as they are copies of one item: not by dead letters, nor past a join of inputs, a batch
/// or a window.
std::vector<Vertices> steps_of_copies(const Scenario& scenario, const ScenarioGraph& graph) {
    std::vector<Vertices> next = steps(graph, {EdgeKind::writes, EdgeKind::reads});
    for (GraphIndex at = 0; at < next.size(); ++at) {
        const Stage* stage = stage_at(scenario, graph, at);
        if (stage && (stage->batch || stage->window || (stage->join && stage->join->of == Join::Of::inputs)))
            next[at].clear();
    }
    return next;
}

/// Vertices, each behind whatever it steps to, but where steps go round in a circle.
Vertices last_steps_first(const std::vector<Vertices>& next) {
    Vertices order;
    std::vector<bool> seen(next.size());
    std::vector<std::pair<GraphIndex, std::size_t>> open;  // and how many of its steps have been taken
    for (GraphIndex root = 0; root < next.size(); ++root) {
        if (seen[root]) continue;
        seen[root] = true;
        open.emplace_back(root, 0);
        while (!open.empty()) {
            auto& [at, taken] = open.back();
            if (taken == next[at].size()) {
                order.push_back(at);
                open.pop_back();
            } else if (const GraphIndex to = next[at][taken++]; !seen[to]) {
                seen[to] = true;
                open.emplace_back(to, 0);
            }
        }
    }
    return order;
}

/// Which of some vertices can be come to from each, itself included: a bit for each, in their order.
std::vector<Bits> ahead(const Vertices& marked, const std::vector<Vertices>& next) {
    std::vector<Bits> found(next.size(), Bits(marked.size()));
    for (std::size_t i = 0; i < marked.size(); ++i) found[marked[i]].set(i);
    const Vertices order = last_steps_first(next);
    // Once but for circles, which take as many rounds as they are nested, and one that changes nothing.
    for (bool changed = true; changed;) {
        changed = false;
        for (const GraphIndex at : order) {
            Bits more = found[at];
            for (const GraphIndex to : next[at]) more |= found[to];
            if (more == found[at]) continue;
            found[at] = std::move(more);
            changed = true;
        }
    }
    return found;
}

/// Joins of parts, in the order of the graph.
Vertices joins_of_parts(const Scenario& scenario, const ScenarioGraph& graph) {
    Vertices joins;
    for (GraphIndex at = 0; at < vertices_of(graph); ++at)
        if (joins_parts(stage_at(scenario, graph, at))) joins.push_back(at);
    return joins;
}

template <class Visit>
void for_each_bit(const Bits& bits, const Visit& visit) {
    for (std::size_t bit = bits.find_first(); bit != Bits::npos; bit = bits.find_next(bit)) visit(bit);
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

namespace {

std::vector<CopyingPlace> places_with_joins(const Scenario& scenario, const ScenarioGraph& graph,
                                            const Vertices& joins, const std::vector<Bits>& joins_from) {
    std::vector<CopyingPlace> found;
    for (GraphIndex at = 0; at < vertices_of(graph); ++at) {
        const std::vector<GraphIndex> ways = ways_of_copies(scenario, graph, at);
        if (ways.size() < 2) continue;
        // Those that one way leads to, and those that another does as well.
        Bits once(joins.size()), again(joins.size());
        const std::set<GraphIndex> different(ways.begin(), ways.end());
        for (const GraphIndex way : different) {
            again |= once & joins_from[way];
            once |= joins_from[way];
        }
        if (again.none()) continue;
        CopyingPlace place;
        place.at = at;
        for (const GraphIndex way : different) {
            for_each_bit(again & joins_from[way],
                         [&](std::size_t join) { place.joins[joins[join]].insert(way); });
            if (again.intersects(joins_from[way])) place.ways.insert(way);
        }
        found.push_back(std::move(place));
    }
    return found;
}

}  // namespace

std::vector<CopyingPlace> joined_copies(const Scenario& scenario, const ScenarioGraph& graph) {
    const Vertices joins = joins_of_parts(scenario, graph);
    if (joins.empty()) return {};
    return places_with_joins(scenario, graph, joins, ahead(joins, steps_of_copies(scenario, graph)));
}

JoinsAhead::JoinsAhead(const Scenario& scenario, const ScenarioGraph& graph)
    : joins_(joins_of_parts(scenario, graph)),
      from_(ahead(joins_, steps(graph, {EdgeKind::writes, EdgeKind::reads, EdgeKind::dead_letter}))) {}

std::vector<GraphIndex> JoinsAhead::from(GraphIndex vertex) const {
    std::vector<GraphIndex> found;
    for_each_bit(from_[vertex], [&](std::size_t join) { found.push_back(joins_[join]); });
    return found;
}

std::vector<TornCopies> torn_copies(const Scenario& scenario, const ScenarioGraph& graph) {
    std::vector<TornCopies> found;
    const Vertices joins = joins_of_parts(scenario, graph);
    if (joins.empty()) return found;
    const std::vector<Vertices> next = steps_of_copies(scenario, graph);
    const std::vector<Bits> joins_from = ahead(joins, next);
    const std::vector<CopyingPlace> places = places_with_joins(scenario, graph, joins, joins_from);
    // Whatever makes copies, joined again or not.
    struct Copying {
        GraphIndex at = 0;
        std::vector<GraphIndex> ways;
        const CopyingPlace* place = nullptr;  // if they are joined
    };
    std::vector<Copying> copying;
    Vertices copying_at;
    for (GraphIndex at = 0; at < next.size(); ++at)
        if (std::vector<GraphIndex> ways = ways_of_copies(scenario, graph, at); ways.size() > 1) {
            const auto place = std::find_if(places.begin(), places.end(),
                                            [&](const CopyingPlace& one) { return one.at == at; });
            copying.push_back({at, std::move(ways), place == places.end() ? nullptr : &*place});
            copying_at.push_back(at);
        }
    const std::vector<Bits> copying_from = ahead(copying_at, next);
    for (const CopyingPlace& outer : places) {
        Bits behind(copying.size()), joined(joins.size());
        for (const GraphIndex way : outer.ways) behind |= copying_from[way];
        for (std::size_t i = 0; i < joins.size(); ++i) joined[i] = outer.joins.count(joins[i]) > 0;
        for_each_bit(behind, [&](std::size_t i) {
            const Copying& inner = copying[i];
            if (!inner.place || inner.at == outer.at) return;
            Bits by_some(joins.size()), by_all = joined;
            for (const GraphIndex way : inner.place->ways) {
                by_some |= joins_from[way];
                by_all &= joins_from[way];
            }
            for_each_bit((joined & by_some) - by_all, [&](std::size_t join) {
                found.push_back({joins[join], outer.at, inner.at});
            });
        });
        // Copies of one part that come to joins of the whole apart from each other: it would be there twice.
        for_each_bit(behind, [&](std::size_t i) {
            const Copying& inner = copying[i];
            if (inner.at == outer.at) return;
            std::size_t apart = 0;
            bool together = false;
            GraphIndex last = 0;
            for (const GraphIndex way : inner.ways) {
                const std::size_t join = (joined & joins_from[way]).find_first();
                if (join == Bits::npos) continue;
                last = joins[join];
                if (inner.place && inner.place->ways.count(way) > 0)
                    together = true;
                else
                    ++apart;
            }
            if (apart + (together ? 1 : 0) > 1) found.push_back({last, outer.at, inner.at});
        });
    }
    return found;
}

}  // namespace understudy::models
