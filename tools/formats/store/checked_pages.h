// Pages of an SQLite database with a checksum each, so that a flipped byte is found wherever it lies.
//
// SQLite's own check does not look at free pages, at unused bytes within pages, or at values that are as plausible as
// those before; and Debian's SQLite comes without the extension that would. So a file system of ours (a VFS over that
// of the machine) stands between SQLite and the file: 8 bytes that SQLite leaves free at the end of each page get the
// 64-bit XXH3 of the page number and the bytes before them whenever the page is written, and are compared whenever it
// is read. A page that differs is an I/O error to SQLite (SQLITE_IOERR_DATA). Pages in the write-ahead log have it as well:
// other programs may read such a database, and the last that closes one brings the log into the file, pages as they are.
// Pages that others have changed are found by their checksum.
//
// A page of zeros alone is one that was never written, as SQLite may leave behind the last that is in use.
// The VFS is registered once and is thread-safe, as that of the machine.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

struct sqlite3;

namespace understudy::formats {

constexpr int page_bytes = 4096;
constexpr int checksum_bytes = 8;  ///< at the end of each page

/// The name for sqlite3_open_v2().
const char* checked_pages();
/// The same, but that pages are taken as they are: for who has other proof of what they hold.
const char* unchecked_pages();

struct PageCheck {
    std::int64_t pages = 0;
    std::vector<std::string> problems;  ///< empty: all are as they were written
    bool whole = true;                  ///< it is a number of pages, whatever is in them
};
/// Looks at every byte of the file. Others may write to it meanwhile: a page that differs is looked at again.
/// Throws FileError where it cannot be read.
PageCheck check_pages(const std::filesystem::path& database);

/// Gives each page whose checksum is not that of its bytes the one that is; how many there were. `database`: opened by one of
/// the names above, while nobody else writes it and its log is empty. A kill leaves some of them as they were. SQLite's code
/// where it cannot.
int reseal_pages(sqlite3* database, std::int64_t& resealed);

}  // namespace understudy::formats
