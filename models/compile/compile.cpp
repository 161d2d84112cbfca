#include "models/compile/compile.h"

#include <algorithm>
#include <cmath>
#include <set>

#include "kernel/invariant.h"
#include "kernel/random.h"
#include "models/compile/compiler.h"
#include "models/compile/reunions.h"
#include "models/series.h"

namespace understudy::models {

Index Model::element_named(const std::string& name) const {
    const auto found = std::lower_bound(by_name.begin(), by_name.end(), name,
                                        [&](Index e, const std::string& n) { return elements[e].name < n; });
    return found != by_name.end() && elements[*found].name == name ? *found : none;
}

bool ProbeRow::is_mean_of_level() const {
    const MetricKind kind = kind_of(measure.metric);
    const bool level = kind == MetricKind::level || kind == MetricKind::state || kind == MetricKind::money;
    const bool mean = measure.aggregate == Aggregate::average || measure.aggregate == Aggregate::rate ||
                      measure.aggregate == Aggregate::total || measure.aggregate == Aggregate::at;
    return sees_all() && level && mean && measure.metric != Metric::freshness &&
           measure.metric != Metric::age && measure.metric != Metric::workers;
}

bool ProbeRow::is_steady_average() const {
    const Aggregate aggregate = measure.aggregate;
    if (aggregate != Aggregate::average && aggregate != Aggregate::share && aggregate != Aggregate::rate)
        return false;
    const bool of_a_stretch = measure.items || action != none || (measure.during && !measure.during->each);
    return !of_a_stretch && measure.metric != Metric::landed && !is_of_the_past(measure.metric);
}

bool Model::knows_who_comes(const ProbeRow& probe) const {
    if (probe.from_mark != none) return false;
    if (probe.element == none) return true;
    const Element& to = elements[probe.element];
    return to.stage != none || to.pipeline != none || to.load != none;
}

TraceHeader Model::trace_header() const {
    TraceHeader header;
    for (const Element& element : elements)
        header.elements.push_back({element.name, element.kind, element.label});
    return header;
}

namespace {

/// Levels whose mean the plain path sums up in another order than the full one: exact sums do not tell.
void count_whole_levels(Model& model) {
    for (ProbeRow& probe : model.probes)
        if (probe.is_mean_of_level() &&
            (probe.measure.metric == Metric::present || probe.measure.metric == Metric::waiting))
            probe.whole = 1;
    for (const PlainStageRow& stage : model.plain.stages) {
        const double workers = model.parameters.numbers[model.pools[stage.pool].workers];
        if (stage.levels.utilisation != none && std::isfinite(workers))
            model.probes[stage.levels.utilisation].whole = static_cast<std::int64_t>(workers);
    }
}

}  // namespace

Element* Compiler::find(const std::string& name) {
    const auto found = element_by_name.find(name);
    return found == element_by_name.end() ? nullptr : &model.elements[found->second];
}

Index Compiler::number(double value) {
    model.parameters.numbers.push_back(value);
    return static_cast<Index>(model.parameters.numbers.size() - 1);
}

CompiledLaw Compiler::compiled(const Law& law) const {
    CompiledLaw result;
    auto field = [&](const std::string& name) { return name.empty() ? none : field_by_name.at(name); };
    for (const Term& term : law.terms)
        result.push_back({term.law, term.recorded, term.recorded_keys, field(term.field), term.per,
                          term.per_amount, field(term.per_field)});
    return result;
}

Index Compiler::law(const Law& law) {
    if (law.empty()) return none;
    model.parameters.laws.push_back(compiled(law));
    return static_cast<Index>(model.parameters.laws.size() - 1);
}

Outlet Compiler::outlet(const std::string& name, const Writes& writes) {
    Outlet result;
    result.rule = writes.rule;
    if (writes.rule == Writes::Rule::by_class) result.by_load.assign(scenario.loads.size(), none);
    double sum = 0;
    for (const auto& target : targets_of(name, writes)) {
        for (const std::string& load : target.loads)
            result.by_load[find(load)->load] = static_cast<Index>(result.streams.size());
        result.streams.push_back(target.stream == "exit" ? none : find(target.stream)->stream);
        result.cumulative.push_back(sum += target.share);
    }
    if (writes.rule == Writes::Rule::share || writes.rule == Writes::Rule::split)
        result.cumulative.back() = 1;
    if (writes.rule == Writes::Rule::by_value) set_values(result, writes);
    // Shares of keys, not of items: whatever has a key goes the same way each time.
    if (writes.rule == Writes::Rule::share && writes.attribute == "key") result.attribute = Outlet::Of::key;
    return result;
}

void Compiler::set_values(Outlet& outlet, const Writes& writes) const {
    for (std::size_t i = 0; i < writes.targets.size(); ++i)
        for (const ValueRange& range : writes.targets[i].values)
            outlet.by_value.emplace_back(range.from, static_cast<Index>(i));
    std::sort(outlet.by_value.begin(), outlet.by_value.end());
    const auto field = field_by_name.find(writes.attribute);
    if (field != field_by_name.end()) outlet.field = field->second;
    using Of = Outlet::Of;
    outlet.attribute = writes.attribute == "size"       ? Of::size
                       : writes.attribute == "key"      ? Of::key
                       : writes.attribute == "priority" ? Of::priority
                                                        : Of::records;
}

void Compiler::add_elements() {
    // The kind shown for a name that several vertices share is that of the one that works: a stage before its
    // stream.
    std::map<std::string, std::pair<int, VertexKind>> kinds;
    std::map<std::string, std::string> labels;
    auto rank = [](VertexKind kind) {
        switch (kind) {
            case VertexKind::stage:
            case VertexKind::task: return 0;
            case VertexKind::load: return 1;
            case VertexKind::pipeline: return 2;
            case VertexKind::pool: return 3;
            case VertexKind::budget: return 4;
            case VertexKind::stream: return 5;
        }
        return 6;
    };
    const Graph& g = graph.graph();
    for (auto [v, end] = boost::vertices(g); v != end; ++v) {
        const std::pair entry(rank(g[*v].kind), g[*v].kind);
        const auto [at, fresh] = kinds.emplace(g[*v].name, entry);
        if (!fresh) at->second = std::min(at->second, entry);
        if (!g[*v].label.empty()) labels[g[*v].name] = g[*v].label;
    }
    for (const Action& action : scenario.actions)
        if (!action.name.empty()) kinds.emplace(action.name, std::pair(7, VertexKind::stream));
    // In the order of the names they had at first: what is due at one instant goes by it.
    std::vector<std::pair<std::string, std::string>> by_first_name;
    for (const auto& [name, kind] : kinds) by_first_name.emplace_back(scenario.twin.drawn_as(name), name);
    std::sort(by_first_name.begin(), by_first_name.end());
    for (const auto& [first, name] : by_first_name) {
        const auto& kind = kinds.at(name);
        Element element;
        element.name = name;
        element.drawn_as = first;
        element.kind = kind.first == 7 ? "action" : name_of(kind.second);
        const auto label = labels.find(name);
        if (label != labels.end()) element.label = label->second;
        element_by_name[name] = static_cast<Index>(model.elements.size());
        model.elements.push_back(std::move(element));
    }
    for (const auto& [name, index] : element_by_name) model.by_name.push_back(index);
}

void Compiler::add_fields() {
    // Those of loads come first: a field's number is a part of the address of what a load draws.
    std::set<std::string> drawn, changed;
    for (const Load& load : scenario.loads)
        for (const auto& [name, law] : load.fields) drawn.insert(name);
    for (const Stage& stage : scenario.twin.stages)
        for (const auto& [name, law] : stage.emits.fields) changed.insert(name);
    for (const Pipeline& pipeline : scenario.twin.pipelines)
        for (const Task& task : pipeline.tasks)
            for (const auto& [name, law] : task.emits.fields) changed.insert(name);
    for (const auto* names : {&drawn, &changed})
        for (const auto& name : *names)
            if (field_by_name.emplace(name, static_cast<Index>(model.fields.size())).second) {
                model.fields.push_back(name);
                model.field_hashes.push_back(kernel::stable_hash(name));
            }
}

void Compiler::add_streams() {
    const Graph& g = graph.graph();
    for (auto [v, end] = boost::vertices(g); v != end; ++v) {
        if (g[*v].kind != VertexKind::stream) continue;
        Element* element = find(g[*v].name);
        element->stream = static_cast<Index>(model.streams.size());
        StreamRow row;
        row.element = element_by_name.at(g[*v].name);
        row.name_hash = kernel::stable_hash(model.elements[row.element].drawn_as);
        for (const Dataset& dataset : scenario.twin.datasets)
            if (dataset.name == g[*v].name) {
                row.declared = true;
                row.partitions = dataset.partitions;
                row.by = dataset.by;
                row.retention = dataset.retention.value_or(-1);
            }
        model.streams.push_back(std::move(row));
    }
}

/// Streams whose age a probe or a condition asks for, with all from which items may come there.
void Compiler::add_aged_streams() {
    const auto add = [&](Metric metric, Index element) {
        if (metric != Metric::age || element == none) return;
        const Element& names = model.elements[element];
        if (names.stage != none || names.stream == none) return;
        if (std::any_of(model.aged_streams.begin(), model.aged_streams.end(),
                        [&](const AgedStreamRow& row) { return row.stream == names.stream; }))
            return;
        AgedStreamRow row;
        row.stream = names.stream;
        row.stages.resize(model.stages.size());
        row.loads.resize(model.loads.size());
        std::vector<bool> leads(model.streams.size());
        leads[names.stream] = true;
        const auto goes_on = [&](const Outlet& outlet) {
            return std::any_of(outlet.streams.begin(), outlet.streams.end(),
                               [&](Index stream) { return stream != none && leads[stream]; });
        };
        for (bool found = true; found;) {
            found = false;
            for (Index s = 0; s < model.stages.size(); ++s) {
                const StageRow& stage = model.stages[s];
                if (row.stages[s] || stage.pipeline != none) continue;
                if (!goes_on(stage.outlet) && (stage.dead_letter == none || !leads[stage.dead_letter]))
                    continue;
                row.stages[s] = found = true;
                for (const Index stream : stage.reads) leads[stream] = true;
            }
        }
        for (Index l = 0; l < model.loads.size(); ++l) row.loads[l] = goes_on(model.loads[l].outlet);
        model.aged_streams.push_back(std::move(row));
    };
    for (const ProbeRow& probe : model.probes) add(probe.measure.metric, probe.element);
    for (const ConditionRow& row : model.conditions)
        if (!row.updated) add(row.metric, row.element);
}

/// Which pools' active periods are looked at.
void Compiler::add_stations() {
    bool all = false;
    std::vector<bool> asked(model.elements.size());
    for (const ProbeRow& probe : model.probes) {
        all = all || is_of_the_past(probe.measure.metric);
        if (probe.measure.metric == Metric::active_period) asked[probe.element] = true;
    }
    for (Index i = 0; i < model.pools.size(); ++i) {
        const PoolRow& pool = model.pools[i];
        if (pool.element == none || std::isinf(model.parameters.numbers[pool.workers])) continue;
        if (!all && !asked[pool.element]) continue;
        model.station_of.resize(model.elements.size(), none);
        model.station_of[pool.element] = static_cast<Index>(model.stations.size());
        model.stations.push_back(i);
    }
}

std::shared_ptr<const Model> compile(const Scenario& scenario, const ScenarioGraph& graph,
                                     const std::vector<Measure>& measures,
                                     const std::vector<bool>& keep_series, Problems& problems) {
    Compiler compiler{scenario, graph, problems, {}, {}, {}};
    Model& model = compiler.model;
    if (scenario.run.start)
        model.calendar = std::make_shared<Calendar>(*scenario.run.start, scenario.run.zone);
    model.length = scenario.run.length.value_or(kernel::never);
    if (scenario.run.length) model.sample = sample_of(scenario);
    compiler.add_elements();
    compiler.add_fields();
    compiler.add_streams();
    compiler.add_pools();
    compiler.add_links();
    compiler.add_budgets();
    compiler.add_loads();
    compiler.add_stages();
    compiler.add_pipelines();
    compiler.add_lines();
    compiler.add_initial_state();
    const std::size_t before = problems.size();
    compiler.add_copies();
    mark_reunions(model);
    compiler.add_actions();
    compiler.add_probes(measures, keep_series);
    for (std::size_t i = before; i < problems.size(); ++i)
        if (problems[i].severity == Problem::Severity::error) return nullptr;
    compiler.add_aged_streams();
    compiler.add_stations();
    // The plain path keeps no births: it is left out where an age is asked for.
    const bool ages =
        std::any_of(model.probes.begin(), model.probes.end(),
                    [](const ProbeRow& probe) { return probe.measure.metric == Metric::age; }) ||
        std::any_of(model.conditions.begin(), model.conditions.end(),
                    [](const ConditionRow& row) { return !row.updated && row.metric == Metric::age; });
    // Nor does it begin in the middle of things, nor know at the end how long whom has been there.
    const bool charges = std::any_of(model.probes.begin(), model.probes.end(), [](const ProbeRow& probe) {
        return probe.overdue_after != kernel::never;
    });
    if (!ages && !model.initial && !charges) model.plain = plain_part(model);
    count_whole_levels(model);
    return std::make_shared<const Model>(std::move(model));
}

}  // namespace understudy::models
