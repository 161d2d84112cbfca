// Where the copies of an item come together again: places that copy or divide an item, two or more ways of which lead to
// one join of parts. The copies that go those ways are the parts of one whole; any others are items on their own.
//
// Ways go through streams and stages; not through dead letters, which few take, nor past a join of inputs, which makes
// the copies one before any other can. O(places x stages).
#pragma once

#include <set>
#include <vector>

#include "models/graph.h"

namespace understudy::models {

/// A load or stage that writes several streams, or a stream that several stages read.
struct CopyingPlace {
    GraphIndex at = 0;
    /// Of what it writes (streams), or of its readers (stages): the first steps of ways that lead to one of ...
    std::set<GraphIndex> ways;
    std::set<GraphIndex> joins;  ///< ... these, stages to each of which at least two ways lead
};

/// Those that have such a join, in the order of the graph. `scenario` is without errors, `graph` its own.
std::vector<CopyingPlace> joined_copies(const Scenario& scenario, const ScenarioGraph& graph);

/// Stages from which items can come to a join of parts, these joins among them; through dead letters as well.
std::set<GraphIndex> leading_to_joins(const Scenario& scenario, const ScenarioGraph& graph);

}  // namespace understudy::models
