// Where things stand in a result file. Internal to tools/formats/results; docs/file-formats.md is for users.
#pragma once

#include <hdf5.h>

#include <array>
#include <cstdint>
#include <filesystem>
#include <new>
#include <stdexcept>
#include <string>
#include <vector>

#include "models/trace_sink.h"
#include "tools/formats/results/hdf5.h"
#include "tools/formats/results/result_reader.h"
#include "tools/studies/result.h"

namespace understudy::formats {

inline constexpr const char* format_name = "understudy result";
inline constexpr std::int64_t format_version = 1;
inline constexpr const char* study_format_name = "understudy study";
inline constexpr std::int64_t study_format_version = 1;
inline constexpr const char* rehearsal_format_name = "understudy rehearsal";
inline constexpr std::int64_t rehearsal_format_version = 1;
/// Rows of a trace column in one chunk: those of one block in memory.
inline constexpr std::uint64_t trace_chunk_rows = models::trace_block_rows;
/// One past the last models::TraceEvent.
inline constexpr int trace_event_count = static_cast<int>(models::TraceEvent::member) + 1;

/// Everything but the traces.
void write_result_into(hid_t file, const studies::RunResult& result);
/// What each replication found, for a run that goes on from there; nothing where nobody may.
void write_replications_into(hid_t file, const studies::RunResult& result);
/// Of a result whose metrics and series have been read. Throws Hdf5Error where it does not hold together.
void read_replications(hid_t file, studies::RunResult& result);
/// Attributes that say what the file is and where its contents come from.
void write_provenance_into(hid_t file, const studies::Provenance& provenance);
/// Settings and where they come from as the attribute `origins` has them, one a line.
std::string lines_of(const std::vector<studies::ValueOrigin>& origins);
/// Throws FileError(path) unless the file is ours and of a version we know.
void require_our_format(hid_t file, const std::string& path);
/// Whether it says that it is the answer of a study.
bool is_study(hid_t file);
/// Whether it says that it is the answer of a rehearsal.
bool is_rehearsal(hid_t file);
/// Throws as require_our_format, and Hdf5Error where it does not hold together.
ResultFile read_result_from(hid_t file, const std::filesystem::path& path, Contents contents);
/// What `read` returns; whatever it meets in a damaged file becomes a FileError that says so.
template <class Read>
auto read_guarded(const std::filesystem::path& path, Read&& read) {
    try {
        return read();
    } catch (const hdf5::Hdf5Error& error) {
        throw FileError(path, std::string("is a damaged result file: ") + error.what());
    } catch (const std::bad_alloc&) {
        throw FileError(path, "is a damaged result file: a table larger than the memory");
    } catch (const std::length_error&) {
        throw FileError(path, "is a damaged result file: a table larger than the memory");
    }
}

void write_trace_header_into(hid_t traces, const models::TraceHeader& header);
models::TraceHeader read_trace_header(hid_t traces);
/// Numbers of the groups "1", "2", ... ascending; other names are passed over.
std::vector<std::int64_t> replications_in(hid_t traces);

}  // namespace understudy::formats
