// What a transformation's old and new code make of the same sample: rows, differences by key, columns. Values.
//
// Filled by tools/formats/transformations, which runs the code; judged by transformation_checks.h. Values are shown as SQL
// writes them, texts in single quotes, cut where they are long. Thread safety: values.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace understudy::studies {

/// One value of a column.
struct ProfiledValue {
    std::string text;   ///< as an enum has it: a text's bytes, a number without a point where it is whole
    std::string shown;  ///< as SQL writes it: a REAL that is whole is 199.0
};

/// What is in one column of a result.
struct ColumnProfile {
    std::string name;
    std::int64_t rows = 0, nulls = 0;
    // Of the values: what they are.
    std::int64_t integers = 0, reals = 0, texts = 0, blobs = 0;
    // Of the texts: what else they may be taken for.
    std::int64_t dates = 0;       ///< 2026-03-09
    std::int64_t timestamps = 0;  ///< 2026-03-09T05:00:00, or with a space, with or without a zone
    std::int64_t times = 0;       ///< 05:00:00
    std::int64_t booleans = 0;    ///< true, false
    std::int64_t decimals = 0;    ///< digits, perhaps with a sign and a point
    std::int64_t longest = 0;     ///< characters of the longest text
    std::optional<std::int64_t> least_integer, greatest_integer;
    std::optional<double> least, greatest;             ///< of all numbers, also those that came as text
    std::optional<double> mean;                        ///< of all numbers
    std::optional<std::string> first_text, last_text;  ///< in order of bytes, cut
    std::optional<std::int64_t>
        newest;                 ///< of the dates and timestamps: seconds since 1970; what has no zone is UTC
    std::int64_t distinct = 0;  ///< values that are not null; 1 and 1.0 are two
    bool distinct_is_exact = true;      ///< else estimated, by the k least hashes
    std::vector<ProfiledValue> values;  ///< all that there are, as shown in order, where they are few
    bool values_are_all = true;         ///< `values` is complete
    enum class Unique { yes, no, unknown };
    Unique unique = Unique::yes;
    std::string repeated;  ///< a value that comes twice; empty unless `unique` is no
};

struct ResultProfile {
    std::int64_t rows = 0;
    double bytes = 0;  ///< of all values: texts by their length, numbers 8
    std::vector<ColumnProfile> columns;
};

/// One row that differs, by its key.
struct RowExample {
    std::string key;     ///< "id 17"
    std::string column;  ///< empty: the whole row
    std::string baseline, candidate;
};

struct RowDifferences {
    std::vector<std::string> key;  ///< columns
    std::int64_t same = 0;         ///< within the tolerance
    std::int64_t changed = 0;      ///< rows of one key of which a value differs
    std::int64_t deleted = 0;      ///< in the baseline alone
    std::int64_t added = 0;        ///< in the candidate alone
    std::int64_t without_key_baseline = 0, without_key_candidate = 0;  ///< a null in the key
    std::int64_t repeated_baseline = 0, repeated_candidate = 0;        ///< rows of a key that came before
    struct ByColumn {
        std::string column;
        std::int64_t changed = 0;
        double greatest = 0;  ///< difference of two numbers
    };
    std::vector<ByColumn> by_column;                         ///< those that differ, in the baseline's order
    std::vector<std::string> only_baseline, only_candidate;  ///< columns that one of them has
    std::vector<RowExample> examples;                        ///< the first few of each kind

    bool any() const { return changed + deleted + added > 0; }
};

struct Transformation {
    std::string task;               ///< `pipeline.task`, or a stage
    std::string from, to, samples;  ///< as the change has them
    std::string place;              ///< `file:line:column` of the edit
    std::vector<std::string> key;
    double tolerance = 0;
    ResultProfile baseline, candidate;
    std::optional<RowDifferences> differences;  ///< absent: no key was given
};

}  // namespace understudy::studies
