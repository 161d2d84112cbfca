// Files that the scenario of a version names and does not hold, its logs and contracts: the digests of what stood in them
// when it was kept are a note in the chain of records, of the action `files`, so that others are no surprise.
// docs/file-formats.md has the text field by field. Not thread-safe, as the store.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "tools/formats/store/store.h"

namespace understudy::formats {

/// Nothing where the version names none. In the transaction that makes it.
void note_named_files(Store& store, const Version& version, const std::string& text,
                      const Signature& signature);

/// Of files as they are now, by their paths from the project; nothing: it cannot be read.
using FileDigests = std::map<std::string, std::optional<std::string>>;

/// What is not as it was then: "calls.csv has other content", "calls.csv is not there". `known`: of versions that were asked
/// for before.
std::vector<std::string> named_files_that_differ(Store& store, const Version& version, FileDigests& known);

}  // namespace understudy::formats
