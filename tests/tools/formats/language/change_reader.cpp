// Promised: change files are read with every error at its place; the text of a change does not depend on its spacing.
// Shown: a file with all keys, files with mistakes and their messages, one change written in two ways.
#include "tools/formats/language/change_reader.h"

#include <doctest/doctest.h>

#include <string>

using namespace understudy::formats;

namespace {

const std::string head = "understudy: 1\nchange: fewer\n";

std::optional<Change> change_of(const std::string& text, std::string* said = nullptr) {
    Diagnostics out("c.yaml", text);
    auto change = read_change(text, out, 0);
    if (said != nullptr) *said = out.show();
    if (out.has_errors()) return std::nullopt;
    return change;
}

std::string errors_of(const std::string& rest) {
    std::string said;
    change_of(head + rest, &said);
    return said;
}

}  // namespace

TEST_CASE("all that a change says") {
    const auto change = change_of(head + R"(base: shop.yaml
kind: capacity
author: dana@example.com
reason: Cut the cost.
priority: 5
edits:
  - {set: enrich.workers, to: 3..9}
  - {add: audit, as: stage, value: {reads: orders, workers: 1, service: 5s}}
  - {remove: orders.email}
  - {rename: clean, to: wash}
accept:
  - all objectives
  - increase p(95) latency(server) < 5%
evidence: {enrich.workers: {n: 21}}
assumed: [spark.workers]
unidentified: []
validation: {held_out: 7, bias: -2.1%, error: 4.8%}
backfill: {over: 30d, at: 2h, concurrency: [8, 1]}
)");
    REQUIRE(change);
    CHECK(change->name == "fewer");
    CHECK(change->kind == "capacity");
    CHECK(change->author == "dana@example.com");
    CHECK(change->priority == 5);
    REQUIRE(change->edits.size() == 4);
    CHECK(change->edits[0].value.text == "3..9");
    CHECK(change->edits[1].as == "stage");
    CHECK(change->edits[3].to == "wash");
    REQUIRE(change->validation.size() == 1);
    CHECK(change->validation[0].of == "duration");
    CHECK(change->validation[0].error == doctest::Approx(0.048));
    CHECK(change->validation[0].held_out == 7);
    CHECK(change->backfill.over == 30 * understudy::kernel::day);
    CHECK(change->backfill.at == 2 * understudy::kernel::hour);
    CHECK(change->backfill.concurrency == std::vector<std::int64_t>{1, 8});
    CHECK(change->accept.all_objectives);
    REQUIRE(change->accept.increases.size() == 1);
    CHECK(change->accept.increases[0].text == "increase p(95) latency(server) < 5%");
    CHECK(base_of(*change, "changes/c.yaml") == "changes/shop.yaml");
    Change stored;
    stored.base = "orders@41";
    CHECK(base_of(stored, "changes/c.yaml") == "orders@41");
}

TEST_CASE("spacing does not count") {
    const auto one = change_of(head + "edits: [{set: a.workers, to: 3}]\n");
    const auto two = change_of("# why\n" + head + "\nedits:\n  - {set:   a.workers,\n     to: 3}\n");
    const auto other = change_of(head + "edits: [{set: a.workers, to: 4}]\n");
    REQUIRE((one && two && other));
    CHECK(one->text == two->text);
    CHECK(one->text != other->text);
}

TEST_CASE("mistakes are told where they stand, all at once") {
    CHECK(errors_of("edits: []\n").starts_with("c.yaml:3:8: error: 'edits' is empty: nothing changes"));
    CHECK(errors_of("reason: none\n").find("'edits'") != std::string::npos);
    const std::string said = errors_of(R"(edits:
  - {set: a.workers}
  - {add: b, as: stag, value: {reads: c}}
  - {remove: b, to: c}
  - {rename: b}
  - {sett: a.workers, to: 4}
  - {set: a.workers, to: 4, remove: b}
  - {add: load, as: stage, value: {reads: c}}
kind: big
accept: [increase avg latency() < 5]
)");
    CHECK(said.find("c.yaml:4:5: error: 'set' without 'to'; such as '{set: spark.workers, to: 9}'\n") !=
          std::string::npos);
    CHECK(said.find("c.yaml:5:18: error: 'stag'") != std::string::npos);
    CHECK(said.find("c.yaml:6:17: error: 'remove' has no 'to'; such as '{remove: audit}'\n") !=
          std::string::npos);
    CHECK(said.find("c.yaml:7:5: error: 'rename' without 'to'") != std::string::npos);
    CHECK(said.find("c.yaml:8:6: error: unknown key 'sett'; did you mean 'set'?\n") != std::string::npos);
    CHECK(said.find(
              "c.yaml:9:29: error: 'set' and 'remove' in one edit; edits are made in order: write two\n") !=
          std::string::npos);
    CHECK(said.find("c.yaml:10:11: error: ") != std::string::npos);
    CHECK(said.find("c.yaml:11:7: error: 'big'") != std::string::npos);
    CHECK(said.find("c.yaml:12:35: error: ") != std::string::npos);
}
