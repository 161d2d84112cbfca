#include "models/knowledge/knowledge_queries.h"

#include <algorithm>
#include <bit>
#include <boost/graph/adjacency_list.hpp>
#include <boost/graph/strong_components.hpp>
#include <boost/range/iterator_range.hpp>
#include <cstdint>
#include <deque>
#include <functional>
#include <limits>
#include <map>
#include <set>
#include <tuple>

#include "models/knowledge/column_lineage.h"
#include "models/knowledge/owners.h"

namespace understudy::models {

namespace {

using Next = std::function<void(KnowledgeIndex)>;
constexpr std::size_t unseen = std::numeric_limits<std::size_t>::max();

bool is_job(Thing thing) { return thing == Thing::stage || thing == Thing::task; }

/// Which way changes go.
class Ways {
public:
    explicit Ways(const Knowledge& g) : g_(g) {}

    /// Where a change in `v` goes on to. `first`: it began there.
    void onward(KnowledgeIndex v, bool first, const Next& next) const {
        const Thing thing = g_[v].thing;
        for (const auto e : boost::make_iterator_range(boost::out_edges(v, g_))) {
            const Relation relation = g_[e].relation;
            if (relation == Relation::produces || (relation == Relation::part_of && thing == Thing::task))
                next(boost::target(e, g_));
        }
        for (const auto e : boost::make_iterator_range(boost::in_edges(v, g_))) {
            const Relation relation = g_[e].relation;
            const bool goes = relation == Relation::consumes || relation == Relation::triggered_by ||
                              relation == Relation::follows || relation == Relation::derives_from ||
                              relation == Relation::runs_on || relation == Relation::spends ||
                              relation == Relation::revision_of;
            if (goes) next(boost::source(e, g_));
            // A pipeline as a whole is all of its tasks; one that has one late task is not.
            if (relation == Relation::part_of && thing == Thing::pipeline && (first || is_triggered(v)))
                next(boost::source(e, g_));
            if (relation == Relation::owned_by && first) next(boost::source(e, g_));
            if (relation == Relation::governed_by && first) next(boost::source(e, g_));
            if (relation == Relation::version_of && first) next(boost::source(e, g_));
        }
        if (thing == Thing::column)
            for (const KnowledgeIndex job : lineage_of_column(g_, v).reading) next(job);
    }

    void back(KnowledgeIndex v, const Next& next) const {
        for (const auto e : boost::make_iterator_range(boost::out_edges(v, g_))) {
            const Relation relation = g_[e].relation;
            if (relation == Relation::consumes || relation == Relation::triggered_by ||
                relation == Relation::follows || relation == Relation::derives_from ||
                relation == Relation::revision_of)
                next(boost::target(e, g_));
        }
        for (const auto e : boost::make_iterator_range(boost::in_edges(v, g_))) {
            const Relation relation = g_[e].relation;
            if (relation == Relation::produces ||
                (relation == Relation::part_of && g_[v].thing == Thing::pipeline))
                next(boost::source(e, g_));
        }
    }

private:
    bool is_triggered(KnowledgeIndex pipeline) const {
        for (const auto e : boost::make_iterator_range(boost::out_edges(pipeline, g_)))
            if (g_[e].relation == Relation::triggered_by) return true;
        return false;
    }

    const Knowledge& g_;
};

/// Breadth first; `start` is left out of what is returned.
template <class Step>
std::vector<Reached> reach(const Knowledge& g, KnowledgeIndex start, const Step& step) {
    std::vector<std::size_t> steps(boost::num_vertices(g), unseen);
    std::vector<Reached> found;
    std::deque<KnowledgeIndex> waiting = {start};
    steps[start] = 0;
    while (!waiting.empty()) {
        const KnowledgeIndex v = waiting.front();
        waiting.pop_front();
        step(v, v == start, [&](KnowledgeIndex next) {
            if (steps[next] != unseen) return;
            steps[next] = steps[v] + 1;
            found.push_back({next, steps[next], v});
            waiting.push_back(next);
        });
    }
    // Vertices are in order of kind and name.
    std::sort(found.begin(), found.end(), [](const Reached& a, const Reached& b) {
        return std::tuple(a.steps, a.vertex) < std::tuple(b.steps, b.vertex);
    });
    return found;
}

std::vector<Reached> onward_from(const Knowledge& g, KnowledgeIndex start) {
    const Ways ways(g);
    return reach(g, start,
                 [&](KnowledgeIndex v, bool first, const Next& next) { ways.onward(v, first, next); });
}

std::vector<KnowledgeIndex> sorted(const std::set<KnowledgeIndex>& set) { return {set.begin(), set.end()}; }

}  // namespace

Impact impact_of(const KnowledgeGraph& knowledge, KnowledgeIndex start) {
    const Knowledge& g = knowledge.graph();
    Impact impact;
    impact.reached = onward_from(g, start);
    // In order, with a mark for each: of a large twin nearly all may be touched.
    std::vector<KnowledgeIndex> touched = {start};
    std::vector<bool> is_touched(boost::num_vertices(g));
    for (const Reached& one : impact.reached) touched.push_back(one.vertex);
    std::sort(touched.begin(), touched.end());
    for (const KnowledgeIndex v : touched) is_touched[v] = true;
    std::set<KnowledgeIndex> promises, owners, contracts, competing, unknown;
    for (const KnowledgeIndex v : touched) {
        for (const KnowledgeIndex owner : who_owns(g, v)) owners.insert(owner);
        for (const auto e : boost::make_iterator_range(boost::in_edges(v, g)))
            if (g[e].relation == Relation::promised_of) promises.insert(boost::source(e, g));
        for (const auto e : boost::make_iterator_range(boost::out_edges(v, g))) {
            if (g[e].relation == Relation::governed_by) contracts.insert(boost::target(e, g));
        }
    }
    // A promise of the whole system hangs on every job.
    const auto works = [&](KnowledgeIndex v) { return is_job(g[v].thing) || g[v].thing == Thing::load; };
    if (std::any_of(touched.begin(), touched.end(), works))
        for (auto [v, end] = boost::vertices(g); v != end; ++v)
            if (g[*v].thing == Thing::promise && boost::out_degree(*v, g) == 0) promises.insert(*v);
    for (const auto e : boost::make_iterator_range(boost::out_edges(start, g))) {
        if (g[e].relation != Relation::runs_on && g[e].relation != Relation::spends) continue;
        for (const auto user : boost::make_iterator_range(boost::in_edges(boost::target(e, g), g)))
            if (!is_touched[boost::source(user, g)] &&
                (g[user].relation == Relation::runs_on || g[user].relation == Relation::spends))
                competing.insert(boost::source(user, g));
    }
    for (const KnowledgeIndex v : touched)
        if (g[v].thing == Thing::column)
            for (const KnowledgeIndex job : lineage_of_column(g, v).unknown)
                if (!is_touched[job]) unknown.insert(job);
    impact.promises = sorted(promises);
    impact.owners = sorted(owners);
    impact.contracts = sorted(contracts);
    impact.competing = sorted(competing);
    impact.unknown = sorted(unknown);
    return impact;
}

std::vector<Reached> lineage_of(const KnowledgeGraph& knowledge, KnowledgeIndex start) {
    const Ways ways(knowledge.graph());
    return reach(knowledge.graph(), start,
                 [&](KnowledgeIndex v, bool, const Next& next) { ways.back(v, next); });
}

std::vector<KnowledgeIndex> path_between(const KnowledgeGraph& knowledge, KnowledgeIndex from,
                                         KnowledgeIndex to) {
    if (from == to) return {from};
    std::map<KnowledgeIndex, KnowledgeIndex> before;
    for (const Reached& one : onward_from(knowledge.graph(), from)) before[one.vertex] = one.from;
    if (!before.contains(to)) return {};
    std::vector<KnowledgeIndex> way = {to};
    while (way.back() != from) way.push_back(before.at(way.back()));
    std::reverse(way.begin(), way.end());
    return way;
}

std::vector<std::vector<KnowledgeIndex>> cycles_in(const KnowledgeGraph& knowledge) {
    const Knowledge& g = knowledge.graph();
    const Ways ways(g);
    boost::adjacency_list<boost::vecS, boost::vecS, boost::directedS> onward(boost::num_vertices(g));
    std::vector<bool> to_itself(boost::num_vertices(g));
    for (auto [v, end] = boost::vertices(g); v != end; ++v)
        ways.onward(*v, false, [&, from = *v](KnowledgeIndex to) {
            // Who uses a pool is no part of what flows, nor is what belongs to a pipeline.
            if (g[from].thing == Thing::pool || g[from].thing == Thing::budget) return;
            if (g[from].thing == Thing::task && g[to].thing == Thing::pipeline) return;
            to_itself[from] = to_itself[from] || from == to;
            boost::add_edge(from, to, onward);
        });
    std::vector<std::size_t> component(boost::num_vertices(g));
    const std::size_t count = boost::strong_components(
        onward,
        boost::make_iterator_property_map(component.begin(), boost::get(boost::vertex_index, onward)));
    std::vector<std::vector<KnowledgeIndex>> groups(count);
    for (KnowledgeIndex v = 0; v < component.size(); ++v) groups[component[v]].push_back(v);
    std::erase_if(groups, [&](const auto& group) { return group.size() < 2 && !to_itself[group.front()]; });
    std::sort(groups.begin(), groups.end());
    return groups;
}

std::vector<CriticalPath> critical_paths(const KnowledgeGraph& knowledge) {
    const Knowledge& g = knowledge.graph();
    std::vector<CriticalPath> result;
    for (auto [p, end] = boost::vertices(g); p != end; ++p) {
        if (g[*p].thing != Thing::pipeline) continue;
        std::vector<KnowledgeIndex> tasks;
        for (const auto e : boost::make_iterator_range(boost::in_edges(*p, g)))
            if (g[e].relation == Relation::part_of) tasks.push_back(boost::source(e, g));
        // By how many tasks stand before each: those it follows come first.
        std::map<KnowledgeIndex, std::size_t> left;
        for (const KnowledgeIndex task : tasks)
            for (const auto e : boost::make_iterator_range(boost::out_edges(task, g)))
                left[task] += g[e].relation == Relation::follows ? 1 : 0;
        std::map<KnowledgeIndex, double> begins, ends;
        std::map<KnowledgeIndex, KnowledgeIndex> before;
        std::deque<KnowledgeIndex> ready;
        for (const KnowledgeIndex task : tasks)
            if (left[task] == 0) ready.push_back(task);
        while (!ready.empty()) {
            const KnowledgeIndex task = ready.front();
            ready.pop_front();
            double begin = 0;
            for (const auto e : boost::make_iterator_range(boost::out_edges(task, g))) {
                if (g[e].relation != Relation::follows) continue;
                const KnowledgeIndex earlier = boost::target(e, g);
                if (!before.contains(task) || ends[earlier] > begin) {
                    begin = ends[earlier];
                    before[task] = earlier;
                }
            }
            begin += g[task].mean_delay;
            if (g[task].not_before > begin) {
                begin = g[task].not_before;
                before.erase(task);  // whatever came before it has ended by then
            }
            begins[task] = begin;
            ends[task] = begin + g[task].least_seconds;
            for (const auto e : boost::make_iterator_range(boost::in_edges(task, g)))
                if (g[e].relation == Relation::follows && --left[boost::source(e, g)] == 0)
                    ready.push_back(boost::source(e, g));
        }
        CriticalPath path;
        path.pipeline = *p;
        const auto last = std::max_element(ends.begin(), ends.end(),
                                           [](const auto& a, const auto& b) { return a.second < b.second; });
        if (last != ends.end()) {
            path.seconds = last->second;
            path.tasks = {last->first};
            while (before.contains(path.tasks.back())) path.tasks.push_back(before.at(path.tasks.back()));
            std::reverse(path.tasks.begin(), path.tasks.end());
            for (const KnowledgeIndex task : path.tasks) path.begins.push_back(begins.at(task));
        }
        result.push_back(std::move(path));
    }
    return result;
}

std::vector<Reach> most_depends_on(const KnowledgeGraph& knowledge, std::size_t most) {
    const Knowledge& g = knowledge.graph();
    const std::size_t vertices = boost::num_vertices(g);
    // Where changes go on to, and which promises hang on each thing: those of everything hang on each job.
    boost::adjacency_list<boost::vecS, boost::vecS, boost::directedS> onward(vertices);
    const Ways ways(g);
    std::vector<KnowledgeIndex> of_everything, candidates;
    for (KnowledgeIndex v = 0; v < vertices; ++v)
        if (g[v].thing == Thing::promise && boost::out_degree(v, g) == 0) of_everything.push_back(v);
    for (KnowledgeIndex v = 0; v < vertices; ++v) {
        const Thing thing = g[v].thing;
        ways.onward(v, false, [&](KnowledgeIndex to) { boost::add_edge(v, to, onward); });
        for (const auto e : boost::make_iterator_range(boost::in_edges(v, g)))
            if (g[e].relation == Relation::promised_of) boost::add_edge(v, boost::source(e, g), onward);
        if (is_job(thing) || thing == Thing::load)
            for (const KnowledgeIndex promise : of_everything) boost::add_edge(v, promise, onward);
        if (is_job(thing) || thing == Thing::dataset || thing == Thing::pool || thing == Thing::load ||
            thing == Thing::budget)
            candidates.push_back(v);
    }
    // What goes round reaches the same; of the rest those that are reached have the lower numbers (Tarjan 1972).
    std::vector<std::size_t> group(vertices);
    const std::size_t groups = boost::strong_components(
        onward, boost::make_iterator_property_map(group.begin(), boost::get(boost::vertex_index, onward)));
    std::vector<std::size_t> things(groups), promises(groups);
    std::vector<std::vector<std::size_t>> next(groups);
    for (KnowledgeIndex v = 0; v < vertices; ++v) {
        ++(g[v].thing == Thing::promise ? promises : things)[group[v]];
        for (const auto e : boost::make_iterator_range(boost::out_edges(v, onward)))
            if (group[boost::target(e, onward)] != group[v])
                next[group[v]].push_back(group[boost::target(e, onward)]);
    }
    // As many candidates at once as a word has bits.
    constexpr std::size_t at_once = 64;
    std::vector<Reach> all;
    std::vector<std::uint64_t> reached(groups);
    for (std::size_t first = 0; first < candidates.size(); first += at_once) {
        const std::size_t count = std::min(at_once, candidates.size() - first);
        std::fill(reached.begin(), reached.end(), 0);
        for (std::size_t i = 0; i < count; ++i) {
            reached[group[candidates[first + i]]] |= std::uint64_t{1} << i;
            all.push_back({candidates[first + i], 0, 0});
        }
        for (std::size_t one = groups; one-- > 0;) {
            if (reached[one] == 0) continue;
            for (const std::size_t to : next[one]) reached[to] |= reached[one];
            for (std::uint64_t left = reached[one]; left != 0; left &= left - 1) {
                Reach& of = all[first + static_cast<std::size_t>(std::countr_zero(left))];
                of.things += things[one];
                of.promises += promises[one];
            }
        }
    }
    for (Reach& one : all) --one.things;  // itself
    std::stable_sort(all.begin(), all.end(), [](const Reach& a, const Reach& b) {
        return std::tuple(b.promises, b.things) < std::tuple(a.promises, a.things);
    });
    if (all.size() > most) all.resize(most);
    return all;
}

std::vector<KnowledgeIndex> who_owns(const Knowledge& graph, KnowledgeIndex thing) {
    std::vector<KnowledgeIndex> owners;
    for (const auto e :
         boost::make_iterator_range(boost::out_edges(dataset_of_column(graph, thing).value_or(thing), graph)))
        if (graph[e].relation == Relation::owned_by) owners.push_back(boost::target(e, graph));
    return owners;
}

std::string owners_of(const Knowledge& graph, KnowledgeIndex thing) {
    std::vector<std::string> names;
    for (const KnowledgeIndex owner : who_owns(graph, thing)) names.push_back(graph[owner].name);
    return owners_text(names);
}

}  // namespace understudy::models
