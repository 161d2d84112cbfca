// Reads what result_writer and trace_writer wrote, for `report`, `trace` and `replay`.
//
// Files that are absent, cut off, of random bytes, of HDF5 but not ours, or of a later format are refused
// with a FileError that says which of these it is. Functions are thread-safe.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "tools/formats/files/file_error.h"
#include "tools/studies/result.h"

namespace understudy::formats {

struct ResultFile {
    studies::RunResult result;
    /// What a killed run left (`NAME.partial`): provenance and traces only, `result` has no verdict and no
    /// metrics.
    bool partial = false;
    std::vector<std::int64_t> traced;  ///< replications with a trace, ascending, from 1
};

/// What is read of it.
enum class Contents {
    result,      ///< all that reports are made of
    everything,  ///< also what each replication found, for a run that goes on from there
};
ResultFile read_result(const std::filesystem::path& file, Contents contents = Contents::result);

/// Where a run that goes on keeps what it has: "out.h5.partial".
std::filesystem::path leftover_of(std::filesystem::path file);
/// Whether a run has its lock.
bool is_being_written(const std::filesystem::path& file);

struct ResultPlace {
    std::filesystem::path path;
    std::string note;  ///< for the user, where it is not simply the file that was asked for; else empty
};
/// `file` itself, or the leftover of a killed run, `file` + ".partial", where that is newer or alone. While a run
/// still writes it, an older `file` is taken.
ResultPlace result_or_leftover(const std::filesystem::path& file);

/// For who wants the trace: the same, but where that has none and the other of the two has one, the other.
ResultPlace traced_or_leftover(const std::filesystem::path& file);

/// Whose a file is: a result or trace that this program wrote, be it damaged; something else, HDF5 or not; or HDF5 that
/// cannot be opened, so that nobody knows. Not while other threads use HDF5.
enum class Whose { ours, foreign, unreadable };
Whose whose(const std::filesystem::path& file);

/// Takes `file` + ".partial" away, unless it is foreign or a run writes it: a later run has finished `file`.
void remove_leftover(const std::filesystem::path& file);

/// Whether the file begins as HDF5 does; false where it cannot be read.
bool looks_like_hdf5(const std::filesystem::path& file);

}  // namespace understudy::formats
