// Profiles of the columns of a result, one row at a time, in bounded memory.
//
// Counts, extremes and means are exact. Distinct values are exact up to 1024 of them, else estimated by the 1024 least of
// their hashes (Beyer et al. 2007, the unbiased k minimum values estimate (k - 1) / u_k, standard error 3 %). Whether a column
// is unique is exact but for equal hashes of unlike values, which among 10^6 have a chance of 3e-8; where the hashes of all
// columns that are unique so far pass 192 MiB it is unknown. Not thread-safe.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "tools/formats/transformations/sql_sandbox.h"
#include "tools/studies/transformation.h"

namespace understudy::formats {

class ColumnProfiles {
public:
    explicit ColumnProfiles(const std::vector<std::string>& columns);
    ~ColumnProfiles();
    ColumnProfiles(ColumnProfiles&&) noexcept;

    void add(const SqlRow& row);
    studies::ResultProfile take();

private:
    struct Column;
    std::vector<std::unique_ptr<Column>> columns_;
    std::int64_t rows_ = 0;
    double bytes_ = 0;
    std::int64_t hash_bytes_ = 0;  ///< of all sets together
};

}  // namespace understudy::formats
