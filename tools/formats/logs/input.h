// Opens a log, plain or gzip by its first bytes, and hands it out in pieces of bounded size.
//
// Memory: one buffer, whatever the file; a line longer than the limit is cut and said to be, its rest is
// skipped. A gzip file that expands beyond the limits is refused in the middle; one that ends early (a job
// was killed while it wrote) gives what is there and says so in `ended_early`. Errors are FileError: no such
// file, a folder, not allowed, another kind of archive, too large. Not thread-safe; different objects may be
// used at once.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>

#include "tools/formats/files/file_error.h"

namespace understudy::formats {

/// What we read before we call a file too large. Logs compress 5 to 40 fold; a bomb does 1000 fold.
struct InputLimits {
    std::int64_t bytes = 8LL << 30;            ///< after decompression
    std::int64_t always_allowed = 64LL << 20;  ///< the ratio is not asked for below this
    double ratio = 200;                        ///< decompressed to compressed
    std::size_t line_bytes = 1U << 20;
};

/// Behind a message that nothing could be used, where the file is compressed and breaks off.
inline constexpr const char* cut_file = "; it is cut: the compressed file breaks off";

class Input {
public:
    explicit Input(std::filesystem::path file, InputLimits limits = {});
    /// Reads from memory, under a name for messages: for tests, and for text that is already there.
    Input(std::filesystem::path name, std::string text, InputLimits limits = {});
    ~Input();
    Input(const Input&) = delete;
    Input& operator=(const Input&) = delete;

    /// Throws FileError: nothing is in it, or it is compressed and breaks off before anything could be read.
    [[noreturn]] void refuse_empty() const;
    /// The next bytes, at most `bytes` (up to 64 KiB), without taking them. Shorter only at the end.
    std::string_view peek(std::size_t bytes);
    /// The next bytes, at most so many (up to 64 KiB), and takes them; valid until the next call. Empty only at the end.
    std::string_view take(std::size_t bytes);
    /// The next line without its end (LF or CRLF); false at the end of the file.
    bool read_line(std::string& line);
    /// All that is left. More than `limit` bytes are refused as too large.
    std::string read_all(std::size_t limit);

    /// Of the line read last, 1-based.
    std::int64_t line_number() const { return line_number_; }
    /// The line read last was longer than the limit and is cut.
    bool cut() const { return cut_; }
    /// The compressed file breaks off: what was read is all there is.
    bool ended_early() const { return ended_early_; }
    const std::filesystem::path& file() const { return file_; }

private:
    struct Source;
    bool refill();

    std::filesystem::path file_;
    InputLimits limits_;
    std::unique_ptr<Source> source_;
    std::string buffer_;
    std::size_t begin_ = 0;  ///< of what is not taken yet in `buffer_`
    std::int64_t line_number_ = 0;
    bool cut_ = false;
    bool ended_early_ = false;
    bool at_end_ = false;
};

}  // namespace understudy::formats
