// The file that traces stand in while the run goes on. Internal to tools/formats/results.
//
// Made to be killed: uncompressed chunks of fixed size, so that growing a column rewrites its last chunk in
// place with the same rows in front, and all else reaches the disk at a flush, as one (live_driver.h). What a
// flush has saved is never moved or freed.
//
// One thread's. Throws hdf5::Hdf5Error; destroy the object then: the disk keeps what the last flush left.
#pragma once

#include <filesystem>
#include <map>
#include <memory>

#include "models/trace_sink.h"
#include "tools/formats/results/hdf5.h"
#include "tools/studies/result.h"

namespace understudy::formats {

class LiveFile {
public:
    LiveFile(const std::filesystem::path& path, const models::TraceHeader& header,
             const studies::Provenance& provenance);
    ~LiveFile();

    /// Makes the replication's group, also if it never has a row.
    void begin(std::int64_t replication);
    /// Rows [first, end) of a block; each block begins where the one before was full.
    template <class Row>
    void append(std::int64_t replication, const models::TraceBlock<Row>& rows, std::uint32_t first,
                std::uint32_t end);
    void end(std::int64_t replication, bool complete);
    void flush();
    void close();

private:
    struct Replication;
    hdf5::OutputFile file_;
    hdf5::Handle traces_;
    std::map<std::int64_t, std::unique_ptr<Replication>> open_;
};

}  // namespace understudy::formats
