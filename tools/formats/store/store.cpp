#include "tools/formats/store/store.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sqlite3.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <memory>
#include <system_error>
#include <utility>

#include "tools/formats/files/atomic_file.h"
#include "tools/formats/files/sha256.h"
#include "tools/formats/language/suggestions.h"
#include "tools/formats/store/checked_pages.h"
#include "tools/formats/store/named_files.h"
#include "tools/formats/store/store_place.h"

namespace understudy::formats {

namespace fs = std::filesystem;

std::vector<std::string> store_schema() {
    return {
        R"(CREATE TABLE content (
  sha256 TEXT NOT NULL PRIMARY KEY,
  text TEXT NOT NULL
) STRICT)",
        R"(CREATE TABLE record (
  sequence INTEGER NOT NULL PRIMARY KEY,
  action TEXT NOT NULL,
  twin TEXT NOT NULL,
  kind TEXT NOT NULL,
  label TEXT NOT NULL,
  version INTEGER NOT NULL,
  tag TEXT NOT NULL,
  content TEXT NOT NULL,
  change TEXT NOT NULL,
  author TEXT NOT NULL,
  time TEXT NOT NULL,
  reason TEXT NOT NULL,
  previous TEXT NOT NULL UNIQUE,
  hash TEXT NOT NULL UNIQUE
) STRICT)",
        "CREATE INDEX record_of_twin ON record (twin, sequence)",
        R"(CREATE TABLE twin (
  name TEXT NOT NULL PRIMARY KEY,
  kind TEXT NOT NULL CHECK (kind IN ('product', 'pipeline', 'system')),
  label TEXT NOT NULL,
  latest INTEGER NOT NULL,
  FOREIGN KEY (name, latest) REFERENCES version (twin, number) DEFERRABLE INITIALLY DEFERRED
) STRICT)",
        R"(CREATE TABLE version (
  twin TEXT NOT NULL REFERENCES twin (name),
  number INTEGER NOT NULL CHECK (number > 0),
  content TEXT NOT NULL REFERENCES content (sha256),
  change TEXT REFERENCES content (sha256),
  record INTEGER NOT NULL UNIQUE REFERENCES record (sequence),
  PRIMARY KEY (twin, number)
) STRICT)",
        "CREATE INDEX version_of_content ON version (content)",
        "CREATE INDEX version_of_change ON version (change)",
        R"(CREATE TABLE tag (
  twin TEXT NOT NULL,
  tag TEXT NOT NULL,
  number INTEGER NOT NULL,
  PRIMARY KEY (twin, tag),
  FOREIGN KEY (twin, number) REFERENCES version (twin, number)
) STRICT)",
        "CREATE TRIGGER records_are_kept BEFORE DELETE ON record BEGIN\n"
        "  SELECT RAISE(ABORT, 'records are never taken away');\nEND",
        "CREATE TRIGGER records_stay BEFORE UPDATE ON record BEGIN\n"
        "  SELECT RAISE(ABORT, 'records are never altered');\nEND",
        "CREATE TRIGGER versions_stay BEFORE UPDATE ON version BEGIN\n"
        "  SELECT RAISE(ABORT, 'versions are never altered');\nEND",
        "CREATE TRIGGER contents_stay BEFORE UPDATE ON content BEGIN\n"
        "  SELECT RAISE(ABORT, 'contents are never altered');\nEND",
    };
}

namespace {

/// Of several processes that make a store at once, one does.
class FolderLock {
public:
    explicit FolderLock(const fs::path& folder)
        : descriptor_(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)) {
        if (descriptor_ < 0 || ::flock(descriptor_, LOCK_EX) != 0) {
            const int error = errno;
            if (descriptor_ >= 0) ::close(descriptor_);
            throw FileError(folder, fmt::format("cannot be opened: {}", std::strerror(error)));
        }
    }
    ~FolderLock() { ::close(descriptor_); }
    FolderLock(const FolderLock&) = delete;
    FolderLock& operator=(const FolderLock&) = delete;

private:
    int descriptor_;
};

[[noreturn]] void cannot_make(const fs::path& what, const std::error_code& why) {
    throw FileError(what, fmt::format("cannot be made: {}", why.message()));
}

/// Made aside and renamed once it is whole: what is called `store.db` is always one.
void make_database(const fs::path& file) {
    const fs::path aside = file.string() + ".unfinished";
    std::error_code error;
    for (const char* end : {"", "-wal", "-shm", "-journal"}) fs::remove(aside.string() + end, error);
    try {
        Database database(aside, Database::Mode::creating);
        Transaction all(database, Transaction::Kind::writing);
        for (const std::string& statement : store_schema()) database.run(statement.c_str());
        database.run(fmt::format("PRAGMA application_id = {}; PRAGMA user_version = {}", store_application,
                                 store_version)
                         .c_str());
        all.commit();
    } catch (...) {
        for (const char* end : {"", "-wal", "-shm", "-journal"}) fs::remove(aside.string() + end, error);
        throw;
    }
    fs::rename(aside, file, error);
    if (error) cannot_make(file, error);
}

/// Of a version, in the order in which read_version takes them.
constexpr std::string_view version_columns =
    "SELECT v.number, v.content, coalesce(v.change, ''), r.author, r.time, r.reason, r.hash, "
    "v.number = t.latest FROM version v JOIN twin t ON t.name = v.twin JOIN record r ON r.sequence = "
    "v.record WHERE v.twin = ?1 AND ";

Version read_version(const Statement& row, const std::string& twin) {
    Version version;
    version.twin = twin;
    version.number = row.number(0);
    version.sha256 = row.text(1);
    version.change = row.text(2);
    version.signature = {row.text(3), row.text(4), row.text(5)};
    version.record = row.text(6);
    version.latest = row.number(7) != 0;
    return version;
}

/// Nothing where there is none. What is decided on a text, or signed, is decided on what goes by its name: one that has been
/// altered, be it with the checksum of its page put right, is damage.
std::optional<std::string> checked_text(Database& database, const std::string& sha256) {
    Statement row(database, "SELECT text FROM content WHERE sha256 = ?");
    if (!row.bind(sha256).step()) return std::nullopt;
    std::string text = row.text(0);
    if (sha256_hex(text) != sha256) database.fail(SQLITE_CORRUPT);
    return text;
}

}  // namespace

Store::Store(const fs::path& folder, Database::Mode mode)
    : folder_(folder), database_(folder / store_file, mode) {
    if (database_.number("PRAGMA application_id") != store_application)
        throw FileError(folder / store_file, "is no store of twins");
    const std::int64_t version = database_.number("PRAGMA user_version");
    if (version != store_version)
        throw FileError(folder / store_file,
                        fmt::format("has version {} of the store's format; this program reads {}", version,
                                    store_version));
}

Store::Store(const fs::path& folder, Access access)
    : Store(
          [&] {
              std::error_code none;
              if (!fs::exists(folder / store_file, none))
                  throw FileError(folder,
                                  "there is no store of twins here; 'understudy twin create NAME "
                                  "FILE' makes one");
              return folder;
          }(),
          access == Access::reading   ? Database::Mode::reading
          : access == Access::mending ? Database::Mode::mending
                                      : Database::Mode::writing) {}

Store Store::make(const fs::path& folder, bool* made) {
    if (made != nullptr) *made = false;
    std::error_code error;
    if (!fs::exists(folder / store_file, error)) {
        if (!fs::is_directory(folder, error) && !fs::create_directory(folder, error) &&
            !fs::is_directory(folder))
            cannot_make(folder, error);
        const FolderLock lock(folder);
        if (!fs::exists(folder / store_file, error)) {
            make_database(folder / store_file);
            if (made != nullptr) *made = true;
        }
    }
    return Store(folder, Database::Mode::writing);
}

void Store::append(Record& record, const Signature& signature) {
    record.author = signature.author;
    record.time = signature.time;
    record.reason = signature.reason;
    record.sequence = 1;
    record.previous = no_hash();
    if (Statement last(database_, "SELECT sequence, hash FROM record ORDER BY sequence DESC LIMIT 1");
        last.step()) {
        record.sequence = last.number(0) + 1;
        record.previous = last.text(1);
    }
    record.hash = hash_of(record);
    Statement(database_, "INSERT INTO record VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)")
        .bind(record.sequence)
        .bind(record.action)
        .bind(record.twin)
        .bind(record.kind)
        .bind(record.label)
        .bind(record.version)
        .bind(record.tag)
        .bind(record.content)
        .bind(record.change)
        .bind(record.author)
        .bind(record.time)
        .bind(record.reason)
        .bind(record.previous)
        .bind(record.hash)
        .run();
}

void Store::keep(const std::string& sha256, std::string_view text) {
    Statement(database_, "INSERT OR IGNORE INTO content VALUES (?, ?)").bind(sha256).bind(text).run();
}

std::optional<std::int64_t> Store::head_of(const std::string& twin) {
    Statement head(database_, "SELECT latest FROM twin WHERE name = ?");
    if (!head.bind(twin).step()) return std::nullopt;
    return head.number(0);
}

void Store::no_twin(const std::string& name) {
    std::vector<std::string> names;
    Statement all(database_, "SELECT name FROM twin");
    while (all.step()) names.push_back(all.text(0));
    const std::string near = nearest(name, names);
    std::string hint = near.empty() ? "'understudy twin list' shows all" : "did you mean '" + near + "'?";
    if (names.empty()) hint = "the store is empty";
    throw NoSuchVersion(fmt::format("there is no twin '{}'; {}", name, hint));
}

Version Store::version(const std::string& twin, std::int64_t number) {
    Version version;
    {
        Statement row(database_, std::string(version_columns) + "v.number = ?2");
        if (!row.bind(twin).bind(number).step()) {
            const auto head = head_of(twin);
            if (!head) no_twin(twin);
            throw NoSuchVersion(fmt::format("'{}' has no version {}; the latest is {}", twin, number, *head));
        }
        version = read_version(row, twin);
    }
    Statement tags(database_, "SELECT tag FROM tag WHERE twin = ? AND number = ? ORDER BY tag");
    tags.bind(twin).bind(number);
    while (tags.step()) version.tags.push_back(tags.text(0));
    return version;
}

Committed Store::commit(const std::string& twin, std::string_view text, std::string_view change,
                        std::int64_t base, const Signature& signature, const Nature& nature) {
    require_twin_name(twin);
    const std::string sha256 = sha256_hex(text);
    Transaction all(database_, Transaction::Kind::writing);
    const std::optional<std::int64_t> head = head_of(twin);
    if (head) {
        Version latest = version(twin, *head);
        if (latest.sha256 == sha256) return {std::move(latest), false};
    }
    if (!head && base == some_version) no_twin(twin);
    if (!head && base > no_version)
        throw StaleBase(fmt::format("{} is gone: there is no twin '{}'", version_text(twin, base), twin));
    if (head && base == no_version)
        throw StaleBase(fmt::format("there is a twin '{}' already, with {} as its latest version", twin,
                                    version_text(twin, *head)));
    if (head && base > no_version && base != *head)
        throw StaleBase(
            fmt::format("{} is not the latest version any more: {} is; look at what has changed "
                        "('understudy twin diff {} {}') and start from there",
                        version_text(twin, base), version_text(twin, *head), version_text(twin, base),
                        version_text(twin, *head)));
    Record record;
    record.action = head ? "update" : "create";
    record.twin = twin;
    if (!head) {
        record.kind = nature.kind;
        record.label = nature.label;
    }
    // After a deletion numbers go on: an address that someone has kept never means something else.
    Statement last(database_, "SELECT coalesce(max(version), 0) FROM record WHERE twin = ?");
    last.bind(twin).step();
    record.version = last.number(0) + 1;
    record.content = sha256;
    if (!change.empty()) record.change = sha256_hex(change);
    append(record, signature);
    keep(sha256, text);
    if (!change.empty()) keep(record.change, change);
    if (head)
        Statement(database_, "UPDATE twin SET latest = ? WHERE name = ?")
            .bind(record.version)
            .bind(twin)
            .run();
    else
        Statement(database_, "INSERT INTO twin VALUES (?, ?, ?, ?)")
            .bind(twin)
            .bind(nature.kind)
            .bind(nature.label)
            .bind(record.version)
            .run();
    Statement(database_, "INSERT INTO version VALUES (?, ?, ?, nullif(?, ''), ?)")
        .bind(twin)
        .bind(record.version)
        .bind(sha256)
        .bind(record.change)
        .bind(record.sequence)
        .run();
    Committed committed{version(twin, record.version), true};
    note_named_files(*this, committed.version, std::string(text), signature);
    all.commit();
    return committed;
}

bool Store::tag(const Version& version, const std::string& tag, const Signature& signature) {
    require_tag_name(tag);
    Transaction all(database_, Transaction::Kind::writing);
    const Version now = this->version(version.twin, version.number);
    for (const std::string& has : now.tags)
        if (has == tag) return false;
    Record record;
    record.action = "tag";
    record.twin = version.twin;
    record.version = version.number;
    record.tag = tag;
    append(record, signature);
    Statement(database_, "INSERT OR REPLACE INTO tag VALUES (?, ?, ?)")
        .bind(version.twin)
        .bind(tag)
        .bind(version.number)
        .run();
    all.commit();
    return true;
}

void Store::untag(const std::string& twin, const std::string& tag, const Signature& signature) {
    Transaction all(database_, Transaction::Kind::writing);
    Record record;
    record.action = "untag";
    record.twin = twin;
    record.version = find({twin, VersionName::By::tag, 0, tag}).number;
    record.tag = tag;
    append(record, signature);
    Statement(database_, "DELETE FROM tag WHERE twin = ? AND tag = ?").bind(twin).bind(tag).run();
    all.commit();
}

Record Store::note(const Note& note, const Signature& signature) {
    Transaction all(database_, Transaction::Kind::writing);
    Record record;
    record.action = note.action;
    record.twin = note.twin;
    record.version = note.version;
    record.content = sha256_hex(note.text);
    record.change = sha256_hex(note.change);
    append(record, signature);
    keep(record.content, note.text);
    keep(record.change, note.change);
    all.commit();
    return record;
}

Deleted Store::remove(const std::string& twin, const Signature& signature) {
    Transaction all(database_, Transaction::Kind::writing);
    const StoredTwin gone = read_twin(twin);
    Deleted deleted{gone.versions, {}};
    for (const auto& [tag, number] : gone.tags) deleted.tags.push_back(tag);
    Record record;
    record.action = "delete";
    record.twin = twin;
    record.version = gone.latest.number;
    append(record, signature);
    for (const char* statement : {"DELETE FROM tag WHERE twin = ?", "DELETE FROM version WHERE twin = ?",
                                  "DELETE FROM twin WHERE name = ?"})
        Statement(database_, statement).bind(twin).run();
    database_.run(
        "DELETE FROM content WHERE NOT EXISTS (SELECT 1 FROM version WHERE content = sha256) AND NOT EXISTS "
        "(SELECT 1 FROM version WHERE change = sha256) AND NOT EXISTS (SELECT 1 FROM record WHERE action IN "
        "('request', 'approve', 'reject', 'apply', 'rollback', 'sync', 'files') AND sha256 IN "
        "(record.content, "
        "record.change))");
    all.commit();
    return deleted;
}

Version Store::find(const VersionName& name) {
    if (name.by == VersionName::By::number) return version(name.twin, name.number);
    const auto head = head_of(name.twin);
    if (!head) no_twin(name.twin);
    if (name.by == VersionName::By::latest) return version(name.twin, *head);
    if (name.by == VersionName::By::tag) {
        Statement row(database_, "SELECT number FROM tag WHERE twin = ? AND tag = ?");
        if (row.bind(name.twin).bind(name.text).step()) return version(name.twin, row.number(0));
        std::vector<std::string> tags = {"latest"};
        Statement all(database_, "SELECT tag FROM tag WHERE twin = ? ORDER BY tag");
        all.bind(name.twin);
        while (all.step()) tags.push_back(all.text(0));
        const std::string near = did_you_mean(name.text, tags);
        throw NoSuchVersion(
            fmt::format("'{}' has no tag '{}'; {}", name.twin, name.text,
                        near.empty() ? fmt::format("there are {}", fmt::join(tags, ", ")) : near));
    }
    // Several versions may have the text: it is the same, and the newest is meant.
    Statement rows(database_,
                   "SELECT content, max(number) FROM version WHERE twin = ? AND substr(content, 1, ?) = ? "
                   "GROUP BY content ORDER BY 2 DESC");
    rows.bind(name.twin).bind(static_cast<std::int64_t>(name.text.size())).bind(name.text);
    if (!rows.step())
        throw NoSuchVersion(
            fmt::format("'{}' has no version whose SHA-256 begins with {}; 'understudy twin "
                        "history {}' shows all",
                        name.twin, name.text, name.twin));
    const std::int64_t number = rows.number(1);
    if (rows.step())
        throw NoSuchVersion(
            fmt::format("several versions of '{}' have a SHA-256 that begins with {}; give "
                        "more of it",
                        name.twin, name.text));
    return version(name.twin, number);
}

StoredTwin Store::read_twin(const std::string& name) {
    StoredTwin twin;
    twin.name = name;
    {
        Statement row(database_, "SELECT kind, label, latest FROM twin WHERE name = ?");
        if (!row.bind(name).step()) no_twin(name);
        twin.kind = row.text(0);
        twin.label = row.text(1);
        twin.latest = version(name, row.number(2));
    }
    Statement count(database_, "SELECT count(*) FROM version WHERE twin = ?");
    count.bind(name).step();
    twin.versions = count.number(0);
    Statement tags(database_, "SELECT tag, number FROM tag WHERE twin = ?");
    tags.bind(name);
    while (tags.step()) twin.tags[tags.text(0)] = tags.number(1);
    return twin;
}

StoredTwin Store::twin(const std::string& name) {
    const Transaction one_state(database_, Transaction::Kind::reading);
    return read_twin(name);
}

std::vector<StoredTwin> Store::twins() {
    const Transaction one_state(database_, Transaction::Kind::reading);
    std::vector<std::string> names;
    {
        Statement all(database_, "SELECT name FROM twin ORDER BY name");
        while (all.step()) names.push_back(all.text(0));
    }
    std::vector<StoredTwin> twins;
    for (const std::string& name : names) twins.push_back(read_twin(name));
    return twins;
}

std::string Store::text_of(const Version& version) {
    auto text = checked_text(database_, version.sha256);
    if (!text)
        throw NoSuchVersion(fmt::format("{} has been deleted", version_text(version.twin, version.number)));
    return std::move(*text);
}

std::string Store::change_of(const Version& version) { return content(version.change); }

std::string Store::content(const std::string& sha256) { return checked_text(database_, sha256).value_or(""); }

std::int64_t Store::last_move(const std::string& twin) {
    Statement last(database_,
                   "SELECT coalesce(max(sequence), 0) FROM record WHERE twin = ? AND action IN ('create', "
                   "'update', 'delete', 'sync')");
    last.bind(twin).step();
    return last.number(0);
}

bool Store::is_deleted(const std::string& twin) {
    Statement gone(database_, "SELECT 1 FROM record WHERE twin = ? AND action = 'delete'");
    return gone.bind(twin).step() && !head_of(twin);
}

bool Store::is_untagged(const std::string& twin, const std::string& tag) {
    Statement gone(database_, "SELECT 1 FROM record WHERE twin = ? AND action = 'untag' AND tag = ?"),
        there(database_, "SELECT 1 FROM tag WHERE twin = ? AND tag = ?");
    return gone.bind(twin).bind(tag).step() && !there.bind(twin).bind(tag).step();
}

std::vector<Record> Store::records(const std::optional<std::string>& twin) {
    Statement rows(database_,
                   std::string("SELECT sequence, action, twin, kind, label, version, tag, content, change, "
                               "author, time, reason, previous, hash FROM record ") +
                       (twin ? "WHERE twin = ? " : "") + "ORDER BY sequence");
    if (twin) rows.bind(*twin);
    std::vector<Record> records;
    while (rows.step()) {
        Record& record = records.emplace_back();
        record.sequence = rows.number(0);
        record.version = rows.number(5);
        std::string* const texts[] = {nullptr,          &record.action, &record.twin, &record.kind,
                                      &record.label,    nullptr,        &record.tag,  &record.content,
                                      &record.change,   &record.author, &record.time, &record.reason,
                                      &record.previous, &record.hash};
        for (int column = 0; column < 14; ++column)
            if (texts[column] != nullptr) *texts[column] = rows.text(column);
    }
    return records;
}

}  // namespace understudy::formats
