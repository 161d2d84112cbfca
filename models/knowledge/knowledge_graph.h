// What a twin knows of its parts, as a typed Boost graph: who produces and consumes what, what it runs on, who answers for
// it, what was promised of it.
//
// Edges are sentences, from their subject to their object: "ingest produces orders_raw", "clean consumes orders_raw",
// "clean runs on spark", "orders_clean owned by orders". Vertices are in order of (kind, name), edges in the order of the
// scenario, so that whatever is written from it is the same for the same scenario. Built from a scenario without errors
// (models/check.h). Immutable; thread-safe.
#pragma once

#include <boost/graph/adjacency_list.hpp>
#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "models/scenario.h"

namespace understudy::models {

enum class Thing {
    load,
    dataset,
    column,
    stage,
    pipeline,
    task,
    pool,
    budget,
    owner,
    contract,
    promise,
    twin,    ///< in the store, with its versions
    version  ///< of such a twin
};
enum class Relation {
    produces,      ///< load, stage, task -> dataset
    consumes,      ///< stage, task -> dataset
    triggered_by,  ///< pipeline -> dataset
    follows,       ///< task -> the task before it
    part_of,       ///< task -> pipeline, column -> dataset
    derives_from,  ///< column -> the column that it is made of
    runs_on,       ///< stage, task -> pool
    spends,        ///< stage, task -> budget
    owned_by,      ///< anything -> owner; version -> its author
    governed_by,   ///< dataset -> contract
    promised_of,   ///< promise -> what it is about
    version_of,    ///< version -> twin
    revision_of,   ///< version -> the version before it
};
/// "dataset", "runs on".
const char* name_of(Thing thing);
const char* name_of(Relation relation);

struct KnowledgeVertex {
    Thing thing = Thing::dataset;
    std::string name;   ///< of a task `pipeline.task`, of a column `dataset.column`, of a promise its text
    std::string label;  ///< in the outside world; may be empty
    std::string description;
    std::vector<std::string> tags;
    /// Of a stage or task: what one item or run takes by itself, in seconds; 0: at once, or nobody knows without an item.
    double mean_service = 0;
    /// Of a task: what that takes on the fastest workers, and what it moves (least_time.h).
    double least_seconds = 0;
    double not_before = 0;  ///< of a task: seconds after its run was due
    double mean_delay = 0;  ///< of a task: from ready to handed over, in seconds
    std::string time;       ///< of a version: when it was made, as 2026-03-09T05:00:00Z
    bool origin_told =
        false;  ///< of a column: somebody says what it is made of, or that it is made of nothing
};
struct KnowledgeEdge {
    Relation relation = Relation::produces;
};
using Knowledge =
    boost::adjacency_list<boost::vecS, boost::vecS, boost::bidirectionalS, KnowledgeVertex, KnowledgeEdge>;
using KnowledgeIndex = Knowledge::vertex_descriptor;

/// A version of a twin that a store keeps, and the change that made it.
struct KeptVersion {
    std::string twin, name;  ///< `orders`, `orders@41`
    std::string author, time, reason;
};

class KnowledgeGraph {
public:
    /// `versions`: that which the scenario is or takes its twin from, after those before it in order; none: it comes from no
    /// store. Of such a graph the twin and its versions are things as well.
    explicit KnowledgeGraph(const Scenario& scenario, const std::vector<KeptVersion>& versions = {});

    const Knowledge& graph() const { return graph_; }
    /// What is called so: the things that work before what they write, where both share a name. Labels are names too, where
    /// nothing else is called so.
    std::optional<KnowledgeIndex> find(const std::string& name) const;
    std::optional<KnowledgeIndex> find(Thing thing, const std::string& name) const;
    /// The version that the scenario is or takes its twin from.
    std::optional<KnowledgeIndex> version() const { return version_; }
    /// All names and labels, in order, for "did you mean".
    std::vector<std::string> names() const;

private:
    KnowledgeIndex add(Thing thing, const std::string& name, const Description& description = {});
    void link(KnowledgeIndex from, KnowledgeIndex to, Relation relation);

    Knowledge graph_;
    std::map<std::pair<Thing, std::string>, KnowledgeIndex> by_name_;
    std::map<std::string, KnowledgeIndex> by_any_name_;
    std::optional<KnowledgeIndex> version_;
};

}  // namespace understudy::models
