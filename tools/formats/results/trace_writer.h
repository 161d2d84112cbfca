// Writes the event traces of a run into its result file, while the run goes on.
//
//     TraceWriter traces("out.h5", header, provenance);
//     {
//         auto sink = traces.replication(1);   // any thread; one sink each replication
//         run_replication(..., *sink);
//         sink->complete();
//     }                                        // or cut short: the trace is kept and marked incomplete
//     auto problem = traces.finish(result);    // metrics and traces together, in canonical order, as
//     "out.h5"
//
// While the run goes on, rows stand in `out.h5.partial`, a plain HDF5 file that a thread of the writer's own
// fills and flushes at least every `flush_interval`. After `kill -9` that file opens and holds every row up to the
// last flush: with our readers always, with h5py or h5dump unless the kill came within a moment of a flush, until
// a reader of ours has opened it. finish() writes `out.h5` anew, replication by
// replication, so that its bytes do not depend on the order in which threads ran, and takes the `.partial`
// away.
//
// Memory: 1.3 MB a block of rows; a simulation that is faster than the disk waits once `blocks_in_flight` are
// full. Disk: while finishing, `bytes_per_row` and `bytes_per_draw` for the live file, and the compressed
// copy beside it.
//
// Failures while the run goes on (disk full) never stop the run: rows are dropped from then on, problem()
// says why, and finish() writes the result without traces. The `.partial` stays, as far as it got, where there is room for
// both; else the result comes first.
//
// Thread safety: replication(), problem() and different sinks may be used at once; one sink is one thread's.
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>

#include "models/trace_sink.h"
#include "tools/formats/files/file_error.h"
#include "tools/formats/results/trace_finish.h"
#include "tools/studies/result.h"

namespace understudy::formats {

/// Of the live file, which is not compressed; the finished one takes between a quarter and a half of it, or as much.
inline constexpr std::uint64_t trace_bytes_per_row = 35;
inline constexpr std::uint64_t trace_bytes_per_draw = 24;
/// Disk that a traced run needs at most (live file and finished file together), for `--trace-limit`.
std::uint64_t estimate_trace_bytes(std::uint64_t rows, std::uint64_t draws);

struct TraceWriterOptions {
    std::chrono::milliseconds flush_interval{1000};
    std::uint64_t rows_per_flush = 4u << 20;                   ///< flushed earlier after this many rows
    TraceCompression compression = TraceCompression::deflate;  ///< of the finished file
    int blocks_in_flight = 64;  ///< of 32768 rows or draws, over all replications
};

/// Where one replication tells its rows. Destroy it when the replication has ended.
class ReplicationTrace : public models::TraceSink {
    using models::TraceSink::TraceSink;

public:
    /// The replication ran to its end. Without this its trace is kept, marked as incomplete.
    virtual void complete() = 0;
};

class TraceWriter {
public:
    /// Creates `target` + ".partial"; throws FileError where that cannot be. A leftover of a killed run is
    /// replaced.
    TraceWriter(std::filesystem::path target, const models::TraceHeader& header,
                const studies::Provenance& provenance, TraceWriterOptions options = {});
    /// Without finish(): ends as a kill would, with the `.partial` file left (flushed).
    ~TraceWriter();
    TraceWriter(const TraceWriter&) = delete;
    TraceWriter& operator=(const TraceWriter&) = delete;

    /// A sink for replication `number`, from 1; each number once. Must not outlive the writer.
    std::unique_ptr<ReplicationTrace> replication(std::int64_t number);

    /// What went wrong so far, for a message to people; empty if nothing did.
    std::optional<std::string> problem() const;

    /// All sinks must be gone. Writes the finished file. Returns what is missing from it (then it holds
    /// everything but the traces), or nothing if all is there. Throws FileError where even the metrics could
    /// not be written.
    std::optional<std::string> finish(const studies::RunResult& result);

    /// Takes the `.partial` file away without writing anything else (a run that is not to leave a trace).
    void abandon();

    /// "out.h5.partial"
    const std::filesystem::path& live_file() const;

private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace understudy::formats
