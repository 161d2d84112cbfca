// Questions to the knowledge graph: what does it touch, where does it come from, how are two things connected, whom to ask.
//
// What changes in a thing goes on to whoever consumes what it produces, to the tasks that follow it and the pipelines that a
// dataset triggers; what changes in a pool or budget, to all that use it. A column goes on to the columns that derive from
// it and to the jobs that make these; a version to those that were made from it. Each answer is in order of distance, then
// kind and name. Pure, thread-safe; linear in the graph, but for most_depends_on().
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "models/knowledge/knowledge_graph.h"

namespace understudy::models {

/// One thing that was reached.
struct Reached {
    KnowledgeIndex vertex = 0;
    std::size_t steps = 0;    ///< from where it began
    KnowledgeIndex from = 0;  ///< the neighbour through which it was reached first
};

/// What a change in one thing may touch.
struct Impact {
    std::vector<Reached> reached;
    std::vector<KnowledgeIndex>
        promises;  ///< about the thing itself and all that is reached; those of everything as well
    std::vector<KnowledgeIndex> owners;     ///< of these
    std::vector<KnowledgeIndex> contracts;  ///< of the datasets among them
    /// What uses the same pools and budgets as the thing itself, and is not reached otherwise: it may have to wait.
    std::vector<KnowledgeIndex> competing;
    /// Of a column: jobs that read its dataset and of which nobody knows the columns.
    std::vector<KnowledgeIndex> unknown;
};
Impact impact_of(const KnowledgeGraph& knowledge, KnowledgeIndex start);

/// What a thing is made of: the way back of impact_of().
std::vector<Reached> lineage_of(const KnowledgeGraph& knowledge, KnowledgeIndex start);

/// A shortest way by which a change in `from` comes to `to`, both included; empty: there is none.
std::vector<KnowledgeIndex> path_between(const KnowledgeGraph& knowledge, KnowledgeIndex from,
                                         KnowledgeIndex to);

/// Things that changes go round in, each group in order of names.
std::vector<std::vector<KnowledgeIndex>> cycles_in(const KnowledgeGraph& knowledge);

/// The tasks of a pipeline that no run can be shorter than, as long as each takes its mean and nobody waits.
struct CriticalPath {
    KnowledgeIndex pipeline = 0;
    std::vector<KnowledgeIndex> tasks;  ///< in their order
    std::vector<double> begins;         ///< of each, in seconds after the run was due
    double seconds = 0;
};
std::vector<CriticalPath> critical_paths(const KnowledgeGraph& knowledge);

/// How much hangs on each load, job, dataset, pool and budget: how many others its impact reaches, and promises; the most
/// first.
struct Reach {
    KnowledgeIndex vertex = 0;
    std::size_t things = 0;
    std::size_t promises = 0;
};
std::vector<Reach> most_depends_on(const KnowledgeGraph& knowledge, std::size_t most);

/// Who answers for a thing: of a column those of its dataset.
std::vector<KnowledgeIndex> who_owns(const Knowledge& graph, KnowledgeIndex thing);
/// The text of `owner` of a thing, as it would be written (owners.h); empty where nobody answers for it.
std::string owners_of(const Knowledge& graph, KnowledgeIndex thing);

}  // namespace understudy::models
