// SQLite as the store uses it: statements with values, transactions, and errors that say what to do.
//
// A write-ahead log lets others read while one writes; each commit is on the disk when it returns (synchronous FULL);
// who finds another one writing waits for ten seconds, and is told that it is busy. Pages have checksums (checked_pages.h),
// and a log that a kill has left is looked at before SQLite takes what it can of it (write_ahead_log.h). Every failure is a
// FileError. One object for one thread; any number of objects, processes and threads for one file.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>

#include "tools/formats/files/file_error.h"

struct sqlite3;
struct sqlite3_stmt;

namespace understudy::formats {

class Database;

/// Another process has been writing all the time: the same again may do (exit code 6).
class StoreBusy : public FileError {
public:
    using FileError::FileError;
};

class Statement {
public:
    Statement(Database& database, std::string_view sql);
    ~Statement();
    Statement(const Statement&) = delete;
    Statement& operator=(const Statement&) = delete;

    /// The next parameter.
    Statement& bind(std::string_view value);
    Statement& bind(std::int64_t value);
    /// Whether there is a (further) row.
    bool step();
    /// For statements without rows.
    void run() {
        while (step()) continue;
    }
    std::string text(int column) const;
    std::int64_t number(int column) const;

private:
    Database& database_;
    sqlite3_stmt* statement_ = nullptr;
    int bound_ = 0;
};

class Database {
public:
    enum class Mode {
        reading,   ///< in a folder that may not be written, as it is; else others may write meanwhile
        writing,   ///< it is there
        mending,   ///< the same, and pages are taken as they are, whatever their checksums
        creating,  ///< it is not there; whoever calls sees to it that nobody else does the same
    };
    Database(std::filesystem::path path, Mode mode);
    ~Database();
    Database(const Database&) = delete;
    Database& operator=(const Database&) = delete;

    /// One or several statements without values.
    void run(const char* sql);
    /// Of a statement with one row.
    std::int64_t number(const char* sql);
    const std::filesystem::path& path() const { return path_; }
    /// Puts all that has been committed into the file itself, so that there is nothing in the log; whether nobody was in the
    /// way. Who is in a Transaction of the kind `writing` and finds has_log() false then, is alone with the file.
    bool bring_in_log();
    bool has_log() const;
    /// Gives pages with wrong checksums the right ones (checked_pages.h), for who is alone with the file; how many.
    std::int64_t reseal();
    /// Throws what SQLite's code means for the user.
    [[noreturn]] void fail(int code) const;

private:
    friend class Statement;
    friend class Transaction;
    void open(Mode mode);
    void refuse_damaged_log();

    std::filesystem::path path_;
    sqlite3* handle_ = nullptr;
};

/// Rolled back unless it is committed. One that begins within another is a part of that, and ends with it.
class Transaction {
public:
    enum class Kind {
        reading,  ///< all statements see the same state
        writing,  ///< nobody else writes until it ends
    };
    Transaction(Database& database, Kind kind);
    ~Transaction();
    Transaction(const Transaction&) = delete;
    Transaction& operator=(const Transaction&) = delete;
    void commit();

private:
    Database& database_;
    bool open_ = true;
    bool inner_ = false;
};

}  // namespace understudy::formats
