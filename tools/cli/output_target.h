// What a command may write over: an earlier output of the same kind, never its own input or a file of another kind.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace understudy::cli {

enum class OutputKind {
    result,    ///< HDF5 of ours
    page,      ///< HTML
    scenario,  ///< YAML of ours
    table,     ///< CSV: any file that is no input
    statement, ///< an in-toto statement
};

/// Before any work is done: UsageError if `out` is one of `inputs` (by any name), or is there and holds something
/// else than `kind`. Empty files and what is no regular file (pipes, /dev/null) may be written to. HDF5 that is not ours,
/// or cannot be read, is replaced by a `fresh` run alone.
void require_replaceable(const std::filesystem::path& out, OutputKind kind,
                         const std::vector<std::filesystem::path>& inputs, bool fresh = false);

/// A text that somebody goes on from. False if it is in `out` already, so that the same command twice is no error.
/// UsageError where `out` holds something else and is not to be replaced.
bool write_beginning(const std::filesystem::path& out, const std::string& text, bool replace);

}  // namespace understudy::cli
