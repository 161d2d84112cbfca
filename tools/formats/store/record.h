// What was done to a store, one record a deed: the chain that proves that nothing was altered since.
//
// Each record's hash covers all its fields and the hash of the one before it, so that no record, and no content, change or
// name in it, can be altered, left out or put in between without all later hashes being others. Pure, thread-safe.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace understudy::formats {

struct Record {
    std::int64_t sequence = 0;  ///< from 1, without gaps
    std::string action;         ///< `create`, `update`, `tag`, `untag`, `delete`, or that of a note (is_note)
    std::string twin;
    std::string kind, label;   ///< of `create`, else empty
    std::int64_t version = 0;  ///< made, tagged, the latest that is deleted, or what a note is about
    std::string tag;           ///< of `tag` and `untag`, else empty
    std::string
        content;  ///< SHA-256 of what the version holds (`create`, `update`), or of a note's text; else empty
    std::string
        change;  ///< SHA-256 of the change that made it, or that the note is about; empty: there is none
    std::string author;
    std::string time;  ///< ISO 8601, UTC: 2026-03-09T05:00:00Z
    std::string reason;
    std::string previous;  ///< hash of the record before; 64 zeros: it is the first
    std::string hash;      ///< of all of these
};

/// What `hash` has to be: SHA-256 of a first line and then, for each other member in the order above, a line with its name
/// and its length in bytes, and a line with its value.
std::string hash_of(const Record& record);

/// Whether an action does nothing to twins, and its texts are kept as long as the record: an entry of the log of changes
/// (approval/change_log.h), that is `request`, `approve`, `reject`, `apply` or `rollback`, `sync` (sync_journal.h), or
/// `files` (named_files.h).
bool is_note(std::string_view action);
/// The action of what was read of a log.
inline constexpr std::string_view sync_action = "sync";
/// The action of what stood in the files that a version names.
inline constexpr std::string_view files_action = "files";

/// `previous` of the first.
std::string no_hash();

}  // namespace understudy::formats
