// What a file holds that catalogs are read from, by its content: for a message to somebody who took it for a log of tasks.
//
// OpenLineage events (one a line, a list, or one), artifacts of dbt, exports, drawings and factories of Airflow, contracts of
// ODCS. Of JSON over many lines all is looked at, up to 256 MiB. Thread-safe.
#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "tools/formats/logs/input.h"

namespace understudy::formats {

struct CatalogKind {
    std::string what;            ///< "holds OpenLineage events", "is a data contract"
    bool tells_of_runs = false;  ///< read_history() takes it
};

/// Nothing for any other file, and for one that cannot be opened again (a pipe).
std::optional<CatalogKind> kind_of_catalog(const std::filesystem::path& file, const InputLimits& limits = {});

}  // namespace understudy::formats
