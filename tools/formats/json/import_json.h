// What an import has read as a JSON document, for `understudy import --json`. Pure function, thread-safe.
#pragma once

#include <optional>
#include <string>

#include "tools/formats/catalogs/catalog_twin.h"
#include "tools/formats/catalogs/twin_changes.h"

namespace understudy::formats {

/// `update`: of an import onto an earlier twin.
std::string import_as_json(const Catalog& catalog, const CatalogTwin& twin,
                           const std::optional<TwinUpdate>& update);

}  // namespace understudy::formats
