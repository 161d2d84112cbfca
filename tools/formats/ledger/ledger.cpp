#include "tools/formats/ledger/ledger.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <condition_variable>
#include <cstring>
#include <mutex>
#include <optional>
#include <stdexcept>
#include <system_error>

#include "tools/formats/files/atomic_file.h"
#include "tools/formats/ledger/unit_bytes.h"

namespace understudy::formats {

using studies::UnitOutcome;

namespace {

constexpr std::string_view ledger_name = "understudyledger";
constexpr std::uint32_t ledger_version = 2;
/// Longer ones are no records of ours: one of a thousand probes and as many replications is shorter.
constexpr std::uint32_t most_bytes = 1u << 28;
/// What a unit without overrides that has shown nothing takes.
constexpr std::uint32_t least_bytes = 4 + 8 + 8 + 4 + 8 + 4;
constexpr std::size_t around = 4 + 8;  ///< a record's length and checksum

std::uint64_t hash_of(const studies::Unit& unit) {
    ByteWriter key;
    key.unit(unit);
    return checksum_of(key.bytes());
}

/// Length, payload, checksum of both.
std::string framed(const std::string& payload) {
    ByteWriter record;
    record.text(payload);
    const std::uint64_t sum = checksum_of(record.bytes());
    record.number(sum);
    return record.bytes();
}

std::string bytes_are(std::uint64_t count) {
    return fmt::format("{} byte{}", count, count == 1 ? " is" : "s are");
}

}  // namespace

Ledger::Ledger(std::filesystem::path path, Mode mode)
    : path_(std::move(path)), reads_(mode == Mode::reading) {
    open(mode);
    try {
        read(mode);
        if (mode == Mode::anew && (units() > 0 || damaged_))
            throw FileError(
                path_,
                fmt::format("is there already, with {} unit{} that {} simulated before; --resume goes on "
                            "from it, --fresh begins again",
                            units(), units() == 1 ? "" : "s", units() == 1 ? "was" : "were"));
        if (mode != Mode::reading && units() == 0 && !damaged_) {
            // Begun and killed, or to be thrown away: nothing is lost.
            if (::ftruncate(descriptor_, 0) != 0) fail("emptied", errno);
            end_ = 0;
            head_.clear();
        }
    } catch (...) {
        ::close(descriptor_);
        throw;
    }
}

Ledger::~Ledger() {
    if (syncer_.joinable()) {
        syncer_.request_stop();
        syncer_.join();
    }
    // One without units is nothing to leave behind.
    if (!reads_ && !removed_ && !kept_ && !damaged_ && order_.empty()) ::unlink(path_.c_str());
    ::close(descriptor_);
}

void Ledger::fail(const std::string& doing, int error) const {
    throw FileError(path_, fmt::format("cannot be {}: {}", doing, explain_file_error(error)));
}

void Ledger::open(Mode mode) {
    // The name is looked at again once the lock is ours: whoever had it may have taken the file away.
    for (int attempt = 0; attempt < 100; ++attempt) {
        descriptor_ =
            ::open(path_.c_str(), reads_ ? O_RDONLY | O_CLOEXEC : O_RDWR | O_CREAT | O_CLOEXEC, 0666);
        if (descriptor_ < 0) {
            if (reads_ && errno == ENOENT) throw FileError(path_, "no such file");
            fail(reads_ ? "read" : "written", errno);
        }
        struct stat ours {
        }, named{};
        if (::fstat(descriptor_, &ours) == 0 && !S_ISREG(ours.st_mode)) {
            ::close(descriptor_);
            throw FileError(path_, "is no regular file, as a ledger has to be; choose another name");
        }
        if (::flock(descriptor_, (reads_ ? LOCK_SH : LOCK_EX) | LOCK_NB) != 0 && errno == EWOULDBLOCK) {
            ::close(descriptor_);
            throw FileError(path_,
                            mode == Mode::reading
                                ? "another process is writing it now; wait for it"
                                : "another process is writing it now; wait for it or choose another --out");
        }
        if (::stat(path_.c_str(), &named) == 0 && ours.st_ino == named.st_ino && ours.st_dev == named.st_dev)
            return;
        ::close(descriptor_);
    }
    throw FileError(path_, "another process keeps writing it");
}

bool Ledger::read_at(std::uint64_t offset, char* bytes, std::size_t length) const {
    while (length > 0) {
        const ssize_t got = ::pread(descriptor_, bytes, length, static_cast<off_t>(offset));
        if (got < 0 && errno == EINTR) continue;
        if (got <= 0) return false;
        bytes += got;
        offset += static_cast<std::uint64_t>(got);
        length -= static_cast<std::size_t>(got);
    }
    return true;
}

void Ledger::read(Mode mode) {
    struct stat status {};
    if (::fstat(descriptor_, &status) != 0) fail("read", errno);
    const auto size = static_cast<std::uint64_t>(status.st_size);
    if (size == 0) return;
    // Name, version, length of the head, head, checksum.
    std::string begin(std::min<std::uint64_t>(size, ledger_name.size() + 8), '\0');
    if (!read_at(0, begin.data(), begin.size())) fail("read", errno);
    if (begin.substr(0, ledger_name.size()) != ledger_name.substr(0, begin.size()))
        throw FileError(path_, "is no ledger of understudy; choose another name, or remove it");
    if (mode == Mode::fresh) return;
    const std::uint64_t head_at = ledger_name.size() + 8;
    std::uint64_t length = 0;
    if (begin.size() == head_at) {
        ByteReader numbers(std::string_view(begin).substr(ledger_name.size()));
        const auto version = numbers.number<std::uint32_t>();
        length = numbers.number<std::uint32_t>();
        if (version > ledger_version)
            throw FileError(
                path_, fmt::format("has format {}, this understudy knows up to {}; use a newer one", version,
                                   ledger_version));
        if (version < ledger_version)
            throw FileError(path_,
                            fmt::format("has format {}, of an earlier understudy, which this one does not "
                                        "go on from; {}",
                                        version, reads_ ? "leave it out" : "--fresh begins again"));
    }
    const char* const damaged_head =
        "is damaged in its head, so that nobody knows what it is of; --fresh begins again";
    if (begin.size() < head_at || head_at + length + 8 > size) {
        // With records behind it, it was whole once, and its length is wrong.
        if (begin.size() == head_at && next_record(head_at, size) < size)
            throw FileError(path_, damaged_head);
        // Killed as it was begun: there is nothing in it.
        damage_ = fmt::format("{}: was cut off in its head and has no units", path_.string());
        return;
    }
    std::string head(head_at + length + 8, '\0');
    if (!read_at(0, head.data(), head.size())) fail("read", errno);
    ByteReader sum(std::string_view(head).substr(head_at + length));
    if (sum.number<std::uint64_t>() != checksum_of(std::string_view(head).substr(0, head_at + length)))
        throw FileError(path_, damaged_head);
    try {
        ByteReader fields(std::string_view(head).substr(head_at, length));
        while (!fields.at_end()) {
            std::string name = fields.text();
            head_.emplace_back(std::move(name), fields.text());
        }
    } catch (const std::out_of_range&) {
        throw FileError(path_, "has a head that cannot be read; --fresh begins again");
    }
    end_ = head.size();

    std::uint64_t passed_over = 0;
    while (end_ < size) {
        if (const auto record = record_at(end_, size)) {
            places_.emplace(record->hash, record->place);
            order_.push_back(record->place);
            end_ += record->place.length;
            continue;
        }
        const std::uint64_t next = next_record(end_ + 1, size);
        if (next == size && is_cut_off(end_, size)) break;
        passed_over += next - end_;
        end_ = next;
    }
    damaged_ = passed_over > 0;
    if (end_ < size)
        damage_ = fmt::format("{}: its last {} cut off in the middle of a record or damaged, and dropped",
                              path_.string(), bytes_are(size - end_));
    if (damaged_) {
        damage_ += damage_.empty() ? path_.string() + ": " : "; ";
        damage_ += fmt::format("{} damaged and passed over", bytes_are(passed_over));
    }
}

std::optional<Ledger::Record> Ledger::record_at(std::uint64_t at, std::uint64_t size) const {
    char front[4];
    if (size - at < around) return std::nullopt;
    if (!read_at(at, front, sizeof front)) fail("read", errno);
    const auto payload = ByteReader({front, sizeof front}).number<std::uint32_t>();
    if (payload > most_bytes || payload + around > size - at) return std::nullopt;
    std::string record(payload + around, '\0');
    if (!read_at(at, record.data(), record.size())) fail("read", errno);
    const std::string_view bytes(record);
    if (ByteReader(bytes.substr(4 + payload)).number<std::uint64_t>() !=
        checksum_of(bytes.substr(0, 4 + payload)))
        return std::nullopt;
    try {
        return Record{{at, static_cast<std::uint32_t>(record.size())},
                      hash_of(ByteReader(bytes.substr(4, payload)).unit())};
    } catch (const std::out_of_range&) {
        return std::nullopt;
    }
}

std::uint64_t Ledger::next_record(std::uint64_t at, std::uint64_t size) const {
    constexpr std::uint64_t window_bytes = 1u << 16;
    constexpr std::size_t front =
        4 + 4;  // what tells nearly all other places from a record, before any checksum
    std::string window;
    while (at < size && size - at >= around + least_bytes) {
        window.resize(std::min(size - at, window_bytes));
        if (!read_at(at, window.data(), window.size())) fail("read", errno);
        const std::size_t places = window.size() - front + 1;
        for (std::size_t i = 0; i < places; ++i) {
            ByteReader numbers(std::string_view(window).substr(i, front));
            const auto payload = numbers.number<std::uint32_t>(), overrides = numbers.number<std::uint32_t>();
            if (payload < least_bytes || overrides > (payload - least_bytes) / 4) continue;
            if (record_at(at + i, size)) return at + i;
        }
        at += places;
    }
    return size;
}

bool Ledger::is_cut_off(std::uint64_t at, std::uint64_t size) const {
    char front[4];
    if (size - at < sizeof front) return true;
    if (!read_at(at, front, sizeof front)) fail("read", errno);
    const auto payload = ByteReader({front, sizeof front}).number<std::uint32_t>();
    return payload >= least_bytes && payload <= most_bytes && payload + around > size - at;
}

void Ledger::require_same(const LedgerHead& part) const {
    if (head_.empty()) return;
    for (const auto& [name, value] : part) {
        const auto there =
            std::find_if(head_.begin(), head_.end(), [&](const auto& f) { return f.first == name; });
        const std::string found = there == head_.end() ? "" : there->second;
        if (there != head_.end() && found == value) continue;
        const auto quoted = [](const std::string& text) {
            return text.empty() ? std::string("none") : "'" + text + "'";
        };
        throw FileError(
            path_, fmt::format("is a ledger of something else: its {} is {}, not {}; {}", name, quoted(found),
                               quoted(value),
                               reads_ ? "leave it out" : "--fresh begins again, or choose another --out"));
    }
}

void Ledger::begin(const LedgerHead& head) {
    require_same(head);
    if (!syncer_.joinable() && !reads_) {
        try {
            syncer_ = std::jthread([this](std::stop_token stop) { sync_every_second(std::move(stop)); });
        } catch (const std::system_error&) {
            // The system gives no further thread; it writes to the disk when it sees fit.
        }
    }
    if (!head_.empty()) return;
    ByteWriter fields;
    for (const auto& [name, value] : head) {
        fields.text(name);
        fields.text(value);
    }
    ByteWriter version;
    version.number(ledger_version);
    std::string bytes(ledger_name);
    bytes += version.bytes();
    ByteWriter text;
    text.text(fields.bytes());
    bytes += text.bytes();
    ByteWriter sum;
    sum.number(checksum_of(bytes));
    append(bytes + sum.bytes());
    head_ = head;
}

void Ledger::append(const std::string& bytes) {
    // Behind what is right or damaged: what a kill cut off is written over, and its rest taken away.
    const char* from = bytes.data();
    std::size_t left = bytes.size();
    std::uint64_t at = end_;
    int error = 0;
    if (cut_off_) {
        error = ::ftruncate(descriptor_, static_cast<off_t>(end_)) == 0 ? 0 : errno;
        cut_off_ = error != 0;
    }
    while (left > 0 && error == 0) {
        const ssize_t written = ::pwrite(descriptor_, from, left, static_cast<off_t>(at));
        if (written < 0) {
            if (errno != EINTR) error = errno;
            continue;
        }
        from += written;
        at += static_cast<std::uint64_t>(written);
        left -= static_cast<std::size_t>(written);
    }
    if (error != 0) {
        cut_off_ = true;
        (void)!::ftruncate(descriptor_, static_cast<off_t>(end_));
        throw FileError(path_, fmt::format("cannot be written: {}; --resume goes on from the {} unit{} in it",
                                           explain_file_error(error), units(), units() == 1 ? "" : "s"));
    }
    end_ = at;
    unsynced_ = true;
}

void Ledger::sync_every_second(std::stop_token stop) {
    std::mutex mutex;
    std::condition_variable_any ended;
    std::unique_lock lock(mutex);
    while (!stop.stop_requested()) {
        ended.wait_for(lock, stop, std::chrono::seconds(1), [] { return false; });
        if (unsynced_.exchange(false)) ::fdatasync(descriptor_);
    }
}

std::optional<UnitOutcome> Ledger::find(const studies::Unit& unit) const {
    const auto [first, last] = places_.equal_range(hash_of(unit));
    std::string record;
    for (auto at = first; at != last; ++at) {
        record.resize(at->second.length);
        if (!read_at(at->second.offset, record.data(), record.size())) fail("read", errno);
        ByteReader reader(std::string_view(record).substr(4, record.size() - around));
        if (reader.unit() == unit) return reader.outcome();
    }
    return std::nullopt;
}

void Ledger::add(const studies::Unit& unit, const UnitOutcome& outcome) {
    const std::uint64_t hash = hash_of(unit);
    if (places_.contains(hash) && find(unit)) return;
    ByteWriter payload;
    payload.unit(unit);
    payload.outcome(outcome);
    if (payload.bytes().size() > most_bytes)
        throw FileError(path_,
                        fmt::format("cannot take a unit of {} bytes, more than a ledger's record holds "
                                    "({}); ask for fewer measures or replications",
                                    payload.bytes().size(), most_bytes));
    const std::string record = framed(payload.bytes());
    const Place place{end_, static_cast<std::uint32_t>(record.size())};
    append(record);
    places_.emplace(hash, place);
    order_.push_back(place);
}

void Ledger::for_each(const std::function<void(const studies::Unit&, const UnitOutcome&)>& tell) const {
    std::string record;
    for (const Place& place : order_) {
        record.resize(place.length);
        if (!read_at(place.offset, record.data(), record.size())) fail("read", errno);
        ByteReader reader(std::string_view(record).substr(4, record.size() - around));
        const studies::Unit unit = reader.unit();
        tell(unit, reader.outcome());
    }
}

void Ledger::remove() {
    ::unlink(path_.c_str());
    removed_ = true;
}

}  // namespace understudy::formats
