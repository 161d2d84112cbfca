// How verbs take catalogs: the files, what they are, the catalog that they make together, and the twin of an earlier import.
// Shared by import, graph import and twin import.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "models/scenario.h"
#include "tools/cli/command.h"
#include "tools/formats/catalogs/catalog_reader.h"
#include "tools/formats/catalogs/set_by_hand.h"
#include "tools/formats/language/document.h"
#include "tools/formats/store/store.h"

namespace understudy::cli {

/// The files, --as and --dag. `besides`: what else the files may be, for the help.
void add_catalog_options(Options& options, const std::string& besides = "");
/// UsageError where there is none.
std::vector<std::filesystem::path> catalog_files(const Options& options);
/// UsageError for an --as that is no source.
formats::CatalogOptions catalog_options(const Options& options);

/// Reads them, with progress on a terminal; prints what is wrong. FileError where there is nothing to make a twin of.
std::optional<formats::Catalog> read_catalog_input(const std::vector<std::filesystem::path>& paths,
                                                   const formats::CatalogOptions& how);

/// The twin of an earlier import.
struct EarlierTwin {
    models::Scenario scenario;
    formats::Node document;
};
/// Prints what is wrong with it.
std::optional<EarlierTwin> earlier_twin(const std::string& path);

/// The version that the last import made, else the first, and this one; `all`: those between as well, which may be as many as
/// there were events to keep in step with. In order; one where they are the same.
std::vector<formats::VersionSinceImport> versions_since_import(formats::Store& store,
                                                               const formats::Version& latest, bool all);

}  // namespace understudy::cli
