// Plays a small scenario once and gives back all that happened, for tests of single mechanisms.
//
// Scenarios are written in the language, since it is what their meaning is defined for. Every replication ends with
// the simulation's own check of conservation, which aborts where something is lost or made up.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "models/compile/model.h"
#include "models/simulation/replication.h"
#include "models/trace.h"

namespace understudy::tests {

/// What is true of a scenario text that is put together from these: `twin`, `load`, ... as YAML sections.
struct Prepared {
    std::shared_ptr<const models::Model> model;
    std::vector<std::string> measures;  ///< texts, by probe
    kernel::Time warm_up = 0;
    std::uint64_t seed = 1;
};

/// `body` is all that follows the two first lines. A file with errors fails the test that asks for it.
Prepared prepare(const std::string& body);

struct Row {
    double time;  ///< seconds
    std::string element, event;
    std::uint64_t item;
    int attempt;
    double value;
    int worker;
};

struct Played {
    std::vector<Row> rows;
    std::vector<std::uint64_t> draws;      ///< a hash of each, in order
    std::map<std::string, double> values;  ///< by the measure's text; absent: no data
    models::ReplicationOutcome outcome;

    /// "item@seconds" of each such event, in order: "1@0 2@1.5".
    std::string when(const std::string& element, const std::string& event) const;
    /// Seconds only: "0 1.5".
    std::string times(const std::string& element, const std::string& event) const;
    /// Items only, in order: "1 2".
    std::string order(const std::string& element, const std::string& event) const;
    int count(const std::string& element, const std::string& event) const;
    double at(const std::string& measure) const;
};

Played play(const Prepared& prepared, std::uint64_t index = 0);
Played play(const std::string& body);

}  // namespace understudy::tests
