#include "tools/formats/results/live_driver.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <iterator>
#include <map>
#include <memory>
#include <new>
#include <string_view>

#include "tools/formats/files/atomic_file.h"
#include "tools/formats/results/hdf5.h"

namespace understudy::formats::hdf5 {

namespace {

/// Ranges of addresses, joined where they touch.
class AddressRanges {
public:
    void add(std::uint64_t begin, std::uint64_t end) {
        auto at = ranges_.upper_bound(begin);
        if (at != ranges_.begin() && std::prev(at)->second >= begin) --at;
        while (at != ranges_.end() && at->first <= end) {
            begin = std::min(begin, at->first);
            end = std::max(end, at->second);
            at = ranges_.erase(at);
        }
        ranges_.emplace(begin, end);
    }
    bool overlap(std::uint64_t begin, std::uint64_t end) const {
        const auto at = ranges_.lower_bound(end);
        return at != ranges_.begin() && std::prev(at)->second > begin;
    }

private:
    std::map<std::uint64_t, std::uint64_t> ranges_;
};

/// The driver's part of the file access properties. HDF5 copies it byte by byte.
struct Options {
    const Journal* journal;  ///< of a file to be read, else none
};

struct LiveFileDriver : H5FD_t {
    LiveFileDriver() : H5FD_t{} {}

    int descriptor = -1;
    bool writable = false;
    bool given_up = false;
    int error = 0;  ///< the first; nothing is written after it
    dev_t device{};
    ino_t inode{};
    haddr_t end_of_addresses = 0, end_of_file = 0;
    haddr_t committed = 0;  ///< end of what was in use at the last commit; 0 before the first
    PendingWrites pending;
    AddressRanges other_than_rows;  ///< that are on the disk

    bool goes_straight(H5FD_mem_t type, haddr_t address, std::string_view bytes) const {
        // Before the first commit nothing: what is not HDF5 by its first bytes would be taken for somebody else's.
        return type == H5FD_MEM_DRAW && committed > 0 && !given_up && error == 0 &&
               !bytes.starts_with("GCOL") && !pending.overlaps(address, bytes.size()) &&
               !other_than_rows.overlap(address, address + bytes.size());
    }

    int write_pending();
    int write_pending_by_journal();
    int commit();
};

/// The superblock first, which says how long the file is; then what nothing points to yet; then what changes. In
/// this order a reader that knows nothing of journals will nearly always do, wherever a kill comes. A new file has
/// its superblock last: until then it cannot be read.
int LiveFileDriver::write_pending() {
    for (int turn = 0; turn < 3; ++turn) {
        for (const auto& [address, bytes] : pending.by_address()) {
            const bool changes = other_than_rows.overlap(address, address + bytes.size());
            const bool first = address == 0 && committed > 0, last = changes || address == 0;
            if ((first ? 0 : last ? 2 : 1) != turn) continue;
            if (const int failed = write_at(descriptor, address, bytes); failed != 0) return failed;
        }
    }
    return resize_to(descriptor, end_of_addresses);
}

int LiveFileDriver::write_pending_by_journal() {
    struct stat status {};
    if (::fstat(descriptor, &status) != 0) return errno;
    const std::uint64_t size = static_cast<std::uint64_t>(status.st_size);
    // Behind all that is on the disk, also where less is in use now than was.
    const std::uint64_t begin = std::max<std::uint64_t>(size, end_of_addresses);
    const JournalBytes journal = journal_bytes(pending, begin, end_of_addresses);
    if (journal.writes.size() > journal_most_bytes || pending.by_address().size() > journal_most_writes)
        return EFBIG;
    const std::uint64_t seal_at = begin + journal.writes.size();
    // Room for all: from here to the end no disk can turn out to be full.
    int failed =
        reserve_room(descriptor, std::min<std::uint64_t>(committed, size), seal_at + journal.seal.size());
    if (failed == 0) failed = write_at(descriptor, begin, journal.writes);
    if (failed == 0) failed = write_at(descriptor, seal_at, journal.seal);
    if (failed != 0) {
        (void)resize_to(descriptor, size);
        return failed;
    }
    return write_pending();
}

int LiveFileDriver::commit() {
    if (error != 0 || given_up) return error;
    pending.cut_off(end_of_addresses);
    if (pending.empty()) return 0;
    if (committed == 0) {
        // Known for HDF5 as soon as it is not empty.
        error = write_at(descriptor, 0, "\x89HDF\r\n\x1a\n");
        if (error == 0) error = reserve_room(descriptor, 0, end_of_addresses);
        if (error == 0) error = write_pending();
    } else {
        error = write_pending_by_journal();
    }
    if (error != 0) return error;
    for (const auto& [address, bytes] : pending.by_address())
        other_than_rows.add(address, address + bytes.size());
    pending.clear();
    committed = end_of_addresses;
    return 0;
}

// ---- what HDF5 calls

LiveFileDriver& live(H5FD_t* file) { return *static_cast<LiveFileDriver*>(file); }
const LiveFileDriver& live(const H5FD_t* file) { return *static_cast<const LiveFileDriver*>(file); }

/// What hdf5.cpp finds the number in.
herr_t fail(const char* doing, int error) {
    H5Epush2(H5E_DEFAULT, __FILE__, __func__, __LINE__, H5E_ERR_CLS, H5E_IO, H5E_WRITEERROR, "%s, errno = %d",
             doing, error);
    return -1;
}

H5FD_t* open_file(const char* name, unsigned flags, hid_t access, haddr_t) {
    const auto* options = static_cast<const Options*>(H5Pget_driver_info(access));
    if (options == nullptr) return nullptr;
    std::unique_ptr<LiveFileDriver> file(new (std::nothrow) LiveFileDriver);
    if (!file) return nullptr;
    file->writable = (flags & H5F_ACC_RDWR) != 0;
    const int how = (file->writable ? O_RDWR : O_RDONLY) | ((flags & H5F_ACC_CREAT) != 0 ? O_CREAT : 0) |
                    ((flags & H5F_ACC_EXCL) != 0 ? O_EXCL : 0) | O_CLOEXEC;
    file->descriptor = ::open(name, how, 0666);
    const auto give_up = [&](const char* doing, int error) {
        if (file->descriptor >= 0) ::close(file->descriptor);
        fail(doing, error);
        return nullptr;
    };
    if (file->descriptor < 0) return give_up("cannot open", errno);
    // Before it is made empty, and also where HDF5 is told not to lock: whoever has the lock may bring a journal
    // into the file.
    if (file->writable && ::flock(file->descriptor, LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK)
        return give_up("cannot lock", errno);
    if ((flags & H5F_ACC_TRUNC) != 0 && ::ftruncate(file->descriptor, 0) != 0)
        return give_up("cannot empty", errno);
    struct stat status {};
    if (::fstat(file->descriptor, &status) != 0) return give_up("cannot open", errno);
    file->device = status.st_dev;
    file->inode = status.st_ino;
    file->end_of_file = static_cast<haddr_t>(status.st_size);
    if (options->journal != nullptr) {
        if (options->journal->device != status.st_dev || options->journal->inode != status.st_ino)
            return give_up("another file", ENOENT);
        try {
            file->pending = options->journal->writes;
        } catch (const std::bad_alloc&) {
            return give_up("cannot open", ENOMEM);
        }
        file->end_of_file = options->journal->end_in_use;
    }
    return file.release();
}

herr_t close_file(H5FD_t* base) {
    const std::unique_ptr<LiveFileDriver> file(&live(base));
    // What closing changes is where the file ends; all else has been committed. Where that fails, the file is as of
    // the last commit, which is as good.
    try {
        if (file->writable) (void)file->commit();
    } catch (const std::bad_alloc&) {
    }
    ::close(file->descriptor);
    return 0;
}

int compare_files(const H5FD_t* a, const H5FD_t* b) {
    const LiveFileDriver &first = live(a), &second = live(b);
    if (first.device != second.device) return first.device < second.device ? -1 : 1;
    if (first.inode != second.inode) return first.inode < second.inode ? -1 : 1;
    return 0;
}

herr_t query(const H5FD_t*, unsigned long* flags) {
    // No accumulation of metadata: it is done here.
    if (flags != nullptr) {
        *flags = H5FD_FEAT_AGGREGATE_METADATA | H5FD_FEAT_AGGREGATE_SMALLDATA | H5FD_FEAT_DATA_SIEVE |
                 H5FD_FEAT_DEFAULT_VFD_COMPATIBLE;
    }
    return 0;
}

herr_t read_file(H5FD_t* base, H5FD_mem_t, hid_t, haddr_t address, size_t size, void* to) {
    LiveFileDriver& file = live(base);
    auto* bytes = static_cast<char*>(to);
    std::size_t done = 0;
    while (done < size) {
        const ssize_t got =
            ::pread(file.descriptor, bytes + done, size - done, static_cast<off_t>(address + done));
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) return fail("cannot read", errno);
        if (got == 0) break;
        done += static_cast<std::size_t>(got);
    }
    // Allocated, but not yet written.
    std::memset(bytes + done, 0, size - done);
    file.pending.lay_over(address, size, bytes);
    return 0;
}

herr_t write_file(H5FD_t* base, H5FD_mem_t type, hid_t, haddr_t address, size_t size, const void* from) {
    LiveFileDriver& file = live(base);
    const std::string_view bytes(static_cast<const char*>(from), size);
    if (file.goes_straight(type, address, bytes)) {
        file.error = write_at(file.descriptor, address, bytes);
        if (file.error != 0) return fail("cannot write", file.error);
    } else {
        try {
            file.pending.put(address, bytes);
        } catch (const std::bad_alloc&) {
            file.error = ENOMEM;
            return fail("cannot write", ENOMEM);
        }
    }
    file.end_of_file = std::max<haddr_t>(file.end_of_file, address + size);
    return 0;
}

/// The commit cuts the file off.
herr_t truncate_file(H5FD_t* base, hid_t, hbool_t) {
    live(base).end_of_file = live(base).end_of_addresses;
    return 0;
}

herr_t lock_file(H5FD_t* base, hbool_t alone) {
    const int how = (alone ? LOCK_EX : LOCK_SH) | LOCK_NB;
    return ::flock(live(base).descriptor, how) == 0 || errno == ENOSYS ? 0 : fail("cannot lock", errno);
}

hid_t driver() {
    static const hid_t registered = [] {
        static H5FD_class_t functions{};
        functions.name = "understudy live";
        functions.maxaddr = (haddr_t{1} << 63) - 1;
        functions.fc_degree = H5F_CLOSE_WEAK;
        functions.fapl_size = sizeof(Options);
        functions.open = open_file;
        functions.close = close_file;
        functions.cmp = compare_files;
        functions.query = query;
        functions.get_eoa = [](const H5FD_t* file, H5FD_mem_t) { return live(file).end_of_addresses; };
        functions.set_eoa = [](H5FD_t* file, H5FD_mem_t, haddr_t end) -> herr_t {
            live(file).end_of_addresses = end;
            return 0;
        };
        functions.get_eof = [](const H5FD_t* file, H5FD_mem_t) { return live(file).end_of_file; };
        functions.get_handle = [](H5FD_t* file, hid_t, void** handle) -> herr_t {
            *handle = &live(file);
            return 0;
        };
        functions.read = read_file;
        functions.write = write_file;
        functions.truncate = truncate_file;
        functions.lock = lock_file;
        // Rows and all else apart, as the usual driver has it.
        const H5FD_mem_t lists[H5FD_MEM_NTYPES] = H5FD_FLMAP_DICHOTOMY;
        std::copy(std::begin(lists), std::end(lists), std::begin(functions.fl_map));
        return H5FDregister(&functions);
    }();
    return registered;
}

LiveFileDriver& driver_of(hid_t file) {
    void* handle = nullptr;
    check(H5Fget_vfd_handle(file, H5P_DEFAULT, &handle), "write");
    return *static_cast<LiveFileDriver*>(handle);
}

}  // namespace

void write_live(hid_t access) {
    const Options options{nullptr};
    check(H5Pset_driver(access, driver(), &options), "prepare");
}

void read_with(hid_t access, const Journal& journal) {
    const Options options{&journal};
    check(H5Pset_driver(access, driver(), &options), "prepare");
}

void commit_live(hid_t file) {
    if (const int error = driver_of(file).commit(); error != 0)
        throw Hdf5Error("cannot write: " + explain_file_error(error));
}

void give_up_live(hid_t file) noexcept {
    void* handle = nullptr;
    if (H5Fget_vfd_handle(file, H5P_DEFAULT, &handle) >= 0 && handle != nullptr)
        static_cast<LiveFileDriver*>(handle)->given_up = true;
}

}  // namespace understudy::formats::hdf5
