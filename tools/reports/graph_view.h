// The graph as it is drawn: what flows, in a picture of a size that can be read. Internal to tools/reports.
//
// Pools are drawn apart (they are used, nothing flows through them) and named in the nodes that
// use them. Large graphs are folded: first nodes whose names differ in numbers only (tasks of one kind), then
// those that are least loaded by kind. Pure functions.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "tools/studies/result.h"

namespace understudy::reports {

struct ViewNode {
    std::string label, kind;
    std::size_t count = 1;  ///< nodes folded into it
    std::optional<double>
        utilisation;   ///< its own, else the highest of what it uses; the highest of those folded
    bool own = false;  ///< the utilisation is its own
    std::vector<std::size_t> uses;  ///< indices into GraphView::resources
    std::string note = "";          ///< of the one node it is
};

struct ViewEdge {
    std::size_t from = 0, to = 0;
    std::string kind;
    double share = 1;
};

struct GraphView {
    std::vector<ViewNode> nodes;      ///< through which something flows
    std::vector<ViewEdge> edges;      ///< between them, one of a kind for each pair
    std::vector<ViewNode> resources;  ///< pools
    std::size_t folded = 0;           ///< nodes of the result that are not drawn by themselves
};

/// The labels of all nodes as drawn, at most `width` characters each: cut where they are too long, so that no two
/// different ones look the same.
std::vector<std::string> drawn_labels(const std::vector<ViewNode>& nodes, int width);

GraphView view_of(const studies::RunResult& result, std::size_t most_nodes = 70);

}  // namespace understudy::reports
