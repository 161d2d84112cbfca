// What syncs of a twin have read of production: all events, each once, kept in the store's chain of records as notes of the
// action `sync`. A sync adds those that it found new; the state that it came to is a version. docs/file-formats.md has the
// text field by field.
//
// The state that a sync comes to follows from all events together and from the state that was known before the first of
// them, so that it does not matter in how many parts a log was read. Who sets the state by other means (twin
// snapshot, twin update) makes it the one that is known, from which later syncs go on. Who restores the state of an earlier
// version takes back what has been read since then.
//
// Throws as the store does, and FileError for a text that nobody can have written so. Not thread-safe, as the store.
#pragma once

#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <vector>

#include "models/observed_events.h"
#include "tools/formats/store/store.h"

namespace understudy::formats {

/// More events than this are refused: what follows from them would not fit into memory.
inline constexpr std::size_t most_observed_events = 20'000'000;

struct SyncJournal {
    std::vector<models::ObservedEvent> events;  ///< a set, of all syncs since the twin was made
    std::int64_t base =
        no_version;  ///< version whose state was known before the last sync; none: there was none
    std::int64_t made =
        no_version;  ///< version with the state that the last sync came to; none: there was none
    std::optional<std::int64_t> now_ns;  ///< as of when that is, since 1970
};

/// As it was when a version was the latest one.
SyncJournal read_sync_journal(Store& store, const std::string& twin,
                              std::int64_t version = std::numeric_limits<std::int64_t>::max());

/// What one sync adds.
struct SyncEntry {
    std::string twin;
    std::vector<models::ObservedEvent> events;  ///< that were not known; a set
    std::int64_t base = no_version, made = no_version;
    std::int64_t now_ns = 0;
    /// The state was made that of this version: what was read since then counts no more. None: all counts.
    std::int64_t back = no_version;
};

/// `version`: the one that has the state then; none: `made`.
Record note_sync(Store& store, const SyncEntry& entry, const Signature& signature,
                 std::int64_t version = no_version);

}  // namespace understudy::formats
