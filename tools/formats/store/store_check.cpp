#include "tools/formats/store/store_check.h"

#include <fmt/format.h>

#include <algorithm>
#include <compare>
#include <map>
#include <set>
#include <string>
#include <system_error>
#include <utility>

#include "tools/formats/files/file_error.h"
#include "tools/formats/files/sha256.h"
#include "tools/formats/store/checked_pages.h"
#include "tools/formats/store/database.h"
#include "tools/formats/store/named_files.h"
#include "tools/formats/store/store.h"
#include "tools/formats/store/store_place.h"

namespace understudy::formats {

namespace {

/// What the records say there is.
struct Expected {
    struct Twin {
        std::string kind, label;
        std::int64_t latest = 0;
        auto operator<=>(const Twin&) const = default;
    };
    struct Version {
        std::string content, change;
        std::int64_t record = 0;
        auto operator<=>(const Version&) const = default;
    };
    std::map<std::string, Twin> twins;
    std::map<std::pair<std::string, std::int64_t>, Version> versions;
    std::map<std::pair<std::string, std::string>, std::int64_t> tags;
    std::set<std::string> notes;  ///< SHA-256 of their texts
};

class StoreChecker {
public:
    StoreChecker(Store& store, StoreCheck& check)
        : store_(store), database_(store.database()), check_(check) {}

    void structure() {
        rows("PRAGMA integrity_check", [&](const Statement& row) {
            if (row.text(0) != "ok") problem(row.text(0));
        });
        // Of others that go on, the file can only have grown since it was looked at.
        if (const std::int64_t used = database_.number("PRAGMA page_count"); used < check_.pages)
            problem(fmt::format("it goes on for {} pages behind its end", check_.pages - used));
        rows("PRAGMA foreign_key_check", [&](const Statement& row) {
            problem(fmt::format("row {} of table {} refers to something that is not there", row.text(1),
                                row.text(0)));
        });
        std::vector<std::string> expected = store_schema(), found;
        rows("SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL",
             [&](const Statement& row) { found.push_back(row.text(0)); });
        std::sort(expected.begin(), expected.end());
        std::sort(found.begin(), found.end());
        if (expected != found) problem("the tables are not defined as they were made");
    }

    void chain() {
        const std::vector<Record> records = store_.records();
        check_.records = static_cast<std::int64_t>(records.size());
        std::string previous = no_hash();
        for (std::size_t i = 0; i < records.size(); ++i) {
            const Record& record = records[i];
            if (record.sequence != static_cast<std::int64_t>(i) + 1)
                problem(fmt::format("record {} is missing", i + 1));
            if (record.previous != previous)
                problem(fmt::format("record {} does not follow the one before it", record.sequence));
            if (record.hash != hash_of(record))
                problem(fmt::format("record {} ({} {}) has been altered", record.sequence, record.action,
                                    record.twin));
            previous = record.hash;
            check_.hashes.push_back(record.hash);
            replay(record);
        }
        if (!records.empty()) check_.head = previous;
    }

    void contents() {
        std::set<std::string> needed, there;
        for (const auto& [name, version] : expected_.versions) {
            needed.insert(version.content);
            if (!version.change.empty()) needed.insert(version.change);
        }
        needed.insert(expected_.notes.begin(), expected_.notes.end());
        rows("SELECT sha256, text FROM content", [&](const Statement& row) {
            there.insert(row.text(0));
            if (sha256_hex(row.text(1)) != row.text(0))
                problem(fmt::format("the text of {} has been altered", row.text(0)));
        });
        for (const std::string& sha256 : needed)
            if (!there.contains(sha256)) problem(fmt::format("the text of {} is missing", sha256));
        for (const std::string& sha256 : there)
            if (!needed.contains(sha256))
                problem(fmt::format("the text of {} belongs to no version and no record", sha256));
    }

    void tables() {
        Expected found;
        rows("SELECT name, kind, label, latest FROM twin", [&](const Statement& row) {
            found.twins[row.text(0)] = {row.text(1), row.text(2), row.number(3)};
        });
        rows("SELECT twin, number, content, coalesce(change, ''), record FROM version",
             [&](const Statement& row) {
                 found.versions[{row.text(0), row.number(1)}] = {row.text(2), row.text(3), row.number(4)};
             });
        rows("SELECT twin, tag, number FROM tag", [&](const Statement& row) {
            found.tags[{row.text(0), row.text(1)}] = row.number(2);
        });
        check_.twins = static_cast<std::int64_t>(found.twins.size());
        check_.versions = static_cast<std::int64_t>(found.versions.size());
        compare(expected_.twins, found.twins, [](const auto& name) { return "twin " + name; });
        compare(expected_.versions, found.versions,
                [](const auto& name) { return "version " + version_text(name.first, name.second); });
        compare(expected_.tags, found.tags,
                [](const auto& name) { return "tag " + name.first + "@" + name.second; });
    }

    void files() {
        FileDigests known;
        for (const auto& [name, version] : expected_.versions) {
            const std::string shown = version_text(name.first, name.second);
            for (const std::string& file : named_files_that_differ(
                     store_, store_.find({name.first, VersionName::By::number, name.second, ""}), known))
                check_.warnings.push_back(fmt::format("{}: {} since it was kept", shown, file));
        }
    }

private:
    template <class Tell>
    void rows(const char* sql, Tell&& tell) {
        Statement statement(database_, sql);
        while (statement.step()) tell(statement);
    }

    void problem(std::string text) { check_.problems.push_back(std::move(text)); }

    void replay(const Record& record) {
        const auto version = std::pair(record.twin, record.version);
        if (record.action == "create" || record.action == "update") {
            if (record.action == "create") expected_.twins[record.twin] = {record.kind, record.label, 0};
            expected_.twins[record.twin].latest = record.version;
            expected_.versions[version] = {record.content, record.change, record.sequence};
        } else if (record.action == "tag") {
            expected_.tags[{record.twin, record.tag}] = record.version;
        } else if (record.action == "untag") {
            expected_.tags.erase({record.twin, record.tag});
        } else if (record.action == "delete") {
            expected_.twins.erase(record.twin);
            const auto of_twin = [&](const auto& entry) { return entry.first.first == record.twin; };
            std::erase_if(expected_.versions, of_twin);
            std::erase_if(expected_.tags, of_twin);
        } else if (is_note(record.action)) {
            expected_.notes.insert({record.content, record.change});
        } else {
            problem(fmt::format("record {} has the unknown action '{}'", record.sequence, record.action));
        }
    }

    template <class Map, class Name>
    void compare(const Map& expected, const Map& found, Name&& name_of) {
        for (const auto& [name, value] : expected) {
            const auto other = found.find(name);
            if (other == found.end())
                problem(fmt::format("{} is missing", name_of(name)));
            else if (other->second != value)
                problem(fmt::format("{} is not as recorded", name_of(name)));
        }
        for (const auto& [name, value] : found)
            if (!expected.contains(name)) problem(fmt::format("{} is not recorded", name_of(name)));
    }

    Store& store_;
    Database& database_;
    StoreCheck& check_;
    Expected expected_;
};

/// All but the checksums of pages; as it is at one instant, while others go on.
void check_what_is_kept(Store& store, StoreCheck& check) {
    const auto look = [&](auto&& part) {
        try {
            part();
        } catch (const StoreBusy&) {
            throw;
        } catch (const FileError& error) {
            check.problems.push_back(error.what());
        }
    };
    const Transaction one_state(store.database(), Transaction::Kind::reading);
    StoreChecker checker(store, check);
    look([&] { checker.structure(); });
    look([&] {
        checker.chain();
        checker.contents();
        checker.tables();
        if (check.problems.empty()) checker.files();
    });
}

/// Whether it would be as it was written, were it not for checksums of pages.
bool is_mendable(const std::filesystem::path& folder, std::int64_t pages) {
    StoreCheck check;
    check.pages = pages;
    try {
        Store store(folder, Store::Access::mending);
        check_what_is_kept(store, check);
    } catch (const FileError&) {
        return false;
    }
    return check.problems.empty();
}

}  // namespace

StoreCheck check_store(const std::filesystem::path& folder) {
    StoreCheck check;
    const std::filesystem::path file = folder / store_file;
    std::error_code none;
    if (const auto log = file.string() + "-wal"; std::filesystem::exists(log, none)) {
        // A page that a power cut has halved in the file stands whole in the log: who closes last brings it in.
        try {
            Store(folder, Store::Access::reading);
        } catch (const FileError&) {
            // Told below.
        }
    }
    const PageCheck pages = check_pages(file);
    check.pages = pages.pages;
    check.problems = pages.problems;
    try {
        Store store(folder, Store::Access::reading);
        check_what_is_kept(store, check);
    } catch (const StoreBusy&) {
        throw;
    } catch (const FileError& error) {
        // Who has seen the place of the damage need not be sent to look for it.
        if (check.problems.empty()) check.problems.push_back(error.what());
    }
    check.mendable = !pages.problems.empty() && pages.whole && is_mendable(folder, pages.pages);
    return check;
}

StoreMend mend_store(const std::filesystem::path& folder) {
    StoreMend mend;
    if (const PageCheck pages = check_pages(folder / store_file); pages.whole && !pages.problems.empty()) {
        constexpr int attempts = 5;
        Store store(folder, Store::Access::mending);
        for (int attempt = 0; attempt < attempts; ++attempt) {
            if (!store.database().bring_in_log()) continue;
            const Transaction alone(store.database(), Transaction::Kind::writing);
            if (store.database().has_log()) continue;  // somebody was faster
            StoreCheck check;
            check.pages = pages.pages;
            check_what_is_kept(store, check);
            if (check.problems.empty()) mend.resealed = store.database().reseal();
            break;
        }
    }
    mend.check = check_store(folder);
    return mend;
}

void look_for_record(StoreCheck& check, const std::string& begin) {
    if (std::none_of(check.hashes.begin(), check.hashes.end(),
                     [&](const std::string& hash) { return hash.starts_with(begin); }))
        check.problems.push_back(fmt::format("no record {} is part of it", begin));
}

}  // namespace understudy::formats
