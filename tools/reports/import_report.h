// What an import has read, what it took for true and what it left aside, as text for people. Pure function, thread-safe.
#pragma once

#include <optional>
#include <string>

#include "tools/formats/catalogs/catalog_twin.h"
#include "tools/formats/catalogs/twin_changes.h"

namespace understudy::reports {

/// `update`: of an import onto an earlier twin.
std::string import_report(const formats::Catalog& catalog, const formats::CatalogTwin& twin,
                          const std::optional<formats::TwinUpdate>& update);

/// The last of the versions that a graph was exported from, on one line: which, by whom, when and why.
std::string origin_of(const formats::CatalogTwin& twin);

/// How many edits lead to it, and what stays.
std::string update_report(const formats::TwinUpdate& update);

}  // namespace understudy::reports
