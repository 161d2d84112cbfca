// The columns of a plain CSV of tasks (csv.h): which field each is, by its title or by a mapping, and in which unit.
//
// Titles are known by our words or by others' for the same, in any case, with or without a unit behind them.
// Errors: FileError. Thread-safe: nothing here is shared but words.
#pragma once

#include <array>
#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "tools/formats/logs/log_values.h"

namespace understudy::formats {

struct CsvField {
    enum Of : std::size_t {
        id,
        name,
        process,
        tag,
        workflow,
        node,
        pool,
        submitted,
        started,
        completed,
        waited,
        duration,
        realtime,
        cpus,
        memory,
        read_bytes,
        written_bytes,
        cpu_percent,
        attempt,
        status,
        result,
        parents,
        run
    };
    static constexpr std::size_t count = run + 1;
};

/// Our word for each, for messages and completion.
const std::vector<std::string>& csv_fields();

/// A mapping for headers that speak our words or others' for the same, with or without a unit behind them (also
/// those of `understudy trace --format csv`); empty if they do not say all that is needed.
std::map<std::string, std::string> own_columns(const std::vector<std::string>& header);

/// The mapping for what `understudy trace` writes as plain CSV; empty for the header of any other table.
std::map<std::string, std::string> exported_columns(const std::vector<std::string>& header);

/// The file of `--columns`: lines of our field and the table's column, "start: started_at"; '#' begins a comment.
/// Throws FileError where it cannot be read, or a line is none of these.
std::map<std::string, std::string> read_columns_file(const std::filesystem::path& path);

/// Where each field of one table stands.
class CsvColumns {
public:
    /// `mapping`: our field (or another word for it) to the table's column; "dates" (written_dates.h) is passed over.
    /// Throws FileError, in the name of `file`, where it names a field or a column that is not there, a field twice, or
    /// not what is needed.
    CsvColumns(const std::filesystem::path& file, const std::vector<std::string>& header,
               const std::map<std::string, std::string>& mapping);

    bool has(CsvField::Of field) const { return places_[field] != absent; }
    /// Of a field that the table has.
    std::size_t place(CsvField::Of field) const { return places_[field]; }
    /// ns or bytes; 0: its title says none.
    std::int64_t unit(CsvField::Of field) const { return units_[field]; }
    const std::string& title(CsvField::Of field) const { return titles_[field]; }
    /// Whether that column is some field's.
    bool uses(std::size_t column) const;

private:
    std::array<std::size_t, CsvField::count> places_ = {};
    std::array<std::int64_t, CsvField::count> units_ = {};
    std::array<std::string, CsvField::count> titles_;
};

}  // namespace understudy::formats
