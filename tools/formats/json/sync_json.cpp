#include "tools/formats/json/sync_json.h"

#include <nlohmann/json.hpp>

#include "tools/formats/json/state_counts.h"

namespace understudy::formats {

namespace {

using SyncJson = nlohmann::ordered_json;

}  // namespace

std::string synced_as_json(const Synced& synced) {
    const Version& version = synced.committed.version;
    SyncJson json = {
        {"twin", synced.twin.name},        {"version", version_text(version.twin, version.number)},
        {"number", version.number},        {"sha256", version.sha256},
        {"added", synced.committed.added}, {"dry_run", synced.dry_run},
        {"recorded", synced.journaled},    {"as_of_s", kernel::to_seconds(synced.followed.state.as_of)}};
    if (!synced.instant.empty()) json["instant"] = synced.instant;
    SyncJson logs = SyncJson::array();
    for (const SyncedLog& log : synced.logs) {
        SyncJson notes = SyncJson::array();
        for (const models::RecordedRun::Note& note : log.notes)
            notes.push_back({{"text", note.text}, {"count", note.count}, {"first_line", note.first_line}});
        logs.push_back({{"file", log.file},
                        {"format", log.format},
                        {"events", log.events},
                        {"new_events", log.new_events},
                        {"notes", std::move(notes)}});
    }
    json["logs"] = std::move(logs);
    json["known_events"] = synced.known_events;
    json["used_events"] = synced.followed.used;
    json["later_events"] = synced.followed.later;
    json["elements"] = state_counts_as_json(synced.before, synced.followed.state);
    SyncJson unmapped = SyncJson::array();
    for (const studies::NotFollowed& other : synced.followed.unmapped)
        unmapped.push_back({{"name", other.name}, {"events", other.events}, {"why", other.why}});
    json["not_in_twin"] = std::move(unmapped);
    json["not_in_state"] = synced.followed.left_out;
    json["assumed"] = synced.followed.assumed;
    return json.dump(2, ' ', false, SyncJson::error_handler_t::replace) + "\n";
}

}  // namespace understudy::formats
