#include "tools/formats/files/atomic_file.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>

namespace understudy::formats {

namespace fs = std::filesystem;

std::string explain_file_error(int error) {
    switch (error) {
        case ENOSPC:
        case EDQUOT: return "no space left on the disk; free some or choose another --out";
        case EACCES:
        case EPERM:
            return "not allowed to write there; choose another --out or change the folder's permissions";
        case EROFS: return "the file system is read-only; choose another --out";
        case ENOENT: return "no such folder; create it first";
        case ENOTDIR: return "a part of the path is a file, not a folder";
        case EISDIR: return "is a folder, not a file";
        case ENAMETOOLONG: return "the name is too long";
        case EFBIG: return "the file would be larger than the limit allows (ulimit -f)";
        default: return std::strerror(error);
    }
}

namespace {

/// Where a link leads, also if nothing is there yet; `path` itself if it is none. Loops end after 40 steps.
fs::path follow_links(fs::path path) {
    for (int step = 0; step < 40; ++step) {
        std::error_code none;
        if (!fs::is_symlink(fs::symlink_status(path, none))) return path;
        const fs::path next = fs::read_symlink(path, none);
        if (none) return path;
        path = next.is_absolute() ? next : path.parent_path() / next;
    }
    return path;
}

}  // namespace

void AtomicFile::fail(const std::string& doing, int error) const {
    throw FileError(target_, fmt::format("cannot {}: {}", doing, explain_file_error(error)));
}

AtomicFile::AtomicFile(fs::path target) : target_(std::move(target)), place_(follow_links(target_)) {
    struct stat status {};
    // Links below /proc (/dev/stdout) lead to pipes and terminals that have no other name.
    if (::stat(target_.c_str(), &status) == 0 && !S_ISREG(status.st_mode)) place_ = target_;
    const bool exists = ::stat(place_.c_str(), &status) == 0;
    if (exists && S_ISDIR(status.st_mode)) fail("write", EISDIR);
    direct_ = exists && !S_ISREG(status.st_mode);
    aside_ = place_;
    if (direct_) {
        descriptor_ = ::open(place_.c_str(), O_WRONLY | O_CLOEXEC);
        if (descriptor_ < 0) fail("write", errno);
        return;
    }
    aside_ += ".unfinished";
    // Whoever holds the lock is writing; a file without a holder was left by a kill. The name is checked
    // again once the lock is ours: the holder before us may have renamed the file we had opened.
    for (int attempt = 0; attempt < 100; ++attempt) {
        descriptor_ = ::open(aside_.c_str(), O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0666);
        if (descriptor_ < 0) fail("write", errno);
        if (::flock(descriptor_, LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK) {
            ::close(descriptor_);
            throw FileError(target_,
                            "another process is writing it now; wait for it or choose another --out");
        }
        struct stat ours {
        }, named{};
        if (::fstat(descriptor_, &ours) == 0 && ::stat(aside_.c_str(), &named) == 0 &&
            ours.st_ino == named.st_ino && ours.st_dev == named.st_dev) {
            if (::ftruncate(descriptor_, 0) != 0) fail("write", errno);
            if (exists) (void)!::fchmod(descriptor_, status.st_mode & 07777);
            return;
        }
        ::close(descriptor_);
        descriptor_ = -1;
    }
    throw FileError(target_, "another process keeps writing it");
}

AtomicFile::~AtomicFile() {
    if (!direct_ && !committed_ && descriptor_ >= 0) ::unlink(aside_.c_str());
    if (descriptor_ >= 0) ::close(descriptor_);
}

void AtomicFile::write(std::string_view bytes) {
    while (!bytes.empty()) {
        const ssize_t written = ::write(descriptor_, bytes.data(), bytes.size());
        if (written < 0) {
            if (errno == EINTR) continue;
            fail("write", errno);
        }
        bytes.remove_prefix(static_cast<std::size_t>(written));
    }
}

void AtomicFile::commit() {
    if (direct_) {
        committed_ = true;
        return;
    }
    // Some file systems tell of a full disk only here.
    if (::fsync(descriptor_) != 0 && errno != EINVAL && errno != ENOSYS) fail("write", errno);
    if (::rename(aside_.c_str(), place_.c_str()) != 0) fail("replace", errno);
    committed_ = true;
    const fs::path folder = place_.has_parent_path() ? place_.parent_path() : fs::path(".");
    const int folder_descriptor = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (folder_descriptor >= 0) {
        ::fsync(folder_descriptor);  // best effort: the file itself is safe, only the rename might be lost
        ::close(folder_descriptor);
    }
}

void write_file(const fs::path& target, std::string_view bytes) {
    AtomicFile file(target);
    file.write(bytes);
    file.commit();
}

}  // namespace understudy::formats
