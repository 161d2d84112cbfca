#include "tools/formats/store/checked_pages.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sqlite3.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <stdexcept>
#include <string_view>
#include <thread>

#include "tools/formats/files/file_error.h"
#include "tools/formats/ledger/unit_bytes.h"
#include "tools/formats/store/write_ahead_log.h"

namespace understudy::formats {

namespace {

constexpr std::size_t summed_bytes = page_bytes - checksum_bytes;

/// Of the page that begins at `offset`: the same bytes elsewhere are wrong.
std::uint64_t sum_of_page(const char* page, std::int64_t offset) {
    return checksum_of(std::string_view(page, summed_bytes)) +
           0x9e3779b97f4a7c15u * static_cast<std::uint64_t>(offset / page_bytes + 1);
}

std::uint64_t sum_in_page(const char* page) {
    return ByteReader(std::string_view(page + summed_bytes, checksum_bytes)).number<std::uint64_t>();
}

bool is_right(const char* page, std::int64_t offset) {
    if (sum_in_page(page) == sum_of_page(page, offset)) return true;
    return std::all_of(page, page + page_bytes, [](char byte) { return byte == 0; });
}

/// A page that is as SQLite has it but for its checksum.
void put_sum_in(char* page, std::int64_t offset) {
    ByteWriter sum;
    sum.number(sum_of_page(page, offset));
    std::memcpy(page + summed_bytes, sum.bytes().data(), checksum_bytes);
}

/// What SQLite allocates for an open file: ours, and behind it that of the machine's VFS.
struct CheckedFile {
    sqlite3_file base;
    bool has_pages;  ///< the database itself
    bool is_log;     ///< the write-ahead log
    bool checks;     ///< pages that are read
    sqlite3_file* below() { return reinterpret_cast<sqlite3_file*>(this + 1); }
};

CheckedFile* ours(sqlite3_file* file) { return reinterpret_cast<CheckedFile*>(file); }
sqlite3_file* below(sqlite3_file* file) { return ours(file)->below(); }

bool is_whole_page(sqlite3_file* file, int amount, sqlite3_int64 offset) {
    return ours(file)->has_pages && amount == page_bytes && offset % page_bytes == 0;
}

int close_file(sqlite3_file* file) { return below(file)->pMethods->xClose(below(file)); }

int read_file(sqlite3_file* file, void* buffer, int amount, sqlite3_int64 offset) {
    const int code = below(file)->pMethods->xRead(below(file), buffer, amount, offset);
    if (code != SQLITE_OK || !is_whole_page(file, amount, offset) || !ours(file)->checks) return code;
    return is_right(static_cast<const char*>(buffer), offset) ? SQLITE_OK : SQLITE_IOERR_DATA;
}

bool is_logged_page(sqlite3_file* file, int amount, sqlite3_int64 offset) {
    constexpr auto first = static_cast<sqlite3_int64>(log_head_bytes + frame_head_bytes);
    return ours(file)->is_log && amount == page_bytes && offset >= first &&
           (offset - first) % static_cast<sqlite3_int64>(frame_head_bytes + page_bytes) == 0;
}

/// SQLite has written the head of its frame before it. The frame's own checksum, and with it those of all frames behind,
/// is of a page without ours: it goes on from what the file has.
int write_logged_page(sqlite3_file* file, const char* page, sqlite3_int64 offset) {
    sqlite3_file* const log = below(file);
    const auto begin = static_cast<std::size_t>(offset) - frame_head_bytes;
    std::string log_head(log_head_bytes, '\0'), before(8, '\0'), frame(frame_head_bytes, '\0');
    const auto read = [&](std::string& into, std::size_t at) {
        return log->pMethods->xRead(log, into.data(), static_cast<int>(into.size()),
                                    static_cast<sqlite3_int64>(at));
    };
    for (const int code :
         {read(log_head, 0), read(before, sum_before_frame(begin, page_bytes)), read(frame, begin)})
        if (code != SQLITE_OK) return code == SQLITE_IOERR_SHORT_READ ? SQLITE_IOERR_WRITE : code;
    const std::int64_t number = page_number_in_frame(frame);
    frame.append(page, page_bytes);
    put_sum_in(frame.data() + frame_head_bytes, (number - 1) * page_bytes);
    seal_frame(log_head, before, frame);
    return log->pMethods->xWrite(log, frame.data(), static_cast<int>(frame.size()),
                                 static_cast<sqlite3_int64>(begin));
}

int write_file_part(sqlite3_file* file, const void* bytes, int amount, sqlite3_int64 offset) {
    if (is_logged_page(file, amount, offset))
        return write_logged_page(file, static_cast<const char*>(bytes), offset);
    if (!is_whole_page(file, amount, offset))
        return below(file)->pMethods->xWrite(below(file), bytes, amount, offset);
    // SQLite's page stays as it is: it may be in its cache.
    char page[page_bytes];
    std::memcpy(page, bytes, page_bytes);
    put_sum_in(page, offset);
    return below(file)->pMethods->xWrite(below(file), page, amount, offset);
}

int truncate_file(sqlite3_file* file, sqlite3_int64 size) {
    return below(file)->pMethods->xTruncate(below(file), size);
}
int sync_file(sqlite3_file* file, int flags) { return below(file)->pMethods->xSync(below(file), flags); }
int file_size(sqlite3_file* file, sqlite3_int64* size) {
    return below(file)->pMethods->xFileSize(below(file), size);
}
int lock_file(sqlite3_file* file, int kind) { return below(file)->pMethods->xLock(below(file), kind); }
int unlock_file(sqlite3_file* file, int kind) { return below(file)->pMethods->xUnlock(below(file), kind); }
int is_reserved_file(sqlite3_file* file, int* result) {
    return below(file)->pMethods->xCheckReservedLock(below(file), result);
}
int control_file(sqlite3_file* file, int operation, void* argument) {
    return below(file)->pMethods->xFileControl(below(file), operation, argument);
}
int sector_size(sqlite3_file* file) { return below(file)->pMethods->xSectorSize(below(file)); }
int characteristics(sqlite3_file* file) { return below(file)->pMethods->xDeviceCharacteristics(below(file)); }
int map_shared(sqlite3_file* file, int page, int size, int extend, void volatile** memory) {
    return below(file)->pMethods->xShmMap(below(file), page, size, extend, memory);
}
int lock_shared(sqlite3_file* file, int offset, int count, int flags) {
    return below(file)->pMethods->xShmLock(below(file), offset, count, flags);
}
void shared_barrier(sqlite3_file* file) { below(file)->pMethods->xShmBarrier(below(file)); }
int unmap_shared(sqlite3_file* file, int remove) {
    return below(file)->pMethods->xShmUnmap(below(file), remove);
}

/// Version 2: with the shared memory of write-ahead logs, without mapped files, whose pages nobody would look at.
constexpr sqlite3_io_methods methods = {2,
                                        close_file,
                                        read_file,
                                        write_file_part,
                                        truncate_file,
                                        sync_file,
                                        file_size,
                                        lock_file,
                                        unlock_file,
                                        is_reserved_file,
                                        control_file,
                                        sector_size,
                                        characteristics,
                                        map_shared,
                                        lock_shared,
                                        shared_barrier,
                                        unmap_shared,
                                        nullptr,
                                        nullptr};

int open_as(bool checks, sqlite3_vfs* vfs, const char* name, sqlite3_file* file, int flags, int* out_flags) {
    auto* machine = static_cast<sqlite3_vfs*>(vfs->pAppData);
    *ours(file) = {{nullptr}, (flags & SQLITE_OPEN_MAIN_DB) != 0, (flags & SQLITE_OPEN_WAL) != 0, checks};
    const int code = machine->xOpen(machine, name, below(file), flags, out_flags);
    if (below(file)->pMethods != nullptr) ours(file)->base.pMethods = &methods;
    return code;
}

int open_checked(sqlite3_vfs* vfs, const char* name, sqlite3_file* file, int flags, int* out_flags) {
    return open_as(true, vfs, name, file, flags, out_flags);
}
int open_unchecked(sqlite3_vfs* vfs, const char* name, sqlite3_file* file, int flags, int* out_flags) {
    return open_as(false, vfs, name, file, flags, out_flags);
}

/// All but opening files is the machine's: its functions take the data of its VFS from the copy.
sqlite3_vfs like_the_machines(const char* name, decltype(sqlite3_vfs::xOpen) open) {
    sqlite3_vfs* machine = sqlite3_vfs_find(nullptr);
    if (machine == nullptr) throw std::runtime_error("SQLite knows no file system");
    sqlite3_vfs vfs = *machine;
    vfs.szOsFile = static_cast<int>(sizeof(CheckedFile)) + machine->szOsFile;
    vfs.zName = name;
    vfs.pNext = nullptr;
    vfs.pAppData = machine;
    vfs.xOpen = open;
    return vfs;
}

const char* registered(sqlite3_vfs& vfs) {
    if (sqlite3_vfs_register(&vfs, 0) != SQLITE_OK)
        throw std::runtime_error("SQLite takes no file system of ours");
    return vfs.zName;
}

}  // namespace

const char* checked_pages() {
    static sqlite3_vfs vfs = like_the_machines("understudy-checked-pages", open_checked);
    static const char* const name = registered(vfs);
    return name;
}

const char* unchecked_pages() {
    static sqlite3_vfs vfs = like_the_machines("understudy-unchecked-pages", open_unchecked);
    static const char* const name = registered(vfs);
    return name;
}

int reseal_pages(sqlite3* database, std::int64_t& resealed) {
    resealed = 0;
    sqlite3_file* file = nullptr;
    if (const int code = sqlite3_file_control(database, "main", SQLITE_FCNTL_FILE_POINTER, &file);
        code != SQLITE_OK)
        return code;
    sqlite3_int64 size = 0;
    if (const int code = file_size(file, &size); code != SQLITE_OK) return code;
    for (sqlite3_int64 offset = 0; offset + page_bytes <= size; offset += page_bytes) {
        char page[page_bytes];
        if (const int code = below(file)->pMethods->xRead(below(file), page, page_bytes, offset);
            code != SQLITE_OK)
            return code;
        if (is_right(page, offset)) continue;
        if (const int code = write_file_part(file, page, page_bytes, offset); code != SQLITE_OK) return code;
        ++resealed;
    }
    return resealed > 0 ? sync_file(file, SQLITE_SYNC_FULL) : SQLITE_OK;
}

namespace {

struct OpenFile {
    explicit OpenFile(const std::filesystem::path& path)
        : descriptor(::open(path.c_str(), O_RDONLY | O_CLOEXEC)) {
        if (descriptor < 0) throw FileError(path, fmt::format("cannot be read: {}", std::strerror(errno)));
    }
    ~OpenFile() { ::close(descriptor); }
    OpenFile(const OpenFile&) = delete;
    OpenFile& operator=(const OpenFile&) = delete;
    int descriptor;
};

}  // namespace

PageCheck check_pages(const std::filesystem::path& database) {
    constexpr std::size_t most_problems = 20;
    PageCheck check;
    const OpenFile file(database);
    struct stat status {};
    if (::fstat(file.descriptor, &status) != 0)
        throw FileError(database, fmt::format("cannot be read: {}", std::strerror(errno)));
    check.whole = status.st_size > 0 && status.st_size % page_bytes == 0;
    if (status.st_size == 0) check.problems.push_back("it is empty");
    if (status.st_size % page_bytes != 0)
        check.problems.push_back(
            fmt::format("{} bytes are no whole number of pages of {}", status.st_size, page_bytes));
    check.pages = status.st_size / page_bytes;
    std::size_t wrong = 0;
    for (std::int64_t number = 0; number < check.pages; ++number) {
        char page[page_bytes];
        bool right = false;
        // A checkpoint of another process may be writing the very page.
        for (int attempt = 0; attempt < 3 && !right; ++attempt) {
            if (attempt > 0) std::this_thread::sleep_for(std::chrono::milliseconds(2));
            const ssize_t got =
                ::pread(file.descriptor, page, page_bytes, static_cast<off_t>(number) * page_bytes);
            if (got < 0) throw FileError(database, fmt::format("cannot be read: {}", std::strerror(errno)));
            right = got == page_bytes && is_right(page, number * page_bytes);
        }
        if (right) continue;
        if (++wrong <= most_problems)
            check.problems.push_back(fmt::format("page {} (bytes {} to {}) is not as it was written",
                                                 number + 1, number * page_bytes,
                                                 (number + 1) * page_bytes - 1));
    }
    if (wrong > most_problems)
        check.problems.push_back(fmt::format("and {} more pages", wrong - most_problems));
    return check;
}

}  // namespace understudy::formats
