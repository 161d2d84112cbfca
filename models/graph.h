// The scenario as a Boost graph: what writes, reads, runs on, spends and follows what.
//
// One vertex per load, stream, stage, pool, budget, pipeline and task. Streams stand between writers and
// readers, also where a stream bears the name of the load or stage that writes it (two vertices, one name).
// Vertices are in order of (kind, name), edges in the order of the scenario's lists; both are deterministic.
// The graph is read by checks, the compiler, the traffic equations and reports; a simulation never sees it.
#pragma once

#include <boost/graph/adjacency_list.hpp>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "models/scenario.h"

namespace understudy::models {

enum class VertexKind { load, stream, stage, pool, budget, pipeline, task };
enum class EdgeKind {
    writes,         ///< load, stage, task -> stream; with share
    reads,          ///< stream -> stage
    reads_at_rest,  ///< stream -> task
    triggers,       ///< stream -> pipeline (`each`, `updated`)
    dead_letter,    ///< stage, task -> stream
    runs_on,        ///< stage, task -> pool
    spends,         ///< stage, task -> budget
    after,          ///< task -> task that follows
    part_of,        ///< pipeline -> task
};
const char* name_of(VertexKind kind);
const char* name_of(EdgeKind kind);

struct GraphVertex {
    VertexKind kind = VertexKind::stream;
    std::string name;   ///< a task's is `pipeline.task`
    std::string label;  ///< in the outside world; may be empty
    /// Position in the scenario's list of that kind; for a task in its pipeline's, whose position is
    /// `pipeline`. A pool that a stage brings has the stage's position and `of_stage` (or `of_task`).
    std::size_t position = 0;
    std::size_t pipeline = 0;
    enum class Own { no, of_stage, of_task } own = Own::no;
};

struct GraphLink {
    EdgeKind kind = EdgeKind::writes;
    double share = 1;  ///< of the writer's items
};

using Graph = boost::adjacency_list<boost::vecS, boost::vecS, boost::bidirectionalS, GraphVertex, GraphLink>;
using GraphIndex = Graph::vertex_descriptor;

class ScenarioGraph {
public:
    /// Of a scenario without errors (models/check.h); names that do not exist are left out.
    explicit ScenarioGraph(const Scenario& scenario);

    const Graph& graph() const { return graph_; }
    /// The vertex of that kind and name, or the graph's null_vertex().
    GraphIndex find(VertexKind kind, const std::string& name) const;

    /// Vertices on the other side of edges of one kind, in the edges' order.
    std::vector<GraphIndex> out(GraphIndex vertex, EdgeKind kind) const;
    std::vector<GraphIndex> in(GraphIndex vertex, EdgeKind kind) const;

    /// What items can come to from here, through streams and dead letters; itself among it.
    std::set<GraphIndex> flow_from(GraphIndex vertex) const;
    /// Vertices that items can come to more than once, through streams and dead letters.
    std::set<GraphIndex> in_flow_cycles() const;

private:
    GraphIndex add(GraphVertex vertex);
    void link(GraphIndex from, GraphIndex to, EdgeKind kind, double share = 1);
    void link_work(GraphIndex from, const Work& work);

    Graph graph_;
    std::map<std::pair<VertexKind, std::string>, GraphIndex> by_name_;
};

/// The streams an element writes: its own name where it states none.
std::vector<Writes::Target> targets_of(const std::string& name, const Writes& writes);

}  // namespace understudy::models
