#include "tools/formats/store/database.h"

#include <fmt/format.h>
#include <sqlite3.h>
#include <unistd.h>

#include <fstream>
#include <new>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>

#include "tools/formats/files/file_error.h"
#include "tools/formats/store/checked_pages.h"
#include "tools/formats/store/write_ahead_log.h"

namespace understudy::formats {

namespace {

constexpr int wait_ms = 10'000;

std::filesystem::path log_of(const std::filesystem::path& database) { return database.string() + "-wal"; }

bool may_write(const std::filesystem::path& database) {
    const std::filesystem::path folder =
        database.has_parent_path() ? database.parent_path() : std::filesystem::path(".");
    return ::access(folder.c_str(), W_OK) == 0 && ::access(database.c_str(), W_OK) == 0;
}

/// An empty file is one to SQLite, without any table.
bool begins_as_database(const std::filesystem::path& path) {
    constexpr std::string_view magic("SQLite format 3\0", 16);
    std::string begin(magic.size(), ' ');
    std::ifstream file(path, std::ios::binary);
    file.read(begin.data(), static_cast<std::streamsize>(begin.size()));
    return file.gcount() == 0 || begin == magic;
}

/// A path as a URI that asks SQLite to take the file as it is.
std::string as_it_is(const std::filesystem::path& path) {
    std::string uri = "file:";
    for (const char c : path.string()) {
        const auto byte = static_cast<unsigned char>(c);
        if (byte > 0x20 && byte < 0x7f && c != '%' && c != '?' && c != '#')
            uri += c;
        else
            uri += fmt::format("%{:02X}", byte);
    }
    return uri + "?immutable=1";
}

constexpr const char* damaged_hint =
    "'understudy twin verify' says where; take it back from a copy, or move it away";

}  // namespace

Database::Database(std::filesystem::path path, Mode mode) : path_(std::move(path)) {
    try {
        open(mode);
    } catch (...) {
        sqlite3_close_v2(handle_);
        throw;
    }
}

Database::~Database() { sqlite3_close_v2(handle_); }

void Database::open(Mode mode) {
    std::error_code none;
    const auto kind = std::filesystem::status(path_, none).type();
    if (mode != Mode::creating) {
        if (kind == std::filesystem::file_type::not_found) throw FileError(path_, "no such file");
        if (kind != std::filesystem::file_type::regular) throw FileError(path_, "is no regular file");
    }
    if (mode != Mode::creating && !begins_as_database(path_))
        throw FileError(path_, "is no store of twins, or is damaged");
    const bool alone = mode == Mode::reading && !may_write(path_);
    if (alone && has_log())
        throw FileError(log_of(path_),
                        "a command has not ended, or was killed, and nothing may be written here to go on "
                        "from it; make the folder writable once");
    if ((mode == Mode::writing || mode == Mode::mending) && !may_write(path_))
        throw FileError(path_,
                        "not allowed to write there, or the file system is read-only; change the "
                        "permissions, or name another store with --store");
    int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_EXRESCODE | SQLITE_OPEN_NOMUTEX;
    if (mode == Mode::creating) flags |= SQLITE_OPEN_CREATE;
    if (alone) flags = SQLITE_OPEN_READONLY | SQLITE_OPEN_URI | SQLITE_OPEN_EXRESCODE | SQLITE_OPEN_NOMUTEX;
    const std::string name = alone ? as_it_is(path_) : path_.string();
    const char* const pages = mode == Mode::mending ? unchecked_pages() : checked_pages();
    if (const int code = sqlite3_open_v2(name.c_str(), &handle_, flags, pages); code != SQLITE_OK) fail(code);
    sqlite3_busy_timeout(handle_, wait_ms);
    if (mode == Mode::creating) {
        int reserved = checksum_bytes;
        sqlite3_file_control(handle_, "main", SQLITE_FCNTL_RESERVE_BYTES, &reserved);
        run(fmt::format("PRAGMA page_size = {}; PRAGMA auto_vacuum = NONE; PRAGMA journal_mode = WAL",
                        page_bytes)
                .c_str());
    } else if (!alone) {
        refuse_damaged_log();
    }
    run("PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON; PRAGMA trusted_schema = OFF; "
        "PRAGMA journal_size_limit = 0");
}

void Database::refuse_damaged_log() {
    if (damage_of_write_ahead_log(log_of(path_)).empty()) return;
    // Closing would write what can be read of it into the database, and take it away.
    sqlite3_db_config(handle_, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, nullptr);
    {
        // Nobody writes now: what still looks wrong is.
        Transaction alone(*this, Transaction::Kind::writing);
        const std::string damage = damage_of_write_ahead_log(log_of(path_));
        if (!damage.empty())
            throw FileError(log_of(path_),
                            fmt::format("is damaged: {}; what was committed last stands there alone: take "
                                        "it back from a copy, or move it away to go on without",
                                        damage));
    }
    sqlite3_db_config(handle_, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 0, nullptr);
}

bool Database::bring_in_log() {
    const int code = sqlite3_wal_checkpoint_v2(handle_, "main", SQLITE_CHECKPOINT_TRUNCATE, nullptr, nullptr);
    if (code != SQLITE_OK && (code & 0xff) != SQLITE_BUSY) fail(code);
    return code == SQLITE_OK;
}

bool Database::has_log() const {
    std::error_code none;
    const std::filesystem::path log = log_of(path_);
    return std::filesystem::exists(log, none) && std::filesystem::file_size(log, none) > 0;
}

std::int64_t Database::reseal() {
    std::int64_t resealed = 0;
    if (const int code = reseal_pages(handle_, resealed); code != SQLITE_OK) fail(code);
    return resealed;
}

void Database::fail(int code) const {
    const char* text = handle_ == nullptr ? sqlite3_errstr(code) : sqlite3_errmsg(handle_);
    switch (code & 0xff) {
        case SQLITE_BUSY:
        case SQLITE_LOCKED:
            throw StoreBusy(path_, fmt::format("another process has been writing it for {} s; try again",
                                               wait_ms / 1000));
        case SQLITE_FULL: throw FileError(path_, "no space left on the disk; free some and try again");
        case SQLITE_READONLY:
        case SQLITE_PERM:
        case SQLITE_AUTH:
            throw FileError(path_,
                            "not allowed to write there; change the permissions, or name another "
                            "store with --store");
        case SQLITE_CANTOPEN: throw FileError(path_, "cannot be opened");
        case SQLITE_NOTADB: throw FileError(path_, "is no store of twins, or is damaged");
        case SQLITE_CORRUPT: throw FileError(path_, fmt::format("is damaged; {}", damaged_hint));
        case SQLITE_NOMEM: throw std::bad_alloc();
        case SQLITE_IOERR:
            if (code == SQLITE_IOERR_DATA)
                throw FileError(path_,
                                fmt::format("is damaged: a page is not as it was written; {}", damaged_hint));
            if (code == SQLITE_IOERR_WRITE || code == SQLITE_IOERR_FSYNC || code == SQLITE_IOERR_TRUNCATE ||
                code == SQLITE_IOERR_SHMSIZE)
                throw FileError(path_, "cannot be written: the disk is full, or fails");
            throw FileError(path_, fmt::format("cannot be read or written: {}", text));
        default: throw FileError(path_, fmt::format("{} ({})", text, code));
    }
}

void Database::run(const char* sql) {
    if (const int code = sqlite3_exec(handle_, sql, nullptr, nullptr, nullptr); code != SQLITE_OK) fail(code);
}

std::int64_t Database::number(const char* sql) {
    Statement statement(*this, sql);
    return statement.step() ? statement.number(0) : 0;
}

Statement::Statement(Database& database, std::string_view sql) : database_(database) {
    const int code =
        sqlite3_prepare_v2(database.handle_, sql.data(), static_cast<int>(sql.size()), &statement_, nullptr);
    if (code != SQLITE_OK) database.fail(code);
}

Statement::~Statement() { sqlite3_finalize(statement_); }

Statement& Statement::bind(std::string_view value) {
    // A null pointer would be SQL's NULL.
    const int code = sqlite3_bind_text64(statement_, ++bound_, value.empty() ? "" : value.data(),
                                         value.size(), SQLITE_TRANSIENT, SQLITE_UTF8);
    if (code != SQLITE_OK) database_.fail(code);
    return *this;
}

Statement& Statement::bind(std::int64_t value) {
    if (const int code = sqlite3_bind_int64(statement_, ++bound_, value); code != SQLITE_OK)
        database_.fail(code);
    return *this;
}

bool Statement::step() {
    const int code = sqlite3_step(statement_);
    if (code == SQLITE_ROW) return true;
    if (code != SQLITE_DONE) database_.fail(code);
    return false;
}

std::string Statement::text(int column) const {
    const auto* text = reinterpret_cast<const char*>(sqlite3_column_text(statement_, column));
    if (text == nullptr) return "";
    return {text, static_cast<std::size_t>(sqlite3_column_bytes(statement_, column))};
}

std::int64_t Statement::number(int column) const { return sqlite3_column_int64(statement_, column); }

Transaction::Transaction(Database& database, Kind kind) : database_(database) {
    inner_ = sqlite3_get_autocommit(database_.handle_) == 0;
    if (!inner_) database_.run(kind == Kind::writing ? "BEGIN IMMEDIATE" : "BEGIN");
}

Transaction::~Transaction() {
    if (!open_ || inner_) return;
    try {
        database_.run("ROLLBACK");
    } catch (...) {
        // SQLite has rolled it back already, as it does after some errors.
    }
}

void Transaction::commit() {
    if (!inner_) database_.run("COMMIT");
    open_ = false;
}

}  // namespace understudy::formats
