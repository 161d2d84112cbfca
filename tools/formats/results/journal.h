// The redo journal of a live file (live_driver.h): what makes a flush all or nothing. Internal to
// tools/formats/results.
//
// A flush changes many places of a file at once, and a kill in between would leave an index that points to what
// is not there. So all that is to be written stands behind the end of the file first, is then written where it
// belongs, and is cut off at last. Killed before the journal is whole, the file is as of the flush before;
// killed later, whoever opens the file writes what the journal says, as often as it takes.
//
// From its begin to the end of the file, numbers of 8 bytes, little-endian:
//
//     address, length, bytes      again and again, by ascending address, apart from each other
//     "understudy redo "          16 bytes
//     begin of the journal        an address
//     end of what is in use       the file is cut off there; no address above reaches beyond it
//     checksum                    XXH3 of all from the begin to here
//
// The last 40 bytes are written after all others. At most `journal_most_bytes` and `journal_most_writes`, so that
// a file that only looks like one cannot take up memory or time; the writer refuses more (a flush of a trace has
// some hundred kB).
//
// Made for kills of the process, not of the machine: nothing is synced.
//
// Errors are numbers of errno, 0 for none. Functions may be called from any thread, for different files at once.
#pragma once

#include <sys/types.h>

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace understudy::formats {

inline constexpr std::uint64_t journal_most_bytes = std::uint64_t{128} << 20;
inline constexpr std::uint64_t journal_most_writes = std::uint64_t{1} << 20;

/// What is to be written to a file, by address; no two overlap.
class PendingWrites {
public:
    /// In place of what was to be written there.
    void put(std::uint64_t address, std::string_view bytes);
    /// Nothing at `end` and beyond.
    void cut_off(std::uint64_t end);
    bool overlaps(std::uint64_t address, std::uint64_t size) const;
    /// Puts what is pending in [address, address + size) over what was read from there.
    void lay_over(std::uint64_t address, std::size_t size, char* read) const;
    void clear() { by_address_.clear(); }
    bool empty() const { return by_address_.empty(); }
    const std::map<std::uint64_t, std::string>& by_address() const { return by_address_; }
    bool operator==(const PendingWrites&) const = default;

private:
    std::map<std::uint64_t, std::string> by_address_;
};

struct Journal {
    std::uint64_t begin = 0, end_in_use = 0;
    PendingWrites writes;
    // of the file that it stands in
    dev_t device{};
    ino_t inode{};

    bool operator==(const Journal&) const = default;
};

/// As it stands in the file, in two parts: the second makes it valid.
struct JournalBytes {
    std::string writes, seal;
};
JournalBytes journal_bytes(const PendingWrites& writes, std::uint64_t begin, std::uint64_t end_in_use);

/// Whether the file ends as a journal does; looks at 40 bytes.
bool ends_as_journal(int descriptor);
/// The journal at the end of the file; nothing where there is none or it is not as above to the last byte.
std::optional<Journal> read_journal(int descriptor);
/// Writes what it says and cuts it off. The file's time of modification stays: it says when the run was killed. After a
/// failure the journal is still there. The caller holds the file's lock alone and has seen that it is ours.
int redo(int descriptor, const Journal& journal);

/// How the bytes of a live file are changed. Tests replace it, before files are opened, to see a file after each
/// step, and what becomes of it when one fails.
struct LiveDisk {
    ssize_t (*write)(int descriptor, const void* bytes, std::size_t size, off_t address);
    int (*reserve)(int descriptor, off_t from, off_t size);  ///< room there; the file becomes that long
    int (*resize)(int descriptor, off_t size);
};
extern LiveDisk live_disk;

// Through live_disk.
int write_at(int descriptor, std::uint64_t address, std::string_view bytes);
int resize_to(int descriptor, std::uint64_t size);
/// File systems that cannot reserve: nothing happens.
int reserve_room(int descriptor, std::uint64_t from, std::uint64_t end);

}  // namespace understudy::formats
