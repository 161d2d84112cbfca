// Rows of a baseline and a candidate, matched by key in any order, value by value.
//
// The baseline's rows are kept (at most 384 MiB of them, else SqlError), the candidate's pass by; nothing is sorted. Columns
// are matched by name. Two values are the same if both are null; if both are whole numbers and equal; if both are numbers and
// |a - b| <= tolerance max(1, |a|, |b|), absolute for small ones and relative for large ones; if both are texts, or both
// bytes, and equal byte by byte. NULL, '' and 0 are three values. A key is compared exactly, 1 and 1.0 being one. Rows with a
// null in the key, and rows of a key that came before, are counted and not compared. Not thread-safe.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "tools/formats/transformations/sql_sandbox.h"
#include "tools/studies/transformation.h"

namespace understudy::formats {

class RowComparison {
public:
    RowComparison(std::vector<std::string> key, double tolerance);
    ~RowComparison();

    /// Throws SqlError where a column of the key is missing.
    void begin_baseline(const std::vector<std::string>& columns);
    void add_baseline(const SqlRow& row);
    void begin_candidate(const std::vector<std::string>& columns);
    void add_candidate(const SqlRow& row);
    studies::RowDifferences take();

private:
    struct Rows;
    void require_key(const std::vector<std::string>& columns, std::vector<int>& places) const;
    /// The key of a row into key_bytes_; false: a part of it is null.
    bool take_key(const SqlRow& row, const std::vector<int>& places);
    std::string shown_key(const char* bytes) const;
    void compare_row(const SqlRow& row, const char* kept);

    std::vector<std::string> key_;
    double tolerance_;
    std::vector<std::string> baseline_columns_;
    std::vector<int> baseline_key_, candidate_key_;
    std::vector<int> other_;  ///< of the baseline's columns: that of the candidate, or -1
    std::string key_bytes_, row_bytes_;
    std::int64_t kept_ = 0;  ///< bytes of all rows
    std::unique_ptr<Rows> rows_, added_;
    studies::RowDifferences found_;
    std::vector<studies::RowDifferences::ByColumn> by_column_;
    std::vector<studies::RowExample> changed_, deleted_, added_examples_;
};

}  // namespace understudy::formats
