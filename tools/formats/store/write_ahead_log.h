// The write-ahead log beside an SQLite database: whether the one that a kill has left is whole, and the checksum of its
// frames.
//
// SQLite takes from it all transactions up to the first frame with a wrong checksum and throws the rest away: rightly,
// where a kill has cut off what was being written, and silently wrong where a byte was flipped in what had been
// committed. Every frame holds the checksum that the next one goes on from, so frames can be judged one by one: one that
// is wrong, and ends a transaction or has the end of one behind it, is damage; a cut at the end is none, nor is what is
// left behind the end of an earlier, longer transaction that was never committed.
// https://www.sqlite.org/fileformat2.html#the_write_ahead_log has the format.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>

namespace understudy::formats {

/// Of the log's head, and of the head that each frame has before its page.
inline constexpr std::size_t log_head_bytes = 32, frame_head_bytes = 24;
/// Of the page that a frame holds, from 1.
std::int64_t page_number_in_frame(std::string_view frame);
/// Where the checksum stands that a frame which begins at `offset` goes on from: in the frame before it, or in the log's head.
std::size_t sum_before_frame(std::size_t offset, std::size_t page_bytes);
/// Gives a frame, its head with its page behind it, the checksum that it has after the one in the eight bytes of `before`.
/// `log_head` says how it is computed.
void seal_frame(std::string_view log_head, std::string_view before, std::string& frame);

/// What is wrong with it; empty: nothing, or there is none. While another process writes, its unfinished transaction may
/// look damaged: who holds the write lock of the database is told the truth. Throws FileError where it cannot be read.
std::string damage_of_write_ahead_log(const std::filesystem::path& log);

}  // namespace understudy::formats
