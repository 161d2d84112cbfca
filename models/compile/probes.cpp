// Measures with their names resolved, and the measures every run reports.
#include <algorithm>
#include <map>
#include <string_view>
#include <tuple>

#include "models/compile/compiler.h"

namespace understudy::models {

namespace {

/// Several quantiles of the same values keep them once.
void share_values(std::vector<ProbeRow>& probes) {
    std::map<std::tuple<Index, Metric, Index>, Index> keepers;
    for (Index i = 0; i < probes.size(); ++i) {
        ProbeRow& probe = probes[i];
        const Metric metric = probe.measure.metric;
        const bool of_all_items = probe.measure.aggregate == Aggregate::quantile &&
                                  kind_of(metric) == MetricKind::item && probe.sees_all() &&
                                  probe.overdue_after == kernel::never;
        probe.values =
            of_all_items ? keepers.try_emplace({probe.element, metric, probe.from_mark}, i).first->second : i;
    }
}

/// Done once, or by who runs the simulation; what comes again and again, or by itself, belongs to how the system is.
bool disturbs(const Action& action) {
    switch (action.verb) {
        case Action::Verb::alert:
        case Action::Verb::stop:
        case Action::Verb::yield: return false;
        default: return !action.every && !action.when;
    }
}

bool is_of_all_times(const ProbeRow& probe) {
    const Measure& measure = probe.measure;
    return !measure.during && probe.action == none && !measure.items && !measure.by_clock &&
           !measure.by_offset;
}

}  // namespace

void Compiler::add_probes(const std::vector<Measure>& measures, const std::vector<bool>& keep_series) {
    for (std::size_t i = 0; i < measures.size(); ++i) {
        const Measure& measure = measures[i];
        ProbeRow row;
        row.measure = measure;
        row.series = i < keep_series.size() && keep_series[i];
        const std::string& scope = measure.scope_to.empty() ? measure.scope : measure.scope_to;
        if (!scope.empty()) row.element = element_by_name.at(scope);
        if (!measure.scope_to.empty()) {
            const Index from = element_by_name.at(measure.scope);
            for (std::size_t m = 0; m < model.marks.size(); ++m)
                if (model.marks[m] == from) row.from_mark = static_cast<Index>(m);
            if (row.from_mark == none) {
                row.from_mark = static_cast<Index>(model.marks.size());
                model.marks.push_back(from);
            }
        }
        if (!measure.of_load.empty()) row.load = find(measure.of_load)->load;
        // What is there, or lost, of a load is so wherever it is.
        if (row.element != none && measure.scope_to.empty() && model.elements[row.element].load != none &&
            (measure.metric == Metric::present || measure.metric == Metric::lost ||
             measure.metric == Metric::dead_lettered)) {
            row.load = model.elements[row.element].load;
            row.element = none;
        }
        if (!measure.during_action.empty()) row.action = find(measure.during_action)->action;
        if (measure.during) {
            row.edges = edges_of(*measure.during);
            // One that the run never gets to is never open; without any edge it always would be.
            if (row.edges.empty()) row.edges.push_back(kernel::never);
        }
        if (measure.metric == Metric::landed && measure.aggregate == Aggregate::share) {
            for (PipelineRow& pipeline : model.pipelines) {
                bool writes = pipeline.element == row.element;
                for (const Index task : pipeline.tasks)
                    for (const Index stream : model.stages[task].outlet.streams)
                        writes = writes || model.streams[stream].element == row.element;
                if (writes) pipeline.landings.push_back(static_cast<Index>(i));
            }
        }
        model.probes.push_back(std::move(row));
    }
    charge_overdue();
    share_values(model.probes);
    model.probe_index = ProbeIndex(model.probes, model.elements.size());
}

void Compiler::charge_overdue() {
    if (std::none_of(scenario.actions.begin(), scenario.actions.end(), disturbs)) return;
    // Of several limits of one measure the lowest, which is the one that is to be kept.
    std::map<std::string_view, kernel::Time> limits;
    for (const Objective& objective : scenario.objectives) {
        if (!counts_overdue(objective)) continue;
        const kernel::Time limit = kernel::from_seconds(objective.limit);
        kernel::Time& lowest = limits.try_emplace(objective.measure.text, limit).first->second;
        lowest = std::min(lowest, limit);
    }
    for (ProbeRow& probe : model.probes)
        if (const auto limit = limits.find(probe.measure.text);
            limit != limits.end() && is_of_all_times(probe) && model.knows_who_comes(probe))
            probe.overdue_after = limit->second;
}

namespace {

/// What goes through an element: items, runs or tasks.
const char* counted_at(const std::string& scope, const Scenario& scenario) {
    for (const Pipeline& pipeline : scenario.twin.pipelines) {
        if (scope == pipeline.name) return "runs";
        if (scope.size() > pipeline.name.size() && scope.starts_with(pipeline.name) &&
            scope[pipeline.name.size()] == '.')
            return "tasks";
    }
    for (const Pool& pool : scenario.twin.pools) {
        if (pool.name != scope) continue;
        for (const Stage& stage : scenario.twin.stages)
            for (const Need& need : stage.work.runs_on)
                if (need.pool == scope) return "items";
        return "tasks";
    }
    return "items";
}

}  // namespace

std::string unit_of(const Measure& measure, const Scenario& scenario) {
    std::string unit = unit_of(measure.aggregate, measure.metric);
    const std::string items = "items", money = "money";
    if (unit.starts_with(items))
        unit.replace(0, items.size(),
                     counted_at(measure.scope_to.empty() ? measure.scope : measure.scope_to, scenario));
    if (measure.metric == Metric::cost && !scenario.currency.empty() && unit.starts_with(money))
        unit.replace(0, money.size(), scenario.currency);
    return unit;
}

std::vector<Measure> default_measures(const Scenario& scenario, const ScenarioGraph& graph) {
    std::vector<Measure> result;
    auto add = [&](Aggregate aggregate, Metric metric, const std::string& scope) {
        result.push_back(measure_of(aggregate, metric, scope, aggregate == Aggregate::quantile ? 0.95 : 0));
    };
    // Replays of recorded runs have thousands of tasks: those are reported by the pipeline, not one by one.
    const Graph& g = graph.graph();
    for (auto [v, end] = boost::vertices(g); v != end; ++v) {
        const std::string& name = g[*v].name;
        if (g[*v].kind == VertexKind::stage) {
            const Stage& stage = scenario.twin.stages[g[*v].position];
            add(Aggregate::rate, Metric::completed, name);
            add(Aggregate::average, Metric::latency, name);
            add(Aggregate::quantile, Metric::latency, name);
            if (stage.work.workers || !stage.work.runs_on.empty() || !stage.work.spends.empty())
                add(Aggregate::average, Metric::wait, name);
            add(Aggregate::average, Metric::present, name);
            if (stage.join || stage.batch) add(Aggregate::average, Metric::gathering, name);
            if (stage.work.failure > 0 || stage.work.timeout) add(Aggregate::rate, Metric::failed, name);
            if (!stage.dead_letter.empty()) add(Aggregate::rate, Metric::dead_lettered, name);
            if (stage.queue.capacity != unlimited || !stage.queue.timeout.empty() || stage.work.failure > 0 ||
                stage.work.timeout)
                add(Aggregate::share, Metric::lost, name);
        }
        if (g[*v].kind == VertexKind::pool && g[*v].own != GraphVertex::Own::of_task) {
            add(Aggregate::average, Metric::utilisation, name);
            add(Aggregate::average, Metric::waiting, name);
            if (g[*v].own == GraphVertex::Own::no) add(Aggregate::average, Metric::workers, name);
        }
        if (g[*v].kind == VertexKind::budget &&
            scenario.twin.budgets[g[*v].position].refill != Budget::Refill::continuous)
            add(Aggregate::average, Metric::level, name);
        if (g[*v].kind == VertexKind::pipeline) {
            add(Aggregate::average, Metric::latency, name);
            add(Aggregate::quantile, Metric::latency, name);
            add(Aggregate::average, Metric::delay, name);
            add(Aggregate::total, Metric::completed, name);
            add(Aggregate::total, Metric::failed, name);
        }
    }
    for (const Dataset& dataset : scenario.twin.datasets) {
        add(Aggregate::average, Metric::freshness, dataset.name);
        add(Aggregate::quantile, Metric::freshness, dataset.name);
    }
    if (!scenario.loads.empty()) {
        add(Aggregate::rate, Metric::completed, "");
        add(Aggregate::average, Metric::latency, "");
        add(Aggregate::quantile, Metric::latency, "");
        add(Aggregate::average, Metric::present, "");
    }
    if (!scenario.currency.empty()) add(Aggregate::rate, Metric::cost, "");
    return result;
}

}  // namespace understudy::models
