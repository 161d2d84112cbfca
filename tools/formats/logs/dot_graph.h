// A directed graph in the DOT language of Graphviz: its nodes with what is said of each, and its edges.
//
// All statements of the language are read: chains (`a -> b -> c`), edges from and to subgraphs (`a -> {b c}`: each to each),
// names in quotes, ports, comments, and several statements to a line. Not used: what holds for nodes or edges to come
// (`node [shape=box]`) and for the graph as a whole; nodes have only what is said of themselves. What is none of the language
// is a fault with its place, never passed over: an edge that is lost is a dependency that is lost. What stands before the
// graph (logs) or behind it is passed over.
//
// Source: https://graphviz.org/doc/info/lang.html. Pure functions, thread-safe.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace understudy::formats {

struct DotGraph {
    struct Node {
        std::string id;
        std::map<std::string, std::string> attributes;  ///< as written; of one that is said twice, the last

        /// As Graphviz writes it at the node: where nothing is said, its id.
        const std::string& label() const;
    };
    std::string name;                             ///< empty: it has none
    std::int64_t name_line = 0, name_column = 0;  ///< where the name is or would be, from 1
    std::vector<Node> nodes;                      ///< in the order in which they are first named
    std::vector<std::pair<std::uint32_t, std::uint32_t>> edges;  ///< as written; may repeat
};

struct DotReading {
    std::optional<DotGraph> graph;
    std::int64_t line = 0, column = 0;  ///< where there is none: of what is wrong, from 1
    std::string problem;
};

/// Where the graph begins, with `digraph` as the first word of a line; npos: nowhere.
std::size_t start_of_dot(std::string_view text);
DotReading read_dot(std::string_view text);

}  // namespace understudy::formats
