// Reads traces out of a result file, finished or left by a killed run (`.partial`), in blocks.
//
// Throws FileError for files that are not ours, cut off or damaged, at opening or where the damage is met.
// Memory does not grow with the trace. Not thread-safe.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <vector>

#include "models/trace.h"
#include "tools/formats/files/file_error.h"

namespace understudy::formats {

class TraceReader {
public:
    explicit TraceReader(const std::filesystem::path& file);
    ~TraceReader();
    TraceReader(TraceReader&&) noexcept;

    /// Whether the run was killed: the traces end with its last flush.
    bool partial() const;
    /// Elements of the model; empty where the file has no traces.
    const models::TraceHeader& header() const;
    /// Traced replications, ascending, from 1. Empty: the run was not traced.
    const std::vector<std::int64_t>& replications() const;

    // `replication` must be one of replications().
    /// Whether the replication ran to its end.
    bool complete(std::int64_t replication) const;
    std::uint64_t rows(std::int64_t replication) const;
    std::uint64_t draws(std::int64_t replication) const;
    /// Rows [first, first + count), cut off at the end.
    std::vector<models::TraceRow> read_rows(std::int64_t replication, std::uint64_t first,
                                            std::uint64_t count) const;
    std::vector<models::TraceDraw> read_draws(std::int64_t replication, std::uint64_t first,
                                              std::uint64_t count) const;
    /// All of them in order, block by block.
    void for_each_row(std::int64_t replication,
                      const std::function<void(const models::TraceRow&)>& tell) const;
    void for_each_draw(std::int64_t replication,
                       const std::function<void(const models::TraceDraw&)>& tell) const;

private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace understudy::formats
