// Writes what a study found as HDF5: its answer, and what each replication of each setting showed that the answer stands
// on. docs/file-formats.md has the layout.
//
// The bytes follow from the study alone: no times, paths or thread counts, settings and replications in canonical order.
// As results of runs (result_writer.h): earliest format, sealed, whole or not at all. Throws FileError.
#pragma once

#include <cstdint>
#include <filesystem>
#include <set>
#include <string>
#include <vector>

#include "kernel/time.h"
#include "tools/studies/result.h"
#include "tools/studies/study.h"
#include "tools/studies/units.h"

namespace understudy::formats {

struct StudyFile {
    std::string version;  ///< of understudy
    std::string base;     ///< digest of what is simulated
    studies::Asked asked;
    std::uint64_t seed = 1;
    kernel::Time warm_up = 0;
    std::string answer;  ///< JSON
    /// Of all that its base sets, before anything varies.
    std::vector<studies::ValueOrigin> origins = {};
};

/// `store` has all of the units.
void write_study(const std::filesystem::path& target, const studies::Study& study, const StudyFile& file,
                 const std::set<studies::Unit>& units, const studies::UnitStore& store);

}  // namespace understudy::formats
