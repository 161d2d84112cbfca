// Promised: what syncs have read comes back as one set, with the state that the last one came to; a twin that is made anew
// knows nothing of an earlier one of its name; the store stays provable.
// Shown: on stores of a scratch folder.
#include "tools/formats/store/sync_journal.h"

#include <doctest/doctest.h>

#include "tests/tools/formats/store/folder.h"
#include "tools/formats/approval/change_log.h"
#include "tools/formats/store/store_check.h"

using namespace understudy::formats;
using understudy::models::ObservedEvent;

namespace {

const Signature syncer = {"ana@example", test_time, "sync"};

ObservedEvent told(std::int64_t ns, ObservedEvent::Kind kind, const std::string& id) {
    ObservedEvent event;
    event.ns = ns;
    event.kind = kind;
    event.process = "a \"quoted\"\nname, with ü";
    event.id = id;
    event.attempt = 3;
    return event;
}

}  // namespace

TEST_CASE("events of all syncs come back, each once") {
    const StoreFolder folder;
    Store store = Store::make(folder.store());
    store.commit("orders", "one", "", no_version, syncer);
    CHECK(read_sync_journal(store, "orders").events.empty());
    CHECK_FALSE(read_sync_journal(store, "orders").now_ns);
    const auto first = told(5, ObservedEvent::Kind::started, "x"),
               second = told(9, ObservedEvent::Kind::failed, "x");
    note_sync(store, {"orders", {first}, 1, 1, 5}, syncer);
    note_sync(store, {"orders", {first, second}, 1, 2, 9}, syncer);
    note_sync(store, {"other", {told(1, ObservedEvent::Kind::due, "y")}, 0, 1, 1}, syncer);
    const SyncJournal journal = read_sync_journal(store, "orders");
    CHECK(journal.events == std::vector<ObservedEvent>{first, second});
    CHECK(journal.base == 1);
    CHECK(journal.made == 2);
    CHECK(journal.now_ns == 9);
    CHECK(check_store(folder.store()).problems.empty());
    CHECK(read_change_log(store).empty());
    CHECK(problems_in_change_log(store).empty());
    store.remove("orders", syncer);
    store.commit("orders", "anew", "", no_version, syncer);
    CHECK(read_sync_journal(store, "orders").events.empty());
}

TEST_CASE("what a log says of sizes comes back, and what syncs without it have kept is read as ever") {
    const StoreFolder folder;
    Store store = Store::make(folder.store());
    store.commit("orders", "one", "", no_version, syncer);
    const auto start = told(5, ObservedEvent::Kind::started, "x");
    auto read = told(5, ObservedEvent::Kind::read, "x");
    read.dataset = "lake/\"raw\"";
    read.records = 7;
    read.bytes = std::int64_t{1} << 60;
    note_sync(store, {"orders", {start}, 1, 1, 5}, syncer);
    note_sync(store, {"orders", {read}, 1, 2, 9}, syncer);
    const auto records = store.records("orders");
    CHECK(store.content(records[records.size() - 2].content).starts_with("understudy sync 1\n"));
    CHECK(store.content(records.back().content).starts_with("understudy sync 2\n"));
    CHECK(read_sync_journal(store, "orders").events == std::vector<ObservedEvent>{start, read});
    CHECK(check_store(folder.store()).problems.empty());
}

TEST_CASE("who goes back to a version takes back what was read since then") {
    const StoreFolder folder;
    Store store = Store::make(folder.store());
    store.commit("orders", "one", "", no_version, syncer);
    for (const char* text : {"two", "three", "four"}) store.commit("orders", text, "", some_version, syncer);
    const auto first = told(5, ObservedEvent::Kind::started, "x"),
               wrong = told(900, ObservedEvent::Kind::started, "y"),
               later = told(9, ObservedEvent::Kind::ended, "x");
    note_sync(store, {"orders", {first}, 0, 2, 5}, syncer);
    note_sync(store, {"orders", {wrong}, 0, 3, 900}, syncer);
    note_sync(store, {"orders", {}, 0, 4, 5, 2}, syncer);
    note_sync(store, {"orders", {later}, 0, 5, 9}, syncer);
    CHECK(read_sync_journal(store, "orders").events == std::vector<ObservedEvent>{first, later});
    CHECK(read_sync_journal(store, "orders").now_ns == 9);
    CHECK(read_sync_journal(store, "orders", 3).events == std::vector<ObservedEvent>{first, wrong});
    CHECK(read_sync_journal(store, "orders", 1).events.empty());
    // To one before all syncs, and to the wrong one after all.
    note_sync(store, {"orders", {}, no_version, no_version, 0, 1}, syncer, 6);
    CHECK(read_sync_journal(store, "orders").events.empty());
    CHECK_FALSE(read_sync_journal(store, "orders").now_ns);
    note_sync(store, {"orders", {}, 0, 7, 900, 3}, syncer);
    CHECK(read_sync_journal(store, "orders").events == std::vector<ObservedEvent>{first, wrong});
    CHECK(check_store(folder.store()).problems.empty());
}

TEST_CASE("another twin that is deleted takes nothing of it along") {
    const StoreFolder folder;
    Store store = Store::make(folder.store());
    store.commit("orders", "one", "", no_version, syncer);
    store.commit("other", "two", "", no_version, syncer);
    note_sync(store, {"orders", {told(5, ObservedEvent::Kind::started, "x")}, 1, 1, 5}, syncer);
    store.remove("other", syncer);
    CHECK(read_sync_journal(store, "orders").events.size() == 1);
    CHECK(check_store(folder.store()).problems.empty());
}
