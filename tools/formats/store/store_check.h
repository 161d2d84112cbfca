// Whether a store is as it was written: `understudy twin verify`.
//
// Looked at: every byte of the file by the checksum of its page (checked_pages.h) and of a log left by a kill
// (write_ahead_log.h); the structure (SQLite's integrity_check, foreign keys, the tables' definitions); the text of every
// version by its SHA-256; the chain of records, each hash computed anew; and that twins, versions and tags are what the
// records say was done. Who can write the file can make another one with a chain of its own, or one that ends earlier:
// that is seen by who has kept the hash of a record.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace understudy::formats {

struct StoreCheck {
    std::int64_t pages = 0, records = 0, twins = 0, versions = 0;
    std::string head;                   ///< hash of the last record; empty: there is none
    std::vector<std::string> hashes;    ///< of all records, the first first
    std::vector<std::string> problems;  ///< empty: it is as it was written
    /// Files that versions name and do not hold have other content than when these were kept; no problem of the store.
    std::vector<std::string> warnings;
    /// There are problems, but of checksums of pages alone: what the pages hold is as the records say, as where another
    /// program has brought a log into the file. mend_store() puts them right.
    bool mendable = false;
};

/// Others may use the store meanwhile. Throws FileError where there is none, or its file cannot be read.
StoreCheck check_store(const std::filesystem::path& folder);

struct StoreMend {
    std::int64_t resealed = 0;  ///< pages that had a wrong checksum
    StoreCheck check;           ///< as it is then
};

/// Where all else is as it was written, pages get the checksum of what they hold; where it is not, nothing is done. Waits for
/// others as every command that writes. FileError where the file cannot be written.
StoreMend mend_store(const std::filesystem::path& folder);

/// Adds a problem where no record has a hash that begins so.
void look_for_record(StoreCheck& check, const std::string& begin);

}  // namespace understudy::formats
