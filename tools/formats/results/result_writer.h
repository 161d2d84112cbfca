// Writes a result as HDF5: docs/file-formats.md has the layout field by field.
//
// The bytes follow from the result alone: no times, no paths, no thread counts, canonical order, the earliest
// file format. Two writes of equal results are equal by `cmp`, and so is a write of what read_result()
// returned. A result with traces is written by TraceWriter::finish (trace_writer.h). Functions are
// thread-safe.
#pragma once

#include <filesystem>
#include <string>

#include "tools/formats/files/file_error.h"
#include "tools/studies/result.h"

namespace understudy::formats {

/// The file, in memory.
std::string result_file_bytes(const studies::RunResult& result);

/// Whole or not at all (files/atomic_file.h). Throws FileError.
void write_result(const std::filesystem::path& target, const studies::RunResult& result);

}  // namespace understudy::formats
