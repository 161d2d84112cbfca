#include "tools/formats/catalogs/airflow_drawing.h"

#include <vector>

#include "tools/formats/logs/dot_graph.h"

namespace understudy::formats {

namespace {

/// A small circle at which arrows join.
bool is_join(const DotGraph::Node& node) {
    const auto shape = node.attributes.find("shape");
    return shape != node.attributes.end() && shape->second == "circle" && node.label().empty();
}

/// What stands before each task, through joins.
std::map<std::string, std::set<std::string>> tasks_drawn(const DotGraph& graph) {
    std::vector<std::vector<std::uint32_t>> before(graph.nodes.size());
    for (const auto& [from, to] : graph.edges) before[to].push_back(from);
    std::map<std::string, std::set<std::string>> tasks;
    for (std::uint32_t i = 0; i < graph.nodes.size(); ++i) {
        if (is_join(graph.nodes[i])) continue;
        std::set<std::string>& of_task = tasks[graph.nodes[i].id];
        std::set<std::uint32_t> seen;
        std::vector<std::uint32_t> open = before[i];
        while (!open.empty()) {
            const std::uint32_t one = open.back();
            open.pop_back();
            if (!seen.insert(one).second) continue;
            if (!is_join(graph.nodes[one]))
                of_task.insert(graph.nodes[one].id);
            else
                open.insert(open.end(), before[one].begin(), before[one].end());
        }
    }
    return tasks;
}

}  // namespace

bool looks_like_airflow_drawing(std::string_view head, bool any) {
    const std::size_t start = start_of_dot(head);
    return start != std::string_view::npos &&
           (any || head.find("labelloc=t", start) != std::string_view::npos);
}

AirflowDrawingReading read_airflow_drawing(std::string_view text) {
    const DotReading dot = read_dot(text);
    if (!dot.graph) return {std::nullopt, dot.line, dot.column, dot.problem};
    const DotGraph& graph = *dot.graph;
    AirflowDrawingReading reading{std::nullopt, graph.name_line, graph.name_column, ""};
    if (graph.name.empty()) {
        reading.problem =
            "a graph without a name, as of the dependencies between DAGs; export one DAG with "
            "'airflow dags show DAG'";
    } else if (AirflowDrawing drawing{graph.name, tasks_drawn(graph)}; drawing.tasks.empty()) {
        reading.problem = "a graph without a task";
    } else {
        reading.drawing = std::move(drawing);
    }
    return reading;
}

}  // namespace understudy::formats
