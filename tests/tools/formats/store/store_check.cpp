// Promised: a flipped byte anywhere in the database, or in the log that a kill leaves, is found; so are rows that are not
// what the records say, and records that are not those that were written.
// Shown: one bit of every byte of a small store is flipped, in turn; rows are altered by SQL as another program would.
#include "tools/formats/store/store_check.h"

#include <doctest/doctest.h>
#include <sqlite3.h>

#include "tests/tools/formats/store/folder.h"
#include "tools/formats/files/file_error.h"
#include "tools/formats/store/store.h"
#include "tools/formats/store/write_ahead_log.h"

using namespace understudy::formats;

namespace {

const Signature someone = {"ana@example", test_time, "because"};

/// Some pages of everything: deleted texts, tags, a text of several pages.
void fill(Store& store) {
    store.commit("gone", std::string(9000, 'g'), "", any_version, someone);
    store.commit("orders", "one", "", any_version, someone);
    store.tag(store.commit("orders", std::string(9000, 'x'), "a change", any_version, someone).version,
              "prod", someone);
    store.remove("gone", someone);
}

bool is_found(const std::filesystem::path& store) {
    try {
        return !check_store(store).problems.empty();
    } catch (const FileError&) {
        return true;
    }
}

/// As one would who keeps the checksums right.
void alter(const std::filesystem::path& database, const std::string& sql) {
    Store store(database.parent_path(), Store::Access::writing);
    store.database().run("PRAGMA foreign_keys = OFF");
    for (const char* trigger : {"records_are_kept", "records_stay", "versions_stay", "contents_stay"})
        store.database().run(("DROP TRIGGER " + std::string(trigger)).c_str());
    store.database().run(sql.c_str());
    const auto schema = store_schema();
    for (const std::string& statement : schema)
        if (statement.starts_with("CREATE TRIGGER")) store.database().run(statement.c_str());
}

std::vector<std::string> problems_after(const std::string& sql) {
    const StoreFolder folder;
    {
        Store store = Store::make(folder.store());
        fill(store);
    }
    alter(folder.database(), sql);
    return check_store(folder.store()).problems;
}

}  // namespace

TEST_CASE("a flipped bit of any byte of the database is found") {
    const StoreFolder folder;
    {
        Store store = Store::make(folder.store());
        fill(store);
    }
    CHECK(check_store(folder.store()).problems == std::vector<std::string>{});
    const std::string whole = understudy::tests::bytes_of(folder.database());
    REQUIRE(whole.size() > 16 * 4096);
    REQUIRE(whole.find("gggg") == std::string::npos);  // free pages, which nothing of SQLite's looks at
    std::size_t found = 0, tried = 0;
    for (std::size_t at = 0; at < whole.size(); at += at < 100 ? 1 : 61) {
        std::string flipped = whole;
        flipped[at] = static_cast<char>(flipped[at] ^ (1 << (at % 8)));
        std::ofstream(folder.database(), std::ios::binary) << flipped;
        ++tried;
        if (is_found(folder.store()))
            ++found;
        else
            MESSAGE("not found at byte " << at);
    }
    CHECK(found == tried);
    for (const std::size_t length : {whole.size() - 1, whole.size() - 4096, std::size_t{4096}}) {
        std::ofstream(folder.database(), std::ios::binary) << whole.substr(0, length);
        CHECK(is_found(folder.store()));
    }
    std::ofstream(folder.database(), std::ios::binary) << whole + std::string(4096, '\0');
    CHECK(is_found(folder.store()));
    std::ofstream(folder.database(), std::ios::binary) << whole;
    CHECK(check_store(folder.store()).problems == std::vector<std::string>{});
}

TEST_CASE("a flipped bit of any byte of a log that a kill has left is found, and a cut is none") {
    const StoreFolder folder, killed;
    std::filesystem::create_directory(killed.store());
    const std::filesystem::path log = killed.database().string() + "-wal";
    std::string database, frames;
    {
        Store store = Store::make(folder.store());
        fill(store);
        store.commit("orders", "three", "", any_version, someone);
        // What a kill at this instant would leave.
        database = understudy::tests::bytes_of(folder.database());
        frames = understudy::tests::bytes_of(folder.database().string() + "-wal");
    }
    REQUIRE(frames.size() > 20 * 4120);
    const auto leave = [&](const std::string& bytes) {
        for (const auto& entry : std::filesystem::directory_iterator(killed.store()))
            std::filesystem::remove(entry.path());
        std::ofstream(killed.database(), std::ios::binary) << database;
        std::ofstream(log, std::ios::binary) << bytes;
    };
    const auto versions = [&] {
        return Store(killed.store(), Store::Access::reading).twin("orders").versions;
    };
    leave(frames);
    CHECK(versions() == 3);
    CHECK(check_store(killed.store()).problems == std::vector<std::string>{});

    std::size_t found = 0, tried = 0;
    for (std::size_t at = 0; at < frames.size(); at += at % 4120 < 64 ? 3 : 509) {
        std::string flipped = frames;
        flipped[at] = static_cast<char>(flipped[at] ^ (1 << (at % 8)));
        leave(flipped);
        ++tried;
        if (!damage_of_write_ahead_log(log).empty())
            ++found;
        else
            MESSAGE("not found at byte " << at);
    }
    CHECK(found == tried);
    std::string flipped = frames;
    flipped[frames.size() / 2] ^= 1;
    leave(flipped);
    CHECK_THROWS_AS(Store(killed.store(), Store::Access::writing), FileError);
    CHECK(check_store(killed.store()).problems.size() == 1);
    CHECK(understudy::tests::bytes_of(log) == flipped);  // kept for whoever looks at it

    // A kill cuts what had not been committed.
    for (const std::size_t cut : {std::size_t{1}, std::size_t{100}, std::size_t{4119}, std::size_t{4120}}) {
        leave(frames.substr(0, frames.size() - cut));
        CHECK(damage_of_write_ahead_log(log).empty());
        CHECK(versions() == 2);
        CHECK(check_store(killed.store()).problems == std::vector<std::string>{});
    }
}

TEST_CASE("what is altered by SQL is found and named") {
    using Problems = std::vector<std::string>;
    CHECK(problems_after("UPDATE record SET reason = 'another' WHERE sequence = 2") ==
          Problems{"record 2 (create orders) has been altered"});
    CHECK(problems_after("DELETE FROM record WHERE sequence = 4").front() == "record 4 is missing");
    CHECK(problems_after("UPDATE content SET text = 'two' WHERE text = 'one'")
              .front()
              .ends_with(" has been altered"));
    CHECK(problems_after("UPDATE tag SET number = 1") == Problems{"tag orders@prod is not as recorded"});
    CHECK(problems_after("DELETE FROM tag") == Problems{"tag orders@prod is missing"});
    CHECK(problems_after("UPDATE twin SET latest = 1") == Problems{"twin orders is not as recorded"});
    CHECK(problems_after("UPDATE twin SET kind = 'product'") == Problems{"twin orders is not as recorded"});
    CHECK(problems_after("INSERT INTO content VALUES ('x', 'y')").back() ==
          "the text of x belongs to no version and no record");
    CHECK(problems_after("CREATE TABLE other (x)") ==
          Problems{"the tables are not defined as they were made"});
    CHECK(problems_after("DELETE FROM version WHERE number = 1").size() >= 1);
}

TEST_CASE("who writes past the checksums is found") {
    const StoreFolder folder;
    {
        Store store = Store::make(folder.store());
        fill(store);
    }
    sqlite3* other = nullptr;
    REQUIRE(sqlite3_open(folder.database().c_str(), &other) == SQLITE_OK);
    CHECK(sqlite3_exec(other, "SELECT count(*) FROM version", nullptr, nullptr, nullptr) == SQLITE_OK);
    CHECK(sqlite3_exec(other, "UPDATE twin SET label = 'x'", nullptr, nullptr, nullptr) == SQLITE_OK);
    sqlite3_close(other);
    CHECK_FALSE(check_store(folder.store()).problems.empty());
}
