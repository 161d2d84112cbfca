#include "models/knowledge/knowledge_graph.h"

#include <cmath>
#include <set>
#include <tuple>

#include "models/graph.h"
#include "models/knowledge/least_time.h"
#include "models/knowledge/owners.h"

namespace understudy::models {

const char* name_of(Thing thing) {
    switch (thing) {
        case Thing::load: return "load";
        case Thing::dataset: return "dataset";
        case Thing::column: return "column";
        case Thing::stage: return "stage";
        case Thing::pipeline: return "pipeline";
        case Thing::task: return "task";
        case Thing::pool: return "pool";
        case Thing::budget: return "budget";
        case Thing::owner: return "owner";
        case Thing::contract: return "contract";
        case Thing::promise: return "promise";
        case Thing::twin: return "twin";
        case Thing::version: return "version";
    }
    return "";
}

const char* name_of(Relation relation) {
    switch (relation) {
        case Relation::produces: return "produces";
        case Relation::consumes: return "consumes";
        case Relation::triggered_by: return "triggered by";
        case Relation::follows: return "follows";
        case Relation::part_of: return "part of";
        case Relation::derives_from: return "derives from";
        case Relation::runs_on: return "runs on";
        case Relation::spends: return "spends";
        case Relation::owned_by: return "owned by";
        case Relation::governed_by: return "governed by";
        case Relation::promised_of: return "promised of";
        case Relation::version_of: return "version of";
        case Relation::revision_of: return "revision of";
    }
    return "";
}

namespace {

/// What an item or a run takes at least by itself: what goes by its size, records or fields nobody knows without one.
double mean_of(const Law& law) {
    double mean = 0;
    for (const Term& term : law.terms)
        if (term.per == Per::once && term.field.empty() && !term.recorded) mean += term.law.mean();
    return std::isfinite(mean) ? mean : 0;
}

const Description& description_of(const Scenario& scenario, const GraphVertex& vertex) {
    static const Description none;
    const Twin& twin = scenario.twin;
    switch (vertex.kind) {
        case VertexKind::load: return scenario.loads[vertex.position].description;
        case VertexKind::stage: return twin.stages[vertex.position].description;
        case VertexKind::pipeline: return twin.pipelines[vertex.position].description;
        case VertexKind::task: return twin.pipelines[vertex.pipeline].tasks[vertex.position].description;
        case VertexKind::pool:
            return vertex.own == GraphVertex::Own::no ? twin.pools[vertex.position].description : none;
        case VertexKind::budget: return twin.budgets[vertex.position].description;
        case VertexKind::stream: return none;  // a declaration of its own, looked up by its name
    }
    return none;
}

Thing thing_of(VertexKind kind) {
    switch (kind) {
        case VertexKind::load: return Thing::load;
        case VertexKind::stream: return Thing::dataset;
        case VertexKind::stage: return Thing::stage;
        case VertexKind::pool: return Thing::pool;
        case VertexKind::budget: return Thing::budget;
        case VertexKind::pipeline: return Thing::pipeline;
        case VertexKind::task: return Thing::task;
    }
    return Thing::dataset;
}

/// Of `dataset.column`, both of which may have dots: the dataset, as models/check looks for it; empty where there is none.
std::string dataset_of(const std::string& column, const std::set<std::pair<Thing, std::string>>& things) {
    for (std::size_t dot = column.find('.'); dot != std::string::npos; dot = column.find('.', dot + 1))
        if (std::string name = column.substr(0, dot); things.contains({Thing::dataset, name})) return name;
    return "";
}

}  // namespace

KnowledgeGraph::KnowledgeGraph(const Scenario& scenario, const std::vector<KeptVersion>& versions) {
    const ScenarioGraph flow(scenario);
    const Graph& g = flow.graph();
    // The workers that a stage brings are no thing of their own.
    const auto is_own = [](const GraphVertex& vertex) { return vertex.own != GraphVertex::Own::no; };
    std::set<std::pair<Thing, std::string>> all;
    std::map<std::pair<Thing, std::string>, const Description*> descriptions;
    std::map<std::string, const Dataset*> datasets;
    for (const Dataset& dataset : scenario.twin.datasets) datasets[dataset.name] = &dataset;
    for (auto [v, end] = boost::vertices(g); v != end; ++v) {
        if (is_own(g[*v])) continue;
        const std::pair key(thing_of(g[*v].kind), g[*v].name);
        all.insert(key);
        const auto declared = g[*v].kind == VertexKind::stream ? datasets.find(g[*v].name) : datasets.end();
        descriptions[key] = declared != datasets.end()         ? &declared->second->description
                            : g[*v].kind == VertexKind::stream ? nullptr
                                                               : &description_of(scenario, g[*v]);
    }
    for (const Dataset& dataset : scenario.twin.datasets) {
        for (const Column& column : dataset.columns)
            all.insert({Thing::column, dataset.name + "." + column.name});
        if (!dataset.contract.empty()) all.insert({Thing::contract, dataset.contract});
    }
    // A column that others are made of is one, whether or not its dataset declares it.
    std::map<std::string, std::string> undeclared;  // with their datasets
    for (const Dataset& dataset : scenario.twin.datasets)
        for (const Column& column : dataset.columns)
            for (const std::string& origin : column.derives_from) {
                if (all.contains({Thing::column, origin})) continue;
                if (const std::string of = dataset_of(origin, all); !of.empty())
                    undeclared.emplace(origin, of);
            }
    for (const auto& [column, dataset] : undeclared) all.insert({Thing::column, column});
    for (const auto& [key, description] : descriptions)
        if (description != nullptr)
            for (std::string& owner : owners_in(description->owner))
                all.insert({Thing::owner, std::move(owner)});
    for (const Objective& objective : scenario.objectives) all.insert({Thing::promise, objective.text});
    for (const KeptVersion& version : versions) {
        all.insert({Thing::twin, version.twin});
        all.insert({Thing::version, version.name});
        all.insert({Thing::owner, version.author});
    }
    for (const auto& [thing, name] : all) {
        const auto found = descriptions.find({thing, name});
        add(thing, name,
            found == descriptions.end() || found->second == nullptr ? Description{} : *found->second);
    }

    // Sentences, in the order of the flow's edges; each once, however many ways there are.
    std::set<std::tuple<KnowledgeIndex, KnowledgeIndex, Relation>> said;
    const auto say = [&](Thing a, const std::string& subject, Relation relation, Thing b,
                         const std::string& object) {
        const auto from = by_name_.find({a, subject}), to = by_name_.find({b, object});
        if (from == by_name_.end() || to == by_name_.end()) return;
        if (said.insert({from->second, to->second, relation}).second)
            link(from->second, to->second, relation);
    };
    for (auto [e, end] = boost::edges(g); e != end; ++e) {
        const GraphVertex &from = g[boost::source(*e, g)], &to = g[boost::target(*e, g)];
        if (is_own(from) || is_own(to)) continue;
        const Thing a = thing_of(from.kind), b = thing_of(to.kind);
        switch (g[*e].kind) {
            case EdgeKind::writes:
            case EdgeKind::dead_letter: say(a, from.name, Relation::produces, b, to.name); break;
            case EdgeKind::reads:
            case EdgeKind::reads_at_rest: say(b, to.name, Relation::consumes, a, from.name); break;
            case EdgeKind::triggers: say(b, to.name, Relation::triggered_by, a, from.name); break;
            case EdgeKind::runs_on: say(a, from.name, Relation::runs_on, b, to.name); break;
            case EdgeKind::spends: say(a, from.name, Relation::spends, b, to.name); break;
            case EdgeKind::after: say(b, to.name, Relation::follows, a, from.name); break;
            case EdgeKind::part_of: say(b, to.name, Relation::part_of, a, from.name); break;
        }
    }
    for (const auto& [column, dataset] : undeclared)
        say(Thing::column, column, Relation::part_of, Thing::dataset, dataset);
    for (const Dataset& dataset : scenario.twin.datasets) {
        for (const Column& column : dataset.columns)
            say(Thing::column, dataset.name + "." + column.name, Relation::part_of, Thing::dataset,
                dataset.name);
        for (const Column& column : dataset.columns) {
            graph_[by_name_.at({Thing::column, dataset.name + "." + column.name})].origin_told =
                column.origin_told;
            for (const std::string& from : column.derives_from)
                say(Thing::column, dataset.name + "." + column.name, Relation::derives_from, Thing::column,
                    from);
        }
        if (!dataset.contract.empty())
            say(Thing::dataset, dataset.name, Relation::governed_by, Thing::contract, dataset.contract);
    }
    for (const auto& [key, description] : descriptions)
        if (description != nullptr)
            for (const std::string& owner : owners_in(description->owner))
                say(key.first, key.second, Relation::owned_by, Thing::owner, owner);
    for (const Objective& objective : scenario.objectives)
        for (const std::string* scope : {&objective.measure.scope, &objective.measure.scope_to})
            for (const Thing thing : {Thing::stage, Thing::task, Thing::load, Thing::pipeline, Thing::pool,
                                      Thing::budget, Thing::dataset})
                if (by_name_.contains({thing, *scope})) {
                    say(Thing::promise, objective.text, Relation::promised_of, thing, *scope);
                    break;
                }

    const KeptVersion* before = nullptr;
    for (const KeptVersion& version : versions) {
        say(Thing::version, version.name, Relation::version_of, Thing::twin, version.twin);
        if (before != nullptr)
            say(Thing::version, version.name, Relation::revision_of, Thing::version, before->name);
        say(Thing::version, version.name, Relation::owned_by, Thing::owner, version.author);
        version_ = by_name_.at({Thing::version, version.name});
        graph_[*version_].description = version.reason;
        graph_[*version_].time = version.time;
        before = &version;
    }

    for (const Stage& stage : scenario.twin.stages)
        graph_[by_name_.at({Thing::stage, stage.name})].mean_service = mean_of(stage.work.service);
    for (const Pipeline& pipeline : scenario.twin.pipelines)
        for (const Task& task : pipeline.tasks) {
            KnowledgeVertex& vertex = graph_[by_name_.at({Thing::task, pipeline.name + "." + task.name})];
            vertex.mean_service = mean_of(task.work.service);
            vertex.least_seconds = least_seconds(scenario, task.work, vertex.mean_service);
            vertex.not_before = kernel::to_seconds(task.not_before.value_or(0));
            vertex.mean_delay = mean_of(task.delay);
        }
    // Those that work first; a label only where nothing is called so.
    for (const Thing thing :
         {Thing::stage, Thing::task, Thing::load, Thing::pipeline, Thing::pool, Thing::budget, Thing::dataset,
          Thing::column, Thing::contract, Thing::owner, Thing::promise, Thing::twin, Thing::version})
        for (auto at = by_name_.lower_bound({thing, ""}); at != by_name_.end() && at->first.first == thing;
             ++at)
            by_any_name_.emplace(at->first.second, at->second);
    for (auto [v, end] = boost::vertices(graph_); v != end; ++v)
        if (!graph_[*v].label.empty()) by_any_name_.emplace(graph_[*v].label, *v);
}

KnowledgeIndex KnowledgeGraph::add(Thing thing, const std::string& name, const Description& description) {
    KnowledgeVertex vertex;
    vertex.thing = thing;
    vertex.name = name;
    vertex.label = description.label;
    vertex.description = description.description;
    vertex.tags = description.tags;
    const KnowledgeIndex index = boost::add_vertex(std::move(vertex), graph_);
    by_name_.emplace(std::pair(thing, name), index);
    return index;
}

void KnowledgeGraph::link(KnowledgeIndex from, KnowledgeIndex to, Relation relation) {
    boost::add_edge(from, to, KnowledgeEdge{relation}, graph_);
}

std::optional<KnowledgeIndex> KnowledgeGraph::find(const std::string& name) const {
    const auto found = by_any_name_.find(name);
    return found == by_any_name_.end() ? std::nullopt : std::optional(found->second);
}

std::optional<KnowledgeIndex> KnowledgeGraph::find(Thing thing, const std::string& name) const {
    const auto found = by_name_.find({thing, name});
    return found == by_name_.end() ? std::nullopt : std::optional(found->second);
}

std::vector<std::string> KnowledgeGraph::names() const {
    std::vector<std::string> result;
    for (const auto& [name, index] : by_any_name_) result.push_back(name);
    return result;
}

}  // namespace understudy::models
