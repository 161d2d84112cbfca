// What an import has read as a JSON document, for `understudy import --json`. Pure function, thread-safe.
#pragma once

#include <optional>
#include <string>

#include "tools/formats/catalogs/catalog_twin.h"
#include "tools/formats/catalogs/twin_changes.h"
#include "tools/formats/store/store.h"

namespace understudy::formats {

/// `update`: of an import onto an earlier twin; `version`: what it was kept as.
std::string import_as_json(const Catalog& catalog, const CatalogTwin& twin,
                           const std::optional<TwinUpdate>& update,
                           const std::optional<Committed>& version = {});

/// Another document of what was read, with what became of it.
std::string with_outcome(const std::string& document, const std::optional<TwinUpdate>& update,
                         const std::optional<Committed>& version = {});

}  // namespace understudy::formats
