// Reads the graph of processes that Nextflow draws: which kind of task feeds which.
//
// Three forms, told apart by content: the HTML page of older versions (cytoscape elements), the HTML page or
// .mmd of newer ones (a mermaid flowchart, workflows as subgraphs), and .dot. Origins, operators and
// everything else that is no process is contracted: an edge remains where one process reaches another through
// no third. Lost in such a graph: which task of a process feeds which task of the other
// (models/replay/dependencies.h infers that).
//
// Errors: FileError where the text is none of the three or draws nothing, with line and column where a .dot is wrong. Pure apart from the input;
// thread-safe per Input.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "models/recorded_run.h"
#include "tools/formats/logs/input.h"

namespace understudy::formats {

/// A drawn graph, before contraction.
struct ProcessGraph {
    struct Vertex {
        std::string name;  ///< the process, with its workflows ("MAIN:ALIGN:SORT"); for others what is drawn
        bool process = false;
    };
    std::vector<Vertex> vertices;
    std::vector<std::pair<std::uint32_t, std::uint32_t>> edges;
    /// Mermaid draws verbose operators like processes, and a .dot by others may name nodes that it says nothing of: then only
    /// the log can tell them apart.
    bool ambiguous = false;
};

ProcessGraph read_process_graph(Input& input);
/// As above, of a text; `name` is for messages.
ProcessGraph parse_process_graph(std::string_view text, const std::string& name);

/// Edges between processes, sorted, without repeats; self-loops are left out. `known` are the processes of
/// the log: where the graph is ambiguous only those count as processes, and a drawn name that is the last
/// part of exactly one of them means that one. With `known` empty the graph's own words count.
std::vector<models::ProcessEdge> contracted(const ProcessGraph& graph, const std::vector<std::string>& known);

}  // namespace understudy::formats
