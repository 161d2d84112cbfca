// Writes what a rehearsal found as HDF5: its answer, both scenarios, and what each replication of both showed that the
// answer stands on. docs/file-formats.md has the layout.
//
// The bytes follow from the rehearsal alone: no times, paths or thread counts. As results of runs (result_writer.h):
// earliest format, sealed, whole or not at all. Throws FileError.
#pragma once

#include <filesystem>
#include <string>

#include "tools/studies/rehearse.h"

namespace understudy::formats {

/// `answer`: its JSON.
void write_rehearsal(const std::filesystem::path& target, const studies::RehearsalResult& result,
                     const std::string& answer);

}  // namespace understudy::formats
