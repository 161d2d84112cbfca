// A finished result file with traces: the result and the live file's columns in canonical order.
// Internal to tools/formats/results.
#pragma once

#include <filesystem>

#include "tools/studies/result.h"

namespace understudy::formats {

enum class TraceCompression {
    deflate,  ///< with shuffled bytes: a quarter to a half of the size, most of the time of a traced run
    none,
};

/// Whole or not at all; replications ascending, columns in the order of trace_columns.h, so that the bytes
/// follow from the rows alone. Throws hdf5::Hdf5Error or FileError.
void write_result_with_traces(const std::filesystem::path& target, const studies::RunResult& result,
                              const std::filesystem::path& live, TraceCompression compression);

}  // namespace understudy::formats
