// Promised: a change of columns is breaking where somebody who reads them can no longer, forward-only where what is there does
// not fit any more, else non-breaking; readers are named exactly, by what is there before the change and after it. Shown: ten
// jobs after one dataset, to depth 3, of which two read a column, counted by hand.
#include "tools/studies/schema_review.h"

#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "tests/tools/studies/sample.h"
#include "tools/formats/language/scenario_reader.h"

using namespace understudy;
using namespace understudy::studies;

namespace {

/// Ten jobs after `orders`: a1 to a6 read it, b1 to b3 what a1 to a3 write, c1 what b1 writes. Only a2, and b2 after it, read
/// the email.
std::string shop(const std::string& orders, const std::string& rest = "") {
    std::string text = "understudy: 1\nscenario: shop\ntwin:\n  datasets:\n    orders: {" + orders + "}\n";
    const auto column = [](const std::string& of) {
        return "{columns: {x: {type: text, derives_from: [" + of + "]}}}";
    };
    for (const char* a : {"1", "3", "4", "5", "6"})
        text += "    da" + std::string(a) + ": " + column("orders.id") + "\n";
    text += "    da2: {columns: {mail: {type: text, derives_from: [orders.email]}}}\n";
    text += "    db1: " + column("da1.x") + "\n    db2: " + column("da2.mail") +
            "\n    db3: " + column("da3.x") + "\n    dc1: " + column("db1.x") + "\n" + rest +
            "  stages:\n    land: {reads: clicks, writes: orders}\n";
    for (const char* a : {"1", "2", "3", "4", "5", "6"})
        text += "    a" + std::string(a) + ": {reads: orders, writes: da" + a + ", owner: team" + a + "}\n";
    for (const char* b : {"1", "2", "3"})
        text += "    b" + std::string(b) + ": {reads: da" + b + ", writes: db" + b + "}\n";
    return text +
           "    c1: {reads: db1, writes: dc1}\nload: {clicks: {arrivals: poisson(1/s)}}\nrun: {length: 1h}\n";
}

const std::string orders =
    "columns: {id: {type: bigint}, email: {type: varchar, nullable: false}, day: {type: date}}";

models::Scenario read(const std::string& text) {
    auto reading = formats::read_scenario(text, "shop.yaml");
    INFO(reading.diagnostics.show());
    REQUIRE(reading.scenario);
    return std::move(*reading.scenario);
}

std::vector<std::string> jobs_of(const SchemaFinding& finding) {
    std::vector<std::string> jobs;
    for (const SchemaReader& reader : finding.readers)
        jobs.push_back(reader.job + " " + std::to_string(reader.steps) + " " + reader.column);
    return jobs;
}

}  // namespace

TEST_CASE("a column that two of ten jobs read, dropped") {
    const models::Scenario base = read(shop(orders));
    const SchemaReview review =
        review_schema(base, read(shop("columns: {id: {type: bigint}, day: {type: date}}")), {});
    REQUIRE(review.findings.size() == 1);
    CHECK(jobs_of(review.findings[0]) == std::vector<std::string>{"a2 1 orders.email", "b2 2 da2.mail"});
    CHECK(review.findings[0].jobs_downstream == 10);
    CHECK(review.findings[0].unknown.empty());
    CHECK(review.category == ChangeCategory::breaking);
    const Checks checks = checks_of(review);
    REQUIRE(checks.size() == 1);
    CHECK(checks[0].status == Check::Status::failed);
    CHECK(checks[0].about == "orders.email");
    CHECK(checks[0].message ==
          "dropped; breaking, compatibility backward; read by 2 of 10 jobs downstream: a2, b2");
    CHECK(checks[0].fix.find("ask team2") != std::string::npos);
}

TEST_CASE("a dataset of another name is gone for who reads it, unless its label stays") {
    const models::Scenario base = read(shop(orders));
    const auto renamed = [&](const std::string& more) {
        std::string text = shop(orders + more);
        for (const auto& [from, to] : {std::pair("    orders: {", "    sales: {"),
                                       {"reads: orders,", "reads: sales,"},
                                       {"writes: orders}", "writes: sales}"},
                                       {"[orders.", "[sales."}})
            for (std::size_t at = text.find(from); at != std::string::npos; at = text.find(from, at + 1))
                text.replace(at, std::string(from).size(), to);
        models::Scenario scenario = read(text);
        scenario.twin.renamed["sales"] = "orders";
        return review_schema(base, scenario, {});
    };
    const SchemaReview review = renamed("");
    REQUIRE(review.findings.size() == 1);
    CHECK(review.category == ChangeCategory::breaking);
    CHECK(review.findings[0].readers.size() == 6);
    const Checks checks = checks_of(review);
    CHECK(checks[0].status == Check::Status::failed);
    CHECK(checks[0].about == "orders");
    CHECK(checks[0].message ==
          "the dataset is renamed to sales; breaking, compatibility none; read by 6 of 6 jobs downstream: "
          "a1, a2, "
          "a3, a4, a5, a6");
    CHECK(checks[0].fix.starts_with("give it 'label: orders' if the table keeps its name"));
    CHECK(renamed(", label: orders").findings.empty());
}

TEST_CASE("what is read and no longer written is gone, as what is dropped is") {
    const models::Scenario base = read(shop(orders));
    const auto with = [](std::string text, const std::string& from, const std::string& to) {
        REQUIRE(text.find(from) != std::string::npos);
        return text.replace(text.find(from), from.size(), to);
    };
    // A dataset that two tasks read at rest; nobody else reads what they make of it.
    const std::string tasks =
        "  pipelines:\n    nightly: {schedule: every 1h, tasks: {one: {reads: db2}, two: {reads: dc1, owner: "
        "crm}}}\n"
        "load:";
    const std::string at_rest = with(shop(orders), "load:", tasks);
    const SchemaReview unwritten =
        review_schema(read(at_rest), read(with(at_rest, "writes: dc1", "writes: other")), {});
    REQUIRE(unwritten.findings.size() == 1);
    CHECK(unwritten.category == ChangeCategory::breaking);
    CHECK(jobs_of(unwritten.findings[0]) == std::vector<std::string>{"nightly.two 1 dc1"});
    const Checks checks = checks_of(unwritten);
    CHECK(checks[0].status == Check::Status::failed);
    CHECK(checks[0].about == "dc1");
    CHECK(checks[0].because == "c1");
    CHECK(checks[0].message ==
          "nothing writes it any more; breaking, compatibility backward; read by 1 of 1 job downstream: "
          "nightly.two");
    CHECK(
        checks[0].fix.starts_with("let something write it; else have those who read it read another first"));
    CHECK(checks[0].fix.ends_with("ask crm"));
    // Nobody reads what c1 writes.
    const std::string unread = with(shop(orders), "writes: dc1", "writes: other");
    CHECK(review_schema(base, read(unread), {}).category == ChangeCategory::non_breaking);
    CHECK_FALSE(has_failed(checks_of(review_schema(base, read(unread), {}))));
    // A dataset that goes with what is said of who read it.
    const std::string gone =
        with(with(at_rest, "    dc1: {columns: {x: {type: text, derives_from: [db1.x]}}}\n", ""),
             "{reads: dc1, owner: crm}", "{owner: crm}");
    const SchemaReview dropped = review_schema(read(at_rest), read(gone), {});
    CHECK(dropped.category == ChangeCategory::breaking);
    CHECK(jobs_of(dropped.findings[0]) == std::vector<std::string>{"nightly.two 1 dc1"});
}

TEST_CASE("a column is no longer written where who writes it reads no more what it is made of") {
    const models::Scenario base = read(shop(orders));
    const auto with = [](std::string text, const std::string& from, const std::string& to) {
        REQUIRE(text.find(from) != std::string::npos);
        return text.replace(text.find(from), from.size(), to);
    };
    const SchemaReview cut =
        review_schema(base, read(with(shop(orders), "a2: {reads: orders", "a2: {reads: clicks")), {});
    REQUIRE(cut.findings.size() == 1);
    CHECK(cut.category == ChangeCategory::breaking);
    CHECK(jobs_of(cut.findings[0]) == std::vector<std::string>{"b2 1 da2.mail"});
    const Checks checks = checks_of(cut);
    CHECK(checks[0].status == Check::Status::failed);
    CHECK(checks[0].about == "da2.mail");
    CHECK(checks[0].because == "a2");
    CHECK(checks[0].message ==
          "nothing that writes da2 reads what it is made of any more (orders.email); breaking, compatibility "
          "backward; read by 1 of 1 job downstream: b2");
    CHECK(checks[0].fix.starts_with("say what it is made of now ('derives_from'), or go on reading that"));
    // What is made of it still comes there, by way of another dataset.
    CHECK(review_schema(base, read(with(shop(orders), "a2: {reads: orders", "a2: {reads: da1")), {})
              .findings.empty());
    // It is said to be made of something else: that is another difference.
    const std::string told = with(with(shop(orders), "a2: {reads: orders", "a2: {reads: clicks"),
                                  "derives_from: [orders.email]", "derives_from: [clicks.email]");
    const SchemaReview mapped = review_schema(base, read(told), {});
    REQUIRE(mapped.findings.size() == 1);
    CHECK(mapped.category == ChangeCategory::forward_only);
}

TEST_CASE("a column that nobody reads, dropped") {
    const SchemaReview review = review_schema(
        read(shop(orders)),
        read(shop("columns: {id: {type: bigint}, email: {type: varchar, nullable: false}}")), {});
    REQUIRE(review.findings.size() == 1);
    CHECK(review.findings[0].readers.empty());
    CHECK(review.category == ChangeCategory::non_breaking);
    CHECK_FALSE(has_failed(checks_of(review)));
}

TEST_CASE("a date that becomes text is breaking for who reads it, however alike they look") {
    const std::string made = "    de: {columns: {on: {type: date, derives_from: [orders.day]}}}\n";
    const auto with_day = [&](const char* type) {
        return read(
            shop("columns: {id: {type: bigint}, email: {type: varchar, nullable: false}, day: {type: " +
                     std::string(type) + "}}",
                 made));
    };
    // Without a job that makes it there is a column of it, and no reader.
    CHECK(review_schema(with_day("DATE"), with_day("VARCHAR"), {}).category == ChangeCategory::non_breaking);
    const auto with_job = [&](const char* type) {
        std::string text =
            shop("columns: {id: {type: bigint}, day: {type: " + std::string(type) + "}}", made);
        text.insert(text.find("    c1:"), "    e: {reads: orders, writes: de}\n");
        return read(text);
    };
    const SchemaReview review = review_schema(with_job("DATE"), with_job("VARCHAR"), {});
    CHECK(review.category == ChangeCategory::breaking);
    CHECK(jobs_of(review.findings[0]) == std::vector<std::string>{"e 1 orders.day"});
    CHECK(review.compatibility == models::Compatibility::neither);
}

TEST_CASE("a change that cuts a reader off from what it drops does not make itself safe") {
    const models::Scenario base = read(shop(orders));
    const auto remade = [](std::string text, const std::string& of) {
        const std::string mail = "derives_from: [orders.email]";
        return text.replace(text.find(mail), mail.size(), "derives_from: [" + of + "]");
    };
    const std::string without = shop("columns: {id: {type: bigint}, day: {type: date}}");
    for (const char* of : {"orders.id", ""}) {
        const SchemaReview cut = review_schema(base, read(remade(without, of)), {});
        REQUIRE(cut.findings.size() == 2);
        CHECK(jobs_of(cut.findings[0]) == std::vector<std::string>{"a2 1 orders.email", "b2 2 da2.mail"});
        CHECK(cut.category == ChangeCategory::breaking);
        CHECK(has_failed(checks_of(cut)));
    }
    // By itself: of other columns than before, which is seen where it is read.
    const SchemaReview mapped = review_schema(base, read(remade(shop(orders), "orders.id")), {});
    REQUIRE(mapped.findings.size() == 1);
    CHECK(jobs_of(mapped.findings[0]) == std::vector<std::string>{"b2 1 da2.mail"});
    CHECK(mapped.category == ChangeCategory::forward_only);
    const Checks checks = checks_of(mapped);
    CHECK(checks[0].status == Check::Status::warned);
    CHECK(checks[0].about == "da2.mail");
    CHECK(
        checks[0].message ==
        "was made of orders.email, is made of orders.id; forward-only, compatibility forward; read by 1 of 1 "
        "job downstream: b2");
    // Once it is made so the column goes unread.
    CHECK(review_schema(read(remade(shop(orders), "orders.id")), read(remade(without, "orders.id")), {})
              .category == ChangeCategory::non_breaking);
    // What is told for the first time is no other thing; what was said to be made of nothing is.
    std::string untold = shop(orders);
    const std::string mail = ", derives_from: [orders.email]";
    untold.erase(untold.find(mail), mail.size());
    const SchemaReview told = review_schema(read(untold), read(shop(orders)), {});
    CHECK(told.category == ChangeCategory::non_breaking);
    CHECK(checks_of(told)[0].status == Check::Status::passed);
    const SchemaReview of_nothing = review_schema(read(remade(shop(orders), "")), read(shop(orders)), {});
    CHECK(of_nothing.category == ChangeCategory::forward_only);
    CHECK(checks_of(of_nothing)[0].message.starts_with("was made of nothing, is made of orders.email"));
}

TEST_CASE("who begins to read a column that changes is a reader, whoever is new is none") {
    const std::string other =
        "columns: {id: {type: bigint}, email: {type: date, nullable: false}, day: {type: date}}";
    const auto read_by_a1 = [](std::string text) {
        const std::string id = "derives_from: [orders.id]";
        return text.replace(text.find(id), id.size(), "derives_from: [orders.id, orders.email]");
    };
    const SchemaReview joined = review_schema(read(shop(orders)), read(read_by_a1(shop(other))), {});
    CHECK(jobs_of(joined.findings[0]) == std::vector<std::string>{"a2 1 orders.email", "b2 2 da2.mail",
                                                                  "a1 1 orders.email", "b1 2 da1.x",
                                                                  "c1 3 db1.x"});
    std::string with_new =
        shop(other, "    de: {columns: {x: {type: text, derives_from: [orders.email]}}}\n");
    with_new.insert(with_new.find("    c1:"), "    e: {reads: orders, writes: de}\n");
    CHECK(review_schema(read(shop(orders)), read(with_new), {}).findings[0].readers.size() == 2);
}

TEST_CASE("of whose columns nobody knows it is named apart") {
    const auto with_sink = [](std::string text) {
        return text.insert(text.find("    c1:"), "    sink: {reads: orders, writes: exit}\n");
    };
    const SchemaReview review = review_schema(
        read(with_sink(shop(orders))),
        read(with_sink(shop("columns: {id: {type: bigint}, email: {type: varchar, nullable: false}}"))), {});
    REQUIRE(review.findings.size() == 1);
    CHECK(review.findings[0].unknown == std::vector<std::string>{"sink"});
    CHECK(review.category == ChangeCategory::non_breaking);
    CHECK(checks_of(review)[0].status == Check::Status::warned);
}

TEST_CASE(
    "a contract makes breaking what nobody in the twin reads; what old rows do not fit is forward-only") {
    const auto contracted = [](const char* columns) {
        return read(shop("contract: orders.yaml, columns: {" + std::string(columns) + "}"));
    };
    const SchemaReview dropped =
        review_schema(contracted("id: {type: bigint}, at: {type: time, nullable: false}"),
                      contracted("id: {type: bigint}"), {});
    CHECK(dropped.category == ChangeCategory::breaking);
    CHECK(checks_of(dropped)[0].message.find("governed by orders.yaml") != std::string::npos);
    const SchemaReview narrowed =
        review_schema(contracted("id: {type: bigint}"), contracted("id: {type: integer}"), {});
    CHECK(narrowed.category == ChangeCategory::forward_only);
    CHECK(checks_of(narrowed)[0].status == Check::Status::warned);
}
