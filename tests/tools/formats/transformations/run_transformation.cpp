// Promised: old and new SQL on one sample, rows matched by key in any order within a tolerance, NULL and '' apart; columns
// profiled; what is wrong said at its line. Shown: noise, changes, deletions and additions in known numbers among shuffled rows
// (a million of them with UNDERSTUDY_ROWS=1000000), profiles by hand, and mistakes in SQL and CSV.
#include "tools/formats/transformations/run_transformation.h"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <random>
#include <string>
#include <vector>

#include "tests/scratch_folder.h"

using namespace understudy;
using namespace understudy::formats;

namespace {

struct Sample {
    tests::ScratchFolder folder;
    TransformationFiles files;

    Sample() {
        std::filesystem::create_directory(folder / "samples");
        files.task = "nightly.build";
        files.from = "from.sql";
        files.to = "to.sql";
        files.samples = "samples";
        files.folder = folder.path().string();
        files.key = {"id"};
        files.tolerance = 1e-9;
        table("orders", "id,total,state\n1,9.5,new\n2,20,paid\n3,0.5,\n4,0.5,\"\"\n");
        sql("SELECT * FROM orders", "SELECT * FROM orders");
    }
    void table(const std::string& name, const std::string& text) {
        std::ofstream(folder / ("samples/" + name + ".csv")) << text;
    }
    void sql(const std::string& from, const std::string& to) {
        std::ofstream(folder / "from.sql") << from;
        std::ofstream(folder / "to.sql") << to;
    }

    std::optional<studies::Transformation> run(std::string* said = nullptr,
                                               const std::string& document = "") {
        Diagnostics out("change.yaml");
        Diagnostics none;
        auto result = run_transformation(
            files, read_document(document.empty() ? "understudy: 1" : document, none), out);
        std::string text = out.show();
        for (std::size_t at; (at = text.find(files.folder + "/")) != std::string::npos;)
            text.erase(at, files.folder.size() + 1);
        if (said != nullptr) *said = text;
        INFO(text);
        CHECK(result.has_value() != out.has_errors());
        return result;
    }
    std::string problem() {
        std::string said;
        run(&said);
        return said;
    }
};

}  // namespace

TEST_CASE("exactly the rows that differ, among shuffled ones with noise") {
    const char* const wanted = std::getenv("UNDERSTUDY_ROWS");
    const int rows = wanted == nullptr ? 20'000 : std::atoi(wanted);
    Sample sample;
    std::vector<int> order(static_cast<std::size_t>(rows));
    for (int i = 0; i < rows; ++i) order[static_cast<std::size_t>(i)] = i;
    std::mt19937 random(7);
    const auto write = [&](const char* name, bool candidate) {
        std::shuffle(order.begin(), order.end(), random);
        std::string text = "id,total,share,note\n";
        for (const int id : order) {
            if (candidate && id >= 500 && id < 520) continue;  // 20 deleted
            double total = 10 + 0.25 * (id % 400), share = (id % 1000) / 1000.0;
            if (candidate) {
                total += 1e-12;
                share += 1e-12;
                if (id < 137) total += 0.01;
            }
            const bool empty = id >= 200 && id < 203;  // 3 from NULL to ''
            text += fmt::format("{},{:.17g},{:.17g},{}\n", id, total, share,
                                empty ? (candidate ? "\"\"" : "") : "n" + std::to_string(id % 7));
        }
        for (int i = 0; candidate && i < 5; ++i) text += fmt::format("{},1,0,new\n", rows + i);  // 5 added
        sample.table(name, text);
    };
    write("before", false);
    write("after", true);
    sample.sql("SELECT * FROM before", "SELECT * FROM after");
    const auto result = sample.run();
    REQUIRE(result);
    REQUIRE(result->differences);
    const studies::RowDifferences& d = *result->differences;
    CHECK(d.changed == 140);
    CHECK(d.deleted == 20);
    CHECK(d.added == 5);
    CHECK(d.same == rows - 160);
    REQUIRE(d.by_column.size() == 2);
    CHECK(d.by_column[0].column == "total");
    CHECK(d.by_column[0].changed == 137);
    CHECK(d.by_column[0].greatest == doctest::Approx(0.01));
    CHECK(d.by_column[1].column == "note");
    CHECK(d.by_column[1].changed == 3);
    CHECK(std::any_of(d.examples.begin(), d.examples.end(), [](const studies::RowExample& example) {
        return example.column == "note" && example.baseline == "NULL" && example.candidate == "''";
    }));
    CHECK(result->candidate.rows == rows - 15);
    // Without a tolerance all of them.
    sample.files.tolerance = 0;
    if (wanted == nullptr) CHECK(sample.run()->differences->changed == rows - 20);
}

TEST_CASE("profiles of columns") {
    Sample sample;
    sample.sql("SELECT * FROM orders",
               "SELECT id, total, state, date('2026-03-09', '+' || id || ' days') AS day FROM orders");
    const auto result = sample.run();
    REQUIRE(result);
    const auto& columns = result->candidate.columns;
    REQUIRE(columns.size() == 4);
    CHECK(columns[0].integers == 4);
    CHECK(columns[0].unique == studies::ColumnProfile::Unique::yes);
    CHECK(columns[1].reals == 4);
    CHECK(columns[1].mean == doctest::Approx(30.5 / 4));
    CHECK(columns[1].least == 0.5);
    CHECK(columns[1].distinct == 3);
    CHECK(columns[1].unique == studies::ColumnProfile::Unique::no);
    CHECK(columns[1].repeated == "0.5");
    CHECK(columns[2].nulls == 1);
    REQUIRE(columns[2].values.size() == 3);
    CHECK(columns[2].values[1].shown == "'new'");
    CHECK(columns[2].values[1].text == "new");
    CHECK(columns[3].dates == 4);
    CHECK(columns[3].first_text == "2026-03-10");
    CHECK(result->differences->only_candidate == std::vector<std::string>{"day"});
    CHECK_FALSE(result->differences->any());
}

TEST_CASE("the newest instant of a column, in whatever zone its values are") {
    const auto newest = [](const std::string& values) {
        Sample sample;
        sample.sql("SELECT * FROM orders",
                   "SELECT id, column1 AS at FROM orders JOIN (VALUES " + values + ")");
        return sample.run()->candidate.columns[1].newest;
    };
    constexpr std::int64_t day = 86400, spring = 20521 * day;  // 2026-03-09
    CHECK(newest("('2026-03-09'), ('2026-03-08T23:59:59.5')") == spring);
    CHECK(newest("('2026-03-09 05:30'), ('2026-03-09T05:29:59Z')") == spring + 19800);
    CHECK(newest("('2026-03-09T12:00:01+05:30'), ('2026-03-09T02:31:00-0400')") == spring + 23460);
    CHECK(newest("('1969-12-31T23:00:00-02')") == 3600);
    CHECK(newest("('yesterday'), (17), (NULL)") == std::nullopt);
}

TEST_CASE("keys: several columns, nulls and repeats, 1 and 1.0") {
    Sample sample;
    sample.table("orders", "a,b,c\n1,x,1\n1,y,2\n,z,3\n1,x,4\n");
    sample.sql("SELECT * FROM orders", "SELECT 1.0 * a AS a, b, c FROM orders ORDER BY c DESC");
    sample.files.key = {"a", "b"};
    const auto result = sample.run();
    REQUIRE(result);
    const studies::RowDifferences& d = *result->differences;
    CHECK(d.without_key_baseline == 1);
    CHECK(d.without_key_candidate == 1);
    CHECK(d.repeated_baseline == 1);
    CHECK(d.repeated_candidate == 1);
    CHECK(d.same == 1);
    CHECK(d.changed == 1);  // of (1, x) the candidate's first is the other one
    CHECK(d.examples[0].key == "a 1, b 'x'");
}

TEST_CASE("types of tables: as declared, else by how they are written") {
    Sample sample;
    sample.table("orders", "id,zip,n,when\n1,007,1,2026-03-09\n2,12,2.5,\n");
    const auto types = [&](const std::string& document) {
        sample.sql("SELECT id FROM orders", "SELECT id, typeof(zip) AS z, typeof(n) AS n FROM orders");
        const auto result = sample.run(nullptr, document);
        REQUIRE(result);
        return result->candidate.columns[1].values[0].shown + result->candidate.columns[2].values[0].shown;
    };
    CHECK(types("") == "'text''real'");
    CHECK(types("twin: {datasets: {orders: {columns: {zip: {type: int}, n: {type: varchar}}}}}") ==
          "'integer''text'");
}

TEST_CASE("a sample is text") {
    Sample sample;
    sample.table("orders", "id,total,state\n1,9.5,new\n2,20,pa\xffid\n");
    CHECK(sample.problem() ==
          "samples/orders.csv:3:8: error: bytes that are no UTF-8; save the file as UTF-8\n");
    sample.table("orders", std::string("id,total,state\n1,9.5,ne\0w\n", 26));
    CHECK(sample.problem() ==
          "samples/orders.csv:2:9: error: a zero byte; a sample is text; write the value as text\n");
    sample.table("orders", "\xEF\xBB\xBFid,total,state\n1,9.5,f\xC3\xBCr\n");
    CHECK(sample.run());
}

TEST_CASE("mistakes at their places") {
    Sample sample;
    sample.sql("SELECT *\nFROM order", "SELECT idd FROM orders");
    CHECK(sample.problem() ==
          "from.sql:2:6: error: near \"order\": syntax error; the SQL is that of SQLite\n"
          "to.sql:1:8: error: no such column: idd; the SQL is that of SQLite\n");
    sample.sql("SELECT total FROM orders", "SELECT total FROM orders");
    CHECK(sample.problem().find("from.sql:1:1: error: the result has no column 'id', which rows are to be "
                                "told apart by; select it, or take another key; there is total") == 0);
    sample.sql("SELECT * FROM orders", "SELECT * FROM orders");
    sample.table("orders", "id,total\n1,2\n3\n");
    CHECK(sample.problem() ==
          "samples/orders.csv:3:1: error: 1 fields, where the first line has 2; fields with commas stand in "
          "quotes\n");
    sample.table("orders", "id,total\n1,\"2\n");
    CHECK(sample.problem().find("samples/orders.csv:2:1: error: a quote that does not close") == 0);
    sample.table("orders", "id,id\n1,2\n");
    CHECK(sample.problem().find("samples/orders.csv:1:1: error: two columns 'id'") == 0);
    sample.table("orders", "");
    CHECK(sample.problem().find("samples/orders.csv:1:1: error: an empty file") == 0);
    sample.files.samples = "nowhere";
    CHECK(sample.problem().find("no such folder") != std::string::npos);
    sample.files.to = "none.sql";
    CHECK(sample.problem().find("'none.sql'") != std::string::npos);
}
