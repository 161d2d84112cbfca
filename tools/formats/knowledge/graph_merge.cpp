#include "tools/formats/knowledge/graph_merge.h"

#include <boost/range/iterator_range.hpp>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "models/knowledge/knowledge_graph.h"
#include "models/knowledge/owners.h"

namespace understudy::formats {

namespace {

using models::Relation;
using models::Thing;

/// What a graph says of each thing.
class Said {
public:
    explicit Said(const models::Scenario& scenario) : knowledge_(scenario) {}

    std::set<std::string> of(Thing kind, const std::string& name, Relation relation) const {
        std::set<std::string> others;
        const models::Knowledge& g = knowledge_.graph();
        if (const auto v = knowledge_.find(kind, name))
            for (const auto e : boost::make_iterator_range(boost::out_edges(*v, g)))
                if (g[e].relation == relation) others.insert(g[boost::target(e, g)].name);
        return others;
    }

private:
    models::KnowledgeGraph knowledge_;
};

class Merging {
public:
    Merging(const models::Scenario& now, const models::Scenario& earlier) : now_(now), earlier_(earlier) {}

    void merge(Node& now, const Node& earlier) {
        Entry* twin = now.find("twin");
        const Entry* before = earlier.find("twin");
        if (twin != nullptr && before != nullptr && before->value.is_map()) {
            section(twin->value, before->value, "pools", Thing::pool);
            section(twin->value, before->value, "budgets", Thing::budget);
            section(twin->value, before->value, "datasets", Thing::dataset);
            section(twin->value, before->value, "stages", Thing::stage);
            section(twin->value, before->value, "pipelines", Thing::pipeline);
        }
        section(now, earlier, "load", Thing::load);
    }

private:
    using KeyRelations = std::vector<std::pair<std::string_view, std::vector<Relation>>>;

    /// Keys that say relations.
    static const KeyRelations& keys_of(Thing kind) {
        static const KeyRelations of_stages = {{"reads", {Relation::consumes}},
                                               {"writes", {Relation::produces}},
                                               {"runs_on", {Relation::runs_on}},
                                               {"spends", {Relation::spends}}};
        static const KeyRelations of_tasks = {{"reads", {Relation::consumes}},
                                              {"after", {Relation::follows}},
                                              {"writes", {Relation::produces}},
                                              {"runs_on", {Relation::runs_on}},
                                              {"spends", {Relation::spends}}};
        static const KeyRelations of_datasets = {{"contract", {Relation::governed_by}}};
        static const KeyRelations of_pipelines = {{"schedule", {Relation::triggered_by}}};
        static const KeyRelations of_loads = {{"writes", {Relation::produces}}};
        static const KeyRelations none;
        switch (kind) {
            case Thing::stage: return of_stages;
            case Thing::task: return of_tasks;
            case Thing::dataset: return of_datasets;
            case Thing::pipeline: return of_pipelines;
            case Thing::load: return of_loads;
            default: return none;
        }
    }

    void section(Node& now, const Node& earlier, std::string_view key, Thing kind) {
        Entry* elements = now.find(key);
        const Entry* before = earlier.find(key);
        if (elements != nullptr && before != nullptr && before->value.is_map())
            each(elements->value, before->value, "", kind);
    }

    void each(Node& now, const Node& earlier, const std::string& prefix, Thing kind) {
        std::map<std::string_view, const Node*> before;
        for (const Entry& entry : earlier.entries) before.emplace(entry.key, &entry.value);
        for (Entry& entry : now.entries)
            if (const auto found = before.find(entry.key);
                found != before.end() && found->second->is_map() && entry.value.is_map())
                element(entry.value, *found->second, prefix + entry.key, kind);
    }

    /// Tags in whatever order.
    static bool says_the_same(const Entry* now, const Entry* earlier) {
        if (earlier == nullptr || now->value.kind != earlier->value.kind) return false;
        std::multiset<std::string> a, b;
        for (const Node& item : now->value.items) a.insert(item.text);
        for (const Node& item : earlier->value.items) b.insert(item.text);
        return now->value.text == earlier->value.text && a == b;
    }

    static bool same_owners(const Entry* now, const Entry* earlier) {
        if (earlier == nullptr) return false;
        const auto a = models::owners_in(now->value.text), b = models::owners_in(earlier->value.text);
        return std::set(a.begin(), a.end()) == std::set(b.begin(), b.end());
    }

    void element(Node& now, const Node& earlier, const std::string& name, Thing kind) {
        Node merged = Node::map();
        merged.block = now.block;
        std::set<std::string_view> anew;
        for (const auto& [key, relations] : keys_of(kind)) {
            for (const Relation relation : relations) {
                const std::set<std::string> said = now_.of(kind, name, relation);
                if (!said.empty() && said != earlier_.of(kind, name, relation)) anew.insert(key);
            }
        }
        for (const std::string_view key : {"label", "description", "owner", "tags"})
            if (const Entry* said = now.find(key); said != nullptr &&
                                                   !says_the_same(said, earlier.find(key)) &&
                                                   !(key == "owner" && same_owners(said, earlier.find(key))))
                anew.insert(key);
        for (const Entry& entry : earlier.entries) {
            if (entry.key == "tasks" || entry.key == "columns") continue;
            const Entry* said = anew.contains(entry.key) ? now.find(entry.key) : nullptr;
            merged.add(entry.key, said != nullptr ? said->value : entry.value);
        }
        for (const std::string_view key : anew)
            if (const Entry* said = now.find(key); said != nullptr && merged.find(key) == nullptr)
                merged.add(std::string(key), said->value);
        if (const Entry* tasks = earlier.find("tasks"); tasks != nullptr) {
            Entry* mine = now.find("tasks");
            if (mine != nullptr && tasks->value.is_map())
                each(mine->value, tasks->value, name + ".", Thing::task);
            merged.add("tasks", mine != nullptr ? mine->value : tasks->value);
        }
        columns(merged, now, earlier, name);
        now = std::move(merged);
    }

    /// Those that are known stay, with what the graph says anew of where they come from.
    void columns(Node& merged, const Node& now, const Node& earlier, const std::string& dataset) {
        const Entry *mine = now.find("columns"), *before = earlier.find("columns");
        if (mine == nullptr && before == nullptr) return;
        Node all = before != nullptr ? before->value : Node::map();
        if (mine != nullptr)
            for (const Entry& column : mine->value.entries) {
                Entry* known = all.find(column.key);
                if (known == nullptr) {
                    all.add(column.key, column.value);
                    continue;
                }
                const std::string name = dataset + "." + column.key;
                const auto said = now_.of(Thing::column, name, Relation::derives_from);
                if (said.empty() || said == earlier_.of(Thing::column, name, Relation::derives_from))
                    continue;
                const Node& origins = column.value.find("derives_from")->value;
                if (Entry* old = known->value.find("derives_from"))
                    old->value = origins;
                else
                    known->value.add("derives_from", origins);
            }
        merged.add("columns", std::move(all));
    }

    Said now_, earlier_;
};

}  // namespace

Node with_what_is_known(Node now, const models::Scenario& now_scenario, const Node& earlier,
                        const models::Scenario& earlier_scenario) {
    if (!earlier.is_map()) return now;
    Merging(now_scenario, earlier_scenario).merge(now, earlier);
    return now;
}

}  // namespace understudy::formats
