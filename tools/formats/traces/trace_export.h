// Exports a trace in forms that others read: Nextflow's trace CSV, and a plain CSV. Replay reads both back.
//
// Both have one row per attempt of service, in the order in which the attempts end; memory grows only with
// the items that are in the system at once. Functions are thread-safe as far as the reader and the stream are
// not shared.
#pragma once

#include <cstdint>
#include <iosfwd>
#include <map>
#include <string>

#include "tools/formats/results/trace_reader.h"

namespace understudy::formats {

/// What the trace does not hold and the columns ask for: the caller knows it from the scenario.
struct ExportedElement {
    double cpus = 1;
    std::int64_t memory_bytes = 0;  ///< 0: not limited, printed as "-" or as nothing
    std::string pool;               ///< names the workers: "POOL-1", ...; empty: "worker-1", ...
};

struct ExportOptions {
    /// Instant 0 of the run, in nanoseconds since 1970-01-01T00:00Z; the plain CSV counts from it.
    std::int64_t epoch_ns = 0;
    std::map<std::string, ExportedElement> elements;  ///< by name; those absent: one core
};

/// Attempts that had not ended when the trace did.
struct ExportCount {
    std::int64_t rows = 0;
    std::int64_t open = 0;  ///< not in a Nextflow trace; in the plain CSV with empty `complete`
};

/// task_id,hash,native_id,process,tag,name,status,exit,attempt,submit,start,complete,duration,realtime,queue,cpus,
/// memory,hostname; instants in milliseconds since 1970, durations in milliseconds (as Nextflow's `trace.raw`
/// has them), memory in bytes, "-" where something is not known. The process is the element, the tag the
/// item, the queue the pool.
ExportCount export_nextflow(const TraceReader& trace, std::int64_t replication, std::ostream& out,
                            const ExportOptions& options = {});

/// item,element,attempt,enter_ns,start_ns,complete_ns,worker,status,pool,cpus,memory; attempts and workers (of
/// their pool) from 1; instants since the scenario's start, in whole nanoseconds; memory in bytes. Status: completed,
/// failed, timeout, interrupted, expired, dropped, running, waiting.
ExportCount export_csv(const TraceReader& trace, std::int64_t replication, std::ostream& out,
                       const ExportOptions& options = {});

}  // namespace understudy::formats
