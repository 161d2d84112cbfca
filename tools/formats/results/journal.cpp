#include "tools/formats/results/journal.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <iterator>
#include <utility>

#include "tools/formats/results/seal.h"

namespace understudy::formats {

namespace {

constexpr std::string_view journal_name = "understudy redo ";
constexpr std::uint64_t journal_seal_bytes = 40;

/// False where there are fewer bytes.
bool read_at(int descriptor, std::uint64_t address, std::size_t size, char* to) {
    while (size > 0) {
        const ssize_t got = ::pread(descriptor, to, size, static_cast<off_t>(address));
        if (got < 0 && errno == EINTR) continue;
        if (got <= 0) return false;
        to += got;
        address += static_cast<std::uint64_t>(got);
        size -= static_cast<std::size_t>(got);
    }
    return true;
}

/// Of a file, or 0 where it is not a regular one.
std::uint64_t size_of(int descriptor) {
    struct stat status {};
    if (::fstat(descriptor, &status) != 0 || !S_ISREG(status.st_mode)) return 0;
    return static_cast<std::uint64_t>(status.st_size);
}

}  // namespace

void PendingWrites::put(std::uint64_t address, std::string_view bytes) {
    if (bytes.empty()) return;
    const std::uint64_t end = address + bytes.size();
    auto at = by_address_.upper_bound(address);
    if (at != by_address_.begin() && std::prev(at)->first + std::prev(at)->second.size() > address) --at;
    while (at != by_address_.end() && at->first < end) {
        const std::uint64_t old = at->first, old_end = old + at->second.size();
        if (old == address && old_end == end) {  // nearly always
            at->second.assign(bytes);
            return;
        }
        if (old_end > end) by_address_.emplace(end, at->second.substr(end - old));
        if (old < address) {
            at->second.resize(address - old);
            ++at;
        } else {
            at = by_address_.erase(at);
        }
    }
    by_address_.emplace(address, bytes);
}

void PendingWrites::cut_off(std::uint64_t end) {
    by_address_.erase(by_address_.lower_bound(end), by_address_.end());
    if (by_address_.empty()) return;
    auto& [address, bytes] = *std::prev(by_address_.end());
    bytes.resize(std::min<std::uint64_t>(bytes.size(), end - address));
}

bool PendingWrites::overlaps(std::uint64_t address, std::uint64_t size) const {
    const auto at = by_address_.lower_bound(address + size);
    return at != by_address_.begin() && std::prev(at)->first + std::prev(at)->second.size() > address;
}

void PendingWrites::lay_over(std::uint64_t address, std::size_t size, char* read) const {
    const std::uint64_t end = address + size;
    auto at = by_address_.upper_bound(address);
    if (at != by_address_.begin()) --at;
    for (; at != by_address_.end() && at->first < end; ++at) {
        const std::uint64_t from = std::max(at->first, address);
        const std::uint64_t to = std::min<std::uint64_t>(at->first + at->second.size(), end);
        if (from < to)
            std::memcpy(read + (from - address), at->second.data() + (from - at->first), to - from);
    }
}

JournalBytes journal_bytes(const PendingWrites& writes, std::uint64_t begin, std::uint64_t end_in_use) {
    JournalBytes journal;
    for (const auto& [address, bytes] : writes.by_address()) {
        put_little_endian(journal.writes, address, 8);
        put_little_endian(journal.writes, bytes.size(), 8);
        journal.writes += bytes;
    }
    journal.seal = journal_name;
    put_little_endian(journal.seal, begin, 8);
    put_little_endian(journal.seal, end_in_use, 8);
    const std::uint64_t sum = checksum_of(journal.writes, journal.seal);
    put_little_endian(journal.seal, sum, 8);
    return journal;
}

bool ends_as_journal(int descriptor) {
    char name[journal_name.size()];
    const std::uint64_t size = size_of(descriptor);
    return size > journal_seal_bytes && read_at(descriptor, size - journal_seal_bytes, sizeof name, name) &&
           std::string_view(name, sizeof name) == journal_name;
}

std::optional<Journal> read_journal(int descriptor) {
    if (!ends_as_journal(descriptor)) return std::nullopt;
    struct stat status {};
    if (::fstat(descriptor, &status) != 0) return std::nullopt;
    const std::uint64_t size = static_cast<std::uint64_t>(status.st_size);
    char seal[journal_seal_bytes];
    if (size < sizeof seal || !read_at(descriptor, size - sizeof seal, sizeof seal, seal))
        return std::nullopt;
    Journal journal;
    journal.begin = get_little_endian(seal + 16, 8);
    journal.end_in_use = get_little_endian(seal + 24, 8);
    journal.device = status.st_dev;
    journal.inode = status.st_ino;
    const std::uint64_t end = size - sizeof seal;
    if (journal.begin > end || end - journal.begin > journal_most_bytes || journal.end_in_use > journal.begin)
        return std::nullopt;
    std::string bytes(end - journal.begin, '\0');
    if (!read_at(descriptor, journal.begin, bytes.size(), bytes.data())) return std::nullopt;
    if (checksum_of(bytes, std::string_view(seal, 32)) != get_little_endian(seal + 32, 8))
        return std::nullopt;
    std::uint64_t least = 0;  // where the next may begin
    std::uint64_t count = 0;
    for (std::size_t at = 0; at < bytes.size();) {
        if (bytes.size() - at < 16 || ++count > journal_most_writes) return std::nullopt;
        const std::uint64_t address = get_little_endian(bytes.data() + at, 8);
        const std::uint64_t length = get_little_endian(bytes.data() + at + 8, 8);
        at += 16;
        if (length == 0 || length > bytes.size() - at || address < least || address > journal.end_in_use ||
            length > journal.end_in_use - address)
            return std::nullopt;
        journal.writes.put(address, std::string_view(bytes).substr(at, length));
        at += length;
        least = address + length;
    }
    return journal;
}

int redo(int descriptor, const Journal& journal) {
    struct stat before {};
    if (::fstat(descriptor, &before) != 0) return errno;
    for (const auto& [address, bytes] : journal.writes.by_address())
        if (const int error = write_at(descriptor, address, bytes); error != 0) return error;
    if (const int error = resize_to(descriptor, journal.end_in_use); error != 0) return error;
    const timespec times[] = {before.st_atim, before.st_mtim};
    (void)!::futimens(descriptor, times);
    return 0;
}

LiveDisk live_disk{
    ::pwrite, [](int descriptor, off_t from, off_t size) { return ::fallocate(descriptor, 0, from, size); },
    ::ftruncate};

int write_at(int descriptor, std::uint64_t address, std::string_view bytes) {
    while (!bytes.empty()) {
        const ssize_t written =
            live_disk.write(descriptor, bytes.data(), bytes.size(), static_cast<off_t>(address));
        if (written < 0 && errno == EINTR) continue;
        if (written < 0) return errno;
        if (written == 0) return EIO;
        bytes.remove_prefix(static_cast<std::size_t>(written));
        address += static_cast<std::uint64_t>(written);
    }
    return 0;
}

int resize_to(int descriptor, std::uint64_t size) {
    while (live_disk.resize(descriptor, static_cast<off_t>(size)) != 0)
        if (errno != EINTR) return errno;
    return 0;
}

int reserve_room(int descriptor, std::uint64_t from, std::uint64_t end) {
    if (end <= from) return 0;
    // A signal undoes what was reserved; one that comes again and again may keep it from ever being done, and
    // writing without it is only less safe.
    for (int attempt = 0; attempt < 100; ++attempt) {
        if (live_disk.reserve(descriptor, static_cast<off_t>(from), static_cast<off_t>(end - from)) == 0)
            return 0;
        if (errno == EOPNOTSUPP || errno == ENOSYS) return 0;
        if (errno != EINTR) return errno;
    }
    return 0;
}

}  // namespace understudy::formats
