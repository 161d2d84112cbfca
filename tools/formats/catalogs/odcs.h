// Data contracts of the Open Data Contract Standard (v2 and v3) as a catalog: tables with their columns, who owns them,
// and what is promised of them.
//
// Of the service level, latency, freshness and the time of availability are promises that a scenario can judge; frequency
// says how often a table is written: a placeholder stands for what does, unless others know that (contract_tables.h). All
// else of it (retention, support, ...) is listed as not used. A promise that names an element the contract does not have is
// not used either, and says so. Contracts of the Data Contract Specification, another standard, are refused. Pure function,
// thread-safe.
#pragma once

#include <filesystem>
#include <string_view>

#include "tools/formats/catalogs/catalog.h"
#include "tools/formats/catalogs/import_problems.h"
#include "tools/formats/language/document.h"

namespace understudy::formats {

/// Whether it means to be a data contract, of this or the other standard.
bool looks_like_contract(const Node& root);

/// What makes it unusable goes to `problems`; the catalog is empty then. `file` is what datasets name as their contract.
Catalog read_contract(const Node& root, const std::filesystem::path& file, ImportProblems& problems);

}  // namespace understudy::formats
