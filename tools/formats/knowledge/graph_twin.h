// A knowledge graph that was read as a scenario, and as edits to a scenario that there is.
//
// Of an export it is the scenario with the same knowledge graph: the same things by kind and name, with labels, descriptions,
// tags, owners and relations. Of other graphs names are made from titles (catalogs/element_names.h), and the label is the
// IRI. What no graph says is as little as the language takes, and listed in `assumed`: workers without end, pipelines that
// run once, loads that bring one item, services of the mean that the graph has, or none. What cannot stand in a scenario is
// in `not_used`: stages that read nothing, pipelines without tasks, columns without a dataset, promises that cannot be read.
// Pure functions, thread-safe.
#pragma once

#include <string>

#include "models/scenario.h"
#include "tools/formats/catalogs/catalog.h"
#include "tools/formats/catalogs/catalog_twin.h"
#include "tools/formats/knowledge/graph_reader.h"
#include "tools/formats/language/document.h"

namespace understudy::formats {

/// `name`: of the scenario; empty: that of the export, or "imported". std::invalid_argument without a stage or task.
CatalogTwin scenario_of(const SourceGraph& graph, const std::string& name = "", const KnownNames& known = {});

/// What was read, under the names that reports of imports have.
CatalogCounts counts_of(const SourceGraph& graph, std::size_t files);

/// `now` with what `earlier` says wherever the graphs of both say the same, or that of `now` nothing: relations, texts, and
/// all keys that no graph has, such as services and workers. So update_of(earlier, this) is what the graph says anew.
Node with_what_is_known(Node now, const models::Scenario& now_scenario, const Node& earlier,
                        const models::Scenario& earlier_scenario);

}  // namespace understudy::formats
