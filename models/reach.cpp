#include "models/reach.h"

#include <algorithm>
#include <boost/graph/adjacency_list.hpp>
#include <set>

namespace understudy::models {

namespace {

/// Vertices of the scenario's graph, with an edge from each to those that can change it.
using Influences = boost::adjacency_list<boost::vecS, boost::vecS, boost::directedS>;
using Vertices = std::set<GraphIndex>;

class Finder {
public:
    Finder(const Scenario& scenario, const ScenarioGraph& graph)
        : scenario_(scenario),
          twin_(scenario.twin),
          graph_(graph),
          g_(graph.graph()),
          influences_(boost::num_vertices(g_)) {
        follow_links();
        for (const Load& load : scenario.loads) follow_load(load);
        for (const Stage& stage : twin_.stages) follow_stage(stage);
        for (const Pool& pool : twin_.pools)
            if (!pool.workers.grows_with.empty())
                changes(vertex(VertexKind::pool, pool.workers.grows_with),
                        vertex(VertexKind::pool, pool.name));
        for (const Dataset& dataset : twin_.datasets)
            if (dataset.by == Dataset::By::shortest) look_ahead(vertex(VertexKind::stream, dataset.name));
        for (const Pipeline& pipeline : twin_.pipelines) follow_pipeline(pipeline);
        for (const Action& action : scenario.actions) follow_action(action);
    }

    /// All that can change one of these, and with the alerts what they are about.
    Vertices reached(const std::vector<Measure>& measures, bool with_alerts) const {
        Vertices roots;
        for (const Measure& measure : measures) add(of(measure), roots);
        for (const Action& action : scenario_.actions)
            if (action.verb == Action::Verb::stop || (with_alerts && action.verb == Action::Verb::alert))
                add(named_by(action), roots);
        return closure(roots, [&](GraphIndex v, auto visit) {
            for (auto [e, end] = boost::out_edges(v, influences_); e != end; ++e)
                visit(boost::target(*e, influences_));
        });
    }

    /// Whatever bears that name.
    Vertices named(const std::string& name) const {
        Vertices found;
        for (const VertexKind kind :
             {VertexKind::load, VertexKind::stream, VertexKind::stage, VertexKind::pool, VertexKind::budget,
              VertexKind::pipeline, VertexKind::task})
            if (const GraphIndex at = vertex(kind, name); at != Graph::null_vertex()) found.insert(at);
        return found;
    }

private:
    template <class Next>
    Vertices closure(const Vertices& from, Next next) const {
        Vertices seen = from;
        std::vector<GraphIndex> open(from.begin(), from.end());
        while (!open.empty()) {
            const GraphIndex at = open.back();
            open.pop_back();
            next(at, [&](GraphIndex other) {
                if (seen.insert(other).second) open.push_back(other);
            });
        }
        return seen;
    }

    static bool is_flow(EdgeKind kind) {
        return kind != EdgeKind::runs_on && kind != EdgeKind::spends && kind != EdgeKind::part_of;
    }
    Vertices downstream(GraphIndex from) const {
        return closure({from}, [&](GraphIndex v, auto visit) {
            for (auto [e, end] = boost::out_edges(v, g_); e != end; ++e)
                if (is_flow(g_[*e].kind) || g_[*e].kind == EdgeKind::part_of) visit(boost::target(*e, g_));
        });
    }
    Vertices upstream(GraphIndex from) const {
        return closure({from}, [&](GraphIndex v, auto visit) {
            for (auto [e, end] = boost::in_edges(v, g_); e != end; ++e)
                if (is_flow(g_[*e].kind)) visit(boost::source(*e, g_));
        });
    }
    Vertices everything() const {
        Vertices all;
        for (auto [v, end] = boost::vertices(g_); v != end; ++v) all.insert(*v);
        return all;
    }

    GraphIndex vertex(VertexKind kind, const std::string& name) const { return graph_.find(kind, name); }
    static void add(const Vertices& more, Vertices& to) { to.insert(more.begin(), more.end()); }

    void changes(GraphIndex what, GraphIndex whom) {
        if (what == Graph::null_vertex() || whom == Graph::null_vertex()) return;
        boost::add_edge(whom, what, influences_);
    }
    void change(const Vertices& what, GraphIndex whom) {
        for (const GraphIndex one : what) changes(one, whom);
    }

    void follow_links() {
        for (auto [e, end] = boost::edges(g_); e != end; ++e) {
            const GraphIndex from = boost::source(*e, g_), to = boost::target(*e, g_);
            switch (g_[*e].kind) {
                case EdgeKind::writes:
                case EdgeKind::reads:
                case EdgeKind::reads_at_rest:
                case EdgeKind::triggers:
                case EdgeKind::dead_letter: changes(from, to); break;
                case EdgeKind::runs_on:
                case EdgeKind::spends:
                case EdgeKind::after:
                case EdgeKind::part_of:
                    changes(from, to);
                    changes(to, from);
                    break;
            }
        }
    }

    /// Who writes a stream looks at who reads it.
    void look_ahead(GraphIndex stream) {
        if (stream == Graph::null_vertex()) return;
        for (const GraphIndex reader : graph_.out(stream, EdgeKind::reads)) changes(reader, stream);
        for (const EdgeKind kind : {EdgeKind::writes, EdgeKind::dead_letter})
            for (const GraphIndex writer : graph_.in(stream, kind)) changes(stream, writer);
    }

    void follow_writes(const std::string& name, const Writes& writes, GraphIndex writer) {
        for (const Writes::Target& target : targets_of(name, writes)) {
            if (writes.rule == Writes::Rule::shortest) look_ahead(vertex(VertexKind::stream, target.stream));
            for (const std::string& load : target.loads) changes(vertex(VertexKind::load, load), writer);
        }
    }

    void follow_load(const Load& load) {
        const GraphIndex at = vertex(VertexKind::load, load.name);
        follow_writes(load.name, load.writes, at);
        if (load.arrivals.kind == Arrivals::Kind::users || load.arrivals.kind == Arrivals::Kind::saturated)
            change(downstream(at), at);
    }

    void follow_stage(const Stage& stage) {
        const GraphIndex at = vertex(VertexKind::stage, stage.name);
        follow_writes(stage.name, stage.writes, at);
        if (stage.queue.capacity != unlimited && stage.queue.full == Queue::Full::block)
            for (const std::string& stream : stage.reads) look_ahead(vertex(VertexKind::stream, stream));
        if (!stage.holds_until.empty()) {
            change(downstream(at), at);
            changes(vertex(VertexKind::stage, stage.holds_until), at);
        }
        if (stage.join && stage.join->of == Join::Of::parts) {
            // Parts that go elsewhere are waited for as well, and those that are late may be called off.
            for (const GraphIndex before : upstream(at)) {
                change(downstream(before), at);
                if (stage.join->cancel_rest) changes(at, before);
            }
        }
    }

    void follow_pipeline(const Pipeline& pipeline) {
        const GraphIndex at = vertex(VertexKind::pipeline, pipeline.name);
        for (const Task& task : pipeline.tasks)
            if (task.waits_for) change(of(*task.waits_for), at);
    }

    void follow_action(const Action& action) {
        if (!action.when) return;
        const Vertices looked_at = of(*action.when);
        for (const GraphIndex target : targets_of_action(action)) change(looked_at, target);
    }

    /// What an action is about: what it changes, and what it waits for.
    Vertices named_by(const Action& action) const {
        Vertices found = targets_of_action(action);
        if (action.when) add(of(*action.when), found);
        return found;
    }
    Vertices targets_of_action(const Action& action) const {
        Vertices found;
        if (action.target == "load")
            for (const Load& load : scenario_.loads) found.insert(vertex(VertexKind::load, load.name));
        else if (!action.target.empty())
            add(named(action.target), found);
        return found;
    }

    Vertices of(const Condition& condition) const {
        return condition.updated.empty() ? of_scope(condition.scope, condition.metric)
                                         : named(condition.updated);
    }
    Vertices of(const Measure& measure) const {
        Vertices found;
        if (measure.scope.empty() && !measure.of_load.empty() && kind_of(measure.metric) != MetricKind::money)
            found = downstream(vertex(VertexKind::load, measure.of_load));
        else
            found = of_scope(measure.scope, measure.metric);
        if (!measure.scope_to.empty()) add(of_scope(measure.scope_to, measure.metric), found);
        if (!measure.of_load.empty()) add(named(measure.of_load), found);
        for (const Action& action : scenario_.actions)
            if (!measure.during_action.empty() && action.name == measure.during_action)
                add(named_by(action), found);
        return found;
    }
    Vertices of_scope(const std::string& scope, Metric metric) const {
        if (scope.empty() || is_of_the_past(metric)) return everything();
        Vertices found = named(scope);
        if (const GraphIndex load = vertex(VertexKind::load, scope); load != Graph::null_vertex())
            add(downstream(load), found);
        // How far its readers are is a matter of them; when something has landed is not.
        const bool landing = metric == Metric::freshness || metric == Metric::landed || metric == Metric::age;
        const GraphIndex stream = vertex(VertexKind::stream, scope);
        if (stream != Graph::null_vertex() && !landing &&
            vertex(VertexKind::stage, scope) == Graph::null_vertex())
            for (const GraphIndex reader : graph_.out(stream, EdgeKind::reads)) found.insert(reader);
        return found;
    }

    const Scenario& scenario_;
    const Twin& twin_;
    const ScenarioGraph& graph_;
    const Graph& g_;
    Influences influences_;
};

void silence(Load& load) {
    load.arrivals = {};
    load.arrivals.rate = 1;
    load.profile.clear();
    load.count = 0;
}

/// In place of `simulated_digest`: other parts of the same text are another simulation.
std::uint64_t digest_without(const Scenario& scenario, const std::vector<std::string>& left_out) {
    std::uint64_t digest = scenario.simulated_digest;
    if (digest == 0) return 0;
    for (const std::string& name : left_out) digest = kernel::stable_hash(name, digest);
    return digest;
}

}  // namespace

ReachedPart reached_by(const std::vector<Measure>& measures, Scenario scenario, const ScenarioGraph& graph) {
    if (measures.empty() || !scenario.run.length || !scenario.twin.state.empty())
        return {std::move(scenario), {}};
    const Graph& g = graph.graph();
    const Vertices reached = Finder(scenario, graph).reached(measures, true);
    std::vector<std::string> left_out;
    for (auto [v, end] = boost::vertices(g); v != end; ++v) {
        const VertexKind kind = g[*v].kind;
        const bool stands_for_itself =
            kind != VertexKind::stream && kind != VertexKind::task && g[*v].own == GraphVertex::Own::no;
        if (stands_for_itself && !reached.contains(*v)) left_out.push_back(g[*v].name);
    }
    if (left_out.empty()) return {std::move(scenario), {}};

    const auto is_left_out = [&](VertexKind kind, const std::string& name) {
        const GraphIndex at = graph.find(kind, name);
        return at != Graph::null_vertex() && !reached.contains(at);
    };
    const auto leave_out = [&](auto& list, VertexKind kind) {
        std::erase_if(list, [&](const auto& one) { return is_left_out(kind, one.name); });
    };
    scenario.simulated_digest = digest_without(scenario, left_out);
    std::erase_if(scenario.actions, [&](const Action& action) {
        if (action.target.empty() || action.target == "load") return false;
        for (const VertexKind kind : {VertexKind::load, VertexKind::stage, VertexKind::pool,
                                      VertexKind::budget, VertexKind::pipeline, VertexKind::task})
            if (is_left_out(kind, action.target)) return true;
        return false;
    });
    leave_out(scenario.twin.stages, VertexKind::stage);
    leave_out(scenario.twin.pools, VertexKind::pool);
    leave_out(scenario.twin.budgets, VertexKind::budget);
    leave_out(scenario.twin.pipelines, VertexKind::pipeline);
    // A dataset that is written by somebody who is not there would have a freshness that nobody knows.
    std::erase_if(scenario.twin.datasets, [&](const Dataset& dataset) {
        const GraphIndex at = graph.find(VertexKind::stream, dataset.name);
        for (const EdgeKind kind : {EdgeKind::writes, EdgeKind::dead_letter})
            for (const GraphIndex writer : graph.in(at, kind))
                if (!reached.contains(writer)) return true;
        return false;
    });
    for (Load& load : scenario.loads)
        if (is_left_out(VertexKind::load, load.name)) silence(load);
    return {std::move(scenario), std::move(left_out)};
}

std::vector<std::string> that_may_change(const Measure& measure, const std::vector<std::string>& elements,
                                         const Scenario& scenario, const ScenarioGraph& graph) {
    const Finder finder(scenario, graph);
    const Vertices reached = finder.reached({measure}, false);
    std::vector<std::string> those;
    for (const std::string& element : elements) {
        const Vertices bearers = finder.named(element);
        if (bearers.empty() ||
            std::any_of(bearers.begin(), bearers.end(), [&](GraphIndex v) { return reached.contains(v); }))
            those.push_back(element);
    }
    return those;
}

}  // namespace understudy::models
