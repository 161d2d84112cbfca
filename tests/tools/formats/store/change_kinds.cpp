// Promised: of which kinds a change is follows from what it does, whatever its author calls it: by the place of each
// difference, through parameters, defaults of pipelines and new names. Shown: edits of one scenario, each with its kinds.
#include "tools/formats/store/change_kinds.h"

#include <doctest/doctest.h>

#include "tools/formats/language/change_reader.h"

using namespace understudy::formats;

namespace {

const std::string platform = R"(understudy: 1
scenario: platform
parameters: {people: 2, pace: 1s}
twin:
  pools: {crew: {workers: $(people), order: fifo}}
  budgets: {quota: {capacity: 10, refill: 1/s}}
  datasets:
    orders: {retention: 1d, partitions: 4, columns: {id: {type: bigint}, email: {type: text}}}
    mails: {columns: {mail: {type: text, derives_from: [orders.email]}}}
  stages:
    clean: {reads: orders, runs_on: crew, service: $(pace), queue: {capacity: 5, full: drop}, writes: mails}
    send: {reads: mails, workers: 1, service: 1s}
  pipelines:
    nightly:
      schedule: every 1h
      defaults: {runs_on: crew, service: 1s}
      tasks: {build: {reads: mails}, check: {after: build}}
load: {jobs: {arrivals: poisson(1/min), writes: orders}}
run: {length: 1h}
)";

std::vector<FoundKind> kinds_of(const std::string& edits) {
    Diagnostics out;
    const auto change = read_change("understudy: 1\nchange: one\nedits: [" + edits + "]\n", out, 0);
    REQUIRE_MESSAGE(change, out.show());
    return kinds_of_edits(platform, change->edits);
}

std::string found(const std::string& edits) {
    std::string kinds;
    for (const FoundKind& one : kinds_of(edits)) kinds += (kinds.empty() ? "" : " ") + one.kind;
    return kinds;
}

}  // namespace

TEST_CASE("kinds of a change: by where it differs") {
    CHECK(found("{set: crew.workers, to: 3}") == "capacity");
    CHECK(found("{set: crew.order, to: lifo}") == "configuration");
    // An action does what an edit does.
    CHECK(found("{add: more, as: action, value: {at: 0s, set: crew.workers, to: 9}}") ==
          "capacity configuration");
    CHECK(found("{add: down, as: action, value: {at: 1min, for: 1min, fail: crew}}") ==
          "capacity configuration");
    CHECK(found("{add: slow, as: action, value: {at: 1min, set: clean.service, to: 2x}}") == "configuration");
    CHECK(found("{add: tell, as: action, value: {when: waiting(clean) > 5, alert: a line}}") ==
          "configuration");
    CHECK(found("{set: quota.refill, to: 2/s}") == "capacity");
    CHECK(found("{set: orders.retention, to: 2d}") == "configuration");
    CHECK(found("{set: orders.partitions, to: 8}") == "capacity");
    CHECK(found("{set: orders.email.type, to: bigint}") == "schema");
    CHECK(found("{remove: orders.id}") == "schema");
    CHECK(found("{set: orders.contract, to: orders.odcs.yaml}") == "schema");
    CHECK(found("{set: mails.mail.derives_from, to: [orders.id]}") == "mapping");
    CHECK(found("{set: clean.service, to: 2s}") == "configuration");
    CHECK(found("{set: clean.queue.capacity, to: 9}") == "capacity");
    CHECK(found("{set: clean.queue.timeout, to: 9s}") == "configuration");
    CHECK(found("{set: clean.emits, to: {records: 50%}}") == "transformation");
    CHECK(found("{set: send.reads, to: orders}") == "topology");
    CHECK(found("{set: nightly.schedule, to: every 2h}") == "configuration");
    CHECK(found("{set: nightly.max_active_runs, to: 2}") == "capacity");
    CHECK(found("{set: jobs.arrivals, to: 2x}") == "configuration");
    CHECK(found("{remove: send}") == "topology capacity");
    CHECK(found("{remove: nightly.check}") == "topology");
    CHECK(found("{add: spare, as: pool, value: {workers: 1}}") == "capacity");
    CHECK(found("{add: slow, as: profile, value: {weekend: 0.5}}") == "configuration");
    CHECK(
        found(
            "{add: kept, as: dataset, value: {columns: {id: {type: bigint, derives_from: [orders.id]}}}}") ==
        "schema mapping topology");
}

TEST_CASE("kinds of a change: what is used elsewhere counts where it is used") {
    CHECK(found("{set: people, to: 3}") == "capacity");
    CHECK(found("{set: pace, to: 3s}") == "configuration");
    CHECK(found("{set: nightly.defaults.service, to: 3s}") == "configuration");
    CHECK(found("{set: nightly.defaults.runs_on, to: {crew: 2}}") == "capacity");
    CHECK(found("{set: nightly.build.runs_on, to: {crew: 2}}") == "capacity");
}

TEST_CASE("kinds of a change: all of them, in one order, each with the first that is of it") {
    const auto kinds = kinds_of(
        "{set: clean.service, to: 2s}, {set: crew.workers, to: 3}, {set: quota.capacity, to: 20}, "
        "{remove: orders.id}");
    REQUIRE(kinds.size() == 3);
    CHECK(kinds[0].kind == "schema");
    CHECK(kinds[0].because == "dataset orders: columns.id.type");
    CHECK(kinds[1].kind == "capacity");
    CHECK(kinds[1].because == "pool crew: workers");
    CHECK(kinds[2].because == "stage clean: service");
    CHECK(kinds_text(kinds, "capacity") == "schema, capacity, configuration");
    CHECK(kinds_text(kinds, "topology") == "schema, capacity, configuration; it says topology");
    CHECK(kinds_that_count(kinds, "topology").size() == 3);
    CHECK(kinds_that_count(kinds, "calibration").back() == "calibration");
}

TEST_CASE("kinds of a change: a new name is a mapping, and no more of what is named in") {
    CHECK(found("{rename: crew, to: team}") == "mapping");
    CHECK(found("{rename: mails, to: letters}") == "mapping");
    CHECK(found("{rename: nightly.build, to: make}") == "mapping");
    CHECK(found("{rename: orders.email, to: orders.address}") == "schema mapping");
    CHECK(found("{rename: crew, to: team}, {set: team.workers, to: 3}") == "mapping capacity");
}

TEST_CASE("kinds of a change: what edits together do, and not each of them") {
    const std::string added = "{add: extra, as: stage, value: {reads: mails, workers: 1, service: 1s}}";
    CHECK(found(added + ", {set: extra.workers, to: 3}, {rename: extra, to: more}, {remove: more}") == "");
    CHECK(kinds_of(added + ", {rename: extra, to: more}").front().kind == "topology");
    CHECK(kinds_text(kinds_of("{rename: clean, to: wash}, {rename: wash, to: clean}"), "") ==
          "none: nothing changes");
    const auto swapped =
        kinds_of("{rename: clean, to: other}, {rename: send, to: clean}, {rename: other, to: send}");
    REQUIRE(swapped.size() == 1);
    CHECK(swapped[0].kind == "mapping");
    CHECK(swapped[0].because == "clean is called send");
    CHECK(kinds_text(kinds_of("{set: orders.columns.note, to: {type: text}}, {rename: orders.note, to: "
                              "orders.remark}"),
                     "") == "schema");
    CHECK(kinds_text(kinds_of("{rename: orders.email, to: orders.mail}"), "") == "schema, mapping");
}

TEST_CASE("kinds of a change: nothing changes") {
    CHECK(found("{set: crew.workers, to: 2}").empty());
    CHECK(found("{set: crew.workers, to: 3}, {set: crew.workers, to: 2}").empty());
    CHECK(kinds_text({}, "") == "none: nothing changes");
}
