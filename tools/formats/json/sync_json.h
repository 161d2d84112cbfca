// What a sync has done, for people and as a JSON document. docs/file-formats.md has it field by field.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "models/initial_state.h"
#include "tools/formats/store/store.h"
#include "tools/studies/follow.h"

namespace understudy::formats {

/// One log that was read.
struct SyncedLog {
    std::string file, format;
    std::int64_t events = 0;      ///< each once
    std::int64_t new_events = 0;  ///< that nothing before it, and no sync, had told
    std::vector<models::RecordedRun::Note> notes;
};

struct Synced {
    Committed committed;  ///< of a dry run: the latest version, and whether there would be another
    StoredTwin twin;
    bool dry_run = false;
    bool journaled = false;         ///< there were new events, or another instant: a record of the sync
    std::string instant;            ///< of the state, ISO 8601; of a run without a start empty
    std::int64_t known_events = 0;  ///< of all syncs
    std::vector<SyncedLog> logs;
    models::InitialState before;
    studies::Followed followed;
};

std::string synced_as_json(const Synced& synced);

}  // namespace understudy::formats
