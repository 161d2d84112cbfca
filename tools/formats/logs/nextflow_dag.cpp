#include "tools/formats/logs/nextflow_dag.h"

#include <algorithm>
#include <cstddef>
#include <map>
#include <optional>
#include <set>
#include <unordered_map>

#include "tools/formats/logs/dot_graph.h"
#include "tools/formats/logs/log_problems.h"
#include "tools/formats/logs/log_values.h"

namespace understudy::formats {

namespace {

/// Larger graphs are not drawn by Nextflow; what is larger is not a graph.
constexpr std::size_t most_bytes = 64U << 20;

class GraphBuilder {
public:
    std::uint32_t vertex(std::string_view id) {
        const auto [at, fresh] =
            ids_.emplace(std::string(id), static_cast<std::uint32_t>(graph.vertices.size()));
        if (fresh) graph.vertices.push_back({std::string(id), false});
        return at->second;
    }
    void define(std::string_view id, std::string name, bool process) {
        ProcessGraph::Vertex& known = graph.vertices[vertex(id)];
        known.name = std::move(name);
        known.process = process;
    }
    void edge(std::string_view from, std::string_view to) {
        const std::uint32_t a = vertex(from);
        graph.edges.emplace_back(a, vertex(to));
    }

    ProcessGraph graph;

private:
    std::unordered_map<std::string, std::uint32_t> ids_;
};

/// The text between the quotes behind `key:` within `element`; backslashes escape.
std::optional<std::string> quoted_value(std::string_view element, std::string_view key) {
    for (std::size_t at = element.find(key); at != std::string_view::npos; at = element.find(key, at + 1)) {
        if (at > 0 && (std::isalnum(static_cast<unsigned char>(element[at - 1])) != 0)) continue;
        std::size_t i = at + key.size();
        while (i < element.size() && (element[i] == ' ' || element[i] == '"')) ++i;
        if (i >= element.size() || element[i] != ':') continue;
        ++i;
        while (i < element.size() && element[i] == ' ') ++i;
        if (i >= element.size() || (element[i] != '\'' && element[i] != '"')) continue;
        const char quote = element[i];
        std::string value;
        for (++i; i < element.size() && element[i] != quote; ++i) {
            if (element[i] == '\\' && i + 1 < element.size()) ++i;
            value += element[i];
        }
        return value;
    }
    return std::nullopt;
}

/// `{ data: { id: 'p1', label: 'NAME'}, classes: 'PROCESS' },` and `{ data: { source: 'p1', target: 'p2', ...
/// } },`, each on one line.
ProcessGraph parse_cytoscape(std::string_view text) {
    GraphBuilder builder;
    std::size_t at = text.find("elements:");
    if (at == std::string_view::npos) at = 0;
    while (at < text.size()) {
        std::size_t end = text.find('\n', at);
        if (end == std::string_view::npos) end = text.size();
        const std::string_view line = text.substr(at, end - at);
        at = end + 1;
        if (line.find("data") == std::string_view::npos) continue;
        const auto source = quoted_value(line, "source");
        const auto target = quoted_value(line, "target");
        if (source && target) {
            builder.edge(*source, *target);
        } else if (const auto id = quoted_value(line, "id")) {
            const std::string kind = quoted_value(line, "classes").value_or("");
            builder.define(*id, quoted_value(line, "label").value_or(""), kind == "PROCESS");
        }
    }
    return std::move(builder.graph);
}

/// An identifier from the front of `text`: letters, digits, `_`, and `.` or `-` between them.
std::string_view take_identifier(std::string_view& text) {
    std::size_t end = 0;
    while (end < text.size()) {
        const char c = text[end];
        const bool arrow = text.substr(end, 2) == "--";
        if (std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_' || c == '.' ||
            (c == '-' && !arrow && end > 0))
            ++end;
        else
            break;
    }
    const std::string_view identifier = text.substr(0, end);
    text.remove_prefix(end);
    return identifier;
}

std::string_view unquoted(std::string_view text) {
    text = trimmed(text);
    if (text.size() >= 2 && text.front() == '"' && text.back() == '"') text = text.substr(1, text.size() - 2);
    return trimmed(text);
}

/// The name of a mermaid subgraph: `subgraph NAME`, `subgraph "NAME"`, `subgraph ID [NAME]`; empty for none.
std::string subgraph_name(std::string_view text) {
    text = unquoted(text);
    const std::size_t open = text.find('[');
    if (open != std::string_view::npos && text.back() == ']')
        return std::string(unquoted(text.substr(open + 1, text.size() - open - 2)));
    return std::string(text);
}

/// `flowchart TB`, `subgraph X` ... `end`, `v1([NAME])`, `v2(( ))`, `v0["label"]`, `v0 --> v1`, `v0
/// -->|label| v1`. Versions before 23 draw processes as `p1[NAME]` and operators as `p2([map])`.
ProcessGraph parse_mermaid(std::string_view text) {
    GraphBuilder builder;
    std::vector<std::string> workflows;
    std::size_t at = text.find("flowchart ");
    bool first = true;
    while (at < text.size()) {
        std::size_t end = text.find('\n', at);
        if (end == std::string_view::npos) end = text.size();
        std::string_view line = trimmed(text.substr(at, end - at));
        at = end + 1;
        if (!line.empty() && line.back() == '\r') line = trimmed(line.substr(0, line.size() - 1));
        if (first) {
            first = false;
            continue;
        }
        if (line.empty()) continue;
        if (line.front() == '<') break;  // the page goes on
        if (line.substr(0, 9) == "subgraph ") {
            workflows.push_back(subgraph_name(line.substr(9)));
            continue;
        }
        if (line == "end") {
            if (!workflows.empty()) workflows.pop_back();
            continue;
        }
        std::string_view rest = line;
        const std::string_view id = take_identifier(rest);
        if (id.empty()) continue;
        rest = trimmed(rest);
        if (rest.substr(0, 3) == "-->") {
            rest.remove_prefix(3);
            if (!rest.empty() && rest.front() == '|') {
                const std::size_t close = rest.find('|', 1);
                if (close == std::string_view::npos) continue;
                rest.remove_prefix(close + 1);
            }
            rest = trimmed(rest);
            const std::string_view to = take_identifier(rest);
            if (!to.empty()) builder.edge(id, to);
            continue;
        }
        const bool newer = id.front() == 'v';
        const auto inside = [&](std::string_view open,
                                std::string_view close) -> std::optional<std::string_view> {
            if (rest.size() < open.size() + close.size() || rest.substr(0, open.size()) != open ||
                rest.substr(rest.size() - close.size()) != close)
                return std::nullopt;
            return unquoted(rest.substr(open.size(), rest.size() - open.size() - close.size()));
        };
        if (const auto label = inside("([", "])")) {
            std::string name;
            if (newer && label->find(':') == std::string_view::npos)
                for (const std::string& workflow : workflows)
                    if (!workflow.empty()) name += workflow + ":";
            builder.define(id, name + std::string(*label), newer);
            if (newer) builder.graph.ambiguous = true;
        } else if (const auto circle = inside("((", "))")) {
            builder.define(id, std::string(*circle), false);
        } else if (const auto box = inside("[", "]")) {
            builder.define(id, std::string(*box), !newer);
        }
    }
    return std::move(builder.graph);
}

/// `p1 [label="NAME"];` is a process; whatever has a shape, or an empty label, is none.
ProcessGraph parse_dot(std::string_view text, const std::string& name) {
    const DotReading dot = read_dot(text);
    if (!dot.graph) {
        LogProblemList problems(name);
        problems.add(dot.line, dot.column, dot.problem);
        problems.refuse();
    }
    ProcessGraph graph;
    graph.edges = dot.graph->edges;
    for (const DotGraph::Node& node : dot.graph->nodes) {
        const bool process = node.attributes.count("shape") == 0 && !node.label().empty();
        graph.vertices.push_back({node.label(), process});
        // Nextflow writes a label at each: what has none, somebody else drew.
        if (process && node.attributes.count("label") == 0) graph.ambiguous = true;
    }
    return graph;
}

/// Which vertex is which process, as the log names it; empty for none.
std::vector<std::string> process_names(const ProcessGraph& graph, const std::vector<std::string>& known) {
    const std::set<std::string_view> exact(known.begin(), known.end());
    std::map<std::string_view, std::vector<std::string_view>> by_last_part;
    for (const std::string& name : known) {
        const std::size_t colon = name.rfind(':');
        by_last_part[colon == std::string::npos ? name : std::string_view(name).substr(colon + 1)].push_back(
            name);
    }
    std::vector<std::string> names(graph.vertices.size());
    for (std::size_t i = 0; i < graph.vertices.size(); ++i) {
        const ProcessGraph::Vertex& vertex = graph.vertices[i];
        if (!vertex.process) continue;
        names[i] = vertex.name;
        if (known.empty() || exact.count(vertex.name) > 0) continue;
        const std::size_t colon = vertex.name.rfind(':');
        const auto last = by_last_part.find(
            std::string_view(vertex.name).substr(colon == std::string::npos ? 0 : colon + 1));
        if (graph.ambiguous) {
            if (last != by_last_part.end() && last->second.size() == 1)
                names[i] = std::string(last->second.front());
            else
                names[i].clear();
        }
    }
    return names;
}

}  // namespace

ProcessGraph parse_process_graph(std::string_view text, const std::string& name) {
    ProcessGraph graph;
    if (const std::string_view head = trimmed(text); start_of_dot(head) == 0 || head.starts_with("strict"))
        graph = parse_dot(text, name);
    else if (text.find("classes:") != std::string_view::npos && text.find("data:") != std::string_view::npos)
        graph = parse_cytoscape(text);
    else if (text.find("flowchart ") != std::string_view::npos)
        graph = parse_mermaid(text);
    else if (start_of_dot(text) != std::string_view::npos)
        graph = parse_dot(text, name);
    else
        throw FileError(name, "is no graph of Nextflow (dag.html, .dot or .mmd)");
    if (graph.vertices.empty()) throw FileError(name, "draws no process");
    return graph;
}

ProcessGraph read_process_graph(Input& input) {
    return parse_process_graph(input.read_all(most_bytes), input.file().string());
}

std::vector<models::ProcessEdge> contracted(const ProcessGraph& graph,
                                            const std::vector<std::string>& known) {
    const std::size_t count = graph.vertices.size();
    std::vector<std::vector<std::uint32_t>> next(count);
    for (const auto& [from, to] : graph.edges) next[from].push_back(to);
    const std::vector<std::string> names = process_names(graph, known);
    std::set<std::pair<std::string_view, std::string_view>> edges;
    std::vector<std::uint32_t> seen_by(count, static_cast<std::uint32_t>(count));
    std::vector<std::uint32_t> open;
    for (std::uint32_t from = 0; from < count; ++from) {
        if (names[from].empty()) continue;
        open = next[from];
        while (!open.empty()) {
            const std::uint32_t at = open.back();
            open.pop_back();
            if (seen_by[at] == from) continue;
            seen_by[at] = from;
            if (!names[at].empty())
                edges.emplace(names[from], names[at]);
            else
                open.insert(open.end(), next[at].begin(), next[at].end());
        }
    }
    std::vector<models::ProcessEdge> result;
    for (const auto& [from, to] : edges)
        if (from != to) result.push_back({std::string(from), std::string(to)});
    return result;
}

}  // namespace understudy::formats
