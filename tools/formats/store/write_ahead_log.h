// Whether the write-ahead log that a kill has left beside an SQLite database is whole.
//
// SQLite takes from it all transactions up to the first frame with a wrong checksum and throws the rest away: rightly,
// where a kill has cut off what was being written, and silently wrong where a byte was flipped in what had been
// committed. Every frame holds the checksum that the next one goes on from, so frames can be judged one by one: one that
// is wrong and has more of the same log behind it, or ends a transaction, is damage; a cut at the end is none.
// https://www.sqlite.org/fileformat2.html#the_write_ahead_log has the format.
#pragma once

#include <filesystem>
#include <string>

namespace understudy::formats {

/// What is wrong with it; empty: nothing, or there is none. While another process writes, its unfinished transaction may
/// look damaged: who holds the write lock of the database is told the truth. Throws FileError where it cannot be read.
std::string damage_of_write_ahead_log(const std::filesystem::path& log);

}  // namespace understudy::formats
