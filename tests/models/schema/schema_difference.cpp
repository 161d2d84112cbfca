// Promised: what differs between the columns of two scenarios, and who can still read what. Shown: a table of types and what
// holds what; each kind of difference with its compatibility, by hand; both ways round, backward and forward change places.
#include "models/schema/schema_difference.h"

#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "models/schema/column_type.h"

using namespace understudy::models;

namespace {

Column column(const std::string& name, const std::string& type = "", std::optional<bool> nullable = {}) {
    Column result;
    result.name = name;
    result.type = type;
    result.nullable = nullable;
    return result;
}

Scenario with(std::vector<Column> columns) {
    Scenario scenario;
    Dataset dataset;
    dataset.name = "orders";
    dataset.columns = std::move(columns);
    scenario.twin.datasets.push_back(std::move(dataset));
    return scenario;
}

/// "dropped backward", one a difference.
std::vector<std::string> said(const Scenario& a, const Scenario& b,
                              const std::map<std::string, std::string>& renamed = {}) {
    std::vector<std::string> result;
    for (const SchemaDifference& one : schema_differences(a, b, renamed))
        result.push_back(one.path() + " " + name_of(one.kind) + " " +
                         name_of(compatibility(one.backward, one.forward)));
    return result;
}

using Lines = std::vector<std::string>;

}  // namespace

TEST_CASE("a type holds another where each of its values is one of its own") {
    const auto holds = [](const char* wide, const char* narrow) {
        return holds_all(column_type(wide), column_type(narrow));
    };
    CHECK(holds("BIGINT", "integer"));
    CHECK_FALSE(holds("integer", "bigint"));
    CHECK(holds("double precision", "int"));
    CHECK_FALSE(holds("double", "bigint"));
    CHECK(holds("decimal(19, 0)", "bigint"));
    CHECK_FALSE(holds("decimal(19, 1)", "bigint"));
    CHECK(holds("integer", "numeric(9,0)"));
    CHECK_FALSE(holds("integer", "numeric(10,0)"));
    CHECK(holds("bigint", "numeric(18)"));
    CHECK_FALSE(holds("bigint", "numeric(19)"));
    CHECK_FALSE(holds("bigint", "numeric(9,1)"));
    CHECK_FALSE(holds("bigint", "numeric"));
    CHECK(holds("numeric(12,2)", "numeric( 10 , 2 )"));
    CHECK(holds("numeric(12,4)", "numeric(10,2)"));
    CHECK_FALSE(holds("numeric(11,4)", "numeric(10,2)"));
    CHECK(holds("text", "varchar(20)"));
    CHECK_FALSE(holds("varchar(20)", "text"));
    CHECK_FALSE(holds("varchar", "date"));
    CHECK_FALSE(holds("date", "varchar"));
    CHECK_FALSE(holds("timestamp", "timestamp with time zone"));
    CHECK(holds("timestamp(6)", "timestamp(0)"));
    CHECK(holds("timestamp", "timestamp(6)"));
    CHECK_FALSE(holds("timestamp(0)", "timestamp(6)"));
    CHECK_FALSE(holds("time(3)", "time"));
    CHECK(holds("Struct<a int>", "struct< a int >"));
    CHECK_FALSE(holds("struct<a int, b int>", "struct<a int>"));
    CHECK(column_type("").family == ColumnType::Family::unknown);
    CHECK(column_type("varchar(").family == ColumnType::Family::unknown);
    CHECK(column_type("decimal(x)").family == ColumnType::Family::unknown);
}

TEST_CASE("each difference and who can still read what") {
    const Scenario base = with({column("id", "bigint", false), column("email", "varchar")});
    CHECK(said(base, base).empty());
    CHECK(said(base, with({column("id", "bigint", false)})) == Lines{"orders.email dropped backward"});
    CHECK(said(base, with({column("email", "varchar")})) == Lines{"orders.id dropped backward"});
    CHECK(said(with({column("id", "bigint", false)}), base) == Lines{"orders.email added full"});
    CHECK(said(with({column("email", "varchar")}), base) == Lines{"orders.id added forward"});
    const auto retyped = [&](const char* to) {
        return said(base, with({column("id", to, false), column("email", "varchar")}));
    };
    CHECK(retyped("int8").empty());  // another word for the same
    CHECK(retyped("numeric(20)") == Lines{"orders.id widened backward"});
    CHECK(retyped("integer") == Lines{"orders.id narrowed forward"});
    CHECK(retyped("uuid") == Lines{"orders.id retyped none"});
    CHECK(said(with({column("day", "DATE")}), with({column("day", "VARCHAR")})) ==
          Lines{"orders.day retyped none"});
    CHECK(said(with({column("a")}), with({column("a", "", false)})) == Lines{"orders.a nullability forward"});
    CHECK(said(with({column("a")}), with({column("a", "", true)})).empty());
    CHECK(said(base, with({column("id", "bigint", false), column("mail", "varchar")}),
               {{"orders.mail", "orders.email"}}) == Lines{"orders.email renamed none"});
    CHECK(said(base, with({column("id", "bigint", false), column("mail", "varchar")})) ==
          Lines{"orders.email dropped backward", "orders.mail added full"});
    Scenario gone = base;
    gone.twin.datasets.clear();
    CHECK(said(base, gone) == Lines{"orders dataset dropped backward"});
}

TEST_CASE("what is allowed grows or shrinks, and the other way round it is the other way round") {
    const auto both = [](const Column& a, const Column& b) {
        const Lines there = said(with({a}), with({b})), back = said(with({b}), with({a}));
        REQUIRE(there.size() == back.size());
        return there.empty() ? std::string("nothing") : there.front() + " / " + back.front();
    };
    Column a = column("state"), b = a;
    a.values = {"new", "paid"};
    b.values = {"paid", "new", "sent"};
    CHECK(both(a, b) == "orders.state enum backward / orders.state enum forward");
    b.values = {"paid", "new"};
    CHECK(both(a, b) == "nothing");
    b.values = {"new", "sent"};
    CHECK(both(a, b) == "orders.state enum none / orders.state enum none");
    b.values = {};
    CHECK(both(a, b) == "orders.state enum backward / orders.state enum forward");
    Column c = column("age"), d = c;
    c.min = "0";
    c.max = "150";
    d.min = "-10";
    d.max = "200";
    CHECK(both(c, d) == "orders.age range backward / orders.age range forward");
    d.max = "9";
    CHECK(both(c, d) == "orders.age range none / orders.age range none");
    d.min = "0";
    CHECK(both(c, d) ==
          "orders.age range forward / orders.age range backward");  // 9 is less than 150 as a number
    c.unique = true;
    d = c;
    d.unique = false;
    CHECK(both(c, d) == "orders.age unique backward / orders.age unique forward");
}

TEST_CASE(
    "what a column is made of is no part of its shape; what was written before was made of something else") {
    const auto made_of = [](const std::vector<std::string>& of) {
        Column made = column("score", "double");
        made.derives_from = of;
        return with({made});
    };
    const Scenario both = made_of({"pay.amount", "pay.email"});
    CHECK(said(both, made_of({"pay.amount"})) == Lines{"orders.score derives_from forward"});
    CHECK(said(both, made_of({})) == Lines{"orders.score derives_from forward"});
    CHECK(said(both, made_of({"pay.email", "pay.amount"})).empty());
    // Of which nobody had said anything: nothing that was written is known to be of something else.
    CHECK(said(made_of({}), both) == Lines{"orders.score derives_from full"});
    CHECK(said(made_of({"pay.email"}), made_of({"pay.mail"}), {{"pay.mail", "pay.email"}}).empty());
    Scenario sales = made_of({"sales.amount", "pay.email"}), base = both;
    base.twin.datasets.emplace_back().name = "pay";
    sales.twin.datasets.emplace_back().name = "sales";
    sales.twin.renamed["sales"] = "pay";
    CHECK(said(base, sales) == Lines{"pay dataset renamed none"});
    sales.twin.datasets.back().description.label = "pay";
    CHECK(said(base, sales).empty());
}

TEST_CASE("datasets and columns go by what they were called") {
    Scenario base = with({column("id", "bigint", false)});
    Scenario renamed = with({column("key", "bigint", false)});
    renamed.twin.datasets[0].name = "sales";
    renamed.twin.renamed["sales"] = "orders";
    const Lines of_dataset = {"orders dataset renamed none"};
    CHECK(said(base, renamed, {{"sales.key", "orders.id"}}) ==
          Lines{"orders dataset renamed none", "orders.id renamed none"});
    renamed.twin.datasets[0].columns[0].name = "id";
    CHECK(said(base, renamed) == of_dataset);
    // What is called so in the twin alone is the same table.
    base.twin.datasets[0].description.label = renamed.twin.datasets[0].description.label = "db.orders";
    CHECK(said(base, renamed).empty());
    base.twin.datasets[0].columns.clear();
    renamed.twin.datasets[0].description.label = "db.sales";
    CHECK(said(base, renamed) == of_dataset);
}

TEST_CASE("a column that loses its type may hold anything, and one that gets one may not any more") {
    const Scenario typed = with({column("q", "integer")}), untyped = with({column("q")});
    CHECK(said(typed, untyped) == Lines{"orders.q widened backward"});
    CHECK(said(untyped, typed) == Lines{"orders.q narrowed forward"});
    CHECK(said(untyped, untyped).empty());
}
