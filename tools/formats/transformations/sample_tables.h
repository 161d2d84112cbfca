// Sample data for transformations: a folder of CSV files, one table each, put into a sandbox.
//
// `orders.csv` is the table `orders`; its first line names the columns. UTF-8, comma, quoted as RFC 4180 says; a field that is
// empty is NULL, one that is empty in quotes is the empty text (as PostgreSQL's COPY has it). A column is of the type that the
// dataset of the table's name declares for it; else whole numbers where all its values are, numbers where all are, text
// otherwise, going by how they are written: 007 stays text. At most 100 files and 256 MiB together.
#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

#include "tools/formats/language/diagnostics.h"
#include "tools/formats/transformations/sql_sandbox.h"

namespace understudy::formats {

/// By table and column.
using DeclaredAffinities = std::map<std::pair<std::string, std::string>, SqlAffinity>;

/// The files of a sample, by name.
std::vector<std::filesystem::path> files_of_sample(const std::filesystem::path& folder, std::error_code& error);

/// False if there was a problem, which has been reported: those of the folder at `place`, those of a file in the file.
bool load_sample(const std::string& folder, Place place, const DeclaredAffinities& declared, SqlSandbox& into,
                 Diagnostics& out);

}  // namespace understudy::formats
