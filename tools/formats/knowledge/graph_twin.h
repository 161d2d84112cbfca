// A knowledge graph that was read as a scenario; graph_merge.h puts it onto one that there is.
//
// Of an export it is the scenario with the same knowledge graph: the same things by kind and name, with labels, descriptions,
// tags, owners and relations. Of other graphs names are made from titles (catalogs/element_names.h), and the label is the
// IRI. What no graph says is as little as the language takes, and listed in `assumed`: workers without end, pipelines that
// run once, loads that bring one item, services of the mean that the graph has, or none. Versions of the twin that a store
// kept are listed, as no scenario holds them. What cannot stand in a scenario is
// in `not_used`: stages that read nothing, pipelines without tasks, columns without a dataset, promises that cannot be read.
// Pure functions, thread-safe.
#pragma once

#include <string>

#include "models/scenario.h"
#include "tools/formats/catalogs/catalog.h"
#include "tools/formats/catalogs/catalog_twin.h"
#include "tools/formats/knowledge/graph_reader.h"

namespace understudy::formats {

/// `name`: of the scenario; empty: that of the export, or "imported". std::invalid_argument without a stage or task.
CatalogTwin scenario_of(const SourceGraph& graph, const std::string& name = "", const KnownNames& known = {});

/// What was read, under the names that reports of imports have.
CatalogCounts counts_of(const SourceGraph& graph, std::size_t files);

}  // namespace understudy::formats
