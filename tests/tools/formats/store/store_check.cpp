// Promised: a flipped byte anywhere in the database, or in the log that a kill leaves, is found; so are rows that are not
// what the records say, and records that are not those that were written. Other programs may read, also where that brings in a
// log; checksums alone that are wrong can be put right, and nothing else can.
// Shown: one bit of every byte of a small store is flipped, in turn; rows are altered by SQL as another program would; SQLite
// without checksums reads stores as kills leave them.
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

/// By SQLite as it is, which knows of no checksums.
void by_another_program(const std::filesystem::path& database, const char* sql) {
    sqlite3* other = nullptr;
    REQUIRE(sqlite3_open(database.c_str(), &other) == SQLITE_OK);
    CHECK(sqlite3_exec(other, sql, nullptr, nullptr, nullptr) == SQLITE_OK);
    sqlite3_close(other);
}

struct StoreBytes {
    std::string database, log;
};

std::filesystem::path log_of(const StoreFolder& folder) { return folder.database().string() + "-wal"; }

/// What a kill at this instant would leave.
StoreBytes bytes_of(const StoreFolder& folder) {
    return {understudy::tests::bytes_of(folder.database()), understudy::tests::bytes_of(log_of(folder))};
}

void leave(const StoreFolder& folder, const StoreBytes& bytes) {
    std::filesystem::create_directory(folder.store());
    for (const auto& entry : std::filesystem::directory_iterator(folder.store()))
        std::filesystem::remove(entry.path());
    std::ofstream(folder.database(), std::ios::binary) << bytes.database;
    std::ofstream(log_of(folder), std::ios::binary) << bytes.log;
}

std::int64_t versions_of_orders(const StoreFolder& folder) {
    return Store(folder.store(), Store::Access::reading).twin("orders").versions;
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
    const std::filesystem::path log = log_of(killed);
    std::string database, frames;
    {
        Store store = Store::make(folder.store());
        fill(store);
        store.commit("orders", "three", "", any_version, someone);
        StoreBytes bytes = bytes_of(folder);
        database = std::move(bytes.database);
        frames = std::move(bytes.log);
    }
    REQUIRE(frames.size() > 20 * 4120);
    const auto leave = [&](const std::string& bytes) { ::leave(killed, {database, bytes}); };
    const auto versions = [&] { return versions_of_orders(killed); };
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
    // The size of the database in the last frame's head, which makes it the end of a transaction.
    const std::size_t size_at = frames.size() - 4120 + 4;
    for (std::size_t at = size_at; at < size_at + 4; ++at)
        for (const int bits : {1, 2, 4, 8, 16, 32, 64, 128, int{static_cast<unsigned char>(frames[at])}}) {
            if (bits == 0) continue;
            std::string other = frames;
            other[at] = static_cast<char>(other[at] ^ bits);
            leave(other);
            CHECK_FALSE(damage_of_write_ahead_log(log).empty());
        }
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
    by_another_program(folder.database(), "SELECT count(*) FROM version; UPDATE twin SET label = 'x'");
    CHECK_FALSE(check_store(folder.store()).problems.empty());
    CHECK_FALSE(check_store(folder.store()).mendable);
    CHECK(mend_store(folder.store()).resealed == 0);
    CHECK_FALSE(check_store(folder.store()).problems.empty());
}

TEST_CASE("other programs may read a store as a kill has left it, though that brings in its log") {
    const StoreFolder folder, killed;
    StoreBytes bytes;
    {
        Store store = Store::make(folder.store());
        fill(store);
        store.commit("orders", std::string(20'000, 'y'), "", any_version, someone);
        bytes = bytes_of(folder);
        // A page that is written anew in a transaction, and what is behind it.
        store.database().run("PRAGMA cache_size = 1");
        store.commit("orders", std::string(400'000, 'z'), "", any_version, someone);
        store.commit("orders", "four", "", any_version, someone);
        const StoreBytes more = bytes_of(folder);
        leave(killed, more);
        CHECK(damage_of_write_ahead_log(log_of(killed)).empty());
        by_another_program(killed.database(), "SELECT count(*) FROM version");
        CHECK_FALSE(std::filesystem::exists(log_of(killed)));
        CHECK(check_store(killed.store()).problems == std::vector<std::string>{});
        CHECK(versions_of_orders(killed) == 5);
    }
    leave(killed, bytes);
    by_another_program(killed.database(), "SELECT count(*) FROM version");
    CHECK(check_store(killed.store()).problems == std::vector<std::string>{});
    CHECK(versions_of_orders(killed) == 3);
    Store(killed.store(), Store::Access::writing).commit("orders", "more", "", any_version, someone);
    CHECK(versions_of_orders(killed) == 4);
}

TEST_CASE("what is left in a log of a transaction that was not committed is no damage") {
    const StoreFolder folder, killed;
    StoreBytes bytes;
    {
        Store store = Store::make(folder.store());
        fill(store);
        const std::size_t before = bytes_of(folder).log.size();
        store.database().run("PRAGMA cache_size = 1");
        {
            const Transaction all(store.database(), Transaction::Kind::writing);
            store.commit("orders", std::string(400'000, 'z'), "", any_version, someone);
        }
        store.commit("orders", "three", "", any_version, someone);
        bytes = bytes_of(folder);
        REQUIRE(bytes.log.size() > before + 400'000);
    }
    leave(killed, bytes);
    CHECK(damage_of_write_ahead_log(log_of(killed)).empty());
    CHECK(versions_of_orders(killed) == 3);
    CHECK(check_store(killed.store()).problems == std::vector<std::string>{});
}

TEST_CASE("checksums of pages are put right where all that they hold is as it was written") {
    const StoreFolder folder;
    {
        Store store = Store::make(folder.store());
        fill(store);
    }
    const std::string whole = understudy::tests::bytes_of(folder.database());
    CHECK(mend_store(folder.store()).resealed == 0);
    // The same rows once more, in other places of their pages.
    by_another_program(folder.database(),
                       "INSERT INTO tag VALUES ('orders', 'a', 1); DELETE FROM tag WHERE tag = 'a'");
    const StoreCheck broken = check_store(folder.store());
    CHECK_FALSE(broken.problems.empty());
    CHECK(broken.mendable);
    CHECK_THROWS_AS(Store(folder.store(), Store::Access::writing).twins(), FileError);
    const StoreMend mend = mend_store(folder.store());
    CHECK(mend.resealed > 0);
    CHECK(mend.check.problems == std::vector<std::string>{});
    CHECK(versions_of_orders(folder) == 2);
    CHECK(mend_store(folder.store()).resealed == 0);

    std::string altered = whole;
    const std::size_t at = altered.find("xxxxxxxx");
    altered[at] = 'y';
    std::ofstream(folder.database(), std::ios::binary) << altered;
    CHECK_FALSE(check_store(folder.store()).mendable);
    CHECK_FALSE(mend_store(folder.store()).check.problems.empty());
    CHECK(understudy::tests::bytes_of(folder.database()) == altered);
}
