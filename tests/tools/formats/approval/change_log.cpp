// Promised: what is written to the log of changes is read back, in its order; entries that belong together are one
// transaction; each entry that is removed, altered or reordered is found and named, also by who keeps checksums right; and
// nothing is decided, applied or attested on a text that is not what its digest says.
// Shown: a log of every kind of entry, and one altered by SQL in each way.
#include "tools/formats/approval/change_log.h"

#include <doctest/doctest.h>

#include <fstream>
#include <set>

#include "tests/tools/formats/store/folder.h"
#include "tools/formats/approval/fields.h"
#include "tools/formats/approval/judged_request.h"
#include "tools/formats/approval/ssh_signature.h"
#include "tools/formats/files/file_error.h"
#include "tools/formats/files/process.h"
#include "tools/formats/files/sha256.h"
#include "tools/formats/store/store_check.h"

using namespace understudy;
using namespace understudy::formats;

namespace {

const Signature someone = {"ana@example", test_time, "because"};

Request some_request() {
    Request request;
    request.change = "fewer";
    request.change_sha256 = sha256_hex("the change");
    request.twin = "orders";
    request.version = 1;
    request.base = "orders@1";
    request.candidate = "two\nlines 5\n";
    request.verdict = "met";
    request.replications = 30;
    request.confidence = 0.95;
    request.margin = 0.05;
    request.parts = "reason accept";
    request.rehearsed = {{"violated", "the way back, until waiting(server) < 5"}};
    request.accepted = {{"met", "avg wait(server) < 60s"}, {"violated", "increase avg latency() < 5%"}};
    return request;
}

studies::Decision some_decision(const char* by) {
    return {studies::Decision::Kind::approve,    by,   utc_seconds(test_time).value(),
            utc_seconds(test_time).value() + 60, true, "as it has to be: now"};
}

void fill(Store& store) {
    store.commit("orders", "one", "", any_version, someone);
    log_request(store, some_request(), "the change", someone);
    const LoggedRequest request = read_change_log(store).at(0);
    for (const char* by : {"kim", "lee"})
        log_decision(store, request, {write_decision(request.digest, some_decision(by)), "signed"}, someone);
    Transaction all(store.database(), Transaction::Kind::writing);
    const Committed made = store.commit("orders", request.request.candidate, "the change", 1, someone);
    log_deed(store, request, "apply", made.version.number, someone);
    all.commit();
}

std::vector<std::string> problems_after(const std::string& sql) {
    const StoreFolder folder;
    {
        Store store = Store::make(folder.store());
        fill(store);
        store.database().run("PRAGMA foreign_keys = OFF");
        for (const char* trigger : {"records_are_kept", "records_stay", "versions_stay", "contents_stay"})
            store.database().run(("DROP TRIGGER " + std::string(trigger)).c_str());
        store.database().run(sql.c_str());
        for (const std::string& statement : store_schema())
            if (statement.starts_with("CREATE TRIGGER")) store.database().run(statement.c_str());
    }
    return check_store(folder.store()).problems;
}

}  // namespace

TEST_CASE("the log of changes is read as it was written") {
    const StoreFolder folder;
    Store store = Store::make(folder.store());
    fill(store);
    const auto log = read_change_log(store);
    REQUIRE(log.size() == 1);
    const LoggedRequest& one = log[0];
    CHECK(one.digest == sha256_hex(write_request(some_request())));
    CHECK(write_request(one.request) == write_request(some_request()));
    CHECK(one.change_text == "the change");
    REQUIRE(one.decisions.size() == 2);
    CHECK(one.decisions[1].decision.by == "lee");
    CHECK(one.decisions[1].decision.overrides);
    CHECK(one.decisions[1].decision.reason == "as it has to be: now");
    CHECK(one.is_applied());
    CHECK(one.deeds.at(0).record.version == 2);
    CHECK(check_store(folder.store()).problems == std::vector<std::string>{});
    const studies::RequestFacts facts = facts_of(one.request, "rob", 7);
    CHECK(facts.parts == std::set<studies::Part>{studies::Part::reason, studies::Part::accept});
    CHECK(facts.verdict == studies::Verdict::met);
    CHECK(facts.authors == std::set<std::string>{"rob"});
    CHECK(facts.requested == 7);
    // The log outlives the twin, with its texts.
    store.remove("orders", someone);
    CHECK(read_change_log(store).at(0).change_text == "the change");
    CHECK(check_store(folder.store()).problems == std::vector<std::string>{});
}

TEST_CASE("what does not hold together in the log does not count, and is told") {
    const StoreFolder folder;
    Store store = Store::make(folder.store());
    fill(store);
    CHECK(problems_in_change_log(store) == std::vector<std::string>{});
    const auto appended = [&](const Note& note) {
        store.note(note, someone);
        const auto problems = problems_in_change_log(store);
        REQUIRE(!problems.empty());
        return problems.back().substr(problems.back().find(")") + 2);
    };
    const LoggedRequest request = read_change_log(store).at(0);
    const auto decision = [&](studies::Decision::Kind kind, std::int64_t later) {
        studies::Decision made = some_decision("kim");
        made.kind = kind;
        made.at += later;
        return write_signed({write_decision(request.digest, made), "signed"});
    };
    using Kind = studies::Decision::Kind;
    CHECK(appended({"approve", "orders", 1, "nothing", "the change"}) == "cannot be read");
    CHECK(appended({"reject", "orders", 1, decision(Kind::approve, 0), "the change"}) ==
          "says something else than what is signed");
    CHECK(appended({"approve", "orders", 1, decision(Kind::approve, 5), "the change"}) ==
          "says something else than what is signed");
    CHECK(appended({"approve", "orders", 1,
                    write_signed({write_decision("d1", some_decision("kim")), "signed"}), "the change"}) ==
          "is of no request that came before it");
    CHECK(appended({"request", "orders", 1, write_request(some_request()), "another change"}) ==
          "is of another change file than is kept with it");
    log_deed(store, request, "apply", 1, someone);
    CHECK(problems_in_change_log(store).back().ends_with("made another version than was requested"));
    const LoggedRequest after = read_change_log(store).at(0);
    CHECK(after.decisions.size() == 2);
    CHECK(after.deeds.size() == 1);
}

TEST_CASE("what another text has been put under is not read by any verb") {
    // Each begins with the log: request, approve, apply, attest, show, log.
    for (const char* altered :
         {"UPDATE content SET text = replace(text, 'met', 'mat')",
          "UPDATE content SET text = 'another change' WHERE text = 'the change'",
          "UPDATE content SET text = replace(text, 'override: yes', 'override: no')",
          "UPDATE content SET text = replace(text, 'apply', 'appla') WHERE text LIKE 'understudy deed%'"}) {
        const StoreFolder folder;
        Store store = Store::make(folder.store());
        fill(store);
        CHECK(read_change_log(store).size() == 1);
        store.database().run("DROP TRIGGER contents_stay");
        store.database().run(altered);
        INFO(altered);
        CHECK_THROWS_AS(read_change_log(store), FileError);
        CHECK_THROWS_AS(problems_in_change_log(store), FileError);
    }
}

TEST_CASE("a request is void once what it rests on is another, and says what") {
    const StoreFolder folder;
    Store store = Store::make(folder.store());
    store.commit("orders", "twin: {pools: {crew: {workers: 1}}}", "", any_version, someone);
    Request request = some_request();
    request.policy_sha256 = "p1";
    request.build = "1.0";
    log_request(store, request, "the change", someone);
    const auto judged = [&](const char* policy, const char* build) {
        return judge(store, read_change_log(store).at(0), {{}, "", policy, build}, 0);
    };
    CHECK(judged("p1", "1.0").state() == "waiting");
    CHECK(judged("p2", "1.0").state() == "void");
    CHECK(judged("p1", "1.1").void_because == "it was rehearsed by version 1.0, this is 1.1");
    store.commit("orders", "twin: {pools: {crew: {workers: 2}}}", "", any_version, someone);
    const JudgedRequest stale = judged("p1", "1.0");
    CHECK(stale.stale);
    CHECK(stale.void_because ==
          "its base orders@1 is not the latest version any more: orders@2 is; what moved: pool crew "
          "(workers 1 -> 2)");
}

TEST_CASE("each byte of a request makes another digest") {
    const std::string text = write_request(some_request());
    REQUIRE(read_request(text));
    CHECK_FALSE(read_request(text + "x"));
    CHECK_FALSE(read_request(text.substr(0, text.size() - 1)));
    std::set<std::string> texts = {text};
    const auto differs = [&](auto&& change) {
        Request other = some_request();
        change(other);
        CHECK(texts.insert(write_request(other)).second);
        REQUIRE(read_request(write_request(other)));
        CHECK(write_request(*read_request(write_request(other))) == write_request(other));
    };
    for (std::string Request::*member :
         {&Request::change, &Request::change_sha256, &Request::kinds, &Request::author, &Request::parts,
          &Request::twin, &Request::base, &Request::baseline_sha256, &Request::baseline_file,
          &Request::candidate, &Request::inputs_sha256, &Request::policy, &Request::policy_sha256,
          &Request::build, &Request::seed, &Request::verdict, &Request::reason, &Request::rehearsal})
        differs([&](Request& other) { other.*member += "x"; });
    differs([](Request& other) { ++other.version; });
    differs([](Request& other) { ++other.replications; });
    differs([](Request& other) { other.confidence = 0.9; });
    differs([](Request& other) { other.margin = 0.06; });
    differs([](Request& other) { other.risk = 82; });
    differs([](Request& other) { other.inputs = {{"5d2f1c93", "samples/t.csv"}}; });
    differs([](Request& other) { other.accepted.pop_back(); });
    differs([](Request& other) { other.accepted[0].first = "violated"; });
    differs([](Request& other) { other.rehearsed = {{"met", "avg wait(server) < 60s, under surge"}}; });
}

TEST_CASE("a decision has one text, and no other is read") {
    const std::string text = write_decision("d1", some_decision("kim"));
    const auto read = read_decision(text);
    REQUIRE(read);
    CHECK(read->request == "d1");
    CHECK(write_decision(read->request, read->decision) == text);
    for (const auto& [from, to] :
         std::vector<std::pair<std::string, std::string>>{{"override: yes", "override: Yes"},
                                                          {"approve", "approved"},
                                                          {"at: 2", "at:  2"},
                                                          {"by", "By"}}) {
        std::string other = text;
        other.replace(other.find(from), from.size(), to);
        CHECK_FALSE(read_decision(other));
    }
    CHECK_FALSE(read_decision(text + "\n"));
    CHECK_FALSE(utc_seconds("2026-02-31T00:00:00Z"));
}

TEST_CASE(
    "an approval by a key that is an author's too, under another name, counts for nothing, whenever it was "
    "made") {
    const StoreFolder folder;
    const std::string key = (folder.path() / "key").string();
    if (std::filesystem::exists("/usr/bin/ssh-keygen"))
        run_program({"ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "c", "-f", key}, "");
    std::ifstream in(key + ".pub");
    std::string line;
    if (!std::getline(in, line)) return;  // there is no ssh-keygen
    Store store = Store::make(folder.store());
    store.commit("orders", "one", "", any_version, someone);
    Request request = some_request();
    request.author = "Kim <kim@home.example>";
    log_request(store, request, "the change", someone);
    const studies::Decision yes = some_decision("kim@work.example");
    const std::string statement = write_decision(read_change_log(store).at(0).digest, yes);
    log_decision(store, read_change_log(store).at(0), {statement, sign(statement, key)}, someone);
    const auto why = [&](const std::string& signers) {
        return judge(store, read_change_log(store).at(0), {{}, signers, "", ""}, yes.at).signatures.at(0).why;
    };
    CHECK(why("kim@work.example " + line + "\n") == "");
    for (const char* other :
         {"kim@work.example,kim@home.example ", "*@*.example ", "\"Kim@Home.Example,kim@work.example\" "})
        CHECK(why(other + line + "\n")
                  .starts_with("the allowed signers give the same key to kim@home.example"));
    CHECK(why("kim@work.example,!kim@home.example,*@home.example " + line) == "");
}

TEST_CASE("an entry that is removed, altered or reordered is found and named") {
    // 1 create, 2 request, 3 and 4 approve, 5 update, 6 apply.
    CHECK(problems_after("DELETE FROM record WHERE sequence = 3").front() == "record 3 is missing");
    CHECK(problems_after("DELETE FROM record WHERE sequence = 6").size() >= 1);
    CHECK(problems_after("UPDATE record SET action = 'reject' WHERE sequence = 3").front() ==
          "record 3 (reject orders) has been altered");
    const auto swapped = problems_after(
        "UPDATE record SET sequence = 99 WHERE sequence = 3; UPDATE record SET sequence = 3 WHERE sequence = "
        "4; UPDATE record SET sequence = 4 WHERE sequence = 99");
    CHECK(swapped.front() == "record 3 does not follow the one before it");
    CHECK(problems_after("UPDATE content SET text = replace(text, 'override: yes', 'override: no')")
              .front()
              .ends_with(" has been altered"));
    CHECK(problems_after("DELETE FROM content WHERE text = 'the change' AND 0").empty());
}

TEST_CASE("a transaction within another is a part of it") {
    const StoreFolder folder;
    Store store = Store::make(folder.store());
    {
        const Transaction all(store.database(), Transaction::Kind::writing);
        store.commit("orders", "one", "", any_version, someone);
        log_request(store, some_request(), "the change", someone);
        CHECK(store.records().size() == 2);
        // Left without commit().
    }
    CHECK(store.records().empty());
    store.commit("orders", "one", "", any_version, someone);
    CHECK(store.records().size() == 1);
}
