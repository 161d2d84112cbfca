// The document that a scenario was read from in the end: whole, with all that was set, and defaults of pipelines in their
// tasks. Places in it are those of the reading's diagnostics. Thread-safe: no shared state.
#pragma once

#include <string>
#include <vector>

#include "tools/formats/language/document.h"
#include "tools/formats/language/scenario_reader.h"

namespace understudy::formats {

struct EffectiveDocument {
    ScenarioReading reading;
    Node root;           ///< empty where the file could not be read
    std::string folder;  ///< where relative paths in it begin, as its own path leads there
    /// The stored version that it is, or that its twin was taken from: `orders@41`; empty: there is none.
    std::string version = {};
    /// Instances of templates that were put in place, each with what its parameters are: `orders: {template: kafka-topic,
    /// partitions: 24}`.
    Node instances = Node::map();
};

/// As read_scenario_file().
EffectiveDocument read_effective_document(const std::string& path, const std::vector<std::string>& overrides,
                                          const std::vector<std::string>& changes);

}  // namespace understudy::formats
