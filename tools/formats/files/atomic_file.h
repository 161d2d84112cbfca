// Files that appear whole or not at all.
//
// Bytes are written aside, in the target's folder under the target's name plus `.unfinished`, synced to the
// disk and then renamed over the target. Until commit() returns, an older target is as it was; after a kill
// the older target is still there and the leftover says by its name what it is (the next writer of the same
// target replaces it). Two processes that write the same target at once: the second one is refused.
//
// A target that is a symbolic link is followed (the link stays). A target that is neither a regular file nor
// absent (a pipe, a terminal, /dev/null) is written directly. The mode of an older target is kept.
//
// Every failure is a FileError that says what to do: no such folder, not allowed, no space left, read-only.
// Not thread-safe; different objects for different targets may be used at once.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

#include "tools/formats/files/file_error.h"

namespace understudy::formats {

class AtomicFile {
public:
    /// Opens the file aside.
    explicit AtomicFile(std::filesystem::path target);
    /// Without commit(): takes the file aside away, the target stays as it was.
    ~AtomicFile();
    AtomicFile(const AtomicFile&) = delete;
    AtomicFile& operator=(const AtomicFile&) = delete;

    /// Appends, also to what others wrote to aside().
    void write(std::string_view bytes);
    /// Where the bytes go until commit(), for libraries that open files by name. Equal to the target where
    /// that is written directly.
    const std::filesystem::path& aside() const { return aside_; }
    /// Syncs, renames, syncs the folder. Once.
    void commit();

private:
    [[noreturn]] void fail(const std::string& doing, int error) const;

    std::filesystem::path target_;  ///< as given, for messages
    std::filesystem::path place_;   ///< links followed
    std::filesystem::path aside_;
    int descriptor_ = -1;
    bool direct_ = false;
    bool committed_ = false;
};

/// All of it in one step.
void write_file(const std::filesystem::path& target, std::string_view bytes);

/// What a failed call on a file means for the user: "no space left on the disk", "not allowed to write
/// there", ...
std::string explain_file_error(int error);

}  // namespace understudy::formats
