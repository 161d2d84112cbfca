// What the units of a study have shown, kept in a file while the study goes on: after a kill it goes on from there, and
// ledgers of several processes are united into one. docs/file-formats.md has the layout byte by byte.
//
// Append-only: a head that says what the units depend on, then one record a unit with a checksum each. A record reaches the
// system before add() returns, so a kill loses nothing that was added, and the disk at least every second. What a kill or
// a full disk cut off at the end is dropped when the file is opened. Damage is passed over, up to the next record whose
// checksum fits, wherever that begins, and stays in the file, behind which is added. Both are said.
// Doubles are kept bit for bit. Memory and file are proportional to the units; outcomes are read back from the file.
//
// One process at a time (flock). Every failure is a FileError that says what to do. UnitStore's functions may be called
// from one thread at a time.
#pragma once

#include <atomic>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <thread>
#include <unordered_map>
#include <utility>
#include <vector>

#include "tools/formats/files/file_error.h"
#include "tools/studies/units.h"

namespace understudy::formats {

/// What outcomes depend on besides their units, by name: ("seed", "7").
using LedgerHead = std::vector<std::pair<std::string, std::string>>;

class Ledger : public studies::UnitStore {
public:
    enum class Mode {
        fresh,     ///< what is there is thrown away, if it is a ledger
        anew,      ///< no unit may be there, and no damage that could have been some
        going_on,  ///< what is there is kept
        reading,   ///< it is there, and nothing is added
    };
    /// Opens, locks and reads it. Nothing is written before begin().
    Ledger(std::filesystem::path path, Mode mode);
    ~Ledger() override;
    Ledger(const Ledger&) = delete;
    Ledger& operator=(const Ledger&) = delete;

    /// Throws FileError that says what differs where the ledger has a head with another value for one of these, or lacks
    /// one.
    void require_same(const LedgerHead& part) const;
    /// The same of all of it; where there is no head yet, writes it.
    void begin(const LedgerHead& head);
    /// Empty: it has none yet.
    const LedgerHead& head() const { return head_; }
    /// What had to be dropped or passed over, for people; empty: nothing.
    const std::string& damage() const { return damage_; }
    std::size_t units() const { return places_.size(); }

    std::optional<studies::UnitOutcome> find(const studies::Unit& unit) const override;
    /// Throws FileError as well where the two take more than a record holds, 256 MiB.
    void add(const studies::Unit& unit, const studies::UnitOutcome& outcome) override;
    /// In the order in which they were added.
    void for_each(const std::function<void(const studies::Unit&, const studies::UnitOutcome&)>& tell) const;

    /// After begin(): leaves the file even if it has no units, which is otherwise taken away in the end.
    void keep() { kept_ = true; }
    /// Takes the file away: what it kept stands elsewhere by now.
    void remove();

private:
    struct Place {
        std::uint64_t offset = 0;
        std::uint32_t length = 0;
    };
    struct Record {
        Place place;
        std::uint64_t hash = 0;  ///< of its unit
    };
    void open(Mode mode);
    void read(Mode mode);
    /// The one that begins there, if it is right, in a file of that size.
    std::optional<Record> record_at(std::uint64_t at, std::uint64_t size) const;
    /// Where the first one begins that is right, from there on; none: the size.
    std::uint64_t next_record(std::uint64_t at, std::uint64_t size) const;
    /// Whether a record of a possible length begins there and the file ends in it.
    bool is_cut_off(std::uint64_t at, std::uint64_t size) const;
    bool read_at(std::uint64_t offset, char* bytes, std::size_t length) const;
    void append(const std::string& bytes);
    void sync_every_second(std::stop_token stop);
    [[noreturn]] void fail(const std::string& doing, int error) const;

    std::filesystem::path path_;
    int descriptor_ = -1;
    bool reads_ = false, removed_ = false, kept_ = false;
    bool damaged_ = false;  ///< besides what was cut off
    LedgerHead head_;
    std::uint64_t end_ = 0;  ///< of all but what was cut off
    bool cut_off_ = true;    ///< there may be something behind that
    std::string damage_;
    std::unordered_multimap<std::uint64_t, Place> places_;  ///< by hash of the unit
    std::vector<Place> order_;
    std::atomic<bool> unsynced_{false};
    std::jthread syncer_;
};

}  // namespace understudy::formats
