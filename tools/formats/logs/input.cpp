#include "tools/formats/logs/input.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <boost/iostreams/filter/gzip.hpp>
#include <boost/iostreams/filtering_streambuf.hpp>
#include <cerrno>
#include <cstring>
#include <ios>
#include <utility>

namespace understudy::formats {

namespace {

constexpr std::size_t piece = 1U << 16;

/// Reads a descriptor for the decompressor and counts what it took.
class Descriptor {
public:
    using char_type = char;
    using category = boost::iostreams::source_tag;
    Descriptor(int descriptor, std::int64_t* taken, int* error)
        : descriptor_(descriptor), taken_(taken), error_(error) {}
    std::streamsize read(char* to, std::streamsize bytes) {
        for (;;) {
            const ssize_t got = ::read(descriptor_, to, static_cast<std::size_t>(bytes));
            if (got > 0) {
                *taken_ += got;
                return got;
            }
            if (got == 0) return -1;
            if (errno == EINTR) continue;
            *error_ = errno;
            return -1;
        }
    }

private:
    int descriptor_;
    std::int64_t* taken_;
    int* error_;
};

/// The head that was read to recognise the file, then the rest of it.
class Rejoined {
public:
    using char_type = char;
    using category = boost::iostreams::source_tag;
    Rejoined(std::string head, Descriptor rest) : head_(std::move(head)), rest_(rest) {}
    std::streamsize read(char* to, std::streamsize bytes) {
        if (head_.empty()) return rest_.read(to, bytes);
        const std::size_t got = std::min(static_cast<std::size_t>(bytes), head_.size());
        head_.copy(to, got);
        head_.erase(0, got);
        return static_cast<std::streamsize>(got);
    }

private:
    std::string head_;
    Descriptor rest_;
};

std::string explain_open(int error) {
    switch (error) {
        case ENOENT: return "no such file";
        case EACCES: return "not allowed to read it";
        case EISDIR: return "is a folder, not a file; name the log in it";
        default: return std::strerror(error);
    }
}

/// The kind of archive that `head` starts like, empty for none that we know. Gzip is not among them: we read
/// it.
std::string_view archive_kind(std::string_view head) {
    struct Kind {
        std::string_view magic, name;
    };
    using namespace std::string_view_literals;
    static constexpr std::array<Kind, 8> kinds = {
        {{"PK\3\4"sv, "a zip archive; unpack it first"},
         {"\xFD"
          "7zXZ\0"sv,
          "compressed with xz; unpack it first (xz -d)"},
         {"\x28\xB5\x2F\xFD"sv, "compressed with zstd; unpack it first (zstd -d)"},
         {"BZh"sv, "compressed with bzip2; unpack it first (bzip2 -d)"},
         {"7z\xBC\xAF\x27\x1C"sv, "a 7z archive; unpack it first"},
         {"\xFF\xFE"sv, "UTF-16 text; save it as UTF-8"},
         {"\xFE\xFF"sv, "UTF-16 text; save it as UTF-8"},
         {"PAR1"sv, "a Parquet file; export it as CSV"}}};
    for (const Kind& kind : kinds)
        if (head.substr(0, kind.magic.size()) == kind.magic) return kind.name;
    return {};
}

}  // namespace

struct Input::Source {
    int descriptor = -1;
    std::string memory;
    std::size_t memory_at = 0;
    bool gzip = false;
    bool failed_in_gzip = false;
    std::int64_t taken = 0;
    std::int64_t given = 0;
    int error = 0;
    boost::iostreams::filtering_streambuf<boost::iostreams::input> stream;
    std::string head;  ///< read to recognise the kind; handed out first

    ~Source() {
        if (descriptor >= 0) ::close(descriptor);
    }

    /// Bytes read; 0 at the end.
    std::size_t read(char* to, std::size_t bytes) {
        std::size_t got = 0;
        if (descriptor < 0) {
            got = std::min(bytes, memory.size() - memory_at);
            memory.copy(to, got, memory_at);
            memory_at += got;
        } else if (gzip) {
            try {
                const std::streamsize now = stream.sgetn(to, static_cast<std::streamsize>(bytes));
                got = now > 0 ? static_cast<std::size_t>(now) : 0;
            } catch (const std::ios_base::failure&) {
                failed_in_gzip = true;  // gzip_error and zlib_error are such
            }
        } else {
            Descriptor plain(descriptor, &taken, &error);
            const std::streamsize now = plain.read(to, static_cast<std::streamsize>(bytes));
            got = now > 0 ? static_cast<std::size_t>(now) : 0;
        }
        given += static_cast<std::int64_t>(got);
        return got;
    }
};

Input::Input(std::filesystem::path file, InputLimits limits)
    : file_(std::move(file)), limits_(limits), source_(std::make_unique<Source>()) {
    Source& source = *source_;
    source.descriptor = ::open(file_.c_str(), O_RDONLY | O_CLOEXEC);
    if (source.descriptor < 0) throw FileError(file_, explain_open(errno));
    struct stat state = {};
    if (::fstat(source.descriptor, &state) == 0 && S_ISDIR(state.st_mode))
        throw FileError(file_, explain_open(EISDIR));
    // A pipe cannot be rewound, so the head is kept and handed to whoever reads on.
    std::array<char, 6> head = {};
    std::size_t known = 0;
    while (known < head.size()) {
        Descriptor plain(source.descriptor, &source.taken, &source.error);
        const std::streamsize got =
            plain.read(head.data() + known, static_cast<std::streamsize>(head.size() - known));
        if (got <= 0) break;
        known += static_cast<std::size_t>(got);
    }
    source.head.assign(head.data(), known);
    if (source.error != 0) throw FileError(file_, explain_open(source.error));
    source.gzip = known >= 3 && source.head.substr(0, 3) == "\x1F\x8B\x08";
    if (source.gzip) {
        source.stream.push(boost::iostreams::gzip_decompressor(15, static_cast<std::streamsize>(piece)));
        source.stream.push(Rejoined(source.head, Descriptor(source.descriptor, &source.taken, &source.error)),
                           static_cast<std::streamsize>(piece));
    } else {
        buffer_ = source.head;
        source.given = static_cast<std::int64_t>(known);
    }
    peek(piece);
    const std::string_view start = std::string_view(buffer_).substr(begin_);
    if (const std::string_view kind = archive_kind(start); !kind.empty())
        throw FileError(file_, "is " + std::string(kind));
    if (start.substr(0, 3) == "\xEF\xBB\xBF") begin_ += 3;
}

Input::Input(std::filesystem::path name, std::string text, InputLimits limits)
    : file_(std::move(name)), limits_(limits), source_(std::make_unique<Source>()) {
    source_->memory = std::move(text);
    if (peek(3) == "\xEF\xBB\xBF") begin_ += 3;
}

Input::~Input() = default;

void Input::refuse_empty() const {
    throw FileError(file_, ended_early_ ? "is cut: the compressed file breaks off before anything can be read"
                                        : "is empty");
}

bool Input::refill() {
    if (at_end_) return false;
    if (begin_ > 0) {
        buffer_.erase(0, begin_);
        begin_ = 0;
    }
    const std::size_t had = buffer_.size();
    buffer_.resize(had + piece);
    const std::size_t got = source_->read(buffer_.data() + had, piece);
    buffer_.resize(had + got);
    const Source& source = *source_;
    if (source.error != 0)
        throw FileError(file_, fmt::format("cannot be read: {}", std::strerror(source.error)));
    if (source.failed_in_gzip) ended_early_ = true;
    if (got == 0) at_end_ = true;
    const bool bomb = source.gzip && source.given > limits_.always_allowed &&
                      static_cast<double>(source.given) > limits_.ratio * static_cast<double>(source.taken);
    if (!source.gzip && source.given > limits_.bytes)
        throw FileError(file_, fmt::format("goes on for more than {} MiB; this is no log that we would read",
                                           limits_.bytes >> 20));
    if (source.given > limits_.bytes || bomb)
        throw FileError(file_,
                        fmt::format("{} bytes expand to more than {}; this is no log that we would read",
                                    source.taken, source.given));
    return got > 0;
}

std::string_view Input::peek(std::size_t bytes) {
    while (buffer_.size() - begin_ < bytes && refill()) {
    }
    return std::string_view(buffer_).substr(begin_, bytes);
}

std::string_view Input::take(std::size_t bytes) {
    const std::string_view piece = peek(bytes);
    begin_ += piece.size();
    return piece;
}

bool Input::read_line(std::string& line) {
    line.clear();
    cut_ = false;
    std::size_t looked = begin_;
    for (;;) {
        const std::size_t end = buffer_.find('\n', looked);
        const std::size_t until = end == std::string::npos ? buffer_.size() : end;
        const std::size_t room = limits_.line_bytes - line.size();
        if (until - begin_ > room) cut_ = true;
        line.append(buffer_, begin_, std::min(until - begin_, room));
        begin_ = until;
        if (end != std::string::npos) {
            ++begin_;
            break;
        }
        if (!refill()) {
            if (line.empty() && !cut_) return false;
            break;
        }
        looked = begin_;
    }
    if (!line.empty() && line.back() == '\r') line.pop_back();
    ++line_number_;
    return true;
}

std::string Input::read_all(std::size_t limit) {
    std::string text;
    for (;;) {
        text.append(buffer_, begin_);
        begin_ = buffer_.size();
        if (text.size() > limit)
            throw FileError(file_,
                            fmt::format("is larger than {} MiB, the limit for this format", limit >> 20));
        if (!refill()) return text;
    }
}

}  // namespace understudy::formats
