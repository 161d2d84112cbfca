// Versions of twins, kept in an SQLite file of the project: named, numbered, addressed by content, never altered.
//
// A twin has a name, a kind and versions, numbered from 1; a number is never given twice, not after a deletion either. A
// version holds a text (version_content.h says what of), who made it, when, why, and the change that did. Tags are names
// for versions that may be moved. Everything that is done is a record in a chain of hashes (record.h), which stays when a
// twin is deleted; the texts of a deleted twin go.
//
// Every function is a transaction, or part of one that the caller has begun (Transaction, database.h): it happens whole or
// not at all, whatever kills it, and others that use the file at the
// same time, from this process or another, come before or after it. A Store is used by one thread; open one for each.
// Throws FileError for files that cannot be used, NoSuchVersion for names that lead nowhere, StaleBase where another one
// was faster, Fault for what no twin or tag can be called. docs/file-formats.md has the tables field by field.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "tools/formats/store/database.h"
#include "tools/formats/store/record.h"
#include "tools/formats/store/version_name.h"

namespace understudy::formats {

/// There is no such twin, version or tag; the message has a hint where something is near.
class NoSuchVersion : public std::runtime_error {
public:
    using std::runtime_error::runtime_error;
};

/// The version that something was based on is not the latest any more (exit code 5).
class StaleBase : public std::runtime_error {
public:
    using std::runtime_error::runtime_error;
};

/// Who does something, and why; kept with it.
struct Signature {
    std::string author;
    std::string time;  ///< ISO 8601, UTC: 2026-03-09T05:00:00Z
    std::string reason;
};

struct Version {
    std::string twin;
    std::int64_t number = 0;
    std::string sha256;  ///< of its text
    std::string change;  ///< SHA-256 of the change that made it; empty: there is none
    Signature signature;
    std::string record;             ///< hash of its record
    std::vector<std::string> tags;  ///< by name
    bool latest = false;
};

struct StoredTwin {
    std::string name;
    std::string kind;   ///< `product`, `pipeline` or `system`
    std::string label;  ///< as people call it; may be empty
    std::int64_t versions = 0;
    Version latest;
    std::map<std::string, std::int64_t> tags;  ///< all of them, with their versions
};

/// Kind and label of a twin that is made.
struct Nature {
    std::string kind = "system";
    std::string label;
};

/// What a version has to be based on, besides the number of the latest.
constexpr std::int64_t no_version = 0;     ///< there must be no such twin
constexpr std::int64_t some_version = -1;  ///< whichever is the latest; there must be such a twin
constexpr std::int64_t any_version = -2;   ///< whichever is the latest; else the twin is made

struct Committed {
    Version version;
    bool added = false;  ///< false: the latest version has this text already, and nothing was written
};

struct Deleted {
    std::int64_t versions = 0;
    std::vector<std::string> tags;
};

/// What is recorded besides what is done to twins: an entry of the log of changes (approval/change_log.h), what was read
/// of a log of production (sync_journal.h), or what stood in files that a version names (named_files.h), with its texts.
struct Note {
    std::string action;
    std::string twin;          ///< may be empty, and need not be there any more
    std::int64_t version = 0;  ///< that it is about; 0: none
    std::string text, change;  ///< both are kept, whatever becomes of the twin
};

class Store {
public:
    /// `mending`: writing, and pages are taken as they are, whatever their checksums (store_check.h).
    enum class Access { reading, writing, mending };
    /// The store in this folder; FileError where there is none.
    Store(const std::filesystem::path& folder, Access access);
    /// The same, made where there is none, in a folder that may be missing while that above it is there. `made` tells.
    static Store make(const std::filesystem::path& folder, bool* made = nullptr);

    /// Adds a version with this text to a twin, and makes the twin of `nature` where there is none. `base` is the number
    /// of the version that it was made from, or one of the constants above. Text that the latest version has already is
    /// no new version, whatever the base: a command that is repeated does nothing. `change` is the text of the change
    /// that made it; empty: none.
    Committed commit(const std::string& twin, std::string_view text, std::string_view change,
                     std::int64_t base, const Signature& signature, const Nature& nature = {});
    /// Gives a version a tag, or moves it there; false: it had it.
    bool tag(const Version& version, const std::string& tag, const Signature& signature);
    /// Takes a tag away; NoSuchVersion where there is none.
    void untag(const std::string& twin, const std::string& tag, const Signature& signature);
    /// Appends a record with texts of its own.
    Record note(const Note& note, const Signature& signature);
    /// Takes a twin away, with all versions and tags. Records stay, and so do the texts of notes.
    Deleted remove(const std::string& twin, const Signature& signature);

    Version find(const VersionName& name);
    StoredTwin twin(const std::string& name);
    /// By name.
    std::vector<StoredTwin> twins();
    /// Texts are held against the digest that they go by whenever they are read: one that has been altered, be it with the
    /// checksum of its page put right, is damage (FileError).
    std::string text_of(const Version& version);
    /// Empty where there is none.
    std::string change_of(const Version& version);
    /// The text with this SHA-256; empty where there is none.
    std::string content(const std::string& sha256);
    /// All that was done, or all that was done to one twin, the first first.
    std::vector<Record> records(const std::optional<std::string>& twin = std::nullopt);

    /// Of the last record that made or took away a version of a twin, or read production for it; 0: there is none.
    std::int64_t last_move(const std::string& twin);
    /// Whether there was such a twin, and it has been deleted.
    bool is_deleted(const std::string& twin);
    /// Whether the twin had a tag of this name, and it has been taken away.
    bool is_untagged(const std::string& twin, const std::string& tag);

    const std::filesystem::path& folder() const { return folder_; }
    Database& database() { return database_; }

private:
    Store(const std::filesystem::path& folder, Database::Mode mode);
    void append(Record& record, const Signature& signature);
    void keep(const std::string& sha256, std::string_view text);
    std::optional<std::int64_t> head_of(const std::string& twin);
    Version version(const std::string& twin, std::int64_t number);
    StoredTwin read_twin(const std::string& name);
    [[noreturn]] void no_twin(const std::string& name);

    std::filesystem::path folder_;
    Database database_;
};

/// What a store's tables are made of, statement by statement, as SQLite keeps them.
std::vector<std::string> store_schema();
/// In SQLite's header: whose file it is, and the version of the tables.
constexpr std::int64_t store_application = 0x54574e53;
constexpr std::int64_t store_version = 1;

}  // namespace understudy::formats
