// Whether two traced runs drew the same: every draw by its address, beside the other run's draw of the same address.
//
// An address is replication, element (by name), purpose, item and attempt (kernel/random.h); so a run with an element
// more draws the same wherever the other has an address, too, and this shows it. Values are compared bit by bit. Where
// a trace has an address several times, the last draw counts, as in replay.
//
// Memory is bounded, whatever the size of the traces: where they have more draws than fit, they are read several times,
// each time for a part of the addresses. Reads two files that nobody else uses meanwhile; not thread-safe.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "kernel/random.h"
#include "tools/formats/results/trace_reader.h"

namespace understudy::formats {

/// The draws of one element for one purpose, over all replications that both runs have traced.
struct AuditedStream {
    std::string element;
    kernel::Purpose purpose = kernel::Purpose::other;
    std::uint64_t equal = 0, different = 0;
    std::uint64_t only_first = 0, only_second = 0;  ///< drawn in one run alone
};

struct DifferentDraw {
    std::int64_t replication = 0;  ///< from 1
    std::string element;
    kernel::Purpose purpose = kernel::Purpose::other;
    std::uint64_t item = 0;  ///< its identity: the same in every run of the same load
    std::uint16_t attempt = 0;
    double first = 0, second = 0;
};

struct StreamAudit {
    std::vector<std::int64_t> replications;             ///< traced in both, ascending
    std::vector<std::int64_t> only_first, only_second;  ///< traced in one alone; not compared
    bool cut = false;  ///< a trace ends before its replication: what is missing says nothing
    std::vector<AuditedStream> streams;                                  ///< by element, then purpose
    std::vector<std::string> elements_only_first, elements_only_second;  ///< in alphabetical order
    /// Those with the lowest addresses (replication, element, purpose, attempt, item).
    std::vector<DifferentDraw> differences;

    std::uint64_t equal() const;
    std::uint64_t different() const;
    /// Something was drawn in both, and nothing of that differs.
    bool agrees() const { return different() == 0 && equal() > 0; }
};

struct AuditOptions {
    std::size_t differences = 10;                            ///< kept
    std::uint64_t draws_in_memory = std::uint64_t{1} << 22;  ///< of both runs, 32 bytes each
};

/// Throws FileError where a trace is damaged.
StreamAudit audit_streams(const TraceReader& first, const TraceReader& second,
                          const AuditOptions& options = {});

}  // namespace understudy::formats
