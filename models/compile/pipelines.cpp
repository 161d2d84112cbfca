// Pipelines: tasks as stages with in-degrees, schedules as instants.
#include <algorithm>
#include <cmath>

#include "kernel/random.h"
#include "models/compile/compiler.h"

namespace understudy::models {

void Compiler::add_pipelines() {
    const Graph& g = graph.graph();
    for (auto [v, end] = boost::vertices(g); v != end; ++v) {
        if (g[*v].kind != VertexKind::pipeline) continue;
        const Pipeline& pipeline = scenario.twin.pipelines[g[*v].position];
        const auto index = static_cast<Index>(model.pipelines.size());
        PipelineRow row;
        row.element = element_by_name.at(pipeline.name);
        model.elements[row.element].pipeline = index;
        row.name_hash = kernel::stable_hash(model.elements[row.element].drawn_as);
        row.kind = pipeline.schedule.kind;
        row.period = pipeline.schedule.period;
        if (row.kind == Schedule::Kind::once) row.due = {0};
        if (row.kind == Schedule::Kind::calendar && model.calendar)
            row.due = model.calendar->instants(pipeline.schedule, horizon());
        if (row.kind == Schedule::Kind::each)
            model.streams[find(pipeline.schedule.name)->stream].runs_each.push_back(index);
        if (row.kind == Schedule::Kind::updated)
            model.streams[find(pipeline.schedule.name)->stream].runs_on_update.push_back(index);
        row.catchup = pipeline.catchup;
        row.max_active_runs = number(static_cast<double>(pipeline.max_active_runs));
        if (pipeline.max_active_tasks != unlimited)
            row.max_active_tasks = number(static_cast<double>(pipeline.max_active_tasks));
        row.timeout = pipeline.timeout.value_or(-1);

        // Tasks in order of their names, so that the order of the file decides nothing.
        std::vector<GraphIndex> vertices = graph.out(*v, EdgeKind::part_of);
        std::sort(vertices.begin(), vertices.end(),
                  [&](GraphIndex a, GraphIndex b) { return g[a].name < g[b].name; });
        std::map<GraphIndex, Index> position;
        for (const GraphIndex task : vertices) position.emplace(task, static_cast<Index>(position.size()));
        const std::size_t n = vertices.size();
        row.successors.resize(n);
        row.predecessors.assign(n, 0);
        for (const GraphIndex vertex : vertices) {
            const Task& task = pipeline.tasks[g[vertex].position];
            const Index at = position.at(vertex);
            for (const GraphIndex next : graph.out(vertex, EdgeKind::after)) {
                row.successors[at].push_back(position.at(next));
                ++row.predecessors[position.at(next)];
            }
            std::sort(row.successors[at].begin(), row.successors[at].end());
            row.rule.push_back(task.trigger_rule);
            row.quorum.push_back(static_cast<std::uint32_t>(task.quorum));
            row.cancel_rest.push_back(task.cancel_rest);
            row.leaf.push_back(row.successors[at].empty());
            std::vector<TaskInputRow> inputs;
            for (const TaskInput& input : task.reads)
                inputs.push_back({find(input.dataset)->stream, input.all});
            row.inputs.push_back(std::move(inputs));

            StageRow stage;
            const std::string& name = g[vertex].name;
            if (task.waits_for) {
                stage.waits_for = condition(*task.waits_for);
                stage.poke = task.poke;
                stage.keeps_workers = task.keeps_workers;
            }
            fill_work(stage, name, task.work, name);
            stage.pipeline = index;
            stage.task = at;
            stage.delay = law(task.delay);
            stage.not_before = task.not_before.value_or(-1);
            stage.expand = task.expand;
            stage.holds = !task.holds_until.empty();
            if (!task.dead_letter.empty()) stage.dead_letter = find(task.dead_letter)->stream;
            set_emits(stage, task.emits);
            for (const auto& stream : task.writes) stage.outlet.streams.push_back(find(stream)->stream);
            if (!task.worker.empty() && stage.line_pool != none) {
                const auto& workers = model.pools[stage.line_pool].told_apart;
                for (std::size_t i = 0; i < workers.size(); ++i)
                    if (workers[i].name == task.worker) stage.worker = static_cast<std::int32_t>(i);
            }
            row.tasks.push_back(static_cast<Index>(model.stages.size()));
            model.elements[stage.element].stage = row.tasks.back();
            model.stages.push_back(std::move(stage));
        }
        for (const GraphIndex vertex : vertices) {
            const Task& task = pipeline.tasks[g[vertex].position];
            if (task.holds_until.empty() || task.holds_until == "exit") continue;
            model.stages[row.tasks[position.at(vertex)]].holds_until =
                find(pipeline.name + "." + task.holds_until)->stage;
        }
        model.pipelines.push_back(std::move(row));
    }
}

}  // namespace understudy::models
