// Promised: what a job emits, reads and writes decides of its category by who reads what comes out: other rows and other writers
// are breaking, other data forward-only, and what nobody reads, a new name or SQL that was run on a sample no finding of it.
// Shown: one reader behind one job, changed in one thing at a time; what has to be made anew, counted by hand.
#include "tools/studies/output_review.h"

#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "tests/tools/studies/sample.h"
#include "tools/studies/rebuilt.h"

using namespace understudy;
using namespace understudy::studies;

namespace {

struct Jobs {
    std::string build = "reads: orders, writes: paid", side = "reads: orders, writes: other";
    std::string book = "reads: paid";
};

models::Scenario shop(const Jobs& jobs, const std::string& dataset = "paid") {
    return tests::prepared("twin:\n  datasets: {" + dataset +
                           ": {columns: {id: {type: bigint}}}}\n  stages:\n" +
                           ("    land: {reads: clicks, writes: orders}\n    build: {" + jobs.build) +
                           "}\n    side: {" + jobs.side + "}\n    book: {" + jobs.book + "}\n" +
                           "load: {clicks: {arrivals: poisson(1/s)}, late: {arrivals: poisson(1/s)}}\n"
                           "run: {length: 1h}\n")
        .scenario;
}

/// "build emits records 1 -> 0.5 breaking", one a finding.
std::vector<std::string> found(const models::Scenario& base, const models::Scenario& candidate,
                               const std::vector<Transformation>& run = {}) {
    std::vector<std::string> all;
    for (const OutputFinding& one : review_outputs(base, candidate, run))
        all.push_back(one.about + " " + name_of(one.kind) + " " + one.message + " " + name_of(one.category));
    return all;
}

std::vector<std::string> anew(const models::Scenario& base, const models::Scenario& candidate) {
    ChangeReview review;
    review.outputs = review_outputs(base, candidate, {});
    std::vector<std::string> jobs;
    for (const RebuiltJob& one : jobs_to_rebuild(candidate, review)) jobs.push_back(one.name);
    return jobs;
}

using Lines = std::vector<std::string>;

}  // namespace

TEST_CASE("other rows of what is read are breaking, and made anew") {
    const models::Scenario base = shop({});
    for (const auto& [emits, message] : {std::pair("{records: 50%}", "records 1 -> 0.5"),
                                         {"{items: 3}", "items 1 -> 3"},
                                         {"{key: uniform(0..9)}", "another key"},
                                         {"{fields: {size: 2}}", "other fields"}}) {
        const models::Scenario fewer = shop({"reads: orders, writes: paid, emits: " + std::string(emits)});
        CHECK(found(base, fewer) == Lines{"build emits " + std::string(message) + " breaking"});
        CHECK(anew(base, fewer) == Lines{"build", "book"});
    }
    CHECK(found(base, shop({"reads: orders, writes: paid, window: {size: 1min}"})) ==
          Lines{"build emits another window breaking"});
    // Bytes are none of a row, and nobody reads what the other one writes.
    CHECK(found(base, shop({"reads: orders, writes: paid, emits: {size: 50%}"})).empty());
    const models::Scenario unread =
        shop({"reads: orders, writes: paid", "reads: orders, writes: other, emits: {records: 50%}"});
    CHECK(found(base, unread) == Lines{"side emits records 1 -> 0.5 non-breaking"});
    CHECK(anew(base, unread).empty());
    CHECK(found(base, base).empty());
}

TEST_CASE("other data of what is read hold from now on") {
    const models::Scenario base = shop({}), other = shop({"reads: late, writes: paid"});
    CHECK(found(base, other) == Lines{"build reads orders -> late forward-only"});
    CHECK(anew(base, other) == Lines{"build", "book"});
    CHECK(checks_of(review_outputs(base, other, {}))[0].message ==
          "reads something else: orders -> late; forward-only; read by book");
    CHECK(found(base, shop({"reads: [late, orders], writes: paid"})) ==
          Lines{"build reads orders -> late, orders forward-only"});
    CHECK(found(base, shop({"reads: orders, writes: paid", "reads: late, writes: other"})) ==
          Lines{"side reads orders -> late non-breaking"});
}

TEST_CASE("others that write what is read make other rows of it") {
    const models::Scenario base = shop({}),
                           both = shop({"reads: orders, writes: paid", "reads: orders, writes: paid"});
    CHECK(found(base, both) == Lines{"paid writes now by side breaking"});
    CHECK(anew(base, both) == Lines{"side", "book"});
    CHECK(found(both, base) == Lines{"paid writes no more by side breaking"});
    // Nobody writes anew what is missing now.
    CHECK(anew(both, base) == Lines{"book"});
    CHECK(checks_of(review_outputs(both, base, {}))[0].because == "side");
    const models::Scenario changed = shop({"reads: orders, writes: other", "reads: orders, writes: paid"});
    CHECK(found(base, changed)[1] == "paid writes no more by build, now by side breaking");
}

TEST_CASE("a new name is no difference, and SQL that was run on a sample tells more") {
    const models::Scenario base = shop({});
    models::Scenario renamed =
        shop({"reads: orders, writes: sold", "reads: orders, writes: other", "reads: sold"}, "sold");
    renamed.twin.renamed["sold"] = "paid";
    CHECK(found(base, renamed).empty());
    const models::Scenario fewer = shop({"reads: late, writes: paid, emits: {records: 50%}"});
    Transformation run;
    run.task = "build";
    run.differences.emplace();
    // What it makes of the sample is the same: what it emits was set besides.
    CHECK(found(base, fewer, {run}) == Lines{"build emits records 1 -> 0.5 breaking"});
    run.differences->changed = 1;
    CHECK(found(base, fewer, {run}).empty());
}
