// Places the nodes of a directed graph in layers from left to right. Internal to tools/reports.
//
// Sugiyama's way: edges that close a cycle are turned, layers by longest path, long edges broken into bends,
// nodes in a layer ordered by the middle of their neighbours, then moved towards them. Deterministic; a pure
// function.
#pragma once

#include <cstddef>
#include <vector>

namespace understudy::reports {

struct LayoutNode {
    double width = 0, height = 0;
    // out: the upper left corner
    double x = 0, y = 0;
};

struct LayoutPoint {
    double x = 0, y = 0;
};

struct LayoutEdge {
    std::size_t from = 0, to = 0;
    // out: from the side of `from`, by bends, to the side of `to`
    std::vector<LayoutPoint> points;
};

struct LayoutSize {
    double width = 0, height = 0;
};

/// `from` != `to` for all edges.
LayoutSize lay_out(std::vector<LayoutNode>& nodes, std::vector<LayoutEdge>& edges);

}  // namespace understudy::reports
