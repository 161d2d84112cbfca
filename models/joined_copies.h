// Where the copies of an item come together again: places that copy or divide an item, two or more ways of which lead to
// one join of parts. The copies that go those ways are the parts of one whole; any others are items on their own. Joins may
// take some of the ways each, and another all of them.
//
// Ways go through streams and stages; not through dead letters, which few take, nor past a batch or a window, which are no
// parts of anything, nor past a join of inputs, which makes the copies one before any other can. Takes time and memory
// for each pair of a place and a join.
#pragma once

#include <boost/dynamic_bitset.hpp>
#include <map>
#include <set>
#include <vector>

#include "models/graph.h"

namespace understudy::models {

/// A load or stage that writes several streams, or a stream that several stages read.
struct CopyingPlace {
    GraphIndex at = 0;
    /// Of what it writes (streams), or of its readers (stages): the first steps of ways that lead to one of ...
    std::set<GraphIndex> ways;
    /// ... these, stages to each of which at least two ways lead: which.
    std::map<GraphIndex, std::set<GraphIndex>> joins;
};

/// Can an item be at several places at once, copied or divided, joined again or not? `graph` is the scenario's own.
bool has_copies(const Scenario& scenario, const ScenarioGraph& graph);

/// Those that have such a join, in the order of the graph. `scenario` is without errors, `graph` its own.
std::vector<CopyingPlace> joined_copies(const Scenario& scenario, const ScenarioGraph& graph);

/// Joins of parts that items may come to; through dead letters as well, and past any join.
class JoinsAhead {
public:
    JoinsAhead(const Scenario& scenario, const ScenarioGraph& graph);
    /// From a stage or a stream, itself included; in the order of the graph.
    std::vector<GraphIndex> from(GraphIndex vertex) const;

private:
    std::vector<GraphIndex> joins_;
    std::vector<boost::dynamic_bitset<>> from_;
};

/// A join that copies of one place come to not all together, being copies of copies that it joins: a part of them would be
/// taken for the whole. What is joined has to be nested.
struct TornCopies {
    GraphIndex join = 0, outer = 0, inner = 0;  ///< inner: the place whose copies do not all come there
};
std::vector<TornCopies> torn_copies(const Scenario& scenario, const ScenarioGraph& graph);

}  // namespace understudy::models
