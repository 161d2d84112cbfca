// Promised: versions are numbered and never altered, a number is never given twice; a base that is not the latest is
// stale; the same text again is no new version; records form a chain that a deletion does not break; of several that
// commit at once each gets a version of its own and none is lost; a text that is not what its digest says is not read.
// Shown: on stores of a scratch folder, with several connections from several threads, and with texts altered by SQL.
#include "tools/formats/store/store.h"

#include <doctest/doctest.h>

#include <set>
#include <thread>

#include "tests/tools/formats/store/folder.h"
#include "tools/formats/files/sha256.h"
#include "tools/formats/store/store_check.h"

using namespace understudy::formats;

namespace {

const Signature someone = {"ana@example", test_time, "because"};

std::string refusal(auto&& act) {
    try {
        act();
    } catch (const std::exception& error) {
        return error.what();
    }
    return "";
}

}  // namespace

TEST_CASE("SHA-256 is that of everybody") {
    CHECK(sha256_hex("") == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    CHECK(sha256_hex("abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

TEST_CASE("versions are kept, numbered, and found by every name") {
    const StoreFolder folder;
    bool made = false;
    Store store = Store::make(folder.store(), &made);
    CHECK(made);
    const Committed first =
        store.commit("orders", "one", "", no_version, someone, {"product", "Orders of all shops"});
    CHECK(first.added);
    CHECK(first.version.number == 1);
    const Committed second = store.commit("orders", "two", "the change", 1, {"bo@example", test_time, ""});
    CHECK(second.version.number == 2);
    CHECK(second.version.latest);
    CHECK(store.tag(first.version, "prod", someone));
    CHECK_FALSE(store.tag(first.version, "prod", someone));

    Store again(folder.store(), Store::Access::reading);
    const auto number = [&](const char* name) { return again.find(read_version_name(name)).number; };
    CHECK(number("orders") == 2);
    CHECK(number("orders@latest") == 2);
    CHECK(number("orders@1") == 1);
    CHECK(number("orders@prod") == 1);
    CHECK(number(("orders@sha256:" + sha256_hex("one").substr(0, 8)).c_str()) == 1);
    const Version version = again.find(read_version_name("orders@2"));
    CHECK(again.text_of(version) == "two");
    CHECK(again.change_of(version) == "the change");
    CHECK(version.signature.author == "bo@example");
    const StoredTwin twin = again.twin("orders");
    CHECK(twin.kind == "product");
    CHECK(twin.label == "Orders of all shops");
    CHECK(twin.versions == 2);
    CHECK(twin.tags == std::map<std::string, std::int64_t>{{"prod", 1}});
    CHECK(again.find(read_version_name("orders@1")).tags == std::vector<std::string>{"prod"});
}

TEST_CASE("what is not there is said with what is near") {
    const StoreFolder folder;
    Store store = Store::make(folder.store());
    const auto find = [&](const char* name) { return refusal([&] { store.find(read_version_name(name)); }); };
    CHECK(find("orders") == "there is no twin 'orders'; the store is empty");
    store.tag(store.commit("orders", "one", "", no_version, someone).version, "prod", someone);
    CHECK(find("order@1") == "there is no twin 'order'; did you mean 'orders'?");
    CHECK(find("clicks") == "there is no twin 'clicks'; 'understudy twin list' shows all");
    CHECK(find("orders@7") == "'orders' has no version 7; the latest is 1");
    CHECK(find("orders@pord") == "'orders' has no tag 'pord'; did you mean 'prod'?");
    CHECK(find("orders@test") == "'orders' has no tag 'test'; there are latest, prod");
    CHECK(
        find("orders@sha256:00000000") ==
        "'orders' has no version whose SHA-256 begins with 00000000; 'understudy twin history orders' shows "
        "all");
}

TEST_CASE("a base that is not the latest is stale, and the same text again is nothing new") {
    const StoreFolder folder;
    Store store = Store::make(folder.store());
    CHECK_THROWS_AS(store.commit("orders", "one", "", some_version, someone), NoSuchVersion);
    CHECK_THROWS_AS(store.commit("orders", "one", "", 3, someone), StaleBase);
    CHECK(store.commit("orders", "one", "", any_version, someone).added);
    CHECK_THROWS_AS(store.commit("orders", "two", "", no_version, someone), StaleBase);
    CHECK(store.commit("orders", "two", "", 1, someone).version.number == 2);
    CHECK_THROWS_AS(store.commit("orders", "three", "", 1, someone), StaleBase);
    // Again, as after an answer that was lost.
    const Committed again = store.commit("orders", "two", "", 1, someone);
    CHECK_FALSE(again.added);
    CHECK(again.version.number == 2);
    // What was before the latest is a version anew.
    CHECK(store.commit("orders", "one", "", 2, someone).version.number == 3);
    CHECK(store.find(read_version_name("orders@sha256:" + sha256_hex("one"))).number == 3);
    CHECK(store.records().size() == 3);
}

TEST_CASE("a twin that is deleted leaves its records, and its numbers are not given again") {
    const StoreFolder folder;
    Store store = Store::make(folder.store());
    store.commit("orders", "one", "a change", any_version, someone);
    store.tag(store.commit("orders", "two", "", any_version, someone).version, "prod", someone);
    store.commit("clicks", "one", "", any_version, someone);
    const Deleted deleted = store.remove("orders", someone);
    CHECK(deleted.versions == 2);
    CHECK(deleted.tags == std::vector<std::string>{"prod"});
    CHECK_THROWS_AS(store.twin("orders"), NoSuchVersion);
    CHECK(store.records("orders").size() == 4);
    CHECK(store.database().number("SELECT count(*) FROM content") == 1);  // which 'clicks' holds as well
    CHECK(store.commit("orders", "three", "", no_version, someone).version.number == 3);
    const StoreCheck check = check_store(folder.store());
    CHECK(check.problems == std::vector<std::string>{});
    CHECK(check.records == 6);
    CHECK(check.versions == 2);
}

TEST_CASE("each record is bound to all before it") {
    const StoreFolder folder;
    Store store = Store::make(folder.store());
    for (const char* text : {"one", "two", "three"}) store.commit("orders", text, "", any_version, someone);
    const std::vector<Record> records = store.records();
    CHECK(records[0].previous == no_hash());
    for (std::size_t i = 0; i < records.size(); ++i) {
        CHECK(records[i].hash == hash_of(records[i]));
        if (i > 0) CHECK(records[i].previous == records[i - 1].hash);
    }
    // As others compute it: docs/file-formats.md.
    std::string text = "understudy record 1\n";
    for (const auto& [name, value] :
         std::vector<std::pair<std::string, std::string>>{{"sequence", "1"},
                                                          {"action", "create"},
                                                          {"twin", "orders"},
                                                          {"kind", "system"},
                                                          {"label", ""},
                                                          {"version", "1"},
                                                          {"tag", ""},
                                                          {"content", sha256_hex("one")},
                                                          {"change", ""},
                                                          {"author", "ana@example"},
                                                          {"time", test_time},
                                                          {"reason", "because"},
                                                          {"previous", no_hash()}})
        text += name + " " + std::to_string(value.size()) + "\n" + value + "\n";
    CHECK(records[0].hash == sha256_hex(text));
    Record other = records[1];
    other.reason = "for another reason";
    CHECK(hash_of(other) != records[1].hash);
}

TEST_CASE("of several that commit at once none is lost and none is mixed") {
    const StoreFolder folder;
    constexpr int writers = 4, each = 10;
    std::vector<std::thread> threads;
    for (int writer = 0; writer < writers; ++writer)
        threads.emplace_back([&, writer] {
            Store store = Store::make(folder.store());
            for (int i = 0; i < each; ++i)
                store.commit("orders", std::to_string(writer) + "/" + std::to_string(i), "", any_version,
                             someone);
        });
    for (std::thread& thread : threads) thread.join();
    Store store(folder.store(), Store::Access::reading);
    std::set<std::string> texts;
    for (int number = 1; number <= writers * each; ++number)
        texts.insert(store.text_of(store.find(read_version_name(version_text("orders", number)))));
    CHECK(texts.size() == writers * each);
    CHECK(check_store(folder.store()).problems == std::vector<std::string>{});
}

TEST_CASE("of two that start from the same version one is told that it is stale") {
    const StoreFolder folder;
    Store one = Store::make(folder.store());
    Store other(folder.store(), Store::Access::writing);
    one.commit("orders", "one", "", no_version, someone);
    one.commit("orders", "two", "", 1, someone);
    CHECK(refusal([&] { other.commit("orders", "another two", "", 1, someone); }) ==
          "orders@1 is not the latest version any more: orders@2 is; look at what has changed ('understudy "
          "twin "
          "diff orders@1 orders@2') and start from there");
    CHECK(other.twin("orders").versions == 2);
}

TEST_CASE("another file in the store's place is refused") {
    const StoreFolder folder;
    CHECK(refusal([&] { Store(folder.store(), Store::Access::reading); }) ==
          folder.store().string() +
              ": there is no store of twins here; 'understudy twin create NAME FILE' makes one");
    std::filesystem::create_directory(folder.store());
    std::ofstream(folder.database(), std::ios::binary) << std::string(8192, 'x');
    CHECK(refusal([&] { Store(folder.store(), Store::Access::reading); }) ==
          folder.database().string() + ": is no store of twins, or is damaged");
}

TEST_CASE("a text that has been altered is damage, though its page is in order") {
    const StoreFolder folder;
    Store store = Store::make(folder.store());
    const Version version = store.commit("orders", "one", "the change", no_version, someone).version;
    CHECK(store.text_of(version) == "one");
    CHECK(store.content(sha256_hex("the change")) == "the change");
    CHECK(store.content(sha256_hex("another")) == "");
    store.database().run("DROP TRIGGER contents_stay");
    store.database().run("UPDATE content SET text = text || '.'");
    const std::string damaged =
        folder.database().string() +
        ": is damaged; 'understudy twin verify' says where; take it back from a copy, or move it away";
    CHECK(refusal([&] { store.text_of(version); }) == damaged);
    CHECK(refusal([&] { store.change_of(version); }) == damaged);
    CHECK(refusal([&] { store.content(sha256_hex("one")); }) == damaged);
}
