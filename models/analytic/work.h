// What an item of a load takes at a stage, as a law: the service expression with the values that such items carry.
//
// A sum of independent terms, each a draw times what the item carries (its records, bytes, or a field): moments are
// products and sums of theirs. What items get anew on the way, recordings, and values made of others are not known.
// Pure; not thread-safe.
#pragma once

#include <cstddef>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "models/analytic/queues.h"
#include "models/graph.h"
#include "models/scenario.h"

namespace understudy::models {

struct CarriedWork {
    WorkLaw law;
    std::string unknown;         ///< why the law is not known; empty: it is
    bool carried_twice = false;  ///< a value that the item carries decides on other work of it, too
};

class WorkOfItems {
public:
    WorkOfItems(const Scenario& scenario, const ScenarioGraph& graph);

    /// At workers of that speed.
    CarriedWork of(std::size_t stage, std::size_t load, double speed) const;

private:
    const Scenario& scenario_;
    std::map<std::string, int> users_;  ///< stages whose service goes by a value
    std::set<std::string> changed_;     ///< values that some stage gives anew
    std::vector<bool> again_;           ///< by stage: an item may come to it, or be worked on, more than once
};

}  // namespace understudy::models
