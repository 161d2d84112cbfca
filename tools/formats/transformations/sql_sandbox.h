// SQL that nobody has vouched for, run on a few tables in memory: one SELECT, and nothing it could do harm with.
//
// An SQLite database of this process's memory. What it may do is a list: read the tables that were put in, and call the
// functions that compute a value from values. Anything else (files, ATTACH, PRAGMA, VACUUM INTO, extensions, virtual tables,
// the schema, writes of any kind, the time of day, random numbers) is refused by name when the text is compiled. Below that:
// a virtual file system that opens no file, defensive mode, no trusted schema, no extensions.
//
// Bounds, each an error that says so: SQLite's steps (deterministic: the same text on the same tables always ends at the
// same step), with processor time behind them for what one step can cost; the size of a value; the memory of SQLite; columns,
// depth and length of the text. What a statement answers depends on its text and the tables alone.
//
// Not thread-safe; the limit on memory is of all SQLite databases of the process while a sandbox lives.
#pragma once

#include <sqlite3.h>

#include <cstdint>
#include <functional>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace understudy::formats {

/// What is wrong with a text, and where: bytes from its start.
struct SqlError : std::runtime_error {
    SqlError(std::size_t where, const std::string& what_is_wrong, std::string what_to_do = "")
        : std::runtime_error(what_is_wrong), offset(where), hint(std::move(what_to_do)) {}
    std::size_t offset;
    std::string hint;
};

struct SandboxLimits {
    std::int64_t steps = 400'000'000;         ///< of SQLite's machine, for one statement
    std::int64_t rows = 10'000'000;           ///< that come out of one statement
    double processor_seconds = 60;            ///< for one statement
    int value_bytes = 1 << 20;                ///< of a text or blob, and of a row while it is sorted
    std::int64_t memory_bytes = 640LL << 20;  ///< of SQLite, tables included
};

/// A row as SQLite has it; values are valid until the next one.
class SqlRow {
public:
    explicit SqlRow(sqlite3_stmt* statement) : statement_(statement) {}
    int columns() const { return sqlite3_data_count(statement_); }
    int type(int column) const { return sqlite3_column_type(statement_, column); }  ///< SQLITE_NULL, ...
    std::int64_t integer(int column) const { return sqlite3_column_int64(statement_, column); }
    double real(int column) const { return sqlite3_column_double(statement_, column); }
    /// Of a text or blob.
    std::string_view bytes(int column) const;

private:
    sqlite3_stmt* statement_;
};

/// How the values of a table's column are kept.
enum class SqlAffinity { integer, real, text };

class SqlSandbox {
public:
    explicit SqlSandbox(const SandboxLimits& limits = {});
    ~SqlSandbox();
    SqlSandbox(const SqlSandbox&) = delete;
    SqlSandbox& operator=(const SqlSandbox&) = delete;

    /// Makes a table and lets `fill` put rows in, each by a call with a value for each column; null: NULL. Throws SqlError
    /// (offset 0) where a name is taken or memory ends.
    using Put = std::function<void(const std::vector<const std::string*>& values)>;
    void add_table(const std::string& name, const std::vector<std::pair<std::string, SqlAffinity>>& columns,
                   const std::function<void(const Put&)>& fill);

    /// Compiles the text, calls `begin` with the names of its columns and `row` with each row. Throws SqlError.
    void select(const std::string& text, const std::function<void(const std::vector<std::string>&)>& begin,
                const std::function<void(const SqlRow&)>& row);

private:
    struct Guard;
    struct CloseDatabase {
        void operator()(sqlite3* database) const { sqlite3_close_v2(database); }
    };
    [[noreturn]] void fail(int code, std::size_t offset) const;

    SandboxLimits limits_;
    std::int64_t memory_before_ = 0;
    std::unique_ptr<sqlite3, CloseDatabase> database_;
    std::unique_ptr<Guard> guard_;
};

}  // namespace understudy::formats
