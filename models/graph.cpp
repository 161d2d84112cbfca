#include "models/graph.h"

#include <algorithm>
#include <boost/graph/filtered_graph.hpp>
#include <boost/graph/strong_components.hpp>
#include <functional>
#include <set>

namespace understudy::models {

const char* name_of(VertexKind kind) {
    static constexpr const char* names[] = {"load", "stream", "stage", "pool", "budget", "pipeline", "task"};
    return names[static_cast<int>(kind)];
}

const char* name_of(EdgeKind kind) {
    static constexpr const char* names[] = {"writes",  "reads",  "reads_at_rest", "triggers", "dead_letter",
                                            "runs_on", "spends", "after",         "part_of"};
    return names[static_cast<int>(kind)];
}

std::vector<Writes::Target> targets_of(const std::string& name, const Writes& writes) {
    if (!writes.targets.empty()) return writes.targets;
    return {Writes::Target{name, 1.0, {}}};
}

ScenarioGraph::ScenarioGraph(const Scenario& scenario) {
    const Twin& twin = scenario.twin;
    std::vector<GraphVertex> vertices;
    std::set<std::string> streams;
    auto own_pool = [&](const Work& work, const std::string& name, std::size_t position, std::size_t pipeline,
                        GraphVertex::Own own) {
        if (work.workers) vertices.push_back({VertexKind::pool, name, "", position, pipeline, own});
    };
    auto writes = [&](const std::string& name, const Writes& to) {
        for (const auto& target : targets_of(name, to))
            if (target.stream != "exit") streams.insert(target.stream);
    };
    for (std::size_t i = 0; i < scenario.loads.size(); ++i) {
        vertices.push_back(
            {VertexKind::load, scenario.loads[i].name, scenario.loads[i].description.label, i});
        writes(scenario.loads[i].name, scenario.loads[i].writes);
    }
    for (std::size_t i = 0; i < twin.pools.size(); ++i)
        vertices.push_back({VertexKind::pool, twin.pools[i].name, twin.pools[i].description.label, i});
    for (std::size_t i = 0; i < twin.budgets.size(); ++i)
        vertices.push_back({VertexKind::budget, twin.budgets[i].name, twin.budgets[i].description.label, i});
    for (const Dataset& dataset : twin.datasets) streams.insert(dataset.name);
    for (std::size_t i = 0; i < twin.stages.size(); ++i) {
        const Stage& stage = twin.stages[i];
        vertices.push_back({VertexKind::stage, stage.name, stage.description.label, i});
        own_pool(stage.work, stage.name, i, 0, GraphVertex::Own::of_stage);
        for (const auto& stream : stage.reads) streams.insert(stream);
        writes(stage.name, stage.writes);
        if (!stage.dead_letter.empty()) streams.insert(stage.dead_letter);
    }
    for (std::size_t p = 0; p < twin.pipelines.size(); ++p) {
        const Pipeline& pipeline = twin.pipelines[p];
        vertices.push_back({VertexKind::pipeline, pipeline.name, pipeline.description.label, p});
        for (std::size_t i = 0; i < pipeline.tasks.size(); ++i) {
            const Task& task = pipeline.tasks[i];
            const std::string name = pipeline.name + "." + task.name;
            vertices.push_back({VertexKind::task, name, task.description.label, i, p});
            own_pool(task.work, name, i, p, GraphVertex::Own::of_task);
            streams.insert(task.writes.begin(), task.writes.end());
            if (!task.dead_letter.empty()) streams.insert(task.dead_letter);
            for (const auto& input : task.reads) streams.insert(input.dataset);
        }
    }
    std::size_t number = 0;
    for (const auto& name : streams) vertices.push_back({VertexKind::stream, name, "", number++});
    // Rows are numbered in this order, and what is due at one instant goes by it: a new name leaves it as it was.
    const auto order = [&](const GraphVertex& a, const GraphVertex& b) {
        if (a.kind != b.kind) return a.kind < b.kind;
        return twin.renamed.empty() ? a.name < b.name : twin.drawn_as(a.name) < twin.drawn_as(b.name);
    };
    std::stable_sort(vertices.begin(), vertices.end(), order);
    for (auto& vertex : vertices) add(std::move(vertex));
    for (const Dataset& dataset : twin.datasets)
        graph_[find(VertexKind::stream, dataset.name)].label = dataset.description.label;

    auto link_writes = [&](GraphIndex from, const std::string& name, const Writes& to) {
        for (const auto& target : targets_of(name, to))
            if (target.stream != "exit")
                link(from, find(VertexKind::stream, target.stream), EdgeKind::writes,
                     to.rule == Writes::Rule::share || to.rule == Writes::Rule::split ? target.share : 1.0);
    };
    for (const Load& load : scenario.loads)
        link_writes(find(VertexKind::load, load.name), load.name, load.writes);
    for (const Stage& stage : twin.stages) {
        const GraphIndex vertex = find(VertexKind::stage, stage.name);
        for (const auto& stream : stage.reads)
            link(find(VertexKind::stream, stream), vertex, EdgeKind::reads);
        link_writes(vertex, stage.name, stage.writes);
        if (!stage.dead_letter.empty())
            link(vertex, find(VertexKind::stream, stage.dead_letter), EdgeKind::dead_letter);
        link_work(vertex, stage.work);
        if (stage.work.workers) link(vertex, find(VertexKind::pool, stage.name), EdgeKind::runs_on);
    }
    for (const Pipeline& pipeline : twin.pipelines) {
        const GraphIndex whole = find(VertexKind::pipeline, pipeline.name);
        using Kind = Schedule::Kind;
        if (pipeline.schedule.kind == Kind::each || pipeline.schedule.kind == Kind::updated)
            link(find(VertexKind::stream, pipeline.schedule.name), whole, EdgeKind::triggers);
        std::map<std::string, std::vector<GraphIndex>> writers;
        std::vector<GraphIndex> tasks;
        for (const Task& task : pipeline.tasks) {
            tasks.push_back(find(VertexKind::task, pipeline.name + "." + task.name));
            for (const auto& stream : task.writes) writers[stream].push_back(tasks.back());
        }
        for (std::size_t i = 0; i < tasks.size(); ++i) {
            const Task& task = pipeline.tasks[i];
            link(whole, tasks[i], EdgeKind::part_of);
            std::set<GraphIndex> before;
            for (const auto& name : task.after)
                before.insert(find(VertexKind::task, pipeline.name + "." + name));
            for (const auto& input : task.reads) {
                link(find(VertexKind::stream, input.dataset), tasks[i], EdgeKind::reads_at_rest);
                // A task follows the sibling that writes what it reads (dbt's ref).
                for (const GraphIndex writer : writers[input.dataset])
                    if (writer != tasks[i]) before.insert(writer);
            }
            for (const GraphIndex other : before) link(other, tasks[i], EdgeKind::after);
            for (const auto& stream : task.writes)
                link(tasks[i], find(VertexKind::stream, stream), EdgeKind::writes);
            if (!task.dead_letter.empty())
                link(tasks[i], find(VertexKind::stream, task.dead_letter), EdgeKind::dead_letter);
            link_work(tasks[i], task.work);
            if (task.work.workers)
                link(tasks[i], find(VertexKind::pool, graph_[tasks[i]].name), EdgeKind::runs_on);
        }
    }
}

GraphIndex ScenarioGraph::add(GraphVertex vertex) {
    const auto key = std::pair(vertex.kind, vertex.name);
    const GraphIndex index = boost::add_vertex(std::move(vertex), graph_);
    by_name_.emplace(key, index);
    return index;
}

GraphIndex ScenarioGraph::find(VertexKind kind, const std::string& name) const {
    const auto found = by_name_.find({kind, name});
    return found == by_name_.end() ? Graph::null_vertex() : found->second;
}

void ScenarioGraph::link(GraphIndex from, GraphIndex to, EdgeKind kind, double share) {
    if (from == Graph::null_vertex() || to == Graph::null_vertex()) return;
    boost::add_edge(from, to, GraphLink{kind, share}, graph_);
}

void ScenarioGraph::link_work(GraphIndex from, const Work& work) {
    for (const Need& need : work.runs_on) link(from, find(VertexKind::pool, need.pool), EdgeKind::runs_on);
    if (!work.transfers.over.empty())
        link(from, find(VertexKind::pool, work.transfers.over), EdgeKind::runs_on);
    for (const Spend& spend : work.spends)
        link(from, find(VertexKind::budget, spend.budget), EdgeKind::spends);
}

std::vector<GraphIndex> ScenarioGraph::out(GraphIndex vertex, EdgeKind kind) const {
    std::vector<GraphIndex> found;
    for (auto [edge, end] = boost::out_edges(vertex, graph_); edge != end; ++edge)
        if (graph_[*edge].kind == kind) found.push_back(boost::target(*edge, graph_));
    return found;
}

std::vector<GraphIndex> ScenarioGraph::in(GraphIndex vertex, EdgeKind kind) const {
    std::vector<GraphIndex> found;
    for (auto [edge, end] = boost::in_edges(vertex, graph_); edge != end; ++edge)
        if (graph_[*edge].kind == kind) found.push_back(boost::source(*edge, graph_));
    return found;
}

std::set<GraphIndex> ScenarioGraph::flow_from(GraphIndex vertex) const {
    std::set<GraphIndex> seen;
    std::vector<GraphIndex> open = {vertex};
    while (!open.empty()) {
        const GraphIndex at = open.back();
        open.pop_back();
        if (!seen.insert(at).second) continue;
        for (const EdgeKind kind : {EdgeKind::writes, EdgeKind::reads, EdgeKind::dead_letter})
            for (const GraphIndex next : out(at, kind)) open.push_back(next);
    }
    return seen;
}

std::set<GraphIndex> ScenarioGraph::in_flow_cycles() const {
    auto flows = [this](Graph::edge_descriptor edge) {
        const EdgeKind kind = graph_[edge].kind;
        return kind == EdgeKind::writes || kind == EdgeKind::reads || kind == EdgeKind::dead_letter;
    };
    const boost::filtered_graph<Graph, std::function<bool(Graph::edge_descriptor)>> flow(graph_, flows);
    std::vector<std::size_t> component(boost::num_vertices(graph_));
    const auto map =
        boost::make_iterator_property_map(component.begin(), boost::get(boost::vertex_index, graph_));
    std::vector<std::size_t> size(boost::strong_components(flow, map), 0);
    for (const std::size_t c : component) ++size[c];
    std::set<GraphIndex> found;
    // A stage never writes itself directly (a stream stands between), so a cycle has two vertices at least.
    for (GraphIndex v = 0; v < component.size(); ++v)
        if (size[component[v]] > 1) found.insert(v);
    return found;
}

}  // namespace understudy::models
